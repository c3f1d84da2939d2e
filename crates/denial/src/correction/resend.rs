//! How a claim goes out again: as a replacement, a void, or a new claim.

use crate::correction::draft::{Draft, Unfit};
use crate::correction::field::Field;
use crate::correction::original::Original;

/// What a payer takes, as far as its file says; `None` where it does not say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Terms {
    /// Frequency 7.
    pub takes_replacement: Option<bool>,
    /// Frequency 8.
    pub takes_void: Option<bool>,
    /// A note that says what was corrected (NTE*ADD).
    pub note_required: bool,
}

/// Why a claim does not go out this way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The payer's file says so.
    #[error(
        "the payer takes no replacement (frequency 7); send a new claim or ask for a reopening"
    )]
    NoReplacement,
    /// The payer's file says so.
    #[error("the payer takes no void (frequency 8); ask it to take the claim back")]
    NoVoid,
    /// Frequency 7 and 8 name what they replace (X12 RFI 1538).
    #[error("expected the payer's number of the claim (CLP07 of its newest remittance)")]
    NoControlNumber,
    /// The payer's number holds something that X12 cannot carry.
    #[error("expected the payer's number in letters and digits")]
    OddControlNumber,
    /// Dental claims are not corrected here.
    #[error(
        "dental claims are not corrected here; send the claim again from the practice's system"
    )]
    Dental,
}

/// The draft as a replacement (frequency 7) of the claim that the payer knows by this number. All
/// lines go, since a replacement stands for the whole claim.
///
/// # Errors
/// [`Refusal`] where the payer takes none, or its number of the claim is not known.
pub fn replacement(mut draft: Draft, number: &str, terms: Terms) -> Result<Draft, Refusal> {
    if terms.takes_replacement == Some(false) {
        return Err(Refusal::NoReplacement);
    }
    instead(&mut draft, "7", number)?;
    Ok(draft)
}

/// The claim as it was, taken back (frequency 8).
///
/// # Errors
/// [`Refusal`] where the payer takes none, or its number of the claim is not known.
pub fn void(original: &Original, number: &str, terms: Terms) -> Result<Draft, Refusal> {
    if terms.takes_void == Some(false) {
        return Err(Refusal::NoVoid);
    }
    let mut draft = original.draft().clone();
    instead(&mut draft, "8", number)?;
    Ok(draft)
}

/// The draft as a new claim that replaces nothing.
///
/// # Errors
/// [`Refusal::Dental`] for a dental claim.
pub fn new_claim(mut draft: Draft) -> Result<Draft, Refusal> {
    let frequency = draft.value(Field::Frequency);
    // Other frequencies say how far a stay was billed, and still do.
    let again = matches!(frequency.reveal().as_str(), "6" | "7" | "8" | "");
    if again {
        draft.set(Field::Frequency, "1").map_err(dental)?;
    }
    draft.set(Field::Replaces, "").map_err(dental)?;
    Ok(draft)
}

fn instead(draft: &mut Draft, frequency: &str, number: &str) -> Result<(), Refusal> {
    if number.trim().is_empty() {
        return Err(Refusal::NoControlNumber);
    }
    draft.set(Field::Frequency, frequency).map_err(dental)?;
    draft.set(Field::Replaces, number).map_err(|_| Refusal::OddControlNumber)
}

/// These fields take every text of ours in every other form.
fn dental(_: Unfit) -> Refusal {
    Refusal::Dental
}
