//! One act on many cases: what it would come to, done some at a time, and taken back as one.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use denial::certain::Doubt;
use denial::denial::{Denial, NextAction, NextActionKind};
use denial::ids::{BatchId, PersonId};
use denial::lifecycle::undo::UNDO;
use denial::lifecycle::{Act, Action, Change, Event, Refused};
use denial::money::Money;
use denial::person::Moment;
use denial::posting::Entry;
use store::batches::{Batch, LastBatch};
use store::journal::Happened;
use store::{Tx, instant};

use crate::act::{self, Failed};
use crate::practice::Office;
use crate::{posting, rank, resent, settle, ways, wording};

/// Cases in one transaction: the longest that anybody waits for it.
const PART: usize = 50;

/// What is to be done with each case.
#[derive(Clone, Debug)]
pub(crate) enum Deed {
    /// The same.
    Same(Box<Action>),
    /// The way that the case calls recommended, by its usual day.
    Playbook,
    /// What is certain of its payment is posted.
    Certain,
}

/// What a posting of many says of itself.
const POSTED: &str = "confirmed with others: matched, balanced, and every cent is explained";

/// What is read of some cases beside themselves, by their ids.
#[derive(Default)]
struct Read {
    /// What is certain of their payments, or why it is not.
    entries: HashMap<String, Result<Vec<Entry>, Doubt>>,
    /// What their recommended ways plan, or why none does.
    plans: HashMap<String, Result<NextAction, Why>>,
}

/// Why a case is left out.
#[derive(Clone)]
enum Why {
    /// Nothing is recommended for it, or what is stands planned.
    NoWay(String),
    Refused(Refused),
    Doubt(Doubt),
    /// What payers said of the claim with this number cannot be read.
    Unread(String),
    /// Its own row, with this id, cannot be read.
    Unreadable(String),
}

impl Why {
    fn of(case: &Denial, doubt: Doubt) -> Why {
        match doubt {
            Doubt::Unreadable => Why::Unread(case.number.to_string()),
            Doubt::NotWon
            | Doubt::Unbalanced
            | Doubt::Begun
            | Doubt::SetAside
            | Doubt::Unmatched
            | Doubt::NoLine
            | Doubt::OtherReason
            | Doubt::Unexplained => Why::Doubt(doubt),
        }
    }
}

/// The cases of some ids, and the ids of those that cannot be read, which are logged.
pub(crate) async fn readable(
    tx: &mut Tx,
    part: &[String],
) -> Result<(Vec<Denial>, Vec<String>), store::Error> {
    let (cases, unreadable) = tx.readable_among(part).await?;
    for (id, fault) in &unreadable {
        tracing::error!("case {id} is left out: {fault}");
    }
    Ok((cases, unreadable.into_iter().map(|(id, _)| id).collect()))
}

impl Deed {
    /// The name under which it is kept.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Deed::Same(action) => action.act().as_str(),
            Deed::Playbook => "playbook",
            Deed::Certain => Act::Post.as_str(),
        }
    }

    /// What it needs of some cases beside themselves, read at once.
    async fn read(&self, tx: &mut Tx, office: &Office, cases: &[Denial]) -> anyhow::Result<Read> {
        let mut read = Read::default();
        match self {
            Deed::Certain => {
                read.entries = posting::entries_among(tx, office, cases, POSTED).await?;
            }
            Deed::Playbook => {
                let mut plans = ways::recommended_among(tx, office, cases).await?;
                for case in cases {
                    let plan = match plans.remove(case.id.as_str()) {
                        None => continue,
                        Some(Ok(plan)) => plan.map_err(Why::NoWay),
                        Some(Err(fault)) => {
                            tracing::error!("the way of case {} is not known: {fault}", case.id);
                            Err(Why::Unread(case.number.to_string()))
                        }
                    };
                    read.plans.insert(case.id.to_string(), plan);
                }
            }
            Deed::Same(_) => {}
        }
        Ok(read)
    }

    /// The act for one case, or why somebody has to look at it first.
    fn of(&self, case: &Denial, read: &Read) -> Result<Action, Why> {
        match self {
            Deed::Same(action) => Ok(action.as_ref().clone()),
            Deed::Playbook => {
                let plan = read.plans.get(case.id.as_str()).cloned();
                let none = || Err(Why::NoWay("no way is recommended".to_owned()));
                let next = plan.unwrap_or_else(none)?;
                if case.chosen.next && case.next() == Some(&next) {
                    let what = next.kind.as_str().replace('_', " ");
                    return Err(Why::NoWay(format!("its way, {what}, is planned already")));
                }
                Ok(Action::Plan { next: next.kind, on: next.on })
            }
            Deed::Certain => {
                let entries = read.entries.get(case.id.as_str()).cloned();
                let entries = entries.unwrap_or(Err(Doubt::NotWon));
                let entries = entries.map_err(|doubt| Why::of(case, doubt))?;
                Ok(Action::Post { entries })
            }
        }
    }
}

