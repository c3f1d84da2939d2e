//! Signing in by another house that the clinic chose: OpenID Connect, authorization code, PKCE.

mod acquaintance;
mod fetch;
pub(crate) mod ties;
pub(crate) mod token;

use anyhow::{Context, bail};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use form_urlencoded::Serializer;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use store::instant;
use store::issuers::{Errand, Issuer};
use store::sessions::CameFrom;
use store::waits::{Room, Wait};
use subtle::ConstantTimeEq;

use crate::clock::Patience;
use crate::factor::{drawn, hashed};
use crate::fields::Fields;
pub(crate) use crate::oidc::acquaintance::Acquaintance;
use crate::oidc::fetch::Ask;
use crate::oidc::token::{Expected, Said};
use crate::practice::Office;

/// So long a browser may be away.
const PATIENCE: Patience = Patience::minutes(10);
/// So long what an issuer says of itself holds.
const HOLDS: Patience = Patience::minutes(60);
/// Keys that are not known are asked for no more often.
const RARELY: Patience = Patience::minutes(1);
/// What the secret of an issuer is sealed about.
const SECRET: &str = "issuer";

/// Why nobody came in that way.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Fault {
    #[error("nobody is to be asked: not configured")]
    Nobody,
    #[error("expected an address with https://, got {0}")]
    Address(String),
    #[error("it cannot be reached: {0}")]
    Unreachable(String),
    #[error("it answered with status {0}")]
    Status(u16),
    #[error("its answer cannot be read: {0}")]
    Answer(String),
    #[error("it lacks {0}")]
    Lacks(&'static str),
    #[error("its secret here was sealed with another key; set it again")]
    Sealed,
    #[error("it says that it is another one")]
    Issuer,
    #[error("nobody was sent there from this browser, or too long ago, or it came back before")]
    State,
    #[error("it refused: {0}")]
    Refused(String),
    #[error("its token cannot be read")]
    Form,
    #[error("its token is of another kind")]
    Kind,
    #[error("its token's algorithm is none of RS256, ES256")]
    Algorithm,
    #[error("its token is signed by a key that it does not show")]
    Key,
    #[error("its token's signature is not right")]
    Signature,
    #[error("its token is for somebody else")]
    Audience,
    #[error("its token has ended or is too old, or a clock is wrong")]
    Time,
    #[error("its token answers another question")]
    Nonce,
}

/// What an issuer says of itself.
#[derive(Clone, Debug, Deserialize)]
struct Discovery {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    end_session_endpoint: Option<String>,
    #[serde(default)]
    id_token_signing_alg_values_supported: Vec<String>,
    code_challenge_methods_supported: Option<Vec<String>>,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

impl Discovery {
    async fn of(issuer: &str) -> Result<Discovery, Fault> {
        let url = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
        let found: Discovery = read(&url).await?;
        if found.issuer != issuer {
            return Err(Fault::Issuer);
        }
        let ends = [&found.authorization_endpoint, &found.token_endpoint, &found.jwks_uri];
        for end in ends.into_iter().chain(&found.end_session_endpoint) {
            fetch::address(end)?;
        }
        let methods = found.code_challenge_methods_supported.as_ref();
        if methods.is_some_and(|all| !all.iter().any(|one| one == "S256")) {
            return Err(Fault::Lacks("PKCE with S256"));
        }
        let known = ["RS256", "ES256"];
        let algorithms = &found.id_token_signing_alg_values_supported;
        if !algorithms.iter().any(|one| known.contains(&one.as_str())) {
            return Err(Fault::Lacks("tokens signed with RS256 or ES256"));
        }
        Ok(found)
    }

