//! Amounts and dates as X12 writes them, exactly.

/// Why an element is not an amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AmountFault {
    /// Nothing there.
    Empty,
    /// Something other than an optional minus, digits and one point.
    Malformed,
    /// More than two decimals that are not zero.
    TooFine,
    /// More than one billion dollars either way.
    TooLarge,
}

/// One billion dollars in cents; the guides allow ten digits.
const LIMIT: i64 = 100_000_000_000;

/// Reads an amount to whole cents: `100`, `100.5`, `-.25`, `7.1000`.
///
/// # Errors
/// [`AmountFault`] says why the bytes are no amount.
#[inline]
pub fn cents(bytes: &[u8]) -> Result<i64, AmountFault> {
    match plain_cents(bytes) {
        Some(cents) => Ok(cents),
        None => any_cents(bytes),
    }
}

/// What nearly every amount is: up to seven digits, a point and two digits, or fewer. `None` for
/// anything else, right or wrong.
#[inline]
fn plain_cents(bytes: &[u8]) -> Option<i64> {
    let (whole, decimals) = match bytes {
        [whole @ .., b'.', tens, ones] => (whole, [*tens, *ones]),
        [whole @ .., b'.', tens] => (whole, [*tens, b'0']),
        whole => (whole, [b'0', b'0']),
    };
    if whole.is_empty() || whole.len() > 7 {
        return None;
    }
    let (mut total, mut is_plain) = (0_i64, true);
    for byte in whole.iter().chain(&decimals) {
        let digit = byte.wrapping_sub(b'0');
        is_plain &= digit < 10;
        total = total.wrapping_mul(10).wrapping_add(i64::from(digit));
    }
    is_plain.then_some(total)
}

fn any_cents(bytes: &[u8]) -> Result<i64, AmountFault> {
    let bytes = bytes.trim_ascii();
    let (negative, digits) = match bytes {
        [] => return Err(AmountFault::Empty),
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        all => (false, all),
    };
    let mut total: i64 = 0;
    let mut decimals: Option<usize> = None;
    let mut seen = false;
    for byte in digits {
        match (byte, decimals) {
            (b'.', None) => decimals = Some(0),
            (b'0'..=b'9', Some(2..)) if *byte != b'0' => return Err(AmountFault::TooFine),
            (b'0', Some(2..)) => {}
            (b'0'..=b'9', _) => {
                seen = true;
                total = total * 10 + i64::from(byte - b'0');
                decimals = decimals.map(|count| count + 1);
            }
            _ => return Err(AmountFault::Malformed),
        }
        if total > LIMIT {
            return Err(AmountFault::TooLarge);
        }
    }
    if !seen {
        return Err(AmountFault::Malformed);
    }
    let scale = [100, 10, 1][decimals.unwrap_or(0).min(2)];
    let total = total * scale;
    match (total > LIMIT, negative) {
        (true, _) => Err(AmountFault::TooLarge),
        (false, true) => Ok(-total),
        (false, false) => Ok(total),
    }
}

/// A civil date: year, month, day, each within its range.
pub type YearMonthDay = (i16, i8, i8);

/// Reads `CCYYMMDD`; `None` for anything else. Whether the month has that day is the caller's to
/// check.
#[must_use]
pub fn date(bytes: &[u8]) -> Option<YearMonthDay> {
    let bytes = bytes.trim_ascii();
    let digits = |from: usize, to: usize| -> Option<i16> {
        bytes.get(from..to)?.iter().try_fold(0_i16, |number, byte| {
            byte.is_ascii_digit().then(|| number * 10 + i16::from(byte - b'0'))
        })
    };
    if bytes.len() != 8 {
        return None;
    }
    let month = i8::try_from(digits(4, 6)?).ok().filter(|month| (1..=12).contains(month))?;
    let day = i8::try_from(digits(6, 8)?).ok().filter(|day| (1..=31).contains(day))?;
    Some((digits(0, 4)?, month, day))
}

/// Reads `YYMMDD` of an envelope; X12 of this program's guides was not sent before 2000.
#[must_use]
pub fn short_date(bytes: &[u8]) -> Option<YearMonthDay> {
    let mut whole = *b"20000000";
    let digits = bytes.trim_ascii();
    whole.get_mut(2..)?.copy_from_slice(digits.get(..6).filter(|_| digits.len() == 6)?);
    date(&whole)
}

/// Reads `CCYYMMDD` or a range `CCYYMMDD-CCYYMMDD` (format RD8): first and last day.
#[must_use]
pub fn date_range(bytes: &[u8]) -> Option<(YearMonthDay, YearMonthDay)> {
    let bytes = bytes.trim_ascii();
    match bytes.iter().position(|byte| *byte == b'-') {
        Some(at) => Some((date(bytes.get(..at)?)?, date(bytes.get(at + 1..)?)?)),
        None => date(bytes).map(|day| (day, day)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn amounts_are_exact() {
        let cases: [(&[u8], i64); 8] = [
            (b"100", 10_000),
            (b"100.5", 10_050),
            (b"-.25", -25),
            (b"7.1000", 710),
            (b"0", 0),
            (b" 12.34 ", 1_234),
            (b"5.", 500),
            (b"1000000000", LIMIT),
        ];
        for (bytes, expected) in cases {
            assert_eq!(cents(bytes), Ok(expected), "{}", String::from_utf8_lossy(bytes));
        }
    }

    #[test]
    fn what_is_no_amount_is_refused() {
        for (bytes, fault) in [
            (b"".as_slice(), AmountFault::Empty),
            (b"-", AmountFault::Malformed),
            (b".", AmountFault::Malformed),
            (b"1e5", AmountFault::Malformed),
            (b"1.2.3", AmountFault::Malformed),
            (b"1.001", AmountFault::TooFine),
            (b"1000000000.01", AmountFault::TooLarge),
            (b"99999999999999999999999999", AmountFault::TooLarge),
        ] {
            assert_eq!(cents(bytes), Err(fault), "{}", String::from_utf8_lossy(bytes));
        }
    }

    proptest! {
        #[test]
        fn the_short_way_reads_as_the_long_way(text in "-?[0-9]{0,9}([.x][0-9]{0,3})?") {
            let plain = plain_cents(text.as_bytes());
            prop_assert!(plain.is_none_or(|cents| any_cents(text.as_bytes()) == Ok(cents)));
        }
    }

    #[test]
    fn dates_and_ranges() {
        assert_eq!(date(b"20260131"), Some((2026, 1, 31)));
        assert_eq!(date(b"20261301"), None);
        assert_eq!(date(b"2026013"), None);
        assert_eq!(date_range(b"20260101-20260103"), Some(((2026, 1, 1), (2026, 1, 3))));
        assert_eq!(date_range(b"20260101-"), None);
        assert_eq!(short_date(b"260131"), Some((2026, 1, 31)));
        assert_eq!(short_date(b"20260131"), None);
    }
}
