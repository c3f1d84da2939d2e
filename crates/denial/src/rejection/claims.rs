//! 277CA and 277: which claims go on, which come back, and why.

use smol_str::SmolStr;
use x12::t277;
use x12::t277ca::{self, Amount, Composite, Part, Status};
use x12::{Block, Finding, Kind, Segment};

use super::{
    Acknowledgement, AnswerCode, AnswerKind, Answerer, Level, Outcome, Rejection, ToldPayment,
};
use crate::claim::{Patient, PayerName};
use crate::codes::{ClaimNumber, LineControl, PayerControlNumber};
use crate::element::{begins, civil, day, filled, missing, money_if_told, small, text};
use crate::envelope::Envelope;
use crate::phi::Phi;
use crate::remittance::Span;

/// Which of the two an ST begins: the guide's number tells, or BHT06 = TH.
pub(super) fn kind(head: &Block<'_>, envelope: &Envelope) -> Option<AnswerKind> {
    let opener = head.opener()?;
    if opener.bytes(1).trim_ascii() != b"277" {
        return None;
    }
    let mut is_claims = envelope.version.contains("X214");
    for segment in head.segments() {
        match t277ca::part(&segment) {
            Part::Start(start) => is_claims |= text(start.version).contains("X214"),
            Part::Beginning(beginning) => is_claims |= beginning.purport == b"TH",
            Part::Level(_)
            | Part::Name(_)
            | Part::Trace(_)
            | Part::Status(_)
            | Part::Line
            | Part::Day(_)
            | Part::Reference(_)
            | Part::Other => {}
        }
    }
    Some(if is_claims { AnswerKind::Claims } else { AnswerKind::Status })
}

/// The answers of one level: none, one, or one for each claim of a patient.
pub(super) fn read(
    rejection: &mut Rejection,
    block: &Block<'_>,
    findings: &mut Vec<Finding>,
) -> Vec<Acknowledgement> {
    let mut drafts = Drafts { done: Vec::new(), open: None, patient: Patient::default() };
    for segment in block.segments() {
        match t277ca::part(&segment) {
            Part::Beginning(beginning) => {
                rejection.above.made_on = x12::amount::date(beginning.made).and_then(civil);
            }
            Part::Level(level) => rejection.above.level = small(level.code),
            Part::Name(name) => named(rejection, &mut drafts, &name),
            Part::Trace(number) => trace(rejection, &mut drafts, number, &segment, findings),
            Part::Status(status) => {
                drafts.status(rejection, &status, &segment, findings);
                if rejection.kind == Some(AnswerKind::Status) {
                    drafts.payment(&segment, findings);
                }
            }
            Part::Line => drafts.line(),
            Part::Day(told) => drafts.day(&told, &segment, findings),
            Part::Reference(reference) => drafts.reference(&reference),
            Part::Start(_) | Part::Other => {}
        }
    }
    drafts.close(block.end(), findings);
    // What stands before the first level is the head, which answers nothing by itself.
    match block.kind() {
        Kind::Unit => drafts.done,
        Kind::Envelope | Kind::Head | Kind::Tail => Vec::new(),
    }
}

fn named(rejection: &mut Rejection, drafts: &mut Drafts, name: &t277ca::Name<'_>) {
    match (rejection.above.level.as_str(), name.role) {
        ("20", role) => {
            rejection.above.answerer = match role {
                b"PR" => Answerer::Payer,
                b"AY" => Answerer::Clearinghouse,
                _ => Answerer::Unknown,
            };
            let ids = filled(name.id).into_iter().collect();
            rejection.above.from = PayerName { name: small(name.family), ids };
        }
        ("19", b"1P" | b"85") => rejection.above.provider = small(name.id),
        (_, b"QC" | b"IL") => {
            drafts.patient = Patient {
                family: text(name.family).into_owned(),
                given: text(name.given).into_owned(),
                member: text(name.id).into_owned(),
                born: None,
            };
        }
        _ => {}
    }
}

fn trace(
    rejection: &mut Rejection,
    drafts: &mut Drafts,
    number: &[u8],
    segment: &Segment<'_>,
    findings: &mut Vec<Finding>,
) {
    if rejection.above.level == "21" {
        rejection.above.answers.batch = small(number);
    }
    drafts.close(segment.place().byte, findings);
    let mut draft = Draft::open(rejection, &drafts.patient, begins(segment));
    // A 277 echoes the number of the question here; our claim's stands in REF*EJ.
    if draft.answer.level == Level::Claim {
        if draft.answer.kind == AnswerKind::Status {
            draft.answer.question = small(number);
        } else {
            draft.answer.claim = Some(ClaimNumber::new(&text(number)));
        }
    }
    drafts.open = Some(draft);
}

/// The answers of a level while its segments are read.
struct Drafts {
    done: Vec<Acknowledgement>,
    open: Option<Draft>,
    patient: Patient,
}

/// One answer while its segments are read.
struct Draft {
    answer: Acknowledgement,
    is_told: bool,
    /// The first code of the line that is open.
    line: Option<usize>,
}

impl Draft {
    fn open(rejection: &Rejection, patient: &Patient, span: Span) -> Draft {
        let kind = rejection.kind.unwrap_or(AnswerKind::Claims);
        let level = level(&rejection.above.level);
        let mut answer = rejection.blank(kind, level, span);
        answer.patient = Phi::new(patient.clone());
        Draft { answer, is_told: false, line: None }
    }

