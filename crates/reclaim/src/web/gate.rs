//! The gate before every page: where the request comes from, who asks, and whether they may.

use std::sync::Arc;

use axum::extract::{FromRequest, Request, State};
use axum::http::header::{HOST, HeaderMap, ORIGIN};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use denial::person::{Access, Role, allows};
use subtle::ConstantTimeEq;

use crate::access;
use crate::fields::Fields;
use crate::web::App;
use crate::web::form;
use crate::web::session::{self, Visitor};
use crate::web::trouble::{Trouble, framed};
use crate::web::words;

/// What it takes to open a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Gate {
    /// Nothing.
    Open,
    /// A session, even of somebody who owes a password of their own.
    Early,
    /// A session.
    Person,
    /// A session in a role that may.
    Needs(Access),
    /// A session in a role that may both.
    Both(Access, Access),
}

impl Gate {
    /// True where a role comes through.
    pub(crate) const fn lets(self, role: Role) -> bool {
        match self {
            Gate::Open | Gate::Early | Gate::Person => true,
            Gate::Needs(access) => allows(role, access),
            Gate::Both(one, other) => allows(role, one) && allows(role, other),
        }
    }
}

/// What of patients a page shows, and so who puts it on record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sight {
    /// Nothing.
    Nothing,
    /// A list of this kind: the gate does.
    List(&'static str),
    /// One patient's: the page itself does, which knows whose.
    One,
}

/// What an answer carries where a page that lists patients listed none this time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NoPatient;

/// The way to a page.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Way {
    /// Its address, with places for ids.
    pub(crate) pattern: &'static str,
    pub(crate) gate: Gate,
    pub(crate) sight: Sight,
}

impl Way {
    /// To a page that shows nothing of patients.
    pub(crate) const fn to(pattern: &'static str, gate: Gate) -> Way {
        Way { pattern, gate, sight: Sight::Nothing }
    }
}

/// Lets a request through to its page, or says why not; puts on record what was refused or listed.
pub(crate) async fn admit(
    State((app, way)): State<(Arc<App>, Way)>,
    mut request: Request,
    next: Next,
) -> Response {
    if !is_plain(request.uri()) {
        return framed(&app, None, Trouble::Nowhere.into_response());
    }
    let (back, method) = (back(&request), request.method().clone());
    let (address, mut headers) = (request.uri().path().to_owned(), request.headers().clone());
    if session::renews_itself(request.uri()) {
        headers.insert(session::UNASKED, HeaderValue::from_static("yes"));
    }
    let visitor = match visitor(&app, way.gate, &headers).await {
        Ok(visitor) => visitor,
        Err(trouble) => return framed(&app, None, trouble.into_response()),
    };
    let passed = pass(way.gate, visitor.as_ref(), &method, &headers, back)
        .and_then(|()| in_pace(&app, way, visitor.as_ref()));
    let response = match passed {
        Ok(()) => {
            if let Some(visitor) = &visitor {
                request.extensions_mut().insert(visitor.clone());
            }
            next.run(request).await
        }
        Err(trouble) => trouble.into_response(),
    };
    if let Some(visitor) = &visitor {
        let lists = response.extensions().get::<NoPatient>().is_none();
        let came = (response.status(), lists);
        put_on_record(&app, way, visitor, (&method, &address), came).await;
    }
    framed(&app, visitor.as_ref(), response)
}

async fn visitor(
    app: &Arc<App>,
    gate: Gate,
    headers: &HeaderMap,
) -> Result<Option<Visitor>, Trouble> {
    if gate == Gate::Open { Ok(None) } else { session::visitor(app, headers).await }
}

fn pass(
    gate: Gate,
    visitor: Option<&Visitor>,
    method: &Method,
    headers: &HeaderMap,
    back: String,
) -> Result<(), Trouble> {
    let reads = matches!(*method, Method::GET | Method::HEAD);
    if !reads && !is_own(headers) {
        return Err(elsewhere());
    }
    match visitor {
        None if gate == Gate::Open => Ok(()),
        None => Err(Trouble::SignIn { back }),
        Some(visitor) if visitor.owes.is_some() && gate != Gate::Early => Err(Trouble::Owed),
        Some(visitor) if gate.lets(visitor.office.who.role) => Ok(()),
        Some(visitor) => {
            let role = words::lower(visitor.office.who.role.as_str());
            Err(Trouble::Denied(format!(
                "The role {role} does not reach this page. Ask a colleague whose task it is, or \
                 your administrator for another role."
            )))
        }
    }
}

/// Nobody opens more patients' pages in an hour than people read.
fn in_pace(app: &App, way: Way, visitor: Option<&Visitor>) -> Result<(), Trouble> {
    let Some(visitor) = visitor.filter(|_| way.sight == Sight::One) else { return Ok(()) };
    let who = &visitor.office.who.person;
    if app.pace.allows(who.as_str(), app.office.clock.now()) {
        return Ok(());
    }
    tracing::warn!("{who} opens patients' pages faster than people read");
    Err(Trouble::TooMany)
}

