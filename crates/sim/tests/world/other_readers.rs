//! Other people's readers accept the files: pyx12 4 and oxedi 0.6 (simulator §13).
//!
//! Runs where the build knows a Python that has both:
//! `OTHER_READERS_PYTHON=/path/to/python cargo nextest run -p sim other_readers`.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use sim::{ChaosKind, Preset, Truth, world};

use crate::made::ENDS_ON;

#[test]
fn other_readers_accept_all_but_the_known_ones() {
    let Some(python) = option_env!("OTHER_READERS_PYTHON") else {
        eprintln!("SKIPPED: OTHER_READERS_PYTHON names no Python with pyx12 and oxedi");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let (files, truth) = (folder.path().join("files"), folder.path().join("truth"));
    world(&Preset::tiny(), 1, ENDS_ON).write(&files, &truth, |_| {}).unwrap();
    let truth = Truth::read(&truth).unwrap();
    let said = ask(python, &files);
    println!("{} {}", said["pyx12"], said["oxedi"]);
    for (kind, count) in &truth.totals.files {
        assert_eq!(said["pyx12"][kind]["files"], *count, "{kind}");
    }
    let malformed = with_copies(&truth, &[ChaosKind::Malformed]);
    assert_eq!(names(&said["pyx12_refused"]), malformed);
    let unbalanced = [ChaosKind::UnbalancedLine, ChaosKind::UnbalancedClaim];
    let unbalanced = with_copies(&truth, &unbalanced);
    assert_eq!(names(&said["oxedi_findings"]), &malformed | &unbalanced);
    assert!(said["oxedi"]["claims"].as_u64() > Some(1_000));
}

fn ask(python: &str, files: &Path) -> Value {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/world/other_readers.py");
    let run = Command::new(python).arg(script).arg(files).output().expect("python runs");
    let text = String::from_utf8(run.stdout).expect("text");
    let last = text.lines().last().unwrap_or_default();
    serde_json::from_str(last)
        .unwrap_or_else(|fault| panic!("{fault}: {}", String::from_utf8_lossy(&run.stderr)))
}

fn names(found: &Value) -> BTreeSet<String> {
    found.as_object().expect("an object").keys().cloned().collect()
}

/// Files that are broken in these ways, and their copies.
fn with_copies(truth: &Truth, kinds: &[ChaosKind]) -> BTreeSet<String> {
    let broken = truth.chaos.iter().filter(|one| kinds.contains(&one.kind));
    let mut found: BTreeSet<String> = broken.map(|one| one.file.clone()).collect();
    for copy in truth.chaos.iter().filter(|one| one.kind == ChaosKind::DuplicateFile) {
        if copy.other_file.as_ref().is_some_and(|first| found.contains(first)) {
            found.insert(copy.file.clone());
        }
    }
    found
}
