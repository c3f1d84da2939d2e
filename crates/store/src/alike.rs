//! Cases like another: the same payer and leading code.

use denial::denial::Denial;

use crate::sql::run;
use crate::{Error, Tx, parsed};

impl Tx {
    /// The latest cases at a case's payer with this leading code, without the case itself.
    ///
    /// # Errors
    /// [`Error::Inconsistent`], [`Error::Database`].
    pub async fn cases_alike(
        &mut self,
        case: &Denial,
        code: &str,
        limit: i64,
    ) -> Result<Vec<Denial>, Error> {
        let rows = run!(
            self,
            all as (String, String),
            "select denial, body from denial
             where practice = $1 and payer = $2 and code = $3 and denial <> $4
             order by denied_on desc, denial desc limit $5",
            self.practice.as_str(),
            case.payer.as_str(),
            code,
            case.id.as_str(),
            limit
        )?;
        rows.iter().map(|(id, body)| parsed("denial", id, body)).collect()
    }
}
