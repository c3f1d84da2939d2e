//! Priority from money, chance, cost, days and age; whether to rework a case or to give it up.
//!
//! Everything is counted in cents, so that each part can be shown beside the others.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::category::Category;
use crate::deadline::{self, Deadline, DeadlineKind};
use crate::money::{Chance, Money};
use crate::named;
use crate::next_action::Odds;
use crate::rules::Desk;

/// What is at stake in a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stake<'a> {
    /// What nobody has explained yet.
    pub outstanding: Money,
    /// The odds of winning it; no chance where neither a rule nor history says one.
    pub odds: Odds,
    /// Its category, which says what a round of work costs.
    pub category: Category,
    /// The day of the denial.
    pub denied_on: Date,
    /// Its open clocks.
    pub deadlines: &'a [Deadline],
    /// True where the payer gave way on all of it: its payment is to be posted, nothing to be won.
    pub is_won: bool,
    /// True while the payer owes its answer to what was sent: nothing is ours to do meanwhile.
    pub awaits_payer: bool,
    /// True while somebody else has the next step and no day of the case has come.
    pub rests: bool,
}

/// How urgent a case is, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Priority {
    /// The greater, the sooner: the queue is sorted by this number alone.
    pub score: i64,
    /// What the soonest open clock does to the order.
    pub floor: Floor,
    /// The parts; their amounts add up to what orders the cases of one floor.
    pub parts: Vec<Part>,
}

named! {
    /// Groups of the queue: a floor outranks every amount on the floors below it.
    Floor {
        /// Somebody else has the next step, and no day of the case has come.
        Waiting = "waiting",
        /// Every clock has run out: what is left is an exception or a write-off.
        PastDue = "past_due",
        /// The payer gave way: only its payment is to be posted.
        Won = "won",
        /// By its amount.
        Ordinary = "ordinary",
        /// A clock runs out within [`FLOOR_DAYS`].
        DueSoon = "due_soon",
        /// It is ours to act on, and no rule says when any clock ends: it may be tomorrow.
        Unclocked = "unclocked",
    }
}

/// One part of a priority.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// What it is.
    pub name: PartName,
    /// What it adds or takes.
    pub amount: Money,
    /// How it came about, for people.
    pub why: String,
}

named! {
    /// What a part of a priority is.
    PartName {
        /// The money outstanding times the chance of winning it.
        Expected = "expected",
        /// One round of work.
        Cost = "cost",
        /// What the days left add.
        DaysLeft = "days_left",
        /// What the age adds.
        Age = "age",
    }
}

/// A clock that runs out within so many days outranks every amount (features 4.03).
pub const FLOOR_DAYS: i32 = 7;

/// The height of a floor in cents: above it no sum of parts can reach.
const STOREY: i64 = 1_000_000_000_000_000;

/// Days before the soonest date from which urgency counts.
const HORIZON_DAYS: i64 = 90;

/// Weeks after which age adds no more.
const OLDEST_WEEKS: i64 = 26;

/// The priority of a case on a day. The day is the only thing in it that moves by itself: the queue
/// is ranked again each night.
#[must_use]
pub fn priority(stake: &Stake<'_>, desk: &Desk, today: Date) -> Priority {
    if stake.is_won {
        return won(stake, today);
    }
    let expected = expected(stake);
    let cost = desk.cost_of(stake.category);
    let worth = (expected - cost).max(Money::ZERO);
    let clock = deadline::soonest(stake.deadlines, today);
    let left = clock.map(|(clock, date)| (clock.kind, days(today, date)));
    let parts = vec![
        Part { name: PartName::Expected, amount: expected, why: chance_in_words(stake) },
        Part {
            name: PartName::Cost,
            amount: -cost,
            why: format!("one round of work on {}", in_words(stake.category.as_str())),
        },
        days_left(worth, left, stake.deadlines),
        age(worth, days(stake.denied_on, today)),
    ];
    summed(floor(stake, left), parts)
}

/// The money times its chance; nothing is expected by a chance that no rule says.
fn expected(stake: &Stake<'_>) -> Money {
    stake.odds.chance.map_or(Money::ZERO, |chance| stake.outstanding.share_rounded(chance))
}

fn chance_in_words(stake: &Stake<'_>) -> String {
    let outstanding = stake.outstanding;
    stake.odds.chance.map_or_else(
        || format!("{outstanding} outstanding; its chance is not configured"),
        |chance| format!("{outstanding} outstanding × {chance} chance ({})", stake.odds.behind()),
    )
}

/// What is won waits for its payment alone: of two the larger, then the older.
fn won(stake: &Stake<'_>, today: Date) -> Priority {
    let sure = Part {
        name: PartName::Expected,
        amount: stake.outstanding,
        why: "the payer gave way: what is outstanding is to be posted".to_owned(),
    };
    let parts = vec![sure, age(stake.outstanding, days(stake.denied_on, today))];
    summed(Floor::Won, parts)
}

