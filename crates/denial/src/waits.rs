//! Whom a case waits on: decided here once, and told everywhere in the same words.

use crate::denial::{Denial, Status};
use crate::named;

named! {
    /// Whose step it is before the case can go on.
    WaitsOn {
        /// A second person, who approves or declines a write-off.
        Approval = "approval",
        /// A colleague who was asked.
        Colleague = "colleague",
        /// The payer: its answer, its payment, or what it promised.
        Payer = "payer",
        /// Its owner.
        Us = "us",
    }
}

impl WaitsOn {
    /// For people, within a sentence: waits on …
    #[must_use]
    pub const fn in_words(self) -> &'static str {
        match self {
            WaitsOn::Approval => "a second person",
            WaitsOn::Colleague => "a colleague",
            WaitsOn::Payer => "the payer",
            WaitsOn::Us => "us",
        }
    }
}

impl Denial {
    /// Whose step it is; nobody's once the case is closed. What one of us can do comes before what
    /// only the payer can: an approval, then an answer.
    #[must_use]
    pub fn waits_on(&self) -> Option<WaitsOn> {
        if self.status().is_closed() {
            None
        } else if self.waits_for_approval() {
            Some(WaitsOn::Approval)
        } else if !self.questions.is_empty() {
            Some(WaitsOn::Colleague)
        } else if !self.requests.is_empty() {
            Some(WaitsOn::Us)
        } else if self.lies_with_payer() || self.promised_by.is_some() {
            Some(WaitsOn::Payer)
        } else {
            Some(WaitsOn::Us)
        }
    }

    /// True while the payer owes its answer, or the payment of what it gave way on.
    #[must_use]
    pub fn lies_with_payer(&self) -> bool {
        let is_unpaid = self.status() == Status::Overturned && !self.is_won();
        self.status().is_awaiting() || is_unpaid
    }
}
