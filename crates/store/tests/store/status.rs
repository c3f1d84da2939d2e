//! Payers asked where claims stand, and their answers.

use std::collections::HashMap;

use store::outgoing::Outgoing;
use store::status::{StatusAnswer, StatusQuestion};

use crate::clinic::open;
use crate::outgoing::outgoing;
use crate::place::{AT, on_each, practice};

fn question(of: &Outgoing, n: u32, claim: &str) -> StatusQuestion {
    StatusQuestion {
        question: format!("Q{:09}-{n:04}", of.control),
        claim: claim.to_owned(),
        number: format!("C{n}"),
        denial: None,
        payer: "pay_1".to_owned(),
        payer_name: "Synthetic payer".to_owned(),
        why: "late".to_owned(),
        outgoing: of.outgoing.clone(),
        asked_on: "2026-06-01".to_owned(),
        asked_at: AT.to_owned(),
        asked_by: "usr_1".to_owned(),
        code: String::new(),
        step: String::new(),
        told: String::new(),
        look_on: None,
        answered_on: None,
    }
}

#[test]
fn a_question_is_found_by_its_number_and_its_answers_are_heard_once() {
    on_each(async |place| {
        let cases = open(place, &[100, 200]).await;
        let claims: Vec<String> = cases.iter().map(|case| case.claim.to_string()).collect();
        let (one, two) = (
            Outgoing { kind: "status_inquiry".to_owned(), ..outgoing(1) },
            Outgoing { kind: "status_inquiry".to_owned(), ..outgoing(2) },
        );
        let mut tx = place.store.write(&practice()).await.expect("a turn");
        tx.queue_outgoing(&one, &[]).await.expect("queued");
        tx.queue_outgoing(&two, &[]).await.expect("queued");
        let case = Some(cases[1].id.to_string());
        let (a, b) = (
            question(&one, 1, &claims[0]),
            StatusQuestion { denial: case, ..question(&one, 2, &claims[1]) },
        );
        let later = "2026-06-20T08:00:00.000000Z".to_owned();
        let c = StatusQuestion { asked_at: later, ..question(&two, 1, &claims[0]) };
        assert_eq!(tx.ask_status(&[a.clone(), b.clone()]).await.expect("asked"), 2);
        assert_eq!(tx.ask_status(std::slice::from_ref(&c)).await.expect("asked"), 1);
        assert_eq!(tx.status_question(&b.question).await.expect("read"), Some(b.clone()));
        assert_eq!(tx.status_question("Q").await.expect("read"), None);
        assert_eq!(tx.status_questions(&claims[0]).await.expect("read"), [c.clone(), a.clone()]);
        let last = tx.last_status_questions(&claims).await.expect("read");
        let expected =
            HashMap::from([(claims[0].clone(), c.clone()), (claims[1].clone(), b.clone())]);
        assert_eq!(last, expected);
        let newest = tx.newest_status_questions(1).await.expect("read");
        assert_eq!(newest, std::slice::from_ref(&c));
        assert_eq!(tx.questions_of("out_1").await.expect("read"), [a.clone(), b.clone()]);

        let heard = StatusAnswer {
            question: a.question.clone(),
            file: "f".to_owned(),
            n: 0,
            on_day: Some("2026-06-03".to_owned()),
            code: "Z9:1".to_owned(),
            told: "no rule".to_owned(),
            heard_at: AT.to_owned(),
        };
        assert!(tx.hear_status(&heard).await.expect("heard"));
        assert!(!tx.hear_status(&heard).await.expect("asked"), "once");
        assert_eq!(tx.status_answers(&a.question).await.expect("read"), [heard]);
        assert_eq!(tx.unruled_statuses().await.expect("counted"), []);
        let after = StatusQuestion {
            code: "Z9:1".to_owned(),
            told: "no rule".to_owned(),
            answered_on: Some("2026-06-03".to_owned()),
            ..a.clone()
        };
        tx.save_status(&after).await.expect("saved");
        assert_eq!(tx.status_question(&a.question).await.expect("read"), Some(after));
        assert_eq!(tx.unruled_statuses().await.expect("counted"), [("Z9:1".to_owned(), 1)]);
        let ids = ["out_1".to_owned(), "out_2".to_owned(), "out_3".to_owned()];
        let counts = tx.count_questions(&ids).await.expect("counted");
        let expected = HashMap::from([("out_1".to_owned(), (2, 1)), ("out_2".to_owned(), (1, 0))]);
        assert_eq!(counts, expected);

        // What was called back was never asked.
        let back = Outgoing { state: "called_back".to_owned(), ..two.clone() };
        assert!(tx.save_outgoing(&back, "waiting").await.expect("saved"));
        let last = tx.last_status_questions(&claims[..1]).await.expect("read");
        assert_eq!(last[&claims[0]].question, a.question);
        assert_eq!(tx.status_question(&c.question).await.expect("read"), None);
        tx.commit().await.expect("durable");
    });
}

#[test]
fn cases_whose_claim_lies_with_the_payer_are_found() {
    on_each(async |place| {
        let cases = open(place, &[100]).await;
        let mut tx = place.store.read(&practice()).await.expect("a look");
        assert_eq!(tx.cases_with_payer("", 9).await.expect("read").len(), 0);
        drop(tx);
        for to in ["in_review", "corrected_and_resubmitted"] {
            let text = format!(
                "update denial set status = '{to}', version = version + 1 where denial = '{}'",
                cases[0].id
            );
            place.past(&text).await.expect("moved");
        }
        let mut tx = place.store.read(&practice()).await.expect("a look");
        assert_eq!(tx.cases_with_payer("", 9).await.expect("read").len(), 1);
        assert_eq!(tx.cases_with_payer(cases[0].id.as_str(), 9).await.expect("read").len(), 0);
    });
}
