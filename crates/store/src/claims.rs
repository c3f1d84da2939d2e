//! Claims under their numbers, and each version as billed.

use std::collections::{HashMap, HashSet};

use denial::claim::Claim;
use denial::ids::ClaimId;

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
    /// Patient, first day and charge, hashed; none where one of them is missing.
    pub fingerprint: Option<String>,
    /// Member and first day, hashed; none where one of them is missing, or a payment has our
    /// number.
    pub member: Option<String>,
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
    /// The group and transaction that it was sent in, by which a 999 answers.
    pub batch: Option<String>,
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

const CLAIM: Bulk = Bulk {
    table: "claim",
    columns: &["practice", "claim", "number", "source", "fingerprint", "member"],
};

const FINGERPRINT: Bulk =
    Bulk { table: "paid_fingerprint", columns: &["practice", "claim", "fingerprint"] };

const VERSION: Bulk = Bulk {
    table: "claim_version",
    columns: &["practice", "file", "#n", "claim", "rank", "fingerprint", "member", "batch", "body"],
};

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

/// The first claims of each batch that is asked for.
macro_rules! batched {
    ($which:literal) => {
        concat!(
            "select batch, claim, number, file from (
               select v.batch, v.claim, c.number, v.file, v.n,
                 row_number() over (partition by v.batch order by v.n) as place
               from claim_version v join claim c on c.practice = v.practice and c.claim = v.claim
               where v.practice = $1 and v.batch in (select o.batch from claim_version o
                 where o.practice = $1 and o.batch ",
            $which,
            " group by o.batch having min(o.file) = max(o.file))) found
             where place <= $2 order by batch, place"
        )
    };
}

impl Tx {
    /// Makes claims known from a remittance; those that are known stay as they are, but for the
    /// other ways in which this remittance describes them. Gives how many nobody knew.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn know_claims(&mut self, claims: Vec<KnownClaim>) -> Result<u64, Error> {
        let count = claims.len() as u64;
        let new = self.insert_claims(claims.clone(), "remittance").await?;
        if new < count {
            self.keep_other_fingerprints(claims).await?;
        }
        Ok(new)
    }

    /// A claim that is not billed is to be found by each description that a remittance gives of
    /// it, not by the first alone: which one came first would decide otherwise.
    async fn keep_other_fingerprints(&mut self, claims: Vec<KnownClaim>) -> Result<(), Error> {
        let ids: Vec<String> = claims.iter().map(|one| one.claim.as_str().to_owned()).collect();
        let unbilled = among!(
            self,
            (String, Option<String>, Option<String>),
            "select claim, fingerprint, member from claim where practice = $1
             and source = 'remittance' and claim in (select value from json_each($2))",
            "select claim, fingerprint, member from claim where practice = $1
             and source = 'remittance' and claim = any($2)",
            &ids,
            self.practice.as_str()
        )?;
        let unbilled: HashMap<String, [Option<String>; 2]> = unbilled
            .into_iter()
            .map(|(claim, fingerprint, member)| (claim, [fingerprint, member]))
            .collect();
        let mut rows = Vec::new();
        for one in claims {
            let Some(known) = unbilled.get(one.claim.as_str()) else { continue };
            let told = [one.fingerprint, one.member].into_iter().zip(known);
            for other in
                told.filter_map(|(told, known)| told.filter(|it| known.as_ref() != Some(it)))
            {
                rows.push(vec![
                    Cell::Text(self.practice.as_str().to_owned()),
                    Cell::Text(one.claim.as_str().to_owned()),
                    Cell::Text(other),
                ]);
            }
        }
        if self.insert_all(&FINGERPRINT, rows).await? > 0 {
            self.find_likely_billed(&ids).await?;
        }
        Ok(())
    }

    async fn insert_claims(&mut self, claims: Vec<KnownClaim>, source: &str) -> Result<u64, Error> {
        let row = |one: KnownClaim| {
            vec![
                Cell::Text(self.practice.as_str().to_owned()),
                Cell::Text(one.claim.as_str().to_owned()),
                Cell::Text(one.number),
                Cell::Text(source.to_owned()),
                Cell::Maybe(one.fingerprint),
                Cell::Maybe(one.member),
            ]
        };
        let rows = claims.into_iter().map(row).collect();
        self.insert_all(&CLAIM, rows).await
    }

    /// Writes versions of claims as a file bills them; the latest by rank speaks for its claim,
    /// whichever file came first. Gives the places in this file of those that speak now.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn add_versions(
        &mut self,
        file: &str,
        versions: Vec<NewVersion>,
    ) -> Result<HashSet<u64>, Error> {
        let ids: Vec<String> =
            versions.iter().map(|one| one.known.claim.as_str().to_owned()).collect();
        let known = versions.iter().map(|one| one.known.clone()).collect();
        self.insert_claims(known, "billed").await?;
        let row = |one: NewVersion| {
            vec![
                Cell::Text(self.practice.as_str().to_owned()),
                Cell::Text(file.to_owned()),
                Cell::Int(i64::try_from(one.n).unwrap_or(i64::MAX)),
                Cell::Text(one.known.claim.as_str().to_owned()),
                Cell::Text(one.rank),
                Cell::Maybe(one.known.fingerprint),
                Cell::Maybe(one.known.member),
                Cell::Maybe(one.batch),
                Cell::Text(serde_json::to_string(&one.body).expect("a claim is JSON")),
            ]
        };
        let rows = versions.into_iter().map(row).collect();
        self.insert_all(&VERSION, rows).await?;
        let speaking = self.speak_latest(&ids).await?.into_iter();
        let own = speaking.filter(|(at, _)| at == file);
        Ok(own.filter_map(|(_, n)| u64::try_from(n).ok()).collect())
    }

    /// Gives file and place of each version that speaks.
    async fn speak_latest(&mut self, claims: &[String]) -> Result<Vec<(String, i64)>, Error> {
        let rows = among!(
            self,
            (String, i64),
            "update claim set source = 'billed', (version_file, version_n) =
               (select v.file, v.n from claim_version v where v.practice = claim.practice
                and v.claim = claim.claim order by v.rank desc limit 1)
             where practice = $1 and claim in (select value from json_each($2))
             returning version_file, version_n",
            "update claim set source = 'billed', (version_file, version_n) =
               (select v.file, v.n from claim_version v where v.practice = claim.practice
                and v.claim = claim.claim order by v.rank desc limit 1)
             where practice = $1 and claim = any($2) returning version_file, version_n",
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

    /// Which of some claims payers have spoken of.
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

    /// Claims that were sent in groups and transactions of these numbers, so many of each: claim,
    /// number and file by the numbers. None where several files have the same numbers: nothing
    /// tells them apart then.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn claims_of_batches(
        &mut self,
        batches: &[String],
        most: i64,
    ) -> Result<HashMap<String, Vec<(String, String, String)>>, Error> {
        let rows = among!(
            self,
            (String, String, String, String),
            batched!("in (select value from json_each($3))"),
            batched!("= any($3)"),
            batches,
            self.practice.as_str(),
            most
        )?;
        let mut found: HashMap<String, Vec<(String, String, String)>> = HashMap::new();
        for (batch, claim, number, file) in rows {
            found.entry(batch).or_default().push((claim, number, file));
        }
        Ok(found)
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
}
