//! A 271 or a 278 response, block by block, to evidence.

use smol_str::SmolStr;
use x12::t271::{self, Part};
use x12::{Block, Finding, Kind, Segment};

use super::{Benefit, Decision, Evidence, EvidenceKind};
use crate::claim::{Patient, PayerName};
use crate::element::{civil, days, filled, procedure, small, span, text};
use crate::envelope::Envelope;
use crate::phi::Phi;

/// Benefits kept of one answer; some payers list hundreds that say the same.
const BENEFITS_KEPT: usize = 50;
/// Procedures and refusals kept of one answer.
const KEPT: usize = 50;

/// What stands above the answers that come next.
#[derive(Clone, Debug, Default)]
pub struct Reading {
    envelope: Envelope,
    kind: Option<EvidenceKind>,
    on: Option<jiff::civil::Date>,
    level: SmolStr,
    payer: PayerName,
    subscriber: Patient,
    patient: Patient,
    trace: SmolStr,
    /// The days of the event that services stand under.
    event: Option<(jiff::civil::Date, jiff::civil::Date)>,
}

impl Reading {
    /// Reads one block; blocks of other transactions, and questions, give nothing. What is odd in
    /// the elements is added to `findings`.
    pub fn read(&mut self, block: &Block<'_>, findings: &mut Vec<Finding>) -> Option<Evidence> {
        match block.kind() {
            Kind::Envelope => {
                self.kind = None;
                self.envelope.observe(&block.opener()?);
                None
            }
            Kind::Head => {
                self.begin(block);
                None
            }
            Kind::Unit => self.level(block, findings),
            Kind::Tail => None,
        }
    }

    fn begin(&mut self, head: &Block<'_>) {
        let envelope = std::mem::take(&mut self.envelope);
        *self = Reading { on: envelope.made_on.or(envelope.sent_on), envelope, ..Self::default() };
        self.kind = match head.opener().map(|opener| opener.bytes(1).trim_ascii()) {
            Some(b"271") => Some(EvidenceKind::Eligibility),
            Some(b"278") => Some(EvidenceKind::Authorization),
            _ => None,
        };
        for segment in head.segments() {
            if let Part::Beginning(beginning) = t271::part(&segment) {
                self.on = x12::amount::date(beginning.made).and_then(civil).or(self.on);
                // A 278 that is itself a question (13) proves nothing that a payer said.
                self.kind = self.kind.filter(|_| beginning.purpose.trim_ascii() != b"13");
            }
        }
    }

    /// One level: what it says of the names above, and the answer in it, where there is one.
    fn level(&mut self, block: &Block<'_>, findings: &mut Vec<Finding>) -> Option<Evidence> {
        let kind = self.kind?;
        let mut draft = Draft::default();
        for segment in block.segments() {
            let part = t271::part(&segment);
            self.above(&part, &draft);
            draft.read(&part, &segment, findings);
        }
        if self.level == "EV" {
            self.event = draft.service;
        }
        draft.is_answer.then(|| self.evidence(kind, draft, block))
    }

    /// What a segment says of those whom the answer is about.
    fn above(&mut self, part: &Part<'_>, draft: &Draft) {
        match part {
            Part::Level(level) => self.enter(level),
            Part::Name(name) => self.named(name, draft),
            Part::Born(day) => self.born(day, draft),
            Part::Trace(number) => self.trace = small(number),
            Part::Start(_)
            | Part::Beginning(_)
            | Part::Day(_)
            | Part::Benefit(_)
            | Part::Decision(_)
            | Part::Refusal(_)
            | Part::Procedure(_)
            | Part::Other => {}
        }
    }

    fn enter(&mut self, level: &t271::Level<'_>) {
        self.level = small(level.code);
        if self.level != "SS" {
            self.event = None;
        }
        if matches!(self.level.as_str(), "20" | "21" | "22") {
            (self.subscriber, self.patient) = (Patient::default(), Patient::default());
            self.trace = SmolStr::default();
        }
    }

    fn named(&mut self, name: &t271::Name<'_>, draft: &Draft) {
        let person = || Patient {
            family: text(name.family).into_owned(),
            given: text(name.given).into_owned(),
            member: text(name.id).into_owned(),
            born: None,
        };
        match (self.level.as_str(), name.role) {
            ("20", _) => {
                let ids = filled(name.id).into_iter().collect();
                self.payer = PayerName { name: small(name.family), ids };
            }
            ("22", b"IL") if draft.benefits.is_empty() => {
                self.subscriber = person();
                self.patient = person();
            }
            ("23", b"03" | b"QC") if draft.benefits.is_empty() => {
                let member = self.subscriber.member.clone();
                let one = person();
                let member = if one.member.is_empty() { member } else { one.member.clone() };
                self.patient = Patient { member, ..one };
            }
            _ => {}
        }
    }

