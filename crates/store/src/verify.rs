//! What the program writes together must agree: each chain with itself and its head, each case with
//! its journal and its postings.

mod cases;
mod left;
mod on;

use futures_util::TryStreamExt;
use sha2::{Digest, Sha256};
use sqlx::Row;

pub use cases::CasesSeen;
pub use on::{Checkpoint, Proven};

use crate::journal::{Chain, Hex, Key, Link};
use crate::sql::{each, run};
use crate::{Error, Practice, Tx};

/// Hears of every so many rows that were looked at.
pub type Heard<'a> = &'a (dyn Fn(u64) + Send + Sync);

/// What the walk of a chain counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Walked {
    /// Entries.
    pub entries: u64,
    /// Those that are events of cases.
    pub of_cases: u64,
    /// Those that open a case.
    pub openings: u64,
}

/// Rows between two reports of progress.
const STEP: u64 = 1_024;
/// The first difference.
pub(crate) fn differs<T>(place: &str, what: impl Into<String>) -> Result<T, Error> {
    Err(Error::Differs { place: place.to_owned(), what: what.into() })
}

impl Tx {
    /// Walks one of the practice's chains from its beginning to its head.
    ///
    /// # Errors
    /// [`Error::Differs`] at the first entry that is missing or is not what was written,
    /// [`Error::Database`].
    pub async fn walk_chain(&mut self, chain: Chain, heard: Heard<'_>) -> Result<Walked, Error> {
        let practice = self.practice.clone();
        self.walk(&practice, chain.as_str(), &Proven::default(), heard).await
    }

    /// Walks the chain above practices.
    ///
    /// # Errors
    /// As [`Tx::walk_chain`].
    pub async fn walk_house(&mut self, heard: Heard<'_>) -> Result<Walked, Error> {
        self.walk(&Practice::house(), "work", &Proven::default(), heard).await
    }

    async fn walk(
        &mut self,
        practice: &Practice,
        chain: &str,
        from: &Proven,
        heard: Heard<'_>,
    ) -> Result<Walked, Error> {
        let key = self.key.clone();
        let mut walk = Walk::new(&key, practice.as_str(), chain, from);
        each!(
            self,
            |row| {
                walk.step(&Linked {
                    seq: row.try_get(0)?,
                    at: row.try_get(1)?,
                    actor: row.try_get(2)?,
                    about: row.try_get(3)?,
                    kind: row.try_get(4)?,
                    from: row.try_get::<Option<&str>, _>(5)?.unwrap_or_default(),
                    to: row.try_get::<Option<&str>, _>(6)?.unwrap_or_default(),
                    body: row.try_get(7)?,
                    digest: row.try_get(8)?,
                    hash: row.try_get(9)?,
                })?;
                if walk.seen.entries.is_multiple_of(STEP) {
                    heard(STEP);
                }
            },
            "select seq, at, actor, about, kind, from_status, to_status, body, digest, hash
             from journal where practice = $1 and chain = $2 and seq > $3 order by seq",
            practice.as_str(),
            chain,
            from.seq
        );
        let head = run!(
            self,
            optional as (i64, String),
            "select seq, hash from journal_head where practice = $1 and chain = $2",
            practice.as_str(),
            chain
        )?;
        walk.end(head)
    }

