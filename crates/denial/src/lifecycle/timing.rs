//! When things are due: the clocks anew after each decision, the next action's day, the day of
//! escalation.

use jiff::Span;
use jiff::civil::Date;

use crate::deadline::{self, Anchors, Deadline, DeadlineKind, business_day};
use crate::denial::{
    Appeal, Denial, DeniedLine, NextAction, NextActionKind, Outcome, Status, Work,
};
use crate::levels::ServiceStep;
use crate::lifecycle::event::Change;
use crate::owner;
use crate::payer::PayerRules;
use crate::rules::Rules;

/// A day that many days later.
pub(crate) fn later(date: Date, days: u16) -> Date {
    date.saturating_add(Span::new().days(i64::from(days)))
}

/// The same, or the business day after it: nobody is to act on a Sunday.
pub(crate) fn workday(date: Date, days: u16) -> Date {
    let day = later(date, days);
    business_day::on_or_after(day).unwrap_or(day)
}

impl Denial {
    /// The rules of the case's payer; `None` is "not configured".
    #[must_use]
    pub fn payer_rules<'a>(&self, rules: &'a Rules) -> Option<&'a PayerRules> {
        rules.payer(&self.payer_name, self.plan)
    }

    /// The days that the case's clocks are counted from.
    #[must_use]
    pub fn anchors(&self) -> Anchors {
        let days = self.days;
        Anchors {
            service_on: days.service_on,
            service_end_on: days.service_end_on,
            denied_on: self.denied_on,
            notice_on: days.notice_on,
            submitted_on: self.out_since(),
            records_asked_on: days.records_asked_on,
            other_payer_on: days.other_payer_on,
            decided: self.decisions().collect(),
        }
    }

    /// The day on which that was sent whose answer is awaited.
    #[must_use]
    pub fn out_since(&self) -> Option<Date> {
        if !self.status().is_awaiting() {
            return None;
        }
        let sent = self.submissions.iter().filter(|one| one.ended_on.is_none());
        let filed = self.appeals.iter().filter(|one| one.decided.is_none());
        sent.map(|one| one.sent_on).chain(filed.map(|one| one.filed_on)).max()
    }

    fn decisions(&self) -> impl Iterator<Item = (u8, Date)> {
        self.appeals.iter().filter_map(|appeal| match appeal.decided {
            Some((on, Outcome::Upheld | Outcome::PartlyOverturned | Outcome::Overturned)) => {
                Some((appeal.level, on))
            }
            Some((_, Outcome::Dismissed | Outcome::Withdrawn)) | None => None,
        })
    }

    /// The clocks by today's rules, where they differ from those on the case.
    #[must_use]
    pub fn reclocked(&self, rules: &Rules) -> Option<Change> {
        let deadlines = self.clocks(rules);
        (deadlines != self.deadlines).then_some(Change::Clocked { deadlines })
    }

    pub(crate) fn clocks(&self, rules: &Rules) -> Vec<Deadline> {
        let payer = self.payer_rules(rules);
        let mut deadlines = deadline::clocks(payer, self.category, &self.anchors());
        for deadline in &mut deadlines {
            deadline.met_on = self.met_on(deadline.kind);
        }
        deadlines
    }

    /// A clock is met while what it limits stands: a correction that came to nothing is none.
    fn met_on(&self, kind: DeadlineKind) -> Option<Date> {
        match kind {
            DeadlineKind::TimelyFiling | DeadlineKind::CorrectedClaim => {
                let standing = self.submissions.iter().rev().find(|one| one.ended_on.is_none());
                standing.map(|one| one.sent_on)
            }
            DeadlineKind::Appeal(level) => {
                let filed = self.appeals.iter().rev().find(|one| {
                    let is_void = one.decided.is_some_and(|(_, outcome)| match outcome {
                        Outcome::Dismissed | Outcome::Withdrawn => true,
                        Outcome::Upheld | Outcome::PartlyOverturned | Outcome::Overturned => false,
                    });
                    one.level == level && !is_void
                });
                filed.map(|one| one.filed_on)
            }
            DeadlineKind::Reconsideration
            | DeadlineKind::ExternalReview
            | DeadlineKind::RecordsRequest
            | DeadlineKind::PayerAnswer => None,
        }
    }

    /// True once the payer gave way on all that was denied. What a file paid says more than a
    /// person who heard of it: every line, or some of them only.
    #[must_use]
    pub fn is_overturned_in_full(&self) -> bool {
        // Cases of before it was kept how they were won tell it by how their appeal ended.
        let in_part = |one: &Appeal| matches!(one.decided, Some((_, Outcome::PartlyOverturned)));
        let is_whole = || match self.work.won() {
            Some(won) => !won.partly,
            None => !self.rest_denied && !self.appeals.last().is_some_and(in_part),
        };
        let is_promised = || is_whole() && self.lines.iter().all(DeniedLine::stays_denied);
        self.status() == Status::Overturned && (self.is_won() || is_promised())
    }

    /// The clocks that limit something. Where the payer gave way on all of it, or the case is
    /// closed, they stand on record alone.
    #[must_use]
    pub fn open_clocks(&self) -> &[Deadline] {
        let is_over = self.status().is_closed() || self.is_overturned_in_full();
        if is_over { &[] } else { &self.deadlines }
    }

    /// The clock that matters now ([`deadline::soonest`]), where one is open.
    #[must_use]
    pub fn soonest_clock(&self, today: Date) -> Option<(&Deadline, Date)> {
        deadline::soonest(self.open_clocks(), today)
    }

    /// The open clock that the next action has to keep; an action that keeps none has none.
    #[must_use]
    pub fn next_clock(&self) -> Option<&Deadline> {
        self.open_clock(&self.clocks_of(self.next()?.kind))
    }

    /// A clock without a rule that matters all the same, while it is ours to act: that of the way
    /// which the case goes, else the appeal whose turn it is. Asking somebody, a call or a look at
    /// it stops none.
    #[must_use]
    pub fn unruled_clock(&self) -> Option<&Deadline> {
        let next = self.next()?.kind;
        if !matches!(self.status(), Status::New | Status::InReview) {
            return None;
        }
        let of_way = [next, self.first].map(|kind| self.clocks_of(kind));
        let of_way = of_way.into_iter().find(|kinds| !kinds.is_empty());
        let kinds = of_way.unwrap_or_else(|| vec![DeadlineKind::Appeal(self.next_level())]);
        self.open_clock(&kinds).filter(|clock| clock.lacks_rule())
    }

    /// Every open clock without a rule.
    pub fn unruled_clocks(&self) -> impl Iterator<Item = &Deadline> {
        self.open_clocks().iter().filter(|clock| clock.lacks_rule())
    }

    fn open_clock(&self, kinds: &[DeadlineKind]) -> Option<&Deadline> {
        let open = |kind: &DeadlineKind| {
            self.open_clocks().iter().find(|one| one.kind == *kind && one.met_on.is_none())
        };
        kinds.iter().find_map(open)
    }

    /// The clocks that an action may have to keep, the one that it has to first.
    fn clocks_of(&self, action: NextActionKind) -> Vec<DeadlineKind> {
        match action {
            NextActionKind::Correct | NextActionKind::Resubmit => {
                vec![DeadlineKind::CorrectedClaim, DeadlineKind::TimelyFiling]
            }
            NextActionKind::Appeal => vec![DeadlineKind::Appeal(self.next_level())],
            NextActionKind::SendRecords => vec![DeadlineKind::RecordsRequest],
            NextActionKind::Review
            | NextActionKind::CoordinateBenefits
            | NextActionKind::CallPayer
            | NextActionKind::AskColleague
            | NextActionKind::AwaitPayer
            | NextActionKind::BillPatient
            | NextActionKind::ProposeWriteOff
            | NextActionKind::PostPayment
            | NextActionKind::BookWriteOff => Vec::new(),
        }
    }

    /// The last day of a clock, where its rule is known.
    #[must_use]
    pub fn last_day(&self, kind: DeadlineKind) -> Option<Date> {
        self.deadlines.iter().find(|one| one.kind == kind).and_then(Deadline::date)
    }

    /// The clocks that run, the payer's own too: unmet and not over, from the soonest.
    pub(crate) fn running(&self, today: Date) -> Vec<(DeadlineKind, Date)> {
        let unmet = self.open_clocks().iter().filter(|one| one.met_on.is_none());
        let dated = unmet.filter_map(|one| Some((one.kind, one.date()?)));
        let mut running: Vec<_> = dated.filter(|(_, date)| *date >= today).collect();
        running.sort_by_key(|(_, date)| *date);
        running
    }

    /// The soonest clock that runs against us.
    pub(crate) fn soonest(&self, today: Date) -> Option<(DeadlineKind, Date)> {
        let ours = |(kind, _): &(DeadlineKind, Date)| *kind != DeadlineKind::PayerAnswer;
        self.running(today).into_iter().find(ours)
    }

    /// The next action by the desk's habits: in its usual days, on a business day, and safely
    /// before the next clock that runs against us.
    #[must_use]
    pub fn next_by_habit(&self, kind: NextActionKind, today: Date, rules: &Rules) -> NextAction {
        let usual = workday(today, rules.desk.days_for(kind));
        let waits = matches!(kind, NextActionKind::AwaitPayer);
        let last = self.soonest(today).map(|(_, date)| date).filter(|_| !waits);
        let safe = last.map(|last| deadline::internal_due(last, &rules.desk).max(today));
        NextAction { kind, on: safe.map_or(usual, |safe| usual.min(safe)) }
    }

    /// The wait for a payer's answer to what was sent on a day: by its clock, else the
    /// service level, else the desk's days.
    pub(crate) fn next_by_payer(&self, sent_on: Date, today: Date, rules: &Rules) -> NextAction {
        let anchors = Anchors { submitted_on: Some(sent_on), ..self.anchors() };
        let clocks = deadline::clocks(self.payer_rules(rules), self.category, &anchors);
        let answer = clocks.iter().find(|one| one.kind == DeadlineKind::PayerAnswer);
        let usual = || match rules.owners.level(ServiceStep::PayerReply, None) {
            Some(within) => within.last_day(sent_on),
            None => later(sent_on, rules.desk.days_for(NextActionKind::AwaitPayer)),
        };
        let on = answer.and_then(Deadline::date).unwrap_or_else(usual);
        NextAction { kind: NextActionKind::AwaitPayer, on: workday(on, 0).max(today) }
    }

    /// The day from which silence is a matter for others: never before the action is due.
    pub(crate) fn escalate_on(&self, next: NextAction, today: Date, rules: &Rules) -> Date {
        let row = owner::row_for(&self.circumstance(), self.payer_rules(rules), rules);
        next.on.max(later(today, row.map_or(0, |row| row.after_days)))
    }

    /// Open work in this status.
    pub(crate) fn open_work(
        &self,
        status: Status,
        next: NextAction,
        today: Date,
        rules: &Rules,
    ) -> Work {
        let worked_by = self.work.won().and_then(|won| won.worked_by.as_ref());
        let owner = worked_by.or_else(|| self.owner()).cloned();
        let owner = owner.unwrap_or_else(|| self.owner_by_matrix(rules, today));
        let escalate_on = self.escalate_on(next, today, rules);
        Work::Open { status, owner, next, escalate_on, won: None }
    }

    /// The owner that rules name; who posts, once the case went to them.
    pub(crate) fn owner_by_matrix(&self, rules: &Rules, on: Date) -> crate::denial::Owner {
        let is_to_post = self.work.won().is_some_and(|won| won.worked_by.is_some());
        if let Some(owner) = owner::posting_owner(rules, on).filter(|_| is_to_post) {
            return owner;
        }
        owner::owner_for(&self.circumstance(), self.payer_rules(rules), rules, on)
    }
}
