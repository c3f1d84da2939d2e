//! Many drafts to one file: a new envelope, levels shared where they say the same, counts right.

use std::borrow::Cow;
use std::collections::HashMap;

use jiff::civil::DateTime;
use x12::delimiters::USUAL;
use x12::t837::Form;
use x12::writer::{Group, Interchange, Unwritable, Writer};
use x12::{Delimiters, Row};

use crate::correction::draft::{Draft, Level, Line};

/// Claims in one transaction, as the guides advise at most.
pub(crate) const IN_TRANSACTION: usize = 5_000;

/// What a file is sent under. The day and the numbers come from outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sending {
    /// ISA13.
    pub interchange: u32,
    /// GS06 of the first group.
    pub group: u32,
    /// BHT03; a number is added behind it where the file has more than one transaction.
    pub batch: String,
    /// When it is made, on the clinic's clock.
    pub made: DateTime,
    /// True for a test file (ISA15).
    pub test: bool,
}

/// Why drafts do not become one file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotWritten {
    /// No draft at all.
    #[error("expected at least one claim")]
    Empty,
    /// 837P and 837I are files of their own.
    #[error("expected claims of one form: professional and institutional claims go apart")]
    Forms,
    /// Dental claims are not corrected here.
    #[error("dental claims are not corrected here")]
    Dental,
    /// The drafts came from files between others.
    #[error("expected claims that were sent by one sender to one receiver")]
    Parties,
    /// ISA15 says of a whole file that it is a test.
    #[error("expected claims of test files or of live ones: they go apart")]
    Test,
    /// Something in a segment; its place is told, never its text.
    #[error(transparent)]
    Unwritable(#[from] Unwritable),
}

/// Writes drafts of one form as one 837 file, in their order as far as shared levels allow.
///
/// # Errors
/// [`NotWritten`] says why they do not go together, or which element X12 cannot carry.
pub fn write(drafts: &[&Draft], sending: &Sending) -> Result<Vec<u8>, NotWritten> {
    let first = drafts.first().ok_or(NotWritten::Empty)?;
    let differs = |other: fn(&Draft, &Draft) -> bool| drafts.iter().any(|one| other(one, first));
    if drafts.iter().any(|one| one.form() == Form::Dental) {
        return Err(NotWritten::Dental);
    }
    if differs(|one, first| one.form() != first.form()) {
        return Err(NotWritten::Forms);
    }
    if differs(|one, first| one.parties() != first.parties()) {
        return Err(NotWritten::Parties);
    }
    if differs(|one, first| one.is_test() != first.is_test()) {
        return Err(NotWritten::Test);
    }
    let mut writer = Writer::new(delimiters(drafts, first));
    begin(&mut writer, first, sending);
    let mut count = Count { group: sending.group, transaction: 0 };
    for (version, drafts) in grouped(drafts, |one| Some(one.version())) {
        group(&mut writer, first, version.unwrap_or_default(), count.group, sending);
        count.group = count.group.saturating_add(1);
        for drafts in of_one_head(&drafts) {
            for part in drafts.chunks(IN_TRANSACTION) {
                count.transaction += 1;
                transaction(&mut writer, part, sending, count.transaction)?;
            }
        }
    }
    Ok(writer.finish()?)
}

/// True where two drafts fit one transaction: of one form, version, sender, receiver, head and
/// separators, since what one file's separators leave free may be another's separator.
pub(crate) fn are_of_one_transaction(one: &Draft, other: &Draft) -> bool {
    one.form() == other.form()
        && one.is_test() == other.is_test()
        && one.version() == other.version()
        && one.delimiters == other.delimiters
        && one.parties() == other.parties()
        && purport(one) == purport(other)
        && one.source.head == other.source.head
}

/// Drafts that one BHT and one head speak for: claims and encounters go apart.
fn of_one_head<'a>(drafts: &[&'a Draft]) -> Vec<Vec<&'a Draft>> {
    let by_purport = grouped(drafts, |one| Some(purport(one)));
    let by_head = |(_, drafts): (_, Vec<&'a Draft>)| grouped(&drafts, |one| Some(&one.source.head));
    by_purport.into_iter().flat_map(by_head).map(|(_, drafts)| drafts).collect()
}

/// BHT06; what says nothing is a claim.
fn purport(draft: &Draft) -> &str {
    let told = draft.source.purport.as_str();
    if told.is_empty() { "CH" } else { told }
}

struct Count {
    group: u32,
    transaction: usize,
}

/// The separators of the drafts where they share them and a terminator is to be seen.
fn delimiters(drafts: &[&Draft], first: &Draft) -> Delimiters {
    let own = first.delimiters;
    let is_old = own.repetition.is_none() && first.version().starts_with("005010");
    let shared = drafts.iter().all(|one| one.delimiters == own);
    if shared && own.segment.is_ascii_graphic() && !is_old { own } else { USUAL }
}

