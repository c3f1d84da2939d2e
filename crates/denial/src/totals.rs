//! The sums of remittances, kept while their claims stream by.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};
use smol_str::{SmolStr, format_smolstr};

use crate::codes::{Carc, Group};
use crate::money::Money;
use crate::remittance::{
    Adjustment, Check, ClaimPayment, Imbalance, ProviderAdjustment, Remark, RemittanceHead, Span,
};

/// Counts and sums of one remittance or of several. Sums are exact; nothing is left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Remittances (ST of an 835).
    pub transactions: u64,
    /// Claims (CLP).
    pub claims: u64,
    /// Service lines (SVC).
    pub lines: u64,
    /// Σ CLP03.
    pub charge: Money,
    /// Σ CLP04.
    pub paid: Money,
    /// Σ CLP05.
    pub patient_share: Money,
    /// Σ SVC02.
    pub line_charge: Money,
    /// Σ SVC03.
    pub line_paid: Money,
    /// Σ BPR02.
    pub payment: Money,
    /// Pairs of PLB.
    pub provider_count: u64,
    /// Σ PLB.
    pub provider_level: Money,
    /// Σ PLB by reason code.
    pub provider_by_code: BTreeMap<SmolStr, Money>,
    /// Triplets of CAS.
    pub adjustment_count: u64,
    /// Σ CAS of claims.
    pub claim_adjusted: Money,
    /// Σ CAS of lines.
    pub line_adjusted: Money,
    /// Σ CAS by group and reason.
    pub adjusted: BTreeMap<(Group, Carc), Money>,
    /// Claims by CLP02.
    pub statuses: BTreeMap<SmolStr, u64>,
    /// Remarks by list and code.
    pub remarks: BTreeMap<(SmolStr, SmolStr), u64>,
    /// MIA segments.
    pub inpatient_segments: u64,
    /// MOA segments.
    pub outpatient_segments: u64,
}

impl Totals {
    /// Counts one remittance by its head.
    pub fn add_head(&mut self, head: &RemittanceHead) {
        self.transactions += 1;
        self.payment += head.total;
    }

    /// Counts one claim payment.
    pub fn add_claim(&mut self, claim: &ClaimPayment) {
        self.claims += 1;
        self.charge += claim.charge;
        self.paid += claim.paid;
        self.patient_share += claim.patient_share.unwrap_or_default();
        self.inpatient_segments += u64::from(claim.inpatient_segments);
        self.outpatient_segments += u64::from(claim.outpatient_segments);
        count(&mut self.statuses, claim.status.clone());
        let adjusted = self.add_adjustments(&claim.adjustments);
        self.claim_adjusted += adjusted;
        self.add_remarks(&claim.remarks);
        for line in &claim.lines {
            self.lines += 1;
            self.line_charge += line.charge;
            self.line_paid += line.paid;
            let adjusted = self.add_adjustments(&line.adjustments);
            self.line_adjusted += adjusted;
            self.add_remarks(&line.remarks);
        }
    }

    /// Counts one amount at the provider's level.
    pub fn add_provider_adjustment(&mut self, adjustment: &ProviderAdjustment) {
        self.provider_count += 1;
        self.provider_level += adjustment.amount;
        *self.provider_by_code.entry(adjustment.reason.clone()).or_default() += adjustment.amount;
    }

    /// Adds other totals, as those of a file's next remittance.
    pub fn add(&mut self, other: &Totals) {
        self.transactions += other.transactions;
        self.claims += other.claims;
        self.lines += other.lines;
        self.charge += other.charge;
        self.paid += other.paid;
        self.patient_share += other.patient_share;
        self.line_charge += other.line_charge;
        self.line_paid += other.line_paid;
        self.payment += other.payment;
        self.provider_count += other.provider_count;
        self.provider_level += other.provider_level;
        self.adjustment_count += other.adjustment_count;
        self.claim_adjusted += other.claim_adjusted;
        self.line_adjusted += other.line_adjusted;
        self.inpatient_segments += other.inpatient_segments;
        self.outpatient_segments += other.outpatient_segments;
        merge(&mut self.provider_by_code, &other.provider_by_code);
        merge(&mut self.adjusted, &other.adjusted);
        merge(&mut self.statuses, &other.statuses);
        merge(&mut self.remarks, &other.remarks);
    }

    /// The third check: what was paid less what was taken is the payment. `payment` must be that
    /// of one remittance.
    #[must_use]
    pub fn imbalance(&self, span: Span) -> Option<Imbalance> {
        let expected = self.paid - self.provider_level;
        (expected != self.payment).then_some(Imbalance {
            check: Check::Transaction,
            span,
            expected,
            stated: self.payment,
        })
    }

