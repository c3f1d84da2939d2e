//! The claims that were refused with an answer: whose they are, by when they can still be filed.

use std::collections::HashMap;

use denial::claim::Claim;
use denial::deadline;
use denial::money::Money;
use denial::rejection::{Acknowledgement, Answerer};
use jiff::civil::Date;
use store::Tx;
use store::claims::ClaimRow;

use crate::answers;
use crate::identity;
use crate::practice::Office;
use crate::web::case_view;
use crate::web::names::Names;
use crate::web::trouble::Trouble;
use crate::web::words::{self, Due};

/// Claims of a refused transaction that are named.
const NAMED: usize = 5;

/// The claims that were refused with an answer, as far as they are known.
#[derive(Default)]
pub(super) struct Claims {
    /// Address and number of each.
    pub(super) links: Vec<(String, String)>,
    /// There are others in the same file.
    pub(super) more: bool,
    /// Where the file is shown that they were sent in.
    pub(super) file: Option<String>,
    /// By when the soonest of them has to be filed; none where no claim is known.
    pub(super) left: Option<Due>,
    /// The same as a day, where the rules of a payer say it.
    pub(super) soonest: Option<Date>,
    /// The patient of the one claim, as lists show names.
    pub(super) patient: String,
    /// Its payer.
    pub(super) payer: String,
    /// Its charge.
    pub(super) charge: Option<Money>,
}

impl Claims {
    /// The address of the one claim, where its number is the rejection's own.
    pub(super) fn own(&self, number: &str) -> Option<&str> {
        let [(href, one)] = self.links.as_slice() else { return None };
        (one == number).then_some(href.as_str())
    }
}

/// The claims of some answers, in their order.
pub(super) async fn of(
    tx: &mut Tx,
    office: &Office,
    all: impl Iterator<Item = &Acknowledgement> + Clone,
) -> Result<Vec<Claims>, Trouble> {
    let mut ids: Vec<String> = all.clone().flat_map(named).collect();
    ids.sort();
    ids.dedup();
    let known = tx.claims(&ids).await?;
    let names = Names::among(tx, &ids).await?;
    let batches = Batches::of(tx, all.clone().filter_map(answers::batch).collect()).await?;
    let mut claims = Vec::new();
    for answer in all {
        let rows: Vec<&ClaimRow> = named(answer).iter().filter_map(|id| known.get(id)).collect();
        let mut one = match answers::batch(answer).filter(|_| rows.is_empty()) {
            Some(batch) => batches.claims(office, &batch)?,
            None => of_rows(office, &rows)?,
        };
        one.patient = patient(answer, rows.first().copied(), (&names, office))?;
        if one.payer.is_empty() && answer.answerer == Answerer::Payer {
            one.payer = answer.from.name.to_string();
        }
        claims.push(one);
    }
    Ok(claims)
}

/// The claims that an answer names.
fn named(answer: &Acknowledgement) -> Vec<String> {
    let named = answer.claim.iter().chain(answer.codes.iter().filter_map(|it| it.claim.as_ref()));
    let mut ids: Vec<String> = named.map(|number| identity::claim(number).to_string()).collect();
    ids.sort();
    ids.dedup();
    ids
}

fn of_rows(office: &Office, rows: &[&ClaimRow]) -> Result<Claims, Trouble> {
    let billed = rows.iter().map(|row| row.billed()).collect::<Result<Vec<_>, _>>()?;
    let billed: Vec<Claim> = billed.into_iter().flatten().collect();
    let mut links: Vec<(String, String)> =
        rows.iter().map(|row| link(&row.claim, row.number.clone())).collect();
    links.sort();
    let soonest = soonest(office, &billed);
    let left = (!billed.is_empty()).then(|| words::due(soonest, office.moment().today));
    let one = if let [one] = billed.as_slice() { Some(one) } else { None };
    Ok(Claims {
        links,
        left,
        soonest,
        payer: one.map(|claim| claim.payer.name.to_string()).unwrap_or_default(),
        charge: one.map(|claim| claim.charge),
        ..Claims::default()
    })
}

/// Where answers name no claim: those of the one file that was sent under the numbers that each
/// answers.
struct Batches {
    /// Claim, number and file, by the numbers of the batch.
    sent: HashMap<String, Vec<(String, String, String)>>,
    known: HashMap<String, ClaimRow>,
}

impl Batches {
    async fn of(tx: &mut Tx, mut batches: Vec<String>) -> Result<Batches, Trouble> {
        batches.sort();
        batches.dedup();
        let limit = i64::try_from(NAMED).unwrap_or(i64::MAX).saturating_add(1);
        let sent = tx.claims_of_batches(&batches, limit).await?;
        let first = sent.values().flat_map(|all| all.iter().take(NAMED));
        let mut ids: Vec<String> = first.map(|(id, ..)| id.clone()).collect();
        ids.sort();
        ids.dedup();
        Ok(Batches { known: tx.claims(&ids).await?, sent })
    }

    fn claims(&self, office: &Office, batch: &str) -> Result<Claims, Trouble> {
        let sent = self.sent.get(batch).map(Vec::as_slice).unwrap_or_default();
        let Some((_, _, file)) = sent.first() else { return Ok(Claims::default()) };
        let first = || sent.iter().take(NAMED);
        let rows: Vec<&ClaimRow> = first().filter_map(|(id, ..)| self.known.get(id)).collect();
        Ok(Claims {
            more: sent.len() > NAMED,
            file: Some(format!("/files/{file}")),
            links: first().map(|(id, number, _)| link(id, number.clone())).collect(),
            payer: String::new(),
            charge: None,
            ..of_rows(office, &rows)?
        })
    }
}

/// The patient of an answer or of its one claim; nobody where it is about several.
fn patient(
    answer: &Acknowledgement,
    row: Option<&ClaimRow>,
    (names, office): (&Names, &Office),
) -> Result<String, Trouble> {
    let billed = row.map(ClaimRow::billed).transpose()?.flatten();
    let billed = billed.filter(|_| answer.claim.is_some());
    let told = answer.patient.reveal();
    let of_answer = [told.family.as_str(), told.given.as_str()];
    let of_answer: Vec<&str> = of_answer.into_iter().filter(|part| !part.is_empty()).collect();
    let name = match billed {
        Some(claim) => case_view::patient(Some(&claim), None).name,
        None => of_answer.join(", "),
    };
    // Of a claim that is not known nobody can say that it is not specially protected.
    Ok(match row {
        Some(row) => names.listed(office, &row.claim, &name),
        None => denial::masks::name(&name),
    })
}

/// By when the soonest of some claims has to be filed, where the rules of a payer say it of any.
fn soonest(office: &Office, claims: &[Claim]) -> Option<Date> {
    let today = office.moment().today;
    let due = |claim: &Claim| {
        let payer = office.rules.payer(&claim.payer, claim.plan);
        let from = claim.lines.iter().filter_map(|line| line.from).min();
        let to = claim.lines.iter().filter_map(|line| line.to.or(line.from)).max();
        match deadline::filing(payer, (from, to), today) {
            deadline::Due::On { date, .. } => Some(date),
            deadline::Due::NoRule => None,
        }
    };
    claims.iter().filter_map(due).min()
}

fn link(claim: &str, number: String) -> (String, String) {
    (format!("/claims/{claim}"), number)
}
