//! The claims of an 837 are written, and cases that were known from remittances learn of them.

use std::fs::File;
use std::path::{Path, PathBuf};

use anyhow::Context;
use denial::billed::{Billed, BilledClaim};
use denial::cover::Cover;
use serde_json::json;
use store::claims::{KnownClaim, NewVersion};
use store::journal::Entry;
use tokio::sync::mpsc;
use x12::Reader;

use crate::identity;
use crate::parts::PART;
use crate::practice::Office;
use crate::protecting;
use crate::secondary;
use crate::settle::{self, Fresh};

/// Writes every claim of a kept file.
pub(crate) async fn place(
    office: &Office,
    path: &Path,
    file: &str,
    progress: &(dyn Fn(u64) + Send + Sync),
) -> anyhow::Result<()> {
    let (sender, mut batches) = mpsc::channel(2);
    let (path, name) = (path.to_owned(), file.to_owned());
    let reading = tokio::task::spawn_blocking(move || read(path, &name, &sender));
    let mut count = 0;
    while let Some((versions, reached)) = batches.recv().await {
        count += versions.len();
        write(office, file, versions).await?;
        progress(reached);
    }
    reading.await.context("reading the file stopped")??;
    let mut tx = office.write().await?;
    let entry = Entry::new(file, "claims.taken", &json!({ "claims": count }));
    if tx.timeline(file).await?.iter().all(|one| one.kind != entry.kind) {
        tx.append(vec![entry], &office.moment()).await?;
    }
    tx.commit().await?;
    Ok(())
}

fn read(
    path: PathBuf,
    file: &str,
    sender: &mpsc::Sender<(Vec<Version>, u64)>,
) -> anyhow::Result<()> {
    let mut reader = Reader::new(File::open(path).context("cannot open the kept file")?);
    let mut billed = Billed::default();
    let mut findings = Vec::new();
    let (mut waiting, mut n, mut reached) = (Vec::new(), 0, 0);
    while let Some(block) = reader.next() {
        let claim = billed.read(&block, &mut findings);
        findings.clear();
        reached = block.end();
        let Some(claim) = claim else { continue };
        waiting.push(version(claim, file, n));
        n += 1;
        if waiting.len() >= PART
            && sender.blocking_send((std::mem::take(&mut waiting), reached)).is_err()
        {
            return Ok(());
        }
    }
    if let Some(fault) = reader.fault() {
        anyhow::bail!("cannot read the kept file to its end: {fault}");
    }
    // Nobody listens any more where writing failed; that fault is told there.
    let _ = sender.blocking_send((waiting, reached));
    Ok(())
}

/// A version of a claim, and the payers that it names after the first.
type Version = (NewVersion, Vec<Cover>);

fn version(billed: BilledClaim, file: &str, n: u64) -> Version {
    let (claim, covers) = (billed.claim, billed.covers);
    let day = claim.submitted_on.map(|day| day.to_string()).unwrap_or_default();
    let version = NewVersion {
        n,
        known: KnownClaim {
            claim: identity::claim(&claim.number),
            number: claim.number.as_str().to_owned(),
            fingerprint: identity::billed_fingerprint(&claim),
            member: identity::member_on(claim.patient.reveal(), claim.first_service()),
        },
        batch: identity::batch(&billed.sent),
        rank: format!("{day} {file} {n:010}"),
        body: claim,
    };
    (version, covers)
}

async fn write(office: &Office, file: &str, versions: Vec<Version>) -> anyhow::Result<()> {
    if versions.is_empty() {
        return Ok(());
    }
    let (versions, covers): (Vec<NewVersion>, Vec<Vec<Cover>>) = versions.into_iter().unzip();
    let ids: Vec<String> = versions.iter().map(|one| one.known.claim.as_str().to_owned()).collect();
    let places: Vec<u64> = versions.iter().map(|one| one.n).collect();
    let moment = office.moment();
    let mut tx = office.write().await?;
    let now = office.in_step(&mut tx).await?;
    let marked = protecting::marked(&versions, &now.rules.protected);
    let newest = tx.add_versions(file, versions).await?;
    // An older bill that is taken in later says nothing of covers any more.
    let named = ids.iter().zip(places).zip(covers);
    let named = named.filter(|((_, place), _)| newest.contains(place));
    let named: Vec<(String, Vec<Cover>)> =
        named.map(|((id, _), covers)| (id.clone(), covers)).collect();
    tx.bill_covers(&named).await?;
    tx.find_likely_paid(&ids).await?;
    let paid = tx.paid_among(&ids).await?;
    settle::settle_claims(&mut tx, office, &moment, paid, Fresh::nothing()).await?;
    protecting::billed(&mut tx, &now, marked, &ids, &moment).await?;
    secondary::follow(&mut tx, &now, &ids, std::iter::empty()).await?;
    tx.commit().await?;
    Ok(())
}
