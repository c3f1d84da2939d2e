//! The timeline of a case by kind and by line: which entries are shown, and the links that choose.

use denial::denial::Denial;

use crate::fields::Fields;
use crate::web::timeline::Told;

/// Kinds of entries: the word in the address, the word on the page.
pub(crate) const TOPICS: [(&str, &str); 9] = [
    ("status", "Status"),
    ("money", "Money"),
    ("checks", "Checklist"),
    ("notes", "Notes and reasons"),
    ("contacts", "Contacts"),
    ("questions", "Questions"),
    ("documents", "Documents"),
    ("plan", "Plan and owner"),
    ("files", "Files and clocks"),
];

/// What of the timeline is wanted; nothing chosen is all of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Wanted {
    topic: Option<&'static str>,
    line: Option<u16>,
}

/// One link that chooses.
pub(crate) struct Choice {
    pub(crate) href: String,
    pub(crate) label: String,
    pub(crate) is_here: bool,
}

/// The entries that are wanted, and the links.
pub(crate) struct Timeline {
    pub(crate) entries: Vec<Told>,
    pub(crate) kinds: Vec<Choice>,
    pub(crate) lines: Vec<Choice>,
    /// Some are left out.
    pub(crate) is_part: bool,
}

impl Wanted {
    /// What an address asks for; a word that it does not know asks for nothing.
    pub(crate) fn of(asked: &Fields) -> Wanted {
        let topic = asked.get("kind").map(String::as_str);
        let known = TOPICS.iter().find(|(name, _)| Some(*name) == topic);
        Wanted {
            topic: known.map(|(name, _)| *name),
            line: asked.get("line").and_then(|text| text.parse().ok()),
        }
    }

    fn fits(&self, one: &Told) -> bool {
        self.topic.is_none_or(|topic| one.topic == topic)
            && self.line.is_none_or(|line| one.lines.contains(&line))
    }

    fn href(&self, case: &Denial) -> String {
        let kind = self.topic.map(|topic| format!("kind={topic}"));
        let line = self.line.map(|line| format!("line={line}"));
        let query: Vec<String> = kind.into_iter().chain(line).collect();
        let mark = if query.is_empty() { "" } else { "?" };
        format!("/cases/{}{mark}{}#timeline", case.id, query.join("&"))
    }
}

impl Timeline {
    /// The wanted entries of all that were told.
    pub(crate) fn of(case: &Denial, told: Vec<Told>, wanted: &Wanted) -> Timeline {
        let (kinds, lines) = (kinds(case, &told, wanted), lines(case, &told, wanted));
        let entries: Vec<Told> = told.into_iter().filter(|one| wanted.fits(one)).collect();
        Timeline { entries, kinds, lines, is_part: *wanted != Wanted::default() }
    }
}

fn kinds(case: &Denial, told: &[Told], wanted: &Wanted) -> Vec<Choice> {
    let choice = |topic: Option<&'static str>, label: &str| Choice {
        href: Wanted { topic, ..wanted.clone() }.href(case),
        label: label.to_owned(),
        is_here: wanted.topic == topic,
    };
    let there = TOPICS.iter().filter(|(name, _)| told.iter().any(|one| one.topic == *name));
    let all = std::iter::once(choice(None, "Everything"));
    all.chain(there.map(|(name, label)| choice(Some(name), label))).collect()
}

/// Lines that an entry names; one alone is no choice.
fn lines(case: &Denial, told: &[Told], wanted: &Wanted) -> Vec<Choice> {
    let mut numbers: Vec<u16> = told.iter().flat_map(|one| one.lines.iter().copied()).collect();
    numbers.sort_unstable();
    numbers.dedup();
    if numbers.is_empty() {
        return Vec::new();
    }
    let choice = |line: Option<u16>| Choice {
        href: Wanted { line, ..wanted.clone() }.href(case),
        label: line.map_or_else(|| "Every line".to_owned(), |number| format!("Line {number}")),
        is_here: wanted.line == line,
    };
    std::iter::once(None).chain(numbers.into_iter().map(Some)).map(choice).collect()
}
