//! Something odd at a place: said with a code, a sentence and a hint, and reading goes on.

use std::borrow::Cow;

use crate::segment::Place;

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Odd, and harmless.
    Note,
    /// The file breaks its guide, and its meaning is still plain.
    Warning,
    /// Something could not be read, or does not agree.
    Error,
}

impl Severity {
    /// The word in reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Severity::Note => "note",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

/// What is odd.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Code {
    /// The bytes hold no X12 at all.
    NothingFound,
    /// Bytes outside any interchange.
    StrayText,
    /// A transaction without an ISA before it.
    NoInterchange,
    /// An ISA whose separators cannot be told.
    UnreadableIsa,
    /// ISA13 and IEA02 differ.
    InterchangeControl,
    /// IEA01 is not the number of groups.
    GroupCount,
    /// GS06 and GE02 differ.
    GroupControl,
    /// GE01 is not the number of transactions.
    TransactionCount,
    /// ST02 and SE02 differ.
    TransactionControl,
    /// SE01 is not the number of segments.
    SegmentCount,
    /// IEA, GE or SE is missing.
    MissingTrailer,
    /// IEA, GE or SE without its beginning.
    StrayTrailer,
    /// The last segment has no terminator.
    Unterminated,
    /// A segment id of other than two or three letters and digits.
    MalformedSegment,
    /// A segment that this transaction does not have.
    UnknownSegment,
    /// An HL that repeats a number or names no level above it.
    Hierarchy,
    /// A unit too large to hold, delivered in parts.
    TooLarge,
    /// An element that is no amount.
    NotAmount,
    /// An element that is no date.
    NotDate,
    /// An element that must be there is empty.
    MissingElement,
    /// More findings than are kept.
    AndMore,
}

impl Code {
    /// The code in reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Code::NothingFound => "nothing_found",
            Code::StrayText => "stray_text",
            Code::NoInterchange => "no_interchange",
            Code::UnreadableIsa => "unreadable_isa",
            Code::InterchangeControl => "interchange_control",
            Code::GroupCount => "group_count",
            Code::GroupControl => "group_control",
            Code::TransactionCount => "transaction_count",
            Code::TransactionControl => "transaction_control",
            Code::SegmentCount => "segment_count",
            Code::MissingTrailer => "missing_trailer",
            Code::StrayTrailer => "stray_trailer",
            Code::Unterminated => "unterminated",
            Code::MalformedSegment => "malformed_segment",
            Code::UnknownSegment => "unknown_segment",
            Code::Hierarchy => "hierarchy",
            Code::TooLarge => "too_large",
            Code::NotAmount => "not_amount",
            Code::NotDate => "not_date",
            Code::MissingElement => "missing_element",
            Code::AndMore => "and_more",
        }
    }
}

/// Something odd at a place. The texts never hold an element that may be patient data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Where.
    pub at: Place,
    /// What.
    pub code: Code,
    /// How much it matters.
    pub severity: Severity,
    /// What was expected and what came.
    pub message: Cow<'static, str>,
    /// What to do about it.
    pub hint: &'static str,
}

/// Findings kept for one file; the rest are counted.
const KEPT: usize = 10_000;

/// The findings of one file, so many at most, with an honest count of the rest.
#[derive(Clone, Debug, Default)]
pub struct Findings {
    kept: Vec<Finding>,
    beyond: u64,
}

impl Findings {
    /// Keeps a finding, or counts it.
    pub fn push(&mut self, finding: Finding) {
        if self.kept.len() < KEPT {
            self.kept.push(finding);
        } else {
            self.beyond += 1;
        }
    }

    /// Keeps every finding of an iterator.
    pub fn extend(&mut self, findings: impl IntoIterator<Item = Finding>) {
        findings.into_iter().for_each(|finding| self.push(finding));
    }

    /// Everything kept, in the order of the file, and a last one that counts what was not kept.
    #[must_use]
    pub fn into_vec(mut self) -> Vec<Finding> {
        self.kept.sort_by_key(|finding| finding.at);
        if self.beyond > 0 {
            let at = self.kept.last().map(|finding| finding.at).unwrap_or_default();
            self.kept.push(Finding {
                at,
                code: Code::AndMore,
                severity: Severity::Note,
                message: format!("{} more findings were counted and not kept", self.beyond).into(),
                hint: "mend the first ones and read the file again",
            });
        }
        self.kept
    }
}

#[cold]
pub(crate) fn malformed_segment(at: Place) -> Finding {
    let message = "expected a segment id of two or three letters";
    odd_segment(at, Code::MalformedSegment, Severity::Error, message)
}

#[cold]
pub(crate) fn unknown_segment(at: Place) -> Finding {
    let message = "this transaction has no such segment";
    odd_segment(at, Code::UnknownSegment, Severity::Warning, message)
}

fn odd_segment(at: Place, code: Code, severity: Severity, message: &'static str) -> Finding {
    let hint = "it is kept with its neighbours and not read; the rest of the file is";
    Finding { at, code, severity, message: message.into(), hint }
}
