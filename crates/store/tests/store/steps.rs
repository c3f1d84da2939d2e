//! Steps of cases since an instant, of the kinds that are asked for.

use crate::clinic::{act, open};
use crate::place::{on_each, practice};

#[test]
fn steps_are_told_in_their_order_and_the_newest_where_there_are_more() {
    on_each(async |place| {
        let case = open(place, &[10_000]).await.remove(0);
        let case = act(place, &case, r#"{"act": "review"}"#).await;
        act(place, &case, r#"{"act": "note", "text": "x"}"#).await;
        let kinds = ["denial.opened", "denial.reviewed"].map(str::to_owned);
        let mut tx = place.store.read(&practice()).await.expect("a look");
        let found = tx.steps_since(&kinds, "2026-01-01", 9).await.expect("read");
        let told: Vec<&str> = found.iter().map(|one| one.kind.as_str()).collect();
        assert_eq!(told, kinds);
        assert!(found.iter().all(|one| one.about == case.id.as_str() && !one.actor.is_empty()));
        let role = case.owner().expect("open").role.as_str();
        let facts: Vec<&str> = found.iter().map(|one| one.fact.as_str()).collect();
        assert_eq!(facts, [role, ""], "an opening tells who owned the case");
        let told = tx.steps_told_since(&kinds, "2026-01-01", 9).await.expect("read");
        assert!(told.len() == 2 && told[1].2.contains("reviewed"), "{told:?}");
        assert_eq!(tx.steps_told_since(&kinds, "2026-01-01", 1).await.expect("read"), told[1..]);
        let last = tx.steps_since(&kinds, "2026-01-01", 1).await.expect("read");
        assert_eq!(last[0].kind, "denial.reviewed");
        assert_eq!(tx.steps_since(&kinds, "2027-01-01", 9).await.expect("read"), []);
    });
}
