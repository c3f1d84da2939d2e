//! What is on file of what was keyed: the claim as billed, what payers said of it, the payer. What
//! is not known or does not agree is a doubt, and somebody ticks it before it is taken in.

use std::collections::HashSet;

use denial::claim::{Claim, ServiceLine};
use denial::codes::Procedure;
use denial::ids::{ClaimId, PayerId};
use denial::matching::{self, Sign};
use denial::remittance::LinePayment;
use denial::rules::Rules;
use jiff::civil::Date;
use sha2::{Digest, Sha256};
use store::Tx;
use store::claims::ClaimRow;
use store::remittances::ClaimPaymentRow;

use super::Keyed;
use crate::practice::Office;
use crate::{identity, settle};

/// The most claims that are told as near.
const NEAR: i64 = 5;

/// What is known of a keyed claim.
pub(crate) struct OnFile {
    /// Every name of it, where claims were joined.
    pub(crate) names: Vec<String>,
    /// Its row as billed, and the claim.
    pub(crate) billed: Option<(ClaimRow, Claim)>,
    /// A remittance knows its number, and no 837.
    pub(crate) is_paid_alone: bool,
    /// What payers said of it before.
    pub(crate) said: Vec<ClaimPaymentRow>,
    /// Which of these say the same as the paper.
    pub(crate) alike: HashSet<(String, i64)>,
    /// Billed claims that are like it, where its own is not known.
    pub(crate) near: Vec<ClaimRow>,
    /// Each line of the paper beside the claim's.
    pub(crate) lines: Vec<LineFit>,
    /// What somebody has to look at.
    pub(crate) doubts: Vec<Doubt>,
}

/// A line of the paper, and which of the claim it is taken for.
pub(crate) struct LineFit {
    /// Its number in the form.
    pub(crate) at: usize,
    /// The claim's line; none where it has no such line, or is not known.
    pub(crate) billed: Option<ServiceLine>,
}

/// Why somebody should look twice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Doubt {
    /// What it is about: a field of the form.
    pub(crate) about: &'static str,
    /// In words, without the patient.
    pub(crate) text: String,
}

impl Doubt {
    fn new(about: &'static str, text: impl Into<String>) -> Doubt {
        Doubt { about, text: text.into() }
    }

    /// Its tick in the form: it holds for these words alone.
    pub(crate) fn tick(&self) -> String {
        let hash = hex::encode(Sha256::digest(self.text.as_bytes()));
        format!("sure_{}", &hash[..16])
    }
}

impl OnFile {
    /// Looks up what was keyed.
    ///
    /// # Errors
    /// The database, or what is kept there.
    pub(crate) async fn of(tx: &mut Tx, office: &Office, keyed: &Keyed) -> anyhow::Result<OnFile> {
        let payer = keyed.payer(office);
        let claim = claim_of(keyed, &payer);
        let names = tx.names_of(&[claim.to_string()]).await?;
        let known = tx.claims(&names).await?;
        let row = known.values().find(|row| row.body.is_some()).cloned();
        let billed = row.map(|row| anyhow::Ok((row.billed()?, row))).transpose()?;
        let billed = billed.and_then(|(claim, row)| Some((row, claim?)));
        let said = settle::said(tx, &names).await?;
        let near = match billed {
            Some(_) => Vec::new(),
            None => near(tx, keyed, &payer).await?,
        };
        let mut found = OnFile {
            names,
            is_paid_alone: billed.is_none() && !said.is_empty(),
            lines: lines(keyed, billed.as_ref().map(|(_, claim)| claim)),
            alike: alike(keyed, &said, &payer)?,
            billed,
            said,
            near,
            doubts: Vec::new(),
        };
        let met: Vec<String> = tx.payers().await?.into_iter().map(|(id, _)| id).collect();
        found.doubts = found.doubts(keyed, &payer, (&office.rules, &met));
        Ok(found)
    }

    fn doubts(&self, keyed: &Keyed, payer: &PayerId, by: (&Rules, &[String])) -> Vec<Doubt> {
        let mut doubts: Vec<Doubt> = Vec::new();
        match &self.billed {
            None => doubts.push(self.unknown(keyed)),
            Some((_, claim)) => {
                doubts.extend(other_payer(keyed, claim, payer, by.0));
                doubts.extend(differs(keyed, claim));
                doubts.extend(self.odd_lines(keyed, claim));
            }
        }
        doubts.extend(self.unknown_payer(keyed, payer, by));
        let same = self.said.iter().filter(|row| self.says_the_same(row));
        doubts.extend(same.map(said_before));
        doubts
    }

