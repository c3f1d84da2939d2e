//! Some cases cut by one facet, or by two together: tables and charts, each cell a list.

use std::collections::HashMap;

use jiff::civil::Date;

use super::facet::{Facet, Source};
use super::sets::Kind;
use super::{Board, Places, Sum, Wanted};

/// How many and how much for each pair of values.
pub type Pairs = Vec<((String, String), Sum)>;

/// Some values of one facet.
pub type Part<'a> = (Facet, &'a [&'a str]);

impl Board {
    /// How many and how much of some cases have one of some values, for several facets.
    #[must_use]
    pub fn parts(&self, places: &Places, today: Date, parts: &[Part<'_>]) -> Vec<Sum> {
        let names = |values: &[&str]| values.iter().map(ToString::to_string).collect();
        let kinds = parts.iter().map(|(facet, values)| Kind::Having(*facet, names(values)));
        let sets = kinds.map(|kind| self.set(kind, today));
        sets.map(|having| self.numbers.sum(places.words_with(&having))).collect()
    }

    /// How many and how much is wanted.
    #[must_use]
    pub fn sum_of(&self, wanted: &Wanted, today: Date) -> Sum {
        self.sum(&self.find(wanted, today))
    }

    /// What is wanted, by the values of a facet: texts with most money first, bands in their order.
    #[must_use]
    pub fn by(&self, facet: Facet, wanted: &Wanted, today: Date) -> Vec<(String, Sum)> {
        self.counts_of(facet, &self.find(wanted, today), today)
    }

    /// What is wanted, by the values of two facets that are texts, most cases first. A facet that
    /// is no text gives none.
    #[must_use]
    pub fn by_two(&self, facets: (Facet, Facet), wanted: &Wanted, today: Date) -> Pairs {
        let (Source::Text(one), Source::Text(other)) = (facets.0.source(), facets.1.source())
        else {
            return Vec::new();
        };
        let (one, other) = (&self.texts[one], &self.texts[other]);
        let mut sums: HashMap<(u32, u32), Sum> = HashMap::new();
        for place in self.find(wanted, today).iter() {
            let at = place as usize;
            let key = (one.numbers()[at], other.numbers()[at]);
            sums.entry(key).or_default().add(self.numbers.outstanding[at]);
        }
        let named = |((first, second), sum): ((u32, u32), Sum)| {
            ((one.name(first).to_owned(), other.name(second).to_owned()), sum)
        };
        let mut named: Pairs = sums.into_iter().map(named).collect();
        named.sort_by(|(names, sum), (others, than)| {
            let (much, more) = ((sum.cases, sum.outstanding), (than.cases, than.outstanding));
            more.cmp(&much).then_with(|| names.cmp(others))
        });
        named
    }
}
