//! Whose cases something that leaves the house carries, and how much is outstanding on them.

use std::collections::HashMap;

use crate::sql::among;
use crate::{Error, Tx};

macro_rules! carried {
    ($of:literal) => {
        concat!(
            "select i.outgoing, min(p.name) as payer, count(distinct d.payer) as payers,
             cast(coalesce(sum(d.outstanding), 0) as bigint) as outstanding
             from outgoing_item i
             join denial d on d.practice = i.practice and d.denial = i.denial
             join payer p on p.practice = d.practice and p.payer = d.payer
             where i.practice = $1 and i.outgoing ",
            $of,
            " group by i.outgoing"
        )
    };
}

impl Tx {
    /// Whom the cases of some are of, and what is outstanding on them; by its id.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn carried_by(&mut self, ids: &[String]) -> Result<HashMap<String, Burden>, Error> {
        let rows = among!(
            self,
            Burdened,
            carried!("in (select value from json_each($2))"),
            carried!("= any($2)"),
            ids,
            self.practice.as_str()
        )?;
        Ok(rows.into_iter().map(|row| (row.outgoing, row.burden)).collect())
    }
}

#[derive(sqlx::FromRow)]
struct Burdened {
    outgoing: String,
    #[sqlx(flatten)]
    burden: Burden,
}

/// Whose cases something carries.
#[derive(Clone, Debug, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Burden {
    /// The payer, or the first of several.
    pub payer: String,
    /// How many payers there are.
    pub payers: i64,
    /// What is outstanding on the cases, in cents.
    pub outstanding: i64,
}
