//! `reclaim backup` and `reclaim restore`: a practice as one file that proves itself, and back into
//! either database.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, bail, ensure};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;
use sha2::{Digest, Sha256};
use store::backup::{Backup, Facts};
use store::{Key, Store, instant};

use crate::documents::Documents;
use crate::practice::{Office, Place};
use crate::{access, show, verify};

/// Bytes of a document in one row.
const PART: usize = 1 << 20;
/// Parts written in one transaction.
const PARTS: usize = 64;

/// Writes a backup; the file appears once it has been opened again and proven.
pub(crate) async fn run(office: &Office, file: &Path) -> anyhow::Result<ExitCode> {
    ensure!(!file.exists(), "{} is there already; name a new file", file.display());
    let beside = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = tempfile::tempdir_in(beside.unwrap_or(Path::new(".")))
        .context("cannot write beside the backup")?;
    let path = folder.path().join("copy.db");
    put_on_record(office).await?;
    let backup = rows(office, &path).await?;
    let count = put_documents(&backup, &office.documents).await?;
    prove(&backup).await?;
    let lines = told(&backup, file, count).await?;
    backup.seal(&path).await?;
    keep(&path, file)?;
    show::print(lines)
}

/// Every practice goes along, so each has it on record, in the copy too.
async fn put_on_record(office: &Office) -> anyhow::Result<()> {
    for clinic in office.store.practices().await? {
        let there = office.of(clinic).await?;
        access::note(&there, "backup", "practice.copied", &json!({})).await?;
    }
    Ok(())
}

async fn rows(office: &Office, path: &Path) -> anyhow::Result<Backup> {
    let facts = Facts {
        made_at: instant(office.clock.now()),
        program: concat!("reclaim ", env!("CARGO_PKG_VERSION")).to_owned(),
        fingerprint: office.store.fingerprint(),
    };
    let bar = bar(0, "rows");
    let backup = Backup::begin(&office.store, path, &facts).await?;
    bar.set_length(backup.count_rows_of(&office.store).await?);
    backup.fill(&office.store, &|count| bar.inc(count)).await?;
    bar.finish_and_clear();
    Ok(backup)
}

async fn put_documents(backup: &Backup, documents: &Documents) -> anyhow::Result<u64> {
    let hashes = backup.document_hashes().await?;
    let bar = bar(hashes.len() as u64, "documents");
    let mut tx = backup.write().await?;
    let mut waiting = 0;
    for hash in &hashes {
        let mut file = File::open(documents.path(hash))
            .with_context(|| format!("cannot open the document {hash}"))?;
        let mut n = 0;
        loop {
            let part = part(&mut file).with_context(|| format!("cannot read {hash}"))?;
            // A document without bytes has one part without bytes.
            if part.is_empty() && n > 0 {
                break;
            }
            tx.add_document_part(hash, n, &part).await?;
            n += 1;
            waiting += 1;
            if waiting == PARTS {
                tx.commit().await?;
                tx = backup.write().await?;
                waiting = 0;
            }
        }
        bar.inc(1);
    }
    tx.commit().await?;
    bar.finish_and_clear();
    Ok(hashes.len() as u64)
}

fn part(file: &mut File) -> io::Result<Vec<u8>> {
    let mut part = Vec::new();
    file.take(PART as u64).read_to_end(&mut part)?;
    Ok(part)
}

