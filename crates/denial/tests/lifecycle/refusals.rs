//! Each reason to refuse is reached, and says what to do next.

use std::collections::BTreeSet;
use std::path::Path;

use denial::codes::Rarc;
use denial::deadline::DeadlineKind;
use denial::denial::{Denial, NextActionKind, Recovery};
use denial::ids::RemittanceId;
use denial::lifecycle::action::AppealFiling;
use denial::lifecycle::{Action, Refused};
use denial::money::Money;
use denial::person::Role;
use denial::posting::{Fault, PostingKind, WriteOffReason};
use denial::remittance::Remark;
use denial::rules::Rules;

use crate::clinic::{action, case, clock, day, entry, moment, person, rules};

const REVIEW: &str = r#"{"act":"review"}"#;
const RESUBMIT: &str = r#"{"act":"resubmit","frequency":"7","channel":"portal","reference":"S1"}"#;
const APPEAL: &str = r#"{"act":"appeal","id":"apl_00000000000000000000000001","level":1,
    "channel":"fax","confirmation":"F1"}"#;
const PROPOSE: &str = r#"{"act":"propose_write_off","reason":"no way is left"}"#;
const OWN_CASE: &str = r#"{"act":"split_line","position":1,
    "road":{"road":"own_case","id":"den_00000000000000000000000002"}}"#;

fn after(acts: &[&str]) -> Denial {
    let at = moment(1, Role::Manager);
    acts.iter().fold(case().after, |case, act| {
        case.act(&action(act), &at, &rules()).unwrap_or_else(|why| panic!("{act}: {why}")).after
    })
}

fn in_review() -> Denial {
    after(&[REVIEW])
}

fn clocked(kind: DeadlineKind, days: i64) -> Denial {
    Denial { deadlines: vec![clock(kind, days)], ..in_review() }
}

fn refused(case: &Denial, role: Role, action: &Action) -> Refused {
    case.decide(action, &moment(2, role), &rules()).expect_err("it is refused")
}

/// Every variant once; a new one does not compile until it stands here.
fn name(refused: &Refused) -> &'static str {
    match refused {
        Refused::NotFrom(_) => "NotFrom",
        Refused::NotYourRole(_) => "NotYourRole",
        Refused::NotYourCase(_) => "NotYourCase",
        Refused::TakenBy(_) => "TakenBy",
        Refused::NotTaken => "NotTaken",
        Refused::Past { .. } => "Past",
        Refused::PastClock { .. } => "PastClock",
        Refused::NoControlNumber => "NoControlNumber",
        Refused::AlreadySent => "AlreadySent",
        Refused::WrongLevel { .. } => "WrongLevel",
        Refused::NoAppeal(_) => "NoAppeal",
        Refused::DocumentsMissing(_) => "DocumentsMissing",
        Refused::NoReceipt => "NoReceipt",
        Refused::Missing(_) => "Missing",
        Refused::TooLong => "TooLong",
        Refused::OddSign => "OddSign",
        Refused::NotAhead { .. } => "NotAhead",
        Refused::NotYet { .. } => "NotYet",
        Refused::NeedsSecondPerson { .. } => "NeedsSecondPerson",
        Refused::SamePerson => "SamePerson",
        Refused::NoProposal => "NoProposal",
        Refused::ProposalWaits => "ProposalWaits",
        Refused::NothingOutstanding => "NothingOutstanding",
        Refused::Unsettled { .. } => "Unsettled",
        Refused::StandsGivenUp { .. } => "StandsGivenUp",
        Refused::MoreThanOutstanding { .. } => "MoreThanOutstanding",
        Refused::MoreThanTold { .. } => "MoreThanTold",
        Refused::Quarantined => "Quarantined",
        Refused::Posting(_) => "Posting",
        Refused::NoSuchTeam => "NoSuchTeam",
        Refused::NoSuchQuestion(_) => "NoSuchQuestion",
        Refused::NotAsked(_) => "NotAsked",
        Refused::NoSuchLine(_) => "NoSuchLine",
        Refused::OnlyLine => "OnlyLine",
        Refused::LinePosted => "LinePosted",
        Refused::StepOpen => "StepOpen",
        Refused::NotOnFile => "NotOnFile",
        Refused::Undo(_) => "Undo",
        Refused::Unchanged(_) => "Unchanged",
    }
}

