//! Signing in and out, choosing a practice, and the first person of a new database.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::http::header::{HeaderMap, HeaderName, HeaderValue, SET_COOKIE};
use axum::response::{IntoResponse, Redirect, Response};
use denial::ids::PersonId;
use denial::person::{Actor, Moment, Role};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::json;
use store::journal::Entry;
use store::sessions::CameFrom;
use store::{Practice, instant};
use subtle::ConstantTimeEq;

use crate::fields::Fields;
use crate::people::{self, NewPerson};
use crate::practices::{self, Refused};
use crate::web::App;
use crate::web::came_from::Origin;
use crate::web::form::Loose;
use crate::web::gate::Posted;
use crate::web::page::{Page, html, html_with};
use crate::web::session::{self, How, Visitor};
use crate::web::tries;
use crate::web::trouble::Trouble;
use crate::web::{issuer, passkeys, practice, second, site};
use crate::{identity, oidc, passwords};

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInPage {
    page: Page,
    login: String,
    next: String,
    refused: Option<String>,
    /// Where a passkey leads, where they work at this address.
    passkey_next: Option<String>,
    /// What the issuer is called, where there is one.
    issuer: Option<String>,
    /// They come from there, and are to say who they are here.
    is_newcomer: bool,
    /// They signed out here: what the issuer is called and where they sign out there.
    way_out: Option<(String, String)>,
    /// Nobody can sign in yet: the first person is to be made.
    is_new: bool,
}

impl SignInPage {
    async fn new(app: &App, headers: &HeaderMap, next: String) -> Result<SignInPage, Trouble> {
        let issuer = app.office.store.read_house().await?.issuer().await?;
        let has_token = session::newcomer_token(app, headers).is_some();
        Ok(SignInPage {
            page: Page::open(&app.office.afresh().await?, "Sign in"),
            login: String::new(),
            passkey_next: site::of(app, headers).map(|_| next.clone()),
            is_newcomer: has_token && next == issuer::TIE && issuer.is_some(),
            issuer: issuer.map(|issuer| issuer.label),
            way_out: None,
            is_new: !app.office.store.read_house().await?.has_people().await?,
            next,
            refused: None,
        })
    }
}

/// Where somebody wanted to go.
#[derive(Deserialize)]
pub(crate) struct Next {
    #[serde(default)]
    next: String,
    /// Somebody signed out whom the issuer had let in.
    left: Option<String>,
}

/// `GET /sign-in`.
pub(crate) async fn form(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    Query(Next { next, left }): Query<Next>,
) -> Result<Response, Trouble> {
    let mut page = SignInPage::new(&app, &headers, own_place(&next)).await?;
    if left.is_some()
        && let Some(site) = site::of(&app, &headers)
    {
        let after = format!("{}/sign-in", site.origin);
        page.way_out = oidc::way_out(&app.office, &app.issuer, &after).await;
    }
    html(&page)
}

