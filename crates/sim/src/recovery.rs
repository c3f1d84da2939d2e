//! What becomes of a refusal: nothing, a corrected claim, an appeal, and the payer's second word.

use std::rc::Rc;

use jiff::civil::Date;

use crate::answer::{Answer, LineAnswer};
use crate::calendar;
use crate::fault::{Fault, Remedy};
use crate::life::{self, Life};
use crate::payer::Payer;
use crate::pricing::{self, Terms, Verdict};
use crate::stream::{Purpose, Stream};
use crate::truth::Trap;
use crate::world::World;

/// Of 100,000 refused claims so many are worked.
const WORKED: u32 = 55_000;
/// Of those that nobody works, so many the payer decides anew by itself.
const HEALED: u32 = 5_000;

/// What was won, as far as it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Won {
    Whole,
    /// Paid at so many percent of the contract's price.
    Lower(i64),
    /// Allowed, and left to the patient.
    PatientShare,
}

/// Works a refused claim, or leaves it.
pub(crate) fn work(world: &World, life: &mut Life, refused: &Answer, verdict: &Verdict) {
    let claim = Rc::clone(&life.claim);
    let payer = world.payer(claim.payer);
    let stream = &mut claim.stream(world.seed, Purpose::Recovery);
    let Some(fault) = claim.fault else { return };
    let terms = life.terms(world, payer);
    if !stream.chance(WORKED) {
        if stream.chance(HEALED) {
            let on = calendar::after(refused.pay_on, stream.between(25, 90));
            overturn(life, payer, refused, payer.pay_day(on), terms, stream, "MA67");
        }
        return;
    }
    let is_unprocessable = verdict.wording.remark == "MA130";
    let corrects = !verdict.is_error && fault.remedy() == Remedy::Correct;
    if corrects && is_unprocessable && payer.originals_only {
        send_new(world, life, refused, terms, stream);
    } else if corrects && !payer.originals_only {
        send_corrected(world, life, refused, verdict, terms, stream);
    } else {
        appeal(world, life, refused, terms, fault.won(), stream);
    }
}

/// A letter to the payer; only a favourable answer shows in a remittance.
fn appeal(
    world: &World,
    life: &mut Life,
    refused: &Answer,
    terms: Terms,
    won: u32,
    stream: &mut Stream,
) {
    let payer = world.payer(refused.payer);
    let wrote_on = calendar::after(refused.pay_on, stream.between(3, 35));
    let decided_on = calendar::after(wrote_on, stream.days(30));
    if !world.works(wrote_on) {
        return;
    }
    if stream.chance(won * 1_000) {
        overturn(life, payer, refused, payer.pay_day(decided_on), terms, stream, "N690");
    }
}

/// A replacement (frequency 7) with the payer's number of the refused claim.
fn send_corrected(
    world: &World,
    life: &mut Life,
    refused: &Answer,
    verdict: &Verdict,
    terms: Terms,
    stream: &mut Stream,
) {
    let (payer, fault) = (world.payer(refused.payer), life.claim.fault);
    let Some((received_on, pay_on)) = send_again(world, life, refused, '7', stream) else { return };
    let won = fault.map_or(0, Fault::won);
    if stream.chance(won * 1_000) {
        overturn(life, payer, refused, pay_on, terms, stream, "N694");
        if let Some(answer) = life.answers.last_mut() {
            answer.frequency = '7';
            answer.received_on = received_on;
        }
    } else if stream.chance(70_000) {
        let claim = Rc::clone(&life.claim);
        let lines = life::refused_lines(&claim, payer, verdict, terms, stream);
        let upheld = life.replace(payer, refused, pay_on, lines, "N694");
        if let Some(answer) = life.answers.last_mut() {
            answer.frequency = '7';
            answer.received_on = received_on;
            answer.remarks.extend(verdict.claim_remark());
        }
        if stream.chance(35_000) {
            appeal(world, life, &upheld, terms, won / 2, stream);
        }
    }
}

