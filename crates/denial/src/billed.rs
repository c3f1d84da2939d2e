//! An 837, block by block, to the claims in it, each with what the levels above it say.
//!
//! Billing provider, subscriber, payer and patient stand in levels (HL) before the claim and hold
//! for every claim until the next level of their kind. Nothing is repaired.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;
use x12::t837::{self, Composite, Form, Part};
use x12::{Block, Code, Finding, Kind, Segment, Severity};

use crate::claim::{
    Claim, ClaimSource, ControlNumbers, Patient, PayerName, PayerOrder, ServiceLine,
};
use crate::codes::{ClaimNumber, Diagnosis, LineControl, Npi, PayerControlNumber};
use crate::cover::{Cover, Turn};
use crate::element::{
    civil, day, days, filled, missing, money, procedure, quantity, small, span, text,
};
use crate::envelope::Envelope;
use crate::matching;
use crate::money::Money;
use crate::phi::Phi;
use crate::remittance::{Check, Imbalance, Span};

/// One claim of an 837 and how it was sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BilledClaim {
    /// The claim.
    pub claim: Claim,
    /// Where its segments stand in the file, from CLM to its last line.
    pub span: Span,
    /// True where ISA15 says test.
    pub test: bool,
    /// Version of the guide (GS08 or ST03), as it came.
    pub version: SmolStr,
    /// The numbers by which acknowledgements answer.
    pub sent: ControlNumbers,
    /// Other payers that the claim names (loop 2320), and the one it was sent to where that is not
    /// the first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub covers: Vec<Cover>,
}

impl BilledClaim {
    /// Where the lines do not add up to the claim.
    #[must_use]
    pub fn imbalance(&self) -> Option<Imbalance> {
        let expected: Money = self.claim.lines.iter().map(|line| line.charge).sum();
        let stated = self.claim.charge;
        let differs = !self.claim.lines.is_empty() && expected != stated;
        differs.then_some(Imbalance {
            check: Check::LineCharges,
            span: self.span,
            expected,
            stated,
        })
    }
}

/// What stands above the claims that come next, and whether an 837 is being read.
#[derive(Clone, Debug, Default)]
pub struct Billed {
    envelope: Envelope,
    transaction: Transaction,
    levels: Levels,
    inside: bool,
}

/// What ST and BHT say.
#[derive(Clone, Debug, Default)]
struct Transaction {
    control: SmolStr,
    version: SmolStr,
    batch: SmolStr,
    made_on: Option<Date>,
}

/// What HL 20, 22 and 23 say.
#[derive(Clone, Debug, Default)]
struct Levels {
    billing: Option<Npi>,
    tax_id: SmolStr,
    order: Option<PayerOrder>,
    relation: SmolStr,
    filing: SmolStr,
    payer: Option<PayerName>,
    subscriber: Patient,
    patient: Option<Patient>,
}

impl Billed {
    /// Reads one block. Blocks of other transactions and levels give nothing; a claim gives itself.
    /// What is odd in the elements is added to `findings`.
    pub fn read(&mut self, block: &Block<'_>, findings: &mut Vec<Finding>) -> Option<BilledClaim> {
        let opener = block.opener()?;
        match block.kind() {
            Kind::Envelope => {
                self.inside = false;
                self.envelope.observe(&opener);
                None
            }
            Kind::Head => {
                self.inside = opener.bytes(1).trim_ascii() == b"837";
                if self.inside {
                    self.head(block);
                }
                None
            }
            Kind::Unit if self.inside => self.unit(block, &opener, findings),
            Kind::Unit | Kind::Tail => None,
        }
    }

    fn head(&mut self, block: &Block<'_>) {
        self.levels = Levels::default();
        self.transaction = Transaction::default();
        for segment in block.segments() {
            match t837::part(&segment) {
                Part::Start(start) => {
                    self.transaction.control = small(start.control);
                    self.transaction.version = small(start.version);
                }
                Part::Beginning(beginning) => {
                    self.transaction.batch = small(beginning.reference);
                    self.transaction.made_on = x12::amount::date(beginning.made).and_then(civil);
                }
                Part::Level(_)
                | Part::Subscriber(_)
                | Part::Name(_)
                | Part::Demographic(_)
                | Part::Claim(_)
                | Part::Codes(_)
                | Part::LineNumber(_)
                | Part::Line(_)
                | Part::Reference(_)
                | Part::Day(_)
                | Part::Other => {}
            }
        }
    }

