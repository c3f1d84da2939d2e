//! Rules that act by themselves: on cases that were opened or heard of, and on every open case once
//! a day. What they do are acts like anybody's, on record with the rule's name; a rule whose acts
//! go wrong stops itself.
//!
//! A rule acts once on a case for as long as it says the same: what it says is its version, its
//! mode is no part of it. A refusal is that once, too; the shadow is not, nor what a person kept it
//! from. What was not prepared for want of a proof is tried again once other evidence is there.

pub(crate) mod command;
pub(crate) mod prepare;
pub(crate) mod tried;

use std::collections::{HashMap, VecDeque};
use std::fmt;

use denial::actions::{self, Came, Mode, Rule};
use denial::denial::Denial;
use denial::lifecycle::Action;
use denial::person::Moment;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use store::firings::{CameOf, Firing, Key, RuleStop};
use store::journal::Entry;
use store::{Tx, instant};

use crate::act;
use crate::acting::prepare::{Found, Ready};
use crate::bulk;
use crate::own_rules;
use crate::practice::{Office, console_actor};

/// The sweep's name among those that ran.
pub(crate) const SWEEP: &str = "actions";
/// The file that says the rules.
pub(crate) const FILE: &str = "actions.toml";
/// Cases looked at in one transaction: the longest that anybody waits for it.
const PART: usize = 50;
/// Cases read at once.
const PAGE: usize = 500;

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

/// Lets the rules act on the cases that changed since the last sweep, and on those that wanted a
/// proof where evidence came; on the first of a day, or where the rules changed or one was started
/// again, on every open one.
///
/// # Errors
/// The database.
pub(crate) async fn sweep(office: &Office) -> anyhow::Result<Tally> {
    let office = &office.afresh().await?;
    let mut tally = Tally::default();
    let acting = office.rules.actions.iter().filter(|rule| rule.mode != Mode::Off);
    let prepares: Vec<bool> = acting.map(|rule| rule.prepares().is_some()).collect();
    if prepares.is_empty() || office.rules.require_whole().is_err() {
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
    let prepares = prepares.contains(&true);
    let evidence = if prepares { tx.last_evidence().await? } else { String::new() };
    let has_come = last["evidence"] != evidence.as_str();
    if !is_whole && from == end && !has_come {
        return Ok(tally);
    }
    let mut changed = if is_whole { Vec::new() } else { tx.cases_since(from).await? };
    if prepares && has_come && !is_whole {
        changed.extend(tx.unproven_cases().await?);
        changed.sort();
        changed.dedup();
    }
    drop(tx);
    if is_whole {
        every(office, &mut tally).await?;
    }
    for page in changed.chunks(PAGE) {
        let (cases, _) = bulk::readable(&mut office.read().await?, page).await?;
        look(office, &cases, &mut tally).await?;
    }
    let result = json!({ "seen": end, "day": today, "rules": mark, "evidence": evidence,
        "did": tally.to_string() });
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
    let (mut after, limit) = (String::new(), i64::try_from(PAGE).unwrap_or(i64::MAX));
    loop {
        let mut tx = office.read().await?;
        let ids = tx.open_ids_after(&after, limit).await?;
        let Some(last) = ids.last() else { return Ok(()) };
        after.clone_from(last);
        let (page, _) = bulk::readable(&mut tx, &ids).await?;
        drop(tx);
        look(office, &page, tally).await?;
    }
}

/// What is on record of the rules for some cases.
struct Known {
    /// The firings, with the evidence that a refusal stands on.
    fired: HashMap<Key, String>,
    stops: Vec<RuleStop>,
    /// What came of the last firings of those rules that act on one of them.
    records: HashMap<String, Record>,
}

impl Known {
    async fn of(tx: &mut Tx, cases: &[String]) -> Result<Known, store::Error> {
        let (fired, stops) = (tx.fired_on(cases).await?, tx.rule_stops().await?);
        Ok(Known { fired, stops, records: HashMap::new() })
    }

    /// When a rule stopped itself; its version is counted only where it did.
    fn stops_of(&self, rule: &Rule) -> impl Iterator<Item = &RuleStop> {
        let is_its =
            move |one: &&RuleStop| rule.name == one.rule.as_str() && one.version == version(rule);
        self.stops.iter().filter(is_its)
    }

    fn is_stopped(&self, rule: &Rule) -> bool {
        self.stops_of(rule).any(|one| one.started_at.is_none())
    }

    /// True where a rule may act on a case: it has not stopped itself, nor acted there before; what
    /// was refused for want of a proof is open to another.
    fn acts(&self, rule: &Rule, case: &Denial) -> bool {
        let is_open = self.refused_on(rule, case).is_none_or(|on| !on.is_empty());
        !self.is_stopped(rule) && is_open
    }

    /// The evidence on which a rule was refused on a case; empty where it acted, or looked at none.
    fn refused_on(&self, rule: &Rule, case: &Denial) -> Option<&str> {
        let (mode, id) = (rule.mode.as_str().to_owned(), case.id.to_string());
        let key = (rule.name.to_string(), version(rule), mode, id);
        self.fired.get(&key).map(String::as_str)
    }

    /// Keeps what a firing came to.
    fn add(&mut self, rule: &Rule, is_refused: bool) {
        if let Some(record) = self.records.get_mut(rule.name.as_str()) {
            record.add(is_refused, rule);
        }
    }

    /// The rules that have something to do with a case as it is.
    fn waits<'a>(&self, office: &'a Office, case: &Denial, moment: &Moment) -> Vec<&'a Rule> {
        let (today, rules) = (moment.today, &*office.rules);
        let stopped = |rule: &Rule| self.is_stopped(rule);
        let mut found = actions::for_case(&rules.actions, case, (today, rules), stopped);
        found.retain(|rule| {
            let does = || match rule.prepares() {
                Some(_) => !rule.leaves(case, moment),
                None => rule.tried(case, moment, rules).map_or(true, |acts| !acts.is_empty()),
            };
            self.acts(rule, case) && does()
        });
        found
    }
}

