//! Whether steps were done within their service levels: first touches of new cases, answers of
//! colleagues, answers of payers. Counted from the journal.

use std::collections::{BTreeMap, HashMap, HashSet};

use denial::denial::{NextActionKind, Work};
use denial::levels::{ServiceStep, TOUCHES, Within};
use denial::lifecycle::event::Deed;
use denial::lifecycle::{Change, Event};
use denial::person::Role;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Deserialize;
use store::Tx;
use store::steps::Step;

use crate::clock;
use crate::practice::Office;

/// Entries that are looked through.
pub(crate) const LOOKED_THROUGH: i64 = 100_000;

/// What ends a wait without an answer, and where it begins.
const OTHERS: [&str; 9] = [
    "denial.opened",
    "denial.answered",
    "denial.upheld",
    "denial.overturned",
    "denial.rejected",
    "denial.withdrawn",
    "denial.settled",
    "denial.written_off",
    "denial.undone",
];

/// How often a step was done in time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Count {
    pub(crate) met: u64,
    pub(crate) missed: u64,
    /// Its time is not over yet.
    pub(crate) waits: u64,
}

/// What was measured.
#[derive(Debug, Default)]
pub(crate) struct Measured {
    pub(crate) counts: BTreeMap<(ServiceStep, Option<Role>), Count>,
    /// There is more than was looked through.
    pub(crate) is_capped: bool,
}

/// An entry with its day.
struct Told {
    kind: String,
    at: Timestamp,
    on: Date,
    body: String,
}

/// How one step ended.
enum Outcome {
    Met,
    Missed,
    Waits,
    /// Nobody waits for it any more.
    Moot,
}

/// Measures what began since a day.
///
/// # Errors
/// The database.
pub(crate) async fn measured(
    tx: &mut Tx,
    office: &Office,
    since: Date,
) -> Result<Measured, store::Error> {
    let kinds: Vec<String> = TOUCHES.iter().chain(&OTHERS).map(|kind| (*kind).to_owned()).collect();
    let found = tx.steps_since(&kinds, &office.begins(since), LOOKED_THROUGH).await?;
    let is_capped = found.len() as u64 >= LOOKED_THROUGH.unsigned_abs();
    let mut cases: HashMap<String, Vec<Told>> = HashMap::new();
    for step in found {
        let about = step.about.clone();
        cases.entry(about).or_default().extend(told(step, &office.clinic.zone));
    }
    let now = (office.clock.now(), office.moment().today);
    let mut measured = Measured { is_capped, ..Measured::default() };
    for told in cases.values() {
        first_touch(told, now, office, &mut measured);
        let events = events(told);
        replies(&events, now.1, &mut measured);
        payer_replies(&events, now.1, &mut measured);
    }
    Ok(measured)
}

fn told(step: Step, zone: &str) -> Option<Told> {
    let at: Timestamp = step.at.parse().ok()?;
    let on = clock::zone(zone).to_datetime(at).date();
    Some(Told { kind: step.kind, at, on, body: step.body })
}

impl Measured {
    fn add(&mut self, step: ServiceStep, role: Option<Role>, outcome: Outcome) {
        let count = self.counts.entry((step, role)).or_default();
        match outcome {
            Outcome::Met => count.met += 1,
            Outcome::Missed => count.missed += 1,
            Outcome::Waits => count.waits += 1,
            Outcome::Moot => {}
        }
    }
}

/// Of an opening no more than who owns the case.
#[derive(Deserialize)]
struct Opening {
    change: Opened,
}

#[derive(Deserialize)]
struct Opened {
    denial: Owned,
}

#[derive(Deserialize)]
struct Owned {
    work: Work,
}

