//! Entries of the matrix of owners: rows, absences, teams, who is which provider.

use std::ops::Range;

use jiff::civil::Date;

use super::{append, blocks, joined, quoted, value};
use crate::owner::{Away, Cover, OwnerRow, Rendering};
use crate::team::Team;

/// A matrix with this row, in place of the one for its category and origin or at its end.
#[must_use]
pub fn owned(text: &str, row: &OwnerRow) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let scope: Vec<(&str, Option<String>)> =
        scope(row).into_iter().map(|(key, word)| (key, word.map(|word| quoted(&word)))).collect();
    let is_row =
        |head: &[String]| scope.iter().all(|(key, word)| value(head, key) == word.as_deref());
    let new = owner(row);
    match blocks(&lines, OWNER).into_iter().find(|block| is_row(&lines[block.clone()])) {
        Some(block) => drop(lines.splice(block, new)),
        None => append(&mut lines, new),
    }
    joined(&lines)
}

/// What a row holds for, as its file says it.
fn scope(row: &OwnerRow) -> [(&'static str, Option<String>); 4] {
    [
        ("category", Some(row.category.as_str().to_owned())),
        ("origin", row.origin.map(|origin| origin.as_str().to_owned())),
        ("provider", row.provider.as_ref().map(|npi| npi.as_str().to_owned())),
        ("from", row.from.map(|from| from.plain().to_string())),
    ]
}

fn owner(row: &OwnerRow) -> Vec<String> {
    let mut lines = vec![OWNER.to_owned()];
    let mut put = |key: &str, value: &str| lines.push(format!("{key} = {}", quoted(value)));
    for (key, word) in scope(row) {
        if let Some(word) = word {
            put(key, &word);
        }
    }
    put("role", row.role.as_str());
    if let Some(person) = &row.person {
        put("person", &person.login);
    }
    if let Some(team) = &row.team {
        put("team", team);
    }
    if let Some(asks) = row.asks {
        put("asks", asks.as_str());
    }
    put("then", row.then.as_str());
    lines.push(format!("after_days = {}", row.after_days));
    lines
}

/// A matrix in which somebody is away.
#[must_use]
pub fn away(text: &str, away: &Away) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let entry = vec![
        AWAY.to_owned(),
        format!("person = {}", quoted(&away.person.login)),
        format!("from = {}", away.from),
        format!("until = {}", away.until),
        match &away.cover {
            Cover::Person(cover) => format!("cover = {}", quoted(&cover.login)),
            Cover::Team(team) => format!("team = {}", quoted(team)),
        },
    ];
    append(&mut lines, entry);
    joined(&lines)
}

/// A matrix without somebody's absence that begins on a day.
#[must_use]
pub fn back(text: &str, login: &str, from: Date) -> String {
    let wanted = [("person", quoted(login)), ("from", from.to_string())];
    without(text, AWAY, &wanted)
}

/// A matrix with this team, in place of the one of its name or at its end.
#[must_use]
pub fn teamed(text: &str, team: &Team) -> String {
    let members: Vec<String> = team.members.iter().map(|one| quoted(&one.login)).collect();
    let entry = vec![
        TEAM.to_owned(),
        format!("name = {}", quoted(&team.name)),
        format!("members = [{}]", members.join(", ")),
        format!("lead = {}", quoted(&team.lead.login)),
    ];
    put(text, TEAM, &[("name", quoted(&team.name))], entry)
}

/// A matrix without the team of a name.
#[must_use]
pub fn unteamed(text: &str, name: &str) -> String {
    without(text, TEAM, &[("name", quoted(name))])
}

/// A matrix in which somebody is this provider too.
#[must_use]
pub fn rendering(text: &str, one: &Rendering) -> String {
    let keys = [("person", quoted(&one.person.login)), ("npi", quoted(one.npi.as_str()))];
    let lines = keys.iter().map(|(key, word)| format!("{key} = {word}"));
    let entry = std::iter::once(PROVIDER.to_owned()).chain(lines).collect();
    put(text, PROVIDER, &keys, entry)
}

/// A matrix in which somebody is this provider no more.
#[must_use]
pub fn unrendered(text: &str, one: &Rendering) -> String {
    let keys = [("person", quoted(&one.person.login)), ("npi", quoted(one.npi.as_str()))];
    without(text, PROVIDER, &keys)
}