/// What the last firings of a rule came to, since it was started last: read once, then kept.
struct Record {
    /// The newest first: true where it was refused.
    refused: VecDeque<bool>,
    answered: i64,
    denied_again: i64,
}

impl Record {
    async fn of(tx: &mut Tx, rule: &Rule, known: &Known) -> Result<Record, store::Error> {
        let since = known.stops_of(rule).filter_map(|one| one.started_at.clone()).max();
        let (since, version) = (since.unwrap_or_default(), version(rule));
        let of = i64::from(rule.stops.of);
        let last = tx.last_firings(&rule.name, &version, &since, of).await?;
        let (answered, denied_again) = match rule.stops.denied_again {
            Some(_) => tx.answered_firings(&rule.name, &version, &since, of).await?,
            None => (0, 0),
        };
        let refused = last.iter().map(|one| one.outcome == "refused").collect();
        Ok(Record { refused, answered, denied_again })
    }

    fn add(&mut self, is_refused: bool, rule: &Rule) {
        self.refused.push_front(is_refused);
        self.refused.truncate(usize::from(rule.stops.of));
    }

    fn came(&self) -> Came {
        let count = |count: usize| u16::try_from(count).unwrap_or(u16::MAX);
        let cases = |count: i64| u16::try_from(count).unwrap_or(u16::MAX);
        Came {
            of: count(self.refused.len()),
            refused: count(self.refused.iter().filter(|is_refused| **is_refused).count()),
            answered: cases(self.answered),
            denied_again: cases(self.denied_again),
        }
    }
}

