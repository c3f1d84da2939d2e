//! Questions where claims stand: whatever comes, reading ends, and what is read can be asked again.
#![no_main]

use denial::inquiry;
use libfuzzer_sys::fuzz_target;
use x12::{Reader, t276};

fuzz_target!(|bytes: &[u8]| {
    let mut reader = Reader::new(bytes);
    while let Some(block) = reader.next() {
        block.segments().for_each(|segment| drop(format!("{:?}", t276::part(&segment))));
    }
    let read = inquiry::read(bytes);
    assert!(read.questions.len() <= bytes.len());
    assert!(read.questions.is_empty() || !read.sent.is_empty());
});
