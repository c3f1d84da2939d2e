//! Sessions: a random token in a cookie, of which only the hash is kept.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::Uri;
use axum::http::header::{COOKIE, HeaderMap, HeaderValue};
use axum::http::request::Parts;
use denial::ids::PersonId;
use denial::person::{Actor, Role, SecondFactor};
use jiff::{SignedDuration, Timestamp};
use store::practices::Clinic;
use store::sessions::VisitorRow;
use store::{Practice, instant};

use crate::factor;
pub(crate) use crate::factor::hashed;
use crate::practice::Office;
use crate::web::App;
use crate::web::trouble::Trouble;

/// Without a request for so long, a session ends (features 22.04).
pub(crate) const IDLE: SignedDuration = SignedDuration::from_mins(30);
/// However busy, it ends after so long.
const LONGEST: SignedDuration = SignedDuration::from_hours(12);
/// That a session is in use is noted no more often than this.
const NOTED: SignedDuration = SignedDuration::from_secs(60);

const COOKIE_NAME: &str = "reclaim_session";
const CODE_COOKIE_NAME: &str = "reclaim_code";
const PASSKEY_COOKIE_NAME: &str = "reclaim_passkey";
const ERRAND_COOKIE_NAME: &str = "reclaim_errand";
const NEWCOMER_COOKIE_NAME: &str = "reclaim_newcomer";

/// Whoever opens a page.
#[derive(Clone)]
pub(crate) struct Visitor {
    /// Their practice, opened for them: they are the one who acts in it.
    pub(crate) office: Office,
    pub(crate) name: String,
    /// The name they sign in with.
    pub(crate) login: String,
    /// What they have to do before anything else opens.
    pub(crate) owes: Option<Owes>,
    /// Their practice asks them for a second factor.
    pub(crate) must_have_factor: bool,
    /// The token of their forms.
    pub(crate) csrf: String,
    /// The hash under which the session is kept.
    pub(crate) session: String,
    /// They have roles in several practices.
    pub(crate) several: bool,
    /// When it ends if nothing is asked any more.
    pub(crate) until: Timestamp,
    /// How they came in.
    pub(crate) how: How,
    /// When their session began.
    pub(crate) begun: String,
    /// How many tries to sign in as them failed and when the last was, until they have been told.
    pub(crate) failed: Option<(i64, String)>,
}

/// How somebody came in: what they gave first, then what else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct How(String);

impl How {
    /// By their password.
    pub(crate) fn password() -> How {
        How("password".to_owned())
    }

    /// By a passkey, which counts as both factors.
    pub(crate) fn passkey() -> How {
        How("passkey".to_owned())
    }

    /// By the issuer; `strong` where it says that they gave more than a password there.
    pub(crate) fn issuer(strong: bool) -> How {
        How(if strong { STRONG_ISSUER } else { "issuer" }.to_owned())
    }

    /// As it is kept.
    pub(crate) fn kept(text: &str) -> How {
        How(text.to_owned())
    }

    /// And by something else after it.
    pub(crate) fn and(&self, what: &str) -> How {
        How(format!("{} and {what}", self.0))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// They gave no password of ours.
    pub(crate) fn is_by_issuer(&self) -> bool {
        self.0.starts_with("issuer")
    }

    fn is_strong_by_issuer(&self) -> bool {
        self.0 == STRONG_ISSUER
    }
}

const STRONG_ISSUER: &str = "issuer, with more than a password";

/// What has to be done before anything else opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Owes {
    /// A password of their own, in place of one that somebody else set.
    Password,
    /// A second factor, which the practice asks of them.
    Factor,
}

impl Visitor {
    /// Seconds until the session ends if nothing is asked any more.
    pub(crate) fn left(&self) -> i64 {
        self.until.duration_since(self.office.clock.now()).as_secs().max(0)
    }
}

impl FromRequestParts<Arc<App>> for Visitor {
    type Rejection = Trouble;

    async fn from_request_parts(parts: &mut Parts, _: &Arc<App>) -> Result<Visitor, Trouble> {
        let visitor = parts.extensions.get::<Visitor>().cloned();
        visitor.ok_or(Trouble::SignIn { back: String::new() })
    }
}

/// What a page asks for by itself comes with this header: it is no sign that somebody is there, and
/// keeps no session alive.
pub(crate) const UNASKED: &str = "x-unasked";

