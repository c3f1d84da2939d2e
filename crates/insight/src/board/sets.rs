//! Sets of places that are asked for again and again, kept: a page of the queue asks for the same
//! dozen, and what an act moves is one case.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::civil::Date;

use super::Board;
use super::facet::{Days, Facet, Source};
use super::numbers::{OPEN, number};
use super::places::Places;
use super::wanted::Own;

/// Sets kept at once: of a million cases each takes 125 KB.
const KEPT: usize = 200;

/// What tells whether a case is in a set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Closed or open ones; those that are awake, those that are put off.
    State { closed: bool, wakes: bool, sleeps: bool },
    /// Those within somebody's reach.
    Reach(Own),
    /// Those with one of some values of a facet.
    Having(Facet, Vec<String>),
}

/// The sets that were asked for last, as they are on a day.
#[derive(Debug, Default)]
pub(crate) struct Sets {
    kept: Mutex<Day>,
}

#[derive(Debug, Default)]
struct Day {
    day: Date,
    sets: VecDeque<(Kind, Arc<Places>)>,
}

impl Day {
    fn get(&mut self, day: Date, kind: &Kind) -> Option<Arc<Places>> {
        let at = self.sets.iter().position(|(one, _)| self.day == day && one == kind)?;
        let set = self.sets.remove(at)?;
        let places = set.1.clone();
        self.sets.push_back(set);
        Some(places)
    }

    fn put(&mut self, day: Date, kind: Kind, places: Arc<Places>) {
        if self.day != day {
            self.sets.clear();
            self.day = day;
        }
        // Two readers may have looked for it at once.
        self.sets.retain(|(one, _)| *one != kind);
        if self.sets.len() == KEPT {
            self.sets.pop_front();
        }
        self.sets.push_back((kind, places));
    }
}

impl Board {
    /// The cases of a kind on a day.
    pub(crate) fn set(&self, kind: Kind, day: Date) -> Arc<Places> {
        let kept = || self.sets.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let known = kept().get(day, &kind);
        known.unwrap_or_else(|| {
            let places = Arc::new(Places::of(self.len(), self.tells(&kind, day)));
            kept().put(day, kind, places.clone());
            places
        })
    }

    /// Looks again at places whose cases changed.
    pub(crate) fn look_again(&mut self, moved: &[u32]) {
        let mut sets = std::mem::take(&mut self.sets);
        let kept = sets.kept.get_mut().unwrap_or_else(PoisonError::into_inner);
        for (kind, places) in &mut kept.sets {
            let tells = self.tells(kind, kept.day);
            let places = Arc::make_mut(places);
            for place in moved {
                places.set(*place, tells(*place as usize));
            }
        }
        self.sets = sets;
    }

    fn tells<'a>(&'a self, kind: &'a Kind, day: Date) -> Box<dyn Fn(usize) -> bool + 'a> {
        match kind {
            Kind::State { closed, wakes, sleeps } => {
                let (numbers, day) = (&self.numbers, number(day));
                Box::new(move |at| {
                    let is_wanted = if numbers.snoozed_until[at] > day { *sleeps } else { *wakes };
                    (numbers.flags[at] & OPEN == 0) == *closed && is_wanted
                })
            }
            Kind::Reach(own) => self.reached_by(own),
            Kind::Having(facet, names) => match facet.source() {
                Source::Text(at) => {
                    let column = &self.texts[at];
                    let is_meant = column.having(names.iter().map(String::as_str));
                    Box::new(move |at| is_meant[column.numbers()[at] as usize])
                }
                Source::Band(band) => {
                    let days = Days::of(day);
                    let is_meant = band.names().iter().map(|band| names.iter().any(|n| n == band));
                    let is_meant: Vec<bool> = is_meant.collect();
                    Box::new(move |at| is_meant[days.place(band, &self.numbers, at)])
                }
            },
        }
    }
}
