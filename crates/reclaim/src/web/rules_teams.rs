//! Teams and providers on the page of the matrix: who shares cases, who is which provider.

use std::collections::HashMap;

use denial::codes::Npi;
use denial::denial::Denial;
use denial::owner::{self, Cover, Member, Owners, Rendering};
use denial::team::{self, Team};

use crate::fields::Fields;
use crate::own_rules::RuleBook;
use crate::practice::Office;
use crate::web::timeline::{self, People};

/// How a box names somebody of a team: this, then what they sign in with.
const BOX: &str = "member:";

/// A team as the page lists it.
pub(crate) struct TeamRow {
    pub(crate) name: String,
    pub(crate) people: String,
    pub(crate) lead: String,
    /// Where its form stands filled in.
    pub(crate) href: String,
}

/// Somebody who is a provider.
pub(crate) struct ProviderRow {
    pub(crate) login: String,
    pub(crate) name: String,
    pub(crate) npi: String,
}

/// Somebody who may be of a team.
pub(crate) struct Choice {
    /// The box's name.
    pub(crate) field: String,
    pub(crate) label: String,
    pub(crate) is_chosen: bool,
}

/// The teams of a matrix.
pub(crate) fn teams(owners: &Owners, names: &HashMap<String, String>) -> Vec<TeamRow> {
    let row = |team: &Team| {
        let people: Vec<String> = team.members.iter().map(|one| name(one, names)).collect();
        let mut href = form_urlencoded::Serializer::new(String::new());
        href.append_pair("team", &team.name);
        TeamRow {
            name: team.name.to_string(),
            people: people.join(", "),
            lead: name(&team.lead, names),
            href: format!("/rules/owners?{}#teams", href.finish()),
        }
    };
    owners.teams.iter().map(row).collect()
}

/// Who is a provider.
pub(crate) fn providers(owners: &Owners, names: &HashMap<String, String>) -> Vec<ProviderRow> {
    let row = |one: &Rendering| ProviderRow {
        login: one.person.login.to_string(),
        name: name(&one.person, names),
        npi: one.npi.as_str().to_owned(),
    };
    owners.providers.iter().map(row).collect()
}

/// A box for everybody: login, name.
pub(crate) fn choices(people: &[(String, String)], typed: &Fields) -> Vec<Choice> {
    let choice = |(login, label): &(String, String)| {
        let field = format!("{BOX}{login}");
        Choice { is_chosen: typed.contains_key(&field), field, label: label.clone() }
    };
    people.iter().map(choice).collect()
}

/// Somebody's name, or what they signed in with.
pub(crate) fn name(one: &Member, names: &HashMap<String, String>) -> String {
    names.get(one.login.as_str()).cloned().unwrap_or_else(|| format!("{} (has left)", one.login))
}

/// A team as its form has it.
pub(crate) fn typed_of(team: &Team) -> Fields {
    let boxes = team.members.iter().map(|one| (format!("{BOX}{}", one.login), "yes".to_owned()));
    let pairs = [("name", team.name.to_string()), ("lead", team.lead.login.to_string())];
    let pairs = pairs.into_iter().map(|(name, text)| (name.to_owned(), text));
    boxes.chain(pairs).collect()
}

/// The team that a form describes.
pub(crate) fn team(fields: &Fields) -> Result<Team, &'static str> {
    let field = |name: &str| fields.get(name).map(|text| text.trim()).unwrap_or_default();
    let members: Vec<Member> =
        fields.keys().filter_map(|name| name.strip_prefix(BOX)).map(Member::of).collect();
    if !team::is_name(field("name")) {
        return Err("Name the team with up to 40 letters, digits, spaces and - & . '");
    }
    if members.is_empty() || field("lead").is_empty() {
        return Err("Choose who is of the team and who leads it.");
    }
    Ok(Team { name: field("name").into(), members, lead: Member::of(field("lead")) })
}

/// The provider that a form says somebody is.
pub(crate) fn rendering(fields: &Fields) -> Result<Rendering, &'static str> {
    let field = |name: &str| fields.get(name).map(|text| text.trim()).unwrap_or_default();
    let (person, npi) = (Member::of(field("provider_login")), Npi::new(field("npi")));
    if person.login.is_empty() || !npi.is_valid() {
        return Err("Choose the person and write the ten digits of their NPI.");
    }
    Ok(Rendering { person, npi })
}

/// Who covers somebody, as a list of people and teams names them.
pub(crate) fn cover(text: &str) -> Cover {
    match team::of_key(text) {
        Some(team) => Cover::Team(team.into()),
        None => Cover::Person(Member::of(text)),
    }
}

/// To whom denials such as these would go if they came today: claim number, owner.
pub(crate) fn destinations(
    office: &Office,
    book: &RuleBook,
    cases: &[Denial],
    people: &People,
) -> Vec<(String, String)> {
    let today = office.moment().today;
    let whose = |case: &Denial| {
        let payer = case.payer_rules(book);
        let owner = owner::owner_for(&case.circumstance(), payer, book, today);
        (case.number.to_string(), timeline::owned(&owner, people))
    };
    cases.iter().map(whose).collect()
}
