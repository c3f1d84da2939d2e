//! What a payer's answers come to for the odds: won, won in part, lost; by the way that was out.

use denial::claim::PlanType;
use denial::denial::{Appeal, Denial, DeniedLine, Outcome, Work};
use denial::ids::RemittanceId;
use denial::lifecycle::hearing::hear_all;
use denial::next_action::Way;
use denial::outcome::{Ended, Heard, heard};
use denial::person::Role;

use crate::clinic::{action, case, day, found, line, moment, recovered, rules};

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
    let work = match part.work.clone() {
        Work::Open { status, owner, next, escalate_on, .. } => {
            Work::Open { status, owner, next, escalate_on, won: None }
        }
        closed @ Work::Closed { .. } => closed,
    };
    let old = Denial { rest_denied: false, work, ..part };
    assert!(!old.is_overturned_in_full());
    let whole: Vec<Appeal> = old
        .appeals
        .iter()
        .map(|one| Appeal { decided: Some((day(2), Outcome::Overturned)), ..one.clone() })
        .collect();
    assert!(Denial { appeals: whole, ..old }.is_overturned_in_full());
}

#[test]
fn what_is_won_in_full_after_a_part_is_won_in_full() {
    let (filed, _) = did(&reviewed(), APPEAL);
    let (part, _) = did(&filed, PART);
    let (back, _) = did(&part, r#"{"act":"dispute","reason":"the rest"}"#);
    let (whole, _) = did(&back, r#"{"act":"overturn","answer":{"note":"all of it"}}"#);
    assert!(whole.is_overturned_in_full(), "the part is of an earlier answer");
}

/// The case after a file that says this of its lines, and what was counted.
fn heard_of(before: &Denial, lines: Vec<DeniedLine>) -> (Denial, Vec<Heard>) {
    let at = moment(6, Role::Manager);
    let heard_all = hear_all(std::slice::from_ref(before), &found(lines), &at, &rules());
    let events = heard_all.events.into_iter().next().unwrap_or_default();
    let counted = heard(before, &events);
    (events.iter().fold(before.clone(), Denial::apply), counted)
}

fn again(number: u16, cents: i64) -> DeniedLine {
    DeniedLine {
        denied_on: Some(day(6)),
        remittance: RemittanceId::from_bits(3),
        ..line(number, cents)
    }
}

fn paid(number: u16, cents: i64) -> DeniedLine {
    recovered(line(number, cents), 6)
}

#[test]
fn one_line_paid_and_one_denied_again_is_won_in_part() {
    let (sent, _) = did(&reviewed(), SEND);
    let (_, counted) = heard_of(&sent, vec![paid(1, 6_000), again(2, 4_000)]);
    assert_eq!(answered(&counted), (Way::CorrectedClaim, Ended::Part));
    let (_, counted) = heard_of(&sent, vec![again(1, 6_000), again(2, 4_000)]);
    assert_eq!(answered(&counted), (Way::CorrectedClaim, Ended::Lost));
}

#[test]
fn an_appeal_upheld_after_a_line_was_paid_was_won_in_part() {
    let outcome = |case: &Denial| case.appeals[0].decided.map(|(_, outcome)| outcome);
    let (filed, _) = did(&reviewed(), APPEAL);
    let (paid_one, none) = heard_of(&filed, vec![paid(1, 6_000), line(2, 4_000)]);
    assert_eq!((outcome(&paid_one), none), (None, vec![]), "the rest waits for the payer");
    let later = moment(7, Role::BillingSupervisor);
    let upheld = |case: &Denial, json: &str| {
        case.act(&action(json), &later, &rules()).expect("upheld").after
    };
    assert_eq!(outcome(&upheld(&paid_one, UPHELD)), Some(Outcome::PartlyOverturned));
    assert_eq!(outcome(&upheld(&filed, UPHELD)), Some(Outcome::Upheld), "nothing was paid");
    let late = r#"{"act":"uphold","note":"too late","dismissed":true}"#;
    assert_eq!(outcome(&upheld(&paid_one, late)), Some(Outcome::Dismissed));
    let (by_file, _) = heard_of(&filed, vec![paid(1, 6_000), again(2, 4_000)]);
    assert_eq!(outcome(&by_file), Some(Outcome::PartlyOverturned));
}

#[test]
fn a_file_that_denies_a_part_of_what_was_won_leaves_it_won_in_part() {
    let (sent, _) = did(&reviewed(), SEND);
    let (won, counted) = heard_of(&sent, vec![paid(1, 6_000), paid(2, 4_000)]);
    assert_eq!(answered(&counted), (Way::CorrectedClaim, Ended::Won));
    let (_, part) = heard_of(&won, vec![paid(1, 6_000), again(2, 4_000)]);
    assert_eq!(part, [Heard::TakenBack(Ended::Part)]);
    let (_, none) = heard_of(&won, vec![again(1, 6_000), again(2, 4_000)]);
    assert_eq!(none, [Heard::TakenBack(Ended::Lost)]);
}

#[test]
fn a_takeback_on_a_closed_case_undoes_its_win() {
    const POST: &str = r#"{"act":"post","entries":[{"id":"pst_00000000000000000000000009",
        "kind":"payer_payment","amount":10000}]}"#;
    let (sent, _) = did(&reviewed(), SEND);
    let (won, _) = heard_of(&sent, vec![paid(1, 6_000), paid(2, 4_000)]);
    let poster = moment(6, Role::Poster);
    let closed = won.act(&action(POST), &poster, &rules()).expect("posted").after;
    assert!(closed.status().is_closed());
    let (back, counted) = heard_of(&closed, vec![line(1, 6_000), line(2, 4_000)]);
    assert!(!back.status().is_closed());
    assert_eq!(counted, [Heard::TakenBack(Ended::Lost)]);
    let (_, counted) = heard_of(&closed, vec![paid(1, 6_000), line(2, 4_000)]);
    assert_eq!(counted, [Heard::TakenBack(Ended::Part)]);
    let (_, counted) = heard_of(&closed, vec![paid(1, 6_000), paid(2, 4_000)]);
    assert_eq!(counted, [], "nothing was taken back");
    let reopen = |cents: i64| {
        let json = format!(
            r#"{{"act":"reopen","reason":"taken back","entries":[{{"kind":"recoupment",
                "id":"pst_00000000000000000000000008","amount":{cents}}}]}}"#
        );
        let decided = closed.act(&action(&json), &poster, &rules()).expect("reopened");
        heard(&closed, &decided.events)
    };
    assert_eq!(reopen(10_000), [Heard::TakenBack(Ended::Lost)]);
    assert_eq!(reopen(2_500), [Heard::TakenBack(Ended::Part)]);
    // A slip that is posted anew takes nothing back from what was won.
    let slip = r#"{"act":"reopen","reason":"a slip","entries":[{"kind":"payer_payment",
        "id":"pst_00000000000000000000000007","amount":-10000,
        "reverses":"pst_00000000000000000000000009"}]}"#;
    let decided = closed.act(&action(slip), &poster, &rules()).expect("reopened");
    assert_eq!(heard(&closed, &decided.events), []);
}
