//! Rules that act by themselves: which cases they are for, what they do, when they stop.

use denial::actions::{Came, Does, Mode, Rule, Stops, When, for_case};
use denial::category::Category;
use denial::claim_status::Step;
use denial::codes::{Carc, Group, Rarc};
use denial::deadline::DeadlineKind;
use denial::denial::{Denial, NextActionKind, Owner, Status, Work};
use denial::lifecycle::Action;
use denial::money::Money;
use denial::person::Role;
use denial::remittance::{Adjustment, Remark};

use crate::clinic::{case, clock, day, moment, rules};

fn denied() -> Denial {
    let mut case = Denial { deadlines: vec![clock(DeadlineKind::Appeal(1), 30)], ..case().after };
    case.payer_name.name = "STANDIN HEALTH".into();
    case.payer_name.ids = vec!["STAND".into()];
    let adjustment = Adjustment {
        group: Group::new("CO"),
        reason: Carc::new("50"),
        amount: Money::from_cents(6_000),
        units: None,
    };
    case.lines[0].adjustments = vec![adjustment];
    case.lines[0].remarks = vec![Remark { list: "LQ:HE".into(), code: Rarc::new("N115") }];
    case
}

fn rule(when: When, does: Vec<Does>) -> Rule {
    let stops = Stops { of: 3, refused: Some(2), denied_again: Some(2) };
    Rule {
        name: "one".into(),
        why: "a test".into(),
        mode: Mode::On,
        when,
        does,
        stops,
        ..Rule::default()
    }
}

fn plan() -> Vec<Does> {
    vec![Does::Plan { next: NextActionKind::CallPayer, days: 2 }]
}

#[track_caller]
fn fits(when: When, expected: bool) {
    let told = when.to_string();
    let is_for = rule(when, plan()).is_for(&denied(), day(10), &rules());
    assert_eq!(is_for, expected, "{told}");
}

#[test]
fn every_condition_that_is_said_has_to_hold() {
    let of = When::default;
    fits(When { payers: vec!["Standin Health".into()], ..of() }, true);
    fits(When { payers: vec!["OTHER".into(), "stand".into()], ..of() }, true);
    fits(When { payers: vec!["OTHER".into()], ..of() }, false);
    fits(When { categories: vec![Category::NonCovered], ..of() }, true);
    fits(When { categories: vec![Category::Duplicate], ..of() }, false);
    fits(When { carcs: vec![Carc::new("50")], ..of() }, true);
    fits(When { carcs: vec![Carc::new("51")], ..of() }, false);
    fits(When { rarcs: vec![Rarc::new("N115")], ..of() }, true);
    fits(When { rarcs: vec![Rarc::new("N116")], ..of() }, false);
    fits(When { procedures: vec!["99213".into()], ..of() }, true);
    fits(When { procedures: vec!["99214".into()], ..of() }, false);
    fits(When { statuses: vec![Status::New], ..of() }, true);
    fits(When { statuses: vec![Status::InReview], ..of() }, false);
    let cents = |cents| Some(Money::from_cents(cents));
    fits(When { amount_from: cents(10_000), amount_to: cents(10_000), ..of() }, true);
    fits(When { amount_from: cents(10_001), ..of() }, false);
    fits(When { amount_to: cents(9_999), ..of() }, false);
    fits(When { age_from: Some(10), age_to: Some(10), ..of() }, true);
    fits(When { age_from: Some(11), ..of() }, false);
    fits(When { clock_days: Some(20), ..of() }, true);
    fits(When { clock_days: Some(19), ..of() }, false);
    fits(When { attempts_to: Some(0), ..of() }, true);
    fits(When { attempts_from: Some(1), ..of() }, false);
    fits(When { unowned: true, ..of() }, true);
    fits(When { unowned: true, carcs: vec![Carc::new("51")], ..of() }, false);
}

