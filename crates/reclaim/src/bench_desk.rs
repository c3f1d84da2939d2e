//! The desk, measured: pages of a long queue over HTTP against the bare query, counts and jobs
//! against one walk along the columns, and what a first visit loads.

use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use insight::board::{Alike, Facet, Sort, Wanted};
use jiff::SignedDuration;
use store::queue::{Filter, Sort as Order};
use tempfile::TempDir;
use tokio::net::TcpListener;

use crate::bench::{Row, Wish, ms, place, write_flat};
use crate::bench_line::Line;
use crate::clock::Clock;
use crate::practice::Office;
use crate::rank;
use crate::take::{Options, take_file};
use crate::web::{self, App};

/// Claims of which the cases are copied.
const CLAIMS: u64 = 2_000;
/// Copies of a hundred cases in one transaction.
const COPIES: i64 = 100;
/// Times that each page is asked for.
const TIMES: usize = 60;
/// Pages of the queue: first, further, far, filtered, sorted each way.
const PAGES: [&str; 14] = [
    "/queue",
    "/queue?sort=due",
    "/queue?sort=money",
    "/queue?sort=next",
    "/queue?sort=age",
    "/queue/rows?from=50",
    "/queue/rows?from=500000",
    "/queue/rows?sort=money&from=900000",
    "/queue?status=in_review",
    "/queue?category=bundling&status=new",
    "/queue?person=nobody&due=past&sort=due",
    "/queue?code=CO-17&remark=N30",
    "/queue?amount=under_500&age=90,120,older&role=front_desk&sort=money",
    "/queue?service=99214&provider=0000000007&person=me",
];

/// Measures rows Q1, Q2 and Q4, and the night's sweep, which takes the longest.
pub(crate) async fn measure(
    wish: &Wish,
    folder: &TempDir,
    rows: &mut Vec<Row>,
) -> anyhow::Result<()> {
    let office = long_queue(wish.cases, folder).await?;
    if wish.wants("Q") {
        desk(&office, wish.cases, rows).await?;
    }
    if wish.wants("S1") {
        night(&office, wish.cases, rows).await?;
    }
    Ok(())
}

async fn desk(office: &Office, cases: u64, rows: &mut Vec<Row>) -> anyhow::Result<()> {
    let app = App::new(office.clone(), false, None);
    let listener = TcpListener::bind("127.0.0.1:0").await.context("no port")?;
    let address = listener.local_addr().context("no port")?;
    let serving = axum::serve(listener, web::router(&app));
    let serving = tokio::spawn(async move { serving.await });
    let mut line = Line::open(office, "measurer", address).await?;
    pages(&mut line, office, cases, rows).await?;
    counts(&app, office, cases, rows).await?;
    first_load(&mut line, rows).await?;
    serving.abort();
    Ok(())
}

/// A practice with so many open cases.
async fn long_queue(cases: u64, folder: &TempDir) -> anyhow::Result<Office> {
    let office = Office::open(&place(folder.path(), "queue.db")).await?;
    let file = folder.path().join("queue.835");
    write_flat(&file, 3_000_000_001, CLAIMS, 100)?;
    take_file(&office, &file, "queue.835", Options::default(), &|_| {}).await?;
    let times = i64::try_from(cases / 100).context("too many cases")?;
    let mut at = 1;
    while at <= times {
        let end = (at + COPIES - 1).min(times);
        let mut tx = office.write().await?;
        tx.multiply_cases(at, end).await?;
        tx.commit().await?;
        at = end + 1;
    }
    Ok(office)
}

async fn pages(
    line: &mut Line,
    office: &Office,
    cases: u64,
    rows: &mut Vec<Row>,
) -> anyhow::Result<()> {
    line.get("/queue", "identity").await?;
    let (mut worst, mut slowest) = (Duration::ZERO, "");
    let mut all = Vec::new();
    for page in PAGES {
        let mut times = Vec::new();
        for _ in 0..TIMES {
            let answer = line.get(page, "identity").await?;
            ensure!(answer.status() == 200, "{page} was not served: {}", answer.status());
            times.push(answer.took);
        }
        let high = share(&mut times, 99);
        if high > worst {
            (worst, slowest) = (high, page);
        }
        all.extend(times);
    }
    let mut bare = Vec::new();
    for order in [Order::Priority, Order::Due, Order::Money].repeat(TIMES) {
        let begun = Instant::now();
        let found = office.read().await?.queue(&Filter::default(), order, 50).await?;
        bare.push(begun.elapsed());
        ensure!(!found.is_empty(), "no cases");
    }
    let (high, bare) = (share(&mut all, 99), share(&mut bare, 99));
    rows.push(Row {
        name: "Q1",
        work: format!("pages of {cases} open cases over HTTP, 99 % of {}", all.len()),
        figure: format!("{:.1} ms; slowest {:.1} ms: {slowest}", ms(high), ms(worst)),
        against: format!("{:.2} ms: the bare indexed query", ms(bare)),
        ratio: Some(high.as_secs_f64() / bare.as_secs_f64()),
        must: "≤ 10 (aim 5)",
    });
    Ok(())
}

