//! The claim of a case, corrected on a copy: fields by their names, each fault at its field, what
//! was typed kept.

use std::collections::HashSet;

use askama::Template;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use denial::correction::{Corrected, Edit, Fault, Field, Refusal};
use denial::denial::{Denial, Status};
use denial::lifecycle::evidence::Frequency;
use denial::lifecycle::{Act, Action, Refused};
use serde_json::json;
use store::corrections::Correction;
use store::journal::Entry;

use crate::act;
use crate::correcting::{self, NoSubject, Subject};
use crate::fields::Fields;
use crate::practice::Office;
use crate::web::correct_fields::{self, Group, LineRow, Part};
use crate::web::gate::Posted;
use crate::web::names::Names;
use crate::web::page::{Page, html_with};
use crate::web::reach;
use crate::web::session::Visitor;
use crate::web::timeline;
use crate::web::trouble::Trouble;
use crate::web::words;
use crate::{access, resent};

/// The most lines that one edit adds.
const MOST_ADDED: u16 = 50;

#[derive(Template)]
#[template(path = "correct.html")]
struct FormPage {
    page: Page,
    id: String,
    number: String,
    payer: String,
    /// The save that it was opened with.
    version: u32,
    frequencies: Vec<Choice>,
    /// REF*F8.
    replaces: String,
    groups: Vec<Group>,
    columns: Vec<&'static str>,
    lines: Vec<LineRow>,
    /// The numbers of the lines that are shown.
    shown: String,
    /// Where further lines are.
    parts: Vec<(String, String, bool)>,
    from: usize,
    /// Faults that no field here holds, then how many there are in all.
    elsewhere: Vec<String>,
    faults: usize,
    changed: usize,
    notes: Vec<String>,
    refused: Option<String>,
    /// Names and numbers of people are left out: they are masked before the visitor.
    masked: bool,
}

/// One way for the claim to go out.
struct Choice {
    value: &'static str,
    label: &'static str,
    /// Why the payer does not take it; empty where nothing speaks against it.
    closed: String,
    is_chosen: bool,
}

/// A correction as it was opened.
pub(crate) struct Opened {
    pub(crate) subject: Subject,
    /// The save that it was read at; 0 where nobody has begun.
    pub(crate) version: u32,
    pub(crate) edit: Edit,
    /// What somebody has to know of it.
    pub(crate) notes: Vec<String>,
    /// People's names and numbers may stand here.
    pub(crate) shows_people: bool,
}

/// Reads the correction of a case for somebody who may send it.
///
/// # Errors
/// [`Trouble::Denied`] and [`Trouble::Unfit`] say why it cannot be corrected.
pub(crate) async fn open(visitor: &Visitor, id: &str) -> Result<Opened, Trouble> {
    let office = &visitor.office;
    let mut tx = office.read().await?;
    let case = reach::own(&mut tx, office, id).await?;
    may_correct(&case, office)?;
    let names = Names::about(&mut tx, office, &[case.claim.to_string()]).await?;
    if names.hides(office) {
        let text = "This claim is a specially protected record. Say on the case why you need its \
                    names, then correct it.";
        return Err(Trouble::Denied(text.to_owned()));
    }
    let kept = tx.correction(id).await?;
    let waits = resent::of_one(&mut tx, office, &case).await?;
    let subject = correcting::subject(&mut tx, office, case).await?;
    drop(tx);
    let subject = subject.map_err(|why: NoSubject| Trouble::UnfitCase {
        text: words::sentence(&why.to_string()),
        case: id.to_owned(),
    })?;
    let mut notes: Vec<String> = Vec::new();
    if let Some(waits) = waits {
        notes.push(format!(
            "{} One more goes for a reason alone.",
            words::sentence(&waits.to_string())
        ));
    }
    let version = kept.as_ref().map_or(0, |one| one.version);
    let edit = taken_up(&subject, kept, &mut notes);
    Ok(Opened { shows_people: names.are_shown(office), subject, version, edit, notes })
}

/// Whoever may send a corrected claim of the case may write one, from its first look on.
pub(crate) fn may_correct(case: &Denial, office: &Office) -> Result<(), Trouble> {
    let moment = office.moment();
    let act = if case.status() == Status::New { Act::Review } else { Act::Resubmit };
    let role = office.who.role;
    // Who has taken the case asks a coder, who then looks and approves.
    let is_asked = |why: &Refused| matches!(why, Refused::TakenBy(_)) && correcting::is_coder(role);
    let refused = case.admit(act, &moment, &office.rules).err().filter(|why| !is_asked(why));
    match refused {
        None => Ok(()),
        Some(why) if why.is_for_who_asked() => {
            Err(Trouble::Denied(words::sentence(&why.to_string())))
        }
        Some(why) => Err(Trouble::UnfitCase {
            text: words::sentence(&why.to_string()),
            case: case.id.to_string(),
        }),
    }
}

