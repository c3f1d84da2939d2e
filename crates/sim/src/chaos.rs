//! Answers that are broken on purpose, each with an id and the end that it must meet.

use std::rc::Rc;

use crate::answer::{Answer, Channel};
use crate::calendar;
use crate::life::Life;
use crate::pricing;
use crate::stream::{Purpose, Stream};
use crate::truth::{ChaosKind, End};
use crate::world::World;

/// Codes that no list has.
const UNKNOWN: [&str; 4] = ["Z91", "X77", "990", "Q4"];

/// Breaks some claims' answers. The rates are those of simulator §6.2 over the claims that can be
/// broken, which are about three in four.
pub(crate) fn disturb(world: &World, life: &mut Life) {
    let [answer] = &life.answers[..] else { return };
    if answer.channel != Channel::Payment || !answer.provider_level.is_empty() {
        return;
    }
    let stream = &mut life.claim.stream(world.seed, Purpose::Chaos);
    let kind = match stream.below(100_000) {
        0..450 => ChaosKind::UnbalancedLine,
        450..700 => ChaosKind::UnbalancedClaim,
        700..980 => ChaosKind::Malformed,
        980..1_390 => ChaosKind::UnknownCode,
        1_390..1_820 => ChaosKind::OutOfOrder,
        _ => return,
    };
    if answer.is_refused() && kind != ChaosKind::UnbalancedClaim {
        return;
    }
    match kind {
        ChaosKind::UnbalancedLine => unbalance_line(life, stream),
        ChaosKind::UnbalancedClaim => life.answers[0].charge_error = stream.pick(&[-100, 1, 4_500]),
        ChaosKind::UnknownCode => refuse_in_unknown_code(life, stream),
        ChaosKind::OutOfOrder => {
            pay_out_of_order(world, life, stream);
            return;
        }
        ChaosKind::Malformed | ChaosKind::DuplicateFile => {}
    }
    life.answers[0].chaos = Some(kind);
}

fn unbalance_line(life: &mut Life, stream: &mut Stream) {
    let cents = stream.pick(&[1, -1, 10, 500, -2_500]);
    let line = &mut life.answers[0].lines[0];
    match line.adjustments.iter_mut().find(|one| one.group != "PR") {
        Some(adjustment) if adjustment.amount + cents != 0 => adjustment.amount += cents,
        Some(_) | None => line.adjust("OA", "94", cents),
    }
}

fn refuse_in_unknown_code(life: &mut Life, stream: &mut Stream) {
    let claim = Rc::clone(&life.claim);
    let mut line = pricing::undecided(&claim.lines[0]);
    line.adjust("CO", stream.pick(&UNKNOWN), line.charge);
    life.answers[0].lines.retain(|one| one.line != line.line);
    life.answers[0].lines.insert(0, line);
}

/// The remittance with the first payment is late: reversal and correction are paid before it.
fn pay_out_of_order(world: &World, life: &mut Life, stream: &mut Stream) {
    let first = life.answers[0].clone();
    let payer = world.payer(first.payer);
    let late_on = payer.pay_day(calendar::after(first.pay_on, stream.between(8, 20)));
    if first.paid() <= 0
        || !["1", "3"].contains(&first.status)
        || first.lines.iter().any(|line| line.paid < 0)
    {
        return;
    }
    let mut lines = first.lines.clone();
    for line in &mut lines {
        let less = line.paid / 10;
        line.paid -= less;
        line.adjust("CO", "45", less);
        line.allowed = None;
    }
    let mut reversal = first.reversal(first.pay_on, Channel::Payment);
    reversal.remarks.push("MA67");
    reversal.chaos = Some(ChaosKind::OutOfOrder);
    let mut correction = life.answer(payer, first.received_on, first.pay_on, lines);
    correction.replaces = Some(first.control.clone());
    let late = Answer { pay_on: late_on, chaos: Some(ChaosKind::OutOfOrder), ..first };
    life.answers = vec![reversal, correction, late];
}

/// What must become of it, once all of it has been delivered.
pub(crate) const fn end(kind: ChaosKind) -> End {
    match kind {
        ChaosKind::UnbalancedLine | ChaosKind::UnbalancedClaim => End::Quarantined,
        ChaosKind::Malformed => End::Finding,
        ChaosKind::UnknownCode => End::Unmapped,
        ChaosKind::DuplicateFile => End::Refused,
        ChaosKind::OutOfOrder => End::WaitsThenPairs,
    }
}

/// The first part of its id.
pub(crate) const fn word(kind: ChaosKind) -> &'static str {
    match kind {
        ChaosKind::UnbalancedLine | ChaosKind::UnbalancedClaim => "unbalanced",
        ChaosKind::Malformed => "malformed",
        ChaosKind::UnknownCode => "unknown",
        ChaosKind::DuplicateFile => "duplicate",
        ChaosKind::OutOfOrder => "early",
    }
}
