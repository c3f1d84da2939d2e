//! Payers that the practice has met, one for each under all its spellings.

use denial::ids::PayerId;

use crate::bulk::{Bulk, Cell};
use crate::sql::run;
use crate::{Error, Tx};

const PAYER: Bulk = Bulk { table: "payer", columns: &["practice", "payer", "name"] };

impl Tx {
    /// Makes payers known; those that are keep their name.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn know_payers(&mut self, payers: &[(PayerId, String)]) -> Result<(), Error> {
        let row = |(payer, name): &(PayerId, String)| {
            vec![
                Cell::Text(self.practice.as_str().to_owned()),
                Cell::Text(payer.as_str().to_owned()),
                Cell::Text(name.clone()),
            ]
        };
        let rows = payers.iter().map(row).collect();
        self.insert_all(&PAYER, rows).await.map(|_| ())
    }

    /// Id and name of every payer, by name.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn payers(&mut self) -> Result<Vec<(String, String)>, Error> {
        let rows = run!(
            self,
            all as (String, String),
            "select payer, name from payer where practice = $1 order by name, payer",
            self.practice.as_str()
        )?;
        Ok(rows)
    }
}
