//! Real 271 and 278 files: every one is read, and what the answers say is what is in them.

use std::fs;
use std::path::Path;

use denial::evidence::{Evidence, EvidenceKind, Reading};
use x12::Reader;

fn read(bytes: &[u8]) -> Vec<Evidence> {
    let (mut reader, mut reading) = (Reader::new(bytes), Reading::default());
    let (mut found, mut findings) = (Vec::new(), Vec::new());
    while let Some(block) = reader.next() {
        found.extend(reading.read(&block, &mut findings));
    }
    found
}

/// How many segments of a kind follow a level that answers, counted without the reader.
fn counted(bytes: &[u8], id: &[u8]) -> usize {
    let lines = bytes.split(|byte| matches!(byte, b'~' | b'\n' | b'\r'));
    lines.filter(|line| line.trim_ascii().starts_with(id)).count()
}

#[test]
fn every_sample_is_read_and_each_decision_is_found() {
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/samples");
    if !samples.exists() {
        eprintln!("SKIPPED: no samples at {}", samples.display());
        return;
    }
    let (mut files, mut answers, mut decisions) = (0, 0, 0);
    for set in ["271", "278"] {
        for entry in fs::read_dir(samples.join(set)).expect("a folder of samples") {
            let bytes = fs::read(entry.expect("an entry").path()).expect("a readable sample");
            let found = read(&bytes);
            let told = found.iter().filter(|one| one.decision.is_some()).count();
            let is_answer = counted(&bytes, b"BHT*0007*13") == 0;
            if set == "278" && is_answer && bytes.starts_with(b"ISA") {
                let one_level = counted(&bytes, b"HCR*");
                assert!(told <= one_level, "more decisions than HCR");
            }
            assert!(
                found.iter().all(|one| (one.kind == EvidenceKind::Eligibility) == (set == "271"))
            );
            (files, answers, decisions) = (files + 1, answers + found.len(), decisions + told);
            // Cut anywhere, it is still read.
            for end in (0..bytes.len()).step_by(97) {
                let _ = read(&bytes[..end]);
            }
        }
    }
    eprintln!("{files} files, {answers} answers, {decisions} decisions");
    assert!(files > 50 && answers > 20 && decisions > 10);
}
