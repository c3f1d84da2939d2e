//! Payments, adjustments and their reversals; a balance is the sum of its postings.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::denial::{Balance, DeniedLine};
use crate::ids::{ClaimId, DenialId, PersonId, PostingId, RemittanceId};
use crate::money::Money;
use crate::named;

/// What a posting does to a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PostingKind {
    /// The payer paid what it had denied.
    PayerPayment,
    /// Another payer paid.
    OtherPayerPayment,
    /// The patient owes it.
    PatientResponsibility,
    /// It is the contract's own reduction.
    Contractual,
    /// A law lowers the payment (CARC 253); no contract says so, and nobody owes it.
    Sequestration,
    /// It is given up.
    WriteOff(WriteOffReason),
    /// The payer took back what it had paid; its amount lowers what was recovered.
    Recoupment,
    /// Interest for paying late; explains nothing of what was denied.
    Interest,
}

named! {
    /// Why money is given up.
    WriteOffReason {
        /// Working it costs more than it can bring.
        SmallBalance = "small_balance",
        /// A limit of time was missed.
        TimelyFiling = "timely_filing",
        /// An authorisation was never asked for.
        NoAuthorization = "no_authorization",
        /// Denied for another reason, every way tried or closed.
        Denied = "denied",
        /// It cannot be collected.
        BadDebt = "bad_debt",
        /// The patient's need.
        Charity = "charity",
        /// A courtesy that compliance allows.
        Courtesy = "courtesy",
        /// The payer cannot pay any more.
        PayerBankruptcy = "payer_bankruptcy",
        /// A law forbids to bill it.
        Statutory = "statutory",
    }
}

impl PostingKind {
    /// The kind's text in rows; a write-off's reason stands beside it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            PostingKind::PayerPayment => "payer_payment",
            PostingKind::OtherPayerPayment => "other_payer_payment",
            PostingKind::PatientResponsibility => "patient_responsibility",
            PostingKind::Contractual => "contractual",
            PostingKind::Sequestration => "sequestration",
            PostingKind::WriteOff(_) => "write_off",
            PostingKind::Recoupment => "recoupment",
            PostingKind::Interest => "interest",
        }
    }

    /// Why it was given up, for a write-off.
    #[must_use]
    pub const fn reason(self) -> Option<WriteOffReason> {
        match self {
            PostingKind::WriteOff(reason) => Some(reason),
            PostingKind::PayerPayment
            | PostingKind::OtherPayerPayment
            | PostingKind::PatientResponsibility
            | PostingKind::Contractual
            | PostingKind::Sequestration
            | PostingKind::Recoupment
            | PostingKind::Interest => None,
        }
    }

    /// Reads a row back; `None` for an unknown word, or for a reason where none belongs.
    #[must_use]
    pub fn from_names(kind: &str, reason: Option<&str>) -> Option<PostingKind> {
        let plain = match (kind, reason) {
            ("write_off", Some(reason)) => {
                PostingKind::WriteOff(WriteOffReason::from_name(reason)?)
            }
            ("payer_payment", None) => PostingKind::PayerPayment,
            ("other_payer_payment", None) => PostingKind::OtherPayerPayment,
            ("patient_responsibility", None) => PostingKind::PatientResponsibility,
            ("contractual", None) => PostingKind::Contractual,
            ("sequestration", None) => PostingKind::Sequestration,
            ("recoupment", None) => PostingKind::Recoupment,
            ("interest", None) => PostingKind::Interest,
            _ => return None,
        };
        Some(plain)
    }
}

/// What somebody asks to post; the case adds the rest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The id of the posting to come.
    pub id: PostingId,
    /// What it does.
    pub kind: PostingKind,
    /// Above zero; a reversal has the opposite of what it reverses.
    pub amount: Money,
    /// The day of the money; today where absent.
    #[serde(default)]
    pub on: Option<Date>,
    /// Number of the line on the claim.
    #[serde(default)]
    pub line: Option<u16>,
    /// The remittance behind it.
    #[serde(default)]
    pub remittance: Option<RemittanceId>,
    /// The posting that it takes back.
    #[serde(default)]
    pub reverses: Option<PostingId>,
    /// Why.
    #[serde(default)]
    pub why: String,
}

/// One posted amount. It is never edited: what corrects it points at it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Posting {
    /// Its id.
    pub id: PostingId,
    /// The claim.
    pub claim: ClaimId,
    /// The case.
    pub denial: Option<DenialId>,
    /// Number of the line on the claim.
    pub line: Option<u16>,
    /// What it does.
    pub kind: PostingKind,
    /// Above zero, or below it where it reverses.
    pub amount: Money,
    /// The day of the money.
    pub on: Date,
    /// The remittance behind it.
    pub remittance: Option<RemittanceId>,
    /// The posting that it takes back.
    pub reverses: Option<PostingId>,
    /// Why.
    pub why: String,
    /// Who posted it.
    pub by: PersonId,
}

