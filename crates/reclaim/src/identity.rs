//! Ids that follow from what something is, so that any order of files, and any number of processes,
//! comes to the same rows.

use denial::claim::{Claim, Patient, PayerName};
use denial::codes::ClaimNumber;
use denial::denial::Denial;
use denial::ids::{ClaimId, DenialId, DocumentId, PayerId, PersonId, RejectionId, RemittanceId};
use denial::matching;
use denial::money::Money;
use denial::payer::PayerRules;
use denial::remittance::{ClaimPayment, RemittanceHead};
use denial::rules::Rules;
use jiff::civil::Date;
use sha2::{Digest, Sha256};

/// Letters of a claim's id that tell its place: `clm_` and 58 bits of its first half.
const PLACE: usize = 4 + 12;

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

/// Bits whose first half follows from `place` alone: ids of one place lie together in every index,
/// so that the claims of a file touch few of its pages.
fn bits_near(place: &[&str], parts: &[&str]) -> u128 {
    bits(place) >> 64 << 64 | bits(parts) >> 64
}

/// A number without its last two letters: clinics count their claims up.
fn stem(number: &str) -> &str {
    number.char_indices().rev().nth(1).map_or("", |(at, _)| &number[..at])
}

/// The payer under all its spellings, by today's rules: the name that its rule file gives it, else
/// its own, else its ids. A new rule file moves none but the spellings that it calls aliases.
pub(crate) fn payer(name: &PayerName, key: &str, rules: &Rules) -> PayerId {
    told_payer(name, rules).unwrap_or_else(|| payer_by_id(key))
}

/// The payer of a case by today's rules.
pub(crate) fn payer_of(case: &Denial, rules: &Rules) -> PayerId {
    told_payer(&case.payer_name, rules).unwrap_or_else(|| case.payer.clone())
}

fn told_payer(name: &PayerName, rules: &Rules) -> Option<PayerId> {
    let known = rules.canonical(name).map_or(&name.name, |known| &known.name);
    let by_id = || name.ids.first().map(|id| payer_by_id(id));
    payer_by_name(known).or_else(by_id)
}

fn payer_by_name(name: &str) -> Option<PayerId> {
    let key = denial::payer::key(name);
    (!key.is_empty()).then(|| PayerId::from_bits(bits(&["payer", "name", &key])))
}

fn payer_by_id(id: &str) -> PayerId {
    PayerId::from_bits(bits(&["payer", "id", id]))
}

/// What the payer was before a rule file said that its spellings are one.
pub(crate) fn former_payers(name: &PayerName, rules: &Rules) -> Vec<PayerId> {
    let Some(known) = rules.canonical(name) else { return Vec::new() };
    let programs = || rules.payers.iter().filter(|one| one.name == known.name);
    let spellings = programs().flat_map(PayerRules::spellings).chain([name.name.as_str()]);
    let ids = programs().flat_map(|one| &one.ids).chain(&name.ids);
    let all = spellings.filter_map(payer_by_name).chain(ids.map(|id| payer_by_id(id)));
    let now = payer_by_name(&known.name);
    let mut former: Vec<PayerId> = all.filter(|one| Some(one) != now.as_ref()).collect();
    former.sort();
    former.dedup();
    former
}

/// A claim by our number.
pub(crate) fn claim(number: &ClaimNumber) -> ClaimId {
    let number = number.as_str();
    ClaimId::from_bits(bits_near(&["claim", stem(number)], &["claim", "number", number]))
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
        return claim_by_control(payment, payer);
    }
    let (remittance, n) = (remittance.as_str(), n.to_string());
    ClaimId::from_bits(bits_near(&["claim", remittance], &["claim", "payment", remittance, &n]))
}

/// The claim of a payment that only the payer's number names, under payers that are one by now.
pub(crate) fn former_claims(payment: &ClaimPayment, former: &[PayerId]) -> Vec<ClaimId> {
    if matching::is_usable(&payment.number) || payment.control.is_empty() {
        return Vec::new();
    }
    former.iter().map(|payer| claim_by_control(payment, payer)).collect()
}

