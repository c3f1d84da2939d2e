//! The commands.

mod codes;
mod demo;
mod issuers;
mod needs;
mod outbox;
mod practices;
mod rules;
mod status;
mod users;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::{Args, Parser, Subcommand};

use crate::cli::codes::CodesCommand;
use crate::cli::issuers::IssuerCommand;
use crate::cli::needs::Needs;
use crate::cli::outbox::OutboxCommand;
use crate::cli::practices::{PracticeCommand, run_practice};
use crate::cli::rules::{RulesCommand, run_rules};
use crate::cli::status::StatusCommand;
use crate::cli::users::UserCommand;
use crate::clock::Clock;
use crate::correct::{self, Correction};
use crate::demo::Wish;
use crate::outbox::{command as outbox_command, fetching};
use crate::passkey::webauthn::Site;
use crate::practice::{Office, Place};
use crate::scanner::Scanner;
use crate::taking::Taking;
use crate::web::site;
use crate::{act, backup, batch, bench, digest, doctor, export, packet, posting};
use crate::{retention, rules_files, secondary, serve, show, taking, verify};

/// What the program is asked to do.
#[derive(Parser)]
#[command(name = "reclaim", version, about, arg_required_else_help = true)]
struct Cli {
    #[command(flatten)]
    place: PlaceArgs,
    #[command(subcommand)]
    command: Command,
}

