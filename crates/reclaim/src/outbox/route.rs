//! The ways out: `exchange.toml` beside the data says them; without it, one folder beside the data.

use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow, bail};
use jiff::SignedDuration;
use serde::Deserialize;

use crate::outbox::door::Door;
use crate::outbox::remote::{Host, Login};
use crate::practice::Office;

/// The file that names routes. It says where patient data goes, so it is no rule that pages change.
pub(crate) const FILE: &str = "exchange.toml";

/// One way out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Route {
    /// What people call it.
    pub(crate) name: String,
    /// The first control number that it gives.
    pub(crate) first_number: i64,
    /// How long what is queued waits.
    pub(crate) waits: SignedDuration,
    /// Where files go.
    pub(crate) door: Door,
}

/// The name of the route where none is configured.
const LOCAL: &str = "local";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(default)]
    route: Vec<WrittenRoute>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenRoute {
    name: String,
    practice: Option<String>,
    folder: Option<PathBuf>,
    sftp: Option<WrittenHost>,
    first_number: Option<i64>,
    wait_minutes: Option<u32>,
    #[serde(default)]
    off: bool,
}

/// Another host, as the file says it. Secrets stand in files of their own.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenHost {
    host: String,
    #[serde(default = "usual_port")]
    port: u16,
    user: String,
    host_key: String,
    key_file: Option<PathBuf>,
    password_file: Option<PathBuf>,
    folder: String,
    fetch_from: Option<String>,
}

const fn usual_port() -> u16 {
    22
}

/// Every route of a practice that is switched on; the first is the one that is taken.
///
/// # Errors
/// The file cannot be read, or says what cannot be.
pub(crate) fn routes(office: &Office) -> anyhow::Result<Vec<Route>> {
    let path = office.folder.join(FILE);
    let practice = office.practice().as_str();
    match std::fs::read_to_string(&path) {
        Ok(text) => read(&text, &office.folder, practice).with_context(|| FILE.to_owned()),
        Err(fault) if fault.kind() == std::io::ErrorKind::NotFound => {
            Ok(vec![local(&office.folder, practice)])
        }
        Err(fault) => Err(fault).with_context(|| format!("cannot read {FILE}")),
    }
}

/// A route by its name, or the first.
///
/// # Errors
/// As [`routes`]; none has this name or every one is switched off.
pub(crate) fn route(office: &Office, name: Option<&str>) -> anyhow::Result<Route> {
    let mut routes = routes(office)?.into_iter();
    let found = match name {
        None => routes.next(),
        Some(name) => routes.find(|route| route.name == name),
    };
    found.with_context(|| {
        let name = name.unwrap_or_default();
        format!(
            "no route {name:?} is switched on; add it to {FILE}, or call back what goes by it and \
             queue it anew"
        )
    })
}

fn local(folder: &Path, practice: &str) -> Route {
    Route {
        name: LOCAL.to_owned(),
        first_number: 1,
        waits: denial::outgoing::WAITS,
        door: Door::Folder(folder.join("outbox").join(practice)),
    }
}

fn read(text: &str, beside: &Path, practice: &str) -> anyhow::Result<Vec<Route>> {
    let written: Written = toml::from_str(text).map_err(|fault| unread(text, &fault))?;
    let mut routes: Vec<Route> = Vec::new();
    let mut named = 0;
    for one in written.route {
        if one.practice.as_deref().is_some_and(|named| named != practice) {
            continue;
        }
        named += 1;
        let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        if one.name.is_empty() || one.name.len() > 24 || !one.name.bytes().all(is_word) {
            bail!("a route's name is letters, digits and dashes, up to 24");
        }
        if routes.iter().any(|other| other.name == one.name) {
            bail!("two routes are called {:?}", one.name);
        }
        let first_number = one.first_number.unwrap_or(1);
        if !(1..=LAST_NUMBER).contains(&first_number) {
            bail!("first_number of {:?}: expected 1 to {LAST_NUMBER}", one.name);
        }
        if one.off {
            continue;
        }
        let waits = one.wait_minutes.map(|minutes| SignedDuration::from_mins(i64::from(minutes)));
        let door = door(&one.name, one.folder, one.sftp, beside)?;
        let waits = waits.unwrap_or(denial::outgoing::WAITS);
        routes.push(Route { name: one.name, first_number, waits, door });
    }
    // Silently going elsewhere is worse than not going: a misspelled practice would.
    if named == 0 {
        bail!("it names no route for practice {practice}; add one or a route without `practice`");
    }
    if routes.is_empty() {
        bail!("every route is switched off; take `off` out of one");
    }
    Ok(routes)
}

