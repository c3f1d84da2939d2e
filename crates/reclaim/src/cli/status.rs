//! `reclaim status`.

use std::process::ExitCode;

use clap::Subcommand;

use crate::practice::Office;
use crate::status::command;

#[derive(Subcommand)]
pub(super) enum StatusCommand {
    /// Asks payers where claims stand: one 276 for each payer and sender, by the outbox
    ///
    /// What was asked within the payer's cadence is not asked again. The exit code is 1 where
    /// something was not asked.
    Ask {
        /// Numbers of claims
        #[arg(required = true, value_name = "CLAIM")]
        numbers: Vec<String>,
        /// Why, for whoever reads it on the claim
        #[arg(long, value_name = "WHY", default_value = "somebody asked")]
        why: String,
    },
}

/// Asks, or lists what was asked.
pub(super) async fn run(
    office: &Office,
    json: bool,
    command: Option<StatusCommand>,
) -> anyhow::Result<ExitCode> {
    match command {
        None => command::list(office, json).await,
        Some(StatusCommand::Ask { numbers, why }) => command::ask(office, &numbers, &why).await,
    }
}
