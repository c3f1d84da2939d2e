//! Bytes to blocks of segments; never fails, collects findings, holds one block at a time.

use std::io::Read;

use memchr::{memchr, memmem};

use crate::block::{Block, Kind, Mark};
use crate::delimiters::{Delimiters, ISA_LIMIT, USUAL};
use crate::envelope::Envelope;
use crate::finding::{self, Code, Finding, Findings, Severity};
use crate::hierarchy::Hierarchy;
use crate::loops::Shape;
use crate::segment::{Place, Segment, Tag, tag};
use crate::separators::{Index, marks};

/// Bytes asked of the source at first; a small file needs no more.
const FIRST: usize = 8 * 1024;

/// Bytes held for a long file, doubled from [`FIRST`] on; a larger block makes them more.
const CHUNK: usize = 256 * 1024;

/// Bytes looked at to tell separators.
const NEARBY: usize = 4_096;

/// The largest block that is held whole.
const BLOCK_LIMIT: usize = 16 * 1024 * 1024;

/// Reads X12 from any source. Memory holds one block and one chunk, however long the file is.
///
/// A source that fails is read as if it ended there; [`Reader::fault`] tells.
pub struct Reader<R> {
    source: R,
    buffer: Vec<u8>,
    filled: usize,
    offset: u64,
    start: usize,
    scan: usize,
    ended: bool,
    fault: Option<std::io::Error>,
    done: bool,
    marks: Vec<Mark>,
    /// The segment after the block, found already: its bytes, and where to go on after it.
    ahead: Option<(Mark, usize)>,
    number: u32,
    /// Where the segments from `scan` on end.
    index: Index,
    /// The separators in force where reading goes on; `None` between interchanges.
    delimiters: Option<Delimiters>,
    /// The separators of the block that is being put together.
    current: Delimiters,
    shape: Shape,
    kind: Kind,
    envelope: Envelope,
    hierarchy: Hierarchy,
    transactions: u64,
    findings: Findings,
}

/// What a segment does to the block before it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    /// It begins a block of this kind.
    Begins(Kind),
    /// It goes on with the block.
    Continues,
}

impl<R: Read> Reader<R> {
    /// A reader at the beginning of a source.
    pub fn new(source: R) -> Reader<R> {
        Reader {
            source,
            buffer: Vec::new(),
            filled: 0,
            offset: 0,
            start: 0,
            scan: 0,
            ended: false,
            fault: None,
            done: false,
            marks: Vec::new(),
            ahead: None,
            number: 0,
            index: Index::new(),
            delimiters: None,
            current: USUAL,
            shape: Shape::of(b""),
            kind: Kind::Envelope,
            envelope: Envelope::default(),
            hierarchy: Hierarchy::default(),
            transactions: 0,
            findings: Findings::default(),
        }
    }

