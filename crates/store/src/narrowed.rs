//! Lists of which only rows with some words, an amount and days are left; how long they are.

use crate::files::FileRow;
use crate::remittances::{RemittanceRow, remittance_columns};
use crate::sql::run;
use crate::{Error, Tx};

/// What rows are to have; a default one leaves every row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Narrowed {
    /// Stands somewhere in a number or name, whatever its case.
    pub text: String,
    /// The amount to the cent.
    pub cents: Option<i64>,
    /// The first day or instant.
    pub from: Option<String>,
    /// Before this day or instant.
    pub until: Option<String>,
}

/// So many rows of one list are counted at most: a count is a help, no figure.
pub const COUNTED: i64 = 1_000;

/// How many matches there are in each state, each at most [`COUNTED`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct MatchCounts {
    /// Likely pairs that nobody has decided.
    pub open: i64,
    /// Claims of remittances that nobody has billed.
    pub unmatched: i64,
    /// Payments with a number of ours and nothing else of it.
    pub doubtful: i64,
    /// Pairs that are one claim.
    pub accepted: i64,
    /// Pairs that are not.
    pub declined: i64,
}

/// Counts likely matches of one state.
macro_rules! pairs {
    ($state:literal) => {
        concat!(
            "(select count(*) from (select 1 from likely_match m
              join claim a on a.practice = m.practice and a.claim = m.claim
              where m.practice = $1 and m.state = '",
            $state,
            "' and a.source = 'remittance'
              and (m.state <> 'open' or not exists (select 1 from likely_match o
                where o.practice = m.practice and o.claim = m.claim and o.state = 'accepted'))
              limit $2) few)"
        )
    };
}

impl Narrowed {
    fn cents(&self) -> String {
        self.cents.map(|cents| cents.to_string()).unwrap_or_default()
    }

    fn from(&self) -> &str {
        self.from.as_deref().unwrap_or_default()
    }

    /// Stands after every day and instant where there is none.
    fn until(&self) -> &str {
        self.until.as_deref().unwrap_or("9999")
    }
}

impl Tx {
    /// The newest remittances that people see and that fit, those after `after` (day and id of the
    /// last one). A word is looked for in trace, payer and the name of the file.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn remittances_that_fit(
        &mut self,
        narrowed: &Narrowed,
        after: (&str, &str),
        limit: i64,
    ) -> Result<Vec<RemittanceRow>, Error> {
        let rows = run!(
            self,
            all as RemittanceRow,
            remittance_columns!(
                "where practice = $1 and state <> 'staging'
                 and (coalesce(paid_on, ''), remittance) < ($2, $3)
                 and ($4 = '' or replace(lower(trace), lower($4), '') <> lower(trace)
                   or replace(lower(payer_name), lower($4), '') <> lower(payer_name)
                   or exists (select 1 from file f where f.practice = remittance.practice
                     and f.hash = remittance.file
                     and replace(lower(f.name), lower($4), '') <> lower(f.name)))
                 and ($5 = '' or cast(total as text) = $5)
                 and coalesce(paid_on, '') >= $6 and coalesce(paid_on, '') < $7
                 order by coalesce(paid_on, '') desc, remittance desc limit $8"
            ),
            self.practice.as_str(),
            after.0,
            after.1,
            narrowed.text.as_str(),
            narrowed.cents(),
            narrowed.from(),
            narrowed.until(),
            limit
        )?;
        Ok(rows)
    }

    /// The newest files that fit. A word is looked for in the name and in what the file holds.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn files_that_fit(
        &mut self,
        narrowed: &Narrowed,
        limit: i64,
    ) -> Result<Vec<FileRow>, Error> {
        let rows = run!(
            self,
            all as FileRow,
            "select hash, name, bytes, kinds, state, taken_at, taken_by, report from file
             where practice = $1
             and ($2 = '' or replace(lower(name), lower($2), '') <> lower(name)
               or replace(lower(kinds), lower($2), '') <> lower(kinds))
             and taken_at >= $3 and taken_at < $4
             order by taken_at desc, hash limit $5",
            self.practice.as_str(),
            narrowed.text.as_str(),
            narrowed.from(),
            narrowed.until(),
            limit
        )?;
        Ok(rows)
    }

    /// How many matches there are in each state, each at most [`COUNTED`].
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn match_counts(&mut self) -> Result<MatchCounts, Error> {
        let row = run!(
            self,
            one as MatchCounts,
            concat!(
                "select ",
                pairs!("open"),
                " as open, ",
                pairs!("accepted"),
                " as accepted, ",
                pairs!("declined"),
                " as declined,
                (select count(*) from (select 1 from doubt d
                  join remittance r on r.practice = d.practice and r.remittance = d.remittance
                  where d.practice = $1 and d.state = 'open'
                  and r.state in ('published', 'conflict') limit $2) few) as doubtful,
                (select count(*) from (select 1 from claim c
                  where c.practice = $1 and c.source = 'remittance'
                  and not exists (select 1 from likely_match m where m.practice = c.practice
                    and m.claim = c.claim and m.state in ('accepted', 'open'))
                  and exists (select 1 from claim_payment p join remittance r
                    on r.practice = p.practice and r.remittance = p.remittance
                    where p.practice = c.practice and p.claim = c.claim
                    and r.state in ('published', 'conflict')) limit $2) few) as unmatched"
            ),
            self.practice.as_str(),
            COUNTED
        )?;
        Ok(row)
    }
}
