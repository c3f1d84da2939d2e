//! The matrix of owners: who has which reason, whom they ask, who hears next, who is away and who
//! covers them, which teams share cases; a change is tried on cases before it is saved.

use std::collections::HashMap;

use askama::Template;
use axum::extract::Query;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use denial::category::{Category, Origin};
use denial::codes::Npi;
use denial::lifecycle::Act;
use denial::money::Money;
use denial::owner::{Away, Cover, Member, OwnerRow, Posts};
use denial::person::{Role, may};
use denial::rules::write;
use denial::team;
use jiff::civil::Date;
use store::people;
use store::rule_versions::RuleVersion;

use crate::fields::Fields;
use crate::line_changes::Mark;
use crate::own_rules::Text;
use crate::practice::{CONSOLE, Office};
use crate::web::case_fields::named;
use crate::web::gate::Posted;
use crate::web::page::{Page, html_with};
use crate::web::rules_edit::{read_of, text_of};
use crate::web::rules_proposed::{self, Proposal};
use crate::web::rules_teams::{self, Choice, ProviderRow, TeamRow, name};
use crate::web::rules_tried;
use crate::web::session::Visitor;
use crate::web::timeline;
use crate::web::trouble::Trouble;
use crate::web::words;

/// The file that the page writes.
const OWNERS: &str = "owners.toml";

#[derive(Template)]
#[template(path = "rule_owners.html")]
struct OwnersPage {
    page: Page,
    roles: Vec<String>,
    rows: Vec<Row>,
    /// Rows that payers' files hold: file, payer, reason, role.
    narrower: Vec<(String, String, String, String)>,
    /// Who posts payments, in words; none is not configured.
    posting: Option<String>,
    away: Vec<AwayRow>,
    categories: Vec<(String, String)>,
    owners: Vec<(String, String)>,
    /// Roles that may hear of a case that waits; administrators hear of codes and payers.
    hearing: Vec<(String, String)>,
    /// Roles that may be asked.
    answering: Vec<(String, String)>,
    /// Those who work cases.
    people: Vec<(String, String)>,
    /// Those who sign in as providers.
    rendering: Vec<(String, String)>,
    teams: Vec<TeamRow>,
    /// Who may lead a team.
    leads: Vec<(String, String)>,
    /// Who may be of the team in the form.
    choices: Vec<Choice>,
    providers: Vec<ProviderRow>,
    /// To whom the denials would go that it was tested on: claim number, owner.
    destinations: Vec<(String, String)>,
    typed: Fields,
    read: i64,
    proposal: Proposal,
}

/// One row of the matrix.
struct Row {
    reason: String,
    href: String,
    cells: Vec<Cell>,
}

/// What a role has to do with a reason.
#[derive(Default)]
struct Cell {
    owns: bool,
    /// The person or team of the role who has new cases.
    person: Option<String>,
    asked: bool,
    hears: Option<String>,
}

struct AwayRow {
    login: String,
    name: String,
    cover: String,
    from: String,
    from_name: String,
    until: String,
    state: &'static str,
}

impl OwnersPage {
    fn value(&self, name: &str) -> &str {
        self.typed.get(name).map_or("", String::as_str)
    }

    fn is(&self, name: &str, value: &str) -> bool {
        self.value(name) == value
    }

    fn is_team(&self, name: &str, team: &str) -> bool {
        team::of_key(self.value(name)) == Some(team)
    }
}

/// `GET /rules/owners`; a row of the matrix is asked for by its reason, a team by its name.
pub(crate) async fn page(
    visitor: Visitor,
    Query(asked): Query<Fields>,
) -> Result<Response, Trouble> {
    let field = |name: &str| asked.get(name).map(String::as_str).unwrap_or_default();
    let category = Category::from_name(field("category"));
    let origin = Origin::from_name(field("origin"));
    let provider = Some(field("provider")).filter(|npi| !npi.is_empty()).map(Npi::new);
    let scope = (origin, provider.as_ref(), Money::parse(field("from")).ok());
    let rows = &visitor.office.rules.owners.rows;
    let row = rows.iter().find(|row| {
        let (of, origin, provider, from) = row.scope();
        Some(of) == category && (origin, provider, from) == scope
    });
    let team = visitor.office.rules.owners.team(field("team")).map(rules_teams::typed_of);
    let typed = row.map(typed_of).or(team).unwrap_or_default();
    let mut page = shown(&visitor, typed, Proposal::default()).await?;
    page.page.done = asked.get("done").map(|_| {
        "Saved. Cases that nobody has follow it within seconds; new ones at once.".to_owned()
    });
    html_with(StatusCode::OK, &page)
}

