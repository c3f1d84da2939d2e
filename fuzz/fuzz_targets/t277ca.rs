//! Claim acknowledgements: whatever comes, each answer lies inside the file and keeps its codes.
#![no_main]

use denial::rejection::{AnswerKind, Rejection};
use libfuzzer_sys::fuzz_target;
use x12::{Reader, t277ca};

fuzz_target!(|bytes: &[u8]| {
    let (mut reader, mut findings) = (Reader::new(bytes), Vec::new());
    let mut rejection = Rejection::default();
    while let Some(block) = reader.next() {
        block.segments().for_each(|segment| drop(format!("{:?}", t277ca::part(&segment))));
        for answer in rejection.read(&block, &mut findings) {
            assert!(answer.span.start <= answer.span.end && answer.span.end <= bytes.len() as u64);
            let is_claims = matches!(answer.kind, AnswerKind::Claims | AnswerKind::Status);
            assert!(!is_claims || answer.codes.iter().all(|code| code.list == "STC"));
        }
    }
});
