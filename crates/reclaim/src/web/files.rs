//! Files that were taken in, each with what became of it.

use askama::Template;
use axum::extract::{Path, Query};
use axum::response::Response;
use denial::person::{Access, allows};
use serde::Deserialize;

use crate::fields::Fields;
use crate::take::FileReport;
use crate::web::narrow::Narrow;
use crate::web::page::{Page, html};
use crate::web::session::Visitor;
use crate::web::timeline;
use crate::web::trouble::Trouble;
use crate::web::upload::{self, ReportView};
use crate::web::words;

/// The newest files that the page lists.
const ROWS: i64 = 200;

#[derive(Template)]
#[template(path = "files.html")]
struct FilesPage {
    page: Page,
    rows: Vec<Row>,
    takes: bool,
    /// There may be others.
    more: bool,
    narrow: Narrow,
}

struct Row {
    href: String,
    name: String,
    kinds: String,
    size: String,
    at: String,
    by: String,
    reading: bool,
    /// How many things were odd in it.
    odd: usize,
}

/// What the list needs of a report.
#[derive(Deserialize)]
struct Oddities {
    #[serde(default)]
    findings: usize,
}

/// `GET /files`.
pub(crate) async fn page(
    visitor: Visitor,
    Query(asked): Query<Fields>,
) -> Result<Response, Trouble> {
    let office = &visitor.office;
    let mut tx = office.read().await?;
    let narrow = Narrow::of(&asked, "Name, or what it holds", "Taken");
    let files = tx.files_that_fit(&narrow.by_instant(office)?, ROWS).await?;
    let people = timeline::people(&mut tx).await?;
    let row = |one: store::files::FileRow| Row {
        href: format!("/files/{}", one.hash),
        name: one.name,
        kinds: one.kinds.replace(',', ", "),
        size: size(one.bytes),
        at: words::instant(&one.taken_at, &office.clinic.zone),
        by: timeline::name(&people, &one.taken_by),
        reading: one.state == "reading",
        odd: serde_json::from_str::<Oddities>(&one.report).map_or(0, |report| report.findings),
    };
    let more = i64::try_from(files.len()) == Ok(ROWS);
    let rows = files.into_iter().map(row).collect();
    let takes = allows(office.who.role, Access::TakeFiles);
    html(&FilesPage { page: Page::of(&visitor, "Files", "/files"), rows, takes, more, narrow })
}

fn size(bytes: i64) -> String {
    match bytes {
        ..1_000 => words::counted(bytes, "byte", "bytes"),
        1_000..1_000_000 => format!("{} kB", words::number(bytes / 1_000)),
        _ => format!("{} MB", words::number(bytes / 1_000_000)),
    }
}

#[derive(Template)]
#[template(path = "file.html")]
struct FilePage {
    page: Page,
    report: ReportView,
    hash: String,
    at: String,
    by: String,
    size: String,
}

/// `GET /files/{hash}`.
pub(crate) async fn one(visitor: Visitor, Path(hash): Path<String>) -> Result<Response, Trouble> {
    let office = &visitor.office;
    let mut tx = office.read().await?;
    let row = tx.file(&hash).await?.ok_or(Trouble::Nowhere)?;
    let people = timeline::people(&mut tx).await?;
    let report = match serde_json::from_str::<FileReport>(&row.report) {
        Ok(report) => upload::view(&report),
        Err(_) => ReportView {
            name: row.name.clone(),
            text: "It is being read. Open the page again in a moment.".to_owned(),
            class: "absent",
            hash: None,
            transactions: Vec::new(),
            findings: None,
            odd: Vec::new(),
        },
    };
    let template = FilePage {
        page: Page::of(&visitor, row.name.clone(), "/files"),
        report,
        at: words::instant(&row.taken_at, &office.clinic.zone),
        by: timeline::name(&people, &row.taken_by),
        size: size(row.bytes),
        hash,
    };
    html(&template)
}
