//! The 837 (005010X222A1, X223A2, X224A2 and their elders) segment by segment, typed.
//!
//! As in [`t835`](crate::t835) the caller walks blocks and asks [`part`] of each segment. An HL
//! opens a level whose facts hold for the claims below it; a CLM opens a claim; what follows an
//! SBR of a claim is another payer's until the first LX; what follows an LX is the line's.

use crate::amount::{YearMonthDay, cents, date, date_range};
pub use crate::element::{Amount, Coded, Composite};
use crate::segment::Segment;

/// One segment of an 837, typed.
#[derive(Clone, Copy, Debug)]
pub enum Part<'a> {
    /// ST: beginning, with the guide's version where it says it.
    Start(Start<'a>),
    /// BHT: the batch.
    Beginning(Beginning<'a>),
    /// HL: a level of billing provider, subscriber or patient.
    Level(Level<'a>),
    /// SBR: the subscriber's place among the payers.
    Subscriber(Subscriber<'a>),
    /// NM1: a person, provider or payer.
    Name(Name<'a>),
    /// DMG: a birth date.
    Demographic(Day<'a>),
    /// CLM: one claim.
    Claim(Claim<'a>),
    /// HI: up to twelve diagnoses or other coded facts.
    Codes(Codes<'a>),
    /// LX: a line begins.
    LineNumber(&'a [u8]),
    /// SV1, SV2 or SV3: what was done on a line.
    Line(Line<'a>),
    /// REF: a reference with its qualifier.
    Reference(Coded<'a>),
    /// DTP: a date with its qualifier.
    Day(Day<'a>),
    /// Anything else, known or not.
    Other,
}

/// ST.
#[derive(Clone, Copy, Debug)]
pub struct Start<'a> {
    /// ST02.
    pub control: &'a [u8],
    /// ST03: the guide's version, which 4010 leaves out.
    pub version: &'a [u8],
}

/// BHT.
#[derive(Clone, Copy, Debug)]
pub struct Beginning<'a> {
    /// BHT02: 00 original, 18 sent again.
    pub purpose: &'a [u8],
    /// BHT03: the sender's number of the batch.
    pub reference: &'a [u8],
    /// BHT04: the day it was made.
    pub made: &'a [u8],
    /// BHT06: CH chargeable, RP reporting, 31 subrogation; TH and others in answers.
    pub purport: &'a [u8],
}

/// HL.
#[derive(Clone, Copy, Debug)]
pub struct Level<'a> {
    /// HL01.
    pub id: &'a [u8],
    /// HL02: the level above.
    pub parent: &'a [u8],
    /// HL03: 20 billing provider or source, 21 receiver, 19 provider, 22 subscriber, 23 dependent,
    /// PT patient.
    pub code: &'a [u8],
}

/// SBR.
#[derive(Clone, Copy, Debug)]
pub struct Subscriber<'a> {
    /// SBR01: P first, S second, T and later letters.
    pub order: &'a [u8],
    /// SBR02: 18 where the patient is the subscriber.
    pub relation: &'a [u8],
    /// SBR09: claim filing indicator.
    pub filing: &'a [u8],
}

/// NM1.
#[derive(Clone, Copy, Debug)]
pub struct Name<'a> {
    /// NM101: 85 billing, 87 pay-to, IL subscriber, QC patient, PR payer, 82 rendering.
    pub role: &'a [u8],
    /// NM103: family name or organisation.
    pub family: &'a [u8],
    /// NM104: given name.
    pub given: &'a [u8],
    /// NM108: what kind of id follows.
    pub qualifier: &'a [u8],
    /// NM109: the id.
    pub id: &'a [u8],
}

/// DTP, or DMG with an empty qualifier.
#[derive(Clone, Copy, Debug)]
pub struct Day<'a> {
    /// DTP01: 472 service, 434 statement, 431 onset, 435 admission.
    pub qualifier: &'a [u8],
    /// DTP03 or DMG02: one day, or a range.
    pub value: &'a [u8],
}

/// CLM.
#[derive(Clone, Copy, Debug)]
pub struct Claim<'a> {
    /// CLM01: the sender's number.
    pub number: &'a [u8],
    /// CLM02.
    pub charge: Amount,
    /// CLM05: facility, its list (A institutional, B place of service), frequency.
    pub place: Composite<'a>,
}

/// HI with all its composites; [`Codes::iter`] walks those that are filled.
#[derive(Clone, Copy, Debug)]
pub struct Codes<'a> {
    pieces: [&'a [u8]; 13],
    separator: u8,
}

/// SV1, SV2 or SV3.
#[derive(Clone, Copy, Debug)]
pub struct Line<'a> {
    /// Which of the three.
    pub form: Form,
    /// SV101, SV202, SV301.
    pub procedure: Composite<'a>,
    /// SV201.
    pub revenue: &'a [u8],
    /// SV102, SV203, SV302.
    pub charge: Amount,
    /// SV104, SV205, SV306.
    pub units: &'a [u8],
    /// SV105, SV303.
    pub place: &'a [u8],
    /// SV107, SV311: which diagnoses of the claim, from 1.
    pub pointers: Composite<'a>,
}

/// The three kinds of an 837.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// 837P.
    Professional,
    /// 837I.
    Institutional,
    /// 837D.
    Dental,
}

/// The segments that are read here.
mod tag {
    use crate::segment::Tag;
    pub(super) const ST: Tag = Tag::of(b"ST");
    pub(super) const BHT: Tag = Tag::of(b"BHT");
    pub(super) const HL: Tag = Tag::of(b"HL");
    pub(super) const SBR: Tag = Tag::of(b"SBR");
    pub(super) const NM1: Tag = Tag::of(b"NM1");
    pub(super) const DMG: Tag = Tag::of(b"DMG");
    pub(super) const CLM: Tag = Tag::of(b"CLM");
    pub(super) const HI: Tag = Tag::of(b"HI");
    pub(super) const LX: Tag = Tag::of(b"LX");
    pub(super) const SV1: Tag = Tag::of(b"SV1");
    pub(super) const SV2: Tag = Tag::of(b"SV2");
    pub(super) const SV3: Tag = Tag::of(b"SV3");
    pub(super) const REF: Tag = Tag::of(b"REF");
    pub(super) const DTP: Tag = Tag::of(b"DTP");
}

/// Reads one segment of an 837.
#[must_use]
pub fn part<'a>(segment: &Segment<'a>) -> Part<'a> {
    match segment.tag() {
        tag::REF => Part::Reference(Coded::of(segment)),
        tag::NM1 => Part::Name(Name::of(segment)),
        tag::DTP => Part::Day(Day::of(segment)),
        tag::LX => Part::LineNumber(segment.bytes(1)),
        tag::SV1 => Part::Line(professional(segment)),
        tag::SV2 => Part::Line(institutional(segment)),
        tag::SV3 => Part::Line(dental(segment)),
        tag::HI => Part::Codes(codes(segment)),
        tag::CLM => Part::Claim(claim(segment)),
        tag::HL => Part::Level(Level::of(segment)),
        tag::SBR => Part::Subscriber(subscriber(segment)),
        tag::DMG => Part::Demographic(Day { qualifier: b"", value: segment.bytes(2) }),
        tag::BHT => Part::Beginning(Beginning::of(segment)),
        tag::ST => Part::Start(Start::of(segment)),
        _ => Part::Other,
    }
}

