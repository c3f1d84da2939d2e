//! What has waited too long, and who must hear of it.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::deadline::DeadlineKind;
use crate::denial::{Denial, NextAction, NextActionKind, Status, Work};
use crate::ids::PersonId;
use crate::levels::ServiceStep;
use crate::lifecycle::timing::later;
use crate::owner;
use crate::person::Role;
use crate::rules::Rules;
use crate::waits::WaitsOn;

/// Who heard last, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Escalated {
    /// Who.
    pub to: Role,
    /// The lead of the owner's team, where it was they and not the whole role.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<PersonId>,
    /// When.
    pub on: Date,
}

/// Somebody must hear of a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Escalation {
    /// Why.
    pub why: Overdue,
    /// Who.
    pub to: Role,
    /// The lead of the owner's team, where it is they and not the whole role.
    pub person: Option<PersonId>,
    /// The day from which it holds.
    pub since: Date,
}

/// Why somebody must hear of a case, the gravest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Overdue {
    /// A clock runs out soon.
    DeadlineNear(DeadlineKind),
    /// The last day for the answer to a payer's letter has passed.
    RequestMissed,
    /// The payer did not keep its promise.
    PromiseBroken,
    /// The payer has not answered in its usual time.
    PayerSilent,
    /// A colleague has not answered.
    ColleagueSilent,
    /// Nobody did what was due.
    NotTouched,
    /// No person has it.
    Unowned,
}

impl Overdue {
    /// The reason for people.
    #[must_use]
    pub fn in_words(self) -> String {
        match self {
            Overdue::DeadlineNear(kind) => {
                format!("the clock for {} runs out soon", kind.in_words())
            }
            Overdue::RequestMissed => {
                "the last day for the answer to a payer's letter has passed".to_owned()
            }
            Overdue::PromiseBroken => "the payer did not keep its promise".to_owned(),
            Overdue::PayerSilent => "the payer has not answered in its usual time".to_owned(),
            Overdue::ColleagueSilent => "a colleague has not answered".to_owned(),
            Overdue::NotTouched => "nobody did what was due".to_owned(),
            Overdue::Unowned => "no person has it".to_owned(),
        }
    }
}

/// The gravest reason of which somebody must hear today and has not yet. What is new goes no lower
/// than to whom the case was brought before. Of a team's case its lead hears first, in place of the
/// owner's own role. A snoozed case wakes for a clock alone.
#[must_use]
pub fn due(denial: &Denial, today: Date, rules: &Rules) -> Option<Escalation> {
    let Work::Open { owner, .. } = &denial.work else { return None };
    let lead = rules.owners.lead(owner, today);
    let told = denial.escalated.as_ref();
    overdue(denial, today, rules).into_iter().find_map(|(why, since)| {
        let to = match why {
            Overdue::DeadlineNear(_) => None,
            // The lead has as long to give it to somebody as the team had to take it.
            Overdue::Unowned => {
                let is_leads = lead.is_some() && today < later(since, rules.desk.unowned_days);
                (!is_leads).then_some(Role::Manager)
            }
            Overdue::RequestMissed
            | Overdue::PromiseBroken
            | Overdue::PayerSilent
            | Overdue::ColleagueSilent
            | Overdue::NotTouched => by_ladder(denial, since, today, rules),
        };
        let (to, person) = to.map_or_else(|| (owner.role, lead.clone()), |role| (role, None));
        let higher = told.filter(|last| step(last.to) > step(to));
        let (to, person) = higher.map_or((to, person), |last| (last.to, last.person.clone()));
        let is_heard = told.is_some_and(|last| {
            let has_heard = person.is_none() || last.person == person;
            last.to == to && has_heard && last.on >= since
        });
        (!is_heard).then_some(Escalation { why, to, person, since })
    })
}

/// How high a role stands among those to whom cases are brought.
const fn step(role: Role) -> u8 {
    match role {
        Role::Administrator => 3,
        Role::Manager => 2,
        Role::BillingSupervisor => 1,
        Role::FrontDesk
        | Role::AuthorizationStaff
        | Role::CertifiedCoder
        | Role::BillingSpecialist
        | Role::Poster
        | Role::Provider
        | Role::UtilizationReview
        | Role::Executive
        | Role::Auditor
        | Role::Vendor => 0,
    }
}

