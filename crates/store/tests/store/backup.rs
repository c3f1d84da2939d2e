//! A backup holds everything but the key, and restores into either database.

use store::backup::{Backup, Facts};
use store::journal::Chain;
use store::{Error, Key, Store};

use crate::clinic::{act, open};
use crate::place::{AT, Place, key, on_each, practice};

async fn made(place: &Place, name: &str) -> Backup {
    let facts = Facts {
        made_at: AT.to_owned(),
        program: "a test".to_owned(),
        fingerprint: place.store.fingerprint(),
    };
    let path = place.path(name);
    let backup = Backup::begin(&place.store, &path, &facts).await.expect("begun");
    backup.fill(&place.store, &|_| {}).await.expect("filled");
    assert_eq!(backup.facts().await.expect("read"), facts);
    backup
}

/// Two cases with what reverses what: rows that point at each other.
async fn work(place: &Place) {
    let cases = open(place, &[10_000, 5_000]).await;
    let case = act(place, &cases[0], r#"{"act": "review"}"#).await;
    let posting = |bits| denial::ids::PostingId::from_bits(bits);
    let post = format!(
        r#"{{"act": "post", "entries": [{{"id": "{}", "kind": "payer_payment",
        "amount": 4000, "why": "paid"}}]}}"#,
        posting(9)
    );
    let case = act(place, &case, &post).await;
    let back = format!(
        r#"{{"act": "post", "entries": [{{"id": "{}", "kind": "payer_payment",
        "amount": -4000, "reverses": "{}", "why": "by mistake"}}]}}"#,
        posting(1),
        posting(9)
    );
    act(place, &case, &back).await;
    let mut tx = place.store.write(&practice()).await.expect("a turn");
    let document = store::files::Document {
        hash: "ab".to_owned(),
        name: "letter".to_owned(),
        media: "text/plain".to_owned(),
        bytes: 3,
        taken_at: AT.to_owned(),
        taken_by: "usr_1".to_owned(),
    };
    tx.keep_document(&document).await.expect("kept");
    tx.commit().await.expect("durable");
}

#[test]
fn everything_goes_over_and_comes_back() {
    on_each(async |place| {
        work(place).await;
        let backup = made(place, "b.bak").await;
        let mut tx = backup.write().await.expect("a turn");
        tx.add_document_part("ab", 0, b"one").await.expect("put in");
        tx.commit().await.expect("durable");
        backup.seal(&place.path("b.bak")).await.expect("sealed");
        assert!(!place.path("b.bak-wal").exists());

        let backup = Backup::open(&place.path("b.bak"), key()).await.expect("opens");
        assert_eq!(backup.document_hashes().await.expect("read"), ["ab"]);
        let part = backup.document_part("ab", 0).await.expect("read");
        assert_eq!(part.as_deref(), Some(b"one".as_slice()));
        assert_eq!(backup.document_part("ab", 1).await.expect("read"), None);
        let heads = backup.heads().await.expect("read");
        let head = heads.iter().find(|one| one.practice == "main" && one.chain == "work");
        let mut tx = place.store.read(&practice()).await.expect("a look");
        let (seq, hash) = tx.chain_head().await.expect("a head");
        drop(tx);
        assert_eq!(head.map(|one| (one.seq, one.hash.clone())), Some((seq, hash)));

        let url = place.across().await;
        let other = Store::open(&url, key()).await.expect("opens");
        backup.check_room_in(&other).await.expect("empty");
        let rows = backup.restore_into(&other, &|_| {}).await.expect("restored");
        assert_eq!(rows, backup.count_rows_of(&place.store).await.expect("counted"));
        assert_eq!(rows, backup.count_rows_of(&other).await.expect("counted"));
        assert_eq!(rows, backup.count_rows_of(backup.store()).await.expect("counted"));
        let again = backup.restore_into(&other, &|_| {}).await.expect_err("it is full");
        assert!(again.to_string().contains("not empty"), "{again}");
        assert!(backup.check_room_in(&other).await.is_err());
        let mut tx = other.read(&practice()).await.expect("a look");
        let walked = tx.walk_chain(Chain::Work, &|_| {}).await.expect("whole");
        let seen = tx.check_cases(&walked, &|_| {}).await.expect("whole");
        assert_eq!((seen.cases, seen.postings), (2, 2));
        drop(tx);
        other.close().await;
        Place::drop_across(&url).await;
    });
}

#[test]
fn the_key_is_told_by_its_fingerprint_alone() {
    assert_eq!(key().fingerprint(), key().fingerprint());
    assert_ne!(key().fingerprint(), Key::new(b"another").fingerprint());
    assert_eq!(format!("{:?}", key()), "Key(•••)");
}