    /// Keeps back what was billed, before who may not see it; that nothing is compared is a doubt.
    pub(crate) fn guard(&mut self) {
        for fit in &mut self.lines {
            fit.billed = None;
        }
        let told = ["lines", "charge", "family", "member"];
        self.doubts.retain(|doubt| !told.contains(&doubt.about));
        let text = "The claim is specially protected: whether its lines agree with the paper is \
                    not shown to you.";
        self.doubts.push(Doubt::new("lines", text));
    }

    /// A payer's word of before that the paper repeats.
    pub(crate) fn says_the_same(&self, row: &ClaimPaymentRow) -> bool {
        self.alike.contains(&(row.remittance.clone(), row.n))
    }

    fn unknown(&self, keyed: &Keyed) -> Doubt {
        let number = &keyed.payment.number;
        let patient = keyed.payment.patient.reveal();
        let nobody = match patient.family.is_empty() && patient.member.is_empty() {
            true => " No patient was keyed either: its case will not say whose it is.",
            false => "",
        };
        let text = match self.is_paid_alone {
            true => format!(
                "Only remittances know the claim {number}: no 837 with it was taken in.{nobody}"
            ),
            false => format!(
                "No such claim was sent: no 837 and no remittance knows the number {number}.\
                 {nobody}"
            ),
        };
        Doubt::new("number", text)
    }

    fn unknown_payer(
        &self,
        keyed: &Keyed,
        payer: &PayerId,
        (rules, met): (&Rules, &[String]),
    ) -> Option<Doubt> {
        let name = &keyed.head.payer;
        let was_billed =
            |claim: &Claim| identity::told_payer(&claim.payer, rules).as_ref() == Some(payer);
        let is_known = rules.canonical(name).is_some()
            || met.iter().any(|one| one == payer.as_str())
            || self.said.iter().any(|row| row.payer == payer.as_str())
            || self.billed.as_ref().is_some_and(|(_, claim)| was_billed(claim));
        let text = format!(
            "No payer is known by the name {}: no rule file, no case and not this claim names it, \
             so none of its clocks is configured.",
            name.name
        );
        (!is_known).then(|| Doubt::new("payer", text))
    }

    fn odd_lines(&self, keyed: &Keyed, claim: &Claim) -> Vec<Doubt> {
        let mut doubts = Vec::new();
        for (fit, line) in self.lines.iter().zip(&keyed.payment.lines) {
            let text = match &fit.billed {
                None => Some(format!("Line {} of the paper is on no line of the claim.", fit.at)),
                Some(billed) => unlike(fit.at, line, billed),
            };
            doubts.extend(text.map(|text| Doubt::new("lines", text)));
        }
        let is_named = |one: &&ServiceLine| {
            let named = self.lines.iter().filter_map(|fit| fit.billed.as_ref());
            named.map(|line| line.number).any(|number| number == one.number)
        };
        let left = claim.lines.iter().filter(|one| !is_named(one));
        doubts.extend(left.map(|line| {
            let ServiceLine { number, procedure, charge, .. } = line;
            let what = format!("{procedure} at {charge}");
            Doubt::new("lines", format!("Line {number} of the claim, {what}, is not on the paper."))
        }));
        doubts
    }
}

/// The claim that it becomes a payment of; where neither number names one, none is on file.
fn claim_of(keyed: &Keyed, payer: &PayerId) -> ClaimId {
    let nobody = denial::ids::RemittanceId::from_bits(0);
    identity::claim_of(&keyed.payment, payer, &nobody, 0)
}

/// Billed claims of the patient or member on that day, or of the payer's number.
async fn near(tx: &mut Tx, keyed: &Keyed, payer: &PayerId) -> anyhow::Result<Vec<ClaimRow>> {
    let (patient, first) = (keyed.payment.patient.reveal(), keyed.payment.first_service());
    let mut ids = Vec::new();
    if let Some(beginning) = identity::patient_on(&patient.family, first) {
        ids.extend(tx.billed_like(&beginning, NEAR).await?);
    }
    if let Some(member) = identity::member_on(patient, first) {
        ids.extend(tx.billed_of_member(&member, NEAR).await?);
    }
    if let Some(control) = identity::claim_by_control(&keyed.payment, payer) {
        ids.extend(tx.paid_by_control(control.as_str(), NEAR).await?);
    }
    let rows = tx.claims(&ids).await?;
    let mut rows: Vec<ClaimRow> = rows.into_values().filter(|row| row.body.is_some()).collect();
    rows.sort_by(|one, other| one.number.cmp(&other.number));
    rows.truncate(usize::try_from(NEAR).unwrap_or(0));
    Ok(rows)
}

