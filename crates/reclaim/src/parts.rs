//! A file is read again, claim by claim, into the parts that are written of it.

use std::fs::File;
use std::path::{Path, PathBuf};

use anyhow::Context;
use denial::ids::{PayerId, RemittanceId};
use denial::intake::{Intake, Piece};
use denial::remittance::{ClaimPayment, ProviderAdjustment};
use store::Practice;
use store::claims::KnownClaim;
use store::raw;
use store::remittances::NewClaimPayment;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use x12::{Block, Kind, Reader};

use crate::identity;
use crate::take::Planned;

/// Claims written in one transaction: the longest that anybody waits for the practice's turn.
pub(crate) const PART: usize = 250;

/// Claims in one transaction of a remittance that does not fit in a part: few, since whoever acts
/// meanwhile waits for one of these, again and again for as long as it takes.
pub(crate) const STEP: usize = 25;

/// What the second pass needs of a planned remittance.
#[derive(Clone)]
struct Wanted {
    remittance: RemittanceId,
    payer: PayerId,
    unbalanced: bool,
    /// Claims of it in one transaction.
    step: usize,
}

/// A run of one remittance's claims.
pub(crate) struct Part {
    /// Which of the file's transactions.
    pub(crate) index: usize,
    pub(crate) is_first: bool,
    pub(crate) is_last: bool,
    pub(crate) claims: Vec<Loaded>,
    pub(crate) provider: Vec<ProviderAdjustment>,
    pub(crate) provider_from: usize,
}

/// One claim payment: the row it becomes, its claim, and what it says.
pub(crate) struct Loaded {
    pub(crate) row: NewClaimPayment,
    pub(crate) known: KnownClaim,
    pub(crate) payment: Box<ClaimPayment>,
}

/// Parts that go into one transaction, and how far in the file they reach.
pub(crate) struct Batch {
    pub(crate) parts: Vec<Part>,
    pub(crate) reached: u64,
}

/// Reads the parts of every planned remittance of a practice, on a thread of its own, which tells
/// at its end what it could not read. At most two batches lie ready.
pub(crate) fn begin(
    path: &Path,
    planned: &[Planned],
    practice: &Practice,
) -> anyhow::Result<(mpsc::Receiver<Batch>, JoinHandle<anyhow::Result<()>>)> {
    let wanted = wanted(planned, practice)?;
    let (sender, batches) = mpsc::channel(2);
    let path = path.to_owned();
    let reading = tokio::task::spawn_blocking(move || read(path, wanted, &sender));
    Ok((batches, reading))
}

fn wanted(planned: &[Planned], practice: &Practice) -> anyhow::Result<Vec<Option<Wanted>>> {
    let of = |one: &Planned| -> anyhow::Result<Option<Wanted>> {
        let Some(row) = one.row.as_ref().filter(|_| one.practice == *practice) else {
            return Ok(None);
        };
        Ok(Some(Wanted {
            remittance: RemittanceId::parse(&row.remittance)?,
            payer: PayerId::parse(&row.payer)?,
            unbalanced: one.unbalanced,
            step: if usize::try_from(row.claims).is_ok_and(|claims| claims <= PART) {
                PART
            } else {
                STEP
            },
        }))
    };
    planned.iter().map(of).collect()
}

/// Reads the file again, claim by claim. Ends early where nobody listens.
fn read(
    path: PathBuf,
    wanted: Vec<Option<Wanted>>,
    sender: &mpsc::Sender<Batch>,
) -> anyhow::Result<()> {
    let mut reader = Reader::new(File::open(path).context("cannot open the kept file")?);
    let mut intake = Intake::default();
    let mut assembly = Assembly::new(wanted, sender);
    let mut findings = Vec::new();
    while let Some(block) = reader.next() {
        let piece = intake.read(&block, &mut findings);
        findings.clear();
        if assembly.add(&block, piece).is_none() {
            return Ok(());
        }
    }
    if let Some(fault) = reader.fault() {
        anyhow::bail!("cannot read the kept file to its end: {fault}");
    }
    // Nobody listens any more where writing failed; that fault is told there.
    let _ = assembly.close(u64::MAX).and_then(|()| assembly.send(u64::MAX));
    Ok(())
}

/// Puts parts together.
struct Assembly<'a> {
    wanted: Vec<Option<Wanted>>,
    sender: &'a mpsc::Sender<Batch>,
    /// How many transactions began; the last of them is being read.
    begun: usize,
    /// The open part, where the transaction is wanted.
    open: Option<Part>,
    parts: Vec<Part>,
    /// Claims in `parts` and `open`.
    waiting: usize,
    /// Claims read of the transaction.
    n: u64,
    /// Provider-level adjustments read of the transaction.
    provider: usize,
}

