//! What proves an act: what was sent, what came back, what is on file.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use crate::denial::Channel;
use crate::ids::{DocumentId, RemittanceId};
use crate::named;

named! {
    /// How a payer is to read a claim that is sent again (CLM05-3).
    Frequency {
        /// A new claim: the payer never processed the first.
        Original = "1",
        /// It replaces the claim of the payer's number.
        Replacement = "7",
        /// It voids the claim of the payer's number.
        Void = "8",
    }
}

/// A correction that was sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Submission {
    /// How the payer is to read it.
    pub frequency: Frequency,
    /// How it went.
    pub channel: Channel,
    /// Our number of what was sent: claim version, control number, portal entry.
    pub reference: String,
    /// The payer's confirmation, where it came at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmation: Option<String>,
    /// A copy, where one is kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<DocumentId>,
    /// The payer's number of the claim that it replaces or voids; empty for a new claim.
    pub control: SmolStr,
    /// The day it was sent.
    pub sent_on: Date,
    /// Why it was sent after the clock had run out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub late: Option<String>,
    /// Why the same was sent again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub again: Option<String>,
    /// The day on which it came to nothing: refused, denied again or taken back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_on: Option<Date>,
}

/// Proof that the payer has what was sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// How it came.
    pub channel: Channel,
    /// 277CA reference, fax or portal confirmation, call reference.
    pub reference: String,
    /// The day of the receipt; today where absent.
    #[serde(default)]
    pub on: Option<Date>,
}

/// What the payer answered, and where that stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PayerAnswer {
    /// The day of the answer; today where absent.
    #[serde(default)]
    pub on: Option<Date>,
    /// The remittance that says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remittance: Option<RemittanceId>,
    /// The letter that says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub letter: Option<DocumentId>,
    /// What it says, or the reference of a call.
    #[serde(default)]
    pub note: String,
    /// It was not looked at: late, incomplete or not allowed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub dismissed: bool,
}

impl PayerAnswer {
    /// What a remittance of this day says.
    #[must_use]
    pub fn remitted(on: Date, remittance: RemittanceId) -> PayerAnswer {
        PayerAnswer {
            on: Some(on),
            remittance: Some(remittance),
            letter: None,
            note: String::new(),
            dismissed: false,
        }
    }

    /// True where something stands behind it.
    #[must_use]
    pub fn is_proven(&self) -> bool {
        self.remittance.is_some() || self.letter.is_some() || !self.note.trim().is_empty()
    }
}

/// A document on a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attached {
    /// Where it is kept.
    pub document: DocumentId,
    /// What it is, in the playbook's words (`medical_record`).
    pub what: SmolStr,
}
