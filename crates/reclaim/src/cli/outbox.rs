//! `reclaim outbox`.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Subcommand;

use crate::outbox::command;
use crate::practice::Office;

#[derive(Subcommand)]
pub(super) enum OutboxCommand {
    /// Calls something back before it leaves
    CallBack {
        /// Its id
        #[arg(value_name = "ID")]
        outgoing: String,
    },
    /// Lets what failed try again
    Again {
        /// Its id
        #[arg(value_name = "ID")]
        outgoing: String,
    },
    /// Queues an 837 of corrected claims that was written elsewhere
    ///
    /// Its envelope gets the route's next control number. Each of its claims has a case in review,
    /// which is corrected and resubmitted once the file left.
    Queue {
        /// The file: one interchange with one group
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// The route by its name; the first where none is said
        #[arg(long, value_name = "NAME")]
        route: Option<String>,
        /// Why claims are sent once more with the same content
        #[arg(long, value_name = "WHY")]
        again: Option<String>,
    },
}

/// Runs one of them, or lists everything.
pub(super) async fn run(
    office: &Office,
    json: bool,
    command: Option<OutboxCommand>,
) -> anyhow::Result<ExitCode> {
    match command {
        None => command::list(office, json).await,
        Some(OutboxCommand::CallBack { outgoing }) => {
            command::change(office, &outgoing, true).await
        }
        Some(OutboxCommand::Again { outgoing }) => command::change(office, &outgoing, false).await,
        Some(OutboxCommand::Queue { file, route, again }) => {
            command::queue(office, &file, route, again).await
        }
    }
}
