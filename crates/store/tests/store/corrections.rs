//! Corrections that are being written: nobody saves over another; batches go on where they stood.

use denial::correction::Edit;
use denial::lifecycle::evidence::Frequency;
use serde_json::json;
use store::correction_batches::{CorrectionBatch, CorrectionItem};
use store::correction_standing::SentCorrections;
use store::corrections::Correction;
use store::journal::Entry;
use store::{Error, Tx};

use crate::clinic::{moment as at_desk, open};
use crate::outgoing::{item as outgoing_item, outgoing};
use crate::place::{AT, on_each, practice};

fn entry(about: &str) -> Entry {
    Entry::new(about, "correction.saved", &json!({}))
}

#[test]
fn a_correction_is_saved_over_what_was_read_alone() {
    on_each(async |place| {
        let case = open(place, &[100]).await.remove(0).id.to_string();
        let mut tx = place.store.write(&practice()).await.expect("a turn");
        assert_eq!(tx.correction(&case).await.expect("read"), None);
        let one = Correction {
            denial: case.clone(),
            version: 1,
            file: "hash".to_owned(),
            n: 3,
            changed_at: String::new(),
            changed_by: String::new(),
            edit: Edit::new(Frequency::Replacement),
        };
        let moment = at_desk();
        tx.save_correction(&one, 0, entry(&case), &moment).await.expect("begun");
        let read = tx.correction(&case).await.expect("read").expect("there");
        assert_eq!((read.version, read.n, &read.edit), (1, 3, &one.edit));
        assert_eq!(read.changed_by, moment.who.person.as_str());
        let other = Correction { edit: Edit { added: 1, ..one.edit.clone() }, ..read.clone() };
        tx.save_correction(&other, 1, entry(&case), &moment).await.expect("saved");
        let stale = tx.save_correction(&one, 1, entry(&case), &moment).await;
        assert!(matches!(stale, Err(Error::Stale { .. })), "{stale:?}");
        let read = tx.correction(&case).await.expect("read").expect("there");
        assert_eq!((read.version, read.edit.added), (2, 1));
        let among = tx.corrections_among(&[case, "den_0".to_owned()]).await.expect("read");
        assert_eq!(among, [read]);
    });
}

fn preparing() -> CorrectionBatch {
    CorrectionBatch {
        batch: "cor_1".to_owned(),
        state: "preparing".to_owned(),
        wish: "{}".to_owned(),
        made_at: AT.to_owned(),
        made_by: "usr_1".to_owned(),
        made_role: "billing_supervisor".to_owned(),
        ..CorrectionBatch::default()
    }
}

