//! Laws of reading that hold for any bytes: nothing lost, nothing thrown, the same in any chunks.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use x12::{Code, Reader};

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

/// A generator of its own, so that a failure repeats.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("31 bits") % limit.max(1)
    }
}

fn samples() -> Vec<(PathBuf, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/samples");
    let Ok(kinds) = fs::read_dir(&folder) else {
        eprintln!("SKIPPED: no samples beside the project");
        return Vec::new();
    };
    let folders = kinds.flatten().map(|entry| entry.path()).filter(|path| path.is_dir());
    let mut files: Vec<PathBuf> = folders
        .flat_map(|folder| fs::read_dir(folder).expect("a readable folder").flatten())
        .map(|entry| entry.path())
        .collect();
    files.sort();
    files.into_iter().map(|path| (path.clone(), fs::read(path).expect("a sample"))).collect()
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
fn prefixes_of_samples_are_read() {
    for (_, bytes) in samples() {
        for end in (0..bytes.len()).step_by(1 + bytes.len() / 60) {
            blocks(&bytes[..end], &bytes[..end]);
        }
    }
}

#[test]
fn mutations_of_samples_are_read() {
    let samples: Vec<_> = samples().into_iter().filter(|(_, bytes)| bytes.len() < 20_000).collect();
    let mut dice = Dice(1);
    for _ in 0..10_000_usize.min(samples.len() * 10_000) {
        let mut bytes = samples[dice.below(samples.len())].1.clone();
        for _ in 0..=dice.below(8) {
            let at = dice.below(bytes.len());
            match dice.below(3) {
                0 => bytes.truncate(at),
                1 => bytes.insert(at, u8::try_from(dice.below(256)).expect("a byte")),
                _ => bytes.iter_mut().skip(at).take(1).for_each(|byte| *byte ^= 0x55),
            }
        }
        blocks(bytes.as_slice(), &bytes);
    }
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
