//! How long 1,000 letters take, and how much memory; beside a bare compile of the same words and
//! tables, written as Typst and set by its library with its defaults. One core.
//!
//! `cargo bench -p press --bench letters [-- --letters N] [--runs N]`

use std::sync::LazyLock;
use std::time::Instant;

use press::{Block, Column, Document, Section, set};
use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};
use typst_layout::PagedDocument;
use typst_pdf::PdfOptions;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let after = |name: &str| {
        let at = arguments.iter().position(|one| one == name)?;
        arguments.get(at + 1)?.parse().ok()
    };
    let (letters, runs) = (after("--letters").unwrap_or(1_000), after("--runs").unwrap_or(3));
    // The first reads the fonts, which every later one has.
    let size = set(&letter(0)).expect("pages").pdf.len();
    assert!(!bare(0).is_empty());
    println!("{letters} letters of {size} bytes");
    let floor = median(runs, || (0..letters).for_each(|at| assert!(!bare(at).is_empty())));
    println!("bare compile   {:>7} ms", floor / 1_000_000);
    let before = most_memory();
    let ours = median(runs, || {
        (0..letters).for_each(|at| assert!(!set(&letter(at)).expect("pages").pdf.is_empty()));
    });
    println!("letters        {:>7} ms", ours / 1_000_000);
    let hundredths = ours * 100 / floor.max(1);
    println!("letters / bare  {}.{:02} ×   must 1.5, aim 1.2", hundredths / 100, hundredths % 100);
    println!("memory  {} MB, {before} MB before   must 200", most_memory());
}

fn median(runs: usize, mut work: impl FnMut()) -> u128 {
    let mut times: Vec<u128> = (0..runs.max(1))
        .map(|_| {
            let start = Instant::now();
            work();
            start.elapsed().as_nanos()
        })
        .collect();
    times.sort_unstable();
    times[times.len() / 2]
}

/// The most memory that this process ever had, in megabytes; 0 where the system does not say.
fn most_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kilobytes.unwrap_or(0) / 1_024
}

const REASON: &str = "The record shows that what the policy asks for was met before the service, \
                      and that the authorization was in force on that day. ";

fn rows(at: usize) -> impl Iterator<Item = (String, String)> {
    (1..=8).map(move |row| (format!("Criterion {row} of {at}"), "Exhibit A, page 3".to_owned()))
}

fn letter(at: usize) -> Document {
    let table = Block::Table {
        columns: vec![
            Column::words("What the policy asks", 1),
            Column::words("Where it stands", 1),
        ],
        rows: rows(at).map(|(one, other)| vec![one, other]).collect(),
    };
    let text = || Block::Text(REASON.repeat(4));
    let to = ["Made-up Health Plan".to_owned(), "Appeals".to_owned(), "PO Box 1".to_owned()];
    let blocks = vec![
        Block::Lines(to.to_vec()),
        Block::Heading(format!("Appeal of claim {at}")),
        text(),
        table,
        text(),
        Block::Signature(vec!["Billing office".to_owned()]),
    ];
    Document {
        title: format!("Appeal of claim {at}"),
        author: "Example Clinic".to_owned(),
        on: (2026, 11, 27),
        foot: format!("Claim {at}"),
        packet_pages: None,
        sections: vec![Section { title: "Letter".to_owned(), without_heading: true, blocks }],
    }
}

/// The same as a Typst file.
fn written(at: usize) -> String {
    let cells: String = rows(at).map(|(one, other)| format!("[{one}], [{other}], ")).collect();
    let reason = REASON.repeat(4);
    format!(
        "#set page(paper: \"us-letter\")\n\
         #set page(footer: [Claim {at} #h(1fr) #context counter(page).display()])\n\
         Made-up Health Plan \\\nAppeals \\\nPO Box 1\n\n== Appeal of claim {at}\n\n{reason}\n\n\
         #table(columns: (1fr, 1fr), table.header[What the policy asks][Where it stands],\n\
         {cells})\n\n\
         {reason}\n\n#line(length: 50%)\nBilling office\n"
    )
}

fn bare(at: usize) -> Vec<u8> {
    let desk = Desk { main: Source::new(*MAIN, written(at)) };
    let document: PagedDocument = typst::compile(&desk).output.expect("pages");
    let pdf = typst_pdf::pdf(&document, &PdfOptions::default()).expect("a PDF");
    comemo::evict(0);
    pdf
}

struct Desk {
    main: Source,
}

static FONTS: LazyLock<Vec<Font>> =
    LazyLock::new(|| typst_assets::fonts().flat_map(|data| Font::iter(Bytes::new(data))).collect());
static LIBRARY: LazyLock<LazyHash<Library>> = LazyLock::new(|| LazyHash::new(Library::default()));
static BOOK: LazyLock<LazyHash<FontBook>> =
    LazyLock::new(|| LazyHash::new(FontBook::from_fonts(FONTS.iter())));
static MAIN: LazyLock<FileId> = LazyLock::new(|| {
    let path = VirtualPath::new("main.typ").expect("a plain name is a path");
    RootedPath::new(VirtualRoot::Project, path).intern()
});

impl World for Desk {
    fn library(&self) -> &LazyHash<Library> {
        &LIBRARY
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &BOOK
    }

    fn main(&self) -> FileId {
        *MAIN
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == *MAIN { Ok(self.main.clone()) } else { Err(FileError::AccessDenied) }
    }

    fn file(&self, _id: FileId) -> FileResult<Bytes> {
        Err(FileError::AccessDenied)
    }

    fn font(&self, index: usize) -> Option<Font> {
        FONTS.get(index).cloned()
    }

    fn today(&self, _offset: Option<Duration>) -> Option<Datetime> {
        None
    }
}
