//! What a correction changes, what its payer takes and who has to agree, before it leaves.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use denial::correction::{Approval, Change, Corrected, codes};
use denial::deadline::DeadlineKind;
use denial::lifecycle::evidence::Frequency;
use denial::lifecycle::{Action, Refused};
use denial::person::{Role, supervises};
use serde_json::json;

use crate::act::{self, Failed};
use crate::correcting::{self, Leaving, Said};
use crate::fields::Fields;
use crate::outbox::NotQueued;
use crate::practice::Office;
use crate::web::correct::{self, Opened};
use crate::web::correct_fields;
use crate::web::gate::Posted;
use crate::web::page::{Page, html_with};
use crate::web::session::Visitor;
use crate::web::timeline::{self, People};
use crate::web::trouble::Trouble;
use crate::web::words;
use crate::{access, resent};

#[derive(Template)]
#[template(path = "correct_look.html")]
struct LookPage {
    page: Page,
    id: String,
    number: String,
    payer: String,
    version: u32,
    changes: Vec<ChangeRow>,
    /// How it goes, in words.
    goes: String,
    /// What the payer takes again, as its file says it; empty where nothing is configured.
    terms: Vec<(&'static str, &'static str)>,
    source: String,
    clock: ClockView,
    /// What keeps it from leaving now.
    stops: Vec<String>,
    /// Something waits for the payer already: one more needs a reason.
    waits: bool,
    /// Something was sent before: the same again needs one too.
    asks_why: bool,
    coder: CoderView,
    notes: Vec<String>,
    refused: Option<String>,
    /// What was typed beside it.
    again: String,
    late: String,
}

/// One field that changes.
pub(crate) struct ChangeRow {
    pub(crate) field: String,
    pub(crate) before: String,
    pub(crate) after: String,
    pub(crate) is_code: bool,
}

/// The clock that it has to meet.
struct ClockView {
    text: String,
    class: &'static str,
    /// It is past: a supervisor has to say why.
    is_past: bool,
    /// The visitor may say so.
    may_excuse: bool,
}

/// A coder's word.
struct CoderView {
    /// It changes codes.
    is_needed: bool,
    /// Who approved them.
    approved: Option<String>,
    /// The visitor's word counts.
    is_coder: bool,
    /// A coder was asked and has not answered.
    is_asked: bool,
}

impl ChangeRow {
    fn of(change: &Change, shows_people: bool) -> ChangeRow {
        let hides = !shows_people && correct_fields::is_of_people(change.field);
        let text = |text: &str| if hides { "•••" } else { text }.to_owned();
        ChangeRow {
            field: words::sentence_case(&change.field.to_string()),
            before: text(change.before.reveal()),
            after: text(change.after.reveal()),
            is_code: change.is_code(),
        }
    }
}

/// `GET /cases/{id}/correct/look`.
pub(crate) async fn page(visitor: Visitor, Path(id): Path<String>) -> Result<Response, Trouble> {
    let opened = correct::open(&visitor, &id).await?;
    shown(&visitor, &opened, &Fields::new(), None).await
}

async fn shown(
    visitor: &Visitor,
    opened: &Opened,
    typed: &Fields,
    refused: Option<String>,
) -> Result<Response, Trouble> {
    let (office, case) = (&visitor.office, &opened.subject.case);
    let mut tx = office.read().await?;
    let waits = resent::of_one(&mut tx, office, case).await?;
    let people = timeline::people(&mut tx).await?;
    drop(tx);
    access::note(office, case.id.as_str(), "claim.viewed", &json!({ "why": "correct" })).await?;
    let corrected = opened.subject.corrected(&opened.edit, office);
    let said = office.rules.resubmission(&case.payer_name, case.plan);
    let text = |name: &str| typed.get(name).cloned().unwrap_or_default();
    let status = refused.as_ref().map_or(StatusCode::OK, |_| StatusCode::UNPROCESSABLE_ENTITY);
    let row = |change: &Change| ChangeRow::of(change, opened.shows_people);
    let page = LookPage {
        page: Page::of(visitor, format!("Preview the correction of {}", case.number), "/queue"),
        id: case.id.to_string(),
        number: case.number.to_string(),
        payer: case.payer_name.name.to_string(),
        version: opened.version,
        changes: corrected.changes.iter().map(row).collect(),
        goes: goes(opened),
        terms: said.map(|said| terms(said.answers())).unwrap_or_default(),
        source: said.map(|one| format!("{}, {}", one.source, one.as_of)).unwrap_or_default(),
        clock: clock(opened, office),
        stops: stops(opened, &corrected),
        waits: waits.is_some(),
        asks_why: waits.is_some() || !case.submissions.is_empty(),
        coder: coder(opened, &corrected, office.who.role, &people),
        notes: opened.notes.clone(),
        refused,
        again: text("again"),
        late: text("late"),
    };
    html_with(status, &page)
}

