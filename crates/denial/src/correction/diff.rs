//! What a correction changes, field by field.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::correction::coded;
use crate::correction::draft::Draft;
use crate::correction::field::{self, Field, LineField, Who};
use crate::phi::Phi;

/// One field that says something else than before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Which; its `Display` is its words, with the number of the line.
    pub field: Field,
    /// What it said; empty where it said nothing or its line is new.
    pub before: Phi<String>,
    /// What it says; empty where it says nothing or its line is gone.
    pub after: Phi<String>,
}

impl Change {
    /// True where a coder must approve it.
    #[must_use]
    pub const fn is_code(&self) -> bool {
        self.field.is_code()
    }
}

impl Draft {
    /// The fields that a claim of this form has, in the order in which people read them: those of
    /// the claim, its diagnoses and attachments, its people, each line.
    #[must_use]
    pub fn fields(&self) -> Vec<Field> {
        let place = |count: usize| u8::try_from(count).unwrap_or(u8::MAX);
        let diagnoses = (1..=place(coded::diagnoses(self).len())).map(Field::Diagnosis);
        let attachments = (1..=place(coded::attachment_count(self))).map(Field::Attachment);
        let lines = self
            .lines()
            .flat_map(|number| LineField::all().map(move |field| Field::Line(number, field)));
        let is_said_twice = |field: &Field| self.patient.is_none() && is_patients(*field);
        field::whole()
            .filter(|field| !is_said_twice(field))
            .chain(diagnoses)
            .chain(attachments)
            .chain(lines)
            .filter(|field| field.is_in(self.form()))
            .collect()
    }
}

/// A patient who is the subscriber is named once.
const fn is_patients(field: Field) -> bool {
    matches!(
        field,
        Field::Family(Who::Patient) | Field::Given(Who::Patient) | Field::Born(Who::Patient)
    )
}

/// Every field that differs, in the order of [`Draft::fields`]; lines that are new or gone with
/// all that they say.
#[must_use]
pub fn diff(before: &Draft, after: &Draft) -> Vec<Change> {
    let mut fields = before.fields();
    let known: BTreeSet<Field> = fields.iter().copied().collect();
    fields.extend(after.fields().into_iter().filter(|field| !known.contains(field)));
    let change = |field: Field| {
        let (before, after) = (before.value(field), after.value(field));
        (before != after).then_some(Change { field, before, after })
    };
    fields
        .into_iter()
        .filter(|field| may_differ(before, after, *field))
        .filter_map(change)
        .collect()
}

/// Levels that two drafts share and lines with the same segments need no look at their fields.
fn may_differ(before: &Draft, after: &Draft, field: Field) -> bool {
    let of_subscriber = || !Arc::ptr_eq(&before.subscriber, &after.subscriber);
    if let Field::Line(number, _) = field {
        return before.line(number) != after.line(number);
    }
    if matches!(field, Field::Member | Field::Payer) {
        return of_subscriber();
    }
    if let Field::Family(who) | Field::Given(who) | Field::Born(who) = field
        && !who.is_provider()
    {
        let both = before.patient.as_ref().zip(after.patient.as_ref());
        let same = before.patient.is_none() && after.patient.is_none();
        return of_subscriber() || !both.map_or(same, |(one, other)| Arc::ptr_eq(one, other));
    }
    true
}
