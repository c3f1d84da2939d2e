//! Files that lie on other hosts for us are fetched: each once, by a ledger, and never half of one.
//! A crash at any moment loses nothing: a file is put down as coming before it gets its name here,
//! and only that rename takes its hidden name away.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, bail};
use serde_json::json;
use store::fetched::Fetched;
use store::instant;
use tokio::sync::watch;

use crate::documents::has_hash;
use crate::inbox;
use crate::outbox::door::Door;
use crate::outbox::leaving::blocking;
use crate::outbox::remote::{Host, Line, Lying, is_plain};
use crate::outbox::{rounds, route};
use crate::practice::Office;

/// The sweep's name among those that ran.
pub(crate) const SWEEP: &str = "fetch";
/// A file is whole once it has stood still there for so long.
const STILL: Duration = Duration::from_secs(5);

/// What a sweep did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    /// Files that came.
    pub(crate) came: u64,
    /// Routes that did not work.
    pub(crate) failed: u64,
}

/// Fetches for every practice until it is told to stop, each beside the others.
pub(crate) async fn watch(office: Office, stop: watch::Receiver<bool>) {
    rounds::each_minute(office, stop, SWEEP, |office, stop| async move {
        sweep_until(&office, &stop).await.map(drop)
    })
    .await;
}

/// Fetches what lies on the hosts of a practice, and takes in what came. A route that does not work
/// keeps no other from working.
///
/// # Errors
/// The database, or `exchange.toml`.
async fn sweep_until(office: &Office, stop: &watch::Receiver<bool>) -> anyhow::Result<Tally> {
    let mut tally = Tally::default();
    let mut why = String::new();
    let hosts = hosts(office)?;
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
        let here = Here { office, route: &route, folder: &folder, stop };
        let Brought { came, fault } = here.fetch(&host).await;
        tally.came += came;
        if let Some(fault) = fault {
            tracing::error!("route {route}: {fault:#}");
            why = format!("{route}: {fault:#}");
            tally.failed += 1;
        }
    }
    take(office, &folder, stop).await;
    let result = json!({ "came": tally.came, "failed": tally.failed, "why": why }).to_string();
    let mut tx = office.write().await?;
    tx.note_sweep(SWEEP, &instant(office.clock.now()), &result).await?;
    tx.commit().await?;
    Ok(tally)
}

/// Hosts where files lie for us, by their routes.
fn hosts(office: &Office) -> anyhow::Result<Vec<(String, Host)>> {
    let hosts = route::routes(office)?.into_iter().filter_map(|route| match route.door {
        Door::Host(host) if host.fetch_from.is_some() => Some((route.name, *host)),
        Door::Host(_) | Door::Folder(_) => None,
    });
    Ok(hosts.collect())
}

/// Takes in whatever is whole here; what cannot be taken in stays and is tried again.
async fn take(office: &Office, folder: &Path, stop: &watch::Receiver<bool>) {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let whole = entries.map(|entry| entry.path()).filter(|path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        path.is_file() && is_plain(&name)
    });
    let mut whole: Vec<PathBuf> = whole.collect();
    whole.sort();
    for path in whole {
        if *stop.borrow() {
            return;
        }
        if let Err(fault) = inbox::take_afresh(office, folder, &path).await {
            tracing::error!("a fetched file waits to be tried again: {fault:#}");
        }
    }
}

/// What came by a route, and the first fault: one file that cannot be brought stops no other.
#[derive(Default)]
struct Brought {
    came: u64,
    fault: Option<anyhow::Error>,
}

impl Brought {
    fn heed(&mut self, done: anyhow::Result<()>) {
        if let Err(fault) = done {
            self.fault.get_or_insert(fault);
        }
    }
}

/// What is fetched by one route, and where it comes to.
struct Here<'a> {
    office: &'a Office,
    route: &'a str,
    folder: &'a Path,
    stop: &'a watch::Receiver<bool>,
}

