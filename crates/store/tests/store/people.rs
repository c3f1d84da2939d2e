//! Practices, people, their roles and sessions.

use denial::person::{Role, SecondFactor};
use denial::remittance::Payee;
use store::factors::HalfWay;
use store::issuers::{Errand, Issuer, Newcomer, Tie};
use store::passkeys::{Ceremony, Passkey};
use store::people::Person;
use store::practices::PayeeKind;
use store::sessions::CameFrom;
use store::waits::{Room, Wait};
use store::{Error, Practice};

use crate::place::{AT, clinic, make, on_each, practice};

const LATER: &str = "2026-06-02T08:00:00.000000Z";
/// Nothing is stale.
const WAIT: Wait<'_> = Wait { from: "192.0.2.7", stale: "", room: Room { of_place: 9, in_all: 9 } };

fn ada(login: &str) -> Person {
    Person {
        person: format!("usr_{login}"),
        login: login.to_owned(),
        name: "Ada Sample".to_owned(),
        secret: Some("argon2".to_owned()),
        disabled_at: None,
    }
}

#[test]
fn a_practice_is_made_once_and_paid_under_its_own_ids() {
    on_each(async |place| {
        let other = clinic("other");
        assert!(make(&place.store, &other, AT).await);
        assert!(!make(&place.store, &other, LATER).await, "left as it is");
        let all = place.store.practices().await.expect("read");
        assert_eq!(
            all.iter().map(|one| one.practice.as_str()).collect::<Vec<_>>(),
            ["main", "other"]
        );
        assert_eq!(all[1], other);
        let mut tx = place.store.write(&other.practice).await.expect("a turn");
        assert!(!tx.has_payees().await.expect("read"));
        assert!(tx.add_payee(PayeeKind::Npi, "1234567893").await.expect("added"));
        assert!(tx.add_payee(PayeeKind::TaxId, "999999999").await.expect("added"));
        assert!(!tx.add_payee(PayeeKind::TaxId, "999999999").await.expect("added once"));
        assert!(tx.has_payees().await.expect("read"));
        let with_dash = PayeeKind::TaxId.payee("99-9999999");
        let found = tx.practice_of(&with_dash).await.expect("read");
        assert_eq!(found, Some(other.practice.clone()));
        let unknown = Payee { tax_id: "1".into(), ..Payee::default() };
        assert_eq!(tx.practice_of(&unknown).await.expect("read"), None);
        assert!(["sqlite", "postgres"].contains(&place.store.kind()));
    });
}

#[test]
fn a_practice_changes_its_name_and_no_two_have_one_payee() {
    on_each(async |place| {
        let other = clinic("other");
        make(&place.store, &other, AT).await;
        let mut tx = place.store.write(&practice()).await.expect("a turn");
        tx.add_payee(PayeeKind::Npi, "1234567893").await.expect("added");
        tx.set_clinic("North clinic", "America/Chicago").await.expect("set");
        let now = tx.clinic().await.expect("read");
        assert_eq!((now.name.as_str(), now.zone.as_str()), ("North clinic", "America/Chicago"));
        tx.commit().await.expect("durable");
        let mut tx = place.store.write(&other.practice).await.expect("a turn");
        assert_eq!(tx.clinic().await.expect("read"), other);
        let refused = tx.add_payee(PayeeKind::Npi, "1234567893").await.expect_err("elsewhere");
        assert!(matches!(refused, Error::PaidElsewhere { .. }), "{refused}");
        assert_eq!(tx.payees().await.expect("read"), []);
        assert!(!tx.remove_payee(PayeeKind::Npi, "1234567893").await.expect("not ours"));
        drop(tx);
        let mut tx = place.store.write(&practice()).await.expect("a turn");
        assert_eq!(tx.payees().await.expect("read").len(), 1);
        assert!(tx.remove_payee(PayeeKind::Npi, "1234567893").await.expect("removed"));
        assert!(!tx.has_payees().await.expect("read"));
    });
}

