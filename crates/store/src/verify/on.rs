//! Working on from where everything was last found to agree.

use serde::{Deserialize, Serialize};

use super::{CasesSeen, Heard, Walked, differs};
use crate::audit::Book;
use crate::journal::Hex;
use crate::sql::run;
use crate::{Error, Practice, Tx};

/// The name under which the table of sweeps keeps it.
const SWEEP: &str = "verify";
/// Tells its key from whatever else the journal's makes.
const LABEL: &[u8] = b"\xffproven up to here";

/// The end of a chain up to which it was proven.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proven {
    /// Place of the last entry; nought where there is none.
    pub seq: i64,
    /// Its hash.
    pub hash: String,
}

/// How far everything of a practice was proven.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// When the proof began, RFC 3339 UTC.
    pub at: String,
    /// The chain of acts.
    pub work: Proven,
    /// The chain of views.
    pub views: Proven,
    /// The chain above practices.
    pub house: Proven,
}

impl Tx {
    /// The ends of the chains as this transaction sees them.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn ends(&mut self, at: &str) -> Result<Checkpoint, Error> {
        Ok(Checkpoint {
            at: at.to_owned(),
            work: self.end_of(Book::Work).await?,
            views: self.end_of(Book::Views).await?,
            house: self.end_of(Book::House).await?,
        })
    }

    async fn end_of(&mut self, book: Book) -> Result<Proven, Error> {
        let (practice, chain) = book.chain(&self.practice);
        let head = run!(
            self,
            optional as (i64, String),
            "select seq, hash from journal_head where practice = $1 and chain = $2",
            practice.as_str(),
            chain
        )?;
        Ok(head.map(|(seq, hash)| Proven { seq, hash }).unwrap_or_default())
    }

    /// Walks a chain from where it was proven to its head.
    ///
    /// # Errors
    /// [`Error::Differs`] where the entry that was proven last is another now, or at the first
    /// entry after it that is missing or is not what was written; [`Error::Database`].
    pub async fn walk_on(
        &mut self,
        book: Book,
        from: &Proven,
        heard: Heard<'_>,
    ) -> Result<Walked, Error> {
        let (practice, chain) = book.chain(&self.practice);
        if from.seq > 0 {
            let kept = run!(
                self,
                optional as (String,),
                "select hash from journal where practice = $1 and chain = $2 and seq = $3",
                practice.as_str(),
                chain,
                from.seq
            )?;
            if kept.map(|(hash,)| hash).as_ref() != Some(&from.hash) {
                let place = format!("journal of {practice}, {chain} {}", from.seq);
                return differs(&place, "it was proven with another hash than it has");
            }
        }
        self.walk(&practice, chain, from, heard).await
    }

    /// The cases that something happened to since an entry of the chain of acts.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn cases_since(&mut self, seq: i64) -> Result<Vec<String>, Error> {
        self.told_since(seq, "denial.").await
    }

    /// The remittances that were taken or keyed in since an entry of the chain of acts.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn remittances_since(&mut self, seq: i64) -> Result<Vec<String>, Error> {
        self.told_since(seq, "remittance.").await
    }

    async fn told_since(&mut self, seq: i64, kind: &str) -> Result<Vec<String>, Error> {
        let rows = run!(
            self,
            all as (String,),
            "select distinct about from journal
             where practice = $1 and chain = 'work' and seq > $2 and kind like $3 order by about",
            self.practice.as_str(),
            seq,
            format!("{kind}%")
        )?;
        Ok(rows.into_iter().map(|(about,)| about).collect())
    }

    /// Hashes of the files and documents that were taken in since an instant.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn hashes_since(&mut self, at: &str) -> Result<Vec<(String, i64)>, Error> {
        let rows = run!(
            self,
            all as (String, i64),
            "select hash, bytes from file where practice = $1 and taken_at >= $2
               and hash not in (select hash from purged where practice = $1)
             union select hash, bytes from document where practice = $1 and taken_at >= $2
               and hash not in (select hash from purged where practice = $1)
             order by 1",
            self.practice.as_str(),
            at
        )?;
        Ok(rows)
    }

    /// Folds the journals of these cases and compares them with their rows.
    ///
    /// # Errors
    /// As [`Tx::check_cases`].
    pub async fn check_some_cases(&mut self, cases: &[String]) -> Result<CasesSeen, Error> {
        let mut seen = CasesSeen::default();
        for case in cases {
            // The page that ends with the case and begins just before those that differ from it in
            // their last letter alone; its neighbours are looked at as well.
            let before = case.get(..case.len().saturating_sub(1)).unwrap_or_default();
            let page = self.check_page(before, case).await?;
            seen.cases += page.cases;
            seen.events += page.events;
            seen.postings += page.postings;
        }
        Ok(seen)
    }

    /// How far the practice was proven; `None` where it never was.
    ///
    /// # Errors
    /// [`Error::Differs`] where what is kept of that is not what this program wrote with this key;
    /// [`Error::Database`].
    pub async fn checkpoint(&mut self) -> Result<Option<Checkpoint>, Error> {
        let kept = run!(
            self,
            optional as (String,),
            "select result from sweep where practice = $1 and name = $2",
            self.practice.as_str(),
            SWEEP
        )?;
        let Some((kept,)) = kept else { return Ok(None) };
        let (mark, text) = kept.split_once(' ').unwrap_or_default();
        let is_ours = mark == self.mark(text).as_str();
        match serde_json::from_str(text).ok().filter(|_| is_ours) {
            Some(checkpoint) => Ok(Some(checkpoint)),
            None => differs(
                "how far the journal was proven",
                "it was not written with this journal key; `reclaim verify` looks at everything",
            ),
        }
    }

    /// Keeps how far the practice was proven.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn keep_checkpoint(&mut self, checkpoint: &Checkpoint) -> Result<(), Error> {
        let text = serde_json::to_string(checkpoint).expect("plain values");
        let kept = format!("{} {text}", self.mark(&text).as_str());
        self.note_sweep(SWEEP, &checkpoint.at, &kept).await
    }

    /// Who can write rows cannot say that they are proven.
    fn mark(&self, text: &str) -> Hex {
        let Practice(practice) = &self.practice;
        let told = [LABEL, practice.as_bytes(), b" ", text.as_bytes()].concat();
        Hex::of(self.key.derived(&told))
    }
}
