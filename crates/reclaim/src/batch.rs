//! One change on many claims: begun, looked at part by part, sent as a file for each payer. What is
//! stopped or cut short goes on where it stood, and nothing leaves twice.

pub(crate) mod command;
mod finding;
mod looking;
pub(crate) mod sending;
pub(crate) mod sight;

use std::collections::{HashMap, HashSet};
use std::fs::File;

use anyhow::Context;
use denial::correction::{Change, Edit, Wish};
use denial::ids::{CorrectionBatchId, PersonId};
use denial::person::{Actor, Role, supervises};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::correction_batches::{CorrectionBatch, CorrectionCount, CorrectionItem};
use store::journal::Entry;
use store::{Tx, instant};
use tokio::sync::watch;

use crate::act;
use crate::correcting;
use crate::practice::Office;

/// The sweep's name.
pub(crate) const SWEEP: &str = "batches";
/// Claims of one batch.
pub(crate) const MOST: usize = 10_000;
/// Claims in one transaction: the longest that anybody waits for it.
const PART: usize = 100;

/// What looking at one claim came to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Looked {
    /// The version that it is a copy of: its file and its place there.
    pub(crate) file: String,
    pub(crate) n: i64,
    /// Our number of the claim there (CLM01).
    #[serde(default)]
    pub(crate) number: String,
    /// What is typed on it.
    pub(crate) edit: Option<Edit>,
    pub(crate) changes: Vec<Told>,
    /// Fields and what was expected.
    pub(crate) faults: Vec<(String, String)>,
}

/// One field that changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Told {
    pub(crate) field: String,
    pub(crate) before: String,
    pub(crate) after: String,
    pub(crate) is_code: bool,
}

impl Told {
    fn of(change: &Change) -> Told {
        Told {
            field: change.field.to_string(),
            before: change.before.reveal().clone(),
            after: change.after.reveal().clone(),
            is_code: change.is_code(),
        }
    }
}

impl Looked {
    /// What an item keeps.
    pub(crate) fn of(item: &CorrectionItem) -> Looked {
        serde_json::from_str(&item.body).unwrap_or_default()
    }

    fn kept(&self) -> String {
        serde_json::to_string(self).expect("what was looked at is JSON")
    }
}

/// What is wished for on each claim of a batch.
///
/// # Errors
/// What is kept cannot be read.
pub(crate) fn wish(batch: &CorrectionBatch) -> anyhow::Result<Wish> {
    serde_json::from_str(&batch.wish).context("a kept wish is JSON")
}

/// How many claims of a batch stand in a state.
pub(crate) fn count(counts: &[CorrectionCount], state: &str) -> i64 {
    counts.iter().filter(|one| one.state == state).map(|one| one.claims).sum()
}

/// Claim numbers with their own values: `A1001` or `A1001,AUTH77`.
pub(crate) fn lines(text: &str) -> Vec<(String, String)> {
    numbered(text).map(|(_, one)| one).collect()
}

/// The same, each with the number of its line, from 1.
fn numbered(text: &str) -> impl Iterator<Item = (usize, (String, String))> {
    let one = |line: &str| {
        let line = line.trim();
        let split = line.split_once([',', ';', '\t']).or_else(|| line.split_once(' '));
        let (number, own) = split.unwrap_or((line, ""));
        (number.trim().to_owned(), own.trim().to_owned())
    };
    // Spreadsheets put a mark before the first line.
    let text = text.trim_start_matches('\u{feff}');
    let all = (1..).zip(text.lines().map(one));
    all.filter(|(_, (number, _))| !number.is_empty())
}

/// Begins a batch of some cases, each with its own value where it has one; those that who acts may
/// not see are left out. Nothing changes on a case yet.
///
/// # Errors
/// The database; no case is left.
pub(crate) async fn begin(
    office: &Office,
    wish: &Wish,
    cases: &[(String, String)],
) -> anyhow::Result<String> {
    let items = items(office, cases).await?;
    anyhow::ensure!(!items.is_empty(), "none of these cases is yours to correct");
    let moment = office.moment();
    let batch = CorrectionBatchId::from_bits(act::draw()).to_string();
    let one = CorrectionBatch {
        batch: batch.clone(),
        state: "preparing".to_owned(),
        wish: serde_json::to_string(wish).context("a wish is JSON")?,
        made_at: instant(moment.now),
        made_by: moment.who.person.to_string(),
        made_role: moment.who.role.as_str().to_owned(),
        ..CorrectionBatch::default()
    };
    let facts = json!({ "cases": items.len(), "change": wish.what.as_str() });
    let entry = Entry::new(&batch, "correction.batch_begun", &facts);
    let mut tx = office.write().await?;
    tx.begin_correction_batch(&one, items, entry, &moment).await?;
    tx.commit().await?;
    Ok(batch)
}

