//! The search: for a claim by its numbers, for a patient by name or member id, for what somebody
//! wrote. What is looked for is often a patient's, so it stands in no address.

use std::collections::BTreeSet;

use askama::Template;
use axum::response::{IntoResponse, Redirect, Response};
use denial::codes::ClaimNumber;
use denial::denial::Denial;
use denial::person::{Access, allows, sees};
use store::Tx;
use store::words::WordKind;

use crate::web::asked::Column;
use crate::web::claim;
use crate::web::gate::Posted;
use crate::web::page::{Page, html};
use crate::web::queue_row::Row;
use crate::web::session::Visitor;
use crate::web::timeline;
use crate::web::trouble::Trouble;
use crate::{identity, wording};

/// Rows that are shown.
const ROWS: usize = 50;
/// Cases with one of the words that are looked through.
const LOOKED_THROUGH: i64 = 5_000;

#[derive(Template)]
#[template(path = "found.html")]
struct FoundPage {
    page: Page,
    rows: Vec<Row>,
    columns: Vec<Column>,
    /// What was looked for.
    sought: String,
    /// More were found than are shown.
    more: bool,
    /// The visitor may look for patients.
    patients: bool,
    /// Where the claim with that number is shown, where it is known.
    claim: Option<String>,
}

/// `POST /find`.
pub(crate) async fn find(visitor: Visitor, Posted(fields): Posted) -> Result<Response, Trouble> {
    let office = &visitor.office;
    let sought = fields.get("sought").map(|text| text.trim().to_owned()).unwrap_or_default();
    let patients = allows(office.who.role, Access::ReadPatients);
    let mut tx = office.read().await?;
    let mut cases = numbered(&mut tx, &sought).await?;
    if cases.is_empty() {
        cases = worded(&mut tx, &sought, patients).await?;
    }
    cases.retain(|case| sees(&office.who, case));
    if let [case] = cases.as_slice() {
        return Ok(Redirect::to(&format!("/cases/{}", case.id)).into_response());
    }
    cases.sort_by_key(|case| (case.status().is_closed(), -case.balance.outstanding()));
    let more = cases.len() > ROWS;
    cases.truncate(ROWS);
    let people = timeline::people(&mut tx).await?;
    let claim = claim::address(&mut tx, &visitor, &sought).await?;
    let today = office.moment().today;
    let rows = cases.iter().map(|case| Row::of(case, &people, &office.rules, today));
    let template = FoundPage {
        page: Page::of(&visitor, "Search", "/queue"),
        rows: rows.collect(),
        columns: Column::USUAL.to_vec(),
        sought,
        more,
        patients,
        claim,
    };
    html(&template)
}

/// Cases by an id, or by a claim's number as we know it, with those joined to it.
pub(crate) async fn numbered(tx: &mut Tx, sought: &str) -> Result<Vec<Denial>, Trouble> {
    if sought.starts_with("den_") {
        return Ok(tx.cases_among(&[sought.to_owned()]).await?);
    }
    let mut claims = vec![identity::claim(&ClaimNumber::new(sought)).as_str().to_owned()];
    let joined = tx.joined(&claims).await?;
    claims.extend(joined.into_iter().flat_map(|(one, other)| [one, other]));
    Ok(tx.cases_of(&claims).await?)
}

/// Cases with every word, or with words that begin so.
async fn worded(tx: &mut Tx, sought: &str, patients: bool) -> Result<Vec<Denial>, Trouble> {
    use WordKind::{Member, Name, Note, Number};
    // A note may name a patient.
    let kinds: &[WordKind] = if patients { &[Name, Member, Number, Note] } else { &[Number] };
    let mut found: Option<BTreeSet<String>> = None;
    for word in wording::sought(sought) {
        let with = tx.about_word(&word, kinds, LOOKED_THROUGH).await?;
        found = Some(match found {
            Some(found) => found.intersection(&with).cloned().collect(),
            None => with,
        });
    }
    let ids: Vec<String> = found.unwrap_or_default().into_iter().collect();
    Ok(tx.cases_among(&ids).await?)
}
