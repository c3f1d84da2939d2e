//! What a payer said it paid and why; whether it balances. Reported, never repaired.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use crate::claim::{Patient, PayerName};
use crate::codes::{
    Carc, ClaimNumber, Group, LineControl, Npi, PayerControlNumber, Procedure, Quantity, Rarc,
    TraceNumber,
};
use crate::money::Money;
use crate::named;
use crate::phi::Phi;

named! {
    /// Where a remittance came from.
    #[derive(Default)]
    Source {
        /// An X12 835.
        #[default]
        Era = "835",
        /// A paper explanation of benefits or letter, keyed in.
        Paper = "paper",
        /// Read off a payer's portal, keyed in.
        Portal = "portal",
        /// Told by phone, keyed in.
        Phone = "phone",
    }
}

/// Table 1 of an 835: who paid whom, how much, when. Claim payments follow one by one, since a
/// remittance may be larger than memory.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemittanceHead {
    /// Source of the facts.
    pub source: Source,
    /// The payer as the file names it: N1*PR, TRN03, REF*2U.
    pub payer: PayerName,
    /// Payer id that is part of the key (TRN03).
    pub payer_key: SmolStr,
    /// Who is paid.
    pub payee: Payee,
    /// Number of the payment (TRN02).
    pub trace: TraceNumber,
    /// Amount of the payment (BPR02).
    pub total: Money,
    /// BPR01: I, H, C, D, U, P, X.
    pub handling: SmolStr,
    /// BPR04: ACH, CHK, FWT, BOP, NON.
    pub method: SmolStr,
    /// Effective date of the payment (BPR16).
    pub paid_on: Option<Date>,
    /// Production date (DTM*405).
    pub produced_on: Option<Date>,
    /// Version of the guide (GS08 or ST03), as it came.
    pub version: SmolStr,
    /// True where ISA15 says test: read and shown, never worked unless asked.
    pub test: bool,
    /// Control number of the transaction (ST02).
    pub control: SmolStr,
    /// Where its first segments stand in the file.
    pub span: Span,
}

/// Who is paid (N1*PE).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payee {
    /// Name.
    pub name: SmolStr,
    /// National provider identifier, where it is given.
    pub npi: Npi,
    /// Tax id, where it is given (N1*PE*FI or REF*TJ).
    pub tax_id: SmolStr,
}

/// One claim on a remittance (a CLP with what hangs on it).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimPayment {
    /// Our number, as the payer echoes it (CLP01).
    pub number: ClaimNumber,
    /// Claim status (CLP02), as it came; [`ClaimPayment::standing`] reads it.
    pub status: SmolStr,
    /// Total charge (CLP03).
    pub charge: Money,
    /// Paid (CLP04).
    pub paid: Money,
    /// Patient responsibility (CLP05); a payer may leave it out.
    pub patient_share: Option<Money>,
    /// Claim filing indicator (CLP06).
    pub filing: SmolStr,
    /// The payer's number (CLP07).
    pub control: PayerControlNumber,
    /// The payer's number of the claim that this one corrects (REF*F8).
    pub original: PayerControlNumber,
    /// Facility type (CLP08).
    pub facility: SmolStr,
    /// Frequency (CLP09).
    pub frequency: SmolStr,
    /// The patient (NM1*QC, member of NM1*IL).
    pub patient: Phi<Patient>,
    /// Corrected insured (NM1*74): mends the next claim.
    pub corrected_insured: Option<Phi<Patient>>,
    /// Rendering provider (NM1*82).
    pub rendering: Npi,
    /// Payer that the claim was passed on to (NM1*TT).
    pub crossover: Option<PayerName>,
    /// Payer that should pay first (NM1*PR).
    pub priority_payer: Option<PayerName>,
    /// Day the payer received the claim (DTM*050).
    pub received_on: Option<Date>,
    /// First day of service (DTM*232).
    pub from: Option<Date>,
    /// Last day of service (DTM*233).
    pub to: Option<Date>,
    /// Interest paid for paying late, beside what is paid of the claim (AMT*I).
    pub interest: Option<Money>,
    /// Adjustments of the whole claim (2100 CAS), every triplet.
    pub adjustments: Vec<Adjustment>,
    /// Remarks of the whole claim (MOA, MIA).
    pub remarks: Vec<Remark>,
    /// MIA segments: more than none on a claim that was priced as inpatient.
    pub inpatient_segments: u8,
    /// MOA segments.
    pub outpatient_segments: u8,
    /// Service lines.
    pub lines: Vec<LinePayment>,
    /// Where its segments stand in the file.
    pub span: Span,
}

