//! Patients and their cover, drawn when somebody asks for them.

use jiff::civil::{Date, date};

use crate::identity;
use crate::payer::{Class, MEDICAID, Payer, SUPPLEMENT};
use crate::stream::{Entity, Purpose, Stream};
use crate::world::Practice;

/// A patient with a first and perhaps a second payer.
#[derive(Clone, Debug)]
pub(crate) struct Patient {
    pub(crate) last: &'static str,
    pub(crate) first: &'static str,
    pub(crate) is_woman: bool,
    pub(crate) born_on: Date,
    pub(crate) street: String,
    pub(crate) zip: String,
    pub(crate) cover: Cover,
    pub(crate) second: Option<Cover>,
    /// The first payer pays for this patient by the head.
    pub(crate) is_capitated: bool,
}

/// Membership with one payer.
#[derive(Clone, Debug)]
pub(crate) struct Cover {
    pub(crate) payer: usize,
    pub(crate) member: String,
}

impl Patient {
    pub(crate) fn draw(seed: u64, practice: &Practice, at: u64, payers: &[Payer]) -> Patient {
        let id = practice.id() | at;
        let stream = &mut Stream::new(seed, Entity::Patient, id, Purpose::Identity);
        let payer = stream.weighted(payers.iter().map(|payer| payer.share));
        let class = payers[payer].class;
        let is_woman = stream.chance(52_000);
        let names = if is_woman { &identity::WOMEN } else { &identity::MEN };
        Patient {
            last: stream.pick(&identity::SURNAMES),
            first: stream.pick(names),
            is_woman,
            born_on: born_on(class, stream),
            street: format!("{} {}", stream.between(1, 999), stream.pick(&identity::STREETS)),
            zip: format!("4399{}", stream.between(0, 9)),
            cover: cover(payer, stream),
            second: second(class, stream),
            is_capitated: class == Class::MedicaidPlan && stream.chance(9_000),
        }
    }
}

fn cover(payer: usize, stream: &mut Stream) -> Cover {
    Cover { payer, member: format!("X{:02}{:08}", payer + 1, stream.below(100_000_000)) }
}

fn second(class: Class, stream: &mut Stream) -> Option<Cover> {
    let draw = stream.below(100);
    match class {
        Class::Medicare if draw < 22 => Some(cover(SUPPLEMENT, stream)),
        Class::Medicare if draw < 34 => Some(cover(MEDICAID, stream)),
        Class::Commercial if draw < 4 => Some(cover(MEDICAID, stream)),
        Class::Medicare
        | Class::Commercial
        | Class::Advantage
        | Class::Marketplace
        | Class::Medicaid
        | Class::MedicaidPlan
        | Class::WorkersComp
        | Class::Supplement => None,
    }
}

fn born_on(class: Class, stream: &mut Stream) -> Date {
    let (from, to) = match class {
        Class::Medicare | Class::Advantage | Class::Supplement => (1934, 1958),
        Class::Medicaid | Class::MedicaidPlan => (1965, 2018),
        Class::Commercial | Class::Marketplace | Class::WorkersComp => (1962, 2004),
    };
    let year = i16::try_from(stream.between(from, to)).expect("a year");
    let month = i8::try_from(stream.between(1, 12)).expect("a month");
    date(year, month, i8::try_from(stream.between(1, 28)).expect("a day"))
}
