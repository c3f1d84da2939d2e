//! A draft of an appeal or of another letter to the payer: its texts, its exhibits, its packet,
//! whose sign-off holds for exactly that packet, and what became of it.

use std::ops::RangeInclusive;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use crate::denial::{Channel, Denial};
use crate::ids::{DenialId, DocumentId, DraftId, PersonId};
use crate::letter::LetterKind;
use crate::lifecycle::Act;
use crate::money::Money;
use crate::named;
use crate::person::{Moment, Role, may, supervises};
use crate::proven::Prepared;

mod begin;
mod facts;
mod stops;

pub use begin::{Sides, begun, level, papers, templates, title};
pub use facts::{Facts, day, of_parts};
pub use stops::{Around, Stop, beyond, no_appeal, no_review, required, stops};

named! {
    /// Where a draft stands.
    DraftState {
        /// It is being written.
        Draft = "draft",
        /// Its packet is built and waits for a sign-off.
        Ready = "ready",
        /// Somebody signed that packet.
        Signed = "signed",
        /// It was sent.
        Sent = "sent",
        /// It was given up.
        Void = "void",
    }
}

impl DraftState {
    /// True while it may still be sent.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, DraftState::Draft | DraftState::Ready | DraftState::Signed)
    }
}

/// An argument that was chosen, with its text for this case.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chosen {
    /// Its word in rows, by which wins are counted.
    pub name: SmolStr,
    /// The paragraph, which may hold fields.
    pub text: String,
}

/// A criterion of the payer beside what meets it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Point {
    /// What the payer asks.
    pub criterion: String,
    /// What the record says to it.
    pub evidence: String,
    /// The exhibit, from 1; 0 for none.
    pub exhibit: u16,
    /// The page within it, from 1; 0 for none.
    pub page: u32,
}

/// A document of the case that goes with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exhibit {
    /// Which.
    pub document: DocumentId,
    /// What it is, before the payer.
    pub title: String,
    /// Pages as `1-3, 7`; empty for all.
    #[serde(default)]
    pub pages: String,
}

/// What people write.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// How it is to go; a person says.
    #[serde(default)]
    pub channel: Option<Channel>,
    /// To whom, line by line.
    pub to: String,
    /// What it is about.
    pub subject: String,
    /// Paragraphs before the arguments, an empty line between them.
    pub opening: String,
    /// The arguments, in their order.
    pub arguments: Vec<Chosen>,
    /// The policy or law that it rests on, with its version.
    pub policy: String,
    /// Criterion against evidence.
    pub points: Vec<Point>,
    /// Paragraphs after that.
    pub closing: String,
    /// Who is to sign: name and title, line by line.
    #[serde(default)]
    pub signer: String,
    /// What goes with it.
    pub exhibits: Vec<Exhibit>,
    /// A supervisor's reason for sending it without what has to go with it.
    #[serde(default)]
    pub without: String,
    /// A supervisor's reason for sending it after the last day.
    #[serde(default)]
    pub late: String,
    /// Why it is sent although a remark allows no appeal.
    #[serde(default)]
    pub although: String,
}

/// A packet as it was built.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Built {
    /// Where it is kept.
    pub document: DocumentId,
    /// sha-256 of its bytes.
    pub hash: String,
    /// Its pages.
    pub pages: u32,
    /// Its length.
    pub bytes: u64,
    /// Who built it.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
}

/// Whose word stands behind a packet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signed {
    /// sha-256 of what was signed.
    pub hash: String,
    /// Who.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
}

/// One draft.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// Its id.
    pub id: DraftId,
    /// The case.
    pub case: DenialId,
    /// What it asks.
    pub kind: LetterKind,
    /// The level of an appeal; 0 for other letters.
    pub level: u8,
    /// The template that it began from: file and name.
    pub template: SmolStr,
    /// The version of the practice's rules that it was read from; 0 for those of the program.
    pub rules: i64,
    /// What people wrote.
    pub content: Content,
    /// Where it stands.
    pub state: DraftState,
    /// Its packet, while it is of these texts.
    pub packet: Option<Built>,
    /// Whose sign-off holds.
    pub signed: Option<Signed>,
    /// The sign-off that a later edit voided, until the next.
    #[serde(default)]
    pub voided: Option<Signed>,
    /// The rule that began it, and by what proof.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prepared: Option<Prepared>,
    /// Everybody who wrote on it.
    pub writers: Vec<PersonId>,
    /// The packets that were built before: their hashes.
    #[serde(default)]
    pub former: Vec<String>,
    /// Counts every change, from 1.
    pub version: u32,
}

/// Why somebody may not sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unsigned {
    /// Nothing is there to sign, or it was built again meanwhile.
    #[error("the packet that you looked at is not the one that stands here now: look at it again")]
    OtherPacket,
    /// Their role signs no letters.
    #[error("your role signs no letters to payers")]
    Role,
    /// Nobody said how it goes to the payer.
    #[error("no channel is chosen: say how it goes to the payer, then build it and have it signed")]
    NoChannel,
    /// They wrote it, and the amount asks for a second person.
    #[error(
        "more than {limit} is at stake, the most that one person gives up alone, so somebody who \
         did not write it signs"
    )]
    OwnText {
        /// The limit of one person.
        limit: Money,
    },
}