/// What was typed before, where it is of this round; what went out begins anew.
fn taken_up(subject: &Subject, kept: Option<Correction>, notes: &mut Vec<String>) -> Edit {
    let kept = kept.filter(|kept| !correcting::went_out(kept, &subject.base, &subject.case));
    let Some(kept) = kept else { return Edit::new(subject.usual()) };
    if correcting::is_on(&kept, &subject.base) {
        return kept.edit;
    }
    let text = "The claim was billed anew since this was typed. It stands on the newer one now: \
                look at each change again.";
    notes.push(text.to_owned());
    Edit { approval: None, ..kept.edit }
}

/// `GET /cases/{id}/correct`.
pub(crate) async fn page(
    visitor: Visitor,
    Path(id): Path<String>,
    Query(asked): Query<Fields>,
) -> Result<Response, Trouble> {
    let opened = open(&visitor, &id).await?;
    access::note(&visitor.office, &id, "claim.viewed", &json!({ "why": "correct" })).await?;
    let from = asked.get("from").and_then(|from| from.parse().ok()).unwrap_or(0);
    let mut page = form(&visitor, &opened, from, None);
    page.page.done = asked.get("done").map(|_| "Saved. Nothing has left yet.".to_owned());
    html_with(StatusCode::OK, &page)
}

fn form(visitor: &Visitor, opened: &Opened, from: usize, refused: Option<String>) -> FormPage {
    let (subject, edit) = (&opened.subject, &opened.edit);
    let corrected = subject.corrected(edit, &visitor.office);
    let around = correct_fields::Around {
        original: subject.original.draft(),
        corrected: &corrected,
        edit,
        case: &subject.case,
    };
    let part = around.lines(from);
    let groups = around.groups(opened.shows_people);
    let elsewhere = elsewhere(&corrected, &shown(&groups, &part));
    FormPage {
        page: Page::of(visitor, format!("Correct the claim {}", subject.case.number), "/queue"),
        id: subject.case.id.to_string(),
        number: subject.case.number.to_string(),
        payer: subject.case.payer_name.name.to_string(),
        version: opened.version,
        frequencies: frequencies(subject, edit),
        replaces: subject.case.control.to_string(),
        groups,
        shown: part.numbers(),
        columns: part.columns,
        parts: part.parts,
        lines: part.rows,
        from,
        elsewhere,
        faults: corrected.faults.len(),
        changed: corrected.changes.len(),
        notes: opened.notes.clone(),
        refused,
        masked: !opened.shows_people,
    }
}

/// The fields that stand on the page.
fn shown<'a>(groups: &'a [Group], part: &'a Part) -> HashSet<&'a str> {
    let fields = groups.iter().flat_map(|group| &group.fields);
    let fields = fields.chain(part.rows.iter().flat_map(|row| &row.fields));
    fields.map(|one| one.key.as_str()).collect()
}

/// Why it cannot go so, then faults of fields that do not stand on the page, with their names.
fn elsewhere(corrected: &Corrected, shown: &HashSet<&str>) -> Vec<String> {
    let refusal = corrected.refusal.iter().filter(|why| **why != Refusal::NoNote);
    let refusal = refusal.map(|why| words::sentence(&why.to_string()));
    let told = |fault: &Fault| match fault.field {
        None => Some(words::sentence(&fault.expected)),
        Some(field) if shown.contains(field.key().as_str()) => None,
        Some(field) => {
            let name = field.to_string().replace(": ", ", ");
            Some(words::sentence(&format!("{name}: {}", fault.expected)))
        }
    };
    refusal.chain(corrected.faults.iter().filter_map(told)).collect()
}

fn frequencies(subject: &Subject, edit: &Edit) -> Vec<Choice> {
    let (terms, is_known_there) = (subject.terms, !subject.case.control.is_empty());
    let closed = |frequency: Frequency| match frequency {
        Frequency::Replacement => terms.against_replacement(),
        Frequency::Void => terms.against_void(),
        Frequency::Original => terms.against_new(is_known_there),
    };
    let choice = |frequency: Frequency, label: &'static str| Choice {
        value: frequency.as_str(),
        label,
        closed: closed(frequency).map(|why| words::sentence(&why.to_string())).unwrap_or_default(),
        is_chosen: edit.frequency == frequency,
    };
    vec![
        choice(Frequency::Replacement, "7 · replaces the claim"),
        choice(Frequency::Void, "8 · takes the claim back as it was"),
        choice(Frequency::Original, "1 · goes as a new claim"),
    ]
}

