//! Lines added and taken out.

use x12::Row;
use x12::t837::Form;
use x12::writer::Unwritable;

use crate::correction::draft::{Draft, Line, Unfit};
use crate::correction::field::{Field, LineField};
use crate::correction::values;

/// Lines that fit a claim by the guides.
const PROFESSIONAL: usize = 50;
const INSTITUTIONAL: usize = 999;

/// How many lines fit a claim of this form.
pub(crate) fn most(draft: &Draft) -> usize {
    if draft.form() == Form::Professional { PROFESSIONAL } else { INSTITUTIONAL }
}

pub(crate) fn add(draft: &mut Draft) -> Result<u16, Unfit> {
    let number = draft.last_number.checked_add(1);
    let is_counted = number.is_some();
    let number = number.unwrap_or(u16::MAX);
    let unfit =
        |expected: String| Unfit { field: Field::Line(number, LineField::Procedure), expected };
    if draft.form() == Form::Dental {
        return Err(unfit("dental claims are not corrected here".to_owned()));
    }
    if !is_counted {
        return Err(unfit("expected numbers of lines (LX01) from 1 on".to_owned()));
    }
    let most = most(draft);
    if draft.lines.len() >= most {
        return Err(unfit(format!("expected at most {most} lines")));
    }
    let rows = rows(draft, number).map_err(|fault| unfit(fault.to_string()))?;
    draft.lines.push(Line { number, rows });
    draft.last_number = number;
    Ok(number)
}

pub(crate) fn remove(draft: &mut Draft, number: u16) -> Result<(), Unfit> {
    let field = Field::Line(number, LineField::Procedure);
    let unfit = |expected: &str| Err(Unfit { field, expected: expected.to_owned() });
    match draft.line_at(number) {
        None => unfit("expected the number of one of the claim's lines"),
        Some(_) if draft.lines.len() == 1 => unfit("expected at least one line to stay"),
        Some(at) => {
            draft.lines.remove(at);
            Ok(())
        }
    }
}

fn rows(draft: &Draft, number: u16) -> Result<Vec<Row>, Unwritable> {
    let mut lx = Row::new("LX", draft.delimiters);
    lx.set(1, &number.to_string())?;
    let mut rows = vec![lx, priced(draft)?];
    let before = draft.lines.last().map(|line| &line.rows);
    rows.extend(before.into_iter().flatten().find(|row| row.is("DTP", "472")).cloned());
    let mut control = Row::new("REF", draft.delimiters);
    control.set(1, "6R")?;
    control.set(2, &free_control(draft, number))?;
    rows.push(control);
    Ok(rows)
}

/// No pointer to a diagnosis: nobody has said any, and the check asks for it.
fn priced(draft: &Draft) -> Result<Row, Unwritable> {
    let professional = draft.form() == Form::Professional;
    let mut row = Row::new(if professional { "SV1" } else { "SV2" }, draft.delimiters);
    let charge = if professional { 2 } else { 3 };
    row.set(charge, "0")?;
    row.set(charge + 1, "UN")?;
    row.set(charge + 2, "1")?;
    Ok(row)
}

/// The line's number, or the next that no other line has as its control number.
fn free_control(draft: &Draft, number: u16) -> String {
    let taken = |told: &String| {
        let own = |line| values::read(draft, Field::Line(line, LineField::Control));
        draft.lines().any(|line| own(line) == *told)
    };
    (u32::from(number)..).map(|one| one.to_string()).find(|one| !taken(one)).unwrap_or_default()
}
