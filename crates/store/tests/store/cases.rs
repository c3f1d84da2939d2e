//! Cases saved, refused where somebody was faster, and found again.

use denial::denial::{Denial, RootCause, Status};
use denial::ids::PayerId;
use denial::lifecycle::Decided;
use denial::lifecycle::opening::ClaimFacts;
use denial::person::Role;
use store::Error;
use store::denials::Rank;
use store::instant;
use store::queue::{Filter, Sort};

use crate::clinic::{TODAY, act, action, moment, open, rules, save, someone};
use crate::place::{on_each, practice};

#[test]
fn a_case_comes_back_as_it_was_saved() {
    on_each(async |place| {
        let [case] = &open(place, &[10_000]).await[..] else { panic!("one case") };
        let after = act(place, case, r#"{"act": "review"}"#).await;
        let mut tx = place.store.read(&practice()).await.expect("a look");
        assert_eq!(tx.case(after.id.as_str()).await.expect("there"), after);
        let claims = [after.claim.as_str().to_owned()];
        assert_eq!(tx.cases_of(&claims).await.expect("there"), std::slice::from_ref(&after));
        let ids = [after.id.as_str().to_owned()];
        assert_eq!(tx.cases_among(&ids).await.expect("there"), std::slice::from_ref(&after));
        assert_eq!(tx.open_cases_after("", 5).await.expect("there"), std::slice::from_ref(&after));
        assert!(matches!(tx.case("den_none").await, Err(Error::Missing { .. })));
        let told = tx.timeline(after.id.as_str()).await.expect("told");
        let last = told.last().expect("the review");
        assert_eq!(last.to_status.as_deref(), Some(Status::InReview.as_str()));
        assert_eq!(last.actor, someone(1).as_str());
    });
}

#[test]
fn the_second_of_two_hears_who_was_faster() {
    on_each(async |place| {
        let [case] = &open(place, &[10_000]).await[..] else { panic!("one case") };
        act(place, case, r#"{"act": "review"}"#).await;
        let late = case.act(&action(r#"{"act": "take"}"#), &moment(), &rules()).expect("allowed");
        let mut tx = place.store.write(&practice()).await.expect("a turn");
        let refused = save(&mut tx, case, &late).await.expect_err("somebody was faster");
        let Error::Stale { by, at } = refused else { panic!("{refused}") };
        assert_eq!((by.as_str(), at), (someone(1).as_str(), instant(moment().now)));
        let said = tx.who_was_faster(case.id.as_str()).await.expect("told");
        assert!(matches!(said, Error::Stale { .. }));
        let nobody = tx.who_was_faster("den_none").await.expect("told");
        assert!(matches!(nobody, Error::Missing { .. }));
    });
}

#[test]
fn a_dropped_transaction_leaves_nothing() {
    on_each(async |place| {
        let [case] = &open(place, &[10_000]).await[..] else { panic!("one case") };
        let decided =
            case.act(&action(r#"{"act": "take"}"#), &moment(), &rules()).expect("allowed");
        let mut tx = place.store.write(&practice()).await.expect("a turn");
        save(&mut tx, case, &decided).await.expect("saved");
        drop(tx);
        let mut tx = place.store.read(&practice()).await.expect("a look");
        assert_eq!(tx.case(case.id.as_str()).await.expect("there").version, case.version);
    });
}

#[test]
fn a_case_moves_to_the_payer_that_it_is_one_with() {
    on_each(async |place| {
        let [case] = &open(place, &[10_000]).await[..] else { panic!("one case") };
        let payer = PayerId::from_bits(2);
        let facts = ClaimFacts {
            claim: case.claim.clone(),
            number: case.number.clone(),
            payer: payer.clone(),
            payer_name: case.payer_name.clone(),
            plan: case.plan,
            provider: case.provider.clone(),
            site: case.site.clone(),
            days: case.days,
        };
        let events = case.join(&facts, &rules());
        let after = events.iter().fold(case.clone(), Denial::apply);
        let decided = Decided { events, after, split: None };
        let mut tx = place.store.write(&practice()).await.expect("a turn");
        tx.know_payers(&[(payer.clone(), "One payer".to_owned())]).await.expect("known");
        save(&mut tx, case, &decided).await.expect("saved");
        let rows = tx.queue(&Filter::default(), Sort::Priority, 9).await.expect("read");
        let named = rows.iter().find(|row| row.payer == payer.as_str());
        assert_eq!(named.map(|row| row.payer_name.as_str()), Some("One payer"));
    });
}

#[test]
fn a_case_that_cannot_be_read_keeps_no_other_back() {
    on_each(async |place| {
        let cases = open(place, &[10_000, 20_000]).await;
        let ids: Vec<String> = cases.iter().map(|case| case.id.to_string()).collect();
        let broken = format!("update denial set body = '{{}}' where denial = '{}'", ids[0]);
        place.damage("denial", &["denial_versions"], &broken).await;
        let mut tx = place.store.read(&practice()).await.expect("a look");
        assert!(matches!(tx.cases_among(&ids).await, Err(Error::Inconsistent { .. })));
        let (read, unread) = tx.readable_among(&ids).await.expect("read");
        assert_eq!(read, cases[1..]);
        assert_eq!(unread.iter().map(|(id, _)| id).collect::<Vec<_>>(), [&ids[0]]);
        let mut sorted = ids.clone();
        sorted.sort();
        assert_eq!(tx.open_ids_after("", 9).await.expect("read"), sorted);
        assert_eq!(tx.open_ids_after(&sorted[0], 9).await.expect("read"), sorted[1..]);
    });
}

#[test]
fn a_case_cannot_be_opened_twice() {
    on_each(async |place| {
        let [case] = &open(place, &[10_000]).await[..] else { panic!("one case") };
        let mut tx = place.store.write(&practice()).await.expect("a turn");
        let again = [(case.clone(), crate::clinic::rank(1))];
        let refused = tx.open_cases(&again, Vec::new(), &moment()).await;
        assert!(matches!(refused, Err(Error::Inconsistent { table: "denial", .. })));
    });
}

#[test]
fn a_rank_is_renewed_without_a_version() {
    on_each(async |place| {
        let [case] = &open(place, &[10_000]).await[..] else { panic!("one case") };
        let mut tx = place.store.write(&practice()).await.expect("a turn");
        let rank = Rank { priority: 99, due_on: Some(TODAY), ..Rank::default() };
        assert_eq!(tx.rerank(&[(case, rank.clone())]).await.expect("renewed"), 1);
        assert_eq!(tx.rerank(&[(case, rank)]).await.expect("it has it already"), 0);
        assert_eq!(tx.case(case.id.as_str()).await.expect("there"), *case);
    });
}

#[test]
fn postings_are_rows_of_their_own() {
    on_each(async |place| {
        let [case] = &open(place, &[10_000]).await[..] else { panic!("one case") };
        let case = act(place, case, r#"{"act": "review"}"#).await;
        let id = denial::ids::PostingId::from_bits(5);
        let post = format!(
            r#"{{"act": "post", "entries": [{{"id": "{id}", "kind": "payer_payment",
            "amount": 4000, "why": "paid"}}]}}"#
        );
        let after = act(place, &case, &post).await;
        let mut tx = place.store.read(&practice()).await.expect("a look");
        let rows = tx.postings_of(case.id.as_str()).await.expect("there");
        let expected = store::postings::PostingRow::of(&after.postings[0], &after.id);
        assert_eq!(rows, [expected]);
        assert_eq!(after.balance.outstanding().cents(), 6_000);
    });
}

#[test]
fn usual_root_causes_are_counted_first_at_the_payer() {
    on_each(async |place| {
        let [case] = &open(place, &[10_000]).await[..] else { panic!("one case") };
        let cause = |step: &str| RootCause {
            step: step.to_owned(),
            team: Role::FrontDesk,
            preventable: true,
            recoverable: Some(true),
            note: String::new(),
        };
        let mut tx = place.store.write(&practice()).await.expect("a turn");
        tx.know_payers(&[(PayerId::from_bits(2), "Another".to_owned())]).await.expect("known");
        let elsewhere = Denial { payer: PayerId::from_bits(2), ..case.clone() };
        for (of, step) in
            [(&elsewhere, "coding"), (&elsewhere, "coding"), (case, "intake"), (case, " intake ")]
        {
            tx.count_root_cause(of, &cause(step), "2026-01-05").await.expect("counted");
        }
        let usual = tx.usual_root_causes(case, 9).await.expect("read");
        let told = usual.iter().map(|one| (one.step.as_str(), one.times, one.here));
        assert_eq!(told.collect::<Vec<_>>(), [("intake", 2, 2), ("coding", 2, 0)]);
        assert_eq!(usual[0].team, Role::FrontDesk.as_str());
        assert_eq!(tx.usual_root_causes(case, 1).await.expect("read").len(), 1);
    });
}

#[test]
fn ranks_find_their_cases_by_the_key() {
    on_each(async |place| {
        // Shaped as `rerank` is: not laid out first, every case of the practice would be walked.
        let text = "with each_one (told) as materialized (select value from json_each('[]'))
             update denial set priority = 1
             from (select told ->> 'denial' as of_denial from each_one) as ranked
             where practice = 'main' and denial = of_denial";
        let plan = place.plan_of(text).await;
        let is_found = plan.contains("practice=? AND denial=?");
        assert!(plan.is_empty() || is_found, "{plan}");
    });
}
