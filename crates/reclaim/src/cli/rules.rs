//! `reclaim rules`: checked, saved, written out.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Subcommand;

use super::needs::Needs;
use super::on_office;
use crate::practice::Place;
use crate::{acting, rules_check, rules_folder};

#[derive(Subcommand)]
pub(super) enum RulesCommand {
    /// Explains every fault of the rule files, with file, line and hint
    ///
    /// The exit code is 0 for whole, 1 for faults, 2 for files that could not be read.
    Check {
        /// A folder of your own files, laid over those that the program brings
        #[arg(value_name = "FOLDER")]
        own: Option<PathBuf>,
    },
    /// Keeps a file as the practice's own rules, over those that the program brings
    ///
    /// The exit code is 1 where it has faults, which are printed; nothing is kept then.
    Save {
        /// The text
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// The rule file that it stands for, such as payers/example.toml
        #[arg(long = "for", value_name = "PATH")]
        path: String,
        /// Why; it stands beside the version
        #[arg(long, value_name = "TEXT")]
        why: String,
    },
    /// Lists the rules that act by themselves, or tries one on open cases and on past ones
    ///
    /// Trying does nothing: it says how many cases, how much money, and who would refuse.
    Actions {
        /// The rule
        #[arg(value_name = "NAME")]
        name: Option<String>,
        /// One JSON object
        #[arg(long, requires = "name")]
        json: bool,
    },
    /// Writes the practice's own rule files into a folder, but no code lists
    Export {
        /// The folder
        #[arg(value_name = "FOLDER")]
        to: PathBuf,
    },
}

/// Runs one of them.
pub(super) fn run_rules(
    place: Place,
    needs: Needs,
    command: RulesCommand,
) -> anyhow::Result<ExitCode> {
    match command {
        RulesCommand::Check { own } => {
            let own = own.or(place.rules);
            Ok(ExitCode::from(rules_check::run(own.as_deref())))
        }
        RulesCommand::Save { file, path, why } => on_office(&place, needs, async move |office| {
            rules_folder::save(&office, &file, &path, &why).await
        }),
        RulesCommand::Actions { name, json } => on_office(&place, needs, async move |office| {
            acting::command::run(&office, name.as_deref(), json).await
        }),
        RulesCommand::Export { to } => {
            on_office(&place, needs, async move |office| rules_folder::export(&office, &to).await)
        }
    }
}
