//! The cadence of what comes in: when payers usually remit, and who reviewed each remittance.

use crate::sql::run;
use crate::{Error, Tx};

/// When a payer usually remits.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Rhythm {
    /// The payer.
    pub payer: String,
    /// Its name.
    pub payer_name: String,
    /// Its last day of payment.
    pub last_on: String,
    /// The day by which the next one usually has come.
    pub due_on: Option<String>,
    /// Where that day is from, in words.
    pub usual: String,
}

/// A remittance that nobody reviewed.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Unreviewed {
    /// Its id.
    pub remittance: String,
    /// Who pays.
    pub payer_name: String,
    /// Its trace number.
    pub trace: String,
    /// What it pays, in cents.
    pub total: i64,
    /// How many claims it speaks of.
    pub claims: i64,
    /// When it came.
    pub taken_at: String,
}

impl Tx {
    /// The days on which payers paid since a day: payer, name, day; each once, in order.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn paydays(&mut self, since: &str) -> Result<Vec<(String, String, String)>, Error> {
        let rows = run!(
            self,
            all as (String, String, String),
            "select payer, max(payer_name), paid_on from remittance
             where practice = $1 and paid_on >= $2 and state in ('published', 'conflict', 'held')
               and source = '835'
             group by payer, paid_on order by payer, paid_on",
            self.practice.as_str(),
            since
        )?;
        Ok(rows)
    }

    /// How a payer named itself in its last remittance, as that is kept.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn last_head(&mut self, payer: &str) -> Result<Option<String>, Error> {
        let row = run!(
            self,
            optional as (String,),
            "select head from remittance where practice = $1 and payer = $2 and source = '835'
             order by paid_on desc, remittance limit 1",
            self.practice.as_str(),
            payer
        )?;
        Ok(row.map(|(head,)| head))
    }

    /// Keeps when payers usually remit, in place of what was kept before.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn keep_rhythms(&mut self, all: &[Rhythm]) -> Result<(), Error> {
        let practice = self.practice.clone();
        run!(self, execute, "delete from rhythm where practice = $1", practice.as_str())?;
        for one in all {
            run!(
                self,
                execute,
                "insert into rhythm (practice, payer, payer_name, last_on, due_on, usual)
                 values ($1, $2, $3, $4, $5, $6)",
                practice.as_str(),
                one.payer.as_str(),
                one.payer_name.as_str(),
                one.last_on.as_str(),
                one.due_on.as_deref(),
                one.usual.as_str()
            )?;
        }
        Ok(())
    }

    /// When payers usually remit, those first that are due.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn rhythms(&mut self) -> Result<Vec<Rhythm>, Error> {
        let rows = run!(
            self,
            all as Rhythm,
            "select payer, payer_name, last_on, due_on, usual from rhythm where practice = $1
             order by coalesce(due_on, '9999-12-31'), payer_name, payer",
            self.practice.as_str()
        )?;
        Ok(rows)
    }

    /// Payers whose remittance should have come before a day, and of which none came since.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn missing_remittances(&mut self, day: &str) -> Result<Vec<Rhythm>, Error> {
        let rows = run!(
            self,
            all as Rhythm,
            "select h.payer, h.payer_name, h.last_on, h.due_on, h.usual from rhythm h
             where h.practice = $1 and h.due_on < $2
             and not exists (select 1 from remittance r where r.practice = h.practice
               and r.payer = h.payer and coalesce(r.paid_on, '') > h.last_on
               and r.state in ('published', 'conflict', 'held'))
             order by h.due_on, h.payer_name, h.payer",
            self.practice.as_str(),
            day
        )?;
        Ok(rows)
    }

    /// Remittances that came in a stretch of time and that nobody reviewed, the oldest first.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn unreviewed(
        &mut self,
        (from, until): (&str, &str),
        limit: i64,
    ) -> Result<Vec<Unreviewed>, Error> {
        let rows = run!(
            self,
            all as Unreviewed,
            "select r.remittance, r.payer_name, r.trace, r.total, r.claims, r.taken_at
             from remittance r where r.practice = $1 and r.taken_at >= $2 and r.taken_at < $3
               and r.state in ('published', 'conflict', 'held')
               and not exists (select 1 from batch_review b
                 where b.practice = r.practice and b.remittance = r.remittance)
             order by r.taken_at, r.remittance limit $4",
            self.practice.as_str(),
            from,
            until,
            limit
        )?;
        Ok(rows)
    }

    /// Notes who reviewed a remittance; who was first stays. False where somebody was.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Missing`] where there is no such remittance.
    pub async fn review_batch(
        &mut self,
        remittance: &str,
        at: &str,
        by: &str,
    ) -> Result<bool, Error> {
        if self.remittance(remittance).await?.is_none() {
            return Err(Error::Missing { what: "remittance" });
        }
        let kept = run!(
            self,
            execute,
            "insert into batch_review (practice, remittance, at, by_person)
             values ($1, $2, $3, $4) on conflict do nothing",
            self.practice.as_str(),
            remittance,
            at,
            by
        )?;
        Ok(kept > 0)
    }
}
