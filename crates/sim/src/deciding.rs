//! What a payer decides of a claim that came again, or of an appeal: by what is true of it.

use std::rc::Rc;

use jiff::civil::Date;

use crate::answer::{Answer, Channel, LineAnswer};
use crate::calendar;
use crate::circle::Decision;
use crate::fault::{Fault, Remedy};
use crate::life::Life;
use crate::pricing::{self, Verdict};
use crate::recovery;
use crate::rule::Family;
use crate::shape;
use crate::stream::{Entity, Purpose, Stream};
use crate::truth::Category;
use crate::wording::Wording;
use crate::world::World;

/// What a payer is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    /// A replacement (7); `changed` where it says something else than what is on file.
    Replacement { changed: bool },
    /// A void (8).
    Void,
    /// A claim as new (1).
    New { changed: bool },
    /// An appeal at a level, with the name of its packet.
    Appeal { level: u8, packet: String },
}

/// A question on its way through a payer's house.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    /// Position of the claim.
    pub(crate) claim: u64,
    pub(crate) asked: Asked,
    pub(crate) received_on: Date,
    /// How many questions about the claim came before.
    pub(crate) before: u32,
}

/// Of 100,000 corrected claims so many are lost in the payer's house.
const LOST: u32 = 3_000;

impl Request {
    fn stream(&self, world: &World, life: &Life) -> Stream {
        let id = life.claim.id() | u64::from(self.before + 1) << 56;
        Stream::new(world.seed, Entity::Claim, id, Purpose::Answering)
    }

    /// The day on which it is decided; `None` where the payer loses it.
    pub(crate) fn decided_on(&self, world: &World, life: &Life) -> Option<Date> {
        let stream = &mut self.stream(world, life);
        let payer = world.payer(life.claim.payer);
        if let Asked::Appeal { .. } = self.asked {
            return Some(calendar::after(self.received_on, stream.days(30).max(7)));
        }
        let is_lost = stream.chance(LOST);
        let (days, _) = payer.days_to_decide(false, stream);
        (!is_lost).then(|| calendar::after(self.received_on, days))
    }
}

/// The claim payment of its first payer that holds on a day.
pub(crate) fn standing(life: &Life, day: Date) -> Option<&Answer> {
    let said = || {
        life.answers.iter().filter(move |one| {
            one.payer == life.claim.payer && one.channel != Channel::Estimate && one.pay_on <= day
        })
    };
    let is_undone = |one: &Answer| {
        let mut reversals = said().filter(|one| one.is_reversal());
        reversals.any(|reversal| reversal.replaces.as_deref() == Some(&one.control))
    };
    said().filter(|one| !one.is_reversal() && !is_undone(one)).max_by_key(|one| one.pay_on)
}

/// The last day on which the payer has more to say of the claim by itself.
pub(crate) fn speaks_until(life: &Life, day: Date) -> Option<Date> {
    let own = life.answers.iter().filter(|one| one.payer == life.claim.payer);
    own.map(|one| one.pay_on).filter(|on| *on > day).max()
}

/// True where the payer says that it was no claim: a new one is to be sent.
pub(crate) fn is_unprocessable(answer: &Answer) -> bool {
    let beside = answer.lines.iter().flat_map(|line| &line.remarks);
    answer.remarks.iter().chain(beside).any(|remark| *remark == "MA130")
}

/// Decides; what comes of it is added to the life, and a letter answers an appeal.
pub(crate) fn decide(
    world: &World,
    life: &mut Life,
    request: &Request,
    day: Date,
) -> Option<Decision> {
    let stream = &mut request.stream(world, life);
    // The stream's first words decided the day.
    let _ = (stream.below(2), stream.below(2), stream.below(2));
    let held = standing(life, day).cloned();
    match (&request.asked, held) {
        // What is broken on purpose is neither taken back nor paid.
        (Asked::Appeal { level, .. }, Some(held)) if held.is_refused() && held.chaos.is_none() => {
            Some(appealed(world, life, &held, (*level, day), stream))
        }
        (Asked::Appeal { .. }, _) => Some(Decision::Dismissed),
        (Asked::Void, Some(held)) => {
            let on = world.payer(held.payer).pay_day(day);
            life.answers.push(held.reversal(on, Channel::Payment));
            None
        }
        (Asked::Replacement { changed }, Some(held)) if held.is_refused() => {
            replaced(world, life, &held, (*changed, request, day), stream);
            None
        }
        (Asked::New { .. }, Some(held)) if !is_unprocessable(&held) => {
            doubled(world, life, request, day, stream);
            None
        }
        (Asked::New { changed }, _) => {
            anew(world, life, (*changed, request, day), stream);
            None
        }
        // What was paid meanwhile is not looked at again.
        (Asked::Void | Asked::Replacement { .. }, _) => None,
    }
}

