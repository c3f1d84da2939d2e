//! Signing in by another house: there and back, and tying who came back to a person here.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::http::header::{HeaderMap, SET_COOKIE};
use axum::response::{IntoResponse, Redirect, Response};
use denial::ids::PersonId;
use jiff::Timestamp;
use serde_json::json;
use store::instant;
use store::issuers::Newcomer;
use store::journal::Entry;
use store::sessions::CameFrom;

use crate::clock::Patience;
use crate::fields::Fields;
use crate::oidc::{self, Arrived, Fault, ties};
use crate::web::came_from::Origin;
use crate::web::gate::Posted;
use crate::web::page::{Page, html, html_with};
use crate::web::session::{self, How, Visitor};
use crate::web::sign_in::{self, begin, moment_of};
use crate::web::trouble::Trouble;
use crate::web::{App, passkeys, second, site, tries, words};

/// So long a newcomer waits to be tied.
const PATIENCE: Patience = Patience::minutes(10);
/// The page that ties a newcomer.
pub(crate) const TIE: &str = "/account/tie";

/// What a page without an address says of the issuer.
const NO_ADDRESS: &str = "Nobody can come back from there: the address of these pages is not \
    configured. Ask who runs the program to start it with --address.";

/// Where a browser comes back to.
fn back(app: &App, headers: &HeaderMap) -> Option<String> {
    Some(format!("{}/sign-in/back", site::of(app, headers)?.origin))
}

/// `GET /sign-in/elsewhere`: sends a browser to the issuer.
pub(crate) async fn leave(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    Origin(from): Origin,
    Query(asked): Query<Fields>,
) -> Result<Response, Trouble> {
    let next = sign_in::own_place(asked.get("next").map_or("", String::as_str));
    let Some(back) = back(&app, &headers) else {
        return sign_in::refuse(&app, &headers, next, NO_ADDRESS.to_owned()).await;
    };
    let token = session::drawn();
    let errand = (session::hashed(&token), next);
    let sent = oidc::send(&app.office, &app.issuer, (&errand.0, &errand.1, &from), &back).await;
    match sent {
        Ok(place) => {
            let cookie = session::errand_cookie(&app, &headers, Some(&token));
            Ok(([(SET_COOKIE, cookie)], Redirect::to(&place)).into_response())
        }
        Err(fault) => {
            let refused = in_words(&fault)?;
            sign_in::refuse(&app, &headers, errand.1, refused).await
        }
    }
}

/// What somebody is told; what is not the issuer's doing goes on as ours.
fn in_words(fault: &anyhow::Error) -> Result<String, Trouble> {
    match fault.downcast_ref::<Fault>() {
        Some(Fault::State) => {
            Ok("That took too long, or was answered before. Begin signing in again.".to_owned())
        }
        Some(fault) => {
            tracing::warn!("signing in by the issuer: {fault}");
            let text = told(fault);
            Ok(format!(
                "Signing in elsewhere did not work: {text}. The other ways stay; tell your \
                 administrator if it happens again."
            ))
        }
        None => Err(Trouble::Broken(anyhow::anyhow!("{fault:#}"))),
    }
}

/// What a stranger hears of a fault: nothing of the network, and nothing that the issuer wrote.
fn told(fault: &Fault) -> String {
    if matches!(fault, Fault::Unreachable(_)) {
        return "it cannot be reached".to_owned();
    }
    if matches!(fault, Fault::Answer(_)) {
        return "its answer cannot be read".to_owned();
    }
    fault.to_string()
}

/// `GET /sign-in/back`: a browser that comes back from the issuer.
pub(crate) async fn arrive(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    Origin(from): Origin,
    Query(came): Query<Fields>,
) -> Result<Response, Trouble> {
    let mut response = match arrived(&app, &headers, &from, &came).await? {
        Ok(arrived) => come_in(&app, &headers, &from, arrived).await?,
        Err(refused) => sign_in::refuse(&app, &headers, String::new(), refused).await?,
    };
    let gone = session::errand_cookie(&app, &headers, None);
    response.headers_mut().append(SET_COOKIE, gone);
    Ok(response)
}