#[test]
fn a_person_has_a_role_in_each_practice() {
    on_each(async |place| {
        let mut tx = place.store.write(&practice()).await.expect("a turn");
        assert!(!tx.has_people().await.expect("read"));
        assert!(tx.make_person(&ada("ada"), AT).await.expect("made"));
        assert!(!tx.make_person(&ada("ada"), AT).await.expect("the login is taken"));
        tx.give_role("usr_ada", Role::Poster).await.expect("given");
        tx.give_role("usr_ada", Role::Manager).await.expect("another");
        let member = tx.member("usr_ada").await.expect("read").expect("there");
        assert_eq!(member.role(), Some(Role::Manager));
        assert_eq!(tx.members().await.expect("read"), [member]);
        assert!(tx.has_people().await.expect("read"));
        let person = tx.person_by_login("ada").await.expect("read");
        assert_eq!(person, Some(ada("ada")));
        assert_eq!(tx.practices_of("usr_ada").await.expect("read"), [practice()]);
        tx.set_secret("usr_ada", "other", Some(AT)).await.expect("set");
        assert!(matches!(tx.set_secret("usr_no", "x", None).await, Err(Error::Missing { .. })));
        tx.disable("usr_ada", Some(AT)).await.expect("shut out");
        assert!(matches!(tx.disable("usr_no", None).await, Err(Error::Missing { .. })));
        assert_eq!(tx.member("usr_ada").await.expect("read"), None);
        let seen = tx.seen().await.expect("read");
        assert_eq!(seen, [("usr_ada".to_owned(), None, Some(AT.to_owned()))]);
    });
}

#[test]
fn a_session_lasts_until_it_is_ended() {
    on_each(async |place| {
        let other = clinic("other");
        make(&place.store, &other, AT).await;
        for practice in [practice(), other.practice.clone()] {
            let mut tx = place.store.write(&practice).await.expect("a turn");
            tx.make_person(&ada("ada"), AT).await.expect("made");
            tx.give_role("usr_ada", Role::Auditor).await.expect("given");
            tx.commit().await.expect("durable");
        }
        let from = CameFrom { address: "192.0.2.7".to_owned(), browser: "Firefox".to_owned() };
        let mut tx = place.store.write_aside(&practice()).await.expect("aside");
        tx.begin_session("t1", "usr_ada", (&from, "password"), AT).await.expect("begun");
        tx.begin_session("t2", "usr_ada", (&CameFrom::default(), ""), AT).await.expect("begun");
        tx.see_session("t1", LATER).await.expect("seen");
        tx.commit().await.expect("durable");
        let session = place.store.session("t1").await.expect("read").expect("it holds");
        assert_eq!((session.made_at.as_str(), session.seen_at.as_str()), (AT, LATER));
        let visitor = place.store.visitor("t1").await.expect("read").expect("it holds");
        assert_eq!((visitor.role.as_str(), visitor.practices), ("auditor", 2));
        let mut tx = place.store.write_aside(&other.practice).await.expect("aside");
        tx.move_session("t1").await.expect("moved");
        tx.end_session("t2", LATER).await.expect("ended");
        tx.commit().await.expect("durable");
        let visitor = place.store.visitor("t1").await.expect("read").expect("it holds");
        assert_eq!(visitor.practice, "other");
        assert_eq!(place.store.session("t2").await.expect("read"), None);
        let mut tx = place.store.write_aside(&practice()).await.expect("aside");
        let lines = tx.sessions_of("usr_ada").await.expect("read");
        let seen: Vec<_> = lines.iter().map(|one| (one.token.as_str(), &one.came_from)).collect();
        assert_eq!(seen, [("t1", &from.address)]);
        assert_eq!(tx.end_other_sessions("usr_ada", "t1", LATER).await.expect("none"), 0);
        assert!(!tx.end_session_of("usr_ben", "t1", LATER).await.expect("not theirs"));
        assert_eq!(tx.end_sessions_of("usr_ada", LATER).await.expect("ended"), 1);
        assert!(!tx.end_session_of("usr_ada", "t1", LATER).await.expect("it has ended"));
        tx.commit().await.expect("durable");
        assert_eq!(place.store.visitor("t1").await.expect("read"), None);
        let tx = place.store.read_house().await.expect("a look");
        assert_eq!(tx.practice().to_string(), "*");
    });
}

