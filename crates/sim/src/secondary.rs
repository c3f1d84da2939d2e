//! Second payers: crossover, the practice's own second claim, and copies of a crossover.

use std::rc::Rc;

use jiff::civil::Date;

use crate::answer::{Answer, LineAnswer};
use crate::calendar;
use crate::claim::Claim;
use crate::life::Life;
use crate::payer::{Class, Payer};
use crate::pricing;
use crate::shape;
use crate::stream::{Purpose, Stream};
use crate::truth::Trap;
use crate::world::World;

/// Brings the last answer of the first payer to the second one.
pub(crate) fn follow(world: &World, life: &mut Life) {
    let claim = Rc::clone(&life.claim);
    let Some(second) = &claim.patient.second else { return };
    let (first, second) = (world.payer(claim.payer), world.payer(second.payer));
    let stream = &mut claim.stream(world.seed, Purpose::Secondary);
    let crosses = first.crosses_over && stream.chance(80_000);
    let Some(primary) = life.answers.last_mut() else { return };
    if crosses {
        primary.status = "19";
        primary.forwarded_to = Some(second.at);
        primary.remarks.push("MA18");
    }
    let primary = primary.clone();
    let received_on = if crosses {
        calendar::after(primary.pay_on, stream.between(1, 4))
    } else {
        send(life, second, &primary, stream.between(2, 9))
    };
    let lines = lines(&claim, &primary, second, stream);
    let answer = answer(life, second, received_on, lines, stream);
    let paid_on = answer.pay_on;
    life.answers.push(answer);
    if crosses && stream.chance(25_000) {
        send_copy(life, second, &primary, paid_on, stream);
    }
}

fn answer(
    life: &mut Life,
    payer: &Payer,
    received_on: Date,
    lines: Vec<LineAnswer>,
    stream: &mut Stream,
) -> Answer {
    let (days, _) = payer.days_to_decide(false, stream);
    let pay_on = payer.pay_day(calendar::after(received_on, days));
    let answer = life.answer(payer, received_on, pay_on, lines);
    Answer { status: "2", ..answer }
}

/// The practice's own second claim; gives the day of receipt.
fn send(life: &mut Life, payer: &Payer, primary: &Answer, days: i64) -> Date {
    let on = calendar::working_from(calendar::after(primary.pay_on, days));
    let mut submission = life.submission(on);
    submission.payer = payer.at;
    submission.prior = Some(Rc::new(primary.clone()));
    life.submissions.push(submission);
    calendar::after(on, 1)
}

/// The practice did not wait for the crossover: the second payer says that it has it.
fn send_copy(life: &mut Life, payer: &Payer, primary: &Answer, paid_on: Date, stream: &mut Stream) {
    let received_on = send(life, payer, primary, stream.between(4, 15));
    let claim = Rc::clone(&life.claim);
    let mut lines = shape::whole(&claim, "OA", "18", Trap::CrossoverDuplicate);
    for line in &mut lines {
        line.remarks.push("N522");
    }
    let mut copy = answer(life, payer, received_on, lines, stream);
    copy.pay_on = payer.pay_day(copy.pay_on.max(calendar::after(paid_on, 1)));
    life.answers.push(copy);
}

/// All of the charge again (RFI 2143): what the first payer paid and wrote off under OA-23, then
/// what the second makes of the patient's share.
fn lines(claim: &Claim, primary: &Answer, payer: &Payer, stream: &mut Stream) -> Vec<LineAnswer> {
    let keeps_deductible = stream.chance(50_000);
    let percent = stream.pick(&[0, 50, 100, 100]);
    let one = |(line, before): (&crate::claim::Line, &LineAnswer)| {
        let mut answer = pricing::undecided(line);
        let share = before.of_group("PR");
        answer.adjust("OA", "23", line.charge - share);
        if payer.class == Class::Supplement {
            let deductible = before.adjustments.iter().filter(|one| one.reason == "1");
            let deductible = deductible.map(|one| one.amount).sum::<i64>();
            let kept = if keeps_deductible { deductible } else { 0 };
            answer.adjust("PR", "1", kept);
            answer.paid = share - kept;
        } else {
            answer.paid = share * percent / 100;
            answer.adjust("CO", "45", share - answer.paid);
        }
        answer.trap = Some(Trap::PriorPayer);
        answer
    };
    claim.lines.iter().zip(&primary.lines).map(one).collect()
}
