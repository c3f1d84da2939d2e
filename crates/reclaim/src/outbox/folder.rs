//! A local folder as a way out: whole files under names of their own, and nothing else.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use tempfile::TempPath;

/// A file in a folder, and the hidden name that it has until it is whole.
pub(crate) struct Place {
    folder: PathBuf,
    whole: PathBuf,
    part: PathBuf,
}

impl Place {
    /// The place of a name.
    pub(crate) fn of(folder: &Path, name: &str) -> Place {
        let part = folder.join(format!(".{name}.part"));
        Place { folder: folder.to_owned(), whole: folder.join(name), part }
    }

    /// Writes it whole and durable under its hidden name, anew where something stands there.
    pub(crate) fn upload(&self, source: &Path) -> anyhow::Result<()> {
        fs::create_dir_all(&self.folder).context("cannot make the folder of the route")?;
        if self.whole.exists() {
            bail!("a file of this name is there already; nothing is written over it");
        }
        let mut from = File::open(source).context("cannot open what is to leave")?;
        let mut part = File::create(&self.part).context("cannot write into the route's folder")?;
        io::copy(&mut from, &mut part).context("cannot write into the route's folder")?;
        part.sync_all().context("cannot make the file durable")
    }

    /// Gives what was uploaded its name. Where the hidden name is gone it has it already, and
    /// whoever fetches it may have taken it away.
    pub(crate) fn rename(&self) -> anyhow::Result<()> {
        if self.part.exists() {
            let part = TempPath::try_from_path(&self.part).context("cannot tell the folder")?;
            if let Err(fault) = part.persist_noclobber(&self.whole) {
                // Dropped, it would be taken away.
                fault.path.keep().context("cannot keep the file")?;
                return Err(fault.error).context("cannot give the file its name");
            }
        }
        File::open(&self.folder).and_then(|folder| folder.sync_all()).context("cannot sync")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_hidden_until_it_is_whole_and_covers_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        let source = folder.path().join("source");
        fs::write(&source, "whole").expect("written");
        let out = folder.path().join("out");
        let place = Place::of(&out, "a.edi");
        place.upload(&source).expect("uploaded");
        assert!(!out.join("a.edi").exists());
        place.rename().expect("renamed");
        assert_eq!(fs::read_to_string(out.join("a.edi")).expect("there"), "whole");
        assert_eq!(fs::read_dir(&out).expect("a folder").count(), 1);
        // Whoever fetches it may have taken it away: it is not made anew.
        fs::remove_file(out.join("a.edi")).expect("fetched");
        place.rename().expect("nothing to do");
        assert_eq!(fs::read_dir(&out).expect("a folder").count(), 0);

        fs::write(out.join("b.edi"), "theirs").expect("written");
        let taken = Place::of(&out, "b.edi");
        assert!(taken.upload(&source).is_err());
        fs::write(&taken.part, "ours").expect("written");
        assert!(taken.rename().is_err(), "somebody was faster");
        assert_eq!(fs::read_to_string(out.join("b.edi")).expect("there"), "theirs");
        assert_eq!(fs::read_to_string(&taken.part).expect("there"), "ours");
    }
}
