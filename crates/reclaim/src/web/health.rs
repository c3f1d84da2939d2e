//! `GET /healthz`: whether the program works, not whether it answers. It writes to find out, at
//! most once a minute whoever asks how often; the answer is kept until then.

use std::io::Write;
use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde_json::json;
use store::instant;
use tokio::sync::Mutex;

use crate::practice::Office;
use crate::web::App;

/// Seconds for which an answer is kept.
const KEPT: i64 = 60;

/// What was found last, and when. Who asks while it is looked waits for the same answer.
#[derive(Default)]
pub(crate) struct Health(Mutex<Option<(Timestamp, Parts)>>);

/// What works.
#[derive(Clone, Copy)]
pub(crate) struct Parts {
    pub(crate) database: bool,
    pub(crate) documents: bool,
}

impl Health {
    /// What works: as was found last, or looked at now.
    pub(crate) async fn of(&self, office: &Office) -> Parts {
        let now = office.clock.now();
        let mut last = self.0.lock().await;
        let fresh = last.filter(|(at, _)| (0..KEPT).contains(&now.duration_since(*at).as_secs()));
        if let Some((_, parts)) = fresh {
            return parts;
        }
        let parts = Parts { database: database(office).await, documents: documents(office).await };
        *last = Some((now, parts));
        parts
    }
}

/// Each part by itself, so that what is wrong is said. No sign-in: it says nothing of anybody.
pub(crate) async fn page(State(app): State<Arc<App>>) -> Response {
    let office = &app.office;
    let Parts { database, documents } = app.health.of(office).await;
    let rules = !office.rules.payers.is_empty() && !office.rules.owners.rows.is_empty();
    let works = database && documents && rules;
    let body = json!({
        "ok": works, "database": database, "documents": documents, "rules": rules,
        "version": env!("CARGO_PKG_VERSION"),
    });
    let status = if works { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, [(CONTENT_TYPE, "application/json")], body.to_string()).into_response()
}

async fn database(office: &Office) -> bool {
    let at = instant(office.clock.now());
    let probe = async {
        let mut tx = office.store.write_aside(office.practice()).await?;
        let is_kept = tx.probe(&at).await?;
        tx.commit().await?;
        Ok::<bool, store::Error>(is_kept)
    };
    probe.await.unwrap_or_else(|fault| {
        tracing::error!("health: {fault}");
        false
    })
}

async fn documents(office: &Office) -> bool {
    let documents = office.documents.clone();
    let probe = move || {
        let mut incoming = documents.incoming()?;
        incoming.write_all(b"health")?;
        anyhow::Ok(())
    };
    match tokio::task::spawn_blocking(probe).await {
        Ok(Ok(())) => true,
        Ok(Err(fault)) => {
            tracing::error!("health: {fault:#}");
            false
        }
        Err(_) => false,
    }
}
