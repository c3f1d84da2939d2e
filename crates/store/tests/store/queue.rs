//! The queue: sorted, filtered, page by page; and the counts above it.

use denial::denial::Denial;
use denial::person::Role;
use insight::board::Own;
use store::Url;
use store::queue::{After, Filter, QueueRow, Sort};

use crate::clinic::{act, open, someone};
use crate::place::{Place, on_each, practice};

async fn queue(place: &Place, filter: &Filter, sort: Sort) -> Vec<String> {
    let mut tx = place.store.read(&practice()).await.expect("a look");
    let rows = tx.queue(filter, sort, None, 99).await.expect("read");
    rows.into_iter().map(|row| row.number).collect()
}

#[test]
fn each_sort_has_its_order_and_its_pages() {
    on_each(async |place| {
        open(place, &[300, 100, 200]).await;
        let all = Filter::default();
        assert_eq!(queue(place, &all, Sort::Priority).await, ["C3", "C2", "C1"]);
        assert_eq!(queue(place, &all, Sort::Money).await, ["C1", "C3", "C2"]);
        assert_eq!(queue(place, &all, Sort::Due).await, ["C1", "C2", "C3"]);
        for sort in [Sort::Priority, Sort::Money, Sort::Due] {
            assert_eq!(Sort::from_name(sort.as_str()), Some(sort));
            let whole = queue(place, &all, sort).await;
            assert_eq!(one_by_one(place, &all, sort).await, whole, "{sort:?}");
        }
        assert_eq!(Sort::from_name("age"), None);
    });
}

async fn one_by_one(place: &Place, filter: &Filter, sort: Sort) -> Vec<String> {
    let mut tx = place.store.read(&practice()).await.expect("a look");
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let rows = tx.queue(filter, sort, after.as_ref(), 1).await.expect("read");
        let Some(last) = rows.into_iter().next() else { return found };
        after = Some(After { value: value(&last, sort), denial: last.denial });
        found.push(last.number);
    }
}

fn value(row: &QueueRow, sort: Sort) -> String {
    match sort {
        Sort::Priority => row.priority.to_string(),
        Sort::Money => row.outstanding.to_string(),
        Sort::Due => row.due_on.clone(),
    }
}

