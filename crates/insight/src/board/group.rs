//! Cases that are one job: how many, how much, and how soon.

use jiff::civil::Date;

use super::Board;
use super::numbers::{NEVER, day};
use super::places::Places;

/// How many cases and how much is outstanding.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sum {
    /// Cases.
    pub cases: u64,
    /// Cents.
    pub outstanding: i64,
}

impl Sum {
    pub(crate) const fn add(&mut self, outstanding: i64) {
        self.cases += 1;
        self.outstanding += outstanding;
    }
}

/// Cases with the same payer, codes, service and provider (features 4.05).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Group {
    /// The bits of the id of the case that comes first by priority.
    pub first: u128,
    /// Cases and money.
    pub sum: Sum,
    /// The soonest clock, where one is configured.
    pub due_on: Option<Date>,
}

impl Board {
    /// The jobs among some cases, those with most money first.
    #[must_use]
    pub fn groups(&self, places: &Places) -> Vec<Group> {
        let mut groups: Vec<Option<Gathered>> = vec![None; self.job.width()];
        let (jobs, numbers) = (self.job.numbers(), &self.numbers);
        for place in places.iter() {
            let at = place as usize;
            let group = &mut groups[jobs[at] as usize];
            let group = group.get_or_insert(Gathered::starting(place));
            group.sum.add(numbers.outstanding[at]);
            group.due_on = group.due_on.min(numbers.due_on[at]);
            if numbers.priority[at] > group.highest {
                (group.first, group.highest) = (place, numbers.priority[at]);
            }
        }
        let groups = groups.into_iter().flatten().map(|one| one.group(&self.ids));
        let mut groups: Vec<Group> = groups.collect();
        groups.sort_by_key(|group| (-group.sum.outstanding, group.first));
        groups
    }
}

/// A job while its cases are walked along.
#[derive(Clone, Copy)]
struct Gathered {
    first: u32,
    highest: i64,
    due_on: i32,
    sum: Sum,
}

impl Gathered {
    fn starting(first: u32) -> Gathered {
        Gathered { first, highest: i64::MIN, due_on: NEVER, sum: Sum::default() }
    }

    fn group(self, ids: &[u128]) -> Group {
        Group { first: ids[self.first as usize], sum: self.sum, due_on: day(self.due_on) }
    }
}
