//! A set of places, one bit each.

/// Which cases of a board.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Places {
    bits: Vec<u64>,
}

impl Places {
    /// Those of the first `len` places that fit.
    pub(crate) fn of(len: usize, mut fits: impl FnMut(usize) -> bool) -> Places {
        let word = |first: usize| {
            let last = len.min(first + 64);
            (first..last).fold(0, |word, place| word | (u64::from(fits(place)) << (place - first)))
        };
        Places { bits: (0..len).step_by(64).map(word).collect() }
    }

    /// Leaves those that the other set has too.
    pub(crate) fn keep(&mut self, other: &Places) {
        for (word, other) in self.bits.iter_mut().zip(&other.bits) {
            *word &= other;
        }
    }

    /// Takes out some places.
    pub(crate) fn drop(&mut self, places: &[u32]) {
        for place in places {
            if let Some(word) = self.bits.get_mut(*place as usize / 64) {
                *word &= !(1 << (place % 64));
            }
        }
    }

    /// Writes whether a place is among them; one beyond the last makes room for itself.
    pub(crate) fn set(&mut self, place: u32, is_in: bool) {
        let at = place as usize / 64;
        if self.bits.len() <= at {
            self.bits.resize(at + 1, 0);
        }
        self.bits[at] = self.bits[at] & !(1 << (place % 64)) | u64::from(is_in) << (place % 64);
    }

    /// The bits, 64 places in each.
    pub(crate) fn words(&self) -> impl Iterator<Item = u64> {
        self.bits.iter().copied()
    }

    /// The bits of what both sets have.
    pub(crate) fn words_with(&self, other: &Places) -> impl Iterator<Item = u64> {
        self.bits.iter().zip(&other.bits).map(|(word, other)| word & other)
    }

    /// True where the place is among them.
    #[must_use]
    pub fn has(&self, place: u32) -> bool {
        let word = self.bits.get(place as usize / 64).copied().unwrap_or(0);
        word >> (place % 64) & 1 == 1
    }

    /// How many.
    #[must_use]
    pub fn len(&self) -> usize {
        self.bits.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// True where no case fits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.bits.iter().all(|word| *word == 0)
    }

    /// Each place, ascending, handed on: faster than [`Places::iter`] where most are there.
    pub(crate) fn each(&self, mut hear: impl FnMut(usize)) {
        for (first, word) in (0..).step_by(64).zip(&self.bits) {
            if *word == u64::MAX {
                (first..first + 64).for_each(&mut hear);
                continue;
            }
            let mut left = *word;
            while left != 0 {
                hear(first + left.trailing_zeros() as usize);
                left &= left - 1;
            }
        }
    }

    /// Each place, ascending.
    pub(crate) fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        let words = self.bits.iter().zip((0_u32..).step_by(64));
        words.flat_map(|(word, first)| {
            let mut left = *word;
            std::iter::from_fn(move || {
                let at = left.trailing_zeros();
                left &= left.wrapping_sub(1);
                (at < 64).then_some(first + at)
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_holds_what_fits_across_words() {
        let mut threes = Places::of(200, |place| place % 3 == 0);
        assert_eq!(threes.len(), 67);
        assert!(threes.has(129) && !threes.has(130) && !threes.has(9_999));
        threes.keep(&Places::of(200, |place| place % 50 == 0));
        assert_eq!(threes.iter().collect::<Vec<_>>(), [0, 150]);
        assert!(Places::default().is_empty());
    }
}
