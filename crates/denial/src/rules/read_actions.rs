//! `actions.toml`: rules that act by themselves.

use smol_str::SmolStr;

use super::Draft;
use super::entry::{Entry, Page, Placed};
use crate::actions::{Does, Prepares, Rule, Stops, When};
use crate::codes::{Carc, Rarc};
use crate::lifecycle::Act;
use crate::owner::Member;
use crate::person::{self, Role};

impl Draft {
    pub(super) fn read_actions(&mut self, file: &str, text: &str) {
        let ((rules, teams), faults) = Page::new(file, text).read(|page| {
            let mut teams = Vec::new();
            (rules(page, &mut teams), teams)
        });
        self.rules.actions = rules;
        self.teams.extend(teams);
        self.faults.extend(faults);
    }
}

fn rules(page: &Entry<'_>, teams: &mut Vec<Placed<SmolStr>>) -> Vec<Rule> {
    let mut rules: Vec<Rule> = Vec::new();
    for row in page.entries("rule") {
        let Some(rule) = rule(&row, teams) else { continue };
        if rules.iter().any(|one| one.name == rule.name) {
            let message = format!("the rule {} is there twice", rule.name);
            row.fault_at("name", message, "give each rule a name of its own");
        }
        rules.push(rule);
    }
    rules
}

fn rule(row: &Entry<'_>, teams: &mut Vec<Placed<SmolStr>>) -> Option<Rule> {
    let name = row.required("name", row.text("name"));
    let why = row.required("why", row.text("why"));
    let mode = row.required("mode", row.named("mode"));
    let rule = Rule {
        from: row.date("from"),
        to: row.date("to"),
        last: row.flag("last").unwrap_or_default(),
        when: row.table("when").map(|table| when(&table)).unwrap_or_default(),
        does: row.table("do").map(|table| does(&table, teams)).unwrap_or_default(),
        stops: row.table("stop").map(|table| stops(&table)).unwrap_or_default(),
        ..Rule::default()
    };
    row.finish();
    let rule = Rule { name: name?.into(), why: why?.trim().into(), mode: mode?, ..rule };
    check(row, &rule);
    Some(rule)
}

fn check(row: &Entry<'_>, rule: &Rule) {
    let is_word = rule.name.bytes().all(|one| one.is_ascii_lowercase() || one == b'_');
    if !is_word || rule.name.len() > 40 {
        let message = format!("`{}` is no name of a rule", rule.name);
        row.fault_at("name", message, "write small letters and `_`, 40 at most");
    }
    if rule.when.is_empty() {
        let message = "it says of no case that it is for it".to_owned();
        row.fault(message, "add [rule.when] with at least one condition");
    }
    if rule.does.is_empty() {
        let message = "it does nothing".to_owned();
        let hint = "add [rule.do]: assign, next, escalate, hold_days, propose_write_off, \
                    prepare_correction or prepare_appeal";
        row.fault(message, hint);
    }
    if rule.from.zip(rule.to).is_some_and(|(from, to)| to < from) {
        row.fault_at("to", "`to` is before `from`".to_owned(), "exchange the days");
    }
    if rule.stops.of == 0 || (rule.stops.refused, rule.stops.denied_again) == (None, None) {
        let message = "nothing stops it where it goes wrong".to_owned();
        row.fault(message, "add [rule.stop] with of, and refused or denied_again");
    }
}

fn when(table: &Entry<'_>) -> When {
    let texts = |key| table.list(key).into_iter().map(SmolStr::new).collect();
    let when = When {
        payers: texts("payers"),
        categories: table.named_list("categories"),
        carcs: table.list("carcs").into_iter().map(Carc::new).collect(),
        rarcs: table.list("rarcs").into_iter().map(Rarc::new).collect(),
        procedures: texts("procedures"),
        statuses: table.named_list("statuses"),
        amount_from: table.money("amount_from"),
        amount_to: table.money("amount_to"),
        age_from: table.number("age_from"),
        age_to: table.number("age_to"),
        clock_days: table.number("clock_days"),
        attempts_from: table.number("attempts_from"),
        attempts_to: table.number("attempts_to"),
        unowned: table.flag("unowned").unwrap_or_default(),
    };
    table.finish();
    when
}

