//! The system's clock or a fixed one: the only caller of "now".

use jiff::tz::TimeZone;
use jiff::{Timestamp, civil::Date};

/// Where the time comes from.
#[derive(Clone, Debug)]
pub enum Clock {
    /// The machine's clock, read in the practice's time zone.
    System(TimeZone),
    /// A moment that stands still: simulated practices and tests.
    Fixed(Timestamp),
}

impl Clock {
    /// The machine's clock in the machine's time zone.
    #[must_use]
    pub fn system() -> Clock {
        Clock::System(TimeZone::system())
    }

    /// Noon of a day, standing still.
    #[must_use]
    pub fn noon(day: Date) -> Clock {
        let noon = day.at(12, 0, 0, 0).to_zoned(TimeZone::UTC).expect("UTC has every noon");
        Clock::Fixed(noon.timestamp())
    }

    /// The instant, to the microsecond: what the journal keeps.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        match self {
            #[expect(clippy::disallowed_methods, reason = "this is the one clock")]
            Clock::System(_) => Timestamp::now(),
            Clock::Fixed(now) => *now,
        }
    }

    /// The civil date.
    #[must_use]
    pub fn today(&self) -> Date {
        match self {
            Clock::System(zone) => self.now().to_zoned(zone.clone()).date(),
            Clock::Fixed(now) => now.to_zoned(TimeZone::UTC).date(),
        }
    }
}
