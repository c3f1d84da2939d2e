//! What is due leaves. A crash at any moment sends nothing twice and loses nothing: it is marked as
//! leaving before its first byte, as uploaded before it is renamed, and only a rename takes the
//! temporary name away; so what is found afterwards tells how far it came.

use std::collections::{HashMap, HashSet};
use std::fs::File;

use anyhow::Context;
use denial::denial::Denial;
use denial::ids::PersonId;
use denial::lifecycle::Action;
use denial::outgoing::{Kind, State};
use denial::person::{Actor, Role};
use jiff::SignedDuration;
use serde_json::json;
use store::journal::Entry;
use store::outgoing::{Outgoing, OutgoingItem};
use store::{Tx, instant};
use tokio::sync::watch;

use crate::act::{self, Failed};
use crate::outbox::door::{Doorway, Unnamed};
use crate::outbox::{route, state};
use crate::practice::{Office, console_actor};
use crate::resent;
use crate::secondary;
use crate::take::{self, Options};

/// The sweep's name among those that ran.
pub(crate) const SWEEP: &str = "outbox";
/// Acts in one transaction: the longest that anybody waits for it.
const PART: i64 = 100;
/// Tries in vain after which a person has to look.
const TRIES: i64 = 10;
/// The longest that is waited between two tries.
const LONGEST: SignedDuration = SignedDuration::from_mins(60);

/// What a sweep did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    /// What left.
    pub(crate) sent: u64,
    /// What did not.
    pub(crate) failed: u64,
}

/// Sends everything that is due and finishes what a crash left undone. One process sends at a time,
/// so that no two write the same file.
///
/// # Errors
/// The database; what cannot go on says why, and waits for its next try.
pub(crate) async fn sweep(office: &Office) -> anyhow::Result<Tally> {
    let (_never, stop) = watch::channel(false);
    sweep_until(office, &stop).await
}

/// The same until the program is told to stop: what is in hand is finished. A route whose line does
/// not stand is not tried again for what else is due.
pub(crate) async fn sweep_until(
    office: &Office,
    stop: &watch::Receiver<bool>,
) -> anyhow::Result<Tally> {
    let mut tally = Tally::default();
    let due = office.read().await?.due_outgoing(&instant(office.clock.now())).await?;
    if due.is_empty() {
        return Ok(tally);
    }
    // Each practice has its own, so that one that waits for its host keeps no other waiting.
    let lock = format!("leaving-{}.lock", office.practice());
    let lock = File::create(office.folder.join(lock)).context("cannot lock the outbox")?;
    if lock.try_lock().is_err() {
        return Ok(tally);
    }
    // What another process did before the lock was ours is not due any more.
    let mut silent: HashSet<String> = HashSet::new();
    for one in office.read().await?.due_outgoing(&instant(office.clock.now())).await? {
        if *stop.borrow() {
            break;
        }
        let goes_there = matches!(state(&one), Some(State::Waiting | State::Leaving));
        if goes_there && silent.contains(&one.route) {
            continue;
        }
        let (id, route) = (one.outgoing.clone(), one.route.clone());
        match step(office, one).await {
            Ok(Step::Left) => tally.sent += 1,
            Ok(Step::Settled) => {}
            Ok(Step::Stayed { no_line }) => {
                tally.failed += 1;
                silent.extend(no_line.then_some(route));
            }
            Err(fault) => {
                tally.failed += 1;
                stuck(office, &id, &fault).await?;
            }
        }
    }
    note(office, tally).await?;
    Ok(tally)
}

/// One that cannot go on as it stands keeps no other from leaving: what is wrong is on record, and
/// the next sweep tries it again.
async fn stuck(office: &Office, id: &str, fault: &anyhow::Error) -> anyhow::Result<()> {
    tracing::error!("{id} cannot go on: {fault:#}");
    let why = format!("{fault:#}");
    let mut tx = office.write().await?;
    let Some(one) = tx.outgoing(id).await?.filter(|one| one.why != why) else { return Ok(()) };
    let after = Outgoing { why, ..one.clone() };
    tx.save_outgoing(&after, &one.state).await?;
    tx.commit().await?;
    Ok(())
}