fn begin(writer: &mut Writer, first: &Draft, sending: &Sending) {
    let parties = first.parties();
    let date = sending.made.strftime("%y%m%d").to_string();
    let time = sending.made.strftime("%H%M").to_string();
    writer.interchange(&Interchange {
        sender: (&parties.sender.0, &parties.sender.1),
        receiver: (&parties.receiver.0, &parties.receiver.1),
        date: &date,
        time: &time,
        control: sending.interchange,
        wants_receipt: false,
        test: sending.test,
    });
}

fn group(writer: &mut Writer, first: &Draft, version: &str, control: u32, sending: &Sending) {
    let parties = first.parties();
    writer.group(&Group {
        code: "HC",
        sender: &parties.application,
        receiver: &parties.receiving,
        date: &sending.made.strftime("%Y%m%d").to_string(),
        time: &sending.made.strftime("%H%M").to_string(),
        control,
        version,
    });
}

fn transaction(
    writer: &mut Writer,
    drafts: &[&Draft],
    sending: &Sending,
    number: usize,
) -> Result<(), Unwritable> {
    let Some(first) = drafts.first() else { return Ok(()) };
    let is_current = first.version().starts_with("005010");
    writer.transaction("837", if is_current { first.version() } else { "" });
    let batch = match number {
        1 => sending.batch.clone(),
        more => format!("{}-{more}", sending.batch),
    };
    let date = sending.made.strftime("%Y%m%d").to_string();
    let time = sending.made.strftime("%H%M").to_string();
    let beginning = writer.segment("BHT").element("0019").element("00").element(&batch);
    drop(beginning.element(&date).element(&time).element(purport(first)));
    first.source.head.iter().for_each(|row| writer.copy(row));
    let mut level = Levels { writer, last: 0 };
    for (billing, drafts) in grouped(drafts, |one| Some(&one.billing)) {
        let above = level.open(None, "20", true, billing);
        for (subscriber, drafts) in grouped(&drafts, |one| Some(&one.subscriber)) {
            level.subscriber(above, subscriber, &drafts)?;
        }
    }
    Ok(())
}

/// Levels in the order in which they are written.
struct Levels<'a> {
    writer: &'a mut Writer,
    last: u32,
}

impl Levels<'_> {
    fn open(
        &mut self,
        above: Option<u32>,
        code: &str,
        has_more: bool,
        rows: Option<&Level>,
    ) -> u32 {
        self.last += 1;
        let above = above.map(|number| number.to_string()).unwrap_or_default();
        let own = self.writer.segment("HL").element(&self.last.to_string()).element(&above);
        drop(own.element(code).element(if has_more { "1" } else { "0" }));
        rows.into_iter().flat_map(|rows| rows.iter()).for_each(|row| self.writer.copy(row));
        self.last
    }

    /// A subscriber's own claims stand before those of the patients below.
    fn subscriber(
        &mut self,
        above: u32,
        rows: Option<&Level>,
        drafts: &[&Draft],
    ) -> Result<(), Unwritable> {
        let (own, others): (Vec<&Draft>, Vec<&Draft>) =
            drafts.iter().partition(|one| one.patient.is_none());
        let number = self.open(Some(above), "22", !others.is_empty(), rows);
        own.iter().try_for_each(|draft| self.claim(draft))?;
        for (patient, drafts) in grouped(&others, |one| one.patient.as_ref()) {
            self.open(Some(number), "23", false, patient);
            drafts.iter().try_for_each(|draft| self.claim(draft))?;
        }
        Ok(())
    }

    fn claim(&mut self, draft: &Draft) -> Result<(), Unwritable> {
        draft.claim.iter().for_each(|row| self.writer.copy(row));
        for (at, line) in draft.lines.iter().enumerate() {
            for row in numbered(line, at + 1)?.iter() {
                self.writer.copy(row);
            }
        }
        Ok(())
    }
}

/// A line with its place on the claim in LX, where others were taken out or it is new.
fn numbered(line: &Line, place: usize) -> Result<Cow<'_, [Row]>, Unwritable> {
    let place = place.to_string();
    if line.rows.first().is_none_or(|lx| lx.text(1) == place) {
        return Ok(Cow::Borrowed(&line.rows));
    }
    let mut rows = line.rows.clone();
    if let Some(lx) = rows.first_mut() {
        lx.set(1, &place)?;
    }
    Ok(Cow::Owned(rows))
}

/// Drafts with the same key, in the order in which each key comes first.
fn grouped<'a, K: ?Sized + Eq + std::hash::Hash>(
    drafts: &[&'a Draft],
    key: impl Fn(&'a Draft) -> Option<&'a K>,
) -> Vec<(Option<&'a K>, Vec<&'a Draft>)> {
    let mut places: HashMap<Option<&K>, usize> = HashMap::new();
    let mut groups: Vec<(Option<&K>, Vec<&Draft>)> = Vec::new();
    for draft in drafts {
        let key = key(draft);
        let at = *places.entry(key).or_insert(groups.len());
        match groups.get_mut(at) {
            Some((_, members)) => members.push(draft),
            None => groups.push((key, vec![draft])),
        }
    }
    groups
}
