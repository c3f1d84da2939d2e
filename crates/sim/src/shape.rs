//! Unusual shapes of answers that are no denials: bundles, splits, capitation and their kind.

use crate::answer::LineAnswer;
use crate::catalogue::BUNDLE_CODE;
use crate::claim::{Claim, Line};
use crate::payer::{Class, Payer};
use crate::pricing::{self, Terms};
use crate::stream::Stream;
use crate::truth::Trap;

/// How an ordinary claim is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    Plain,
    /// Two lines paid as one.
    Bundle,
    /// One line paid as two.
    Split,
    /// Seven adjustments on one line.
    Many,
    /// More allowed than charged.
    AboveCharge,
    /// An incentive programme of the law.
    Incentive,
    /// Paid by the head.
    Capitated,
    /// Estimated only.
    Estimate,
    /// Not this payer's; it forwards the claim.
    Forwarded,
    /// Paid, reversed, paid again the same.
    EqualRepayment,
    /// Paid, then found wrong.
    Repriced,
}

impl Shape {
    pub(crate) fn draw(claim: &Claim, payer: &Payer, stream: &mut Stream) -> Shape {
        if claim.patient.is_capitated && stream.chance(80_000) {
            return Shape::Capitated;
        }
        let others = [
            (Shape::Bundle, 1_500),
            (Shape::Split, 5_000),
            (Shape::Many, 500),
            (Shape::AboveCharge, 500),
            (Shape::Incentive, 2_500),
            (Shape::Estimate, 500),
            (Shape::Forwarded, 1_200),
            (Shape::EqualRepayment, 600),
            (Shape::Repriced, 1_500),
        ];
        let mut left = u32::try_from(stream.below(100_000)).expect("small");
        for (shape, rate) in others {
            if left < rate {
                return if shape.fits(claim, payer) { shape } else { Shape::Plain };
            }
            left -= rate;
        }
        Shape::Plain
    }

    fn fits(self, claim: &Claim, payer: &Payer) -> bool {
        match self {
            Shape::Bundle => claim.lines.len() > 1,
            Shape::Split => claim.lines.iter().any(|line| line.units > 1),
            Shape::Many => claim.lines.iter().any(|line| has_room(line, payer)),
            Shape::Incentive => payer.class == Class::Medicare,
            Shape::Forwarded => matches!(payer.at, 1 | 3 | 4 | 5 | 6 | 10),
            Shape::Estimate => payer.class == Class::Commercial,
            Shape::Plain
            | Shape::AboveCharge
            | Shape::Capitated
            | Shape::EqualRepayment
            | Shape::Repriced => true,
        }
    }

    /// The lines of the first answer.
    pub(crate) fn lines(self, claim: &Claim, payer: &Payer, mut terms: Terms) -> Vec<LineAnswer> {
        match self {
            Shape::Plain | Shape::EqualRepayment | Shape::Repriced => {
                paid(&claim.lines, payer, &mut terms)
            }
            Shape::Bundle => bundle(claim, payer, &mut terms),
            Shape::Split => split(claim, payer, &mut terms),
            Shape::Many => many(claim, payer, &mut terms),
            Shape::AboveCharge => above_charge(claim, payer, &mut terms),
            Shape::Incentive => incentive(claim, payer, &mut terms),
            Shape::Capitated => whole(claim, "CO", "24", Trap::Capitation),
            Shape::Estimate => whole(claim, "OA", "101", Trap::Predetermination),
            Shape::Forwarded => whole(claim, "OA", "B11", Trap::Forwarded),
        }
    }
}

/// Pays every line by contract.
pub(crate) fn paid(lines: &[Line], payer: &Payer, terms: &mut Terms) -> Vec<LineAnswer> {
    let one = |line: &Line| pricing::pay(line, pricing::allowed(line, payer), 0, terms);
    lines.iter().map(one).collect()
}

/// Every line under one reason that is no denial.
pub(crate) fn whole(
    claim: &Claim,
    group: &'static str,
    reason: &'static str,
    trap: Trap,
) -> Vec<LineAnswer> {
    let one = |line: &Line| {
        let mut answer = pricing::undecided(line);
        answer.adjust(group, reason, line.charge);
        answer.trap = Some(trap);
        answer
    };
    claim.lines.iter().map(one).collect()
}

