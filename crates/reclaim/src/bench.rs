//! `reclaim bench`: how fast taking in and verifying are, as ratios to the unavoidable work in one
//! run on one machine.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use comfy_table::{Table, presets};
use denial::lifecycle::Action;
use serde_json::json;
use sim::flat::Flat;
use store::journal::{Chain, Entry};
use store::queue::{Filter, Sort};
use tempfile::TempDir;

use crate::act::act;
use crate::parts::PART;
use crate::practice::{Office, Place};
use crate::take::{Options, take_file};
use crate::{bench_busy, bench_chase, bench_desk};
use crate::{show, verify};

/// Claims in each remittance of the file.
const PER_REMITTANCE: u64 = 100;

/// Claims that taking in such a file writes in one transaction: whole remittances, until a part is
/// full. The floor does the same.
const TOGETHER: usize = PART.next_multiple_of(PER_REMITTANCE as usize);

/// Entries of the journal that V1 walks.
const ENTRIES: u64 = 1_000_000;

/// What is measured, and how often.
#[derive(Clone, Debug)]
pub(crate) struct Wish {
    /// Claims of the file that is taken in; 168,000 are about 75 MB.
    pub(crate) claims: u64,
    /// Runs of which the median counts.
    pub(crate) runs: usize,
    /// A PostgreSQL server on which databases may be made; each run uses two of its own.
    pub(crate) postgres: Option<String>,
    /// The one row that is measured; none for all.
    pub(crate) only: Option<String>,
    /// Open cases of the queue that is measured.
    pub(crate) cases: u64,
    /// Claims that the growing database ends with; none for not measuring growth.
    pub(crate) grown: Option<u64>,
}

impl Wish {
    pub(crate) fn wants(&self, row: &str) -> bool {
        self.only.as_deref().is_none_or(|only| only == row)
    }
}

/// One line of the table.
pub(crate) struct Row {
    pub(crate) name: &'static str,
    pub(crate) work: String,
    pub(crate) figure: String,
    pub(crate) against: String,
    pub(crate) ratio: Option<f64>,
    pub(crate) must: &'static str,
}

/// Measures and prints the table.
pub(crate) async fn run(wish: Wish) -> anyhow::Result<ExitCode> {
    let wish = &wish;
    let folder = tempfile::tempdir().context("no room for measuring")?;
    let file = folder.path().join("flat.835");
    write_flat(&file, 1, wish.claims, PER_REMITTANCE)?;
    let mut rows = Vec::new();
    let outcome = measure(wish, &folder, &file, &mut rows).await;
    // What was measured before a fault is told all the same: it took minutes.
    let code = print(&rows)?;
    outcome.map(|()| code)
}

async fn measure(
    wish: &Wish,
    folder: &TempDir,
    file: &Path,
    rows: &mut Vec<Row>,
) -> anyhow::Result<()> {
    if wish.wants("T1") {
        let taken = take_sqlite(wish, folder, file, rows).await?;
        verify_row(&taken, wish, rows).await?;
    }
    if wish.wants("T5") {
        giant(wish, rows).await?;
    }
    if wish.wants("Q") || wish.wants("S1") {
        bench_desk::measure(wish, folder, rows).await?;
    }
    if wish.wants("Q3") {
        bench_busy::measure(wish, rows).await?;
    }
    if wish.wants("L2") {
        bench_chase::measure(folder, rows).await?;
    }
    if let Some(claims) = wish.grown {
        growth(claims, folder, rows).await?;
    }
    if let Some(address) = &wish.postgres {
        take_postgres(wish, address, folder, file, rows).await?;
    }
    Ok(())
}

pub(crate) fn write_flat(
    path: &Path,
    first: u64,
    claims: u64,
    per_remittance: u64,
) -> anyhow::Result<()> {
    let mut out = BufWriter::new(File::create(path).context("no room for measuring")?);
    Flat { first, claims, per_remittance }.write(&mut out).context("no room for measuring")?;
    out.flush().context("no room for measuring")
}

pub(crate) fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

pub(crate) fn place(folder: &Path, name: &str) -> Place {
    let db = format!("sqlite:{}", folder.join(name).display());
    Place { db: Some(db), ..Place::default() }
}

