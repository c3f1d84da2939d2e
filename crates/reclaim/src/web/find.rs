//! The search for a claim by a number that somebody reads to us.

use askama::Template;
use axum::response::{IntoResponse, Redirect, Response};
use denial::codes::ClaimNumber;
use denial::denial::Denial;
use denial::person::sees;
use store::queue::{Filter, Sort};

use crate::identity;
use crate::web::asked::Column;
use crate::web::claim;
use crate::web::gate::Posted;
use crate::web::page::{Page, html};
use crate::web::queue_row::Row;
use crate::web::session::Visitor;
use crate::web::timeline;
use crate::web::trouble::Trouble;

/// Rows that are shown.
const ROWS: usize = 50;

#[derive(Template)]
#[template(path = "found.html")]
struct FoundPage {
    page: Page,
    rows: Vec<Row>,
    columns: Vec<Column>,
    /// What was looked for.
    sought: String,
    /// Where the claim with that number is shown, where it is known.
    claim: Option<String>,
}

/// `POST /find`: a claim's number is a patient's data, so it stands in no address.
pub(crate) async fn find(visitor: Visitor, Posted(fields): Posted) -> Result<Response, Trouble> {
    let office = &visitor.office;
    let sought = fields.get("number").map(|text| text.trim().to_owned()).unwrap_or_default();
    let mut tx = office.read().await?;
    let cases = found(&mut tx, &sought).await?;
    let cases: Vec<Denial> =
        cases.into_iter().filter(|case| sees(&office.who, case)).take(ROWS).collect();
    if let [case] = cases.as_slice() {
        return Ok(Redirect::to(&format!("/cases/{}", case.id)).into_response());
    }
    let people = timeline::people(&mut tx).await?;
    let claim = claim::address(&mut tx, &visitor, &sought).await?;
    let today = office.moment().today;
    let rows = cases.iter().map(|case| Row::of(case, &people, &office.rules, today));
    let template = FoundPage {
        page: Page::of(&visitor, "Search", "/queue"),
        rows: rows.collect(),
        columns: Column::USUAL.to_vec(),
        sought,
        claim,
    };
    html(&template)
}

/// Cases by an id, by a claim's number as we know it, or by the number that a payer gave.
async fn found(tx: &mut store::Tx, sought: &str) -> Result<Vec<Denial>, Trouble> {
    if sought.starts_with("den_") {
        return Ok(tx.cases_among(&[sought.to_owned()]).await?);
    }
    let mut claims = vec![identity::claim(&ClaimNumber::new(sought)).as_str().to_owned()];
    let joined = tx.joined(&claims).await?;
    claims.extend(joined.into_iter().flat_map(|(one, other)| [one, other]));
    let mut cases = tx.cases_of(&claims).await?;
    for closed in [false, true] {
        if cases.is_empty() {
            let number = Some(sought.to_owned());
            let filter = Filter { number, closed, ..Filter::default() };
            let rows = tx.queue(&filter, Sort::Priority, None, 50).await?;
            let ids: Vec<String> = rows.into_iter().map(|row| row.denial).collect();
            cases = tx.cases_among(&ids).await?;
        }
    }
    Ok(cases)
}
