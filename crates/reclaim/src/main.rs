//! Reclaim: wins back the money insurers deny to clinics.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

mod doctor;
mod doctor_report;

/// What the program is asked to do.
#[derive(Parser)]
#[command(name = "reclaim", version, about, arg_required_else_help = true)]
struct Cli {
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
}

fn main() -> ExitCode {
    match Cli::parse().command {
        Command::Doctor { json, files } => ExitCode::from(doctor::run(&files, json)),
    }
}
