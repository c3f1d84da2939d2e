//! What remittances say is to be posted of a case's lines, whatever is in doubt: what a person sees
//! before they post. What is certain beyond doubt posts itself ([`crate::certain`]).

use jiff::civil::Date;

use crate::adjudication::Adjudication;
use crate::certain::{Shares, shares};
use crate::codes::TraceNumber;
use crate::denial::{Denial, DeniedLine, Recovery};
use crate::ids::{PostingId, RemittanceId};
use crate::money::Money;
use crate::payer::PayerRules;
use crate::playbook::Playbook;
use crate::posting::{Posting, PostingKind};
use crate::remittance::{LinePayment, Standing};

/// What a payment explains, in the order in which it is shown.
pub const KINDS: [PostingKind; 5] = [
    PostingKind::PayerPayment,
    PostingKind::Contractual,
    PostingKind::PatientResponsibility,
    PostingKind::Sequestration,
    PostingKind::Interest,
];

/// What one remittance says of one line that was denied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remitted {
    /// Number of the line on the claim.
    pub line: Option<u16>,
    /// The remittance that pays it.
    pub remittance: RemittanceId,
    /// Its trace number.
    pub trace: TraceNumber,
    /// Its day of payment.
    pub on: Date,
    /// Each of [`KINDS`], less what is posted already; none below zero.
    pub amounts: [(PostingKind, Money); 5],
    /// What of the denied amount these and earlier postings leave unexplained.
    pub open: Money,
    /// Something beside the payment is neither the contract's nor the patient's, or the remittance
    /// names no single line that is this one: somebody looks at it.
    pub is_odd: bool,
}

/// What is still to be posted of each line that a remittance paid after all; none where all of it
/// is posted. `others` are the other cases of the claim.
#[must_use]
pub fn remitted(
    case: &Denial,
    others: &[Denial],
    said: &[Adjudication],
    terms: (&Playbook, Option<&PayerRules>),
) -> Vec<Remitted> {
    let mut interest: Vec<&RemittanceId> = Vec::new();
    let mut all = Vec::new();
    for line in &case.lines {
        let Some(recovery) = &line.recovered else { continue };
        let mut one = of_line(line, recovery, said, terms);
        // Interest is of the claim: it stands beside the first line of its remittance, once.
        let is_here = !interest.contains(&&recovery.remittance);
        one.keep_interest(|told| match is_here {
            true => interest_left(case, others, &recovery.remittance, told),
            false => Money::ZERO,
        });
        interest.push(&recovery.remittance);
        all.push(one);
    }
    let mut posted = Posted::of(case);
    for of in [Of::ThisVery, Of::ThisPerhaps] {
        for one in &mut all {
            posted.take_off(one, of);
        }
    }
    all.retain(|one| one.amounts.iter().any(|(_, amount)| !amount.is_zero()));
    all
}

impl Remitted {
    fn keep_interest(&mut self, of: impl Fn(Money) -> Money) {
        let is_it = |(kind, _): &&mut (PostingKind, Money)| *kind == PostingKind::Interest;
        self.amounts.iter_mut().filter(is_it).for_each(|(_, amount)| *amount = of(*amount));
    }
}

/// What of a remittance's interest is to be posted on a case, where a claim has several: the one
/// with the first of the lines that it pays has it, of those that are open, less what is posted of
/// it on the others.
fn interest_left(
    case: &Denial,
    others: &[Denial],
    remittance: &RemittanceId,
    told: Money,
) -> Money {
    let place = |one: &Denial| {
        let paid = |line: &&DeniedLine| {
            line.recovered.as_ref().is_some_and(|it| it.remittance == *remittance)
        };
        let first = one.lines.iter().filter(paid).map(|line| line.line).min();
        first.map(|line| (line, one.id.clone()))
    };
    let own = place(case);
    let open = others.iter().filter(|one| !one.status().is_closed());
    if open.filter_map(place).any(|other| own.as_ref().is_none_or(|own| other < *own)) {
        return Money::ZERO;
    }
    let posted = others.iter().flat_map(|one| &one.postings);
    let of_it = posted.filter(|one| {
        one.kind == PostingKind::Interest
            && one.remittance.as_ref().is_none_or(|it| it == remittance)
    });
    let posted: Money = of_it.map(|one| one.amount).sum();
    (told - posted).max(Money::ZERO)
}

/// How surely a posting is of a line and its remittance.
#[derive(Clone, Copy)]
enum Of {
    /// It names both.
    ThisVery,
    /// It names no other.
    ThisPerhaps,
}

/// What is posted, of which no more is to be posted: each row with what is left of it.
struct Posted<'a>(Vec<(&'a Posting, Money)>);

