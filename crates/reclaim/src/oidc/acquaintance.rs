//! What an issuer said of itself when it was last asked. All who ask wait for one answer: nothing
//! is held meanwhile, and an issuer that does not answer is left in peace for a while.

use std::sync::{Arc, Mutex, MutexGuard};

use jiff::Timestamp;
use tokio::sync::OnceCell;

use crate::clock::Patience;
use crate::oidc::token::Keys;
use crate::oidc::{Discovery, Fault, read};

/// So long an issuer that failed is not asked again.
const FORGIVEN: Patience = Patience::minutes(1);

/// An issuer as it was when it answered.
#[derive(Clone, Debug)]
pub(crate) struct Met {
    pub(super) discovery: Discovery,
    pub(super) keys: Keys,
    at: Timestamp,
}

impl Met {
    async fn now(issuer: &str, at: Timestamp) -> Result<Met, Fault> {
        let discovery = Discovery::of(issuer).await?;
        let keys = read(&discovery.jwks_uri).await?;
        Ok(Met { discovery, keys, at })
    }
}

/// One question to an issuer, for all who wait for its answer.
#[derive(Debug)]
struct Question {
    issuer: String,
    at: Timestamp,
    answer: OnceCell<Result<Met, Fault>>,
}

#[derive(Debug, Default)]
struct Kept {
    met: Option<Met>,
    asked: Option<Arc<Question>>,
}

/// What the issuer said of itself, until it is asked again; any other process asks for itself.
#[derive(Clone, Debug, Default)]
pub(crate) struct Acquaintance(Arc<Mutex<Kept>>);

impl Acquaintance {
    /// What holds of an issuer now; asked again where it is older than this.
    pub(super) async fn met(
        &self,
        issuer: &str,
        now: Timestamp,
        older: Patience,
    ) -> Result<Met, Fault> {
        let question = {
            let mut kept = self.lock();
            let is_fresh = |met: &&Met| older.holds(met.at, now);
            if let Some(met) = kept.of(issuer).filter(is_fresh) {
                return Ok(met.clone());
            }
            kept.question(issuer, now)
        };
        if let Some(answer) = question.answer.get() {
            return answer.clone();
        }
        // A browser that goes away takes no answer from the others.
        let asking = tokio::spawn(self.clone().ask(question));
        asking.await.unwrap_or_else(|fault| Err(Fault::Unreachable(fault.to_string())))
    }

    /// What an issuer said of itself whenever it last did: nobody is asked.
    pub(super) fn kept(&self, issuer: &str) -> Option<Discovery> {
        self.lock().of(issuer).map(|met| met.discovery.clone())
    }

    async fn ask(self, question: Arc<Question>) -> Result<Met, Fault> {
        let answer = || async {
            let answer = Met::now(&question.issuer, question.at).await;
            if let Ok(met) = &answer {
                self.lock().met = Some(met.clone());
            }
            answer
        };
        question.answer.get_or_init(answer).await.clone()
    }

    /// Held for a moment, never while somebody waits.
    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().expect("nobody panics with it in hand")
    }
}

impl Kept {
    fn of(&self, issuer: &str) -> Option<&Met> {
        self.met.as_ref().filter(|met| met.discovery.issuer == issuer)
    }

    /// The question that is asked already, or was a moment ago; else a new one.
    fn question(&mut self, issuer: &str, now: Timestamp) -> Arc<Question> {
        let is_it = |one: &&Arc<Question>| one.issuer == issuer && FORGIVEN.holds(one.at, now);
        if let Some(question) = self.asked.as_ref().filter(is_it) {
            return question.clone();
        }
        let new = Question { issuer: issuer.to_owned(), at: now, answer: OnceCell::new() };
        self.asked.insert(Arc::new(new)).clone()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use tokio::net::TcpListener;
    use tokio::task::JoinSet;

    use super::*;
    use crate::oidc::HOLDS;

    /// A house that opens its door, waits and says nothing; and how often somebody knocked.
    async fn silent() -> (String, Arc<AtomicUsize>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = format!("http://{}", listener.local_addr().expect("an address"));
        let counted: Arc<AtomicUsize> = Arc::default();
        let heard = Arc::clone(&counted);
        tokio::spawn(async move {
            loop {
                let Ok((stream, _)) = listener.accept().await else { return };
                heard.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(async move {
                    tokio::time::sleep(Duration::from_millis(200)).await;
                    drop(stream);
                });
            }
        });
        (address, counted)
    }

    fn at(text: &str) -> Timestamp {
        text.parse().expect("an instant")
    }

    #[tokio::test]
    async fn a_dead_issuer_is_asked_once_for_all_who_wait_and_then_left_in_peace() {
        let (address, knocks) = silent().await;
        let (known, noon) = (Acquaintance::default(), at("2026-03-03T12:00:00Z"));
        let mut all = JoinSet::new();
        for _ in 0..8 {
            let (known, address) = (known.clone(), address.clone());
            all.spawn(async move { known.met(&address, noon, HOLDS).await.is_err() });
        }
        assert_eq!(all.join_all().await, [true; 8]);
        assert_eq!(knocks.load(Ordering::SeqCst), 1, "all of them waited for one answer");
        let soon = at("2026-03-03T12:00:59Z");
        assert!(known.met(&address, soon, HOLDS).await.is_err());
        assert_eq!(knocks.load(Ordering::SeqCst), 1, "it failed a moment ago");
        let later = at("2026-03-03T12:01:00Z");
        assert!(known.met(&address, later, HOLDS).await.is_err());
        assert_eq!(knocks.load(Ordering::SeqCst), 2);
    }

    #[tokio::test]
    async fn who_goes_away_while_it_is_asked_takes_no_answer_from_others() {
        let (address, knocks) = silent().await;
        let (known, noon) = (Acquaintance::default(), at("2026-03-03T12:00:00Z"));
        let gone = known.met(&address, noon, HOLDS);
        assert!(tokio::time::timeout(Duration::from_millis(50), gone).await.is_err());
        assert!(known.kept(&address).is_none(), "what is kept is told without waiting");
        assert!(known.met(&address, noon, HOLDS).await.is_err());
        assert_eq!(knocks.load(Ordering::SeqCst), 1);
    }
}
