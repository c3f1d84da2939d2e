//! When each sweep last ran, and what it did.

use crate::sql::run;
use crate::{Error, Tx};

impl Tx {
    /// Notes that a sweep ran.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn note_sweep(&mut self, name: &str, at: &str, result: &str) -> Result<(), Error> {
        run!(
            self,
            execute,
            "insert into sweep (practice, name, ran_at, result) values ($1, $2, $3, $4)
             on conflict (practice, name) do update
             set ran_at = excluded.ran_at, result = excluded.result",
            self.practice.as_str(),
            name,
            at,
            result
        )?;
        Ok(())
    }

    /// When each sweep last ran: name, instant, result.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn sweeps(&mut self) -> Result<Vec<(String, String, String)>, Error> {
        let rows = run!(
            self,
            all as (String, String, String),
            "select name, ran_at, result from sweep where practice = $1 order by name",
            self.practice.as_str()
        )?;
        Ok(rows)
    }
}