async fn note(office: &Office, tally: Tally) -> anyhow::Result<()> {
    let mut tx = office.write().await?;
    let result = json!({ "sent": tally.sent, "failed": tally.failed }).to_string();
    tx.note_sweep(SWEEP, &instant(office.clock.now()), &result).await?;
    tx.commit().await?;
    Ok(())
}

/// How far one came.
enum Step {
    /// It left now.
    Left,
    /// It had left, and what follows is done.
    Settled,
    /// It did not leave; with `no_line` nothing else leaves by its route either, for now.
    Stayed { no_line: bool },
}

/// Brings one as far as it comes.
async fn step(office: &Office, one: Outgoing) -> anyhow::Result<Step> {
    // A run that ended after it was uploaded may have asked for its name; one that failed knows.
    let was_asked = state(&one) == Some(State::Leaving) && one.uploaded_at.is_some();
    let leaving = match state(&one) {
        Some(State::Waiting) => begin(office, &one).await?,
        Some(State::Leaving) => Some(one),
        Some(State::Sent | State::Answered) => {
            settle(office, &one).await?;
            return Ok(Step::Settled);
        }
        Some(State::CalledBack | State::Failed) | None => None,
    };
    let Some(leaving) = leaving else { return Ok(Step::Stayed { no_line: false }) };
    let left = match hand_over(office, &leaving, was_asked).await {
        Ok(uploaded) => {
            let mut tx = office.write().await?;
            let left = sent(&mut tx, office, &uploaded).await?;
            tx.commit().await?;
            left
        }
        Err(fault) => {
            later(office, &leaving.outgoing, &fault).await?;
            return Ok(Step::Stayed { no_line: fault.is_of_the_line() });
        }
    };
    settle(office, &left).await?;
    Ok(Step::Left)
}

/// Marks it as leaving, where the act of every case is still allowed; otherwise it has failed.
async fn begin(office: &Office, one: &Outgoing) -> anyhow::Result<Option<Outgoing>> {
    let moment = office.moment_of(console_actor());
    let mut tx = office.write().await?;
    let refused = refused(&mut tx, office, one).await?;
    let to = if refused.is_some() { State::Failed } else { State::Leaving };
    // What waits has no name there: what was uploaded of it would be written anew.
    let uploaded_at = one.uploaded_at.clone().filter(|_| refused.is_none());
    let why = refused.unwrap_or_default();
    let after = Outgoing { state: to.as_str().to_owned(), why, uploaded_at, ..one.clone() };
    if !tx.save_outgoing(&after, &one.state).await? {
        return Ok(None);
    }
    let (kind, facts) = if to == State::Failed {
        ("outbox.failed", json!({ "name": after.name, "why": after.why }))
    } else {
        ("outbox.leaving", json!({ "name": after.name, "route": after.route }))
    };
    tx.append(vec![Entry::new(&one.outgoing, kind, &facts)], &moment).await?;
    tx.commit().await?;
    Ok((to == State::Leaving).then_some(after))
}

/// Why a case of it cannot move any more, where one cannot.
async fn refused(tx: &mut Tx, office: &Office, one: &Outgoing) -> anyhow::Result<Option<String>> {
    let moment = office.moment_of(maker(one)?);
    let items = tx.outgoing_items(&one.outgoing, 0, i64::MAX).await?;
    let ids: Vec<String> = items.iter().filter_map(|item| item.denial.clone()).collect();
    let cases = tx.cases_among(&ids).await?;
    let awaited = if one.kind == Kind::Claims.as_str() {
        resent::of(tx, office, &cases, Some(&one.outgoing)).await?
    } else {
        HashMap::new()
    };
    let cases: HashMap<&str, &Denial> = cases.iter().map(|case| (case.id.as_str(), case)).collect();
    for item in &items {
        let Some(id) = &item.denial else {
            if let Some(why) = secondary::stops(tx, office, item).await? {
                return Ok(Some(why));
            }
            continue;
        };
        let case = cases.get(id.as_str()).context("a case that it carries is there")?;
        if let Err(why) = case.act(&action(item)?, &moment, &office.rules) {
            return Ok(Some(format!("case {}: {why}", case.id)));
        }
        if let Some(other) = awaited.get(id).filter(|_| item.force.is_empty()) {
            return Ok(Some(format!("case {}: meanwhile a {other}", case.id)));
        }
    }
    Ok(None)
}

