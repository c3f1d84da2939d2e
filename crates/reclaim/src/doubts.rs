//! Payments whose number is a billed claim's and whose patient and charge are not: noted for a
//! person, who says whether it is that claim, or sends the payment to a claim of its own.

use std::collections::{BTreeMap, HashMap};

use anyhow::Context as _;
use denial::adjudication::Adjudication;
use denial::ids::{ClaimId, PayerId, RemittanceId};
use denial::matching;
use serde_json::json;
use store::claims::{ClaimRow, KnownClaim};
use store::doubts::Doubt;
use store::journal::Entry;
use store::matches::{Match, Said};
use store::remittances::ClaimPaymentRow;
use store::{Tx, instant};

use crate::practice::Office;
use crate::settle::{self, Fresh};
use crate::{identity, matches};

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

/// Sends a payment that is not of the claim whose number it carries to a claim of its own, and the
/// cases after it. There it is matched like any other; to take it back, the match that was declined
/// with it is opened again and accepted.
async fn part(office: &Office, remittance: &RemittanceId, n: i64) -> anyhow::Result<()> {
    let moment = office.moment();
    let mut tx = office.write().await?;
    let (by, at) = (moment.who.person.as_str(), instant(moment.now));
    tx.decide_doubt((remittance.as_str(), n), Doubt::Apart, by, &at).await?;
    let rows = tx.claim_payments(remittance.as_str(), n, 1).await?;
    let row = rows.into_iter().find(|row| row.n == n).context("a doubted payment")?;
    let from = ClaimId::parse(&row.claim)?;
    let own = own(&mut tx, &row, remittance, &from).await?;
    let claim = own.claim.clone();
    let ids = [claim.to_string()];
    tx.know_claims(vec![own]).await?;
    tx.move_payment((remittance.as_str(), n), claim.as_str()).await?;
    let state = Match::Declined;
    let said = Said { claim: claim.as_str(), candidate: from.as_str(), state, by, at: &at };
    tx.put_match(&said).await?;
    tx.find_likely_billed(&ids).await?;
    let facts = json!({ "n": n, "from": from, "to": claim });
    tx.append(vec![Entry::new(remittance.as_str(), "match.parted", &facts)], &moment).await?;
    matches::part(&mut tx, office, &moment, &claim, &from).await?;
    let both = vec![claim.to_string(), from.to_string()];
    settle::settle_claims(&mut tx, office, &moment, both, Fresh::nothing()).await?;
    tx.commit().await?;
    Ok(())
}

/// The claim that a payment is of without the number it carries: by the payer's number, else alone.
async fn own(
    tx: &mut Tx,
    row: &ClaimPaymentRow,
    remittance: &RemittanceId,
    from: &ClaimId,
) -> anyhow::Result<KnownClaim> {
    let payment = settle::payment(row)?;
    let alone = identity::claim_alone(remittance, u64::try_from(row.n).unwrap_or(0));
    let mut claim = identity::claim_by_control(&payment, &PayerId::parse(&row.payer)?)
        .unwrap_or_else(|| alone.clone());
    let joined = tx.joined(&[claim.to_string()]).await?;
    if claim == *from || joined.iter().any(|(one, _)| one == claim.as_str()) {
        claim = alone;
    }
    let control = payment.control.as_str();
    let number = if control.is_empty() { payment.number.as_str() } else { control };
    Ok(KnownClaim {
        claim,
        number: number.to_owned(),
        fingerprint: identity::paid_fingerprint(&payment),
        member: identity::member_on(payment.patient.reveal(), payment.first_service()),
    })
}

/// Says that a payment is of the claim whose number it carries, or opens the doubt again.
pub(crate) async fn decide(
    office: &Office,
    remittance: &RemittanceId,
    n: i64,
    state: Doubt,
) -> anyhow::Result<()> {
    let kind = match state {
        Doubt::Open => "match.doubted_again",
        Doubt::Confirmed => "match.confirmed",
        Doubt::Apart => return part(office, remittance, n).await,
    };
    let moment = office.moment();
    let mut tx = office.write().await?;
    let (by, at) = (moment.who.person.as_str(), instant(moment.now));
    tx.decide_doubt((remittance.as_str(), n), state, by, &at).await?;
    let entry = Entry::new(remittance.as_str(), kind, &json!({ "n": n }));
    tx.append(vec![entry], &moment).await?;
    tx.commit().await?;
    Ok(())
}
