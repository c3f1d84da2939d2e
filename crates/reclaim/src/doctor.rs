//! Explains any X12 file without a database: what it holds, what does not add up, what is odd.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;
use denial::adjudication::{self, Adjudication};
use denial::codes::ClaimNumber;
use denial::denial::DeniedLine;
use denial::ids::RemittanceId;
use denial::matching;
use denial::remittance::{Check, ClaimPayment, Imbalance, RemittanceHead};
use denial::rules::Rules;
use denial::totals::Totals;
use x12::Severity;

use crate::doctor_report;
use crate::survey::{Remittance, Survey, Transaction, survey};

/// Exit code where nothing is odd; notes are not odd.
pub(crate) const CLEAN: u8 = 0;
/// Exit code where something was found.
pub(crate) const FOUND: u8 = 1;
/// Exit code where a file could not be read at all.
pub(crate) const UNREADABLE: u8 = 2;

/// What one file holds.
pub(crate) struct Report {
    pub(crate) file: PathBuf,
    pub(crate) survey: Survey,
    pub(crate) transactions: Vec<Transaction>,
    pub(crate) denials: Vec<DeniedClaim>,
}

/// A claim with denied lines, as far as one file tells; a later one may say otherwise.
pub(crate) struct DeniedClaim {
    pub(crate) number: ClaimNumber,
    pub(crate) lines: Vec<DeniedLine>,
}

/// Explains every file on standard output and returns the exit code of the worst.
pub(crate) fn run(files: &[PathBuf], json: bool, rules: &Rules) -> u8 {
    let mut out = io::stdout().lock();
    files.iter().map(|file| explain(file, json, rules, &mut out)).max().unwrap_or(CLEAN)
}

fn explain(file: &Path, json: bool, rules: &Rules, out: &mut impl Write) -> u8 {
    let written = match examine(file, rules) {
        Ok(report) => doctor_report::print(&report, rules, json, out).map(|()| report.exit_code()),
        Err(fault) => doctor_report::unreadable(file, &fault, json, out).map(|()| UNREADABLE),
    };
    // Nobody reads on when the output is closed, as by `head`.
    written.unwrap_or(UNREADABLE)
}

fn examine(file: &Path, rules: &Rules) -> anyhow::Result<Report> {
    let source = File::open(file).context("cannot open the file")?;
    let mut transactions = Vec::new();
    let mut denials = Vec::new();
    let survey = survey(
        source,
        io::sink(),
        |transaction| transactions.push(transaction),
        |head, payment| denials.extend(denied(head, payment, rules)),
    )?;
    Ok(Report { file: file.to_owned(), survey, transactions, denials })
}

/// The denied lines of one claim payment, by the kinds of its adjustments.
fn denied(head: &RemittanceHead, payment: &ClaimPayment, rules: &Rules) -> Option<DeniedClaim> {
    let claim = matching::known_from(payment, head);
    let said = Adjudication {
        remittance: RemittanceId::from_bits(0),
        on: head.paid_on.or(head.produced_on),
        trace: head.trace.clone(),
        number: 0,
        quarantined: false,
        payment: payment.clone(),
    };
    let terms = rules.payer(&head.payer, claim.plan);
    let found = adjudication::findings(&claim, &[said], &rules.playbook, terms)?;
    Some(DeniedClaim { number: payment.number.clone(), lines: found.lines })
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
        let odd = self.survey.findings.iter().any(|finding| finding.severity > Severity::Note);
        if odd || self.imbalances().next().is_some() { FOUND } else { CLEAN }
    }
}
