//! `reclaim demo --days`: the whole circle by itself. Files come day by day, simulated specialists
//! work, what they send leaves, a simulated payer answers; in the end everything has to agree.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail, ensure};
use denial::denial::{Denial, Status};
use insight::odds::History;
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde::Serialize;
use sim::{AppealSent, Circle, File, FileKind, Letter, World};
use store::instant;

use crate::clock::Clock;
use crate::demo::{self, Made, MadeBy, Wish};
use crate::demo_desk::{Desk, Done};
use crate::outbox::door::Door;
use crate::outbox::{leaving, route};
use crate::practice::{Office, Place};
use crate::take::{Options, take_file};
use crate::ways::{self, Around};
use crate::{demo_staff, export, people, rank, score, status, unanswered, verify};

/// Under this name it is noted how far the circle came.
const SWEEP: &str = "demo_days";

/// What is true in the end; every one of the last has to be as it should.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Ended {
    days: u16,
    cases: u64,
    paid: u64,
    written_off: u64,
    open: u64,
    corrections: u64,
    appeals: u64,
    letters: u64,
    posted_by_themselves: u64,
    posted_cents: i64,
    /// Open cases without owner, next action or day.
    forgotten: u64,
    /// Differences of what was paid from the truth, summed over lines, in cents.
    cents_off: i64,
    /// Differences of what was posted on paid cases from what remittances paid, in cents.
    posted_off: i64,
    /// Clocks that ran out in these days while something could be won and nothing was sent.
    expired: u64,
    /// The first difference that `verify` found; empty where there is none.
    differs: String,
}

impl Ended {
    /// True where everything is as it should be.
    pub(crate) fn is_good(&self) -> bool {
        let sums = [self.cents_off, self.posted_off];
        self.forgotten == 0
            && self.expired == 0
            && sums.iter().all(|sum| *sum == 0)
            && self.differs.is_empty()
    }
}

/// Makes the practice and lets the days happen, once; then tells what came of it.
///
/// # Errors
/// A folder, the database, or a database that something else made.
pub(crate) async fn make(place: &Place, wish: &Wish, days: u16) -> anyhow::Result<Made> {
    let preset = demo::preset(wish)?;
    let place = demo::demo_place(place)?;
    // Nothing that happens lies ahead of whoever looks at it.
    let ends_on = Clock::System.today("UTC").yesterday().context("a day before today")?;
    let made_by = MadeBy { size: wish.size.clone(), seed: wish.seed, ends_on, days: Some(days) };
    let office = Office::open_as(&place, Clock::System, |_| demo::clinic(&made_by)).await?;
    let made_by = demo::made_by(&office, wish, Some(days))?;
    let whole = sim::world(&preset, wish.seed, made_by.ends_on);
    let opens_on = made_by.ends_on.saturating_sub(i64::from(days).days()).max(whole.starts_on());
    let world = whole.handed_over(opens_on);
    let truth = office.folder.join("truth");
    let noted = noted(&office).await?;
    let is_new = noted.is_none();
    let done = match noted.as_deref() {
        Some("begun") => bail!(
            "an earlier run on this database was stopped in the middle; name another with --db"
        ),
        Some(done) => serde_json::from_str(done).context("what was done is JSON")?,
        None => {
            let office = at(&office, world.starts_on(), 6)?;
            demo::route(&office, &world).await?;
            demo_staff::make(&office).await?;
            people::simulate(&office).await?;
            note(&office, "begun").await?;
            let office = office.afresh().await?;
            let done = happen(&office, &world, opens_on, &truth).await?;
            note(&office, &serde_json::to_string(&done)?).await?;
            done
        }
    };
    let office = office.afresh().await?;
    // Judged as of its last day, whenever somebody opens it again.
    let judged = at(&office, made_by.ends_on.tomorrow().context("a day after")?, 6)?;
    let ended = ended(&judged, &truth, &done, (opens_on, days)).await?;
    tell(&ended, is_new)?;
    Ok(Made { office, truth })
}

async fn noted(office: &Office) -> anyhow::Result<Option<String>> {
    let sweeps = office.read().await?.sweeps().await?;
    Ok(sweeps.into_iter().find(|(name, ..)| name == SWEEP).map(|(.., result)| result))
}

async fn note(office: &Office, word: &str) -> anyhow::Result<()> {
    let mut tx = office.write().await?;
    tx.note_sweep(SWEEP, &instant(office.clock.now()), word).await?;
    tx.commit().await?;
    Ok(())
}

/// The office at an hour of a day, where the clock stands still.
fn at(office: &Office, day: Date, hour: i8) -> anyhow::Result<Office> {
    let now: Timestamp = TimeZone::UTC.to_timestamp(day.at(hour, 0, 0, 0))?;
    Ok(Office { clock: Clock::Fixed(now), ..office.clone() })
}

