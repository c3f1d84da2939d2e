//! The form for a paper EOB, a denial letter or a word by phone: checked, shown, then saved.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Redirect, Response};
use denial::ids::RemittanceId;
use serde_json::json;
use store::files::Document;

use crate::access;
use crate::documents;
use crate::fields::Fields;
use crate::keying::{self, Fault, Kept, Keyed, LINES};
use crate::kinds::{ENDINGS, Kind};
use crate::practice::Office;
use crate::web::keyed_check::{self, Checked};
use crate::web::names::Names;
use crate::web::page::{Page, html, html_with};
use crate::web::sent::{LARGEST, Sent, SentFile};
use crate::web::session::Visitor;
use crate::web::trouble::Trouble;
use crate::web::words;

/// The fields of a line.
const LINE: [&str; 6] = ["procedure", "from", "charge", "paid", "adjustments", "remarks"];
/// Lines that the form shows at first.
const SHOWN: usize = 4;

#[derive(Template)]
#[template(path = "keyed.html")]
struct KeyedPage {
    page: Page,
    fields: Fields,
    payers: Vec<String>,
    lines: Vec<usize>,
    faults: Vec<Fault>,
    checked: Option<Checked>,
}

impl KeyedPage {
    fn value(&self, name: &str) -> &str {
        self.fields.get(name).map_or("", String::as_str)
    }

    fn line_value(&self, name: &str, at: &usize) -> &str {
        self.value(&format!("{name}_{at}"))
    }

    fn is(&self, name: &str, value: &str) -> bool {
        self.value(name) == value
    }

    /// What is wrong with a field; empty where nothing is.
    fn fault(&self, name: &str) -> String {
        let of_it = self.faults.iter().filter(|fault| fault.field == name);
        of_it.map(|fault| fault.text.as_str()).collect::<Vec<_>>().join("; ")
    }

    fn line_fault(&self, name: &str, at: &usize) -> String {
        self.fault(&format!("{name}_{at}"))
    }

    /// The first field at fault has the focus.
    fn is_first(&self, name: &str) -> bool {
        self.faults.first().is_some_and(|fault| fault.field == name)
    }

    fn is_first_of(&self, name: &str, at: &usize) -> bool {
        self.is_first(&format!("{name}_{at}"))
    }
}

/// `GET /keyed`.
pub(crate) async fn form(visitor: Visitor) -> Result<Response, Trouble> {
    html(&shown(&visitor, Fields::new()).await?)
}

async fn shown(visitor: &Visitor, fields: Fields) -> Result<KeyedPage, Trouble> {
    let payers = visitor.office.read().await?.payers().await?;
    let is_used = |at: &usize| {
        let filled = fields.iter().filter(|(_, text)| !text.trim().is_empty());
        let mut names = filled.filter_map(|(name, _)| name.rsplit_once('_'));
        names.any(|(name, number)| LINE.contains(&name) && number == at.to_string())
    };
    let used = (1..=LINES).rev().find(is_used);
    let lines = (used.unwrap_or(0) + 2).clamp(SHOWN, LINES);
    Ok(KeyedPage {
        page: Page::of(visitor, "Key a paper EOB or letter", "/remittances"),
        fields,
        payers: payers.into_iter().map(|(_, name)| name).collect(),
        lines: (1..=lines).collect(),
        faults: Vec::new(),
        checked: None,
    })
}

