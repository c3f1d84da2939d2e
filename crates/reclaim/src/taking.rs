//! `reclaim take`: files and folders, one after the other, with progress.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use crate::practice::Office;
use crate::take::{FileOutcome, FileReport, Options, Outcome, take_file};
use crate::{refile, settle};

/// How the command is asked to work.
pub(crate) struct Taking {
    pub(crate) json: bool,
    pub(crate) accept_test: bool,
}

/// Takes every file; the exit code is 2 where one could not be read.
pub(crate) async fn run(
    office: &Office,
    files: &[PathBuf],
    taking: &Taking,
) -> anyhow::Result<ExitCode> {
    settle::catch_up(office).await?;
    refile::begin(office).await?;
    let files = all_files(files);
    let options = Options { accept_test: taking.accept_test };
    let bar = bar(&files);
    let mut tally = Tally::default();
    for file in &files {
        let size = fs::metadata(file).map(|facts| facts.len()).unwrap_or(0);
        let before = bar.position();
        let progress = |reached: u64| bar.set_position(before + reached.min(size));
        let name = name(file);
        bar.set_message(name.clone());
        let taken = take_file(office, file, &name, options, &progress).await;
        bar.set_position(before + size);
        let line = match &taken {
            Ok(report) if taking.json => json!(report).to_string(),
            Ok(report) => in_words(report),
            Err(fault) if taking.json => {
                json!({ "file": name, "error": format!("{fault:#}") }).to_string()
            }
            Err(fault) => format!("{name}: could not be read: {fault:#}"),
        };
        tally.add(taken.as_ref().ok());
        bar.suspend(|| println!("{line}"));
    }
    bar.finish_and_clear();
    if !taking.json {
        println!("{}", tally.in_words());
    }
    bring_rules(office).await?;
    Ok(ExitCode::from(if tally.unreadable > 0 { 2 } else { 0 }))
}

/// Rules that changed since the last time reach the cases that wait, after the files of today.
async fn bring_rules(office: &Office) -> anyhow::Result<()> {
    let bar = ProgressBar::new_spinner();
    let heard = |cases| bar.set_message(format!("the rules changed: {cases} open cases follow"));
    let cases = refile::sweep(office, &heard).await?;
    bar.finish_and_clear();
    if cases > 0 {
        eprintln!("the rules changed: {cases} open cases were looked at again");
    }
    Ok(())
}

#[derive(Default)]
struct Tally {
    taken: u64,
    refused: u64,
    nothing: u64,
    unreadable: u64,
}

impl Tally {
    fn add(&mut self, report: Option<&FileReport>) {
        match report.map(|report| report.outcome) {
            Some(FileOutcome::Taken) => self.taken += 1,
            Some(FileOutcome::Refused) => self.refused += 1,
            Some(FileOutcome::Nothing) => self.nothing += 1,
            None => self.unreadable += 1,
        }
    }

    fn in_words(&self) -> String {
        let Tally { taken, refused, nothing, unreadable } = self;
        format!(
            "{taken} files taken, {refused} refused as taken before, {nothing} without X12, \
             {unreadable} unreadable"
        )
    }
}

fn bar(files: &[PathBuf]) -> ProgressBar {
    let total = files.iter().filter_map(|file| fs::metadata(file).ok()).map(|facts| facts.len());
    let style = ProgressStyle::with_template(
        "{bar:30} {bytes}/{total_bytes} {elapsed_precise} left {eta_precise} {wide_msg}",
    );
    let bar = ProgressBar::new(total.sum());
    style.map_or_else(|_| bar.clone(), |style| bar.clone().with_style(style))
}

/// The files named, and those below the folders named, in the order of their names.
fn all_files(named: &[PathBuf]) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for path in named {
        if path.is_dir() {
            below(path, &mut files);
        } else {
            files.push(path.clone());
        }
    }
    files
}

fn below(folder: &Path, files: &mut Vec<PathBuf>) {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            below(&path, files);
        } else {
            files.push(path);
        }
    }
}

fn name(file: &Path) -> String {
    let name = file.file_name().map(|name| name.to_string_lossy().into_owned());
    name.unwrap_or_else(|| file.display().to_string())
}

/// What became of a file, in one line.
pub(crate) fn in_words(report: &FileReport) -> String {
    match report.outcome {
        FileOutcome::Refused => {
            let first = report.first.as_deref().unwrap_or("before");
            format!("{}: refused, taken already as {first}", report.file)
        }
        FileOutcome::Nothing => format!("{}: no X12 in it", report.file),
        FileOutcome::Taken => {
            let parts: Vec<String> = summary(report);
            format!("{}: {}", report.file, parts.join("; "))
        }
    }
}

/// Transactions counted by set and outcome, in words.
pub(crate) fn summary(report: &FileReport) -> Vec<String> {
    let mut rows: Vec<(String, Outcome, u64, u64, u64)> = Vec::new();
    for one in &report.transactions {
        match rows.iter_mut().find(|row| row.0 == one.set && row.1 == one.outcome) {
            Some(row) => {
                row.2 += 1;
                row.3 += one.units;
                row.4 += one.quarantined;
            }
            None => rows.push((one.set.clone(), one.outcome, 1, one.units, one.quarantined)),
        }
    }
    let words = |(set, outcome, count, units, quarantined): (String, Outcome, u64, u64, u64)| {
        let odd = if quarantined > 0 {
            format!(", {quarantined} quarantined because they do not add up")
        } else {
            String::new()
        };
        format!("{count} × {set} {} ({units} units{odd})", outcome_in_words(outcome))
    };
    rows.into_iter().map(words).collect()
}

const fn outcome_in_words(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Taken => "taken",
        Outcome::Refused => "refused as taken before",
        Outcome::Held => "held: its payee is no practice here",
        Outcome::Conflict => "in conflict with another of the same payment",
        Outcome::Test => "kept as a test",
        Outcome::Kept => "kept, not worked",
    }
}