#[test]
fn a_batch_is_looked_at_counted_and_moved_on_once() {
    on_each(async |place| {
        let cases = open(place, &[100, 200]).await;
        let mut tx = place.store.write(&practice()).await.expect("a turn");
        let batch = preparing();
        let item = |n: usize| CorrectionItem {
            n: i64::try_from(n).expect("few"),
            denial: cases[n].id.to_string(),
            number: format!("A-{n}"),
            payer: "pay_1".to_owned(),
            payer_name: "STANDIN".to_owned(),
            outstanding: 100,
            own: format!("V{n}"),
            state: "waiting".to_owned(),
            coded: "no".to_owned(),
            body: "{}".to_owned(),
            ..CorrectionItem::default()
        };
        let items = vec![item(0), item(1)];
        let begun = tx.begin_correction_batch(&batch, items, entry("cor_1"), &at_desk()).await;
        begun.expect("begun");
        assert_eq!(tx.correction_batch("cor_1").await.expect("read"), Some(batch.clone()));
        assert_eq!(tx.correction_batch("cor_2").await.expect("read"), None);
        for (me, with_asked, found) in
            [(None, false, 1), (Some("usr_1"), false, 1), (Some("usr_2"), true, 0)]
        {
            let all = tx.correction_batches(me, with_asked, 9).await.expect("read");
            assert_eq!(all.len(), found, "{me:?}");
        }
        assert_eq!(tx.running_correction_batch().await.expect("read"), Some(batch.clone()));

        let aside = CorrectionItem { state: "aside".to_owned(), why: "late".to_owned(), ..item(1) };
        assert!(tx.save_correction_item("cor_1", &aside, "waiting").await.expect("saved"));
        assert!(!tx.save_correction_item("cor_1", &aside, "waiting").await.expect("asked"));
        let counts = tx.count_corrections(&["cor_1".to_owned()]).await.expect("counted");
        let told: Vec<_> =
            counts.iter().map(|one| (one.state.as_str(), one.claims, one.outstanding)).collect();
        assert_eq!(told.len(), 2);
        assert!(told.contains(&("waiting", 1, 100)) && told.contains(&("aside", 1, 100)));
        let whys = tx.correction_asides("cor_1").await.expect("read");
        assert_eq!(whys, [("late".to_owned(), 1)]);
        let shown = CorrectionItem { state: "ready".to_owned(), ..item(0) };
        assert!(tx.save_correction_item("cor_1", &shown, "waiting").await.expect("saved"));
        assert_eq!(tx.corrections_ready("cor_1", "pay_1").await.expect("read"), [shown]);
        assert_eq!(tx.corrections_ready("cor_1", "pay_2").await.expect("read"), []);
        assert!(tx.save_correction_item("cor_1", &item(0), "ready").await.expect("saved"));
        let waiting = tx.correction_items("cor_1", "waiting", 0, 9).await.expect("read");
        assert_eq!(waiting, [item(0)]);
        assert_eq!(tx.correction_items("cor_1", "aside", 0, 9).await.expect("read"), [aside]);
        let ready = CorrectionItem { state: "ready".to_owned(), ..item(0) };
        assert!(tx.save_correction_item("cor_1", &ready, "waiting").await.expect("saved"));
        let left = tx.leave_out_corrections("cor_1", &[0, 1, 9], "by hand").await;
        assert_eq!(left.expect("set aside"), 1);
        let left = &tx.correction_items("cor_1", "aside", 0, 1).await.expect("read")[0];
        assert_eq!((left.n, left.why.as_str()), (0, "by hand"));
        assert!(tx.save_correction_item("cor_1", &ready, "aside").await.expect("saved"));
        let first = tx.first_corrected("cor_1").await.expect("read");
        assert_eq!(first, [("pay_1".to_owned(), item(0).denial)]);
        let both = [item(0).denial, item(1).denial];
        assert_eq!(tx.send_corrections("cor_1", "out_1", &both).await.expect("sent"), 1);
        assert_eq!(tx.send_corrections("cor_1", "out_2", &both).await.expect("asked"), 0);
        let sent = tx.correction_items("cor_1", "sent", 0, 9).await.expect("read");
        assert_eq!(sent[0].outgoing.as_deref(), Some("out_1"));

        let ready = CorrectionBatch { state: "ready".to_owned(), ..batch };
        // All that could go went: it waits for nobody.
        assert!(tx.save_correction_batch(&ready, "preparing").await.expect("saved"));
        assert_eq!(tx.count_waiting_corrections("usr_1", false).await.expect("counted"), (0, 0));
        assert!(!tx.save_correction_batch(&ready, "preparing").await.expect("asked"));
        assert_eq!(tx.running_correction_batch().await.expect("read"), None);
        let sent = CorrectionBatch { state: "sent".to_owned(), ..ready };
        assert!(tx.save_correction_batch(&sent, "ready").await.expect("saved"));
        assert_eq!(tx.correction_batch("cor_1").await.expect("read"), Some(sent));
    });
}

/// A batch of one person, and two of another of which one was asked about; each of a case's claim.
async fn three(tx: &mut Tx, case: &str) {
    for (id, by, asked) in
        [("cor_1", "usr_1", false), ("cor_2", "usr_2", true), ("cor_3", "usr_2", false)]
    {
        let batch = CorrectionBatch {
            batch: id.to_owned(),
            state: "preparing".to_owned(),
            wish: "{}".to_owned(),
            made_at: AT.to_owned(),
            made_by: by.to_owned(),
            made_role: "billing_supervisor".to_owned(),
            ..CorrectionBatch::default()
        };
        let item = CorrectionItem {
            denial: case.to_owned(),
            number: "A-1".to_owned(),
            payer: "pay_1".to_owned(),
            payer_name: "STANDIN".to_owned(),
            state: "ready".to_owned(),
            coded: "yes".to_owned(),
            body: "{}".to_owned(),
            ..CorrectionItem::default()
        };
        let begun = tx.begin_correction_batch(&batch, vec![item], entry(id), &at_desk()).await;
        begun.expect("begun");
        let asked_at = asked.then(|| AT.to_owned());
        let ready = CorrectionBatch { state: "ready".to_owned(), asked_at, ..batch };
        assert!(tx.save_correction_batch(&ready, "preparing").await.expect("saved"));
    }
}