impl<'a> Assembly<'a> {
    fn new(wanted: Vec<Option<Wanted>>, sender: &'a mpsc::Sender<Batch>) -> Assembly<'a> {
        let (open, parts) = (None, Vec::new());
        Assembly { wanted, sender, begun: 0, open, parts, waiting: 0, n: 0, provider: 0 }
    }

    /// Adds one block's piece; `None` where nobody listens any more.
    fn add(&mut self, block: &Block<'_>, piece: Option<Piece>) -> Option<()> {
        if block.kind() == Kind::Head {
            self.close(block.end())?;
            let is_wanted = self.wanted.get(self.begun).is_some_and(Option::is_some);
            self.open = is_wanted.then(|| Part::new(self.begun, true, 0));
            self.begun += 1;
            (self.n, self.provider) = (0, 0);
        }
        let wanted = self.wanted.get(self.begun.wrapping_sub(1)).and_then(Option::as_ref);
        let (Some(part), Some(wanted)) = (&mut self.open, wanted) else { return Some(()) };
        match piece {
            Some(Piece::Claim(payment)) => {
                part.claims.push(loaded(block, payment, wanted, self.n));
                self.n += 1;
                self.waiting += 1;
            }
            Some(Piece::Provider(adjustments)) => {
                self.provider += adjustments.len();
                part.provider.extend(adjustments);
            }
            Some(Piece::Head(_)) | None => {}
        }
        if part.claims.len() >= wanted.step { self.split(block.end()) } else { Some(()) }
    }

    /// A transaction with more claims than fit goes on in another part.
    fn split(&mut self, reached: u64) -> Option<()> {
        if let Some(part) = self.open.take() {
            self.open = Some(Part::new(part.index, false, self.provider));
            self.parts.push(part);
        }
        self.send(reached)
    }

    /// Ends the open part as the last of its transaction.
    fn close(&mut self, reached: u64) -> Option<()> {
        if let Some(mut part) = self.open.take() {
            part.is_last = true;
            self.parts.push(part);
        }
        if self.waiting >= PART || self.parts.len() >= PART { self.send(reached) } else { Some(()) }
    }

    fn send(&mut self, reached: u64) -> Option<()> {
        self.waiting = 0;
        let parts = std::mem::take(&mut self.parts);
        self.sender.blocking_send(Batch { parts, reached }).ok()
    }
}

impl Part {
    fn new(index: usize, is_first: bool, provider_from: usize) -> Part {
        let (claims, provider) = (Vec::new(), Vec::new());
        Part { index, is_first, is_last: false, claims, provider, provider_from }
    }

    /// The same in parts of a step each.
    pub(crate) fn steps(mut self) -> Vec<Part> {
        let mut steps = Vec::new();
        while self.claims.len() > STEP {
            let rest = self.claims.split_off(STEP);
            let claims = std::mem::replace(&mut self.claims, rest);
            let is_first = std::mem::take(&mut self.is_first);
            steps.push(Part {
                claims,
                is_first,
                ..Part::new(self.index, false, self.provider_from)
            });
        }
        steps.push(self);
        steps
    }
}

fn loaded(block: &Block<'_>, payment: Box<ClaimPayment>, wanted: &Wanted, n: u64) -> Loaded {
    let claim = identity::claim_of(&payment, &wanted.payer, &wanted.remittance, n);
    let is_odd = payment.imbalances().iter().any(|one| one.check.quarantines());
    let known = KnownClaim {
        claim: claim.clone(),
        number: identity::number_of(&payment).to_owned(),
        fingerprint: identity::paid_fingerprint(&payment),
        member: identity::paid_member(&payment),
    };
    let control = identity::claim_by_control(&payment, &wanted.payer);
    let row = NewClaimPayment {
        n,
        claim,
        quarantined: is_odd || wanted.unbalanced,
        segment: payment.span.segment,
        byte: payment.span.start,
        control: control.filter(|other| *other != known.claim).map(|one| one.to_string()),
        raw: raw::to_text(block.raw()).into_owned(),
    };
    Loaded { row, known, payment }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file of one remittance, read into its only part.
    fn part(claims: u64) -> Part {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("one.835");
        crate::bench::write_flat(&file, 1, claims, claims).expect("written");
        let remittance = RemittanceId::parse(&format!("era_{}", "0".repeat(26))).expect("an id");
        let payer = PayerId::parse(&format!("pay_{}", "0".repeat(26))).expect("a payer");
        let wanted = Wanted { remittance, payer, unbalanced: false, step: PART };
        let (sender, mut batches) = mpsc::channel(2);
        read(file, vec![Some(wanted)], &sender).expect("read");
        drop(sender);
        let mut batch = batches.blocking_recv().expect("a batch");
        assert_eq!(batch.parts.len(), 1);
        batch.parts.remove(0)
    }

    #[test]
    fn steps_of_a_part_are_the_part() {
        for claims in [1, 24, 25, 26, 60, 75] {
            let whole = part(claims);
            assert!(whole.is_first && whole.is_last);
            let steps = whole.steps();
            let numbers = steps.iter().flat_map(|step| step.claims.iter().map(|one| one.row.n));
            assert!(numbers.eq(0..claims), "each claim once and in order");
            assert!(steps.iter().all(|step| (1..=STEP).contains(&step.claims.len())));
            let firsts = steps.iter().map(|step| step.is_first);
            assert!(firsts.eq((0..steps.len()).map(|at| at == 0)));
            let lasts = steps.iter().map(|step| step.is_last);
            assert!(lasts.eq((0..steps.len()).map(|at| at + 1 == steps.len())));
        }
    }
}