#[test]
fn a_rule_holds_on_its_days_alone_and_never_on_a_closed_case() {
    let always = When { age_from: Some(0), ..When::default() };
    let dated = Rule { from: Some(day(5)), to: Some(day(6)), ..rule(always, plan()) };
    let holds = |on| dated.is_for(&denied(), day(on), &rules());
    assert_eq!([4, 5, 6, 7].map(holds), [false, true, true, false]);
}

#[test]
fn what_a_rule_does_are_acts_that_a_case_may_refuse() {
    let always = When { age_from: Some(0), ..When::default() };
    let does = vec![
        Does::Assign { role: Role::CertifiedCoder, person: None, team: None },
        Does::Plan { next: NextActionKind::CallPayer, days: 2 },
        Does::Escalate(Role::Manager),
        Does::Hold(1),
    ];
    let rule = rule(always.clone(), does);
    let at = moment(3, Role::BillingSupervisor);
    let acts = rule.tried(&denied(), &at, &rules()).expect("allowed");
    assert_eq!(acts.len(), 4);
    let after = acts
        .iter()
        .fold(denied(), |case, act| case.act(act, &at, &rules()).expect("allowed").after);
    assert_eq!(after.owner().map(|owner| owner.role), Some(Role::CertifiedCoder));
    assert_eq!(
        after.next().map(|next| (next.kind, next.on)),
        Some((NextActionKind::CallPayer, day(5)))
    );
    assert_eq!(after.snoozed_until, Some(day(4)));
    assert!(matches!(&acts[2], Action::Escalate { reason, .. } if reason == "rule one: a test"));
    // Nobody gives money up outside the review, a rule neither; and nothing of it is done.
    let gives = vec![plan().remove(0), Does::ProposeWriteOff];
    assert!(self::rule(always.clone(), gives).tried(&denied(), &at, &rules()).is_err());
    // A case never sleeps through a clock.
    assert!(self::rule(always, vec![Does::Hold(300)]).tried(&denied(), &at, &rules()).is_err());
}

#[test]
fn rules_run_in_their_order_up_to_the_last() {
    let always = When { age_from: Some(0), ..When::default() };
    let named = |name: &str, mode, last| Rule {
        name: name.into(),
        mode,
        last,
        ..rule(always.clone(), plan())
    };
    let all = [
        named("off", Mode::Off, true),
        named("shadow", Mode::Shadow, true),
        named("stopped", Mode::On, true),
        named("last", Mode::On, true),
        named("never", Mode::On, false),
    ];
    let (case, rules) = (denied(), rules());
    let stopped = |rule: &Rule| rule.name == "stopped";
    let found = for_case(&all, &case, (day(1), &rules), stopped);
    let names: Vec<&str> = found.iter().map(|rule| rule.name.as_str()).collect();
    assert_eq!(names, ["shadow", "stopped", "last"], "only what acts ends the list");
}

#[test]
fn what_a_person_chose_stays_and_what_a_rule_chose_does_not() {
    let always = When { age_from: Some(0), ..When::default() };
    let assign = Does::Assign { role: Role::CertifiedCoder, person: None, team: None };
    let does = vec![assign, plan().remove(0), Does::Hold(1)];
    let rule = rule(always, does);
    let (at, rules) = (moment(3, Role::BillingSupervisor), rules());
    let owner = Owner::of(Role::Manager);
    let person = [
        Action::Assign(owner),
        Action::Plan { next: NextActionKind::Review, on: day(6) },
        Action::Snooze { until: day(5), reason: "a person's".to_owned() },
    ];
    let done = |by_itself: bool| {
        person.iter().fold(denied(), |case, action| {
            let decided = case.act(action, &at, &rules).expect("allowed");
            if by_itself { decided.by_itself(&case).after } else { decided.after }
        })
    };
    assert_eq!(rule.tried(&done(false), &at, &rules), Ok(Vec::new()));
    let after = rule.tried(&done(true), &at, &rules).expect("allowed");
    assert_eq!(after.len(), 2, "who was put off sleeps on: {after:?}");
    // What a person chooses after a rule is theirs again.
    let again = done(true).act(&Action::Assign(Owner::of(Role::BillingSupervisor)), &at, &rules);
    let again = again.expect("allowed").after;
    assert!(again.chosen.is_persons_owner() && !again.chosen.is_persons_next());
}