    fn code(&mut self, told: &Composite<'_>) {
        self.answer.codes.push(AnswerCode {
            list: SmolStr::new_static("STC"),
            code: small(told.part(1)),
            status: small(told.part(2)),
            entity: small(told.part(3)),
            ..AnswerCode::default()
        });
    }
}

impl Drafts {
    /// Ends the open answer where the next begins. A claim without any status is told and kept.
    fn close(&mut self, end: u64, findings: &mut Vec<Finding>) {
        let Some(mut draft) = self.open.take() else { return };
        draft.answer.span.end = end;
        let is_claim = draft.answer.level == Level::Claim;
        if !draft.is_told && is_claim {
            let at = draft.answer.span.place();
            findings.push(missing(at, "expected STC, what became of the claim, after its TRN"));
            draft.answer.outcome = Outcome::Unclear;
        }
        if draft.is_told || is_claim {
            self.done.push(draft.answer);
        }
    }

    fn status(
        &mut self,
        rejection: &Rejection,
        status: &Status<'_>,
        segment: &Segment<'_>,
        findings: &mut Vec<Finding>,
    ) {
        let patient = &self.patient;
        let open = || Draft::open(rejection, patient, begins(segment));
        let draft = self.open.get_or_insert_with(open);
        for (at, told) in status.codes.iter().enumerate() {
            // The second and the third are mostly left out; the first, left out, is unclear.
            if at > 0 && told.is_empty() {
                continue;
            }
            let outcome = outcome(told.part(1), status.action);
            let before = Some(draft.answer.outcome).filter(|_| draft.is_told);
            draft.answer.outcome = before.map_or(outcome, |before| before.max(outcome));
            draft.is_told = true;
            draft.code(told);
        }
        if !status.on.trim_ascii().is_empty() {
            let told = x12::amount::date(status.on);
            draft.answer.on = day(told, "STC02", segment, findings).or(draft.answer.on);
        }
        if draft.line.is_none() {
            let charge: Amount = status.charge;
            let what = "STC04, the charge,";
            draft.answer.charge =
                money_if_told(charge, what, segment, findings).or(draft.answer.charge);
        }
    }

    /// What a 277 says beyond a 277CA; of a line it says nothing of the kind.
    fn payment(&mut self, segment: &Segment<'_>, findings: &mut Vec<Finding>) {
        let (Some(draft), Some(told)) = (&mut self.open, t277::status(segment)) else { return };
        if draft.line.is_some() {
            return;
        }
        let on = |bytes: &[u8], element: &str, findings: &mut Vec<Finding>| {
            let is_told = !bytes.trim_ascii().is_empty();
            is_told.then(|| day(x12::amount::date(bytes), element, segment, findings)).flatten()
        };
        let payment = ToldPayment {
            amount: money_if_told(told.paid, "STC05, the payment,", segment, findings),
            judged_on: on(told.judged_on, "STC06", findings),
            paid_on: on(told.paid_on, "STC08", findings),
            trace: small(told.trace),
        };
        if payment != ToldPayment::default() {
            draft.answer.payment = Some(Box::new(payment));
        }
    }

    fn line(&mut self) {
        if let Some(draft) = &mut self.open {
            draft.line = Some(draft.answer.codes.len());
        }
    }

    /// The day by which a payer that asks for more wants it (DTP*106).
    fn day(&mut self, told: &t277ca::Day<'_>, segment: &Segment<'_>, findings: &mut Vec<Finding>) {
        let Some(draft) = self.open.as_mut().filter(|_| told.qualifier == b"106") else { return };
        let on = day(x12::amount::date(told.on), "DTP03", segment, findings);
        draft.answer.required_by = on.or(draft.answer.required_by);
    }

    fn reference(&mut self, reference: &t277ca::Coded<'_>) {
        let Some((draft, value)) = self.open.as_mut().zip(filled(reference.value)) else { return };
        match (reference.qualifier, draft.line) {
            (b"1K", _) => draft.answer.control = Some(PayerControlNumber::new(&value)),
            (b"D9", _) => draft.answer.clearinghouse = Some(value),
            (b"EJ", _) => draft.answer.claim = Some(ClaimNumber::new(&value)),
            (b"FJ", Some(since)) => {
                let control = LineControl::new(&value);
                let codes = draft.answer.codes.iter_mut().skip(since);
                codes.for_each(|code| code.line = Some(control.clone()));
            }
            _ => {}
        }
    }
}

fn level(code: &str) -> Level {
    match code {
        "19" => Level::Provider,
        "PT" | "22" | "23" => Level::Claim,
        _ => Level::Transaction,
    }
}

/// The category (X12 code list 507) decides; the action (STC03) where it is in no list, and against
/// it where it says reject: a rejection must not be overlooked.
fn outcome(category: &[u8], action: &[u8]) -> Outcome {
    if action == b"U" {
        return Outcome::Rejected;
    }
    match (category, action) {
        (b"A0" | b"A1", _) | ([b'P', _], _) => Outcome::Waiting,
        (b"A2", _) => Outcome::Accepted,
        (b"A3" | b"A6" | b"A7" | b"A8", _) => Outcome::Rejected,
        (b"A4" | b"D0", _) => Outcome::NotFound,
        (b"A5", _) => Outcome::Split,
        ([b'F', _, ..], _) => Outcome::Finished,
        ([b'R', _, ..], _) => Outcome::InformationRequested,
        ([b'E', _], _) => Outcome::Unclear,
        (_, b"WQ") => Outcome::Accepted,
        _ => Outcome::Unclear,
    }
}
