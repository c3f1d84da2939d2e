//! Rules that hold for nobody yet, tried on cases: what would differ, and nothing is kept.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use denial::deadline::Due;
use denial::denial::{Denial, Work};
use denial::ids::DenialId;
use jiff::civil::Date;

use crate::own_rules::RuleBook;
use crate::practice::Office;
use crate::settle::{self, Fresh};

/// Cases in one transaction: nobody else writes while they are tried.
const PART: usize = 50;

/// Names of people by their ids.
type People = HashMap<String, String>;

/// What other rules would make of some cases.
#[derive(Clone, Debug, Default)]
pub(crate) struct Trial {
    /// How many were looked at.
    pub(crate) looked: usize,
    /// Those that would differ.
    pub(crate) changed: Vec<Changed>,
}

/// A case that would differ.
#[derive(Clone, Debug)]
pub(crate) struct Changed {
    pub(crate) before: Denial,
    pub(crate) differs: Vec<Difference>,
}

/// One thing of a case before and after.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Difference {
    pub(crate) what: String,
    pub(crate) before: String,
    pub(crate) after: String,
}

impl Trial {
    /// The differences of all cases, each with how many cases have it; the most frequent first.
    /// Days are one day and another: each case has its own.
    pub(crate) fn summed(&self) -> Vec<(Difference, usize)> {
        let mut counts: BTreeMap<Difference, usize> = BTreeMap::new();
        for difference in self.changed.iter().flat_map(|one| &one.differs) {
            *counts.entry(difference.without_days()).or_default() += 1;
        }
        let mut counts: Vec<_> = counts.into_iter().collect();
        counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        counts
    }
}

impl Difference {
    fn without_days(&self) -> Difference {
        let (before, after) = (without_day(&self.before), without_day(&self.after));
        let after = if before == after { format!("{after}, another day") } else { after };
        Difference { what: self.what.clone(), before, after }
    }
}

/// What is told without its day: `appeal by Mar 5, 2026` is `appeal`.
fn without_day(text: &str) -> String {
    let is_day = |text: &str| Date::strptime(DAY, text).is_ok();
    match text.split_once(" by ") {
        Some((what, day)) if is_day(day) => what.to_owned(),
        _ if is_day(text) => "a day".to_owned(),
        _ => text.to_owned(),
    }
}

/// How days are written.
const DAY: &str = "%b %-d, %Y";

/// Hears everything that payers said of some cases again by other rules, as saving those would, and
/// takes it back.
///
/// # Errors
/// The database.
pub(crate) async fn of(
    office: &Office,
    rules: &RuleBook,
    cases: &[DenialId],
) -> anyhow::Result<Trial> {
    let office = Office { rules: rules.clone(), ..office.clone() };
    let mut trial = Trial::default();
    for part in cases.chunks(PART) {
        let ids: Vec<String> = part.iter().map(ToString::to_string).collect();
        let mut tx = office.write().await?;
        let before = tx.cases_among(&ids).await?;
        let claims = before.iter().map(|case| case.claim.to_string()).collect();
        let moment = office.moment();
        settle::settle_under(&mut tx, &office, &moment, claims, Fresh::nothing()).await?;
        let mut after: BTreeMap<DenialId, Denial> =
            tx.cases_among(&ids).await?.into_iter().map(|case| (case.id.clone(), case)).collect();
        let members = tx.members().await?;
        let people: People = members.into_iter().map(|one| (one.person, one.name)).collect();
        // Nothing of it is kept.
        drop(tx);
        trial.looked += before.len();
        for case in before {
            let differs = after.remove(&case.id).map(|after| differences(&case, &after, &people));
            if let Some(differs) = differs.filter(|differs| !differs.is_empty()) {
                trial.changed.push(Changed { before: case, differs });
            }
        }
    }
    Ok(trial)
}

fn differences(before: &Denial, after: &Denial, people: &People) -> Vec<Difference> {
    let (one, other) = (facts(before, people), facts(after, people));
    let whats = one.keys().chain(other.keys()).collect::<BTreeSet<_>>();
    let said = |facts: &BTreeMap<String, String>, what: &String| {
        facts.get(what).cloned().unwrap_or_else(|| "none".to_owned())
    };
    let differing = whats.into_iter().filter(|what| one.get(*what) != other.get(*what));
    let difference = |what: &String| Difference {
        what: what.clone(),
        before: said(&one, what),
        after: said(&other, what),
    };
    differing.map(difference).collect()
}

/// What rules say of a case, by name.
fn facts(case: &Denial, people: &People) -> BTreeMap<String, String> {
    let words = |name: &str| name.replace('_', " ");
    let mut facts = BTreeMap::from([
        ("reason".to_owned(), words(case.category.as_str())),
        ("payer".to_owned(), case.payer_name.name.to_string()),
        ("status".to_owned(), words(case.status().as_str())),
        ("outstanding".to_owned(), case.balance.outstanding().to_string()),
    ]);
    if let Work::Open { owner, next, .. } = &case.work {
        let person = owner.person.as_ref().map(|person| {
            let known = people.get(person.as_str());
            format!(": {}", known.map_or("somebody who has left", String::as_str))
        });
        let role = words(owner.role.as_str());
        let team = owner.team.as_ref().map(|team| format!(", team {team}")).unwrap_or_default();
        facts.insert("owner".to_owned(), format!("{role}{team}{}", person.unwrap_or_default()));
        let next = format!("{} by {}", words(next.kind.as_str()), next.on.strftime(DAY));
        facts.insert("next action".to_owned(), next);
    }
    for clock in case.open_clocks() {
        let due = match &clock.due {
            Due::On { date, .. } => date.strftime(DAY).to_string(),
            Due::NoRule => "not configured".to_owned(),
        };
        facts.insert(format!("clock: {}", clock.kind.in_words()), due);
    }
    facts
}
