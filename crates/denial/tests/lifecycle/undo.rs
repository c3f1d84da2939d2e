//! What was done last is taken back: the case is what it was, and the journal keeps both.

use denial::denial::Denial;
use denial::ids::PersonId;
use denial::lifecycle::undo::UNDO;
use denial::lifecycle::{Event, Refused};
use denial::person::{Moment, Role};
use jiff::SignedDuration;

use crate::clinic::{action, case, moment, person, rules};

/// A case in review, with every event so far.
fn reviewed() -> (Denial, Vec<Event>) {
    let opened = case();
    let decided = done(&opened.after, r#"{"act":"review"}"#);
    (decided.0, opened.events.into_iter().chain(decided.1).collect())
}

fn at() -> Moment {
    moment(1, Role::BillingSupervisor)
}

fn done(case: &Denial, json: &str) -> (Denial, Vec<Event>) {
    let decided = case.act(&action(json), &at(), &rules());
    let decided = decided.unwrap_or_else(|why| panic!("{json}: {why}"));
    (decided.after, decided.events)
}

fn me() -> PersonId {
    person(Role::BillingSupervisor, false)
}

#[test]
fn what_moved_no_status_goes_back_to_what_was() {
    let (before, told) = reviewed();
    for json in [
        r#"{"act":"plan","next":"call_payer","on":"2026-06-09"}"#,
        r#"{"act":"assign","role":"certified_coder"}"#,
        r#"{"act":"recategorize","category":"bundling","reason":"the code misleads"}"#,
        r#"{"act":"snooze","until":"2026-06-04","reason":"waits"}"#,
        r#"{"act":"note","text":"words"}"#,
        r#"{"act":"tick","step":"policy_verification","mark":"done","note":"read"}"#,
        r#"{"act":"ask_colleague","to":"certified_coder","text":"is it so?"}"#,
        r#"{"act":"log_contact","channel":"phone","said":"soon","promised_by":"2026-06-12"}"#,
        r#"{"act":"split_line","position":2,"road":{"road":"aside","reason":"small"}}"#,
        r#"{"act":"propose_write_off","reason":"not worth it"}"#,
        r#"{"act":"escalate","to":"manager","reason":"see"}"#,
        r#"{"act":"release"}"#,
    ] {
        let (taken, mut told) = if json.contains("release") {
            let (taken, events) = done(&before, r#"{"act":"take"}"#);
            (taken, told.iter().cloned().chain(events).collect::<Vec<_>>())
        } else {
            (before.clone(), told.clone())
        };
        let (after, events) = done(&taken, json);
        told.extend(events);
        let undone = after
            .undo(&told, after.version, (&me(), at().now), &at())
            .unwrap_or_else(|why| panic!("{json}: {why}"));
        let back = undone.iter().fold(after.clone(), Denial::apply);
        let expected = Denial { version: after.version + 1, asked: after.asked, ..taken };
        assert_eq!(back, expected, "{json}");
        told.extend(undone);
        assert_eq!(Denial::fold(&told), Some(back), "{json}: the journal tells the same");
    }
}

#[test]
fn what_went_further_stays() {
    let (reviewed, told) = reviewed();
    let refused = |case: &Denial, told: &[Event], version, by: &PersonId, at: &Moment| {
        matches!(case.undo(told, version, (by, self::at().now), at), Err(Refused::Undo(_)))
    };
    assert!(refused(&reviewed, &told, reviewed.version, &me(), &at()), "a status moved");
    let (planned, events) = done(&reviewed, r#"{"act":"note","text":"words"}"#);
    let told: Vec<Event> = told.into_iter().chain(events).collect();
    let other = person(Role::BillingSupervisor, true);
    assert!(refused(&planned, &told, planned.version, &other, &at()), "somebody else's");
    let just = Moment { now: at().now + UNDO, ..at() };
    assert!(!refused(&planned, &told, planned.version, &me(), &just), "within ten minutes");
    let late = Moment { now: at().now + UNDO + SignedDuration::from_secs(1), ..at() };
    assert!(refused(&planned, &told, planned.version, &me(), &late), "after ten minutes");
    let (further, events) = done(&planned, r#"{"act":"note","text":"more"}"#);
    let told: Vec<Event> = told.into_iter().chain(events).collect();
    assert!(refused(&further, &told, planned.version, &me(), &at()), "something came after");
    let undone = further.undo(&told, further.version, (&me(), at().now), &at()).expect("the last");
    let back = undone.iter().fold(further, Denial::apply);
    let told: Vec<Event> = told.into_iter().chain(undone).collect();
    assert!(refused(&back, &told, back.version, &me(), &at()), "what was taken back is done");
}