    /// True where the client's secret goes into the form and not into a header.
    fn takes_secret_in_form(&self) -> bool {
        let methods = self.token_endpoint_auth_methods_supported.as_ref();
        methods.is_some_and(|all| !all.iter().any(|one| one == "client_secret_basic"))
    }
}

async fn read<T: serde::de::DeserializeOwned>(url: &str) -> Result<T, Fault> {
    fetch::json(Ask { url, form: None, authorization: None }).await
}

/// Asks the issuer, where there is one, before anybody needs its word.
pub(crate) async fn meet(office: &Office, known: &Acquaintance) -> anyhow::Result<()> {
    if let Some(issuer) = office.store.read_house().await?.issuer().await? {
        known.met(&issuer.issuer, office.clock.now(), HOLDS).await?;
    }
    Ok(())
}

/// How the issuer is to be named.
pub(crate) struct Wanted {
    pub(crate) issuer: String,
    pub(crate) label: String,
    pub(crate) client: String,
    pub(crate) secret: String,
    pub(crate) named_by: String,
    pub(crate) strong: String,
}

/// Looks whether an issuer is there and fits, and makes the row that names it.
pub(crate) async fn look(office: &Office, wanted: &Wanted) -> anyhow::Result<Issuer> {
    for (what, text) in [
        ("a name for people", &wanted.label),
        ("a client id", &wanted.client),
        ("the client's secret", &wanted.secret),
        ("the claim that names a person", &wanted.named_by),
    ] {
        if text.trim().is_empty() || text.len() > 500 {
            bail!("expected {what}");
        }
    }
    let url = fetch::address(&wanted.issuer)?;
    if url.query().is_some() || wanted.issuer.contains('#') {
        bail!("an issuer has neither a query nor a fragment");
    }
    let now = office.clock.now();
    Acquaintance::default()
        .met(&wanted.issuer, now, HOLDS)
        .await
        .with_context(|| format!("{} is not taken", wanted.issuer))?;
    Ok(Issuer {
        issuer: wanted.issuer.clone(),
        label: wanted.label.trim().to_owned(),
        client: wanted.client.clone(),
        sealed: office.store.seal(SECRET, drawn(), wanted.secret.as_bytes()),
        named_by: wanted.named_by.trim().to_owned(),
        strong: wanted.strong.trim().to_owned(),
        set_at: instant(now),
    })
}

/// Where a browser is sent, which comes back to `back`; kept under the hash of a token.
pub(crate) async fn send(
    office: &Office,
    known: &Acquaintance,
    (token, next, from): (&str, &str, &CameFrom),
    back: &str,
) -> Result<String, anyhow::Error> {
    let Some(issuer) = office.store.read_house().await?.issuer().await? else {
        bail!(Fault::Nobody);
    };
    let now = office.clock.now();
    let met = known.met(&issuer.issuer, now, HOLDS).await?;
    let [state, nonce, verifier] = [(); 3].map(|()| URL_SAFE_NO_PAD.encode(drawn::<32>()));
    let errand = Errand {
        state: hashed(&state),
        nonce: nonce.clone(),
        verifier: verifier.clone(),
        next: next.to_owned(),
        went_at: instant(now),
    };
    let stale = PATIENCE.stale(now);
    let mut tx = office.store.write_aside(office.practice()).await?;
    let wait = Wait { from: &from.address, stale: &stale, room: Room::default() };
    tx.begin_errand(token, &errand, &wait).await?;
    tx.commit().await?;
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()));
    let scope = if issuer.named_by == "email" { "openid email" } else { "openid profile" };
    let mut query = Serializer::new(String::new());
    for (name, text) in [
        ("response_type", "code"),
        ("client_id", &issuer.client),
        ("redirect_uri", back),
        ("scope", scope),
        ("state", &state),
        ("nonce", &nonce),
        ("code_challenge", &challenge),
        ("code_challenge_method", "S256"),
    ] {
        query.append_pair(name, text);
    }
    if !issuer.strong.is_empty() {
        query.append_pair("acr_values", &issuer.strong);
    }
    Ok(joined(&met.discovery.authorization_endpoint, &query.finish()))
}

fn joined(url: &str, query: &str) -> String {
    let sign = if url.contains('?') { '&' } else { '?' };
    format!("{url}{sign}{query}")
}

/// Somebody who came back.
pub(crate) struct Arrived {
    pub(crate) issuer: Issuer,
    pub(crate) said: Said,
    /// Where they want to go.
    pub(crate) next: String,
}

