//! What the database holds, in one order and without ids or times: two databases that hold the same
//! print the same.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::process::ExitCode;

use anyhow::Context;
use denial::adjudication::{self, Adjudication};
use denial::claim::Claim;
use denial::denial::Denial;
use denial::matching::{self, Grade};
use denial::money::Money;
use denial::remittance::{RemittanceHead, Standing};
use serde_json::{Value, json};
use store::Tx;
use store::claims::ClaimRow;
use store::remittances::{ClaimPaymentRow, RemittanceRow};

use crate::practice::Office;
use crate::{access, settle, show};

/// Rows read at a time.
const PAGE: i64 = 1_000;

/// `reclaim export`.
pub(crate) async fn run(office: &Office, why: Option<&str>) -> anyhow::Result<ExitCode> {
    show::require_clearance(office, why).await?;
    let mut lines = canonical(office).await?;
    let all = lines.len();
    if why.is_none() {
        let protected = office.read().await?.protected_subjects().await?;
        lines.retain(|line| !names_one_of(line, &protected));
    }
    let left = all - lines.len();
    let facts = json!({ "rows": lines.len(), "left_out": left, "why": why });
    access::note(office, "canonical", "practice.exported", &facts).await?;
    show::tell_left_out(left, "line", "lines");
    show::print(lines)
}

/// True for a line about a claim of one of the numbers.
fn names_one_of(line: &str, numbers: &HashSet<String>) -> bool {
    let line: Value = serde_json::from_str(line).unwrap_or_default();
    let named = ["claim", "case", "number"].into_iter().filter_map(|key| line[key].as_str());
    named.into_iter().any(|number| numbers.contains(number))
}

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
    let (mut claims, mut cases) = (Vec::new(), Vec::new());
    let of_cases = |case: Denial| cases.push(of_case(&case).to_string());
    each_claim(&mut tx, |claim| claims.extend(of_claim(&claim)), of_cases).await?;
    lines.extend(claims);
    lines.extend(cases);
    rejections(&mut tx, &mut lines).await?;
    lines.extend(tx.tallies().await?.iter().map(|one| {
        let denial::next_action::Tally { decided, won, part } = one.tally;
        json!({ "outcomes": one.payer, "code": one.code, "way": one.way, "decided": decided,
            "won": won, "part": part })
        .to_string()
    }));
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
        "remittance": row.remittance, "content": row.content, "state": row.state, "trace": row.trace,
        "payer": row.payer_name, "paid_on": row.paid_on,
        "total": Money::from_cents(row.total).plain(), "claims": row.claims, "lines": row.lines,
        "balanced": row.balanced, "provider_level": provider,
    }))
}

/// One claim with everything that was said of it and the cases that came of it.
pub(crate) struct Spoken {
    pub(crate) number: String,
    /// As billed, where it was.
    billed: Option<Claim>,
    /// As billed, or as far as its first payment lets us know it.
    body: Claim,
    /// In the order in which it was said.
    pub(crate) said: Vec<Adjudication>,
}

impl Spoken {
    /// What all payers together paid for each line, reversals counted; money that does not add up
    /// is left out.
    pub(crate) fn net(&self) -> BTreeMap<u16, Money> {
        let mut net: BTreeMap<u16, Money> = BTreeMap::new();
        let counts = |one: &&Adjudication| {
            !one.quarantined && one.payment.standing() != Standing::Predetermination
        };
        for one in self.said.iter().filter(counts) {
            for (at, line) in one.payment.lines.iter().enumerate() {
                let number = matching::line_number(&self.body, &one.payment, line, at);
                *net.entry(number).or_default() += line.paid;
            }
        }
        net
    }
}

/// Calls for each claim that was spoken of and for each case, page by page.
pub(crate) async fn each_claim(
    tx: &mut Tx,
    mut claim: impl FnMut(Spoken),
    mut case: impl FnMut(Denial),
) -> anyhow::Result<()> {
    let mut after = String::new();
    loop {
        let ids = tx.claim_ids(&after, PAGE).await?;
        let Some(last) = ids.last() else { return Ok(()) };
        after.clone_from(last);
        let rows = tx.claims(&ids).await?;
        let mut said: BTreeMap<String, Vec<ClaimPaymentRow>> = BTreeMap::new();
        for row in tx.said_of(&ids).await? {
            said.entry(row.claim.clone()).or_default().push(row);
        }
        let heads = heads(tx, &said).await?;
        for (id, payments) in said {
            let row = rows.get(&id).context("a claim that was spoken of")?;
            claim(spoken(row, &payments, &heads)?);
        }
        tx.cases_of(&ids).await?.into_iter().for_each(&mut case);
    }
}

async fn heads(
    tx: &mut Tx,
    said: &BTreeMap<String, Vec<ClaimPaymentRow>>,
) -> anyhow::Result<HashMap<String, RemittanceHead>> {
    let rows = said.values().flatten();
    let mut sources: Vec<String> = rows.map(|row| row.remittance.clone()).collect();
    sources.sort_unstable();
    sources.dedup();
    let rows = tx.remittances_among(&sources).await?;
    rows.into_iter()
        .map(|row| {
            let head = serde_json::from_str(&row.head).context("a kept head is JSON")?;
            Ok((row.remittance, head))
        })
        .collect()
}

fn spoken(
    row: &ClaimRow,
    payments: &[ClaimPaymentRow],
    heads: &HashMap<String, RemittanceHead>,
) -> anyhow::Result<Spoken> {
    let mut said = payments.iter().map(settle::adjudication).collect::<anyhow::Result<Vec<_>>>()?;
    adjudication::sort(&mut said);
    let first = said.first().context("a claim that was spoken of")?;
    let head = heads.get(first.remittance.as_str()).context("a remittance has a head")?;
    let billed = row.billed()?;
    let body = billed.clone().unwrap_or_else(|| matching::known_from(&first.payment, head));
    Ok(Spoken { number: row.number.clone(), billed, body, said })
}

/// Matches, quarantine and net money of a claim. A remittance's id says what it says, so that it
/// is the same in every database.
fn of_claim(claim: &Spoken) -> Vec<String> {
    let number = &claim.number;
    let mut lines = Vec::new();
    for one in &claim.said {
        let grade =
            claim.billed.as_ref().map_or(Grade::None, |it| matching::grade(it, &one.payment));
        let of = one.remittance.as_str();
        lines.push(json!({ "match": of, "n": one.number, "claim": number, "grade": grade }));
        if one.quarantined {
            lines.push(json!({ "quarantine": of, "n": one.number, "claim": number }));
        }
    }
    let net = claim.net();
    lines.extend(
        net.into_iter()
            .map(|(line, paid)| json!({ "claim": number, "line": line, "net": paid.plain() })),
    );
    lines.iter().map(Value::to_string).collect()
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
