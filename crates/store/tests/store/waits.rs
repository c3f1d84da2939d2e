//! Whoever waits at the door to come back: bounded by time and by number, and forgotten.

use denial::person::Role;
use store::Tx;
use store::factors::HalfWay;
use store::issuers::{Errand, Newcomer};
use store::passkeys::Ceremony;
use store::people::Person;
use store::waits::{Room, Wait};

use crate::place::{AT, on_each, practice};

const LATER: &str = "2026-06-02T08:00:00.000000Z";

/// Room for few, nothing stale.
fn wait(from: &str) -> Wait<'_> {
    Wait { from, stale: "", room: Room { of_place: 3, in_all: 5 } }
}

fn at(minute: usize) -> String {
    format!("2026-06-01T08:{minute:02}:00.000000Z")
}

fn challenge(purpose: &str, came_at: &str) -> Ceremony {
    Ceremony {
        challenge: "07".to_owned(),
        purpose: purpose.to_owned(),
        person: None,
        name: String::new(),
        came_at: came_at.to_owned(),
    }
}

async fn ask(tx: &mut Tx, (token, purpose, minute): (&str, &str, usize), from: &str) {
    let ceremony = challenge(purpose, &at(minute));
    tx.begin_ceremony(token, &ceremony, &wait(from)).await.expect("begun");
}

fn errand(went_at: &str) -> Errand {
    Errand {
        state: "s".to_owned(),
        nonce: "n".to_owned(),
        verifier: "v".to_owned(),
        next: "/queue".to_owned(),
        went_at: went_at.to_owned(),
    }
}

async fn send(tx: &mut Tx, (token, minute): (&str, usize), from: &str) {
    tx.begin_errand(token, &errand(&at(minute)), &wait(from)).await.expect("sent");
}

#[test]
fn of_challenges_there_is_room_for_so_many_and_then_the_oldest_goes() {
    on_each(async |place| {
        let mut tx = place.store.write(&practice()).await.expect("a turn");
        ask(&mut tx, ("in", "second", 0), "one").await;
        ask(&mut tx, ("other", "sign_in", 1), "two").await;
        for (minute, token) in ["a", "b", "c", "d"].into_iter().enumerate() {
            ask(&mut tx, (token, "sign_in", 2 + minute), "one").await;
        }
        let mut there = async |token: &str| tx.take_ceremony(token).await.expect("read").is_some();
        assert!(!there("a").await, "the oldest of its place");
        assert!(there("b").await && there("c").await && there("d").await);
        assert!(there("other").await, "another place loses nothing");
        assert!(there("in").await, "nor who gave a password");
        let places = ["1", "2", "3", "4", "5", "6"];
        for (minute, token) in places.into_iter().enumerate() {
            ask(&mut tx, (token, "sign_in", 10 + minute), token).await;
        }
        let mut there = async |token: &str| tx.take_ceremony(token).await.expect("read").is_some();
        assert!(!there("1").await, "the oldest of all");
        assert!(there("2").await && there("6").await);
    });
}

#[test]
fn of_browsers_on_their_way_there_is_room_for_so_many_and_then_the_oldest_goes() {
    on_each(async |place| {
        let mut tx = place.store.write(&practice()).await.expect("a turn");
        send(&mut tx, ("other", 1), "two").await;
        for (minute, token) in ["a", "b", "c", "d"].into_iter().enumerate() {
            send(&mut tx, (token, 2 + minute), "one").await;
        }
        let mut there = async |token: &str| tx.take_errand(token).await.expect("read").is_some();
        assert!(!there("a").await, "the oldest of its place");
        assert!(there("b").await && there("d").await && there("other").await);
        for (minute, token) in ["1", "2", "3", "4", "5"].into_iter().enumerate() {
            send(&mut tx, (token, 10 + minute), token).await;
        }
        let mut there = async |token: &str| tx.take_errand(token).await.expect("read").is_some();
        assert!(!there("c").await, "the oldest of all");
        assert!(there("1").await && there("5").await);
    });
}

#[test]
fn who_does_not_come_back_is_forgotten() {
    on_each(async |place| {
        let mut tx = place.store.write(&practice()).await.expect("a turn");
        assert!(!tx.has_stale_waits(LATER).await.expect("read"));
        let ada = Person {
            person: "usr_ada".to_owned(),
            login: "ada".to_owned(),
            name: "Ada Sample".to_owned(),
            secret: None,
            disabled_at: None,
        };
        tx.make_person(&ada, AT).await.expect("made");
        tx.give_role("usr_ada", Role::Poster).await.expect("given");
        for (token, came_at) in [("old", AT), ("new", LATER)] {
            let half = HalfWay {
                person: ada.person.clone(),
                came_at: came_at.to_owned(),
                next: String::new(),
                how: "password".to_owned(),
            };
            tx.begin_half_way(token, &half, "").await.expect("begun");
            let newcomer = Newcomer {
                issuer: "https://id.test".to_owned(),
                subject: format!("subject {token}"),
                named: String::new(),
                came_at: came_at.to_owned(),
            };
            tx.keep_newcomer(token, &newcomer, "").await.expect("kept");
            tx.begin_errand(token, &errand(came_at), &wait("one")).await.expect("sent");
            let ceremony = challenge("sign_in", came_at);
            tx.begin_ceremony(token, &ceremony, &wait("one")).await.expect("begun");
        }
        assert!(tx.has_stale_waits(LATER).await.expect("read"));
        tx.forget_waits(LATER).await.expect("forgotten");
        assert!(!tx.has_stale_waits(LATER).await.expect("read"));
        for (token, is_there) in [("old", false), ("new", true)] {
            assert_eq!(tx.half_way(token).await.expect("read").is_some(), is_there);
            assert_eq!(tx.newcomer(token).await.expect("read").is_some(), is_there);
            assert_eq!(tx.take_errand(token).await.expect("read").is_some(), is_there);
            assert_eq!(tx.take_ceremony(token).await.expect("read").is_some(), is_there);
        }
    });
}
