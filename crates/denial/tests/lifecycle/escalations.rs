//! What has waited too long, told day by day.

use denial::deadline::DeadlineKind;
use denial::denial::Denial;
use denial::escalation::{Escalation, Overdue, due};
use denial::ids::DocumentId;
use denial::levels::{ServiceLevel, ServiceStep, Within};
use denial::lifecycle::Action;
use denial::person::Role;
use denial::rules::Rules;

use crate::clinic::{action, case, clock, day, moment, rules};

fn did(case: &Denial, on: i64, json: &str) -> Denial {
    let at = moment(on, Role::Manager);
    case.act(&action(json), &at, &rules()).unwrap_or_else(|why| panic!("{json}: {why}")).after
}

fn heard(case: &Denial, on: i64) -> Option<(Overdue, Role)> {
    due(case, day(on), &rules()).map(|one| (one.why, one.to))
}

fn sent() -> Denial {
    let review = did(&case().after, 1, r#"{"act":"review"}"#);
    let sent = r#"{"act":"resubmit","frequency":"7","channel":"edi","reference":"S1"}"#;
    did(&review, 2, sent)
}

#[test]
fn a_case_that_no_person_has_is_the_managers() {
    assert_eq!(heard(&case().after, 5), None);
    assert_eq!(heard(&case().after, 6), Some((Overdue::Unowned, Role::Manager)));
    let taken = did(&case().after, 1, r#"{"act":"take"}"#);
    assert_eq!(heard(&taken, 6), None);
}

/// Brings the case as the nightly sweep does; gives the case after it and whether it was brought.
fn brought(case: &Denial, on: i64) -> (Denial, bool) {
    let events = case.brought(day(on), &rules());
    let after = events.iter().fold(case.clone(), Denial::apply);
    (Denial { deadlines: case.deadlines.clone(), ..after }, !events.is_empty())
}

#[test]
fn each_reason_is_brought_once_and_none_hides_another() {
    let kind = DeadlineKind::Appeal(1);
    let mut case = Denial { deadlines: vec![clock(kind, 30)], ..case().after };
    let mut told = Vec::new();
    for on in 1..=29 {
        let (after, is_brought) = brought(&case, on);
        told.extend(is_brought.then(|| (on, after.escalated.as_ref().expect("told").to)));
        case = after;
    }
    // Nobody has it; then nobody did what was due; then the clock is near.
    assert_eq!(told.len(), 3, "{told:?}");
    assert!(told.iter().all(|(_, to)| *to == Role::Manager), "{told:?}");
    let near = Denial { escalated: None, ..case.clone() };
    let (first, _) = brought(&near, 25);
    let to = |case: &Denial| case.escalated.as_ref().map(|last| last.to);
    assert_eq!(to(&first), Some(Role::BillingSpecialist));
    let (second, _) = brought(&first, 25);
    assert_eq!(to(&second), Some(Role::Manager));
    assert!(!brought(&second, 26).1);
}

#[test]
fn who_takes_a_case_or_gets_it_ends_what_was_brought() {
    let (told, _) = brought(&case().after, 6);
    assert!(told.escalated.is_some());
    assert_eq!(did(&told, 6, r#"{"act":"take"}"#).escalated, None);
}

#[test]
fn nobody_did_what_was_due_and_the_ladder_climbs() {
    let case = did(&case().after, 1, r#"{"act":"review"}"#);
    assert_eq!(heard(&case, 11), None);
    assert_eq!(heard(&case, 12), Some((Overdue::NotTouched, Role::BillingSpecialist)));
    assert_eq!(heard(&case, 14), Some((Overdue::NotTouched, Role::BillingSupervisor)));
    assert_eq!(heard(&case, 21), Some((Overdue::NotTouched, Role::Manager)));
    let told = did(&case, 14, r#"{"act":"escalate","to":"billing_supervisor","reason":"late"}"#);
    assert_eq!(heard(&told, 14), None);
    assert_eq!(heard(&told, 21), Some((Overdue::NotTouched, Role::Manager)));
}

#[test]
fn a_payer_that_says_nothing_is_silent_after_its_days() {
    // The days end on July 3, on which Independence Day is kept: somebody looks on Monday.
    assert_eq!(heard(&sent(), 35), None);
    assert_eq!(heard(&sent(), 36), Some((Overdue::PayerSilent, Role::BillingSpecialist)));
}

#[test]
fn a_promise_is_broken_some_days_after_its_day() {
    let call = r#"{"act":"log_contact","channel":"phone","said":"soon",
        "promised_by":"2026-06-12"}"#;
    let promised = did(&sent(), 3, call);
    assert_eq!(heard(&promised, 13), None);
    assert_eq!(heard(&promised, 14), Some((Overdue::PromiseBroken, Role::BillingSpecialist)));
}

#[test]
fn a_colleague_is_silent_after_the_day_that_was_given() {
    let case = did(&case().after, 1, r#"{"act":"review"}"#);
    let ask = r#"{"act":"ask_colleague","to":"provider","text":"is it so?"}"#;
    let asked = did(&case, 1, ask);
    // The days end on a Saturday.
    assert_eq!(heard(&asked, 7), None);
    assert_eq!(heard(&asked, 8), Some((Overdue::ColleagueSilent, Role::BillingSpecialist)));
}

#[test]
fn a_clock_near_its_end_wakes_even_a_snoozed_case() {
    let review = did(&case().after, 1, r#"{"act":"review"}"#);
    let kind = DeadlineKind::Appeal(1);
    let case = Denial { deadlines: vec![clock(kind, 30)], ..review };
    let snoozed = case
        .decide(
            &action(r#"{"act":"snooze","until":"2026-06-30","reason":"waits"}"#),
            &moment(1, Role::Manager),
            &rules(),
        )
        .expect("before the clock");
    let case = case.apply(&snoozed[0]);
    assert_eq!(heard(&case, 22), None);
    let near = Escalation {
        why: Overdue::DeadlineNear(kind),
        to: Role::BillingSpecialist,
        person: None,
        since: day(23),
    };
    assert_eq!(due(&case, day(23), &rules()), Some(near));
}

#[test]
fn a_closed_case_waits_for_nobody() {
    let paid = did(&case().after, 1, r#"{"act":"review"}"#);
    let entries = vec![crate::clinic::entry(1, denial::posting::PostingKind::Contractual, 10_000)];
    let paid = paid.act(&Action::Post { entries }, &moment(2, Role::Manager), &rules());
    assert_eq!(heard(&paid.expect("allowed").after, 300), None);
}

fn levels() -> Rules {
    let mut rules = rules();
    let (step, within) = (ServiceStep::FirstTouch, Within::Days(3));
    rules.owners.services = vec![ServiceLevel { step, role: None, within }];
    rules
}

/// Why somebody hears on the fifth of June of a new case after some acts on the second.
fn why(acts: &[&str]) -> Option<Overdue> {
    let case = acts.iter().fold(case().after, |case, act| did(&case, 1, act));
    due(&case, day(4), &levels()).map(|one| one.why)
}

#[test]
fn a_new_case_is_brought_by_its_first_touch_until_somebody_has_done_something() {
    assert_eq!(why(&[]), Some(Overdue::NotTouched));
    let given = r#"{"act":"assign","role":"billing_specialist"}"#;
    let to = r#"{"act":"assign","role":"certified_coder"}"#;
    assert_eq!(why(&[to, given]), Some(Overdue::NotTouched), "nobody has looked at it yet");
    let document = DocumentId::from_bits(1);
    let attach = format!(r#"{{"act":"attach_document","document":"{document}","what":"x"}}"#);
    for act in [
        r#"{"act":"note","text":"called, nobody there"}"#,
        r#"{"act":"log_contact","channel":"phone","said":"soon"}"#,
        r#"{"act":"log_contact","channel":"phone","said":"x","promised_by":"2026-06-20"}"#,
        r#"{"act":"ask_colleague","to":"provider","text":"so?","due":"2026-06-20"}"#,
        r#"{"act":"tick","step":"policy_verification","mark":"done","note":"seen"}"#,
        r#"{"act":"plan","next":"await_payer","on":"2026-06-20"}"#,
        &attach,
    ] {
        assert_eq!(why(&[act]), None, "{act}");
    }
    let answered = [
        r#"{"act":"ask_colleague","to":"provider","text":"so?","due":"2026-06-20"}"#,
        r#"{"act":"answer","question":1,"text":"yes"}"#,
    ];
    assert_eq!(why(&answered), None);
}

#[test]
fn a_case_from_before_touches_were_kept_is_as_its_journal_says() {
    let opened = Denial { untouched: false, ..case().after };
    let is_late = |case: &Denial| due(case, day(4), &levels()).is_some();
    assert!(is_late(&opened), "nothing has happened to it");
    let noted = did(&opened, 1, r#"{"act":"note","text":"x"}"#);
    assert!(!noted.untouched && !is_late(&noted));
    let json = serde_json::to_value(&opened).expect("JSON");
    assert_eq!(json.get("untouched"), None);
    assert_eq!(serde_json::from_value::<Denial>(json).expect("read"), opened);
}

#[test]
fn what_was_taken_back_is_no_touch() {
    let first = case();
    let note = first.after.act(
        &action(r#"{"act":"note","text":"x"}"#),
        &moment(1, Role::Manager),
        &rules(),
    );
    let noted = note.expect("noted");
    let told: Vec<_> = first.events.iter().chain(&noted.events).cloned().collect();
    let at = moment(1, Role::Manager);
    let made = (&at.who.person, at.now);
    let undone = noted.after.undo(&told, noted.after.version, made, &at).expect("taken back");
    let after = undone.iter().fold(noted.after, Denial::apply);
    assert!(after.untouched);
    assert_eq!(due(&after, day(4), &levels()).map(|one| one.why), Some(Overdue::NotTouched));
}
