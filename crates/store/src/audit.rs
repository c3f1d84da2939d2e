//! The chains as people read them: who did what and who looked at what, the newest first.

use std::collections::HashMap;

use crate::sql::{among, run};
use crate::{Error, Practice, Tx};

/// Which chain is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Book {
    /// Acts in this practice.
    Work,
    /// Who looked at what in it.
    Views,
    /// Sign-ins and administration, above practices.
    House,
}

impl Book {
    /// Whose chain it is, and which.
    pub(crate) fn chain(self, own: &Practice) -> (Practice, &'static str) {
        match self {
            Book::Work => (own.clone(), "work"),
            Book::Views => (own.clone(), "views"),
            Book::House => (Practice::house(), "work"),
        }
    }
}

/// Which entries are looked for; what is `None` leaves all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sought {
    /// About one id.
    pub about: Option<String>,
    /// Of one person.
    pub actor: Option<String>,
    /// Of one kind.
    pub kind: Option<String>,
    /// From this instant on.
    pub from: Option<String>,
    /// Before this instant.
    pub until: Option<String>,
}

/// One entry; the facts of a case's event, which may be a patient's, are left out.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Line {
    /// Place in the chain, from 1.
    pub seq: i64,
    /// When.
    pub at: String,
    /// Who: a person's id.
    pub actor: String,
    /// Their name, where they are known.
    pub name: Option<String>,
    /// What it is about: an id.
    pub about: String,
    /// What happened.
    pub kind: String,
    /// Status before, where it moved.
    pub from_status: Option<String>,
    /// Status after, where it moved.
    pub to_status: Option<String>,
    /// The facts as JSON; empty for the events of cases, but those that move money or tell of it.
    pub body: String,
}

/// An instant after all others.
pub const NEVER: &str = "9999-12-31T23:59:59.999999Z";

/// Entries by what finds the fewest, with the instant as it is compared and sorted by.
macro_rules! lines {
    ($first:literal) => {
        lines!($first, "j.at")
    };
    ($first:literal, $at:literal) => {
        concat!(
            "select j.seq, j.at, j.actor, p.name, j.about, j.kind, j.from_status, j.to_status,
             case when j.kind like 'denial.%' and j.kind not in ('denial.posted',
               'denial.overturned', 'denial.disputed', 'denial.write_off_proposed')
               then '' else j.body end as body
             from journal j left join person p on p.person = j.actor ",
            "where j.practice = $1 and j.chain = $2 and ",
            $first,
            " and (",
            $at,
            ", j.seq) < ($3, $4) and ",
            $at,
            " >= $5 and ",
            $at,
            " < $6
             and (cast($7 as text) is null or j.about = $7)
             and (cast($8 as text) is null or j.actor = $8)
             and (cast($9 as text) is null or j.kind = $9)
             order by ",
            $at,
            " desc, j.seq desc limit $10"
        )
    };
}

impl Tx {
    /// Entries of a chain, the newest first, before an instant and a place in the chain.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn book(
        &mut self,
        book: Book,
        sought: &Sought,
        before: Option<(&str, i64)>,
        limit: i64,
    ) -> Result<Vec<Line>, Error> {
        let (practice, chain) = book.chain(&self.practice);
        let text = match sought {
            Sought { about: Some(_), .. } => {
                // One id has few entries: they are found by it and sorted then. As a bare column
                // the instant would lead SQLite to walk the chain instead.
                lines!("j.about = $7", "(j.at || '')")
            }
            Sought { actor: Some(_), .. } => lines!("j.actor = $8"),
            Sought { kind: Some(_), .. } => lines!("j.kind = $9"),
            Sought { about: None, actor: None, kind: None, .. } => lines!("j.at < $6"),
        };
        let (at, seq) = before.unwrap_or((NEVER, i64::MAX));
        let rows = run!(
            self,
            all as Line,
            text,
            practice.as_str(),
            chain,
            at,
            seq,
            sought.from.as_deref().unwrap_or_default(),
            sought.until.as_deref().unwrap_or(NEVER),
            sought.about.as_deref(),
            sought.actor.as_deref(),
            sought.kind.as_deref(),
            limit
        )?;
        Ok(rows)
    }

    /// How many entries of a kind a chain has between two instants.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn count_kind(
        &mut self,
        book: Book,
        kind: &str,
        from: &str,
        until: &str,
    ) -> Result<i64, Error> {
        let (practice, chain) = book.chain(&self.practice);
        let (count,) = run!(
            self,
            one as (i64,),
            "select count(*) from journal
             where practice = $1 and chain = $2 and kind = $3 and at >= $4 and at < $5",
            practice.as_str(),
            chain,
            kind,
            from,
            until
        )?;
        Ok(count)
    }

    /// The kinds of entries that a chain has, in the order of their names; each is one look into
    /// the index.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn kinds_of(&mut self, book: Book) -> Result<Vec<String>, Error> {
        let (practice, chain) = book.chain(&self.practice);
        let rows = run!(
            self,
            all as (String,),
            "with recursive found (kind) as (
               select min(kind) from journal where practice = $1 and chain = $2
               union all
               select (select min(j.kind) from journal j
                       where j.practice = $1 and j.chain = $2 and j.kind > found.kind)
               from found where found.kind is not null)
             select kind from found where kind is not null",
            practice.as_str(),
            chain
        )?;
        Ok(rows.into_iter().map(|(kind,)| kind).collect())
    }

    /// The facts of the latest acts of a kind about each of some ids: id, facts.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn facts_about(
        &mut self,
        kind: &str,
        about: &[String],
    ) -> Result<HashMap<String, String>, Error> {
        let rows = among!(
            self,
            (String, String),
            "select about, body from journal
             where practice = $1 and chain = 'work' and +kind = $2
             and about in (select value from json_each($3)) order by +seq",
            "select about, body from journal
             where practice = $1 and chain = 'work' and kind = $2 and about = any($3) order by seq",
            about,
            self.practice.as_str(),
            kind
        )?;
        Ok(rows.into_iter().collect())
    }
}
