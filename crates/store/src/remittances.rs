//! Remittances: staged out of sight, then published whole; their claim payments as they came.

use denial::ids::{ClaimId, RemittanceId};
use denial::named;

use crate::bulk::{Bulk, Cell};
use crate::sql::{among, run};
use crate::{Error, Tx, raw};

named! {
    /// Where a remittance stands.
    State {
        /// Being written; nobody sees it.
        Staging = "staging",
        /// Taken: it opens cases.
        Published = "published",
        /// Another remittance has the same payment and says something else: both open cases, the
        /// money of neither counts until somebody chooses.
        Conflict = "conflict",
        /// Its payee is no practice of this database.
        Held = "held",
        /// A test file: shown, never worked.
        Test = "test",
        /// Somebody decided that it does not count.
        SetAside = "set_aside",
    }
}

/// A remittance's row.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct RemittanceRow {
    /// Its id.
    pub remittance: String,
    /// The file that brought it first.
    pub file: String,
    /// Position of its ST in the file, from 1.
    pub number: i64,
    /// Payer, trace, amount, day and payee: what makes it the same payment.
    pub deal: String,
    /// sha-256 of what it says.
    pub content: String,
    /// [`State`].
    pub state: String,
    /// Why it is held or set aside.
    pub why: Option<String>,
    /// Where it came from.
    pub source: String,
    /// The payer's id.
    pub payer: String,
    /// The payer as the file names it.
    pub payer_name: String,
    /// Trace number.
    pub trace: String,
    /// Payment day, or production day.
    pub paid_on: Option<String>,
    /// Amount of the payment, in cents.
    pub total: i64,
    /// Σ paid of its claims.
    pub paid: i64,
    /// Σ of its provider-level adjustments.
    pub provider_level: i64,
    /// Claim payments.
    pub claims: i64,
    /// Service lines.
    pub lines: i64,
    /// `yes` where it adds up at all three levels.
    pub balanced: String,
    /// [`denial::remittance::RemittanceHead`] as JSON.
    pub head: String,
    /// The separators of its segments.
    pub separators: String,
    /// Every sum that does not hold, as JSON.
    pub imbalances: String,
    /// When it was taken in.
    pub taken_at: String,
    /// Claim payments whose cases are up to date.
    pub settled: i64,
    /// When a person accepted that it does not add up.
    pub looked_at: Option<String>,
}

/// One claim payment, before it is written.
#[derive(Clone, Debug)]
pub struct NewClaimPayment {
    /// Position on the remittance, from 0.
    pub n: u64,
    /// Its claim.
    pub claim: ClaimId,
    /// Its money does not add up.
    pub quarantined: bool,
    /// Its first segment's number in the file.
    pub segment: u32,
    /// Its first byte in the file.
    pub byte: u64,
    /// The claim that it would be by the payer's number alone; none where it is that claim.
    pub control: Option<String>,
    /// Its segments, or its JSON where it was keyed in.
    pub raw: String,
}

/// One claim payment with what its remittance says of it.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct ClaimPaymentRow {
    /// Its claim.
    pub claim: String,
    /// Its remittance.
    pub remittance: String,
    /// Position there, from 0.
    pub n: i64,
    /// `yes` where its money does not add up.
    pub quarantined: String,
    /// First segment.
    pub segment: i64,
    /// First byte.
    pub byte: i64,
    /// Its segments or JSON; read it with [`ClaimPaymentRow::bytes`].
    pub raw: String,
    /// Payment day.
    pub paid_on: Option<String>,
    /// Trace number.
    pub trace: String,
    /// The payer.
    pub payer: String,
    /// The payer's name, as the remittance has it.
    pub payer_name: String,
    /// Separators of the segments.
    pub separators: String,
    /// Where the remittance came from.
    pub source: String,
    /// State of the remittance.
    pub state: String,
    /// Whether the whole remittance adds up.
    pub balanced: String,
}

impl ClaimPaymentRow {
    /// The bytes as they came.
    #[must_use]
    pub fn bytes(&self) -> std::borrow::Cow<'_, [u8]> {
        raw::to_bytes(&self.raw)
    }
}

/// Columns of a [`ClaimPaymentRow`] over `claim_payment p` and `remittance r`.
macro_rules! payment_columns {
    ($rest:literal) => {
        concat!(
            "select p.claim, p.remittance, p.n, p.quarantined, p.segment, p.byte, p.raw,
             r.paid_on, r.trace, r.payer, r.payer_name, r.separators, r.source, r.state, r.balanced
             from claim_payment p join remittance r
             on r.practice = p.practice and r.remittance = p.remittance ",
            $rest
        )
    };
}

