//! Which cases somebody wants to see.

use denial::person::Role;
use jiff::civil::Date;

use super::Board;
use super::alike::Alike;
use super::facet::{Facet, TEAM};
use super::places::Places;
use super::sets::Kind;

/// Which cases. What is chosen of one facet adds up, facets narrow each other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Closed ones instead of open ones.
    pub closed: bool,
    /// Also those that are put off.
    pub asleep: bool,
    /// Those that are put off alone.
    pub only_asleep: bool,
    /// Values by facet.
    pub chosen: Vec<(Facet, Vec<String>)>,
    /// One job: the id of any case of it, and what its cases have in common.
    pub job_of: Option<(u128, Alike)>,
    /// Only cases within somebody's own reach.
    pub own: Option<Own>,
}

/// Whose cases somebody sees who does not see all: their own, their role's, their teams', and those
/// that wait for their role's answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Own {
    /// Theirs; none where they see only what is placed with them by name or with an outsourcer's
    /// team of theirs.
    pub role: Option<Role>,
    /// A person's id.
    pub person: String,
    /// The teams that they are of.
    pub teams: Vec<String>,
}

/// The bit of a role among those that are asked.
#[must_use]
pub fn bit(role: Role) -> u16 {
    Role::ALL.iter().position(|one| *one == role).map_or(0, |at| 1 << at)
}

impl Board {
    /// What is wanted, whatever is chosen of facets.
    pub(crate) fn within(&self, wanted: &Wanted, today: Date) -> Places {
        let (wakes, sleeps) = (!wanted.only_asleep, wanted.asleep || wanted.only_asleep);
        let state = Kind::State { closed: wanted.closed, wakes, sleeps };
        let mut places = Places::clone(&self.set(state, today));
        if let Some(own) = &wanted.own {
            places.keep(&self.set(Kind::Reach(own.clone()), today));
        }
        if let Some((id, alike)) = wanted.job_of {
            places.keep(&self.like(id, alike));
        }
        places
    }

    pub(crate) fn reached_by<'a>(&'a self, own: &Own) -> Box<dyn Fn(usize) -> bool + 'a> {
        let [_, _, roles, owners, ..] = &self.texts;
        let role = own.role.and_then(|role| roles.number_of(role.as_str()));
        let person = owners.number_of(&own.person);
        let teams = &self.texts[TEAM];
        let mut is_theirs = vec![false; teams.width()];
        for number in own.teams.iter().filter_map(|name| teams.number_of(name)) {
            is_theirs[number as usize] = true;
        }
        let placed = roles.number_of(Role::Vendor.as_str());
        let (bit, has_role) = (own.role.map_or(0, bit), own.role.is_some());
        Box::new(move |at| {
            let is_asked = self.numbers.asked[at] & bit != 0;
            let is =
                |number: Option<u32>, of: &[u32]| number.is_some() && of.get(at).copied() == number;
            let team = teams.numbers().get(at).is_some_and(|team| is_theirs[*team as usize]);
            let is_shared = team && (has_role || is(placed, roles.numbers()));
            is(role, roles.numbers()) || is(person, owners.numbers()) || is_asked || is_shared
        })
    }
}
