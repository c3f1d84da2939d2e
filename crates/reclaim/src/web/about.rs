//! Everything that was said of a claim, and of those that are joined to it.

use std::collections::HashMap;

use anyhow::Context as _;
use denial::claim::Claim;
use denial::person::{Access, allows};
use denial::rejection::Acknowledgement;
use denial::remittance::ClaimPayment;
use jiff::civil::Date;
use store::Tx;
use store::claims::ClaimRow;
use store::remittances::ClaimPaymentRow;

use crate::practice::Office;
use crate::settle;
use crate::web::answered;
use crate::web::case_view::{self, Around, PatientView, Spoken};
use crate::web::grades::{self, Matched};
use crate::web::names::Names;
use crate::web::trouble::Trouble;
use crate::web::words;

/// A claim with those that are joined to it, and everything that was said of them.
pub(crate) struct About {
    /// The claim asked for, and those joined with it.
    pub(crate) claims: Vec<String>,
    /// Their rows.
    pub(crate) known: HashMap<String, ClaimRow>,
    /// As billed, where it was.
    pub(crate) billed: Option<Claim>,
    /// The last that a payer said.
    pub(crate) payment: Option<ClaimPayment>,
    /// Everything that payers said, in its order.
    pub(crate) spoken: Vec<Spoken>,
    /// What was said before adjudication.
    pub(crate) answers: Vec<AnswerView>,
    /// How names stand before the visitor.
    names: Names,
    own: String,
}

/// What was said before adjudication.
pub(crate) struct AnswerView {
    pub(crate) outcome: String,
    pub(crate) on: String,
    day: Option<Date>,
    pub(crate) from: String,
    /// Why, where it asks for work.
    pub(crate) why: String,
}

impl About {
    /// Reads it.
    pub(crate) async fn of(tx: &mut Tx, office: &Office, own: &str) -> Result<About, Trouble> {
        let own = own.to_owned();
        let claims = tx.names_of(std::slice::from_ref(&own)).await?;
        let rows = settle::said(tx, &claims).await?;
        let known = tx.claims(&claims).await?;
        let claim = known.values().find(|row| row.body.is_some()).or_else(|| known.get(&own));
        let billed = claim.map(ClaimRow::billed).transpose()?.flatten();
        let mut spoken = spoken(tx, office, claim, &rows).await?;
        let names = Names::about(tx, office, &claims).await?;
        names.mask(office, &mut spoken);
        let payment = rows.last().map(settle::payment).transpose()?;
        let answers = answers(tx, office, &claims).await?;
        Ok(About { billed, payment, spoken, answers, claims, known, names, own })
    }

    /// It is specially protected and not shown to the visitor now.
    pub(crate) fn hides(&self, office: &Office) -> bool {
        self.names.hides(office)
    }

    /// The visitor sees its patient's name, and so may open what names them.
    pub(crate) fn names_are_shown(&self, office: &Office) -> bool {
        self.names.are_shown(office)
    }

    /// The patient, for those who may see one; `here` is the page.
    pub(crate) fn patient(&self, office: &Office, here: &str) -> Option<PatientView> {
        let reads = allows(office.who.role, Access::ReadPatients);
        let patient = || case_view::patient(self.billed.as_ref(), self.payment.as_ref());
        reads.then(|| self.names.patient(office, patient(), (&self.own, here)))
    }
}

async fn spoken(
    tx: &mut Tx,
    office: &Office,
    claim: Option<&ClaimRow>,
    rows: &[ClaimPaymentRow],
) -> Result<Vec<Spoken>, Trouble> {
    let mut ids: Vec<String> = rows.iter().map(|row| row.remittance.clone()).collect();
    ids.sort();
    ids.dedup();
    let remittances = tx.remittances_among(&ids).await?;
    let remittances = remittances.into_iter().map(|row| (row.remittance.clone(), row)).collect();
    let around = Around { claim, remittances: &remittances, rules: &office.rules };
    let mut spoken = case_view::spoken(rows, &around)?;
    let mut claims: Vec<String> = rows.iter().map(|row| row.claim.clone()).collect();
    claims.sort();
    claims.dedup();
    grades::mark(&mut spoken, rows, &Matched::of(tx, &claims).await?)?;
    Ok(spoken)
}

async fn answers(
    tx: &mut Tx,
    office: &Office,
    claims: &[String],
) -> Result<Vec<AnswerView>, Trouble> {
    let mut answers = Vec::new();
    for claim in claims {
        for (outcome, body) in tx.acknowledgements_of(claim).await? {
            let answer: Acknowledgement =
                serde_json::from_str(&body).context("a kept answer is JSON")?;
            answers.push(AnswerView {
                outcome: format!("{} {}", answer.kind.as_str(), words::lower(&outcome)),
                on: answer.on.map(words::day).unwrap_or_default(),
                day: answer.on,
                from: answer.from.name.to_string(),
                why: if answer.outcome.asks_for_work() {
                    answered::line(&answer.codes, &office.rules)
                } else {
                    String::new()
                },
            });
        }
    }
    // Files come in any order; what they say is told by its day.
    answers.sort_by_key(|one: &AnswerView| one.day);
    Ok(answers)
}
