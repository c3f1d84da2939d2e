//! Corrected claims: taken out of an 837, changed field by field, written, read again.

#[path = "../../x12/tests/samples/mod.rs"]
mod samples;

#[path = "correction/fields.rs"]
mod fields;
#[path = "correction/written.rs"]
mod written;

#[path = "correction/asked.rs"]
mod asked;

#[path = "correction/checked.rs"]
mod checked;

#[path = "correction/secondary.rs"]
mod secondary;

#[path = "correction/wished.rs"]
mod wished;
