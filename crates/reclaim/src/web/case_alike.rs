//! Cases like this one: the same payer and leading code, how they ended, what worked.

use denial::denial::{Denial, Outcome, Status, Work};
use denial::money::Money;
use insight::odds::History;
use store::Tx;

use crate::practice::Office;
use crate::rank;
use crate::web::trouble::Trouble;
use crate::web::words;
use crate::web::worth::{By, Prospects};

/// The latest cases that are looked at.
const MOST: i64 = 100;
/// Those that are listed.
const LISTED: usize = 20;

/// What became of cases like this one.
pub(crate) struct Alike {
    /// `CO-197 at STANDIN HEALTH`.
    pub(crate) what: String,
    /// What usually works, in a sentence.
    pub(crate) usually: String,
    /// Each end with its figures.
    pub(crate) ends: Vec<End>,
    pub(crate) rows: Vec<Row>,
    /// More than are listed.
    pub(crate) more: usize,
}

/// One way in which they ended.
pub(crate) struct End {
    pub(crate) what: String,
    pub(crate) cases: String,
    pub(crate) won: String,
    pub(crate) days: String,
}

/// One of them.
pub(crate) struct Row {
    pub(crate) href: String,
    pub(crate) number: String,
    pub(crate) denied_on: String,
    pub(crate) denied: String,
    pub(crate) won: String,
    pub(crate) ended: String,
}

impl Alike {
    /// Reads those that the visitor may see.
    pub(crate) async fn of(
        tx: &mut Tx,
        (office, history): (&Office, &History),
        case: &Denial,
    ) -> Result<Alike, Trouble> {
        let code = rank::code(case, &office.rules);
        let found =
            if code.is_empty() { Vec::new() } else { tx.cases_alike(case, &code, MOST).await? };
        let seen: Vec<Denial> = found.into_iter().filter(|one| office.sees(one)).collect();
        Ok(Alike {
            what: format!("{code} at {}", case.payer_name.name),
            usually: usually(&seen, case, (&office.rules, history)),
            ends: ends(&seen),
            more: seen.len().saturating_sub(LISTED),
            rows: seen.iter().take(LISTED).map(row).collect(),
        })
    }
}

/// What was won: paid after all, whoever paid it, posted or not.
fn won(case: &Denial) -> Money {
    let told = case.lines.iter().filter_map(|line| line.recovered.as_ref());
    let told = told.map(|one| one.amount).sum::<Money>();
    told.max(case.balance.recovered + case.balance.other_payer)
}

/// How it ended, where it did: closed, or the payer gave way.
fn ended(case: &Denial) -> Option<&'static str> {
    match &case.work {
        Work::Closed { resolution, .. } => Some(resolution.as_str()),
        Work::Open { status: Status::Overturned, .. } => Some(Status::Overturned.as_str()),
        Work::Open { .. } => None,
    }
}

/// Days from the denial to the end, where that day is known.
fn days(case: &Denial) -> Option<i64> {
    let paid = case.lines.iter().filter_map(|line| line.recovered.as_ref());
    let on = match &case.work {
        Work::Closed { on, .. } => Some(*on),
        Work::Open { status: Status::Overturned, .. } => paid.map(|one| one.on).max(),
        Work::Open { .. } => None,
    };
    Some(i64::from(case.denied_on.until(on?).map_or(0, |span| span.get_days())))
}

/// The middle of some days, in words.
fn middle(cases: &[&Denial]) -> String {
    let mut days: Vec<i64> = cases.iter().filter_map(|one| days(one)).collect();
    days.sort_unstable();
    days.get(days.len() / 2).map_or_else(String::new, |one| words::counted(*one, "day", "days"))
}

fn count(cases: usize) -> i64 {
    i64::try_from(cases).unwrap_or(i64::MAX)
}

fn ends(cases: &[Denial]) -> Vec<End> {
    let mut names: Vec<&'static str> = cases.iter().filter_map(ended).collect();
    names.sort_unstable();
    names.dedup();
    let end = |name: &'static str| {
        let these: Vec<&Denial> = cases.iter().filter(|one| ended(one) == Some(name)).collect();
        End {
            what: words::label(name),
            cases: words::number(count(these.len())),
            won: these.iter().map(|one| won(one)).sum::<Money>().to_string(),
            days: middle(&these),
        }
    };
    names.into_iter().map(end).collect()
}

/// What usually works for such a case: what was done in those that were paid.
fn usually(cases: &[Denial], case: &Denial, by: By<'_>) -> String {
    let decided: Vec<&Denial> = cases.iter().filter(|one| ended(one).is_some()).collect();
    if decided.is_empty() && case.is_won() {
        return "The payer gave way on this case; no other such case at this payer that you may see \
                has ended yet."
            .to_owned();
    }
    if decided.is_empty() {
        return format!(
            "No such case at this payer that you may see has ended yet. The playbook's chance for its \
             reason is {}.",
            Prospects::of(case, by).chance
        );
    }
    let is_won = |one: &&Denial| won(one) > Money::ZERO || one.status() == Status::Overturned;
    let paid: Vec<&Denial> = decided.iter().copied().filter(is_won).collect();
    let of = words::counted(count(decided.len()), "such case", "such cases");
    if paid.is_empty() {
        return format!("Of {of} at this payer that ended, none was won.");
    }
    let money = paid.iter().map(|one| won(one)).sum::<Money>();
    let was = if paid.len() == 1 { "was" } else { "were" };
    let middle = middle(&paid);
    let within = match (paid.len(), middle.is_empty()) {
        (_, true) => String::new(),
        (1, false) => format!("; it took {middle}"),
        (_, false) => format!("; half of them ended within {middle}"),
    };
    format!(
        "Of {of} at this payer that ended, {} {was} won: {}. Won in money: {money}{within}.",
        words::number(count(paid.len())),
        ways(&paid),
    )
}

/// How those that were paid came to it, the most usual way first.
fn ways(paid: &[&Denial]) -> String {
    const WAYS: [&str; 3] =
        ["after an appeal", "after a corrected claim", "with nothing sent again"];
    let counted = WAYS.map(|way| (paid.iter().filter(|one| self::way(one) == way).count(), way));
    let mut counted: Vec<(usize, &str)> = counted.into_iter().filter(|one| one.0 > 0).collect();
    counted.sort_by_key(|(times, _)| std::cmp::Reverse(*times));
    let texts: Vec<String> = counted.iter().map(|(times, way)| format!("{times} {way}")).collect();
    texts.join(", ")
}

fn way(case: &Denial) -> &'static str {
    let gave_way =
        |outcome: Outcome| matches!(outcome, Outcome::Overturned | Outcome::PartlyOverturned);
    let appealed = case.appeals.iter().filter_map(|one| one.decided);
    if appealed.into_iter().any(|(_, outcome)| gave_way(outcome)) {
        "after an appeal"
    } else if case.submissions.is_empty() {
        "with nothing sent again"
    } else {
        "after a corrected claim"
    }
}

fn row(case: &Denial) -> Row {
    let how = match (ended(case), days(case)) {
        (Some(name), Some(days)) => {
            format!("{} after {}", words::label(name), words::counted(days, "day", "days"))
        }
        (Some(name), None) => words::label(name),
        (None, _) => format!("Open: {}", words::lower(case.status().as_str())),
    };
    Row {
        href: format!("/cases/{}", case.id),
        number: case.number.to_string(),
        denied_on: words::day(case.denied_on),
        denied: case.balance.denied.to_string(),
        won: won(case).to_string(),
        ended: how,
    }
}
