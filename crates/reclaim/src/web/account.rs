//! Each person's own page: their password, their second factors, and where they are signed in.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::http::header::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use qrcode::{Color, QrCode};
use serde_json::json;
use store::journal::Entry;
use store::sessions::SessionLine;
use store::{Tx, instant};

use crate::factor::{self, Offer};
use crate::fields::Fields;
use crate::passwords;
use crate::people;
use crate::web::App;
use crate::web::gate::Posted;
use crate::web::page::{Page, html, html_with};
use crate::web::session::{self, Owes, Visitor};
use crate::web::sign_in::verified;
use crate::web::tries::{self, Subject};
use crate::web::trouble::Trouble;
use crate::web::{passkeys, site, words};

/// So many sign-ins are listed.
const LAST: i64 = 10;

#[derive(Template)]
#[template(path = "account.html")]
pub(crate) struct AccountPage {
    page: Page,
    login: String,
    /// What has to be done before anything else opens.
    owed: Option<&'static str>,
    refused: Option<String>,
    sessions: Vec<Row>,
    /// The last times that they signed in, however it ended.
    sign_ins: Vec<Row>,
    factor: Second,
    passkeys: Vec<passkeys::Row>,
    /// What the issuer is called, where there is one.
    issuer: Option<String>,
    /// Why none can be added, in words.
    no_passkeys: Option<&'static str>,
    /// Recovery codes that are shown this once.
    codes: Vec<String>,
}

/// How it stands with their second factor.
struct Second {
    /// Since when they have one.
    since: Option<String>,
    codes_left: i64,
    /// One that waits for its first code.
    offer: Option<Offer>,
    picture: Option<Picture>,
    is_required: bool,
}

/// A secret for a camera: how wide it is and its dark places, as a path.
struct Picture {
    width: usize,
    path: String,
}

struct Row {
    token: String,
    begun: String,
    seen: String,
    address: String,
    browser: String,
    how: String,
    here: bool,
}

/// `GET /account`.
pub(crate) async fn page(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    headers: HeaderMap,
    Query(asked): Query<Fields>,
) -> Result<Response, Trouble> {
    let mut shown = shown(&app, &headers, &visitor, None).await?;
    shown.page.done = asked.get("done").and_then(|what| said(what)).map(str::to_owned);
    if visitor.failed.is_some() {
        let mut tx = app.office.store.write_aside(visitor.office.practice()).await?;
        tx.end_streak(visitor.office.who.person.as_str()).await?;
        tx.commit().await?;
    }
    html(&shown)
}

fn said(what: &str) -> Option<&'static str> {
    match what {
        "password" => Some("Your password is changed; your other sessions have ended."),
        "end" => Some("That session has ended."),
        "enrol" => Some("Scan or type the secret, then give its first code."),
        "factor_off" => Some("You sign in without the codes of a device now."),
        "passkey" => Some("Your passkey is here; sign in with it from now on."),
        "passkey_off" => Some("That passkey opens nothing any more."),
        "end_others" => Some("All your other sessions have ended."),
        _ => None,
    }
}

/// The page for a visitor, with what was refused.
pub(crate) async fn shown(
    app: &App,
    headers: &HeaderMap,
    visitor: &Visitor,
    refused: Option<String>,
) -> Result<AccountPage, Trouble> {
    let site = site::of(app, headers);
    let office = &visitor.office;
    let mut tx = office.store.read_house().await?;
    let lines = tx.sessions_of(office.who.person.as_str()).await?;
    let last = tx.last_sessions_of(office.who.person.as_str(), LAST).await?;
    let now = office.clock.now();
    let holds = |one: &SessionLine| session::holds(&one.made_at, &one.seen_at, now).is_some();
    let row = |one: SessionLine| Row {
        begun: words::instant(&one.made_at, &office.clinic.zone),
        seen: words::instant(&one.seen_at, &office.clinic.zone),
        here: one.token == visitor.session,
        address: one.came_from,
        browser: one.browser,
        how: words::sentence_case(&one.how.replace("issuer", "another house")),
        token: one.token,
    };
    let owed = visitor.owes.map(|owes| match owes {
        Owes::Password => {
            "Somebody else set your password. Choose one of your own; then everything else opens."
        }
        Owes::Factor => {
            "Your practice asks you for a second factor. Set it up below; then everything else \
             opens."
        }
    });
    let issuer = tx.issuer().await?.map(|issuer| issuer.label);
    let passkeys = passkeys::rows(visitor, &mut tx, site.as_ref()).await?;
    let factor = second(visitor, &mut tx, !passkeys.is_empty()).await?;
    Ok(AccountPage {
        page: Page::of(visitor, "Your account", "/account"),
        login: visitor.login.clone(),
        owed,
        refused,
        sessions: lines.into_iter().filter(holds).map(row).collect(),
        sign_ins: last.into_iter().map(row).collect(),
        factor,
        passkeys,
        issuer,
        no_passkeys: site.is_none().then_some(passkeys::NO_ADDRESS),
        codes: Vec::new(),
    })
}

