//! A case that somebody works on is theirs alone, for as long as they said; a question goes to
//! who may answer it.

use denial::denial::Denial;
use denial::lifecycle::Refused;
use denial::person::{Moment, Role};
use jiff::{SignedDuration, Timestamp};

use crate::clinic::{action, case, moment, person, rules};

const TAKE: &str = r#"{"act":"take"}"#;
const PLAN: &str = r#"{"act":"plan","next":"call_payer","on":"2026-06-09"}"#;

/// Minutes after the first day's moment.
fn after(minutes: i64, who: usize) -> Moment {
    let at = moment(1, Role::BillingSpecialist);
    let mut who_acts = at.who.clone();
    who_acts.person = person(Role::BillingSpecialist, who == 1);
    Moment { now: later(at.now, minutes), who: who_acts, ..at }
}

fn later(now: Timestamp, minutes: i64) -> Timestamp {
    now + SignedDuration::from_mins(minutes)
}

fn did(case: &Denial, at: &Moment, json: &str) -> Result<Denial, Refused> {
    case.act(&action(json), at, &rules()).map(|decided| decided.after)
}

#[test]
fn another_waits_until_it_is_given_back_or_an_hour_has_passed() {
    let (one, other) = (after(0, 0), |minutes| after(minutes, 1));
    let taken = did(&case().after, &one, TAKE).expect("free");
    assert_eq!(taken.worked_on_by(one.now), Some(&one.who.person));
    for json in [PLAN, TAKE] {
        let refused = did(&taken, &other(59), json);
        assert!(matches!(refused, Err(Refused::TakenBy(by)) if by == one.who.person), "{json}");
    }
    assert!(did(&taken, &other(1), r#"{"act":"note","text":"they called"}"#).is_ok());
    did(&taken, &other(60), PLAN).expect("nobody works on it any more");
    let over = did(&taken, &other(60), r#"{"act":"release"}"#);
    assert!(matches!(over, Err(Refused::NotTaken)), "nobody has it any more");
    let theirs = did(&taken, &other(60), TAKE).expect("free again");
    assert_eq!(theirs.worked_on_by(other(61).now), Some(&other(0).who.person));
    let free = did(&taken, &one, r#"{"act":"release"}"#).expect("given back");
    assert!(did(&free, &other(1), PLAN).is_ok());
}

#[test]
fn taken_again_it_is_theirs_for_longer() {
    let taken = did(&case().after, &after(0, 0), TAKE).expect("free");
    assert!(matches!(did(&taken, &after(10, 0), TAKE), Err(Refused::Unchanged(_))));
    let longer = did(&taken, &after(45, 0), TAKE).expect("again");
    assert!(matches!(did(&longer, &after(100, 1), PLAN), Err(Refused::TakenBy(_))));
    assert!(did(&longer, &after(105, 1), PLAN).is_ok());
}

#[test]
fn a_question_goes_to_who_may_answer_it() {
    for role in ["vendor", "executive", "administrator", "auditor"] {
        let ask = format!(r#"{{"act":"ask_colleague","to":"{role}","text":"is it so?"}}"#);
        let refused = did(&case().after, &after(0, 0), &ask).expect_err("nobody would answer");
        assert_eq!(refused, Refused::Missing("a role that answers questions"), "{role}");
    }
    assert!(
        did(&case().after, &after(0, 0), r#"{"act":"ask_colleague","to":"provider","text":"so?"}"#)
            .is_ok()
    );
}
