//! The same seed makes the same bytes, and nobody shifts anybody else.

use std::collections::{HashMap, HashSet};

use sim::{FileKind, Item, Preset, Record, Truth, world};

use crate::made::{ENDS_ON, WORLD, make};

fn small() -> Preset {
    Preset { claims: 600, ..Preset::tiny() }
}

#[test]
fn the_same_seed_makes_the_same_bytes() {
    let (one, other) = (make(&small(), 5), make(&small(), 5));
    assert_eq!(one.files, other.files);
    assert_ne!(one.files, make(&small(), 6).files);
}

#[test]
fn another_practice_changes_nothing_for_the_first() {
    let alone = make(&small(), 5).files;
    let both = make(&small().with_practices(2), 5).files;
    assert!(both.len() > alone.len());
    assert_eq!(both[..alone.len()], alone[..]);
}

#[test]
fn practices_have_nothing_in_common() {
    let world = world(&small().with_practices(3), 5, ENDS_ON);
    let numbers: HashSet<&str> =
        world.practices().iter().flat_map(|one| [one.npi.as_str(), one.tax_id.as_str()]).collect();
    assert_eq!(numbers.len(), 6);
    assert_eq!(world.practice().npi, world.practices()[0].npi);
    let made = make(&small().with_practices(3), 5);
    let payees: HashSet<String> =
        made.remittances().into_iter().map(|(_, remit)| remit.payee).collect();
    assert_eq!(payees.len(), 3);
    let mut claims = HashSet::new();
    assert!(made.truth.claims().all(|claim| claims.insert(&claim.claim)));
}

#[test]
fn traces_and_names_are_unique() {
    let mut names = HashSet::new();
    assert!(WORLD.files.iter().all(|file| names.insert(file.path())));
    let mut traces = HashSet::new();
    for (_, remit) in WORLD.remittances() {
        assert!(traces.insert(remit.trace.clone()), "{}", remit.trace);
    }
}

#[test]
fn files_come_in_the_order_of_their_days() {
    assert!(WORLD.files.is_sorted_by_key(|file| file.on));
    assert!(WORLD.files.iter().all(|file| file.on <= ENDS_ON));
}

#[test]
fn days_of_a_claim_come_in_their_order() {
    let mut sent: HashMap<String, String> = HashMap::new();
    for (_, transaction) in WORLD.transactions(FileKind::Claims) {
        let on = &transaction.segments[1][4];
        for claim in transaction.segments.iter().filter(|one| one[0] == "CLM") {
            sent.entry(claim[1].clone()).or_insert_with(|| on.clone());
        }
    }
    for (file, remit) in WORLD.remittances() {
        for claim in &remit.claims {
            let days = [
                &claim.served_on,
                &sent[&claim.number],
                &claim.received_on,
                &remit.produced_on,
                &remit.paid_on,
            ];
            assert!(days.is_sorted(), "{}: {days:?} of {claim:?}", file.name);
        }
    }
}

#[test]
fn no_file_says_what_is_true() {
    let words = ["TRUTH", "CHAOS", "TRAP", "FAULT", "DENIED", "VERDICT", "MALFORM", "UNBALANC"];
    for file in &WORLD.files {
        let text = std::str::from_utf8(&file.bytes).unwrap().to_uppercase();
        let text = text + &file.path().to_uppercase();
        assert!(words.iter().all(|word| !text.contains(word)), "{}", file.name);
    }
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
    assert_eq!(read.chaos, made.truth.chaos);
    assert_eq!(read.lines().count() as u64, read.totals.lines);
    assert!(read.lines().all(|line| made.truth.line(&line.claim, line.line) == Some(line)));
    assert!(read.claims().all(|claim| made.truth.claim(&claim.claim) == Some(claim)));
    for file in &made.files {
        assert_eq!(std::fs::read(files.join(file.path())).unwrap(), file.bytes);
    }
}

#[test]
fn truth_does_not_lie_among_the_files() {
    let folder = tempfile::tempdir().unwrap();
    let world = world(&Preset::tiny(), 3, ENDS_ON);
    let fault = world.write(folder.path(), &folder.path().join("truth"), |_| {}).unwrap_err();
    assert_eq!(fault.to_string(), "the truth must lie apart from the files");
}

#[test]
fn files_and_truth_come_apart_too() {
    let world = world(&small(), 5, ENDS_ON);
    let made = make(&small(), 5);
    let mut files = Vec::new();
    world
        .files(|file| {
            files.push(file);
            Ok(())
        })
        .unwrap();
    assert_eq!(files, made.files);
    let mut lines = 0;
    world
        .truth(|record| {
            lines += u64::from(matches!(record, Record::Line(_)));
            Ok(())
        })
        .unwrap();
    assert_eq!(lines, made.truth.totals.lines);
}

#[test]
fn a_sink_that_fails_ends_the_run() {
    let world = world(&small(), 5, ENDS_ON);
    let mut taken = 0;
    let run = world.files(|_| {
        taken += 1;
        if taken < 3 { Ok(()) } else { Err(std::io::Error::other("full")) }
    });
    assert_eq!(run.unwrap_err().to_string(), "full");
    assert_eq!(taken, 3);
}

/// The demo as people see it: its size, its rates, and every trap a hundred times.
#[test]
fn the_demo_is_as_large_as_it_says() {
    let (mut totals, mut files, mut days) = (None, 0_usize, 0);
    let demo = world(&Preset::demo(), 1, ENDS_ON);
    demo.run(|item| {
        match item {
            Item::File(_) => files += 1,
            Item::Truth(Record::Totals(told)) => totals = Some(told),
            Item::Truth(_) => {}
            Item::Day(_) => days += 1,
        }
        Ok(())
    })
    .unwrap();
    let totals = totals.unwrap();
    assert_eq!(days, demo.steps());
    assert!((73_000..=75_000).contains(&totals.claims), "{}", totals.claims);
    assert!((1_500..4_000).contains(&files), "{files} files");
    let denied = totals.denied_claims * 1_000 / totals.claims;
    assert!((105..125).contains(&denied), "{denied} of 1000 claims are denied");
    assert!(totals.traps.values().all(|count| *count > 100), "{:?}", totals.traps);
    let broken: u64 = totals.chaos.values().sum();
    assert!((8..18).contains(&(broken * 1_000 / totals.claims)), "{:?}", totals.chaos);
}
