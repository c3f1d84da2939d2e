//! Remittances: what payers paid, whether it adds up, and those that wait for a person.

use std::collections::HashMap;

use askama::Template;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use denial::denial::Denial;
use denial::money::Money;
use denial::person::{Access, allows};
use denial::remittance::{Check, Imbalance, RemittanceHead, Source};
use serde_json::json;
use store::Tx;
use store::remittances::{ClaimPaymentRow, RemittanceRow, State};

use crate::access;
use crate::fields::Fields;
use crate::remitting::{self, Undecided, Verdict};
use crate::settle;
use crate::web::balance::{self, StateView, Sum, state_view, sums};
use crate::web::case_view;
use crate::web::gate::Posted;
use crate::web::grades::{Chip, Matched};
use crate::web::journal_words;
use crate::web::names::Names;
use crate::web::narrow::Narrow;
use crate::web::page::{Page, html, html_with};
use crate::web::session::Visitor;
use crate::web::timeline;
use crate::web::trouble::Trouble;
use crate::web::words;

/// Rows of one page.
const ROWS: i64 = 50;
/// The most that are shown to be looked at.
const REVIEWED: i64 = 200;

#[derive(Template)]
#[template(path = "remittances.html")]
struct RemittancesPage {
    page: Page,
    rows: Vec<Row>,
    review: bool,
    waiting: i64,
    next: Option<String>,
    further: bool,
    takes: bool,
    /// There may be others to look at.
    cut: bool,
    narrow: Narrow,
}

/// One remittance as a row.
struct Row {
    href: String,
    on: String,
    payer: String,
    trace: String,
    source: &'static str,
    total: String,
    provider_level: String,
    claims: String,
    state: StateView,
    /// What does not add up, and by how much; none where everything does.
    off: Option<String>,
}

/// `GET /remittances`.
pub(crate) async fn page(
    visitor: Visitor,
    Query(asked): Query<Fields>,
) -> Result<Response, Trouble> {
    let office = &visitor.office;
    let review = asked.get("show").is_some_and(|show| show == "review");
    let after = asked.get("after").and_then(|text| text.split_once('_'));
    let narrow = Narrow::of(&asked, "Trace, payer or file", "Paid").with_amounts();
    let mut tx = office.read().await?;
    let mut found = if review {
        let found = tx.remittances_to_review(REVIEWED).await?;
        fitting(&mut tx, found, &narrow).await?
    } else {
        let (day, id) = after.unwrap_or(("9999-12-31", "~"));
        tx.remittances_that_fit(&narrow.by_day()?, (day, id), ROWS + 1).await?
    };
    let waiting = tx.reviews().await?.remittances;
    let rows = usize::try_from(ROWS).unwrap_or(usize::MAX);
    let more = !review && found.len() > rows;
    found.truncate(if review { found.len() } else { rows });
    let last = found.last().filter(|_| more);
    let next = last.map(|last| {
        let day = last.paid_on.as_deref().unwrap_or_default();
        format!("/remittances?after={day}_{}{}", last.remittance, narrow.query())
    });
    let template = RemittancesPage {
        rows: found.iter().map(row).collect(),
        review,
        waiting,
        next,
        further: after.is_some(),
        takes: allows(office.who.role, Access::TakeFiles),
        narrow,
        cut: review && waiting > REVIEWED,
        page: Page::of(&visitor, "Remittances", "/remittances"),
    };
    html(&template)
}

/// Those of a list that fit: a word is looked for in trace, payer and the name of the file.
async fn fitting(
    tx: &mut Tx,
    found: Vec<RemittanceRow>,
    narrow: &Narrow,
) -> Result<Vec<RemittanceRow>, Trouble> {
    let cents = narrow.money()?.map(Money::cents);
    let mut fit = Vec::with_capacity(found.len());
    for one in found {
        let day = one.paid_on.as_deref().and_then(|day| day.parse().ok());
        let has_text = narrow.fits_text(&[&one.trace, &one.payer_name])
            || match tx.file(&one.file).await? {
                Some(file) => narrow.fits_text(&[&file.name]),
                None => false,
            };
        if has_text && narrow.fits_day(day) && cents.is_none_or(|cents| cents == one.total) {
            fit.push(one);
        }
    }
    Ok(fit)
}

