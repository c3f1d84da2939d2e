//! An 835, block by block, to a remittance: head, claim payments, provider-level adjustments.
//!
//! An element that is no amount counts as nothing and becomes a finding at its place; so does one
//! that must be there and is not. Nothing is repaired.

use jiff::civil::Date;
use smol_str::SmolStr;
use x12::amount::{AmountFault, YearMonthDay};
use x12::t835::{self, Amount, Composite, Day, Part};
use x12::{Block, Code, Delimiters, Finding, Kept, Kind, Place, Segment, Severity};

use crate::claim::{Patient, PayerName};
use crate::codes::{
    Carc, ClaimNumber, Group, LineControl, Npi, PayerControlNumber, Procedure, Quantity, Rarc,
    TraceNumber,
};
use crate::money::Money;
use crate::phi::Phi;
use crate::remittance::{
    Adjustment, ClaimPayment, LinePayment, ProviderAdjustment, Remark, RemittanceHead, Source, Span,
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
    test: bool,
    version: SmolStr,
    inside: bool,
}

impl Intake {
    /// Reads one block. Blocks of other transactions give nothing. What is odd in the elements is
    /// added to `findings`.
    pub fn read(&mut self, block: &Block<'_>, findings: &mut Vec<Finding>) -> Option<Piece> {
        let opener = block.opener()?;
        match block.kind() {
            Kind::Envelope => {
                self.envelope(&opener);
                None
            }
            Kind::Head => {
                self.inside = opener.bytes(1).trim_ascii() == b"835";
                let head = || Piece::Head(Box::new(self.head(block, findings)));
                self.inside.then(head)
            }
            Kind::Unit if self.inside => claim(block, findings).map(Box::new).map(Piece::Claim),
            Kind::Tail if self.inside => {
                let adjustments = provider_adjustments(block, findings);
                (!adjustments.is_empty()).then_some(Piece::Provider(adjustments))
            }
            Kind::Unit | Kind::Tail => None,
        }
    }

    fn envelope(&mut self, segment: &Segment<'_>) {
        self.inside = false;
        match segment.id() {
            b"ISA" => {
                self.test = segment.bytes(15).trim_ascii() == b"T";
                self.version = SmolStr::default();
            }
            b"GS" => self.version = small(segment.bytes(8)),
            b"IEA" => *self = Intake::default(),
            _ => {}
        }
    }

