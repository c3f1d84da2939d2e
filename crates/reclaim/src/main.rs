//! Reclaim: wins back the money insurers deny to clinics.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

mod doctor;
mod doctor_report;
mod rules_check;
mod rules_files;

/// What the program is asked to do.
#[derive(Parser)]
#[command(name = "reclaim", version, about, arg_required_else_help = true)]
struct Cli {
    /// A folder of your own rule files, laid over those that the program brings
    #[arg(long, global = true, value_name = "DIR", env = "RECLAIM_RULES")]
    rules: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Says what X12 files hold and what is odd in them; needs no database
    ///
    /// The exit code is 0 for clean, 1 for findings, 2 for a file that could not be read.
    Doctor {
        /// One JSON object a line for each file
        #[arg(long)]
        json: bool,
        /// The files
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
    },
    /// The rules that decide what a denial is, who owns it and by when
    #[command(subcommand)]
    Rules(RulesCommand),
}

#[derive(Subcommand)]
enum RulesCommand {
    /// Explains every fault of the rule files, with file, line and hint
    ///
    /// The exit code is 0 for whole, 1 for faults, 2 for files that could not be read.
    Check {
        /// A folder of your own rule files, as after --rules
        #[arg(value_name = "DIR")]
        folder: Option<PathBuf>,
    },
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    match cli.command {
        Command::Doctor { json, files } => ExitCode::from(doctor::run(&files, json)),
        Command::Rules(RulesCommand::Check { folder }) => {
            ExitCode::from(rules_check::run(folder.or(cli.rules).as_deref()))
        }
    }
}
