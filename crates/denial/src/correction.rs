//! Corrected claims: a claim is taken out of its 837, changed where somebody says so, compared,
//! checked and written again as a replacement, a void or a new claim.
//!
//! What nobody changed stays byte for byte. Every value of a claim may be about its patient, so all
//! of them are [`Phi`](crate::phi::Phi).

mod check;
mod check_codes;
mod cob;
mod coded;
mod diff;
mod draft;
mod edit;
mod field;
mod file;
mod letters;
mod lines;
mod order;
mod original;
mod people;
mod resend;
mod rows;
mod secondary;
mod values;
mod wish;

pub use check::{Fault, FaultKind, check};
pub use diff::{Change, diff};
pub use draft::{Draft, Unfit};
pub use edit::{Approval, Corrected, Edit, codes};
pub use field::{Field, LineField, Who};
pub use file::{NotWritten, Sending, write};
pub use original::{Original, Originals, Parties, originals};
pub use resend::{NoteCode, Refusal, Terms, new_claim, replacement, void};
pub use secondary::{NoSecondary, in_order, secondary, secondary_by};
pub use wish::{Aside, Scope, What, Wish, WishFault, bundles, denied};
pub use x12::t837::Form;
