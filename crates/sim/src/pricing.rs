//! What a payer allows for a line, what it leaves to the patient, and what it refuses.

use jiff::civil::Date;

use crate::answer::{Adjustment, LineAnswer, Refusal};
use crate::catalogue::Trait;
use crate::claim::Line;
use crate::payer::{Class, Payer};
use crate::rule::Family;
use crate::stream::Stream;
use crate::truth::Trap;
use crate::wording::Wording;

/// The patient's share as the payer sees it on that day.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Terms {
    /// What is left of the deductible.
    deductible: i64,
    /// Percent of what is allowed after the deductible.
    coinsurance: i64,
    /// Fixed amount of an office visit.
    copay: i64,
    sequesters: bool,
}

impl Terms {
    pub(crate) fn draw(payer: &Payer, served_on: Date, stream: &mut Stream) -> Terms {
        let (coinsurance, copay) = match payer.class {
            Class::Medicare => (20, 0),
            Class::Advantage => (0, stream.pick(&[0, 1_000, 2_000, 3_500])),
            Class::Commercial => stream.pick(&[(20, 0), (10, 0), (0, 3_000), (0, 2_500)]),
            Class::Marketplace => (30, 0),
            Class::MedicaidPlan => (0, stream.pick(&[0, 0, 0, 300])),
            Class::Medicaid | Class::WorkersComp | Class::Supplement => (0, 0),
        };
        let deductible = deductible(payer.class, served_on, stream);
        Terms { deductible, coinsurance, copay, sequesters: payer.sequesters }
    }

    /// Nothing is left to the patient.
    pub(crate) const fn without_share(payer: &Payer) -> Terms {
        Terms { deductible: 0, coinsurance: 0, copay: 0, sequesters: payer.sequesters }
    }
}

/// The deductible starts anew on 1 January, so that it takes most in the first quarter.
fn deductible(class: Class, served_on: Date, stream: &mut Stream) -> i64 {
    const OPEN: [u32; 12] = [52, 44, 36, 28, 23, 19, 16, 14, 12, 11, 10, 9];
    let open = OPEN[usize::from(served_on.month().unsigned_abs()) - 1] * 1_000;
    let (open, most) = match class {
        Class::Medicare => (open / 2, 25_700),
        Class::Commercial => (open, 300_000),
        Class::Marketplace => (open * 3 / 2, 700_000),
        Class::Advantage
        | Class::Medicaid
        | Class::MedicaidPlan
        | Class::WorkersComp
        | Class::Supplement => (0, 0),
    };
    if !stream.chance(open) {
        return 0;
    }
    if stream.chance(70_000) { most } else { stream.between(500, 9_000) }
}

/// What the contract allows for the line; never more than its charge.
pub(crate) fn allowed(line: &Line, payer: &Payer) -> i64 {
    let price = line.procedure.medicare * line.units * payer.multiplier / 100;
    price.min(line.charge)
}

/// The line as an answer with nothing decided.
pub(crate) fn undecided(line: &Line) -> LineAnswer {
    LineAnswer {
        line: line.number,
        code: line.procedure.code,
        modifier: line.modifier,
        billed: None,
        charge: line.charge,
        paid: 0,
        units: line.units,
        billed_units: None,
        adjustments: Vec::new(),
        remarks: Vec::new(),
        allowed: None,
        refusal: None,
        trap: None,
    }
}

/// Pays a line. `refused` is cut off before the contract's price is looked at.
pub(crate) fn pay(line: &Line, allowed: i64, refused: i64, terms: &mut Terms) -> LineAnswer {
    let mut answer = undecided(line);
    let deductible = terms.deductible.min(allowed);
    terms.deductible -= deductible;
    let rest = allowed - deductible;
    let is_visit = line.procedure.trait_ == Trait::Visit;
    let copay = if is_visit { terms.copay.min(rest) } else { 0 };
    let coinsurance = (rest - copay) * terms.coinsurance / 100;
    let due = rest - copay - coinsurance;
    let sequestered = if terms.sequesters { (due * 2 + 50) / 100 } else { 0 };
    answer.adjust("CO", "45", line.charge - refused - allowed);
    answer.adjust("CO", "253", sequestered);
    answer.adjust("PR", "1", deductible);
    answer.adjust("PR", "2", coinsurance);
    answer.adjust("PR", "3", copay);
    answer.paid = due - sequestered;
    answer.allowed = Some(allowed);
    answer.trap = trap_of(&answer);
    answer
}