impl Posted<'_> {
    fn of(case: &Denial) -> Posted<'_> {
        let back = |id: &PostingId| -> Money {
            let of = case.postings.iter().filter(|one| one.reverses.as_ref() == Some(id));
            of.map(|one| one.amount).sum()
        };
        let rows = case.postings.iter().filter(|one| one.reverses.is_none());
        let mut rows: Vec<_> = rows.map(|one| (one, one.amount + back(&one.id))).collect();
        let paid = |row: &&mut (&Posting, Money)| row.0.kind == PostingKind::PayerPayment;
        let all: Money = rows.iter_mut().filter(paid).map(|row| row.1).sum();
        // What the payer took back by an offset stands against no row of its own.
        let mut offset = all - case.balance.recovered;
        for row in rows.iter_mut().rev().filter(paid) {
            let taken = offset.min(row.1).max(Money::ZERO);
            row.1 -= taken;
            offset -= taken;
        }
        Posted(rows)
    }

    /// Takes what is posted off what a remittance says of a line.
    fn take_off(&mut self, one: &mut Remitted, of: Of) {
        for (kind, amount) in &mut one.amounts {
            for (posting, left) in &mut self.0 {
                let is_it = match of {
                    Of::ThisVery => {
                        posting.line == one.line
                            && posting.remittance.as_ref() == Some(&one.remittance)
                    }
                    Of::ThisPerhaps => {
                        posting.line.is_none_or(|line| one.line == Some(line))
                            && posting.remittance.as_ref().is_none_or(|it| *it == one.remittance)
                    }
                };
                if posting.kind == *kind && is_it {
                    let taken = (*amount).min(*left).max(Money::ZERO);
                    *left -= taken;
                    *amount -= taken;
                }
            }
        }
    }
}

fn of_line(
    line: &DeniedLine,
    recovery: &Recovery,
    said: &[Adjudication],
    terms: (&Playbook, Option<&PayerRules>),
) -> Remitted {
    let is_it = |one: &&Adjudication| {
        one.remittance == recovery.remittance && one.payment.standing() == Standing::Processed
    };
    let whole = said.iter().filter(is_it);
    let trace = whole.clone().next().map(|one| one.trace.clone()).unwrap_or_default();
    let interest = whole.clone().filter_map(|one| one.payment.interest).sum();
    let found = single(line, whole);
    let (beyond, is_odd) = found.map_or_else(
        || (Shares::default().beyond(Shares::default()), true),
        |(one, after)| beside(line, (one, after), terms),
    );
    let of = |kind| beyond.iter().find(|(one, _)| *one == kind).map_or(Money::ZERO, |one| one.1);
    let amount = |kind: PostingKind| {
        if kind == PostingKind::PayerPayment {
            recovery.amount
        } else if kind == PostingKind::Interest {
            interest
        } else {
            of(kind)
        }
    };
    let amounts = KINDS.map(|kind| (kind, amount(kind).max(Money::ZERO)));
    let explains = amounts.iter().filter(|(kind, _)| *kind != PostingKind::Interest);
    let explained: Money = explains.map(|(_, amount)| *amount).sum();
    Remitted {
        line: line.line,
        remittance: recovery.remittance.clone(),
        trace,
        on: recovery.on,
        amounts,
        open: (line.denied - explained).max(Money::ZERO),
        is_odd: is_odd || explained != line.denied,
    }
}

/// The one payment of a line, where a remittance holds just one that is surely its.
fn single<'a>(
    line: &DeniedLine,
    whole: impl Iterator<Item = &'a Adjudication>,
) -> Option<(&'a Adjudication, &'a LinePayment)> {
    let mut paid = whole.flat_map(|one| {
        let lines = one.payment.lines.iter();
        lines.filter(|it| it.control == line.control).map(move |it| (one, it))
    });
    let found = paid.next()?;
    (!line.control.is_empty() && paid.next().is_none()).then_some(found)
}

