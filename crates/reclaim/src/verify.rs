//! `reclaim verify`: every chain of the journal, every case against its journal, every amount
//! against its rows, every document against its hash; or the first difference.

use std::process::ExitCode;

use anyhow::Context;
use denial::money::Money;
use indicatif::{ProgressBar, ProgressStyle};
use store::audit::Book;
use store::journal::Chain;
use store::remittances::RemittanceRow;
use store::verify::{CasesSeen, Checkpoint, Walked};
use store::{Error, Practice, Store, Tx, instant};

use crate::documents::Documents;
use crate::practice::Office;
use crate::{code_lists, own_rules, rank, settle, show};

/// What was looked at, where nothing differs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Verified {
    /// Entries of the practice's chains and of the chain above practices.
    pub(crate) entries: u64,
    pub(crate) cases: CasesSeen,
    pub(crate) remittances: u64,
    pub(crate) claim_payments: u64,
    pub(crate) documents: u64,
}

/// The name of the daily proof in the table of sweeps.
pub(crate) const SWEEP: &str = "verify_daily";

/// Claim payments read at a time.
const PAGE: i64 = 1_000;

/// Prints `ok` and what was looked at, or the first difference; the exit code is 1 then. Where it
/// works on, it looks at what happened since everything was last found to agree.
pub(crate) async fn run(office: &Office, works_on: bool) -> anyhow::Result<ExitCode> {
    let verified = if works_on { on(office).await } else { verify(office).await };
    match verified {
        Ok(verified) => show::print(vec![verified.in_words()]),
        Err(fault) if is_difference(&fault) => {
            eprintln!("reclaim: {fault:#}");
            Ok(ExitCode::from(1))
        }
        Err(fault) => Err(fault),
    }
}

/// True for what the database holds and cannot be, as against a database that cannot be read.
pub(crate) fn is_difference(fault: &anyhow::Error) -> bool {
    matches!(
        fault.downcast_ref::<Error>(),
        Some(Error::Differs { .. } | Error::Inconsistent { .. })
    )
}

/// Looks at everything of the office's practice, and keeps how far that was.
///
/// # Errors
/// [`Error::Differs`] or [`Error::Inconsistent`] for the first difference.
pub(crate) async fn verify(office: &Office) -> anyhow::Result<Verified> {
    let at = instant(office.clock.now());
    let ends = office.read().await?.ends(&at).await?;
    let verified = whole(&office.store, office.practice(), &office.documents).await?;
    keep(office, &ends).await?;
    Ok(verified)
}

async fn keep(office: &Office, proven: &Checkpoint) -> anyhow::Result<()> {
    let mut tx = office.store.write_aside(office.practice()).await?;
    tx.keep_checkpoint(proven).await?;
    tx.commit().await?;
    Ok(())
}

/// Looks at what happened since everything was last found to agree: entries of the chains, the
/// cases and remittances that they are about, documents. At everything where it never was.
///
/// # Errors
/// As [`verify`].
pub(crate) async fn on(office: &Office) -> anyhow::Result<Verified> {
    let mut tx = office.read().await?;
    let Some(from) = tx.checkpoint().await? else {
        drop(tx);
        return verify(office).await;
    };
    let ends = tx.ends(&instant(office.clock.now())).await?;
    let mut entries = 0;
    for (book, proven) in
        [(Book::Work, &from.work), (Book::Views, &from.views), (Book::House, &from.house)]
    {
        entries += tx.walk_on(book, proven, &|_| {}).await?.entries;
    }
    let cases = tx.cases_since(from.work.seq).await?;
    let cases = tx.check_some_cases(&cases).await?;
    let (mut remittances, mut claim_payments) = (0, 0);
    for id in tx.remittances_since(from.work.seq).await? {
        if let Some(row) = tx.remittance(&id).await? {
            claim_payments += remittance(&mut tx, &row).await?;
            remittances += 1;
        }
    }
    tx.check_purged().await?;
    tx.check_outgoing().await?;
    tx.check_drafts().await?;
    tx.check_requests().await?;
    let hashes = tx.hashes_since(&from.at).await?;
    own_rules::check(&mut tx).await?;
    code_lists::check(&mut tx, false).await?;
    drop(tx);
    let documents = kept(&office.documents, hashes).await?;
    keep(office, &ends).await?;
    Ok(Verified { entries, cases, remittances, claim_payments, documents })
}

/// Works on where everything was once found to agree, on the first look of a day of the practice.
/// The first time takes long in a large database, so somebody begins it: `reclaim verify`.
pub(crate) async fn sweep(office: &Office) -> anyhow::Result<Option<Verified>> {
    let mut tx = office.read().await?;
    let tried = tx.sweeps().await?.into_iter().find(|(name, ..)| name == SWEEP);
    if tried.is_some_and(|(_, at, _)| !rank::is_before_today(office, &at)) {
        return Ok(None);
    }
    drop(tx);
    // Noted before: what differs is told once a day, not each minute.
    let mut tx = office.store.write_aside(office.practice()).await?;
    tx.note_sweep(SWEEP, &instant(office.clock.now()), "").await?;
    tx.commit().await?;
    if office.read().await?.checkpoint().await?.is_none() {
        return Ok(None);
    }
    on(office).await.map(Some)
}

