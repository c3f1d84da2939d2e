//! The clocks of a case, or that a rule is missing.

use jiff::ToSpan;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::category::Category;
use crate::payer::{Anchor, OnHoliday, PayerRules, Unit, Verification, Window};
use crate::playbook::spans;
use crate::rules::Desk;

pub mod business_day;

/// What a clock limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeadlineKind {
    /// The first filing of the claim.
    TimelyFiling,
    /// A corrected claim.
    CorrectedClaim,
    /// An informal second look.
    Reconsideration,
    /// An appeal of this level, from 1.
    Appeal(u8),
    /// Review outside the payer.
    ExternalReview,
    /// Records that the payer asked for.
    RecordsRequest,
    /// The payer's own answer.
    PayerAnswer,
}

impl DeadlineKind {
    /// What it limits, for people.
    #[must_use]
    pub fn in_words(self) -> String {
        match self {
            DeadlineKind::TimelyFiling => "timely filing".to_owned(),
            DeadlineKind::CorrectedClaim => "corrected claim".to_owned(),
            DeadlineKind::Reconsideration => "reconsideration".to_owned(),
            DeadlineKind::Appeal(level) => format!("appeal, level {level}"),
            DeadlineKind::ExternalReview => "external review".to_owned(),
            DeadlineKind::RecordsRequest => "records request".to_owned(),
            DeadlineKind::PayerAnswer => "payer's answer".to_owned(),
        }
    }
}

/// When a clock runs out. An unknown rule is said, not guessed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Due {
    /// The last day.
    On {
        /// The day.
        date: Date,
        /// The rule and what it was counted from.
        rule: RuleRef,
    },
    /// Not configured.
    NoRule,
}

/// The rule behind a date.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleRef {
    /// The rule file.
    pub file: String,
    /// The window in words: `180 calendar days`.
    pub window: String,
    /// The event that the days were counted from.
    pub anchor: String,
    /// The day of that event.
    pub anchored_on: Date,
    /// Law, manual or contract clause and when it was read: `Aetna provider guide, 2021`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub source: String,
}

/// One clock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deadline {
    /// What it limits.
    pub kind: DeadlineKind,
    /// Its last day.
    pub due: Due,
    /// The day it was met.
    pub met_on: Option<Date>,
}

/// The days that the clocks of a case are counted from; a day that is not known is `None`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Anchors {
    /// First day of service.
    pub service_on: Option<Date>,
    /// Last day of service, or discharge.
    pub service_end_on: Option<Date>,
    /// The day of the denial: the remittance's payment date.
    pub denied_on: Date,
    /// The day on which the notice of denial was received, where somebody recorded it.
    pub notice_on: Option<Date>,
    /// The day on which a correction or appeal was sent that awaits its answer.
    pub submitted_on: Option<Date>,
    /// The day of the payer's request for records; the denial itself is one where absent.
    pub records_asked_on: Option<Date>,
    /// The day of the other payer's remittance.
    pub other_payer_on: Option<Date>,
    /// The payer's decisions on appeals: level, from 1, and day.
    pub decided: Vec<(u8, Date)>,
}

impl Anchors {
    /// A denial of this day of which nothing else is known yet.
    #[must_use]
    pub const fn denied(denied_on: Date) -> Anchors {
        Anchors {
            service_on: None,
            service_end_on: None,
            denied_on,
            notice_on: None,
            submitted_on: None,
            records_asked_on: None,
            other_payer_on: None,
            decided: Vec::new(),
        }
    }
}

/// The clocks that every case should have: where they are missing, that is said.
pub const USUAL: [DeadlineKind; 3] =
    [DeadlineKind::TimelyFiling, DeadlineKind::CorrectedClaim, DeadlineKind::Appeal(1)];

/// Every clock of a case, each once. A usual clock whose rule or whose anchor is not known says so
/// ([`Due::NoRule`]); a way that the payer's rules close to this category has no clock.
#[must_use]
pub fn clocks(payer: Option<&PayerRules>, category: Category, anchors: &Anchors) -> Vec<Deadline> {
    let Some(payer) = payer else {
        return USUAL.map(|kind| Deadline { kind, due: Due::NoRule, met_on: None }).to_vec();
    };
    let mut kinds: Vec<DeadlineKind> = payer.windows.iter().map(|window| window.kind).collect();
    kinds.extend(USUAL);
    kinds.extend(payer.usual_answer_days.map(|_| DeadlineKind::PayerAnswer));
    kinds.sort_unstable();
    kinds.dedup();
    let due =
        |kind: DeadlineKind| Some(Deadline { kind, ..clock(payer, kind, category, anchors)? });
    kinds.into_iter().filter_map(due).collect()
}

