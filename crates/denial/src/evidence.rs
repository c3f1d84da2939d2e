//! What payers said before the visit: eligibility answers (271) and authorisation answers (278).
//! Nobody works them; they are kept with their day, and shown where they bear on a denial.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use crate::claim::{Claim, Patient, PayerName};
use crate::codes::Procedure;
use crate::named;
use crate::phi::Phi;
use crate::protected::plain;
use crate::remittance::Span;

mod bearing;
mod read;
mod words;

pub use bearing::{Bearing, Weight};
pub use read::Reading;

named! {
    /// Which answer it is.
    EvidenceKind {
        /// 271: whether the patient was covered.
        Eligibility = "eligibility",
        /// 278: whether the service was authorised.
        Authorization = "authorization",
    }
}

/// One answer about one patient.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// Which answer it is.
    pub kind: EvidenceKind,
    /// Who answers.
    pub payer: PayerName,
    /// The patient; the member id is the subscriber's where a dependant has none.
    pub patient: Phi<Patient>,
    /// The day of the answer (BHT04).
    pub on: Option<Date>,
    /// The number of the question or answer (TRN02), the last that is told.
    pub trace: SmolStr,
    /// The days of service that were asked about, or that an authorisation is for.
    pub service: Option<(Date, Date)>,
    /// The first day of cover, where it is told.
    pub begins: Option<Date>,
    /// The last day of cover, where it is told.
    pub ends: Option<Date>,
    /// What is said of the cover.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub benefits: Vec<Benefit>,
    /// What was decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<Decision>,
    /// The procedures that a decision is about; none where it names none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub procedures: Vec<Procedure>,
    /// Why the question itself was refused (AAA03), where it was.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refused: Vec<SmolStr>,
    /// True where ISA15 says test.
    pub test: bool,
    /// The separators of its segments, as [`x12::Delimiters::to_hex`] writes them.
    pub separators: String,
    /// Where its segments stand in the file.
    pub span: Span,
}

/// One benefit (EB) that can bear on a denial.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Benefit {
    /// EB01.
    pub code: SmolStr,
    /// The kinds of service (EB03) that it is told of, 30 being the whole plan; none where it does
    /// not say.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub services: Vec<SmolStr>,
    /// The plan's own name.
    #[serde(default, skip_serializing_if = "SmolStr::is_empty")]
    pub plan: SmolStr,
    /// EB11: `Y`, `N` or `U`; empty where it is not told.
    #[serde(default, skip_serializing_if = "SmolStr::is_empty")]
    pub authorization: SmolStr,
    /// The procedure that it is told of, where it is told of one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub procedure: Option<Procedure>,
}

/// A decision on an authorisation (HCR).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// HCR01.
    pub action: SmolStr,
    /// The number of the authorisation; empty where none is given.
    pub number: SmolStr,
    /// HCR03: why; empty where it is not told.
    pub reason: SmolStr,
}

/// A member id or authorisation number as it is compared: letters and digits alone, large.
#[must_use]
pub fn key(id: &str) -> String {
    plain(id).into()
}

/// A patient as evidence is found by name and day of birth; empty where one is not told.
#[must_use]
pub fn person(patient: &Patient) -> String {
    let (family, given) = (key(&patient.family), given(&patient.given));
    match patient.born {
        Some(born) if !family.is_empty() && !given.is_empty() => {
            format!("{family} {given} {born}")
        }
        Some(_) | None => String::new(),
    }
}

/// The first of somebody's given names, as it is compared.
#[must_use]
pub fn given(names: &str) -> String {
    key(names.split_whitespace().next().unwrap_or_default())
}

impl Evidence {
    /// The keys under which a claim finds it: the patient's member id, and the authorisation's
    /// number; empty where there is none.
    #[must_use]
    pub fn keys(&self) -> (String, String) {
        let number = self.decision.as_ref().map(|one| key(&one.number));
        (key(&self.patient.reveal().member), number.unwrap_or_default())
    }

    /// The key of whom it is about, by name and day of birth; empty where one is not told.
    #[must_use]
    pub fn person(&self) -> String {
        person(self.patient.reveal())
    }

    /// The keys by which a claim looks for evidence.
    #[must_use]
    pub fn keys_of(claim: &Claim) -> (String, String) {
        let number = claim.authorization.as_ref().map(|one| key(one));
        (key(&claim.patient.reveal().member), number.unwrap_or_default())
    }
}

#[cfg(test)]
mod tests;
