//! The samples beside the project, cut off everywhere and damaged at random, always the same way.
#![allow(dead_code, reason = "each test takes what it needs")]

use std::fs;
use std::path::{Path, PathBuf};

/// Every sample with its path, sorted; none, loudly, where they are not there.
pub(crate) fn samples() -> Vec<(PathBuf, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/samples");
    let Ok(kinds) = fs::read_dir(&folder) else {
        eprintln!("SKIPPED: no samples beside the project");
        return Vec::new();
    };
    let folders = kinds.flatten().map(|entry| entry.path()).filter(|path| path.is_dir());
    let mut files: Vec<PathBuf> = folders
        .flat_map(|folder| fs::read_dir(folder).expect("a readable folder").flatten())
        .map(|entry| entry.path())
        .collect();
    files.sort();
    files.into_iter().map(|path| (path.clone(), fs::read(path).expect("a sample"))).collect()
}

/// A generator of its own, so that a failure repeats.
pub(crate) struct Dice(u64);

impl Dice {
    /// A number below a limit.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("31 bits") % limit.max(1)
    }
}

/// Files up to this size are cut at every byte.
pub(crate) const WHOLE: usize = 10_000;

/// Bytes of a longer file that are read before a cut: its head, and what stands before the cut.
const HEAD: usize = 600;
const NEAR: usize = 1_500;

/// Every prefix of a file up to `whole` bytes. Of a longer file: 60 prefixes at even distances,
/// and at every end of a segment and the bytes beside it its head with what stands before the cut,
/// since whole prefixes of them all would be billions of bytes.
pub(crate) fn each_prefix(bytes: &[u8], whole: usize, mut read: impl FnMut(&[u8])) -> u64 {
    let mut count = 0;
    let mut told = |text: &[u8]| {
        count += 1;
        read(text);
    };
    if bytes.len() <= whole {
        (0..=bytes.len()).for_each(|end| told(&bytes[..end]));
        return count;
    }
    for end in (0..bytes.len()).step_by(1 + bytes.len() / 60) {
        told(&bytes[..end]);
    }
    let ends = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'~').map(|(at, _)| at);
    for end in ends.flat_map(|at| at..=at + 2).filter(|end| *end <= bytes.len()) {
        let from = end.saturating_sub(NEAR).max(HEAD);
        let near = bytes.get(from..end).unwrap_or_default();
        told(&[&bytes[..HEAD.min(end)], near].concat());
    }
    count
}

/// So many damaged samples: bytes lost, added, changed, pieces doubled or taken from another.
pub(crate) fn each_mutation(count: usize, mut read: impl FnMut(&[u8])) {
    let all: Vec<Vec<u8>> =
        samples().into_iter().map(|(_, bytes)| bytes).filter(|one| one.len() <= WHOLE).collect();
    let mut dice = Dice(1);
    for _ in 0..count.min(all.len() * count) {
        let mut bytes = all[dice.below(all.len())].clone();
        for _ in 0..=dice.below(8) {
            damage(&mut bytes, &all, &mut dice);
        }
        read(&bytes);
    }
}

fn damage(bytes: &mut Vec<u8>, all: &[Vec<u8>], dice: &mut Dice) {
    let at = dice.below(bytes.len() + 1);
    match dice.below(6) {
        0 => bytes.truncate(at),
        1 => bytes.insert(at, u8::try_from(dice.below(256)).expect("a byte")),
        2 => bytes.iter_mut().skip(at).take(1).for_each(|byte| *byte ^= 0x55),
        3 => bytes.iter_mut().skip(at).take(1).for_each(|byte| *byte = b"*~:^\n0"[dice.below(6)]),
        4 => drop(bytes.drain(at..(at + dice.below(40)).min(bytes.len()))),
        _ => {
            let other = &all[dice.below(all.len())];
            let from = dice.below(other.len());
            let piece = &other[from..(from + dice.below(200)).min(other.len())];
            drop(bytes.splice(at..at, piece.iter().copied()));
        }
    }
}
