//! The form of codes, by the day of service where that decides.

use jiff::civil::{Date, date};
use x12::t837::Form;

use crate::correction::check::{FaultKind, Faults, between, said};
use crate::correction::coded;
use crate::correction::draft::Draft;
use crate::correction::field::{Field, LineField};

/// From this day of service or discharge on claims carry ICD-10 (45 CFR 162.1002).
const ICD_10: Date = date(2015, 10, 1);

/// PWK01 and PWK02 of the guides.
const KINDS: [&str; 57] = [
    "03", "04", "05", "06", "07", "08", "09", "10", "11", "13", "15", "21", "A3", "A4", "AM", "AS",
    "B2", "B3", "B4", "BR", "BS", "BT", "CB", "CK", "CT", "D2", "DA", "DB", "DG", "DJ", "DS", "EB",
    "HC", "HR", "I5", "IR", "LA", "M1", "MT", "NN", "OB", "OC", "OD", "OE", "OX", "OZ", "P4", "P5",
    "PE", "PN", "PO", "PQ", "PY", "PZ", "RB", "RR", "RT",
];
const MORE_KINDS: [&str; 4] = ["RX", "SG", "V5", "XP"];
const WAYS: [&str; 6] = ["AA", "BM", "EL", "EM", "FT", "FX"];

/// CLM20 of the guides.
const DELAYS: [&str; 11] = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11"];

pub(crate) fn check(draft: &Draft, faults: &mut Faults) {
    diagnoses(draft, faults);
    attachments(draft, faults);
    let delay = said(draft, Field::Delay);
    let late = [&DELAYS[..], &["15"]].concat();
    let unknown = !delay.is_empty() && !late.contains(&delay.as_str());
    let expected = "expected a delay reason: 1 to 11 or 15";
    faults.add_if(unknown, Field::Delay, FaultKind::Code, expected);
    let place = said(draft, Field::Place);
    let wrong = !place.is_empty() && !is_of(&place, 2..=2, u8::is_ascii_alphanumeric);
    faults.add_if(wrong, Field::Place, FaultKind::Code, "expected two digits");
    draft.lines().for_each(|number| line(draft, number, faults));
}

/// The last day that the claim is about.
fn last_day(draft: &Draft) -> Option<Date> {
    let lines = draft.lines().map(|number| Field::Line(number, LineField::Dates));
    let days = lines.chain([Field::Statement]).filter_map(|field| between(&said(draft, field)));
    days.map(|(_, to)| to).max()
}

fn diagnoses(draft: &Draft, faults: &mut Faults) {
    let day = last_day(draft);
    let (found, most) = (coded::diagnoses(draft), coded::most_diagnoses(draft));
    if found.len() > most {
        let next = Field::Diagnosis(u8::try_from(most + 1).unwrap_or(u8::MAX));
        faults.add(next, FaultKind::Guide, format!("expected at most {most} diagnoses"));
    }
    // Those that fit can be counted in eight bits; a hostile claim may hold any number.
    for (place, (at, element)) in (1..=u8::MAX).zip(found.into_iter().take(most)) {
        let Some(row) = draft.claim.get(at) else { continue };
        let (list, code) = (row.part(element, 1), row.part(element, 2));
        let is_tenth = list.starts_with('A');
        let field = Field::Diagnosis(place);
        let expected = "expected an ICD-10 code such as J20.9";
        faults.add_if(is_tenth && !is_icd_10(&code), field, FaultKind::Code, expected);
        let expected = "expected an ICD-9 code such as 486";
        faults.add_if(!is_tenth && !is_icd_9(&code), field, FaultKind::Code, expected);
        let other = day.is_some_and(|day| (day >= ICD_10) != is_tenth);
        let expected = "expected a code of the edition of the day of service";
        faults.add_if(other, field, FaultKind::Code, expected);
    }
}

fn is_icd_10(code: &str) -> bool {
    let bytes = code.as_bytes();
    let rest = bytes.get(2..).unwrap_or_default();
    matches!(bytes, [first, second, ..] if first.is_ascii_uppercase() && second.is_ascii_digit())
        && (1..=5).contains(&rest.len())
        && rest.iter().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase())
}

fn is_icd_9(code: &str) -> bool {
    let digits = code.strip_prefix(['V', 'E']).unwrap_or(code);
    is_of(code, 3..=5, |_| true) && digits.bytes().all(|byte| byte.is_ascii_digit())
}

