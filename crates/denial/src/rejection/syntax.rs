//! TA1, 999 and 997: did the file come in, does its syntax hold, and where does it not.

use smol_str::SmolStr;
use x12::t999::{self, Part, Verdict};
use x12::{Block, Finding, Kind, Segment};

use super::{Acknowledgement, AnswerCode, AnswerKind, FaultPlace, Level, Outcome, Rejection};
use crate::codes::ClaimNumber;
use crate::element::{begins, filled, missing, small, span, text};

/// Which of the two an ST begins.
pub(super) fn kind(head: &Block<'_>) -> Option<AnswerKind> {
    match head.opener()?.bytes(1).trim_ascii() {
        b"999" => Some(AnswerKind::Syntax),
        b"997" => Some(AnswerKind::OldSyntax),
        _ => None,
    }
}

/// The answer of a TA1; `None` for any other segment of the envelope.
pub(super) fn receipt(
    rejection: &Rejection,
    segment: &Segment<'_>,
    findings: &mut Vec<Finding>,
) -> Option<Acknowledgement> {
    let told = x12::ta1::receipt(segment)?;
    let kind = AnswerKind::Interchange;
    let mut answer = rejection.blank(kind, Level::Interchange, begins(segment));
    // TA102 is the day of what is answered; the answer's own day is its ISA's.
    answer.on = rejection.envelope.sent_on;
    answer.answers.interchange = small(told.control);
    if told.control.is_empty() {
        findings.push(missing(segment.place(), "TA101, the interchange answered, is left out"));
    }
    answer.outcome = outcome(told.outcome);
    if !matches!(told.note, b"" | b"000") {
        answer.codes.push(code(segment, told.note));
    }
    Some(answer)
}

/// One transaction's answer, or at the end the group's.
pub(super) fn read(
    rejection: &mut Rejection,
    block: &Block<'_>,
    findings: &mut Vec<Finding>,
) -> Option<Acknowledgement> {
    let mut draft = Draft::default();
    for segment in block.segments() {
        match t999::part(&segment) {
            Part::Group(group) => {
                rejection.above.answers.holds = small(group.set);
                rejection.above.answers.group = small(group.control);
            }
            Part::Transaction(subject) => draft.transaction = Some(small(subject.control)),
            Part::TransactionVerdict(verdict) => draft.verdict(&verdict, &segment),
            Part::GroupVerdict(verdict) => draft.verdict(&verdict, &segment),
            Part::Segment(note) => {
                draft.place = FaultPlace {
                    segment: small(note.id),
                    position: small(note.position),
                    within: small(note.within),
                    ..FaultPlace::default()
                };
                draft.claim = None;
                draft.since = draft.codes.len();
                draft.note(code(&segment, note.code), draft.place.clone());
            }
            Part::Element(note) => {
                let element = small(note.position.raw());
                let reference = small(note.reference);
                let place = FaultPlace { element, reference, ..draft.place.clone() };
                draft.note(code(&segment, note.code), place);
            }
            Part::Context(context) if context.part(1) == b"CLM01" => {
                draft.context(ClaimNumber::new(&text(context.part(2))));
            }
            Part::Context(_) | Part::Other => {}
        }
    }
    draft.close(rejection, block, findings)
}

/// An answer while its segments are read.
#[derive(Default)]
struct Draft {
    transaction: Option<SmolStr>,
    outcome: Option<Outcome>,
    codes: Vec<AnswerCode>,
    /// The segment that IK3 names, which holds for the IK4s after it.
    place: FaultPlace,
    /// The claim that CTX names, which holds for the same.
    claim: Option<ClaimNumber>,
    /// The first code of that segment.
    since: usize,
}

impl Draft {
    fn note(&mut self, code: AnswerCode, place: FaultPlace) {
        self.codes.push(AnswerCode { place: Some(place), claim: self.claim.clone(), ..code });
    }

    fn context(&mut self, claim: ClaimNumber) {
        self.codes.iter_mut().skip(self.since).for_each(|code| code.claim = Some(claim.clone()));
        self.claim = Some(claim);
    }

    fn verdict(&mut self, verdict: &Verdict<'_>, segment: &Segment<'_>) {
        self.outcome = self.outcome.max(Some(outcome(verdict.outcome)));
        let told = verdict.codes.iter().filter(|told| !told.trim_ascii().is_empty());
        self.codes.extend(told.map(|told| code(segment, told)));
    }

    fn close(
        self,
        rejection: &Rejection,
        block: &Block<'_>,
        findings: &mut Vec<Finding>,
    ) -> Option<Acknowledgement> {
        let (level, absent) = match block.kind() {
            Kind::Unit => (Level::Transaction, "expected IK5 or AK5, the verdict, after AK2"),
            Kind::Tail => (Level::Group, "expected AK9, the group's verdict, before SE"),
            Kind::Envelope | Kind::Head => return None,
        };
        if self.outcome.is_none() {
            findings.push(missing(span(block).place(), absent));
            // A tail without AK9 answers nothing; a transaction without a verdict is unclear.
            self.transaction.as_ref()?;
        }
        let mut answer = rejection.blank(rejection.kind?, level, span(block));
        answer.outcome = self.outcome.unwrap_or(Outcome::Unclear);
        answer.codes = self.codes;
        answer.answers.transaction = self.transaction.unwrap_or_default();
        Some(answer)
    }
}

fn code(segment: &Segment<'_>, told: &[u8]) -> AnswerCode {
    AnswerCode {
        list: small(segment.id()),
        code: filled(told).unwrap_or_default(),
        ..AnswerCode::default()
    }
}

/// TA104, IK501, AK501 and AK901 (X12 code lists I17, 717 and 715).
fn outcome(told: &[u8]) -> Outcome {
    match told {
        b"A" => Outcome::Accepted,
        b"E" => Outcome::AcceptedWithErrors,
        b"P" => Outcome::PartlyAccepted,
        b"R" | b"M" | b"W" | b"X" => Outcome::Rejected,
        _ => Outcome::Unclear,
    }
}
