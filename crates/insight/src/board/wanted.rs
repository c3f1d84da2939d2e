//! Which cases somebody wants to see.

use denial::person::Role;
use jiff::civil::Date;

use super::Board;
use super::alike::Alike;
use super::facet::Facet;
use super::numbers::{Numbers, OPEN, number};
use super::places::Places;

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

/// Whose cases somebody sees who does not see all: their own, their role's, and those that wait for
/// their role's answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Own {
    /// Theirs; none where they see only what is theirs by name.
    pub role: Option<Role>,
    /// A person's id.
    pub person: String,
}

/// The bit of a role among those that are asked.
#[must_use]
pub fn bit(role: Role) -> u16 {
    Role::ALL.iter().position(|one| *one == role).map_or(0, |at| 1 << at)
}

impl Board {
    /// What is wanted, whatever is chosen of facets.
    pub(crate) fn within(&self, wanted: &Wanted, today: Date) -> Places {
        let Numbers { flags, snoozed_until, .. } = &self.numbers;
        let today = number(today);
        let (wakes, sleeps) = (!wanted.only_asleep, wanted.asleep || wanted.only_asleep);
        let mut places = Places::of(self.len(), |at| {
            let is_wanted = if snoozed_until[at] > today { sleeps } else { wakes };
            (flags[at] & OPEN == 0) == wanted.closed && is_wanted
        });
        if let Some(own) = &wanted.own {
            places.keep(&self.reached_by(own));
        }
        if let Some((id, alike)) = wanted.job_of {
            places.keep(&self.like(id, alike));
        }
        places
    }

    fn reached_by(&self, own: &Own) -> Places {
        let [_, _, roles, owners, ..] = &self.texts;
        let role = own.role.and_then(|role| roles.number_of(role.as_str()));
        let person = owners.number_of(&own.person);
        let bit = own.role.map_or(0, bit);
        Places::of(self.len(), |at| {
            let is_asked = self.numbers.asked[at] & bit != 0;
            let is =
                |number: Option<u32>, of: &[u32]| number.is_some() && of.get(at).copied() == number;
            is(role, roles.numbers()) || is(person, owners.numbers()) || is_asked
        })
    }
}
