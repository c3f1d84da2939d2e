//! Claims under their numbers, each version as billed, and likely matches for a person to decide.

use std::collections::{HashMap, HashSet};

use denial::claim::Claim;
use denial::ids::ClaimId;
use denial::named;

use crate::bulk::{Bulk, Cell};
use crate::sql::{among, run};
use crate::{Error, Tx, parsed};

/// A claim to make known.
#[derive(Clone, Debug)]
pub struct KnownClaim {
    /// Its id.
    pub claim: ClaimId,
    /// Its number.
    pub number: String,
    /// Patient, first day and charge, hashed, as this file has them; none where one is missing.
    pub fingerprint: Option<String>,
}

/// One CLM of an 837.
#[derive(Clone, Debug)]
pub struct NewVersion {
    /// Position in the file, from 0.
    pub n: u64,
    /// The claim.
    pub known: KnownClaim,
    /// Orders versions of a claim: day, file, position.
    pub rank: String,
    /// As billed.
    pub body: Claim,
}

/// A claim's row.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct ClaimRow {
    /// Its id.
    pub claim: String,
    /// Its number.
    pub number: String,
    /// `billed`, `remittance` or `paper`.
    pub source: String,
    /// The latest version as billed, as JSON; none where only a remittance is known.
    pub body: Option<String>,
}

impl ClaimRow {
    /// The claim as billed, where it was.
    ///
    /// # Errors
    /// [`Error::Inconsistent`].
    pub fn billed(&self) -> Result<Option<Claim>, Error> {
        self.body.as_deref().map(|body| parsed("claim", &self.claim, body)).transpose()
    }
}

named! {
    /// What became of a likely match.
    Match {
        /// Nobody has looked.
        Open = "open",
        /// It is that claim.
        Accepted = "accepted",
        /// It is not.
        Declined = "declined",
    }
}

/// A claim known from a remittance, and the billed claim that it likely is.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct LikelyMatch {
    /// The claim known from a remittance.
    pub claim: String,
    /// Its number.
    pub number: String,
    /// The billed claim.
    pub candidate: String,
    /// Its number.
    pub candidate_number: String,
    /// [`Match`].
    pub state: String,
}

const CLAIM: Bulk =
    Bulk { table: "claim", columns: &["practice", "claim", "number", "source", "fingerprint"] };

const SEEN: Bulk =
    Bulk { table: "paid_fingerprint", columns: &["practice", "claim", "fingerprint"] };

const VERSION: Bulk =
    Bulk { table: "claim_version", columns: &["practice", "file", "#n", "claim", "rank", "body"] };

macro_rules! claim_columns {
    ($rest:literal) => {
        concat!(
            "select c.claim, c.number, c.source, v.body from claim c
             left join claim_version v on v.practice = c.practice and v.file = c.version_file
             and v.n = c.version_n ",
            $rest
        )
    };
}

/// Pairs of a claim `a` known from remittances alone and a billed one `b` that are likely the same.
macro_rules! likely_text {
    ($among:literal) => {
        concat!(
            "insert into likely_match (practice, claim, candidate, state)
             select distinct a.practice, a.claim, b.claim, 'open' from paid_fingerprint p
             join claim a on a.practice = p.practice and a.claim = p.claim
             join claim b on b.practice = p.practice and b.fingerprint = p.fingerprint
             where p.practice = $1 and a.source = 'remittance' and ",
            $among,
            " on conflict do nothing returning claim"
        )
    };
}

/// Claim, file and position of the version that speaks for it, its fingerprint so far.
type Speaker = (String, String, i64, Option<String>);

impl Tx {
    /// Makes claims known from a remittance; those that are known stay as they are. Of those that
    /// were not billed it is kept how each remittance describes them, for [`Tx::find_likely`].
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn know_claims(&mut self, claims: Vec<KnownClaim>) -> Result<(), Error> {
        let ids: Vec<String> = claims.iter().map(|one| one.claim.as_str().to_owned()).collect();
        let bare = claims.iter().map(|one| KnownClaim { fingerprint: None, ..one.clone() });
        self.insert_claims(bare.collect(), "remittance").await?;
        let unbilled = self.unbilled_among(&ids).await?;
        let row = |one: KnownClaim| {
            let fingerprint = one.fingerprint.filter(|_| unbilled.contains(one.claim.as_str()))?;
            Some(vec![
                Cell::Text(self.practice.as_str().to_owned()),
                Cell::Text(one.claim.as_str().to_owned()),
                Cell::Text(fingerprint),
            ])
        };
        let rows = claims.into_iter().filter_map(row).collect();
        self.insert_all(&SEEN, rows).await.map(|_| ())
    }

