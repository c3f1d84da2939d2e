//! Letters of rule files: read with their fields, faults at their line.

use crate::rules::read;
use crate::rules::tests::with;

/// What is wrong when a file of letters holds `text` beside the shipped files.
fn faults(text: &str) -> Vec<String> {
    match read(&with("letters/own.toml", text)) {
        Ok(_) => Vec::new(),
        Err(faults) => faults.iter().map(ToString::to_string).collect(),
    }
}

const LETTER: &str = r#"[[letter]]
name = "own"
title = "Own"
kind = "appeal"
subject = "Claim {{claim_number}}"
opening = ["One", "Two [[ask]]"]
"#;

#[test]
fn letters_are_read_with_their_fields() {
    let argument = "[[letter.argument]]\nname = \"a\"\nlabel = \"A\"\ntext = \"B {{payer}}\"\n";
    let text = format!("{LETTER}levels = [\"2\"]\n{argument}");
    let rules = read(&with("letters/own.toml", &text)).expect("rules");
    let letter = rules.letters.iter().find(|one| one.name == "own").expect("the letter");
    assert_eq!(
        (letter.id().as_str(), letter.levels.as_slice()),
        ("letters/own.toml#own", [2].as_slice())
    );
    assert_eq!(letter.arguments[0].text, "B {{payer}}");
}

#[test]
fn faults_of_letters_stand_at_their_line() {
    let closing = "closing = [\n  \"fine\",\n  \"Dear {{payor}}\",\n]\n";
    let text = format!("{LETTER}{closing}frm = 2026-01-01\nlevels = [\"10\"]\n");
    let found = faults(&text);
    assert!(
        found[0].starts_with(
            "letters/own.toml:9: `{{payor}}` is no field of letters (known: claim_number"
        ),
        "{found:?}"
    );
    assert!(found[1].starts_with("letters/own.toml:11: `frm` is not a key"), "{found:?}");
    assert!(found[2].starts_with("letters/own.toml:12: levels: came \"10\""), "{found:?}");
    let twice = format!("{LETTER}{LETTER}");
    assert!(faults(&twice)[0].starts_with("letters/own.toml:8: the letter own is there twice"));
    assert!(faults("")[0].starts_with("letters/own.toml:1: no [[letter]]"));
}
