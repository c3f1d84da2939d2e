//! The fields of a claim that is corrected, grouped as people look for them.

use std::collections::BTreeSet;

use denial::correction::{Corrected, Draft, Edit, Field, LineField};
use denial::denial::Denial;
use jiff::civil::Date;

use crate::web::words;

/// Lines on one page: a form holds so many fields and no more.
const LINES: usize = 40;
/// Places of the form beyond those that the claim uses.
const MOST_DIAGNOSES: u8 = 12;
const MOST_ATTACHMENTS: u8 = 10;

/// Fields under one heading.
pub(crate) struct Group {
    pub(crate) title: &'static str,
    pub(crate) hint: &'static str,
    pub(crate) fields: Vec<FieldView>,
}

/// One field.
pub(crate) struct FieldView {
    pub(crate) key: String,
    pub(crate) label: String,
    /// As it was typed, else as the claim says it.
    pub(crate) value: String,
    /// What the claim says, where something else was typed.
    pub(crate) was: Option<String>,
    pub(crate) faults: Vec<String>,
    /// Its value is a day, and it is typed as one.
    pub(crate) is_day: bool,
    /// A coder approves a change of it.
    pub(crate) is_code: bool,
}

/// One line.
pub(crate) struct LineRow {
    pub(crate) number: u16,
    /// The case is about it.
    pub(crate) is_denied: bool,
    pub(crate) is_new: bool,
    pub(crate) is_removed: bool,
    pub(crate) fields: Vec<FieldView>,
}

/// The lines of one page.
pub(crate) struct Part {
    pub(crate) columns: Vec<&'static str>,
    pub(crate) rows: Vec<LineRow>,
    /// Other pages: address, words, whether it is this one.
    pub(crate) parts: Vec<(String, String, bool)>,
}

impl Part {
    /// The numbers of its lines.
    pub(crate) fn numbers(&self) -> String {
        let numbers: Vec<String> = self.rows.iter().map(|row| row.number.to_string()).collect();
        numbers.join(",")
    }
}

/// What fields are read from.
pub(crate) struct Around<'a> {
    pub(crate) original: &'a Draft,
    pub(crate) corrected: &'a Corrected,
    pub(crate) edit: &'a Edit,
    pub(crate) case: &'a Denial,
}

/// True for names, numbers and days of birth of people who are no providers.
pub(crate) fn is_of_people(field: Field) -> bool {
    match field {
        Field::Family(who) | Field::Given(who) | Field::Born(who) => !who.is_provider(),
        Field::Member => true,
        Field::Place
        | Field::Frequency
        | Field::Replaces
        | Field::Charge
        | Field::Authorization
        | Field::Referral
        | Field::Clia
        | Field::Delay
        | Field::Accident
        | Field::Onset
        | Field::Statement
        | Field::Note
        | Field::Diagnosis(_)
        | Field::Attachment(_)
        | Field::Payer
        | Field::Npi(_)
        | Field::Line(..) => false,
    }
}

/// Which heading a field stands under.
const fn heading(field: Field) -> usize {
    match field {
        Field::Authorization | Field::Referral | Field::Clia | Field::Payer => 0,
        Field::Diagnosis(_) => 1,
        Field::Note | Field::Attachment(_) => 2,
        Field::Place
        | Field::Frequency
        | Field::Replaces
        | Field::Charge
        | Field::Delay
        | Field::Accident
        | Field::Onset
        | Field::Statement
        | Field::Line(..) => 3,
        Field::Family(_) | Field::Given(_) | Field::Npi(_) | Field::Born(_) | Field::Member => 4,
    }
}

const HEADINGS: [(&str, &str); 5] = [
    ("Numbers", "Authorization (REF*G1), referral (REF*9F), CLIA, the payer’s id."),
    ("Diagnoses", "By their places, which lines point at."),
    (
        "Note and attachments",
        "A note says what was corrected (NTE). An attachment: type, way, control number (PWK), as OZ FX A1.",
    ),
    ("Claim", "Total charge: an amount, or lines for what the lines add up to."),
    ("People and providers", "Names as the payer knows them; NPI of ten digits."),
];

