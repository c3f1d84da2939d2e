//! What was read is written so that it reads the same again; what is written anew reads as meant.
#![no_main]

use libfuzzer_sys::fuzz_target;
use x12::delimiters::{Delimiters, USUAL};
use x12::writer::{Writer, write};
use x12::{Code, Reader};

/// Every segment as written, and whether the bytes could be read without any guess.
fn rewritten(bytes: &[u8]) -> (Vec<u8>, bool) {
    let (mut reader, mut out, mut is_plain) = (Reader::new(bytes), Vec::new(), true);
    while let Some(block) = reader.next() {
        let delimiters = block.delimiters();
        // Where ISA16 is missing its terminator stands in its place, and only what follows tells.
        is_plain &= delimiters.component != delimiters.segment;
        // A blank that separates elements is skipped where a segment begins with it.
        is_plain &= !matches!(delimiters.element, b' ' | b'\t' | b'\r' | b'\n' | 0 | 0x1a);
        write(block.segments(), delimiters, &mut out);
    }
    let guesses = [
        Code::NoInterchange,
        Code::UnreadableIsa,
        Code::StrayText,
        Code::Unterminated,
        Code::TooLarge,
        Code::NothingFound,
    ];
    let findings = reader.finish();
    (out, is_plain && !findings.iter().any(|finding| guesses.contains(&finding.code)))
}

/// Writes the lines of the bytes as segments, their words as elements; reads them back.
fn anew(bytes: &[u8], delimiters: Delimiters) {
    let text = String::from_utf8_lossy(bytes);
    let lines: Vec<Vec<&str>> = text.lines().map(|line| line.split(' ').collect()).collect();
    let mut writer = Writer::new(delimiters);
    writer.transaction("837", "005010X222A1");
    for line in &lines {
        let start = writer.segment("NTE");
        line.iter().fold(start, |segment, word| segment.element(word));
    }
    let Ok(out) = writer.finish() else { return };
    let mut reader = Reader::new(&out[..]);
    let mut read = Vec::new();
    while let Some(block) = reader.next() {
        let notes = block.segments().filter(|segment| segment.id() == b"NTE");
        read.extend(notes.map(|segment| segment.elements().map(<[u8]>::to_vec).collect::<Vec<_>>()));
    }
    assert_eq!(read.len(), lines.len());
    for (read, line) in read.iter().zip(&lines) {
        let filled = line.iter().rposition(|word| !word.is_empty()).map_or(0, |last| last + 1);
        let meant: Vec<&[u8]> = line[..filled].iter().map(|word| word.as_bytes()).collect();
        assert_eq!(*read, meant);
    }
}

fuzz_target!(|bytes: &[u8]| {
    let (once, is_plain) = rewritten(bytes);
    let (twice, _) = rewritten(&once);
    assert!(!is_plain || once == twice, "a file that was written reads otherwise");
    anew(bytes, USUAL);
});
