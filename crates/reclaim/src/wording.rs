//! The words that a case is found by: the patient's names and member id, numbers of the claim, what
//! people wrote.

use std::collections::{BTreeSet, HashMap};

use denial::claim::Patient;
use denial::denial::Denial;
use denial::lifecycle::{Change, Event};
use store::Tx;
use store::words::{Word, WordKind};

/// Letters of the shortest word of a note that is kept.
const SHORTEST: usize = 3;
/// Words of one note that are kept.
const MOST: usize = 400;

/// A text as words: lower-case letters and digits, each part and the whole without what joins them.
pub(crate) fn words(text: &str) -> Vec<String> {
    let text = text.to_lowercase();
    let mut words = Vec::new();
    for whole in text.split_whitespace() {
        let parts: Vec<&str> =
            whole.split(|one: char| !one.is_alphanumeric()).filter(|one| !one.is_empty()).collect();
        if parts.len() > 1 {
            words.push(parts.concat());
        }
        words.extend(parts.into_iter().map(str::to_owned));
    }
    words
}

/// What is looked for: each word as one, whatever joins its parts.
pub(crate) fn sought(text: &str) -> Vec<String> {
    let whole = |word: &str| word.chars().filter(|one| one.is_alphanumeric()).collect::<String>();
    let words = text.to_lowercase();
    words.split_whitespace().map(whole).filter(|word| !word.is_empty()).collect()
}

/// What the cases of a step are named by: so far, and from now on.
#[derive(Default)]
pub(crate) struct Named {
    so_far: HashMap<String, BTreeSet<Word>>,
    new: BTreeSet<Word>,
}

impl Named {
    /// What some cases are named by.
    ///
    /// # Errors
    /// The database.
    pub(crate) async fn of<'a>(
        tx: &mut Tx,
        cases: impl Iterator<Item = &'a Denial>,
    ) -> Result<Named, store::Error> {
        let ids: Vec<String> = cases.map(|case| case.id.to_string()).collect();
        let so_far = if ids.is_empty() { HashMap::new() } else { tx.names_among(&ids).await? };
        Ok(Named { so_far, ..Named::default() })
    }

    /// A case is called by its claim, which may be known better now, or be another.
    ///
    /// # Errors
    /// The database.
    pub(crate) async fn call(
        &mut self,
        tx: &mut Tx,
        case: &Denial,
        patient: &Patient,
    ) -> Result<(), store::Error> {
        let names = names(case, patient);
        if self.so_far.get(case.id.as_str()) != Some(&names) {
            tx.forget_names(case.id.as_str()).await?;
            self.new.extend(names);
        }
        Ok(())
    }

    /// A case is new.
    pub(crate) fn add(&mut self, case: &Denial, patient: &Patient) {
        self.new.extend(names(case, patient));
    }

    /// Writes what is new.
    ///
    /// # Errors
    /// The database.
    pub(crate) async fn write(&self, tx: &mut Tx) -> Result<(), store::Error> {
        tx.add_words(&self.new).await
    }
}

/// What a case is named by.
fn names(case: &Denial, patient: &Patient) -> BTreeSet<Word> {
    let texts = [
        (WordKind::Name, patient.family.as_str()),
        (WordKind::Name, patient.given.as_str()),
        (WordKind::Member, patient.member.as_str()),
        (WordKind::Number, case.number.as_str()),
        (WordKind::Number, case.control.as_str()),
    ];
    let about = case.id.as_str();
    texts.into_iter().flat_map(|(kind, text)| kept(about, kind, words(text))).collect()
}

/// What was written in some events of a case.
pub(crate) fn notes(case: &Denial, events: &[Event]) -> BTreeSet<Word> {
    let about = case.id.as_str();
    let long = |word: &String| word.chars().count() >= SHORTEST;
    let texts = events.iter().flat_map(|event| written(&event.change));
    let words = texts.flat_map(|text| words(text).into_iter().filter(long).take(MOST));
    kept(about, WordKind::Note, words).collect()
}

fn kept(
    about: &str,
    kind: WordKind,
    words: impl IntoIterator<Item = String>,
) -> impl Iterator<Item = Word> {
    words.into_iter().map(move |word| Word { about: about.to_owned(), kind, word })
}

/// The words that somebody wrote of their own.
fn written(change: &Change) -> Vec<&str> {
    match change {
        Change::Noted { text } | Change::Answered { text, .. } => vec![text],
        Change::Asked { question } => vec![&question.text],
        Change::Ticked { ticked } => vec![&ticked.tick.note],
        Change::Contacted { contact, .. } => {
            vec![&contact.said, &contact.representative, &contact.reference]
        }
        Change::Snoozed { reason, .. }
        | Change::Escalated { reason, .. }
        | Change::SetAside { reason, .. }
        | Change::WriteOffDeclined { reason, .. }
        | Change::Recategorized { reason, .. } => vec![reason],
        Change::RootCauseSet { cause } => vec![&cause.step, &cause.note],
        Change::WriteOffProposed { proposal } => vec![&proposal.reason],
        Change::Opened { .. }
        | Change::Moved { .. }
        | Change::Refiled { .. }
        | Change::Joined { .. }
        | Change::Clocked { .. }
        | Change::Posted { .. }
        | Change::Scheduled { .. }
        | Change::Planned { .. }
        | Change::Assigned { .. }
        | Change::Owned { .. }
        | Change::Taken { .. }
        | Change::Released
        | Change::SubStatusSet { .. }
        | Change::Attached { .. }
        | Change::Promised { .. }
        | Change::PromiseKept { .. }
        | Change::PromiseBroken { .. }
        | Change::RequestCame { .. }
        | Change::RequestEnded { .. }
        | Change::BroughtBack { .. }
        | Change::Split { .. }
        | Change::WriteOffApproved { .. }
        | Change::Undone { .. } => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_found_by_its_parts_and_as_one() {
        assert_eq!(words("O'Brien-Smith  Éva"), ["obriensmith", "o", "brien", "smith", "éva"]);
        assert_eq!(words("01-0047743"), ["010047743", "01", "0047743"]);
        assert_eq!(words(" - . "), Vec::<String>::new());
        assert_eq!(sought("O'BRIEN 01-00477"), ["obrien", "0100477"]);
        assert!(sought(" . ").is_empty());
    }
}
