//! Worked examples of the regimes, with their sources; and the rules of counting.

use jiff::civil::date;

use super::*;
use crate::payer::Counts;

fn window(kind: DeadlineKind, count: u16, unit: Unit, from_event: Anchor) -> Window {
    Window {
        kind,
        count,
        unit,
        from_event,
        presumed_days: 0,
        counts: Counts::Received,
        on_holiday: OnHoliday::Stays,
        categories: Vec::new(),
        except: Vec::new(),
        from: None,
        to: None,
        source: "test".into(),
        as_of: "2026".into(),
        verification: Verification::TwoSources,
    }
}

fn with(windows: Vec<Window>) -> PayerRules {
    PayerRules { file: "payers/test.toml".into(), windows, ..PayerRules::default() }
}

fn found(payer: &PayerRules, kind: DeadlineKind, anchors: &Anchors) -> Option<Due> {
    let clocks = clocks(Some(payer), Category::CodingOrModifier, anchors);
    clocks.into_iter().find(|clock| clock.kind == kind).map(|clock| clock.due)
}

fn last(window: &Window, anchors: &Anchors) -> Option<Date> {
    match found(&with(vec![window.clone()]), window.kind, anchors)? {
        Due::On { date, .. } => Some(date),
        Due::NoRule => None,
    }
}

fn served(on: Date) -> Anchors {
    Anchors { service_on: Some(on), ..Anchors::denied(date(2026, 3, 10)) }
}

const FILING: DeadlineKind = DeadlineKind::TimelyFiling;
const FIRST: DeadlineKind = DeadlineKind::Appeal(1);

#[test]
fn without_rules_the_usual_clocks_say_so() {
    let clocks = clocks(None, Category::Bundling, &Anchors::denied(date(2026, 3, 10)));
    assert_eq!(clocks.iter().map(|clock| clock.kind).collect::<Vec<_>>(), USUAL);
    assert!(clocks.iter().all(|clock| clock.due == Due::NoRule));
}

#[test]
fn a_date_shows_its_rule() {
    let mut window = window(FIRST, 60, Unit::CalendarDays, Anchor::Remittance);
    (window.source, window.as_of) = ("a provider guide".into(), "2026-01".into());
    let due = found(&with(vec![window]), FIRST, &Anchors::denied(date(2026, 3, 10)));
    let rule = RuleRef {
        source: "a provider guide, 2026-01".to_owned(),
        file: "payers/test.toml".to_owned(),
        window: "60 calendar days".to_owned(),
        anchor: "remittance".to_owned(),
        anchored_on: date(2026, 3, 10),
    };
    assert_eq!(due, Some(Due::On { date: date(2026, 5, 9), rule }));
}

#[test]
fn a_calendar_year_is_no_365_days() {
    // 42 CFR 424.44(a)(1); IOM 100-04 ch.1 s.70: a service of 29 February is due on the 28th.
    let year = window(FILING, 1, Unit::Years, Anchor::Service);
    assert_eq!(last(&year, &served(date(2024, 2, 29))), Some(date(2025, 2, 28)));
    assert_eq!(last(&year, &served(date(2023, 6, 1))), Some(date(2024, 6, 1)));
}

#[test]
fn receipt_is_presumed_until_it_is_known() {
    // 42 CFR 405.942(a): 120 days from receipt, presumed 5 days after the date of the notice.
    let mut window = window(FIRST, 120, Unit::CalendarDays, Anchor::NoticeReceived);
    window.presumed_days = 5;
    let mut anchors = Anchors::denied(date(2026, 1, 5));
    assert_eq!(last(&window, &anchors), Some(date(2026, 5, 10)));
    anchors.notice_on = Some(date(2026, 1, 8));
    assert_eq!(last(&window, &anchors), Some(date(2026, 5, 8)));
}