impl<'a> Start<'a> {
    pub(crate) fn of(segment: &Segment<'a>) -> Start<'a> {
        let [_, _, control, version] = segment.split();
        Start { control, version }
    }
}

impl<'a> Beginning<'a> {
    pub(crate) fn of(segment: &Segment<'a>) -> Beginning<'a> {
        let [_, _, purpose, reference, made, _, purport] = segment.split();
        Beginning { purpose, reference, made, purport: purport.trim_ascii() }
    }
}

impl<'a> Level<'a> {
    pub(crate) fn of(segment: &Segment<'a>) -> Level<'a> {
        let [_, id, parent, code] = segment.split();
        Level { id, parent, code: code.trim_ascii() }
    }
}

impl<'a> Name<'a> {
    pub(crate) fn of(segment: &Segment<'a>) -> Name<'a> {
        let [_, role, _, family, given, _, _, _, qualifier, id] = segment.split();
        Name { role: role.trim_ascii(), family, given, qualifier: qualifier.trim_ascii(), id }
    }
}

fn subscriber<'a>(segment: &Segment<'a>) -> Subscriber<'a> {
    let pieces = segment.split::<10>();
    Subscriber {
        order: pieces[1].trim_ascii(),
        relation: pieces[2].trim_ascii(),
        filing: pieces[9].trim_ascii(),
    }
}

fn claim<'a>(segment: &Segment<'a>) -> Claim<'a> {
    let [_, number, charge, _, _, place] = segment.split();
    let place = Composite::new(place, segment.delimiters().component);
    Claim { number, charge: cents(charge), place }
}

fn codes<'a>(segment: &Segment<'a>) -> Codes<'a> {
    Codes { pieces: segment.split(), separator: segment.delimiters().component }
}

