//! Stories as tables of text: on a day somebody does something, and the case stands so.
//!
//! A line is `day role act -> status next outstanding`, or `-> ! words of the refusal`.

use denial::deadline::DeadlineKind;
use denial::denial::{Denial, NextActionKind, Resolution, Work};
use denial::lifecycle::hearing::hear_all;
use denial::lifecycle::{Action, Event, Refused};
use denial::money::Money;
use denial::person::Role;
use denial::posting::{PostingKind, WriteOffReason};

use crate::clinic::{action, case, clock, day, entry, found, line, moment, rules};

/// `post payer_payment 1 60.00`: kind, id, amount; `reverse payer_payment 1 60.00` takes it back.
fn money(kind: &str, id: &str, amount: &str) -> denial::posting::Entry {
    let reason = (kind == "write_off").then_some(WriteOffReason::Denied.as_str());
    let kind = PostingKind::from_names(kind, reason).expect("a kind");
    let cents = Money::parse(amount).expect("an amount").cents();
    entry(id.parse().expect("a number"), kind, cents)
}

fn reversal(kind: &str, id: &str, amount: &str) -> denial::posting::Entry {
    let original = money(kind, id, amount);
    let number: u128 = id.parse().expect("a number");
    let back = entry(number + 100, original.kind, -original.amount.cents());
    denial::posting::Entry { reverses: Some(original.id), ..back }
}

