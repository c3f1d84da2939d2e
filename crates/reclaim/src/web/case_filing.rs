//! Proof of timely filing of a case's claim: a page that prints, and the sheet that goes with an
//! appeal as an exhibit.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use denial::lifecycle::Act;
use serde_json::json;

use crate::proof_sheet::{self, Sheet};
use crate::web::about::About;
use crate::web::case;
use crate::web::gate::Posted;
use crate::web::names::Names;
use crate::web::page::{Page, html};
use crate::web::reach;
use crate::web::session::Visitor;
use crate::web::trouble::Trouble;
use crate::{access, documents, identity};

#[derive(Template)]
#[template(path = "filing.html")]
struct FilingPage {
    page: Page,
    case: String,
    version: u32,
    number: String,
    verdict: String,
    facts: Vec<(String, String)>,
    sent: Vec<[String; 4]>,
    had: Vec<[String; 3]>,
    /// The sheet may be put with the documents now.
    attaches: bool,
    /// One is there already.
    is_there: bool,
}

/// `GET /cases/{id}/filing`.
pub(crate) async fn page(visitor: Visitor, Path(id): Path<String>) -> Result<Response, Trouble> {
    let office = &visitor.office;
    let mut tx = office.read().await?;
    let case = reach::seen(&mut tx, office, &id).await?;
    let about = About::of(&mut tx, office, case.claim.as_str()).await?;
    let shows = about.names_are_shown(office);
    let sheet = proof_sheet::read(&mut tx, office, (case.number.as_str(), &about.claims)).await?;
    drop(tx);
    access::note(office, &id, "case.viewed", &json!({ "why": "filing" })).await?;
    let is_open = case.admit(Act::AttachDocument, &office.moment(), &office.rules).is_ok();
    html(&FilingPage {
        page: Page::of(&visitor, format!("Proof of timely filing, {}", case.number), "/queue"),
        case: id,
        version: case.version,
        number: case.number.to_string(),
        verdict: sheet.verdict(),
        facts: sheet.facts(shows),
        sent: sheet.sent(),
        had: sheet.had(),
        attaches: shows && is_open && office.sees(&case),
        is_there: case.documents.iter().any(|one| one.what == proof_sheet::WHAT),
    })
}

/// `POST /cases/{id}/filing`: the sheet is put with the documents of the case.
pub(crate) async fn attach(
    visitor: Visitor,
    Path(id): Path<String>,
    Posted(mut fields): Posted,
) -> Result<Response, Trouble> {
    let office = &visitor.office;
    let version = case::version(&mut fields)?;
    let mut tx = office.read().await?;
    let case = reach::own(&mut tx, office, &id).await?;
    let claims = [case.claim.to_string()];
    Names::about(&mut tx, office, &claims).await?.let_documents(office)?;
    let about = About::of(&mut tx, office, case.claim.as_str()).await?;
    let sheet: Sheet =
        proof_sheet::read(&mut tx, office, (case.number.as_str(), &about.claims)).await?;
    drop(tx);
    let pdf = sheet.pdf().await?;
    let name = format!("{}.pdf", proof_sheet::WHAT);
    let written = documents::written(office, &name, "application/pdf", pdf).await?;
    let document = identity::document(&written.hash).ok_or(Trouble::Nowhere)?;
    let fields = [("document", document.to_string()), ("what", proof_sheet::WHAT.to_owned())];
    let fields = fields.map(|(name, value)| (name.to_owned(), value)).into();
    case::done_with(&visitor, (&id, version), ("attach_document", &fields), Some(written)).await
}
