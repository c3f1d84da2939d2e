//! Whom a batch tells what of its claims.

use std::collections::HashMap;

use store::Tx;
use store::correction_batches::CorrectionItem;

use crate::practice::Office;

/// Which claims of a batch may be read by who looks: some were marked, or became another's, since
/// the batch looked at them.
pub(crate) struct Sight {
    seen: HashMap<String, String>,
    guarded: HashMap<String, String>,
}

impl Sight {
    /// # Errors
    /// The database.
    pub(crate) async fn of(
        tx: &mut Tx,
        office: &Office,
        items: &[CorrectionItem],
    ) -> Result<Sight, store::Error> {
        let ids: Vec<String> = items.iter().map(|item| item.denial.clone()).collect();
        let mut cases = tx.cases_among(&ids).await?;
        cases.retain(|case| office.sees(case));
        let claims: Vec<String> = cases.iter().map(|case| case.claim.to_string()).collect();
        let guarded = tx.protected_among(&claims).await?;
        let seen = cases.iter().map(|case| (case.id.to_string(), case.claim.to_string()));
        Ok(Sight { seen: seen.collect(), guarded })
    }

    /// Why the changes and faults of a claim are not told; empty where they are.
    pub(crate) fn hides(&self, item: &CorrectionItem) -> &'static str {
        match self.seen.get(&item.denial) {
            None => "It is not yours to see.",
            Some(claim) if self.guarded.contains_key(claim) => {
                "It is a specially protected record: look at it on its case."
            }
            Some(_) => "",
        }
    }
}
