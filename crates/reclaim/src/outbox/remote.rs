//! Another host, by SFTP. Its key is pinned; ours, or a password, comes from a file of its own, and
//! neither stands in any message.

use std::borrow::Cow;
use std::future::Future;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, anyhow, bail, ensure};
use russh::client::{self, Handle};
use russh::keys::{PrivateKeyWithHashAlg, PublicKey, PublicKeyOrCertificate, load_secret_key};
use russh_sftp::client::SftpSession;
use russh_sftp::client::error::Error as SftpError;
use russh_sftp::protocol::{OpenFlags, StatusCode};
use sha2::{Digest, Sha256};
use tokio::fs::{self, File};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::outbox::door::Unnamed;

/// How long a host may take to let us in, and to answer one question.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long one file may take.
const FILE: Duration = Duration::from_secs(600);
/// Bytes in one piece: what every server takes.
const PIECE: usize = 32 << 10;
/// The longest file that is fetched.
const LONGEST: u64 = 4 << 30;

/// A host and what is known of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Host {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) user: String,
    /// Its public key, as `ssh-keyscan` prints it: kind and key.
    pub(crate) host_key: String,
    pub(crate) login: Login,
    /// Where our files go.
    pub(crate) folder: String,
    /// Where files for us lie.
    pub(crate) fetch_from: Option<String>,
}

/// What lets us in, by the file that holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Login {
    /// A private key without a pass phrase.
    Key(PathBuf),
    /// The first line is the password.
    Password(PathBuf),
}

/// A file that lies there for us.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Lying {
    pub(crate) name: String,
    pub(crate) bytes: u64,
    /// When it was changed last, in seconds.
    pub(crate) changed: i64,
}

/// Knows the host by its key alone.
struct Pinned(PublicKey);

impl client::Handler for Pinned {
    type Error = russh::Error;

    async fn check_server_key(
        &mut self,
        shown: &PublicKeyOrCertificate,
    ) -> Result<bool, russh::Error> {
        Ok(match shown {
            PublicKeyOrCertificate::PublicKey { key, .. } => key.key_data() == self.0.key_data(),
            PublicKeyOrCertificate::Certificate(_) => false,
        })
    }
}

/// An open line.
pub(crate) struct Line {
    sftp: SftpSession,
    handle: Handle<Pinned>,
}

/// The line does not stand: nothing else goes by this way either, for now.
#[derive(Debug, thiserror::Error)]
#[error("no line to the other host")]
pub(crate) struct NoLine;

/// Waits no longer than that.
async fn within<T>(time: Duration, work: impl Future<Output = T>) -> anyhow::Result<T> {
    let done = tokio::time::timeout(time, work).await;
    done.context("the other host does not answer in time")
}

impl Host {
    /// The key by which the host is known.
    ///
    /// # Errors
    /// What stands there is no public key.
    pub(crate) fn pinned(&self) -> anyhow::Result<PublicKey> {
        let key = PublicKey::from_openssh(self.host_key.trim());
        key.ok().context("host_key: expected its kind and key, such as `ssh-ed25519 AAAA…`")
    }

    /// Opens a line.
    ///
    /// # Errors
    /// The host does not answer, shows another key, or does not let us in.
    pub(crate) async fn open(&self) -> anyhow::Result<Line> {
        self.opened().await.context(NoLine)
    }

    async fn opened(&self) -> anyhow::Result<Line> {
        let pinned = self.pinned()?;
        let mut config =
            client::Config { inactivity_timeout: Some(PATIENCE * 3), ..client::Config::default() };
        config.preferred.key = Cow::Owned(vec![pinned.algorithm()]);
        let address = (self.host.as_str(), self.port);
        let connecting = client::connect(Arc::new(config), address, Pinned(pinned));
        let mut handle = match within(PATIENCE, connecting).await? {
            Ok(handle) => handle,
            Err(russh::Error::UnknownKey) => {
                bail!("the other host shows another key than the one that exchange.toml pins")
            }
            Err(russh::Error::NoCommonAlgo { .. }) => bail!(
                "the other host has no key of the kind that exchange.toml pins, or no way of \
                 speaking in common"
            ),
            Err(_) => bail!("the other host cannot be reached"),
        };
        within(PATIENCE, self.enter(&mut handle)).await??;
        let channel = within(PATIENCE, handle.channel_open_session()).await?;
        let channel = channel.ok().context("the other host opens no channel")?;
        let asked = within(PATIENCE, channel.request_subsystem(true, "sftp")).await?;
        asked.ok().context("the other host speaks no SFTP")?;
        let sftp = within(PATIENCE, SftpSession::new(channel.into_stream())).await?;
        let sftp = sftp.ok().context("the other host speaks no SFTP")?;
        sftp.set_timeout(PATIENCE.as_secs());
        Ok(Line { sftp, handle })
    }

