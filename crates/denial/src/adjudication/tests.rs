//! Histories of one claim: denied, paid after all, taken back, bundled, out of order.

use super::*;
use crate::claim::ClaimSource;
use crate::codes::{LineControl, Procedure};
use crate::denial::NextActionKind;
use crate::playbook::Reason;
use crate::remittance::RemittanceHead;

/// 197 and 16 are denials, 45 the contract's, 2 the patient's, 94 bookkeeping; others unmapped.
pub(crate) fn playbook() -> Playbook {
    let rule = |kind, category: Category| Ruling {
        kind,
        category,
        origin: category.origin(),
        next: NextActionKind::Correct,
        ..Ruling::unmapped()
    };
    let rules = [
        ("197", rule(AdjustmentKind::Denial, Category::Authorization)),
        ("97", rule(AdjustmentKind::Denial, Category::Bundling)),
        ("16", rule(AdjustmentKind::Denial, Category::Registration)),
        ("45", rule(AdjustmentKind::Contractual, Category::Unmapped)),
        ("2", rule(AdjustmentKind::PatientShare, Category::Unmapped)),
        ("253", rule(AdjustmentKind::PaymentAdjustment, Category::Unmapped)),
        ("94", rule(AdjustmentKind::Informational, Category::Unmapped)),
    ];
    let reason =
        |ruling| vec![Reason { from: None, to: None, ruling, unless: Vec::new(), vague: false }];
    let reasons = rules.into_iter().map(|(code, rule)| (Carc::new(code), reason(rule)));
    Playbook { reasons: reasons.collect(), ..Playbook::default() }
}

pub(crate) fn line(
    control: &str,
    charge: i64,
    paid: i64,
    adjustments: &[(&str, &str, i64)],
) -> LinePayment {
    let adjustments = adjustments.iter().map(|(group, reason, cents)| Adjustment {
        group: Group::new(group),
        reason: Carc::new(reason),
        amount: Money::from_cents(*cents),
        units: None,
    });
    LinePayment {
        control: LineControl::new(control),
        procedure: Procedure { code: "99213".into(), ..Procedure::default() },
        charge: Money::from_cents(charge),
        paid: Money::from_cents(paid),
        adjustments: adjustments.collect(),
        ..LinePayment::default()
    }
}

pub(crate) fn payment(status: &str, lines: Vec<LinePayment>) -> ClaimPayment {
    ClaimPayment {
        status: status.into(),
        control: PayerControlNumber::new("P1"),
        charge: lines.iter().map(|line| line.charge).sum(),
        paid: lines.iter().map(|line| line.paid).sum(),
        lines,
        ..ClaimPayment::default()
    }
}

pub(crate) fn said_on(day: i8, payment: ClaimPayment) -> Adjudication {
    Adjudication {
        remittance: RemittanceId::from_bits(u128::from(day.unsigned_abs())),
        on: Date::new(2026, 3, day).ok(),
        trace: TraceNumber::new("T"),
        number: 0,
        quarantined: false,
        payment,
    }
}

fn read(adjudications: &mut [Adjudication]) -> Option<Findings> {
    sort(adjudications);
    let known = crate::matching::known_from(&adjudications[0].payment, &RemittanceHead::default());
    let claim = Claim { source: ClaimSource::Remittance, ..known };
    findings(&claim, adjudications, &playbook(), None)
}

const DENIED: &[(&str, &str, i64)] = &[("CO", "197", 10_000)];
const PAID: &[(&str, &str, i64)] = &[("CO", "45", 4_000), ("PR", "2", 1_000)];

fn denied(day: i8) -> Adjudication {
    said_on(day, payment("1", vec![line("1", 10_000, 0, DENIED)]))
}

fn paid(day: i8) -> Adjudication {
    said_on(day, payment("1", vec![line("1", 10_000, 5_000, PAID)]))
}

#[test]
fn two_remittances_of_one_day_and_trace_have_one_order() {
    let with = |remittance: u128, paid: Adjudication| Adjudication {
        remittance: RemittanceId::from_bits(remittance),
        ..paid
    };
    let (one, other) = (with(1, denied(1)), with(2, paid(1)));
    let (mut forth, mut back) = ([one.clone(), other.clone()], [other, one]);
    sort(&mut forth);
    sort(&mut back);
    assert_eq!(forth, back);
}

#[test]
fn contract_and_patient_share_open_nothing() {
    assert_eq!(read(&mut [paid(1)]), None);
}

#[test]
fn a_denied_line_is_found_whatever_the_group_and_status() {
    let adjustments = [("OA", "197", 10_000)];
    let second = line("2", 10_000, 5_000, PAID);
    let claim = payment("3", vec![line("1", 10_000, 0, &adjustments), second]);
    let found = read(&mut [said_on(1, claim)]).expect("a denial");
    assert_eq!(found.lines.len(), 1);
    assert_eq!(found.lines[0].denied.cents(), 10_000);
    assert!(found.lines[0].full && !found.is_overturned());
    assert_eq!(found.category(), Category::Authorization);
}

#[test]
fn a_partial_denial_counts_only_what_was_refused() {
    let adjustments = [("CO", "45", 2_000), ("CO", "197", 3_000)];
    let claim = payment("1", vec![line("1", 10_000, 5_000, &adjustments)]);
    let found = read(&mut [said_on(1, claim)]).expect("a denial");
    assert_eq!(found.lines[0].denied.cents(), 3_000);
    assert!(!found.lines[0].full);
}

