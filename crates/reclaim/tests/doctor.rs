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
fn the_exit_code_tells_clean_from_odd_from_unreadable() {
    let folder = tempfile::tempdir().expect("a folder");
    let clean = folder.path().join("clean.edi");
    let text = "ISA*00**00**ZZ*S*ZZ*R*260101*1200*^*00501*1*0*P*:~GS*HP*A*B*20260101*1200*1*X*\
                005010X221A1~ST*835*1~SE*2*1~GE*1*1~IEA*1*1~";
    fs::write(&clean, text).expect("a file");
    let odd = folder.path().join("odd.edi");
    fs::write(&odd, text.replace("SE*2", "SE*9")).expect("a file");
    let absent = folder.path().join("absent.edi");
    for (file, code) in [(clean, 0), (odd, 1), (absent, 2)] {
        let output = doctor(std::slice::from_ref(&file));
        assert_eq!(output.status.code(), Some(code), "{:?}", output);
        assert_eq!(lines(&output).len(), 1);
    }
}
