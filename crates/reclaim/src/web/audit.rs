//! The journal for those who audit: acts, views, sign-ins; ids and names of people, no patient.

use askama::Template;
use axum::extract::Query;
use axum::response::Response;
use denial::person::{Access, Role, allows};
use store::audit::{Book, Line};

use crate::fields::Fields;
use crate::web::page::{Page, html};
use crate::web::session::Visitor;
use crate::web::trouble::Trouble;
use crate::web::words;

/// Entries of one page.
const ROWS: i64 = 100;

#[derive(Template)]
#[template(path = "journal.html")]
struct JournalPage {
    page: Page,
    rows: Vec<Row>,
    book: &'static str,
    about: String,
    next: Option<String>,
    further: bool,
}

struct Row {
    seq: String,
    at: String,
    who: String,
    what: String,
    moved: String,
    about: String,
    /// The beginning of it, where it is a hash.
    short: String,
    /// Where it can be opened by whoever reads this.
    href: Option<String>,
}

/// `GET /journal`.
pub(crate) async fn page(
    visitor: Visitor,
    Query(asked): Query<Fields>,
) -> Result<Response, Trouble> {
    let office = &visitor.office;
    let (book, name) = match asked.get("book").map(String::as_str) {
        Some("views") => (Book::Views, "views"),
        Some("house") => (Book::House, "house"),
        Some(_) | None => (Book::Work, "work"),
    };
    let about = asked.get("about").map(|text| text.trim()).unwrap_or_default();
    let before = asked.get("before").and_then(|text| text.parse().ok()).unwrap_or(i64::MAX);
    let mut tx = office.read().await?;
    let about_id = Some(about).filter(|text| !text.is_empty());
    let found = tx.book(book, about_id, None, before, ROWS).await?;
    let full = i64::try_from(found.len()) == Ok(ROWS);
    let word: String =
        about.chars().filter(|one| one.is_ascii_alphanumeric() || *one == '_').collect();
    let next = found.last().filter(|_| full);
    let next = next.map(|last| format!("/journal?book={name}&about={word}&before={}", last.seq));
    let rows = found.iter().map(|line| row(line, &office.clinic.zone, office.who.role));
    let template = JournalPage {
        rows: rows.collect(),
        book: name,
        about: about.to_owned(),
        next,
        further: before < i64::MAX,
        page: Page::of(&visitor, "Journal", "/journal"),
    };
    html(&template)
}

fn row(line: &Line, zone: &str, role: Role) -> Row {
    let kind = line.kind.split_once('.').map_or((line.kind.as_str(), ""), |parts| parts);
    let moved = line.from_status.as_deref().zip(line.to_status.as_deref());
    Row {
        seq: words::number(line.seq),
        at: words::instant(&line.at, zone),
        who: line.name.clone().unwrap_or_else(|| "nobody known".to_owned()),
        what: format!("{}: {}", words::label(kind.0), words::lower(kind.1)),
        moved: moved
            .map(|(from, to)| format!("{} → {}", words::label(from), words::label(to)))
            .unwrap_or_default(),
        href: opened(line, role),
        short: short(&line.about),
        about: line.about.clone(),
    }
}

/// The page of what an entry is about, where there is one and the reader may open it.
fn opened(line: &Line, role: Role) -> Option<String> {
    let (needs, page) = match line.about.split_once('_') {
        Some(("den", _)) => (Access::ReadCases, "cases"),
        Some(("era", _)) => (Access::Remittances, "remittances"),
        None if line.kind.starts_with("file.") => (Access::Remittances, "files"),
        Some(_) | None => return None,
    };
    allows(role, needs).then(|| format!("/{page}/{}", line.about))
}

fn short(about: &str) -> String {
    about
        .get(..16)
        .filter(|_| about.len() == 64)
        .map_or(about.to_owned(), |start| format!("{start}…"))
}
