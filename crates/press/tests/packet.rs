//! Packets as a payer's reader sees them. Every person and text here is made up.

use std::io::Write;
use std::process::Command;

use lopdf::content::{Content, Operation};
use lopdf::{Document as Pdf, Object, Stream, dictionary};
use press::{Align, Block, Column, Document, Exhibit, Fault, Section, bind, set};

/// A received file: so many pages, each with its own words; every third lies on its side.
fn received(name: &str, pages: u32) -> Vec<u8> {
    let mut pdf = Pdf::with_version("1.5");
    let tree = pdf.new_object_id();
    let font = pdf.add_object(dictionary! {
        "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Courier",
    });
    let mut kids = Vec::new();
    for page in 1..=pages {
        let text = format!("{name} sheet {page}");
        let operations = vec![
            Operation::new("BT", vec![]),
            Operation::new("Tf", vec!["F1".into(), 24.into()]),
            Operation::new("Td", vec![72.into(), 400.into()]),
            Operation::new("Tj", vec![Object::string_literal(text)]),
            Operation::new("ET", vec![]),
        ];
        let content = Content { operations }.encode().expect("operations");
        let content = pdf.add_object(Stream::new(dictionary! {}, content));
        let turned = if page % 3 == 0 { 90 } else { 0 };
        let page = pdf.add_object(dictionary! {
            "Type" => "Page", "Parent" => tree, "Contents" => content, "Rotate" => turned,
        });
        kids.push(Object::Reference(page));
    }
    // Resources and box are inherited, as in many files that payers and hospitals make.
    let tree_object = dictionary! {
        "Type" => "Pages", "Count" => i64::from(pages), "Kids" => kids,
        "Resources" => dictionary! { "Font" => dictionary! { "F1" => font } },
        "MediaBox" => vec![0.into(), 0.into(), 612.into(), 792.into()],
    };
    pdf.objects.insert(tree, Object::Dictionary(tree_object));
    let catalog = pdf.add_object(dictionary! {
        "Type" => "Catalog", "Pages" => tree,
        "OpenAction" => dictionary! { "S" => "JavaScript", "JS" => Object::string_literal("app.alert(1)") },
    });
    pdf.trailer.set("Root", catalog);
    let mut bytes = Vec::new();
    pdf.save_to(&mut bytes).expect("memory");
    bytes
}

fn front(starts: &[u32]) -> Document {
    let rows = starts.iter().enumerate();
    let rows = rows.map(|(at, page)| vec![format!("Exhibit {}", at + 1), page.to_string()]);
    let list = Block::Table {
        columns: vec![Column::words("Exhibit", 3), Column::amounts("Page", 1)],
        rows: rows.collect(),
    };
    let letter = vec![
        Block::Lines(vec!["Example Clinic".to_owned(), "1 Sample Street".to_owned()]),
        Block::Text("To whom it may concern.\nThis is a test.".to_owned()),
    ];
    Document {
        title: "Appeal".to_owned(),
        author: "Example Clinic".to_owned(),
        on: (2026, 11, 27),
        foot: "Claim A-1".to_owned(),
        packet_pages: None,
        sections: vec![
            Section { title: "Letter".to_owned(), without_heading: true, blocks: letter },
            Section { title: "Exhibits".to_owned(), without_heading: false, blocks: vec![list] },
        ],
    }
}

fn exhibit<'a>(label: &str, pdf: &'a [u8]) -> Exhibit<'a> {
    Exhibit { label: label.to_owned(), title: "Records".to_owned(), pdf, pages: Vec::new() }
}

/// What a program of the system says of a PDF; none where the program is not there.
fn asked(program: &str, (before, after): (&[&str], &[&str]), pdf: &[u8]) -> Option<String> {
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    file.write_all(pdf).expect("space");
    let mut command = Command::new(program);
    match command.args(before).arg(file.path()).args(after).output() {
        Ok(output) => {
            let said = String::from_utf8_lossy(&output.stdout).into_owned();
            let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(output.status.success(), "{program}: {said}{complaint}");
            Some(said)
        }
        Err(_) if std::env::var_os("CI").is_some() => panic!("{program} is missing"),
        Err(_) => {
            eprintln!("SKIPPED: {program} is not installed");
            None
        }
    }
}

