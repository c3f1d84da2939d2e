//! Legal holds, and files and documents whose bytes were taken out past their time.

use std::collections::HashSet;

use crate::sql::{among, run};
use crate::verify::differs;
use crate::{Error, Tx};

/// A legal hold.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Hold {
    /// Its id.
    pub hold: String,
    /// `case`, `patient` or `practice`.
    pub scope: String,
    /// The case that it was placed on.
    pub about: String,
    /// Why, in somebody's words.
    pub why: String,
    /// When.
    pub placed_at: String,
    /// By whom.
    pub placed_by: String,
}

/// A file or document whose bytes lie in the documents folder.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Kept {
    /// sha-256 of its bytes.
    pub hash: String,
    /// How long it is.
    pub bytes: i64,
    /// When it came.
    pub taken_at: String,
    /// `file` or `document`.
    pub what: String,
    /// The last day that a remittance in it was paid on.
    pub paid_on: Option<String>,
    /// What of it is not done: remittances to decide or to settle, rejections to resolve, what is
    /// to leave.
    pub waiting: i64,
}

impl Tx {
    /// Holds that were not lifted, the oldest first.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn holds(&mut self) -> Result<Vec<Hold>, Error> {
        let rows = run!(
            self,
            all as Hold,
            "select hold, scope, about, why, placed_at, placed_by from hold
             where practice = $1 and lifted_at is null order by placed_at, hold",
            self.practice.as_str()
        )?;
        Ok(rows)
    }

    /// Places a hold.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn place_hold(&mut self, hold: &Hold) -> Result<(), Error> {
        run!(
            self,
            execute,
            "insert into hold (practice, hold, scope, about, why, placed_at, placed_by)
             values ($1, $2, $3, $4, $5, $6, $7)",
            self.practice.as_str(),
            hold.hold.as_str(),
            hold.scope.as_str(),
            hold.about.as_str(),
            hold.why.as_str(),
            hold.placed_at.as_str(),
            hold.placed_by.as_str()
        )?;
        Ok(())
    }

    /// Lifts a hold; false where there is none such that holds.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn lift_hold(&mut self, hold: &str, by: &str, at: &str) -> Result<bool, Error> {
        let changed = run!(
            self,
            execute,
            "update hold set lifted_by = $1, lifted_at = $2
             where practice = $3 and hold = $4 and lifted_at is null",
            by,
            at,
            self.practice.as_str(),
            hold
        )?;
        Ok(changed > 0)
    }

    /// The case itself and every other with its patient's member id; the case alone where none is
    /// known.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn cases_of_patient(&mut self, case: &str) -> Result<HashSet<String>, Error> {
        let rows = run!(
            self,
            all as (String,),
            "select distinct other.about from word own join word other
               on other.practice = own.practice and other.word = own.word and other.kind = own.kind
             where own.practice = $1 and own.about = $2 and own.kind = 'member'",
            self.practice.as_str(),
            case
        )?;
        let others = rows.into_iter().map(|(case,)| case);
        Ok(others.chain([case.to_owned()]).collect())
    }

    /// Every file and document whose bytes are there, with what a purge asks of it.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn kept_bytes(&mut self) -> Result<Vec<Kept>, Error> {
        let rows = run!(
            self,
            all as Kept,
            "select k.hash, k.bytes, k.taken_at, k.what,
               (select max(r.paid_on) from remittance r
                where r.practice = $1 and r.file = k.hash) as paid_on,
               k.reading
               + (select count(*) from remittance r where r.practice = $1 and r.file = k.hash
                  and (r.state not in ('published', 'set_aside', 'test')
                       or (r.state = 'published' and r.settled < r.claims)))
               + (select count(*) from rejection j where j.practice = $1 and j.file = k.hash
                  and j.state = 'open')
               + (select count(*) from outgoing o where o.practice = $1 and o.document = k.hash
                  and o.state <> 'called_back' and o.settled_at is null) as waiting
             from (select f.hash, f.bytes, f.taken_at, 'file' as what,
                     case when f.state = 'reading' then 1 else 0 end as reading
                   from file f where f.practice = $1
                   union all
                   select d.hash, d.bytes, d.taken_at, 'document', 0 from document d
                   where d.practice = $1 and not exists (select 1 from file f
                     where f.practice = $1 and f.hash = d.hash)) k
             where not exists (select 1 from purged p where p.practice = $1 and p.hash = k.hash)
             order by k.hash",
            self.practice.as_str()
        )?;
        Ok(rows)
    }

    /// The claims that a file speaks of.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn claims_of_file(&mut self, hash: &str) -> Result<Vec<String>, Error> {
        let rows = run!(
            self,
            all as (String,),
            "select p.claim from remittance r join claim_payment p
               on p.practice = r.practice and p.remittance = r.remittance
             where r.practice = $1 and r.file = $2
             union select claim from claim_version where practice = $1 and file = $2
             union select claim from acknowledgement
               where practice = $1 and file = $2 and claim is not null
             union select i.claim from outgoing o join outgoing_item i
               on i.practice = o.practice and i.outgoing = o.outgoing
             where o.practice = $1 and o.document = $2 and o.state <> 'called_back'",
            self.practice.as_str(),
            hash
        )?;
        Ok(rows.into_iter().map(|(claim,)| claim).collect())
    }

    /// The drafts of some cases, each as it stands: case and JSON.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn drafts_among(&mut self, cases: &[&str]) -> Result<Vec<(String, String)>, Error> {
        let rows = among!(
            self,
            (String, String),
            "select denial, body from appeal_draft
             where practice = $1 and denial in (select value from json_each($2)) order by draft",
            "select denial, body from appeal_draft
             where practice = $1 and denial = any($2) order by draft",
            cases,
            self.practice.as_str()
        )?;
        Ok(rows)
    }

    /// Notes that the bytes of a file or document are taken out.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn purge(&mut self, hash: &str, at: &str) -> Result<(), Error> {
        run!(
            self,
            execute,
            "insert into purged (practice, hash, purged_at) values ($1, $2, $3)
             on conflict do nothing",
            self.practice.as_str(),
            hash,
            at
        )?;
        Ok(())
    }

    /// When the bytes of a file or document were taken out; none where they were not.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn purged_at(&mut self, hash: &str) -> Result<Option<String>, Error> {
        let row = run!(
            self,
            optional as (String,),
            "select purged_at from purged where practice = $1 and hash = $2",
            self.practice.as_str(),
            hash
        )?;
        Ok(row.map(|(at,)| at))
    }

    /// Everything whose bytes were taken out.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn all_purged(&mut self) -> Result<Vec<String>, Error> {
        let rows = run!(
            self,
            all as (String,),
            "select hash from purged where practice = $1 order by hash",
            self.practice.as_str()
        )?;
        Ok(rows.into_iter().map(|(hash,)| hash).collect())
    }

    /// True where this practice still keeps the bytes with a hash: practices share one folder.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn keeps(&mut self, hash: &str) -> Result<bool, Error> {
        let (count,) = run!(
            self,
            one as (i64,),
            "select (select count(*) from file f where f.practice = $1 and f.hash = $2)
               + (select count(*) from document d where d.practice = $1 and d.hash = $2)",
            self.practice.as_str(),
            hash
        )?;
        Ok(count > 0 && self.purged_at(hash).await?.is_none())
    }

    /// Compares what was taken out with the journal, which tells of each.
    ///
    /// # Errors
    /// [`Error::Differs`], [`Error::Database`].
    pub async fn check_purged(&mut self) -> Result<(), Error> {
        let row = run!(
            self,
            optional as (String,),
            "select p.hash from purged p where p.practice = $1 and not exists (
               select 1 from journal j where j.practice = $1 and j.chain = 'work'
               and j.about = p.hash and j.kind = 'retention.purged') order by p.hash limit 1",
            self.practice.as_str()
        )?;
        match row {
            None => Ok(()),
            Some((hash,)) => differs(&hash, "its bytes are gone and the journal tells of no purge"),
        }
    }
}
