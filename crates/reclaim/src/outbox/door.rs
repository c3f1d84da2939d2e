//! Where files go: a local folder, or a folder of another host.

use std::path::{Path, PathBuf};

use crate::outbox::folder::Place;
use crate::outbox::leaving::blocking;
use crate::outbox::remote::Host;

/// Where files go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Door {
    /// A folder of this machine.
    Folder(PathBuf),
    /// Another host, by SFTP.
    Host(Box<Host>),
}

/// One file's way through a door.
pub(crate) struct Doorway<'a> {
    pub(crate) door: &'a Door,
    /// The name under which it leaves.
    pub(crate) name: &'a str,
    /// Something was ever whole there before.
    pub(crate) was_used: bool,
}

impl Doorway<'_> {
    /// Writes it whole under its hidden name, anew where something stands there.
    pub(crate) async fn upload(&self, source: &Path) -> anyhow::Result<()> {
        match self.door {
            Door::Folder(folder) => {
                let (place, source) = (Place::of(folder, self.name), source.to_owned());
                let was_used = self.was_used;
                blocking(move || place.upload(&source, was_used)).await
            }
            Door::Host(host) => host.upload(source, self.name).await,
        }
    }

    /// Gives what was uploaded its name. Where the hidden name is gone it has it already, unless it
    /// was `just_written`.
    pub(crate) async fn rename(&self, just_written: bool) -> anyhow::Result<()> {
        match self.door {
            Door::Folder(folder) => {
                let place = Place::of(folder, self.name);
                blocking(move || place.rename(just_written)).await
            }
            Door::Host(host) => host.rename(self.name, just_written).await,
        }
    }

    /// Takes away what was uploaded and is not to get its name any more.
    pub(crate) async fn take_back(&self) -> anyhow::Result<()> {
        match self.door {
            Door::Folder(folder) => {
                let place = Place::of(folder, self.name);
                blocking(move || place.take_back()).await
            }
            Door::Host(host) => host.take_back(self.name).await,
        }
    }
}
