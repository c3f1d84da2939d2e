//! Project appeals: those that were begun, and one with its cases, its letter, its list, its one
//! reference and what became of each case.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Redirect, Response};
use denial::denial::{Appeal, Channel, Denial};
use denial::money::Money;
use denial::person::supervises;
use jiff::civil::Date;
use serde_json::json;
use store::projects::Project;

use crate::fields::Fields;
use crate::practice::Office;
use crate::projects::{self, How, NotDone, Opened, Row, Typed};
use crate::web::gate::Posted;
use crate::web::keyed::sent_back;
use crate::web::names::Names;
use crate::web::page::{Page, html, html_with};
use crate::web::session::Visitor;
use crate::web::timeline::{self, People};
use crate::web::trouble::Trouble;
use crate::web::words;
use crate::{access, identity};

/// Projects of one page.
const ROWS: i64 = 50;

#[derive(Template)]
#[template(path = "projects.html")]
struct ListPage {
    page: Page,
    rows: Vec<Listed>,
}

struct Listed {
    href: String,
    subject: String,
    payer: String,
    state: String,
    reference: String,
    made: String,
}

#[derive(Template)]
#[template(path = "project.html")]
struct OnePage {
    page: Page,
    here: String,
    subject: String,
    letter: String,
    payer: String,
    state: String,
    version: i64,
    /// It has not gone yet.
    is_draft: bool,
    has_gone: bool,
    /// When and how it went.
    went: String,
    reference: String,
    /// `12 cases · $3,400.00`.
    what: String,
    /// How many stand where, and their money.
    tally: Vec<(String, String)>,
    cases: Vec<CaseRow>,
    /// SHA-256 of letter and spreadsheet, as they went.
    hashes: Vec<(&'static str, String)>,
    channels: Vec<(&'static str, String)>,
    /// The visitor may excuse what is late or missing.
    excuses: bool,
    /// Letter and list name patients, and all of these are shown to the visitor.
    files: bool,
    refused: Option<String>,
}

/// One case of it.
struct CaseRow {
    n: i64,
    href: String,
    number: String,
    outstanding: String,
    status: String,
    class: &'static str,
    outcome: String,
    stayed: String,
}

/// `GET /projects`.
pub(crate) async fn list(visitor: Visitor) -> Result<Response, Trouble> {
    let office = &visitor.office;
    let mut tx = office.read().await?;
    let people = timeline::people(&mut tx).await?;
    let mut rows = Vec::new();
    for one in tx.projects(ROWS).await? {
        let reaches = projects::open(&mut tx, &one.project).await.map_err(trouble)?;
        if reaches.is_some_and(|opened| reaches_all(&opened, office)) {
            rows.push(listed(&one, &people, &office.clinic.zone));
        }
    }
    html(&ListPage { page: Page::of(&visitor, "Project appeals", "/letters"), rows })
}

fn listed(one: &Project, people: &People, zone: &str) -> Listed {
    let by = timeline::name(people, &one.made_by);
    Listed {
        href: format!("/projects/{}", one.project),
        subject: one.subject.clone(),
        payer: one.payer_name.clone(),
        state: words::label(&one.state),
        reference: one.reference.clone(),
        made: format!("{} by {by}", words::instant(&one.made_at, zone)),
    }
}

/// Who reaches every case of it works on it.
fn reaches_all(opened: &Opened, office: &Office) -> bool {
    opened.rows.iter().all(|row| office.sees(&row.case))
}

fn trouble(why: NotDone) -> Trouble {
    match why {
        NotDone::Missing => Trouble::Nowhere,
        NotDone::Stale => Trouble::Unfit(words::sentence(&why.to_string())),
        NotDone::Refused(text) => Trouble::Unfit(words::sentence(&text)),
        NotDone::Failed(fault) => fault.into(),
    }
}

/// A project that the visitor reaches, and whether they may see its patients' names.
async fn known(visitor: &Visitor, id: &str) -> Result<(Opened, bool), Trouble> {
    let office = &visitor.office;
    let mut tx = office.read().await?;
    let opened = projects::open(&mut tx, id).await.map_err(trouble)?.ok_or(Trouble::Nowhere)?;
    if !reaches_all(&opened, office) {
        let text = "Some cases of this project are neither yours nor were you asked. A billing \
                    supervisor sees all of them.";
        return Err(Trouble::Denied(text.to_owned()));
    }
    let claims: Vec<String> = opened.rows.iter().map(|row| row.case.claim.to_string()).collect();
    let shown = Names::shown_among(&mut tx, office, &claims).await?;
    let all = claims.iter().all(|claim| shown.contains(claim));
    Ok((opened, all))
}

/// `GET /projects/{id}`.
pub(crate) async fn page(visitor: Visitor, Path(id): Path<String>) -> Result<Response, Trouble> {
    let (mut opened, files) = known(&visitor, &id).await?;
    if opened.project.state == "draft" {
        opened.would_stay(&visitor.office, &How::by_mail());
    }
    html(&shown(&visitor, &opened, files, None))
}

fn shown(visitor: &Visitor, opened: &Opened, files: bool, refused: Option<String>) -> OnePage {
    let project = &opened.project;
    let is_draft = project.state == "draft";
    // Until it goes all of them are counted, whatever would keep some back now.
    let counted = || opened.rows.iter().filter(|row| is_draft || row.stayed.is_empty());
    let count = i64::try_from(counted().count()).unwrap_or(i64::MAX);
    let money: Money = counted().map(|row| row.case.balance.outstanding()).sum();
    let went = project
        .sent_on
        .as_deref()
        .map(|on| format!("{}, by {}", words::day_of(on), words::lower(&project.channel)));
    let hash = |name, hash: &Option<String>| hash.clone().map(|hash| (name, hash));
    let hashes = [hash("Letter and list", &project.packet), hash("Spreadsheet", &project.sheet)];
    OnePage {
        page: Page::of(visitor, project.subject.clone(), "/letters"),
        here: format!("/projects/{}", project.project),
        subject: project.subject.clone(),
        letter: project.letter.clone(),
        payer: project.payer_name.clone(),
        state: words::label(&project.state),
        version: project.version,
        is_draft,
        has_gone: project.state == "sent",
        went: went.unwrap_or_default(),
        reference: project.reference.clone(),
        what: format!("{} · {money}", words::counted(count, "case", "cases")),
        tally: tally(opened),
        cases: opened.rows.iter().map(|row| case_row(row, project)).collect(),
        hashes: hashes.into_iter().flatten().collect(),
        channels: channels(),
        excuses: supervises(visitor.office.who.role),
        files,
        refused,
    }
}

fn channels() -> Vec<(&'static str, String)> {
    let by_hand = Channel::ALL.iter().filter(|one| **one != Channel::Edi);
    by_hand.map(|one| (one.as_str(), words::label(one.as_str()))).collect()
}

/// The appeal of a case that went with this project.
fn filed<'a>(case: &'a Denial, project: &Project) -> Option<&'a Appeal> {
    let document = identity::document(project.packet.as_deref()?)?;
    case.appeals.iter().find(|one| one.packet.as_ref() == Some(&document))
}

