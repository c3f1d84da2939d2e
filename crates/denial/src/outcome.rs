//! What a payer's answers come to: a way won, won in part or lost, to be counted for the odds of
//! the next (features 4.02, 17.02).

use jiff::civil::Date;

use crate::claim::PlanType;
use crate::denial::{Denial, Status};
use crate::lifecycle::Event;
use crate::lifecycle::event::{Change, Deed, Difference, LineChange};
use crate::lifecycle::evidence::Frequency;
use crate::named;
use crate::next_action::Way;
use crate::posting::PostingKind;

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
    if before.status().is_closed() {
        all.extend(taken_back(before, &case, events).map(Heard::TakenBack));
    }
    all
}

/// How a closed case that was won ends after all, once its money is taken back: by the lines that
/// files took back, or by what the payer kept of another payment. A posting that was a slip and is
/// made anew took nothing back.
fn taken_back(before: &Denial, after: &Denial, events: &[Event]) -> Option<Ended> {
    let is_taken = |one: &LineChange| one.what == Difference::TakenBack;
    let by_file = events.iter().any(|event| {
        let Change::Refiled { changes, .. } = &event.change else { return false };
        changes.iter().any(is_taken)
    });
    let is_kept = after.lines.iter().any(|line| !line.stays_denied());
    let offset = |case: &Denial| {
        case.postings.iter().filter(|one| one.kind == PostingKind::Recoupment).count()
    };
    let by_hand = offset(after) > offset(before);
    let part = |kept: bool| if kept { Ended::Part } else { Ended::Lost };
    if by_file {
        Some(part(is_kept))
    } else {
        by_hand.then(|| part(!after.balance.recovered.is_zero()))
    }
}

impl Denial {
    /// True where the payer has paid a line after all since that was sent whose answer is awaited.
    pub(crate) fn is_paid_in_part(&self) -> bool {
        let sent = self.out_since();
        let paid = self.lines.iter().filter_map(|line| line.recovered.as_ref());
        paid.into_iter().any(|one| sent.is_none_or(|sent| one.on >= sent))
    }
}

fn of_deed(case: &Denial, deed: &Deed, version: u32) -> Option<Heard> {
    let answered = |ended, on| {
        let way = case.way_out()?;
        Some(Heard::Answered { version, way, ended, on })
    };
    match deed {
        Deed::Upheld { answer, .. } if answer.dismissed => None,
        Deed::Upheld { on, partly, .. } => {
            answered(if *partly { Ended::Part } else { Ended::Lost }, *on)
        }
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
