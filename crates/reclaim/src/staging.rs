//! The remittances of a file are written: small ones whole in one transaction, a giant one out of
//! sight in parts and then published.

use std::collections::VecDeque;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Context;
use denial::ids::{PayerId, RemittanceId};
use serde_json::json;
use store::Tx;
use store::journal::Entry;
use store::remittances::{RemittanceRow, State};

use crate::identity;
use crate::parts::{self, Batch, Loaded, Part};
use crate::practice::Office;
use crate::settle::{self, Fresh, Said, SaidPayment};
use crate::take::{Outcome, Planned};

/// Writes every planned remittance of the office's practice, and their cases.
pub(crate) async fn place(
    office: &Office,
    path: &Path,
    planned: &mut [Planned],
    progress: &(dyn Fn(u64) + Send + Sync),
) -> anyhow::Result<()> {
    let (mut batches, reading) = parts::begin(path, planned, office.practice())?;
    let mut pace = Pace::default();
    while let Some(batch) = batches.recv().await {
        let reached = batch.reached;
        write(office, batch, planned, &mut pace).await?;
        progress(reached);
    }
    reading.await.context("reading the file stopped")?
}

/// How long after somebody waited the next one is looked for.
const LATELY: Duration = Duration::from_secs(1);

/// When somebody last waited for a turn of ours to end.
#[derive(Default)]
struct Pace(Option<Instant>);

impl Pace {
    fn is_hurried(&self) -> bool {
        self.0.is_some_and(|at| at.elapsed() < LATELY)
    }
}

/// Writes one batch in one transaction. While people work beside it, in many short ones: what is
/// longer than a step goes in parts out of sight, as giants do.
async fn write(
    office: &Office,
    batch: Batch,
    planned: &mut [Planned],
    pace: &mut Pace,
) -> anyhow::Result<()> {
    let mut parts = VecDeque::from(batch.parts);
    while !parts.is_empty() {
        if pace.is_hurried() {
            parts = parts.into_iter().flat_map(Part::steps).collect();
        }
        write_turn(office, &mut parts, planned, pace).await?;
    }
    Ok(())
}

/// Writes parts until there is none or somebody waits. A remittance that is whole is published and
/// its cases opened in the same transaction; one of many parts is published with its last and
/// settled after it.
async fn write_turn(
    office: &Office,
    parts: &mut VecDeque<Part>,
    planned: &mut [Planned],
    pace: &mut Pace,
) -> anyhow::Result<()> {
    let mut tx = office.write().await?;
    let moment = office.moment();
    let mut entries = Vec::new();
    let mut fresh = Fresh::default();
    let mut giants = Vec::new();
    while let Some(part) = parts.pop_front() {
        let Some(one) = planned.get_mut(part.index) else { continue };
        if part.is_first && part.is_last {
            write_whole(&mut tx, part, one, &mut entries, &mut fresh).await?;
        } else {
            let is_last = part.is_last;
            if write_part(&mut tx, part, one).await? && is_last {
                giants.extend(publish(&mut tx, one, &mut entries).await?);
            }
        }
        if tx.is_awaited() {
            pace.0 = Some(Instant::now());
        }
        if pace.is_hurried() {
            break;
        }
    }
    tx.append(entries, &moment).await?;
    settle::settle(&mut tx, office, &moment, fresh).await?;
    tx.commit().await?;
    for remittance in giants {
        settle::settle_giant(office, &remittance).await?;
    }
    Ok(())
}

/// Writes a remittance that is whole in its batch, in the state that it is to have.
async fn write_whole(
    tx: &mut Tx,
    part: Part,
    planned: &mut Planned,
    entries: &mut Vec<Entry>,
    fresh: &mut Fresh,
) -> anyhow::Result<()> {
    let Some(mut row) = planned.row.clone() else { return Ok(()) };
    let others = tx.remittances_of_deal(&row.deal).await?;
    if others.iter().any(|one| one.content == row.content) && !goes_on(tx, &row, planned).await? {
        return Ok(());
    }
    let state = end_state(tx, planned, &row, &others, entries).await?;
    row.state = state.as_str().to_owned();
    row.settled = row.claims;
    if !tx.stage_remittance(&row).await? {
        let now = [State::Staging, State::Test];
        for before in now {
            tx.move_remittance(&row.remittance, before, state).await?;
        }
        tx.settle_remittance(&row.remittance, row.claims).await?;
    }
    entries.push(taken(&row));
    let counts = matches!(state, State::Published | State::Conflict);
    let doubtful = state == State::Conflict;
    let said = write_claims(tx, part, planned, &row).await?;
    if counts {
        fresh.add(&row, doubtful, said)?;
    }
    Ok(())
}

