//! The 277CA (005010X214) and its sisters segment by segment, typed: what became of claims before
//! they were adjudicated.
//!
//! An HL opens a level: 20 who answers, 21 who is answered, 19 the provider, PT the patient. Under
//! a patient each TRN begins a claim, each SVC a line of it, each STC says what became of them.

use crate::amount::cents;
pub use crate::element::{Amount, Coded, Composite};
use crate::segment::Segment;
pub use crate::t837::{Beginning, Level, Name, Start};

/// One segment of a 277CA, typed.
#[derive(Clone, Copy, Debug)]
pub enum Part<'a> {
    /// ST: beginning, with the guide's version.
    Start(Start<'a>),
    /// BHT: the batch.
    Beginning(Beginning<'a>),
    /// HL: a level.
    Level(Level<'a>),
    /// NM1: who answers, who is answered, the provider, the patient.
    Name(Name<'a>),
    /// TRN02: our number of the batch or of the claim.
    Trace(&'a [u8]),
    /// STC: what became of it.
    Status(Status<'a>),
    /// SVC: a line.
    Line,
    /// DTP: a day with what it is: 106 by when an answer is wanted, 472 of service.
    Day(Day<'a>),
    /// REF: a reference with its qualifier.
    Reference(Coded<'a>),
    /// Anything else, known or not.
    Other,
}

/// STC.
#[derive(Clone, Copy, Debug)]
pub struct Status<'a> {
    /// STC01, STC10, STC11: category, status, entity.
    pub codes: [Composite<'a>; 3],
    /// STC02: since when.
    pub on: &'a [u8],
    /// STC03: WQ accept, U reject.
    pub action: &'a [u8],
    /// STC04: the charge.
    pub charge: Amount,
}

/// DTP.
#[derive(Clone, Copy, Debug)]
pub struct Day<'a> {
    /// DTP01: what it is.
    pub qualifier: &'a [u8],
    /// DTP03: the day, or two of them.
    pub on: &'a [u8],
}

/// The segments that are read here.
mod tag {
    use crate::segment::Tag;
    pub(super) const ST: Tag = Tag::of(b"ST");
    pub(super) const BHT: Tag = Tag::of(b"BHT");
    pub(super) const HL: Tag = Tag::of(b"HL");
    pub(super) const NM1: Tag = Tag::of(b"NM1");
    pub(super) const TRN: Tag = Tag::of(b"TRN");
    pub(super) const STC: Tag = Tag::of(b"STC");
    pub(super) const SVC: Tag = Tag::of(b"SVC");
    pub(super) const REF: Tag = Tag::of(b"REF");
    pub(super) const DTP: Tag = Tag::of(b"DTP");
}

/// Reads one segment of a 277CA.
#[must_use]
pub fn part<'a>(segment: &Segment<'a>) -> Part<'a> {
    match segment.tag() {
        tag::STC => Part::Status(status(segment)),
        tag::TRN => Part::Trace(segment.bytes(2)),
        tag::REF => Part::Reference(Coded::of(segment)),
        tag::NM1 => Part::Name(Name::of(segment)),
        tag::HL => Part::Level(Level::of(segment)),
        tag::SVC => Part::Line,
        tag::DTP => {
            Part::Day(Day { qualifier: segment.bytes(1).trim_ascii(), on: segment.bytes(3) })
        }
        tag::BHT => Part::Beginning(Beginning::of(segment)),
        tag::ST => Part::Start(Start::of(segment)),
        _ => Part::Other,
    }
}

fn status<'a>(segment: &Segment<'a>) -> Status<'a> {
    let pieces = segment.split::<12>();
    let composite = |number: usize| {
        let raw = pieces.get(number).copied().unwrap_or_default();
        Composite::new(raw, segment.delimiters().component)
    };
    Status {
        codes: [composite(1), composite(10), composite(11)],
        on: pieces[2],
        action: pieces[3].trim_ascii(),
        charge: cents(pieces[4]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::delimiters::USUAL;
    use crate::segment::Place;

    #[test]
    fn a_status_may_carry_three_codes() {
        let raw = b"STC*A7:562:85*20260601*U*150******A7:21*A3:33:IL";
        let Part::Status(status) = part(&Segment::new(raw, USUAL, Place::default())) else {
            panic!("expected an STC")
        };
        let statuses = status.codes.map(|one| one.part(2));
        assert_eq!(statuses, [&b"562"[..], b"21", b"33"]);
        assert_eq!((status.action, status.charge), (&b"U"[..], Ok(15_000)));
        assert_eq!(status.codes[0].part(3), b"85");
    }
}