/// What an ordinary line has that only looks like a denial.
fn trap_of(answer: &LineAnswer) -> Option<Trap> {
    let has = |reason: &str| answer.adjustments.iter().any(|one| one.reason == reason);
    let share = answer.of_group("PR");
    if answer.paid == 0 && share > 0 {
        Some(Trap::DeductibleOnly)
    } else if has("253") {
        Some(Trap::Sequestration)
    } else if share > 0 {
        Some(Trap::PatientShare)
    } else {
        has("45").then_some(Trap::Contractual)
    }
}

/// A refusal to write: its codes and where it comes from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Verdict {
    pub(crate) family: Family,
    pub(crate) wording: Wording,
    /// The payer was wrong.
    pub(crate) is_error: bool,
}

impl Verdict {
    fn refusal(&self, cents: i64, partial: bool) -> Refusal {
        Refusal {
            category: if self.is_error { None } else { self.wording.category },
            cents,
            partial,
            rule: self.family.name(),
        }
    }

    /// Its remark for MOA, where it stands there.
    pub(crate) fn claim_remark(&self) -> Option<&'static str> {
        self.wording.at_claim.then_some(self.wording.remark)
    }

    fn remark(&self) -> Option<&'static str> {
        let beside_line = !self.wording.at_claim && !self.wording.remark.is_empty();
        beside_line.then_some(self.wording.remark)
    }
}

/// Refuses a line wholly: its charge under the one reason, or what the contract would have paid
/// beside CO-45, or under two or three reasons of which the first is the largest.
pub(crate) fn refuse(
    line: &Line,
    payer: &Payer,
    verdict: &Verdict,
    stream: &mut Stream,
) -> LineAnswer {
    let mut answer = undecided(line);
    let Wording { group, reason, .. } = verdict.wording;
    let allowed = allowed(line, payer);
    let companion = companion(verdict).filter(|_| line.charge >= 1_000);
    let draw = stream.below(100);
    let refused = if let Some((other_group, other)) = companion.filter(|_| draw < 18) {
        let second = line.charge * 3 / 10;
        let third = if draw < 5 { line.charge / 20 } else { 0 };
        answer.adjust(group, reason, line.charge - second - third);
        answer.adjust(other_group, other, second);
        answer.adjust("CO", "45", third);
        line.charge - third
    } else if draw < 45 && allowed > line.charge / 4 {
        answer.adjust("CO", "45", line.charge - allowed);
        answer.adjust(group, reason, allowed);
        allowed
    } else {
        answer.adjust(group, reason, line.charge);
        line.charge
    };
    answer.remarks.extend(verdict.remark());
    answer.refusal = Some(verdict.refusal(refused, false));
    answer
}

fn companion(verdict: &Verdict) -> Option<(&'static str, &'static str)> {
    verdict.wording.category?;
    let mut others = verdict.family.companions().iter().copied();
    others.find(|(_, reason)| *reason != verdict.wording.reason)
}

/// Refuses units over a limit, and pays the others.
pub(crate) fn refuse_units(
    line: &Line,
    payer: &Payer,
    verdict: &Verdict,
    terms: &mut Terms,
) -> LineAnswer {
    let units = line.units / 2;
    let kept = line.units - units;
    let refused = line.charge * units / line.units;
    let allowed = allowed(line, payer) * kept / line.units;
    let mut answer = pay(line, allowed, refused, terms);
    answer.units = kept;
    answer.billed_units = Some(line.units);
    cut(&mut answer, verdict, refused, Some(units));
    answer
}

/// Refuses two fifths of what the contract allows, and pays the rest.
pub(crate) fn refuse_part(
    line: &Line,
    payer: &Payer,
    verdict: &Verdict,
    terms: &mut Terms,
) -> LineAnswer {
    let allowed = allowed(line, payer);
    let refused = allowed * 2 / 5;
    let mut answer = pay(line, allowed - refused, refused, terms);
    cut(&mut answer, verdict, refused, None);
    answer
}

fn cut(answer: &mut LineAnswer, verdict: &Verdict, refused: i64, units: Option<i64>) {
    let Wording { group, reason, .. } = verdict.wording;
    answer.adjustments.insert(0, Adjustment { group, reason, amount: refused, units });
    answer.remarks.extend(verdict.remark());
    answer.refusal = Some(verdict.refusal(refused, true));
    answer.trap = Some(Trap::PartialDenial);
}
