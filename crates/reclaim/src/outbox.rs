//! What leaves the house: queued once, it waits ten minutes, can be called back until then, leaves
//! by its route under a name of its own, and its cases follow.

mod changing;
pub(crate) mod command;
pub(crate) mod door;
pub(crate) mod fetching;
pub(crate) mod filing;
mod folder;
pub(crate) mod hearing;
pub(crate) mod leaving;
mod numbered;
pub(crate) mod onward;
mod reading;
pub(crate) mod remote;
pub(crate) mod rounds;
pub(crate) mod route;

use std::collections::{HashMap, HashSet};
use std::io::Write;

use anyhow::Context;
use denial::codes::ClaimNumber;
use denial::denial::Denial;
use denial::ids::{DenialId, OutgoingId};
use denial::lifecycle::{Action, Refused};
use denial::outgoing::{Kind, State};
use denial::person::{Actor, Moment};
use denial::resent::Resent;
use jiff::civil::DateTime;
use serde_json::json;
use store::files::Document;
use store::journal::Entry;
use store::outgoing::{Outgoing, OutgoingItem};
use store::{Tx, instant};

use crate::act;
use crate::clock::zone;
use crate::documents::{self, Arriving};
use crate::identity;
use crate::outbox::reading::Read;
use crate::outbox::route::{LAST_NUMBER, Route};
use crate::practice::Office;
use crate::resent;

pub(crate) use changing::{
    NotChanged, call_back, call_back_and_wait, can_be_called_back, try_again,
};

/// What somebody wants to leave the house, without its bytes.
#[derive(Clone, Debug)]
pub(crate) struct Parcel {
    pub(crate) kind: Kind,
    /// By its name; the practice's first route where none is said.
    pub(crate) route: Option<String>,
    /// The cases that go with it.
    pub(crate) carries: Vec<Carried>,
    /// Why the same content leaves again, where that is meant.
    pub(crate) again: Option<String>,
}

/// One case, and the act that follows once it left.
#[derive(Clone, Debug)]
pub(crate) struct Carried {
    pub(crate) case: DenialId,
    /// The claim's number as it is sent (CLM01).
    pub(crate) number: ClaimNumber,
    /// What makes it the same correction, such as the hash of a packet. Of claims it is read from
    /// the bytes.
    pub(crate) content: String,
    /// `Resubmit` or `Appeal`: its document is filled in, and of claims its channel and reference.
    pub(crate) action: Action,
}

/// What the writer of the bytes is told.
#[derive(Clone, Debug)]
pub(crate) struct Numbers {
    /// Control number of the interchange (ISA13) and of its one group (GS06).
    pub(crate) control: u32,
    /// When it is made, by the clocks of the practice.
    pub(crate) at: DateTime,
}

/// Why nothing was queued.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotQueued {
    /// The acts of some cases are not allowed.
    #[error("{} of its cases cannot be sent; the first: {}", .0.len(), first(.0))]
    Cases(Vec<(DenialId, Refused)>),
    /// Some contents are on their way already, or left.
    #[error(
        "{} of its claims wait in the outbox or left with the same content; to send one again say why",
        .0.len()
    )]
    Twice(Vec<Twice>),
    /// Something that was sent again waits for the payer already.
    #[error(
        "{} of its cases wait with something that was sent: {}; to send one more say why",
        .0.len(), first_waits(.0)
    )]
    Waits(Vec<(DenialId, Resent)>),
    /// The bytes and what they are to carry do not agree.
    #[error("{0}")]
    Unfit(String),
    /// The database, a folder, or whoever writes the bytes.
    #[error("{0:#}")]
    Failed(#[from] anyhow::Error),
}

/// A content that is there already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Twice {
    pub(crate) case: DenialId,
    /// By what it goes or went.
    pub(crate) outgoing: String,
}

fn first(cases: &[(DenialId, Refused)]) -> String {
    cases.first().map(|(_, why)| why.to_string()).unwrap_or_default()
}

fn first_waits(cases: &[(DenialId, Resent)]) -> String {
    cases.first().map(|(_, what)| what.to_string()).unwrap_or_default()
}

impl From<store::Error> for NotQueued {
    fn from(error: store::Error) -> NotQueued {
        NotQueued::Failed(error.into())
    }
}

/// Whether the bytes of claims are fit to carry these cases under a number.
///
/// # Errors
/// [`NotQueued::Unfit`].
pub(crate) fn fits(bytes: &[u8], control: u32, carries: &[Carried]) -> Result<(), NotQueued> {
    reading::read(bytes, Kind::Claims, control, carries).map(drop)
}

