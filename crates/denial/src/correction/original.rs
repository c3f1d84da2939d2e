//! Claims taken out of an 837 with all that is needed to send them again.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use smol_str::SmolStr;
use x12::t837::{self, Form, Part};
use x12::{Block, Kind, Reader, Row, Segment};

use crate::correction::draft::Draft;
use crate::element::small;
use crate::envelope::Envelope;

/// Who sends to whom, as ISA and GS said it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Parties {
    /// ISA05 and ISA06.
    pub sender: (SmolStr, SmolStr),
    /// ISA07 and ISA08.
    pub receiver: (SmolStr, SmolStr),
    /// GS02.
    pub application: SmolStr,
    /// GS03.
    pub receiving: SmolStr,
}

/// What holds for the whole transaction that a claim came in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Source {
    pub(crate) parties: Parties,
    /// Version of the guide (GS08 or ST03), as it came.
    pub(crate) version: SmolStr,
    pub(crate) form: Form,
    /// BHT06: CH for claims, RP for encounters.
    pub(crate) purport: SmolStr,
    /// Submitter and receiver (1000A, 1000B): what follows BHT.
    pub(crate) head: Vec<Row>,
    pub(crate) test: bool,
}

/// One claim as it was sent, with the levels above it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Original {
    position: u64,
    draft: Draft,
}

impl Original {
    /// Which claim of its file it is, counted from 0 as [`Billed`](crate::billed::Billed) gives
    /// them.
    #[must_use]
    pub const fn position(&self) -> u64 {
        self.position
    }

    /// The claim as it was sent; a copy of it is what people change.
    #[must_use]
    pub const fn draft(&self) -> &Draft {
        &self.draft
    }
}

/// The claims at these positions of a file, in one pass that ends with the last of them.
#[must_use]
pub fn originals(file: &[u8], positions: &BTreeSet<u64>) -> BTreeMap<u64, Original> {
    let mut reader = Reader::new(file);
    let mut wanted = Originals::at(positions.clone());
    let mut found = BTreeMap::new();
    while let Some(block) = reader.next() {
        if let Some(original) = wanted.read(&block) {
            found.insert(original.position, original);
        }
        if wanted.is_done() {
            break;
        }
    }
    found
}

/// Takes claims out of an 837 that is read block by block.
#[derive(Clone, Debug, Default)]
pub struct Originals {
    /// `None` for every claim.
    wanted: Option<BTreeSet<u64>>,
    next: u64,
    inside: bool,
    envelope: Envelope,
    parties: Parties,
    source: Option<Arc<Source>>,
    billing: Arc<Vec<Row>>,
    subscriber: Arc<Vec<Row>>,
    patient: Option<Arc<Vec<Row>>>,
}

impl Originals {
    /// Every claim of the file.
    #[must_use]
    pub fn all() -> Originals {
        Originals::default()
    }

    /// The claims at these positions alone.
    #[must_use]
    pub fn at(positions: BTreeSet<u64>) -> Originals {
        Originals { wanted: Some(positions), ..Originals::default() }
    }

    /// True where no claim further on is wanted.
    #[must_use]
    pub fn is_done(&self) -> bool {
        let last = self.wanted.as_ref().map(|wanted| wanted.last().copied());
        last.is_some_and(|last| last.is_none_or(|last| last < self.next))
    }

    /// Reads one block; a claim that is wanted is given.
    pub fn read(&mut self, block: &Block<'_>) -> Option<Original> {
        let opener = block.opener()?;
        match block.kind() {
            Kind::Envelope => self.envelope(&opener),
            Kind::Head => self.head(block, &opener),
            Kind::Unit if self.inside => return self.unit(block, &opener),
            Kind::Unit | Kind::Tail => {}
        }
        None
    }

    fn envelope(&mut self, segment: &Segment<'_>) {
        self.inside = false;
        self.envelope.observe(segment);
        let element = |number| small(segment.bytes(number));
        match segment.id() {
            b"ISA" => {
                self.parties = Parties {
                    sender: (element(5), element(6)),
                    receiver: (element(7), element(8)),
                    ..Parties::default()
                };
            }
            b"GS" => (self.parties.application, self.parties.receiving) = (element(2), element(3)),
            _ => {}
        }
    }

    fn head(&mut self, block: &Block<'_>, opener: &Segment<'_>) {
        self.inside = opener.bytes(1).trim_ascii() == b"837";
        (self.billing, self.subscriber, self.patient) = Default::default();
        let mut version = self.envelope.version.clone();
        let (mut purport, mut head) = (SmolStr::default(), Vec::new());
        for segment in block.segments() {
            if let Part::Start(start) = t837::part(&segment) {
                if !start.version.trim_ascii().is_empty() {
                    version = small(start.version);
                }
            } else if let Part::Beginning(beginning) = t837::part(&segment) {
                purport = small(beginning.purport);
            } else {
                head.push(Row::read(&segment));
            }
        }
        let form = form(&version);
        let (parties, test) = (self.parties.clone(), self.envelope.test);
        self.source = Some(Arc::new(Source { parties, version, form, purport, head, test }));
    }

    fn unit(&mut self, block: &Block<'_>, opener: &Segment<'_>) -> Option<Original> {
        if let Part::Level(level) = t837::part(opener) {
            let rows = Arc::new(block.segments().skip(1).map(|one| Row::read(&one)).collect());
            self.level(level.code, rows);
        }
        let Part::Claim(_) = t837::part(opener) else { return None };
        let position = self.next;
        self.next = self.next.saturating_add(1);
        let is_wanted = self.wanted.as_ref().is_none_or(|some| some.contains(&position));
        let source = self.source.clone().filter(|_| is_wanted)?;
        let rows = block.segments().map(|one| Row::read(&one));
        let levels = (self.billing.clone(), self.subscriber.clone(), self.patient.clone());
        let draft = Draft::of(source, levels, block.delimiters(), rows);
        Some(Original { position, draft })
    }

    /// As for [`Billed`](crate::billed::Billed), levels hold by order.
    fn level(&mut self, code: &[u8], rows: Arc<Vec<Row>>) {
        match code {
            b"20" => (self.billing, self.subscriber, self.patient) = (rows, Arc::default(), None),
            b"22" => (self.subscriber, self.patient) = (rows, None),
            b"23" => self.patient = Some(rows),
            _ => {}
        }
    }
}

/// Which of the three guides a version is of: 4010 and 5010 number them alike.
fn form(version: &str) -> Form {
    match version.get(6..10).unwrap_or_default() {
        "X096" | "X223" => Form::Institutional,
        "X097" | "X224" => Form::Dental,
        _ => Form::Professional,
    }
}
