//! `reclaim rules check`: every fault of the rule files, or what they hold.

use std::io::{self, Write};
use std::path::Path;

use denial::deadline::{DeadlineKind, USUAL};
use denial::rules::{RuleFault, Summary};

use crate::rules_files;

/// Exit code where the rules are whole.
const WHOLE: u8 = 0;
/// Exit code where something is wrong in them.
const FAULTY: u8 = 1;
/// Exit code where they could not be read at all.
const UNREADABLE: u8 = 2;

/// Checks the rules, those of a folder laid over the shipped ones, and returns the exit code.
pub(crate) fn run(own: Option<&Path>) -> u8 {
    let mut out = io::stdout().lock();
    let (written, code) = match rules_files::read(own) {
        Err(fault) => (writeln!(out, "{fault:#}"), UNREADABLE),
        Ok(Err(faults)) => (print_faults(&faults, &mut out), FAULTY),
        Ok(Ok(rules)) => (print_summary(&rules.summary(), &mut out), WHOLE),
    };
    // Nobody reads on when the output is closed, as by `head`.
    written.map_or(UNREADABLE, |()| code)
}

/// Prints faults; the exit code is that of rules with faults.
pub(crate) fn tell(faults: &[RuleFault]) -> u8 {
    print_faults(faults, &mut io::stdout().lock()).map_or(UNREADABLE, |()| FAULTY)
}

fn print_faults(faults: &[RuleFault], out: &mut impl Write) -> io::Result<()> {
    for fault in faults {
        writeln!(out, "{}:{}: {}\n    {}", fault.file, fault.line, fault.message, fault.hint)?;
    }
    let plural = if faults.len() == 1 { "" } else { "s" };
    writeln!(out, "{} fault{plural}", faults.len())
}

fn print_summary(summary: &Summary, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "The rules are whole.")?;
    writeln!(out, "{:>5} reasons (CARC)", summary.reasons)?;
    writeln!(out, "{:>5} remarks (RARC)", summary.remarks)?;
    writeln!(out, "{:>5} payers' programs", summary.payers)?;
    let unverified = summary.unverified;
    writeln!(out, "{:>5} windows, {unverified} of them unverified", summary.windows)?;
    writeln!(out, "{:>5} kinds of protected records", summary.protected)?;
    writeln!(out, "{:>5} templates of letters", summary.letters)?;
    writeln!(out, "Not configured, of {} programs:", summary.payers)?;
    for kind in USUAL {
        writeln!(out, "{:>5} {}", lacking(summary, kind), kind.in_words())?;
    }
    let lacking: Vec<&str> = summary.without_steps.iter().map(|one| one.as_str()).collect();
    if !lacking.is_empty() {
        writeln!(out, "No checklist of corrective steps for {}.", lacking.join(", "))?;
    }
    let plans: Vec<&str> = summary.without_floor.iter().map(|plan| plan.as_str()).collect();
    writeln!(out, "No floor of the law for {}: there only a payer's file sets clocks.", {
        plans.join(", ")
    })
}

/// How many programs lack this clock.
fn lacking(summary: &Summary, kind: DeadlineKind) -> usize {
    summary.not_configured.iter().filter(|(_, kinds)| kinds.contains(&kind)).count()
}
