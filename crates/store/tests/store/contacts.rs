//! Contacts with payers as the journal tells them, and cards of payers, version by version.

use store::contacts::CardRow;

use crate::clinic::{act, open};
use crate::place::{AT, on_each, practice};

const CALL: &str = r#"{"act": "log_contact", "channel": "phone", "said": "soon",
    "promised_by": "2026-06-04", "minutes": 7}"#;

#[test]
fn contacts_and_what_became_of_their_promises_are_told() {
    on_each(async |place| {
        let cases = open(place, &[10_000, 5_000]).await;
        let case = act(place, &cases[0], CALL).await;
        act(place, &case, r#"{"act": "review"}"#).await;
        act(place, &cases[1], r#"{"act": "note", "text": "no call"}"#).await;
        let mut tx = place.store.read(&practice()).await.expect("a look");
        let since = "2026-01-01T00:00:00.000000Z";
        let all = tx.contacts_since(since, &[], 9).await.expect("read");
        assert_eq!(all.len(), 1);
        assert_eq!(
            (all[0].denial.as_str(), all[0].payer.as_str()),
            (case.id.as_str(), case.payer.as_str())
        );
        let payers = ["pay_former".to_owned(), case.payer.to_string()];
        assert_eq!(tx.contacts_since(since, &payers, 9).await.expect("read"), all);
        let other = ["pay_other".to_owned()];
        assert_eq!(tx.contacts_since(since, &other, 9).await.expect("read"), []);
        assert_eq!(tx.contacts_since("2027-01-01", &[], 9).await.expect("read"), []);
        let told = tx.told_of_promises(&[case.id.to_string()]).await.expect("read");
        assert_eq!(told.len(), 2, "the contact and the move: {told:?}");
        assert!(told[0].2.contains("contacted") && told[1].2.contains("moved"), "{told:?}");
    });
}

#[test]
fn a_card_has_versions_and_the_slower_one_is_told() {
    on_each(async |place| {
        let row = |payer: &str, version| CardRow {
            payer: payer.to_owned(),
            version,
            body: format!("{{\"phone\":\"{version}\"}}"),
            why: "asked".to_owned(),
            saved_at: AT.to_owned(),
            saved_by: "usr_1".to_owned(),
        };
        let mut tx = place.store.write(&practice()).await.expect("a turn");
        for (payer, version) in [("pay_1", 1), ("pay_1", 2), ("pay_2", 1)] {
            assert!(tx.keep_payer_card(&row(payer, version)).await.expect("kept"));
        }
        assert!(!tx.keep_payer_card(&row("pay_1", 2)).await.expect("asked"));
        let cards = tx.payer_cards(&["pay_1".to_owned()]).await.expect("read");
        assert_eq!(cards, [row("pay_1", 2), row("pay_1", 1)]);
        assert_eq!(tx.payers_with_cards().await.expect("read"), ["pay_1", "pay_2"]);
        tx.commit().await.expect("durable");
    });
}
