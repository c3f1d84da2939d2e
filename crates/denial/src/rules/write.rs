//! Entries written into the text of rule files, beside what somebody wrote there by hand.
//!
//! What comes out is only text: [`super::read`] says whether it is whole.

use std::fmt::Write;
use std::ops::Range;

use jiff::ToSpan;
use jiff::civil::Date;
use smol_str::SmolStr;

use crate::category::{AdjustmentKind, Category};
use crate::codes::{Carc, Group, Rarc};
use crate::denial::NextActionKind;
use crate::playbook::Recoverable;

mod actions;
mod owners;

pub use actions::moded;
pub use owners::{away, back, owned, rendering, teamed, unrendered, unteamed};

/// What somebody says of a reason code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mapping {
    /// The code.
    pub carc: Carc,
    /// Only in this group.
    pub group: Option<Group>,
    /// Only where this remark stands with it.
    pub rarc: Option<Rarc>,
    /// Only for remittances from this day on.
    pub from: Option<Date>,
    /// What an adjustment with it is.
    pub kind: AdjustmentKind,
    /// What a denial with it is; without it for every other kind.
    pub denial: Option<Denies>,
    /// Why, for whoever reads the file.
    pub note: String,
}

/// What a denial with a code is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Denies {
    /// The reason for denial.
    pub category: Category,
    /// How often it is won.
    pub recoverable: Recoverable,
    /// A corrected claim can win it.
    pub correctable: bool,
    /// Whether the clinic could have prevented it, where that is said.
    pub preventable: Option<bool>,
    /// What to do first.
    pub next: NextActionKind,
    /// What has to be found or sent; empty for what is usual of the category.
    pub documents: Vec<SmolStr>,
}

const REASON: &str = "[[reason]]";
const UNLESS: &str = "[[reason.unless]]";

/// A text with a code mapped: in place of what it said of the code, or at its end.
///
/// # Errors
/// What cannot be written by itself, in words for people.
pub fn mapped(text: &str, mapping: &Mapping) -> Result<String, &'static str> {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let found = block_of(&lines, &mapping.carc);
    if mapping.group.is_some() || mapping.rarc.is_some() {
        let Some(block) = found else {
            return Err(
                "This file says nothing of the code yet: map it for every group and remark \
                        first, or in another file.",
            );
        };
        if mapping.from.is_some() {
            return Err("A day begins a rule for every group and remark alone.");
        }
        lines.splice(block.head_end..block.head_end, entry(mapping, UNLESS, &[]));
        return Ok(joined(&lines));
    }
    match (found, mapping.from) {
        (Some(block), None) => {
            let head = lines.get(block.begin..block.head_end).unwrap_or_default();
            let dated = |line: &&String| is_key(line, "from") || is_key(line, "to");
            let days: Vec<String> = head.iter().filter(dated).cloned().collect();
            lines.splice(block.begin..block.head_end, entry(mapping, REASON, &days));
        }
        (Some(block), Some(from)) => {
            let head = lines.get(block.begin..block.head_end).unwrap_or_default();
            if head.iter().any(|line| is_key(line, "to")) {
                return Err("What the file says of the code ends already: edit its text.");
            }
            let last = from.checked_sub(1.day()).map_err(|_| "That day is too early.")?;
            lines.insert(block.begin + 1, format!("to = {last}"));
            append(&mut lines, entry(mapping, REASON, &[format!("from = {from}")]));
        }
        (None, from) => {
            let days: Vec<String> = from.iter().map(|from| format!("from = {from}")).collect();
            append(&mut lines, entry(mapping, REASON, &days));
        }
    }
    Ok(joined(&lines))
}

/// Where a reason stands: its first line, and the line after its general part.
struct Block {
    begin: usize,
    head_end: usize,
}

/// The last block of a code, which is the one that holds now.
fn block_of(lines: &[String], carc: &Carc) -> Option<Block> {
    let wanted = format!("\"{carc}\"");
    let mut blocks = blocks(lines, REASON).into_iter().rev();
    let says = |block: &Range<usize>| {
        value(lines.get(block.clone()).unwrap_or_default(), "carc") == Some(&wanted)
    };
    let last = blocks.find(says);
    last.map(|block| Block { begin: block.start, head_end: block.end })
}