/// Each line beside that of the claim for which it will be taken.
fn lines(keyed: &Keyed, claim: Option<&Claim>) -> Vec<LineFit> {
    let payment = &keyed.payment;
    let fit = |(place, (line, at)): (usize, (&LinePayment, &usize))| {
        let billed = claim.and_then(|claim| {
            let number = matching::line_number(claim, payment, line, place);
            claim.lines.iter().find(|one| one.number == number).cloned()
        });
        LineFit { at: *at, billed }
    };
    payment.lines.iter().zip(&keyed.at).enumerate().map(fit).collect()
}

/// What payers said that the paper repeats: of the same trace, or the same payer's same money.
fn alike(
    keyed: &Keyed,
    said: &[ClaimPaymentRow],
    payer: &PayerId,
) -> anyhow::Result<HashSet<(String, i64)>> {
    let trace = keyed.head.trace.as_str();
    let mut alike = HashSet::new();
    for row in said {
        let other = settle::payment(row)?;
        let money = (keyed.payment.charge, keyed.payment.paid);
        let is_same = row.payer == payer.as_str() && (other.charge, other.paid) == money;
        if (!trace.is_empty() && row.trace == trace) || is_same {
            alike.insert((row.remittance.clone(), row.n));
        }
    }
    Ok(alike)
}

fn said_before(row: &ClaimPaymentRow) -> Doubt {
    let on: Option<Date> = row.paid_on.as_deref().and_then(|day| day.parse().ok());
    let on = on.map_or_else(String::new, |on| on.strftime(" of %b %-d, %Y").to_string());
    let trace = match row.trace.as_str() {
        "" => "without a trace".to_owned(),
        trace => format!("with trace {trace}"),
    };
    let text = format!(
        "The remittance{on} {trace} answers this claim in the same way: this may be its paper, \
         and counted twice."
    );
    Doubt::new("trace", text)
}

fn other_payer(keyed: &Keyed, claim: &Claim, payer: &PayerId, rules: &Rules) -> Option<Doubt> {
    let sent_to = identity::told_payer(&claim.payer, rules)?;
    let (here, there) = (&keyed.head.payer.name, &claim.payer.name);
    let text = format!("The paper is of {here}; the claim was sent to {there}.");
    (sent_to != *payer).then(|| Doubt::new("payer", text))
}

/// What paper and claim both say, and not alike.
fn differs(keyed: &Keyed, claim: &Claim) -> Vec<Doubt> {
    let payment = &keyed.payment;
    let doubt = |sign: Sign| match sign {
        // The claim was found by its number, or by the payer's.
        Sign::Number => None,
        Sign::Family => {
            Some(Doubt::new("family", "The family name on the paper is not that on the claim."))
        }
        Sign::Member => {
            Some(Doubt::new("member", "The member number on the paper is not that on the claim."))
        }
        Sign::Day => {
            Some(Doubt::new("lines", "The first day of service is another than on the claim."))
        }
        Sign::Charge => {
            let text = format!(
                "The paper charges {}, the claim {}.",
                payment.charge.abs(),
                claim.charge.abs()
            );
            Some(Doubt::new("charge", text))
        }
    };
    matching::likeness(claim, payment).differs.into_iter().filter_map(doubt).collect()
}

/// In what a line differs from the claim's for which it is taken.
fn unlike(at: usize, line: &LinePayment, billed: &ServiceLine) -> Option<String> {
    let mut differs = Vec::new();
    if !line.procedure.code.is_empty() && !is_same(&line.procedure, &billed.procedure) {
        differs.push(format!("{} was billed, not {}", billed.procedure, line.procedure));
    }
    if line.charge.abs() != billed.charge.abs() {
        differs.push(format!("{} was charged, not {}", billed.charge, line.charge));
    }
    if line.from.is_some() && billed.from.is_some() && line.from != billed.from {
        differs.push("another day of service was billed".to_owned());
    }
    (!differs.is_empty()).then(|| {
        let number = billed.number;
        let differs = differs.join("; ");
        format!("Line {at} of the paper is taken for line {number} of the claim: {differs}.")
    })
}

/// The same code; the same modifiers too where the paper has some.
fn is_same(paper: &Procedure, billed: &Procedure) -> bool {
    paper.code == billed.code && (paper.modifiers.is_empty() || paper.modifiers == billed.modifiers)
}