/// What an act comes to, or came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) cases: usize,
    /// Outstanding on these cases.
    pub(crate) money: Money,
    /// Why others are left out, in words, and how many.
    pub(crate) skipped: BTreeMap<String, usize>,
    /// One of them: what a form is filled from.
    pub(crate) first: Option<Denial>,
    /// What some of them may have planned as their next action.
    pub(crate) plans: BTreeSet<NextActionKind>,
    /// What the recommended ways of so many planned.
    pub(crate) planned: BTreeMap<NextActionKind, usize>,
}

impl Tally {
    /// Takes a case in, with what is outstanding on it.
    pub(crate) fn take(&mut self, case: &Denial) {
        self.count(case, None);
    }

    /// What is outstanding on it counts; where money is posted, what its payer pays.
    fn count(&mut self, case: &Denial, deed: Option<&Deed>) {
        self.cases += 1;
        self.money += match deed {
            Some(Deed::Certain) => case.paid_after_all().unwrap_or_default(),
            Some(Deed::Same(action)) if action.act() == Act::Approve => {
                case.proposal.as_ref().map(|one| one.amount).unwrap_or_default()
            }
            Some(Deed::Same(_) | Deed::Playbook) | None => case.balance.outstanding(),
        };
        self.plans.extend(case.plans());
        if self.first.is_none() {
            self.first = Some(case.clone());
        }
    }

    /// Counts what a recommended way planned.
    fn plan(&mut self, after: &Denial, deed: &Deed) {
        if let (Deed::Playbook, Some(next)) = (deed, after.next()) {
            *self.planned.entry(next.kind).or_default() += 1;
        }
    }

    fn skip(&mut self, why: &Why) {
        let text = match why {
            Why::NoWay(text) => text.clone(),
            // Whoever has taken a case is another one for each; here it matters that somebody has.
            Why::Refused(Refused::TakenBy(_)) => "somebody else works on it".to_owned(),
            Why::Refused(why) => why.to_string(),
            Why::Doubt(doubt) => doubt.in_words().to_owned(),
            // Somebody has to go there.
            Why::Unread(number) => format!("claim {number}: {}", Doubt::Unreadable.in_words()),
            Why::Unreadable(id) => format!("case {id} cannot be read: run `reclaim verify`"),
        };
        *self.skipped.entry(text).or_default() += 1;
    }

    /// How many are left out.
    pub(crate) fn left_out(&self) -> usize {
        self.skipped.values().sum()
    }
}

/// What an act would come to. Without its fields: for which cases it is offered at all.
///
/// # Errors
/// The database.
pub(crate) async fn preview(
    office: &Office,
    ids: &[String],
    act: Act,
    deed: Option<&Deed>,
) -> anyhow::Result<Tally> {
    let moment = office.moment();
    let mut tally = Tally::default();
    for part in ids.chunks(PART) {
        let mut tx = office.read().await?;
        let (cases, unreadable) = readable(&mut tx, part).await?;
        unreadable.into_iter().for_each(|id| tally.skip(&Why::Unreadable(id)));
        let read = match deed {
            Some(deed) => deed.read(&mut tx, office, &cases).await?,
            None => Read::default(),
        };
        for case in cases {
            let refused = case.admit(act, &moment, &office.rules).err();
            let refused = refused.or_else(|| unasked(act, &case, &moment));
            let refused = refused.map(Why::Refused);
            let unfit = |deed| unfit(office, &case, deed, &read);
            let refused = refused.or_else(|| deed.and_then(unfit));
            match refused {
                Some(why) => tally.skip(&why),
                None => tally.count(&case, deed),
            }
        }
    }
    Ok(tally)
}

