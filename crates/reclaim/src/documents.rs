//! Documents beside the database: a folder of files named by the hash of their bytes.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;
use sha2::{Digest, Sha256};
use store::files::Document;
use store::{Tx, instant};
use tempfile::NamedTempFile;

use crate::practice::Office;

/// The folder. Files come into it whole or not at all, and never change.
#[derive(Clone, Debug)]
pub(crate) struct Documents {
    folder: PathBuf,
}

/// Bytes are on their way in: until this is dropped, in any process, none are removed. Whoever
/// brings some drops it once the row is durable that says whose they are.
#[derive(Debug)]
pub(crate) struct Arriving(#[expect(dead_code, reason = "its lock ends with it")] File);

/// Bytes are being removed: until this is dropped, none come in.
#[derive(Debug)]
pub(crate) struct Removing(#[expect(dead_code, reason = "its lock ends with it")] File);

/// What was written, before it has its name.
pub(crate) struct Incoming {
    file: NamedTempFile,
    hash: Sha256,
    bytes: u64,
}

impl Documents {
    /// Uses a folder, made where it is not there.
    pub(crate) fn open(folder: &Path) -> anyhow::Result<Documents> {
        fs::create_dir_all(folder)
            .with_context(|| format!("cannot make the documents folder {}", folder.display()))?;
        Ok(Documents { folder: folder.to_owned() })
    }

    /// Where the bytes with this hash lie.
    pub(crate) fn path(&self, hash: &str) -> PathBuf {
        let (first, _) = hash.split_at(hash.len().min(2));
        self.folder.join(first).join(hash)
    }

    /// Begins a document.
    pub(crate) fn incoming(&self) -> anyhow::Result<Incoming> {
        let file = NamedTempFile::new_in(&self.folder).context("cannot write a document")?;
        Ok(Incoming { file, hash: Sha256::new(), bytes: 0 })
    }

    /// Waits until nobody removes bytes. It may block.
    pub(crate) fn arriving(&self) -> anyhow::Result<Arriving> {
        let door = self.door()?;
        door.lock_shared().context("cannot lock the documents folder")?;
        Ok(Arriving(door))
    }

    /// Waits until no bytes are on their way in. It may block.
    pub(crate) fn removing(&self) -> anyhow::Result<Removing> {
        let door = self.door()?;
        door.lock().context("cannot lock the documents folder")?;
        Ok(Removing(door))
    }

    fn door(&self) -> anyhow::Result<File> {
        let path = self.folder.join(".door");
        let door = File::options().create(true).append(true).open(path);
        door.context("cannot open the lock of the documents folder")
    }

    /// Keeps bytes; gives their hash.
    #[cfg(test)]
    pub(crate) fn keep(&self, bytes: &[u8]) -> anyhow::Result<String> {
        let mut incoming = self.incoming()?;
        incoming.write_all(bytes).context("cannot write a document")?;
        self.finish(incoming, &self.arriving()?).map(|(hash, _)| hash)
    }

    /// Gives a document its name; gives its hash and length.
    pub(crate) fn finish(&self, incoming: Incoming, _: &Arriving) -> anyhow::Result<(String, u64)> {
        let hash = hex::encode(incoming.hash.finalize());
        let path = self.path(&hash);
        let place = path.parent().expect("a document lies in a folder");
        fs::create_dir_all(place).context("cannot make a documents folder")?;
        if !path.exists() {
            incoming.file.as_file().sync_all().context("cannot make a document durable")?;
            incoming.file.persist(&path).context("cannot keep a document")?;
            File::open(place).and_then(|folder| folder.sync_all()).context("cannot sync")?;
        }
        Ok((hash, incoming.bytes))
    }

    /// True where the bytes under this name are the ones that it says.
    pub(crate) fn holds(&self, hash: &str) -> io::Result<bool> {
        has_hash(&self.path(hash), hash)
    }
}

/// True where a file's bytes have this sha-256.
pub(crate) fn has_hash(path: &Path, hash: &str) -> io::Result<bool> {
    let mut file = File::open(path)?;
    let mut found = Sha256::new();
    let mut room = vec![0; 1 << 16];
    loop {
        match file.read(&mut room)? {
            0 => return Ok(hex::encode(found.finalize()) == hash),
            count => found.update(&room[..count]),
        }
    }
}

impl Write for Incoming {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.file.write(bytes)?;
        let written = bytes.get(..count).unwrap_or_default();
        self.hash.update(written);
        self.bytes += count as u64;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// What somebody sent, beside the documents and under no name yet: it goes again with whatever it
/// came for, where that is refused.
pub(crate) struct Received {
    incoming: Incoming,
    name: String,
    media: String,
    /// The hash of its bytes.
    pub(crate) hash: String,
}

/// Takes what somebody sent, whatever it is.
pub(crate) async fn receive(
    office: &Office,
    name: &str,
    media: &str,
    path: PathBuf,
) -> anyhow::Result<Received> {
    let documents = office.documents.clone();
    let incoming = tokio::task::spawn_blocking(move || {
        let mut source = File::open(path).context("cannot read what was sent")?;
        let mut incoming = documents.incoming()?;
        io::copy(&mut source, &mut incoming).context("cannot keep what was sent")?;
        anyhow::Ok(incoming)
    })
    .await
    .context("receiving a document stopped")??;
    let hash = hex::encode(incoming.hash.clone().finalize());
    Ok(Received { incoming, name: name.to_owned(), media: media.to_owned(), hash })
}

/// Takes what the program itself wrote.
pub(crate) async fn written(
    office: &Office,
    name: &str,
    media: &str,
    bytes: Vec<u8>,
) -> anyhow::Result<Received> {
    let incoming = incoming(office, bytes).await?;
    let hash = hex::encode(incoming.hash.clone().finalize());
    Ok(Received { incoming, name: name.to_owned(), media: media.to_owned(), hash })
}

/// Bytes of the program's own, beside the documents and under no name yet.
pub(crate) async fn incoming(office: &Office, bytes: Vec<u8>) -> anyhow::Result<Incoming> {
    let documents = office.documents.clone();
    let written = tokio::task::spawn_blocking(move || {
        let mut incoming = documents.incoming()?;
        incoming.write_all(&bytes).context("cannot keep what was written")?;
        anyhow::Ok(incoming)
    });
    written.await.context("writing a document stopped")?
}

impl Received {
    /// Keeps it with what else the transaction changes; gives its hash, and what is to be dropped
    /// after the commit.
    pub(crate) async fn keep(
        self,
        tx: &mut Tx,
        office: &Office,
    ) -> anyhow::Result<(String, Arriving)> {
        let Received { incoming, name, media, .. } = self;
        let (hash, bytes, arriving) = keep(office, incoming).await?;
        let document = Document {
            hash: hash.clone(),
            name,
            media,
            bytes: i64::try_from(bytes).unwrap_or(i64::MAX),
            taken_at: instant(office.clock.now()),
            taken_by: office.who.person.as_str().to_owned(),
        };
        tx.keep_document(&document).await?;
        Ok((hash, arriving))
    }
}

/// Gives what came its name; gives its hash, its length, and what is to be dropped once its row is
/// durable.
pub(crate) async fn keep(
    office: &Office,
    incoming: Incoming,
) -> anyhow::Result<(String, u64, Arriving)> {
    let documents = office.documents.clone();
    let kept = tokio::task::spawn_blocking(move || {
        let arriving = documents.arriving()?;
        let (hash, bytes) = documents.finish(incoming, &arriving)?;
        anyhow::Ok((hash, bytes, arriving))
    });
    kept.await.context("keeping a document stopped")?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_found_by_its_hash_and_kept_once() {
        let folder = tempfile::tempdir().expect("a folder");
        let documents = Documents::open(folder.path()).expect("opens");
        let hash = documents.keep(b"synthetic").expect("kept");
        assert_eq!(documents.keep(b"synthetic").expect("kept again"), hash);
        assert!(documents.holds(&hash).expect("readable"));
        fs::write(documents.path(&hash), b"altered").expect("writable");
        assert!(!documents.holds(&hash).expect("readable"));
    }
}
