//! Who waits to write is counted here. SQLite's writers take turns, and its log is brought into the
//! file beside them.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use sqlx::{Pool, Sqlite};
use tokio::sync::{Mutex, OwnedMutexGuard};

/// How often the log is brought into the file while somebody writes.
const EVERY: Duration = Duration::from_millis(40);

/// Whose turn it is in this process, first come first served: SQLite's own waiting is a lottery. On
/// PostgreSQL a row is the turn, and only who waits for it is counted.
#[derive(Clone)]
pub(crate) struct Turns {
    turn: Arc<Mutex<()>>,
    /// How many stand in line.
    waiting: Arc<AtomicUsize>,
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
        Turns { turn: Arc::new(turn), waiting: Arc::default(), brought: Arc::new(brought) }
    }

    pub(crate) async fn take(&self, pool: &Pool<Sqlite>) -> Turn {
        let waiter = self.stand_in_line();
        let turn = self.turn.clone().lock_owned().await;
        drop(waiter);
        Turn { _turn: turn, turns: self.clone(), pool: pool.clone() }
    }

    /// Counts somebody among those who wait, until the answer is dropped.
    pub(crate) fn stand_in_line(&self) -> Waiter {
        self.waiting.fetch_add(1, Ordering::Relaxed);
        Waiter(self.waiting.clone())
    }

    /// True while somebody waits.
    pub(crate) fn is_awaited(&self) -> bool {
        self.waiting.load(Ordering::Relaxed) > 0
    }
}

/// Somebody in line, who may also walk away.
pub(crate) struct Waiter(Arc<AtomicUsize>);

impl Drop for Waiter {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
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