#[test]
fn a_higher_level_runs_from_the_decision_below() {
    // 42 CFR 405.962(a): 180 days from receipt of the redetermination, presumed 5 days later.
    let second = DeadlineKind::Appeal(2);
    let mut window = window(second, 180, Unit::CalendarDays, Anchor::PreviousDecision);
    window.presumed_days = 5;
    let mut anchors = Anchors::denied(date(2026, 1, 5));
    assert_eq!(found(&with(vec![window.clone()]), second, &anchors), None);
    anchors.decided = vec![(1, date(2026, 4, 1))];
    assert_eq!(last(&window, &anchors), Some(date(2026, 10, 3)));
}

#[test]
fn a_claim_that_nobody_adjudicated_is_filed_by_what_its_service_says() {
    let today = date(2026, 3, 1);
    let service = (Some(date(2026, 1, 5)), Some(date(2026, 1, 7)));
    let year = window(FILING, 1, Unit::Years, Anchor::Service);
    let end = window(FILING, 90, Unit::CalendarDays, Anchor::ServiceEnd);
    let of = |windows: Vec<Window>| match filing(Some(&with(windows)), service, today) {
        Due::On { date, .. } => Some(date),
        Due::NoRule => None,
    };
    assert_eq!(of(vec![year.clone(), end]), Some(date(2026, 4, 7)));
    let of_some = Window { categories: vec![Category::Bundling], ..year.clone() };
    let from_denial = window(FILING, 30, Unit::CalendarDays, Anchor::Remittance);
    assert_eq!(of(vec![of_some, from_denial]), None);
    assert_eq!(filing(None, service, today), Due::NoRule);
    assert_eq!(filing(Some(&with(vec![year])), (None, None), today), Due::NoRule);
}

#[test]
fn months_end_with_a_month() {
    // 22 CCR 51008: until the end of the sixth month after the month of service.
    let medi_cal = window(FILING, 6, Unit::Months, Anchor::ServiceMonth);
    assert_eq!(last(&medi_cal, &served(date(2026, 2, 10))), Some(date(2026, 8, 31)));
    // 45 CFR 147.136(d)(2)(i): four months; where the month has no such day, the first of the next
    // still counts. The month's last day is on the safe side.
    let review = window(DeadlineKind::ExternalReview, 4, Unit::Months, Anchor::FinalDecision);
    let mut anchors = Anchors::denied(date(2026, 1, 5));
    assert_eq!(last(&review, &anchors), None, "there is no decision yet");
    anchors.decided = vec![(1, date(2026, 10, 30))];
    assert_eq!(last(&review, &anchors), Some(date(2027, 2, 28)));
}

#[test]
fn a_year_end_is_new_years_eve() {
    // FEP brochure: 31 December of the year after the service.
    let fep = window(FILING, 1, Unit::YearEnds, Anchor::Service);
    assert_eq!(last(&fep, &served(date(2026, 3, 2))), Some(date(2027, 12, 31)));
}

#[test]
fn business_days_and_the_next_one() {
    // 45 CFR 149.510(b)(1)(i): 30 business days. 5 USC 6103: Juneteenth and 3 July 2026 are none.
    let days = window(FIRST, 30, Unit::BusinessDays, Anchor::Remittance);
    let anchors = Anchors::denied(date(2026, 5, 29));
    assert_eq!(last(&days, &anchors), Some(date(2026, 7, 14)));
    // TMPPM s.7.1: 120 days; a last day on a weekend or holiday moves to the next business day.
    let mut texas = window(FIRST, 120, Unit::CalendarDays, Anchor::Remittance);
    texas.on_holiday = OnHoliday::NextBusinessDay;
    let anchors = Anchors::denied(date(2026, 3, 5));
    assert_eq!(last(&texas, &anchors), Some(date(2026, 7, 6)), "3 July is kept for the 4th");
}

#[test]
fn the_earliest_of_a_kind_holds() {
    let windows = vec![
        window(FILING, 12, Unit::Months, Anchor::Service),
        window(FILING, 60, Unit::CalendarDays, Anchor::OtherPayer),
    ];
    let payer = with(windows);
    let mut anchors = served(date(2026, 1, 2));
    let date_of = |anchors: &Anchors| match found(&payer, FILING, anchors) {
        Some(Due::On { date, .. }) => date,
        other => panic!("expected a date, came {other:?}"),
    };
    assert_eq!(date_of(&anchors), date(2027, 1, 2));
    anchors.other_payer_on = Some(date(2026, 2, 1));
    assert_eq!(date_of(&anchors), date(2026, 4, 2));
}

