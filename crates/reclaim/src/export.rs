//! What the database holds, in one order and without ids or times: two databases that hold the same
//! print the same.

use std::collections::BTreeMap;

use anyhow::Context;
use denial::adjudication;
use denial::denial::Denial;
use denial::matching::{self, Grade};
use denial::money::Money;
use denial::remittance::{RemittanceHead, Standing};
use serde_json::{Value, json};
use store::Tx;
use store::claims::ClaimRow;
use store::remittances::{ClaimPaymentRow, RemittanceRow};

use crate::practice::Office;
use crate::settle;

/// Rows read at a time.
const PAGE: i64 = 1_000;

/// Every line of the canonical export, sorted.
pub(crate) async fn canonical(office: &Office) -> anyhow::Result<Vec<String>> {
    let mut tx = office.read().await?;
    let mut lines = Vec::new();
    for (hash, kinds) in tx.taken_files().await? {
        lines.push(json!({ "file": hash, "kinds": kinds }).to_string());
    }
    let mut after = String::new();
    loop {
        let rows = tx.remittances_in_order(&after, PAGE).await?;
        let Some(last) = rows.last() else { break };
        after.clone_from(&last.remittance);
        for row in &rows {
            lines.push(remittance(&mut tx, row).await?.to_string());
        }
    }
    claims(&mut tx, &mut lines).await?;
    rejections(&mut tx, &mut lines).await?;
    lines.sort_unstable();
    Ok(lines)
}

async fn remittance(tx: &mut Tx, row: &RemittanceRow) -> anyhow::Result<Value> {
    let provider = tx.provider_adjustments(&row.remittance).await?;
    let mut provider: Vec<String> = provider
        .iter()
        .map(|one| format!("{} {} {}", one.reason, one.reference, one.amount.plain()))
        .collect();
    provider.sort_unstable();
    Ok(json!({
        "remittance": row.content, "state": row.state, "trace": row.trace,
        "payer": row.payer_name, "paid_on": row.paid_on,
        "total": Money::from_cents(row.total).plain(), "claims": row.claims, "lines": row.lines,
        "balanced": row.balanced, "provider_level": provider,
    }))
}

/// Matches, net money and quarantine by claim, and the cases.
async fn claims(tx: &mut Tx, lines: &mut Vec<String>) -> anyhow::Result<()> {
    let mut after = String::new();
    loop {
        let ids = tx.claim_ids(&after, PAGE).await?;
        let Some(last) = ids.last() else { return Ok(()) };
        after.clone_from(last);
        let rows = tx.claims(&ids).await?;
        let mut said: BTreeMap<&str, Vec<ClaimPaymentRow>> = BTreeMap::new();
        let mut sources: Vec<String> = Vec::new();
        for row in tx.said_of(&ids).await? {
            let Some(id) = ids.iter().find(|id| **id == row.claim) else { continue };
            sources.push(row.remittance.clone());
            said.entry(id).or_default().push(row);
        }
        let heads = heads(tx, sources).await?;
        for (id, payments) in said {
            let claim = rows.get(id).context("a claim that was spoken of")?;
            lines.extend(of_claim(claim, &payments, &heads)?);
        }
        for case in tx.cases_of(&ids).await? {
            lines.push(of_case(&case).to_string());
        }
    }
}

async fn heads(
    tx: &mut Tx,
    mut sources: Vec<String>,
) -> anyhow::Result<BTreeMap<String, (RemittanceHead, String)>> {
    sources.sort_unstable();
    sources.dedup();
    let rows = tx.remittances_among(&sources).await?;
    rows.into_iter()
        .map(|row| {
            let head = serde_json::from_str(&row.head).context("a kept head is JSON")?;
            Ok((row.remittance, (head, row.content)))
        })
        .collect()
}

fn of_claim(
    claim: &ClaimRow,
    rows: &[ClaimPaymentRow],
    heads: &BTreeMap<String, (RemittanceHead, String)>,
) -> anyhow::Result<Vec<String>> {
    let mut said = rows.iter().map(settle::adjudication).collect::<anyhow::Result<Vec<_>>>()?;
    adjudication::sort(&mut said);
    let first = said.first().context("a claim that was spoken of")?;
    let (head, _) = heads.get(first.remittance.as_str()).context("a remittance has a head")?;
    let billed = claim.billed()?;
    let body = billed.clone().unwrap_or_else(|| matching::known_from(&first.payment, head));
    let mut lines = Vec::new();
    let mut net: BTreeMap<u16, Money> = BTreeMap::new();
    for one in &said {
        let (_, content) = heads.get(one.remittance.as_str()).context("a head")?;
        let grade =
            billed.as_ref().map_or(Grade::None, |claim| matching::grade(claim, &one.payment));
        lines.push(
            json!({ "match": content, "n": one.number, "claim": claim.number,
                "grade": grade.as_str() })
            .to_string(),
        );
        if one.quarantined {
            let quarantined =
                json!({ "quarantine": content, "n": one.number, "claim": claim.number });
            lines.push(quarantined.to_string());
            continue;
        }
        if !matches!(one.payment.standing(), Standing::Predetermination) {
            for (at, line) in one.payment.lines.iter().enumerate() {
                let number = matching::line_number(&body, &one.payment, line, at);
                *net.entry(number).or_default() += line.paid;
            }
        }
    }
    let number = &claim.number;
    lines.extend(net.into_iter().map(|(line, paid)| {
        json!({ "claim": number, "line": line, "net": paid.plain() }).to_string()
    }));
    Ok(lines)
}

fn of_case(case: &Denial) -> Value {
    let lines: Vec<Value> = case
        .lines
        .iter()
        .map(|line| {
            json!({
                "line": line.line, "denied": line.denied.plain(),
                "category": line.category.as_str(),
                "recovered": line.recovered.as_ref().map(|one| one.amount.plain()),
            })
        })
        .collect();
    let state = if case.status().is_closed() { "closed" } else { "open" };
    json!({
        "case": case.number.as_str(), "payer": case.payer_name.name, "round": case.round,
        "state": state, "category": case.category.as_str(), "quarantined": case.quarantined,
        "lines": lines,
    })
}

async fn rejections(tx: &mut Tx, lines: &mut Vec<String>) -> anyhow::Result<()> {
    for state in ["open", "resolved"] {
        for row in tx.rejections(state, i64::MAX).await? {
            let line = json!({ "rejection": row.file, "n": row.n, "number": row.number,
                "state": row.state });
            lines.push(line.to_string());
        }
    }
    Ok(())
}
