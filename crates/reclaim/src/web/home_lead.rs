//! Home of those who lead, look on or look back: what is at stake, and the board of the team.

use std::collections::{BTreeSet, HashMap};

use denial::ids::PersonId;
use denial::lifecycle::Act;
use denial::person::{Access, Role, allows, may, supervises};
use denial::team::{self, Team};
use insight::board::{Facet, Sum};
use store::Tx;
use store::people::Member;

use crate::digest::NO_PERSON;
use crate::web::saved;
use crate::web::tiles::{AT_RISK, Cell, Counter, Listing, Section, cases_in_words};
use crate::web::trouble::Trouble;
use crate::web::won;
use crate::web::words;

/// The people of the practice, for who leads them.
pub(crate) async fn people(tx: &mut Tx, role: Role) -> Result<Vec<Member>, Trouble> {
    Ok(if supervises(role) { tx.members().await? } else { Vec::new() })
}

/// The parts for who sees figures of the whole practice.
pub(crate) fn sections(counter: &Counter<'_>, people: &[Member]) -> Vec<Section> {
    let role = counter.office.who.role;
    if !allows(role, Access::Figures) {
        return Vec::new();
    }
    let mut sections = vec![stake(counter)];
    if supervises(role) {
        sections.push(orderly(counter));
        sections.extend(teams(counter));
        sections.push(team(counter, people));
    }
    sections
}

/// What is at stake in the practice.
fn stake(counter: &Counter<'_>) -> Section {
    let asleep = counter.sum("snoozed=only").cases;
    let apart = match asleep {
        0 => String::new(),
        some => format!("; {} put off are counted apart", cases_in_words(some)),
    };
    let mut tiles = vec![
        counter.money("At risk", AT_RISK),
        counter.cases("Due within 7 days", "due=soon", "soon"),
        counter.cases("Past due", "due=past", "past"),
        counter.cases("A clock not configured", "no_rule=yes", ""),
        counter.cases("Next action late", "when=late", "soon"),
        won::tile(counter),
    ];
    if asleep > 0 {
        tiles.push(counter.cases("Put off", "snoozed=only", ""));
    }
    Section {
        title: "The practice".to_owned(),
        lead: format!(
            "Open cases{apart}. At risk is what is outstanding where no payer has given way: no \
             contract says yet what of it can be expected."
        ),
        tiles,
        ..Section::default()
    }
}

/// What keeps a desk in order: owner, next action, date on every case, and nobody waited for.
fn orderly(counter: &Counter<'_>) -> Section {
    Section {
        title: "For you to settle".to_owned(),
        lead: "The program saves no open case without a role that owns it, a next action and its \
               day; a case that lacks one was changed by other means."
            .to_owned(),
        tiles: vec![
            counter.cases("Write-offs for a second person", saved::APPROVALS, "soon"),
            counter.cases("No person has it", "person=none", ""),
            counter.cases("Lacks owner, action or day", "lacks=yes&snoozed=show", "past"),
            counter.cases("Payer's promise not kept", "promise=broken&snoozed=show", "soon"),
            counter.cases("Waits on a colleague", "waiting=colleague", ""),
        ],
        ..Section::default()
    }
}

/// A column of the team's board: its heading, what is counted, how it looks.
const COLUMNS: [(&str, &str, &str); 5] = [
    ("Open", "", ""),
    ("Next action late", "when=late", "soon"),
    ("Due within 7 days", "due=soon", "soon"),
    ("Past due", "due=past", "past"),
    ("Waits on the payer", "waiting=payer", ""),
];

/// What each team shares, whoever of it has it; none where nobody made a team.
fn teams(counter: &Counter<'_>) -> Option<Section> {
    let teams = &counter.office.rules.owners.teams;
    if teams.is_empty() {
        return None;
    }
    let columns: Vec<(&str, String, &str)> = std::iter::once(("No person has it", "taken", "soon"))
        .chain(COLUMNS)
        .map(|(head, query, class)| (head, query.to_owned(), class))
        .collect();
    let row = |team: &Team| {
        let name = team.name.as_str();
        let all = format!("team={}", written(name));
        let mut cells = vec![
            Cell { href: Some("/rules/owners#teams".to_owned()), ..Cell::of(name) },
            Cell::of(words::money(counter.sum(&all).outstanding)),
        ];
        for (_, query, class) in &columns {
            let query = match query.as_str() {
                "taken" => format!("person={}", written(&team::key(name))),
                "" => all.clone(),
                more => format!("{all}&{more}"),
            };
            cells.push(counter.cell(&query, counter.sum(&query), class));
        }
        cells
    };
    let mut heads = vec![("Team", false), ("Outstanding", true)];
    heads.extend(columns.iter().map(|(head, ..)| (*head, true)));
    Some(Section {
        title: "Teams".to_owned(),
        lead: "Open cases that a team shares, whoever of it has them, those that are put off left \
               out."
            .to_owned(),
        listing: Some(Listing {
            caption: "Load by team".to_owned(),
            heads,
            rows: teams.iter().map(row).collect(),
            none: String::new(),
        }),
        ..Section::default()
    })
}

