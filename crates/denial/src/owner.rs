//! Who answers for a denial: category and circumstances to a role, and a person or team of it; who
//! is asked, who hears next.

use jiff::civil::Date;
use smol_str::SmolStr;

use crate::category::{Category, Origin};
use crate::codes::Npi;
use crate::denial::{Denial, DeniedLine, Owner};
use crate::ids::PersonId;
use crate::levels::{self, ServiceLevel, ServiceStep, Within};
use crate::money::Money;
use crate::payer::PayerRules;
use crate::person::Role;
use crate::rules::Rules;
use crate::team::Team;

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
    /// Who shares cases.
    pub teams: Vec<Team>,
    /// Who posts the payments of what was won; none is "not configured".
    pub posting: Option<Posts>,
    /// How long steps may take, each step and role once; a step without one is "not configured".
    pub services: Vec<ServiceLevel>,
}

/// Who posts payments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Posts {
    /// The role.
    pub role: Role,
    /// The person of that role who has them; nobody yet where others share them.
    pub person: Option<Member>,
    /// The team whose people share them; the whole role where it names none.
    pub team: Option<SmolStr>,
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
    pub cover: Cover,
}

/// Who has somebody's new cases while they are away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cover {
    /// One person.
    Person(Member),
    /// Whoever of a team takes them.
    Team(SmolStr),
}

impl Cover {
    /// The person, where it is one.
    #[must_use]
    pub const fn person(&self) -> Option<&Member> {
        match self {
            Cover::Person(member) => Some(member),
            Cover::Team(_) => None,
        }
    }
}

/// Who has somebody's new cases on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stand {
    /// They themselves, or who covers them.
    Person(PersonId),
    /// The team that covers them.
    Team(SmolStr),
}

impl Owners {
    /// How long a step may take that is of a role.
    #[must_use]
    pub fn level(&self, step: ServiceStep, role: Option<Role>) -> Option<Within> {
        levels::level(&self.services, step, role)
    }

    /// The NPIs of somebody; none where nobody has said which provider they are.
    pub fn npis_of<'a>(&'a self, person: &'a PersonId) -> impl Iterator<Item = &'a Npi> {
        let own = self.providers.iter().filter(|one| one.person.id.as_ref() == Some(person));
        own.map(|one| &one.npi)
    }

    /// The person who has somebody's new cases on a day; `None` where no one person does.
    #[must_use]
    pub fn present(&self, person: &PersonId, on: Date) -> Option<PersonId> {
        match self.stands_in(person, on)? {
            Stand::Person(person) => Some(person),
            Stand::Team(_) => None,
        }
    }

    /// Who has somebody's new cases on a day: themselves, or who covers them; nobody where those
    /// who cover are all away.
    #[must_use]
    pub fn stands_in(&self, person: &PersonId, on: Date) -> Option<Stand> {
        let mut who = person;
        for _ in 0..=self.away.len() {
            let away = self.away.iter().find(|one| {
                one.person.id.as_ref() == Some(who) && one.from <= on && on <= one.until
            });
            match away {
                None => return Some(Stand::Person(who.clone())),
                Some(Away { cover: Cover::Team(team), .. }) => {
                    return Some(Stand::Team(team.clone()));
                }
                Some(Away { cover: Cover::Person(cover), .. }) => who = cover.id.as_ref()?,
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
    /// Only for who rendered the service or who billed it: a provider, or a site that bills under a
    /// number of its own.
    pub provider: Option<Npi>,
    /// Only where so much or more is denied.
    pub from: Option<Money>,
    /// Who owns it.
    pub role: Role,
    /// The person of that role who has new cases; nobody yet where others share them.
    pub person: Option<Member>,
    /// The team whose people share new cases; the whole role where it names none.
    pub team: Option<SmolStr>,
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
    /// Who billed it.
    pub site: &'a Npi,
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
            site: &self.site,
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
            && self.provider.as_ref().is_none_or(|npi| npi == at.provider || npi == at.site)
            && self.from.is_none_or(|from| from <= at.denied)
    }
}

/// The role that owns a denial at first, and the person or team whom the matrix names or who covers
/// them on that day; else no person has it yet.
#[must_use]
pub fn owner_for(
    at: &Circumstance<'_>,
    payer: Option<&PayerRules>,
    rules: &Rules,
    on: Date,
) -> Owner {
    let Some(row) = row_for(at, payer, rules) else { return Owner::of(LAST) };
    let owner = placed(row.role, (row.person.as_ref(), row.team.as_ref()), rules, on);
    // An outsourcer whose person has left or is away has nobody who would see the case.
    let is_unseen = owner.role == Role::Vendor && owner.person.is_none() && owner.team.is_none();
    if is_unseen { Owner::of(LAST) } else { owner }
}

/// Who posts the payment of what was won, on a day; `None` where nobody is configured.
#[must_use]
pub fn posting_owner(rules: &Rules, on: Date) -> Option<Owner> {
    let posts = rules.owners.posting.as_ref()?;
    Some(placed(posts.role, (posts.person.as_ref(), posts.team.as_ref()), rules, on))
}

/// The person or team that rules name of a role, or who covers them on a day.
fn placed(
    role: Role,
    (person, team): (Option<&Member>, Option<&SmolStr>),
    rules: &Rules,
    on: Date,
) -> Owner {
    let named = person.and_then(|person| person.id.as_ref());
    match named.and_then(|person| rules.owners.stands_in(person, on)) {
        Some(Stand::Person(person)) => Owner { person: Some(person), ..Owner::of(role) },
        Some(Stand::Team(team)) => Owner { team: Some(team), ..Owner::of(role) },
        None => Owner { team: team.cloned(), ..Owner::of(role) },
    }
}

/// The row of the matrix that holds for a denial; `None` where the matrix is empty. The payer's own
/// rows come first, and in either list the narrowest: one that names who rendered the service
/// before one that names who billed it, that before one that names the origin, and that before
/// the highest amount.
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
    let rendered = |row: &OwnerRow| row.provider.as_ref() == Some(at.provider);
    fitting
        .max_by_key(|row| (row.provider.is_some(), rendered(row), row.origin.is_some(), row.from))
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
            cover: Cover::Person(member(cover)),
        };
        let owners = Owners { away: vec![away(1, 2, 6, 2), away(2, 5, 9, 3)], ..Owners::default() };
        let has = |who, on| owners.present(&PersonId::from_bits(who), day(on));
        assert_eq!(has(1, 1), Some(PersonId::from_bits(1)));
        assert_eq!(has(1, 2), Some(PersonId::from_bits(2)));
        assert_eq!(has(1, 6), Some(PersonId::from_bits(3)), "the cover is away too");
        assert_eq!(has(1, 7), Some(PersonId::from_bits(1)));
        let ring = Owners { away: vec![away(1, 2, 6, 2), away(2, 2, 6, 1)], ..Owners::default() };
        assert_eq!(ring.present(&PersonId::from_bits(1), day(3)), None, "nobody is there");
        let shared = Away { cover: Cover::Team("Desk".into()), ..away(2, 2, 6, 1) };
        let owners = Owners { away: vec![away(1, 2, 6, 2), shared], ..Owners::default() };
        let stand = owners.stands_in(&PersonId::from_bits(1), day(3));
        assert_eq!(stand, Some(Stand::Team("Desk".into())), "the cover's own team covers");
        assert_eq!(owners.present(&PersonId::from_bits(1), day(3)), None, "no one person");
    }
}
