//! A rule file edited as text: checked, tried on cases, saved as a version, or an older one again.

use askama::Template;
use axum::extract::Query;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use denial::rules::RuleFault;

use crate::fields::Fields;
pub(crate) use crate::own_rules::text_of;
use crate::own_rules::{self, Text, Unsaved};
use crate::web::gate::Posted;
use crate::web::page::{Page, html_with};
use crate::web::rules::{decides, escaped_path, path_of};
use crate::web::rules_tried::{self, Tried};
use crate::web::session::Visitor;
use crate::web::timeline;
use crate::web::trouble::Trouble;
use crate::web::words;

#[derive(Template)]
#[template(path = "rule_edit.html")]
struct EditPage {
    page: Page,
    path: String,
    query: String,
    decides: String,
    text: String,
    why: String,
    number: String,
    read: i64,
    /// The numbers beside the lines.
    gutter: Vec<usize>,
    faults: Vec<FaultRow>,
    refused: Option<String>,
    /// The version that somebody else saved meanwhile.
    other: Option<i64>,
    tried: Option<Tried>,
}

/// A fault as a page tells it.
pub(crate) struct FaultRow {
    pub(crate) file: String,
    pub(crate) line: u32,
    pub(crate) message: String,
    pub(crate) hint: String,
    /// It is in the text that is edited.
    pub(crate) is_here: bool,
}

const NO_FILE: &str = "Name a rule file, such as payers/example.toml.";
/// Lines that the editor has room for below its text.
const ROOM: usize = 12;

impl EditPage {
    fn of(visitor: &Visitor, path: String, text: String, read: i64) -> EditPage {
        EditPage {
            page: Page::of(visitor, format!("Edit {path}"), "/rules"),
            query: escaped_path(&path),
            decides: decides(&path, &visitor.office.rules),
            gutter: (1..=text.lines().count() + ROOM).collect(),
            why: String::new(),
            number: String::new(),
            faults: Vec::new(),
            refused: None,
            other: None,
            tried: None,
            path,
            text,
            read,
        }
    }
}

/// Faults for people, those of a path marked.
pub(crate) fn fault_rows(faults: &[RuleFault], path: &str) -> Vec<FaultRow> {
    let row = |fault: &RuleFault| FaultRow {
        file: fault.file.clone(),
        line: fault.line,
        message: fault.message.clone(),
        hint: fault.hint.clone(),
        is_here: fault.file == path,
    };
    faults.iter().map(row).collect()
}

/// `GET /rules/edit`.
pub(crate) async fn form(
    visitor: Visitor,
    Query(asked): Query<Fields>,
) -> Result<Response, Trouble> {
    let path = path_of(&asked)?;
    let mut tx = visitor.office.read().await?;
    let (own, read) = (tx.own_rules().await?, tx.newest_rules().await?);
    let text = text_of(&visitor.office, &own, &path);
    html_with(StatusCode::OK, &EditPage::of(&visitor, path, text, read))
}

/// `POST /rules/edit`: tries the text or saves it.
pub(crate) async fn change(visitor: Visitor, Posted(fields): Posted) -> Result<Response, Trouble> {
    let Ok(path) = path_of(&fields) else { return Err(Trouble::Unfit(NO_FILE.into())) };
    let field = |name: &str| fields.get(name).map(String::as_str).unwrap_or_default();
    let text = Text::of(&path, field("text"));
    let mut page = EditPage::of(&visitor, path, text.text.clone(), read_of(&fields));
    page.why = field("why").trim().to_owned();
    page.number = field("number").trim().to_owned();
    if field("what") == "save" {
        return save(&visitor, text, page).await;
    }
    let mut tx = visitor.office.read().await?;
    let own = tx.own_rules().await?;
    let office = &visitor.office;
    let status = match office.rule_books.tried(&mut tx, &office.rules, &own, &[text]).await? {
        Err(faults) => refuse(&mut page, Unsaved::Faults(faults))?,
        Ok(book) => {
            let cases = rules_tried::cases(&mut tx, &visitor, &page.number).await?;
            drop(tx);
            page.tried = Some(rules_tried::tried(&visitor, &book, &cases).await?);
            StatusCode::OK
        }
    };
    html_with(status, &page)
}

