//! Contacts with payers: what was said and promised, whether it was kept, how long it took; and how
//! to reach each payer, as the practice has learned it.

use std::collections::{BTreeMap, HashMap, HashSet};

use anyhow::Context as _;
use denial::contact::{Contact, Kept, promises};
use denial::ids::PayerId;
use denial::lifecycle::{Change, Event};
use denial::payer::{Card, NoCard};
use jiff::civil::Date;
use serde_json::json;
use store::contacts::{CardRow, Contacted};
use store::journal::Entry;
use store::{Tx, instant};

use crate::clock;
use crate::practice::Office;

/// Contacts that are looked through.
pub(crate) const LOOKED_THROUGH: i64 = 5_000;
/// Cases whose journals are read at once.
const PART: usize = 500;
/// What entries about a payer's card are about.
pub(crate) const ABOUT: &str = "payers/";

/// One contact with a payer.
pub(crate) struct Call {
    pub(crate) case: String,
    pub(crate) payer: String,
    pub(crate) at: String,
    pub(crate) by: String,
    pub(crate) contact: Contact,
}

/// What contacts with a payer come to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Measure {
    pub(crate) contacts: u64,
    pub(crate) minutes: u64,
    /// Promises that were there by their day.
    pub(crate) in_time: u64,
    /// Days after it of each that came late.
    pub(crate) late: Vec<i32>,
    pub(crate) broken: u64,
    /// Promises whose day is still to come.
    pub(crate) waits: u64,
}

impl Measure {
    /// Promises whose day has come, and that still mattered then.
    pub(crate) fn due(&self) -> u64 {
        self.in_time + self.late.len() as u64 + self.broken
    }

    fn and(self, other: Measure) -> Measure {
        Measure {
            contacts: self.contacts + other.contacts,
            minutes: self.minutes + other.minutes,
            in_time: self.in_time + other.in_time,
            late: [self.late, other.late].concat(),
            broken: self.broken + other.broken,
            waits: self.waits + other.waits,
        }
    }

    /// The days that late ones usually took: the middle one.
    pub(crate) fn usual_delay(&self) -> Option<i32> {
        let mut late = self.late.clone();
        late.sort_unstable();
        late.get(late.len() / 2).copied()
    }
}

/// Contacts since a day, with a payer under any of its ids or with all; those that were taken back
/// are none.
pub(crate) struct Calls {
    pub(crate) calls: Vec<Call>,
    /// By payer.
    pub(crate) measures: BTreeMap<String, Measure>,
    /// There are more than were looked through.
    pub(crate) is_capped: bool,
}

impl Calls {
    /// Reads them.
    ///
    /// # Errors
    /// The database.
    pub(crate) async fn since(
        tx: &mut Tx,
        office: &Office,
        day: Date,
        payers: &[String],
    ) -> Result<Calls, store::Error> {
        let since = office.begins(day);
        let mut found = tx.contacts_since(&since, payers, LOOKED_THROUGH + 1).await?;
        let is_capped = found.len() as u64 > LOOKED_THROUGH.unsigned_abs();
        found.truncate(usize::try_from(LOOKED_THROUGH).unwrap_or(usize::MAX));
        let mut cases: Vec<String> = found.iter().map(|one| one.denial.clone()).collect();
        cases.sort();
        cases.dedup();
        let mut told = HashMap::new();
        for part in cases.chunks(PART) {
            for (case, at, body) in tx.told_of_promises(part).await? {
                // What was blanked past its time tells nothing any more.
                let Ok(event) = serde_json::from_str::<Event>(&body) else { continue };
                let events: &mut Vec<(Date, Event)> = told.entry(case).or_default();
                events.push((day_of(&at, &office.clinic.zone, day), event));
            }
        }
        let undone: HashMap<&str, HashSet<u32>> =
            told.iter().map(|(case, events)| (case.as_str(), undone(events))).collect();
        let calls = found.into_iter().filter_map(|one| call(one, &undone)).collect();
        let mut calls = Calls { calls, measures: BTreeMap::new(), is_capped };
        calls.measure(&told, day, office.moment().today);
        Ok(calls)
    }

    /// What contacts with a payer under all its ids come to; `None` where there were none.
    pub(crate) fn measure_of(&self, payers: &[String]) -> Option<Measure> {
        payers.iter().filter_map(|one| self.measures.get(one)).cloned().reduce(Measure::and)
    }

    fn measure(&mut self, told: &HashMap<String, Vec<(Date, Event)>>, since: Date, today: Date) {
        let mut payers: HashMap<&str, &str> = HashMap::new();
        for one in &self.calls {
            let measure = self.measures.entry(one.payer.clone()).or_default();
            measure.contacts += 1;
            measure.minutes += u64::from(one.contact.minutes);
            payers.insert(&one.case, &one.payer);
        }
        for (case, payer) in payers {
            let Some(measure) = self.measures.get_mut(payer) else { continue };
            let made = told.get(case).map(|told| promises(told)).unwrap_or_default();
            for one in made.iter().filter(|one| one.made_on >= since) {
                match one.stands(today) {
                    Kept::InTime => measure.in_time += 1,
                    Kept::Late(days) => measure.late.push(days),
                    Kept::Broken => measure.broken += 1,
                    Kept::Waits => measure.waits += 1,
                    Kept::Moot => {}
                }
            }
        }
    }
}

