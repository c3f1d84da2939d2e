//! The story in a real browser: Debian's Chromium, driven by a script, against the real program.

use std::borrow::BorrowMut;
use std::io::{BufRead, BufReader, Lines, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use tempfile::TempDir;

const PASSWORD: &str = "synthetic-password";
/// A real remittance with denied claims, and one of them.
const SAMPLE: (&str, &str) = ("5cdf25307d39-nevada_medicaid.txt", "77777777");

#[test]
fn a_denial_is_worked_in_a_browser() {
    let Some(scripts) = scripts() else { return };
    let server = Server::start(&[("lead", "billing_supervisor")]);
    let folder = server.folder.path();
    let made = folder.join("made-up.835");
    std::fs::write(&made, made_up()).expect("written");
    tell(&scripts, &server, &made, "A-100");
    match sample() {
        Some(sample) => {
            tell(&scripts, &Server::start(&[("lead", "billing_supervisor")]), &sample, SAMPLE.1)
        }
        None => eprintln!("SKIPPED with a real file: ../shared/samples is not here"),
    }
}

/// Every role; whoever sees most comes first.
const ROLES: [&str; 13] = [
    "billing_supervisor",
    "administrator",
    "auditor",
    "manager",
    "billing_specialist",
    "certified_coder",
    "front_desk",
    "authorization_staff",
    "utilization_review",
    "provider",
    "poster",
    "executive",
    "vendor",
];

/// Cases that are one job in [`a_morning_goes_without_a_mouse`].
const JOB: usize = 50;

#[test]
fn a_morning_goes_without_a_mouse() {
    let Some(scripts) = scripts() else { return };
    let server = Server::start(&[("lead", "billing_supervisor"), ("coder", "certified_coder")]);
    let file = server.folder.path().join("made-up.835");
    std::fs::write(&file, many()).expect("written");
    let mut take = server.program();
    take.arg("take").arg(&file);
    run(take);
    let mut node = Command::new("node");
    node.current_dir(scripts).arg("keys.mjs").args([server.address.as_str(), PASSWORD]);
    node.args([&JOB.to_string(), "M1007"]);
    let told = run(node);
    println!("{told}");
}

#[test]
fn two_denials_are_worked_to_their_end_in_a_browser() {
    let Some(scripts) = scripts() else { return };
    let people = [
        ("lead", "billing_supervisor"),
        ("biller", "billing_specialist"),
        ("provider", "provider"),
    ];
    let server = Server::start(&people);
    let folder = server.folder.path().join("a.db.files");
    // What is queued leaves at once, so that nobody waits for it here.
    let route = "[[route]]\nname = \"house\"\nfolder = \"out\"\nwait_minutes = 0\n";
    std::fs::write(folder.join("exchange.toml"), route).expect("written");
    let mut node = Command::new("node");
    node.current_dir(scripts).arg("chase.mjs").args([server.address.as_str(), PASSWORD]);
    node.args([env!("CARGO_BIN_EXE_reclaim"), server.db.as_str()]).arg(folder);
    println!("{}", run(node));
}

#[test]
fn two_at_one_desk_lose_nothing() {
    let Some(scripts) = scripts() else { return };
    let people = [("lead", "billing_supervisor"), ("biller", "billing_specialist")];
    let server = Server::start(&people);
    let folder = server.folder.path();
    let (first, later) = (folder.join("first.835"), folder.join("later.835"));
    std::fs::write(&first, many()).expect("written");
    std::fs::write(&later, made_up()).expect("written");
    let mut take = server.program();
    take.arg("take").arg(&first);
    run(take);
    let mut node = Command::new("node");
    node.current_dir(scripts).arg("two.mjs").args([server.address.as_str(), PASSWORD]);
    node.arg(&later);
    run(node);
}

#[test]
fn nothing_on_any_page_keeps_anybody_out() {
    let Some(scripts) = scripts() else { return };
    let server = Server::simulated();
    let mut node = Command::new("node");
    node.current_dir(&scripts).arg("axe.mjs").args([server.address.as_str(), PASSWORD]);
    println!("{}", run(node.args(ROLES)));
}

#[test]
fn the_desk_works_without_scripts() {
    let Some(scripts) = scripts() else { return };
    let server = Server::simulated();
    let file = server.folder.path().join("made-up.835");
    std::fs::write(&file, made_up()).expect("written");
    let mut node = Command::new("node");
    node.current_dir(&scripts).arg("plain.mjs").args([server.address.as_str(), PASSWORD]);
    // Who sees most, and somebody whom an emergency lets in.
    println!("{}", run(node.arg(&file).args(&ROLES[..3]).arg(ROLES[5])));
}

#[test]
fn the_desk_fits_its_window() {
    let Some(scripts) = scripts() else { return };
    let server = Server::simulated();
    let mut node = Command::new("node");
    node.current_dir(&scripts).arg("desk.mjs").args([server.address.as_str(), PASSWORD]);
    println!("{}", run(node));
}

#[test]
#[ignore = "makes the pictures of the guide anew: just screenshots"]
fn pictures_of_the_guide() {
    let scripts = scripts().expect("a browser");
    let server = Server::simulated();
    let pictures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/pictures");
    let mut node = Command::new("node");
    node.current_dir(&scripts).arg("screens.mjs").args([server.address.as_str(), PASSWORD]);
    run(node.arg(pictures));
}

#[test]
fn a_passkey_opens_the_door_in_a_browser() {
    let Some(scripts) = scripts() else { return };
    let server = Server::start(&[("lead", "billing_supervisor")]);
    let mut node = Command::new("node");
    // Passkeys belong to a name, which this machine has too.
    let address = server.address.replace("127.0.0.1", "localhost");
    node.current_dir(scripts).arg("passkeys.mjs").args([address.as_str(), "lead", PASSWORD]);
    println!("{}", run(node));
}

#[test]
fn another_house_signs_people_in_in_a_browser() {
    const SECRET: &str = "synthetic secret of a client";
    let Some(scripts) = scripts() else { return };
    let server = Server::start(&[("lead", "billing_supervisor")]);
    let address = server.address.replace("127.0.0.1", "localhost");
    let mut node = Command::new("node");
    node.current_dir(&scripts).args(["house.mjs", &address, SECRET]);
    let mut house = Running::start(node);
    let issuer = house.address();
    let mut set = server.program();
    set.args(["issuer", "set", &issuer, "--client", "reclaim", "--label", "North Login"]);
    let mut setting = set.stdin(Stdio::piped()).spawn().expect("it starts");
    writeln!(setting.stdin.take().expect("an input"), "{SECRET}").expect("written");
    assert!(setting.wait().expect("it ends").success());
    let mut node = Command::new("node");
    node.current_dir(scripts).args(["issuer.mjs", &address, &issuer, "lead", PASSWORD]);
    println!("{}", run(node));
    drop(house);
}

/// A list of units as the table of CMS is laid out, with made-up reasons.
const UNITS: &str = "Code,Units,Indicator,Rationale\n99213,2,3 Day,Made-up reason\n";

/// A program that is stopped when this goes; what it prints has somewhere to go until then.
struct Running {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Running {
    fn start(mut command: Command) -> Running {
        let mut child = command.stdout(Stdio::piped()).spawn().expect("it starts");
        let lines = BufReader::new(child.stdout.take().expect("an output")).lines();
        Running { child, lines }
    }

    /// The address that it prints.
    fn address(&mut self) -> String {
        let mut lines = self.lines.by_ref().map(|line| line.expect("text"));
        lines.find(|line| line.starts_with("http://")).expect("an address")
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The folder of the scripts with what they need; `None` where a browser is missing here.
fn scripts() -> Option<PathBuf> {
    if let Some(missing) = missing() {
        assert!(!in_ci(), "CI has no {missing}");
        eprintln!("SKIPPED: {missing} is not installed; ./test installs it");
        return None;
    }
    let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser");
    // Two tests may want it at once; the second waits and finds it.
    let lock = std::fs::File::create(scripts.join(".installing")).expect("a lock");
    lock.lock().expect("a lock");
    if !scripts.join("node_modules/oidc-provider").exists() {
        let mut install = Command::new("npm");
        install.args(["ci", "--silent", "--no-audit", "--no-fund"]).current_dir(&scripts);
        run(install);
    }
    Some(scripts)
}

fn tell(scripts: &Path, server: &Server, file: &Path, claim: &str) {
    let mut node = Command::new("node");
    node.current_dir(scripts)
        .arg("story.mjs")
        .args([server.address.as_str(), "lead", PASSWORD])
        .arg(file)
        .arg(claim);
    run(node);
}

#[track_caller]
fn run(mut command: impl BorrowMut<Command>) -> String {
    let command: &mut Command = command.borrow_mut();
    let output = command.output().expect("it starts");
    let (out, err) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{command:?}\n{out}\n{err}");
    out.into_owned()
}

fn missing() -> Option<&'static str> {
    let there = |program: &str| {
        Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status()
    };
    ["node", "npm", "chromium"].into_iter().find(|program| there(program).is_err())
}

#[expect(clippy::disallowed_methods, reason = "tests hear from outside whether they may skip")]
fn in_ci() -> bool {
    std::env::var("CI").is_ok()
}

fn sample() -> Option<PathBuf> {
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/samples/835");
    Some(samples.join(SAMPLE.0)).filter(|path| path.exists())
}

/// The program, serving a database of its own; it is stopped when this goes.
struct Server {
    child: Child,
    address: String,
    folder: TempDir,
    db: String,
}

impl Server {
    /// With people: login and role of each.
    fn start(people: &[(&str, &str)]) -> Server {
        let (folder, db) = place();
        for (login, role) in people {
            add(&db, login, role);
        }
        Server::serve(folder, db)
    }

    /// A simulated practice with somebody in every role, who signs in by its name; questions wait
    /// for some of them.
    fn simulated() -> Server {
        let (folder, db) = place();
        let mut demo = program(&db);
        run(demo.args(["demo", "--size", "tiny", "--no-serve"]));
        for role in ROLES {
            add(&db, role, role);
        }
        let queue = run(program(&db).arg("queue"));
        let numbers = queue.split_whitespace().filter(|word| word.starts_with("01-"));
        let asked = ["certified_coder", "front_desk", "provider"];
        for (number, role) in numbers.zip(asked) {
            let mut ask = program(&db);
            ask.args(["act", "--as", "billing_supervisor", number, "ask_colleague"]);
            run(ask.args([&format!("to={role}"), "text=Which modifier is right?"]));
        }
        let list = folder.path().join("units.csv");
        std::fs::write(&list, UNITS).expect("written");
        let mut import = program(&db);
        run(import.args(["codes", "import", "mue", "--from", "2020-01-01"]).arg(&list));
        Server::serve(folder, db)
    }

    fn serve(folder: TempDir, db: String) -> Server {
        let mut serve = program(&db);
        serve.args(["serve", "--listen", "127.0.0.1:0"]).stdout(Stdio::piped());
        let mut child = serve.spawn().expect("it starts");
        let mut lines = BufReader::new(child.stdout.take().expect("an output")).lines();
        let greeting = lines.next().expect("a greeting").expect("text");
        let address = greeting.split_whitespace().find(|word| word.starts_with("http://"));
        let address = address.expect("an address").trim_end_matches('/').to_owned();
        Server { child, address, folder, db }
    }

    /// A command on the database that is served.
    fn program(&self) -> Command {
        program(&self.db)
    }
}

fn place() -> (TempDir, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let db = format!("sqlite:{}", folder.path().join("a.db").display());
    (folder, db)
}

fn program(db: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_reclaim"));
    command.args(["--db", db]).stdin(Stdio::null());
    command
}

fn add(db: &str, login: &str, role: &str) {
    let mut add = program(db);
    add.args(["user", "add", login, "--name", &format!("Test {login}"), "--role", role])
        .arg("--password-stdin")
        .stdin(Stdio::piped());
    let mut adding = add.spawn().expect("it starts");
    let mut input = adding.stdin.take().expect("an input");
    writeln!(input, "{PASSWORD}").expect("written");
    drop(input);
    assert!(adding.wait().expect("it ends").success());
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An 835 of a made-up payer with one denied claim.
fn made_up() -> String {
    remittance(&[
        "CLP*A-100*1*330*80**12*PAYER0001*11*1",
        "NM1*QC*1*MADEUP*PAT****MI*M100",
        "DTM*232*20260210",
        "SVC*HC:99214*250*0**1",
        "DTM*472*20260210",
        "CAS*CO*197*250",
        "REF*6R*A-100-1",
        "LQ*HE*N54",
        "SVC*HC:36415*80*80**1",
        "DTM*472*20260210",
        "REF*6R*A-100-2",
    ])
}

/// One with a job of [`JOB`] cases, and as many others.
fn many() -> String {
    let claim = |number: usize| {
        let code = if number < 1_000 + JOB { "CO*197" } else { "CO*50" };
        let service = if number < 1_000 + JOB { 99_214 } else { 99_200 + number % 10 };
        let charge = 200 + number % 7;
        [
            format!("CLP*A-{number}*4*{charge}*0**12*PAYER{number}*11*1"),
            format!("NM1*QC*1*MADEUP*PAT****MI*M{number}"),
            "DTM*232*20260210".to_owned(),
            format!("SVC*HC:{service}*{charge}*0**1"),
            "DTM*472*20260210".to_owned(),
            format!("CAS*{code}*{charge}"),
            format!("REF*6R*A-{number}-1"),
        ]
    };
    let segments: Vec<String> = (1_000..1_000 + 2 * JOB).flat_map(claim).collect();
    remittance(&segments.iter().map(String::as_str).collect::<Vec<_>>())
        .replace("BPR*I*80", "BPR*I*0")
}

/// Claims of a made-up payer with what stands around them.
fn remittance(claims: &[&str]) -> String {
    let before = [
        "ISA*00*          *00*          *ZZ*STANDIN        *ZZ*CLINIC         *260301*1200*^\
         *00501*000000001*0*P*:",
        "GS*HP*STANDIN*CLINIC*20260301*1200*1*X*005010X221A1",
        "ST*835*0001",
        "BPR*I*80*C*ACH*CCP*01*111*DA*222*1999999999**01*333*DA*444*20260301",
        "TRN*1*BROWSER1*1999999999",
        "DTM*405*20260301",
        "N1*PR*STANDIN HEALTH",
        "N3*1 EXAMPLE WAY",
        "N4*SAMPLETON*TX*75001",
        "PER*BL*STANDIN HELP*TE*5550100",
        "N1*PE*TEST CLINIC*XX*1234567893",
        "LX*1",
    ];
    let end = format!("SE*{}*0001", before.len() - 2 + claims.len() + 1);
    let after = [end.as_str(), "GE*1*1", "IEA*1*000000001"];
    let all = before.iter().chain(claims).chain(&after);
    all.map(|segment| format!("{segment}~\n")).collect()
}
