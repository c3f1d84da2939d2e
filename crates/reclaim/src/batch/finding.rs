//! The claims of a batch as their files have them: each file is read once.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use anyhow::Context;
use denial::correction::Original;
use store::correction_batches::CorrectionItem;
use tokio::sync::mpsc;

use crate::batch::PART;
use crate::correcting::{self, Copied};
use crate::documents::Documents;
use crate::practice::Office;

/// A claim whose segments are found.
pub(super) struct InHand {
    pub(super) item: CorrectionItem,
    pub(super) base: Copied,
    pub(super) original: Original,
}

/// Where claims of a batch stand: by file and place there.
pub(super) type Plan = BTreeMap<String, BTreeMap<u64, Vec<(CorrectionItem, Copied)>>>;

/// Some claims that were found, and some whose file was taken out.
type Part = (Vec<InHand>, Vec<CorrectionItem>);

/// Finds the newest version of each claim; beside it those without one.
pub(super) async fn plan(
    office: &Office,
    items: Vec<CorrectionItem>,
) -> anyhow::Result<(Plan, Vec<CorrectionItem>)> {
    let (mut plan, mut nowhere) = (Plan::new(), Vec::new());
    for part in items.chunks(PART) {
        let ids: Vec<String> = part.iter().map(|item| item.denial.clone()).collect();
        let mut tx = office.read().await?;
        let cases = tx.cases_among(&ids).await?;
        let bases = correcting::bases(&mut tx, office, &cases).await?;
        drop(tx);
        let mut of: HashMap<&str, Copied> = HashMap::new();
        for (case, base) in cases.iter().zip(bases) {
            of.extend(base.map(|base| (case.id.as_str(), base)));
        }
        for item in part {
            let Some(base) = of.remove(item.denial.as_str()) else {
                nowhere.push(item.clone());
                continue;
            };
            let place = u64::try_from(base.n).context("a place is counted from 0")?;
            let file = plan.entry(base.file.clone()).or_default();
            file.entry(place).or_default().push((item.clone(), base));
        }
    }
    Ok((plan, nowhere))
}

/// Claims as they are found.
pub(super) struct Finding {
    coming: mpsc::Receiver<anyhow::Result<Part>>,
}

impl Finding {
    /// The next of them; none at the end.
    ///
    /// # Errors
    /// A file cannot be read.
    pub(super) async fn part(&mut self) -> anyhow::Result<Option<Part>> {
        self.coming.recv().await.transpose()
    }

    /// All of them.
    ///
    /// # Errors
    /// A file cannot be read.
    pub(super) async fn all(mut self) -> anyhow::Result<Part> {
        let mut all = Part::default();
        while let Some((found, gone)) = self.part().await? {
            all.0.extend(found);
            all.1.extend(gone);
        }
        Ok(all)
    }
}

/// Reads each file once, beside everything else, as fast as what it finds is taken.
pub(super) fn find(office: &Office, plan: Plan) -> Finding {
    let documents = office.documents.clone();
    let (found, coming) = mpsc::channel(2);
    tokio::task::spawn_blocking(move || {
        if let Err(fault) = read(&documents, plan, &found) {
            // Where nobody listens any more, nobody needs to hear of it.
            let _ = found.blocking_send(Err(fault));
        }
    });
    Finding { coming }
}

fn read(
    documents: &Documents,
    plan: Plan,
    found: &mpsc::Sender<anyhow::Result<Part>>,
) -> anyhow::Result<()> {
    let mut part = Part::default();
    for (file, mut places) in plan {
        let wanted: BTreeSet<u64> = places.keys().copied().collect();
        correcting::each_original(documents, &file, wanted, |original| {
            for (item, base) in places.remove(&original.position()).into_iter().flatten() {
                part.0.push(InHand { item, base, original: original.clone() });
            }
            let is_full = part.0.len() >= PART;
            !is_full || found.blocking_send(Ok(std::mem::take(&mut part))).is_ok()
        })?;
        if found.is_closed() {
            return Ok(());
        }
        part.1.extend(places.into_values().flatten().map(|(item, _)| item));
    }
    if !part.0.is_empty() || !part.1.is_empty() {
        let _ = found.blocking_send(Ok(part));
    }
    Ok(())
}
