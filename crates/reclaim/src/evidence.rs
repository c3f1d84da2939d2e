//! The evidence vault: what payers said before the visit (271, 278), kept as it arrives, found by
//! the claim it bears on, and put on a sheet that may go with an appeal.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use anyhow::Context;
use denial::claim::Claim;
use denial::evidence::{Bearing, Evidence, EvidenceKind, Reading, Weight};
use store::Tx;
use store::evidence::EvidenceRow;
use tokio::sync::mpsc;
use x12::delimiters::USUAL;
use x12::{Delimiters, Reader};

use crate::parts::PART;
use crate::practice::Office;

/// The longest piece of a file that goes onto a sheet.
const LONGEST: u64 = 200_000;

/// One answer that bears on a claim.
pub(crate) struct Found {
    /// The hash of the file that said it.
    pub(crate) file: String,
    /// Position there.
    pub(crate) n: i64,
    pub(crate) evidence: Evidence,
    pub(crate) bearing: Bearing,
}

/// Writes every answer of a kept file.
pub(crate) async fn place(office: &Office, path: &Path, file: &str) -> anyhow::Result<()> {
    let (sender, mut batches) = mpsc::channel(2);
    let (path, hash) = (path.to_owned(), file.to_owned());
    let reading = tokio::task::spawn_blocking(move || read(path, &hash, &sender));
    while let Some(rows) = batches.recv().await {
        let mut tx = office.write().await?;
        tx.add_evidence(rows).await?;
        tx.commit().await?;
    }
    reading.await.context("reading the file stopped")?
}

fn read(path: PathBuf, file: &str, sender: &mpsc::Sender<Vec<EvidenceRow>>) -> anyhow::Result<()> {
    let mut reader = Reader::new(File::open(path).context("cannot open the kept file")?);
    let mut reading = Reading::default();
    let (mut waiting, mut findings, mut n) = (Vec::new(), Vec::new(), 0);
    while let Some(block) = reader.next() {
        if let Some(one) = reading.read(&block, &mut findings) {
            waiting.push(row(file, n, &one));
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

fn row(file: &str, n: i64, one: &Evidence) -> EvidenceRow {
    let (member, number) = one.keys();
    EvidenceRow {
        file: file.to_owned(),
        n,
        kind: one.kind.as_str().to_owned(),
        member,
        number,
        person: one.person(),
        on_day: one.on.map(|day| day.to_string()),
        body: serde_json::to_string(one).expect("an answer is JSON"),
    }
}

/// What bears on a claim: what proves most first, the latest first among equals.
pub(crate) async fn found(tx: &mut Tx, claim: &Claim) -> anyhow::Result<Vec<Found>> {
    let (member, number) = Evidence::keys_of(claim);
    let mut all = Vec::new();
    for row in tx.evidence_of(&member, &number).await? {
        let (file, n) = (row.file.clone(), row.n);
        let evidence = parsed(&row)?;
        if let Some(bearing) = evidence.bearing(claim) {
            all.push(Found { file, n, evidence, bearing });
        }
    }
    all.sort_by_key(|one| rank(one.bearing.weight));
    Ok(all)
}

/// One answer and what it says of a claim, where it bears on it.
pub(crate) async fn one(
    tx: &mut Tx,
    claim: &Claim,
    (file, n): (&str, i64),
) -> anyhow::Result<Option<Found>> {
    let Some(row) = tx.evidence_at(file, n).await? else { return Ok(None) };
    let evidence = parsed(&row)?;
    let bearing = evidence.bearing(claim);
    Ok(bearing.map(|bearing| Found { file: file.to_owned(), n, evidence, bearing }))
}

pub(crate) fn parsed(row: &EvidenceRow) -> anyhow::Result<Evidence> {
    serde_json::from_str(&row.body).context("a kept answer is JSON")
}

const fn rank(weight: Weight) -> u8 {
    match weight {
        Weight::Shows => 0,
        Weight::Near => 1,
        Weight::Against => 2,
        Weight::Silent => 3,
    }
}

/// What a sheet of it is, in the playbook's words.
pub(crate) const fn what(kind: EvidenceKind) -> &'static str {
    match kind {
        EvidenceKind::Eligibility => "eligibility_response",
        EvidenceKind::Authorization => "authorization_record",
    }
}

/// What it is, for people.
pub(crate) const fn title(kind: EvidenceKind) -> &'static str {
    match kind {
        EvidenceKind::Eligibility => "Eligibility answer",
        EvidenceKind::Authorization => "Authorization answer",
    }
}

/// A sheet of one answer: what it says in words, where it came from, and its segments as they came.
/// It holds this patient's answer alone, whoever else the file speaks of.
///
/// # Errors
/// The kept file cannot be read.
pub(crate) fn sheet(office: &Office, found: &Found, taken: &str) -> anyhow::Result<String> {
    let Found { file, evidence, bearing, .. } = found;
    let patient = evidence.patient.reveal();
    let mut text = format!("{}\n\n", title(evidence.kind));
    let mut line = |name: &str, value: &str| {
        if !value.is_empty() {
            let _ = writeln!(text, "{name}: {value}");
        }
    };
    line("Payer", &evidence.payer.name);
    line("Payer's id", &evidence.payer.ids.join(", "));
    line("Patient", format!("{} {}", patient.given, patient.family).trim());
    line("Member id", &patient.member);
    line("Answered on", &evidence.on.map(|day| day.to_string()).unwrap_or_default());
    line("Number of the question", &evidence.trace);
    line("It says", &bearing.words);
    line("Taken in", taken);
    line("From the file with sha-256", file);
    text.push_str("\nThe answer as it came, segment by segment:\n\n");
    text.push_str(&segments(&office.documents.path(file), evidence)?);
    Ok(text)
}

fn segments(path: &Path, evidence: &Evidence) -> anyhow::Result<String> {
    let mut file = File::open(path).context("cannot open the kept file")?;
    let span = evidence.span;
    file.seek(SeekFrom::Start(span.start)).context("cannot read the kept file")?;
    let mut bytes = Vec::new();
    let length = span.end.saturating_sub(span.start).min(LONGEST);
    file.take(length).read_to_end(&mut bytes).context("cannot read the kept file")?;
    let ends = Delimiters::from_hex(&evidence.separators).unwrap_or(USUAL).segment;
    Ok(lines(&bytes, ends))
}

/// One segment a line, whatever ended it; letters that nobody sees are left out.
pub(crate) fn lines(bytes: &[u8], ends: u8) -> String {
    let mut lines = String::new();
    for segment in bytes.split(|byte| *byte == ends) {
        let segment = x12::segment::text(segment);
        if !segment.is_empty() {
            lines.extend(segment.chars().filter(|one| !one.is_control()));
            lines.push('\n');
        }
    }
    lines
}
