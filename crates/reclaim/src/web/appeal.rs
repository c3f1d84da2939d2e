//! Drafts of appeals and other letters of a case: begun from a template, written beside a preview,
//! built, signed and sent. What was typed is saved with every step, or stays in the form.

use askama::Template;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use denial::appeal::{Draft, level, no_appeal, no_review, templates};
use denial::denial::{Channel, Denial};
use denial::letter::LetterKind;
use denial::lifecycle::Act;
use denial::person::may;
use serde_json::json;

use crate::access;
use crate::drafts::sending::{self, ByHand};
use crate::drafts::{self, NotDone, Wish};
use crate::fields::Fields;
use crate::packet::Dossier;
use crate::practice::Office;
use crate::web::appeal_asked;
use crate::web::appeal_form;
use crate::web::appeal_view::{DraftPage, Extra, Sending};
use crate::web::case;
use crate::web::gate::Posted;
use crate::web::keyed::{receive, sent_back};
use crate::web::names::Names;
use crate::web::page::{Page, html_with};
use crate::web::reach;
use crate::web::sent::Sent;
use crate::web::session::Visitor;
use crate::web::timeline;
use crate::web::trouble::Trouble;
use crate::web::words;

#[derive(Template)]
#[template(path = "appeals.html")]
struct BeginPage {
    page: Page,
    case: String,
    number: String,
    kinds: Vec<KindRow>,
    drafts: Vec<DraftRow>,
    /// Why no appeal is open, where a remark says so.
    barred: Option<String>,
    although: String,
    writes: bool,
    refused: Option<String>,
}

/// What may be begun.
struct KindRow {
    kind: &'static str,
    label: String,
    /// The last day of its way.
    due: String,
    /// Why its way is not open: it is begun with a reason alone then.
    closed: Option<String>,
    /// Id and title of each template that fits, the narrowest first.
    templates: Vec<(String, String)>,
}

struct DraftRow {
    /// None where its patient is masked before the visitor.
    href: Option<String>,
    what: String,
    state: String,
}

/// Where a draft is.
pub(crate) fn address(case: &str, draft: &str) -> String {
    format!("/cases/{case}/appeals/{draft}")
}

/// What a draft is called.
pub(crate) fn called(draft: &Draft) -> String {
    let level = if draft.level == 0 { String::new() } else { format!(", level {}", draft.level) };
    format!("{}{level}", words::label(draft.kind.as_str()))
}

/// `GET /cases/{id}/appeal`.
pub(crate) async fn page(visitor: Visitor, Path(id): Path<String>) -> Result<Response, Trouble> {
    begin_page(&visitor, &id, StatusCode::OK, (None, String::new())).await
}

async fn begin_page(
    visitor: &Visitor,
    id: &str,
    status: StatusCode,
    (refused, although): (Option<String>, String),
) -> Result<Response, Trouble> {
    let office = &visitor.office;
    let mut tx = office.read().await?;
    let case = reach::seen(&mut tx, office, id).await?;
    let drafts = tx.drafts_of(id).await?;
    let queued = drafts::queued(&mut tx, &case).await?;
    let claims = [case.claim.to_string()];
    // A letter names its patient: before whom they are masked, it opens once they are shown.
    let opens = Names::about(&mut tx, office, &claims).await?.are_shown(office);
    drop(tx);
    access::note(office, id, "appeal.viewed", &json!({})).await?;
    let row = |draft: &Draft| DraftRow {
        href: opens.then(|| address(id, draft.id.as_str())),
        what: called(draft),
        state: standing(draft, &case, drafts::waits(draft, &queued)),
    };
    let barred = no_appeal(&case, &office.rules).map(|code| code.to_string());
    let page = BeginPage {
        page: Page::of(visitor, format!("Appeal of {}", case.number), "/queue"),
        case: id.to_owned(),
        number: case.number.to_string(),
        kinds: LetterKind::ALL.iter().map(|kind| kind_row(office, &case, *kind)).collect(),
        drafts: drafts.iter().map(row).collect(),
        barred,
        although,
        writes: opens && may(office.who.role, Act::Appeal) && !case.status().is_closed(),
        refused,
    };
    html_with(status, &page)
}

