//! What colleagues ask one's role, and the answers that came back to who asked.

use std::collections::HashMap;

use askama::Template;
use axum::extract::Query;
use axum::response::Response;
use denial::denial::{Denial, Question};
use denial::lifecycle::{Change, Event};
use jiff::SignedDuration;
use jiff::civil::Date;
use store::journal::Happened;
use store::questions::Answer;
use store::{Tx, instant};

use crate::fields::Fields;
use crate::practice::Office;
use crate::web::asking::{self, Spoken};
use crate::web::page::{Page, html};
use crate::web::session::Visitor;
use crate::web::timeline::{self, People};
use crate::web::trouble::Trouble;
use crate::web::words::{self, Due};

/// Cases and answers that are listed at most.
const MOST: i64 = 200;
/// How far back one's own questions are shown once they are answered.
const LATELY: SignedDuration = SignedDuration::from_hours(24 * 60);

#[derive(Template)]
#[template(path = "questions.html")]
struct QuestionsPage {
    page: Page,
    role: String,
    asked: Vec<Asked>,
    answered: Vec<Answered>,
    /// What the visitor asked: open, or asked or answered lately.
    own: Vec<OwnQuestion>,
}

/// A question that waits.
struct Asked {
    href: String,
    text: String,
    by: String,
    due: Due,
    about: String,
}

/// An answer that was not seen yet.
struct Answered {
    href: String,
    question: String,
    answer: String,
    by: String,
    number: String,
}

/// A question of the visitor's own.
struct OwnQuestion {
    href: String,
    text: String,
    /// Whom it waits for, while it does.
    waits: Option<(String, Due)>,
    /// The words, and who said them when.
    answer: Option<(String, String)>,
    number: String,
}

/// `GET /questions`.
pub(crate) async fn page(
    visitor: Visitor,
    Query(asked): Query<Fields>,
) -> Result<Response, Trouble> {
    let office = &visitor.office;
    let role = office.who.role;
    let mut tx = office.read().await?;
    let people = timeline::people(&mut tx).await?;
    let cases = tx.asked_of(role.as_str(), MOST).await?;
    let answers = tx.answers_for(office.who.person.as_str(), MOST).await?;
    let mut page = Page::of(&visitor, "Questions", "/questions");
    page.done = asked
        .contains_key("done")
        .then(|| "Your answer is with who asked, and in the timeline of the case.".to_owned());
    let answered = came_back(&mut tx, office, answers, &people).await?;
    let mut own = own(&mut tx, office, &people).await?;
    // What is answered and new stands above, once.
    own.retain(|one| answered.iter().all(|new| new.href != one.href));
    html(&QuestionsPage {
        page,
        role: words::lower(role.as_str()),
        asked: waiting(office, &cases, &people),
        own,
        answered,
    })
}

/// How many rows the page lists: questions to the role of who looks, answers that are new to them.
pub(crate) async fn counts(tx: &mut Tx, office: &Office) -> Result<(u64, u64), store::Error> {
    let (asked, _) = waiting_for(tx, office).await?;
    let answers = tx.answers_for(office.who.person.as_str(), MOST).await?;
    let ids: Vec<String> = answers.iter().map(|one| one.denial.clone()).collect();
    let mut seen = tx.cases_among(&ids).await?;
    seen.retain(|case| office.sees(case));
    let is_seen = |one: &&Answer| seen.iter().any(|case| case.id.as_str() == one.denial);
    let answered = answers.iter().filter(is_seen).count();
    Ok((asked, answered as u64))
}

/// How many questions wait for who looks, and by when the soonest is to be answered.
pub(crate) async fn waiting_for(
    tx: &mut Tx,
    office: &Office,
) -> Result<(u64, Option<Date>), store::Error> {
    let role = office.who.role;
    let cases = tx.asked_of(role.as_str(), MOST).await?;
    let due: Vec<Date> = cases
        .iter()
        .flat_map(|case| &case.questions)
        .filter(|one| one.to == role)
        .map(|one| one.due)
        .collect();
    Ok((due.len() as u64, due.into_iter().min()))
}

/// The questions to the visitor's role, the soonest due first.
fn waiting(office: &Office, cases: &[Denial], people: &People) -> Vec<Asked> {
    let role = office.who.role;
    let of = |case: &'_ Denial| case.questions.iter().filter(move |one| one.to == role).count();
    let mut all: Vec<(&Denial, &Question)> = Vec::with_capacity(cases.iter().map(of).sum());
    for case in cases {
        all.extend(case.questions.iter().filter(|one| one.to == role).map(|one| (case, one)));
    }
    all.sort_by_key(|(_, one)| (one.due, one.number));
    let today = office.moment().today;
    let asked = |(case, one): (&Denial, &Question)| Asked {
        href: asking::address(case.id.as_str(), one.number),
        text: one.text.clone(),
        by: timeline::name(people, one.asker.as_str()),
        due: words::due(Some(one.due), today),
        about: format!(
            "{} at {}, {}",
            case.number,
            case.payer_name.name,
            words::lower(case.category.as_str())
        ),
    };
    all.into_iter().map(asked).collect()
}