fn terms(answers: [(&'static str, Option<bool>); 7]) -> Vec<(&'static str, &'static str)> {
    let word = |said: Option<bool>| match said {
        Some(true) => "yes",
        Some(false) => "no",
        None => "not configured",
    };
    answers.into_iter().map(|(what, said)| (what, word(said))).collect()
}

fn goes(opened: &Opened) -> String {
    let control = &opened.subject.case.control;
    match opened.edit.frequency {
        Frequency::Replacement => format!("Replaces the payer’s number {control} (frequency 7)"),
        Frequency::Void => format!("Takes the payer’s number {control} back (frequency 8)"),
        Frequency::Original => "Goes as a new claim (frequency 1)".to_owned(),
    }
}

/// The filing guard (features 6.03): the days that are left, or that it is too late.
fn clock(opened: &Opened, office: &Office) -> ClockView {
    let kind = match opened.edit.frequency {
        Frequency::Original => DeadlineKind::TimelyFiling,
        Frequency::Replacement | Frequency::Void => DeadlineKind::CorrectedClaim,
    };
    let today = office.moment().today;
    let name = words::sentence_case(&kind.in_words());
    let may_excuse = supervises(office.who.role);
    let Some(by) = opened.subject.case.last_day(kind) else {
        let text = format!("{name}: not configured. Ask the payer how long it takes one.");
        return ClockView { text, class: "none", is_past: false, may_excuse };
    };
    let due = words::due(Some(by), today);
    let text = format!("{name}: {} · {}", due.when, due.left);
    ClockView { text, class: due.class, is_past: by < today, may_excuse }
}

fn stops(opened: &Opened, corrected: &Corrected) -> Vec<String> {
    let mut stops: Vec<String> = Vec::new();
    stops.extend(corrected.refusal.map(|why| words::sentence(&why.to_string())));
    let faults = i64::try_from(corrected.faults.len()).unwrap_or(i64::MAX);
    if faults > 0 {
        stops.push(format!("{} to be mended.", words::counted(faults, "fault", "faults")));
    }
    if opened.edit.frequency == Frequency::Replacement && !corrected.corrects() {
        stops.push("Nothing is corrected: a replacement would say the same again.".to_owned());
    }
    stops
}

fn coder(opened: &Opened, corrected: &Corrected, role: Role, people: &People) -> CoderView {
    let edit = &opened.edit;
    let approval = edit.approval.as_ref().filter(|_| edit.is_approved(&corrected.changes));
    let open = &opened.subject.case.questions;
    CoderView {
        is_needed: corrected.needs_coder(),
        approved: approval.map(|one| timeline::name(people, one.by.as_str())),
        is_coder: correcting::is_coder(role),
        is_asked: edit.question.is_some_and(|number| open.iter().any(|one| one.number == number)),
    }
}

/// `POST /cases/{id}/correct/look`: a coder approves, somebody asks one, or it is sent.
pub(crate) async fn decide(
    visitor: Visitor,
    Path(id): Path<String>,
    Posted(fields): Posted,
) -> Result<Response, Trouble> {
    let opened = correct::open(&visitor, &id).await?;
    let read = fields.get("version").and_then(|text| text.parse().ok());
    if read != Some(opened.version) {
        let text = "The correction was saved since you opened this page. It is shown as it is now: \
                    look at what changes again.";
        return shown(&visitor, &opened, &fields, Some(text.to_owned())).await;
    }
    let done = match fields.get("step").map(String::as_str) {
        Some("approve") => approve(&visitor, opened, &id).await,
        Some("ask") => ask(&visitor, opened, &id).await,
        Some("send") => send(&visitor, opened, &id, &fields).await,
        Some(_) | None => return Err(Trouble::Unfit("Nothing was asked for.".to_owned())),
    };
    match done {
        Ok(to) => Ok(Redirect::to(&to).into_response()),
        Err(Stayed::Told(text)) => {
            let opened = correct::open(&visitor, &id).await?;
            shown(&visitor, &opened, &fields, Some(text)).await
        }
        Err(Stayed::Trouble(trouble)) => Err(trouble),
    }
}

/// Why a step was not done.
enum Stayed {
    /// Told on the page.
    Told(String),
    Trouble(Trouble),
}

impl From<Trouble> for Stayed {
    fn from(trouble: Trouble) -> Stayed {
        Stayed::Trouble(trouble)
    }
}

impl From<store::Error> for Stayed {
    fn from(error: store::Error) -> Stayed {
        if matches!(error, store::Error::Stale { .. }) {
            return told("somebody saved it meanwhile; look again");
        }
        Stayed::Trouble(error.into())
    }
}

impl From<Failed> for Stayed {
    fn from(failed: Failed) -> Stayed {
        match failed {
            Failed::Store(error) => error.into(),
            Failed::Folder(fault) => Stayed::Trouble(fault.into()),
            Failed::Missing => Stayed::Trouble(Trouble::Nowhere),
            other @ (Failed::Refused(_) | Failed::Stale { .. }) => told(&other.to_string()),
        }
    }
}

fn told(text: &str) -> Stayed {
    Stayed::Told(words::sentence(text))
}

/// A coder's word on the codes as they stand; who asked for it hears of it.
async fn approve(visitor: &Visitor, opened: Opened, id: &str) -> Result<String, Stayed> {
    let office = &visitor.office;
    if !correcting::is_coder(office.who.role) {
        return Err(told("a coder approves codes; ask one"));
    }
    let opened = approved(office, opened);
    correct::keep(office, &opened, opened.version, "correction.approved").await?;
    let asked = opened.edit.question;
    let asked =
        asked.filter(|asked| opened.subject.case.questions.iter().any(|one| one.number == *asked));
    if let Some(question) = asked {
        let text = "The codes of the corrected claim are approved.".to_owned();
        let action = Action::Answer { question, text };
        let after = act::act(office, &office.who, id, None, &action).await?;
        if !office.sees(&after) {
            return Ok("/?done=answer".to_owned());
        }
    }
    Ok(format!("/cases/{id}/correct/look"))
}

fn approved(office: &Office, mut opened: Opened) -> Opened {
    let corrected = opened.subject.corrected(&opened.edit, office);
    let moment = office.moment();
    opened.edit.approval = Some(Approval {
        by: moment.who.person.clone(),
        at: moment.now,
        codes: codes(&corrected.changes),
    });
    opened
}

/// Asks a coder, by a question of the case.
async fn ask(visitor: &Visitor, mut opened: Opened, id: &str) -> Result<String, Stayed> {
    let office = &visitor.office;
    let corrected = opened.subject.corrected(&opened.edit, office);
    let coded = corrected.changes.iter().filter(|change| change.is_code());
    let fields: Vec<String> = coded.map(|change| change.field.to_string()).collect();
    if fields.is_empty() {
        return Err(told("it changes no code: nobody has to approve it"));
    }
    let text = format!(
        "Please approve what the corrected claim changes in its codes: {}. Open the case and its \
         correction (key c).",
        fields.join("; ")
    );
    let action = Action::AskColleague { to: Role::CertifiedCoder, text, due: None };
    let after = act::act(office, &office.who, id, None, &action).await?;
    opened.edit.question = Some(after.asked);
    correct::keep(office, &opened, opened.version, "correction.asked").await?;
    Ok(format!("/cases/{id}/correct/look"))
}

/// Queues it, where everything that it takes was said.
async fn send(
    visitor: &Visitor,
    opened: Opened,
    id: &str,
    fields: &Fields,
) -> Result<String, Stayed> {
    let office = &visitor.office;
    let corrected = opened.subject.corrected(&opened.edit, office);
    if let Some(stop) = stops(&opened, &corrected).into_iter().next() {
        return Err(Stayed::Told(stop));
    }
    if !fields.contains_key("confirmed") {
        return Err(told("confirm what the payer takes: tick the box above Send"));
    }
    let mut opened = opened;
    let is_needed = corrected.needs_coder() && !opened.edit.is_approved(&corrected.changes);
    if is_needed {
        if !correcting::is_coder(office.who.role) {
            return Err(told("a coder has to approve its codes first; ask one"));
        }
        opened = approved(office, opened);
        correct::keep(office, &opened, opened.version, "correction.approved").await?;
    }
    let text = |name: &str| fields.get(name).filter(|text| !text.trim().is_empty()).cloned();
    let said = Said { again: text("again"), late: text("late") };
    let coder = opened.edit.approval.as_ref().filter(|_| corrected.needs_coder());
    let leaving = Leaving {
        case: opened.subject.case,
        frequency: opened.edit.frequency,
        coder: coder.map(|one| one.by.to_string()),
        corrected,
    };
    match correcting::send(office, &[leaving], &said).await {
        Ok(_) => Ok(format!("/cases/{id}?done=corrected")),
        Err(NotQueued::Cases(refused)) => Err(Stayed::Told(refusal(&refused))),
        Err(NotQueued::Failed(fault)) => Err(Stayed::Trouble(fault.into())),
        Err(other @ (NotQueued::Twice(_) | NotQueued::Waits(_) | NotQueued::Unfit(_))) => {
            Err(told(&other.to_string()))
        }
    }
}

fn refusal(refused: &[(denial::ids::DenialId, Refused)]) -> String {
    let texts: BTreeMap<String, ()> =
        refused.iter().map(|(_, why)| (words::sentence(&why.to_string()), ())).collect();
    texts.into_keys().collect::<Vec<_>>().join(" ")
}
