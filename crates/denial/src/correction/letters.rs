//! The letters that X12 has: print is brought to them where that is certain, all else is refused.

/// Letters with marks, and the plain ones that people write for them.
static PLAIN: &[(&str, &str)] = &[
    ("ÀÁÂÃÄÅĀĂĄ", "A"),
    ("àáâãäåāăą", "a"),
    ("ÇĆĈĊČ", "C"),
    ("çćĉċč", "c"),
    ("ÐĎĐ", "D"),
    ("ðďđ", "d"),
    ("ÈÉÊËĒĔĖĘĚ", "E"),
    ("èéêëēĕėęě", "e"),
    ("ĜĞĠĢ", "G"),
    ("ĝğġģ", "g"),
    ("ÌÍÎÏĨĪĬĮİ", "I"),
    ("ìíîïĩīĭįı", "i"),
    ("ĶĹĻĽŁ", "L"),
    ("ĺļľł", "l"),
    ("ÑŃŅŇ", "N"),
    ("ñńņň", "n"),
    ("ÒÓÔÕÖØŌŎŐ", "O"),
    ("òóôõöøōŏő", "o"),
    ("ŔŖŘ", "R"),
    ("ŕŗř", "r"),
    ("ŚŜŞŠȘ", "S"),
    ("śŝşšș", "s"),
    ("ŢŤŦȚ", "T"),
    ("ţťŧț", "t"),
    ("ÙÚÛÜŨŪŬŮŰŲ", "U"),
    ("ùúûüũūŭůűų", "u"),
    ("ÝŶŸ", "Y"),
    ("ýÿŷ", "y"),
    ("ŹŻŽ", "Z"),
    ("źżž", "z"),
    ("Æ", "AE"),
    ("æ", "ae"),
    ("Œ", "OE"),
    ("œ", "oe"),
    ("Þ", "TH"),
    ("þ", "th"),
    ("ß", "ss"),
    ("\u{2018}\u{2019}\u{201A}\u{2032}\u{00B4}`", "'"),
    ("\u{201C}\u{201D}\u{201E}\u{2033}«»", "\""),
    ("\u{2010}\u{2011}\u{2012}\u{2013}\u{2014}\u{2015}\u{2212}", "-"),
    ("\u{2026}", "..."),
    ("\u{00A0}\u{2002}\u{2003}\u{2009}\u{202F}", " "),
];

/// Text in the letters of X12 (basic and extended set), without blanks around it.
///
/// # Errors
/// The first letter that has no plain one, as people name it: `U+202E`. The text is not told.
pub(crate) fn plain(text: &str) -> Result<String, String> {
    let mut out = String::with_capacity(text.len());
    for letter in text.trim().chars() {
        if is_plain(letter) {
            out.push(letter);
            continue;
        }
        let written = PLAIN.iter().find(|(marked, _)| marked.contains(letter));
        let Some((_, written)) = written else {
            let code = u32::from(letter);
            return Err(format!("expected letters, digits and marks of X12, found U+{code:04X}"));
        };
        out.push_str(written);
    }
    Ok(out)
}

/// True for what both sets hold: all of printable ASCII without `^` and the grave accent.
pub(crate) const fn is_plain(letter: char) -> bool {
    matches!(letter, ' '..='~') && !matches!(letter, '^' | '`')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn print_becomes_plain() {
        let written = plain(" Müller\u{2013}Çelik, \u{201C}José\u{201D} O\u{2019}Neil\u{2026} ß ");
        assert_eq!(written.as_deref(), Ok("Muller-Celik, \"Jose\" O'Neil... ss"));
        assert_eq!(plain("{{name}} <b>#1</b>").as_deref(), Ok("{{name}} <b>#1</b>"));
    }

    #[test]
    fn what_has_no_plain_form_is_refused_without_telling_the_text() {
        for (text, code) in [
            ("A\u{202E}B", "U+202E"),
            ("A\tB", "U+0009"),
            ("A\0", "U+0000"),
            ("😀", "U+1F600"),
            ("שלום", "U+05E9"),
            ("A^B", "U+005E"),
        ] {
            let fault = plain(text).expect_err("no letter of X12");
            assert!(fault.ends_with(code), "{fault}");
        }
    }
}
