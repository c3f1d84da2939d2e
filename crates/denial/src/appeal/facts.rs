//! What the fields of a letter come to for a case.

use jiff::civil::Date;

use crate::adjudication;
use crate::appeal::{Content, Exhibit, letter_of};
use crate::claim::{Claim, Patient, PlanType};
use crate::denial::Denial;
use crate::letter::{Field, LetterKind, Values};
use crate::money::Money;
use crate::remittance::{Adjustment, ClaimPayment};
use crate::rules::Rules;

/// Everything that a letter may speak of.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// The case.
    pub case: &'a Denial,
    /// The claim as billed, where it is known.
    pub claim: Option<&'a Claim>,
    /// What the payer said last.
    pub payment: Option<&'a ClaimPayment>,
    /// The number of the payment that denied.
    pub trace: &'a str,
    /// The practice's name.
    pub practice: &'a str,
    /// What the letter asks.
    pub kind: LetterKind,
    /// The level of an appeal.
    pub level: u8,
    /// Today.
    pub today: Date,
    /// Codes in words.
    pub rules: &'a Rules,
}

/// The kind of document that is a payer's policy.
const POLICY: &str = "payer_policy";

/// What a letter's own parts come to: a text that speaks of them is not sent without them.
#[must_use]
pub fn of_parts(content: &Content, case: &Denial) -> Values {
    let is_policy = |one: &Exhibit| {
        case.documents.iter().any(|paper| paper.document == one.document && paper.what == POLICY)
    };
    let table = (!content.points.is_empty()).then(|| (Field::Table, "the table below".to_owned()));
    let policy = content.exhibits.iter().position(is_policy);
    let policy = policy.map(|at| (Field::PayerPolicy, format!("Exhibit {}", letter_of(at))));
    table.into_iter().chain(policy).collect()
}

/// A day as letters write it.
#[must_use]
pub fn day(on: Date) -> String {
    on.strftime("%B %-d, %Y").to_string()
}

impl Facts<'_> {
    /// The value of each field that has one.
    #[must_use]
    pub fn values(&self) -> Values {
        let one = |field: &Field| Some((*field, self.value(*field)?));
        let filled = Field::ALL.iter().filter_map(one);
        filled.filter(|(_, text)| !text.trim().is_empty()).collect()
    }

    fn value(&self, field: Field) -> Option<String> {
        let (case, claim) = (self.case, self.claim);
        Some(match field {
            Field::ClaimNumber => case.number.to_string(),
            Field::PayerControl => case.control.to_string(),
            Field::Patient => {
                let name = |one: &Patient| format!("{} {}", one.given, one.family);
                return self.of_patient(|one| name(one).trim().to_owned());
            }
            Field::Member => return self.of_patient(|one| one.member.clone()),
            Field::Born => {
                return self.of_patient(|one| one.born.map(day).unwrap_or_default());
            }
            Field::Payer => case.payer_name.name.to_string(),
            Field::Plan if case.plan == PlanType::Unknown => return None,
            Field::Plan => case.plan.as_str().replace('_', " "),
            Field::ServiceDates => return self.service_dates(),
            Field::Procedures => joined(case.lines.iter().map(|one| one.procedure.to_string())),
            Field::Diagnoses => joined(claim?.diagnoses.iter().map(|one| one.as_str().to_owned())),
            Field::Charge => dollars(claim?.charge),
            Field::Denied => dollars(case.balance.denied),
            Field::Outstanding => dollars(case.balance.outstanding()),
            Field::ReasonCodes => {
                joined(self.reasons().map(|one| format!("{}-{}", one.group, one.reason)))
            }
            Field::Reasons => joined(self.reasons().filter_map(|one| self.meaning(one))),
            Field::RemarkCodes => {
                let remarks = case.lines.iter().flat_map(|one| &one.remarks);
                joined(remarks.map(|one| one.code.to_string()))
            }
            Field::DeniedOn => day(case.denied_on),
            Field::Trace => self.trace.to_owned(),
            Field::Authorization => claim?.authorization.as_ref()?.to_string(),
            Field::Referral => claim?.referral.as_ref()?.to_string(),
            Field::SubmittedOn => day(claim?.submitted_on?),
            Field::ReceivedOn => day(self.payment?.received_on?),
            Field::Level => match self.level {
                0 => return None,
                level => level.to_string(),
            },
            Field::Deadline => day(case.last_day(self.kind.clock(self.level)?)?),
            Field::PreviousDecision => return self.previous_decision(),
            Field::Practice => self.practice.to_owned(),
            Field::BillingNpi => claim?.billing.to_string(),
            Field::RenderingNpi => {
                claim.map_or(&case.provider, |claim| claim.provider()).to_string()
            }
            Field::TaxId => claim?.tax_id.to_string(),
            Field::Today => day(self.today),
            // The letter's own parts tell these: `of_parts`.
            Field::Table | Field::PayerPolicy => return None,
        })
    }

    /// What the claim says of the patient, else the payer.
    fn of_patient(&self, text: impl Fn(&Patient) -> String) -> Option<String> {
        let billed = self.claim.map(|claim| claim.patient.reveal());
        let said = self.payment.map(|payment| payment.patient.reveal());
        billed.into_iter().chain(said).map(text).find(|text| !text.is_empty())
    }

    fn service_dates(&self) -> Option<String> {
        let days = self.case.days;
        match (days.service_on, days.service_end_on) {
            (Some(from), Some(to)) if from != to => Some(format!("{} to {}", day(from), day(to))),
            (Some(on), _) | (None, Some(on)) => Some(day(on)),
            (None, None) => None,
        }
    }

    /// The adjustments that deny.
    fn reasons(&self) -> impl Iterator<Item = &Adjustment> {
        let adjustments = self.case.lines.iter().flat_map(|one| &one.adjustments);
        adjustments.filter(|one| self.denies(one))
    }

    /// A reason in our own words.
    fn meaning(&self, one: &Adjustment) -> Option<String> {
        self.rules.wording.carc(&one.reason).map(|meaning| meaning.text.to_string())
    }

    /// An adjustment that the playbook calls a denial, or does not know.
    fn denies(&self, one: &Adjustment) -> bool {
        let payer = self.case.payer_rules(self.rules);
        let on = Some(self.case.denied_on);
        let ruling = self.rules.playbook.ruling(payer, &one.group, &one.reason, &[], on);
        adjudication::denies(&ruling)
    }

    fn previous_decision(&self) -> Option<String> {
        let below = self.level.checked_sub(1)?;
        let decided = self.case.appeals.iter().rev().find(|one| one.level == below)?.decided;
        decided.map(|(on, _)| day(on))
    }
}

/// Texts with commas between them, each once.
fn joined(texts: impl Iterator<Item = String>) -> String {
    let mut all: Vec<String> = Vec::new();
    for text in texts.filter(|text| !text.is_empty()) {
        if !all.contains(&text) {
            all.push(text);
        }
    }
    all.join(", ")
}

fn dollars(amount: Money) -> String {
    amount.to_string()
}
