//! Work for every practice once a minute: none waits for another, and stopping waits for none long.

use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::practice::Office;

/// How often each is started.
const OFTEN: Duration = Duration::from_secs(60);
/// How long what is in hand may go on once the program is told to stop. What is cut off then is
/// finished as after a crash.
const IN_HAND: Duration = Duration::from_secs(5);

/// Starts `work` for every practice each minute until it is told to stop. Where the last round of a
/// practice still goes on, the work's own lock turns the next away.
pub(crate) async fn each_minute<W>(
    office: Office,
    mut stop: watch::Receiver<bool>,
    name: &'static str,
    work: impl Fn(Office, watch::Receiver<bool>) -> W + Copy + Send + Sync + 'static,
) where
    W: Future<Output = anyhow::Result<()>> + Send + 'static,
{
    let mut running = JoinSet::new();
    loop {
        let clinics = office.store.practices().await.unwrap_or_else(|fault| {
            tracing::error!("sweep {name}: {fault}");
            Vec::new()
        });
        for clinic in clinics {
            let (office, stop) = (office.clone(), stop.clone());
            running.spawn(async move {
                let done = async { work(office.of(clinic).await?, stop).await };
                if let Err(fault) = done.await {
                    tracing::error!("sweep {name}: {fault:#}");
                }
            });
        }
        while let Some(ended) = running.try_join_next() {
            told(name, ended);
        }
        tokio::select! {
            _ = stop.changed() => break,
            () = tokio::time::sleep(OFTEN) => {}
        }
    }
    let ends = async {
        while let Some(ended) = running.join_next().await {
            told(name, ended);
        }
    };
    if tokio::time::timeout(IN_HAND, ends).await.is_err() {
        tracing::warn!("sweep {name}: a host keeps waiting; the next start goes on with it");
    }
}

fn told(name: &str, ended: Result<(), tokio::task::JoinError>) {
    if let Err(fault) = ended {
        tracing::error!("sweep {name} ended before its time: {fault}");
    }
}