fn kind_row(office: &Office, case: &Denial, kind: LetterKind) -> KindRow {
    let remark = no_appeal(case, &office.rules).filter(|_| kind == LetterKind::Appeal);
    let remark = remark.map(|code| format!("{code} says that no appeal is open."));
    let review = no_review(case).filter(|_| kind == LetterKind::ExternalReview);
    let closed = remark.or_else(|| review.map(words::sentence));
    let level = level(kind, case);
    let clock = kind.clock(level);
    let due = match clock {
        None => "no clock of its own".to_owned(),
        Some(clock) => case
            .last_day(clock)
            .map_or_else(|| "not configured".to_owned(), |by| format!("by {}", words::day(by))),
    };
    let at = if level == 0 { String::new() } else { format!(", level {level}") };
    let today = office.moment().today;
    let fitting = templates(&office.rules, case, kind, today);
    KindRow {
        kind: kind.as_str(),
        label: format!("{}{at}", words::label(kind.as_str())),
        due,
        closed,
        templates: fitting.iter().map(|one| (one.id(), one.title.to_string())).collect(),
    }
}

/// Where a draft stands, in words.
pub(crate) fn standing(draft: &Draft, case: &Denial, waits: bool) -> String {
    if drafts::was_sent(draft, case) {
        return "Sent".to_owned();
    }
    if waits {
        return "In the outbox".to_owned();
    }
    words::label(draft.state.as_str())
}

/// `POST /cases/{id}/appeal`.
pub(crate) async fn begin(
    visitor: Visitor,
    Path(id): Path<String>,
    Posted(fields): Posted,
) -> Result<Response, Trouble> {
    let office = &visitor.office;
    let mut tx = office.read().await?;
    let case = reach::own(&mut tx, office, &id).await?;
    let field = |name: &str| fields.get(name).map(String::as_str).unwrap_or_default();
    let Some(kind) = LetterKind::from_name(field("kind")) else {
        return Err(Trouble::Unfit("Choose what the letter is to ask.".to_owned()));
    };
    let claims = [case.claim.to_string()];
    Names::about(&mut tx, office, &claims).await?.let_documents(office)?;
    drop(tx);
    let template = Some(field("template")).filter(|id| !id.is_empty());
    let wish = Wish { kind, template, although: field("although") };
    match drafts::begin(office, &id, &wish).await {
        Ok(draft) => Ok(Redirect::to(&address(&id, draft.id.as_str())).into_response()),
        Err(why) if why.is_for_who_asked() => Err(denied(&why)),
        Err(why) => {
            let text = told(&visitor, why).await?;
            let typed = field("although").to_owned();
            begin_page(&visitor, &id, StatusCode::UNPROCESSABLE_ENTITY, (Some(text), typed)).await
        }
    }
}

/// A draft with everything around it.
pub(super) struct Known {
    pub(super) draft: Draft,
    pub(super) dossier: Dossier,
    pub(super) people: timeline::People,
    /// Its packet waits in the outbox, or left by it.
    pub(super) waits: bool,
}

/// Reads a draft that the visitor may see with its patient's name.
async fn known(office: &Office, id: &str, draft: &str) -> Result<Known, Trouble> {
    let mut tx = office.read().await?;
    let draft = tx.draft(draft).await?;
    let case = reach::seen(&mut tx, office, id).await?;
    if draft.case != case.id {
        return Err(Trouble::Nowhere);
    }
    let claims = [case.claim.to_string()];
    Names::about(&mut tx, office, &claims).await?.let_documents(office)?;
    let waits = drafts::waits(&draft, &drafts::queued(&mut tx, &case).await?);
    let people = timeline::people(&mut tx).await?;
    let dossier = Dossier::of(&mut tx, office, case, (draft.kind, draft.level)).await?;
    let dossier = dossier.with(&draft.content);
    Ok(Known { draft, dossier, people, waits })
}