/// Verifies every practice in the copy, and hashes every document in it.
async fn prove(backup: &Backup) -> anyhow::Result<()> {
    for clinic in backup.store().practices().await? {
        let verified = verify::rows(backup.store(), &clinic.practice).await;
        verified.with_context(|| format!("the copy of practice {}", clinic.practice))?;
    }
    let hashes = backup.document_hashes().await?;
    let bar = bar(hashes.len() as u64, "documents in the copy");
    for hash in hashes {
        let mut found = Sha256::new();
        read(backup, &hash, |bytes| {
            found.update(bytes);
            Ok(())
        })
        .await?;
        ensure!(hex::encode(found.finalize()) == hash, "the document {hash} was altered");
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(())
}

/// Reads a document of a backup part by part.
async fn read(
    backup: &Backup,
    hash: &str,
    mut each: impl FnMut(&[u8]) -> io::Result<()>,
) -> anyhow::Result<()> {
    let mut n = 0;
    while let Some(bytes) = backup.document_part(hash, n).await? {
        each(&bytes).with_context(|| format!("cannot write the document {hash}"))?;
        n += 1;
    }
    ensure!(n > 0, "the backup lacks the document {hash}");
    Ok(())
}

async fn told(backup: &Backup, file: &Path, documents: u64) -> anyhow::Result<Vec<String>> {
    let facts = backup.facts().await?;
    let practices = backup.store().practices().await?.len();
    let rows = backup.count_rows_of(backup.store()).await?;
    let mut lines = vec![format!(
        "{}: {practices} practices, {rows} rows, {documents} documents, proven",
        file.display()
    )];
    for head in backup.heads().await?.iter().filter(|head| head.seq > 0) {
        let (practice, chain, seq) = (&head.practice, &head.chain, head.seq);
        lines.push(format!("journal of {practice}, {chain}: {seq} entries, head {}", head.hash));
    }
    lines.push(format!(
        "the journal's key is not in it; keep journal.key (fingerprint {}) in another place",
        facts.fingerprint
    ));
    Ok(lines)
}

/// Gives the finished file its name; nobody else of the machine can read it.
fn keep(path: &Path, file: &Path) -> anyhow::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(path, fs::Permissions::from_mode(0o600))
            .context("cannot close the backup to others")?;
    }
    File::open(path).and_then(|copy| copy.sync_all()).context("cannot make it durable")?;
    // A link, unlike a new name, refuses where the file is there by now.
    fs::hard_link(path, file).with_context(|| format!("cannot make {}", file.display()))
}

/// Puts a backup into an empty database and folder, and proves what came of it.
pub(crate) async fn restore(place: &Place, file: &Path) -> anyhow::Result<ExitCode> {
    ensure!(file.exists(), "{} is not there", file.display());
    let url = place.url()?;
    let folder = place.folder(&url)?;
    let path = folder.join("journal.key");
    let key = fs::read_to_string(&path).unwrap_or_default();
    let key = Key::new(key.trim().as_bytes());
    let backup = Backup::open(file, key.clone()).await.context("cannot read the backup")?;
    let facts = backup.facts().await.context("this file is no backup")?;
    if key.fingerprint() != facts.fingerprint {
        let (is, wanted) = (state(&path, &key), facts.fingerprint);
        bail!(
            "expected the journal's key with the fingerprint {wanted} at {}, {is}; put it there \
             and restore again",
            path.display()
        );
    }
    let store = Store::open(&url, key).await.context("cannot open the database")?;
    backup.check_room_in(&store).await?;
    let bar = bar(backup.count_rows_of(backup.store()).await?, "rows");
    let documents = Documents::open(&folder.join("documents"))?;
    let count = get_documents(&backup, &documents).await?;
    let rows = backup.restore_into(&store, &|count| bar.inc(count)).await?;
    bar.finish_and_clear();
    let mut lines = vec![format!("{rows} rows and {count} documents restored")];
    for clinic in store.practices().await? {
        let verified = verify::whole(&store, &clinic.practice, &documents).await;
        match verified {
            Ok(verified) => lines.push(format!("{}: {}", clinic.practice, verified.in_words())),
            Err(fault) if verify::is_difference(&fault) => {
                eprintln!("reclaim: {}: {fault:#}", clinic.practice);
                return Ok(ExitCode::from(1));
            }
            Err(fault) => return Err(fault),
        }
    }
    store.close().await;
    show::print(lines)
}

fn state(path: &Path, key: &Key) -> String {
    if path.exists() {
        format!("the one there has {}", key.fingerprint())
    } else {
        "there is none".to_owned()
    }
}

async fn get_documents(backup: &Backup, documents: &Documents) -> anyhow::Result<u64> {
    let hashes = backup.document_hashes().await?;
    let bar = bar(hashes.len() as u64, "documents");
    let arriving = documents.arriving()?;
    for hash in &hashes {
        let mut incoming = documents.incoming()?;
        read(backup, hash, |bytes| incoming.write_all(bytes)).await?;
        let (found, _) = documents.finish(incoming, &arriving)?;
        ensure!(found == *hash, "the document {hash} was altered in the backup");
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(hashes.len() as u64)
}

fn bar(length: u64, what: &'static str) -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:30} {pos}/{len} {msg} left {eta_precise}");
    let bar = ProgressBar::new(length).with_message(what);
    style.map_or_else(|_| bar.clone(), |style| bar.clone().with_style(style))
}
