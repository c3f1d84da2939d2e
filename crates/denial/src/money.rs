//! Cents: exact parse and print; rounding has a name.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Neg, Sub, SubAssign};

use serde::{Deserialize, Serialize};

/// An amount of US dollars in whole cents; negative amounts are reversals and takebacks.
///
/// Addition is checked in every build (`overflow-checks`). It cannot overflow on amounts that
/// passed [`Money::from_cents_checked`] or [`Money::parse`]: it takes more than ninety million
/// amounts of the greatest size in one sum, which is more than any file that is taken holds.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Money(i64);

/// The greatest amount accepted from outside, in cents: one billion dollars.
pub const LIMIT_CENTS: i64 = 100_000_000_000;

/// Why a text is not an amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotMoney {
    /// Something other than an optional minus, digits and one point.
    #[error("expected an amount such as 1234.50")]
    Malformed,
    /// More than two decimals that are not zero.
    #[error("expected at most two decimals")]
    TooFine,
    /// Beyond one billion dollars either way.
    #[error("expected an amount below one billion dollars")]
    TooLarge,
}

impl Money {
    /// No money.
    pub const ZERO: Money = Money(0);

    /// An amount of whole cents from inside the program.
    #[must_use]
    pub const fn from_cents(cents: i64) -> Money {
        Money(cents)
    }

    /// An amount of whole cents from outside.
    ///
    /// # Errors
    /// [`NotMoney::TooLarge`] beyond [`LIMIT_CENTS`] either way.
    pub const fn from_cents_checked(cents: i64) -> Result<Money, NotMoney> {
        if cents > LIMIT_CENTS || cents < -LIMIT_CENTS {
            return Err(NotMoney::TooLarge);
        }
        Ok(Money(cents))
    }

    /// The whole cents.
    #[must_use]
    pub const fn cents(self) -> i64 {
        self.0
    }

    /// Reads what a person or a file writes: `1234.5`, `-.25`, `$1,234.50`.
    ///
    /// # Errors
    /// [`NotMoney`] says what was expected.
    pub fn parse(text: &str) -> Result<Money, NotMoney> {
        let text = text.trim();
        let (negative, text) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let text = text.strip_prefix('$').unwrap_or(text);
        let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
        if whole.is_empty() && decimals.is_empty() {
            return Err(NotMoney::Malformed);
        }
        let cents = checked_cents(whole, decimals)?;
        Money::from_cents_checked(if negative { -cents } else { cents })
    }

    /// The plain form `1234.50` that files and exports carry.
    #[must_use]
    pub fn plain(self) -> String {
        let sign = if self.0 < 0 { "-" } else { "" };
        let cents = self.0.unsigned_abs();
        format!("{sign}{}.{:02}", cents / 100, cents % 100)
    }

    /// The amount without its sign.
    #[must_use]
    pub const fn abs(self) -> Money {
        Money(self.0.abs())
    }

    /// True at exactly no money.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// A share of the amount, to the nearest cent, halves away from zero.
    #[must_use]
    pub fn share_rounded(self, chance: Chance) -> Money {
        let product = i128::from(self.0) * i128::from(chance.0);
        let half = if product < 0 { -5_000 } else { 5_000 };
        Money(
            i64::try_from((product + half) / 10_000).expect("a share is no larger than its whole"),
        )
    }
}

fn checked_cents(whole: &str, decimals: &str) -> Result<i64, NotMoney> {
    let mut cents: i64 = 0;
    for digit in whole.bytes().filter(|byte| *byte != b',') {
        cents = push_digit(cents, digit)?;
    }
    for place in 0..2 {
        cents = push_digit(cents, decimals.as_bytes().get(place).copied().unwrap_or(b'0'))?;
    }
    let rest = decimals.as_bytes().get(2..).unwrap_or_default();
    match rest.iter().find(|byte| **byte != b'0') {
        None => Ok(cents),
        Some(b'1'..=b'9') => Err(NotMoney::TooFine),
        Some(_) => Err(NotMoney::Malformed),
    }
}

