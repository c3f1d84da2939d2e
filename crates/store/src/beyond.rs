//! What is beyond the payer's own appeals: peer-to-peer conversations, and facts that people told.

use denial::beyond::{Peer, Told};

use crate::sql::run;
use crate::{Error, Tx, parsed};

/// A row as it was saved: what, when, by whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Saved<T> {
    /// What.
    pub body: T,
    /// When.
    pub at: String,
    /// By whom.
    pub by_person: String,
}

impl Tx {
    /// The peer-to-peer conversations of a case, by their numbers.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Inconsistent`].
    pub async fn peers(&mut self, denial: &str) -> Result<Vec<(i64, Saved<Peer>)>, Error> {
        let rows = run!(
            self,
            all as (i64, String, String, String),
            "select n, body, at, by_person from peer where practice = $1 and denial = $2
             order by n",
            self.practice.as_str(),
            denial
        )?;
        let row = |(n, body, at, by_person): (i64, String, String, String)| {
            let body = parsed("peer", denial, &body)?;
            Ok((n, Saved { body, at, by_person }))
        };
        rows.into_iter().map(row).collect()
    }

    /// Keeps one conversation of a case as it stands now.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn keep_peer(
        &mut self,
        (denial, n): (&str, i64),
        one: &Saved<Peer>,
    ) -> Result<(), Error> {
        run!(
            self,
            execute,
            "insert into peer (practice, denial, n, body, at, by_person)
             values ($1, $2, $3, $4, $5, $6)
             on conflict (practice, denial, n) do update set body = excluded.body,
               at = excluded.at, by_person = excluded.by_person",
            self.practice.as_str(),
            denial,
            n,
            serde_json::to_string(&one.body).expect("a conversation is JSON"),
            one.at.as_str(),
            one.by_person.as_str()
        )?;
        Ok(())
    }

    /// What people told of a case.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Inconsistent`].
    pub async fn review_facts(&mut self, denial: &str) -> Result<Vec<Saved<Told>>, Error> {
        let rows = run!(
            self,
            all as (String, String, String),
            "select body, at, by_person from review_fact where practice = $1 and denial = $2
             order by fact",
            self.practice.as_str(),
            denial
        )?;
        let row = |(body, at, by_person): (String, String, String)| {
            Ok(Saved { body: parsed("review_fact", denial, &body)?, at, by_person })
        };
        rows.into_iter().map(row).collect()
    }

    /// Keeps what somebody told of a fact, in place of what was told before.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn tell_review_fact(&mut self, denial: &str, one: &Saved<Told>) -> Result<(), Error> {
        run!(
            self,
            execute,
            "insert into review_fact (practice, denial, fact, body, at, by_person)
             values ($1, $2, $3, $4, $5, $6)
             on conflict (practice, denial, fact) do update set body = excluded.body,
               at = excluded.at, by_person = excluded.by_person",
            self.practice.as_str(),
            denial,
            one.body.fact.as_str(),
            serde_json::to_string(&one.body).expect("a fact is JSON"),
            one.at.as_str(),
            one.by_person.as_str()
        )?;
        Ok(())
    }
}
