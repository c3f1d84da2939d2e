//! Every sample is taken in without a panic; what the database then holds of each 835 is what an
//! independent reader found in it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

fn shared(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared").join(folder)
}

fn reclaim(home: &TempDir, arguments: &[&str]) -> Output {
    let db = format!("sqlite:{}", home.path().join("samples.db").display());
    Command::new(env!("CARGO_BIN_EXE_reclaim"))
        .args(["--db", &db])
        .args(arguments)
        .output()
        .expect("the program starts")
}

fn lines(output: &Output) -> Vec<Value> {
    let text = String::from_utf8_lossy(&output.stdout);
    text.lines().map(|line| serde_json::from_str(line).expect("a JSON line")).collect()
}

#[test]
fn every_sample_finds_its_place_and_every_835_its_claims() {
    let samples = shared("samples");
    if !samples.exists() {
        eprintln!("SKIPPED: no samples beside the project");
        return;
    }
    let home = tempfile::tempdir().expect("a folder");
    let folder = samples.display().to_string();
    let taken = reclaim(&home, &["take", "--json", "--accept-test", &folder]);
    assert!(taken.status.success(), "{}", String::from_utf8_lossy(&taken.stderr));
    let reports = lines(&taken);
    assert!(reports.len() > 360, "{} files", reports.len());
    let export = lines(&reclaim(&home, &["export", "--canonical"]));
    let (checked, differ) = compare(&reports, &export);
    println!("{checked} of the samples' 835s compared, {} differ", differ.len());
    assert!(checked > 50 && differ.is_empty(), "{checked} checked; {}", differ.join("\n"));
}

/// Claims and payment of each taken 835 against the oracle's.
fn compare(reports: &[Value], export: &[Value]) -> (usize, Vec<String>) {
    let by_id: BTreeMap<&str, &Value> =
        export.iter().filter_map(|line| Some((line["remittance"].as_str()?, line))).collect();
    let (mut checked, mut differ) = (0, Vec::new());
    for report in reports {
        let hash = report["sha256"].as_str().and_then(|hash| hash.get(..12)).unwrap_or_default();
        let Ok(truth) = fs::read(shared("truth").join(format!("{hash}.json"))) else { continue };
        let truth: Value = serde_json::from_slice(&truth).expect("the truth is JSON");
        let Some(wanted) = truth["totals"]["bpr02_sum"].as_str() else { continue };
        let empty = Vec::new();
        let ids = report["transactions"].as_array().unwrap_or(&empty);
        let rows: Vec<&Value> =
            ids.iter().filter_map(|one| by_id.get(one["remittance"].as_str()?).copied()).collect();
        let claims: u64 = rows.iter().filter_map(|row| row["claims"].as_u64()).sum();
        let total: i64 = rows.iter().filter_map(|row| cents(row["total"].as_str()?)).sum();
        checked += 1;
        if Some(claims) != truth["totals"]["claims"].as_u64() || Some(total) != cents(wanted) {
            differ.push(format!("{}: {claims} claims, {total} cents", report["file"]));
        }
    }
    (checked, differ)
}

fn cents(text: &str) -> Option<i64> {
    let (negative, digits) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let (whole, rest) = digits.split_once('.').unwrap_or((digits, "00"));
    let amount = whole.parse::<i64>().ok()? * 100 + format!("{rest:0<2}").parse::<i64>().ok()?;
    Some(if negative { -amount } else { amount })
}
