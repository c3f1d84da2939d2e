//! What happened, in order: appending to a practice's chain, and reading a timeline.

use std::fmt;
use std::sync::Arc;

use denial::denial::Status;
use denial::person::Moment;
use hmac::{Hmac, KeyInit, Mac};
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::bulk::{Bulk, Cell};
use crate::sql::run;
use crate::{Error, Practice, Tx, instant};

/// The key of the chains. It is kept outside the database, so that who can write rows cannot forge
/// a history.
#[derive(Clone)]
pub struct Key(Arc<Hmac<Sha256>>);

impl Key {
    /// A key of any bytes; 32 random ones are right.
    #[must_use]
    pub fn new(bytes: &[u8]) -> Key {
        Key(Arc::new(Hmac::new_from_slice(bytes).expect("a key of any length")))
    }

    /// What tells one key from another without telling the key.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let mut mac = (*self.0).clone();
        mac.update(b"fingerprint");
        hex::encode(&mac.finalize().into_bytes()[..16])
    }

    /// Another key that follows from this one.
    pub(crate) fn derived(&self, label: &[u8]) -> [u8; 32] {
        let mut mac = (*self.0).clone();
        mac.update(label);
        mac.finalize().into_bytes().into()
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Key(•••)")
    }
}

/// Which chain an entry stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chain {
    /// Acts.
    Work,
    /// Who looked at what.
    Views,
}

impl Chain {
    /// The word in rows.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Chain::Work => "work",
            Chain::Views => "views",
        }
    }
}

/// Something that happened, before it has its place in the chain.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The id of what it is about.
    pub about: String,
    /// What happened, in the words of the event: `opened`, `planned`.
    pub kind: String,
    /// The move of a case's status, if it made one.
    pub moved: Option<(Status, Status)>,
    /// The facts, as JSON.
    pub body: String,
}

impl Entry {
    /// An entry whose facts are any serializable value.
    #[must_use]
    pub fn new(about: &str, kind: &str, facts: &impl Serialize) -> Entry {
        Entry {
            about: about.to_owned(),
            kind: kind.to_owned(),
            moved: None,
            body: serde_json::to_string(facts).expect("facts are plain values"),
        }
    }
}

/// One entry of a timeline.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Happened {
    /// Place in the chain, from 1.
    pub seq: i64,
    /// When, RFC 3339 UTC.
    pub at: String,
    /// Who: a person's id.
    pub actor: String,
    /// What it is about.
    pub about: String,
    /// What happened.
    pub kind: String,
    /// Status before, where it moved.
    pub from_status: Option<String>,
    /// Status after, where it moved.
    pub to_status: Option<String>,
    /// The facts, as JSON.
    pub body: String,
}

pub(crate) const JOURNAL: Bulk = Bulk {
    table: "journal",
    columns: &[
        "practice",
        "chain",
        "#seq",
        "at",
        "actor",
        "about",
        "kind",
        "from_status",
        "to_status",
        "body",
        "digest",
        "hash",
    ],
};

impl Tx {
    /// Appends acts to the practice's chain, in one step of it.
    ///
    /// # Errors
    /// [`Error::Database`], for one where an entry shows a move that does not exist.
    pub async fn append(&mut self, entries: Vec<Entry>, moment: &Moment) -> Result<(), Error> {
        let practice = self.practice.clone();
        self.append_to(&practice, Chain::Work, entries, moment).await
    }

    /// Appends who looked at what.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn append_views(
        &mut self,
        entries: Vec<Entry>,
        moment: &Moment,
    ) -> Result<(), Error> {
        let practice = self.practice.clone();
        self.append_to(&practice, Chain::Views, entries, moment).await
    }

    /// Appends to the chain above practices: sign-ins and administration.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn append_house(
        &mut self,
        entries: Vec<Entry>,
        moment: &Moment,
    ) -> Result<(), Error> {
        self.append_to(&Practice::house(), Chain::Work, entries, moment).await
    }

    async fn append_to(
        &mut self,
        practice: &Practice,
        chain: Chain,
        entries: Vec<Entry>,
        moment: &Moment,
    ) -> Result<(), Error> {
        if entries.is_empty() {
            return Ok(());
        }
        let count = i64::try_from(entries.len()).unwrap_or(i64::MAX);
        let (last, mut hash) = self.advance(practice, chain, count).await?;
        let at = instant(moment.now);
        let mut rows = Vec::with_capacity(entries.len());
        for (seq, entry) in (last - count + 1..).zip(entries) {
            let digest = Hex::of(Sha256::digest(entry.body.as_bytes()).into());
            let link = Link {
                practice: practice.as_str(),
                chain: chain.as_str(),
                seq,
                at: &at,
                actor: moment.who.person.as_str(),
                about: &entry.about,
                kind: &entry.kind,
                from: entry.moved.map_or("", |(from, _)| from.as_str()),
                to: entry.moved.map_or("", |(_, to)| to.as_str()),
                digest: digest.as_str(),
            };
            hash = link.hash(&self.key, &hash).as_str().to_owned();
            rows.push(row(&link, entry.moved, entry.body.clone(), &hash));
        }
        self.insert_all(&JOURNAL, rows).await?;
        run!(
            self,
            execute,
            "update journal_head set hash = $1 where practice = $2 and chain = $3",
            hash.as_str(),
            practice.as_str(),
            chain.as_str()
        )?;
        Ok(())
    }

    /// Takes `count` places at the end of a chain; gives the last of them and the hash before.
    async fn advance(
        &mut self,
        practice: &Practice,
        chain: Chain,
        count: i64,
    ) -> Result<(i64, String), Error> {
        let head = run!(
            self,
            optional as (i64, String),
            "update journal_head set seq = seq + $1 where practice = $2 and chain = $3
             returning seq, hash",
            count,
            practice.as_str(),
            chain.as_str()
        )?;
        head.ok_or(Error::Missing { what: "journal chain" })
    }

    /// Makes the chains of a practice where they are not there.
    pub(crate) async fn make_chains(&mut self, practice: &Practice) -> Result<(), Error> {
        for chain in [Chain::Work, Chain::Views] {
            run!(
                self,
                execute,
                "insert into journal_head (practice, chain, seq, hash) values ($1, $2, 0, '')
                 on conflict do nothing",
                practice.as_str(),
                chain.as_str()
            )?;
        }
        Ok(())
    }

    /// Everything that happened to one case, file or person, in order.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn timeline(&mut self, about: &str) -> Result<Vec<Happened>, Error> {
        let rows = run!(
            self,
            all as Happened,
            "select seq, at, actor, about, kind, from_status, to_status, body from journal
             where practice = $1 and about = $2 and chain = 'work' order by seq",
            self.practice.as_str(),
            about
        )?;
        Ok(rows)
    }

    /// Place and hash at the end of the practice's chain of acts, which a digest prints.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Missing`].
    pub async fn chain_head(&mut self) -> Result<(i64, String), Error> {
        let head = run!(
            self,
            optional as (i64, String),
            "select seq, hash from journal_head where practice = $1 and chain = 'work'",
            self.practice.as_str()
        )?;
        head.ok_or(Error::Missing { what: "journal chain" })
    }
}

