//! Likely matches, found from either side, and what people decide.

use store::Error;
use store::claims::{KnownClaim, NewVersion};
use store::matches::{LikelyMatch, Match, Said, group};

use crate::claims::{bill, billed, id, known, paid};
use crate::place::{AT, Place, on_each, practice, reviews};
use crate::remittances;

async fn open_matches(place: &Place) -> Vec<(String, String)> {
    let mut tx = place.store.read(&practice()).await.expect("a look");
    let rows = tx.likely_matches(Match::Open, ("", ""), 99).await.expect("read");
    rows.into_iter().map(|one| (one.number, one.candidate_number)).collect()
}

/// What somebody says of a pair.
fn said(claim: u128, candidate: u128, state: Match) -> Said<'static> {
    let id = |bits: u128| &*Box::leak(id(bits).into_boxed_str());
    Said { claim: id(claim), candidate: id(candidate), state, by: "usr_1", at: AT }
}

#[test]
fn a_likely_match_is_found_from_either_side_by_every_description() {
    // Claim 1 is paid as x and later as y; bills 2 and 3 look like one of them each.
    let expected = [("C1".to_owned(), "C2".to_owned()), ("C1".to_owned(), "C3".to_owned())];
    on_each(async |place| {
        paid(place, vec![known(1, "x")]).await;
        billed(place, "f2", bill(2, "r", "y")).await;
        paid(place, vec![known(1, "y")]).await;
        billed(place, "f3", bill(3, "r", "x")).await;
        billed(place, "f4", bill(4, "r", "other")).await;
        let mut found = open_matches(place).await;
        found.sort();
        assert_eq!(found, expected);
        let mut tx = place.store.read(&practice()).await.expect("a look");
        assert_eq!(tx.reviews().await.expect("counted"), reviews(0, 2, 0));
    });
    on_each(async |place| {
        billed(place, "f3", bill(3, "r", "x")).await;
        paid(place, vec![known(1, "y")]).await;
        paid(place, vec![known(1, "x")]).await;
        billed(place, "f2", bill(2, "r", "y")).await;
        let mut found = open_matches(place).await;
        found.sort();
        assert_eq!(found, expected);
    });
}

#[test]
fn an_accepted_match_joins_and_is_undone() {
    on_each(async |place| {
        paid(place, vec![known(1, "x")]).await;
        billed(place, "f", bill(2, "r", "x")).await;
        let mut tx = place.store.write(&practice()).await.expect("a turn");
        tx.decide_match(&said(1, 2, Match::Accepted)).await.expect("decided");
        let pair = [(id(1), id(2))];
        assert_eq!(tx.joined(&[id(1)]).await.expect("read"), pair);
        assert_eq!(tx.joined(&[id(2)]).await.expect("read"), pair);
        let rows = tx.likely_matches(Match::Accepted, ("", ""), 9).await.expect("read");
        let row = LikelyMatch {
            claim: id(1),
            number: "C1".to_owned(),
            candidate: id(2),
            candidate_number: "C2".to_owned(),
            state: Match::Accepted.as_str().to_owned(),
        };
        assert_eq!(rows, [row]);
        tx.decide_match(&said(1, 2, Match::Open)).await.expect("undone");
        assert!(tx.joined(&[id(1)]).await.expect("read").is_empty());
        assert_eq!(tx.names_of(&[id(1)]).await.expect("read"), [id(1)], "its own alone");
        let nothing = tx.decide_match(&said(2, 1, Match::Open)).await;
        assert!(matches!(nothing, Err(Error::Missing { .. })));
    });
}

#[test]
fn a_claim_with_the_same_number_as_its_bill_is_no_likely_match() {
    on_each(async |place| {
        paid(place, vec![known(1, "x")]).await;
        billed(place, "f", bill(1, "r", "x")).await;
        assert!(open_matches(place).await.is_empty());
    });
}

#[test]
fn a_match_that_nobody_proposed_is_put_and_its_siblings_come_with_it() {
    on_each(async |place| {
        paid(place, vec![known(1, "x"), known(2, "y")]).await;
        billed(place, "f", bill(3, "r", "z")).await;
        let mut tx = place.store.write(&practice()).await.expect("a turn");
        tx.put_match(&said(1, 3, Match::Accepted)).await.expect("put");
        tx.put_match(&said(2, 3, Match::Declined)).await.expect("put");
        tx.put_match(&said(2, 3, Match::Accepted)).await.expect("put over it");
        let pairs = [(id(1), id(3)), (id(2), id(3))];
        for asked in [1, 2, 3] {
            let mut joined = tx.joined(&[id(asked)]).await.expect("read");
            joined.sort();
            assert_eq!(joined, pairs, "asked for {asked}");
            let names = tx.names_of(&[id(asked)]).await.expect("read");
            assert_eq!(names, [id(1), id(2), id(3)], "asked for {asked}");
        }
        let page = tx.likely_matches(Match::Accepted, (&id(1), &id(3)), 9).await.expect("read");
        assert_eq!(page.iter().map(|one| one.claim.clone()).collect::<Vec<_>>(), [id(2)]);
    });
}

