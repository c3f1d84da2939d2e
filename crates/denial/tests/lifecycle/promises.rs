//! What payers promise on contacts: waited for, kept, broken and called about once.

use denial::contact::{Kept, promises};
use denial::denial::{Denial, NextActionKind};
use denial::lifecycle::{Change, Event, Refused};
use denial::person::Role;

use crate::clinic::{action, case, day, found, line, moment, recovered, rules};

fn decided(case: &Denial, on: i64, json: &str) -> Result<(Denial, Vec<Event>), Refused> {
    let decided = case.act(&action(json), &moment(on, Role::Manager), &rules())?;
    Ok((decided.after, decided.events))
}

fn did(case: &Denial, on: i64, json: &str) -> Denial {
    decided(case, on, json).unwrap_or_else(|why| panic!("{json}: {why}")).0
}

/// Sent to the payer, which promises its answer by the twelfth.
fn promised() -> Denial {
    let taken = did(&case().after, 1, r#"{"act":"take"}"#);
    let review = did(&taken, 1, r#"{"act":"review"}"#);
    let sent = r#"{"act":"resubmit","frequency":"7","channel":"edi","reference":"S1"}"#;
    let call = r#"{"act":"log_contact","channel":"phone","said":"soon","reference":"R-7",
        "promised_by":"2026-06-12","minutes":9}"#;
    did(&did(&review, 2, sent), 3, call)
}

fn next(case: &Denial) -> (NextActionKind, i32) {
    let next = case.next().expect("open");
    (next.kind, day(0).until(next.on).expect("near").get_days())
}

#[test]
fn a_promise_that_is_not_kept_is_a_call_to_make_told_once() {
    let case = promised();
    assert_eq!(next(&case), (NextActionKind::AwaitPayer, 11));
    assert_eq!(case.brought(day(11), &rules()), [], "its day is not over");
    let events = case.brought(day(12), &rules());
    let broken = events.iter().find_map(|event| {
        let Change::PromiseBroken { by, reference, on } = &event.change else { return None };
        Some((*by, reference.as_str(), *on))
    });
    assert_eq!(broken, Some((day(11), "R-7", day(12))));
    let after = events.iter().fold(case, Denial::apply);
    // It is found on a Saturday: somebody calls on Monday.
    assert_eq!(next(&after), (NextActionKind::CallPayer, 14));
    assert_eq!(after.promised_by, Some(day(11)), "it stays in view");
    let again = after.brought(day(13), &rules());
    assert!(again.iter().all(|event| event.kind() != "denial.promise_broken"), "{again:?}");
}

#[test]
fn another_promise_takes_the_place_of_a_broken_one() {
    let case = promised();
    let broken = case.brought(day(12), &rules()).iter().fold(case, Denial::apply);
    let call = r#"{"act":"log_contact","channel":"phone","said":"next week",
        "promised_by":"2026-06-20"}"#;
    let after = did(&broken, 14, call);
    assert_eq!(next(&after), (NextActionKind::AwaitPayer, 19));
    assert_eq!(after.promise.as_ref().and_then(|one| one.broken_on), None);
}

#[test]
fn what_was_promised_is_there_by_a_word() {
    let case = promised();
    let kept = r#"{"act":"log_contact","channel":"phone","said":"it is there","kept":true}"#;
    let after = did(&case, 9, kept);
    assert_eq!((after.promised_by, &after.promise), (None, &None));
    assert_eq!(next(&after).0, NextActionKind::AwaitPayer, "its answer is still awaited");
    let none = decided(&after, 9, kept).expect_err("no promise stands");
    assert_eq!(none, Refused::Missing("a promise that stands"));
}

/// The events of some acts, each with its day, after the case that is promised its answer.
fn told(acts: &[(i64, &str)]) -> Vec<(jiff::civil::Date, Event)> {
    let mut case = promised();
    let contact = denial::contact::Contact {
        channel: denial::denial::Channel::Phone,
        representative: String::new(),
        reference: "R-7".to_owned(),
        said: "soon".to_owned(),
        promised_by: case.promised_by,
        minutes: 9,
        kept: false,
    };
    let change = Change::Contacted { contact, at: jiff::Timestamp::UNIX_EPOCH };
    let mut told = vec![(day(3), Event { version: case.version, change })];
    for (on, json) in acts {
        let (after, events) = decided(&case, *on, json).expect("done");
        told.extend(events.into_iter().map(|event| (day(*on), event)));
        case = after;
    }
    told
}

