//! Specially protected records: what the rules say, and a person's word over it.

use crate::clinic;
use crate::place::{on_each, practice};

#[test]
fn a_persons_word_holds_over_the_rules_whatever_comes_first() {
    on_each(async |place| {
        let cases = clinic::open(place, &[900, 800, 700]).await;
        let ids: Vec<String> = cases.iter().map(|case| case.claim.to_string()).collect();
        let [one, two, three] = [&ids[0], &ids[1], &ids[2]];
        let mut tx = place.store.write(&practice()).await.expect("a turn");
        assert!(tx.protections(&[]).await.expect("read").is_empty());
        tx.protect_by_rule(one, "hiv").await.expect("kept");
        tx.protect_by_hand(one, "").await.expect("kept");
        tx.protect_by_rule(one, "hiv,substance_use").await.expect("kept");
        tx.protect_by_hand(two, "own").await.expect("kept");
        tx.protect_by_rule(two, "").await.expect("kept");
        tx.protect_by_rule(three, "hiv").await.expect("kept");
        let said = tx.protections(&ids).await.expect("read");
        assert_eq!(said[one].by_rule, "hiv,substance_use");
        assert_eq!(said[one].by_hand.as_deref(), Some(""));
        assert_eq!((said[two].kinds(), said[three].kinds()), ("own", "hiv"));
        let protected = tx.protected_among(&ids).await.expect("read");
        assert_eq!(protected.len(), 2);
        assert!(!protected.contains_key(one), "somebody says that it is none");
        let subjects = tx.protected_subjects().await.expect("read");
        for case in &cases {
            let is = case.claim.as_str() != one.as_str();
            assert_eq!(subjects.contains(case.id.as_str()), is);
            assert_eq!(subjects.contains(case.claim.as_str()), is);
        }
        assert!(tx.protect_by_rule("clm_none", "hiv").await.is_err(), "no such claim");
    });
}
