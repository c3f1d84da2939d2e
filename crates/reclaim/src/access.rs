//! Who looked at what, what left the house and what was refused: the chain of views.

use std::sync::{Arc, Mutex};

use denial::ids::{ClaimId, DenialId, RemittanceId};
use denial::person::Moment;
use serde_json::json;
use store::journal::Entry;
use store::{Practice, Store};

use crate::practice::Office;

/// Puts on record what who acts has seen or taken out, before they have it. Facts never hold
/// patient data: `about` is an id, or the kind of a list.
pub(crate) async fn note(
    office: &Office,
    about: &str,
    kind: &str,
    facts: &serde_json::Value,
) -> Result<(), store::Error> {
    let mut tx = office.store.write_aside(office.practice()).await?;
    tx.append_views(vec![Entry::new(about, kind, facts)], &office.moment()).await?;
    tx.commit().await
}

/// Puts a refusal on record: the route, command or act, and the role. That it could not be written
/// is logged; it stays refused.
pub(crate) async fn note_refusal(office: &Office, about: &str, kind: &str, what: &str) {
    let facts = json!({ "what": what, "role": office.who.role.as_str() });
    if let Err(fault) = note(office, about, kind, &facts).await {
        tracing::error!("a refusal could not be put on record: {fault}");
    }
}

/// The id in an address that a refusal is about, or the address's pattern where there is none. What
/// else somebody typed there is not kept.
pub(crate) fn subject<'a>(address: &'a str, pattern: &'a str) -> &'a str {
    let is_id = |part: &&str| {
        DenialId::parse(part).is_ok()
            || RemittanceId::parse(part).is_ok()
            || ClaimId::parse(part).is_ok()
    };
    address.split('/').find(is_id).unwrap_or(pattern)
}

/// Pages that list patients. Their entries are written together beside the pages, which wait for
/// nobody's turn to write (house §18.18).
#[derive(Clone, Default)]
pub(crate) struct Lists {
    waiting: Arc<Mutex<Vec<Listed>>>,
    writing: Arc<tokio::sync::Mutex<()>>,
}

struct Listed {
    practice: Practice,
    entry: Entry,
    moment: Moment,
}

impl Lists {
    /// Notes that somebody has a list of this kind before them.
    pub(crate) fn note(&self, office: &Office, what: &str) {
        let listed = Listed {
            practice: office.practice().clone(),
            entry: Entry::new(what, &format!("{what}.viewed"), &json!({})),
            moment: office.moment(),
        };
        self.waiting.lock().expect("nobody panics with the list in hand").push(listed);
        let (lists, store) = (self.clone(), office.store.clone());
        tokio::spawn(async move { lists.write(&store).await });
    }

    /// Writes all that waits; what could not be written waits for the next page.
    pub(crate) async fn write(&self, store: &Store) {
        let _writing = self.writing.lock().await;
        while let Some(practice) = self.first() {
            if let Err(fault) = self.write_of(store, &practice).await {
                tracing::error!("who looked at lists is not on record yet: {fault}");
                return;
            }
        }
    }

    fn first(&self) -> Option<Practice> {
        let waiting = self.waiting.lock().expect("nobody panics with the list in hand");
        waiting.first().map(|one| one.practice.clone())
    }

    async fn write_of(&self, store: &Store, practice: &Practice) -> Result<(), store::Error> {
        let mut tx = store.write_aside(practice).await?;
        // What came while the turn was waited for is written with it.
        let own: Vec<(Entry, Moment)> = {
            let waiting = self.waiting.lock().expect("nobody panics with the list in hand");
            let own = waiting.iter().filter(|one| one.practice == *practice);
            own.map(|one| (one.entry.clone(), one.moment.clone())).collect()
        };
        let mut left = own.len();
        for (entry, moment) in own {
            tx.append_views(vec![entry], &moment).await?;
        }
        tx.commit().await?;
        let mut waiting = self.waiting.lock().expect("nobody panics with the list in hand");
        waiting.retain(|one| {
            let is_written = one.practice == *practice && left > 0;
            left -= usize::from(is_written);
            !is_written
        });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_keeps_ids_and_nothing_else_of_an_address() {
        let id = DenialId::from_bits(7).to_string();
        let address = format!("/cases/{id}/acts");
        assert_eq!(subject(&address, "/cases/{id}/acts"), id);
        assert_eq!(subject("/cases/John Doe", "/cases/{id}"), "/cases/{id}");
    }
}
