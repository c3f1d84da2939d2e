//! `reclaim codes import` and `codes list`: code lists from the practice's own files.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};
use denial::lists::ListKind;
use denial::rules::import;
use indicatif::{ProgressBar, ProgressStyle};
use jiff::civil::Date;

use crate::code_files::{SHARES, Source, Unread, released};
use crate::code_lists::{self, Failed, Report, Shown, Step, Verdict};
use crate::own_rules::{self, Text};
use crate::practice::Office;
use crate::show;

/// How the command is asked to work.
pub(crate) struct Importing {
    /// The kind, as the command line names it.
    pub(crate) kind: String,
    pub(crate) files: Vec<PathBuf>,
    /// The first day for which the list holds; the one in the file's name where it is not said.
    pub(crate) from: Option<Date>,
    /// Only tells what it would change.
    pub(crate) dry_run: bool,
    /// Lines that could not be read are left out, instead of keeping the rest from being saved.
    pub(crate) force: bool,
}

/// The kinds that the command takes.
pub(crate) const KINDS: [&str; 6] = ["carc", "rarc", "icd10", "hcpcs", "ptp", "mue"];

/// Entries of each kind of change that are printed.
const PRINTED: usize = 10;

/// Reads the files, tells what they change, and lets the list hold unless it is only tried. The
/// exit code is 1 where the files are no such list, or not wholly.
pub(crate) async fn run(office: &Office, wanted: Importing) -> anyhow::Result<ExitCode> {
    let Some(kind) = ListKind::from_name(&wanted.kind) else {
        return reasons(office, &wanted).await;
    };
    let sources = wanted.files.iter().map(|file| source(file)).collect::<Vec<_>>();
    let named = || released(kind, &sources.first()?.name);
    let Some(from) = wanted.from.or_else(named) else {
        bail!("say with --from the first day of service for the list; its publisher names it");
    };
    let bar = bar(&wanted.files);
    let heard = |step: Step| follow(&bar, step);
    let done = if wanted.dry_run {
        code_lists::try_out(office, kind, from, sources, &heard).await.map(|report| (report, None))
    } else {
        held(office, &wanted, (kind, from), sources, &heard).await
    };
    bar.finish_and_clear();
    match done {
        Ok((report, version)) => {
            let is_refused = version.is_none() && !wanted.dry_run;
            show::print(told(kind, from, &report, version))?;
            if is_refused {
                eprintln!("reclaim: mend those lines, or leave them out with --force");
            }
            Ok(ExitCode::from(u8::from(is_refused)))
        }
        Err(Failed::Unfit(why)) => {
            eprintln!("reclaim: {why}");
            Ok(ExitCode::from(1))
        }
        Err(other) => Err(other.into()),
    }
}

/// The version that holds now; none where some lines could not be read and nobody said to go on
/// without them.
async fn held(
    office: &Office,
    wanted: &Importing,
    (kind, from): (ListKind, Date),
    sources: Vec<Source>,
    heard: code_lists::Heard<'_>,
) -> Result<(Report, Option<i64>), Failed> {
    let version = code_lists::begin(office, kind, from, &sources).await?;
    match code_lists::fill(office, kind, version, sources, heard).await {
        Ok(report) if report.unread > 0 && !wanted.force => {
            code_lists::give_up(office, kind, version).await?;
            Ok((report, None))
        }
        Ok(report) => {
            code_lists::decide(office, kind, version, Verdict::Hold).await?;
            Ok((report, Some(version)))
        }
        Err(why) => {
            code_lists::give_up(office, kind, version).await?;
            Err(why)
        }
    }
}

fn source(path: &Path) -> Source {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    Source { name, path: path.to_owned() }
}

fn bar(files: &[PathBuf]) -> ProgressBar {
    let sizes = files.iter().filter_map(|file| fs::metadata(file).ok()).map(|facts| facts.len());
    let style = ProgressStyle::with_template(
        "{bar:30} {percent}% {elapsed_precise} left {eta_precise} {wide_msg}",
    );
    // Comparing and keeping takes about as long as reading.
    let bar = ProgressBar::new(sizes.sum::<u64>().max(1) * 2);
    style.map_or_else(|_| bar.clone(), |style| bar.clone().with_style(style))
}

