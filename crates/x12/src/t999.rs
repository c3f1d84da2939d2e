//! The 999 (005010X231A1) and the 997 segment by segment, typed: what an X12 reader says of syntax.
//!
//! Both say the same: AK1 names the group, AK2 a transaction, IK3 or AK3 a segment, IK4 or AK4 an
//! element of it, IK5 or AK5 what became of the transaction, AK9 of the group.

pub use crate::element::Composite;
use crate::segment::Segment;

/// One segment of a 999 or 997, typed.
#[derive(Clone, Copy, Debug)]
pub enum Part<'a> {
    /// AK1: the group that is answered.
    Group(Subject<'a>),
    /// AK2: a transaction of it.
    Transaction(Subject<'a>),
    /// IK3 or AK3: a segment at fault.
    Segment(SegmentNote<'a>),
    /// IK4 or AK4: an element at fault.
    Element(ElementNote<'a>),
    /// CTX: where the fault lies in the sender's words.
    Context(Composite<'a>),
    /// IK5 or AK5: what became of the transaction.
    TransactionVerdict(Verdict<'a>),
    /// AK9: what became of the group.
    GroupVerdict(Verdict<'a>),
    /// Anything else, known or not.
    Other,
}

/// AK1 or AK2.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// AK101: group code such as HC; AK201: transaction set such as 837.
    pub set: &'a [u8],
    /// AK102: GS06; AK202: ST02.
    pub control: &'a [u8],
}

/// IK3 or AK3.
#[derive(Clone, Copy, Debug)]
pub struct SegmentNote<'a> {
    /// IK301: its id.
    pub id: &'a [u8],
    /// IK302: its number in the transaction, ST being 1.
    pub position: &'a [u8],
    /// IK303: its loop.
    pub within: &'a [u8],
    /// IK304: what is wrong (X12 code list 620): 3 missing, 8 has faulty elements.
    pub code: &'a [u8],
}

/// IK4 or AK4. The faulty value itself (IK404) is not given: it may be patient data.
#[derive(Clone, Copy, Debug)]
pub struct ElementNote<'a> {
    /// IK401: element, component, repetition.
    pub position: Composite<'a>,
    /// IK402: the element's number in X12's dictionary.
    pub reference: &'a [u8],
    /// IK403: what is wrong (X12 code list 621): 1 missing, 7 not in its list.
    pub code: &'a [u8],
}

/// IK5, AK5 or AK9.
#[derive(Clone, Copy, Debug)]
pub struct Verdict<'a> {
    /// A accepted, E accepted with errors, P partly, R M W X rejected.
    pub outcome: &'a [u8],
    /// Up to five reasons.
    pub codes: [&'a [u8]; 5],
}

/// The segments that are read here.
mod tag {
    use crate::segment::Tag;
    pub(super) const AK1: Tag = Tag::of(b"AK1");
    pub(super) const AK2: Tag = Tag::of(b"AK2");
    pub(super) const AK3: Tag = Tag::of(b"AK3");
    pub(super) const AK4: Tag = Tag::of(b"AK4");
    pub(super) const AK5: Tag = Tag::of(b"AK5");
    pub(super) const AK9: Tag = Tag::of(b"AK9");
    pub(super) const IK3: Tag = Tag::of(b"IK3");
    pub(super) const IK4: Tag = Tag::of(b"IK4");
    pub(super) const IK5: Tag = Tag::of(b"IK5");
    pub(super) const CTX: Tag = Tag::of(b"CTX");
}

/// Reads one segment of a 999 or 997.
#[must_use]
pub fn part<'a>(segment: &Segment<'a>) -> Part<'a> {
    match segment.tag() {
        tag::AK1 => Part::Group(subject(segment)),
        tag::AK2 => Part::Transaction(subject(segment)),
        tag::IK3 | tag::AK3 => Part::Segment(segment_note(segment)),
        tag::IK4 | tag::AK4 => Part::Element(element_note(segment)),
        tag::CTX => Part::Context(context(segment)),
        tag::IK5 | tag::AK5 => Part::TransactionVerdict(transaction_verdict(segment)),
        tag::AK9 => Part::GroupVerdict(group_verdict(segment)),
        _ => Part::Other,
    }
}

fn subject<'a>(segment: &Segment<'a>) -> Subject<'a> {
    let [_, set, control] = segment.split();
    Subject { set, control: control.trim_ascii() }
}

fn segment_note<'a>(segment: &Segment<'a>) -> SegmentNote<'a> {
    let [_, id, position, within, code] = segment.split();
    SegmentNote { id, position, within, code: code.trim_ascii() }
}

fn element_note<'a>(segment: &Segment<'a>) -> ElementNote<'a> {
    let [_, position, reference, code] = segment.split();
    let position = Composite::new(position, segment.delimiters().component);
    ElementNote { position, reference, code: code.trim_ascii() }
}

/// CTX01: what the context is, and its value, as in `CLM01:A1`.
fn context<'a>(segment: &Segment<'a>) -> Composite<'a> {
    Composite::new(segment.bytes(1), segment.delimiters().component)
}

/// IK501 and IK502 to IK506.
fn transaction_verdict<'a>(segment: &Segment<'a>) -> Verdict<'a> {
    let [_, outcome, first, second, third, fourth, fifth] = segment.split();
    Verdict { outcome: outcome.trim_ascii(), codes: [first, second, third, fourth, fifth] }
}

/// AK901 and AK905 to AK909.
fn group_verdict<'a>(segment: &Segment<'a>) -> Verdict<'a> {
    let [_, outcome, _, _, _, first, second, third, fourth, fifth] = segment.split();
    Verdict { outcome: outcome.trim_ascii(), codes: [first, second, third, fourth, fifth] }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::delimiters::USUAL;
    use crate::segment::Place;

    fn read(raw: &str) -> Part<'_> {
        part(&Segment::new(raw.as_bytes(), USUAL, Place::default()))
    }

    #[test]
    fn old_and_new_names_read_alike() {
        for raw in ["IK5*R*5", "AK5*R*5"] {
            let Part::TransactionVerdict(verdict) = read(raw) else { panic!("a verdict") };
            assert_eq!((verdict.outcome, verdict.codes[0]), (&b"R"[..], &b"5"[..]));
        }
        for raw in ["IK3*CLM*22**8", "AK3*CLM*22**8"] {
            let Part::Segment(note) = read(raw) else { panic!("a note") };
            assert_eq!((note.id, note.position, note.code), (&b"CLM"[..], &b"22"[..], &b"8"[..]));
        }
    }

    #[test]
    fn the_reasons_of_a_group_stand_behind_its_counts() {
        let Part::GroupVerdict(verdict) = read("AK9*R*2*2*1*4") else { panic!("a verdict") };
        assert_eq!(verdict.codes, [&b"4"[..], b"", b"", b"", b""]);
    }

    #[test]
    fn an_element_may_be_a_component() {
        let Part::Element(note) = read("AK4*5:1*1331*7*95") else { panic!("a note") };
        assert_eq!((note.position.part(1), note.position.part(2)), (&b"5"[..], &b"1"[..]));
    }
}