async fn arrived(
    app: &App,
    headers: &HeaderMap,
    from: &CameFrom,
    came: &Fields,
) -> Result<Result<Arrived, String>, Trouble> {
    let Some(back) = back(app, headers) else { return Ok(Err(NO_ADDRESS.to_owned())) };
    let (subjects, now) = (tries::place(from), app.office.clock.now());
    let mut tx = app.office.store.read_house().await?;
    if let Some(left) = tries::left(&mut tx, &subjects, now).await? {
        return Ok(Err(tries::in_words(left)));
    }
    drop(tx);
    // Who was not sent there by us has tried nothing: any page can lead a browser here, and would
    // else make a clinic's address wait.
    let Some(token) = session::errand_token(app, headers) else {
        return Ok(Err(in_words(&Fault::State.into())?));
    };
    let token = session::hashed(&token);
    let taken = oidc::take_back(&app.office, &app.issuer, (&token, came), &back).await;
    let fault = match taken {
        Ok(arrived) => return Ok(Ok(arrived)),
        Err(fault) => fault,
    };
    let refused = in_words(&fault)?;
    let mut tx = app.office.store.write_aside(app.office.practice()).await?;
    tries::count(&mut tx, &subjects, now).await?;
    let facts = json!({ "from": from.address, "why": fault.to_string() });
    let entry = Entry::new("issuer", "sign_in.issuer_refused", &facts);
    tx.append_house(vec![entry], &app.office.moment()).await?;
    tx.commit().await?;
    Ok(Err(refused))
}

/// Lets somebody in who is tied, or asks who they are.
async fn come_in(
    app: &Arc<App>,
    headers: &HeaderMap,
    from: &CameFrom,
    arrived: Arrived,
) -> Result<Response, Trouble> {
    let now = app.office.clock.now();
    let mut tx = app.office.store.write_aside(app.office.practice()).await?;
    let Some(tie) = tx.tie(&arrived.issuer.issuer, &arrived.said.subject).await? else {
        drop(tx);
        return ask_who(app, headers, arrived, now).await;
    };
    let person = PersonId::parse(&tie.person).map_err(|fault| Trouble::Broken(fault.into()))?;
    tx.use_tie(&arrived.issuer.issuer, &tie.subject, &instant(now)).await?;
    let owes = !arrived.said.strong && passkeys::owes_more(&mut tx, &tie.person).await?;
    let kind = if owes { "sign_in.code_asked" } else { "sign_in.done" };
    let how = How::issuer(arrived.said.strong);
    let facts = json!({ "from": from.address, "with": how.as_str() });
    let entry = Entry::new(person.as_str(), kind, &facts);
    tx.append_house(vec![entry], &moment_of(app, person, now)).await?;
    tx.commit().await?;
    if owes {
        return second::ask(app, headers, (&tie.person, how), &arrived.next).await;
    }
    begin(app, headers, (&tie.person, how), from, &arrived.next).await
}

/// Keeps a newcomer and leads to the page that ties them, past the door.
async fn ask_who(
    app: &App,
    headers: &HeaderMap,
    arrived: Arrived,
    now: Timestamp,
) -> Result<Response, Trouble> {
    let token = session::drawn();
    let newcomer = Newcomer {
        issuer: arrived.issuer.issuer,
        subject: arrived.said.subject,
        named: arrived.said.named,
        came_at: instant(now),
    };
    let stale = PATIENCE.stale(now);
    let mut tx = app.office.store.write_aside(app.office.practice()).await?;
    tx.keep_newcomer(&session::hashed(&token), &newcomer, &stale).await?;
    let entry = Entry::new("issuer", "sign_in.issuer_unknown", &json!({}));
    tx.append_house(vec![entry], &app.office.moment()).await?;
    tx.commit().await?;
    let cookie = session::newcomer_cookie(app, headers, Some(&token));
    Ok(([(SET_COOKIE, cookie)], Redirect::to(TIE)).into_response())
}

#[derive(Template)]
#[template(path = "tie.html")]
struct TiePage {
    page: Page,
    label: String,
    /// Who waits to be tied, as the issuer names them.
    newcomer: Option<String>,
    /// Their session is older than the newcomer, so they show once more who they are.
    asks_again: bool,
    /// Since when they are tied, and as whom.
    tied: Option<(String, String)>,
    refused: Option<String>,
}