/// One line on a remittance (an SVC with what hangs on it).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinePayment {
    /// Our control number (REF*6R); the key of a line's match.
    pub control: LineControl,
    /// The procedure paid (SVC01).
    pub procedure: Procedure,
    /// The procedure billed, where the payer changed it (SVC06).
    pub submitted: Option<Procedure>,
    /// Charge (SVC02).
    pub charge: Money,
    /// Paid (SVC03).
    pub paid: Money,
    /// Revenue code (SVC04).
    pub revenue: SmolStr,
    /// Units paid (SVC05; one where absent).
    pub units: Quantity,
    /// Units billed, where they differ (SVC07).
    pub submitted_units: Option<Quantity>,
    /// First day of service (DTM*472 or 150).
    pub from: Option<Date>,
    /// Last day of service (DTM*472 or 151).
    pub to: Option<Date>,
    /// Adjustments, every triplet.
    pub adjustments: Vec<Adjustment>,
    /// Remarks (LQ), every one.
    pub remarks: Vec<Remark>,
    /// Allowed amount (AMT*B6), where the payer gives it.
    pub allowed: Option<Money>,
    /// Where its segments stand in the file.
    pub span: Span,
}

/// A place in a file: first segment (from 1) and its bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Span {
    /// First segment, from 1.
    pub segment: u32,
    /// First byte.
    pub start: u64,
    /// Byte after the last.
    pub end: u64,
}

/// One reason and amount of a CAS.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Adjustment {
    /// Who bears it.
    pub group: Group,
    /// Why.
    pub reason: Carc,
    /// Positive lowers the payment, negative raises it.
    pub amount: Money,
    /// Units not paid, where given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub units: Option<Quantity>,
}

/// One remark and the list it stands in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remark {
    /// `LQ:HE`, `LQ:RX`, `MOA`, `MIA`.
    pub list: SmolStr,
    /// The code.
    pub code: Rarc,
}

/// One amount at the provider's level (one pair of a PLB).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderAdjustment {
    /// Provider (PLB01).
    pub provider: SmolStr,
    /// Fiscal period (PLB02).
    pub fiscal: Option<Date>,
    /// Reason: WO, FB, L6, 72 and so on.
    pub reason: SmolStr,
    /// Reference behind the reason, kept raw.
    pub reference: SmolStr,
    /// Positive takes money away, negative gives it.
    pub amount: Money,
    /// Where the PLB stands.
    pub span: Span,
}

/// What a CLP02 lets us conclude.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// 1, 2, 3, 19, 20, 21: adjudicated; paid or not, the adjustments say.
    Processed,
    /// 4: the patient is not known to the payer, though some payers misuse it.
    Denied,
    /// 22: takes back an earlier payment.
    Reversal,
    /// 23: not their claim, sent on.
    Forwarded,
    /// 25: an estimate without money.
    Predetermination,
    /// Old or unknown values: kept for review.
    Review,
}

impl ClaimPayment {
    /// The first day of service on any line, else of the claim as paid.
    #[must_use]
    pub fn first_service(&self) -> Option<Date> {
        self.lines.iter().filter_map(|line| line.from).min().or(self.from)
    }

    /// Reads CLP02 (X12 835 guide, loop 2100; old 4010 values go to review).
    #[must_use]
    pub fn standing(&self) -> Standing {
        match self.status.as_str() {
            "1" | "2" | "3" | "19" | "20" | "21" => Standing::Processed,
            "4" => Standing::Denied,
            "22" => Standing::Reversal,
            "23" => Standing::Forwarded,
            "25" => Standing::Predetermination,
            _ => Standing::Review,
        }
    }

    /// Every adjustment, those of the claim first.
    pub fn all_adjustments(&self) -> impl Iterator<Item = &Adjustment> {
        self.adjustments.iter().chain(self.lines.iter().flat_map(|line| &line.adjustments))
    }

