//! A code list on its way: compared with the list before it, block by block, and kept.

use std::collections::BTreeMap;

use anyhow::Context;
use denial::lists::{self, Entry, ListKind, Name, Turn};
use jiff::civil::Date;
use sha2::{Digest, Sha256};
use store::code_lists::CodeBlock;

use crate::code_files::{self, SHARES, Shares, Source, TOLD};
use crate::code_lists::{Failed, Heard, Report, Shown, Step, named, said};
use crate::practice::Office;

/// A list compared with the one before it.
pub(crate) struct Compared {
    pub(crate) report: Report,
    pub(crate) entries: u64,
    pub(crate) digest: String,
}

/// Reads files and compares them with the list that holds on a day; a version that was begun is
/// filled with them.
pub(crate) async fn filled(
    office: &Office,
    (kind, version): (ListKind, Option<i64>),
    from: Date,
    sources: Vec<Source>,
    heard: Heard<'_>,
) -> Result<Compared, Failed> {
    let (told, mut hears) = tokio::sync::mpsc::unbounded_channel();
    let reading = tokio::task::spawn_blocking(move || {
        code_files::read(kind, &sources, &|bytes| {
            // Nobody hears once the command is gone.
            let _ = told.send(bytes);
        })
    });
    while let Some(bytes) = hears.recv().await {
        heard(Step::Read(bytes));
    }
    let mut shares = reading.await.context("the reading of a list")??;
    let mut compare = Comparing::begin(office, kind, version, from).await?;
    for at in 0..SHARES {
        let (back, parts) = tokio::task::spawn_blocking(move || {
            let parts = shares.share(at);
            (shares, parts)
        })
        .await
        .context("the sorting of a list")?;
        shares = back;
        compare.share(office, parts?).await?;
        heard(Step::Compared(at + 1));
    }
    compare.end(office, shares).await
}

/// A list on its way.
struct Comparing {
    kind: ListKind,
    /// The version that is filled; none where nothing is kept.
    version: Option<i64>,
    /// The version before it, and its parts that have not been met yet.
    against: Option<i64>,
    before: BTreeMap<String, String>,
    report: Report,
    firsts: [BTreeMap<Name, Shown>; 3],
    entries: u64,
    parts: Vec<(String, String)>,
    waiting: Vec<CodeBlock>,
    bytes: usize,
}

/// Bytes of blocks that are written in one step, so that nobody waits long for their turn.
const WRITTEN: usize = 256 << 10;
/// Parts of the list before whose bodies are read at once.
const READ: usize = 100;

impl Comparing {
    async fn begin(
        office: &Office,
        kind: ListKind,
        version: Option<i64>,
        from: Date,
    ) -> Result<Comparing, Failed> {
        let mut tx = office.read().await?;
        let before = tx.code_list_on(kind, &from.to_string()).await?;
        let against = before.map(|one| one.version);
        let before = match against {
            Some(version) => tx.code_parts(kind, version).await?.into_iter().collect(),
            None => BTreeMap::new(),
        };
        Ok(Comparing {
            kind,
            version,
            against,
            before,
            report: Report { against, ..Report::default() },
            firsts: Default::default(),
            entries: 0,
            parts: Vec::new(),
            waiting: Vec::new(),
            bytes: 0,
        })
    }

    async fn share(&mut self, office: &Office, parts: Vec<code_files::Part>) -> Result<(), Failed> {
        for some in parts.chunks(READ) {
            let mut blocks = Vec::with_capacity(some.len());
            let mut other = Vec::new();
            for (part, entries) in some {
                let body = lists::block(part, entries);
                let digest = block_digest(part, &body);
                let before = self.before.remove(part);
                if before.as_ref().is_some_and(|before| *before != digest) {
                    other.push(part.clone());
                }
                let is_same = before.as_ref() == Some(&digest);
                self.entries += entries.len() as u64;
                self.parts.push((part.clone(), digest.clone()));
                blocks.push((is_same, CodeBlock { part: part.clone(), digest, body }));
            }
            let mut old = self.bodies(office, &other).await?;
            for ((part, entries), (is_same, block)) in some.iter().zip(blocks) {
                if is_same {
                    self.report.same += entries.len() as u64;
                } else {
                    self.count(&old.remove(part).unwrap_or_default(), entries);
                }
                self.keep(office, block).await?;
            }
        }
        Ok(())
    }

