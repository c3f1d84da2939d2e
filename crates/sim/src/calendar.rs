//! Days on which clinics see patients and payers pay.

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};

/// The day so many days later.
pub(crate) fn after(day: Date, days: i64) -> Date {
    day.checked_add(days.days()).expect("simulated days lie within this age")
}

/// Days from one to the other.
pub(crate) fn days_between(from: Date, to: Date) -> i64 {
    i64::from((to - from).get_days())
}

/// Monday to Friday, and no holiday.
pub(crate) fn is_working(day: Date) -> bool {
    !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) && !is_holiday(day)
}

/// The day itself or the next working one.
pub(crate) fn working_from(day: Date) -> Date {
    let mut day = day;
    while !is_working(day) {
        day = after(day, 1);
    }
    day
}

/// The first working day from `day` on that lies on or after this weekday.
pub(crate) fn weekday_from(day: Date, weekday: Weekday) -> Date {
    let ahead = day.weekday().until(weekday);
    working_from(after(day, i64::from(ahead)))
}

fn is_holiday(day: Date) -> bool {
    let fixed = matches!((day.month(), day.day()), (1, 1) | (7, 4) | (12, 25));
    let memorial = day.month() == 5 && day.weekday() == Weekday::Monday && day.day() > 24;
    fixed || memorial || is_thanksgiving(day)
}

fn is_thanksgiving(day: Date) -> bool {
    day.month() == 11 && day.weekday() == Weekday::Thursday && (22..=28).contains(&day.day())
}

/// How busy a clinic's day is; an ordinary one has 100.
pub(crate) fn visits_weight(day: Date) -> u64 {
    if !is_working(day) {
        return 0;
    }
    let of_weekday = match day.weekday() {
        Weekday::Monday => 112,
        Weekday::Friday => 86,
        Weekday::Tuesday
        | Weekday::Wednesday
        | Weekday::Thursday
        | Weekday::Saturday
        | Weekday::Sunday => 101,
    };
    let of_season = if matches!(day.month(), 1 | 2 | 12) { 115 } else { 100 };
    let of_bridge = if is_thanksgiving(after(day, -1)) { 55 } else { 100 };
    of_weekday * of_season * of_bridge / 10_000
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn holidays_and_weekends_rest() {
        assert!(!is_working(date(2026, 11, 26)), "Thanksgiving");
        assert!(!is_working(date(2026, 5, 25)), "Memorial Day");
        assert!(!is_working(date(2026, 6, 6)), "a Saturday");
        assert!(is_working(date(2026, 6, 8)));
        assert_eq!(working_from(date(2027, 1, 1)), date(2027, 1, 4));
    }

    #[test]
    fn weekdays_come_next() {
        assert_eq!(weekday_from(date(2026, 6, 8), Weekday::Monday), date(2026, 6, 8));
        assert_eq!(weekday_from(date(2026, 6, 9), Weekday::Monday), date(2026, 6, 15));
        assert_eq!(weekday_from(date(2026, 11, 20), Weekday::Thursday), date(2026, 11, 27));
    }

    #[test]
    fn the_bridge_day_is_quiet() {
        assert!(visits_weight(date(2026, 11, 27)) < 50);
        assert_eq!(visits_weight(date(2026, 11, 26)), 0);
        assert!(visits_weight(date(2026, 1, 12)) > 120);
    }
}
