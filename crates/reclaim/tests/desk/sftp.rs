//! Sending to and fetching from another host by SFTP, against Debian's OpenSSH server on a port of
//! its own. Where there is none the tests say so and do nothing.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

use crate::outbox::{begin, corrected, denied, fetch, number};
use crate::place::{Desk, Dice};

const SERVER: &str = "/usr/sbin/sshd";

/// A server that ends with the test.
struct Server {
    folder: TempDir,
    port: u16,
    child: Child,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn keygen(path: &Path) {
    let made = Command::new("ssh-keygen")
        .args(["-q", "-t", "ed25519", "-N", "", "-C", "synthetic", "-f"])
        .arg(path)
        .status();
    assert!(made.expect("ssh-keygen starts").success());
}

impl Server {
    /// None where Debian's openssh-server is not installed.
    fn start() -> Option<Server> {
        if !Path::new(SERVER).exists() {
            eprintln!("SKIPPED: {SERVER} is not there; install openssh-server");
            return None;
        }
        let folder = tempfile::tempdir().expect("a folder");
        let at = |name: &str| folder.path().join(name);
        keygen(&at("host"));
        keygen(&at("ours"));
        keygen(&at("stranger"));
        fs::copy(at("ours.pub"), at("allowed")).expect("copied");
        for name in ["in", "out"] {
            fs::create_dir(at(name)).expect("a folder");
        }
        // The server that runs as root wants it for its unprivileged half.
        let _ = fs::create_dir_all("/run/sshd");
        let free = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = free.local_addr().expect("an address").port();
        drop(free);
        let config = format!(
            "Port {port}\nListenAddress 127.0.0.1\nHostKey {host}\nAuthorizedKeysFile {allowed}\n\
             PidFile none\nStrictModes no\nUsePAM no\nPasswordAuthentication no\n\
             PermitRootLogin yes\nMaxStartups 100\nSubsystem sftp internal-sftp\n",
            host = at("host").display(),
            allowed = at("allowed").display()
        );
        fs::write(at("config"), config).expect("written");
        let child = Command::new(SERVER)
            .args(["-D", "-e", "-f"])
            .arg(at("config"))
            .stdout(Stdio::null())
            .stderr(fs::File::create(at("log")).expect("a log"))
            .spawn()
            .expect("the server starts");
        let server = Server { folder, port, child };
        for _ in 0..100 {
            if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return Some(server);
            }
            thread::sleep(Duration::from_millis(50));
        }
        panic!("the server does not listen: {}", server.text("log"));
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn text(&self, name: &str) -> String {
        fs::read_to_string(self.at(name)).unwrap_or_default()
    }

