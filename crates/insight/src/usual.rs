//! What is usual, learned from counted days: the middle, and what nine in ten keep within.

/// Below so many days nothing is usual.
pub const FEW: usize = 20;

/// Usual days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Usual {
    /// Half of them are at most so many.
    pub median: i32,
    /// Nine in ten are at most so many.
    pub p90: i32,
    /// How many were counted.
    pub n: u32,
}

impl Usual {
    /// What some days come to, in whatever order; `None` where they are too few.
    #[must_use]
    pub fn of(days: &[i32]) -> Option<Usual> {
        Usual::of_at_least(days, FEW)
    }

    /// The same with another number that is enough.
    #[must_use]
    pub fn of_at_least(days: &[i32], enough: usize) -> Option<Usual> {
        if days.len() < enough.max(1) {
            return None;
        }
        let mut sorted = days.to_vec();
        sorted.sort_unstable();
        // The nearest rank: the least of them within which so many parts of ten are.
        let rank = |tenths: usize| (sorted.len() * tenths).div_ceil(10).saturating_sub(1);
        let n = u32::try_from(sorted.len()).unwrap_or(u32::MAX);
        Some(Usual { median: *sorted.get(rank(5))?, p90: *sorted.get(rank(9))?, n })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_rank_counts() {
        let days: Vec<i32> = (1..=20).rev().collect();
        assert_eq!(Usual::of(&days), Some(Usual { median: 10, p90: 18, n: 20 }));
        let same = [7; 25];
        assert_eq!(Usual::of(&same), Some(Usual { median: 7, p90: 7, n: 25 }));
    }

    #[test]
    fn few_days_say_nothing() {
        assert_eq!(Usual::of(&[3; 19]), None);
        assert_eq!(Usual::of_at_least(&[], 0), None);
        assert_eq!(Usual::of_at_least(&[5], 1), Some(Usual { median: 5, p90: 5, n: 1 }));
    }
}
