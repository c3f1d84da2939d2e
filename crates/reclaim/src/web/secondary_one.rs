//! One claim before the payer that comes next: what the payer before it said, what would go, the
//! other covers; told, sent, or asked of the front desk.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use denial::cover::{Cover, Turn};
use denial::deadline;
use denial::denial::Denial;
use denial::next_bill::{Next, State};
use denial::person::{Access, allows, supervises};
use denial::remittance::{Adjustment, ClaimPayment};
use serde_json::json;
use store::next_bills::CoverRow;

use crate::access;
use crate::fields::Fields;
use crate::outbox::NotQueued;
use crate::outbox::onward::NotOnward;
use crate::secondary::billing::{self, Bill, NotBilled, Said};
use crate::secondary::{Standing, standing, told};
use crate::web::cover_form::CoverForm;
use crate::web::gate::Posted;
use crate::web::names::Names;
use crate::web::page::{Page, html_with};
use crate::web::secondary::step;
use crate::web::session::Visitor;
use crate::web::timeline::{self, People};
use crate::web::trouble::Trouble;
use crate::web::words::{self, Due};

#[derive(Template)]
#[template(path = "secondary_one.html")]
struct OnePage {
    page: Page,
    /// The visitor may see the list of them.
    lists: bool,
    claim: String,
    number: String,
    /// What is to be done, and why it stands so; empty where nothing is left to bill.
    step: &'static str,
    why: String,
    next: String,
    share: String,
    due: Option<Due>,
    usual: String,
    limit: LimitView,
    said: Option<SaidView>,
    goes: Option<GoesView>,
    /// Why nothing can be written.
    not_written: Option<String>,
    /// It goes for a reason alone: what that has to say.
    despite: Option<&'static str>,
    /// One of ours waits there already.
    again: bool,
    covers: Vec<CoverView>,
    form: CoverForm,
    /// Cases of the claim that wait for somebody to tell the other cover.
    asks: Vec<AskView>,
    refused: Option<String>,
    typed: Fields,
}

/// The next payer's filing limit.
struct LimitView {
    by: Due,
    is_past: bool,
    /// The visitor may say why it goes all the same.
    may_excuse: bool,
}

/// What the payer before it said.
struct SaidView {
    payer: String,
    on: String,
    charge: String,
    paid: String,
    share: String,
    status: String,
    adjustments: Vec<String>,
    lines: Vec<LineView>,
}

struct LineView {
    number: usize,
    procedure: String,
    charge: String,
    paid: String,
    adjustments: Vec<String>,
}

/// What would go.
struct GoesView {
    to: String,
    /// The segments that tell payers of payers.
    segments: Vec<String>,
    /// Of all that would go.
    hash: String,
    faults: Vec<String>,
}

/// A cover that is known.
struct CoverView {
    text: String,
    member: String,
    source: String,
    turn: &'static str,
    is_told: bool,
}

/// A case that is about who pays first.
struct AskView {
    id: String,
    version: u32,
    number: String,
}

/// `GET /secondary/{claim}`.
pub(crate) async fn page(visitor: Visitor, Path(id): Path<String>) -> Result<Response, Trouble> {
    shown(&visitor, &id, Fields::new(), None).await
}

async fn shown(
    visitor: &Visitor,
    id: &str,
    typed: Fields,
    refused: Option<String>,
) -> Result<Response, Trouble> {
    let office = &visitor.office;
    let mut tx = office.read().await?;
    if !tx.claims(&[id.to_owned()]).await?.contains_key(id) {
        return Err(Trouble::Nowhere);
    }
    let names = Names::about(&mut tx, office, &[id.to_owned()]).await?;
    if names.hides(office) {
        let text = "This claim is a specially protected record. Say on its page why you need its \
                    names, then bill the next payer.";
        return Err(Trouble::Denied(text.to_owned()));
    }
    let bill = billing::bill(&mut tx, office, id).await?;
    let alone = match &bill {
        Some(_) => None,
        None => standing(&mut tx, office, id).await?,
    };
    let row = tx.next_bill(id).await?;
    let people = timeline::people(&mut tx).await?;
    drop(tx);
    access::note(office, id, "claim.viewed", &json!({ "why": "secondary" })).await?;
    let known = bill.as_ref().map(|bill| &bill.standing).or(alone.as_ref());
    let known = known.ok_or(Trouble::Nowhere)?;
    let today = office.moment().today;
    let due = row.as_ref().and_then(|row| row.due_on.as_deref()?.parse().ok());
    let status = refused.as_ref().map_or(StatusCode::OK, |_| StatusCode::UNPROCESSABLE_ENTITY);
    let next = bill.as_ref().map(|bill| &bill.next);
    let is_shown = names.are_shown(office);
    let page = OnePage {
        page: Page::of(visitor, format!("Next payer of {}", known.number), "/secondary"),
        lists: allows(office.who.role, Access::Rejections),
        claim: id.to_owned(),
        number: known.number.clone(),
        step: next.map(|next| step(next.state, due, today)).unwrap_or_default(),
        why: next.map(|next| words::sentence(&next.why)).unwrap_or_default(),
        next: next.map(|next| next.payer.name.to_string()).unwrap_or_default(),
        share: next.map(|next| next.share.to_string()).unwrap_or_default(),
        due: due.map(|due| words::due(Some(due), today)),
        usual: row.map(|row| row.usual).unwrap_or_default(),
        limit: limit(bill.as_ref(), visitor),
        said: next.and_then(|next| said(known, next)),
        goes: bill.as_ref().and_then(goes),
        not_written: bill.as_ref().and_then(not_written),
        despite: next.and_then(|next| despite(next.state)),
        again: next.is_some_and(|next| next.state == State::Waiting),
        covers: known.covers.iter().map(|row| cover(row, is_shown, &people)).collect(),
        form: CoverForm::of(&typed, suggested(known)),
        asks: known.cases.iter().filter(|case| is_about_payers(case, visitor)).map(ask).collect(),
        refused,
        typed,
    };
    html_with(status, &page)
}