async fn items(office: &Office, cases: &[(String, String)]) -> anyhow::Result<Vec<CorrectionItem>> {
    let (mut items, mut named) = (Vec::new(), HashSet::new());
    for part in cases.chunks(PART) {
        let ids: Vec<String> = part.iter().map(|(id, _)| id.clone()).collect();
        let found = office.read().await?.cases_among(&ids).await?;
        let fits = |id: &str| found.iter().find(|case| case.id.as_str() == id);
        for (id, own) in part {
            let Some(case) = fits(id).filter(|case| office.sees(case)) else { continue };
            if !named.insert(id.clone()) {
                continue;
            }
            items.push(CorrectionItem {
                n: i64::try_from(items.len()).context("too many cases")?,
                denial: id.clone(),
                number: case.number.to_string(),
                payer: case.payer.to_string(),
                payer_name: case.payer_name.name.to_string(),
                outstanding: case.balance.outstanding().cents(),
                own: own.trim().to_owned(),
                state: "waiting".to_owned(),
                coded: "no".to_owned(),
                why: String::new(),
                body: Looked::default().kept(),
                outgoing: None,
            });
        }
    }
    Ok(items)
}

/// Looks at and sends what waits for it, until nothing does. One process does so at a time; another
/// finds nothing to do.
///
/// # Errors
/// The database. What cannot go on is stopped, and says why.
pub(crate) async fn sweep(office: &Office) -> anyhow::Result<()> {
    let (_never, stop) = watch::channel(false);
    sweep_until(office, &stop).await
}

/// The same until the program is told to stop: the part in hand is finished, and the next start
/// goes on with the others.
pub(crate) async fn sweep_until(
    office: &Office,
    stop: &watch::Receiver<bool>,
) -> anyhow::Result<()> {
    if office.read().await?.running_correction_batch().await?.is_none() {
        return Ok(());
    }
    let lock = format!("{SWEEP}-{}.lock", office.practice());
    let lock = File::create(office.folder.join(lock)).context("cannot lock the batches")?;
    if lock.try_lock().is_err() {
        return Ok(());
    }
    let office = office.afresh().await?;
    while !*stop.borrow() {
        let running = office.read().await?.running_correction_batch().await?;
        let Some(batch) = running else { break };
        let done = if batch.state == "preparing" {
            looking::run(&office, &batch, stop).await
        } else {
            sending::run(&office, &batch, stop).await
        };
        if let Err(fault) = done {
            stuck(&office, &batch, &fault).await?;
        }
    }
    Ok(())
}

/// Stops one that cannot go on, so that no other waits for it.
async fn stuck(
    office: &Office,
    batch: &CorrectionBatch,
    fault: &anyhow::Error,
) -> anyhow::Result<()> {
    tracing::error!("{} cannot go on: {fault:#}", batch.batch);
    let to = if batch.state == "preparing" { "stopped" } else { "ready" };
    let why = format!("{fault:#}");
    let facts = json!({ "why": why });
    let after = |now| CorrectionBatch { state: to.to_owned(), why, ..now };
    moved(office, batch, after, "correction.batch_stuck", &facts).await?;
    Ok(())
}

