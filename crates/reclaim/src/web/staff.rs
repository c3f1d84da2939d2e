//! People of the practice, for its administrator: who has which role, made and shut out.

use std::collections::HashMap;

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use denial::person::Role;

use crate::factor;
use crate::fields::Fields;
use crate::oidc::ties;
use crate::people::{self, NewPerson};
use crate::practice::Office;
use crate::web::gate::Posted;
use crate::web::page::{Page, html, html_with};
use crate::web::session::Visitor;
use crate::web::trouble::Trouble;
use crate::web::words;

#[derive(Template)]
#[template(path = "people.html")]
struct PeoplePage {
    page: Page,
    rows: Vec<Row>,
    roles: Vec<(String, String)>,
    /// A password that is shown this once, and whose it is.
    drawn: Option<(String, String)>,
    /// By what else somebody signs in whose password was set.
    remains: Option<Remains>,
    refused: Option<String>,
    typed: Fields,
}

impl PeoplePage {
    fn value(&self, name: &str) -> &str {
        self.typed.get(name).map_or("", String::as_str)
    }
}

/// What a new password leaves as it was.
struct Remains {
    person: String,
    what: String,
    /// Codes of an app or passkeys.
    factors: bool,
    /// Another house signs them in.
    tied: bool,
}

struct Row {
    person: String,
    name: String,
    login: String,
    role: String,
    role_name: String,
    seen: String,
    out: bool,
    me: bool,
    /// An account without a password: the command line's own.
    console: bool,
    has_factor: bool,
}

/// `GET /people`.
pub(crate) async fn page(visitor: Visitor) -> Result<Response, Trouble> {
    html(&shown(&visitor).await?)
}

async fn shown(visitor: &Visitor) -> Result<PeoplePage, Trouble> {
    let office = &visitor.office;
    let mut tx = office.read().await?;
    let members = tx.members().await?;
    let seen: HashMap<String, (Option<String>, Option<String>)> =
        tx.seen().await?.into_iter().map(|(person, at, out)| (person, (at, out))).collect();
    let with_factor = tx.with_factor().await?;
    let row = |one: store::people::Member| {
        let (at, out) = seen.get(&one.person).cloned().unwrap_or_default();
        Row {
            me: one.person == office.who.person.as_str(),
            console: one.login == crate::practice::CONSOLE,
            role: words::label(&one.role),
            role_name: one.role,
            seen: at.map(|at| words::instant(&at, &office.clinic.zone)).unwrap_or_default(),
            out: out.is_some(),
            has_factor: with_factor.contains(&one.person),
            person: one.person,
            name: one.name,
            login: one.login,
        }
    };
    let roles = Role::ALL.iter().map(|one| (one.as_str().to_owned(), words::label(one.as_str())));
    Ok(PeoplePage {
        page: Page::of(visitor, "People", "/people"),
        rows: members.into_iter().map(row).collect(),
        roles: roles.collect(),
        drawn: None,
        remains: None,
        refused: None,
        typed: Fields::new(),
    })
}

/// `POST /people`.
pub(crate) async fn change(visitor: Visitor, Posted(fields): Posted) -> Result<Response, Trouble> {
    match changed(&visitor, &fields).await? {
        Ok(drawn) => {
            let mut page = shown(&visitor).await?;
            page.page.done = Some(told(fields.get("what").map(String::as_str)).to_owned());
            let is_set = fields.get("what").is_some_and(|what| what == "password");
            let person = fields.get("person").filter(|_| is_set);
            let remains = match person {
                Some(person) => remains(&visitor.office, person.trim()).await?,
                None => None,
            };
            html(&PeoplePage { drawn, remains, ..page })
        }
        Err(refused) => {
            let page = shown(&visitor).await?;
            let page = PeoplePage { refused: Some(refused), typed: fields, ..page };
            html_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
    }
}

/// By what else somebody signs in; none where the password is all.
async fn remains(office: &Office, person: &str) -> Result<Option<Remains>, Trouble> {
    let mut tx = office.read().await?;
    let codes = tx.factor(person).await?.is_some_and(|one| one.confirmed_at.is_some());
    let passkeys = i64::try_from(tx.passkeys_of(person).await?.len()).unwrap_or(i64::MAX);
    let issuer = tx.issuer().await?;
    let tie = match &issuer {
        Some(issuer) => tx.tie_of(&issuer.issuer, person).await?.map(|_| issuer.label.clone()),
        None => None,
    };
    let mut what = Vec::new();
    what.extend(codes.then(|| "codes of an app".to_owned()));
    what.extend((passkeys > 0).then(|| words::counted(passkeys, "passkey", "passkeys")));
    what.extend(tie.iter().map(|label| format!("signing in by {label}")));
    Ok((!what.is_empty()).then(|| Remains {
        person: person.to_owned(),
        what: what.join(", "),
        factors: codes || passkeys > 0,
        tied: tie.is_some(),
    }))
}

/// What a change came to.
fn told(what: Option<&str>) -> &'static str {
    match what {
        Some("add") => "The person was added.",
        Some("role") => "The role was given; it is in force at once.",
        Some("password") => "The password was set, and their sessions have ended.",
        Some("out") => "The person was shut out, and their sessions have ended.",
        Some("in") => "The person may sign in again.",
        Some("end") => "Their sessions have ended.",
        Some("factor") => "Their second factor was taken away, and their sessions have ended.",
        Some("untie") => "They are tied to no other house now, and their sessions have ended.",
        _ => "The change was saved.",
    }
}