type Key = (&'static str, String);

/// A text with an entry in place of the one that has these keys, or at its end.
fn put(text: &str, table: &str, keys: &[Key], entry: Vec<String>) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    match block(&lines, table, keys) {
        Some(block) => drop(lines.splice(block, entry)),
        None => append(&mut lines, entry),
    }
    joined(&lines)
}

/// A text without the entry that has these keys.
fn without(text: &str, table: &str, keys: &[Key]) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    if let Some(block) = block(&lines, table, keys) {
        lines.drain(block);
    }
    joined(&lines)
}

fn block(lines: &[String], table: &str, keys: &[Key]) -> Option<Range<usize>> {
    let has = |head: &[String]| keys.iter().all(|(key, word)| value(head, key) == Some(word));
    blocks(lines, table).into_iter().find(|block| has(&lines[block.clone()]))
}

const OWNER: &str = "[[owner]]";
const AWAY: &str = "[[away]]";
const TEAM: &str = "[[team]]";
const PROVIDER: &str = "[[provider]]";

#[cfg(test)]
mod tests {
    use super::super::super::read;
    use super::super::super::tests::{text_of, with};
    use super::*;
    use crate::category::{Category, Origin};
    use crate::codes::Npi;
    use crate::money::Money;
    use crate::owner::{Member, Owners};
    use crate::person::Role;

    fn read_owners(text: &str) -> Owners {
        match read(&with("owners.toml", text)) {
            Ok(rules) => rules.owners,
            Err(faults) => panic!("{faults:#?}\n{text}"),
        }
    }

    #[test]
    fn the_matrix_is_written_row_by_row() {
        let text = text_of("owners.toml");
        let row = OwnerRow {
            category: Category::Bundling,
            origin: None,
            provider: None,
            from: None,
            role: Role::BillingSpecialist,
            person: Some(Member::of("anna")),
            team: None,
            asks: None,
            then: Role::Manager,
            after_days: 4,
        };
        let (provider, from) = (Some(Npi::new("1234567893")), Some(Money::from_cents(50_000)));
        let origin = Some(Origin::FrontEnd);
        let narrow = OwnerRow { origin, provider, from, person: None, ..row.clone() };
        let gone = Away {
            person: Member::of("anna"),
            from: "2026-03-02".parse().expect("a day"),
            until: "2026-03-06".parse().expect("a day"),
            cover: Cover::Person(Member::of("ben")),
        };
        let written = away(&owned(&owned(&text, &row), &narrow), &gone);
        let (before, after) = (read_owners(&text), read_owners(&written));
        assert_eq!(after.rows.len(), before.rows.len() + 1);
        assert!(after.rows.contains(&row) && after.rows.contains(&narrow));
        assert_eq!(after.away, std::slice::from_ref(&gone));
        assert_eq!(after.ladder, before.ladder);
        let again = back(&owned(&written, &narrow), "anna", gone.from);
        assert_eq!(read_owners(&again).away, []);
        assert_eq!(read_owners(&again).rows, after.rows);
        let wrong = away(&text, &Away { cover: Cover::Person(Member::of("anna")), ..gone });
        assert!(read(&with("owners.toml", &wrong)).is_err(), "nobody covers themselves");
    }

    #[test]
    fn teams_and_providers_are_written_and_taken_out() {
        let text = text_of("owners.toml");
        let team = |members: &[&str]| Team {
            name: "Medicare desk".into(),
            members: members.iter().map(|one| Member::of(one)).collect(),
            lead: Member::of("anna"),
        };
        let written = teamed(&teamed(&text, &team(&["anna"])), &team(&["anna", "ben"]));
        assert_eq!(read_owners(&written).teams, [team(&["anna", "ben"])], "in place of the first");
        let shared = Cover::Team("Medicare desk".into());
        let (from, until) = (Date::constant(2026, 3, 2), Date::constant(2026, 3, 6));
        let gone = Away { person: Member::of("ben"), from, until, cover: shared };
        let covered = away(&written, &gone);
        assert_eq!(read_owners(&covered).away, [gone]);
        assert!(read(&with("owners.toml", &unteamed(&covered, "Medicare desk"))).is_err());
        assert_eq!(read_owners(&unteamed(&written, "Medicare desk")), read_owners(&text));
        let one = Rendering { person: Member::of("dora"), npi: Npi::new("1234567893") };
        let tied = rendering(&rendering(&text, &one), &one);
        assert_eq!(read_owners(&tied).providers, std::slice::from_ref(&one), "once");
        assert_eq!(read_owners(&unrendered(&tied, &one)), read_owners(&text));
    }
}
