//! Claims known from remittances and bills, in whatever order they come.

use std::collections::HashMap;

use denial::claim::{Claim, ClaimSource};
use denial::ids::ClaimId;
use denial::matching::known_from;
use denial::remittance::{ClaimPayment, RemittanceHead};
use store::acknowledgements::NewAcknowledgement;
use store::claims::{KnownClaim, NewVersion};
use store::evidence::EvidenceRow;

use crate::place::{Place, on_each, practice};

pub(crate) fn known(claim: u128, fingerprint: &str) -> KnownClaim {
    KnownClaim {
        claim: ClaimId::from_bits(claim),
        number: format!("C{claim}"),
        fingerprint: Some(fingerprint.to_owned()),
        member: None,
    }
}

pub(crate) fn bill(claim: u128, rank: &str, fingerprint: &str) -> NewVersion {
    let body = known_from(&ClaimPayment::default(), &RemittanceHead::default());
    let body = Claim { source: ClaimSource::Billed, facility: rank.into(), ..body };
    NewVersion { n: 0, known: known(claim, fingerprint), rank: rank.to_owned(), batch: None, body }
}

pub(crate) fn id(claim: u128) -> String {
    ClaimId::from_bits(claim).as_str().to_owned()
}

pub(crate) async fn paid(place: &Place, claims: Vec<KnownClaim>) -> u64 {
    let ids: Vec<String> = claims.iter().map(|one| one.claim.as_str().to_owned()).collect();
    let mut tx = place.store.write(&practice()).await.expect("a turn");
    let new = tx.know_claims(claims).await.expect("known");
    tx.find_likely_billed(&ids).await.expect("looked");
    tx.commit().await.expect("durable");
    new
}

pub(crate) async fn billed(place: &Place, file: &str, version: NewVersion) {
    let ids = [version.known.claim.as_str().to_owned()];
    let mut tx = place.store.write(&practice()).await.expect("a turn");
    tx.add_versions(file, vec![version]).await.expect("written");
    tx.find_likely_paid(&ids).await.expect("looked");
    tx.commit().await.expect("durable");
}

#[test]
fn the_latest_version_speaks_whichever_came_first() {
    on_each(async |place| {
        let mut tx = place.store.write(&practice()).await.expect("a turn");
        let newer = tx.add_versions("new", vec![bill(1, "2026-02-01 new", "x")]).await;
        assert_eq!(newer.expect("written"), [0].into(), "it speaks");
        let older = tx.add_versions("old", vec![bill(1, "2026-01-01 old", "y")]).await;
        assert!(older.expect("written").is_empty(), "it came later and is older");
        tx.commit().await.expect("durable");
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
fn a_batch_is_that_of_one_file_or_of_none() {
    on_each(async |place| {
        let sent =
            |claim, n| NewVersion { n, batch: Some("1/0001".to_owned()), ..bill(claim, "r", "x") };
        let mut tx = place.store.write(&practice()).await.expect("a turn");
        tx.add_versions("f", vec![sent(1, 0), sent(2, 1)]).await.expect("written");
        let answer = NewAcknowledgement {
            n: 0,
            claim: None,
            batch: Some("1/0001".to_owned()),
            outcome: "rejected".to_owned(),
            body: "{}".to_owned(),
        };
        tx.add_acknowledgements("a", vec![answer]).await.expect("kept");
        let of = |n: u128| (id(n), format!("C{n}"), "f".to_owned());
        let asked = ["1/0001".to_owned(), "1/0002".to_owned()];
        let both = HashMap::from([(asked[0].clone(), vec![of(1), of(2)])]);
        assert_eq!(tx.claims_of_batches(&asked, 9).await.expect("read"), both);
        let first = HashMap::from([(asked[0].clone(), vec![of(1)])]);
        assert_eq!(tx.claims_of_batches(&asked, 1).await.expect("read"), first);
        assert_eq!(tx.acknowledgements_of(&id(2)).await.expect("read").len(), 1);
        tx.add_versions("g", vec![sent(3, 0)]).await.expect("written");
        assert_eq!(tx.claims_of_batches(&asked, 9).await.expect("read"), HashMap::new());
        assert!(tx.acknowledgements_of(&id(2)).await.expect("read").is_empty());
    });
}

#[test]
fn evidence_is_found_by_member_or_number_and_kept_once() {
    on_each(async |place| {
        let row = |n: i64, member: &str, number: &str| EvidenceRow {
            file: "f".to_owned(),
            n,
            kind: "authorization".to_owned(),
            member: member.to_owned(),
            number: number.to_owned(),
            person: format!("P{n}"),
            on_day: Some(format!("2026-01-0{}", n + 1)),
            body: "{}".to_owned(),
        };
        let rows = vec![row(0, "M1", ""), row(1, "M1", "A1"), row(2, "M2", "A1"), row(3, "", "")];
        for _ in 0..2 {
            let mut tx = place.store.write(&practice()).await.expect("a turn");
            tx.add_evidence(rows.clone()).await.expect("written");
            tx.commit().await.expect("durable");
        }
        let mut tx = place.store.read(&practice()).await.expect("a look");
        let places = |rows: Vec<EvidenceRow>| rows.iter().map(|row| row.n).collect::<Vec<_>>();
        assert_eq!(places(tx.evidence_of("M1", "A1").await.expect("read")), [2, 1, 0]);
        assert_eq!(places(tx.evidence_of("M2", "").await.expect("read")), [2]);
        assert_eq!(places(tx.evidence_of("", "").await.expect("read")), [0_i64; 0]);
        assert_eq!(places(tx.evidence_named("P1").await.expect("read")), [1]);
        assert_eq!(places(tx.evidence_named("").await.expect("read")), [0_i64; 0]);
        assert_eq!(tx.evidence_at("f", 3).await.expect("read"), Some(row(3, "", "")));
        assert_eq!(tx.evidence_at("g", 3).await.expect("read"), None);
    });
}
