//! What is ready leaves, a file for each payer: its claims, what is on record of them and that they
//! were sent are one transaction, so that a crash or a second try sends none twice.

use std::collections::HashMap;

use anyhow::Context;
use denial::correction::bundles;
use denial::denial::Status;
use denial::ids::DenialId;
use denial::lifecycle::Action;
use serde_json::json;
use store::correction_batches::{CorrectionBatch, CorrectionItem};

use crate::act::{self, Failed};
use crate::batch::finding::{self, InHand};
use crate::batch::{self, Looked, PART, Told, aside, looking};
use crate::correcting::{self, Leaving, NoSubject, Said, Subject};
use crate::outbox::{Carried, NotQueued};
use crate::practice::Office;

/// What stands now otherwise than it was shown.
const CHANGED: &str = "the claim, or what its payer takes, changed since it was looked at";

/// Sends what is ready, payer by payer, until nothing is or somebody stops it.
pub(super) async fn run(office: &Office, batch: &CorrectionBatch) -> anyhow::Result<()> {
    let by = batch.sent_by.as_deref().context("somebody sent it")?;
    let role = batch.sent_role.as_deref().context("somebody sent it")?;
    let office = batch::as_whom(office, by, role)?;
    loop {
        let mut ready =
            office.read().await?.correction_items(&batch.batch, "ready", 0, i64::MAX).await?;
        let Some(payer) = ready.first().map(|one| one.payer.clone()) else { break };
        ready.retain(|one| one.payer == payer);
        if !review(&office, batch, &ready).await? {
            return Ok(());
        }
        let (leaving, stays) = rebuilt(&office, batch, ready).await?;
        if !set_aside(&office, batch, stays).await? {
            return Ok(());
        }
        if !send(&office, batch, leaving).await? {
            return Ok(());
        }
    }
    let sent = CorrectionBatch { state: "sent".to_owned(), ..batch.clone() };
    batch::moved(&office, &sent, &batch.state, "correction.batch_sent", &json!({})).await?;
    Ok(())
}

/// Whoever sends a claim has looked at its case. False where somebody stopped the batch.
async fn review(
    office: &Office,
    batch: &CorrectionBatch,
    items: &[CorrectionItem],
) -> anyhow::Result<bool> {
    let moment = office.moment();
    for part in items.chunks(PART / 2) {
        let ids: Vec<String> = part.iter().map(|item| item.denial.clone()).collect();
        let mut cases = office.read().await?.cases_among(&ids).await?;
        cases.retain(|case| case.status() == Status::New);
        if cases.is_empty() {
            continue;
        }
        let mut tx = office.write().await?;
        let now = tx.correction_batch(&batch.batch).await?.context("a batch stays on record")?;
        if now.state != "sending" {
            return Ok(false);
        }
        let ids: Vec<String> = cases.iter().map(|case| case.id.to_string()).collect();
        for case in tx.cases_among(&ids).await? {
            match act::do_in(&mut tx, office, &moment, &case, &Action::Review).await {
                // What may not be reviewed may not be sent either, and is set aside there.
                Ok(_) | Err(Failed::Refused(_)) => {}
                Err(other) => return Err(other.into()),
            }
        }
        tx.commit().await?;
    }
    Ok(true)
}

/// The corrected claims as they were shown, and those that stay since they are not the same now.
async fn rebuilt(
    office: &Office,
    batch: &CorrectionBatch,
    items: Vec<CorrectionItem>,
) -> anyhow::Result<(Vec<(CorrectionItem, Leaving)>, Vec<CorrectionItem>)> {
    let (plan, nowhere) = finding::plan(office, items).await?;
    let mut stays: Vec<CorrectionItem> =
        nowhere.into_iter().map(|item| aside(item, &NoSubject::NoClaim.to_string())).collect();
    let (found, gone) = finding::find(office, plan).all().await?;
    stays.extend(gone.into_iter().map(|item| aside(item, &NoSubject::Gone.to_string())));
    let mut cases = HashMap::new();
    for part in found.chunks(PART) {
        let mut known = looking::known(office, part).await?;
        for one in part {
            let Some(case) = known.cases.remove(&one.item.denial) else { continue };
            let against = known.against(&case, &one.base);
            cases.insert(one.item.denial.clone(), (case, against));
        }
    }
    let (office, coder) = (office.clone(), batch.approved_by.clone());
    let building = move || {
        let mut leaving = Vec::new();
        for InHand { item, base, original } in found {
            let Some((case, against)) = cases.remove(&item.denial) else {
                stays.push(aside(item, CHANGED));
                continue;
            };
            if let Some(why) = against {
                stays.push(aside(item, &why));
                continue;
            }
            let is_on = (base.file.clone(), base.n);
            let subject = Subject::of(case, base, original, &office);
            match again(&office, &item, subject, is_on, coder.as_deref()) {
                Some(one) => leaving.push((item, one)),
                None => stays.push(aside(item, CHANGED)),
            }
        }
        (leaving, stays)
    };
    tokio::task::spawn_blocking(building).await.context("writing claims stopped")
}

