//! Hearing is idempotent and does not depend on the order of files; cases share lines.

use jiff::Timestamp;
use jiff::civil::Date;
use proptest::prelude::*;

use super::*;
use crate::adjudication::tests::{line, payment, playbook, said_on};
use crate::adjudication::{self, Adjudication};
use crate::category::Category;
use crate::claim::{Claim, ClaimSource, PayerName, PlanType, ServiceLine};
use crate::codes::{ClaimNumber, LineControl, Npi, TraceNumber};
use crate::deadline::DeadlineKind;
use crate::denial::ClaimDays;
use crate::ids::{ClaimId, DenialId, PayerId, PersonId, PostingId, RemittanceId};
use crate::lifecycle::action::{Action, Road};
use crate::lifecycle::opening::Opening;
use crate::lifecycle::{Decided, MOVES};
use crate::matching;
use crate::money::Money;
use crate::owner::OwnerRow;
use crate::payer::{Anchor, Counts, OnHoliday, PayerRules, Unit, Verification, Window};
use crate::person::{Actor, Role};
use crate::posting::{Entry, PostingKind};
use crate::remittance::{LinePayment, RemittanceHead, Source};

fn claim() -> Claim {
    let lines: Vec<LinePayment> =
        ["1", "2", "3"].iter().map(|control| line(control, 10_000, 0, &[])).collect();
    let known = matching::known_from(&payment("1", lines), &RemittanceHead::default());
    let lines = known.lines.into_iter().map(|line| ServiceLine { from: None, ..line }).collect();
    Claim { source: ClaimSource::Billed, lines, ..known }
}

/// One clock counts from the denial, so that hearing of another day moves it.
fn rules() -> Rules {
    let window = Window {
        kind: DeadlineKind::CorrectedClaim,
        count: 90,
        unit: Unit::CalendarDays,
        from_event: Anchor::Remittance,
        presumed_days: 0,
        counts: Counts::Sent,
        on_holiday: OnHoliday::Stays,
        categories: Vec::new(),
        except: vec![Category::Registration],
        from: None,
        to: None,
        source: "the clinic's contract".into(),
        as_of: "2026".into(),
        verification: Verification::Clinic,
    };
    let payer = PayerRules {
        default_for: vec![PlanType::Commercial],
        windows: vec![window],
        ..PayerRules::default()
    };
    let row = |category, role| OwnerRow {
        category,
        origin: None,
        provider: None,
        from: None,
        role,
        person: None,
        team: None,
        asks: None,
        then: Role::BillingSupervisor,
        after_days: 10,
    };
    let mut rules = Rules { playbook: playbook(), payers: vec![payer], ..Rules::empty() };
    rules.owners.rows = vec![
        row(Category::Authorization, Role::AuthorizationStaff),
        row(Category::Registration, Role::FrontDesk),
    ];
    rules
}

fn moment(day: i8) -> Moment {
    Moment {
        now: Timestamp::UNIX_EPOCH,
        today: Date::new(2026, 4, day).expect("a day"),
        who: Actor { person: PersonId::from_bits(7), role: Role::BillingSupervisor },
    }
}

fn opening(id: u128, round: u8) -> Opening {
    let facts = ClaimFacts {
        claim: ClaimId::from_bits(1),
        number: ClaimNumber::new("C1"),
        payer: PayerId::from_bits(1),
        payer_name: PayerName::default(),
        plan: PlanType::Commercial,
        provider: Npi::default(),
        site: Npi::default(),
        days: ClaimDays::default(),
    };
    Opening { id: DenialId::from_bits(id), round, source: Source::Era, facts }
}

fn found(said: &[Adjudication]) -> Option<Findings> {
    let mut said = said.to_vec();
    adjudication::sort(&mut said);
    adjudication::findings(&claim(), &said, &playbook(), None)
}

fn open(said: &[Adjudication]) -> Denial {
    let found = found(said).expect("a denial");
    Denial::open(&found, opening(1, 1), &moment(1), &rules()).after
}

fn hear(case: &Denial, said: &[Adjudication]) -> (Denial, Vec<Event>) {
    let found = found(said).expect("a denial");
    let events = case.hear(&found, &moment(2), &rules());
    (events.iter().fold(case.clone(), Denial::apply), events)
}

fn act(case: &Denial, action: &Action) -> Denial {
    case.act(action, &moment(3), &rules()).expect("allowed").after
}

