//! What of cases is reckoned with, a column for each so that a walk reads no more than it needs.

use jiff::civil::Date;

use super::group::Sum;
use super::listed::Listed;

/// Every number of every place.
#[derive(Debug, Default)]
pub(crate) struct Numbers {
    pub(crate) priority: Vec<i64>,
    /// Cents.
    pub(crate) outstanding: Vec<i64>,
    /// Cents that are won and not posted; [`UNTOLD`] where no payer told them.
    pub(crate) to_post: Vec<i64>,
    /// The soonest open clock; [`NEVER`] where none has a day.
    pub(crate) due_on: Vec<i32>,
    pub(crate) denied_on: Vec<i32>,
    pub(crate) next_on: Vec<i32>,
    /// The payer's promise; [`NEVER`] where there is none.
    pub(crate) promised_by: Vec<i32>,
    /// Before any day where it is awake.
    pub(crate) snoozed_until: Vec<i32>,
    /// Roles that are asked about it.
    pub(crate) asked: Vec<u16>,
    /// Bits of [`OPEN`] and its like.
    pub(crate) flags: Vec<u8>,
}

/// The day of what has none: a clock without a rule, or no open clock.
pub(crate) const NEVER: i32 = i32::MAX;
/// In place of cents: nobody told them.
pub(crate) const UNTOLD: i64 = i64::MIN;
/// The case is open.
pub(crate) const OPEN: u8 = 1;
/// Denied again after a case was closed.
pub(crate) const REPEAT: u8 = 2;
/// One of its open clocks has no rule.
pub(crate) const NO_RULE: u8 = 4;
/// Its money does not add up.
pub(crate) const QUARANTINED: u8 = 8;
/// It lacks an owner's role or a next action.
pub(crate) const LACKS: u8 = 16;
/// The payer owes its answer to what was sent.
pub(crate) const AWAITS: u8 = 32;

/// A day as a number that compares as days do.
pub(crate) fn number(day: Date) -> i32 {
    (i32::from(day.year()) * 16 + i32::from(day.month())) * 32 + i32::from(day.day())
}

/// The day again.
pub(crate) fn day(number: i32) -> Option<Date> {
    let part = |of: i32| i8::try_from(of).ok();
    let year = i16::try_from(number.div_euclid(512)).ok()?;
    Date::new(year, part(number.rem_euclid(512) / 32)?, part(number.rem_euclid(32))?).ok()
}

impl Numbers {
    /// Writes those of a place: one that is there, or the next.
    pub(crate) fn put(&mut self, place: u32, listed: &Listed<'_>) {
        let at = place as usize;
        set(&mut self.priority, at, listed.priority);
        set(&mut self.outstanding, at, listed.outstanding);
        set(&mut self.to_post, at, listed.to_post.unwrap_or(UNTOLD));
        set(&mut self.due_on, at, listed.due_on.map_or(NEVER, number));
        set(&mut self.denied_on, at, number(listed.denied_on));
        set(&mut self.next_on, at, number(listed.next_on));
        set(&mut self.promised_by, at, listed.promised_by.map_or(NEVER, number));
        set(&mut self.snoozed_until, at, listed.snoozed_until.map_or(i32::MIN, number));
        set(&mut self.asked, at, listed.asked);
        let flags = [
            (listed.is_open, OPEN),
            (listed.round > 1, REPEAT),
            (listed.no_rule, NO_RULE),
            (listed.quarantined, QUARANTINED),
            (listed.lacks(), LACKS),
            (listed.awaits(), AWAITS),
        ];
        let flags = flags.iter().filter(|(is, _)| *is).map(|(_, flag)| flag).sum();
        set(&mut self.flags, at, flags);
    }
}

impl Numbers {
    /// How many cases and how much is outstanding, by the bits of a set.
    pub(crate) fn sum(&self, words: impl Iterator<Item = u64>) -> Sum {
        let mut sum = Sum::default();
        for (word, cents) in words.zip(self.outstanding.chunks(64)) {
            let ones = word.count_ones();
            sum.cases += u64::from(ones);
            // Few are added one by one, few that lack are taken from the whole row.
            let lacks = !word & u64::MAX >> (64 - cents.len());
            sum.outstanding += match ones {
                0 => 0,
                1..=32 => added(word, cents),
                _ => cents.iter().sum::<i64>() - added(lacks, cents),
            };
        }
        sum
    }

    /// True where something is outstanding and no clock that would limit it has a day.
    pub(crate) fn lacks_day(&self, at: usize) -> bool {
        self.due_on[at] == NEVER && self.flags[at] & NO_RULE != 0 && self.outstanding[at] > 0
    }

    /// The same, while it is ours to act: the queue's first floor.
    pub(crate) fn is_unclocked(&self, at: usize) -> bool {
        self.lacks_day(at) && self.flags[at] & AWAITS == 0
    }
}

/// The sum of those of at most 64 amounts whose bits are set.
fn added(mut word: u64, cents: &[i64]) -> i64 {
    let mut sum = 0;
    while word != 0 {
        sum += cents[word.trailing_zeros() as usize];
        word &= word - 1;
    }
    sum
}

fn set<T>(column: &mut Vec<T>, at: usize, value: T) {
    match column.get_mut(at) {
        Some(before) => *before = value,
        None => column.push(value),
    }
}

#[cfg(test)]
mod tests {
    use super::super::places::Places;
    use super::*;
    use jiff::civil::date;

    #[test]
    fn amounts_are_added_by_their_bits_however_many_are_set() {
        let cents: Vec<i64> = (0..100).map(|at| at * at - 50).collect();
        let numbers = Numbers { outstanding: cents.clone(), ..Numbers::default() };
        for every in 1..70 {
            for wanted in [true, false] {
                let is_in = |at: &usize| at.is_multiple_of(every) == wanted;
                let places = Places::of(100, |at| is_in(&at));
                let told: Vec<i64> = (0..100).filter(is_in).map(|at| cents[at]).collect();
                let sum = numbers.sum(places.words());
                let cases = u64::try_from(told.len()).expect("few");
                assert_eq!((sum.cases, sum.outstanding), (cases, told.iter().sum()), "{every}");
            }
        }
    }

    #[test]
    fn days_compare_as_numbers_and_come_back() {
        let days = [date(-5, 3, 1), date(1999, 12, 31), date(2000, 1, 1), date(2026, 11, 26)];
        assert!(days.map(number).is_sorted());
        assert_eq!(days.map(number).map(day), days.map(Some));
        assert_eq!(day(NEVER), None);
    }
}
