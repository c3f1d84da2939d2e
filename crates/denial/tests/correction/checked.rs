//! Every fault is told at its field, by the kind of rule that it breaks.

use denial::correction::{Draft, Fault, FaultKind, Field, Terms, check, originals, replacement};
use jiff::civil::date;

use super::fields::{INSTITUTIONAL, PROFESSIONAL, one};

fn faults(draft: &Draft, terms: Terms) -> Vec<Fault> {
    check(draft, date(2026, 2, 3), terms)
}

/// Fields that are told as wrong once these are set.
#[track_caller]
fn told(file: &[u8], set: &[(&str, &str)], expected: &[(&str, FaultKind)]) {
    let mut draft = one(file, 0).draft().clone();
    for (key, value) in set {
        let field = Field::parse(key).unwrap_or_else(|| panic!("{key}"));
        draft.set(field, value).unwrap_or_else(|fault| panic!("{fault}"));
    }
    let found: Vec<(String, FaultKind)> = faults(&draft, Terms::default())
        .into_iter()
        .map(|fault| (fault.field.map(Field::key).unwrap_or_default(), fault.kind))
        .collect();
    let expected: Vec<(String, FaultKind)> =
        expected.iter().map(|(key, kind)| ((*key).to_owned(), *kind)).collect();
    assert_eq!(found, expected, "{set:?}");
}

#[test]
fn each_field_has_its_faults() {
    use FaultKind::{Balance, Code, Guide, Situation, Syntax};
    for (key, value, kind) in [
        ("charge", "150.51", Balance),
        ("place", "1", Code),
        ("place", "", Guide),
        ("frequency", "9", Guide),
        ("replaces", "ICN1", Situation),
        ("delay", "12", Code),
        ("accident", "2026-02-04", Situation),
        ("member", "", Guide),
        ("payer", "", Guide),
        ("diagnosis.1", "J2O9X99Z", Code),
        ("diagnosis.2", "250.00", Code),
        ("attachment.1", "ZZ EL A1", Code),
        ("attachment.1", "OZ XX A1", Code),
        ("attachment.1", "OZ EL", Situation),
        ("attachment.1", "OZ EL A", Syntax),
        ("rendering.npi", "1234567890", Code),
        ("rendering.family", "", Guide),
        ("referring.family", "ALONE", Guide),
        ("patient.family", "", Guide),
        ("patient.born", "2026-01-05", Situation),
        ("line.1.procedure", "9921", Code),
        ("line.1.modifiers", "255", Code),
        ("line.1.units", "0", Guide),
        ("line.1.units", "-1", Guide),
        ("line.1.units", "", Guide),
        ("line.1.dates", "2026-02-04", Situation),
        ("line.1.dates", "", Guide),
        ("line.1.place", "1", Code),
        ("line.1.pointers", "3", Situation),
        ("line.1.pointers", "1,1", Situation),
        ("line.1.pointers", "", Guide),
    ] {
        let at = match key {
            "referring.family" => "referring.npi",
            other => other,
        };
        told(PROFESSIONAL, &[(key, value)], &[(at, kind)]);
    }
    let long = "X".repeat(81);
    told(PROFESSIONAL, &[("note", &long)], &[("note", Syntax)]);
    told(PROFESSIONAL, &[("patient.given", &long)], &[("patient.given", Syntax)]);
}

/// What is told of the first claim of a file after some of its text was replaced.
fn told_of(file: &[u8], from: &str, to: &str) -> Vec<Fault> {
    let text = String::from_utf8_lossy(file);
    assert!(text.contains(from), "{from}");
    let text = text.replacen(from, to, 1);
    let found = originals(text.as_bytes(), &[0].into()).remove(&0).expect("a claim");
    faults(found.draft(), Terms::default())
}

#[test]
fn no_number_of_diagnoses_or_lines_is_too_much_for_the_check() {
    for count in [13, 254, 255, 256, 300, 70_000] {
        let codes = format!("HI*ABK:J209{}~", "*ABF:I10".repeat(count - 1));
        let told = told_of(PROFESSIONAL, "HI*ABK:J209*ABF:I10~", &codes);
        assert_eq!(told.len(), 1, "{count}: {told:?}");
        assert_eq!(told[0].field, Some(Field::Diagnosis(13)));
        assert_eq!(told[0].expected, "expected at most 12 diagnoses");
    }
    let codes = format!("HI*ABK:J209~{}", "HI*ABF:I10~".repeat(25));
    let told = told_of(INSTITUTIONAL, "HI*ABK:J209:::::::Y~", &codes);
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0].expected, "expected at most 25 diagnoses");
    for (file, most) in [(PROFESSIONAL, 50), (INSTITUTIONAL, 999)] {
        for more in [1, 70_000] {
            let lines = "LX*1~".repeat(most + more - 1) + "LX*1~";
            let told = told_of(file, "LX*1~", &lines);
            let first = told.first().map(|fault| fault.expected.clone());
            assert_eq!(first, Some(format!("expected at most {most} lines (LX)")));
        }
    }
    let told = told_of(PROFESSIONAL, "LX*1~", "LX*65535~");
    assert_eq!(told.len(), 1, "{told:?}");
    let others = "SBR*S*18*******MB~".repeat(11);
    let told = told_of(PROFESSIONAL, "SBR*S*18*******MB~", &others);
    assert_eq!(told[0].expected, "expected at most 10 other payers (SBR)");
}