/// The first two lines as one (X12 RFI 2283, 2320): the first is paid for both under a code of the
/// payer's, OA-94 lifts it by the other's charge, and the other goes under CO-97.
fn bundle(claim: &Claim, payer: &Payer, terms: &mut Terms) -> Vec<LineAnswer> {
    let (first, second) = (&claim.lines[0], &claim.lines[1]);
    let allowed = pricing::allowed(first, payer) + pricing::allowed(second, payer);
    let together = Line { charge: first.charge + second.charge, ..first.clone() };
    let mut kept = pricing::pay(&together, allowed, 0, terms);
    kept.charge = first.charge;
    kept.adjust("OA", "94", -second.charge);
    let mut rolled = pricing::undecided(second);
    rolled.adjust("CO", "97", second.charge);
    for answer in [&mut kept, &mut rolled] {
        answer.billed = Some(answer.code);
        answer.code = BUNDLE_CODE;
        answer.modifier = "";
        answer.trap = Some(Trap::Bundled);
    }
    let mut lines = vec![kept, rolled];
    lines.extend(paid(&claim.lines[2..], payer, terms));
    lines
}

/// The first line of several units as two lines, which N123 says.
fn split(claim: &Claim, payer: &Payer, terms: &mut Terms) -> Vec<LineAnswer> {
    let at = claim.lines.iter().position(|line| line.units > 1).expect("fits");
    let line = &claim.lines[at];
    let units = line.units / 2;
    let charge = line.charge * units / line.units;
    let first = Line { units, charge, ..line.clone() };
    let second = Line { units: line.units - units, charge: line.charge - charge, ..line.clone() };
    let mut lines = paid(&claim.lines[..at], payer, terms);
    for mut part in paid(&[first, second], payer, terms) {
        part.billed_units = Some(line.units);
        part.remarks.push("N123");
        part.trap = Some(Trap::Split);
        lines.push(part);
    }
    lines.extend(paid(&claim.lines[at + 1..], payer, terms));
    lines
}

fn has_room(line: &Line, payer: &Payer) -> bool {
    line.charge - pricing::allowed(line, payer) > 2_000
}

/// One line with more adjustments than one CAS holds.
fn many(claim: &Claim, payer: &Payer, terms: &mut Terms) -> Vec<LineAnswer> {
    let mut lines = paid(&claim.lines, payer, terms);
    let at = claim.lines.iter().position(|line| has_room(line, payer)).expect("fits");
    let line = &mut lines[at];
    let written_off = &mut line.adjustments[0].amount;
    let all = *written_off;
    let parts = [
        ("59", all / 10),
        ("131", all / 12),
        ("104", all / 20),
        ("237", all / 25),
        ("223", all / 40),
        ("144", -(all / 30)),
    ];
    *written_off -= parts.iter().map(|(_, amount)| amount).sum::<i64>();
    for (reason, amount) in parts.into_iter().rev() {
        line.adjustments.insert(1, crate::answer::Adjustment::new("CO", reason, amount));
    }
    line.allowed = None;
    line.remarks.push("N699");
    line.trap = Some(Trap::ManyAdjustments);
    lines
}

/// The contract allows more than was charged.
fn above_charge(claim: &Claim, payer: &Payer, terms: &mut Terms) -> Vec<LineAnswer> {
    let mut lines = paid(&claim.lines, payer, terms);
    let line = &claim.lines[0];
    let allowed = line.charge + line.charge / 8 + 100;
    let higher = Line { charge: allowed, ..line.clone() };
    let mut answer = pricing::pay(&higher, allowed, 0, &mut Terms::without_share(payer));
    answer.charge = line.charge;
    answer.adjust("OA", "94", line.charge - allowed);
    answer.trap = Some(Trap::AboveCharge);
    lines[0] = answer;
    lines
}

/// Three percent less, by law, for who does not report quality.
fn incentive(claim: &Claim, payer: &Payer, terms: &mut Terms) -> Vec<LineAnswer> {
    let mut lines = paid(&claim.lines, payer, terms);
    for line in &mut lines {
        let cut = line.paid * 3 / 100;
        if cut > 0 {
            line.paid -= cut;
            line.adjust("CO", "237", cut);
            line.remarks.push("N699");
            line.trap = Some(Trap::Incentive);
        }
    }
    lines
}
