//! Each claim of a batch is looked at: what would change on it, what is wrong with it. Nothing
//! changes on a case.

use std::collections::{HashMap, HashSet};

use anyhow::Context;
use denial::correction::{self, Fault, Wish};
use denial::denial::{Denial, Status};
use denial::lifecycle::evidence::Frequency;
use denial::lifecycle::{Action, Refused};
use denial::resent::Resent;
use serde_json::json;
use store::Tx;
use store::correction_batches::{CorrectionBatch, CorrectionItem};
use store::corrections::Correction;
use tokio::sync::watch;

use crate::batch::finding::{self, InHand};
use crate::batch::{self, Looked, PART, Told, aside};
use crate::correcting::{self, Copied, NoSubject, Subject};
use crate::practice::Office;
use crate::resent;

/// What becomes of a second case of one claim.
const TWICE: &str = "another case of its claim is in this batch, and a claim goes once";

/// Looks at what waits, until nothing does or somebody stops it, or the program.
pub(super) async fn run(
    office: &Office,
    batch: &CorrectionBatch,
    stop: &watch::Receiver<bool>,
) -> anyhow::Result<()> {
    let office = batch::as_whom(office, &batch.made_by, &batch.made_role)?;
    let wish = batch::wish(batch)?;
    let waiting =
        office.read().await?.correction_items(&batch.batch, "waiting", 0, i64::MAX).await?;
    let (plan, nowhere) = finding::plan(&office, waiting).await?;
    let nowhere: Vec<CorrectionItem> =
        nowhere.into_iter().map(|item| aside(item, &NoSubject::NoClaim.to_string())).collect();
    for part in nowhere.chunks(PART) {
        if !save(&office, batch, part, "waiting").await? {
            return Ok(());
        }
    }
    let mut finding = finding::find(&office, plan);
    while let Some((found, stays)) = finding.part().await {
        if *stop.borrow() {
            return Ok(());
        }
        let mut looked = look(&office, &wish, found).await?;
        looked.extend(stays);
        if !save(&office, batch, &looked, "waiting").await? {
            return Ok(());
        }
    }
    for part in doubles(&office, batch).await?.chunks(PART) {
        if !save(&office, batch, part, "ready").await? {
            return Ok(());
        }
    }
    let ready = |now| CorrectionBatch { state: "ready".to_owned(), ..now };
    batch::moved(&office, batch, ready, "correction.batch_ready", &json!({})).await?;
    Ok(())
}

/// A claim goes once: of those that can go, all but the first of each version and each number.
async fn doubles(
    office: &Office,
    batch: &CorrectionBatch,
) -> Result<Vec<CorrectionItem>, store::Error> {
    let ready = office.read().await?.correction_items(&batch.batch, "ready", 0, i64::MAX).await?;
    let (mut places, mut claims, mut doubles) = (HashSet::new(), HashSet::new(), Vec::new());
    for item in ready {
        let Looked { file, n, number, .. } = Looked::of(&item);
        let is_new_place = places.insert((file, n));
        let is_new_claim = claims.insert((item.payer.clone(), number));
        if !is_new_place || !is_new_claim {
            doubles.push(aside(item, TWICE));
        }
    }
    Ok(doubles)
}

/// What is known of the cases of some claims.
pub(super) struct Known {
    pub(super) cases: HashMap<String, Denial>,
    waits: HashMap<String, Resent>,
    begun: HashMap<String, Correction>,
    protected: HashMap<String, String>,
}

pub(super) async fn known(office: &Office, found: &[InHand]) -> anyhow::Result<Known> {
    let ids: Vec<String> = found.iter().map(|one| one.item.denial.clone()).collect();
    let mut tx = office.read().await?;
    let cases = tx.cases_among(&ids).await?;
    let waits = resent::of(&mut tx, office, &cases, None).await?;
    Ok(Known { waits, ..known_of(&mut tx, cases).await? })
}

/// The same of some cases as a transaction has them, without what they wait with: the outbox asks
/// for that itself, and refuses it.
pub(super) async fn known_of(tx: &mut Tx, cases: Vec<Denial>) -> Result<Known, store::Error> {
    let ids: Vec<String> = cases.iter().map(|case| case.id.to_string()).collect();
    let claims: Vec<String> = cases.iter().map(|case| case.claim.to_string()).collect();
    let begun = tx.corrections_among(&ids).await?;
    let begun = begun.into_iter().map(|one| (one.denial.clone(), one)).collect();
    let protected = tx.protected_among(&claims).await?;
    let cases = cases.into_iter().map(|case| (case.id.to_string(), case)).collect();
    Ok(Known { cases, waits: HashMap::new(), begun, protected })
}

