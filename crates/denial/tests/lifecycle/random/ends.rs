//! From every state both ends are within reach.

use denial::denial::{Denial, Status};
use denial::lifecycle::Action;
use denial::person::Role;
use denial::posting::{Entry, PostingKind, WriteOffReason};
use denial::rules::Rules;

use super::{assert_laws, back, standing};
use crate::clinic::{entry, moment};

/// From every state a manager and a supervisor can bring the case to either end.
pub(super) fn ends_are_in_reach(case: &Denial, today: i64, rules: &Rules) {
    let paid = finish_paid(review(case, today, rules), today, rules);
    assert_eq!(paid.status(), Status::Paid);
    let given_up = finish_written_off(review(case, today, rules), today, rules);
    assert_eq!(given_up.status(), Status::WrittenOff);
    assert_laws(&paid);
    assert_laws(&given_up);
}

fn did(case: &Denial, action: &Action, role: Role, today: i64, rules: &Rules) -> Denial {
    let decided = case.act(action, &moment(today, role), rules);
    decided.unwrap_or_else(|why| panic!("{action:?} of {:?}: {why}", case.status())).after
}

fn review(case: &Denial, today: i64, rules: &Rules) -> Denial {
    let so = "so it is".to_owned();
    let action = match case.status() {
        Status::New => Action::Review,
        Status::InReview => return case.clone(),
        Status::Corrected | Status::Appealed | Status::Pending => Action::Withdraw { reason: so },
        Status::Overturned => Action::Dispute { reason: so, missing: None },
        Status::Paid | Status::WrittenOff => {
            Action::Reopen { reason: so, entries: all_back(case), remittance: None }
        }
    };
    did(case, &action, Role::Manager, today, rules)
}

/// Takes everything back, recoupments too.
fn all_back(case: &Denial) -> Vec<Entry> {
    let standing = standing(case);
    let recouped = |one: &&Entry| one.kind == PostingKind::Recoupment;
    let mut entries: Vec<Entry> = Vec::new();
    for (at, one) in standing.iter().filter(|one| !recouped(one)).enumerate() {
        let number = 1_000_000_000 + u128::try_from(at).expect("few");
        if one.kind != PostingKind::PayerPayment {
            entries.push(back(number, one));
        }
    }
    if !case.balance.recovered.is_zero() {
        let cents = case.balance.recovered.cents();
        entries.push(entry(2_000_000_000, PostingKind::Recoupment, cents));
    }
    entries
}

fn finish_paid(mut case: Denial, today: i64, rules: &Rules) -> Denial {
    let given_up = standing(&case).into_iter().filter(|one| one.kind.reason().is_some());
    let reversals: Vec<Entry> = given_up
        .enumerate()
        .map(|(at, one)| back(3_000_000_000 + u128::try_from(at).expect("few"), &one))
        .collect();
    if !reversals.is_empty() {
        case = did(&case, &Action::Post { entries: reversals }, Role::Manager, today, rules);
    }
    if case.status() == Status::Paid {
        return case;
    }
    let rest = case.balance.outstanding().cents();
    let patient = entry(4_000_000_000, PostingKind::PatientResponsibility, rest);
    let entries = if rest == 0 { Vec::new() } else { vec![patient] };
    did(&case, &Action::Post { entries }, Role::Manager, today, rules)
}

fn finish_written_off(mut case: Denial, today: i64, rules: &Rules) -> Denial {
    let so = "so it is".to_owned();
    if case.balance.outstanding().is_zero() {
        let entries = all_back(&case);
        case = did(&case, &Action::Post { entries }, Role::Manager, today, rules);
    }
    if case.proposal.is_some() {
        case = did(&case, &Action::Decline { reason: so.clone() }, Role::Manager, today, rules);
    }
    let propose = Action::ProposeWriteOff { reason: so.clone() };
    case = did(&case, &propose, Role::BillingSupervisor, today, rules);
    case = did(&case, &Action::Approve, Role::Manager, today, rules);
    let id = entry(5_000_000_000, PostingKind::Interest, 1).id;
    let write_off = Action::WriteOff { id, reason: WriteOffReason::BadDebt, note: so };
    did(&case, &write_off, Role::Manager, today, rules)
}