impl OnePage {
    fn typed(&self, name: &str) -> &str {
        self.typed.get(name).map(String::as_str).unwrap_or_default()
    }
}

fn limit(bill: Option<&Bill>, visitor: &Visitor) -> LimitView {
    let today = visitor.office.moment().today;
    let by = bill.and_then(|bill| match &bill.limit {
        deadline::Due::On { date, .. } => Some(*date),
        deadline::Due::NoRule => None,
    });
    LimitView {
        by: words::due(by, today),
        is_past: by.is_some_and(|by| by < today),
        may_excuse: supervises(visitor.office.who.role),
    }
}

/// A case that is open, may be seen, and is about who pays first.
fn is_about_payers(case: &Denial, visitor: &Visitor) -> bool {
    let office = &visitor.office;
    let is_open = !case.status().is_closed() && office.sees(case);
    is_open && crate::secondary::is_about_payers(case, office)
}

fn ask(case: &Denial) -> AskView {
    AskView { id: case.id.to_string(), version: case.version, number: case.number.to_string() }
}

/// The payer that a remittance says should pay first (NM1*PR), or pays next (NM1*TT).
fn suggested(known: &Standing) -> Option<Cover> {
    let payments = known.heard.iter().rev().map(|one| &one.said.payment);
    let named = payments.filter_map(|payment| {
        let first = payment.priority_payer.as_ref().map(|payer| (Turn::Primary, payer));
        first.or_else(|| payment.crossover.as_ref().map(|payer| (Turn::Secondary, payer)))
    });
    let (turn, payer) = named.into_iter().next()?;
    Some(Cover { payer: payer.clone(), ..Cover::at(turn) })
}

fn said(known: &Standing, next: &Next) -> Option<SaidView> {
    let heard = known.heard.get(next.after?)?;
    let payment: &ClaimPayment = &heard.said.payment;
    let line = |(at, one): (usize, &denial::remittance::LinePayment)| LineView {
        number: at + 1,
        procedure: one.procedure.to_string(),
        charge: one.charge.to_string(),
        paid: one.paid.to_string(),
        adjustments: one.adjustments.iter().map(adjusted).collect(),
    };
    Some(SaidView {
        payer: heard.head.payer.name.to_string(),
        on: heard.said.on.map(words::day).unwrap_or_default(),
        charge: payment.charge.to_string(),
        paid: payment.paid.to_string(),
        share: next.share.to_string(),
        status: payment.status.to_string(),
        adjustments: payment.adjustments.iter().map(adjusted).collect(),
        lines: payment.lines.iter().enumerate().map(line).collect(),
    })
}

/// `CO-45 $20.50`.
fn adjusted(one: &Adjustment) -> String {
    format!("{}-{} {}", one.group.as_str(), one.reason.as_str(), one.amount)
}

fn goes(bill: &Bill) -> Option<GoesView> {
    let written = bill.written.as_ref().ok()?;
    let told = ["SBR", "CAS", "AMT", "SVD", "DTP*573"];
    let texts = written.draft.segments().map(String::from_utf8_lossy);
    let texts = texts.filter(|text| told.iter().any(|id| text.starts_with(id)));
    Some(GoesView {
        to: written.draft.payer().0.name.to_string(),
        segments: texts.map(|text| text.into_owned()).collect(),
        hash: written.hash.clone(),
        faults: written.faults.iter().map(|one| words::sentence(&one.expected)).collect(),
    })
}

