//! Segments to bytes: those that were read, and new ones in an envelope that counts itself.

use std::fmt;

use crate::delimiters::Delimiters;
use crate::row::Row;
use crate::segment::Segment;

/// Writes segments with the separators they were read with, each followed by its terminator.
/// Line breaks between segments and stray text are not written again.
pub fn write<'a>(
    segments: impl Iterator<Item = Segment<'a>>,
    delimiters: Delimiters,
    out: &mut Vec<u8>,
) {
    for segment in segments {
        out.extend_from_slice(segment.raw());
        out.push(delimiters.segment);
    }
}

/// Who sends an interchange to whom, when and under which number.
#[derive(Clone, Copy, Debug)]
pub struct Interchange<'a> {
    /// ISA05 and ISA06: qualifier and id of the sender.
    pub sender: (&'a str, &'a str),
    /// ISA07 and ISA08.
    pub receiver: (&'a str, &'a str),
    /// ISA09: YYMMDD.
    pub date: &'a str,
    /// ISA10: HHMM.
    pub time: &'a str,
    /// ISA13.
    pub control: u32,
    /// ISA14: true to ask for a TA1.
    pub wants_receipt: bool,
    /// ISA15: true for T.
    pub test: bool,
}

/// What a group is and under which number.
#[derive(Clone, Copy, Debug)]
pub struct Group<'a> {
    /// GS01: HC for claims, HP for remittances.
    pub code: &'a str,
    /// GS02.
    pub sender: &'a str,
    /// GS03.
    pub receiver: &'a str,
    /// GS04: CCYYMMDD.
    pub date: &'a str,
    /// GS05: HHMM.
    pub time: &'a str,
    /// GS06.
    pub control: u32,
    /// GS08: version of the guide.
    pub version: &'a str,
}

/// Writes interchanges; trailers, counts and control numbers come by themselves.
#[derive(Clone, Debug)]
pub struct Writer {
    out: Vec<u8>,
    delimiters: Delimiters,
    interchange: Option<Open>,
    group: Option<Open>,
    transaction: Option<Open>,
    fault: Option<Unwritable>,
}

/// An open level: its control number as written, and what it holds so far.
#[derive(Clone, Debug)]
struct Open {
    control: String,
    holds: u32,
}

/// Something that X12 cannot carry. It names the place, never the text, which may be a patient's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unwritable {
    /// Segment id.
    pub segment: String,
    /// Element, from 1.
    pub element: usize,
    /// What is wrong.
    pub fault: WriteFault,
}

/// Why an element cannot be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WriteFault {
    /// It holds a separator or a control character, and X12 has no way to escape one.
    Separator,
    /// It is longer than its place in the fixed ISA.
    TooLong,
}

impl fmt::Display for Unwritable {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Unwritable { segment, element, fault } = self;
        let why = match fault {
            WriteFault::Separator => "holds a separator or a control character",
            WriteFault::TooLong => "is longer than its fixed place",
        };
        write!(out, "element {element} of {segment} {why}")
    }
}

impl std::error::Error for Unwritable {}

impl Writer {
    /// An empty file with these separators.
    #[must_use]
    pub const fn new(delimiters: Delimiters) -> Writer {
        let (interchange, group, transaction) = (None, None, None);
        Writer { out: Vec::new(), delimiters, interchange, group, transaction, fault: None }
    }

    /// Begins an interchange (ISA), after ending what is open.
    pub fn interchange(&mut self, isa: &Interchange<'_>) {
        self.end_interchange();
        let control = format!("{:09}", isa.control);
        self.note_length("ISA", 6, isa.sender.1, 15);
        self.note_length("ISA", 8, isa.receiver.1, 15);
        self.note_length("ISA", 13, &control, 9);
        let repetition = self.delimiters.repetition.map_or('U', char::from);
        let component = char::from(self.delimiters.component);
        let version = if self.delimiters.repetition.is_some() { "00501" } else { "00401" };
        let padded = |text: &str, width: usize| format!("{text:width$}");
        let elements: [String; 14] = [
            "00".to_owned(),
            padded("", 10),
            "00".to_owned(),
            padded("", 10),
            padded(isa.sender.0, 2),
            padded(isa.sender.1, 15),
            padded(isa.receiver.0, 2),
            padded(isa.receiver.1, 15),
            isa.date.to_owned(),
            isa.time.to_owned(),
            repetition.to_string(),
            version.to_owned(),
            control.clone(),
            u8::from(isa.wants_receipt).to_string(),
        ];
        let mut line = self.segment("ISA");
        for (at, element) in elements.iter().enumerate() {
            // ISA11 is itself a separator and must not be refused.
            line = if at == 10 { line.raw(element) } else { line.element(element) };
        }
        line.element(if isa.test { "T" } else { "P" }).raw(&component.to_string());
        self.interchange = Some(Open { control, holds: 0 });
    }

