//! Remittances: whatever comes, amounts add up exactly, and what is given lies inside the file.
#![no_main]

use denial::intake::{Intake, Piece};
use denial::totals::Totals;
use libfuzzer_sys::fuzz_target;
use x12::{Reader, t835};

fuzz_target!(|bytes: &[u8]| {
    let (mut reader, mut findings) = (Reader::new(bytes), Vec::new());
    let (mut intake, mut totals, mut sum) = (Intake::default(), Totals::default(), 0);
    while let Some(block) = reader.next() {
        block.segments().for_each(|segment| drop(format!("{:?}", t835::part(&segment))));
        match intake.read(&block, &mut findings) {
            Some(Piece::Head(head)) => totals.add_head(&head),
            Some(Piece::Claim(claim)) => {
                let lines = claim.lines.iter().map(|line| line.span);
                for span in lines.chain([claim.span]) {
                    assert!(span.start <= span.end && span.end <= bytes.len() as u64);
                }
                sum += claim.all_adjustments().map(|one| one.amount.cents()).sum::<i64>();
                assert!(claim.imbalances().len() <= claim.lines.len() + 3);
                totals.add_claim(&claim);
            }
            Some(Piece::Provider(adjustments)) => {
                adjustments.iter().for_each(|one| totals.add_provider_adjustment(one));
            }
            None => {}
        }
    }
    assert_eq!((totals.claim_adjusted + totals.line_adjusted).cents(), sum);
    assert_eq!(totals.adjusted.values().map(|amount| amount.cents()).sum::<i64>(), sum);
});
