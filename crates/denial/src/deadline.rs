//! The clocks of a case, or that a rule is missing.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::category::Category;
use crate::payer::PayerRules;

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

/// Every clock of a case. A clock whose rule is not configured says so ([`Due::NoRule`]).
#[must_use]
pub fn clocks(
    _payer: Option<&PayerRules>,
    _category: Category,
    _anchors: &Anchors,
) -> Vec<Deadline> {
    [DeadlineKind::TimelyFiling, DeadlineKind::CorrectedClaim, DeadlineKind::Appeal(1)]
        .map(|kind| Deadline { kind, due: Due::NoRule, met_on: None })
        .to_vec()
}
