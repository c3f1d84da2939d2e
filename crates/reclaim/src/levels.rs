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
use store::Tx;
use store::contacts::Told;
use store::steps::Step;

use crate::clock;
use crate::practice::Office;

/// Entries that are looked through.
pub(crate) const LOOKED_THROUGH: i64 = 100_000;

/// What ends a wait without an answer, and what was taken back.
const ENDS: [&str; 7] = [
    "denial.upheld",
    "denial.overturned",
    "denial.rejected",
    "denial.withdrawn",
    "denial.settled",
    "denial.written_off",
    UNDONE,
];
/// Where a wait for an answer begins, and a colleague's answer.
const WAITS: [&str; 4] =
    ["denial.asked", "denial.answered", "denial.resubmitted", "denial.appealed"];
const OPENED: &str = "denial.opened";
const UNDONE: &str = "denial.undone";
/// What a rule did stands with it, at the same instant and under the same account.
const RULE: &str = "rule.acted";

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
    let begins = office.begins(since);
    let kinds = names(&[&TOUCHES, &ENDS, &[OPENED, RULE]]);
    let steps = tx.steps_since(&kinds, &begins, LOOKED_THROUGH).await?;
    let told = tx.steps_told_since(&names(&[&ENDS, &WAITS]), &begins, LOOKED_THROUGH).await?;
    let is_capped = steps.len().max(told.len()) as u64 >= LOOKED_THROUGH.unsigned_abs();
    let mut measured = Measured { is_capped, ..Measured::default() };
    let mut cases: HashMap<&str, Vec<&Step>> = HashMap::new();
    for step in &steps {
        cases.entry(&step.about).or_default().push(step);
    }
    for steps in cases.values() {
        first_touch(steps, office, &mut measured);
    }
    let today = office.moment().today;
    for events in events(told, &office.clinic.zone).values() {
        replies(events, today, &mut measured);
        payer_replies(events, today, &mut measured);
    }
    Ok(measured)
}

fn names(kinds: &[&[&str]]) -> Vec<String> {
    kinds.concat().into_iter().map(str::to_owned).collect()
}

/// An instant with its day.
fn when(at: &str, zone: &str) -> Option<(Timestamp, Date)> {
    let at: Timestamp = at.parse().ok()?;
    Some((at, clock::zone(zone).to_datetime(at).date()))
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

/// The first touch of a case that was opened in this time, where a level says how long it may take.
fn first_touch(steps: &[&Step], office: &Office, measured: &mut Measured) {
    let Some(at) = steps.iter().position(|one| one.kind == OPENED) else { return };
    let Some(role) = Role::from_name(&steps[at].fact) else { return };
    let step = ServiceStep::FirstTouch;
    let Some(level) = office.rules.owners.level(step, Some(role)) else { return };
    let zone = &office.clinic.zone;
    let Some(began) = when(&steps[at].at, zone) else { return };
    let now = (office.clock.now(), office.moment().today);
    let outcome = match end(&steps[at + 1..]) {
        Some(one) if is_touch(one) => {
            when(&one.at, zone).map_or(Outcome::Moot, |done| in_time(level, began, done))
        }
        // The payer changed its mind before anybody had looked.
        Some(_) => Outcome::Moot,
        None if level.is_met(began, now) => Outcome::Waits,
        None => Outcome::Missed,
    };
    measured.add(step, Some(role), outcome);
}

fn is_touch(step: &Step) -> bool {
    TOUCHES.contains(&step.kind.as_str())
}

/// What ended the wait for a first touch: one of a person that was not taken back, or what the
/// payer said before it. What a rule does is no touch.
fn end<'a>(steps: &[&'a Step]) -> Option<&'a Step> {
    let acted = steps.iter().filter(|one| one.kind == RULE);
    let acted: Vec<(&str, &str)> = acted.map(|one| (&*one.at, &*one.actor)).collect();
    let is_rules = |one: &&Step| acted.contains(&(&*one.at, &*one.actor));
    let mut end: Option<&Step> = None;
    for one in steps.iter().copied().filter(|one| !is_rules(one)) {
        if one.kind != UNDONE {
            end = end.or(Some(one));
        } else if one.fact == "untouched" {
            end = end.filter(|one| !is_touch(one));
        }
    }
    end
}

fn in_time(level: Within, began: (Timestamp, Date), done: (Timestamp, Date)) -> Outcome {
    if level.is_met(began, done) { Outcome::Met } else { Outcome::Missed }
}

/// The events of each case that stand: what was taken back is none, and what was blanked past its
/// time tells nothing any more.
fn events(told: Vec<Told>, zone: &str) -> HashMap<String, Vec<(Date, Event)>> {
    let mut cases: HashMap<String, Vec<(Date, Event)>> = HashMap::new();
    for (case, at, body) in told {
        let day = when(&at, zone).map(|(_, day)| day);
        let event = day.zip(serde_json::from_str::<Event>(&body).ok());
        cases.entry(case).or_default().extend(event);
    }
    cases.values_mut().for_each(drop_undone);
    cases
}

fn drop_undone(events: &mut Vec<(Date, Event)>) {
    let undone = events.iter().filter_map(|(_, event)| {
        let Change::Undone { undone, .. } = &event.change else { return None };
        Some(*undone)
    });
    let undone: HashSet<u32> = undone.collect();
    events.retain(|(_, event)| !undone.contains(&event.version));
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
