//! The life of a case: status, acts, events, and the one table of moves.
//!
//! An act is decided ([`Denial::decide`]) into events, or refused; events are applied
//! ([`Denial::apply`]). Files speak through [`Denial::open`] and [`Denial::hear`]. Nothing else
//! changes a case.

pub mod action;
mod apply;
mod desk;
pub mod event;
pub mod evidence;
pub mod hearing;
mod money;
mod moves;
pub mod opening;
mod payer;
pub mod refused;
pub mod texts;
pub(crate) mod timing;
pub mod undo;

pub use action::{Act, Action};
pub use event::{Change, Event};
pub use refused::Refused;

use jiff::civil::Date;

use crate::denial::{Denial, Status};
use crate::escalation;
use crate::person::{self, Moment};
use crate::rules::Rules;

/// Every move that a status can make. Whatever was sent or closed comes back to In review, and only
/// In review gives money up.
pub const MOVES: [(Status, Status); 19] = [
    (Status::New, Status::InReview),
    (Status::New, Status::Overturned),
    (Status::InReview, Status::Corrected),
    (Status::InReview, Status::Appealed),
    (Status::InReview, Status::Overturned),
    (Status::InReview, Status::Paid),
    (Status::InReview, Status::WrittenOff),
    (Status::Corrected, Status::InReview),
    (Status::Corrected, Status::Pending),
    (Status::Corrected, Status::Overturned),
    (Status::Appealed, Status::InReview),
    (Status::Appealed, Status::Pending),
    (Status::Appealed, Status::Overturned),
    (Status::Pending, Status::InReview),
    (Status::Pending, Status::Overturned),
    (Status::Overturned, Status::InReview),
    (Status::Overturned, Status::Paid),
    (Status::Paid, Status::InReview),
    (Status::WrittenOff, Status::InReview),
];

/// What a decision comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decided {
    /// What happened, in order.
    pub events: Vec<Event>,
    /// The case after all of it.
    pub after: Denial,
    /// The case that was split off, where one was. Its round is the one after its origin's; where
    /// the claim has that already, [`Decided::in_round`] gives it a free one.
    pub split: Option<Box<Decided>>,
}

impl Decided {
    /// The same where no person decided it: what it chose holds against files, and a person's
    /// choice goes before it. `before` is the case before it.
    #[must_use]
    pub fn by_itself(mut self, before: &Denial) -> Decided {
        for event in &mut self.events {
            if let Change::Assigned { by_itself, .. } | Change::Planned { by_itself, .. } =
                &mut event.change
            {
                *by_itself = true;
            }
        }
        self.after = self.events.iter().fold(before.clone(), Denial::apply);
        self
    }

    /// The same new case in another round, in its opening and after it.
    #[must_use]
    pub fn in_round(mut self, round: u8) -> Decided {
        self.after.round = round;
        for event in &mut self.events {
            if let Change::Opened { denial } = &mut event.change {
                denial.round = round;
            }
        }
        self
    }
}

impl Denial {
    /// Decides an act and applies it.
    ///
    /// # Errors
    /// [`Refused`] says what to do instead.
    pub fn act(&self, action: &Action, at: &Moment, rules: &Rules) -> Result<Decided, Refused> {
        let events = self.decide(action, at, rules)?;
        let split = self.split_off(action, at, rules).map(Box::new);
        let after = events.iter().fold(self.clone(), Denial::apply);
        Ok(Decided { events, after, split })
    }

