//! The same files end in the same practice: taken twice, in any order, by two processes at once, or
//! killed at any moment and begun again. On either database.

use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use crate::place::{Desk, Dice, files_below};
use jiff::civil::date;
use tempfile::TempDir;

/// Everything that is taken in: files of the test's own, a simulated practice, the samples.
fn everything() -> (TempDir, Vec<PathBuf>) {
    let folder = tempfile::tempdir().expect("a folder");
    let mut files = crate::files::write(&folder.path().join("own"));
    let preset = sim::Preset { claims: 600, ..sim::Preset::tiny() };
    let world = sim::world(&preset, 7, date(2026, 6, 30));
    let simulated = folder.path().join("simulated");
    world.write(&simulated, &folder.path().join("truth"), |_| {}).expect("written");
    files.extend(files_below(&simulated));
    files.extend(samples());
    (folder, files)
}

fn samples() -> Vec<PathBuf> {
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/samples/835");
    if !shared.exists() {
        eprintln!("SKIPPED: no samples beside the project");
        return Vec::new();
    }
    files_below(&shared)
}

/// Two exports that must be one; says where they part.
#[track_caller]
fn same(expected: &str, found: &str, what: &str) {
    if expected == found {
        return;
    }
    let (left, right): (Vec<&str>, Vec<&str>) =
        (expected.lines().collect(), found.lines().collect());
    let lost: Vec<&&str> = left.iter().filter(|line| !right.contains(line)).take(8).collect();
    let new: Vec<&&str> = right.iter().filter(|line| !left.contains(line)).take(8).collect();
    panic!("{what}: lost {lost:#?}\nnew {new:#?}");
}

#[test]
fn taken_twice_it_is_there_once() {
    let (_folder, files) = everything();
    for desk in Desk::each() {
        desk.take(&files);
        let once = desk.proven();
        desk.take(&files);
        same(&once, &desk.proven(), desk.kind());
    }
}

#[test]
fn any_order_comes_to_the_same() {
    let (_folder, files) = everything();
    let mut dice = Dice(11);
    let first = Desk::sqlite();
    first.take(&files);
    let expected = first.proven();
    for kind in Desk::each() {
        for turn in 0..3 {
            let desk = kind.another();
            desk.take(&dice.shuffled(&files));
            same(&expected, &desk.proven(), &format!("{} order {turn}", desk.kind()));
        }
    }
}

#[test]
fn two_processes_at_once_come_to_the_same() {
    let (_folder, files) = everything();
    let mut dice = Dice(12);
    for desk in Desk::each() {
        let alone = desk.another();
        alone.take(&files);
        let both = [desk.begin(&files), desk.begin(&dice.shuffled(&files))];
        for child in both {
            let output = child.wait_with_output().expect("it ends");
            let said = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{}: {said}", desk.kind());
        }
        same(&alone.proven(), &desk.proven(), desk.kind());
    }
}

/// Kills as often as asked, at moments of chance, and lets the last run end.
fn killed(kills: u64, seed: u64) {
    let (_folder, files) = everything();
    for desk in Desk::each() {
        let whole = desk.another();
        let begun = Instant::now();
        whole.take(&files);
        let length = u64::try_from(begun.elapsed().as_millis()).expect("a short run");
        let mut dice = Dice(seed);
        for _ in 0..kills {
            // Most moments lie in what is left to do; what is done is passed over fast.
            let mut child = desk.begin(&dice.shuffled(&files));
            thread::sleep(Duration::from_millis(5 + dice.roll(length / 2)));
            child.kill().expect("it can be killed");
            child.wait().expect("it ends");
        }
        desk.take(&files);
        same(&whole.proven(), &desk.proven(), desk.kind());
    }
}

#[test]
fn killed_at_any_moment_it_goes_on() {
    killed(5, 13);
}

#[test]
#[ignore = "minutes long; the release runs it"]
fn killed_a_hundred_times_it_goes_on() {
    killed(100, 14);
}
