//! A file is taken in: looked at once, kept whole, and each transaction in it given its place.

use std::fs::File;
use std::path::Path;

use anyhow::Context;
use denial::ids::PayerId;
use denial::remittance::{Check, Imbalance, Payee};
use denial::rules::Rules;
use serde::{Deserialize, Serialize};
use store::files::FileRow;
use store::remittances::{RemittanceRow, State};
use store::{Practice, instant};
use tokio::sync::watch;
use x12::Finding;

use crate::documents::{self, Incoming};
use crate::practice::Office;
use crate::survey::{self, Survey, Transaction, survey};
use crate::web::words;
use crate::{answers, bills, evidence, identity, settle, staging};

/// How a file is to be taken. Until it is taken, its row holds this where its report will be.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Options {
    /// A test file (ISA15 = T) is worked as if it were none.
    pub(crate) accept_test: bool,
}

/// What became of a file.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct FileReport {
    /// Its name as it came.
    pub(crate) file: String,
    /// sha-256 of its bytes.
    pub(crate) sha256: String,
    pub(crate) outcome: FileOutcome,
    /// The name under which the same bytes came first, where they did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) first: Option<String>,
    pub(crate) transactions: Vec<Placed>,
    /// How many things were odd in it.
    pub(crate) findings: usize,
    /// The gravest of them, in the order of the file.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) odd: Vec<Odd>,
}

/// One odd thing, as a report keeps it; it holds no patient data.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Odd {
    pub(crate) segment: u32,
    pub(crate) byte: u64,
    pub(crate) severity: String,
    pub(crate) code: String,
    pub(crate) message: String,
    pub(crate) hint: String,
}

/// Odd things kept with a file; `reclaim doctor` names every one.
const ODD_KEPT: usize = 200;

/// The gravest findings, in the order of the file.
fn odd(findings: &[Finding]) -> Vec<Odd> {
    let mut gravest: Vec<&Finding> = findings.iter().collect();
    gravest.sort_by_key(|one| (std::cmp::Reverse(one.severity), one.at));
    gravest.truncate(ODD_KEPT);
    gravest.sort_by_key(|one| one.at);
    let odd = |one: &Finding| Odd {
        segment: one.at.segment,
        byte: one.at.byte,
        severity: one.severity.as_str().to_owned(),
        code: one.code.as_str().to_owned(),
        message: one.message.to_string(),
        hint: one.hint.to_owned(),
    };
    gravest.into_iter().map(odd).collect()
}

/// Whether a file went in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum FileOutcome {
    /// Everything in it has its place.
    Taken,
    /// The same bytes were taken before.
    Refused,
    /// It holds no transaction that can be read.
    Nothing,
}

/// What became of one transaction.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Placed {
    /// Transaction set: 835, 837, 999, 277, 271, 278.
    pub(crate) set: String,
    /// The segment of its ST.
    pub(crate) segment: u32,
    pub(crate) outcome: Outcome,
    /// Its id, for a remittance.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) remittance: Option<String>,
    /// Claims, or answers.
    pub(crate) units: u64,
    /// Claims whose money does not add up.
    #[serde(default)]
    pub(crate) quarantined: u64,
    /// Why, where it was not simply taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) why: Option<String>,
}

/// Where a transaction went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Outcome {
    /// It is in.
    Taken,
    /// The same content is in already.
    Refused,
    /// It waits for somebody: its payee is no practice here.
    Held,
    /// Another remittance has the same payment and says something else; both wait for a choice.
    Conflict,
    /// A test transaction, shown and not worked.
    Test,
    /// A set that is kept and not worked.
    Kept,
}

/// One transaction as the first pass leaves it: small, whatever its size.
pub(crate) struct Planned {
    pub(crate) placed: Placed,
    /// The row of a remittance, whose file is not known yet.
    pub(crate) row: Option<RemittanceRow>,
    /// The payment itself does not add up, so none of its claims' money counts.
    pub(crate) unbalanced: bool,
    /// The practice whose payment it is.
    pub(crate) practice: Practice,
    /// What its payer was before a rule file said that its spellings are one.
    pub(crate) former: Vec<PayerId>,
    payee: Payee,
    test: bool,
}

/// Takes one file in. `progress` hears how many bytes have been placed.
///
/// # Errors
/// The file cannot be read, or the database or the documents folder cannot be written.
pub(crate) async fn take_file(
    office: &Office,
    path: &Path,
    name: &str,
    options: Options,
    progress: &(dyn Fn(u64) + Send + Sync),
) -> anyhow::Result<FileReport> {
    let (survey, mut planned, copy) = look_at(office, path).await?;
    let hash = survey.sha256.clone();
    let mut tx = office.read().await?;
    let known = tx.file(&hash).await?.filter(|file| file.state == "taken");
    let is_purged = tx.purged_at(&hash).await?.is_some();
    drop(tx);
    let waits = options.accept_test && planned.iter().any(|one| one.test);
    if let Some(first) = known.filter(|_| !waits) {
        // What the folder lost comes back; what was taken out past its time does not.
        if !is_purged {
            documents::keep(office, copy).await?;
        }
        return Ok(refused(office, name, &survey, &first));
    }
    decide(office, &mut planned, &hash, options).await?;
    let row = file_row(office, name, &survey, &planned, options)?;
    begin(office, copy, &row).await?;
    place(office, &hash, &mut planned, progress).await?;
    finish(office, name, &survey, planned).await
}

