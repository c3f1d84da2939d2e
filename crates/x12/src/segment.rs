//! A segment with its place; elements are found when they are asked for.

use std::borrow::Cow;

use memchr::memchr;

use crate::block::Mark;
use crate::delimiters::Delimiters;
use crate::separators::{Separators, marks};

/// Where something stands in a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Number of the segment in the file, from 1; 0 before the first.
    pub segment: u32,
    /// Offset of its first byte in the file.
    pub byte: u64,
}

/// A segment id packed into a number: comparing two is one step, where comparing bytes is many.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tag(u32);

impl Tag {
    /// The tag of an id of one to three letters; every longer or empty id has one tag together,
    /// which is that of no known segment.
    #[must_use]
    pub const fn of(id: &[u8]) -> Tag {
        match *id {
            [first] => Tag::packed(first, 0, 0),
            [first, second] => Tag::packed(first, second, 0),
            [first, second, third] => Tag::packed(first, second, third),
            _ => Tag(0),
        }
    }

    /// A number that scatters the tags of a guide.
    pub(crate) const fn hash(self) -> usize {
        (self.0.wrapping_mul(0x9e37_79b1) >> 20) as usize
    }

    const fn packed(first: u8, second: u8, third: u8) -> Tag {
        Tag(u32::from_be_bytes([0, first, second, third]))
    }

    /// The tag of a segment by its first bytes, up to the separator and without blanks before it.
    pub(crate) fn of_segment(raw: &[u8], separator: u8) -> Tag {
        match raw {
            [first, second, end, ..] if *end == separator && is_plain(*first, *second) => {
                Tag::packed(*first, *second, 0)
            }
            [first, second, third, end, ..]
                if *end == separator && is_plain(*first, *second) && is_plain(*third, b'A') =>
            {
                Tag::packed(*first, *second, *third)
            }
            raw => {
                let end = memchr(separator, raw).unwrap_or(raw.len());
                Tag::of(raw.get(..end).unwrap_or_default().trim_ascii_end())
            }
        }
    }

    /// True for two or three letters and digits.
    pub(crate) const fn is_well_formed(self) -> bool {
        let [_, first, second, third] = self.0.to_be_bytes();
        is_plain(first, second) && (third == 0 || third.is_ascii_alphanumeric())
    }
}

/// The segments that shape the reading of every transaction.
pub(crate) mod tag {
    use super::Tag;
    pub(crate) const ISA: Tag = Tag::of(b"ISA");
    pub(crate) const GS: Tag = Tag::of(b"GS");
    pub(crate) const ST: Tag = Tag::of(b"ST");
    pub(crate) const SE: Tag = Tag::of(b"SE");
    pub(crate) const GE: Tag = Tag::of(b"GE");
    pub(crate) const IEA: Tag = Tag::of(b"IEA");
    pub(crate) const HL: Tag = Tag::of(b"HL");
    pub(crate) const CLP: Tag = Tag::of(b"CLP");
    pub(crate) const LX: Tag = Tag::of(b"LX");
}

const fn is_plain(first: u8, second: u8) -> bool {
    first.is_ascii_alphanumeric() && second.is_ascii_alphanumeric()
}

/// One segment, borrowed from what was read; the terminator is not part of it.
#[derive(Clone, Copy, Debug)]
pub struct Segment<'a> {
    raw: &'a [u8],
    delimiters: Delimiters,
    place: Place,
    tag: Tag,
    /// Where its first 64 bytes hold element separators.
    marks: u64,
}

impl<'a> Segment<'a> {
    /// A segment over its bytes.
    #[must_use]
    pub fn new(raw: &'a [u8], delimiters: Delimiters, place: Place) -> Segment<'a> {
        let tag = Tag::of_segment(raw, delimiters.element);
        Segment { raw, delimiters, place, tag, marks: marks(raw, delimiters.element) }
    }

    /// The same where the reader knows the tag and the separators already.
    #[inline]
    pub(crate) const fn marked(
        raw: &'a [u8],
        delimiters: Delimiters,
        place: Place,
        mark: &Mark,
    ) -> Segment<'a> {
        Segment { raw, delimiters, place, tag: mark.tag, marks: mark.elements }
    }

