//! Matches to review: a claim known from a remittance beside the billed claim that it likely is.

use std::collections::HashMap;

use askama::Template;
use axum::extract::Query;
use axum::response::{IntoResponse, Redirect, Response};
use denial::ids::ClaimId;
use store::claims::{ClaimRow, LikelyMatch, Match};
use store::remittances::ClaimPaymentRow;

use crate::fields::Fields;
use crate::matches::{self, Undecided};
use crate::settle;
use crate::web::case_view;
use crate::web::gate::Posted;
use crate::web::page::{Page, html};
use crate::web::session::Visitor;
use crate::web::trouble::Trouble;
use crate::web::words;

/// Matches of one page.
const ROWS: i64 = 50;

#[derive(Template)]
#[template(path = "matches.html")]
struct MatchesPage {
    page: Page,
    pairs: Vec<Pair>,
    show: &'static str,
    /// There may be others.
    more: bool,
}

/// Two claims that are likely one.
struct Pair {
    claim: String,
    candidate: String,
    paid: Side,
    billed: Side,
    state: &'static str,
}

/// One of the two.
struct Side {
    number: String,
    patient: String,
    on: String,
    charge: String,
    services: String,
    note: String,
}

/// `GET /matches`.
pub(crate) async fn page(
    visitor: Visitor,
    Query(asked): Query<Fields>,
) -> Result<Response, Trouble> {
    let office = &visitor.office;
    let state = asked.get("show").and_then(|show| Match::from_name(show)).unwrap_or(Match::Open);
    let mut tx = office.read().await?;
    let found = tx.likely_matches(state, ROWS).await?;
    let mut ids: Vec<String> =
        found.iter().flat_map(|one| [one.claim.clone(), one.candidate.clone()]).collect();
    ids.sort();
    ids.dedup();
    let known = tx.claims(&ids).await?;
    let rows = tx.said_of(&ids).await?;
    let said: HashMap<&str, &ClaimPaymentRow> =
        rows.iter().map(|row| (row.claim.as_str(), row)).collect();
    let pair = |one: &LikelyMatch| pair(one, &known, &said);
    let pairs = found.iter().map(pair).collect::<Result<Vec<_>, _>>()?;
    let mut page = Page::of(&visitor, "Matches", "/matches");
    page.done =
        asked.get("done").map(|_| "Saved; the cases of both claims have followed.".to_owned());
    let more = i64::try_from(pairs.len()) == Ok(ROWS);
    html(&MatchesPage { page, pairs, show: state.as_str(), more })
}

fn pair(
    one: &LikelyMatch,
    known: &HashMap<String, ClaimRow>,
    said: &HashMap<&str, &ClaimPaymentRow>,
) -> Result<Pair, Trouble> {
    let state = Match::from_name(&one.state).map_or("open", Match::as_str);
    Ok(Pair {
        claim: one.claim.clone(),
        candidate: one.candidate.clone(),
        paid: paid(&one.number, said.get(one.claim.as_str()).copied())?,
        billed: billed(&one.candidate_number, known.get(&one.candidate))?,
        state,
    })
}

fn paid(number: &str, row: Option<&ClaimPaymentRow>) -> Result<Side, Trouble> {
    let payment = row.map(settle::payment).transpose()?.unwrap_or_default();
    let codes = payment.lines.iter().map(|line| line.procedure.to_string());
    Ok(Side {
        number: number.to_owned(),
        patient: case_view::patient(None, Some(&payment)).name,
        on: payment
            .lines
            .iter()
            .filter_map(|line| line.from)
            .min()
            .or(payment.from)
            .map(words::day)
            .unwrap_or_default(),
        charge: payment.charge.abs().to_string(),
        services: codes.collect::<Vec<_>>().join(", "),
        note: format!("payer's number {}", payment.control),
    })
}

fn billed(number: &str, row: Option<&ClaimRow>) -> Result<Side, Trouble> {
    let claim = row.map(ClaimRow::billed).transpose()?.flatten();
    let lines = claim.as_ref().map_or(&[][..], |claim| claim.lines.as_slice());
    let codes = lines.iter().map(|line| line.procedure.to_string());
    let submitted = claim.as_ref().and_then(|claim| claim.submitted_on);
    Ok(Side {
        number: number.to_owned(),
        patient: case_view::patient(claim.as_ref(), None).name,
        on: lines.iter().filter_map(|line| line.from).min().map(words::day).unwrap_or_default(),
        charge: claim.as_ref().map(|claim| claim.charge.to_string()).unwrap_or_default(),
        services: codes.collect::<Vec<_>>().join(", "),
        note: submitted.map(|on| format!("billed on {}", words::day(on))).unwrap_or_default(),
    })
}

/// `POST /matches`.
pub(crate) async fn decide(visitor: Visitor, Posted(fields): Posted) -> Result<Response, Trouble> {
    let id = |name: &str| fields.get(name).and_then(|text| ClaimId::parse(text).ok());
    let state = fields.get("decision").and_then(|text| Match::from_name(text));
    let (Some(claim), Some(candidate), Some(state)) = (id("claim"), id("candidate"), state) else {
        return Err(Trouble::Unfit("Choose what is to become of it.".to_owned()));
    };
    match matches::decide(&visitor.office, &claim, &candidate, state).await {
        Ok(()) => Ok(Redirect::to("/matches?done=1").into_response()),
        Err(Undecided::Fault(fault)) => Err(fault.into()),
        Err(Undecided::Joined) => Err(Trouble::Unfit(
            "This claim is joined to another one already. Open that match again first, under \
             Accepted."
                .to_owned(),
        )),
    }
}
