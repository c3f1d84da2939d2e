//! Code lists: versions by day, blocks that they share.

use denial::lists::ListKind;
use store::code_lists::{CodeBlock, CodeList};

use crate::place::{AT, Place, on_each, practice};

fn block(part: &str, body: &str) -> CodeBlock {
    let (part, body) = (part.to_owned(), body.to_owned());
    CodeBlock { digest: format!("{part}:{body}"), part, body }
}

/// Brings a version of diagnoses to where it is looked at.
async fn brought(place: &Place, from_day: &str, blocks: Vec<CodeBlock>) -> CodeList {
    let text = str::to_owned;
    let one = CodeList {
        kind: text("icd10"),
        from_day: text(from_day),
        name: text("made-up.txt"),
        made_at: text(AT),
        made_by: text("usr_1"),
        ..CodeList::default()
    };
    let mut tx = place.store.write(&practice()).await.expect("a turn");
    let version = tx.begin_code_list(&one).await.expect("begun");
    tx.keep_code_parts(ListKind::Icd10, version, blocks).await.expect("kept");
    let ended = CodeList { version, state: text("looked"), entries: 2, report: text("{}"), ..one };
    tx.end_code_list(&ended).await.expect("ended");
    assert!(tx.end_code_list(&ended).await.is_err(), "it is ended once");
    tx.commit().await.expect("committed");
    ended
}

async fn decided(place: &Place, one: &CodeList, from: &str, to: &str) -> bool {
    let mut tx = place.store.write(&practice()).await.expect("a turn");
    let one = CodeList { state: to.to_owned(), ..one.clone() };
    let done = tx.decide_code_list(&one, from, (AT, "usr_1")).await.expect("decided");
    tx.commit().await.expect("committed");
    done
}

async fn on(place: &Place, day: &str) -> Option<i64> {
    let mut tx = place.store.read(&practice()).await.expect("a look");
    tx.code_list_on(ListKind::Icd10, day).await.expect("read").map(|one| one.version)
}

#[test]
fn the_latest_version_of_a_day_holds_until_it_is_taken_back() {
    on_each(async |place| {
        let first = brought(place, "2025-10-01", vec![block("X00", "a"), block("X01", "b")]).await;
        assert_eq!(on(place, "2026-01-01").await, None, "it is only looked at");
        assert!(decided(place, &first, "looked", "held").await);
        assert!(!decided(place, &first, "looked", "held").await, "it is no longer looked at");
        let second = brought(place, "2026-10-01", vec![block("X00", "a"), block("X01", "c")]).await;
        assert!(decided(place, &second, "looked", "held").await);
        assert_eq!(on(place, "2025-09-30").await, None);
        assert_eq!(on(place, "2026-09-30").await, Some(1));
        assert_eq!(on(place, "2026-10-01").await, Some(2));
        assert!(decided(place, &second, "held", "back").await);
        assert_eq!(on(place, "2026-10-01").await, Some(1));
        let mut tx = place.store.read(&practice()).await.expect("a look");
        let all = tx.code_lists().await.expect("read");
        assert_eq!(all.iter().map(|one| one.version).collect::<Vec<_>>(), [2, 1]);
        assert_eq!(all[0].decided_by.as_deref(), Some("usr_1"));
        let one = tx.code_list(ListKind::Icd10, 1).await.expect("there");
        assert_eq!((one.state.as_str(), one.entries), ("held", 2));
        assert!(tx.code_list(ListKind::Icd10, 3).await.is_err());
    });
}

#[test]
fn blocks_are_shared_and_go_with_the_last_version_that_has_them() {
    on_each(async |place| {
        let held = brought(place, "2025-10-01", vec![block("X00", "a"), block("X01", "b")]).await;
        assert!(decided(place, &held, "looked", "held").await);
        brought(place, "2026-10-01", vec![block("X00", "a"), block("X01", "c")]).await;
        let mut tx = place.store.write(&practice()).await.expect("a turn");
        let parts = tx.code_parts(ListKind::Icd10, 2).await.expect("read");
        assert_eq!(parts, [("X00".into(), "X00:a".into()), ("X01".into(), "X01:c".into())]);
        let wanted = ["X01".to_owned(), "X09".to_owned()];
        let some = tx.code_blocks(ListKind::Icd10, 2, &wanted).await.expect("read");
        assert_eq!(some, [block("X01", "c")]);
        let mut walked = Vec::new();
        let mut heard = |part: &str, _: &str, body: &str| walked.push(format!("{part}{body}"));
        tx.walk_code_blocks(ListKind::Icd10, 1, &mut heard).await.expect("walked");
        assert_eq!(walked, ["X00a", "X01b"]);
        assert!(tx.drop_code_list(ListKind::Icd10, 2).await.expect("dropped"), "there is more");
        let half = tx.code_list(ListKind::Icd10, 2).await.expect("there yet");
        assert_eq!(half.state, "failed", "what is half gone comes to hold no more");
        assert!(!tx.drop_code_list(ListKind::Icd10, 2).await.expect("dropped"));
        assert!(tx.code_list(ListKind::Icd10, 2).await.is_err());
        let kept = tx.code_blocks(ListKind::Icd10, 1, &["X00".to_owned()]).await.expect("read");
        assert_eq!(kept, [block("X00", "a")], "another version has it");
    });
}
