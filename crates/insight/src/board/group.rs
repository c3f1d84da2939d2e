//! Cases that are one job: how many, how much, and how soon.

use std::collections::HashMap;

use jiff::civil::Date;

use super::Board;
use super::alike::{Alike, Key, Keys};
use super::facet::Facet;
use super::numbers::day;
use super::places::Places;

/// How many cases and how much is outstanding.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sum {
    /// Cases.
    pub cases: u64,
    /// Cents.
    pub outstanding: i64,
}

/// What is won and not posted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Won {
    /// Cases, and cents as payers told them.
    pub told: Sum,
    /// Cases of which nobody told an amount, and what is outstanding on them.
    pub untold: Sum,
}

impl Sum {
    pub(crate) const fn add(&mut self, outstanding: i64) {
        self.cases += 1;
        self.outstanding += outstanding;
    }

    const fn join(&mut self, other: Sum) {
        self.cases += other.cases;
        self.outstanding += other.outstanding;
    }
}

/// Cases that are one job (features 4.05).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Group {
    /// The bits of the id of the case that comes first by priority.
    pub first: u128,
    /// Cases and money.
    pub sum: Sum,
    /// The soonest clock, where one is configured.
    pub due_on: Option<Date>,
    /// The bits of the id of the case with that clock; of the first where none has one.
    pub soonest: u128,
    /// Cases that are ours to act on and none of whose clocks has a day.
    pub unclocked: u64,
    /// All have the same reason.
    pub is_one_reason: bool,
    /// All have the same next action.
    pub is_one_next: bool,
    /// The places of their statuses in the dictionary, as bits: [`Board::statuses`] names them.
    statuses: u16,
}

impl Board {
    /// The jobs among some cases, those with most money first.
    #[must_use]
    pub fn groups(&self, places: &Places, alike: Alike) -> Vec<Group> {
        let identical = self.identical(places);
        let mut gathered = match alike {
            Alike::IDENTICAL => identical,
            coarser => self.joined(identical, coarser),
        };
        gathered.sort_by_key(|one| (-one.sum.outstanding, one.first));
        gathered.into_iter().map(|one| one.group(&self.ids)).collect()
    }

    /// The finest jobs: each coarser one is made of whole ones of these.
    fn identical(&self, places: &Places) -> Vec<Gathered> {
        let mut groups: Vec<Option<Gathered>> = vec![None; self.job.width()];
        let jobs = self.job.numbers();
        for place in places.iter() {
            let one = Gathered::of(self, place);
            match &mut groups[jobs[place as usize] as usize] {
                Some(group) => group.join(one),
                none @ None => *none = Some(one),
            }
        }
        groups.into_iter().flatten().collect()
    }

    fn joined(&self, finer: Vec<Gathered>, alike: Alike) -> Vec<Gathered> {
        let keys = Keys::of(self, alike);
        let mut joined: HashMap<Key, Gathered> = HashMap::new();
        for one in finer {
            let group = joined.entry(keys.at(one.first as usize));
            group.and_modify(|group| group.join(one)).or_insert(one);
        }
        joined.into_values().collect()
    }

    /// The names of the statuses that cases of a job have.
    pub fn statuses(&self, group: &Group) -> impl Iterator<Item = &str> {
        let statuses = self.text(Facet::Status);
        let bits = group.statuses;
        (0..u16::BITS).filter(move |bit| bits & (1 << bit) != 0).map(|bit| statuses.name(bit))
    }
}

/// A job while its cases are walked along.
#[derive(Clone, Copy)]
struct Gathered {
    first: u32,
    highest: i64,
    due_on: i32,
    soonest: u32,
    unclocked: u64,
    sum: Sum,
    reason: u32,
    next: u32,
    statuses: u16,
}

/// In place of a number: several.
const SEVERAL: u32 = u32::MAX;

impl Gathered {
    fn of(board: &Board, place: u32) -> Gathered {
        let at = place as usize;
        let number = |facet| board.text(facet).numbers()[at];
        let mut sum = Sum::default();
        sum.add(board.numbers.outstanding[at]);
        Gathered {
            first: place,
            highest: board.numbers.priority[at],
            due_on: board.numbers.due_on[at],
            soonest: place,
            unclocked: u64::from(board.numbers.is_unclocked(at)),
            sum,
            reason: number(Facet::Reason),
            next: number(Facet::Next),
            // There are eight statuses.
            statuses: 1 << number(Facet::Status).min(u16::BITS - 1),
        }
    }

    fn join(&mut self, other: Gathered) {
        let one_of = |one: u32, other: u32| if one == other { one } else { SEVERAL };
        self.sum.join(other.sum);
        self.unclocked += other.unclocked;
        if other.due_on < self.due_on {
            (self.due_on, self.soonest) = (other.due_on, other.soonest);
        }
        self.reason = one_of(self.reason, other.reason);
        self.next = one_of(self.next, other.next);
        self.statuses |= other.statuses;
        // Of those that are worth as much it is the one that was there first.
        let is_before = (other.highest, std::cmp::Reverse(other.first))
            > (self.highest, std::cmp::Reverse(self.first));
        if is_before {
            (self.first, self.highest) = (other.first, other.highest);
        }
    }

    fn group(self, ids: &[u128]) -> Group {
        Group {
            first: ids[self.first as usize],
            sum: self.sum,
            due_on: day(self.due_on),
            soonest: ids[self.soonest as usize],
            unclocked: self.unclocked,
            is_one_reason: self.reason != SEVERAL,
            is_one_next: self.next != SEVERAL,
            statuses: self.statuses,
        }
    }
}