    /// The bytes without the terminator.
    #[must_use]
    #[inline]
    pub const fn raw(&self) -> &'a [u8] {
        self.raw
    }

    /// Where it stands.
    #[must_use]
    #[inline]
    pub const fn place(&self) -> Place {
        self.place
    }

    /// The letters before the first separator, such as `CLP`.
    #[must_use]
    pub fn id(&self) -> &'a [u8] {
        let end = memchr(self.delimiters.element, self.raw).unwrap_or(self.raw.len());
        self.raw.get(..end).unwrap_or_default().trim_ascii_end()
    }

    /// The id as a number, for comparing.
    #[must_use]
    #[inline]
    pub const fn tag(&self) -> Tag {
        self.tag
    }

    /// The id and the first elements at once, in one pass: as many pieces as the caller asks for,
    /// the last piece ending at its separator too; empty where the segment is shorter.
    #[must_use]
    #[inline]
    pub fn split<const COUNT: usize>(&self) -> [&'a [u8]; COUNT] {
        let mut pieces = [b"".as_slice(); COUNT];
        let mut from = 0;
        let mut ends = self.separators();
        for slot in &mut pieces {
            let end = ends.next();
            *slot = self.raw.get(from..end.unwrap_or(self.raw.len())).unwrap_or_default();
            let Some(end) = end else { break };
            from = end.wrapping_add(1);
        }
        pieces
    }

    #[inline]
    const fn separators(&self) -> Separators<'a> {
        Separators::marked(self.raw, self.delimiters.element, self.marks)
    }

    /// The separators in force.
    #[must_use]
    #[inline]
    pub const fn delimiters(&self) -> Delimiters {
        self.delimiters
    }

    /// Elements in order, from the first after the id.
    #[inline]
    pub fn elements(&self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        self.pieces().skip(1)
    }

    /// Element `number` as the guides count, from 1; empty where the segment is shorter.
    #[must_use]
    pub fn bytes(&self, number: usize) -> &'a [u8] {
        self.pieces().nth(number).unwrap_or_default()
    }

    #[inline]
    const fn pieces(&self) -> Pieces<'a> {
        Pieces { bytes: self.raw, from: 0, ends: self.separators(), done: false }
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

/// Bytes as text, trimmed; what is no UTF-8 is replaced, never dropped with its neighbours. So is a
/// byte of zero, which some databases keep in no text.
#[must_use]
#[inline]
pub fn text(bytes: &[u8]) -> Cow<'_, str> {
    let bytes = bytes.trim_ascii();
    // Nearly all is plain text; the lossy reading costs several times the check.
    match std::str::from_utf8(bytes) {
        Ok(text) if memchr::memchr(0, bytes).is_none() => Cow::Borrowed(text),
        Ok(_) | Err(_) => replaced(bytes),
    }
}

#[cold]
fn replaced(bytes: &[u8]) -> Cow<'_, str> {
    Cow::Owned(String::from_utf8_lossy(bytes).replace('\0', "\u{FFFD}"))
}

/// Pieces of bytes between one separator; unlike `split` it ends for good with the last piece.
struct Pieces<'a> {
    bytes: &'a [u8],
    from: usize,
    ends: Separators<'a>,
    done: bool,
}

impl<'a> Pieces<'a> {
    fn new(bytes: &'a [u8], separator: u8) -> Pieces<'a> {
        Pieces { bytes, from: 0, ends: Separators::new(bytes, separator), done: false }
    }
}

impl<'a> Iterator for Pieces<'a> {
    type Item = &'a [u8];

    #[inline]
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
        for (raw, id) in
            [("A*B*C", "A"), ("*AB*C", ""), ("SE", "SE"), ("SVC1*2", "SVC1"), ("N1 *PR", "N1")]
        {
            assert_eq!(segment(raw).id(), id.as_bytes(), "{raw}");
            assert_eq!(segment(raw).tag(), Tag::of(id.as_bytes()), "{raw}");
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
        let zero = Segment::new(b"NM1*a\0b", USUAL, Place::default());
        assert_eq!(zero.text(1), "a\u{fffd}b");
    }
}