/// Queues what `write` writes: it leaves in ten minutes. Everything is one transaction; where it is
/// refused nothing has changed.
///
/// # Errors
/// [`NotQueued`].
pub(crate) async fn queue(
    office: &Office,
    who: &Actor,
    parcel: Parcel,
    write: impl FnOnce(&Numbers) -> anyhow::Result<Vec<u8>>,
) -> Result<Outgoing, NotQueued> {
    let mut tx = office.write().await?;
    let (one, arriving) = queue_in(&mut tx, office, who, parcel, write).await?;
    tx.commit().await?;
    drop(arriving);
    Ok(one)
}

/// The same within a transaction; what it gives beside the row is dropped once that is durable.
///
/// # Errors
/// [`NotQueued`].
pub(crate) async fn queue_in(
    tx: &mut Tx,
    office: &Office,
    who: &Actor,
    parcel: Parcel,
    write: impl FnOnce(&Numbers) -> anyhow::Result<Vec<u8>>,
) -> Result<(Outgoing, Arriving), NotQueued> {
    let route = route::route(office, parcel.route.as_deref());
    let route = route.map_err(|fault| NotQueued::Unfit(format!("nothing can leave: {fault:#}")))?;
    let moment = office.moment_of(who.clone());
    let control = draw(tx, &route).await?;
    let at = zone(&office.clinic.zone).to_datetime(moment.now);
    let bytes = write(&Numbers { control, at })?;
    let read = reading::read(&bytes, parcel.kind, control, &parcel.carries)?;
    let (one, arriving) =
        outgoing(office, tx, &route, (&parcel, &read, control, bytes), &moment).await?;
    let items = items(tx, office, &parcel, (&one, &read), &moment).await?;
    tx.queue_outgoing(&one, &items).await?;
    tx.append(vec![queued(&one, &items, &parcel)], &moment).await?;
    Ok((one, arriving))
}

/// The next control number of a route.
async fn draw(tx: &mut Tx, route: &Route) -> Result<u32, NotQueued> {
    let control = tx.next_control(&route.name, route.first_number).await?;
    let control = u32::try_from(control).ok().filter(|one| i64::from(*one) <= LAST_NUMBER);
    Ok(control.context("the route has no control numbers left")?)
}

/// Keeps the bytes, and gives the row.
async fn outgoing(
    office: &Office,
    tx: &mut Tx,
    route: &Route,
    (parcel, read, control, bytes): (&Parcel, &Read, u32, Vec<u8>),
    moment: &Moment,
) -> anyhow::Result<(Outgoing, Arriving)> {
    let documents = office.documents.clone();
    let incoming = tokio::task::spawn_blocking(move || {
        let mut incoming = documents.incoming()?;
        incoming.write_all(&bytes).context("cannot keep what is to leave")?;
        anyhow::Ok(incoming)
    });
    let incoming = incoming.await.context("keeping what is to leave stopped")??;
    let (document, length, arriving) = documents::keep(office, incoming).await?;
    let bytes = i64::try_from(length).context("no file is so long")?;
    let name = reading::name(read, office.practice().as_str(), control, moment.now);
    let made_at = instant(moment.now);
    let facts = Document {
        hash: document.clone(),
        name: name.clone(),
        media: read.media.to_owned(),
        bytes,
        taken_at: made_at.clone(),
        taken_by: moment.who.person.to_string(),
    };
    tx.keep_document(&facts).await?;
    let leaves = moment.now.checked_add(route.waits).context("the clock is at its end")?;
    let one = Outgoing {
        outgoing: OutgoingId::from_bits(act::draw()).to_string(),
        kind: parcel.kind.as_str().to_owned(),
        document,
        bytes,
        name,
        route: route.name.clone(),
        control: i64::from(control),
        batch: read.batch.clone(),
        made_at,
        made_by: moment.who.person.to_string(),
        made_role: moment.who.role.as_str().to_owned(),
        leaves_at: instant(leaves),
        state: State::Waiting.as_str().to_owned(),
        tries: 0,
        why: String::new(),
        uploaded_at: None,
        left_at: None,
        settled_at: None,
        receipt: String::new(),
        receipt_at: None,
    };
    Ok((one, arriving))
}

