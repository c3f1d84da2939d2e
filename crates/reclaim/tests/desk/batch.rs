//! A batch of corrected claims leaves once, whenever the program is killed, stopped and gone on
//! with. On either database.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

use crate::outbox::{envelope, fetch};
use crate::place::{Desk, Dice};

const CLAIMS: usize = 60;

fn number(at: usize) -> String {
    format!("BAT{at}")
}

/// The claims as they were billed, in one file.
fn billed() -> String {
    let mut body = "BHT*0019*00*ORIG*20260106*0600*CH~NM1*41*2*SYNTHETIC CLINIC*****46*SYNTHONE~\
                    PER*IC*DESK*TE*5550101~NM1*40*2*SYNTHETIC PAYER 1*****46*SYNTHTWO~HL*1**20*1~\
                    NM1*85*2*SYNTHETIC CLINIC*****XX*1234567893~N3*2 EXAMPLE WAY~\
                    N4*SAMPLETON*TX*750010000~REF*EI*999999999~"
        .to_owned();
    for at in 0..CLAIMS {
        body.push_str(&format!(
            "HL*{}*1*22*0~SBR*P*18*******CI~NM1*IL*1*SAMPLE*IDA****MI*SYN{at}~N3*3 EXAMPLE WAY~\
             N4*SAMPLETON*TX*75001~DMG*D8*19800101*F~NM1*PR*2*SYNTHETIC PAYER 1*****PI*SYN01~\
             CLM*{}*100***11:B:1*Y*A*Y*Y~HI*ABK:M25561~LX*1~SV1*HC:99213*100*UN*1***1~\
             DTP*472*D8*20260105~",
            at + 2,
            number(at)
        ));
    }
    envelope("HC", "005010X222A1", &body)
}

/// An 835 that denies each of them for want of an authorization.
fn denied() -> String {
    let mut body = "BPR*I*0*C*NON************20260110~TRN*1*BAT*1000000001~DTM*405*20260110~\
                    N1*PR*SYNTHETIC PAYER 1~N3*1 WAY~N4*SAMPLEVILLE*OH*43999~\
                    N1*PE*SYNTHETIC CLINIC*XX*1234567893~LX*1~"
        .to_owned();
    for at in 0..CLAIMS {
        body.push_str(&format!(
            "CLP*{}*4*100*0**12*PCN{at}*11*1~NM1*QC*1*SAMPLE*IDA****MI*SYN{at}~\
             SVC*HC:99213*100*0~DTM*472*20260105~CAS*CO*197*100~",
            number(at)
        ));
    }
    envelope("HP", "005010X221A1", &body)
}

/// Claims that were billed and denied, a route that waits for nothing, and the list of them.
fn prepared(desk: &Desk, folder: &TempDir) -> String {
    let (sent, refused) = (folder.path().join("sent.837"), folder.path().join("denied.835"));
    fs::write(&sent, billed()).expect("written");
    fs::write(&refused, denied()).expect("written");
    desk.take(&[sent, refused]);
    let route =
        "[[route]]\nname = \"house\"\nfolder = \"out\"\nfirst_number = 500\nwait_minutes = 0\n";
    fs::write(desk.folder().join("exchange.toml"), route).expect("written");
    let list = folder.path().join("numbers.txt");
    let lines: Vec<String> = (0..CLAIMS).map(|at| format!("{},AUTH{at}\n", number(at))).collect();
    fs::write(&list, lines.concat()).expect("written");
    list.display().to_string()
}

/// Runs a command, kills it after a while, and gives the batch that it told of.
fn cut_short(desk: &Desk, arguments: &[&str], after: u64) -> Option<String> {
    let mut command = desk.command(arguments);
    let mut child =
        command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("the program starts");
    thread::sleep(Duration::from_millis(after));
    child.kill().expect("it can be killed");
    let mut said = String::new();
    child.stderr.take().expect("heard").read_to_string(&mut said).expect("text");
    child.wait().expect("it ends");
    let id = said.split_once("batch cor_")?.1.split_whitespace().next()?;
    Some(format!("cor_{id}"))
}

