//! What a case says of itself at once: won or not, where it stands, who answers for it, what comes
//! next.

use super::{Chosen, Denial, DeniedLine, NextAction, Owner, Proposal, Status, Work};

impl Denial {
    /// True where every line was paid after all or set aside, and one at least was paid.
    #[must_use]
    pub fn is_won(&self) -> bool {
        let settled = |line: &DeniedLine| !line.stays_denied() || line.set_aside.is_some();
        self.lines.iter().all(settled) && self.lines.iter().any(|line| !line.stays_denied())
    }

    /// True while a write-off waits for a second person.
    #[must_use]
    pub fn waits_for_approval(&self) -> bool {
        self.proposal.as_ref().is_some_and(|one| one.approved_by.is_none())
    }

    /// The write-off that a second person agreed to, while it covers what is outstanding.
    #[must_use]
    pub fn approved_write_off(&self) -> Option<&Proposal> {
        let outstanding = self.balance.outstanding();
        let covers = |one: &&Proposal| one.approved_by.is_some() && one.amount >= outstanding;
        self.proposal.as_ref().filter(covers).filter(|_| !outstanding.is_zero())
    }

    /// Where the case stands.
    #[must_use]
    pub const fn status(&self) -> Status {
        self.work.status()
    }

    /// Who answers for the case while it is open.
    #[must_use]
    pub const fn owner(&self) -> Option<&Owner> {
        match &self.work {
            Work::Open { owner, .. } => Some(owner),
            Work::Closed { .. } => None,
        }
    }

    /// What comes next while the case is open.
    #[must_use]
    pub const fn next(&self) -> Option<&NextAction> {
        match &self.work {
            Work::Open { next, .. } => Some(next),
            Work::Closed { .. } => None,
        }
    }
}

impl Chosen {
    /// True where a person chose the owner: no rule gives the case to another.
    #[must_use]
    pub const fn is_persons_owner(&self) -> bool {
        self.owner && !self.owner_by_itself
    }

    /// True where a person planned what comes next: no rule plans another.
    #[must_use]
    pub const fn is_persons_next(&self) -> bool {
        self.next && !self.next_by_itself
    }
}
