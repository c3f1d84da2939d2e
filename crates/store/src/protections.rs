//! Claims that are specially protected records, as the rules and as people say.

use std::collections::{HashMap, HashSet};

use crate::sql::{among, run};
use crate::{Error, Tx};

/// What is said of one claim; kinds have commas between them.
#[derive(Clone, Debug, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Protection {
    /// The claim.
    pub claim: String,
    /// Kinds by the rules; empty where it is none.
    pub by_rule: String,
    /// Kinds as a person says; empty where they say that it is none.
    pub by_hand: Option<String>,
}

impl Protection {
    /// What holds; empty where the claim is not protected.
    #[must_use]
    pub fn kinds(&self) -> &str {
        self.by_hand.as_deref().unwrap_or(&self.by_rule)
    }
}

impl Tx {
    /// What is said of some claims, protected or not, by claim.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn protections(
        &mut self,
        claims: &[String],
    ) -> Result<HashMap<String, Protection>, Error> {
        if claims.is_empty() {
            return Ok(HashMap::new());
        }
        let rows = among!(
            self,
            Protection,
            "select claim, by_rule, by_hand from protection
             where practice = $1 and claim in (select value from json_each($2))",
            "select claim, by_rule, by_hand from protection
             where practice = $1 and claim = any($2)",
            claims,
            self.practice.as_str()
        )?;
        Ok(rows.into_iter().map(|row| (row.claim.clone(), row)).collect())
    }

    /// Which of some claims are protected, with their kinds.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn protected_among(
        &mut self,
        claims: &[String],
    ) -> Result<HashMap<String, String>, Error> {
        let rows = self.protections(claims).await?.into_values();
        let kinds = rows.map(|row| (row.claim.clone(), row.kinds().to_owned()));
        Ok(kinds.filter(|(_, kinds)| !kinds.is_empty()).collect())
    }

    /// Every protected claim, every case of one, and their numbers: what an entry of the journal or
    /// a line of an export may be about.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn protected_subjects(&mut self) -> Result<HashSet<String>, Error> {
        let rows = run!(
            self,
            all as (String, String, Option<String>),
            "select p.claim, c.number, d.denial from protection p
             join claim c on c.practice = p.practice and c.claim = p.claim
             left join denial d on d.practice = p.practice and d.claim = p.claim
             where p.practice = $1 and coalesce(p.by_hand, p.by_rule) <> ''",
            self.practice.as_str()
        )?;
        let names = rows
            .into_iter()
            .flat_map(|(claim, number, case)| [claim, number].into_iter().chain(case));
        Ok(names.collect())
    }

    /// Keeps what the rules say of a claim.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn protect_by_rule(&mut self, claim: &str, kinds: &str) -> Result<(), Error> {
        run!(
            self,
            execute,
            "insert into protection (practice, claim, by_rule) values ($1, $2, $3)
             on conflict (practice, claim) do update set by_rule = excluded.by_rule",
            self.practice.as_str(),
            claim,
            kinds
        )?;
        Ok(())
    }

    /// Keeps what a person says of a claim; empty where they say that it is none.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn protect_by_hand(&mut self, claim: &str, kinds: &str) -> Result<(), Error> {
        run!(
            self,
            execute,
            "insert into protection (practice, claim, by_rule, by_hand) values ($1, $2, '', $3)
             on conflict (practice, claim) do update set by_hand = excluded.by_hand",
            self.practice.as_str(),
            claim,
            kinds
        )?;
        Ok(())
    }
}
