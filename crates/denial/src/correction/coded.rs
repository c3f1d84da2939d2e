//! Fields that are lists: diagnoses, attachments, modifiers, pointers.

use std::borrow::Cow;

use x12::Row;
use x12::t837::Form;

use crate::correction::draft::{Draft, Line};
use crate::correction::field::{Field, LineField};
use crate::correction::order;
use crate::correction::rows::{Zone, find};
use crate::correction::values::{claim_end, line_end};

/// Diagnoses that fit a claim, and an HI.
const IN_PROFESSIONAL: usize = 12;
const IN_INSTITUTIONAL: usize = 25;
const IN_SEGMENT: usize = 12;

/// The component of an institutional diagnosis that says whether it was present on admission.
const PRESENT: usize = 9;

/// Attachments that fit a claim.
pub(crate) const ATTACHMENTS: usize = 10;

/// What a field says that is a list; `None` for any other.
pub(crate) fn read(draft: &Draft, field: Field) -> Option<String> {
    if let Field::Diagnosis(place) = field {
        return Some(diagnosis(draft, place));
    }
    if let Field::Attachment(place) = field {
        return Some(attachment(draft, place));
    }
    let Field::Line(number, field) = field else { return None };
    if field == LineField::Modifiers {
        return Some(modifiers(draft, number));
    }
    (field == LineField::Pointers).then(|| pointers(draft, number))
}

/// Writes a field that is a list; `None` for any other.
pub(crate) fn write(draft: &mut Draft, field: Field, text: &str) -> Option<Result<(), String>> {
    if let Field::Diagnosis(place) = field {
        return Some(set_diagnosis(draft, place, text));
    }
    if let Field::Attachment(place) = field {
        return Some(set_attachment(draft, place, text));
    }
    let Field::Line(number, field) = field else { return None };
    if field == LineField::Modifiers {
        return Some(set_modifiers(draft, number, text));
    }
    (field == LineField::Pointers).then(|| set_pointers(draft, number, text))
}

/// How many diagnoses fit a claim: the principal one with the others.
pub(crate) fn most_diagnoses(draft: &Draft) -> usize {
    if draft.form() == Form::Professional { IN_PROFESSIONAL } else { IN_INSTITUTIONAL }
}

/// Where the diagnoses that pointers count stand: segment of the claim, element.
pub(crate) fn diagnoses(draft: &Draft) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let rows = draft.claim.get(..claim_end(&draft.claim)).unwrap_or_default();
    for (at, row) in rows.iter().enumerate().filter(|(_, row)| row.is("HI", "")) {
        let segment = row.segment();
        let is_one = |bytes| {
            let mut parts = segment.components(bytes);
            let list = parts.next().unwrap_or_default();
            matches!(list.as_ref(), "ABK" | "ABF" | "BK" | "BF")
                && parts.next().is_some_and(|code| !code.is_empty())
        };
        let elements = (1..).zip(segment.elements());
        found.extend(elements.filter(|(_, bytes)| is_one(bytes)).map(|(number, _)| (at, number)));
    }
    found
}

fn diagnosis(draft: &Draft, place: u8) -> String {
    let spot = diagnoses(draft).get(usize::from(place).wrapping_sub(1)).copied();
    let Some((at, element)) = spot else { return String::new() };
    let Some(row) = draft.claim.get(at) else { return String::new() };
    let institutional = draft.form() == Form::Institutional;
    let present = if institutional { row.part(element, PRESENT) } else { Cow::default() };
    format!("{} {present}", row.part(element, 2)).trim_end().to_owned()
}

/// Code, and whether it was present on admission: `J20.9 Y`.
fn code_and_present(draft: &Draft, text: &str) -> Result<(String, String), String> {
    let text = text.replace('.', "").to_ascii_uppercase();
    let Some((code, present)) = text.split_once(' ') else { return Ok((text, String::new())) };
    let present = present.trim();
    if draft.form() != Form::Institutional {
        return Err("expected a code alone".to_owned());
    }
    if !["Y", "N", "U", "W"].contains(&present) {
        return Err("expected present on admission behind the code as Y, N, U or W".to_owned());
    }
    Ok((code.to_owned(), present.to_owned()))
}

fn set_diagnosis(draft: &mut Draft, place: u8, text: &str) -> Result<(), String> {
    if diagnosis(draft, place) == text.replace('.', "").to_ascii_uppercase() {
        return Ok(());
    }
    // Another code says nothing of its presence on admission until somebody does.
    let (code, present) = code_and_present(draft, text)?;
    let code = (code.as_str(), present.as_str());
    let spots = diagnoses(draft);
    match spots.get(usize::from(place).wrapping_sub(1)) {
        Some((at, element)) if code.0.is_empty() => remove_diagnosis(draft, place, *at, *element),
        Some((at, element)) => {
            let Some(row) = draft.claim.get_mut(*at) else { return Ok(()) };
            let list = row.part(*element, 1).into_owned();
            write_code(row, *element, &list, code)
        }
        None if usize::from(place) == spots.len() + 1 => add_diagnosis(draft, &spots, code),
        None => Err(format!("expected the place after the last, which is {}", spots.len() + 1)),
    }
}