/// An unprocessable claim is no claim to Medicare: a new one goes out, and nothing is reversed.
fn send_new(world: &World, life: &mut Life, refused: &Answer, terms: Terms, stream: &mut Stream) {
    let payer = world.payer(refused.payer);
    let Some((received_on, pay_on)) = send_again(world, life, refused, '1', stream) else { return };
    let claim = Rc::clone(&life.claim);
    let lines = crate::shape::paid(&claim.lines, payer, &mut terms.clone());
    let answer = life.answer(payer, received_on, pay_on, lines);
    life.answers.push(answer);
}

/// Sends the claim again, where somebody still does; gives the days of receipt and payment.
fn send_again(
    world: &World,
    life: &mut Life,
    refused: &Answer,
    frequency: char,
    stream: &mut Stream,
) -> Option<(Date, Date)> {
    let payer = world.payer(refused.payer);
    let on = calendar::after(refused.pay_on, stream.between(4, 28));
    let mut again = life.submission(calendar::working_from(on));
    again.frequency = frequency;
    again.replaces = (frequency == '7').then(|| refused.control.clone());
    again.modifier =
        (life.claim.fault == Some(Fault::WrongModifier)).then(|| stream.pick(&["25", "59", "XS"]));
    let received_on = calendar::after(again.on, 1);
    if !world.works(again.on) {
        return None;
    }
    life.submissions.push(again);
    let (days, _) = payer.days_to_decide(false, stream);
    Some((received_on, payer.pay_day(calendar::after(received_on, days))))
}

/// The payer takes its refusal back and pays; now and then the payment comes later, or stands
/// before the reversal.
pub(crate) fn overturn(
    life: &mut Life,
    payer: &Payer,
    refused: &Answer,
    pay_on: Date,
    terms: Terms,
    stream: &mut Stream,
    remark: &'static str,
) {
    let won = match stream.below(100) {
        0..78 => Won::Whole,
        78..93 => Won::Lower(stream.between(40, 80)),
        _ => Won::PatientShare,
    };
    let lines = won_lines(life, payer, refused, terms, won);
    life.replace(payer, refused, pay_on, lines, remark);
    part(life, payer, stream);
}

/// The last reversal and correction: apart in time, or in the other order, or as they are.
pub(crate) fn part(life: &mut Life, payer: &Payer, stream: &mut Stream) {
    let draw = stream.below(100);
    let Some(last) = life.answers.len().checked_sub(1) else { return };
    if draw < 20 {
        let correction = &mut life.answers[last];
        correction.pay_on = payer.pay_day(calendar::after(correction.pay_on, 6));
    } else if draw < 33 {
        life.answers[last - 1].stands_behind = true;
    }
}

fn won_lines(
    life: &Life,
    payer: &Payer,
    refused: &Answer,
    mut terms: Terms,
    won: Won,
) -> Vec<LineAnswer> {
    let lines = life.claim.lines.iter().zip(&refused.lines);
    let won_line = |(line, before): (&crate::claim::Line, &LineAnswer)| {
        let allowed = pricing::allowed(line, payer);
        match won {
            Won::Lower(percent) if before.refusal.is_some() => {
                pricing::pay(line, allowed * percent / 100, 0, &mut terms)
            }
            Won::PatientShare if before.refusal.is_some() => left_to_patient(line, allowed),
            Won::Whole | Won::Lower(_) | Won::PatientShare => {
                pricing::pay(line, allowed, 0, &mut terms)
            }
        }
    };
    lines.map(won_line).collect()
}

fn left_to_patient(line: &crate::claim::Line, allowed: i64) -> LineAnswer {
    let mut answer = pricing::undecided(line);
    answer.adjust("CO", "45", line.charge - allowed);
    answer.adjust("PR", "1", allowed);
    answer.allowed = Some(allowed);
    answer.trap = Some(Trap::DeductibleOnly);
    answer
}
