//! The rule files that the program ships.

use std::fs;
use std::path::{Path, PathBuf};

/// The folder of the whole program.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Every rule file below `data/`: path and text.
pub(crate) fn files() -> Vec<(String, String)> {
    let data = root().join("data");
    let mut found = Vec::new();
    for folder in ["", "codes", "letters", "payers"] {
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
