//! Whom the cases of a list are about: names with their first letters alone, before everybody.

use std::collections::HashMap;

use denial::denial::Denial;
use denial::masks;
use denial::person::{Access, allows};
use store::Tx;
use store::claims::ClaimRow;
use store::remittances::ClaimPaymentRow;

use crate::practice::Office;
use crate::settle;
use crate::web::case_view;
use crate::web::matches;
use crate::web::queue_row::Row;
use crate::web::trouble::Trouble;

/// The masked name of each case's patient: the bill's, else the payer's; empty where neither names
/// one, or where who looks sees no patients.
pub(crate) async fn masked(
    tx: &mut Tx,
    office: &Office,
    cases: &[Denial],
) -> Result<Vec<String>, Trouble> {
    let names = named(tx, office, cases).await?;
    Ok(names.iter().map(|name| masks::name(name)).collect())
}

/// The whole name of each case's patient, for who masks it as its reader needs; empty likewise.
pub(crate) async fn named(
    tx: &mut Tx,
    office: &Office,
    cases: &[Denial],
) -> Result<Vec<String>, Trouble> {
    if !allows(office.who.role, Access::ReadPatients) {
        return Ok(vec![String::new(); cases.len()]);
    }
    let ids: Vec<String> = cases.iter().map(|case| case.claim.as_str().to_owned()).collect();
    let known = tx.claims(&ids).await?;
    let unbilled: Vec<String> =
        known.values().filter(|row| row.body.is_none()).map(|row| row.claim.clone()).collect();
    let rows = tx.said_of(&unbilled).await?;
    let said = matches::latest(&rows);
    ids.iter().map(|claim| one(claim, &known, &said)).collect()
}

/// Puts the masked names on rows of cases.
pub(crate) async fn name(
    tx: &mut Tx,
    office: &Office,
    cases: &[Denial],
    rows: &mut [Row],
) -> Result<(), Trouble> {
    for (row, patient) in rows.iter_mut().zip(masked(tx, office, cases).await?) {
        row.patient = patient;
    }
    Ok(())
}

fn one(
    claim: &str,
    known: &HashMap<String, ClaimRow>,
    said: &HashMap<&str, &ClaimPaymentRow>,
) -> Result<String, Trouble> {
    let billed = known.get(claim).map(ClaimRow::billed).transpose()?.flatten();
    let payment = said.get(claim).map(|row| settle::payment(row)).transpose()?;
    Ok(case_view::patient(billed.as_ref(), payment.as_ref()).name)
}