/// Lets every day happen.
async fn happen(
    office: &Office,
    world: &World,
    opens_on: Date,
    truth: &Path,
) -> anyhow::Result<Done> {
    let bar = demo::bar(world.steps(), "days of a practice, its desk and its payers");
    let came = office.folder.join("came");
    fs::create_dir_all(&came).context("cannot make a folder for what comes")?;
    let (mut circle, mut desk) = (world.circle(), Desk::default());
    loop {
        let mut files = Vec::new();
        let day = circle.day(&mut |file| {
            files.push(file);
            Ok(())
        });
        let Some(day) = day.context("simulating a day")? else { break };
        let morning = at(office, day, 6)?;
        let letters = take(&morning, &came, files).await?;
        if day >= opens_on {
            if day.weekday() == Weekday::Monday {
                ask(&morning).await?;
            }
            desk.day(&at(office, day, 9)?, &letters).await?;
            hand_over(&at(office, day, 17)?, &mut circle, &desk).await?;
            rank::sweep(&at(office, day, 23)?).await?;
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    circle.tell(truth).context("cannot write the truth")?;
    Ok(desk.done)
}

/// Payers are asked about what waits too long, once a week: the simulated one knows it anyway.
async fn ask(office: &Office) -> anyhow::Result<()> {
    unanswered::look(office).await?;
    let tally = status::run(office).await?;
    tracing::debug!("sweep {}: {tally}", status::SWEEP);
    Ok(())
}

/// Takes in what came in the morning; gives the letters, which people read.
async fn take(office: &Office, came: &Path, files: Vec<File>) -> anyhow::Result<Vec<Letter>> {
    let mut letters = Vec::new();
    for file in files {
        if file.kind == FileKind::Letter {
            letters.push(serde_json::from_slice(&file.bytes).context("a letter is JSON")?);
            continue;
        }
        let path = came.join(&file.name);
        fs::write(&path, &file.bytes).context("cannot write what comes")?;
        take_file(office, &path, &file.name, Options::default(), &|_| {}).await?;
        fs::remove_file(&path).context("cannot take away what was taken in")?;
    }
    Ok(letters)
}

/// Sends what is due, and carries it from the route's folder to the payer.
async fn hand_over(office: &Office, circle: &mut Circle<'_>, desk: &Desk) -> anyhow::Result<()> {
    let tally = leaving::sweep(office).await?;
    if tally.sent == 0 {
        return Ok(());
    }
    let Door::Folder(folder) = route::route(office, None)?.door else {
        bail!("the simulated payer fetches from a local folder alone; take exchange.toml away")
    };
    for path in whole_files(&folder)? {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let bytes = fs::read(&path).context("cannot read what leaves")?;
        if let Some((claim, level)) = desk.packets.get(&name) {
            let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
            let claims = vec![claim.clone()];
            let sent = AppealSent { packet: name.clone(), bytes: length, claims, level: *level };
            circle.receive(&format!("{name}.json"), serde_json::to_vec(&sent)?);
        }
        circle.receive(&name, bytes);
        fs::remove_file(&path).context("cannot take away what left")?;
    }
    Ok(())
}

fn whole_files(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).context("cannot look into the route's folder")? {
        let path = entry.context("cannot look into the route's folder")?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if !name.starts_with('.') {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// Looks at everything once more, by the truth and by the journal.
async fn ended(
    office: &Office,
    truth: &Path,
    done: &Done,
    (opens_on, days): (Date, u16),
) -> anyhow::Result<Ended> {
    let mut ended = Ended {
        days,
        corrections: done.corrections,
        appeals: done.appeals,
        letters: done.letters,
        posted_by_themselves: done.posted,
        cents_off: score::score(office, truth).await?.cents_off(),
        ..Ended::default()
    };
    let mut cases = Vec::new();
    let mut tx = office.read().await?;
    export::each_claim(&mut tx, |_| {}, |case| cases.push(case)).await?;
    drop(tx);
    for case in &cases {
        ended.count(office, case, opens_on);
    }
    match verify::verify(office).await {
        Ok(_) => {}
        Err(fault) if verify::is_difference(&fault) => ended.differs = format!("{fault:#}"),
        Err(fault) => return Err(fault),
    }
    Ok(ended)
}

impl Ended {
    fn count(&mut self, office: &Office, case: &Denial, opens_on: Date) {
        self.cases += 1;
        self.posted_cents += case.balance.recovered.cents();
        match case.status() {
            Status::Paid => {
                self.paid += 1;
                let paid = case.lines.iter().filter_map(|line| line.recovered.as_ref());
                // Below zero it lowers what was paid beside the denial, which is no posting here.
                let paid: i64 = paid.map(|one| one.amount.cents().max(0)).sum();
                self.posted_off += (paid - case.balance.recovered.cents()).abs();
            }
            Status::WrittenOff => self.written_off += 1,
            Status::New
            | Status::InReview
            | Status::Corrected
            | Status::Appealed
            | Status::Pending
            | Status::Overturned => {
                self.open += 1;
                self.forgotten += u64::from(case.owner().is_none() || case.next().is_none());
                self.expired += u64::from(has_expired(office, case, opens_on));
            }
        }
    }
}

/// True where a clock ran out since the desk opened, its way was open and would have paid, and
/// nothing was ever sent.
fn has_expired(office: &Office, case: &Denial, opens_on: Date) -> bool {
    if !case.submissions.is_empty() || !case.appeals.is_empty() || case.is_won() {
        return false;
    }
    let today = office.moment().today;
    let over = case.deadlines.iter().filter(|one| one.met_on.is_none());
    let over = over.filter_map(|one| Some((one.kind, one.date()?)));
    // By the stated priors: what came later was not known then.
    let known = (&*office.rules, &History::default());
    over.filter(|(_, by)| (opens_on..today).contains(by)).any(|(kind, by)| {
        let ways = ways::of(case, Around::default(), known, by);
        ways.ways.iter().any(|one| {
            let is_its = one.clock.is_some_and(|clock| clock.kind == kind);
            is_its && one.is_open() && one.net.is_some_and(|net| net.cents() > 0)
        })
    })
}

/// Prints the figures, and refuses to go on where a run that has just ended has wrong ones; what
/// people did in it since is their own.
fn tell(ended: &Ended, is_new: bool) -> anyhow::Result<()> {
    println!("{}", serde_json::to_string(ended).context("figures are JSON")?);
    ensure!(!is_new || ended.is_good(), "the circle does not close: see the figures above");
    Ok(())
}