/// Looks at cases as they were read, and writes only where a rule has something to do with one.
pub(crate) async fn look(
    office: &Office,
    cases: &[Denial],
    tally: &mut Tally,
) -> anyhow::Result<()> {
    let moment = office.moment_of(console_actor());
    let ids: Vec<String> = cases.iter().map(|case| case.id.to_string()).collect();
    let known = Known::of(&mut office.read().await?, &ids).await?;
    let waiting = cases.iter().map(|case| (case, known.waits(office, case, &moment)));
    let waiting: Vec<(&Denial, Vec<&Rule>)> = waiting.filter(|(_, all)| !all.is_empty()).collect();
    for part in waiting.chunks(PART) {
        let (mut ready, mut ids) = (Ready::default(), Vec::new());
        for (case, rules) in part {
            let waits = prepare::is_ready(office, case, rules, (&known, &mut ready)).await?;
            ids.extend(waits.then(|| case.id.to_string()));
        }
        if !ids.is_empty() {
            act_on(office, &ids, ready, tally).await?;
        }
    }
    Ok(())
}

/// Lets the rules act on some cases, in one turn.
async fn act_on(
    office: &Office,
    ids: &[String],
    mut ready: Ready,
    tally: &mut Tally,
) -> anyhow::Result<()> {
    let mut tx = office.write().await?;
    // Somebody may have switched a rule since the sweep began.
    let office = office.in_step(&mut tx).await?;
    let mut known = Known::of(&mut tx, ids).await?;
    for case in bulk::readable(&mut tx, ids).await?.0 {
        on_case(&mut tx, &office, case, (&mut known, &mut ready), tally).await?;
    }
    tx.commit().await?;
    drop(ready);
    Ok(())
}

