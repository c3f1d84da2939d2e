//! A run of segments that belong together, borrowed from the reader's buffer.

use memchr::memchr;

use crate::delimiters::Delimiters;
use crate::segment::{Place, Segment, Tag};

/// What a block is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// One segment outside transactions: ISA, GS, GE, IEA, TA1, or something stray.
    Envelope,
    /// ST and what precedes the first unit.
    Head,
    /// One repeating unit: a claim payment, a claim, a level.
    Unit,
    /// What follows the last unit: PLB and SE of an 835.
    Tail,
}

/// Where one segment stands in the buffer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mark {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) tag: Tag,
    /// Where its first 64 bytes hold element separators.
    pub(crate) elements: u64,
}

/// A run of segments. It lives until the reader is asked for the next one.
#[derive(Clone, Copy, Debug)]
pub struct Block<'a> {
    pub(crate) kind: Kind,
    pub(crate) buffer: &'a [u8],
    pub(crate) marks: &'a [Mark],
    /// Offset in the file of the buffer's first byte.
    pub(crate) offset: u64,
    /// Number of the first segment.
    pub(crate) first: u32,
    pub(crate) delimiters: Delimiters,
    /// First and last buffer byte of the block, with line breaks and stray text before it.
    pub(crate) raw: (usize, usize),
}

impl<'a> Block<'a> {
    /// What the block is.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// Its segments in order.
    #[inline]
    pub fn segments(&self) -> impl ExactSizeIterator<Item = Segment<'a>> + Clone + use<'a> {
        let (buffer, offset, first, delimiters) =
            (self.buffer, self.offset, self.first, self.delimiters);
        self.marks.iter().enumerate().map(move |(at, mark)| {
            let number = first.saturating_add(u32::try_from(at).unwrap_or(u32::MAX));
            let place = Place { segment: number, byte: offset + mark.start as u64 };
            let raw = buffer.get(mark.start..mark.end).unwrap_or_default();
            Segment::marked(raw, delimiters, place, mark)
        })
    }

    /// Its first segment.
    #[must_use]
    pub fn opener(&self) -> Option<Segment<'a>> {
        self.segments().next()
    }

    /// Every byte that it covers, terminators, line breaks and stray text before it included; the
    /// blocks of a file, put end to end, are the file.
    #[must_use]
    pub fn raw(&self) -> &'a [u8] {
        self.buffer.get(self.raw.0..self.raw.1).unwrap_or_default()
    }

    /// Offset in the file after its last byte.
    #[must_use]
    pub const fn end(&self) -> u64 {
        self.offset + self.raw.1 as u64
    }

    /// The separators in force.
    #[must_use]
    pub const fn delimiters(&self) -> Delimiters {
        self.delimiters
    }
}

/// A block whose bytes were kept, to be read again with the separators it was read with.
#[derive(Clone, Debug)]
pub struct Kept<'a> {
    raw: &'a [u8],
    marks: Vec<Mark>,
    delimiters: Delimiters,
    at: Place,
}

impl<'a> Kept<'a> {
    /// Finds the segments of a block's [`Block::raw`] bytes; `at` is where its first one stood.
    #[must_use]
    pub fn new(raw: &'a [u8], delimiters: Delimiters, at: Place) -> Kept<'a> {
        let mut marks = Vec::new();
        let mut start = 0;
        while let Some(blanks) = raw.get(start..).and_then(first_letter) {
            start += blanks;
            let rest = raw.get(start..).unwrap_or_default();
            let length = memchr(delimiters.segment, rest);
            let end = start + length.unwrap_or_else(|| rest.trim_ascii_end().len());
            let segment = raw.get(start..end).unwrap_or_default();
            marks.push(Mark {
                start,
                end,
                tag: Tag::of_segment(segment, delimiters.element),
                elements: crate::separators::marks(segment, delimiters.element),
            });
            start = length.map_or(raw.len(), |_| end + 1);
        }
        Kept { raw, marks, delimiters, at }
    }

    /// The block again, as a unit.
    #[must_use]
    pub fn block(&self) -> Block<'_> {
        let before = self.marks.first().map_or(0, |mark| mark.start as u64);
        Block {
            kind: Kind::Unit,
            buffer: self.raw,
            marks: &self.marks,
            offset: self.at.byte.saturating_sub(before),
            first: self.at.segment,
            delimiters: self.delimiters,
            raw: (0, self.raw.len()),
        }
    }
}

fn first_letter(bytes: &[u8]) -> Option<usize> {
    bytes.iter().position(|byte| !crate::reader::is_blank(*byte))
}
