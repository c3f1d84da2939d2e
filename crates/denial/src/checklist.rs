//! The six corrective steps of a case: what the playbook says of each, and what was done about it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use crate::category::Category;
use crate::ids::{DocumentId, PersonId};
use crate::named;
use crate::payer::PayerRules;
use crate::rules::Rules;

named! {
    /// The corrective steps, in their order.
    Step {
        /// What is on file agrees with what was billed.
        DocumentationReview = "documentation_review",
        /// The codes are valid and supported.
        CodingValidation = "coding_validation",
        /// The modifiers are valid and supported.
        ModifierCorrection = "modifier_correction",
        /// What the policy and the payer's rules say.
        PolicyVerification = "policy_verification",
        /// The days that are left.
        TimelyFilingReview = "timely_filing_review",
        /// What is sent, and how.
        ClaimSubmission = "claim_submission",
    }
}

named! {
    /// How a step stands.
    Mark {
        /// Done, with what shows it.
        Done = "done",
        /// Not needed here, for a reason.
        NotNeeded = "not_needed",
        /// To be done, again.
        Open = "open",
    }
}

/// What somebody says of a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tick {
    /// Which.
    pub step: Step,
    /// How it stands from now on.
    pub mark: Mark,
    /// What was found, or why it is not needed.
    #[serde(default)]
    pub note: String,
    /// A document of the case that shows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<DocumentId>,
}

/// A step that somebody ticked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticked {
    /// What they said.
    #[serde(flatten)]
    pub tick: Tick,
    /// Who.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
}

/// What is to be done in each step, for one category; a step that is absent is no part of it.
pub type Steps = BTreeMap<Step, SmolStr>;

impl Rules {
    /// The steps of a category at a payer: what the payer's file says of a step comes first. Empty
    /// where no checklist is configured.
    #[must_use]
    pub fn steps(&self, payer: Option<&PayerRules>, category: Category) -> Steps {
        let mut steps = self.playbook.checklists.get(&category).cloned().unwrap_or_default();
        let own = payer.and_then(|payer| payer.checklists.get(&category));
        steps.extend(own.cloned().unwrap_or_default());
        steps
    }
}
