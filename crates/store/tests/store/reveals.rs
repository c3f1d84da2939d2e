//! Names shown for a while, cases opened in an emergency.

use denial::masks::Masks;
use store::people::Person;
use store::reveals::Reveal;

use crate::place::{on_each, practice};

const NOON: &str = "2026-03-03T12:00:00.000000Z";
const LATER: &str = "2026-03-03T12:15:00.000000Z";

fn shown(about: &str, kind: &str) -> Reveal {
    Reveal {
        person: "usr_ada".to_owned(),
        about: about.to_owned(),
        kind: kind.to_owned(),
        why: "a reason".to_owned(),
        began_at: NOON.to_owned(),
        until_at: LATER.to_owned(),
        looked_by: None,
        looked_at: None,
    }
}

#[test]
fn what_is_shown_ends_and_is_looked_at_by_somebody_else_once() {
    on_each(async |place| {
        let mut tx = place.store.write(&practice()).await.expect("a turn");
        for name in ["ada", "bob"] {
            let person = Person {
                person: format!("usr_{name}"),
                login: name.to_owned(),
                name: name.to_owned(),
                secret: None,
                disabled_at: None,
            };
            tx.make_person(&person, NOON).await.expect("made");
        }
        tx.reveal(&shown("clm_1", "names")).await.expect("kept");
        tx.reveal(&shown("clm_1", "names")).await.expect("the same");
        tx.reveal(&shown("den_1", "emergency")).await.expect("kept");
        let mut until = async |person: &str, about: &str, kind: &str, now: &str| {
            tx.revealed_until(person, about, kind, now).await.expect("read")
        };
        assert_eq!(until("usr_ada", "clm_1", "names", NOON).await.as_deref(), Some(LATER));
        for (person, about, kind, now) in [
            ("usr_ada", "clm_1", "names", LATER),
            ("usr_ada", "clm_1", "emergency", NOON),
            ("usr_ada", "clm_2", "names", NOON),
            ("usr_bob", "clm_1", "names", NOON),
        ] {
            assert_eq!(
                until(person, about, kind, now).await,
                None,
                "{person} {about} {kind} {now}"
            );
        }
        for (person, now, many) in
            [("usr_ada", NOON, 1), ("usr_ada", LATER, 0), ("usr_bob", NOON, 0)]
        {
            let shown = tx.revealed_to(person, "names", now).await.expect("read");
            assert_eq!(shown.len(), many, "{person} {now}");
            assert!(shown.iter().all(|(about, until)| (&**about, &**until) == ("clm_1", LATER)));
        }
        assert_eq!(tx.reveals("names", 9).await.expect("read"), [shown("clm_1", "names")]);
        assert_eq!(tx.unseen_emergencies().await.expect("counted"), 1);
        let which = ("usr_ada", "den_1", NOON);
        let mut looks =
            async |by: &str| tx.look_at_emergency(which, by, LATER).await.expect("asked");
        assert!(!looks("usr_ada").await, "nobody looks at their own");
        assert!(looks("usr_bob").await);
        assert!(!looks("usr_bob").await, "once");
        assert_eq!(tx.unseen_emergencies().await.expect("counted"), 0);
        let looked = tx.reveals("emergency", 9).await.expect("read");
        assert_eq!(looked[0].looked_by.as_deref(), Some("usr_bob"));
    });
}

#[test]
fn a_practice_says_before_whom_names_are_masked() {
    on_each(async |place| {
        let mut tx = place.store.write(&practice()).await.expect("a turn");
        assert_eq!(tx.masks().await.expect("read"), "by_need");
        for wanted in Masks::ALL {
            tx.set_masks(wanted.as_str()).await.expect("a word of the schema");
        }
        assert_eq!(tx.masks().await.expect("read"), "lists");
        assert_eq!(tx.letterhead().await.expect("read"), "");
        tx.set_letterhead("1 Main Street\nSpringfield").await.expect("kept");
        assert_eq!(tx.letterhead().await.expect("read"), "1 Main Street\nSpringfield");
        assert!(tx.set_masks("some").await.is_err());
    });
}
