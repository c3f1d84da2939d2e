//! The board of each practice, kept in memory and brought up to date from the journal before it is
//! read. It is another view of the database: a process that has none makes one.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use insight::board::{Board, Listed};
use store::board::Known;
use store::{Practice, Tx};
use tokio::sync::{OwnedRwLockReadGuard, OwnedRwLockWriteGuard, RwLock};

/// A board with the moment up to which it knows the practice; none before it was made.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    pub(crate) board: Board,
    known: Option<Known>,
}

/// The boards of all practices that somebody looked at.
#[derive(Debug, Default)]
pub(crate) struct Boards {
    by_practice: Mutex<HashMap<Practice, Arc<RwLock<Kept>>>>,
}

impl Boards {
    /// The practice's board as it is at the transaction's moment, or later. Ranks that a sweep
    /// counted since are not awaited: [`Boards::rerank`] brings them.
    ///
    /// # Errors
    /// The database.
    pub(crate) async fn of(&self, tx: &mut Tx) -> Result<OwnedRwLockReadGuard<Kept>, store::Error> {
        let kept = self.kept(tx.practice());
        let now = tx.known().await?;
        let read = kept.clone().read_owned().await;
        if read.knows(&now) {
            return Ok(read);
        }
        drop(read);
        let mut write = kept.write_owned().await;
        if !write.knows(&now) {
            write.learn(tx, now).await?;
        }
        Ok(OwnedRwLockWriteGuard::downgrade(write))
    }

    /// Makes the board anew where ranks were counted since, or where there is none yet. It is made
    /// aside, so that nobody waits for it.
    ///
    /// # Errors
    /// The database.
    pub(crate) async fn rerank(&self, tx: &mut Tx) -> Result<(), store::Error> {
        let kept = self.kept(tx.practice());
        let now = tx.known().await?;
        let is_so = |known: &Known| known.ranked_at == now.ranked_at;
        if kept.read().await.known.as_ref().is_some_and(is_so) {
            return Ok(());
        }
        let mut fresh = Kept::default();
        fresh.learn(tx, now).await?;
        // What was learned meanwhile is learned once more: the journal tells it from here on.
        *kept.write().await = fresh;
        Ok(())
    }

    fn kept(&self, practice: &Practice) -> Arc<RwLock<Kept>> {
        let mut boards = self.by_practice.lock().unwrap_or_else(PoisonError::into_inner);
        boards.entry(practice.clone()).or_default().clone()
    }
}

impl Kept {
    fn knows(&self, now: &Known) -> bool {
        self.known.as_ref().is_some_and(|known| known.seq >= now.seq)
    }

    /// Takes in the cases that the journal tells of since; all of them the first time.
    async fn learn(&mut self, tx: &mut Tx, now: Known) -> Result<(), store::Error> {
        let board = &mut self.board;
        let mut put = |listed: &Listed<'_>| board.put(listed);
        let ranked_at = match &self.known {
            Some(known) => {
                tx.list_since(known.seq, &mut put).await?;
                known.ranked_at.clone()
            }
            None => {
                tx.list_all(&mut put).await?;
                now.ranked_at
            }
        };
        self.board.settle();
        self.known = Some(Known { seq: now.seq, ranked_at });
        Ok(())
    }
}
