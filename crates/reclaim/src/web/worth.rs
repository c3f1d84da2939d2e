//! What a case is worth to the order of the queue: its priority in points with their parts, and
//! what the rules expect of it in money. Points are no money: nobody owes them.

use denial::denial::{Denial, NextAction};
use denial::money::Money;
use denial::rules::Rules;
use denial::triage::{Floor, Priority};
use insight::odds::History;
use jiff::civil::Date;

use crate::rank;
use crate::web::words;

/// The order of the queue, wherever it is told.
pub(crate) const ORDER: &str = "By priority: first what is ours to act on and has no clock with \
     a day, since no rule says when its time is up (the filter Clock: no clock has a day); then \
     what has a clock that runs out within 7 days, then by points. A case has a point for each \
     dollar that a round of work is expected to leave, more as its days run out and as it ages. \
     After them what is won and only to be posted, then what has clocks that have all run out; \
     last what the payer or a colleague has, until its next day comes.";

/// What a case is judged by: the rules, and what came of such cases.
pub(crate) type By<'a> = (&'a Rules, &'a History);

/// A priority with its parts, in points: one for each dollar that counts.
pub(crate) struct Worth {
    pub(crate) points: String,
    /// Where a clock lifts or drops it whatever the points, or the payer gave way.
    pub(crate) floor: &'static str,
    /// How that looks: `none`, `soon`, `past`, `met`.
    pub(crate) icon: &'static str,
    /// A round of work costs more than it is expected to bring.
    pub(crate) is_loss: bool,
    /// What each part is, its points, how it came about.
    pub(crate) parts: Vec<(String, String, String)>,
}

impl Worth {
    /// What the rules say of a case today; `again` is what comes next by what was sent again.
    pub(crate) fn of(case: &Denial, again: Option<NextAction>, by: By<'_>, today: Date) -> Worth {
        Worth::told(&rank::priority(case, again, today, by))
    }

    fn told(priority: &Priority) -> Worth {
        let (floor, icon) = match priority.floor {
            Floor::Unclocked => ("first: no rule says when any of its clocks ends", "none"),
            Floor::DueSoon => ("first: a clock runs out within 7 days", "soon"),
            Floor::PastDue => {
                ("after what can still be done in time: its clocks have run out", "past")
            }
            Floor::Waiting => ("last: somebody else has it, and its next day has not come", "none"),
            Floor::Won => ("after what can still be won: only its payment is to be posted", "met"),
            Floor::Ordinary => ("", ""),
        };
        let (mut sum, mut shown) = (Money::ZERO, 0);
        let mut parts = Vec::with_capacity(priority.parts.len());
        for part in &priority.parts {
            sum += part.amount;
            // Each is what it adds to the rounded sum, so that the parts add up as they stand.
            let added = points(sum) - shown;
            shown += added;
            let label = words::label(part.name.as_str());
            parts.push((label, words::number(added), part.why.clone()));
        }
        Worth { points: words::number(shown), floor, icon, is_loss: shown < 0, parts }
    }
}

/// Whole dollars, half of one upward.
fn points(amount: Money) -> i64 {
    (amount.cents() + 50).div_euclid(100)
}

/// What the rules expect of a case in money, each only where they say what it stands on.
pub(crate) struct Prospects {
    /// The chance of winning it.
    pub(crate) chance: String,
    /// What that makes expected of what is outstanding.
    pub(crate) expected: String,
    /// What a round of work leaves of that.
    pub(crate) net: String,
}

const UNKNOWN: &str = "not configured";

impl Prospects {
    /// What the rules say of a case.
    pub(crate) fn of(case: &Denial, (rules, history): By<'_>) -> Prospects {
        let outstanding = case.balance.outstanding();
        if case.is_overturned_in_full() {
            let sure = case.told().unwrap_or(outstanding).to_string();
            return Prospects { chance: "won".to_owned(), expected: sure.clone(), net: sure };
        }
        let Some(chance) = rank::known_odds(case, rules, history).chance else {
            let unknown = || UNKNOWN.to_owned();
            return Prospects { chance: unknown(), expected: unknown(), net: unknown() };
        };
        let expected = outstanding.share_rounded(chance);
        let cost = rules.desk.work_cost.get(&case.category);
        let net = cost.map_or_else(|| UNKNOWN.to_owned(), |cost| (expected - *cost).to_string());
        Prospects { chance: chance.to_string(), expected: expected.to_string(), net }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use denial::triage::{Part, PartName};

    #[test]
    fn points_are_no_dollars_and_add_up_as_they_stand() {
        let part =
            |name, cents| Part { name, amount: Money::from_cents(cents), why: String::new() };
        let parts = vec![
            part(PartName::Expected, 123_440),
            part(PartName::Cost, -825),
            part(PartName::DaysLeft, 40),
            part(PartName::Age, 40),
        ];
        let worth = Worth::told(&Priority { score: 0, floor: Floor::Ordinary, parts });
        let told: Vec<&str> = worth.parts.iter().map(|part| part.1.as_str()).collect();
        assert_eq!((worth.points.as_str(), told), ("1,227", vec!["1,234", "-8", "1", "0"]));
        assert_eq!(points(Money::from_cents(-149)), -1);
    }
}
