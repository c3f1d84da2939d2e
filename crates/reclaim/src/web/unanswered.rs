//! Claims that payers have not answered: since when, whether that is late, how long they can still
//! be filed, what is to be done, and what somebody did.

use std::collections::{BTreeSet, HashMap};

use askama::Template;
use axum::extract::Query;
use axum::response::{IntoResponse, Redirect, Response};
use denial::person::{Access, allows};
use denial::rules::Desk;
use denial::unanswered::{Silent, Step};
use jiff::civil::Date;
use serde_json::json;
use store::instant;
use store::journal::Entry;
use store::status::StatusQuestion;
use store::unanswered::{Followed, Unanswered};

use crate::fields::Fields;
use crate::web::gate::Posted;
use crate::web::page::{Page, html};
use crate::web::session::Visitor;
use crate::web::status::{self, AskedView};
use crate::web::timeline::{self, People};
use crate::web::trouble::Trouble;
use crate::web::words::{self, Due};

/// Claims of one page.
const ROWS: i64 = 200;
/// The longest note, in letters.
const LONGEST: usize = 500;

#[derive(Template)]
#[template(path = "unanswered.html")]
struct UnansweredPage {
    page: Page,
    rows: Vec<Row>,
    /// How long each of their payers usually takes, and where that is from.
    usual: Vec<(String, String)>,
    all: bool,
    late: i64,
    money: String,
    follows: bool,
    more: bool,
    /// When they were last looked for.
    looked: String,
}

struct Row {
    claim: String,
    number: String,
    payer: String,
    kind: &'static str,
    passed_on: bool,
    sent: String,
    accepted: String,
    charge: String,
    due: Due,
    limit: Due,
    step: String,
    /// Nothing presses: the answer of who was asked may be waited for.
    may_wait: bool,
    followed: String,
    /// What its payer was asked last.
    asked: Option<AskedView>,
    asked_on: String,
}

/// `GET /unanswered`.
pub(crate) async fn page(
    visitor: Visitor,
    Query(asked): Query<Fields>,
) -> Result<Response, Trouble> {
    let office = &visitor.office;
    let today = office.moment().today;
    let all = asked.get("show").is_some_and(|show| show == "all");
    let mut tx = office.read().await?;
    let day = today.to_string();
    let found = tx.unanswered((!all).then_some(day.as_str()), ROWS + 1).await?;
    let (late, cents) = tx.late_answers(&day).await?;
    let people = timeline::people(&mut tx).await?;
    let followed = tx.followed().await?;
    let followed: HashMap<&str, &Followed> =
        followed.iter().map(|one| (one.claim.as_str(), one)).collect();
    let claims: Vec<String> = found.iter().map(|one| one.claim.clone()).collect();
    let questions = tx.last_status_questions(&claims).await?;
    let ran = tx.sweeps().await?;
    let looked = ran.iter().find(|(name, ..)| name == crate::unanswered::SWEEP);
    let zone = &office.clinic.zone;
    let most = usize::try_from(ROWS).unwrap_or(usize::MAX);
    let told = |one: &Unanswered| {
        let last = followed.get(one.claim.as_str());
        last.map(|last| in_words(last, &people, zone)).unwrap_or_default()
    };
    let row = |one: &Unanswered| {
        let question = questions.get(&one.claim);
        let row = row(one, &office.rules.desk, today);
        let awaits = question.filter(|_| row.may_wait);
        Row {
            followed: told(one),
            step: awaits.and_then(|one| awaited(one, today)).unwrap_or(row.step),
            asked: question.map(|one| AskedView::of(one, &people)),
            asked_on: question.map(|one| words::day_of(&one.asked_on)).unwrap_or_default(),
            ..row
        }
    };
    let usual = |one: &Unanswered| (payer_in_words(one), one.usual.clone());
    let usual: BTreeSet<(String, String)> = found.iter().take(most).map(usual).collect();
    let mut page = Page::of(&visitor, "Unanswered claims", "/unanswered");
    page.done = asked.get("done").map(|done| match done.as_str() {
        "asked" => status::done(asked.get("asked"), asked.get("left")),
        "day" => "Noted; it comes back on its day, and stands under All.".to_owned(),
        _ => "Noted; it stands beside the claim.".to_owned(),
    });
    html(&UnansweredPage {
        page,
        rows: found.iter().take(most).map(row).collect(),
        usual: usual.into_iter().filter(|(_, usual)| !usual.is_empty()).collect(),
        all,
        late,
        money: words::money(cents),
        follows: allows(office.who.role, Access::Matches),
        more: found.len() > most,
        looked: looked.map(|(_, at, _)| words::instant(at, zone)).unwrap_or_default(),
    })
}