/// Why an entry cannot be posted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// No amount, or a negative one that reverses nothing.
    #[error("expected an amount above zero; to take a posting back, name it")]
    NotPositive,
    /// Beyond one billion dollars.
    #[error("expected an amount below one billion dollars")]
    TooLarge,
    /// A write-off that is none of the act's.
    #[error("money is given up by the act of writing off; use that one")]
    GivenUp,
    /// Something else than a takeback where a case opens again.
    #[error("a case opens again by reversals or a recoupment; name what is taken back")]
    NotATakeback,
    /// The same id a second time.
    #[error("this was posted already; open the case again to see it")]
    PostedTwice,
    /// There is no such posting on the case.
    #[error("expected a posting of this case to reverse; choose one of its list")]
    NothingToReverse,
    /// A reversal stands already.
    #[error("that posting was reversed already; nothing is left of it to take back")]
    ReversedAlready,
    /// Another kind or amount than the posting has, or the reversal of a reversal.
    #[error("a reversal has the same kind as its posting and exactly the opposite amount")]
    NotTheOpposite,
    /// More would be taken back than was there.
    #[error("more would be taken back than was posted; check which payment was recouped")]
    BelowZero,
}

/// Checks entries against what the case has, one after the other.
///
/// # Errors
/// The first [`Fault`].
pub fn check(posted: &[Posting], entries: &[Entry]) -> Result<(), Fault> {
    for (at, entry) in entries.iter().enumerate() {
        let before = entries.get(..at).unwrap_or_default();
        let is_known = posted.iter().any(|one| one.id == entry.id)
            || before.iter().any(|one| one.id == entry.id);
        if Money::from_cents_checked(entry.amount.cents()).is_err() {
            return Err(Fault::TooLarge);
        }
        if is_known {
            return Err(Fault::PostedTwice);
        }
        match &entry.reverses {
            Some(target) => check_reversal(posted, before, entry, target)?,
            None if entry.amount <= Money::ZERO => return Err(Fault::NotPositive),
            None => {}
        }
    }
    Ok(())
}

fn check_reversal(
    posted: &[Posting],
    before: &[Entry],
    entry: &Entry,
    target: &PostingId,
) -> Result<(), Fault> {
    let is_reversed = posted.iter().any(|one| one.reverses.as_ref() == Some(target))
        || before.iter().any(|one| one.reverses.as_ref() == Some(target));
    if is_reversed {
        return Err(Fault::ReversedAlready);
    }
    let original = posted.iter().find(|one| one.id == *target).ok_or(Fault::NothingToReverse)?;
    let is_opposite = original.reverses.is_none()
        && original.kind == entry.kind
        && original.amount == -entry.amount;
    if is_opposite { Ok(()) } else { Err(Fault::NotTheOpposite) }
}

impl Balance {
    /// The money of a case. What was denied is what its lines are denied for; where that shrank
    /// below what was explained already (a later remittance denies less), it is what was explained,
    /// so that nothing outstanding is ever negative.
    #[must_use]
    pub fn of(lines: &[DeniedLine], postings: &[Posting]) -> Balance {
        let mut balance = Balance::default();
        for posting in postings {
            balance.add(posting.kind, posting.amount);
        }
        let denied: Money = lines.iter().map(|line| line.denied).sum();
        balance.denied = denied.max(balance.explained() + balance.written_off);
        balance
    }

    /// Adds one amount to the part that it belongs to.
    pub(crate) fn add(&mut self, kind: PostingKind, amount: Money) {
        match kind {
            PostingKind::PayerPayment => self.recovered += amount,
            PostingKind::OtherPayerPayment => self.other_payer += amount,
            PostingKind::PatientResponsibility => self.patient += amount,
            PostingKind::Contractual => self.contractual += amount,
            PostingKind::Sequestration => self.sequestration += amount,
            PostingKind::WriteOff(_) => self.written_off += amount,
            PostingKind::Recoupment => self.recovered -= amount,
            PostingKind::Interest => {}
        }
    }

    /// True where a part is below zero, which no posting may bring about.
    pub(crate) fn is_below_zero(&self) -> bool {
        [self.explained_parts().as_slice(), &[self.written_off]]
            .concat()
            .iter()
            .any(|part| *part < Money::ZERO)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_read_back_from_rows() {
        let kinds = [
            PostingKind::PayerPayment,
            PostingKind::OtherPayerPayment,
            PostingKind::PatientResponsibility,
            PostingKind::Contractual,
            PostingKind::Sequestration,
            PostingKind::WriteOff(WriteOffReason::Charity),
            PostingKind::Recoupment,
            PostingKind::Interest,
        ];
        for kind in kinds {
            let reason = kind.reason().map(WriteOffReason::as_str);
            assert_eq!(PostingKind::from_names(kind.as_str(), reason), Some(kind));
        }
        assert_eq!(PostingKind::from_names("write_off", None), None);
        assert_eq!(PostingKind::from_names("interest", Some("charity")), None);
    }
}