    fn unit(
        &mut self,
        block: &Block<'_>,
        opener: &Segment<'_>,
        findings: &mut Vec<Finding>,
    ) -> Option<BilledClaim> {
        match t837::part(opener) {
            Part::Level(level) => {
                self.levels.open(level.code);
                self.levels.read(block, findings);
                None
            }
            Part::Claim(clm) => {
                self.levels.tell_missing(opener, findings);
                let (claim, others) =
                    Draft::open(self, &clm, opener, findings).read(block, findings);
                let covers = self.levels.later_cover().into_iter().chain(others).collect();
                Some(self.sent((claim, covers), span(block)))
            }
            Part::Start(_)
            | Part::Beginning(_)
            | Part::Subscriber(_)
            | Part::Name(_)
            | Part::Demographic(_)
            | Part::Codes(_)
            | Part::LineNumber(_)
            | Part::Line(_)
            | Part::Reference(_)
            | Part::Day(_)
            | Part::Other => None,
        }
    }

    fn sent(&self, (claim, covers): (Claim, Vec<Cover>), span: Span) -> BilledClaim {
        let Transaction { control, version, batch, .. } = self.transaction.clone();
        let version = if version.is_empty() { self.envelope.version.clone() } else { version };
        BilledClaim {
            claim,
            covers,
            span,
            test: self.envelope.test,
            version,
            sent: ControlNumbers {
                interchange: self.envelope.interchange.clone(),
                holds: self.envelope.holds.clone(),
                group: self.envelope.group.clone(),
                transaction: control,
                batch,
            },
        }
    }
}

impl Levels {
    /// A level begins: what hung on the last one of its kind, and below it, holds no longer.
    fn open(&mut self, code: &[u8]) {
        match code {
            b"20" => *self = Levels::default(),
            b"22" => {
                let billing = self.billing.take();
                let tax_id = std::mem::take(&mut self.tax_id);
                *self = Levels { billing, tax_id, ..Levels::default() };
            }
            b"23" => self.patient = Some(Patient::default()),
            _ => {}
        }
    }

    fn read(&mut self, block: &Block<'_>, findings: &mut Vec<Finding>) {
        let mut role: &[u8] = b"";
        for segment in block.segments() {
            match t837::part(&segment) {
                Part::Subscriber(sbr) => {
                    self.order = Some(order(sbr.order));
                    self.relation = small(sbr.relation);
                    self.filing = small(sbr.filing);
                }
                Part::Name(name) => {
                    role = name.role;
                    self.name(&name);
                }
                Part::Reference(reference) => self.reference(role, &reference),
                Part::Demographic(birth) => {
                    // Some leave the birth date out; only what stands there can be wrong.
                    if !birth.value.trim_ascii().is_empty() {
                        self.person().born = day(birth.day(), "DMG02", &segment, findings);
                    }
                }
                Part::Start(_)
                | Part::Beginning(_)
                | Part::Level(_)
                | Part::Claim(_)
                | Part::Codes(_)
                | Part::LineNumber(_)
                | Part::Line(_)
                | Part::Day(_)
                | Part::Other => {}
            }
        }
    }

    fn name(&mut self, name: &t837::Name<'_>) {
        match name.role {
            b"85" => {
                self.billing = Some(Npi::default());
                match name.qualifier {
                    b"XX" => self.billing = Some(Npi::new(&text(name.id))),
                    b"24" | b"34" | b"FI" => self.tax_id = small(name.id),
                    _ => {}
                }
            }
            b"PR" => {
                let ids = filled(name.id).into_iter().collect();
                self.payer = Some(PayerName { name: small(name.family), ids });
            }
            b"IL" => named_as(&mut self.subscriber, name),
            b"QC" => named_as(self.patient.get_or_insert_default(), name),
            _ => {}
        }
    }

    fn reference(&mut self, role: &[u8], reference: &t837::Coded<'_>) {
        match (role, reference.qualifier) {
            (b"85", b"EI" | b"SY" | b"TJ") => self.tax_id = small(reference.value),
            (b"PR", b"2U") => {
                if let (Some(payer), Some(id)) = (&mut self.payer, filled(reference.value)) {
                    payer.ids.push(id);
                }
            }
            _ => {}
        }
    }

    /// Whom a birth date is about: the patient's level once it is open, else the subscriber's.
    fn person(&mut self) -> &mut Patient {
        self.patient.as_mut().unwrap_or(&mut self.subscriber)
    }

    /// The patient, with the subscriber's member id where they have none of their own.
    fn patient(&self) -> Patient {
        let mut patient = self.patient.as_ref().unwrap_or(&self.subscriber).clone();
        if patient.member.is_empty() {
            patient.member.clone_from(&self.subscriber.member);
        }
        patient
    }

    /// The payer that the claim was sent to as a cover, where it is not the first one.
    fn later_cover(&self) -> Option<Cover> {
        let turn = Turn::of_order(self.order?).filter(|turn| *turn != Turn::Primary)?;
        let said = Cover::said(turn, self.filing.clone(), self.relation.clone());
        let insured = Phi::new(self.subscriber.clone());
        Some(Cover { payer: self.payer.clone()?, insured, ..said })
    }