/// What it carries, where every act is allowed, nothing waits for the payer and no content goes
/// twice unasked.
async fn items(
    tx: &mut Tx,
    office: &Office,
    parcel: &Parcel,
    (one, read): (&Outgoing, &Read),
    moment: &Moment,
) -> Result<Vec<OutgoingItem>, NotQueued> {
    let again = parcel.again.as_deref().map(str::trim).filter(|why| !why.is_empty());
    let contents: Vec<String> = parcel.carries.iter().map(|it| read.content(it)).collect();
    let there = Carrying::of(tx, office, parcel, &contents).await?;
    let (mut items, mut refused, mut twice) = (Vec::new(), Vec::new(), Vec::new());
    let (mut with, mut waits) = (HashSet::new(), Vec::new());
    for (carried, content) in parcel.carries.iter().zip(contents) {
        let claim = identity::claim(&carried.number).to_string();
        let known = there.same.get(&(claim.clone(), content.clone()));
        if let Some(known) = known.filter(|_| again.is_none()) {
            let outgoing = known.outgoing.clone();
            twice.push(Twice { case: carried.case.clone(), outgoing });
            continue;
        }
        let awaited = there.awaited.get(carried.case.as_str());
        if let Some(awaited) = awaited.filter(|_| again.is_none()) {
            waits.push((carried.case.clone(), awaited.clone()));
            continue;
        }
        let force = again.filter(|_| known.is_some() || awaited.is_some());
        let action = filled(&carried.action, one, force);
        let case = there.cases.get(carried.case.as_str());
        let case = case.ok_or(store::Error::Missing { what: "case" })?;
        if let Err(why) = case.act(&action, moment, &office.rules) {
            refused.push((carried.case.clone(), why));
        }
        let is_first = with.insert((claim.clone(), content.clone()));
        items.push(OutgoingItem {
            outgoing: one.outgoing.clone(),
            n: i64::try_from(items.len()).unwrap_or(i64::MAX),
            denial: Some(carried.case.to_string()),
            claim,
            number: carried.number.as_str().to_owned(),
            content,
            again: known.map_or(0, |known| known.again + 1),
            force: force.unwrap_or_default().to_owned(),
            live: if is_first { "yes" } else { "with" }.to_owned(),
            act: serde_json::to_string(&action).expect("an act is JSON"),
            acted: "not_yet".to_owned(),
            note: String::new(),
            outcome: String::new(),
            outcome_on: None,
        });
    }
    if !twice.is_empty() {
        return Err(NotQueued::Twice(twice));
    }
    if !waits.is_empty() {
        return Err(NotQueued::Waits(waits));
    }
    if refused.is_empty() { Ok(items) } else { Err(NotQueued::Cases(refused)) }
}

/// What is on record of the cases that a parcel carries.
struct Carrying {
    cases: HashMap<String, Denial>,
    /// What left or waits with the same content, by claim and content.
    same: HashMap<(String, String), OutgoingItem>,
    /// What each case waits with: of corrected claims alone, since a packet is no claim.
    awaited: HashMap<String, Resent>,
}

impl Carrying {
    async fn of(
        tx: &mut Tx,
        office: &Office,
        parcel: &Parcel,
        contents: &[String],
    ) -> Result<Carrying, NotQueued> {
        let ids: Vec<String> = parcel.carries.iter().map(|one| one.case.to_string()).collect();
        let cases = tx.cases_among(&ids).await?;
        let awaited = if parcel.kind == Kind::Claims {
            resent::of(tx, office, &cases, None).await?
        } else {
            HashMap::new()
        };
        let mut same = HashMap::new();
        for known in tx.queued_contents(contents).await? {
            same.insert((known.claim.clone(), known.content.clone()), known);
        }
        let cases = cases.into_iter().map(|case| (case.id.to_string(), case)).collect();
        Ok(Carrying { cases, same, awaited })
    }
}

/// The act with what is known once the bytes are: document, and of claims reference and channel.
fn filled(action: &Action, one: &Outgoing, again: Option<&str>) -> Action {
    let document = identity::document(&one.document);
    let mut action = action.clone();
    if let Action::Resubmit(sent) = &mut action {
        sent.document.clone_from(&document);
        sent.again = sent.again.take().or_else(|| again.map(str::to_owned));
        if one.kind == Kind::Claims.as_str() {
            sent.reference = reference(one);
            sent.channel = denial::denial::Channel::Edi;
        }
    }
    if let Action::Appeal(filing) = &mut action {
        filing.packet = document;
    }
    action
}

/// Our number of what was sent: the control number, as the file has it.
pub(crate) fn reference(one: &Outgoing) -> String {
    format!("{:09}", one.control)
}

fn queued(one: &Outgoing, items: &[OutgoingItem], parcel: &Parcel) -> Entry {
    let again = items.iter().filter(|item| !item.force.is_empty()).count();
    let why = parcel.again.as_deref().filter(|_| again > 0);
    let facts = json!({ "name": one.name, "route": one.route, "hash": one.document,
        "control": one.control, "cases": items.len(), "leaves_at": one.leaves_at,
        "again": again, "why": why });
    Entry::new(&one.outgoing, "outbox.queued", &facts)
}

/// Where something stands.
pub(crate) fn state(one: &Outgoing) -> Option<State> {
    State::from_name(&one.state)
}