    async fn enter(&self, handle: &mut Handle<Pinned>) -> anyhow::Result<()> {
        let entered = match &self.login {
            Login::Key(file) => {
                let key = load_secret_key(file, None);
                let key = key.ok().context("the key file cannot be read as a private key")?;
                let key = PrivateKeyWithHashAlg::new(Arc::new(key), None);
                handle.authenticate_publickey(self.user.as_str(), key).await
            }
            Login::Password(file) => {
                let text = fs::read_to_string(file).await;
                let text = text.ok().context("the password file cannot be read")?;
                let password = text.lines().next().unwrap_or_default().to_owned();
                handle.authenticate_password(self.user.as_str(), password).await
            }
        };
        let entered = entered.ok().context("the other host ended the line while we signed in")?;
        ensure!(entered.success(), "the other host does not let us in: check user and key file");
        Ok(())
    }

    /// Writes a file whole under its hidden name.
    pub(crate) async fn upload(&self, source: &Path, name: &str) -> anyhow::Result<()> {
        let line = self.open().await?;
        let done = within(FILE, self.write(&line, source, name)).await;
        line.close().await;
        done.context(NoLine)?
    }

    async fn write(&self, line: &Line, source: &Path, name: &str) -> anyhow::Result<()> {
        let (whole, part) = self.places(name);
        self.is_free(line, &whole).await?;
        let mut from = File::open(source).await.context("cannot open what is to leave")?;
        let flags = OpenFlags::CREATE | OpenFlags::TRUNCATE | OpenFlags::WRITE;
        let to = line.sftp.open_with_flags(part.as_str(), flags).await;
        let mut to = to.ok().context("cannot write into the folder of the other host")?;
        let mut room = vec![0; PIECE];
        let mut length = 0;
        loop {
            let count = from.read(&mut room).await.context("cannot read what is to leave")?;
            let piece = room.get(..count).unwrap_or_default();
            if piece.is_empty() {
                break;
            }
            let written = to.write_all(piece).await;
            written.ok().context("it stopped taking the file").context(NoLine)?;
            length += count as u64;
        }
        // Servers that know no fsync have done what they can.
        drop(to.sync_all().await);
        to.shutdown().await.ok().context("the other host did not close the file")?;
        let there = line.sftp.metadata(part.as_str()).await;
        let there = there.ok().context("cannot look at what was written")?;
        ensure!(there.size == Some(length), "the other host has not the whole file");
        Ok(())
    }

    /// Gives what was uploaded its name; see [`Place::rename`](super::folder::Place::rename).
    pub(crate) async fn rename(&self, name: &str, was_asked: bool) -> Result<(), Unnamed> {
        let line = self.open().await.map_err(|fault| Unnamed::still(was_asked, fault))?;
        let done = within(FILE, self.give_name(&line, name, was_asked)).await;
        line.close().await;
        done.unwrap_or_else(|late| Err(Unnamed::Perhaps(late.context(NoLine))))
    }

    async fn give_name(&self, line: &Line, name: &str, was_asked: bool) -> Result<(), Unnamed> {
        let still = |fault| Unnamed::still(was_asked, fault);
        let (whole, part) = self.places(name);
        if is_there(line, &part).await.map_err(still)? {
            self.is_free(line, &whole).await.map_err(Unnamed::Not)?;
            let renamed = line.sftp.rename(part.as_str(), whole.as_str()).await;
            renamed.map_err(|fault| {
                let is_answer = matches!(fault, SftpError::Status(_));
                let fault = anyhow!("cannot give the file its name on the other host");
                Unnamed::still(!is_answer, fault)
            })
        } else if !is_there(line, &self.folder).await.map_err(still)? {
            // Where the folder itself is gone nothing was fetched, and nothing is lost yet.
            Err(still(anyhow!("the folder of the other host is not there")))
        } else if was_asked {
            Ok(())
        } else {
            Err(Unnamed::Gone)
        }
    }