/// Writes a part of a giant remittance out of sight. False where the remittance is there already.
async fn write_part(tx: &mut Tx, part: Part, planned: &mut Planned) -> anyhow::Result<bool> {
    let Some(row) = planned.row.clone() else { return Ok(false) };
    if planned.placed.outcome == Outcome::Refused {
        return Ok(false);
    }
    let is_there = part.is_first && !tx.stage_remittance(&row).await?;
    if is_there && !goes_on(tx, &row, planned).await? {
        return Ok(false);
    }
    write_claims(tx, part, planned, &row).await?;
    Ok(true)
}

/// Writes claims, claim payments and what stands after them; gives what they say, and how many of
/// the claims nobody knew.
async fn write_claims(
    tx: &mut Tx,
    mut part: Part,
    planned: &mut Planned,
    row: &RemittanceRow,
) -> anyhow::Result<Said> {
    let remittance = RemittanceId::parse(&row.remittance)?;
    let mut said = Said { payments: Vec::with_capacity(part.claims.len()), new: 0 };
    let (mut rows, mut known) = (Vec::new(), Vec::new());
    keep_ids(tx, &mut part.claims, &planned.former).await?;
    for one in part.claims {
        planned.placed.quarantined += u64::from(one.row.quarantined);
        let (claim, quarantined) = (one.row.claim.clone(), one.row.quarantined);
        said.payments.push(SaidPayment { claim, n: one.row.n, quarantined, payment: one.payment });
        rows.push(one.row);
        known.push(one.known);
    }
    let ids: Vec<String> = known.iter().map(|one| one.claim.as_str().to_owned()).collect();
    let controls: Vec<String> = rows
        .iter()
        .map(|one| one.control.clone().unwrap_or_else(|| one.claim.to_string()))
        .collect();
    said.new = tx.know_claims(known).await?;
    if said.new > 0 {
        tx.find_likely_billed(&ids).await?;
    }
    tx.add_claim_payments(&remittance, rows).await?;
    tx.find_likely_by_control(&controls).await?;
    tx.add_provider_adjustments(&remittance, part.provider_from, &part.provider).await?;
    Ok(said)
}

/// A claim that only the payer's number names keeps the id that it has since before a rule file
/// said that the payer's spellings are one.
async fn keep_ids(tx: &mut Tx, claims: &mut [Loaded], former: &[PayerId]) -> anyhow::Result<()> {
    let before = |one: &Loaded| identity::former_claims(&one.payment, former);
    let mut ids: Vec<String> = Vec::new();
    for one in claims.iter() {
        let former = before(one);
        ids.extend((!former.is_empty()).then(|| one.row.claim.to_string()));
        ids.extend(former.iter().map(ToString::to_string));
    }
    if ids.is_empty() {
        return Ok(());
    }
    let there = tx.claims(&ids).await?;
    for one in claims {
        let kept = before(one).into_iter().find(|claim| there.contains_key(claim.as_str()));
        if let Some(kept) = kept.filter(|_| !there.contains_key(one.row.claim.as_str())) {
            one.row.claim = kept.clone();
            one.known.claim = kept;
        }
    }
    Ok(())
}

/// What to do about a remittance whose row is there already: true where writing goes on.
async fn goes_on(tx: &mut Tx, row: &RemittanceRow, planned: &mut Planned) -> anyhow::Result<bool> {
    let first = tx.remittance_saying(&row.content).await?;
    let goes_on = first.as_ref().is_some_and(|first| may_go_on(first, planned));
    if !goes_on {
        // A file that a crash cut short meets its own remittances again: they stand where they do.
        let is_own = |first: &RemittanceRow| (&first.file, first.number) == (&row.file, row.number);
        let own = first.as_ref().filter(|first| is_own(first));
        planned.placed.outcome = own.map_or(Outcome::Refused, placed_as);
        planned.placed.why = first.filter(|first| !is_own(first)).map(|first| {
            let (trace, at) = (first.trace, first.taken_at);
            format!("the same remittance (trace {trace}) was taken on {at}")
        });
    }
    Ok(goes_on)
}

