//! Holds the generated files to what a payer's files must be, and the truth to the files.

mod reading;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::LazyLock;

use jiff::civil::{Date, date};
use sim::{ChaosKind, File, FileKind, Item, Preset, Record, Truth, world};

const ENDS_ON: Date = date(2026, 11, 20);

struct Made {
    files: Vec<File>,
    truth: Truth,
}

fn make(preset: &Preset, seed: u64) -> Made {
    let mut made = Made { files: Vec::new(), truth: Truth::default() };
    let world = world(preset, seed, ENDS_ON);
    let run = world.run(|item| {
        match item {
            Item::File(file) => made.files.push(file),
            Item::Truth(record) => made.truth.add(record),
            Item::Day(_) => {}
        }
        Ok(())
    });
    run.expect("this sink takes everything");
    made
}

/// Larger than tiny, so that every shape occurs; made once for all tests.
static WORLD: LazyLock<Made> = LazyLock::new(|| {
    let preset = Preset { claims: 12_000, months: 8, ..Preset::tiny() };
    make(&preset, 11)
});

fn remittances(made: &Made) -> Vec<(&File, reading::Remittance)> {
    let files = made.files.iter().filter(|file| file.kind == FileKind::Remittance);
    let files = files.filter(|file| !is_copy(made, file));
    files
        .flat_map(|file| {
            let found = reading::transactions(&file.bytes).into_iter();
            found.map(move |one| (file, reading::remittance(&one)))
        })
        .collect()
}

fn is_copy(made: &Made, file: &File) -> bool {
    let chaos = made.truth.chaos.iter().filter(|one| one.kind == ChaosKind::DuplicateFile);
    chaos.into_iter().any(|one| one.file == file.path())
}

/// Claim payments that are out of balance on purpose.
fn unbalanced(made: &Made) -> HashSet<String> {
    let kinds = [ChaosKind::UnbalancedLine, ChaosKind::UnbalancedClaim];
    let chaos = made.truth.chaos.iter().filter(|one| kinds.contains(&one.kind));
    chaos.filter_map(|one| one.control.clone()).collect()
}

fn sum(adjustments: &[reading::Adjustment]) -> i64 {
    adjustments.iter().map(|(_, _, amount)| amount).sum()
}

fn is_balanced(claim: &reading::Payment) -> bool {
    let lines = claim.lines.iter();
    let by_line = lines.clone().all(|line| line.charge - sum(&line.adjustments) == line.paid);
    let adjusted: i64 = lines.clone().map(|line| sum(&line.adjustments)).sum();
    let charged: i64 = lines.clone().map(|line| line.charge).sum();
    let paid: i64 = lines.map(|line| line.paid).sum();
    by_line
        && claim.charge - sum(&claim.adjustments) - adjusted == claim.paid
        && claim.charge == charged
        && paid - sum(&claim.adjustments) == claim.paid
}

#[test]
fn every_claim_balances_but_the_known_ones() {
    let broken = unbalanced(&WORLD);
    let mut found = HashSet::new();
    for (file, remit) in remittances(&WORLD) {
        for claim in &remit.claims {
            if !is_balanced(claim) {
                assert!(broken.contains(&claim.control), "{}: {claim:?}", file.name);
                found.insert(claim.control.clone());
            }
            let lines = claim.lines.iter().flat_map(|line| &line.adjustments);
            let share: i64 = lines.filter(|one| one.0 == "PR").map(|one| one.2).sum();
            assert_eq!(claim.share, share, "{}: {claim:?}", file.name);
        }
    }
    assert_eq!(found, broken);
    assert!(broken.len() > 20, "{}", broken.len());
}

