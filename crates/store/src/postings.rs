//! Money that moved on cases. Rows are never edited; a correction points back.

use denial::ids::DenialId;
use denial::posting::Posting;

use crate::bulk::{Bulk, Cell};
use crate::sql::run;
use crate::{Error, Tx};

/// One posted amount.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct PostingRow {
    /// Its id.
    pub posting: String,
    /// The case.
    pub denial: String,
    /// The claim.
    pub claim: String,
    /// The line, where it is one line's.
    pub line: Option<i64>,
    /// What kind of money.
    pub kind: String,
    /// Why it was given up, for a write-off.
    pub reason: Option<String>,
    /// Cents; a reversal has the opposite sign of what it reverses.
    pub amount: i64,
    /// The day.
    pub on_day: String,
    /// The remittance that paid it.
    pub remittance: Option<String>,
    /// What it reverses.
    pub reverses: Option<String>,
    /// Why.
    pub why: String,
    /// Who.
    pub by_person: String,
}

impl PostingRow {
    /// The row of a case's posting.
    #[must_use]
    pub fn of(posting: &Posting, case: &DenialId) -> PostingRow {
        PostingRow {
            posting: posting.id.as_str().to_owned(),
            denial: case.as_str().to_owned(),
            claim: posting.claim.as_str().to_owned(),
            line: posting.line.map(i64::from),
            kind: posting.kind.as_str().to_owned(),
            reason: posting.kind.reason().map(|reason| reason.as_str().to_owned()),
            amount: posting.amount.cents(),
            on_day: posting.on.to_string(),
            remittance: posting.remittance.as_ref().map(ToString::to_string),
            reverses: posting.reverses.as_ref().map(ToString::to_string),
            why: posting.why.clone(),
            by_person: posting.by.as_str().to_owned(),
        }
    }
}

const POSTING: Bulk = Bulk {
    table: "posting",
    columns: &[
        "practice",
        "posting",
        "denial",
        "claim",
        "#line",
        "kind",
        "reason",
        "#amount",
        "on_day",
        "remittance",
        "reverses",
        "why",
        "by_person",
    ],
};

impl Tx {
    /// Writes postings.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn post(&mut self, postings: Vec<PostingRow>) -> Result<(), Error> {
        let row = |one: PostingRow| {
            vec![
                Cell::Text(self.practice.as_str().to_owned()),
                Cell::Text(one.posting),
                Cell::Text(one.denial),
                Cell::Text(one.claim),
                Cell::MaybeInt(one.line),
                Cell::Text(one.kind),
                Cell::Maybe(one.reason),
                Cell::Int(one.amount),
                Cell::Text(one.on_day),
                Cell::Maybe(one.remittance),
                Cell::Maybe(one.reverses),
                Cell::Text(one.why),
                Cell::Text(one.by_person),
            ]
        };
        let rows = postings.into_iter().map(row).collect();
        self.insert_all(&POSTING, rows).await.map(|_| ())
    }

    /// Postings of a case, in the order of their ids.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn postings_of(&mut self, denial: &str) -> Result<Vec<PostingRow>, Error> {
        let rows = run!(
            self,
            all as PostingRow,
            "select posting, denial, claim, line, kind, reason, amount, on_day, remittance, reverses, why,
             by_person from posting where practice = $1 and denial = $2 order by posting",
            self.practice.as_str(),
            denial
        )?;
        Ok(rows)
    }
}
