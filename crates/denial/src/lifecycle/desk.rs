//! The acts that move no status: owner, plan, contacts, documents, questions, lines.

use crate::category::Category;
use crate::checklist::{Mark, Tick, Ticked};
use crate::deadline::DeadlineKind;
use crate::denial::{
    Denial, DeniedLine, NextAction, NextActionKind, Owner, Question, RootCause, Status,
};
use crate::ids::{DocumentId, PersonId};
use crate::levels::ServiceStep;
use crate::lifecycle::action::{Act, Road};
use crate::lifecycle::event::Change;
use crate::lifecycle::evidence::Attached;
use crate::lifecycle::moves::{past_day, said};
use crate::lifecycle::refused::Refused;
use crate::lifecycle::timing::{later, workday};
use crate::money::Money;
use crate::owner::Stand;
use crate::person::{self, Moment, Role};
use crate::rules::Rules;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use smol_str::SmolStr;

impl Denial {
    /// The owner that somebody chose: a role, a team or a person of it; who covers for them where
    /// they are away.
    pub(crate) fn assign(
        &self,
        owner: &Owner,
        at: &Moment,
        rules: &Rules,
    ) -> Result<Change, Refused> {
        let team = owner.team.as_ref();
        let team =
            team.map(|name| rules.owners.team(name).ok_or(Refused::NoSuchTeam)).transpose()?;
        if let Some((team, person)) = team.zip(owner.person.as_ref())
            && !team.has(person)
        {
            return Err(Refused::Missing("a person of that team, or no team"));
        }
        let mut owner = owner.clone();
        match owner.person.as_ref().and_then(|one| rules.owners.stands_in(one, at.today)) {
            Some(Stand::Person(person)) => owner.person = Some(person),
            Some(Stand::Team(team)) => owner = Owner { team: Some(team), ..Owner::of(owner.role) },
            None => {}
        }
        if owner.role == Role::Vendor && owner.person.is_none() && owner.team.is_none() {
            return Err(Refused::Missing("the person or team with whom it is placed"));
        }
        if self.owner() == Some(&owner) {
            return Err(Refused::Unchanged("with that owner"));
        }
        Ok(Change::Assigned { owner, by_itself: false })
    }

    pub(crate) fn set_sub_status(
        &self,
        sub_status: &SmolStr,
        rules: &Rules,
    ) -> Result<Change, Refused> {
        if *sub_status == self.sub_status {
            return Err(Refused::Unchanged("so"));
        }
        let known = rules.desk.sub_statuses_of(self.status());
        if !sub_status.is_empty() && !known.contains(sub_status) {
            return Err(Refused::Missing("a sub-status that `desk.toml` has for this status"));
        }
        Ok(Change::SubStatusSet { sub_status: sub_status.clone() })
    }

    /// Who works on it at an instant: nobody has it alone for longer than they said.
    #[must_use]
    pub fn worked_on_by(&self, now: Timestamp) -> Option<&PersonId> {
        self.taken_by.as_ref().filter(|_| self.taken_until.is_none_or(|until| now < until))
    }

    /// Taken again, it is theirs for longer.
    pub(crate) fn take_up(&self, at: &Moment, rules: &Rules) -> Result<Change, Refused> {
        let span = SignedDuration::from_mins(i64::from(rules.desk.taken_minutes));
        let until = at.now.saturating_add(span).ok();
        let half = at.now.saturating_add(span / 2).ok();
        let had = self.taken_until.is_none_or(|had| half.is_some_and(|half| had > half));
        match self.worked_on_by(at.now) {
            Some(by) if *by != at.who.person => Err(Refused::TakenBy(by.clone())),
            Some(_) if had => Err(Refused::Unchanged("with you")),
            Some(_) | None => Ok(Change::Taken { by: at.who.person.clone(), until }),
        }
    }