    /// Begins a group (GS), after ending the last.
    pub fn group(&mut self, gs: &Group<'_>) {
        self.end_group();
        let control = gs.control.to_string();
        let line = self.segment("GS").element(gs.code).element(gs.sender).element(gs.receiver);
        let line = line.element(gs.date).element(gs.time).element(&control).element("X");
        line.element(gs.version);
        count(&mut self.interchange);
        self.group = Some(Open { control, holds: 0 });
    }

    /// Begins a transaction (ST), after ending the last; it is numbered within its group.
    /// The version is left out before 5010.
    pub fn transaction(&mut self, set: &str, version: &str) {
        self.end_transaction();
        count(&mut self.group);
        let control = format!("{:04}", self.group.as_ref().map_or(1, |group| group.holds));
        self.transaction = Some(Open { control: control.clone(), holds: 0 });
        self.segment("ST").element(set).element(&control).element(version);
    }

    /// Begins a segment; it ends where the value is dropped. Empty elements at its end are left
    /// out.
    pub fn segment(&mut self, id: &str) -> Line<'_> {
        count(&mut self.transaction);
        self.out.extend_from_slice(id.as_bytes());
        Line { writer: self, id: id.to_owned(), element: 0 }
    }

    /// Writes a segment as it was read, with these separators where it had others.
    pub fn copy(&mut self, row: &Row) {
        count(&mut self.transaction);
        match row.written(self.delimiters) {
            Ok(bytes) => self.out.extend_from_slice(&bytes),
            Err(fault) => {
                self.fault.get_or_insert(fault);
            }
        }
        self.out.push(self.delimiters.segment);
    }

    /// Ends what is open and gives the bytes.
    ///
    /// # Errors
    /// [`Unwritable`] names the first element that X12 cannot carry.
    pub fn finish(mut self) -> Result<Vec<u8>, Unwritable> {
        self.end_interchange();
        match self.fault {
            Some(fault) => Err(fault),
            None => Ok(self.out),
        }
    }

    fn end_interchange(&mut self) {
        self.end_group();
        self.trailer("IEA", |writer| writer.interchange.take());
    }

    fn end_group(&mut self) {
        self.end_transaction();
        self.trailer("GE", |writer| writer.group.take());
    }

    /// SE counts itself.
    fn end_transaction(&mut self) {
        count(&mut self.transaction);
        self.trailer("SE", |writer| writer.transaction.take());
    }

    fn trailer(&mut self, id: &str, take: impl FnOnce(&mut Writer) -> Option<Open>) {
        if let Some(Open { control, holds }) = take(self) {
            self.segment(id).element(&holds.to_string()).element(&control);
        }
    }

    fn note_length(&mut self, segment: &str, element: usize, text: &str, most: usize) {
        if text.len() > most {
            self.note(segment, element, WriteFault::TooLong);
        }
    }

    fn note(&mut self, segment: &str, element: usize, fault: WriteFault) {
        let segment = segment.to_owned();
        self.fault.get_or_insert(Unwritable { segment, element, fault });
    }

    fn is_separator(&self, byte: u8) -> bool {
        let Delimiters { element, component, repetition, segment } = self.delimiters;
        byte.is_ascii_control()
            || [element, component, segment].contains(&byte)
            || Some(byte) == repetition
    }
}

fn count(level: &mut Option<Open>) {
    if let Some(level) = level {
        level.holds += 1;
    }
}

/// A segment that is being written.
#[derive(Debug)]
pub struct Line<'a> {
    writer: &'a mut Writer,
    id: String,
    element: usize,
}