    /// Where the claim does not add up (X12 835 guide, balancing).
    #[must_use]
    pub fn imbalances(&self) -> Vec<Imbalance> {
        let mut found: Vec<Imbalance> = self.lines.iter().filter_map(line_imbalance).collect();
        found.extend(self.claim_imbalance());
        found.extend(self.charge_imbalance());
        found.extend(self.share_imbalance());
        found
    }

    fn claim_imbalance(&self) -> Option<Imbalance> {
        let adjusted: Money = self.all_adjustments().map(|adjustment| adjustment.amount).sum();
        let expected = self.charge - adjusted;
        (expected != self.paid).then_some(Imbalance {
            check: Check::Claim,
            span: self.span,
            expected,
            stated: self.paid,
        })
    }

    fn charge_imbalance(&self) -> Option<Imbalance> {
        let expected: Money = self.lines.iter().map(|line| line.charge).sum();
        (!self.lines.is_empty() && expected != self.charge).then_some(Imbalance {
            check: Check::LineCharges,
            span: self.span,
            expected,
            stated: self.charge,
        })
    }

    fn share_imbalance(&self) -> Option<Imbalance> {
        let stated = self.patient_share?;
        let expected = self
            .all_adjustments()
            .filter(|adjustment| adjustment.group.as_str() == "PR")
            .map(|adjustment| adjustment.amount)
            .sum();
        (expected != stated).then_some(Imbalance {
            check: Check::PatientShare,
            span: self.span,
            expected,
            stated,
        })
    }
}

fn line_imbalance(line: &LinePayment) -> Option<Imbalance> {
    let adjusted: Money = line.adjustments.iter().map(|adjustment| adjustment.amount).sum();
    let expected = line.charge - adjusted;
    (expected != line.paid).then_some(Imbalance {
        check: Check::Line,
        span: line.span,
        expected,
        stated: line.paid,
    })
}

named! {
    /// The sums that a remittance must keep.
    Check {
        /// SVC02 − Σ line CAS = SVC03.
        Line = "line",
        /// CLP03 − Σ every CAS = CLP04.
        Claim = "claim",
        /// Σ SVC02 = CLP03, where there are lines.
        LineCharges = "line_charges",
        /// Σ PR = CLP05, where it is given; some payers' files do not keep it.
        PatientShare = "patient_share",
        /// Σ CLP04 − Σ PLB = BPR02.
        Transaction = "transaction",
    }
}

impl Check {
    /// True where a failure quarantines the money; the patient's share alone is only told, since
    /// CLP05 is informational beside the adjustments that make it up.
    #[must_use]
    pub const fn quarantines(self) -> bool {
        match self {
            Check::Line | Check::Claim | Check::LineCharges | Check::Transaction => true,
            Check::PatientShare => false,
        }
    }
}

/// One sum that does not hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Imbalance {
    /// Which sum.
    pub check: Check,
    /// Where.
    pub span: Span,
    /// What the parts add up to.
    pub expected: Money,
    /// What the file says.
    pub stated: Money,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn adjustment(group: &str, reason: &str, cents: i64) -> Adjustment {
        Adjustment {
            group: Group::new(group),
            reason: Carc::new(reason),
            amount: Money::from_cents(cents),
            units: None,
        }
    }

    /// Charge 250, contract 180, deductible 50, coinsurance 26, paid 104.
    fn paid_claim() -> ClaimPayment {
        let line = LinePayment {
            charge: Money::from_cents(25_000),
            paid: Money::from_cents(10_400),
            adjustments: vec![
                adjustment("CO", "45", 7_000),
                adjustment("PR", "1", 5_000),
                adjustment("PR", "2", 2_600),
            ],
            ..LinePayment::default()
        };
        ClaimPayment {
            status: "1".into(),
            charge: Money::from_cents(25_000),
            paid: Money::from_cents(10_400),
            patient_share: Some(Money::from_cents(7_600)),
            lines: vec![line],
            ..ClaimPayment::default()
        }
    }

    #[test]
    fn a_claim_that_adds_up_is_silent() {
        assert_eq!(paid_claim().imbalances(), vec![]);
    }

    #[test]
    fn each_sum_is_reported_by_itself() {
        let mut claim = paid_claim();
        claim.paid = Money::from_cents(10_000);
        claim.patient_share = Some(Money::ZERO);
        let checks: Vec<Check> = claim.imbalances().iter().map(|one| one.check).collect();
        assert_eq!(checks, [Check::Claim, Check::PatientShare]);
    }
}
