//! Remittances staged, published, in conflict, settled; and their claim payments.

use denial::ids::{ClaimId, RemittanceId};
use denial::money::Money;
use denial::remittance::{ProviderAdjustment, Span};
use store::claims::KnownClaim;
use store::narrowed::Narrowed;
use store::remittances::{NewClaimPayment, RemittanceRow, State};

use crate::place::{AT, Place, on_each, practice, reviews};

pub(crate) fn row(number: u128, state: State) -> RemittanceRow {
    RemittanceRow {
        remittance: id(number),
        file: "f1".to_owned(),
        number: 1,
        deal: "deal".to_owned(),
        content: format!("content {number}"),
        state: state.as_str().to_owned(),
        why: None,
        source: "835".to_owned(),
        payer: "pay_1".to_owned(),
        payer_name: "Synthetic payer".to_owned(),
        trace: "T1".to_owned(),
        paid_on: Some("2026-06-01".to_owned()),
        total: 6_000,
        paid: 6_000,
        provider_level: 0,
        claims: 2,
        lines: 2,
        balanced: "yes".to_owned(),
        head: "{}".to_owned(),
        separators: "2a3a5e7e".to_owned(),
        imbalances: "[]".to_owned(),
        taken_at: AT.to_owned(),
        settled: 0,
        looked_at: None,
    }
}

pub(crate) fn id(number: u128) -> String {
    RemittanceId::from_bits(number).as_str().to_owned()
}

async fn staged(place: &Place, number: u128) {
    let mut tx = place.store.write(&practice()).await.expect("a turn");
    assert!(tx.stage_remittance(&row(number, State::Staging)).await.expect("staged"));
    let payment = |n: u64| NewClaimPayment {
        n,
        claim: ClaimId::from_bits(u128::from(n)),
        quarantined: n == 1,
        segment: 7,
        byte: 99,
        control: (n == 1).then(|| ClaimId::from_bits(9).as_str().to_owned()),
        raw: "CLP*C1~".to_owned(),
    };
    let known = |n: u128| KnownClaim {
        claim: ClaimId::from_bits(n),
        number: format!("C{n}"),
        fingerprint: None,
        member: None,
    };
    tx.know_claims(vec![known(0), known(1)]).await.expect("known");
    let remittance = RemittanceId::from_bits(number);
    tx.add_claim_payments(&remittance, vec![payment(0), payment(1)]).await.expect("written");
    tx.add_claim_payments(&remittance, vec![payment(1)]).await.expect("written once");
    tx.commit().await.expect("durable");
}

/// A remittance of two claims, 0 and 1, that counts.
pub(crate) async fn published(place: &Place, number: u128) {
    staged(place, number).await;
    let mut tx = place.store.write(&practice()).await.expect("a turn");
    let moved = tx.move_remittance(&id(number), State::Staging, State::Published).await;
    assert!(moved.expect("moved"));
    tx.commit().await.expect("durable");
}

