//! Rules that act by themselves: each firing once, stops and starts.

use denial::next_action::Way;
use denial::outcome::Ended;
use store::firings::{CameOf, Firing, Key, RuleStop};
use store::journal::Entry;
use store::outcomes::Outcome;

use crate::clinic::{TODAY, moment, open};
use crate::place::{AT, on_each, practice};

const LATER: &str = "2026-06-02T08:00:00.000000Z";

fn firing(denial: &str, mode: &str, outcome: &str) -> Firing {
    Firing {
        rule: "one".to_owned(),
        version: "abcd".to_owned(),
        denial: denial.to_owned(),
        mode: mode.to_owned(),
        outcome: outcome.to_owned(),
        did: "plan call payer today".to_owned(),
        why: String::new(),
        outstanding: 100,
        case_version: 1,
        at: AT.to_owned(),
        evidence: String::new(),
    }
}

#[test]
fn a_rule_fires_once_on_a_case_in_each_mode() {
    on_each(async |place| {
        let cases = open(place, &[100, 200]).await;
        let ids: Vec<String> = cases.iter().map(|case| case.id.to_string()).collect();
        let mut tx = place.store.write(&practice()).await.expect("a turn");
        assert!(tx.fire(&firing(&ids[0], "shadow", "shadow")).await.expect("fired"));
        assert!(!tx.fire(&firing(&ids[0], "shadow", "shadow")).await.expect("asked"), "once");
        assert!(tx.fire(&firing(&ids[0], "on", "done")).await.expect("fired"), "on after shadow");
        let refused = Firing { at: LATER.to_owned(), ..firing(&ids[1], "on", "refused") };
        assert!(tx.fire(&refused).await.expect("fired"));
        let fired = tx.fired_on(&ids).await.expect("read");
        assert_eq!(fired.len(), 3);
        let key = ["one", "abcd", "on", &ids[1]].map(str::to_owned);
        assert_eq!(fired.get(&key.into()).map(String::as_str), Some(""));
        let counts = tx.count_firings().await.expect("counted");
        let told: Vec<(&str, i64)> =
            counts.iter().map(|one| (one.outcome.as_str(), one.cases)).collect();
        assert_eq!(told, [("done", 1), ("refused", 1), ("shadow", 1)]);
        let last = tx.last_firings("one", "abcd", "", 9).await.expect("read");
        assert_eq!(last.len(), 2, "the shadow does not count");
        assert_eq!(last[0], refused);
        assert_eq!(tx.last_firings("one", "abcd", AT, 9).await.expect("read").len(), 1);
        assert_eq!(tx.last_firings("one", "other", "", 9).await.expect("read").len(), 0);

        // Refused, in the shadow or without an answer: none of them was denied again.
        assert_eq!(tx.answered_firings("one", "abcd", "", 9).await.expect("counted"), (0, 0));
        let answer = |version, ended| Outcome {
            denial: cases[0].id.clone(),
            version,
            payer: cases[0].payer.clone(),
            code: "CO-16".to_owned(),
            way: Way::Appeal,
            ended,
            on: TODAY,
        };
        tx.count_outcome(&answer(1, Ended::Lost)).await.expect("counted");
        let before = tx.answered_firings("one", "abcd", "", 9).await.expect("counted");
        assert_eq!(before, (0, 0), "it was answered before the rule acted");
        tx.count_outcome(&answer(2, Ended::Won)).await.expect("counted");
        assert_eq!(tx.answered_firings("one", "abcd", "", 9).await.expect("counted"), (1, 0));
        tx.count_outcome(&answer(3, Ended::Lost)).await.expect("counted");
        assert_eq!(tx.answered_firings("one", "abcd", "", 9).await.expect("counted"), (1, 1));
        assert_eq!(tx.answered_firings("one", "abcd", AT, 9).await.expect("counted"), (0, 0));

        let stop = RuleStop {
            rule: "one".to_owned(),
            version: "abcd".to_owned(),
            at: AT.to_owned(),
            why: "1 refused".to_owned(),
            started_at: None,
            started_by: None,
        };
        tx.stop_rule(&stop).await.expect("stopped");
        assert_eq!(tx.rule_stops().await.expect("read"), [stop]);
        assert!(tx.start_rule("one", "abcd", (LATER, "usr_1")).await.expect("started"));
        assert!(!tx.start_rule("one", "abcd", (LATER, "usr_1")).await.expect("asked"));
        let started = tx.rule_stops().await.expect("read");
        assert_eq!(started[0].started_at.as_deref(), Some(LATER));
        assert_eq!(tx.cases_as_opened(1).await.expect("read").len(), 1);
        let opened = tx.cases_as_opened(9).await.expect("read");
        assert_eq!(opened.len(), 2);
        tx.commit().await.expect("durable");
    });
}

#[test]
fn a_refusal_gives_way_to_what_other_evidence_comes_to() {
    on_each(async |place| {
        let cases = open(place, &[100]).await;
        let id = cases[0].id.to_string();
        let mut tx = place.store.write(&practice()).await.expect("a turn");
        assert_eq!(tx.last_evidence().await.expect("read"), "0 ");
        let refused = Firing {
            why: "not proven".to_owned(),
            evidence: "e1".to_owned(),
            ..firing(&id, "on", "refused")
        };
        assert!(tx.fire(&refused).await.expect("fired"));
        assert!(!tx.fire(&refused).await.expect("asked"), "of the same evidence once");
        let ids = [id.clone()];
        let key: Key = ["one", "abcd", "on", &id].map(str::to_owned).into();
        assert_eq!(tx.fired_on(&ids).await.expect("read").get(&key), Some(&"e1".to_owned()));
        assert_eq!(tx.unproven_cases().await.expect("read"), ids);
        assert_eq!(tx.came_of("one", "abcd").await.expect("read"), CameOf::default());

        // What was refused for another reason is done on the same evidence, once that is gone.
        let done = Firing { evidence: "e1".to_owned(), ..firing(&id, "on", "done") };
        assert!(tx.fire(&done).await.expect("fired"));
        let last = tx.last_firings("one", "abcd", "", 9).await.expect("read");
        assert_eq!(last, std::slice::from_ref(&done));
        assert_eq!(tx.fired_on(&ids).await.expect("read").get(&key), Some(&String::new()));
        assert!(tx.unproven_cases().await.expect("read").is_empty());
        let again = Firing { evidence: "e3".to_owned(), ..done };
        assert!(!tx.fire(&again).await.expect("asked"), "what is done is done");
        let came = CameOf { prepared: 1, ..CameOf::default() };
        assert_eq!(tx.came_of("one", "abcd").await.expect("read"), came);

        let sent = Entry::new(&id, "correction.sent", &serde_json::json!({}));
        tx.append(vec![sent], &moment()).await.expect("written");
        let lost = Outcome {
            denial: cases[0].id.clone(),
            version: 2,
            payer: cases[0].payer.clone(),
            code: "CO-197".to_owned(),
            way: Way::CorrectedClaim,
            ended: Ended::Lost,
            on: TODAY,
        };
        tx.count_outcome(&lost).await.expect("counted");
        let came = CameOf { sent: 1, answered: 1, denied_again: 1, ..came };
        assert_eq!(tx.came_of("one", "abcd").await.expect("read"), came);
        tx.commit().await.expect("durable");
    });
}
