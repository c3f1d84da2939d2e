//! The head of the queue; what the rules lack; cases that came and went.

use denial::denial::Denial;
use denial::person::Role;
use insight::board::Own;
use store::Url;
use store::audit::Book;
use store::digests::KeptDigest;
use store::queue::{Filter, Sort};
use store::tallies::Flow;

use crate::clinic::{act, moment, open, someone};
use crate::place::{Place, on_each, practice};

async fn queue(place: &Place, filter: &Filter, sort: Sort) -> Vec<String> {
    let mut tx = place.store.read(&practice()).await.expect("a look");
    let rows = tx.queue(filter, sort, 99).await.expect("read");
    rows.into_iter().map(|row| row.number).collect()
}

#[test]
fn each_sort_has_its_order() {
    on_each(async |place| {
        open(place, &[300, 100, 200]).await;
        let all = Filter::default();
        assert_eq!(queue(place, &all, Sort::Priority).await, ["C3", "C2", "C1"]);
        assert_eq!(queue(place, &all, Sort::Money).await, ["C1", "C3", "C2"]);
        assert_eq!(queue(place, &all, Sort::Due).await, ["C1", "C2", "C3"]);
    });
}

#[test]
fn each_filter_leaves_what_it_names() {
    on_each(async |place| {
        let cases = open(place, &[300, 100, 200]).await;
        act(place, &cases[1], r#"{"act": "take"}"#).await;
        let own =
            Own { role: Some(Role::Poster), person: someone(1).to_string(), teams: Vec::new() };
        let table: Vec<(Filter, &[&str])> = vec![
            (Filter::default(), &["C1", "C3", "C2"]),
            (Filter { closed: true, ..Filter::default() }, &[]),
            (Filter { number: Some("C2".to_owned()), ..Filter::default() }, &["C2"]),
            (Filter { own: Some(own), ..Filter::default() }, &["C2"]),
        ];
        for (filter, expected) in table {
            assert_eq!(queue(place, &filter, Sort::Money).await, expected, "{filter:?}");
        }
    });
}

#[test]
fn a_team_finds_what_it_shares() {
    on_each(async |place| {
        let cases = open(place, &[300, 100, 200]).await;
        let give = r#"{"act": "assign", "role": "certified_coder", "team": "Desk"}"#;
        let given = act(place, &cases[0], give).await;
        act(place, &cases[2], r#"{"act": "assign", "role": "vendor", "team": "Desk"}"#).await;
        let own = |role, teams: &[&str]| {
            let teams = teams.iter().map(|team| (*team).to_owned()).collect();
            let own = Own { role, person: "usr_none".to_owned(), teams };
            Filter { own: Some(own), ..Filter::default() }
        };
        let found = async |filter: Filter| queue(place, &filter, Sort::Money).await;
        assert_eq!(found(own(Some(Role::Provider), &["Desk", "Gone"])).await, ["C1", "C3"]);
        assert_eq!(found(own(None, &["Desk"])).await, ["C3"], "placed with a team of theirs");
        assert!(found(own(Some(Role::Provider), &["desk"])).await.is_empty());
        assert!(found(own(Some(Role::Provider), &[])).await.is_empty());
        act(place, &given, r#"{"act": "take"}"#).await;
        let mut owners = Vec::new();
        let mut put = |case: &insight::board::Listed<'_>| {
            owners.push((case.outstanding, case.owner.to_owned(), case.team.to_owned()));
        };
        let mut tx = place.store.read(&practice()).await.expect("a look");
        tx.list_all(&mut put).await.expect("listed");
        owners.sort();
        let said = |owner: &str, team: &str| (owner.to_owned(), team.to_owned());
        let owners: Vec<_> = owners.into_iter().map(|(_, owner, team)| (owner, team)).collect();
        let taker = someone(1).to_string();
        assert_eq!(owners, [said("", ""), said("team:Desk", "Desk"), said(&taker, "Desk")]);
    });
}

#[test]
fn a_question_brings_the_case_before_those_who_are_asked() {
    on_each(async |place| {
        let cases = open(place, &[300]).await;
        let ask = r#"{"act": "ask_colleague", "to": "certified_coder", "text": "which modifier?"}"#;
        let asked = act(place, &cases[0], ask).await;
        let own = Own {
            role: Some(Role::CertifiedCoder),
            person: "usr_none".to_owned(),
            teams: Vec::new(),
        };
        let filter = Filter { own: Some(own), ..Filter::default() };
        assert_eq!(queue(place, &filter, Sort::Money).await, ["C1"]);
        let answer = r#"{"act": "answer", "question": 1, "text": "25"}"#;
        act(place, &asked, answer).await;
        assert!(queue(place, &filter, Sort::Money).await.is_empty());
    });
}

#[test]
fn counts_agree_with_the_cases() {
    on_each(async |place| {
        let cases = open(place, &[300, 100, 200]).await;
        let snooze = r#"{"act": "snooze", "until": "2026-06-20", "reason": "waits"}"#;
        act(place, &cases[2], snooze).await;
        let mut tx = place.store.read(&practice()).await.expect("a look");
        let codes = tx.unmapped_codes().await.expect("counted");
        assert_eq!((codes[0].name.as_str(), codes[0].cases), ("CO-QQ1", 3));
        let payers = tx.payers_without_rules().await.expect("counted");
        assert_eq!((payers[0].1.as_str(), payers[0].2, payers[0].3), ("Synthetic payer", 3, 600));
        assert_eq!(tx.payers().await.expect("read")[0].1, "Synthetic payer");
    });
}

#[test]
fn cases_that_come_and_go_are_counted_by_time() {
    on_each(async |place| {
        let cases = open(place, &[300, 100, 200]).await;
        let reviewed = act(place, &cases[0], r#"{"act": "review"}"#).await;
        let id = denial::ids::PostingId::from_bits(1);
        let give_up = format!(
            r#"{{"act": "write_off", "id": "{id}", "reason": "small_balance", "note": "small"}}"#
        );
        act(place, &reviewed, &give_up).await;
        let mut tx = place.store.read(&practice()).await.expect("a look");
        let days = ["2026-05-31", "2026-06-01", "2026-06-02"];
        let days = days.map(|day| format!("{day}T00:00:00.000000Z"));
        let flow = tx.flow(&days).await.expect("counted");
        let there = Flow { opened: 3, reopened: 0, settled: 0, written_off: 1 };
        assert_eq!(flow, [Flow::default(), there]);
        assert_eq!(tx.flow(&days[..1]).await.expect("nothing"), []);
        let kind = "denial.opened";
        let count = tx.count_kind(Book::Work, kind, "2026", "2027").await.expect("counted");
        assert_eq!(count, 3);
        assert_eq!(tx.count_kind(Book::Views, kind, "2026", "2027").await.expect("none"), 0);
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

#[test]
fn a_digest_is_kept_once_a_day_and_a_day_adds_up() {
    on_each(async |place| {
        let digest = |day: &str, person: &str, body: &str| KeptDigest {
            day: day.to_owned(),
            person: person.to_owned(),
            made_at: "2026-06-01T08:00:00.000000Z".to_owned(),
            body: body.to_owned(),
        };
        let mut tx = place.store.write(&practice()).await.expect("a turn");
        let first = digest("2026-06-01", "usr_1", "{}");
        assert!(tx.keep_digest(&first).await.expect("kept"));
        assert!(!tx.keep_digest(&digest("2026-06-01", "usr_1", "no")).await.expect("there"));
        assert!(tx.keep_digest(&digest("2026-06-02", "usr_1", "{}")).await.expect("kept"));
        assert!(tx.keep_digest(&digest("2026-06-01", "", "{}")).await.expect("the team's"));
        assert_eq!(tx.digest("2026-06-01", "usr_1").await.expect("read"), Some(first));
        assert_eq!(tx.digest("2026-06-02", "").await.expect("read"), None);
        let days = tx.digest_days("usr_1", 9).await.expect("read");
        assert_eq!(days, ["2026-06-02", "2026-06-01"]);
        tx.commit().await.expect("durable");

        let cases = open(place, &[300, 100]).await;
        let reviewed = act(place, &cases[0], r#"{"act": "review"}"#).await;
        let won = r#"{"act": "overturn", "answer": {"note": "by phone"}}"#;
        act(place, &reviewed, won).await;
        let reviewed = act(place, &cases[1], r#"{"act": "review"}"#).await;
        let id = denial::ids::PostingId::from_bits(1);
        let give_up = format!(
            r#"{{"act": "write_off", "id": "{id}", "reason": "small_balance", "note": "small"}}"#
        );
        act(place, &reviewed, &give_up).await;
        let mut tx = place.store.read(&practice()).await.expect("a look");
        let found = tx.won_between("2026-06-01", "2026-06-02").await.expect("read");
        let told: Vec<_> =
            found.iter().map(|one| (one.payer.as_str(), one.cases, one.denied)).collect();
        assert_eq!(told, [("Synthetic payer", 1, 300)]);
        assert_eq!(tx.won_between("2026-06-02", "2026-06-03").await.expect("read"), []);
        let posted = tx.posted_between("2026-06-01", "2026-06-02").await.expect("read");
        assert_eq!((posted.written_off.cents(), posted.recovered.cents()), (100, 0));
        let me = moment().who.person.to_string();
        let deeds = tx.deeds_of(&me, "2026-06-01", "2026-06-02").await.expect("read");
        let kinds: Vec<&str> = deeds.iter().map(|one| one.kind.as_str()).collect();
        assert_eq!(kinds[..2], ["denial.reviewed", "denial.overturned"]);
        assert!(kinds.contains(&"denial.written_off") && !kinds.contains(&"denial.opened"));
        assert!(deeds[0].body.starts_with("{\"version\":2,"), "{}", deeds[0].body);
        assert_eq!(deeds[1].to_status.as_deref(), Some("overturned"));
        assert_eq!(tx.deeds_of("usr_9", "2026-06-01", "2026-06-02").await.expect("none"), []);
    });
}
