//! What is ready leaves, a file for each payer: its claims, what is on record of them and that they
//! were sent are one transaction, so that a crash or a second try sends none twice.

use std::collections::{HashMap, VecDeque};

use anyhow::Context;
use denial::correction::{NotWritten, bundles};
use denial::denial::Status;
use denial::ids::DenialId;
use denial::lifecycle::Action;
use serde_json::json;
use store::Tx;
use store::correction_batches::{CorrectionBatch, CorrectionItem};
use tokio::sync::watch;

use crate::act::{self, Failed};
use crate::batch::finding::{self, InHand};
use crate::batch::{self, Looked, PART, Told, aside, looking};
use crate::correcting::{self, Copied, Leaving, NoSubject, Said, Subject};
use crate::documents::Arriving;
use crate::outbox::{self, Carried, NotQueued};
use crate::practice::Office;

/// What stands now otherwise than it was shown.
const CHANGED: &str = "the claim, or what its payer takes, changed since it was looked at";

/// Why a batch of which nothing left is not sent.
const NONE: &str = "none of its claims could go: each is set aside with its reason";

/// A claim that is about to leave.
type Going = (CorrectionItem, Leaving);

/// Sends what is ready, payer by payer, until nothing is or somebody stops it, or the program.
pub(super) async fn run(
    office: &Office,
    batch: &CorrectionBatch,
    stop: &watch::Receiver<bool>,
) -> anyhow::Result<()> {
    let by = batch.sent_by.as_deref().context("somebody sent it")?;
    let role = batch.sent_role.as_deref().context("somebody sent it")?;
    let office = batch::as_whom(office, by, role)?;
    while !*stop.borrow() {
        let mut tx = office.read().await?;
        let next = tx.correction_items(&batch.batch, "ready", 0, 1).await?.pop();
        let Some(next) = next else { return ended(&office, batch).await };
        let ready = tx.corrections_ready(&batch.batch, &next.payer).await?;
        drop(tx);
        let (going, stays) = rebuilt(&office, batch, ready).await?;
        if !set_aside(&office, batch, stays).await? {
            return Ok(());
        }
        let Some(going) = reviewed(&office, batch, going).await? else { return Ok(()) };
        if !leave(&office, batch, going, stop).await? {
            return Ok(());
        }
    }
    Ok(())
}

/// Nothing of it is ready any more: it is sent, unless nothing of it was, which is told.
async fn ended(office: &Office, batch: &CorrectionBatch) -> anyhow::Result<()> {
    let counts = office.read().await?.count_corrections(std::slice::from_ref(&batch.batch)).await?;
    if batch::count(&counts, "sent") == 0 {
        return batch::stuck(office, batch, &anyhow::anyhow!(NONE)).await;
    }
    let sent = |now| CorrectionBatch { state: "sent".to_owned(), ..now };
    batch::moved(office, batch, sent, "correction.batch_sent", &json!({})).await?;
    Ok(())
}

/// True where nobody stopped the batch, or sent it anew, since it was read.
async fn goes_on(tx: &mut Tx, batch: &CorrectionBatch) -> Result<bool, store::Error> {
    Ok(tx.correction_batch(&batch.batch).await?.as_ref() == Some(batch))
}

/// Whoever sends a claim has looked at its case. Gives those that leave; none where somebody
/// stopped the batch.
async fn reviewed(
    office: &Office,
    batch: &CorrectionBatch,
    going: Vec<Going>,
) -> anyhow::Result<Option<Vec<Going>>> {
    let moment = office.moment();
    let is_new = |(_, one): &Going| one.case.status() == Status::New;
    let (new, mut leaving): (Vec<Going>, Vec<Going>) = going.into_iter().partition(is_new);
    let mut new = new.into_iter().peekable();
    while new.peek().is_some() {
        let part: Vec<Going> = new.by_ref().take(PART / 2).collect();
        let mut tx = office.write().await?;
        if !goes_on(&mut tx, batch).await? {
            return Ok(None);
        }
        let changed = changed(&mut tx, office, &part).await?;
        for (item, one) in part {
            let why = match changed.get(&item.denial) {
                Some(why) => why.clone(),
                None => {
                    match act::do_in(&mut tx, office, &moment, &one.case, &Action::Review).await {
                        Ok(case) => {
                            leaving.push((item, Leaving { case, ..one }));
                            continue;
                        }
                        Err(Failed::Refused(why)) => why.to_string(),
                        Err(other) => return Err(other.into()),
                    }
                }
            };
            tx.save_correction_item(&batch.batch, &aside(item, &why), "ready").await?;
        }
        tx.commit().await?;
    }
    leaving.sort_by_key(|(item, _)| item.n);
    Ok(Some(leaving))
}

