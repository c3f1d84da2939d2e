//! Where each field stands in a claim's segments; reading it and writing it there.

use std::ops::Range;
use std::sync::Arc;

use jiff::civil::Date;
use x12::Row;
use x12::t837::Form;
use x12::writer::Unwritable;

use crate::codes::Quantity;
use crate::correction::draft::{Draft, Unfit};
use crate::correction::field::{Field, LineField, Who};
use crate::correction::rows::{Zone, find, named, until};
use crate::correction::{coded, letters, order, people};
use crate::element::civil;
use crate::money::Money;

/// How the text of an element is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Written {
    /// In plain letters.
    Text,
    /// In plain capitals.
    Code,
    /// An amount of money.
    Amount,
    /// A number of units.
    Units,
    /// One day.
    Day,
    /// A day, or first and last.
    Days,
    /// First and last day, even where they are one (005010X223 knows RD8 alone for DTP*434).
    Span,
}

/// Where the one element of a field stands.
struct Spot {
    part: Section,
    id: &'static str,
    /// Empty where the id alone tells.
    qualifier: &'static str,
    element: usize,
    component: Option<usize>,
    written: Written,
}

/// The stretch of a claim's segments in which a field stands.
#[derive(Clone, Copy)]
enum Section {
    Claim,
    Line(u16),
    Person(Who),
    Payer,
}

/// What a field says now, as people write it.
pub(crate) fn read(draft: &Draft, field: Field) -> String {
    if !field.is_in(draft.form()) {
        return String::new();
    }
    coded::read(draft, field)
        .or_else(|| spot(draft.form(), field).map(|spot| spot.read(draft)))
        .unwrap_or_default()
}

/// Writes what a field says; the same as before changes nothing.
pub(crate) fn write(draft: &mut Draft, field: Field, text: &str) -> Result<(), Unfit> {
    let unfit = |expected: String| Unfit { field, expected };
    if !field.is_in(draft.form()) {
        return Err(unfit(format!("{} claims have no such field", name(draft.form()))));
    }
    if let Field::Line(number, _) = field
        && draft.line(number).is_none()
    {
        return Err(unfit("expected the number of one of the claim's lines".to_owned()));
    }
    let text = letters::plain(text).map_err(unfit)?;
    if let Some(written) = coded::write(draft, field, &text) {
        return written.map_err(unfit);
    }
    if let Field::Line(_, LineField::Control) = field
        && ![text.as_str(), ""].contains(&read(draft, field).as_str())
    {
        return Err(unfit("expected it to stay: payments find their line by it".to_owned()));
    }
    let is_sum = field == Field::Charge && text == "lines";
    let text = if is_sum { sum_of_lines(draft).plain() } else { text };
    set(draft, field, &text).map_err(unfit)
}

/// What the lines add up to; a charge that is no amount counts as nothing.
pub(crate) fn sum_of_lines(draft: &Draft) -> Money {
    let charge = |number| read(draft, Field::Line(number, LineField::Charge));
    draft.lines().filter_map(|number| Money::parse(&charge(number)).ok()).sum()
}

const fn name(form: Form) -> &'static str {
    match form {
        Form::Professional => "professional",
        Form::Institutional => "institutional",
        Form::Dental => "dental",
    }
}

fn set(draft: &mut Draft, field: Field, text: &str) -> Result<(), String> {
    let Some(spot) = spot(draft.form(), field) else { return Err("no such field".to_owned()) };
    let (wanted, is_range) = spot.written.element(text)?;
    if spot.read(draft) == spot.written.shown(&wanted) && !spot.is_day_for_span(draft) {
        return Ok(());
    }
    spot.write(draft, &wanted, is_range)
}

impl Field {
    /// True where it holds one day and nothing else: a line may be of several days.
    #[must_use]
    pub fn is_day(self) -> bool {
        spot(Form::Professional, self).is_some_and(|spot| spot.written == Written::Day)
    }
}