#[test]
fn each_filter_leaves_what_it_names() {
    on_each(async |place| {
        let cases = open(place, &[300, 100, 200]).await;
        let taken = act(place, &cases[1], r#"{"act": "take"}"#).await;
        let snooze = r#"{"act": "snooze", "until": "2026-06-20", "reason": "waits"}"#;
        let asleep = act(place, &cases[2], snooze).await;
        let bring = r#"{"act": "escalate", "to": "manager", "reason": "waits"}"#;
        act(place, &asleep, bring).await;
        let text = |text: &str| Some(text.to_owned());
        let role = taken.owner().map(|owner| owner.role.as_str().to_owned());
        let own = |role: Role| Own { role, person: someone(1).to_string() };
        let table: Vec<(Filter, &[&str])> = vec![
            (Filter { closed: true, ..Filter::default() }, &[]),
            (Filter { role: role.clone(), ..Filter::default() }, &["C1", "C2", "C3"]),
            (Filter { role: text("poster"), ..Filter::default() }, &[]),
            (Filter { person: text(someone(1).as_str()), ..Filter::default() }, &["C2"]),
            (Filter { person: text(""), ..Filter::default() }, &["C1", "C3"]),
            (Filter { category: text("non_covered"), ..Filter::default() }, &["C1", "C2", "C3"]),
            (Filter { category: text("bundling"), ..Filter::default() }, &[]),
            (Filter { status: text("new"), ..Filter::default() }, &["C1", "C2", "C3"]),
            (Filter { status: text("paid"), ..Filter::default() }, &[]),
            (
                Filter { payer: text(cases[0].payer.as_str()), ..Filter::default() },
                &["C1", "C2", "C3"],
            ),
            (Filter { number: text("C2"), ..Filter::default() }, &["C2"]),
            (Filter { due_by: text("2026-12-31"), ..Filter::default() }, &[]),
            (Filter { due_from: text("2026-01-01"), ..Filter::default() }, &["C1", "C2", "C3"]),
            (Filter { next_by: text("2026-01-01"), ..Filter::default() }, &[]),
            (Filter { awake_on: text("2026-06-02"), ..Filter::default() }, &["C1", "C2"]),
            (Filter { awake_on: text("2026-06-20"), ..Filter::default() }, &["C1", "C2", "C3"]),
            (Filter { no_rule: true, ..Filter::default() }, &["C1", "C2", "C3"]),
            (Filter { unmapped: text("CO-QQ1"), ..Filter::default() }, &["C1", "C2", "C3"]),
            (Filter { unmapped: text("CO-1"), ..Filter::default() }, &[]),
            (Filter { brought_to: text("manager"), ..Filter::default() }, &["C3"]),
            (Filter { own: Some(own(Role::Poster)), ..Filter::default() }, &["C2"]),
        ];
        for (filter, expected) in table {
            let mut found = queue(place, &filter, Sort::Money).await;
            found.sort();
            assert_eq!(found, expected, "{filter:?}");
        }
    });
}

#[test]
fn a_question_brings_the_case_before_those_who_are_asked() {
    on_each(async |place| {
        let cases = open(place, &[300]).await;
        let ask = r#"{"act": "ask_colleague", "to": "certified_coder", "text": "which modifier?"}"#;
        let asked = act(place, &cases[0], ask).await;
        let own = Own { role: Role::CertifiedCoder, person: "usr_none".to_owned() };
        let filter = Filter { own: Some(own.clone()), ..Filter::default() };
        assert_eq!(queue(place, &filter, Sort::Money).await, ["C1"]);
        let mut tx = place.store.read(&practice()).await.expect("a look");
        let tally = tx.tally(Some(&own), "2026-06-01", "2026-06-08").await.expect("counted");
        assert_eq!(tally.iter().map(|one| one.cases).sum::<i64>(), 1);
        drop(tx);
        let answer = r#"{"act": "answer", "question": 1, "text": "25"}"#;
        act(place, &asked, answer).await;
        assert!(queue(place, &filter, Sort::Money).await.is_empty());
    });
}

#[test]
fn counts_agree_with_the_cases() {
    on_each(async |place| {
        let cases = open(place, &[300, 100, 200]).await;
        act(place, &cases[1], r#"{"act": "take"}"#).await;
        let snooze = r#"{"act": "snooze", "until": "2026-06-20", "reason": "waits"}"#;
        act(place, &cases[2], snooze).await;
        let mut tx = place.store.read(&practice()).await.expect("a look");
        for counts in [
            tx.counts_by_status().await.expect("counted"),
            tx.counts_by_category().await.expect("counted"),
            tx.counts_by_role().await.expect("counted"),
        ] {
            assert_eq!(counts.iter().map(|one| one.cases).sum::<i64>(), 3);
            assert_eq!(counts.iter().map(|one| one.outstanding).sum::<i64>(), 600);
        }
        let counts = tx.counts_of_concern("2026-06-01", "2026-06-08").await.expect("counted");
        let cases = |name| counts.iter().find(|one| one.name == name).map(|one| one.cases);
        assert_eq!(
            (cases("no_clock"), cases("unowned"), cases("late")),
            (Some(3), Some(2), Some(0))
        );
        let codes = tx.unmapped_codes().await.expect("counted");
        assert_eq!((codes[0].name.as_str(), codes[0].cases), ("CO-QQ1", 3));
        let payers = tx.payers_without_rules().await.expect("counted");
        assert_eq!((payers[0].1.as_str(), payers[0].2, payers[0].3), ("Synthetic payer", 3, 600));
        assert_eq!(tx.brought_to("manager").await.expect("counted"), 0);
        assert_eq!(tx.asleep("2026-06-01").await.expect("counted"), (1, 200));
        let tally = tx.tally(None, "2026-06-01", "2026-06-08").await.expect("counted");
        let awake: i64 = tally.iter().map(|one| one.cases).sum();
        let owned = tally.iter().filter(|one| one.owned == "yes").map(|one| one.cases);
        assert_eq!((awake, owned.sum::<i64>()), (2, 1));
        assert_eq!(tx.payers().await.expect("read")[0].1, "Synthetic payer");
    });
}

#[test]
fn the_queue_is_read_by_index() {
    on_each(async |place| {
        let cases: Vec<Denial> = open(place, &[300]).await;
        assert_eq!(cases.len(), 1);
        if matches!(place.url, Url::Postgres(_)) {
            return; // so few rows are scanned by any planner that counts
        }
        for order in ["priority desc, denial", "due_on, denial", "outstanding desc, denial"] {
            let plan = place.plan(order).await;
            assert!(plan.contains("INDEX denial_") && !plan.contains("TEMP"), "{order}: {plan}");
        }
    });
}