/// The newest version when a form was made; one that names none was made before any.
pub(crate) fn read_of(fields: &Fields) -> i64 {
    fields.get("read").and_then(|number| number.parse().ok()).unwrap_or(0)
}

async fn save(visitor: &Visitor, text: Text, mut page: EditPage) -> Result<Response, Trouble> {
    let office = &visitor.office;
    match own_rules::save(office, &[text], &page.why, page.read).await {
        Ok(_) => Ok(saved(&page.path)),
        Err(Unsaved::Stale { by, at, version }) => {
            let people = timeline::people(&mut office.read().await?).await?;
            let (by, at) = (timeline::name(&people, &by), words::instant(&at, &office.clinic.zone));
            page.refused = Some(format!(
                "{by} saved version {version} at {at}, after you had opened the file. Nothing was \
                 saved; your text stands below. Save again to put it over theirs."
            ));
            (page.other, page.read) = (Some(version), version);
            html_with(StatusCode::CONFLICT, &page)
        }
        Err(why) => {
            let status = refuse(&mut page, why)?;
            html_with(status, &page)
        }
    }
}

/// Where somebody is led who saved a file.
pub(crate) fn saved(path: &str) -> Response {
    Redirect::to(&format!("/rules/file?path={}&done=1", escaped_path(path))).into_response()
}

fn refuse(page: &mut EditPage, why: Unsaved) -> Result<StatusCode, Trouble> {
    match why {
        Unsaved::Faults(faults) => page.faults = fault_rows(&faults, &page.path),
        Unsaved::Store(fault) => return Err(fault.into()),
        other @ (Unsaved::Unfit(_) | Unsaved::Stale { .. }) => {
            page.refused = Some(other.to_string());
        }
    }
    Ok(StatusCode::UNPROCESSABLE_ENTITY)
}

/// `POST /rules/restore`: an older version as the newest; 0 is the file that the program brings.
pub(crate) async fn restore(visitor: Visitor, Posted(fields): Posted) -> Result<Response, Trouble> {
    let office = &visitor.office;
    let Ok(path) = path_of(&fields) else { return Err(Trouble::Unfit(NO_VERSION.into())) };
    let version = fields.get("version").and_then(|number| number.parse::<i64>().ok());
    let versions = office.read().await?.rule_versions(&path).await?;
    let text = match version {
        Some(0) => String::new(),
        Some(version) => match versions.into_iter().find(|one| one.version == version) {
            Some(one) => one.text,
            None => return Err(Trouble::Unfit(NO_VERSION.into())),
        },
        None => return Err(Trouble::Unfit(NO_VERSION.into())),
    };
    let why = fields.get("why").map(String::as_str).unwrap_or_default();
    match own_rules::save(office, &[Text { path: path.clone(), text }], why, read_of(&fields)).await
    {
        Ok(_) => Ok(saved(&path)),
        Err(why) => Err(told(why)),
    }
}

const NO_VERSION: &str = "There is no such version of that file.";

/// Why rules were not saved, where no form is there to say it.
pub(crate) fn told(why: Unsaved) -> Trouble {
    match why {
        Unsaved::Store(fault) => fault.into(),
        Unsaved::Faults(faults) => {
            let first = faults.first().map(ToString::to_string).unwrap_or_default();
            Trouble::Unfit(format!("With it the rules would have {} faults: {first}", faults.len()))
        }
        Unsaved::Stale { .. } => Trouble::Unfit(
            "Somebody saved the file after you had opened it. Open it again to see what changed."
                .to_owned(),
        ),
        Unsaved::Unfit(text) => Trouble::Unfit(text.to_owned()),
    }
}