    /// What the list before says in some of its parts.
    async fn bodies(
        &self,
        office: &Office,
        parts: &[String],
    ) -> Result<BTreeMap<String, Vec<Entry>>, Failed> {
        let Some(against) = self.against.filter(|_| !parts.is_empty()) else {
            return Ok(BTreeMap::new());
        };
        let blocks = office.read().await?.code_blocks(self.kind, against, parts).await?;
        blocks.into_iter().map(|one| Ok((one.part.clone(), read_block(&one)?))).collect()
    }

    fn count(&mut self, before: &[Entry], after: &[Entry]) {
        for (turn, entry, was) in lists::turns(before, after) {
            let report = &mut self.report;
            let (count, at) = match turn {
                Turn::Same => {
                    report.same += 1;
                    continue;
                }
                Turn::New => (&mut report.new, 0),
                Turn::Changed => (&mut report.changed, 1),
                Turn::Ended => (&mut report.ended, 2),
            };
            *count += 1;
            let (firsts, name) = (&mut self.firsts[at], entry.name());
            if firsts.len() == TOLD && firsts.last_key_value().is_some_and(|(last, _)| *last < name)
            {
                continue;
            }
            let was = was.map(|was| said(self.kind, was)).unwrap_or_default();
            let shown = Shown { code: named(entry), text: said(self.kind, entry), was };
            firsts.insert(name, shown);
            if firsts.len() > TOLD {
                firsts.pop_last();
            }
        }
    }

    async fn keep(&mut self, office: &Office, block: CodeBlock) -> Result<(), Failed> {
        if self.version.is_some() {
            self.bytes += block.body.len() + 200;
            self.waiting.push(block);
        }
        if self.bytes >= WRITTEN { self.write(office).await } else { Ok(()) }
    }

    async fn write(&mut self, office: &Office) -> Result<(), Failed> {
        let Some(version) = self.version.filter(|_| !self.waiting.is_empty()) else {
            return Ok(());
        };
        let mut tx = office.write().await?;
        tx.keep_code_parts(self.kind, version, std::mem::take(&mut self.waiting)).await?;
        tx.commit().await?;
        self.bytes = 0;
        Ok(())
    }

    async fn end(mut self, office: &Office, shares: Shares) -> Result<Compared, Failed> {
        self.write(office).await?;
        let gone: Vec<String> = std::mem::take(&mut self.before).into_keys().collect();
        for some in gone.chunks(READ) {
            for entries in self.bodies(office, some).await?.into_values() {
                self.count(&entries, &[]);
            }
        }
        self.parts.sort();
        let [new, changed, ended] = self.firsts.map(|firsts| firsts.into_values().collect());
        let report = Report {
            unread: shares.unread,
            first_unread: shares.first_unread,
            first_new: new,
            first_changed: changed,
            first_ended: ended,
            ..self.report
        };
        Ok(Compared { report, entries: self.entries, digest: list_digest(&self.parts) })
    }
}

/// # Errors
/// The block is none.
pub(crate) fn read_block(one: &CodeBlock) -> Result<Vec<Entry>, store::Error> {
    let id = one.part.clone();
    let odd = store::Error::Inconsistent { table: "code_block", column: "body", id };
    lists::entries(&one.part, &one.body).ok_or(odd)
}

pub(crate) fn block_digest(part: &str, body: &str) -> String {
    let mut hash = Sha256::new();
    hash.update(part.as_bytes());
    hash.update(b"\n");
    hash.update(body.as_bytes());
    hex::encode(hash.finalize())
}

pub(crate) fn list_digest(parts: &[(String, String)]) -> String {
    let mut hash = Sha256::new();
    for (part, digest) in parts {
        hash.update(format!("{part} {digest}\n").as_bytes());
    }
    hex::encode(hash.finalize())
}
