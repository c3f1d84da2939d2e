//! Where a case stands in the queue, and why: what the rules say of money, chance, days and age.
//! Days pass without an act, so a sweep counts open cases anew each night.

use denial::category::AdjustmentKind;
use denial::deadline;
use denial::denial::{Denial, DeniedLine};
use denial::money::Chance;
use denial::payer::PayerRules;
use denial::playbook::Ruling;
use denial::rules::Rules;
use denial::triage::{self, Priority, Stake};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use store::denials::Rank;
use store::instant;

use crate::practice::Office;

/// The numbers that the queue sorts by.
pub(crate) fn rank(case: &Denial, today: Date, rules: &Rules) -> Rank {
    let soonest = deadline::soonest(&case.deadlines, today);
    Rank { priority: priority(case, today, rules).score, due_on: soonest.map(|(_, date)| date) }
}

/// The sweep's name among those that ran.
pub(crate) const SWEEP: &str = "rank";
/// Cases counted anew in one transaction: the longest that anybody waits for it.
const PART: usize = 500;

/// Counts every open case's rank anew, some at a time; gives how many stand elsewhere now.
pub(crate) async fn sweep(office: &Office) -> anyhow::Result<u64> {
    let mut after = String::new();
    let mut moved = 0;
    let limit = i64::try_from(PART).unwrap_or(i64::MAX);
    loop {
        let today = office.moment().today;
        let mut tx = office.read().await?;
        let cases = tx.open_cases_after(&after, limit).await?;
        drop(tx);
        let Some(last) = cases.last() else { break };
        last.id.as_str().clone_into(&mut after);
        let mut tx = office.write().await?;
        for case in &cases {
            moved += u64::from(tx.rerank(case, &rank(case, today, &office.rules)).await?);
        }
        tx.commit().await?;
    }
    let mut tx = office.write().await?;
    let at = instant(office.clock.now());
    tx.note_sweep(SWEEP, &at, &format!("{moved} cases stand elsewhere")).await?;
    tx.commit().await?;
    Ok(moved)
}

/// True where the sweep has not run on this day of the practice.
pub(crate) async fn is_due(office: &Office) -> anyhow::Result<bool> {
    let sweeps = office.read().await?.sweeps().await?;
    let ran = sweeps.iter().find(|(name, ..)| name == SWEEP);
    let ran = ran.and_then(|(_, at, _)| at.parse::<jiff::Timestamp>().ok());
    let zone = TimeZone::get(&office.clinic.zone).unwrap_or(TimeZone::UTC);
    Ok(ran.is_none_or(|at| zone.to_datetime(at).date() < office.moment().today))
}

/// The priority with its parts.
pub(crate) fn priority(case: &Denial, today: Date, rules: &Rules) -> Priority {
    let stake = Stake {
        outstanding: case.balance.outstanding(),
        chance: chance(case, rules),
        category: case.category,
        denied_on: case.denied_on,
        deadlines: &case.deadlines,
    };
    triage::priority(&stake, &rules.desk, today)
}

/// The stated prior of the leading reason: the largest denial that stands.
pub(crate) fn chance(case: &Denial, rules: &Rules) -> Chance {
    leading(case, rules).map(|ruling| ruling.chance).unwrap_or_default()
}

/// What the playbook says of the leading reason of a case.
pub(crate) fn leading(case: &Denial, rules: &Rules) -> Option<Ruling> {
    let payer = rules.payer(&case.payer_name, case.plan);
    let standing = case.lines.iter().filter(|line| line.stays_denied());
    let line = standing.max_by_key(|line| line.denied).or_else(|| case.lines.first())?;
    ruling_of(line, payer, rules)
}

/// What the playbook says of the largest denying adjustment of a line.
pub(crate) fn ruling_of(
    line: &DeniedLine,
    payer: Option<&PayerRules>,
    rules: &Rules,
) -> Option<Ruling> {
    let rulings = line.adjustments.iter().map(|one| {
        let ruling =
            rules.playbook.ruling(payer, &one.group, &one.reason, &line.remarks, line.denied_on);
        (one.amount, ruling)
    });
    let denying = rulings.filter(|(_, ruling)| {
        matches!(ruling.kind, AdjustmentKind::Denial | AdjustmentKind::Unmapped)
    });
    denying.max_by_key(|(amount, _)| *amount).map(|(_, ruling)| ruling)
}