fn typed_of(row: &OwnerRow) -> Fields {
    let pairs = [
        ("category", row.category.as_str().to_owned()),
        ("origin", row.origin.map_or("", Origin::as_str).to_owned()),
        ("provider", row.provider.as_ref().map_or("", Npi::as_str).to_owned()),
        ("from", row.from.map(|from| from.plain().to_string()).unwrap_or_default()),
        ("role", row.role.as_str().to_owned()),
        ("person", new_cases(row)),
        ("asks", row.asks.map_or("", Role::as_str).to_owned()),
        ("then", row.then.as_str().to_owned()),
        ("after_days", row.after_days.to_string()),
    ];
    pairs.into_iter().map(|(name, text)| (name.to_owned(), text)).collect()
}

/// To whom new cases go, as the form's list names them.
fn new_cases(row: &OwnerRow) -> String {
    let team = row.team.as_deref().map(team::key);
    team.or_else(|| Some(row.person.as_ref()?.login.to_string())).unwrap_or_default()
}

async fn shown(
    visitor: &Visitor,
    typed: Fields,
    proposal: Proposal,
) -> Result<OwnersPage, Trouble> {
    let office = &visitor.office;
    let mut tx = office.read().await?;
    let members = tx.members().await?;
    let read = tx.newest_rules().await?;
    let is_working = |role: Role| may(role, Act::Note);
    let people = offered(&members, &typed, is_working);
    // Who answers questions alone shares no cases.
    let sharing = offered(&members, &typed, |role| may(role, Act::LogContact));
    let rendering = offered(&members, &typed, |role| role == Role::Provider);
    let names: HashMap<String, String> =
        members.into_iter().map(|one| (one.login, one.name)).collect();
    let owners = &office.rules.owners;
    let is_used = |role: &&Role| {
        owners
            .rows
            .iter()
            .any(|row| row.role == **role || row.asks == Some(**role) || row.then == **role)
    };
    let roles: Vec<Role> = Role::ALL.iter().filter(is_used).copied().collect();
    let mut rows: Vec<&OwnerRow> = owners.rows.iter().collect();
    rows.sort_by_key(|row| (row.category, row.origin, row.provider.clone(), row.from));
    let today = office.moment().today;
    Ok(OwnersPage {
        page: Page::of(visitor, "Owners", "/rules"),
        rows: rows.into_iter().map(|row| matrix_row(row, &roles, &names)).collect(),
        roles: roles.iter().map(|role| words::label(role.as_str())).collect(),
        narrower: narrower(office),
        posting: owners.posting.as_ref().map(|posts| posting(posts, &names)),
        away: owners.away.iter().map(|away| away_row(away, &names, today)).collect(),
        categories: named(Category::ALL, Category::as_str),
        owners: roles_offered(&typed, ["role", ""], is_working),
        hearing: roles_offered(&typed, ["then", ""], |role| {
            is_working(role) || role == Role::Administrator
        }),
        answering: roles_offered(&typed, ["asks", ""], |role| may(role, Act::Answer)),
        rendering,
        teams: rules_teams::teams(owners, &names),
        choices: rules_teams::choices(&sharing, &typed),
        leads: sharing,
        providers: rules_teams::providers(owners, &names),
        destinations: Vec::new(),
        people,
        typed,
        read,
        proposal,
    })
}

/// Who posts payments: the role, and the person or team of it.
fn posting(posts: &Posts, names: &HashMap<String, String>) -> String {
    let role = words::lower(posts.role.as_str());
    let person = posts.person.as_ref().map(|one| name(one, names));
    let team = posts.team.as_ref().map(|team| format!("the team {team}"));
    person.or(team).map_or_else(|| role.clone(), |who| format!("{who} ({role})"))
}