    pub(crate) fn release(&self, at: &Moment) -> Result<Change, Refused> {
        if self.worked_on_by(at.now).is_none() {
            Err(Refused::NotTaken)
        } else {
            Ok(Change::Released)
        }
    }

    /// The category that a person saw, and the owner that goes with it unless one was chosen.
    pub(crate) fn recategorize(
        &self,
        category: Category,
        reason: &str,
        at: &Moment,
        rules: &Rules,
    ) -> Result<Vec<Change>, Refused> {
        let reason = said(reason, "a reason for the other category")?.to_owned();
        if category == self.category {
            return Err(Refused::Unchanged("in that category"));
        }
        let change = Change::Recategorized { category, origin: category.origin(), reason };
        let after = self.clone().changed(&change);
        let mut changes = vec![change];
        changes.extend(after.owner_anew(rules, at.today));
        Ok(changes)
    }

    /// The matrix's owner, where it differs in role or names a person or another team for a case
    /// that nobody has, and nobody chose one by hand or the team that they chose is no more.
    pub(crate) fn owner_anew(&self, rules: &Rules, today: Date) -> Option<Change> {
        let owner = self.owner_by_matrix(rules, today);
        let now = self.owner()?;
        let is_narrower = owner.person.is_some() || now.team != owner.team;
        let is_other = now.role != owner.role || (now.person.is_none() && is_narrower);
        let is_gone = now.team.as_ref().is_some_and(|team| rules.owners.team(team).is_none());
        let is_chosen = self.chosen.owner && !(is_gone && now.person.is_none());
        (is_other && !is_chosen).then_some(Change::Owned { owner, posts: false })
    }

    pub(crate) fn set_root_cause(cause: &RootCause) -> Result<Change, Refused> {
        said(&cause.step, "the step of the work where it began")?;
        Ok(Change::RootCauseSet { cause: cause.clone() })
    }

    pub(crate) fn plan(
        &self,
        kind: NextActionKind,
        on: Date,
        at: &Moment,
        rules: &Rules,
    ) -> Result<Change, Refused> {
        not_before(on, at.today)?;
        if !self.may_plan(kind) {
            return Err(Refused::NotFrom(self.status()));
        }
        if let Some((deadline, by)) = self.limit(kind, at.today).filter(|(_, by)| *by < on) {
            return Err(Refused::PastClock { deadline, by });
        }
        let next = NextAction { kind, on };
        let escalate_on = self.escalate_on(next, at.today, rules);
        Ok(Change::Planned { next, escalate_on, by_itself: false })
    }

    /// True where an action belongs to where the case stands: what lies with the payer is waited
    /// for, asked about and looked at; only what is ours is corrected, sent, appealed or given up.
    #[must_use]
    pub fn may_plan(&self, kind: NextActionKind) -> bool {
        use NextActionKind as Next;
        match kind {
            Next::Correct
            | Next::Resubmit
            | Next::Appeal
            | Next::CoordinateBenefits
            | Next::ProposeWriteOff => matches!(self.status(), Status::New | Status::InReview),
            Next::BillPatient => !self.status().is_awaiting(),
            Next::PostPayment => self.status() == Status::Overturned,
            Next::BookWriteOff => {
                self.status() == Status::InReview && self.approved_write_off().is_some()
            }
            Next::Review
            | Next::SendRecords
            | Next::CallPayer
            | Next::AskColleague
            | Next::AwaitPayer => true,
        }
    }

    /// Every action that may be planned now.
    pub fn plans(&self) -> impl Iterator<Item = NextActionKind> {
        NextActionKind::ALL.iter().copied().filter(|kind| self.may_plan(*kind))
    }

    /// What a plan begins with: the recommended way, else what comes next already.
    #[must_use]
    pub fn next_to_plan(&self, today: Date, rules: &Rules) -> NextAction {
        let first = self.next_by_way(today, rules);
        let now = self.next().filter(|_| !self.may_plan(first.kind));
        now.map_or(first, |now| NextAction { on: now.on.max(today), ..*now })
    }

