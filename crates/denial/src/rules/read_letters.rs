//! `letters/*.toml`: templates of letters to payers.

use smol_str::SmolStr;

use super::Draft;
use super::entry::{Entry, Page};
use crate::letter::{self, Argument, Field, Letter, Piece};

/// Letters of the longest text of a template.
const LONGEST: usize = 10_000;

impl Draft {
    pub(super) fn read_letters(&mut self, file: &str, text: &str) {
        let (letters, faults) = Page::new(file, text).read(|page| letters(file, page));
        self.rules.letters.extend(letters);
        self.faults.extend(faults);
    }
}

fn letters(file: &str, page: &Entry<'_>) -> Vec<Letter> {
    let mut letters: Vec<Letter> = Vec::new();
    for row in page.entries("letter") {
        let found = letter(file, &row);
        row.finish();
        let Some(found) = found else { continue };
        if letters.iter().any(|one| one.name == found.name) {
            let message = format!("the letter {} is there twice", found.name);
            row.fault_at("name", message, "give each [[letter]] of a file a name of its own");
        }
        letters.push(found);
    }
    if letters.is_empty() {
        page.fault("no [[letter]]".to_owned(), "write one, or remove the file");
    }
    letters
}

fn letter(file: &str, row: &Entry<'_>) -> Option<Letter> {
    let name = row.required("name", row.text("name")).filter(|name| is_word(row, name));
    let title = row.required("title", row.text("title"));
    let kind = row.required("kind", row.named("kind"));
    let categories = row.named_list("categories");
    let (payers, exhibits) = (texts(row, "payers"), texts(row, "exhibits"));
    let levels = levels(row);
    let (from, to) = (row.date("from"), row.date("to"));
    if from.zip(to).is_some_and(|(from, to)| to < from) {
        row.fault_at("to", "`to` is before `from`".to_owned(), "exchange the days");
    }
    let subject = row.required("subject", row.text("subject"));
    if let Some(subject) = subject {
        check(row, "subject", subject);
    }
    let (opening, closing) = (paragraphs(row, "opening"), paragraphs(row, "closing"));
    let arguments = arguments(row);
    Some(Letter {
        file: file.into(),
        name: name?.into(),
        title: title?.into(),
        kind: kind?,
        categories,
        payers,
        levels,
        from,
        to,
        subject: subject?.into(),
        opening,
        arguments,
        closing,
        exhibits,
    })
}

fn texts(row: &Entry<'_>, key: &'static str) -> Vec<SmolStr> {
    let texts: Vec<SmolStr> = row.list(key).into_iter().map(|one| one.trim().into()).collect();
    if texts.iter().any(|one: &SmolStr| one.is_empty()) {
        row.fault_at(key, format!("{key}: an empty text"), "take it out");
    }
    texts
}

fn levels(row: &Entry<'_>) -> Vec<u8> {
    let mut levels = Vec::new();
    for text in row.list("levels") {
        match text.parse::<u8>() {
            Ok(level @ 1..=9) => levels.push(level),
            _ => {
                let message = format!("levels: came \"{text}\"");
                row.fault_at("levels", message, "write levels as texts, \"1\" to \"9\"");
            }
        }
    }
    levels
}

fn is_word(row: &Entry<'_>, name: &str) -> bool {
    let is =
        name.bytes().all(|one| one.is_ascii_lowercase() || one.is_ascii_digit() || one == b'_');
    if !is {
        let message = format!("`{name}` is no word for rows");
        row.fault_at("name", message, "write small letters, digits and `_`; people read the title");
    }
    is
}

fn paragraphs(row: &Entry<'_>, key: &'static str) -> Vec<SmolStr> {
    let texts = row.list(key);
    texts.iter().for_each(|text| check(row, key, text));
    texts.into_iter().map(|text| text.trim().into()).collect()
}

fn arguments(row: &Entry<'_>) -> Vec<Argument> {
    let mut found: Vec<Argument> = Vec::new();
    for entry in row.entries("argument") {
        let name = entry.required("name", entry.text("name")).filter(|name| is_word(&entry, name));
        let label = entry.required("label", entry.text("label"));
        let text = entry.required("text", entry.text("text"));
        if let Some(text) = text {
            check(&entry, "text", text);
        }
        entry.finish();
        let (Some(name), Some(label), Some(text)) = (name, label, text) else { continue };
        if found.iter().any(|one| one.name == name) {
            let message = format!("the argument {name} is there twice");
            entry.fault_at("name", message, "give each [[letter.argument]] a name of its own");
        }
        found.push(Argument { name: name.into(), label: label.into(), text: text.trim().into() });
    }
    found
}

/// A field that there is not is a fault where it stands. Notes to self may stand in a template:
/// they keep a letter from being sent until somebody has done what they say.
fn check(row: &Entry<'_>, key: &'static str, text: &str) {
    if text.chars().count() > LONGEST {
        let message = format!("{key}: more than {LONGEST} letters");
        row.fault_at(key, message, "write it in several paragraphs");
    }
    for piece in letter::pieces(text) {
        if let Piece::Unknown(name) = piece {
            let line = row.place_of_text(key, &format!("{{{{{name}}}}}"));
            let fields: Vec<&str> = Field::ALL.iter().map(|field| field.as_str()).collect();
            let message = format!("`{{{{{name}}}}}` is no field of letters");
            row.fault_on(line, message, &format!("known: {}", fields.join(", ")));
        }
    }
}

#[cfg(test)]
mod tests;