/// Why a claim that waits with something does not go among many.
pub(super) fn stays_with(waits: &Resent) -> String {
    format!("{waits}; one more goes from its case alone, with a reason")
}

/// What becomes of some claims.
async fn look(
    office: &Office,
    wish: &Wish,
    found: Vec<InHand>,
) -> anyhow::Result<Vec<CorrectionItem>> {
    let known = known(office, &found).await?;
    let (office, wish) = (office.clone(), wish.clone());
    let looking = move || {
        let looked = found.into_iter().map(|one| looked_at(&office, &wish, &known, one));
        looked.collect::<Vec<_>>()
    };
    tokio::task::spawn_blocking(looking).await.context("looking at claims stopped")
}

fn looked_at(office: &Office, wish: &Wish, known: &Known, one: InHand) -> CorrectionItem {
    let InHand { item, base, original } = one;
    let Some(case) = known.cases.get(&item.denial) else { return aside(item, "its case is gone") };
    if let Some(why) = known.against(case, &base) {
        return aside(item, &why);
    }
    let (file, n, number) = (base.file.clone(), base.n, base.claim.number.to_string());
    let subject = Subject::of(case.clone(), base, original, office);
    let denied = correction::denied(case);
    let edit = match wish.edit(&denied, &subject.original, subject.usual(), &item.own) {
        Ok(edit) => edit,
        Err(why) => return aside(item, &why.to_string()),
    };
    if let Err(why) = permits(case, edit.frequency, office) {
        return aside(item, &why.to_string());
    }
    let corrected = subject.corrected(&edit, office);
    let coded = if corrected.needs_coder() { "yes" } else { "no" };
    let refused = corrected.refusal.map(|why| why.to_string());
    let same = corrected.aside(edit.frequency).map(|why| why.to_string());
    let why = refused.or_else(|| corrected.faults.first().map(in_words)).or(same);
    let looked = Looked {
        file,
        n,
        number,
        changes: corrected.changes.iter().map(Told::of).collect(),
        faults: corrected.faults.iter().map(told).collect(),
        edit: Some(edit),
    };
    let item = CorrectionItem {
        state: "ready".to_owned(),
        coded: coded.to_owned(),
        body: looked.kept(),
        ..item
    };
    match why {
        Some(why) => aside(item, &why),
        None => item,
    }
}

impl Known {
    /// Why a claim is not changed among many, whatever the change.
    pub(super) fn against(&self, case: &Denial, base: &Copied) -> Option<String> {
        if self.protected.contains_key(case.claim.as_str()) {
            let why = "it is a specially protected record: correct it on its case";
            return Some(why.to_owned());
        }
        if let Some(waits) = self.waits.get(case.id.as_str()) {
            return Some(stays_with(waits));
        }
        let begun = self.begun.get(case.id.as_str())?;
        let edit = &begun.edit;
        let is_typed = !edit.typed.is_empty() || edit.added > 0 || !edit.removed.is_empty();
        let is_open = is_typed && !correcting::went_out(begun, base, case);
        is_open.then(|| "somebody corrects it on its case: go on there, or begin anew".to_owned())
    }
}

/// Whether a case may go out so once it is reviewed.
fn permits(case: &Denial, frequency: Frequency, office: &Office) -> Result<(), Refused> {
    let moment = office.moment();
    let mut action = correcting::resubmission(frequency, None);
    if let Action::Resubmit(sent) = &mut action {
        // The outbox gives the number; here it matters whether one may go at all.
        "000000000".clone_into(&mut sent.reference);
    }
    if case.status() == Status::New {
        let reviewed = case.act(&Action::Review, &moment, &office.rules)?.after;
        return reviewed.act(&action, &moment, &office.rules).map(|_| ());
    }
    case.act(&action, &moment, &office.rules).map(|_| ())
}

fn told(fault: &Fault) -> (String, String) {
    (fault.field.map(|field| field.to_string()).unwrap_or_default(), fault.expected.clone())
}

fn in_words(fault: &Fault) -> String {
    let (field, expected) = told(fault);
    if field.is_empty() { expected } else { format!("{field}: {expected}") }
}

/// Saves what was looked at; false where somebody stopped the batch meanwhile.
async fn save(
    office: &Office,
    batch: &CorrectionBatch,
    looked: &[CorrectionItem],
    from: &str,
) -> anyhow::Result<bool> {
    let mut tx = office.write().await?;
    let now = tx.correction_batch(&batch.batch).await?.context("a batch stays on record")?;
    if now.state != "preparing" {
        return Ok(false);
    }
    for item in looked {
        tx.save_correction_item(&batch.batch, item, from).await?;
    }
    tx.commit().await?;
    Ok(true)
}