/// `GET /cases/{id}/appeals/{draft}`.
pub(crate) async fn draft(
    visitor: Visitor,
    Path((id, draft)): Path<(String, String)>,
    Query(asked): Query<Fields>,
) -> Result<Response, Trouble> {
    let known = known(&visitor.office, &id, &draft).await?;
    let done = asked.get("done").and_then(|done| said(done, known.draft.kind));
    shown(&visitor, known, StatusCode::OK, Extra { done, ..Extra::default() }).await
}

/// Looking at it is on record before it is shown.
async fn shown(
    visitor: &Visitor,
    known: Known,
    status: StatusCode,
    extra: Extra,
) -> Result<Response, Trouble> {
    let office = &visitor.office;
    let about = known.dossier.case.id.to_string();
    let facts = json!({ "draft": known.draft.id });
    access::note(office, &about, "appeal.viewed", &facts).await?;
    html_with(status, &DraftPage::of(visitor, known, extra)?)
}

fn said(done: &str, kind: LetterKind) -> Option<String> {
    let text = match done {
        "save" => "Saved.",
        "build" => "The packet is built. Look at it, then have it signed.",
        "sign" => "Signed. It can be sent now.",
        "hand" if kind == LetterKind::Appeal => {
            "Recorded: the appeal was sent, and the case waits for the payer."
        }
        "hand" => {
            "Recorded: the letter was sent, as a contact with the payer. The case stays where it \
             is."
        }
        "route" => {
            "It waits in the outbox and leaves in a while; until then it can be called back."
        }
        "give_up" => "Given up. It is kept as it is.",
        _ => return None,
    };
    Some(text.to_owned())
}

/// `POST /cases/{id}/appeals/{draft}`: what was typed is saved first, then the step is done.
pub(crate) async fn change(
    visitor: Visitor,
    Path((id, draft)): Path<(String, String)>,
    mut sent: Sent,
) -> Result<Response, Trouble> {
    let office = &visitor.office;
    let mut tx = office.read().await?;
    tx.draft(&draft).await?;
    reach::own(&mut tx, office, &id).await?;
    drop(tx);
    let read = case::version(&mut sent.fields)?;
    let known = known(office, &id, &draft).await?;
    let asked = sent.fields.get("what").map(String::as_str).unwrap_or_default();
    let what = STEPS.into_iter().find(|one| *one == asked).unwrap_or("save");
    if !may(office.who.role, Act::Appeal) {
        return Err(denied(&NotDone::Role));
    }
    let content = appeal_form::content(&sent.fields, &known.draft, &known.dossier.papers);
    let of = (id.as_str(), draft.as_str());
    let by_hand = Sending::of(&sent.fields);
    let done = step(office, of, (read, what), (content.clone(), sent)).await;
    match done {
        Ok(()) => {
            let here = address(&id, &draft);
            Ok(Redirect::to(&format!("{here}?done={what}")).into_response())
        }
        Err(Stopped::Trouble(trouble)) => Err(trouble),
        Err(Stopped::NotDone(NotDone::Missing)) => Err(Trouble::Nowhere),
        Err(Stopped::NotDone(NotDone::Failed(fault))) => Err(fault.into()),
        Err(Stopped::NotDone(why)) if why.is_for_who_asked() => Err(denied(&why)),
        Err(Stopped::NotDone(why)) => {
            let is_stale = matches!(why, NotDone::Stale { .. });
            let status =
                if is_stale { StatusCode::CONFLICT } else { StatusCode::UNPROCESSABLE_ENTITY };
            let refused = Some(told(&visitor, why).await?);
            let again = self::known(office, &id, &draft).await?;
            let extra = Extra { refused, typed: Some(content), by_hand, done: None };
            shown(&visitor, again, status, extra).await
        }
    }
}

/// What the form of a draft can ask beside saving.
const STEPS: [&str; 5] = ["build", "sign", "give_up", "route", "hand"];