/// Why claims do not leave as they were built: their cases, or what is on record of them, are no
/// longer the same.
async fn changed(
    tx: &mut Tx,
    office: &Office,
    going: &[Going],
) -> Result<HashMap<String, String>, store::Error> {
    let ids: Vec<String> = going.iter().map(|(item, _)| item.denial.clone()).collect();
    let cases = tx.cases_among(&ids).await?;
    let found = correcting::bases(tx, office, &cases).await?;
    let ids = cases.iter().map(|case| case.id.to_string());
    let bases: HashMap<String, Copied> =
        ids.zip(found).filter_map(|(id, base)| Some((id, base?))).collect();
    let known = looking::known_of(tx, cases).await?;
    let why = |(item, one): &Going| {
        let looked = Looked::of(item);
        let case = known.cases.get(&item.denial).filter(|now| now.version == one.case.version);
        let base = bases.get(&item.denial).filter(|now| now.file == looked.file);
        match (case, base.filter(|now| now.n == looked.n)) {
            (Some(case), Some(base)) => known.against(case, base),
            (None, _) | (_, None) => Some(CHANGED.to_owned()),
        }
    };
    let of = |one: &Going| Some((one.0.denial.clone(), why(one)?));
    Ok(going.iter().filter_map(of).collect())
}

/// The corrected claims as they were shown, and those that stay since they are not the same now.
pub(crate) async fn rebuilt(
    office: &Office,
    batch: &CorrectionBatch,
    items: Vec<CorrectionItem>,
) -> anyhow::Result<(Vec<Going>, Vec<CorrectionItem>)> {
    let (plan, nowhere) = finding::plan(office, items).await?;
    let mut stays: Vec<CorrectionItem> =
        nowhere.into_iter().map(|item| aside(item, &NoSubject::NoClaim.to_string())).collect();
    let (found, unfound) = finding::find(office, plan).all().await;
    stays.extend(unfound);
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
    Ok(goes_on(&mut office.read().await?, batch).await?)
}

/// Queues claims, those that go together as one file; what cannot go is set aside. False where
/// somebody stopped the batch, or the program.
pub(crate) async fn leave(
    office: &Office,
    batch: &CorrectionBatch,
    going: Vec<Going>,
    stop: &watch::Receiver<bool>,
) -> anyhow::Result<bool> {
    let mut files = VecDeque::from(together(going));
    while let Some(file) = files.pop_front() {
        if *stop.borrow() {
            return Ok(false);
        }
        match queue(office, batch, file).await? {
            Queued::Left => {}
            Queued::Stopped => return Ok(false),
            Queued::Parted(stays, again) => {
                if !set_aside(office, batch, stays).await? {
                    return Ok(false);
                }
                again.into_iter().rev().filter(|file| !file.is_empty()).for_each(|file| {
                    files.push_front(file);
                });
            }
        }
    }
    Ok(true)
}

fn together(going: Vec<Going>) -> Vec<Vec<Going>> {
    let drafts: Vec<_> = going.iter().map(|(_, one)| &one.corrected.draft).collect();
    let files = bundles(&drafts);
    let mut going: Vec<Option<Going>> = going.into_iter().map(Some).collect();
    let mut take = |at: usize| going.get_mut(at).and_then(Option::take);
    files.into_iter().map(|file| file.into_iter().filter_map(&mut take).collect()).collect()
}

/// What became of claims that go together.
enum Queued {
    Left,
    /// Somebody stopped the batch.
    Stopped,
    /// None left yet: these stay, and the others go without them.
    Parted(Vec<CorrectionItem>, Vec<Vec<Going>>),
}

