//! A code list that the practice has a licence for: taken in with a look at it first.

use std::fs;

use askama::Template;
use axum::extract::Query;
use axum::http::StatusCode;
use axum::response::Response;
use denial::rules::import::{self, Imported};

use crate::fields::Fields;
use crate::practice::Office;
use crate::web::page::{Page, html_with};
use crate::web::rules_edit::text_of;
use crate::web::sent::{Sent, SentFile};
use crate::web::session::Visitor;
use crate::web::trouble::Trouble;

/// The lists that can be taken in.
const LISTS: [(&str, &str); 2] =
    [("codes/carc.csv", "Reason codes (CARC)"), ("codes/rarc.csv", "Remark codes (RARC)")];
/// The largest list, in bytes.
const LARGEST: u64 = 1 << 20;
/// Rows of each kind that are listed.
const ROWS: usize = 40;

#[derive(Template)]
#[template(path = "rule_codes.html")]
struct CodesPage {
    page: Page,
    lists: [(&'static str, &'static str); 2],
    /// The list that was chosen.
    path: String,
    refused: Option<String>,
    looked: Option<Looked>,
    read: i64,
}

/// A list before it is taken in.
struct Looked {
    name: String,
    done: Imported,
    /// How many are listed of each kind.
    rows: usize,
}

impl CodesPage {
    async fn of(visitor: &Visitor, path: String) -> Result<CodesPage, Trouble> {
        let read = visitor.office.read().await?.newest_rules().await?;
        let page = Page::of(visitor, "Take in a code list", "/rules");
        Ok(CodesPage { page, lists: LISTS, path, refused: None, looked: None, read })
    }
}

/// `GET /rules/codes`.
pub(crate) async fn form(
    visitor: Visitor,
    Query(asked): Query<Fields>,
) -> Result<Response, Trouble> {
    let path = asked.get("path").cloned().unwrap_or_default();
    html_with(StatusCode::OK, &CodesPage::of(&visitor, path).await?)
}

/// `POST /rules/codes`: what the list would change; saving it is an edit of the file.
pub(crate) async fn look(visitor: Visitor, mut sent: Sent) -> Result<Response, Trouble> {
    let path = sent.fields.remove("path").unwrap_or_default();
    let mut page = CodesPage::of(&visitor, path).await?;
    let is_list = LISTS.iter().any(|(path, _)| *path == page.path);
    let Some(file) = sent.files.pop().filter(|_| is_list) else {
        page.refused = Some("Choose a list and its CSV file.".to_owned());
        return html_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
    };
    let own = visitor.office.read().await?.own_rules().await?;
    let ours = text_of(&visitor.office, &own, &page.path);
    match read(&file).and_then(|theirs| import::imported(&ours, &theirs)) {
        Ok(done) => page.looked = Some(Looked { name: file.name, done, rows: ROWS }),
        Err(why) => page.refused = Some(why),
    }
    let is_fine = page.refused.is_none();
    html_with(if is_fine { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY }, &page)
}

/// What is wrong with a list of reasons or remarks that was sent; none where nothing is.
///
/// # Errors
/// The database.
pub(crate) async fn fault(office: &Office, sent: &Sent) -> Result<Option<String>, Trouble> {
    let path = sent.fields.get("path").map(String::as_str).unwrap_or_default();
    let Some(file) = sent.files.last() else {
        return Ok(Some("Choose its CSV file.".to_owned()));
    };
    let own = office.read().await?.own_rules().await?;
    let ours = text_of(office, &own, path);
    Ok(read(file).and_then(|theirs| import::imported(&ours, &theirs)).err())
}

fn read(file: &SentFile) -> Result<String, String> {
    if file.bytes > LARGEST {
        return Err("A code list has at most 1 MB.".to_owned());
    }
    let odd = "The file is no text in UTF-8; save it as CSV UTF-8.".to_owned();
    fs::read(file.file.path()).ok().and_then(|bytes| String::from_utf8(bytes).ok()).ok_or(odd)
}
