//! Files that came from other hosts stand in a ledger.

use store::fetched::Fetched;

use crate::place::{AT, on_each, practice};

#[test]
fn a_file_that_came_stands_in_the_ledger_until_it_changes() {
    on_each(async |place| {
        let one = Fetched {
            route: "out".to_owned(),
            name: "a.835".to_owned(),
            bytes: 9,
            changed: 5,
            hash: "h".to_owned(),
            state: "coming".to_owned(),
            at: AT.to_owned(),
        };
        let mut tx = place.store.write(&practice()).await.expect("a turn");
        tx.note_fetched(&one).await.expect("noted");
        assert_eq!(tx.fetched_coming("out").await.expect("read"), std::slice::from_ref(&one));
        let here = Fetched { state: "here".to_owned(), ..one.clone() };
        tx.note_fetched(&here).await.expect("noted");
        let longer = Fetched { bytes: 10, ..here.clone() };
        tx.note_fetched(&longer).await.expect("noted");
        assert!(tx.fetched_coming("out").await.expect("read").is_empty());
        let names = ["a.835".to_owned(), "b.835".to_owned()];
        assert_eq!(tx.fetched("out", &names).await.expect("read").len(), 2);
        assert!(tx.fetched("other", &names).await.expect("read").is_empty());
        assert!(!tx.route_was_used("out").await.expect("read"));
        tx.commit().await.expect("kept");
    });
}
