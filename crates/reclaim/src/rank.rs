//! Where a case stands in the queue, and why: what the rules say of money, chance, days and age.

use denial::category::AdjustmentKind;
use denial::deadline;
use denial::denial::{Denial, DeniedLine};
use denial::money::Chance;
use denial::payer::PayerRules;
use denial::playbook::Ruling;
use denial::rules::Rules;
use denial::triage::{self, Priority, Stake};
use jiff::civil::Date;
use store::denials::Rank;

/// The numbers that the queue sorts by.
pub(crate) fn rank(case: &Denial, today: Date, rules: &Rules) -> Rank {
    let soonest = deadline::soonest(&case.deadlines, today);
    Rank { priority: priority(case, today, rules).score, due_on: soonest.map(|(_, date)| date) }
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
