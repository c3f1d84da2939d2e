//! Code lists of a practice: versions, and their entries in blocks that versions share.

use denial::lists::ListKind;
use futures_util::TryStreamExt;
use sqlx::Row;

use crate::bulk::{Bulk, Cell};
use crate::sql::{among, each, run};
use crate::{Error, Tx};

/// One version of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct CodeList {
    /// The kind, by its name.
    pub kind: String,
    /// Its number, counted by kind.
    pub version: i64,
    /// The first day of service for which it holds.
    pub from_day: String,
    /// The files that it came from.
    pub name: String,
    /// `reading`, `failed`, `looked`, `held` or `back`.
    pub state: String,
    /// How many entries it has.
    pub entries: i64,
    /// The digest of its parts.
    pub digest: String,
    /// What it changes, as JSON.
    pub report: String,
    /// When it was brought.
    pub made_at: String,
    /// By whom.
    pub made_by: String,
    /// When it last came to hold or was taken back.
    pub decided_at: Option<String>,
    /// By whom.
    pub decided_by: Option<String>,
}

/// Entries that are kept together.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct CodeBlock {
    /// The part of the list.
    pub part: String,
    /// The digest of the part's name and the body.
    pub digest: String,
    /// The entries.
    pub body: String,
}

const BLOCK: Bulk = Bulk { table: "code_block", columns: &["practice", "digest", "body"] };
const PART: Bulk =
    Bulk { table: "code_part", columns: &["practice", "kind", "#version", "part", "digest"] };

/// Parts that go in one step when a list is given up.
const STEP: i64 = 500;

