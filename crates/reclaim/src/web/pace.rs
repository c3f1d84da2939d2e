//! How fast somebody opens patients' pages: who reads faster than people do copies.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

/// Pages of patients that one person may open within an hour; a busy desk opens two hundred.
pub(crate) const MOST: u32 = 3_000;
/// The hour.
const SPAN: SignedDuration = SignedDuration::from_hours(1);

/// What each person opened in the hour that runs. A process counts for itself, and forgets it when
/// it ends.
#[derive(Debug, Default)]
pub(crate) struct Pace {
    opened: Mutex<HashMap<String, (Timestamp, u32)>>,
}

impl Pace {
    /// Counts one page more; false where it is one too many.
    pub(crate) fn allows(&self, person: &str, now: Timestamp) -> bool {
        let mut opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        opened.retain(|_, (since, _)| now.duration_since(*since) < SPAN);
        let (_, count) = opened.entry(person.to_owned()).or_insert((now, 0));
        *count = count.saturating_add(1);
        *count <= MOST
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_hour_has_its_pages_and_the_next_begins_anew() {
        let (pace, now) = (Pace::default(), Timestamp::UNIX_EPOCH);
        assert!((0..MOST).all(|_| pace.allows("usr_1", now)));
        assert!(!pace.allows("usr_1", now));
        assert!(pace.allows("usr_2", now), "each for themselves");
        assert!(pace.allows("usr_1", now + SPAN));
    }
}
