//! Explains any X12 file without a database: what it holds, and each finding at its place.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;
use comfy_table::Table;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use x12::{Finding, Kind, Reader, Severity};

/// Exit code where nothing is odd; notes are not odd.
const CLEAN: u8 = 0;
/// Exit code where something was found.
const FOUND: u8 = 1;
/// Exit code where a file could not be read at all.
const UNREADABLE: u8 = 2;

/// What one file holds.
struct Report {
    file: PathBuf,
    sha256: String,
    segments: u32,
    transactions: Vec<Transaction>,
    findings: Vec<Finding>,
}

/// One ST, by its set and the segment where it stands.
struct Transaction {
    set: String,
    segment: u32,
    units: u64,
}

/// Explains every file on standard output and returns the exit code of the worst.
pub(crate) fn run(files: &[PathBuf], json: bool) -> u8 {
    let mut out = io::stdout().lock();
    files.iter().map(|file| explain(file, json, &mut out)).max().unwrap_or(CLEAN)
}

fn explain(file: &Path, json: bool, out: &mut impl Write) -> u8 {
    let written = match examine(file) {
        Ok(report) => print(&report, json, out).map(|()| report.exit_code()),
        Err(fault) => unreadable(file, &fault, json, out).map(|()| UNREADABLE),
    };
    // Nobody reads on when the output is closed, as by `head`.
    written.unwrap_or(UNREADABLE)
}

fn examine(file: &Path) -> anyhow::Result<Report> {
    let source = File::open(file).context("cannot open the file")?;
    let mut hash = Sha256::new();
    let mut reader = Reader::new(Hashing { source, hash: &mut hash });
    let mut transactions: Vec<Transaction> = Vec::new();
    while let Some(block) = reader.next() {
        match (block.kind(), block.opener()) {
            (Kind::Head, Some(opener)) => transactions.push(Transaction {
                set: opener.text(1).into_owned(),
                segment: opener.place().segment,
                units: 0,
            }),
            (Kind::Unit, Some(_)) => {
                transactions.iter_mut().next_back().into_iter().for_each(|last| last.units += 1);
            }
            (Kind::Head | Kind::Unit | Kind::Envelope | Kind::Tail, _) => {}
        }
    }
    if let Some(fault) = reader.fault() {
        anyhow::bail!("cannot read the file to its end: {fault}");
    }
    let segments = reader.segments();
    let findings = reader.finish();
    let sha256 = hex::encode(hash.finalize());
    Ok(Report { file: file.to_owned(), sha256, segments, transactions, findings })
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
    fn exit_code(&self) -> u8 {
        let odd = self.findings.iter().any(|finding| finding.severity > Severity::Note);
        if odd { FOUND } else { CLEAN }
    }

    fn as_json(&self) -> Value {
        json!({
            "file": self.file.display().to_string(),
            "sha256": self.sha256,
            "segments": self.segments,
            "transactions": self.transactions.iter().map(|one| json!({
                "set": one.set, "segment": one.segment, "units": one.units,
            })).collect::<Vec<_>>(),
            "findings": self.findings.iter().map(|one| json!({
                "segment": one.at.segment,
                "byte": one.at.byte,
                "code": one.code.as_str(),
                "severity": one.severity.as_str(),
                "message": one.message,
                "hint": one.hint,
            })).collect::<Vec<_>>(),
        })
    }
}

fn print(report: &Report, json: bool, out: &mut impl Write) -> io::Result<()> {
    if json {
        return writeln!(out, "{}", report.as_json());
    }
    writeln!(out, "{}: {} segments", report.file.display(), report.segments)?;
    for one in &report.transactions {
        writeln!(out, "  {} at segment {}, units: {}", one.set, one.segment, one.units)?;
    }
    if report.findings.is_empty() {
        return writeln!(out, "  nothing odd");
    }
    let mut table = Table::new();
    table.set_header(["segment", "byte", "severity", "what", "what to do"]);
    for one in &report.findings {
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

fn unreadable(
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
