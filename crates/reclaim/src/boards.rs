//! The board of each practice, kept in memory and brought up to date from the journal before it is
//! read. It is another view of the database: a process that has none makes one.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use insight::board::Board;
use store::board::Known;
use store::{Practice, Tx};
use tokio::sync::{OwnedRwLockReadGuard, OwnedRwLockWriteGuard, RwLock};

/// A board with the moment up to which it knows the practice.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    pub(crate) board: Board,
    pub(crate) known: Known,
}

/// The boards of all practices that somebody looked at.
#[derive(Debug, Default)]
pub(crate) struct Boards {
    by_practice: Mutex<HashMap<Practice, Arc<RwLock<Kept>>>>,
}

impl Boards {
    /// The practice's board as it is at the transaction's moment, or later.
    ///
    /// # Errors
    /// The database.
    pub(crate) async fn of(&self, tx: &mut Tx) -> Result<OwnedRwLockReadGuard<Kept>, store::Error> {
        let kept = self.kept(tx.practice());
        let now = tx.known().await?;
        let read = kept.clone().read_owned().await;
        if is_known(&read.known, &now) {
            return Ok(read);
        }
        drop(read);
        let mut write = kept.write_owned().await;
        if !is_known(&write.known, &now) {
            learn(&mut write, tx, now).await?;
        }
        Ok(OwnedRwLockWriteGuard::downgrade(write))
    }

    fn kept(&self, practice: &Practice) -> Arc<RwLock<Kept>> {
        let mut boards = self.by_practice.lock().unwrap_or_else(PoisonError::into_inner);
        boards.entry(practice.clone()).or_default().clone()
    }
}

fn is_known(known: &Known, now: &Known) -> bool {
    known.seq >= now.seq && known.ranked_at >= now.ranked_at
}

/// Takes in what the database lists anew: everything after ranks were counted, which leave no
/// entry, else the cases that the journal tells of.
async fn learn(kept: &mut Kept, tx: &mut Tx, now: Known) -> Result<(), store::Error> {
    let Kept { board, known } = kept;
    let mut put = |listed: &insight::board::Listed<'_>| board.put(listed);
    if known.ranked_at < now.ranked_at || known.seq == 0 {
        tx.list_all(&mut put).await?;
    } else {
        tx.list_since(known.seq, &mut put).await?;
    }
    board.settle();
    *known = now;
    Ok(())
}