/// Moves a batch on with its entry, from how it is now, where its state is still the one read.
async fn moved(
    office: &Office,
    read: &CorrectionBatch,
    after: impl FnOnce(CorrectionBatch) -> CorrectionBatch,
    kind: &str,
    facts: &Value,
) -> Result<(), store::Error> {
    let mut tx = office.write().await?;
    let Some(now) = tx.correction_batch(&read.batch).await? else { return Ok(()) };
    if tx.save_correction_batch(&after(now), &read.state).await? {
        tx.append(vec![Entry::new(&read.batch, kind, facts)], &office.moment()).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// The practice as somebody acts in it.
pub(crate) fn as_whom(office: &Office, person: &str, role: &str) -> anyhow::Result<Office> {
    let role = Role::from_name(role).context("a kept role is one")?;
    let who = Actor { person: PersonId::parse(person)?, role };
    Ok(Office { who, ..office.clone() })
}

/// What somebody does with a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// It goes no further now.
    Stop,
    /// It goes on where it stood.
    GoOn,
    /// Nothing of it leaves.
    Drop,
    /// A coder is asked to agree.
    Ask,
    /// A coder agrees to the codes as they are shown.
    Approve,
    /// A coder does not agree, for this reason.
    Decline(String),
    /// It leaves.
    Send,
    /// These claims, by their places, stay.
    LeaveOut(Vec<i64>),
}

/// Why a step was not done.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotDone {
    #[error("there is no such batch")]
    Missing,
    #[error("it is somebody else's batch: they or a supervisor go on with it")]
    NotYours,
    #[error("it changed meanwhile, or is past that: look at it as it is now")]
    Past,
    #[error("no claim of it can go")]
    Empty,
    #[error("a coder approves codes; ask one")]
    NoCoder,
    #[error("a coder has to approve its codes before it leaves")]
    Unapproved,
    #[error("{0}")]
    Store(#[from] store::Error),
}

/// True where somebody may look at a batch: theirs, what they lead, codes that they were asked of.
pub(crate) fn may_look(office: &Office, batch: &CorrectionBatch) -> bool {
    let role = office.who.role;
    let is_asked = correcting::is_coder(role) && batch.asked_at.is_some();
    is_own(office, batch) || is_asked
}

/// True where somebody may stop it, go on with it and send it.
pub(crate) fn is_own(office: &Office, batch: &CorrectionBatch) -> bool {
    supervises(office.who.role) || batch.made_by == office.who.person.as_str()
}

/// True where the word of whoever looks at its codes is waited for.
pub(crate) fn may_approve(office: &Office, batch: &CorrectionBatch) -> bool {
    correcting::is_coder(office.who.role) && waits_for_word(batch)
}

/// True where it leaves after a coder's approval alone.
pub(crate) fn needs_word(batch: &CorrectionBatch, counts: &[CorrectionCount]) -> bool {
    let is_coded = counts.iter().any(|one| one.state == "ready" && one.coded > 0);
    is_coded && batch.approved_by.is_none()
}

fn waits_for_word(batch: &CorrectionBatch) -> bool {
    batch.state == "ready" && batch.asked_at.is_some() && batch.approved_by.is_none()
}

/// The batch for which somebody reads a case that is not theirs: their word on what changes in its
/// codes is waited for.
///
/// # Errors
/// The database.
pub(crate) async fn to_approve(
    tx: &mut Tx,
    office: &Office,
    case: &str,
) -> Result<Option<String>, store::Error> {
    if !correcting::is_coder(office.who.role) {
        return Ok(None);
    }
    tx.correction_to_approve(case).await
}

/// Does a step.
///
/// # Errors
/// [`NotDone`]; nothing has changed then.
pub(crate) async fn turn(office: &Office, id: &str, step: &Step) -> Result<(), NotDone> {
    // Read and saved in one turn: what somebody else does beside it is not written over.
    let mut tx = office.write().await?;
    let before = tx.correction_batch(id).await?.ok_or(NotDone::Missing)?;
    let may = match step {
        Step::Approve | Step::Decline(_) => may_look,
        Step::Stop | Step::GoOn | Step::Drop | Step::Ask | Step::Send | Step::LeaveOut(_) => is_own,
    };
    if !may(office, &before) {
        return Err(NotDone::NotYours);
    }
    if let Step::LeaveOut(places) = step {
        return leave_out(office, tx, &before, places).await;
    }
    let counts = tx.count_corrections(&[id.to_owned()]).await?;
    if *step == Step::Send && before.state == "ready" && count(&counts, "ready") == 0 {
        return Err(NotDone::Empty);
    }
    let needs_word = needs_word(&before, &counts);
    let (after, kind) = stepped(office, &before, step, needs_word)?;
    if !tx.save_correction_batch(&after, &before.state).await? {
        return Err(NotDone::Past);
    }
    let mut entries = vec![Entry::new(id, kind, &json!({}))];
    if let Step::Decline(why) = step {
        entries = declined(&mut tx, id, why).await?;
    }
    tx.append(entries, &office.moment()).await?;
    tx.commit().await?;
    Ok(())
}

/// That a coder does not agree is told on the batch and on each case whose codes it is about.
async fn declined(tx: &mut Tx, id: &str, why: &str) -> Result<Vec<Entry>, store::Error> {
    let cases = tx.coded_cases(id).await?;
    let facts = json!({ "batch": id, "why": why });
    let on_case = |case: &String| Entry::new(case, "correction.declined", &facts);
    let about = json!({ "cases": cases.len(), "why": why });
    let on_batch = Entry::new(id, "correction.batch_declined", &about);
    Ok(std::iter::once(on_batch).chain(cases.iter().map(on_case)).collect())
}

/// How a batch stands after a step, and what is on record of it.
fn stepped(
    office: &Office,
    before: &CorrectionBatch,
    step: &Step,
    needs_word: bool,
) -> Result<(CorrectionBatch, &'static str), NotDone> {
    let moment = office.moment();
    let is_coder = correcting::is_coder(office.who.role);
    let me = Some(moment.who.person.to_string());
    let now = Some(instant(moment.now));
    let mut after = CorrectionBatch { why: String::new(), ..before.clone() };
    let approve = |one: &mut CorrectionBatch| {
        (one.approved_at, one.approved_by) = (now.clone(), me.clone());
        (one.declined_at, one.declined_by, one.declined_why) = (None, None, None);
    };
    let (to, kind) = match (step, before.state.as_str()) {
        (Step::Stop, "preparing") => ("stopped", "correction.batch_stopped"),
        (Step::Stop, "sending") => ("ready", "correction.batch_stopped"),
        (Step::GoOn, "stopped") => ("preparing", "correction.batch_went_on"),
        (Step::Drop, "stopped" | "ready") => ("dropped", "correction.batch_dropped"),
        (Step::Ask, "ready") => {
            (after.asked_at, after.asked_by) = (now.clone(), me.clone());
            (after.declined_at, after.declined_by, after.declined_why) = (None, None, None);
            ("ready", "correction.batch_asked")
        }
        (Step::Approve | Step::Decline(_), "ready") if !is_coder => return Err(NotDone::NoCoder),
        (Step::Approve, "ready") => {
            approve(&mut after);
            ("ready", "correction.batch_approved")
        }
        (Step::Decline(why), "ready") if waits_for_word(before) => {
            // It waits for no coder until somebody asks again.
            after.asked_at = None;
            (after.declined_at, after.declined_by) = (now, me);
            after.declined_why = Some(why.clone());
            ("ready", "correction.batch_declined")
        }
        (Step::Send, "ready") => {
            if needs_word {
                if !is_coder {
                    return Err(NotDone::Unapproved);
                }
                approve(&mut after);
            }
            after.sent_by = me;
            after.sent_role = Some(moment.who.role.as_str().to_owned());
            ("sending", "correction.batch_sending")
        }
        (
            Step::Stop
            | Step::GoOn
            | Step::Drop
            | Step::Ask
            | Step::Approve
            | Step::Decline(_)
            | Step::Send
            | Step::LeaveOut(_),
            _,
        ) => return Err(NotDone::Past),
    };
    to.clone_into(&mut after.state);
    Ok((after, kind))
}

/// Sets claims aside that somebody does not want to go.
async fn leave_out(
    office: &Office,
    mut tx: Tx,
    batch: &CorrectionBatch,
    places: &[i64],
) -> Result<(), NotDone> {
    if batch.state != "ready" {
        return Err(NotDone::Past);
    }
    let left = tx.leave_out_corrections(&batch.batch, places, "left out by hand").await?;
    let entry = Entry::new(&batch.batch, "correction.batch_left_out", &json!({ "cases": left }));
    tx.append(vec![entry], &office.moment()).await?;
    tx.commit().await?;
    Ok(())
}

/// The same claim, which does not go.
fn aside(item: CorrectionItem, why: &str) -> CorrectionItem {
    CorrectionItem { state: "aside".to_owned(), why: why.to_owned(), ..item }
}

/// A claim's number that is listed twice with different values: nobody can tell which is meant.
pub(crate) fn doubled(own: &[(String, String)]) -> Option<&str> {
    let mut values: HashMap<&str, &str> = HashMap::new();
    let mut other = |number, value| values.insert(number, value).is_some_and(|one| one != value);
    own.iter().find(|(number, value)| other(number, value)).map(|(number, _)| number.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_a_list_come_with_their_values_and_lines() {
        let pair = |number: &str, own: &str| (number.to_owned(), own.to_owned());
        let text = "\u{feff}A-1, AUTH1\r\n\n ,X\nA-2\nA-3;7 8\n";
        let expected = [(1, pair("A-1", "AUTH1")), (4, pair("A-2", "")), (5, pair("A-3", "7 8"))];
        assert_eq!(numbered(text).collect::<Vec<_>>(), expected);
        assert_eq!(lines(text).len(), 3);
    }

    #[test]
    fn a_number_that_is_listed_twice_is_told_where_its_values_differ() {
        assert_eq!(doubled(&lines("A-1,X\nA-2,Y\nA-1,X")), None);
        assert_eq!(doubled(&lines("A-1,X\nA-2,Y\nA-2,Z\nA-1")), Some("A-2"));
        assert_eq!(doubled(&lines("A-1\nA-1,X")), Some("A-1"));
    }
}
