//! A claim that goes to the payer that comes next: no case moves with it, and it leaves once.

use std::collections::BTreeSet;

use anyhow::Context;
use denial::codes::ClaimNumber;
use denial::outgoing::Kind;
use denial::person::Actor;
use store::Tx;
use store::outgoing::{Outgoing, OutgoingItem};

use crate::clock::zone;
use crate::documents::Arriving;
use crate::outbox::{self, NotQueued, Numbers, Parcel, reading, route};
use crate::practice::Office;
use crate::secondary::BillNext;

/// One claim and the payer that it goes to.
#[derive(Clone, Debug)]
pub(crate) struct Onward {
    /// The claim's id.
    pub(crate) claim: String,
    pub(crate) number: ClaimNumber,
    pub(crate) to: BillNext,
    /// Why the same content leaves again, where that is meant.
    pub(crate) again: Option<String>,
}

/// Why it was not queued.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotOnward {
    /// It waits or left with the same content.
    #[error("it waits in the outbox or left with the same content ({0}); to send it again say why")]
    Gone(String),
    #[error("{0}")]
    NotQueued(#[from] NotQueued),
}

impl From<store::Error> for NotOnward {
    fn from(error: store::Error) -> NotOnward {
        NotOnward::NotQueued(error.into())
    }
}

impl From<anyhow::Error> for NotOnward {
    fn from(fault: anyhow::Error) -> NotOnward {
        NotOnward::NotQueued(fault.into())
    }
}

/// Queues what `write` writes within a transaction; what it gives beside the row is dropped once
/// that is durable.
///
/// # Errors
/// [`NotOnward`].
pub(crate) async fn queue_in(
    tx: &mut Tx,
    office: &Office,
    who: &Actor,
    onward: &Onward,
    write: impl FnOnce(&Numbers) -> anyhow::Result<Vec<u8>>,
) -> Result<(Outgoing, Arriving), NotOnward> {
    let route = route::route(office, None);
    let route = route.map_err(|fault| NotQueued::Unfit(format!("nothing can leave: {fault:#}")))?;
    let moment = office.moment_of(who.clone());
    let control = outbox::draw(tx, &route).await?;
    let at = zone(&office.clinic.zone).to_datetime(moment.now);
    let bytes = write(&Numbers { control, at })?;
    let named = BTreeSet::from([onward.number.as_str()]);
    let read = reading::claims(&bytes, control, &named)?;
    let content = read.content_of(&onward.number).context("a claim that was read has a content")?;
    let known = tx.queued_contents(std::slice::from_ref(&content)).await?;
    let known = known.into_iter().rfind(|one| one.claim == onward.claim);
    let again = onward.again.as_deref().map(str::trim).filter(|why| !why.is_empty());
    if let Some(known) = known.as_ref().filter(|_| again.is_none()) {
        return Err(NotOnward::Gone(known.outgoing.clone()));
    }
    let (carries, route_name) = (Vec::new(), Some(route.name.clone()));
    let why = again.map(str::to_owned);
    let parcel = Parcel { kind: Kind::Claims, route: route_name, carries, again: why };
    let (one, arriving) =
        outbox::outgoing(office, tx, &route, (&parcel, &read, control, bytes), &moment).await?;
    let times = known.map_or(0, |known| known.again + 1);
    let item = item(&one, onward, content, (times, again.filter(|_| times > 0)));
    tx.queue_outgoing(&one, std::slice::from_ref(&item)).await?;
    tx.append(vec![outbox::queued(&one, &[item], &parcel)], &moment).await?;
    Ok((one, arriving))
}

fn item(
    one: &Outgoing,
    onward: &Onward,
    content: String,
    (again, force): (i64, Option<&str>),
) -> OutgoingItem {
    OutgoingItem {
        outgoing: one.outgoing.clone(),
        n: 0,
        denial: None,
        claim: onward.claim.clone(),
        number: onward.number.as_str().to_owned(),
        content,
        again,
        force: force.unwrap_or_default().to_owned(),
        live: "yes".to_owned(),
        act: serde_json::to_string(&onward.to).expect("what it is is JSON"),
        acted: "not_yet".to_owned(),
        note: String::new(),
        outcome: String::new(),
        outcome_on: None,
    }
}
