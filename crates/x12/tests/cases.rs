//! The named files of `testdata`: what is found odd in each, at its place, and nothing else.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use x12::Reader;

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a readable folder").map(|entry| {
        let path = entry.expect("a readable entry").path();
        if path.is_dir() { files(&path) } else { vec![path] }
    });
    let mut found: Vec<PathBuf> = entries.flatten().collect();
    found.sort();
    found
}

#[test]
fn findings_of_every_named_file() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata");
    let mut told = String::new();
    for path in files(&folder) {
        let bytes = fs::read(&path).expect("a file");
        let mut reader = Reader::new(&bytes[..]);
        while reader.next().is_some() {}
        let name = path.strip_prefix(&folder).expect("inside").display();
        writeln!(told, "{name}: {} segments", reader.segments()).expect("text");
        for finding in reader.finish() {
            let (at, code) = (finding.at, finding.code.as_str());
            let message = finding.message;
            writeln!(told, "  {} at {} {code}: {message}", at.segment, at.byte).expect("text");
        }
    }
    insta::assert_snapshot!(told);
}
