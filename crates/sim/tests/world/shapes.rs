//! Every shape of x12 §12 stands in the files, many times.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use sim::FileKind;

use crate::made::WORLD;
use crate::reading::Payment;

fn count(is_one: impl Fn(&Payment) -> bool) -> usize {
    WORLD.payments().iter().filter(|claim| is_one(claim)).count()
}

fn has(claim: &Payment, group: &str, reason: &str) -> bool {
    let mut adjustments = claim.lines.iter().flat_map(|line| &line.adjustments);
    adjustments.any(|one| one.0 == group && one.1 == reason)
}

#[track_caller]
fn assert_many(name: &str, count: usize) {
    assert!(count >= 5, "{name}: {count}");
}

#[test]
fn every_status_of_a_claim() {
    let mut statuses: BTreeMap<String, usize> = BTreeMap::new();
    for claim in WORLD.payments() {
        *statuses.entry(claim.status).or_default() += 1;
    }
    let found: BTreeSet<&str> = statuses.keys().map(String::as_str).collect();
    assert_eq!(found, BTreeSet::from(["1", "19", "2", "22", "23", "25", "3", "4"]));
    for (status, count) in statuses {
        assert_many(&status, count);
    }
}

#[test]
fn every_kind_of_adjustment() {
    let pairs = [
        ("CO", "24"),
        ("CO", "237"),
        ("CO", "253"),
        ("OA", "23"),
        ("OA", "94"),
        ("OA", "101"),
        ("OA", "B11"),
        ("OA", "18"),
        ("CO", "15"),
        ("CO", "38"),
        ("PI", "197"),
        ("PR", "1"),
        ("PR", "2"),
        ("PR", "3"),
    ];
    for (group, reason) in pairs {
        assert_many(reason, count(|claim| has(claim, group, reason)));
    }
}

#[test]
fn lines_of_every_form() {
    let any = |is_one: fn(&crate::reading::PaidLine) -> bool| {
        count(|claim| claim.lines.iter().any(is_one))
    };
    assert_many("more than six", any(|line| line.adjustments.len() > 6));
    assert_many("three reasons", any(|line| line.adjustments.len() == 3 && line.paid == 0));
    assert_many("bundled", any(|line| !line.billed.is_empty() && line.paid == 0));
    assert_many("split", any(|line| line.remarks.iter().any(|one| one == "N123")));
    assert_many("units cut", any(|line| line.adjustments.iter().any(|one| one.1 == "151")));
    assert_many("16 alone", any(|line| line.remarks.is_empty() && line.is_reason("16")));
    let mixed = |line: &crate::reading::PaidLine| {
        let groups: BTreeSet<&str> = line.adjustments.iter().map(|one| one.0.as_str()).collect();
        groups.len() > 1 && line.paid > 0
    };
    assert_many("CO and PR on one line", any(mixed));
}

#[test]
fn provider_levels_of_every_kind() {
    let mut found: HashMap<(String, bool), usize> = HashMap::new();
    for (_, remit) in WORLD.remittances() {
        for (code, _, amount) in remit.provider_level {
            *found.entry((code, amount > 0)).or_default() += 1;
        }
    }
    for (code, taken) in [("WO", true), ("WO", false), ("FB", true), ("FB", false), ("72", false)] {
        let count = found.get(&(code.to_owned(), taken)).copied().unwrap_or(0);
        assert!(count >= 3, "{code} {taken}: {count}");
    }
    assert_many("L6", found[&("L6".to_owned(), false)]);
    assert!(!found.contains_key(&("L6".to_owned(), true)));
}

#[test]
fn remittances_of_every_form() {
    let mut by_file: HashMap<String, usize> = HashMap::new();
    let (mut empty, mut checks) = (0, 0);
    for (file, remit) in WORLD.remittances() {
        *by_file.entry(file.path()).or_default() += 1;
        empty += usize::from(remit.method == "NON");
        checks += usize::from(remit.method == "CHK");
    }
    assert_many("several ST in a file", by_file.values().filter(|count| **count > 1).count());
    assert_many("without money", empty);
    assert_many("checks", checks);
    let interchanges = WORLD.of_kind(FileKind::Remittance);
    let several = interchanges.filter(|file| {
        let text = String::from_utf8_lossy(&file.bytes);
        text.lines().filter(|line| line.starts_with("ISA")).count() > 1
    });
    assert_many("several ISA in a file", several.count());
    let reversals = count(|claim| claim.status == "22" && claim.paid == 0);
    assert_many("reversed refusals", reversals);
}

#[test]
fn corrected_claims_name_what_they_replace() {
    let controls: BTreeSet<String> =
        WORLD.payments().into_iter().map(|claim| claim.control).collect();
    let (mut replacements, mut second) = (0, 0);
    for (_, transaction) in WORLD.transactions(FileKind::Claims) {
        let mut frequency = String::new();
        for parts in &transaction.segments {
            match parts[0].as_str() {
                "CLM" => parts[5].clone_into(&mut frequency),
                "REF" if parts[1] == "F8" => {
                    assert!(frequency.ends_with(":7"));
                    assert!(controls.contains(&parts[2]));
                    replacements += 1;
                }
                "SBR" if parts[1] == "S" => second += 1,
                _ => {}
            }
        }
    }
    assert_many("replacements", replacements);
    assert_many("second payers", second);
}

#[test]
fn rejected_claims_are_told_and_sent_again() {
    let (mut accepted, mut rejected) = (0_usize, 0_usize);
    for (_, transaction) in WORLD.transactions(FileKind::Status) {
        for parts in transaction.segments.iter().filter(|one| one[0] == "STC") {
            accepted += usize::from(parts[1].starts_with("A2"));
            rejected += usize::from(parts[3] == "U");
        }
    }
    let share = rejected * 1_000 / (accepted + rejected);
    assert!((12..35).contains(&share), "{rejected} of {accepted}");
    let claims = WORLD.transactions(FileKind::Claims).len();
    let acknowledged = WORLD.transactions(FileKind::Acknowledgement).into_iter();
    let acknowledged: usize = acknowledged
        .map(|(_, one)| one.segments.iter().filter(|parts| parts[0] == "AK2").count())
        .sum();
    assert_eq!(acknowledged, claims);
}