async fn counts(app: &App, office: &Office, cases: u64, rows: &mut Vec<Row>) -> anyhow::Result<()> {
    let mut tx = office.read().await?;
    let kept = app.boards.of(&mut tx).await?;
    let board = &kept.board;
    let today = office.moment().today;
    let chosen = vec![(Facet::Status, vec!["new".to_owned()])];
    let wanted = Wanted { chosen, ..Wanted::default() };
    let timed = |work: &dyn Fn() -> usize| {
        let mut times: Vec<Duration> = (0..9)
            .map(|_| {
                let begun = Instant::now();
                std::hint::black_box(work());
                begun.elapsed()
            })
            .collect();
        share(&mut times, 50)
    };
    let walk = timed(&|| usize::try_from(board.walk() & 7).unwrap_or(0));
    let counted = timed(&|| board.counts(&wanted, today).len());
    let grouped = timed(&|| board.groups(&board.find(&wanted, today), Alike::default()).len());
    let sorted = timed(&|| board.page(&board.find(&wanted, today), Sort::Due, 0, 50).len());
    let longer = counted.max(grouped);
    rows.push(Row {
        name: "Q2",
        work: format!("filter counts and jobs of {cases} cases"),
        figure: format!(
            "counts {:.1} ms, jobs {:.1} ms (a filtered page {:.1} ms)",
            ms(counted),
            ms(grouped),
            ms(sorted)
        ),
        against: format!("{:.1} ms: one walk along the columns", ms(walk)),
        ratio: Some(longer.as_secs_f64() / walk.as_secs_f64()),
        must: "≤ 10 (aim 3)",
    });
    Ok(())
}

/// What a browser loads that was never here.
async fn first_load(line: &mut Line, rows: &mut Vec<Row>) -> anyhow::Result<()> {
    let page = line.get("/queue", "identity").await?;
    let text = page.words();
    let assets = text.split("\"/assets/").skip(1).filter_map(|rest| rest.split('"').next());
    let mut bytes = line.get("/queue", "gzip").await?.text.len();
    for asset in assets {
        bytes += line.get(&format!("/assets/{asset}"), "gzip").await?.text.len();
    }
    rows.push(Row {
        name: "Q4",
        work: "first load of the queue, compressed, with everything".to_owned(),
        figure: format!("{} KB", bytes.div_ceil(1_000)),
        against: "–".to_owned(),
        ratio: None,
        must: "≤ 60 KB (aim 40)",
    });
    Ok(())
}

/// The night's sweep over every case, whose ranks all move by a day; the second night, since the
/// first gives copies the ranks that they never had.
async fn night(office: &Office, cases: u64, rows: &mut Vec<Row>) -> anyhow::Result<()> {
    rank::sweep(office).await?;
    let tomorrow = office.clock.now() + SignedDuration::from_hours(24);
    let office = Office { clock: Clock::Fixed(tomorrow), ..office.clone() };
    let begun = Instant::now();
    let moved = rank::sweep(&office).await?;
    let swept = begun.elapsed();
    let begun = Instant::now();
    let mut after = String::new();
    loop {
        let read = office.read().await?.open_cases_after(&after, 200).await?;
        let Some(last) = read.last() else { break };
        last.id.as_str().clone_into(&mut after);
    }
    let bare = begun.elapsed();
    rows.push(Row {
        name: "S1",
        work: format!("the night's sweep over {cases} open cases"),
        figure: format!("{:.1} s, {moved} moved", swept.as_secs_f64()),
        against: format!("{:.1} s: all of them read", bare.as_secs_f64()),
        ratio: Some(swept.as_secs_f64() / bare.as_secs_f64()),
        must: "≤ 3 (aim 1.5)",
    });
    Ok(())
}

/// What so many of a hundred stay below.
pub(crate) fn share(times: &mut [Duration], of_hundred: usize) -> Duration {
    times.sort_unstable();
    let place = (times.len() * of_hundred / 100).min(times.len().saturating_sub(1));
    times.get(place).copied().unwrap_or_default()
}
