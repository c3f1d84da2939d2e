//! `reclaim demo`.

use std::net::SocketAddr;
use std::process::ExitCode;

use anyhow::Context;

use crate::demo::Wish;
use crate::practice::Place;
use crate::{demo, demo_days, people, score, serve};

/// Makes a simulated practice, and serves it unless somebody does not want that.
pub(super) async fn run(
    place: &Place,
    (wish, days): (Wish, Option<u16>),
    (no_serve, listen): (bool, SocketAddr),
    with_score: bool,
) -> anyhow::Result<ExitCode> {
    let made = match days {
        None => demo::make(place, &wish).await?,
        Some(days) => demo_days::make(place, &wish, days).await?,
    };
    if with_score {
        let score = score::score(&made.office, &made.truth).await?;
        println!("{}", serde_json::to_string(&score).context("a score is JSON")?);
    }
    let store = made.office.store.clone();
    if !no_serve {
        let logins = people::simulate(&made.office).await?.join(", ");
        println!("Everything here is simulated. Sign in as {logins};");
        println!("the password of all is {}", people::SIMULATED_PASSWORD);
        serve::serve(made.office, listen, None, None).await?;
    }
    store.close().await;
    Ok(ExitCode::SUCCESS)
}
