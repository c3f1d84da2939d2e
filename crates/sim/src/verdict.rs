//! What is true of a claim after all files of its world.

use crate::answer::{Answer, LineAnswer, Refusal};
use crate::fault::Fault;
use crate::life::Life;
use crate::truth::{ChaosKind, ClaimTruth, LineTruth, Totals, Trap};
use crate::world::{Practice, World};

/// The truth of a claim and its lines, as far as remittances come by the last day.
pub(crate) fn truth(
    world: &World,
    practice: &Practice,
    life: &Life,
) -> (ClaimTruth, Vec<LineTruth>) {
    let mut answers: Vec<&Answer> =
        life.answers.iter().filter(|one| one.pay_on <= world.ends_on).collect();
    answers.sort_by_key(|one| (one.pay_on, !one.is_reversal()));
    let lines: Vec<LineTruth> =
        life.claim.lines.iter().map(|line| line_truth(life, &answers, line.number)).collect();
    let sent = life.submissions.iter().filter(|one| one.on <= world.ends_on);
    let claim = ClaimTruth {
        claim: life.claim.number.clone(),
        practice: practice.npi.clone(),
        payer: world.payer(life.claim.payer).code.clone(),
        served_on: life.claim.served_on,
        charge_cents: life.claim.charge(),
        rejected: sent.into_iter().any(|one| one.rejected.is_some()),
        answers: u32::try_from(answers.len()).expect("a handful"),
        paid_cents: lines.iter().map(|line| line.paid_cents).sum(),
        quarantined_cents: lines.iter().map(|line| line.quarantined_cents).sum(),
    };
    (claim, lines)
}

fn line_truth(life: &Life, answers: &[&Answer], number: u16) -> LineTruth {
    let line = &life.claim.lines[usize::from(number) - 1];
    let mut truth = LineTruth {
        claim: life.claim.number.clone(),
        line: number,
        charge_cents: line.charge,
        denied: false,
        denied_finally: false,
        partial: false,
        category: None,
        denied_cents: 0,
        rule: None,
        fault: life.claim.fault.map(Fault::name).map(str::to_owned),
        traps: Vec::new(),
        paid_cents: 0,
        quarantined_cents: 0,
        chaos: answers.iter().find_map(|one| one.chaos),
    };
    let of_line = |answer: &Answer| -> Vec<LineAnswer> {
        answer.lines.iter().filter(|one| one.line == number).cloned().collect()
    };
    for answer in answers {
        for said in of_line(answer) {
            add_money(&mut truth, answer, said.paid);
            truth.traps.extend(said.trap);
            if let Some(refusal) = said.refusal {
                refuse(&mut truth, &refusal);
            } else if !answer.is_reversal() && truth.denied && answer.payer == life.claim.payer {
                truth.denied_finally = false;
            }
        }
    }
    if !answers.is_empty() {
        truth.traps.extend(own_traps(life, answers));
    }
    truth.traps.sort_unstable();
    truth.traps.dedup();
    truth
}

fn add_money(truth: &mut LineTruth, answer: &Answer, paid: i64) {
    match answer.chaos {
        Some(ChaosKind::UnbalancedLine | ChaosKind::UnbalancedClaim) => {
            truth.quarantined_cents += paid;
        }
        Some(
            ChaosKind::Malformed
            | ChaosKind::UnknownCode
            | ChaosKind::DuplicateFile
            | ChaosKind::OutOfOrder,
        )
        | None => truth.paid_cents += paid,
    }
}

fn refuse(truth: &mut LineTruth, refusal: &Refusal) {
    truth.denied = true;
    truth.denied_finally = true;
    truth.partial |= refusal.partial;
    truth.category = refusal.category;
    truth.denied_cents = refusal.cents;
    truth.rule = Some(refusal.rule.to_owned());
}

/// Traps of the claim as a whole, as far as they have happened.
fn own_traps(life: &Life, answers: &[&Answer]) -> Vec<Trap> {
    let is_reversed = answers.iter().any(|one| one.is_reversal());
    let needs_reversal = [Trap::EqualRepayment, Trap::Repriced];
    let happened = |trap: &&Trap| is_reversed || !needs_reversal.contains(trap);
    life.traps.iter().filter(happened).copied().collect()
}

/// Adds a claim to the sums.
pub(crate) fn count(totals: &mut Totals, claim: &ClaimTruth, lines: &[LineTruth]) {
    totals.claims += 1;
    totals.rejected_claims += u64::from(claim.rejected);
    totals.denied_claims += u64::from(lines.iter().any(|line| line.denied));
    totals.paid_cents += claim.paid_cents;
    totals.quarantined_cents += claim.quarantined_cents;
    for line in lines {
        totals.lines += 1;
        totals.denied_lines += u64::from(line.denied);
        totals.denied_finally += u64::from(line.denied_finally);
        totals.category_checked += u64::from(line.category.is_some());
        totals.trap_lines += u64::from(line.is_trap());
        for trap in &line.traps {
            *totals.traps.entry(*trap).or_default() += 1;
        }
        if let Some(category) = line.category {
            *totals.categories.entry(category).or_default() += 1;
        }
    }
}
