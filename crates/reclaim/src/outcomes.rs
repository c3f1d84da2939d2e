//! How ways ended: counted as payers answer, read for the odds of the next.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use denial::denial::Denial;
use denial::lifecycle::Event;
use denial::outcome::{self, Heard};
use denial::rules::Rules;
use insight::odds::History;
use jiff::civil::Date;
use store::outcomes::Outcome;
use store::{Practice, Tx};

use crate::practice::Office;
use crate::rank;

/// What came of each practice's ways so far, as it stood when it was first asked for on a day:
/// ranks are counted by it, and anew each night.
#[derive(Debug, Default)]
pub(crate) struct Histories {
    by_practice: Mutex<HashMap<Practice, (Date, Arc<History>)>>,
}

impl Histories {
    /// The history of a transaction's practice.
    ///
    /// # Errors
    /// The database.
    pub(crate) async fn of(&self, tx: &mut Tx, today: Date) -> Result<Arc<History>, store::Error> {
        match self.held(tx.practice(), today) {
            Some(history) => Ok(history),
            None => self.afresh(tx, today).await,
        }
    }

    fn held(&self, practice: &Practice, today: Date) -> Option<Arc<History>> {
        let held = self.by_practice.lock().unwrap_or_else(PoisonError::into_inner);
        held.get(practice).filter(|(on, _)| *on == today).map(|(_, history)| history.clone())
    }

    /// The same with everything that was counted since.
    ///
    /// # Errors
    /// The database.
    pub(crate) async fn afresh(
        &self,
        tx: &mut Tx,
        today: Date,
    ) -> Result<Arc<History>, store::Error> {
        let history = Arc::new(History::of(tx.tallies().await?));
        let mut held = self.by_practice.lock().unwrap_or_else(PoisonError::into_inner);
        held.insert(tx.practice().clone(), (today, history.clone()));
        Ok(history)
    }
}

/// What came of ways like those of a case, as of now.
///
/// # Errors
/// The database.
pub(crate) async fn like(
    tx: &mut Tx,
    case: &Denial,
    rules: &Rules,
) -> Result<History, store::Error> {
    let code = rank::code(case, rules);
    Ok(History::of(tx.tallies_of(case.payer.as_str(), &code).await?))
}

/// Counts what the events of one decision come to, beside the case that they changed.
///
/// # Errors
/// The database.
pub(crate) async fn count(
    tx: &mut Tx,
    office: &Office,
    before: &Denial,
    after: &Denial,
    events: &[Event],
) -> Result<(), store::Error> {
    let denial = before.id.as_str();
    if after.payer != before.payer {
        tx.move_outcomes(denial, after.payer.as_str()).await?;
    }
    for heard in outcome::heard(before, events) {
        match heard {
            Heard::Answered { version, way, ended, on } => {
                let one = Outcome {
                    denial: before.id.clone(),
                    version,
                    payer: after.payer.clone(),
                    code: rank::code(before, &office.rules),
                    way,
                    ended,
                    on,
                };
                tx.count_outcome(&one).await?;
            }
            Heard::TakenBack(ended) => tx.take_back_outcome(denial, ended).await?,
        }
    }
    Ok(())
}
