//! Fields are read and set; what nobody changed stays byte for byte.

use std::collections::BTreeSet;

use denial::billed::Billed;
use denial::claim::PlanType;
use denial::correction::{
    Draft, Field, Form, LineField, Original, Refusal, Terms, Who, diff, new_claim, originals,
    replacement, void,
};
use denial::payer::Resubmission;
use x12::Reader;

pub(crate) const PROFESSIONAL: &[u8] =
    include_bytes!("../../../../testdata/837/corrected-professional.edi");
pub(crate) const INSTITUTIONAL: &[u8] =
    include_bytes!("../../../../testdata/837/corrected-institutional.edi");

pub(crate) fn all(file: &[u8]) -> Vec<Original> {
    originals(file, &(0..10_000).collect()).into_values().collect()
}

pub(crate) fn one(file: &[u8], position: u64) -> Original {
    originals(file, &BTreeSet::from([position])).remove(&position).expect("a claim")
}

fn text(draft: &Draft) -> Vec<String> {
    draft.segments().map(|raw| String::from_utf8_lossy(raw).into_owned()).collect()
}

/// Segments that are gone and new, in order.
fn changed(before: &Draft, after: &Draft) -> (Vec<String>, Vec<String>) {
    let (before, after) = (text(before), text(after));
    let gone = before.iter().filter(|one| !after.contains(one)).cloned().collect();
    let new = after.iter().filter(|one| !before.contains(one)).cloned().collect();
    (gone, new)
}

fn field(key: &str) -> Field {
    Field::parse(key).unwrap_or_else(|| panic!("{key}"))
}

#[track_caller]
fn sets(file: &[u8], position: u64, key: &str, value: &str, gone: &[&str], new: &[&str]) {
    let original = one(file, position);
    let mut draft = original.draft().clone();
    draft.set(field(key), value).unwrap_or_else(|fault| panic!("{fault}"));
    assert_eq!(changed(original.draft(), &draft), (owned(gone), owned(new)), "{key}");
    let again = draft.clone();
    draft.set(field(key), value).expect("the same again");
    assert_eq!(draft, again, "{key} twice");
}

