//! Control numbers and counts: what an ISA, GS or ST promised against what its trailer says.

use std::borrow::Cow;

use crate::finding::{Code, Finding, Findings, Severity};
use crate::segment::{Place, Segment, tag};

/// One open level: its control number and how many of the level below it holds.
#[derive(Clone, Debug)]
struct Level {
    control: Vec<u8>,
    holds: u64,
}

/// Which levels are open, and what they count.
#[derive(Clone, Debug, Default)]
pub(crate) struct Envelope {
    interchange: Option<Level>,
    group: Option<Level>,
    transaction: Option<Level>,
}

impl Envelope {
    /// True between ST and SE.
    pub(crate) const fn in_transaction(&self) -> bool {
        self.transaction.is_some()
    }

    /// Takes note of a segment that only goes on with its transaction; false outside of one.
    #[inline]
    pub(crate) const fn count_plain(&mut self) -> bool {
        match &mut self.transaction {
            Some(transaction) => {
                transaction.holds += 1;
                true
            }
            None => false,
        }
    }

    /// Takes note of one segment in the order of the file.
    pub(crate) fn observe(&mut self, segment: &Segment<'_>, findings: &mut Findings) {
        self.count_plain();
        let at = segment.place();
        match segment.tag() {
            tag::ISA => {
                self.close_all(at, findings);
                self.interchange = Some(Level::open(segment.bytes(13)));
            }
            tag::GS => {
                self.close_below_interchange(at, findings);
                count(&mut self.interchange);
                self.group = Some(Level::open(segment.bytes(6)));
            }
            tag::ST => {
                missing(self.transaction.take(), "SE", at, findings);
                count(&mut self.group);
                self.transaction = Some(Level { holds: 1, ..Level::open(segment.bytes(2)) });
            }
            tag::SE => close(&mut self.transaction, segment, &TRANSACTION, findings),
            tag::GE => {
                missing(self.transaction.take(), "SE", at, findings);
                close(&mut self.group, segment, &GROUP, findings);
            }
            tag::IEA => {
                self.close_below_interchange(at, findings);
                close(&mut self.interchange, segment, &INTERCHANGE, findings);
            }
            _ => {}
        }
    }

    /// The file ends: every level still open lacks its trailer.
    pub(crate) fn close_all(&mut self, at: Place, findings: &mut Findings) {
        self.close_below_interchange(at, findings);
        missing(self.interchange.take(), "IEA", at, findings);
    }

    fn close_below_interchange(&mut self, at: Place, findings: &mut Findings) {
        missing(self.transaction.take(), "SE", at, findings);
        missing(self.group.take(), "GE", at, findings);
    }
}

impl Level {
    fn open(control: &[u8]) -> Level {
        Level { control: control.trim_ascii().to_vec(), holds: 0 }
    }
}

/// What one trailer must agree with.
struct Trailer {
    count: Code,
    control: Code,
    counted: &'static str,
    control_message: &'static str,
    stray: &'static str,
}

const TRANSACTION: Trailer = Trailer {
    count: Code::SegmentCount,
    control: Code::TransactionControl,
    counted: "SE01 should count the segments from ST to SE",
    control_message: "SE02 does not repeat ST02",
    stray: "SE without an ST before it",
};

const GROUP: Trailer = Trailer {
    count: Code::TransactionCount,
    control: Code::GroupControl,
    counted: "GE01 should count the transactions of the group",
    control_message: "GE02 does not repeat GS06",
    stray: "GE without a GS before it",
};

const INTERCHANGE: Trailer = Trailer {
    count: Code::GroupCount,
    control: Code::InterchangeControl,
    counted: "IEA01 should count the groups of the interchange",
    control_message: "IEA02 does not repeat ISA13",
    stray: "IEA without an ISA before it",
};

fn close(
    level: &mut Option<Level>,
    segment: &Segment<'_>,
    trailer: &Trailer,
    findings: &mut Findings,
) {
    let at = segment.place();
    let Some(level) = level.take() else {
        findings.push(warning(at, Code::StrayTrailer, trailer.stray.into()));
        return;
    };
    let stated = segment.text(1);
    if stated.parse() != Ok(level.holds) {
        let message = format!("{}: counted {}, stated otherwise", trailer.counted, level.holds);
        findings.push(warning(at, trailer.count, message.into()));
    }
    if segment.bytes(2).trim_ascii() != level.control {
        findings.push(warning(at, trailer.control, trailer.control_message.into()));
    }
}

fn missing(level: Option<Level>, trailer: &'static str, at: Place, findings: &mut Findings) {
    if level.is_some() {
        let message = format!("expected {trailer} before this place");
        findings.push(warning(at, Code::MissingTrailer, message.into()));
    }
}

fn count(level: &mut Option<Level>) {
    if let Some(level) = level {
        level.holds += 1;
    }
}

const fn warning(at: Place, code: Code, message: Cow<'static, str>) -> Finding {
    Finding {
        at,
        code,
        severity: Severity::Warning,
        message,
        hint: "the file may be cut off or put together by hand; ask the sender for it again",
    }
}
