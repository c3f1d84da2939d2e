//! `reclaim serve`: the pages, until somebody says stop.

use std::io::IsTerminal;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use store::Wire;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tracing_subscriber::EnvFilter;

use crate::clock::Patience;
use crate::outbox::leaving::{self, Tally};
use crate::outbox::{fetching, rounds};
use crate::passkey::webauthn::Site;
use crate::practice::Office;
use crate::verify;
use crate::web::{self, App};
use crate::{
    acting, batch, inbox, oidc, people, posting, rank, refile, settle, status, take, unanswered,
};

/// Serves the pages of a database at an address until the process is told to stop; then answers
/// what it was asked already and finishes the file in its hands.
pub(crate) async fn serve(
    office: Office,
    listen: SocketAddr,
    inbox: Option<PathBuf>,
    site: Option<Site>,
) -> anyhow::Result<()> {
    listen_to_logs();
    let listener = TcpListener::bind(listen)
        .await
        .with_context(|| format!("cannot listen at {listen}; is another server there?"))?;
    let address = listener.local_addr().context("cannot tell the address")?;
    if office.store.walks_around_walls().await? {
        tracing::warn!(
            "the database's role is a superuser or bypasses row-level security, so PostgreSQL \
             itself keeps no practice from another; give the program a role of its own"
        );
    }
    warn_of(office.store.wire());
    settle::catch_up(&office).await?;
    let code = setup_code(&office).await?;
    greet(address, code.as_deref());
    let (stop, stopped) = watch::channel(false);
    let folders = inboxes(&office, inbox)?;
    let watching = tokio::spawn(inbox::watch(office.clone(), folders, stopped.clone()));
    let resuming = tokio::spawn(go_on(office.clone(), stopped.clone()));
    let app = App::at(site, office, !address.ip().is_loopback(), code);
    tokio::spawn(meet_issuer(app.clone()));
    let sending = tokio::spawn(send(app.office.clone(), stopped.clone()));
    let correcting = tokio::spawn(correct(app.office.clone(), stopped.clone()));
    let fetching = tokio::spawn(fetching::watch(app.office.clone(), stopped.clone()));
    let nightly = tokio::spawn(nights(app.clone(), stopped));
    let pages = web::router(&app).into_make_service_with_connect_info::<SocketAddr>();
    let served = axum::serve(listener, pages).with_graceful_shutdown(told_to_stop(stop));
    served.await.context("the server stopped")?;
    app.lists.write(&app.office.store).await;
    resuming.await.context("going on with files stopped")?;
    watching.await.context("the inbox stopped")?;
    nightly.await.context("the sweeps stopped")?;
    sending.await.context("the outbox stopped")?;
    correcting.await.context("batches of corrected claims stopped")?;
    fetching.await.context("fetching stopped")?;
    Ok(())
}

fn warn_of(wire: Wire) {
    match wire {
        Wire::Here | Wire::Proven => {}
        Wire::Unproven => tracing::warn!(
            "the line to the database is encrypted to whoever answers: say sslmode=verify-full in \
             its address, so that the server proves its name"
        ),
        Wire::Open => tracing::warn!(
            "the line to the database is open: patient data crosses the network as anybody there \
             can read it; say sslmode=verify-full in its address"
        ),
    }
}

/// Asks the issuer beside everything else, so that who signs out is told where, from the first on.
async fn meet_issuer(app: Arc<App>) {
    if let Err(fault) = oidc::meet(&app.office, &app.issuer).await {
        tracing::warn!("the house that signs people in: {fault:#}");
    }
}

/// Logs go to the standard error: words for a terminal, JSON for whoever collects them. What is
/// logged holds no patient data.
fn listen_to_logs() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let logs = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // Whoever listens already goes on listening.
    let _ = if std::io::stderr().is_terminal() { logs.try_init() } else { logs.json().try_init() };
}

/// The practice's own inbox, and another that was named.
fn inboxes(office: &Office, named: Option<PathBuf>) -> anyhow::Result<Vec<PathBuf>> {
    let mut folders = vec![office.folder.join("inbox")];
    folders.extend(named);
    for folder in &folders {
        std::fs::create_dir_all(folder)
            .with_context(|| format!("cannot make the inbox {}", folder.display()))?;
    }
    Ok(folders)
}

/// How often somebody asks whether a new day has come.
const DAWN: Duration = Duration::from_secs(60);

/// Brings changed rules to every practice, and runs its nightly sweep on the first look of its day;
/// then brings the ranks, also those that another process counted, to the boards.
async fn nights(app: Arc<App>, mut stop: watch::Receiver<bool>) {
    let office = &app.office;
    loop {
        if let Err(fault) = sweep_all(office).await {
            tracing::error!("a sweep: {fault:#}");
        }
        if let Err(fault) = forget_waits(office).await {
            tracing::error!("forgetting who did not come back: {fault}");
        }
        if let Err(fault) = rerank_boards(&app).await {
            tracing::error!("ranking the queue: {fault:#}");
        }
        tokio::select! {
            _ = stop.changed() => return,
            // Whoever saves rules wants to see the cases that waited for them.
            () = office.rule_books.saved.notified() => {}
            () = tokio::time::sleep(DAWN) => {}
        }
    }
}

