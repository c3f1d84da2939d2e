//! Answers to what left: a 999, TA1 or 277CA marks it, and the 277CA of a claim moves its case.

use std::collections::BTreeSet;

use denial::denial::Denial;
use denial::lifecycle::evidence::Receipt;
use denial::lifecycle::{Act, Action};
use denial::outgoing::{self, Kind, Late, Meaning, State, answers_all, meaning};
use denial::rejection::{Acknowledgement, AnswerKind, Level};
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use serde_json::json;
use store::journal::Entry;
use store::outgoing::{Counts, Outgoing, OutgoingAnswer, OutgoingItem};
use store::{Tx, instant};

use crate::act::{self, Failed};
use crate::answers;
use crate::clock::zone;
use crate::identity;
use crate::outbox::{leaving, reference, state};
use crate::practice::{Office, console_actor};
use crate::status::answered;

/// Hears the answers of a file, in the transaction in which they are kept. An answer that was heard
/// before changes nothing; one to nothing that left here stays what it is.
pub(crate) async fn hear(
    tx: &mut Tx,
    office: &Office,
    file: &str,
    answers: &[(u64, Acknowledgement)],
) -> anyhow::Result<()> {
    if tx.all_outgoing(1).await?.is_empty() {
        return Ok(());
    }
    let mut marked = BTreeSet::new();
    for (n, answer) in answers.iter().filter(|(_, answer)| !answer.test) {
        let Some(one) = answered(tx, office, answer).await? else { continue };
        let heard = OutgoingAnswer {
            outgoing: one.outgoing.clone(),
            file: file.to_owned(),
            n: i64::try_from(*n).unwrap_or(i64::MAX),
            kind: answer.kind.as_str().to_owned(),
            outcome: answer.outcome.as_str().to_owned(),
            on_day: answer.on.map(|day| day.to_string()),
            heard_at: instant(office.clock.now()),
        };
        if tx.hear_outgoing(&heard).await? {
            mark(tx, office, one, answer, &heard).await?;
            marked.insert(heard.outgoing);
        }
    }
    finish(tx, marked).await
}

/// What of some has every answer now is answered.
async fn finish(tx: &mut Tx, marked: BTreeSet<String>) -> anyhow::Result<()> {
    let mut heard = Vec::with_capacity(marked.len());
    for id in marked {
        heard.extend(tx.outgoing(&id).await?);
    }
    let counted = tx.count_outgoing(&heard).await?;
    // Questions have answers of their own (`status::answered`): a 999 answers none of them.
    for one in heard.into_iter().filter(|one| one.kind != Kind::StatusInquiry.as_str()) {
        let is_whole = |counts: &Counts| counts.answered == counts.items;
        if counted.get(&one.outgoing).is_some_and(is_whole) {
            let after = Outgoing { state: State::Answered.as_str().to_owned(), ..one.clone() };
            tx.save_outgoing(&after, &one.state).await?;
        }
    }
    Ok(())
}

/// What an answer is about, where it left before the answer was made.
async fn answered(
    tx: &mut Tx,
    office: &Office,
    answer: &Acknowledgement,
) -> anyhow::Result<Option<Outgoing>> {
    let found = match answer.kind {
        AnswerKind::Interchange | AnswerKind::Syntax | AnswerKind::OldSyntax => {
            by_control(tx, answer).await?
        }
        AnswerKind::Claims => by_claim(tx, office, answer).await?,
        AnswerKind::Status => None,
    };
    // A day of grace: the answerer's day may have begun later than ours.
    let is_after = |one: &Outgoing| {
        let left = left_on(office, one);
        left.zip(answer.on).is_some_and(|(left, on)| on >= left.saturating_sub(1.day()))
    };
    Ok(found.filter(is_after))
}

/// When it left; what was uploaded whole before the program ended may have.
pub(crate) fn left_at(one: &Outgoing) -> Option<&str> {
    one.left_at.as_deref().or(one.uploaded_at.as_deref())
}

