//! Last days of clocks over regimes, anchors, units and calendars, against a table that was
//! reckoned without this code (`deadlines/expected.py`) from laws and manuals, not from `data/`.

mod shipped;

use std::fs;
use std::process::Command;

use denial::category::Category;
use denial::claim::{PayerName, PlanType};
use denial::deadline::{self, Anchors, DeadlineKind, Due};
use denial::rules::{self, Rules};
use jiff::civil::Date;

const TABLE: &str = include_str!("deadlines/table.csv");

/// One line of the table: a case, one of its clocks, and what is expected of it.
struct Row<'a>(Vec<(&'a str, &'a str)>);

impl<'a> Row<'a> {
    fn text(&self, column: &str) -> &'a str {
        let found = self.0.iter().find(|(name, _)| *name == column);
        found.unwrap_or_else(|| panic!("no column {column}")).1
    }

    fn day(&self, column: &str) -> Option<Date> {
        let text = self.text(column);
        (!text.is_empty()).then(|| text.parse().unwrap_or_else(|_| panic!("{column}: {text}")))
    }

    fn kind(&self) -> DeadlineKind {
        match self.text("clock") {
            "timely_filing" => DeadlineKind::TimelyFiling,
            "corrected_claim" => DeadlineKind::CorrectedClaim,
            "reconsideration" => DeadlineKind::Reconsideration,
            "external_review" => DeadlineKind::ExternalReview,
            "records_request" => DeadlineKind::RecordsRequest,
            "payer_answer" => DeadlineKind::PayerAnswer,
            appeal => DeadlineKind::Appeal(level(appeal.trim_start_matches("appeal "))),
        }
    }

    fn anchors(&self) -> Anchors {
        let decided = self.day("decided").map(|on| (level(self.text("level")), on));
        Anchors {
            service_on: self.day("service"),
            service_end_on: self.day("service_end"),
            notice_on: self.day("notice"),
            submitted_on: self.day("sent"),
            records_asked_on: self.day("asked"),
            other_payer_on: self.day("other_payer"),
            decided: decided.into_iter().collect(),
            ..Anchors::denied(self.day("denied").expect("every case was denied on a day"))
        }
    }

    /// What the clocks of the case say of this one, in the words of the table.
    fn found(&self, rules: &Rules) -> String {
        let plan = PlanType::from_name(self.text("plan")).expect("a plan type");
        let category = Category::from_name(self.text("category")).expect("a category");
        let payer = PayerName { name: self.text("payer").into(), ids: Vec::new() };
        let payer = rules.payer(&payer, plan);
        let clocks = deadline::clocks(payer, category, &self.anchors());
        match clocks.into_iter().find(|clock| clock.kind == self.kind()).map(|clock| clock.due) {
            Some(Due::On { date, .. }) => date.to_string(),
            Some(Due::NoRule) => "not configured".to_owned(),
            None => "no such way".to_owned(),
        }
    }

    fn expected(&self) -> &'a str {
        let day = self.text("last_day");
        if day.is_empty() { self.text("unit") } else { day }
    }
}

fn level(text: &str) -> u8 {
    text.parse().unwrap_or_else(|_| panic!("a level: {text}"))
}

fn rows() -> Vec<Row<'static>> {
    let mut lines = TABLE.lines();
    let columns: Vec<&str> = lines.next().expect("a heading").split(',').collect();
    let row = |line: &'static str| {
        let values: Vec<&str> = line.split(',').collect();
        assert_eq!(values.len(), columns.len(), "{line}");
        Row(columns.iter().copied().zip(values).collect())
    };
    lines.map(row).collect()
}

/// The rules that the program ships, and a payer with every way of counting that none of them has.
fn rules() -> Rules {
    let own = include_str!("deadlines/own.toml").to_owned();
    let mut files = shipped::files();
    files.push(("payers/own.toml".to_owned(), own));
    rules::read(&files).expect("the rules load")
}

#[test]
fn every_last_day_is_the_one_that_was_reckoned_without_us() {
    let rules = rules();
    let rows = rows();
    let wrong = |row: &Row<'_>| {
        let (found, expected) = (row.found(&rules), row.expected());
        let (payer, clock, source) = (row.text("payer"), row.text("clock"), row.text("source"));
        (found != expected)
            .then(|| format!("{payer}, {clock} ({source}): {found}, expected {expected}"))
    };
    let wrong: Vec<String> = rows.iter().filter_map(wrong).collect();
    assert!(rows.len() >= 60, "{} rows", rows.len());
    assert!(wrong.is_empty(), "{} of {} differ:\n{}", wrong.len(), rows.len(), wrong.join("\n"));
    eprintln!("{} last days agree", rows.len());
}

#[test]
fn the_table_is_what_its_script_reckons() {
    let script = shipped::root().join("crates/denial/tests/deadlines/expected.py");
    assert!(fs::exists(&script).is_ok_and(|there| there), "{}", script.display());
    match Command::new("python3").arg(&script).output() {
        Ok(said) => assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stdout)),
        Err(fault) => eprintln!("SKIPPED: python3 cannot be run ({fault})"),
    }
}
