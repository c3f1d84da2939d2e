//! Codes as they stand on claims and remittances: group, CARC, RARC, procedure, frequency, NPI.

use std::fmt;

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

macro_rules! code {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[derive(Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(SmolStr);

        impl $name {
            /// The code as it came, without judging whether a list holds it.
            #[must_use]
            pub fn new(text: &str) -> $name {
                $name(SmolStr::new(text))
            }

            /// The same where the text is at hand as it is kept.
            #[must_use]
            pub const fn of(text: SmolStr) -> $name {
                $name(text)
            }

            /// The code's text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                self.0.as_str()
            }

            /// True where the file left the code out.
            #[must_use]
            pub fn is_empty(&self) -> bool {
                self.0.is_empty()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str(&self.0)
            }
        }
    )+};
}

code! {
    /// Claim adjustment reason code, such as `197`.
    Carc,
    /// Remittance advice remark code, such as `N286`.
    Rarc,
    /// Adjustment group: `CO` `PR` `OA` `PI`, the old `CR`, or whatever came.
    Group,
    /// A diagnosis, with or without its point, as it came.
    Diagnosis,
    /// Our number of a claim: CLM01, echoed in CLP01.
    ClaimNumber,
    /// The payer's number of a claim: CLP07.
    PayerControlNumber,
    /// The number of a payment: TRN02, an EFT trace or a check number.
    TraceNumber,
    /// Our number of a line: REF*6R.
    LineControl,
    /// National provider identifier, as it came; [`Npi::is_valid`] checks its digits.
    Npi,
}

impl Npi {
    /// Ten digits whose last is the Luhn check digit of `80840` and the first nine
    /// (45 CFR 162.406; CMS check digit formula).
    #[must_use]
    pub fn is_valid(&self) -> bool {
        let digits = self.0.as_bytes();
        if digits.len() != 10 || !digits.iter().all(u8::is_ascii_digit) {
            return false;
        }
        // 24 is what the prefix 80840 adds to the sum.
        let sum: u32 = 24
            + digits
                .iter()
                .rev()
                .enumerate()
                .map(|(at, digit)| luhn(at, digit - b'0'))
                .sum::<u32>();
        sum.is_multiple_of(10)
    }
}

fn luhn(at: usize, digit: u8) -> u32 {
    let digit = u32::from(digit);
    match (at % 2, digit) {
        (1, 5..) => digit * 2 - 9,
        (1, _) => digit * 2,
        _ => digit,
    }
}

/// What was done: a code of some list with its modifiers (SV101, SVC01).
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Procedure {
    /// The list: `HC` for CPT and HCPCS, `N4` for a drug, `NU` for a revenue code and so on.
    pub qualifier: SmolStr,
    /// The code.
    pub code: SmolStr,
    /// Up to four modifiers in their order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub modifiers: Vec<SmolStr>,
}

impl fmt::Display for Procedure {
    /// `99213-25-GT`.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.code)?;
        self.modifiers.iter().try_for_each(|modifier| write!(out, "-{modifier}"))
    }
}

/// Units in thousandths: drug and anaesthesia units are decimal.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Quantity(pub i64);

impl Quantity {
    /// One unit.
    pub const ONE: Quantity = Quantity(1_000);

    /// Reads `1`, `2.5`, `-0.125`; `None` for anything else or for more than three decimals.
    #[must_use]
    pub fn parse(text: &str) -> Option<Quantity> {
        let (negative, digits) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let (whole, decimals) = digits.split_once('.').unwrap_or((digits, ""));
        let decimals = decimals.trim_end_matches('0');
        let is_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if digits.is_empty() || decimals.len() > 3 || !is_digits(whole) || !is_digits(decimals) {
            return None;
        }
        let whole: i64 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
        let thousandths: i64 = format!("{decimals:0<3}").parse().ok()?;
        let amount = whole.checked_mul(1_000)?.checked_add(thousandths)?;
        Some(Quantity(if negative { -amount } else { amount }))
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let (whole, rest) = (self.0.unsigned_abs() / 1_000, self.0.unsigned_abs() % 1_000);
        let decimals = format!("{rest:03}");
        let decimals = decimals.trim_end_matches('0');
        let point = if decimals.is_empty() { "" } else { "." };
        write!(out, "{sign}{whole}{point}{decimals}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_npi_has_a_check_digit() {
        assert!(Npi::new("1234567893").is_valid());
        assert!(!Npi::new("1234567890").is_valid());
        assert!(!Npi::new("12345").is_valid());
    }

    #[test]
    fn quantities_keep_their_decimals() {
        for (text, printed) in [("1", "1"), ("2.50", "2.5"), ("-0.125", "-0.125"), (".5", "0.5")] {
            assert_eq!(
                Quantity::parse(text).map(|units| units.to_string()).as_deref(),
                Some(printed)
            );
        }
        assert_eq!(Quantity::parse("1e3"), None);
        assert_eq!(Quantity::parse("0.0001"), None);
        assert_eq!(Quantity::parse(""), None);
    }
}
