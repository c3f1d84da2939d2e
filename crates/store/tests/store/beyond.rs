//! Peer-to-peer conversations and told facts: kept as they stand now.

use denial::beyond::{Peer, PeerOutcome, Told};
use jiff::civil::date;
use store::beyond::Saved;

use crate::clinic::open;
use crate::place::{AT, on_each, practice};

fn saved<T>(body: T) -> Saved<T> {
    Saved { body, at: AT.to_owned(), by_person: "usr_1".to_owned() }
}

#[test]
fn conversations_and_facts_are_kept_as_they_stand() {
    on_each(async |place| {
        let case = open(place, &[100]).await.remove(0).id.to_string();
        let mut tx = place.store.write(&practice()).await.expect("a turn");
        let asked = Peer {
            asked_on: date(2026, 6, 1),
            window_ends: Some(date(2026, 6, 10)),
            provider: "Dr. Sample".to_owned(),
            reviewer: "Dr. Payer".to_owned(),
            held_on: None,
            said: String::new(),
            outcome: PeerOutcome::Open,
        };
        tx.keep_peer((&case, 1), &saved(asked.clone())).await.expect("kept");
        let held = Peer { outcome: PeerOutcome::Overturned, ..asked };
        tx.keep_peer((&case, 1), &saved(held.clone())).await.expect("as it stands now");
        assert_eq!(tx.peers(&case).await.expect("read"), [(1, saved(held))]);
        let told = |holds| saved(Told { fact: "negotiated".into(), holds, on: None });
        tx.tell_review_fact(&case, &told(false)).await.expect("told");
        tx.tell_review_fact(&case, &told(true)).await.expect("told again");
        assert_eq!(tx.review_facts(&case).await.expect("read"), [told(true)]);
        tx.commit().await.expect("durable");
    });
}
