//! Answers to questions where claims stand: each is found by the number of its question, comes to
//! what the rules make of it, and is on record of claim and case. What no rule knows is shown as it
//! came.

use std::collections::BTreeSet;

use denial::claim::Claim;
use denial::claim_status::{self, Ruled};
use denial::codes::ClaimNumber;
use denial::deadline::Due;
use denial::denial::{Denial, NextActionKind};
use denial::lifecycle::Action;
use denial::outgoing::{Kind, State};
use denial::rejection::{Acknowledgement, AnswerKind, Level};
use jiff::civil::Date;
use serde_json::json;
use store::journal::Entry;
use store::outgoing::Outgoing;
use store::status::{StatusAnswer, StatusQuestion};
use store::unanswered::Followed;
use store::{Tx, instant};

use crate::act::{self, Failed};
use crate::outbox::{filing, hearing, leaving};
use crate::practice::{Office, console_actor};

/// The longest note that is kept beside a claim, in letters.
const LONGEST: usize = 500;
/// What stands where the rules know nothing of a code.
const NO_RULE: &str = "no rule for this code";

/// Hears the answers of a file, in the transaction in which they are kept; one that was heard
/// before changes nothing, and one to no question of ours stays evidence.
pub(crate) async fn hear(
    tx: &mut Tx,
    office: &Office,
    file: &str,
    answers: &[(u64, Acknowledgement)],
) -> anyhow::Result<()> {
    let mut touched = BTreeSet::new();
    let own = answers.iter().filter(|(_, one)| one.kind == AnswerKind::Status && !one.test);
    for (n, answer) in own {
        for question in answered(tx, answer).await? {
            let n = i64::try_from(*n).unwrap_or(i64::MAX);
            touched.insert(question.outgoing.clone());
            take(tx, office, question, (file, n), answer).await?;
        }
    }
    for outgoing in touched {
        finish(tx, office, &outgoing).await?;
    }
    Ok(())
}

/// The question that an answer gives back the number of, where it is about the claim that was asked
/// about; all of a file where who answers says something of the whole. What has not left was not
/// answered.
async fn answered(
    tx: &mut Tx,
    answer: &Acknowledgement,
) -> Result<Vec<StatusQuestion>, store::Error> {
    match answer.level {
        Level::Claim => {
            let Some(one) = tx.status_question(&answer.question).await? else {
                return Ok(Vec::new());
            };
            let sent = tx.outgoing(&one.outgoing).await?;
            let has_left = sent.is_some_and(|sent| hearing::left_at(&sent).is_some());
            if has_left && is_about(tx, &one, answer).await? {
                return Ok(vec![one]);
            }
            // The number is ours, and tells of nobody.
            let number = &one.question;
            tracing::warn!("an answer to {number} is about another claim or comes before it left");
            Ok(Vec::new())
        }
        Level::Transaction => {
            let mut all = Vec::new();
            for one in tx.outgoing_by_batch(&answer.answers.batch).await? {
                let is_asked = one.kind == Kind::StatusInquiry.as_str();
                if is_asked && hearing::left_at(&one).is_some() {
                    all.extend(tx.questions_of(&one.outgoing).await?);
                }
            }
            Ok(all)
        }
        Level::Interchange | Level::Group | Level::Provider => Ok(Vec::new()),
    }
}

/// True where an answer repeats what was asked: the number alone may be another's, or a slip.
async fn is_about(
    tx: &mut Tx,
    one: &StatusQuestion,
    answer: &Acknowledgement,
) -> Result<bool, store::Error> {
    let number = ClaimNumber::new(&one.number);
    if claim_status::is_about(answer, &number, &[]) {
        return Ok(true);
    }
    let claims = tx.names_of(std::slice::from_ref(&one.claim)).await?;
    let versions = tx.versions_among(&claims).await?;
    let versions: Vec<Claim> = versions.into_iter().map(|one| one.body).collect();
    Ok(claim_status::is_about(answer, &number, &versions))
}

