//! What a payer says of a claim in one remittance.

use std::rc::Rc;

use jiff::civil::Date;

use crate::claim::Claim;
use crate::truth::{Category, ChaosKind, Trap};

/// One claim payment (loop 2100), with what is true about it.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) claim: Rc<Claim>,
    pub(crate) payer: usize,
    pub(crate) received_on: Date,
    pub(crate) pay_on: Date,
    pub(crate) channel: Channel,
    /// CLP02.
    pub(crate) status: &'static str,
    /// CLP09.
    pub(crate) frequency: char,
    /// CLP07.
    pub(crate) control: String,
    /// REF*F8: the CLP07 that this one undoes or replaces.
    pub(crate) replaces: Option<String>,
    pub(crate) lines: Vec<LineAnswer>,
    /// Remarks of the claim, in MOA.
    pub(crate) remarks: Vec<&'static str>,
    /// The payer to which the claim was forwarded.
    pub(crate) forwarded_to: Option<usize>,
    /// Interest for late payment, paid beside the claim.
    pub(crate) interest: i64,
    /// Entries for the provider level of the same remittance.
    pub(crate) provider_level: Vec<ProviderLevel>,
    /// Stands behind the correction that belongs to it.
    pub(crate) stands_behind: bool,
    /// Cents by which CLP03 misses its lines.
    pub(crate) charge_error: i64,
    /// Broken on purpose.
    pub(crate) chaos: Option<ChaosKind>,
}

/// Which of a payer's transactions carries an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Channel {
    Payment,
    Adjustment,
    Estimate,
}

/// A line of an answer (loop 2110).
#[derive(Clone, Debug)]
pub(crate) struct LineAnswer {
    /// Number of the line on the claim.
    pub(crate) line: u16,
    pub(crate) code: &'static str,
    pub(crate) modifier: &'static str,
    /// SVC06: what was billed, where it differs.
    pub(crate) billed: Option<&'static str>,
    pub(crate) charge: i64,
    pub(crate) paid: i64,
    pub(crate) units: i64,
    /// SVC07, where it differs.
    pub(crate) billed_units: Option<i64>,
    pub(crate) adjustments: Vec<Adjustment>,
    pub(crate) remarks: Vec<&'static str>,
    /// AMT*B6.
    pub(crate) allowed: Option<i64>,
    pub(crate) refusal: Option<Refusal>,
    pub(crate) trap: Option<Trap>,
}

/// One reason and its amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Adjustment {
    pub(crate) group: &'static str,
    pub(crate) reason: &'static str,
    pub(crate) amount: i64,
    pub(crate) units: Option<i64>,
}

/// That a line was refused, and why in truth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// What the codes say; `None` where they are vague or the payer erred.
    pub(crate) category: Option<Category>,
    pub(crate) cents: i64,
    /// The rest of the line was paid or left to the patient.
    pub(crate) partial: bool,
    /// The rule's family.
    pub(crate) rule: &'static str,
}

/// A pair of PLB: positive takes money away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ProviderLevel {
    pub(crate) code: &'static str,
    pub(crate) reference: String,
    pub(crate) amount: i64,
}

/// A provider-level entry that comes on a day of its own.
#[derive(Clone, Debug)]
pub(crate) struct Debt {
    pub(crate) payer: usize,
    pub(crate) on: Date,
    pub(crate) entry: ProviderLevel,
}

impl Adjustment {
    pub(crate) const fn new(group: &'static str, reason: &'static str, amount: i64) -> Adjustment {
        Adjustment { group, reason, amount, units: None }
    }
}

impl LineAnswer {
    /// Adds an amount where it is not zero.
    pub(crate) fn adjust(&mut self, group: &'static str, reason: &'static str, amount: i64) {
        if amount != 0 {
            self.adjustments.push(Adjustment::new(group, reason, amount));
        }
    }

    /// The sum of the adjustments of a group.
    pub(crate) fn of_group(&self, group: &str) -> i64 {
        self.adjustments.iter().filter(|one| one.group == group).map(|one| one.amount).sum()
    }

    /// The line with every amount turned round, as a reversal shows it.
    fn negated(&self) -> LineAnswer {
        let adjustments = self.adjustments.iter().map(|one| Adjustment {
            amount: -one.amount,
            units: one.units.map(|units| -units),
            ..*one
        });
        LineAnswer {
            charge: -self.charge,
            paid: -self.paid,
            adjustments: adjustments.collect(),
            remarks: Vec::new(),
            allowed: None,
            refusal: None,
            trap: None,
            ..self.clone()
        }
    }
}

impl Answer {
    pub(crate) fn charge(&self) -> i64 {
        self.lines.iter().map(|line| line.charge).sum()
    }

    pub(crate) fn paid(&self) -> i64 {
        self.lines.iter().map(|line| line.paid).sum()
    }

    pub(crate) fn patient_share(&self) -> i64 {
        self.lines.iter().map(|line| line.of_group("PR")).sum()
    }

    pub(crate) fn is_reversal(&self) -> bool {
        self.status == "22"
    }

    pub(crate) fn is_refused(&self) -> bool {
        self.lines.iter().any(|line| line.refusal.is_some())
    }

    /// Takes this answer back (x12 §5): every amount negated, original groups.
    pub(crate) fn reversal(&self, pay_on: Date, channel: Channel) -> Answer {
        Answer {
            pay_on,
            channel,
            status: "22",
            replaces: Some(self.control.clone()),
            lines: self.lines.iter().map(LineAnswer::negated).collect(),
            remarks: Vec::new(),
            forwarded_to: None,
            interest: 0,
            provider_level: Vec::new(),
            stands_behind: false,
            charge_error: 0,
            chaos: None,
            ..self.clone()
        }
    }
}
