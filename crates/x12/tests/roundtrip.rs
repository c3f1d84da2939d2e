//! Writing what was read gives the same bytes but for line breaks: over generated interchanges
//! and over every sample.

use std::fs;
use std::path::Path;

use proptest::prelude::*;
use x12::{Block, Reader, writer};

/// Reads bytes and writes every segment again.
fn rewritten(bytes: &[u8]) -> Vec<u8> {
    let (mut reader, mut out) = (Reader::new(bytes), Vec::new());
    while let Some(block) = reader.next() {
        writer::write(block.segments(), block.delimiters(), &mut out);
    }
    out
}

/// A generated interchange: as it should be written again, and as it stands with line breaks.
#[derive(Clone, Debug)]
struct Generated {
    plain: String,
    broken: String,
}

const SEPARATORS: [[char; 3]; 4] =
    [['*', ':', '~'], ['|', '>', '~'], ['+', ':', '\''], ['*', '<', '\n']];

fn element() -> impl Strategy<Value = String> {
    // Neither a separator of any set nor a blank at the ends, which readers may trim.
    prop_oneof![
        Just(String::new()),
        "[A-Z0-9.#&/-]{1,12}",
        "[A-Za-z0-9]([A-Za-z0-9 .ÄÖé]{0,20}[A-Za-z0-9])?",
    ]
}

fn body() -> impl Strategy<Value = Vec<Vec<String>>> {
    let ids = prop::sample::select(vec![
        "CLP", "LX", "SVC", "CAS", "REF", "NM1", "DTM", "HL", "CLM", "SV1", "AK2", "IK5", "STC",
        "PLB", "ZZZ", "N1",
    ]);
    let segment = (ids, prop::collection::vec(element(), 0..9))
        .prop_map(|(id, elements)| std::iter::once(id.to_owned()).chain(elements).collect());
    prop::collection::vec(segment, 0..40)
}

fn interchange() -> impl Strategy<Value = Generated> {
    let set = prop::sample::select(vec!["835", "837", "999", "277", "270"]);
    let separators = prop::sample::select(SEPARATORS.to_vec());
    let line_break = prop::sample::select(vec!["", "\n", "\r\n", "\r\n  "]);
    (set, separators, line_break, body()).prop_map(|(set, [element, component, end], line, body)| {
        let e = element;
        let isa = format!(
            "ISA{e}00{e}          {e}00{e}          {e}ZZ{e}S{e}ZZ{e}R{e}260101{e}1200{e}^{e}00501\
             {e}000000001{e}0{e}P{e}{component}"
        );
        let mut segments = vec![isa, format!("GS{e}HP{e}A{e}B"), format!("ST{e}{set}{e}0001")];
        segments.extend(body.iter().map(|elements| elements.join(&e.to_string())));
        segments.extend([format!("SE{e}1{e}0001"), format!("GE{e}1{e}1"), format!("IEA{e}1{e}1")]);
        let join = |after: &str| -> String {
            segments.iter().map(|segment| format!("{segment}{end}{after}")).collect()
        };
        // Where a line break is the terminator, a carriage return before it would be an element's.
        Generated { plain: join(""), broken: join(line) }
    })
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 512,
        failure_persistence: None,
        ..Default::default()
    })]

    #[test]
    fn a_generated_file_is_written_as_it_was(files in prop::collection::vec(interchange(), 1..4)) {
        let plain: String = files.iter().map(|one| one.plain.as_str()).collect();
        let broken: String = files.iter().map(|one| one.broken.as_str()).collect();
        for text in [&plain, &broken] {
            let out = rewritten(text.as_bytes());
            prop_assert_eq!(String::from_utf8_lossy(&out), plain.as_str());
        }
    }
}

#[test]
fn every_sample_is_written_as_it_was() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/samples");
    let Ok(kinds) = fs::read_dir(&folder) else {
        eprintln!("SKIPPED: no samples beside the project");
        return;
    };
    let folders = kinds.flatten().map(|entry| entry.path()).filter(|path| path.is_dir());
    let files = folders.flat_map(|folder| fs::read_dir(folder).expect("a folder").flatten());
    let (mut count, mut segments) = (0, 0);
    for path in files.map(|entry| entry.path()) {
        let bytes = fs::read(&path).expect("a sample");
        let mut reader = Reader::new(&bytes[..]);
        while let Some(block) = reader.next() {
            let mut out = Vec::new();
            writer::write(block.segments(), block.delimiters(), &mut out);
            assert!(out == unbroken(&block), "{}: {:?}", path.display(), block.opener());
            segments += block.segments().len();
        }
        count += 1;
    }
    println!("{segments} segments of {count} samples are written as they were");
    assert!(count > 300);
}

/// The bytes of a block from its first segment on, without blanks before segments.
fn unbroken(block: &Block<'_>) -> Vec<u8> {
    let Some(opener) = block.opener() else { return Vec::new() };
    let raw = block.raw();
    let begins = opener.place().byte - (block.end() - raw.len() as u64);
    let raw = &raw[usize::try_from(begins).expect("fits")..];
    let end = block.delimiters().segment;
    // The last segment of a file may lack its terminator; then blanks after it are none of its.
    let raw = if raw.contains(&end) { raw } else { raw.trim_ascii_end() };
    let pieces = raw.split(|byte| *byte == end);
    let blank = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | 0 | 0x1a);
    let mut out = Vec::new();
    for piece in pieces {
        let Some(start) = piece.iter().position(|byte| !blank(byte)) else { continue };
        out.extend_from_slice(&piece[start..]);
        out.push(end);
    }
    out
}
