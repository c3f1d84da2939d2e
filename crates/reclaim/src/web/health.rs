//! `GET /healthz`: whether the program works, not whether it answers.

use std::io::Write;
use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde_json::json;
use store::instant;

use crate::practice::Office;
use crate::web::App;

/// Each part by itself, so that what is wrong is said. No sign-in: it says nothing of anybody.
pub(crate) async fn page(State(app): State<Arc<App>>) -> Response {
    let office = &app.office;
    let database = database(office).await;
    let documents = documents(office).await;
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
