//! Elements as the typed views give them: amounts, composites, values with their qualifier.

use crate::amount::AmountFault;
use crate::segment::Segment;

/// An amount in cents, or why the element is none. An element that is left out is
/// [`AmountFault::Empty`].
pub type Amount = Result<i64, AmountFault>;

/// A composite element: qualifier, code, modifiers.
#[derive(Clone, Copy, Debug)]
pub struct Composite<'a> {
    raw: &'a [u8],
    separator: u8,
}

/// A value and the qualifier that says what it is.
#[derive(Clone, Copy, Debug)]
pub struct Coded<'a> {
    /// What the value is.
    pub qualifier: &'a [u8],
    /// The value.
    pub value: &'a [u8],
}

impl<'a> Composite<'a> {
    /// A composite over its bytes.
    #[must_use]
    #[inline]
    pub const fn new(raw: &'a [u8], separator: u8) -> Composite<'a> {
        Composite { raw, separator }
    }

    /// True where the element is left out.
    #[must_use]
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.raw.trim_ascii().is_empty()
    }

    /// Its bytes, separators included.
    #[must_use]
    pub fn raw(&self) -> &'a [u8] {
        self.raw.trim_ascii()
    }

    /// Its components in order, trimmed.
    #[inline]
    pub fn parts(&self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        let separator = self.separator;
        self.raw.split(move |byte| *byte == separator).map(<[u8]>::trim_ascii)
    }

    /// Component `number`, from 1; empty where there is none.
    #[must_use]
    pub fn part(&self, number: usize) -> &'a [u8] {
        self.parts().nth(number.saturating_sub(1)).unwrap_or_default()
    }

    /// Everything after the first component's separator; empty where there is but one.
    #[must_use]
    #[inline]
    pub fn rest(&self) -> &'a [u8] {
        let end = self.raw.iter().position(|byte| *byte == self.separator);
        end.and_then(|end| self.raw.get(end + 1..)).unwrap_or_default().trim_ascii()
    }
}

impl<'a> Coded<'a> {
    /// The first two elements of a segment, as in `REF*6R*A1` and `LQ*HE*N290`.
    #[inline]
    pub(crate) fn of(segment: &Segment<'a>) -> Coded<'a> {
        let [_, qualifier, value] = segment.split();
        Coded { qualifier: qualifier.trim_ascii(), value }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn components_count_from_one() {
        let composite = Composite::new(b"HC:99213:25", b':');
        assert_eq!(composite.part(2), b"99213");
        assert_eq!(composite.part(9), b"");
        assert_eq!(composite.rest(), b"99213:25");
        assert_eq!(composite.parts().count(), 3);
    }
}