#[test]
fn every_payment_is_its_claims_less_its_provider_level() {
    let mut carried: BTreeMap<String, i64> = BTreeMap::new();
    for (file, remit) in remittances(&WORLD) {
        let paid: i64 = remit.claims.iter().map(|claim| claim.paid).sum();
        let taken: i64 = remit.provider_level.iter().map(|(_, _, amount)| amount).sum();
        assert_eq!(remit.total, paid - taken, "{} {}", file.name, remit.trace);
        assert!(remit.total >= 0);
        assert_eq!(remit.handling == "H", remit.total == 0);
        assert_eq!(remit.method == "NON", remit.total == 0);
        for (code, _, amount) in remit.provider_level.iter().filter(|one| one.0 == "FB") {
            *carried.entry(code.clone()).or_default() += amount;
        }
    }
    assert!(carried["FB"] <= 0, "no more is taken than was carried: {carried:?}");
}

#[test]
fn allowed_is_what_was_paid_and_what_was_left() {
    let broken = unbalanced(&WORLD);
    let mut seen = 0;
    for (_, remit) in remittances(&WORLD) {
        for claim in remit.claims.iter().filter(|claim| !broken.contains(&claim.control)) {
            for line in claim.lines.iter().filter(|line| line.paid > 0) {
                let Some(allowed) = line.allowed else { continue };
                let after = ["253", "237"];
                let left = line.adjustments.iter();
                let left = left.filter(|one| one.0 == "PR" || after.contains(&one.1.as_str()));
                // A refused patient share of a partly paid line is no part of what is allowed.
                let left = left.filter(|one| one.1 != "119" && one.1 != "50");
                assert_eq!(allowed, line.paid + left.map(|one| one.2).sum::<i64>(), "{line:?}");
                seen += 1;
            }
        }
    }
    assert!(seen > 5_000, "{seen}");
}

#[test]
fn reversals_negate_exactly_what_was_paid() {
    let mut paid: HashMap<String, reading::Payment> = HashMap::new();
    let mut reversals = Vec::new();
    for (_, remit) in remittances(&WORLD) {
        for claim in remit.claims {
            if claim.status == "22" {
                reversals.push(claim);
            } else {
                let control = claim.control.clone();
                assert!(paid.insert(control, claim).is_none(), "control numbers are unique");
            }
        }
    }
    let mut waiting = 0;
    for back in &reversals {
        let Some(first) = paid.get(&back.control) else {
            waiting += 1;
            continue;
        };
        assert_eq!(
            (back.charge, back.paid, back.share),
            (-first.charge, -first.paid, -first.share)
        );
        for (negated, line) in back.lines.iter().zip(&first.lines) {
            let turned = line.adjustments.iter();
            let turned: Vec<_> =
                turned.map(|(group, code, cents)| (group.clone(), code.clone(), -cents)).collect();
            assert_eq!(negated.adjustments, turned);
            assert_eq!((negated.charge, negated.paid), (-line.charge, -line.paid));
        }
    }
    assert!(reversals.len() > 300, "{}", reversals.len());
    assert!(waiting * 50 < reversals.len(), "{waiting} of {}", reversals.len());
}

#[test]
fn lines_net_to_the_truth() {
    let broken = unbalanced(&WORLD);
    let mut net: HashMap<String, i64> = HashMap::new();
    let mut quarantined: HashMap<String, i64> = HashMap::new();
    for (_, remit) in remittances(&WORLD) {
        for claim in &remit.claims {
            let sums = if broken.contains(&claim.control) { &mut quarantined } else { &mut net };
            for line in &claim.lines {
                *sums.entry(line.control.clone()).or_default() += line.paid;
            }
        }
    }
    for line in WORLD.truth.lines() {
        let control = format!("{}-{}", line.claim, line.line);
        assert_eq!(line.paid_cents, net.remove(&control).unwrap_or(0), "{control}");
        assert_eq!(line.quarantined_cents, quarantined.remove(&control).unwrap_or(0), "{control}");
    }
    assert!(net.is_empty() && quarantined.is_empty());
}

