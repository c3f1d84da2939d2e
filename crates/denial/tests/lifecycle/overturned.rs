//! What is won: its clocks are closed, its payment is to be posted, and whom it waits on.

use denial::deadline::DeadlineKind;
use denial::deadline::business_day::is_business_day;
use denial::denial::{Denial, NextActionKind, Owner, Status};
use denial::escalation::{Overdue, due};
use denial::lifecycle::hearing::hear_all;
use denial::owner::Posts;
use denial::person::Role;
use denial::rules::Rules;
use denial::waits::WaitsOn;
use denial::won::ToPost;

use crate::clinic::{action, case, clock, day, found, line, moment, recovered, rules};

fn did(case: &Denial, on: i64, json: &str) -> Denial {
    let at = moment(on, Role::Manager);
    let after =
        case.act(&action(json), &at, &rules()).unwrap_or_else(|why| panic!("{json}: {why}"));
    Denial { deadlines: case.deadlines.clone(), ..after.after }
}

fn clocked() -> Denial {
    Denial { deadlines: vec![clock(DeadlineKind::Appeal(1), 12)], ..case().after }
}

const WON: &str = r#"{"act":"overturn","answer":{"note":"letter"}}"#;
const WON_IN_PART: &str = r#"{"act":"overturn","answer":{"note":"letter"},"expected":6000}"#;

fn soonest(case: &Denial) -> Option<DeadlineKind> {
    case.soonest_clock(day(6)).map(|(clock, _)| clock.kind)
}

/// The lines as a file says them, the first so many of them paid after all.
fn heard(case: &Denial, paid: usize) -> Denial {
    heard_under(case, paid, &rules())
}

fn heard_under(case: &Denial, paid: usize, rules: &Rules) -> Denial {
    let lines = [line(1, 6_000), line(2, 4_000)].into_iter().enumerate();
    let lines = lines.map(|(at, line)| if at < paid { recovered(line, 6) } else { line });
    let found = found(lines.collect());
    let heard = hear_all(std::slice::from_ref(case), &found, &moment(6, Role::Manager), rules);
    let events = heard.events.into_iter().next().unwrap_or_default();
    let after = events.iter().fold(case.clone(), Denial::apply);
    Denial { deadlines: case.deadlines.clone(), ..after }
}

