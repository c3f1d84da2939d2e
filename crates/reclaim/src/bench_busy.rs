//! Fifty people at one desk, measured: how long their pages take while a file is taken in beside
//! them, against the same without it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context, ensure};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::act;
use crate::bench::{Row, Wish, ms, place, write_flat};
use crate::bench_desk::share;
use crate::bench_line::{Answer, Line};
use crate::practice::Office;
use crate::take::{Options, take_file};
use crate::web::{self, App};

/// People who work at once.
const PEOPLE: usize = 50;
/// Claims whose cases they work.
const CLAIMS: u64 = 20_000;
/// How long they work without a file beside them.
const ALONE: Duration = Duration::from_secs(20);
/// Somebody waits between two requests from none of this to all of it.
const PAUSE_MS: u64 = 1_200;

/// What people waited for.
#[derive(Default)]
struct Waits {
    pages: Vec<Duration>,
    acts: Vec<Duration>,
    /// Acts that somebody else was faster with.
    told: usize,
}

/// Measures row Q3.
pub(crate) async fn measure(wish: &Wish, rows: &mut Vec<Row>) -> anyhow::Result<()> {
    let mut runs = Vec::new();
    for _ in 0..wish.runs {
        runs.push(run(wish).await?);
    }
    let ratio = |(alone, beside): &(Waits, Waits)| high(&beside.pages) / high(&alone.pages);
    runs.sort_by(|one, other| ratio(one).total_cmp(&ratio(other)));
    let both = runs.get(runs.len() / 2).context("at least one run")?;
    let (alone, beside) = both;
    rows.push(Row {
        name: "Q3",
        work: format!(
            "{PEOPLE} people, {} pages and {} acts beside {} claims taken in",
            beside.pages.len(),
            beside.acts.len(),
            wish.claims
        ),
        figure: shares(beside),
        against: format!("without them {}", shares(alone)),
        ratio: Some(ratio(both)),
        must: "≤ 3 (aim 2)",
    });
    Ok(())
}

/// Seconds that 99 of a hundred stay below.
fn high(waits: &[Duration]) -> f64 {
    share(&mut waits.to_vec(), 99).as_secs_f64()
}

fn shares(waits: &Waits) -> String {
    let at = |waits: &[Duration], of_hundred| ms(share(&mut waits.to_vec(), of_hundred));
    format!(
        "pages 99 % {:.1} ms, half {:.1}; acts 99 % {:.1} ms, half {:.1}",
        at(&waits.pages, 99),
        at(&waits.pages, 50),
        at(&waits.acts, 99),
        at(&waits.acts, 50)
    )
}

/// People alone, then beside a file.
async fn run(wish: &Wish) -> anyhow::Result<(Waits, Waits)> {
    let folder = tempfile::tempdir().context("no room for measuring")?;
    let office = Office::open(&place(folder.path(), "busy.db")).await?;
    let before = folder.path().join("before.835");
    write_flat(&before, 900_000_001, CLAIMS, 100)?;
    take_file(&office, &before, "before.835", Options::default(), &|_| {}).await?;
    let app = App::new(office.clone(), false, None);
    let listener = TcpListener::bind("127.0.0.1:0").await.context("no port")?;
    let address = listener.local_addr().context("no port")?;
    let serving = axum::serve(listener, web::router(&app));
    let serving = tokio::spawn(async move { serving.await });
    let mut lines = Vec::new();
    for number in 0..PEOPLE {
        lines.push(Line::open(&office, &format!("measurer{number}"), address).await?);
    }
    // The first look makes the board; who waits for it waits once in the life of a server.
    let cases = warm(&office, address).await?;
    let mut alone = Waits::default();
    let enough = Arc::new(AtomicBool::new(false));
    let working = begin(lines, cases, &enough);
    tokio::time::sleep(ALONE).await;
    let lines = end(working, &enough, &mut alone).await?;

    let file = folder.path().join("beside.835");
    write_flat(&file, 1, wish.claims, 100)?;
    let mut beside = Waits::default();
    let working = begin(lines, cases, &enough);
    take_file(&office, &file, "beside.835", Options::default(), &|_| {}).await?;
    end(working, &enough, &mut beside).await?;
    serving.abort();
    ensure!(!alone.acts.is_empty() && !beside.acts.is_empty(), "nobody acted");
    Ok((alone, beside))
}