fn claim_by_control(payment: &ClaimPayment, payer: &PayerId) -> ClaimId {
    let (payer, control) = (payer.as_str(), payment.control.as_str());
    let place = ["claim", payer, stem(control)];
    ClaimId::from_bits(bits_near(&place, &["claim", "control", payer, control]))
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

/// The case of a claim at a payer in one round; it lies where the claim does.
pub(crate) fn denial(claim: &ClaimId, payer: &PayerId, round: u8) -> DenialId {
    let (claim, round) = (claim.as_str(), round.to_string());
    let place = ["denial", claim.get(..PLACE).unwrap_or(claim)];
    DenialId::from_bits(bits_near(&place, &["denial", claim, payer.as_str(), &round]))
}

/// A rejection by its place.
pub(crate) fn rejection(file: &str, n: u64) -> RejectionId {
    let n = n.to_string();
    RejectionId::from_bits(bits(&["rejection", file, &n]))
}

/// A document by the hash of its bytes.
pub(crate) fn document(hash: &str) -> Option<DocumentId> {
    let bits = u128::from_str_radix(hash.get(..32)?, 16).ok()?;
    Some(DocumentId::from_bits(bits))
}

/// How the hash of a document begins.
pub(crate) fn beginning(document: &DocumentId) -> Option<String> {
    const ALPHABET: &str = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let letters = document.as_str().strip_prefix("doc_")?;
    let bits = letters.chars().try_fold(0_u128, |bits, letter| {
        let five = u128::try_from(ALPHABET.find(letter)?).ok()?;
        Some((bits << 5) | five)
    })?;
    Some(format!("{bits:032x}"))
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
    fn claims_and_cases_of_near_numbers_lie_together() {
        let of = |number: &str| claim(&ClaimNumber::new(number));
        let case = |claim: &ClaimId| denial(claim, &PayerId::from_bits(1), 1);
        let (one, next, far) = (of("C1000"), of("C1099"), of("C2000"));
        let together = |one: &str, other: &str| one[..PLACE] == other[..PLACE];
        assert!(one != next && together(one.as_str(), next.as_str()));
        assert!(!together(one.as_str(), far.as_str()));
        assert!(together(case(&one).as_str(), case(&next).as_str()) && case(&one) != case(&next));
        assert!(!together(case(&one).as_str(), case(&far).as_str()));
        assert_eq!(["", "A", "AB", "ABC", "Äöü"].map(stem), ["", "", "", "A", "Ä"]);
    }

    #[test]
    fn a_payer_file_moves_its_aliases_alone() {
        let named = |name: &str| PayerName { name: name.into(), ids: Vec::new() };
        let none = Rules::empty();
        let mut with = Rules { payers: vec![PayerRules::default()], ..Rules::empty() };
        with.payers[0].name = "Stand-In Health".into();
        with.payers[0].aliases = vec!["STAND-IN HLTH".into()];
        let of = |name: &str, rules: &Rules| payer(&named(name), "", rules);
        let (full, short) = ("STAND-IN HEALTH, INC.", "STAND-IN HLTH");
        assert_eq!(of(full, &none), of(full, &with));
        assert_ne!(of(short, &none), of(short, &with));
        assert_eq!(of(full, &with), of(short, &with));
        assert_eq!(former_payers(&named(full), &with), [of(short, &none)]);
        assert_eq!(former_payers(&named(full), &none), []);
    }

    #[test]
    fn a_document_leads_back_to_its_hash() {
        let hash = hex::encode(digest(&["synthetic"]));
        let document = document(&hash).expect("a hash");
        assert_eq!(beginning(&document), Some(hash[..32].to_owned()));
    }

    #[test]
    fn parts_do_not_run_together() {
        assert_ne!(bits(&["ab", "c"]), bits(&["a", "bc"]));
    }
}