fn spot(form: Form, field: Field) -> Option<Spot> {
    use Written::{Amount, Code, Day, Span, Text};
    let at = |part, id, qualifier, element, component, written| {
        Some(Spot { part, id, qualifier, element, component, written })
    };
    let claim =
        |id, qualifier, element, written| at(Section::Claim, id, qualifier, element, None, written);
    match field {
        Field::Place => at(Section::Claim, "CLM", "", 5, Some(1), Code),
        Field::Frequency => at(Section::Claim, "CLM", "", 5, Some(3), Code),
        Field::Charge => claim("CLM", "", 2, Amount),
        Field::Delay => claim("CLM", "", 20, Code),
        Field::Replaces => claim("REF", "F8", 2, Text),
        Field::Authorization => claim("REF", "G1", 2, Text),
        Field::Referral => claim("REF", "9F", 2, Text),
        Field::Clia => claim("REF", "X4", 2, Text),
        Field::Accident => claim("DTP", "439", 3, Day),
        Field::Onset => claim("DTP", "431", 3, Day),
        Field::Statement => claim("DTP", "434", 3, Span),
        // A professional claim has one note, whatever it is about; an institutional one has a
        // note for billing beside others.
        Field::Note if form == Form::Professional => claim("NTE", "", 2, Text),
        Field::Note => claim("NTE", "ADD", 2, Text),
        Field::Member => at(Section::Person(Who::Subscriber), "NM1", "", 9, None, Text),
        Field::Payer => at(Section::Payer, "NM1", "", 9, None, Text),
        Field::Family(who) => at(Section::Person(who), "NM1", "", 3, None, Text),
        Field::Given(who) => at(Section::Person(who), "NM1", "", 4, None, Text),
        Field::Npi(who) => at(Section::Person(who), "NM1", "", 9, None, Text),
        Field::Born(who) => at(Section::Person(who), "DMG", "", 2, None, Day),
        Field::Line(number, field) => line_spot(form, number, field),
        Field::Diagnosis(_) | Field::Attachment(_) => None,
    }
}

fn line_spot(form: Form, number: u16, field: LineField) -> Option<Spot> {
    use Written::{Amount, Code, Days, Text, Units};
    let professional = form == Form::Professional;
    let sv = if professional { "SV1" } else { "SV2" };
    let told =
        |professionals: usize, others: usize| if professional { professionals } else { others };
    let (id, qualifier, element, component, written) = match field {
        LineField::Revenue => ("SV2", "", 1, None, Code),
        LineField::Procedure => (sv, "", told(1, 2), Some(2), Code),
        LineField::Charge => (sv, "", told(2, 3), None, Amount),
        LineField::Units => (sv, "", told(4, 5), None, Units),
        LineField::Place => ("SV1", "", 5, None, Code),
        LineField::Dates => ("DTP", "472", 3, None, Days),
        LineField::Control => ("REF", "6R", 2, None, Text),
        LineField::Note => ("NTE", "", 2, None, Text),
        LineField::Modifiers | LineField::Pointers => return None,
    };
    Some(Spot { part: Section::Line(number), id, qualifier, element, component, written })
}

