//! SQLite's writers take turns here, and its log is brought into the file beside them.

use std::sync::Arc;
use std::time::{Duration, Instant};

use sqlx::{Pool, Sqlite};
use tokio::sync::{Mutex, OwnedMutexGuard};

/// How often the log is brought into the file while somebody writes.
const EVERY: Duration = Duration::from_millis(40);

/// Whose turn it is in this process, first come first served: SQLite's own waiting is a lottery.
#[derive(Clone)]
pub(crate) struct Turns {
    turn: Arc<Mutex<()>>,
    /// When the log was last brought into the file; locked while it is.
    brought: Arc<Mutex<Instant>>,
}

/// A turn; the next one's begins when it is dropped.
pub(crate) struct Turn {
    _turn: OwnedMutexGuard<()>,
    turns: Turns,
    pool: Pool<Sqlite>,
}

impl Turns {
    pub(crate) fn new() -> Turns {
        let (turn, brought) = (Mutex::new(()), Mutex::new(Instant::now()));
        Turns { turn: Arc::new(turn), brought: Arc::new(brought) }
    }

    pub(crate) async fn take(&self, pool: &Pool<Sqlite>) -> Turn {
        let turn = self.turn.clone().lock_owned().await;
        Turn { _turn: turn, turns: self.clone(), pool: pool.clone() }
    }
}

impl Turn {
    /// Ends the turn after a commit. Where it is time, the log is brought into the file now, so
    /// that a commit never has to: while a file is taken in, whoever acts would wait for that.
    pub(crate) fn end(self) {
        let Ok(mut brought) = self.turns.brought.clone().try_lock_owned() else { return };
        if brought.elapsed() < EVERY {
            return;
        }
        let pool = self.pool.clone();
        tokio::spawn(async move {
            // What could not be brought now is brought later; a broken disk shows in a commit.
            let _ = sqlx::query("pragma wal_checkpoint(passive)").execute(&pool).await;
            *brought = Instant::now();
        });
    }
}
