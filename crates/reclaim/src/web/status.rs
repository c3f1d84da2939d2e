//! Where claims stand: what payers were asked and answered, beside a case and beside a claim
//! without an answer, and the buttons that ask.

use std::collections::BTreeSet;

use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use denial::codes::ClaimNumber;
use denial::denial::Denial;
use denial::lifecycle::Act;
use denial::person::may;
use store::Tx;
use store::status::StatusQuestion;

use crate::practice::Office;
use crate::status::asking::{self, Wanted};
use crate::status::{Tally, can_ask};
use crate::web::gate::Posted;
use crate::web::reach;
use crate::web::session::Visitor;
use crate::web::timeline::{self, People};
use crate::web::trouble::Trouble;
use crate::web::words;

/// Claims that are asked about by one form.
const MOST: usize = 500;

/// One question as people read it.
pub(crate) struct AskedView {
    /// `Asked Mar 3, 2026 by …: why`.
    pub(crate) asked: String,
    /// What was answered, and what it means.
    pub(crate) answer: String,
    /// By when somebody looks again.
    pub(crate) look: String,
    /// The code of the answer has no rule.
    pub(crate) is_unruled: bool,
    /// Our number of it.
    pub(crate) number: String,
}

impl AskedView {
    pub(crate) fn of(one: &StatusQuestion, people: &People) -> AskedView {
        let who = timeline::name(people, &one.asked_by);
        let is_answered = !one.code.is_empty();
        let on = one.answered_on.as_deref().map(words::day_of).unwrap_or_default();
        AskedView {
            asked: format!("Asked {} by {who}: {}", words::day_of(&one.asked_on), one.why),
            answer: match is_answered {
                true if on.is_empty() => one.told.clone(),
                true => format!("{on}: {}", one.told),
                false => "No answer yet.".to_owned(),
            },
            look: one.look_on.as_deref().map(words::day_of).unwrap_or_default(),
            is_unruled: is_answered && one.step.is_empty(),
            number: one.question.clone(),
        }
    }
}

/// What was asked about the claim of a case, the newest first, and whether the visitor may ask.
pub(crate) struct Standing {
    pub(crate) all: Vec<AskedView>,
    pub(crate) asks: bool,
}

impl Standing {
    pub(crate) async fn of(
        tx: &mut Tx,
        office: &Office,
        case: &Denial,
        people: &People,
    ) -> Result<Standing, store::Error> {
        let found = crate::status::of_claim(tx, case.claim.as_str()).await?;
        Ok(Standing {
            all: found.iter().map(|one| AskedView::of(one, people)).collect(),
            asks: office.sees(case) && can_ask(case) && may(office.who.role, Act::LogContact),
        })
    }
}

/// `POST /cases/{id}/status`: the payer is asked where the claim of the case stands.
pub(crate) async fn ask_one(
    visitor: Visitor,
    Path(id): Path<String>,
    Posted(fields): Posted,
) -> Result<Response, Trouble> {
    let office = &visitor.office;
    let mut tx = office.read().await?;
    let case = reach::own(&mut tx, office, &id).await?;
    drop(tx);
    if let Err(why) = case.admit(Act::LogContact, &office.moment(), &office.rules) {
        return Err(Trouble::Unfit(words::sentence(&why.to_string())));
    }
    if !can_ask(&case) {
        let text = "A payer is asked about a claim that is open; of an appeal it is called.";
        return Err(Trouble::Unfit(text.to_owned()));
    }
    let wanted = Wanted::of(case, why(fields.get("why").map(String::as_str)));
    let tally = asking::ask(office, &office.who, vec![wanted]).await?;
    match tally.left.first() {
        None => Ok(Redirect::to(&format!("/cases/{id}?done=status#payer")).into_response()),
        Some((_, why)) => Err(Trouble::Unfit(format!("Nobody was asked: {why}."))),
    }
}

fn why(said: Option<&str>) -> String {
    let said = said.map(str::trim).filter(|said| !said.is_empty());
    said.map_or_else(|| "somebody asked".to_owned(), |said| said.chars().take(200).collect())
}

/// `POST /unanswered/ask`: payers are asked about the claims that were ticked.
pub(crate) async fn ask_many(
    visitor: Visitor,
    Posted(fields): Posted,
) -> Result<Response, Trouble> {
    let office = &visitor.office;
    let ticked = fields.get("cases").map(String::as_str).unwrap_or_default();
    let ids: BTreeSet<String> =
        ticked.split(',').map(str::trim).filter(|id| !id.is_empty()).map(str::to_owned).collect();
    if ids.is_empty() || ids.len() > MOST {
        let text = format!("Tick 1 to {MOST} claims, then ask their payers.");
        return Err(Trouble::Unfit(text));
    }
    let ids: Vec<String> = ids.into_iter().collect();
    let mut tx = office.read().await?;
    let (found, waiting) = (tx.claims(&ids).await?, tx.unanswered_among(&ids).await?);
    drop(tx);
    if found.len() != ids.len() {
        return Err(Trouble::Nowhere);
    }
    // What the page does not list any more was answered meanwhile, or never waited.
    let (wanted, others): (Vec<_>, Vec<_>) =
        found.into_iter().partition(|(claim, _)| waiting.contains(claim));
    let wanted = wanted.into_iter().map(|(claim, row)| Wanted {
        claim,
        number: ClaimNumber::new(&row.number).to_string(),
        case: None,
        why: why(fields.get("why").map(String::as_str)),
    });
    let mut tally = asking::ask(office, &office.who, wanted.collect()).await?;
    let answered = others.into_iter().map(|(_, row)| (row.number, "it does not wait".to_owned()));
    tally.left.extend(answered);
    let show = fields.get("show").is_some_and(|show| show == "all");
    let show = if show { "&show=all" } else { "" };
    let Tally { asked, left, .. } = &tally;
    let to = format!("/unanswered?done=asked&asked={asked}&left={}{show}", left.len());
    Ok(Redirect::to(&to).into_response())
}

/// What came of asking, for who is led back.
pub(crate) fn done(asked: Option<&String>, left: Option<&String>) -> String {
    let count = |text: Option<&String>| text.and_then(|text| text.parse::<i64>().ok()).unwrap_or(0);
    let (asked, left) = (count(asked), count(left));
    let questions = words::counted(asked, "question leaves", "questions leave");
    let stayed = match left {
        0 => String::new(),
        left => format!(
            " {} not asked about: answered, asked within the payer’s days, or nothing says how it was sent.",
            words::counted(left, "claim was", "claims were")
        ),
    };
    format!("{questions} in ten minutes; until then the outbox calls them back.{stayed}")
}