type Changed = Result<Option<(String, String)>, String>;

async fn changed(visitor: &Visitor, fields: &Fields) -> Result<Changed, Trouble> {
    let office = &visitor.office;
    let field = |name: &str| fields.get(name).map(|text| text.trim()).unwrap_or_default();
    let person = field("person");
    if person == office.who.person.as_str() {
        return Ok(Err("Nobody changes their own place; ask another administrator.".to_owned()));
    }
    let what = field("what");
    if matches!(what, "password" | "out" | "in" | "end" | "factor" | "untie")
        && !people::answers_for(office, person).await?
    {
        return Ok(Err(
            "They work in another practice too, where you are no administrator. Ask an \
                       administrator of all their practices, or whoever has the command line."
                .to_owned(),
        ));
    }
    match what {
        "add" => add(office, &field).await,
        "role" => {
            let login = login_of(office, person).await?;
            let Some(role) = Role::from_name(field("role")) else {
                return Ok(Err("Choose a role.".to_owned()));
            };
            let new = NewPerson { login: &login, name: &login, role, password: "" };
            people::add(office, &new).await?;
            Ok(Ok(None))
        }
        "password" => {
            let login = login_of(office, person).await?;
            let password = people::drawn();
            people::set_password(office, &login, &password).await?;
            Ok(Ok(Some((login, password))))
        }
        "out" | "in" => {
            login_of(office, person).await?;
            people::shut_out(office, person, what == "out").await?;
            Ok(Ok(None))
        }
        "end" => {
            login_of(office, person).await?;
            people::end_sessions(office, person).await?;
            Ok(Ok(None))
        }
        "factor" => {
            login_of(office, person).await?;
            factor::forget(office, person).await?;
            Ok(Ok(None))
        }
        "untie" => {
            login_of(office, person).await?;
            ties::untie(office, person, "").await?;
            Ok(Ok(None))
        }
        _ => Err(Trouble::Unfit("Choose what to change.".to_owned())),
    }
}

async fn add<'a>(office: &Office, field: &impl Fn(&str) -> &'a str) -> Result<Changed, Trouble> {
    let Some(role) = Role::from_name(field("role")) else {
        return Ok(Err("Choose a role.".to_owned()));
    };
    let (login, name) = (field("login"), field("name"));
    if let Err(fault) = people::login(login) {
        return Ok(Err(fault));
    }
    if name.is_empty() {
        return Ok(Err("Expected the person's name.".to_owned()));
    }
    if let Some(why) = people::not_theirs(office, login).await? {
        return Ok(Err(words::sentence(why)));
    }
    if people::is_taken(office, login).await? {
        return Ok(Err(format!(
            "The sign-in name {login} is taken. Choose another. If whoever has it is to work here: \
             somebody in this list is given another role in it, anybody else is added by the \
             command line (`reclaim user add {login}`)."
        )));
    }
    let password = people::drawn();
    let is_new =
        people::add_for(office, &NewPerson { login, name, role, password: &password }).await?;
    Ok(Ok(is_new.then(|| (login.to_lowercase(), password))))
}

/// The login of somebody of this practice; nobody else can be changed from here.
async fn login_of(office: &Office, person: &str) -> Result<String, Trouble> {
    let members = office.read().await?.members().await?;
    let found = members.into_iter().find(|one| one.person == person);
    let found = found.filter(|one| one.login != crate::practice::CONSOLE);
    Ok(found.ok_or(Trouble::Nowhere)?.login)
}
