//! `reclaim demo`: a simulated practice, made from a seed, taken in like anybody's files.

use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail, ensure};
use indicatif::{ProgressBar, ProgressStyle};
use jiff::civil::Date;
use sim::{FileKind, Preset, World};
use store::practices::Clinic;
use store::{Practice, instant};

use crate::clock::Clock;
use crate::demo_staff;
use crate::practice::{self, Office, Place};
use crate::practices::{self, Wanted};
use crate::take::{Options, take_file};

/// What is to be simulated.
#[derive(Clone, Debug)]
pub(crate) struct Wish {
    /// `tiny` or `demo`.
    pub(crate) size: String,
    pub(crate) seed: u64,
}

/// A simulated practice that is whole, and where its truth lies.
pub(crate) struct Made {
    pub(crate) office: Office,
    /// What no page or rule may read: the truth that `--score` compares with.
    pub(crate) truth: PathBuf,
}

/// Makes the simulated practice, or goes on where an earlier run stopped.
pub(crate) async fn make(place: &Place, wish: &Wish) -> anyhow::Result<Made> {
    let preset = preset(wish)?;
    let place = demo_place(place)?;
    let ends_on = Clock::System.today("UTC");
    let made_by = MadeBy { size: wish.size.clone(), seed: wish.seed, ends_on, days: None };
    let office = Office::open_as(&place, Clock::System, |_| clinic(&made_by)).await?;
    let made_by = self::made_by(&office, wish, None)?;
    let world = sim::world(&preset, wish.seed, made_by.ends_on);
    let folder = office.folder.join("world");
    let truth = office.folder.join("truth");
    if !folder.join("written").exists() {
        write_world(&world, &folder, &truth)?;
    }
    route(&office, &world).await?;
    demo_staff::make(&office).await?;
    let office = office.afresh().await?;
    take_world(&office, &folder).await?;
    Ok(Made { office, truth })
}

pub(crate) fn preset(wish: &Wish) -> anyhow::Result<Preset> {
    Preset::named(&wish.size).context("expected --size tiny or demo")
}

/// How the database was made, where it was made so.
///
/// # Errors
/// It was made otherwise.
pub(crate) fn made_by(office: &Office, wish: &Wish, days: Option<u16>) -> anyhow::Result<MadeBy> {
    let simulated = office.clinic.simulated.as_deref();
    let Some(made_by) = simulated.and_then(MadeBy::parse) else {
        bail!("this database was not made by `reclaim demo`; name another with --db");
    };
    let of = |days: Option<u16>| days.map(|days| format!(" --days {days}")).unwrap_or_default();
    ensure!(
        made_by.size == wish.size && made_by.seed == wish.seed && made_by.days == days,
        "this database holds --size {} --seed {}{}; name another with --db",
        made_by.size,
        made_by.seed,
        of(made_by.days)
    );
    Ok(made_by)
}

/// A file of its own in the data folder where no database is named.
pub(crate) fn demo_place(place: &Place) -> anyhow::Result<Place> {
    let mut place = place.clone();
    if place.db.is_none() {
        let path = practice::data_folder()?.join("demo.db");
        place.db = Some(format!("sqlite:{}", path.display()));
    }
    Ok(place)
}

/// What a simulated practice notes of how it was made: size, seed, last day, and how many days its
/// desk worked by itself.
pub(crate) struct MadeBy {
    pub(crate) size: String,
    pub(crate) seed: u64,
    pub(crate) ends_on: Date,
    pub(crate) days: Option<u16>,
}

impl MadeBy {
    fn parse(text: &str) -> Option<MadeBy> {
        let mut words = text.split(' ');
        let made = MadeBy {
            size: words.next()?.to_owned(),
            seed: words.next()?.parse().ok()?,
            ends_on: words.next()?.parse().ok()?,
            days: words.next().map(str::parse).transpose().ok()?,
        };
        words.next().is_none().then_some(made)
    }
}

pub(crate) fn clinic(made_by: &MadeBy) -> Clinic {
    let MadeBy { size, seed, ends_on, days } = made_by;
    let days = days.map(|days| format!(" {days}")).unwrap_or_default();
    Clinic {
        practice: Practice::parse("demo").expect("a short name"),
        name: "Simulated practice".to_owned(),
        zone: "UTC".to_owned(),
        simulated: Some(format!("{size} {seed} {ends_on}{days}")),
    }
}

