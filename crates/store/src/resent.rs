//! What was sent of some claims, for whoever asks whether something still lies with the payer.

use denial::claim::Claim;
use denial::rejection::Acknowledgement;

use crate::sql::among;
use crate::{Error, Tx, parsed};

/// A claim that is on its way by the outbox.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct OnItsWay {
    /// What it goes with.
    pub outgoing: String,
    /// The case.
    pub denial: String,
    /// That case's payer.
    pub payer: String,
    /// The claim.
    pub claim: String,
    /// Where that stands.
    pub state: String,
    /// When it leaves, or left.
    pub leaves_at: String,
    /// The act that follows, as JSON.
    pub act: String,
}

/// A version of a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Billed {
    /// The claim.
    pub claim: String,
    /// The hash of its file.
    pub file: String,
    /// Its place there.
    pub n: i64,
    /// As billed.
    pub body: Claim,
}

/// Cases of whose claims something may lie with the payer: a version of the day of the denial or
/// later, something in the outbox, or what a joined claim may tell.
macro_rules! sent_since {
    ($among:literal) => {
        concat!(
            "select d.denial from denial d where d.practice = $1 and d.denial ",
            $among,
            " and (exists (select 1 from claim_version v where v.practice = d.practice
                 and v.claim = d.claim and v.rank >= d.denied_on)
               or exists (select 1 from outgoing_item i where i.practice = d.practice
                 and i.claim = d.claim)
               or exists (select 1 from likely_match m where m.practice = d.practice
                 and m.claim = d.claim and m.state = 'accepted')
               or exists (select 1 from likely_match m where m.practice = d.practice
                 and m.candidate = d.claim and m.state = 'accepted'))"
        )
    };
}

impl Tx {
    /// Those of some cases of whose claims something may have been sent since the denial: the
    /// others need not be looked at.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn sent_since_denied(&mut self, cases: &[String]) -> Result<Vec<String>, Error> {
        let rows = among!(
            self,
            (String,),
            sent_since!("in (select value from json_each($2))"),
            sent_since!("= any($2)"),
            cases,
            self.practice.as_str()
        )?;
        Ok(rows.into_iter().map(|(denial,)| denial).collect())
    }

    /// Every version of some claims, the latest of each first.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn versions_among(&mut self, claims: &[String]) -> Result<Vec<Billed>, Error> {
        let rows = among!(
            self,
            (String, String, i64, String),
            "select claim, file, n, body from claim_version
             where practice = $1 and claim in (select value from json_each($2))
             order by claim, rank desc",
            "select claim, file, n, body from claim_version
             where practice = $1 and claim = any($2) order by claim, rank desc",
            claims,
            self.practice.as_str()
        )?;
        let billed = |(claim, file, n, body): (String, String, i64, String)| {
            let body = parsed("claim_version", &claim, &body)?;
            Ok(Billed { claim, file, n, body })
        };
        rows.into_iter().map(billed).collect()
    }

    /// What of some claims waits in the outbox, did not leave, or left while its cases still stay.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn on_their_way(&mut self, claims: &[String]) -> Result<Vec<OnItsWay>, Error> {
        let rows = among!(
            self,
            OnItsWay,
            "select i.outgoing, i.denial, d.payer, i.claim, o.state, o.leaves_at, i.act
             from outgoing_item i
             join outgoing o on o.practice = i.practice and o.outgoing = i.outgoing
             join denial d on d.practice = i.practice and d.denial = i.denial
             where i.practice = $1 and i.claim in (select value from json_each($2))
             and o.kind = 'claims' and i.live <> 'no' and i.acted = 'not_yet'
             and o.settled_at is null order by i.claim, o.made_at, o.outgoing",
            "select i.outgoing, i.denial, d.payer, i.claim, o.state, o.leaves_at, i.act
             from outgoing_item i
             join outgoing o on o.practice = i.practice and o.outgoing = i.outgoing
             join denial d on d.practice = i.practice and d.denial = i.denial
             where i.practice = $1 and i.claim = any($2)
             and o.kind = 'claims' and i.live <> 'no' and i.acted = 'not_yet'
             and o.settled_at is null order by i.claim, o.made_at, o.outgoing",
            claims,
            self.practice.as_str()
        )?;
        Ok(rows)
    }

    /// Refusals of some claims before adjudication, or of the whole transaction that they were sent
    /// in.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn refusals_among(
        &mut self,
        claims: &[String],
    ) -> Result<Vec<(String, Acknowledgement)>, Error> {
        let rows = among!(
            self,
            (String, String),
            "select claim, body from acknowledgement where practice = $1 and outcome = 'rejected'
             and claim in (select value from json_each($2))
             union select v.claim, a.body from claim_version v
             join acknowledgement a on a.practice = v.practice and a.batch = v.batch
             where v.practice = $1 and a.outcome = 'rejected'
             and v.claim in (select value from json_each($2))
             and not exists (select 1 from claim_version o
               where o.practice = v.practice and o.batch = v.batch and o.file <> v.file)",
            "select claim, body from acknowledgement where practice = $1 and outcome = 'rejected'
             and claim = any($2)
             union select v.claim, a.body from claim_version v
             join acknowledgement a on a.practice = v.practice and a.batch = v.batch
             where v.practice = $1 and a.outcome = 'rejected' and v.claim = any($2)
             and not exists (select 1 from claim_version o
               where o.practice = v.practice and o.batch = v.batch and o.file <> v.file)",
            claims,
            self.practice.as_str()
        )?;
        let told = |(claim, body): (String, String)| {
            let answer = parsed("acknowledgement", &claim, &body)?;
            Ok((claim, answer))
        };
        rows.into_iter().map(told).collect()
    }
}
