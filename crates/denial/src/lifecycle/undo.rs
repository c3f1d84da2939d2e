//! Taking back the last thing that was done with a case (house §18.14): within ten minutes, by who
//! did it, while nothing came after it, and only what moved no status and no money.

use jiff::{SignedDuration, Timestamp};

use crate::denial::Denial;
use crate::ids::PersonId;
use crate::lifecycle::event::{Change, Event};
use crate::lifecycle::refused::Refused;
use crate::person::Moment;

/// How long something can be taken back.
pub const UNDO: SignedDuration = SignedDuration::from_mins(10);

impl Denial {
    /// Takes back the decision that led to a version. `told` are all events of the case in their
    /// order; `by` and `at` say who made the decision and when.
    ///
    /// # Errors
    /// [`Refused::Undo`] says why it stays.
    pub fn undo(
        &self,
        told: &[Event],
        version: u32,
        (by, at): (&PersonId, Timestamp),
        moment: &Moment,
    ) -> Result<Vec<Event>, Refused> {
        if *by != moment.who.person {
            return Err(Refused::Undo("somebody else did it"));
        }
        if self.version != version {
            return Err(Refused::Undo("something came after it"));
        }
        if moment.now.duration_since(at) > UNDO {
            return Err(Refused::Undo("more than ten minutes have passed"));
        }
        let first = told.iter().position(|event| event.version == version);
        let (before, undone) = told.split_at(first.unwrap_or(told.len()));
        if undone.is_empty() || !undone.iter().all(|event| event.change.can_go_back()) {
            return Err(Refused::Undo("it moved the status or money, or left the house"));
        }
        let before = Denial::fold(before).ok_or(Refused::Undo("the case begins with it"))?;
        let change = Change::Undone { undone: version, before: Box::new(before) };
        Ok(vec![Event { version: version.saturating_add(1), change }])
    }
}

impl Change {
    /// True where the case can go back to what it was before.
    const fn can_go_back(&self) -> bool {
        match self {
            Change::Clocked { .. }
            | Change::Scheduled { .. }
            | Change::Planned { .. }
            | Change::Assigned { .. }
            | Change::Owned { .. }
            | Change::Taken { .. }
            | Change::Released
            | Change::Recategorized { .. }
            | Change::SubStatusSet { .. }
            | Change::Snoozed { .. }
            | Change::Contacted { .. }
            | Change::Promised { .. }
            | Change::PromiseKept { .. }
            | Change::Attached { .. }
            | Change::Asked { .. }
            | Change::Answered { .. }
            | Change::Escalated { .. }
            | Change::SetAside { .. }
            | Change::BroughtBack { .. }
            | Change::Ticked { .. }
            | Change::Noted { .. }
            | Change::WriteOffProposed { .. } => true,
            // A cause that was set is counted for others by then; a second person's word, files and
            // money stay.
            Change::RootCauseSet { .. }
            | Change::Opened { .. }
            | Change::PromiseBroken { .. }
            | Change::RequestCame { .. }
            | Change::RequestEnded { .. }
            | Change::Moved { .. }
            | Change::Refiled { .. }
            | Change::Joined { .. }
            | Change::Posted { .. }
            | Change::Split { .. }
            | Change::WriteOffApproved { .. }
            | Change::WriteOffDeclined { .. }
            | Change::Undone { .. } => false,
        }
    }
}
