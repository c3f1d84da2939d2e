//! Corrections that are being written: nobody saves over another.

use denial::correction::Edit;
use denial::lifecycle::evidence::Frequency;
use serde_json::json;
use store::Error;
use store::corrections::Correction;
use store::journal::Entry;

use crate::clinic::{moment as at_desk, open};
use crate::place::{on_each, practice};

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
    });
}
