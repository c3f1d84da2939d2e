//! Answers about cover and authorisation: whatever comes, each lies inside the file, and what it is
//! found by holds letters and digits alone.
#![no_main]

use denial::evidence::Reading;
use libfuzzer_sys::fuzz_target;
use x12::{Reader, t271};

fuzz_target!(|bytes: &[u8]| {
    let (mut reader, mut findings) = (Reader::new(bytes), Vec::new());
    let mut reading = Reading::default();
    while let Some(block) = reader.next() {
        block.segments().for_each(|segment| drop(format!("{:?}", t271::part(&segment))));
        if let Some(answer) = reading.read(&block, &mut findings) {
            assert!(answer.span.start <= answer.span.end && answer.span.end <= bytes.len() as u64);
            let (member, number) = answer.keys();
            assert!(member.chars().chain(number.chars()).all(|one| one.is_ascii_alphanumeric()));
            assert!(answer.benefits.len() <= 50 && answer.procedures.len() <= 50);
        }
    }
});
