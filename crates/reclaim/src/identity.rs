//! Ids that follow from what something is, so that any order of files, and any number of processes,
//! comes to the same rows.

use denial::claim::{Claim, ControlNumbers, Patient, PayerName};
use denial::codes::ClaimNumber;
use denial::denial::Denial;
use denial::ids::{
    ClaimId, DenialId, DocumentId, PayerId, PersonId, PostingId, RejectionId, RemittanceId,
    RequestId,
};
use denial::matching;
use denial::money::Money;
use denial::payer::PayerRules;
use denial::posting::PostingKind;
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

/// The payer that a name or an id tells by today's rules; `None` where it says neither.
pub(crate) fn told_payer(name: &PayerName, rules: &Rules) -> Option<PayerId> {
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
    if let Some(claim) = claim_by_control(payment, payer) {
        return claim;
    }
    claim_alone(remittance, n)
}

/// A claim of this payment's own.
pub(crate) fn claim_alone(remittance: &RemittanceId, n: u64) -> ClaimId {
    let (remittance, n) = (remittance.as_str(), n.to_string());
    ClaimId::from_bits(bits_near(&["claim", remittance], &["claim", "payment", remittance, &n]))
}

/// The claim of a payment that only the payer's number names, under payers that are one by now.
pub(crate) fn former_claims(payment: &ClaimPayment, former: &[PayerId]) -> Vec<ClaimId> {
    if matching::is_usable(&payment.number) {
        return Vec::new();
    }
    former.iter().filter_map(|payer| claim_by_control(payment, payer)).collect()
}

/// The claim that a payment is of by the payer's number alone, where it has one.
pub(crate) fn claim_by_control(payment: &ClaimPayment, payer: &PayerId) -> Option<ClaimId> {
    if payment.control.is_empty() {
        return None;
    }
    let (payer, control) = (payer.as_str(), payment.control.as_str());
    let place = ["claim", payer, stem(control)];
    Some(ClaimId::from_bits(bits_near(&place, &["claim", "control", payer, control])))
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

/// The same, where a case with that id went to another claim: so many of them are taken.
pub(crate) fn denial_anew(claim: &ClaimId, payer: &PayerId, round: u8, taken: u32) -> DenialId {
    let (claim, round, taken) = (claim.as_str(), round.to_string(), taken.to_string());
    let place = ["denial", claim.get(..PLACE).unwrap_or(claim)];
    DenialId::from_bits(bits_near(&place, &["denial", claim, payer.as_str(), &round, &taken]))
}

/// A rejection by its place.
pub(crate) fn rejection(file: &str, n: u64) -> RejectionId {
    let n = n.to_string();
    RejectionId::from_bits(bits(&["rejection", file, &n]))
}

/// A payer's letter that came in a file, by its place there.
pub(crate) fn request(file: &str, n: u64) -> RequestId {
    let n = n.to_string();
    RequestId::from_bits(bits(&["request", file, &n]))
}

/// What posts itself on a case, once for each line, kind and remittance.
pub(crate) fn posting(
    case: &DenialId,
    line: &str,
    kind: PostingKind,
    remittance: &RemittanceId,
) -> PostingId {
    let parts = ["posting", case.as_str(), line, kind.as_str(), remittance.as_str()];
    PostingId::from_bits(bits(&parts))
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

/// Hexadecimal letters of a fingerprint that tell the day, and those that tell patient and day:
/// claims of one day lie together in the index, those of one patient side by side.
const DAY: usize = 6;
const PATIENT: usize = 18;

/// Family name and first day, hashed: how the fingerprints of that patient's claims of that day
/// begin. `None` where one of them is missing.
pub(crate) fn patient_on(family: &str, first: Option<Date>) -> Option<String> {
    let family = letters(family);
    let first = first.filter(|_| !family.is_empty())?.to_string();
    let day = hex::encode(digest(&["day", &first]));
    let patient = hex::encode(digest(&["patient", &family, &first]));
    Some(format!("{}{}", &day[..DAY], &patient[..PATIENT - DAY]))
}

/// Patient, first day and charge, hashed: equal on a claim as billed and as paid. `None` where one
/// of them is missing.
pub(crate) fn fingerprint(patient: &Patient, first: Option<Date>, charge: Money) -> Option<String> {
    let beginning = patient_on(&patient.family, first.filter(|_| !charge.is_zero()))?;
    let all = hex::encode(digest(&["likely", &beginning, &charge.abs().plain()]));
    Some(format!("{beginning}{}", &all[..32 - PATIENT]))
}

/// Member and first day, hashed: another way to find a claim. `None` where one of them is missing.
pub(crate) fn member_on(patient: &Patient, first: Option<Date>) -> Option<String> {
    let member = letters(&patient.member);
    let first = first.filter(|_| !member.is_empty())?.to_string();
    let day = hex::encode(digest(&["day", &first]));
    let all = hex::encode(digest(&["member", &member, &first]));
    Some(format!("{}{}", &day[..DAY], &all[..32 - DAY]))
}

/// The same of a payment without a number of ours: with one, it is found by that.
pub(crate) fn paid_member(payment: &ClaimPayment) -> Option<String> {
    if matching::is_usable(&payment.number) {
        return None;
    }
    member_on(payment.patient.reveal(), payment.first_service())
}

/// The fingerprint of a claim as billed.
pub(crate) fn billed_fingerprint(claim: &Claim) -> Option<String> {
    fingerprint(claim.patient.reveal(), claim.first_service(), claim.charge)
}

/// The fingerprint of a claim as paid.
pub(crate) fn paid_fingerprint(payment: &ClaimPayment) -> Option<String> {
    fingerprint(payment.patient.reveal(), payment.first_service(), payment.charge)
}

/// The group and transaction that a claim was sent in, by which a 999 answers; `None` where one of
/// the numbers is missing.
pub(crate) fn batch(sent: &ControlNumbers) -> Option<String> {
    let is_whole = !sent.group.is_empty() && !sent.transaction.is_empty();
    is_whole.then(|| format!("{}/{}", sent.group, sent.transaction))
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
    fn a_fingerprint_begins_with_its_patient_and_day() {
        let patient = |family: &str| Patient { family: family.to_owned(), ..Patient::default() };
        let on = |day: i8| Some(jiff::civil::date(2026, 2, day));
        let of = |family: &str, day: i8, cents: i64| {
            fingerprint(&patient(family), on(day), Money::from_cents(cents)).expect("complete")
        };
        let one = of("Sam-ple", 1, 100);
        assert_eq!((one.len(), one == of("SAMPLE", 1, -100)), (32, true));
        assert!(one.starts_with(&patient_on("sample", on(1)).expect("complete")));
        assert_ne!(one, of("SAMPLE", 1, 101));
        assert_eq!(one[..DAY], of("OTHER", 1, 100)[..DAY]);
        assert_ne!(one[..PATIENT], of("OTHER", 1, 100)[..PATIENT]);
        assert_ne!(one[..DAY], of("SAMPLE", 2, 100)[..DAY]);
        assert_eq!(fingerprint(&patient(" "), on(1), Money::from_cents(1)), None);
        assert_eq!(fingerprint(&patient("A"), None, Money::from_cents(1)), None);
        assert_eq!(fingerprint(&patient("A"), on(1), Money::ZERO), None);
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
