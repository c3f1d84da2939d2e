//! The journal: gapless from many writers, told as a timeline, apart for acts, views and the house.

use std::sync::Arc;

use serde_json::json;
use store::audit::{Book, Sought};
use store::journal::{Chain, Entry};
use store::{Error, Practice, Url};

use crate::clinic::moment;
use crate::place::{AT, on_each, practice};

const WRITERS: usize = 16;
const EACH: usize = 12;

#[test]
fn sixteen_writers_make_one_gapless_chain() {
    on_each(async |place| {
        let store = Arc::new(place.store.clone());
        let writer = |number: usize| {
            let store = Arc::clone(&store);
            tokio::spawn(async move {
                for at in 0..EACH {
                    let mut tx = store.write(&practice()).await.expect("a turn");
                    let entry =
                        Entry::new(&format!("w{number}"), "test.said", &json!({ "at": at }));
                    tx.append(vec![entry], &moment()).await.expect("appended");
                    tx.commit().await.expect("durable");
                }
            })
        };
        let writers: Vec<_> = (0..WRITERS).map(writer).collect();
        for writer in writers {
            writer.await.expect("it ends well");
        }
        let mut tx = place.store.read(&practice()).await.expect("a look");
        let walked = tx.walk_chain(Chain::Work, &|_| {}).await.expect("whole");
        assert_eq!(walked.entries, (WRITERS * EACH) as u64);
        assert_eq!(tx.count_entries().await.expect("counted"), walked.entries);
        let (seq, hash) = tx.chain_head().await.expect("a head");
        assert_eq!((seq, hash.len()), (192, 64));
        let own = tx.timeline("w3").await.expect("told");
        let places: Vec<i64> = own.iter().map(|one| one.seq).collect();
        assert!(places.is_sorted() && places.len() == EACH);
    });
}

/// Whoever works long on one turn can see that somebody waits for it, until they have theirs.
#[test]
fn a_turn_knows_that_it_is_awaited() {
    on_each(async |place| {
        let long = place.store.write(&practice()).await.expect("a turn");
        assert!(!long.is_awaited(), "nobody is there");
        let store = place.store.clone();
        let waiting =
            tokio::spawn(
                async move { store.write(&practice()).await.expect("a turn").is_awaited() },
            );
        while !long.is_awaited() {
            tokio::task::yield_now().await;
        }
        drop(long);
        assert!(!waiting.await.expect("it ends well"), "who has the turn waits no more");
    });
}

#[test]
fn acts_views_and_the_house_have_chains_of_their_own() {
    on_each(async |place| {
        let mut tx = place.store.write(&practice()).await.expect("a turn");
        let entry = |kind| vec![Entry::new("usr_1", kind, &json!({}))];
        tx.append(entry("test.acted"), &moment()).await.expect("appended");
        tx.append_views(entry("test.looked"), &moment()).await.expect("appended");
        tx.append_views(entry("test.looked"), &moment()).await.expect("appended");
        tx.append_house(entry("test.signed_in"), &moment()).await.expect("appended");
        tx.append(Vec::new(), &moment()).await.expect("nothing is nothing");
        tx.commit().await.expect("durable");
        let mut tx = place.store.read(&practice()).await.expect("a look");
        assert_eq!(tx.walk_chain(Chain::Work, &|_| {}).await.expect("whole").entries, 1);
        assert_eq!(tx.walk_chain(Chain::Views, &|_| {}).await.expect("whole").entries, 2);
        assert_eq!(tx.walk_house(&|_| {}).await.expect("whole").entries, 1);
        assert_eq!(tx.hash_journal().await.expect("read"), 1);
        assert_eq!((Chain::Work.as_str(), Chain::Views.as_str()), ("work", "views"));
    });
}

#[test]
fn a_practice_that_is_not_there_has_no_chain() {
    on_each(async |place| {
        let other = Practice::parse("other").expect("a short name");
        let mut tx = place.store.write(&other).await.expect("a turn");
        assert_eq!(tx.practice(), &other);
        let entry = vec![Entry::new("x", "test.said", &json!({}))];
        let refused = tx.append(entry, &moment()).await;
        assert!(matches!(refused, Err(Error::Missing { what: "journal chain" })));
        assert!(matches!(tx.chain_head().await, Err(Error::Missing { .. })));
    });
}

