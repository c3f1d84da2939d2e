//! Acts on many cases at once, kept so that they are taken back as one.

use crate::sql::run;
use crate::{Error, Tx};

/// One act on many cases.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Batch {
    /// Its id.
    pub batch: String,
    /// The act's name.
    pub act: String,
    /// Who did it.
    pub person: String,
    /// When.
    pub done_at: String,
    /// When it was taken back, where it was.
    pub undone_at: Option<String>,
}

/// What somebody did last with many cases.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct LastBatch {
    /// Its id.
    pub batch: String,
    /// The act's name.
    pub act: String,
    /// With how many cases.
    pub cases: i64,
}

impl Tx {
    /// What a person did last with many cases from an instant on and has not taken back; a started
    /// review moved the status and postings moved money: they are none.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn last_batch(
        &mut self,
        person: &str,
        since: &str,
    ) -> Result<Option<LastBatch>, Error> {
        let row = run!(
            self,
            optional as LastBatch,
            "select b.batch, b.act, (select count(*) from batch_case c
               where c.practice = b.practice and c.batch = b.batch) as cases
             from batch b where b.practice = $1 and b.person = $2 and b.done_at >= $3
             and b.undone_at is null and b.act not in ('review', 'post', 'approve', 'decline')
             order by b.done_at desc limit 1",
            self.practice.as_str(),
            person,
            since
        )?;
        Ok(row.filter(|row| row.cases > 0))
    }

    /// Begins a batch.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn begin_batch(&mut self, batch: &Batch) -> Result<(), Error> {
        run!(
            self,
            execute,
            "insert into batch (practice, batch, act, person, done_at)
             values ($1, $2, $3, $4, $5)",
            self.practice.as_str(),
            batch.batch.as_str(),
            batch.act.as_str(),
            batch.person.as_str(),
            batch.done_at.as_str()
        )?;
        Ok(())
    }

    /// Notes that a batch led a case to a version.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn add_to_batch(
        &mut self,
        batch: &str,
        denial: &str,
        version: u32,
    ) -> Result<(), Error> {
        run!(
            self,
            execute,
            "insert into batch_case (practice, batch, denial, version) values ($1, $2, $3, $4)",
            self.practice.as_str(),
            batch,
            denial,
            i64::from(version)
        )?;
        Ok(())
    }

    /// A batch by its id.
    ///
    /// # Errors
    /// [`Error::Missing`], [`Error::Database`].
    pub async fn batch(&mut self, batch: &str) -> Result<Batch, Error> {
        let row = run!(
            self,
            optional as Batch,
            "select batch, act, person, done_at, undone_at from batch
             where practice = $1 and batch = $2",
            self.practice.as_str(),
            batch
        )?;
        row.ok_or(Error::Missing { what: "batch" })
    }

    /// The cases of a batch after one of them, in the order of their ids: id and version.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn batch_cases(
        &mut self,
        batch: &str,
        after: &str,
        limit: i64,
    ) -> Result<Vec<(String, i64)>, Error> {
        let rows = run!(
            self,
            all as (String, i64),
            "select denial, version from batch_case
             where practice = $1 and batch = $2 and denial > $3 order by denial limit $4",
            self.practice.as_str(),
            batch,
            after,
            limit
        )?;
        Ok(rows)
    }

    /// Notes that a batch was taken back; false where it was before.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn end_batch(&mut self, batch: &str, at: &str) -> Result<bool, Error> {
        let changed = run!(
            self,
            execute,
            "update batch set undone_at = $1
             where practice = $2 and batch = $3 and undone_at is null",
            at,
            self.practice.as_str(),
            batch
        )?;
        Ok(changed > 0)
    }
}