#[test]
fn a_staged_remittance_is_out_of_sight_until_it_is_published() {
    on_each(async |place| {
        staged(place, 1).await;
        let mut tx = place.store.write(&practice()).await.expect("a turn");
        assert!(!tx.stage_remittance(&row(1, State::Staging)).await.expect("there already"));
        assert!(
            tx.remittances_that_fit(&Narrowed::default(), ("9999", ""), 9)
                .await
                .expect("read")
                .is_empty()
        );
        assert!(tx.remittances_in_order("", 9).await.expect("read").is_empty());
        assert!(tx.unsettled().await.expect("read").is_empty());
        let claims = [ClaimId::from_bits(0).as_str().to_owned()];
        assert!(tx.said_of(&claims).await.expect("read").is_empty());
        let moved = tx.move_remittance(&id(1), State::Staging, State::Published).await;
        assert!(moved.expect("moved"));
        let again = tx.move_remittance(&id(1), State::Staging, State::Published).await;
        assert!(!again.expect("it was elsewhere"));
        assert_eq!(
            tx.remittances_that_fit(&Narrowed::default(), ("9999", ""), 9)
                .await
                .expect("read")
                .len(),
            1
        );
        let fits = async |tx: &mut store::Tx, narrowed: Narrowed| {
            tx.remittances_that_fit(&narrowed, ("9999", ""), 9).await.expect("read").len()
        };
        let text = |text: &str| Narrowed { text: text.to_owned(), ..Narrowed::default() };
        let on = |from: &str, until: &str| Narrowed {
            from: Some(from.to_owned()),
            until: Some(until.to_owned()),
            ..Narrowed::default()
        };
        let amount = |cents| Narrowed { cents: Some(cents), ..Narrowed::default() };
        for (narrowed, count) in [
            (text("synth"), 1),
            (text("t1"), 1),
            (text("T%"), 0),
            (amount(6_000), 1),
            (amount(600), 0),
            (on("2026-06-01", "2026-06-02"), 1),
            (on("2026-06-02", "2026-07-01"), 0),
        ] {
            assert_eq!(fits(&mut tx, narrowed.clone()).await, count, "{narrowed:?}");
        }
        assert_eq!(tx.match_counts().await.expect("counted").unmatched, 2);
        assert_eq!(tx.said_of(&claims).await.expect("read").len(), 1);
        assert_eq!(tx.paid_among(&claims).await.expect("read"), claims);
        assert_eq!(tx.unsettled().await.expect("read").len(), 1);
        tx.settle_remittance(&id(1), 2).await.expect("settled");
        assert!(tx.unsettled().await.expect("read").is_empty());
    });
}

#[test]
fn a_remittance_is_found_by_id_content_and_deal() {
    on_each(async |place| {
        staged(place, 1).await;
        staged(place, 2).await;
        let mut tx = place.store.write(&practice()).await.expect("a turn");
        let one = row(1, State::Staging);
        assert_eq!(tx.remittance(&id(1)).await.expect("read"), Some(one.clone()));
        assert_eq!(tx.remittance_saying("content 1").await.expect("read"), Some(one.clone()));
        assert_eq!(tx.remittance_saying("content 3").await.expect("read"), None);
        assert_eq!(tx.remittances_of_deal("deal").await.expect("read").len(), 2);
        assert_eq!(tx.remittances_among(&[id(1), id(9)]).await.expect("read"), [one]);
    });
}

#[test]
fn what_needs_a_person_is_listed_and_decided() {
    on_each(async |place| {
        staged(place, 1).await;
        let mut tx = place.store.write(&practice()).await.expect("a turn");
        tx.move_remittance(&id(1), State::Staging, State::Conflict).await.expect("moved");
        assert_eq!(tx.remittances_to_review(9).await.expect("read").len(), 1);
        assert_eq!(tx.reviews().await.expect("counted"), reviews(1, 0, 0));
        let decided =
            tx.decide_remittance(&id(1), State::Conflict, State::SetAside, "a copy").await;
        assert!(decided.expect("decided"));
        let again = tx.decide_remittance(&id(1), State::Conflict, State::Published, "").await;
        assert!(!again.expect("it was elsewhere"));
        let row = tx.remittance(&id(1)).await.expect("read").expect("there");
        assert_eq!((row.state.as_str(), row.why.as_deref()), ("set_aside", Some("a copy")));
        assert!(tx.remittances_to_review(9).await.expect("read").is_empty());
    });
}

#[test]
fn what_does_not_add_up_waits_until_a_person_has_looked() {
    on_each(async |place| {
        let mut tx = place.store.write(&practice()).await.expect("a turn");
        let odd = RemittanceRow { balanced: "no".to_owned(), ..row(1, State::Published) };
        assert!(tx.stage_remittance(&odd).await.expect("written"));
        assert!(tx.stage_remittance(&row(2, State::Published)).await.expect("written"));
        assert_eq!(tx.reviews().await.expect("counted"), reviews(1, 0, 0));
        assert_eq!(tx.remittances_to_review(9).await.expect("read").len(), 1);
        assert!(tx.look_at_remittance(&id(1), "2026-01-05").await.expect("looked at"));
        assert!(!tx.look_at_remittance(&id(1), "2026-01-06").await.expect("once is enough"));
        assert!(!tx.look_at_remittance(&id(2), "2026-01-06").await.expect("it adds up"));
        assert_eq!(tx.reviews().await.expect("counted"), reviews(0, 0, 0));
        assert!(tx.remittances_to_review(9).await.expect("read").is_empty());
    });
}