/// `POST /keyed`: checks first, and saves once somebody has seen the checks, and ticked what is not
/// known or does not agree.
pub(crate) async fn key(visitor: Visitor, mut sent: Sent) -> Result<Response, Trouble> {
    let office = &visitor.office;
    if let Some(scan) = sent.files.pop() {
        let hash = keep(office, scan).await?;
        sent.fields.insert("scan".to_owned(), hash);
    }
    let today = office.moment().today;
    let saves = sent.fields.remove("step").is_some_and(|step| step == "save");
    // A claim that is like it was chosen in its place.
    let other = sent.fields.remove("instead");
    let saves = saves && other.is_none();
    sent.fields.extend(other.map(|number| ("number".to_owned(), number)));
    let keyed = match keying::read(&sent.fields, today) {
        Ok(keyed) => keyed,
        Err(faults) => {
            let page = KeyedPage { faults, ..shown(&visitor, sent.fields).await? };
            return html_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
        }
    };
    if saves && let Some(id) = keyed.known(&mut office.read().await?).await? {
        return Ok(kept(&id));
    }
    let (found, names) = keyed_check::looked_up(office, &keyed).await?;
    let unsure = keyed_check::unticked(&found, &sent.fields);
    if saves && unsure == 0 {
        let about: Vec<&str> = found.doubts.iter().map(|doubt| doubt.about).collect();
        return save(office, &keyed, &about).await;
    }
    let left = if saves { unsure } else { 0 };
    let checked = Checked::of((&keyed, found), (office, &names), &sent.fields, left)?;
    keyed_check::note(office, &checked).await?;
    let status = if saves { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    html_with(status, &KeyedPage { checked: Some(checked), ..shown(&visitor, sent.fields).await? })
}

/// Keeps a scan while what it shows is keyed in.
async fn keep(office: &Office, sent: SentFile) -> Result<String, Trouble> {
    let received = receive(office, sent).await?;
    let mut tx = office.write().await?;
    let (hash, arriving) = received.keep(&mut tx, office).await?;
    tx.commit().await?;
    drop(arriving);
    Ok(hash)
}

/// Receives a scan or another document.
pub(crate) async fn receive(
    office: &Office,
    sent: SentFile,
) -> Result<documents::Received, Trouble> {
    let path = sent.file.path().to_owned();
    let Some(kind) = Kind::named(&sent.name) else { return Err(other_kind()) };
    let fits = {
        let path = path.clone();
        tokio::task::spawn_blocking(move || kind.fits(&path)).await
    };
    let fits = fits.map_err(|fault| Trouble::Broken(fault.into()))?;
    if !fits.map_err(|fault| Trouble::Broken(fault.into()))? {
        return Err(other_kind());
    }
    Ok(documents::receive(office, &sent.name, kind.media(), path).await?)
}

/// What is no document.
fn other_kind() -> Trouble {
    Trouble::Unfit(format!(
        "A document is a file whose name ends in {ENDINGS}, and is what its name says. Save this \
         one as a PDF and send that."
    ))
}

async fn save(office: &Office, keyed: &Keyed, unsure: &[&str]) -> Result<Response, Trouble> {
    match keying::save(office, keyed, unsure).await? {
        Kept::Taken(id) | Kept::Known(id) => Ok(kept(&id)),
    }
}

/// To the remittance that it is.
fn kept(id: &RemittanceId) -> Response {
    Redirect::to(&format!("/remittances/{id}?done=keyed")).into_response()
}

/// `GET /remittances/{id}/scan`: the paper behind a keyed remittance.
pub(crate) async fn scan(visitor: Visitor, Path(id): Path<String>) -> Result<Response, Trouble> {
    let office = &visitor.office;
    let mut tx = office.read().await?;
    let row = tx.remittance(&id).await?.ok_or(Trouble::Nowhere)?;
    let document = tx.document(&row.file).await?.ok_or(Trouble::Nowhere)?;
    let claims = tx.claim_payments(&id, 0, 1).await?;
    let claims: Vec<String> = claims.into_iter().map(|one| one.claim).collect();
    Names::about(&mut tx, office, &claims).await?.let_documents(office)?;
    drop(tx);
    access::note(office, &id, "scan.downloaded", &json!({})).await?;
    sent_back(office, &document).await
}

/// Bytes of a document, to be kept by the browser rather than shown: what is in it may be anything.
pub(crate) async fn sent_back(office: &Office, document: &Document) -> Result<Response, Trouble> {
    const SHOWN: [&str; 5] =
        ["application/pdf", "image/png", "image/jpeg", "image/tiff", "text/plain; charset=utf-8"];
    // Files of payers are read, never given out.
    if u64::try_from(document.bytes).is_ok_and(|bytes| bytes > LARGEST) {
        return Err(Trouble::Nowhere);
    }
    let path = office.documents.path(&document.hash);
    if let Some(at) = office.read().await?.purged_at(&document.hash).await? {
        let on = words::instant(&at, &office.clinic.zone);
        return Err(Trouble::Unfit(format!(
            "It was past the time for which the practice keeps records, and was taken out on {on}. \
             The journal tells by whom and why."
        )));
    }
    let bytes = tokio::fs::read(path).await.map_err(|fault| Trouble::Broken(fault.into()))?;
    let media = SHOWN.into_iter().find(|one| one.split(';').next() == Some(&document.media));
    let name: String = document
        .name
        .chars()
        .map(|one| if one.is_ascii_alphanumeric() || ".-_".contains(one) { one } else { '_' })
        .collect();
    let headers = [
        (CONTENT_TYPE, media.unwrap_or("application/octet-stream").to_owned()),
        (CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
    ];
    Ok((headers, bytes).into_response())
}