fn is_key(line: &str, key: &str) -> bool {
    line.split_once('=').is_some_and(|(name, _)| name.trim() == key)
}

/// The lines of one entry.
fn entry(mapping: &Mapping, table: &str, days: &[String]) -> Vec<String> {
    let mut lines = vec![table.to_owned()];
    if table == REASON {
        lines.push(format!("carc = {}", quoted(mapping.carc.as_str())));
    } else {
        lines.insert(0, String::new());
    }
    let note = plain(&mapping.note);
    if !note.is_empty() {
        lines.insert(lines.len() - usize::from(table == REASON) - 1, format!("# {note}"));
    }
    lines.extend(mapping.group.iter().map(|one| format!("groups = [{}]", quoted(one.as_str()))));
    lines.extend(mapping.rarc.iter().map(|one| format!("rarc = {}", quoted(one.as_str()))));
    lines.extend_from_slice(days);
    lines.push(format!("kind = {}", quoted(mapping.kind.as_str())));
    if let Some(denies) = &mapping.denial {
        lines.extend(said(denies));
    }
    lines
}

fn said(denies: &Denies) -> Vec<String> {
    let mut lines = vec![
        format!("category = {}", quoted(denies.category.as_str())),
        format!("recoverable = {}", quoted(denies.recoverable.as_str())),
        format!("correctable = {}", denies.correctable),
        format!("next = {}", quoted(denies.next.as_str())),
    ];
    lines.extend(denies.preventable.map(|said| format!("preventable = {said}")));
    if !denies.documents.is_empty() {
        let documents: Vec<String> = denies.documents.iter().map(|one| quoted(one)).collect();
        lines.push(format!("documents = [{}]", documents.join(", ")));
    }
    lines
}

/// A text with one more value in a list of a payer's file: `aliases` or `ids`.
///
/// # Errors
/// A list that is written in another way than this knows.
pub fn listed(text: &str, key: &str, value: &str) -> Result<String, &'static str> {
    const ODD: &str = "The list stands there in a way of its own: edit the file's text.";
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let tables = lines.iter().position(|line| line.trim_start().starts_with('['));
    let top = tables.unwrap_or(lines.len());
    let named = |key: &str| lines.iter().take(top).position(|line| is_key(line, key));
    let Some(at) = named(key) else {
        let name = named("name").ok_or(ODD)?;
        lines.insert(name + 1, format!("{key} = [{}]", quoted(value)));
        return Ok(joined(&lines));
    };
    if let Some(body) = lines[at].trim_end().strip_suffix(']') {
        let comma = if body.trim_end().ends_with(['[', ',']) { "" } else { ", " };
        lines[at] = format!("{}{comma}{}]", body.trim_end(), quoted(value));
        return Ok(joined(&lines));
    }
    let rest = lines.iter().skip(at + 1).position(|line| line.trim() == "]");
    let end = at + 1 + rest.ok_or(ODD)?;
    let last = lines.get_mut(end - 1).ok_or(ODD)?;
    if !last.trim_end().ends_with([',', '[']) {
        last.push(',');
    }
    lines.insert(end, format!("    {},", quoted(value)));
    Ok(joined(&lines))
}

/// A text with a key of its top set to a text, where it stands or after the name.
///
/// # Errors
/// A file without a name.
pub fn set(text: &str, key: &str, value: &str) -> Result<String, &'static str> {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let tables = lines.iter().position(|line| line.trim_start().starts_with('['));
    let top = tables.unwrap_or(lines.len());
    let named = |key: &str| lines.iter().take(top).position(|line| is_key(line, key));
    let line = format!("{key} = {}", quoted(value));
    match (named(key), named("name")) {
        (Some(at), _) => lines[at] = line,
        (None, Some(at)) => lines.insert(at + 1, line),
        (None, None) => return Err("The file names no payer."),
    }
    Ok(joined(&lines))
}

