//! Letters and packets as PDF: our own pages set in type as PDF/A-2b, received pages bound behind
//! them under page numbers and bookmarks.
//!
//! The crate knows nothing of claims: it is given headings, paragraphs and tables. What stands in
//! them is text and stays text; nothing in a value can change how a page is built.

mod binding;
mod document;
mod foot;
mod printable;
mod received;
mod setting;

pub use binding::{Exhibit, Packet, bind, pages_of};
pub use document::{Align, Block, Column, Document, Section, day};
pub use setting::{Sheets, set};

/// Why there is no PDF. It never holds text of a document.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The setting of our own pages failed: a fault of this program.
    #[error("the pages could not be set: {0}")]
    Setting(String),
    /// A received file is not a PDF that can be read.
    #[error("{label} is not a readable PDF")]
    Unreadable {
        /// The exhibit.
        label: String,
    },
    /// A received file is locked by a password.
    #[error("{label} is locked by a password: save a copy without one")]
    Locked {
        /// The exhibit.
        label: String,
    },
    /// A page range names pages that are not there.
    #[error("{label} has {has} pages; page {page} was asked for")]
    NoSuchPage {
        /// The exhibit.
        label: String,
        /// Its pages.
        has: u32,
        /// The page, from 1.
        page: u32,
    },
    /// A page range that ends before it begins.
    #[error("{label}: a range of pages ends before it begins; write the lower page first")]
    NoPages {
        /// The exhibit.
        label: String,
    },
    /// An exhibit of more pages than a packet takes of one.
    #[error(
        "{label} would add {pages} pages; {most} is the most: choose fewer pages, or split the \
         file into several exhibits"
    )]
    TooManyPages {
        /// The exhibit.
        label: String,
        /// Pages that were asked for.
        pages: u32,
        /// The most that one exhibit may have.
        most: u32,
    },
    /// A received file that would take more memory than one exhibit may.
    #[error(
        "{label} holds too much to be bound: split the file, or print the pages that are needed \
         to a new PDF and send that"
    )]
    TooLarge {
        /// The exhibit.
        label: String,
    },
    /// The packet could not be written.
    #[error(
        "the packet could not be written: try again; if it fails again, leave out one exhibit at \
         a time to find which one it is, and print that one to a new PDF"
    )]
    Unwritable,
}
