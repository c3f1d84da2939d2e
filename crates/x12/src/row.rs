//! A segment of its own, kept byte for byte until one of its elements is changed.

use std::borrow::Cow;
use std::fmt;
use std::hash::{Hash, Hasher};

use memchr::memchr;

use crate::delimiters::Delimiters;
use crate::segment::{Place, Segment};
use crate::writer::{Unwritable, WriteFault};

/// A segment that is owned. Its bytes stay as they were read; a change writes one element anew and
/// leaves the others. `Debug` shows its id alone: the rest may be about a patient.
#[derive(Clone)]
pub struct Row {
    raw: Vec<u8>,
    delimiters: Delimiters,
}

impl Row {
    /// The segment, without the line break that some put before its terminator.
    #[must_use]
    pub fn read(segment: &Segment<'_>) -> Row {
        let raw = segment.raw().trim_ascii_end().to_vec();
        Row { raw, delimiters: segment.delimiters() }
    }

    /// A segment that has its id and no elements yet.
    #[must_use]
    pub fn new(id: &str, delimiters: Delimiters) -> Row {
        Row { raw: id.as_bytes().to_vec(), delimiters }
    }

    /// The segment, to be read.
    #[must_use]
    pub fn segment(&self) -> Segment<'_> {
        Segment::new(&self.raw, self.delimiters, Place::default())
    }

    /// Its bytes with the separators that it was read with.
    #[must_use]
    pub fn raw(&self) -> &[u8] {
        &self.raw
    }

    /// The separators that it was read with.
    #[must_use]
    pub const fn delimiters(&self) -> Delimiters {
        self.delimiters
    }

    /// The letters before the first separator.
    #[must_use]
    pub fn id(&self) -> &[u8] {
        let end = memchr(self.delimiters.element, &self.raw).unwrap_or(self.raw.len());
        self.raw.get(..end).unwrap_or_default().trim_ascii_end()
    }

    /// True where the segment has this id and, unless the qualifier is empty, this first element.
    #[must_use]
    pub fn is(&self, id: &str, qualifier: &str) -> bool {
        self.id() == id.as_bytes()
            && (qualifier.is_empty() || self.bytes(1).trim_ascii() == qualifier.as_bytes())
    }

    /// Element `number` as the guides count, from 1; empty where the segment is shorter.
    #[must_use]
    pub fn bytes(&self, number: usize) -> &[u8] {
        self.raw.split(|byte| *byte == self.delimiters.element).nth(number).unwrap_or_default()
    }

    /// Element `number` as text without blanks around it.
    #[must_use]
    pub fn text(&self, number: usize) -> Cow<'_, str> {
        crate::segment::text(self.bytes(number))
    }

    /// Component `part` of element `number`, both from 1.
    #[must_use]
    pub fn part(&self, number: usize, part: usize) -> Cow<'_, str> {
        let mut parts = self.bytes(number).split(|byte| *byte == self.delimiters.component);
        crate::segment::text(parts.nth(part.saturating_sub(1)).unwrap_or_default())
    }

    /// How many elements it has, empty ones between others included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.raw.iter().filter(|byte| **byte == self.delimiters.element).count()
    }

    /// True where no element is filled.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        (1..=self.len()).all(|number| self.bytes(number).trim_ascii().is_empty())
    }

    /// Writes one whole element; those left out before it are made, empty ones at the end go.
    ///
    /// # Errors
    /// [`Unwritable`] where the text holds a separator or a control character.
    pub fn set(&mut self, number: usize, text: &str) -> Result<(), Unwritable> {
        self.refuse(number, text.as_bytes())?;
        self.put(number, text.as_bytes());
        Ok(())
    }

    /// Writes one component of an element and leaves the others.
    ///
    /// # Errors
    /// [`Unwritable`] where the text holds a separator or a control character.
    pub fn set_part(&mut self, number: usize, part: usize, text: &str) -> Result<(), Unwritable> {
        self.refuse(number, text.as_bytes())?;
        let separator = self.delimiters.component;
        let element = self.bytes(number).to_vec();
        let mut parts: Vec<&[u8]> = element.split(|byte| *byte == separator).collect();
        if parts.len() < part {
            parts.resize(part, b"");
        }
        if let Some(slot) = parts.get_mut(part.saturating_sub(1)) {
            *slot = text.as_bytes();
        }
        let joined = joined(&parts, separator);
        self.put(number, &joined);
        Ok(())
    }

    /// Takes an element out; those after it move up.
    pub fn take_out(&mut self, number: usize) {
        let separator = self.delimiters.element;
        let mut pieces: Vec<&[u8]> = self.raw.split(|byte| *byte == separator).collect();
        if (1..pieces.len()).contains(&number) {
            pieces.remove(number);
            self.raw = joined(&pieces, separator);
        }
    }

    /// The bytes with other separators.
    ///
    /// # Errors
    /// [`Unwritable`] names the first element that holds one of the others as plain text.
    pub fn written(&self, others: Delimiters) -> Result<Cow<'_, [u8]>, Unwritable> {
        if others == self.delimiters {
            return Ok(Cow::Borrowed(&self.raw));
        }
        let own = self.delimiters;
        let is_own = |byte: u8| {
            [own.element, own.component, own.segment].contains(&byte)
                || own.repetition == Some(byte)
        };
        let foreign = |byte: &u8| !is_own(*byte) && is_separator(*byte, others);
        for number in 0..=self.len() {
            if self.bytes(number).iter().any(foreign) {
                return Err(self.unwritable(number));
            }
        }
        let mut bytes = translated(&self.raw, own, others);
        bytes.retain(|byte| !matches!(byte, b'\r' | b'\n'));
        Ok(Cow::Owned(bytes))
    }

    fn refuse(&self, number: usize, text: &[u8]) -> Result<(), Unwritable> {
        let is_bad = |byte: &u8| byte.is_ascii_control() || is_separator(*byte, self.delimiters);
        if text.iter().any(is_bad) { Err(self.unwritable(number)) } else { Ok(()) }
    }

    fn unwritable(&self, element: usize) -> Unwritable {
        let segment = String::from_utf8_lossy(self.id()).into_owned();
        Unwritable { segment, element, fault: WriteFault::Separator }
    }

    fn put(&mut self, number: usize, text: &[u8]) {
        let separator = self.delimiters.element;
        let mut pieces: Vec<&[u8]> = self.raw.split(|byte| *byte == separator).collect();
        if pieces.len() <= number {
            pieces.resize(number + 1, b"");
        }
        if let Some(slot) = pieces.get_mut(number) {
            *slot = text;
        }
        self.raw = joined(&pieces, separator);
    }
}