#[test]
fn whose_batches_are_listed_and_counted_is_asked_of_the_database() {
    on_each(async |place| {
        let cases = open(place, &[100]).await;
        let mut tx = place.store.write(&practice()).await.expect("a turn");
        three(&mut tx, cases[0].id.as_str()).await;
        for (me, with_asked, limit, found) in [
            (Some("usr_1"), false, 1, &["cor_1"][..]),
            (Some("usr_2"), false, 9, &["cor_2", "cor_3"]),
            (Some("usr_1"), true, 9, &["cor_1", "cor_2"]),
            (None, false, 9, &["cor_1", "cor_2", "cor_3"]),
        ] {
            let all = tx.correction_batches(me, with_asked, limit).await.expect("read");
            let ids: Vec<&str> = all.iter().map(|one| one.batch.as_str()).collect();
            assert_eq!(ids, found, "{me:?}");
        }
        for (me, is_coder, count) in
            [("usr_1", false, 1), ("usr_2", false, 2), ("usr_3", true, 1), ("usr_3", false, 0)]
        {
            let counted = tx.count_waiting_corrections(me, is_coder).await.expect("counted");
            assert_eq!(counted, (count, 0), "{me}");
        }
    });
}

#[test]
fn what_a_coder_declined_waits_for_who_made_it_and_for_who_asked() {
    on_each(async |place| {
        let cases = open(place, &[100]).await;
        let mut tx = place.store.write(&practice()).await.expect("a turn");
        let case = cases[0].id.as_str();
        three(&mut tx, case).await;
        let to_approve = tx.correction_to_approve(case).await.expect("read");
        assert_eq!(to_approve.as_deref(), Some("cor_2"));
        assert_eq!(tx.correction_to_approve("den_0").await.expect("read"), None);
        assert_eq!(tx.coded_cases("cor_2").await.expect("read"), [case]);
        assert_eq!(tx.coded_cases("cor_9").await.expect("read"), [""; 0]);
        let asked = tx.correction_batch("cor_2").await.expect("read").expect("there");
        let declined = CorrectionBatch {
            asked_at: None,
            asked_by: Some("usr_1".to_owned()),
            declined_at: Some(AT.to_owned()),
            declined_by: Some("usr_3".to_owned()),
            declined_why: Some("the record does not bear it out".to_owned()),
            ..asked
        };
        assert!(tx.save_correction_batch(&declined, "ready").await.expect("saved"));
        assert_eq!(tx.correction_batch("cor_2").await.expect("read"), Some(declined));
        assert_eq!(tx.correction_to_approve(case).await.expect("read"), None);
        for (me, is_coder, counts) in
            [("usr_1", false, (2, 1)), ("usr_2", false, (2, 1)), ("usr_3", true, (0, 0))]
        {
            let counted = tx.count_waiting_corrections(me, is_coder).await.expect("counted");
            assert_eq!(counted, counts, "{me}");
        }
    });
}

#[test]
fn the_claims_of_a_batch_tell_by_what_they_leave() {
    on_each(async |place| {
        let cases = open(place, &[100]).await;
        let mut tx = place.store.write(&practice()).await.expect("a turn");
        let one = outgoing(1);
        let goes = outgoing_item(&one, cases[0].id.as_str(), "c1", 0);
        tx.queue_outgoing(&one, &[goes]).await.expect("queued");
        let item = CorrectionItem {
            denial: cases[0].id.to_string(),
            number: "A-1".to_owned(),
            payer: "pay_1".to_owned(),
            payer_name: "STANDIN".to_owned(),
            state: "ready".to_owned(),
            coded: "no".to_owned(),
            body: "{}".to_owned(),
            ..CorrectionItem::default()
        };
        let begun =
            tx.begin_correction_batch(&preparing(), vec![item], entry("cor_1"), &at_desk()).await;
        begun.expect("begun");
        let batches = ["cor_1".to_owned()];
        assert_eq!(tx.sent_corrections(&batches).await.expect("read"), []);
        let case = [cases[0].id.to_string()];
        assert_eq!(tx.send_corrections("cor_1", &one.outgoing, &case).await.expect("sent"), 1);
        let sent = SentCorrections {
            batch: "cor_1".to_owned(),
            state: "waiting".to_owned(),
            tries: 0,
            leaves_at: one.leaves_at,
            left_at: None,
            claims: 1,
        };
        assert_eq!(tx.sent_corrections(&batches).await.expect("read"), [sent]);
    });
}