fn read(act: &str) -> Action {
    let words: Vec<&str> = act.split_whitespace().collect();
    match words[..] {
        ["review"] => Action::Review,
        ["take"] => Action::Take,
        ["release"] => Action::Release,
        ["approve"] => Action::Approve,
        ["settle"] => Action::Post { entries: Vec::new() },
        ["post", kind, id, amount] => Action::Post { entries: vec![money(kind, id, amount)] },
        ["reverse", kind, id, amount] => Action::Post { entries: vec![reversal(kind, id, amount)] },
        ["reopen", kind, id, amount] => Action::Reopen {
            reason: "taken back".to_owned(),
            entries: vec![reversal(kind, id, amount)],
            remittance: None,
        },
        ["resubmit", frequency, reference] => action(&format!(
            r#"{{"act":"resubmit","frequency":"{frequency}","channel":"edi",
                "reference":"{reference}"}}"#
        )),
        ["appeal", level] => action(&format!(
            r#"{{"act":"appeal","id":"apl_0000000000000000000000000{level}","level":{level},
                "channel":"fax","confirmation":"F1"}}"#
        )),
        ["records"] => action(
            r#"{"act":"attach_document","document":"doc_00000000000000000000000001",
                "what":"medical_record"}"#,
        ),
        ["receipt", reference] => {
            action(&format!(r#"{{"act":"acknowledge","channel":"edi","reference":"{reference}"}}"#))
        }
        ["reject", code] => action(&format!(r#"{{"act":"reject","codes":["{code}"]}}"#)),
        ["uphold", note] => action(&format!(r#"{{"act":"uphold","note":"{note}"}}"#)),
        ["overturn", note] => {
            action(&format!(r#"{{"act":"overturn","answer":{{"note":"{note}"}}}}"#))
        }
        ["withdraw"] => action(r#"{"act":"withdraw","reason":"sent in error"}"#),
        ["dispute"] => action(r#"{"act":"dispute","reason":"paid short"}"#),
        ["propose"] => action(r#"{"act":"propose_write_off","reason":"no way is left"}"#),
        ["write_off", id] => Action::WriteOff {
            id: money("interest", id, "1").id,
            reason: WriteOffReason::Denied,
            note: "no way is left".to_owned(),
        },
        ["ask", role] => {
            action(&format!(r#"{{"act":"ask_colleague","to":"{role}","text":"is it so?"}}"#))
        }
        ["answer", number] => {
            action(&format!(r#"{{"act":"answer","question":{number},"text":"it is"}}"#))
        }
        _ => panic!("no such act: {act}"),
    }
}

fn stands(case: &Denial) -> String {
    let next = match &case.work {
        Work::Open { next, .. } => format!("{} {}", next.kind.as_str(), next.on),
        Work::Closed { resolution, .. } => resolution.as_str().to_owned(),
    };
    let status = case.status().as_str().trim_end_matches("_and_resubmitted");
    format!("{status} {next} {}", case.balance.outstanding().plain())
}

/// Plays a story and compares each step; gives the case at its end.
fn play(story: &str) -> Denial {
    let opened = case();
    let (mut case, mut journal) = (opened.after, opened.events);
    for line in story.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (act, expected) = line.split_once(" -> ").expect("an arrow");
        let mut words = act.splitn(3, ' ');
        let day = words.next().and_then(|day| day.parse().ok()).expect("a day");
        let role = words.next().and_then(Role::from_name).expect("a role");
        let did = case.act(&read(words.next().expect("an act")), &moment(day, role), &rules());
        match (did, expected.strip_prefix("! ")) {
            (Ok(decided), None) => {
                case = decided.after;
                journal.extend(decided.events);
                assert_eq!(stands(&case), expected, "{line}");
            }
            (Err(refused), Some(words)) => {
                assert!(refused.to_string().contains(words), "{line}: {refused}");
            }
            (Ok(_), Some(_)) => panic!("{line}: was not refused"),
            (Err(refused), None) => panic!("{line}: {refused}"),
        }
    }
    assert_eq!(Denial::fold(&journal).as_ref(), Some(&case));
    case
}

#[test]
fn a_corrected_claim_is_paid() {
    let case = play(
        "1 billing_specialist review -> in_review correct 2026-06-09 100.00
         2 billing_specialist resubmit 7 S1 -> corrected await_payer 2026-07-06 100.00
         3 billing_specialist receipt A2 -> pending_payer_response await_payer 2026-07-06 100.00
         9 billing_specialist overturn call-17 -> overturned post_payment 2026-07-10 100.00
         9 billing_specialist post payer_payment 1 60.00 -> ! may not do this
         12 poster post payer_payment 1 60.00 -> overturned post_payment 2026-07-10 40.00
         12 poster settle -> ! $40.00 is not explained yet
         12 poster post contractual 2 50.00 -> ! only $40.00 is outstanding
         12 poster post contractual 2 40.00 -> paid paid_by_payer 0.00
         13 poster settle -> ! reopen it first",
    );
    assert_eq!(case.attempts, 0);
    assert!(case.submissions[0].ended_on.is_none());
}

#[test]
fn an_appeal_needs_its_records_and_its_turn() {
    let case = play(
        "1 billing_specialist review -> in_review correct 2026-06-09 100.00
         2 billing_specialist appeal 1 -> ! not on file yet: medical record
         2 billing_specialist records -> in_review correct 2026-06-09 100.00
         2 billing_specialist appeal 2 -> ! expected an appeal of level 1
         2 billing_specialist appeal 1 -> appealed await_payer 2026-07-06 100.00
         9 billing_specialist uphold letter -> in_review review 2026-06-12 100.00
         9 billing_specialist appeal 1 -> ! expected an appeal of level 2
         9 billing_specialist appeal 2 -> appealed await_payer 2026-07-10 100.00
         9 billing_specialist withdraw -> in_review review 2026-06-12 100.00
         9 billing_specialist appeal 2 -> appealed await_payer 2026-07-10 100.00",
    );
    assert_eq!((case.attempts, case.appeals.len()), (1, 3));
}

#[test]
fn a_refusal_before_adjudication_is_no_attempt_and_the_same_is_not_sent_twice() {
    let case = play(
        "1 billing_specialist review -> in_review correct 2026-06-09 100.00
         2 billing_specialist resubmit 7 S1 -> corrected await_payer 2026-07-06 100.00
         3 billing_specialist reject A7 -> in_review correct 2026-06-11 100.00
         3 billing_specialist resubmit 7 S1 -> ! this was sent already
         3 billing_specialist resubmit 7 S2 -> corrected await_payer 2026-07-06 100.00",
    );
    assert_eq!((case.attempts, case.submissions.len()), (0, 2));
}

#[test]
fn what_is_above_the_limit_needs_a_second_person() {
    let case = play(
        "1 billing_specialist review -> in_review correct 2026-06-09 100.00
         2 billing_specialist write_off 1 -> ! propose it to a second person
         2 billing_supervisor propose -> in_review correct 2026-06-09 100.00
         2 billing_supervisor approve -> ! let another supervisor do so
         2 billing_specialist approve -> ! may not do this
         2 billing_supervisor propose -> ! a write-off waits
         3 billing_specialist write_off 1 -> ! propose it to a second person
         3 manager approve -> in_review book_write_off 2026-06-08 100.00
         4 billing_specialist write_off 1 -> written_off written_off 0.00
         9 poster reopen write_off 1 100.00 -> in_review review 2026-06-12 100.00
         9 poster post patient_responsibility 3 80.00 -> in_review review 2026-06-12 20.00
         9 billing_specialist write_off 4 -> written_off partly_written_off 0.00",
    );
    assert_eq!(case.postings.len(), 4);
}

#[test]
fn a_payment_taken_back_opens_the_case_again() {
    let case = play(
        "1 billing_specialist overturn letter -> overturned post_payment 2026-07-02 100.00
         5 poster post payer_payment 1 100.00 -> paid paid_by_payer 0.00
         9 poster reopen payer_payment 1 100.00 -> in_review review 2026-06-12 100.00
         9 poster reverse payer_payment 1 100.00 -> ! this was posted already
         9 poster post patient_responsibility 2 100.00 -> paid transferred 0.00",
    );
    assert!(matches!(case.work, Work::Closed { resolution: Resolution::Transferred, .. }));
}

#[test]
fn money_given_up_can_be_taken_back_in_part_and_the_case_ends_either_way() {
    play(
        "1 billing_specialist review -> in_review correct 2026-06-09 100.00
         2 poster post payer_payment 1 80.00 -> in_review correct 2026-06-09 20.00
         2 billing_specialist write_off 2 -> written_off partly_written_off 0.00
         3 poster reopen payer_payment 1 80.00 -> in_review review 2026-06-08 80.00
         4 poster post payer_payment 3 80.00 -> in_review review 2026-06-08 0.00
         4 poster settle -> ! $20.00 is given up; reverse that first
         4 billing_specialist write_off 4 -> written_off partly_written_off 0.00
         5 poster reopen write_off 2 20.00 -> in_review review 2026-06-08 20.00
         6 poster post payer_payment 5 20.00 -> paid paid_by_payer 0.00",
    );
}

#[test]
fn a_question_waits_for_the_role_that_was_asked() {
    let case = play(
        "1 billing_specialist review -> in_review correct 2026-06-09 100.00
         1 provider answer 1 -> ! neither owns this case nor was asked
         1 billing_specialist ask provider -> in_review ask_colleague 2026-06-08 100.00
         1 billing_specialist ask certified_coder -> in_review ask_colleague 2026-06-08 100.00
         2 provider answer 2 -> ! let them answer
         2 provider answer 1 -> in_review ask_colleague 2026-06-08 100.00
         3 certified_coder answer 2 -> in_review review 2026-06-08 100.00
         3 certified_coder answer 2 -> ! neither owns this case nor was asked",
    );
    assert!(case.questions.is_empty());
}

#[test]
fn two_people_do_not_work_one_case() {
    let case = play(
        "1 billing_specialist take -> new correct 2026-06-08 100.00
         1 manager take -> ! works on this case now
         1 manager release -> new correct 2026-06-08 100.00
         1 manager release -> ! nothing to release
         1 manager take -> new correct 2026-06-08 100.00
         1 billing_specialist review -> ! works on this case now",
    );
    let owner = case.owner().and_then(|owner| owner.person.clone());
    assert_eq!(owner, Some(crate::clinic::person(Role::BillingSpecialist, false)));
}

#[test]
fn the_journal_reads_like_the_story() {
    let decided = case();
    let read = |event: &Event| event.kind();
    assert_eq!(decided.events.iter().map(read).collect::<Vec<_>>(), ["denial.opened"]);
    let review = decided.after.act(&Action::Review, &moment(1, Role::Manager), &rules());
    let review = review.expect("allowed");
    assert_eq!(review.events.iter().map(read).collect::<Vec<_>>(), ["denial.reviewed"]);
    assert_eq!((decided.after.version, review.after.version), (1, 2));
}

#[test]
fn an_approval_holds_for_its_amount_and_until_the_case_moves() {
    let approved = play(
        "1 billing_specialist review -> in_review correct 2026-06-09 100.00
         2 billing_supervisor propose -> in_review correct 2026-06-09 100.00
         3 manager approve -> in_review book_write_off 2026-06-08 100.00",
    );
    let more = found(vec![line(1, 6_000), line(2, 4_000), line(3, 2_000)]);
    let at = moment(4, Role::BillingSpecialist);
    let events = approved.hear(&more, &at, &rules());
    let grown = events.iter().fold(approved.clone(), Denial::apply);
    let refused = grown.act(&read("write_off 1"), &at, &rules()).expect_err("it grew");
    assert_eq!(refused, Refused::NeedsSecondPerson { amount: Money::from_cents(12_000) });
    assert!(grown.follows_way() && !grown.may_plan(NextActionKind::BookWriteOff));
    let declined = action(r#"{"act":"decline","reason":"it grew"}"#);
    let declined = approved.act(&declined, &moment(4, Role::Manager), &rules()).expect("allowed");
    let next = declined.after.next().expect("open");
    assert_eq!(next.kind, NextActionKind::Correct, "the case goes on by its ways");
    let sent = approved.act(&read("resubmit 1 S1"), &at, &rules()).expect("allowed").after;
    assert_eq!(sent.proposal, None);
}

#[test]
fn a_line_goes_its_own_way_with_its_own_money() {
    let at = moment(1, Role::BillingSpecialist);
    let split = action(
        r#"{"act":"split_line","position":2,
            "road":{"road":"own_case","id":"den_00000000000000000000000009"}}"#,
    );
    let decided = case().after.act(&split, &at, &rules()).expect("allowed");
    let own = decided.split.expect("a case");
    assert_eq!(decided.events[0].kind(), "denial.line_split");
    assert_eq!(decided.after.balance.denied.cents(), 6_000);
    assert_eq!(own.after.balance.denied.cents(), 4_000);
    assert_eq!(own.after.split_from, Some(decided.after.id.clone()));
    let own = if own.after.round == 2 { own.in_round(5) } else { panic!("the next round") };
    assert_eq!((decided.after.round, own.after.round), (1, 5));
    assert_eq!(Denial::fold(&own.events), Some(own.after.clone()));
    let cases = [decided.after, own.after];
    let same = found(vec![line(1, 6_000), line(2, 4_000)]);
    let hearing = hear_all(&cases, &same, &at, &rules());
    let lines = |case: &Denial, events: &[Event]| {
        events.iter().fold(case.clone(), Denial::apply).lines.len()
    };
    let lines: Vec<usize> =
        cases.iter().zip(&hearing.events).map(|(case, events)| lines(case, events)).collect();
    assert_eq!((lines, hearing.fresh), (vec![1, 1], None));
}

#[test]
fn a_promise_is_the_day_to_wait_for() {
    let at = moment(1, Role::BillingSpecialist);
    let call = r#"{"act":"log_contact","channel":"phone","representative":"R. 4",
        "reference":"17","said":"in work","promised_by":"2026-06-12","minutes":9}"#;
    let case = case().after.act(&action(call), &at, &rules()).expect("allowed").after;
    assert_eq!(stands(&case), "new await_payer 2026-06-12 100.00");
    assert_eq!(case.promised_by, Some(day(11)));
}

#[test]
fn the_desk_works_safely_before_a_clock() {
    let soon = Denial { deadlines: vec![clock(DeadlineKind::Appeal(1), 9)], ..case().after };
    let at = moment(1, Role::BillingSpecialist);
    let case = soon.act(&Action::Review, &at, &rules()).expect("allowed").after;
    assert_eq!(stands(&case), "in_review correct 2026-06-05 100.00");
}
