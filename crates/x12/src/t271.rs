//! The 271 (005010X279A1) and the 278 response (005010X217) segment by segment, typed: what a payer
//! said of a patient's cover, or of an authorisation, when it was asked.
//!
//! An HL opens a level: 20 the payer, 21 who asks, 22 the subscriber, 23 a dependant; in a 278 also
//! EV what is asked for, SS a service of it. EB tells a benefit, HCR a decision, AAA that the
//! question itself was refused.

use crate::element::Composite;
use crate::segment::Segment;
pub use crate::t837::{Beginning, Day, Level, Name, Start};

/// One segment of a 271 or 278, typed.
#[derive(Clone, Copy, Debug)]
pub enum Part<'a> {
    /// ST: beginning, with the guide's version.
    Start(Start<'a>),
    /// BHT: question or answer, its number and day.
    Beginning(Beginning<'a>),
    /// HL: a level.
    Level(Level<'a>),
    /// NM1: the payer, who asks, the patient, another payer.
    Name(Name<'a>),
    /// DMG02: the day on which the patient was born.
    Born(&'a [u8]),
    /// TRN02: the number of the question or of the answer.
    Trace(&'a [u8]),
    /// DTP: a day or a range of days with its qualifier.
    Day(Day<'a>),
    /// EB: a benefit.
    Benefit(Benefit<'a>),
    /// HCR: a decision.
    Decision(Decision<'a>),
    /// AAA: the question was refused.
    Refusal(Refusal<'a>),
    /// SV1, SV2, SV3: the procedure that is asked for.
    Procedure(Composite<'a>),
    /// Anything else, known or not.
    Other,
}

/// EB.
#[derive(Clone, Copy, Debug)]
pub struct Benefit<'a> {
    /// EB01: 1 active, 6 inactive, R another payer and so on.
    pub code: &'a [u8],
    /// EB03: kinds of service, 30 being the whole plan; several in a repetition.
    pub services: &'a [u8],
    /// EB05: the plan's own name for it.
    pub plan: &'a [u8],
    /// EB11: Y where authorisation is needed, N where not, U where the payer does not know.
    pub authorization: &'a [u8],
    /// EB13: the procedure that it is told of.
    pub procedure: Composite<'a>,
    /// What stands between the kinds of service.
    repetition: u8,
}

impl<'a> Benefit<'a> {
    /// The kinds of service, trimmed, in their order.
    pub fn each_service(&self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        let repetition = self.repetition;
        let services = self.services.split(move |byte| *byte == repetition);
        services.map(<[u8]>::trim_ascii).filter(|one| !one.is_empty())
    }
}

/// HCR.
#[derive(Clone, Copy, Debug)]
pub struct Decision<'a> {
    /// HCR01: A1 certified, A3 not certified, A4 pended and so on.
    pub action: &'a [u8],
    /// HCR02: the number of the authorisation.
    pub number: &'a [u8],
    /// HCR03: why.
    pub reason: &'a [u8],
}

/// AAA.
#[derive(Clone, Copy, Debug)]
pub struct Refusal<'a> {
    /// AAA03: why.
    pub reason: &'a [u8],
}

/// The segments that are read here.
mod tag {
    use crate::segment::Tag;
    pub(super) const ST: Tag = Tag::of(b"ST");
    pub(super) const BHT: Tag = Tag::of(b"BHT");
    pub(super) const HL: Tag = Tag::of(b"HL");
    pub(super) const NM1: Tag = Tag::of(b"NM1");
    pub(super) const DMG: Tag = Tag::of(b"DMG");
    pub(super) const TRN: Tag = Tag::of(b"TRN");
    pub(super) const DTP: Tag = Tag::of(b"DTP");
    pub(super) const EB: Tag = Tag::of(b"EB");
    pub(super) const HCR: Tag = Tag::of(b"HCR");
    pub(super) const AAA: Tag = Tag::of(b"AAA");
    pub(super) const SV1: Tag = Tag::of(b"SV1");
    pub(super) const SV2: Tag = Tag::of(b"SV2");
    pub(super) const SV3: Tag = Tag::of(b"SV3");
}

/// Reads one segment of a 271 or 278.
#[must_use]
pub fn part<'a>(segment: &Segment<'a>) -> Part<'a> {
    match segment.tag() {
        tag::EB => Part::Benefit(benefit(segment)),
        tag::DTP => Part::Day(Day::of(segment)),
        tag::NM1 => Part::Name(Name::of(segment)),
        tag::DMG => Part::Born(segment.bytes(2).trim_ascii()),
        tag::TRN => Part::Trace(segment.bytes(2)),
        tag::HCR => Part::Decision(decision(segment)),
        tag::AAA => Part::Refusal(refusal(segment)),
        tag::SV1 | tag::SV3 => Part::Procedure(composite(segment, 1)),
        tag::SV2 => Part::Procedure(composite(segment, 2)),
        tag::HL => Part::Level(Level::of(segment)),
        tag::BHT => Part::Beginning(Beginning::of(segment)),
        tag::ST => Part::Start(Start::of(segment)),
        _ => Part::Other,
    }
}

fn composite<'a>(segment: &Segment<'a>, element: usize) -> Composite<'a> {
    Composite::new(segment.bytes(element), segment.delimiters().component)
}

fn benefit<'a>(segment: &Segment<'a>) -> Benefit<'a> {
    let pieces = segment.split::<14>();
    let delimiters = segment.delimiters();
    Benefit {
        code: pieces[1].trim_ascii(),
        services: pieces[3],
        plan: pieces[5].trim_ascii(),
        authorization: pieces[11].trim_ascii(),
        procedure: Composite::new(pieces[13], delimiters.component),
        repetition: delimiters.repetition.unwrap_or(b'^'),
    }
}

fn decision<'a>(segment: &Segment<'a>) -> Decision<'a> {
    let [_, action, number, reason] = segment.split();
    Decision {
        action: action.trim_ascii(),
        number: number.trim_ascii(),
        reason: reason.trim_ascii(),
    }
}

fn refusal<'a>(segment: &Segment<'a>) -> Refusal<'a> {
    Refusal { reason: segment.bytes(3).trim_ascii() }
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
    fn a_benefit_tells_its_services_and_whether_authorisation_is_needed() {
        let Part::Benefit(benefit) = read("EB*1*IND*30^98**GOLD PPO******Y*N*HC:72148") else {
            panic!("expected an EB")
        };
        assert_eq!(benefit.each_service().collect::<Vec<_>>(), [b"30", b"98"]);
        assert_eq!((benefit.code, benefit.plan), (&b"1"[..], &b"GOLD PPO"[..]));
        assert_eq!((benefit.authorization, benefit.procedure.part(2)), (&b"Y"[..], &b"72148"[..]));
    }

    #[test]
    fn a_decision_gives_its_number_and_a_refusal_its_reason() {
        let Part::Decision(decision) = read("HCR*A1*AUTH0001") else { panic!("expected an HCR") };
        assert_eq!((decision.action, decision.number), (&b"A1"[..], &b"AUTH0001"[..]));
        let Part::Refusal(refusal) = read("AAA*Y**72*C") else { panic!("expected an AAA") };
        assert_eq!(refusal.reason, b"72");
        let Part::Procedure(procedure) = read("SV2**HC:33510") else { panic!("expected an SV2") };
        assert_eq!(procedure.part(2), b"33510");
    }
}
