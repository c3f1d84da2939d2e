//! Bytes of a file as a text column, without losing one: UTF-8 where they are, else each byte as
//! the letter of its number.

use std::borrow::Cow;

/// Marks a text whose letters are bytes; a private letter that no file begins a segment with.
const MARK: char = '\u{F8FF}';
/// Stands for the byte 0, which PostgreSQL keeps in no text.
const NUL: char = '\u{0100}';

/// Bytes to a text that any database keeps.
#[must_use]
pub fn to_text(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) if !text.starts_with(MARK) && !bytes.contains(&0) => Cow::Borrowed(text),
        Ok(_) | Err(_) => {
            let letters = bytes.iter().map(|byte| if *byte == 0 { NUL } else { char::from(*byte) });
            Cow::Owned(std::iter::once(MARK).chain(letters).collect())
        }
    }
}

/// The bytes again.
#[must_use]
pub fn to_bytes(text: &str) -> Cow<'_, [u8]> {
    let Some(letters) = text.strip_prefix(MARK) else { return Cow::Borrowed(text.as_bytes()) };
    let byte = |letter: char| u8::try_from(u32::from(letter)).unwrap_or(0);
    Cow::Owned(letters.chars().map(byte).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_comes_back() {
        let all: Vec<u8> = (0..=255).collect();
        let marked = "\u{F8FF}x".as_bytes();
        for bytes in [b"CLP*1~".as_slice(), "Ü".as_bytes(), &all, b"\0", marked, b"", b"\xff"] {
            let text = to_text(bytes);
            assert!(!text.contains('\0'));
            assert_eq!(to_bytes(&text), bytes);
        }
    }
}
