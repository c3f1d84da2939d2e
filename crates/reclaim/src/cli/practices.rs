//! `reclaim practice`.

use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::needs::Needs;
use super::{in_time, on_office};
use crate::practice::Place;
use crate::practices::{self, Wanted};

#[derive(Subcommand)]
pub(super) enum PracticeCommand {
    /// Makes a practice; in a database without any, the first one
    ///
    /// Without a number of its own it takes every 835 that no other practice has a number for.
    Add {
        /// Its short name: letters, digits and dashes, up to 24
        #[arg(value_name = "SHORT_NAME")]
        short: String,
        #[command(flatten)]
        wanted: WantedArgs,
    },
    /// Changes a practice; what is not named stays
    Set {
        /// Its short name
        #[arg(value_name = "SHORT_NAME")]
        short: String,
        #[command(flatten)]
        wanted: WantedArgs,
        /// An NPI or tax id that is its own no longer
        #[arg(long, value_name = "NUMBER")]
        remove: Vec<String>,
    },
    /// Lists practices with their numbers
    List,
}

/// What a practice is called and paid under.
#[derive(Args)]
pub(super) struct WantedArgs {
    /// Its name for people
    #[arg(long, default_value = "", hide_default_value = true)]
    name: String,
    /// Its time zone, such as America/Chicago
    #[arg(long, default_value = "", hide_default_value = true)]
    zone: String,
    /// An NPI under which payers pay it; may be given several times
    #[arg(long)]
    npi: Vec<String>,
    /// A tax id under which payers pay it; may be given several times
    #[arg(long)]
    tax_id: Vec<String>,
}

impl WantedArgs {
    fn into_wanted(self, gone: Vec<String>) -> Wanted {
        let WantedArgs { name, zone, npi: npis, tax_id: tax_ids } = self;
        Wanted { name, zone, npis, tax_ids, gone }
    }
}

/// Runs one of them.
pub(super) fn run_practice(
    place: Place,
    needs: Needs,
    command: PracticeCommand,
) -> anyhow::Result<ExitCode> {
    match command {
        PracticeCommand::Add { short, wanted } => {
            let wanted = wanted.into_wanted(Vec::new());
            in_time(async { practices::run_add(&place, &short, &wanted).await })
        }
        PracticeCommand::Set { short, wanted, remove } => {
            let wanted = wanted.into_wanted(remove);
            let there = Place { practice: Some(short), ..place };
            on_office(&there, needs, async move |office| practices::run_set(&office, &wanted).await)
        }
        PracticeCommand::List => in_time(practices::run_list(&place)),
    }
}
