//! Some cases cut by one facet, or by two together: tables and charts, each cell a list.

use std::collections::HashMap;

use jiff::civil::Date;

use super::facet::{Band, Days, Facet, Source};
use super::{Board, Places, Sum, Wanted};

/// How many and how much for each pair of values.
pub type Pairs = Vec<((String, String), Sum)>;

/// Some values of one facet.
pub type Part<'a> = (Facet, &'a [&'a str]);

/// Which values of a column or of a band count, each by its number.
enum Counted<'a> {
    Text(&'a [u32], Vec<bool>),
    Band(Band, Vec<bool>),
}

impl Board {
    /// How many and how much of some cases have one of some values, for several facets in one walk.
    #[must_use]
    pub fn parts(&self, places: &Places, today: Date, parts: &[Part<'_>]) -> Vec<Sum> {
        let days = Days::of(today);
        let counted: Vec<Counted<'_>> = parts.iter().map(|part| self.counted(*part)).collect();
        let mut sums = vec![Sum::default(); parts.len()];
        places.each(|at| {
            for (sum, counted) in sums.iter_mut().zip(&counted) {
                let counts = match counted {
                    Counted::Text(numbers, values) => values[numbers[at] as usize],
                    Counted::Band(band, values) => values[days.place(*band, &self.numbers, at)],
                };
                if counts {
                    sum.add(self.numbers.outstanding[at]);
                }
            }
        });
        sums
    }

    fn counted(&self, (facet, values): Part<'_>) -> Counted<'_> {
        match facet.source() {
            Source::Text(at) => {
                let column = &self.texts[at];
                Counted::Text(column.numbers(), column.having(values.iter().copied()))
            }
            Source::Band(band) => {
                let counts = band.names().iter().map(|name| values.contains(name));
                Counted::Band(band, counts.collect())
            }
        }
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