/// Who queued it, in the role of then.
fn maker(one: &Outgoing) -> anyhow::Result<Actor> {
    let role = Role::from_name(&one.made_role).context("a kept role is one")?;
    Ok(Actor { person: PersonId::parse(&one.made_by)?, role })
}

fn action(item: &OutgoingItem) -> anyhow::Result<Action> {
    serde_json::from_str(&item.act).context("a kept act is JSON")
}

/// Hands it over: uploaded under a temporary name, noted, renamed. `was_asked` where an earlier run
/// may have given it its name, and somebody may have fetched it.
async fn hand_over(office: &Office, one: &Outgoing, was_asked: bool) -> Result<Outgoing, Unnamed> {
    let still = |fault| Unnamed::still(was_asked, fault);
    let route = route::route(office, Some(&one.route)).map_err(still)?;
    let was_used = was_used(office, one).await.map_err(still)?;
    let place = Doorway { door: &route.door, name: &one.name, was_used };
    if one.uploaded_at.is_some() {
        place.rename(was_asked).await?;
        return Ok(one.clone());
    }
    let uploaded = upload(office, one, &place).await.map_err(Unnamed::Not)?;
    place.rename(false).await?;
    Ok(uploaded)
}

async fn was_used(office: &Office, one: &Outgoing) -> anyhow::Result<bool> {
    Ok(office.read().await?.route_was_used(&one.route).await?)
}

async fn upload(office: &Office, one: &Outgoing, place: &Doorway<'_>) -> anyhow::Result<Outgoing> {
    let (documents, hash) = (office.documents.clone(), one.document.clone());
    let holds = move || documents.holds(&hash).context("its bytes cannot be read");
    anyhow::ensure!(blocking(holds).await?, "its bytes are not the ones that were queued");
    place.upload(&office.documents.path(&one.document)).await?;
    noted(office, one).await
}

pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> anyhow::Result<T> + Send + 'static,
) -> anyhow::Result<T> {
    tokio::task::spawn_blocking(work).await.context("handing a file over stopped")?
}

/// It is whole there; from now on it is only renamed.
async fn noted(office: &Office, one: &Outgoing) -> anyhow::Result<Outgoing> {
    let mut tx = office.write().await?;
    let at = instant(office.clock.now());
    let after = Outgoing { uploaded_at: Some(at), ..one.clone() };
    anyhow::ensure!(tx.save_outgoing(&after, &one.state).await?, "it is not leaving any more");
    let moment = office.moment_of(console_actor());
    let facts = json!({ "name": after.name });
    tx.append(vec![Entry::new(&one.outgoing, "outbox.uploaded", &facts)], &moment).await?;
    tx.commit().await?;
    Ok(after)
}

/// It left.
pub(crate) async fn sent(tx: &mut Tx, office: &Office, one: &Outgoing) -> anyhow::Result<Outgoing> {
    let moment = office.moment_of(console_actor());
    let after = Outgoing {
        state: State::Sent.as_str().to_owned(),
        left_at: Some(instant(moment.now)),
        why: String::new(),
        ..one.clone()
    };
    anyhow::ensure!(tx.save_outgoing(&after, &one.state).await?, "it is not leaving any more");
    let facts = json!({ "name": one.name, "route": one.route, "hash": one.document,
        "control": one.control });
    tx.append(vec![Entry::new(&one.outgoing, "outbox.sent", &facts)], &moment).await?;
    Ok(after)
}