fn push_digit(cents: i64, digit: u8) -> Result<i64, NotMoney> {
    if !digit.is_ascii_digit() {
        return Err(NotMoney::Malformed);
    }
    let cents = cents.checked_mul(10).and_then(|tens| tens.checked_add(i64::from(digit - b'0')));
    cents.filter(|cents| *cents <= LIMIT_CENTS).ok_or(NotMoney::TooLarge)
}

impl fmt::Display for Money {
    /// The form for people: `$1,234.50`, `-$0.25`.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let dollars = (self.0.unsigned_abs() / 100).to_string();
        let mut grouped = String::with_capacity(dollars.len() + dollars.len() / 3);
        for (at, digit) in dollars.chars().enumerate() {
            if at > 0 && (dollars.len() - at).is_multiple_of(3) {
                grouped.push(',');
            }
            grouped.push(digit);
        }
        write!(out, "{sign}${grouped}.{:02}", self.0.unsigned_abs() % 100)
    }
}

impl Add for Money {
    type Output = Money;
    fn add(self, other: Money) -> Money {
        Money(self.0 + other.0)
    }
}

impl AddAssign for Money {
    fn add_assign(&mut self, other: Money) {
        self.0 += other.0;
    }
}

impl Sub for Money {
    type Output = Money;
    fn sub(self, other: Money) -> Money {
        Money(self.0 - other.0)
    }
}

impl SubAssign for Money {
    fn sub_assign(&mut self, other: Money) {
        self.0 -= other.0;
    }
}

impl Neg for Money {
    type Output = Money;
    fn neg(self) -> Money {
        Money(-self.0)
    }
}

impl Sum for Money {
    fn sum<I: Iterator<Item = Money>>(amounts: I) -> Money {
        amounts.fold(Money::ZERO, Add::add)
    }
}

/// A chance in basis points: 7 250 is 72.5 %.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Chance(u16);

impl Chance {
    /// A chance of `basis_points` ten-thousandths, at most certainty.
    #[must_use]
    pub fn from_basis_points(basis_points: u16) -> Chance {
        Chance(basis_points.min(10_000))
    }

    /// The ten-thousandths.
    #[must_use]
    pub const fn basis_points(self) -> u16 {
        self.0
    }
}

impl fmt::Display for Chance {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}.{} %", self.0 / 100, self.0 % 100 / 10)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_people_and_files_write() {
        for (text, cents) in [
            ("100", 10_000),
            ("100.5", 10_050),
            ("-.25", -25),
            ("$1,234.50", 123_450),
            ("0.1000", 10),
        ] {
            assert_eq!(Money::parse(text), Ok(Money::from_cents(cents)), "{text}");
        }
    }

    #[test]
    fn refuses_what_is_not_an_amount() {
        assert_eq!(Money::parse(""), Err(NotMoney::Malformed));
        assert_eq!(Money::parse("1e5"), Err(NotMoney::Malformed));
        assert_eq!(Money::parse("1.005"), Err(NotMoney::TooFine));
        assert_eq!(Money::parse("99999999999"), Err(NotMoney::TooLarge));
        assert_eq!(Money::parse("9".repeat(40).as_str()), Err(NotMoney::TooLarge));
    }

    #[test]
    fn prints_for_people_and_for_files() {
        assert_eq!(Money::from_cents(-123_456_789).to_string(), "-$1,234,567.89");
        assert_eq!(Money::from_cents(5).plain(), "0.05");
    }

    #[test]
    fn a_share_rounds_halves_away_from_zero() {
        let half = Chance::from_basis_points(5_000);
        assert_eq!(Money::from_cents(3).share_rounded(half).cents(), 2);
        assert_eq!(Money::from_cents(-3).share_rounded(half).cents(), -2);
    }
}
