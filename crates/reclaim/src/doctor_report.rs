//! What the doctor found, as tables for people or as one JSON line for programs.

use std::io::{self, Write};
use std::path::Path;

use comfy_table::{CellAlignment, Table, presets};
use denial::adjudication;
use denial::denial::DeniedLine;
use denial::remittance::{Check, Imbalance};
use denial::rules::Rules;
use denial::totals::Totals;
use serde_json::{Value, json};
use x12::Finding;

use crate::doctor::{DeniedClaim, Report};
use crate::survey::Transaction;

/// Writes one report.
pub(crate) fn print(
    report: &Report,
    rules: &Rules,
    json: bool,
    out: &mut impl Write,
) -> io::Result<()> {
    if json {
        return writeln!(out, "{}", as_json(report));
    }
    writeln!(out, "{}: {} segments", report.file.display(), report.survey.segments)?;
    for one in &report.transactions {
        writeln!(out, "  {} at segment {}, units: {}", one.set, one.segment, one.units)?;
    }
    if let Some(totals) = report.totals() {
        writeln!(out, "{}", sums(&totals))?;
    }
    print_denials(report, rules, out)?;
    print_imbalances(report, out)?;
    print_findings(&report.survey.findings, out)
}

/// Writes that a file could not be read.
pub(crate) fn unreadable(
    file: &Path,
    fault: &anyhow::Error,
    json: bool,
    out: &mut impl Write,
) -> io::Result<()> {
    if json {
        let line = json!({ "file": file.display().to_string(), "error": format!("{fault:#}") });
        return writeln!(out, "{line}");
    }
    writeln!(out, "{}: {fault:#}", file.display())
}

fn as_json(report: &Report) -> Value {
    let mut line = json!({
        "file": report.file.display().to_string(),
        "sha256": report.survey.sha256,
        "segments": report.survey.segments,
        "transactions": report.transactions.iter().map(transaction).collect::<Vec<_>>(),
        "findings": findings(report),
    });
    if let (Some(totals), Some(members)) = (report.totals(), line.as_object_mut()) {
        members.insert("totals".to_owned(), json!(totals));
        members.insert("balanced".to_owned(), json!(report.is_balanced()));
        let denials: Vec<Value> = report.denials.iter().map(denied_claim).collect();
        members.insert("denials".to_owned(), json!(denials));
    }
    line
}

fn denied_claim(claim: &DeniedClaim) -> Value {
    let line = |line: &DeniedLine| {
        json!({
            "line": line.line,
            "procedure": line.procedure.to_string(),
            "denied": line.denied.plain(),
            "category": line.category.as_str(),
            "adjustments": line.adjustments.iter().map(|one| {
                json!([one.group, one.reason, one.amount.plain()])
            }).collect::<Vec<_>>(),
            "remarks": line.remarks.iter().map(|one| one.code.as_str()).collect::<Vec<_>>(),
        })
    };
    json!({ "claim": claim.number, "lines": claim.lines.iter().map(line).collect::<Vec<_>>() })
}

/// Denied lines shown to people; the rest are counted, and `--json` has them all.
const DENIALS_SHOWN: usize = 40;

fn print_denials(report: &Report, rules: &Rules, out: &mut impl Write) -> io::Result<()> {
    let lines = || {
        report.denials.iter().flat_map(|claim| claim.lines.iter().map(move |line| (claim, line)))
    };
    let count = lines().count();
    if count == 0 {
        let has_remittance = report.remittances().next().is_some();
        return if has_remittance { writeln!(out, "  no denied line") } else { Ok(()) };
    }
    let mut table = Table::new();
    table.load_style(presets::UTF8_FULL_CONDENSED);
    table.set_header(["claim", "line", "service", "denied", "reason", "why"]);
    for (claim, line) in lines().take(DENIALS_SHOWN) {
        table.add_row([
            claim.number.to_string(),
            line.line.map_or("claim".to_owned(), |number| number.to_string()),
            line.procedure.to_string(),
            line.denied.to_string(),
            line.category.as_str().replace('_', " "),
            why(line, rules),
        ]);
    }
    if let Some(column) = table.column_mut(3) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    writeln!(out, "{table}")?;
    if count > DENIALS_SHOWN {
        writeln!(out, "  and {} more denied lines", count - DENIALS_SHOWN)?;
    }
    Ok(())
}

/// The codes of a line in words; contractual and patient's parts are left out.
fn why(line: &DeniedLine, rules: &Rules) -> String {
    let reasons = line.adjustments.iter().filter(|one| {
        let ruling =
            rules.playbook.ruling(None, &one.group, &one.reason, &line.remarks, line.denied_on);
        adjudication::denies(&ruling)
    });
    let reasons = reasons.map(|one| {
        let text = rules.wording.carc(&one.reason).map_or("a code in no list", |it| &it.text);
        format!("{}-{} {text}", one.group, one.reason)
    });
    let remarks = line.remarks.iter().map(|one| {
        let text = rules.wording.rarc(&one.code).map_or("", |it| &it.text);
        format!("{} {text}", one.code)
    });
    reasons.chain(remarks).collect::<Vec<_>>().join("\n")
}

