//! What is to leave, looked at before it is queued: whether the bytes are what they are said to be.

use std::collections::{BTreeMap, BTreeSet};

use denial::billed::{Billed, BilledClaim};
use denial::codes::ClaimNumber;
use denial::inquiry;
use denial::outgoing::Kind;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use sha2::{Digest, Sha256};
use x12::{Block, Reader, Segment};

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

    /// The content of a claim in it.
    pub(crate) fn content_of(&self, number: &ClaimNumber) -> Option<String> {
        self.contents.get(number.as_str()).cloned()
    }
}

/// Reads the bytes, and compares them with what they are to carry.
pub(crate) fn read(
    bytes: &[u8],
    kind: Kind,
    control: u32,
    carries: &[Carried],
) -> Result<Read, NotQueued> {
    if kind == Kind::StatusInquiry {
        return inquiry(bytes, control, carries);
    }
    if carries.is_empty() {
        return unfit("it carries no case");
    }
    match kind {
        Kind::Claims => {
            let named = carries.iter().map(|one| one.number.as_str()).collect();
            claims(bytes, control, &named)
        }
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

/// Questions move no case; their answers find them by their own numbers.
fn inquiry(bytes: &[u8], control: u32, carries: &[Carried]) -> Result<Read, NotQueued> {
    let read = inquiry::read(bytes);
    let [(interchange, group, batch)] = &read.sent[..] else {
        return unfit("it is not one transaction (ST) of questions where claims stand");
    };
    if [interchange, group].into_iter().any(|number| number.trim().parse() != Ok(control)) {
        return unfit("its envelope bears another control number than the one that was drawn");
    }
    let numbers: BTreeSet<&str> = read.questions.iter().map(|one| one.trace.as_str()).collect();
    if numbers.is_empty() || numbers.len() != read.questions.len() || !carries.is_empty() {
        return unfit("its questions do not have a number each");
    }
    Ok(Read { batch: batch.to_string(), ..plain(bytes, Kind::StatusInquiry) })
}

fn sender(bytes: &[u8]) -> String {
    let mut reader = Reader::new(bytes);
    let block = reader.next();
    let isa = block.as_ref().and_then(x12::Block::opener).filter(|one| one.id() == b"ISA");
    isa.map(|isa| isa.text(6).trim().to_owned()).unwrap_or_default()
}

/// Reads the bytes of claims, which are to be the ones that are named.
pub(crate) fn claims(
    bytes: &[u8],
    control: u32,
    named: &BTreeSet<&str>,
) -> Result<Read, NotQueued> {
    let Whole { billed, contents, transactions } = billed(bytes);
    let Some(first) = billed.first() else { return unfit("no claim of an 837 is in it") };
    // A 999 that refuses one of several says nothing of the others, and all would follow it.
    if transactions != 1 {
        return unfit("it holds several transactions; write one transaction (ST)");
    }
    let is_numbered = |number: &str| number.trim().parse() == Ok(control);
    let strays =
        |one: &&BilledClaim| !is_numbered(&one.sent.interchange) || !is_numbered(&one.sent.group);
    if billed.iter().any(|one| strays(&one)) {
        return unfit("its envelope bears another control number than the one that was drawn");
    }
    let is_doubled = contents.len() != billed.len();
    if is_doubled || !contents.keys().map(String::as_str).eq(named.iter().copied()) {
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

/// The claims of a file.
pub(super) struct Whole {
    pub(super) billed: Vec<BilledClaim>,
    /// What makes each the same, by its number.
    contents: BTreeMap<String, String>,
    transactions: usize,
}

/// Reads every claim that bytes bill.
pub(super) fn billed(bytes: &[u8]) -> Whole {
    let (mut reader, mut levels) = (Reader::new(bytes), Billed::default());
    let (mut above, mut findings) = (Vec::new(), Vec::new());
    let mut whole = Whole { billed: Vec::new(), contents: BTreeMap::new(), transactions: 0 };
    while let Some(block) = reader.next() {
        whole.transactions += usize::from(block.kind() == x12::Kind::Head);
        open(&mut above, &block);
        if let Some(one) = levels.read(&block, &mut findings) {
            let number = one.claim.number.as_str().to_owned();
            whole.contents.insert(number, content(&above, &block));
            whole.billed.push(one);
        }
    }
    whole
}

/// A level that is open (HL03), and what it says.
type Open = (Vec<u8>, Vec<u8>);

/// A level closes those of its kind and those below it: 20, 22, 23.
fn open(above: &mut Vec<Open>, block: &Block<'_>) {
    let Some(opener) = block.opener() else { return };
    if block.kind() == x12::Kind::Head {
        above.clear();
    } else if opener.id() == b"HL" {
        let code = opener.bytes(3).trim_ascii().to_vec();
        above.retain(|(other, _)| *other < code);
        // Without the segment itself: its numbers tell where the level stands in the file.
        above.push((code, written(block.segments().skip(1))));
    }
}

/// What makes a claim the same: the very bytes of it and of the levels above it, wherever they
/// stand in a file, under whatever envelope.
fn content(above: &[Open], block: &Block<'_>) -> String {
    let mut hash = Sha256::new();
    for (code, said) in above {
        hash.update(code);
        hash.update(said);
    }
    hash.update(written(block.segments()));
    hex::encode(hash.finalize())
}

/// Segments one after the other, without what some put between them.
fn written<'a>(segments: impl Iterator<Item = Segment<'a>>) -> Vec<u8> {
    let mut bytes = Vec::new();
    for segment in segments {
        bytes.extend_from_slice(segment.raw().trim_ascii());
        bytes.push(segment.delimiters().segment);
    }
    bytes
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
    fn a_content_is_the_same_wherever_it_stands_and_changes_with_its_level() {
        let head = "ISA*00*          *00*          *ZZ*CLINIC         *ZZ*PAYER          \
            *260301*1200*^*00501*000000001*0*P*:~GS*HC*CLINIC*PAYER*20260301*1200*1*X*\
            005010X222A1~ST*837*0001*005010X222A1~BHT*0019*00*B1*20260301*1200*CH~HL*1**20*1~\
            NM1*85*2*CLINIC*****XX*1234567893~";
        let claim = |hl: u32, number: &str, member: &str| {
            format!(
                "HL*{hl}*1*22*0~SBR*P*18*******CI~NM1*IL*1*SAMPLE*IDA****MI*{member}~\
                 CLM*{number}*90***11:B:7*Y*A*Y*Y~HI*ABK:R69~LX*1~SV1*HC:99213*90*UN*1***1~"
            )
        };
        let of = |claims: &str| billed(format!("{head}{claims}SE*9*0001~").as_bytes()).contents;
        let alone = of(&claim(2, "A-1", "M1"));
        let second = of(&format!("{}{}", claim(2, "A-0", "M0"), claim(3, "A-1", "M1")));
        assert_eq!(second.len(), 2);
        assert_eq!(alone["A-1"], second["A-1"]);
        assert_eq!(alone, of(&claim(2, "A-1", "M1").replace('~', "~\n")));
        assert_ne!(alone, of(&claim(2, "A-1", "M2")));
        assert_ne!(alone, of(&claim(2, "A-1", "M1").replace("99213", "99214")));
    }

    #[test]
    fn a_name_has_no_space_and_nothing_that_leads_elsewhere() {
        let at = "2026-03-03T12:00:00Z".parse().expect("an instant");
        let read = Read { sender: "../A B_1/ ".to_owned(), ..plain(b"", Kind::Other) };
        assert_eq!(name(&read, "main", 7, at), "AB1_other_20260303120000_000000007.edi");
        let read = plain(b"%PDF-1.7", Kind::Packet);
        assert_eq!(name(&read, "main", 8, at), "main_packet_20260303120000_000000008.pdf");
    }
}
