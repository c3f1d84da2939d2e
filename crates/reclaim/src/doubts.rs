//! Payments whose number is a billed claim's and whose patient and charge are not: noted for a
//! person, who says whether it is that claim.

use std::collections::{BTreeMap, HashMap};

use denial::adjudication::Adjudication;
use denial::ids::RemittanceId;
use denial::matching;
use serde_json::json;
use store::claims::ClaimRow;
use store::doubts::Doubt;
use store::journal::Entry;
use store::{Tx, instant};

use crate::practice::Office;

/// Notes the doubts about some claims, from everything that was said of them: what a later bill or
/// payment explains is doubted no more.
pub(crate) async fn look(
    tx: &mut Tx,
    said: &BTreeMap<(String, String), Vec<Adjudication>>,
    claims: &HashMap<String, ClaimRow>,
) -> anyhow::Result<()> {
    let (mut looked, mut doubts) = (Vec::new(), Vec::new());
    for ((claim, _), said) in said {
        let Some(billed) = claims.get(claim).map(ClaimRow::billed).transpose()?.flatten() else {
            continue;
        };
        looked.push(claim.clone());
        for one in said.iter().filter(|one| matching::is_doubtful(&billed, &one.payment)) {
            let n = i64::try_from(one.number).unwrap_or(i64::MAX);
            doubts.push((one.remittance.to_string(), n, claim.clone()));
        }
    }
    if !looked.is_empty() {
        looked.dedup();
        tx.put_doubts(&looked, doubts).await?;
    }
    Ok(())
}

/// Says that a payment is of the claim whose number it carries, or opens the doubt again.
pub(crate) async fn decide(
    office: &Office,
    remittance: &RemittanceId,
    n: i64,
    state: Doubt,
) -> anyhow::Result<()> {
    let moment = office.moment();
    let mut tx = office.write().await?;
    let (by, at) = (moment.who.person.as_str(), instant(moment.now));
    tx.decide_doubt((remittance.as_str(), n), state, by, &at).await?;
    let kind = match state {
        Doubt::Open => "match.doubted_again",
        Doubt::Confirmed => "match.confirmed",
    };
    let entry = Entry::new(remittance.as_str(), kind, &json!({ "n": n }));
    tx.append(vec![entry], &moment).await?;
    tx.commit().await?;
    Ok(())
}