impl PartialEq for Row {
    fn eq(&self, other: &Row) -> bool {
        self.raw == other.raw && self.delimiters == other.delimiters
    }
}

impl Eq for Row {}

impl Hash for Row {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.raw.hash(state);
    }
}

impl fmt::Debug for Row {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}(…)", String::from_utf8_lossy(self.id()))
    }
}

fn is_separator(byte: u8, of: Delimiters) -> bool {
    [of.element, of.component, of.segment].contains(&byte) || of.repetition == Some(byte)
}

/// Pieces with the separator between them, without empty ones at the end.
fn joined(pieces: &[&[u8]], separator: u8) -> Vec<u8> {
    let filled = pieces.iter().rposition(|piece| !piece.is_empty()).map_or(0, |last| last + 1);
    pieces.get(..filled).unwrap_or_default().join(&separator)
}

fn translated(bytes: &[u8], from: Delimiters, to: Delimiters) -> Vec<u8> {
    let change = |byte: &u8| match *byte {
        one if one == from.element => to.element,
        one if one == from.component => to.component,
        one if Some(one) == from.repetition => to.repetition.unwrap_or(one),
        one => one,
    };
    bytes.iter().map(change).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::delimiters::USUAL;

    fn row(text: &str) -> Row {
        Row::read(&Segment::new(text.as_bytes(), USUAL, Place::default()))
    }

    #[test]
    fn a_change_writes_one_element_and_leaves_the_others() {
        let mut claim = row("CLM*A1*100.0***11:B:1*Y**");
        claim.set_part(5, 3, "7").expect("plain text");
        assert_eq!(claim.raw(), b"CLM*A1*100.0***11:B:7*Y");
        claim.set(20, "9").expect("plain text");
        assert_eq!(claim.raw(), b"CLM*A1*100.0***11:B:7*Y**************9");
        claim.set(20, "").expect("plain text");
        claim.set_part(5, 3, "").expect("plain text");
        assert_eq!(claim.raw(), b"CLM*A1*100.0***11:B*Y");
        assert_eq!((claim.part(5, 2).as_ref(), claim.len()), ("B", 6));
    }

    #[test]
    fn what_x12_cannot_carry_is_refused_and_nothing_changes() {
        let mut note = row("NTE*ADD*PLAIN");
        for text in ["A*B", "A~", "A:B", "A^B", "A\tB"] {
            let fault = note.set(2, text).expect_err("a separator");
            assert_eq!((fault.segment.as_str(), fault.element), ("NTE", 2), "{text}");
        }
        assert_eq!(note.raw(), b"NTE*ADD*PLAIN");
        assert_eq!(format!("{note:?}"), "NTE(…)");
    }

    #[test]
    fn other_separators_are_put_in_their_place() {
        let others =
            Delimiters { element: b'|', component: b'>', repetition: None, segment: b'\n' };
        let written = row("SV1*HC:99213:25*100").written(others).map(Cow::into_owned);
        assert_eq!(written, Ok(b"SV1|HC>99213>25|100".to_vec()));
        assert!(row("NTE*ADD*A|B").written(others).is_err());
        assert!(row("HI").is_empty() && !row("REF*F8").is_empty());
    }

    #[test]
    fn an_element_that_is_taken_out_leaves_no_hole() {
        let mut codes = row("HI*ABK:A1*ABF:B2*ABF:C3");
        codes.take_out(2);
        assert_eq!(codes.raw(), b"HI*ABK:A1*ABF:C3");
    }
}
