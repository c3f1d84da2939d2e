//! What is to leave, looked at before it is queued: whether the bytes are what they are said to be.

use std::collections::{BTreeMap, BTreeSet};

use denial::billed::{Billed, BilledClaim};
use denial::outgoing::Kind;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use sha2::{Digest, Sha256};
use x12::Reader;

use crate::outbox::{Carried, NotQueued};

/// What the bytes say.
#[derive(Default)]
pub(crate) struct Read {
    /// Who sends it (ISA06); empty where it is no X12.
    pub(crate) sender: String,
    /// As the name says it: 837P, packet.
    pub(crate) what: &'static str,
    pub(crate) ending: &'static str,
    pub(crate) media: &'static str,
    /// BHT03.
    pub(crate) batch: String,
    /// The content of each claim, by its number.
    contents: BTreeMap<String, String>,
}

impl Read {
    /// What makes it the same correction.
    pub(crate) fn content(&self, carried: &Carried) -> String {
        let read = self.contents.get(carried.number.as_str());
        read.unwrap_or(&carried.content).clone()
    }
}

/// Reads the bytes, and compares them with what they are to carry.
pub(crate) fn read(
    bytes: &[u8],
    kind: Kind,
    control: u32,
    carries: &[Carried],
) -> Result<Read, NotQueued> {
    if carries.is_empty() {
        return unfit("it carries no case");
    }
    match kind {
        Kind::Claims => claims(bytes, control, carries),
        Kind::Packet | Kind::StatusInquiry | Kind::Other => {
            if carries.iter().any(|one| one.content.trim().is_empty()) {
                return unfit("a case in it has nothing that tells its content");
            }
            Ok(plain(bytes, kind))
        }
    }
}

fn plain(bytes: &[u8], kind: Kind) -> Read {
    let is_pdf = bytes.starts_with(b"%PDF-");
    let (what, ending, media) = match (kind, is_pdf) {
        (Kind::StatusInquiry, _) => ("276", "edi", "application/edi-x12"),
        (Kind::Packet, true) => ("packet", "pdf", "application/pdf"),
        (_, true) => ("letter", "pdf", "application/pdf"),
        (..) => ("other", "edi", "application/edi-x12"),
    };
    let sender = if is_pdf { String::new() } else { sender(bytes) };
    Read { sender, what, ending, media, ..Read::default() }
}

fn sender(bytes: &[u8]) -> String {
    let mut reader = Reader::new(bytes);
    let block = reader.next();
    let isa = block.as_ref().and_then(x12::Block::opener).filter(|one| one.id() == b"ISA");
    isa.map(|isa| isa.text(6).trim().to_owned()).unwrap_or_default()
}

fn claims(bytes: &[u8], control: u32, carries: &[Carried]) -> Result<Read, NotQueued> {
    let billed = billed(bytes);
    let Some(first) = billed.first() else { return unfit("no claim of an 837 is in it") };
    let is_numbered = |number: &str| number.trim().parse() == Ok(control);
    let strays =
        |one: &&BilledClaim| !is_numbered(&one.sent.interchange) || !is_numbered(&one.sent.group);
    if billed.iter().any(|one| strays(&one)) {
        return unfit("its envelope bears another control number than the one that was drawn");
    }
    if billed.iter().any(|one| one.sent.batch != first.sent.batch) {
        return unfit("its transactions bear several references (BHT03); write one");
    }
    let (mut contents, mut doubled) = (BTreeMap::new(), false);
    for one in &billed {
        let number = one.claim.number.as_str().to_owned();
        doubled |= contents.insert(number, content(one, bytes)).is_some();
    }
    let named: BTreeSet<&str> = carries.iter().map(|one| one.number.as_str()).collect();
    if doubled || !contents.keys().map(String::as_str).eq(named) {
        return unfit("the claims in it are not the ones that it is to carry, each once");
    }
    Ok(Read {
        sender: sender(bytes),
        what: what(&first.version),
        ending: "edi",
        media: "application/edi-x12",
        batch: first.sent.batch.to_string(),
        contents,
    })
}

fn billed(bytes: &[u8]) -> Vec<BilledClaim> {
    let (mut reader, mut billed) = (Reader::new(bytes), Billed::default());
    let (mut claims, mut findings) = (Vec::new(), Vec::new());
    while let Some(block) = reader.next() {
        claims.extend(billed.read(&block, &mut findings));
    }
    claims
}

/// What makes a claim the same: all that it says and its levels say, but the day it is sent and the
/// numbers of its envelope.
fn content(one: &BilledClaim, bytes: &[u8]) -> String {
    let mut claim = one.claim.clone();
    claim.submitted_on = None;
    let (from, to) = (usize::try_from(one.span.start), usize::try_from(one.span.end));
    let own = from.ok().zip(to.ok()).and_then(|(from, to)| bytes.get(from..to));
    let mut hash = Sha256::new();
    hash.update(serde_json::to_string(&claim).expect("a claim is JSON"));
    hash.update(own.unwrap_or_default());
    hex::encode(hash.finalize())
}

/// The transaction, by the number of its guide.
fn what(version: &str) -> &'static str {
    if version.contains("X223") {
        "837I"
    } else if version.contains("X224") {
        "837D"
    } else {
        "837P"
    }
}

fn unfit<T>(why: &str) -> Result<T, NotQueued> {
    Err(NotQueued::Unfit(why.to_owned()))
}

/// The name under which it leaves: `<submitter>_<type>_<yyyymmddHHMMSS>_<isa13>.edi`. Without a
/// sender in the bytes the practice's own name stands there.
pub(crate) fn name(read: &Read, practice: &str, control: u32, at: Timestamp) -> String {
    let plain = |text: &str| -> String {
        text.chars().filter(|letter| letter.is_ascii_alphanumeric() || *letter == '-').collect()
    };
    let sender = plain(&read.sender);
    let sender = if sender.is_empty() { plain(practice) } else { sender };
    let at = TimeZone::UTC.to_datetime(at).strftime("%Y%m%d%H%M%S").to_string();
    format!("{sender}_{}_{at}_{control:09}.{}", read.what, read.ending)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_no_space_and_nothing_that_leads_elsewhere() {
        let at = "2026-03-03T12:00:00Z".parse().expect("an instant");
        let read = Read { sender: "../A B_1/ ".to_owned(), ..plain(b"", Kind::Other) };
        assert_eq!(name(&read, "main", 7, at), "AB1_other_20260303120000_000000007.edi");
        let read = plain(b"%PDF-1.7", Kind::Packet);
        assert_eq!(name(&read, "main", 8, at), "main_packet_20260303120000_000000008.pdf");
    }
}