async fn second(visitor: &Visitor, tx: &mut Tx, has_passkey: bool) -> Result<Second, Trouble> {
    let office = &visitor.office;
    let person = office.who.person.as_str();
    let kept = tx.factor(person).await?;
    let since = kept.as_ref().and_then(|one| one.confirmed_at.as_deref());
    let since = since.map(|at| words::instant(at, &office.clinic.zone));
    let waits = kept.as_ref().filter(|_| since.is_none());
    let offer = waits.and_then(|one| factor::offer(office, &visitor.login, one));
    Ok(Second {
        codes_left: tx.recovery_codes_left(person).await?,
        picture: offer.as_ref().and_then(|offer| picture(&offer.address)),
        is_required: visitor.must_have_factor && !has_passkey,
        since,
        offer,
    })
}

/// Draws a text for a camera; `None` where it is too long for that.
fn picture(text: &str) -> Option<Picture> {
    let code = QrCode::new(text).ok()?;
    let width = code.width();
    let mut path = String::new();
    for (at, colour) in code.to_colors().into_iter().enumerate() {
        if colour == Color::Dark {
            let (x, y) = (at % width, at / width);
            path.push_str(&format!("M{x} {y}h1v1h-1z"));
        }
    }
    Some(Picture { width, path })
}

/// `POST /account`.
pub(crate) async fn change(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    headers: HeaderMap,
    Posted(fields): Posted,
) -> Result<Response, Trouble> {
    let here = Here { app: &app, headers: &headers, visitor: &visitor };
    let field = |name: &str| fields.get(name).map(String::as_str).unwrap_or_default();
    let what = field("what");
    let changed = match what {
        "password" => change_password(&app, &visitor, &field).await?,
        "confirm" => return here.confirm(field("code")).await,
        "codes" => match check_own_password(&app, &visitor, field("old")).await? {
            Ok(()) => {
                let codes = factor::renew(&visitor.office).await?;
                return show_codes(&app, &headers, &visitor, codes).await;
            }
            Err(refused) => Err(refused),
        },
        "enrol" | "factor_off" => match check_own_password(&app, &visitor, field("old")).await? {
            Ok(()) => change_factor(&visitor, what).await?,
            Err(refused) => Err(refused),
        },
        "end" => end(&visitor, field("session")).await?,
        "end_others" => end_others(&visitor).await?,
        _ => return Err(Trouble::Unfit("Choose what to change.".to_owned())),
    };
    match changed {
        Ok(()) if what == "password" && visitor.owes.is_some() => {
            Ok(Redirect::to("/").into_response())
        }
        Ok(()) => Ok(Redirect::to(&format!("/account?done={what}")).into_response()),
        Err(refused) => here.refuse(refused).await,
    }
}

/// Whose page it is, and where.
struct Here<'a> {
    app: &'a App,
    headers: &'a HeaderMap,
    visitor: &'a Visitor,
}

impl Here<'_> {
    async fn refuse(&self, refused: String) -> Result<Response, Trouble> {
        let page = shown(self.app, self.headers, self.visitor, Some(refused)).await?;
        html_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
    }

    /// Takes the first code of a new second factor.
    async fn confirm(&self, code: &str) -> Result<Response, Trouble> {
        let visitor = self.visitor;
        match factor::confirm(&visitor.office, code, &visitor.session).await? {
            Some(codes) => show_codes(self.app, self.headers, visitor, codes).await,
            None => {
                let refused = "That code is not right. Look whether the clock of your device is.";
                self.refuse(refused.to_owned()).await
            }
        }
    }
}