fn transaction(one: &Transaction) -> Value {
    let mut line = json!({ "set": one.set, "segment": one.segment, "units": one.units });
    if let (Some(remittance), Some(members)) = (&one.remittance, line.as_object_mut()) {
        let imbalances: Vec<Value> = remittance.imbalances.iter().map(imbalance).collect();
        members.insert("imbalances".to_owned(), json!(imbalances));
    }
    line
}

fn imbalance(one: &Imbalance) -> Value {
    json!({
        "check": one.check.as_str(),
        "segment": one.span.segment,
        "byte": one.span.start,
        "expected": one.expected.plain(),
        "stated": one.stated.plain(),
    })
}

/// Findings and imbalances in one list, in the order of the file.
fn findings(report: &Report) -> Vec<Value> {
    let mut rows: Vec<(u64, Value)> =
        report.survey.findings.iter().map(|one| (one.at.byte, finding(one))).collect();
    rows.extend(report.imbalances().map(|one| (one.span.start, imbalance_as_finding(one))));
    rows.sort_by_key(|(byte, _)| *byte);
    rows.into_iter().map(|(_, row)| row).collect()
}

fn finding(one: &Finding) -> Value {
    json!({
        "segment": one.at.segment,
        "byte": one.at.byte,
        "code": one.code.as_str(),
        "severity": one.severity.as_str(),
        "message": one.message,
        "hint": one.hint,
    })
}

fn imbalance_as_finding(one: &Imbalance) -> Value {
    json!({
        "segment": one.span.segment,
        "byte": one.span.start,
        "code": format!("imbalance_{}", one.check.as_str()),
        "severity": if one.check.quarantines() { "error" } else { "warning" },
        "message": in_words(one),
        "hint": advice(one.check),
    })
}

/// The sum in words, with both amounts.
fn in_words(one: &Imbalance) -> String {
    let (expected, stated) = (one.expected, one.stated);
    match one.check {
        Check::Line => format!("charge less adjustments is {expected}, SVC03 says {stated}"),
        Check::Claim => format!("charge less adjustments is {expected}, CLP04 says {stated}"),
        Check::LineCharges => format!("the lines charge {expected}, CLP03 says {stated}"),
        Check::PatientShare => format!("PR adjustments are {expected}, CLP05 says {stated}"),
        Check::Transaction => {
            format!("claims less provider adjustments are {expected}, BPR02 says {stated}")
        }
    }
}

const fn advice(check: Check) -> &'static str {
    match check {
        Check::Line | Check::Claim | Check::LineCharges => {
            "its money is not posted; its denials are worked all the same; tell the payer"
        }
        Check::PatientShare => "the adjustments decide; CLP05 repeats them",
        Check::Transaction => "nothing of this payment is posted until the payer explains it",
    }
}

fn sums(totals: &Totals) -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_BORDERS_ONLY);
    let rows = [
        ("claims", totals.claims.to_string()),
        ("lines", totals.lines.to_string()),
        ("charged", totals.charge.to_string()),
        ("paid on claims", totals.paid.to_string()),
        ("taken at provider level", totals.provider_level.to_string()),
        ("payment", totals.payment.to_string()),
    ];
    rows.into_iter().for_each(|(name, sum)| {
        table.add_row([name.to_owned(), sum]);
    });
    for ((group, carc), amount) in &totals.adjusted {
        table.add_row([format!("{group}-{carc}"), amount.to_string()]);
    }
    if let Some(column) = table.column_mut(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

fn print_imbalances(report: &Report, out: &mut impl Write) -> io::Result<()> {
    let mut table = Table::new();
    table.load_style(presets::UTF8_FULL_CONDENSED);
    table.set_header(["segment", "sum", "what", "what to do"]);
    for one in report.imbalances() {
        table.add_row([
            one.span.segment.to_string(),
            one.check.as_str().to_owned(),
            in_words(one),
            advice(one.check).to_owned(),
        ]);
    }
    match (table.is_empty(), report.remittances().next()) {
        (true, None) => Ok(()),
        (true, Some(_)) => writeln!(out, "  every line, claim and payment adds up"),
        (false, _) => writeln!(out, "{table}"),
    }
}

fn print_findings(findings: &[Finding], out: &mut impl Write) -> io::Result<()> {
    if findings.is_empty() {
        return writeln!(out, "  nothing odd");
    }
    let mut table = Table::new();
    table.load_style(presets::UTF8_FULL_CONDENSED);
    table.set_header(["segment", "byte", "severity", "what", "what to do"]);
    for one in findings {
        table.add_row([
            one.at.segment.to_string(),
            one.at.byte.to_string(),
            one.severity.as_str().to_owned(),
            one.message.to_string(),
            one.hint.to_owned(),
        ]);
    }
    writeln!(out, "{table}")
}
