//! The line to PostgreSQL over TLS: a server of the test's own, with certificates that it makes.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;

use store::{Store, Url, Wire};
use tempfile::TempDir;

use crate::place::{self, key};

/// A server that takes encrypted connections alone, by TCP, under the name `localhost`.
struct Server {
    folder: TempDir,
    bin: PathBuf,
    port: u16,
}

/// The folder of the newest PostgreSQL of this machine, as Debian installs it.
fn programs() -> PathBuf {
    let all = fs::read_dir("/usr/lib/postgresql").expect("PostgreSQL is installed");
    let version = |path: &PathBuf| path.file_name()?.to_str()?.parse::<u32>().ok();
    let newest = all.map(|one| one.expect("read").path()).max_by_key(version);
    newest.expect("a version of it").join("bin")
}

/// Runs a program; as the user of PostgreSQL where we are root, whom the server refuses.
fn run(program: &Path, arguments: &[&str]) {
    let is_root = fs::metadata("/proc/self").is_ok_and(|own| owner_of(&own) == 0);
    let mut command = if is_root { Command::new("setpriv") } else { Command::new(program) };
    if is_root {
        command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]).arg(program);
    }
    let done = command.args(arguments).current_dir("/").output().expect("it runs");
    let told = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{}: {told}", program.display());
}

fn owner_of(file: &fs::Metadata) -> u32 {
    std::os::unix::fs::MetadataExt::uid(file)
}

fn openssl(folder: &Path, arguments: &str) {
    let done = Command::new("openssl")
        .args(arguments.split(' '))
        .current_dir(folder)
        .output()
        .expect("openssl is installed");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

/// An authority, and a certificate for `localhost` that it signed.
fn certificates(folder: &Path) {
    let new = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes";
    for name in ["root", "other"] {
        openssl(
            folder,
            &format!("req -x509 {new} -keyout {name}.key -out {name}.pem -days 2 -subj /CN={name}"),
        );
    }
    openssl(folder, &format!("req {new} -keyout server.key -out server.csr -subj /CN=localhost"));
    fs::write(folder.join("names"), "subjectAltName=DNS:localhost\n").expect("written");
    openssl(
        folder,
        "x509 -req -in server.csr -CA root.pem -CAkey root.key -CAcreateserial -days 2 \
         -extfile names -out server.pem",
    );
}

impl Server {
    fn start() -> Server {
        let folder = tempfile::tempdir().expect("a folder");
        let (bin, home) = (programs(), folder.path().join("pg"));
        let port = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("one");
        certificates(folder.path());
        fs::create_dir(&home).expect("made");
        for name in ["server.key", "server.pem"] {
            fs::copy(folder.path().join(name), home.join(name)).expect("copied");
        }
        open_to_postgres(folder.path(), &home);
        let server = Server { bin, port: port.port(), folder };
        let data = server.data();
        run(
            &server.bin.join("initdb"),
            &["--no-sync", "-A", "trust", "-U", "reclaim", "-D", &data],
        );
        let only_tls = "hostssl all all 127.0.0.1/32 trust\n";
        fs::write(Path::new(&data).join("pg_hba.conf"), only_tls).expect("written");
        let home = home.display();
        let settings = format!(
            "-h 127.0.0.1 -p {} -k {home} -c fsync=off -c ssl=on -c ssl_cert_file={home}/server.pem \
             -c ssl_key_file={home}/server.key",
            server.port
        );
        let log = format!("{home}/log");
        let start = ["-D", &data, "-w", "-l", &log, "-o", &settings, "start"];
        run(&server.bin.join("pg_ctl"), &start);
        server
    }

    fn data(&self) -> String {
        self.folder.path().join("pg/db").display().to_string()
    }

    async fn open(&self, host: &str, more: &str) -> Result<Store, String> {
        let address = format!("postgres://reclaim@{host}:{}/postgres?{more}", self.port);
        let opened = Store::open(&Url::Postgres(address), key()).await;
        opened.map_err(|fault| fault.to_string())
    }

    fn root(&self, name: &str) -> String {
        format!("sslmode=verify-full&sslrootcert={}/{name}.pem", self.folder.path().display())
    }
}

/// The folder is the server's own, with a key that nobody else reads.
fn open_to_postgres(folder: &Path, home: &Path) {
    let mode = |path: &Path, bits: u32| {
        let bits = std::os::unix::fs::PermissionsExt::from_mode(bits);
        fs::set_permissions(path, bits).expect("set");
    };
    mode(folder, 0o755);
    mode(&home.join("server.key"), 0o600);
    if owner_of(&fs::metadata(home).expect("there")) == 0 {
        let done = Command::new("chown").arg("-R").arg("postgres:postgres").arg(home).status();
        assert!(done.expect("it runs").success());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let data = self.data();
        run(&self.bin.join("pg_ctl"), &["-D", &data, "-m", "immediate", "-w", "stop"]);
    }
}

#[test]
fn the_line_to_postgres_is_encrypted_and_the_server_proves_its_name() {
    if place::server().is_none() {
        eprintln!("SKIPPED on PostgreSQL: TEST_DATABASE_URL is not set");
        return;
    }
    let server = Server::start();
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        // The server takes nobody in the open, so who is in came encrypted.
        let plain = server.open("localhost", "sslmode=disable").await.err().expect("refused");
        assert!(plain.contains("no encryption"), "{plain}");
        for more in ["sslmode=require", "sslmode=prefer", &server.root("root")] {
            let store = server.open("localhost", more).await.expect(more);
            assert_eq!(store.wire(), Wire::Here);
            store.close().await;
        }
        for (host, more) in [
            ("localhost", "sslmode=verify-full".to_owned()),
            ("localhost", server.root("other")),
            ("127.0.0.1", server.root("root")),
        ] {
            let refused = server.open(host, &more).await.err().expect(&more);
            assert!(refused.contains("certificate"), "{more}: {refused}");
        }
    });
}
