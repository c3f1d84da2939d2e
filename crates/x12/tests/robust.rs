//! Laws of reading that hold for any bytes: nothing lost, nothing thrown, the same in any chunks.

mod samples;

use std::io::Read;

use samples::{WHOLE, each_mutation, each_prefix, samples};
use x12::{Code, Reader, Segment, t271, t277ca, t835, t837, t999, ta1};

/// Gives one byte at a time, the worst that a source may do.
struct Drip<'a>(&'a [u8]);

impl Read for Drip<'_> {
    fn read(&mut self, room: &mut [u8]) -> std::io::Result<usize> {
        let (Some((first, rest)), Some(place)) = (self.0.split_first(), room.first_mut()) else {
            return Ok(0);
        };
        *place = *first;
        self.0 = rest;
        Ok(1)
    }
}

/// Every block as its kind, its segments and its bytes; checks that nothing is lost.
fn blocks(source: impl Read, bytes: &[u8]) -> Vec<String> {
    let mut reader = Reader::new(source);
    let (mut seen, mut raw) = (Vec::new(), Vec::new());
    while let Some(block) = reader.next() {
        let segments: Vec<&[u8]> = block.segments().map(|segment| segment.raw()).collect();
        seen.push(format!("{:?} {:?}", block.kind(), segments));
        raw.extend_from_slice(block.raw());
    }
    seen.push(format!("{:?}", reader.finish()));
    assert!(raw == bytes, "the blocks are not the file");
    seen
}

/// The same without keeping anything; every view reads the last block, the only one that differs
/// from one prefix to the next.
fn walk(bytes: &[u8]) {
    let mut reader = Reader::new(bytes);
    let mut seen = 0;
    while let Some(block) = reader.next() {
        let raw = block.raw();
        assert!(bytes[seen..].starts_with(raw), "the blocks are not the file");
        seen += raw.len();
        if seen == bytes.len() {
            block.segments().for_each(|segment| view(&segment));
        }
    }
    assert_eq!(seen, bytes.len(), "the blocks are not the file");
    let findings = reader.finish();
    assert!(findings.iter().all(|finding| finding.at.byte <= bytes.len() as u64));
}

fn view(segment: &Segment<'_>) {
    let views = format!(
        "{:?}{:?}{:?}{:?}{:?}{:?}",
        t835::part(segment),
        t837::part(segment),
        t999::part(segment),
        t277ca::part(segment),
        t271::part(segment),
        ta1::receipt(segment),
    );
    assert!(!views.is_empty());
}

#[test]
fn nothing_of_a_sample_is_lost() {
    for (path, bytes) in samples() {
        let seen = std::panic::catch_unwind(|| blocks(bytes.as_slice(), &bytes));
        assert!(seen.is_ok(), "{}", path.display());
    }
}

#[test]
fn chunks_do_not_matter() {
    for (path, bytes) in samples().into_iter().filter(|(_, bytes)| bytes.len() < 20_000) {
        let (whole, drip) = (blocks(bytes.as_slice(), &bytes), blocks(Drip(&bytes), &bytes));
        assert_eq!(whole, drip, "{}", path.display());
    }
}

#[test]
fn every_prefix_of_every_sample_is_read() {
    let (mut files, mut prefixes) = (0, 0);
    for (_, bytes) in samples() {
        prefixes += each_prefix(&bytes, WHOLE, walk);
        files += 1;
    }
    println!("{prefixes} prefixes of {files} samples were read");
}

#[test]
fn ten_thousand_mutations_of_samples_are_read() {
    let mut count = 0;
    each_mutation(10_000, |bytes| {
        blocks(bytes, bytes);
        walk(bytes);
        count += 1;
    });
    println!("{count} mutations were read");
}

/// Two synthetic interchanges without trailers and with other separators in the second.
#[test]
fn each_block_keeps_the_separators_it_was_read_with() {
    let text = "ISA*00**00**ZZ*S*ZZ*R*260101*1200*^*00501*1*0*P*:~\
                GS*HP*A*B~ST*835*1~LX*1~CLP*A1*1~\
                ISA+00++00++ZZ+S+ZZ+R+260101+1200+^+00501+2+0+P+:|\
                GS+HP+A+B|ST+835+2|LX+1|CLP+B2+1|";
    let mut reader = Reader::new(text.as_bytes());
    let mut claims = Vec::new();
    while let Some(block) = reader.next() {
        let found = block.segments().filter(|segment| segment.id() == b"CLP");
        claims.extend(found.map(|segment| segment.text(1).into_owned()));
    }
    assert_eq!(claims, ["A1", "B2"]);
}

#[test]
fn a_file_that_yields_nothing_says_so_once() {
    for text in ["", "\r\n\r\n", "ST. MARY'S REPORT", "ISABEL"] {
        let findings = Reader::new(text.as_bytes()).finish();
        let nothing = findings.iter().filter(|finding| finding.code == Code::NothingFound);
        assert_eq!(nothing.count(), 1, "{text:?}: {findings:?}");
    }
}

#[test]
fn a_cut_file_says_so_once() {
    let findings = Reader::new("ST*835*1~LX*1~CLP*A1".as_bytes()).finish();
    let cut = findings.iter().filter(|finding| finding.code == Code::Unterminated);
    assert_eq!(cut.count(), 1, "{findings:?}");
}

#[test]
fn text_before_the_interchange_is_kept_and_not_read() {
    let text = "ST. MARY'S\nISA*00**00**ZZ*S*ZZ*R*260101*1200*^*00501*1*0*P*:~GS*HP*A*B~ST*835*1~";
    let mut reader = Reader::new(text.as_bytes());
    let first = reader.next().expect("a block");
    assert_eq!(first.opener().expect("a segment").id(), b"ISA");
    assert!(first.raw().starts_with(b"ST. MARY'S"));
}
