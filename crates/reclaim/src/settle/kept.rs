//! What payers said, read back from the rows that keep it.

use anyhow::Context;
use denial::adjudication::Adjudication;
use denial::codes::TraceNumber;
use denial::ids::RemittanceId;
use denial::intake;
use denial::remittance::{ClaimPayment, Source};
use store::Tx;
use store::remittances::{ClaimPaymentRow, State};
use x12::{Delimiters, Place};

/// What payers said of some claims, in the order in which they said it.
///
/// # Errors
/// The database.
pub(crate) async fn said(
    tx: &mut Tx,
    claims: &[String],
) -> Result<Vec<ClaimPaymentRow>, store::Error> {
    let mut rows = tx.said_of(claims).await?;
    rows.sort_by(|one, other| {
        (&one.paid_on, &one.trace, one.n).cmp(&(&other.paid_on, &other.trace, other.n))
    });
    Ok(rows)
}

/// Reads a kept claim payment.
pub(crate) fn payment(row: &ClaimPaymentRow) -> anyhow::Result<ClaimPayment> {
    if row.source != Source::Era.as_str() {
        // Why it is none may quote what it says of a patient, and is told to nobody.
        let keyed = serde_json::from_str(&row.raw).ok();
        return keyed.context("a keyed payment cannot be read");
    }
    let separators = Delimiters::from_hex(&row.separators).context("kept separators")?;
    let segment = u32::try_from(row.segment).unwrap_or(u32::MAX);
    let at = Place { segment, byte: u64::try_from(row.byte).unwrap_or(0) };
    intake::again(&row.bytes(), separators, at).context("a kept claim payment reads again")
}

/// The segments of a claim payment as they came, each as its text; none where it was keyed in.
pub(crate) fn segment_texts(row: &ClaimPaymentRow) -> Vec<String> {
    let Some(separators) = Delimiters::from_hex(&row.separators) else { return Vec::new() };
    let bytes = row.bytes();
    let texts = bytes.split(|byte| *byte == separators.segment);
    let texts = texts.map(|text| String::from_utf8_lossy(text).trim().to_owned());
    texts.filter(|text| !text.is_empty()).collect()
}

/// The same with the remittance around it.
pub(crate) fn adjudication(row: &ClaimPaymentRow) -> anyhow::Result<Adjudication> {
    let is_doubtful = row.quarantined == "yes" || row.state == State::Conflict.as_str();
    Ok(Adjudication {
        remittance: RemittanceId::parse(&row.remittance)?,
        on: row.paid_on.as_deref().and_then(|day| day.parse().ok()),
        trace: TraceNumber::new(&row.trace),
        number: u64::try_from(row.n).unwrap_or(0),
        quarantined: is_doubtful,
        payment: payment(row)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_keyed_payment_that_cannot_be_read_quotes_nobody() {
        let text = String::new;
        let row = ClaimPaymentRow {
            claim: text(),
            remittance: text(),
            n: 0,
            quarantined: text(),
            segment: 0,
            byte: 0,
            raw: "\"SAMPLE, IDA\"".to_owned(),
            paid_on: None,
            trace: text(),
            payer: text(),
            payer_name: text(),
            separators: text(),
            source: "keyed".to_owned(),
            state: text(),
            balanced: text(),
        };
        let fault = payment(&row).expect_err("it is none");
        assert_eq!(format!("{fault:#}"), "a keyed payment cannot be read");
    }
}
