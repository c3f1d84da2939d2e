//! Whom the issuer means, for administrators.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use crate::fields::Fields;
use crate::oidc::ties;
use crate::people;
use crate::web::gate::Posted;
use crate::web::page::{Page, html, html_with};
use crate::web::session::Visitor;
use crate::web::trouble::Trouble;
use crate::web::words;

#[derive(Template)]
#[template(path = "ties.html")]
struct TiesPage {
    page: Page,
    /// What the issuer is called and its address; nothing where none is configured.
    issuer: Option<(String, String)>,
    rows: Vec<Row>,
    /// People who are not tied: id and name.
    free: Vec<(String, String)>,
    refused: Option<String>,
    subject: String,
}

struct Row {
    person: String,
    name: String,
    subject: String,
    since: String,
    used: String,
}

/// `GET /people/ties`.
pub(crate) async fn page(visitor: Visitor) -> Result<Response, Trouble> {
    html(&shown(&visitor, None, "").await?)
}

async fn shown(
    visitor: &Visitor,
    refused: Option<String>,
    subject: &str,
) -> Result<TiesPage, Trouble> {
    let office = &visitor.office;
    let mut tx = office.read().await?;
    let issuer = tx.issuer().await?;
    let tied = match &issuer {
        Some(issuer) => tx.ties_here(&issuer.issuer).await?,
        None => Vec::new(),
    };
    let members = tx.members().await?;
    let zone = &office.clinic.zone;
    let mut page = TiesPage {
        page: Page::of(visitor, "Sign-in by another house", "/people"),
        issuer: issuer.map(|issuer| (issuer.label, issuer.issuer)),
        rows: Vec::new(),
        free: Vec::new(),
        refused,
        subject: subject.to_owned(),
    };
    for one in members.into_iter().filter(|one| one.login != crate::practice::CONSOLE) {
        match tied.iter().find(|tie| tie.person == one.person) {
            Some(tie) => page.rows.push(Row {
                subject: tie.subject.clone(),
                since: words::instant(&tie.tied_at, zone),
                used: tie.used_at.as_ref().map_or_else(String::new, |at| words::instant(at, zone)),
                person: one.person,
                name: one.name,
            }),
            None => page.free.push((one.person, one.name)),
        }
    }
    Ok(page)
}

/// `POST /people/ties`.
pub(crate) async fn change(visitor: Visitor, Posted(fields): Posted) -> Result<Response, Trouble> {
    match changed(&visitor, &fields).await? {
        Ok(()) => Ok(Redirect::to("/people/ties").into_response()),
        Err(refused) => {
            let subject = fields.get("subject").map_or("", String::as_str);
            let page = shown(&visitor, Some(refused), subject).await?;
            html_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
    }
}

async fn changed(visitor: &Visitor, fields: &Fields) -> Result<Result<(), String>, Trouble> {
    let office = &visitor.office;
    let field = |name: &str| fields.get(name).map(|text| text.trim()).unwrap_or_default();
    let person = field("person");
    if person == office.who.person.as_str() {
        return Ok(Err("Tie yourself under Your account.".to_owned()));
    }
    let members = office.read().await?.members().await?;
    let is_member =
        |one: &store::people::Member| one.person == person && one.login != crate::practice::CONSOLE;
    if !members.iter().any(is_member) {
        return Ok(Err("Choose somebody of this practice.".to_owned()));
    }
    if !people::answers_for(office, person).await? {
        return Ok(Err("They work in another practice too, where you are no administrator. Ask \
                       an administrator of all their practices, or whoever has the command line."
            .to_owned()));
    }
    match field("what") {
        "tie" => Ok(ties::tie(office, person, (field("subject"), "")).await?),
        "untie" => {
            ties::untie(office, person, "").await?;
            Ok(Ok(()))
        }
        _ => Err(Trouble::Unfit("Choose what to change.".to_owned())),
    }
}
