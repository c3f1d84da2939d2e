//! A virus scanner beside the program, asked about each file that somebody sends: ClamAV's daemon,
//! or what speaks like it.

use std::fmt;
use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use anyhow::{Context, bail};

/// So long a scanner may take over one step.
const PATIENCE: Duration = Duration::from_secs(60);
/// So long it may take to take the call: one that is there does so at once.
const CONNECTING: Duration = Duration::from_secs(5);
/// How it says that a file is longer than it reads (`StreamMaxLength`).
const TOO_LONG: &str = "size limit exceeded";
/// The most bytes of its answer.
const LONGEST: u64 = 4 << 10;

/// Where the scanner listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Scanner {
    /// A socket in the file system.
    Socket(PathBuf),
    /// An address, `host:port`.
    Address(String),
}

/// What it says of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Clean,
    /// The name of what it found.
    Found(String),
    /// It reads no file of this length.
    TooLong,
}

impl FromStr for Scanner {
    type Err = String;

    fn from_str(text: &str) -> Result<Scanner, String> {
        if text.starts_with('/') {
            return Ok(Scanner::Socket(PathBuf::from(text)));
        }
        let port = text.rsplit_once(':').filter(|(host, _)| !host.is_empty());
        match port.map(|(_, port)| port.parse::<u16>()) {
            Some(Ok(_)) => Ok(Scanner::Address(text.to_owned())),
            Some(Err(_)) | None => {
                Err("expected the path of a socket, or host:port, of a ClamAV daemon".to_owned())
            }
        }
    }
}

impl fmt::Display for Scanner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Scanner::Socket(path) => path.display().fmt(f),
            Scanner::Address(address) => address.fmt(f),
        }
    }
}

/// A line to a scanner.
trait Line: Read + Write + Send {}

impl<T: Read + Write + Send> Line for T {}

impl Scanner {
    /// Gives the scanner a file to read and waits for its word.
    ///
    /// # Errors
    /// It cannot be reached, or says nothing that is known.
    pub(crate) async fn ask(&self, path: &Path) -> anyhow::Result<Verdict> {
        let file = File::open(path).context("cannot read what was sent")?;
        let reached = tokio::time::timeout(CONNECTING, self.reach()).await;
        let line = reached.context("the scanner takes no call")?;
        let line = line.context("cannot reach the scanner")?;
        tokio::task::spawn_blocking(move || talk(line, file)).await.context("the call broke")?
    }

    async fn reach(&self) -> anyhow::Result<Box<dyn Line>> {
        match self {
            Scanner::Address(address) => {
                let stream = tokio::net::TcpStream::connect(address).await?.into_std()?;
                stream.set_nonblocking(false)?;
                stream.set_read_timeout(Some(PATIENCE))?;
                stream.set_write_timeout(Some(PATIENCE))?;
                Ok(Box::new(stream))
            }
            #[cfg(unix)]
            Scanner::Socket(path) => {
                let stream = tokio::net::UnixStream::connect(path).await?.into_std()?;
                stream.set_nonblocking(false)?;
                stream.set_read_timeout(Some(PATIENCE))?;
                stream.set_write_timeout(Some(PATIENCE))?;
                Ok(Box::new(stream))
            }
            #[cfg(not(unix))]
            Scanner::Socket(_) => bail!("this system has no such sockets; use host:port"),
        }
    }
}

/// ClamAV's INSTREAM: each part after its length, then a part of none, then the answer. Of a file
/// that is longer than it reads it says so in the middle and hangs up.
fn talk(mut line: impl Read + Write, file: impl Read) -> anyhow::Result<Verdict> {
    let given = give(&mut line, file);
    let mut answer = String::new();
    let heard = line.take(LONGEST).read_to_string(&mut answer);
    let answer = answer.trim_end_matches(['\0', '\n']);
    if answer.contains(TOO_LONG) {
        return Ok(Verdict::TooLong);
    }
    given?;
    heard.context("the scanner says nothing")?;
    match answer.strip_prefix("stream: ").unwrap_or(answer) {
        "OK" => Ok(Verdict::Clean),
        found if found.ends_with(" FOUND") => {
            Ok(Verdict::Found(found.trim_end_matches(" FOUND").to_owned()))
        }
        other => bail!("expected OK or FOUND, the scanner says {other:?}"),
    }
}

