//! What a paying remittance books by itself: payment, contract's reduction and patient's share of
//! lines that were denied, where nothing about them is in doubt. All else waits for a person.

use crate::adjudication::Adjudication;
use crate::category::AdjustmentKind;
use crate::denial::{Denial, DeniedLine, Status};
use crate::ids::RemittanceId;
use crate::money::Money;
use crate::named;
use crate::payer::PayerRules;
use crate::playbook::Playbook;
use crate::posting::PostingKind;
use crate::remittance::{Adjustment, Remark, Standing};

/// One amount that is certain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certain {
    /// What it does.
    pub kind: PostingKind,
    /// Above zero.
    pub amount: Money,
    /// Number of the line on the claim.
    pub line: Option<u16>,
    /// The remittance that says so.
    pub remittance: RemittanceId,
}

named! {
    /// Why a person has to look before anything is posted.
    Doubt {
        /// The payer has not given way on every line.
        NotWon = "not_won",
        /// Money that does not add up, or two remittances of one payment.
        Unbalanced = "unbalanced",
        /// Something is posted or given up already.
        Begun = "begun",
        /// Somebody set a line aside, or split it off.
        SetAside = "set_aside",
        /// The claim is not among those that were billed here.
        Unmatched = "unmatched",
        /// No single line of the remittance is the line that was denied.
        NoLine = "no_line",
        /// A reason beside the payment is neither the contract's nor the patient's.
        OtherReason = "other_reason",
        /// The amounts do not explain exactly what was denied.
        Unexplained = "unexplained",
        /// What payers said of the claim is kept, and cannot be read.
        Unreadable = "unreadable",
    }
}

impl Doubt {
    /// Why a person has to look, in words.
    #[must_use]
    pub const fn in_words(self) -> &'static str {
        match self {
            Doubt::NotWon => "no remittance pays every line of it",
            Doubt::Unbalanced => "the remittance does not add up, or adjusts the claim as a whole",
            Doubt::Begun => {
                "something is posted, or a write-off is proposed: post the rest by hand"
            }
            Doubt::SetAside => "a line was set aside or split off",
            Doubt::Unmatched => "its claim is not among those that were billed here",
            Doubt::NoLine => "the remittance names no single line that is the one denied",
            Doubt::OtherReason => {
                "a reason beside the payment is neither the contract's nor the patient's"
            }
            Doubt::Unexplained => "the amounts do not explain exactly what was denied",
            Doubt::Unreadable => {
                "what its payer said cannot be read here: run verify, and post it by hand"
            }
        }
    }
}

/// What is certain of a case, by everything that its payer said of the claim; amounts of zero are
/// left out, and together they explain every cent that was denied.
///
/// # Errors
/// [`Doubt`] says why a person has to look.
pub fn certain(
    case: &Denial,
    said: &[Adjudication],
    is_billed: bool,
    (playbook, payer): (&Playbook, Option<&PayerRules>),
) -> Result<Vec<Certain>, Doubt> {
    waits(case)?;
    explained(case, said, is_billed, (playbook, payer))
}

/// Whether a case waits for its payment at all, as far as it tells that itself: of one that does
/// not, nothing has to be read.
///
/// # Errors
/// [`Doubt`] says why not.
pub fn waits(case: &Denial) -> Result<(), Doubt> {
    if case.status() != Status::Overturned {
        return Err(Doubt::NotWon);
    }
    if !case.postings.is_empty() || case.proposal.is_some() {
        return Err(Doubt::Begun);
    }
    if case.is_won() { Ok(()) } else { Err(Doubt::NotWon) }
}

/// The same whatever is posted already and wherever the case stands: what a person would post in
/// its place.
///
/// # Errors
/// [`Doubt`] says why somebody has to look at the remittances themselves.
pub fn explained(
    case: &Denial,
    said: &[Adjudication],
    is_billed: bool,
    (playbook, payer): (&Playbook, Option<&PayerRules>),
) -> Result<Vec<Certain>, Doubt> {
    if !case.is_won() {
        return Err(Doubt::NotWon);
    }
    if !is_billed {
        return Err(Doubt::Unmatched);
    }
    if case.quarantined {
        return Err(Doubt::Unbalanced);
    }
    if case.split_from.is_some() || case.lines.iter().any(|line| line.set_aside.is_some()) {
        return Err(Doubt::SetAside);
    }
    let mut all = Vec::new();
    for line in &case.lines {
        all.extend(of_line(line, said, (playbook, payer))?);
    }
    let sum: Money = all.iter().map(|one| one.amount).sum();
    if sum == case.balance.denied { Ok(all) } else { Err(Doubt::Unexplained) }
}

/// The reason code (CARC) of sequestration.
pub(crate) const SEQUESTRATION: &str = "253";

/// What is not the payment: the contract's, the patient's, what a law keeps back.
#[derive(Clone, Copy, Default)]
pub(crate) struct Shares {
    pub(crate) contractual: Money,
    pub(crate) patient: Money,
    pub(crate) sequestration: Money,
    /// Something beside them is none of these.
    pub(crate) is_odd: bool,
}