#[test]
fn a_provider_who_is_named_has_a_name_and_an_npi() {
    use FaultKind::Guide;
    let half = [("referring.given", "ANN")];
    told(PROFESSIONAL, &half, &[("referring.npi", Guide), ("referring.family", Guide)]);
    let told = told_of(PROFESSIONAL, "NM1*82*1*DOC*DORA****XX*1000000004", "NM1*82*1");
    let words: Vec<&str> = told.iter().map(|fault| fault.expected.as_str()).collect();
    assert_eq!(
        words,
        [
            "expected an NPI of ten digits, or no provider here",
            "expected a family name, or the name of an organization"
        ]
    );
}

#[test]
fn a_statement_day_alone_is_told() {
    let told = told_of(INSTITUTIONAL, "RD8*20260101-20260104", "D8*20260104");
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!((told[0].field, told[0].kind), (Some(Field::Statement), FaultKind::Guide));
}

#[test]
fn what_two_fields_say_together_is_looked_at() {
    use FaultKind::{Balance, Code, Guide, Situation};
    told(PROFESSIONAL, &[("frequency", "7")], &[("replaces", Situation)]);
    let turned = [("line.1.dates", "2026-01-03/2026-01-02")];
    told(PROFESSIONAL, &turned, &[("line.1.dates", Situation)]);
    told(PROFESSIONAL, &[("line.1.charge", "")], &[("line.1.charge", Guide), ("charge", Balance)]);
    let negative = [("line.1.charge", "-1"), ("charge", "lines")];
    told(PROFESSIONAL, &negative, &[("line.1.charge", Guide)]);
    // ICD-10 began with services of October 2015.
    let early = [
        ("line.1.dates", "2015-09-30"),
        ("line.2.dates", "2015-09-30"),
        ("patient.born", "2010-03-04"),
    ];
    told(PROFESSIONAL, &early, &[("diagnosis.1", Code), ("diagnosis.2", Code)]);
    told(INSTITUTIONAL, &[("line.1.revenue", "450")], &[("line.1.revenue", Code)]);
    told(INSTITUTIONAL, &[("statement", "")], &[("statement", Guide)]);
    told(INSTITUTIONAL, &[("frequency", "3")], &[]);
}

#[test]
fn a_payers_own_wishes_are_kept() {
    let original = one(PROFESSIONAL, 0);
    let sent =
        replacement(&original, original.draft().clone(), "ICN1", Terms::default()).expect("taken");
    assert_eq!(faults(&sent, Terms::default()), []);
    let noted = Terms { note_required: true, ..Terms::default() };
    let refused = Terms { takes_replacement: Some(false), ..Terms::default() };
    for (terms, field) in [(noted, Field::Note), (refused, Field::Frequency)] {
        let told = faults(&sent, terms);
        assert_eq!(told.len(), 1, "{told:?}");
        assert_eq!((told[0].field, told[0].kind), (Some(field), FaultKind::Payer));
    }
}

#[test]
fn what_no_field_holds_is_told_by_its_segment() {
    for (from, to, words) in [
        ("XX*1234567893~\nN3", "XX*1234567890~\nN3", "billing provider"),
        ("005010X222A1", "004010X098A1", "005010X222"),
        ("N3*2 SAMPLE", "N3*2 S\u{c4}MPLE", "in N3"),
        ("REF*6R*A1L2", "REF*6R*A1L1", "no other line"),
        ("GIVEN", "GIVEN", ""),
    ] {
        let text = String::from_utf8_lossy(PROFESSIONAL).replace(from, to);
        let found = originals(text.as_bytes(), &[0].into()).remove(&0).expect("a claim");
        let told = faults(found.draft(), Terms::default());
        let words: Vec<&str> = Some(words).filter(|words| !words.is_empty()).into_iter().collect();
        assert_eq!(told.len(), words.len(), "{to}: {told:?}");
        assert!(words.iter().all(|words| told[0].expected.contains(words)), "{told:?}");
        assert!(!format!("{told:?}").contains("MPLE"));
    }
}

#[test]
fn hostile_letters_that_a_file_holds_are_told_at_their_field() {
    let text = String::from_utf8_lossy(PROFESSIONAL).replace("*BEN~\nN3", "*BE\u{202E}N~\nN3");
    let found = originals(text.as_bytes(), &[0].into()).remove(&0).expect("a claim");
    let told = faults(found.draft(), Terms::default());
    let field = Field::parse("patient.given");
    assert_eq!(told.iter().map(|one| one.field).collect::<Vec<_>>(), [field]);
}