    fn head(&self, block: &Block<'_>, findings: &mut Vec<Finding>) -> RemittanceHead {
        let mut head = RemittanceHead {
            source: Source::Era,
            version: self.version.clone(),
            test: self.test,
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
            head.trace = TraceNumber::new(&text(trace.number));
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
                b"XX" => head.payee.npi = Npi::new(&text(party.id)),
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
    claim(&Kept::new(raw, separators, at).block(), &mut Vec::new())
}

/// One CLP with what hangs on it; `None` for a block that holds none, such as a lone LX.
fn claim(block: &Block<'_>, findings: &mut Vec<Finding>) -> Option<ClaimPayment> {
    let mut claim: Option<ClaimPayment> = None;
    for segment in block.segments() {
        match (t835::part(&segment), &mut claim) {
            (Part::Claim(clp), None) => claim = Some(opened(&clp, &segment, findings)),
            (Part::Line(svc), Some(claim)) => claim.lines.push(line(&svc, &segment, findings)),
            (part, Some(claim)) => match claim.lines.last_mut() {
                Some(line) => line_segment(line, part, &segment, findings),
                None => claim_segment(claim, part, &segment, findings),
            },
            (_, None) => {}
        }
    }
    let mut claim = claim?;
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
        number: ClaimNumber::new(&text(clp.number)),
        status: small(clp.status),
        charge: money(clp.charge, "CLP03, the charge,", segment, findings),
        paid: money(clp.paid, "CLP04, what was paid,", segment, findings),
        patient_share: share(clp.patient_share, segment, findings),
        filing: small(clp.filing),
        control: PayerControlNumber::new(&text(clp.control)),
        facility: small(clp.facility),
        frequency: small(clp.frequency),
        span: begins(segment),
        ..ClaimPayment::default()
    }
}

/// CLP05 may be left out; anything else that is no amount is told.
fn share(amount: Amount, segment: &Segment<'_>, findings: &mut Vec<Finding>) -> Option<Money> {
    match amount {
        Err(AmountFault::Empty) => None,
        _ => Some(money(amount, "CLP05, the patient's share,", segment, findings)),
    }
}

fn claim_segment(
    claim: &mut ClaimPayment,
    part: Part<'_>,
    segment: &Segment<'_>,
    findings: &mut Vec<Finding>,
) {
    match part {
        Part::Adjustments(cas) => adjust(&mut claim.adjustments, &cas, segment, findings),
        Part::Name(name) => claim_name(claim, &name),
        Part::Outpatient(codes) => {
            claim.outpatient_segments = claim.outpatient_segments.saturating_add(1);
            remark(&mut claim.remarks, "MOA", &codes);
        }
        Part::Inpatient(codes) => {
            claim.inpatient_segments = claim.inpatient_segments.saturating_add(1);
            remark(&mut claim.remarks, "MIA", &codes);
        }
        Part::Reference(reference) if reference.qualifier == b"F8" => {
            claim.original = PayerControlNumber::new(&text(reference.value));
        }
        Part::Day(day) => match day.qualifier {
            b"050" => claim.received_on = whole_day(&day, segment, findings),
            b"232" => claim.from = whole_day(&day, segment, findings),
            b"233" => claim.to = whole_day(&day, segment, findings),
            _ => {}
        },
        Part::Remark(coded) => lq(&mut claim.remarks, &coded),
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
            let member = text_or(name.id, &claim.patient.reveal().member);
            claim.patient = Phi::new(Patient { member, ..person(name) });
        }
        // The subscriber's id stands in where the patient has none of their own.
        b"IL" if claim.patient.reveal().member.is_empty() => {
            let member = text(name.id).into_owned();
            let patient = claim.patient.reveal().clone();
            claim.patient = Phi::new(Patient { member, ..patient });
        }
        b"74" => claim.corrected_insured = Some(Phi::new(person(name))),
        b"82" if name.qualifier == b"XX" => claim.rendering = Npi::new(&text(name.id)),
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
    part: Part<'_>,
    segment: &Segment<'_>,
    findings: &mut Vec<Finding>,
) {
    match part {
        Part::Adjustments(cas) => adjust(&mut line.adjustments, &cas, segment, findings),
        Part::Remark(coded) => lq(&mut line.remarks, &coded),
        Part::Reference(reference) if reference.qualifier == b"6R" => {
            line.control = LineControl::new(&text(reference.value));
        }
        Part::Day(day) => line_day(line, &day, segment, findings),
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
        b"472" => match day.range() {
            Some((from, to)) => (line.from, line.to) = (civil(from), civil(to)),
            None => findings.push(no_date(segment)),
        },
        b"150" => line.from = whole_day(day, segment, findings),
        b"151" => line.to = whole_day(day, segment, findings),
        _ => {}
    }
}

fn adjust(
    adjustments: &mut Vec<Adjustment>,
    cas: &t835::Adjustments<'_>,
    segment: &Segment<'_>,
    findings: &mut Vec<Finding>,
) {
    let group = Group::new(&text(cas.group));
    for triplet in cas.iter() {
        adjustments.push(Adjustment {
            group: group.clone(),
            reason: Carc::new(&text(triplet.reason)),
            amount: money(triplet.amount, "an amount of CAS", segment, findings),
            units: quantity(triplet.units),
        });
    }
}

fn remark(remarks: &mut Vec<Remark>, list: &'static str, codes: &[&[u8]]) {
    let filled = codes.iter().filter(|code| !code.trim_ascii().is_empty());
    remarks.extend(
        filled.map(|code| Remark { list: SmolStr::new_static(list), code: Rarc::new(&text(code)) }),
    );
}

fn lq(remarks: &mut Vec<Remark>, coded: &t835::Coded<'_>) {
    let code = Rarc::new(&text(coded.value));
    if !code.is_empty() {
        let list = match coded.qualifier {
            b"HE" => SmolStr::new_static("LQ:HE"),
            other => smol_str::format_smolstr!("LQ:{}", text(other)),
        };
        remarks.push(Remark { list, code });
    }
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

fn procedure(composite: &Composite<'_>) -> Procedure {
    let mut parts = composite.parts();
    let qualifier = parts.next().map(small).unwrap_or_default();
    let code = parts.next().map(small).unwrap_or_default();
    let modifiers = parts.take(4).filter(|one| !one.is_empty()).map(small).collect();
    Procedure { qualifier, code, modifiers }
}

fn money(amount: Amount, what: &str, segment: &Segment<'_>, findings: &mut Vec<Finding>) -> Money {
    match amount {
        Ok(cents) => Money::from_cents(cents),
        Err(fault) => {
            findings.push(no_amount(fault, what, segment.place()));
            Money::ZERO
        }
    }
}

fn no_amount(fault: AmountFault, what: &str, at: Place) -> Finding {
    let (code, why) = match fault {
        AmountFault::Empty => (Code::MissingElement, "is left out"),
        AmountFault::Malformed => (Code::NotAmount, "is no amount"),
        AmountFault::TooFine => (Code::NotAmount, "has more than two decimals"),
        AmountFault::TooLarge => (Code::NotAmount, "is beyond one billion dollars"),
    };
    Finding {
        at,
        code,
        severity: Severity::Error,
        message: format!("{what} {why} and counts as nothing").into(),
        hint: "the claim cannot balance as it stands; ask the payer for a corrected file",
    }
}

fn whole_day(day: &Day<'_>, segment: &Segment<'_>, findings: &mut Vec<Finding>) -> Option<Date> {
    let date = day.day().and_then(civil);
    if date.is_none() {
        findings.push(no_date(segment));
    }
    date
}

fn no_date(segment: &Segment<'_>) -> Finding {
    Finding {
        at: segment.place(),
        code: Code::NotDate,
        severity: Severity::Warning,
        message: "expected a date as CCYYMMDD in DTM02, and something else came".into(),
        hint: "a clock that would count from this day is not set by it; look at the claim",
    }
}

fn missing(at: Place, message: &'static str) -> Finding {
    Finding {
        at,
        code: Code::MissingElement,
        severity: Severity::Error,
        message: message.into(),
        hint: "the file may be cut off or put together by hand; ask the sender for it again",
    }
}

/// A date that the calendar has.
fn civil((year, month, day): YearMonthDay) -> Option<Date> {
    Date::new(year, month, day).ok()
}

fn quantity(bytes: &[u8]) -> Option<Quantity> {
    match bytes {
        [] => None,
        b"1" => Some(Quantity::ONE),
        bytes => Quantity::parse(&text(bytes)),
    }
}

fn text(bytes: &[u8]) -> std::borrow::Cow<'_, str> {
    x12::segment::text(bytes)
}

fn text_or(bytes: &[u8], other: &str) -> String {
    let text = text(bytes);
    if text.is_empty() { other.to_owned() } else { text.into_owned() }
}

fn small(bytes: &[u8]) -> SmolStr {
    SmolStr::new(text(bytes))
}

/// The segment and what follows it; its end is set when the next of its kind begins.
fn begins(segment: &Segment<'_>) -> Span {
    let Place { segment: number, byte } = segment.place();
    Span { segment: number, start: byte, end: byte + segment.raw().len() as u64 }
}

fn span(block: &Block<'_>) -> Span {
    let at = block.opener().map(|opener| opener.place()).unwrap_or_default();
    Span { segment: at.segment, start: at.byte, end: block.end() }
}

impl Span {
    const fn place(self) -> Place {
        Place { segment: self.segment, byte: self.start }
    }
}
