//! Syntax acknowledgements: whatever comes, every AK2 and TA1 is answered once, with its place.
#![no_main]

use denial::rejection::{AnswerKind, Level, Rejection};
use libfuzzer_sys::fuzz_target;
use x12::{Kind, Reader, t999, ta1};

fuzz_target!(|bytes: &[u8]| {
    let (mut reader, mut findings) = (Reader::new(bytes), Vec::new());
    let (mut rejection, mut set) = (Rejection::default(), Vec::new());
    let (mut subjects, mut receipts, mut answered) = (0, 0, 0);
    while let Some(block) = reader.next() {
        let opener = block.opener();
        match (block.kind(), opener) {
            (Kind::Head, Some(st)) => set = st.bytes(1).trim_ascii().to_vec(),
            (Kind::Envelope, Some(segment)) => {
                set.clear();
                receipts += usize::from(ta1::receipt(&segment).is_some());
            }
            (Kind::Unit, Some(segment)) if matches!(&set[..], b"999" | b"997") => {
                let is_subject = matches!(t999::part(&segment), t999::Part::Transaction(_));
                subjects += usize::from(is_subject);
            }
            _ => {}
        }
        block.segments().for_each(|segment| drop(format!("{:?}", t999::part(&segment))));
        for answer in rejection.read(&block, &mut findings) {
            assert!(answer.span.start <= answer.span.end && answer.span.end <= bytes.len() as u64);
            answered += match (answer.kind, answer.level) {
                (AnswerKind::Interchange, _) => 1,
                (AnswerKind::Syntax | AnswerKind::OldSyntax, Level::Transaction) => 1,
                _ => 0,
            };
        }
    }
    assert_eq!(answered, subjects + receipts);
});