    /// What an act comes to.
    ///
    /// # Errors
    /// [`Refused`] says what to do instead.
    pub fn decide(
        &self,
        action: &Action,
        at: &Moment,
        rules: &Rules,
    ) -> Result<Vec<Event>, Refused> {
        self.admit(action.act(), at, rules)?;
        texts::check(action)?;
        let changes = match action {
            Action::Review => vec![self.review(at, rules)],
            Action::Resubmit(sent) => vec![self.resubmit(sent, at, rules)?],
            Action::Appeal(filing) => vec![self.appeal(filing, at, rules)?],
            Action::Acknowledge(receipt) => vec![self.acknowledge(receipt, at, rules)?],
            Action::Reject { codes, on } => vec![self.reject(codes, *on, at, rules)?],
            Action::Uphold(answer) => vec![self.uphold(answer, at, rules)?],
            Action::Withdraw { reason } => vec![self.withdraw(reason, at, rules)?],
            Action::Overturn { answer, expected } => {
                vec![self.overturn(answer, *expected, at, rules)?]
            }
            Action::Dispute { reason, missing } => {
                vec![self.dispute(reason, *missing, at, rules)?]
            }
            Action::Post { entries } => self.post(entries, at)?,
            Action::WriteOff { id, reason, note } => {
                self.write_off(id, *reason, note, at, rules)?
            }
            Action::Reopen { reason, entries, remittance } => {
                self.reopen(reason, entries, remittance.as_ref(), at, rules)?
            }
            Action::Assign(owner) => vec![self.assign(owner, at, rules)?],
            Action::Take => vec![self.take_up(at, rules)?],
            Action::Release => vec![self.release(at)?],
            Action::Recategorize { category, reason } => {
                self.recategorize(*category, reason, at, rules)?
            }
            Action::SetRootCause(cause) => vec![Denial::set_root_cause(cause)?],
            Action::Plan { next, on } => vec![self.plan(*next, *on, at, rules)?],
            Action::SetSubStatus { sub_status } => vec![self.set_sub_status(sub_status, rules)?],
            Action::Snooze { until, reason } => vec![self.snooze(*until, reason, at)?],
            Action::LogContact(contact) => self.log_contact(contact, at, rules)?,
            Action::AttachDocument { document, what, notice_on } => {
                vec![Denial::attach(document, what, *notice_on, at)?]
            }
            Action::AskColleague { to, text, due } => self.ask(*to, text, *due, at, rules)?,
            Action::Answer { question, text } => self.answer(*question, text, at, rules)?,
            Action::Escalate { to, reason } => vec![Denial::escalate(*to, reason, at)?],
            Action::SplitLine { position, road } => vec![self.split_line(*position, road)?],
            Action::Tick(tick) => vec![self.tick(tick, at)?],
            Action::Note { text } => vec![Denial::note(text)?],
            Action::ProposeWriteOff { reason } => vec![self.propose(reason, at)?],
            Action::Approve => self.approve_proposal(at, rules)?,
            Action::Decline { reason } => self.decline_proposal(reason, at, rules)?,
        };
        Ok(self.as_events(changes, rules))
    }

    /// Role, reach, status and lock: what does not depend on the act's own fields.
    ///
    /// # Errors
    /// [`Refused`] where somebody may not do such an act on the case now. Pages ask before they
    /// offer it.
    pub fn admit(&self, act: Act, at: &Moment, rules: &Rules) -> Result<(), Refused> {
        let who = &at.who;
        if !person::may(who.role, act) {
            return Err(Refused::NotYourRole(who.role));
        }
        if !person::sees(who, self, rules) {
            return Err(Refused::NotYourCase(who.role));
        }
        if !act.is_from(self.status()) {
            return Err(Refused::NotFrom(self.status()));
        }
        let other = self.worked_on_by(at.now).filter(|by| **by != who.person);
        match other.filter(|_| act.needs_the_case() && !person::supervises(who.role)) {
            Some(by) => Err(Refused::TakenBy(by.clone())),
            None => Ok(()),
        }
    }

    /// The changes as events of one decision, and the clocks that run otherwise after them.
    pub(crate) fn as_events(&self, changes: Vec<Change>, rules: &Rules) -> Vec<Event> {
        let version = self.version.saturating_add(1);
        let mut events: Vec<Event> =
            changes.into_iter().map(|change| Event { version, change }).collect();
        if events.is_empty() {
            return events;
        }
        let after = events.iter().fold(self.clone(), Denial::apply);
        events.extend(after.reclocked(rules).map(|change| Event { version, change }));
        events
    }

    /// What changed rules come to for the clocks, and for the owner where no person has the case.
    /// What they come to for lines and category is heard anew from what payers said
    /// ([`hearing::hear_all`]).
    #[must_use]
    pub fn under(&self, rules: &Rules, at: &Moment) -> Vec<Event> {
        let mut changes: Vec<Change> = self.reclocked(rules).into_iter().collect();
        let is_nobodys = self.owner().is_some_and(|owner| owner.person.is_none());
        if is_nobodys && self.worked_on_by(at.now).is_none() {
            changes.extend(self.owner_anew(rules, at.today));
        }
        self.as_events(changes, rules)
    }

    /// What waiting comes to: a promise that was not kept is a call to make, and somebody hears of
    /// the case today, once for each step.
    #[must_use]
    pub fn brought(&self, today: Date, rules: &Rules) -> Vec<Event> {
        let mut changes = self.broken(today, rules);
        let after = changes.iter().fold(self.clone(), Denial::changed);
        if let Some(due) = escalation::due(&after, today, rules) {
            let since = due.since.strftime("%b %-d, %Y");
            let reason = format!("{}, since {since}", due.why.in_words());
            let (to, person) = (due.to, due.person);
            changes.push(Change::Escalated { to, person, on: today, reason });
        }
        self.as_events(changes, rules)
    }
}
