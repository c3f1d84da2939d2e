//! What is missing in the record of a case.

use denial::claim::{Patient, PlanType};
use denial::codes::{Carc, Group};
use denial::completeness::{Fact, Record};
use denial::deadline::{DeadlineKind, Due, USUAL};
use denial::denial::Denial;
use denial::money::Money;
use denial::phi::Phi;
use denial::remittance::{Adjustment, ClaimPayment};

use crate::clinic::{case, clock, rules};

fn opened() -> Denial {
    let mut case = case().after;
    for line in &mut case.lines {
        let (amount, units) = (line.denied, None);
        let (group, reason) = (Group::new("CO"), Carc::new("96"));
        line.adjustments.push(Adjustment { group, reason, amount, units });
    }
    case
}

fn missing(case: &Denial, payment: Option<&ClaimPayment>) -> Vec<Fact> {
    Record { case, claim: None, payment, rules: &rules() }.missing()
}

#[test]
fn what_a_remittance_does_not_tell_is_missing() {
    let lacks = missing(&opened(), None);
    for fact in [Fact::Claim, Fact::Patient, Fact::Provider, Fact::Payer, Fact::Expected] {
        assert!(lacks.contains(&fact), "{fact:?} is not told as missing: {lacks:?}");
    }
    assert!(!lacks.contains(&Fact::Plan) && !lacks.contains(&Fact::Service));
    assert!(!lacks.contains(&Fact::Reason) && !lacks.contains(&Fact::Control));
}

#[test]
fn each_fact_that_comes_is_missing_no_more() {
    let patient = Patient { family: "MADEUP".into(), member: "M1".into(), ..Patient::default() };
    let payment = ClaimPayment { patient: Phi::new(patient), ..ClaimPayment::default() };
    let mut case = opened();
    case.deadlines = USUAL.map(|kind| clock(kind, 30)).to_vec();
    case.lines.iter_mut().for_each(|line| line.expected = Some(Money::from_cents(100)));
    let lacks = missing(&case, Some(&payment));
    assert_eq!(lacks, [Fact::Claim, Fact::Provider, Fact::Payer]);
    case.plan = PlanType::Unknown;
    case.control = "".into();
    case.days.service_on = None;
    case.lines[0].adjustments.clear();
    case.deadlines[0].due = Due::NoRule;
    assert_eq!(case.deadlines[0].kind, DeadlineKind::TimelyFiling);
    let lacks = missing(&case, Some(&payment));
    for fact in [Fact::Plan, Fact::Control, Fact::Service, Fact::Reason, Fact::Clocks] {
        assert!(lacks.contains(&fact), "{fact:?} is not told as missing: {lacks:?}");
    }
}
