//! Random streams by key: what one entity draws never depends on what another one drew.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// What kind of thing draws.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Entity {
    Practice = 1,
    Payer = 2,
    Provider = 3,
    Patient = 4,
    Claim = 5,
}

/// What it draws for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Purpose {
    Identity = 1,
    Habits = 2,
    Rules = 3,
    Prices = 5,
    Visit = 6,
    Lines = 7,
    Dates = 8,
    Fault = 9,
    Shape = 10,
    Pricing = 11,
    Recovery = 12,
    Chaos = 13,
    Submission = 14,
    Secondary = 15,
    Answering = 16,
}

/// A stream of numbers that belongs to (seed, entity, id, purpose) alone.
pub(crate) struct Stream(ChaCha8Rng);

impl Stream {
    pub(crate) fn new(seed: u64, entity: Entity, id: u64, purpose: Purpose) -> Stream {
        let mut key = [0; 32];
        let words = [seed, entity as u64, id, purpose as u64];
        for (bytes, word) in key.chunks_exact_mut(8).zip(words) {
            bytes.copy_from_slice(&word.to_le_bytes());
        }
        Stream(ChaCha8Rng::from_seed(key))
    }

    /// Evenly one of 0 to `limit` - 1; 0 where the limit is 0.
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        let wide = u128::from(self.0.next_u64()) * u128::from(limit);
        u64::try_from(wide >> 64).expect("a product's upper half fits")
    }

    /// Evenly one of `low` to `high`, both included.
    pub(crate) fn between(&mut self, low: i64, high: i64) -> i64 {
        let span = u64::try_from(high - low + 1).expect("low is not above high");
        low + i64::try_from(self.below(span)).expect("within a span of i64")
    }

    /// True in so many of 100,000 cases.
    pub(crate) fn chance(&mut self, of_100k: u32) -> bool {
        self.below(100_000) < u64::from(of_100k)
    }

    /// Evenly one of a list that is not empty.
    pub(crate) fn pick<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.index(list.len())]
    }

    /// Evenly a position in a list of that length.
    pub(crate) fn index(&mut self, length: usize) -> usize {
        usize::try_from(self.below(length as u64)).expect("below a length")
    }

    /// A position by weight.
    pub(crate) fn weighted(&mut self, weights: impl Iterator<Item = u32> + Clone) -> usize {
        let total: u64 = weights.clone().map(u64::from).sum();
        let mut left = self.below(total);
        for (at, weight) in weights.enumerate() {
            let weight = u64::from(weight);
            if left < weight {
                return at;
            }
            left -= weight;
        }
        0
    }

    /// Days around a median, skewed to the right as waiting is: a lognormal of sigma 0.35 in
    /// twenty steps, without floats, so that every machine draws the same.
    pub(crate) fn days(&mut self, median: i64) -> i64 {
        const PERCENT: [i64; 20] = [
            50, 60, 67, 72, 77, 81, 85, 89, 94, 98, 102, 107, 112, 117, 123, 130, 139, 150, 166,
            199,
        ];
        median * self.pick(&PERCENT) / 100
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn some(seed: u64, id: u64, purpose: Purpose) -> Vec<u64> {
        let mut stream = Stream::new(seed, Entity::Claim, id, purpose);
        (0..5).map(|_| stream.below(1_000_000)).collect()
    }

    #[test]
    fn a_key_draws_the_same_and_another_key_something_else() {
        assert_eq!(some(1, 2, Purpose::Fault), some(1, 2, Purpose::Fault));
        assert_ne!(some(1, 2, Purpose::Fault), some(1, 3, Purpose::Fault));
        assert_ne!(some(1, 2, Purpose::Fault), some(1, 2, Purpose::Shape));
        assert_ne!(some(1, 2, Purpose::Fault), some(9, 2, Purpose::Fault));
    }

    #[test]
    fn weights_are_kept() {
        let mut stream = Stream::new(7, Entity::Payer, 0, Purpose::Habits);
        let mut counts = [0; 3];
        for _ in 0..10_000 {
            counts[stream.weighted([10, 0, 90].into_iter())] += 1;
        }
        assert_eq!(counts[1], 0);
        assert!((800..1200).contains(&counts[0]), "{counts:?}");
    }

    #[test]
    fn days_lie_around_their_median() {
        let mut stream = Stream::new(7, Entity::Payer, 0, Purpose::Habits);
        let mut days: Vec<i64> = (0..999).map(|_| stream.days(100)).collect();
        days.sort_unstable();
        assert!((90..112).contains(&days[499]));
        assert!(days[998] <= 199 && days[0] >= 50);
    }
}
