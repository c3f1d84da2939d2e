//! What the payer says beside its remittances: contacts and their promises, kept or broken; letters
//! that are no denials.

use jiff::civil::Date;

use crate::contact::{Contact, Promise};
use crate::deadline;
use crate::denial::{Denial, NextAction, NextActionKind, Status};
use crate::ids::RequestId;
use crate::lifecycle::desk::not_before;
use crate::lifecycle::event::{Change, Event};
use crate::lifecycle::moves::said;
use crate::lifecycle::refused::Refused;
use crate::lifecycle::timing::{later, workday};
use crate::person::Moment;
use crate::request::{OpenRequest, RequestState};
use crate::rules::Rules;

impl Denial {
    /// A promise of the payer becomes the day to wait for; one that it kept is waited for no more.
    pub(crate) fn log_contact(
        &self,
        contact: &Contact,
        at: &Moment,
        rules: &Rules,
    ) -> Result<Vec<Change>, Refused> {
        said(&contact.said, "what was said")?;
        let mut changes = Vec::new();
        if contact.kept {
            let by = self.promised_by.ok_or(Refused::Missing("a promise that stands"))?;
            changes.push(Change::PromiseKept { by, on: at.today });
        }
        changes.push(Change::Contacted { contact: contact.clone(), at: at.now });
        if let Some(by) = contact.promised_by.filter(|_| !self.status().is_closed()) {
            not_before(by, at.today)?;
            let reference = contact.reference.clone();
            let promise = Promise { by, made_on: at.today, reference, broken_on: None };
            changes.push(Change::Promised { promise });
            let next = NextAction { kind: self.wait(), on: by };
            let escalate_on = later(by, rules.desk.promise_days);
            changes.push(Change::Scheduled { next, escalate_on });
        } else if contact.kept && self.waits_by_promise() {
            let next = self.next_once_heard(at, rules);
            let escalate_on = self.escalate_on(next, at.today, rules);
            changes.push(Change::Scheduled { next, escalate_on });
        }
        Ok(changes)
    }

    /// How a promise is waited for.
    fn wait(&self) -> NextActionKind {
        if self.status() == Status::Overturned {
            NextActionKind::PostPayment
        } else {
            NextActionKind::AwaitPayer
        }
    }

    /// True while the next action is to wait for what was promised, or to ask for it.
    fn waits_by_promise(&self) -> bool {
        let waits = [self.wait(), NextActionKind::AwaitPayer, NextActionKind::CallPayer];
        self.next().is_some_and(|next| waits.contains(&next.kind))
    }

    /// What comes next once nobody is waited for any more: what the payer has to decide or to pay,
    /// else a look.
    pub(crate) fn next_once_heard(&self, at: &Moment, rules: &Rules) -> NextAction {
        if self.status().is_awaiting() {
            self.next_by_payer(self.out_since().unwrap_or(at.today), at.today, rules)
        } else if self.status() == Status::Overturned {
            self.next_by_payment(at.today, at.today, rules)
        } else {
            self.next_by_habit(NextActionKind::Review, at.today, rules)
        }
    }

    /// The day of a promise has passed and nothing came: told once, and whoever waited calls again.
    pub(crate) fn broken(&self, today: Date, rules: &Rules) -> Vec<Change> {
        let is_told = self.promise.as_ref().is_some_and(|one| one.broken_on.is_some());
        let past = self.promised_by.filter(|by| *by < today && !is_told);
        let Some(by) = past.filter(|_| !self.status().is_closed()) else { return Vec::new() };
        let reference = self.promise.as_ref().map(|one| one.reference.clone()).unwrap_or_default();
        let mut changes = vec![Change::PromiseBroken { by, reference, on: today }];
        if self.waits_by_promise() {
            let next = NextAction { kind: NextActionKind::CallPayer, on: workday(today, 0) };
            let escalate_on = later(by, rules.desk.promise_days).max(next.on);
            changes.push(Change::Scheduled { next, escalate_on });
        }
        changes
    }

    /// A letter of the payer that is no denial came: its answer is what comes next, safely before
    /// its last day. A closed case stays closed.
    #[must_use]
    pub fn request_came(&self, request: &OpenRequest, at: &Moment, rules: &Rules) -> Vec<Event> {
        let mut changes = vec![Change::RequestCame { request: request.clone() }];
        if !self.status().is_closed() {
            changes.push(self.answering(request, at, rules));
        }
        self.as_events(changes, rules)
    }

    fn answering(&self, request: &OpenRequest, at: &Moment, rules: &Rules) -> Change {
        let kind = request.kind.next();
        let usual = workday(at.today, rules.desk.days_for(kind));
        let safe = request.due.map(|due| deadline::internal_due(due, &rules.desk).max(at.today));
        let next = NextAction { kind, on: safe.map_or(usual, |safe| usual.min(safe)) };
        let escalate_on = self.escalate_on(next, at.today, rules);
        Change::Scheduled { next, escalate_on }
    }

    /// Such a letter waits no more: the next one is answered, or the case goes on where it stood.
    #[must_use]
    pub fn request_ended(
        &self,
        id: &RequestId,
        state: RequestState,
        at: &Moment,
        rules: &Rules,
    ) -> Vec<Event> {
        if !self.requests.iter().any(|one| one.id == *id) {
            return Vec::new();
        }
        let mut changes = vec![Change::RequestEnded { id: id.clone(), state }];
        let answers = self.next().map(|next| next.kind);
        let after = self.clone().changed(&changes[0]);
        let was_next = self.requests.iter().any(|one| Some(one.kind.next()) == answers);
        if !self.status().is_closed() && was_next {
            let others = after.requests.iter().min_by_key(|one| one.due.unwrap_or(Date::MAX));
            changes.push(match others {
                Some(other) => after.answering(other, at, rules),
                None => {
                    let next = after.next_once_heard(at, rules);
                    let escalate_on = after.escalate_on(next, at.today, rules);
                    Change::Scheduled { next, escalate_on }
                }
            });
        }
        self.as_events(changes, rules)
    }
}
