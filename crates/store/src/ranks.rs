//! The cases behind a page of the queue, and ranks computed anew as days pass.

use denial::denial::Denial;

use crate::denials::{NO_CLOCK, Rank};
use crate::sql::{among, run};
use crate::{Error, Tx, parsed};

impl Tx {
    /// Cases by their ids, in no order.
    ///
    /// # Errors
    /// [`Error::Inconsistent`], [`Error::Database`].
    pub async fn cases_among(&mut self, ids: &[String]) -> Result<Vec<Denial>, Error> {
        let rows = among!(
            self,
            (String, String),
            "select denial, body from denial
             where practice = $1 and denial in (select value from json_each($2))",
            "select denial, body from denial where practice = $1 and denial = any($2)",
            ids,
            self.practice.as_str()
        )?;
        rows.iter().map(|(id, body)| parsed("denial", id, body)).collect()
    }

    /// Open cases in the order of their ids, after one of them.
    ///
    /// # Errors
    /// [`Error::Inconsistent`], [`Error::Database`].
    pub async fn open_cases_after(
        &mut self,
        after: &str,
        limit: i64,
    ) -> Result<Vec<Denial>, Error> {
        let rows = run!(
            self,
            all as (String, String),
            "select denial, body from denial
             where practice = $1 and denial > $2 and state = 'open' order by denial limit $3",
            self.practice.as_str(),
            after,
            limit
        )?;
        rows.iter().map(|(id, body)| parsed("denial", id, body)).collect()
    }

    /// Open cases that were denied last, the newest first.
    ///
    /// # Errors
    /// [`Error::Inconsistent`], [`Error::Database`].
    pub async fn newest_open_cases(&mut self, limit: i64) -> Result<Vec<Denial>, Error> {
        let rows = run!(
            self,
            all as (String, String),
            "select denial, body from denial where practice = $1 and state = 'open'
             order by denied_on desc, denial desc limit $2",
            self.practice.as_str(),
            limit
        )?;
        rows.iter().map(|(id, body)| parsed("denial", id, body)).collect()
    }

    /// Open cases that wait for a code to be mapped, those with the most money first.
    ///
    /// # Errors
    /// [`Error::Inconsistent`], [`Error::Database`].
    pub async fn unmapped_cases(&mut self, code: &str, limit: i64) -> Result<Vec<Denial>, Error> {
        let rows = run!(
            self,
            all as (String, String),
            "select denial, body from denial
             where practice = $1 and unmapped = $2 and state = 'open'
             order by outstanding desc, denial limit $3",
            self.practice.as_str(),
            code,
            limit
        )?;
        rows.iter().map(|(id, body)| parsed("denial", id, body)).collect()
    }

    /// Open cases with a payer, those with the most money first.
    ///
    /// # Errors
    /// [`Error::Inconsistent`], [`Error::Database`].
    pub async fn payer_cases(&mut self, payer: &str, limit: i64) -> Result<Vec<Denial>, Error> {
        let rows = run!(
            self,
            all as (String, String),
            "select denial, body from denial
             where practice = $1 and payer = $2 and state = 'open'
             order by outstanding desc, denial limit $3",
            self.practice.as_str(),
            payer,
            limit
        )?;
        rows.iter().map(|(id, body)| parsed("denial", id, body)).collect()
    }

    /// Gives a case, as it was read, another rank. It stays the same case at the same version;
    /// false where it has the rank already or somebody saved it meanwhile.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn rerank(&mut self, case: &Denial, rank: &Rank) -> Result<bool, Error> {
        let due_on = rank.due_on.map_or_else(|| NO_CLOCK.to_owned(), |day| day.to_string());
        let changed = run!(
            self,
            execute,
            "update denial set priority = $1, due_on = $2, unmapped = $3, code = $4, remark = $5,
             service = $6, provider = $7
             where practice = $8 and denial = $9 and version = $10 and (priority <> $1
               or due_on <> $2 or coalesce(unmapped, '') <> coalesce(cast($3 as text), '')
               or code <> $4 or remark <> $5 or service <> $6 or provider <> $7)",
            rank.priority,
            due_on,
            rank.unmapped.as_deref(),
            rank.code.as_str(),
            rank.remark.as_str(),
            rank.service.as_str(),
            rank.provider.as_str(),
            self.practice.as_str(),
            case.id.as_str(),
            i64::from(case.version)
        )?;
        Ok(changed > 0)
    }
}