    fn tell_missing(&self, clm: &Segment<'_>, findings: &mut Vec<Finding>) {
        let levels = [
            (self.billing.is_none(), "expected a billing provider (NM1*85) above the claim"),
            (self.order.is_none(), "expected a subscriber (SBR) above the claim"),
            (self.payer.is_none(), "expected a payer (NM1*PR) above the claim"),
        ];
        let absent = levels.into_iter().filter(|(is_absent, _)| *is_absent);
        findings.extend(absent.map(|(_, message)| missing(clm.place(), message)));
    }
}

fn named_as(person: &mut Patient, name: &t837::Name<'_>) {
    person.family = text(name.family).into_owned();
    person.given = text(name.given).into_owned();
    person.member = text(name.id).into_owned();
}

/// SBR01: P, S, then T and the letters A to H.
fn order(code: &[u8]) -> PayerOrder {
    match code {
        b"P" => PayerOrder::Primary,
        b"S" => PayerOrder::Secondary,
        b"T" | b"A" | b"B" | b"C" | b"D" | b"E" | b"F" | b"G" | b"H" => PayerOrder::Tertiary,
        _ => PayerOrder::Unknown,
    }
}

/// A claim while its segments are read.
struct Draft {
    claim: Claim,
    /// The line that is open, and whether its SV1, SV2 or SV3 has come.
    line: Option<(ServiceLine, bool)>,
    /// True from the first SBR on: what follows is another payer's.
    of_another_payer: bool,
    /// Those other payers; of a turn that is not kept `None`.
    others: Vec<Option<Cover>>,
    statement: Option<(Date, Date)>,
}

impl Draft {
    fn open(
        billed: &Billed,
        clm: &t837::Claim<'_>,
        segment: &Segment<'_>,
        findings: &mut Vec<Finding>,
    ) -> Draft {
        if clm.number.trim_ascii().is_empty() {
            findings.push(missing(segment.place(), "CLM01, the claim's number, is left out"));
        }
        let levels = &billed.levels;
        let claim = Claim {
            number: ClaimNumber::new(&text(clm.number)),
            payer: levels.payer.clone().unwrap_or_default(),
            order: levels.order.unwrap_or_default(),
            plan: matching::plan(&levels.filing),
            patient: Phi::new(levels.patient()),
            billing: levels.billing.clone().unwrap_or_default(),
            tax_id: levels.tax_id.clone(),
            rendering: Npi::default(),
            facility: small(clm.place.part(1)),
            frequency: small(clm.place.part(3)),
            replaces: None,
            authorization: None,
            referral: None,
            charge: money(clm.charge, "CLM02, the charge,", segment, findings),
            diagnoses: Vec::new(),
            submitted_on: billed.envelope.made_on.or(billed.transaction.made_on),
            lines: Vec::new(),
            institutional: clm.place.part(2) == b"A",
            source: ClaimSource::Billed,
        };
        let others = Vec::new();
        Draft { claim, line: None, of_another_payer: false, others, statement: None }
    }

    /// The claim, and the payers that come after the first.
    fn read(mut self, block: &Block<'_>, findings: &mut Vec<Finding>) -> (Claim, Vec<Cover>) {
        for segment in block.segments() {
            self.segment(&segment, findings);
        }
        if let Some(opener) = block.opener().filter(|_| self.line.is_none()) {
            findings.push(missing(opener.place(), "expected at least one line (LX) on the claim"));
        }
        self.close_line();
        let named = self.others.into_iter().flatten();
        // The first payer of a claim to the second is the one that was billed before.
        let later = named.filter(|one| one.turn != Turn::Primary && !one.payer.name.is_empty());
        (self.claim, later.collect())
    }

    fn segment(&mut self, segment: &Segment<'_>, findings: &mut Vec<Finding>) {
        match t837::part(segment) {
            Part::LineNumber(number) => {
                self.tell_empty_line(segment, findings);
                self.open_line(number);
            }
            Part::Line(line) => self.line(&line, segment, findings),
            Part::Subscriber(sbr) => self.open_other(&sbr),
            Part::Codes(codes) => self.diagnoses(&codes),
            Part::Reference(reference) => self.reference(&reference),
            Part::Name(name) => self.name(&name),
            Part::Day(when) => self.day(&when, segment, findings),
            Part::Start(_)
            | Part::Beginning(_)
            | Part::Level(_)
            | Part::Demographic(_)
            | Part::Claim(_)
            | Part::Other => {}
        }
    }

    fn tell_empty_line(&self, segment: &Segment<'_>, findings: &mut Vec<Finding>) {
        if self.line.as_ref().is_some_and(|(_, is_told)| !is_told) {
            findings.push(no_line(segment));
        }
    }

