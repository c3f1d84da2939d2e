//! The claims of a batch as their files have them: each file is read once.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use anyhow::Context;
use denial::correction::Original;
use store::correction_batches::CorrectionItem;
use tokio::sync::mpsc;

use crate::batch::{PART, aside};
use crate::correcting::{self, Copied, NoSubject};
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

/// What becomes of claims whose file cannot be read.
const UNREAD: &str = "the file that billed it cannot be read here: have the documents folder \
                      looked at, then begin a batch of it anew";

/// Some claims that were found, and some that are set aside since their file is not there.
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
    coming: mpsc::Receiver<Part>,
}

impl Finding {
    /// The next of them; none at the end.
    pub(super) async fn part(&mut self) -> Option<Part> {
        self.coming.recv().await
    }

    /// All of them.
    pub(super) async fn all(mut self) -> Part {
        let mut all = Part::default();
        while let Some((found, stays)) = self.part().await {
            all.0.extend(found);
            all.1.extend(stays);
        }
        all
    }
}

/// Reads each file once, beside everything else, as fast as what it finds is taken.
pub(super) fn find(office: &Office, plan: Plan) -> Finding {
    let documents = office.documents.clone();
    let (found, coming) = mpsc::channel(2);
    tokio::task::spawn_blocking(move || read(&documents, plan, &found));
    Finding { coming }
}

/// One file that cannot be read keeps no other from it.
fn read(documents: &Documents, plan: Plan, found: &mpsc::Sender<Part>) {
    let mut part = Part::default();
    for (file, mut places) in plan {
        let wanted: BTreeSet<u64> = places.keys().copied().collect();
        let done = correcting::each_original(documents, &file, wanted, |original| {
            for (item, base) in places.remove(&original.position()).into_iter().flatten() {
                part.0.push(InHand { item, base, original: original.clone() });
            }
            let is_full = part.0.len() >= PART;
            !is_full || found.blocking_send(std::mem::take(&mut part)).is_ok()
        });
        if found.is_closed() {
            return;
        }
        let why = match done {
            Ok(()) => NoSubject::Gone.to_string(),
            Err(fault) => {
                tracing::error!("file {file}: {fault:#}");
                UNREAD.to_owned()
            }
        };
        let stays = places.into_values().flatten().map(|(item, _)| aside(item, &why));
        part.1.extend(stays);
    }
    if !part.0.is_empty() || !part.1.is_empty() {
        // Where nobody listens any more, nobody needs to hear of it.
        let _ = found.blocking_send(part);
    }
}
