//! Our own pages, set by Typst in one fixed layout that reads the document as data.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Sender, channel};
use std::sync::{LazyLock, Mutex, PoisonError};
use std::thread;

use typst::diag::{FileError, FileResult, SourceDiagnostic};
use typst::foundations::{Bytes, Datetime, Duration, NativeElement, Smart};
use typst::introspection::{Introspector, MetadataElem};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};

use crate::Fault;
use crate::document::{Document, Sheet};
use crate::printable::FONTS;

/// Pages that were set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sheets {
    /// PDF/A-2b.
    pub pdf: Vec<u8>,
    /// How many pages.
    pub pages: u32,
    /// The page that each section begins on, from 1.
    pub starts: Vec<u32>,
}

/// Sets a document. The work is done on one thread of its own, a document at a time.
///
/// # Errors
/// [`Fault::Setting`], which is a fault of this program and never of a text.
pub fn set(document: &Document) -> Result<Sheets, Fault> {
    let sheet = Sheet::of(document);
    let data = serde_json::to_vec(&sheet).map_err(|error| Fault::Setting(error.to_string()))?;
    let (answer, answered) = channel();
    let press = PRESS.lock().unwrap_or_else(PoisonError::into_inner).clone();
    press.send(Job { data, answer }).map_err(|_| gone())?;
    answered.recv().map_err(|_| gone())?
}

fn gone() -> Fault {
    Fault::Setting("the press stopped".to_owned())
}

struct Job {
    data: Vec<u8>,
    answer: Sender<Result<Sheets, Fault>>,
}

/// Deep documents need a deep stack.
const STACK: usize = 16 * 1024 * 1024;

static PRESS: LazyLock<Mutex<Sender<Job>>> = LazyLock::new(|| {
    let (sender, jobs) = channel::<Job>();
    let work = move || {
        for job in jobs {
            let set = guarded(|| compile(job.data));
            // Without this the compiler remembers every document that it ever set.
            comemo::evict(0);
            // Who asked may have gone.
            drop(job.answer.send(set));
        }
    };
    let thread = thread::Builder::new().name("press".to_owned()).stack_size(STACK);
    thread.spawn(work).expect("a thread can be started");
    Mutex::new(sender)
});

/// A panic of the compiler costs one document and not the thread, which every document needs.
fn guarded(work: impl FnOnce() -> Result<Sheets, Fault>) -> Result<Sheets, Fault> {
    // What a panic says may hold text of the document: it is not told.
    let stopped = |_| Err(Fault::Setting("the compiler stopped at a fault of its own".to_owned()));
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(stopped)
}

fn compile(data: Vec<u8>) -> Result<Sheets, Fault> {
    let table = Table { data: Bytes::new(data) };
    let document: PagedDocument = typst::compile(&table).output.map_err(|all| told(&all))?;
    let standards = PdfStandards::new(&[PdfStandard::A_2b])
        .map_err(|error| Fault::Setting(error.message().to_string()))?;
    let creator = Smart::Custom(Some("Reclaim".to_owned()));
    let options = PdfOptions { standards, creator, ..PdfOptions::default() };
    let pdf = typst_pdf::pdf(&document, &options).map_err(|all| told(&all))?;
    let pages = u32::try_from(document.pages().len()).unwrap_or(u32::MAX);
    Ok(Sheets { pdf, pages, starts: starts(&document) })
}

/// What the compiler says of the layout; texts of the document are data and never in it.
fn told(all: &[SourceDiagnostic]) -> Fault {
    let first = all.first().map(|one| one.message.to_string());
    Fault::Setting(first.unwrap_or_else(|| "no reason was given".to_owned()))
}

/// The page of each mark that the layout leaves where a section begins.
fn starts(document: &PagedDocument) -> Vec<u32> {
    let introspector = document.introspector();
    let marks = introspector.query(&MetadataElem::ELEM.select());
    let pages = marks.iter().filter_map(|mark| introspector.position(mark.location()?));
    pages.map(|place| u32::try_from(place.page.get()).unwrap_or(u32::MAX)).collect()
}

/// What the compiler sees: the layout, the data, the fonts; no file, no network, no clock.
struct Table {
    data: Bytes,
}

static LIBRARY: LazyLock<LazyHash<Library>> = LazyLock::new(|| LazyHash::new(Library::default()));
static BOOK: LazyLock<LazyHash<FontBook>> =
    LazyLock::new(|| LazyHash::new(FontBook::from_fonts(FONTS.iter())));
static LAYOUT: LazyLock<Source> =
    LazyLock::new(|| Source::new(file("layout.typ"), include_str!("layout.typ").to_owned()));
static DATA: LazyLock<FileId> = LazyLock::new(|| file("data.json"));

fn file(name: &str) -> FileId {
    let path = VirtualPath::new(name).expect("a plain name is a path");
    RootedPath::new(VirtualRoot::Project, path).intern()
}

impl World for Table {
    fn library(&self) -> &LazyHash<Library> {
        &LIBRARY
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &BOOK
    }

    fn main(&self) -> FileId {
        LAYOUT.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == LAYOUT.id() { Ok(LAYOUT.clone()) } else { Err(FileError::AccessDenied) }
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        if id == *DATA { Ok(self.data.clone()) } else { Err(FileError::AccessDenied) }
    }

    fn font(&self, index: usize) -> Option<Font> {
        FONTS.get(index).cloned()
    }

    fn today(&self, _offset: Option<Duration>) -> Option<Datetime> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_a_fault() {
        let fault = guarded(|| panic!("text of a document")).expect_err("a panic");
        assert_eq!(
            fault.to_string(),
            "the pages could not be set: the compiler stopped at a fault of its own"
        );
    }
}
