//! Which letter is meant, and what its texts come to.

use super::*;

fn values(pairs: &[(Field, &str)]) -> Values {
    pairs.iter().map(|(field, text)| (*field, (*text).to_owned())).collect()
}

#[test]
fn fields_are_filled_and_their_values_never_read_again() {
    let hostile = "{{member}} #import [[x]] $1 \u{202e}";
    let known = values(&[(Field::Patient, hostile), (Field::ClaimNumber, "A-1")]);
    let text = "Claim {{claim_number}} of {{ patient }}.";
    assert_eq!(filled(text, &known), format!("Claim A-1 of {hostile}."));
    assert_eq!(lacks(text, &known), [], "what a value says is no mark");
}

#[test]
fn what_is_not_filled_stays_and_is_told() {
    let known = values(&[(Field::ClaimNumber, "A-1")]);
    let text = "{{member}} {{claim_number}} {{nobody}} [[ask Dr. X]] {{member}}";
    assert_eq!(filled(text, &known), "{{member}} A-1 {{nobody}} [[ask Dr. X]] {{member}}");
    let lack = [
        Lack::Unfilled(Field::Member),
        Lack::Unknown("nobody".into()),
        Lack::Note("ask Dr. X".into()),
    ];
    assert_eq!(lacks(text, &known), lack);
}

#[test]
fn marks_without_an_end_are_text() {
    for text in ["{{", "a {{b", "]] }}", "[[", "{x} [y]", "{{}", "[[{{"] {
        assert_eq!(filled(text, &Values::new()), text);
        assert_eq!(lacks(text, &Values::new()), []);
    }
    assert_eq!(pieces("{{}}"), [Piece::Unknown("")]);
    assert_eq!(pieces("[[a {{member}} b]]"), [Piece::Note("a {{member}} b")]);
}

fn letter(name: &str, payers: &[&str], categories: &[Category], levels: &[u8]) -> Letter {
    Letter {
        file: "letters/a.toml".into(),
        name: name.into(),
        title: name.into(),
        kind: LetterKind::Appeal,
        categories: categories.to_vec(),
        payers: payers.iter().map(SmolStr::new).collect(),
        levels: levels.to_vec(),
        from: None,
        to: None,
        subject: "s".into(),
        opening: Vec::new(),
        arguments: Vec::new(),
        closing: Vec::new(),
        exhibits: Vec::new(),
    }
}

#[test]
fn the_narrowest_letter_comes_first() {
    let need = Category::MedicalNecessity;
    let old = Letter { to: Some(jiff::civil::date(2025, 12, 31)), ..letter("old", &[], &[], &[]) };
    let letters = [
        letter("any", &[], &[], &[]),
        letter("level", &[], &[], &[2]),
        letter("need", &[], &[need], &[]),
        letter("payer", &["Example Health"], &[], &[]),
        letter("both", &["Example Health"], &[need], &[]),
        letter("other", &["Another"], &[need], &[]),
        old,
    ];
    let asked = |payer, level| Asked {
        kind: LetterKind::Appeal,
        payer,
        rules: None,
        category: need,
        level,
        on: jiff::civil::date(2026, 3, 3),
    };
    let names = |asked: &Asked<'_>| {
        let all = fitting(&letters, asked);
        all.iter().map(|one| one.name.as_str()).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(names(&asked("EXAMPLE HEALTH INC", 1)), "both payer need any");
    assert_eq!(names(&asked("EXAMPLE HEALTH INC", 2)), "both payer need level any");
    assert_eq!(names(&asked("Nobody", 1)), "need any");
    let other = Asked { kind: LetterKind::Records, ..asked("Nobody", 1) };
    assert_eq!(names(&other), "");
}

#[test]
fn every_field_says_what_it_gives() {
    assert!(Field::ALL.iter().all(|field| !field.gives().is_empty()));
}