#[test]
fn claim_payments_come_page_by_page_as_they_came() {
    on_each(async |place| {
        staged(place, 1).await;
        let mut tx = place.store.read(&practice()).await.expect("a look");
        let all = tx.claim_payments(&id(1), 0, 9).await.expect("read");
        let odd = tx.quarantined_payments(&id(1), 9).await.expect("read");
        let expected: Vec<_> = all.iter().filter(|one| one.quarantined == "yes").cloned().collect();
        assert_eq!(odd, expected);
        assert_eq!(all.iter().map(|one| one.n).collect::<Vec<_>>(), [0, 1]);
        assert_eq!(tx.claim_payments(&id(1), 1, 9).await.expect("read"), all[1..]);
        assert_eq!(tx.claim_payments(&id(1), 0, 1).await.expect("read"), all[..1]);
        assert_eq!(&*all[0].bytes(), b"CLP*C1~");
        assert_eq!((all[1].quarantined.as_str(), all[1].segment, all[1].byte), ("yes", 7, 99));
    });
}

#[test]
fn provider_adjustments_keep_their_place() {
    on_each(async |place| {
        staged(place, 1).await;
        let adjustment = |cents| ProviderAdjustment {
            provider: "1234567893".into(),
            fiscal: None,
            reason: "WO".into(),
            reference: "R1".into(),
            amount: Money::from_cents(cents),
            span: Span::default(),
        };
        let all = [adjustment(100), adjustment(-40)];
        let mut tx = place.store.write(&practice()).await.expect("a turn");
        let remittance = RemittanceId::from_bits(1);
        tx.add_provider_adjustments(&remittance, 0, &all[..1]).await.expect("written");
        tx.add_provider_adjustments(&remittance, 1, &all[1..]).await.expect("written");
        tx.add_provider_adjustments(&remittance, 1, &all[1..]).await.expect("written once");
        assert_eq!(tx.provider_adjustments(&id(1)).await.expect("read"), all);
    });
}

#[test]
fn what_was_taken_in_can_be_written_again_as_a_measure() {
    on_each(async |place| {
        staged(place, 1).await;
        let mut tx = place.store.read(&practice()).await.expect("a look");
        let rows = tx.taken_rows(1).await.expect("read");
        drop(tx);
        let url = place.across().await;
        let other = store::Store::open(&url, crate::place::key()).await.expect("opens");
        crate::place::make(&other, &crate::place::clinic("main"), AT).await;
        other.insert_rows(&practice(), rows).await.expect("written");
        let mut tx = other.read(&practice()).await.expect("a look");
        assert_eq!(tx.claim_payments(&id(1), 0, 9).await.expect("read").len(), 2);
        drop(tx);
        other.close().await;
        Place::drop_across(&url).await;
    });
}

#[test]
fn remittances_of_a_payment_and_of_a_page_are_found_by_an_index() {
    on_each(async |place| {
        let of_deal = "select trace from remittance where practice = 'main' and deal = 'd'
             order by remittance";
        let of_page = "select trace from remittance where practice = 'main' and state <> 'staging'
             and (coalesce(paid_on, ''), remittance) < ('2026-01-01', 'era')
             order by coalesce(paid_on, '') desc, remittance desc limit 50";
        for (text, index) in [(of_deal, "remittance_deal"), (of_page, "remittance_day")] {
            let plan = place.plan_of(text).await;
            let is_found = plan.contains(index) && !plan.contains("B-TREE");
            assert!(plan.is_empty() || is_found, "{text}: {plan}");
        }
    });
}