fn not_written(bill: &Bill) -> Option<String> {
    bill.written.as_ref().err().map(|why| words::sentence(&why.to_string()))
}

const fn despite(state: State) -> Option<&'static str> {
    match state {
        State::Crossed => Some("How you know that the next payer does not have it"),
        State::Denied => Some("Why it goes though a denial is open"),
        State::ToBill | State::Waiting => None,
    }
}

fn cover(row: &CoverRow, is_shown: bool, people: &People) -> CoverView {
    let is_told = !row.by_person.is_empty();
    let member = &row.cover.insured.reveal().member;
    CoverView {
        text: words::sentence_case(&told::in_words(&row.cover)),
        member: if is_shown { member.clone() } else { "•••".to_owned() },
        source: if is_told {
            format!("told by {}", timeline::name(people, &row.by_person))
        } else {
            "named by our claim".to_owned()
        },
        turn: row.cover.turn.as_str(),
        is_told,
    }
}

/// `POST /secondary/{claim}`: a cover is told or taken back, or the claim is sent.
pub(crate) async fn change(
    visitor: Visitor,
    Path(id): Path<String>,
    Posted(fields): Posted,
) -> Result<Response, Trouble> {
    let done = match fields.get("step").map(String::as_str) {
        Some("tell") => tell(&visitor, &id, &fields).await?,
        Some("forget") => forget(&visitor, &id, &fields).await?,
        Some("send") => send(&visitor, &id, &fields).await?,
        Some(_) | None => return Err(Trouble::Unfit("Nothing was asked for.".to_owned())),
    };
    match done {
        Ok(to) => Ok(Redirect::to(&to).into_response()),
        Err(text) => shown(&visitor, &id, fields, Some(text)).await,
    }
}

/// Where it leads, or why it was not done.
type Done = Result<String, String>;

async fn tell(visitor: &Visitor, id: &str, fields: &Fields) -> Result<Done, Trouble> {
    let cover = match told::read(fields) {
        Ok(Some(cover)) => cover,
        Ok(None) => return Ok(Err("Say who else covers the patient.".to_owned())),
        Err(text) => return Ok(Err(text)),
    };
    let office = &visitor.office;
    let mut tx = office.write().await?;
    may_change(&mut tx, visitor, id).await?;
    told::tell(&mut tx, office, &office.moment(), (id, &cover)).await?;
    tx.commit().await?;
    Ok(Ok(format!("/secondary/{id}")))
}

async fn forget(visitor: &Visitor, id: &str, fields: &Fields) -> Result<Done, Trouble> {
    let turn = fields.get("turn").and_then(|text| Turn::from_name(text));
    let turn = turn.ok_or(Trouble::Nowhere)?;
    let office = &visitor.office;
    let mut tx = office.write().await?;
    may_change(&mut tx, visitor, id).await?;
    if !told::forget(&mut tx, office, &office.moment(), (id, turn)).await? {
        return Ok(Err("Nobody told this cover: a claim names it.".to_owned()));
    }
    tx.commit().await?;
    Ok(Ok(format!("/secondary/{id}")))
}

/// A claim that is there, and whose names the visitor may see.
async fn may_change(tx: &mut store::Tx, visitor: &Visitor, id: &str) -> Result<(), Trouble> {
    if !tx.claims(&[id.to_owned()]).await?.contains_key(id) {
        return Err(Trouble::Nowhere);
    }
    let names = Names::about(tx, &visitor.office, &[id.to_owned()]).await?;
    if names.hides(&visitor.office) {
        let text = "This claim is a specially protected record.";
        return Err(Trouble::Denied(text.to_owned()));
    }
    Ok(())
}

async fn send(visitor: &Visitor, id: &str, fields: &Fields) -> Result<Done, Trouble> {
    if !fields.contains_key("confirmed") {
        return Ok(Err("Tick the box above Send: what stands here is what goes.".to_owned()));
    }
    let text = |name: &str| fields.get(name).filter(|text| !text.trim().is_empty()).cloned();
    let said = Said {
        again: text("again"),
        despite: text("despite"),
        late: text("late"),
        seen: text("seen"),
    };
    let mut tx = visitor.office.read().await?;
    may_change(&mut tx, visitor, id).await?;
    drop(tx);
    match billing::send(&visitor.office, id, &said).await {
        Ok(_) => Ok(Ok("/secondary?done=sent&show=waiting".to_owned())),
        Err(
            NotBilled::Failed(fault)
            | NotBilled::NotOnward(NotOnward::NotQueued(NotQueued::Failed(fault))),
        ) => Err(fault.into()),
        Err(why) => Ok(Err(words::sentence(&why.to_string()))),
    }
}
