//! What people decide about remittances and matches, and how many wait for it; whether the
//! database can be read and written; documents by the beginning of their hash.

use crate::files::Document;
use crate::remittances::State;
use crate::sql::run;
use crate::{Error, Tx};

/// How much waits for a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Reviews {
    /// Remittances that are held, in conflict, or do not add up where nobody has looked.
    pub remittances: i64,
    /// Likely matches that nobody has decided.
    pub matches: i64,
    /// Payments that nobody has said to be of their claim or not.
    pub doubts: i64,
}

impl Tx {
    /// Moves a remittance as somebody decided, with the reason; false where it was not in the
    /// state that they saw.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn decide_remittance(
        &mut self,
        remittance: &str,
        from: State,
        to: State,
        why: &str,
    ) -> Result<bool, Error> {
        let moved = run!(
            self,
            execute,
            "update remittance set state = $1, why = $2, settled = 0
             where practice = $3 and remittance = $4 and state = $5",
            to.as_str(),
            why,
            self.practice.as_str(),
            remittance,
            from.as_str()
        )?;
        Ok(moved > 0)
    }

    /// Notes that a person looked at a remittance that does not add up; false where there was
    /// nothing to look at.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn look_at_remittance(&mut self, remittance: &str, at: &str) -> Result<bool, Error> {
        let changed = run!(
            self,
            execute,
            "update remittance set looked_at = $1
             where practice = $2 and remittance = $3 and state = 'published' and balanced = 'no'
             and looked_at is null",
            at,
            self.practice.as_str(),
            remittance
        )?;
        Ok(changed > 0)
    }

    /// How much waits for a person.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn reviews(&mut self) -> Result<Reviews, Error> {
        let row = run!(
            self,
            one as Reviews,
            "select
             (select count(*) from remittance
              where practice = $1 and state in ('held', 'conflict'))
             + (select count(*) from remittance where practice = $1 and state = 'published'
                and balanced = 'no' and looked_at is null) as remittances,
             (select count(*) from likely_match m
              join claim a on a.practice = m.practice and a.claim = m.claim
              where m.practice = $1 and m.state = 'open' and a.source = 'remittance')
             as matches,
             (select count(*) from doubt d
              join remittance r on r.practice = d.practice and r.remittance = d.remittance
              where d.practice = $1 and d.state = 'open'
              and r.state in ('published', 'conflict')) as doubts",
            self.practice.as_str()
        )?;
        Ok(row)
    }

    /// Writes and reads a row, so that a health page tests what it says.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn probe(&mut self, at: &str) -> Result<bool, Error> {
        self.note_sweep("health", at, "written").await?;
        let sweeps = self.sweeps().await?;
        Ok(sweeps.iter().any(|(name, ran_at, _)| name == "health" && ran_at == at))
    }

    /// The document whose hash begins so.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn document_beginning(&mut self, hash: &str) -> Result<Option<Document>, Error> {
        let row = run!(
            self,
            optional as Document,
            "select hash, name, media, bytes, taken_at, taken_by from document
             where practice = $1 and hash >= $2 and hash < $3 order by hash limit 1",
            self.practice.as_str(),
            hash,
            format!("{hash}g")
        )?;
        Ok(row)
    }
}
