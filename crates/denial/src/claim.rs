//! Claims and service lines as billed.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use crate::codes::{
    ClaimNumber, Diagnosis, LineControl, Npi, PayerControlNumber, Procedure, Quantity,
};
use crate::money::Money;
use crate::named;
use crate::phi::Phi;

named! {
    /// The legal regime and line of business, which select deadlines and appeal ways.
    PlanType {
        /// Medicare parts A and B.
        Medicare = "medicare",
        /// Medicare Advantage.
        MedicareAdvantage = "medicare_advantage",
        /// Medicaid paid by the state.
        Medicaid = "medicaid",
        /// Medicaid through a managed-care plan.
        MedicaidManaged = "medicaid_managed",
        /// Insured commercial plan.
        Commercial = "commercial",
        /// Self-funded employer plan under ERISA.
        SelfFunded = "self_funded",
        /// Plan of a marketplace.
        Marketplace = "marketplace",
        /// Military and veterans.
        Tricare = "tricare",
        /// Workers' compensation.
        WorkersCompensation = "workers_compensation",
        /// Automobile medical.
        Auto = "auto",
        /// The claim does not say.
        Unknown = "unknown",
    }
}

named! {
    /// How the program knows a claim.
    ClaimSource {
        /// From an 837 that the clinic sent.
        Billed = "billed",
        /// From a remittance whose 837 has not come.
        Remittance = "remittance",
        /// Keyed in from paper.
        Paper = "paper",
    }
}

/// Which payer in order a claim was sent to (SBR01).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PayerOrder {
    /// First.
    Primary,
    /// Second.
    Secondary,
    /// Third or later.
    Tertiary,
    /// The claim does not say.
    #[default]
    Unknown,
}

/// A patient as a claim or a remittance names them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Patient {
    /// Family name, as it came.
    pub family: String,
    /// Given name, as it came.
    pub given: String,
    /// Member id of the patient or of the subscriber.
    pub member: String,
    /// Date of birth, where it is given.
    pub born: Option<Date>,
}

/// A payer as a file names it, before aliases are resolved.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PayerName {
    /// The name.
    pub name: SmolStr,
    /// Ids: payer id of the claim, TRN03, REF*2U, N104.
    pub ids: Vec<SmolStr>,
}

/// A claim as billed: one CLM of an 837, or what a remittance lets us know of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// Ours: CLM01.
    pub number: ClaimNumber,
    /// The payer it was sent to, as named there.
    pub payer: PayerName,
    /// Order of that payer.
    pub order: PayerOrder,
    /// Regime, by SBR09.
    pub plan: PlanType,
    /// The patient.
    pub patient: Phi<Patient>,
    /// Billing provider.
    pub billing: Npi,
    /// Tax id of the billing provider.
    pub tax_id: SmolStr,
    /// Rendering provider, where it is named.
    pub rendering: Npi,
    /// Place of service or facility type code (CLM05-1).
    pub facility: SmolStr,
    /// 1 original, 7 replacement, 8 void, as it came (CLM05-3).
    pub frequency: SmolStr,
    /// The payer's number of the claim that this one replaces (REF*F8).
    pub replaces: Option<PayerControlNumber>,
    /// Prior authorisation (REF*G1).
    pub authorization: Option<SmolStr>,
    /// Referral (REF*9F).
    pub referral: Option<SmolStr>,
    /// Total charge (CLM02).
    pub charge: Money,
    /// Diagnoses in their order.
    pub diagnoses: Vec<Diagnosis>,
    /// The day the file was made (GS04 or BHT04).
    pub submitted_on: Option<Date>,
    /// Service lines.
    pub lines: Vec<ServiceLine>,
    /// True for an institutional claim (837I).
    pub institutional: bool,
    /// How we know it.
    pub source: ClaimSource,
}

/// The numbers under which a claim left the house, and by which acknowledgements answer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ControlNumbers {
    /// Interchange (ISA13).
    pub interchange: SmolStr,
    /// What the group holds (GS01, AK101): `HC` claims, `HR` questions where claims stand; empty
    /// where nothing says it.
    #[serde(default, skip_serializing_if = "SmolStr::is_empty")]
    pub holds: SmolStr,
    /// Group (GS06).
    pub group: SmolStr,
    /// Transaction (ST02).
    pub transaction: SmolStr,
    /// Batch (BHT03), which a 277CA answers.
    pub batch: SmolStr,
}

/// One line as billed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceLine {
    /// Position on the claim, from 1 (LX01, or counted).
    pub number: u16,
    /// Our control number (REF*6R); empty where the claim had none.
    pub control: LineControl,
    /// What was done.
    pub procedure: Procedure,
    /// Revenue code of an institutional line.
    pub revenue: SmolStr,
    /// Charge.
    pub charge: Money,
    /// Units.
    pub units: Quantity,
    /// First day of service.
    pub from: Option<Date>,
    /// Last day of service.
    pub to: Option<Date>,
    /// Place of service of this line, where it differs.
    pub place: SmolStr,
    /// Pointers into the claim's diagnoses, from 1.
    pub pointers: Vec<u8>,
}

impl Claim {
    /// Who rendered the services, or billed them where nobody is named.
    #[must_use]
    pub fn provider(&self) -> &Npi {
        if self.rendering.as_str().is_empty() { &self.billing } else { &self.rendering }
    }

    /// The first day of service on any line.
    #[must_use]
    pub fn first_service(&self) -> Option<Date> {
        self.lines.iter().filter_map(|line| line.from).min()
    }
}
