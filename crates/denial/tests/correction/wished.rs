//! One change on many claims: what it makes of each, and which it leaves as it is.

use denial::correction::{Aside, Field, Original, Scope, What, Wish, bundles};
use denial::lifecycle::evidence::Frequency;

use crate::fields::{INSTITUTIONAL, PROFESSIONAL, all, one};

fn wish(what: What, from: &str, to: &str) -> Wish {
    Wish { from: from.to_owned(), to: to.to_owned(), ..Wish::new(what) }
}

/// What a wish types on a claim of which lines stand denied.
fn typed(
    wish: &Wish,
    original: &Original,
    denied: &[Option<u16>],
    own: &str,
) -> Result<Vec<String>, Aside> {
    let edit = wish.edit(denied, original, Frequency::Replacement, own)?;
    let said =
        |(key, text): (&String, &denial::phi::Phi<String>)| format!("{key}={}", text.reveal());
    Ok(edit.typed.iter().map(said).collect())
}

fn value(original: &Original, key: &str) -> String {
    original.draft().value(Field::parse(key).expect("a field")).reveal().clone()
}

#[test]
fn a_modifier_is_put_on_the_denied_lines_alone() {
    let claim = one(PROFESSIONAL, 0);
    let lines: Vec<u16> = claim.draft().lines().collect();
    let first = lines[0];
    let modifiers = value(&claim, &format!("line.{first}.modifiers"));
    let with = |one: &str| {
        if modifiers.is_empty() { one.to_owned() } else { format!("{modifiers},{one}") }
    };
    let add = wish(What::AddModifier, "", "XS");
    let expected = format!("line.{first}.modifiers={}", with("XS"));
    assert_eq!(typed(&add, &claim, &[Some(first)], ""), Ok(vec![expected]));
    assert_eq!(typed(&add, &claim, &[Some(99)], ""), Err(Aside::NoLine));
    // Denied as a whole, or every line that is meant.
    assert_eq!(typed(&add, &claim, &[None], "").map(|all| all.len()), Ok(lines.len()));
    let every = Wish { scope: Scope::All, ..add.clone() };
    assert_eq!(typed(&every, &claim, &[Some(first)], "").map(|all| all.len()), Ok(lines.len()));
    let elsewhere = Wish { procedure: "00000".to_owned(), ..every };
    assert_eq!(typed(&elsewhere, &claim, &[None], ""), Err(Aside::NoLine));
    let note = Wish { note: "modifier added".to_owned(), ..add };
    let told = typed(&note, &claim, &[Some(first)], "").expect("an edit");
    assert!(told.contains(&"note=modifier added".to_owned()), "{told:?}");
}

#[test]
fn what_is_replaced_has_to_stand_there() {
    let claim = one(PROFESSIONAL, 0);
    let first = claim.draft().lines().next().expect("a line");
    let code = value(&claim, &format!("line.{first}.procedure"));
    let to = wish(What::ReplaceProcedure, &code.to_lowercase(), "99215");
    let expected = format!("line.{first}.procedure=99215");
    assert_eq!(typed(&to, &claim, &[Some(first)], ""), Ok(vec![expected]));
    let absent = wish(What::ReplaceProcedure, "00000", "99215");
    assert_eq!(typed(&absent, &claim, &[Some(first)], ""), Err(Aside::NotThere));
    let diagnosis = wish(What::ReplaceDiagnosis, "j20.9", "J20.8");
    assert_eq!(typed(&diagnosis, &claim, &[], ""), Ok(vec!["diagnosis.1=J20.8".to_owned()]));
    let twice = wish(What::ReplaceDiagnosis, "J209", "i10");
    assert_eq!(typed(&twice, &claim, &[], ""), Err(Aside::Twice));
    let inpatient = one(INSTITUTIONAL, 0);
    let silent = wish(What::ReplaceDiagnosis, "J209", "J208");
    assert_eq!(typed(&silent, &inpatient, &[], ""), Err(Aside::NoPresence));
    let told = wish(What::ReplaceDiagnosis, "J209", "J208 Y");
    assert_eq!(typed(&told, &inpatient, &[], ""), Ok(vec!["diagnosis.1=J208 Y".to_owned()]));
    let own: Vec<&str> = told.faults(true).iter().map(|fault| fault.part).collect();
    assert_eq!(own, ["own"], "no diagnosis differs from claim to claim");
    let gone = wish(What::ReplaceModifier, "ZZ", "");
    assert_eq!(typed(&gone, &claim, &[Some(first)], ""), Err(Aside::NotThere));
}

