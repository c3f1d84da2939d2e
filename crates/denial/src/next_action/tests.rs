//! Every remark with rights and every line of business; what a way leaves is exact; nothing is
//! given up where the payer said how to mend it.

use std::sync::LazyLock;

use jiff::Timestamp;
use jiff::civil::date;
use proptest::prelude::*;

use super::*;
use crate::adjudication::Findings;
use crate::adjudication::tests::{line, payment, said_on};
use crate::claim::{PayerName, PlanType};
use crate::codes::{ClaimNumber, Npi, Rarc};
use crate::denial::{ClaimDays, Proposal, Status};
use crate::ids::{ClaimId, DenialId, PayerId, PersonId};
use crate::lifecycle::opening::{ClaimFacts, Opening};
use crate::person::{Actor, Moment, Role};
use crate::playbook::Rights;
use crate::remittance::{Remark, RemittanceHead, Source};
use crate::{adjudication, matching, rules};

pub(crate) const TODAY: Date = date(2026, 3, 20);

pub(crate) fn shipped() -> &'static Rules {
    static RULES: LazyLock<Rules> =
        LazyLock::new(|| rules::read(&rules::tests::shipped()).expect("shipped rules"));
    &RULES
}

/// A claim of 100.00 denied as a whole, with the payer's number P1.
pub(crate) fn case(
    rules: &Rules,
    plan: PlanType,
    group: &str,
    carc: &str,
    remarks: &[&str],
) -> Denial {
    case_of("Somebody", rules, plan, (group, carc), remarks)
}

fn case_of(
    payer: &str,
    rules: &Rules,
    plan: PlanType,
    code: (&str, &str),
    remarks: &[&str],
) -> Denial {
    let (found, opening, moment) = found_of(payer, rules, plan, code, remarks);
    Denial::open(&found, opening, &moment, rules).after
}

/// What such a case is opened from.
fn found_of(
    payer: &str,
    rules: &Rules,
    plan: PlanType,
    (group, carc): (&str, &str),
    remarks: &[&str],
) -> (Findings, Opening, Moment) {
    let mut denied = line("1", 10_000, 0, &[(group, carc, 10_000)]);
    denied.from = Some(date(2026, 2, 2));
    let remark = |code: &&str| Remark { code: Rarc::new(code), list: "HE".into() };
    denied.remarks = remarks.iter().map(remark).collect();
    let said = [said_on(10, payment("1", vec![denied]))];
    let body = matching::known_from(&said[0].payment, &RemittanceHead::default());
    let payer_name = PayerName { name: payer.into(), ids: Vec::new() };
    let terms = rules.payer(&payer_name, plan);
    let found = adjudication::findings(&body, &said, &rules.playbook, terms).expect("denied");
    let facts = ClaimFacts {
        claim: ClaimId::from_bits(1),
        number: ClaimNumber::new("C1"),
        payer: PayerId::from_bits(1),
        payer_name,
        plan,
        provider: Npi::default(),
        site: Npi::default(),
        days: ClaimDays { service_on: Some(date(2026, 2, 2)), ..ClaimDays::default() },
    };
    let id = DenialId::from_bits(1);
    let who = Actor { person: PersonId::from_bits(1), role: Role::BillingSpecialist };
    let moment = Moment { now: Timestamp::UNIX_EPOCH, today: TODAY, who };
    (found, Opening { id, round: 1, source: Source::Era, facts }, moment)
}

fn ruling(case: &Denial, rules: &Rules) -> Ruling {
    let payer = rules.payer(&case.payer_name, case.plan);
    let line = &case.lines[0];
    let one = &line.adjustments[0];
    rules.playbook.ruling(payer, &one.group, &one.reason, &line.remarks, line.denied_on)
}

fn by_prior(_: Way, prior: Option<Chance>) -> Odds {
    Odds { chance: prior, prior, ..Odds::default() }
}

fn of(case: &Denial, rules: &Rules) -> Ways {
    of_odds(case, rules, by_prior)
}