#[test]
fn failures_are_counted_until_they_are_forgotten() {
    on_each(async |place| {
        let mut tx = place.store.write_aside(&practice()).await.expect("aside");
        assert_eq!(tx.failures("usr_ada").await.expect("read"), None);
        for at in [AT, LATER] {
            tx.count_failure("usr_ada", at, "").await.expect("counted");
        }
        tx.count_failure("from 192.0.2.7", AT, "").await.expect("counted");
        assert_eq!(tx.failures("usr_ada").await.expect("read"), Some((2, LATER.to_owned())));
        tx.count_failure("usr_ada", LATER, LATER).await.expect("counted");
        assert_eq!(tx.failures("from 192.0.2.7").await.expect("read"), None);
        tx.make_person(&ada("ada"), AT).await.expect("made");
        tx.give_role("usr_ada", Role::Poster).await.expect("given");
        let from = CameFrom::default();
        tx.begin_session("t1", "usr_ada", (&from, "password"), AT).await.expect("begun");
        tx.begin_session("t2", "usr_ada", (&from, "passkey"), LATER).await.expect("begun");
        tx.end_session("t2", LATER).await.expect("ended");
        let last = tx.last_sessions_of("usr_ada", 9).await.expect("read");
        assert_eq!(
            last.iter().map(|one| one.how.as_str()).collect::<Vec<_>>(),
            ["passkey", "password"]
        );
        tx.keep_streak("usr_ada", 4).await.expect("too few");
        tx.keep_streak("usr_ada", 3).await.expect("kept");
        tx.keep_streak("usr_ada", 3).await.expect("more");
        tx.commit().await.expect("kept");
        let told = place.store.visitor("t1").await.expect("read").expect("there");
        assert_eq!((told.failed, told.failed_at.as_deref()), (Some(6), Some(LATER)));
        let mut tx = place.store.write(&practice()).await.expect("a turn");
        tx.end_streak("usr_ada").await.expect("told");
        tx.forget_failures("usr_ada").await.expect("forgotten");
        assert_eq!(tx.failures("usr_ada").await.expect("read"), None);
    });
}

#[test]
fn a_second_factor_is_confirmed_once_and_its_codes_are_spent_once() {
    on_each(async |place| {
        let mut tx = place.store.write(&practice()).await.expect("a turn");
        tx.make_person(&ada("ada"), AT).await.expect("made");
        tx.give_role("usr_ada", Role::Poster).await.expect("given");
        assert_eq!(tx.factor("usr_ada").await.expect("read"), None);
        let sealed = place.store.seal("usr_ada", [1; 12], b"secret");
        assert!(tx.begin_factor("usr_ada", "first", AT).await.expect("begun"));
        assert!(tx.begin_factor("usr_ada", &sealed, AT).await.expect("begun again"));
        assert!(!tx.spend_step("usr_ada", 9).await.expect("not confirmed"));
        assert_eq!(tx.with_factor().await.expect("read"), [""; 0]);
        assert!(tx.confirm_factor("usr_ada", 7, LATER).await.expect("confirmed"));
        assert!(!tx.confirm_factor("usr_ada", 8, LATER).await.expect("once"));
        assert!(!tx.begin_factor("usr_ada", "other", AT).await.expect("it stays"));
        let kept = tx.factor("usr_ada").await.expect("read").expect("there");
        assert_eq!(kept.confirmed_at.as_deref(), Some(LATER));
        let opened = place.store.unseal("usr_ada", &kept.sealed);
        assert_eq!(opened.as_deref(), Some(b"secret".as_slice()));
        assert_eq!(tx.with_factor().await.expect("read"), ["usr_ada"]);
        assert!(!tx.spend_step("usr_ada", 7).await.expect("spent"));
        assert!(tx.spend_step("usr_ada", 8).await.expect("new"));
        assert!(!tx.spend_step("usr_ada", 8).await.expect("spent"));
        let hashes = ["h1".to_owned(), "h2".to_owned()];
        tx.set_recovery_codes("usr_ada", &hashes).await.expect("kept");
        assert!(tx.spend_recovery_code("usr_ada", "h1", LATER).await.expect("new"));
        assert!(!tx.spend_recovery_code("usr_ada", "h1", LATER).await.expect("spent"));
        assert_eq!(tx.recovery_codes_left("usr_ada").await.expect("read"), 1);
        assert!(tx.remove_factor("usr_ada").await.expect("removed"));
        assert!(!tx.remove_factor("usr_ada").await.expect("gone"));
        assert_eq!(tx.recovery_codes_left("usr_ada").await.expect("read"), 0);
        assert_eq!(tx.second_factor().await.expect("read"), "nobody");
        for wanted in SecondFactor::ALL {
            tx.set_second_factor(wanted.as_str()).await.expect("a word of the schema");
        }
        assert_eq!(tx.second_factor().await.expect("read"), "everybody");
        assert!(tx.set_second_factor("some").await.is_err());
    });
}

