//! Which claims known from remittances are which billed ones: likely ones for a person to decide,
//! and what people decided.

use std::collections::BTreeSet;

use denial::named;

use crate::sql::{among, run};
use crate::{Error, Tx};

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

/// What somebody says of a claim and its candidate, and when.
#[derive(Clone, Copy, Debug)]
pub struct Said<'a> {
    /// The claim known from a remittance.
    pub claim: &'a str,
    /// The billed claim.
    pub candidate: &'a str,
    /// What it is to be.
    pub state: Match,
    /// Who says so.
    pub by: &'a str,
    /// When.
    pub at: &'a str,
}

/// Proposes by description: a literal says which claims are looked at. `cross join` tells SQLite to
/// go from the few named claims to an index; left to itself, without statistics, it reads every
/// claim of the practice.
macro_rules! likely {
    ($of:literal) => {
        likely!(@from "claim a cross join claim_version v", "paid_fingerprint a cross join
             claim_version v", $of)
    };
    (paid $of:literal) => {
        likely!(@from "claim_version v cross join claim a", "claim_version v cross join
             paid_fingerprint a", $of)
    };
    (@from $first:literal, $other:literal, $of:literal) => {
        concat!(
            "insert into likely_match (practice, claim, candidate, state)
             select practice, claim, candidate, 'open' from (
             select a.practice, a.claim, v.claim as candidate from ", $first, "
             where a.practice = v.practice and a.fingerprint = v.fingerprint
             and v.practice = $1 and a.practice = $1 and a.source = 'remittance' and ", $of, "
             union select a.practice, a.claim, v.claim from ", $first, "
             where a.practice = v.practice and a.member = v.member
             and v.practice = $1 and a.practice = $1 and a.source = 'remittance' and ", $of, "
             union select a.practice, a.claim, v.claim from ", $other, "
             where a.practice = v.practice and a.fingerprint = v.fingerprint
             and v.practice = $1 and a.practice = $1 and ", $of, "
             union select a.practice, a.claim, v.claim from ", $other, "
             where a.practice = v.practice and a.fingerprint = v.member
             and v.practice = $1 and a.practice = $1 and ", $of, "
             ) found where candidate <> claim on conflict do nothing returning claim"
        )
    };
}

impl Tx {
    /// Notes which of some claims known from remittances are likely billed ones: same patient,
    /// first day and charge, or same member and first day. [`Tx::find_likely_paid`] looks from the
    /// other side, so that it does not matter which file came first.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn find_likely_billed(&mut self, claims: &[String]) -> Result<(), Error> {
        among!(
            self,
            (String,),
            likely!("a.claim in (select value from json_each($2))"),
            likely!("a.claim = any($2)"),
            claims,
            self.practice.as_str()
        )?;
        Ok(())
    }

    /// Notes which claims known from remittances are likely some of the billed ones.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn find_likely_paid(&mut self, claims: &[String]) -> Result<(), Error> {
        among!(
            self,
            (String,),
            likely!(paid "v.claim in (select value from json_each($2))"),
            likely!(paid "v.claim = any($2)"),
            claims,
            self.practice.as_str()
        )?;
        let controls = among!(
            self,
            (String,),
            "select distinct control from claim_payment where practice = $1
             and +control is not null and claim in (select value from json_each($2))",
            "select distinct control from claim_payment where practice = $1
             and control is not null and claim = any($2)",
            claims,
            self.practice.as_str()
        )?;
        let controls: Vec<String> = controls.into_iter().map(|(control,)| control).collect();
        if controls.is_empty() { Ok(()) } else { self.find_likely_by_control(&controls).await }
    }

    /// Notes which claims that payments name by the payer's number alone are likely the one billed
    /// claim with which an earlier or later payment names that number. Where two claims carry it,
    /// it tells nothing.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn find_likely_by_control(&mut self, controls: &[String]) -> Result<(), Error> {
        // Few payments are without our number; the join is asked about the claims of those alone.
        let named = self.unbilled_among(controls).await?;
        if named.is_empty() {
            return Ok(());
        }
        let found = among!(
            self,
            (String, String, i64),
            "select a.claim, min(p.claim), count(distinct p.claim)
             from claim a cross join claim_payment p
             where p.practice = a.practice and p.control = a.claim and a.practice = $1
             and a.claim in (select value from json_each($2)) and a.source = 'remittance'
             and p.claim <> a.claim group by a.claim",
            "select a.claim, min(p.claim), count(distinct p.claim)
             from claim a cross join claim_payment p
             where p.practice = a.practice and p.control = a.claim and a.practice = $1
             and a.claim = any($2) and a.source = 'remittance'
             and p.claim <> a.claim group by a.claim",
            &named,
            self.practice.as_str()
        )?;
        for (claim, candidate, count) in found {
            if count == 1 {
                self.propose(&claim, &candidate).await?;
            } else {
                self.withdraw(&claim).await?;
            }
        }
        Ok(())
    }

    /// Which of some ids are claims that are known from remittances alone.
    async fn unbilled_among(&mut self, claims: &[String]) -> Result<Vec<String>, Error> {
        let rows = among!(
            self,
            (String,),
            "select claim from claim where practice = $1 and source = 'remittance'
             and claim in (select value from json_each($2))",
            // One look for each: PostgreSQL without statistics would rather read every claim.
            "select c.claim from unnest($2::text[]) one (claim) cross join lateral
             (select claim from claim where practice = $1 and claim = one.claim
             and source = 'remittance' limit 1) c",
            claims,
            self.practice.as_str()
        )?;
        Ok(rows.into_iter().map(|(claim,)| claim).collect())
    }

    /// Proposes a claim where it is billed.
    async fn propose(&mut self, claim: &str, candidate: &str) -> Result<(), Error> {
        run!(
            self,
            execute,
            "insert into likely_match (practice, claim, candidate, state)
             select b.practice, $2, b.claim, 'open' from claim b
             where b.practice = $1 and b.claim = $3 and b.source = 'billed'
             on conflict do nothing",
            self.practice.as_str(),
            claim,
            candidate
        )?;
        Ok(())
    }

    /// Takes back what the payer's number alone proposed.
    async fn withdraw(&mut self, claim: &str) -> Result<(), Error> {
        run!(
            self,
            execute,
            "delete from likely_match where practice = $1 and claim = $2 and state = 'open'
             and decided_at is null and candidate in (select p.claim from claim_payment p
               where p.practice = $1 and p.control = $2)",
            self.practice.as_str(),
            claim
        )?;
        self.find_likely_billed(&[claim.to_owned()]).await
    }

    /// Likely matches in a state, those after a pair of claim and candidate. A claim that is joined
    /// to another one waits for nobody.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn likely_matches(
        &mut self,
        state: Match,
        after: (&str, &str),
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
             and m.claim >= $3 and (m.claim, m.candidate) > ($3, $4)
             and (m.state <> 'open' or not exists (select 1 from likely_match o
               where o.practice = m.practice and o.claim = m.claim and o.state = 'accepted'))
             order by m.claim, m.candidate limit $5",
            self.practice.as_str(),
            state.as_str(),
            after.0,
            after.1,
            limit
        )?;
        Ok(rows)
    }

    /// Claims that are known from remittances that count, joined to no billed claim and with none
    /// that waits to be reviewed: id and number of those after one.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn unmatched(
        &mut self,
        after: &str,
        limit: i64,
    ) -> Result<Vec<(String, String)>, Error> {
        let rows = run!(
            self,
            all as (String, String),
            "select c.claim, c.number from claim c
             where c.practice = $1 and c.source = 'remittance' and c.claim > $2
             and not exists (select 1 from likely_match m where m.practice = c.practice
               and m.claim = c.claim and m.state in ('accepted', 'open'))
             and exists (select 1 from claim_payment p join remittance r
               on r.practice = p.practice and r.remittance = p.remittance
               where p.practice = c.practice and p.claim = c.claim
               and r.state in ('published', 'conflict'))
             order by c.claim limit $3",
            self.practice.as_str(),
            after,
            limit
        )?;
        Ok(rows)
    }

    /// Billed claims whose fingerprint begins so, in the order of their ids.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn billed_like(&mut self, beginning: &str, limit: i64) -> Result<Vec<String>, Error> {
        // Fingerprints are hexadecimal: every one that begins so stands before `g`.
        let end = format!("{beginning}g");
        let rows = run!(
            self,
            all as (String,),
            "select distinct claim from claim_version where practice = $1
             and fingerprint >= $2 and fingerprint < $3 order by claim limit $4",
            self.practice.as_str(),
            beginning,
            end.as_str(),
            limit
        )?;
        Ok(rows.into_iter().map(|(claim,)| claim).collect())
    }

    /// Billed claims of a member and first day, hashed, in the order of their ids.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn billed_of_member(
        &mut self,
        member: &str,
        limit: i64,
    ) -> Result<Vec<String>, Error> {
        let rows = run!(
            self,
            all as (String,),
            "select distinct claim from claim_version where practice = $1 and member = $2
             order by claim limit $3",
            self.practice.as_str(),
            member,
            limit
        )?;
        Ok(rows.into_iter().map(|(claim,)| claim).collect())
    }

    /// Claims of which payments carry the payer's number, by the id that it makes, in the order of
    /// their ids.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn paid_by_control(
        &mut self,
        control: &str,
        limit: i64,
    ) -> Result<Vec<String>, Error> {
        let rows = run!(
            self,
            all as (String,),
            "select distinct claim from claim_payment where practice = $1 and control = $2
             order by claim limit $3",
            self.practice.as_str(),
            control,
            limit
        )?;
        Ok(rows.into_iter().map(|(claim,)| claim).collect())
    }

    /// Decides a likely match, or opens it again.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Missing`] where nobody proposed it.
    pub async fn decide_match(&mut self, said: &Said<'_>) -> Result<(), Error> {
        let changed = run!(
            self,
            execute,
            "update likely_match set state = $1, decided_by = $2, decided_at = $3
             where practice = $4 and claim = $5 and candidate = $6",
            said.state.as_str(),
            said.by,
            said.at,
            self.practice.as_str(),
            said.claim,
            said.candidate
        )?;
        if changed == 0 {
            return Err(Error::Missing { what: "match" });
        }
        Ok(())
    }

    /// Decides about a pair whether or not it was proposed.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn put_match(&mut self, said: &Said<'_>) -> Result<(), Error> {
        run!(
            self,
            execute,
            "insert into likely_match (practice, claim, candidate, state, decided_by, decided_at)
             values ($1, $2, $3, $4, $5, $6) on conflict (practice, claim, candidate)
             do update set state = excluded.state, decided_by = excluded.decided_by,
             decided_at = excluded.decided_at",
            self.practice.as_str(),
            said.claim,
            said.candidate,
            said.state.as_str(),
            said.by,
            said.at
        )?;
        Ok(())
    }

    /// Of some claims, those joined to them and those that they are joined to, every claim that is
    /// joined with the claim that speaks for it: one that speaks comes with all that it speaks for,
    /// since what was said of them is heard together.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn joined(&mut self, claims: &[String]) -> Result<Vec<(String, String)>, Error> {
        let rows = among!(
            self,
            (String, String),
            "select claim, candidate from likely_match where practice = $1 and state = 'accepted'
             and candidate in (select value from json_each($2)
               union select candidate from likely_match where practice = $1
               and state = 'accepted' and claim in (select value from json_each($2)))",
            "select claim, candidate from likely_match where practice = $1 and state = 'accepted'
             and candidate in (select unnest($2::text[])
               union select candidate from likely_match where practice = $1
               and state = 'accepted' and claim = any($2))",
            claims,
            self.practice.as_str()
        )?;
        Ok(rows)
    }
}

impl Tx {
    /// Every name of some claims: their own and those that are joined to them, sorted.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn names_of(&mut self, claims: &[String]) -> Result<Vec<String>, Error> {
        let joined = self.joined(claims).await?;
        let names = claims.iter().flat_map(|claim| group(claim, &joined)).map(str::to_owned);
        let names: BTreeSet<String> = names.collect();
        Ok(names.into_iter().collect())
    }
}

/// Of pairs that [`Tx::joined`] gave: a claim, the one that speaks for it, and all that this one
/// speaks for.
#[must_use]
pub fn group<'a>(claim: &'a str, joined: &'a [(String, String)]) -> BTreeSet<&'a str> {
    let speaks = joined.iter().filter(|(one, _)| one == claim).map(|(_, into)| into.as_str());
    let speaks: BTreeSet<&str> = speaks.chain([claim]).collect();
    let heard = joined.iter().filter(|(_, into)| speaks.contains(into.as_str()));
    heard.flat_map(|(one, into)| [one.as_str(), into.as_str()]).chain([claim]).collect()
}
