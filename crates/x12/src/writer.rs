//! Segments to bytes.

use crate::delimiters::Delimiters;
use crate::segment::Segment;

/// Writes segments with the separators they were read with, each followed by its terminator.
/// Line breaks between segments and stray text are not written again.
pub fn write<'a>(
    segments: impl Iterator<Item = Segment<'a>>,
    delimiters: Delimiters,
    out: &mut Vec<u8>,
) {
    for segment in segments {
        out.extend_from_slice(segment.raw());
        out.push(delimiters.segment);
    }
}