#[test]
fn who_owes_a_code_is_known_for_a_while() {
    on_each(async |place| {
        let mut tx = place.store.write(&practice()).await.expect("a turn");
        tx.make_person(&ada("ada"), AT).await.expect("made");
        let half = |at: &str| HalfWay {
            person: "usr_ada".to_owned(),
            came_at: at.to_owned(),
            next: "/queue".to_owned(),
            how: "password".to_owned(),
        };
        tx.begin_half_way("t1", &half(AT), "").await.expect("begun");
        assert_eq!(tx.half_way("t1").await.expect("read"), Some(half(AT)));
        tx.begin_half_way("t2", &half(LATER), LATER).await.expect("begun");
        assert_eq!(tx.half_way("t1").await.expect("read"), None, "it is stale");
        tx.end_half_way("t2").await.expect("ended");
        assert_eq!(tx.half_way("t2").await.expect("read"), None);
    });
}

#[test]
fn a_short_name_is_letters_digits_and_dashes() {
    let name = |text| Practice::parse(text).map(|one| one.as_str().to_owned());
    assert_eq!(name("North-2").as_deref(), Some("north-2"));
    for text in ["", "*", "a b", "a_b", "a123456789012345678901234"] {
        assert_eq!(name(text), None, "{text}");
    }
}

fn passkey(credential: &str, person: &str, made_at: &str) -> Passkey {
    Passkey {
        credential: credential.to_owned(),
        person: person.to_owned(),
        name: "Phone".to_owned(),
        host: "reclaim.test".to_owned(),
        public_key: "a0".to_owned(),
        counter: 0,
        synced: 1,
        made_at: made_at.to_owned(),
        used_at: None,
    }
}

