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
const FOLDERS: [(&str, &str); 4] =
    [("", "toml"), ("codes", "csv"), ("letters", "toml"), ("payers", "toml")];

/// Rule files by their path below `data/`, with their texts.
pub(crate) type Files = Vec<(String, String)>;

/// Reads and checks the rules: the shipped files, each replaced by the clinic's file of the same
/// name where `own` holds one, and the files that only `own` holds.
///
/// # Errors
/// A folder or file that cannot be read. What is wrong within the files is the inner result.
pub(crate) fn read(own: Option<&Path>) -> anyhow::Result<Result<Rules, Vec<RuleFault>>> {
    Ok(rules::read(&files(own)?))
}

/// The shipped files with those of a clinic's folder laid over them.
///
/// # Errors
/// A folder or file that cannot be read.
pub(crate) fn files(own: Option<&Path>) -> anyhow::Result<Files> {
    let over = own.map(from_folder).transpose()?.unwrap_or_default();
    Ok(laid_over(&shipped(), over))
}

/// Files, each replaced by the one of the same name of `over`; those that only `over` holds are
/// added.
pub(crate) fn laid_over(files: &Files, over: Files) -> Files {
    let below = |(name, _): &&(String, String)| over.iter().all(|(other, _)| name != other);
    let mut all: Files = files.iter().filter(below).cloned().collect();
    all.extend(over);
    all.sort();
    all
}

/// A mark of the rules to work by: another where a file differs, or the program that reads them.
pub(crate) fn mark(files: &Files) -> String {
    let mut hash = Sha256::new();
    hash.update(env!("CARGO_PKG_VERSION"));
    // Raised where hearing keeps more of a case than before: every case is heard anew once.
    hash.update("kept 2");
    for part in files.iter().flat_map(|(name, text)| [name, text]) {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    hex::encode(hash.finalize())
}

/// The rules to work by.
///
/// # Errors
/// A folder or file that cannot be read, or rules with faults.
pub(crate) fn load(own: Option<&Path>) -> anyhow::Result<Rules> {
    whole(&files(own)?)
}

/// The rules of files that have to be whole.
///
/// # Errors
/// Rules with faults.
pub(crate) fn whole(files: &Files) -> anyhow::Result<Rules> {
    rules::read(files).map_err(|faults| {
        let first = faults.first().map(ToString::to_string).unwrap_or_default();
        let count = faults.len();
        anyhow::anyhow!("{count} faults in the rules, which `reclaim rules check` lists: {first}")
    })
}

/// Every shipped rule file: its path below `data/` and its text.
fn shipped() -> Files {
    let names = Shipped::iter().filter(|name| is_rule_file(name));
    let file = |name: std::borrow::Cow<'static, str>| {
        let text = Shipped::get(&name)?.data;
        Some((name.into_owned(), String::from_utf8_lossy(&text).into_owned()))
    };
    names.filter_map(file).collect()
}

/// True for a path that rules are read from.
pub(crate) fn is_rule_file(name: &str) -> bool {
    let (folder, file) = name.rsplit_once('/').unwrap_or(("", name));
    FOLDERS.iter().any(|(one, ending)| {
        let ends = Path::new(file).extension().is_some_and(|extension| extension == *ending);
        folder == *one && ends
    })
}

fn from_folder(own: &Path) -> anyhow::Result<Files> {
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
