//! The board: every case of a practice as columns of numbers. The queue is filtered, counted,
//! grouped and sorted here; what the cases say stays in the database.
//!
//! A case keeps its place, so orders and filters are lists and sets of places. A text stands once
//! in its column's dictionary and as a number in the column.

mod alike;
mod column;
mod cut;
mod facet;
mod group;
mod listed;
mod numbers;
mod order;
mod places;
mod sets;
mod wanted;

#[cfg(test)]
mod tests;

use std::collections::HashMap;

use column::Column;
use jiff::civil::Date;
use numbers::Numbers;
use order::Orders;
use sets::{Kind, Sets};

pub use alike::Alike;
pub use cut::{Pairs, Part};
pub use facet::Facet;
pub use group::{Group, Sum, Won};
pub use listed::Listed;
pub use order::Sort;
pub use places::Places;
pub use wanted::{Own, Wanted, bit};

/// What the database has listed so far. It holds no patient and no claim's number.
#[derive(Debug, Default)]
pub struct Board {
    ids: Vec<u128>,
    at: HashMap<u128, u32>,
    texts: [Column; facet::TEXTS],
    /// Payer, codes, service and provider together: cases that are one job (features 4.05).
    job: Column,
    numbers: Numbers,
    orders: Orders,
    sets: Sets,
}

impl Board {
    /// Takes a case as it is listed now, in place of what was listed of it before. Orders and sets
    /// know of it after [`Board::settle`].
    pub fn put(&mut self, listed: &Listed<'_>) {
        let place = self.place(listed.id);
        for (column, text) in self.texts.iter_mut().zip(listed.texts()) {
            column.put(place, text);
        }
        self.job.put(place, &listed.job());
        self.numbers.put(place, listed);
        self.orders.moved(place);
    }

    /// Sorts in what was put since the last time.
    pub fn settle(&mut self) {
        let moved = self.orders.settle(&self.ids, &self.numbers);
        self.look_again(&moved);
    }

    /// Cases, open and closed.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// True where nothing was listed yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    fn place(&mut self, id: u128) -> u32 {
        let next =
            u32::try_from(self.ids.len()).expect("a practice has fewer than 4 billion cases");
        let place = *self.at.entry(id).or_insert(next);
        if place == next {
            self.ids.push(id);
        }
        place
    }

    /// The cases that are wanted.
    #[must_use]
    pub fn find(&self, wanted: &Wanted, today: Date) -> Places {
        let mut places = self.within(wanted, today);
        for (facet, names) in &wanted.chosen {
            places.keep(&self.set(Kind::Having(*facet, names.clone()), today));
        }
        places
    }

    /// So many of the places, sorted, from one on: the ids as bits.
    #[must_use]
    pub fn page(&self, places: &Places, sort: Sort, from: usize, count: usize) -> Vec<u128> {
        let named = |place: u32| self.ids.get(place as usize).copied();
        // Of few the first are found sooner among themselves than in the order of all.
        if places.len() < self.len() / 16 {
            let first =
                order::first(places, sort, from.saturating_add(count), (&self.ids, &self.numbers));
            return first.into_iter().skip(from).filter_map(named).collect();
        }
        let order = self.orders.by(sort).iter().copied();
        let fitting = order.filter(|place| places.has(*place));
        fitting.skip(from).take(count).filter_map(named).collect()
    }

    /// True where a case is among the places.
    #[must_use]
    pub fn has(&self, places: &Places, id: u128) -> bool {
        self.at.get(&id).is_some_and(|place| places.has(*place))
    }

    /// How many cases and how much money.
    #[must_use]
    pub fn sum(&self, places: &Places) -> Sum {
        self.numbers.sum(places.words())
    }

    /// What is won on some places and not posted; cases that nobody won have told nothing.
    #[must_use]
    pub fn won(&self, places: &Places) -> Won {
        let mut won = Won::default();
        for at in places.iter().map(|place| place as usize) {
            match self.numbers.to_post[at] {
                numbers::UNTOLD => won.untold.add(self.numbers.outstanding[at]),
                cents => won.told.add(cents),
            }
        }
        won
    }

    /// Those of the places on which at most so many cents are outstanding.
    #[must_use]
    pub fn sum_to(&self, places: &Places, most: i64) -> Sum {
        let mut sum = Sum::default();
        let outstanding = places.iter().map(|place| self.numbers.outstanding[place as usize]);
        for cents in outstanding.filter(|cents| *cents <= most) {
            sum.add(cents);
        }
        sum
    }

    /// For each facet, each value that cases have which fit all other choices: what choosing it
    /// would show.
    #[must_use]
    pub fn counts(&self, wanted: &Wanted, today: Date) -> Vec<(Facet, Vec<(String, Sum)>)> {
        let within = self.within(wanted, today);
        let chosen = wanted.chosen.iter();
        let having = chosen.map(|(facet, names)| Kind::Having(*facet, names.clone()));
        let having: Vec<_> = having.map(|kind| self.set(kind, today)).collect();
        let count = |facet: &Facet| {
            let mut places = within.clone();
            for ((other, _), having) in wanted.chosen.iter().zip(&having) {
                if other != facet {
                    places.keep(having);
                }
            }
            (*facet, self.counts_of(*facet, &places, today))
        };
        // Two cores are there on the smallest machine; facets are counted apart.
        let (some, others) = Facet::ALL.split_at(Facet::ALL.len() / 2);
        std::thread::scope(|scope| {
            let beside = scope.spawn(|| others.iter().map(count).collect::<Vec<_>>());
            let mut counts: Vec<_> = some.iter().map(count).collect();
            counts.extend(beside.join().expect("counting does not panic"));
            counts
        })
    }

    /// Adds up every column once: the unavoidable work of counting, to measure against.
    #[must_use]
    pub fn walk(&self) -> u64 {
        let Numbers { outstanding, due_on, denied_on, next_on, flags, .. } = &self.numbers;
        let texts = self.texts.iter().chain([&self.job]);
        let texts = texts.flat_map(|column| column.numbers()).map(|number| u64::from(*number));
        let days = [due_on, denied_on, next_on].into_iter().flatten();
        let days = days.map(|day| u64::from(day.unsigned_abs()));
        let cents = outstanding.iter().map(|cents| cents.unsigned_abs());
        let flags = flags.iter().map(|flag| u64::from(*flag));
        let sums = [
            texts.fold(0, u64::wrapping_add),
            days.fold(0, u64::wrapping_add),
            cents.fold(0, u64::wrapping_add),
            flags.fold(0, u64::wrapping_add),
        ];
        sums.into_iter().fold(0, u64::wrapping_add)
    }
}
