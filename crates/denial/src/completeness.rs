//! What the record of a case should hold, and what of it is missing.
//!
//! A case always has an owner, a next action and its date: [`crate::denial::Work`] cannot be open
//! without them. Everything else may be unknown when a remittance comes, and is told here.

use crate::claim::{Claim, Patient, PlanType};
use crate::deadline::USUAL;
use crate::denial::Denial;
use crate::remittance::ClaimPayment;
use crate::rules::Rules;

/// One group of facts that the record of a case should hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fact {
    /// The claim as it was billed.
    Claim,
    /// The patient's name and member id.
    Patient,
    /// The billing provider.
    Provider,
    /// A payer that the rules know.
    Payer,
    /// The line of business.
    Plan,
    /// The day of service, and the code of every line.
    Service,
    /// The reason of every line.
    Reason,
    /// The payer's number of the claim.
    Control,
    /// A rule for every usual clock.
    Clocks,
    /// What the contract would have paid on every line.
    Expected,
}

impl Fact {
    /// Every group, in the order in which a page names them.
    pub const ALL: [Fact; 10] = [
        Fact::Claim,
        Fact::Patient,
        Fact::Provider,
        Fact::Payer,
        Fact::Plan,
        Fact::Service,
        Fact::Reason,
        Fact::Control,
        Fact::Clocks,
        Fact::Expected,
    ];
}

/// A case with what is known around it.
#[derive(Clone, Copy)]
pub struct Record<'a> {
    /// The case.
    pub case: &'a Denial,
    /// The claim as billed, where its 837 came.
    pub claim: Option<&'a Claim>,
    /// What the payer said last, where it stands on a remittance.
    pub payment: Option<&'a ClaimPayment>,
    /// The rules in force.
    pub rules: &'a Rules,
}

impl Record<'_> {
    /// The groups that are missing or not whole; of [`Fact::ALL`], the others are known.
    #[must_use]
    pub fn missing(&self) -> Vec<Fact> {
        Fact::ALL.into_iter().filter(|fact| !self.has(*fact)).collect()
    }

    fn has(&self, fact: Fact) -> bool {
        let case = self.case;
        match fact {
            Fact::Claim => self.claim.is_some(),
            Fact::Patient => {
                let billed = self.claim.map(|claim| claim.patient.reveal());
                let paid = self.payment.map(|payment| payment.patient.reveal());
                billed.into_iter().chain(paid).any(is_named)
            }
            Fact::Provider => self.claim.is_some_and(|claim| !claim.billing.is_empty()),
            Fact::Payer => self.rules.canonical(&case.payer_name).is_some(),
            Fact::Plan => case.plan != PlanType::Unknown,
            Fact::Service => {
                let coded = case.lines.iter().all(|line| !line.procedure.code.is_empty());
                case.days.service_on.is_some() && coded
            }
            Fact::Reason => case.lines.iter().all(|line| !line.adjustments.is_empty()),
            Fact::Control => !case.control.is_empty(),
            Fact::Clocks => !case
                .deadlines
                .iter()
                .any(|clock| USUAL.contains(&clock.kind) && clock.lacks_rule()),
            Fact::Expected => case.lines.iter().all(|line| line.expected.is_some()),
        }
    }
}

fn is_named(patient: &Patient) -> bool {
    !patient.family.is_empty() && !patient.member.is_empty()
}
