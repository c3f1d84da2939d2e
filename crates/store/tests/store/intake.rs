//! The cadence of what comes in: paydays, rhythms, who reviewed what.

use store::Error;
use store::intake::Rhythm;

use crate::clinic::open;
use crate::place::{AT, on_each, practice};
use crate::remittances::published;

#[test]
fn what_should_have_come_is_missing_until_it_comes() {
    on_each(async |place| {
        open(place, &[10_000]).await;
        published(place, 1).await;
        let mut tx = place.store.write(&practice()).await.expect("a turn");
        let days = tx.paydays("2026-01-01").await.expect("read");
        assert_eq!(days.len(), 1);
        let (payer, payer_name, last_on) = days[0].clone();
        let head = tx.last_head(&payer).await.expect("read").expect("it paid");
        assert_eq!(head, "{}", "as it was kept");
        assert_eq!(tx.last_head("pay_none").await.expect("read"), None);
        let due_on = Some("2026-06-08".to_owned());
        let one = Rhythm { payer, payer_name, last_on, due_on, usual: "every 7 days".to_owned() };
        tx.keep_rhythms(std::slice::from_ref(&one)).await.expect("kept");
        tx.keep_rhythms(std::slice::from_ref(&one)).await.expect("in place of the former");
        assert_eq!(tx.rhythms().await.expect("read"), std::slice::from_ref(&one));
        assert_eq!(tx.missing_remittances("2026-06-08").await.expect("read").len(), 0);
        assert_eq!(tx.missing_remittances("2026-06-09").await.expect("read").len(), 1);
        let before = Rhythm { last_on: "2026-01-02".to_owned(), ..one };
        tx.keep_rhythms(&[before]).await.expect("kept");
        assert_eq!(tx.missing_remittances("2026-06-09").await.expect("read").len(), 0, "it came");

        let stretch = ("2000-01-01", "9999-01-01");
        let waiting = tx.unreviewed(stretch, 9).await.expect("read");
        assert_eq!(waiting.len(), 1);
        let id = waiting[0].remittance.clone();
        assert!(tx.review_batch(&id, AT, "usr_1").await.expect("kept"));
        assert!(!tx.review_batch(&id, AT, "usr_2").await.expect("who was first stays"));
        assert!(tx.unreviewed(stretch, 9).await.expect("read").is_empty());
        let none = tx.review_batch("rem_none", AT, "usr_1").await;
        assert!(matches!(none, Err(Error::Missing { .. })));
        tx.commit().await.expect("durable");
    });
}
