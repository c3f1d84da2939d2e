//! The truth about denials, read back from the text by codes alone.

use std::collections::{BTreeMap, HashMap, HashSet};

use sim::{Category, ChaosKind, End, Trap};

use crate::made::{ENDS_ON, WORLD};
use crate::reading::{Adjustment, Payment};

/// Reasons that are denials in this world; CARC 97 within a bundle and 18 with N522 are none.
const DENIALS: [&str; 36] = [
    "4", "11", "15", "16", "18", "19", "20", "22", "26", "27", "29", "31", "38", "49", "50", "96",
    "97", "109", "119", "140", "146", "151", "185", "197", "198", "200", "204", "208", "226",
    "234", "236", "242", "243", "252", "272", "284",
];
const MORE_DENIALS: [&str; 4] = ["288", "302", "A1", "B7"];

fn is_denial(adjustment: &Adjustment) -> bool {
    let reason = adjustment.1.as_str();
    DENIALS.contains(&reason) || MORE_DENIALS.contains(&reason)
}

/// What a payment refuses of each line.
fn refused(claim: &Payment) -> Vec<(String, i64)> {
    let bundled = claim.lines.iter().flat_map(|line| &line.adjustments);
    let is_bundle = bundled.into_iter().any(|one| one.1 == "94" && one.2 < 0);
    let mut found = Vec::new();
    for line in &claim.lines {
        let is_copy = line.remarks.iter().any(|one| one == "N522");
        let denials = line.adjustments.iter().filter(|one| is_denial(one));
        let denials = denials.filter(|one| !(is_copy || is_bundle && one.1 == "97"));
        let cents: i64 = denials.map(|one| one.2).sum();
        if cents > 0 {
            found.push((line.control.clone(), cents));
        }
    }
    found
}

#[test]
fn denied_lines_are_those_that_the_files_deny() {
    let mut latest: HashMap<String, i64> = HashMap::new();
    for claim in WORLD.payments().iter().filter(|claim| claim.status != "22") {
        latest.extend(refused(claim));
    }
    for line in WORLD.truth.lines() {
        let control = format!("{}-{}", line.claim, line.line);
        let said = latest.remove(&control);
        assert_eq!(line.denied, said.is_some(), "{line:?}");
        assert_eq!(line.denied_cents, said.unwrap_or(0), "{line:?}");
    }
    assert!(latest.is_empty());
}

#[test]
fn traps_are_never_denied_and_the_rates_are_as_planned() {
    let totals = &WORLD.truth.totals;
    assert!(WORLD.truth.lines().filter(|line| line.is_trap()).all(|line| line.denied_cents == 0));
    let of_claims = |count: u64| count * 1_000 / totals.claims;
    let denied = of_claims(totals.denied_claims);
    assert!((100..140).contains(&denied), "{denied} of 1000 claims are denied");
    let rejected = of_claims(totals.rejected_claims);
    assert!((15..35).contains(&rejected), "{rejected} of 1000 claims are rejected");
    let paid = totals.denied_lines - totals.denied_finally;
    assert!(paid * 100 / totals.denied_lines > 20, "{paid} lines are overturned");
    assert!(totals.category_checked * 100 / totals.denied_lines > 75);
}

#[test]
fn every_trap_and_category_occurs_many_times() {
    let totals = &WORLD.truth.totals;
    assert_eq!(totals.traps.len(), 19);
    for (trap, count) in &totals.traps {
        assert!(*count >= 10, "{trap:?} {count}");
    }
    assert_eq!(totals.categories.len(), 14);
    for (category, count) in &totals.categories {
        assert!(*count >= 10, "{} {count}", category.as_str());
    }
}

#[test]
fn mass_errors_heal_and_partial_denials_are_paid_in_part() {
    let last = WORLD.truth.lines().filter(|line| line.traps.contains(&Trap::MassError));
    let (healed, open): (Vec<_>, Vec<_>) = last.partition(|line| !line.denied_finally);
    assert!(healed.len() > open.len() * 3, "{} of {}", healed.len(), open.len());
    assert!(healed.iter().all(|line| line.denied && line.category.is_none()));
    let mut parts = WORLD.truth.lines().filter(|line| line.partial);
    assert!(parts.all(|line| line.denied && line.traps.contains(&Trap::PartialDenial)));
}

#[test]
fn every_chaos_stands_where_the_truth_says() {
    let remits = WORLD.remittances();
    let mut ids = HashSet::new();
    let mut kinds: BTreeMap<ChaosKind, u64> = BTreeMap::new();
    for chaos in &WORLD.truth.chaos {
        assert!(ids.insert(&chaos.id), "{}", chaos.id);
        *kinds.entry(chaos.kind).or_default() += 1;
        let Some(trace) = &chaos.trace else { continue };
        let (file, remit) = remits.iter().find(|(_, one)| one.trace == *trace).unwrap();
        assert_eq!(chaos.file, file.path());
        let mut claims = remit.claims.iter();
        assert!(claims.any(|one| {
            Some(&one.number) == chaos.claim.as_ref()
                && Some(&one.control) == chaos.control.as_ref()
        }));
    }
    assert_eq!(kinds, WORLD.truth.totals.chaos);
    assert_eq!(kinds.len(), 6);
}

#[test]
fn chaos_ends_as_its_kind_must() {
    let remits = WORLD.remittances();
    for chaos in WORLD.truth.chaos.iter().filter(|one| one.kind == ChaosKind::OutOfOrder) {
        let control = chaos.control.as_ref().unwrap();
        let days = |reversal: bool| {
            let mut found = remits.iter().filter(|(_, remit)| {
                let mut claims = remit.claims.iter();
                claims.any(|one| one.control == *control && (one.status == "22") == reversal)
            });
            found.next().map(|(file, _)| (file.on, file.path()))
        };
        let (reversed, paid) = (days(true).unwrap(), days(false));
        assert!(reversed.0 <= ENDS_ON);
        match chaos.end {
            End::Waits => assert!(paid.is_none()),
            End::WaitsThenPairs => {
                let paid = paid.unwrap();
                assert!(paid.0 > reversed.0);
                assert_eq!(chaos.other_file, Some(paid.1));
            }
            End::Quarantined | End::Finding | End::Unmapped | End::Refused => panic!("{chaos:?}"),
        }
    }
    for chaos in WORLD.truth.chaos.iter().filter(|one| one.kind == ChaosKind::DuplicateFile) {
        let bytes = |path: &str| WORLD.files.iter().find(|file| file.path() == path).unwrap();
        let (copy, first) = (bytes(&chaos.file), bytes(chaos.other_file.as_ref().unwrap()));
        assert_eq!(copy.bytes, first.bytes);
        assert!(copy.on > first.on && copy.name != first.name);
    }
}

#[test]
fn codes_of_the_same_rule_change_with_the_payer() {
    let lines = WORLD.truth.lines().filter(|line| line.rule.as_deref() == Some("missing_field"));
    let categories: HashSet<Category> = lines.filter_map(|line| line.category).collect();
    assert!(categories.len() > 1, "a rule's category is that of its codes");
}