/// What one line of a payment says, by a drawn number.
fn drawn_line(control: &str, what: u8) -> LinePayment {
    match what {
        0 => line(control, 10_000, 0, &[("CO", "197", 10_000)]),
        1 => line(control, 10_000, 0, &[("CO", "16", 10_000)]),
        2 => line(control, 10_000, 4_000, &[("CO", "45", 3_000), ("CO", "197", 3_000)]),
        3 => line(control, 10_000, 0, &[("OA", "999", 10_000)]),
        _ => line(control, 10_000, 6_000, &[("CO", "45", 3_000), ("PR", "2", 1_000)]),
    }
}

/// One payment of up to three lines, sometimes out of balance, sometimes a reversal.
fn drawn(place: usize, (day, whats, odd, back): (i8, Vec<u8>, bool, bool)) -> Adjudication {
    let controls = ["1", "2", "3"];
    let lines: Vec<LinePayment> =
        controls.iter().zip(&whats).map(|(control, what)| drawn_line(control, *what)).collect();
    let mut said = said_on(day, payment("1", lines));
    if back {
        said.payment.status = "22".into();
        said.payment.paid = -said.payment.paid;
        said.payment.charge = -said.payment.charge;
    }
    said.quarantined = odd;
    said.trace = TraceNumber::new(&format!("T{place}"));
    said.remittance = RemittanceId::from_bits(u128::try_from(place).expect("small") + 1);
    said
}

fn histories() -> impl Strategy<Value = (Vec<Adjudication>, Vec<usize>)> {
    let one = (1_i8..9, prop::collection::vec(0_u8..6, 1..4), prop::bool::weighted(0.1));
    let one = (one, prop::bool::weighted(0.2))
        .prop_map(|((day, whats, odd), back)| (day, whats, odd, back));
    prop::collection::vec(one, 1..7)
        .prop_map(|all| all.into_iter().enumerate().map(|(at, one)| drawn(at, one)).collect())
        .prop_flat_map(|all: Vec<Adjudication>| {
            let order: Vec<usize> = (0..all.len()).collect();
            (Just(all), Just(order).prop_shuffle())
        })
}

fn stays_same(one: &Denial, other: &Denial) -> Result<(), TestCaseError> {
    prop_assert_eq!(one.filed(), other.filed());
    prop_assert_eq!(&one.balance, &other.balance);
    prop_assert_eq!(&one.deadlines, &other.deadlines);
    prop_assert_eq!(one.status().is_closed(), other.status().is_closed());
    prop_assert_eq!(one.owner().map(|one| one.role), other.owner().map(|one| one.role));
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 2_000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn hearing_again_changes_nothing_and_order_does_not_matter((all, order) in histories()) {
        let mut case: Option<Denial> = None;
        let mut said: Vec<Adjudication> = Vec::new();
        for at in order {
            said.push(all[at].clone());
            if found(&said).is_none() {
                continue;
            }
            let after = match &case {
                None => open(&said),
                Some(case) => hear(case, &said).0,
            };
            let (again, events) = hear(&after, &said);
            prop_assert_eq!(events, vec![]);
            prop_assert_eq!(&again, &after);
            case = Some(after);
        }
        let together = found(&all).map(|_| open(&all));
        prop_assert_eq!(case.is_some(), together.is_some());
        if let (Some(case), Some(together)) = (case, together) {
            stays_same(&case, &together)?;
        }
    }

    #[test]
    fn cases_share_the_lines_of_a_claim((all, order) in histories(), split in 0_usize..4) {
        let mut cases: Vec<Denial> = Vec::new();
        let mut said: Vec<Adjudication> = Vec::new();
        for (step, at) in order.into_iter().enumerate() {
            said.push(all[at].clone());
            let Some(found) = found(&said) else { continue };
            cases = heard(cases, &found)?;
            if step == split {
                cases = split_first(cases);
                cases = heard(cases, &found)?;
            }
            let lines = cases.iter().map(|case| case.lines.len()).sum::<usize>();
            prop_assert_eq!(lines, found.lines.len());
        }
    }
}

/// Every case after the findings; hearing them once more changes nothing.
fn heard(cases: Vec<Denial>, found: &Findings) -> Result<Vec<Denial>, TestCaseError> {
    let hearing = hear_all(&cases, found, &moment(2), &rules());
    let mut after: Vec<Denial> = cases
        .into_iter()
        .zip(&hearing.events)
        .map(|(case, events)| events.iter().fold(case, Denial::apply))
        .collect();
    if let Some(fresh) = &hearing.fresh {
        let round = u8::try_from(after.len()).expect("few") + 1;
        after.push(Denial::open(fresh, opening(round.into(), round), &moment(2), &rules()).after);
    }
    let again = hear_all(&after, found, &moment(2), &rules());
    prop_assert!(again.events.iter().all(Vec::is_empty) && again.fresh.is_none());
    Ok(after)
}

