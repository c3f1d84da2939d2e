//! Answers before adjudication (999, TA1, 277CA): all are kept as evidence, refusals make the queue
//! of rejections. A rejection is no denial.

use std::fs::File;
use std::path::{Path, PathBuf};

use anyhow::Context;
use denial::outgoing::Kind;
use denial::rejection::{Acknowledgement, AnswerKind, Level, Outcome, Rejection};
use serde_json::json;
use store::acknowledgements::{NewAcknowledgement, RejectionRow};
use store::journal::Entry;
use tokio::sync::mpsc;
use x12::Reader;

use crate::identity;
use crate::outbox::hearing;
use crate::parts::PART;
use crate::practice::Office;
use crate::requests;
use crate::secondary;
use crate::status::answered;

/// One answer and its position in the file.
type Answer = (u64, Acknowledgement);

/// Writes every answer of a kept file.
pub(crate) async fn place(office: &Office, path: &Path, file: &str) -> anyhow::Result<()> {
    let (sender, mut batches) = mpsc::channel(2);
    let path = path.to_owned();
    let reading = tokio::task::spawn_blocking(move || read(path, &sender));
    while let Some(answers) = batches.recv().await {
        write(office, file, answers).await?;
    }
    reading.await.context("reading the file stopped")?
}

fn read(path: PathBuf, sender: &mpsc::Sender<Vec<Answer>>) -> anyhow::Result<()> {
    let mut reader = Reader::new(File::open(path).context("cannot open the kept file")?);
    let mut rejection = Rejection::default();
    let mut findings = Vec::new();
    let (mut waiting, mut n) = (Vec::new(), 0);
    while let Some(block) = reader.next() {
        for answer in rejection.read(&block, &mut findings) {
            waiting.push((n, answer));
            n += 1;
        }
        findings.clear();
        if waiting.len() >= PART && sender.blocking_send(std::mem::take(&mut waiting)).is_err() {
            return Ok(());
        }
    }
    if let Some(fault) = reader.fault() {
        anyhow::bail!("cannot read the kept file to its end: {fault}");
    }
    if !waiting.is_empty() {
        // Nobody listens any more where writing failed; that fault is told there.
        let _ = sender.blocking_send(waiting);
    }
    Ok(())
}

async fn write(office: &Office, file: &str, answers: Vec<Answer>) -> anyhow::Result<()> {
    let refused: Vec<RejectionRow> = answers
        .iter()
        .filter(|(_, answer)| is_rejection(answer))
        .map(|(n, answer)| rejection_row(file, *n, answer))
        .collect();
    let kept = answers.iter().map(|(n, answer)| kept(*n, answer)).collect();
    let mut tx = office.write().await?;
    tx.add_acknowledgements(file, kept).await?;
    if tx.add_rejections(&refused).await? > 0 {
        let entries = refused
            .iter()
            .map(|row| Entry::new(&row.rejection, "rejection.received", &json!({ "file": file })))
            .collect();
        tx.append(entries, &office.moment()).await?;
    }
    hearing::hear(&mut tx, office, file, &answers).await?;
    answered::hear(&mut tx, office, file, &answers).await?;
    let claims: Vec<String> = refused.iter().filter_map(|row| row.claim.clone()).collect();
    secondary::follow(&mut tx, office, &claims, std::iter::empty()).await?;
    requests::hear(&mut tx, office, file, &answers).await?;
    tx.commit().await?;
    Ok(())
}

fn kept(n: u64, answer: &Acknowledgement) -> NewAcknowledgement {
    NewAcknowledgement {
        n,
        claim: claim(answer),
        batch: batch(answer),
        outcome: answer.outcome.as_str().to_owned(),
        body: serde_json::to_string(answer).expect("an answer is JSON"),
    }
}

/// The claim that an answer is about: the one it answers, or the first that a 999 names at fault.
fn claim(answer: &Acknowledgement) -> Option<String> {
    let named = answer.codes.iter().filter_map(|code| code.claim.as_ref());
    let number = answer.claim.iter().chain(named).next()?;
    Some(identity::claim(number).as_str().to_owned())
}

/// The group and transaction of claims that a 999 answers as a whole: one of questions where claims
/// stand says nothing of claims that were sent under the same numbers.
pub(crate) fn batch(answer: &Acknowledgement) -> Option<String> {
    let is_syntax = matches!(answer.kind, AnswerKind::Syntax | AnswerKind::OldSyntax);
    let is_whole = is_syntax && answer.level == Level::Transaction;
    let is_of_claims = Kind::answered(answer).contains(&Kind::Claims);
    identity::batch(&answer.answers).filter(|_| is_whole && is_of_claims)
}

fn rejection_row(file: &str, n: u64, answer: &Acknowledgement) -> RejectionRow {
    RejectionRow {
        rejection: identity::rejection(file, n).as_str().to_owned(),
        file: file.to_owned(),
        n: i64::try_from(n).unwrap_or(i64::MAX),
        claim: claim(answer),
        number: number(answer),
        state: "open".to_owned(),
        on_day: answer.on.map(|day| day.to_string()),
        body: serde_json::to_string(answer).expect("an answer is JSON"),
        resolved_at: None,
        resolved_by: None,
    }
}

/// What was refused, by the number that people find it by.
fn number(answer: &Acknowledgement) -> String {
    let sent = &answer.answers;
    match answer.level {
        Level::Claim => answer.claim.as_ref().map(ToString::to_string).unwrap_or_default(),
        Level::Provider if sent.batch.is_empty() => answer.provider.to_string(),
        Level::Provider => sent.batch.to_string(),
        Level::Transaction if sent.transaction.is_empty() => sent.batch.to_string(),
        Level::Transaction => sent.transaction.to_string(),
        Level::Group => sent.group.to_string(),
        Level::Interchange => sent.interchange.to_string(),
    }
}

/// A refusal; and what a payer that was asked says of all questions of a provider, which no claim
/// would tell.
fn is_rejection(answer: &Acknowledgement) -> bool {
    let is_of_many = answer.kind == AnswerKind::Status && answer.level == Level::Provider;
    answer.outcome == Outcome::Rejected || is_of_many
}
