//! One letter of a payer that is no denial: what it asks and by when, what answered it, and the
//! forms that answer or close it.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use denial::denial::{Channel, Denial};
use denial::ids::DocumentId;
use denial::person::{Access, allows};
use denial::request::{Request, RequestState};
use jiff::civil::Date;
use serde_json::json;
use store::Tx;

use crate::fields::Fields;
use crate::practice::Office;
use crate::requests::{self, NotDone, Sent as Answer};
use crate::web::case_fields::named;
use crate::web::keyed::{receive, sent_back};
use crate::web::names::Names;
use crate::web::page::{Page, html_with};
use crate::web::requests::{Row, trouble};
use crate::web::sent::Sent;
use crate::web::session::Visitor;
use crate::web::timeline;
use crate::web::trouble::Trouble;
use crate::web::words;
use crate::{access, identity};

#[derive(Template)]
#[template(path = "request.html")]
struct RequestPage {
    page: Page,
    id: String,
    version: u32,
    row: Row,
    facts: Vec<(&'static str, String)>,
    /// The way to its case, and to its claim, where the visitor may go there.
    case: Option<String>,
    claim: Option<String>,
    letter: Option<String>,
    proof: Option<String>,
    sent: Option<(String, String)>,
    /// Its words stand as they are.
    shows: bool,
    open: bool,
    /// The visitor may answer and close it now.
    answers: bool,
    channels: Vec<(String, String)>,
    /// Documents of the case that may prove the answer.
    papers: Vec<(String, String)>,
    today: String,
    typed: Fields,
    refused: Option<String>,
}

impl RequestPage {
    fn value(&self, name: &str) -> &str {
        self.typed.get(name).map_or("", String::as_str)
    }

    fn is(&self, name: &str, value: &str) -> bool {
        self.value(name) == value
    }
}

/// A letter that the visitor may see, with its case.
struct Known {
    request: Request,
    case: Option<Denial>,
    names: Names,
}

async fn known(tx: &mut Tx, office: &Office, id: &str) -> Result<Known, Trouble> {
    let request = tx.request(id).await?;
    let case = match &request.subject.case {
        Some(id) => Some(tx.case(id.as_str()).await?),
        None => None,
    };
    if !request.is_seen_by(&office.who, case.as_ref(), &office.rules) {
        let role = words::lower(request.letter.role.as_str());
        return Err(Trouble::Denied(format!(
            "This letter is neither of a case of yours nor for your role. It is for the {role}: \
             ask them, or a billing supervisor, who sees every letter."
        )));
    }
    let claims: Vec<String> = request.subject.claim.iter().map(ToString::to_string).collect();
    let names = Names::about(tx, office, &claims).await?;
    Ok(Known { request, case, names })
}

/// `GET /requests/{id}`: it may name a patient, which is on record before it is shown.
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
    let known = known(&mut tx, office, id).await?;
    let people = timeline::people(&mut tx).await?;
    drop(tx);
    access::note(office, id, "request.viewed", &json!({})).await?;
    let status = if refused.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    html_with(status, &view(visitor, &known, &people, (typed, refused)))
}

fn view(
    visitor: &Visitor,
    known: &Known,
    people: &timeline::People,
    (typed, refused): (Fields, Option<String>),
) -> RequestPage {
    let office = &visitor.office;
    let (request, role) = (&known.request, office.who.role);
    let shows = known.names.are_shown(office);
    let open = request.state == RequestState::Open;
    let today = office.moment().today;
    let document = |one: &DocumentId| format!("/requests/{}/documents/{one}", request.id);
    let seen = known.case.as_ref().filter(|case| office.sees(case));
    let claim = request.subject.claim.as_ref().filter(|_| allows(role, Access::Claims));
    let sent = request.reply.as_ref().filter(|_| shows).map(|reply| {
        let number = Some(&reply.confirmation).filter(|text| !text.is_empty());
        let number = number.map(|text| format!(", confirmation {text}")).unwrap_or_default();
        let by = timeline::name(people, reply.by.as_str());
        let (how, on) = (words::lower(reply.channel.as_str()), words::day(reply.on));
        (reply.what.clone(), format!("by {how} on {on}{number}; {by}"))
    });
    let papers = known.case.iter().filter(|_| shows).flat_map(|case| &case.documents);
    let row = Row::of(request, shows, today);
    RequestPage {
        page: Page::of(visitor, row.kind.clone(), "/requests"),
        id: request.id.to_string(),
        version: request.version,
        facts: facts(request, people, &office.clinic.zone),
        case: seen.map(|case| format!("/cases/{}", case.id)),
        claim: claim.map(|claim| format!("/claims/{claim}")),
        letter: request.letter.document.as_ref().filter(|_| shows).map(document),
        proof: request.reply.as_ref().filter(|_| shows).map(|reply| document(&reply.proof)),
        sent,
        shows,
        open,
        answers: open && shows && allows(role, Access::KeepRequests),
        channels: named(Channel::ALL, Channel::as_str),
        papers: papers.map(|one| (one.document.to_string(), words::label(&one.what))).collect(),
        today: today.to_string(),
        row,
        typed,
        refused,
    }
}

