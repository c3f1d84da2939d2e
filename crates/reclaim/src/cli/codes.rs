//! `reclaim codes`.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Subcommand;
use jiff::civil::Date;

use crate::code_import::{self, Importing, KINDS};
use crate::practice::Office;

#[derive(Subcommand)]
pub(super) enum CodesCommand {
    /// Takes a list in as a version of its own, after telling what it changes
    ///
    /// The files are yours: none of these lists comes with the program. The exit code is 1 where
    /// they are no such list, or where a line could not be read; nothing is saved then.
    Import {
        /// carc or rarc (CSV), icd10 (order file), hcpcs (ANWEB), ptp or mue (NCCI tables, as text
        /// or CSV)
        #[arg(value_parser = KINDS)]
        kind: String,
        /// The files; those of one table that comes in several are taken as one list
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        /// The first day of service for which the list holds; only the name of an ANWEB file says
        /// it too, such as HCPC2026_JAN_ANWEB.txt
        #[arg(long, value_name = "DATE")]
        from: Option<Date>,
        /// Tells what it would change and saves nothing
        #[arg(long)]
        dry_run: bool,
        /// Takes in what could be read, although some lines could not
        #[arg(long)]
        force: bool,
    },
    /// Lists every version of every list
    List,
}

impl CodesCommand {
    pub(super) async fn run(self, office: &Office) -> anyhow::Result<ExitCode> {
        match self {
            CodesCommand::Import { kind, files, from, dry_run, force } => {
                code_import::run(office, Importing { kind, files, from, dry_run, force }).await
            }
            CodesCommand::List => code_import::list(office).await,
        }
    }
}
