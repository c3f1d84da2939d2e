//! What waits at the door for somebody to come back: how much of it there is room for, and its end.

use crate::sql::run;
use crate::{Error, Tx};

/// How many may wait at once. Strangers may begin as often as they like; where there is no more
/// room the oldest goes, of their own place first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    /// From one address.
    pub of_place: i64,
    /// From everywhere.
    pub in_all: i64,
}

impl Default for Room {
    /// A large clinic behind one address, and many of them.
    fn default() -> Room {
        Room { of_place: 200, in_all: 10_000 }
    }
}

/// What is said beside something that is to wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wait<'a> {
    /// Where it comes from; empty where that is not known.
    pub from: &'a str,
    /// What came before this is forgotten.
    pub stale: &'a str,
    /// For how many there is room.
    pub room: Room,
}

impl Tx {
    /// True where something waits since before `stale`.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn has_stale_waits(&mut self, stale: &str) -> Result<bool, Error> {
        let (rows,) = run!(
            self,
            one as (i64,),
            "select (select count(*) from errand where went_at < $1)
             + (select count(*) from ceremony where came_at < $1)
             + (select count(*) from half_way where came_at < $1)
             + (select count(*) from newcomer where came_at < $1)",
            stale
        )?;
        Ok(rows > 0)
    }

    /// Forgets what waits since before `stale`.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn forget_waits(&mut self, stale: &str) -> Result<(), Error> {
        run!(self, execute, "delete from errand where went_at < $1", stale)?;
        run!(self, execute, "delete from ceremony where came_at < $1", stale)?;
        run!(self, execute, "delete from half_way where came_at < $1", stale)?;
        run!(self, execute, "delete from newcomer where came_at < $1", stale)?;
        Ok(())
    }
}
