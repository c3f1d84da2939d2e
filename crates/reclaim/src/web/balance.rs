//! Whether a remittance adds up: which sum is off, by how much, and what that means for its money.

use std::collections::BTreeSet;

use denial::money::Money;
use denial::remittance::{Check, Imbalance};
use store::remittances::{RemittanceRow, State};

use crate::web::case_view;
use crate::web::words;

/// A state in words.
pub(crate) struct StateView {
    pub(crate) label: &'static str,
    pub(crate) class: &'static str,
    pub(crate) text: &'static str,
}

/// The state of a remittance; what counts only as far as it adds up says so.
pub(crate) fn state_view(row: &RemittanceRow, imbalances: &[Imbalance]) -> StateView {
    let is_whole = imbalances.iter().any(|one| one.check == Check::Transaction);
    let (label, class, text) = match State::from_name(&row.state) {
        Some(State::Published) if row.balanced == "yes" => ("counts", "here", ""),
        Some(State::Published) if is_whole => (
            "quarantined",
            "odd",
            "The payment is not what its claims come to, so the money of all of them is \
             quarantined: their cases are open and their clocks run, but nothing is posted by \
             itself and no case is overturned by it. Ask the payer for a corrected remittance.",
        ),
        Some(State::Published) => (
            "counts in part",
            "odd",
            "The money of the claims that do not add up is quarantined: their cases are open and \
             their clocks run, but nothing of them is posted by itself and none is overturned by \
             it. The other claims count. Ask the payer for a corrected remittance.",
        ),
        Some(State::Conflict) => (
            "in conflict",
            "bad",
            "Another remittance has the same payer, trace, amount, day and payee and says \
             something else. Both have opened their cases; the money of neither counts until \
             somebody chooses one.",
        ),
        Some(State::Held) => (
            "held",
            "absent",
            "Its payee is no practice of this database, so nothing was opened. Release it if it \
             is yours under another number, or set it aside.",
        ),
        Some(State::Test) => ("test", "absent", "ISA15 says test: it is shown and never worked."),
        Some(State::SetAside) => {
            ("set aside", "absent", "Somebody decided that it does not count.")
        }
        Some(State::Staging) | None => ("being read", "absent", "It is being read."),
    };
    StateView { label, class, text }
}

/// One of the three balances.
pub(crate) struct Sum {
    pub(crate) label: &'static str,
    pub(crate) holds: bool,
    pub(crate) text: String,
}

/// The three balances.
pub(crate) fn sums(row: &RemittanceRow, imbalances: &[Imbalance]) -> Vec<Sum> {
    // Two sums of one claim are one claim.
    let count = |checks: &[Check]| {
        let odd = imbalances.iter().filter(|one| checks.contains(&one.check));
        let places: BTreeSet<u64> = odd.map(|one| one.span.start).collect();
        i64::try_from(places.len()).unwrap_or(i64::MAX)
    };
    let off = row.paid - row.provider_level - row.total;
    let apart = format!(" ({} apart)", words::money(off.abs()));
    let level = |label, odd: i64, one: &str, many: &str| Sum {
        label,
        holds: odd == 0,
        text: match odd {
            0 => format!("every {one} adds up"),
            _ => format!(
                "{} not add up",
                words::counted(odd, &format!("{one} does"), &format!("{many} do"))
            ),
        },
    };
    vec![
        Sum {
            label: "Payment",
            holds: off == 0,
            text: format!(
                "claims {} less provider adjustments {} {} payment {}{}",
                words::money(row.paid),
                words::money(row.provider_level),
                if off == 0 { "=" } else { "≠" },
                words::money(row.total),
                if off == 0 { "" } else { apart.as_str() }
            ),
        },
        level("Claims", count(&[Check::Claim, Check::LineCharges]), "claim", "claims"),
        level("Lines", count(&[Check::Line]), "line", "lines"),
    ]
}

/// One sum that does not hold, in words.
pub(crate) fn odd(one: &Imbalance) -> String {
    format!(
        "Segment {}: {} come to {}, the payer states {}, {} apart",
        one.span.segment,
        case_view::check(one.check).to_lowercase(),
        one.expected,
        one.stated,
        apart(one)
    )
}

fn apart(one: &Imbalance) -> Money {
    (one.expected - one.stated).abs()
}

/// What quarantines its money, and by how much it is off.
pub(crate) fn off(imbalances: &[Imbalance]) -> String {
    let grave = || imbalances.iter().filter(|one| one.check.quarantines());
    if let Some(one) = grave().find(|one| one.check == Check::Transaction) {
        return format!("payment off by {}", apart(one));
    }
    let count = i64::try_from(grave().count()).unwrap_or(i64::MAX);
    let (what, sum) = (words::counted(count, "sum", "sums"), grave().map(apart).sum::<Money>());
    match count {
        0 => "does not add up".to_owned(),
        1 => format!("one sum of a claim off by {sum}"),
        _ => format!("{what} off, {sum} in all"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_off_is_said_with_its_amount() {
        let one = |check, cents| Imbalance {
            check,
            span: denial::remittance::Span::default(),
            expected: Money::from_cents(10_000),
            stated: Money::from_cents(cents),
        };
        let payment = [one(Check::Line, 9_000), one(Check::Transaction, 10_250)];
        assert_eq!(off(&payment), "payment off by $2.50");
        assert_eq!(off(&payment[..1]), "one sum of a claim off by $10.00");
        let several = [one(Check::Line, 9_000), one(Check::Claim, 11_000)];
        assert_eq!(off(&several), "2 sums off, $20.00 in all");
        assert_eq!(off(&[one(Check::PatientShare, 0)]), "does not add up");
    }
}