/// Sends what is due, beside everything else: a host or share that does not answer keeps only its
/// own practice waiting.
async fn send(office: Office, stop: watch::Receiver<bool>) {
    rounds::each_minute(office, stop, leaving::SWEEP, |office, stop| async move {
        let Tally { sent, failed } = leaving::sweep_until(&office, &stop).await?;
        if (sent, failed) != (0, 0) {
            tracing::info!("sweep {}: {sent} left, {failed} did not", leaving::SWEEP);
        }
        Ok(())
    })
    .await;
}

/// Goes on with batches of corrected claims that were cut short.
async fn correct(office: Office, stop: watch::Receiver<bool>) {
    rounds::each_minute(office, stop, batch::SWEEP, |office, stop| async move {
        batch::sweep_until(&office, &stop).await
    })
    .await;
}

/// Goes on with the files that every practice had in its hands when the program last ended.
async fn go_on(office: Office, stop: watch::Receiver<bool>) {
    let clinics = office.store.practices().await.unwrap_or_else(|fault| {
        tracing::error!("going on with files: {fault}");
        Vec::new()
    });
    for clinic in clinics {
        let went_on = async { take::go_on(&office.of(clinic).await?, &stop).await };
        if let Err(fault) = went_on.await {
            tracing::error!("going on with files: {fault:#}");
        }
    }
}

/// Sweeps every practice; a fault in one sweep keeps no other from running.
async fn sweep_all(office: &Office) -> anyhow::Result<()> {
    for clinic in office.store.practices().await? {
        let there = office.of(clinic).await?;
        match refile::sweep(&there, &|_| {}).await {
            Ok(0) => {}
            Ok(cases) => tracing::info!("sweep {}: {cases} cases follow them", refile::SWEEP),
            Err(fault) => tracing::error!("sweep {}: {fault:#}", refile::SWEEP),
        }
        match posting::sweep(&there).await {
            Ok(posting::Tally { posted: 0, .. }) => {}
            Ok(posting::Tally { posted, waits }) => {
                tracing::info!("sweep {}: {posted} posted, {waits} wait", posting::SWEEP);
            }
            Err(fault) => tracing::error!("sweep {}: {fault:#}", posting::SWEEP),
        }
        match verify::sweep(&there).await {
            Ok(None) => {}
            Ok(Some(seen)) => tracing::info!("verify: {}", seen.in_words()),
            Err(fault) => tracing::error!("verify: {fault:#}"),
        }
        match unanswered::sweep(&there).await {
            Ok(None) => {}
            Ok(Some(waiting)) => tracing::info!("sweep {}: {waiting}", unanswered::SWEEP),
            Err(fault) => tracing::error!("sweep {}: {fault:#}", unanswered::SWEEP),
        }
        match acting::sweep(&there).await {
            Ok(tally) if tally == acting::Tally::default() => {}
            Ok(tally) => tracing::info!("sweep {}: {tally}", acting::SWEEP),
            Err(fault) => tracing::error!("sweep {}: {fault:#}", acting::SWEEP),
        }
        match status::sweep(&there).await {
            Ok(None) => {}
            Ok(Some(tally)) => tracing::info!("sweep {}: {tally}", status::SWEEP),
            Err(fault) => tracing::error!("sweep {}: {fault:#}", status::SWEEP),
        }
        if let Err(fault) = rank_anew(&there).await {
            tracing::error!("sweep {}: {fault:#}", rank::SWEEP);
        }
    }
    Ok(())
}

/// Nothing at the door waits for longer than this.
const WAITED: Patience = Patience::minutes(10);

/// Forgets challenges, browsers and people at the door that nobody came back for.
async fn forget_waits(office: &Office) -> Result<(), store::Error> {
    let now = office.clock.now();
    let stale = WAITED.stale(now);
    if !office.store.read_house().await?.has_stale_waits(&stale).await? {
        return Ok(());
    }
    let mut tx = office.store.write_aside(office.practice()).await?;
    tx.forget_waits(&stale).await?;
    tx.commit().await
}

async fn rerank_boards(app: &App) -> anyhow::Result<()> {
    for clinic in app.office.store.practices().await? {
        let mut tx = app.office.store.read(&clinic.practice).await?;
        app.boards.rerank(&mut tx).await?;
    }
    Ok(())
}

async fn rank_anew(office: &Office) -> anyhow::Result<()> {
    if rank::is_due(office).await? {
        let moved = rank::sweep(office).await?;
        tracing::info!("sweep {}: {moved} cases stand elsewhere", rank::SWEEP);
    }
    Ok(())
}

/// A code for the first person, where nobody can sign in yet.
async fn setup_code(office: &Office) -> anyhow::Result<Option<String>> {
    let has_people = office.store.read_house().await?.has_people().await?;
    Ok((!has_people).then(people::drawn))
}

fn greet(address: SocketAddr, code: Option<&str>) {
    println!("Reclaim is at http://{address}/");
    if let Some(code) = code {
        println!("nobody can sign in yet; make the first person once at");
        println!("  http://{address}/setup?code={code}");
        println!("or with `reclaim user add LOGIN --name NAME --role ROLE`");
    }
}

/// Waits for ctrl-c or SIGTERM.
async fn told_to_stop(stop: watch::Sender<bool>) {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate()).expect("a signal can be heard");
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = terminate.recv() => {}
        }
    }
    #[cfg(not(unix))]
    {
        let _ = tokio::signal::ctrl_c().await;
    }
    println!("stopping");
    let _ = stop.send(true);
}
