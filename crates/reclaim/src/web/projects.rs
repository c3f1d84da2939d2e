//! Project appeals: those that were begun, and one with its cases, its letter, its list, its one
//! reference and what became of each case.

use std::collections::{BTreeMap, HashMap, HashSet};

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use denial::denial::{Appeal, Channel, Denial};
use denial::money::Money;
use denial::person::{Reach, reach, supervises};
use jiff::civil::Date;
use serde_json::json;
use store::Tx;
use store::projects::Project;

use crate::fields::Fields;
use crate::line_changes::{self, Line, Mark};
use crate::practice::Office;
use crate::projects::{self, How, NotDone, Opened, Row, Typed};
use crate::web::gate::Posted;
use crate::web::journal_words;
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
    /// Cases, and what is outstanding on them.
    what: String,
    went: String,
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
    /// Letter and list are set, to be taken out and sent.
    is_set: bool,
    /// What would read otherwise by now than it was set.
    changes: Vec<String>,
    /// A supervisor's reasons, as they stand.
    without: String,
    late: String,
    /// Some of its cases go by these alone, and the visitor is no supervisor.
    is_led: bool,
    refused: Option<String>,
    /// What was typed and is not saved.
    typed: Fields,
    /// What somebody saved meanwhile of which other words were typed: the subject, and the lines.
    theirs: Option<(String, Vec<Line>)>,
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
    let all = tx.projects(ROWS).await?;
    let hidden = hidden_of(&mut tx, office, &all).await?;
    let seen: Vec<&Project> = all.iter().filter(|one| !hidden.contains(&one.project)).collect();
    let ids: Vec<String> = seen.iter().map(|one| one.project.clone()).collect();
    let worth = tx.worth_of_projects(&ids).await?.into_iter();
    let worth: HashMap<String, String> =
        worth.map(|(id, cases, cents)| (id, what(cases, Money::from_cents(cents)))).collect();
    let rows = seen.into_iter().map(|one| listed(one, &worth, (&people, &office.clinic.zone)));
    let rows = rows.collect();
    html(&ListPage { page: Page::of(&visitor, "Project appeals", "/letters"), rows })
}

/// Which of some projects hold a case that the visitor may not see.
async fn hidden_of(
    tx: &mut Tx,
    office: &Office,
    all: &[Project],
) -> Result<HashSet<String>, Trouble> {
    if reach(office.who.role) == Reach::Every {
        return Ok(HashSet::new());
    }
    let ids: Vec<String> = all.iter().map(|one| one.project.clone()).collect();
    let listed = tx.cases_of_projects(&ids).await?;
    let mut cases: Vec<String> = listed.iter().map(|(_, case)| case.clone()).collect();
    cases.sort();
    cases.dedup();
    let cases = tx.cases_among(&cases).await?;
    let seen = cases.iter().filter(|case| office.sees(case)).map(|case| case.id.as_str());
    let seen: HashSet<&str> = seen.collect();
    let hidden = listed.iter().filter(|(_, case)| !seen.contains(case.as_str()));
    Ok(hidden.map(|(project, _)| project.clone()).collect())
}

/// `12 cases · $3,400.00`.
fn what(cases: i64, outstanding: Money) -> String {
    format!("{} · {outstanding}", words::counted(cases, "case", "cases"))
}

/// When and how it went; empty before.
fn went(one: &Project) -> String {
    let on = one.sent_on.as_deref();
    on.map(|on| format!("{}, by {}", words::day_of(on), words::lower(&one.channel)))
        .unwrap_or_default()
}

fn listed(
    one: &Project,
    worth: &HashMap<String, String>,
    (people, zone): (&People, &str),
) -> Listed {
    let by = timeline::name(people, &one.made_by);
    Listed {
        what: worth.get(&one.project).cloned().unwrap_or_default(),
        went: went(one),
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
        NotDone::Failed(fault) => fault.into(),
        NotDone::Stale { .. } | NotDone::Changed(_) | NotDone::Refused(_) => {
            Trouble::Unfit(words::sentence(&why.to_string()))
        }
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
    let changes = looked_at(&visitor.office, &mut opened).await?;
    html(&shown(&visitor, &opened, (files, changes), Fields::new()))
}

/// What of the papers of a draft would read otherwise now; its cases that would stay are marked.
async fn looked_at(office: &Office, opened: &mut Opened) -> Result<Vec<String>, Trouble> {
    if opened.project.state != "draft" {
        return Ok(Vec::new());
    }
    opened.would_stay(office, &How::by_mail());
    match opened.project.sheet.clone() {
        Some(sheet) => Ok(opened.changes_since(office, &sheet).await?),
        None => Ok(Vec::new()),
    }
}

fn shown(
    visitor: &Visitor,
    opened: &Opened,
    (files, changes): (bool, Vec<String>),
    typed: Fields,
) -> OnePage {
    let project = &opened.project;
    let is_draft = project.state == "draft";
    // Until it goes all of them are counted, whatever would keep some back now.
    let counted = || opened.rows.iter().filter(|row| is_draft || row.stayed.is_empty());
    let count = i64::try_from(counted().count()).unwrap_or(i64::MAX);
    let money: Money = counted().map(|row| row.case.balance.outstanding()).sum();
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
        went: went(project),
        reference: project.reference.clone(),
        what: what(count, money),
        tally: tally(opened),
        cases: opened.rows.iter().map(|row| case_row(row, project)).collect(),
        hashes: hashes.into_iter().flatten().collect(),
        channels: channels(),
        excuses: supervises(visitor.office.who.role),
        files,
        is_set: project.sheet.is_some(),
        changes,
        without: project.without_why.clone(),
        late: project.late_why.clone(),
        is_led: opened.needs_supervisor(),
        refused: None,
        typed,
        theirs: None,
    }
}

