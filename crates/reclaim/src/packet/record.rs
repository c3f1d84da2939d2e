//! What a packet shows of the record: what the payer said, and the claim as it was billed.

use denial::appeal::day;
use denial::claim::{Claim, ServiceLine};
use denial::codes::Diagnosis;
use denial::money::Money;
use denial::remittance::{Adjustment, LinePayment, Remark};
use jiff::civil::Date;
use press::{Block, Column, Section};

use crate::packet::Plan;

impl Plan {
    /// The payer's own words on this claim, and on no other of its remittance.
    pub(super) fn remittance(&self) -> Section {
        let mut blocks = Vec::new();
        match &self.dossier.payment {
            Some(payment) => {
                blocks.push(Block::Fields(self.payment_fields()));
                let whole = LinePayment {
                    charge: payment.charge,
                    paid: payment.paid,
                    adjustments: payment.adjustments.clone(),
                    remarks: payment.remarks.clone(),
                    ..LinePayment::default()
                };
                let rows = payment.lines.iter().map(|line| said(&line.procedure.to_string(), line));
                let rows = std::iter::once(said("Claim", &whole)).chain(rows);
                blocks.push(Block::Table { columns: said_columns(), rows: rows.collect() });
            }
            None => blocks.push(Block::Text("No payment of this claim is on file.".to_owned())),
        }
        if !self.dossier.meanings.is_empty() {
            blocks.push(Block::Heading("Codes in our words".to_owned()));
            blocks.push(Block::Fields(self.dossier.meanings.clone()));
        }
        if !self.dossier.segments.is_empty() {
            blocks.push(Block::Heading("The payment as it was sent (X12 835)".to_owned()));
            blocks.push(Block::Raw(self.dossier.segments.join("\n")));
        }
        let title = "Extract of the remittance".to_owned();
        Section { title, without_heading: false, blocks }
    }

    fn payment_fields(&self) -> Vec<(String, String)> {
        let head = self.dossier.head.as_ref();
        let payment = self.dossier.payment.as_ref();
        let told = |day: Option<Date>| day.map(denial::appeal::day);
        let fields = [
            ("Payer", head.map(|one| one.payer.name.to_string())),
            ("Payment number (TRN02)", head.map(|one| one.trace.to_string())),
            ("Payment date", head.and_then(|one| told(one.paid_on))),
            ("Our claim number", payment.map(|one| one.number.to_string())),
            ("Payer's claim number", payment.map(|one| one.control.to_string())),
            ("Claim status (CLP02)", payment.map(|one| one.status.to_string())),
            ("Received by the payer", payment.and_then(|one| told(one.received_on))),
            ("Charged", payment.map(|one| one.charge.to_string())),
            ("Paid", payment.map(|one| one.paid.to_string())),
            ("Patient's share", payment.and_then(|one| Some(one.patient_share?.to_string()))),
        ];
        known(fields)
    }

    /// The claim as it was billed, as a table; none where no 837 of it is known.
    pub(super) fn billed(&self) -> Option<Section> {
        let claim = self.dossier.claim.as_ref()?;
        let columns = vec![
            Column::words("Line", 1),
            Column::words("Service", 3),
            Column::words("Procedure", 3),
            Column::words("Diagnoses", 2),
            Column::amounts("Units", 1),
            Column::amounts("Charge", 2),
        ];
        let rows = claim.lines.iter().map(|line| billed_line(line, &claim.diagnoses)).collect();
        let blocks = vec![Block::Fields(claim_fields(claim)), Block::Table { columns, rows }];
        Some(Section { title: "The claim as billed".to_owned(), without_heading: false, blocks })
    }
}

fn said_columns() -> Vec<Column> {
    vec![
        Column::words("Service", 3),
        Column::amounts("Charge", 2),
        Column::amounts("Paid", 2),
        Column::words("Adjustments", 4),
        Column::words("Remarks", 2),
    ]
}

fn said(what: &str, line: &LinePayment) -> Vec<String> {
    let adjusted = |one: &Adjustment| format!("{}-{} {}", one.group, one.reason, one.amount);
    let adjusted: Vec<String> = line.adjustments.iter().map(adjusted).collect();
    let remarks = |one: &Remark| one.code.to_string();
    let remarks: Vec<String> = line.remarks.iter().map(remarks).collect();
    let money = |amount: Money| amount.to_string();
    vec![
        what.to_owned(),
        money(line.charge),
        money(line.paid),
        adjusted.join("; "),
        remarks.join(", "),
    ]
}

fn claim_fields(claim: &Claim) -> Vec<(String, String)> {
    let patient = claim.patient.reveal();
    let name = format!("{} {}", patient.given, patient.family);
    let diagnosis = |(at, one): (usize, &Diagnosis)| format!("{}: {}", at + 1, one.as_str());
    let diagnoses: Vec<String> = claim.diagnoses.iter().enumerate().map(diagnosis).collect();
    let kind = if claim.institutional { "Institutional (837I)" } else { "Professional (837P)" };
    let fields = [
        ("Claim number", Some(claim.number.to_string())),
        ("Kind", Some(kind.to_owned())),
        ("Payer", Some(claim.payer.name.to_string())),
        ("Patient", Some(name.trim().to_owned())),
        ("Member id", Some(patient.member.clone())),
        ("Date of birth", patient.born.map(denial::appeal::day)),
        ("Billing NPI", Some(claim.billing.to_string())),
        ("Rendering NPI", Some(claim.rendering.to_string())),
        ("Tax id", Some(claim.tax_id.to_string())),
        ("Place of service", Some(claim.facility.to_string())),
        ("Frequency", Some(claim.frequency.to_string())),
        ("Authorization", claim.authorization.as_ref().map(ToString::to_string)),
        ("Referral", claim.referral.as_ref().map(ToString::to_string)),
        ("Diagnoses", Some(diagnoses.join(", "))),
        ("Sent", claim.submitted_on.map(denial::appeal::day)),
        ("Charged", Some(claim.charge.to_string())),
    ];
    known(fields)
}

fn billed_line(line: &ServiceLine, diagnoses: &[Diagnosis]) -> Vec<String> {
    let days = match (line.from, line.to) {
        (Some(from), Some(to)) if from != to => format!("{} to {}", day(from), day(to)),
        (Some(on), _) | (None, Some(on)) => day(on),
        (None, None) => String::new(),
    };
    let procedure = if line.revenue.is_empty() {
        line.procedure.to_string()
    } else {
        format!("{} {}", line.revenue, line.procedure)
    };
    let pointed = |at: &u8| diagnoses.get(usize::from(*at).checked_sub(1)?);
    let pointed: Vec<&str> = line.pointers.iter().filter_map(pointed).map(|d| d.as_str()).collect();
    vec![
        line.number.to_string(),
        days,
        procedure,
        pointed.join(", "),
        line.units.to_string(),
        line.charge.to_string(),
    ]
}

/// What has a value.
fn known<const N: usize>(fields: [(&str, Option<String>); N]) -> Vec<(String, String)> {
    let fields = fields.into_iter().map(|(name, value)| (name.to_owned(), value));
    let known = fields.filter_map(|(name, value)| Some((name, value?)));
    known.filter(|(_, value)| !value.trim().is_empty()).collect()
}