/// A name as an address has it.
fn written(name: &str) -> String {
    form_urlencoded::byte_serialize(name.as_bytes()).collect()
}

/// Who has how much.
fn team(counter: &Counter<'_>, people: &[Member]) -> Section {
    let counts: Vec<HashMap<String, Sum>> = COLUMNS
        .iter()
        .map(|(_, query, _)| counter.by(Facet::Owner, query).into_iter().collect())
        .collect();
    let mut heads = vec![("Person", false), ("Outstanding", true)];
    heads.extend(COLUMNS.iter().map(|(head, ..)| (*head, true)));
    Section {
        title: "The team".to_owned(),
        lead: "Open cases by the person who has them, those that are put off left out.".to_owned(),
        listing: Some(Listing {
            caption: "Load by person".to_owned(),
            heads,
            rows: owners(people, &counter.office.rules.owners.teams, &counts)
                .into_iter()
                .map(|one| row(counter, &counts, one))
                .collect(),
            none: String::new(),
        }),
        ..Section::default()
    }
}

/// What stands beside a team among people.
const SHARED: &str = "Team; no person has them";

/// Somebody who may have cases: id, name, role.
type Owner = (String, String, String);

/// Nobody; each team, then its people; then whoever else works cases or has some.
fn owners(people: &[Member], teams: &[Team], counts: &[HashMap<String, Sum>]) -> Vec<Owner> {
    let works = |one: &Member| one.role().is_some_and(|role: Role| may(role, Act::Plan));
    let has = |id: &str| counts.iter().any(|column| column.contains_key(id));
    let is_shown =
        |one: &&Member| has(&one.person) || (works(one) && one.login != crate::practice::CONSOLE);
    let mut owners = vec![(String::new(), NO_PERSON.to_owned(), String::new())];
    let is_known = |id: &&String| id.is_empty() || people.iter().any(|one| one.person == **id);
    let strange = counts.iter().flat_map(HashMap::keys).filter(|id| !is_known(id));
    let (shared, strange): (BTreeSet<&String>, BTreeSet<&String>) =
        strange.partition(|id| team::of_key(id).is_some());
    let mut named: BTreeSet<String> = shared.into_iter().cloned().collect();
    named.extend(teams.iter().map(|team| team::key(&team.name)));
    let mut rest: Vec<&Member> = people.iter().filter(is_shown).collect();
    for id in named {
        let name = team::of_key(&id).unwrap_or_default().to_owned();
        let team = teams.iter().find(|team| team.name == name);
        let is_of = |one: &&Member| {
            let id = PersonId::parse(&one.person);
            id.is_ok_and(|id| team.is_some_and(|team| team.has(&id)))
        };
        let (of_it, others): (Vec<&Member>, Vec<&Member>) = rest.into_iter().partition(is_of);
        owners.push((id, name.clone(), SHARED.to_owned()));
        owners.extend(of_it.into_iter().map(|one| {
            let role = format!("{} · {name}", words::label(&one.role));
            (one.person.clone(), one.name.clone(), role)
        }));
        rest = others;
    }
    let person = |one: &Member| (one.person.clone(), one.name.clone(), words::label(&one.role));
    owners.extend(rest.into_iter().map(person));
    let name = "Not of this practice any more";
    owners.extend(strange.into_iter().map(|id| (id.clone(), name.to_owned(), String::new())));
    owners
}

fn row(
    counter: &Counter<'_>,
    counts: &[HashMap<String, Sum>],
    (id, name, role): Owner,
) -> Vec<Cell> {
    let owner = if id.is_empty() { "nobody" } else { id.as_str() };
    let sum = |at: usize| counts.get(at).and_then(|column| column.get(&id)).copied();
    let money = words::money(sum(0).unwrap_or_default().outstanding);
    // Nobody has no day, nor has a team.
    let is_person = !role.is_empty() && role != SHARED;
    let href = is_person.then(|| format!("/day?who={id}"));
    let owner = written(owner);
    let mut cells = vec![Cell { href, ..Cell::with_note(name, role) }, Cell::of(money)];
    for (at, (_, query, class)) in COLUMNS.iter().enumerate() {
        let query = if query.is_empty() {
            format!("person={owner}")
        } else {
            format!("person={owner}&{query}")
        };
        cells.push(counter.cell(&query, sum(at).unwrap_or_default(), class));
    }
    cells
}
