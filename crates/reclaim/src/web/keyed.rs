//! The form for a paper EOB, a denial letter or a word by phone: checked, shown, then saved.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Redirect, Response};
use serde_json::json;
use store::files::Document;

use crate::access;
use crate::documents;
use crate::fields::Fields;
use crate::keying::{self, Kept, Keyed, LINES};
use crate::kinds::{ENDINGS, Kind};
use crate::practice::Office;
use crate::web::case_view;
use crate::web::names::Names;
use crate::web::page::{Page, html, html_with};
use crate::web::reasons::{self, Context, Reason, Said};
use crate::web::sent::{LARGEST, Sent, SentFile};
use crate::web::session::Visitor;
use crate::web::trouble::Trouble;
use crate::web::words;

/// Lines that the form shows at first.
const SHOWN: usize = 4;

#[derive(Template)]
#[template(path = "keyed.html")]
struct KeyedPage {
    page: Page,
    fields: Fields,
    payers: Vec<String>,
    lines: Vec<usize>,
    faults: Vec<String>,
    checked: Option<Checked>,
}

/// What the checks say of what was keyed.
struct Checked {
    sums: Vec<String>,
    charge: String,
    paid: String,
    reasons: Vec<Reason>,
    remarks: Vec<Said>,
    scan: bool,
    /// Something of this trace and claim is here already.
    known: Option<String>,
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
}

/// `GET /keyed`.
pub(crate) async fn form(visitor: Visitor) -> Result<Response, Trouble> {
    html(&shown(&visitor, Fields::new()).await?)
}

async fn shown(visitor: &Visitor, fields: Fields) -> Result<KeyedPage, Trouble> {
    let payers = visitor.office.read().await?.payers().await?;
    let used = (1..=LINES)
        .rev()
        .find(|at| fields.get(&format!("charge_{at}")).is_some_and(|text| !text.is_empty()));
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

/// `POST /keyed`: checks first, and saves once somebody has seen the checks.
pub(crate) async fn key(visitor: Visitor, mut sent: Sent) -> Result<Response, Trouble> {
    let office = &visitor.office;
    if let Some(scan) = sent.files.pop() {
        let hash = keep(office, scan).await?;
        sent.fields.insert("scan".to_owned(), hash);
    }
    let today = office.moment().today;
    let saves = sent.fields.remove("step").is_some_and(|step| step == "save");
    let read = keying::read(&sent.fields, today);
    let keyed = match read {
        Ok(keyed) if saves => return save(office, &keyed).await,
        Ok(keyed) => keyed,
        Err(faults) => {
            let page = KeyedPage { faults, ..shown(&visitor, sent.fields).await? };
            return html_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
        }
    };
    let checked = check(office, &keyed).await?;
    html(&KeyedPage { checked: Some(checked), ..shown(&visitor, sent.fields).await? })
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

async fn check(office: &Office, keyed: &Keyed) -> Result<Checked, Trouble> {
    let payment = &keyed.payment;
    let claim = crate::identity::claim(&payment.number).as_str().to_owned();
    let said = office.read().await?.said_of(&[claim]).await?;
    let trace = keyed.head.trace.as_str();
    let known = said.iter().find(|one| !trace.is_empty() && one.trace == trace);
    let on = keyed.head.paid_on;
    let mut reasons = Vec::new();
    let mut remarks = reasons::remarks(&payment.remarks, &office.rules);
    for line in &payment.lines {
        let context = Context { rules: &office.rules, payer: None, remarks: &line.remarks, on };
        reasons.extend(context.reasons(&line.adjustments));
        remarks.extend(reasons::remarks(&line.remarks, &office.rules));
    }
    let context = Context { rules: &office.rules, payer: None, remarks: &payment.remarks, on };
    reasons.extend(context.reasons(&payment.adjustments));
    Ok(Checked {
        sums: case_view::sums(payment),
        charge: payment.charge.to_string(),
        paid: payment.paid.to_string(),
        reasons,
        remarks,
        scan: keyed.scan.is_some(),
        known: known.map(|one| format!("/remittances/{}", one.remittance)),
    })
}

async fn save(office: &Office, keyed: &Keyed) -> Result<Response, Trouble> {
    let id = match keying::save(office, keyed).await? {
        Kept::Taken(id) | Kept::Known(id) => id,
    };
    Ok(Redirect::to(&format!("/remittances/{id}?done=keyed")).into_response())
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