/// A code list with one more code.
#[must_use]
pub fn coded(text: &str, code: &str, meaning: &str) -> String {
    let meaning = plain(meaning).replace('"', "\"\"");
    format!("{}\n{code},\"{meaning}\",,\n", text.trim_end())
}

/// The lines of each table of a name, without what stands between it and the next.
fn blocks(lines: &[String], table: &str) -> Vec<Range<usize>> {
    let begins = (0..lines.len()).filter(|at| lines[*at].trim() == table);
    begins.map(|begin| begin..end_of(lines, begin)).collect()
}

/// Where a table ends that begins on a line.
fn end_of(lines: &[String], begin: usize) -> usize {
    let rest = lines.get(begin + 1..).unwrap_or_default();
    let end = rest.iter().position(|line| line.trim_start().starts_with('['));
    let mut end = begin + 1 + end.unwrap_or(rest.len());
    // Empty lines and comments before the next table are that table's.
    let is_between = |line: &String| line.trim().is_empty() || line.trim().starts_with('#');
    while end > begin + 1 && lines.get(end - 1).is_some_and(is_between) {
        end -= 1;
    }
    end
}

/// What a table's lines say of a key.
fn value<'l>(lines: &'l [String], key: &str) -> Option<&'l str> {
    let line = lines.iter().find(|line| is_key(line, key))?;
    line.split_once('=').map(|(_, value)| value.trim())
}

fn append(lines: &mut Vec<String>, entry: Vec<String>) {
    if lines.last().is_some_and(|line| !line.is_empty()) {
        lines.push(String::new());
    }
    lines.extend(entry);
}

fn joined(lines: &[String]) -> String {
    lines.join("\n") + "\n"
}

/// One line without letters that nobody sees.
fn plain(text: &str) -> String {
    text.split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .chars()
        .filter(|one| !one.is_control())
        .collect()
}

