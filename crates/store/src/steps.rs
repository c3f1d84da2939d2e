//! Steps of cases that somebody waits for, as the journal tells them.

use crate::sql::among;
use crate::{Error, Tx};

/// An entry of the journal about a case.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Step {
    /// The case.
    pub about: String,
    /// When.
    pub at: String,
    /// What happened.
    pub kind: String,
    /// The event, as JSON.
    pub body: String,
}

impl Tx {
    /// What happened of some kinds since an instant, in the order of the chain, the newest `limit`
    /// of it.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn steps_since(
        &mut self,
        kinds: &[String],
        since: &str,
        limit: i64,
    ) -> Result<Vec<Step>, Error> {
        let mut rows = among!(
            self,
            Step,
            "select about, at, kind, body from journal
             where practice = $1 and chain = 'work' and at >= $2
             and kind in (select value from json_each($4)) order by at desc, seq desc limit $3",
            "select about, at, kind, body from journal
             where practice = $1 and chain = 'work' and at >= $2 and kind = any($4)
             order by at desc, seq desc limit $3",
            kinds,
            self.practice.as_str(),
            since,
            limit
        )?;
        rows.reverse();
        Ok(rows)
    }
}
