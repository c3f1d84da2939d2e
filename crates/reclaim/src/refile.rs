//! Rules that changed reach the cases that wait: everything that payers said of an open case is
//! heard again, some cases at a time. What a stop leaves undone goes on where it stopped.

use anyhow::Context;
use serde::{Deserialize, Serialize};
use store::{Tx, instant};

use crate::practice::Office;
use crate::protecting;
use crate::settle::{self, Fresh};

/// The sweep's name among those that ran.
pub(crate) const SWEEP: &str = "rules";
/// Cases in one transaction: the longest that anybody waits for it.
const PART: i64 = 100;

/// How far a walk has come.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Walk {
    /// The mark of the rules that it brings.
    rules: String,
    /// The last case that follows them; none once all do.
    after: Option<String>,
    /// Cases looked at.
    cases: u64,
}

/// Brings the rules to every open case, unless they are there; gives how many were looked at.
/// `progress` hears that after each part.
pub(crate) async fn sweep(
    office: &Office,
    progress: &(dyn Fn(u64) + Send + Sync),
) -> anyhow::Result<u64> {
    protecting::sweep(office).await?;
    let Some(mut walk) = to_do(office).await? else { return Ok(0) };
    while let Some(after) = walk.after.take() {
        let mut tx = office.write().await?;
        let cases = tx.open_cases_after(&after, PART).await?;
        walk.cases += cases.len() as u64;
        walk.after = cases.last().map(|case| case.id.to_string());
        let claims = cases.into_iter().map(|case| case.claim.to_string()).collect();
        let moment = office.moment();
        settle::settle_claims(&mut tx, office, &moment, claims, Fresh::nothing()).await?;
        note(&mut tx, office, &walk).await?;
        tx.commit().await?;
        progress(walk.cases);
    }
    Ok(walk.cases)
}

/// The walk that is to be made; none where every case follows today's rules.
async fn to_do(office: &Office) -> anyhow::Result<Option<Walk>> {
    let sweeps = office.read().await?.sweeps().await?;
    let last = sweeps.into_iter().find(|(name, ..)| name == SWEEP);
    let last: Option<Walk> =
        last.map(|(.., text)| serde_json::from_str(&text)).transpose().context("a kept walk")?;
    let rules = office.rules.mark.to_string();
    Ok(match last {
        Some(walk) if walk.rules == rules => walk.after.is_some().then_some(walk),
        Some(_) | None => Some(Walk { rules, after: Some(String::new()), cases: 0 }),
    })
}

/// A practice without a case needs no walk once it has some: they are opened by today's rules.
pub(crate) async fn begin(office: &Office) -> anyhow::Result<()> {
    protecting::begin(office).await?;
    if to_do(office).await?.is_none() {
        return Ok(());
    }
    let mut tx = office.write().await?;
    if tx.open_cases_after("", 1).await?.is_empty() {
        note(&mut tx, office, &Walk { rules: office.rules.mark.to_string(), ..Walk::default() })
            .await?;
        tx.commit().await?;
    }
    Ok(())
}

async fn note(tx: &mut Tx, office: &Office, walk: &Walk) -> anyhow::Result<()> {
    let text = serde_json::to_string(walk).context("a walk is JSON")?;
    tx.note_sweep(SWEEP, &instant(office.clock.now()), &text).await?;
    Ok(())
}
