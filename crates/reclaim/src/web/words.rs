//! Names, days and amounts as people read them.

use denial::money::Money;
use jiff::Timestamp;
use jiff::civil::Date;

use crate::clock;

/// A name of rows and rules as words: `coding_or_modifier` is "Coding or modifier".
pub(crate) fn label(name: &str) -> String {
    match name {
        "non_covered" => return "Non-covered".to_owned(),
        "837" | "835" | "999" | "997" | "277" => return name.to_owned(),
        "edi" => return "Electronic file".to_owned(),
        "self_funded" => return "Self-funded".to_owned(),
        "write_off" => return "Write-off".to_owned(),
        "propose_write_off" => return "Propose write-off".to_owned(),
        "book_write_off" => return "Book the approved write-off".to_owned(),
        _ => {}
    }
    let mut letters = name.chars();
    match letters.next() {
        Some(first) => {
            { first.to_uppercase().chain(letters).map(|one| if one == '_' { ' ' } else { one }) }
                .collect()
        }
        None => String::new(),
    }
}

/// Words as the beginning of a line.
pub(crate) fn sentence_case(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(char::to_uppercase).into_iter().flatten();
    first.chain(letters).collect()
}

/// A name of rows and rules within a sentence.
pub(crate) fn lower(name: &str) -> String {
    let label = label(name);
    let mut letters = label.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

/// A day as people write it.
pub(crate) fn day(date: Date) -> String {
    date.strftime("%b %-d, %Y").to_string()
}

/// A day of a row; nothing where it is none.
pub(crate) fn day_of(text: &str) -> String {
    text.parse().map_or_else(|_| String::new(), day)
}

/// An instant of a row on the clock of a practice.
pub(crate) fn instant(text: &str, zone: &str) -> String {
    let zone = clock::zone(zone);
    text.parse::<Timestamp>().map_or_else(
        |_| text.to_owned(),
        |at| zone.to_datetime(at).strftime("%b %-d, %Y, %-I:%M %p").to_string(),
    )
}

/// Cents of a row as an amount.
pub(crate) fn money(cents: i64) -> String {
    Money::from_cents(cents).to_string()
}

/// So many of something.
pub(crate) fn counted(count: i64, one: &str, many: &str) -> String {
    let digits = Money::from_cents(count.saturating_mul(100)).to_string();
    let digits = digits.replace('$', "");
    let digits = digits.trim_end_matches(".00");
    format!("{digits} {}", if count == 1 { one } else { many })
}

/// How many, with commas.
pub(crate) fn number(count: i64) -> String {
    counted(count, "", "").trim_end().to_owned()
}

/// A day by which something is due: how it looks, when it is, how long that is.
pub(crate) struct Due {
    /// `past`, `soon`, `later` or `none`.
    pub(crate) class: &'static str,
    pub(crate) when: String,
    pub(crate) left: String,
}

/// Lower-case words as a sentence.
pub(crate) fn sentence(text: &str) -> String {
    format!("{}.", sentence_case(text))
}

/// Days within which something due is near.
pub(crate) const NEAR_DAYS: i32 = 7;

/// A day seen from today.
pub(crate) fn due(on: Option<Date>, today: Date) -> Due {
    let Some(on) = on else {
        return Due { class: "none", when: "Not configured".to_owned(), left: String::new() };
    };
    let days = today.until(on).map_or(0, |span| span.get_days());
    let (class, left) = match days {
        ..0 => ("past", format!("{} past", days_in_words(-days))),
        0 => ("soon", "today".to_owned()),
        1..=NEAR_DAYS => ("soon", format!("in {}", days_in_words(days))),
        _ => ("later", format!("in {}", days_in_words(days))),
    };
    Due { class, when: day(on), left }
}

fn days_in_words(days: i32) -> String {
    counted(i64::from(days), "day", "days")
}

/// How a status looks; the word stands beside it always.
pub(crate) const fn status_class(status: denial::denial::Status) -> &'static str {
    use denial::denial::Status;
    match status {
        Status::New => "new",
        Status::InReview => "working",
        Status::Corrected | Status::Appealed | Status::Pending => "waiting",
        Status::Overturned | Status::Paid => "won",
        Status::WrittenOff => "lost",
    }
}

/// The same by a row's word.
pub(crate) fn status_class_of(status: &str) -> &'static str {
    denial::denial::Status::from_name(status).map_or("", status_class)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn names_become_words() {
        assert_eq!(label("corrected_and_resubmitted"), "Corrected and resubmitted");
        assert_eq!(lower("non_covered"), "non-covered");
        assert_eq!(counted(1, "case", "cases"), "1 case");
        assert_eq!(counted(12_345, "case", "cases"), "12,345 cases");
        assert_eq!(number(-8), "-8");
        assert_eq!(
            instant("2026-02-03T01:05:00.000000Z", "America/Chicago"),
            "Feb 2, 2026, 7:05 PM"
        );
    }

    #[test]
    fn a_day_is_seen_from_today() {
        let today = date(2026, 2, 3);
        let seen = |on| {
            let due = due(on, today);
            (due.class, due.left)
        };
        assert_eq!(seen(Some(date(2026, 2, 1))), ("past", "2 days past".to_owned()));
        assert_eq!(seen(Some(today)), ("soon", "today".to_owned()));
        assert_eq!(seen(Some(date(2026, 2, 10))), ("soon", "in 7 days".to_owned()));
        assert_eq!(seen(Some(date(2026, 2, 11))), ("later", "in 8 days".to_owned()));
        assert_eq!(due(None, today).class, "none");
    }
}