/// Why somebody is not asked for a word on a write-off: none waits, or it is their own.
pub(crate) fn unasked(act: Act, case: &Denial, at: &Moment) -> Option<Refused> {
    if !matches!(act, Act::Approve | Act::Decline) {
        return None;
    }
    match case.proposal.as_ref().filter(|one| one.approved_by.is_none()) {
        None => Some(Refused::NoProposal),
        Some(one) => (one.by == at.who.person).then_some(Refused::SamePerson),
    }
}

/// Why an act would not be done on a case, if it would not.
fn unfit(office: &Office, case: &Denial, deed: &Deed, read: &Read) -> Option<Why> {
    match deed.of(case, read) {
        Ok(action) => case.decide(&action, &office.moment(), &office.rules).err().map(Why::Refused),
        Err(why) => Some(why),
    }
}

/// What came of an act on many cases.
pub(crate) struct Came {
    /// What takes it back.
    pub(crate) batch: String,
    pub(crate) tally: Tally,
    /// Why it stopped before its end: what was done before stays done.
    pub(crate) stopped: Option<anyhow::Error>,
}

/// Does an act on each case that allows it.
///
/// # Errors
/// The database, before anything was done.
pub(crate) async fn act_on_all(
    office: &Office,
    ids: &[String],
    deed: &Deed,
) -> anyhow::Result<Came> {
    let batch = BatchId::from_bits(act::draw()).as_str().to_owned();
    let moment = office.moment();
    let mut tx = office.write().await?;
    tx.begin_batch(&Batch {
        batch: batch.clone(),
        act: deed.name().to_owned(),
        person: moment.who.person.as_str().to_owned(),
        done_at: instant(moment.now),
        undone_at: None,
    })
    .await?;
    tx.commit().await?;
    let (mut tally, mut stopped) = (Tally::default(), None);
    for part in ids.chunks(PART) {
        match act_on_part(office, &moment, part, deed, &batch).await {
            Ok((done, refused)) => {
                for (case, after) in &done {
                    tally.count(case, Some(deed));
                    tally.plan(after, deed);
                }
                for (id, why) in refused {
                    tally.skip(&why);
                    if let Why::Refused(why) = why {
                        act::note_refusal(office, &id, deed.name(), &why).await;
                    }
                }
            }
            Err(fault) => {
                stopped = Some(fault);
                break;
            }
        }
    }
    Ok(Came { batch, tally, stopped })
}

/// One transaction of it: the cases that it was done with, before and after, and those that did not
/// allow it.
async fn act_on_part(
    office: &Office,
    moment: &Moment,
    part: &[String],
    deed: &Deed,
    batch: &str,
) -> anyhow::Result<(Vec<(Denial, Denial)>, Vec<(String, Why)>)> {
    let mut done = Vec::new();
    let mut tx = office.write().await?;
    let (cases, unreadable) = readable(&mut tx, part).await?;
    let mut refused: Vec<(String, Why)> =
        unreadable.into_iter().map(|id| (id.clone(), Why::Unreadable(id))).collect();
    let read = deed.read(&mut tx, office, &cases).await?;
    for case in cases {
        let action = match deed.of(&case, &read) {
            Ok(action) => action,
            Err(why) => {
                refused.push((case.id.to_string(), why));
                continue;
            }
        };
        if let Some(why) = unasked(action.act(), &case, moment) {
            refused.push((case.id.to_string(), Why::Refused(why)));
            continue;
        }
        match act::do_in(&mut tx, office, moment, &case, &action).await {
            Ok(after) => {
                tx.add_to_batch(batch, case.id.as_str(), after.version).await?;
                done.push((case, after));
            }
            Err(Failed::Refused(why)) => {
                refused.push((case.id.to_string(), Why::Refused(why)));
            }
            Err(other) => return Err(other.into()),
        }
    }
    tx.commit().await?;
    Ok((done, refused))
}

