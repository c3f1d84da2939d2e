//! The TA1, typed: whether an interchange came in at all.

use crate::segment::{Segment, Tag};

/// TA1.
#[derive(Clone, Copy, Debug)]
pub struct Receipt<'a> {
    /// TA101: ISA13 of the interchange that is answered.
    pub control: &'a [u8],
    /// TA102: its day, YYMMDD.
    pub sent: &'a [u8],
    /// TA104: A accepted, E accepted with errors, R rejected.
    pub outcome: &'a [u8],
    /// TA105: what is wrong; 000 for nothing.
    pub note: &'a [u8],
}

/// Reads a TA1; `None` for any other segment.
#[must_use]
pub fn receipt<'a>(segment: &Segment<'a>) -> Option<Receipt<'a>> {
    const TA1: Tag = Tag::of(b"TA1");
    let [_, control, sent, _, outcome, note] = segment.split();
    (segment.tag() == TA1).then_some(Receipt {
        control: control.trim_ascii(),
        sent,
        outcome: outcome.trim_ascii(),
        note: note.trim_ascii(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::delimiters::USUAL;
    use crate::segment::Place;

    #[test]
    fn a_receipt_names_what_it_answers() {
        let raw = b"TA1*000000019*250101*1200*R*001";
        let read = receipt(&Segment::new(raw, USUAL, Place::default())).expect("a TA1");
        assert_eq!(
            (read.control, read.outcome, read.note),
            (&b"000000019"[..], &b"R"[..], &b"001"[..])
        );
        assert!(receipt(&Segment::new(b"IEA*0*1", USUAL, Place::default())).is_none());
    }
}