/// The day on which it left, where the practice is.
pub(crate) fn left_on(office: &Office, one: &Outgoing) -> Option<Date> {
    let left: Timestamp = left_at(one)?.parse().ok()?;
    Some(zone(&office.clinic.zone).to_datetime(left).date())
}

async fn by_control(tx: &mut Tx, answer: &Acknowledgement) -> anyhow::Result<Option<Outgoing>> {
    let sent = &answer.answers;
    let is_whole = answer.level == Level::Interchange;
    let number = if is_whole { &sent.interchange } else { &sent.group };
    let Ok(control) = number.trim().parse::<i64>() else { return Ok(None) };
    let batch = || answers::batch(answer).unwrap_or_else(|| format!("{control}/0001"));
    let (kind, batch) = match Kind::answered(answer)[..] {
        [] => return Ok(None),
        // No claim of somebody else stands in a group of questions.
        [Kind::StatusInquiry] => (Some(Kind::StatusInquiry), String::new()),
        [one] => (Some(one), batch()),
        [..] => (None, batch()),
    };
    let kind = kind.map_or("", Kind::as_str);
    Ok(tx.outgoing_by_control(control, kind, &batch).await?)
}

/// By the reference of its batch; where the answer bears none of ours, by the claim, if what left
/// is what speaks for it now.
async fn by_claim(
    tx: &mut Tx,
    office: &Office,
    answer: &Acknowledgement,
) -> anyhow::Result<Option<Outgoing>> {
    let Some(number) = &answer.claim else {
        return Ok(one_of(tx.outgoing_by_batch(&answer.answers.batch).await?));
    };
    let claim = identity::claim(number).to_string();
    let mut carrying = Vec::new();
    let mut ids: Vec<String> =
        tx.outgoing_of_claim(&claim).await?.into_iter().map(|item| item.outgoing).collect();
    ids.dedup();
    for id in ids {
        carrying.extend(tx.outgoing(&id).await?.filter(|one| left_at(one).is_some()));
    }
    carrying.sort_by(|one, other| left_at(one).cmp(&left_at(other)));
    let batch = &answer.answers.batch;
    if let Some(one) = carrying.iter().rfind(|one| !batch.is_empty() && one.batch == *batch) {
        return Ok(Some(one.clone()));
    }
    let Some(last) = carrying.pop() else { return Ok(None) };
    let versions = tx.versions(&claim).await?;
    let speaks = versions.first().is_some_and(|(file, ..)| *file == last.document);
    let is_after = left_on(office, &last).zip(answer.on).is_some_and(|(left, on)| on >= left);
    Ok(Some(last).filter(|_| speaks && is_after))
}

/// What has been silent for too long about claims that left.
pub(crate) fn late(office: &Office, one: &Outgoing, counts: Counts) -> Late {
    let at = one.left_at.as_deref().and_then(|at| at.parse::<Timestamp>().ok());
    let left = at.zip(left_on(office, one));
    let Some(left) = left.filter(|_| one.kind == Kind::Claims.as_str()) else {
        return Late::default();
    };
    let heard = (
        !one.receipt.is_empty() || counts.answered > 0,
        counts.answered == counts.items || state(one) == Some(State::Answered),
    );
    let moment = office.moment();
    outgoing::late(office.rules.desk.silence, left, heard, (moment.now, moment.today))
}

/// The one, where nothing else could be meant.
fn one_of(mut found: Vec<Outgoing>) -> Option<Outgoing> {
    found.retain(|one| left_at(one).is_some());
    if found.len() == 1 { found.pop() } else { None }
}

