//! Payments that the payer looks at again: repeated to the cent, raised, or partly taken back.

use std::rc::Rc;

use crate::answer::{Answer, Debt, LineAnswer, ProviderLevel};
use crate::calendar;
use crate::life::Life;
use crate::payer::{Payer, Recoupment};
use crate::pricing::{self, Terms};
use crate::recovery;
use crate::shape::Shape;
use crate::stream::Stream;
use crate::truth::Trap;

/// Pays again the same, or otherwise.
pub(crate) fn look_again(
    life: &mut Life,
    payer: &Payer,
    first: &Answer,
    shape: Shape,
    terms: Terms,
    stream: &mut Stream,
) {
    let again_on = payer.pay_day(calendar::after(first.pay_on, stream.between(12, 60)));
    if shape == Shape::EqualRepayment {
        life.replace(payer, first, again_on, first.lines.clone(), "MA67");
        life.traps.push(Trap::EqualRepayment);
        recovery::part(life, payer, stream);
        return;
    }
    let percent =
        if stream.chance(25_000) { stream.between(103, 115) } else { stream.between(55, 92) };
    let lines = repriced(life, payer, terms, percent);
    let too_much = first.paid() - lines.iter().map(|line| line.paid).sum::<i64>();
    if too_much > 0 && payer.recoupment == Recoupment::Letter {
        take_by_letter(life, payer, again_on, too_much, stream);
        return;
    }
    life.replace(payer, first, again_on, lines, "MA67");
    life.traps.push(Trap::Repriced);
    if too_much > 0 && payer.recoupment == Recoupment::Later {
        give_back_then_take(life, payer, too_much, stream);
    }
}

fn repriced(life: &Life, payer: &Payer, mut terms: Terms, percent: i64) -> Vec<LineAnswer> {
    let claim = Rc::clone(&life.claim);
    let one = |line: &crate::claim::Line| {
        let allowed = (pricing::allowed(line, payer) * percent / 100).min(line.charge);
        pricing::pay(line, allowed, 0, &mut terms)
    };
    claim.lines.iter().map(one).collect()
}

/// A letter, and weeks later PLB WO alone; or our refund came before it, and PLB 72 says so.
fn take_by_letter(
    life: &mut Life,
    payer: &Payer,
    on: jiff::civil::Date,
    cents: i64,
    stream: &mut Stream,
) {
    let taken_on = payer.pay_day(calendar::after(on, stream.between(20, 45)));
    let refunded = stream.chance(30_000);
    owe(life, payer, taken_on, "WO", cents);
    if refunded {
        owe(life, payer, taken_on, "72", -cents);
    }
}

/// The reversal took the money; WO gives it back now, and a later WO takes it.
fn give_back_then_take(life: &mut Life, payer: &Payer, cents: i64, stream: &mut Stream) {
    let reference = life.claim.number.clone();
    let Some(correction) = life.answers.last_mut() else { return };
    let now = ProviderLevel { code: "WO", reference, amount: -cents };
    correction.provider_level.push(now);
    let later = calendar::after(correction.pay_on, stream.between(25, 60));
    owe(life, payer, payer.pay_day(later), "WO", cents);
}

fn owe(life: &mut Life, payer: &Payer, on: jiff::civil::Date, code: &'static str, amount: i64) {
    let reference = life.claim.number.clone();
    let entry = ProviderLevel { code, reference, amount };
    life.debts.push(Debt { payer: payer.at, on, entry });
}
