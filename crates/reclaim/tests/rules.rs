//! `reclaim rules check`: the shipped rules are whole; a clinic's own file is laid over them.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

fn check(folder: Option<&Path>) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_reclaim"));
    command.args(["rules", "check"]).args(folder).output().expect("the program starts")
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// How many payers' programs the program brings.
fn programs() -> usize {
    let payers = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/payers");
    fs::read_dir(payers).expect("data/payers is there").count()
}

#[test]
fn the_shipped_rules_are_whole() {
    let output = check(None);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output));
    let text = text(&output);
    let programs = format!("{:>5} payers' programs", programs());
    for begin in ["The rules are whole.", "  360 reasons", "  272 remarks", &programs] {
        assert!(text.lines().any(|line| line.starts_with(begin)), "{begin}\n{text}");
    }
}

#[test]
fn a_file_of_the_clinic_is_laid_over_and_its_faults_are_told() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir(folder.path().join("payers")).expect("a folder");
    let file = folder.path().join("payers/test.toml");
    fs::write(&file, "name = \"Test Health\"\nplan_types = [\"commercial\"]\n").expect("written");
    let output = check(Some(folder.path()));
    assert_eq!(output.status.code(), Some(0), "{}", text(&output));
    let one_more = format!("{:>5} payers' programs", programs() + 1);
    assert!(text(&output).contains(&one_more), "{}", text(&output));

    fs::write(&file, "name = \"Test Health\"\nplan_type = [\"commercial\"]\n").expect("written");
    let mut named = Command::new(env!("CARGO_BIN_EXE_reclaim"));
    named.args(["rules", "check", "--rules"]).arg(folder.path());
    let output = named.output().expect("the program starts");
    assert_eq!(output.status.code(), Some(1));
    let text = text(&output);
    assert!(text.starts_with("payers/test.toml:2: `plan_type` is not a key"), "{text}");
    assert!(text.ends_with("1 fault\n"), "{text}");
}

#[test]
fn a_folder_that_is_not_there_is_told() {
    let output = check(Some(Path::new("/nowhere/at/all")));
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output).contains("/nowhere/at/all"), "{}", text(&output));
}
