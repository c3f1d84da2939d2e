//! A practice's own rule files, version by version.

use store::denials::Rank;
use store::instant;
use store::rule_versions::RuleVersion;

use crate::clinic::{moment, open};
use crate::place::{on_each, practice};

#[test]
fn the_newest_version_of_each_file_holds_and_none_is_lost() {
    on_each(async |place| {
        let one = |version: i64, path: &str, text: &str| RuleVersion {
            version,
            path: path.to_owned(),
            text: text.to_owned(),
            why: "a reason".to_owned(),
            saved_at: instant(moment().now),
            saved_by: "usr_1".to_owned(),
        };
        let mut tx = place.store.write(&practice()).await.expect("a turn");
        assert_eq!(tx.newest_rules().await.expect("read"), 0);
        for version in
            [one(1, "desk.toml", "a"), one(2, "owners.toml", "b"), one(3, "desk.toml", "")]
        {
            tx.keep_rules(&version).await.expect("kept");
        }
        assert_eq!(tx.newest_rules().await.expect("read"), 3);
        let own = tx.own_rules().await.expect("read");
        assert_eq!(own, [one(3, "desk.toml", ""), one(2, "owners.toml", "b")]);
        let desk = tx.rule_versions("desk.toml").await.expect("read");
        assert_eq!(desk, [one(3, "desk.toml", ""), one(1, "desk.toml", "a")]);
        assert!(tx.keep_rules(&one(3, "desk.toml", "c")).await.is_err(), "the number is taken");
    });
}

#[test]
fn rules_are_tried_on_the_cases_that_they_concern() {
    on_each(async |place| {
        let cases = open(place, &[300, 100, 200]).await;
        let mut tx = place.store.write(&practice()).await.expect("a turn");
        let unmapped = Some("CO-111".to_owned());
        for case in &cases[..2] {
            let rank = Rank { unmapped: unmapped.clone(), ..Rank::default() };
            assert_eq!(tx.rerank(&[(case, rank)]).await.expect("ranked"), 1);
        }
        let newest = tx.newest_open_cases(2).await.expect("read");
        assert_eq!(newest.len(), 2);
        let waiting = tx.unmapped_cases("CO-111", 9).await.expect("read");
        assert_eq!(waiting, [cases[0].clone(), cases[1].clone()], "the most money first");
        assert_eq!(tx.unmapped_cases("CO-112", 9).await.expect("read"), []);
        let payer = tx.payer_cases(cases[0].payer.as_str(), 9).await.expect("read");
        assert_eq!(payer.len(), 3);
        assert_eq!(payer[1].id, cases[2].id, "the most money first");
        assert_eq!(tx.payer_cases("pay_none", 9).await.expect("read"), []);
    });
}
