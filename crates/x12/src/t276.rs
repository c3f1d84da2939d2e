//! The 276 (005010X212) segment by segment, typed: questions where claims stand.
//!
//! An HL opens a level: 20 the payer, 21 who asks, 19 the provider, 22 the subscriber, 23 a
//! dependant. Below the patient's level each TRN begins a question.

use crate::amount::cents;
pub use crate::element::{Amount, Coded};
use crate::segment::Segment;
pub use crate::t837::{Beginning, Level, Start};

/// One segment of a 276, typed.
#[derive(Clone, Copy, Debug)]
pub enum Part<'a> {
    /// ST: beginning, with the guide's version.
    Start(Start<'a>),
    /// BHT: the batch.
    Beginning(Beginning<'a>),
    /// HL: a level.
    Level(Level<'a>),
    /// DMG: when the patient was born, and their sex.
    Born(Born<'a>),
    /// NM1: the payer, who asks, the provider, the subscriber, the patient.
    Name(Name<'a>),
    /// TRN02: the number of the question, which its answer gives back.
    Trace(&'a [u8]),
    /// REF: a reference with its qualifier.
    Reference(Coded<'a>),
    /// AMT*T3: the charge of the claim.
    Charge(Amount),
    /// DTP*472: days of service, one or a range.
    Served(&'a [u8]),
    /// SVC: a line.
    Line,
    /// Anything else, known or not.
    Other,
}

/// DMG.
#[derive(Clone, Copy, Debug)]
pub struct Born<'a> {
    /// DMG02: CCYYMMDD.
    pub on: &'a [u8],
    /// DMG03: F, M.
    pub sex: &'a [u8],
}

/// NM1 with all that a question repeats of a name.
#[derive(Clone, Copy, Debug)]
pub struct Name<'a> {
    /// NM101: PR payer, 41 who asks, 1P provider, IL subscriber, QC patient.
    pub role: &'a [u8],
    /// NM102: 1 a person, 2 none.
    pub entity: &'a [u8],
    /// NM103, NM104, NM105, NM107: family or organisation, given, middle, suffix.
    pub parts: [&'a [u8]; 4],
    /// NM108: what kind of id follows.
    pub qualifier: &'a [u8],
    /// NM109: the id.
    pub id: &'a [u8],
}

/// The segments that are read here.
mod tag {
    use crate::segment::Tag;
    pub(super) const ST: Tag = Tag::of(b"ST");
    pub(super) const BHT: Tag = Tag::of(b"BHT");
    pub(super) const HL: Tag = Tag::of(b"HL");
    pub(super) const DMG: Tag = Tag::of(b"DMG");
    pub(super) const NM1: Tag = Tag::of(b"NM1");
    pub(super) const TRN: Tag = Tag::of(b"TRN");
    pub(super) const REF: Tag = Tag::of(b"REF");
    pub(super) const AMT: Tag = Tag::of(b"AMT");
    pub(super) const DTP: Tag = Tag::of(b"DTP");
    pub(super) const SVC: Tag = Tag::of(b"SVC");
}

/// Reads one segment of a 276.
#[must_use]
pub fn part<'a>(segment: &Segment<'a>) -> Part<'a> {
    match segment.tag() {
        tag::NM1 => Part::Name(name(segment)),
        tag::HL => Part::Level(Level::of(segment)),
        tag::TRN => Part::Trace(segment.bytes(2).trim_ascii()),
        tag::REF => Part::Reference(Coded::of(segment)),
        tag::DMG => Part::Born(Born { on: segment.bytes(2), sex: segment.bytes(3).trim_ascii() }),
        tag::AMT if segment.bytes(1).trim_ascii() == b"T3" => Part::Charge(cents(segment.bytes(2))),
        tag::DTP if segment.bytes(1).trim_ascii() == b"472" => Part::Served(segment.bytes(3)),
        tag::SVC => Part::Line,
        tag::BHT => Part::Beginning(Beginning::of(segment)),
        tag::ST => Part::Start(Start::of(segment)),
        _ => Part::Other,
    }
}

fn name<'a>(segment: &Segment<'a>) -> Name<'a> {
    let pieces = segment.split::<10>().map(<[u8]>::trim_ascii);
    Name {
        role: pieces[1],
        entity: pieces[2],
        parts: [pieces[3], pieces[4], pieces[5], pieces[7]],
        qualifier: pieces[8],
        id: pieces[9],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::delimiters::USUAL;
    use crate::segment::Place;

    #[test]
    fn a_name_keeps_all_its_parts() {
        let raw = b"NM1*IL*1*SAMPLE*IDA*M**JR*MI*M1";
        let Part::Name(name) = part(&Segment::new(raw, USUAL, Place::default())) else {
            panic!("expected an NM1")
        };
        assert_eq!(name.parts, [&b"SAMPLE"[..], b"IDA", b"M", b"JR"]);
        assert_eq!((name.entity, name.qualifier, name.id), (&b"1"[..], &b"MI"[..], &b"M1"[..]));
    }

    #[test]
    fn only_the_claims_own_amount_and_days_are_read() {
        let told = |raw: &[u8]| format!("{:?}", part(&Segment::new(raw, USUAL, Place::default())));
        assert_eq!(told(b"AMT*T3*150"), "Charge(Ok(15000))");
        assert_eq!(told(b"AMT*YU*150"), "Other");
        assert_eq!(told(b"DTP*050*D8*20260101"), "Other");
    }
}