fn does(table: &Entry<'_>, teams: &mut Vec<Placed<SmolStr>>) -> Vec<Does> {
    let mut does = Vec::new();
    let person = table.text("person").map(Member::of);
    let team = table.text("team").map(SmolStr::new);
    if let Some(team) = &team {
        teams.push(Placed { place: table.place_of("team"), value: team.clone() });
    }
    match table.named::<Role>("assign") {
        Some(role) if person::may(role, Act::Review) || role == Role::FrontDesk => {
            does.push(Does::Assign { role, person, team });
        }
        Some(role) => {
            let message = format!("{} works no cases", role.as_str());
            table.fault_at("assign", message, "name a role that does");
        }
        None if person.is_some() || team.is_some() => {
            let message = "a person or team without a role".to_owned();
            table.fault(message, "say with assign in which role they have it");
        }
        None => {}
    }
    if let Some(next) = table.named("next") {
        let days = table.required("in_days", table.number("in_days")).unwrap_or_default();
        does.push(Does::Plan { next, days });
    }
    does.extend(table.named("escalate").map(Does::Escalate));
    if table.flag("propose_write_off") == Some(true) {
        does.push(Does::ProposeWriteOff);
    }
    prepares(table, &mut does);
    // Last, since what is done else would wake the case.
    does.extend(table.number("hold_days").map(Does::Hold));
    table.finish();
    does
}

/// What a rule prepares is what comes next on the case: it plans nothing else.
fn prepares(table: &Entry<'_>, does: &mut Vec<Does>) {
    let is_said = |what: &&Prepares| table.flag(what.as_str()) == Some(true);
    let said: Vec<Prepares> = Prepares::ALL.iter().filter(is_said).copied().collect();
    let plans = |one: &Does| matches!(one, Does::Plan { .. } | Does::ProposeWriteOff);
    if said.len() > 1 || (!said.is_empty() && does.iter().any(plans)) {
        let message = "it says twice what comes next".to_owned();
        let hint = "write prepare_correction or prepare_appeal alone, or beside assign or escalate";
        table.fault(message, hint);
        return;
    }
    does.extend(said.into_iter().map(Does::Prepare));
}

fn stops(table: &Entry<'_>) -> Stops {
    let stops = Stops {
        of: table.required("of", table.number("of")).unwrap_or_default(),
        refused: table.number("refused").filter(|limit| *limit > 0),
        denied_again: table.number("denied_again").filter(|limit| *limit > 0),
    };
    table.finish();
    stops
}

#[cfg(test)]
mod tests {
    use crate::rules::{read, tests::with};

    fn faults(text: &str) -> Vec<String> {
        let found = read(&with("actions.toml", text)).err().unwrap_or_default();
        found.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn what_a_rule_prepares_is_what_comes_next() {
        let rule = |does: &str| {
            format!(
                "[[rule]]\nname = \"one\"\nwhy = \"a test\"\nmode = \"off\"\n[rule.when]\n\
                 carcs = [\"197\"]\n[rule.do]\n{does}\n[rule.stop]\nof = 5\nrefused = 2\n"
            )
        };
        let alone = [
            "prepare_correction = true",
            "assign = \"billing_specialist\"\nprepare_appeal = true",
            "next = \"review\"\nin_days = 2\nprepare_appeal = false",
        ];
        for does in alone {
            assert_eq!(faults(&rule(does)), Vec::<String>::new(), "{does}");
        }
        let twice = [
            "prepare_correction = true\nprepare_appeal = true",
            "prepare_appeal = true\nnext = \"review\"\nin_days = 2",
            "prepare_correction = true\npropose_write_off = true",
        ];
        for does in twice {
            let found = faults(&rule(does));
            let said = found.iter().any(|one| one.contains("it says twice what comes next"));
            assert!(said, "{does}: {found:?}");
        }
    }
}
