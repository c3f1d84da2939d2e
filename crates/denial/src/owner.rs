//! Who answers for a denial: category and circumstances to a role; who is asked, who hears next.

use jiff::civil::Date;
use smol_str::SmolStr;

use crate::category::{Category, Origin};
use crate::codes::Npi;
use crate::denial::{Denial, DeniedLine, Owner};
use crate::ids::PersonId;
use crate::money::Money;
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
    /// Who is away, and who has their new cases meanwhile.
    pub away: Vec<Away>,
    /// Which provider somebody is who signs in as one.
    pub providers: Vec<Rendering>,
}

/// Somebody whom rules name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// The name that they sign in with.
    pub login: SmolStr,
    /// Their id, once it is known: [`Rules::name_members`].
    pub id: Option<PersonId>,
}

impl Member {
    /// Somebody who signs in with this name.
    #[must_use]
    pub fn of(login: &str) -> Member {
        Member { login: login.into(), id: None }
    }
}

/// Somebody who renders services, with the number that claims name them by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendering {
    /// Who.
    pub person: Member,
    /// Their NPI.
    pub npi: Npi,
}

/// Somebody's absence, both days in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Away {
    /// Who is away.
    pub person: Member,
    /// The first day.
    pub from: Date,
    /// The last day.
    pub until: Date,
    /// Who has their new cases.
    pub cover: Member,
}

impl Owners {
    /// The NPIs of somebody; none where nobody has said which provider they are.
    pub fn npis_of<'a>(&'a self, person: &'a PersonId) -> impl Iterator<Item = &'a Npi> {
        let own = self.providers.iter().filter(|one| one.person.id.as_ref() == Some(person));
        own.map(|one| &one.npi)
    }

    /// Who has somebody's new cases on a day: themselves, or who covers them; nobody where those
    /// who cover are all away.
    #[must_use]
    pub fn present(&self, person: &PersonId, on: Date) -> Option<PersonId> {
        let mut who = person;
        for _ in 0..=self.away.len() {
            let away = self.away.iter().find(|one| {
                one.person.id.as_ref() == Some(who) && one.from <= on && on <= one.until
            });
            match away {
                None => return Some(who.clone()),
                Some(away) => who = away.cover.id.as_ref()?,
            }
        }
        None
    }
}

/// One row of the matrix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnerRow {
    /// The reason for denial.
    pub category: Category,
    /// Only where the reason arose here.
    pub origin: Option<Origin>,
    /// Only for who rendered the service, or billed it where nobody is named: a provider, or a site
    /// that bills under a number of its own.
    pub provider: Option<Npi>,
    /// Only where so much or more is denied.
    pub from: Option<Money>,
    /// Who owns it.
    pub role: Role,
    /// The person of that role who has new cases; nobody yet where the role shares them.
    pub person: Option<Member>,
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

/// What of a denial the matrix looks at.
#[derive(Clone, Copy, Debug)]
pub struct Circumstance<'a> {
    /// The reason.
    pub category: Category,
    /// Where it arose.
    pub origin: Origin,
    /// Who rendered the service, or billed it where nobody is named.
    pub provider: &'a Npi,
    /// What its lines were denied.
    pub denied: Money,
}

/// What lines were denied.
pub(crate) fn denied(lines: &[DeniedLine]) -> Money {
    lines.iter().map(|line| line.denied).sum()
}

impl Denial {
    /// What of it the matrix looks at.
    #[must_use]
    pub fn circumstance(&self) -> Circumstance<'_> {
        let denied = denied(&self.lines);
        Circumstance {
            category: self.category,
            origin: self.origin,
            provider: &self.provider,
            denied,
        }
    }
}

impl OwnerRow {
    /// What it holds for; one row for each.
    #[must_use]
    pub fn scope(&self) -> (Category, Option<Origin>, Option<&Npi>, Option<Money>) {
        (self.category, self.origin, self.provider.as_ref(), self.from)
    }

    fn fits(&self, at: &Circumstance<'_>) -> bool {
        self.category == at.category
            && self.origin.is_none_or(|origin| origin == at.origin)
            && self.provider.as_ref().is_none_or(|provider| provider == at.provider)
            && self.from.is_none_or(|from| from <= at.denied)
    }
}

/// The role that owns a denial at first, and the person whom the matrix names or who covers them on
/// that day; else no person has it yet.
#[must_use]
pub fn owner_for(
    at: &Circumstance<'_>,
    payer: Option<&PayerRules>,
    rules: &Rules,
    on: Date,
) -> Owner {
    let row = row_for(at, payer, rules);
    let named = row.and_then(|row| row.person.as_ref()?.id.as_ref());
    let person = named.and_then(|person| rules.owners.present(person, on));
    // An outsourcer whose person has left or is away has nobody who would see the case.
    let role = row.map(|row| row.role).filter(|role| *role != Role::Vendor || person.is_some());
    Owner { role: role.unwrap_or(LAST), person }
}

/// The row of the matrix that holds for a denial; `None` where the matrix is empty. The payer's own
/// rows come first, and in either list the narrowest: one that names the provider before one that
/// names the origin, and that before the highest amount.
#[must_use]
pub fn row_for<'a>(
    at: &Circumstance<'_>,
    payer: Option<&'a PayerRules>,
    rules: &'a Rules,
) -> Option<&'a OwnerRow> {
    let own = payer.map(|payer| payer.owners.as_slice()).unwrap_or_default();
    narrowest(own, at).or_else(|| narrowest(&rules.owners.rows, at))
}

fn narrowest<'a>(rows: &'a [OwnerRow], at: &Circumstance<'_>) -> Option<&'a OwnerRow> {
    let fitting = rows.iter().rev().filter(|row| row.fits(at));
    fitting.max_by_key(|row| (row.provider.is_some(), row.origin.is_some(), row.from))
}

/// Who owns what no row names: no denial stays without an owner.
const LAST: Role = Role::BillingSupervisor;

#[cfg(test)]
mod tests {
    use super::*;

    fn member(number: u128) -> Member {
        Member { login: format!("p{number}").into(), id: Some(PersonId::from_bits(number)) }
    }

    #[test]
    fn new_cases_go_to_who_covers_and_is_there() {
        let day = |day| jiff::civil::date(2026, 3, day);
        let away = |who, from, until, cover| Away {
            person: member(who),
            from: day(from),
            until: day(until),
            cover: member(cover),
        };
        let owners = Owners { away: vec![away(1, 2, 6, 2), away(2, 5, 9, 3)], ..Owners::default() };
        let has = |who, on| owners.present(&PersonId::from_bits(who), day(on));
        assert_eq!(has(1, 1), Some(PersonId::from_bits(1)));
        assert_eq!(has(1, 2), Some(PersonId::from_bits(2)));
        assert_eq!(has(1, 6), Some(PersonId::from_bits(3)), "the cover is away too");
        assert_eq!(has(1, 7), Some(PersonId::from_bits(1)));
        let ring = Owners { away: vec![away(1, 2, 6, 2), away(2, 2, 6, 1)], ..Owners::default() };
        assert_eq!(ring.present(&PersonId::from_bits(1), day(3)), None, "nobody is there");
    }
}