impl Spot {
    fn row<'a>(&self, draft: &'a Draft) -> Option<&'a Row> {
        let (rows, range) = self.part.stretch(draft)?;
        find(rows, range, self.id, self.qualifier).and_then(|at| rows.get(at))
    }

    /// True where one day stands for first and last, which saying the same again mends.
    fn is_day_for_span(&self, draft: &Draft) -> bool {
        self.written == Written::Span && self.row(draft).is_some_and(|row| row.text(2) != "RD8")
    }

    fn read(&self, draft: &Draft) -> String {
        let Some(row) = self.row(draft) else { return String::new() };
        let text = match self.component {
            Some(component) => row.part(self.element, component),
            None => row.text(self.element),
        };
        self.written.shown(&text)
    }

    /// The segment is whole before it is put on the claim: what is refused changes nothing.
    fn write(&self, draft: &mut Draft, text: &str, is_range: bool) -> Result<(), String> {
        let told = |fault: Unwritable| fault.to_string();
        if let Section::Person(who) = self.part {
            if text.is_empty() && self.element == 9 && people::take_out(draft, who) {
                return Ok(());
            }
            if who.is_provider() && people::stretch(draft, who).is_none() {
                let row = people::made(draft, who).map_err(told)?;
                let row = self.filled(row, text, is_range).map_err(told)?;
                people::put(draft, who, row);
                return Ok(());
            }
        }
        let there = self.row(draft);
        if let Some(refusal) = self.refusal(there, text) {
            return Err(refusal.to_owned());
        }
        let row = there.cloned().unwrap_or_else(|| self.made(draft.delimiters));
        let row = self.filled(row, text, is_range).map_err(told)?;
        let mut zone = self.part.zone(draft).ok_or("expected a claim that names them (NM1)")?;
        let found = find(zone.rows, zone.range.clone(), self.id, self.qualifier);
        let is_left_out = text.is_empty() && matches!(self.id, "REF" | "DTP" | "NTE" | "DMG");
        match found {
            Some(at) if is_left_out => drop(zone.rows.remove(at)),
            Some(at) => zone.rows.splice(at..=at, [row]).for_each(drop),
            None => drop(zone.put(row)),
        }
        Ok(())
    }

    /// Why a segment cannot be made, changed or left out, as far as text alone does not tell.
    fn refusal(&self, there: Option<&Row>, text: &str) -> Option<&'static str> {
        match (self.id, there) {
            ("DMG", None) => Some(
                "expected a day of birth with the sex (DMG); add both in the billing system and \
                 take the claim from there",
            ),
            ("DMG", Some(_)) if text.is_empty() => {
                Some("expected another day: without one the sex is lost too; write over it")
            }
            ("NTE", Some(row)) if !text.is_empty() && row.text(1) != "ADD" => Some(
                "expected no note of another kind (NTE01), and there is one; empty it first, or \
                 send what it says another way",
            ),
            _ => None,
        }
    }

    /// The segment with what the field says, and what stands beside it.
    fn filled(&self, mut row: Row, text: &str, is_range: bool) -> Result<Row, Unwritable> {
        match self.component {
            Some(component) => row.set_part(self.element, component, text)?,
            None => row.set(self.element, text)?,
        }
        if self.id == "DTP" {
            row.set(2, if is_range { "RD8" } else { "D8" })?;
        }
        self.lead(&mut row, text)?;
        Ok(row)
    }

    /// A segment that is not there yet, with what stands before the element.
    fn made(&self, delimiters: x12::Delimiters) -> Row {
        let mut row = Row::new(self.id, delimiters);
        let first = match (self.id, self.qualifier) {
            ("NTE", _) => "ADD",
            ("DMG", _) => "D8",
            (_, qualifier) => qualifier,
        };
        // Letters and digits alone: nothing of it can be a separator that was declared.
        let _ = row.set(1, first);
        row
    }

    /// What stands beside the element wherever it is filled: the list of a procedure, the kind of
    /// an identifier.
    fn lead(&self, row: &mut Row, text: &str) -> Result<(), Unwritable> {
        match (self.id, self.component) {
            ("SV1" | "SV2", Some(_)) if text.is_empty() => row.set(self.element, ""),
            ("SV1" | "SV2", Some(_)) if row.part(self.element, 1).is_empty() => {
                row.set_part(self.element, 1, "HC")
            }
            ("NM1", _) if self.element == 9 && row.text(8).is_empty() => {
                let of_provider = matches!(self.part, Section::Person(who) if who.is_provider());
                let payer = matches!(self.part, Section::Payer);
                row.set(
                    8,
                    if of_provider {
                        "XX"
                    } else if payer {
                        "PI"
                    } else {
                        "MI"
                    },
                )
            }
            _ => Ok(()),
        }
    }
}

impl Section {
    fn stretch(self, draft: &Draft) -> Option<(&Vec<Row>, Range<usize>)> {
        let (rows, range) = match self {
            Section::Claim => (&draft.claim, 0..claim_end(&draft.claim)),
            Section::Line(number) => {
                let rows = &draft.line(number)?.rows;
                (rows, 0..line_end(rows))
            }
            Section::Payer => {
                (&*draft.subscriber, named(&draft.subscriber, 0..draft.subscriber.len(), "PR")?)
            }
            Section::Person(who) => people::stretch(draft, who)?,
        };
        Some((rows, range))
    }

