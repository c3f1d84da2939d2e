//! How surely a payment is of the claim that it stands on, as a word beside it.

use std::collections::{HashMap, HashSet};

use denial::matching::{self, Grade};
use store::Tx;
use store::claims::ClaimRow;
use store::doubts::Doubt;
use store::remittances::ClaimPaymentRow;

use crate::settle;
use crate::web::case_view::Spoken;
use crate::web::trouble::Trouble;

/// A grade in words.
pub(crate) struct Chip {
    pub(crate) label: &'static str,
    pub(crate) class: &'static str,
    pub(crate) title: &'static str,
}

/// What is known of the claims of some payments.
pub(crate) struct Matched {
    claims: HashMap<String, ClaimRow>,
    speaks: HashMap<String, String>,
    confirmed: HashSet<(String, i64)>,
}

impl Matched {
    /// Reads it.
    pub(crate) async fn of(tx: &mut Tx, claims: &[String]) -> Result<Matched, store::Error> {
        let speaks: HashMap<String, String> = tx.joined(claims).await?.into_iter().collect();
        let mut all = claims.to_vec();
        all.extend(speaks.values().cloned());
        all.sort();
        all.dedup();
        let doubts = tx.doubts_of(&all).await?;
        let confirmed = doubts.into_iter().filter(|one| one.state == Doubt::Confirmed.as_str());
        Ok(Matched {
            claims: tx.claims(&all).await?,
            speaks,
            confirmed: confirmed.map(|one| (one.remittance, one.n)).collect(),
        })
    }

    /// The grade of one payment.
    pub(crate) fn chip(&self, row: &ClaimPaymentRow) -> Result<Chip, Trouble> {
        let speaker = self.speaks.get(&row.claim);
        let claim = self.claims.get(speaker.unwrap_or(&row.claim));
        let billed = claim.map(ClaimRow::billed).transpose()?.flatten();
        let payment = settle::payment(row)?;
        let grade = billed.map_or(Grade::None, |claim| matching::grade(&claim, &payment));
        let is_confirmed = self.confirmed.contains(&(row.remittance.clone(), row.n));
        let (label, class, title) = match grade {
            Grade::Exact => {
                ("exact match", "here", "Our number, and the charge or the patient of the bill")
            }
            Grade::Likely if speaker.is_some() => {
                ("likely match, accepted", "here", "Somebody said that it is this claim")
            }
            Grade::Likely if is_confirmed => {
                ("likely match, confirmed", "here", "Somebody said that it is this claim")
            }
            Grade::Likely => (
                "likely match",
                "odd",
                "Our number, but neither the charge nor the patient of the bill; see Matches, \
                 Doubtful",
            ),
            Grade::None => ("no bill", "absent", "No 837 with this claim was taken in"),
        };
        Ok(Chip { label, class, title })
    }
}

/// Puts its grade beside everything that payers said.
pub(crate) fn mark(
    spoken: &mut [Spoken],
    rows: &[ClaimPaymentRow],
    matched: &Matched,
) -> Result<(), Trouble> {
    for (one, row) in spoken.iter_mut().zip(rows) {
        one.grade = Some(matched.chip(row)?);
    }
    Ok(())
}