#[test]
fn a_closed_way_has_no_clock_and_a_missing_rule_says_so() {
    let mut appeal = window(FIRST, 120, Unit::CalendarDays, Anchor::Remittance);
    appeal.except = vec![Category::TimelyFiling];
    let payer = with(vec![appeal]);
    let anchors = Anchors::denied(date(2026, 3, 10));
    let kinds = |category| {
        let clocks = clocks(Some(&payer), category, &anchors);
        clocks.iter().map(|clock| (clock.kind, clock.date().is_some())).collect::<Vec<_>>()
    };
    let unset = [(FILING, false), (DeadlineKind::CorrectedClaim, false)];
    assert_eq!(kinds(Category::TimelyFiling), unset);
    assert_eq!(kinds(Category::Bundling), [unset[0], unset[1], (FIRST, true)]);
}

#[test]
fn windows_hold_from_their_day_to_their_day() {
    // A limit that falls from 180 to 90 days on 1 March 2026.
    let mut old = window(FIRST, 180, Unit::CalendarDays, Anchor::Remittance);
    old.to = Some(date(2026, 2, 28));
    let mut new = window(FIRST, 90, Unit::CalendarDays, Anchor::Remittance);
    new.from = Some(date(2026, 3, 1));
    let payer = with(vec![old, new.clone()]);
    let due = |on| found(&payer, FIRST, &Anchors::denied(on));
    let dated = |due: Option<Due>| match due {
        Some(Due::On { date, .. }) => date,
        other => panic!("expected a date, came {other:?}"),
    };
    assert_eq!(dated(due(date(2026, 2, 28))), date(2026, 8, 27));
    assert_eq!(dated(due(date(2026, 3, 1))), date(2026, 5, 30));
    let early = found(&with(vec![new]), FIRST, &Anchors::denied(date(2026, 2, 1)));
    assert_eq!(early, Some(Due::NoRule), "before its first day there is no rule");
}

#[test]
fn an_unknown_day_of_service_is_not_guessed() {
    let year = window(FILING, 1, Unit::Years, Anchor::Service);
    let due = found(&with(vec![year]), FILING, &Anchors::denied(date(2026, 3, 10)));
    assert_eq!(due, Some(Due::NoRule));
}

#[test]
fn an_answer_is_awaited_once_something_was_sent() {
    let answers = PayerRules { usual_answer_days: Some(30), ..with(Vec::new()) };
    let mut anchors = Anchors::denied(date(2026, 3, 10));
    assert_eq!(found(&answers, DeadlineKind::PayerAnswer, &anchors), None);
    anchors.submitted_on = Some(date(2026, 3, 20));
    let due = found(&answers, DeadlineKind::PayerAnswer, &anchors);
    assert!(matches!(due, Some(Due::On { date: day, .. }) if day == date(2026, 4, 19)));
}

#[test]
fn records_run_from_the_request_or_from_the_denial_that_asks() {
    let window =
        window(DeadlineKind::RecordsRequest, 45, Unit::CalendarDays, Anchor::RecordsRequest);
    let payer = with(vec![window.clone()]);
    let mut anchors = Anchors::denied(date(2026, 3, 10));
    assert_eq!(last(&window, &anchors), None, "nobody asked");
    let asks = clocks(Some(&payer), Category::MissingDocumentation, &anchors);
    assert!(asks.iter().any(|clock| clock.date() == Some(date(2026, 4, 24))));
    anchors.records_asked_on = Some(date(2026, 3, 1));
    assert_eq!(last(&window, &anchors), Some(date(2026, 4, 15)));
}

#[test]
fn work_is_due_before_the_payers_date() {
    let desk = Desk { safety_days: 5, ..Desk::default() };
    // Five days before Thursday 9 July 2026 is Saturday the 4th; Friday the 3rd is kept for it.
    assert_eq!(internal_due(date(2026, 7, 9), &desk), date(2026, 7, 2));
}