fn write_world(world: &World, folder: &Path, truth: &Path) -> anyhow::Result<()> {
    let bar = bar(world.steps(), "simulating a practice day by day");
    world.write(folder, truth, |_| bar.inc(1)).context("cannot write the simulated files")?;
    bar.finish_and_clear();
    std::fs::write(folder.join("written"), "whole\n").context("cannot write the simulated files")
}

pub(crate) async fn route(office: &Office, world: &World) -> anyhow::Result<()> {
    let practice = world.practice();
    let wanted = Wanted {
        npis: vec![practice.npi.clone()],
        tax_ids: vec![practice.tax_id.clone()],
        ..Wanted::default()
    };
    Ok(practices::change(office, &wanted).await?)
}

/// Takes every file in the order of days, as an inbox would get them.
async fn take_world(office: &Office, folder: &Path) -> anyhow::Result<()> {
    let files = files_by_day(folder)?;
    let mut tx = office.read().await?;
    let last = tx.sweeps().await?.into_iter().find(|(name, ..)| name == TAKEN);
    drop(tx);
    if last.is_some_and(|(_, _, result)| result == files.len().to_string()) {
        return Ok(());
    }
    let bar = bar(files.len() as u64, "taking the files in");
    for (name, path) in &files {
        take_file(office, path, name, Options::default(), &|_| {}).await?;
        bar.inc(1);
    }
    bar.finish_and_clear();
    let mut tx = office.write().await?;
    let at = instant(office.clock.now());
    tx.note_sweep(TAKEN, &at, &files.len().to_string()).await?;
    tx.commit().await?;
    Ok(())
}

/// Under this name it is noted that every simulated file was taken in.
const TAKEN: &str = "demo";

fn files_by_day(folder: &Path) -> anyhow::Result<Vec<(String, PathBuf)>> {
    let kinds =
        [FileKind::Claims, FileKind::Acknowledgement, FileKind::Status, FileKind::Remittance];
    let mut files = Vec::new();
    for (order, kind) in kinds.into_iter().enumerate() {
        let folder = folder.join(kind.folder());
        for entry in std::fs::read_dir(&folder).context("the simulated files are missing")? {
            let path = entry.context("the simulated files are missing")?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            files.push((day_of(&name), order, name, path));
        }
    }
    files.sort();
    Ok(files.into_iter().map(|(_, _, name, path)| (name, path)).collect())
}

/// The day that a simulated file's name ends with: the last run of eight digits.
fn day_of(name: &str) -> String {
    let mut runs = name.split(|letter: char| !letter.is_ascii_digit());
    runs.rfind(|run| run.len() == 8).unwrap_or_default().to_owned()
}

pub(crate) fn bar(steps: u64, what: &'static str) -> ProgressBar {
    let style = ProgressStyle::with_template("{msg} {bar:30} {percent}% left {eta_precise}");
    let bar = ProgressBar::new(steps);
    let bar = style.map_or_else(|_| bar.clone(), |style| bar.clone().with_style(style));
    bar.set_message(what);
    if !io::stderr().is_terminal() {
        // A log has no use for a bar that moves; one line says what is going on.
        let _ = writeln!(io::stderr(), "{what} …");
    }
    bar
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_comes_on_its_own_day() {
        assert_eq!(day_of("01_era_20260102_00001.edi"), "20260102");
        assert_eq!(day_of("01_era_20260102_00001_r20260109.edi"), "20260109");
    }

    #[test]
    fn how_it_was_made_reads_back() {
        let made = MadeBy::parse("tiny 7 2026-02-03").expect("reads");
        assert_eq!((made.size.as_str(), made.seed), ("tiny", 7));
        let made = MadeBy::parse("demo 1 2026-02-03 120").expect("reads");
        assert_eq!(made.days, Some(120));
        assert!(MadeBy::parse("demo 1 2026-02-03 x").is_none());
        assert!(MadeBy::parse("tiny 7").is_none() && MadeBy::parse("").is_none());
    }
}
