//! An 835, block by block, to a remittance: head, claim payments, provider-level adjustments.
//!
//! An element that is no amount counts as nothing and becomes a finding at its place; so does one
//! that must be there and is not. Nothing is repaired.

use smol_str::SmolStr;
use x12::t835::{self, Day, Part};
use x12::{Block, Delimiters, Finding, Kept, Kind, Place, Segment};

use crate::claim::{Patient, PayerName};
use crate::codes::{
    Carc, ClaimNumber, Group, LineControl, Npi, PayerControlNumber, Quantity, Rarc, TraceNumber,
};
use crate::element::{
    begins, civil, day as day_of, days, missing, money, money_if_told, procedure, quantity, small,
    span, text,
};
use crate::envelope::Envelope;
use crate::phi::Phi;
use crate::remittance::{
    Adjustment, ClaimPayment, LinePayment, ProviderAdjustment, Remark, RemittanceHead, Source,
};

/// One piece of an 835, in the order of the file.
#[derive(Debug)]
pub enum Piece {
    /// A remittance begins.
    Head(Box<RemittanceHead>),
    /// One of its claims.
    Claim(Box<ClaimPayment>),
    /// What stands after its claims.
    Provider(Vec<ProviderAdjustment>),
}

/// What the envelope says of the transactions in it, and whether an 835 is being read.
#[derive(Clone, Debug, Default)]
pub struct Intake {
    envelope: Envelope,
    inside: bool,
}

impl Intake {
    /// Reads one block. Blocks of other transactions give nothing. What is odd in the elements is
    /// added to `findings`.
    pub fn read(&mut self, block: &Block<'_>, findings: &mut Vec<Finding>) -> Option<Piece> {
        let opener = block.opener()?;
        match block.kind() {
            Kind::Envelope => {
                self.inside = false;
                self.envelope.observe(&opener);
                None
            }
            Kind::Head => {
                self.inside = opener.bytes(1).trim_ascii() == b"835";
                let head = || Piece::Head(Box::new(self.head(block, findings)));
                self.inside.then(head)
            }
            Kind::Unit if self.inside => claim(block, findings).map(Piece::Claim),
            Kind::Tail if self.inside => {
                let adjustments = provider_adjustments(block, findings);
                (!adjustments.is_empty()).then_some(Piece::Provider(adjustments))
            }
            Kind::Unit | Kind::Tail => None,
        }
    }

    fn head(&self, block: &Block<'_>, findings: &mut Vec<Finding>) -> RemittanceHead {
        let mut head = RemittanceHead {
            source: Source::Era,
            version: self.envelope.version.clone(),
            test: self.envelope.test,
            span: span(block),
            ..RemittanceHead::default()
        };
        let mut told_payment = false;
        for segment in block.segments() {
            told_payment |= segment.id() == b"BPR";
            head_segment(&mut head, &segment, findings);
        }
        if !told_payment {
            findings.push(missing(head.span.place(), "expected BPR, the payment, after ST"));
        }
        head
    }
}

fn head_segment(head: &mut RemittanceHead, segment: &Segment<'_>, findings: &mut Vec<Finding>) {
    match t835::part(segment) {
        Part::Start(start) => {
            head.control = small(segment.bytes(2));
            if !start.value.trim_ascii().is_empty() {
                head.version = small(start.value);
            }
        }
        Part::Payment(payment) => {
            head.total = money(payment.amount, "BPR02, the payment,", segment, findings);
            head.handling = small(payment.handling);
            head.method = small(payment.method);
            head.paid_on = x12::amount::date(payment.effective).and_then(civil);
        }
        Part::Trace(trace) => {
            head.trace = TraceNumber::of(small(trace.number));
            head.payer_key = small(trace.payer);
        }
        Part::Day(day) if day.qualifier == b"405" => head.produced_on = day.day().and_then(civil),
        Part::Party(party) => head_party(head, &party),
        Part::Reference(reference) => match reference.qualifier {
            b"2U" => head.payer.ids.push(small(reference.value)),
            b"TJ" => head.payee.tax_id = small(reference.value),
            _ => {}
        },
        Part::Claim(_)
        | Part::Adjustments(_)
        | Part::Name(_)
        | Part::Outpatient(_)
        | Part::Inpatient(_)
        | Part::Line(_)
        | Part::Remark(_)
        | Part::Day(_)
        | Part::Supplement(_)
        | Part::Provider(_)
        | Part::Other => {}
    }
}

fn head_party(head: &mut RemittanceHead, party: &t835::Party<'_>) {
    match party.role {
        b"PR" => {
            head.payer.name = small(party.name);
            let id = small(party.id);
            if !id.is_empty() {
                head.payer.ids.push(id);
            }
        }
        b"PE" => {
            head.payee.name = small(party.name);
            match party.qualifier {
                b"XX" => head.payee.npi = Npi::of(small(party.id)),
                _ => head.payee.tax_id = small(party.id),
            }
        }
        _ => {}
    }
}