    fn add_adjustments(&mut self, adjustments: &[Adjustment]) -> Money {
        let mut sum = Money::ZERO;
        for one in adjustments {
            self.adjustment_count += 1;
            sum += one.amount;
            let key = (one.group.clone(), one.reason.clone());
            *self.adjusted.entry(key).or_default() += one.amount;
        }
        sum
    }

    fn add_remarks(&mut self, remarks: &[Remark]) {
        for one in remarks {
            count(&mut self.remarks, (one.list.clone(), SmolStr::new(one.code.as_str())));
        }
    }

    fn by_group(&self) -> BTreeMap<&str, Money> {
        let mut groups = BTreeMap::new();
        for ((group, _), amount) in &self.adjusted {
            *groups.entry(group.as_str()).or_default() += *amount;
        }
        groups
    }
}

fn count<K: Ord>(counts: &mut BTreeMap<K, u64>, key: K) {
    *counts.entry(key).or_default() += 1;
}

fn merge<K: Ord + Clone, V: Copy + Default + std::ops::AddAssign>(
    into: &mut BTreeMap<K, V>,
    from: &BTreeMap<K, V>,
) {
    for (key, value) in from {
        *into.entry(key.clone()).or_default() += *value;
    }
}

/// The shape that scripts read: `reclaim doctor --json`. Amounts are dollars as text.
#[derive(Serialize)]
struct Report<'a> {
    transactions: u64,
    claims: u64,
    service_lines: u64,
    total_charge: String,
    total_paid: String,
    total_patient_resp_clp05: String,
    total_line_charge: String,
    total_line_paid: String,
    bpr02_sum: String,
    plb_count: u64,
    plb_total: String,
    plb_by_code: BTreeMap<&'a str, String>,
    cas_count: u64,
    cas_total: String,
    cas_by_group: BTreeMap<&'a str, String>,
    cas_by_group_carc: BTreeMap<SmolStr, String>,
    cas_claim_level: String,
    cas_line_level: String,
    claim_status: &'a BTreeMap<SmolStr, u64>,
    remark_codes: BTreeMap<SmolStr, u64>,
    mia_segments: u64,
    moa_segments: u64,
}

impl Serialize for Totals {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let pair = |(group, carc): &(Group, Carc)| format_smolstr!("{group}-{carc}");
        let remark = |(list, code): &(SmolStr, SmolStr)| format_smolstr!("{list}/{code}");
        let plb = self.provider_by_code.iter();
        Report {
            transactions: self.transactions,
            claims: self.claims,
            service_lines: self.lines,
            total_charge: self.charge.plain(),
            total_paid: self.paid.plain(),
            total_patient_resp_clp05: self.patient_share.plain(),
            total_line_charge: self.line_charge.plain(),
            total_line_paid: self.line_paid.plain(),
            bpr02_sum: self.payment.plain(),
            plb_count: self.provider_count,
            plb_total: self.provider_level.plain(),
            plb_by_code: plb.map(|(code, sum)| (code.as_str(), sum.plain())).collect(),
            cas_count: self.adjustment_count,
            cas_total: (self.claim_adjusted + self.line_adjusted).plain(),
            cas_by_group: plain(self.by_group()),
            cas_by_group_carc: self.adjusted.iter().map(|(k, v)| (pair(k), v.plain())).collect(),
            cas_claim_level: self.claim_adjusted.plain(),
            cas_line_level: self.line_adjusted.plain(),
            claim_status: &self.statuses,
            remark_codes: self.remarks.iter().map(|(k, v)| (remark(k), *v)).collect(),
            mia_segments: self.inpatient_segments,
            moa_segments: self.outpatient_segments,
        }
        .serialize(serializer)
    }
}

fn plain(sums: BTreeMap<&str, Money>) -> BTreeMap<&str, String> {
    sums.into_iter().map(|(key, sum)| (key, sum.plain())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_payment_is_claims_less_provider_level() {
        let mut totals = Totals {
            paid: Money::from_cents(100_000),
            provider_level: Money::from_cents(20_000),
            payment: Money::from_cents(80_000),
            ..Totals::default()
        };
        assert_eq!(totals.imbalance(Span::default()), None);
        totals.payment = Money::from_cents(1);
        assert!(totals.imbalance(Span::default()).is_some());
    }

    #[test]
    fn sums_of_two_files_are_the_sums_of_both() {
        let adjustment = Adjustment {
            group: Group::new("CO"),
            reason: Carc::new("45"),
            amount: Money::from_cents(150),
            units: None,
        };
        let claim = ClaimPayment { adjustments: vec![adjustment], ..ClaimPayment::default() };
        let mut one = Totals::default();
        one.add_claim(&claim);
        let mut both = one.clone();
        both.add(&one);
        one.add_claim(&claim);
        assert_eq!(both, one);
        let json = serde_json::to_value(&both).expect("JSON");
        assert_eq!(json["cas_by_group_carc"]["CO-45"], "3.00");
    }
}
