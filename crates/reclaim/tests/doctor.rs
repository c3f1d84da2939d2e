//! `reclaim doctor` on every sample: it ends, and its counts are those of an independent reader.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

/// Samples where the independent reader counts otherwise, and who is right.
const DIFFER: [(&str, &str); 1] = [(
    "bac803d54740",
    "a manual's page with examples between prose: it has no transaction to read",
)];

fn shared(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared").join(folder)
}

fn doctor(arguments: &[PathBuf]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_reclaim"))
        .args(["doctor", "--json"])
        .args(arguments)
        .output()
        .expect("the program starts")
}

fn lines(output: &Output) -> Vec<Value> {
    let text = String::from_utf8_lossy(&output.stdout);
    text.lines().map(|line| serde_json::from_str(line).expect("a JSON line")).collect()
}

#[test]
fn counts_of_the_samples_are_the_oracles() {
    let Ok(kinds) = fs::read_dir(shared("samples")) else {
        eprintln!("SKIPPED: no samples beside the project");
        return;
    };
    let folders = kinds.flatten().map(|entry| entry.path()).filter(|path| path.is_dir());
    let files: Vec<PathBuf> = folders
        .flat_map(|folder| fs::read_dir(folder).expect("a readable folder").flatten())
        .map(|entry| entry.path())
        .collect();
    let reports = lines(&doctor(&files));
    assert_eq!(reports.len(), files.len(), "one line for each file");
    let differ: Vec<&str> = reports.iter().filter_map(difference).collect();
    println!("{} of {} samples agree with the oracle", files.len() - differ.len(), files.len());
    let known: Vec<&str> = DIFFER.iter().map(|(hash, _)| *hash).collect();
    assert_eq!(differ, known);
}

/// The beginning of the hash of a file whose counts are not the oracle's.
fn difference(report: &Value) -> Option<&str> {
    let hash = report["sha256"].as_str()?.get(..12)?;
    let truth = fs::read(shared("truth").join(format!("{hash}.json"))).ok()?;
    let truth: Value = serde_json::from_slice(&truth).expect("the truth is JSON");
    let listed = truth["transactions"].as_array().map(|list| list.len() as u64);
    let transactions = listed.or_else(|| truth["transactions"].as_u64()).expect("a count");
    let counted = report["transactions"].as_array()?.len() as u64;
    let agrees = truth["segments"] == report["segments"] && transactions == counted;
    (!agrees).then_some(hash)
}

#[test]
fn sums_and_imbalances_of_every_835_are_the_oracles() {
    let Ok(entries) = fs::read_dir(shared("samples/835")) else {
        eprintln!("SKIPPED: no samples beside the project");
        return;
    };
    let files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    let reports = lines(&doctor(&files));
    let mut agree = 0;
    for report in &reports {
        let hash = report["sha256"].as_str().and_then(|hash| hash.get(..12)).expect("a hash");
        let truth = fs::read(shared("truth").join(format!("{hash}.json"))).expect("a truth file");
        let truth: Value = serde_json::from_slice(&truth).expect("the truth is JSON");
        for (key, value) in truth["totals"].as_object().expect("totals") {
            assert_eq!(&report["totals"][key], value, "{key} of {hash}");
        }
        assert_eq!(report["balanced"], truth["balanced"]["all"], "balanced of {hash}");
        for (check, expected) in oracle_imbalances(&truth) {
            assert_eq!(imbalances(report, check), expected, "{check} of {hash}");
        }
        agree += 1;
    }
    println!("{agree} of {} remittance files agree with the oracle", files.len());
    assert_eq!(agree, files.len());
}

/// How far off each sum is that does not hold, in the order of the file.
fn imbalances(report: &Value, check: &str) -> Vec<i64> {
    let transactions = report["transactions"].as_array().into_iter().flatten();
    let found = transactions.flat_map(|one| one["imbalances"].as_array().into_iter().flatten());
    found
        .filter(|one| one["check"] == check)
        .map(|one| difference_of(&one["expected"], &one["stated"]))
        .collect()
}

fn difference_of(expected: &Value, stated: &Value) -> i64 {
    (cents(expected) - cents(stated)).abs()
}

fn cents(amount: &Value) -> i64 {
    let digits = amount.as_str().expect("an amount").replace('.', "");
    digits.parse().expect("cents")
}

/// The same of the oracle; it tells an amount only for claims, lines and payments.
fn oracle_imbalances(truth: &Value) -> [(&'static str, Vec<i64>); 3] {
    let balance = || truth["balance"].as_array().expect("a balance for each ST").iter();
    let differences = |list: &'static str| {
        let rows = balance().flat_map(move |one| one[list].as_array().into_iter().flatten());
        rows.map(|one| cents(&one["difference"]).abs()).collect()
    };
    let off = balance().filter(|one| one["transaction_balances"] == false);
    let payments = off.map(|one| cents(&one["transaction_difference"]).abs());
    [
        ("claim", differences("claims_out_of_balance")),
        ("line", differences("lines_out_of_balance")),
        ("transaction", payments.collect()),
    ]
}

#[test]
fn the_exit_code_tells_clean_from_odd_from_unreadable() {
    let folder = tempfile::tempdir().expect("a folder");
    let clean = folder.path().join("clean.edi");
    let text = "ISA*00**00**ZZ*S*ZZ*R*260101*1200*^*00501*1*0*P*:~GS*HP*A*B*20260101*1200*1*X*\
                005010X221A1~ST*835*1~BPR*H*0*C*NON~SE*3*1~GE*1*1~IEA*1*1~";
    fs::write(&clean, text).expect("a file");
    let odd = folder.path().join("odd.edi");
    fs::write(&odd, text.replace("SE*3", "SE*9")).expect("a file");
    let absent = folder.path().join("absent.edi");
    for (file, code) in [(clean, 0), (odd, 1), (absent, 2)] {
        let output = doctor(std::slice::from_ref(&file));
        assert_eq!(output.status.code(), Some(code), "{:?}", output);
        assert_eq!(lines(&output).len(), 1);
    }
}
