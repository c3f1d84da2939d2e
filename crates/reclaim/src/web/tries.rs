//! How long somebody waits who could not sign in: longer each time, and never for long.

use denial::ids::PersonId;
use jiff::{SignedDuration, Timestamp};
use store::sessions::CameFrom;
use store::{Tx, instant};

/// The longest wait: a stranger who guesses cannot shut somebody out for a day.
const LONGEST: SignedDuration = SignedDuration::from_mins(15);
/// The first wait; each further failure doubles it.
const FIRST_SECONDS: i64 = 5;
/// Without a failure for so long, those before are forgotten.
const FORGOTTEN: SignedDuration = SignedDuration::from_hours(24);

/// Whose failures are counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Subject {
    name: String,
    /// Failures without a wait.
    free: i64,
}

impl Subject {
    /// A name to sign in with, whether somebody has it or not.
    pub(crate) fn login(person: &PersonId) -> Subject {
        Subject { name: person.as_str().to_owned(), free: 4 }
    }

    /// Where somebody comes from; a clinic shares one address, so more is free.
    fn address(address: &str) -> Option<Subject> {
        (!address.is_empty()).then(|| Subject { name: format!("from {address}"), free: 20 })
    }

    /// How long this subject still waits.
    async fn left(&self, tx: &mut Tx, now: Timestamp) -> Result<SignedDuration, store::Error> {
        let failures = tx.failures(&self.name).await?;
        let wait = failures.and_then(|(failed, last)| wait(failed - self.free, &last, now));
        Ok(wait.unwrap_or(SignedDuration::ZERO))
    }
}

/// Everything whose failures count where somebody signs in.
pub(crate) fn subjects(person: &PersonId, from: &CameFrom) -> Vec<Subject> {
    let address = Subject::address(&from.address);
    address.into_iter().chain([Subject::login(person)]).collect()
}

/// The same where nobody has said yet who they are.
pub(crate) fn place(from: &CameFrom) -> Vec<Subject> {
    Subject::address(&from.address).into_iter().collect()
}

/// How long the slowest of these still waits; `None` where none does.
pub(crate) async fn left(
    tx: &mut Tx,
    subjects: &[Subject],
    now: Timestamp,
) -> Result<Option<SignedDuration>, store::Error> {
    let mut longest = SignedDuration::ZERO;
    for subject in subjects {
        longest = longest.max(subject.left(tx, now).await?);
    }
    Ok(longest.is_positive().then_some(longest))
}

/// Counts a failure of each.
pub(crate) async fn count(
    tx: &mut Tx,
    subjects: &[Subject],
    now: Timestamp,
) -> Result<(), store::Error> {
    let stale = instant(now.checked_sub(FORGOTTEN).unwrap_or(now));
    for subject in subjects {
        tx.count_failure(&subject.name, &instant(now), &stale).await?;
    }
    Ok(())
}

/// So many failures in a row are told to whose name they were: more than one's own slips.
const TOLD: i64 = 3;

/// Forgets the failures of somebody who has shown who they are, and keeps a row of them to be told.
pub(crate) async fn forget(tx: &mut Tx, person: &PersonId) -> Result<(), store::Error> {
    tx.keep_streak(person.as_str(), TOLD).await?;
    tx.forget_failures(person.as_str()).await
}

/// What is left of the wait after so many failures above those that are free.
fn wait(above: i64, last: &str, now: Timestamp) -> Option<SignedDuration> {
    let doubled = u32::try_from(above.min(10)).ok()?;
    let last: Timestamp = last.parse().ok()?;
    let since = now.duration_since(last);
    let wait = SignedDuration::from_secs(FIRST_SECONDS << doubled).min(LONGEST);
    let left = wait - since;
    left.is_positive().then_some(left)
}

/// What somebody is told who has to wait. It is the same whether the name is somebody's or not.
pub(crate) fn in_words(left: SignedDuration) -> String {
    let wait = match left.as_secs() + i64::from(left.subsec_nanos() > 0) {
        1 => "a second".to_owned(),
        seconds @ ..=90 => format!("{seconds} seconds"),
        seconds => format!("{} minutes", (seconds + 59) / 60),
    };
    format!("Too many tries that were not right. Wait {wait} and try again.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_grows_with_failures_and_ends() {
        let at = |seconds: i64| Timestamp::from_second(1_000 + seconds).expect("a time");
        let last = instant(at(0));
        let left = |above, seconds| wait(above, &last, at(seconds)).map(|left| left.as_secs());
        assert_eq!(left(-1, 1), None);
        assert_eq!(left(0, 1), Some(4));
        assert_eq!(left(0, 5), None);
        assert_eq!(left(2, 0), Some(20));
        assert_eq!(left(40, 0), Some(900));
        assert_eq!(left(i64::MAX, 899), Some(1));
        assert_eq!(left(40, 900), None);
    }

    #[test]
    fn a_wait_is_told_in_words() {
        let told = |seconds| in_words(SignedDuration::from_secs(seconds));
        assert!(told(4).contains("Wait 4 seconds"));
        assert!(told(599).contains("Wait 10 minutes"));
    }
}