    fn zone(self, draft: &mut Draft) -> Option<Zone<'_>> {
        let range = self.stretch(draft)?.1;
        let institutional = draft.form() == Form::Institutional;
        let order = match self {
            Section::Claim if institutional => order::INSTITUTIONAL,
            Section::Claim => order::PROFESSIONAL,
            Section::Line(_) if institutional => order::INSTITUTIONAL_LINE,
            Section::Line(_) => order::PROFESSIONAL_LINE,
            Section::Person(_) | Section::Payer => order::NAME,
        };
        let rows = match self {
            Section::Claim => &mut draft.claim,
            Section::Line(number) => &mut draft.line_mut(number)?.rows,
            Section::Payer => Arc::make_mut(&mut draft.subscriber),
            Section::Person(who) => people::rows(draft, who),
        };
        Some(Zone { rows, range, order })
    }
}

/// Where loop 2300 ends and its names and other payers begin.
pub(crate) fn claim_end(rows: &[Row]) -> usize {
    until(rows, &["NM1", "SBR"])
}

/// Where loop 2400 ends and its drug, names and adjudications begin.
pub(crate) fn line_end(rows: &[Row]) -> usize {
    until(rows, &["LIN", "NM1", "SVD", "LQ"])
}

impl Written {
    /// The element's text for what people write, and whether it is a range of days.
    fn element(self, text: &str) -> Result<(String, bool), String> {
        if text.is_empty() {
            return Ok((String::new(), false));
        }
        let plain = |text: String| Ok((text, false));
        match self {
            Written::Text => plain(text.to_owned()),
            Written::Code => plain(text.to_ascii_uppercase()),
            Written::Amount => {
                plain(Money::parse(text).map_err(|fault| fault.to_string())?.plain())
            }
            Written::Units => {
                let units = Quantity::parse(text);
                plain(units.ok_or("expected a number such as 1 or 2.5")?.to_string())
            }
            Written::Day => plain(compact(text).ok_or("expected a day such as 2026-01-31")?),
            Written::Days | Written::Span => {
                let (from, to) = two_days(text)?;
                let is_day = from == to && self == Written::Days;
                if is_day { plain(from) } else { Ok((format!("{from}-{to}"), true)) }
            }
        }
    }

    /// What people read for the element's text; what is none of its kind is shown as it stands.
    fn shown(self, text: &str) -> String {
        let told =
            match self {
                Written::Text | Written::Code => None,
                Written::Amount => x12::amount::cents(text.as_bytes())
                    .ok()
                    .map(|cents| Money::from_cents(cents).plain()),
                Written::Units => Quantity::parse(text).map(|units| units.to_string()),
                Written::Day | Written::Days | Written::Span => days(text).map(|(from, to)| {
                    if from == to { from.to_string() } else { format!("{from}/{to}") }
                }),
            };
        told.unwrap_or_else(|| text.to_owned())
    }
}

/// First and last day as people write them; one day is both.
fn two_days(text: &str) -> Result<(String, String), String> {
    let Some((from, to)) = text.split_once('/') else {
        let day = compact(text).ok_or("expected a day such as 2026-01-31")?;
        return Ok((day.clone(), day));
    };
    let days = compact(from.trim()).zip(compact(to.trim()));
    Ok(days.ok_or("expected two days such as 2026-01-30/2026-01-31")?)
}

/// First and last day of an element.
pub(crate) fn days(text: &str) -> Option<(Date, Date)> {
    let (from, to) = x12::amount::date_range(text.as_bytes())?;
    civil(from).zip(civil(to))
}

fn compact(text: &str) -> Option<String> {
    let day: Date = text.parse().ok()?;
    (text.len() == 10).then(|| format!("{:04}{:02}{:02}", day.year(), day.month(), day.day()))
}
