//! One claim of a remittance, with its segments as they came.

use std::collections::HashMap;

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use denial::denial::Denial;
use denial::person::{Access, allows};
use denial::remittance::Source;

use crate::settle;
use crate::web::case_view::{self, Around, PatientView, Spoken};
use crate::web::grades::{self, Matched};
use crate::web::names::Names;
use crate::web::page::{Page, html};
use crate::web::remittances::viewed;
use crate::web::session::Visitor;
use crate::web::trouble::Trouble;
use crate::web::words;

#[derive(Template)]
#[template(path = "remittance_claim.html")]
struct ClaimPage {
    page: Page,
    id: String,
    trace: String,
    number: String,
    patient: PatientView,
    one: Spoken,
    /// The claim's own page, for who may open it.
    claim: Option<String>,
    /// Its cases that the visitor may see: address, reason, status and its look.
    cases: Vec<(String, String, String, &'static str)>,
    remittances: bool,
    /// What was keyed in has no segments.
    keyed: bool,
}

fn case_link(case: &Denial) -> (String, String, String, &'static str) {
    let status = case.status();
    (
        format!("/cases/{}", case.id),
        words::label(case.category.as_str()),
        words::label(status.as_str()),
        words::status_class(status),
    )
}

/// `GET /remittances/{id}/claims/{n}`.
pub(crate) async fn page(
    visitor: Visitor,
    Path((id, n)): Path<(String, i64)>,
) -> Result<Response, Trouble> {
    let office = &visitor.office;
    let mut tx = office.read().await?;
    let row = tx.remittance(&id).await?.ok_or(Trouble::Nowhere)?;
    let payments = tx.claim_payments(&id, n, 1).await?;
    let payment = payments.first().filter(|one| one.n == n).ok_or(Trouble::Nowhere)?;
    let known = tx.claims(std::slice::from_ref(&payment.claim)).await?;
    let matched = Matched::of(&mut tx, std::slice::from_ref(&payment.claim)).await?;
    let names = Names::about(&mut tx, office, std::slice::from_ref(&payment.claim)).await?;
    let mut claims = vec![payment.claim.clone()];
    claims.extend(tx.joined(&claims).await?.into_iter().flat_map(|(one, other)| [one, other]));
    claims.sort();
    claims.dedup();
    let mut cases = tx.cases_of(&claims).await?;
    cases.retain(|case| office.sees(case));
    drop(tx);
    viewed(&visitor, &id).await?;
    let read = settle::payment(payment)?;
    let trace = row.trace.clone();
    let remittances = HashMap::from([(row.remittance.clone(), row)]);
    let claim = known.get(&payment.claim);
    let around = Around { claim, remittances: &remittances, rules: &office.rules };
    let mut spoken = case_view::spoken(&payments, &around)?;
    grades::mark(&mut spoken, &payments, &matched)?;
    names.mask(office, &mut spoken);
    let one = spoken.pop().ok_or(Trouble::Nowhere)?;
    let here = format!("/remittances/{id}/claims/{n}");
    let patient = case_view::patient(None, Some(&read));
    let template = ClaimPage {
        page: Page::of(&visitor, format!("Claim {}", read.number), "/remittances"),
        number: read.number.to_string(),
        patient: names.patient(office, patient, (&payment.claim, &here)),
        claim: allows(office.who.role, Access::Claims)
            .then(|| format!("/claims/{}", payment.claim)),
        cases: cases.iter().map(case_link).collect(),
        keyed: payment.source != Source::Era.as_str(),
        id,
        trace,
        one,
        remittances: true,
    };
    html(&template)
}
