//! Documents of a case: attached as an act, given back to who may see the case.

use axum::extract::Path;
use axum::response::Response;
use denial::denial::Denial;
use denial::ids::DocumentId;
use denial::lifecycle::{Change, Event};
use denial::owner;
use denial::rules::Rules;
use serde_json::json;
use store::journal::Happened;

use crate::web::case;
use crate::web::keyed::{receive, sent_back};
use crate::web::names::Names;
use crate::web::reach;
use crate::web::sent::Sent;
use crate::web::session::Visitor;
use crate::web::timeline::{self, People};
use crate::web::trouble::Trouble;
use crate::web::words;
use crate::{access, identity};

/// A kind of document: whether it is asked for, who has it to give, what is on file of it.
pub(crate) struct Paper {
    pub(crate) what: String,
    pub(crate) is_wanted: bool,
    pub(crate) from: String,
    pub(crate) copies: Vec<Copy>,
}

/// One that is on file.
pub(crate) struct Copy {
    pub(crate) href: String,
    /// When it came and who attached it.
    pub(crate) came: String,
}

/// What is asked for, then what else is on file.
pub(crate) fn papers(
    case: &Denial,
    told: &[Happened],
    (people, zone): (&People, &str),
    rules: &Rules,
) -> Vec<Paper> {
    let from = supplier(case, rules);
    let mut kinds: Vec<&str> = case.wanted.iter().map(|one| one.as_str()).collect();
    for one in &case.documents {
        if !kinds.contains(&one.what.as_str()) {
            kinds.push(&one.what);
        }
    }
    let came = |document: &DocumentId, what: &str| {
        let attached = told.iter().filter(|one| one.kind == "denial.attached").find(|one| {
            let event = serde_json::from_str::<Event>(&one.body).ok();
            event.is_some_and(|event| {
                matches!(event.change, Change::Attached { attached, .. }
                if attached.document == *document && attached.what == what)
            })
        });
        attached.map_or_else(String::new, |one| {
            let (at, by) = (words::instant(&one.at, zone), timeline::name(people, &one.actor));
            format!("{at}, by {by}")
        })
    };
    let paper = |what: &str| Paper {
        what: words::label(what),
        is_wanted: case.wanted.iter().any(|one| one == what),
        from: from.clone(),
        copies: case
            .documents
            .iter()
            .filter(|one| one.what == what)
            .map(|one| Copy {
                href: format!("/cases/{}/documents/{}", case.id, one.document),
                came: came(&one.document, what),
            })
            .collect(),
    };
    kinds.into_iter().map(paper).collect()
}

/// Whom the owner asks about such a case, else the owner: they have to bring what is missing.
pub(crate) fn supplier(case: &Denial, rules: &Rules) -> String {
    let payer = rules.payer(&case.payer_name, case.plan);
    let row = owner::row_for(&case.circumstance(), payer, rules);
    let role = row.map(|row| row.asks.unwrap_or(row.role));
    role.map(|role| words::label(role.as_str())).unwrap_or_default()
}

/// `POST /cases/{id}/documents`.
pub(crate) async fn attach(
    visitor: Visitor,
    Path(id): Path<String>,
    mut sent: Sent,
) -> Result<Response, Trouble> {
    let office = &visitor.office;
    let mut tx = office.read().await?;
    reach::own(&mut tx, office, &id).await?;
    drop(tx);
    let Some(file) = sent.files.pop() else {
        return Err(Trouble::Unfit("No file came along. Choose the document again.".to_owned()));
    };
    let version = case::version(&mut sent.fields)?;
    sent.fields.remove("act");
    let received = receive(office, file).await?;
    let document = identity::document(&received.hash).ok_or(Trouble::Nowhere)?;
    sent.fields.insert("document".to_owned(), document.to_string());
    let act = ("attach_document", &sent.fields);
    case::done_with(&visitor, (&id, version), act, Some(received)).await
}

/// `GET /cases/{id}/documents/{document}`.
pub(crate) async fn one(
    visitor: Visitor,
    Path((id, document)): Path<(String, String)>,
) -> Result<Response, Trouble> {
    let office = &visitor.office;
    let document = DocumentId::parse(&document).map_err(|_| Trouble::Nowhere)?;
    let mut tx = office.read().await?;
    let case = reach::seen(&mut tx, office, &id).await?;
    let is_sent = case.appeals.iter().any(|one| one.packet.as_ref() == Some(&document));
    if !is_sent && !case.documents.iter().any(|one| one.document == document) {
        return Err(Trouble::Nowhere);
    }
    let claims = [case.claim.as_str().to_owned()];
    Names::about(&mut tx, office, &claims).await?.let_documents(office)?;
    let beginning = identity::beginning(&document).ok_or(Trouble::Nowhere)?;
    let row = tx.document_beginning(&beginning).await?.ok_or(Trouble::Nowhere)?;
    drop(tx);
    let facts = json!({ "document": document });
    access::note(office, &id, "document.downloaded", &facts).await?;
    sent_back(office, &row).await
}
