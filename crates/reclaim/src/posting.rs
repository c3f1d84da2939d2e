//! Payments of payers that gave way post themselves where nothing about them is in doubt. A sweep
//! over the cases that changed since it last looked; what is in doubt waits for a person.

use std::collections::{HashMap, HashSet};

use anyhow::Context;
use denial::adjudication::{self, Adjudication};
use denial::certain::{self, Certain, Doubt};
use denial::denial::{Denial, Status};
use denial::lifecycle::Action;
use denial::posting::Entry;
use denial::remitted::{self, Remitted};
use jiff::civil::Date;
use serde_json::{Value, json};
use store::matches::group;
use store::{Tx, instant};

use crate::act::{self, Failed};
use crate::practice::{Office, console_actor};
use crate::{bulk, identity, settle};

/// The sweep's name among those that ran.
pub(crate) const SWEEP: &str = "post";
/// Cases looked at in one transaction: the longest that anybody waits for it.
const PART: usize = 50;
/// What a posting of the sweep says of itself.
const WHY: &str = "posted by itself: matched, balanced, and every cent is explained";

/// What a sweep did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    /// Cases whose payment was posted.
    pub(crate) posted: u64,
    /// Cases whose payment is there, and that wait for a person.
    pub(crate) waits: u64,
}

/// Posts what is certain on the cases that changed since the last sweep.
///
/// # Errors
/// The database.
pub(crate) async fn sweep(office: &Office) -> anyhow::Result<Tally> {
    let office = &office.afresh().await?;
    let mut tally = Tally::default();
    if office.rules.require_whole().is_err() {
        return Ok(tally);
    }
    let mut tx = office.read().await?;
    let now = instant(office.clock.now());
    let end = tx.ends(&now).await?.work.seq;
    let from = tx.sweeps().await?.into_iter().find(|(name, ..)| name == SWEEP);
    let from = from.map_or(0, |(.., result)| seen(&result));
    if end == from {
        return Ok(tally);
    }
    let changed = tx.cases_since(from).await?;
    drop(tx);
    for part in changed.chunks(PART) {
        let mut tx = office.read().await?;
        let won = |case: &Denial| case.status() == Status::Overturned && case.is_won();
        let (cases, _) = bulk::readable(&mut tx, part).await?;
        let cases: Vec<Denial> = cases.into_iter().filter(won).collect();
        drop(tx);
        if cases.is_empty() {
            continue;
        }
        let mut tx = office.write().await?;
        for case in cases {
            if post(&mut tx, office, &case).await? { tally.posted += 1 } else { tally.waits += 1 }
        }
        tx.commit().await?;
    }
    let result = json!({ "seen": end, "posted": tally.posted, "waits": tally.waits });
    let mut tx = office.write().await?;
    tx.note_sweep(SWEEP, &now, &result.to_string()).await?;
    tx.commit().await?;
    Ok(tally)
}

/// How far the last sweep looked.
fn seen(result: &str) -> i64 {
    let result: Option<Value> = serde_json::from_str(result).ok();
    result.and_then(|it| it.get("seen")?.as_i64()).unwrap_or(0)
}

/// Posts one case as it stands now, where it is certain; true where it did.
async fn post(tx: &mut Tx, office: &Office, case: &Denial) -> anyhow::Result<bool> {
    let case = tx.case(case.id.as_str()).await?;
    let mut certain = entries_among(tx, office, std::slice::from_ref(&case), WHY).await?;
    let Some(Ok(entries)) = certain.remove(case.id.as_str()) else { return Ok(false) };
    let moment = office.moment_of(console_actor());
    match act::do_in(tx, office, &moment, &case, &Action::Post { entries }).await {
        Ok(_) => Ok(true),
        Err(Failed::Refused(why)) => {
            tracing::warn!("case {} does not post itself: {why}", case.id);
            Ok(false)
        }
        Err(other) => Err(other.into()),
    }
}

/// What is certain of some cases, by all that their payers said of the claims, as postings that say
/// why; by case. Of cases that wait for no payment nothing is read; one that cannot be read waits
/// for a person like any other doubt, and keeps no other from being posted.
///
/// # Errors
/// The database.
pub(crate) async fn entries_among(
    tx: &mut Tx,
    office: &Office,
    cases: &[Denial],
    why: &str,
) -> Result<HashMap<String, Result<Vec<Entry>, Doubt>>, store::Error> {
    let waiting = cases.iter().filter(|case| certain::waits(case).is_ok());
    let claims: Vec<String> = waiting.map(|case| case.claim.to_string()).collect();
    let heard = Heard::among(tx, &claims).await?;
    let today = office.moment().today;
    let of = |case: &Denial| {
        certain::waits(case)?;
        let (said, is_billed) = heard.of(case.claim.as_str())?;
        let payer = office.rules.payer(&case.payer_name, case.plan);
        let all = certain::certain(case, &said, is_billed, (&office.rules.playbook, payer))?;
        Ok(all.iter().map(|one| entry(case, one, (today, why))).collect())
    };
    Ok(cases.iter().map(|case| (case.id.to_string(), of(case))).collect())
}

