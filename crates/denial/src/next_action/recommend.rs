//! Which way is recommended, and why; where the playbook and the figures part, both are said.

use serde::Serialize;

use super::{Forward, Standing, Way};
use crate::denial::{NextAction, NextActionKind};
use crate::money::Money;
use crate::playbook::Resend;

/// What is recommended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Recommended {
    /// The way; `None` where none is open or nothing speaks for one.
    pub way: Option<Way>,
    /// The reason, for people.
    pub why: String,
    /// What the playbook does first, where there is a ruling.
    pub first: Option<NextActionKind>,
    /// How the playbook's first action and the figures part.
    pub differs: Option<String>,
    /// What comes before every way: an approved write-off is booked; what went again is awaited, or
    /// asked about once the payer's usual days are over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waits: Option<NextAction>,
}

/// The open way that leaves most, besides giving up.
pub(super) fn best(ways: &[Forward]) -> Option<&Forward> {
    let open = ways.iter().filter(|one| one.is_open() && one.way != Way::WriteOff);
    // The first of equals: the cheaper ways come first in the order.
    open.filter(|one| one.net.is_some()).min_by_key(|one| std::cmp::Reverse(one.net))
}

pub(super) fn recommend(standing: &Standing<'_>, ways: &[Forward]) -> Recommended {
    let first = standing.known.ruling.map(|ruling| ruling.next);
    if let Some((why, next)) = books(standing).or_else(|| waits(standing)) {
        return Recommended { way: None, why, first, differs: None, waits: Some(next) };
    }
    let (way, why) = choose(standing, ways, first);
    let differs = first.and_then(|first| differs(first, way, ways));
    Recommended { way, why, first, differs, waits: None }
}

/// Once a second person agreed to give it up, it is booked.
fn books(standing: &Standing<'_>) -> Option<(String, NextAction)> {
    let (case, kind) = (standing.known.case, NextActionKind::BookWriteOff);
    let approved = case.approved_write_off().filter(|_| case.may_plan(kind))?;
    let now = case.next().filter(|next| next.kind == kind).copied();
    let anew = || case.next_by_habit(kind, standing.known.today, standing.known.rules);
    let why = format!("a second person approved the write-off of {}", approved.amount);
    Some((why, now.unwrap_or_else(anew)))
}

/// Where a claim went again and has no answer, that is awaited: one more would be a duplicate, and
/// to dispute what was mended too early.
fn waits(standing: &Standing<'_>) -> Option<(String, NextAction)> {
    let known = standing.known;
    let resent = known.resent?;
    let next = resent.awaits(known.case, known.today, known.rules)?;
    Some((resent.to_string(), next))
}

fn choose(
    standing: &Standing<'_>,
    ways: &[Forward],
    first: Option<NextActionKind>,
) -> (Option<Way>, String) {
    if let Some(why) = standing.by_status() {
        return (None, why);
    }
    let open = |way: Way| ways.iter().any(|one| one.way == way && one.is_open());
    for (resend, way) in [
        (Resend::NewClaim, Way::NewClaim),
        (Resend::Replacement, Way::CorrectedClaim),
        (Resend::VoidAndNew, Way::VoidAndNew),
    ] {
        if let Some(code) = standing.with_resend(resend)
            && open(way)
        {
            return (Some(way), format!("remark {code} says so, and a remark wins over all else"));
        }
    }
    if first == Some(NextActionKind::AwaitPayer) {
        return (None, "nothing is to be done but to wait for the payer".to_owned());
    }
    if standing.asks_for_records() && open(Way::Records) {
        let text = "the payer asked for them: they are an answer to its request, no new claim and \
                    no appeal";
        return (Some(Way::Records), text.to_owned());
    }
    if first == Some(NextActionKind::BillPatient) && open(Way::Patient) {
        return (Some(Way::Patient), "group PR: it is the patient's share".to_owned());
    }
    let best = best(ways).map(|best| pick(best, ways, first));
    let pays = best.is_some_and(|(_, net)| net > Money::ZERO);
    let outstanding = standing.known.case.balance.outstanding();
    let is_small = outstanding <= standing.known.rules.desk.small_balance;
    if is_small && !pays && open(Way::WriteOff) {
        return (Some(Way::WriteOff), format!("{outstanding} is a small balance"));
    }
    match (best, open(Way::WriteOff)) {
        (Some((one, net)), _) if net > Money::ZERO => {
            let most = if is_alone(one, ways) { "the most of" } else { "as much as others of" };
            (Some(one.way), format!("it is expected to leave {net}, {most} the open ways"))
        }
        (Some((one, net)), true) => {
            let text = format!("no open way pays: the best would leave {net} at {}", one.cost);
            (Some(Way::WriteOff), text)
        }
        (Some((one, net)), false) => {
            (Some(one.way), format!("it leaves {net}, and giving up is not open"))
        }
        (None, _) => by_playbook(ways, first),
    }
}