/// The timely filing clock of a claim that no payer has adjudicated, as the rules stand today: of
/// the windows that hold whatever a denial's reason, those that count from the service alone.
#[must_use]
pub fn filing(
    payer: Option<&PayerRules>,
    served: (Option<Date>, Option<Date>),
    today: Date,
) -> Due {
    let anchors =
        Anchors { service_on: served.0, service_end_on: served.1, ..Anchors::denied(today) };
    let from_service = |window: &&Window| {
        matches!(window.from_event, Anchor::Service | Anchor::ServiceEnd | Anchor::ServiceMonth)
    };
    let holds = |window: &&Window| {
        window.kind == DeadlineKind::TimelyFiling
            && window.holds_on(today)
            && window.categories.is_empty()
    };
    let found = payer.and_then(|payer| {
        let windows = payer.windows.iter().filter(holds).filter(from_service);
        let dates =
            windows.filter_map(|window| due(&payer.file, window, Category::TimelyFiling, &anchors));
        dates.min_by_key(|(date, _)| *date)
    });
    found.map_or(Due::NoRule, |(date, rule)| Due::On { date, rule })
}

/// The soonest of the windows of one kind that hold.
fn clock(
    payer: &PayerRules,
    kind: DeadlineKind,
    category: Category,
    anchors: &Anchors,
) -> Option<Deadline> {
    let holds = |window: &&Window| window.kind == kind && window.holds_on(anchors.denied_on);
    let on_this_day: Vec<&Window> = payer.windows.iter().filter(holds).collect();
    let open = on_this_day.iter().filter(|window| window.is_for(category));
    let found = open.clone().filter_map(|window| due(&payer.file, window, category, anchors));
    let found = found.chain(usual_answer(payer, kind, anchors).filter(|_| on_this_day.is_empty()));
    let soonest = found.min_by_key(|(date, _)| *date);
    let due = match soonest {
        Some((date, rule)) => Due::On { date, rule },
        None if USUAL.contains(&kind) && (on_this_day.is_empty() || open.count() > 0) => {
            Due::NoRule
        }
        None => return None,
    };
    Some(Deadline { kind, due, met_on: None })
}

impl Window {
    /// True where it holds for denials of this category.
    #[must_use]
    pub fn is_for(&self, category: Category) -> bool {
        let named = self.categories.is_empty() || self.categories.contains(&category);
        named && !self.except.contains(&category)
    }

    /// True where it holds for a denial of this day.
    #[must_use]
    pub fn holds_on(&self, denied_on: Date) -> bool {
        spans((self.from, self.to), denied_on)
    }

    /// The length in words: `180 calendar days`, `1 year`.
    #[must_use]
    pub fn in_words(&self) -> String {
        let (one, many) = match self.unit {
            Unit::CalendarDays => ("calendar day", "calendar days"),
            Unit::BusinessDays => ("business day", "business days"),
            Unit::Months => ("month", "months"),
            Unit::Years => ("year", "years"),
            Unit::YearEnds => ("year's end", "year's ends"),
        };
        let words = format!("{} {}", self.count, if self.count == 1 { one } else { many });
        match self.verification {
            Verification::Unverified => format!("{words}, unverified"),
            Verification::TwoSources | Verification::OneSource | Verification::Clinic => words,
        }
    }
}

/// The last day of a window and its rule; `None` where it is not counted yet or its day unknown.
fn due(
    file: &str,
    window: &Window,
    category: Category,
    anchors: &Anchors,
) -> Option<(Date, RuleRef)> {
    if !is_running(window.kind, category, anchors) {
        return None;
    }
    let (anchored_on, anchor) = anchored(window, anchors)?;
    let date = last_day(window, anchored_on)?;
    let source = [window.source.as_str(), window.as_of.as_str()];
    let source = source.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ");
    let (file, window) = (file.to_owned(), window.in_words());
    Some((date, RuleRef { file, window, anchor, anchored_on, source }))
}

/// Higher levels run once the one below is decided; requests and answers once there is one.
fn is_running(kind: DeadlineKind, category: Category, anchors: &Anchors) -> bool {
    match kind {
        DeadlineKind::TimelyFiling
        | DeadlineKind::CorrectedClaim
        | DeadlineKind::Reconsideration
        | DeadlineKind::Appeal(0 | 1) => true,
        DeadlineKind::Appeal(level) => anchors.decision(level - 1).is_some(),
        DeadlineKind::ExternalReview => !anchors.decided.is_empty(),
        DeadlineKind::RecordsRequest => {
            anchors.records_asked_on.is_some() || category == Category::MissingDocumentation
        }
        DeadlineKind::PayerAnswer => anchors.submitted_on.is_some(),
    }
}

impl Anchors {
    /// The day on which an appeal of this level was decided, the latest where it was twice.
    #[must_use]
    pub fn decision(&self, level: u8) -> Option<Date> {
        let of_level = self.decided.iter().filter(|(one, _)| *one == level);
        of_level.map(|(_, on)| *on).max()
    }
}