impl Tx {
    /// Every version of every list, the newest of each kind first.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn code_lists(&mut self) -> Result<Vec<CodeList>, Error> {
        let rows = run!(
            self,
            all as CodeList,
            "select kind, version, from_day, name, state, entries, digest, report, made_at,
               made_by, decided_at, decided_by
             from code_list where practice = $1 order by kind, version desc",
            self.practice.as_str()
        )?;
        Ok(rows)
    }

    /// One version.
    ///
    /// # Errors
    /// [`Error::Missing`], [`Error::Database`].
    pub async fn code_list(&mut self, kind: ListKind, version: i64) -> Result<CodeList, Error> {
        let row = run!(
            self,
            optional as CodeList,
            "select kind, version, from_day, name, state, entries, digest, report, made_at,
               made_by, decided_at, decided_by
             from code_list where practice = $1 and kind = $2 and version = $3",
            self.practice.as_str(),
            kind.as_str(),
            version
        )?;
        row.ok_or(Error::Missing { what: "code list" })
    }

    /// The version that holds for a day of service.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn code_list_on(
        &mut self,
        kind: ListKind,
        day: &str,
    ) -> Result<Option<CodeList>, Error> {
        let row = run!(
            self,
            optional as CodeList,
            "select kind, version, from_day, name, state, entries, digest, report, made_at,
               made_by, decided_at, decided_by
             from code_list
             where practice = $1 and kind = $2 and state = 'held' and from_day <= $3
             order by from_day desc, version desc limit 1",
            self.practice.as_str(),
            kind.as_str(),
            day
        )?;
        Ok(row)
    }

    /// Begins a version; gives its number.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn begin_code_list(&mut self, one: &CodeList) -> Result<i64, Error> {
        let (newest,) = run!(
            self,
            one as (i64,),
            "select coalesce(max(version), 0) from code_list where practice = $1 and kind = $2",
            self.practice.as_str(),
            one.kind.as_str()
        )?;
        let version = newest + 1;
        run!(
            self,
            execute,
            "insert into code_list (practice, kind, version, from_day, name, state, entries,
               digest, report, made_at, made_by)
             values ($1, $2, $3, $4, $5, 'reading', 0, '', '{}', $6, $7)",
            self.practice.as_str(),
            one.kind.as_str(),
            version,
            one.from_day.as_str(),
            one.name.as_str(),
            one.made_at.as_str(),
            one.made_by.as_str()
        )?;
        Ok(version)
    }

    /// Keeps parts of a version. Bodies that are there already are not kept twice.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn keep_code_parts(
        &mut self,
        kind: ListKind,
        version: i64,
        blocks: Vec<CodeBlock>,
    ) -> Result<(), Error> {
        let practice = self.practice.as_str().to_owned();
        let text = |text: &str| Cell::Text(text.to_owned());
        let part = |one: &CodeBlock| {
            let (part, digest) = (text(&one.part), text(&one.digest));
            vec![text(&practice), text(kind.as_str()), Cell::Int(version), part, digest]
        };
        let parts: Vec<_> = blocks.iter().map(part).collect();
        let body =
            |one: CodeBlock| vec![text(&practice), Cell::Text(one.digest), Cell::Text(one.body)];
        let bodies: Vec<_> = blocks.into_iter().map(body).collect();
        self.insert_all(&BLOCK, bodies).await?;
        self.insert_all(&PART, parts).await?;
        Ok(())
    }

    /// Ends the reading of a version: what it holds, and what it changes.
    ///
    /// # Errors
    /// [`Error::Missing`] where nobody reads it, [`Error::Database`].
    pub async fn end_code_list(&mut self, one: &CodeList) -> Result<(), Error> {
        let done = run!(
            self,
            execute,
            "update code_list set state = $1, entries = $2, digest = $3, report = $4
             where practice = $5 and kind = $6 and version = $7 and state = 'reading'",
            one.state.as_str(),
            one.entries,
            one.digest.as_str(),
            one.report.as_str(),
            self.practice.as_str(),
            one.kind.as_str(),
            one.version
        )?;
        if done == 0 { Err(Error::Missing { what: "code list" }) } else { Ok(()) }
    }

    /// Lets a version hold, or takes it back; false where it is not in the state `from`.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn decide_code_list(
        &mut self,
        one: &CodeList,
        from: &str,
        (at, by): (&str, &str),
    ) -> Result<bool, Error> {
        let done = run!(
            self,
            execute,
            "update code_list set state = $1, decided_at = $2, decided_by = $3
             where practice = $4 and kind = $5 and version = $6 and state = $7",
            one.state.as_str(),
            at,
            by,
            self.practice.as_str(),
            one.kind.as_str(),
            one.version,
            from
        )?;
        Ok(done > 0)
    }

    /// The parts of a version with their digests, in their order.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn code_parts(
        &mut self,
        kind: ListKind,
        version: i64,
    ) -> Result<Vec<(String, String)>, Error> {
        let mut rows = run!(
            self,
            all as (String, String),
            "select part, digest from code_part
             where practice = $1 and kind = $2 and version = $3",
            self.practice.as_str(),
            kind.as_str(),
            version
        )?;
        // Databases order letters differently; the digest of a list must not.
        rows.sort();
        Ok(rows)
    }

    /// Some parts of a version.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn code_blocks(
        &mut self,
        kind: ListKind,
        version: i64,
        parts: &[String],
    ) -> Result<Vec<CodeBlock>, Error> {
        let practice = self.practice.as_str().to_owned();
        let rows = among!(
            self,
            CodeBlock,
            "select p.part, p.digest, b.body from code_part p
             join code_block b on b.practice = p.practice and b.digest = p.digest
             where p.practice = $1 and p.kind = $2 and p.version = $3
               and p.part in (select value from json_each($4))",
            "select p.part, p.digest, b.body from code_part p
             join code_block b on b.practice = p.practice and b.digest = p.digest
             where p.practice = $1 and p.kind = $2 and p.version = $3 and p.part = any($4)",
            parts,
            practice.as_str(),
            kind.as_str(),
            version
        )?;
        Ok(rows)
    }

    /// Walks the parts of a version without keeping them: part, digest, body.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn walk_code_blocks(
        &mut self,
        kind: ListKind,
        version: i64,
        heard: &mut (dyn FnMut(&str, &str, &str) + Send),
    ) -> Result<(), Error> {
        each!(
            self,
            |row| heard(row.try_get(0)?, row.try_get(1)?, row.try_get(2)?),
            "select p.part, p.digest, b.body from code_part p
             join code_block b on b.practice = p.practice and b.digest = p.digest
             where p.practice = $1 and p.kind = $2 and p.version = $3 order by p.part",
            self.practice.as_str(),
            kind.as_str(),
            version
        );
        Ok(())
    }

    /// Removes a step of a version that never held; true while there is more of it.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn drop_code_list(&mut self, kind: ListKind, version: i64) -> Result<bool, Error> {
        // What is no longer whole can come to hold no more, whenever this stops.
        run!(
            self,
            execute,
            "update code_list set state = 'failed' where practice = $1 and kind = $2
               and version = $3 and state in ('reading', 'looked')",
            self.practice.as_str(),
            kind.as_str(),
            version
        )?;
        let parts = run!(
            self,
            all as (String, String),
            "select part, digest from code_part
             where practice = $1 and kind = $2 and version = $3 limit $4",
            self.practice.as_str(),
            kind.as_str(),
            version,
            STEP
        )?;
        for (part, digest) in &parts {
            self.drop_code_part((kind, version), part, digest).await?;
        }
        if !parts.is_empty() {
            return Ok(true);
        }
        run!(
            self,
            execute,
            "delete from code_list where practice = $1 and kind = $2 and version = $3
               and state in ('reading', 'failed', 'looked')",
            self.practice.as_str(),
            kind.as_str(),
            version
        )?;
        Ok(false)
    }

    async fn drop_code_part(
        &mut self,
        (kind, version): (ListKind, i64),
        part: &str,
        digest: &str,
    ) -> Result<(), Error> {
        run!(
            self,
            execute,
            "delete from code_part
             where practice = $1 and kind = $2 and version = $3 and part = $4",
            self.practice.as_str(),
            kind.as_str(),
            version,
            part
        )?;
        run!(
            self,
            execute,
            "delete from code_block where practice = $1 and digest = $2 and not exists (
               select 1 from code_part p where p.practice = $1 and p.digest = $2)",
            self.practice.as_str(),
            digest
        )?;
        Ok(())
    }
}
