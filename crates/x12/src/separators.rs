//! Finds every separator and terminator of some bytes, eight bytes at a time.
//!
//! Elements are about four bytes long and segments about eighteen, so a search that starts anew
//! for each would spend its time on starting. Here one pass sets a bit for each place, 64 places
//! to a number, and the bits are walked.

use crate::delimiters::Delimiters;

/// Bytes that one set of marks covers.
const WINDOW: usize = 64;

/// The places of a separator in bytes, in order.
#[derive(Clone, Debug)]
pub(crate) struct Separators<'a> {
    bytes: &'a [u8],
    separator: u8,
    /// First byte of the window.
    base: usize,
    /// One bit for each separator of the window that is still to be told.
    marks: u64,
}

impl<'a> Separators<'a> {
    #[inline]
    pub(crate) fn new(bytes: &'a [u8], separator: u8) -> Separators<'a> {
        Separators::marked(bytes, separator, marks(bytes, separator))
    }

    /// The same where the marks of the first 64 bytes are known.
    #[inline]
    pub(crate) const fn marked(bytes: &'a [u8], separator: u8, marks: u64) -> Separators<'a> {
        Separators { bytes, separator, base: 0, marks }
    }
}

impl Iterator for Separators<'_> {
    type Item = usize;

    #[inline]
    fn next(&mut self) -> Option<usize> {
        while self.marks == 0 {
            if self.bytes.len() <= WINDOW {
                return None;
            }
            self.bytes = self.bytes.get(WINDOW..).unwrap_or_default();
            self.base = self.base.wrapping_add(WINDOW);
            self.marks = marks(self.bytes, self.separator);
        }
        let at = self.base.wrapping_add(self.marks.trailing_zeros() as usize);
        self.marks &= self.marks.wrapping_sub(1);
        Some(at)
    }
}

/// Windows that are looked at in one go.
const WINDOWS: usize = 64;

/// Where the next segments of a buffer end and where their elements do.
#[derive(Clone, Debug)]
pub(crate) struct Index {
    /// The bytes that are covered.
    from: usize,
    to: usize,
    ends: [u64; WINDOWS],
    elements: [u64; WINDOWS],
}

impl Index {
    pub(crate) const fn new() -> Index {
        Index { from: 0, to: 0, ends: [0; WINDOWS], elements: [0; WINDOWS] }
    }

    /// The buffer was moved, or other separators hold from here on.
    pub(crate) const fn forget(&mut self) {
        (self.from, self.to) = (0, 0);
    }

    /// Where the segment that begins at `from` ends; `None` where its terminator is not near.
    #[inline]
    pub(crate) fn end(&mut self, buffer: &[u8], from: usize, told: Delimiters) -> Option<usize> {
        self.known_end(from).or_else(|| {
            self.cover(buffer, from, told);
            self.known_end(from)
        })
    }

    #[inline]
    fn known_end(&self, from: usize) -> Option<usize> {
        if from < self.from || from >= self.to {
            return None;
        }
        let (window, bit) = place(from.wrapping_sub(self.from));
        let first = *self.ends.get(window)? >> bit;
        if first != 0 {
            return Some(from.wrapping_add(first.trailing_zeros() as usize));
        }
        let later = self.ends.get(window.wrapping_add(1)..)?;
        let (at, marks) = later.iter().enumerate().find(|(_, marks)| **marks != 0)?;
        let window = window.wrapping_add(1).wrapping_add(at);
        Some(self.from.wrapping_add(window * WINDOW).wrapping_add(marks.trailing_zeros() as usize))
    }

    #[cold]
    fn cover(&mut self, buffer: &[u8], from: usize, told: Delimiters) {
        let bytes = buffer.get(from..).unwrap_or_default();
        let bytes = bytes.get(..WINDOWS * WINDOW).unwrap_or(bytes);
        (self.from, self.to) = (from, from.wrapping_add(bytes.len()));
        let windows = bytes.chunks(WINDOW).map(Some).chain(std::iter::repeat(None));
        let places = self.ends.iter_mut().zip(&mut self.elements);
        for ((ends, elements), window) in places.zip(windows) {
            let window = window.unwrap_or_default();
            *ends = marks(window, told.segment);
            *elements = marks(window, told.element);
        }
    }

    /// The marks of the first 64 bytes of the segment from `from` to `to`.
    #[inline]
    pub(crate) fn elements(&self, from: usize, to: usize) -> u64 {
        let (window, bit) = place(from.wrapping_sub(self.from));
        let at = |window: usize| self.elements.get(window).copied().unwrap_or_default();
        // The second shift is in two steps, since a shift by all 64 bits would be by none.
        let marks = at(window) >> bit | at(window.wrapping_add(1)) << 1 << (63 - bit);
        match to.wrapping_sub(from) {
            length @ 0..WINDOW => marks & (1_u64 << length).wrapping_sub(1),
            _ => marks,
        }
    }
}

const fn place(distance: usize) -> (usize, u32) {
    (distance / WINDOW, (distance % WINDOW) as u32)
}

/// A bit for each of the first 64 bytes that is the separator.
#[inline]
pub(crate) fn marks(bytes: &[u8], separator: u8) -> u64 {
    let bytes = bytes.get(..WINDOW).unwrap_or(bytes);
    let pattern = u64::from_ne_bytes([separator; 8]);
    let (words, rest) = bytes.as_chunks::<8>();
    let (mut found, mut shift) = (0, 0);
    for word in words {
        found |= eight(u64::from_le_bytes(*word) ^ pattern) << shift;
        shift += 8;
    }
    match (rest, bytes.last_chunk::<8>()) {
        ([], _) => found,
        // The last eight bytes overlap the word before: the same bits are set twice.
        (_, Some(word)) => {
            found | eight(u64::from_le_bytes(*word) ^ pattern) << (bytes.len().wrapping_sub(8) & 63)
        }
        (rest, None) => {
            rest.iter().rev().fold(0, |found, byte| found << 1 | u64::from(*byte == separator))
        }
    }
}

/// A bit for each byte of the word that is zero.
#[inline]
const fn eight(word: u64) -> u64 {
    const LOW: u64 = 0x7f7f_7f7f_7f7f_7f7f;
    let zeros = !((word & LOW).wrapping_add(LOW) | word | LOW);
    // Eight single bits, eight apart, brought together by one multiplication.
    (zeros >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::delimiters::USUAL;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn places_are_those_of_a_plain_search(
            bytes in prop::collection::vec(
                prop::sample::select(b"*~A\xff\x00+\xaa)".to_vec()), 0..200,
            ),
            separator in prop::sample::select(b"*~\xaa\x00".to_vec()),
        ) {
            let found: Vec<usize> = Separators::new(&bytes, separator).collect();
            let plain: Vec<usize> =
                (0..bytes.len()).filter(|at| bytes[*at] == separator).collect();
            prop_assert_eq!(found, plain);
        }

        #[test]
        fn an_index_finds_the_same_ends_and_elements(
            words in prop::collection::vec("[A-Z0-9*]{0,90}", 0..120),
        ) {
            let text: String = words.iter().map(|word| format!("{word}~")).collect();
            let (mut index, mut from) = (Index::new(), 0);
            for word in words {
                let end = index.end(text.as_bytes(), from, USUAL);
                prop_assert_eq!(end, Some(from + word.len()));
                prop_assert_eq!(
                    index.elements(from, from + word.len()),
                    marks(word.as_bytes(), b'*')
                );
                from += word.len() + 1;
            }
            prop_assert_eq!(index.end(text.as_bytes(), from, USUAL), None);
        }
    }
}