    /// A route to it, with these keys of host and user.
    fn route(&self, name: &str, host_key: &str, key: &str) -> String {
        let user = Command::new("id").arg("-un").output().expect("id").stdout;
        let host_key = self.text(host_key);
        let host_key = host_key.rsplit_once(' ').expect("a comment").0;
        format!(
            "[[route]]\nname = \"{name}\"\nfirst_number = 700\nwait_minutes = 0\n[route.sftp]\n\
             host = \"127.0.0.1\"\nport = {}\nuser = \"{}\"\nhost_key = \"{host_key}\"\n\
             key_file = \"{}\"\nfolder = \"{}\"\nfetch_from = \"{}\"\n",
            self.port,
            String::from_utf8_lossy(&user).trim(),
            self.at(key).display(),
            self.at("in").display(),
            self.at("out").display()
        )
    }
}

/// A denied claim of this number in review, and the file that corrects it.
fn in_review(desk: &Desk, folder: &Path, at: usize) -> String {
    if at == 0 {
        let remittance = folder.join("denied.835");
        fs::write(&remittance, denied()).expect("written");
        desk.take(&[remittance]);
    }
    desk.ok(&["act", &number(at), "review"]);
    let path = folder.join(format!("{at}.837"));
    fs::write(&path, corrected(at)).expect("written");
    path.display().to_string()
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("a folder").flatten();
    let mut names: Vec<String> =
        entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

fn ledger(desk: &Desk) -> Vec<Value> {
    let text = desk.ok(&["outbox", "--json"]);
    text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

fn exchange(desk: &Desk, text: &str) {
    fs::write(desk.folder().join("exchange.toml"), text).expect("written");
}

#[test]
fn what_leaves_is_whole_there_and_what_comes_is_taken_in_once() {
    let Some(server) = Server::start() else { return };
    for desk in Desk::each() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = in_review(&desk, folder.path(), 0);
        exchange(&desk, &server.route("far", "host.pub", "ours"));
        desk.ok(&["outbox", "queue", &file]);
        assert_eq!(desk.ok(&["sweep", "outbox"]).trim(), "1 left");
        let sent = names(&server.at("in"));
        let row = ledger(&desk).remove(0);
        assert_eq!(row["state"], "sent", "{row}");
        assert_eq!(sent, [row["name"].as_str().expect("a name")], "whole, and nothing hidden");
        let text = fs::read_to_string(server.at("in").join(&sent[0])).expect("text");
        assert!(text.contains("~IEA*1*000000700~"), "{text}");
        fs::remove_file(server.at("in").join(&sent[0])).expect("fetched");

        // The payer pays; its file comes, once.
        let paid = denied().replace("*OUT*", "*NEXT*").replace("20260110", "20260120");
        fs::write(server.at("out").join("paid.835"), &paid).expect("written");
        fs::write(server.at("out").join(".half.835"), "ISA").expect("written");
        assert_eq!(desk.ok(&["sweep", "fetch"]).trim(), "1 came");
        let here = desk.folder().join("fetched/main");
        assert!(here.join("taken/paid.835").exists(), "{:?}", names(&here));
        assert_eq!(fs::read_to_string(here.join("taken/paid.835")).expect("text"), paid);
        assert_eq!(desk.ok(&["sweep", "fetch"]).trim(), "0 came", "the ledger knows it");
        assert_eq!(names(&here.join("taken")), ["paid.835", "paid.835.report.txt"]);
        fs::remove_file(server.at("out").join("paid.835")).expect("cleaned");
        desk.proven();
    }
}

#[test]
fn another_host_key_or_login_sends_nothing_and_a_route_that_fails_stops_no_other() {
    let Some(server) = Server::start() else { return };
    let desk = Desk::sqlite();
    let folder = tempfile::tempdir().expect("a folder");
    let file = in_review(&desk, folder.path(), 0);
    for (host_key, key, said) in [
        ("stranger.pub", "ours", "shows another key"),
        ("host.pub", "stranger", "does not let us in"),
        ("host.pub", "missing", "cannot be read as a private key"),
    ] {
        let bad = server.route("bad", host_key, key);
        exchange(&desk, &bad);
        let fetched = desk.run(&["sweep", "fetch"]);
        assert_eq!(fetched.status.code(), Some(1), "{said}");
        let again = desk.run(&["outbox", "queue", &file]);
        if again.status.success() {
            assert_eq!(desk.run(&["sweep", "outbox"]).status.code(), Some(1));
            let why = ledger(&desk).remove(0).to_string();
            assert!(why.contains(said), "{why}");
            let secret = server.text("ours");
            let line = secret.lines().nth(1).expect("a key");
            assert!(!why.contains(line) && !why.contains(&server.at(key).display().to_string()));
            let id = ledger(&desk).remove(0)["id"].as_str().expect("an id").to_owned();
            desk.ok(&["outbox", "call-back", &id]);
        }
        assert!(names(&server.at("in")).is_empty());
        // Beside it a route that works goes on.
        exchange(&desk, &format!("{bad}{}", server.route("good", "host.pub", "ours")));
        let name = format!("beside-{}.835", said.len());
        let text = denied().replace("*OUT*", &format!("*{}*", said.len()));
        fs::write(server.at("out").join(name), text).expect("written");
        let fetched = desk.run(&["sweep", "fetch"]);
        assert_eq!(
            String::from_utf8_lossy(&fetched.stdout).trim(),
            "1 came, 1 routes did not work"
        );
    }
}

fn killed(kills: u64, seed: u64) {
    let Some(server) = Server::start() else { return };
    let desk = Desk::sqlite();
    let folder = tempfile::tempdir().expect("a folder");
    let files: Vec<String> = (0..4).map(|at| in_review(&desk, folder.path(), at)).collect();
    exchange(&desk, &server.route("far", "host.pub", "ours"));
    let mut dice = Dice(seed);
    let (there, mut lying) = (folder.path().join("there"), 0);
    fs::create_dir(&there).expect("a folder");
    for kill in 0..kills {
        if kill % 3 == 0 {
            lying += 1;
            let text = denied().replace("*OUT*", &format!("*LIE{lying}*"));
            fs::write(server.at("out").join(format!("{lying}.835")), text).expect("written");
        }
        let at = usize::try_from(dice.roll(8)).expect("small");
        let mut child = match files.get(at) {
            Some(file) => begin(&desk, &["outbox", "queue", file]),
            None if at % 2 == 0 => begin(&desk, &["sweep", "outbox"]),
            None => begin(&desk, &["sweep", "fetch"]),
        };
        let fetches = files.get(at).is_none() && at % 2 == 1;
        let longest = if fetches { 6_000 } else { 600 };
        thread::sleep(Duration::from_millis(20 + dice.roll(longest)));
        child.kill().expect("it can be killed");
        child.wait().expect("it ends");
        if dice.roll(2) == 0 {
            fetch(&server.at("in"), &there);
        }
    }
    for file in &files {
        let _ = desk.run(&["outbox", "queue", file]);
    }
    for _ in 0..2 {
        desk.ok(&["sweep", "outbox"]);
        desk.ok(&["sweep", "fetch"]);
        fetch(&server.at("in"), &there);
    }
    let mut known: Vec<String> = ledger(&desk)
        .iter()
        .inspect(|row| assert_eq!(row["state"], "sent", "{row}"))
        .map(|row| row["name"].as_str().expect("a name").to_owned())
        .collect();
    known.sort();
    assert_eq!((known.len(), &known), (files.len(), &names(&there)), "each once");
    assert!(names(&server.at("in")).iter().all(|name| name.starts_with('.')));
    let taken = names(&desk.folder().join("fetched/main/taken"));
    let reports = taken.iter().filter(|name| name.ends_with(".report.txt")).count();
    assert_eq!((reports, taken.len()), (lying, lying * 2), "{taken:?}");
    desk.proven();
}

#[test]
fn killed_while_it_sends_and_fetches_nothing_goes_twice_or_is_lost() {
    killed(8, 31);
}

#[test]
#[ignore = "minutes long; the release runs it"]
fn killed_a_hundred_times_while_it_sends_and_fetches_nothing_goes_twice_or_is_lost() {
    killed(100, 32);
}
