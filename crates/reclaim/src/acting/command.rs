//! `reclaim rules actions`, `reclaim rules actions NAME` and `reclaim sweep actions`.

use std::process::ExitCode;

use comfy_table::{Table, presets};
use serde_json::json;

use crate::acting::tried::{Sum, Tried};
use crate::acting::{self, tried, version};
use crate::practice::Office;
use crate::show;

/// Why a rule does nothing on cases that it is for.
const HAS: &str = "have already what it would do, or a person chose otherwise or works on it";

/// Lists the rules that act, or tries one of them.
pub(crate) async fn run(
    office: &Office,
    name: Option<&str>,
    is_json: bool,
) -> anyhow::Result<ExitCode> {
    let office = &office.afresh().await?;
    let Some(name) = name else { return list(office).await };
    let Some(rule) = office.rules.actions.iter().find(|rule| rule.name == name) else {
        eprintln!("reclaim: no rule is called {name}; `reclaim rules actions` lists them");
        return Ok(ExitCode::from(1));
    };
    let found = tried::tried(office, rule).await?;
    if is_json {
        return show::print(vec![in_json(&found).to_string()]);
    }
    let mut lines = vec![
        format!("{name} ({}), mode {}", version(rule), rule.mode.as_str()),
        format!("for: {}", rule.when),
        format!("does: {}", rule.in_words()),
        format!("would act on {} of {} open cases", told(found.acts), found.looked),
    ];
    lines.extend(
        found
            .examples
            .iter()
            .map(|case| format!("  {} {} {}", case.id, case.number, case.balance.outstanding())),
    );
    if found.has.cases > 0 {
        lines.push(format!("{} {HAS}", told(found.has)));
    }
    let refused = found.refused.iter();
    lines.extend(refused.map(|(why, sum)| format!("{} would refuse it: {why}", told(*sum))));
    lines.push(format!(
        "of the last {} cases it was for {} when they were opened",
        found.past_looked,
        told(found.past)
    ));
    lines.extend(found.became.iter().map(|(what, sum)| format!("  {what}: {}", told(*sum))));
    lines.extend(acting::came_of(&mut office.read().await?, rule).await?);
    show::print(lines)
}

fn told(sum: Sum) -> String {
    format!("{} ({})", sum.cases, sum.money)
}

fn in_json(found: &Tried) -> serde_json::Value {
    let sum = |sum: &Sum| json!({ "cases": sum.cases, "outstanding": sum.money.cents() });
    let refused: Vec<_> =
        found.refused.iter().map(|(why, one)| json!({ "why": why, "of": sum(one) })).collect();
    let became: Vec<_> =
        found.became.iter().map(|(what, one)| json!({ "is": what, "of": sum(one) })).collect();
    let examples: Vec<&str> = found.examples.iter().map(|case| case.id.as_str()).collect();
    json!({ "looked": found.looked, "acts": sum(&found.acts), "has": sum(&found.has),
        "refused": refused, "examples": examples, "past_looked": found.past_looked,
        "past": sum(&found.past), "became": became })
}

async fn list(office: &Office) -> anyhow::Result<ExitCode> {
    let mut tx = office.read().await?;
    let (counts, stops) = (tx.count_firings().await?, tx.rule_stops().await?);
    let mut table = Table::new();
    table.load_style(presets::UTF8_HORIZONTAL_ONLY);
    table.set_header(["rule", "version", "mode", "for", "does", "acted", "refused", "shadow"]);
    for rule in &office.rules.actions {
        let version = version(rule);
        let is_own = |name: &str, other: &str| name == rule.name && other == version;
        let count = |outcome: &str| {
            let own = counts.iter().filter(|one| is_own(&one.rule, &one.version));
            let own = own.filter(|one| one.outcome == outcome);
            own.map(|one| one.cases).sum::<i64>().to_string()
        };
        let stopped =
            stops.iter().any(|one| is_own(&one.rule, &one.version) && one.started_at.is_none());
        let mode = rule.mode.as_str();
        table.add_row([
            rule.name.to_string(),
            version.clone(),
            if stopped { format!("{mode}, stopped") } else { mode.to_owned() },
            rule.when.to_string(),
            rule.in_words(),
            count("done"),
            count("refused"),
            count("shadow"),
        ]);
    }
    let nothing = "no rule acts by itself: actions.toml has none".to_owned();
    show::print(vec![if table.is_empty() { nothing } else { table.to_string() }])
}

/// `reclaim sweep actions`.
pub(crate) async fn sweep(office: &Office) -> anyhow::Result<ExitCode> {
    let tally = acting::sweep(office).await?;
    show::print(vec![tally.to_string()])?;
    Ok(ExitCode::from(u8::from(!tally.stopped.is_empty())))
}