/// What stands beside the payment and was not said before; whether anything of it is odd.
fn beside(
    line: &DeniedLine,
    (one, after): (&Adjudication, &LinePayment),
    terms: (&Playbook, Option<&PayerRules>),
) -> ([(PostingKind, Money); 3], bool) {
    let then = shares(&line.adjustments, &line.remarks, line.denied_on, terms, true);
    let remarks = [after.remarks.as_slice(), one.payment.remarks.as_slice()].concat();
    let now = shares(&after.adjustments, &remarks, one.on, terms, false);
    (now.beyond(then), then.is_odd || now.is_odd)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::adjudication::tests::{line, payment, said_on};
    use crate::certain::tests::{DENIED, case_of, playbook};
    use crate::denial::{Balance, Resolution, Status, Work};
    use crate::ids::{DenialId, PersonId};

    fn amounts(one: &Remitted) -> Vec<i64> {
        one.amounts.iter().map(|(_, amount)| amount.cents()).collect()
    }

    #[test]
    fn a_remittance_tells_payment_contract_patient_sequestration_and_interest() {
        let reasons = [("CO", "45", 4_000), ("PR", "2", 1_000), ("CO", "253", 100)];
        let mut paid = said_on(8, payment("1", vec![line("1", 10_000, 4_900, &reasons)]));
        paid.payment.interest = Some(Money::from_cents(25));
        let denied = said_on(1, payment("1", vec![line("1", 10_000, 0, DENIED)]));
        let all = vec![denied, paid];
        let case = case_of(&all);
        let told = remitted(&case, &[], &all, (&playbook(), None));
        let [one] = told.as_slice() else { panic!("{told:?}") };
        assert_eq!(amounts(one), [4_900, 4_000, 1_000, 100, 25]);
        assert_eq!((one.line, one.open, one.is_odd), (Some(1), Money::ZERO, false));
        assert_eq!(Some(one.on), all[1].on);
        assert_eq!(one.remittance, all[1].remittance);
    }

    #[test]
    fn what_is_posted_of_one_line_is_taken_off_no_other() {
        let pays =
            |day, control| said_on(day, payment("1", vec![line(control, 10_000, 10_000, &[])]));
        let both = vec![line("1", 10_000, 0, DENIED), line("2", 10_000, 0, DENIED)];
        let all = vec![said_on(1, payment("1", both)), pays(8, "2"), pays(9, "1")];
        let mut case = case_of(&all);
        let second = case.lines[1].line;
        assert!(case.lines.iter().all(|line| line.recovered.is_some()), "both are paid");
        case.postings.push(Posting {
            id: PostingId::from_bits(1),
            claim: case.claim.clone(),
            denial: Some(case.id.clone()),
            line: second,
            kind: PostingKind::PayerPayment,
            amount: Money::from_cents(10_000),
            on: case.denied_on,
            remittance: Some(all[1].remittance.clone()),
            reverses: None,
            why: String::new(),
            by: PersonId::from_bits(1),
        });
        case.balance = Balance::of(&case.lines, &case.postings);
        let told = remitted(&case, &[], &all, (&playbook(), None));
        let [one] = told.as_slice() else { panic!("{told:?}") };
        assert_eq!((one.line, &one.remittance), (case.lines[0].line, &all[2].remittance));
        assert_eq!(amounts(one)[0], 10_000);
    }

    fn interest_posted(case: &Denial, remittance: &RemittanceId, cents: i64) -> Posting {
        Posting {
            id: PostingId::from_bits(2),
            claim: case.claim.clone(),
            denial: Some(case.id.clone()),
            line: None,
            kind: PostingKind::Interest,
            amount: Money::from_cents(cents),
            on: case.denied_on,
            remittance: Some(remittance.clone()),
            reverses: None,
            why: String::new(),
            by: PersonId::from_bits(1),
        }
    }

    #[test]
    fn interest_of_a_claim_with_two_cases_is_offered_once() {
        let both = vec![line("1", 10_000, 0, DENIED), line("2", 10_000, 0, DENIED)];
        let after = vec![line("1", 10_000, 10_000, &[]), line("2", 10_000, 10_000, &[])];
        let mut paid = said_on(8, payment("1", after));
        paid.payment.interest = Some(Money::from_cents(25));
        let all = vec![said_on(1, payment("1", both)), paid];
        let whole = case_of(&all);
        let of = |at: usize, bits: u128| Denial {
            id: DenialId::from_bits(bits),
            lines: vec![whole.lines[at].clone()],
            ..whole.clone()
        };
        // The second line became a case of its own, whatever the order of their ids.
        let (mut first, second) = (of(0, 9), of(1, 3));
        let interest = |case: &Denial, other: &Denial| -> i64 {
            let others = std::slice::from_ref(other);
            let told = remitted(case, others, &all, (&playbook(), None));
            told.iter().map(|one| amounts(one)[4]).sum()
        };
        assert_eq!((interest(&first, &second), interest(&second, &first)), (25, 0));
        first.postings.push(interest_posted(&first, &all[1].remittance, 10));
        first.work = Work::Closed {
            status: Status::Paid,
            on: first.denied_on,
            resolution: Resolution::PaidByPayer,
        };
        assert_eq!(interest(&second, &first), 15, "what the closed one left of it");
    }

    #[test]
    fn what_nobody_can_explain_is_left_to_who_looks() {
        let reasons = [("CO", "45", 4_000), ("OA", "94", 1_000)];
        let paid = said_on(8, payment("1", vec![line("1", 10_000, 5_000, &reasons)]));
        let denied = said_on(1, payment("1", vec![line("1", 10_000, 0, DENIED)]));
        let all = vec![denied.clone(), paid];
        let told = remitted(&case_of(&all), &[], &all, (&playbook(), None));
        assert_eq!(amounts(&told[0]), [5_000, 4_000, 0, 0, 0]);
        assert_eq!((told[0].open.cents(), told[0].is_odd), (1_000, true));
        let denied = std::slice::from_ref(&denied);
        let none = remitted(&case_of(denied), &[], denied, (&playbook(), None));
        assert!(none.is_empty(), "nothing is paid");
    }
}
