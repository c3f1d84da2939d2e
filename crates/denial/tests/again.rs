//! A claim payment read again from its kept bytes is the one that was read first, in every sample.

use std::fs;
use std::path::Path;

use denial::intake::{Intake, Piece, again};
use x12::{Delimiters, Reader};

#[test]
fn kept_bytes_read_as_they_read_at_first() {
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/samples/835");
    let Ok(files) = fs::read_dir(samples) else {
        eprintln!("SKIPPED: no samples beside the project");
        return;
    };
    let mut claims = 0;
    for path in files.flatten().map(|entry| entry.path()) {
        let bytes = fs::read(&path).expect("a readable sample");
        let mut reader = Reader::new(bytes.as_slice());
        let mut intake = Intake::default();
        while let Some(block) = reader.next() {
            let Some(Piece::Claim(first)) = intake.read(&block, &mut Vec::new()) else { continue };
            let hex = block.delimiters().to_hex();
            let separators = Delimiters::from_hex(&hex).expect("what was written reads back");
            let at = block.opener().expect("a claim has a first segment").place();
            assert_eq!(again(block.raw(), separators, at), Some(*first), "{}", path.display());
            claims += 1;
        }
    }
    assert!(claims > 100, "{claims} claims read twice");
}