/// Pointers count places, so none may point at what goes or at what would move up.
fn remove_diagnosis(draft: &mut Draft, place: u8, at: usize, element: usize) -> Result<(), String> {
    if place == 1 {
        return Err("expected a principal diagnosis; write another over it".to_owned());
    }
    let points = |line: &Line| line_pointers(line).iter().any(|one| *one >= place);
    if draft.lines.iter().any(points) {
        return Err("expected no line to point at it or at one after it".to_owned());
    }
    if let Some(row) = draft.claim.get_mut(at) {
        row.take_out(element);
        if row.is_empty() {
            draft.claim.remove(at);
        }
    }
    Ok(())
}

fn add_diagnosis(
    draft: &mut Draft,
    spots: &[(usize, usize)],
    code: (&str, &str),
) -> Result<(), String> {
    let professional = draft.form() == Form::Professional;
    let most = most_diagnoses(draft);
    if spots.len() >= most {
        return Err(format!("expected at most {most} diagnoses"));
    }
    let qualifier = qualifier(draft, spots);
    // The principal one of an institutional claim has a segment to itself.
    let room = spots.last().copied().filter(|(at, _)| professional || *at != spots[0].0);
    let room = room.and_then(|(at, _)| draft.claim.get_mut(at));
    let delimiters = draft.delimiters;
    match room.filter(|row| row.len() < IN_SEGMENT) {
        Some(row) => {
            let element = row.len() + 1;
            write_code(row, element, qualifier, code)
        }
        None => {
            let mut row = Row::new("HI", delimiters);
            write_code(&mut row, 1, qualifier, code)?;
            let at = place_of_codes(draft, spots);
            draft.claim.insert(at, row);
            Ok(())
        }
    }
}

/// A list of the same edition as the others; ICD-10 where there is none.
fn qualifier(draft: &Draft, spots: &[(usize, usize)]) -> &'static str {
    let Some((at, element)) = spots.first() else { return "ABK" };
    let first = draft.claim.get(*at).map(|row| row.part(*element, 1).into_owned());
    if first.as_deref().is_some_and(|list| list.starts_with('B')) { "BF" } else { "ABF" }
}

/// Writes list, code and presence on admission, or nothing.
fn write_code(
    row: &mut Row,
    element: usize,
    list: &str,
    (code, present): (&str, &str),
) -> Result<(), String> {
    let mut written = row.clone();
    for (part, text) in [(1, list), (2, code), (PRESENT, present)] {
        written.set_part(element, part, text).map_err(|fault| fault.to_string())?;
    }
    *row = written;
    Ok(())
}

/// The principal diagnosis stands before all codes; others before procedures and occurrences.
fn place_of_codes(draft: &Draft, spots: &[(usize, usize)]) -> usize {
    const BEHIND: [&str; 11] =
        ["BBR", "BR", "CAH", "BBQ", "BQ", "BI", "BH", "BE", "BG", "TC", "BP"];
    let end = claim_end(&draft.claim);
    let rows = draft.claim.get(..end).unwrap_or_default();
    let is_behind = |row: &Row| {
        let first = row.part(1, 1);
        row.is("HI", "") && (spots.is_empty() || BEHIND.contains(&first.as_ref()))
    };
    let last = rows.iter().rposition(|row| !row.is("HCP", ""));
    rows.iter().position(is_behind).unwrap_or_else(|| last.map_or(end, |last| last + 1))
}

fn attachments(draft: &Draft) -> Vec<usize> {
    let rows = draft.claim.get(..claim_end(&draft.claim)).unwrap_or_default();
    let found = rows.iter().enumerate().filter(|(_, row)| row.is("PWK", ""));
    found.map(|(at, _)| at).collect()
}

/// How many attachments a claim announces.
pub(crate) fn attachment_count(draft: &Draft) -> usize {
    attachments(draft).len()
}

/// `OZ EL PA-001`: what it is, how it goes, its control number.
fn attachment(draft: &Draft, place: u8) -> String {
    let at = attachments(draft).get(usize::from(place).wrapping_sub(1)).copied();
    let Some(row) = at.and_then(|at| draft.claim.get(at)) else { return String::new() };
    [row.text(1), row.text(2), row.text(6)].join(" ").trim_end().to_owned()
}