/// People whose role fits, and whoever the form names already: login, name and role.
fn offered(
    members: &[people::Member],
    typed: &Fields,
    fits: impl Fn(Role) -> bool,
) -> Vec<(String, String)> {
    let is_named = |login: &str| {
        let is_it = |(name, text): (&String, &String)| text == login || name.ends_with(login);
        typed.iter().any(is_it)
    };
    let is_fit = |role: &str| Role::from_name(role).is_some_and(&fits);
    let mut people: Vec<(String, String)> = members
        .iter()
        .filter(|one| one.login != CONSOLE && (is_fit(&one.role) || is_named(&one.login)))
        .map(|one| (one.login.clone(), format!("{} ({})", one.name, words::lower(&one.role))))
        .collect();
    people.sort_by(|one, other| one.1.cmp(&other.1));
    people
}

/// Roles that fit, and those that the form has already.
fn roles_offered(
    typed: &Fields,
    fields: [&str; 2],
    fits: impl Fn(Role) -> bool,
) -> Vec<(String, String)> {
    let has = |role: Role| {
        fields.iter().any(|name| typed.get(*name).is_some_and(|text| text == role.as_str()))
    };
    let roles: Vec<Role> =
        Role::ALL.iter().copied().filter(|role| fits(*role) || has(*role)).collect();
    named(&roles, |role| role.as_str())
}

fn matrix_row(row: &OwnerRow, roles: &[Role], names: &HashMap<String, String>) -> Row {
    let team = row.team.as_ref().map(|team| format!("team {team}"));
    let whose = row.person.as_ref().map(|one| name(one, names)).or(team);
    let cell = |role: &Role| Cell {
        owns: row.role == *role,
        person: whose.clone().filter(|_| row.role == *role),
        asked: row.asks == Some(*role),
        hears: (row.then == *role)
            .then(|| words::counted(i64::from(row.after_days), "day", "days")),
    };
    let origin = row.origin.map(|origin| words::lower(origin.as_str()));
    let provider = row.provider.as_ref().map(|npi| format!("provider {}", npi.as_str()));
    let from = row.from.map(|from| format!("from {from}"));
    let only = origin.into_iter().chain(provider).chain(from);
    let reason = std::iter::once(words::label(row.category.as_str())).chain(only);
    Row {
        reason: reason.collect::<Vec<_>>().join(", "),
        href: format!(
            "/rules/owners?category={}&origin={}&provider={}&from={}#change",
            row.category.as_str(),
            row.origin.map_or("", Origin::as_str),
            row.provider.as_ref().map_or("", Npi::as_str),
            row.from.map(|from| from.plain().to_string()).unwrap_or_default()
        ),
        cells: roles.iter().map(cell).collect(),
    }
}

fn narrower(office: &Office) -> Vec<(String, String, String, String)> {
    let of = |payer: &denial::payer::PayerRules| {
        let row = |row: &OwnerRow| {
            let reason = words::label(row.category.as_str());
            let mut role = words::label(row.role.as_str());
            if let Some(team) = &row.team {
                role = format!("{role}, team {team}");
            }
            (payer.file.to_string(), payer.name.to_string(), reason, role)
        };
        payer.owners.iter().map(row).collect::<Vec<_>>()
    };
    office.rules.payers.iter().flat_map(of).collect()
}

fn away_row(away: &Away, names: &HashMap<String, String>, today: Date) -> AwayRow {
    let state = if away.until < today {
        "over"
    } else if away.from <= today {
        "away now"
    } else {
        "to come"
    };
    AwayRow {
        login: away.person.login.to_string(),
        name: name(&away.person, names),
        cover: match &away.cover {
            Cover::Person(cover) => name(cover, names),
            Cover::Team(team) => format!("the team {team}"),
        },
        from: away.from.to_string(),
        from_name: words::day(away.from),
        until: words::day(away.until),
        state,
    }
}

/// `POST /rules/owners`: a row, an absence or its end, tried or saved.
pub(crate) async fn change(visitor: Visitor, Posted(fields): Posted) -> Result<Response, Trouble> {
    let office = &visitor.office;
    let own = office.read().await?.own_rules().await?;
    let proposal = match written(&fields, &text_of(office, &own, OWNERS)) {
        Err(why) => Proposal::refused(why),
        Ok(text) if fields.get("what").is_some_and(|what| what == "save") => {
            let text = Text::of(OWNERS, &text);
            let why = fields.get("why").map(String::as_str).unwrap_or_default();
            match rules_proposed::save(&visitor, &[text], why, read_of(&fields)).await? {
                None => return Ok(Redirect::to("/rules/owners?done=1").into_response()),
                Some(refused) => refused,
            }
        }
        Ok(text) => return tried(&visitor, fields, &own, &text).await,
    };
    let page = shown(&visitor, fields, proposal).await?;
    html_with(page.proposal.status(), &page)
}

