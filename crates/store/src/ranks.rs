//! The cases behind a page of the queue, and ranks computed anew as days pass.

use denial::denial::Denial;
use serde_json::json;

use crate::denials::{NO_CLOCK, Rank};
use crate::sql::{among, run};
use crate::{Error, Tx, parsed};

/// Cases, and those whose rows cannot be read, by their ids.
type Readable = (Vec<Denial>, Vec<(String, Error)>);

/// New ranks, as each database reads many texts that are bound at once. They are laid out first:
/// SQLite would else walk along every case of the practice for each handful of ranks.
macro_rules! reranked {
    ($each:literal) => {
        concat!(
            "with each_one (told) as materialized (",
            $each,
            ") update denial set priority = new_priority, due_on = new_due_on,
               unmapped = new_unmapped, code = new_code, remark = new_remark,
               service = new_service, provider = new_provider
             from (select told ->> 'denial' as of_denial,
               cast(told ->> 'version' as bigint) as of_version,
               cast(told ->> 'priority' as bigint) as new_priority,
               told ->> 'due_on' as new_due_on, told ->> 'unmapped' as new_unmapped,
               told ->> 'code' as new_code, told ->> 'remark' as new_remark,
               told ->> 'service' as new_service, told ->> 'provider' as new_provider
               from each_one) as ranked
             where practice = $1 and denial = of_denial and version = of_version
               and (priority <> new_priority or due_on <> new_due_on
                 or coalesce(unmapped, '') <> coalesce(new_unmapped, '') or code <> new_code
                 or remark <> new_remark or service <> new_service or provider <> new_provider)
             returning denial"
        )
    };
}

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

    /// The same, those that cannot be read apart, each with its fault: they keep no other from what
    /// is done with all of them.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn readable_among(&mut self, ids: &[String]) -> Result<Readable, Error> {
        match self.cases_among(ids).await {
            Err(Error::Inconsistent { .. }) => {}
            cases => return Ok((cases?, Vec::new())),
        }
        let (mut cases, mut unreadable) = (Vec::new(), Vec::new());
        for id in ids {
            match self.cases_among(std::slice::from_ref(id)).await {
                Err(fault @ Error::Inconsistent { .. }) => unreadable.push((id.clone(), fault)),
                one => cases.extend(one?),
            }
        }
        Ok((cases, unreadable))
    }

    /// Ids of open cases in their order, after one of them.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn open_ids_after(&mut self, after: &str, limit: i64) -> Result<Vec<String>, Error> {
        let rows = run!(
            self,
            all as (String,),
            "select denial from denial
             where practice = $1 and denial > $2 and state = 'open' order by denial limit $3",
            self.practice.as_str(),
            after,
            limit
        )?;
        Ok(rows.into_iter().map(|(id,)| id).collect())
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

    /// Gives cases, as they were read, other ranks in one statement; they stay the same cases at
    /// the same versions. Gives how many stand elsewhere now: those that have the rank already, or
    /// that somebody saved meanwhile, do not.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn rerank(&mut self, ranks: &[(&Denial, Rank)]) -> Result<usize, Error> {
        let told: Vec<String> = ranks.iter().map(|(case, rank)| told(case, rank)).collect();
        let moved = among!(
            self,
            (String,),
            reranked!("select value from json_each($2)"),
            reranked!("select cast(unnest($2) as json)"),
            &told,
            self.practice.as_str()
        )?;
        Ok(moved.len())
    }
}

/// A case and its rank as a text that both databases read.
fn told(case: &Denial, rank: &Rank) -> String {
    let due_on = rank.due_on.map_or_else(|| NO_CLOCK.to_owned(), |day| day.to_string());
    let told = json!({
        "denial": case.id.as_str(),
        "version": case.version,
        "priority": rank.priority,
        "due_on": due_on,
        "unmapped": rank.unmapped,
        "code": rank.code,
        "remark": rank.remark,
        "service": rank.service,
        "provider": rank.provider,
    });
    told.to_string()
}
