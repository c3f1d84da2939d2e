//! The second page of signing in: a code or a passkey, for whoever has a second factor.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{HeaderMap, SET_COOKIE};
use axum::response::{IntoResponse, Redirect, Response};
use denial::ids::PersonId;
use serde_json::json;
use store::factors::HalfWay;
use store::instant;
use store::journal::Entry;
use store::sessions::CameFrom;

use crate::clock::Patience;
use crate::factor;
use crate::web::App;
use crate::web::came_from::Origin;
use crate::web::form::Loose;
use crate::web::page::{Page, html, html_with};
use crate::web::session::{self, How};
use crate::web::sign_in::{begin, moment_of};
use crate::web::tries;
use crate::web::trouble::Trouble;
use crate::web::{passkeys, site};

/// So long the right password holds without its code.
const PATIENCE: Patience = Patience::minutes(5);

#[derive(Template)]
#[template(path = "sign_in_code.html")]
struct CodePage {
    page: Page,
    refused: Option<String>,
    /// They have a device that shows codes.
    has_codes: bool,
    /// They have a passkey for this address.
    has_passkey: bool,
    passkey_next: Option<String>,
}

/// Asks for the code of somebody whose password was right, or whom the issuer knows.
pub(crate) async fn ask(
    app: &Arc<App>,
    headers: &HeaderMap,
    (person, how): (&str, How),
    next: &str,
) -> Result<Response, Trouble> {
    let token = session::drawn();
    let now = app.office.clock.now();
    let stale = PATIENCE.stale(now);
    let half = HalfWay {
        person: person.to_owned(),
        came_at: instant(now),
        next: next.to_owned(),
        how: how.as_str().to_owned(),
    };
    let mut tx = app.office.store.write_aside(app.office.practice()).await?;
    tx.begin_half_way(&session::hashed(&token), &half, &stale).await?;
    tx.commit().await?;
    let cookie = session::code_cookie(app, headers, Some(&token));
    Ok(([(SET_COOKIE, cookie)], Redirect::to("/sign-in/code")).into_response())
}

/// `GET /sign-in/code`.
pub(crate) async fn form(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
) -> Result<Response, Trouble> {
    match who(&app, &headers).await? {
        Some((_, half)) => html(&code_page(&app, &headers, &half, None).await?),
        None => Ok(Redirect::to("/sign-in").into_response()),
    }
}

/// The page again for somebody whose passkey was refused.
pub(crate) async fn refuse(
    app: &App,
    headers: &HeaderMap,
    refused: String,
) -> Result<Response, Trouble> {
    match who(app, headers).await? {
        Some((_, half)) => {
            let page = code_page(app, headers, &half, Some(refused)).await?;
            html_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
        None => Ok(Redirect::to("/sign-in").into_response()),
    }
}

async fn code_page(
    app: &App,
    headers: &HeaderMap,
    half: &HalfWay,
    refused: Option<String>,
) -> Result<CodePage, Trouble> {
    let page = Page::open(&app.office.afresh().await?, "Sign in");
    let mut tx = app.office.store.read_house().await?;
    let factor = tx.factor(&half.person).await?;
    let kept = tx.passkeys_of(&half.person).await?;
    Ok(CodePage {
        page,
        refused,
        has_codes: factor.is_some_and(|factor| factor.confirmed_at.is_some()),
        has_passkey: passkeys::has_one_here(&kept, site::of(app, headers).as_ref()),
        passkey_next: None,
    })
}

/// Who stands half way, with the hash of their token.
pub(crate) async fn who(
    app: &App,
    headers: &HeaderMap,
) -> Result<Option<(String, HalfWay)>, Trouble> {
    let Some(token) = session::code_token(app, headers) else { return Ok(None) };
    let token = session::hashed(&token);
    let half = app.office.store.read_house().await?.half_way(&token).await?;
    let now = app.office.clock.now();
    let half = half.filter(|half| PATIENCE.holds_since(&half.came_at, now));
    Ok(half.map(|half| (token, half)))
}

/// `POST /sign-in/code`.
pub(crate) async fn enter(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    Origin(from): Origin,
    Loose(fields): Loose,
) -> Result<Response, Trouble> {
    let Some((token, half)) = who(&app, &headers).await? else {
        return Ok(Redirect::to("/sign-in").into_response());
    };
    let typed = fields.get("code").map(String::as_str).unwrap_or_default();
    let how = match check(&app, &token, &half, typed, &from).await? {
        Ok(how) => how,
        Err(refused) => {
            let page = code_page(&app, &headers, &half, Some(refused)).await?;
            return html_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
        }
    };
    let person = (half.person.as_str(), how);
    let mut response = begin(&app, &headers, person, &from, &half.next).await?;
    let gone = session::code_cookie(&app, &headers, None);
    response.headers_mut().append(SET_COOKIE, gone);
    Ok(response)
}

/// How what was typed opens the door; if it does not, why in words.
async fn check(
    app: &App,
    token: &str,
    half: &HalfWay,
    typed: &str,
    from: &CameFrom,
) -> Result<Result<How, String>, Trouble> {
    let person = PersonId::parse(&half.person).map_err(|fault| Trouble::Broken(fault.into()))?;
    let _checks = app.checks.acquire().await.map_err(|fault| Trouble::Broken(fault.into()))?;
    let subjects = tries::subjects(&person, from);
    let office = &app.office;
    let now = office.clock.now();
    let mut tx = office.store.write_aside(office.practice()).await?;
    if let Some(left) = tries::left(&mut tx, &subjects, now).await? {
        return Ok(Err(tries::in_words(left)));
    }
    let spent = factor::spend(&office.store, &mut tx, person.as_str(), typed, now).await?;
    let how = spent.map(|spent| How::kept(&half.how).and(spent.as_str()));
    let entry = match &how {
        Some(how) => {
            tries::forget(&mut tx, &person).await?;
            tx.end_half_way(token).await?;
            let facts = json!({ "from": from.address, "with": how.as_str() });
            Entry::new(person.as_str(), "sign_in.done", &facts)
        }
        None => {
            tries::count(&mut tx, &subjects, now).await?;
            let facts = json!({ "from": from.address });
            Entry::new(person.as_str(), "sign_in.code_refused", &facts)
        }
    };
    tx.append_house(vec![entry], &moment_of(app, person, now)).await?;
    tx.commit().await?;
    let wrong = "That code is not right, or was used before. Wait for the next one.";
    Ok(how.ok_or_else(|| wrong.to_owned()))
}