/// Lets each rule that is for a case act on it, in their order.
async fn on_case(
    tx: &mut Tx,
    office: &Office,
    mut case: Denial,
    (known, ready): (&mut Known, &mut Ready),
    tally: &mut Tally,
) -> anyhow::Result<()> {
    let (moment, read) = (office.moment_of(console_actor()), case.version);
    for rule in office.rules.actions.iter().filter(|rule| rule.mode != Mode::Off) {
        if !rule.is_for(&case, moment.today, &office.rules) {
            continue;
        }
        if known.acts(rule, &case) && !has_stopped(tx, rule, known, &moment, tally).await? {
            match fire(tx, office, (&case, read), rule, (ready, &moment)).await? {
                Fired::Nothing => {}
                Fired::Shadow => tally.shadow += 1,
                Fired::Done(after) => {
                    tally.done += 1;
                    case = *after;
                    known.add(rule, false);
                }
                Fired::Refused => {
                    tally.refused += 1;
                    known.add(rule, true);
                }
            }
            has_stopped(tx, rule, known, &moment, tally).await?;
        }
        if rule.ends(known.is_stopped(rule)) {
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

/// What a rule comes to on a case.
pub(crate) struct Weighed {
    /// Its acts, or why it is refused.
    pub(crate) acts: Result<Vec<Action>, String>,
    /// What proves what it prepares; empty where it prepares nothing.
    proof: String,
    /// A mark of what was looked at for that.
    evidence: String,
}

/// What a rule comes to on a case, with what was found where it prepares something; nothing where
/// the case has it already, or the rule leaves it to people.
pub(crate) fn weighed(
    rule: &Rule,
    case: &Denial,
    found: Option<&Found>,
    (office, moment): (&Office, &Moment),
) -> Option<Weighed> {
    if rule.leaves(case, moment) {
        return None;
    }
    let acts = rule.tried(case, moment, &office.rules).map_err(|why| why.to_string());
    let (proof, evidence) = (String::new(), String::new());
    match (rule.prepares(), found) {
        (None, _) if acts.as_ref().is_ok_and(Vec::is_empty) => None,
        (None, _) => Some(Weighed { acts, proof, evidence }),
        (Some(_), None | Some(Found::Begun)) => None,
        (Some(_), Some(Found::Not { why, evidence })) => {
            Some(Weighed { acts: Err(why.to_string()), proof, evidence: evidence.clone() })
        }
        (Some(_), Some(Found::Proven(one))) => {
            Some(Weighed { acts, proof: one.proof.clone(), evidence: one.evidence.clone() })
        }
    }
}

async fn fire(
    tx: &mut Tx,
    office: &Office,
    (case, read): (&Denial, u32),
    rule: &Rule,
    (ready, moment): (&mut Ready, &Moment),
) -> anyhow::Result<Fired> {
    let found = rule.prepares().and_then(|what| ready.of(case, what));
    let Some(weighed) = weighed(rule, case, found, (office, moment)) else {
        return Ok(Fired::Nothing);
    };
    let is_shadow = rule.mode == Mode::Shadow;
    let acts = weighed.acts.as_deref().ok().filter(|_| !is_shadow);
    let mut after = case.clone();
    if let (Some(_), Some(what)) = (acts, rule.prepares()) {
        let of = (rule, what);
        let kept = prepare::keep(tx, office, (case, read), of, (ready, moment)).await?;
        let Some(kept) = kept else { return Ok(Fired::Nothing) };
        after = kept;
    }
    let firing = firing(case, rule, moment, &weighed);
    if !tx.fire(&firing).await? {
        return Ok(Fired::Nothing);
    }
    for action in acts.unwrap_or_default() {
        after = act::do_by_itself(tx, office, moment, &after, action).await?;
    }
    let (kind, fired) = match (is_shadow, weighed.acts.is_ok()) {
        (true, _) => ("rule.would_act", Fired::Shadow),
        (false, true) => ("rule.acted", Fired::Done(Box::new(after))),
        (false, false) => ("rule.refused", Fired::Refused),
    };
    let facts = json!({ "rule": firing.rule, "version": firing.version, "did": firing.did,
        "reason": rule.why, "why": firing.why, "proof": weighed.proof });
    tx.append(vec![Entry::new(case.id.as_str(), kind, &facts)], moment).await?;
    Ok(fired)
}

fn firing(case: &Denial, rule: &Rule, moment: &Moment, weighed: &Weighed) -> Firing {
    let outcome = match (rule.mode, &weighed.acts) {
        (Mode::Shadow, _) => "shadow",
        (Mode::On | Mode::Off, Ok(_)) => "done",
        (Mode::On | Mode::Off, Err(_)) => "refused",
    };
    Firing {
        rule: rule.name.to_string(),
        version: version(rule),
        denial: case.id.to_string(),
        mode: rule.mode.as_str().to_owned(),
        outcome: outcome.to_owned(),
        did: rule.in_words(),
        why: weighed.acts.as_ref().err().cloned().unwrap_or_default(),
        outstanding: case.balance.outstanding().cents(),
        case_version: i64::from(case.version),
        at: instant(moment.now),
        evidence: weighed.evidence.clone(),
    }
}

/// What came of the cases for which a rule prepared something, in words; none where it prepares
/// nothing or has not yet.
///
/// # Errors
/// The database.
pub(crate) async fn came_of(tx: &mut Tx, rule: &Rule) -> Result<Option<String>, store::Error> {
    if rule.prepares().is_none() {
        return Ok(None);
    }
    let CameOf { prepared, sent, answered, denied_again } =
        tx.came_of(&rule.name, &version(rule)).await?;
    let won = answered - denied_again;
    Ok((prepared > 0).then(|| {
        format!(
            "prepared {prepared}, sent by a person {sent}; of {answered} answered {won} overturned \
             or paid, {denied_again} denied again"
        )
    }))
}

/// Stops a rule that acts and whose last firings went wrong too often, until somebody starts it
/// again; true where it did.
async fn has_stopped(
    tx: &mut Tx,
    rule: &Rule,
    known: &mut Known,
    moment: &Moment,
    tally: &mut Tally,
) -> anyhow::Result<bool> {
    if rule.mode != Mode::On {
        return Ok(false);
    }
    if !known.records.contains_key(rule.name.as_str()) {
        let record = Record::of(tx, rule, known).await?;
        known.records.insert(rule.name.to_string(), record);
    }
    let came = known.records.get(rule.name.as_str()).map(Record::came).unwrap_or_default();
    let Some(why) = rule.stops.stopped(came) else { return Ok(false) };
    let stop = RuleStop {
        rule: rule.name.to_string(),
        version: version(rule),
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
    tally.stopped.push(stop.rule.clone());
    known.stops.push(stop);
    Ok(true)
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