fn row(one: &RemittanceRow) -> Row {
    let imbalances: Vec<Imbalance> = serde_json::from_str(&one.imbalances).unwrap_or_default();
    Row {
        href: format!("/remittances/{}", one.remittance),
        on: one.paid_on.as_deref().map(words::day_of).unwrap_or_default(),
        payer: one.payer_name.clone(),
        trace: one.trace.clone(),
        source: Source::from_name(&one.source).map_or("", case_view::source),
        total: words::money(one.total),
        provider_level: if one.provider_level == 0 {
            String::new()
        } else {
            words::money(-one.provider_level)
        },
        claims: words::number(one.claims),
        state: state_view(one, &imbalances),
        off: (one.balanced != "yes").then(|| balance::off(&imbalances)),
    }
}

#[derive(Template)]
#[template(path = "remittance.html")]
struct RemittancePage {
    page: Page,
    id: String,
    payer: String,
    trace: String,
    on: String,
    total: String,
    paid: String,
    provider_level: String,
    state: StateView,
    why: Option<String>,
    facts: Vec<(&'static str, String)>,
    file: Option<(String, String)>,
    sums: Vec<Sum>,
    odd: Vec<String>,
    /// Claims that do not add up, where it is not the whole.
    quarantined: Vec<ClaimRow>,
    claims: Vec<ClaimRow>,
    next: Option<String>,
    further: bool,
    provider: Vec<ProviderRow>,
    rivals: Vec<Row>,
    history: Vec<(String, String, String)>,
    decides: bool,
    /// Numbers of a held one's payee, which could become this practice's own.
    offered: Vec<String>,
    counts: bool,
    sets_aside: bool,
    /// It does not add up, and nobody has looked at that.
    looks: bool,
    typed: String,
    /// The payee is to be remembered.
    remember: bool,
    refused: Option<String>,
}

/// One claim of it.
struct ClaimRow {
    href: String,
    number: String,
    patient: String,
    status: String,
    charge: String,
    paid: String,
    share: String,
    odd: bool,
    grade: Chip,
    cases: Vec<(String, String, &'static str)>,
}

/// One amount at the provider's level.
struct ProviderRow {
    reason: String,
    meaning: &'static str,
    reference: String,
    amount: String,
}

/// `GET /remittances/{id}`.
pub(crate) async fn one(
    visitor: Visitor,
    Path(id): Path<String>,
    Query(asked): Query<Fields>,
) -> Result<Response, Trouble> {
    let from = asked.get("from").and_then(|text| text.parse().ok()).unwrap_or(0_i64).max(0);
    let mut template = detail(&visitor, &id, from).await?;
    template.page.done = asked.get("done").map(|_| "Saved; the cases have followed.".to_owned());
    viewed(&visitor, &id).await?;
    html(&template)
}

/// Names of patients stand on it, so that it was looked at is on record.
pub(super) async fn viewed(visitor: &Visitor, id: &str) -> Result<(), Trouble> {
    Ok(access::note(&visitor.office, id, "remittance.viewed", &json!({})).await?)
}

async fn detail(visitor: &Visitor, id: &str, from: i64) -> Result<RemittancePage, Trouble> {
    let office = &visitor.office;
    let mut tx = office.read().await?;
    let row = tx.remittance(id).await?.ok_or(Trouble::Nowhere)?;
    let head: RemittanceHead =
        serde_json::from_str(&row.head).map_err(|fault| Trouble::Broken(fault.into()))?;
    let imbalances: Vec<Imbalance> =
        serde_json::from_str(&row.imbalances).map_err(|fault| Trouble::Broken(fault.into()))?;
    let mut payments = tx.claim_payments(id, from, ROWS + 1).await?;
    let next = payments
        .get(usize::try_from(ROWS).unwrap_or(usize::MAX))
        .map(|one| format!("/remittances/{id}?from={}", one.n));
    payments.truncate(usize::try_from(ROWS).unwrap_or(usize::MAX));
    let claims = claims(&mut tx, visitor, id, &payments).await?;
    let is_whole = imbalances.iter().any(|one| one.check == Check::Transaction);
    let quarantined = match is_whole || from > 0 {
        true => Vec::new(),
        false => quarantined(&mut tx, visitor, id).await?,
    };
    let provider = tx.provider_adjustments(id).await?;
    let others = tx.remittances_of_deal(&row.deal).await?;
    let rivals = others.iter().filter(|other| other.remittance != row.remittance).map(self::row);
    let file = file(&mut tx, &row).await?;
    let history = history(&mut tx, visitor, id).await?;
    let state = State::from_name(&row.state);
    let decides = allows(office.who.role, Access::Post);
    let offered = match state {
        Some(State::Held) => remitting::unknown_numbers(&mut tx, &head.payee).await?,
        Some(_) | None => Vec::new(),
    };
    Ok(RemittancePage {
        page: Page::of(visitor, format!("Remittance {}", row.trace), "/remittances"),
        id: id.to_owned(),
        payer: row.payer_name.clone(),
        trace: row.trace.clone(),
        on: row.paid_on.as_deref().map(words::day_of).unwrap_or_default(),
        total: words::money(row.total),
        paid: words::money(row.paid),
        provider_level: words::money(row.provider_level),
        state: state_view(&row, &imbalances),
        why: row.why.clone(),
        facts: facts(&row, &head),
        file,
        sums: sums(&row, &imbalances),
        odd: imbalances.iter().take(20).map(balance::odd).collect(),
        quarantined,
        claims,
        next,
        further: from > 0,
        provider: provider.iter().map(provider_row).collect(),
        rivals: rivals.collect(),
        history,
        decides,
        offered,
        counts: matches!(state, Some(State::Held | State::Conflict | State::SetAside)),
        sets_aside: matches!(state, Some(State::Held | State::Conflict | State::Published)),
        looks: state == Some(State::Published) && row.balanced == "no" && row.looked_at.is_none(),
        typed: String::new(),
        remember: false,
        refused: None,
    })
}

/// Where its file or its scan is found, and its name.
async fn file(tx: &mut Tx, row: &RemittanceRow) -> Result<Option<(String, String)>, Trouble> {
    if let Some(file) = tx.file(&row.file).await? {
        return Ok(Some((format!("/files/{}", file.hash), file.name)));
    }
    let scan = tx.document(&row.file).await?;
    Ok(scan.map(|scan| (format!("/remittances/{}/scan", row.remittance), scan.name)))
}

/// What happened to it: when, what, by whom.
async fn history(
    tx: &mut Tx,
    visitor: &Visitor,
    id: &str,
) -> Result<Vec<(String, String, String)>, Trouble> {
    let people = timeline::people(tx).await?;
    let zone = &visitor.office.clinic.zone;
    let entry = |one: &store::journal::Happened| {
        let text = told(&one.kind, &one.body);
        (words::instant(&one.at, zone), text, timeline::name(&people, &one.actor))
    };
    Ok(tx.timeline(id).await?.iter().map(entry).collect())
}

/// The claims of a remittance that do not add up.
async fn quarantined(tx: &mut Tx, visitor: &Visitor, id: &str) -> Result<Vec<ClaimRow>, Trouble> {
    let odd = tx.quarantined_payments(id, ROWS).await?;
    claims(tx, visitor, id, &odd).await
}

fn told(kind: &str, body: &str) -> String {
    let facts: serde_json::Value = serde_json::from_str(body).unwrap_or_default();
    let why = facts.get("why").and_then(serde_json::Value::as_str);
    let why = why.map(|why| format!(": {why}")).unwrap_or_default();
    let text = match kind {
        "remittance.taken" => "Taken in",
        "remittance.keyed" => "Keyed in",
        "remittance.in_conflict" => "Another remittance of the same payment came",
        "remittance.counts" => "Counts",
        "remittance.set_aside" => "Set aside",
        "remittance.looked_at" => "Looked at: it does not add up",
        "match.confirmed" => "A doubtful payment was found to be of its claim",
        "match.doubted_again" => "A payment is doubted again",
        "match.parted" => "A payment was sent to a claim of its own",
        other => return journal_words::said(other),
    };
    format!("{text}{why}")
}

fn facts(row: &RemittanceRow, head: &RemittanceHead) -> Vec<(&'static str, String)> {
    let payee = [head.payee.name.as_str(), head.payee.npi.as_str(), head.payee.tax_id.as_str()];
    let payee: Vec<&str> = payee.into_iter().filter(|part| !part.is_empty()).collect();
    let facts = [
        ("Source", Source::from_name(&row.source).map_or("", case_view::source).to_owned()),
        ("Payee", payee.join(" · ")),
        ("Method", head.method.to_string()),
        ("Payer's ids", head.payer.ids.join(" · ")),
        ("Claims", words::number(row.claims)),
        ("Lines", words::number(row.lines)),
    ];
    facts.into_iter().filter(|(_, text)| !text.is_empty()).collect()
}

async fn claims(
    tx: &mut Tx,
    visitor: &Visitor,
    id: &str,
    payments: &[ClaimPaymentRow],
) -> Result<Vec<ClaimRow>, Trouble> {
    let office = &visitor.office;
    let ids: Vec<String> = payments.iter().map(|one| one.claim.clone()).collect();
    let mut cases: HashMap<String, Vec<Denial>> = HashMap::new();
    for case in tx.cases_of(&ids).await? {
        if office.sees(&case) {
            cases.entry(case.claim.as_str().to_owned()).or_default().push(case);
        }
    }
    let names = Names::among(tx, &ids).await?;
    let matched = Matched::of(tx, &ids).await?;
    let mut rows = Vec::with_capacity(payments.len());
    for one in payments {
        let payment = settle::payment(one)?;
        let patient = case_view::patient(None, Some(&payment));
        let own = cases.get(&one.claim).map_or(&[][..], Vec::as_slice);
        let case = |case: &Denial| {
            let status = case.status();
            let label = words::label(status.as_str());
            (format!("/cases/{}", case.id), label, words::status_class(status))
        };
        rows.push(ClaimRow {
            href: format!("/remittances/{id}/claims/{}", one.n),
            number: payment.number.to_string(),
            patient: names.listed(office, &one.claim, &patient.name),
            status: case_view::status(&payment, &office.rules),
            charge: payment.charge.to_string(),
            paid: payment.paid.to_string(),
            share: payment.patient_share.map(|money| money.to_string()).unwrap_or_default(),
            odd: one.quarantined == "yes",
            grade: matched.chip(one)?,
            cases: own.iter().map(case).collect(),
        });
    }
    Ok(rows)
}

fn provider_row(one: &denial::remittance::ProviderAdjustment) -> ProviderRow {
    // X12 835 guide, PLB03-1 (code list 1152), in our own words.
    let meaning = match one.reason.as_str() {
        "WO" => "Overpayment taken back",
        "FB" => "Balance carried to or from another payment",
        "L6" => "Interest",
        "72" => "Refund that was authorized",
        "CS" => "Adjustment",
        "J1" => "Not to be billed",
        "50" => "Late filing charge",
        "51" => "Interest penalty",
        "90" => "Early payment allowance",
        "AP" => "Accelerated payment taken back",
        "B2" => "Rebate",
        "B3" => "Recovery allowance",
        "LE" => "Levy",
        "PI" => "Periodic interim payment",
        _ => "See the payer's guide",
    };
    ProviderRow {
        reason: one.reason.to_string(),
        meaning,
        reference: one.reference.to_string(),
        amount: (-one.amount).to_string(),
    }
}

/// `POST /remittances/{id}/verdict`.
pub(crate) async fn decide(
    visitor: Visitor,
    Path(id): Path<String>,
    Posted(fields): Posted,
) -> Result<Response, Trouble> {
    let verdict = match fields.get("verdict").map(String::as_str) {
        Some("counts") => Verdict::Counts,
        Some("set_aside") => Verdict::SetAside,
        Some("looked_at") => Verdict::LookedAt,
        Some(_) | None => return Err(Trouble::Unfit("Choose what is to become of it.".to_owned())),
    };
    let why = fields.get("why").cloned().unwrap_or_default();
    let remember = fields.get("remember").is_some_and(|word| word == "yes");
    match remitting::decide(&visitor.office, &id, verdict, &why, remember).await {
        Ok(()) => Ok(Redirect::to(&format!("/remittances/{id}?done=1")).into_response()),
        Err(Undecided::Fault(fault)) => Err(fault.into()),
        Err(refused) => {
            let mut template = detail(&visitor, &id, 0).await?;
            viewed(&visitor, &id).await?;
            template.refused = Some(refused.to_string());
            template.typed = why;
            template.remember = remember;
            html_with(StatusCode::UNPROCESSABLE_ENTITY, &template)
        }
    }
}
