//! One question on one small page: what is asked, by whom, until when, what of the case one needs
//! to know; the answer, with a document where the role may attach one. It works on a phone.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use denial::appeal;
use denial::cover::Cover;
use denial::denial::{Denial, Question};
use denial::lifecycle::{Act, Action, Change, Event};
use denial::person::{may, supervises};
use serde_json::json;
use store::Tx;
use store::journal::Happened;

use crate::act::{self, Failed};
use crate::documents::Received;
use crate::fields::Fields;
use crate::practice::Office;
use crate::secondary::{self, told};
use crate::web::about::About;
use crate::web::case_view::PatientView;
use crate::web::cover_form::CoverForm;
use crate::web::keyed::receive;
use crate::web::page::{Page, html_with};
use crate::web::reach;
use crate::web::reasons::{self, Reason, Said};
use crate::web::sent::Sent;
use crate::web::session::Visitor;
use crate::web::timeline::{self, People};
use crate::web::trouble::Trouble;
use crate::web::words::{self, Due};
use crate::{access, identity};

#[derive(Template)]
#[template(path = "question.html")]
struct QuestionPage {
    page: Page,
    here: String,
    case: String,
    number: String,
    payer: String,
    text: String,
    asker: String,
    to: String,
    due: Due,
    patient: Option<PatientView>,
    category: String,
    reasons: Vec<Reason>,
    remarks: Vec<Said>,
    lines: Vec<String>,
    answer: Option<(String, String)>,
    /// The visitor may answer now.
    answers: bool,
    /// What they may attach: value and label; nothing where they may not.
    papers: Vec<(String, String)>,
    /// The fields of another cover, where the case is about who pays first.
    cover: Option<CoverForm>,
    refused: Option<String>,
    typed: String,
}

/// A question as the journal tells it, with its answer where one came.
pub(crate) struct Spoken {
    pub(crate) question: Question,
    /// The words, then who said them and when.
    pub(crate) answer: Option<(String, String)>,
}

impl Spoken {
    /// The question of a number in a case's timeline; the last answer to it that stands.
    pub(crate) fn of(
        told: &[Happened],
        number: u16,
        people: &People,
        zone: &str,
    ) -> Option<Spoken> {
        let mut question = None;
        let mut answer = None;
        for one in told {
            let Ok(event) = serde_json::from_str::<Event>(&one.body) else { continue };
            if let Change::Asked { question: asked } = event.change {
                if asked.number == number {
                    (question, answer) = (Some(asked), None);
                }
            } else if let Change::Answered { question: of, text, by } = event.change {
                if of == number {
                    let who = timeline::name(people, by.as_str());
                    answer = Some((text, format!("{who}, {}", words::instant(&one.at, zone))));
                }
            } else if let Change::Undone { before, .. } = event.change {
                let is_open = before.questions.iter().any(|one| one.number == number);
                answer = answer.filter(|_| !is_open);
                question = question.filter(|_| before.asked >= number);
            }
        }
        Some(Spoken { question: question?, answer })
    }
}

/// A question of a case that was answered.
pub(crate) struct Answered {
    pub(crate) href: String,
    pub(crate) question: String,
    pub(crate) answer: String,
    /// Who answered, and when.
    pub(crate) by: String,
}

/// Answered questions that a case shows.
const SHOWN: usize = 3;

/// What was answered on a case, the newest question first.
pub(crate) fn answered(
    case: &Denial,
    told: &[Happened],
    people: &People,
    zone: &str,
) -> Vec<Answered> {
    let is_open = |number: &u16| case.questions.iter().any(|one| one.number == *number);
    let spoken = (1..=case.asked).rev().filter(|number| !is_open(number)).filter_map(|number| {
        let spoken = Spoken::of(told, number, people, zone)?;
        let (answer, by) = spoken.answer?;
        let href = address(case.id.as_str(), number);
        Some(Answered { href, question: spoken.question.text, answer, by })
    });
    spoken.take(SHOWN).collect()
}

/// Where a question is.
pub(crate) fn address(case: &str, number: u16) -> String {
    format!("/questions/{case}/{number}")
}

