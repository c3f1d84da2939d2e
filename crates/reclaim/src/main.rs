//! Reclaim: wins back the money insurers deny to clinics.

use std::process::ExitCode;

mod access;
mod act;
mod answers;
mod backup;
mod bench;
mod bench_busy;
mod bench_desk;
mod bench_line;
mod bills;
mod boards;
mod bulk;
mod cli;
mod clock;
mod code_compare;
mod code_files;
mod code_import;
mod code_lists;
mod correct;
mod day_sheet;
mod demo;
mod demo_staff;
mod digest;
mod doctor;
mod doctor_report;
mod documents;
mod doubts;
mod drafts;
mod evidence;
mod export;
mod factor;
mod fields;
mod identity;
mod inbox;
mod keying;
mod kinds;
mod line_changes;
mod matches;
mod oidc;
mod outbox;
mod own_rules;
mod packet;
mod parts;
mod passkey;
mod passwords;
mod people;
mod practice;
mod practices;
mod protecting;
mod rank;
mod refile;
mod remitting;
mod retention;
mod rules_check;
mod rules_files;
mod rules_folder;
mod scanner;
mod score;
mod serve;
mod settle;
mod show;
mod signature;
mod staging;
mod survey;
mod take;
mod taking;
mod trial;
mod verify;
mod ways;
mod web;
mod wording;

fn main() -> ExitCode {
    cli::main()
}