impl Shares {
    /// What these say that others had not said yet.
    pub(crate) fn beyond(self, then: Shares) -> [(PostingKind, Money); 3] {
        [
            (PostingKind::PatientResponsibility, self.patient - then.patient),
            (PostingKind::Contractual, self.contractual - then.contractual),
            (PostingKind::Sequestration, self.sequestration - then.sequestration),
        ]
    }
}

fn of_line(
    line: &DeniedLine,
    said: &[Adjudication],
    terms: (&Playbook, Option<&PayerRules>),
) -> Result<Vec<Certain>, Doubt> {
    let recovered = line.recovered.as_ref().ok_or(Doubt::NotWon)?;
    let is_it = |one: &&Adjudication| {
        one.remittance == recovered.remittance && one.payment.standing() == Standing::Processed
    };
    let mut paid = said.iter().filter(is_it).flat_map(|one| {
        let lines = one.payment.lines.iter();
        lines.filter(|it| it.control == line.control).map(move |it| (one, it))
    });
    let (whole, after) = paid.next().ok_or(Doubt::NoLine)?;
    if line.control.is_empty() || paid.next().is_some() || after.charge != line.charge {
        return Err(Doubt::NoLine);
    }
    if whole.quarantined || !whole.payment.adjustments.is_empty() {
        return Err(Doubt::Unbalanced);
    }
    let then = shares(&line.adjustments, &line.remarks, line.denied_on, terms, true);
    let remarks = [after.remarks.as_slice(), whole.payment.remarks.as_slice()].concat();
    let now = shares(&after.adjustments, &remarks, whole.on, terms, false);
    if then.is_odd || now.is_odd {
        return Err(Doubt::OtherReason);
    }
    let paid = [(PostingKind::PayerPayment, recovered.amount)];
    let amounts = [paid.as_slice(), &now.beyond(then)].concat();
    let sum: Money = amounts.iter().map(|(_, amount)| *amount).sum();
    if sum != line.denied || amounts.iter().any(|(_, amount)| *amount < Money::ZERO) {
        return Err(Doubt::Unexplained);
    }
    let is_there = |(_, amount): &(PostingKind, Money)| !amount.is_zero();
    let entry = |(kind, amount)| Certain {
        kind,
        amount,
        line: line.line,
        remittance: recovered.remittance.clone(),
    };
    Ok(amounts.into_iter().filter(is_there).map(entry).collect())
}

/// The shares beside a payment; of a line that was `denied`, besides what denied it.
pub(crate) fn shares(
    adjustments: &[Adjustment],
    remarks: &[Remark],
    on: Option<jiff::civil::Date>,
    (playbook, payer): (&Playbook, Option<&PayerRules>),
    denied: bool,
) -> Shares {
    let mut shares = Shares::default();
    for one in adjustments {
        let ruling = playbook.ruling(payer, &one.group, &one.reason, remarks, on);
        match ruling.kind {
            // PI is the payer's own initiative: somebody looks.
            _ if one.amount < Money::ZERO || one.group.as_str() == "PI" && !denied => {
                shares.is_odd = true;
            }
            AdjustmentKind::Contractual => shares.contractual += one.amount,
            AdjustmentKind::PatientShare => shares.patient += one.amount,
            AdjustmentKind::PaymentAdjustment if one.reason.as_str() == SEQUESTRATION => {
                shares.sequestration += one.amount;
            }
            AdjustmentKind::Denial | AdjustmentKind::Unmapped if denied => {}
            AdjustmentKind::Denial
            | AdjustmentKind::Unmapped
            | AdjustmentKind::PaymentAdjustment
            | AdjustmentKind::Informational
            | AdjustmentKind::Capitation => shares.is_odd = true,
        }
    }
    shares
}

#[cfg(test)]
pub(crate) mod tests {
    use jiff::Timestamp;
    use jiff::civil::date;

    use super::*;
    pub(crate) use crate::adjudication::tests::playbook;
    use crate::adjudication::tests::{line, payment, said_on};
    use crate::adjudication::{findings, sort};
    use crate::claim::PayerName;
    use crate::codes::{ClaimNumber, Npi};
    use crate::denial::ClaimDays;
    use crate::ids::{ClaimId, DenialId, PayerId, PersonId};
    use crate::lifecycle::opening::{ClaimFacts, Opening};
    use crate::matching;
    use crate::person::{Actor, Moment, Role};
    use crate::remittance::{RemittanceHead, Source};
    use crate::rules::Rules;

    pub(crate) type Reasons<'a> = &'a [(&'a str, &'a str, i64)];

    fn said(day: i8, paid: i64, reasons: Reasons<'_>) -> Adjudication {
        said_on(day, payment("1", vec![line("1", 10_000, paid, reasons)]))
    }

