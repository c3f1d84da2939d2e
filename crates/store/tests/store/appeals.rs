//! Drafts of appeals: one open of a kind and level, and nobody writes over another.

use denial::appeal::{Content, Draft, DraftState};
use denial::denial::Denial;
use denial::ids::DraftId;
use denial::letter::LetterKind;
use store::Error;
use store::journal::Entry;

use crate::clinic;
use crate::place::{on_each, practice};

pub(crate) fn draft(case: &Denial, bits: u128, level: u8) -> Draft {
    Draft {
        id: DraftId::from_bits(bits),
        case: case.id.clone(),
        kind: LetterKind::Appeal,
        level,
        template: "letters/a.toml#a".into(),
        rules: 0,
        content: Content::default(),
        state: DraftState::Draft,
        packet: None,
        signed: None,
        voided: None,
        writers: Vec::new(),
        prepared: None,
        former: Vec::new(),
        version: 1,
    }
}

#[test]
fn one_draft_of_a_level_is_open_and_stale_ones_are_told() {
    on_each(async |place| {
        let case = clinic::open(place, &[900]).await.remove(0);
        let moment = clinic::moment();
        let entry = || Entry::new(case.id.as_str(), "appeal.drafted", &());
        let draft = |bits, level| draft(&case, bits, level);
        let mut tx = place.store.write(&practice()).await.expect("a turn");
        assert!(tx.add_draft(&draft(1, 1), entry(), &moment).await.expect("kept"));
        assert!(!tx.add_draft(&draft(2, 1), entry(), &moment).await.expect("asked"));
        assert!(tx.add_draft(&draft(3, 2), entry(), &moment).await.expect("kept"));
        let void = draft(1, 1).ended(DraftState::Void);
        tx.save_draft(&void, 1, entry(), &moment).await.expect("saved");
        let late = tx.save_draft(&void, 1, entry(), &moment).await;
        assert!(matches!(late, Err(Error::Stale { .. })), "{late:?}");
        assert!(tx.add_draft(&draft(2, 1), entry(), &moment).await.expect("kept"));
        assert_eq!(tx.draft(void.id.as_str()).await.expect("read"), void);
        assert_eq!(tx.drafts_of(case.id.as_str()).await.expect("read").len(), 3);
        let open = tx.open_drafts(None, 9).await.expect("read");
        assert_eq!(open.len(), 2, "what was given up is open no more");
        assert!(open.iter().all(|one| one.state.is_open()));
        assert_eq!(tx.open_drafts(None, 1).await.expect("read").len(), 1);
        for (state, count) in [(DraftState::Draft, 2), (DraftState::Ready, 0)] {
            assert_eq!(tx.open_drafts(Some(state), 9).await.expect("read").len(), count);
        }
        assert!(matches!(tx.draft("drf_none").await, Err(Error::Missing { .. })));
        let gone = tx.who_changed_draft("drf_none").await.expect("asked");
        assert!(matches!(gone, Error::Missing { .. }));
        tx.commit().await.expect("written");
    });
}