    /// How many entries the practice's chains have, for telling progress.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn count_entries(&mut self) -> Result<u64, Error> {
        let (count,) = run!(
            self,
            one as (i64,),
            "select cast(coalesce(sum(seq), 0) as bigint) from journal_head where practice = $1",
            self.practice.as_str()
        )?;
        Ok(u64::try_from(count).unwrap_or(0))
    }

    /// The first claim payment that hangs on no remittance.
    ///
    /// # Errors
    /// [`Error::Differs`] naming it, [`Error::Database`].
    pub async fn check_no_orphan(&mut self) -> Result<(), Error> {
        let orphan = run!(
            self,
            optional as (String, i64),
            "select p.remittance, p.n from claim_payment p where p.practice = $1 and not exists
             (select 1 from remittance r where r.practice = p.practice
              and r.remittance = p.remittance) limit 1",
            self.practice.as_str()
        )?;
        match orphan {
            Some((remittance, n)) => {
                differs(&remittance, format!("it is not there, its claim payment {n} is"))
            }
            None => Ok(()),
        }
    }

    /// The first visible remittance, or file taken in, that the journal does not tell of.
    ///
    /// # Errors
    /// [`Error::Differs`] naming it, [`Error::Database`].
    pub async fn check_told(&mut self) -> Result<(), Error> {
        let remittance = run!(
            self,
            optional as (String,),
            "select remittance from remittance r where practice = $1 and state <> 'staging'
             and not exists (select 1 from journal j where j.practice = r.practice
              and j.about = r.remittance and j.chain = 'work'
              and j.kind in ('remittance.taken', 'remittance.keyed'))
             order by remittance limit 1",
            self.practice.as_str()
        )?;
        let file = run!(
            self,
            optional as (String,),
            "select hash from file f where practice = $1 and state = 'taken'
             and not exists (select 1 from journal j where j.practice = f.practice
              and j.about = f.hash and j.chain = 'work' and j.kind = 'file.taken')
             order by hash limit 1",
            self.practice.as_str()
        )?;
        match remittance.or(file) {
            Some((id,)) => differs(&id, "it is there, and no entry of the journal took it in"),
            None => Ok(()),
        }
    }
}

/// One entry of a chain as it is stored.
struct Linked<'r> {
    seq: i64,
    at: &'r str,
    actor: &'r str,
    about: &'r str,
    kind: &'r str,
    from: &'r str,
    to: &'r str,
    body: &'r str,
    digest: &'r str,
    hash: &'r str,
}

/// A walk along a chain.
struct Walk<'a> {
    key: &'a Key,
    practice: &'a str,
    chain: &'a str,
    /// Place of the last entry.
    last: i64,
    before: Option<Hex>,
    seen: Walked,
}

impl<'a> Walk<'a> {
    fn new(key: &'a Key, practice: &'a str, chain: &'a str, from: &Proven) -> Walk<'a> {
        let before = Hex::parse(&from.hash);
        Walk { key, practice, chain, last: from.seq, before, seen: Walked::default() }
    }

    fn step(&mut self, entry: &Linked<'_>) -> Result<(), Error> {
        self.seen.entries += 1;
        let expected = self.last + 1;
        if entry.seq != expected {
            return self.differs(expected, "the entry is missing");
        }
        let digest = Hex::of(Sha256::digest(entry.body.as_bytes()).into());
        if digest.as_str() != entry.digest {
            return self.differs(entry.seq, "its body is not the one that was written");
        }
        let link = Link {
            practice: self.practice,
            chain: self.chain,
            seq: entry.seq,
            at: entry.at,
            actor: entry.actor,
            about: entry.about,
            kind: entry.kind,
            from: entry.from,
            to: entry.to,
            digest: entry.digest,
        };
        let hash = link.hash(self.key, self.before.as_ref().map_or("", Hex::as_str));
        if hash.as_str() != entry.hash {
            let what = "its hash does not follow from it and the entry before; another journal \
                        key, or something was altered";
            return self.differs(entry.seq, what);
        }
        self.before = Some(hash);
        self.last = entry.seq;
        if entry.kind.starts_with("denial.") {
            self.seen.of_cases += 1;
            self.seen.openings += u64::from(entry.kind == "denial.opened");
        }
        Ok(())
    }

    fn end(self, head: Option<(i64, String)>) -> Result<Walked, Error> {
        let (seq, hash) = head.unwrap_or_default();
        if seq != self.last {
            return self.differs(seq, "the head says that the chain ends here, and it does not");
        }
        if hash != self.before.as_ref().map_or("", Hex::as_str) {
            return self.differs(seq, "the head's hash is not that of the last entry");
        }
        Ok(self.seen)
    }

    fn differs<T>(&self, seq: i64, what: &str) -> Result<T, Error> {
        differs(&format!("journal of {}, {} {seq}", self.practice, self.chain), what)
    }
}