    /// The next block, or `None` at the end. The blocks' [`Block::raw`] bytes, put end to end, are
    /// the bytes of the source.
    #[expect(clippy::should_implement_trait, reason = "the block borrows from the reader")]
    pub fn next(&mut self) -> Option<Block<'_>> {
        self.start = self.scan;
        self.marks.clear();
        while let Some((mark, after)) = self.ahead.take().or_else(|| self.peek()) {
            if self.goes_on(&mark, after) {
                continue;
            }
            let role = self.role(mark);
            let begins = matches!(role, Role::Begins(_));
            if !self.marks.is_empty() && (begins || self.is_too_large(after)) {
                self.ahead = Some((mark, after));
                return Some(self.block());
            }
            if let Role::Begins(kind) = role {
                self.kind = kind;
            }
            self.take(mark, after);
            if self.kind == Kind::Envelope {
                return Some(self.block());
            }
        }
        self.last_block()
    }

    /// The short way for nearly every segment: one that its guide has between others of a unit.
    #[inline]
    fn goes_on(&mut self, mark: &Mark, after: usize) -> bool {
        let fits = after.wrapping_sub(self.start) <= BLOCK_LIMIT && !self.marks.is_empty();
        let plain = fits && self.shape.continues(mark.tag) && self.envelope.count_plain();
        if plain {
            self.marks.push(*mark);
            self.number = self.number.saturating_add(1);
            self.scan = after;
        }
        plain
    }

    /// Adds what a view of a block found odd, so that one list tells all.
    pub fn note(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    /// Why the source stopped giving bytes before its end, if it did.
    #[must_use]
    pub const fn fault(&self) -> Option<&std::io::Error> {
        self.fault.as_ref()
    }

    /// Segments read so far.
    #[must_use]
    pub const fn segments(&self) -> u32 {
        self.number
    }

    fn block(&self) -> Block<'_> {
        let count = u32::try_from(self.marks.len()).unwrap_or(u32::MAX);
        Block {
            kind: self.kind,
            buffer: self.buffer.get(..self.filled).unwrap_or_default(),
            marks: &self.marks,
            offset: self.offset,
            first: self.number.saturating_sub(count).saturating_add(1),
            delimiters: self.current,
            raw: (self.start, self.scan),
        }
    }

    /// What is left: an open block, or bytes without any segment.
    fn last_block(&mut self) -> Option<Block<'_>> {
        if self.ended && !self.done {
            self.done = true;
            self.end_of_file();
        }
        if self.marks.is_empty() {
            self.kind = Kind::Envelope;
        }
        (self.start < self.scan).then(|| self.block())
    }

    fn end_of_file(&mut self) {
        if self.number == 0 {
            self.report(
                self.start,
                Code::NothingFound,
                Severity::Error,
                "expected an X12 interchange that begins with ISA, and none was found",
                "check that the file is the payer's or the clearinghouse's own, not a picture of it",
            );
        }
    }

    /// Finds the next segment without taking it: its bytes, and where to go on after it. `None` at
    /// the end, or where a block must be given away before more is read.
    fn peek(&mut self) -> Option<(Mark, usize)> {
        self.peek_near().or_else(|| self.peek_anywhere())
    }

    /// The same for what nearly every segment is: no blank before it, no ISA, its end at hand.
    #[inline]
    fn peek_near(&mut self) -> Option<(Mark, usize)> {
        let told = self.delimiters?;
        let filled = self.buffer.get(..self.filled)?;
        let first = *filled.get(self.scan)?;
        if first == b'I' || is_blank(first) {
            return None;
        }
        let end = self.index.end(filled, self.scan, told)?;
        let raw = filled.get(self.scan..end)?;
        let tag = Tag::of_segment(raw, told.element);
        let elements = self.index.elements(self.scan, end);
        Some((Mark { start: self.scan, end, tag, elements }, end.wrapping_add(1)))
    }

    fn peek_anywhere(&mut self) -> Option<(Mark, usize)> {
        self.skip_blanks()?;
        let is_isa = self.starts_with_id(b"ISA");
        if (self.delimiters.is_none() || is_isa) && !self.find_interchange(is_isa) {
            return None;
        }
        self.find_end()
    }

    /// Moves over blanks and line breaks; `None` at the end of the source.
    fn skip_blanks(&mut self) -> Option<()> {
        loop {
            let rest = self.buffer.get(self.scan..self.filled).unwrap_or_default();
            if let Some(blanks) = rest.iter().position(|byte| !is_blank(*byte)) {
                self.scan += blanks;
                return Some(());
            }
            self.scan = self.filled;
            if self.scan - self.start > BLOCK_LIMIT || !self.fill() {
                return None;
            }
        }
    }

    fn starts_with_id(&mut self, id: &[u8]) -> bool {
        while self.filled - self.scan <= id.len() && self.fill() {}
        let rest = self.rest();
        rest.starts_with(id) && rest.get(id.len()).is_some_and(|byte| !byte.is_ascii_alphanumeric())
    }

    fn rest(&self) -> &[u8] {
        self.buffer.get(self.scan..self.filled).unwrap_or_default()
    }

    /// Sets the separators at an ISA, or looks for one; false where the rest holds none.
    fn find_interchange(&mut self, is_isa: bool) -> bool {
        while self.filled - self.scan < NEARBY && self.fill() {}
        if is_isa {
            self.use_isa();
            true
        } else if opens_transaction(self.rest()) {
            self.use_usual();
            true
        } else {
            self.seek_isa()
        }
    }

    fn use_isa(&mut self) {
        let found = Delimiters::of_isa(self.rest());
        if found.is_none() {
            self.report(
                self.scan,
                Code::UnreadableIsa,
                Severity::Error,
                "expected sixteen elements in ISA, and fewer came; common separators are assumed",
                "the file is cut off or altered; ask the sender for it again",
            );
        }
        self.delimiters = found.or_else(|| Some(Delimiters::guessed(self.rest(), 3)));
        self.index.forget();
    }

    fn use_usual(&mut self) {
        self.report(
            self.scan,
            Code::NoInterchange,
            Severity::Warning,
            "expected ISA before the first group or transaction; common separators are assumed",
            "the file was cut out of a larger one; whether it is a test cannot be told",
        );
        let id = self.rest().iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
        self.delimiters = Some(Delimiters::guessed(self.rest(), id));
        self.index.forget();
    }

    /// Looks for an ISA further on, chunk by chunk. Distances count from the block's beginning,
    /// since the buffer moves when it is filled.
    fn seek_isa(&mut self) -> bool {
        let stray = self.scan - self.start;
        let mut from = stray;
        loop {
            let rest = self.buffer.get(self.start + from..self.filled).unwrap_or_default();
            let Some(at) = memmem::find(rest, b"ISA") else {
                from = from.max((self.filled - self.start).saturating_sub(2));
                if self.filled - self.start > BLOCK_LIMIT || !self.fill() {
                    self.tell_stray(stray, self.filled - self.start);
                    self.scan = self.filled;
                    return false;
                }
                continue;
            };
            if rest.len() - at < ISA_LIMIT && self.fill() {
                continue;
            }
            let rest = self.buffer.get(self.start + from + at..self.filled).unwrap_or_default();
            if Delimiters::of_isa(rest).is_some() {
                self.tell_stray(stray, from + at);
                self.scan = self.start + from + at;
                self.use_isa();
                return true;
            }
            from += at + 1;
        }
    }

    fn tell_stray(&mut self, from: usize, to: usize) {
        let (from, to) = (self.start + from, self.start + to);
        let bytes = self.buffer.get(from..to).unwrap_or_default().trim_ascii_end();
        let is_mark = bytes == b"\xef\xbb\xbf";
        let severity = if is_mark { Severity::Note } else { Severity::Warning };
        let message = if is_mark {
            "a byte order mark stands before ISA"
        } else {
            "text that is no X12 stands before or after the interchange"
        };
        self.report(from, Code::StrayText, severity, message, "harmless: it is kept and not read");
    }

    /// Finds the terminator of the segment that begins at `scan`.
    fn find_end(&mut self) -> Option<(Mark, usize)> {
        let terminator = self.delimiters.unwrap_or(USUAL).segment;
        let mut searched = 0;
        loop {
            let rest = self.rest();
            if let Some(at) = memchr(terminator, rest.get(searched..).unwrap_or_default()) {
                let end = self.scan + searched + at;
                return Some((self.mark(end), end + 1));
            }
            searched = rest.len();
            let endless = searched > BLOCK_LIMIT;
            if endless || !self.fill() {
                return Some(self.unterminated(endless));
            }
        }
    }

    fn mark(&self, end: usize) -> Mark {
        let separator = self.delimiters.unwrap_or(USUAL).element;
        let raw = self.buffer.get(self.scan..end).unwrap_or_default();
        let tag = Tag::of_segment(raw, separator);
        Mark { start: self.scan, end, tag, elements: marks(raw, separator) }
    }

    fn unterminated(&mut self, endless: bool) -> (Mark, usize) {
        let code = if endless { Code::TooLarge } else { Code::Unterminated };
        self.report(
            self.scan,
            code,
            Severity::Warning,
            "expected a segment terminator, and the text went on to its end without one",
            "the file is cut off, or its separators are not those that its ISA declares",
        );
        let end = self.scan + self.rest().trim_ascii_end().len();
        (self.mark(end), self.filled)
    }

    /// Reads one more chunk, after moving what is still needed to the front. False at the end.
    fn fill(&mut self) -> bool {
        if self.ended {
            return false;
        }
        self.index.forget();
        if self.start > 0 {
            self.move_to_front();
        }
        let held = self.buffer.len();
        if held < CHUNK || held - self.filled < held / 2 {
            self.buffer.resize((2 * held).max(FIRST), 0);
        }
        loop {
            let room = self.buffer.get_mut(self.filled..).unwrap_or_default();
            match self.source.read(room) {
                Ok(count) => {
                    self.filled += count;
                    self.ended = count == 0;
                }
                Err(fault) if fault.kind() == std::io::ErrorKind::Interrupted => continue,
                Err(fault) => {
                    self.fault = Some(fault);
                    self.ended = true;
                }
            }
            return !self.ended;
        }
    }

    fn move_to_front(&mut self) {
        self.buffer.copy_within(self.start..self.filled, 0);
        for mark in &mut self.marks {
            mark.start -= self.start;
            mark.end -= self.start;
        }
        if let Some((mark, after)) = &mut self.ahead {
            mark.start -= self.start;
            mark.end -= self.start;
            *after -= self.start;
        }
        self.offset += self.start as u64;
        self.filled -= self.start;
        self.scan -= self.start;
        self.start = 0;
    }

    fn role(&self, mark: Mark) -> Role {
        let id = mark.tag;
        match id {
            tag::ST => Role::Begins(Kind::Head),
            tag::ISA | tag::GS | tag::GE | tag::IEA => Role::Begins(Kind::Envelope),
            _ if !self.envelope.in_transaction() => Role::Begins(Kind::Envelope),
            _ if self.shape.ends(id) && self.kind != Kind::Tail => Role::Begins(Kind::Tail),
            _ if self.shape.opens(id) && !self.joins_group_header(id) => Role::Begins(Kind::Unit),
            _ => Role::Continues,
        }
    }

    /// A CLP right after its LX, TS3 or TS2 stays in one block with them.
    fn joins_group_header(&self, id: Tag) -> bool {
        let holds_claim = || self.marks.iter().any(|mark| mark.tag == tag::CLP);
        let opener = self.marks.first().map(|mark| mark.tag);
        id == tag::CLP && opener == Some(tag::LX) && self.marks.len() <= 4 && !holds_claim()
    }

    fn is_too_large(&mut self, after: usize) -> bool {
        let large = after - self.start > BLOCK_LIMIT;
        if large {
            self.report(
                self.scan,
                Code::TooLarge,
                Severity::Warning,
                "one claim or level is larger than sixteen megabytes; it is read in parts",
                "check the file: segments of several claims may have lost their openers",
            );
        }
        large
    }

    fn take(&mut self, mark: Mark, after: usize) {
        let raw = self.buffer.get(mark.start..mark.end).unwrap_or_default();
        let place =
            Place { segment: self.number.saturating_add(1), byte: self.offset + mark.start as u64 };
        if self.marks.is_empty() {
            self.current = self.delimiters.unwrap_or(USUAL);
        }
        let segment = Segment::marked(raw, self.current, place, &mark);
        self.envelope.observe(&segment, &mut self.findings);
        match mark.tag {
            tag::ST => {
                self.transactions += 1;
                self.hierarchy.clear();
                self.shape = Shape::of(segment.bytes(1).trim_ascii());
            }
            tag::HL => self.hierarchy.observe(&segment, &mut self.findings),
            tag::IEA => self.delimiters = None,
            id if !id.is_well_formed() => self.findings.push(finding::malformed_segment(place)),
            id if self.envelope.in_transaction() && !self.shape.knows(id) => {
                self.findings.push(finding::unknown_segment(place));
            }
            _ => {}
        }
        self.marks.push(mark);
        self.number = self.number.saturating_add(1);
        self.scan = after;
    }

    fn report(
        &mut self,
        at: usize,
        code: Code,
        severity: Severity,
        message: &'static str,
        hint: &'static str,
    ) {
        let at = Place { segment: self.number, byte: self.offset + at as u64 };
        self.findings.push(Finding { at, code, severity, message: message.into(), hint });
    }
}