/// The matrix as it would be, tried on the denial that is named or else on the newest ones.
async fn tried(
    visitor: &Visitor,
    fields: Fields,
    own: &[RuleVersion],
    text: &str,
) -> Result<Response, Trouble> {
    let office = &visitor.office;
    let sought = fields.get("on").map(|text| text.trim().to_owned()).unwrap_or_default();
    let mut tx = office.read().await?;
    let ids = rules_tried::cases(&mut tx, visitor, &sought).await?;
    if ids.is_empty() && !sought.is_empty() {
        let refused = Proposal::refused("No denial that you may see has that claim number.");
        let page = shown(visitor, fields, refused).await?;
        return html_with(page.proposal.status(), &page);
    }
    let texts = [Text::of(OWNERS, text)];
    let mut destinations = Vec::new();
    if !sought.is_empty() {
        let book = office.rule_books.tried(&mut tx, &office.rules, own, &texts).await?;
        if let Ok(book) = book {
            let named: Vec<String> = ids.iter().map(ToString::to_string).collect();
            let (cases, people) = (tx.cases_among(&named).await?, timeline::people(&mut tx).await?);
            destinations = rules_teams::destinations(office, &book, &cases, &people);
        }
    }
    drop(tx);
    let proposal = Proposal::tried(visitor, own, &texts, &ids).await?;
    let page = OwnersPage { destinations, ..shown(visitor, fields, proposal).await? };
    html_with(page.proposal.status(), &page)
}

/// The matrix as it would be.
fn written(fields: &Fields, text: &str) -> Result<String, &'static str> {
    let field = |name: &str| fields.get(name).map(|text| text.trim()).unwrap_or_default();
    let day =
        |name: &str| field(name).parse::<Date>().map_err(|_| "Write both days of the absence.");
    match field("change") {
        "row" => Ok(write::owned(text, &row(fields)?)),
        "away" => {
            if field("away").is_empty() || field("cover").is_empty() {
                return Err("Choose who is away and who covers them.");
            }
            let (person, cover) = (Member::of(field("away")), rules_teams::cover(field("cover")));
            let away = Away { person, from: day("from")?, until: day("until")?, cover };
            Ok(write::away(text, &away))
        }
        "back" => Ok(write::back(text, field("away"), day("from")?)),
        "team" => Ok(write::teamed(text, &rules_teams::team(fields)?)),
        "unteam" => Ok(write::unteamed(text, field("name"))),
        "provider" => Ok(write::rendering(text, &rules_teams::rendering(fields)?)),
        "unprovider" => Ok(write::unrendered(text, &rules_teams::rendering(fields)?)),
        _ => Err("Choose what to change."),
    }
}

fn row(fields: &Fields) -> Result<OwnerRow, &'static str> {
    let field = |name: &str| fields.get(name).map(|text| text.trim()).unwrap_or_default();
    let whose = field("person");
    let team = team::of_key(whose);
    Ok(OwnerRow {
        category: Category::from_name(field("category")).ok_or("Choose a reason.")?,
        origin: Origin::from_name(field("origin")),
        provider: Some(field("provider")).filter(|npi| !npi.is_empty()).map(Npi::new),
        from: match field("from") {
            "" => None,
            text => Some(Money::parse(text).map_err(|_| "Write the amount like 500.00.")?),
        },
        role: Role::from_name(field("role")).ok_or("Choose the role that owns it.")?,
        person: Some(whose).filter(|one| !one.is_empty() && team.is_none()).map(Member::of),
        team: team.map(Into::into),
        asks: Role::from_name(field("asks")),
        then: Role::from_name(field("then")).ok_or("Choose who hears of it next.")?,
        after_days: field("after_days").parse().map_err(|_| "Write the days as a whole number.")?,
    })
}