impl<'a> Codes<'a> {
    /// Every composite that is filled, in order: a list and a code of it.
    pub fn iter(&self) -> impl Iterator<Item = Composite<'a>> + use<'a> {
        let (pieces, separator) = (self.pieces, self.separator);
        let composites = pieces.into_iter().skip(1).map(move |raw| Composite::new(raw, separator));
        composites.filter(|one| !one.is_empty())
    }
}

fn professional<'a>(segment: &Segment<'a>) -> Line<'a> {
    let [_, procedure, charge, _, units, place, _, pointers] = segment.split();
    let separator = segment.delimiters().component;
    Line {
        form: Form::Professional,
        procedure: Composite::new(procedure, separator),
        revenue: b"",
        charge: cents(charge),
        units,
        place,
        pointers: Composite::new(pointers, separator),
    }
}

fn institutional<'a>(segment: &Segment<'a>) -> Line<'a> {
    let [_, revenue, procedure, charge, _, units] = segment.split();
    let separator = segment.delimiters().component;
    Line {
        form: Form::Institutional,
        procedure: Composite::new(procedure, separator),
        revenue,
        charge: cents(charge),
        units,
        place: b"",
        pointers: Composite::new(b"", separator),
    }
}

fn dental<'a>(segment: &Segment<'a>) -> Line<'a> {
    let pieces = segment.split::<12>();
    let separator = segment.delimiters().component;
    Line {
        form: Form::Dental,
        procedure: Composite::new(pieces[1], separator),
        revenue: b"",
        charge: cents(pieces[2]),
        units: pieces[6],
        place: pieces[3],
        pointers: Composite::new(pieces[11], separator),
    }
}

impl<'a> Day<'a> {
    /// DTP01 and DTP03; DTP02 only says whether a range follows, which the value shows itself.
    pub(crate) fn of(segment: &Segment<'a>) -> Day<'a> {
        let [_, qualifier, _, value] = segment.split();
        Day { qualifier: qualifier.trim_ascii(), value }
    }

    /// The day, where the element is one.
    #[must_use]
    pub fn day(&self) -> Option<YearMonthDay> {
        date(self.value)
    }

    /// First and last day of a range (RD8), or the one day twice.
    #[must_use]
    pub fn range(&self) -> Option<(YearMonthDay, YearMonthDay)> {
        date_range(self.value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::delimiters::USUAL;
    use crate::segment::Place;

    fn read(raw: &str) -> Part<'_> {
        part(&Segment::new(raw.as_bytes(), USUAL, Place::default()))
    }

    fn line(raw: &str) -> Line<'_> {
        let Part::Line(line) = read(raw) else { panic!("expected a line") };
        line
    }

    #[test]
    fn the_three_kinds_of_line_say_the_same_in_other_places() {
        let professional = line("SV1*HC:99213:25*100*UN*2*11**1:3");
        let institutional = line("SV2*0450*HC:99283*100*UN*2");
        let dental = line("SV3*AD:D0120*100*11***2*****1:3");
        for (one, code) in
            [(professional, &b"99213"[..]), (institutional, b"99283"), (dental, b"D0120")]
        {
            assert_eq!((one.procedure.part(2), one.charge), (code, Ok(10_000)));
            assert_eq!(one.units, b"2");
        }
        assert_eq!(institutional.revenue, b"0450");
        assert_eq!((professional.place, dental.place), (&b"11"[..], &b"11"[..]));
        for one in [professional, dental] {
            assert_eq!(one.pointers.parts().collect::<Vec<_>>(), [b"1", b"3"]);
        }
    }

    #[test]
    fn a_claim_says_where_and_how_often() {
        let Part::Claim(claim) = read("CLM*A1*100***11:B:7*Y") else { panic!("a CLM") };
        assert_eq!(claim.place.parts().collect::<Vec<_>>(), [&b"11"[..], b"B", b"7"]);
    }

    #[test]
    fn empty_composites_of_an_hi_are_passed_over() {
        let Part::Codes(codes) = read("HI*ABK:J209**ABF:I10") else { panic!("an HI") };
        let found: Vec<&[u8]> = codes.iter().map(|one| one.part(2)).collect();
        assert_eq!(found, [&b"J209"[..], b"I10"]);
    }

    #[test]
    fn a_filing_indicator_is_the_ninth() {
        let Part::Subscriber(sbr) = read("SBR*P*18*G*****X*MB") else { panic!("an SBR") };
        assert_eq!((sbr.order, sbr.relation, sbr.filing), (&b"P"[..], &b"18"[..], &b"MB"[..]));
    }
}