/// The day that a window is counted from, and what it is, in words.
fn anchored(window: &Window, anchors: &Anchors) -> Option<(Date, String)> {
    let presumed = window.presumed_days;
    let sent = |on: Date, what: &str| {
        let words = match presumed {
            0 => what.to_owned(),
            days => format!("{what}, receipt presumed {days} days later"),
        };
        business_day::later(on, presumed).map(|on| (on, words))
    };
    let plain = |on: Option<Date>, what: &str| on.map(|on| (on, what.to_owned()));
    match window.from_event {
        Anchor::Service => plain(anchors.service_on, "first day of service"),
        Anchor::ServiceEnd => {
            plain(anchors.service_end_on.or(anchors.service_on), "last day of service")
        }
        Anchor::ServiceMonth => {
            plain(anchors.service_on.map(Date::last_of_month), "end of the month of service")
        }
        Anchor::Remittance => sent(anchors.denied_on, "remittance"),
        Anchor::NoticeReceived => match anchors.notice_on {
            Some(on) => Some((on, "receipt of the notice".to_owned())),
            None => sent(anchors.denied_on, "remittance"),
        },
        Anchor::PreviousDecision => match window.kind {
            DeadlineKind::Appeal(level) if level > 1 => {
                sent(anchors.decision(level - 1)?, &format!("decision of level {}", level - 1))
            }
            DeadlineKind::TimelyFiling
            | DeadlineKind::CorrectedClaim
            | DeadlineKind::Reconsideration
            | DeadlineKind::Appeal(_)
            | DeadlineKind::ExternalReview
            | DeadlineKind::RecordsRequest
            | DeadlineKind::PayerAnswer => sent(anchors.denied_on, "remittance"),
        },
        Anchor::FinalDecision => {
            sent(anchors.decided.iter().map(|(_, on)| *on).max()?, "last decision")
        }
        Anchor::RecordsRequest => match anchors.records_asked_on {
            Some(on) => sent(on, "request for records"),
            None => sent(anchors.denied_on, "remittance"),
        },
        Anchor::OtherPayer => plain(anchors.other_payer_on, "the other payer's remittance"),
        Anchor::Submission => plain(anchors.submitted_on, "submission"),
    }
}

/// The last day of a window that is counted from a day; `None` beyond the calendar.
fn last_day(window: &Window, from: Date) -> Option<Date> {
    let count = i64::from(window.count);
    let day = match window.unit {
        Unit::CalendarDays => business_day::later(from, window.count),
        Unit::BusinessDays => business_day::add(from, window.count),
        Unit::Months => from.checked_add(count.months()).ok(),
        Unit::Years => from.checked_add(count.years()).ok(),
        Unit::YearEnds => from.checked_add(count.years()).ok().map(Date::last_of_year),
    }?;
    // Months that are counted from a month's end end with a month.
    let whole = window.from_event == Anchor::ServiceMonth && window.unit == Unit::Months;
    let day = if whole { day.last_of_month() } else { day };
    match window.on_holiday {
        OnHoliday::Stays => Some(day),
        OnHoliday::NextBusinessDay => business_day::on_or_after(day),
    }
}

/// When a payer that has no window for its answer usually answers.
fn usual_answer(
    payer: &PayerRules,
    kind: DeadlineKind,
    anchors: &Anchors,
) -> Option<(Date, RuleRef)> {
    let days = payer.usual_answer_days.filter(|_| kind == DeadlineKind::PayerAnswer)?;
    let anchored_on = anchors.submitted_on?;
    let (window, anchor) = (format!("usually {days} calendar days"), "submission".to_owned());
    let (file, source) = (payer.file.to_string(), String::new());
    let rule = RuleRef { file, window, anchor, anchored_on, source };
    Some((business_day::later(anchored_on, days)?, rule))
}

impl Deadline {
    /// The last day, where a rule gives one.
    #[must_use]
    pub const fn date(&self) -> Option<Date> {
        match &self.due {
            Due::On { date, .. } => Some(*date),
            Due::NoRule => None,
        }
    }

    /// True where no rule gives its last day and nothing met it.
    #[must_use]
    pub fn lacks_rule(&self) -> bool {
        self.due == Due::NoRule && self.met_on.is_none()
    }

    /// The last day of a clock that runs against the clinic and is not met yet; the payer's own
    /// answer runs against the payer.
    #[must_use]
    pub fn open_until(&self) -> Option<Date> {
        let ours = self.met_on.is_none() && self.kind != DeadlineKind::PayerAnswer;
        self.date().filter(|_| ours)
    }
}

/// The day by which work against a date is to be done: the desk's safety before it, and a business
/// day.
#[must_use]
pub fn internal_due(date: Date, desk: &Desk) -> Date {
    let early = date.checked_sub(i64::from(desk.safety_days).days()).unwrap_or(date);
    business_day::on_or_before(early).unwrap_or(early)
}

/// The clock that runs out first of those that are still open on a day; where all are past, the one
/// that ran out last.
#[must_use]
pub fn soonest(deadlines: &[Deadline], today: Date) -> Option<(&Deadline, Date)> {
    let open = || deadlines.iter().filter_map(|one| Some((one, one.open_until()?)));
    let ahead = open().filter(|(_, date)| *date >= today).min_by_key(|(_, date)| *date);
    ahead.or_else(|| open().max_by_key(|(_, date)| *date))
}

#[cfg(test)]
mod tests;