/// A question that the visitor may see, and what it is about.
struct Known {
    case: Denial,
    spoken: Spoken,
    people: People,
    patient: Option<PatientView>,
}

/// `GET /questions/{case}/{number}`: it shows a patient's case, which is on record before.
pub(crate) async fn page(
    visitor: Visitor,
    Path((id, number)): Path<(String, String)>,
) -> Result<Response, Trouble> {
    let known = known(&visitor.office, &id, &number).await?;
    access::note(&visitor.office, &id, "question.viewed", &json!({})).await?;
    seen(&visitor.office, &id, Some(known.spoken.question.number)).await?;
    html_with(StatusCode::OK, &shown(&visitor, known, None, &Fields::new()))
}

/// Whoever asked on a case has seen its answers, or that to one question.
pub(crate) async fn seen(office: &Office, id: &str, number: Option<u16>) -> Result<(), Trouble> {
    let me = office.who.person.as_str();
    let new = office.read().await?.answers_for(me, i64::MAX).await?;
    if new.iter().any(|one| one.denial == id) {
        let mut tx = office.write().await?;
        tx.see_answers(id, number, me).await?;
        tx.commit().await?;
    }
    Ok(())
}

async fn known(office: &Office, id: &str, number: &str) -> Result<Known, Trouble> {
    let number: u16 = number.parse().map_err(|_| Trouble::Nowhere)?;
    let mut tx = office.read().await?;
    let people = timeline::people(&mut tx).await?;
    let told = tx.timeline(id).await?;
    let spoken = Spoken::of(&told, number, &people, &office.clinic.zone).ok_or(Trouble::Nowhere)?;
    let case = reach::seen(&mut tx, office, id).await?;
    let patient = About::of(&mut tx, office, case.claim.as_str()).await?;
    let patient = patient.patient(office, &address(id, number));
    Ok(Known { case, spoken, people, patient })
}

fn shown(visitor: &Visitor, known: Known, refused: Option<String>, typed: &Fields) -> QuestionPage {
    let office = &visitor.office;
    let Known { case, spoken, people, patient } = known;
    let moment = office.moment();
    let question = &spoken.question;
    let role = office.who.role;
    let is_open = case.questions.iter().any(|one| one.number == question.number);
    let answers = is_open
        && case.admit(Act::Answer, &moment, &office.rules).is_ok()
        && (question.to == role || supervises(role));
    QuestionPage {
        page: Page::of(visitor, format!("Question about {}", case.number), "/questions"),
        here: address(case.id.as_str(), question.number),
        case: format!("/cases/{}", case.id),
        number: case.number.to_string(),
        payer: case.payer_name.name.to_string(),
        text: question.text.clone(),
        asker: timeline::name(&people, question.asker.as_str()),
        to: words::lower(question.to.as_str()),
        due: words::due(Some(question.due), moment.today),
        patient,
        category: words::label(case.category.as_str()),
        reasons: reasons::leading(&case, &office.rules),
        remarks: reasons::remarks_of(&case, &office.rules),
        lines: case.lines.iter().map(line).collect(),
        papers: if answers && may(role, Act::AttachDocument) {
            papers(office, &case)
        } else {
            Vec::new()
        },
        answer: spoken.answer,
        cover: (answers && secondary::is_about_payers(&case, office))
            .then(|| CoverForm::of(typed, None)),
        answers,
        refused,
        typed: words_of(typed),
    }
}

/// `Line 1 · 99214 · Feb 10, 2026 · $90.00 denied`.
fn line(line: &denial::denial::DeniedLine) -> String {
    let number = line.line.map_or_else(|| "Claim".to_owned(), |number| format!("Line {number}"));
    let on = line.from.map(words::day).unwrap_or_default();
    let parts = [number, line.procedure.to_string(), on, format!("{} denied", line.denied)];
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join(" · ")
}

