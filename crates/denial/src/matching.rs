//! Which claim a claim payment is about, how surely, and which billed line a paid line is about.

use crate::claim::{Claim, ClaimSource, PayerOrder, PlanType, ServiceLine};
use crate::codes::ClaimNumber;
use crate::named;
use crate::remittance::{ClaimPayment, LinePayment, RemittanceHead};

named! {
    /// How surely a claim payment belongs to a claim (features 1.05).
    Grade {
        /// Our number, and the charge or the patient agrees.
        Exact = "exact",
        /// Our number alone, or the payer's number, or patient, day and charge: a person looks.
        Likely = "likely",
        /// No billed claim is known for it.
        None = "none",
    }
}

named! {
    /// What a claim as billed and as paid both say, by which a person tells whether they are one.
    Sign {
        /// Our claim number.
        Number = "claim number",
        /// The patient's family name.
        Family = "family name",
        /// The member id.
        Member = "member id",
        /// The first day of service.
        Day = "first day of service",
        /// What was charged.
        Charge = "charge",
    }
}

/// In what a claim and a payment agree, and in what they differ; what one of them does not say is
/// in neither.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Likeness {
    /// Said by both, and the same.
    pub agrees: Vec<Sign>,
    /// Said by both, and not the same.
    pub differs: Vec<Sign>,
}

/// Compares a claim as billed with a payment.
#[must_use]
pub fn likeness(claim: &Claim, payment: &ClaimPayment) -> Likeness {
    let (billed, paid) = (claim.patient.reveal(), payment.patient.reveal());
    let first = payment.first_service();
    let same = |sign: Sign| match sign {
        Sign::Number => {
            let is_told = is_usable(&claim.number) && is_usable(&payment.number);
            is_told.then(|| claim.number == payment.number)
        }
        Sign::Family => both_say(&billed.family, &paid.family),
        Sign::Member => both_say(&billed.member, &paid.member),
        Sign::Day => claim.first_service().zip(first).map(|(one, other)| one == other),
        Sign::Charge => Some(claim.charge.abs() == payment.charge.abs()),
    };
    let mut likeness = Likeness::default();
    for sign in Sign::ALL {
        match same(*sign) {
            Some(true) => likeness.agrees.push(*sign),
            Some(false) => likeness.differs.push(*sign),
            None => {}
        }
    }
    likeness
}

/// Whether two words are the same; nothing where one of them is empty.
fn both_say(one: &str, other: &str) -> Option<bool> {
    let is_said = |text: &str| text.chars().any(char::is_alphanumeric);
    (is_said(one) && is_said(other)).then(|| same_word(one, other))
}

/// True where the payer echoed a number that can be ours; some send `0` or nothing when the claim
/// came on paper.
#[must_use]
pub fn is_usable(number: &ClaimNumber) -> bool {
    number.as_str().bytes().any(|byte| byte.is_ascii_alphanumeric() && byte != b'0')
}

/// Grades a payment against the claim that was found for it by number.
#[must_use]
pub fn grade(claim: &Claim, payment: &ClaimPayment) -> Grade {
    let is_billed = match claim.source {
        ClaimSource::Billed | ClaimSource::Paper => true,
        ClaimSource::Remittance => false,
    };
    if !is_billed {
        return Grade::None;
    }
    let agrees = claim.charge.abs() == payment.charge.abs() || same_patient(claim, payment);
    if claim.number == payment.number && agrees { Grade::Exact } else { Grade::Likely }
}

/// True where a payment carries the claim's number and neither its charge nor its patient: a payer
/// may have mistaken the number, so a person looks.
#[must_use]
pub fn is_doubtful(claim: &Claim, payment: &ClaimPayment) -> bool {
    claim.number == payment.number && grade(claim, payment) == Grade::Likely
}

fn same_patient(claim: &Claim, payment: &ClaimPayment) -> bool {
    let (billed, paid) = (claim.patient.reveal(), payment.patient.reveal());
    same_word(&billed.member, &paid.member) || same_word(&billed.family, &paid.family)
}

fn same_word(one: &str, other: &str) -> bool {
    let letters = |text: &str| -> String {
        let kept = text.chars().filter(|letter| letter.is_alphanumeric());
        kept.flat_map(char::to_uppercase).collect()
    };
    let one = letters(one);
    !one.is_empty() && one == letters(other)
}

/// Number on the claim of the line that a paid line is about: by our control number, else by what
/// was billed on that day for that charge, else by its place (X12 835 guide, line matching).
#[must_use]
pub fn line_number(claim: &Claim, payment: &ClaimPayment, line: &LinePayment, at: usize) -> u16 {
    let position = u16::try_from(at + 1).unwrap_or(u16::MAX);
    let found = by_control(claim, line).or_else(|| by_service(claim, line)).or_else(|| {
        let same_length = claim.lines.len() == payment.lines.len();
        claim.lines.get(at).filter(|_| same_length)
    });
    found.map_or(position, |billed| billed.number)
}

fn by_control<'a>(claim: &'a Claim, line: &LinePayment) -> Option<&'a ServiceLine> {
    let asked = !line.control.is_empty();
    claim.lines.iter().find(|billed| asked && billed.control == line.control)
}

/// The one line with the code that was billed, that charge and that day; none where two fit.
fn by_service<'a>(claim: &'a Claim, line: &LinePayment) -> Option<&'a ServiceLine> {
    let code = &line.submitted.as_ref().unwrap_or(&line.procedure).code;
    let mut fitting = claim.lines.iter().filter(|billed| {
        billed.procedure.code == *code
            && billed.charge == line.charge
            && (line.from.is_none() || billed.from == line.from)
    });
    fitting.next().filter(|_| fitting.next().is_none())
}

