//! Claims as a practice bills them.

use jiff::civil::Date;

use crate::calendar;
use crate::catalogue::{Procedure, SPECIALTIES, Specialty, Trait};
use crate::fault::Fault;
use crate::patient::Patient;
use crate::stream::{Entity, Purpose, Stream};
use crate::world::{Practice, World};

/// A claim: who was seen, when, by whom, for what.
#[derive(Clone, Debug)]
pub(crate) struct Claim {
    /// Number of the practice.
    pub(crate) practice: u32,
    /// Position among the practice's claims.
    pub(crate) at: u64,
    /// CLM01.
    pub(crate) number: String,
    pub(crate) patient: Patient,
    pub(crate) provider: usize,
    /// First payer.
    pub(crate) payer: usize,
    pub(crate) served_on: Date,
    pub(crate) submitted_on: Date,
    pub(crate) diagnoses: Vec<&'static str>,
    pub(crate) lines: Vec<Line>,
    /// REF*G1.
    pub(crate) authorization: Option<String>,
    pub(crate) fault: Option<Fault>,
}

/// A line of a claim.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub(crate) number: u16,
    pub(crate) procedure: Procedure,
    pub(crate) modifier: &'static str,
    pub(crate) units: i64,
    pub(crate) charge: i64,
}

impl Claim {
    pub(crate) fn draw(world: &World, practice: &Practice, at: u64, served_on: Date) -> Claim {
        let id = practice.id() | at;
        let visit = &mut Stream::new(world.seed, Entity::Claim, id, Purpose::Visit);
        let patient = world.patient(practice, visit.below(world.panel()));
        let provider = visit.index(practice.providers.len());
        let specialty = &SPECIALTIES[practice.providers[provider].specialty];
        let payer = patient.cover.payer;
        let fault = Fault::draw(
            world.payer(payer).class,
            &mut Stream::new(world.seed, Entity::Claim, id, Purpose::Fault),
        );
        let limit = world.payer(payer).filing_limit;
        let lines = &mut Stream::new(world.seed, Entity::Claim, id, Purpose::Lines);
        let lines = draw_lines(specialty, practice.charge_percent, fault, lines);
        let is_authorized = lines.iter().any(|line| line.procedure.trait_ == Trait::Authorized);
        Claim {
            practice: practice.at,
            at,
            number: format!("{:02}-{:07}", practice.at + 1, at + 1),
            provider,
            payer,
            served_on,
            submitted_on: submitted_on(served_on, fault, limit, visit),
            diagnoses: diagnoses(specialty, visit),
            authorization: (is_authorized && fault != Some(Fault::NoAuthorization))
                .then(|| format!("AU{:08}", visit.below(100_000_000))),
            patient,
            lines,
            fault,
        }
    }

    /// A number that no other claim of the world has.
    pub(crate) fn id(&self) -> u64 {
        u64::from(self.practice) << 40 | self.at
    }

    /// REF*6R of a line.
    pub(crate) fn control(&self, line: u16) -> String {
        format!("{}-{line}", self.number)
    }

    /// A stream of this claim's own.
    pub(crate) fn stream(&self, seed: u64, purpose: Purpose) -> Stream {
        Stream::new(seed, Entity::Claim, self.id(), purpose)
    }

    pub(crate) fn charge(&self) -> i64 {
        self.lines.iter().map(|line| line.charge).sum()
    }
}

/// Charges are entered a few days after the visit; a late one comes after the payer's limit.
fn submitted_on(served_on: Date, fault: Option<Fault>, limit: i64, stream: &mut Stream) -> Date {
    let lag = if fault == Some(Fault::LateCharge) {
        limit + stream.between(2, 25)
    } else {
        stream.pick(&[1, 1, 1, 2, 2, 2, 3, 3, 4, 6, 9])
    };
    calendar::working_from(calendar::after(served_on, lag))
}

fn diagnoses(specialty: &Specialty, stream: &mut Stream) -> Vec<&'static str> {
    let first = stream.index(specialty.diagnoses.len());
    let second =
        (first + 1 + stream.index(specialty.diagnoses.len() - 1)) % specialty.diagnoses.len();
    let both = stream.chance(45_000);
    let mut found = vec![specialty.diagnoses[first]];
    if both {
        found.push(specialty.diagnoses[second]);
    }
    found
}

fn draw_lines(
    specialty: &Specialty,
    charge_percent: i64,
    fault: Option<Fault>,
    stream: &mut Stream,
) -> Vec<Line> {
    let wanted = 1 + stream.weighted([34, 40, 17, 7, 2].into_iter());
    let wanted = if fault.is_some_and(needs_second_line) { wanted.max(2) } else { wanted };
    let mut procedures = vec![any(specialty.visits, stream)];
    for _ in 1..wanted {
        let next = any(specialty.others, stream);
        if procedures.iter().all(|one| one.code != next.code) {
            procedures.push(next);
        }
    }
    let lines = procedures.into_iter().zip(1..);
    lines
        .map(|(procedure, number)| line(procedure, number, charge_percent, fault, stream))
        .collect()
}

fn needs_second_line(fault: Fault) -> bool {
    matches!(fault, Fault::UnbundledPair | Fault::UnitsOverLimit | Fault::WrongModifier)
}

fn any(procedures: &[Procedure], stream: &mut Stream) -> Procedure {
    procedures[stream.weighted(procedures.iter().map(|one| one.weight))]
}

fn line(
    procedure: Procedure,
    number: u16,
    charge_percent: i64,
    fault: Option<Fault>,
    stream: &mut Stream,
) -> Line {
    let mut units = stream.between(1, procedure.units);
    if fault == Some(Fault::UnitsOverLimit) && number > 1 {
        units += 2;
    }
    let each = procedure.medicare * charge_percent / 100;
    let rounded = (each + 99) / 100 * 100;
    Line { number, procedure, modifier: procedure.modifier, units, charge: rounded * units }
}
