//! The rules that the program ships: `data/` loads, and says what the facts behind it say.

use std::fs;
use std::path::{Path, PathBuf};

use denial::category::{AdjustmentKind, Category};
use denial::codes::{Carc, Group};
use denial::owner;
use denial::rules::{self, Rules};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Every rule file below `data/`: path and text.
fn files() -> Vec<(String, String)> {
    let data = root().join("data");
    let mut found = Vec::new();
    for folder in ["", "codes", "payers"] {
        for entry in fs::read_dir(data.join(folder)).expect("data/ is there") {
            let path = entry.expect("a readable entry").path();
            if path.is_file() {
                let name = path.strip_prefix(&data).expect("below data/").to_string_lossy();
                let text = fs::read_to_string(&path).expect("a readable file");
                found.push((name.into_owned(), text));
            }
        }
    }
    found
}

fn shipped() -> Rules {
    rules::read(&files()).unwrap_or_else(|faults| {
        let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
        panic!("{} faults:\n{}", faults.len(), faults.join("\n"))
    })
}

#[test]
fn the_shipped_rules_load() {
    let summary = shipped().summary();
    assert!(summary.reasons >= 359, "{summary:?}");
    assert!(summary.remarks >= 272, "{summary:?}");
    assert!(summary.payers >= 50 && summary.windows >= 90, "{summary:?}");
}
