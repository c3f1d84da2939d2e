//! Outcomes are counted once, taken back, moved with their case; tallies are their sum.

use denial::ids::{DenialId, PayerId};
use denial::next_action::{Tally, Way};
use denial::outcome::Ended;
use store::Error;
use store::outcomes::Outcome;

use crate::clinic::{TODAY, open};
use crate::place::{on_each, practice};

fn outcome(case: u128, version: u32, ended: Ended) -> Outcome {
    Outcome {
        denial: DenialId::from_bits(case),
        version,
        payer: PayerId::from_bits(1),
        code: "CO-197".to_owned(),
        way: Way::Appeal,
        ended,
        on: TODAY,
    }
}

#[test]
fn tallies_are_the_sum_of_the_answers() {
    on_each(async |place| {
        open(place, &[10_000, 5_000]).await;
        let mut tx = place.store.write(&practice()).await.expect("a turn");
        for one in [
            outcome(1, 3, Ended::Lost),
            outcome(1, 5, Ended::Won),
            outcome(2, 3, Ended::Part),
            outcome(2, 3, Ended::Part),
        ] {
            tx.count_outcome(&one).await.expect("counted");
        }
        let told = tx.tallies().await.expect("read");
        assert_eq!(told.len(), 1);
        assert_eq!(told[0].tally, Tally { decided: 3, won: 1, part: 1 }, "each answer once");
        assert_eq!(tx.tallies_of(&told[0].payer, "CO-9").await.expect("read"), told);
        assert_eq!(tx.tallies_of("pay_other", "CO-197").await.expect("read"), told);
        assert!(tx.tallies_of("pay_other", "CO-9").await.expect("read").is_empty());

        let first = DenialId::from_bits(1);
        tx.take_back_outcome(first.as_str(), Ended::Lost).await.expect("taken back");
        tx.take_back_outcome(first.as_str(), Ended::Lost).await.expect("once");
        let part = DenialId::from_bits(2);
        tx.take_back_outcome(part.as_str(), Ended::Part).await.expect("it is that already");
        let told = tx.tallies().await.expect("read");
        assert_eq!(told[0].tally, Tally { decided: 3, won: 0, part: 1 });
        tx.take_back_outcome(part.as_str(), Ended::Lost).await.expect("a part is taken back too");
        let told = tx.tallies().await.expect("read");
        assert_eq!(told[0].tally, Tally { decided: 3, won: 0, part: 0 });

        let other = PayerId::from_bits(2);
        tx.know_payers(&[(other.clone(), "Other".to_owned())]).await.expect("known");
        tx.move_outcomes(first.as_str(), other.as_str()).await.expect("moved");
        let of = tx.tallies_of(other.as_str(), "CO-197").await.expect("read");
        let decided = |payer: &str| {
            of.iter().filter(|one| one.payer == payer).map(|one| one.tally.decided).sum::<u32>()
        };
        assert_eq!((decided(other.as_str()), decided(PayerId::from_bits(1).as_str())), (2, 1));
        tx.check_tallies().await.expect("they agree");
        tx.commit().await.expect("durable");

        place.past("update outcome_tally set won = won + 1").await.expect("altered");
        let mut tx = place.store.read(&practice()).await.expect("a look");
        assert!(matches!(tx.check_tallies().await, Err(Error::Differs { .. })));
    });
}