#[test]
fn nothing_is_done_while_somebody_works_on_it() {
    let always = When { age_from: Some(0), ..When::default() };
    let (at, rules) = (moment(3, Role::BillingSupervisor), rules());
    let taken = denied().act(&Action::Take, &at, &rules).expect("allowed").after;
    let rule = rule(always, plan());
    assert_eq!(rule.tried(&taken, &at, &rules), Ok(Vec::new()));
    let given = taken.act(&Action::Release, &at, &rules).expect("allowed").after;
    assert_eq!(rule.tried(&given, &at, &rules).expect("allowed").len(), 1);
}

#[test]
fn a_rule_that_goes_wrong_too_often_stops_itself() {
    let stops = Stops { of: 10, refused: Some(3), denied_again: Some(2) };
    let came = |refused, denied_again| Came { of: 9, refused, answered: 7, denied_again };
    assert_eq!(stops.stopped(came(2, 1)), None);
    assert_eq!(stops.stopped(came(3, 0)).as_deref(), Some("3 of its last 9 firings were refused"));
    assert_eq!(
        stops.stopped(came(0, 2)).as_deref(),
        Some("2 of its last 7 cases with an answer were denied again")
    );
    assert_eq!(Stops { of: 10, ..Stops::default() }.stopped(came(9, 9)), None);
}

#[test]
fn a_rule_is_another_once_it_says_something_else_and_its_mode_is_no_part_of_it() {
    let one = rule(When { age_from: Some(0), ..When::default() }, plan());
    let shadow = Rule { mode: Mode::Shadow, ..one.clone() };
    assert_eq!(one.content(), shadow.content());
    let other = Rule { when: When { age_from: Some(1), ..When::default() }, ..one.clone() };
    assert_ne!(one.content(), other.content());
    let does = Rule { does: vec![Does::Escalate(Role::Manager)], ..one.clone() };
    assert_ne!(one.content(), does.content());
}

#[test]
fn an_answer_that_only_waits_takes_the_place_of_waiting_alone() {
    let (at, rules) = (moment(3, Role::BillingSupervisor), rules());
    let planned = |next, by_itself: bool| {
        let decided = denied().act(&Action::Plan { next, on: day(6) }, &at, &rules);
        let decided = decided.expect("allowed");
        if by_itself { decided.by_itself(&denied()).after } else { decided.after }
    };
    let waits = planned(NextActionKind::AwaitPayer, true);
    assert!(Step::LookAgain.replaces(&waits) && Step::Correct.replaces(&waits));
    let by_person = planned(NextActionKind::AwaitPayer, false);
    assert!(!Step::LookAgain.replaces(&by_person) && Step::Correct.replaces(&by_person));
    for ours in [NextActionKind::Correct, NextActionKind::Appeal, NextActionKind::CallPayer] {
        let case = planned(ours, true);
        assert!(!Step::LookAgain.replaces(&case) && Step::SendRecords.replaces(&case), "{ours:?}");
    }
    let with_payer = |kind| {
        let mut case = planned(kind, true);
        if let Work::Open { status, next, .. } = &mut case.work {
            (*status, next.kind) = (Status::Pending, kind);
        }
        case
    };
    assert!(Step::LookAgain.replaces(&with_payer(NextActionKind::CallPayer)));
    let mut won = waits;
    if let Work::Open { status, next, .. } = &mut won.work {
        (*status, next.kind) = (Status::Overturned, NextActionKind::PostPayment);
    }
    for step in Step::ALL {
        assert!(!step.replaces(&won), "{step:?}");
    }
}
