//! `correct`: a claim of an 837 corrected without a database: what changes, what is wrong with it,
//! and a file to send once nothing is.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail, ensure};
use clap::Args;
use denial::correction::{
    Change, Draft, Fault, Field, Original, Originals, Sending, Terms, check, diff, new_claim,
    replacement, void, write,
};
use denial::rules::Rules;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use tempfile::NamedTempFile;
use x12::Reader;

use crate::batch::command::BatchArgs;
use crate::clock::Clock;

/// What is corrected, and how it goes out.
#[derive(Args)]
pub(crate) struct Correction {
    /// The 837 that the claim was sent in
    #[arg(required_unless_present_any = ["batch", "go_on", "stop"])]
    file: Option<PathBuf>,
    /// Our number of the claim (CLM01)
    #[arg(long, value_name = "NUMBER", required_unless_present_any = ["batch", "go_on", "stop"])]
    claim: Option<String>,
    /// Which of several claims with this number, counted in the file from 0
    #[arg(long, value_name = "N")]
    position: Option<u64>,
    /// A field and what it shall say: authorization=A1, line.2.modifiers=25,59, charge=lines;
    /// may be given several times
    #[arg(long, value_name = "FIELD=VALUE")]
    set: Vec<String>,
    /// Adds so many lines at the end, before fields are set
    #[arg(long, value_name = "COUNT", default_value_t = 0, hide_default_value = true)]
    add_lines: u16,
    /// Takes a line out, after fields are set; may be given several times
    #[arg(long, value_name = "N")]
    remove_line: Vec<u16>,
    /// 7 replaces the claim, 8 takes it back, 1 sends it as a new one
    #[arg(long, value_name = "CODE", value_parser = ["1", "7", "8"])]
    pub(crate) frequency: Option<String>,
    /// The payer's number of the claim (CLP07 of its newest remittance), with frequency 7 or 8
    #[arg(long, value_name = "NUMBER")]
    control: Option<String>,
    /// The payer denied the claim as a whole, which some do not let be replaced
    #[arg(long)]
    denied: bool,
    /// The file to write; without it changes and faults are shown alone
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Lists the claim's fields and what they say, and changes nothing
    #[arg(long)]
    fields: bool,
    /// One change on many claims of the database
    #[command(flatten)]
    pub(crate) many: BatchArgs,
}

/// Runs the command; the exit code is 1 where something must be mended first.
pub(crate) fn run(wish: &Correction, clock: &Clock, rules: &Rules) -> anyhow::Result<ExitCode> {
    let file = wish.file.as_deref().context("expected the 837 that the claim was sent in")?;
    let number = wish.claim.as_deref().context("expected --claim NUMBER")?;
    let original = find(file, number, wish.position)?;
    let mut out = io::stdout().lock();
    if wish.fields {
        list(original.draft(), &mut out)?;
        return Ok(ExitCode::SUCCESS);
    }
    let terms = terms(original.draft(), wish, rules);
    let draft = corrected(&original, wish, terms)?;
    let now = clock.now();
    let today = TimeZone::system().to_datetime(now).date();
    let faults = shown(&original, &draft, today, terms, &mut out)?;
    if faults > 0 {
        return Ok(ExitCode::from(1));
    }
    if let Some(path) = &wish.output {
        let bytes = write(&[&draft], &sending(&draft, now))?;
        save(path, &bytes)?;
        writeln!(out, "{} is written", path.display())?;
    }
    Ok(ExitCode::SUCCESS)
}

fn find(file: &Path, number: &str, position: Option<u64>) -> anyhow::Result<Original> {
    let mut reader = Reader::new(File::open(file).context("cannot open the file")?);
    let mut originals = Originals::all();
    let mut found = Vec::new();
    while let Some(block) = reader.next() {
        let fits = |one: &Original| {
            one.draft().number() == number && position.is_none_or(|at| at == one.position())
        };
        found.extend(originals.read(&block).filter(fits));
    }
    if let Some(fault) = reader.fault() {
        bail!("the file could not be read to its end: {fault}");
    }
    let positions: Vec<String> = found.iter().map(|one| one.position().to_string()).collect();
    ensure!(
        found.len() < 2,
        "{} claims have this number, at {}; choose one with --position",
        found.len(),
        positions.join(", ")
    );
    found.pop().context("expected an 837 with this claim, and none came")
}