fn facts(request: &Request, people: &timeline::People, zone: &str) -> Vec<(&'static str, String)> {
    let letter = &request.letter;
    let by = timeline::name(people, request.kept_by.as_str());
    let at = words::instant(&request.kept_at.to_string(), zone);
    let came = words::lower(letter.channel.as_str());
    let facts = [
        ("The payer’s number of it", letter.reference.clone()),
        ("Day on the letter", words::day(letter.dated_on)),
        ("Came", format!("{} by {came}", words::day(letter.received_on))),
        ("Amount", letter.amount.map(|amount| amount.to_string()).unwrap_or_default()),
        ("Keyed", format!("{at}, by {by}")),
    ];
    facts.into_iter().filter(|(_, text)| !text.is_empty()).collect()
}

/// `POST /requests/{id}`: it is answered with proof, or closed with a reason.
pub(crate) async fn change(
    visitor: Visitor,
    Path(id): Path<String>,
    mut sent: Sent,
) -> Result<Response, Trouble> {
    let office = &visitor.office;
    let mut tx = office.read().await?;
    let found = known(&mut tx, office, &id).await?;
    drop(tx);
    found.names.let_documents(office)?;
    let field = |name: &str| sent.fields.get(name).map(|text| text.trim()).unwrap_or_default();
    let version = field("version").parse().map_err(|_| Trouble::Nowhere)?;
    let (done, to) = match field("what_to_do") {
        "close" => (requests::close(office, (&id, version), field("why")).await, "closed"),
        "answer" => {
            let answer = match answer(&sent.fields) {
                Ok(answer) => answer,
                Err(text) => return shown(&visitor, &id, sent.fields, Some(text)).await,
            };
            let came = match sent.files.pop() {
                Some(file) => Some(receive(office, file).await?),
                None => None,
            };
            (requests::answer(office, (&id, version), answer, came).await, "answered")
        }
        _ => return Err(Trouble::Nowhere),
    };
    match done {
        Ok(()) => Ok(Redirect::to(&format!("/requests?done={to}")).into_response()),
        Err(why @ (NotDone::Unfit(_) | NotDone::Stale)) => {
            let text = words::sentence(&why.to_string());
            shown(&visitor, &id, sent.fields, Some(text)).await
        }
        Err(other) => Err(trouble(other)),
    }
}

fn answer(fields: &Fields) -> Result<Answer, String> {
    let field = |name: &str| fields.get(name).map(|text| text.trim()).unwrap_or_default();
    let channel = Channel::from_name(field("channel"));
    let on = field("on").parse::<Date>();
    Ok(Answer {
        what: field("what").to_owned(),
        channel: channel.ok_or("How it was sent: choose one of the list.")?,
        on: on.map_err(|_| "Sent on: expected a day such as 2026-03-31.")?,
        confirmation: field("confirmation").to_owned(),
        proof: DocumentId::parse(field("proof")).ok(),
    })
}

/// `GET /requests/{id}/documents/{document}`: the letter itself, or the proof of its answer.
pub(crate) async fn document(
    visitor: Visitor,
    Path((id, document)): Path<(String, String)>,
) -> Result<Response, Trouble> {
    let office = &visitor.office;
    let document = DocumentId::parse(&document).map_err(|_| Trouble::Nowhere)?;
    let mut tx = office.read().await?;
    let Known { request, names, .. } = known(&mut tx, office, &id).await?;
    let is_proof = request.reply.as_ref().is_some_and(|reply| reply.proof == document);
    if !is_proof && request.letter.document.as_ref() != Some(&document) {
        return Err(Trouble::Nowhere);
    }
    names.let_documents(office)?;
    let beginning = identity::beginning(&document).ok_or(Trouble::Nowhere)?;
    let row = tx.document_beginning(&beginning).await?.ok_or(Trouble::Nowhere)?;
    drop(tx);
    access::note(office, &id, "document.downloaded", &json!({ "document": document })).await?;
    sent_back(office, &row).await
}