/// Where the practice lies and who asks.
#[derive(Args)]
struct PlaceArgs {
    /// The database: sqlite:PATH or postgres://…; without it a file in your data folder
    #[arg(long, value_name = "URL", env = "RECLAIM_DB", hide_env_values = true, global = true)]
    db: Option<String>,
    /// The practice, where the database holds several
    #[arg(long, value_name = "NAME", env = "RECLAIM_PRACTICE", global = true)]
    practice: Option<String>,
    /// The login of who acts, with their role's rights; without it the command line's own account
    #[arg(long = "as", value_name = "LOGIN", env = "RECLAIM_AS", global = true)]
    login: Option<String>,
    /// A folder of your own rules instead of those built in
    #[arg(long = "rules", value_name = "FOLDER", env = "RECLAIM_RULES", global = true)]
    own_rules: Option<PathBuf>,
    /// The folder for documents and the journal's key; without it one beside the database
    #[arg(long, value_name = "FOLDER", env = "RECLAIM_FOLDER", global = true)]
    folder: Option<PathBuf>,
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
    /// Corrects a claim of an 837 and writes it to be sent again; needs no database
    ///
    /// Prints every field that changes and what must be mended first; the exit code is then 1. With
    /// --batch it makes one change on many claims of the database and queues them.
    Correct(Box<Correction>),
    /// Claims before the payer that comes next: lists them, shows what would go, queues one
    ///
    /// What the payer before it passed on by itself goes for a reason alone. The exit code is 1
    /// where something was refused.
    Secondary(secondary::command::Wish),
    /// Takes files in: 837, 835, 999, TA1, 277CA; folders are looked through
    ///
    /// What was taken already is refused with a pointer to the first. The exit code is 0 unless a
    /// file could not be read.
    Take {
        /// One JSON object a line for each file
        #[arg(long)]
        json: bool,
        /// Works test files (ISA15 = T) as if they were none
        #[arg(long)]
        accept_test: bool,
        /// The files and folders
        #[arg(required = true, value_name = "FILE_OR_FOLDER")]
        files: Vec<PathBuf>,
    },
    /// Prints what the database holds, sorted and without ids or times
    Export {
        /// The form that can be compared: one JSON object a line
        #[arg(long, required = true)]
        canonical: bool,
        /// Why specially protected cases come along, which are left out else
        #[arg(long)]
        why: Option<String>,
    },
    /// Prints open cases, the most urgent first
    Queue {
        /// One JSON object a line
        #[arg(long)]
        json: bool,
        /// How many at the most
        #[arg(long, default_value_t = 50)]
        limit: u32,
        /// Why specially protected cases come along, which are left out else
        #[arg(long)]
        why: Option<String>,
    },
    /// Prints what there is to know this morning: once a day, as the page Digest has it
    Digest {
        /// The team's, for who leads
        #[arg(long)]
        team: bool,
        /// One JSON object
        #[arg(long)]
        json: bool,
    },
    /// Makes a simulated practice in a file of its own, takes its files in and serves it
    ///
    /// Nothing in it is real. It never touches a database that it did not make.
    Demo {
        /// tiny for a quick look (2,000 claims), demo for the whole (75,000)
        #[arg(long, default_value = "demo")]
        size: String,
        /// The same seed makes the same practice
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// So many days by itself: simulated specialists work, a simulated payer answers; prints
        /// what came of it, and fails where anything does not agree
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=730))]
        days: Option<u16>,
        /// Does not serve it
        #[arg(long)]
        no_serve: bool,
        /// The address to serve it at
        #[arg(long, default_value = "127.0.0.1:8080")]
        listen: SocketAddr,
        /// Compares the database with the truth; one JSON object as the last line
        #[arg(long)]
        score: bool,
    },
    /// Measures taking in and verifying, as ratios to the unavoidable work
    Bench {
        /// Claims of the file that is taken in
        #[arg(long, default_value_t = 168_000)]
        claims: u64,
        /// Runs of which the median counts
        #[arg(long, default_value_t = 5)]
        runs: usize,
        /// Only one row; T1 brings T3 and V1 along, Q brings Q1, Q2 and Q4
        #[arg(long, value_parser = ["T1", "T5", "T4", "T2", "Q", "Q3", "L2", "S1"])]
        only: Option<String>,
        /// Open cases of the queue that rows Q and S1 measure
        #[arg(long, default_value_t = 1_000_000)]
        cases: u64,
        /// Also a database that grows to so many claims
        #[arg(long, value_name = "CLAIMS")]
        grown: Option<u64>,
        /// Also a PostgreSQL server, with empty databases reclaim_bench_take0, reclaim_bench_floor0
        /// and so on, two for each run
        #[arg(long, value_name = "URL")]
        postgres: Option<String>,
    },
    /// Does one act on a case, such as `plan next=call_payer on=2026-02-03`
    ///
    /// The exit code is 0 where it is done, 1 where it is refused with the reason.
    Act {
        /// The case's id, or the number of its claim
        id: String,
        /// The act: review, plan, resubmit, appeal, post, write_off, note and so on
        act: String,
        /// Its fields
        #[arg(value_name = "NAME=TEXT")]
        fields: Vec<String>,
        /// What came of it, as JSON
        #[arg(long)]
        json: bool,
    },
    /// Proves the journal's chains, the cases, the money and the documents against each other
    ///
    /// The exit code is 0 and `ok` is printed where everything agrees, 1 with the first difference.
    Verify {
        /// Only what happened since everything was last found to agree
        #[arg(long)]
        on: bool,
    },
    /// Copies the database and its documents into one file, and proves the copy
    ///
    /// The file restores into either database. The journal's key is not in it.
    Backup {
        /// A file that is not there yet
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Lists what is past the years for which records are kept, and takes its bytes out
    ///
    /// Documents and files go, where every case of theirs is closed, past its time and under no
    /// legal hold; their rows and the journal stay.
    Retention {
        /// Takes them out
        #[arg(long, requires = "why")]
        purge: bool,
        /// Why; it stands in the journal
        #[arg(long, requires = "purge")]
        why: Option<String>,
    },
    /// Puts a backup into an empty database, and proves what came of it
    ///
    /// The journal's key, journal.key, must lie in the folder already.
    Restore {
        /// The backup
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// The rules that decide what a denial is, who owns it and by when
    #[command(subcommand)]
    Rules(RulesCommand),
    /// Lists of codes that you bring from your own files: ICD-10-CM, HCPCS, NCCI, CARC, RARC
    #[command(subcommand)]
    Codes(CodesCommand),
    /// Serves the pages, and watches the inbox folder, until it is told to stop
    Serve {
        /// The address; beyond this machine put TLS before it
        #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
        listen: SocketAddr,
        /// A folder from which files are taken in, beside the one in the documents' folder
        #[arg(long, value_name = "FOLDER")]
        inbox: Option<PathBuf>,
        /// The address that people open, such as https://reclaim.example.org; passkeys belong to it
        #[arg(long, value_name = "URL", env = "RECLAIM_ADDRESS", value_parser = site::configured)]
        address: Option<Site>,
        /// A ClamAV daemon that is asked about every file somebody sends: its socket, or host:port
        #[arg(long, value_name = "SOCKET", env = "RECLAIM_SCANNER")]
        scanner: Option<Scanner>,
    },
    /// What leaves the house: what waits, left and was answered
    ///
    /// What is queued waits ten minutes and can be called back until then.
    Outbox {
        /// One JSON object a line
        #[arg(long)]
        json: bool,
        #[command(subcommand)]
        command: Option<OutboxCommand>,
    },
    /// Where claims stand: what payers were asked (276) and what they answered (277)
    Status {
        /// One JSON object a line
        #[arg(long)]
        json: bool,
        #[command(subcommand)]
        command: Option<StatusCommand>,
    },
    /// Runs a sweep that `serve` runs by itself
    Sweep {
        /// outbox: what is due leaves; fetch: what lies on other hosts comes; post: payments that
        /// are certain post themselves; status: payers are asked about claims that wait too long;
        /// actions: rules that act by themselves do
        #[arg(value_parser = ["outbox", "fetch", "post", "status", "actions"])]
        name: String,
    },
    /// People who sign in
    #[command(subcommand)]
    User(UserCommand),
    /// The house by which people may sign in (OpenID Connect)
    #[command(subcommand)]
    Issuer(IssuerCommand),
    /// Practices: their names, time zones, and the NPIs and tax ids under which they are paid
    #[command(subcommand, name = "practice")]
    Practices(PracticeCommand),
    /// Writes the packet of a case's open draft to a file
    Packet(packet::command::Wish),
    /// Shows one case
    Show {
        /// Its id, or the number of its claim
        id: String,
        /// Everything, as JSON
        #[arg(long)]
        json: bool,
        /// Why a specially protected case is taken out as JSON
        #[arg(long)]
        why: Option<String>,
    },
}

/// Runs what the command line asks for.
pub(crate) fn main() -> ExitCode {
    let cli = Cli::parse();
    let place = cli.place.into_place();
    let needs = cli.command.needs();
    let ran = match cli.command {
        Command::Doctor { json, files } => rules_files::load(place.rules.as_deref())
            .map(|rules| ExitCode::from(doctor::run(&files, json, &rules))),
        Command::Correct(wish) => run_correct(&place, needs, *wish),
        Command::Secondary(wish) => run_secondary(&place, needs, &wish),
        Command::Rules(command) => run_rules(place, needs, command),
        Command::Demo { size, seed, days, no_serve, listen, score } => {
            in_time(demo::run(&place, (Wish { size, seed }, days), (no_serve, listen), score))
        }
        Command::Bench { claims, runs, only, cases, grown, postgres } => {
            let wish = bench::Wish { claims, runs, only, cases, postgres, grown };
            in_time(bench::run(wish))
        }
        Command::Act { id, act, fields, json } => on_office(&place, needs, async move |office| {
            act::run(&office, &id, &act, &fields, json).await
        }),
        Command::Take { json, accept_test, files } => {
            run_take(&place, needs, &files, &Taking { json, accept_test })
        }
        Command::Export { canonical: _, why } => {
            on_office(&place, needs, async move |office| export::run(&office, why.as_deref()).await)
        }
        Command::Queue { json, limit, why } => on_office(&place, needs, async move |office| {
            show::queue(&office, limit, json, why.as_deref()).await
        }),
        Command::Digest { team, json } => {
            on_office(&place, needs, async move |office| digest::run(&office, team, json).await)
        }
        Command::Verify { on } => {
            on_office(&place, needs, async move |office| verify::run(&office, on).await)
        }
        Command::Retention { purge: _, why } => on_office(&place, needs, async move |office| {
            retention::run(&office, why.as_deref()).await
        }),
        Command::Backup { file } => {
            on_office(&place, needs, async move |office| backup::run(&office, &file).await)
        }
        Command::Restore { file } => in_time(backup::restore(&place, &file)),
        Command::Serve { listen, inbox, address, scanner } => {
            on_office(&place, needs, async move |office| {
                let office = Office { scanner, ..office };
                serve::serve(office, listen, inbox, address).await.map(|()| ExitCode::SUCCESS)
            })
        }
        Command::Codes(command) => {
            on_office(&place, needs, async move |office| command.run(&office).await)
        }
        Command::Outbox { json, command } => run_outbox(&place, needs, json, command),
        Command::Sweep { name } => run_sweep(&place, needs, &name),
        Command::User(command) => {
            on_office(&place, needs, async move |office| command.run(&office).await)
        }
        Command::Status { json, command } => {
            on_office(&place, needs, async move |office| status::run(&office, json, command).await)
        }
        Command::Issuer(command) => {
            on_office(&place, needs, async move |office| command.run(&office).await)
        }
        Command::Practices(command) => run_practice(place, needs, command),
        Command::Packet(wish) => {
            on_office(&place, needs, async move |office| packet::command::run(&office, &wish).await)
        }
        Command::Show { id, json, why } => on_office(&place, needs, async move |office| {
            show::case(&office, &id, json, why.as_deref()).await
        }),
    };
    told(ran)
}

/// One claim of a file, or many of the database.
fn run_correct(place: &Place, needs: Needs, wish: Correction) -> anyhow::Result<ExitCode> {
    if wish.many.is_meant() {
        return on_office(place, needs, async move |office| {
            batch::command::run(&office, &wish).await
        });
    }
    let rules = rules_files::load(place.rules.as_deref())?;
    correct::run(&wish, &Clock::System, &rules)
}

fn run_take(
    place: &Place,
    needs: Needs,
    files: &[PathBuf],
    taking: &Taking,
) -> anyhow::Result<ExitCode> {
    on_office(place, needs, async move |office| taking::run(&office, files, taking).await)
}

fn run_secondary(
    place: &Place,
    needs: Needs,
    wish: &secondary::command::Wish,
) -> anyhow::Result<ExitCode> {
    on_office(place, needs, async move |office| secondary::command::run(&office, wish).await)
}

/// The exit code, after a fault was told.
fn told(ran: anyhow::Result<ExitCode>) -> ExitCode {
    match ran {
        Ok(code) => code,
        Err(fault) => {
            eprintln!("reclaim: {fault:#}");
            ExitCode::from(2)
        }
    }
}

impl PlaceArgs {
    fn into_place(self) -> Place {
        Place {
            db: self.db,
            practice: self.practice,
            login: self.login,
            rules: self.own_rules,
            folder: self.folder,
        }
    }
}

fn run_outbox(
    place: &Place,
    needs: Needs,
    json: bool,
    command: Option<OutboxCommand>,
) -> anyhow::Result<ExitCode> {
    on_office(place, needs, async move |office| outbox::run(&office, json, command).await)
}

fn run_sweep(place: &Place, needs: Needs, name: &str) -> anyhow::Result<ExitCode> {
    on_office(place, needs, async move |office| match name {
        posting::SWEEP => posting::run(&office).await,
        fetching::SWEEP => fetching::run(&office).await,
        crate::acting::SWEEP => crate::acting::command::sweep(&office).await,
        crate::status::SWEEP => crate::status::command::sweep(&office).await,
        _ => outbox_command::sweep(&office).await,
    })
}

/// Opens the practice, finishes what a crash left undone, and runs a command on it.
fn on_office(
    place: &Place,
    needs: Needs,
    command: impl AsyncFnOnce(Office) -> anyhow::Result<ExitCode>,
) -> anyhow::Result<ExitCode> {
    in_time(async {
        let office = Office::open(place).await?;
        let store = office.store.clone();
        let allowed = match needs {
            Some((name, access)) => office.require(name, access).await,
            None => Ok(()),
        };
        let done = match allowed {
            Ok(()) => command(office).await,
            Err(denied) => Err(denied),
        };
        store.close().await;
        done
    })
}

fn in_time(work: impl Future<Output = anyhow::Result<ExitCode>>) -> anyhow::Result<ExitCode> {
    tokio::runtime::Runtime::new().context("cannot start")?.block_on(work)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn no_argument_of_a_command_is_taken_for_a_place() {
        let command = Cli::command();
        command.clone().debug_assert();
        let of_place: Vec<_> = command.get_arguments().map(clap::Arg::get_id).collect();
        for sub in command.get_subcommands() {
            for argument in sub.get_arguments() {
                assert!(!of_place.contains(&argument.get_id()), "{} {}", sub.get_name(), argument);
            }
        }
    }
}
