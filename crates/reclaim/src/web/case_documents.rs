//! Documents of a case: attached as an act, given back to who may see the case.

use axum::extract::Path;
use axum::response::Response;
use denial::ids::DocumentId;
use serde_json::json;

use crate::web::case;
use crate::web::keyed::{keep, sent_back};
use crate::web::sent::Sent;
use crate::web::session::Visitor;
use crate::web::trouble::Trouble;
use crate::{access, identity};

/// `POST /cases/{id}/documents`.
pub(crate) async fn attach(
    visitor: Visitor,
    Path(id): Path<String>,
    mut sent: Sent,
) -> Result<Response, Trouble> {
    let office = &visitor.office;
    let mut tx = office.read().await?;
    case::seen(&mut tx, office, &id).await?;
    drop(tx);
    let Some(file) = sent.files.pop() else {
        return Err(Trouble::Unfit("No file came along. Choose the document again.".to_owned()));
    };
    let version = sent.fields.remove("version").and_then(|text| text.parse().ok());
    let version = version.ok_or_else(|| {
        Trouble::Unfit("The form has lost what it was opened with. Open the case again.".to_owned())
    })?;
    sent.fields.remove("act");
    let hash = keep(office, file).await?;
    let document = identity::document(&hash).ok_or(Trouble::Nowhere)?;
    sent.fields.insert("document".to_owned(), document.to_string());
    case::done_or_told(&visitor, &id, "attach_document", version, &sent.fields).await
}

/// `GET /cases/{id}/documents/{document}`.
pub(crate) async fn one(
    visitor: Visitor,
    Path((id, document)): Path<(String, String)>,
) -> Result<Response, Trouble> {
    let office = &visitor.office;
    let document = DocumentId::parse(&document).map_err(|_| Trouble::Nowhere)?;
    let mut tx = office.read().await?;
    let case = case::seen(&mut tx, office, &id).await?;
    if !case.documents.iter().any(|one| one.document == document) {
        return Err(Trouble::Nowhere);
    }
    let beginning = identity::beginning(&document).ok_or(Trouble::Nowhere)?;
    let row = tx.document_beginning(&beginning).await?.ok_or(Trouble::Nowhere)?;
    drop(tx);
    let facts = json!({ "document": document });
    access::note(office, &id, "document.downloaded", &facts).await?;
    sent_back(office, &row).await
}
