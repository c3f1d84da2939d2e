//! Packets as a payer's reader sees them. Every person and text here is made up.

use std::io::Write;
use std::ops::RangeInclusive;
use std::process::Command;

use lopdf::content::{Content, Operation};
use lopdf::{Dictionary, Document as Pdf, Object, Stream, dictionary};
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
        "OpenAction" => dictionary! {
            "S" => "JavaScript", "JS" => Object::string_literal("app.alert(1)"),
        },
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

/// A received file with one of its objects changed.
fn changed(pages: u32, change: impl FnOnce(&mut Pdf)) -> Vec<u8> {
    let mut pdf = Pdf::load_mem(&received("chart", pages)).expect("a PDF");
    change(&mut pdf);
    let mut bytes = Vec::new();
    pdf.save_to(&mut bytes).expect("memory");
    bytes
}

/// The tree of the pages of a received file.
fn tree(pdf: &mut Pdf) -> &mut Dictionary {
    let id = pdf.catalog().and_then(|it| it.get(b"Pages")).and_then(Object::as_reference);
    pdf.get_dictionary_mut(id.expect("a tree")).expect("a tree")
}

fn bound(pdf: &[u8]) -> Result<Pdf, Fault> {
    let packet = bind(front, &[exhibit("Exhibit 1", pdf)])?;
    Ok(Pdf::load_mem(&packet.pdf).expect("a PDF"))
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
fn references_to_nothing_become_nothing() {
    let hostile = changed(2, |pdf| {
        let page = pdf.get_pages()[&1];
        let page = pdf.get_dictionary_mut(page).expect("a page");
        page.set("PieceInfo", Object::Reference((u32::MAX, 0)));
        page.set("Thumb", vec![Object::Reference((u32::MAX - 1, u16::MAX))]);
    });
    let packet = bound(&hostile).expect("a packet");
    assert_eq!(packet.get_pages().len(), 4);
    let page = packet.get_dictionary(packet.get_pages()[&3]).expect("a page");
    assert_eq!(page.get(b"PieceInfo").expect("kept"), &Object::Null);
    assert_eq!(page.get(b"Thumb").expect("kept"), &Object::Array(vec![Object::Null]));
}

#[test]
fn an_object_of_the_highest_number_is_no_harm() {
    let hostile = b"%PDF-1.5\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n\
        2 0 obj\n<</Type/Pages/Count 99999999999999/Kids[4 0 R 3 0 R]>>\nendobj\n\
        3 0 obj\n<</Type/Pages/Parent 2 0 R/Count 9223372036854775807/Kids[4 0 R]>>\nendobj\n\
        4 0 obj\n<</Type/Page/Parent 3 0 R/MediaBox[0 0 612 792]\
        /Resources 4294967295 0 R/Contents 4294967295 0 R>>\nendobj\n\
        4294967295 0 obj\n<</Font<<>>>>\nendobj\ntrailer\n<</Root 1 0 R>>\n%%EOF\n";
    assert_eq!(bound(hostile).expect("a packet").get_pages().len(), 3);
}

#[test]
fn what_pages_share_they_go_on_sharing() {
    let large = || Object::string_literal(vec![b'x'; 100_000]);
    let inherited = changed(300, |pdf| {
        tree(pdf).set("Resources", dictionary! { "Large" => large() });
    });
    let named = changed(300, |pdf| {
        let font = pdf.add_object(dictionary! { "Large" => large() });
        let list = pdf.add_object(vec![Object::Dictionary(dictionary! {
            "Subtype" => "Stamp", "AP" => dictionary! {}, "Contents" => large(),
            "A" => dictionary! { "JS" => Object::string_literal("JavaScript") },
        })]);
        for page in pdf.get_pages().into_values() {
            let page = pdf.get_dictionary_mut(page).expect("a page");
            page.set("Resources", dictionary! { "Font" => font });
            page.set("Annots", list);
        }
    });
    for (file, most) in [(inherited, 500_000), (named, 600_000)] {
        let packet = bind(front, &[exhibit("Exhibit 1", &file)]).expect("a packet");
        assert!(packet.pdf.len() < most, "{}", packet.pdf.len());
        assert!(!packet.pdf.windows(10).any(|part| part == b"JavaScript"));
        asked("qpdf", (&["--check"], &[]), &packet.pdf);
        if let Some(text) = asked("pdftotext", (&["-l", "302"], &["-"]), &packet.pdf) {
            assert!(text.contains("Exhibit 1, page 300 of 300"));
        }
    }
}

#[test]
fn one_long_list_is_not_copied_for_ever() {
    let hostile = changed(60, |pdf| {
        let part = pdf.add_object(Stream::new(dictionary! {}, Vec::new()));
        let list = pdf.add_object(vec![Object::Reference(part); 10_000]);
        for page in pdf.get_pages().into_values() {
            pdf.get_dictionary_mut(page).expect("a page").set("Contents", list);
        }
    });
    assert!(matches!(bound(&hostile), Err(Fault::TooLarge { .. })));
}

#[test]
fn a_page_named_often_goes_along_once() {
    let often = changed(2, |pdf| {
        let kids = tree(pdf).get_mut(b"Kids").and_then(Object::as_array_mut).expect("kids");
        *kids = [kids[0].clone(), kids[0].clone(), kids[1].clone(), kids[0].clone()].to_vec();
    });
    let mut one = exhibit("Exhibit 1", &often);
    assert_eq!(press::pages_of(&one).expect("pages"), 2);
    one.pages = vec![1..=4, 2..=2];
    assert_eq!(press::pages_of(&one).expect("pages"), 2);
    assert_eq!(bind(front, &[one]).expect("a packet").pages, 4);
}

#[test]
fn no_page_or_too_many_is_a_fault() {
    let records = received("chart", 3);
    let mut one = exhibit("Exhibit 1", &records);
    one.pages = vec![1..=1, RangeInclusive::new(3, 2)];
    let fault = press::pages_of(&one).expect_err("reversed").to_string();
    assert!(fault.contains("ends before it begins; write the lower page first"), "{fault}");
    one.pages = vec![0..=1];
    let fault = press::pages_of(&one).expect_err("from 1").to_string();
    assert_eq!(fault, "Exhibit 1 has 3 pages; page 0 was asked for");
    let long = received("chart", 5_001);
    let mut one = exhibit("Exhibit 1", &long);
    let fault = press::pages_of(&one).expect_err("too many").to_string();
    assert!(fault.contains("would add 5001 pages; 5000 is the most"), "{fault}");
    one.pages = vec![2..=5_001];
    assert_eq!(press::pages_of(&one).expect("pages"), 5_000);
}

#[test]
fn what_unpacks_without_end_is_left_alone() {
    let mut bomb = changed(1, |pdf| {
        let mut content = b"90 0 ".to_vec();
        content.resize(9 * 1024 * 1024, b' ');
        let head = dictionary! { "Type" => "Packed", "N" => 1, "First" => 5 };
        let mut stream = Stream::new(head, content);
        stream.compress().expect("packed");
        pdf.add_object(stream);
    });
    // `lopdf` writes no packed stream that it did not pack itself.
    let at = bomb.windows(6).position(|part| part == b"Packed").expect("the name");
    bomb[at..at + 6].copy_from_slice(b"ObjStm");
    assert!(bomb.len() < 100_000);
    let fault = bound(&bomb).expect_err("a bomb").to_string();
    assert!(fault.contains("split the file, or print the pages"), "{fault}");
    let many = changed(1, |pdf| {
        for _ in 0..500_000 {
            pdf.add_object(Object::Null);
        }
    });
    assert!(matches!(bound(&many), Err(Fault::TooLarge { .. })));
}

/// Torn and hostile files end in a packet or in a fault; the bytes are the same each time.
#[test]
fn no_change_of_bytes_stops_the_press() {
    let whole = received("chart", 3);
    let mut state: u64 = 0x9e37_79b9_7f4a_7c15;
    let mut below = |most: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % u64::try_from(most).expect("small")).expect("small")
    };
    let pieces: [&[u8]; 8] =
        [b"4294967295", b" 0 R", b"-1", b"99999999999999999999", b"<<", b"]", b"/Kids", b"/Page "];
    let mut packets = 0;
    for _ in 0..400 {
        let mut file = whole.clone();
        for _ in 0..=below(6) {
            let at = below(file.len());
            match below(3) {
                0 => file[at] = u8::try_from(below(256)).expect("a byte"),
                1 => file[at] = b"0123456789"[below(10)],
                _ => drop(file.splice(at..at, pieces[below(8)].iter().copied())),
            }
        }
        if press::pages_of(&exhibit("Exhibit 1", &file)).is_ok() {
            packets += u32::from(bound(&file).is_ok());
        }
    }
    assert!(packets > 100, "{packets}: the changes reach too little");
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
