//! Worlds in memory, and what the tests look up in them.

use std::collections::HashSet;
use std::sync::LazyLock;

use jiff::civil::{Date, date};
use sim::{ChaosKind, File, FileKind, Item, Preset, Truth, world};

use crate::reading::{self, Payment, Remittance, Transaction};

/// The last day of every world here.
pub(crate) const ENDS_ON: Date = date(2026, 11, 20);

/// A world that has happened.
pub(crate) struct Made {
    pub(crate) files: Vec<File>,
    pub(crate) truth: Truth,
}

/// Larger than tiny, so that every shape occurs often.
pub(crate) static WORLD: LazyLock<Made> = LazyLock::new(|| {
    let preset = Preset { claims: 12_000, months: 8, ..Preset::tiny() };
    make(&preset, 11)
});

pub(crate) fn make(preset: &Preset, seed: u64) -> Made {
    let mut made = Made { files: Vec::new(), truth: Truth::default() };
    let world = world(preset, seed, ENDS_ON);
    let run = world.run(|item| {
        match item {
            Item::File(file) => made.files.push(file),
            Item::Truth(record) => made.truth.add(record),
            Item::Day(_) => {}
        }
        Ok(())
    });
    run.expect("this sink takes everything");
    made
}

impl Made {
    pub(crate) fn of_kind(&self, kind: FileKind) -> impl Iterator<Item = &File> {
        self.files.iter().filter(move |file| file.kind == kind)
    }

    /// Every transaction of files of a kind; files that came twice count once.
    pub(crate) fn transactions(&self, kind: FileKind) -> Vec<(&File, Transaction)> {
        let copies = self.copies();
        let files = self.of_kind(kind).filter(|file| !copies.contains(&file.path()));
        files
            .flat_map(|file| {
                reading::transactions(&file.bytes).into_iter().map(move |one| (file, one))
            })
            .collect()
    }

    pub(crate) fn remittances(&self) -> Vec<(&File, Remittance)> {
        let found = self.transactions(FileKind::Remittance).into_iter();
        found.map(|(file, one)| (file, reading::remittance(&one))).collect()
    }

    /// Every claim payment.
    pub(crate) fn payments(&self) -> Vec<Payment> {
        self.remittances().into_iter().flat_map(|(_, remit)| remit.claims).collect()
    }

    fn copies(&self) -> HashSet<String> {
        let copies = self.truth.chaos.iter().filter(|one| one.kind == ChaosKind::DuplicateFile);
        copies.map(|one| one.file.clone()).collect()
    }

    /// Control numbers of claim payments that are broken in these ways.
    pub(crate) fn broken(&self, kinds: &[ChaosKind]) -> HashSet<String> {
        let chaos = self.truth.chaos.iter().filter(|one| kinds.contains(&one.kind));
        chaos.filter_map(|one| one.control.clone()).collect()
    }

    pub(crate) fn unbalanced(&self) -> HashSet<String> {
        self.broken(&[ChaosKind::UnbalancedLine, ChaosKind::UnbalancedClaim])
    }
}