#[test]
fn days_come_in_their_order() {
    let mut sent: HashMap<String, String> = HashMap::new();
    for file in WORLD.files.iter().filter(|file| file.kind == FileKind::Claims) {
        for transaction in reading::transactions(&file.bytes) {
            let on = transaction.segments[1][4].clone();
            for claim in transaction.segments.iter().filter(|one| one[0] == "CLM") {
                sent.entry(claim[1].clone()).or_insert_with(|| on.clone());
            }
        }
    }
    for (file, remit) in remittances(&WORLD) {
        for claim in &remit.claims {
            let sent = &sent[&claim.number];
            assert!(claim.served_on <= *sent, "{}: {claim:?}", file.name);
            assert!(*sent <= claim.received_on, "{}: {claim:?}", file.name);
            assert!(claim.received_on <= remit.produced_on, "{}: {claim:?}", file.name);
            assert!(remit.produced_on <= remit.paid_on);
        }
    }
}

#[test]
fn traces_and_names_are_unique() {
    let mut names = HashSet::new();
    assert!(WORLD.files.iter().all(|file| names.insert(file.path())));
    let mut traces = HashSet::new();
    for (_, remit) in remittances(&WORLD) {
        assert!(traces.insert(remit.trace.clone()), "{}", remit.trace);
    }
}

#[test]
fn the_same_seed_makes_the_same_bytes() {
    let preset = Preset { claims: 600, ..Preset::tiny() };
    let (one, other) = (make(&preset, 5), make(&preset, 5));
    assert_eq!(one.files, other.files);
    assert_ne!(one.files, make(&preset, 6).files);
}

#[test]
fn another_practice_changes_nothing_for_the_first() {
    let preset = Preset { claims: 600, ..Preset::tiny() };
    let alone = make(&preset, 5).files;
    let both = make(&preset.with_practices(2), 5).files;
    assert!(both.len() > alone.len());
    assert_eq!(both[..alone.len()], alone[..]);
}

#[test]
fn no_file_says_what_is_true() {
    let words = ["TRUTH", "CHAOS", "TRAP", "FAULT", "DENIED", "VERDICT", "MALFORMED", "UNBALANCED"];
    for file in &WORLD.files {
        let text = String::from_utf8(file.bytes.clone()).unwrap().to_uppercase() + &file.path();
        assert!(words.iter().all(|word| !text.contains(word)), "{}", file.name);
    }
}

#[test]
fn the_world_holds_every_shape_it_promises() {
    let totals = &WORLD.truth.totals;
    let traps: BTreeSet<_> = totals.traps.keys().collect();
    println!("{totals:#?}");
    for trap in traps {
        assert!(totals.traps[trap] > 10, "{trap:?}: {}", totals.traps[trap]);
    }
    let rate = totals.denied_claims * 1_000 / totals.claims;
    assert!((90..150).contains(&rate), "{rate} of 1000 claims are denied");
}

#[test]
fn truth_survives_its_files() {
    let folder = tempfile::tempdir().unwrap();
    let preset = Preset { claims: 300, ..Preset::tiny() };
    let world = world(&preset, 3, ENDS_ON);
    let (files, truth) = (folder.path().join("files"), folder.path().join("truth"));
    let mut days = 0;
    world.write(&files, &truth, |_| days += 1).unwrap();
    assert_eq!(days, world.steps());
    let read = Truth::read(&truth).unwrap();
    let made = make(&preset, 3);
    assert_eq!(read.totals, made.truth.totals);
    assert!(read.lines().all(|line| made.truth.line(&line.claim, line.line) == Some(line)));
    assert!(read.claims().all(|claim| made.truth.claim(&claim.claim) == Some(claim)));
    assert!(world.write(&files, &files.join("truth"), |_| {}).is_err());
    let records = std::cell::Cell::new(0);
    world
        .truth(|_: Record| {
            records.set(records.get() + 1);
            Ok(())
        })
        .unwrap();
    assert!(records.get() > 600);
}
