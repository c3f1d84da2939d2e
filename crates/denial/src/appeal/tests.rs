//! Drafts: what an edit does to a sign-off, who signs, pages in words.

use jiff::civil::date;

use super::*;
use crate::claim::PlanType;
use crate::letter::Field;
use crate::next_action::tests::case;
use crate::person::Actor;
use crate::rules;

fn moment(person: u128, role: Role) -> Moment {
    let now = "2026-03-03T12:00:00Z".parse().expect("an instant");
    let who = Actor { person: PersonId::from_bits(person), role };
    Moment { now, today: date(2026, 3, 3), who }
}

fn built(hash: &str) -> Built {
    Built {
        document: DocumentId::from_bits(1),
        hash: hash.to_owned(),
        pages: 3,
        bytes: 900,
        by: PersonId::from_bits(1),
        at: moment(1, Role::BillingSpecialist).now,
    }
}

fn draft() -> Draft {
    Draft {
        id: DraftId::from_bits(1),
        case: DenialId::from_bits(1),
        kind: LetterKind::Appeal,
        level: 1,
        template: "letters/appeals.toml#any".into(),
        rules: 0,
        content: Content {
            subject: "one".into(),
            channel: Some(Channel::Portal),
            ..Content::default()
        },
        state: DraftState::Draft,
        packet: None,
        signed: None,
        voided: None,
        writers: vec![PersonId::from_bits(1)],
        prepared: None,
        former: Vec::new(),
        version: 1,
    }
}

const SMALL: (Money, Money) = (Money::ZERO, Money::ZERO);

#[test]
fn an_edit_voids_the_sign_off_and_says_whose() {
    let signed = draft().built(built("h1")).sign("h1", SMALL, &moment(2, Role::BillingSpecialist));
    let signed = signed.expect("signed");
    assert_eq!(signed.cleared().map(|one| one.hash.as_str()), Some("h1"));
    let same = signed.edited(signed.content.clone(), &PersonId::from_bits(3));
    assert_eq!(same, signed, "the same texts change nothing");
    let other = Content { subject: "two".into(), ..signed.content.clone() };
    let edited = signed.edited(other, &PersonId::from_bits(3));
    assert_eq!((edited.state, edited.cleared()), (DraftState::Draft, None));
    assert_eq!(edited.voided.as_ref().map(|one| one.by.clone()), Some(PersonId::from_bits(2)));
    assert_eq!(edited.former, ["h1"]);
    assert_eq!(edited.writers.len(), 2);
    let again = edited.built(built("h2"));
    let stale = again.sign("h1", SMALL, &moment(2, Role::BillingSpecialist));
    assert_eq!(stale, Err(Unsigned::OtherPacket), "what was looked at is not what is signed");
    let again = again.sign("h2", SMALL, &moment(2, Role::BillingSpecialist)).expect("signed");
    assert_eq!((again.voided.as_ref(), again.state), (None, DraftState::Signed));
}

#[test]
fn above_the_limit_somebody_else_signs() {
    let limit = Money::from_cents(10_000);
    let above = (Money::from_cents(10_001), limit);
    let ready = draft().built(built("h"));
    let own = ready.sign("h", above, &moment(1, Role::BillingSupervisor));
    assert_eq!(own, Err(Unsigned::OwnText { limit }));
    assert!(ready.sign("h", above, &moment(2, Role::BillingSpecialist)).is_ok());
    assert!(ready.sign("h", (limit, limit), &moment(1, Role::BillingSpecialist)).is_ok());
    for role in [Role::Vendor, Role::Poster, Role::FrontDesk, Role::Auditor, Role::Executive] {
        assert_eq!(ready.sign("h", SMALL, &moment(2, role)), Err(Unsigned::Role), "{role:?}");
    }
}

#[test]
fn what_nobody_said_how_to_send_is_not_signed() {
    let mut ready = draft().built(built("h"));
    ready.content.channel = None;
    let found = ready.sign("h", SMALL, &moment(2, Role::BillingSpecialist));
    assert_eq!(found, Err(Unsigned::NoChannel));
}

#[test]
fn only_a_supervisor_excuses() {
    let wish = Content { without: "w".into(), late: "l".into(), ..Content::default() };
    let before = Content::default();
    let got = allowed(wish.clone(), &before, Role::BillingSpecialist);
    assert_eq!((got.without.as_str(), got.late.as_str()), ("", ""));
    assert_eq!(allowed(wish.clone(), &before, Role::BillingSupervisor), wish);
}

#[test]
fn pages_are_read_as_people_write_them() {
    assert_eq!(pages("1-3, 7"), Ok(vec![1..=3, 7..=7]));
    assert_eq!(pages(" 2 – 4 ;"), Ok(vec![2..=4]));
    assert_eq!(pages(""), Ok(vec![]));
    for odd in ["0", "3-1", "x", "1-", "99999999999", "-2", "100001"] {
        assert!(pages(odd).is_err(), "{odd}");
    }
    let letters: Vec<String> = [0, 25, 26, 27, 701, 702].map(letter_of).to_vec();
    assert_eq!(letters, ["A", "Z", "AA", "AB", "ZZ", "AAA"]);
}

#[test]
fn a_text_that_speaks_of_its_table_or_of_the_policy_waits_for_them() {
    let text = "The policy ({{payer_policy}}) is met, as {{table}} shows.";
    let rules = rules::read(&rules::tests::shipped()).expect("shipped rules");
    let case = case(&rules, PlanType::Commercial, "CO", "50", &[]);
    let none = of_parts(&Content::default(), &case);
    let lacks = crate::letter::lacks(text, &none);
    assert_eq!(lacks, [Field::PayerPolicy, Field::Table].map(crate::letter::Lack::Unfilled));
    let document = DocumentId::from_bits(7);
    let policy = crate::lifecycle::evidence::Attached {
        what: "payer_policy".into(),
        document: document.clone(),
    };
    let case = crate::denial::Denial { documents: vec![policy], ..case };
    let exhibit = |document| Exhibit { document, title: String::new(), pages: String::new() };
    let content = Content {
        points: vec![Point::default()],
        exhibits: vec![exhibit(DocumentId::from_bits(1)), exhibit(document)],
        ..Content::default()
    };
    let text = crate::letter::filled(text, &of_parts(&content, &case));
    assert_eq!(text, "The policy (Exhibit B) is met, as the table below shows.");
}