fn split_first(mut cases: Vec<Denial>) -> Vec<Denial> {
    let road = Road::OwnCase { id: DenialId::from_bits(99) };
    let action = Action::SplitLine { position: 1, road };
    let decided = cases.first().and_then(|case| case.act(&action, &moment(2), &rules()).ok());
    if let Some(Decided { after, split: Some(split), .. }) = decided {
        cases[0] = after;
        cases.push(split.after);
    }
    cases
}

const DENIED: u8 = 0;
const AGAIN: u8 = 1;
const PAID: u8 = 5;

fn said(place: usize, day: i8, whats: &[u8]) -> Adjudication {
    drawn(place, (day, whats.to_vec(), false, false))
}

#[test]
fn a_line_paid_later_is_noted_and_the_case_is_overturned_when_none_stays_denied() {
    let first = said(0, 1, &[DENIED, DENIED]);
    let part = said(1, 5, &[PAID]);
    let rest = said(2, 8, &[PAID, PAID]);
    let case = open(std::slice::from_ref(&first));
    assert_eq!(case.balance.denied.cents(), 20_000);
    let (case, events) = hear(&case, &[first.clone(), part.clone()]);
    let recovery = case.lines[0].recovered.as_ref().expect("paid after all");
    assert_eq!((recovery.amount.cents(), recovery.days, case.status()), (6_000, 4, Status::New));
    assert_eq!(events.iter().map(Event::kind).collect::<Vec<_>>(), ["denial.refiled"]);
    let (case, events) = hear(&case, &[first, part, rest]);
    assert_eq!(case.status(), Status::Overturned);
    assert_eq!(events[1].statuses(), Some((Status::New, Status::Overturned)));
    assert_eq!((case.balance.recovered, case.balance.outstanding().cents()), (Money::ZERO, 20_000));
}

#[test]
fn money_that_does_not_add_up_overturns_nothing_by_itself() {
    let mut first = said(0, 1, &[DENIED]);
    first.quarantined = true;
    let case = open(&[first.clone(), said(1, 5, &[PAID])]);
    assert!(case.quarantined);
    assert_eq!(case.status(), Status::New);
    first.quarantined = false;
    let (case, _) = hear(&case, &[first, said(1, 5, &[PAID])]);
    assert_eq!((case.quarantined, case.status()), (false, Status::Overturned));
}

fn resubmitted(case: &Denial) -> Denial {
    let case = act(case, &Action::Review);
    let sent = serde_json::json!({
        "act": "resubmit", "frequency": "7", "channel": "edi", "reference": "S1"
    });
    act(&case, &serde_json::from_value(sent).expect("an act"))
}

#[test]
fn a_denial_after_a_correction_is_the_answer_and_an_older_one_is_not() {
    let first = said(0, 1, &[DENIED]);
    let case = resubmitted(&open(std::slice::from_ref(&first)));
    let met = |case: &Denial| {
        case.deadlines.iter().find(|one| one.kind == DeadlineKind::CorrectedClaim)?.met_on
    };
    assert_eq!((case.out_since(), met(&case)), (moment(3).today.into(), moment(3).today.into()));
    let older = said(1, 8, &[AGAIN]);
    let (case, _) = hear(&case, &[first.clone(), older.clone()]);
    assert_eq!((case.status(), case.attempts), (Status::Corrected, 0));
    let mut answer = said(2, 1, &[AGAIN]);
    answer.on = Date::new(2026, 4, 20).ok();
    let (case, events) = hear(&case, &[first, older, answer]);
    assert_eq!((case.status(), case.attempts), (Status::InReview, 1));
    assert_eq!(events[1].kind(), "denial.upheld");
    assert!(case.submissions.iter().all(|one| one.ended_on.is_some()));
    assert_eq!((case.out_since(), met(&case)), (None, None));
}

fn payment_of(cents: i64) -> Action {
    let entry = Entry {
        id: PostingId::from_bits(1),
        kind: PostingKind::PayerPayment,
        amount: Money::from_cents(cents),
        on: None,
        line: None,
        remittance: None,
        reverses: None,
        why: "as the bank shows".to_owned(),
    };
    Action::Post { entries: vec![entry] }
}

#[test]
fn a_payment_taken_back_opens_a_paid_case_again() {
    let first = said(0, 1, &[DENIED]);
    let later = said(1, 5, &[PAID]);
    let case = open(&[first.clone(), later.clone()]);
    let case = act(&case, &payment_of(10_000));
    assert_eq!(case.status(), Status::Paid);
    let back = drawn(2, (8, vec![PAID], false, true));
    let (case, events) = hear(&case, &[first, later, back]);
    assert_eq!(case.status(), Status::InReview);
    assert_eq!(events[1].kind(), "denial.reopened");
    assert!(case.balance.outstanding().is_zero());
}