/// What became of a remittance that is there.
fn placed_as(row: &RemittanceRow) -> Outcome {
    match State::from_name(&row.state) {
        Some(State::Held) => Outcome::Held,
        Some(State::Test) => Outcome::Test,
        Some(State::Conflict) => Outcome::Conflict,
        Some(State::Staging | State::Published | State::SetAside) | None => Outcome::Taken,
    }
}

/// A remittance that a crash left half written is written on; so is a test that counts now.
fn may_go_on(first: &RemittanceRow, planned: &Planned) -> bool {
    let is_test = first.state == State::Test.as_str();
    first.state == State::Staging.as_str() || (is_test && planned.placed.outcome == Outcome::Taken)
}

/// The state that a remittance is to have once it is whole. Where another one has the same payment
/// and other content, both are in conflict.
async fn end_state(
    tx: &mut Tx,
    planned: &mut Planned,
    row: &RemittanceRow,
    others: &[RemittanceRow],
    entries: &mut Vec<Entry>,
) -> anyhow::Result<State> {
    let state = match planned.placed.outcome {
        Outcome::Held => State::Held,
        Outcome::Test => State::Test,
        Outcome::Taken | Outcome::Conflict | Outcome::Kept | Outcome::Refused => State::Published,
    };
    if state == State::Published && in_conflict(tx, row, others, entries).await? {
        planned.placed.outcome = Outcome::Conflict;
        planned.placed.why = Some("another remittance has the same payment".to_owned());
        return Ok(State::Conflict);
    }
    Ok(state)
}

/// Makes a giant visible; gives its id where it counts from now on.
async fn publish(
    tx: &mut Tx,
    planned: &mut Planned,
    entries: &mut Vec<Entry>,
) -> anyhow::Result<Option<String>> {
    let Some(mut row) = planned.row.clone() else { return Ok(None) };
    let others = tx.remittances_of_deal(&row.deal).await?;
    let own = others.iter().find(|one| one.remittance == row.remittance);
    if !own.is_some_and(|own| may_go_on(own, planned)) {
        // Another process wrote the same remittance and was faster.
        planned.placed.outcome = Outcome::Refused;
        return Ok(None);
    }
    let state = end_state(tx, planned, &row, &others, entries).await?;
    row.state = state.as_str().to_owned();
    let moved = tx.move_remittance(&row.remittance, State::Staging, state).await?
        || tx.move_remittance(&row.remittance, State::Test, state).await?;
    if !moved {
        planned.placed.outcome = Outcome::Refused;
        return Ok(None);
    }
    entries.push(taken(&row));
    let counts = matches!(state, State::Published | State::Conflict);
    Ok(counts.then_some(row.remittance))
}

fn taken(row: &RemittanceRow) -> Entry {
    let facts = json!({
        "file": row.file, "number": row.number, "payer": row.payer, "trace": row.trace,
        "total": row.total, "paid": row.paid, "claims": row.claims, "lines": row.lines,
        "balanced": row.balanced, "content": row.content, "state": row.state,
    });
    Entry::new(&row.remittance, "remittance.taken", &facts)
}

/// Looks for remittances of the same payment; those that counted alone count no more, and their
/// cases are to be looked at again.
pub(crate) async fn in_conflict(
    tx: &mut Tx,
    row: &RemittanceRow,
    others: &[RemittanceRow],
    entries: &mut Vec<Entry>,
) -> anyhow::Result<bool> {
    let mut found = false;
    for other in others.iter().filter(|other| other.remittance != row.remittance) {
        found |= other.state == State::Conflict.as_str();
        if tx.move_remittance(&other.remittance, State::Published, State::Conflict).await? {
            tx.settle_remittance(&other.remittance, 0).await?;
            let facts = json!({ "with": row.remittance });
            entries.push(Entry::new(&other.remittance, "remittance.in_conflict", &facts));
            found = true;
        }
    }
    Ok(found)
}
