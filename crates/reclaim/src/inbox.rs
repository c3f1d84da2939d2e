//! Folders from which files are taken in by themselves, once nobody writes to them any more.

use std::collections::HashMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use anyhow::Context;
use tokio::sync::watch;
use tokio::time::Instant;

use crate::practice::Office;
use crate::take::{FileOutcome, FileReport, Options, take_file};
use crate::taking;

/// How often the folders are looked at.
const LOOK: Duration = Duration::from_secs(2);
/// A file is whole once its size and time have stood still for so long (features 1.01).
const STILL: Duration = Duration::from_secs(5);
/// How long a file waits that could not be taken in.
const AGAIN: Duration = Duration::from_secs(30);

/// What a file looked like, and since when it looks so.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Look {
    bytes: u64,
    changed: Option<SystemTime>,
}

/// Files that are waited for.
#[derive(Default)]
pub(crate) struct Watch {
    seen: HashMap<PathBuf, (Look, Instant)>,
}

impl Watch {
    /// Files of a folder that have stood still; remembers how the others look.
    fn still(&mut self, folder: &Path, now: Instant) -> Vec<PathBuf> {
        let mut here = HashMap::new();
        let mut still = Vec::new();
        for path in files(folder) {
            let Ok(facts) = fs::metadata(&path) else { continue };
            let look = Look { bytes: facts.len(), changed: facts.modified().ok() };
            let since = match self.seen.get(&path) {
                Some((before, since)) if *before == look => *since,
                Some(_) | None => now,
            };
            if now.duration_since(since) >= STILL {
                still.push(path.clone());
            }
            here.insert(path, (look, since));
        }
        let elsewhere = self.seen.drain().filter(|(path, _)| path.parent() != Some(folder));
        here.extend(elsewhere);
        self.seen = here;
        still.sort();
        still
    }

    /// A file could not be taken in: it is tried again later, or as soon as it looks otherwise.
    fn again(&mut self, path: &Path, now: Instant) {
        if let Some((_, since)) = self.seen.get_mut(path) {
            *since = now + AGAIN - STILL;
        }
    }
}

/// Plain files of a folder; hidden ones are somebody's unfinished business.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let paths = entries.map(|entry| entry.path()).filter(|path| path.is_file());
    let hidden = |path: &PathBuf| {
        path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'))
    };
    paths.filter(|path| !hidden(path)).collect()
}

/// Watches folders until it is told to stop; a file in hand is finished first.
pub(crate) async fn watch(office: Office, folders: Vec<PathBuf>, mut stop: watch::Receiver<bool>) {
    let mut seen = Watch::default();
    loop {
        for folder in &folders {
            for path in seen.still(folder, Instant::now()) {
                if *stop.borrow() {
                    return;
                }
                if let Err(fault) = take_afresh(&office, folder, &path).await {
                    tracing::error!("a file of the inbox waits to be tried again: {fault:#}");
                    seen.again(&path, Instant::now());
                }
            }
        }
        tokio::select! {
            _ = stop.changed() => return,
            () = tokio::time::sleep(LOOK) => {}
        }
    }
}

/// The practice may have been given another time zone or other rules since the last file; with
/// rules that are not whole the files wait.
///
/// # Errors
/// As [`take`]; the rules have faults.
pub(crate) async fn take_afresh(office: &Office, folder: &Path, path: &Path) -> anyhow::Result<()> {
    let office = office.afresh().await?;
    office.rules.require_whole()?;
    take(&office, folder, path).await
}

/// Takes one file in and moves it to where people see what became of it.
///
/// # Errors
/// The database, a folder or the disk failed; the file stays and is tried again. What a file says
/// is never the reason: of any bytes something is told.
async fn take(office: &Office, folder: &Path, path: &Path) -> anyhow::Result<()> {
    let name = path.file_name().context("a file has a name")?.to_string_lossy().into_owned();
    let report = take_file(office, path, &name, Options::default(), &|_| {}).await?;
    let (place, words) = (place_of(&report), taking::in_words(&report));
    let kept = move_to(&folder.join(place), path, &name).context("cannot move a taken file")?;
    let mut report = fs::File::create(with_ending(&kept)).context("cannot write a report")?;
    writeln!(report, "{words}").context("cannot write a report")
}

const fn place_of(report: &FileReport) -> &'static str {
    match report.outcome {
        FileOutcome::Taken | FileOutcome::Refused => "taken",
        FileOutcome::Nothing => "unreadable",
    }
}

fn with_ending(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".report.txt");
    PathBuf::from(name)
}

/// Moves a file into a folder, under a number where another has its name.
fn move_to(folder: &Path, path: &Path, name: &str) -> std::io::Result<PathBuf> {
    fs::create_dir_all(folder)?;
    let mut names = (0..).map(|number| match number {
        0 => folder.join(name),
        number => folder.join(format!("{number}-{name}")),
    });
    let target = names.find(|path| !path.exists()).expect("numbers do not end");
    fs::rename(path, &target)?;
    Ok(target)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_growing_file_waits_and_a_hidden_one_for_ever() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.835");
        fs::write(&path, b"ISA").expect("written");
        fs::write(folder.path().join(".b.835"), b"ISA").expect("written");
        let mut watch = Watch::default();
        let start = Instant::now();
        let later = |seconds| start + Duration::from_secs(seconds);
        assert!(watch.still(folder.path(), start).is_empty());
        fs::write(&path, b"ISA*00*").expect("written");
        assert!(watch.still(folder.path(), later(6)).is_empty(), "it grew meanwhile");
        assert!(watch.still(folder.path(), later(10)).is_empty(), "not still for long enough");
        assert_eq!(watch.still(folder.path(), later(11)), std::slice::from_ref(&path));
        watch.again(&path, later(11));
        assert!(watch.still(folder.path(), later(40)).is_empty(), "it was tried a moment ago");
        assert_eq!(watch.still(folder.path(), later(41)), [path]);
    }

    #[test]
    fn what_is_moved_covers_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        let place = folder.path().join("taken");
        for (text, expected) in [("1", "a.835"), ("2", "1-a.835")] {
            let path = folder.path().join("a.835");
            fs::write(&path, text).expect("written");
            let kept = move_to(&place, &path, "a.835").expect("moved");
            assert_eq!(kept, place.join(expected));
            assert_eq!(fs::read_to_string(kept).expect("kept"), text);
        }
    }
}
