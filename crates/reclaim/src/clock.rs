//! What time it is: the only caller of "now". When a day begins somewhere, and how long something
//! holds that somebody began.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use store::audit::NEVER;
use store::instant;

/// The system's time, or one that stands still for tests and simulated days.
#[derive(Clone, Debug)]
pub(crate) enum Clock {
    /// The system's.
    System,
    /// This instant, always.
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

    /// Today where a practice is.
    pub(crate) fn today(&self, at: &str) -> Date {
        zone(at).to_datetime(self.now()).date()
    }
}

/// A time zone by its name; UTC where the system does not know it.
pub(crate) fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap_or(TimeZone::UTC)
}

/// The day of an instant, as rows keep it, where a practice is.
pub(crate) fn day_of(at: &str, instant: &str) -> Option<Date> {
    let instant: Timestamp = instant.parse().ok()?;
    Some(zone(at).to_datetime(instant).date())
}

/// The instant at which a day begins in a zone, as rows have it.
pub(crate) fn begins(at: &str, day: Date) -> String {
    let beyond = |_| if day.year() > 0 { NEVER.to_owned() } else { String::new() };
    zone(at).to_timestamp(day.at(0, 0, 0, 0)).map_or_else(beyond, instant)
}

/// How long something waits for who began it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Patience(SignedDuration);

impl Patience {
    pub(crate) const fn minutes(minutes: i64) -> Patience {
        Patience(SignedDuration::from_mins(minutes))
    }

    /// True where what began then still waits. What began in the future began by a wrong clock.
    pub(crate) fn holds(self, began: Timestamp, now: Timestamp) -> bool {
        (SignedDuration::ZERO..self.0).contains(&now.duration_since(began))
    }

    /// The same of the instant of a row; false where it is none.
    pub(crate) fn holds_since(self, began: &str, now: Timestamp) -> bool {
        began.parse().is_ok_and(|began| self.holds(began, now))
    }

    /// What began before this waits no more.
    pub(crate) fn stale(self, now: Timestamp) -> String {
        instant(now.checked_sub(self.0).unwrap_or(now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_day_begins_by_the_clock_of_its_place() {
        assert_eq!(begins("America/New_York", date(2026, 7, 1)), "2026-07-01T04:00:00.000000Z");
        assert_eq!(begins("nowhere", date(2026, 7, 1)), "2026-07-01T00:00:00.000000Z");
        // Where clocks go forward at midnight the day begins an hour later.
        assert_eq!(begins("America/Santiago", date(2026, 9, 6)), "2026-09-06T04:00:00.000000Z");
        assert_eq!(begins("America/New_York", Date::MAX), NEVER);
        assert!(begins("Asia/Tokyo", Date::MIN) < begins("Asia/Tokyo", date(1, 1, 1)));
    }

    #[test]
    fn what_waits_holds_for_a_while_and_not_before_it_began() {
        let at = |text: &str| text.parse::<Timestamp>().expect("an instant");
        let (five, noon) = (Patience::minutes(5), at("2026-03-03T12:00:00Z"));
        for (began, holds) in [
            ("2026-03-03T12:00:00Z", true),
            ("2026-03-03T11:55:00.000001Z", true),
            ("2026-03-03T11:55:00Z", false),
            ("2026-03-03T12:00:01Z", false),
            ("no instant", false),
        ] {
            assert_eq!(five.holds_since(began, noon), holds, "{began}");
        }
        assert_eq!(five.stale(noon), "2026-03-03T11:55:00.000000Z");
    }
}
