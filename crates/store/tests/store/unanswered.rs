//! Claims without an answer: found, kept, followed; how long payers take.

use denial::ids::{ClaimId, RemittanceId};
use insight::usual::Usual;
use store::remittances::{NewClaimPayment, RemittanceRow, State};
use store::unanswered::{Followed, Unanswered};

use crate::claims::bill;
use crate::clinic::open;
use crate::place::{AT, Place, on_each, practice};
use crate::remittances;

fn row(claim: &ClaimId, due: Option<&str>) -> Unanswered {
    Unanswered {
        claim: claim.to_string(),
        kind: "claim".to_owned(),
        number: "B-1".to_owned(),
        payer: "pay_1".to_owned(),
        payer_name: "Synthetic payer".to_owned(),
        sent_on: "2026-05-01".to_owned(),
        accepted_on: None,
        charge: 9_000,
        due_on: due.map(str::to_owned),
        usual: "30 days".to_owned(),
        limit_on: None,
    }
}

async fn billed(place: &Place, bits: u128) -> ClaimId {
    let mut tx = place.store.write(&practice()).await.expect("a turn");
    let version = bill(bits, "2026-05-01 x 0000000000", "none");
    let claim = version.known.claim.clone();
    tx.add_versions(&format!("file{bits}"), vec![version]).await.expect("billed");
    tx.commit().await.expect("durable");
    claim
}

#[test]
fn what_is_late_stands_there_until_it_is_put_off_or_answered() {
    on_each(async |place| {
        open(place, &[10_000]).await;
        let (late, unknown) = (billed(place, 71).await, billed(place, 72).await);
        let mut tx = place.store.write(&practice()).await.expect("a turn");
        let silent = tx.silent_claims("", 9).await.expect("read");
        let numbers: Vec<&str> = silent.iter().map(|one| one.1.as_str()).collect();
        assert_eq!(numbers, ["C71", "C72"], "not the one that a remittance made known");
        assert!(tx.first_answers("2026-01-01").await.expect("read").is_empty());

        let usual = Usual { median: 14, p90: 21, n: 40 };
        let times = [("pay_1".to_owned(), usual)];
        tx.keep_answer_times(&times).await.expect("kept");
        tx.keep_answer_times(&times).await.expect("in place of the former");
        assert_eq!(tx.answer_times().await.expect("read"), times);

        let rows = vec![row(&late, Some("2026-05-31")), row(&unknown, None)];
        tx.keep_unanswered(rows.clone()).await.expect("kept");
        tx.keep_unanswered(rows).await.expect("in place of the former");
        assert_eq!(tx.unanswered(None, 9).await.expect("read").len(), 2);
        let day = "2026-06-01";
        assert_eq!(tx.unanswered(Some(day), 9).await.expect("read")[0].claim, late.as_str());
        assert_eq!(tx.late_answers(day).await.expect("counted"), (1, 9_000));
        assert_eq!(tx.late_answers("2026-05-31").await.expect("counted"), (0, 0));

        let followed = Followed {
            claim: late.to_string(),
            at: AT.to_owned(),
            by_person: "usr_1".to_owned(),
            note: "asked, reference 7".to_owned(),
            look_on: Some("2026-06-05".to_owned()),
        };
        tx.follow_claim(&followed).await.expect("kept");
        assert_eq!(tx.followed().await.expect("read"), std::slice::from_ref(&followed));
        assert_eq!(tx.followed_claim(&followed.claim).await.expect("read"), Some(followed));
        assert_eq!(tx.followed_claim("clm_9").await.expect("read"), None);
        let asked = [late.to_string(), "clm_9".to_owned()];
        let waiting = tx.unanswered_among(&asked).await.expect("read");
        assert_eq!(waiting, [late.to_string()].into());
        assert_eq!(tx.late_answers(day).await.expect("counted"), (0, 0), "put off");
        assert_eq!(tx.late_answers("2026-06-05").await.expect("counted"), (1, 9_000));
        tx.commit().await.expect("durable");
    });
}

/// A remittance of one payer that pays one claim on a day.
async fn paid_by(place: &Place, number: u128, payer: &str, day: &str, claim: &ClaimId) {
    let mut tx = place.store.write(&practice()).await.expect("a turn");
    let row = RemittanceRow {
        payer: payer.to_owned(),
        paid_on: Some(day.to_owned()),
        ..remittances::row(number, State::Staging)
    };
    assert!(tx.stage_remittance(&row).await.expect("staged"));
    let payment = NewClaimPayment {
        n: 0,
        claim: claim.clone(),
        quarantined: false,
        segment: 7,
        byte: 99,
        control: None,
        raw: "CLP*C1~".to_owned(),
    };
    let remittance = RemittanceId::from_bits(number);
    tx.add_claim_payments(&remittance, vec![payment]).await.expect("written");
    let moved = tx.move_remittance(&row.remittance, State::Staging, State::Published).await;
    assert!(moved.expect("moved"));
    tx.commit().await.expect("durable");
}

#[test]
fn who_answered_second_had_the_claim_from_who_answered_first() {
    on_each(async |place| {
        open(place, &[10_000]).await;
        let (both, second) = (billed(place, 81).await, billed(place, 82).await);
        paid_by(place, 31, "pay_1", "2026-05-15", &both).await;
        paid_by(place, 32, "pay_2", "2026-06-20", &both).await;
        paid_by(place, 33, "pay_2", "2026-05-11", &second).await;
        let mut tx = place.store.read(&practice()).await.expect("a look");
        let mut times = tx.first_answers("2026-01-01").await.expect("read");
        times.sort();
        let told: Vec<(&str, &str)> =
            times.iter().map(|(payer, _, paid)| (payer.as_str(), paid.as_str())).collect();
        assert_eq!(told, [("pay_1", "2026-05-15"), ("pay_2", "2026-05-11")]);
    });
}