/// Another process takes the file in: its time, and the most memory that it held, in bytes.
fn take_apart(place: &Place, file: &Path) -> anyhow::Result<(Duration, u64)> {
    let program = std::env::current_exe().context("cannot find this program")?;
    let begun = Instant::now();
    let mut command = Command::new(program);
    command.args(["--db", place.db.as_deref().unwrap_or_default()]);
    if let Some(folder) = &place.folder {
        command.arg("--folder").arg(folder);
    }
    let mut child = command
        .arg("take")
        .arg(file)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .context("cannot start this program again")?;
    let status = PathBuf::from(format!("/proc/{}/status", child.id()));
    let mut most = 0;
    loop {
        most = most.max(high_water(&status));
        if let Some(done) = child.try_wait().context("cannot wait")? {
            ensure!(done.success(), "taking the file in failed");
            return Ok((begun.elapsed(), most));
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// VmHWM of a process, where the system tells it.
fn high_water(status: &Path) -> u64 {
    let text = fs::read_to_string(status).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kib.unwrap_or(0) * 1024
}

/// T1 and T3; gives the last database.
async fn take_sqlite(
    wish: &Wish,
    folder: &TempDir,
    file: &Path,
    rows: &mut Vec<Row>,
) -> anyhow::Result<Office> {
    let (mut times, mut floors, mut most) = (Vec::new(), Vec::new(), 0);
    let mut last = None;
    for run in 0..wish.runs {
        let place = place(folder.path(), &format!("take{run}.db"));
        let (time, memory) = take_apart(&place, file)?;
        times.push(time);
        most = most.max(memory);
        let office = Office::open(&place).await?;
        floors.push(floor(&office, folder.path(), &format!("floor{run}.db")).await?);
        last = Some(office);
    }
    let (time, floor) = (median(times), median(floors));
    let per_second = wish.claims as f64 / time.as_secs_f64();
    rows.push(Row {
        name: "T1",
        work: format!("take {} claims, SQLite", wish.claims),
        figure: format!("{:.2} s, {per_second:.0} claims/s", time.as_secs_f64()),
        against: format!("{:.2} s: the same rows inserted", floor.as_secs_f64()),
        ratio: Some(time.as_secs_f64() / floor.as_secs_f64()),
        must: "≤ 2.5 (aim 1.5)",
    });
    rows.push(Row {
        name: "T3",
        work: "memory of T1".to_owned(),
        figure: format!("{} MB", most / 1_000_000),
        against: "–".to_owned(),
        ratio: None,
        must: "≤ 200 MB (aim 100)",
    });
    last.context("at least one run")
}

/// Inserts the rows of a practice into a new database and does nothing else.
async fn floor(office: &Office, folder: &Path, name: &str) -> anyhow::Result<Duration> {
    let rows = office.read().await?.taken_rows(TOGETHER).await?;
    let target = Office::open(&place(folder, name)).await?;
    let begun = Instant::now();
    target.store.insert_rows(office.practice(), rows).await?;
    let time = begun.elapsed();
    target.store.close().await;
    Ok(time)
}

/// V1, on what T1 left.
async fn verify_row(office: &Office, wish: &Wish, rows: &mut Vec<Row>) -> anyhow::Result<()> {
    let (mut times, mut floors, mut wholes) = (vec![], vec![], vec![]);
    for _ in 0..wish.runs {
        let begun = Instant::now();
        verify::rows(&office.store, office.practice()).await?;
        wholes.push(begun.elapsed());
    }
    let taken = office.read().await?.hash_journal().await?;
    fill_journal(office, taken).await?;
    let mut entries = 0;
    for _ in 0..wish.runs {
        let begun = Instant::now();
        entries = office.read().await?.hash_journal().await?;
        floors.push(begun.elapsed());
        let begun = Instant::now();
        let mut tx = office.read().await?;
        tx.walk_chain(Chain::Work, &|_| {}).await?;
        times.push(begun.elapsed());
    }
    let whole = median(wholes);
    let (time, floor) = (median(times), median(floors));
    rows.push(Row {
        name: "V1",
        work: format!("walk {entries} journal entries"),
        figure: format!(
            "{:.2} s; the {taken} of T1 with cases folded and balances {:.2} s",
            time.as_secs_f64(),
            whole.as_secs_f64()
        ),
        against: format!("{:.2} s: read and hashed once", floor.as_secs_f64()),
        ratio: Some(time.as_secs_f64() / floor.as_secs_f64()),
        must: "≤ 3 (aim 2)",
    });
    Ok(())
}

/// Fills the journal up with notes to as many entries as V1 walks.
async fn fill_journal(office: &Office, taken: u64) -> anyhow::Result<()> {
    let facts = json!({ "version": 2, "change": { "kind": "noted", "text": "measured" } });
    for from in (taken..ENTRIES).step_by(1_000) {
        let notes = from..ENTRIES.min(from + 1_000);
        let entries = notes.map(|_| Entry::new("measured", "denial.noted", &facts)).collect();
        let mut tx = office.write().await?;
        tx.append(entries, &office.moment()).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// T5: how long acts wait while one remittance of all claims is taken in beside them. The longest
/// of a run is what the disk did in its worst moment, which comes to one run and not to the next:
/// the longest of all runs is compared, and what single runs came to stands beside it.
async fn giant(wish: &Wish, rows: &mut Vec<Row>) -> anyhow::Result<()> {
    let (mut beside, mut alone, mut single) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..wish.runs {
        let run = waits_beside(wish).await?;
        single.push(longest(&run[0]) / longest(&run[1]));
        let [more, others] = run;
        beside.extend(more);
        alone.extend(others);
    }
    beside.sort();
    alone.sort();
    single.sort_by(f64::total_cmp);
    let edge = |at: Option<&f64>| at.copied().unwrap_or_default();
    rows.push(Row {
        name: "T5",
        work: format!("longest of {} acts beside giants of {} claims", beside.len(), wish.claims),
        figure: shares(&beside),
        against: format!(
            "without them {}; single runs {:.1} to {:.1}",
            shares(&alone),
            edge(single.first()),
            edge(single.last())
        ),
        ratio: Some(longest(&beside) / longest(&alone)),
        must: "≤ 3 (aim 2)",
    });
    Ok(())
}

/// Seconds of the longest of sorted waits.
fn longest(sorted: &[Duration]) -> f64 {
    sorted.last().map_or(0.0, Duration::as_secs_f64)
}

/// How long acts wait beside a giant, and as many without it, since the longest of many is longer
/// than that of few; both sorted.
async fn waits_beside(wish: &Wish) -> anyhow::Result<[Vec<Duration>; 2]> {
    let folder = tempfile::tempdir().context("no room for measuring")?;
    let office = Office::open(&place(folder.path(), "giant.db")).await?;
    let small = folder.path().join("small.835");
    write_flat(&small, 900_000_001, 400, PER_REMITTANCE)?;
    take_file(&office, &small, "small", Options::default(), &|_| {}).await?;
    let file = folder.path().join("giant.835");
    write_flat(&file, 1, wish.claims, wish.claims)?;
    let there = office.clone();
    let taking = tokio::spawn(async move {
        take_file(&there, &file, "giant", Options::default(), &|_| {}).await
    });
    let mut beside = waits_for(&office, || !taking.is_finished()).await?;
    taking.await.context("taking stopped")??;
    let mut left = beside.len();
    let countdown = || left.checked_sub(1).map(|less| left = less).is_some();
    let mut alone = waits_for(&office, countdown).await?;
    beside.sort();
    alone.sort();
    Ok([beside, alone])
}

/// The longest of sorted waits, and what half, 99 and 99.9 of a hundred stay below.
fn shares(sorted: &[Duration]) -> String {
    let at = |of_thousand: usize| {
        let place = sorted.len() * of_thousand / 1_000;
        sorted.get(place.min(sorted.len().saturating_sub(1))).map_or(0.0, |wait| ms(*wait))
    };
    let (half, most, nearly, all) = (at(500), at(990), at(999), at(1_000));
    format!("{all:.1} ms (half {half:.1}, 99 % {most:.1}, 99.9 % {nearly:.1})")
}

pub(crate) fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

/// Notes on cases, one after the other with a short pause, as people would do; how long each took.
async fn waits_for(
    office: &Office,
    mut goes_on: impl FnMut() -> bool,
) -> anyhow::Result<Vec<Duration>> {
    let mut tx = office.read().await?;
    let cases = tx.queue(&Filter::default(), Sort::Priority, 50).await?;
    drop(tx);
    let mut waits = Vec::new();
    let note = Action::Note { text: "measured".to_owned() };
    for case in cases.iter().cycle() {
        if !goes_on() {
            break;
        }
        let at = Instant::now();
        act(office, &office.who, &case.denial, None, &note).await?;
        waits.push(at.elapsed());
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    Ok(waits)
}

/// T4: the last ten thousand claims of a growing database against the first.
async fn growth(claims: u64, folder: &TempDir, rows: &mut Vec<Row>) -> anyhow::Result<()> {
    const STEP: u64 = 10_000;
    let office = Office::open(&place(folder.path(), "grown.db")).await?;
    let mut times = Vec::new();
    for first in (0..claims).step_by(10_000) {
        let file = folder.path().join("step.835");
        write_flat(&file, 2_000_000_001 + first, STEP, PER_REMITTANCE)?;
        let begun = Instant::now();
        take_file(&office, &file, "step", Options::default(), &|_| {}).await?;
        times.push(begun.elapsed());
    }
    // Single steps vary with what the disk does beside them: five against five.
    let first = median(times.iter().take(5).copied().collect());
    let last = median(times.iter().rev().take(5).copied().collect());
    let bytes = fs::metadata(folder.path().join("grown.db")).map(|facts| facts.len()).unwrap_or(0);
    rows.push(Row {
        name: "T4",
        work: format!("10,000 claims at {claims}; {} bytes a claim", bytes / claims.max(1)),
        figure: format!("{:.2} s", last.as_secs_f64()),
        against: format!("{:.2} s: the first 10,000", first.as_secs_f64()),
        ratio: Some(last.as_secs_f64() / first.as_secs_f64()),
        must: "≤ 1.5 (aim 1.2)",
    });
    Ok(())
}

/// T2. The server's databases `reclaim_bench_take0`, `reclaim_bench_floor0` and so on must be
/// there, empty.
async fn take_postgres(
    wish: &Wish,
    address: &str,
    folder: &TempDir,
    file: &Path,
    rows: &mut Vec<Row>,
) -> anyhow::Result<()> {
    let (mut times, mut floors) = (Vec::new(), Vec::new());
    for run in 0..wish.runs {
        let there = |name: &str| Place {
            db: Some(format!("{address}/{name}")),
            folder: Some(folder.path().join(name)),
            ..Place::default()
        };
        let place = there(&format!("reclaim_bench_take{run}"));
        times.push(take_apart(&place, file)?.0);
        let office = Office::open(&place).await?;
        let taken = office.read().await?.taken_rows(TOGETHER).await?;
        let target = Office::open(&there(&format!("reclaim_bench_floor{run}"))).await?;
        let begun = Instant::now();
        target.store.insert_rows(office.practice(), taken).await?;
        floors.push(begun.elapsed());
    }
    let (time, floor) = (median(times), median(floors));
    rows.push(Row {
        name: "T2",
        work: format!("take {} claims, PostgreSQL", wish.claims),
        figure: format!("{:.2} s", time.as_secs_f64()),
        against: format!("{:.2} s: the same rows by COPY", floor.as_secs_f64()),
        ratio: Some(time.as_secs_f64() / floor.as_secs_f64()),
        must: "≤ 3 (aim 2)",
    });
    Ok(())
}

fn print(rows: &[Row]) -> anyhow::Result<ExitCode> {
    let mut table = Table::new();
    table.load_style(presets::UTF8_FULL_CONDENSED);
    table.set_header(["", "work", "figure", "against", "ratio", "must"]);
    for row in rows {
        let ratio = row.ratio.map_or("–".to_owned(), |ratio| format!("{ratio:.2}"));
        table.add_row([row.name, &row.work, &row.figure, &row.against, &ratio, row.must]);
    }
    show::print(vec![table.to_string()])
}