/// True where a page that renews itself without a script asks: its address says what no header can.
pub(crate) fn renews_itself(uri: &Uri) -> bool {
    uri.query().is_some_and(|query| query.split('&').any(|one| one == "x-unasked=yes"))
}

/// Who comes with a request, where their session holds.
pub(crate) async fn visitor(
    app: &Arc<App>,
    headers: &HeaderMap,
) -> Result<Option<Visitor>, Trouble> {
    let Some(token) = token(app, headers) else { return Ok(None) };
    let session = hashed(&token);
    let Some(row) = app.office.store.visitor(&session).await? else { return Ok(None) };
    let now = app.office.clock.now();
    let Some(seen) = holds(&row.made_at, &row.seen_at, now) else { return Ok(None) };
    let is_asked = !headers.contains_key(UNASKED);
    if is_asked && now.duration_since(seen) >= NOTED {
        note(app, &row, &session, now);
    }
    let several = row.practices > 1;
    let last = if is_asked { now } else { seen };
    let until = ends(&row.made_at, last).unwrap_or(now);
    let (name, login) = (row.name.clone(), row.login.clone());
    let must_have_factor = must_have_factor(&row);
    let how = How::kept(&row.how);
    let owes = owed(&row, &how, must_have_factor);
    let csrf = form_token(&token);
    let (begun, failed) = (row.made_at.clone(), row.failed.zip(row.failed_at.clone()));
    let office = office_of(app, row).await?;
    Ok(office.map(|office| Visitor {
        office,
        name,
        login,
        owes,
        must_have_factor,
        csrf,
        session,
        several,
        until,
        how,
        begun,
        failed,
    }))
}

/// What is owed. Whom the issuer knows needs no password here, and no second factor of ours where
/// it asked for one.
fn owed(row: &VisitorRow, how: &How, must_have_factor: bool) -> Option<Owes> {
    if row.provisional_since.is_some() && !how.is_by_issuer() {
        return Some(Owes::Password);
    }
    let has_factor = row.factor_since.is_some() || how.is_strong_by_issuer();
    (must_have_factor && !has_factor).then_some(Owes::Factor)
}

/// Notes beside the request that a session is in use.
fn note(app: &Arc<App>, row: &VisitorRow, session: &str, now: Timestamp) {
    let Some(practice) = Practice::parse(&row.practice) else { return };
    let (store, session) = (app.office.store.clone(), session.to_owned());
    tokio::spawn(async move {
        let noted = async {
            let mut tx = store.write_aside(&practice).await?;
            tx.see_session(&session, &instant(now)).await?;
            tx.commit().await
        };
        if let Err(fault) = noted.await {
            tracing::warn!("a session could not be noted: {fault}");
        }
    });
}

/// When a session was last in use, if it still holds.
pub(crate) fn holds(made_at: &str, seen_at: &str, now: Timestamp) -> Option<Timestamp> {
    let seen: Timestamp = seen_at.parse().ok()?;
    (now < ends(made_at, seen)?).then_some(seen)
}

/// When a session ends that was last in use then.
fn ends(made_at: &str, seen: Timestamp) -> Option<Timestamp> {
    let made: Timestamp = made_at.parse().ok()?;
    Some((seen + IDLE).min(made + LONGEST))
}

/// A word that is none of ours asks everybody.
fn must_have_factor(row: &VisitorRow) -> bool {
    let wanted = SecondFactor::from_name(&row.second_factor).unwrap_or(SecondFactor::Everybody);
    Role::from_name(&row.role).is_some_and(|role| wanted.binds(role))
}

/// The practice of a session, with its person as the one who acts. None for a role or practice
/// that is no word of ours: it may do nothing.
async fn office_of(app: &App, row: VisitorRow) -> Result<Option<Office>, Trouble> {
    let version = row.rules;
    let Some((clinic, who)) = place_of(row) else { return Ok(None) };
    let held = app.office.rule_books.held(&clinic.practice, version);
    let office = match held {
        Some(rules) => Office { clinic, rules, ..app.office.clone() },
        None => app.office.of(clinic).await?,
    };
    Ok(Some(Office { who, ..office }))
}

fn place_of(row: VisitorRow) -> Option<(Clinic, Actor)> {
    let person = PersonId::parse(&row.person).ok()?;
    let role = Role::from_name(&row.role)?;
    let clinic = Clinic {
        practice: Practice::parse(&row.practice)?,
        name: row.clinic,
        zone: row.zone,
        simulated: row.simulated,
    };
    Some((clinic, Actor { person, role }))
}