/// Triggers that later steps of the schema brought.
const TRIGGERS: [&str; 9] = [
    "journal_keep_update",
    "journal_keep_delete",
    "posting_keep_update",
    "posting_keep_delete",
    "claim_payment_keep_update",
    "claim_payment_keep_claim",
    "denial_keep_delete",
    "denial_moves",
    "denial_versions",
];

/// Tables that they brought, those first that name others.
const TABLES: [&str; 54] = [
    "rule_firing",
    "rule_stop",
    "status_answer",
    "status_question",
    "peer",
    "review_fact",
    "project_case",
    "project",
    "next_bill",
    "cover",
    "payer_card",
    "payer_request",
    "correction_item",
    "correction_batch",
    "rhythm",
    "batch_review",
    "answer_time",
    "unanswered",
    "followed",
    "outcome",
    "outcome_tally",
    "correction",
    "evidence",
    "fetched",
    "outgoing_answer",
    "outgoing_item",
    "outgoing",
    "outgoing_number",
    "appeal_draft",
    "answer",
    "reveal",
    "attempt",
    "batch_case",
    "batch",
    "saved_view",
    "word",
    "ceremony",
    "streak",
    "newcomer",
    "errand",
    "tie",
    "issuer",
    "passkey",
    "half_way",
    "recovery_code",
    "factor",
    "rule_version",
    "digest",
    "code_part",
    "code_block",
    "code_list",
    "protection",
    "hold",
    "purged",
];

#[test]
fn a_backup_of_an_older_program_is_brought_up_to_date_in_a_copy() {
    on_each(async |place| {
        work(place).await;
        made(place, "old.bak").await.seal(&place.path("old.bak")).await.expect("sealed");
        // As a program wrote it that knew the first step of the schema alone.
        let old = Place { url: store::Url::Sqlite(place.path("old.bak")), ..another(place) };
        for trigger in TRIGGERS {
            old.past(&format!("drop trigger {trigger}")).await.expect("dropped");
        }
        for index in ["denial_alike", "remittance_file", "rejection_file", "remittance_taken"] {
            old.past(&format!("drop index {index}")).await.expect("dropped");
        }
        for table in TABLES {
            old.past(&format!("drop table {table}")).await.expect("dropped");
        }
        let added = ["code", "remark", "service", "provider", "sub_status"];
        for column in
            added.into_iter().chain(["opened_on", "promised_by", "waits_on", "team", "to_post"])
        {
            old.past(&format!("alter table denial drop column {column}")).await.expect("dropped");
        }
        for column in [
            "person drop column provisional_since",
            "session drop column came_from",
            "session drop column browser",
            "session drop column how",
            "practice drop column second_factor",
            "practice drop column letterhead",
            "practice drop column masks",
            "practice drop column rules",
        ] {
            old.past(&format!("alter table {column}")).await.expect("dropped");
        }
        old.past("delete from _sqlx_migrations where version > 1").await.expect("forgotten");
        let before = std::fs::read(place.path("old.bak")).expect("readable");
        let backup = Backup::open(&place.path("old.bak"), key()).await.expect("opens");
        let mut tx = backup.store().read(&practice()).await.expect("a look");
        assert_eq!(tx.open_cases_after("", 9).await.expect("read").len(), 2);
        let mut opened = Vec::new();
        let mut hear = |case: &insight::board::Listed<'_>| {
            opened.push((case.opened_on.to_owned(), case.waiting.to_owned()));
        };
        tx.list_all(&mut hear).await.expect("listed");
        assert!(opened.iter().all(|(day, _)| day == "2026-06-01"), "{opened:?}");
        assert!(opened.iter().all(|(_, waits_on)| waits_on == "us"), "{opened:?}");
        assert_eq!(std::fs::read(place.path("old.bak")).expect("readable"), before);
    });
}

fn another(place: &Place) -> Place {
    let folder = tempfile::tempdir().expect("a folder");
    Place { store: place.store.clone(), url: place.url.clone(), folder }
}

#[test]
fn what_is_no_backup_or_a_newer_one_is_refused() {
    on_each(async |place| {
        std::fs::write(place.path("text"), "no database").expect("written");
        assert!(Backup::open(&place.path("text"), key()).await.is_err());
        assert!(Backup::open(&place.path("nothing"), key()).await.is_err());
        made(place, "new.bak").await.seal(&place.path("new.bak")).await.expect("sealed");
        let new = Place { url: store::Url::Sqlite(place.path("new.bak")), ..another(place) };
        let later = "update _sqlx_migrations set version = 999 where version = 2";
        assert_eq!(new.past(later).await, Ok(1));
        let refused = Backup::open(&place.path("new.bak"), key()).await.err().expect("refused");
        assert!(matches!(refused, Error::Newer { found: 999, .. }), "{refused}");
    });
}