fn give(line: &mut impl Write, mut file: impl Read) -> anyhow::Result<()> {
    line.write_all(b"zINSTREAM\0").context("the scanner hears nothing")?;
    let mut room = vec![0; 1 << 16];
    loop {
        let count = file.read(&mut room).context("cannot read what was sent")?;
        let length = u32::try_from(count).context("a part fits into its length")?;
        line.write_all(&length.to_be_bytes()).context("the scanner hears no more")?;
        if count == 0 {
            return Ok(());
        }
        line.write_all(&room[..count]).context("the scanner hears no more")?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    /// What a scanner heard, and what it says.
    struct Fake {
        heard: Vec<u8>,
        says: Cursor<Vec<u8>>,
        /// It hangs up after so many bytes.
        hears: usize,
    }

    impl Read for Fake {
        fn read(&mut self, room: &mut [u8]) -> std::io::Result<usize> {
            self.says.read(room)
        }
    }

    impl Write for Fake {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            if self.heard.len() >= self.hears {
                return Err(std::io::ErrorKind::BrokenPipe.into());
            }
            self.heard.write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    fn asked(says: &str) -> (anyhow::Result<Verdict>, Vec<u8>) {
        asked_for(says, usize::MAX)
    }

    fn asked_for(says: &str, hears: usize) -> (anyhow::Result<Verdict>, Vec<u8>) {
        let says = Cursor::new(says.as_bytes().to_vec());
        let mut fake = Fake { heard: Vec::new(), says, hears };
        let verdict = talk(&mut fake, b"abc".as_slice());
        (verdict, fake.heard)
    }

    #[test]
    fn a_file_is_given_in_parts_and_the_answer_is_heard() {
        let (verdict, heard) = asked("stream: OK\0");
        assert_eq!(verdict.expect("an answer"), Verdict::Clean);
        assert_eq!(heard, b"zINSTREAM\0\x00\x00\x00\x03abc\x00\x00\x00\x00");
        let (verdict, _) = asked("stream: Eicar-Test-Signature FOUND\0");
        assert_eq!(verdict.expect("an answer"), Verdict::Found("Eicar-Test-Signature".to_owned()));
        for odd in ["", "stream: Can't open file ERROR\0", "OKAY"] {
            assert!(asked(odd).0.is_err(), "{odd:?}");
        }
    }

    #[test]
    fn a_file_that_is_too_long_for_it_is_told_even_where_it_hangs_up() {
        let says = "INSTREAM size limit exceeded. ERROR\0";
        for hears in [usize::MAX, 12] {
            assert_eq!(asked_for(says, hears).0.expect("an answer"), Verdict::TooLong);
        }
        assert!(asked_for("", 12).0.is_err(), "who only hangs up says nothing of the file");
        assert!(asked_for("stream: OK\0", 12).0.is_err(), "nor who has not heard all of it");
    }

    #[tokio::test]
    async fn a_scanner_that_is_not_there_is_no_wait() {
        let closed = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = closed.local_addr().expect("an address").to_string();
        drop(closed);
        let file = tempfile::NamedTempFile::new().expect("a file");
        for none in [Scanner::Address(address), Scanner::Socket("/nowhere/clamd".into())] {
            assert!(none.ask(file.path()).await.is_err());
        }
    }

    #[test]
    fn a_scanner_is_a_socket_or_an_address() {
        let socket = "/run/clamav/clamd.ctl".parse::<Scanner>();
        assert_eq!(socket, Ok(Scanner::Socket("/run/clamav/clamd.ctl".into())));
        assert!("127.0.0.1:3310".parse::<Scanner>().is_ok());
        for odd in ["clamd", ":3310", "host:many", ""] {
            assert!(odd.parse::<Scanner>().is_err(), "{odd}");
        }
    }
}
