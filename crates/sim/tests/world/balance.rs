//! The identities of every remittance (simulator §6.2, x12 §3), read from its text.

use std::collections::{BTreeMap, HashMap, HashSet};

use proptest::prelude::*;
use sim::Preset;

use crate::made::{Made, WORLD, make};
use crate::reading::{Adjustment, Payment};

fn sum(adjustments: &[Adjustment]) -> i64 {
    adjustments.iter().map(|(_, _, amount)| amount).sum()
}

fn is_balanced(claim: &Payment) -> bool {
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

fn share(claim: &Payment) -> i64 {
    let adjustments = claim.lines.iter().flat_map(|line| &line.adjustments);
    adjustments.filter(|one| one.0 == "PR").map(|one| one.2).sum()
}

pub(crate) fn claims_balance_but_the_known_ones(made: &Made) {
    let mut found = HashSet::new();
    for claim in made.payments() {
        assert_eq!(claim.share, share(&claim), "{claim:?}");
        if !is_balanced(&claim) {
            found.insert(claim.control);
        }
    }
    assert_eq!(found, made.unbalanced());
}

pub(crate) fn payments_are_claims_less_provider_level(made: &Made) {
    let mut carried: BTreeMap<String, i64> = BTreeMap::new();
    for (file, remit) in made.remittances() {
        let paid: i64 = remit.claims.iter().map(|claim| claim.paid).sum();
        let taken: i64 = remit.provider_level.iter().map(|one| one.2).sum();
        assert_eq!(remit.total, paid - taken, "{} {}", file.name, remit.trace);
        assert!(remit.total >= 0);
        assert_eq!(remit.handling == "H", remit.total == 0);
        assert_eq!(remit.method == "NON", remit.total == 0);
        let payer = remit.trace[..5].to_owned();
        for (_, _, amount) in remit.provider_level.iter().filter(|one| one.0 == "FB") {
            let open = carried.entry(payer.clone()).or_default();
            *open += amount;
            assert!(*open <= 0, "{payer} takes no more than it carried");
        }
    }
}

pub(crate) fn lines_net_to_the_truth(made: &Made) {
    let unbalanced = made.unbalanced();
    let mut net: HashMap<String, i64> = HashMap::new();
    let mut quarantined: HashMap<String, i64> = HashMap::new();
    for claim in made.payments() {
        let sums = if unbalanced.contains(&claim.control) { &mut quarantined } else { &mut net };
        for line in claim.lines {
            *sums.entry(line.control).or_default() += line.paid;
        }
    }
    for line in made.truth.lines() {
        let control = format!("{}-{}", line.claim, line.line);
        assert_eq!(line.paid_cents, net.remove(&control).unwrap_or(0), "{control}");
        assert_eq!(line.quarantined_cents, quarantined.remove(&control).unwrap_or(0), "{control}");
    }
    assert!(net.is_empty() && quarantined.is_empty());
}

pub(crate) fn totals_are_the_sum_of_everything(made: &Made) {
    let totals = &made.truth.totals;
    let provider_level: i64 = totals.plb_cents.values().sum();
    assert_eq!(totals.bpr_cents, totals.paid_cents + totals.quarantined_cents - provider_level);
    let paid: i64 = made.remittances().iter().map(|(_, remit)| remit.total).sum();
    assert_eq!(totals.bpr_cents, paid);
}

fn everything_balances(made: &Made) {
    claims_balance_but_the_known_ones(made);
    payments_are_claims_less_provider_level(made);
    lines_net_to_the_truth(made);
    totals_are_the_sum_of_everything(made);
}

#[test]
fn a_world_balances() {
    everything_balances(&WORLD);
    assert!(WORLD.unbalanced().len() > 20);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..<_>::default() })]

    #[test]
    fn every_seed_balances(seed: u64, claims in 50_u64..900) {
        everything_balances(&make(&Preset { claims, ..Preset::tiny() }, seed));
    }
}

#[test]
fn allowed_is_what_was_paid_and_what_was_left() {
    let unbalanced = WORLD.unbalanced();
    let mut seen = 0;
    for claim in WORLD.payments() {
        if unbalanced.contains(&claim.control) {
            continue;
        }
        for line in claim.lines.iter().filter(|line| line.paid > 0) {
            let Some(allowed) = line.allowed else { continue };
            // A refused patient share of a partly paid line is no part of what is allowed.
            let is_left = |one: &&Adjustment| match (one.0.as_str(), one.1.as_str()) {
                ("PR", reason) => ["1", "2", "3"].contains(&reason),
                (_, reason) => ["253", "237"].contains(&reason),
            };
            let left = line.adjustments.iter().filter(is_left).map(|one| one.2).sum::<i64>();
            assert_eq!(allowed, line.paid + left, "{line:?}");
            seen += 1;
        }
    }
    assert!(seen > 5_000, "{seen}");
}

#[test]
fn reversals_negate_exactly_what_was_paid() {
    let (reversals, others): (Vec<Payment>, Vec<Payment>) =
        WORLD.payments().into_iter().partition(|claim| claim.status == "22");
    let mut paid: HashMap<String, Payment> = HashMap::new();
    for claim in others {
        let control = claim.control.clone();
        assert!(paid.insert(control, claim).is_none(), "control numbers are unique");
    }
    let waiting = reversals.iter().filter(|back| !paid.contains_key(&back.control)).count();
    for back in &reversals {
        let Some(first) = paid.get(&back.control) else { continue };
        let sums = (back.charge, back.paid, back.share);
        assert_eq!(sums, (-first.charge, -first.paid, -first.share));
        assert_eq!(back.lines.len(), first.lines.len());
        for (negated, line) in back.lines.iter().zip(&first.lines) {
            let turned = line.adjustments.iter().cloned();
            let turned: Vec<Adjustment> = turned.map(|(a, b, cents)| (a, b, -cents)).collect();
            assert_eq!(negated.adjustments, turned);
            assert_eq!((negated.charge, negated.paid), (-line.charge, -line.paid));
        }
    }
    assert!(reversals.len() > 300, "{}", reversals.len());
    assert!(waiting < 10, "{waiting} of {} came before the first payment", reversals.len());
}