/// Draws a token: 256 bits that nobody guesses.
pub(crate) fn drawn() -> String {
    hex::encode(factor::drawn::<32>())
}

/// The token that the forms of a session carry.
pub(crate) fn form_token(token: &str) -> String {
    hashed(&format!("form {token}"))
}

/// The token that comes with a request.
pub(crate) fn token(app: &App, headers: &HeaderMap) -> Option<String> {
    token_of(app, headers, COOKIE_NAME)
}

/// The token of somebody who owes a code.
pub(crate) fn code_token(app: &App, headers: &HeaderMap) -> Option<String> {
    token_of(app, headers, CODE_COOKIE_NAME)
}

/// The token of somebody who was asked for a passkey.
pub(crate) fn passkey_token(app: &App, headers: &HeaderMap) -> Option<String> {
    token_of(app, headers, PASSKEY_COOKIE_NAME)
}

/// The token of a browser that was sent to the issuer.
pub(crate) fn errand_token(app: &App, headers: &HeaderMap) -> Option<String> {
    token_of(app, headers, ERRAND_COOKIE_NAME)
}

/// The token of somebody who came back from there as nobody's.
pub(crate) fn newcomer_token(app: &App, headers: &HeaderMap) -> Option<String> {
    token_of(app, headers, NEWCOMER_COOKIE_NAME)
}

fn token_of(app: &App, headers: &HeaderMap, name: &str) -> Option<String> {
    let name = named(app, headers, name);
    let cookies = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|cookies| cookies.split(';'));
    let token = pairs.find_map(|pair| pair.trim().strip_prefix(&name)?.strip_prefix('='))?;
    let fits = token.len() == 64 && token.bytes().all(|byte| byte.is_ascii_hexdigit());
    fits.then(|| token.to_owned())
}

/// The cookie that carries a token, or takes it back where there is none.
pub(crate) fn cookie(app: &App, headers: &HeaderMap, token: Option<&str>) -> HeaderValue {
    cookie_of(app, headers, COOKIE_NAME, token)
}

/// The same for somebody who owes a code.
pub(crate) fn code_cookie(app: &App, headers: &HeaderMap, token: Option<&str>) -> HeaderValue {
    cookie_of(app, headers, CODE_COOKIE_NAME, token)
}

/// The same for somebody who is asked for a passkey.
pub(crate) fn passkey_cookie(app: &App, headers: &HeaderMap, token: Option<&str>) -> HeaderValue {
    cookie_of(app, headers, PASSKEY_COOKIE_NAME, token)
}

/// The same for a browser that is sent to the issuer.
pub(crate) fn errand_cookie(app: &App, headers: &HeaderMap, token: Option<&str>) -> HeaderValue {
    cookie_of(app, headers, ERRAND_COOKIE_NAME, token)
}

/// The same for somebody who came back from there as nobody's.
pub(crate) fn newcomer_cookie(app: &App, headers: &HeaderMap, token: Option<&str>) -> HeaderValue {
    cookie_of(app, headers, NEWCOMER_COOKIE_NAME, token)
}

fn cookie_of(app: &App, headers: &HeaderMap, name: &str, token: Option<&str>) -> HeaderValue {
    let secure = if goes_over_tls(app, headers) { "; Secure" } else { "" };
    let name = named(app, headers, name);
    let (token, age) = token.map_or(("", "; Max-Age=0"), |token| (token, ""));
    let text = format!("{name}={token}; Path=/; HttpOnly; SameSite=Lax{secure}{age}");
    HeaderValue::from_str(&text).expect("a token is hexadecimal")
}

/// A cookie's name: over TLS with the prefix under which a browser takes it from this very host
/// alone.
fn named(app: &App, headers: &HeaderMap, name: &str) -> String {
    let prefix = if goes_over_tls(app, headers) { "__Host-" } else { "" };
    format!("{prefix}{name}")
}

/// True where browsers come over TLS: the server listens beyond this machine, or the web server
/// before it says so.
pub(crate) fn goes_over_tls(app: &App, headers: &HeaderMap) -> bool {
    app.secure || headers.get("x-forwarded-proto").is_some_and(|scheme| scheme == "https")
}
