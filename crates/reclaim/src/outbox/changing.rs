//! What waits is called back, and what failed tries again.

use std::time::Duration;

use anyhow::Context;
use denial::lifecycle::Act;
use denial::outgoing::{Kind, State};
use denial::person::{Actor, may};
use serde_json::json;
use store::instant;
use store::journal::Entry;
use store::outgoing::Outgoing;
use tokio::task::JoinHandle;

use crate::outbox::door::Doorway;
use crate::outbox::{route, state};
use crate::practice::{Office, console_actor};
use crate::secondary;

/// How long a page waits for the other side, which may not answer at all.
const AT_ONCE: Duration = Duration::from_secs(3);

/// Why something could not be called back, or tried again.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotChanged {
    /// There is none.
    #[error("nothing in the outbox has this id; `reclaim outbox` lists what is there")]
    Missing,
    /// It is past that.
    #[error("it is {} and cannot be {wanted} any more", .state.replace('_', " "))]
    Past {
        /// Where it stands.
        state: String,
        /// What was wanted.
        wanted: &'static str,
    },
    /// The role may not send, so it may not call back either.
    #[error("the role {} may not do this; ask a billing supervisor", .0.replace('_', " "))]
    NotYourRole(String),
    /// The database.
    #[error("{0}")]
    Store(#[from] store::Error),
    /// What stands before the next payer could not be found anew.
    #[error("{0:#}")]
    Failed(#[from] anyhow::Error),
}

/// Calls something back before it leaves: its cases may be sent otherwise. What an earlier try left
/// there is taken away, beside whoever asked where that takes long.
///
/// # Errors
/// [`NotChanged`].
pub(crate) async fn call_back(
    office: &Office,
    who: &Actor,
    id: &str,
) -> Result<Outgoing, NotChanged> {
    let (after, taking) = called_back(office, who, id).await?;
    if let Some(taking) = taking {
        // Where it takes longer it goes on by itself.
        drop(tokio::time::timeout(AT_ONCE, taking).await);
    }
    Ok(after)
}

/// The same for a program that ends afterwards: it waits, and gives the row as it is then.
///
/// # Errors
/// [`NotChanged`].
pub(crate) async fn call_back_and_wait(
    office: &Office,
    who: &Actor,
    id: &str,
) -> Result<Outgoing, NotChanged> {
    let (after, taking) = called_back(office, who, id).await?;
    let Some(taking) = taking else { return Ok(after) };
    drop(taking.await);
    office.read().await?.outgoing(id).await?.ok_or(NotChanged::Missing)
}

async fn called_back(
    office: &Office,
    who: &Actor,
    id: &str,
) -> Result<(Outgoing, Option<JoinHandle<()>>), NotChanged> {
    let back = |one: &Outgoing| {
        let why = if may_lie(one) { behind(one) } else { String::new() };
        let to = State::CalledBack.as_str().to_owned();
        can_be_called_back(one).then(|| Outgoing {
            state: to,
            why,
            uploaded_at: None,
            ..one.clone()
        })
    };
    let after = change(office, who, id, (back, "called back"), "outbox.called_back").await?;
    let taking =
        (!after.why.is_empty()).then(|| tokio::spawn(take_back(office.clone(), after.clone())));
    Ok((after, taking))
}

/// Lets what failed try again. Why it failed stays on record until it left: something of it may lie
/// there. What may have its name already is not written anew.
///
/// # Errors
/// [`NotChanged`].
pub(crate) async fn try_again(
    office: &Office,
    who: &Actor,
    id: &str,
) -> Result<Outgoing, NotChanged> {
    let again = |one: &Outgoing| {
        let to = if may_be_named(one) { State::Leaving } else { State::Waiting };
        let is_failed = state(one) == Some(State::Failed);
        is_failed.then(|| Outgoing { state: to.as_str().to_owned(), ..one.clone() })
    };
    change(office, who, id, (again, "tried again"), "outbox.again").await
}

/// True until somebody asks for its name on the other side: from then on it may have left.
pub(crate) fn can_be_called_back(one: &Outgoing) -> bool {
    state(one).is_some_and(State::can_be_called_back) && !may_be_named(one)
}

/// True where it failed after somebody asked for its name there, and nobody knows the answer.
fn may_be_named(one: &Outgoing) -> bool {
    state(one) == Some(State::Failed) && one.uploaded_at.is_some()
}

/// True where a try may have left something there.
fn may_lie(one: &Outgoing) -> bool {
    !one.why.is_empty() || one.uploaded_at.is_some()
}

fn behind(one: &Outgoing) -> String {
    format!("what a try wrote may still lie there as .{}.part", one.name)
}

async fn change(
    office: &Office,
    who: &Actor,
    id: &str,
    (changed, wanted): (impl Fn(&Outgoing) -> Option<Outgoing>, &'static str),
    kind: &str,
) -> Result<Outgoing, NotChanged> {
    let moment = office.moment_of(who.clone());
    let mut tx = office.write().await?;
    let before = tx.outgoing(id).await?.ok_or(NotChanged::Missing)?;
    let is_packet = before.kind == Kind::Packet.as_str();
    if !may(who.role, if is_packet { Act::Appeal } else { Act::Resubmit }) {
        return Err(NotChanged::NotYourRole(who.role.as_str().to_owned()));
    }
    let Some(after) = changed(&before) else {
        let perhaps = may_be_named(&before).then(|| "perhaps there already".to_owned());
        return Err(NotChanged::Past { state: perhaps.unwrap_or(before.state), wanted });
    };
    let after = Outgoing { leaves_at: instant(moment.now), tries: 0, ..after };
    if !tx.save_outgoing(&after, &before.state).await? {
        return Err(NotChanged::Past { state: before.state, wanted });
    }
    if state(&after) == Some(State::CalledBack) {
        tx.free_outgoing_items(id).await?;
        let items = tx.outgoing_items(id, 0, i64::MAX).await?;
        let onward = items.into_iter().filter(|item| item.denial.is_none());
        let claims: Vec<String> = onward.map(|item| item.claim).collect();
        secondary::resume(&mut tx, office, &moment, &claims).await?;
    }
    let facts = json!({ "name": after.name });
    tx.append(vec![Entry::new(id, kind, &facts)], &moment).await?;
    tx.commit().await?;
    Ok(after)
}

/// Takes away what a failed try left under its hidden name. No sweep writes it meanwhile: what was
/// called back is never begun, and its name is never given again.
async fn take_back(office: Office, one: Outgoing) {
    let gone = match route::route(&office, Some(&one.route)) {
        Ok(route) => {
            Doorway { door: &route.door, name: &one.name, was_used: false }.take_back().await
        }
        Err(fault) => Err(fault),
    };
    if let Err(fault) = &gone {
        tracing::error!("{} was called back; {fault:#}", one.outgoing);
    }
    if let Err(fault) = taken(&office, &one, gone).await {
        tracing::error!("{} was called back; {fault:#}", one.outgoing);
    }
}

/// Puts down whether it is gone there. Until then, and where it is not, the row says what may lie
/// there.
async fn taken(office: &Office, one: &Outgoing, gone: anyhow::Result<()>) -> anyhow::Result<()> {
    let (kind, why) = match gone {
        Ok(()) => ("outbox.taken_back", String::new()),
        Err(fault) => {
            let why = format!("{}, and has to be taken away by hand: {fault:#}", behind(one));
            ("outbox.not_taken_back", why)
        }
    };
    let mut tx = office.write().await?;
    let now = tx.outgoing(&one.outgoing).await?.context("what was called back stays on record")?;
    let facts = json!({ "name": one.name, "route": one.route, "why": why });
    tx.save_outgoing(&Outgoing { why, ..now.clone() }, &now.state).await?;
    let entry = Entry::new(&one.outgoing, kind, &facts);
    tx.append(vec![entry], &office.moment_of(console_actor())).await?;
    tx.commit().await?;
    Ok(())
}