/// Where the file cannot be read, and why: without the line itself, which may hold a secret.
fn unread(text: &str, fault: &toml::de::Error) -> anyhow::Error {
    let before = fault.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    anyhow!("line {line}: {}", fault.message())
}

/// A folder or another host, and not both.
fn door(
    name: &str,
    folder: Option<PathBuf>,
    host: Option<WrittenHost>,
    beside: &Path,
) -> anyhow::Result<Door> {
    match (folder, host) {
        (Some(folder), None) => Ok(Door::Folder(beside.join(folder))),
        (None, Some(host)) => {
            let login = match (host.key_file, host.password_file) {
                (Some(file), None) => Login::Key(beside.join(file)),
                (None, Some(file)) => Login::Password(beside.join(file)),
                _ => bail!("{name:?}: expected a key_file or a password_file"),
            };
            let host = Host {
                host: host.host,
                port: host.port,
                user: host.user,
                host_key: host.host_key,
                login,
                folder: host.folder,
                fetch_from: host.fetch_from,
            };
            host.pinned().with_context(|| format!("{name:?}"))?;
            Ok(Door::Host(Box::new(host)))
        }
        _ => bail!("{name:?}: expected a folder, or a host under [route.sftp]"),
    }
}

/// ISA13 has nine digits.
pub(crate) const LAST_NUMBER: i64 = 999_999_999;

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> anyhow::Result<Vec<Route>> {
        read(text, Path::new("/beside"), "main")
    }

    #[test]
    fn routes_are_read_and_those_of_others_or_switched_off_left_out() {
        let text = "[[route]]\nname = \"one\"\nfolder = \"/there\"\noff = true\n\
                    [[route]]\nname = \"theirs\"\npractice = \"north\"\nfolder = \"x\"\n\
                    [[route]]\nname = \"two\"\nfolder = \"x/y\"\nfirst_number = 700\n\
                    wait_minutes = 0\n";
        let two = Route {
            name: "two".to_owned(),
            first_number: 700,
            waits: SignedDuration::ZERO,
            door: Door::Folder(PathBuf::from("/beside/x/y")),
        };
        assert_eq!(of(text).expect("read"), [two]);
        let local = local(Path::new("/beside"), "main");
        assert_eq!(local.door, Door::Folder(PathBuf::from("/beside/outbox/main")));
        assert_eq!(local.waits, SignedDuration::from_mins(10));
    }

    #[test]
    fn what_cannot_be_is_said() {
        for (text, said) in [
            ("[[route]]\nname = \"a b\"\nfolder = \"x\"\n", "letters, digits and dashes"),
            ("[[route]]\nname = \"a\"\nfolder = \"x\"\noff = true\n", "switched off"),
            ("[[route]]\nname = \"a\"\nfolder = \"x\"\nfirst_number = 0\n", "expected 1 to"),
            ("[[route]]\nname = \"a\"\nfolder = \"x\"\nhost = \"y\"\n", "unknown field"),
            ("[[route]]\nname = \"a\"\n", "expected a folder, or a host"),
            ("", "no route for practice main"),
            (
                "[[route]]\nname = \"a\"\npractice = \"mian\"\nfolder = \"x\"\n",
                "no route for practice main; add one or a route without `practice`",
            ),
            (
                "[[route]]\nname = \"a\"\nfolder = \"x\"\n[[route]]\nname = \"a\"\nfolder = \"y\"\n",
                "two routes",
            ),
        ] {
            let fault = of(text).expect_err(text);
            assert!(format!("{fault:#}").contains(said), "{text}: {fault:#}");
        }
    }

    #[test]
    fn a_fault_names_its_line_and_does_not_show_it() {
        let sftp = "[[route]]\nname = \"a\"\n[route.sftp]\n";
        for (line, said) in [
            ("password = \"hunter2\"\n", "unknown field `password`"),
            ("password_file = hunter2\n", "line 4"),
            ("password = \"hunter2\n", "line 4"),
        ] {
            let fault = of(&format!("{sftp}{line}")).expect_err(line);
            let fault = format!("{fault:#}");
            assert!(fault.contains("line 4: ") && fault.contains(said), "{fault}");
            assert!(!fault.contains("hunter2"), "{fault}");
        }
    }
}
