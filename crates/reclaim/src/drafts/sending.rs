//! A signed packet leaves: through the outbox, or by hand with its proof. The case moves to
//! Appealed with it, in one transaction.

use anyhow::Context;
use denial::appeal::{Built, Draft, DraftState, Unsigned, beyond, kinds_of, stops};
use denial::contact::Contact;
use denial::denial::Channel;
use denial::ids::AppealId;
use denial::letter::LetterKind;
use denial::lifecycle::action::AppealFiling;
use denial::lifecycle::{Action, Refused};
use denial::outgoing::Kind;
use jiff::civil::Date;
use serde_json::json;
use smol_str::SmolStr;

use crate::act::{self, Failed};
use crate::documents::Received;
use crate::drafts::{Held, NotDone, entry, hold, is_intact, require_writer, stopped_by};
use crate::identity;
use crate::outbox::{self, Carried, NotQueued, Parcel};
use crate::practice::Office;
use crate::web::words;

/// How something went by hand.
pub(crate) struct ByHand {
    pub(crate) channel: Channel,
    /// The day; today where none is said.
    pub(crate) on: Option<Date>,
    /// Fax confirmation, portal or tracking number.
    pub(crate) confirmation: String,
    /// The proof, where one came along.
    pub(crate) receipt: Option<Received>,
}

/// What the receipt of something that was sent is called on the case.
const PROOF: &str = "proof_of_sending";

/// The packet that may go by a channel on a day, once nothing stops it.
async fn cleared(
    office: &Office,
    held: &mut Held,
    (by, on): (Channel, Option<Date>),
) -> Result<Built, NotDone> {
    let dossier = held.dossier(office).await?;
    let on = on.unwrap_or(held.moment.today);
    let around = dossier.around(&held.draft, &office.rules, on);
    stopped_by(stops(&held.draft, &around))?;
    stopped_by(beyond(&held.draft, by, &around))?;
    let packet = held.draft.cleared().cloned();
    packet.ok_or(NotDone::Past("No sign-off holds for the packet as it is. Have it signed first."))
}

/// The appeal as it goes on record.
fn filing(held: &Held, channel: Channel, packet: &Built) -> AppealFiling {
    let content = &held.draft.content;
    let said = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let mut exhibits: Vec<SmolStr> = kinds_of(content, &held.case).into_iter().cloned().collect();
    exhibits.sort();
    exhibits.dedup();
    AppealFiling {
        id: AppealId::from_bits(act::draw()),
        level: held.draft.level,
        channel,
        confirmation: None,
        packet: Some(packet.document.clone()),
        sent_on: None,
        late: said(&content.late),
        without: said(&content.without),
        although: said(&content.although),
        arguments: content.arguments.iter().map(|one| one.name.clone()).collect(),
        exhibits,
    }
}

/// A letter that is no appeal moves no case: it is a contact with the payer.
fn contact(held: &Held, how: &ByHand, packet: &Built) -> Action {
    let kind = held.draft.kind.as_str().replace('_', " ");
    let on = words::day(how.on.unwrap_or(held.moment.today));
    Action::LogContact(Contact {
        channel: how.channel,
        representative: String::new(),
        reference: how.confirmation.trim().to_owned(),
        said: format!("Sent: {kind}, {} pages, on {on}; sha-256 {}", packet.pages, packet.hash),
        promised_by: None,
        kept: false,
        minutes: 0,
    })
}