/// What explains a case, whatever is posted on it already.
pub(crate) async fn explained_of(
    tx: &mut Tx,
    office: &Office,
    case: &Denial,
) -> anyhow::Result<Result<Vec<Certain>, Doubt>> {
    let claim = case.claim.as_str();
    let heard = Heard::among(tx, &[claim.to_owned()]).await?;
    let (said, is_billed) = match heard.of(claim) {
        Ok(said) => said,
        Err(doubt) => return Ok(Err(doubt)),
    };
    let payer = office.rules.payer(&case.payer_name, case.plan);
    Ok(certain::explained(case, &said, is_billed, (&office.rules.playbook, payer)))
}

/// What remittances say is still to be posted of a case, certain or not; nothing where they cannot
/// be read.
///
/// # Errors
/// The database.
pub(crate) async fn remitted_of(
    tx: &mut Tx,
    office: &Office,
    case: &Denial,
) -> Result<Vec<Remitted>, store::Error> {
    if case.paid_after_all().is_none() {
        return Ok(Vec::new());
    }
    let claim = case.claim.as_str();
    let heard = Heard::among(tx, &[claim.to_owned()]).await?;
    let Ok((said, _)) = heard.of(claim) else { return Ok(Vec::new()) };
    let names: Vec<String> = group(claim, &heard.joined).into_iter().map(str::to_owned).collect();
    let mut others = tx.cases_of(&names).await?;
    others.retain(|one| one.id != case.id);
    let payer = office.rules.payer(&case.payer_name, case.plan);
    Ok(remitted::remitted(case, &others, &said, (&office.rules.playbook, payer)))
}

/// All that was said of some claims and of those that are joined to them.
#[derive(Default)]
struct Heard {
    joined: Vec<(String, String)>,
    said: HashMap<String, Vec<Adjudication>>,
    /// Claims of which something is kept that cannot be read.
    unreadable: HashSet<String>,
    billed: HashSet<String>,
}

impl Heard {
    async fn among(tx: &mut Tx, claims: &[String]) -> Result<Heard, store::Error> {
        if claims.is_empty() {
            return Ok(Heard::default());
        }
        let joined = tx.joined(claims).await?;
        let mut all = claims.to_vec();
        all.extend(joined.iter().flat_map(|(one, into)| [one.clone(), into.clone()]));
        all.sort();
        all.dedup();
        let billed = tx.claims(&all).await?.into_iter().filter(|(_, row)| row.body.is_some());
        let mut heard =
            Heard { joined, billed: billed.map(|(claim, _)| claim).collect(), ..Heard::default() };
        for row in tx.said_of(&all).await? {
            match settle::adjudication(&row) {
                Ok(said) => heard.said.entry(row.claim).or_default().push(said),
                Err(fault) => {
                    tracing::error!("claim {} is not posted: {fault:#}", row.claim);
                    heard.unreadable.insert(row.claim);
                }
            }
        }
        Ok(heard)
    }

    /// What was said of one of them and of those joined to it, and whether any was billed here.
    fn of(&self, claim: &str) -> Result<(Vec<Adjudication>, bool), Doubt> {
        let group = group(claim, &self.joined);
        if group.iter().any(|one| self.unreadable.contains(*one)) {
            return Err(Doubt::Unreadable);
        }
        let said = group.iter().filter_map(|one| self.said.get(*one)).flatten();
        let mut said: Vec<Adjudication> = said.cloned().collect();
        adjudication::sort(&mut said);
        Ok((said, group.iter().any(|one| self.billed.contains(*one))))
    }
}

/// The posting of what is certain, on the day on which it was paid.
fn entry(case: &Denial, one: &Certain, (today, why): (Date, &str)) -> Entry {
    let paid = case.lines.iter().filter_map(|line| line.recovered.as_ref());
    let paid = paid.filter(|it| it.remittance == one.remittance).map(|it| it.on).max();
    let line = one.line.map(|line| line.to_string()).unwrap_or_default();
    Entry {
        id: identity::posting(&case.id, &line, one.kind, &one.remittance),
        kind: one.kind,
        amount: one.amount,
        // What is paid on a day to come is there today: the remittance says so already.
        on: paid.map(|on| on.min(today)),
        line: one.line,
        remittance: Some(one.remittance.clone()),
        reverses: None,
        why: why.to_owned(),
    }
}

/// `reclaim sweep post`.
pub(crate) async fn run(office: &Office) -> anyhow::Result<std::process::ExitCode> {
    let Tally { posted, waits } = sweep(office).await.context("posting")?;
    crate::show::print(vec![format!("{posted} posted themselves, {waits} wait for a person")])
}