/// `POST /cases/{id}/correct`: what was typed is kept, whatever is wrong with it.
pub(crate) async fn save(
    visitor: Visitor,
    Path(id): Path<String>,
    Posted(fields): Posted,
) -> Result<Response, Trouble> {
    let office = &visitor.office;
    let mut opened = open(&visitor, &id).await?;
    let read = fields.get("version").and_then(|text| text.parse().ok()).unwrap_or(0);
    let step = fields.get("step").map(String::as_str).unwrap_or_default();
    if step == "anew" {
        opened.edit = Edit::new(opened.subject.usual());
    } else {
        typed(&mut opened, &fields);
    }
    if step == "add" && opened.edit.added < MOST_ADDED {
        opened.edit.added += 1;
    }
    begin_review(office, &opened.subject.case).await?;
    let from = fields.get("from").and_then(|from| from.parse::<usize>().ok()).unwrap_or(0);
    match keep(office, &opened, read, "correction.saved").await {
        Ok(()) => {}
        Err(store::Error::Stale { by, at }) => {
            let people = timeline::people(&mut office.read().await?).await?;
            let text = format!(
                "{} saved this correction on {}. What you typed stands below and is not saved: \
                 save it again to put it over theirs.",
                timeline::name(&people, &by),
                words::instant(&at, &office.clinic.zone)
            );
            access::note(office, &id, "claim.viewed", &json!({ "why": "correct" })).await?;
            return html_with(StatusCode::CONFLICT, &form(&visitor, &opened, from, Some(text)));
        }
        Err(other) => return Err(other.into()),
    }
    let is_whole = opened.subject.corrected(&opened.edit, office).is_whole();
    let back = match step {
        "look" if is_whole => format!("/cases/{id}/correct/look"),
        "look" => format!("/cases/{id}/correct?from={from}#faults"),
        "add" => format!("/cases/{id}/correct?from={}#lines", usize::MAX / 2),
        _ => format!("/cases/{id}/correct?done=saved&from={from}"),
    };
    Ok(Redirect::to(&back).into_response())
}

/// Who begins to correct a claim has looked at its case.
async fn begin_review(office: &Office, case: &Denial) -> Result<(), Trouble> {
    if case.status() != Status::New {
        return Ok(());
    }
    match act::act(office, &office.who, case.id.as_str(), Some(case.version), &Action::Review).await
    {
        Ok(_) => Ok(()),
        Err(act::Failed::Store(error)) => Err(error.into()),
        Err(other) => Err(Trouble::Unfit(words::sentence(&other.to_string()))),
    }
}

/// Takes what a form brought into the edit: the fields that it showed, and no other.
fn typed(opened: &mut Opened, fields: &Fields) {
    let Opened { subject, edit, shows_people, .. } = opened;
    if let Some(frequency) = fields.get("frequency").and_then(|text| Frequency::from_name(text)) {
        edit.frequency = frequency;
    }
    for (key, text) in fields {
        let Some(field) = Field::parse(key) else { continue };
        let is_ours = !matches!(field, Field::Frequency | Field::Replaces);
        let is_peoples = correct_fields::is_of_people(field);
        if is_ours && field.is_in(subject.original.draft().form()) && (*shows_people || !is_peoples)
        {
            edit.take(&subject.original, field, text);
        }
    }
    let shown = fields.get("lines").map(String::as_str).unwrap_or_default();
    for line in shown.split(',').filter_map(|number| number.parse::<u16>().ok()) {
        edit.removed.retain(|one| *one != line);
        if fields.contains_key(&format!("remove.{line}")) {
            edit.removed.push(line);
        }
    }
    edit.removed.sort_unstable();
}

/// Saves it with its entry: which fields are changed, never what they say.
///
/// # Errors
/// [`store::Error::Stale`] where somebody was faster.
pub(crate) async fn keep(
    office: &Office,
    opened: &Opened,
    read: u32,
    kind: &str,
) -> Result<(), store::Error> {
    let subject = &opened.subject;
    let id = subject.case.id.as_str();
    let one = Correction {
        denial: id.to_owned(),
        version: read,
        file: subject.base.file.clone(),
        n: subject.base.n,
        changed_at: String::new(),
        changed_by: String::new(),
        edit: opened.edit.clone(),
    };
    let keys: Vec<&String> = opened.edit.typed.keys().collect();
    let facts = json!({ "fields": keys, "added": opened.edit.added,
        "removed": opened.edit.removed.len() });
    let mut tx = office.write().await?;
    tx.save_correction(&one, read, Entry::new(id, kind, &facts), &office.moment()).await?;
    tx.commit().await
}