/// What the rule files say of the payer that the claim names.
fn terms(draft: &Draft, wish: &Correction, rules: &Rules) -> Terms {
    let (payer, plan) = draft.payer();
    let said = rules.resubmission(&payer, plan).cloned().unwrap_or_default();
    Terms { denied: wish.denied, ..Terms::of(&said, draft.form()) }
}

fn corrected(original: &Original, wish: &Correction, terms: Terms) -> anyhow::Result<Draft> {
    let touched = !wish.set.is_empty() || wish.add_lines > 0 || !wish.remove_line.is_empty();
    let number = wish.control.as_deref().unwrap_or_default();
    if wish.frequency.as_deref() == Some("8") {
        ensure!(!touched, "a void is the claim as it was; leave --set and lines out");
        return Ok(void(original, number, terms)?);
    }
    let mut draft = original.draft().clone();
    for _ in 0..wish.add_lines {
        draft.add_line()?;
    }
    for text in &wish.set {
        let (key, value) = text.split_once('=').context("expected --set FIELD=VALUE")?;
        let field = Field::parse(key)
            .with_context(|| format!("no field {key}; --fields lists those of the claim"))?;
        draft.set(field, value)?;
    }
    wish.remove_line.iter().try_for_each(|line| draft.remove_line(*line))?;
    Ok(match wish.frequency.as_deref() {
        Some("7") => replacement(original, draft, number, terms)?,
        Some(_) => new_claim(draft)?,
        None => draft,
    })
}

/// Prints changes, then faults, and counts the faults.
fn shown(
    original: &Original,
    draft: &Draft,
    today: Date,
    terms: Terms,
    out: &mut impl Write,
) -> anyhow::Result<usize> {
    let changes = diff(original.draft(), draft);
    changes.iter().try_for_each(|change| tell_change(change, out))?;
    if changes.is_empty() {
        writeln!(out, "nothing is changed")?;
    }
    let faults = check(draft, today, terms);
    faults.iter().try_for_each(|fault| tell_fault(fault, out))?;
    Ok(faults.len())
}

fn tell_change(change: &Change, out: &mut impl Write) -> io::Result<()> {
    let (before, after) = (change.before.reveal(), change.after.reveal());
    let word = |text: &str| if text.is_empty() { "nothing".to_owned() } else { text.to_owned() };
    let coder = if change.is_code() { " (a coder approves)" } else { "" };
    writeln!(out, "{}: {} -> {}{coder}", change.field, word(before), word(after))
}

fn tell_fault(fault: &Fault, out: &mut impl Write) -> io::Result<()> {
    match fault.field {
        Some(field) => writeln!(out, "fault: {field} ({}): {}", field.key(), fault.expected),
        None => writeln!(out, "fault: {}", fault.expected),
    }
}

fn list(draft: &Draft, out: &mut impl Write) -> io::Result<()> {
    let mut fields = draft.fields().into_iter();
    fields.try_for_each(|field| {
        writeln!(out, "{}={}  # {field}", field.key(), draft.value(field).reveal())
    })
}

/// Numbers that no earlier file of ours has, by the second.
fn sending(draft: &Draft, now: Timestamp) -> Sending {
    let number = u32::try_from(now.as_second().rem_euclid(1_000_000_000)).unwrap_or(1).max(1);
    Sending {
        interchange: number,
        group: number,
        batch: format!("C{number}"),
        made: TimeZone::system().to_datetime(now),
        test: draft.is_test(),
    }
}

/// Whole or not at all, and never over another file.
fn save(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let mut file = NamedTempFile::new_in(folder.unwrap_or(Path::new(".")))?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist_noclobber(path).context("expected the name of a file that is not there yet")?;
    Ok(())
}
