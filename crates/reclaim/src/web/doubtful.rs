//! Payments that carry a number of ours, and another patient and charge than were billed under it.

use askama::Template;
use axum::response::{IntoResponse, Redirect, Response};
use denial::ids::RemittanceId;
use store::doubts::{Doubt, DoubtRow};

use crate::doubts;
use crate::web::alike::Alike;
use crate::web::gate::Posted;
use crate::web::match_bar::Bar;
use crate::web::matches::{self, Side};
use crate::web::names::Names;
use crate::web::page::{Page, html};
use crate::web::session::Visitor;
use crate::web::trouble::Trouble;

#[derive(Template)]
#[template(path = "doubtful.html")]
struct DoubtfulPage {
    page: Page,
    show: &'static str,
    rows: Vec<Row>,
    next: Option<String>,
    further: bool,
    bar: Bar,
}

/// A payment beside the claim whose number it carries.
struct Row {
    remittance: String,
    n: i64,
    paid: Side,
    billed: Side,
    alike: Alike,
}

/// `GET /matches?show=doubtful` and `confirmed`.
pub(super) async fn page(
    visitor: &Visitor,
    page: Page,
    bar: Bar,
    (state, after): (Doubt, &str),
) -> Result<Response, Trouble> {
    let show = if state == Doubt::Open { "doubtful" } else { "confirmed" };
    let mut tx = visitor.office.read().await?;
    let from = after.split_once('.').and_then(|(id, n)| Some((id, n.parse().ok()?)));
    let mut found = tx.doubts(state, from.unwrap_or(("", 0)), bar.limit()).await?;
    let next = bar.last_of_page(&mut found);
    let after_it = |last: &DoubtRow| format!("{}.{}", last.remittance, last.n);
    let next = next.map(|last| format!("/matches?show={show}&after={}", after_it(last)));
    let mut ids: Vec<String> = found.iter().map(|one| one.claim.clone()).collect();
    ids.sort();
    ids.dedup();
    let known = tx.claims(&ids).await?;
    let payments = tx.said_of(&ids).await?;
    let names = Names::among(&mut tx, &ids).await?;
    let before = (&names, &visitor.office);
    let row = |one: DoubtRow| {
        let is_it = |row: &&_| is_of(&one, row);
        let claim = known.get(&one.claim);
        let number = claim.map(|claim| claim.number.as_str()).unwrap_or_default();
        let paid = payments.iter().find(is_it);
        Ok(Row {
            alike: Alike::of(claim, paid, payments.iter().filter(|row| row.claim == one.claim))?,
            paid: matches::paid(number, paid, before)?,
            billed: matches::billed(number, claim, before)?,
            remittance: one.remittance,
            n: one.n,
        })
    };
    let rows = found.into_iter().map(row).collect::<Result<Vec<_>, Trouble>>()?;
    let (bar, rows) = bar.left(rows, |row: &Row| vec![&row.paid, &row.billed])?;
    html(&DoubtfulPage { page, show, rows, next, further: from.is_some(), bar })
}

fn is_of(doubt: &DoubtRow, row: &store::remittances::ClaimPaymentRow) -> bool {
    (&doubt.remittance, doubt.n) == (&row.remittance, row.n)
}

/// `POST /matches/doubtful`.
pub(crate) async fn decide(visitor: Visitor, Posted(fields): Posted) -> Result<Response, Trouble> {
    let field = |name: &str| fields.get(name).map(String::as_str).unwrap_or_default();
    let remittance = RemittanceId::parse(field("remittance"));
    let decided = (remittance, field("n").parse(), Doubt::from_name(field("decision")));
    let (Ok(remittance), Ok(n), Some(state)) = decided else {
        return Err(Trouble::Unfit("Choose what is to become of it.".to_owned()));
    };
    let decided = doubts::decide(&visitor.office, &remittance, n, state).await;
    decided.map_err(|fault| match fault.downcast_ref::<store::Error>() {
        Some(store::Error::Missing { .. }) => Trouble::Unfit(
            "Somebody has decided this payment meanwhile. Look under Matches: Doubtful, or Declined."
                .to_owned(),
        ),
        Some(_) | None => fault.into(),
    })?;
    Ok(Redirect::to("/matches?show=doubtful&done=1").into_response())
}