/// The page again for somebody whose passkey was refused.
pub(crate) async fn refuse(
    app: &App,
    headers: &HeaderMap,
    next: String,
    refused: String,
) -> Result<Response, Trouble> {
    let page = SignInPage::new(app, headers, next).await?;
    let page = SignInPage { refused: Some(refused), ..page };
    html_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

/// Letters of an address that somebody is led back to.
const LONGEST_PLACE: usize = 2_000;

/// Another host cannot be gone to from here.
pub(crate) fn own_place(next: &str) -> String {
    let is_own = next.starts_with('/')
        && !next.starts_with("//")
        && next.len() <= LONGEST_PLACE
        && !next.contains(|one: char| one == '\\' || one.is_control());
    if is_own { next.to_owned() } else { String::new() }
}

/// `POST /sign-in`.
pub(crate) async fn enter(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    Origin(from): Origin,
    Loose(fields): Loose,
) -> Result<Response, Trouble> {
    let field = |name: &str| fields.get(name).map(String::as_str).unwrap_or_default();
    let login = field("login").trim().to_lowercase();
    let next = own_place(field("next"));
    match check(&app, &login, field("password"), &from).await? {
        Ok((person, true)) => second::ask(&app, &headers, (&person, How::password()), &next).await,
        Ok((person, false)) => {
            begin(&app, &headers, (&person, How::password()), &from, &next).await
        }
        Err(refused) => {
            let page = SignInPage::new(&app, &headers, next).await?;
            let page = SignInPage { login, refused: Some(refused), ..page };
            html_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
    }
}

/// The person whose login and password these are, and whether they owe a code; or why not, in words
/// that do not tell which of the two was wrong.
async fn check(
    app: &Arc<App>,
    login: &str,
    password: &str,
    from: &CameFrom,
) -> Result<Result<(String, bool), String>, Trouble> {
    let checks = app.checks.acquire().await.map_err(|fault| Trouble::Broken(fault.into()))?;
    let mut tx = app.office.store.read_house().await?;
    let known = tx.person_by_login(login).await?;
    let person = known.as_ref().and_then(|one| PersonId::parse(&one.person).ok());
    let person = person.unwrap_or_else(|| identity::person(login));
    let subjects = tries::subjects(&person, from);
    let now = app.office.clock.now();
    if let Some(left) = tries::left(&mut tx, &subjects, now).await? {
        return Ok(Err(tries::in_words(left)));
    }
    drop(tx);
    let secret = known.as_ref().filter(|one| one.disabled_at.is_none());
    let secret = secret.and_then(|one| one.secret.clone());
    let is_right = verified(secret, password.to_owned()).await?;
    let mut tx = app.office.store.write_aside(app.office.practice()).await?;
    let owes = passkeys::owes_more(&mut tx, person.as_str()).await?;
    let kind = match (is_right, owes) {
        (false, _) => {
            tries::count(&mut tx, &subjects, now).await?;
            "sign_in.failed"
        }
        // Failures are forgotten once the code has come, or guessing codes would cost nothing.
        (true, true) => "sign_in.code_asked",
        (true, false) => {
            tries::forget(&mut tx, &person).await?;
            "sign_in.done"
        }
    };
    let entry = Entry::new(person.as_str(), kind, &json!({ "from": from.address }));
    tx.append_house(vec![entry], &moment_of(app, person.clone(), now)).await?;
    tx.commit().await?;
    drop(checks);
    let entered = is_right.then(|| (person.as_str().to_owned(), owes));
    Ok(entered.ok_or_else(|| "The name or the password is not right.".to_owned()))
}

/// Takes as long for a name that nobody has.
pub(crate) async fn verified(secret: Option<String>, password: String) -> Result<bool, Trouble> {
    let check = move || match secret {
        Some(secret) => people::is_right(&password, &secret),
        None => people::secret(&password).is_err(),
    };
    let checked = tokio::task::spawn_blocking(check).await;
    checked.map_err(|fault| Trouble::Broken(fault.into()))
}

/// Who signs in acts as themselves; the role plays no part above practices.
pub(crate) fn moment_of(app: &App, person: PersonId, now: Timestamp) -> Moment {
    let today = app.office.clock.today(&app.office.clinic.zone);
    Moment { now, today, who: Actor { person, role: Role::Auditor } }
}

/// Begins a session in the person's first practice, in place of one that the browser still has.
pub(crate) async fn begin(
    app: &Arc<App>,
    headers: &HeaderMap,
    (person, how): (&str, How),
    from: &CameFrom,
    next: &str,
) -> Result<Response, Trouble> {
    let mut tx = app.office.store.read_house().await?;
    let practices = tx.practices_of(person).await?;
    drop(tx);
    let own = app.office.practice();
    let first = practices.iter().find(|one| *one == own).or_else(|| practices.first());
    let Some(practice) = first else {
        return Err(Trouble::Denied(
            "You have no role in any practice here. Ask your administrator for one.".to_owned(),
        ));
    };
    let token = session::drawn();
    let mut tx = app.office.store.write_aside(practice).await?;
    let at = instant(app.office.clock.now());
    if let Some(before) = session::token(app, headers) {
        tx.end_session(&session::hashed(&before), &at).await?;
    }
    tx.begin_session(&session::hashed(&token), person, (from, how.as_str()), &at).await?;
    tx.commit().await?;
    let place = match next {
        "" if practices.len() > 1 => "/practices",
        "" => "/",
        next => next,
    };
    let cookie = session::cookie(app, headers, Some(&token));
    Ok(([(SET_COOKIE, cookie)], Redirect::to(place)).into_response())
}

/// `POST /sign-out`.
pub(crate) async fn leave(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    headers: HeaderMap,
    Posted(_): Posted,
) -> Result<Response, Trouble> {
    let moment = visitor.office.moment();
    let mut tx = app.office.store.write_aside(visitor.office.practice()).await?;
    tx.end_session(&visitor.session, &instant(moment.now)).await?;
    let person = moment.who.person.as_str().to_owned();
    tx.append_house(vec![Entry::new(&person, "sign_out.done", &json!({}))], &moment).await?;
    tx.commit().await?;
    let cookie = session::cookie(&app, &headers, None);
    let place = if visitor.how.is_by_issuer() { "/sign-in?left=yes" } else { "/sign-in" };
    // Nothing that was seen comes back by the browser's own ways.
    let gone = (HeaderName::from_static("clear-site-data"), HeaderValue::from_static("\"cache\""));
    Ok(([(SET_COOKIE, cookie), gone], Redirect::to(place)).into_response())
}

#[derive(Template)]
#[template(path = "practices.html")]
struct PracticesPage {
    page: Page,
    practices: Vec<Choice>,
}

struct Choice {
    practice: String,
    name: String,
    is_here: bool,
}

/// `GET /practices`.
pub(crate) async fn practices(visitor: Visitor) -> Result<Response, Trouble> {
    let office = &visitor.office;
    let mut tx = office.store.read_house().await?;
    let own = tx.practices_of(office.who.person.as_str()).await?;
    drop(tx);
    let clinics = office.store.practices().await?;
    let choice = |clinic: store::practices::Clinic| Choice {
        is_here: clinic.practice == *office.practice(),
        practice: clinic.practice.to_string(),
        name: clinic.name,
    };
    let practices =
        clinics.into_iter().filter(|one| own.contains(&one.practice)).map(choice).collect();
    html(&PracticesPage { page: Page::of(&visitor, "Your practices", "/practices"), practices })
}

/// `POST /practices`.
pub(crate) async fn choose(visitor: Visitor, Posted(fields): Posted) -> Result<Redirect, Trouble> {
    let wanted = fields.get("practice").and_then(|name| Practice::parse(name));
    let wanted = wanted.ok_or(Trouble::Nowhere)?;
    let office = &visitor.office;
    let person = office.who.person.as_str().to_owned();
    let mut tx = office.store.write_aside(&wanted).await?;
    if tx.member(&person).await?.is_none() {
        return Err(Trouble::Nowhere);
    }
    tx.move_session(&visitor.session).await?;
    let facts = json!({ "practice": wanted.as_str() });
    let entry = Entry::new(&person, "practice.chosen", &facts);
    tx.append_house(vec![entry], &office.moment()).await?;
    tx.commit().await?;
    Ok(Redirect::to("/"))
}

#[derive(Template)]
#[template(path = "setup.html")]
struct SetupPage {
    page: Page,
    code: String,
    typed: Fields,
    refused: Option<String>,
}

impl SetupPage {
    fn value(&self, field: &str) -> &str {
        self.typed.get(field).map_or("", String::as_str)
    }
}

/// The code of a setup link.
#[derive(Deserialize)]
pub(crate) struct Code {
    #[serde(default)]
    code: String,
}

/// `GET /setup`: only with the code that the console printed, and only while nobody can sign in.
pub(crate) async fn setup(
    State(app): State<Arc<App>>,
    Query(Code { code }): Query<Code>,
) -> Result<Response, Trouble> {
    check_code(&app, &code).await?;
    let mut typed = Fields::new();
    typed.insert("zone".to_owned(), app.office.afresh().await?.clinic.zone);
    let page = Page::open(&app.office, "The first person");
    html(&SetupPage { page, code, typed, refused: None })
}

/// `POST /setup`.
pub(crate) async fn set_up(
    State(app): State<Arc<App>>,
    Loose(fields): Loose,
) -> Result<Response, Trouble> {
    let code = fields.get("code").cloned().unwrap_or_default();
    check_code(&app, &code).await?;
    match first_person(&app, &fields).await? {
        Ok(()) => {
            *app.setup.lock().expect("nobody panics with the code in hand") = None;
            Ok(Redirect::to("/sign-in").into_response())
        }
        Err(refused) => {
            let page = Page::open(&app.office, "The first person");
            let template = SetupPage { page, code, typed: fields, refused: Some(refused) };
            html_with(StatusCode::UNPROCESSABLE_ENTITY, &template)
        }
    }
}

/// Names the practice and makes its first person; or says what does not fit.
async fn first_person(app: &App, fields: &Fields) -> Result<Result<(), String>, Trouble> {
    let field = |name: &str| fields.get(name).map(|text| text.trim()).unwrap_or_default();
    let (login, name) = (field("login"), field("name"));
    let password = fields.get("password").map(String::as_str).unwrap_or_default();
    let names = [login, name, field("clinic")];
    let fits = people::login(login).and_then(|_| passwords::check(password, &names));
    if let Err(refused) = fits {
        return Ok(Err(refused));
    }
    if name.is_empty() {
        return Ok(Err("expected your name".to_owned()));
    }
    let role = match field("role") {
        "administrator" => Role::Administrator,
        _ => Role::BillingSupervisor,
    };
    // Again with the same fields it changes nothing, should the person not be made after it.
    match practices::change(&app.office, &practice::wanted(fields)).await {
        Ok(()) => {}
        Err(Refused::Unfit(text)) => return Ok(Err(text)),
        Err(Refused::Fault(fault)) => return Err(fault.into()),
    }
    people::add(&app.office, &NewPerson { login, name, role, password }).await?;
    Ok(Ok(()))
}

/// The code is good for nothing once somebody can sign in, whoever made them: a command or another
/// process may have.
async fn check_code(app: &App, code: &str) -> Result<(), Trouble> {
    let known = app.setup.lock().expect("nobody panics with the code in hand").clone();
    let fits = known.is_some_and(|known| bool::from(known.as_bytes().ct_eq(code.as_bytes())));
    if !fits || app.office.store.read_house().await?.has_people().await? {
        return Err(Trouble::Nowhere);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_sent_to_another_host() {
        assert_eq!(own_place("/queue?due=soon"), "/queue?due=soon");
        for other in
            ["//evil", "https://evil", "/\\evil", "queue", "/\t/evil", "/\r/evil", "/\n/evil"]
        {
            assert_eq!(own_place(other), "");
        }
    }
}