/// Records that it went by hand: proof on file, case moved, draft closed, all or nothing.
///
/// # Errors
/// [`NotDone`].
pub(crate) async fn by_hand(
    office: &Office,
    of: (&str, &str),
    read: u32,
    how: ByHand,
) -> Result<Draft, NotDone> {
    require_writer(office)?;
    let mut held = hold(office, of, read).await?;
    let packet = cleared(office, &mut held, (how.channel, how.on)).await?;
    let confirmation = how.confirmation.trim().to_owned();
    if confirmation.is_empty() && how.receipt.is_none() {
        return Err(NotDone::Past(
            "Say the confirmation or tracking number, or attach the receipt: it is the proof that \
             it was sent.",
        ));
    }
    let action = if held.draft.kind == LetterKind::Appeal {
        Action::Appeal(AppealFiling {
            confirmation: Some(confirmation).filter(|text| !text.is_empty()),
            sent_on: how.on,
            ..filing(&held, how.channel, &packet)
        })
    } else {
        contact(&held, &how, &packet)
    };
    let after = held.draft.ended(DraftState::Sent);
    let facts = json!({ "hash": packet.hash, "channel": how.channel });
    let told = entry(&after, "appeal.sent", facts);
    let Held { mut tx, mut case, draft, moment } = held;
    let mut kept = None;
    if let Some(receipt) = how.receipt {
        let document = identity::document(&receipt.hash).context("a hash")?;
        let what = PROOF.into();
        let attached = Action::AttachDocument { document, what, notice_on: None };
        case = act::do_in(&mut tx, office, &moment, &case, &attached).await?;
        kept = Some(receipt.keep(&mut tx, office).await?);
    }
    act::do_in(&mut tx, office, &moment, &case, &action).await?;
    tx.save_draft(&after, draft.version, told, &moment).await?;
    tx.commit().await?;
    drop(kept);
    Ok(after)
}

/// Puts it into the outbox: it leaves once, and the case moves when it has left.
///
/// # Errors
/// [`NotDone`].
pub(crate) async fn by_route(
    office: &Office,
    of: (&str, &str),
    read: u32,
    route: Option<String>,
) -> Result<(), NotDone> {
    require_writer(office)?;
    let mut held = hold(office, of, read).await?;
    if held.draft.kind != LetterKind::Appeal {
        return Err(NotDone::Past("Only an appeal goes by the outbox. Send this letter by hand."));
    }
    let channel = held.draft.content.channel.ok_or(Unsigned::NoChannel)?;
    let packet = cleared(office, &mut held, (channel, None)).await?;
    let carried = Carried {
        case: held.case.id.clone(),
        number: held.case.number.clone(),
        content: packet.hash.clone(),
        action: Action::Appeal(filing(&held, channel, &packet)),
    };
    let bytes = tokio::fs::read(office.documents.path(&packet.hash)).await;
    let bytes = bytes.context("the packet is not on file any more")?;
    if !is_intact(&bytes, &packet.hash) {
        return Err(NotDone::Past("The packet on file is not the one that was signed."));
    }
    let parcel = Parcel { kind: Kind::Packet, route, carries: vec![carried], again: None };
    let queued = outbox::queue_in(&mut held.tx, office, &office.who, parcel, |_| Ok(bytes)).await?;
    held.tx.commit().await?;
    drop(queued);
    Ok(())
}

impl From<Failed> for NotDone {
    fn from(failed: Failed) -> NotDone {
        match failed {
            Failed::Refused(why) => refused(&why),
            Failed::Stale { by, at } => NotDone::Stale { by, at },
            Failed::Missing => NotDone::Missing,
            Failed::Store(error) => error.into(),
            Failed::Folder(fault) => fault.into(),
        }
    }
}

impl From<NotQueued> for NotDone {
    fn from(why: NotQueued) -> NotDone {
        match why {
            NotQueued::Cases(cases) => match cases.first() {
                Some((_, why)) => refused(why),
                None => NotDone::Missing,
            },
            NotQueued::Twice(_) => {
                NotDone::Past("This packet waits in the outbox or left: it is sent once.")
            }
            // Corrected claims alone wait for one another.
            NotQueued::Waits(_) => NotDone::Past("Something that was sent waits for the payer."),
            NotQueued::Unfit(text) => NotDone::Refused(text),
            NotQueued::Failed(fault) => NotDone::Failed(fault),
        }
    }
}

fn refused(why: &Refused) -> NotDone {
    NotDone::Refused(why.to_string())
}