    /// Numbers rise within a claim; where LX01 does not, the line is counted.
    fn open_line(&mut self, number: &[u8]) {
        self.close_line();
        let last = self.claim.lines.last().map_or(0, |line| line.number);
        let told = text(number).parse().ok().filter(|number| *number > last);
        let number = told.unwrap_or(last.saturating_add(1));
        self.line = Some((ServiceLine { number, ..ServiceLine::default() }, false));
    }

    fn close_line(&mut self) {
        let Some((mut line, true)) = self.line.take() else { return };
        if let (None, Some((from, to))) = (line.from, self.statement) {
            (line.from, line.to) = (Some(from), Some(to));
        }
        self.claim.lines.push(line);
    }

    fn line(&mut self, told: &t837::Line<'_>, segment: &Segment<'_>, findings: &mut Vec<Finding>) {
        // A second SV without an LX between begins a line all the same.
        if self.line.as_ref().is_none_or(|(_, is_told)| *is_told) {
            self.open_line(b"");
        }
        let Some((line, is_told)) = &mut self.line else { return };
        *is_told = true;
        line.procedure = procedure(&told.procedure);
        line.revenue = small(told.revenue);
        line.charge = money(told.charge, "the charge of the line", segment, findings);
        line.units = quantity(told.units).unwrap_or_default();
        line.place = small(told.place);
        line.pointers = pointers(&told.pointers);
        match told.form {
            Form::Institutional => self.claim.institutional = true,
            Form::Professional | Form::Dental => {}
        }
    }

    /// Principal and other diagnoses, which the pointers of lines count.
    fn diagnoses(&mut self, codes: &t837::Codes<'_>) {
        let wanted = codes.iter().filter(|code| {
            matches!(code.part(1), b"ABK" | b"ABF" | b"BK" | b"BF") && !code.part(2).is_empty()
        });
        self.claim.diagnoses.extend(wanted.map(|code| Diagnosis::new(&text(code.part(2)))));
    }

    /// What stands at the claim holds for it; what stands at a line only where the claim is silent.
    fn reference(&mut self, reference: &t837::Coded<'_>) {
        let Some(value) = filled(reference.value) else { return };
        match (&mut self.line, reference.qualifier) {
            (Some((line, _)), b"6R") => line.control = LineControl::new(&value),
            (None, _) if self.of_another_payer => {}
            (None, b"F8") => self.claim.replaces = Some(PayerControlNumber::new(&value)),
            (_, b"G1") if self.claim.authorization.is_none() => {
                self.claim.authorization = Some(value);
            }
            (_, b"9F") if self.claim.referral.is_none() => self.claim.referral = Some(value),
            _ => {}
        }
    }

    fn open_other(&mut self, sbr: &t837::Subscriber<'_>) {
        self.of_another_payer = true;
        let said = |turn| Cover::said(turn, small(sbr.filing), small(sbr.relation));
        self.others.push(Turn::of_code(sbr.order).map(said));
    }

    /// Insured and payer of another payer's loops.
    fn other_name(&mut self, name: &t837::Name<'_>) {
        let Some(Some(cover)) = self.others.last_mut().filter(|_| self.line.is_none()) else {
            return;
        };
        match name.role {
            b"IL" => {
                let mut insured = Patient::default();
                named_as(&mut insured, name);
                cover.insured = Phi::new(insured);
            }
            b"PR" => {
                let ids = filled(name.id).into_iter().collect();
                cover.payer = PayerName { name: small(name.family), ids };
            }
            _ => {}
        }
    }

    fn name(&mut self, name: &t837::Name<'_>) {
        self.other_name(name);
        let is_ours = self.line.is_some() || !self.of_another_payer;
        let is_new = self.claim.rendering.is_empty();
        if name.role == b"82" && name.qualifier == b"XX" && is_ours && is_new {
            self.claim.rendering = Npi::new(&text(name.id));
        }
    }

    /// A line's own day, or the statement's, which institutional lines share.
    fn day(&mut self, when: &t837::Day<'_>, segment: &Segment<'_>, findings: &mut Vec<Finding>) {
        match (&mut self.line, when.qualifier) {
            (Some((line, _)), b"472") => {
                (line.from, line.to) = days(when.range(), "DTP03", segment, findings).unzip();
            }
            (None, b"434" | b"472") => {
                self.statement = days(when.range(), "DTP03", segment, findings);
            }
            _ => {}
        }
    }
}

fn pointers(told: &Composite<'_>) -> Vec<u8> {
    told.parts().filter_map(|one| text(one).parse().ok()).filter(|one| *one > 0).collect()
}

fn no_line(next: &Segment<'_>) -> Finding {
    Finding {
        at: next.place(),
        code: Code::MissingElement,
        severity: Severity::Warning,
        message: "expected SV1, SV2 or SV3 after the LX before this one, and none came".into(),
        hint: "the empty line is passed over; ask the sender for the whole claim",
    }
}
