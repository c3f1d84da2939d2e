//! Code lists that a practice takes in from its own files: what an entry says, how entries are
//! kept, what one list changes of another.

mod layout;

use std::collections::BTreeMap;
use std::fmt::Write;

use jiff::civil::Date;
use smol_str::SmolStr;

use crate::named;
pub use layout::{Fault, Reader};

named! {
    /// Which list.
    ListKind {
        /// Diagnoses: ICD-10-CM.
        Icd10 = "icd10",
        /// Services and supplies: HCPCS Level II, with its modifiers.
        Hcpcs = "hcpcs",
        /// Pairs of codes that are not paid together: NCCI procedure-to-procedure edits.
        Ptp = "ptp",
        /// The most units of a code: NCCI medically unlikely edits.
        Mue = "mue",
    }
}

impl ListKind {
    /// What people call it.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            ListKind::Icd10 => "ICD-10-CM diagnoses",
            ListKind::Hcpcs => "HCPCS Level II",
            ListKind::Ptp => "NCCI PTP edits, practitioner",
            ListKind::Mue => "NCCI MUE, practitioner",
        }
    }

    /// The part of the list that a code stands in: entries of a part are kept together. A list of
    /// pairs has a part for each first code, another one for each three first letters.
    #[must_use]
    pub fn part_of(self, code: &str) -> SmolStr {
        match self {
            ListKind::Ptp => SmolStr::new(code),
            ListKind::Icd10 | ListKind::Hcpcs | ListKind::Mue => code.chars().take(3).collect(),
        }
    }

    /// A code as the list writes it.
    #[must_use]
    pub fn spelled(code: &str) -> String {
        let letters = code.chars().filter(char::is_ascii_alphanumeric);
        letters.map(|letter| letter.to_ascii_uppercase()).collect()
    }
}

/// One line of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    /// The code; of a pair the first one.
    pub code: SmolStr,
    /// The second code of a pair.
    pub other: SmolStr,
    /// The first day on which it holds, where the list says one.
    pub begins: Option<Date>,
    /// The last day, where the list says one.
    pub ends: Option<Date>,
    /// The most units of a code.
    pub value: SmolStr,
    /// What the list marks it with: of a diagnosis whether it may stand on a claim (`1`) or is a
    /// heading (`0`), of a pair the modifier indicator, of units the adjudication indicator, of
    /// HCPCS `M` for a modifier.
    pub mark: SmolStr,
    /// Its text, or the rationale of an edit.
    pub text: SmolStr,
}

/// What tells two entries of one list apart.
pub type Name = (SmolStr, SmolStr, Option<Date>);

impl Entry {
    /// What tells it from the others of its list: its code; of a pair both and the first day, since
    /// a pair that was given up may come again.
    #[must_use]
    pub fn name(&self) -> Name {
        let begins = if self.other.is_empty() { None } else { self.begins };
        (self.code.clone(), self.other.clone(), begins)
    }

    /// True where it holds on a day. A pair that ends on its first day never did (NCCI).
    #[must_use]
    pub fn holds_on(&self, day: Date) -> bool {
        let is_void = !self.other.is_empty() && self.ends.is_some() && self.ends == self.begins;
        let has_begun = self.begins.is_none_or(|begins| begins <= day);
        !is_void && has_begun && self.ends.is_none_or(|ends| day <= ends)
    }

    /// Its fields as a line that [`Entry::of_line`] reads.
    #[must_use]
    pub fn to_line(&self) -> String {
        let Entry { code, other, value, mark, text, .. } = self;
        let (begins, ends) = (compact(self.begins), compact(self.ends));
        format!("{code}\t{other}\t{begins}\t{ends}\t{value}\t{mark}\t{text}")
    }

    /// Reads such a line; `None` for any other.
    #[must_use]
    pub fn of_line(line: &str) -> Option<Entry> {
        let mut cells = line.split('\t');
        let mut next = || cells.next().map(SmolStr::new);
        let (code, other) = (next()?, next()?);
        let (begins, ends) = (day_of(&next()?).ok()?, day_of(&next()?).ok()?);
        let (value, mark, text) = (next()?, next()?, next()?);
        Some(Entry { code, other, begins, ends, value, mark, text })
    }
}

fn compact(day: Option<Date>) -> String {
    day.map(|day| format!("{:04}{:02}{:02}", day.year(), day.month(), day.day()))
        .unwrap_or_default()
}

/// A day as the lists write it: `20260131`, `1/31/2026`, `2026-01-31`; nothing for an empty cell or
/// `*`.
fn day_of(text: &str) -> Result<Option<Date>, ()> {
    let text = text.trim();
    if text.is_empty() || text == "*" {
        return Ok(None);
    }
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let parts: [&str; 3] = if text.len() == 8 && digits(text) {
        [&text[..4], &text[4..6], &text[6..]]
    } else {
        let apart = |at: char| text.split(at).collect::<Vec<_>>();
        match (apart('/').as_slice(), apart('-').as_slice()) {
            ([month, day, year], _) | (_, [year, month, day]) => [year, month, day],
            _ => return Err(()),
        }
    };
    let [year, month, day] = parts;
    let (year, month, day) = (year.parse(), month.parse(), day.parse());
    let (Ok(year), Ok(month), Ok(day)) = (year, month, day) else { return Err(()) };
    Date::new(year, month, day).map(Some).map_err(|_| ())
}

/// Says that a text is the one of the line above: rationales repeat a thousand times.
const DITTO: &str = "\"";