/// The claim as far as a remittance lets us know it, until its 837 comes (house §18.1).
#[must_use]
pub fn known_from(payment: &ClaimPayment, head: &RemittanceHead) -> Claim {
    let lines = payment.lines.iter().enumerate().map(|(at, line)| billed(line, at, payment));
    Claim {
        number: payment.number.clone(),
        payer: head.payer.clone(),
        order: order(&payment.status),
        plan: plan(&payment.filing),
        patient: payment.patient.clone(),
        billing: head.payee.npi.clone(),
        tax_id: head.payee.tax_id.clone(),
        rendering: payment.rendering.clone(),
        facility: payment.facility.clone(),
        frequency: payment.frequency.clone(),
        replaces: None,
        authorization: None,
        referral: None,
        charge: payment.charge.abs(),
        diagnoses: Vec::new(),
        submitted_on: None,
        lines: lines.collect(),
        institutional: false,
        source: ClaimSource::Remittance,
    }
}

fn billed(line: &LinePayment, at: usize, payment: &ClaimPayment) -> ServiceLine {
    ServiceLine {
        number: u16::try_from(at + 1).unwrap_or(u16::MAX),
        control: line.control.clone(),
        procedure: line.submitted.clone().unwrap_or_else(|| line.procedure.clone()),
        revenue: line.revenue.clone(),
        charge: line.charge.abs(),
        units: line.submitted_units.unwrap_or(line.units),
        from: line.from.or(payment.from),
        to: line.to.or(payment.to),
        ..ServiceLine::default()
    }
}

fn order(status: &str) -> PayerOrder {
    match status {
        "1" | "19" => PayerOrder::Primary,
        "2" | "20" => PayerOrder::Secondary,
        "3" | "21" => PayerOrder::Tertiary,
        _ => PayerOrder::Unknown,
    }
}

/// The plan by the claim filing indicator (CLP06, SBR09; X12 code list 1032).
#[must_use]
pub fn plan(filing: &str) -> PlanType {
    match filing {
        "MA" | "MB" => PlanType::Medicare,
        "16" => PlanType::MedicareAdvantage,
        "MC" => PlanType::Medicaid,
        "CH" | "VA" => PlanType::Tricare,
        "WC" => PlanType::WorkersCompensation,
        "AM" => PlanType::Auto,
        "12" | "13" | "14" | "15" | "BL" | "CI" | "HM" => PlanType::Commercial,
        _ => PlanType::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claim::Patient;
    use crate::codes::LineControl;
    use crate::money::Money;
    use crate::phi::Phi;

    fn payment(number: &str, family: &str, cents: i64) -> ClaimPayment {
        ClaimPayment {
            number: ClaimNumber::new(number),
            charge: Money::from_cents(cents),
            patient: Phi::new(Patient { family: family.to_owned(), ..Patient::default() }),
            ..ClaimPayment::default()
        }
    }

    fn claim() -> Claim {
        let known = known_from(&payment("A1", "SAMPLE", 10_000), &RemittanceHead::default());
        Claim { source: ClaimSource::Billed, ..known }
    }

    #[test]
    fn a_number_with_charge_or_patient_is_exact() {
        assert_eq!(grade(&claim(), &payment("A1", "OTHER", 10_000)), Grade::Exact);
        assert_eq!(grade(&claim(), &payment("A1", "Sam-ple", 1)), Grade::Exact);
        assert_eq!(grade(&claim(), &payment("A1", "OTHER", 1)), Grade::Likely);
    }

    #[test]
    fn a_number_without_charge_and_patient_is_doubtful() {
        assert!(is_doubtful(&claim(), &payment("A1", "OTHER", 1)));
        assert!(!is_doubtful(&claim(), &payment("A1", "OTHER", 10_000)));
        assert!(!is_doubtful(&claim(), &payment("A2", "OTHER", 1)), "another number");
    }

    #[test]
    fn what_agrees_and_what_differs_is_told_apart_from_what_is_not_said() {
        let told = likeness(&claim(), &payment("0", "Sam-ple", 5_000));
        let expected = Likeness { agrees: vec![Sign::Family], differs: vec![Sign::Charge] };
        assert_eq!(told, expected, "neither number, member nor day is said");
        let told = likeness(&claim(), &payment("A1", "OTHER", -10_000));
        assert_eq!(told.agrees, [Sign::Number, Sign::Charge]);
        assert_eq!(told.differs, [Sign::Family]);
    }

    #[test]
    fn a_reversal_is_graded_like_its_payment() {
        assert_eq!(grade(&claim(), &payment("A1", "", -10_000)), Grade::Exact);
    }

    #[test]
    fn a_claim_known_from_the_remittance_is_no_match() {
        let known = Claim { source: ClaimSource::Remittance, ..claim() };
        assert_eq!(grade(&known, &payment("A1", "SAMPLE", 10_000)), Grade::None);
    }

    #[test]
    fn a_zero_is_no_number_of_ours() {
        assert!(is_usable(&ClaimNumber::new("A1")));
        assert!(!is_usable(&ClaimNumber::new("0")) && !is_usable(&ClaimNumber::new(" ")));
    }

    #[test]
    fn a_line_is_found_by_control_before_place() {
        let mut claim = claim();
        let line = |number, control: &str| ServiceLine {
            number,
            control: LineControl::new(control),
            ..ServiceLine::default()
        };
        claim.lines = vec![line(1, "X"), line(2, "Y")];
        let paid = LinePayment { control: LineControl::new("Y"), ..LinePayment::default() };
        assert_eq!(line_number(&claim, &ClaimPayment::default(), &paid, 0), 2);
    }
}
