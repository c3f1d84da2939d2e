//! Files by their hash, documents, sweeps, and answers before adjudication.

use store::acknowledgements::{NewAcknowledgement, RejectionRow};
use store::files::{Document, FileRow};
use store::narrowed::Narrowed;
use store::{Error, raw};

use crate::place::{AT, on_each, practice};

fn file(hash: &str) -> FileRow {
    FileRow {
        hash: hash.to_owned(),
        name: "a.edi".to_owned(),
        bytes: 3,
        kinds: "835".to_owned(),
        state: "reading".to_owned(),
        taken_at: AT.to_owned(),
        taken_by: "usr_1".to_owned(),
        report: "{}".to_owned(),
    }
}

#[test]
fn a_file_whose_reading_has_not_ended_is_found() {
    on_each(async |place| {
        let mut tx = place.store.write(&practice()).await.expect("a turn");
        tx.begin_file(&file("a")).await.expect("begun");
        tx.begin_file(&file("b")).await.expect("begun");
        tx.finish_file("a", "835", "{}").await.expect("finished");
        let waiting = tx.files_being_read().await.expect("read");
        assert_eq!(waiting.iter().map(|one| one.hash.as_str()).collect::<Vec<_>>(), ["b"]);
    });
}

#[test]
fn a_file_is_noted_once_and_finished_once() {
    on_each(async |place| {
        let mut tx = place.store.write(&practice()).await.expect("a turn");
        tx.begin_file(&file("f1")).await.expect("noted");
        tx.begin_file(&FileRow { name: "b.edi".to_owned(), ..file("f1") }).await.expect("known");
        assert!(tx.finish_file("f1", "835,837", "{\"a\":1}").await.expect("finished"));
        assert!(!tx.finish_file("f1", "835", "{}").await.expect("it was"));
        let row = tx.file("f1").await.expect("read").expect("there");
        assert_eq!((row.name.as_str(), row.state.as_str()), ("a.edi", "taken"));
        assert_eq!(tx.file("f2").await.expect("read"), None);
        tx.begin_file(&file("f2")).await.expect("noted");
        assert_eq!(tx.files(9).await.expect("read").len(), 2);
        for (text, count) in [("A.ED", 2), ("837", 1), ("_", 0), ("", 2)] {
            let narrowed = Narrowed { text: text.to_owned(), ..Narrowed::default() };
            assert_eq!(tx.files_that_fit(&narrowed, 9).await.expect("read").len(), count, "{text}");
        }
        let taken = [("f1".to_owned(), "835,837".to_owned())];
        assert_eq!(tx.taken_files().await.expect("read"), taken);
        let hashes = [("f1".to_owned(), 3), ("f2".to_owned(), 3)];
        assert_eq!(tx.file_hashes().await.expect("read"), hashes);
    });
}

#[test]
fn a_document_is_found_by_the_beginning_of_its_hash() {
    on_each(async |place| {
        let document = Document {
            hash: "ab12".to_owned(),
            name: "letter.pdf".to_owned(),
            media: "application/pdf".to_owned(),
            bytes: 9,
            taken_at: AT.to_owned(),
            taken_by: "usr_1".to_owned(),
        };
        let mut tx = place.store.write(&practice()).await.expect("a turn");
        tx.keep_document(&document).await.expect("kept");
        tx.keep_document(&document).await.expect("kept once");
        assert_eq!(tx.document("ab12").await.expect("read"), Some(document.clone()));
        assert_eq!(tx.document("ab13").await.expect("read"), None);
        assert_eq!(tx.document_beginning("ab").await.expect("read"), Some(document));
        assert_eq!(tx.document_beginning("ac").await.expect("read"), None);
        assert_eq!(tx.document_hashes().await.expect("read"), [("ab12".to_owned(), 9)]);
    });
}

#[test]
fn a_sweep_notes_when_it_ran_last() {
    on_each(async |place| {
        let mut tx = place.store.write(&practice()).await.expect("a turn");
        tx.note_sweep("ranks", AT, "1").await.expect("noted");
        tx.note_sweep("ranks", AT, "2").await.expect("noted again");
        let row = ("ranks".to_owned(), AT.to_owned(), "2".to_owned());
        assert_eq!(tx.sweeps().await.expect("read"), [row]);
        assert!(tx.probe(AT).await.expect("written and read"));
    });
}

#[test]
fn a_rejection_waits_until_somebody_is_done_with_it() {
    on_each(async |place| {
        let answer = |n| NewAcknowledgement {
            n,
            claim: Some("clm_1".to_owned()),
            batch: None,
            outcome: "rejected".to_owned(),
            body: format!("{n}"),
        };
        let rejection = RejectionRow {
            rejection: "rej_1".to_owned(),
            file: "f1".to_owned(),
            n: 0,
            claim: Some("clm_1".to_owned()),
            number: "C1".to_owned(),
            state: "open".to_owned(),
            on_day: Some("2026-06-01".to_owned()),
            body: "{}".to_owned(),
            resolved_at: None,
            resolved_by: None,
        };
        let mut tx = place.store.write(&practice()).await.expect("a turn");
        tx.add_acknowledgements("f1", vec![answer(0), answer(1)]).await.expect("kept");
        tx.add_acknowledgements("f1", vec![answer(1)]).await.expect("kept once");
        let said = tx.acknowledgements_of("clm_1").await.expect("read");
        assert_eq!(said.iter().map(|(_, body)| body.as_str()).collect::<Vec<_>>(), ["0", "1"]);
        let rows = [rejection.clone()];
        assert_eq!(tx.add_rejections(&rows).await.expect("queued"), 1);
        assert_eq!(tx.add_rejections(&rows).await.expect("queued once"), 0);
        assert_eq!(tx.open_rejections().await.expect("counted"), 1);
        assert_eq!(tx.rejections("open", 9).await.expect("read"), rows);
        tx.resolve_rejection("rej_1", "usr_1", AT).await.expect("resolved");
        let again = tx.resolve_rejection("rej_1", "usr_1", AT).await;
        assert!(matches!(again, Err(Error::Missing { .. })));
        assert_eq!(tx.open_rejections().await.expect("counted"), 0);
        let done = &tx.rejections("resolved", 9).await.expect("read")[0];
        assert_eq!(done.resolved_by.as_deref(), Some("usr_1"));
    });
}

#[test]
fn any_bytes_are_a_text() {
    let bytes: Vec<u8> = (0..=255).collect();
    assert_eq!(raw::to_bytes(&raw::to_text(&bytes)), bytes);
}
