//! How long 5,000 corrected claims take: each taken out of the 837, changed, compared, checked, and
//! all written as one file; beside reading the same 837. One core.
//!
//! `cargo bench -p denial --bench correct [-- --claims N] [--runs N]`

use std::fs;

use denial::billed::Billed;
use denial::correction::{
    Draft, Field, LineField, Originals, Sending, Terms, check, diff, replacement, write,
};
use jiff::civil::date;
use x12::Reader;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let after = |name: &str| {
        let at = arguments.iter().position(|one| one == name)?;
        arguments.get(at + 1)?.parse().ok()
    };
    let (claims, runs) = (after("--claims").unwrap_or(5_000), after("--runs").unwrap_or(5));
    let file = generate(claims);
    println!("{claims} claims, {} bytes", file.len());
    let reading = median(runs, || assert_eq!(read(&file), claims));
    println!("reading          {:>7} µs", reading / 1_000);
    let correcting = median(runs, || assert!(correct(&file, claims) > file.len()));
    println!("correcting       {:>7} µs", correcting / 1_000);
    let tenths = correcting * 10 / reading.max(1);
    println!("correcting / reading  {}.{} ×   must 20, aim 8", tenths / 10, tenths % 10);
}

/// Claims of many patients, two lines each, under one billing provider.
fn generate(claims: usize) -> Vec<u8> {
    let path =
        concat!(env!("CARGO_MANIFEST_DIR"), "/../../testdata/837/corrected-professional.edi");
    let text = fs::read_to_string(path).expect("the named file").replace('\n', "");
    let (head, rest) = text.split_once("HL*2*1*22*1~").expect("a subscriber");
    let (family, _) = rest.split_once("CLM*A2").expect("another claim");
    let mut out = head.to_owned();
    for at in 0..claims {
        let (subscriber, patient) = (2 * at + 2, 2 * at + 3);
        let levels = format!("HL*{patient}*{subscriber}*23*0~");
        let family =
            family.replace("HL*3*2*23*0~", &levels).replace("CLM*A1*", &format!("CLM*A{at}*"));
        out.push_str(&format!("HL*{subscriber}*1*22*1~"));
        out.push_str(&family.replace("MI*M1~", &format!("MI*M{at}~")));
    }
    let segments = out.matches('~').count() - 1;
    out.push_str(&format!("SE*{segments}*0001~GE*1*70~IEA*1*000000009~"));
    out.into_bytes()
}

fn read(file: &[u8]) -> usize {
    let (mut reader, mut billed) = (Reader::new(file), Billed::default());
    let (mut findings, mut count) = (Vec::new(), 0);
    while let Some(block) = reader.next() {
        count += usize::from(billed.read(&block, &mut findings).is_some());
    }
    count
}

fn correct(file: &[u8], claims: usize) -> usize {
    let (mut reader, mut originals) = (Reader::new(file), Originals::all());
    let mut drafts: Vec<Draft> = Vec::new();
    let today = date(2026, 2, 3);
    while let Some(block) = reader.next() {
        let Some(original) = originals.read(&block) else { continue };
        let mut draft = original.draft().clone();
        draft.set(Field::Authorization, "AUTH2").expect("plain text");
        draft.set(Field::Line(1, LineField::Modifiers), "25,59").expect("two modifiers");
        let draft = replacement(&original, draft, "ICN9", Terms::default()).expect("taken");
        assert_eq!(diff(original.draft(), &draft).len(), 4);
        assert_eq!(check(&draft, today, Terms::default()), []);
        drafts.push(draft);
    }
    assert_eq!(drafts.len(), claims);
    let drafts: Vec<&Draft> = drafts.iter().collect();
    let made = today.at(4, 5, 0, 0);
    let sending = Sending { interchange: 1, group: 1, batch: "B1".to_owned(), made, test: true };
    write(&drafts, &sending).expect("plain text").len()
}

/// Processor time of the middle run, in nanoseconds, so that neighbours do not count.
fn median(runs: usize, mut work: impl FnMut()) -> u64 {
    let mut times: Vec<u64> = (0..runs.max(1))
        .map(|_| {
            let before = on_processor();
            work();
            on_processor() - before
        })
        .collect();
    times.sort_unstable();
    times[times.len() / 2]
}

/// Nanoseconds that this thread has run, as Linux counts them.
fn on_processor() -> u64 {
    let text = fs::read_to_string("/proc/thread-self/schedstat").expect("Linux");
    text.split(' ').next().and_then(|word| word.parse().ok()).expect("nanoseconds")
}