/// Reads a claim payment again from the bytes that were kept of it; `None` where they hold no CLP.
/// Its findings were told when it came.
#[must_use]
pub fn again(raw: &[u8], separators: Delimiters, at: Place) -> Option<ClaimPayment> {
    claim(&Kept::new(raw, separators, at).block(), &mut Vec::new()).map(|claim| *claim)
}

/// One CLP with what hangs on it; `None` for a block that holds none, such as a lone LX.
fn claim(block: &Block<'_>, findings: &mut Vec<Finding>) -> Option<Box<ClaimPayment>> {
    let mut segments = block.segments();
    let mut claim = segments.by_ref().find_map(|segment| {
        let Part::Claim(clp) = t835::part(&segment) else { return None };
        Some(Box::new(opened(&clp, &segment, findings)))
    })?;
    let lines = segments.clone().filter(|segment| segment.tag() == t835::LINE).count();
    claim.lines.reserve_exact(lines);
    for segment in segments {
        let part = t835::part(&segment);
        match (&part, claim.lines.last_mut()) {
            (Part::Line(svc), _) => claim.lines.push(line(svc, &segment, findings)),
            (part, Some(line)) => line_segment(line, part, &segment, findings),
            (part, None) => claim_segment(&mut claim, part, &segment, findings),
        }
    }
    close_spans(&mut claim, block.end());
    Some(claim)
}

/// A line ends where the next begins; the last ends with the claim.
fn close_spans(claim: &mut ClaimPayment, end: u64) {
    claim.span.end = end;
    let mut end = end;
    for line in claim.lines.iter_mut().rev() {
        line.span.end = end;
        end = line.span.start;
    }
}

fn opened(
    clp: &t835::Claim<'_>,
    segment: &Segment<'_>,
    findings: &mut Vec<Finding>,
) -> ClaimPayment {
    ClaimPayment {
        number: ClaimNumber::of(small(clp.number)),
        status: small(clp.status),
        charge: money(clp.charge, "CLP03, the charge,", segment, findings),
        paid: money(clp.paid, "CLP04, what was paid,", segment, findings),
        patient_share: money_if_told(
            clp.patient_share,
            "CLP05, the patient's share,",
            segment,
            findings,
        ),
        filing: small(clp.filing),
        control: PayerControlNumber::of(small(clp.control)),
        facility: small(clp.facility),
        frequency: small(clp.frequency),
        span: begins(segment),
        ..ClaimPayment::default()
    }
}

fn claim_segment(
    claim: &mut ClaimPayment,
    part: &Part<'_>,
    segment: &Segment<'_>,
    findings: &mut Vec<Finding>,
) {
    match part {
        Part::Adjustments(cas) => adjust(&mut claim.adjustments, cas, segment, findings),
        Part::Name(name) => claim_name(claim, name),
        Part::Outpatient(codes) => {
            claim.outpatient_segments = claim.outpatient_segments.saturating_add(1);
            remark(&mut claim.remarks, "MOA", codes);
        }
        Part::Inpatient(codes) => {
            claim.inpatient_segments = claim.inpatient_segments.saturating_add(1);
            remark(&mut claim.remarks, "MIA", codes);
        }
        Part::Reference(reference) if reference.qualifier == b"F8" => {
            claim.original = PayerControlNumber::of(small(reference.value));
        }
        Part::Day(day) => match day.qualifier {
            b"050" => claim.received_on = day_of(day.day(), "DTM02", segment, findings),
            b"232" => claim.from = day_of(day.day(), "DTM02", segment, findings),
            b"233" => claim.to = day_of(day.day(), "DTM02", segment, findings),
            _ => {}
        },
        Part::Remark(coded) => lq(&mut claim.remarks, coded, segment, findings),
        Part::Supplement(amount) if amount.qualifier == b"I" => {
            claim.interest = Some(money(amount.amount, "AMT02, the interest,", segment, findings));
        }
        Part::Reference(_)
        | Part::Supplement(_)
        | Part::Payment(_)
        | Part::Trace(_)
        | Part::Party(_)
        | Part::Claim(_)
        | Part::Line(_)
        | Part::Provider(_)
        | Part::Start(_)
        | Part::Other => {}
    }
}

fn claim_name(claim: &mut ClaimPayment, name: &t835::Name<'_>) {
    match name.role {
        b"QC" => {
            let mut patient = person(name);
            if patient.member.is_empty() {
                patient.member.clone_from(&claim.patient.reveal().member);
            }
            claim.patient = Phi::new(patient);
        }
        // The subscriber's id stands in where the patient has none of their own.
        b"IL" if claim.patient.reveal().member.is_empty() => {
            let member = text(name.id).into_owned();
            let patient = claim.patient.reveal().clone();
            claim.patient = Phi::new(Patient { member, ..patient });
        }
        b"74" => claim.corrected_insured = Some(Phi::new(person(name))),
        b"82" if name.qualifier == b"XX" => claim.rendering = Npi::of(small(name.id)),
        b"TT" => claim.crossover = Some(payer(name)),
        b"PR" => claim.priority_payer = Some(payer(name)),
        _ => {}
    }
}