impl Draft {
    /// Other texts or exhibits: the packet is of others then, and a sign-off no longer holds. The
    /// same texts change nothing.
    #[must_use]
    pub fn edited(&self, content: Content, by: &PersonId) -> Draft {
        if content == self.content {
            return self.clone();
        }
        let mut after = Draft { content, ..self.clone() };
        if !after.writers.contains(by) {
            after.writers.push(by.clone());
        }
        after.unbuilt();
        after.version += 1;
        after
    }

    fn unbuilt(&mut self) {
        self.former.extend(self.packet.take().map(|packet| packet.hash));
        self.voided = self.signed.take().or_else(|| self.voided.take());
        self.state = DraftState::Draft;
    }

    /// A packet of these texts. The same bytes as before change nothing.
    #[must_use]
    pub fn built(&self, packet: Built) -> Draft {
        let mut after = self.clone();
        if self.packet.as_ref().is_some_and(|one| one.hash == packet.hash) {
            return after;
        }
        after.unbuilt();
        after.packet = Some(packet);
        after.state = DraftState::Ready;
        after.version += 1;
        after
    }

    /// Somebody's sign-off of the packet with this hash, at this much money and this limit for one
    /// person.
    ///
    /// # Errors
    /// [`Unsigned`].
    pub fn sign(
        &self,
        hash: &str,
        (stake, alone): (Money, Money),
        moment: &Moment,
    ) -> Result<Draft, Unsigned> {
        if !may_sign(moment.who.role) {
            return Err(Unsigned::Role);
        }
        let packet = self.packet.as_ref().filter(|one| one.hash == hash);
        if packet.is_none() || !self.state.is_open() {
            return Err(Unsigned::OtherPacket);
        }
        if self.content.channel.is_none() {
            return Err(Unsigned::NoChannel);
        }
        let by = moment.who.person.clone();
        if stake > alone && self.writers.contains(&by) {
            return Err(Unsigned::OwnText { limit: alone });
        }
        let signed = Signed { hash: hash.to_owned(), by, at: moment.now };
        let version = self.version + 1;
        let state = DraftState::Signed;
        Ok(Draft { signed: Some(signed), voided: None, state, version, ..self.clone() })
    }

    /// It was sent, or given up.
    #[must_use]
    pub fn ended(&self, state: DraftState) -> Draft {
        Draft { state, version: self.version + 1, ..self.clone() }
    }

    /// The packet that may go: the one that was signed.
    #[must_use]
    pub fn cleared(&self) -> Option<&Built> {
        let signed = self.signed.as_ref()?;
        self.packet
            .as_ref()
            .filter(|one| self.state == DraftState::Signed && one.hash == signed.hash)
    }
}

/// True where a role may sign what goes to a payer: it may file appeals and is of the house.
#[must_use]
pub const fn may_sign(role: Role) -> bool {
    may(role, Act::Appeal) && !matches!(role, Role::Vendor)
}

/// What somebody wrote, with the excuses that only a supervisor gives left as they were where they
/// are none.
#[must_use]
pub fn allowed(content: Content, before: &Content, role: Role) -> Content {
    if supervises(role) {
        return content;
    }
    Content { without: before.without.clone(), late: before.late.clone(), ..content }
}

/// Reads `1-3, 7` as ranges of pages.
///
/// # Errors
/// The part that is none.
pub fn pages(text: &str) -> Result<Vec<RangeInclusive<u32>>, String> {
    /// No received file has more pages.
    const MOST: u32 = 100_000;
    let number =
        |text: &str| text.trim().parse::<u32>().ok().filter(|one| (1..=MOST).contains(one));
    let range = |part: &str| {
        let (from, to) = part.split_once(['-', '–']).unwrap_or((part, part));
        match (number(from), number(to)) {
            (Some(from), Some(to)) if from <= to => Ok(from..=to),
            _ => Err(part.trim().to_owned()),
        }
    };
    text.split([',', ';']).filter(|part| !part.trim().is_empty()).map(range).collect()
}

/// `A` for the first exhibit, `Z`, `AA` and on.
#[must_use]
pub fn letter_of(number: usize) -> String {
    let (mut left, mut text) = (number, String::new());
    loop {
        let digit = u8::try_from(left % 26).expect("a letter's place");
        text.insert(0, char::from(b'A' + digit));
        match left / 26 {
            0 => return text,
            more => left = more - 1,
        }
    }
}

/// What the documents of a draft's exhibits are, in the playbook's words.
#[must_use]
pub fn kinds_of<'a>(content: &Content, case: &'a Denial) -> Vec<&'a SmolStr> {
    let is = |document: &DocumentId| content.exhibits.iter().any(|one| one.document == *document);
    case.documents.iter().filter(|one| is(&one.document)).map(|one| &one.what).collect()
}

#[cfg(test)]
mod tests;