/// What an answer says, as codes.
fn codes(answer: &Acknowledgement) -> String {
    let own = answer.codes.iter().filter(|one| one.line.is_none());
    let mut codes: Vec<String> = own.map(claim_status::code).collect();
    codes.dedup();
    codes.join(", ")
}

async fn take(
    tx: &mut Tx,
    office: &Office,
    question: StatusQuestion,
    (file, n): (&str, i64),
    answer: &Acknowledgement,
) -> anyhow::Result<()> {
    let moment = office.moment_of(console_actor());
    let limit = limit(tx, office, &question.claim).await?;
    let ruled = office.rules.status.ruled(answer, moment.today, limit);
    let told = in_words(office, answer, ruled.as_ref());
    let on_day = answer.on.map(|on| on.to_string());
    let heard = StatusAnswer {
        question: question.question.clone(),
        file: file.to_owned(),
        n,
        on_day: on_day.clone(),
        code: codes(answer),
        told: told.clone(),
        heard_at: instant(moment.now),
    };
    if !tx.hear_status(&heard).await? {
        return Ok(());
    }
    // What was said later holds, in whatever order it came.
    if on_day < question.answered_on {
        return Ok(());
    }
    let after = StatusQuestion {
        code: if heard.code.is_empty() { "-".to_owned() } else { heard.code },
        step: ruled.as_ref().map(|one| one.step.as_str().to_owned()).unwrap_or_default(),
        told,
        look_on: ruled.as_ref().map(|one| one.on.to_string()),
        answered_on: on_day,
        ..question
    };
    tx.save_status(&after).await?;
    follow(tx, office, &after, ruled.as_ref()).await
}

/// What is on record of claim and case, and what comes next there.
async fn follow(
    tx: &mut Tx,
    office: &Office,
    one: &StatusQuestion,
    ruled: Option<&Ruled>,
) -> anyhow::Result<()> {
    let moment = office.moment_of(console_actor());
    let facts = json!({ "question": one.question, "payer": one.payer_name, "code": one.code,
        "told": one.told, "step": one.step, "look_on": one.look_on });
    let about = std::iter::once(&one.claim).chain(&one.denial);
    let entries = about.map(|about| Entry::new(about, "status.answered", &facts)).collect();
    tx.append(entries, &moment).await?;
    let Some(id) = &one.denial else { return beside_claim(tx, office, one, ruled).await };
    let case = tx.case(id).await?;
    match ruled {
        Some(ruled) => plan(tx, office, &case, ruled).await,
        None => Ok(()),
    }
}

/// Beside the claim in the list of those without an answer: what was told, and when to look again
/// where nothing is ours to do before. A person's note stays, and the later day that they chose
/// while only waiting is left.
async fn beside_claim(
    tx: &mut Tx,
    office: &Office,
    one: &StatusQuestion,
    ruled: Option<&Ruled>,
) -> anyhow::Result<()> {
    let moment = office.moment_of(console_actor());
    let waits = ruled.filter(|one| !one.step.is_ours() && one.on > moment.today);
    let look_on = waits.map(|one| one.on.to_string());
    let by_person = moment.who.person.to_string();
    let there = tx.followed_claim(&one.claim).await?.filter(|there| there.by_person != by_person);
    let followed = match there {
        Some(there) => {
            Followed { look_on: waits.and_then(|_| look_on.max(there.look_on.clone())), ..there }
        }
        None => Followed {
            claim: one.claim.clone(),
            at: instant(moment.now),
            by_person,
            note: one.told.chars().take(LONGEST).collect(),
            look_on,
        },
    };
    tx.follow_claim(&followed).await?;
    Ok(())
}

