//! What a payer's answers come to: a way won, won in part or lost, to be counted for the odds of
//! the next (features 4.02, 17.02).

use jiff::civil::Date;

use crate::claim::PlanType;
use crate::denial::{Denial, Status};
use crate::lifecycle::Event;
use crate::lifecycle::event::{Change, Deed};
use crate::lifecycle::evidence::Frequency;
use crate::named;
use crate::next_action::Way;

named! {
    /// How a way ended on its merits. What was rejected, dismissed or withdrawn was not answered.
    Ended {
        /// The payer gave way.
        Won = "won",
        /// It gave way in part.
        Part = "part",
        /// It kept its view.
        Lost = "lost",
    }
}

/// What one decision comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// The payer answered what was out.
    Answered {
        /// The version that the answer led to.
        version: u32,
        /// What was out.
        way: Way,
        /// How it ended.
        ended: Ended,
        /// The day of the answer.
        on: Date,
    },
    /// The payer does not keep what it promised in full: it ended so after all.
    TakenBack(Ended),
}

/// What the events of one decision come to; `before` is the case before them.
#[must_use]
pub fn heard(before: &Denial, events: &[Event]) -> Vec<Heard> {
    let mut case = before.clone();
    let mut all = Vec::new();
    for event in events {
        if let Change::Moved { deed, .. } = &event.change {
            all.extend(of_deed(&case, deed, event.version));
        }
        case = case.apply(event);
    }
    all
}

fn of_deed(case: &Denial, deed: &Deed, version: u32) -> Option<Heard> {
    let answered = |ended, on| {
        let way = case.way_out()?;
        Some(Heard::Answered { version, way, ended, on })
    };
    match deed {
        Deed::Upheld { answer, .. } if answer.dismissed => None,
        Deed::Upheld { on, .. } => answered(Ended::Lost, *on),
        Deed::Overturned { on, partly, .. } => {
            answered(if *partly { Ended::Part } else { Ended::Won }, *on)
        }
        Deed::Disputed { missing, .. } => {
            let is_part = missing.is_some_and(|missing| missing < case.balance.denied);
            Some(Heard::TakenBack(if is_part { Ended::Part } else { Ended::Lost }))
        }
        Deed::Reviewed
        | Deed::Resubmitted { .. }
        | Deed::Appealed { .. }
        | Deed::Acknowledged { .. }
        | Deed::Rejected { .. }
        | Deed::Withdrawn { .. }
        | Deed::Settled
        | Deed::WrittenOff { .. }
        | Deed::Reopened { .. } => None,
    }
}

impl Denial {
    /// The way whose answer is awaited: that of what was sent last.
    #[must_use]
    pub fn way_out(&self) -> Option<Way> {
        let since = match self.status() {
            Status::Corrected | Status::Appealed | Status::Pending => self.out_since()?,
            Status::New
            | Status::InReview
            | Status::Overturned
            | Status::Paid
            | Status::WrittenOff => return None,
        };
        let mut appeals = self.appeals.iter().filter(|one| one.decided.is_none());
        if appeals.any(|one| one.filed_on == since) {
            return Some(Way::Appeal);
        }
        let sent = self.submissions.iter().filter(|one| one.ended_on.is_none());
        let last = sent.clone().next_back()?;
        let voided = sent.clone().any(|one| one.frequency == Frequency::Void);
        Some(match last.frequency {
            Frequency::Void => Way::VoidAndNew,
            Frequency::Original if voided => Way::VoidAndNew,
            Frequency::Original => Way::NewClaim,
            // It takes no replacement: what is corrected there is reopened.
            Frequency::Replacement if self.plan == PlanType::Medicare => Way::Reopening,
            Frequency::Replacement => Way::CorrectedClaim,
        })
    }
}
