//! Where files go: a local folder, or a folder of another host.

use std::path::{Path, PathBuf};

use crate::outbox::folder::Place;
use crate::outbox::leaving::blocking;
use crate::outbox::remote::{Host, NoLine};

/// Where files go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Door {
    /// A folder of this machine.
    Folder(PathBuf),
    /// Another host, by SFTP.
    Host(Box<Host>),
}

/// Why a file has no name there.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unnamed {
    /// What was uploaded is gone, and nobody ever asked for its name.
    #[error("what was uploaded is not there any more, and it was never given its name")]
    Gone,
    /// It has none: nobody asked for it, or the answer was no.
    #[error("{0:#}")]
    Not(anyhow::Error),
    /// Its name was asked for, and nobody knows the answer.
    #[error("{0:#}")]
    Perhaps(anyhow::Error),
}

impl Unnamed {
    /// A fault that changes nothing about whether its name was asked for.
    pub(crate) fn still(was_asked: bool, fault: anyhow::Error) -> Unnamed {
        if was_asked { Unnamed::Perhaps(fault) } else { Unnamed::Not(fault) }
    }

    /// True where nothing else goes by this way either, for now.
    pub(crate) fn is_of_the_line(&self) -> bool {
        match self {
            Unnamed::Gone => false,
            Unnamed::Not(fault) | Unnamed::Perhaps(fault) => fault.is::<NoLine>(),
        }
    }
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

    /// Gives what was uploaded its name. Where the hidden name is gone it has it already, if
    /// somebody asked for it before; otherwise it is lost.
    pub(crate) async fn rename(&self, was_asked: bool) -> Result<(), Unnamed> {
        match self.door {
            Door::Folder(folder) => {
                let place = Place::of(folder, self.name);
                let renamed = blocking(move || Ok(place.rename(was_asked))).await;
                renamed.unwrap_or_else(|stopped| Err(Unnamed::Perhaps(stopped)))
            }
            Door::Host(host) => host.rename(self.name, was_asked).await,
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