async fn change_factor(visitor: &Visitor, what: &str) -> Result<Changed, Trouble> {
    let office = &visitor.office;
    if what == "enrol" {
        let begun = factor::begin(office).await?;
        return Ok(begun.then_some(()).ok_or_else(|| "You have a second factor.".to_owned()));
    }
    let person = office.who.person.as_str();
    let has_passkey = !office.store.read_house().await?.passkeys_of(person).await?.is_empty();
    if visitor.must_have_factor && !has_passkey {
        return Ok(Err("Your practice asks you for a second factor; keep it.".to_owned()));
    }
    factor::remove(office, &visitor.session).await?;
    Ok(Ok(()))
}

/// Recovery codes are shown this once.
pub(crate) async fn show_codes(
    app: &App,
    headers: &HeaderMap,
    visitor: &Visitor,
    codes: Vec<String>,
) -> Result<Response, Trouble> {
    let owes = visitor.owes.filter(|owes| *owes != Owes::Factor);
    let free = Visitor { owes, ..visitor.clone() };
    html(&AccountPage { codes, ..shown(app, headers, &free, None).await? })
}

/// What was done, or why not in words.
pub(crate) type Changed = Result<(), String>;

async fn change_password<'a>(
    app: &App,
    visitor: &Visitor,
    field: &impl Fn(&str) -> &'a str,
) -> Result<Changed, Trouble> {
    let (old, new) = (field("old"), field("new"));
    if new != field("again") {
        return Ok(Err("The two new passwords differ; type the same twice.".to_owned()));
    }
    if new == old {
        return Ok(Err("That is the password that you have; choose another one.".to_owned()));
    }
    let names = [visitor.login.as_str(), &visitor.name, &visitor.office.clinic.name];
    if let Err(fault) = passwords::check(new, &names) {
        return Ok(Err(format!("The new password: {fault}.")));
    }
    if let Err(refused) = check_own_password(app, visitor, old).await? {
        return Ok(Err(refused));
    }
    people::change_own_password(&visitor.office, new, &visitor.session).await?;
    Ok(Ok(()))
}

/// Refuses in words where the password is not the visitor's; who tries often has to wait, as at the
/// door.
pub(crate) async fn check_own_password(
    app: &App,
    visitor: &Visitor,
    password: &str,
) -> Result<Changed, Trouble> {
    let office = &visitor.office;
    let _checks = app.checks.acquire().await.map_err(|fault| Trouble::Broken(fault.into()))?;
    let subjects = [Subject::login(&office.who.person)];
    let now = office.clock.now();
    let mut tx = office.store.read_house().await?;
    if let Some(left) = tries::left(&mut tx, &subjects, now).await? {
        return Ok(Err(tries::in_words(left)));
    }
    let known = tx.person_by_login(&visitor.login).await?;
    drop(tx);
    let is_right = verified(known.and_then(|one| one.secret), password.to_owned()).await?;
    let person = &office.who.person;
    let mut tx = office.store.write_aside(office.practice()).await?;
    if is_right {
        tries::forget(&mut tx, person).await?;
        tx.commit().await?;
        return Ok(Ok(()));
    }
    tries::count(&mut tx, &subjects, now).await?;
    let entry = Entry::new(person.as_str(), "person.password_refused", &json!({}));
    tx.append_house(vec![entry], &office.moment()).await?;
    tx.commit().await?;
    Ok(Err("The password that you have is another one.".to_owned()))
}

async fn end(visitor: &Visitor, session: &str) -> Result<Changed, Trouble> {
    let moment = visitor.office.moment();
    let person = moment.who.person.as_str();
    let mut tx = visitor.office.store.write_aside(visitor.office.practice()).await?;
    if !tx.end_session_of(person, session, &instant(moment.now)).await? {
        return Ok(Err("That session has ended already.".to_owned()));
    }
    let entry = Entry::new(person, "person.sessions_ended", &json!({ "sessions": 1 }));
    tx.append_house(vec![entry], &moment).await?;
    tx.commit().await?;
    Ok(Ok(()))
}

async fn end_others(visitor: &Visitor) -> Result<Changed, Trouble> {
    let moment = visitor.office.moment();
    let person = moment.who.person.as_str();
    let mut tx = visitor.office.store.write_aside(visitor.office.practice()).await?;
    let ended = tx.end_other_sessions(person, &visitor.session, &instant(moment.now)).await?;
    let entry = Entry::new(person, "person.sessions_ended", &json!({ "sessions": ended }));
    tx.append_house(vec![entry], &moment).await?;
    tx.commit().await?;
    Ok(Ok(()))
}
