//! Why a payment may be of a billed claim: in what the two agree, and in what they differ.

use denial::matching::{Sign, likeness};
use store::claims::ClaimRow;
use store::remittances::ClaimPaymentRow;

use crate::settle;
use crate::web::trouble::Trouble;

/// In words.
#[derive(Default)]
pub(super) struct Alike {
    pub(super) agrees: String,
    pub(super) differs: String,
}

impl Alike {
    /// Compares them; `others` is what payers said of the billed claim under its own number.
    pub(super) fn of<'a>(
        claim: Option<&ClaimRow>,
        row: Option<&ClaimPaymentRow>,
        mut others: impl Iterator<Item = &'a ClaimPaymentRow>,
    ) -> Result<Alike, Trouble> {
        let billed = claim.map(ClaimRow::billed).transpose()?.flatten();
        let (Some(claim), Some(row)) = (billed, row) else { return Ok(Alike::default()) };
        let payment = settle::payment(row)?;
        let likeness = likeness(&claim, &payment);
        let mut agrees: Vec<&str> = likeness.agrees.iter().map(|sign| sign.as_str()).collect();
        let is_named = |other: &ClaimPaymentRow| -> Result<bool, Trouble> {
            let is_itself = (&other.remittance, other.n) == (&row.remittance, row.n);
            Ok(!is_itself && settle::payment(other)?.control == payment.control)
        };
        if !payment.control.is_empty()
            && others.try_fold(false, |is, one| Ok::<bool, Trouble>(is || is_named(one)?))?
        {
            agrees.push("payer's number of another payment");
        }
        let differs: Vec<&str> = likeness.differs.iter().copied().map(Sign::as_str).collect();
        Ok(Alike { agrees: agrees.join(", "), differs: differs.join(", ") })
    }
}