impl Here<'_> {
    async fn fetch(&self, host: &Host) -> Brought {
        let mut brought = Brought::default();
        let finished = self.finish(&mut brought).await;
        brought.heed(finished);
        if *self.stop.borrow() {
            return brought;
        }
        let from = host.fetch_from.as_deref().unwrap_or_default();
        match host.open().await {
            Ok(line) => {
                let done = self.fetch_by(&mut brought, &line, from).await;
                line.close().await;
                brought.heed(done);
            }
            Err(fault) => brought.heed(Err(fault)),
        }
        brought
    }

    async fn fetch_by(&self, brought: &mut Brought, line: &Line, from: &str) -> anyhow::Result<()> {
        let lying = self.not_yet_fetched(line.list(from).await?).await?;
        if lying.is_empty() {
            return Ok(());
        }
        tokio::time::sleep(STILL).await;
        let still = line.list(from).await?;
        for one in lying.iter().filter(|one| still.contains(one)) {
            if *self.stop.borrow() {
                return Ok(());
            }
            match self.bring(line, from, one).await {
                Ok(()) => brought.came += 1,
                Err(fault) => {
                    brought.heed(Err(fault));
                    // Whether it is the file or the line.
                    line.list(from).await?;
                }
            }
        }
        Ok(())
    }

    async fn bring(&self, line: &Line, from: &str, one: &Lying) -> anyhow::Result<()> {
        let hash = line.bring(from, one, &self.hidden(&one.name)).await?;
        // What the ledger knows is there after a power cut too.
        self.sync()?;
        let coming = Fetched {
            route: self.route.to_owned(),
            name: one.name.clone(),
            bytes: i64::try_from(one.bytes).unwrap_or(i64::MAX),
            changed: one.changed,
            hash,
            state: "coming".to_owned(),
            at: instant(self.office.clock.now()),
        };
        self.note(&coming).await?;
        self.arrive(coming).await
    }

    /// What of some files never came as it lies there now. What was lost here has no hash. While a
    /// file of this name is still coming, its bytes here are the only ones: the next one waits.
    async fn not_yet_fetched(&self, lying: Vec<Lying>) -> anyhow::Result<Vec<Lying>> {
        let names: Vec<String> = lying.iter().map(|one| one.name.clone()).collect();
        let there = self.office.read().await?.fetched(self.route, &names).await?;
        let is_known = |one: &Lying| {
            there.iter().filter(|it| it.name == one.name && !it.hash.is_empty()).any(|it| {
                let is_same = u64::try_from(it.bytes) == Ok(one.bytes) && it.changed == one.changed;
                is_same || it.state == "coming"
            })
        };
        Ok(lying.into_iter().filter(|one| !is_known(one)).collect())
    }

    /// Goes on with what was coming when the program ended.
    async fn finish(&self, brought: &mut Brought) -> anyhow::Result<()> {
        let coming = self.office.read().await?.fetched_coming(self.route).await?;
        for one in coming.into_iter().filter(|one| !one.hash.is_empty()) {
            brought.heed(self.go_on(one).await);
        }
        Ok(())
    }

    async fn go_on(&self, one: Fetched) -> anyhow::Result<()> {
        let (part, hash) = (self.hidden(&one.name), one.hash.clone());
        if blocking(move || Ok(part.is_file() && has_hash(&part, &hash)?)).await? {
            return self.arrive(one).await;
        }
        let (folder, it) = (self.folder.to_owned(), one.clone());
        if blocking(move || is_here(&folder, &it)).await? {
            return self.note(&Fetched { state: "here".to_owned(), ..one }).await;
        }
        // The ledger forgets it, so that it is fetched again.
        self.note(&Fetched { hash: String::new(), ..one }).await?;
        bail!("a file that was coming is lost here; it comes again where it still lies there")
    }

    /// Gives what came its name here.
    async fn arrive(&self, one: Fetched) -> anyhow::Result<()> {
        let mut names = (0..).map(|number| match number {
            0 => self.folder.join(&one.name),
            number => self.folder.join(format!("{number}-{}", one.name)),
        });
        let whole = names.find(|path| !path.exists()).context("numbers do not end")?;
        fs::rename(self.hidden(&one.name), &whole).context("cannot give what came its name")?;
        self.sync()?;
        self.note(&Fetched { state: "here".to_owned(), ..one }).await
    }

    fn sync(&self) -> anyhow::Result<()> {
        let synced = File::open(self.folder).and_then(|folder| folder.sync_all());
        synced.context("cannot make the names of what came durable")
    }

    async fn note(&self, one: &Fetched) -> anyhow::Result<()> {
        let mut tx = self.office.write().await?;
        tx.note_fetched(one).await?;
        tx.commit().await?;
        Ok(())
    }

    fn hidden(&self, name: &str) -> PathBuf {
        self.folder.join(format!(".{}.{name}.part", self.route))
    }
}

/// True where a file has its name here already, under whatever number, or was taken in since.
fn is_here(folder: &Path, one: &Fetched) -> anyhow::Result<bool> {
    let numbered = format!("-{}", one.name);
    for folder in [folder.to_owned(), folder.join("taken"), folder.join("unreadable")] {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let is_named = name == one.name || name.ends_with(&numbered);
            let length = entry.metadata().map(|facts| facts.len()).unwrap_or_default();
            let is_so_long = u64::try_from(one.bytes) == Ok(length);
            if is_named && is_so_long && has_hash(&entry.path(), &one.hash)? {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

/// `reclaim sweep fetch`.
pub(crate) async fn run(office: &Office) -> anyhow::Result<std::process::ExitCode> {
    let (_never, stop) = watch::channel(false);
    let Tally { came, failed } = sweep_until(office, &stop).await?;
    let failed = if failed > 0 { format!(", {failed} routes did not work") } else { String::new() };
    crate::show::print(vec![format!("{came} came{failed}")])?;
    Ok(std::process::ExitCode::from(u8::from(!failed.is_empty())))
}