    /// Whoever is told behind a benefit is somebody else.
    fn born(&mut self, day: &[u8], draft: &Draft) {
        if !draft.benefits.is_empty() {
            return;
        }
        let day = x12::amount::date(day).and_then(civil);
        match self.level.as_str() {
            "22" => (self.subscriber.born, self.patient.born) = (day, day),
            "23" => self.patient.born = day,
            _ => {}
        }
    }

    fn evidence(&self, kind: EvidenceKind, draft: Draft, block: &Block<'_>) -> Evidence {
        Evidence {
            kind,
            payer: self.payer.clone(),
            patient: Phi::new(self.patient.clone()),
            on: self.on,
            trace: self.trace.clone(),
            service: draft.service.or(self.event),
            begins: draft.begins,
            ends: draft.ends,
            benefits: draft.benefits,
            decision: draft.decision,
            procedures: draft.procedures,
            refused: draft.refused,
            test: self.envelope.test,
            separators: block.opener().map(|one| one.delimiters().to_hex()).unwrap_or_default(),
            span: span(block),
        }
    }
}

/// The answer of a level while its segments are read.
#[derive(Default)]
struct Draft {
    is_answer: bool,
    service: Option<(jiff::civil::Date, jiff::civil::Date)>,
    begins: Option<jiff::civil::Date>,
    ends: Option<jiff::civil::Date>,
    benefits: Vec<Benefit>,
    decision: Option<Decision>,
    procedures: Vec<crate::codes::Procedure>,
    refused: Vec<SmolStr>,
}

impl Draft {
    fn read(&mut self, part: &Part<'_>, segment: &Segment<'_>, findings: &mut Vec<Finding>) {
        match part {
            Part::Day(day) => self.day(day, segment, findings),
            Part::Benefit(benefit) => self.benefit(benefit),
            Part::Decision(told) => {
                self.is_answer = true;
                self.decision = Some(Decision {
                    action: small(told.action),
                    number: small(told.number),
                    reason: small(told.reason),
                });
            }
            Part::Refusal(refusal) => {
                self.is_answer = true;
                keep(&mut self.refused, small(refusal.reason), KEPT);
            }
            Part::Procedure(told) => keep(&mut self.procedures, procedure(told), KEPT),
            Part::Start(_)
            | Part::Beginning(_)
            | Part::Level(_)
            | Part::Name(_)
            | Part::Born(_)
            | Part::Trace(_)
            | Part::Other => {}
        }
    }

    fn benefit(&mut self, told: &t271::Benefit<'_>) {
        self.is_answer = true;
        let benefit = Benefit {
            code: small(told.code),
            services: told.each_service().map(small).collect(),
            plan: small(told.plan),
            authorization: small(told.authorization),
            procedure: Some(procedure(&told.procedure)).filter(|one| !one.code.is_empty()),
        };
        keep(&mut self.benefits, benefit, BENEFITS_KEPT);
    }

    /// Days that stand behind a benefit are that benefit's alone and left out.
    fn day(&mut self, told: &t271::Day<'_>, segment: &Segment<'_>, findings: &mut Vec<Finding>) {
        if !self.benefits.is_empty() {
            return;
        }
        let of_cover = matches!(told.qualifier, b"291" | b"307");
        let of_service = matches!(told.qualifier, b"472" | b"435" | b"AAH");
        let begins = matches!(told.qualifier, b"346" | b"356");
        let ends = matches!(told.qualifier, b"347" | b"357");
        if !(of_cover || of_service || begins || ends) {
            return;
        }
        let Some((from, to)) = days(told.range(), "DTP03", segment, findings) else { return };
        let is_range = from != to;
        if of_service {
            self.service = Some((from, to));
        }
        if begins || of_cover {
            self.begins = self.begins.max(Some(from));
        }
        if ends || (of_cover && is_range) {
            self.ends = Some(self.ends.map_or(to, |before| before.min(to)));
        }
    }
}

fn keep<T: PartialEq>(kept: &mut Vec<T>, one: T, limit: usize) {
    if kept.len() < limit && !kept.contains(&one) {
        kept.push(one);
    }
}