/// What somebody did last with many cases and can still take back.
///
/// # Errors
/// The database.
pub(crate) async fn last_of(
    tx: &mut Tx,
    office: &Office,
) -> Result<Option<LastBatch>, store::Error> {
    let moment = office.moment();
    let since = moment.now.saturating_sub(UNDO).map_or_else(|_| String::new(), instant);
    tx.last_batch(moment.who.person.as_str(), &since).await
}

/// Takes a batch back, case by case: what came after it, on a case, stays.
///
/// # Errors
/// The database, and a batch that is not there.
pub(crate) async fn undo(office: &Office, batch: &str) -> anyhow::Result<Tally> {
    let moment = office.moment();
    let mut tx = office.read().await?;
    let done = tx.batch(batch).await?;
    drop(tx);
    let mut tally = Tally::default();
    let mut after = String::new();
    let limit = i64::try_from(PART).unwrap_or(i64::MAX);
    loop {
        let mut tx = office.write().await?;
        let part = tx.batch_cases(batch, &after, limit).await?;
        let Some((last, _)) = part.last() else { break };
        last.clone_into(&mut after);
        for (id, version) in &part {
            let version = u32::try_from(*version).unwrap_or(u32::MAX);
            match undo_one(&mut tx, office, &moment, id, version).await {
                Ok(case) => tally.count(&case, None),
                Err(Failed::Refused(why)) => tally.skip(&Why::Refused(why)),
                Err(other) => return Err(other.into()),
            }
        }
        tx.commit().await?;
    }
    if tally.cases > 0 {
        let mut tx = office.write().await?;
        tx.end_batch(&done.batch, &instant(moment.now)).await?;
        tx.commit().await?;
    }
    Ok(tally)
}

/// Takes back what led a case to a version.
///
/// # Errors
/// [`Failed`].
pub(crate) async fn undo_one(
    tx: &mut Tx,
    office: &Office,
    moment: &Moment,
    id: &str,
    version: u32,
) -> Result<Denial, Failed> {
    let case = tx.case(id).await?;
    let told = tx.timeline(id).await?;
    let undone = undoing(&case, &told, version, moment)?;
    let after = undone.iter().fold(case.clone(), Denial::apply);
    let history = office.histories.of(tx, moment.today).await?;
    let again = resent::next_of(tx, office, &after).await?;
    let ranked = rank::rank(&after, again, moment.today, (&office.rules, &history));
    let entries = settle::entries(&after, &undone);
    tx.save_case(&after, case.version, &ranked, entries, moment).await?;
    // What was written and taken back is not found any more.
    tx.forget_notes(id).await?;
    tx.add_words(&wording::notes(&after, &standing(events(&told), version))).await?;
    Ok(after)
}

/// The events that take back what led a case to a version; `told` is its whole timeline.
///
/// # Errors
/// [`Failed::Refused`] says why it stays.
pub(crate) fn undoing(
    case: &Denial,
    told: &[Happened],
    version: u32,
    moment: &Moment,
) -> Result<Vec<Event>, Failed> {
    let events = events(told);
    // What stands beside the events, such as an emergency, is nobody's act on the case.
    let last = told.iter().rev().find(|one| one.kind.starts_with("denial."));
    let last = last.ok_or(Failed::Missing)?;
    let by = PersonId::parse(&last.actor).map_err(|_| Failed::Missing)?;
    let at = last.at.parse().map_err(|_| Failed::Missing)?;
    Ok(case.undo(&events, version, (&by, at), moment)?)
}

/// The events of a timeline.
fn events(told: &[Happened]) -> Vec<Event> {
    told.iter().filter_map(|one| serde_json::from_str(&one.body).ok()).collect()
}

/// The events that stand once a version is taken back too.
fn standing(events: Vec<Event>, version: u32) -> Vec<Event> {
    let mut gone = vec![version];
    for event in &events {
        if let Change::Undone { undone, .. } = &event.change {
            gone.push(*undone);
        }
    }
    events.into_iter().filter(|event| !gone.contains(&event.version)).collect()
}