/// What is to be done while a payer that was asked has not answered; nothing where it has, or its
/// time to answer is over.
fn awaited(one: &StatusQuestion, today: Date) -> Option<String> {
    let look = one.look_on.as_deref().and_then(|day| day.parse::<Date>().ok());
    if !one.code.is_empty() || look.is_some_and(|look| look < today) {
        return None;
    }
    Some(match look {
        Some(look) => format!("Wait for the payer’s answer until {}", words::day(look)),
        None => "Wait: the payer was asked and has not answered".to_owned(),
    })
}

fn in_words(one: &Followed, people: &People, zone: &str) -> String {
    let who = timeline::name(people, &one.by_person);
    let again = one.look_on.as_deref().map(|day| format!("; again on {}", words::day_of(day)));
    let at = words::instant(&one.at, zone);
    format!("{who}, {at}: {}{}", one.note, again.unwrap_or_default())
}

fn payer_in_words(one: &Unanswered) -> String {
    if one.payer_name.is_empty() { "not named".to_owned() } else { one.payer_name.clone() }
}

fn row(one: &Unanswered, desk: &Desk, today: Date) -> Row {
    let day = |text: &Option<String>| text.as_deref().and_then(|day| day.parse::<Date>().ok());
    let silent = Silent {
        crossover: one.kind == "crossover",
        accepted: one.accepted_on.is_some(),
        due_on: day(&one.due_on),
        limit_on: day(&one.limit_on),
    };
    let step = silent.step(desk, today);
    Row {
        claim: one.claim.clone(),
        number: one.number.clone(),
        payer: payer_in_words(one),
        passed_on: silent.crossover,
        kind: if silent.crossover { "passed on by the first payer" } else { "sent" },
        sent: words::day_of(&one.sent_on),
        accepted: one.accepted_on.as_deref().map(words::day_of).unwrap_or_default(),
        charge: words::money(one.charge),
        due: words::due(silent.due_on, today),
        limit: words::due(silent.limit_on, today),
        step: step.in_words().to_owned(),
        may_wait: matches!(step, Step::AskStatus | Step::FindReceipt),
        followed: String::new(),
        asked: None,
        asked_on: String::new(),
    }
}

/// `POST /unanswered`: what somebody did about a claim, and when to look again.
pub(crate) async fn follow(visitor: Visitor, Posted(fields): Posted) -> Result<Response, Trouble> {
    let office = &visitor.office;
    let field = |name: &str| fields.get(name).map(|text| text.trim()).unwrap_or_default();
    let (claim, note, look_on) = (field("claim"), field("note"), field("look_on"));
    if note.is_empty() || note.chars().count() > LONGEST {
        let text = "Say what you did, in a few words: whom you asked, under which reference.";
        return Err(Trouble::Unfit(text.to_owned()));
    }
    let moment = office.moment();
    let look_on = match look_on {
        "" => None,
        day => match day.parse::<Date>() {
            Ok(day) if day > moment.today => Some(day.to_string()),
            Ok(_) | Err(_) => {
                let text = "The day to look again on has to come: write it as 2026-03-31.";
                return Err(Trouble::Unfit(text.to_owned()));
            }
        },
    };
    let mut tx = office.write().await?;
    if !tx.claims(&[claim.to_owned()]).await?.contains_key(claim) {
        return Err(Trouble::Nowhere);
    }
    let entry = Entry::new(claim, "claim.followed", &json!({ "note": note, "look_on": look_on }));
    let followed = Followed {
        claim: claim.to_owned(),
        at: instant(moment.now),
        by_person: moment.who.person.as_str().to_owned(),
        note: note.to_owned(),
        look_on,
    };
    tx.follow_claim(&followed).await?;
    tx.append(vec![entry], &moment).await?;
    tx.commit().await?;
    let done = if followed.look_on.is_some() { "day" } else { "noted" };
    let show = if field("show") == "all" { "&show=all" } else { "" };
    Ok(Redirect::to(&format!("/unanswered?done={done}{show}")).into_response())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn asked(look_on: Option<&str>, code: &str) -> StatusQuestion {
        StatusQuestion {
            question: "Q1".to_owned(),
            claim: String::new(),
            number: String::new(),
            denial: None,
            payer: String::new(),
            payer_name: String::new(),
            why: String::new(),
            outgoing: String::new(),
            asked_on: "2026-03-03".to_owned(),
            asked_at: String::new(),
            asked_by: String::new(),
            code: code.to_owned(),
            step: String::new(),
            told: String::new(),
            answered_on: None,
            look_on: look_on.map(str::to_owned),
        }
    }

    #[test]
    fn who_was_asked_is_waited_for_until_the_day() {
        let today = date(2026, 3, 10);
        let told = |look_on, code| awaited(&asked(look_on, code), today);
        assert_eq!(
            told(Some("2026-03-12"), "").as_deref(),
            Some("Wait for the payer’s answer until Mar 12, 2026")
        );
        assert!(told(None, "").is_some());
        assert_eq!(told(Some("2026-03-09"), ""), None, "its day is over");
        assert_eq!(told(None, "P1"), None, "it has answered");
    }
}