/// A text as TOML writes it.
pub(crate) fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' | '\\' => {
                quoted.push('\\');
                quoted.push(letter);
            }
            one if one.is_control() => {
                let _ = write!(quoted, "\\u{:04X}", u32::from(one));
            }
            one => quoted.push(one),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::super::tests::{text_of, with};
    use super::super::{Rules, read};
    use super::*;
    use crate::remittance::Remark;

    fn mapping(carc: &str) -> Mapping {
        Mapping {
            carc: Carc::new(carc),
            group: None,
            rarc: None,
            from: None,
            kind: AdjustmentKind::Denial,
            denial: Some(Denies {
                category: Category::Credentialing,
                recoverable: Recoverable::Low,
                correctable: false,
                preventable: Some(true),
                next: NextActionKind::CallPayer,
                documents: vec!["enrollment_record".into()],
            }),
            note: "their letter\nof \"March\"".to_owned(),
        }
    }

    #[track_caller]
    fn rules(text: &str) -> Rules {
        match read(&with("playbook.toml", text)) {
            Ok(rules) => rules,
            Err(faults) => panic!("{faults:#?}\n{text}"),
        }
    }

    fn ruling(
        rules: &Rules,
        group: &str,
        carc: &str,
        on: Option<&str>,
    ) -> (Category, Option<bool>) {
        let on = on.map(|day| day.parse().expect("a day"));
        let none: &[Remark] = &[];
        let ruling = rules.playbook.ruling(None, &Group::new(group), &Carc::new(carc), none, on);
        (ruling.category, ruling.preventable)
    }

    const NEW: (Category, Option<bool>) = (Category::Credentialing, Some(true));

    #[test]
    fn a_code_is_mapped_in_place_and_keeps_its_exceptions() {
        let shipped = text_of("playbook.toml");
        for carc in ["111", "16", "256", "197"] {
            let text = mapped(&shipped, &mapping(carc)).expect("written");
            let (before, after) = (rules(&shipped), rules(&text));
            assert_eq!(after.playbook.reasons.len(), before.playbook.reasons.len());
            let unless = |rules: &Rules| rules.playbook.reasons[&Carc::new(carc)][0].unless.len();
            assert_eq!(unless(&before), unless(&after), "{carc}");
            let general = after.playbook.reasons[&Carc::new(carc)][0].ruling.clone();
            assert_eq!((general.category, general.preventable), NEW, "{carc}");
            assert!(
                shipped.lines().count().abs_diff(text.lines().count()) < 6,
                "nothing else moved"
            );
        }
    }

    #[test]
    fn a_code_of_one_group_is_an_exception() {
        let shipped = text_of("playbook.toml");
        let only = Mapping { group: Some(Group::new("CO")), ..mapping("111") };
        let after = rules(&mapped(&shipped, &only).expect("written"));
        assert_eq!(ruling(&after, "CO", "111", None), NEW);
        assert_eq!(ruling(&after, "PR", "111", None), (Category::Unmapped, None));
        let nowhere = Mapping { group: Some(Group::new("CO")), ..mapping("9999") };
        assert!(mapped(&shipped, &nowhere).is_err());
    }

    #[test]
    fn a_day_parts_the_old_rule_from_the_new() {
        let shipped = text_of("playbook.toml");
        let day = "2026-03-01".parse().expect("a day");
        let later = Mapping { from: Some(day), ..mapping("197") };
        let text = mapped(&shipped, &later).expect("written");
        let after = rules(&text);
        let old = (Category::Authorization, None);
        assert_eq!(ruling(&after, "CO", "197", Some("2026-02-28")), old);
        assert_eq!(ruling(&after, "CO", "197", Some("2026-03-01")), NEW);
        // Mapped once more, the rule that holds now is the one that changes.
        let again = Mapping { kind: AdjustmentKind::Contractual, denial: None, ..mapping("197") };
        let after = rules(&mapped(&text, &again).expect("written"));
        assert_eq!(ruling(&after, "CO", "197", Some("2026-02-28")), old);
        assert_eq!(ruling(&after, "CO", "197", Some("2026-03-01")).0, Category::Unmapped);
    }

    #[test]
    fn a_new_code_goes_to_the_end_and_into_the_list() {
        let text = mapped(&text_of("playbook.toml"), &mapping("9999")).expect("written");
        let mut files = with("playbook.toml", &text);
        assert!(read(&files).is_err(), "no list holds it");
        let list = files.iter_mut().find(|(name, _)| name == "codes/carc.csv").expect("there");
        list.1 = coded(&list.1, "9999", "Something, \"new\"");
        let rules = read(&files).expect("rules");
        assert_eq!(ruling(&rules, "CO", "9999", None), NEW);
        let meaning = rules.wording.carc(&Carc::new("9999")).expect("listed");
        assert_eq!(meaning.text, "Something, \"new\"");
    }

    #[test]
    fn aliases_join_a_list_however_it_is_written() {
        let file = |text: &str| {
            format!("{text}plan_types = [\"commercial\"]\n\n[answer]\nusual_days = 9\n")
        };
        for head in [
            "name = \"Test\"\n",
            "name = \"Test\"\naliases = []\n",
            "name = \"Test\"\naliases = [\"ONE\"]\n",
            "name = \"Test\"\naliases = [\n    \"ONE\",\n    \"TWO\"\n]\n",
        ] {
            let text = listed(&file(head), "aliases", "T\"EST").expect("written");
            let text = set(&text, "plan_where_unsaid", "commercial").expect("written");
            let rules = read(&with("payers/test.toml", &text)).unwrap_or_else(|faults| {
                panic!("{faults:#?}\n{text}");
            });
            let payer = rules.payers.iter().find(|payer| payer.name == "Test").expect("there");
            assert_eq!(payer.aliases.last().map(SmolStr::as_str), Some("T\"EST"));
            assert_eq!(payer.plan_where_unsaid, Some(crate::claim::PlanType::Commercial));
        }
        assert!(
            listed("name = \"Test\"\naliases = [ # odd\n\"A\" ] # end\n", "aliases", "X").is_err()
        );
    }
}