/// It could not be handed over: it tries again later, and after many tries a person has to look.
/// What is lost after its upload waits for a person at once: whoever took it may have read it.
async fn later(office: &Office, id: &str, fault: &Unnamed) -> anyhow::Result<()> {
    let moment = office.moment_of(console_actor());
    let mut tx = office.write().await?;
    let Some(one) = tx.outgoing(id).await?.filter(|one| state(one) == Some(State::Leaving)) else {
        return Ok(());
    };
    let tries = one.tries + 1;
    let (to, uploaded_at) = onward(fault, tries, &one);
    let pause = SignedDuration::from_mins(1_i64 << tries.clamp(0, 6)).min(LONGEST);
    let again = moment.now.checked_add(pause).context("the clock is at its end")?;
    let after = Outgoing {
        state: to.as_str().to_owned(),
        leaves_at: instant(again),
        tries,
        why: why(fault, to),
        uploaded_at,
        ..one.clone()
    };
    tracing::error!("{} could not be handed over: {fault}", one.outgoing);
    if tx.save_outgoing(&after, &one.state).await? {
        let kind = if to == State::Failed { "outbox.failed" } else { "outbox.put_off" };
        let facts = json!({ "name": one.name, "tries": tries, "why": after.why });
        tx.append(vec![Entry::new(id, kind, &facts)], &moment).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// Where it stands after a fault, and whether it counts as uploaded. What waits has no name there,
/// what is leaving may have it; so does what has failed and counts as uploaded.
fn onward(fault: &Unnamed, tries: i64, one: &Outgoing) -> (State, Option<String>) {
    let uploaded_at = one.uploaded_at.clone();
    match (fault, tries < TRIES) {
        (Unnamed::Gone, _) | (Unnamed::Not(_), false) => (State::Failed, None),
        (Unnamed::Not(_), true) => (State::Waiting, uploaded_at),
        (Unnamed::Perhaps(_), true) => (State::Leaving, uploaded_at),
        (Unnamed::Perhaps(_), false) => (State::Failed, uploaded_at),
    }
}

/// What went wrong and, where a person has to look, what to do.
fn why(fault: &Unnamed, to: State) -> String {
    let advice = match fault {
        Unnamed::Gone => {
            "; ask the other side whether it has it: if not, try it again; if so, call it back and \
             record at its cases that it was sent"
        }
        Unnamed::Not(_) => "; mend that and try it again, or call it back",
        Unnamed::Perhaps(_) => {
            "; it may have its name there already: mend that and try it again, which writes nothing \
             anew"
        }
    };
    format!("{fault}{}", if to == State::Failed { advice } else { "" })
}

/// What follows once it left: each case gets its act, and claims are taken in as a file of ours.
async fn settle(office: &Office, one: &Outgoing) -> anyhow::Result<()> {
    if one.settled_at.is_some() {
        return Ok(());
    }
    let mut from = 0;
    loop {
        let mut tx = office.write().await?;
        let items = tx.outgoing_items(&one.outgoing, from, PART).await?;
        let Some(last) = items.last() else { break };
        from = last.n + 1;
        for item in items {
            follow(&mut tx, office, one, item).await?;
        }
        tx.commit().await?;
    }
    if one.kind == Kind::Claims.as_str() {
        let path = office.documents.path(&one.document);
        let there = Office { who: console_actor(), ..office.clone() };
        take::take_file(&there, &path, &one.name, Options::default(), &|_| {}).await?;
    }
    let mut tx = office.write().await?;
    // An answer may have come meanwhile.
    let now = tx.outgoing(&one.outgoing).await?.context("what left stays on record")?;
    let settled_at = Some(instant(office.clock.now()));
    let settled = Outgoing { settled_at, why: String::new(), ..now.clone() };
    tx.save_outgoing(&settled, &now.state).await?;
    tx.commit().await?;
    Ok(())
}

/// Does the act of one case, where it was not done; gives what became of it.
pub(crate) async fn follow(
    tx: &mut Tx,
    office: &Office,
    one: &Outgoing,
    item: OutgoingItem,
) -> anyhow::Result<OutgoingItem> {
    if item.acted != "not_yet" {
        return Ok(item);
    }
    let Some(id) = item.denial.clone() else {
        let item = OutgoingItem { acted: "done".to_owned(), ..item };
        tx.save_outgoing_item(&item).await?;
        return Ok(item);
    };
    let moment = office.moment_of(maker(one)?);
    let case = tx.case(&id).await?;
    let done = act::do_in(tx, office, &moment, &case, &action(&item)?).await;
    let (acted, note) = match done {
        Ok(_) => ("done", String::new()),
        Err(Failed::Refused(why)) => ("refused", why.to_string()),
        Err(other) => return Err(other.into()),
    };
    if acted == "refused" {
        let facts = json!({ "case": item.denial, "why": note });
        let entry = Entry::new(&one.outgoing, "outbox.case_stayed", &facts);
        tx.append(vec![entry], &office.moment_of(console_actor())).await?;
    }
    let item = OutgoingItem { acted: acted.to_owned(), note, ..item };
    tx.save_outgoing_item(&item).await?;
    Ok(item)
}
