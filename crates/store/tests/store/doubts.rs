//! Payments that may be of another claim, and what people say of them.

use denial::ids::{ClaimId, RemittanceId};
use store::Error;
use store::doubts::Doubt;

use crate::place::{AT, on_each, practice, reviews};
use crate::remittances;

fn claim(bits: u128) -> String {
    ClaimId::from_bits(bits).as_str().to_owned()
}

#[test]
fn a_doubt_stays_until_it_holds_no_more_or_somebody_decides() {
    on_each(async |place| {
        remittances::published(place, 1).await;
        let era = RemittanceId::from_bits(1).as_str().to_owned();
        let doubt = |n: i64| (era.clone(), n, claim(u128::try_from(n).expect("small")));
        let both = [claim(0), claim(1)];
        let mut tx = place.store.write(&practice()).await.expect("a turn");
        tx.put_doubts(&both, vec![doubt(0), doubt(1)]).await.expect("put");
        tx.put_doubts(&both, vec![doubt(0), doubt(1)]).await.expect("put once");
        assert_eq!(tx.reviews().await.expect("counted"), reviews(0, 0, 2));
        let open = tx.doubts(Doubt::Open, ("", 0), 9).await.expect("read");
        assert_eq!(open.iter().map(|one| one.n).collect::<Vec<_>>(), [0, 1]);
        let next = tx.doubts(Doubt::Open, (&era, 0), 9).await.expect("read");
        assert_eq!(next, open[1..]);
        tx.decide_doubt((&era, 0), Doubt::Confirmed, "usr_1", AT).await.expect("decided");
        let twice = tx.decide_doubt((&era, 0), Doubt::Confirmed, "usr_1", AT).await;
        assert!(matches!(twice, Err(Error::Missing { .. })));
        tx.put_doubts(&both, Vec::new()).await.expect("none holds any more");
        let left = tx.doubts_of(&both).await.expect("read");
        let left: Vec<_> = left.iter().map(|one| (one.n, one.state.as_str())).collect();
        assert_eq!(left, [(0, "confirmed")]);
        tx.put_doubts(&both, vec![doubt(0)]).await.expect("decided already");
        assert_eq!(tx.reviews().await.expect("counted"), reviews(0, 0, 0));
        tx.decide_doubt((&era, 0), Doubt::Open, "usr_1", AT).await.expect("opened again");
        assert_eq!(tx.reviews().await.expect("counted"), reviews(0, 0, 1));
    });
}

#[test]
fn a_payment_is_sent_to_another_claim() {
    on_each(async |place| {
        remittances::published(place, 1).await;
        let era = RemittanceId::from_bits(1).as_str().to_owned();
        let mut tx = place.store.write(&practice()).await.expect("a turn");
        tx.put_doubts(&[claim(1)], vec![(era.clone(), 1, claim(1))]).await.expect("put");
        tx.decide_doubt((&era, 1), Doubt::Apart, "usr_1", AT).await.expect("decided");
        tx.move_payment((&era, 1), &claim(7)).await.expect("moved");
        assert_eq!(tx.paid_among(&[claim(1), claim(7)]).await.expect("read"), [claim(7)]);
        assert_eq!(tx.said_of(&[claim(7)]).await.expect("read")[0].n, 1);
        let nowhere = tx.move_payment((&era, 9), &claim(7)).await;
        assert!(matches!(nowhere, Err(Error::Missing { .. })));
        let again = tx.decide_doubt((&era, 1), Doubt::Open, "usr_1", AT).await;
        assert!(matches!(again, Err(Error::Missing { .. })), "its payment is elsewhere");
        let undecided = tx.move_payment((&era, 0), &claim(7)).await.expect_err("refused");
        assert!(undecided.to_string().contains("written once"), "{undecided}");
    });
}
