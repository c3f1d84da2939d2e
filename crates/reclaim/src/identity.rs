//! Ids that follow from what something is, so that any order of files, and any number of processes,
//! comes to the same rows.

use denial::claim::{Claim, Patient, PayerName};
use denial::codes::ClaimNumber;
use denial::ids::{ClaimId, DenialId, PayerId, PersonId, RejectionId, RemittanceId};
use denial::matching;
use denial::money::Money;
use denial::remittance::{ClaimPayment, RemittanceHead};
use denial::rules::Rules;
use jiff::civil::Date;
use sha2::{Digest, Sha256};

fn digest(parts: &[&str]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    hash.finalize().into()
}

fn bits(parts: &[&str]) -> u128 {
    let digest = digest(parts);
    let half = digest.first_chunk().expect("a digest has sixteen bytes and more");
    u128::from_be_bytes(*half)
}

/// The payer under all its spellings: its rule file where one names it, else its name's letters,
/// else its ids.
pub(crate) fn payer(name: &PayerName, key: &str, rules: &Rules) -> PayerId {
    if let Some(known) = rules.canonical(name) {
        return PayerId::from_bits(bits(&["payer", "rules", &known.file]));
    }
    let letters = letters(&name.name);
    if letters.is_empty() {
        let id = name.ids.first().map_or(key, |id| id.as_str());
        return PayerId::from_bits(bits(&["payer", "id", id]));
    }
    PayerId::from_bits(bits(&["payer", "name", &letters]))
}

/// A claim by our number.
pub(crate) fn claim(number: &ClaimNumber) -> ClaimId {
    ClaimId::from_bits(bits(&["claim", "number", number.as_str()]))
}

/// The claim of a payment: by our number, where the payer echoes one that can be ours; else by the
/// payer's; else it is a claim of its own.
pub(crate) fn claim_of(
    payment: &ClaimPayment,
    payer: &PayerId,
    remittance: &RemittanceId,
    n: u64,
) -> ClaimId {
    if matching::is_usable(&payment.number) {
        return claim(&payment.number);
    }
    if !payment.control.is_empty() {
        let control = payment.control.as_str();
        return ClaimId::from_bits(bits(&["claim", "control", payer.as_str(), control]));
    }
    let n = n.to_string();
    ClaimId::from_bits(bits(&["claim", "payment", remittance.as_str(), &n]))
}

/// What people call the claim of a payment: our number, where the payer echoes one that can be
/// ours; else the payer's.
pub(crate) fn number_of(payment: &ClaimPayment) -> &str {
    if matching::is_usable(&payment.number) {
        payment.number.as_str()
    } else {
        payment.control.as_str()
    }
}

/// A remittance by what it says.
pub(crate) fn remittance(content: &str) -> RemittanceId {
    RemittanceId::from_bits(bits(&["remittance", content]))
}

/// The case of a claim at a payer in one round.
pub(crate) fn denial(claim: &ClaimId, payer: &PayerId, round: u8) -> DenialId {
    let round = round.to_string();
    DenialId::from_bits(bits(&["denial", claim.as_str(), payer.as_str(), &round]))
}

/// A rejection by its place.
pub(crate) fn rejection(file: &str, n: u64) -> RejectionId {
    let n = n.to_string();
    RejectionId::from_bits(bits(&["rejection", file, &n]))
}

/// Somebody by the name they sign in with.
pub(crate) fn person(login: &str) -> PersonId {
    PersonId::from_bits(bits(&["person", login]))
}

/// What makes two remittances the same payment: payer, trace, amount, day and payee
/// (`x12.md` §1).
pub(crate) fn deal(head: &RemittanceHead) -> String {
    let day = head.paid_on.map(|day| day.to_string()).unwrap_or_default();
    let payee = if head.payee.npi.is_empty() {
        head.payee.tax_id.as_str()
    } else {
        head.payee.npi.as_str()
    };
    let total = head.total.plain();
    hex::encode(digest(&[&head.payer_key, head.trace.as_str(), &total, &day, payee]))
}

/// Patient, first day and charge, hashed: equal on a claim as billed and as paid. `None` where one
/// of them is missing.
pub(crate) fn fingerprint(patient: &Patient, first: Option<Date>, charge: Money) -> Option<String> {
    let family = letters(&patient.family);
    let first = first.filter(|_| !family.is_empty() && !charge.is_zero())?.to_string();
    let charge = charge.abs().plain();
    Some(hex::encode(&digest(&["likely", &family, &first, &charge])[..16]))
}

/// The fingerprint of a claim as billed.
pub(crate) fn billed_fingerprint(claim: &Claim) -> Option<String> {
    fingerprint(claim.patient.reveal(), claim.first_service(), claim.charge)
}

/// The fingerprint of a claim as paid.
pub(crate) fn paid_fingerprint(payment: &ClaimPayment) -> Option<String> {
    let lines = payment.lines.iter().filter_map(|line| line.from).min();
    fingerprint(payment.patient.reveal(), lines.or(payment.from), payment.charge)
}

/// Letters and digits alone, in capitals: how names are compared.
pub(crate) fn letters(text: &str) -> String {
    text.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_uppercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_number_is_the_same_claim_whoever_says_it() {
        let payment =
            |number: &str| ClaimPayment { number: ClaimNumber::new(number), ..Default::default() };
        let payer = PayerId::from_bits(1);
        let (one, other) = (RemittanceId::from_bits(1), RemittanceId::from_bits(2));
        let by_number = claim_of(&payment("A1"), &payer, &one, 0);
        assert_eq!(by_number, claim_of(&payment("A1"), &payer, &other, 7));
        assert_eq!(by_number, claim(&ClaimNumber::new("A1")));
        let nameless = claim_of(&payment("0"), &payer, &one, 0);
        assert_ne!(nameless, claim_of(&payment("0"), &payer, &one, 1));
    }

    #[test]
    fn parts_do_not_run_together() {
        assert_ne!(bits(&["ab", "c"]), bits(&["a", "bc"]));
    }
}