    async fn unbilled_among(&mut self, claims: &[String]) -> Result<HashSet<String>, Error> {
        let rows = among!(
            self,
            (String,),
            "select claim from claim where practice = $1 and source = 'remittance'
             and claim in (select value from json_each($2))",
            "select claim from claim where practice = $1 and source = 'remittance'
             and claim = any($2)",
            claims,
            self.practice.as_str()
        )?;
        Ok(rows.into_iter().map(|(claim,)| claim).collect())
    }

    async fn insert_claims(&mut self, claims: Vec<KnownClaim>, source: &str) -> Result<u64, Error> {
        let row = |one: KnownClaim| {
            vec![
                Cell::Text(self.practice.as_str().to_owned()),
                Cell::Text(one.claim.as_str().to_owned()),
                Cell::Text(one.number),
                Cell::Text(source.to_owned()),
                Cell::Maybe(one.fingerprint),
            ]
        };
        let rows = claims.into_iter().map(row).collect();
        self.insert_all(&CLAIM, rows).await
    }

    /// Writes versions of claims as a file bills them; the latest by rank speaks for its claim.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn add_versions(
        &mut self,
        file: &str,
        versions: Vec<NewVersion>,
    ) -> Result<(), Error> {
        let ids: Vec<String> =
            versions.iter().map(|one| one.known.claim.as_str().to_owned()).collect();
        let known = versions.iter().map(|one| one.known.clone()).collect();
        self.insert_claims(known, "billed").await?;
        let fingerprints: HashMap<i64, Option<String>> = versions
            .iter()
            .map(|one| (i64::try_from(one.n).unwrap_or(i64::MAX), one.known.fingerprint.clone()))
            .collect();
        let row = |one: NewVersion| {
            vec![
                Cell::Text(self.practice.as_str().to_owned()),
                Cell::Text(file.to_owned()),
                Cell::Int(i64::try_from(one.n).unwrap_or(i64::MAX)),
                Cell::Text(one.known.claim.as_str().to_owned()),
                Cell::Text(one.rank),
                Cell::Text(serde_json::to_string(&one.body).expect("a claim is JSON")),
            ]
        };
        let rows = versions.into_iter().map(row).collect();
        self.insert_all(&VERSION, rows).await?;
        for (claim, speaker, n, is) in self.speak_latest(&ids).await? {
            let Some(own) = fingerprints.get(&n).filter(|own| speaker == file && **own != is)
            else {
                continue;
            };
            self.take_fingerprint(&claim, own.as_deref()).await?;
        }
        Ok(())
    }

    /// A claim is known by what its latest version says.
    async fn take_fingerprint(
        &mut self,
        claim: &str,
        fingerprint: Option<&str>,
    ) -> Result<(), Error> {
        run!(
            self,
            execute,
            "update claim set fingerprint = $1 where practice = $2 and claim = $3",
            fingerprint,
            self.practice.as_str(),
            claim
        )?;
        Ok(())
    }

    /// Lets the latest version of each claim speak; gives claim, the version's file and position,
    /// and the fingerprint that the claim has.
    async fn speak_latest(&mut self, claims: &[String]) -> Result<Vec<Speaker>, Error> {
        let rows = among!(
            self,
            Speaker,
            "update claim set source = 'billed', (version_file, version_n) =
               (select v.file, v.n from claim_version v where v.practice = claim.practice
                and v.claim = claim.claim order by v.rank desc limit 1)
             where practice = $1 and claim in (select value from json_each($2))
             returning claim, version_file, version_n, fingerprint",
            "update claim set source = 'billed', (version_file, version_n) =
               (select v.file, v.n from claim_version v where v.practice = claim.practice
                and v.claim = claim.claim order by v.rank desc limit 1)
             where practice = $1 and claim = any($2)
             returning claim, version_file, version_n, fingerprint",
            claims,
            self.practice.as_str()
        )?;
        Ok(rows)
    }

    /// Claims by id.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn claims(&mut self, claims: &[String]) -> Result<HashMap<String, ClaimRow>, Error> {
        let rows = among!(
            self,
            ClaimRow,
            claim_columns!(
                "where c.practice = $1 and c.claim in (select value from json_each($2))"
            ),
            claim_columns!("where c.practice = $1 and c.claim = any($2)"),
            claims,
            self.practice.as_str()
        )?;
        Ok(rows.into_iter().map(|row| (row.claim.clone(), row)).collect())
    }

    /// Which of some claims have been billed: what is not among them is known from remittances.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn paid_among(&mut self, claims: &[String]) -> Result<Vec<String>, Error> {
        let rows = among!(
            self,
            (String,),
            "select distinct claim from claim_payment
             where practice = $1 and claim in (select value from json_each($2))",
            "select distinct claim from claim_payment where practice = $1 and claim = any($2)",
            claims,
            self.practice.as_str()
        )?;
        Ok(rows.into_iter().map(|(claim,)| claim).collect())
    }

    /// Versions of one claim, the latest first: file, position and JSON.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn versions(&mut self, claim: &str) -> Result<Vec<(String, i64, String)>, Error> {
        let rows = run!(
            self,
            all as (String, i64, String),
            "select file, n, body from claim_version where practice = $1 and claim = $2
             order by rank desc",
            self.practice.as_str(),
            claim
        )?;
        Ok(rows)
    }

    /// Notes which claims known from remittances are likely billed ones: same patient, first day
    /// and charge. Looks from either side, so that it does not matter which file came first; in two
    /// statements, because one that asks for either side looks at every claim.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn find_likely(&mut self, claims: &[String]) -> Result<(), Error> {
        among!(
            self,
            (String,),
            likely_text!("p.claim in (select value from json_each($2))"),
            likely_text!("p.claim = any($2)"),
            claims,
            self.practice.as_str()
        )?;
        among!(
            self,
            (String,),
            likely_text!("b.claim in (select value from json_each($2))"),
            likely_text!("b.claim = any($2)"),
            claims,
            self.practice.as_str()
        )?;
        Ok(())
    }

    /// Likely matches in a state; open ones as long as the latest bill still looks like them.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn likely_matches(
        &mut self,
        state: Match,
        limit: i64,
    ) -> Result<Vec<LikelyMatch>, Error> {
        let rows = run!(
            self,
            all as LikelyMatch,
            "select m.claim, a.number, m.candidate, b.number as candidate_number, m.state
             from likely_match m
             join claim a on a.practice = m.practice and a.claim = m.claim
             join claim b on b.practice = m.practice and b.claim = m.candidate
             where m.practice = $1 and m.state = $2 and a.source = 'remittance'
             and (m.state <> 'open' or exists (select 1 from paid_fingerprint p
               where p.practice = m.practice and p.claim = m.claim
               and p.fingerprint = b.fingerprint))
             order by m.claim, m.candidate limit $3",
            self.practice.as_str(),
            state.as_str(),
            limit
        )?;
        Ok(rows)
    }

    /// Decides a likely match, or opens it again.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Missing`].
    pub async fn decide_match(
        &mut self,
        claim: &str,
        candidate: &str,
        state: Match,
        by: &str,
        at: &str,
    ) -> Result<(), Error> {
        let changed = run!(
            self,
            execute,
            "update likely_match set state = $1, decided_by = $2, decided_at = $3
             where practice = $4 and claim = $5 and candidate = $6",
            state.as_str(),
            by,
            at,
            self.practice.as_str(),
            claim,
            candidate
        )?;
        if changed == 0 {
            return Err(Error::Missing { what: "match" });
        }
        Ok(())
    }

    /// For each of some claims, itself and every claim that was joined to it; and for a joined
    /// one, the claim that it was joined to: pairs of claim and the claim that speaks for it.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn joined(&mut self, claims: &[String]) -> Result<Vec<(String, String)>, Error> {
        let rows = among!(
            self,
            (String, String),
            "select claim, candidate from likely_match where practice = $1 and state = 'accepted'
             and (claim in (select value from json_each($2))
               or candidate in (select value from json_each($2)))",
            "select claim, candidate from likely_match where practice = $1 and state = 'accepted'
             and (claim = any($2) or candidate = any($2))",
            claims,
            self.practice.as_str()
        )?;
        Ok(rows)
    }
}