fn killed(kills: u64, seed: u64) {
    for desk in Desk::each() {
        let folder = tempfile::tempdir().expect("a folder");
        let list = prepared(&desk, &folder);
        let (out, fetched) = (desk.folder().join("out"), folder.path().join("fetched"));
        fs::create_dir_all(&fetched).expect("a folder");
        let begin = ["correct", "--batch", &list, "--change", "authorization", "--send"];
        let (mut dice, mut begun) = (Dice(seed), Vec::<String>::new());
        for _ in 0..kills {
            let after = 40 + dice.roll(900);
            let known = begun.get(usize::try_from(dice.roll(4)).expect("small")).cloned();
            begun.extend(match &known {
                Some(id) => cut_short(&desk, &["correct", "--go-on", id, "--send"], after)
                    .filter(|id| !begun.contains(id)),
                None if dice.roll(4) == 0 => cut_short(&desk, &["sweep", "outbox"], after),
                None => cut_short(&desk, &begin, after),
            });
            if dice.roll(2) == 0 {
                fetch(&out, &fetched);
            }
        }
        for id in &begun {
            // 1 where its claims went with another batch, or wait with one.
            let code = desk.run(&["correct", "--go-on", id, "--send"]).status.code();
            assert!(matches!(code, Some(0 | 1)), "{}: {code:?}", desk.kind());
        }
        let code = desk.run(&begin).status.code();
        assert!(matches!(code, Some(0 | 1)), "{}: {code:?}", desk.kind());
        for _ in 0..2 {
            desk.ok(&["sweep", "outbox"]);
            fetch(&out, &fetched);
        }
        is_whole(&desk, &fetched);
    }
}

/// Every claim was fetched once, with its own number, and its case moved.
fn is_whole(desk: &Desk, fetched: &Path) {
    let mut sent: BTreeMap<String, usize> = BTreeMap::new();
    for entry in fs::read_dir(fetched).expect("a folder").flatten() {
        let text = fs::read_to_string(entry.path()).expect("text");
        assert!(text.starts_with("ISA*") && text.contains("~IEA*1*"), "half a file");
        for claim in text.split("~CLM*").skip(1) {
            let number = claim.split('*').next().expect("a number");
            let own = number.replace("BAT", "~REF*G1*AUTH");
            assert!(claim.contains(&format!("{own}~")), "{claim}");
            assert!(claim.contains(&format!("~REF*F8*{}~", number.replace("BAT", "PCN"))));
            *sent.entry(number.to_owned()).or_default() += 1;
        }
    }
    let once: BTreeMap<String, usize> = (0..CLAIMS).map(|at| (number(at), 1)).collect();
    assert_eq!(sent, once, "{}", desk.kind());
    let ledger = desk.ok(&["outbox", "--json"]);
    for line in ledger.lines() {
        let row: Value = serde_json::from_str(line).expect("JSON");
        assert_eq!((&row["state"], &row["unmoved"]), (&"sent".into(), &0.into()), "{row}");
    }
    for at in [0, CLAIMS - 1] {
        let shown = desk.ok(&["show", &number(at)]);
        assert!(shown.contains("corrected and resubmitted"), "{}: {shown}", desk.kind());
    }
    desk.proven();
}

#[test]
fn killed_while_a_batch_is_sent_no_claim_leaves_twice_or_is_lost() {
    killed(6, 31);
}

#[test]
#[ignore = "minutes long; the release runs it"]
fn killed_a_hundred_times_while_a_batch_is_sent_no_claim_leaves_twice_or_is_lost() {
    killed(100, 32);
}

#[test]
fn a_batch_is_looked_at_told_and_sent_by_the_command_line() {
    for desk in Desk::each() {
        let folder = tempfile::tempdir().expect("a folder");
        let list = prepared(&desk, &folder);
        let wish = ["correct", "--batch", &list, "--change", "replace_procedure"];
        let lacks = desk.run(&[&wish[..], &["--to", "99214"]].concat());
        assert_eq!(lacks.status.code(), Some(2), "{}", desk.kind());
        let told = String::from_utf8_lossy(&lacks.stderr).into_owned();
        assert!(told.contains("--from: expected what stands there now"), "{told}");
        let begun = desk.run(&["correct", "--batch", &list, "--change", "authorization"]);
        assert_eq!(begun.status.code(), Some(0), "{}", desk.kind());
        let told = String::from_utf8_lossy(&begun.stdout).into_owned();
        assert!(told.contains("60 can go, 0 set aside, 0 in the outbox"), "{told}");
        let id = told.split("/batches/").nth(1).and_then(|rest| rest.split(';').next());
        let id = id.expect("its id").to_owned();
        let stopped = desk.run(&["correct", "--stop", &id]).status.code();
        assert_eq!(stopped, Some(1), "it does nothing that could be stopped");
        let sent = desk.ok(&["correct", "--go-on", &id, "--send", "--json"]);
        let rows: Vec<Value> =
            sent.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
        assert_eq!((&rows[0]["state"], &rows[0]["sent"]), (&"sent".into(), &60.into()));
        assert_eq!(rows.len(), 61);
        assert_eq!(desk.ok(&["outbox", "--json"]).lines().count(), 1, "one file");
        desk.proven();
    }
}