fn appealed(
    world: &World,
    life: &mut Life,
    held: &Answer,
    (level, day): (u8, Date),
    stream: &mut Stream,
) -> Decision {
    let percent = match life.claim.fault {
        // The first one was paid: nothing is owed for its copy.
        Some(Fault::SentTwice) => 0,
        Some(fault) if fault.remedy() == Remedy::Appeal => fault.won(),
        Some(fault) => fault.won() / 2,
        None => 50,
    };
    let percent = if level > 1 { percent / 2 } else { percent };
    if !stream.chance(percent * 1_000) {
        return Decision::Upheld;
    }
    let payer = world.payer(held.payer);
    let terms = life.terms(world, payer);
    recovery::overturn(life, payer, held, payer.pay_day(day), terms, stream, "N690");
    Decision::Overturned
}

/// How many of 100 claims like it are paid once they come again.
fn percent(life: &Life, changed: bool) -> u32 {
    match life.claim.fault {
        Some(Fault::SentTwice) => 0,
        Some(Fault::PayerError) => Fault::PayerError.won(),
        Some(_) | None if !changed => 0,
        Some(fault) if fault.remedy() == Remedy::Correct => fault.won(),
        Some(fault) => fault.won() / 4,
        None => 50,
    }
}

fn replaced(
    world: &World,
    life: &mut Life,
    held: &Answer,
    (changed, request, day): (bool, &Request, Date),
    stream: &mut Stream,
) {
    let payer = world.payer(held.payer);
    let pay_on = payer.pay_day(day);
    if stream.chance(percent(life, changed) * 1_000) {
        let terms = life.terms(world, payer);
        recovery::overturn(life, payer, held, pay_on, terms, stream, "N694");
    } else {
        let upheld = life.replace(payer, held, pay_on, held.lines.clone(), "N694");
        debug_assert_eq!(upheld.pay_on, pay_on);
        if let Some(answer) = life.answers.last_mut() {
            answer.remarks.clone_from(&held.remarks);
        }
    }
    // The correction stands last, or before its reversal.
    if let Some(answer) = life.answers.last_mut() {
        answer.frequency = '7';
        answer.received_on = request.received_on;
    }
}

/// A claim that is new to the payer: it never was one, or was taken back.
fn anew(
    world: &World,
    life: &mut Life,
    (changed, request, day): (bool, &Request, Date),
    stream: &mut Stream,
) {
    let claim = Rc::clone(&life.claim);
    let payer = world.payer(claim.payer);
    let before = life.answers.iter().rfind(|one| one.payer == payer.at && !one.is_reversal());
    let refused: Option<Vec<LineAnswer>> =
        before.filter(|one| one.is_refused()).map(|one| one.lines.clone());
    let remarks = before.map(|one| one.remarks.clone()).unwrap_or_default();
    let won = refused.is_none() || stream.chance(percent(life, changed) * 1_000);
    let lines = match refused {
        Some(lines) if !won => lines,
        Some(_) | None => shape::paid(&claim.lines, payer, &mut life.terms(world, payer)),
    };
    let mut answer = life.answer(payer, request.received_on, payer.pay_day(day), lines);
    if !won {
        answer.remarks = remarks;
    }
    life.answers.push(answer);
}

/// The same claim a second time while the first stands.
fn doubled(world: &World, life: &mut Life, request: &Request, day: Date, stream: &mut Stream) {
    let claim = Rc::clone(&life.claim);
    let payer = world.payer(claim.payer);
    let wording = Wording {
        group: "CO",
        reason: "18",
        remark: "",
        at_claim: false,
        category: Some(Category::Duplicate),
    };
    let verdict = Verdict { family: Family::Duplicate, wording, is_error: false };
    let lines = claim.lines.iter();
    let lines = lines.map(|line| pricing::refuse(line, payer, &verdict, stream)).collect();
    let copy = life.answer(payer, request.received_on, payer.pay_day(day), lines);
    life.answers.push(copy);
}