#[test]
fn a_number_is_set_for_all_or_for_each() {
    let claim = one(PROFESSIONAL, 0);
    let to = wish(What::Authorization, "", "AUTH9");
    assert_eq!(typed(&to, &claim, &[], ""), Ok(vec!["authorization=AUTH9".to_owned()]));
    assert_eq!(typed(&to, &claim, &[], "OWN1"), Ok(vec!["authorization=OWN1".to_owned()]));
    let same = wish(What::Authorization, "", "AUTH1");
    assert_eq!(typed(&same, &claim, &[], ""), Err(Aside::Already));
    assert_eq!(typed(&wish(What::Authorization, "", ""), &claim, &[], ""), Err(Aside::NoValue));
    let clia = wish(What::Clia, "", "11D1");
    assert_eq!(typed(&clia, &one(INSTITUTIONAL, 0), &[], ""), Err(Aside::NoField));
    let void = Wish { frequency: Some(Frequency::Void), ..to };
    assert_eq!(typed(&void, &claim, &[], ""), Err(Aside::Void));
    let back = Wish { frequency: Some(Frequency::Void), ..Wish::new(What::Nothing) };
    assert_eq!(typed(&back, &claim, &[], ""), Ok(Vec::new()));
}

#[test]
fn a_wish_says_what_it_lacks_and_what_it_is() {
    let parts = |wish: &Wish, own| {
        let faults = wish.faults(own).into_iter().map(|fault| fault.part);
        faults.collect::<Vec<_>>()
    };
    assert_eq!(parts(&wish(What::ReplaceModifier, "", "25"), false), ["from"]);
    assert_eq!(parts(&wish(What::ReplaceModifier, "25", ""), false), [""; 0]);
    assert_eq!(parts(&wish(What::AddModifier, "59", ""), false), ["from", "to"]);
    assert_eq!(parts(&wish(What::Authorization, "", ""), true), [""; 0]);
    assert_eq!(parts(&Wish::new(What::Nothing), false), ["frequency"]);
    let long = Wish { procedure: "9".repeat(81), ..wish(What::Referral, "", "R1") };
    assert_eq!(parts(&long, false), ["procedure", "procedure"]);
    let words = wish(What::ReplaceDiagnosis, "R69", "J209").in_words();
    assert_eq!(words, "replace a diagnosis: R69 becomes J209");
    let lines = Wish { procedure: "99214".to_owned(), ..wish(What::AddModifier, "", "25") };
    assert_eq!(lines.in_words(), "add a modifier: 25, on denied lines of 99214");
}

#[test]
fn claims_of_one_form_and_sender_go_together() {
    let (professional, institutional) = (all(PROFESSIONAL), all(INSTITUTIONAL));
    let mixed: Vec<_> = professional.iter().chain(&institutional).map(Original::draft).collect();
    assert_eq!(bundles(&mixed), [vec![0, 1, 2], vec![3]]);
    let apart = [mixed[3], mixed[0], mixed[3], mixed[1]];
    assert_eq!(bundles(&apart), [vec![0, 2], vec![1, 3]]);
    // Between other separators they do not go together.
    let text = String::from_utf8_lossy(PROFESSIONAL).replace('*', "|");
    let others = all(text.as_bytes());
    let mixed: Vec<_> = professional.iter().chain(&others).map(Original::draft).collect();
    assert_eq!(bundles(&mixed), [vec![0, 1, 2], vec![3, 4, 5]]);
}
