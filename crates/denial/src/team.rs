//! Teams that own cases: any of their people takes the next one; their lead hears first.

use jiff::civil::Date;
use smol_str::SmolStr;

use crate::denial::{Denial, Owner};
use crate::ids::PersonId;
use crate::owner::{Member, Owners};

/// People who share cases.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Team {
    /// What it is called; cases keep it.
    pub name: SmolStr,
    /// Its people; the lead is of them whether they stand here or not.
    pub members: Vec<Member>,
    /// Who hears first that a case of the team waits.
    pub lead: Member,
}

/// Letters of the longest name.
const LETTERS: usize = 40;
/// How lists that hold people and teams side by side name a team.
const KEY: &str = "team:";

/// In a choice of whose cases are meant: those of any team.
pub const ANY: &str = KEY;

/// True where a team can be called so: lists of names have commas between them.
#[must_use]
pub fn is_name(text: &str) -> bool {
    let fits = |letter: char| letter.is_alphanumeric() || " -&.'".contains(letter);
    (1..=LETTERS).contains(&text.chars().count()) && text.trim() == text && text.chars().all(fits)
}

/// How lists that hold people and teams side by side name a team.
#[must_use]
pub fn key(name: &str) -> String {
    format!("{KEY}{name}")
}

/// The team that such a list names; `None` for a person.
#[must_use]
pub fn of_key(text: &str) -> Option<&str> {
    text.strip_prefix(KEY)
}

impl Team {
    /// True for its people and its lead.
    #[must_use]
    pub fn has(&self, person: &PersonId) -> bool {
        let mut people = self.members.iter().chain([&self.lead]);
        people.any(|one| one.id.as_ref() == Some(person))
    }
}

impl Owners {
    /// The team of a name.
    #[must_use]
    pub fn team(&self, name: &str) -> Option<&Team> {
        self.teams.iter().find(|team| team.name == name)
    }

    /// The teams that somebody is of.
    pub fn teams_of<'a>(&'a self, person: &'a PersonId) -> impl Iterator<Item = &'a Team> {
        self.teams.iter().filter(|team| team.has(person))
    }

    /// True where a case is of a team of somebody's.
    #[must_use]
    pub fn shares(&self, person: &PersonId, denial: &Denial) -> bool {
        let team = denial.owner().and_then(|owner| self.team(owner.team.as_ref()?));
        team.is_some_and(|team| team.has(person))
    }

    /// Who hears first of what a team owns, or who covers them on that day; `None` where no team
    /// owns it or nobody of them is there.
    #[must_use]
    pub fn lead(&self, owner: &Owner, on: Date) -> Option<PersonId> {
        let lead = self.team(owner.team.as_ref()?)?.lead.id.as_ref()?;
        self.present(lead, on)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_can_stand_in_a_list_of_names() {
        assert!(["Medicare desk", "A&R - O'Hara", "Équipe 2"].iter().all(|name| is_name(name)));
        let long = "x".repeat(41);
        assert!(
            ["", " Desk", "a,b", "a\nb", "\"", long.as_str()].iter().all(|name| !is_name(name))
        );
        assert_eq!(of_key(&key("Medicare desk")), Some("Medicare desk"));
        assert_eq!(of_key("usr_1"), None);
    }
}