    /// Takes away what was uploaded and is not to get its name any more.
    pub(crate) async fn take_back(&self, name: &str) -> anyhow::Result<()> {
        let line = self.open().await?;
        let (_, part) = self.places(name);
        let gone = within(PATIENCE, async {
            if is_there(&line, &part).await? {
                let removed = line.sftp.remove_file(part.as_str()).await;
                removed.ok().context("cannot take what was uploaded off the other host")?;
            }
            Ok(())
        });
        let gone = gone.await;
        line.close().await;
        gone?
    }

    async fn is_free(&self, line: &Line, whole: &str) -> anyhow::Result<()> {
        if is_there(line, whole).await? {
            bail!("a file of this name is there already; nothing is written over it");
        }
        Ok(())
    }

    /// Whole and hidden name of a file of ours.
    fn places(&self, name: &str) -> (String, String) {
        (beneath(&self.folder, name), beneath(&self.folder, &format!(".{name}.part")))
    }
}

fn beneath(folder: &str, name: &str) -> String {
    format!("{}/{name}", folder.trim_end_matches('/'))
}

async fn is_there(line: &Line, path: &str) -> anyhow::Result<bool> {
    match line.sftp.metadata(path).await {
        Ok(_) => Ok(true),
        Err(SftpError::Status(status)) if status.status_code == StatusCode::NoSuchFile => Ok(false),
        Err(SftpError::Status(_)) => bail!("cannot look into the folder of the other host"),
        Err(_) => Err(anyhow!("it does not say what lies in its folder").context(NoLine)),
    }
}

impl Line {
    /// What lies in a folder for us: plain files with plain names.
    pub(crate) async fn list(&self, folder: &str) -> anyhow::Result<Vec<Lying>> {
        let entries = within(PATIENCE * 3, self.sftp.read_dir(folder)).await?;
        let entries = entries.ok().context("cannot look into the folder to fetch from")?;
        let mut lying: Vec<Lying> = entries
            .filter(|entry| entry.file_type().is_file() && is_plain(&entry.file_name()))
            .filter_map(|entry| {
                let about = entry.metadata();
                let changed = i64::from(about.mtime.unwrap_or_default());
                Some(Lying { name: entry.file_name(), bytes: about.size?, changed })
            })
            .filter(|one| one.bytes <= LONGEST)
            .collect();
        lying.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(lying)
    }

    /// Brings a file; gives the hash of what came. What is otherwise than it lay there is refused.
    pub(crate) async fn bring(
        &self,
        folder: &str,
        one: &Lying,
        to: &Path,
    ) -> anyhow::Result<String> {
        within(FILE, self.read(&beneath(folder, &one.name), one, to)).await?
    }

    async fn read(&self, path: &str, one: &Lying, to: &Path) -> anyhow::Result<String> {
        let from = self.sftp.open(path).await;
        let mut from = from.ok().context("cannot open a file of the other host")?;
        let mut part = File::create(to).await.context("cannot write what comes")?;
        let (mut hash, mut length, mut room) = (Sha256::new(), 0, vec![0; PIECE]);
        loop {
            let count = from.read(&mut room).await;
            let count = count.ok().context("the other host stopped giving the file")?;
            let piece = room.get(..count).unwrap_or_default();
            if piece.is_empty() {
                break;
            }
            length += count as u64;
            ensure!(length <= one.bytes, "the file grew while it came");
            hash.update(piece);
            part.write_all(piece).await.context("cannot write what comes")?;
        }
        part.sync_all().await.context("cannot make what came durable")?;
        let now = self.sftp.metadata(path).await;
        let now = now.ok().context("cannot look at a file of the other host")?;
        let is_same =
            now.size == Some(one.bytes) && i64::from(now.mtime.unwrap_or_default()) == one.changed;
        ensure!(is_same && length == one.bytes, "the file changed while it came");
        Ok(hex::encode(hash.finalize()))
    }

    /// Ends the line; the other host notices anyhow.
    pub(crate) async fn close(self) {
        drop(within(PATIENCE, self.sftp.close()).await);
        let bye = self.handle.disconnect(russh::Disconnect::ByApplication, "", "en");
        drop(within(PATIENCE, bye).await);
    }
}

/// True for names that lead nowhere else and are nobody's unfinished business.
pub(crate) fn is_plain(name: &str) -> bool {
    let is_odd = |letter: char| letter.is_control() || matches!(letter, '/' | '\\');
    !name.is_empty() && name.len() <= 180 && !name.starts_with('.') && !name.contains(is_odd)
}