/// Of ways that leave the same, the one that the playbook takes first.
fn pick<'a>(
    best: &'a Forward,
    ways: &'a [Forward],
    first: Option<NextActionKind>,
) -> (&'a Forward, Money) {
    let equal = |one: &&Forward| one.is_open() && one.net == best.net && one.way != Way::WriteOff;
    let agrees = |one: &&Forward| first.is_some_and(|first| fits(first, one.way));
    let one = ways.iter().filter(equal).find(agrees).unwrap_or(best);
    (one, one.net.unwrap_or_default())
}

/// True where no other open way leaves as much.
fn is_alone(best: &Forward, ways: &[Forward]) -> bool {
    let equal = |one: &&Forward| one.is_open() && one.net == best.net && one.way != Way::WriteOff;
    ways.iter().filter(equal).count() == 1
}

/// No chance is stated for any open way: the playbook's first action, where one of them is it.
fn by_playbook(ways: &[Forward], first: Option<NextActionKind>) -> (Option<Way>, String) {
    let fitting =
        ways.iter().find(|one| one.is_open() && first.is_some_and(|first| fits(first, one.way)));
    match fitting {
        Some(one) => (
            Some(one.way),
            "the playbook takes it first; no chance is stated for any open way".to_owned(),
        ),
        None => (None, "no chance is stated for any open way: look at it and choose".to_owned()),
    }
}

/// True where a way is what an action leads to.
pub(super) fn fits(first: NextActionKind, way: Way) -> bool {
    match first {
        NextActionKind::Correct | NextActionKind::Resubmit => way.resends(),
        NextActionKind::Appeal => {
            matches!(way, Way::Appeal | Way::Reconsideration | Way::ExternalReview)
        }
        NextActionKind::CoordinateBenefits => way == Way::SecondaryPayer,
        NextActionKind::BillPatient => way == Way::Patient,
        NextActionKind::ProposeWriteOff => way == Way::WriteOff,
        NextActionKind::SendRecords => way == Way::Records,
        NextActionKind::Review
        | NextActionKind::CallPayer
        | NextActionKind::AskColleague
        | NextActionKind::AwaitPayer
        | NextActionKind::PostPayment
        | NextActionKind::BookWriteOff => false,
    }
}

/// How the playbook's habit and the case part; nothing where they agree or the playbook names no
/// way.
fn differs(first: NextActionKind, way: Option<Way>, ways: &[Forward]) -> Option<String> {
    let fitting: Vec<&Forward> = ways.iter().filter(|one| fits(first, one.way)).collect();
    if fitting.is_empty() || way.is_some_and(|way| fits(first, way)) {
        return None;
    }
    let usual = format!("for this reason one would usually {}", first.as_str().replace('_', " "));
    let Some(open) = fitting.iter().find(|one| one.is_open()) else {
        let named = fitting.iter().find(|one| one.way == Way::Appeal).or(fitting.first());
        let why = named.and_then(|one| one.closed.as_deref()).unwrap_or_default();
        return Some(format!("{usual}; here that is not open: {why}"));
    };
    let leaves = match open.net {
        Some(net) => format!("is expected to leave {net}"),
        None => "has no stated chance".to_owned(),
    };
    Some(format!("{usual}; here that {leaves}"))
}
