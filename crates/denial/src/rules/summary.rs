//! What a set of rules holds, in figures, and what is not configured.

use super::Rules;
use crate::category::Category;
use crate::claim::PlanType;
use crate::deadline::{DeadlineKind, USUAL};
use crate::payer::{PayerRules, Verification, Window};

/// A set of rules in figures.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Reason codes with a rule.
    pub reasons: usize,
    /// Remark codes with a rule.
    pub remarks: usize,
    /// Payers' programs with a file.
    pub payers: usize,
    /// Windows of all of them.
    pub windows: usize,
    /// Windows for which no source was read.
    pub unverified: usize,
    /// Kinds of specially protected records.
    pub protected: usize,
    /// Templates of letters.
    pub letters: usize,
    /// Categories without a checklist of corrective steps.
    pub without_steps: Vec<Category>,
    /// Clocks that every case should have and that a payer's file does not set, by file.
    pub not_configured: Vec<(String, Vec<DeadlineKind>)>,
    /// Plan types without a floor of the law: there only a payer's own file sets clocks.
    pub without_floor: Vec<PlanType>,
}

impl Rules {
    /// The rules in figures.
    #[must_use]
    pub fn summary(&self) -> Summary {
        let windows = || self.payers.iter().flat_map(|payer| &payer.windows);
        let unverified = |window: &&Window| window.verification == Verification::Unverified;
        let floored =
            |plan: &&PlanType| self.payers.iter().any(|payer| payer.default_for.contains(plan));
        let lacking = self.payers.iter().map(|payer| (payer.file.to_string(), lacks(payer)));
        Summary {
            letters: self.letters.len(),
            protected: self.protected.kinds.len(),
            reasons: self.playbook.reasons.len(),
            remarks: self.playbook.remarks.len(),
            payers: self.payers.len(),
            windows: windows().count(),
            unverified: windows().filter(unverified).count(),
            without_steps: Category::ALL
                .iter()
                .filter(|category| !self.playbook.checklists.contains_key(category))
                .copied()
                .collect(),
            not_configured: lacking.filter(|(_, kinds)| !kinds.is_empty()).collect(),
            without_floor: PlanType::ALL.iter().filter(|plan| !floored(plan)).copied().collect(),
        }
    }
}

fn lacks(payer: &PayerRules) -> Vec<DeadlineKind> {
    let has = |kind: &DeadlineKind| payer.windows.iter().any(|window| window.kind == *kind);
    USUAL.into_iter().filter(|kind| !has(kind)).collect()
}