/// Looks at a practice's rows and documents.
///
/// # Errors
/// As [`verify`].
pub(crate) async fn whole(
    store: &Store,
    practice: &Practice,
    documents: &Documents,
) -> anyhow::Result<Verified> {
    let verified = rows(store, practice).await?;
    let mut tx = store.read(practice).await?;
    let mut hashes = tx.file_hashes().await?;
    hashes.extend(tx.document_hashes().await?);
    drop(tx);
    Ok(Verified { documents: kept(documents, hashes).await?, ..verified })
}

/// Looks at a practice's rows, as they stand at one moment.
///
/// # Errors
/// As [`verify`].
pub(crate) async fn rows(store: &Store, practice: &Practice) -> anyhow::Result<Verified> {
    let mut tx = store.read(practice).await?;
    let entries = tx.count_entries().await?;
    let work = bar(entries * 2, "entries of the journal");
    let heard = |count: u64| work.inc(count);
    let walked = tx.walk_chain(Chain::Work, &heard).await?;
    let views = tx.walk_chain(Chain::Views, &heard).await?;
    let house = tx.walk_house(&heard).await?;
    let cases = tx.check_cases(&walked, &heard).await?;
    work.finish_and_clear();
    tx.check_told().await?;
    tx.check_tallies().await?;
    tx.check_purged().await?;
    tx.check_outgoing().await?;
    tx.check_drafts().await?;
    tx.check_requests().await?;
    own_rules::check(&mut tx).await?;
    code_lists::check(&mut tx, true).await?;
    let (remittances, claim_payments) = payments(&mut tx).await?;
    let count = |walked: Walked| walked.entries;
    let entries = count(walked) + count(views) + count(house);
    Ok(Verified { entries, cases, remittances, claim_payments, documents: 0 })
}

impl Verified {
    pub(crate) fn in_words(&self) -> String {
        let CasesSeen { cases, events, postings } = self.cases;
        format!(
            "ok: {} journal entries, {cases} cases with {events} events and {postings} postings, \
             {} remittances with {} claim payments, {} documents",
            self.entries, self.remittances, self.claim_payments, self.documents
        )
    }
}

fn bar(length: u64, what: &'static str) -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:30} {pos}/{len} {msg} left {eta_precise}");
    let bar = ProgressBar::new(length).with_message(what);
    style.map_or_else(|_| bar.clone(), |style| bar.clone().with_style(style))
}

/// Counts and sums the claim payments of every visible remittance.
async fn payments(tx: &mut Tx) -> anyhow::Result<(u64, u64)> {
    tx.check_no_orphan().await?;
    let (mut remittances, mut count) = (0, 0);
    let mut after = String::new();
    let bar = bar(0, "remittances");
    loop {
        let rows = tx.remittances_in_order(&after, PAGE).await?;
        let Some(last) = rows.last() else { break };
        after.clone_from(&last.remittance);
        bar.inc_length(rows.len() as u64);
        for row in &rows {
            count += remittance(tx, row).await?;
            bar.inc(1);
        }
        remittances += rows.len() as u64;
    }
    bar.finish_and_clear();
    Ok((remittances, count))
}

/// Compares what a remittance's row says with its claim payments and provider-level adjustments;
/// gives how many claim payments it has.
async fn remittance(tx: &mut Tx, row: &RemittanceRow) -> anyhow::Result<u64> {
    let (mut count, mut paid) = (0, Money::ZERO);
    loop {
        let payments = tx.claim_payments(&row.remittance, count, PAGE).await?;
        if payments.is_empty() {
            break;
        }
        for payment in &payments {
            if payment.n != count {
                return differs(row, format!("its claim payment {count} is missing"));
            }
            let Ok(kept) = settle::payment(payment) else {
                return differs(row, format!("its claim payment {count} does not read"));
            };
            paid += kept.paid;
            count += 1;
        }
    }
    if count != row.claims {
        return differs(row, format!("{count} claim payments are there, it has {}", row.claims));
    }
    if paid != Money::from_cents(row.paid) {
        let said = Money::from_cents(row.paid);
        return differs(row, format!("its claim payments come to {paid}, it says {said}"));
    }
    let provider = tx.provider_adjustments(&row.remittance).await?;
    let sum: Money = provider.iter().map(|one| one.amount).sum();
    if sum != Money::from_cents(row.provider_level) {
        let said = Money::from_cents(row.provider_level);
        return differs(row, format!("its provider level comes to {sum}, it says {said}"));
    }
    Ok(u64::try_from(count).unwrap_or(0))
}

fn differs<T>(row: &RemittanceRow, what: String) -> anyhow::Result<T> {
    Err(Error::Differs { place: row.remittance.clone(), what }.into())
}

/// Hashes every document's bytes; gives how many there are.
async fn kept(documents: &Documents, hashes: Vec<(String, i64)>) -> anyhow::Result<u64> {
    let documents = documents.clone();
    let looked = tokio::task::spawn_blocking(move || {
        let bar = bar(hashes.len() as u64, "documents");
        for (hash, _) in &hashes {
            let what = match documents.holds(hash) {
                Ok(true) => {
                    bar.inc(1);
                    continue;
                }
                Ok(false) => "its bytes are not the ones that it names".to_owned(),
                Err(fault) => format!("the document cannot be read: {fault}"),
            };
            return Err(Error::Differs { place: hash.clone(), what });
        }
        bar.finish_and_clear();
        Ok(hashes.len() as u64)
    });
    Ok(looked.await.context("looking at the documents stopped")??)
}