/// The entries of a part as one text. What all of them share is written once.
#[must_use]
pub fn block(part: &str, entries: &[Entry]) -> String {
    let mut text = String::with_capacity(entries.len() * 32);
    let mut above: Option<&Entry> = None;
    for one in entries {
        let code = if one.code == part { "" } else { one.code.as_str() };
        let is_same = above.is_some_and(|above| above.text == one.text);
        let said = if is_same { DITTO } else { one.text.as_str() };
        let Entry { other, value, mark, .. } = one;
        let (begins, ends) = (compact(one.begins), compact(one.ends));
        let line = format_args!("{code}\t{other}\t{begins}\t{ends}\t{value}\t{mark}\t{said}");
        writeln!(text, "{line}").expect("a string takes text");
        above = Some(one);
    }
    text
}

/// Reads a block; `None` where it is none.
#[must_use]
pub fn entries(part: &str, block: &str) -> Option<Vec<Entry>> {
    let mut entries: Vec<Entry> = Vec::new();
    for line in block.lines() {
        let mut one = Entry::of_line(line)?;
        if one.code.is_empty() {
            one.code = SmolStr::new(part);
        }
        if one.text == DITTO {
            one.text = entries.last()?.text.clone();
        }
        entries.push(one);
    }
    Some(entries)
}

/// What a list does with an entry of the list before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Turn {
    /// The list before it did not have it.
    New,
    /// It says something else of it.
    Changed,
    /// It ends it, or has it no longer.
    Ended,
    /// It is as before.
    Same,
}

/// Each entry of two lists, in the order of their names, with what the later one does: the entry,
/// and the one before where there was one.
#[must_use]
pub fn turns<'e>(
    before: &'e [Entry],
    after: &'e [Entry],
) -> Vec<(Turn, &'e Entry, Option<&'e Entry>)> {
    let mut all: BTreeMap<Name, (Option<&Entry>, Option<&Entry>)> = BTreeMap::new();
    for one in before {
        all.entry(one.name()).or_default().0 = Some(one);
    }
    for one in after {
        all.entry(one.name()).or_default().1 = Some(one);
    }
    let turn = |(before, after): (Option<&'e Entry>, Option<&'e Entry>)| match (before, after) {
        (None, Some(after)) => Some((Turn::New, after, None)),
        (Some(before), None) => Some((Turn::Ended, before, Some(before))),
        (Some(before), Some(after)) => Some((between(before, after), after, Some(before))),
        (None, None) => None,
    };
    all.into_values().filter_map(turn).collect()
}

fn between(before: &Entry, after: &Entry) -> Turn {
    if before == after {
        Turn::Same
    } else if before.ends.is_none() && after.ends.is_some() {
        Turn::Ended
    } else {
        Turn::Changed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(line: &str) -> Entry {
        Entry::of_line(line).expect("an entry")
    }

    #[test]
    fn a_block_gives_back_what_was_put_in() {
        let all = [
            entry("X0001\tX0002\t20200101\t\t\t1\tMade-up reason"),
            entry("X0001\tX0003\t20200101\t20241231\t\t0\tMade-up reason"),
            entry("X0001\tX0004\t\t\t\t9\tAnother"),
        ];
        let text = block("X0001", &all);
        assert!(text.starts_with("\tX0002\t20200101\t\t\t1\tMade-up reason\n"), "{text}");
        assert_eq!(text.matches("Made-up").count(), 1, "a rationale is written once");
        assert_eq!(entries("X0001", &text).as_deref(), Some(all.as_slice()));
        assert_eq!(entries("X0001", "\"\n"), None);
        assert_eq!(entries("X0001", "a\t\t\t\t\t\t\"\n"), None, "nothing stands above it");
    }

    #[test]
    fn an_edit_holds_from_its_first_day_to_its_last() {
        let on = |text: &str| text.parse::<Date>().expect("a day");
        let one = entry("X0001\tX0002\t20200101\t20241231\t\t1\t");
        assert!(one.holds_on(on("2020-01-01")) && one.holds_on(on("2024-12-31")));
        assert!(!one.holds_on(on("2019-12-31")) && !one.holds_on(on("2025-01-01")));
        let void = entry("X0001\tX0002\t20200101\t20200101\t\t9\t");
        assert!(!void.holds_on(on("2020-01-01")), "it never held");
    }

    #[test]
    fn days_are_read_as_the_lists_write_them() {
        let day = "2026-01-31".parse::<Date>().ok();
        for text in ["20260131", "1/31/2026", "01/31/2026", "2026-01-31", " 20260131 "] {
            assert_eq!(day_of(text), Ok(day), "{text}");
        }
        assert_eq!(day_of("*"), Ok(None));
        for text in ["20261301", "soon", "1/2", "99999999", "é/é/é"] {
            assert_eq!(day_of(text), Err(()), "{text}");
        }
    }

    #[test]
    fn two_lists_are_compared_entry_by_entry() {
        let before = ["A\t\t\t\t\t\ta", "B\t\t\t\t\t\tb", "C\t\t\t\t\t\tc", "D\t\t\t\t\t\td"];
        let after =
            ["A\t\t\t\t\t\ta", "B\t\t\t\t\t\tbb", "C\t\t\t20260101\t\t\tc", "E\t\t\t\t\t\te"];
        let (before, after) = (before.map(entry), after.map(entry));
        let turns = turns(&before, &after);
        let told: Vec<(Turn, &str)> =
            turns.iter().map(|(turn, one, _)| (*turn, one.code.as_str())).collect();
        let expected = [
            (Turn::Same, "A"),
            (Turn::Changed, "B"),
            (Turn::Ended, "C"),
            (Turn::Ended, "D"),
            (Turn::New, "E"),
        ];
        assert_eq!(told, expected);
    }
}