#[test]
fn a_passkey_counts_as_a_second_factor_and_its_counter_is_compared() {
    on_each(async |place| {
        let mut tx = place.store.write(&practice()).await.expect("a turn");
        tx.make_person(&ada("ada"), AT).await.expect("made");
        tx.give_role("usr_ada", Role::Poster).await.expect("given");
        let one = passkey("01", "usr_ada", AT);
        assert!(tx.add_passkey(&one).await.expect("added"));
        assert!(!tx.add_passkey(&one).await.expect("known"));
        assert!(tx.add_passkey(&passkey("02", "usr_ada", LATER)).await.expect("added"));
        assert_eq!(tx.with_factor().await.expect("read"), ["usr_ada"]);
        tx.set_recovery_codes("usr_ada", &["h1".to_owned()]).await.expect("kept");
        assert!(tx.use_passkey(&one, 7, LATER).await.expect("used"));
        assert!(!tx.use_passkey(&one, 8, LATER).await.expect("its counter is another by now"));
        let kept = tx.passkey("01").await.expect("read").expect("there");
        assert_eq!(kept, Passkey { counter: 7, used_at: Some(LATER.to_owned()), ..one });
        let all = tx.passkeys_of("usr_ada").await.expect("read");
        assert_eq!(all.iter().map(|one| one.credential.as_str()).collect::<Vec<_>>(), ["01", "02"]);
        assert!(!tx.remove_passkey("usr_ben", "01").await.expect("not theirs"));
        assert!(tx.remove_passkey("usr_ada", "01").await.expect("removed"));
        assert_eq!(tx.recovery_codes_left("usr_ada").await.expect("read"), 1);
        tx.disable("usr_ada", Some(AT)).await.expect("shut out");
        assert_eq!(tx.passkey("02").await.expect("read"), None);
        assert_eq!(tx.remove_passkeys("usr_ada").await.expect("removed"), 1);
        assert_eq!(tx.recovery_codes_left("usr_ada").await.expect("read"), 0);
        assert_eq!(tx.with_factor().await.expect("read"), [""; 0]);
        let handle = place.store.passkey_handle("usr_ada");
        assert_eq!(handle, place.store.passkey_handle("usr_ada"));
        assert_ne!(handle, place.store.passkey_handle("usr_ben"));
    });
}

#[test]
fn a_challenge_is_taken_out_once() {
    on_each(async |place| {
        let mut tx = place.store.write(&practice()).await.expect("a turn");
        let ceremony = |at: &str| Ceremony {
            challenge: "07".to_owned(),
            purpose: "sign_in".to_owned(),
            person: None,
            name: String::new(),
            came_at: at.to_owned(),
        };
        tx.begin_ceremony("t1", &ceremony(AT), &WAIT).await.expect("begun");
        tx.begin_ceremony("t1", &ceremony(LATER), &WAIT).await.expect("begun again");
        assert_eq!(tx.take_ceremony("t1").await.expect("read"), Some(ceremony(LATER)));
        assert_eq!(tx.take_ceremony("t1").await.expect("read"), None);
        tx.begin_ceremony("t1", &ceremony(AT), &WAIT).await.expect("begun");
        let now = Wait { stale: LATER, ..WAIT };
        tx.begin_ceremony("t2", &ceremony(LATER), &now).await.expect("begun");
        assert_eq!(tx.take_ceremony("t1").await.expect("read"), None, "it is stale");
    });
}

fn issuer(label: &str) -> Issuer {
    Issuer {
        issuer: "https://id.test".to_owned(),
        label: label.to_owned(),
        client: "reclaim".to_owned(),
        sealed: "00".to_owned(),
        named_by: "email".to_owned(),
        strong: String::new(),
        set_at: AT.to_owned(),
    }
}

fn tie(subject: &str, person: &str) -> Tie {
    Tie {
        subject: subject.to_owned(),
        person: person.to_owned(),
        named: "ada@id.test".to_owned(),
        tied_at: AT.to_owned(),
        used_at: None,
    }
}