#[test]
fn what_was_explained_stays_explained_when_less_is_denied_later() {
    let first = said(0, 1, &[DENIED]);
    let case = act(&open(std::slice::from_ref(&first)), &Action::Review);
    let case = act(&case, &payment_of(9_000));
    let (case, _) = hear(&case, &[first, said(1, 5, &[2])]);
    assert_eq!(case.lines[0].denied.cents(), 3_000);
    assert_eq!((case.balance.denied.cents(), case.balance.outstanding()), (9_000, Money::ZERO));
}

#[test]
fn what_a_person_chose_stays() {
    let first = said(0, 1, &[DENIED, DENIED]);
    let case = open(std::slice::from_ref(&first));
    assert_eq!(case.category, Category::Authorization);
    let category = Category::MedicalNecessity;
    let reason = "the letter says so".to_owned();
    let case = act(&case, &Action::Recategorize { category, reason: reason.clone() });
    let case = act(&case, &Action::SplitLine { position: 2, road: Road::Aside { reason } });
    let (case, _) = hear(&case, &[first, said(1, 5, &[AGAIN, AGAIN])]);
    assert_eq!(case.category, category);
    assert!(case.lines[0].set_aside.is_none() && case.lines[1].set_aside.is_some());
}

#[test]
fn a_line_of_a_closed_round_begins_no_other_and_a_new_line_does() {
    let first = said(0, 1, &[DENIED]);
    let case = act(&open(std::slice::from_ref(&first)), &Action::Review);
    let case = act(&case, &payment_of(10_000));
    let again = found(&[first.clone(), said(1, 5, &[AGAIN])]).expect("a denial");
    let hearing = hear_all(std::slice::from_ref(&case), &again, &moment(4), &rules());
    assert!(hearing.fresh.is_none());
    let other = found(&[first, said(1, 5, &[PAID, DENIED])]).expect("a denial");
    let fresh = hear_all(&[case], &other, &moment(4), &rules()).fresh.expect("a round");
    assert_eq!(fresh.lines.iter().map(|line| line.line).collect::<Vec<_>>(), [Some(2)]);
}

#[test]
fn an_837_that_comes_later_changes_numbers_and_loses_nothing() {
    let mut first = said(0, 1, &[DENIED, AGAIN]);
    for (at, line) in first.payment.lines.iter_mut().enumerate() {
        line.control = LineControl::default();
        line.procedure.code = if at == 0 { "99213".into() } else { "85025".into() };
    }
    let case = open(std::slice::from_ref(&first));
    let aside = Road::Aside { reason: "small".to_owned() };
    let case = act(&case, &Action::SplitLine { position: 2, road: aside });
    let mut billed = claim();
    billed.lines[1].procedure.code = "85025".into();
    billed.lines[1].number = 5;
    billed.lines[1].control = LineControl::default();
    let found = adjudication::findings(&billed, &[first], &playbook(), None).expect("a denial");
    let events = case.hear(&found, &moment(2), &rules());
    let case = events.iter().fold(case, Denial::apply);
    assert_eq!(case.lines[1].line, Some(5));
    assert!(case.lines[1].set_aside.is_some());
    let facts = ClaimFacts { plan: PlanType::Medicare, ..opening(1, 1).facts };
    let events = case.join(&facts, &rules());
    assert_eq!(events[0].kind(), "denial.joined");
    let case = events.iter().fold(case, Denial::apply);
    assert_eq!(case.plan, PlanType::Medicare);
    assert_eq!(case.join(&facts, &rules()), vec![]);
}

#[test]
fn files_make_moves_of_the_table_alone() {
    let mut made: Vec<(Status, Status)> = Vec::new();
    let first = said(0, 1, &[DENIED]);
    let sent = resubmitted(&open(std::slice::from_ref(&first)));
    let paid = act(&open(&[first.clone(), said(1, 5, &[PAID])]), &payment_of(10_000));
    for case in [open(std::slice::from_ref(&first)), sent, paid] {
        let mut answer = said(2, 1, &[PAID]);
        answer.on = Date::new(2026, 4, 20).ok();
        let mut denial = said(3, 1, &[DENIED, DENIED]);
        denial.on = Date::new(2026, 4, 25).ok();
        let (case, one) = hear(&case, &[first.clone(), answer.clone()]);
        let (_, two) = hear(&case, &[first.clone(), answer, denial]);
        made.extend(one.iter().chain(&two).filter_map(Event::statuses));
    }
    assert!(made.len() >= 4 && made.iter().all(|one| MOVES.contains(one)), "{made:?}");
}
