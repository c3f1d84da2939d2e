//! The clocks of a case, or that a rule is missing.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

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
