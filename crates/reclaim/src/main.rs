//! Reclaim: wins back the money insurers deny to clinics.

use std::process::ExitCode;

mod act;
mod answers;
mod backup;
mod bench;
mod bills;
mod cli;
mod clock;
mod demo;
mod doctor;
mod doctor_report;
mod documents;
mod export;
mod fields;
mod identity;
mod people;
mod practice;
mod rank;
mod rules_check;
mod rules_files;
mod score;
mod serve;
mod settle;
mod show;
mod staging;
mod survey;
mod take;
mod taking;
mod verify;
#[expect(dead_code, reason = "the pages that use it come with the next part of the web app")]
mod web;

fn main() -> ExitCode {
    cli::main()
}
