//! Whole tables page by page, in an order that does not depend on when rows came.

use crate::sql::run;
use crate::{Error, Tx};

impl Tx {
    /// Hash and kinds of every file that was taken in.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn taken_files(&mut self) -> Result<Vec<(String, String)>, Error> {
        let rows = run!(
            self,
            all as (String, String),
            "select hash, kinds from file where practice = $1 and state = 'taken' order by hash",
            self.practice.as_str()
        )?;
        Ok(rows)
    }

    /// Ids of claims after one of them.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn claim_ids(&mut self, after: &str, limit: i64) -> Result<Vec<String>, Error> {
        let rows = run!(
            self,
            all as (String,),
            "select claim from claim where practice = $1 and claim > $2 order by claim limit $3",
            self.practice.as_str(),
            after,
            limit
        )?;
        Ok(rows.into_iter().map(|(claim,)| claim).collect())
    }
}