/// Columns of a [`RemittanceRow`].
macro_rules! remittance_columns {
    ($rest:literal) => {
        concat!(
            "select remittance, file, number, deal, content, state, why, source, payer,
             payer_name, trace, paid_on, total, paid, provider_level, claims, lines, balanced,
             head, separators, imbalances, taken_at, settled, looked_at from remittance ",
            $rest
        )
    };
}
pub(crate) use remittance_columns;

const CLAIM_PAYMENT: Bulk = Bulk {
    table: "claim_payment",
    columns: &[
        "practice",
        "remittance",
        "#n",
        "claim",
        "quarantined",
        "#segment",
        "#byte",
        "control",
        "raw",
    ],
};

impl Tx {
    /// Writes a remittance's row in its state; false where its content is there already.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn stage_remittance(&mut self, row: &RemittanceRow) -> Result<bool, Error> {
        let inserted = run!(
            self,
            execute,
            "insert into remittance (practice, remittance, file, number, deal, content, state, why,
             source, payer, payer_name, trace, paid_on, total, paid, provider_level, claims, lines,
             balanced, head, separators, imbalances, taken_at, settled)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17,
             $18, $19, $20, $21, $22, $23, $24) on conflict do nothing",
            self.practice.as_str(),
            row.remittance.as_str(),
            row.file.as_str(),
            row.number,
            row.deal.as_str(),
            row.content.as_str(),
            row.state.as_str(),
            row.why.as_deref(),
            row.source.as_str(),
            row.payer.as_str(),
            row.payer_name.as_str(),
            row.trace.as_str(),
            row.paid_on.as_deref(),
            row.total,
            row.paid,
            row.provider_level,
            row.claims,
            row.lines,
            row.balanced.as_str(),
            row.head.as_str(),
            row.separators.as_str(),
            row.imbalances.as_str(),
            row.taken_at.as_str(),
            row.settled
        )?;
        Ok(inserted > 0)
    }

    /// Writes claim payments of a remittance; those that are there already stay.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn add_claim_payments(
        &mut self,
        remittance: &RemittanceId,
        payments: Vec<NewClaimPayment>,
    ) -> Result<(), Error> {
        let row = |one: NewClaimPayment| {
            vec![
                Cell::Text(self.practice.as_str().to_owned()),
                Cell::Text(remittance.as_str().to_owned()),
                Cell::Int(i64::try_from(one.n).unwrap_or(i64::MAX)),
                Cell::Text(one.claim.as_str().to_owned()),
                Cell::Text(yes(one.quarantined)),
                Cell::Int(i64::from(one.segment)),
                Cell::Int(i64::try_from(one.byte).unwrap_or(i64::MAX)),
                Cell::Maybe(one.control),
                Cell::Text(one.raw),
            ]
        };
        let rows = payments.into_iter().map(row).collect();
        self.insert_all(&CLAIM_PAYMENT, rows).await.map(|_| ())
    }

    /// Moves a remittance from one state to another; false where it was not in the first.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn move_remittance(
        &mut self,
        remittance: &str,
        from: State,
        to: State,
    ) -> Result<bool, Error> {
        let moved = run!(
            self,
            execute,
            "update remittance set state = $1
             where practice = $2 and remittance = $3 and state = $4",
            to.as_str(),
            self.practice.as_str(),
            remittance,
            from.as_str()
        )?;
        Ok(moved > 0)
    }

    /// Counts a remittance's claim payments whose cases are up to date.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn settle_remittance(&mut self, remittance: &str, settled: i64) -> Result<(), Error> {
        run!(
            self,
            execute,
            "update remittance set settled = $1 where practice = $2 and remittance = $3",
            settled,
            self.practice.as_str(),
            remittance
        )?;
        Ok(())
    }

    /// A remittance by its id.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn remittance(&mut self, remittance: &str) -> Result<Option<RemittanceRow>, Error> {
        let row = run!(
            self,
            optional as RemittanceRow,
            remittance_columns!("where practice = $1 and remittance = $2"),
            self.practice.as_str(),
            remittance
        )?;
        Ok(row)
    }

    /// A remittance by what it says.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn remittance_saying(
        &mut self,
        content: &str,
    ) -> Result<Option<RemittanceRow>, Error> {
        let row = run!(
            self,
            optional as RemittanceRow,
            remittance_columns!("where practice = $1 and content = $2"),
            self.practice.as_str(),
            content
        )?;
        Ok(row)
    }

    /// Every remittance of the same payment.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn remittances_of_deal(&mut self, deal: &str) -> Result<Vec<RemittanceRow>, Error> {
        let rows = run!(
            self,
            all as RemittanceRow,
            remittance_columns!("where practice = $1 and deal = $2 order by remittance"),
            self.practice.as_str(),
            deal
        )?;
        Ok(rows)
    }

    /// Remittances of some ids.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn remittances_among(&mut self, ids: &[String]) -> Result<Vec<RemittanceRow>, Error> {
        let rows = among!(
            self,
            RemittanceRow,
            remittance_columns!(
                "where practice = $1 and remittance in (select value from json_each($2))"
            ),
            remittance_columns!("where practice = $1 and remittance = any($2)"),
            ids,
            self.practice.as_str()
        )?;
        Ok(rows)
    }

    /// Remittances that are whole, by id, after one of them.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn remittances_in_order(
        &mut self,
        after: &str,
        limit: i64,
    ) -> Result<Vec<RemittanceRow>, Error> {
        let rows = run!(
            self,
            all as RemittanceRow,
            remittance_columns!(
                "where practice = $1 and remittance > $2 and state <> 'staging'
                 order by remittance limit $3"
            ),
            self.practice.as_str(),
            after,
            limit
        )?;
        Ok(rows)
    }

    /// Remittances that need a person: held, in conflict, or not adding up where nobody has looked.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn remittances_to_review(&mut self, limit: i64) -> Result<Vec<RemittanceRow>, Error> {
        let rows = run!(
            self,
            all as RemittanceRow,
            remittance_columns!(
                "where practice = $1 and remittance in (
                 select remittance from remittance
                 where practice = $1 and state in ('held', 'conflict')
                 union all select remittance from remittance where practice = $1
                 and state = 'published' and balanced = 'no' and looked_at is null)
                 order by case when state = 'published' then 1 else 0 end, paid_on desc, remittance
                 limit $2"
            ),
            self.practice.as_str(),
            limit
        )?;
        Ok(rows)
    }

    /// Published remittances whose cases are not up to date, the oldest first.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn unsettled(&mut self) -> Result<Vec<RemittanceRow>, Error> {
        let rows = run!(
            self,
            all as RemittanceRow,
            remittance_columns!(
                "where practice = $1 and settled < claims
                 and state in ('published', 'conflict', 'set_aside')
                 order by taken_at, remittance"
            ),
            self.practice.as_str()
        )?;
        Ok(rows)
    }

    /// Claim payments of a remittance from a position on.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn claim_payments(
        &mut self,
        remittance: &str,
        from: i64,
        limit: i64,
    ) -> Result<Vec<ClaimPaymentRow>, Error> {
        let rows = run!(
            self,
            all as ClaimPaymentRow,
            payment_columns!(
                "where p.practice = $1 and p.remittance = $2 and p.n >= $3 order by p.n limit $4"
            ),
            self.practice.as_str(),
            remittance,
            from,
            limit
        )?;
        Ok(rows)
    }

    /// Claim payments of a remittance whose money is quarantined, in their order.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn quarantined_payments(
        &mut self,
        remittance: &str,
        limit: i64,
    ) -> Result<Vec<ClaimPaymentRow>, Error> {
        let rows = run!(
            self,
            all as ClaimPaymentRow,
            payment_columns!(
                "where p.practice = $1 and p.remittance = $2 and p.quarantined = 'yes'
                 order by p.n limit $3"
            ),
            self.practice.as_str(),
            remittance,
            limit
        )?;
        Ok(rows)
    }

    /// Everything that payers said of some claims, on remittances that count.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn said_of(&mut self, claims: &[String]) -> Result<Vec<ClaimPaymentRow>, Error> {
        let rows = among!(
            self,
            ClaimPaymentRow,
            payment_columns!(
                "where p.practice = $1 and p.claim in (select value from json_each($2))
                 and r.state in ('published', 'conflict')"
            ),
            payment_columns!(
                "where p.practice = $1 and p.claim = any($2)
                 and r.state in ('published', 'conflict')"
            ),
            claims,
            self.practice.as_str()
        )?;
        Ok(rows)
    }
}

fn yes(is: bool) -> String {
    if is { "yes" } else { "no" }.to_owned()
}
