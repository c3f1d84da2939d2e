//! Applies events to a case: total, and without any judgement of its own.

use jiff::Timestamp;
use jiff::civil::Date;
use smol_str::SmolStr;

use crate::checklist::{Mark, Ticked};
use crate::contact::Promise;
use crate::denial::{Balance, ClaimDays, Denial, NextAction, NextActionKind, Outcome, Owner, Work};
use crate::escalation::Escalated;
use crate::ids::PersonId;
use crate::levels::TOUCHES;
use crate::lifecycle::event::{Change, Deed, Event, Filing};
use crate::lifecycle::opening::ClaimFacts;
use crate::money::Money;
use crate::posting::Posting;
use crate::request::OpenRequest;

impl Denial {
    /// The case after an event. Every event can be applied to every case; whether it may happen was
    /// decided before.
    #[must_use]
    pub fn apply(self, event: &Event) -> Denial {
        let mut after = self.changed(&event.change);
        let is_touch = TOUCHES.contains(&event.kind()) && !event.change.is_by_itself();
        after.untouched &= !is_touch;
        after.version = event.version;
        after
    }

    /// The case that a whole journal comes to; `None` where it does not begin with its opening.
    #[must_use]
    pub fn fold<'a>(events: impl IntoIterator<Item = &'a Event>) -> Option<Denial> {
        let mut events = events.into_iter();
        let first = events.next()?;
        let Change::Opened { denial } = &first.change else { return None };
        Some(events.fold((**denial).clone(), Denial::apply))
    }

    pub(crate) fn changed(mut self, change: &Change) -> Denial {
        match change {
            Change::Opened { denial } => return (**denial).clone(),
            // A question's number is given once: who was asked is still to be told of it.
            Change::Undone { before, .. } => {
                return Denial { asked: self.asked, ..(**before).clone() };
            }
            Change::Moved { work, deed, .. } => self.move_to(work, deed),
            Change::Refiled { filing, .. } => self.refile(filing),
            Change::Joined { facts } => self.join_to(facts),
            Change::Clocked { deadlines } => self.deadlines.clone_from(deadlines),
            Change::Posted { postings } => self.add_postings(postings),
            Change::Scheduled { next, escalate_on } => self.schedule_at(*next, *escalate_on),
            Change::Planned { next, escalate_on, by_itself } => {
                self.schedule_at(*next, *escalate_on);
                (self.chosen.next, self.chosen.next_by_itself) = (true, *by_itself);
            }
            Change::Assigned { owner, by_itself } => {
                self.set_owner(owner);
                (self.chosen.owner, self.chosen.owner_by_itself) = (true, *by_itself);
                self.escalated = None;
            }
            Change::Owned { owner, posts } => {
                if *posts {
                    self.leave_to_who_posts();
                }
                self.set_owner(owner);
            }
            Change::Taken { by, until } => self.take(by, *until),
            Change::Released => self.give_back(),
            Change::Recategorized { category, origin, .. } => {
                (self.category, self.origin, self.chosen.category) = (*category, *origin, true);
            }
            Change::RootCauseSet { cause } => self.root_cause = Some(cause.clone()),
            Change::SubStatusSet { sub_status } => self.sub_status = sub_status.clone(),
            Change::Snoozed { until, .. } => self.snoozed_until = Some(*until),
            Change::Contacted { contact, .. } => {
                self.promised_by = contact.promised_by.or(self.promised_by);
            }
            Change::Promised { promise } => self.promise = Some(promise.clone()),
            Change::PromiseKept { .. } => self.end_promise(),
            Change::PromiseBroken { by, reference, on } => {
                self.break_promise(*by, reference, *on);
            }
            Change::RequestCame { request, wakes } => self.ask_for(request, *wakes),
            Change::RequestEnded { id, .. } => self.requests.retain(|one| one.id != *id),
            Change::Attached { attached, notice_on } => {
                self.documents.push(attached.clone());
                self.days.notice_on = notice_on.or(self.days.notice_on);
            }
            Change::Asked { question } => {
                self.questions.push(question.clone());
                self.asked = self.asked.max(question.number);
            }
            Change::Answered { question, .. } => {
                self.questions.retain(|one| one.number != *question);
            }
            Change::Escalated { to, person, on, .. } => {
                self.escalated = Some(Escalated { to: *to, person: person.clone(), on: *on });
            }
            Change::SetAside { position, reason } => self.set_line_aside(*position, Some(reason)),
            Change::BroughtBack { position } => self.set_line_aside(*position, None),
            Change::Split { position, .. } => self.remove_line(*position),
            Change::Ticked { ticked } => self.tick_off(ticked),
            Change::Noted { .. } => {}
            Change::WriteOffProposed { proposal } => self.proposal = Some(proposal.clone()),
            Change::WriteOffApproved { by } => self.approve(by),
            Change::WriteOffDeclined { .. } => self.proposal = None,
        }
        self
    }

    fn add_postings(&mut self, postings: &[Posting]) {
        self.postings.extend_from_slice(postings);
        self.balance = Balance::of(&self.lines, &self.postings);
    }

    /// A letter of which more is known takes its own place. What was planned before it came stands
    /// behind all that are open.
    fn ask_for(&mut self, request: &OpenRequest, wakes: bool) {
        self.requests.retain(|one| one.id != request.id);
        self.requests.push(request.clone());
        self.requests.iter_mut().for_each(|one| one.before = request.before);
        self.snoozed_until = self.snoozed_until.filter(|_| !wakes);
    }

    fn end_promise(&mut self) {
        self.promised_by = None;
        self.promise = None;
    }

    fn break_promise(&mut self, by: Date, reference: &str, on: Date) {
        let reference = reference.to_owned();
        let made = || Promise { by, made_on: by, reference, broken_on: None };
        self.promise.get_or_insert_with(made).broken_on = Some(on);
    }

    fn tick_off(&mut self, ticked: &Ticked) {
        self.steps.retain(|one| one.tick.step != ticked.tick.step);
        if ticked.tick.mark != Mark::Open {
            self.steps.push(ticked.clone());
        }
    }

    fn approve(&mut self, by: &PersonId) {
        if let Some(proposal) = &mut self.proposal {
            proposal.approved_by = Some(by.clone());
        }
        // What a person had planned gives way to what a second person agreed to.
        if self.may_plan(NextActionKind::BookWriteOff) {
            (self.chosen.next, self.chosen.next_by_itself) = (false, false);
        }
    }

    fn remove_line(&mut self, position: usize) {
        if (1..=self.lines.len()).contains(&position) {
            self.lines.remove(position - 1);
        }
        self.balance = Balance::of(&self.lines, &self.postings);
    }

    fn set_line_aside(&mut self, position: usize, reason: Option<&String>) {
        if let Some(line) = position.checked_sub(1).and_then(|at| self.lines.get_mut(at)) {
            line.set_aside = reason.cloned();
        }
    }

    fn take(&mut self, by: &PersonId, until: Option<Timestamp>) {
        self.taken_by = Some(by.clone());
        self.taken_until = until;
        self.escalated = None;
        if let Work::Open { owner, .. } = &mut self.work {
            owner.person.get_or_insert_with(|| by.clone());
        }
    }

    fn give_back(&mut self) {
        self.taken_by = None;
        self.taken_until = None;
    }

    /// Whose it is now has it again where the payer does not pay.
    fn leave_to_who_posts(&mut self) {
        if let Work::Open { owner, won: Some(won), .. } = &mut self.work {
            won.worked_by = Some(owner.clone());
        }
    }

    fn set_owner(&mut self, to: &Owner) {
        if let Work::Open { owner, .. } = &mut self.work {
            // What the former role had to hear is nothing to it any more.
            let is_other = (owner.role, &owner.team) != (to.role, &to.team);
            let told = self.escalated.take();
            self.escalated = told.filter(|last| !is_other || last.to != owner.role);
            *owner = to.clone();
        }
    }

    fn schedule_at(&mut self, to: NextAction, on: Date) {
        if let Work::Open { next, escalate_on, .. } = &mut self.work {
            (*next, *escalate_on) = (to, on);
        }
        self.escalated = None;
    }

    /// A move ends what waited for something else: a snooze, a promise, a proposal.
    fn move_to(&mut self, work: &Work, deed: &Deed) {
        if self.status() != work.status() {
            self.sub_status = SmolStr::default();
        }
        self.work = work.clone();
        self.rest_denied = matches!(deed, Deed::Overturned { rest_denied: true, .. });
        self.proposal = None;
        self.snoozed_until = None;
        self.end_promise();
        self.escalated = None;
        (self.chosen.next, self.chosen.next_by_itself) = (false, false);
        if work.status().is_closed() {
            self.give_back();
            self.questions.clear();
        }
        self.keep(deed);
    }

    fn keep(&mut self, deed: &Deed) {
        match deed {
            Deed::Resubmitted { submission } => self.submissions.push(submission.clone()),
            Deed::Appealed { appeal, .. } => self.appeals.push(appeal.clone()),
            Deed::Rejected { on, .. } => self.end_what_is_out(*on, Outcome::Dismissed, ""),
            Deed::Withdrawn { on, reason } => {
                self.end_what_is_out(*on, Outcome::Withdrawn, reason);
            }
            Deed::Upheld { on, answer, partly } => {
                let outcome = match (answer.dismissed, partly) {
                    (true, _) => Outcome::Dismissed,
                    (false, true) => Outcome::PartlyOverturned,
                    (false, false) => Outcome::Upheld,
                };
                self.end_what_is_out(*on, outcome, &answer.note);
                self.attempts = self.attempts.saturating_add(1);
            }
            Deed::Overturned { on, partly, expected, answer, .. } => {
                let outcome = if *partly { Outcome::PartlyOverturned } else { Outcome::Overturned };
                self.decide_appeals(*on, outcome, *expected, &answer.note);
            }
            Deed::Reopened { .. } => {
                (self.chosen.owner, self.chosen.owner_by_itself) = (false, false);
            }
            Deed::Reviewed
            | Deed::Acknowledged { .. }
            | Deed::Disputed { .. }
            | Deed::Settled
            | Deed::WrittenOff { .. } => {}
        }
    }

    fn end_what_is_out(&mut self, on: Date, outcome: Outcome, why: &str) {
        for submission in &mut self.submissions {
            submission.ended_on.get_or_insert(on);
        }
        self.decide_appeals(on, outcome, None, why);
    }

    fn decide_appeals(&mut self, on: Date, outcome: Outcome, won: Option<Money>, why: &str) {
        for appeal in self.appeals.iter_mut().filter(|one| one.decided.is_none()) {
            appeal.decided = Some((on, outcome));
            appeal.won = won;
            why.clone_into(&mut appeal.why);
        }
    }

    /// A file that says something new wakes a case that sleeps.
    fn refile(&mut self, filing: &Filing) {
        self.snoozed_until = None;
        let filing = filing.clone();
        self.lines = filing.lines;
        self.category = filing.category;
        self.origin = filing.origin;
        self.kind = filing.kind;
        self.remittance = filing.remittance;
        self.denied_on = filing.denied_on;
        self.control = filing.control;
        self.quarantined = filing.quarantined;
        self.wanted = filing.wanted;
        self.first = filing.first;
        self.balance = Balance::of(&self.lines, &self.postings);
    }

    fn join_to(&mut self, facts: &ClaimFacts) {
        let facts = facts.clone();
        self.claim = facts.claim;
        self.number = facts.number;
        self.payer = facts.payer;
        self.payer_name = facts.payer_name;
        self.plan = facts.plan;
        self.provider = facts.provider;
        self.site = facts.site;
        // The notice is what a person recorded on the case; the claim does not know it.
        let notice_on = self.days.notice_on.or(facts.days.notice_on);
        self.days = ClaimDays { notice_on, ..facts.days };
    }
}
