//! What still lies with the payer of what was sent again.

use denial::claim::{Claim, PayerName};
use denial::codes::PayerControlNumber;
use denial::denial::Denial;
use denial::lifecycle::evidence::Frequency;
use denial::outgoing::State;
use denial::person::Role;
use denial::remittance::{ClaimPayment, RemittanceHead};
use denial::resent::{Found, Resent, Version, awaited, repeated};
use denial::{matching, rules::Rules};

use crate::clinic::{action, case, day, moment, rules};

fn version(frequency: &str, days: i64) -> Claim {
    let known = matching::known_from(&ClaimPayment::default(), &RemittanceHead::default());
    Claim { frequency: frequency.into(), submitted_on: Some(day(days)), ..known }
}

fn of_file(case: &Denial, claim: &Claim, rules: &Rules) -> Option<Resent> {
    let submission = case.submissions.last();
    awaited(case, Vec::new(), &[Version { file: "f", claim, submission }], &[], rules)
}

#[test]
fn a_version_waits_from_the_payers_last_word_on() {
    let (case, rules) = (case().after, rules());
    // The first filing, a part of a stay, a file without a day: none is sent again.
    for (frequency, days, waits) in [
        ("1", -30, false),
        ("1", 0, false),
        ("1", 1, true),
        ("7", -1, false),
        ("7", 0, true),
        ("8", 3, true),
        ("3", 3, false),
        ("", 3, false),
    ] {
        let found = of_file(&case, &version(frequency, days), &rules);
        assert_eq!(found.is_some(), waits, "{frequency} on day {days}");
    }
    let found = of_file(&case, &version("7", 2), &rules).expect("waits");
    assert_eq!(found.to_string(), "replacement sent Jun 3, 2026, waits for the payer");
    let undated = Claim { submitted_on: None, ..version("7", 2) };
    assert_eq!(of_file(&case, &undated, &rules), None);
}

#[test]
fn a_refusal_since_ends_it_and_one_before_does_not() {
    let (case, rules) = (case().after, rules());
    let claim = version("7", 2);
    let versions = [Version { file: "f", claim: &claim, submission: None }];
    for (refused, waits) in [(day(1), true), (day(2), false), (day(4), false)] {
        let found = awaited(&case, Vec::new(), &versions, &[refused], &rules);
        assert_eq!(found.is_some(), waits, "refused on {refused}");
    }
}

#[test]
fn what_could_not_leave_hides_nothing_that_waits() {
    let (case, rules) = (case().after, rules());
    let claim = version("7", 2);
    let versions = [Version { file: "f", claim: &claim, submission: None }];
    let failed = |on| Resent {
        frequency: Frequency::Replacement,
        on: day(on),
        found: Found::InOutbox(State::Failed),
        source: "out".to_owned(),
    };
    let found = awaited(&case, vec![failed(5)], &versions, &[], &rules).expect("waits");
    assert_eq!((found.on, found.waits()), (day(2), true));
    let found = awaited(&case, vec![failed(5)], &[], &[], &rules).expect("told");
    assert!(!found.waits(), "it is told where nothing else waits");
}

#[test]
fn a_version_for_another_payer_is_none_of_the_case() {
    let rules = rules();
    let named = |name: &str| PayerName { name: name.into(), ids: Vec::new() };
    let case = Denial { payer_name: named("Harbor Health"), ..case().after };
    let other = Claim { payer: named("Summit Life"), ..version("7", 2) };
    assert_eq!(of_file(&case, &other, &rules), None);
    let same = Claim { payer: named("HARBOR HEALTH, INC."), ..version("7", 2) };
    assert!(of_file(&case, &same, &rules).is_some());
    // The payer's own number of the claim tells it, whatever the file calls the payer.
    let number = Some(PayerControlNumber::new("P1"));
    let numbered = Claim { replaces: number, ..other };
    assert!(of_file(&case, &numbered, &rules).is_some());
}

#[test]
fn the_case_waits_until_its_own_submission_comes_to_nothing() {
    let rules = rules();
    let at = |days| moment(days, Role::BillingSupervisor);
    let did = |case: &Denial, days, json: &str| {
        case.act(&action(json), &at(days), &rules).expect("allowed").after
    };
    let sent = r#"{"act":"resubmit","frequency":"7","channel":"edi","reference":"R1"}"#;
    let case = did(&did(&case().after, 1, r#"{"act":"review"}"#), 2, sent);
    let found = awaited(&case, Vec::new(), &[], &[], &rules).expect("waits");
    assert_eq!((found.found, found.frequency), (Found::OnCase, Frequency::Replacement));
    let case = did(&case, 3, r#"{"act":"withdraw","reason":"wrong"}"#);
    assert_eq!(awaited(&case, Vec::new(), &[], &[], &rules), None);
    assert_eq!(of_file(&case, &version("7", 2), &rules), None, "its own copy came to nothing too");
    let claim = version("7", 3);
    let other = [Version { file: "g", claim: &claim, submission: None }];
    assert!(awaited(&case, Vec::new(), &other, &[], &rules).is_some(), "another one waits");
}

#[test]
fn what_waits_in_the_outbox_speaks_before_a_file_of_its_day() {
    let (case, rules) = (case().after, rules());
    let claim = version("7", 2);
    let versions = [Version { file: "f", claim: &claim, submission: None }];
    let queued = |state| Resent {
        frequency: Frequency::Void,
        on: day(2),
        found: Found::InOutbox(state),
        source: "out_1".to_owned(),
    };
    let found = awaited(&case, vec![queued(State::Waiting)], &versions, &[], &rules);
    let told = found.map(|one| one.to_string());
    assert_eq!(told.as_deref(), Some("void in the outbox leaves on Jun 3, 2026"));
    let failed = queued(State::Failed).to_string();
    assert_eq!(failed, "void in the outbox did not leave on Jun 3, 2026");
}

#[test]
fn a_repeat_denial_has_the_same_reasons_and_something_sent_between() {
    let said = |days: &[(i64, &[&str])]| -> Vec<_> {
        let codes = |codes: &[&str]| codes.iter().map(|code| (*code).to_owned()).collect();
        days.iter().map(|(days, reasons)| (day(*days), codes(reasons))).collect()
    };
    let twice = said(&[(0, &["CO-197"]), (9, &["CO-197"])]);
    assert_eq!(repeated(&twice, &[day(4)]), Some(day(0)));
    assert_eq!(repeated(&twice, &[day(-4), day(10)]), None, "nothing between");
    let other = said(&[(0, &["CO-197"]), (9, &["CO-16", "CO-197"])]);
    assert_eq!(repeated(&other, &[day(4)]), None);
    let paid = said(&[(0, &[]), (9, &[])]);
    assert_eq!(repeated(&paid, &[day(4)]), None);
    assert_eq!(repeated(&[], &[day(4)]), None);
}
