//! What time it is: the only caller of "now".

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// The system's time, or one that stands still for tests and simulated days.
#[derive(Clone, Debug)]
pub(crate) enum Clock {
    /// The system's.
    System,
    /// This instant, always.
    #[expect(dead_code, reason = "the pages that use it come with the next part of the web app")]
    Fixed(Timestamp),
}

impl Clock {
    /// Now.
    pub(crate) fn now(&self) -> Timestamp {
        match self {
            #[expect(clippy::disallowed_methods, reason = "the one place that knows the time")]
            Clock::System => Timestamp::now(),
            Clock::Fixed(at) => *at,
        }
    }

    /// Today where a practice is; in UTC where its zone is not known to the system.
    pub(crate) fn today(&self, zone: &str) -> Date {
        let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
        zone.to_datetime(self.now()).date()
    }
}
