//! `protected.toml`: which claims are specially protected records, and as what.

use smol_str::SmolStr;

use super::Draft;
use super::entry::{Entry, Page};
use crate::codes::Npi;
use crate::protected::{Kind, Protected, plain};

/// Letters of the longest label: it stands in a row of the queue.
const LABEL: usize = 40;

impl Draft {
    pub(super) fn read_protected(&mut self, file: &str, text: &str) {
        let (kinds, faults) = Page::new(file, text).read(kinds);
        self.rules.protected = Protected { kinds };
        self.faults.extend(faults);
    }
}

fn kinds(page: &Entry<'_>) -> Vec<Kind> {
    let mut kinds: Vec<Kind> = Vec::new();
    for row in page.entries("kind") {
        let Some(kind) = kind(&row) else { continue };
        if kinds.iter().any(|one| one.name == kind.name) {
            let message = format!("the kind {} is there twice", kind.name);
            row.fault_at("name", message, "put what marks it into one [[kind]]");
        }
        kinds.push(kind);
    }
    kinds
}

fn kind(row: &Entry<'_>) -> Option<Kind> {
    let name = row.required("name", row.text("name"));
    let label = row.required("label", row.text("label"));
    let texts = |key| row.list(key).into_iter().map(|one| SmolStr::new(one.trim())).collect();
    let (payers, providers) = (texts("payers"), texts("providers"));
    let codes = |key| row.list(key).into_iter().map(plain).collect::<Vec<SmolStr>>();
    let (diagnoses, services) = (codes("diagnoses"), codes("services"));
    row.finish();
    let kind = Kind {
        name: name?.into(),
        label: label?.trim().into(),
        diagnoses,
        services,
        payers,
        providers,
    };
    check(row, &kind);
    Some(kind)
}

fn check(row: &Entry<'_>, kind: &Kind) {
    let is_word = |name: &str| name.bytes().all(|one| one.is_ascii_lowercase() || one == b'_');
    if !is_word(&kind.name) {
        let message = format!("`{}` is no word for rows", kind.name);
        row.fault_at("name", message, "write small letters and `_`; people read the label");
    }
    if kind.label.is_empty() || kind.label.chars().count() > LABEL {
        let message = format!("a label has 1 to {LABEL} letters");
        row.fault_at("label", message, "it stands in a row of the queue");
    }
    // An ICD-10-CM code begins with a letter and a digit; a shorter one marks a whole chapter.
    let is_code = |code: &SmolStr| {
        let mut letters = code.bytes();
        letters.next().is_some_and(|one| one.is_ascii_uppercase())
            && letters.next().is_some_and(|one| one.is_ascii_digit())
            && code.len() <= 7
    };
    if let Some(odd) = kind.diagnoses.iter().find(|code| !is_code(code)) {
        let message = format!("`{odd}` begins no diagnosis of ICD-10-CM");
        row.fault_at("diagnoses", message, "write beginnings such as \"F10\" or \"O98.7\"");
    }
    if kind.services.iter().chain(&kind.payers).any(|one| one.is_empty()) {
        row.fault("an empty text marks nothing".to_owned(), "take it out");
    }
    if let Some(odd) = kind.providers.iter().find(|npi| !Npi::new(npi).is_valid()) {
        row.fault_at("providers", format!("`{odd}` is no NPI"), "write its ten digits");
    }
}