const VARIANTS: usize = 37;

fn post(entries: Vec<denial::posting::Entry>) -> Action {
    Action::Post { entries }
}

fn pay(id: u128, cents: i64) -> denial::posting::Entry {
    entry(id, PostingKind::PayerPayment, cents)
}

fn unexplained(cents: i64) -> denial::posting::Entry {
    denial::posting::Entry { why: String::new(), ..pay(1, cents) }
}

/// Cases with something odd about them.
fn odd(of: &str) -> Denial {
    let case = in_review();
    let at = moment(2, Role::Manager);
    let act =
        |case: &Denial, action: &Action| case.act(action, &at, &rules()).expect("allowed").after;
    match of {
        "without control" => Denial { control: "".into(), ..case },
        "without wish" => Denial { wanted: Vec::new(), ..case },
        "quarantined" => Denial { quarantined: true, ..case },
        "won for less" => {
            let mut case = case;
            let recovery = Recovery {
                on: at.today,
                amount: Money::from_cents(4_000),
                days: 1,
                remittance: RemittanceId::from_bits(9),
            };
            case.lines.truncate(1);
            case.lines[0].recovered = Some(recovery);
            case
        }
        "taken" => Denial { taken_by: Some(person(Role::Poster, false)), ..case },
        "proposed" => act(&case, &action(PROPOSE)),
        "rejected" => {
            let sent = act(&case, &action(RESUBMIT));
            act(&sent, &action(r#"{"act":"reject","codes":["A7"]}"#))
        }
        "sent" => act(&case, &action(RESUBMIT)),
        "asked" => act(&case, &action(r#"{"act":"ask_colleague","to":"provider","text":"so?"}"#)),
        "paid in part" => act(&case, &post(vec![pay(1, 9_900)])),
        "one line" => act(&case, &action(OWN_CASE)),
        "given up in part" => {
            let part = act(&case, &post(vec![pay(1, 9_900)]));
            let id = pay(2, 1).id;
            let (reason, note) = (WriteOffReason::SmallBalance, "small".to_owned());
            let given = act(&part, &Action::WriteOff { id, reason, note });
            let back = vec![reversal(3, 1, 9_900)];
            let reason = "taken back".to_owned();
            let open = act(&given, &Action::Reopen { reason, entries: back, remittance: None });
            act(&open, &post(vec![pay(4, 9_900)]))
        }
        "paid" => act(&case, &post(vec![pay(1, 10_000)])),
        _ => panic!("no such case: {of}"),
    }
}

fn reversal(id: u128, of: u128, cents: i64) -> denial::posting::Entry {
    denial::posting::Entry { reverses: Some(pay(of, 1).id), ..pay(id, -cents) }
}

fn plan(next: &str) -> String {
    format!(r#"{{"act":"plan","next":"{next}","on":"2026-06-20"}}"#)
}

fn tick(mark: &str, note: &str) -> String {
    format!(r#"{{"act":"tick","step":"policy_verification","mark":"{mark}","note":"{note}"}}"#)
}

#[test]
fn a_plan_is_bound_by_the_clock_it_is_to_meet_alone() {
    let case = clocked(DeadlineKind::CorrectedClaim, 9);
    let both = |days| {
        let appeal = crate::clinic::clock(DeadlineKind::Appeal(1), days);
        Denial { deadlines: [case.deadlines.clone(), vec![appeal]].concat(), ..case.clone() }
    };
    let refused = |case: &Denial, next: &str| {
        case.decide(&action(&plan(next)), &moment(1, Role::Manager), &rules()).err()
    };
    for next in ["appeal", "review", "await_payer"] {
        assert_eq!(refused(&both(30), next), None, "{next}: the appeal is open still");
        assert!(refused(&both(10), next).is_some(), "{next}: no way is open then");
    }
    assert!(refused(&both(30), "correct").is_some());
    for next in ["bill_patient", "propose_write_off", "coordinate_benefits"] {
        assert_eq!(refused(&both(10), next), None, "{next} meets no clock");
    }
}

/// MA44 leaves no appeal, but for a reason that is given.
fn barred() -> Refused {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data");
    let named = ["playbook.toml", "remarks.toml", "owners.toml", "desk.toml", "protected.toml"];
    let codes = ["carc", "rarc", "groups", "statuses", "claim_statuses", "entities", "syntax"]
        .map(|name| format!("codes/{name}.csv"));
    let read = |name: String| {
        let text = std::fs::read_to_string(data.join(&name)).expect("a rule file");
        (name, text)
    };
    let named = named.map(str::to_owned).into_iter().chain(codes);
    let files: Vec<(String, String)> = named.map(read).collect();
    let shipped = denial::rules::read(&files).expect("whole");
    let rules = Rules { playbook: shipped.playbook, ..rules() };
    let mut case = odd("without wish");
    case.lines[0].remarks = vec![Remark { list: "MOA".into(), code: Rarc::new("MA44") }];
    let refused = case.decide(&action(APPEAL), &moment(2, Role::Manager), &rules);
    let Action::Appeal(filing) = action(APPEAL) else { panic!("an appeal") };
    let although = Some("the remark is wrong".to_owned());
    let sent = Action::Appeal(AppealFiling { although, ..filing });
    assert!(case.decide(&sent, &moment(2, Role::Manager), &rules).is_ok());
    refused.expect_err("no appeal is open")
}

fn note(text: String) -> Action {
    Action::Note { text }
}

const WRITE_OFF: &str = r#"{"act":"write_off","id":"pst_00000000000000000000000009",
    "reason":"denied","note":"no way is left"}"#;

#[test]
fn every_reason_to_refuse_is_reached() {
    use Role::{BillingSpecialist, FrontDesk, Manager, Poster, Provider};
    let snooze = r#"{"act":"snooze","until":"2026-06-20","reason":"waits"}"#;
    let answer = r#"{"act":"answer","question":1,"text":"so it is"}"#;
    let past = r#"{"act":"plan","next":"review","on":"2026-06-01"}"#;
    let early = action(r#"{"act":"uphold","note":"letter","on":"2026-07-01"}"#);
    let receipt = action(r#"{"act":"acknowledge","channel":"fax","reference":" "}"#);
    let aside = r#"{"act":"split_line","position":9,"road":{"road":"back"}}"#;
    let back = r#"{"act":"split_line","position":1,"road":{"road":"back"}}"#;
    let late = clocked(DeadlineKind::CorrectedClaim, -1);
    let level = APPEAL.replace("\"level\":1", "\"level\":3");
    let approve = r#"{"act":"approve"}"#;
    let shown = r#"{"act":"tick","step":"policy_verification","mark":"done",
        "document":"doc_00000000000000000000000001"}"#;
    let table: Vec<(Denial, Role, Action, &str)> = vec![
        (in_review(), Manager, action(REVIEW), "NotFrom"),
        (in_review(), Manager, note("e".repeat(10_001)), "TooLong"),
        (in_review(), Manager, note("a\0b".to_owned()), "OddSign"),
        (in_review(), Poster, action(RESUBMIT), "NotYourRole"),
        (in_review(), FrontDesk, action(r#"{"act":"note","text":"x"}"#), "NotYourCase"),
        (odd("taken"), BillingSpecialist, action(RESUBMIT), "TakenBy"),
        (in_review(), Manager, action(r#"{"act":"release"}"#), "NotTaken"),
        (late, BillingSpecialist, action(RESUBMIT), "Past"),
        (clocked(DeadlineKind::Appeal(1), 9), Manager, action(snooze), "PastClock"),
        (clocked(DeadlineKind::Appeal(1), 9), Manager, action(&plan("appeal")), "PastClock"),
        (clocked(DeadlineKind::Appeal(1), 9), Manager, action(&plan("call_payer")), "PastClock"),
        (clocked(DeadlineKind::CorrectedClaim, 9), Manager, action(&plan("correct")), "PastClock"),
        (odd("without control"), Manager, action(RESUBMIT), "NoControlNumber"),
        (odd("rejected"), Manager, action(RESUBMIT), "AlreadySent"),
        (in_review(), Manager, action(&level), "WrongLevel"),
        (in_review(), Manager, action(APPEAL), "DocumentsMissing"),
        (odd("sent"), Manager, receipt, "NoReceipt"),
        (in_review(), Manager, action(r#"{"act":"note","text":" "}"#), "Missing"),
        (in_review(), Manager, action(past), "NotAhead"),
        (odd("sent"), Manager, early, "NotYet"),
        (in_review(), Manager, action(WRITE_OFF), "NeedsSecondPerson"),
        (odd("proposed"), Manager, action(approve), "SamePerson"),
        (in_review(), Manager, action(approve), "NoProposal"),
        (odd("proposed"), Manager, action(PROPOSE), "ProposalWaits"),
        (odd("given up in part"), Manager, action(PROPOSE), "NothingOutstanding"),
        (in_review(), Manager, post(vec![]), "Unsettled"),
        (odd("given up in part"), Manager, post(vec![]), "StandsGivenUp"),
        (in_review(), Manager, post(vec![pay(1, 10_001)]), "MoreThanOutstanding"),
        (odd("won for less"), Manager, post(vec![unexplained(4_001)]), "MoreThanTold"),
        (odd("quarantined"), Poster, post(vec![pay(1, 1)]), "Quarantined"),
        (in_review(), Manager, post(vec![pay(1, 0)]), "Posting"),
        (in_review(), Manager, action(answer), "NoSuchQuestion"),
        (odd("asked"), BillingSpecialist, action(answer), "NotAsked"),
        (in_review(), Manager, action(aside), "NoSuchLine"),
        (odd("one line"), Manager, action(OWN_CASE), "OnlyLine"),
        (odd("paid in part"), Manager, action(OWN_CASE), "LinePosted"),
        (in_review(), Manager, action(back), "Unchanged"),
        (in_review(), Manager, action(&tick("open", "again")), "StepOpen"),
        (in_review(), Manager, action(&tick("done", " ")), "Missing"),
        (in_review(), Manager, action(&tick("not_needed", "")), "Missing"),
        (in_review(), Manager, action(shown), "NotOnFile"),
    ];
    let mut reached = BTreeSet::new();
    for (case, role, action, expected) in table {
        let refused = refused(&case, role, &action);
        assert_eq!(name(&refused), expected, "{refused}");
        let text = refused.to_string();
        assert!(!text.ends_with('.') && !text.contains("  ") && text.len() > 20, "{text}");
        reached.insert(name(&refused));
    }
    reached.insert(name(&barred()));
    assert_eq!(reached.len(), VARIANTS);
    assert!(odd("asked").decide(&action(answer), &moment(2, Provider), &rules()).is_ok());
}

#[test]
fn every_fault_of_a_posting_is_reached() {
    let part = odd("paid in part");
    let write_off = entry(7, PostingKind::WriteOff(WriteOffReason::Charity), 100);
    let other = denial::posting::Entry { kind: PostingKind::Contractual, ..reversal(7, 1, 9_900) };
    let back = post(vec![reversal(7, 1, 9_900), reversal(8, 1, 9_900)]);
    let reopen = |entries| Action::Reopen { reason: "so".to_owned(), entries, remittance: None };
    let table: Vec<(&Denial, Action, Fault)> = vec![
        (&part, post(vec![pay(7, -100)]), Fault::NotPositive),
        (&part, post(vec![pay(7, i64::MIN)]), Fault::TooLarge),
        (&part, post(vec![write_off]), Fault::GivenUp),
        (&part, post(vec![pay(1, 100)]), Fault::PostedTwice),
        (&part, post(vec![pay(7, 10), pay(7, 10)]), Fault::PostedTwice),
        (&part, post(vec![reversal(7, 6, 100)]), Fault::NothingToReverse),
        (&part, back, Fault::ReversedAlready),
        (&part, post(vec![reversal(7, 1, 9_000)]), Fault::NotTheOpposite),
        (&part, post(vec![other]), Fault::NotTheOpposite),
        (&part, post(vec![entry(7, PostingKind::Recoupment, 9_901)]), Fault::BelowZero),
    ];
    for (case, action, expected) in table {
        assert_eq!(refused(case, Role::Manager, &action), Refused::Posting(expected));
    }
    let paid = odd("paid");
    let refused = refused(&paid, Role::Manager, &reopen(vec![pay(7, 10)]));
    assert_eq!(refused, Refused::Posting(Fault::NotATakeback));
}

#[test]
fn a_supervisor_with_a_reason_may_be_late_and_without_papers() {
    let late = RESUBMIT.replace("\"S1\"", "\"S1\",\"late\":\"the payer lost it\"");
    let case = clocked(DeadlineKind::CorrectedClaim, -1);
    let past = Refused::Past { deadline: DeadlineKind::CorrectedClaim, by: day(-1) };
    assert_eq!(refused(&case, Role::Manager, &action(RESUBMIT)), past);
    assert_eq!(refused(&case, Role::BillingSpecialist, &action(&late)), past);
    assert!(case.decide(&action(&late), &moment(2, Role::Manager), &rules()).is_ok());
    let without = APPEAL.replace("\"F1\"", "\"F1\",\"without\":\"the payer has them\"");
    let case = in_review();
    assert!(case.decide(&action(&without), &moment(2, Role::BillingSpecialist), &rules()).is_err());
    assert!(case.decide(&action(&without), &moment(2, Role::Manager), &rules()).is_ok());
    let by_hand = Denial { quarantined: true, ..case };
    let posted = by_hand.decide(&post(vec![pay(1, 1)]), &moment(2, Role::Manager), &rules());
    assert!(posted.is_ok());
}

#[test]
fn a_correction_sent_in_time_and_recorded_later_is_in_time() {
    let case = clocked(DeadlineKind::CorrectedClaim, 1);
    let sent = RESUBMIT.replace("\"S1\"", "\"S1\",\"sent_on\":\"2026-06-02\"");
    assert!(case.decide(&action(&sent), &moment(9, Role::BillingSpecialist), &rules()).is_ok());
    let appeal = Denial { wanted: Vec::new(), ..clocked(DeadlineKind::Appeal(1), 1) };
    let past = Refused::Past { deadline: DeadlineKind::Appeal(1), by: day(1) };
    assert_eq!(refused(&appeal, Role::Manager, &action(APPEAL)), past);
    assert_eq!(odd("without wish").missing_documents().len(), 0);
    assert_eq!(Money::from_cents(1), pay(1, 1).amount);
}

#[test]
fn what_lies_with_the_payer_is_waited_for_and_not_sent_again() {
    let plan = |next: NextActionKind| Action::Plan { next, on: day(3) };
    let (ours, theirs) = (in_review(), after(&[REVIEW, RESUBMIT]));
    let kinds = |case: &Denial| case.plans().collect::<Vec<_>>();
    let later = [NextActionKind::PostPayment, NextActionKind::BookWriteOff];
    let not_later = NextActionKind::ALL.iter().filter(|kind| !later.contains(kind));
    assert_eq!(kinds(&ours), not_later.copied().collect::<Vec<_>>());
    assert!(kinds(&theirs).contains(&NextActionKind::AwaitPayer));
    for kind in NextActionKind::ALL {
        let decided = theirs.decide(&plan(*kind), &moment(2, Role::Manager), &rules());
        assert_eq!(decided.is_ok(), theirs.may_plan(*kind), "{kind:?}");
    }
    let refused = refused(&theirs, Role::Manager, &plan(NextActionKind::Appeal));
    assert!(refused.to_string().contains("withdraw what was sent"), "{refused}");
    let next = theirs.next_to_plan(day(2), &rules());
    assert_eq!(Some(next.kind), theirs.next().map(|next| next.kind), "it stays as it is");
    let first = ours.next_to_plan(day(2), &rules());
    assert_eq!(first, ours.next_by_way(day(2), &rules()));
}
