//! Whom a case waits on: decided here once, and told everywhere in the same words.

use jiff::civil::Date;

use crate::denial::{Denial, NextAction, Status, Work};
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

    /// True while the next step is the payer's or a colleague's, and no day of the case has come:
    /// neither the follow-up nor that on which others hear of it. `again` is what comes next by
    /// what was sent again; the days that it keeps are not those of its own next action.
    #[must_use]
    pub fn rests(&self, again: Option<NextAction>, today: Date) -> bool {
        let Work::Open { next, escalate_on, .. } = &self.work else { return false };
        if let Some(again) = again {
            return again.on > today;
        }
        match self.waits_on() {
            Some(WaitsOn::Payer | WaitsOn::Colleague) => next.on > today && *escalate_on > today,
            Some(WaitsOn::Approval | WaitsOn::Us) | None => false,
        }
    }

    /// True while the payer owes its answer, or the payment of what it gave way on.
    #[must_use]
    pub fn lies_with_payer(&self) -> bool {
        let is_unpaid = self.status() == Status::Overturned && !self.is_won();
        self.status().is_awaiting() || is_unpaid
    }
}