/// Why a step was not done.
enum Stopped {
    NotDone(NotDone),
    Trouble(Trouble),
}

impl<T: Into<NotDone>> From<T> for Stopped {
    fn from(why: T) -> Stopped {
        Stopped::NotDone(why.into())
    }
}

async fn step(
    office: &Office,
    of: (&str, &str),
    (read, what): (u32, &str),
    (content, sent): (denial::appeal::Content, Sent),
) -> Result<(), Stopped> {
    let field = |name: &str| sent.fields.get(name).map(|text| text.trim()).unwrap_or_default();
    let read = if what != "give_up" {
        drafts::edit(office, of, read, content).await?.version
    } else {
        read
    };
    match what {
        "build" => drafts::build(office, of, read).await.map(drop)?,
        "sign" => {
            drafts::sign(office, of, read, field("hash")).await.map(drop)?;
            appeal_asked::answer(office, of.0, &sent.fields).await?;
        }
        "give_up" => drafts::give_up(office, of, read).await.map(drop)?,
        "route" => {
            let route = Some(field("route").to_owned()).filter(|name| !name.is_empty());
            sending::by_route(office, of, read, route).await?;
        }
        "hand" => {
            let how = by_hand(office, sent).await?;
            sending::by_hand(office, of, read, how).await.map(drop)?;
        }
        _ => {}
    }
    Ok(())
}

async fn by_hand(office: &Office, mut sent: Sent) -> Result<ByHand, Stopped> {
    let field = |name: &str| sent.fields.get(name).map(|text| text.trim()).unwrap_or_default();
    let channel = Channel::from_name(field("sent_by"));
    let channel = channel.ok_or(NotDone::Past("Choose how it was sent."))?;
    let on = match field("sent_on") {
        "" => None,
        text => Some(text.parse().map_err(|_| NotDone::Past("Write the day as 2026-03-05."))?),
    };
    let confirmation = field("confirmation").to_owned();
    let receipt = match sent.files.pop() {
        Some(file) => Some(receive(office, file).await.map_err(unfit)?),
        None => None,
    };
    Ok(ByHand { channel, on, confirmation, receipt })
}

/// A receipt that is no document is told on the form, which keeps what was typed.
fn unfit(why: Trouble) -> Stopped {
    if let Trouble::Unfit(text) = why {
        return NotDone::Refused(text).into();
    }
    Stopped::Trouble(why)
}

/// A refusal in words, with people by their names.
async fn told(visitor: &Visitor, why: NotDone) -> Result<String, Trouble> {
    if let NotDone::Stale { by, at } = why {
        let people = timeline::people(&mut visitor.office.read().await?).await?;
        return Ok(format!(
            "{} saved this draft on {}, after you had opened it. What you typed stands below and \
             is not saved. Compare it with the preview, then save again.",
            timeline::name(&people, &by),
            words::instant(&at, &visitor.office.clinic.zone)
        ));
    }
    if let NotDone::Failed(fault) = why {
        return Err(fault.into());
    }
    let text = why.to_string();
    Ok(if text.ends_with('.') { text } else { words::sentence(&text) })
}

fn denied(why: &NotDone) -> Trouble {
    Trouble::Denied(words::sentence(&why.to_string()))
}

/// `GET /cases/{id}/appeals/{draft}/packet`: to be kept rather than shown.
pub(crate) async fn packet(
    visitor: Visitor,
    Path((id, draft)): Path<(String, String)>,
) -> Result<Response, Trouble> {
    let office = &visitor.office;
    let known = known(office, &id, &draft).await?;
    let packet = known.draft.packet.ok_or(Trouble::Nowhere)?;
    let row = office.read().await?.document(&packet.hash).await?.ok_or(Trouble::Nowhere)?;
    let facts = json!({ "draft": known.draft.id, "hash": packet.hash });
    access::note(office, &id, "packet.downloaded", &facts).await?;
    sent_back(office, &row).await
}