/// What the visitor asked: what is open, the soonest due first, then what was asked or answered
/// lately.
async fn own(tx: &mut Tx, office: &Office, people: &People) -> Result<Vec<OwnQuestion>, Trouble> {
    let (me, now) = (&office.who.person, office.moment().now);
    let since = now.saturating_sub(LATELY).map_or_else(|_| String::new(), instant);
    let ids = tx.asked_by(me.as_str(), &since, MOST).await?;
    let mut told = told_of(tx, office, &ids).await?;
    let mut own: Vec<(Option<Date>, OwnQuestion)> = Vec::new();
    for (case, told) in ids.iter().filter_map(|id| told.remove(id)) {
        let mine = (1..=case.asked).rev().filter_map(|number| {
            let spoken = Spoken::of(&told, number, people, &office.clinic.zone)?;
            let is_shown = is_open(&case, number) || said_at(&told, number) >= since.as_str();
            (is_shown && spoken.question.asker == *me).then_some(spoken)
        });
        own.extend(mine.filter_map(|spoken| own_question(office, &case, spoken)));
    }
    own.sort_by_key(|(due, _)| (due.is_none(), *due));
    Ok(own.into_iter().map(|(_, one)| one).collect())
}

/// Those of some cases that the visitor may see, with what was asked and answered on each.
async fn told_of(
    tx: &mut Tx,
    office: &Office,
    ids: &[String],
) -> Result<HashMap<String, (Denial, Vec<Happened>)>, store::Error> {
    let cases = tx.cases_among(ids).await?.into_iter().filter(|case| office.sees(case));
    let mut told: HashMap<String, (Denial, Vec<Happened>)> =
        cases.map(|case| (case.id.to_string(), (case, Vec::new()))).collect();
    for one in tx.told_of_questions(ids).await? {
        if let Some((_, told)) = told.get_mut(&one.about) {
            told.push(one);
        }
    }
    Ok(told)
}

/// A question waits for its answer.
fn is_open(case: &Denial, number: u16) -> bool {
    case.questions.iter().any(|one| one.number == number)
}

/// When a question was asked or answered last; empty where nobody knows.
fn said_at(told: &[Happened], number: u16) -> &str {
    let last = told.iter().rev().find(|one| is_of(one, number));
    last.map_or("", |one| one.at.as_str())
}

/// An entry asks or answers the question of a number.
fn is_of(one: &Happened, number: u16) -> bool {
    let Ok(event) = serde_json::from_str::<Event>(&one.body) else { return false };
    if let Change::Asked { question } = event.change {
        question.number == number
    } else if let Change::Answered { question, .. } = event.change {
        question == number
    } else {
        false
    }
}

/// One of them with the day on which its answer is wanted; nothing where it was taken back.
fn own_question(
    office: &Office,
    case: &Denial,
    spoken: Spoken,
) -> Option<(Option<Date>, OwnQuestion)> {
    let Spoken { question, answer } = spoken;
    let is_open = is_open(case, question.number);
    let due = is_open.then_some(question.due);
    let to = words::lower(question.to.as_str());
    let waits = due.map(|due| (to, words::due(Some(due), office.moment().today)));
    let own = OwnQuestion {
        href: asking::address(case.id.as_str(), question.number),
        text: question.text,
        answer: answer.filter(|_| !is_open),
        waits,
        number: case.number.to_string(),
    };
    (own.waits.is_some() || own.answer.is_some()).then_some((due, own))
}

/// Answers that the visitor has not seen, on cases that they may see.
async fn came_back(
    tx: &mut Tx,
    office: &Office,
    answers: Vec<Answer>,
    people: &People,
) -> Result<Vec<Answered>, Trouble> {
    let mut ids: Vec<String> = answers.iter().map(|one| one.denial.clone()).collect();
    ids.sort();
    ids.dedup();
    let told = told_of(tx, office, &ids).await?;
    let mut came = Vec::new();
    for one in answers {
        let Some((case, told)) = told.get(&one.denial) else { continue };
        let number = u16::try_from(one.number).unwrap_or_default();
        let Some(spoken) = Spoken::of(told, number, people, &office.clinic.zone) else { continue };
        let (answer, by) = spoken.answer.unwrap_or_default();
        came.push(Answered {
            href: asking::address(&one.denial, number),
            question: spoken.question.text,
            number: case.number.to_string(),
            answer,
            by,
        });
    }
    Ok(came)
}
