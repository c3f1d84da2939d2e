//! `reclaim correct`: a claim is corrected without a database, and written when nothing is wrong.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn file() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/837/corrected-professional.edi")
}

fn correct(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_reclaim"))
        .arg("correct")
        .arg(file())
        .args(arguments)
        .output()
        .expect("the program starts")
}

fn text(output: &Output) -> String {
    [&output.stdout[..], &output.stderr].map(String::from_utf8_lossy).concat()
}

#[test]
fn a_replacement_is_shown_and_written_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("fixed.837");
    let out = out.to_str().expect("plain letters");
    let arguments = [
        "--claim",
        "A1",
        "--set",
        "authorization=AUTH2",
        "--set",
        "line.1.modifiers=25,59",
        "--frequency",
        "7",
        "--control",
        "ICN9",
        "-o",
        out,
    ];
    let told = correct(&arguments);
    assert!(told.status.success(), "{}", text(&told));
    let lines = [
        "frequency: 1 -> 7",
        "payer's number of the claim: nothing -> ICN9",
        "authorization number: AUTH1 -> AUTH2",
        "line 1: modifiers: 25 -> 25,59 (a coder approves)",
    ];
    assert!(text(&told).starts_with(&lines.join("\n")), "{}", text(&told));
    let written = fs::read_to_string(out).expect("a file");
    assert!(written.contains("REF*F8*ICN9~") && written.contains("SV1*HC:99213:25:59*100*UN"));
    let again = correct(&arguments);
    assert!(!again.status.success() && text(&again).contains("not there yet"));
    assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 1);
}

#[test]
fn nothing_is_written_while_something_is_wrong() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("fixed.837");
    let out = out.to_str().expect("plain letters");
    let told = correct(&["--claim", "A1", "--set", "line.1.charge=1", "-o", out]);
    assert_eq!(told.status.code(), Some(1));
    assert!(text(&told).contains("fault: total charge (charge): expected what the lines"));
    for (arguments, words) in [
        (&["--claim", "NONE"][..], "none came"),
        (&["--claim", "A1", "--frequency", "7"], "expected the payer's number"),
        (&["--claim", "A1", "--frequency", "8", "--set", "note=A"], "as it was"),
        (&["--claim", "A1", "--set", "claim=A9"], "no field claim"),
        (&["--claim", "A1", "--set", "note=A*B"], "separator"),
    ] {
        let told = correct(arguments);
        assert!(!told.status.success() && text(&told).contains(words), "{}", text(&told));
    }
    assert!(!Path::new(out).exists());
}

#[test]
fn fields_are_listed_as_they_are_set() {
    let told = text(&correct(&["--claim", "A1", "--fields"]));
    assert!(told.contains("line.1.procedure=99213  # line 1: procedure"), "{told}");
    assert!(told.contains("patient.born=2010-03-04"), "{told}");
}