    /// The clock that an action is to meet, while it is ours to act: its own where it has one, else
    /// the last of those that run, after which no way is open. A way that a person lets go binds no
    /// other.
    fn limit(&self, kind: NextActionKind, today: Date) -> Option<(DeadlineKind, Date)> {
        use DeadlineKind as Clock;
        use NextActionKind as Next;
        if !matches!(self.status(), Status::New | Status::InReview) {
            return None;
        }
        let fits = |clock: Clock| match kind {
            Next::Correct | Next::Resubmit => {
                matches!(clock, Clock::CorrectedClaim | Clock::TimelyFiling)
            }
            Next::Appeal => matches!(clock, Clock::Appeal(_) | Clock::Reconsideration),
            Next::SendRecords => clock == Clock::RecordsRequest,
            Next::Review | Next::CallPayer | Next::AskColleague | Next::AwaitPayer => {
                clock != Clock::PayerAnswer
            }
            Next::CoordinateBenefits
            | Next::BillPatient
            | Next::ProposeWriteOff
            | Next::PostPayment
            | Next::BookWriteOff => false,
        };
        self.running(today).into_iter().rfind(|(clock, _)| fits(*clock))
    }

    /// A case may sleep, but never through a clock (features 4.06).
    pub(crate) fn snooze(&self, until: Date, reason: &str, at: &Moment) -> Result<Change, Refused> {
        let reason = said(reason, "a reason for putting it off")?.to_owned();
        not_before(until, later(at.today, 1))?;
        if let Some((deadline, by)) = self.running(at.today).into_iter().find(|(_, by)| *by < until)
        {
            return Err(Refused::PastClock { deadline, by });
        }
        let asked = self.requests.iter().filter_map(|one| one.due).min();
        if let Some(by) = asked.filter(|by| *by < until) {
            return Err(Refused::PastClock { deadline: DeadlineKind::RecordsRequest, by });
        }
        Ok(Change::Snoozed { until, reason })
    }

    pub(crate) fn attach(
        document: &DocumentId,
        what: &SmolStr,
        notice_on: Option<Date>,
        at: &Moment,
    ) -> Result<Change, Refused> {
        let what = SmolStr::new(said(what, "what the document is")?);
        let notice_on = notice_on.map(|on| past_day(Some(on), at)).transpose()?;
        let attached = Attached { document: document.clone(), what };
        Ok(Change::Attached { attached, notice_on })
    }

    pub(crate) fn ask(
        &self,
        to: Role,
        text: &str,
        due: Option<Date>,
        at: &Moment,
        rules: &Rules,
    ) -> Result<Vec<Change>, Refused> {
        let text = said(text, "a question")?.to_owned();
        if !person::may(to, Act::Answer) {
            return Err(Refused::Missing("a role that answers questions"));
        }
        let usual = || match rules.owners.level(ServiceStep::Reply, Some(to)) {
            Some(within) => within.last_day(at.today),
            None => workday(at.today, rules.desk.colleague_days),
        };
        let due = due.unwrap_or_else(usual);
        not_before(due, at.today)?;
        let number = self.asked.saturating_add(1);
        let question = Question { number, to, text, due, asker: at.who.person.clone() };
        let on = self.before_letters(due, at.today, rules);
        let next = NextAction { kind: NextActionKind::AskColleague, on };
        let escalate_on = self.escalate_on(next, at.today, rules);
        Ok(vec![Change::Asked { question }, Change::Scheduled { next, escalate_on }])
    }

    /// The answer comes back to the owner; the wait goes on while others are asked.
    pub(crate) fn answer(
        &self,
        number: u16,
        text: &str,
        at: &Moment,
        rules: &Rules,
    ) -> Result<Vec<Change>, Refused> {
        let text = said(text, "an answer")?.to_owned();
        let asked = self.questions.iter().find(|one| one.number == number);
        let asked = asked.ok_or(Refused::NoSuchQuestion(number))?;
        if asked.to != at.who.role && !person::supervises(at.who.role) {
            return Err(Refused::NotAsked(asked.to));
        }
        let by = at.who.person.clone();
        let answered = Change::Answered { question: number, text, by };
        let next = self.clone().changed(&answered).next_once_heard(at, rules);
        let escalate_on = self.escalate_on(next, at.today, rules);
        Ok(vec![answered, Change::Scheduled { next, escalate_on }])
    }

