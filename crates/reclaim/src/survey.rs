//! One pass over an X12 file: its hash, its transactions, what adds up and what is odd.

use std::io::{self, Read, Write};

use denial::intake::{Intake, Piece};
use denial::remittance::{ClaimPayment, Imbalance, RemittanceHead, Span};
use denial::totals::Totals;
use sha2::{Digest, Sha256};
use x12::{Block, Delimiters, Finding, Kind, Reader};

/// What a whole file comes to.
pub(crate) struct Survey {
    /// sha-256 of its bytes.
    pub(crate) sha256: String,
    /// How long it is.
    pub(crate) bytes: u64,
    pub(crate) segments: u32,
    pub(crate) findings: Vec<Finding>,
}

/// One ST, by its set and the segment where it stands.
pub(crate) struct Transaction {
    pub(crate) set: String,
    pub(crate) segment: u32,
    pub(crate) units: u64,
    /// Filled for an 835.
    pub(crate) remittance: Option<Remittance>,
}

/// What one 835 says and adds up to.
pub(crate) struct Remittance {
    pub(crate) head: RemittanceHead,
    pub(crate) separators: Delimiters,
    pub(crate) totals: Totals,
    pub(crate) imbalances: Vec<Imbalance>,
    /// sha-256 of the segments between ST and SE, whatever separates them.
    pub(crate) content: String,
    hash: Sha256,
}

/// Reads a source to its end, and gives each transaction away once it is whole, and each claim of
/// an 835 as it comes. What is read is written to `copy` too.
pub(crate) fn survey(
    source: impl Read,
    copy: impl Write,
    mut each: impl FnMut(Transaction),
    mut claim: impl FnMut(&RemittanceHead, &ClaimPayment),
) -> anyhow::Result<Survey> {
    let mut watched = Watched { source, copy, hash: Sha256::new(), bytes: 0 };
    let mut reader = Reader::new(&mut watched);
    let mut intake = Intake::default();
    let mut open: Option<Transaction> = None;
    let mut findings = Vec::new();
    while let Some(block) = reader.next() {
        let piece = intake.read(&block, &mut findings);
        if let (Some(Piece::Claim(payment)), Some(remittance)) =
            (&piece, open.as_ref().and_then(|one| one.remittance.as_ref()))
        {
            claim(&remittance.head, payment);
        }
        if let Some(done) = observe(&mut open, &block, piece) {
            each(done.closed());
        }
        findings.drain(..).for_each(|finding| reader.note(finding));
    }
    if let Some(fault) = reader.fault() {
        anyhow::bail!("cannot read the file to its end: {fault}");
    }
    if let Some(last) = open {
        each(last.closed());
    }
    let segments = reader.segments();
    let findings = reader.finish();
    let sha256 = hex::encode(watched.hash.finalize());
    Ok(Survey { sha256, bytes: watched.bytes, segments, findings })
}

/// Takes note of a block; gives the transaction that it ends.
fn observe(
    open: &mut Option<Transaction>,
    block: &Block<'_>,
    piece: Option<Piece>,
) -> Option<Transaction> {
    let mut done = None;
    match (block.kind(), block.opener()) {
        (Kind::Head, Some(opener)) => {
            let next = Transaction {
                set: opener.text(1).into_owned(),
                segment: opener.place().segment,
                units: 0,
                remittance: None,
            };
            done = open.replace(next);
        }
        (Kind::Unit, Some(_)) => open.iter_mut().for_each(|one| one.units += 1),
        (Kind::Head | Kind::Unit | Kind::Envelope | Kind::Tail, _) => {}
    }
    let Some(one) = open.as_mut() else { return done };
    match (piece, &mut one.remittance) {
        (Some(Piece::Head(head)), slot) => {
            *slot = Some(Remittance::begin(*head, block.delimiters()));
        }
        (Some(Piece::Claim(claim)), Some(remittance)) => remittance.add_claim(&claim),
        (Some(Piece::Provider(adjustments)), Some(remittance)) => {
            let totals = &mut remittance.totals;
            adjustments.iter().for_each(|one| totals.add_provider_adjustment(one));
        }
        (Some(Piece::Claim(_) | Piece::Provider(_)) | None, _) => {}
    }
    if let Some(remittance) = &mut one.remittance {
        remittance.add_content(block);
    }
    done
}

impl Transaction {
    fn closed(mut self) -> Transaction {
        self.remittance.iter_mut().for_each(Remittance::close);
        self
    }
}

impl Remittance {
    fn begin(head: RemittanceHead, separators: Delimiters) -> Remittance {
        let mut totals = Totals::default();
        totals.add_head(&head);
        let (imbalances, content, hash) = (Vec::new(), String::new(), Sha256::new());
        Remittance { head, separators, totals, imbalances, content, hash }
    }

    fn add_claim(&mut self, claim: &ClaimPayment) {
        self.totals.add_claim(claim);
        self.imbalances.extend(claim.imbalances());
    }

    /// ST and SE carry numbers that change when a payer sends the same again; envelopes too.
    fn add_content(&mut self, block: &Block<'_>) {
        if block.kind() == Kind::Envelope {
            return;
        }
        for segment in block.segments().filter(|one| !matches!(one.id(), b"ST" | b"SE")) {
            self.hash.update(segment.raw());
            self.hash.update([0x1e]);
        }
    }

    /// The claims are all seen: the payment can be checked.
    fn close(&mut self) {
        self.imbalances.extend(self.totals.imbalance(self.span()));
        self.content = hex::encode(std::mem::take(&mut self.hash).finalize());
    }

    const fn span(&self) -> Span {
        self.head.span
    }
}

/// Hashes and copies what is read as it is read, so that the file is read once.
struct Watched<S, C> {
    source: S,
    copy: C,
    hash: Sha256,
    bytes: u64,
}

impl<S: Read, C: Write> Read for Watched<S, C> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        let count = self.source.read(room)?;
        let read = room.get(..count).unwrap_or_default();
        self.hash.update(read);
        self.copy.write_all(read)?;
        self.bytes += count as u64;
        Ok(count)
    }
}
