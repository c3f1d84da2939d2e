//! The rule files: those built in, or a folder of the clinic's own.

use std::fs;
use std::path::Path;

use anyhow::{Context, bail};
use denial::rules::{self, Rules};
use rust_embed::Embed;

#[derive(Embed)]
#[folder = "../../data"]
struct BuiltIn;

/// Reads the rules.
pub(crate) fn load(folder: Option<&Path>) -> anyhow::Result<Rules> {
    let files = match folder {
        Some(folder) => of_folder(folder)?,
        None => built_in(),
    };
    match rules::read(&files) {
        Ok(rules) => Ok(rules),
        Err(faults) => {
            let first = faults.first().map(ToString::to_string).unwrap_or_default();
            bail!(
                "{} faults in the rules; run `reclaim rules check`; the first: {first}",
                faults.len()
            )
        }
    }
}

fn built_in() -> Vec<(String, String)> {
    let text = |name: &str| {
        let file = BuiltIn::get(name).expect("a listed file is there");
        String::from_utf8_lossy(&file.data).into_owned()
    };
    BuiltIn::iter().map(|name| (name.to_string(), text(&name))).collect()
}

fn of_folder(folder: &Path) -> anyhow::Result<Vec<(String, String)>> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        let entries = fs::read_dir(&next)
            .with_context(|| format!("cannot read the rules folder {}", next.display()))?;
        for entry in entries {
            let path = entry.context("cannot read the rules folder")?.path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = fs::read_to_string(&path)
                .with_context(|| format!("cannot read {}", path.display()))?;
            let name = path.strip_prefix(folder).expect("inside").display().to_string();
            files.push((name, text));
        }
    }
    Ok(files)
}