#[test]
fn no_clock_of_a_case_that_is_won_in_full_matters_any_longer() {
    let open = clocked();
    assert_eq!(soonest(&open), Some(DeadlineKind::Appeal(1)));
    let won = did(&open, 5, WON);
    assert_eq!((won.deadlines.len(), soonest(&won)), (1, None), "on record, and closed");
    // The payer does not pay: what was won is denied again, and its clock runs.
    let disputed = did(&won, 6, r#"{"act":"dispute","reason":"not paid"}"#);
    assert_eq!(soonest(&disputed), Some(DeadlineKind::Appeal(1)));
    let asleep = did(&won, 6, r#"{"act":"snooze","until":"2026-07-20","reason":"its payday"}"#);
    assert!(asleep.snoozed_until.is_some(), "no clock forbids it");
}

#[test]
fn the_clocks_of_what_stays_denied_run_on() {
    let part = did(&clocked(), 5, WON_IN_PART);
    assert_eq!(part.status(), Status::Overturned);
    assert!(!part.is_overturned_in_full());
    assert_eq!(soonest(&part), Some(DeadlineKind::Appeal(1)));
    let one_line = heard(&clocked(), 1);
    assert_eq!(
        (one_line.status(), soonest(&one_line)),
        (Status::New, Some(DeadlineKind::Appeal(1)))
    );
    // A file that paid every line knows more than who heard of a part.
    let all = heard(&part, 2);
    assert!(all.is_overturned_in_full());
    assert_eq!(soonest(&all), None);
    let later = did(&part, 7, r#"{"act":"dispute","reason":"the rest"}"#);
    assert!(!later.rest_denied, "it is what its status was");
}

#[test]
fn what_is_won_is_to_be_posted() {
    let promised = did(&clocked(), 5, WON);
    let next = promised.next().expect("open");
    assert_eq!((next.kind, next.on), (NextActionKind::PostPayment, day(35)), "in the desk's days");
    assert_eq!(promised.waits_on(), Some(WaitsOn::Payer), "its payment");
    let called =
        r#"{"act":"log_contact","channel":"phone","said":"soon","promised_by":"2026-06-12"}"#;
    let called = did(&promised, 6, called);
    assert_eq!(called.next().expect("open").kind, NextActionKind::PostPayment);
    let paid = heard(&clocked(), 2);
    let next = paid.next().expect("open");
    assert_eq!((next.kind, next.on), (NextActionKind::PostPayment, day(9)), "it is there");
    assert_eq!(paid.waits_on(), Some(WaitsOn::Us));
}

/// What is to be posted, in cents, and whether the payer told it.
fn to_post(case: &Denial) -> Option<(i64, bool)> {
    case.to_post().map(|one| match one {
        ToPost::Told(amount) => (amount.cents(), true),
        ToPost::Untold(amount) => (amount.cents(), false),
    })
}

#[test]
fn what_is_won_is_what_the_payer_told_and_not_what_was_denied() {
    let open = clocked();
    assert_eq!(to_post(&open), None, "nobody gave way");
    assert_eq!(to_post(&did(&open, 5, WON)), Some((10_000, false)), "no amount was told");
    let part = did(&open, 5, WON_IN_PART);
    assert_eq!(to_post(&part), Some((6_000, true)));
    let posted = r#"{"act":"post","entries":[{"id":"pst_00000000000000000000000009",
        "kind":"payer_payment","amount":2500}]}"#;
    assert_eq!(to_post(&did(&part, 6, posted)), Some((3_500, true)));
    // What was posted before the payer gave way is no part of what it promised.
    let before = did(&open, 4, posted);
    assert_eq!(to_post(&did(&before, 5, WON_IN_PART)), Some((6_000, true)));
    let paid = heard(&part, 2);
    let told = paid.paid_after_all().expect("paid").cents();
    assert_eq!(to_post(&paid), Some((told, true)), "the remittances say more than a letter");
    let later = did(&part, 7, r#"{"act":"dispute","reason":"the rest"}"#);
    assert_eq!(to_post(&later), None);
}

/// Rules under which posters post.
fn posted_by_posters() -> Rules {
    let mut rules = rules();
    rules.owners.posting = Some(Posts { role: Role::Poster, person: None, team: None });
    rules
}

fn owned_by(case: &Denial) -> Role {
    case.owner().expect("open").role
}

#[test]
fn who_posts_has_what_is_won_and_who_had_it_has_it_again_where_it_is_not_paid() {
    let rules = posted_by_posters();
    let act = |case: &Denial, json: &str| {
        let at = moment(5, Role::Manager);
        case.act(&action(json), &at, &rules).unwrap_or_else(|why| panic!("{json}: {why}")).after
    };
    let open = did(&clocked(), 1, r#"{"act":"review"}"#);
    let worked_by = open.owner().expect("open").clone();
    assert!(worked_by.person.is_some());
    let won = act(&open, WON);
    assert_eq!(won.owner(), Some(&Owner::of(Role::Poster)), "in the same decision");
    assert_eq!(won.next().expect("open").kind, NextActionKind::PostPayment);
    assert_eq!(owned_by(&did(&open, 5, WON)), worked_by.role, "not configured: it stays");
    assert_eq!(owned_by(&act(&open, WON_IN_PART)), worked_by.role, "the rest is worked on");
    let under = won.under(&rules, &moment(6, Role::Manager));
    assert!(under.is_empty(), "rules leave it there: {under:?}");
    let why = due(&won, day(20), &rules).map(|one| one.why);
    assert_eq!(why, None, "whoever of the role comes to it posts it");
    let disputed = act(&won, r#"{"act":"dispute","reason":"not paid"}"#);
    assert_eq!(disputed.owner(), Some(&worked_by));
}

#[test]
fn a_part_that_a_file_makes_whole_goes_to_who_posts_and_back_where_it_is_taken_back() {
    let rules = posted_by_posters();
    let open = did(&clocked(), 1, r#"{"act":"review"}"#);
    let worked_by = open.owner().expect("open").clone();
    let part = did(&open, 5, WON_IN_PART);
    assert_eq!(part.owner(), Some(&worked_by), "the rest is worked on");
    let whole = heard_under(&part, 2, &rules);
    assert_eq!(whole.owner(), Some(&Owner::of(Role::Poster)), "as what is won at once");
    let under = whole.under(&rules, &moment(6, Role::Manager));
    assert!(under.iter().all(|one| one.kind() != "denial.owned"), "rules leave it there");
    assert_eq!(heard_under(&whole, 2, &rules), whole, "hearing it again changes nothing");
    assert_eq!(heard_under(&whole, 1, &rules).owner(), Some(&worked_by), "it is denied again");
    assert_eq!(heard(&part, 2).owner(), Some(&worked_by), "not configured: it stays");
}

#[test]
fn nobody_is_to_post_on_a_sunday() {
    for at in 0..14 {
        let promised = did(&clocked(), at, WON);
        let paid = heard(&clocked(), 2);
        for case in [promised, paid] {
            let on = case.next().expect("open").on;
            assert!(is_business_day(on), "{on} is a day of rest");
        }
    }
}

#[test]
fn a_file_that_pays_a_part_of_what_was_promised_leaves_the_rest_its_clocks() {
    let promised = did(&clocked(), 5, WON);
    let part = heard(&promised, 1);
    assert_eq!(part.status(), Status::Overturned);
    assert!(!part.is_overturned_in_full());
    assert_eq!(soonest(&part), Some(DeadlineKind::Appeal(1)));
}

#[test]
fn a_promised_payment_that_is_there_is_to_be_posted_soon() {
    let promised = did(&clocked(), 5, WON);
    let paid = heard(&promised, 2);
    let next = paid.next().expect("open");
    assert_eq!((next.kind, next.on), (NextActionKind::PostPayment, day(9)), "it is there");
    assert_eq!(paid.waits_on(), Some(WaitsOn::Us));
    assert_eq!(heard(&paid, 2), paid, "hearing it again changes nothing");
}

#[test]
fn who_is_silent_is_who_it_waits_on() {
    let taken = did(&clocked(), 1, r#"{"act":"take"}"#);
    let why = |case: &Denial| due(case, day(60), &rules()).map(|one| one.why);
    assert_eq!(why(&did(&taken, 5, WON)), Some(Overdue::PayerSilent));
    assert_eq!(why(&heard(&taken, 2)), Some(Overdue::NotTouched), "the payment is there");
}

#[test]
fn a_case_waits_on_one_at_a_time() {
    let open = did(&clocked(), 1, r#"{"act":"review"}"#);
    assert_eq!(open.waits_on(), Some(WaitsOn::Us));
    let called =
        r#"{"act":"log_contact","channel":"phone","said":"soon","promised_by":"2026-06-05"}"#;
    let called = did(&open, 2, called);
    assert_eq!(called.waits_on(), Some(WaitsOn::Payer), "it promised");
    let asked = did(&called, 2, r#"{"act":"ask_colleague","to":"provider","text":"is it so?"}"#);
    assert_eq!(asked.waits_on(), Some(WaitsOn::Colleague));
    let proposed = did(&asked, 2, r#"{"act":"propose_write_off","reason":"no way is left"}"#);
    assert_eq!(proposed.waits_on(), Some(WaitsOn::Approval));
    let sent = r#"{"act":"resubmit","frequency":"7","channel":"edi","reference":"S1"}"#;
    assert_eq!(did(&open, 2, sent).waits_on(), Some(WaitsOn::Payer));
    let closed = Denial { work: closed(), ..open };
    assert_eq!(closed.waits_on(), None);
    assert_eq!(soonest(&closed), None);
}

fn closed() -> denial::denial::Work {
    let resolution = denial::denial::Resolution::PaidByPayer;
    denial::denial::Work::Closed { status: Status::Paid, on: day(6), resolution }
}
