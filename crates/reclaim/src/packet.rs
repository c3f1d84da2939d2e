//! The packet of an appeal: our pages (cover, letter, extract of the remittance, the claim as
//! billed, list of exhibits) and the documents of the case behind them, as one PDF.

pub(crate) mod command;
mod dossier;
mod front;
mod record;

use std::path::PathBuf;

use anyhow::Context;
use denial::appeal::{Content, letter_of, pages};
use jiff::civil::Date;
use press::{Block, Document, Exhibit, Fault, Packet, Section};

pub(crate) use self::dossier::{Dossier, Paper, template};
pub(crate) use self::front::under_the_line;

/// Why there is no packet.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unbuilt {
    /// A received file, or the pages that were asked of it.
    #[error("{0}")]
    Press(#[from] Fault),
    /// An exhibit is of a kind that cannot be bound.
    #[error(
        "exhibit {0} is a picture; save or print it as a PDF, attach that to the case, and choose \
         it instead"
    )]
    Picture(String),
    /// An exhibit is no document of the case, or its bytes were taken out.
    #[error("exhibit {0} is not on file any more; choose it again")]
    Gone(String),
    /// A point names a page that its exhibit does not have.
    #[error("point {point} names page {page} of exhibit {exhibit}, which has {has} in the packet")]
    NoPage {
        /// The point, from 1.
        point: usize,
        /// The page.
        page: u32,
        /// The exhibit's letter.
        exhibit: String,
        /// Its pages.
        has: u32,
    },
    /// The folder of documents.
    #[error("{0:#}")]
    Failed(#[from] anyhow::Error),
}

/// What a packet is made of, without the database.
pub(crate) struct Plan {
    dossier: Dossier,
    content: Content,
    exhibits: Vec<Bound>,
    today: Date,
}

/// A document that goes with it.
struct Bound {
    paper: Paper,
    title: String,
    pages: String,
    path: PathBuf,
}

impl Plan {
    /// What a packet of these texts is made of.
    ///
    /// # Errors
    /// [`Unbuilt::Gone`], [`Unbuilt::Picture`].
    pub(crate) fn of(
        dossier: Dossier,
        content: Content,
        path: impl Fn(&str) -> PathBuf,
        today: Date,
    ) -> Result<Plan, Unbuilt> {
        let mut exhibits = Vec::with_capacity(content.exhibits.len());
        for (at, one) in content.exhibits.iter().enumerate() {
            let paper = dossier.paper(&one.document).ok_or_else(|| Unbuilt::Gone(letter_of(at)))?;
            if paper.media.starts_with("image/") {
                return Err(Unbuilt::Picture(letter_of(at)));
            }
            let (path, paper) = (path(&paper.hash), paper.clone());
            let title = dossier.filled(&one.title);
            exhibits.push(Bound { paper, title, pages: one.pages.clone(), path });
        }
        Ok(Plan { dossier, content, exhibits, today })
    }

    /// Sets and binds it; it may take a second, and blocks.
    ///
    /// # Errors
    /// [`Unbuilt`].
    pub(crate) fn build(&self) -> Result<Packet, Unbuilt> {
        let mut files = Vec::with_capacity(self.exhibits.len());
        for (at, one) in self.exhibits.iter().enumerate() {
            files.push(self.bytes(at, one)?);
        }
        let mut exhibits = Vec::with_capacity(files.len());
        for (at, (one, pdf)) in self.exhibits.iter().zip(&files).enumerate() {
            let label = format!("Exhibit {}", letter_of(at));
            // What cannot be read as pages stops the draft long before.
            let pages = pages(&one.pages).unwrap_or_default();
            exhibits.push(Exhibit { label, title: one.title.clone(), pdf, pages });
        }
        let lengths = exhibits.iter().map(press::pages_of).collect::<Result<Vec<_>, _>>()?;
        self.check_points(&lengths)?;
        // Where our own parts begin is known once they are set; the numbers take no more room.
        let nowhere = vec![0; lengths.len()];
        let first = press::set(&self.front(&nowhere, &lengths, &[]))?;
        Ok(press::bind(|starts| self.front(starts, &lengths, &first.starts), &exhibits)?)
    }

    /// The bytes of an exhibit as a PDF; words and X12 are set as they are.
    fn bytes(&self, at: usize, one: &Bound) -> Result<Vec<u8>, Unbuilt> {
        let bytes = std::fs::read(&one.path).map_err(|_| Unbuilt::Gone(letter_of(at)))?;
        if one.paper.media == "application/pdf" {
            return Ok(bytes);
        }
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let section = Section {
            title: one.title.clone(),
            without_heading: false,
            blocks: vec![Block::Raw(text)],
        };
        let document = Document {
            title: one.title.clone(),
            author: self.dossier.practice.clone(),
            on: front::on(self.today),
            sections: vec![section],
            ..Document::default()
        };
        Ok(press::set(&document)?.pdf)
    }

    fn check_points(&self, lengths: &[u32]) -> Result<(), Unbuilt> {
        for (at, point) in self.content.points.iter().enumerate() {
            let Some(place) = usize::from(point.exhibit).checked_sub(1) else { continue };
            let Some(has) = lengths.get(place).copied() else { continue };
            if point.page > has {
                let (page, exhibit) = (point.page, letter_of(place));
                return Err(Unbuilt::NoPage { point: at + 1, page, exhibit, has });
            }
        }
        Ok(())
    }
}

/// Sets and binds beside the threads that answer.
///
/// # Errors
/// [`Unbuilt`].
pub(crate) async fn build(plan: Plan) -> Result<Packet, Unbuilt> {
    let built = tokio::task::spawn_blocking(move || plan.build());
    built.await.context("building the packet stopped")?
}