fn day_of(at: &str, zone: &str, otherwise: Date) -> Date {
    let at = at.parse::<jiff::Timestamp>();
    at.map_or(otherwise, |at| clock::zone(zone).to_datetime(at).date())
}

/// The versions of a case that were taken back.
fn undone(told: &[(Date, Event)]) -> HashSet<u32> {
    let undone = told.iter().filter_map(|(_, event)| {
        let Change::Undone { undone, .. } = &event.change else { return None };
        Some(*undone)
    });
    undone.collect()
}

fn call(one: Contacted, undone: &HashMap<&str, HashSet<u32>>) -> Option<Call> {
    let event: Event = serde_json::from_str(&one.body).ok()?;
    let Change::Contacted { contact, .. } = event.change else { return None };
    let is_undone = undone.get(one.denial.as_str()).is_some_and(|all| all.contains(&event.version));
    let Contacted { denial: case, payer, at, actor: by, .. } = one;
    (!is_undone).then_some(Call { case, payer, at, by, contact })
}

/// A payer's card with the versions that led to it, the newest first.
#[derive(Default)]
pub(crate) struct Held {
    pub(crate) card: Card,
    /// The newest version; 0 where none is kept.
    pub(crate) version: i64,
    pub(crate) versions: Vec<CardRow>,
}

/// The card of a payer under all the ids that it had.
///
/// # Errors
/// The database.
pub(crate) async fn card(tx: &mut Tx, payers: &[String]) -> anyhow::Result<Held> {
    let versions = tx.payer_cards(payers).await?;
    let card = versions.first().map(|one| serde_json::from_str(&one.body));
    let card = card.transpose().context("a kept card is JSON")?;
    let version = versions.iter().map(|one| one.version).max().unwrap_or(0);
    Ok(Held { card: card.unwrap_or_default(), version, versions })
}

/// Why a card is not kept.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotKept {
    #[error("{0}")]
    Unfit(#[from] NoCard),
    #[error("somebody changed this card meanwhile; look at it again")]
    Stale,
    #[error("{0}")]
    Broken(anyhow::Error),
}

impl From<store::Error> for NotKept {
    fn from(error: store::Error) -> NotKept {
        NotKept::Broken(error.into())
    }
}

/// Keeps a new version of a payer's card, that was read at version `read`.
///
/// # Errors
/// [`NotKept`]; nothing has changed then.
pub(crate) async fn keep(
    office: &Office,
    (payer, former): (&PayerId, &[String]),
    (card_now, why): (&Card, &str),
    read: i64,
) -> Result<(), NotKept> {
    let moment = office.moment();
    let mut tx = office.write().await?;
    let there = card(&mut tx, former).await.map_err(NotKept::Broken)?;
    if there.version != read {
        return Err(NotKept::Stale);
    }
    card_now.check(&there.card)?;
    Card::check_why(why)?;
    let row = CardRow {
        payer: payer.as_str().to_owned(),
        version: read + 1,
        body: serde_json::to_string(card_now).map_err(|fault| NotKept::Broken(fault.into()))?,
        why: why.to_owned(),
        saved_at: instant(moment.now),
        saved_by: moment.who.person.as_str().to_owned(),
    };
    if !tx.keep_payer_card(&row).await? {
        return Err(NotKept::Stale);
    }
    let changed = changed(&there.card, card_now);
    let facts = json!({ "version": row.version, "changed": changed, "why": why });
    let about = format!("{ABOUT}{payer}");
    tx.append(vec![Entry::new(&about, "payer.card_saved", &facts)], &moment).await?;
    tx.commit().await?;
    Ok(())
}

/// The parts of a card that differ between two versions.
pub(crate) fn changed(before: &Card, after: &Card) -> Vec<&'static str> {
    let texts = before.texts().into_iter().zip(after.texts());
    let texts = texts.filter(|((_, one), (_, other))| one != other).map(|((name, _), _)| name);
    let holder = (before.login_holder != after.login_holder).then_some("login_holder");
    texts.chain(holder).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_and_how_late_it_usually_is() {
        let one = Card { phone: "1".to_owned(), ..Card::default() };
        let other = Card { fax: "2".to_owned(), ..one.clone() };
        assert_eq!(changed(&one, &other), ["fax"]);
        assert_eq!(changed(&Card::default(), &other), ["phone", "fax"]);
        let measure = Measure { late: vec![9, 1, 3], in_time: 2, broken: 1, ..Measure::default() };
        assert_eq!((measure.due(), measure.usual_delay()), (6, Some(3)));
        assert_eq!(Measure::default().usual_delay(), None);
        let both = measure.clone().and(Measure { late: vec![2], waits: 1, ..Measure::default() });
        assert_eq!((both.due(), both.usual_delay(), both.waits), (7, Some(3), 1));
    }
}