impl<R: Read> Reader<R> {
    /// Ends the reading: what is still open lacks its trailer. Returns every finding.
    #[must_use]
    pub fn finish(mut self) -> Vec<Finding> {
        while self.next().is_some() {}
        let at = Place { segment: self.number, byte: self.offset + self.filled as u64 };
        self.envelope.close_all(at, &mut self.findings);
        if self.number > 0 && self.transactions == 0 {
            let end = self.filled;
            self.report(
                end,
                Code::NothingFound,
                Severity::Note,
                "the interchange holds no transaction (ST)",
                "an acknowledgement by TA1 alone is whole; anything else is cut off",
            );
        }
        self.findings.into_vec()
    }
}

/// True at an ST or GS that is one: `ST*835*`, `GS*HP*`, not the `ST.` of a street.
fn opens_transaction(bytes: &[u8]) -> bool {
    match bytes {
        [b'S', b'T', separator, set @ ..] => is_element(set, 3, *separator),
        [b'G', b'S', separator, code @ ..] => is_element(code, 2, *separator),
        _ => false,
    }
}

/// True where `length` letters or digits stand before the same separator.
fn is_element(bytes: &[u8], length: usize, separator: u8) -> bool {
    let element = bytes.get(..length).unwrap_or_default();
    separator.is_ascii_punctuation()
        && element.len() == length
        && element.iter().all(u8::is_ascii_alphanumeric)
        && bytes.get(length) == Some(&separator)
}

pub(crate) const fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | 0x00 | 0x1a)
}
