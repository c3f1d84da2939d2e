//! A database of its own, on either side, and the real program to work on it.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use tempfile::TempDir;

/// A database with its folder; both go when it goes.
pub struct Desk {
    url: String,
    folder: TempDir,
    /// The server and the database to drop there.
    on_server: Option<(String, String)>,
}

impl Desk {
    pub fn sqlite() -> Desk {
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite:{}", folder.path().join("a.db").display());
        Desk { url, folder, on_server: None }
    }

    /// A database on the server that `TEST_DATABASE_URL` names; none where it names none.
    pub fn postgres() -> Option<Desk> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let Some(server) = server() else {
            eprintln!("SKIPPED on PostgreSQL: TEST_DATABASE_URL is not set");
            return None;
        };
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("reclaim_desk_{}_{count}", std::process::id());
        psql(&server, &format!("create database {name}"));
        let (address, _) = server.rsplit_once('/').expect("an address with a database");
        let url = format!("{address}/{name}");
        let folder = tempfile::tempdir().expect("a folder");
        Some(Desk { url, folder, on_server: Some((server, name)) })
    }

    /// One on each database that there is.
    pub fn each() -> Vec<Desk> {
        std::iter::once(Desk::sqlite()).chain(Desk::postgres()).collect()
    }

    /// The same kind of database, empty.
    pub fn another(&self) -> Desk {
        match &self.on_server {
            Some(_) => Desk::postgres().expect("the server is still there"),
            None => Desk::sqlite(),
        }
    }

    pub fn kind(&self) -> &'static str {
        if self.on_server.is_some() { "postgres" } else { "sqlite" }
    }

    /// What lies beside the database.
    pub fn folder(&self) -> PathBuf {
        self.folder.path().join("files")
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_reclaim"));
        command
            .arg("--db")
            .arg(&self.url)
            .arg("--folder")
            .arg(self.folder())
            .args(arguments)
            .stdin(Stdio::null());
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().expect("the program starts")
    }

    /// Runs what must go well; gives what it printed.
    #[track_caller]
    pub fn ok(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{} {arguments:?}: {said}", self.kind());
        String::from_utf8(output.stdout).expect("text")
    }

    /// Makes a person who signs in with a password of their own.
    pub fn person(&self, login: &str, role: &str, password: &str) {
        let name = format!("Synthetic {login}");
        let mut add = self.command(&[
            "user",
            "add",
            login,
            "--name",
            &name,
            "--role",
            role,
            "--password-stdin",
        ]);
        let mut adding = add.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().expect("starts");
        let mut input = adding.stdin.take().expect("an input");
        writeln!(input, "{password}").expect("written");
        drop(input);
        assert!(adding.wait().expect("it ends").success(), "adding {login}");
    }

    /// Begins to take files in and does not wait.
    pub fn begin(&self, paths: &[PathBuf]) -> Child {
        let mut command = self.command(&["take", "--accept-test"]);
        command.args(paths).stdout(Stdio::null()).stderr(Stdio::piped());
        command.spawn().expect("the program starts")
    }

    /// Takes files in, in this order.
    #[track_caller]
    pub fn take(&self, paths: &[PathBuf]) {
        let output = self.begin(paths).wait_with_output().expect("it ends");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{} take: {said}", self.kind());
    }

    /// The canonical export of a database that `verify` finds nothing wrong with.
    #[track_caller]
    pub fn proven(&self) -> String {
        let said = self.ok(&["verify"]);
        assert!(said.starts_with("ok: "), "{said}");
        self.ok(&["export", "--canonical"])
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        if let Some((server, name)) = &self.on_server {
            psql(server, &format!("drop database if exists {name} with (force)"));
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "tests hear from outside where PostgreSQL is")]
fn server() -> Option<String> {
    std::env::var("TEST_DATABASE_URL").ok()
}

fn psql(server: &str, statement: &str) {
    let output = Command::new("psql").args([server, "-qc", statement]).output();
    let output = output.expect("psql, which comes with PostgreSQL");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// Every file below a folder, in the order of names.
pub fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a readable folder") {
            let path = entry.expect("a readable entry").path();
            if path.is_dir() { folders.push(path) } else { found.push(path) }
        }
    }
    found.sort();
    found
}

/// Random numbers that are the same in every run.
pub struct Dice(pub u64);

impl Dice {
    pub fn roll(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963);
        (self.0 >> 33) % below
    }

    /// The same things in another order.
    pub fn shuffled<T: Clone>(&mut self, things: &[T]) -> Vec<T> {
        let mut left = things.to_vec();
        let mut shuffled = Vec::with_capacity(left.len());
        while !left.is_empty() {
            let at = usize::try_from(self.roll(left.len() as u64)).expect("within the list");
            shuffled.push(left.swap_remove(at));
        }
        shuffled
    }
}
