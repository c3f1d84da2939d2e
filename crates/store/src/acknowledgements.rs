//! What receivers said before adjudication, and the queue of rejections. A rejection is no denial.

use crate::bulk::{Bulk, Cell};
use crate::sql::run;
use crate::{Error, Tx};

/// One answer of a 999, TA1 or 277CA.
#[derive(Clone, Debug)]
pub struct NewAcknowledgement {
    /// Position in its file, from 0.
    pub n: u64,
    /// The claim that it is about, where it is about one.
    pub claim: Option<String>,
    /// The group and transaction that it answers as a whole.
    pub batch: Option<String>,
    /// Accepted, rejected and so on, in the field's word.
    pub outcome: String,
    /// Everything it says, as JSON.
    pub body: String,
}

/// A rejection: something that never reached adjudication.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct RejectionRow {
    /// Its id.
    pub rejection: String,
    /// The file that said so.
    pub file: String,
    /// Position there.
    pub n: i64,
    /// The claim, where one is named.
    pub claim: Option<String>,
    /// The number of the claim, transaction or file that was refused.
    pub number: String,
    /// `open` or `resolved`.
    pub state: String,
    /// The day it was said.
    pub on_day: Option<String>,
    /// Everything it says, as JSON.
    pub body: String,
    /// When somebody was done with it.
    pub resolved_at: Option<String>,
    /// Who.
    pub resolved_by: Option<String>,
}

const ACKNOWLEDGEMENT: Bulk = Bulk {
    table: "acknowledgement",
    columns: &["practice", "file", "#n", "claim", "batch", "outcome", "body"],
};

const REJECTION: Bulk = Bulk {
    table: "rejection",
    columns: &["practice", "rejection", "file", "#n", "claim", "number", "state", "on_day", "body"],
};

impl Tx {
    /// Keeps answers; those that are there already stay.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn add_acknowledgements(
        &mut self,
        file: &str,
        answers: Vec<NewAcknowledgement>,
    ) -> Result<(), Error> {
        let row = |one: NewAcknowledgement| {
            vec![
                Cell::Text(self.practice.as_str().to_owned()),
                Cell::Text(file.to_owned()),
                Cell::Int(i64::try_from(one.n).unwrap_or(i64::MAX)),
                Cell::Maybe(one.claim),
                Cell::Maybe(one.batch),
                Cell::Text(one.outcome),
                Cell::Text(one.body),
            ]
        };
        let rows = answers.into_iter().map(row).collect();
        self.insert_all(&ACKNOWLEDGEMENT, rows).await.map(|_| ())
    }

    /// Puts rejections into their queue; those that are there already stay.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn add_rejections(&mut self, rejections: &[RejectionRow]) -> Result<u64, Error> {
        let row = |one: &RejectionRow| {
            vec![
                Cell::Text(self.practice.as_str().to_owned()),
                Cell::Text(one.rejection.clone()),
                Cell::Text(one.file.clone()),
                Cell::Int(one.n),
                Cell::Maybe(one.claim.clone()),
                Cell::Text(one.number.clone()),
                Cell::Text(one.state.clone()),
                Cell::Maybe(one.on_day.clone()),
                Cell::Text(one.body.clone()),
            ]
        };
        let rows = rejections.iter().map(row).collect();
        self.insert_all(&REJECTION, rows).await
    }

    /// Rejections in a state, the newest first.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn rejections(
        &mut self,
        state: &str,
        limit: i64,
    ) -> Result<Vec<RejectionRow>, Error> {
        let rows = run!(
            self,
            all as RejectionRow,
            "select rejection, file, n, claim, number, state, on_day, body, resolved_at, resolved_by
             from rejection where practice = $1 and state = $2
             order by on_day desc, rejection limit $3",
            self.practice.as_str(),
            state,
            limit
        )?;
        Ok(rows)
    }

    /// How many rejections are open.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn open_rejections(&mut self) -> Result<i64, Error> {
        let (count,) = run!(
            self,
            one as (i64,),
            "select count(*) from rejection where practice = $1 and state = 'open'",
            self.practice.as_str()
        )?;
        Ok(count)
    }

    /// Notes that somebody is done with a rejection.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Missing`] where it is not open.
    pub async fn resolve_rejection(
        &mut self,
        rejection: &str,
        by: &str,
        at: &str,
    ) -> Result<(), Error> {
        let changed = run!(
            self,
            execute,
            "update rejection set state = 'resolved', resolved_at = $1, resolved_by = $2
             where practice = $3 and rejection = $4 and state = 'open'",
            at,
            by,
            self.practice.as_str(),
            rejection
        )?;
        if changed == 0 {
            return Err(Error::Missing { what: "open rejection" });
        }
        Ok(())
    }

    /// What was said of a claim before adjudication, or of the whole transaction that it was sent
    /// in: outcome and JSON. Where several files were sent under the same numbers, nothing tells
    /// which of them a transaction's answer is about.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn acknowledgements_of(
        &mut self,
        claim: &str,
    ) -> Result<Vec<(String, String)>, Error> {
        // Without an order of its own: it would have SQLite walk the key, which is every answer.
        let mut rows = run!(
            self,
            all as (String, i64, String, String),
            "select file, n, outcome, body from acknowledgement where practice = $1 and claim = $2
             union select a.file, a.n, a.outcome, a.body from claim_version v
             join acknowledgement a on a.practice = v.practice and a.batch = v.batch
             where v.practice = $1 and v.claim = $2 and not exists (select 1 from claim_version o
               where o.practice = v.practice and o.batch = v.batch and o.file <> v.file)",
            self.practice.as_str(),
            claim
        )?;
        rows.sort();
        Ok(rows.into_iter().map(|(_, _, outcome, body)| (outcome, body)).collect())
    }

    /// What was said of a claim itself before adjudication: the hash of the file, and JSON.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn answers_of_claim(&mut self, claim: &str) -> Result<Vec<(String, String)>, Error> {
        let mut rows = run!(
            self,
            all as (String, i64, String),
            "select file, n, body from acknowledgement where practice = $1 and claim = $2",
            self.practice.as_str(),
            claim
        )?;
        rows.sort();
        Ok(rows.into_iter().map(|(file, _, body)| (file, body)).collect())
    }
}
