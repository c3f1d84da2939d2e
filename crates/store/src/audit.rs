//! The chains as people read them: who did what and who looked at what, the newest first.

use crate::sql::run;
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

/// One entry without its facts, which may be a patient's.
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
}

impl Tx {
    /// Entries of a chain before a place in it. `about` leaves those about one id, `actor` those
    /// of one person.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn book(
        &mut self,
        book: Book,
        about: Option<&str>,
        actor: Option<&str>,
        before: i64,
        limit: i64,
    ) -> Result<Vec<Line>, Error> {
        let (practice, chain) = match book {
            Book::Work => (self.practice.clone(), "work"),
            Book::Views => (self.practice.clone(), "views"),
            Book::House => (Practice::house(), "work"),
        };
        let rows = run!(
            self,
            all as Line,
            "select j.seq, j.at, j.actor, p.name, j.about, j.kind, j.from_status, j.to_status
             from journal j left join person p on p.person = j.actor
             where j.practice = $1 and j.chain = $2 and j.seq < $3
             and (cast($4 as text) is null or j.about = $4)
             and (cast($5 as text) is null or j.actor = $5)
             order by j.seq desc limit $6",
            practice.as_str(),
            chain,
            before,
            about,
            actor,
            limit
        )?;
        Ok(rows)
    }
}
