//! A practice's own rule files from and to files on disk: `reclaim rules save` and `export`.

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use serde_json::json;

use crate::own_rules::{self, Text, Unsaved};
use crate::practice::Office;
use crate::{access, refile, rules_check, show};

/// Code lists may be licensed to the practice alone: they are never given out.
pub(crate) const CODES: &str = "codes/";

/// Saves a file as the practice's own under a path and brings the cases that wait after it. The
/// exit code is 1 where it does not check, with every fault printed.
pub(crate) async fn save(
    office: &Office,
    file: &Path,
    path: &str,
    why: &str,
) -> anyhow::Result<ExitCode> {
    let typed = fs::read_to_string(file)
        .with_context(|| format!("cannot read the file {}", file.display()))?;
    let read = office.read().await?.newest_rules().await?;
    match own_rules::save(office, &[Text::of(path, &typed)], why, read).await {
        Ok(version) => {
            let cases = refile::sweep(&office.afresh().await?, &|_| {}).await?;
            show::print(vec![format!("version {version} of {path}; {cases} open cases follow it")])
        }
        Err(Unsaved::Faults(faults)) => Ok(ExitCode::from(rules_check::tell(&faults))),
        Err(other) => Err(other.into()),
    }
}

/// Writes the practice's own files into a folder, which `--rules` takes; never code lists.
pub(crate) async fn export(office: &Office, folder: &Path) -> anyhow::Result<ExitCode> {
    let mut own = office.read().await?.own_rules().await?;
    own.retain(|one| !one.text.is_empty());
    let all = own.len();
    own.retain(|one| !one.path.starts_with(CODES));
    let told = json!({ "files": own.len() });
    access::note(office, "rules", "rules.exported", &told).await?;
    let mut lines = Vec::new();
    for one in &own {
        let file = folder.join(&one.path);
        let parent = file.parent().context("a rule file lies in a folder")?;
        fs::create_dir_all(parent)
            .with_context(|| format!("cannot make the folder {}", parent.display()))?;
        fs::write(&file, &one.text).with_context(|| format!("cannot write {}", file.display()))?;
        lines.push(format!("{}, version {}: {}", file.display(), one.version, one.why));
    }
    if own.len() < all {
        lines.push(format!("{} code lists stay here: they may be licensed", all - own.len()));
    }
    if lines.is_empty() {
        lines.push("the practice has no rule file of its own".to_owned());
    }
    show::print(lines)
}