/// What became of a case, in a few words.
fn outcome(case: &Denial, project: &Project) -> String {
    let Some(filed) = filed(case, project) else { return String::new() };
    match &filed.decided {
        None => "waits for the payer".to_owned(),
        Some((on, outcome)) => {
            let won = filed.won.map(|won| format!(", {won} won")).unwrap_or_default();
            format!("{} on {}{won}", words::lower(outcome.as_str()), words::day(*on))
        }
    }
}

fn case_row(row: &Row, project: &Project) -> CaseRow {
    let case = &row.case;
    CaseRow {
        n: row.n,
        href: format!("/cases/{}", case.id),
        number: case.number.to_string(),
        outstanding: case.balance.outstanding().to_string(),
        status: words::label(case.status().as_str()),
        class: words::status_class(case.status()),
        outcome: outcome(case, project),
        stayed: if row.stayed.is_empty() { String::new() } else { words::sentence(&row.stayed) },
    }
}

/// Cases by their status, with what is outstanding on them.
fn tally(opened: &Opened) -> Vec<(String, String)> {
    let mut by: BTreeMap<&str, (i64, Money)> = BTreeMap::new();
    for row in opened.going() {
        let (count, money) = by.entry(row.case.status().as_str()).or_default();
        *count += 1;
        *money += row.case.balance.outstanding();
    }
    let told = |(status, (count, money)): (&str, (i64, Money))| {
        (words::label(status), format!("{} · {money}", words::counted(count, "case", "cases")))
    };
    by.into_iter().map(told).collect()
}