#[test]
fn two_hundred_pages_are_bound_under_their_numbers() {
    let (records, letter) = (received("chart", 198), received("letter", 2));
    let exhibits = [exhibit("Exhibit 1", &records), exhibit("Exhibit 2", &letter)];
    let packet = bind(front, &exhibits).expect("a packet");
    assert_eq!((packet.own.pages, packet.pages), (2, 202));
    assert_eq!(packet.starts, [3, 201]);
    let bound = Pdf::load_mem(&packet.pdf).expect("a PDF");
    assert_eq!(bound.get_pages().len(), 202);
    let toc = bound.get_toc().expect("bookmarks").toc;
    let toc: Vec<(String, usize)> = toc.into_iter().map(|one| (one.title, one.page)).collect();
    let expected =
        [("Letter", 1), ("Exhibits", 2), ("Exhibit 1: Records", 3), ("Exhibit 2: Records", 201)];
    assert_eq!(toc, expected.map(|(title, page)| (title.to_owned(), page)));
    assert!(!packet.pdf.windows(10).any(|part| part == b"JavaScript"));
    asked("qpdf", (&["--check"], &[]), &packet.pdf);
    let Some(text) = asked("pdftotext", (&[], &["-"]), &packet.pdf) else { return };
    let pages: Vec<&str> = text.split('\u{c}').collect();
    assert!(pages[1].contains("Page 2 of 202") && pages[1].contains("201"), "{}", pages[1]);
    for (page, (sheet, foot)) in [
        (2, ("chart sheet 1", "Exhibit 1, page 1 of 198")),
        (4, ("chart sheet 3", "Page 5 of 202")),
        (201, ("letter sheet 2", "Exhibit 2, page 2 of 2")),
    ] {
        assert!(pages[page].contains(sheet), "{page}: {}", pages[page]);
        assert!(pages[page].contains(foot), "{page}: {}", pages[page]);
    }
}

#[test]
fn chosen_pages_alone_go_along() {
    let records = received("chart", 9);
    let mut one = exhibit("Exhibit 1", &records);
    one.pages = vec![8..=9, 2..=2];
    assert_eq!(press::pages_of(&one).expect("pages"), 3);
    let packet = bind(front, &[one.clone()]).expect("a packet");
    assert_eq!(packet.pages, packet.own.pages + 3);
    assert_eq!(Pdf::load_mem(&packet.pdf).expect("a PDF").get_pages().len(), 5);
    if let Some(text) = asked("pdftotext", (&[], &["-"]), &packet.pdf) {
        let order = ["chart sheet 8", "chart sheet 9", "chart sheet 2"].map(|it| text.find(it));
        assert!(order.is_sorted() && order[0].is_some(), "{text}");
        assert!(!text.contains("chart sheet 1"), "{text}");
    }
    one.pages = vec![9..=4_000_000_000];
    let fault = bind(front, &[one]).expect_err("no such page");
    assert_eq!(fault.to_string(), "Exhibit 1 has 9 pages; page 10 was asked for");
}

#[test]
fn what_is_no_pdf_is_named() {
    let fault = bind(front, &[exhibit("Exhibit 1", b"%PDF-1.7 torn")]).expect_err("torn");
    assert_eq!(fault.to_string(), "Exhibit 1 is not a readable PDF");
    assert!(matches!(fault, Fault::Unreadable { .. }));
}

#[test]
fn hostile_text_stays_text() {
    let hostile = "#panic(\"x\") $x$ *b* _i_ \\ @ref <tag> [[ {{claim}} `raw` // comment \u{1f600} \
                   \u{5e9}\u{5dc}\u{5d5}\u{5dd} \u{627}\u{628} \u{202e}turned\u{7}";
    let long = "W".repeat(400);
    let cells = vec![vec![hostile.to_owned(), long.clone()]];
    let columns = vec![
        Column { title: "#head".to_owned(), share: 0, align: Align::Left },
        Column::amounts("=", 1),
    ];
    let blocks = vec![
        Block::Heading(hostile.to_owned()),
        Block::Text(format!("{hostile}\n{long}")),
        Block::Bullets(vec![hostile.to_owned()]),
        Block::Lines(vec![hostile.to_owned()]),
        Block::Fields(vec![(hostile.to_owned(), long)]),
        Block::Table { columns, rows: cells },
        Block::Raw(hostile.to_owned()),
        Block::Signature(vec![hostile.to_owned()]),
    ];
    let section = Section { title: hostile.to_owned(), without_heading: false, blocks };
    let document = Document { sections: vec![section], title: hostile.to_owned(), ..front(&[]) };
    let sheets = set(&document).expect("pages");
    asked("qpdf", (&["--check"], &[]), &sheets.pdf);
    if let Some(text) = asked("pdftotext", (&[], &["-"]), &sheets.pdf) {
        let text = text.replace(['\n', '\u{200b}'], " ");
        for part in [
            "#panic(\"x\")",
            "$x$",
            "*b*",
            "_i_",
            "{{claim}}",
            "[U+1F600]",
            "[U+202E]turned[U+0007]",
        ] {
            assert!(text.contains(part), "{part} in {text}");
        }
    }
}