fn row(link: &Link<'_>, moved: Option<(Status, Status)>, body: String, hash: &str) -> Vec<Cell> {
    vec![
        Cell::Text(link.practice.to_owned()),
        Cell::Text(link.chain.to_owned()),
        Cell::Int(link.seq),
        Cell::Text(link.at.to_owned()),
        Cell::Text(link.actor.to_owned()),
        Cell::Text(link.about.to_owned()),
        Cell::Text(link.kind.to_owned()),
        Cell::Maybe(moved.map(|(from, _)| from.as_str().to_owned())),
        Cell::Maybe(moved.map(|(_, to)| to.as_str().to_owned())),
        Cell::Text(body),
        Cell::Text(link.digest.to_owned()),
        Cell::Text(hash.to_owned()),
    ]
}

/// What an entry's hash covers. The body counts by its digest, so that retention can blank a body
/// and keep the proof (house §18.18).
pub(crate) struct Link<'a> {
    pub(crate) practice: &'a str,
    pub(crate) chain: &'a str,
    pub(crate) seq: i64,
    pub(crate) at: &'a str,
    pub(crate) actor: &'a str,
    pub(crate) about: &'a str,
    pub(crate) kind: &'a str,
    pub(crate) from: &'a str,
    pub(crate) to: &'a str,
    pub(crate) digest: &'a str,
}

impl Link<'_> {
    /// The hash that follows `before`. Every part is preceded by its length, so that no two
    /// entries read alike.
    pub(crate) fn hash(&self, key: &Key, before: &str) -> Hex {
        let mut mac = (*key.0).clone();
        let seq = self.seq.to_be_bytes();
        let texts = [
            before,
            self.practice,
            self.chain,
            self.at,
            self.actor,
            self.about,
            self.kind,
            self.from,
            self.to,
            self.digest,
        ];
        mac.update(&seq);
        for text in texts {
            mac.update(&(text.len() as u64).to_be_bytes());
            mac.update(text.as_bytes());
        }
        Hex::of(mac.finalize().into_bytes().into())
    }
}

/// 32 bytes as letters, without a place on the heap: a chain is walked by the million.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Hex([u8; 64]);

impl Hex {
    pub(crate) fn of(bytes: [u8; 32]) -> Hex {
        let mut letters = [0; 64];
        hex::encode_to_slice(bytes, &mut letters).expect("two letters a byte");
        Hex(letters)
    }

    /// Reads such letters; `None` for any other text.
    pub(crate) fn parse(text: &str) -> Option<Hex> {
        let letters: [u8; 64] = text.as_bytes().try_into().ok()?;
        letters.is_ascii().then_some(Hex(letters))
    }

    pub(crate) fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("hexadecimal letters are text")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_covers_every_part_and_the_key() {
        let link = |kind| Link {
            practice: "p",
            chain: "work",
            seq: 1,
            at: "t",
            actor: "a",
            about: "b",
            kind,
            from: "",
            to: "",
            digest: "d",
        };
        let key = Key::new(b"synthetic key");
        let hash = |kind, key: &Key, before| link(kind).hash(key, before).as_str().to_owned();
        let other = Key::new(b"another");
        assert_eq!(hash("x", &key, ""), hash("x", &key, ""));
        assert_ne!(hash("x", &key, ""), hash("y", &key, ""));
        assert_ne!(hash("x", &key, ""), hash("x", &key, "0"));
        assert_ne!(hash("x", &key, ""), hash("x", &other, ""));
        assert_eq!(key.fingerprint(), key.clone().fingerprint());
        assert_ne!(key.fingerprint(), other.fingerprint());
    }
}
