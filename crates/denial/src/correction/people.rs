//! The people and providers that a claim names: where they stand, and room for those it does not
//! name yet.

use std::ops::Range;
use std::sync::Arc;

use x12::Row;
use x12::t837::Form;
use x12::writer::Unwritable;

use crate::correction::draft::Draft;
use crate::correction::field::Who;
use crate::correction::order;
use crate::correction::rows::{named, until};
use crate::correction::values::claim_end;

/// The segments of somebody's name.
pub(crate) fn stretch(draft: &Draft, who: Who) -> Option<(&Vec<Row>, Range<usize>)> {
    let rows: &Vec<Row> = match (who, &draft.patient) {
        (Who::Subscriber, _) | (Who::Patient, None) => &draft.subscriber,
        (Who::Patient, Some(patient)) => patient,
        (Who::Rendering | Who::Referring | Who::Attending, _) => &draft.claim,
    };
    let within = if who.is_provider() { 0..until(rows, &["SBR"]) } else { 0..rows.len() };
    Some((rows, named(rows, within, role(draft, who))?))
}

/// The segments among which somebody stands, to be changed.
pub(crate) fn rows(draft: &mut Draft, who: Who) -> &mut Vec<Row> {
    match (who, &mut draft.patient) {
        (Who::Subscriber, _) | (Who::Patient, None) => Arc::make_mut(&mut draft.subscriber),
        (Who::Patient, Some(patient)) => Arc::make_mut(patient),
        (Who::Rendering | Who::Referring | Who::Attending, _) => &mut draft.claim,
    }
}

/// The segment of a provider whom the claim does not name yet; it is not on the claim so far.
pub(crate) fn made(draft: &Draft, who: Who) -> Result<Row, Unwritable> {
    let mut row = Row::new("NM1", draft.delimiters);
    row.set(1, role(draft, who))?;
    row.set(2, "1")?;
    Ok(row)
}

/// Puts a provider whom the claim does not name yet among the others.
pub(crate) fn put(draft: &mut Draft, who: Who, row: Row) {
    let order = match draft.form() {
        Form::Institutional => order::INSTITUTIONAL_NAMES,
        Form::Professional | Form::Dental => order::PROFESSIONAL_NAMES,
    };
    let place = |role: &str| order.iter().position(|one| *one == role);
    let own = place(role(draft, who));
    let end = until(&draft.claim, &["SBR"]);
    let names = claim_end(&draft.claim)..end;
    let follows = |row: &Row| row.is("NM1", "") && place(&row.text(1)) > own;
    let after = draft.claim.get(names.clone()).unwrap_or_default().iter().position(follows);
    draft.claim.insert(after.map_or(end, |after| names.start + after), row);
}

/// A provider without an identifier goes with all that is said of them; true where that was so.
pub(crate) fn take_out(draft: &mut Draft, who: Who) -> bool {
    let found = stretch(draft, who).map(|(_, range)| range).filter(|_| who.is_provider());
    if let Some(range) = &found {
        draft.claim.drain(range.clone());
    }
    found.is_some()
}

fn role(draft: &Draft, who: Who) -> &'static str {
    match who {
        Who::Patient if draft.patient.is_some() => "QC",
        Who::Subscriber | Who::Patient => "IL",
        Who::Rendering => "82",
        Who::Referring => "DN",
        Who::Attending => "71",
    }
}