fn summed(floor: Floor, parts: Vec<Part>) -> Priority {
    let sum: Money = parts.iter().map(|part| part.amount).sum();
    // Within its storey, whatever a claim of absurd size adds up to.
    let within = sum.cents().clamp(-STOREY / 2, STOREY / 2);
    Priority { score: height(floor) + within, floor, parts }
}

/// The worth once more, in equal steps over the last days before the soonest date.
fn days_left(worth: Money, left: Option<(DeadlineKind, i32)>, clocks: &[Deadline]) -> Part {
    let Some((kind, left)) = left else {
        let lacks = clocks.iter().any(Deadline::lacks_rule);
        let why = if lacks { "not configured: no clock has a day" } else { "no clock runs" };
        return Part { name: PartName::DaysLeft, amount: Money::ZERO, why: why.to_owned() };
    };
    let near = if left < 0 { 0 } else { (HORIZON_DAYS - i64::from(left)).max(0) };
    let amount = portion(worth, near, HORIZON_DAYS);
    let kind = kind.in_words();
    let why = match left {
        ..0 => format!("{kind}: past due by {}", counted(left.abs(), "day")),
        0 => format!("{kind}: due today"),
        1.. => format!("{kind}: {} left", counted(left, "day")),
    };
    Part { name: PartName::DaysLeft, amount, why }
}

/// One percent of the worth for each week: of two like cases the older comes first.
fn age(worth: Money, days: i32) -> Part {
    let weeks = i64::from(days.max(0)) / 7;
    let amount = portion(worth, weeks.min(OLDEST_WEEKS), 100);
    let why = format!("denied {} ago", counted(days.max(0), "day"));
    Part { name: PartName::Age, amount, why }
}

fn floor(stake: &Stake<'_>, left: Option<(DeadlineKind, i32)>) -> Floor {
    let lacks = stake.deadlines.iter().any(Deadline::lacks_rule);
    let is_at_stake = stake.outstanding > Money::ZERO;
    match left {
        None if lacks && is_at_stake && !stake.awaits_payer => Floor::Unclocked,
        Some((_, 0..=FLOOR_DAYS)) if is_at_stake => Floor::DueSoon,
        Some(_) | None if stake.rests => Floor::Waiting,
        Some((_, ..0)) => Floor::PastDue,
        Some(_) | None => Floor::Ordinary,
    }
}

const fn height(floor: Floor) -> i64 {
    match floor {
        Floor::Waiting => -3 * STOREY,
        Floor::PastDue => -2 * STOREY,
        Floor::Won => -STOREY,
        Floor::Ordinary => 0,
        Floor::DueSoon => STOREY,
        Floor::Unclocked => 2 * STOREY,
    }
}

/// `of` parts of `whole`, cut to the cent.
fn portion(amount: Money, of: i64, whole: i64) -> Money {
    let cents = i128::from(amount.cents()) * i128::from(of) / i128::from(whole);
    Money::from_cents(i64::try_from(cents).expect("a portion is no larger than its whole"))
}

fn days(from: Date, to: Date) -> i32 {
    from.until(to).map_or(0, |span| span.get_days())
}

fn counted(count: i32, one: &str) -> String {
    format!("{count} {one}{}", if count == 1 { "" } else { "s" })
}

fn in_words(name: &str) -> String {
    name.replace('_', " ")
}

/// Whether a case is worth another round of work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suggestion {
    /// Work it, or propose to give it up.
    pub advice: Advice,
    /// The amount from which a round of work pays at this chance; `None` where no amount does.
    pub break_even: Option<Money>,
    /// What a round of work is expected to leave.
    pub net: Money,
    /// The reason, for people.
    pub why: String,
}

named! {
    /// What a suggestion says.
    Advice {
        /// Another round of work.
        Rework = "rework",
        /// Give it up, with the approval that its amount needs.
        WriteOff = "write_off",
    }
}

/// Rework or write off (features 4.04): a suggestion; a person decides.
#[must_use]
pub fn rework_or_write_off(stake: &Stake<'_>, desk: &Desk) -> Suggestion {
    if stake.is_won {
        let why = "the payer gave way: post its payment".to_owned();
        let net = stake.outstanding;
        return Suggestion { advice: Advice::Rework, break_even: None, net, why };
    }
    let cost = desk.cost_of(stake.category);
    let net = expected(stake) - cost;
    let break_even = stake.odds.chance.and_then(|chance| break_even(cost, chance));
    let (advice, why) = if stake.outstanding <= desk.small_balance {
        let limit = desk.small_balance;
        (Advice::WriteOff, format!("{} is a small balance (at most {limit})", stake.outstanding))
    } else if net > Money::ZERO {
        (Advice::Rework, format!("a round of work for {cost} is expected to leave {net}"))
    } else if let Some(chance) = stake.odds.chance {
        let from = break_even.map_or_else(
            || "at no amount".to_owned(),
            |amount| format!("above {amount} at {chance} chance"),
        );
        (Advice::WriteOff, format!("a round of work for {cost} pays {from}"))
    } else {
        (Advice::Rework, "its chance is not configured: nothing speaks for giving it up".to_owned())
    };
    Suggestion { advice, break_even, net, why }
}

