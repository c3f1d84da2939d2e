//! Cases that are one job: how many, how much, and how soon.

use jiff::civil::Date;

use super::places::Places;
use super::{Board, Numbers};

/// How many cases and how much is outstanding.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sum {
    /// Cases.
    pub cases: u64,
    /// Cents.
    pub outstanding: i64,
}

impl Sum {
    pub(crate) fn add(&mut self, one: &Numbers) {
        self.cases += 1;
        self.outstanding += one.outstanding;
    }
}

/// Cases with the same payer, codes, service and provider (features 4.05).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Group {
    /// The bits of the id of the case that comes first by priority.
    pub first: u128,
    /// Cases and money.
    pub sum: Sum,
    /// The soonest clock; [`Date::MAX`] where none is configured.
    pub due_on: Date,
}

impl Board {
    /// The jobs among some cases, those with most money first.
    #[must_use]
    pub fn groups(&self, places: &Places) -> Vec<Group> {
        let mut groups: Vec<Option<(Group, i64)>> = vec![None; self.job.width()];
        let jobs = self.job.numbers();
        for place in places.iter() {
            let one = self.number(place);
            let id = self.ids[place as usize];
            let group = &mut groups[jobs[place as usize] as usize];
            let (group, highest) = group.get_or_insert((Group::starting(id), i64::MIN));
            group.sum.add(one);
            group.due_on = group.due_on.min(one.due_on);
            if one.priority > *highest {
                (group.first, *highest) = (id, one.priority);
            }
        }
        let mut groups: Vec<Group> = groups.into_iter().flatten().map(|(group, _)| group).collect();
        groups.sort_by_key(|group| (-group.sum.outstanding, group.first));
        groups
    }
}

impl Group {
    fn starting(first: u128) -> Group {
        Group { first, sum: Sum::default(), due_on: Date::MAX }
    }
}
