//! Rules that act by themselves: on cases that were opened or heard of, and on every open case once
//! a day, each once. What they do are acts like anybody's, on record with the rule's name; a rule
//! whose acts go wrong stops itself.

pub(crate) mod command;
pub(crate) mod tried;

use std::collections::HashSet;
use std::fmt;

use denial::actions::{self, Came, Mode, Rule};
use denial::denial::Denial;
use denial::lifecycle::Refused;
use denial::person::Moment;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use store::firings::{Firing, RuleStop};
use store::journal::Entry;
use store::{Tx, instant};

use crate::act;
use crate::own_rules;
use crate::practice::{Office, console_actor};

/// The sweep's name among those that ran.
pub(crate) const SWEEP: &str = "actions";
/// The file that says the rules.
pub(crate) const FILE: &str = "actions.toml";
/// Cases looked at in one transaction: the longest that anybody waits for it.
const PART: usize = 50;
/// Open cases read at once.
const PAGE: i64 = 500;

/// What a sweep did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    /// Firings that acted.
    pub(crate) done: u64,
    /// Firings that were refused.
    pub(crate) refused: u64,
    /// Firings in the shadow.
    pub(crate) shadow: u64,
    /// Rules that stopped themselves.
    pub(crate) stopped: Vec<String>,
}

impl fmt::Display for Tally {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Tally { done, refused, shadow, stopped } = self;
        write!(out, "{done} acted, {refused} refused, {shadow} in the shadow")?;
        if stopped.is_empty() { Ok(()) } else { write!(out, "; stopped: {}", stopped.join(", ")) }
    }
}

/// A mark of what a rule says: another where it says something else.
pub(crate) fn version(rule: &Rule) -> String {
    hex::encode(&Sha256::digest(rule.content().as_bytes())[..4])
}

/// Lets the rules act on the cases that changed since the last sweep; on the first of a day, or
/// where the rules changed or one was started again, on every open one.
///
/// # Errors
/// The database.
pub(crate) async fn sweep(office: &Office) -> anyhow::Result<Tally> {
    let office = &office.afresh().await?;
    let mut tally = Tally::default();
    let acts = office.rules.actions.iter().any(|rule| rule.mode != Mode::Off);
    if !acts || office.rules.require_whole().is_err() {
        return Ok(tally);
    }
    let mut tx = office.read().await?;
    let now = instant(office.clock.now());
    let end = tx.ends(&now).await?.work.seq;
    let last = tx.sweeps().await?.into_iter().find(|(name, ..)| name == SWEEP);
    let last: Value =
        last.and_then(|(.., result)| serde_json::from_str(&result).ok()).unwrap_or_default();
    let stops = tx.rule_stops().await?;
    let (today, mark) = (office.moment().today.to_string(), mark(&office.rules.actions, &stops));
    let is_whole = last["day"] != today.as_str() || last["rules"] != mark.as_str();
    let from = last["seen"].as_i64().unwrap_or(0);
    if !is_whole && from == end {
        return Ok(tally);
    }
    let changed = if is_whole { Vec::new() } else { tx.cases_since(from).await? };
    drop(tx);
    if is_whole {
        every(office, &mut tally).await?;
    } else {
        for part in changed.chunks(PART) {
            look(office, part, &mut tally).await?;
        }
    }
    let result = json!({ "seen": end, "day": today, "rules": mark, "did": tally.to_string() });
    let mut tx = office.write().await?;
    tx.note_sweep(SWEEP, &now, &result.to_string()).await?;
    tx.commit().await?;
    Ok(tally)
}

/// A mark of all rules, of their modes, and of those that were started again.
fn mark(rules: &[Rule], stops: &[RuleStop]) -> String {
    let modes = rules.iter().map(|rule| format!("{}:{}", version(rule), rule.mode.as_str()));
    let started = stops.iter().filter_map(|one| one.started_at.clone());
    let marks: Vec<String> = modes.chain(started).collect();
    hex::encode(&Sha256::digest(marks.join(" ").as_bytes())[..8])
}