/// Looks at the queue until it is warm; gives how many cases it has.
async fn warm(office: &Office, address: SocketAddr) -> anyhow::Result<u64> {
    let mut line = Line::open(office, "warmer", address).await?;
    for _ in 0..20 {
        line.get("/queue", "identity").await?;
    }
    let page = line.get("/queue", "identity").await?;
    let total = after(&page.words(), "data-total=\"").context("no total")?;
    total.parse().context("a total is a number")
}

type Working = JoinSet<anyhow::Result<(Line, Waits)>>;

/// Sends people to work until there is enough.
fn begin(lines: Vec<Line>, cases: u64, enough: &Arc<AtomicBool>) -> Working {
    enough.store(false, Ordering::Relaxed);
    let mut working = JoinSet::new();
    for line in lines {
        working.spawn(work(line, cases, enough.clone()));
    }
    working
}

/// Calls them back, with what they waited for.
async fn end(
    mut working: Working,
    enough: &AtomicBool,
    all: &mut Waits,
) -> anyhow::Result<Vec<Line>> {
    enough.store(true, Ordering::Relaxed);
    let mut lines = Vec::new();
    while let Some(done) = working.join_next().await {
        let (line, waits) = done.context("somebody fell ill")??;
        all.pages.extend(waits.pages);
        all.acts.extend(waits.acts);
        all.told += waits.told;
        lines.push(line);
    }
    ensure!(all.told * 20 <= all.acts.len(), "{} acts were told of another", all.told);
    Ok(lines)
}

/// What a person does, again and again: looks at a list, at a further part of it, filtered, at a
/// case, and acts on it. How far down they look is the same alone and beside a file, whose own
/// cases make the list longer: else they would open more cases there.
async fn work(
    mut line: Line,
    cases: u64,
    enough: Arc<AtomicBool>,
) -> anyhow::Result<(Line, Waits)> {
    let mut waits = Waits::default();
    while !enough.load(Ordering::Relaxed) {
        let from = below(cases / 50) * 50;
        look(&mut line, "/queue", &mut waits).await?;
        look(&mut line, "/queue?status=new&sort=money", &mut waits).await?;
        let rows = look(&mut line, &format!("/queue/rows?from={from}"), &mut waits).await?;
        let Some(case) = one_of(&rows.words()) else { continue };
        let page = look(&mut line, &format!("/cases/{case}"), &mut waits).await?;
        pause().await;
        let version = after(&page.words(), "name=\"version\" value=\"").context("no version")?;
        let fields = format!("act=note&version={version}&text=measured");
        let answer = line.post(&format!("/cases/{case}/acts"), &fields).await?;
        match answer.status() {
            303 => waits.acts.push(answer.took),
            409 => waits.told += 1,
            other => anyhow::bail!("an act came back with {other}"),
        }
    }
    Ok((line, waits))
}

async fn look(line: &mut Line, address: &str, waits: &mut Waits) -> anyhow::Result<Answer> {
    pause().await;
    let answer = line.get(address, "gzip;q=0, identity").await?;
    ensure!(answer.status() == 200, "{address} was not served: {}", answer.status());
    waits.pages.push(answer.took);
    Ok(answer)
}

async fn pause() {
    tokio::time::sleep(Duration::from_millis(below(PAUSE_MS))).await;
}

/// Any number below another.
fn below(end: u64) -> u64 {
    u64::try_from(act::draw() % u128::from(end.max(1))).unwrap_or_default()
}

/// The id of any case in a list.
fn one_of(rows: &str) -> Option<String> {
    let ids: Vec<&str> = rows.split("data-id=\"").skip(1).collect();
    let place = usize::try_from(below(u64::try_from(ids.len()).ok()?)).ok()?;
    ids.get(place)?.split('"').next().map(str::to_owned)
}

/// What stands between a mark and the next quotation mark.
fn after(text: &str, mark: &str) -> Option<String> {
    text.split(mark).nth(1)?.split('"').next().map(str::to_owned)
}
