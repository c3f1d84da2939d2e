//! Files that lie on other hosts for us are fetched: each once, by a ledger, and never half of one.
//! A crash at any moment loses nothing: a file is put down as coming before it gets its name here,
//! and only that rename takes its hidden name away.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context;
use serde_json::json;
use store::fetched::Fetched;
use store::instant;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::inbox;
use crate::outbox::door::Door;
use crate::outbox::remote::{Host, Line, Lying, is_plain};
use crate::outbox::route;
use crate::practice::Office;

/// The sweep's name among those that ran.
pub(crate) const SWEEP: &str = "fetch";
/// A file is whole once it has stood still there for so long.
const STILL: Duration = Duration::from_secs(5);
/// How often hosts are asked.
const OFTEN: Duration = Duration::from_secs(60);

/// What a sweep did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    /// Files that came.
    pub(crate) came: u64,
    /// Routes that did not work.
    pub(crate) failed: u64,
}

/// Fetches for every practice until it is told to stop, each beside the others.
pub(crate) async fn watch(office: Office, mut stop: watch::Receiver<bool>) {
    loop {
        let clinics = office.store.practices().await.unwrap_or_else(|fault| {
            tracing::error!("fetching: {fault}");
            Vec::new()
        });
        let mut all = JoinSet::new();
        for clinic in clinics {
            let office = office.clone();
            all.spawn(async move {
                let swept = async { sweep(&office.of(clinic).await?).await };
                if let Err(fault) = swept.await {
                    tracing::error!("sweep {SWEEP}: {fault:#}");
                }
            });
        }
        tokio::select! {
            _ = stop.changed() => return,
            _ = all.join_all() => {}
        }
        tokio::select! {
            _ = stop.changed() => return,
            () = tokio::time::sleep(OFTEN) => {}
        }
    }
}

/// Fetches what lies on the hosts of a practice, and takes in what came. A route that does not work
/// keeps no other from working.
///
/// # Errors
/// The database, or `exchange.toml`.
pub(crate) async fn sweep(office: &Office) -> anyhow::Result<Tally> {
    let mut tally = Tally::default();
    let mut why = String::new();
    let hosts: Vec<(String, Host)> = route::routes(office)?
        .into_iter()
        .filter_map(|route| match route.door {
            Door::Host(host) if host.fetch_from.is_some() => Some((route.name, *host)),
            Door::Host(_) | Door::Folder(_) => None,
        })
        .collect();
    if hosts.is_empty() {
        return Ok(tally);
    }
    let folder = office.folder.join("fetched").join(office.practice().as_str());
    fs::create_dir_all(&folder).context("cannot make the folder for what is fetched")?;
    let lock = File::create(folder.join(".lock")).context("cannot lock what is fetched")?;
    if lock.try_lock().is_err() {
        return Ok(tally);
    }
    for (route, host) in hosts {
        match fetch(office, &route, &host, &folder).await {
            Ok(came) => tally.came += came,
            Err(fault) => {
                tracing::error!("route {route}: {fault:#}");
                why = format!("{route}: {fault:#}");
                tally.failed += 1;
            }
        }
    }
    take(office, &folder).await;
    let result = json!({ "came": tally.came, "failed": tally.failed, "why": why }).to_string();
    let mut tx = office.write().await?;
    tx.note_sweep(SWEEP, &instant(office.clock.now()), &result).await?;
    tx.commit().await?;
    Ok(tally)
}

/// Takes in whatever is whole here; what cannot be taken in stays and is tried again.
async fn take(office: &Office, folder: &Path) {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let whole = entries.map(|entry| entry.path()).filter(|path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        path.is_file() && is_plain(&name)
    });
    let mut whole: Vec<PathBuf> = whole.collect();
    whole.sort();
    for path in whole {
        if let Err(fault) = inbox::take(office, folder, &path).await {
            tracing::error!("a fetched file waits to be tried again: {fault:#}");
        }
    }
}

async fn fetch(office: &Office, route: &str, host: &Host, folder: &Path) -> anyhow::Result<u64> {
    finish(office, route, folder).await?;
    let from = host.fetch_from.as_deref().unwrap_or_default();
    let line = host.open().await?;
    let done = fetch_by(office, route, (&line, from), folder).await;
    line.close().await;
    done
}

async fn fetch_by(
    office: &Office,
    route: &str,
    (line, from): (&Line, &str),
    folder: &Path,
) -> anyhow::Result<u64> {
    let lying = new(office, route, line.list(from).await?).await?;
    if lying.is_empty() {
        return Ok(0);
    }
    tokio::time::sleep(STILL).await;
    let still = line.list(from).await?;
    let mut came = 0;
    for one in lying.iter().filter(|one| still.contains(one)) {
        let part = hidden(folder, route, &one.name);
        let hash = line.bring(from, one, &part).await?;
        let coming = Fetched {
            route: route.to_owned(),
            name: one.name.clone(),
            bytes: i64::try_from(one.bytes).unwrap_or(i64::MAX),
            changed: one.changed,
            hash,
            state: "coming".to_owned(),
            at: instant(office.clock.now()),
        };
        note(office, &coming).await?;
        arrive(office, folder, coming).await?;
        came += 1;
    }
    Ok(came)
}

/// What of some files never came as it lies there now.
async fn new(office: &Office, route: &str, lying: Vec<Lying>) -> anyhow::Result<Vec<Lying>> {
    let names: Vec<String> = lying.iter().map(|one| one.name.clone()).collect();
    let there = office.read().await?.fetched(route, &names).await?;
    let is_known = |one: &Lying| {
        there.iter().any(|it| {
            it.name == one.name
                && u64::try_from(it.bytes) == Ok(one.bytes)
                && it.changed == one.changed
        })
    };
    Ok(lying.into_iter().filter(|one| !is_known(one)).collect())
}

/// Goes on with what was coming when the program ended.
async fn finish(office: &Office, route: &str, folder: &Path) -> anyhow::Result<()> {
    for one in office.read().await?.fetched_coming(route).await? {
        arrive(office, folder, one).await?;
    }
    Ok(())
}

/// Gives what came its name here, where it has not got it yet.
async fn arrive(office: &Office, folder: &Path, one: Fetched) -> anyhow::Result<()> {
    let part = hidden(folder, &one.route, &one.name);
    if part.try_exists().context("cannot look at what came")? {
        let mut names = (0..).map(|number| match number {
            0 => folder.join(&one.name),
            number => folder.join(format!("{number}-{}", one.name)),
        });
        let whole = names.find(|path| !path.exists()).context("numbers do not end")?;
        fs::rename(&part, &whole).context("cannot give what came its name")?;
        File::open(folder).and_then(|folder| folder.sync_all()).context("cannot sync")?;
    }
    note(office, &Fetched { state: "here".to_owned(), ..one }).await
}

async fn note(office: &Office, one: &Fetched) -> anyhow::Result<()> {
    let mut tx = office.write().await?;
    tx.note_fetched(one).await?;
    tx.commit().await?;
    Ok(())
}

fn hidden(folder: &Path, route: &str, name: &str) -> PathBuf {
    folder.join(format!(".{route}.{name}.part"))
}

/// `reclaim sweep fetch`.
pub(crate) async fn run(office: &Office) -> anyhow::Result<std::process::ExitCode> {
    let Tally { came, failed } = sweep(office).await?;
    let failed = if failed > 0 { format!(", {failed} routes did not work") } else { String::new() };
    crate::show::print(vec![format!("{came} came{failed}")])?;
    Ok(std::process::ExitCode::from(u8::from(!failed.is_empty())))
}