fn attachments(draft: &Draft, faults: &mut Faults) {
    let count = coded::attachment_count(draft);
    if count > coded::ATTACHMENTS {
        let next = Field::Attachment(u8::try_from(coded::ATTACHMENTS + 1).unwrap_or(u8::MAX));
        let expected = format!("expected at most {} attachments", coded::ATTACHMENTS);
        faults.add(next, FaultKind::Guide, expected);
    }
    for place in 1..=u8::try_from(count.min(coded::ATTACHMENTS)).unwrap_or(u8::MAX) {
        let field = Field::Attachment(place);
        let text = said(draft, field);
        let mut words = text.splitn(3, ' ');
        let kind = words.next().unwrap_or_default();
        let (way, control) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let known = KINDS.contains(&kind) || MORE_KINDS.contains(&kind);
        let expected = "expected a type of attachment such as OZ, OB or LA";
        faults.add_if(!known, field, FaultKind::Code, expected);
        let expected = "expected how it goes: AA, BM, EL, EM, FT or FX";
        faults.add_if(!WAYS.contains(&way), field, FaultKind::Code, expected);
        let lost = way != "AA" && control.is_empty();
        let expected = "expected a control number, by which the payer finds the attachment";
        faults.add_if(lost, field, FaultKind::Situation, expected);
        let expected = "expected a control number of 2 to 50 letters";
        let length = !control.is_empty() && !(2..=50).contains(&control.chars().count());
        faults.add_if(length, field, FaultKind::Syntax, expected);
    }
}

fn line(draft: &Draft, number: u16, faults: &mut Faults) {
    let field = |field| Field::Line(number, field);
    let text = |one| said(draft, field(one));
    let code = text(LineField::Procedure);
    let wrong = !code.is_empty() && is_hc(draft, number) && !is_procedure(&code);
    let expected = "expected a CPT or HCPCS code of five letters and digits";
    faults.add_if(wrong, field(LineField::Procedure), FaultKind::Code, expected);
    let modifiers = text(LineField::Modifiers);
    let mut each = modifiers.split(',').filter(|one| !one.is_empty());
    let wrong = each.any(|one| !is_of(one, 2..=2, u8::is_ascii_alphanumeric));
    let expected = "expected modifiers of two letters or digits";
    faults.add_if(wrong, field(LineField::Modifiers), FaultKind::Code, expected);
    let revenue = text(LineField::Revenue);
    let wrong = !revenue.is_empty() && !is_of(&revenue, 4..=4, u8::is_ascii_digit);
    let expected = "expected four digits such as 0450";
    let institutional = draft.form() == Form::Institutional;
    faults.add_if(wrong && institutional, field(LineField::Revenue), FaultKind::Code, expected);
    let place = text(LineField::Place);
    let wrong = !place.is_empty() && !is_of(&place, 2..=2, u8::is_ascii_alphanumeric);
    faults.add_if(wrong, field(LineField::Place), FaultKind::Code, "expected two digits");
}

/// True where the procedure is one of CPT and HCPCS (list HC).
fn is_hc(draft: &Draft, number: u16) -> bool {
    let rows = draft.line(number).map(|line| line.rows.as_slice()).unwrap_or_default();
    let list = |row: &x12::Row| match row.id() {
        b"SV1" => Some(row.part(1, 1) == "HC"),
        b"SV2" => Some(row.part(2, 1) == "HC"),
        _ => None,
    };
    rows.iter().find_map(list).unwrap_or(false)
}

/// CPT (four digits and a digit or letter) or HCPCS Level II (a letter and four digits).
fn is_procedure(code: &str) -> bool {
    let digits = |bytes: &[u8]| bytes.iter().all(u8::is_ascii_digit);
    match code.as_bytes() {
        [first, rest @ ..] if first.is_ascii_uppercase() => rest.len() == 4 && digits(rest),
        [rest @ .., last] => {
            let end = last.is_ascii_digit() || last.is_ascii_uppercase();
            rest.len() == 4 && digits(rest) && end
        }
        [] => false,
    }
}

fn is_of(text: &str, length: std::ops::RangeInclusive<usize>, may: impl Fn(&u8) -> bool) -> bool {
    length.contains(&text.len()) && text.bytes().all(|byte| may(&byte))
}