#[test]
fn one_issuer_means_one_person_by_one_subject() {
    on_each(async |place| {
        let mut tx = place.store.write(&practice()).await.expect("a turn");
        for login in ["ada", "ben"] {
            tx.make_person(&ada(login), AT).await.expect("made");
        }
        tx.give_role("usr_ada", Role::Poster).await.expect("given");
        assert_eq!(tx.issuer().await.expect("read"), None);
        tx.set_issuer(Some(&issuer("first"))).await.expect("set");
        tx.set_issuer(Some(&issuer("second"))).await.expect("set again");
        assert_eq!(tx.issuer().await.expect("read"), Some(issuer("second")));
        let at = "https://id.test";
        assert!(tx.make_tie(at, &tie("s1", "usr_ada")).await.expect("tied"));
        assert!(!tx.make_tie(at, &tie("s1", "usr_ben")).await.expect("the subject is taken"));
        assert!(!tx.make_tie(at, &tie("s2", "usr_ada")).await.expect("the person is tied"));
        tx.use_tie(at, "s1", LATER).await.expect("used");
        let used = Tie { used_at: Some(LATER.to_owned()), ..tie("s1", "usr_ada") };
        assert_eq!(tx.tie(at, "s1").await.expect("read"), Some(used.clone()));
        assert_eq!(tx.tie("https://other.test", "s1").await.expect("read"), None);
        assert_eq!(tx.tie_of(at, "usr_ada").await.expect("read"), Some(used.clone()));
        assert_eq!(tx.ties_here(at).await.expect("read"), [used]);
        tx.disable("usr_ada", Some(AT)).await.expect("shut out");
        assert_eq!(tx.tie(at, "s1").await.expect("read"), None);
        assert!(tx.untie("usr_ada").await.expect("untied"));
        assert!(!tx.untie("usr_ada").await.expect("untied before"));
        tx.set_issuer(None).await.expect("off");
        assert_eq!(tx.issuer().await.expect("read"), None);
    });
}

#[test]
fn sessions_end_with_the_issuer_that_began_them() {
    on_each(async |place| {
        let mut tx = place.store.write(&practice()).await.expect("a turn");
        tx.make_person(&ada("ada"), AT).await.expect("made");
        tx.give_role("usr_ada", Role::Poster).await.expect("given");
        let from = CameFrom::default();
        for (token, how) in [("s1", "issuer"), ("s2", "issuer and code"), ("s3", "password")] {
            tx.begin_session(token, "usr_ada", (&from, how), AT).await.expect("begun");
        }
        assert_eq!(tx.end_sessions_by_issuer(LATER).await.expect("ended"), 2);
        let left = tx.sessions_of("usr_ada").await.expect("read");
        assert_eq!(left.iter().map(|one| one.token.as_str()).collect::<Vec<_>>(), ["s3"]);
    });
}

#[test]
fn an_errand_comes_back_once_and_a_newcomer_waits_a_while() {
    on_each(async |place| {
        let mut tx = place.store.write(&practice()).await.expect("a turn");
        let errand = |at: &str| Errand {
            state: "s".to_owned(),
            nonce: "n".to_owned(),
            verifier: "v".to_owned(),
            next: "/queue".to_owned(),
            went_at: at.to_owned(),
        };
        tx.begin_errand("t1", &errand(AT), &WAIT).await.expect("gone");
        assert_eq!(tx.take_errand("t1").await.expect("read"), Some(errand(AT)));
        assert_eq!(tx.take_errand("t1").await.expect("read"), None);
        tx.begin_errand("t2", &errand(AT), &WAIT).await.expect("gone");
        let now = Wait { stale: LATER, ..WAIT };
        tx.begin_errand("t3", &errand(LATER), &now).await.expect("gone");
        assert_eq!(tx.take_errand("t2").await.expect("read"), None, "it is stale");
        let newcomer = |at: &str| Newcomer {
            issuer: "https://id.test".to_owned(),
            subject: "s1".to_owned(),
            named: String::new(),
            came_at: at.to_owned(),
        };
        tx.keep_newcomer("t1", &newcomer(AT), "").await.expect("kept");
        assert_eq!(tx.newcomer("t1").await.expect("read"), Some(newcomer(AT)));
        tx.keep_newcomer("t0", &newcomer(AT), "").await.expect("kept");
        assert_eq!(tx.newcomer("t1").await.expect("read"), None, "one of a subject");
        tx.keep_newcomer("t2", &newcomer(LATER), LATER).await.expect("kept");
        assert_eq!(tx.newcomer("t0").await.expect("read"), None, "stale");
        assert!(tx.end_newcomer("t2").await.expect("ended"));
        assert!(!tx.end_newcomer("t2").await.expect("ended before"));
    });
}
