//! Contacts with payers and what became of their promises, as the journal tells them; and how a
//! practice reaches each payer, version by version.

use crate::sql::{among, run};
use crate::{Error, Tx};

/// A contact that was logged on a case.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Contacted {
    /// The case.
    pub denial: String,
    /// Its payer.
    pub payer: String,
    /// When.
    pub at: String,
    /// Who logged it.
    pub actor: String,
    /// The event, as JSON.
    pub body: String,
}

/// An entry of a case's timeline: the case, when, the event as JSON.
pub type Told = (String, String, String);

/// One version of a payer's card.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct CardRow {
    /// The payer.
    pub payer: String,
    /// Counts its versions, from 1.
    pub version: i64,
    /// The card, as JSON.
    pub body: String,
    /// Why it was changed.
    pub why: String,
    /// When.
    pub saved_at: String,
    /// Who changed it.
    pub saved_by: String,
}

impl Tx {
    /// Contacts since an instant, with a payer under any of its ids, or with all where none is
    /// named; the newest first.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn contacts_since(
        &mut self,
        since: &str,
        payers: &[String],
        limit: i64,
    ) -> Result<Vec<Contacted>, Error> {
        let rows = among!(
            self,
            Contacted,
            "select j.about as denial, d.payer, j.at, j.actor, j.body from journal j
             join denial d on d.practice = j.practice and d.denial = j.about
             where j.practice = $1 and j.chain = 'work' and j.kind = 'denial.contacted'
               and j.at >= $2 and (json_array_length($4) = 0
                 or d.payer in (select value from json_each($4)))
             order by j.at desc, j.seq desc limit $3",
            "select j.about as denial, d.payer, j.at, j.actor, j.body from journal j
             join denial d on d.practice = j.practice and d.denial = j.about
             where j.practice = $1 and j.chain = 'work' and j.kind = 'denial.contacted'
               and j.at >= $2 and (cardinality($4::text[]) = 0 or d.payer = any($4::text[]))
             order by j.at desc, j.seq desc limit $3",
            payers,
            self.practice.as_str(),
            since,
            limit
        )?;
        Ok(rows)
    }

    /// What some cases' journals tell of promises: contacts, moves, what was taken back; in order.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn told_of_promises(&mut self, cases: &[String]) -> Result<Vec<Told>, Error> {
        let rows = among!(
            self,
            Told,
            "select about, at, body from journal where practice = $1 and chain = 'work'
             and about in (select value from json_each($2)) and (from_status is not null
               or kind in ('denial.contacted', 'denial.promise_kept', 'denial.undone'))
             order by seq",
            "select about, at, body from journal where practice = $1 and chain = 'work'
             and about = any($2) and (from_status is not null
               or kind in ('denial.contacted', 'denial.promise_kept', 'denial.undone'))
             order by seq",
            cases,
            self.practice.as_str()
        )?;
        Ok(rows)
    }

    /// Every version of the cards of some payers, the newest first.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn payer_cards(&mut self, payers: &[String]) -> Result<Vec<CardRow>, Error> {
        let rows = among!(
            self,
            CardRow,
            "select payer, version, body, why, saved_at, saved_by from payer_card
             where practice = $1 and payer in (select value from json_each($2))
             order by saved_at desc, version desc",
            "select payer, version, body, why, saved_at, saved_by from payer_card
             where practice = $1 and payer = any($2) order by saved_at desc, version desc",
            payers,
            self.practice.as_str()
        )?;
        Ok(rows)
    }

    /// The payers that have a card.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn payers_with_cards(&mut self) -> Result<Vec<String>, Error> {
        let rows = run!(
            self,
            all as (String,),
            "select distinct payer from payer_card where practice = $1 order by payer",
            self.practice.as_str()
        )?;
        Ok(rows.into_iter().map(|(payer,)| payer).collect())
    }

    /// Keeps a version of a payer's card; false where somebody kept one with its number before.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn keep_payer_card(&mut self, one: &CardRow) -> Result<bool, Error> {
        let kept = run!(
            self,
            execute,
            "insert into payer_card (practice, payer, version, body, why, saved_at, saved_by)
             values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing",
            self.practice.as_str(),
            one.payer.as_str(),
            one.version,
            one.body.as_str(),
            one.why.as_str(),
            one.saved_at.as_str(),
            one.saved_by.as_str()
        )?;
        Ok(kept > 0)
    }
}