/// Takes a browser back that was sent away under the hash of a token.
pub(crate) async fn take_back(
    office: &Office,
    known: &Acquaintance,
    (token, came): (&str, &Fields),
    back: &str,
) -> Result<Arrived, anyhow::Error> {
    let mut tx = office.store.write_aside(office.practice()).await?;
    let errand = tx.take_errand(token).await?;
    let issuer = tx.issuer().await?;
    tx.commit().await?;
    let field = |name: &str| came.get(name).map(String::as_str).unwrap_or_default();
    let now = office.clock.now();
    let errand = errand.filter(|errand| {
        PATIENCE.holds_since(&errand.went_at, now)
            && bool::from(errand.state.as_bytes().ct_eq(hashed(field("state")).as_bytes()))
    });
    let (Some(issuer), Some(errand)) = (issuer, errand) else { bail!(Fault::State) };
    let met = known.met(&issuer.issuer, now, HOLDS).await?;
    let says_who = met.discovery.authorization_response_iss_parameter_supported;
    if came.get("iss").map_or(says_who, |iss| *iss != issuer.issuer) {
        bail!(Fault::Issuer);
    }
    if field("code").is_empty() {
        bail!(Fault::Refused(word(field("error"))));
    }
    let token = redeem(office, &met.discovery, &issuer, (&errand, field("code")), back).await?;
    let expected = Expected {
        issuer: &issuer.issuer,
        client: &issuer.client,
        nonce: &errand.nonce,
        named_by: &issuer.named_by,
        strong: &issuer.strong,
        now,
    };
    let said = match token::read(&token, &met.keys, &expected) {
        Err(Fault::Key) => {
            let met = known.met(&issuer.issuer, now, RARELY).await?;
            token::read(&token, &met.keys, &expected)?
        }
        said => said?,
    };
    Ok(Arrived { issuer, said, next: errand.next })
}

/// A word of the standard, and nothing that somebody else would like to say on our pages.
fn word(text: &str) -> String {
    let fits = text.len() <= 60 && text.bytes().all(|one| one.is_ascii_lowercase() || one == b'_');
    if fits && !text.is_empty() { text.to_owned() } else { "no reason that can be told".to_owned() }
}

#[derive(Deserialize)]
struct Redeemed {
    id_token: String,
}

/// Gives the code in for a token.
async fn redeem(
    office: &Office,
    discovery: &Discovery,
    issuer: &Issuer,
    (errand, code): (&Errand, &str),
    back: &str,
) -> Result<String, Fault> {
    let secret = office.store.unseal(SECRET, &issuer.sealed).ok_or(Fault::Sealed)?;
    let secret = String::from_utf8(secret).map_err(|_| Fault::Sealed)?;
    let (form, authorization) = asking(discovery, (&issuer.client, &secret), (errand, code), back);
    let ask = Ask { url: &discovery.token_endpoint, form: Some(form), authorization };
    let redeemed: Redeemed = fetch::json(ask).await?;
    Ok(redeemed.id_token)
}

/// The fields that ask for a token, and the header that says who asks where they do not.
fn asking(
    discovery: &Discovery,
    (client, secret): (&str, &str),
    (errand, code): (&Errand, &str),
    back: &str,
) -> (String, Option<String>) {
    let mut form = Serializer::new(String::new());
    form.append_pair("grant_type", "authorization_code")
        .append_pair("code", code)
        .append_pair("redirect_uri", back)
        .append_pair("code_verifier", &errand.verifier);
    if discovery.takes_secret_in_form() {
        form.append_pair("client_id", client).append_pair("client_secret", secret);
        return (form.finish(), None);
    }
    let plain = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let pair = STANDARD.encode(format!("{}:{}", plain(client), plain(secret)));
    (form.finish(), Some(format!("Basic {pair}")))
}

/// Where somebody ends their session with the issuer too, if it has said where: it is not asked.
pub(crate) async fn way_out(
    office: &Office,
    known: &Acquaintance,
    after: &str,
) -> Option<(String, String)> {
    let issuer = office.store.read_house().await.ok()?.issuer().await.ok()??;
    let discovery = known.kept(&issuer.issuer)?;
    let mut query = Serializer::new(String::new());
    query.append_pair("client_id", &issuer.client);
    query.append_pair("post_logout_redirect_uri", after);
    Some((issuer.label, joined(&discovery.end_session_endpoint?, &query.finish())))
}
