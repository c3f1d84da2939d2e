//! Any bytes: nothing is lost, nothing is thrown, and the chunks in which they come do not matter.
#![no_main]

use std::io::Read;

use libfuzzer_sys::fuzz_target;
use x12::{Finding, Reader};

/// Gives so few bytes at a time that every place is the end of some chunk.
struct Drip<'a>(&'a [u8]);

impl Read for Drip<'_> {
    fn read(&mut self, room: &mut [u8]) -> std::io::Result<usize> {
        let count = room.len().min(self.0.len()).min(7);
        let (now, later) = self.0.split_at(count);
        room[..count].copy_from_slice(now);
        self.0 = later;
        Ok(count)
    }
}

/// The bounds of every segment, in the order of the file, and the findings.
fn read(source: impl Read, bytes: &[u8]) -> (Vec<(u64, usize)>, Vec<Finding>) {
    let (mut reader, mut seen, mut bounds) = (Reader::new(source), 0, Vec::new());
    while let Some(block) = reader.next() {
        assert!(bytes[seen..].starts_with(block.raw()), "the blocks are not the file");
        seen += block.raw().len();
        assert_eq!(block.end(), seen as u64);
        for segment in block.segments() {
            let at = segment.place().byte;
            let start = usize::try_from(at).expect("fits");
            assert!(bytes[start..].starts_with(segment.raw()), "a segment is not at its place");
            assert!(segment.elements().count() < segment.raw().len() + 2);
            bounds.push((at, segment.raw().len()));
        }
    }
    assert_eq!(seen, bytes.len(), "the blocks are not the file");
    (bounds, reader.finish())
}

fuzz_target!(|bytes: &[u8]| {
    let whole = read(bytes, bytes);
    assert!(whole.1.iter().all(|finding| finding.at.byte <= bytes.len() as u64));
    assert_eq!(whole, read(Drip(bytes), bytes));
});
