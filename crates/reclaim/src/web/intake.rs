//! What comes in, and what does not: each payer's rhythm, and remittances to review.

use std::collections::HashSet;

use askama::Template;
use axum::extract::Query;
use axum::response::{IntoResponse, Redirect, Response};
use denial::person::{Access, allows};
use jiff::civil::Date;
use serde_json::json;
use store::instant;
use store::intake::{Rhythm, Unreviewed};
use store::journal::Entry;

use crate::fields::Fields;
use crate::intake;
use crate::web::gate::Posted;
use crate::web::page::{Page, html};
use crate::web::session::Visitor;
use crate::web::trouble::Trouble;
use crate::web::words::{self, Due};

/// Remittances of one page.
const ROWS: i64 = 100;

#[derive(Template)]
#[template(path = "intake.html")]
struct IntakePage {
    page: Page,
    payers: Vec<PayerRow>,
    missing: usize,
    show: String,
    batches: Vec<BatchRow>,
    /// There are others that came later.
    more: bool,
    /// Who reviews them and by when; empty where that is not configured.
    reviewer: String,
    reviews: bool,
}

struct PayerRow {
    name: String,
    last: String,
    due: Due,
    usual: String,
}

struct BatchRow {
    id: String,
    payer: String,
    trace: String,
    total: String,
    claims: String,
    came: String,
    late: bool,
}

/// `GET /intake`.
pub(crate) async fn page(
    visitor: Visitor,
    Query(asked): Query<Fields>,
) -> Result<Response, Trouble> {
    let office = &visitor.office;
    let today = office.moment().today;
    let mut tx = office.read().await?;
    let show = asked.get("show").map(String::as_str).unwrap_or_default();
    let all = tx.rhythms().await?;
    let missing = tx.missing_remittances(&today.to_string()).await?;
    let count = missing.len();
    let payers = match show {
        "missing" => missing,
        "late" => Vec::new(),
        _ => all,
    };
    let late = intake::unreviewed(&mut tx, office, true, ROWS + 1).await?;
    let late: HashSet<String> = late.into_iter().map(|one| one.remittance).collect();
    let mut batches = intake::unreviewed(&mut tx, office, false, ROWS + 1).await?;
    batches.retain(|one| match show {
        "missing" => false,
        "late" => late.contains(&one.remittance),
        _ => true,
    });
    let most = usize::try_from(ROWS).unwrap_or(usize::MAX);
    let more = batches.len() > most;
    batches.truncate(most);
    let zone = &office.clinic.zone;
    let batch = |one: Unreviewed| BatchRow {
        late: late.contains(&one.remittance),
        id: one.remittance,
        payer: one.payer_name,
        trace: one.trace,
        total: words::money(one.total),
        claims: words::number(one.claims),
        came: words::instant(&one.taken_at, zone),
    };
    let reviewer = office
        .rules
        .desk
        .intake
        .map(|one| format!("{} within {} hours", words::label(one.role.as_str()), one.hours));
    let mut page = Page::of(&visitor, "Intake", "/remittances");
    page.done = asked.get("done").map(|_| "Reviewed; it is on record.".to_owned());
    html(&IntakePage {
        page,
        payers: payers.iter().map(|one| payer(one, today)).collect(),
        missing: count,
        show: show.to_owned(),
        batches: batches.into_iter().map(batch).collect(),
        more,
        reviewer: reviewer.unwrap_or_default(),
        reviews: allows(office.who.role, Access::Post),
    })
}

fn payer(one: &Rhythm, today: Date) -> PayerRow {
    let due = one.due_on.as_deref().and_then(|day| day.parse().ok());
    PayerRow {
        name: one.payer_name.clone(),
        last: words::day_of(&one.last_on),
        due: words::due(due, today),
        usual: one.usual.clone(),
    }
}

/// `POST /intake`: a remittance was reviewed.
pub(crate) async fn review(visitor: Visitor, Posted(fields): Posted) -> Result<Response, Trouble> {
    let office = &visitor.office;
    let id = fields.get("remittance").map(|text| text.trim()).unwrap_or_default();
    let moment = office.moment();
    let mut tx = office.write().await?;
    let person = moment.who.person.as_str();
    if tx.review_batch(id, &instant(moment.now), person).await? {
        let entry = Entry::new(id, "remittance.reviewed", &json!({}));
        tx.append(vec![entry], &moment).await?;
        tx.commit().await?;
    }
    let late = fields.get("show").is_some_and(|show| show == "late");
    let to = if late { "/intake?done=1&show=late" } else { "/intake?done=1" };
    Ok(Redirect::to(to).into_response())
}