/// True where an address names no control letter, which is in no address of ours.
fn is_plain(address: &Uri) -> bool {
    let text = address.path_and_query().map_or("", |place| place.as_str());
    let mut coded = text.split('%').skip(1).filter_map(|rest| rest.get(..2));
    coded.all(|two| u8::from_str_radix(two, 16).is_ok_and(|byte| byte >= 0x20 && byte != 0x7f))
}

/// A refusal is on record before it is told. A list is noted beside its page.
async fn put_on_record(
    app: &App,
    way: Way,
    visitor: &Visitor,
    (method, address): (&Method, &str),
    (status, lists): (StatusCode, bool),
) {
    if matches!(status, StatusCode::FORBIDDEN | StatusCode::TOO_MANY_REQUESTS) {
        let about = access::subject(address, way.pattern);
        let what = format!("{method} {}", way.pattern);
        access::note_refusal(&visitor.office, about, "page.refused", &what).await;
    } else if let Sight::List(what) = way.sight
        && status.is_success()
        && lists
    {
        app.lists.note(&visitor.office, what);
    }
}

/// Where somebody is led once they have signed in: to the page that they asked for.
fn back(request: &Request) -> String {
    match request.uri().path_and_query() {
        Some(place) if *request.method() == Method::GET && place.as_str() != "/" => {
            let place: String = place.as_str().bytes().map(escaped).collect();
            format!("?next={place}")
        }
        Some(_) | None => String::new(),
    }
}

/// A byte of an address within another address.
pub(crate) fn escaped(byte: u8) -> String {
    if byte.is_ascii_alphanumeric() || b"/-_.".contains(&byte) {
        char::from(byte).to_string()
    } else {
        format!("%{byte:02X}")
    }
}

fn elsewhere() -> Trouble {
    Trouble::Denied(
        "This was sent from another page than ours, so nothing was done. Open the page again and \
         send it from there."
            .to_owned(),
    )
}

/// True where a browser says that its own page of this host sent the request. Who sends neither
/// header is no browser, and has no session that a stranger could borrow.
fn is_own(headers: &HeaderMap) -> bool {
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text(HeaderName::from_static("sec-fetch-site")) {
        return matches!(site, "same-origin" | "none");
    }
    text(ORIGIN).is_none_or(|origin| {
        let host = origin.split_once("://").map(|(_, host)| host);
        host.is_some() && host == text(HOST)
    })
}

/// True where a form carries its session's own token.
///
/// # Errors
/// [`Trouble::Denied`].
pub(crate) fn check_token(visitor: &Visitor, token: Option<&str>) -> Result<(), Trouble> {
    let token = token.unwrap_or_default();
    if bool::from(token.as_bytes().ct_eq(visitor.csrf.as_bytes())) {
        return Ok(());
    }
    Err(elsewhere())
}

/// The fields of a form that was sent with its session's token.
pub(crate) struct Posted(pub(crate) Fields);

impl FromRequest<Arc<App>> for Posted {
    type Rejection = Trouble;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Posted, Trouble> {
        let visitor = request.extensions().get::<Visitor>().cloned();
        let visitor = visitor.ok_or(Trouble::SignIn { back: String::new() })?;
        let mut fields = form::read(request, app).await?;
        check_token(&visitor, fields.remove("csrf").as_deref())?;
        Ok(Posted(fields))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let pair = |(name, value): &(&'static str, &'static str)| {
            (HeaderName::from_static(name), HeaderValue::from_static(value))
        };
        pairs.iter().map(pair).collect()
    }

    #[test]
    fn only_our_own_pages_send() {
        assert!(is_own(&headers(&[("sec-fetch-site", "same-origin")])));
        assert!(!is_own(&headers(&[("sec-fetch-site", "cross-site")])));
        assert!(!is_own(&headers(&[("sec-fetch-site", "same-site")])));
        assert!(is_own(&headers(&[("origin", "http://a:1"), ("host", "a:1")])));
        assert!(!is_own(&headers(&[("origin", "http://b"), ("host", "a:1")])));
        assert!(!is_own(&headers(&[("origin", "null"), ("host", "a:1")])));
    }

    #[test]
    fn an_address_names_no_control_letter() {
        for (address, plain) in [
            ("/queue?due=soon&x=%E2%80%8F", true),
            ("/cases/%00", false),
            ("/queue?payer=a%0d%0aSet-Cookie:x", false),
            ("/cases/%7F", false),
            ("/cases/100%", true),
            ("/cases/%zz", false),
        ] {
            assert_eq!(is_plain(&address.parse().expect("an address")), plain, "{address}");
        }
    }

    #[test]
    fn an_address_fits_into_an_address() {
        let place: String = "/queue?due=soon&x=a b".bytes().map(escaped).collect();
        assert_eq!(place, "/queue%3Fdue%3Dsoon%26x%3Da%20b");
    }
}
