//! Service levels: how long a step may take, by role; and whether one was met.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use crate::lifecycle::timing::workday;
use crate::named;
use crate::person::Role;

named! {
    /// A step that somebody waits for.
    ServiceStep {
        /// Until somebody has done something with a new case.
        FirstTouch = "first_touch",
        /// Until a colleague has answered.
        Reply = "reply",
        /// Until the payer has answered what was sent.
        PayerReply = "payer_reply",
    }
}

/// What somebody does with a case, by its name in the journal; the first of them is its first
/// touch. Who is given a case has not touched it yet.
pub const TOUCHES: [&str; 19] = [
    "denial.reviewed",
    "denial.taken",
    "denial.planned",
    "denial.noted",
    "denial.contacted",
    "denial.asked",
    "denial.answered",
    "denial.request_ended",
    "denial.attached",
    "denial.ticked",
    "denial.snoozed",
    "denial.recategorized",
    "denial.root_cause_set",
    "denial.sub_status_set",
    "denial.line_split",
    "denial.line_set_aside",
    "denial.write_off_proposed",
    "denial.resubmitted",
    "denial.appealed",
];

/// How long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Within {
    /// So many hours, on the clock.
    Hours(u16),
    /// So many days, and then until the next business day.
    Days(u16),
}

impl Within {
    /// The last day of what began on a day.
    #[must_use]
    pub fn last_day(self, from: Date) -> Date {
        match self {
            Within::Hours(hours) => workday(from, hours.div_ceil(24)),
            Within::Days(days) => workday(from, days),
        }
    }

    /// True where what began at an instant, on a day, was done in time.
    #[must_use]
    pub fn is_met(self, began: (Timestamp, Date), done: (Timestamp, Date)) -> bool {
        match self {
            Within::Hours(hours) => {
                let span = SignedDuration::from_hours(i64::from(hours));
                done.0.duration_since(began.0) <= span
            }
            Within::Days(_) => done.1 <= self.last_day(began.1),
        }
    }

    /// In words: `3 days`.
    #[must_use]
    pub fn in_words(self) -> String {
        match self {
            Within::Hours(1) => "1 hour".to_owned(),
            Within::Hours(hours) => format!("{hours} hours"),
            Within::Days(1) => "1 day".to_owned(),
            Within::Days(days) => format!("{days} days"),
        }
    }
}

/// One service level.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ServiceLevel {
    /// The step.
    pub step: ServiceStep,
    /// Of this role only: who owns the case, or who is asked.
    pub role: Option<Role>,
    /// How long.
    pub within: Within,
}

/// The level of a step: that of the role first, then that of every role.
#[must_use]
pub fn level(all: &[ServiceLevel], step: ServiceStep, role: Option<Role>) -> Option<Within> {
    let of_step = || all.iter().filter(|one| one.step == step);
    let own = of_step().find(|one| one.role.is_some() && one.role == role);
    own.or_else(|| of_step().find(|one| one.role.is_none())).map(|one| one.within)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_level_is_of_its_role_first_and_met_by_its_clock() {
        let all = [
            ServiceLevel { step: ServiceStep::Reply, role: None, within: Within::Days(3) },
            ServiceLevel {
                step: ServiceStep::Reply,
                role: Some(Role::Provider),
                within: Within::Hours(48),
            },
        ];
        let of = |role| level(&all, ServiceStep::Reply, Some(role));
        assert_eq!(of(Role::Provider), Some(Within::Hours(48)));
        assert_eq!(of(Role::FrontDesk), Some(Within::Days(3)));
        assert_eq!(level(&all, ServiceStep::FirstTouch, None), None, "not configured");
        let at = |text: &str| text.parse::<Timestamp>().expect("an instant");
        // The third of March 2026 is a Tuesday; three days later is a Friday.
        let began = (at("2026-03-03T12:00:00Z"), date(2026, 3, 3));
        let friday = (at("2026-03-06T22:00:00Z"), date(2026, 3, 6));
        assert!(Within::Days(3).is_met(began, friday));
        assert!(!Within::Hours(48).is_met(began, friday));
        assert_eq!(Within::Days(4).last_day(began.1), date(2026, 3, 9), "a Saturday waits");
        assert_eq!(Within::Hours(49).in_words(), "49 hours");
    }
}
