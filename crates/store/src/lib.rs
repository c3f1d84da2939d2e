//! The database: the only place with SQL, one text for SQLite and PostgreSQL.
//!
//! Everything happens inside a [`Tx`] of one practice. A writing one holds the practice's turn from
//! its first statement, so that what it reads stays true until it commits.

pub mod acknowledgements;
mod adjustments;
pub mod alike;
pub mod appeals;
pub mod audit;
pub mod backup;
pub mod batches;
pub mod beyond;
pub mod board;
mod bulk;
pub mod burdens;
pub mod causes;
pub mod claims;
pub mod code_lists;
pub mod contacts;
pub mod correction_batches;
pub mod correction_standing;
pub mod corrections;
pub mod denials;
pub mod digests;
pub mod doubts;
pub mod evidence;
pub mod export;
pub mod factors;
pub mod fetched;
pub mod files;
pub mod firings;
pub mod floor;
pub mod intake;
pub mod issuers;
pub mod journal;
pub mod matches;
pub mod narrowed;
pub mod next_bills;
mod open;
pub mod outcomes;
pub mod outgoing;
pub mod passkeys;
pub mod payers;
pub mod people;
pub mod postings;
pub mod practices;
pub mod projects;
pub mod protections;
pub mod questions;
pub mod queue;
mod ranks;
pub mod raw;
pub mod remittances;
pub mod requests;
pub mod resent;
pub mod retention;
pub mod reveals;
pub mod reviews;
pub mod rule_versions;
mod seal;
pub mod sessions;
mod sql;
pub mod status;
pub mod steps;
pub mod sweeps;
pub mod tallies;
mod turn;
pub mod unanswered;
pub mod verify;
pub mod views;
pub mod waits;
pub mod words;

use std::fmt;

use jiff::Timestamp;
use sqlx::{AssertSqlSafe, Pool, Postgres, Sqlite};

pub use journal::Key;
pub use open::{Url, Wire};
use sql::{Conn, run};
use turn::{Turn, Turns};

/// Why the database did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nothing has this id.
    #[error("no {what} with this id")]
    Missing {
        /// The table, in words.
        what: &'static str,
    },
    /// Somebody was faster: the row has another version than the one that was read.
    #[error("changed meanwhile by {by} at {at}; read it again")]
    Stale {
        /// Who was faster.
        by: String,
        /// When.
        at: String,
    },
    /// A payer calls two practices by one number.
    #[error("{value} is the number of practice {practice} already")]
    PaidElsewhere {
        /// The NPI or tax id.
        value: String,
        /// Whose it is.
        practice: Practice,
    },
    /// A row that cannot be true.
    #[error("{table} {id}: {column} holds what the program never writes")]
    Inconsistent {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
        /// The row.
        id: String,
    },
    /// Two things that the program writes together do not agree.
    #[error("{place}: {what}")]
    Differs {
        /// Where: an entry of a chain, a case, a remittance.
        place: String,
        /// What was expected and what is there.
        what: String,
    },
    /// The database refuses or cannot be reached.
    #[error("the database: {0}")]
    Database(#[from] sqlx::Error),
    /// The schema cannot be brought up to date.
    #[error("the database's schema: {0}")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    /// A database that a newer program has written.
    #[error(
        "a newer reclaim wrote this database: it has step {found} of the schema, this program \
         knows {known}; install the newer one"
    )]
    Newer {
        /// The step that is there.
        found: i64,
        /// The last one that this program knows.
        known: i64,
    },
    /// A database of a version that was never released.
    #[error(
        "a version of reclaim that was not released made this database: step {found} of its schema \
         is another one; make it anew"
    )]
    Changed {
        /// The step that differs.
        found: i64,
    },
    /// A file beside the database.
    #[error("{what}: {fault}")]
    File {
        /// Which.
        what: String,
        /// Why.
        fault: std::io::Error,
    },
    /// An address that names neither database.
    #[error("expected sqlite:PATH or postgres://…, {0}")]
    Url(String),
    /// A server elsewhere, with nothing said of how the line to it is protected.
    #[error(
        "the database at {host} is on another machine: end its address with ?sslmode=verify-full, \
         and &sslrootcert=FILE for an authority of your own; sslmode=require or disable is taken \
         where the network itself is trusted"
    )]
    Unprotected {
        /// The server's name, without anything else of its address.
        host: String,
    },
}

/// The short name of a practice, as commands and rows carry it: letters, digits and dashes, at
/// most 24.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Practice(String);

impl Practice {
    /// Reads a practice's short name; `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Practice> {
        let fits = (1..=24).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        fits.then(|| Practice(text.to_ascii_lowercase()))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Where sign-ins and administration are journalled.
    pub(crate) fn house() -> Practice {
        Practice("*".to_owned())
    }

    /// All of them at once, for copies of a whole database.
    pub(crate) fn every() -> Practice {
        Practice("**".to_owned())
    }
}

