//! Letters of payers that are no denials: clocks of their own, answers with proof, who hears of one
//! whose day has passed.

use denial::denial::{Channel, Denial, NextActionKind};
use denial::escalation::{Overdue, due};
use denial::ids::{DocumentId, PayerId, RequestId};
use denial::lifecycle::{Act, Refused};
use denial::money::Money;
use denial::payer::{Anchor, Counts, OnHoliday, PayerRules, Unit, Verification, Window};
use denial::person::{Actor, Role};
use denial::request::{DueBy, Letter, Reply, Request, RequestKind, RequestState, Subject, Unfit};
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
    assert_eq!(no(before), Unfit::BeforeLetter { on: day(3) });
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
    assert_eq!(open.answered(reply("record", -1), &at), Err(Unfit::BeforeLetter { on: day(-1) }));
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
    assert_eq!(after.next().map(|next| next.kind), Some(NextActionKind::Review));
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
