//! The rule files: those that the program brings, and the clinic's own laid over them.

use std::fs;
use std::path::Path;

use anyhow::Context;
use denial::rules::{self, RuleFault, Rules};
use rust_embed::Embed;
use sha2::{Digest, Sha256};

/// What the program brings: `data/` of its source.
#[derive(Embed)]
#[folder = "../../data"]
struct Shipped;

/// The folders below `data/` that hold rules, and what their files end in.
const FOLDERS: [(&str, &str); 3] = [("", "toml"), ("codes", "csv"), ("payers", "toml")];

/// Reads and checks the rules: the shipped files, each replaced by the clinic's file of the same
/// name where `own` holds one, and the files that only `own` holds.
///
/// # Errors
/// A folder or file that cannot be read. What is wrong within the files is the inner result.
pub(crate) fn read(own: Option<&Path>) -> anyhow::Result<Result<Rules, Vec<RuleFault>>> {
    Ok(rules::read(&files(own)?))
}

fn files(own: Option<&Path>) -> anyhow::Result<Vec<(String, String)>> {
    let mut files = shipped();
    if let Some(own) = own {
        let laid_over = from_folder(own)?;
        files.retain(|(name, _)| laid_over.iter().all(|(other, _)| name != other));
        files.extend(laid_over);
    }
    files.sort();
    Ok(files)
}

/// A mark of the rules to work by: another where a file differs, or the program that reads them.
///
/// # Errors
/// A folder or file that cannot be read.
pub(crate) fn mark(own: Option<&Path>) -> anyhow::Result<String> {
    let mut hash = Sha256::new();
    hash.update(env!("CARGO_PKG_VERSION"));
    // Raised where hearing keeps more of a case than before: every case is heard anew once.
    hash.update("kept 2");
    for part in files(own)?.iter().flat_map(|(name, text)| [name, text]) {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    Ok(hex::encode(hash.finalize()))
}

/// The rules to work by.
///
/// # Errors
/// A folder or file that cannot be read, or rules with faults.
pub(crate) fn load(own: Option<&Path>) -> anyhow::Result<Rules> {
    read(own)?.map_err(|faults| {
        let first = faults.first().map(ToString::to_string).unwrap_or_default();
        let count = faults.len();
        anyhow::anyhow!("{count} faults in the rules, which `reclaim rules check` lists: {first}")
    })
}

/// Every shipped rule file: its path below `data/` and its text.
fn shipped() -> Vec<(String, String)> {
    let names = Shipped::iter().filter(|name| is_rule_file(name));
    let file = |name: std::borrow::Cow<'static, str>| {
        let text = Shipped::get(&name)?.data;
        Some((name.into_owned(), String::from_utf8_lossy(&text).into_owned()))
    };
    names.filter_map(file).collect()
}

fn is_rule_file(name: &str) -> bool {
    let (folder, file) = name.rsplit_once('/').unwrap_or(("", name));
    FOLDERS.iter().any(|(one, ending)| {
        let ends = Path::new(file).extension().is_some_and(|extension| extension == *ending);
        folder == *one && ends
    })
}

fn from_folder(own: &Path) -> anyhow::Result<Vec<(String, String)>> {
    fs::metadata(own).with_context(|| format!("cannot read the folder {}", own.display()))?;
    let mut files = Vec::new();
    for (folder, _) in FOLDERS {
        let Ok(entries) = fs::read_dir(own.join(folder)) else { continue };
        for entry in entries {
            let path = entry.context("cannot list the folder")?.path();
            let file = path.file_name().unwrap_or_default().to_string_lossy();
            let name =
                if folder.is_empty() { file.into_owned() } else { format!("{folder}/{file}") };
            if path.is_file() && is_rule_file(&name) {
                let text = fs::read_to_string(&path)
                    .with_context(|| format!("cannot read {}", path.display()))?;
                files.push((name, text));
            }
        }
    }
    anyhow::ensure!(!files.is_empty(), "{} holds no rule file", own.display());
    Ok(files)
}
