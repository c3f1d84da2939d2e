//! What goes wrong in a clinic, or is so, before a payer's rule meets it (simulator §4).

use crate::payer::Class;
use crate::rule::Family;
use crate::stream::Stream;

/// A fault of the clinic, a fact of the service, or an error of the payer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    StaleCoverage,
    MemberError,
    OtherPayerUnknown,
    NoAuthorization,
    AuthorizationMismatch,
    NoReferral,
    WrongModifier,
    UnbundledPair,
    UnitsOverLimit,
    UnspecificDiagnosis,
    MissingNote,
    FieldError,
    LateCharge,
    SentTwice,
    EnrolmentLapse,
    NotCovered,
    NotNecessary,
    OutOfNetwork,
    WorkAccident,
    PayerError,
}

/// How rework goes about a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Remedy {
    /// Correct the claim and send it again.
    Correct,
    /// Write to the payer, who decides anew.
    Appeal,
}

struct Row {
    fault: Fault,
    /// Of 100,000 claims.
    rate: u64,
    family: Family,
    remedy: Remedy,
    /// Of 100 reworked so many are paid.
    won: u32,
    name: &'static str,
}

const fn row(
    fault: Fault,
    rate: u64,
    family: Family,
    remedy: Remedy,
    won: u32,
    name: &'static str,
) -> Row {
    Row { fault, rate, family, remedy, won, name }
}

const ROWS: [Row; 20] = {
    use Fault as F;
    use Remedy::{Appeal, Correct};
    [
        row(F::StaleCoverage, 2_000, Family::Eligibility, Correct, 60, "stale_coverage"),
        row(F::MemberError, 900, Family::Identity, Correct, 93, "member_error"),
        row(F::OtherPayerUnknown, 800, Family::OtherPayerFirst, Correct, 58, "other_payer_unknown"),
        row(F::NoAuthorization, 1_100, Family::Authorization, Appeal, 30, "no_authorization"),
        row(
            F::AuthorizationMismatch,
            500,
            Family::Authorization,
            Appeal,
            45,
            "authorization_mismatch",
        ),
        row(F::NoReferral, 300, Family::Referral, Appeal, 50, "no_referral"),
        row(F::WrongModifier, 800, Family::Modifier, Correct, 85, "wrong_modifier"),
        row(F::UnbundledPair, 700, Family::Bundling, Correct, 35, "unbundled_pair"),
        row(F::UnitsOverLimit, 500, Family::Frequency, Appeal, 35, "units_over_limit"),
        row(F::UnspecificDiagnosis, 600, Family::Diagnosis, Correct, 42, "unspecific_diagnosis"),
        row(F::MissingNote, 1_000, Family::Documentation, Appeal, 72, "missing_note"),
        row(F::FieldError, 1_300, Family::MissingField, Correct, 92, "field_error"),
        row(F::LateCharge, 600, Family::Timely, Appeal, 10, "late_charge"),
        row(F::SentTwice, 600, Family::Duplicate, Appeal, 5, "sent_twice"),
        row(F::EnrolmentLapse, 300, Family::Enrolment, Appeal, 70, "enrolment_lapse"),
        row(F::NotCovered, 1_100, Family::NotCovered, Appeal, 18, "not_covered"),
        row(F::NotNecessary, 700, Family::Necessity, Appeal, 42, "not_necessary"),
        row(F::OutOfNetwork, 200, Family::Network, Appeal, 40, "out_of_network"),
        row(F::WorkAccident, 120, Family::Accident, Correct, 50, "work_accident"),
        row(F::PayerError, 600, Family::Authorization, Appeal, 85, "payer_error"),
    ]
};

impl Fault {
    /// The fault of a claim with a payer of this class, if it has one.
    pub(crate) fn draw(class: Class, stream: &mut Stream) -> Option<Fault> {
        let mut left = stream.below(100_000 * 100);
        for row in &ROWS {
            let weight = row.rate * class.fault_percent();
            if left < weight {
                return Some(row.fault);
            }
            left -= weight;
        }
        None
    }

    const fn row(self) -> &'static Row {
        &ROWS[self as usize]
    }

    /// The rules that it may fall under.
    pub(crate) const fn family(self) -> Family {
        self.row().family
    }

    pub(crate) const fn remedy(self) -> Remedy {
        self.row().remedy
    }

    /// Of 100 reworked so many are paid.
    pub(crate) const fn won(self) -> u32 {
        self.row().won
    }

    /// The name in truth files.
    pub(crate) const fn name(self) -> &'static str {
        self.row().name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_stand_at_their_fault() {
        for (at, row) in ROWS.iter().enumerate() {
            assert_eq!(row.fault as usize, at);
        }
    }
}