impl OnePage {
    /// What was typed in a field, else what stands there.
    fn typed(&self, name: &str, stands: &str) -> String {
        self.typed.get(name).map_or(stands, String::as_str).to_owned()
    }

    fn is_typed(&self, name: &str, value: &str) -> bool {
        self.typed.get(name).is_some_and(|typed| typed == value)
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
    let told =
        |(status, (count, money)): (&str, (i64, Money))| (words::label(status), what(count, money));
    by.into_iter().map(told).collect()
}

/// `POST /projects/{id}`: its letter is saved, its papers are set with it, it goes, its reference
/// is entered, or it ends.
pub(crate) async fn change(
    visitor: Visitor,
    Path(id): Path<String>,
    Posted(fields): Posted,
) -> Result<Response, Trouble> {
    let (_, files) = known(&visitor, &id).await?;
    if !files {
        let text = "It names patients that are masked before you: show their names first.";
        return Err(Trouble::Denied(text.to_owned()));
    }
    match step(&visitor.office, &id, &fields).await? {
        Ok(()) => Ok(Redirect::to(&format!("/projects/{id}")).into_response()),
        Err(NotDone::Missing) => Err(Trouble::Nowhere),
        Err(NotDone::Failed(fault)) => Err(fault.into()),
        Err(why) => told_off(&visitor, &id, fields, &why).await,
    }
}

/// The page as it stands now, with why nothing was done and everything that was typed.
async fn told_off(
    visitor: &Visitor,
    id: &str,
    fields: Fields,
    why: &NotDone,
) -> Result<Response, Trouble> {
    let office = &visitor.office;
    let (mut opened, files) = known(visitor, id).await?;
    let changes = looked_at(office, &mut opened).await?;
    let text = match why {
        NotDone::Stale { by, at, kind } => {
            let people = timeline::people(&mut office.read().await?).await?;
            let who = timeline::name(&people, by);
            let at = words::instant(at, &office.clinic.zone);
            let what = journal_words::said(kind);
            format!(
                "Nothing was saved: somebody was faster ({who}, {at}: {what}). What you typed is \
                 still here; look at what stands now, and send yours again where it holds."
            )
        }
        NotDone::Missing | NotDone::Changed(_) | NotDone::Refused(_) | NotDone::Failed(_) => {
            words::sentence(&why.to_string())
        }
    };
    let theirs = matches!(why, NotDone::Stale { .. }).then(|| theirs(&opened.project, &fields));
    let page = OnePage {
        refused: Some(text),
        theirs: theirs.flatten(),
        ..shown(visitor, &opened, (files, changes), fields)
    };
    html_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

/// What stands now of which other words were typed.
fn theirs(project: &Project, typed: &Fields) -> Option<(String, Vec<Line>)> {
    let (subject, letter) = (typed.get("subject")?, typed.get("letter")?.replace("\r\n", "\n"));
    let is_same = *subject == project.subject && letter.trim() == project.letter.trim();
    let lines = line_changes::between(&project.letter, &letter);
    (!is_same).then(|| (project.subject.clone(), lines))
}

async fn step(office: &Office, id: &str, fields: &Fields) -> Result<Result<(), NotDone>, Trouble> {
    let text = |name: &str| fields.get(name).map(|text| text.trim().to_owned());
    let of = |name: &str| text(name).unwrap_or_default();
    let read = of("version").parse().map_err(|_| Trouble::Nowhere)?;
    let typed = || Typed {
        subject: text("subject"),
        // Browsers end lines as mail does.
        letter: text("letter").map(|letter| letter.replace("\r\n", "\n")),
        without: text("without"),
        late: text("late"),
    };
    Ok(match of("step").as_str() {
        "save" => projects::save(office, id, read, &typed()).await,
        "set" => projects::set(office, id, read, &typed()).await,
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
    Ok(How { channel, on, reference: text("reference").to_owned() })
}

/// `GET /projects/{id}/packet`: letter and list as they were set: what is taken out here is what is
/// on record as sent.
pub(crate) async fn packet(visitor: Visitor, Path(id): Path<String>) -> Result<Response, Trouble> {
    let opened = revealed(&visitor, &id, "packet").await?;
    kept(&visitor.office, opened.project.packet.as_deref()).await
}

/// `GET /projects/{id}/list.csv`.
pub(crate) async fn sheet(visitor: Visitor, Path(id): Path<String>) -> Result<Response, Trouble> {
    let opened = revealed(&visitor, &id, "list").await?;
    kept(&visitor.office, opened.project.sheet.as_deref()).await
}

async fn kept(office: &Office, hash: Option<&str>) -> Result<Response, Trouble> {
    let Some(hash) = hash else {
        let text = "Letter and list are not set yet: set them on the project's page.";
        return Err(Trouble::Unfit(text.to_owned()));
    };
    let row = office.read().await?.document(hash).await?.ok_or(Trouble::Nowhere)?;
    sent_back(office, &row).await
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
