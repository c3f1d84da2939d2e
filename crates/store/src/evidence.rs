//! What payers said before the visit, kept where a claim finds it.

use crate::bulk::{Bulk, Cell};
use crate::sql::run;
use crate::{Error, Tx};

/// One answer of a 271 or 278.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct EvidenceRow {
    /// The hash of the file that said it.
    pub file: String,
    /// Position there, from 0.
    pub n: i64,
    /// `eligibility` or `authorization`.
    pub kind: String,
    /// The member's id as it is compared; empty where there is none.
    pub member: String,
    /// The authorisation's number as it is compared; empty where there is none.
    pub number: String,
    /// Name and day of birth as they are compared; empty where one is not told.
    pub person: String,
    /// The day of the answer.
    pub on_day: Option<String>,
    /// Everything it says, as JSON.
    pub body: String,
}

const EVIDENCE: Bulk = Bulk {
    table: "evidence",
    columns: &["practice", "file", "#n", "kind", "member", "number", "person", "on_day", "body"],
};

/// Answers read of one patient; the latest of more.
const READ: i64 = 200;

impl Tx {
    /// Keeps answers; those that are there already stay.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn add_evidence(&mut self, rows: Vec<EvidenceRow>) -> Result<(), Error> {
        let practice = self.practice.as_str().to_owned();
        let row = |one: EvidenceRow| {
            vec![
                Cell::Text(practice.clone()),
                Cell::Text(one.file),
                Cell::Int(one.n),
                Cell::Text(one.kind),
                Cell::Text(one.member),
                Cell::Text(one.number),
                Cell::Text(one.person),
                Cell::Maybe(one.on_day),
                Cell::Text(one.body),
            ]
        };
        let rows = rows.into_iter().map(row).collect();
        self.insert_all(&EVIDENCE, rows).await.map(|_| ())
    }

    /// Answers about a member, or of an authorisation's number; an empty key finds nothing. The
    /// latest first, at most 200 by each key.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn evidence_of(
        &mut self,
        member: &str,
        number: &str,
    ) -> Result<Vec<EvidenceRow>, Error> {
        let mut rows = run!(
            self,
            all as EvidenceRow,
            "select file, n, kind, member, number, person, on_day, body from evidence
             where practice = $1 and member = $2 and member <> ''
             order by coalesce(on_day, '') desc, file, n limit $3",
            self.practice.as_str(),
            member,
            READ
        )?;
        rows.extend(run!(
            self,
            all as EvidenceRow,
            "select file, n, kind, member, number, person, on_day, body from evidence
             where practice = $1 and number = $2 and number <> ''
             order by coalesce(on_day, '') desc, file, n limit $3",
            self.practice.as_str(),
            number,
            READ
        )?);
        let order =
            |one: &EvidenceRow| (std::cmp::Reverse(one.on_day.clone()), one.file.clone(), one.n);
        rows.sort_by_key(order);
        rows.dedup_by(|one, other| (&one.file, one.n) == (&other.file, other.n));
        Ok(rows)
    }

    /// Answers about whom a name and a day of birth say; an empty key finds nothing. The latest
    /// first, at most 200.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn evidence_named(&mut self, person: &str) -> Result<Vec<EvidenceRow>, Error> {
        let rows = run!(
            self,
            all as EvidenceRow,
            "select file, n, kind, member, number, person, on_day, body from evidence
             where practice = $1 and person = $2 and person <> ''
             order by coalesce(on_day, '') desc, file, n limit $3",
            self.practice.as_str(),
            person,
            READ
        )?;
        Ok(rows)
    }

    /// One answer of a file.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn evidence_at(&mut self, file: &str, n: i64) -> Result<Option<EvidenceRow>, Error> {
        let row = run!(
            self,
            optional as EvidenceRow,
            "select file, n, kind, member, number, person, on_day, body from evidence
             where practice = $1 and file = $2 and n = $3",
            self.practice.as_str(),
            file,
            n
        )?;
        Ok(row)
    }
}
