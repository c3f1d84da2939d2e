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
use crate::next_action;
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
            changes.push(self.waiting(by, at, rules));
        } else if contact.kept && self.waits_by_promise() {
            let next = self.next_once_heard(at, rules);
            let escalate_on = self.escalate_on(next, at.today, rules);
            changes.push(Change::Scheduled { next, escalate_on });
        }
        Ok(changes)
    }

    /// A promise is waited for; a letter that waits for us comes first.
    fn waiting(&self, by: Date, at: &Moment, rules: &Rules) -> Change {
        let planned = self.next().copied();
        self.answering(planned, at.today, rules).unwrap_or_else(|| {
            let next = NextAction { kind: self.wait(), on: by };
            Change::Scheduled { next, escalate_on: later(by, rules.desk.promise_days) }
        })
    }

    /// The open letter whose last day is the soonest; one without a day is the last.
    pub(crate) fn soonest_request(&self) -> Option<&OpenRequest> {
        self.requests.iter().min_by_key(|one| one.due.unwrap_or(Date::MAX))
    }

    /// A day, but safely before the last day of every open letter.
    pub(crate) fn before_letters(&self, on: Date, today: Date, rules: &Rules) -> Date {
        let last = self.requests.iter().filter_map(|one| one.due).min();
        let safe = last.map(|last| deadline::internal_due(last, &rules.desk).max(today));
        safe.map_or(on, |safe| on.min(safe))
    }

    /// The day of a promise that is waited for: none once what was won is paid.
    pub(crate) fn standing_promise(&self) -> Option<Date> {
        let is_there = self.status() == Status::Overturned && self.is_won();
        self.promised_by.filter(|_| !is_there)
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

    /// What comes next once somebody was heard: another colleague's answer, then an open letter;
    /// else what the payer has to decide or to pay, else a look.
    pub(crate) fn next_once_heard(&self, at: &Moment, rules: &Rules) -> NextAction {
        if let Some(due) = self.questions.iter().map(|one| one.due).min() {
            let on = self.before_letters(due, at.today, rules);
            NextAction { kind: NextActionKind::AskColleague, on }
        } else if let Some(request) = self.soonest_request() {
            self.next_by_letter(request, at.today, rules)
        } else if self.status().is_awaiting() {
            self.next_by_payer(self.out_since().unwrap_or(at.today), at.today, rules)
        } else if self.status() == Status::Overturned {
            self.next_by_payment(at.today, at.today, rules)
        } else if self.may_plan(NextActionKind::BookWriteOff) {
            self.next_by_habit(NextActionKind::BookWriteOff, at.today, rules)
        } else {
            self.next_by_habit(NextActionKind::Review, at.today, rules)
        }
    }

    /// The day of a promise has passed and nothing came: told once, and whoever waited calls again.
    pub(crate) fn broken(&self, today: Date, rules: &Rules) -> Vec<Change> {
        let is_told = self.promise.as_ref().is_some_and(|one| one.broken_on.is_some());
        let past = self.standing_promise().filter(|by| *by < today && !is_told);
        let Some(by) = past.filter(|_| !self.status().is_closed()) else { return Vec::new() };
        let reference = self.promise.as_ref().map(|one| one.reference.clone()).unwrap_or_default();
        let mut changes = vec![Change::PromiseBroken { by, reference, on: today }];
        if self.waits_by_promise() {
            changes.push(self.waiting_again(by, today, rules));
        }
        changes
    }

    /// A letter of the payer that is no denial came, or one that is open has another last day: its
    /// answer is what comes next, safely before that day. It wakes a case that sleeps; a closed one
    /// stays closed.
    #[must_use]
    pub fn request_came(&self, request: &OpenRequest, at: &Moment, rules: &Rules) -> Vec<Event> {
        let before = self.planned_by_hand();
        let is_known = self.requests.iter().any(|one| one.id == request.id);
        let planned = if is_known { before } else { self.next().copied() };
        let request = OpenRequest { before, ..request.clone() };
        let wakes = self.snoozed_until.is_some();
        let came = Change::RequestCame { request, wakes };
        let after = self.clone().changed(&came);
        let next = after.answering(planned, at.today, rules).filter(|_| !self.status().is_closed());
        self.as_events(std::iter::once(came).chain(next).collect(), rules)
    }

    /// What a person planned and nothing has moved since, also while letters stand before it.
    fn planned_by_hand(&self) -> Option<NextAction> {
        let next = self.next().filter(|_| self.chosen.is_persons_next())?;
        let is_letters = self.requests.iter().any(|one| one.kind.next() == next.kind);
        let kept = self.requests.iter().find_map(|one| one.before);
        if is_letters { kept } else { Some(*next) }
    }

    pub(crate) fn next_by_letter(
        &self,
        request: &OpenRequest,
        today: Date,
        rules: &Rules,
    ) -> NextAction {
        let kind = request.kind.next();
        let usual = workday(today, rules.desk.days_for(kind));
        let safe = request.due.map(|due| deadline::internal_due(due, &rules.desk).max(today));
        NextAction { kind, on: safe.map_or(usual, |safe| usual.min(safe)) }
    }

    /// An open letter comes next, and no later than what was planned: that day was chosen for
    /// something. `None` where no letter is open.
    fn answering(&self, planned: Option<NextAction>, today: Date, rules: &Rules) -> Option<Change> {
        let next = self.next_by_letter(self.soonest_request()?, today, rules);
        let planned = planned.map_or(next.on, |now| now.on.max(today));
        let next = NextAction { on: next.on.min(planned), ..next };
        Some(Change::Scheduled { next, escalate_on: self.escalate_on(next, today, rules) })
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
            changes.push(after.going_on(state, self.planned_by_hand(), at, rules));
        }
        self.as_events(changes, rules)
    }

    /// A letter has ended: the next one comes, or the colleague that was waited for; else what a
    /// person had planned or the payer has promised, whichever is sooner; else what the ways say
    /// while it is ours to act. What was just sent is not sent again without a look.
    fn going_on(
        &self,
        state: RequestState,
        planned: Option<NextAction>,
        at: &Moment,
        rules: &Rules,
    ) -> Change {
        let is_free = self.questions.is_empty() && self.requests.is_empty();
        let planned = planned.filter(|_| is_free);
        let is_sooner = |by: &Date| planned.is_none_or(|plan| *by < plan.on);
        if let Some(by) = self.standing_promise().filter(is_sooner).filter(|_| is_free) {
            return self.waiting_again(by, at.today, rules);
        }
        let is_ours = matches!(self.status(), Status::New | Status::InReview);
        let next = if let Some(plan) = planned {
            NextAction { on: plan.on.max(at.today), ..plan }
        } else if is_free && is_ours {
            let kind = next_action::planned(self, at.today, rules);
            let is_sent = state == RequestState::Answered && kind == NextActionKind::SendRecords;
            let kind = if is_sent { NextActionKind::Review } else { kind };
            self.next_by_habit(kind, at.today, rules)
        } else {
            self.next_once_heard(at, rules)
        };
        Change::Scheduled { next, escalate_on: self.escalate_on(next, at.today, rules) }
    }

    /// A promise is waited for again; whose day has passed meanwhile is asked for.
    fn waiting_again(&self, by: Date, today: Date, rules: &Rules) -> Change {
        let wait = NextAction { kind: self.wait(), on: by };
        let call = NextAction { kind: NextActionKind::CallPayer, on: workday(today, 0) };
        let next = if by < today { call } else { wait };
        let escalate_on = later(by, rules.desk.promise_days).max(next.on);
        Change::Scheduled { next, escalate_on }
    }
}