fn of_odds(case: &Denial, rules: &Rules, odds: impl Fn(Way, Option<Chance>) -> Odds) -> Ways {
    let ruling = ruling(case, rules);
    let (claim, other_cover) = (None, false);
    let known = Known {
        case,
        claim,
        ruling: Some(&ruling),
        rules,
        resent: None,
        other_cover,
        late_crossover: false,
        in_time: false,
        today: TODAY,
    };
    ways(&known, odds)
}

fn open(found: &Ways) -> Vec<&'static str> {
    found.ways.iter().filter(|one| one.is_open()).map(|one| one.way.as_str()).collect()
}

fn why(found: &Ways, way: Way) -> &str {
    let one = found.ways.iter().find(|one| one.way == way).expect("every way is there");
    one.closed.as_deref().unwrap_or("open")
}

#[test]
fn every_way_is_there_once() {
    let rules = shipped();
    let found = of(&case(rules, PlanType::Commercial, "CO", "197", &[]), rules);
    let ways: Vec<Way> = found.ways.iter().map(|one| one.way).collect();
    assert_eq!(ways, Way::ALL);
}

/// Reason, remarks, the ways that are open, what is recommended.
type Row = (&'static str, &'static [&'static str], &'static [&'static str], Option<Way>);

#[test]
fn remarks_with_rights_win_over_all_else() {
    let rules = shipped();
    let table: &[Row] = &[
        ("16", &["MA130"], &["new_claim"], Some(Way::NewClaim)),
        ("16", &["N517"], &["new_claim"], Some(Way::NewClaim)),
        ("16", &["N142"], &["new_claim"], Some(Way::NewClaim)),
        ("16", &["N152"], &["corrected_claim"], Some(Way::CorrectedClaim)),
        ("16", &["M47"], &["corrected_claim"], Some(Way::CorrectedClaim)),
        ("18", &["N380"], &["corrected_claim"], Some(Way::CorrectedClaim)),
        ("16", &["N798"], &["void_and_new"], Some(Way::VoidAndNew)),
        ("16", &["N779"], &[], None),
        ("16", &["N938"], &[], None),
        ("16", &["N704"], &["corrected_claim"], Some(Way::CorrectedClaim)),
        ("252", &["N706"], &["send_records", "corrected_claim", "appeal"], Some(Way::Records)),
        ("252", &["M127"], &["send_records", "corrected_claim", "appeal"], Some(Way::Records)),
        ("50", &["N185"], &["appeal", "peer_to_peer", "write_off"], Some(Way::Appeal)),
        ("18", &["N368"], &["appeal"], Some(Way::Appeal)),
        ("96", &["N211"], &["corrected_claim", "write_off"], None),
        ("96", &["MA44"], &["corrected_claim", "write_off"], None),
        ("22", &["N522"], &["appeal"], None),
        ("22", &["MA18"], &["appeal"], None),
        ("22", &["MA07"], &["appeal"], None),
    ];
    for (carc, remarks, expected, recommended) in table {
        let case = case(rules, PlanType::Commercial, "CO", carc, remarks);
        let found = of(&case, rules);
        assert_eq!(open(&found), *expected, "{carc} {remarks:?}: {found:#?}");
        if recommended.is_some() {
            assert_eq!(found.recommended.way, *recommended, "{carc} {remarks:?}");
        }
    }
}

#[test]
fn every_remark_with_rights_closes_what_it_says() {
    let rules = shipped();
    let mut seen = 0;
    for code in rules.playbook.remarks.keys() {
        let remark = [Remark { code: code.clone(), list: "HE".into() }];
        let Some(said) = rules.playbook.said(&remark, None).next() else { continue };
        seen += 1;
        let found = of(&case(rules, PlanType::Commercial, "CO", "16", &[code.as_str()]), rules);
        let is_open = |way: Way| why(&found, way) == "open";
        match said.rights {
            Some(Rights::NoAppeal | Rights::ResubmitOnly | Rights::Wait) => {
                assert!(!is_open(Way::Appeal) && !is_open(Way::PeerToPeer), "{code}");
            }
            Some(Rights::DoNotResubmit | Rights::AppealOriginal) => {
                assert!(Way::ALL.iter().all(|way| !way.resends() || !is_open(*way)), "{code}");
            }
            Some(Rights::WaitCrossover) => assert!(!is_open(Way::SecondaryPayer), "{code}"),
            Some(Rights::AppealOpen | Rights::LimitedAppeal) | None => {}
        }
        let heals = said.resend.is_some()
            || matches!(said.rights, Some(Rights::ResubmitOnly | Rights::AppealOriginal));
        assert!(!heals || !is_open(Way::WriteOff), "{code}");
    }
    assert!(seen > 20, "{seen}");
}

#[test]
fn every_line_of_business_says_what_it_takes() {
    let rules = shipped();
    for plan in PlanType::ALL {
        let found = of(&case(rules, *plan, "CO", "4", &[]), rules);
        let medicare = *plan == PlanType::Medicare;
        assert_eq!(why(&found, Way::Reopening) == "open", medicare, "{plan:?}");
        assert_eq!(why(&found, Way::CorrectedClaim) == "open", !medicare, "{plan:?}");
        assert!(why(&found, Way::NewClaim).contains("duplicate"), "{plan:?}");
    }
    let found = of(&case(rules, PlanType::Medicare, "CO", "16", &["MA130"]), rules);
    assert_eq!(open(&found), ["new_claim"], "unprocessable: neither reopening nor appeal");
    let late = of(&case(rules, PlanType::Medicare, "CO", "29", &[]), rules);
    assert_eq!(why(&late, Way::Appeal), "the payer's rules close it to timely filing");
}

#[test]
fn payers_add_what_they_want_on_a_replacement() {
    let rules = shipped();
    let notes = |payer: &str, plan| {
        let found = of(&case_of(payer, rules, plan, ("CO", "4"), &[]), rules);
        let one = found.ways.iter().find(|one| one.way == Way::CorrectedClaim).expect("there");
        one.notes.join("; ")
    };
    let text = notes("Premera Alaska", PlanType::Commercial);
    assert!(text.contains("the reason in NTE*ADD"), "{text}");
    let text = notes("Medi-Cal", PlanType::Medicaid);
    assert!(text.contains("one changed line a replacement"), "{text}");
    let text = notes("Nobody", PlanType::Commercial);
    assert!(text.contains("not configured"), "{text}");
}

#[test]
fn group_codes_say_whose_money_it_is() {
    let rules = shipped();
    let found = |group| of(&case(rules, PlanType::Commercial, group, "204", &[]), rules);
    assert!(why(&found("CO"), Way::Patient).contains("may not be billed"));
    assert!(why(&found("OA"), Way::Patient).contains("nobody's by itself"));
    assert_eq!(why(&found("PR"), Way::Patient), "open");
    assert!(why(&found("PR"), Way::WriteOff).contains("patient's balance"));
    assert_eq!(why(&found("CO"), Way::WriteOff), "open");
}

#[test]
fn clocks_numbers_and_statuses_close_ways() {
    let rules = shipped();
    let mut unknown = case(rules, PlanType::Commercial, "CO", "4", &[]);
    unknown.control = "".into();
    let found = of(&unknown, rules);
    assert!(why(&found, Way::CorrectedClaim).contains("REF*F8"));
    assert_eq!(why(&found, Way::NewClaim), "open", "the payer has no number for it");

    let old = case(rules, PlanType::Medicare, "CO", "50", &[]);
    let ruling = ruling(&old, rules);
    let today = date(2027, 6, 1);
    let known = Known {
        case: &old,
        claim: None,
        ruling: Some(&ruling),
        rules,
        resent: None,
        other_cover: true,
        late_crossover: false,
        in_time: false,
        today,
    };
    let found = ways(&known, by_prior);
    assert!(why(&found, Way::Appeal).contains("the last day for appeal, level 1 was Jul"));
    assert_eq!(why(&found, Way::SecondaryPayer), "open");

    let mut sent = case(rules, PlanType::Commercial, "CO", "4", &[]);
    if let crate::denial::Work::Open { status, .. } = &mut sent.work {
        *status = crate::denial::Status::Corrected;
    }
    assert_eq!(open(&of(&sent, rules)), [""; 0]);
}

#[test]
fn other_clocks_run_on_beside_a_way() {
    let rules = shipped();
    let found = of(&case(rules, PlanType::Medicare, "CO", "4", &[]), rules);
    let reopening = found.ways.iter().find(|one| one.way == Way::Reopening).expect("there");
    let kinds: Vec<DeadlineKind> = reopening.runs_on.iter().map(|one| one.kind).collect();
    assert_eq!(kinds, [DeadlineKind::TimelyFiling, DeadlineKind::Appeal(1)]);
}

#[test]
fn where_playbook_and_figures_part_both_are_said() {
    let rules = shipped();
    let case = case(rules, PlanType::Commercial, "CO", "4", &[]);
    let ruling = ruling(&case, rules);
    let known = Known {
        case: &case,
        claim: None,
        ruling: Some(&ruling),
        rules,
        resent: None,
        other_cover: false,
        late_crossover: false,
        in_time: false,
        today: TODAY,
    };
    let better = |way: Way, prior: Option<Chance>| {
        let high = Some(Chance::from_basis_points(9_900));
        by_prior(way, if way == Way::Appeal { high } else { prior })
    };
    let found = ways(&known, better).recommended;
    assert_eq!(found.way, Some(Way::Appeal));
    let differs = found.differs.expect("said");
    let habit = "for this reason one would usually correct; here that is expected to leave";
    assert!(differs.starts_with(habit), "{differs}");
    let agreed = ways(&known, by_prior).recommended;
    assert_eq!((agreed.way, agreed.differs), (Some(Way::CorrectedClaim), None));
}

/// The same case as the rules see it on another day, with what else is known.
fn seen_on(case: &Denial, rules: &Rules, (today, in_time): (Date, bool)) -> Ways {
    let ruling = ruling(case, rules);
    let known = Known {
        case,
        claim: None,
        ruling: Some(&ruling),
        rules,
        resent: None,
        other_cover: false,
        late_crossover: false,
        in_time,
        today,
    };
    ways(&known, by_prior)
}

#[test]
fn nothing_is_given_up_that_can_be_mended_until_that_was_tried_or_is_too_late() {
    let rules = shipped();
    let mut wrong = case(rules, PlanType::Commercial, "CO", "4", &[]);
    wrong.balance.denied = Money::from_cents(300);
    let found = of(&wrong, rules);
    assert!(why(&found, Way::WriteOff).contains("correct it"), "{found:#?}");
    assert_eq!(found.recommended.way, Some(Way::CorrectedClaim), "a small balance all the same");
    let late =
        seen_on(&case(rules, PlanType::Medicare, "CO", "4", &[]), rules, (date(2030, 1, 1), false));
    assert_eq!(why(&late, Way::WriteOff), "open", "{late:#?}");
    let sent = crate::lifecycle::evidence::Submission {
        frequency: crate::lifecycle::evidence::Frequency::Replacement,
        channel: crate::denial::Channel::Edi,
        reference: "R1".to_owned(),
        confirmation: None,
        document: None,
        control: "P1".into(),
        sent_on: TODAY,
        late: None,
        again: None,
        ended_on: Some(TODAY),
    };
    wrong.submissions.push(sent);
    assert_eq!(why(&of(&wrong, rules), Way::WriteOff), "open", "it was tried");
}

#[test]
fn what_pays_is_recommended_before_a_small_balance_is_given_up() {
    let rules = shipped();
    let mut small = case(rules, PlanType::Commercial, "CO", "50", &[]);
    small.balance.denied = rules.desk.small_balance;
    assert_eq!(of(&small, rules).recommended.way, Some(Way::WriteOff));
    let mut cheap = rules.clone();
    cheap.desk.work_cost.clear();
    assert_eq!(of(&small, &cheap).recommended.way, Some(Way::Appeal), "it leaves something");
}

#[test]
fn what_comes_next_is_the_recommended_way() {
    let rules = shipped();
    let small = {
        let mut denied = case(rules, PlanType::Commercial, "CO", "50", &[]);
        denied.balance.denied = Money::from_cents(7_500);
        denied
    };
    let found = of(&small, rules);
    assert_eq!(found.recommended.way, Some(Way::WriteOff), "75.00 at 42 % for 38.50");
    assert_eq!(small.first, NextActionKind::Appeal);
    assert_eq!(found.plan(small.first), NextActionKind::ProposeWriteOff);
    let events = small.replanned(found.plan(small.first), TODAY, rules);
    let after = events.iter().fold(small.clone(), Denial::apply);
    let (then, now) = (small.next().expect("open"), after.next().expect("open"));
    assert_eq!(now.kind, NextActionKind::ProposeWriteOff);
    assert!(now.on <= then.on, "never later for it");
    assert!(after.replanned(now.kind, TODAY, rules).is_empty(), "once");
    let mut chosen = small;
    chosen.chosen.next = true;
    assert!(chosen.replanned(NextActionKind::Correct, TODAY, rules).is_empty());
    assert_eq!(found.plan(NextActionKind::Review), NextActionKind::Review);
}

#[test]
fn an_approved_write_off_is_booked_before_any_way() {
    let rules = shipped();
    let mut one = case(rules, PlanType::Commercial, "CO", "22", &[]);
    one.work = one.open_work(Status::InReview, *one.next().expect("open"), TODAY, rules);
    let (by, at) = (PersonId::from_bits(1), Timestamp::UNIX_EPOCH);
    let (amount, reason) = (one.balance.outstanding(), "none is left".to_owned());
    one.proposal = Some(Proposal { amount, reason, by, at, approved_by: None });
    assert_eq!((of(&one, rules).recommended.waits, one.follows_way()), (None, false));
    one.proposal.as_mut().expect("one").approved_by = Some(PersonId::from_bits(2));
    let told = of(&one, rules);
    assert_eq!(told.plan(one.first), NextActionKind::BookWriteOff);
    let events = one.replanned(told.plan(one.first), TODAY, rules);
    let after = events.iter().fold(one, Denial::apply);
    assert_eq!(after.next().map(|next| next.kind), Some(NextActionKind::BookWriteOff));
}

#[test]
fn what_is_opened_follows_history_as_what_is_saved_does() {
    let rules = shipped();
    let won = |favoured: Way| {
        move |way: Way, prior: Option<Chance>| {
            let points = if way == favoured { 9_500 } else { 0 };
            Odds { chance: Some(Chance::from_basis_points(points)), prior, ..Odds::default() }
        }
    };
    let mut followed = 0;
    for carc in ["16", "29", "50", "97", "197", "22", "252"] {
        for favoured in Way::ALL {
            let code = ("CO", carc);
            let of = || found_of("Somebody", rules, PlanType::Commercial, code, &[]);
            let odds = won(*favoured);
            let (found, opening, at) = of();
            let at_once =
                Denial::open_by(&found, opening, &at, rules, |_, way, prior| odds(way, prior));
            let (found, opening, at) = of();
            let opened = Denial::open(&found, opening, &at, rules).after;
            let kind = of_odds(&opened, rules, odds).plan(opened.first);
            let events = opened.replanned(kind, TODAY, rules);
            let after = events.iter().fold(opened, Denial::apply);
            assert_eq!(at_once.after, after, "{carc} {}", favoured.as_str());
            followed += usize::from(!events.is_empty());
        }
    }
    assert!(followed > 0, "history led some of them another way");
}

#[test]
fn a_claim_of_two_groups_has_ways_for_both_parts() {
    let rules = shipped();
    let mut mixed = case(rules, PlanType::Commercial, "CO", "204", &[]);
    let mut other = mixed.lines[0].adjustments[0].clone();
    (other.group, other.amount) = (crate::codes::Group::new("PR"), Money::from_cents(4_000));
    mixed.lines[0].adjustments[0].amount = Money::from_cents(6_000);
    mixed.lines[0].adjustments.push(other);
    let found = of(&mixed, rules);
    let noted = |way: Way| {
        let one = found.ways.iter().find(|one| one.way == way).expect("there");
        assert!(one.is_open(), "{one:#?}");
        one.notes.join("; ")
    };
    assert!(noted(Way::Patient).contains("only $40.00 in group PR"));
    assert!(noted(Way::WriteOff).contains("first move $40.00 in group PR"));
    let patient = found.ways.iter().find(|one| one.way == Way::Patient).expect("there");
    assert_eq!(patient.closes, "", "the rest goes on");
}

#[test]
fn a_claim_that_was_never_taken_ends_by_proof_of_its_day_or_is_given_up() {
    let rules = shipped();
    let late = date(2030, 1, 1);
    for (plan, proves) in
        [(PlanType::Commercial, Way::Appeal), (PlanType::Medicare, Way::Reopening)]
    {
        let mut case = case(rules, plan, "CO", "16", &["MA130"]);
        for clock in &mut case.deadlines {
            let is_filing = clock.kind == DeadlineKind::TimelyFiling;
            let rule = crate::deadline::RuleRef {
                file: "payers/x.toml".to_owned(),
                window: "1 year".to_owned(),
                anchor: "service".to_owned(),
                anchored_on: TODAY,
                source: String::new(),
            };
            let on = if is_filing { date(2027, 2, 2) } else { date(2030, 2, 2) };
            clock.due = crate::deadline::Due::On { date: on, rule };
        }
        let unproven = seen_on(&case, rules, (late, false));
        assert_eq!(open(&unproven), ["write_off"], "{plan:?} {unproven:#?}");
        let proven = seen_on(&case, rules, (late, true));
        assert!(why(&proven, proves) == "open", "{plan:?} {proven:#?}");
        assert_eq!(proven.recommended.way, Some(proves), "{plan:?}");
    }
}

proptest! {
    #[test]
    fn what_a_way_leaves_is_money_times_chance_less_cost(
        cents in 0_i64..10_000_000,
        points in 0_u16..=10_000,
        carc in prop::sample::select(vec!["4", "16", "18", "22", "29", "50", "97", "197", "204"]),
        group in prop::sample::select(vec!["CO", "PR", "OA", "PI"]),
        remark in prop::sample::select(vec![
            "", "MA130", "N142", "N152", "M47", "N380", "N798", "N779", "N368", "N704", "N211",
        ]),
    ) {
        let rules = shipped();
        let remarks: Vec<&str> = [remark].into_iter().filter(|one| !one.is_empty()).collect();
        let mut case = case(rules, PlanType::Commercial, group, carc, &remarks);
        case.balance.denied = Money::from_cents(cents);
        let ruling = ruling(&case, rules);
        let known = Known {
            case: &case,
            claim: None,
            ruling: Some(&ruling),
            rules,
            resent: None,
            other_cover: false,
        late_crossover: false,
        in_time: false,
            today: TODAY,
        };
        let chance = Chance::from_basis_points(points);
        let sure = Some(chance);
        let odds = |_, prior: Option<Chance>| Odds { chance: sure, prior, ..Odds::default() };
        let found = ways(&known, odds);
        for one in found.ways.iter().filter(|one| one.way != Way::WriteOff) {
            let net = Money::from_cents(cents).share_rounded(chance) - one.cost;
            prop_assert_eq!(one.net, Some(net));
        }
        let said = rules.playbook.said(&case.lines[0].remarks, None).next();
        let heals = said.is_some_and(|said| {
            said.resend.is_some() || said.rights == Some(Rights::ResubmitOnly)
        });
        if heals || group == "PR" || ruling.correctable {
            prop_assert!(why(&found, Way::WriteOff) != "open");
            prop_assert!(found.recommended.way != Some(Way::WriteOff));
        }
        if let Some(way) = found.recommended.way {
            prop_assert_eq!(why(&found, way), "open");
        }
    }
}