impl Line<'_> {
    /// The next element.
    pub fn element(self, text: &str) -> Self {
        self.composite(&[text])
    }

    /// The next element, of several components.
    pub fn composite(self, parts: &[&str]) -> Self {
        let separator = self.writer.delimiters.component;
        let line = self.raw("");
        for (at, part) in parts.iter().enumerate() {
            if at > 0 {
                line.writer.out.push(separator);
            }
            if part.bytes().any(|byte| line.writer.is_separator(byte)) {
                line.writer.note(&line.id, line.element, WriteFault::Separator);
            }
            line.writer.out.extend_from_slice(part.as_bytes());
        }
        while parts.len() > 1 && line.writer.out.last() == Some(&separator) {
            line.writer.out.pop();
        }
        line
    }

    /// So many elements left out.
    pub fn gap(self, count: usize) -> Self {
        (0..count).fold(self, |line, _| line.raw(""))
    }

    fn raw(mut self, text: &str) -> Self {
        self.element += 1;
        self.writer.out.push(self.writer.delimiters.element);
        self.writer.out.extend_from_slice(text.as_bytes());
        self
    }
}

impl Drop for Line<'_> {
    fn drop(&mut self) {
        let separator = self.writer.delimiters.element;
        while self.writer.out.last() == Some(&separator) {
            self.writer.out.pop();
        }
        self.writer.out.push(self.writer.delimiters.segment);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::delimiters::USUAL;
    use crate::reader::Reader;

    const ISA: Interchange<'_> = Interchange {
        sender: ("ZZ", "CLINIC"),
        receiver: ("30", "990000001"),
        date: "260105",
        time: "1200",
        control: 7,
        wants_receipt: false,
        test: true,
    };

    const GS: Group<'_> = Group {
        code: "HC",
        sender: "CLINIC",
        receiver: "HOUSE",
        date: "20260105",
        time: "1200",
        control: 70,
        version: "005010X222A1",
    };

    #[test]
    fn counts_and_control_numbers_come_by_themselves() {
        let mut writer = Writer::new(USUAL);
        writer.interchange(&ISA);
        writer.group(&GS);
        for claim in ["A1", "A2"] {
            writer.transaction("837", GS.version);
            let line = writer.segment("CLM").element(claim).element("100").gap(2);
            line.composite(&["11", "B", "1"]).element("Y").gap(3);
        }
        writer.group(&Group { control: 71, ..GS });
        writer.interchange(&Interchange { control: 8, ..ISA });
        let bytes = writer.finish().expect("plain text");
        let text = String::from_utf8(bytes.clone()).expect("text");
        let lines: Vec<&str> = text.split_terminator('~').collect();
        assert_eq!(lines[0].len(), 105);
        let expected = [
            "GS*HC*CLINIC*HOUSE*20260105*1200*70*X*005010X222A1",
            "ST*837*0001*005010X222A1",
            "CLM*A1*100***11:B:1*Y",
            "SE*3*0001",
            "ST*837*0002*005010X222A1",
            "CLM*A2*100***11:B:1*Y",
            "SE*3*0002",
            "GE*2*70",
        ];
        assert_eq!(lines[1..9], expected);
        assert_eq!(lines[10..12], ["GE*0*71", "IEA*2*000000007"]);
        assert_eq!(lines[13], "IEA*0*000000008");
        assert_eq!(Reader::new(&bytes[..]).finish(), []);
    }

    #[test]
    fn what_x12_cannot_carry_is_refused_by_its_place() {
        for (text, fault) in
            [("A*B", true), ("A~", true), ("A:B", true), ("A\nB", true), ("É", false)]
        {
            let mut writer = Writer::new(USUAL);
            writer.segment("NM1").element("IL").element(text);
            let told = writer.finish().err();
            let expected =
                Unwritable { segment: "NM1".to_owned(), element: 2, fault: WriteFault::Separator };
            assert_eq!(told, fault.then_some(expected), "{text:?}");
        }
        let mut writer = Writer::new(USUAL);
        writer.interchange(&Interchange { sender: ("ZZ", "SIXTEEN-LETTERS-"), ..ISA });
        let told = writer.finish().expect_err("sixteen letters");
        assert_eq!(told.to_string(), "element 6 of ISA is longer than its fixed place");
    }
}