fn owned(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

#[test]
fn a_field_changes_its_own_segment_alone() {
    for (key, value, gone, new) in [
        ("place", "22", "CLM*A1*150.5***11:B:1*Y*A*Y*Y", "CLM*A1*150.5***22:B:1*Y*A*Y*Y"),
        ("charge", "$200", "CLM*A1*150.5***11:B:1*Y*A*Y*Y", "CLM*A1*200.00***11:B:1*Y*A*Y*Y"),
        (
            "delay",
            "7",
            "CLM*A1*150.5***11:B:1*Y*A*Y*Y",
            "CLM*A1*150.5***11:B:1*Y*A*Y*Y***********7",
        ),
        ("authorization", "AUTH2", "REF*G1*AUTH1", "REF*G1*AUTH2"),
        ("authorization", "", "REF*G1*AUTH1", ""),
        ("referral", "R1", "", "REF*9F*R1"),
        ("replaces", "ICN7", "", "REF*F8*ICN7"),
        ("clia", "11D1", "", "REF*X4*11D1"),
        ("accident", "2026-01-01", "", "DTP*439*D8*20260101"),
        ("note", "Corrected \u{2013} modifier", "", "NTE*ADD*Corrected - modifier"),
        ("diagnosis.1", "J20.8", "HI*ABK:J209*ABF:I10", "HI*ABK:J208*ABF:I10"),
        ("diagnosis.3", "e11.9", "HI*ABK:J209*ABF:I10", "HI*ABK:J209*ABF:I10*ABF:E119"),
        ("attachment.1", "oz el PA-1", "", "PWK*OZ*EL***AC*PA-1"),
        ("member", "M2", "NM1*IL*1*EXAMPLE*ANNA****MI*M1", "NM1*IL*1*EXAMPLE*ANNA****MI*M2"),
        (
            "payer",
            "SH2",
            "NM1*PR*2*SAMPLE HEALTH PLAN*****PI*SH001",
            "NM1*PR*2*SAMPLE HEALTH PLAN*****PI*SH2",
        ),
        ("patient.given", "Ren\u{e9}", "NM1*QC*1*EXAMPLE*BEN", "NM1*QC*1*EXAMPLE*Rene"),
        ("patient.born", "2010-03-05", "DMG*D8*20100304*M", "DMG*D8*20100305*M"),
        (
            "rendering.npi",
            "1234567893",
            "NM1*82*1*DOC*DORA****XX*1000000004",
            "NM1*82*1*DOC*DORA****XX*1234567893",
        ),
        (
            "line.1.procedure",
            "99214",
            "SV1*HC:99213:25*100*UN*1***1:2",
            "SV1*HC:99214:25*100*UN*1***1:2",
        ),
        (
            "line.1.modifiers",
            "25, 59",
            "SV1*HC:99213:25*100*UN*1***1:2",
            "SV1*HC:99213:25:59*100*UN*1***1:2",
        ),
        ("line.1.modifiers", "", "SV1*HC:99213:25*100*UN*1***1:2", "SV1*HC:99213*100*UN*1***1:2"),
        ("line.1.pointers", "2", "SV1*HC:99213:25*100*UN*1***1:2", "SV1*HC:99213:25*100*UN*1***2"),
        ("line.1.units", "3", "SV1*HC:99213:25*100*UN*1***1:2", "SV1*HC:99213:25*100*UN*3***1:2"),
        ("line.2.charge", "60", "SV1*HC:J1885*50.5*UN*2.5***2", "SV1*HC:J1885*60.00*UN*2.5***2"),
        ("line.2.place", "12", "SV1*HC:J1885*50.5*UN*2.5***2", "SV1*HC:J1885*50.5*UN*2.5*12**2"),
        ("line.2.dates", "2026-01-01", "DTP*472*RD8*20260102-20260103", "DTP*472*D8*20260101"),
        ("line.2.note", "two vials", "", "NTE*ADD*two vials"),
    ] {
        let of = |text: &'static str| if text.is_empty() { vec![] } else { vec![text] };
        // A segment that the claim has twice is not seen to come or go.
        sets(PROFESSIONAL, 0, key, value, &of(gone), &of(new));
    }
}

#[test]
fn institutional_claims_have_their_own_fields() {
    for (key, value, gone, new) in [
        ("place", "13", "CLM*B1*250***13:A:1**A*Y*Y", ""),
        ("frequency", "7", "CLM*B1*250***13:A:1**A*Y*Y", "CLM*B1*250***13:A:7**A*Y*Y"),
        (
            "statement",
            "2026-01-01/2026-01-05",
            "DTP*434*RD8*20260101-20260104",
            "DTP*434*RD8*20260101-20260105",
        ),
        // The guide knows first and last day alone (RD8), even of one day.
        (
            "statement",
            "2026-01-04",
            "DTP*434*RD8*20260101-20260104",
            "DTP*434*RD8*20260104-20260104",
        ),
        ("diagnosis.1", "J20.8 n", "HI*ABK:J209:::::::Y", "HI*ABK:J208:::::::N"),
        // Whether another diagnosis was present on admission nobody has said.
        ("diagnosis.1", "J20.8", "HI*ABK:J209:::::::Y", "HI*ABK:J208"),
        ("diagnosis.2", "I10", "", "HI*ABF:I10"),
        ("diagnosis.2", "I10 Y", "", "HI*ABF:I10:::::::Y"),
        ("line.1.revenue", "0456", "SV2*0450*HC:99283*200*UN*1", "SV2*0456*HC:99283*200*UN*1"),
        ("line.2.procedure", "80053", "SV2*0300**50*UN*3", "SV2*0300*HC:80053*50*UN*3"),
        (
            "attending.npi",
            "1234567893",
            "NM1*71*1*DOC*DORA****XX*1000000004",
            "NM1*71*1*DOC*DORA****XX*1234567893",
        ),
        ("note", "corrected", "", "NTE*ADD*corrected"),
    ] {
        let of = |text: &'static str| if text.is_empty() { vec![] } else { vec![text] };
        if key == "place" {
            sets(INSTITUTIONAL, 0, key, value, &[], &[]);
            continue;
        }
        sets(INSTITUTIONAL, 0, key, value, &of(gone), &of(new));
    }
}

#[test]
fn new_segments_stand_where_the_guide_has_them() {
    let original = one(PROFESSIONAL, 0);
    let mut draft = original.draft().clone();
    for (key, value) in [
        ("note", "corrected"),
        ("replaces", "ICN1"),
        ("referral", "R1"),
        ("accident", "2026-01-01"),
        ("attachment.1", "OZ EL PA-1"),
        ("referring.family", "REF"),
        ("referring.npi", "1234567893"),
    ] {
        draft.set(field(key), value).expect(key);
    }
    let text = text(&draft);
    let from = text.iter().position(|one| one.starts_with("CLM")).expect("a claim");
    let ids: Vec<&str> = text[from..from + 11].iter().map(|one| &one[..one.len().min(6)]).collect();
    let order = [
        "CLM*A1", "DTP*43", "PWK*OZ", "REF*9F", "REF*G1", "REF*F8", "NTE*AD", "HI*ABK", "NM1*DN",
        "NM1*82", "SBR*S*",
    ];
    assert_eq!(ids, order);
    draft.set(field("referring.npi"), "").expect("taken out");
    assert!(!draft.segments().any(|raw| raw.starts_with(b"NM1*DN")));
}

#[test]
fn what_a_field_cannot_say_is_refused_and_changes_nothing() {
    let original = one(PROFESSIONAL, 0);
    for (key, value, word) in [
        ("charge", "1e3", "amount"),
        ("note", "A*B", "separator"),
        ("note", "A\u{202E}B", "U+202E"),
        ("note", "\u{1F600}", "U+1F600"),
        ("line.1.units", "two", "number"),
        ("line.1.dates", "01/02/2026", "days"),
        ("line.1.modifiers", "1,2,3,4,5", "four"),
        ("line.1.pointers", "0", "places"),
        ("line.9.units", "1", "lines"),
        ("line.1.control", "OTHER", "payments"),
        ("diagnosis.9", "I10", "after the last"),
        ("diagnosis.2", "", "point"),
        ("diagnosis.1", "", "principal"),
        ("attachment.1", "OZ", "control"),
        ("referring.family", "A*B", "separator"),
        ("diagnosis.3", "I1:0", "separator"),
        ("diagnosis.1", "I10 Y", "code alone"),
        ("subscriber.born", "1980-01-01", "billing system"),
        ("patient.born", "", "write over it"),
        ("statement", "2026-01-01", "professional"),
        ("line.1.revenue", "0450", "professional"),
    ] {
        let mut draft = original.draft().clone();
        let fault = draft.set(field(key), value).expect_err(key);
        assert!(fault.to_string().contains(word), "{key}: {fault}");
        assert!(!fault.to_string().contains("A*B"));
        assert_eq!(&draft, original.draft(), "{key}");
    }
}

#[test]
fn a_statement_day_becomes_a_first_and_a_last_when_it_is_said_again() {
    let file = String::from_utf8_lossy(INSTITUTIONAL)
        .replace("DTP*434*RD8*20260101-20260104", "DTP*434*D8*20260104");
    let key = "statement";
    let (gone, new) = ("DTP*434*D8*20260104", "DTP*434*RD8*20260104-20260104");
    sets(file.as_bytes(), 0, key, "2026-01-04", &[gone], &[new]);
}

#[test]
fn a_note_of_another_kind_is_not_written_over() {
    let file = String::from_utf8_lossy(PROFESSIONAL)
        .replace("REF*G1*AUTH1~", "REF*G1*AUTH1~NTE*DCP*both knees~");
    let original = one(file.as_bytes(), 0);
    let mut draft = original.draft().clone();
    let fault = draft.set(Field::Note, "corrected").expect_err("one note fits");
    assert!(fault.to_string().contains("NTE01") && &draft == original.draft(), "{fault}");
    draft.set(Field::Note, "").expect("emptied");
    draft.set(Field::Note, "corrected").expect("room");
    assert!(text(&draft).contains(&"NTE*ADD*corrected".to_owned()));
}

#[test]
fn a_payer_that_wants_a_note_gets_a_new_one_with_its_code() {
    let file = String::from_utf8_lossy(PROFESSIONAL)
        .replace("REF*G1*AUTH1~", "REF*G1*AUTH1~NTE*ADD*first~");
    let original = one(file.as_bytes(), 0);
    let of = |code: &str| {
        let note_code = Some(code.into());
        let said = Resubmission { note_required: Some(true), note_code, ..Default::default() };
        Terms::of(&said, Form::Professional)
    };
    let send = |draft: &Draft, code| replacement(&original, draft.clone(), "ICN9", of(code)).err();
    let mut draft = original.draft().clone();
    assert_eq!(send(&draft, "ADD"), Some(Refusal::NoNote));
    draft.set(Field::Note, "modifier added").expect("plain text");
    assert_eq!(send(&draft, "ADD"), None);
    assert_eq!(send(&draft, "CER"), Some(Refusal::NoNote));
}

#[test]
fn no_two_lines_share_a_number() {
    let file = String::from_utf8_lossy(PROFESSIONAL).replacen("LX*1~", "LX*65535~", 1);
    let mut draft = one(file.as_bytes(), 0).draft().clone();
    assert_eq!(draft.lines().collect::<Vec<_>>(), [65_535]);
    let before = text(&draft);
    assert!(before.contains(&"LX*2".to_owned()), "nothing is lost");
    assert!(draft.add_line().is_err() && text(&draft) == before);
}

#[test]
fn a_new_line_points_at_no_diagnosis_until_somebody_says_so() {
    let mut draft = one(PROFESSIONAL, 0).draft().clone();
    let added = draft.add_line().expect("room");
    let pointers = Field::Line(added, LineField::Pointers);
    assert_eq!((draft.value(pointers).reveal().as_str(), pointers.is_code()), ("", true));
}

#[test]
fn lines_are_added_and_removed_and_keep_their_numbers() {
    let original = one(PROFESSIONAL, 0);
    let mut draft = original.draft().clone();
    draft.remove_line(1).expect("another is left");
    assert!(draft.remove_line(2).is_err() && draft.remove_line(1).is_err());
    let added = draft.add_line().expect("room");
    assert_eq!((added, draft.lines().collect::<Vec<_>>()), (3, vec![2, 3]));
    draft.set(Field::Line(3, LineField::Procedure), "99214").expect("a code");
    draft.set(Field::Line(3, LineField::Charge), "100").expect("an amount");
    draft.set(Field::Charge, "lines").expect("a sum");
    assert_eq!(draft.value(Field::Charge).reveal(), "150.50");
    assert_eq!(draft.value(Field::Line(3, LineField::Dates)).reveal(), "2026-01-02/2026-01-03");
    let changes = diff(original.draft(), &draft);
    let words: Vec<String> = changes.iter().map(|one| one.field.to_string()).collect();
    assert!(words.contains(&"line 1: procedure".to_owned()), "{words:?}");
    assert!(words.contains(&"line 3: charge".to_owned()), "{words:?}");
    assert!(!format!("{changes:?}").contains("99214"));
}

#[test]
fn a_diff_names_fields_and_tells_code_changes() {
    let original = one(PROFESSIONAL, 0);
    let mut draft = original.draft().clone();
    for (key, value) in [("authorization", "AUTH2"), ("line.1.modifiers", "25,59")] {
        draft.set(field(key), value).expect(key);
    }
    let told: Vec<_> = diff(original.draft(), &draft)
        .into_iter()
        .map(|one| (one.field.to_string(), one.before, one.after, one.field.is_code()))
        .map(|(field, before, after, code)| {
            format!("{field}: {} -> {} {code}", before.reveal(), after.reveal())
        })
        .collect();
    assert_eq!(
        told,
        ["authorization number: AUTH1 -> AUTH2 false", "line 1: modifiers: 25 -> 25,59 true"]
    );
    assert_eq!(diff(original.draft(), original.draft()), []);
}

#[test]
fn a_claim_goes_again_as_the_payer_takes_it() {
    let original = one(PROFESSIONAL, 0);
    let draft = original.draft().clone();
    let open = Terms::default();
    let sent =
        replacement(&original, draft.clone(), "ICN9", open).expect("nothing speaks against it");
    assert_eq!(sent.value(Field::Frequency).reveal(), "7");
    assert_eq!(sent.value(Field::Replaces).reveal(), "ICN9");
    let taken_back = void(&original, "ICN9", open).expect("nothing speaks against it");
    assert_eq!(diff(original.draft(), &taken_back).len(), 2);
    let new = new_claim(sent).expect("professional");
    assert_eq!(diff(original.draft(), &new), []);
    assert_eq!(
        replacement(&original, draft.clone(), " ", open).err(),
        Some(Refusal::NoControlNumber)
    );
    assert_eq!(
        replacement(&original, draft.clone(), "A\u{7}", open).err(),
        Some(Refusal::OddControlNumber)
    );
    let part_b = Terms { takes_replacement: Some(false), ..open };
    assert_eq!(
        replacement(&original, draft.clone(), "ICN9", part_b).err(),
        Some(Refusal::NoReplacement)
    );
    assert_eq!(void(&original, "ICN9", part_b).err(), Some(Refusal::NoVoid));
    for (terms, refusal) in [
        (Terms { void_first: true, ..part_b }, Refusal::VoidFirst),
        (Terms { wait_until_final: true, pending: true, ..open }, Refusal::Pending),
        (
            Terms { takes_replacement_of_denied: Some(false), denied: true, ..open },
            Refusal::NoReplacementOfDenied,
        ),
    ] {
        let told = replacement(&original, draft.clone(), "ICN9", terms).err();
        assert_eq!(told, Some(refusal));
    }
    assert!(void(&original, "ICN9", Terms { void_first: true, ..part_b }).is_ok());
    let mut two = draft;
    let one_line = Terms { one_line_per_replacement: true, ..open };
    two.set(field("line.1.units"), "2").expect("a number");
    assert!(replacement(&original, two.clone(), "ICN9", one_line).is_ok());
    two.set(field("line.2.units"), "2").expect("a number");
    let told = replacement(&original, two, "ICN9", one_line).err();
    assert_eq!(told, Some(Refusal::OneLine));
}

#[test]
fn claims_under_one_level_share_it_until_one_changes() {
    let claims = all(PROFESSIONAL);
    assert_eq!(claims.iter().map(Original::position).collect::<Vec<_>>(), [0, 1, 2]);
    let born = Field::Born(Who::Patient);
    let mut first = claims[0].draft().clone();
    first.set(born, "2010-03-05").expect("a day");
    assert_eq!(claims[1].draft().value(born).reveal(), "2010-03-04");
    assert_eq!(first.value(born).reveal(), "2010-03-05");
    let (payer, plan) = claims[2].draft().payer();
    assert_eq!((payer.name.as_str(), plan), ("SAMPLE MEDICARE", PlanType::Medicare));
    assert_eq!(claims[2].draft().value(Field::Given(Who::Patient)).reveal(), "CARLA");
}

#[test]
fn originals_are_the_claims_that_billed_counts() {
    let mut files = 0;
    for (path, bytes) in super::samples::samples() {
        let (mut reader, mut billed, mut findings) =
            (Reader::new(&bytes[..]), Billed::default(), Vec::new());
        let mut numbers = Vec::new();
        while let Some(block) = reader.next() {
            if let Some(claim) = billed.read(&block, &mut findings) {
                let lines: Vec<u16> = claim.claim.lines.iter().map(|line| line.number).collect();
                numbers.push((claim.claim.number.as_str().to_owned(), lines));
            }
        }
        let own: Vec<_> = all(&bytes)
            .iter()
            .map(|one| (one.draft().number(), one.draft().lines().collect::<Vec<_>>()))
            .collect();
        let names =
            |all: &[(String, Vec<u16>)]| all.iter().map(|one| one.0.clone()).collect::<Vec<_>>();
        assert_eq!(names(&own), names(&numbers), "{}", path.display());
        files += usize::from(!own.is_empty());
    }
    println!("{files} samples have claims");
}
