//! Letters of payers that are no denials: clocks of their own, answers with proof, who hears of one
//! whose day has passed.

use denial::denial::{Channel, Denial, NextActionKind};
use denial::escalation::{Overdue, due};
use denial::ids::{DocumentId, PayerId, RequestId};
use denial::lifecycle::{Act, Refused};
use denial::money::Money;
use denial::payer::{Anchor, Counts, OnHoliday, PayerRules, Unit, Verification, Window};
use denial::person::{Actor, Role};
use denial::request::{
    DueBy, Letter, OpenRequest, Reply, Request, RequestKind, RequestState, Subject, Unfit,
};
use denial::{deadline::DeadlineKind, request};

use crate::clinic::{action, case, day, moment, person, rules};

fn letter(kind: RequestKind) -> Letter {
    Letter {
        kind,
        reference: "ADR-1".to_owned(),
        channel: Channel::Mail,
        dated_on: day(0),
        received_on: day(3),
        printed: None,
        asked: "the record of the visit".to_owned(),
        amount: Some(Money::from_cents(9_000)),
        role: Role::BillingSpecialist,
        document: None,
    }
}

fn kept(letter: Letter, payer: Option<&PayerRules>, role: Role) -> Result<Request, Unfit> {
    let subject = Subject {
        case: Some(case().after.id),
        claim: None,
        number: "C1".into(),
        payer: PayerId::from_bits(1),
        payer_name: "Standin".into(),
    };
    Request::keep(RequestId::from_bits(1), letter, subject, payer, &moment(4, role))
}

fn printed(on: i64) -> Request {
    let letter = Letter { printed: Some(day(on)), ..letter(RequestKind::Audit) };
    kept(letter, None, Role::FrontDesk).expect("kept")
}

/// Forty-five days from the letter.
fn payer() -> PayerRules {
    let window = Window {
        kind: DeadlineKind::RecordsRequest,
        count: 45,
        unit: Unit::CalendarDays,
        from_event: Anchor::RecordsRequest,
        presumed_days: 0,
        counts: Counts::Received,
        on_holiday: OnHoliday::Stays,
        categories: Vec::new(),
        except: Vec::new(),
        from: None,
        to: None,
        source: "manual".into(),
        as_of: "2026".into(),
        verification: Verification::OneSource,
    };
    let mut payer = PayerRules::default();
    payer.file = "payers/test.toml".into();
    payer.windows = vec![window];
    payer
}

#[test]
fn its_last_day_is_printed_or_the_payers_rule_or_not_configured() {
    let day_of = |request: Request| request.due;
    let known = |kind, payer: Option<&PayerRules>| {
        day_of(kept(letter(kind), payer, Role::Poster).expect("kept"))
    };
    assert_eq!(day_of(printed(20)), DueBy::Printed { on: day(20) });
    let by_rule = known(RequestKind::Records, Some(&payer()));
    assert!(matches!(by_rule, DueBy::Rule { on, .. } if on == day(45)), "{by_rule:?}");
    assert_eq!(known(RequestKind::Records, None), DueBy::NoRule);
    for kind in [RequestKind::Audit, RequestKind::Recoupment, RequestKind::PreClaimReview] {
        assert_eq!(known(kind, Some(&payer())), DueBy::NoRule, "the rule is of records alone");
    }
}

#[test]
fn what_cannot_be_so_is_not_kept() {
    let no = |letter| kept(letter, None, Role::FrontDesk).expect_err("not kept");
    let base = || letter(RequestKind::Records);
    assert_eq!(
        no(Letter { asked: " ".to_owned(), ..base() }),
        Unfit::Missing("what the payer asks for")
    );
    assert_eq!(no(Letter { received_on: day(5), ..base() }), Unfit::NotYet { on: day(5) });
    let before = Letter { dated_on: day(4), ..base() };
    let what = "the day on which it was received";
    assert_eq!(no(before), Unfit::BeforeLetter { what, on: day(3) });
    let what = "the last day printed on it";
    let early = Letter { printed: Some(day(-1)), ..base() };
    assert_eq!(no(early), Unfit::BeforeLetter { what, on: day(-1) });
    let less = Money::from_cents(-1);
    assert_eq!(no(Letter { amount: Some(less), ..base() }), Unfit::BelowZero(less));
    assert_eq!(no(Letter { asked: "\u{202E}x".to_owned(), ..base() }), Unfit::OddText);
    for role in [Role::Auditor, Role::Executive, Role::Vendor, Role::Provider] {
        assert_eq!(kept(base(), None, role), Err(Unfit::NotYourRole(role)));
    }
}