/// `GET /account/tie`.
pub(crate) async fn page(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    headers: HeaderMap,
) -> Result<Response, Trouble> {
    if app.office.store.read_house().await?.issuer().await?.is_none() {
        return Ok(Redirect::to("/account").into_response());
    }
    html(&shown(&app, &visitor, &headers, None).await?)
}

async fn shown(
    app: &App,
    visitor: &Visitor,
    headers: &HeaderMap,
    refused: Option<String>,
) -> Result<TiePage, Trouble> {
    let mut tx = app.office.store.read_house().await?;
    let issuer = tx.issuer().await?.ok_or(Trouble::Nowhere)?;
    let person = visitor.office.who.person.as_str();
    let tie = tx.tie_of(&issuer.issuer, person).await?;
    drop(tx);
    let zone = &visitor.office.clinic.zone;
    let newcomer = newcomer(app, headers).await?;
    let asks_again = newcomer.as_ref().is_some_and(|(_, one)| is_older(visitor, one));
    let newcomer = newcomer.map(|(_, one)| called(&one));
    Ok(TiePage {
        page: Page::of(visitor, format!("Sign in by {}", issuer.label), "/account"),
        label: issuer.label,
        newcomer,
        asks_again,
        tied: tie.map(|tie| (words::instant(&tie.tied_at, zone), tie.named)),
        refused,
    })
}

/// Who signed in before the newcomer came has not shown that both are the same.
fn is_older(visitor: &Visitor, newcomer: &Newcomer) -> bool {
    visitor.begun < newcomer.came_at
}

/// What a newcomer is called; their subject where the issuer gives no name.
fn called(newcomer: &Newcomer) -> String {
    if newcomer.named.is_empty() { newcomer.subject.clone() } else { newcomer.named.clone() }
}

/// The newcomer that a browser came back as, with the hash of their token.
async fn newcomer(app: &App, headers: &HeaderMap) -> Result<Option<(String, Newcomer)>, Trouble> {
    let Some(token) = session::newcomer_token(app, headers) else { return Ok(None) };
    let token = session::hashed(&token);
    let found = app.office.store.read_house().await?.newcomer(&token).await?;
    let now = app.office.clock.now();
    let found = found.filter(|one| PATIENCE.holds_since(&one.came_at, now));
    Ok(found.map(|one| (token, one)))
}

/// `POST /account/tie`.
pub(crate) async fn change(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    headers: HeaderMap,
    Posted(fields): Posted,
) -> Result<Response, Trouble> {
    let office = &visitor.office;
    let changed = match fields.get("what").map(String::as_str) {
        Some("tie") => match newcomer(&app, &headers).await? {
            Some((token, one)) => {
                let old = fields.get("old").map_or("", String::as_str);
                let shown = if is_older(&visitor, &one) {
                    passkeys::check_presence(&app, &visitor, old).await?
                } else {
                    Ok(())
                };
                match shown {
                    Ok(()) => ties::tie_newcomer(office, &token, &one).await?,
                    Err(refused) => Err(refused),
                }
            }
            None => Err("Nobody waits to be tied any more. Begin again.".to_owned()),
        },
        Some("no") => {
            if let Some((token, _)) = newcomer(&app, &headers).await? {
                let mut tx = office.store.write_aside(office.practice()).await?;
                tx.end_newcomer(&token).await?;
                tx.commit().await?;
            }
            Ok(())
        }
        Some("untie") => {
            ties::untie(office, office.who.person.as_str(), &visitor.session).await?;
            Ok(())
        }
        _ => return Err(Trouble::Unfit("Choose what to change.".to_owned())),
    };
    match changed {
        Ok(()) => {
            let gone = session::newcomer_cookie(&app, &headers, None);
            let place = if visitor.owes.is_some() { "/account" } else { TIE };
            Ok(([(SET_COOKIE, gone)], Redirect::to(place)).into_response())
        }
        Err(refused) => {
            let page = shown(&app, &visitor, &headers, Some(refused)).await?;
            html_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
    }
}
