//! A claim that is being corrected: its segments, its lines, and setting a field of them.

use std::fmt;
use std::sync::Arc;

use x12::t837::Form;
use x12::{Delimiters, Row};

use crate::claim::{PayerName, PlanType};
use crate::correction::field::Field;
use crate::correction::lines;
use crate::correction::original::{Parties, Source};
use crate::correction::values;
use crate::matching;
use crate::phi::Phi;

/// Rows of a level that claims share until one of them is changed.
pub(crate) type Level = Arc<Vec<Row>>;

/// A claim that is being corrected. Setting a field changes its own segment; every other stays as
/// it was read, byte for byte.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    pub(crate) source: Arc<Source>,
    pub(crate) delimiters: Delimiters,
    pub(crate) billing: Level,
    pub(crate) subscriber: Level,
    pub(crate) patient: Option<Level>,
    /// From CLM to before the first line.
    pub(crate) claim: Vec<Row>,
    pub(crate) lines: Vec<Line>,
    /// The highest number that a line ever had.
    pub(crate) last_number: u16,
}

/// One line: LX and what follows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    /// The number by which it is named, which stays when others are removed.
    pub(crate) number: u16,
    pub(crate) rows: Vec<Row>,
}

/// Why a field was not set. It holds no value, which may be the patient's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unfit {
    /// Which.
    pub field: Field,
    /// What was expected.
    pub expected: String,
}

impl fmt::Display for Unfit {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: {}", self.field, self.expected)
    }
}

impl std::error::Error for Unfit {}

impl Draft {
    pub(crate) fn of(
        source: Arc<Source>,
        (billing, subscriber, patient): (Level, Level, Option<Level>),
        delimiters: Delimiters,
        rows: impl Iterator<Item = Row>,
    ) -> Draft {
        let mut draft = Draft {
            source,
            delimiters,
            billing,
            subscriber,
            patient,
            claim: Vec::new(),
            lines: Vec::new(),
            last_number: 0,
        };
        for row in rows {
            match draft.lines.last_mut() {
                Some(line) if !row.is("LX", "") => line.rows.push(row),
                None if !row.is("LX", "") => draft.claim.push(row),
                _ => draft.open_line(row),
            }
        }
        draft
    }

    /// Professional, institutional or dental.
    #[must_use]
    pub fn form(&self) -> Form {
        self.source.form
    }

    /// Version of the guide, as it came.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.source.version
    }

    /// The separators of its file.
    #[must_use]
    pub const fn separators(&self) -> Delimiters {
        self.delimiters
    }

    /// The payer that it goes to, as the claim names it, and the line of business (SBR09).
    #[must_use]
    pub fn payer(&self) -> (PayerName, PlanType) {
        let of = |id: &str, with: &str| self.subscriber.iter().find(|row| row.is(id, with));
        let payer = of("NM1", "PR")
            .map(|row| PayerName { name: row.text(3).into(), ids: vec![row.text(9).into()] });
        let plan = of("SBR", "").map_or(PlanType::Unknown, |row| matching::plan(&row.text(9)));
        (payer.unwrap_or_default(), plan)
    }

    /// Who sent it to whom.
    #[must_use]
    pub fn parties(&self) -> &Parties {
        &self.source.parties
    }

    /// True where its file was a test (ISA15).
    #[must_use]
    pub fn is_test(&self) -> bool {
        self.source.test
    }

    /// Our number of the claim (CLM01). No field sets it: payments find their claim by it.
    #[must_use]
    pub fn number(&self) -> String {
        self.claim.first().map(|clm| clm.text(1).into_owned()).unwrap_or_default()
    }

    /// The numbers of its lines in their order; a number stays with its line.
    pub fn lines(&self) -> impl Iterator<Item = u16> + '_ {
        self.lines.iter().map(|line| line.number)
    }

    /// What a field says, in the form in which people write it; empty where it says nothing.
    #[must_use]
    pub fn value(&self, field: Field) -> Phi<String> {
        Phi::new(values::read(self, field))
    }

    /// Says something else in a field, or nothing. What is there already changes no byte. Letters
    /// with accents, quotation marks and dashes of print become those that X12 has.
    ///
    /// # Errors
    /// [`Unfit`] where the field cannot say that, or the claim's form has no such field.
    pub fn set(&mut self, field: Field, text: &str) -> Result<(), Unfit> {
        values::write(self, field, text)
    }

    /// Adds a line at the end, with the days of the line before it and one unit, and gives its
    /// number. It has a control number of its own (REF*6R), which no other line has.
    ///
    /// # Errors
    /// [`Unfit`] where the claim has as many lines as its guide allows.
    pub fn add_line(&mut self) -> Result<u16, Unfit> {
        lines::add(self)
    }

    /// Takes a line out.
    ///
    /// # Errors
    /// [`Unfit`] where there is no such line, or no other.
    pub fn remove_line(&mut self, number: u16) -> Result<(), Unfit> {
        lines::remove(self, number)
    }

    /// Every segment of the claim and of the levels above it, in order.
    pub fn segments(&self) -> impl Iterator<Item = &[u8]> {
        let levels = [Some(&self.billing), Some(&self.subscriber), self.patient.as_ref()];
        let above = levels.into_iter().flatten().flat_map(|level| level.iter());
        let lines = self.lines.iter().flat_map(|line| &line.rows);
        above.chain(&self.claim).chain(lines).map(Row::raw)
    }

    pub(crate) fn line(&self, number: u16) -> Option<&Line> {
        self.lines.get(self.line_at(number)?)
    }

    pub(crate) fn line_mut(&mut self, number: u16) -> Option<&mut Line> {
        let at = self.line_at(number)?;
        self.lines.get_mut(at)
    }

    /// Numbers rise from line to line, so that hostile claims cost no search through all.
    pub(crate) fn line_at(&self, number: u16) -> Option<usize> {
        self.lines.binary_search_by_key(&number, |line| line.number).ok()
    }

    /// Begins a line with its LX. Where no number is left the segment stays on the last line, so
    /// that no two lines share one and nothing is lost; the check tells it.
    fn open_line(&mut self, row: Row) {
        match (self.next_number(&row.text(1)), self.lines.last_mut()) {
            (None, Some(line)) => line.rows.push(row),
            (number, _) => {
                let number = number.unwrap_or(u16::MAX);
                self.last_number = number;
                self.lines.push(Line { number, rows: vec![row] });
            }
        }
    }

    /// The number of the next line: its LX01 where that rises, else counted.
    fn next_number(&self, told: &str) -> Option<u16> {
        let told = told.parse().ok().filter(|number| *number > self.last_number);
        told.or_else(|| self.last_number.checked_add(1))
    }
}