#[test]
fn it_is_answered_with_proof_or_closed_with_a_reason_once() {
    let open = printed(20);
    let reply = |what: &str, on| Reply {
        what: what.to_owned(),
        channel: Channel::Fax,
        on: day(on),
        confirmation: "F-1".to_owned(),
        proof: DocumentId::from_bits(1),
        by: person(Role::BillingSpecialist, false),
    };
    let at = moment(6, Role::BillingSpecialist);
    assert_eq!(open.answered(reply(" ", 5), &at), Err(Unfit::Missing("what was sent")));
    assert_eq!(open.answered(reply("record", 7), &at), Err(Unfit::NotYet { on: day(7) }));
    let (what, on) = ("the day on which it was sent", day(-1));
    assert_eq!(open.answered(reply("record", -1), &at), Err(Unfit::BeforeLetter { what, on }));
    let answered = open.answered(reply("record", 5), &at).expect("answered");
    assert_eq!((answered.state, answered.version), (RequestState::Answered, 2));
    assert_eq!(answered.closed("why", &at), Err(Unfit::NotOpen(RequestState::Answered)));
    assert_eq!(open.closed(" ", &at), Err(Unfit::Missing("why it needs no answer")));
    let closed = open.closed(" withdrawn ", &at).expect("closed");
    assert_eq!(closed.ended.as_ref().map(|one| one.reason.as_str()), Some("withdrawn"));
    assert_eq!(closed.brought(day(40), &rules()), None);
}

#[test]
fn a_missed_day_climbs_the_ladder_once_for_each_step() {
    let mut request = printed(20);
    let mut told = Vec::new();
    for on in 18..=40 {
        if let Some(after) = request.brought(day(on), &rules()) {
            told.push((on, after.told.as_ref().expect("told").to));
            request = after;
        }
    }
    let steps = [(21, Role::BillingSpecialist), (23, Role::BillingSupervisor), (30, Role::Manager)];
    assert_eq!(told, steps);
}