fn follow(bar: &ProgressBar, step: Step) {
    let half = bar.length().unwrap_or(0) / 2;
    match step {
        Step::Read(bytes) => {
            bar.set_message("reading");
            bar.set_position(bytes.min(half));
        }
        Step::Compared(share) => {
            bar.set_message("comparing");
            bar.set_position(half + half * share as u64 / SHARES as u64);
        }
    }
}

fn told(kind: ListKind, from: Date, report: &Report, version: Option<i64>) -> Vec<String> {
    let against = match report.against {
        Some(version) => format!("compared with version {version}"),
        None => "no list of it is in effect on that day".to_owned(),
    };
    let mut lines = vec![format!("{} from {from}; {against}", kind.title()), report.in_words()];
    changes(&mut lines, "new", report.new, &report.first_new);
    changes(&mut lines, "changed", report.changed, &report.first_changed);
    changes(&mut lines, "ended", report.ended, &report.first_ended);
    for Unread { file, line, why } in report.first_unread.iter().take(PRINTED) {
        lines.push(format!("not read: {file}, line {line}: {why}"));
    }
    lines.push(match version {
        Some(version) => format!("version {version} is in effect for services from {from} on"),
        None => "nothing was saved".to_owned(),
    });
    lines
}

fn changes(lines: &mut Vec<String>, what: &str, count: u64, first: &[Shown]) {
    for Shown { code, text, was } in first.iter().take(PRINTED) {
        let was =
            if was.is_empty() || was == text { String::new() } else { format!(" (was {was})") };
        lines.push(format!("{what}: {code} {text}{was}"));
    }
    if count > PRINTED as u64 {
        lines.push(format!("{what}: and {} more", count - PRINTED as u64));
    }
}

/// Reasons and remarks in words are rule files: the list is laid over ours and holds at once.
async fn reasons(office: &Office, wanted: &Importing) -> anyhow::Result<ExitCode> {
    let [file] = wanted.files.as_slice() else { bail!("a list of {} is one file", wanted.kind) };
    if wanted.from.is_some() {
        bail!("a list of {} is in effect once it is saved; leave --from out", wanted.kind);
    }
    let path = format!("codes/{}.csv", wanted.kind);
    let theirs = fs::read_to_string(file)
        .with_context(|| format!("cannot read {} as text in UTF-8", file.display()))?;
    let own = office.read().await?.own_rules().await?;
    let done = match import::imported(&own_rules::text_of(office, &own, &path), &theirs) {
        Ok(done) => done,
        Err(why) => {
            eprintln!("reclaim: {why}");
            return Ok(ExitCode::from(1));
        }
    };
    let mut lines = vec![format!(
        "{} new, {} with another text, {} ended, {} of ours that it does not have and that stay",
        done.new.len(),
        done.reworded.len(),
        done.ended.len(),
        done.kept.len()
    )];
    lines.extend(done.new.iter().take(PRINTED).map(|(code, text)| format!("new: {code} {text}")));
    let reworded = done.reworded.iter().take(PRINTED);
    lines.extend(
        reworded.map(|(code, ours, theirs)| format!("changed: {code} {theirs} (was {ours})")),
    );
    lines.extend(done.ended.iter().take(PRINTED).map(|code| format!("ended: {code}")));
    if wanted.dry_run {
        lines.push("nothing was saved".to_owned());
        return show::print(lines);
    }
    let read = own.iter().map(|one| one.version).max().unwrap_or(0);
    let why = format!("{} taken in", source(file).name);
    let text = Text { path: path.clone(), text: done.text };
    let version = own_rules::save(office, &[text], &why, read).await?;
    lines.push(format!("version {version} of {path} is in effect"));
    show::print(lines)
}

/// Prints every version of every list.
pub(crate) async fn list(office: &Office) -> anyhow::Result<ExitCode> {
    let lists = office.read().await?.code_lists().await?;
    let state = |state: &str| match state {
        "held" => "in effect",
        "back" => "withdrawn",
        "looked" => "waits for a decision",
        "reading" => "being read",
        _ => "could not be read",
    };
    let mut lines: Vec<String> = lists
        .iter()
        .map(|one| {
            let (kind, version, from) = (&one.kind, one.version, &one.from_day);
            let (entries, name) = (one.entries, &one.name);
            format!(
                "{kind} version {version} from {from}: {entries} entries, {}, {name}",
                state(&one.state)
            )
        })
        .collect();
    if lines.is_empty() {
        lines.push("the practice has taken no code list in".to_owned());
    }
    show::print(lines)
}