    pub(crate) fn escalate(to: Role, reason: &str, at: &Moment) -> Result<Change, Refused> {
        let reason = said(reason, "a reason")?.to_owned();
        Ok(Change::Escalated { to, person: None, on: at.today, reason })
    }

    pub(crate) fn note(text: &str) -> Result<Change, Refused> {
        Ok(Change::Noted { text: said(text, "words")?.to_owned() })
    }

    /// A step is done with what shows it: a note or a document of the case. That it is not needed,
    /// or open again, has its reason.
    pub(crate) fn tick(&self, tick: &Tick, at: &Moment) -> Result<Change, Refused> {
        let has_note = !tick.note.trim().is_empty();
        let is_ticked = self.steps.iter().any(|one| one.tick.step == tick.step);
        match tick.mark {
            Mark::Done if !has_note && tick.document.is_none() => {
                return Err(Refused::Missing("a note or a document that shows it"));
            }
            Mark::NotNeeded if !has_note => {
                return Err(Refused::Missing("why the step is not needed"));
            }
            Mark::Open if !is_ticked => return Err(Refused::StepOpen),
            Mark::Open if !has_note => return Err(Refused::Missing("why the step is open again")),
            Mark::Done | Mark::NotNeeded | Mark::Open => {}
        }
        let on_file = |id: &DocumentId| self.documents.iter().any(|one| one.document == *id);
        if tick.document.as_ref().is_some_and(|id| !on_file(id)) {
            return Err(Refused::NotOnFile);
        }
        let ticked = Ticked { tick: tick.clone(), by: at.who.person.clone(), at: at.now };
        Ok(Change::Ticked { ticked })
    }

    pub(crate) fn split_line(&self, position: usize, road: &Road) -> Result<Change, Refused> {
        let line = self.line_at(position)?;
        match road {
            Road::Aside { .. } if line.set_aside.is_some() => Err(Refused::Unchanged("set aside")),
            Road::Aside { reason } => {
                let reason = said(reason, "a reason for setting the line aside")?.to_owned();
                Ok(Change::SetAside { position, reason })
            }
            Road::Back if line.set_aside.is_none() => Err(Refused::Unchanged("worked on")),
            Road::Back => Ok(Change::BroughtBack { position }),
            Road::OwnCase { id } => {
                self.check_leaves(line)?;
                Ok(Change::Split { position, into: id.clone() })
            }
        }
    }

    pub(crate) fn line_at(&self, position: usize) -> Result<&DeniedLine, Refused> {
        let line = position.checked_sub(1).and_then(|at| self.lines.get(at));
        line.ok_or_else(|| Refused::NoSuchLine(u16::try_from(position).unwrap_or(u16::MAX)))
    }

    /// A line leaves with its own money only: what was explained has to be explained of the rest.
    fn check_leaves(&self, line: &DeniedLine) -> Result<(), Refused> {
        if self.lines.len() < 2 {
            return Err(Refused::OnlyLine);
        }
        let balance = &self.balance;
        let rest: Money = self.lines.iter().map(|one| one.denied).sum::<Money>() - line.denied;
        let is_posted =
            line.line.is_some() && self.postings.iter().any(|posting| posting.line == line.line);
        if is_posted || rest < balance.explained() + balance.written_off {
            return Err(Refused::LinePosted);
        }
        Ok(())
    }
}

pub(crate) fn not_before(on: Date, first: Date) -> Result<(), Refused> {
    if on < first { Err(Refused::NotAhead { on, first }) } else { Ok(()) }
}