#[test]
fn a_reason_in_no_playbook_is_a_case_to_map() {
    let claim = payment("1", vec![line("1", 10_000, 0, &[("CO", "999", 10_000)])]);
    let found = read(&mut [said_on(1, claim)]).expect("a case");
    assert_eq!(found.leading.kind, AdjustmentKind::Unmapped);
}

#[test]
fn a_later_payment_recovers_the_line_whatever_came_first() {
    for mut both in [[denied(1), paid(11)], [paid(11), denied(1)]] {
        let found = read(&mut both).expect("a denial");
        assert!(found.is_overturned());
        let recovery = found.lines[0].recovered.as_ref().expect("recovered");
        assert_eq!((recovery.amount.cents(), recovery.days), (5_000, 10));
        assert_eq!(found.lines[0].denied.cents(), 10_000);
    }
}

#[test]
fn a_second_denial_keeps_the_latest_reason() {
    let again = payment("1", vec![line("1", 10_000, 0, &[("CO", "16", 10_000)])]);
    let found = read(&mut [denied(1), said_on(9, again)]).expect("a denial");
    assert_eq!((found.category(), found.rounds), (Category::Registration, 2));
    assert!(!found.is_overturned());
}

#[test]
fn money_that_does_not_add_up_recovers_nothing() {
    let mut odd = paid(11);
    odd.quarantined = true;
    assert!(!read(&mut [denied(1), odd]).expect("a denial").is_overturned());
}

#[test]
fn a_reversal_with_an_equal_repayment_is_no_denial() {
    let mut back = line("1", -10_000, -5_000, &[("CO", "45", -4_000), ("PR", "2", -1_000)]);
    back.charge = Money::from_cents(-10_000);
    let reversal = said_on(11, payment("22", vec![back]));
    let mut all = [paid(1), reversal, paid(11)];
    assert_eq!(read(&mut all), None);
    let order: Vec<bool> = all.iter().map(|one| is_reversal(&one.payment)).collect();
    assert_eq!(order, [false, true, false]);
    assert_eq!(pair_reversals(&all), [Some(1), Some(0), None]);
}

#[test]
fn a_payment_that_was_taken_back_recovers_nothing() {
    let back = line("1", -10_000, -5_000, &[("CO", "45", -4_000), ("PR", "2", -1_000)]);
    let mut all = [denied(1), paid(5), said_on(9, payment("22", vec![back]))];
    assert!(!read(&mut all).expect("a denial").is_overturned());
}

#[test]
fn a_reversal_without_its_original_waits() {
    let back = line("1", -10_000, -5_000, &[]);
    assert_eq!(pair_reversals(&[said_on(3, payment("22", vec![back]))]), [None]);
}

#[test]
fn a_line_rolled_into_a_paid_one_is_no_denial() {
    let kept = line("1", 10_000, 12_000, &[("OA", "94", -5_000), ("CO", "45", 3_000)]);
    let rolled = line("2", 5_000, 0, &[("CO", "97", 5_000)]);
    let bundle = payment("1", vec![kept, rolled.clone()]);
    assert_eq!(read(&mut [said_on(1, bundle)]), None);
    let alone = payment("1", vec![rolled]);
    assert_eq!(read(&mut [said_on(1, alone)]).map(|one| one.category()), Some(Category::Bundling));
}

#[test]
fn equal_lines_without_control_numbers_stay_apart() {
    let claim = |first: &[_], second: &[_]| {
        payment("1", vec![line("", 10_000, 0, first), line("", 10_000, 0, second)])
    };
    let mut both = [said_on(1, claim(DENIED, DENIED)), said_on(5, claim(PAID, DENIED))];
    let found = read(&mut both).expect("a denial");
    assert_eq!(found.lines.len(), 2);
    assert_eq!(found.lines.iter().filter(|one| one.recovered.is_some()).count(), 1);
}

#[test]
fn an_estimate_denies_nothing() {
    let estimate = payment("25", vec![line("1", 10_000, 0, DENIED)]);
    assert_eq!(read(&mut [said_on(1, estimate)]), None);
}

#[test]
fn a_denied_claim_without_lines_is_one_line_of_the_whole() {
    let mut claim = payment("4", vec![]);
    claim.charge = Money::from_cents(7_000);
    claim.adjustments = line("", 0, 0, &[("CO", "16", 7_000)]).adjustments;
    let found = read(&mut [said_on(1, claim)]).expect("a denial");
    assert_eq!((found.lines[0].line, found.lines[0].full), (None, true));
}

#[test]
fn what_is_said_of_some_lines_leads_and_dates_by_them_alone() {
    let denied =
        |control: &str, reason: &str, cents: i64| line(control, cents, 0, &[("CO", reason, cents)]);
    let all = vec![denied("1", "197", 100), denied("2", "16", 900), denied("3", "197", 100)];
    let second = payment("1", vec![denied("1", "197", 100), denied("2", "16", 900)]);
    let third = payment("1", vec![denied("2", "16", 900)]);
    let mut said = [said_on(1, payment("1", all)), said_on(5, second), said_on(9, third)];
    let found = read(&mut said).expect("a denial");
    assert_eq!(found.only(&[0, 1, 2]), Some(found.clone()));
    let part = found.only(&[0, 2]).expect("two lines");
    assert_eq!((part.category(), part.lines.len()), (Category::Authorization, 2));
    assert_eq!(part.denied_on, Date::new(2026, 3, 5).ok());
    assert_eq!(part.remittance, RemittanceId::from_bits(5));
    assert_eq!(found.denied_on, Date::new(2026, 3, 9).ok());
    assert_eq!(found.only(&[7]), None);
}