fn set_attachment(draft: &mut Draft, place: u8, text: &str) -> Result<(), String> {
    if attachment(draft, place) == text {
        return Ok(());
    }
    let found = attachments(draft);
    let at = found.get(usize::from(place).wrapping_sub(1)).copied();
    if let (Some(at), "") = (at, text) {
        draft.claim.remove(at);
        return Ok(());
    }
    if at.is_none() && usize::from(place) != found.len() + 1 {
        return Err(format!("expected the place after the last, which is {}", found.len() + 1));
    }
    let (kind, rest) = text.split_once(' ').ok_or("expected type, way and control number")?;
    let (way, control) = rest.trim_start().split_once(' ').unwrap_or((rest.trim_start(), ""));
    let delimiters = draft.delimiters;
    let kept = at.and_then(|at| draft.claim.get(at)).cloned();
    let mut row = kept.unwrap_or_else(|| Row::new("PWK", delimiters));
    let control = control.trim_start();
    let list = if control.is_empty() { "" } else { "AC" };
    let (kind, way) = (kind.to_ascii_uppercase(), way.to_ascii_uppercase());
    for (element, text) in [(1, kind.as_str()), (2, &way), (5, list), (6, control)] {
        row.set(element, text).map_err(|fault| fault.to_string())?;
    }
    match at.and_then(|at| draft.claim.get_mut(at)) {
        Some(slot) => *slot = row,
        None if found.len() >= ATTACHMENTS => {
            return Err(format!("expected at most {ATTACHMENTS} attachments"));
        }
        None => put(draft, row),
    }
    Ok(())
}

fn put(draft: &mut Draft, row: Row) {
    let order = match draft.form() {
        Form::Institutional => order::INSTITUTIONAL,
        Form::Professional | Form::Dental => order::PROFESSIONAL,
    };
    let range = 0..claim_end(&draft.claim);
    Zone { rows: &mut draft.claim, range, order }.put(row);
}

/// The line's SV1 or SV2, and the element with its procedure.
fn procedure(line: &Line) -> Option<(usize, usize)> {
    let end = line_end(&line.rows);
    let professional = find(&line.rows, 0..end, "SV1", "").map(|at| (at, 1));
    professional.or_else(|| find(&line.rows, 0..end, "SV2", "").map(|at| (at, 2)))
}

fn modifiers(draft: &Draft, number: u16) -> String {
    let Some(line) = draft.line(number) else { return String::new() };
    let Some((at, element)) = procedure(line) else { return String::new() };
    let parts = line.rows.get(at).map(|row| (3..=6).map(|part| row.part(element, part)));
    let parts: Vec<_> = parts.into_iter().flatten().filter(|one| !one.is_empty()).collect();
    parts.join(",")
}

fn set_modifiers(draft: &mut Draft, number: u16, text: &str) -> Result<(), String> {
    let wanted = text.to_ascii_uppercase();
    let wanted: Vec<&str> = words(&wanted).collect();
    if modifiers(draft, number) == wanted.join(",") {
        return Ok(());
    }
    if wanted.len() > 4 {
        return Err("expected at most four modifiers".to_owned());
    }
    let line = draft.line_mut(number).ok_or("expected the number of a line")?;
    let (at, element) = procedure(line).ok_or("expected a line with SV1 or SV2")?;
    let row = line.rows.get_mut(at).ok_or("expected a line with SV1 or SV2")?;
    if row.part(element, 2).is_empty() {
        return Err("expected a procedure before its modifiers".to_owned());
    }
    let mut changed = row.clone();
    for part in 3..=6 {
        let modifier = wanted.get(part - 3).copied().unwrap_or_default();
        changed.set_part(element, part, modifier).map_err(|fault| fault.to_string())?;
    }
    *row = changed;
    Ok(())
}

/// The diagnoses that a line points at; what is no number is 0.
pub(crate) fn line_pointers(line: &Line) -> Vec<u8> {
    let row = find(&line.rows, 0..line_end(&line.rows), "SV1", "").and_then(|at| line.rows.get(at));
    let parts = row.map(|row| (1..=4).map(|part| row.part(7, part)));
    let parts = parts.into_iter().flatten().filter(|one| !one.is_empty());
    parts.map(|one| one.parse().unwrap_or(0)).collect()
}

fn pointers(draft: &Draft, number: u16) -> String {
    let told = draft.line(number).map(line_pointers).unwrap_or_default();
    told.iter().map(u8::to_string).collect::<Vec<_>>().join(",")
}

fn set_pointers(draft: &mut Draft, number: u16, text: &str) -> Result<(), String> {
    let told: Option<Vec<u8>> = words(text).map(|one| one.parse().ok()).collect();
    let told = told.filter(|told| told.iter().all(|one| (1..=12).contains(one)));
    let told = told.ok_or("expected places of diagnoses such as 1,2")?;
    let written: Vec<String> = told.iter().map(u8::to_string).collect();
    if pointers(draft, number) == written.join(",") {
        return Ok(());
    }
    if told.len() > 4 {
        return Err("expected at most four pointers".to_owned());
    }
    let line = draft.line_mut(number).ok_or("expected the number of a line")?;
    let at = find(&line.rows, 0..line_end(&line.rows), "SV1", "").ok_or("expected SV1")?;
    let row = line.rows.get_mut(at).ok_or("expected SV1")?;
    let mut changed = row.clone();
    changed.set(7, "").map_err(|fault| fault.to_string())?;
    for (at, pointer) in written.iter().enumerate() {
        changed.set_part(7, at + 1, pointer).map_err(|fault| fault.to_string())?;
    }
    *row = changed;
    Ok(())
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split([',', ' ']).filter(|word| !word.is_empty())
}