/// One claim as it was shown; none where it would say something else by now.
fn again(
    office: &Office,
    item: &CorrectionItem,
    subject: Subject,
    is_on: (String, i64),
    coder: Option<&str>,
) -> Option<Leaving> {
    let looked = Looked::of(item);
    let edit = looked.edit.as_ref().filter(|_| is_on == (looked.file.clone(), looked.n))?;
    let corrected = subject.corrected(edit, office);
    let told: Vec<Told> = corrected.changes.iter().map(Told::of).collect();
    let is_agreed = !corrected.needs_coder() || coder.is_some();
    let is_same = corrected.is_whole() && told == looked.changes && is_agreed;
    is_same.then(|| Leaving {
        case: subject.case,
        coder: coder.filter(|_| corrected.needs_coder()).map(str::to_owned),
        frequency: edit.frequency,
        corrected,
    })
}

/// False where somebody stopped the batch.
async fn set_aside(
    office: &Office,
    batch: &CorrectionBatch,
    stays: Vec<CorrectionItem>,
) -> anyhow::Result<bool> {
    for part in stays.chunks(PART) {
        let mut tx = office.write().await?;
        for item in part {
            tx.save_correction_item(&batch.batch, item, "ready").await?;
        }
        tx.commit().await?;
    }
    let now = office.read().await?.correction_batch(&batch.batch).await?;
    Ok(now.is_some_and(|now| now.state == "sending"))
}

/// Queues the first claims that go together; what cannot go is set aside. False where somebody
/// stopped the batch.
async fn send(
    office: &Office,
    batch: &CorrectionBatch,
    leaving: Vec<(CorrectionItem, Leaving)>,
) -> anyhow::Result<bool> {
    let drafts: Vec<_> = leaving.iter().map(|(_, one)| &one.corrected.draft).collect();
    let Some(first) = bundles(&drafts).into_iter().next() else { return Ok(true) };
    let (mut items, mut together) = (Vec::new(), Vec::new());
    for (at, (item, one)) in leaving.into_iter().enumerate() {
        if first.binary_search(&at).is_ok() {
            items.push(item);
            together.push(one);
        }
    }
    match queue(office, batch, &items, &together).await {
        Ok(is_queued) => Ok(is_queued),
        Err(Stayed::Some(whys)) => {
            let stays = items.into_iter().filter_map(|item| {
                let why = whys.get(&item.denial)?.clone();
                Some(aside(item, &why))
            });
            let stays: Vec<CorrectionItem> = stays.collect();
            anyhow::ensure!(!stays.is_empty(), "a case that is not of the batch cannot be sent");
            set_aside(office, batch, stays).await
        }
        Err(Stayed::Fault(fault)) => Err(fault),
    }
}

/// Why a file was not queued.
enum Stayed {
    /// These cases cannot go, and why.
    Some(HashMap<String, String>),
    Fault(anyhow::Error),
}

impl<E: Into<anyhow::Error>> From<E> for Stayed {
    fn from(fault: E) -> Stayed {
        Stayed::Fault(fault.into())
    }
}

async fn queue(
    office: &Office,
    batch: &CorrectionBatch,
    items: &[CorrectionItem],
    leaving: &[Leaving],
) -> Result<bool, Stayed> {
    let mut tx = office.write().await?;
    let now = tx.correction_batch(&batch.batch).await?;
    if now.is_none_or(|now| now.state != "sending") {
        return Ok(false);
    }
    let said = Said::default();
    let carries = correcting::carried(&mut tx, leaving, &said).await?;
    let speaks = spoken_for(&carries, items, leaving);
    let queued = correcting::send_in(&mut tx, office, leaving, (carries, &said)).await;
    let (one, arriving) = queued.map_err(|why| stayed(why, &speaks))?;
    let cases: Vec<String> = items.iter().map(|item| item.denial.clone()).collect();
    let sent = tx.send_corrections(&batch.batch, &one.outgoing, &cases).await?;
    if sent != cases.len() {
        return Err(anyhow::anyhow!("some of its claims are not ready any more").into());
    }
    tx.commit().await?;
    drop(arriving);
    Ok(true)
}

/// By which claim of the batch each case goes: its own, or another of the same claim.
fn spoken_for(
    carries: &[Carried],
    items: &[CorrectionItem],
    leaving: &[Leaving],
) -> HashMap<DenialId, String> {
    let numbers = leaving.iter().map(|one| one.corrected.draft.number());
    let of: HashMap<String, &String> = numbers.zip(items.iter().map(|item| &item.denial)).collect();
    let speaks = |one: &Carried| Some((one.case.clone(), (*of.get(one.number.as_str())?).clone()));
    carries.iter().filter_map(speaks).collect()
}

fn stayed(why: NotQueued, speaks: &HashMap<DenialId, String>) -> Stayed {
    let mut whys = HashMap::new();
    let mut stays = |case: &DenialId, why: String| {
        let item = speaks.get(case).cloned().unwrap_or_else(|| case.to_string());
        whys.insert(item, why);
    };
    match &why {
        NotQueued::Cases(refused) => {
            refused.iter().for_each(|(case, why)| stays(case, why.to_string()));
        }
        NotQueued::Twice(twice) => {
            let why = "the same correction waits in the outbox or left already";
            twice.iter().for_each(|one| stays(&one.case, why.to_owned()));
        }
        NotQueued::Waits(waits) => {
            waits.iter().for_each(|(case, found)| stays(case, found.to_string()));
        }
        NotQueued::Unfit(_) | NotQueued::Failed(_) => return Stayed::Fault(why.into()),
    }
    Stayed::Some(whys)
}