fn person(name: &t835::Name<'_>) -> Patient {
    Patient {
        family: text(name.family).into_owned(),
        given: text(name.given).into_owned(),
        member: text(name.id).into_owned(),
        born: None,
    }
}

fn payer(name: &t835::Name<'_>) -> PayerName {
    let id = small(name.id);
    PayerName { name: small(name.family), ids: if id.is_empty() { vec![] } else { vec![id] } }
}

fn line(svc: &t835::Line<'_>, segment: &Segment<'_>, findings: &mut Vec<Finding>) -> LinePayment {
    LinePayment {
        procedure: procedure(&svc.procedure),
        submitted: (!svc.submitted.is_empty()).then(|| procedure(&svc.submitted)),
        charge: money(svc.charge, "SVC02, the charge,", segment, findings),
        paid: money(svc.paid, "SVC03, what was paid,", segment, findings),
        revenue: small(svc.revenue),
        units: quantity(svc.units).unwrap_or(Quantity::ONE),
        submitted_units: quantity(svc.submitted_units),
        span: begins(segment),
        ..LinePayment::default()
    }
}

fn line_segment(
    line: &mut LinePayment,
    part: &Part<'_>,
    segment: &Segment<'_>,
    findings: &mut Vec<Finding>,
) {
    match part {
        Part::Adjustments(cas) => adjust(&mut line.adjustments, cas, segment, findings),
        Part::Remark(coded) => lq(&mut line.remarks, coded, segment, findings),
        Part::Reference(reference) if reference.qualifier == b"6R" => {
            line.control = LineControl::of(small(reference.value));
        }
        Part::Day(day) => line_day(line, day, segment, findings),
        Part::Supplement(amount) if amount.qualifier == b"B6" => {
            line.allowed =
                Some(money(amount.amount, "AMT02, the allowed amount,", segment, findings));
        }
        Part::Reference(_)
        | Part::Supplement(_)
        | Part::Name(_)
        | Part::Outpatient(_)
        | Part::Inpatient(_)
        | Part::Payment(_)
        | Part::Trace(_)
        | Part::Party(_)
        | Part::Claim(_)
        | Part::Line(_)
        | Part::Provider(_)
        | Part::Start(_)
        | Part::Other => {}
    }
}

fn line_day(
    line: &mut LinePayment,
    day: &Day<'_>,
    segment: &Segment<'_>,
    findings: &mut Vec<Finding>,
) {
    match day.qualifier {
        b"472" => {
            (line.from, line.to) = days(day.range(), "DTM02", segment, findings).unzip();
        }
        b"150" => line.from = day_of(day.day(), "DTM02", segment, findings),
        b"151" => line.to = day_of(day.day(), "DTM02", segment, findings),
        _ => {}
    }
}

fn adjust(
    adjustments: &mut Vec<Adjustment>,
    cas: &t835::Adjustments<'_>,
    segment: &Segment<'_>,
    findings: &mut Vec<Finding>,
) {
    let group = Group::of(small(cas.group));
    for triplet in cas.iter() {
        adjustments.push(Adjustment {
            group: group.clone(),
            reason: Carc::of(small(triplet.reason)),
            amount: money(triplet.amount, "an amount of CAS", segment, findings),
            units: quantity(triplet.units),
        });
    }
}

fn remark(remarks: &mut Vec<Remark>, list: &'static str, codes: &[&[u8]]) {
    let filled = codes.iter().filter(|code| !code.trim_ascii().is_empty());
    remarks.extend(
        filled.map(|code| Remark { list: SmolStr::new_static(list), code: Rarc::of(small(code)) }),
    );
}

fn lq(
    remarks: &mut Vec<Remark>,
    coded: &t835::Coded<'_>,
    segment: &Segment<'_>,
    findings: &mut Vec<Finding>,
) {
    let code = Rarc::of(small(coded.value));
    if code.is_empty() {
        findings.push(missing(segment.place(), "expected a remark code in LQ02, and none came"));
        return;
    }
    let list = match coded.qualifier {
        b"HE" => SmolStr::new_static("LQ:HE"),
        other => smol_str::format_smolstr!("LQ:{}", text(other)),
    };
    remarks.push(Remark { list, code });
}

fn provider_adjustments(block: &Block<'_>, findings: &mut Vec<Finding>) -> Vec<ProviderAdjustment> {
    let mut adjustments = Vec::new();
    for segment in block.segments() {
        let Part::Provider(plb) = t835::part(&segment) else { continue };
        for pair in plb.iter() {
            adjustments.push(ProviderAdjustment {
                provider: small(plb.id),
                fiscal: x12::amount::date(plb.fiscal).and_then(civil),
                reason: pair.code.parts().next().map(small).unwrap_or_default(),
                reference: small(pair.code.rest()),
                amount: money(pair.amount, "an amount of PLB", &segment, findings),
                span: begins(&segment),
            });
        }
    }
    adjustments
}
