//! Passkeys at the door and on each person's own page.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, HeaderMap, SET_COOKIE};
use axum::response::{IntoResponse, Redirect, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use denial::ids::PersonId;
use serde_json::json;
use store::Tx;
use store::factors::HalfWay;
use store::journal::Entry;
use store::passkeys::{Ceremony, Passkey};
use store::sessions::CameFrom;

use crate::factor::{self, Spent};
use crate::fields::Fields;
use crate::passkey::webauthn::{Fault, MadeAnswer, ShownAnswer, Site};
use crate::passkey::{self, LONGEST_NAME, Purpose, Shown};
use crate::web::account::{self, Changed};
use crate::web::came_from::Origin;
use crate::web::form::Loose;
use crate::web::gate::Posted;
use crate::web::page::{Page, html, html_with};
use crate::web::session::{self, How, Owes, Visitor};
use crate::web::sign_in::{self, begin, moment_of};
use crate::web::trouble::Trouble;
use crate::web::{App, second, site, tries, words};

/// What a page without an address says of passkeys.
pub(crate) const NO_ADDRESS: &str = "Passkeys belong to a host name, and none is known here. \
    On this machine open the pages as http://localhost; otherwise ask who runs the program to \
    start it with --address.";

/// `POST /sign-in/passkey/begin`: a challenge, for the script of the page that asks.
pub(crate) async fn ask(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    Origin(from): Origin,
    Loose(fields): Loose,
) -> Result<Response, Trouble> {
    let site = site::of(&app, &headers).ok_or_else(|| Trouble::Unfit(NO_ADDRESS.to_owned()))?;
    let half = match fields.get("second") {
        Some(_) => second::who(&app, &headers).await?,
        None => None,
    };
    let (purpose, known) = match &half {
        Some((_, half)) => {
            let mut tx = app.office.store.read_house().await?;
            (Purpose::Second { person: &half.person }, tx.passkeys_of(&half.person).await?)
        }
        None => (Purpose::SignIn, Vec::new()),
    };
    let token = session::drawn();
    let challenge = passkey::ask(&app.office, (&session::hashed(&token), &from), purpose).await?;
    let body = json!({
        "challenge": URL_SAFE_NO_PAD.encode(challenge),
        "host": site.host,
        "known": ids(&known, &site),
    });
    let cookie = session::passkey_cookie(&app, &headers, Some(&token));
    let kind = (CONTENT_TYPE, axum::http::HeaderValue::from_static("application/json"));
    Ok(([kind, (SET_COOKIE, cookie)], body.to_string()).into_response())
}

/// The ids of the passkeys that were made for a host, as scripts take them.
fn ids(passkeys: &[Passkey], site: &Site) -> Vec<String> {
    let here = passkeys.iter().filter(|one| one.host == site.host);
    let bytes = here.filter_map(|one| hex::decode(&one.credential).ok());
    bytes.map(|bytes| URL_SAFE_NO_PAD.encode(bytes)).collect()
}

/// `POST /sign-in/passkey`: what the browser answered.
pub(crate) async fn enter(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    Origin(from): Origin,
    Loose(fields): Loose,
) -> Result<Response, Trouble> {
    let half = match fields.get("second") {
        Some(_) => second::who(&app, &headers).await?,
        None => None,
    };
    let next = match &half {
        Some((_, half)) => half.next.clone(),
        None => sign_in::own_place(fields.get("next").map_or("", String::as_str)),
    };
    let half_way = half.as_ref().map(|(token, half)| (token.as_str(), half));
    match opened(&app, &headers, (&from, half_way), &fields).await? {
        Ok((person, how)) => {
            let mut response = begin(&app, &headers, (person.as_str(), how), &from, &next).await?;
            for gone in [
                session::passkey_cookie(&app, &headers, None),
                session::code_cookie(&app, &headers, None),
            ] {
                response.headers_mut().append(SET_COOKIE, gone);
            }
            Ok(response)
        }
        Err(refused) if half.is_some() => second::refuse(&app, &headers, refused).await,
        Err(refused) => sign_in::refuse(&app, &headers, next, refused).await,
    }
}

/// Whose passkey this is; or why nobody comes in, in words.
async fn opened(
    app: &App,
    headers: &HeaderMap,
    (from, half): (&CameFrom, Option<(&str, &HalfWay)>),
    fields: &Fields,
) -> Result<Result<(PersonId, How), String>, Trouble> {
    let refused = |text: &str| Ok(Err(text.to_owned()));
    let Some(site) = site::of(app, headers) else { return refused(NO_ADDRESS) };
    let Some(shown) = shown(fields) else {
        return refused(
            "Nothing came from a passkey: that needs a browser that runs the script of this page. \
             The other ways to sign in need none.",
        );
    };
    let ceremony = match session::passkey_token(app, headers) {
        Some(token) => passkey::asked(&app.office, &session::hashed(&token)).await?,
        None => None,
    };
    let purpose = if half.is_some() { "second" } else { "sign_in" };
    // A second factor is that of whose password came before.
    let is_theirs = |one: &Ceremony| {
        half.is_none_or(|(_, half)| one.person.as_deref() == Some(half.person.as_str()))
    };
    let fits = |one: &Ceremony| one.purpose == purpose && is_theirs(one);
    let Some(ceremony) = ceremony.filter(fits) else {
        return refused("That took too long, or was answered before. Try it again.");
    };
    let now = app.office.clock.now();
    let mut tx = app.office.store.write_aside(app.office.practice()).await?;
    let asked_for = ceremony.person.as_deref().and_then(|one| PersonId::parse(one).ok());
    let subjects = match &asked_for {
        Some(person) => tries::subjects(person, from),
        None => tries::place(from),
    };
    if let Some(left) = tries::left(&mut tx, &subjects, now).await? {
        return Ok(Err(tries::in_words(left)));
    }
    let looked = (&shown, &ceremony);
    match passkey::check(&app.office.store, &mut tx, looked, &site, now).await? {
        Ok(passkey) => entered(app, tx, &passkey, (from, half)).await,
        Err((passkey, fault)) => {
            tries::count(&mut tx, &subjects, now).await?;
            turned_away(app, tx, (passkey, asked_for), fault, from).await
        }
    }
}

async fn entered(
    app: &App,
    mut tx: Tx,
    passkey: &Passkey,
    (from, half): (&CameFrom, Option<(&str, &HalfWay)>),
) -> Result<Result<(PersonId, How), String>, Trouble> {
    let person = PersonId::parse(&passkey.person).map_err(|fault| Trouble::Broken(fault.into()))?;
    tries::forget(&mut tx, &person).await?;
    let how = match half {
        Some((token, first)) => {
            tx.end_half_way(token).await?;
            How::kept(&first.how).and("passkey")
        }
        None => How::passkey(),
    };
    let facts = json!({ "from": from.address, "with": how.as_str(), "passkey": passkey.name });
    let entry = Entry::new(person.as_str(), "sign_in.done", &facts);
    let moment = moment_of(app, person.clone(), app.office.clock.now());
    tx.append_house(vec![entry], &moment).await?;
    tx.commit().await?;
    Ok(Ok((person, how)))
}

/// Puts on record what was refused, about its person where one is known.
async fn turned_away(
    app: &App,
    mut tx: Tx,
    (passkey, asked_for): (Option<Passkey>, Option<PersonId>),
    fault: Fault,
    from: &CameFrom,
) -> Result<Result<(PersonId, How), String>, Trouble> {
    let now = app.office.clock.now();
    let of = passkey.as_ref().and_then(|one| PersonId::parse(&one.person).ok()).or(asked_for);
    let went_back = fault == Fault::Counter;
    let kind =
        if went_back { "sign_in.passkey_counter_went_back" } else { "sign_in.passkey_refused" };
    let name = passkey.map(|one| one.name);
    let facts = json!({ "from": from.address, "why": fault.to_string(), "passkey": name });
    let (about, moment) = match of {
        Some(person) => (person.as_str().to_owned(), moment_of(app, person, now)),
        None => ("passkey".to_owned(), app.office.moment()),
    };
    tx.append_house(vec![Entry::new(&about, kind, &facts)], &moment).await?;
    tx.commit().await?;
    let text = if went_back {
        "That passkey may have been copied: its counter went back. Sign in another way, remove it \
         under Your account, and tell your administrator."
    } else if fault == Fault::Verification {
        "Your device did not check that it was you. Set up a PIN or a fingerprint for it."
    } else {
        "That passkey opens nothing here. Sign in another way."
    };
    Ok(Err(text.to_owned()))
}

/// What a form carries of a passkey; `None` where anything lacks.
fn shown(fields: &Fields) -> Option<Shown> {
    let bytes = |name: &str| field(fields, name);
    let answer = ShownAnswer {
        client_data: bytes("client_data")?,
        authenticator: bytes("authenticator")?,
        signature: bytes("signature")?,
    };
    let handle = bytes("handle").filter(|handle| !handle.is_empty());
    let credential = bytes("credential").filter(|one| !one.is_empty())?;
    Some(Shown { credential, handle, answer })
}

fn field(fields: &Fields, name: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(fields.get(name)?).ok()
}

/// A passkey as its person looks at it.
pub(crate) struct Row {
    pub(crate) credential: String,
    pub(crate) name: String,
    pub(crate) made: String,
    pub(crate) used: Option<String>,
    /// The host name, where it is not the one that these pages are at.
    pub(crate) elsewhere: Option<String>,
    pub(crate) synced: bool,
}

/// The passkeys of a visitor.
pub(crate) async fn rows(
    visitor: &Visitor,
    tx: &mut Tx,
    site: Option<&Site>,
) -> Result<Vec<Row>, Trouble> {
    let zone = &visitor.office.clinic.zone;
    let all = tx.passkeys_of(visitor.office.who.person.as_str()).await?;
    let row = |one: Passkey| Row {
        made: words::instant(&one.made_at, zone),
        used: one.used_at.map(|at| words::instant(&at, zone)),
        elsewhere: Some(one.host).filter(|host| site.is_none_or(|site| site.host != *host)),
        synced: one.synced != 0,
        name: one.name,
        credential: one.credential,
    };
    Ok(all.into_iter().map(row).collect())
}

#[derive(Template)]
#[template(path = "passkey_new.html")]
struct NewPage {
    page: Page,
    name: String,
    login: String,
    person: String,
    host: String,
    challenge: String,
    handle: String,
    /// Ids of those they have, so that a device makes no second one.
    known: String,
}

/// `POST /account/passkey`.
pub(crate) async fn change(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    headers: HeaderMap,
    Origin(from): Origin,
    Posted(fields): Posted,
) -> Result<Response, Trouble> {
    let field = |name: &str| fields.get(name).map(String::as_str).unwrap_or_default();
    let site = site::of(&app, &headers);
    let refused = match (field("what"), site) {
        ("begin", Some(site)) => match check_presence(&app, &visitor, field("old")).await? {
            Ok(()) => match new_page((&visitor, &from), field("name"), &site).await? {
                Ok(page) => return html(&page),
                Err(refused) => refused,
            },
            Err(refused) => refused,
        },
        ("add", Some(site)) => match add(&visitor, &fields, &site).await? {
            Ok(codes) if codes.is_empty() => return done("passkey"),
            Ok(codes) => return account::show_codes(&app, &headers, &visitor, codes).await,
            Err(refused) => refused,
        },
        ("begin" | "add", None) => NO_ADDRESS.to_owned(),
        ("remove", _) => match remove(&app, &visitor, &field).await? {
            Ok(()) => return done("passkey_off"),
            Err(refused) => refused,
        },
        _ => return Err(Trouble::Unfit("Choose what to change.".to_owned())),
    };
    let page = account::shown(&app, &headers, &visitor, Some(refused)).await?;
    html_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

fn done(what: &str) -> Result<Response, Trouble> {
    Ok(Redirect::to(&format!("/account?done={what}")).into_response())
}

/// Their password, or a code of the device that they have.
pub(crate) async fn check_presence(
    app: &App,
    visitor: &Visitor,
    typed: &str,
) -> Result<Changed, Trouble> {
    let bare: String = typed.chars().filter(|letter| !letter.is_whitespace()).collect();
    let is_code = bare.len() == 6 && bare.bytes().all(|byte| byte.is_ascii_digit());
    if !is_code {
        return account::check_own_password(app, visitor, typed).await;
    }
    let office = &visitor.office;
    let (person, now) = (&office.who.person, office.clock.now());
    let subjects = [tries::Subject::login(person)];
    let mut tx = office.store.write_aside(office.practice()).await?;
    if let Some(left) = tries::left(&mut tx, &subjects, now).await? {
        return Ok(Err(tries::in_words(left)));
    }
    let spent = factor::spend(&office.store, &mut tx, person.as_str(), &bare, now).await?;
    if spent == Some(Spent::Code) {
        tx.commit().await?;
        return Ok(Ok(()));
    }
    tries::count(&mut tx, &subjects, now).await?;
    let entry = Entry::new(person.as_str(), "person.code_refused", &json!({}));
    tx.append_house(vec![entry], &office.moment()).await?;
    tx.commit().await?;
    Ok(Err("That code is not right, or was used before.".to_owned()))
}

async fn new_page(
    (visitor, from): (&Visitor, &CameFrom),
    name: &str,
    site: &Site,
) -> Result<Result<NewPage, String>, Trouble> {
    let name = name.trim();
    if !(1..=LONGEST_NAME).contains(&name.chars().count()) {
        return Ok(Err(format!("Give the passkey a name of up to {LONGEST_NAME} letters.")));
    }
    if visitor.owes == Some(Owes::Password) {
        return Ok(Err("Choose a password of your own before.".to_owned()));
    }
    let office = &visitor.office;
    let person = office.who.person.as_str();
    let purpose = Purpose::Add { person, name };
    let challenge = passkey::ask(office, (&visitor.session, from), purpose).await?;
    let known = office.store.read_house().await?.passkeys_of(person).await?;
    Ok(Ok(NewPage {
        page: Page::of(visitor, "A new passkey", "/account"),
        name: name.to_owned(),
        login: visitor.login.clone(),
        person: visitor.name.clone(),
        host: site.host.clone(),
        challenge: URL_SAFE_NO_PAD.encode(challenge),
        handle: URL_SAFE_NO_PAD.encode(office.store.passkey_handle(person)),
        known: ids(&known, site).join(" "),
    }))
}

async fn add(
    visitor: &Visitor,
    fields: &Fields,
    site: &Site,
) -> Result<Result<Vec<String>, String>, Trouble> {
    let (Some(client_data), Some(attestation)) =
        (field(fields, "client_data"), field(fields, "attestation"))
    else {
        return Ok(Err("Nothing came from your device: making a passkey needs a browser that \
                       runs the script of this page."
            .to_owned()));
    };
    let answer = MadeAnswer { client_data, attestation };
    Ok(passkey::add(&visitor.office, &visitor.session, &answer, site).await?)
}

async fn remove<'a>(
    app: &App,
    visitor: &Visitor,
    field: &impl Fn(&str) -> &'a str,
) -> Result<Changed, Trouble> {
    let office = &visitor.office;
    let person = office.who.person.as_str();
    if visitor.must_have_factor {
        let mut tx = office.store.read_house().await?;
        let has_codes = tx.factor(person).await?.is_some_and(|one| one.confirmed_at.is_some());
        if !has_codes && tx.passkeys_of(person).await?.len() < 2 {
            return Ok(Err("Your practice asks you for a second factor; keep it.".to_owned()));
        }
    }
    if let Err(refused) = check_presence(app, visitor, field("old")).await? {
        return Ok(Err(refused));
    }
    let removed = passkey::remove(office, field("credential"), &visitor.session).await?;
    Ok(removed.then_some(()).ok_or_else(|| "Choose one of your passkeys.".to_owned()))
}

/// True where somebody is asked for more than their password.
pub(crate) async fn owes_more(tx: &mut Tx, person: &str) -> Result<bool, store::Error> {
    let factor = tx.factor(person).await?;
    let has_codes = factor.is_some_and(|factor| factor.confirmed_at.is_some());
    Ok(has_codes || !tx.passkeys_of(person).await?.is_empty())
}

/// True where somebody half way has a passkey for these pages.
pub(crate) fn has_one_here(passkeys: &[Passkey], site: Option<&Site>) -> bool {
    site.is_some_and(|site| passkeys.iter().any(|one| one.host == site.host))
}
