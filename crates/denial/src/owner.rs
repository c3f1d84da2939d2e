//! Who answers for a denial: category and circumstances to a role; who is asked, who hears next.

use crate::category::{Category, Origin};
use crate::denial::Owner;
use crate::payer::PayerRules;
use crate::person::Role;
use crate::rules::Rules;

/// The matrix of owners and the ladder of escalation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Owners {
    /// One row for each category, and narrower ones.
    pub rows: Vec<OwnerRow>,
    /// Who hears of a case that nobody moves, the soonest step first.
    pub ladder: Vec<Step>,
}

/// One row of the matrix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnerRow {
    /// The reason for denial.
    pub category: Category,
    /// Only where the reason arose here.
    pub origin: Option<Origin>,
    /// Who owns it.
    pub role: Role,
    /// Whom the owner asks.
    pub asks: Option<Role>,
    /// Who hears of it next.
    pub then: Role,
    /// After how many days without a move.
    pub after_days: u16,
}

/// One step of the ladder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// Days past the date on which the case should have moved.
    pub after_days: u16,
    /// Who hears of it; `None` for the owner's own reminder.
    pub to: Option<Role>,
}

/// The role that owns a denial at first; no person has it yet.
#[must_use]
pub fn owner_for(
    category: Category,
    origin: Origin,
    payer: Option<&PayerRules>,
    rules: &Rules,
) -> Owner {
    Owner {
        role: row_for(category, origin, payer, rules).map_or(LAST, |row| row.role),
        person: None,
    }
}

/// The row of the matrix that holds for a denial; `None` where the matrix is empty. The payer's own
/// rows come first, and in either list one that names the origin.
#[must_use]
pub fn row_for<'a>(
    category: Category,
    origin: Origin,
    payer: Option<&'a PayerRules>,
    rules: &'a Rules,
) -> Option<&'a OwnerRow> {
    let own = payer.map(|payer| payer.owners.as_slice()).unwrap_or_default();
    narrowest(own, category, origin).or_else(|| narrowest(&rules.owners.rows, category, origin))
}

fn narrowest(rows: &[OwnerRow], category: Category, origin: Origin) -> Option<&OwnerRow> {
    let of = |wanted: Option<Origin>| {
        rows.iter().find(|row| row.category == category && row.origin == wanted)
    };
    of(Some(origin)).or_else(|| of(None))
}

/// Who owns what no row names: no denial stays without an owner.
const LAST: Role = Role::BillingSupervisor;
