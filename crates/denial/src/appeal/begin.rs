//! How a draft begins: the texts of its template, and what is on file of what has to go with it.

use jiff::civil::Date;
use smol_str::SmolStr;

use crate::appeal::{Chosen, Content, Exhibit};
use crate::denial::Denial;
use crate::letter::{Asked, Letter, LetterKind, fitting};
use crate::rules::Rules;

/// The level of a letter: of an appeal the one whose turn it is.
#[must_use]
pub fn level(kind: LetterKind, case: &Denial) -> u8 {
    if kind == LetterKind::Appeal { case.next_level() } else { 0 }
}

/// The templates that fit a case on a day, the narrowest first.
#[must_use]
pub fn templates<'a>(
    rules: &'a Rules,
    case: &Denial,
    kind: LetterKind,
    on: Date,
) -> Vec<&'a Letter> {
    let asked = Asked {
        kind,
        payer: &case.payer_name.name,
        rules: rules.payer(&case.payer_name, case.plan),
        category: case.category,
        level: level(kind, case),
        on,
    };
    fitting(&rules.letters, &asked)
}

/// The kinds of document that somebody may be asked to bring: what the playbook wants of the case,
/// then what the letters of appeal want that fit it on a day.
#[must_use]
pub fn papers(rules: &Rules, case: &Denial, on: Date) -> Vec<SmolStr> {
    let mut all = case.wanted.clone();
    for letter in templates(rules, case, LetterKind::Appeal, on) {
        for what in &letter.exhibits {
            if !all.contains(what) {
                all.push(what.clone());
            }
        }
    }
    all
}

/// What is known of the two sides as a letter begins.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sides<'a> {
    /// The payer's address for letters, where its rules have one.
    pub address: &'a str,
    /// Name and title of who is to sign, line by line.
    pub signer: &'a str,
}

/// The texts of a template for a case. Fields stay fields, so that they follow the case until the
/// packet is built. The usual argument is chosen where what goes with the letter is on file: it
/// says what that shows.
#[must_use]
pub fn begun(letter: &Letter, case: &Denial, sides: Sides<'_>) -> Content {
    let chosen = |one: &crate::letter::Argument| Chosen {
        name: one.name.clone(),
        text: one.text.to_string(),
    };
    let presses = letter.kind.presses();
    let wanted =
        |what: &SmolStr| letter.exhibits.contains(what) || (!presses && case.wanted.contains(what));
    let to = match letter.kind {
        LetterKind::Complaint => "[[who oversees the payer, with its address]]".to_owned(),
        LetterKind::Appeal
        | LetterKind::Reconsideration
        | LetterKind::Reopening
        | LetterKind::Records
        | LetterKind::ExternalReview
        | LetterKind::Reminder => format!("{{{{payer}}}}\n{}", sides.address).trim().to_owned(),
    };
    let is_on_file = |what: &SmolStr| case.documents.iter().any(|one| one.what == *what);
    let usual = letter.arguments.first().filter(|_| letter.exhibits.iter().all(is_on_file));
    let fitting = case.documents.iter().filter(|one| wanted(&one.what));
    let exhibit = |one: &crate::lifecycle::evidence::Attached| Exhibit {
        document: one.document.clone(),
        title: title(&one.what),
        pages: String::new(),
    };
    Content {
        to,
        signer: sides.signer.to_owned(),
        subject: letter.subject.to_string(),
        opening: paragraphs(&letter.opening),
        arguments: usual.map(chosen).into_iter().collect(),
        closing: paragraphs(&letter.closing),
        exhibits: fitting.map(exhibit).collect(),
        ..Content::default()
    }
}

fn paragraphs(all: &[SmolStr]) -> String {
    all.join("\n\n")
}

/// A kind of document before the payer: `clinical_notes` is "Clinical notes".
#[must_use]
pub fn title(what: &str) -> String {
    let words = what.replace('_', " ");
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_of_document_is_a_title() {
        assert_eq!(title("clinical_notes"), "Clinical notes");
        assert_eq!(title(""), "");
    }

    #[test]
    fn paragraphs_have_an_empty_line_between_them() {
        assert_eq!(paragraphs(&["one".into(), "two".into()]), "one\n\ntwo");
    }
}
