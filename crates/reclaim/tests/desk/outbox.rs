//! What leaves, leaves once: the program is killed at any moment while it queues and sends, while
//! somebody else fetches the files away. On either database.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::thread;
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

use crate::place::{Desk, Dice};

const CLAIMS: usize = 6;

pub fn number(at: usize) -> String {
    format!("OUT{at}")
}

pub fn envelope(group: &str, version: &str, body: &str) -> String {
    let segments = body.matches('~').count() + 2;
    let set = if group == "HC" { "837" } else { "835" };
    format!(
        "ISA*00*          *00*          *ZZ*SYNTHONE       *ZZ*SYNTHTWO       *260110*0600*^*00501*\
         000000001*0*P*:~GS*{group}*SYNTHONE*SYNTHTWO*20260110*0600*1*X*{version}~ST*{set}*0001~\
         {body}SE*{segments}*0001~GE*1*1~IEA*1*000000001~"
    )
}

/// An 835 that denies every claim.
pub fn denied() -> String {
    let mut body = "BPR*I*0*C*NON************20260110~TRN*1*OUT*1000000001~DTM*405*20260110~\
                    N1*PR*SYNTHETIC PAYER 1~N3*1 WAY~N4*SAMPLEVILLE*OH*43999~\
                    N1*PE*SYNTHETIC CLINIC*XX*1234567893~LX*1~"
        .to_owned();
    for at in 0..CLAIMS {
        let number = number(at);
        body.push_str(&format!(
            "CLP*{number}*4*100*0**12*PCN{at}*11*1~NM1*QC*1*SAMPLE*IDA****MI*SYN{at}~\
             SVC*HC:99213*100*0~DTM*472*20260105~CAS*CO*197*100~"
        ));
    }
    envelope("HP", "005010X221A1", &body)
}

/// The replacement of one claim, as another program wrote it.
pub fn corrected(at: usize) -> String {
    let number = number(at);
    let body = format!(
        "BHT*0019*00*REF{at}*20260112*0600*CH~NM1*41*2*SYNTHETIC CLINIC*****46*SYNTHONE~\
         NM1*40*2*SYNTHETIC PAYER 1*****46*SYNTHTWO~HL*1**20*1~\
         NM1*85*2*SYNTHETIC CLINIC*****XX*1234567893~REF*EI*999999999~HL*2*1*22*0~\
         SBR*P*18*******CI~NM1*IL*1*SAMPLE*IDA****MI*SYN{at}~\
         NM1*PR*2*SYNTHETIC PAYER 1*****PI*SYN01~CLM*{number}*100***11:B:7*Y*A*Y*Y~\
         REF*F8*PCN{at}~HI*ABK:M25561~LX*1~SV1*HC:99213*100*UN*1***1~DTP*472*D8*20260105~"
    );
    envelope("HC", "005010X222A1", &body)
}

/// Claims in review, a route that waits for nothing, and a file for each claim.
fn prepared(desk: &Desk, folder: &TempDir) -> Vec<PathBuf> {
    let remittance = folder.path().join("denied.835");
    fs::write(&remittance, denied()).expect("written");
    desk.take(&[remittance]);
    let route =
        "[[route]]\nname = \"house\"\nfolder = \"out\"\nfirst_number = 500\nwait_minutes = 0\n";
    fs::write(desk.folder().join("exchange.toml"), route).expect("written");
    let file = |at: usize| {
        desk.ok(&["act", &number(at), "review"]);
        let path = folder.path().join(format!("{at}.837"));
        fs::write(&path, corrected(at)).expect("written");
        path
    };
    (0..CLAIMS).map(file).collect()
}

pub fn begin(desk: &Desk, arguments: &[&str]) -> Child {
    let mut command = desk.command(arguments);
    command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the program starts")
}

/// Moves whole files away, as a clearinghouse fetches them. None may be there under that name.
pub fn fetch(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).into_iter().flatten().flatten() {
        let name = entry.file_name();
        if !name.to_string_lossy().starts_with('.') {
            assert!(!to.join(&name).exists(), "{name:?} came twice");
            fs::rename(entry.path(), to.join(&name)).expect("fetched");
        }
    }
}

fn killed(kills: u64, seed: u64) {
    for desk in Desk::each() {
        let folder = tempfile::tempdir().expect("a folder");
        let files = prepared(&desk, &folder);
        let (out, fetched) = (desk.folder().join("out"), folder.path().join("fetched"));
        fs::create_dir_all(&fetched).expect("a folder");
        let mut dice = Dice(seed);
        for _ in 0..kills {
            let at = usize::try_from(dice.roll(CLAIMS as u64 * 2)).expect("small");
            let queue = files.get(at).map(|file| file.display().to_string());
            let mut child = match &queue {
                Some(file) => begin(&desk, &["outbox", "queue", file]),
                None => begin(&desk, &["sweep", "outbox"]),
            };
            thread::sleep(Duration::from_millis(20 + dice.roll(500)));
            child.kill().expect("it can be killed");
            child.wait().expect("it ends");
            if dice.roll(2) == 0 {
                fetch(&out, &fetched);
            }
        }
        for file in &files {
            let code = desk.run(&["outbox", "queue", &file.display().to_string()]).status.code();
            // 1 where it was queued before the program was killed.
            assert!(matches!(code, Some(0 | 1)), "{}: {code:?}", desk.kind());
        }
        for _ in 0..2 {
            desk.ok(&["sweep", "outbox"]);
            fetch(&out, &fetched);
        }
        is_whole(&desk, &fetched);
    }
}

/// Every claim was fetched once, in a whole file that the ledger knows, and its case moved.
fn is_whole(desk: &Desk, fetched: &Path) {
    let mut sent: BTreeMap<String, usize> = BTreeMap::new();
    let mut names: Vec<String> = Vec::new();
    for entry in fs::read_dir(fetched).expect("a folder").flatten() {
        let text = fs::read_to_string(entry.path()).expect("text");
        assert!(text.starts_with("ISA*") && text.contains("~IEA*1*"), "half a file");
        names.push(entry.file_name().to_string_lossy().into_owned());
        let number = text.split("~CLM*").nth(1).and_then(|rest| rest.split('*').next());
        *sent.entry(number.expect("a claim").to_owned()).or_default() += 1;
    }
    let once: BTreeMap<String, usize> = (0..CLAIMS).map(|at| (number(at), 1)).collect();
    assert_eq!(sent, once, "{}", desk.kind());
    let ledger = desk.ok(&["outbox", "--json"]);
    let rows: Vec<Value> =
        ledger.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let mut known: Vec<String> = rows
        .iter()
        .inspect(|row| assert_eq!((&row["state"], &row["unmoved"]), (&"sent".into(), &0.into())))
        .map(|row| row["name"].as_str().expect("a name").to_owned())
        .collect();
    known.sort();
    names.sort();
    assert_eq!(known, names, "{}", desk.kind());
    for at in 0..CLAIMS {
        let shown = desk.ok(&["show", &number(at)]);
        assert!(shown.contains("corrected and resubmitted"), "{}: {shown}", desk.kind());
        assert!(shown.contains("frequency 7"), "a version of its claim: {shown}");
    }
    desk.proven();
}

#[test]
fn killed_while_it_sends_nothing_leaves_twice_or_is_lost() {
    killed(8, 21);
}

#[test]
#[ignore = "minutes long; the release runs it"]
fn killed_a_hundred_times_while_it_sends_nothing_leaves_twice_or_is_lost() {
    killed(100, 22);
}
