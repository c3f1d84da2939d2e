//! What the rules mark claims as, from everything that is known of them.

use std::collections::BTreeMap;

use denial::adjudication::Adjudication;
use denial::next_bill;
use denial::protected::{Marks, Protected};
use denial::rules::Rules;
use store::Tx;

use super::{Fresh, Known, known};

/// What the rules mark each of some claims as, read anew; empty where they mark none.
///
/// # Errors
/// The database.
pub(crate) async fn marked(
    tx: &mut Tx,
    rules: &Rules,
    claims: Vec<String>,
) -> anyhow::Result<BTreeMap<String, String>> {
    let known = known(tx, claims, Fresh::nothing(), rules).await?;
    Ok(known.kinds(&rules.protected))
}

impl Known {
    /// Claims that a payer passed on to the next one.
    pub(super) fn passed_on(&self) -> Vec<String> {
        let is_passed = |said: &[Adjudication]| {
            said.iter().any(|one| next_bill::passed_on(&one.payment).is_some())
        };
        let passed = self.said.iter().filter(|(_, said)| is_passed(said));
        passed.map(|((claim, _), _)| claim.clone()).collect()
    }

    /// The kinds of each claim; claims that are one are marked alike.
    pub(super) fn kinds(&self, protected: &Protected) -> BTreeMap<String, String> {
        let marks = self.marks();
        let said = self.said.keys().chain(self.cases.keys()).map(|(claim, _)| claim);
        let kinds = |claim: &String| {
            let marks = marks.get(self.speaker(claim));
            let kinds = marks.map(|marks| protected.kinds_of(marks)).unwrap_or_default();
            (claim.clone(), kinds.join(","))
        };
        self.claims.keys().chain(said).map(kinds).collect()
    }

    /// What can mark each claim that speaks: as billed, as payers spoke of it, as its cases are.
    fn marks(&self) -> BTreeMap<&str, Marks<'_>> {
        let billed = self.billed.iter().map(|(claim, body)| (claim, Marks::of_claim(body)));
        let said = self.said.iter().flat_map(|((claim, _), said)| {
            said.iter().map(move |one| {
                let head = self.heads.get(one.remittance.as_str()).map(Marks::of_head);
                (claim, Marks::of_payment(&one.payment).and(head.unwrap_or_default()))
            })
        });
        let cases = self.cases.iter().flat_map(|((claim, _), cases)| {
            cases.iter().map(move |case| (claim, Marks::of_case(case)))
        });
        let mut marks: BTreeMap<&str, Marks<'_>> = BTreeMap::new();
        for (claim, more) in billed.chain(said).chain(cases) {
            let so_far = marks.entry(self.speaker(claim)).or_default();
            *so_far = std::mem::take(so_far).and(more);
        }
        marks
    }

    /// The claim that speaks for one.
    fn speaker<'a>(&'a self, claim: &'a str) -> &'a str {
        self.speaks.get(claim).map_or(claim, String::as_str)
    }
}