#[test]
fn promises_are_kept_late_broken_or_moot() {
    let stands = |acts: &[(i64, &str)], on: i64| -> Vec<Kept> {
        promises(&told(acts)).iter().map(|one| one.stands(day(on))).collect()
    };
    let kept = r#"{"act":"log_contact","channel":"phone","said":"there","kept":true}"#;
    let again = r#"{"act":"log_contact","channel":"phone","said":"x","promised_by":"2026-06-20"}"#;
    let upheld = r#"{"act":"uphold","note":"no"}"#;
    let withdrawn = r#"{"act":"withdraw","reason":"ours"}"#;
    assert_eq!(stands(&[], 11), [Kept::Waits]);
    assert_eq!(stands(&[], 12), [Kept::Broken]);
    assert_eq!(stands(&[(9, kept)], 30), [Kept::InTime]);
    assert_eq!(stands(&[(14, upheld)], 30), [Kept::Late(3)], "the answer is what was promised");
    assert_eq!(stands(&[(5, withdrawn)], 30), [Kept::Moot]);
    assert_eq!(stands(&[(14, again)], 15), [Kept::Broken, Kept::Waits]);
    assert_eq!(stands(&[(5, again)], 15), [Kept::Moot, Kept::Waits]);
    let mut undone = told(&[(9, kept)]);
    let version = undone[1].1.version;
    let change = Change::Undone { undone: version, before: Box::new(promised()) };
    undone.push((day(9), Event { version: version + 1, change }));
    assert_eq!(promises(&undone)[0].stands(day(10)), Kept::Waits, "it was taken back");
}

/// Won by a letter, and the payment promised by the twelfth.
fn won() -> Denial {
    let overturned = did(&promised(), 5, r#"{"act":"overturn","answer":{"note":"its letter"}}"#);
    let call = r#"{"act":"log_contact","channel":"phone","said":"paid soon",
        "promised_by":"2026-06-12"}"#;
    did(&overturned, 6, call)
}

#[test]
fn a_payment_that_comes_by_remittance_keeps_its_promise_on_its_own_day() {
    let case = won();
    let paid = found(vec![recovered(line(1, 6_000), 10), recovered(line(2, 4_000), 10)]);
    let events = case.hear(&paid, &moment(14, Role::Poster), &rules());
    let kept = events.iter().find_map(|event| {
        let Change::PromiseKept { by, on } = event.change else { return None };
        Some((by, on))
    });
    assert_eq!(kept, Some((day(11), day(10))), "{events:?}");
    let after = events.iter().fold(case.clone(), Denial::apply);
    assert_eq!((after.promised_by, &after.promise), (None, &None));
    assert!(after.brought(day(15), &rules()).iter().all(|one| one.kind() != BROKEN));
    let part = found(vec![recovered(line(1, 6_000), 10), line(2, 4_000)]);
    let events = case.hear(&part, &moment(14, Role::Poster), &rules());
    let after = events.iter().fold(case, Denial::apply);
    assert_eq!(after.promised_by, Some(day(11)), "the rest of it was promised too");
    assert!(after.brought(day(15), &rules()).iter().any(|one| one.kind() == BROKEN));
}

const BROKEN: &str = "denial.promise_broken";

#[test]
fn a_promise_of_what_is_paid_by_now_is_not_told_as_broken() {
    let case = won();
    let lines = vec![recovered(line(1, 6_000), 10), recovered(line(2, 4_000), 10)];
    // As a program left it that did not know that the payment keeps the promise.
    let case = Denial { lines, ..case };
    let told = case.brought(day(20), &rules());
    assert!(told.iter().all(|one| one.kind() != BROKEN), "{told:?}");
    let due = denial::escalation::due(&case, day(20), &rules());
    assert!(due.is_none_or(|one| one.why != denial::escalation::Overdue::PromiseBroken));
}

#[test]
fn what_is_said_of_a_closed_case_is_no_promise() {
    let review = did(&did(&case().after, 1, r#"{"act":"take"}"#), 1, r#"{"act":"review"}"#);
    let entries = vec![crate::clinic::entry(1, denial::posting::PostingKind::Contractual, 10_000)];
    let post = denial::lifecycle::Action::Post { entries };
    let posted = review.act(&post, &moment(2, Role::Manager), &rules()).expect("posted");
    let call = r#"{"act":"log_contact","channel":"phone","said":"x","promised_by":"2026-06-12"}"#;
    let (after, said) = decided(&posted.after, 3, call).expect("logged");
    assert!(after.status().is_closed());
    let told = posted.events.into_iter().map(|one| (day(2), one));
    let told: Vec<_> = told.chain(said.into_iter().map(|one| (day(3), one))).collect();
    assert_eq!(promises(&told), []);
}