async fn every(office: &Office, tally: &mut Tally) -> anyhow::Result<()> {
    let mut after = String::new();
    loop {
        let page = office.read().await?.open_cases_after(&after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after = last.id.to_string();
        let ids: Vec<String> = page.iter().map(|case| case.id.to_string()).collect();
        for part in ids.chunks(PART) {
            look(office, part, tally).await?;
        }
    }
}

/// What is on record of the rules for some cases.
struct Known {
    /// Rule, version, mode, case.
    fired: HashSet<(String, String, String, String)>,
    /// Rule, version.
    stopped: HashSet<(String, String)>,
}

impl Known {
    async fn of(tx: &mut Tx, cases: &[String]) -> Result<Known, store::Error> {
        let fired = tx.fired_on(cases).await?;
        let stops = tx.rule_stops().await?.into_iter().filter(|one| one.started_at.is_none());
        Ok(Known { fired, stopped: stops.map(|one| (one.rule, one.version)).collect() })
    }

    fn acts(&self, rule: &Rule, case: &Denial) -> bool {
        let (name, version) = (rule.name.to_string(), version(rule));
        let (mode, id) = (rule.mode.as_str().to_owned(), case.id.to_string());
        !self.stopped.contains(&(name.clone(), version.clone()))
            && !self.fired.contains(&(name, version, mode, id))
    }
}

/// Looks at some cases, and writes only where a rule is for one of them.
async fn look(office: &Office, ids: &[String], tally: &mut Tally) -> anyhow::Result<()> {
    let today = office.moment().today;
    let mut tx = office.read().await?;
    let known = Known::of(&mut tx, ids).await?;
    let waits = |case: &Denial| {
        let rules = actions::for_case(&office.rules.actions, case, today, &office.rules);
        rules.into_iter().any(|rule| known.acts(rule, case))
    };
    let cases = tx.cases_among(ids).await?;
    let waiting: Vec<String> =
        cases.iter().filter(|case| waits(case)).map(|case| case.id.to_string()).collect();
    drop(tx);
    if waiting.is_empty() {
        return Ok(());
    }
    let mut tx = office.write().await?;
    let mut known = Known::of(&mut tx, &waiting).await?;
    for id in waiting {
        let case = tx.case(&id).await?;
        on_case(&mut tx, office, case, &mut known, tally).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Lets each rule that is for a case act on it, in their order.
async fn on_case(
    tx: &mut Tx,
    office: &Office,
    mut case: Denial,
    known: &mut Known,
    tally: &mut Tally,
) -> anyhow::Result<()> {
    let moment = office.moment_of(console_actor());
    for rule in office.rules.actions.iter().filter(|rule| rule.mode != Mode::Off) {
        if !rule.is_for(&case, moment.today, &office.rules) {
            continue;
        }
        if known.acts(rule, &case) {
            let fired = fire(tx, office, &case, rule, &moment).await?;
            match fired {
                Fired::Nothing => {}
                Fired::Shadow => tally.shadow += 1,
                Fired::Done(after) => {
                    tally.done += 1;
                    case = *after;
                }
                Fired::Refused => {
                    tally.refused += 1;
                }
            }
            if let Some(stopped) = break_circuit(tx, rule, &moment).await? {
                known.stopped.insert((stopped.rule.clone(), stopped.version));
                tally.stopped.push(stopped.rule);
            }
        }
        if rule.last {
            break;
        }
    }
    Ok(())
}

enum Fired {
    /// The case has already what the rule would do.
    Nothing,
    Shadow,
    Done(Box<Denial>),
    Refused,
}

async fn fire(
    tx: &mut Tx,
    office: &Office,
    case: &Denial,
    rule: &Rule,
    moment: &Moment,
) -> anyhow::Result<Fired> {
    let tried = rule.tried(case, moment, &office.rules);
    if tried.as_ref().is_ok_and(Vec::is_empty) {
        return Ok(Fired::Nothing);
    }
    let is_shadow = rule.mode == Mode::Shadow;
    let outcome = match (&tried, is_shadow) {
        (_, true) => "shadow",
        (Ok(_), false) => "done",
        (Err(_), false) => "refused",
    };
    let firing = firing(case, rule, moment, (outcome, tried.as_ref().err()));
    if !tx.fire(&firing).await? {
        return Ok(Fired::Nothing);
    }
    let mut after = case.clone();
    if let (Ok(acts), false) = (&tried, is_shadow) {
        for action in acts {
            after = act::do_in(tx, office, moment, &after, action).await?;
        }
    }
    let kind = match (is_shadow, tried.is_ok()) {
        (true, _) => "rule.would_act",
        (false, true) => "rule.acted",
        (false, false) => "rule.refused",
    };
    let facts = json!({ "rule": firing.rule, "version": firing.version, "did": firing.did,
        "reason": rule.why, "why": firing.why });
    tx.append(vec![Entry::new(case.id.as_str(), kind, &facts)], moment).await?;
    Ok(match (is_shadow, tried.is_ok()) {
        (true, _) => Fired::Shadow,
        (false, true) => Fired::Done(Box::new(after)),
        (false, false) => Fired::Refused,
    })
}

fn firing(
    case: &Denial,
    rule: &Rule,
    moment: &Moment,
    (outcome, refused): (&str, Option<&Refused>),
) -> Firing {
    Firing {
        rule: rule.name.to_string(),
        version: version(rule),
        denial: case.id.to_string(),
        mode: rule.mode.as_str().to_owned(),
        outcome: outcome.to_owned(),
        did: rule.in_words(),
        why: refused.map(ToString::to_string).unwrap_or_default(),
        outstanding: case.balance.outstanding().cents(),
        attempts: i64::from(case.attempts),
        at: instant(moment.now),
    }
}

/// Stops a rule whose last firings went wrong too often; somebody starts it again.
async fn break_circuit(
    tx: &mut Tx,
    rule: &Rule,
    moment: &Moment,
) -> anyhow::Result<Option<RuleStop>> {
    if rule.mode != Mode::On {
        return Ok(None);
    }
    let version = version(rule);
    let came = came(tx, rule, &version).await?;
    let Some(why) = rule.stops.stopped(came) else { return Ok(None) };
    let stop = RuleStop {
        rule: rule.name.to_string(),
        version,
        at: instant(moment.now),
        why,
        started_at: None,
        started_by: None,
    };
    tx.stop_rule(&stop).await?;
    let about = format!("{}{FILE}", own_rules::ABOUT);
    let facts = json!({ "rule": stop.rule, "version": stop.version, "why": stop.why });
    tx.append(vec![Entry::new(&about, "rule.stopped", &facts)], moment).await?;
    tracing::warn!("rule {} stopped itself: {}", stop.rule, stop.why);
    Ok(Some(stop))
}

/// What the last firings of a rule came to, since it was started last.
async fn came(tx: &mut Tx, rule: &Rule, version: &str) -> anyhow::Result<Came> {
    let stops = tx.rule_stops().await?;
    let own = stops.iter().filter(|one| one.rule == rule.name.as_str() && one.version == version);
    let since = own.filter_map(|one| one.started_at.clone()).max().unwrap_or_default();
    let last = tx.last_firings(&rule.name, version, &since, i64::from(rule.stops.of)).await?;
    let ids: Vec<String> = last.iter().map(|one| one.denial.clone()).collect();
    let cases = tx.cases_among(&ids).await?;
    let again = last.iter().filter(|one| {
        let case = cases.iter().find(|case| case.id.as_str() == one.denial);
        one.outcome == "done" && case.is_some_and(|case| i64::from(case.attempts) > one.attempts)
    });
    let count = |count: usize| u16::try_from(count).unwrap_or(u16::MAX);
    Ok(Came {
        of: count(last.len()),
        refused: count(last.iter().filter(|one| one.outcome == "refused").count()),
        denied_again: count(again.count()),
    })
}

/// Lets a rule that stopped itself act again; false where it had not stopped.
///
/// # Errors
/// The database.
pub(crate) async fn start(office: &Office, rule: &Rule) -> Result<bool, store::Error> {
    let moment = office.moment();
    let (version, at) = (version(rule), instant(moment.now));
    let mut tx = office.write().await?;
    let by = moment.who.person.as_str();
    if !tx.start_rule(&rule.name, &version, (&at, by)).await? {
        return Ok(false);
    }
    let about = format!("{}{FILE}", own_rules::ABOUT);
    let facts = json!({ "rule": rule.name, "version": version });
    tx.append(vec![Entry::new(&about, "rule.started", &facts)], &moment).await?;
    tx.commit().await?;
    Ok(true)
}