/// Keeps the bytes, and notes that they are being read: no purge comes between.
async fn begin(office: &Office, copy: Incoming, row: &FileRow) -> anyhow::Result<()> {
    let (.., arriving) = documents::keep(office, copy).await?;
    let mut tx = office.write().await?;
    tx.begin_file(row).await?;
    tx.commit().await?;
    drop(arriving);
    Ok(())
}

/// Goes on with files whose taking in a crash cut short: their bytes are kept already. One that
/// cannot be read keeps no other from it.
pub(crate) async fn go_on(office: &Office, stop: &watch::Receiver<bool>) -> anyhow::Result<()> {
    let waiting = office.read().await?.files_being_read().await?;
    for file in waiting {
        let path = office.documents.path(&file.hash);
        if *stop.borrow() || !path.exists() {
            continue;
        }
        let options: Options = serde_json::from_str(&file.report).unwrap_or_default();
        let taken = take_file(office, &path, &file.name, options, &|_| {}).await;
        if let Err(fault) = taken {
            tracing::error!("going on with the file {}: {fault:#}", file.hash);
        }
    }
    settle::catch_up(office).await
}

/// The first pass: the bytes are copied, each transaction becomes a plan.
async fn look_at(office: &Office, path: &Path) -> anyhow::Result<(Survey, Vec<Planned>, Incoming)> {
    let (office, path) = (office.clone(), path.to_owned());
    tokio::task::spawn_blocking(move || {
        let source = File::open(&path).context("cannot open the file")?;
        let mut copy = office.documents.incoming()?;
        let mut planned = Vec::new();
        let mut number = 0;
        let each = |transaction| {
            number += 1;
            planned.push(plan(transaction, number, &office.rules, office.practice()));
        };
        let survey = survey(source, &mut copy, each, |_, _| {})?;
        Ok((survey, planned, copy))
    })
    .await
    .context("looking at the file stopped")?
}

fn plan(transaction: Transaction, number: i64, rules: &Rules, practice: &Practice) -> Planned {
    let placed = Placed {
        set: transaction.set,
        segment: transaction.segment,
        outcome: Outcome::Kept,
        remittance: None,
        units: transaction.units,
        quarantined: 0,
        why: None,
    };
    let practice = practice.clone();
    match transaction.remittance {
        None => {
            let (payee, former) = (Payee::default(), Vec::new());
            Planned { placed, row: None, unbalanced: false, practice, former, payee, test: false }
        }
        Some(remittance) => {
            let unbalanced =
                remittance.imbalances.iter().any(|one| one.check == Check::Transaction);
            let payee = remittance.head.payee.clone();
            let test = remittance.head.test;
            let former = identity::former_payers(&remittance.head.payer, rules);
            let row = Some(remittance_row(&remittance, number, rules));
            Planned { placed, row, unbalanced, practice, former, payee, test }
        }
    }
}

/// Imbalances kept with a remittance; the claims that they are about are marked one by one.
const IMBALANCES_KEPT: usize = 500;

fn remittance_row(one: &survey::Remittance, number: i64, rules: &Rules) -> RemittanceRow {
    let head = &one.head;
    let kept: Vec<&Imbalance> = one.imbalances.iter().take(IMBALANCES_KEPT).collect();
    let is_balanced = !one.imbalances.iter().any(|imbalance| imbalance.check.quarantines());
    let count = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    RemittanceRow {
        remittance: identity::remittance(&one.content).as_str().to_owned(),
        file: String::new(),
        number,
        deal: identity::deal(head),
        content: one.content.clone(),
        state: State::Staging.as_str().to_owned(),
        why: None,
        source: head.source.as_str().to_owned(),
        payer: identity::payer(&head.payer, &head.payer_key, rules).as_str().to_owned(),
        payer_name: head.payer.name.to_string(),
        trace: head.trace.as_str().to_owned(),
        paid_on: head.paid_on.or(head.produced_on).map(|day| day.to_string()),
        total: head.total.cents(),
        paid: one.totals.paid.cents(),
        provider_level: one.totals.provider_level.cents(),
        claims: count(one.totals.claims),
        lines: count(one.totals.lines),
        balanced: if is_balanced { "yes" } else { "no" }.to_owned(),
        head: serde_json::to_string(head).expect("a head is JSON"),
        separators: one.separators.to_hex(),
        imbalances: serde_json::to_string(&kept).expect("imbalances are JSON"),
        taken_at: String::new(),
        settled: 0,
        looked_at: None,
    }
}

