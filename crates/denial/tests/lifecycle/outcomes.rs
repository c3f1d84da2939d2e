//! What a payer's answers come to for the odds: won, won in part, lost; by the way that was out.

use denial::claim::PlanType;
use denial::denial::{Appeal, Denial, Outcome};
use denial::next_action::Way;
use denial::outcome::{Ended, Heard, heard};
use denial::person::Role;

use crate::clinic::{action, case, day, moment, rules};

const SEND: &str = r#"{"act":"resubmit","frequency":"7","channel":"edi","reference":"V2"}"#;
const UPHELD: &str = r#"{"act":"uphold","note":"call 1"}"#;
const WON: &str = r#"{"act":"overturn","answer":{"note":"call 2"}}"#;
const PART: &str = r#"{"act":"overturn","answer":{"note":"call 2"},"expected":4000}"#;
const APPEAL: &str = r#"{"act":"appeal","id":"apl_00000000000000000000000001","level":1,
    "channel":"fax","confirmation":"F1","without":"none is wanted"}"#;

/// The case after an act, and what was counted.
fn did(before: &Denial, json: &str) -> (Denial, Vec<Heard>) {
    let who = moment(2, Role::BillingSupervisor);
    let decided = before.act(&action(json), &who, &rules()).expect(json);
    let counted = heard(before, &decided.events);
    (decided.after, counted)
}

fn reviewed() -> Denial {
    let found = case().after;
    let (after, counted) = did(&found, r#"{"act":"review"}"#);
    assert!(counted.is_empty());
    after
}

fn answered(counted: &[Heard]) -> (Way, Ended) {
    match counted {
        [Heard::Answered { way, ended, .. }] => (*way, *ended),
        other => panic!("one answer, not {other:?}"),
    }
}

#[test]
fn the_answer_counts_for_what_was_out() {
    let (sent, none) = did(&reviewed(), SEND);
    assert!(none.is_empty(), "sent is not answered");
    let (upheld, counted) = did(&sent, UPHELD);
    assert_eq!(answered(&counted), (Way::CorrectedClaim, Ended::Lost));
    let (filed, _) = did(&upheld, APPEAL);
    assert_eq!(filed.way_out(), Some(Way::Appeal), "the correction is over");
    assert_eq!(answered(&did(&filed, WON).1), (Way::Appeal, Ended::Won));
    assert_eq!(answered(&did(&filed, PART).1), (Way::Appeal, Ended::Part));
}

#[test]
fn how_a_claim_went_again_is_told_by_its_frequency() {
    let as_new = SEND.replace("\"7\"", "\"1\"");
    let void = SEND.replace("\"7\"", "\"8\"");
    let way = |plan, json: &str| did(&Denial { plan, ..reviewed() }, json).0.way_out();
    assert_eq!(way(PlanType::Commercial, &as_new), Some(Way::NewClaim));
    assert_eq!(way(PlanType::Commercial, &void), Some(Way::VoidAndNew));
    assert_eq!(way(PlanType::Medicare, SEND), Some(Way::Reopening));
}

#[test]
fn what_was_not_answered_does_not_count() {
    let (sent, _) = did(&reviewed(), SEND);
    let (_, rejected) = did(&sent, r#"{"act":"reject","codes":["A7"]}"#);
    let (_, withdrawn) = did(&sent, r#"{"act":"withdraw","reason":"by mistake"}"#);
    let (_, by_itself) = did(&reviewed(), WON);
    assert_eq!((rejected, withdrawn, by_itself), (vec![], vec![], vec![]));
    let (filed, _) = did(&reviewed(), APPEAL);
    let (_, dismissed) = did(&filed, r#"{"act":"uphold","note":"too late","dismissed":true}"#);
    assert_eq!(dismissed, vec![]);
}

#[test]
fn what_the_payer_does_not_keep_is_taken_back() {
    let (won, _) = did(&did(&reviewed(), SEND).0, WON);
    let (_, unpaid) = did(&won, r#"{"act":"dispute","reason":"nothing came"}"#);
    assert_eq!(unpaid, [Heard::TakenBack(Ended::Lost)]);
    let (_, short) = did(&won, r#"{"act":"dispute","reason":"short","missing":1000}"#);
    assert_eq!(short, [Heard::TakenBack(Ended::Part)]);
}

/// Entries of before the rest of a partial win was kept as denied.
#[test]
fn an_old_case_that_was_won_in_part_is_not_won_in_full() {
    let (filed, _) = did(&reviewed(), APPEAL);
    let (part, _) = did(&filed, PART);
    let old = Denial { rest_denied: false, ..part };
    assert!(!old.is_overturned_in_full());
    let whole: Vec<Appeal> = old
        .appeals
        .iter()
        .map(|one| Appeal { decided: Some((day(2), Outcome::Overturned)), ..one.clone() })
        .collect();
    assert!(Denial { appeals: whole, ..old }.is_overturned_in_full());
}