/// Why a file was not queued.
enum Stayed {
    /// These cases cannot go, and why.
    Some(HashMap<String, String>),
    /// Some claim cannot be written, or not with the others.
    Unfit(String),
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
    going: Vec<Going>,
) -> anyhow::Result<Queued> {
    let mut tx = office.write().await?;
    if !goes_on(&mut tx, batch).await? {
        return Ok(Queued::Stopped);
    }
    let changed = changed(&mut tx, office, &going).await?;
    if !changed.is_empty() {
        return Ok(parted(going, &changed));
    }
    let (items, leaving): (Vec<CorrectionItem>, Vec<Leaving>) = going.into_iter().unzip();
    let stayed = match sent(&mut tx, office, batch, (&items, &leaving)).await {
        Ok(arriving) => {
            tx.commit().await?;
            drop(arriving);
            return Ok(Queued::Left);
        }
        Err(stayed) => stayed,
    };
    drop(tx);
    let going: Vec<Going> = items.into_iter().zip(leaving).collect();
    match stayed {
        Stayed::Some(whys) => {
            let is_own = going.iter().any(|(item, _)| whys.contains_key(&item.denial));
            anyhow::ensure!(is_own, "a case that is not of the batch cannot be sent");
            Ok(parted(going, &whys))
        }
        Stayed::Unfit(why) => {
            // Without a way out none can leave, and none of them is at fault.
            outbox::route::route(office, None).context("nothing can leave")?;
            let office = office.clone();
            let trying = move || tried(&office, going, &why);
            tokio::task::spawn_blocking(trying).await.context("writing claims stopped")
        }
        Stayed::Fault(fault) => Err(fault),
    }
}

async fn sent(
    tx: &mut Tx,
    office: &Office,
    batch: &CorrectionBatch,
    (items, leaving): (&[CorrectionItem], &[Leaving]),
) -> Result<Arriving, Stayed> {
    let said = Said::default();
    let carries = correcting::carried(tx, leaving, &said).await?;
    let speaks = spoken_for(&carries, items, leaving);
    let queued = correcting::send_in(tx, office, leaving, (carries, &said)).await;
    let (one, arriving) = queued.map_err(|why| stayed(why, &speaks))?;
    let cases: Vec<String> = items.iter().map(|item| item.denial.clone()).collect();
    let sent = tx.send_corrections(&batch.batch, &one.outgoing, &cases).await?;
    if sent != cases.len() {
        return Err(anyhow::anyhow!("some of its claims are not ready any more").into());
    }
    Ok(arriving)
}

/// Those that stay, each with its reason, and the others as one file.
fn parted(going: Vec<Going>, whys: &HashMap<String, String>) -> Queued {
    let (mut stays, mut goes) = (Vec::new(), Vec::new());
    for (item, one) in going {
        match whys.get(&item.denial) {
            Some(why) => stays.push(aside(item, why)),
            None => goes.push((item, one)),
        }
    }
    Queued::Parted(stays, vec![goes])
}

/// Each claim is written by itself: what cannot be stays. Where each can, and not all of them
/// together, they go as two files; one alone stays.
fn tried(office: &Office, mut going: Vec<Going>, why: &str) -> Queued {
    let told = |why: &str| format!("no file can carry it: {why}");
    let bad = |(item, one): &Going| {
        let why = correcting::unwritable(one, office)?;
        Some((item.denial.clone(), told(&why)))
    };
    let mut whys: HashMap<String, String> = going.iter().filter_map(bad).collect();
    if whys.is_empty() && going.len() > 1 {
        let others = going.split_off(going.len() / 2);
        return Queued::Parted(Vec::new(), vec![going, others]);
    }
    if whys.is_empty() {
        whys.extend(going.iter().map(|(item, _)| (item.denial.clone(), told(why))));
    }
    parted(going, &whys)
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
            waits.iter().for_each(|(case, found)| stays(case, looking::stays_with(found)));
        }
        NotQueued::Unfit(why) => return Stayed::Unfit(why.clone()),
        NotQueued::Failed(fault) => {
            return match fault.downcast_ref::<NotWritten>() {
                Some(why) => Stayed::Unfit(why.to_string()),
                None => Stayed::Fault(why.into()),
            };
        }
    }
    Stayed::Some(whys)
}
