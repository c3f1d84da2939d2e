//! Numbers and names that are formally right and plainly made up.

use crate::stream::Stream;

/// Surnames that nobody mistakes for a patient's.
pub(crate) const SURNAMES: [&str; 40] = [
    "ALPHASIM",
    "BETASIM",
    "CAMPSIM",
    "DELTASIM",
    "ECHOSIM",
    "FABLETON",
    "FICTIVE",
    "FIGMENT",
    "GAMMASIM",
    "HYPOTHET",
    "IMAGINE",
    "INVENTED",
    "KAPPASIM",
    "LAMBDASIM",
    "MADEUP",
    "MOCKFORD",
    "MOCKLEY",
    "MOCKWELL",
    "MODELMAN",
    "NOTREAL",
    "OMEGASIM",
    "PAPERMAN",
    "PRETEND",
    "PROXYSON",
    "QUASISIM",
    "SAMPLEMAN",
    "SAMPLER",
    "SHAMWELL",
    "SIGMASIM",
    "SIMFIELD",
    "SIMSON",
    "SIMWELL",
    "SPECIMEN",
    "STANDIN",
    "SYNTHER",
    "TAUSIM",
    "TESTERLY",
    "TESTOVER",
    "UNREALE",
    "ZETASIM",
];

pub(crate) const WOMEN: [&str; 16] = [
    "ADA", "BEA", "CORA", "DORA", "ELLA", "FAYE", "GRETA", "HOPE", "IDA", "JUNE", "KIRA", "LENA",
    "MAE", "NORA", "OPAL", "RUTH",
];

pub(crate) const MEN: [&str; 16] = [
    "ABEL", "BEN", "CARL", "DEAN", "EARL", "FINN", "GLEN", "HUGO", "IVAN", "JOEL", "KURT", "LEO",
    "MILO", "NEIL", "OTTO", "RAY",
];

pub(crate) const STREETS: [&str; 8] = [
    "EXAMPLE ST",
    "SAMPLE AVE",
    "MODEL RD",
    "PLACEHOLDER LN",
    "SPECIMEN BLVD",
    "MOCKUP CT",
    "SIMULATION WAY",
    "FICTION DR",
];

/// An NPI whose last digit is its check digit (Luhn over 80840 and the number).
pub(crate) fn npi(stream: &mut Stream) -> String {
    let nine = format!("1{:08}", stream.below(100_000_000));
    let check = luhn(&format!("80840{nine}"));
    format!("{nine}{check}")
}

/// The digit that makes a number pass the Luhn test when it is put behind it.
fn luhn(digits: &str) -> u32 {
    let doubled = |at: usize, digit: u32| {
        let value = if at.is_multiple_of(2) { digit * 2 } else { digit };
        if value > 9 { value - 9 } else { value }
    };
    let digits = digits.bytes().rev().map(|byte| u32::from(byte - b'0'));
    let sum: u32 = digits.enumerate().map(|(at, digit)| doubled(at, digit)).sum();
    (10 - sum % 10) % 10
}

/// A tax number with the prefix 00, which nobody has.
pub(crate) fn tax_id(stream: &mut Stream) -> String {
    format!("00{:07}", stream.below(10_000_000))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stream::{Entity, Purpose};

    #[test]
    fn the_published_example_has_its_check_digit() {
        assert_eq!(luhn("80840123456789"), 3);
    }

    #[test]
    fn every_npi_passes_the_check() {
        let mut stream = Stream::new(1, Entity::Practice, 0, Purpose::Identity);
        for _ in 0..100 {
            let npi = npi(&mut stream);
            assert_eq!(npi.len(), 10);
            let (body, check) = npi.split_at(9);
            assert_eq!(luhn(&format!("80840{body}")).to_string(), check);
        }
    }
}