    /// The case of everything that was said, and what is certain of it.
    fn of(mut all: Vec<Adjudication>, billed: bool) -> Result<Vec<Certain>, Doubt> {
        sort(&mut all);
        certain(&case_of(&all), &all, billed, (&playbook(), None))
    }

    /// The case that what was said comes to.
    pub(crate) fn case_of(all: &[Adjudication]) -> Denial {
        let known = matching::known_from(&all[0].payment, &RemittanceHead::default());
        let playbook = playbook();
        let found = findings(&known, all, &playbook, None).expect("a denial");
        let facts = ClaimFacts {
            claim: ClaimId::from_bits(1),
            number: ClaimNumber::new("C1"),
            payer: PayerId::from_bits(1),
            payer_name: PayerName::default(),
            plan: known.plan,
            provider: Npi::default(),
            site: Npi::default(),
            days: ClaimDays::default(),
        };
        let who = Actor { person: PersonId::from_bits(1), role: Role::Manager };
        let at = Moment { now: Timestamp::UNIX_EPOCH, today: date(2026, 4, 1), who };
        let opening = Opening { id: DenialId::from_bits(1), round: 1, source: Source::Era, facts };
        Denial::open(&found, opening, &at, &Rules::empty()).after
    }

    pub(crate) const DENIED: Reasons<'static> = &[("CO", "197", 10_000)];

    #[test]
    fn payment_contract_and_patient_explain_every_cent() {
        let paid = said(8, 5_000, &[("CO", "45", 4_000), ("PR", "2", 1_000)]);
        let found = of(vec![said(1, 0, DENIED), paid], true).expect("certain");
        let amounts: Vec<_> = found.iter().map(|one| (one.kind, one.amount.cents())).collect();
        let expected = [
            (PostingKind::PayerPayment, 5_000),
            (PostingKind::PatientResponsibility, 1_000),
            (PostingKind::Contractual, 4_000),
        ];
        assert_eq!(amounts, expected);
        assert!(found.iter().all(|one| one.line == Some(1)));
    }

    #[test]
    fn sequestration_is_a_kind_of_its_own() {
        let paid = said(8, 4_900, &[("CO", "45", 4_000), ("PR", "2", 1_000), ("CO", "253", 100)]);
        let found = of(vec![said(1, 0, DENIED), paid], true).expect("certain");
        let amounts: Vec<_> = found.iter().map(|one| (one.kind, one.amount.cents())).collect();
        assert_eq!(
            amounts[1..],
            [
                (PostingKind::PatientResponsibility, 1_000),
                (PostingKind::Contractual, 4_000),
                (PostingKind::Sequestration, 100),
            ]
        );
    }

    #[test]
    fn only_what_was_not_said_before_is_booked() {
        let before: Reasons<'_> = &[("CO", "197", 6_000), ("CO", "45", 4_000)];
        let paid = said(8, 6_000, &[("CO", "45", 4_000)]);
        let found = of(vec![said(1, 0, before), paid], true).expect("certain");
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].amount, Money::from_cents(6_000));
        let lower = said(8, 2_000, &[("CO", "45", 8_000)]);
        let found = of(vec![said(1, 0, before), lower], true).expect("certain");
        assert_eq!(found.iter().map(|one| one.amount.cents()).collect::<Vec<_>>(), [2_000, 4_000]);
    }

    #[test]
    fn what_is_in_doubt_waits_for_a_person() {
        let denied = || said(1, 0, DENIED);
        let paid = || said(8, 5_000, &[("CO", "45", 5_000)]);
        let in_doubt = |all, billed| of(all, billed).expect_err("a doubt");
        assert_eq!(in_doubt(vec![denied()], true), Doubt::NotWon);
        assert_eq!(in_doubt(vec![denied(), paid()], false), Doubt::Unmatched);
        let odd = Adjudication { quarantined: true, ..paid() };
        assert_eq!(in_doubt(vec![denied(), odd], true), Doubt::NotWon);
        let bookkeeping = said(8, 5_000, &[("CO", "45", 4_000), ("OA", "94", 1_000)]);
        assert_eq!(in_doubt(vec![denied(), bookkeeping], true), Doubt::OtherReason);
        let raised = said(8, 11_000, &[("CO", "45", -1_000)]);
        assert_eq!(in_doubt(vec![denied(), raised], true), Doubt::OtherReason);
        let mut other = paid();
        other.payment.lines[0].charge = Money::from_cents(9_000);
        assert_eq!(in_doubt(vec![denied(), other], true), Doubt::NoLine);
        let mut twice = paid();
        twice.payment.lines.push(line("1", 10_000, 5_000, &[("CO", "45", 5_000)]));
        assert_eq!(in_doubt(vec![denied(), twice], true), Doubt::NoLine);
        let short = said(8, 5_000, &[("CO", "45", 4_000)]);
        assert_eq!(in_doubt(vec![denied(), short], true), Doubt::Unexplained);
    }
}
