//! What somebody was told in the morning, kept as it was; what a stretch of time brought.

use std::collections::BTreeMap;

use denial::denial::{Balance, Denial};
use denial::lifecycle::{Change, Event};
use denial::posting::Posting;
use futures_util::TryStreamExt;
use sqlx::Row;

use crate::sql::{each, run};
use crate::{Error, Tx, parsed};

/// A digest of a day.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct KeptDigest {
    /// The civil day where the practice is.
    pub day: String,
    /// Whose; empty for that of the team.
    pub person: String,
    /// When it was made.
    pub made_at: String,
    /// What it says, as JSON.
    pub body: String,
}

/// Cases on which payers gave way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Won {
    /// The payer's name.
    pub payer: String,
    /// The category's name.
    pub category: String,
    /// Who worked them until the payer gave way, else who has them now; empty where nobody did, or
    /// they are closed.
    pub person: String,
    /// How many.
    pub cases: i64,
    /// What had been denied, in cents.
    pub denied: i64,
}

/// One entry of what somebody did; of its facts no more than a day's sheet adds up.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Deed {
    /// What it is about: an id.
    pub about: String,
    /// What happened.
    pub kind: String,
    /// Status after, where it moved.
    pub to_status: Option<String>,
    /// The event of a posting; of any other no more than its beginning, which says the version.
    pub body: String,
}

impl Tx {
    /// What somebody did between two instants, in the order of the chain. Cases that files opened
    /// are left out.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn deeds_of(
        &mut self,
        person: &str,
        from: &str,
        until: &str,
    ) -> Result<Vec<Deed>, Error> {
        let rows = run!(
            self,
            all as Deed,
            "select about, kind, to_status,
             case when kind = 'denial.posted' then body else substr(body, 1, 40) end as body
             from journal where practice = $1 and chain = 'work' and actor = $2
             and at >= $3 and at < $4 and kind <> 'denial.opened' order by at, seq",
            self.practice.as_str(),
            person,
            from,
            until
        )?;
        Ok(rows)
    }

    /// The digest of a day; `person` is empty for that of the team.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn digest(&mut self, day: &str, person: &str) -> Result<Option<KeptDigest>, Error> {
        let row = run!(
            self,
            optional as KeptDigest,
            "select day, person, made_at, body from digest
             where practice = $1 and day = $2 and person = $3",
            self.practice.as_str(),
            day,
            person
        )?;
        Ok(row)
    }

    /// Keeps a digest; false where that day has one already, which stays.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn keep_digest(&mut self, digest: &KeptDigest) -> Result<bool, Error> {
        let inserted = run!(
            self,
            execute,
            "insert into digest (practice, day, person, made_at, body)
             values ($1, $2, $3, $4, $5) on conflict do nothing",
            self.practice.as_str(),
            digest.day.as_str(),
            digest.person.as_str(),
            digest.made_at.as_str(),
            digest.body.as_str()
        )?;
        Ok(inserted > 0)
    }

    /// The days that have a digest, the newest first.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn digest_days(&mut self, person: &str, limit: i64) -> Result<Vec<String>, Error> {
        let rows = run!(
            self,
            all as (String,),
            "select day from digest where practice = $1 and person = $2 order by day desc limit $3",
            self.practice.as_str(),
            person,
            limit
        )?;
        Ok(rows.into_iter().map(|(day,)| day).collect())
    }

    /// The cases on which payers gave way between two instants, by payer, reason and who has them;
    /// those with most money first.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn won_between(&mut self, from: &str, until: &str) -> Result<Vec<Won>, Error> {
        let rows = run!(
            self,
            all as (String, String, String, String, i64, String),
            "select d.denial, p.name, d.category, d.person, d.denied, d.body
             from denial d join payer p on p.practice = d.practice and p.payer = d.payer
             where d.practice = $1 and d.denial in
               (select about from journal where practice = $1 and chain = 'work'
                and kind = 'denial.overturned' and at >= $2 and at < $3)",
            self.practice.as_str(),
            from,
            until
        )?;
        let mut sums: BTreeMap<(String, String, String), (i64, i64)> = BTreeMap::new();
        for (id, payer, category, person, denied, body) in rows {
            let case: Denial = parsed("denial", &id, &body)?;
            let worked_by = case.work.won().and_then(|won| won.worked_by.as_ref());
            let person = worked_by.map_or(person, |owner| {
                owner.person.as_ref().map(ToString::to_string).unwrap_or_default()
            });
            let sum = sums.entry((payer, category, person)).or_default();
            *sum = (sum.0 + 1, sum.1 + denied);
        }
        let mut won: Vec<Won> = sums
            .into_iter()
            .map(|((payer, category, person), (cases, denied))| Won {
                payer,
                category,
                person,
                cases,
                denied,
            })
            .collect();
        won.sort_by_key(|one| -one.denied);
        Ok(won)
    }

    /// What was posted between two instants, as the sums of a balance whose denied part is nothing
    /// of its own.
    ///
    /// # Errors
    /// [`Error::Inconsistent`], [`Error::Database`].
    pub async fn posted_between(&mut self, from: &str, until: &str) -> Result<Balance, Error> {
        let mut posted: Vec<Posting> = Vec::new();
        each!(
            self,
            |row| {
                let (about, body): (&str, &str) = (row.try_get(0)?, row.try_get(1)?);
                let event: Event = parsed("journal", about, body)?;
                if let Change::Posted { postings } = event.change {
                    posted.extend(postings);
                }
            },
            "select about, body from journal where practice = $1 and chain = 'work'
             and kind = 'denial.posted' and at >= $2 and at < $3",
            self.practice.as_str(),
            from,
            until
        );
        Ok(Balance::of(&[], &posted))
    }
}