/// Marks what is answered and moves the cases that it is about.
async fn mark(
    tx: &mut Tx,
    office: &Office,
    one: Outgoing,
    answer: &Acknowledgement,
    heard: &OutgoingAnswer,
) -> anyhow::Result<()> {
    let meaning = meaning(answer);
    let all = answers_all(answer);
    // An answer proves that it left, also where the program ended before it could say so.
    let one = if one.left_at.is_none() { leaving::sent(tx, office, &one).await? } else { one };
    let mut after = one.clone();
    if all && (after.receipt.is_empty() || matches!(meaning, Meaning::Refused(_))) {
        after.receipt.clone_from(&heard.outcome);
        after.receipt_at = Some(heard.heard_at.clone());
    }
    if let (true, Meaning::Refused(codes)) = (all, &meaning)
        && one.kind == Kind::StatusInquiry.as_str()
    {
        answered::refused(tx, office, &one.outgoing, codes).await?;
    }
    for item in about(tx, &one, answer, &meaning).await? {
        let item = leaving::follow(tx, office, &one, item).await?;
        move_case(tx, office, &one, &item, (&meaning, answer.on)).await?;
        // What was said later holds, in whatever order it came.
        if heard.on_day >= item.outcome_on {
            let outcome_on = heard.on_day.clone();
            let item = OutgoingItem { outcome: heard.outcome.clone(), outcome_on, ..item };
            tx.save_outgoing_item(&item).await?;
        }
    }
    tx.save_outgoing(&after, &one.state).await?;
    let facts = json!({ "file": heard.file, "by": heard.kind, "outcome": heard.outcome });
    let entry = Entry::new(&one.outgoing, "outbox.answered", &facts);
    tx.append(vec![entry], &office.moment_of(console_actor())).await?;
    Ok(())
}

/// The cases that an answer says something final of: those of its claim, or all where the whole is
/// refused. What only says that something is on its way is kept as evidence.
async fn about(
    tx: &mut Tx,
    one: &Outgoing,
    answer: &Acknowledgement,
    meaning: &Meaning,
) -> anyhow::Result<Vec<OutgoingItem>> {
    if matches!(meaning, Meaning::Noted) {
        return Ok(Vec::new());
    }
    if answers_all(answer) {
        return Ok(tx.outgoing_items(&one.outgoing, 0, i64::MAX).await?);
    }
    let Some(number) = &answer.claim else { return Ok(Vec::new()) };
    let claim = identity::claim(number).to_string();
    let mut items = tx.outgoing_of_claim(&claim).await?;
    items.retain(|item| item.outgoing == one.outgoing);
    Ok(items)
}

/// Moves a case that still waits for the answer to this very correction.
async fn move_case(
    tx: &mut Tx,
    office: &Office,
    one: &Outgoing,
    item: &OutgoingItem,
    (meaning, on): (&Meaning, Option<Date>),
) -> anyhow::Result<()> {
    let Some(id) = &item.denial else { return Ok(()) };
    let case = tx.case(id).await?;
    let moment = office.moment_of(console_actor());
    let on = on.map(|on| on.min(moment.today));
    let (act, action) = match meaning {
        Meaning::Received(receipt) => {
            (Act::Acknowledge, Action::Acknowledge(Receipt { on, ..receipt.clone() }))
        }
        Meaning::Refused(codes) => (Act::Reject, Action::Reject { codes: codes.clone(), on }),
        Meaning::Noted => return Ok(()),
    };
    if !act.is_from(case.status()) || !waits_for(&case, one) {
        return Ok(());
    }
    match act::do_in(tx, office, &moment, &case, &action).await {
        Ok(_) => Ok(()),
        Err(Failed::Refused(why)) => {
            let facts = json!({ "case": item.denial, "why": why.to_string() });
            let entry = Entry::new(&one.outgoing, "outbox.case_stayed", &facts);
            tx.append(vec![entry], &moment).await?;
            Ok(())
        }
        Err(other) => Err(other.into()),
    }
}

/// True where the last correction of the case is this one, and nothing has ended it.
fn waits_for(case: &Denial, one: &Outgoing) -> bool {
    case.submissions
        .last()
        .is_some_and(|last| last.ended_on.is_none() && last.reference == reference(one))
}