/// The amount whose share at this chance is the cost, rounded up; `None` without any chance.
#[must_use]
pub fn break_even(cost: Money, chance: Chance) -> Option<Money> {
    let points = i128::from(chance.basis_points());
    if points == 0 {
        return None;
    }
    let cents = (i128::from(cost.cents()) * 10_000 + points - 1) / points;
    i64::try_from(cents).ok().map(Money::from_cents)
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan;
    use jiff::civil::date;

    use super::*;
    use crate::deadline::{Due, RuleRef};

    const TODAY: Date = date(2026, 3, 10);

    fn desk() -> Desk {
        Desk {
            small_balance: Money::from_cents(1_000),
            work_cost: [(Category::Bundling, Money::from_cents(825))].into(),
            ..Desk::default()
        }
    }

    fn clock(kind: DeadlineKind, days: i64) -> Deadline {
        let date = TODAY.checked_add(days.days()).expect("near");
        let rule = RuleRef {
            source: String::new(),
            file: "payers/x.toml".to_owned(),
            window: "180 calendar days".to_owned(),
            anchor: "remittance".to_owned(),
            anchored_on: TODAY,
        };
        Deadline { kind, due: Due::On { date, rule }, met_on: None }
    }

    fn prior(points: u16) -> Odds {
        let prior = Some(Chance::from_basis_points(points));
        Odds { chance: prior, prior, ..Odds::default() }
    }

    fn stake(cents: i64, deadlines: &[Deadline]) -> Stake<'_> {
        Stake {
            outstanding: Money::from_cents(cents),
            odds: prior(5_000),
            category: Category::Bundling,
            denied_on: date(2026, 2, 24),
            deadlines,
            is_won: false,
            awaits_payer: false,
            rests: false,
        }
    }

    #[test]
    fn the_parts_add_up_and_say_why() {
        let clocks = [clock(DeadlineKind::Appeal(1), 45)];
        let found = priority(&stake(20_000, &clocks), &desk(), TODAY);
        let parts: Vec<(i64, &str)> =
            found.parts.iter().map(|part| (part.amount.cents(), part.why.as_str())).collect();
        assert_eq!(
            parts,
            [
                (
                    10_000,
                    "$200.00 outstanding × 50.0 % chance (stated prior 50.0 %; no outcome yet (n = 0))"
                ),
                (-825, "one round of work on bundling"),
                // Half of the 90 days are gone: half of the 91.75.
                (4_587, "appeal, level 1: 45 days left"),
                // Two weeks: two percent of it.
                (183, "denied 14 days ago"),
            ]
        );
        assert_eq!((found.score, found.floor), (10_000 - 825 + 4_587 + 183, Floor::Ordinary));
    }

    #[test]
    fn due_within_seven_days_outranks_every_amount() {
        let (soon, later) =
            ([clock(DeadlineKind::Appeal(1), 7)], [clock(DeadlineKind::Appeal(1), 8)]);
        let small = priority(&stake(2_000, &soon), &desk(), TODAY);
        let large = priority(&stake(crate::money::LIMIT_CENTS, &later), &desk(), TODAY);
        assert_eq!((small.floor, large.floor), (Floor::DueSoon, Floor::Ordinary));
        assert!(small.score > large.score);
    }

    #[test]
    fn past_due_says_so_and_comes_last() {
        let past = [clock(DeadlineKind::Appeal(1), -1)];
        let found = priority(&stake(50_000, &past), &desk(), TODAY);
        assert_eq!(found.floor, Floor::PastDue);
        assert_eq!(found.parts[2].why, "appeal, level 1: past due by 1 day");
        assert!(found.score < priority(&stake(100, &[]), &desk(), TODAY).score);
    }

    #[test]
    fn what_is_won_stands_below_what_can_still_be_won_and_is_never_given_up() {
        let won = Stake { is_won: true, ..stake(50_000, &[]) };
        let found = priority(&won, &desk(), TODAY);
        assert_eq!((found.floor, found.parts[0].amount.cents()), (Floor::Won, 50_000));
        assert!(found.parts.iter().all(|part| part.name != PartName::DaysLeft));
        assert!(found.score < priority(&stake(100, &[]), &desk(), TODAY).score);
        let past = [clock(DeadlineKind::Appeal(1), -1)];
        assert!(found.score > priority(&stake(50_000, &past), &desk(), TODAY).score);
        let small = Stake { is_won: true, ..stake(500, &[]) };
        assert_eq!(rework_or_write_off(&small, &desk()).advice, Advice::Rework);
    }

    #[test]
    fn a_way_that_is_still_open_counts_before_one_that_is_past() {
        let clocks = [clock(DeadlineKind::TimelyFiling, -30), clock(DeadlineKind::Appeal(1), 60)];
        let found = priority(&stake(50_000, &clocks), &desk(), TODAY);
        assert_eq!(found.floor, Floor::Ordinary);
        assert_eq!(found.parts[2].why, "appeal, level 1: 60 days left");
    }

    #[test]
    fn what_is_met_and_what_the_payer_owes_do_not_press() {
        let mut met = clock(DeadlineKind::Appeal(1), 2);
        met.met_on = Some(TODAY);
        let clocks = [met, clock(DeadlineKind::PayerAnswer, 1)];
        assert_eq!(priority(&stake(50_000, &clocks), &desk(), TODAY).floor, Floor::Ordinary);
    }

    #[test]
    fn what_lies_with_the_payer_is_not_pressed_by_clocks_that_no_rule_knows() {
        let unknown =
            [Deadline { kind: DeadlineKind::TimelyFiling, due: Due::NoRule, met_on: None }];
        let ours = stake(50_000, &unknown);
        assert_eq!(priority(&ours, &desk(), TODAY).floor, Floor::Unclocked);
        let theirs = Stake { awaits_payer: true, ..ours };
        assert_eq!(priority(&theirs, &desk(), TODAY).floor, Floor::Ordinary);
    }

    #[test]
    fn what_somebody_else_has_stands_below_what_is_ours_unless_a_clock_runs_out() {
        let rests = |clocks| Stake { rests: true, ..stake(50_000, clocks) };
        let found = priority(&rests(&[]), &desk(), TODAY);
        assert_eq!(found.floor, Floor::Waiting);
        let past = [clock(DeadlineKind::Appeal(1), -1)];
        assert!(found.score < priority(&stake(100, &past), &desk(), TODAY).score);
        assert_eq!(priority(&rests(&past), &desk(), TODAY).floor, Floor::Waiting);
        let soon = [clock(DeadlineKind::Appeal(1), 7)];
        assert_eq!(priority(&rests(&soon), &desk(), TODAY).floor, Floor::DueSoon);
        let later = [clock(DeadlineKind::Appeal(1), 8)];
        assert_eq!(priority(&rests(&later), &desk(), TODAY).floor, Floor::Waiting);
    }

    #[test]
    fn only_the_day_moves_a_priority() {
        let clocks = [clock(DeadlineKind::Appeal(1), 30)];
        let mut last = i64::MIN;
        for ahead in 0..=30_i64 {
            let day = TODAY.checked_add(ahead.days()).expect("near");
            let score = priority(&stake(50_000, &clocks), &desk(), day).score;
            assert!(score > last, "a case grows more urgent each day until its date");
            last = score;
        }
        let after = TODAY.checked_add(31.days()).expect("near");
        assert!(priority(&stake(50_000, &clocks), &desk(), after).score < last);
    }

    #[test]
    fn a_round_of_work_has_a_break_even() {
        let cost = Money::from_cents(825);
        let half = Chance::from_basis_points(5_000);
        assert_eq!(break_even(cost, half), Some(Money::from_cents(1_650)));
        assert_eq!(break_even(cost, Chance::from_basis_points(0)), None);
        let advice = |cents| rework_or_write_off(&stake(cents, &[]), &desk()).advice;
        assert_eq!(advice(1_000), Advice::WriteOff, "a small balance");
        assert_eq!(advice(1_650), Advice::WriteOff, "the break-even leaves nothing");
        assert_eq!(advice(1_652), Advice::Rework);
        let found = rework_or_write_off(&stake(1_500, &[]), &desk());
        assert_eq!(found.why, "a round of work for $8.25 pays above $16.50 at 50.0 % chance");
    }

    #[test]
    fn a_chance_that_no_rule_says_is_not_guessed() {
        let unknown = Stake { odds: Odds::default(), ..stake(50_000, &[]) };
        let found = priority(&unknown, &desk(), TODAY);
        assert_eq!(found.parts[0].why, "$500.00 outstanding; its chance is not configured");
        assert_eq!(found.parts[2].why, "no clock runs");
        assert_eq!(rework_or_write_off(&unknown, &desk()).advice, Advice::Rework);
    }

    #[test]
    fn a_priority_reads_back() {
        let found = priority(&stake(50_000, &[]), &desk(), TODAY);
        let text = serde_json::to_string(&found).expect("serializable");
        assert_eq!(serde_json::from_str::<Priority>(&text).expect("readable"), found);
    }
}
