//! Claims without an answer, how long payers usually take, and what somebody did about it.

use std::collections::HashSet;

use insight::usual::Usual;

use crate::bulk::{Bulk, Cell};
use crate::sql::{among, run};
use crate::{Error, Tx};

/// A claim that a payer has not answered.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Unanswered {
    /// The claim.
    pub claim: String,
    /// `claim`, or `crossover` where another payer passed it on.
    pub kind: String,
    /// Its number.
    pub number: String,
    /// The payer whose answer is awaited.
    pub payer: String,
    /// Its name.
    pub payer_name: String,
    /// The day it was sent, or passed on.
    pub sent_on: String,
    /// The day of its acceptance, where one is on record.
    pub accepted_on: Option<String>,
    /// Its charge in cents.
    pub charge: i64,
    /// The day by which the payer usually has answered.
    pub due_on: Option<String>,
    /// Where that day is from, in words.
    pub usual: String,
    /// The last day for filing.
    pub limit_on: Option<String>,
}

/// What somebody did about a claim last.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Followed {
    /// The claim.
    pub claim: String,
    /// When.
    pub at: String,
    /// Who.
    pub by_person: String,
    /// What they did.
    pub note: String,
    /// When to look again.
    pub look_on: Option<String>,
}

/// A billed claim that nobody answered: id, number, JSON.
pub type Silent = (String, String, String);

const UNANSWERED: Bulk = Bulk {
    table: "unanswered",
    columns: &[
        "practice",
        "claim",
        "kind",
        "number",
        "payer",
        "payer_name",
        "sent_on",
        "accepted_on",
        "#charge",
        "due_on",
        "usual",
        "limit_on",
    ],
};

/// Which of some claims wait for the payer that they were sent to.
macro_rules! still {
    ($which:literal) => {
        concat!(
            "select u.claim from unanswered u where u.practice = $1 and u.kind = 'claim' and ",
            $which,
            " and not exists (select 1 from claim_payment p
               join remittance r on r.practice = p.practice and r.remittance = p.remittance
               where p.practice = u.practice and p.claim = u.claim
                 and r.state in ('published', 'conflict', 'held'))"
        )
    };
}