/// `POST /projects/{id}`: its letter is saved, it goes, its reference is entered, or it ends.
pub(crate) async fn change(
    visitor: Visitor,
    Path(id): Path<String>,
    Posted(fields): Posted,
) -> Result<Response, Trouble> {
    let (opened, files) = known(&visitor, &id).await?;
    if !files {
        let text = "It names patients that are masked before you: show their names first.";
        return Err(Trouble::Denied(text.to_owned()));
    }
    let done = step(&visitor.office, &id, &fields).await?;
    match done {
        Ok(()) => Ok(Redirect::to(&format!("/projects/{id}")).into_response()),
        Err(NotDone::Missing) => Err(Trouble::Nowhere),
        Err(NotDone::Failed(fault)) => Err(fault.into()),
        Err(why @ (NotDone::Stale | NotDone::Refused(_))) => {
            let text = words::sentence(&why.to_string());
            let mut page = shown(&visitor, &opened, files, Some(text));
            page.letter = fields.get("letter").cloned().unwrap_or(page.letter);
            html_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
    }
}

async fn step(office: &Office, id: &str, fields: &Fields) -> Result<Result<(), NotDone>, Trouble> {
    let text = |name: &str| fields.get(name).map(|text| text.trim().to_owned());
    let of = |name: &str| text(name).unwrap_or_default();
    let read = of("version").parse().map_err(|_| Trouble::Nowhere)?;
    Ok(match of("step").as_str() {
        "save" => {
            let typed = Typed { subject: of("subject"), letter: of("letter") };
            projects::save(office, id, read, typed).await
        }
        "send" => match how(fields) {
            Ok(how) => projects::send(office, id, read, how).await,
            Err(text) => Err(NotDone::Refused(text)),
        },
        "refer" => projects::refer(office, id, read, &of("reference")).await.map(drop),
        "drop" => projects::drop_it(office, id, read).await,
        _ => return Err(Trouble::Unfit("Nothing was asked for.".to_owned())),
    })
}

fn how(fields: &Fields) -> Result<How, String> {
    let text = |name: &str| fields.get(name).map(|text| text.trim()).unwrap_or_default();
    let channel = Channel::from_name(text("channel")).filter(|one| *one != Channel::Edi);
    let channel = channel.ok_or("say how it went: portal, fax or mail")?;
    let on: Option<Date> = match text("on") {
        "" => None,
        day => Some(day.parse().map_err(|_| "write the day as 2026-03-31")?),
    };
    let said = |name: &str| Some(text(name).to_owned()).filter(|text| !text.is_empty());
    Ok(How {
        channel,
        on,
        reference: text("reference").to_owned(),
        without: said("without"),
        late: said("late"),
    })
}

/// `GET /projects/{id}/packet`: letter and list, as they went or as they would go now.
pub(crate) async fn packet(visitor: Visitor, Path(id): Path<String>) -> Result<Response, Trouble> {
    let office = &visitor.office;
    let opened = revealed(&visitor, &id, "packet").await?;
    if let Some(hash) = &opened.project.packet {
        let row = office.read().await?.document(hash).await?.ok_or(Trouble::Nowhere)?;
        return sent_back(office, &row).await;
    }
    let pdf = opened.pdf(office).await?;
    let name = "attachment; filename=\"project_appeal.pdf\"";
    Ok(([(CONTENT_TYPE, "application/pdf"), (CONTENT_DISPOSITION, name)], pdf).into_response())
}

/// `GET /projects/{id}/list.csv`.
pub(crate) async fn sheet(visitor: Visitor, Path(id): Path<String>) -> Result<Response, Trouble> {
    let office = &visitor.office;
    let opened = revealed(&visitor, &id, "list").await?;
    if let Some(hash) = &opened.project.sheet {
        let row = office.read().await?.document(hash).await?.ok_or(Trouble::Nowhere)?;
        return sent_back(office, &row).await;
    }
    let name = "attachment; filename=\"project_appeal.csv\"";
    let headers = [(CONTENT_TYPE, "text/csv; charset=utf-8"), (CONTENT_DISPOSITION, name)];
    Ok((headers, opened.sheet()).into_response())
}

/// A project whose patients the visitor may see, which is on record for each case.
async fn revealed(visitor: &Visitor, id: &str, what: &str) -> Result<Opened, Trouble> {
    let (opened, files) = known(visitor, id).await?;
    if !files {
        let text = "It names patients that are masked before you: show their names on their cases \
                    first.";
        return Err(Trouble::Denied(text.to_owned()));
    }
    let facts = json!({ "what": what, "cases": opened.rows.len() });
    access::note(&visitor.office, id, "project.downloaded", &facts).await?;
    Ok(opened)
}
