//! `reclaim serve`: the pages, until somebody says stop.

use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::Context;
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::practice::Office;
use crate::web::{self, App};
use crate::{people, settle};

/// Serves the pages of a database at an address until the process is told to stop; then answers
/// what it was asked already and finishes the file in its hands.
pub(crate) async fn serve(
    office: Office,
    listen: SocketAddr,
    inbox: Option<PathBuf>,
) -> anyhow::Result<()> {
    let listener = TcpListener::bind(listen)
        .await
        .with_context(|| format!("cannot listen at {listen}; is another server there?"))?;
    let address = listener.local_addr().context("cannot tell the address")?;
    settle::catch_up(&office).await?;
    let code = setup_code(&office).await?;
    greet(address, code.as_deref());
    let app = App::new(office, !address.ip().is_loopback(), code);
    let (stop, stopped) = watch::channel(false);
    let _ = (inbox, &stopped);
    let served =
        axum::serve(listener, web::router(&app)).with_graceful_shutdown(told_to_stop(stop));
    served.await.context("the server stopped")?;
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
