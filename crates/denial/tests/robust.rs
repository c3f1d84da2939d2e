//! Laws of taking files in that hold for any bytes: no reader of the field throws, and what each
//! gives lies inside the file.

#[path = "../../x12/tests/samples/mod.rs"]
mod samples;

use denial::billed::Billed;
use denial::evidence::Reading;
use denial::intake::{Intake, Piece};
use denial::rejection::Rejection;
use denial::remittance::Span;
use denial::totals::Totals;
use samples::{each_mutation, each_prefix, samples};
use x12::Reader;

/// Files up to this size are cut at every byte here; `x12`'s own test goes further.
const WHOLE: usize = 4_000;

/// Reads bytes with every reader at once, as a mixed file would be.
fn walk(bytes: &[u8]) {
    let (mut reader, mut findings) = (Reader::new(bytes), Vec::new());
    let (mut intake, mut billed) = (Intake::default(), Billed::default());
    let (mut rejection, mut reading) = (Rejection::default(), Reading::default());
    let (mut totals, mut spans) = (Totals::default(), Vec::new());
    while let Some(block) = reader.next() {
        match intake.read(&block, &mut findings) {
            Some(Piece::Head(head)) => totals.add_head(&head),
            Some(Piece::Claim(claim)) => {
                spans.push(claim.span);
                spans.extend(claim.lines.iter().map(|line| line.span));
                spans.extend(claim.imbalances().iter().map(|one| one.span));
                totals.add_claim(&claim);
            }
            Some(Piece::Provider(adjustments)) => {
                adjustments.iter().for_each(|one| totals.add_provider_adjustment(one));
            }
            None => {}
        }
        if let Some(claim) = billed.read(&block, &mut findings) {
            spans.push(claim.span);
            spans.extend(claim.imbalance().map(|one| one.span));
            let numbers = claim.claim.lines.iter().map(|line| line.number);
            assert!(numbers.is_sorted(), "lines are numbered in their order");
        }
        spans.extend(reading.read(&block, &mut findings).map(|answer| answer.span));
        spans.extend(rejection.read(&block, &mut findings).iter().map(|answer| answer.span));
    }
    let size = bytes.len() as u64;
    assert!(findings.iter().all(|finding| finding.at.byte <= size));
    let inside = |span: &Span| span.start <= span.end && span.end <= size;
    assert!(spans.iter().all(inside), "{spans:?} in {size}");
    assert_eq!(totals.imbalance(Span::default()).is_none(), {
        totals.paid - totals.provider_level == totals.payment
    });
}

#[test]
fn every_prefix_of_every_sample_is_taken() {
    let (mut files, mut prefixes) = (0, 0);
    for (_, bytes) in samples() {
        prefixes += each_prefix(&bytes, WHOLE, walk);
        files += 1;
    }
    println!("{prefixes} prefixes of {files} samples were taken");
}

#[test]
fn ten_thousand_mutations_of_samples_are_taken() {
    let mut count = 0;
    each_mutation(10_000, |bytes| {
        walk(bytes);
        count += 1;
    });
    println!("{count} mutations were taken");
}