impl Around<'_> {
    /// The fields of the claim itself; those of people only where they may stand here.
    pub(crate) fn groups(&self, shows_people: bool) -> Vec<Group> {
        let mut fields: BTreeSet<Field> = self.corrected.draft.fields().into_iter().collect();
        fields.extend(self.original.fields());
        fields.extend(self.edit.typed.keys().filter_map(|key| Field::parse(key)));
        let used = |place: fn(&Field) -> Option<u8>| fields.iter().filter_map(place).max();
        let diagnoses =
            used(|field| if let Field::Diagnosis(place) = field { Some(*place) } else { None });
        let attachments =
            used(|field| if let Field::Attachment(place) = field { Some(*place) } else { None });
        let next = |last: Option<u8>, most: u8| {
            let next = last.unwrap_or(0) + 1;
            (next <= most).then_some(next)
        };
        fields.extend(next(diagnoses, MOST_DIAGNOSES).map(Field::Diagnosis));
        fields.extend(next(attachments, MOST_ATTACHMENTS).map(Field::Attachment));
        let form = self.original.form();
        let stands = |field: &&Field| {
            let is_line = matches!(field, Field::Line(..) | Field::Frequency | Field::Replaces);
            !is_line && field.is_in(form) && (shows_people || !is_of_people(**field))
        };
        let mut groups: Vec<Group> = HEADINGS
            .iter()
            .map(|(title, hint)| Group { title, hint, fields: Vec::new() })
            .collect();
        for field in fields.iter().filter(stands) {
            groups[heading(*field)].fields.push(self.view(*field, field.to_string()));
        }
        groups.retain(|group| !group.fields.is_empty());
        groups
    }

    /// The lines from one of them on, those taken out among them.
    pub(crate) fn lines(&self, from: usize) -> Part {
        let form = self.original.form();
        let kinds: Vec<LineField> = LineField::all()
            .filter(|kind| *kind != LineField::Control && Field::Line(1, *kind).is_in(form))
            .collect();
        let mut numbers: BTreeSet<u16> = self.corrected.draft.lines().collect();
        numbers.extend(self.original.lines());
        let numbers: Vec<u16> = numbers.into_iter().collect();
        let from = from.min(numbers.len().saturating_sub(1)) / LINES * LINES;
        let rows = numbers.iter().skip(from).take(LINES).map(|number| self.line(*number, &kinds));
        Part {
            columns: kinds.iter().map(|kind| column(*kind)).collect(),
            rows: rows.collect(),
            parts: parts(numbers.len(), from),
        }
    }

    fn line(&self, number: u16, kinds: &[LineField]) -> LineRow {
        let is_removed = self.edit.removed.contains(&number);
        let field = |kind: &LineField| {
            let field = Field::Line(number, *kind);
            self.view(field, words::sentence_case(&field.to_string()))
        };
        LineRow {
            number,
            is_denied: self.case.lines.iter().any(|line| line.line == Some(number)),
            is_new: !self.original.lines().any(|one| one == number),
            is_removed,
            fields: kinds.iter().map(field).collect(),
        }
    }

    fn view(&self, field: Field, label: String) -> FieldView {
        let key = field.key();
        let was = self.original.value(field).reveal().clone();
        let typed = self.edit.typed.get(&key).map(|text| text.reveal().clone());
        let faults = self.corrected.faults.iter().filter(|fault| fault.field == Some(field));
        // What follows from the rest, such as a charge that the lines add up to, is shown as it is.
        let value = typed.unwrap_or_else(|| self.corrected.draft.value(field).reveal().clone());
        FieldView {
            // What is no day stays text, so that nothing that was typed is lost.
            is_day: field.is_day() && (value.is_empty() || value.parse::<Date>().is_ok()),
            label: words::sentence_case(&label),
            was: (value != was).then(|| if was.is_empty() { "nothing".to_owned() } else { was }),
            faults: faults.map(|fault| fault.expected.clone()).collect(),
            is_code: field.is_code(),
            value,
            key,
        }
    }
}

/// Headings of the lines' table.
const fn column(kind: LineField) -> &'static str {
    match kind {
        LineField::Revenue => "Revenue",
        LineField::Procedure => "Procedure",
        LineField::Modifiers => "Modifiers",
        LineField::Charge => "Charge",
        LineField::Units => "Units",
        LineField::Dates => "Days",
        LineField::Place => "Place",
        LineField::Pointers => "Pointers",
        LineField::Control => "Our number",
        LineField::Note => "Note",
    }
}

fn parts(count: usize, from: usize) -> Vec<(String, String, bool)> {
    if count <= LINES {
        return Vec::new();
    }
    let part = |first: usize| {
        let last = (first + LINES).min(count);
        (format!("?from={first}#lines"), format!("{} – {last}", first + 1), first == from)
    };
    (0..count).step_by(LINES).map(part).collect()
}