/// Every reason that holds, the gravest first.
fn overdue(denial: &Denial, today: Date, rules: &Rules) -> Vec<(Overdue, Date)> {
    let near = near(denial, today, rules);
    let over = |since: &Date| *since < today;
    let missed = denial.letters_brought().filter_map(|one| one.due).min().filter(over);
    let missed = missed.map(|since| (Overdue::RequestMissed, since));
    if denial.snoozed_until.is_some_and(|until| today < until) {
        return [near, missed].into_iter().flatten().collect();
    }
    let promised =
        denial.standing_promise().map(|on| later(on, rules.desk.promise_days)).filter(over);
    let asked = denial.questions.iter().map(|question| question.due).min().filter(over);
    let reasons = [
        near,
        missed,
        promised.map(|since| (Overdue::PromiseBroken, since)),
        asked.map(|since| (Overdue::ColleagueSilent, since)),
        late(denial, today, rules),
        unowned(denial, today, rules),
    ];
    reasons.into_iter().flatten().collect()
}

/// While we have to act: the soonest clock that runs out within the desk's days.
fn near(denial: &Denial, today: Date, rules: &Rules) -> Option<(Overdue, Date)> {
    let is_ours = matches!(denial.status(), Status::New | Status::InReview);
    let (kind, date) = denial.soonest(today).filter(|_| is_ours)?;
    let days = i64::from(rules.desk.near_days);
    let since = date.saturating_sub(jiff::Span::new().days(days));
    (since <= today).then_some((Overdue::DeadlineNear(kind), since))
}

fn late(denial: &Denial, today: Date, rules: &Rules) -> Option<(Overdue, Date)> {
    let Work::Open { escalate_on, .. } = &denial.work else { return None };
    let why = if denial.lies_with_payer() { Overdue::PayerSilent } else { Overdue::NotTouched };
    let since = first_touch(denial, rules).unwrap_or(*escalate_on).min(*escalate_on);
    (since < today).then_some((why, since))
}

/// The last day for the first touch of a case that nobody has done anything with and that waits
/// for nobody else, where a service level says it.
fn first_touch(denial: &Denial, rules: &Rules) -> Option<Date> {
    let waits = |next: &NextAction| {
        matches!(next.kind, NextActionKind::AwaitPayer | NextActionKind::AskColleague)
    };
    let is_ours = denial.waits_on() == Some(WaitsOn::Us) && !denial.next().is_some_and(waits);
    let is_new = denial.status() == Status::New && denial.requests.is_empty();
    let is_untouched = is_new && is_ours && (denial.untouched || denial.version == 1);
    let role = denial.owner().map(|owner| owner.role);
    let level = rules.owners.level(ServiceStep::FirstTouch, role).filter(|_| is_untouched)?;
    Some(level.last_day(denial.opened_on))
}

fn unowned(denial: &Denial, today: Date, rules: &Rules) -> Option<(Overdue, Date)> {
    let since = later(denial.opened_on, rules.desk.unowned_days);
    // What was won is posted by whoever of the role comes to it, by its own day.
    let has_nobody = denial.status() != Status::Overturned
        && denial.owner().is_some_and(|owner| owner.person.is_none());
    (has_nobody && since < today).then_some((Overdue::Unowned, since))
}

/// The highest step of the ladder that the days since have reached, `None` for the owner's own
/// reminder; without a ladder, whom the matrix names next.
fn by_ladder(denial: &Denial, since: Date, today: Date, rules: &Rules) -> Option<Role> {
    let ladder = &rules.owners.ladder;
    if !ladder.is_empty() {
        let reached = ladder.iter().rev().find(|step| later(since, step.after_days) <= today);
        return reached.and_then(|step| step.to);
    }
    let payer = denial.payer_rules(rules);
    let row = owner::row_for(&denial.circumstance(), payer, rules);
    Some(row.map_or(Role::BillingSupervisor, |row| row.then))
}
