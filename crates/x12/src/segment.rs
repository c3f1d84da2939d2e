//! A segment with its place; elements are found when they are asked for.

use std::borrow::Cow;

use memchr::{memchr, memchr_iter};

use crate::delimiters::Delimiters;

/// Where something stands in a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Number of the segment in the file, from 1; 0 before the first.
    pub segment: u32,
    /// Offset of its first byte in the file.
    pub byte: u64,
}

/// One segment, borrowed from what was read; the terminator is not part of it.
#[derive(Clone, Copy, Debug)]
pub struct Segment<'a> {
    raw: &'a [u8],
    delimiters: Delimiters,
    place: Place,
}

impl<'a> Segment<'a> {
    /// A segment over its bytes.
    #[must_use]
    pub const fn new(raw: &'a [u8], delimiters: Delimiters, place: Place) -> Segment<'a> {
        Segment { raw, delimiters, place }
    }

    /// The bytes without the terminator.
    #[must_use]
    pub const fn raw(&self) -> &'a [u8] {
        self.raw
    }

    /// Where it stands.
    #[must_use]
    pub const fn place(&self) -> Place {
        self.place
    }

    /// The letters before the first separator, such as `CLP`.
    #[must_use]
    pub fn id(&self) -> &'a [u8] {
        match self.raw {
            // Nearly every id has two or three letters: two looks instead of a search.
            [_, _, third, ..] if *third == self.delimiters.element => self.id_of(2),
            [_, _, _, fourth, ..] if *fourth == self.delimiters.element => self.id_of(3),
            raw => self.id_of(memchr(self.delimiters.element, raw).unwrap_or(raw.len())),
        }
    }

    fn id_of(&self, length: usize) -> &'a [u8] {
        let id = self.raw.get(..length).unwrap_or_default();
        // A separator within the first two bytes makes an odd id; the search finds the first.
        match memchr(self.delimiters.element, id) {
            Some(end) => id.get(..end).unwrap_or_default().trim_ascii_end(),
            None => id.trim_ascii_end(),
        }
    }

    /// The id and the first elements at once, in one pass: as many pieces as the caller asks for,
    /// the last piece ending at its separator too; empty where the segment is shorter.
    #[must_use]
    pub fn split<const COUNT: usize>(&self) -> [&'a [u8]; COUNT] {
        let mut pieces = [b"".as_slice(); COUNT];
        let (mut from, mut piece) = (0, 0);
        for (at, byte) in self.raw.iter().enumerate() {
            if *byte == self.delimiters.element {
                let Some(slot) = pieces.get_mut(piece) else { return pieces };
                *slot = self.raw.get(from..at).unwrap_or_default();
                (from, piece) = (at + 1, piece + 1);
            }
        }
        if let Some(slot) = pieces.get_mut(piece) {
            *slot = self.raw.get(from..).unwrap_or_default();
        }
        pieces
    }

    /// The separators in force.
    #[must_use]
    pub const fn delimiters(&self) -> Delimiters {
        self.delimiters
    }

    /// Elements in order, from the first after the id.
    pub fn elements(&self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        let mut pieces = Pieces::new(self.raw, self.delimiters.element);
        pieces.next();
        pieces
    }

    /// Element `number` as the guides count, from 1; empty where the segment is shorter.
    #[must_use]
    pub fn bytes(&self, number: usize) -> &'a [u8] {
        Pieces::new(self.raw, self.delimiters.element).nth(number).unwrap_or_default()
    }

    /// Element `number` as text without blanks around it; bytes that are no UTF-8 are replaced.
    #[must_use]
    pub fn text(&self, number: usize) -> Cow<'a, str> {
        text(self.bytes(number))
    }

    /// Components of an element, from the first.
    pub fn components(&self, element: &'a [u8]) -> impl Iterator<Item = Cow<'a, str>> + use<'a> {
        Pieces::new(element, self.delimiters.component).map(text)
    }

    /// Component `part` of element `number`, both from 1; empty where there is none.
    #[must_use]
    pub fn component(&self, number: usize, part: usize) -> Cow<'a, str> {
        self.components(self.bytes(number)).nth(part.saturating_sub(1)).unwrap_or_default()
    }

    /// True where the segment has this id and this first element, such as `REF` and `6R`.
    #[must_use]
    pub fn is(&self, id: &[u8], qualifier: &[u8]) -> bool {
        self.id() == id && self.bytes(1) == qualifier
    }
}

/// Bytes as text, trimmed; what is no UTF-8 is replaced, never dropped with its neighbours.
#[must_use]
pub fn text(bytes: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(bytes.trim_ascii())
}

/// Pieces of bytes between one separator; unlike `split` it ends for good with the last piece.
struct Pieces<'a> {
    bytes: &'a [u8],
    from: usize,
    ends: memchr::Memchr<'a>,
    done: bool,
}

impl<'a> Pieces<'a> {
    fn new(bytes: &'a [u8], separator: u8) -> Pieces<'a> {
        Pieces { bytes, from: 0, ends: memchr_iter(separator, bytes), done: false }
    }
}

impl<'a> Iterator for Pieces<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        if self.done {
            return None;
        }
        let end = self.ends.next().unwrap_or_else(|| {
            self.done = true;
            self.bytes.len()
        });
        let piece = self.bytes.get(self.from..end);
        self.from = end + 1;
        piece
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::delimiters::USUAL;

    fn segment(raw: &str) -> Segment<'_> {
        Segment::new(raw.as_bytes(), USUAL, Place::default())
    }

    #[test]
    fn elements_count_from_one() {
        let clp = segment("CLP*A1*4**0");
        assert_eq!(clp.id(), b"CLP");
        assert_eq!(clp.text(1), "A1");
        assert_eq!(clp.text(3), "");
        assert_eq!(clp.text(9), "");
        assert_eq!(clp.elements().count(), 4);
    }

    #[test]
    fn an_id_ends_at_the_first_separator() {
        for (raw, id) in [("A*B*C", "A"), ("*AB*C", ""), ("SE", "SE"), ("SVC1*2", "SVC1")] {
            assert_eq!(segment(raw).id(), id.as_bytes(), "{raw}");
        }
    }

    #[test]
    fn a_split_is_the_elements() {
        let cas = segment("CAS*CO*45*10");
        assert_eq!(cas.split::<6>(), [b"CAS".as_slice(), b"CO", b"45", b"10", b"", b""]);
        assert_eq!(cas.split::<2>(), [b"CAS".as_slice(), b"CO"]);
    }

    #[test]
    fn components_count_from_one() {
        let svc = segment("SVC*HC:99213:25*100");
        assert_eq!(svc.component(1, 2), "99213");
        assert_eq!(svc.component(1, 9), "");
    }

    #[test]
    fn bytes_that_are_no_text_do_not_stop_it() {
        let odd = Segment::new(b"NM1*\xff\xfe", USUAL, Place::default());
        assert_eq!(odd.text(1), "\u{fffd}\u{fffd}");
    }
}
