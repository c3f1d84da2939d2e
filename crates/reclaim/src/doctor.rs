//! Explains any X12 file without a database: what it holds, what does not add up, what is odd.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;
use denial::billed::Billed;
use denial::intake::{Intake, Piece};
use denial::rejection::Rejection;
use denial::remittance::{Check, ClaimPayment, Imbalance, Span};
use denial::totals::Totals;
use sha2::{Digest, Sha256};
use x12::{Block, Finding, Kind, Reader, Severity};

use crate::doctor_report;

/// Exit code where nothing is odd; notes are not odd.
pub(crate) const CLEAN: u8 = 0;
/// Exit code where something was found.
pub(crate) const FOUND: u8 = 1;
/// Exit code where a file could not be read at all.
pub(crate) const UNREADABLE: u8 = 2;

/// What one file holds.
pub(crate) struct Report {
    pub(crate) file: PathBuf,
    pub(crate) sha256: String,
    pub(crate) segments: u32,
    pub(crate) transactions: Vec<Transaction>,
    pub(crate) findings: Vec<Finding>,
}

/// One ST, by its set and the segment where it stands.
pub(crate) struct Transaction {
    pub(crate) set: String,
    pub(crate) segment: u32,
    pub(crate) units: u64,
    /// Filled for an 835.
    pub(crate) remittance: Option<Remittance>,
}

/// What one 835 adds up to.
#[derive(Default)]
pub(crate) struct Remittance {
    pub(crate) totals: Totals,
    pub(crate) imbalances: Vec<Imbalance>,
    span: Span,
}

/// Explains every file on standard output and returns the exit code of the worst.
pub(crate) fn run(files: &[PathBuf], json: bool) -> u8 {
    let mut out = io::stdout().lock();
    files.iter().map(|file| explain(file, json, &mut out)).max().unwrap_or(CLEAN)
}

fn explain(file: &Path, json: bool, out: &mut impl Write) -> u8 {
    let written = match examine(file) {
        Ok(report) => doctor_report::print(&report, json, out).map(|()| report.exit_code()),
        Err(fault) => doctor_report::unreadable(file, &fault, json, out).map(|()| UNREADABLE),
    };
    // Nobody reads on when the output is closed, as by `head`.
    written.unwrap_or(UNREADABLE)
}

fn examine(file: &Path) -> anyhow::Result<Report> {
    let source = File::open(file).context("cannot open the file")?;
    let mut hash = Sha256::new();
    let mut reader = Reader::new(Hashing { source, hash: &mut hash });
    let mut intake = Intake::default();
    let (mut billed, mut rejection) = (Billed::default(), Rejection::default());
    let mut transactions: Vec<Transaction> = Vec::new();
    let mut findings = Vec::new();
    while let Some(block) = reader.next() {
        let piece = intake.read(&block, &mut findings);
        // Their claims and answers are not shown here; what is odd in their elements is.
        billed.read(&block, &mut findings);
        rejection.read(&block, &mut findings);
        observe(&mut transactions, &block, piece);
        findings.drain(..).for_each(|finding| reader.note(finding));
    }
    if let Some(fault) = reader.fault() {
        anyhow::bail!("cannot read the file to its end: {fault}");
    }
    transactions.iter_mut().filter_map(|one| one.remittance.as_mut()).for_each(Remittance::close);
    let segments = reader.segments();
    let findings = reader.finish();
    let sha256 = hex::encode(hash.finalize());
    Ok(Report { file: file.to_owned(), sha256, segments, transactions, findings })
}

fn observe(transactions: &mut Vec<Transaction>, block: &Block<'_>, piece: Option<Piece>) {
    match (block.kind(), block.opener()) {
        (Kind::Head, Some(opener)) => transactions.push(Transaction {
            set: opener.text(1).into_owned(),
            segment: opener.place().segment,
            units: 0,
            remittance: None,
        }),
        (Kind::Unit, Some(_)) => {
            transactions.iter_mut().next_back().into_iter().for_each(|last| last.units += 1);
        }
        (Kind::Head | Kind::Unit | Kind::Envelope | Kind::Tail, _) => {}
    }
    let Some((piece, last)) = piece.zip(transactions.last_mut()) else { return };
    let remittance = last.remittance.get_or_insert_default();
    match piece {
        Piece::Head(head) => {
            remittance.totals.add_head(&head);
            remittance.span = head.span;
        }
        Piece::Claim(claim) => remittance.add_claim(&claim),
        Piece::Provider(adjustments) => {
            adjustments.iter().for_each(|one| remittance.totals.add_provider_adjustment(one));
        }
    }
}

impl Remittance {
    fn add_claim(&mut self, claim: &ClaimPayment) {
        self.totals.add_claim(claim);
        self.imbalances.extend(claim.imbalances());
    }

    /// The claims are all seen: the payment can be checked.
    fn close(&mut self) {
        self.imbalances.extend(self.totals.imbalance(self.span));
    }
}

/// Hashes what is read as it is read, so that the file is read once.
struct Hashing<'a> {
    source: File,
    hash: &'a mut Sha256,
}

impl Read for Hashing<'_> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        let count = self.source.read(room)?;
        self.hash.update(room.get(..count).unwrap_or_default());
        Ok(count)
    }
}

impl Report {
    /// Every remittance of the file.
    pub(crate) fn remittances(&self) -> impl Iterator<Item = &Remittance> {
        self.transactions.iter().filter_map(|one| one.remittance.as_ref())
    }

    /// The sums over all remittances; `None` for a file without any.
    pub(crate) fn totals(&self) -> Option<Totals> {
        let mut remittances = self.remittances();
        let mut totals = remittances.next()?.totals.clone();
        remittances.for_each(|one| totals.add(&one.totals));
        Some(totals)
    }

    /// Every sum that does not hold.
    pub(crate) fn imbalances(&self) -> impl Iterator<Item = &Imbalance> {
        self.remittances().flat_map(|one| &one.imbalances)
    }

    /// True where lines, claims and payments add up, whatever CLP05 says.
    pub(crate) fn is_balanced(&self) -> bool {
        let counts = |check| matches!(check, Check::Line | Check::Claim | Check::Transaction);
        !self.imbalances().any(|one| counts(one.check))
    }

    fn exit_code(&self) -> u8 {
        let odd = self.findings.iter().any(|finding| finding.severity > Severity::Note);
        if odd || self.imbalances().next().is_some() { FOUND } else { CLEAN }
    }
}
