//! ID tokens: whose, for whom, until when, by which key (OpenID Connect Core, 3.1.3.7).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use subtle::ConstantTimeEq;

use crate::oidc::Fault;
use crate::signature::PublicKey;

/// Two clocks may differ by so many seconds.
const CLOCKS: i64 = 60;
/// A token that was made longer ago is not the answer to what was just asked.
const OLDEST: i64 = 600;
/// The longest token that is looked at.
const LONGEST: usize = 16 * 1024;

/// An issuer's keys, as it shows them.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Keys {
    keys: Vec<Value>,
}

#[derive(Deserialize)]
struct Key {
    kty: String,
    kid: Option<String>,
    alg: Option<String>,
    #[serde(rename = "use")]
    purpose: Option<String>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

impl Keys {
    /// The one key that a token of this algorithm names; a key without a name only where it is the
    /// only one that fits.
    fn named(&self, name: Option<&str>, algorithm: &str) -> Option<PublicKey> {
        let keys = self.keys.iter().filter_map(|key| Key::deserialize(key).ok());
        let fits = |key: &Key| {
            key.alg.as_deref().is_none_or(|alg| alg == algorithm)
                && key.purpose.as_deref().is_none_or(|purpose| purpose == "sig")
                && name.is_none_or(|name| key.kid.as_deref() == Some(name))
        };
        let keys = keys.filter(fits).filter_map(|key| key.public(algorithm));
        let keys: Vec<PublicKey> = keys.collect();
        match <[PublicKey; 1]>::try_from(keys) {
            Ok([key]) => Some(key),
            Err(_) => None,
        }
    }
}

impl Key {
    fn public(&self, algorithm: &str) -> Option<PublicKey> {
        let bytes = |text: &Option<String>| URL_SAFE_NO_PAD.decode(text.as_deref()?).ok();
        match (algorithm, self.kty.as_str(), self.crv.as_deref()) {
            ("RS256", "RSA", _) => {
                Some(PublicKey::Rs256 { n: bytes(&self.n)?, e: bytes(&self.e)? })
            }
            ("ES256", "EC", Some("P-256")) => {
                PublicKey::of_point(&bytes(&self.x)?, &bytes(&self.y)?)
            }
            _ => None,
        }
    }
}

/// What a token must say.
pub(crate) struct Expected<'a> {
    pub(crate) issuer: &'a str,
    pub(crate) client: &'a str,
    pub(crate) nonce: &'a str,
    /// The claim that names the person to people.
    pub(crate) named_by: &'a str,
    /// The `acr` or `amr` that counts as a second factor; empty where none does.
    pub(crate) strong: &'a str,
    pub(crate) now: Timestamp,
}

/// What a token says of somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) subject: String,
    /// Their name for people; empty where the token has none.
    pub(crate) named: String,
    /// They showed more than a password.
    pub(crate) strong: bool,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    typ: Option<String>,
    crit: Option<Value>,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: Audience,
    azp: Option<String>,
    exp: i64,
    iat: i64,
    nbf: Option<i64>,
    nonce: Option<String>,
    acr: Option<String>,
    amr: Option<Vec<String>>,
    #[serde(flatten)]
    others: serde_json::Map<String, Value>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

/// Reads a token and checks everything that it has to be.
///
/// # Errors
/// [`Fault::Key`] where its key is not among these: the issuer may have changed them.
pub(crate) fn read(token: &str, keys: &Keys, expected: &Expected<'_>) -> Result<Said, Fault> {
    let parts: Vec<&str> = token.split('.').collect();
    let [header, claims, signature] = parts[..] else { return Err(Fault::Form) };
    if token.len() > LONGEST {
        return Err(Fault::Form);
    }
    let read: Header = part(header)?;
    if read.crit.is_some() || read.typ.is_some_and(|kind| !kind.eq_ignore_ascii_case("JWT")) {
        return Err(Fault::Kind);
    }
    if !matches!(read.alg.as_str(), "RS256" | "ES256") {
        return Err(Fault::Algorithm);
    }
    let key = keys.named(read.kid.as_deref(), &read.alg).ok_or(Fault::Key)?;
    let signed = &token[..header.len() + 1 + claims.len()];
    let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| Fault::Form)?;
    if !key.signed_token(signed.as_bytes(), &signature) {
        return Err(Fault::Signature);
    }
    let claims: Claims = part(claims)?;
    check(&claims, expected)?;
    Ok(said(claims, expected))
}

fn part<T: DeserializeOwned>(text: &str) -> Result<T, Fault> {
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| Fault::Form)?;
    serde_json::from_slice(&bytes).map_err(|_| Fault::Form)
}

fn check(claims: &Claims, expected: &Expected<'_>) -> Result<(), Fault> {
    if claims.iss != expected.issuer {
        return Err(Fault::Issuer);
    }
    let is_ours = match &claims.aud {
        Audience::One(one) => one == expected.client,
        // Others whom it is for might pass it on to us.
        Audience::Several(all) => matches!(&all[..], [one] if one == expected.client),
    };
    if !is_ours || claims.azp.as_ref().is_some_and(|azp| azp != expected.client) {
        return Err(Fault::Audience);
    }
    let now = expected.now.as_second();
    let is_early = |at: i64| at > now.saturating_add(CLOCKS);
    let is_old = claims.iat < now - OLDEST;
    if claims.exp <= now || is_old || is_early(claims.iat) || claims.nbf.is_some_and(is_early) {
        return Err(Fault::Time);
    }
    let nonce = claims.nonce.as_deref().unwrap_or_default();
    if !bool::from(nonce.as_bytes().ct_eq(expected.nonce.as_bytes())) {
        return Err(Fault::Nonce);
    }
    if claims.sub.is_empty() || claims.sub.len() > 255 { Err(Fault::Form) } else { Ok(()) }
}

fn said(claims: Claims, expected: &Expected<'_>) -> Said {
    let is_wanted = |word: &String| !expected.strong.is_empty() && word == expected.strong;
    let strong =
        claims.acr.as_ref().is_some_and(is_wanted) || claims.amr.iter().flatten().any(is_wanted);
    let named = claims.others.get(expected.named_by).and_then(Value::as_str).unwrap_or_default();
    let named = named.chars().filter(|letter| !letter.is_control()).take(100).collect();
    Said { subject: claims.sub, named, strong }
}

#[cfg(test)]
mod tests;