/// What is to become of each transaction, as far as it can be told before it is written.
async fn decide(
    office: &Office,
    planned: &mut [Planned],
    hash: &str,
    options: Options,
) -> anyhow::Result<()> {
    let mut tx = office.read().await?;
    let has_payees = tx.has_payees().await?;
    let at = instant(office.clock.now());
    for one in planned.iter_mut() {
        let test = one.test && !options.accept_test;
        let payee = one.payee.clone();
        let routed = match &one.row {
            Some(_) => tx.practice_of(&payee).await?,
            None => None,
        };
        // A practice that has named no number of its own takes what is nobody else's.
        let routed = routed.or_else(|| (!has_payees).then(|| one.practice.clone()));
        let placed = &mut one.placed;
        let Some(row) = &mut one.row else {
            placed.outcome = sets::outcome(&placed.set);
            continue;
        };
        row.file = hash.to_owned();
        row.taken_at.clone_from(&at);
        placed.remittance = Some(row.remittance.clone());
        (placed.outcome, placed.why) = match (test, &routed) {
            (true, _) => (Outcome::Test, Some("ISA15 says test".to_owned())),
            (false, Some(_)) => (Outcome::Taken, None),
            (false, None) => {
                (Outcome::Held, Some("its payee is no practice of this database".to_owned()))
            }
        };
        row.why.clone_from(&placed.why);
        if let (Outcome::Taken, Some(other)) = (placed.outcome, &routed)
            && other != office.practice()
        {
            placed.why = Some(format!("its payee is practice {other}"));
        }
        one.practice = routed.unwrap_or_else(|| office.practice().clone());
    }
    Ok(())
}

/// Which transaction sets are worked.
mod sets {
    use super::Outcome;

    pub(super) fn outcome(set: &str) -> Outcome {
        match set {
            "837" | "999" | "997" | "277" | "271" | "278" => Outcome::Taken,
            _ => Outcome::Kept,
        }
    }
}

/// The second pass: what was planned is written.
async fn place(
    office: &Office,
    hash: &str,
    planned: &mut [Planned],
    progress: &(dyn Fn(u64) + Send + Sync),
) -> anyhow::Result<()> {
    let path = office.documents.path(hash);
    let mut practices: Vec<Practice> =
        planned.iter().filter(|one| one.row.is_some()).map(|one| one.practice.clone()).collect();
    practices.sort();
    practices.dedup();
    for practice in practices {
        let clinic = office.store.read(&practice).await?.clinic().await?;
        let there = office.of(clinic).await?;
        staging::place(&there, &path, planned, progress).await?;
    }
    if planned.iter().any(|one| one.placed.set == "837") {
        bills::place(office, &path, hash, progress).await?;
    }
    answers::place(office, &path, hash).await?;
    if planned.iter().any(|one| matches!(one.placed.set.as_str(), "271" | "278")) {
        evidence::place(office, &path, hash).await?;
    }
    settle::catch_up(office).await
}

async fn finish(
    office: &Office,
    name: &str,
    survey: &Survey,
    planned: Vec<Planned>,
) -> anyhow::Result<FileReport> {
    let kinds = kinds(&planned);
    let nothing = planned.is_empty() && survey.segments == 0;
    let report = FileReport {
        file: name.to_owned(),
        sha256: survey.sha256.clone(),
        outcome: if nothing { FileOutcome::Nothing } else { FileOutcome::Taken },
        first: None,
        transactions: planned.into_iter().map(|one| one.placed).collect(),
        findings: survey.findings.len(),
        odd: odd(&survey.findings),
    };
    let body = serde_json::to_string(&report).context("the report is JSON")?;
    let mut tx = office.write().await?;
    if tx.finish_file(&survey.sha256, &kinds, &body).await? {
        let facts = serde_json::json!({ "name": name, "kinds": kinds, "bytes": survey.bytes });
        let entry = store::journal::Entry::new(&survey.sha256, "file.taken", &facts);
        tx.append(vec![entry], &office.moment()).await?;
    }
    tx.commit().await?;
    Ok(report)
}

fn kinds(planned: &[Planned]) -> String {
    let mut kinds: Vec<&str> = planned.iter().map(|one| one.placed.set.as_str()).collect();
    kinds.sort_unstable();
    kinds.dedup();
    kinds.join(",")
}

fn file_row(
    office: &Office,
    name: &str,
    survey: &Survey,
    planned: &[Planned],
    options: Options,
) -> anyhow::Result<FileRow> {
    Ok(FileRow {
        hash: survey.sha256.clone(),
        name: name.to_owned(),
        bytes: i64::try_from(survey.bytes).unwrap_or(i64::MAX),
        kinds: kinds(planned),
        state: "reading".to_owned(),
        taken_at: instant(office.clock.now()),
        taken_by: office.who.person.as_str().to_owned(),
        report: serde_json::to_string(&options).context("options are JSON")?,
    })
}

fn refused(office: &Office, name: &str, survey: &Survey, first: &FileRow) -> FileReport {
    let at = words::instant(&first.taken_at, &office.clinic.zone);
    FileReport {
        file: name.to_owned(),
        sha256: survey.sha256.clone(),
        outcome: FileOutcome::Refused,
        first: Some(format!("{} on {at}", first.name)),
        transactions: Vec::new(),
        findings: survey.findings.len(),
        odd: Vec::new(),
    }
}
