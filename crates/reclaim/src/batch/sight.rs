//! Whom a batch tells what of its claims.

use std::collections::HashMap;

use denial::denial::Denial;
use store::Tx;
use store::correction_batches::{CorrectionBatch, CorrectionItem};

use crate::batch;
use crate::practice::Office;

/// Which claims of a batch may be read by who looks: some were marked, or became another's, since
/// the batch looked at them. Whose word on its codes is waited for reads what it is about.
pub(crate) struct Sight {
    seen: HashMap<String, Denial>,
    guarded: HashMap<String, String>,
    /// Who looks was asked for a word on its codes, and sees nothing else of it.
    approves: bool,
}

impl Sight {
    /// # Errors
    /// The database.
    pub(crate) async fn of(
        tx: &mut Tx,
        office: &Office,
        one: &CorrectionBatch,
        items: &[CorrectionItem],
    ) -> Result<Sight, store::Error> {
        let ids: Vec<String> = items.iter().map(|item| item.denial.clone()).collect();
        let approves = batch::may_approve(office, one);
        let is_asked = |case: &Denial| {
            let of = items.iter().find(|item| item.denial == case.id.as_str());
            approves && of.is_some_and(|item| item.state == "ready" && item.coded == "yes")
        };
        let mut cases = tx.cases_among(&ids).await?;
        cases.retain(|case| office.sees(case) || is_asked(case));
        let claims: Vec<String> = cases.iter().map(|case| case.claim.to_string()).collect();
        let guarded = tx.protected_among(&claims).await?;
        let seen = cases.into_iter().map(|case| (case.id.to_string(), case)).collect();
        Ok(Sight { seen, guarded, approves })
    }

    /// The case of a claim, where who looks may read it.
    pub(crate) fn case(&self, item: &CorrectionItem) -> Option<&Denial> {
        self.seen.get(&item.denial)
    }

    /// Why the changes and faults of a claim are not told; empty where they are.
    pub(crate) fn hides(&self, item: &CorrectionItem) -> &'static str {
        match self.case(item) {
            None if self.approves => "No code changes on it: nothing of it waits for your word.",
            None => "It is not yours to see.",
            Some(case) if self.guarded.contains_key(case.claim.as_str()) => {
                "It is a specially protected record: look at it on its case."
            }
            Some(_) => "",
        }
    }
}
