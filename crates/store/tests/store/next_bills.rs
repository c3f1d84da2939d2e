//! Other covers of claims, and claims before the payer that comes next.

use denial::claim::{Patient, PayerName};
use denial::cover::{Cover, Turn};
use denial::phi::Phi;
use store::next_bills::{CoverRow, NextBill, NextCount};

use crate::claims::{bill, id};
use crate::outgoing::{item, outgoing};
use crate::place::{AT, Place, on_each, practice};

fn cover(turn: Turn, name: &str) -> Cover {
    Cover {
        payer: PayerName { name: name.into(), ids: vec!["X1".into()] },
        insured: Phi::new(Patient { member: "M-1".into(), ..Patient::default() }),
        ..Cover::at(turn)
    }
}

fn row(claim: &str, state: &str, due: Option<&str>) -> NextBill {
    NextBill {
        claim: claim.to_owned(),
        number: "C1".to_owned(),
        state: state.to_owned(),
        payer_name: "Next plan".to_owned(),
        from_name: "First plan".to_owned(),
        share: 2_000,
        since: Some("2026-05-01".to_owned()),
        due_on: due.map(str::to_owned),
        usual: "14 days".to_owned(),
        why: "said so".to_owned(),
    }
}

async fn billed(place: &Place) {
    let mut tx = place.store.write(&practice()).await.expect("a turn");
    let versions = vec![bill(1, "2026-05-01 x 0000000000", "none")];
    tx.add_versions("file1", versions).await.expect("billed");
    tx.commit().await.expect("durable");
}

#[test]
fn covers_are_billed_told_and_forgotten() {
    on_each(async |place| {
        billed(place).await;
        let claim = id(1);
        let mut tx = place.store.write(&practice()).await.expect("a turn");
        let none = [(claim.clone(), Vec::new())];
        tx.bill_covers(&none).await.expect("nothing");
        let second = |name: &str| [(claim.clone(), vec![cover(Turn::Secondary, name)])];
        tx.bill_covers(&second("Former plan")).await.expect("kept");
        tx.bill_covers(&second("Billed plan")).await.expect("in place of the former");
        let names = |rows: &[CoverRow]| {
            rows.iter().map(|row| row.cover.payer.name.to_string()).collect::<Vec<_>>()
        };
        let claims = [claim.clone(), id(9)];
        assert_eq!(names(&tx.covers_among(&claims).await.expect("read")), ["Billed plan"]);
        let told = CoverRow {
            claim: claim.clone(),
            at: AT.to_owned(),
            by_person: "usr_1".to_owned(),
            cover: cover(Turn::Secondary, "Told plan"),
        };
        tx.tell_cover(&told).await.expect("told");
        tx.bill_covers(&second("Billed plan")).await.expect("what was told stays");
        assert_eq!(tx.covers_among(&claims).await.expect("read"), [told]);
        assert!(!tx.forget_cover(&claims, Turn::Primary).await.expect("there is none"));
        assert!(tx.forget_cover(&claims, Turn::Secondary).await.expect("forgotten"));
        let back = names(&tx.covers_among(&claims).await.expect("read"));
        assert_eq!(back, ["Billed plan"], "what the bill names is still there");
        tx.bill_covers(&none).await.expect("a bill that names none any more");
        assert!(tx.covers_among(&claims).await.expect("read").is_empty());
        tx.commit().await.expect("durable");
    });
}

#[test]
fn claims_stand_before_the_next_payer_until_nothing_is_left() {
    on_each(async |place| {
        billed(place).await;
        let claim = id(1);
        let claims = [claim.clone()];
        let mut tx = place.store.write(&practice()).await.expect("a turn");
        assert!(tx.covered_among(&claims).await.expect("read").is_empty());
        let crossed = row(&claim, "crossed", Some("2026-05-15"));
        tx.keep_next_bills(&claims, vec![row(&claim, "to_bill", None)]).await.expect("kept");
        tx.keep_next_bills(&claims, vec![crossed.clone()]).await.expect("in its place");
        assert_eq!(tx.covered_among(&claims).await.expect("read"), claims);
        assert_eq!(tx.next_bill(&claim).await.expect("read"), Some(crossed.clone()));
        let among = tx.next_bills_among(&[claim.clone(), id(9)]).await.expect("read");
        assert_eq!(among, std::slice::from_ref(&crossed));
        assert_eq!(tx.next_billed("", 9).await.expect("read"), claims);
        assert!(tx.next_billed(&claim, 9).await.expect("read").is_empty());
        assert!(tx.next_bills("to_bill", None, 9).await.expect("read").is_empty());
        let read = tx.next_bills("crossed", None, 9).await.expect("read");
        assert_eq!(read, std::slice::from_ref(&crossed));
        let late = tx.next_bills("crossed", Some("2026-05-15"), 9).await.expect("read");
        assert!(late.is_empty(), "its last usual day");
        let late = tx.next_bills("crossed", Some("2026-05-16"), 9).await.expect("read");
        assert_eq!(late.len(), 1);
        let counted = tx.count_next_bills("2026-05-16").await.expect("counted");
        let state = "crossed".to_owned();
        let expected = NextCount { state, claims: 1, share: 2_000, late: 1, late_share: 2_000 };
        assert_eq!(counted, [expected]);
        tx.keep_next_bills(&claims, Vec::new()).await.expect("answered");
        assert_eq!(tx.next_bill(&claim).await.expect("read"), None);
        assert!(tx.count_next_bills("2026-05-16").await.expect("counted").is_empty());
        tx.commit().await.expect("durable");
    });
}

#[test]
fn what_goes_to_a_next_payer_has_no_case() {
    on_each(async |place| {
        billed(place).await;
        let claims = [id(1)];
        let mut tx = place.store.write(&practice()).await.expect("a turn");
        let one = outgoing(1);
        let without = store::outgoing::OutgoingItem { denial: None, ..item(&one, "", "x", 0) };
        tx.queue_outgoing(&one, &[without]).await.expect("queued");
        let out = tx.bills_out(&claims).await.expect("read");
        assert_eq!(out, [(id(1), "{}".to_owned(), one.leaves_at.clone())]);
        assert_eq!(tx.outgoing_of_claim(&id(1)).await.expect("read")[0].denial, None);
        tx.free_outgoing_items(&one.outgoing).await.expect("called back");
        assert!(tx.bills_out(&claims).await.expect("read").is_empty());
        tx.commit().await.expect("durable");
    });
}