/// Plans what the answer asks for, once: what a person planned and what is ours to do stay where
/// only waiting is left.
async fn plan(tx: &mut Tx, office: &Office, case: &Denial, ruled: &Ruled) -> anyhow::Result<()> {
    if !ruled.step.replaces(case) {
        return Ok(());
    }
    let moment = office.moment_of(console_actor());
    let own = ruled.step.next();
    // What lies with the payer is not ours to send: somebody speaks with the payer first.
    let next = if case.may_plan(own) { own } else { NextActionKind::CallPayer };
    let action = Action::Plan { next, on: ruled.on.max(moment.today) };
    match act::do_by_itself(tx, office, &moment, case, &action).await {
        Ok(_) => Ok(()),
        Err(Failed::Refused(why)) => {
            let facts = json!({ "why": why.to_string(), "next": next.as_str() });
            let entry = Entry::new(case.id.as_str(), "status.not_planned", &facts);
            tx.append(vec![entry], &moment).await?;
            Ok(())
        }
        Err(other) => Err(other.into()),
    }
}

/// The last day on which the claim can be filed.
async fn limit(tx: &mut Tx, office: &Office, claim: &str) -> anyhow::Result<Option<Date>> {
    match filing::filing(tx, office, &[claim.to_owned()]).await?.limit {
        Due::On { date, .. } => Ok(Some(date)),
        Due::NoRule => Ok(None),
    }
}

/// What the answer says and what is done, for people.
fn in_words(office: &Office, answer: &Acknowledgement, ruled: Option<&Ruled>) -> String {
    let wording = &office.rules.wording;
    let meaning = |one: &denial::rejection::AnswerCode| {
        let category = wording.status(&one.code).map(|one| one.text.as_str());
        let status = wording.claim_status(&one.status).map(|one| one.text.as_str());
        let entity = wording.entity(&one.entity).map(|one| one.text.as_str());
        let parts: Vec<&str> = [category, status, entity].into_iter().flatten().collect();
        format!("{} ({})", claim_status::code(one), parts.join("; "))
    };
    let own = answer.codes.iter().filter(|one| one.line.is_none());
    let mut said: Vec<String> = own.map(meaning).collect();
    said.dedup();
    let said = if said.is_empty() { "no code".to_owned() } else { said.join(", ") };
    match ruled {
        Some(ruled) => format!("{}. The payer says {said}.", ruled.text),
        None => format!("The payer says {said}: {NO_RULE}."),
    }
}

/// An answer proves that the questions left; once each has one, the whole is answered.
async fn finish(tx: &mut Tx, office: &Office, outgoing: &str) -> anyhow::Result<()> {
    let Some(one) = tx.outgoing(outgoing).await? else { return Ok(()) };
    let one = if one.left_at.is_none() && one.uploaded_at.is_some() {
        leaving::sent(tx, office, &one).await?
    } else {
        one
    };
    let counts = tx.count_questions(std::slice::from_ref(&one.outgoing)).await?;
    let is_whole = counts.get(&one.outgoing).is_some_and(|(asked, answered)| asked == answered);
    if is_whole && one.left_at.is_some() {
        let after = Outgoing { state: State::Answered.as_str().to_owned(), ..one.clone() };
        tx.save_outgoing(&after, &one.state).await?;
    }
    Ok(())
}

/// Questions that were refused as a whole (999, TA1): the payer never read them.
pub(crate) async fn refused(
    tx: &mut Tx,
    office: &Office,
    outgoing: &str,
    codes: &[smol_str::SmolStr],
) -> anyhow::Result<()> {
    let codes: Vec<&str> = codes.iter().map(smol_str::SmolStr::as_str).collect();
    let today = office.moment().today;
    for question in tx.questions_of(outgoing).await? {
        if !question.code.is_empty() {
            continue;
        }
        let told = format!(
            "The question was refused before the payer read it ({}): ask by telephone or in the \
             portal, and have the file looked at.",
            codes.join(", ")
        );
        let ruled = Ruled { step: claim_status::Step::Call, on: today, text: told.clone() };
        let after = StatusQuestion {
            code: codes.join(", "),
            step: ruled.step.as_str().to_owned(),
            told,
            look_on: Some(today.to_string()),
            answered_on: Some(today.to_string()),
            ..question
        };
        tx.save_status(&after).await?;
        follow(tx, office, &after, Some(&ruled)).await?;
    }
    Ok(())
}