/// What a command that works on a batch is heard to say first; it goes on.
fn following(desk: &Desk, arguments: &[&str]) -> Child {
    let mut command = desk.command(arguments);
    let mut child =
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts");
    let said = child.stderr.take().expect("heard");
    let first = BufReader::new(said).lines().next().expect("a line").expect("text");
    assert!(first.contains("batch cor_"), "{first}");
    // It waits for whoever holds the batches, and listens.
    thread::sleep(Duration::from_secs(1));
    child
}

#[cfg(unix)]
#[test]
fn ctrl_c_stops_a_batch_that_was_cut_short_while_it_was_sent() {
    for desk in Desk::each() {
        let folder = tempfile::tempdir().expect("a folder");
        let list = prepared(&desk, &folder);
        let begun = desk.ok(&["correct", "--batch", &list, "--change", "authorization"]);
        let id = begun.split("/batches/").nth(1).and_then(|rest| rest.split(';').next());
        let id = id.expect("its id").to_owned();
        let files = fs::read_dir(desk.folder()).expect("a folder").flatten();
        let mut locks =
            files.filter(|file| file.file_name().to_string_lossy().starts_with("batches-"));
        let path = locks.next().expect("a lock").path();
        let lock = fs::File::open(&path).expect("opens");
        lock.lock().expect("held, as by another process");
        let go_on = ["correct", "--go-on", &id, "--send"];
        let mut cut = following(&desk, &go_on);
        cut.kill().expect("it can be killed");
        cut.wait().expect("it ends");
        let resumed = following(&desk, &go_on);
        let pressed = Command::new("kill").args(["-INT", &resumed.id().to_string()]).status();
        assert!(pressed.expect("kill").success());
        // Where it would send once more, it waits for this lock no longer.
        thread::sleep(Duration::from_secs(4));
        drop(lock);
        let ended = resumed.wait_with_output().expect("it ends");
        let told = String::from_utf8_lossy(&ended.stdout).into_owned();
        assert!(told.contains("60 can go, 0 set aside, 0 in the outbox"), "{told}");
        assert_eq!(ended.status.code(), Some(1), "{}", desk.kind());
        assert_eq!(desk.ok(&["outbox", "--json"]), "", "nothing leaves");
        let lock = fs::File::open(&path).expect("opens");
        lock.lock().expect("held again");
        let mut cut = following(&desk, &go_on);
        cut.kill().expect("it can be killed");
        cut.wait().expect("it ends");
        let stopped = desk.ok(&["correct", "--stop", &id]);
        assert!(stopped.contains(&format!("`--go-on {id} --send`")), "{stopped}");
        desk.proven();
    }
}

#[test]
fn what_a_list_has_wrong_is_told_by_its_lines_all_at_once() {
    let desk = Desk::sqlite();
    let folder = tempfile::tempdir().expect("a folder");
    prepared(&desk, &folder);
    let list = folder.path().join("list.txt");
    let refused = |text: &str| {
        fs::write(&list, text).expect("written");
        let path = list.display().to_string();
        let tried = desk.run(&["correct", "--batch", &path, "--change", "authorization"]);
        assert_eq!(tried.status.code(), Some(2), "{text}");
        String::from_utf8_lossy(&tried.stderr).into_owned()
    };
    let told = refused("\u{feff}BAT0,AUTH0\nNONE1,AUTH1\n\nBAT2,AUTH2\nNONE2,AUTH3\n");
    assert!(told.contains("no case is here of the claims of the file's lines 2, 5"), "{told}");
    let told = refused("BAT0,AUTH0\nBAT1,AUTH1\nBAT0,AUTH9\n");
    assert!(told.contains("with different values: lines 1, 3"), "{told}");
    assert!(!told.contains("BAT0"), "{told}");
}
