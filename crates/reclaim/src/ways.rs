//! The ways forward from a case, for the page and the command line.

use denial::claim::{Claim, PayerOrder};
use denial::denial::Denial;
use denial::next_action::{self, Known, Ways};
use denial::remittance::ClaimPayment;
use denial::resent::Resent;
use denial::rules::Rules;
use insight::odds::History;
use jiff::civil::Date;

use crate::rank;

/// Every way from a case. Its chance is the stated prior, moved by what came of such ways.
pub(crate) fn of(
    case: &Denial,
    (claim, payment, resent): (Option<&Claim>, Option<&ClaimPayment>, Option<&Resent>),
    (rules, history): (&Rules, &History),
    today: Date,
) -> Ways {
    let ruling = rank::leading(case, rules);
    let passed = payment.is_some_and(|one| one.crossover.is_some() || one.priority_payer.is_some());
    let behind = |one: &Claim| matches!(one.order, PayerOrder::Secondary | PayerOrder::Tertiary);
    let later = claim.is_some_and(behind);
    let other_cover = passed || later || case.days.other_payer_on.is_some();
    let ruling = ruling.as_ref();
    let known = Known { case, claim, ruling, rules, resent, other_cover, today };
    let code = rank::code(case, rules);
    let place = (case.payer.as_str(), code.as_str());
    next_action::ways(&known, |way, prior| history.odds(place, Some(way), prior))
}