impl Tx {
    /// First answers to claims that were sent since a day: payer, the day it was sent, the day of
    /// payment. Who answered after another payer had the claim from that one, on a day that is not
    /// known here, and is left out.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn first_answers(
        &mut self,
        since: &str,
    ) -> Result<Vec<(String, String, String)>, Error> {
        let rows = run!(
            self,
            all as (String, String, String),
            "select payer, substr(sent, 1, 10), paid from (
               select r.payer as payer, v.claim as claim, min(v.rank) as sent,
                 min(r.paid_on) as paid
               from remittance r
               join claim_payment p on p.practice = r.practice and p.remittance = r.remittance
               join claim_version v on v.practice = p.practice and v.claim = p.claim
               where r.practice = $1 and r.state = 'published' and r.paid_on >= $2
                 and v.rank >= $2
               group by r.payer, v.claim) firsts
             where not exists (select 1 from remittance s
               join claim_payment q on q.practice = s.practice and q.remittance = s.remittance
               where s.practice = $1 and s.state = 'published' and q.claim = firsts.claim
                 and s.payer <> firsts.payer and s.paid_on < firsts.paid)",
            self.practice.as_str(),
            since
        )?;
        Ok(rows)
    }

    /// Billed claims of which no remittance speaks and no open rejection, in the order of their
    /// ids, after one of them.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn silent_claims(&mut self, after: &str, limit: i64) -> Result<Vec<Silent>, Error> {
        let rows = run!(
            self,
            all as Silent,
            "select c.claim, c.number, v.body from claim c
             join claim_version v on v.practice = c.practice and v.file = c.version_file
               and v.n = c.version_n
             where c.practice = $1 and c.source = 'billed' and c.claim > $2
               and not exists (select 1 from claim_payment p join remittance r
                 on r.practice = p.practice and r.remittance = p.remittance
                 where p.practice = c.practice and p.claim = c.claim
                   and r.state in ('published', 'conflict', 'held'))
               and not exists (select 1 from likely_match m join claim_payment p
                 on p.practice = m.practice and p.claim = m.claim
                 join remittance r on r.practice = p.practice and r.remittance = p.remittance
                 where m.practice = c.practice and m.candidate = c.claim
                   and m.state = 'accepted' and r.state in ('published', 'conflict', 'held'))
               and not exists (select 1 from rejection x
                 where x.practice = c.practice and x.claim = c.claim and x.state = 'open')
             order by c.claim limit $3",
            self.practice.as_str(),
            after,
            limit
        )?;
        Ok(rows)
    }

    /// Keeps how long payers usually take, in place of what was kept before.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn keep_answer_times(&mut self, times: &[(String, Usual)]) -> Result<(), Error> {
        run!(self, execute, "delete from answer_time where practice = $1", self.practice.as_str())?;
        for (payer, usual) in times {
            run!(
                self,
                execute,
                "insert into answer_time (practice, payer, median, p90, n)
                 values ($1, $2, $3, $4, $5)",
                self.practice.as_str(),
                payer.as_str(),
                i64::from(usual.median),
                i64::from(usual.p90),
                i64::from(usual.n)
            )?;
        }
        Ok(())
    }

    /// How long payers usually take.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn answer_times(&mut self) -> Result<Vec<(String, Usual)>, Error> {
        let rows = run!(
            self,
            all as (String, i64, i64, i64),
            "select payer, median, p90, n from answer_time where practice = $1 order by payer",
            self.practice.as_str()
        )?;
        let days = |days: i64| i32::try_from(days).unwrap_or(i32::MAX);
        let usual = |(payer, median, p90, n): (String, i64, i64, i64)| {
            let n = u32::try_from(n).unwrap_or(u32::MAX);
            (payer, Usual { median: days(median), p90: days(p90), n })
        };
        Ok(rows.into_iter().map(usual).collect())
    }

    /// Keeps the claims without an answer, in place of those that were kept before.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn keep_unanswered(&mut self, all: Vec<Unanswered>) -> Result<(), Error> {
        run!(self, execute, "delete from unanswered where practice = $1", self.practice.as_str())?;
        let row = |one: Unanswered| {
            vec![
                Cell::Text(self.practice.as_str().to_owned()),
                Cell::Text(one.claim),
                Cell::Text(one.kind),
                Cell::Text(one.number),
                Cell::Text(one.payer),
                Cell::Text(one.payer_name),
                Cell::Text(one.sent_on),
                Cell::Maybe(one.accepted_on),
                Cell::Int(one.charge),
                Cell::Maybe(one.due_on),
                Cell::Text(one.usual),
                Cell::Maybe(one.limit_on),
            ]
        };
        let rows = all.into_iter().map(row).collect();
        self.insert_all(&UNANSWERED, rows).await.map(|_| ())
    }

    /// Claims that still have no answer, the soonest filing limit first; only those that are late
    /// and that nobody put off beyond `day`, where one is given.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn unanswered(
        &mut self,
        late_on: Option<&str>,
        limit: i64,
    ) -> Result<Vec<Unanswered>, Error> {
        let rows = run!(
            self,
            all as Unanswered,
            "select u.claim, u.kind, u.number, u.payer, u.payer_name, u.sent_on, u.accepted_on,
               u.charge, u.due_on, u.usual, u.limit_on
             from unanswered u
             left join followed f on f.practice = u.practice and f.claim = u.claim
             where u.practice = $1
               and ($2 = '' or (u.due_on < $2 and coalesce(f.look_on, '') <= $2))
               and (u.kind = 'crossover' or not exists (select 1 from claim_payment p
                 join remittance r on r.practice = p.practice and r.remittance = p.remittance
                 where p.practice = u.practice and p.claim = u.claim
                   and r.state in ('published', 'conflict', 'held')))
             order by coalesce(u.limit_on, '9999-12-31'), coalesce(u.due_on, '9999-12-31'),
               u.claim, u.kind limit $3",
            self.practice.as_str(),
            late_on.unwrap_or_default(),
            limit
        )?;
        Ok(rows)
    }

    /// Which of some claims still have no answer of the payer that they were sent to.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn unanswered_among(&mut self, claims: &[String]) -> Result<HashSet<String>, Error> {
        let rows = among!(
            self,
            (String,),
            still!("u.claim in (select value from json_each($2))"),
            still!("u.claim = any($2)"),
            claims,
            self.practice.as_str()
        )?;
        Ok(rows.into_iter().map(|(claim,)| claim).collect())
    }

    /// How many claims are late with their answer on a day, and their charges in cents.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn late_answers(&mut self, day: &str) -> Result<(i64, i64), Error> {
        let found = run!(
            self,
            one as (i64, i64),
            "select count(*), cast(coalesce(sum(u.charge), 0) as bigint) from unanswered u
             left join followed f on f.practice = u.practice and f.claim = u.claim
             where u.practice = $1 and u.due_on < $2 and coalesce(f.look_on, '') <= $2
               and (u.kind = 'crossover' or not exists (select 1 from claim_payment p
                 join remittance r on r.practice = p.practice and r.remittance = p.remittance
                 where p.practice = u.practice and p.claim = u.claim
                   and r.state in ('published', 'conflict', 'held')))",
            self.practice.as_str(),
            day
        )?;
        Ok(found)
    }

    /// Keeps what somebody did about a claim, in place of what they did before; the journal has
    /// all of it.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn follow_claim(&mut self, one: &Followed) -> Result<(), Error> {
        run!(
            self,
            execute,
            "insert into followed (practice, claim, at, by_person, note, look_on)
             values ($1, $2, $3, $4, $5, $6)
             on conflict (practice, claim) do update set at = excluded.at,
               by_person = excluded.by_person, note = excluded.note, look_on = excluded.look_on",
            self.practice.as_str(),
            one.claim.as_str(),
            one.at.as_str(),
            one.by_person.as_str(),
            one.note.as_str(),
            one.look_on.as_deref()
        )?;
        Ok(())
    }

    /// What somebody did last about a claim.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn followed_claim(&mut self, claim: &str) -> Result<Option<Followed>, Error> {
        let row = run!(
            self,
            optional as Followed,
            "select claim, at, by_person, note, look_on from followed
             where practice = $1 and claim = $2",
            self.practice.as_str(),
            claim
        )?;
        Ok(row)
    }

    /// What somebody did last about each claim that has no answer.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn followed(&mut self) -> Result<Vec<Followed>, Error> {
        let rows = run!(
            self,
            all as Followed,
            "select f.claim, f.at, f.by_person, f.note, f.look_on from followed f
             where f.practice = $1 and exists (select 1 from unanswered u
               where u.practice = f.practice and u.claim = f.claim) order by f.claim",
            self.practice.as_str()
        )?;
        Ok(rows)
    }
}