#[test]
fn an_open_one_is_what_comes_next_on_its_case() {
    let at = moment(4, Role::BillingSpecialist);
    let acted = |case: &Denial, act: &str| case.act(&action(act), &at, &rules());
    let case = acted(&case().after, r#"{"act":"review"}"#).expect("reviewed").after;
    let before = *case.next().expect("open");
    let first = printed(20).on_case();
    let came = case.request_came(&first, &at, &rules()).iter().fold(case, Denial::apply);
    let next = came.next().expect("open");
    assert_eq!((next.kind, next.on), (NextActionKind::SendRecords, day(7)), "the desk's days");
    assert!(!came.follows_way(), "the recommended way waits");
    let snooze = r#"{"act":"snooze","until":"2026-06-22","reason":"later"}"#;
    let by = first.due.expect("printed");
    let deadline = DeadlineKind::RecordsRequest;
    assert_eq!(acted(&came, snooze), Err(Refused::PastClock { deadline, by }));
    let missed = due(&came, day(21), &rules()).map(|one| one.why);
    assert_eq!(missed, Some(Overdue::RequestMissed));
    let state = RequestState::Answered;
    let events = came.request_ended(&first.id, state, &at, &rules());
    let after = events.iter().fold(came.clone(), Denial::apply);
    assert_eq!(after.requests, []);
    assert_eq!(after.next().map(|next| next.kind), Some(before.kind), "it goes on where it stood");
    assert_eq!(after.request_ended(&first.id, state, &at, &rules()), []);
    assert!(came.admit(Act::Note, &at, &rules()).is_ok());
}

#[test]
fn who_sees_every_case_its_case_or_answers_it_sees_it() {
    let open = printed(20);
    let seen = |role| {
        let who = Actor { person: person(role, false), role };
        open.is_seen_by(&who, None, &rules())
    };
    assert!(seen(Role::Auditor) && seen(Role::BillingSpecialist) && seen(Role::Poster));
    assert!(!seen(Role::CertifiedCoder) && !seen(Role::Vendor) && !seen(Role::Administrator));
    let own = Letter { role: Role::CertifiedCoder, ..letter(RequestKind::Records) };
    let own = kept(own, None, Role::FrontDesk).expect("kept");
    let coder = Actor { person: person(Role::CertifiedCoder, false), role: Role::CertifiedCoder };
    assert!(own.is_seen_by(&coder, None, &rules()));
    assert_eq!(request::usual_role(&rules()), Role::BillingSpecialist);
}

fn did(case: &Denial, on: i64, json: &str) -> Denial {
    let at = moment(on, Role::BillingSpecialist);
    case.act(&action(json), &at, &rules()).unwrap_or_else(|why| panic!("{json}: {why}")).after
}

fn came(case: Denial, on: i64, one: &OpenRequest) -> Denial {
    let at = moment(on, Role::BillingSpecialist);
    case.request_came(one, &at, &rules()).iter().fold(case, Denial::apply)
}

fn ended(case: Denial, on: i64, one: &OpenRequest) -> Denial {
    let at = moment(on, Role::BillingSpecialist);
    let events = case.request_ended(&one.id, RequestState::Closed, &at, &rules());
    events.iter().fold(case, Denial::apply)
}

fn next(case: &Denial) -> (NextActionKind, jiff::civil::Date) {
    let next = case.next().expect("open");
    (next.kind, next.on)
}

const RECORDS: NextActionKind = NextActionKind::SendRecords;

#[test]
fn an_open_letters_last_day_stays_in_the_plan() {
    let soon = printed(12).on_case();
    // The desk's three days are over before; five days before its last day it is safe.
    let first = came(case().after, 4, &soon);
    assert_eq!(next(&first), (RECORDS, day(7)));
    assert_eq!(next(&did(&first, 5, r#"{"act":"review"}"#)).0, RECORDS);
    let call = r#"{"act":"log_contact","channel":"phone","said":"x","promised_by":"2026-06-25"}"#;
    let promised = did(&first, 5, call);
    assert_eq!(next(&promised), (RECORDS, day(7)), "a promise does not put it off");
    let ask = r#"{"act":"ask_colleague","to":"provider","text":"so?","due":"2026-06-25"}"#;
    let asked = did(&first, 5, ask);
    assert_eq!(next(&asked), (NextActionKind::AskColleague, day(7)), "asked for no longer");
    let answer = moment(6, Role::Manager);
    let answered = action(r#"{"act":"answer","question":1,"text":"yes"}"#);
    let answered = asked.act(&answered, &answer, &rules()).expect("answered").after;
    assert_eq!(next(&answered).0, RECORDS);
    let other = OpenRequest { id: RequestId::from_bits(2), due: Some(day(30)), ..soon.clone() };
    let two = came(first, 4, &other);
    assert_eq!(next(&ended(two.clone(), 5, &other)), (RECORDS, day(7)), "the sooner one waits");
    assert_eq!(next(&ended(two, 5, &soon)).0, RECORDS, "and so does the other");
    assert_eq!(next(&ended(promised, 6, &soon)), (NextActionKind::AwaitPayer, day(24)));
}

#[test]
fn a_letter_wakes_a_case_that_sleeps() {
    let snooze = r#"{"act":"snooze","until":"2026-06-22","reason":"later"}"#;
    let asleep = did(&case().after, 1, snooze);
    assert!(asleep.snoozed_until.is_some());
    assert_eq!(came(asleep.clone(), 4, &printed(20).on_case()).snoozed_until, None);
    // What a journal tells from before letters woke a case.
    let json = serde_json::json!({ "version": 3, "change": { "kind": "request_came",
        "request": { "id": RequestId::from_bits(1), "kind": "audit", "due": null } } });
    let event = serde_json::from_value(json).expect("an event");
    assert_eq!(asleep.clone().apply(&event).snoozed_until, asleep.snoozed_until);
}

#[test]
fn what_a_person_planned_comes_again_once_the_letter_has_ended() {
    let plan = r#"{"act":"plan","next":"call_payer","on":"2026-06-16"}"#;
    let planned = did(&case().after, 1, plan);
    let (first, call) = (printed(20).on_case(), NextActionKind::CallPayer);
    let open = came(planned, 4, &first);
    assert_eq!(next(&open), (RECORDS, day(7)));
    let other = OpenRequest { id: RequestId::from_bits(2), ..first.clone() };
    let two = came(open.clone(), 4, &other);
    let one = ended(two, 5, &first);
    assert_eq!(next(&one).0, RECORDS);
    assert_eq!(next(&ended(one, 5, &other)), (call, day(15)));
    assert_eq!(next(&ended(open.clone(), 20, &first)), (call, day(20)), "not in the past");
    let sooner = r#"{"act":"plan","next":"call_payer","on":"2026-06-05"}"#;
    let sooner = came(did(&case().after, 1, sooner), 2, &first);
    assert_eq!(next(&sooner), (RECORDS, day(4)), "no later than what was planned");
    let moved = did(&did(&open, 5, r#"{"act":"review"}"#), 5, plan);
    assert_eq!(next(&ended(moved, 6, &first)), (call, day(15)), "planned anew meanwhile");
}

#[test]
fn a_missed_letter_of_another_role_is_not_brought_with_the_case() {
    let theirs = OpenRequest { role: Some(Role::CertifiedCoder), ..printed(5).on_case() };
    let brought = |one: &OpenRequest| {
        let case = came(case().after, 4, one);
        let why = due(&case, day(6), &rules()).map(|one| one.why);
        (case.letters_brought().count(), why == Some(Overdue::RequestMissed))
    };
    assert_eq!(brought(&printed(5).on_case()), (1, true));
    assert_eq!(brought(&OpenRequest { role: None, ..theirs.clone() }), (1, true), "of before");
    assert_eq!(brought(&theirs), (0, false));
}

#[test]
fn the_same_asked_again_is_one_letter_and_another_day_takes_its_place() {
    let open = printed(20);
    let again = |printed: Option<i64>, dated: i64| Letter {
        printed: printed.map(day),
        dated_on: day(dated),
        ..open.letter.clone()
    };
    assert!(open.covers(&again(None, 4)));
    assert!(!open.covers(&Letter { asked: "another record".to_owned(), ..again(None, 4) }));
    assert_eq!(open.again(&again(Some(20), 4), None), None, "nothing new");
    assert_eq!(open.again(&again(None, 4), None), None, "no day is printed");
    assert_eq!(open.again(&again(Some(9), -3), None), None, "it is older");
    let told = open.brought(day(21), &rules()).expect("missed");
    let later = told.again(&again(Some(30), 4), None).expect("another day");
    assert_eq!(
        (later.due.clone(), later.version, &later.told),
        (DueBy::Printed { on: day(30) }, 3, &None)
    );
    assert_eq!(later.again(&again(Some(25), 2), None), None, "older than what was asked last");
    let case = came(case().after, 4, &open.on_case());
    let after =
        came(case, 4, &Request { due: DueBy::Printed { on: day(9) }, ..open.clone() }.on_case());
    assert_eq!((after.requests.len(), next(&after)), (1, (RECORDS, day(4))));
    let moved = came(after, 4, &later.on_case());
    assert_eq!((moved.requests.len(), next(&moved)), (1, (RECORDS, day(7))));
    let at = moment(6, Role::BillingSpecialist);
    let closed = open.closed("sent last week", &at).expect("closed");
    assert!(closed.covers(&again(None, 6)), "it was closed since");
    assert!(!closed.covers(&again(None, 7)), "asked for after it");
    assert_eq!(closed.again(&again(Some(30), 6), None), None);
}
