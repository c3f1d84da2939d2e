//! Business days: Monday to Friday but federal holidays (5 USC 6103).

use jiff::ToSpan;
use jiff::civil::{Date, Weekday, date};

/// True on a Monday to Friday that is no federal holiday.
#[must_use]
pub fn is_business_day(day: Date) -> bool {
    !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) && !is_federal_holiday(day)
}

/// The day itself, or the next business day after it; `None` beyond the calendar.
#[must_use]
pub fn on_or_after(day: Date) -> Option<Date> {
    let mut days = std::iter::successors(Some(day), |day| day.tomorrow().ok());
    days.find(|day| is_business_day(*day))
}

/// The day itself, or the last business day before it; `None` beyond the calendar.
#[must_use]
pub fn on_or_before(day: Date) -> Option<Date> {
    let mut days = std::iter::successors(Some(day), |day| day.yesterday().ok());
    days.find(|day| is_business_day(*day))
}

/// This many business days later; the first day is the one after.
#[must_use]
pub fn add(day: Date, count: u16) -> Option<Date> {
    if count == 0 {
        return Some(day);
    }
    let days = std::iter::successors(day.tomorrow().ok(), |day| day.tomorrow().ok());
    days.filter(|day| is_business_day(*day)).nth(usize::from(count) - 1)
}

/// True on a legal public holiday or the weekday on which it is kept: Friday before a Saturday
/// (5 USC 6103(b)), Monday after a Sunday (Executive Order 11582).
fn is_federal_holiday(day: Date) -> bool {
    let kept = |fixed: Date| match fixed.weekday() {
        Weekday::Saturday => fixed.yesterday().is_ok_and(|kept| kept == day),
        Weekday::Sunday => fixed.tomorrow().is_ok_and(|kept| kept == day),
        Weekday::Monday
        | Weekday::Tuesday
        | Weekday::Wednesday
        | Weekday::Thursday
        | Weekday::Friday => fixed == day,
    };
    fixed_holidays(day).into_iter().any(kept) || is_moving_holiday(day)
}

/// New Year's Day, Juneteenth (since 2021), Independence Day, Veterans Day, Christmas Day; and the
/// next New Year's Day, which may be kept in this year.
fn fixed_holidays(day: Date) -> Vec<Date> {
    let year = day.year();
    let mut fixed: Vec<Date> =
        [(1, 1), (7, 4), (11, 11), (12, 25)].map(|(month, on)| date(year, month, on)).to_vec();
    fixed.extend((year >= 2021).then(|| date(year, 6, 19)));
    fixed.extend(Date::new(year + 1, 1, 1));
    fixed
}

/// Martin Luther King, Washington, Memorial, Labor, Columbus, Thanksgiving.
fn is_moving_holiday(day: Date) -> bool {
    const RULES: [(i8, i8, Weekday); 6] = [
        (1, 3, Weekday::Monday),
        (2, 3, Weekday::Monday),
        (5, -1, Weekday::Monday),
        (9, 1, Weekday::Monday),
        (10, 2, Weekday::Monday),
        (11, 4, Weekday::Thursday),
    ];
    let first = day.first_of_month();
    RULES.iter().any(|(month, nth, weekday)| {
        first.month() == *month
            && first.nth_weekday_of_month(*nth, *weekday).is_ok_and(|holiday| holiday == day)
    })
}

/// This many calendar days later.
pub(super) fn later(day: Date, count: u16) -> Option<Date> {
    day.checked_add(i64::from(count).days()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_holidays_of_2026_are_those_that_opm_publishes() {
        let mut found = Vec::new();
        let mut day = date(2026, 1, 1);
        while day.year() == 2026 {
            let weekend = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
            if !weekend && !is_business_day(day) {
                found.push((day.month(), day.day()));
            }
            day = day.tomorrow().expect("far from the end");
        }
        // opm.gov, federal holidays 2026: 4 July is a Saturday and kept on the 3rd.
        let published = [
            (1, 1),
            (1, 19),
            (2, 16),
            (5, 25),
            (6, 19),
            (7, 3),
            (9, 7),
            (10, 12),
            (11, 11),
            (11, 26),
            (12, 25),
        ];
        assert_eq!(found, published);
    }

    #[test]
    fn a_new_year_on_a_saturday_is_kept_in_the_old_year() {
        assert!(!is_business_day(date(2021, 12, 31)));
        assert!(is_business_day(date(2022, 1, 3)));
        assert!(!is_business_day(date(2023, 1, 2)), "a Sunday is kept on Monday");
        assert!(is_business_day(date(2020, 6, 19)), "Juneteenth begins in 2021");
    }

    #[test]
    fn business_days_skip_weekends_and_holidays() {
        // Wednesday 1 July 2026: Thursday, then Monday, since Friday is kept for the 4th.
        assert_eq!(add(date(2026, 7, 1), 2), Some(date(2026, 7, 6)));
        assert_eq!(add(date(2026, 7, 1), 0), Some(date(2026, 7, 1)));
        assert_eq!(on_or_after(date(2026, 7, 3)), Some(date(2026, 7, 6)));
        assert_eq!(on_or_before(date(2026, 7, 5)), Some(date(2026, 7, 2)));
    }
}
