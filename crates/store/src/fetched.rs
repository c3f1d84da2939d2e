//! The ledger of files that were fetched from other hosts, so that none is taken twice.

use crate::sql::{among, run};
use crate::{Error, Tx};

/// A file as the other side had it.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Fetched {
    /// The route by which it came.
    pub route: String,
    /// Its name there.
    pub name: String,
    /// How long it is.
    pub bytes: i64,
    /// When it was changed there last, in seconds.
    pub changed: i64,
    /// sha-256 of what came.
    pub hash: String,
    /// `coming`, or `here` once it has its name on this side.
    pub state: String,
    /// When it came.
    pub at: String,
}

impl Tx {
    /// What of some names of a route came before.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn fetched(&mut self, route: &str, names: &[String]) -> Result<Vec<Fetched>, Error> {
        let rows = among!(
            self,
            Fetched,
            "select route, name, bytes, changed, hash, state, at from fetched
             where practice = $1 and route = $2 and name in (select value from json_each($3))",
            "select route, name, bytes, changed, hash, state, at from fetched
             where practice = $1 and route = $2 and name = any($3)",
            names,
            self.practice.as_str(),
            route
        )?;
        Ok(rows)
    }

    /// What was on its way when the program ended.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn fetched_coming(&mut self, route: &str) -> Result<Vec<Fetched>, Error> {
        let rows = run!(
            self,
            all as Fetched,
            "select route, name, bytes, changed, hash, state, at from fetched
             where practice = $1 and route = $2 and state = 'coming'",
            self.practice.as_str(),
            route
        )?;
        Ok(rows)
    }

    /// Puts a file down, or how far it is now.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn note_fetched(&mut self, one: &Fetched) -> Result<(), Error> {
        run!(
            self,
            execute,
            "insert into fetched (practice, route, name, bytes, changed, hash, state, at)
             values ($1, $2, $3, $4, $5, $6, $7, $8)
             on conflict (practice, route, name, bytes, changed) do update
             set hash = excluded.hash, state = excluded.state, at = excluded.at",
            self.practice.as_str(),
            one.route.as_str(),
            one.name.as_str(),
            one.bytes,
            one.changed,
            one.hash.as_str(),
            one.state.as_str(),
            one.at.as_str()
        )?;
        Ok(())
    }

    /// True where something was ever whole in a route's place.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn route_was_used(&mut self, route: &str) -> Result<bool, Error> {
        let found = run!(
            self,
            all as (i64,),
            "select control from outgoing
             where practice = $1 and route = $2 and uploaded_at is not null limit 1",
            self.practice.as_str(),
            route
        )?;
        Ok(!found.is_empty())
    }
}