#[test]
fn each_book_is_read_from_its_newest_entry() {
    on_each(async |place| {
        let mut tx = place.store.write(&practice()).await.expect("a turn");
        let entry = |about, kind| Entry::new(about, kind, &json!({}));
        let acts = vec![entry("a", "test.first"), entry("b", "test.second")];
        tx.append(acts, &moment()).await.expect("appended");
        tx.append_views(vec![entry("a", "test.looked")], &moment()).await.expect("appended");
        tx.append_house(vec![entry("c", "test.signed_in")], &moment()).await.expect("appended");
        tx.commit().await.expect("durable");
        let mut tx = place.store.read(&practice()).await.expect("a look");
        let all = Sought::default();
        let about = |id: &str| Sought { about: Some(id.to_owned()), ..Sought::default() };
        let of = |kind: &str| Sought { kind: Some(kind.to_owned()), ..Sought::default() };
        let by = |actor: &str| Sought { actor: Some(actor.to_owned()), ..Sought::default() };
        let since = |at: &str| Sought { from: Some(at.to_owned()), ..Sought::default() };
        let until = |at: &str| Sought { until: Some(at.to_owned()), ..Sought::default() };
        let (me, later) = (moment().who.person, "2999-01-01T00:00:00.000000Z");
        for (book, sought, before, expected) in [
            (Book::Work, all.clone(), None, vec!["test.second", "test.first"]),
            (Book::Work, all.clone(), Some((AT, 2)), vec!["test.first"]),
            (Book::Work, about("b"), None, vec!["test.second"]),
            (Book::Work, of("test.first"), None, vec!["test.first"]),
            (Book::Work, by(me.as_str()), None, vec!["test.second", "test.first"]),
            (Book::Work, by("usr_none"), None, vec![]),
            (Book::Work, since(AT), None, vec!["test.second", "test.first"]),
            (Book::Work, since(later), None, vec![]),
            (Book::Work, until(AT), None, vec![]),
            (Book::Work, Sought { kind: of("test.first").kind, ..about("b") }, None, vec![]),
            (Book::Views, all, None, vec!["test.looked"]),
            (Book::House, about("c"), None, vec!["test.signed_in"]),
        ] {
            let lines = tx.book(book, &sought, before, 9).await.expect("read");
            let kinds: Vec<&str> = lines.iter().map(|line| line.kind.as_str()).collect();
            assert_eq!(kinds, expected, "{book:?} {sought:?} before {before:?}");
        }
        let kinds = tx.kinds_of(Book::Work).await.expect("read");
        assert_eq!(kinds, ["test.first", "test.second"]);
        let ids = ["a", "b", "d"].map(str::to_owned);
        let facts = tx.facts_about("test.first", &ids).await.expect("read");
        assert_eq!(facts.into_iter().collect::<Vec<_>>(), [("a".to_owned(), "{}".to_owned())]);
    });
}

#[test]
fn the_journal_is_searched_by_its_indexes() {
    on_each(async |place| {
        if matches!(place.url, Url::Postgres(_)) {
            return; // so few rows are scanned by any planner that counts
        }
        for (first, index) in [
            ("j.actor = 'usr_1'", "journal_actor"),
            ("j.kind = 'case.viewed'", "journal_kind"),
            ("j.at < '2026-06-01'", "journal_at"),
        ] {
            let plan = place
                .plan_of(&format!(
                    "select j.seq, j.at from journal j left join person p on p.person = j.actor
                     where j.practice = 'main' and j.chain = 'work' and {first}
                     and (j.at, j.seq) < ('2026-05-01', 7) and j.at >= '2026-01-01'
                     and j.at < '2026-06-01' order by j.at desc, j.seq desc limit 100"
                ))
                .await;
            assert!(plan.contains(index) && !plan.contains("TEMP"), "{first}: {plan}");
        }
    });
}
