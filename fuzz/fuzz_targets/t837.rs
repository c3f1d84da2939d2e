//! Claims: whatever comes, lines are numbered upwards, and each claim lies inside the file.
#![no_main]

use denial::billed::Billed;
use libfuzzer_sys::fuzz_target;
use x12::{Reader, t837};

fuzz_target!(|bytes: &[u8]| {
    let (mut reader, mut findings) = (Reader::new(bytes), Vec::new());
    let (mut billed, mut end) = (Billed::default(), 0);
    while let Some(block) = reader.next() {
        block.segments().for_each(|segment| drop(format!("{:?}", t837::part(&segment))));
        let Some(claim) = billed.read(&block, &mut findings) else { continue };
        assert!(end <= claim.span.start && claim.span.start < claim.span.end);
        end = claim.span.end;
        let numbers: Vec<u16> = claim.claim.lines.iter().map(|line| line.number).collect();
        assert!(numbers.is_sorted_by(|one, next| one < next || *one == u16::MAX));
        claim.imbalance();
    }
    assert!(end <= bytes.len() as u64);
});
