//! Legal holds, and bytes that were taken out past their time.

use denial::ids::RemittanceId;
use store::files::{Document, FileRow};
use store::journal::Entry;
use store::retention::Hold;
use store::words::{Word, WordKind};

use crate::clinic;
use crate::place::{AT, on_each, practice};
use crate::remittances;

fn hold(id: &str, scope: &str, about: &str) -> Hold {
    Hold {
        hold: id.to_owned(),
        scope: scope.to_owned(),
        about: about.to_owned(),
        why: "a lawsuit".to_owned(),
        placed_at: AT.to_owned(),
        placed_by: "usr_1".to_owned(),
    }
}

#[test]
fn a_hold_holds_until_somebody_lifts_it() {
    on_each(async |place| {
        let cases = clinic::open(place, &[900, 800, 700]).await;
        let ids: Vec<String> = cases.iter().map(|case| case.id.to_string()).collect();
        let mut tx = place.store.write(&practice()).await.expect("a turn");
        let member = |about: &String, word: &str| Word {
            about: about.clone(),
            kind: WordKind::Member,
            word: word.to_owned(),
        };
        let words = [member(&ids[0], "m1"), member(&ids[1], "m1"), member(&ids[2], "m2")];
        tx.add_words(&words.into_iter().collect()).await.expect("known");
        let patient = tx.cases_of_patient(&ids[0]).await.expect("read");
        assert_eq!(patient, ids[..2].iter().cloned().collect());
        let unknown = tx.cases_of_patient("den_none").await.expect("read");
        assert_eq!(unknown, ["den_none".to_owned()].into());
        let one = hold("hld_1", "patient", &ids[0]);
        tx.place_hold(&one).await.expect("placed");
        assert!(tx.place_hold(&hold("hld_2", "world", "")).await.is_err(), "no such scope");
        drop(tx);
        let mut tx = place.store.write(&practice()).await.expect("a turn");
        tx.place_hold(&one).await.expect("placed");
        assert_eq!(tx.holds().await.expect("read"), [one]);
        assert!(tx.lift_hold("hld_1", "usr_2", AT).await.expect("lifted"));
        assert!(!tx.lift_hold("hld_1", "usr_2", AT).await.expect("lifted once"));
        assert!(tx.holds().await.expect("read").is_empty());
    });
}

#[test]
fn what_was_taken_out_is_looked_for_no_more_and_the_journal_tells_of_it() {
    on_each(async |place| {
        remittances::published(place, 1).await;
        let mut tx = place.store.write(&practice()).await.expect("a turn");
        let era = RemittanceId::from_bits(1);
        let row = tx.remittance(era.as_str()).await.expect("read").expect("there");
        let file = FileRow {
            hash: row.file.clone(),
            name: "a.835".to_owned(),
            bytes: 7,
            kinds: "835".to_owned(),
            state: "reading".to_owned(),
            taken_at: AT.to_owned(),
            taken_by: "usr_1".to_owned(),
            report: "[]".to_owned(),
        };
        tx.begin_file(&file).await.expect("begun");
        let document = Document {
            hash: "d0".to_owned(),
            name: "letter.pdf".to_owned(),
            media: "application/pdf".to_owned(),
            bytes: 9,
            taken_at: AT.to_owned(),
            taken_by: "usr_1".to_owned(),
        };
        tx.keep_document(&document).await.expect("kept");
        let kept = tx.kept_bytes().await.expect("read");
        let of = |hash: &str| kept.iter().find(|one| one.hash == hash).expect("kept");
        assert!(of(&row.file).waiting > 0, "it is being read");
        assert_eq!(of(&row.file).paid_on, row.paid_on);
        assert_eq!((of("d0").what.as_str(), of("d0").waiting), ("document", 0));
        assert!(!tx.claims_of_file(&row.file).await.expect("read").is_empty());
        assert!(tx.claims_of_file("d0").await.expect("read").is_empty());
        tx.purge("d0", AT).await.expect("noted");
        tx.purge("d0", AT).await.expect("noted once");
        assert_eq!(tx.purged_at("d0").await.expect("read").as_deref(), Some(AT));
        assert_eq!(tx.all_purged().await.expect("read"), ["d0"]);
        assert!(!tx.keeps("d0").await.expect("read"));
        assert!(tx.keeps(&row.file).await.expect("read"));
        assert!(tx.kept_bytes().await.expect("read").iter().all(|one| one.hash != "d0"));
        assert!(tx.document_hashes().await.expect("read").is_empty());
        assert!(tx.document("d0").await.expect("read").is_some(), "its row stays");
        let told = tx.check_purged().await.expect_err("nobody tells of it").to_string();
        assert!(told.contains("d0"), "{told}");
        let entry = Entry::new("d0", "retention.purged", &serde_json::json!({}));
        tx.append(vec![entry], &clinic::moment()).await.expect("told");
        tx.check_purged().await.expect("the journal tells of it");
        tx.keep_document(&document).await.expect("it comes once more");
        assert!(tx.keeps("d0").await.expect("read"));
        tx.commit().await.expect("durable");
    });
}
