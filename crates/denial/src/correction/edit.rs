//! What somebody changes on a copy of a claim, kept as it was typed until it goes out.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::correction::check::{Fault, FaultKind, check};
use crate::correction::diff::{Change, diff};
use crate::correction::draft::{Draft, Unfit};
use crate::correction::field::Field;
use crate::correction::original::Original;
use crate::correction::resend::{Refusal, Terms, new_claim, replacement, void};
use crate::ids::PersonId;
use crate::lifecycle::evidence::Frequency;
use crate::phi::Phi;
use crate::proven::Prepared;

/// A correction that is being written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edit {
    /// How it is to go out.
    pub frequency: Frequency,
    /// What was typed, by the key of its field. What the claim says already is not here.
    pub typed: BTreeMap<String, Phi<String>>,
    /// Lines that were added at the end.
    #[serde(default)]
    pub added: u16,
    /// Lines that were taken out, by their numbers.
    #[serde(default)]
    pub removed: Vec<u16>,
    /// A coder's word on its codes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approval: Option<Approval>,
    /// The rule that began it, and by what proof.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prepared: Option<Prepared>,
    /// The number of the question by which a coder was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub question: Option<u16>,
}

/// Who approved which changes of codes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// The coder.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
    /// What they approved, by the key of its field. Any other change has it asked again.
    pub codes: BTreeMap<String, Phi<String>>,
}

/// A correction as it stands.
#[derive(Clone, Debug)]
pub struct Corrected {
    /// The claim as it would go out; as it was edited where it cannot go.
    pub draft: Draft,
    /// What it changes.
    pub changes: Vec<Change>,
    /// What has to be mended before it goes.
    pub faults: Vec<Fault>,
    /// Why it cannot go out this way.
    pub refusal: Option<Refusal>,
}

impl Edit {
    /// Nothing changed yet.
    #[must_use]
    pub const fn new(frequency: Frequency) -> Edit {
        Edit {
            frequency,
            typed: BTreeMap::new(),
            added: 0,
            removed: Vec::new(),
            approval: None,
            prepared: None,
            question: None,
        }
    }

    /// Notes what was typed in a field; what its claim says already is no change.
    pub fn take(&mut self, original: &Original, field: Field, text: &str) {
        let text = text.trim();
        if original.draft().value(field).reveal() == text {
            self.typed.remove(&field.key());
        } else {
            self.typed.insert(field.key(), Phi::new(text.to_owned()));
        }
    }

    /// The claim with everything that was typed, and what could not be set.
    #[must_use]
    pub fn on(&self, original: &Original) -> (Draft, Vec<Unfit>) {
        let mut draft = original.draft().clone();
        let mut unfit = Vec::new();
        for _ in 0..self.added {
            unfit.extend(draft.add_line().err());
        }
        for (field, text) in self.in_order() {
            unfit.extend(draft.set(field, text).err());
        }
        for line in &self.removed {
            unfit.extend(draft.remove_line(*line).err());
        }
        // Sums of lines are of those that are left.
        if let Some(text) = self.typed.get(&Field::Charge.key()) {
            unfit.extend(draft.set(Field::Charge, text.reveal()).err());
        }
        (draft, unfit)
    }

    /// What was typed, so that no place moves under what comes after it: what says something first,
    /// then what was emptied, from the last place on.
    fn in_order(&self) -> Vec<(Field, &str)> {
        let read = self.typed.iter().filter_map(|(key, text)| {
            let field = Field::parse(key).filter(|field| *field != Field::Charge)?;
            Some((field, text.reveal().as_str()))
        });
        let (mut said, mut emptied): (Vec<_>, Vec<_>) =
            read.partition(|(_, text)| !text.is_empty());
        said.sort_by_key(|(field, _)| *field);
        emptied.sort_by_key(|(field, _)| std::cmp::Reverse(*field));
        said.extend(emptied);
        said
    }

    /// The correction as it stands: as it would go out to a payer of these terms that knows the
    /// claim by `control`.
    #[must_use]
    pub fn corrected(
        &self,
        original: &Original,
        (control, terms): (&str, Terms),
        today: Date,
    ) -> Corrected {
        let (draft, unfit) = self.on(original);
        let (draft, refusal) = match self.goes(original, draft.clone(), control, terms) {
            Ok(sent) => (sent, None),
            Err(refusal) => (draft, Some(refusal)),
        };
        let changes = diff(original.draft(), &draft);
        let unfit = unfit.into_iter().map(|one| Fault {
            field: Some(one.field),
            kind: FaultKind::Syntax,
            expected: one.expected,
        });
        let mut faults: Vec<Fault> = unfit.collect();
        if refusal == Some(Refusal::NoNote) {
            let expected = Refusal::NoNote.to_string();
            faults.push(Fault { field: Some(Field::Note), kind: FaultKind::Payer, expected });
        }
        faults.extend(check(&draft, today, terms));
        Corrected { draft, changes, faults, refusal }
    }

    fn goes(
        &self,
        original: &Original,
        draft: Draft,
        control: &str,
        terms: Terms,
    ) -> Result<Draft, Refusal> {
        match self.frequency {
            Frequency::Replacement => replacement(original, draft, control, terms),
            Frequency::Void => void(original, control, terms),
            Frequency::Original => match terms.against_new(!control.is_empty()) {
                Some(refusal) => Err(refusal),
                None => new_claim(draft),
            },
        }
    }

    /// True where what was approved is what changes now.
    #[must_use]
    pub fn is_approved(&self, changes: &[Change]) -> bool {
        self.approval.as_ref().is_some_and(|one| one.codes == codes(changes))
    }
}

/// The changes that a coder approves, by the key of their field.
#[must_use]
pub fn codes(changes: &[Change]) -> BTreeMap<String, Phi<String>> {
    let coded = changes.iter().filter(|change| change.is_code());
    coded.map(|change| (change.field.key(), change.after.clone())).collect()
}

impl Corrected {
    /// True where a coder has to approve it.
    #[must_use]
    pub fn needs_coder(&self) -> bool {
        self.changes.iter().any(Change::is_code)
    }

    /// True where it can leave but for people's word on it.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.refusal.is_none() && self.faults.is_empty()
    }

    /// True where it changes more than how it goes out. A void takes the claim back as it was, and
    /// a new claim may be needed as it is.
    #[must_use]
    pub fn corrects(&self) -> bool {
        let is_envelope = |field: Field| matches!(field, Field::Frequency | Field::Replaces);
        self.changes.iter().any(|change| !is_envelope(change.field))
    }
}