impl fmt::Display for Practice {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

#[derive(Clone)]
enum Pools {
    Sqlite(Pool<Sqlite>),
    Postgres(Pool<Postgres>),
}

/// An open database.
#[derive(Clone)]
pub struct Store {
    pools: Pools,
    key: Key,
    turns: Turns,
}

/// A transaction of one practice. Dropped without [`Tx::commit`], it leaves nothing.
pub struct Tx {
    conn: Conn,
    practice: Practice,
    key: Key,
    turns: Turns,
    turn: Option<Turn>,
}

impl Store {
    /// A transaction that only reads.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn read(&self, practice: &Practice) -> Result<Tx, Error> {
        let conn = match &self.pools {
            Pools::Sqlite(pool) => Conn::Sqlite(pool.begin().await?),
            Pools::Postgres(pool) => {
                let begin = "begin isolation level repeatable read read only";
                Conn::Postgres(pool.begin_with(within(begin, practice)).await?)
            }
        };
        Ok(self.tx(conn, practice, None))
    }

    /// A transaction that writes. It has the practice's turn: no other writes there meanwhile.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn write(&self, practice: &Practice) -> Result<Tx, Error> {
        let mut tx = self.begin(practice).await?;
        let _waiter = self.turns.stand_in_line();
        // On PostgreSQL this row is the turn; SQLite's `immediate` is one already.
        run!(
            tx,
            execute,
            "update journal_head set seq = seq where practice = $1 and chain = 'work'",
            practice.as_str()
        )?;
        Ok(tx)
    }

    async fn begin(&self, practice: &Practice) -> Result<Tx, Error> {
        let (conn, turn) = match &self.pools {
            Pools::Sqlite(pool) => {
                let turn = self.turns.take(pool).await;
                (Conn::Sqlite(pool.begin_with("begin immediate").await?), Some(turn))
            }
            Pools::Postgres(pool) => {
                (Conn::Postgres(pool.begin_with(within("begin", practice)).await?), None)
            }
        };
        Ok(self.tx(conn, practice, turn))
    }

    fn tx(&self, conn: Conn, practice: &Practice, turn: Option<Turn>) -> Tx {
        let (practice, key, turns) = (practice.clone(), self.key.clone(), self.turns.clone());
        Tx { conn, practice, key, turns, turn }
    }

    /// True where the role that PostgreSQL knows this program by walks around the wall between
    /// practices: a superuser, or one that may bypass row-level security.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn walks_around_walls(&self) -> Result<bool, Error> {
        let Pools::Postgres(pool) = &self.pools else { return Ok(false) };
        let asked = "select rolsuper or rolbypassrls from pg_roles where rolname = current_user";
        Ok(sqlx::query_scalar(asked).fetch_optional(pool).await?.unwrap_or(false))
    }

    /// Lets go of every connection.
    pub async fn close(&self) {
        match &self.pools {
            Pools::Sqlite(pool) => pool.close().await,
            Pools::Postgres(pool) => pool.close().await,
        }
    }

    /// `sqlite` or `postgres`.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self.pools {
            Pools::Sqlite(_) => "sqlite",
            Pools::Postgres(_) => "postgres",
        }
    }
}

/// Begins on PostgreSQL, which lets nothing of other practices be seen from then on: the second
/// wall beside the `practice = …` of every statement. A short name is letters, digits, dashes and
/// stars, so it needs no quoting.
fn within(begin: &str, practice: &Practice) -> AssertSqlSafe<String> {
    AssertSqlSafe(format!("{begin}; set local reclaim.practice = '{practice}'"))
}

impl Tx {
    /// Makes what was written durable.
    ///
    /// # Errors
    /// [`Error::Database`]; nothing was written then.
    pub async fn commit(self) -> Result<(), Error> {
        match self.conn {
            Conn::Sqlite(conn) => conn.commit().await?,
            Conn::Postgres(conn) => conn.commit().await?,
        }
        if let Some(turn) = self.turn {
            turn.end();
        }
        Ok(())
    }

    /// True where somebody in this process waits to write: long work that may go on in a further
    /// transaction lets them go first.
    #[must_use]
    pub fn is_awaited(&self) -> bool {
        self.turns.is_awaited()
    }

    /// The practice that it is of.
    #[must_use]
    pub const fn practice(&self) -> &Practice {
        &self.practice
    }
}

/// An instant as rows carry it: UTC, microseconds, one width, so that text compares as time.
#[must_use]
pub fn instant(at: Timestamp) -> String {
    format!("{at:.6}")
}

/// A JSON column's value.
fn parsed<T: serde::de::DeserializeOwned>(
    table: &'static str,
    id: &str,
    body: &str,
) -> Result<T, Error> {
    let inconsistent = |_| Error::Inconsistent { table, column: "body", id: id.to_owned() };
    serde_json::from_str(body).map_err(inconsistent)
}
