//! Claims known from remittances and bills, in whatever order they come, and likely matches.

use denial::claim::{Claim, ClaimSource};
use denial::ids::ClaimId;
use denial::matching::known_from;
use denial::remittance::{ClaimPayment, RemittanceHead};
use store::Error;
use store::claims::{KnownClaim, LikelyMatch, Match, NewVersion};

use crate::place::{AT, Place, on_each, practice};

fn known(claim: u128, fingerprint: &str) -> KnownClaim {
    KnownClaim {
        claim: ClaimId::from_bits(claim),
        number: format!("C{claim}"),
        fingerprint: Some(fingerprint.to_owned()),
    }
}

fn bill(claim: u128, rank: &str, fingerprint: &str) -> NewVersion {
    let body = known_from(&ClaimPayment::default(), &RemittanceHead::default());
    let body = Claim { source: ClaimSource::Billed, facility: rank.into(), ..body };
    NewVersion { n: 0, known: known(claim, fingerprint), rank: rank.to_owned(), body }
}

fn id(claim: u128) -> String {
    ClaimId::from_bits(claim).as_str().to_owned()
}

async fn paid(place: &Place, claims: Vec<KnownClaim>) -> u64 {
    let ids: Vec<String> = claims.iter().map(|one| one.claim.as_str().to_owned()).collect();
    let mut tx = place.store.write(&practice()).await.expect("a turn");
    let new = tx.know_claims(claims).await.expect("known");
    tx.find_likely_billed(&ids).await.expect("looked");
    tx.commit().await.expect("durable");
    new
}

async fn billed(place: &Place, file: &str, version: NewVersion) {
    let ids = [version.known.claim.as_str().to_owned()];
    let mut tx = place.store.write(&practice()).await.expect("a turn");
    tx.add_versions(file, vec![version]).await.expect("written");
    tx.find_likely_paid(&ids).await.expect("looked");
    tx.commit().await.expect("durable");
}

async fn open_matches(place: &Place) -> Vec<(String, String)> {
    let mut tx = place.store.read(&practice()).await.expect("a look");
    let rows = tx.likely_matches(Match::Open, 99).await.expect("read");
    rows.into_iter().map(|one| (one.number, one.candidate_number)).collect()
}

#[test]
fn the_latest_version_speaks_whichever_came_first() {
    on_each(async |place| {
        billed(place, "new", bill(1, "2026-02-01 new", "x")).await;
        billed(place, "old", bill(1, "2026-01-01 old", "y")).await;
        let mut tx = place.store.read(&practice()).await.expect("a look");
        let row = tx.claims(&[id(1)]).await.expect("read").remove(&id(1)).expect("there");
        let body = row.billed().expect("whole").expect("billed");
        assert_eq!((row.source.as_str(), body.facility.as_str()), ("billed", "2026-02-01 new"));
        let versions = tx.versions(&id(1)).await.expect("read");
        assert_eq!(versions.iter().map(|one| one.0.as_str()).collect::<Vec<_>>(), ["new", "old"]);
        assert_eq!(tx.claim_ids("", 9).await.expect("read"), [id(1)]);
    });
}

#[test]
fn a_claim_known_from_a_remittance_is_billed_once_its_bill_comes() {
    on_each(async |place| {
        assert_eq!(paid(place, vec![known(1, "x"), known(2, "y")]).await, 2);
        assert_eq!(paid(place, vec![known(1, "x"), known(3, "z")]).await, 1);
        billed(place, "f", bill(1, "r", "x")).await;
        let mut tx = place.store.read(&practice()).await.expect("a look");
        let rows = tx.claims(&[id(1), id(2)]).await.expect("read");
        assert_eq!(rows[&id(1)].source, "billed");
        assert_eq!(rows[&id(2)].source, "remittance");
        assert_eq!(rows[&id(2)].billed().expect("whole"), None);
        assert_eq!(tx.paid_among(&[id(1)]).await.expect("read"), Vec::<String>::new());
    });
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
        assert_eq!(tx.reviews().await.expect("counted"), (0, 2));
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
        tx.decide_match(&id(1), &id(2), Match::Accepted, "usr_1", AT).await.expect("decided");
        let pair = [(id(1), id(2))];
        assert_eq!(tx.joined(&[id(1)]).await.expect("read"), pair);
        assert_eq!(tx.joined(&[id(2)]).await.expect("read"), pair);
        let rows = tx.likely_matches(Match::Accepted, 9).await.expect("read");
        let row = LikelyMatch {
            claim: id(1),
            number: "C1".to_owned(),
            candidate: id(2),
            candidate_number: "C2".to_owned(),
            state: Match::Accepted.as_str().to_owned(),
        };
        assert_eq!(rows, [row]);
        tx.decide_match(&id(1), &id(2), Match::Open, "usr_1", AT).await.expect("undone");
        assert!(tx.joined(&[id(1)]).await.expect("read").is_empty());
        let nothing = tx.decide_match(&id(2), &id(1), Match::Open, "usr_1", AT).await;
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
