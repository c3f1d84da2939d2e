//! Payments that carry the number of a billed claim and nothing else of it: a person looks.

use std::collections::HashSet;

use denial::named;

use crate::bulk::{Bulk, Cell};
use crate::sql::{among, run};
use crate::{Error, Tx};

named! {
    /// What became of a doubt.
    Doubt {
        /// Nobody has looked.
        Open = "open",
        /// The payment is of this claim.
        Confirmed = "confirmed",
        /// It is not, and stands on a claim of its own.
        Apart = "apart",
    }
}

/// One claim payment that may be of another claim than the one whose number it carries.
#[derive(Clone, Debug, PartialEq, Eq, Hash, sqlx::FromRow)]
pub struct DoubtRow {
    /// Its remittance.
    pub remittance: String,
    /// Position there, from 0.
    pub n: i64,
    /// The claim with its number.
    pub claim: String,
    /// [`Doubt`].
    pub state: String,
}

const DOUBT: Bulk =
    Bulk { table: "doubt", columns: &["practice", "remittance", "#n", "claim", "state"] };

impl Tx {
    /// Notes every doubt about some claims; one that holds no longer goes, unless a person has
    /// decided it.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn put_doubts(
        &mut self,
        claims: &[String],
        doubts: Vec<(String, i64, String)>,
    ) -> Result<(), Error> {
        let known = self.doubts_of(claims).await?;
        let held: HashSet<(&str, i64)> =
            doubts.iter().map(|(remittance, n, _)| (remittance.as_str(), *n)).collect();
        let is_gone = |one: &&DoubtRow| {
            one.state == Doubt::Open.as_str() && !held.contains(&(one.remittance.as_str(), one.n))
        };
        for gone in known.iter().filter(is_gone) {
            run!(
                self,
                execute,
                "delete from doubt where practice = $1 and remittance = $2 and n = $3",
                self.practice.as_str(),
                gone.remittance.as_str(),
                gone.n
            )?;
        }
        let row = |(remittance, n, claim): (String, i64, String)| {
            vec![
                Cell::Text(self.practice.as_str().to_owned()),
                Cell::Text(remittance),
                Cell::Int(n),
                Cell::Text(claim),
                Cell::Text(Doubt::Open.as_str().to_owned()),
            ]
        };
        let rows = doubts.into_iter().map(row).collect();
        self.insert_all(&DOUBT, rows).await.map(|_| ())
    }

    /// Doubts about some claims, whatever became of them.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn doubts_of(&mut self, claims: &[String]) -> Result<Vec<DoubtRow>, Error> {
        let rows = among!(
            self,
            DoubtRow,
            "select remittance, n, claim, state from doubt
             where practice = $1 and claim in (select value from json_each($2))
             order by +remittance, n",
            "select remittance, n, claim, state from doubt
             where practice = $1 and claim = any($2) order by remittance, n",
            claims,
            self.practice.as_str()
        )?;
        Ok(rows)
    }

    /// Doubts in a state about payments that count, those after one of them.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn doubts(
        &mut self,
        state: Doubt,
        after: (&str, i64),
        limit: i64,
    ) -> Result<Vec<DoubtRow>, Error> {
        let rows = run!(
            self,
            all as DoubtRow,
            "select d.remittance, d.n, d.claim, d.state from doubt d
             join remittance r on r.practice = d.practice and r.remittance = d.remittance
             where d.practice = $1 and d.state = $2 and r.state in ('published', 'conflict')
             and d.remittance >= $3 and (d.remittance, d.n) > ($3, $4)
             order by d.remittance, d.n limit $5",
            self.practice.as_str(),
            state.as_str(),
            after.0,
            after.1,
            limit
        )?;
        Ok(rows)
    }

    /// Sends a claim payment to another claim: which one it is of is ours to say, what it says is
    /// not.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Missing`].
    pub async fn move_payment(
        &mut self,
        (remittance, n): (&str, i64),
        claim: &str,
    ) -> Result<(), Error> {
        let changed = run!(
            self,
            execute,
            "update claim_payment set claim = $1
             where practice = $2 and remittance = $3 and n = $4",
            claim,
            self.practice.as_str(),
            remittance,
            n
        )?;
        if changed == 0 {
            return Err(Error::Missing { what: "claim payment" });
        }
        Ok(())
    }

    /// Decides a doubt, or opens it again.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Missing`] where there is none in another state, or its payment
    /// went to a claim of its own.
    pub async fn decide_doubt(
        &mut self,
        (remittance, n): (&str, i64),
        state: Doubt,
        by: &str,
        at: &str,
    ) -> Result<(), Error> {
        let changed = run!(
            self,
            execute,
            "update doubt set state = $1, decided_by = $2, decided_at = $3
             where practice = $4 and remittance = $5 and n = $6
             and state <> $1 and state <> 'apart'",
            state.as_str(),
            by,
            at,
            self.practice.as_str(),
            remittance,
            n
        )?;
        if changed == 0 {
            return Err(Error::Missing { what: "doubt" });
        }
        Ok(())
    }
}
