//! Text that can be printed: what no font of ours holds, or what would hide or turn other text, is
//! written as its code point.

use std::fmt::Write;
use std::sync::LazyLock;

use typst::foundations::Bytes;
use typst::text::Font;

/// The fonts of the program.
pub(crate) static FONTS: LazyLock<Vec<Font>> = LazyLock::new(|| {
    typst_assets::fonts().flat_map(|bytes| Font::iter(Bytes::new(bytes))).collect()
});

/// A single line: line breaks and tabs are spaces.
pub(crate) fn line(text: &str) -> String {
    lines(text).join(" ")
}

/// The lines of a text.
pub(crate) fn lines(text: &str) -> Vec<String> {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    text.split('\n').map(|line| line.chars().fold(String::new(), push)).collect()
}

fn push(mut text: String, letter: char) -> String {
    match letter {
        '\t' | '\u{a0}' | '\u{202f}' | '\u{2009}' => text.push(' '),
        letter if is_printable(letter) => text.push(letter),
        letter => write!(text, "[U+{:04X}]", u32::from(letter)).expect("text takes text"),
    }
    text
}

fn is_printable(letter: char) -> bool {
    match letter {
        ' '..='~' => true,
        letter if letter.is_control() || is_formatting(letter) => false,
        letter => FONTS.iter().any(|font| font.info().coverage.contains(u32::from(letter))),
    }
}

/// Marks without a shape that hide, join or turn what stands around them.
const fn is_formatting(letter: char) -> bool {
    matches!(letter,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff0}'..='\u{ffff}'
        | '\u{e0000}'..='\u{e0fff}')
}

/// Places to break inside words of more than so many letters, a zero-width space each.
pub(crate) fn word_breaks(text: &str, most: usize) -> String {
    let mut broken = String::with_capacity(text.len());
    let mut run = 0;
    for letter in text.chars() {
        run = if letter == ' ' { 0 } else { run + 1 };
        if run > most {
            broken.push('\u{200b}');
            run = 1;
        }
        broken.push(letter);
    }
    broken
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_printed_is_written_as_its_code_point() {
        assert_eq!(line("Zoë Müller-Łuk"), "Zoë Müller-Łuk");
        assert_eq!(line("a\u{1f600}b"), "a[U+1F600]b");
        assert_eq!(line("x\u{202e}y\u{7}"), "x[U+202E]y[U+0007]");
        assert_eq!(line("one\ttwo\r\nthree"), "one two three");
        assert_eq!(lines("a\n\nb"), ["a", "", "b"]);
    }

    #[test]
    fn long_words_get_places_to_break() {
        assert_eq!(word_breaks("abcdef gh", 3), "abc\u{200b}def gh");
        assert_eq!(word_breaks("abc", 3), "abc");
    }
}