/// What can be attached: what is asked for first, by the reason and by the letters that fit it.
fn papers(office: &Office, case: &Denial) -> Vec<(String, String)> {
    let mut names = appeal::papers(&office.rules, case, office.moment().today);
    if !names.iter().any(|name| name == "other") {
        names.push("other".into());
    }
    names.into_iter().map(|name| (name.to_string(), words::label(&name))).collect()
}

/// `POST /questions/{case}/{number}`: the answer and its document are one decision after another in
/// one transaction.
pub(crate) async fn answer(
    visitor: Visitor,
    Path((id, number)): Path<(String, String)>,
    mut sent: Sent,
) -> Result<Response, Trouble> {
    let office = &visitor.office;
    let known = known(office, &id, &number).await?;
    let cover = if secondary::is_about_payers(&known.case, office) {
        match told::read(&sent.fields) {
            Ok(cover) => cover,
            Err(text) => return again(&visitor, known, text, &sent.fields).await,
        }
    } else {
        None
    };
    let text = answer_of(&sent.fields, cover.as_ref());
    let mut actions = Vec::new();
    let mut received = None;
    if let Some(file) = sent.files.pop() {
        let file = received.insert(receive(office, file).await?);
        let document = identity::document(&file.hash).ok_or(Trouble::Nowhere)?;
        let what = sent.fields.get("what").map_or("other", String::as_str).into();
        actions.push(Action::AttachDocument { document, what, notice_on: None });
    }
    let question = known.spoken.question.number;
    actions.push(Action::Answer { question, text });
    let mut tx = office.write().await?;
    match all(&mut tx, office, &id, (&actions, received)).await {
        Ok(()) => {
            if let Some(cover) = &cover {
                let about = (known.case.claim.as_str(), cover);
                told::tell(&mut tx, office, &office.moment(), about).await?;
            }
            tx.commit().await?;
            Ok(Redirect::to("/questions?done=answer").into_response())
        }
        Err(Failed::Refused(why)) => {
            drop(tx);
            act::note_refusal(office, &id, Act::Answer.as_str(), &why).await;
            again(&visitor, known, words::sentence(&why.to_string()), &sent.fields).await
        }
        Err(Failed::Missing) => Err(Trouble::Nowhere),
        Err(Failed::Stale { .. }) => Err(Trouble::Unfit(
            "Somebody saved this case at the same moment. Send the answer again.".to_owned(),
        )),
        Err(Failed::Store(error)) => Err(error.into()),
        Err(Failed::Folder(fault)) => Err(fault.into()),
    }
}

/// The page once more, with what was typed and why it was not kept.
async fn again(
    visitor: &Visitor,
    known: Known,
    why: String,
    typed: &Fields,
) -> Result<Response, Trouble> {
    access::note(&visitor.office, known.case.id.as_str(), "question.viewed", &json!({})).await?;
    let page = shown(visitor, known, Some(why), typed);
    html_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

async fn all(
    tx: &mut Tx,
    office: &Office,
    id: &str,
    (actions, received): (&[Action], Option<Received>),
) -> Result<(), Failed> {
    let moment = office.moment();
    let mut case = tx.case(id).await?;
    for action in actions {
        case = act::do_in(tx, office, &moment, &case, action).await?;
    }
    if let Some(received) = received {
        received.keep(tx, office).await.map_err(Failed::Folder)?;
    }
    Ok(())
}

/// The answer in words: what was typed, with the cover that was told, of which the words name
/// nothing of the patient.
fn answer_of(fields: &Fields, cover: Option<&Cover>) -> String {
    let typed = words_of(fields);
    match cover.map(|cover| words::sentence_case(&told::in_words(cover))) {
        None => typed,
        Some(told) if typed.is_empty() => told,
        Some(told) => format!("{told}. {typed}"),
    }
}

/// What was typed, after the short answer of the button that was pressed.
fn words_of(fields: &Fields) -> String {
    let field = |name: &str| fields.get(name).map(|text| text.trim()).unwrap_or_default();
    match (field("short"), field("text")) {
        ("", text) => text.to_owned(),
        (short, "") => short.to_owned(),
        (short, text) => format!("{short}: {text}"),
    }
}
