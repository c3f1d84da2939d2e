//! What the board finds, counts, groups and sorts, against a plain look at every case.

use denial::person::Role;
use jiff::civil::{Date, date};

use super::{Alike, Board, Facet, Listed, Own, Sort, Wanted, bit};

const TODAY: Date = date(2026, 3, 3);

/// A case with everything usual.
fn usual(id: u128) -> Listed<'static> {
    Listed {
        id,
        is_open: true,
        status: "new",
        reason: "eligibility",
        role: "front_desk",
        owner: "",
        team: "",
        payer: "pay_1",
        plan: "commercial",
        code: "CO-27",
        remark: "",
        service: "99213",
        provider: "1234567893",
        next: "review",
        waiting: "us",
        unmapped: "",
        brought_to: "",
        sub_status: "",
        opened_on: "2026-02-02",
        promised_by: None,
        due_on: Some(date(2026, 3, 9)),
        denied_on: date(2026, 2, 1),
        next_on: date(2026, 3, 3),
        snoozed_until: None,
        outstanding: 10_000,
        to_post: None,
        priority: 5,
        round: 1,
        asked: 0,
        no_rule: false,
        quarantined: false,
    }
}

fn board(cases: &[Listed<'_>]) -> Board {
    let mut board = Board::default();
    for case in cases {
        board.put(case);
    }
    board.settle();
    board
}

fn choose(facet: Facet, values: &[&str]) -> Wanted {
    let values = values.iter().map(|value| (*value).to_owned()).collect();
    Wanted { chosen: vec![(facet, values)], ..Wanted::default() }
}

fn found(board: &Board, wanted: &Wanted) -> Vec<u128> {
    board.page(&board.find(wanted, TODAY), Sort::Priority, 0, 100)
}

#[test]
fn cases_are_found_by_what_is_chosen() {
    let cases = [
        usual(1),
        Listed { status: "in_review", owner: "usr_1", outstanding: 250_000, ..usual(2) },
        Listed { is_open: false, status: "paid", ..usual(3) },
        Listed { due_on: None, round: 2, no_rule: true, ..usual(4) },
        Listed { due_on: Some(date(2026, 3, 2)), next_on: date(2026, 3, 1), ..usual(5) },
        Listed { snoozed_until: Some(date(2026, 3, 9)), ..usual(6) },
        Listed { denied_on: date(2025, 9, 1), quarantined: true, ..usual(7) },
    ];
    let board = board(&cases);
    let all = Wanted::default();
    assert_eq!(found(&board, &all), [1, 2, 4, 5, 7]);
    assert_eq!(found(&board, &Wanted { asleep: true, ..all.clone() }), [1, 2, 4, 5, 6, 7]);
    assert_eq!(found(&board, &Wanted { closed: true, ..all }), [3]);
    for (facet, values, ids) in [
        (Facet::Status, &["new", "appealed"][..], &[1, 4, 5, 7][..]),
        (Facet::Status, &["never_heard_of"], &[]),
        (Facet::Owner, &[""], &[1, 4, 5, 7]),
        (Facet::Owner, &["usr_1"], &[2]),
        (Facet::Clock, &["past"], &[5]),
        (Facet::Clock, &["soon"], &[1, 2, 7]),
        (Facet::Clock, &["none"], &[4]),
        (Facet::Clock, &["payer"], &[]),
        (Facet::When, &["late"], &[5]),
        (Facet::When, &["today"], &[1, 2, 4, 7]),
        (Facet::Amount, &["under_500"], &[1, 4, 5, 7]),
        (Facet::Amount, &["under_10000"], &[2]),
        (Facet::Age, &["older"], &[7]),
        (Facet::Age, &["30"], &[1, 2, 4, 5]),
        (Facet::Repeat, &["yes"], &[4]),
        (Facet::NoRule, &["yes"], &[4]),
        (Facet::Quarantined, &["yes"], &[7]),
    ] {
        assert_eq!(found(&board, &choose(facet, values)), ids, "{facet:?} {values:?}");
    }
}

#[test]
fn a_case_whose_clocks_are_over_is_no_case_without_a_rule() {
    let cases = [
        Listed { due_on: None, no_rule: true, ..usual(1) },
        Listed { status: "overturned", due_on: None, ..usual(2) },
        Listed { no_rule: true, ..usual(3) },
    ];
    let board = board(&cases);
    for (facet, value, ids) in [
        (Facet::Clock, "none", &[1][..]),
        (Facet::Clock, "over", &[2]),
        (Facet::Clock, "soon", &[3]),
        (Facet::NoRule, "yes", &[1, 3]),
    ] {
        assert_eq!(found(&board, &choose(facet, &[value])), ids, "{value}");
    }
}

#[test]
fn who_sees_their_own_finds_no_other() {
    let cases = [
        usual(1),
        Listed { role: "certified_coder", ..usual(2) },
        Listed { owner: "usr_9", ..usual(3) },
        Listed { asked: bit(Role::CertifiedCoder) | bit(Role::Provider), ..usual(4) },
        Listed { team: "Other", ..usual(5) },
    ];
    let own = |role, person: &str| Wanted {
        own: Some(Own { role, person: person.to_owned(), teams: vec!["Desk".to_owned()] }),
        ..Wanted::default()
    };
    let board = board(&cases);
    assert_eq!(found(&board, &own(Some(Role::CertifiedCoder), "usr_9")), [2, 3, 4]);
    assert_eq!(found(&board, &own(Some(Role::Provider), "usr_1")), [4]);
    assert_eq!(found(&board, &own(None, "usr_9")), [3]);
    assert_eq!(found(&board, &own(None, "usr_1")), []);
}

#[test]
fn a_team_shares_its_cases_and_an_outsourcer_those_placed_with_it() {
    let board = board(&[
        Listed { owner: "team:Desk", team: "Desk", ..usual(1) },
        Listed { owner: "usr_9", team: "Desk", ..usual(2) },
        Listed { owner: "team:Theirs", team: "Theirs", role: "vendor", ..usual(3) },
        usual(4),
    ]);
    let own = |role| {
        let teams = ["Desk", "Theirs", "Gone"].map(str::to_owned).into();
        let own = Own { role, person: "usr_1".to_owned(), teams };
        found(&board, &Wanted { own: Some(own), ..Wanted::default() })
    };
    assert_eq!(own(Some(Role::CertifiedCoder)), [1, 2, 3]);
    assert_eq!(own(None), [3], "nothing else was placed");
    assert_eq!(found(&board, &choose(Facet::Owner, &["usr_1", "team:Desk"])), [1]);
    assert_eq!(found(&board, &choose(Facet::Team, &["Desk"])), [1, 2]);
    assert_eq!(found(&board, &choose(Facet::Owner, &[""])), [4]);
    assert_eq!(found(&board, &choose(Facet::Owner, &["", denial::team::ANY])), [1, 3, 4]);
}

#[test]
fn orders_follow_what_changes() {
    let mut board = board(&[
        Listed { priority: 1, outstanding: 300, ..usual(1) },
        Listed { priority: 3, outstanding: 100, due_on: None, ..usual(2) },
        Listed { priority: 2, outstanding: 200, due_on: Some(date(2026, 3, 4)), ..usual(3) },
    ]);
    let by = |board: &Board, sort| board.page(&board.find(&Wanted::default(), TODAY), sort, 0, 100);
    assert_eq!(by(&board, Sort::Priority), [2, 3, 1]);
    assert_eq!(by(&board, Sort::Money), [1, 3, 2]);
    assert_eq!(by(&board, Sort::Due), [3, 1, 2]);
    board.put(&Listed { priority: 9, outstanding: 1, ..usual(1) });
    board.put(&Listed { priority: 2, ..usual(4) });
    board.settle();
    assert_eq!(by(&board, Sort::Priority), [1, 2, 3, 4]);
    assert_eq!(by(&board, Sort::Money), [4, 3, 2, 1]);
    let places = board.find(&Wanted::default(), TODAY);
    assert_eq!(board.page(&places, Sort::Priority, 1, 2), [2, 3]);
    assert_eq!(board.len(), 4);
}

#[test]
fn few_among_many_stand_in_the_order_of_all_and_sets_follow_what_changes() {
    let one = |at: u64| {
        let status = if at.is_multiple_of(20) { "in_review" } else { "new" };
        let money = i64::try_from(at * 7_919 % 251).expect("small");
        Listed { status, outstanding: money, priority: -money % 17, ..usual(at.into()) }
    };
    let cases: Vec<Listed<'_>> = (1..=400).map(one).collect();
    let mut board = board(&cases);
    let few = choose(Facet::Status, &["in_review"]);
    for sort in Sort::ALL {
        let order = board.page(&board.find(&Wanted::default(), TODAY), sort, 0, 400);
        let few = board.find(&few, TODAY);
        let fitting: Vec<u128> = order.into_iter().filter(|id| board.has(&few, *id)).collect();
        assert_eq!(fitting.len(), 20);
        assert_eq!(board.page(&few, sort, 0, 7), fitting[..7], "{sort:?}");
        assert_eq!(board.page(&few, sort, 7, 50), fitting[7..], "{sort:?}");
        assert!(board.page(&few, sort, 20, 5).is_empty());
    }
    board.put(&Listed { status: "new", ..one(20) });
    board.put(&Listed { status: "in_review", ..one(401) });
    board.settle();
    let now = board.find(&few, TODAY);
    assert!(board.has(&now, 401) && !board.has(&now, 20), "kept sets are looked at again");
    let later = TODAY.tomorrow().expect("a day");
    assert_eq!(board.find(&few, later), now);
}

#[test]
fn counts_say_what_a_choice_would_show() {
    let board = board(&[
        usual(1),
        Listed { reason: "bundling", outstanding: 70_000, ..usual(2) },
        Listed { reason: "bundling", payer: "pay_2", ..usual(3) },
    ]);
    let wanted = choose(Facet::Payer, &["pay_1"]);
    let counts = board.counts(&wanted, TODAY);
    let of = |facet| {
        let (_, values) = counts.iter().find(|(one, _)| *one == facet).expect("every facet");
        values.iter().map(|(name, sum)| (name.as_str(), sum.cases)).collect::<Vec<_>>()
    };
    // A facet's own choice does not narrow it; the others' do.
    assert_eq!(of(Facet::Payer), [("pay_1", 2), ("pay_2", 1)]);
    assert_eq!(of(Facet::Reason), [("bundling", 1), ("eligibility", 1)]);
    for (facet, values) in &counts {
        for (value, sum) in values {
            let mut narrower = wanted.clone();
            narrower.chosen.retain(|(other, _)| other != facet);
            narrower.chosen.push((*facet, vec![value.clone()]));
            assert_eq!(board.sum(&board.find(&narrower, TODAY)), *sum, "{facet:?} {value}");
        }
    }
}

#[test]
fn what_no_rule_limits_presses_while_it_is_ours_to_act() {
    let none = Listed { due_on: None, no_rule: true, ..usual(1) };
    let board = board(&[
        none,
        Listed { id: 2, status: "appealed", ..none },
        Listed { id: 3, outstanding: 0, ..none },
        usual(4),
    ]);
    for (value, ids) in [("none", &[1][..]), ("payer", &[2]), ("over", &[3]), ("soon", &[4])] {
        assert_eq!(found(&board, &choose(Facet::Clock, &[value])), ids, "{value}");
    }
    let places = board.find(&Wanted::default(), TODAY);
    let groups = board.groups(&places, Alike::default());
    let told: Vec<_> =
        groups.iter().map(|one| (one.sum.cases, one.soonest, one.unclocked)).collect();
    assert_eq!(told, [(4, 4, 1)]);
}

#[test]
fn one_job_is_one_group() {
    let board = board(&[
        usual(1),
        Listed { priority: 8, due_on: Some(date(2026, 3, 5)), ..usual(2) },
        Listed { remark: "N20", outstanding: 90_000, ..usual(3) },
        Listed { is_open: false, ..usual(4) },
        Listed { code: "", outstanding: 5, ..usual(5) },
        Listed { code: "", outstanding: 4, ..usual(6) },
    ]);
    let places = board.find(&Wanted::default(), TODAY);
    let groups = board.groups(&places, Alike::IDENTICAL);
    let told: Vec<_> =
        groups.iter().map(|one| (one.first, one.sum.cases, one.sum.outstanding)).collect();
    assert_eq!(told, [(3, 1, 90_000), (2, 2, 20_000), (5, 1, 5), (6, 1, 4)]);
    assert_eq!(groups.get(1).and_then(|one| one.due_on), Some(date(2026, 3, 5)));
    assert_eq!(groups.get(1).map(|one| (one.soonest, one.unclocked)), Some((2, 0)));
    let job = Wanted { job_of: Some((1, Alike::IDENTICAL)), ..Wanted::default() };
    assert_eq!(found(&board, &job), [2, 1]);
    let unknown = Wanted { job_of: Some((77, Alike::default())), ..Wanted::default() };
    assert_eq!(found(&board, &unknown), []);
}

#[test]
fn a_job_is_as_fine_as_it_is_asked_for() {
    let board = board(&[
        usual(1),
        Listed { remark: "N20", status: "appealed", ..usual(2) },
        Listed { service: "99213-25", priority: 9, ..usual(3) },
        Listed { service: "99214-25", ..usual(4) },
        Listed { provider: "2", reason: "bundling", next: "await_payer", ..usual(5) },
        Listed { code: "CO-4", ..usual(6) },
        Listed { payer: "pay_2", ..usual(7) },
        Listed { code: "", ..usual(8) },
        Listed { code: "", ..usual(9) },
    ]);
    let places = board.find(&Wanted::default(), TODAY);
    let sizes = |alike: Alike| {
        let groups = board.groups(&places, alike);
        for group in &groups {
            let job = Wanted { job_of: Some((group.first, alike)), ..Wanted::default() };
            assert_eq!(board.sum_of(&job, TODAY), group.sum, "its list holds what it counts");
        }
        let mut sizes: Vec<u64> = groups.iter().map(|group| group.sum.cases).collect();
        sizes.sort_by_key(|cases| std::cmp::Reverse(*cases));
        sizes
    };
    let none = Alike::default();
    assert_eq!(sizes(none), [5, 1, 1, 1, 1]);
    assert_eq!(sizes(Alike { remark: true, ..none }), [4, 1, 1, 1, 1, 1]);
    assert_eq!(sizes(Alike { procedure: true, ..none }), [4, 1, 1, 1, 1, 1]);
    assert_eq!(sizes(Alike { modifiers: true, ..none }), [3, 2, 1, 1, 1, 1]);
    assert_eq!(sizes(Alike { provider: true, ..none }), [4, 1, 1, 1, 1, 1]);
    assert_eq!(sizes(Alike::IDENTICAL), [1; 9]);
    let groups = board.groups(&places, none);
    let first = groups.first().expect("one");
    assert_eq!((first.first, first.is_one_reason, first.is_one_next), (3, false, false));
    assert_eq!(board.statuses(first).collect::<Vec<_>>(), ["new", "appealed"]);
    assert_eq!(board.value(first.first, Facet::Service), "99213-25");
    assert!(groups.iter().skip(1).all(|one| one.is_one_reason && one.is_one_next));
}

#[test]
fn what_waits_for_somebody_else_is_told_apart() {
    let board = board(&[
        usual(1),
        Listed { promised_by: Some(date(2026, 3, 2)), ..usual(2) },
        Listed { promised_by: Some(TODAY), ..usual(3) },
        Listed { role: "", ..usual(4) },
        Listed { next: "", ..usual(5) },
        Listed { is_open: false, role: "", next: "", ..usual(6) },
        Listed { opened_on: "2026-03-03", ..usual(7) },
        Listed { snoozed_until: Some(date(2026, 3, 9)), ..usual(8) },
        Listed { snoozed_until: Some(TODAY), ..usual(9) },
    ]);
    assert_eq!(found(&board, &choose(Facet::Promise, &["broken"])), [2]);
    assert_eq!(found(&board, &choose(Facet::Promise, &["open"])), [3]);
    assert_eq!(found(&board, &choose(Facet::Lacks, &["yes"])), [4, 5]);
    assert_eq!(found(&board, &choose(Facet::Opened, &["2026-03-03", "2026-03-04"])), [7]);
    assert_eq!(found(&board, &Wanted { only_asleep: true, ..Wanted::default() }), [8]);
}

#[test]
fn each_cut_adds_up_to_what_its_list_holds() {
    let board = board(&[
        usual(1),
        Listed { provider: "2", outstanding: 50_000, ..usual(2) },
        Listed { provider: "2", code: "CO-4", ..usual(3) },
        Listed { provider: "2", ..usual(4) },
        Listed { reason: "bundling", denied_on: date(2025, 12, 20), ..usual(5) },
    ]);
    let wanted = choose(Facet::Reason, &["eligibility"]);
    let pairs = board.by_two((Facet::Provider, Facet::Code), &wanted, TODAY);
    let told: Vec<_> =
        pairs.iter().map(|((one, other), sum)| (one.as_str(), other.as_str(), sum.cases)).collect();
    assert_eq!(told, [("2", "CO-27", 2), ("1234567893", "CO-27", 1), ("2", "CO-4", 1)]);
    for ((provider, code), sum) in pairs {
        let mut narrower = wanted.clone();
        narrower.chosen.push((Facet::Provider, vec![provider]));
        narrower.chosen.push((Facet::Code, vec![code]));
        assert_eq!(board.sum_of(&narrower, TODAY), sum);
    }
    let places = board.find(&wanted, TODAY);
    let asked: [(Facet, &[&str]); 3] =
        [(Facet::Provider, &["2", "3"]), (Facet::Clock, &["soon", "past"]), (Facet::Code, &[])];
    let parts = board.parts(&places, TODAY, &asked);
    for ((facet, values), part) in asked.iter().zip(parts) {
        let mut narrower = wanted.clone();
        narrower.chosen.push((*facet, values.iter().map(ToString::to_string).collect()));
        assert_eq!(board.sum_of(&narrower, TODAY), part, "{facet:?}");
    }
    let ages = board.by(Facet::Age, &Wanted::default(), TODAY);
    let ages: Vec<_> = ages.iter().map(|(name, sum)| (name.as_str(), sum.cases)).collect();
    assert_eq!(ages, [("30", 4), ("90", 1)]);
    assert!(board.by_two((Facet::Age, Facet::Code), &wanted, TODAY).is_empty());
}

#[test]
fn what_is_won_is_what_payers_told_and_the_rest_is_said_apart() {
    let won = |id| Listed { status: "overturned", ..usual(id) };
    let board = board(&[
        Listed { to_post: Some(4_000), ..won(1) },
        won(2),
        Listed { to_post: Some(0), ..won(3) },
    ]);
    let sums = board.won(&board.find(&Wanted::default(), TODAY));
    assert_eq!((sums.told.cases, sums.told.outstanding), (2, 4_000));
    assert_eq!((sums.untold.cases, sums.untold.outstanding), (1, 10_000));
}
