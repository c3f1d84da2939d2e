//! A virus scanner beside the program, asked about each file that somebody sends: ClamAV's daemon,
//! or what speaks like it.

use std::fmt;
use std::fs::File;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use anyhow::{Context, bail};

/// So long a scanner may take over one step.
const PATIENCE: Duration = Duration::from_secs(60);
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

impl Scanner {
    /// Gives the scanner a file to read and waits for its word.
    ///
    /// # Errors
    /// It cannot be reached, or says neither.
    pub(crate) fn ask(&self, path: &Path) -> anyhow::Result<Verdict> {
        let file = File::open(path).context("cannot read what was sent")?;
        match self {
            Scanner::Address(address) => {
                let stream = TcpStream::connect(address).context("cannot reach the scanner")?;
                stream.set_read_timeout(Some(PATIENCE))?;
                stream.set_write_timeout(Some(PATIENCE))?;
                talk(stream, file)
            }
            #[cfg(unix)]
            Scanner::Socket(path) => {
                let stream = std::os::unix::net::UnixStream::connect(path)
                    .context("cannot reach the scanner")?;
                stream.set_read_timeout(Some(PATIENCE))?;
                stream.set_write_timeout(Some(PATIENCE))?;
                talk(stream, file)
            }
            #[cfg(not(unix))]
            Scanner::Socket(_) => bail!("this system has no such sockets; use host:port"),
        }
    }
}

/// ClamAV's INSTREAM: each part after its length, then a part of none, then the answer.
fn talk(mut stream: impl Read + Write, mut file: impl Read) -> anyhow::Result<Verdict> {
    stream.write_all(b"zINSTREAM\0").context("the scanner hears nothing")?;
    let mut room = vec![0; 1 << 16];
    loop {
        let count = file.read(&mut room).context("cannot read what was sent")?;
        let length = u32::try_from(count).context("a part fits into its length")?;
        stream.write_all(&length.to_be_bytes()).context("the scanner hears no more")?;
        if count == 0 {
            break;
        }
        stream.write_all(&room[..count]).context("the scanner hears no more")?;
    }
    let mut answer = String::new();
    stream.take(LONGEST).read_to_string(&mut answer).context("the scanner says nothing")?;
    let answer = answer.trim_end_matches(['\0', '\n']);
    match answer.strip_prefix("stream: ").unwrap_or(answer) {
        "OK" => Ok(Verdict::Clean),
        found if found.ends_with(" FOUND") => {
            Ok(Verdict::Found(found.trim_end_matches(" FOUND").to_owned()))
        }
        other => bail!("expected OK or FOUND, the scanner says {other:?}"),
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
    }

    impl Read for Fake {
        fn read(&mut self, room: &mut [u8]) -> std::io::Result<usize> {
            self.says.read(room)
        }
    }

    impl Write for Fake {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.heard.write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    fn asked(says: &str) -> (anyhow::Result<Verdict>, Vec<u8>) {
        let mut fake = Fake { heard: Vec::new(), says: Cursor::new(says.as_bytes().to_vec()) };
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
        for odd in ["", "stream: INSTREAM size limit exceeded. ERROR\0", "OKAY"] {
            assert!(asked(odd).0.is_err(), "{odd:?}");
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