/// The first touch of a case that was opened in this time, where a level says how long it may take.
fn first_touch(told: &[Told], now: (Timestamp, Date), office: &Office, measured: &mut Measured) {
    let Some(at) = told.iter().position(|one| one.kind == "denial.opened") else { return };
    let opened = &told[at];
    let Ok(opening) = serde_json::from_str::<Opening>(&opened.body) else { return };
    let Work::Open { owner, .. } = opening.change.denial.work else { return };
    let step = ServiceStep::FirstTouch;
    let Some(level) = office.rules.owners.level(step, Some(owner.role)) else { return };
    let next = told[at + 1..].iter().find(|one| one.kind != "denial.undone");
    let began = (opened.at, opened.on);
    let outcome = match next {
        Some(one) if TOUCHES.contains(&one.kind.as_str()) => {
            in_time(level, began, (one.at, one.on))
        }
        // The payer changed its mind before anybody had looked.
        Some(_) => Outcome::Moot,
        None if level.is_met(began, now) => Outcome::Waits,
        None => Outcome::Missed,
    };
    measured.add(step, Some(owner.role), outcome);
}

fn in_time(level: Within, began: (Timestamp, Date), done: (Timestamp, Date)) -> Outcome {
    if level.is_met(began, done) { Outcome::Met } else { Outcome::Missed }
}

/// The events that stand: what was taken back is none.
fn events(told: &[Told]) -> Vec<(Date, Event)> {
    let waits = |kind: &str| {
        let touch = ["denial.asked", "denial.resubmitted", "denial.appealed"].contains(&kind);
        touch || (OTHERS.contains(&kind) && kind != "denial.opened")
    };
    let told = told.iter().filter(|one| waits(&one.kind));
    let read = |one: &Told| Some((one.on, serde_json::from_str::<Event>(&one.body).ok()?));
    let mut events: Vec<(Date, Event)> = told.filter_map(read).collect();
    let undone: HashSet<u32> = events
        .iter()
        .filter_map(|(_, event)| {
            let Change::Undone { undone, .. } = &event.change else { return None };
            Some(*undone)
        })
        .collect();
    events.retain(|(_, event)| !undone.contains(&event.version));
    events
}

/// Answers of colleagues, by the day that was wanted.
fn replies(events: &[(Date, Event)], today: Date, measured: &mut Measured) {
    for (at, (_, event)) in events.iter().enumerate() {
        let Change::Asked { question } = &event.change else { continue };
        let rest = &events[at + 1..];
        let answered = rest.iter().find_map(|(on, event)| {
            let Change::Answered { question: number, .. } = &event.change else { return None };
            (*number == question.number).then_some(*on)
        });
        let is_over =
            rest.iter().any(|(_, event)| event.statuses().is_some_and(|(_, to)| to.is_closed()));
        let outcome = match answered {
            Some(on) if on <= question.due => Outcome::Met,
            Some(_) => Outcome::Missed,
            None if is_over => Outcome::Moot,
            None if question.due < today => Outcome::Missed,
            None => Outcome::Waits,
        };
        measured.add(ServiceStep::Reply, Some(question.to), outcome);
    }
}

/// Answers of payers to what was sent, by the day on which one was expected then.
fn payer_replies(events: &[(Date, Event)], today: Date, measured: &mut Measured) {
    for (at, (_, event)) in events.iter().enumerate() {
        let Change::Moved { work: Work::Open { next, .. }, deed, .. } = &event.change else {
            continue;
        };
        let is_sent = matches!(deed, Deed::Resubmitted { .. } | Deed::Appealed { .. });
        if !is_sent || next.kind != NextActionKind::AwaitPayer {
            continue;
        }
        let mut rest = events[at + 1..].iter();
        let moved = rest.find_map(|(on, event)| {
            let Change::Moved { deed, .. } = &event.change else { return None };
            Some((*on, deed))
        });
        let outcome = match moved {
            Some((_, Deed::Upheld { on, .. } | Deed::Overturned { on, .. })) if *on <= next.on => {
                Outcome::Met
            }
            Some((_, Deed::Upheld { .. } | Deed::Overturned { .. })) => Outcome::Missed,
            Some(_) => Outcome::Moot,
            None if next.on < today => Outcome::Missed,
            None => Outcome::Waits,
        };
        measured.add(ServiceStep::PayerReply, None, outcome);
    }
}
