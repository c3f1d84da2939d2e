//! How long a packet takes: our pages set and 200 received ones bound behind them, with numbers and
//! bookmarks; beside setting the same pages once and putting the files together bare. One core.
//!
//! `cargo bench -p press --bench packet [-- --pages N] [--runs N]`

use std::time::Instant;

use lopdf::{Dictionary, Document as Pdf, Object, ObjectId, Stream, dictionary};
use press::{Block, Column, Document, Exhibit, Section, bind, set};

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let after = |name: &str| {
        let at = arguments.iter().position(|one| one == name)?;
        arguments.get(at + 1)?.parse().ok()
    };
    let (pages, runs) = (after("--pages").unwrap_or(200), after("--runs").unwrap_or(5));
    let file = received(pages);
    println!("{pages} received pages, {} bytes", file.len());
    // The first setting reads the fonts, which every later one has.
    let own = set(&front(&[2])).expect("pages").pages;
    let bare = median(runs, || {
        let sheets = set(&front(&[own + 1])).expect("pages");
        assert!(merged(&sheets.pdf, &file) > file.len());
    });
    println!("compile and merge  {:>7} µs", bare / 1_000);
    let packet = median(runs, || {
        let (label, title) = ("Exhibit A".to_owned(), "Records".to_owned());
        let exhibit = Exhibit { label, title, pdf: &file, pages: Vec::new() };
        let packet = bind(front, &[exhibit]).expect("a packet");
        assert_eq!(usize::try_from(packet.pages - packet.own.pages), Ok(pages));
    });
    println!("packet             {:>7} µs", packet / 1_000);
    let tenths = packet * 10 / bare.max(1);
    println!("packet / compile and merge  {}.{} ×", tenths / 10, tenths % 10);
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

/// A letter, an extract, a claim and a list, as an appeal has them.
fn front(starts: &[u32]) -> Document {
    let row = |at: u32| vec![format!("Point {at}"), "what the record shows".to_owned()];
    let table = Block::Table {
        columns: vec![Column::words("Criterion", 1), Column::words("Evidence", 1)],
        rows: (1..=20).map(row).chain([vec![format!("{starts:?}")]]).collect(),
    };
    let text = Block::Text("A paragraph of a letter that says why. ".repeat(8));
    let section = |title: &str| Section {
        title: title.to_owned(),
        without_heading: false,
        blocks: vec![text.clone(), table.clone(), text.clone()],
    };
    Document {
        title: "Appeal".to_owned(),
        author: "Example Clinic".to_owned(),
        on: (2026, 11, 27),
        foot: "Claim A-1".to_owned(),
        packet_pages: None,
        sections: ["Cover", "Letter", "Extract", "Claim", "Exhibits"].map(section).to_vec(),
    }
}

/// A made-up record: forty lines of text a page.
fn received(pages: usize) -> Vec<u8> {
    let mut pdf = Pdf::with_version("1.5");
    let tree = pdf.new_object_id();
    let font = pdf.add_object(dictionary! {
        "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Courier",
    });
    let mut kids = Vec::new();
    for page in 0..pages {
        let line = |at: usize| {
            let down = 740 - at * 16;
            format!("BT /F1 10 Tf 50 {down} Td (page {page} line {at}: made up) Tj ET\n")
        };
        let content: String = (0..40).map(line).collect();
        let content = pdf.add_object(Stream::new(Dictionary::new(), content.into_bytes()));
        kids.push(Object::Reference(pdf.add_object(dictionary! {
            "Type" => "Page", "Parent" => tree, "Contents" => content,
            "Resources" => dictionary! { "Font" => dictionary! { "F1" => font } },
            "MediaBox" => vec![0.into(), 0.into(), 612.into(), 792.into()],
        })));
    }
    let count = i64::try_from(pages).expect("few pages");
    let tree_object = dictionary! { "Type" => "Pages", "Count" => count, "Kids" => kids };
    pdf.objects.insert(tree, Object::Dictionary(tree_object));
    let catalog = pdf.add_object(dictionary! { "Type" => "Catalog", "Pages" => tree });
    pdf.trailer.set("Root", catalog);
    pdf.compress();
    let mut bytes = Vec::new();
    pdf.save_to(&mut bytes).expect("memory");
    bytes
}

/// Two files put together: no numbers, no bookmarks, nothing looked at.
fn merged(front: &[u8], behind: &[u8]) -> usize {
    let mut book = Pdf::load_mem(front).expect("a PDF");
    let mut from = Pdf::load_mem(behind).expect("a PDF");
    from.renumber_objects_with(book.max_id + 1);
    let pages: Vec<ObjectId> = from.get_pages().into_values().collect();
    let root = book.catalog().and_then(|it| it.get(b"Pages")).and_then(Object::as_reference);
    let root = root.expect("a tree");
    book.max_id = from.max_id;
    book.objects.append(&mut from.objects);
    for page in &pages {
        book.get_dictionary_mut(*page).expect("a page").set("Parent", root);
    }
    let tree = book.get_dictionary_mut(root).expect("a tree");
    let more = i64::try_from(pages.len()).expect("few pages");
    let count = tree.get(b"Count").and_then(Object::as_i64).expect("a count");
    tree.set("Count", count + more);
    let kids = tree.get_mut(b"Kids").and_then(Object::as_array_mut).expect("kids");
    kids.extend(pages.into_iter().map(Object::Reference));
    let mut bytes = Vec::new();
    book.save_to(&mut bytes).expect("memory");
    bytes.len()
}
