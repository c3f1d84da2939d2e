//! A local folder as a way out: whole files under names of their own, and nothing else.

use std::fs::{self, DirBuilder, File};
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use crate::outbox::door::Unnamed;

/// A hidden file by which a folder is known again.
const MARK: &str = ".reclaim-route";
const MARKED: &str = "Reclaim leaves files here; let this file lie.\n";

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
    pub(crate) fn upload(&self, source: &Path, was_used: bool) -> anyhow::Result<()> {
        if was_used {
            self.is_known()?;
        } else {
            make(&self.folder)?;
            fs::write(self.folder.join(MARK), MARKED).context("cannot mark the route's folder")?;
        }
        self.is_free()?;
        let mut from = File::open(source).context("cannot open what is to leave")?;
        let mut part = File::create(&self.part).context("cannot write into the route's folder")?;
        io::copy(&mut from, &mut part).context("cannot write into the route's folder")?;
        part.sync_all().context("cannot make the file durable")?;
        sync(&self.folder)
    }

    /// A share that is not mounted leaves an empty folder in its place, or none: what was put there
    /// would never leave, and what is missing there was never fetched.
    fn is_known(&self) -> anyhow::Result<()> {
        let mark = self.folder.join(MARK);
        if mark.try_exists().context("cannot look into the route's folder")? {
            return Ok(());
        }
        bail!(
            "the route's folder is not the one that was used before: is its share mounted? Where \
             it was replaced on purpose, put an empty file {MARK} into it"
        )
    }

    fn is_free(&self) -> anyhow::Result<()> {
        if self.whole.try_exists().context("cannot look into the route's folder")? {
            bail!("a file of this name is there already; nothing is written over it");
        }
        Ok(())
    }

    /// Takes away what was uploaded and is not to get its name any more.
    pub(crate) fn take_back(&self) -> anyhow::Result<()> {
        match fs::remove_file(&self.part) {
            Err(fault) if fault.kind() != io::ErrorKind::NotFound => {
                Err(fault).context("cannot take what was uploaded out of the route's folder")
            }
            _ => Ok(()),
        }
    }

    /// Gives what was uploaded its name. Where the hidden name is gone it has it already, and
    /// whoever fetches it may have taken it away; unless nobody ever asked for its name (not
    /// `was_asked`): then it is lost.
    ///
    /// No name is ever given twice and one process sends at a time, so that looking first suffices.
    /// A link under the new name and the old one taken away would not: a crash between the two
    /// leaves both, and where both are, nobody can tell whether it was fetched.
    pub(crate) fn rename(&self, was_asked: bool) -> Result<(), Unnamed> {
        let still = |fault| Unnamed::still(was_asked, fault);
        self.is_known().map_err(still)?;
        if self.has_part().map_err(still)? {
            self.is_free().map_err(Unnamed::Not)?;
            let renamed = fs::rename(&self.part, &self.whole);
            renamed.context("cannot give the file its name").map_err(|fault| {
                // A share may do what it then cannot tell.
                Unnamed::still(!self.has_part().unwrap_or_default(), fault)
            })?;
        } else if !was_asked {
            return Err(Unnamed::Gone);
        }
        sync(&self.folder).map_err(Unnamed::Perhaps)
    }

    fn has_part(&self) -> anyhow::Result<bool> {
        self.part.try_exists().context("cannot look into the route's folder")
    }
}

/// Makes a folder where it is not there. What it holds is about patients: only we look into it,
/// until somebody who made the folder for others says otherwise.
fn make(folder: &Path) -> anyhow::Result<()> {
    if folder.try_exists().context("cannot tell whether the route's folder is there")? {
        return Ok(());
    }
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(folder).context("cannot make the folder of the route")?;
    folder.parent().map_or(Ok(()), sync)
}

/// Makes the names in a folder durable. A share that knows no such thing has done what it can.
fn sync(folder: &Path) -> anyhow::Result<()> {
    use io::ErrorKind::{InvalidInput, Unsupported};
    match File::open(folder).and_then(|folder| folder.sync_all()) {
        Err(fault) if !matches!(fault.kind(), Unsupported | InvalidInput) => {
            Err(fault).context("cannot make the names in the route's folder durable")
        }
        _ => Ok(()),
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
        place.upload(&source, false).expect("uploaded");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(&out).expect("a folder").permissions().mode();
            assert_eq!(mode & 0o777, 0o700);
        }
        assert!(!out.join("a.edi").exists());
        place.rename(false).expect("renamed");
        assert_eq!(fs::read_to_string(out.join("a.edi")).expect("there"), "whole");
        assert_eq!(fs::read_dir(&out).expect("a folder").count(), 2, "it and the mark");
        // Whoever fetches it may have taken it away: it is not made anew.
        fs::remove_file(out.join("a.edi")).expect("fetched");
        place.rename(true).expect("nothing to do");
        assert_eq!(fs::read_dir(&out).expect("a folder").count(), 1);

        fs::write(out.join("b.edi"), "theirs").expect("written");
        let taken = Place::of(&out, "b.edi");
        assert!(taken.upload(&source, true).is_err());
        fs::write(&taken.part, "ours").expect("written");
        assert!(taken.rename(false).is_err(), "somebody was faster");
        assert_eq!(fs::read_to_string(out.join("b.edi")).expect("there"), "theirs");
        assert_eq!(fs::read_to_string(&taken.part).expect("there"), "ours");
        taken.take_back().expect("taken away");
        taken.take_back().expect("nothing to do");
        assert_eq!(fs::read_dir(&out).expect("a folder").count(), 2);
    }

    #[test]
    fn a_share_that_is_not_mounted_takes_nothing_and_nothing_looks_as_if_sent() {
        let folder = tempfile::tempdir().expect("a folder");
        let source = folder.path().join("source");
        fs::write(&source, "whole").expect("written");
        let out = folder.path().join("out");
        let first = Place::of(&out, "a.edi");
        first.upload(&source, false).expect("uploaded");
        // The share goes: its folder is there, and empty.
        let away = folder.path().join("away");
        fs::rename(&out, &away).expect("unmounted");
        let gone = first.rename(false).expect_err("no folder");
        assert!(matches!(gone, Unnamed::Not(_)), "nobody asked for its name");
        assert!(gone.to_string().contains("is its share mounted"), "{gone}");
        fs::create_dir(&out).expect("a mount point");
        let asked = first.rename(true).expect_err("it may not look as if it was fetched");
        assert!(matches!(asked, Unnamed::Perhaps(_)), "{asked}");
        let second = Place::of(&out, "b.edi");
        assert!(second.upload(&source, true).is_err());
        assert_eq!(fs::read_dir(&out).expect("a folder").count(), 0);
        // It comes back, without what was written.
        fs::remove_dir(&out).expect("taken away");
        fs::rename(&away, &out).expect("mounted");
        fs::remove_file(out.join(".a.edi.part")).expect("lost");
        let lost = first.rename(false).expect_err("lost");
        assert!(matches!(lost, Unnamed::Gone), "{lost}");
        second.upload(&source, true).expect("uploaded");
        second.rename(false).expect("renamed");
    }
}