#[test]
fn claims_read_together_are_heard_each_with_its_own() {
    let joined = [("b", "a"), ("c", "a"), ("e", "d")];
    let joined = joined.map(|(one, into)| (one.to_owned(), into.to_owned()));
    for claim in ["a", "b", "c"] {
        assert_eq!(group(claim, &joined), ["a", "b", "c"].into(), "{claim}");
    }
    assert_eq!(group("e", &joined), ["d", "e"].into());
    assert_eq!(group("x", &joined), ["x"].into());
}

#[test]
fn what_no_bill_and_no_person_has_matched_is_listed() {
    on_each(async |place| {
        remittances::published(place, 1).await;
        paid(place, vec![known(7, "held")]).await;
        let mut tx = place.store.write(&practice()).await.expect("a turn");
        let both = [(id(0), "C0".to_owned()), (id(1), "C1".to_owned())];
        assert_eq!(tx.unmatched("", 9).await.expect("read"), both, "the third has no payment");
        assert_eq!(tx.unmatched(&id(0), 9).await.expect("read"), both[1..]);
        tx.commit().await.expect("durable");
        billed(place, "f", bill(5, "r", "x")).await;
        billed(place, "g", bill(6, "s", "y")).await;
        let mut tx = place.store.write(&practice()).await.expect("a turn");
        tx.put_match(&said(0, 5, Match::Open)).await.expect("put");
        assert_eq!(tx.unmatched("", 9).await.expect("read"), both[1..], "it is to be reviewed");
        let counts = tx.match_counts().await.expect("read");
        assert_eq!((counts.open, counts.unmatched), (1, 1), "counted once");
        tx.put_match(&said(0, 6, Match::Accepted)).await.expect("put");
        assert_eq!(tx.unmatched("", 9).await.expect("read"), both[1..]);
        let waiting = tx.likely_matches(Match::Open, ("", ""), 9).await.expect("read");
        assert_eq!(waiting, [], "it is joined to another one");
        assert_eq!(tx.match_counts().await.expect("read").open, 0);
    });
}

#[test]
fn billed_claims_are_found_by_how_their_fingerprint_begins() {
    on_each(async |place| {
        for (claim, fingerprint) in [(1, "aa10"), (2, "aaff"), (3, "ab00"), (4, "a9ff")] {
            billed(place, &format!("f{claim}"), bill(claim, "r", fingerprint)).await;
        }
        let mut tx = place.store.read(&practice()).await.expect("a look");
        assert_eq!(tx.billed_like("aa", 9).await.expect("read"), [id(1), id(2)]);
        assert_eq!(tx.billed_like("aa", 1).await.expect("read"), [id(1)]);
    });
}

#[test]
fn a_claim_is_likely_by_its_member_from_either_side() {
    let paid_as = |member: &str| KnownClaim { member: Some(member.to_owned()), ..known(1, "x") };
    let billed_as = |member: &str| {
        let version = bill(2, "r", "y");
        let known = KnownClaim { member: Some(member.to_owned()), ..version.known };
        NewVersion { known, ..version }
    };
    let expected = [("C1".to_owned(), "C2".to_owned())];
    on_each(async |place| {
        paid(place, vec![paid_as("m")]).await;
        billed(place, "f", billed_as("m")).await;
        assert_eq!(open_matches(place).await, expected);
        let mut tx = place.store.read(&practice()).await.expect("a look");
        assert_eq!(tx.billed_of_member("m", 9).await.expect("read"), [id(2)]);
        assert!(tx.billed_of_member("n", 9).await.expect("read").is_empty());
    });
    on_each(async |place| {
        billed(place, "f", billed_as("m")).await;
        paid(place, vec![paid_as("other")]).await;
        assert!(open_matches(place).await.is_empty());
        paid(place, vec![paid_as("m")]).await;
        assert_eq!(open_matches(place).await, expected, "by another description");
    });
}

#[test]
fn a_claim_is_likely_the_one_billed_claim_with_its_payers_number() {
    on_each(async |place| {
        remittances::published(place, 1).await;
        paid(place, vec![known(9, "z")]).await;
        let look = async || {
            let mut tx = place.store.write(&practice()).await.expect("a turn");
            tx.find_likely_by_control(&[id(9)]).await.expect("looked");
            tx.commit().await.expect("durable");
        };
        look().await;
        assert!(open_matches(place).await.is_empty(), "the other is not billed");
        billed(place, "f", bill(1, "r", "x")).await;
        let expected = [("C9".to_owned(), "C1".to_owned())];
        assert_eq!(open_matches(place).await, expected);
        look().await;
        assert_eq!(open_matches(place).await, expected);
        let mut tx = place.store.read(&practice()).await.expect("a look");
        assert_eq!(tx.paid_by_control(&id(9), 9).await.expect("read"), [id(1)]);
        assert!(tx.paid_by_control(&id(8), 9).await.expect("read").is_empty());
    });
}
