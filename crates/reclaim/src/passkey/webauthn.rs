//! What a browser answers with a passkey, checked step by step (WebAuthn level 3, 7.1 and 7.2).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ciborium::Value;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::signature::PublicKey;

/// Where the pages are, as browsers know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Site {
    /// The host name, which is the relying party's id.
    pub(crate) host: String,
    /// Scheme, host and port.
    pub(crate) origin: String,
}

/// Why an answer is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Fault {
    #[error("it cannot be read")]
    Form,
    #[error("it is the answer to another question")]
    Kind,
    #[error("its challenge is not the one that was given")]
    Challenge,
    #[error("it comes from another site")]
    Origin,
    #[error("it was made for another site")]
    Site,
    #[error("its algorithm is none of ES256, EdDSA, RS256")]
    Algorithm,
    #[error("it is of a passkey that is not known here")]
    Credential,
    #[error("its signature is not right")]
    Signature,
    #[error("nobody touched the device")]
    Presence,
    #[error("the device did not check who was there")]
    Verification,
    #[error("its counter went back")]
    Counter,
}

/// What a browser gives for a new passkey.
pub(crate) struct MadeAnswer {
    pub(crate) client_data: Vec<u8>,
    pub(crate) attestation: Vec<u8>,
}

/// A new passkey.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Made {
    pub(crate) credential: Vec<u8>,
    /// Its COSE key.
    pub(crate) public_key: Vec<u8>,
    pub(crate) counter: u32,
    pub(crate) synced: bool,
}

/// What a browser gives for a passkey that is used.
pub(crate) struct ShownAnswer {
    pub(crate) client_data: Vec<u8>,
    pub(crate) authenticator: Vec<u8>,
    pub(crate) signature: Vec<u8>,
}

/// What is known of the passkey that is used.
pub(crate) struct Known<'a> {
    /// Its COSE key.
    pub(crate) public_key: &'a [u8],
    pub(crate) counter: u32,
    pub(crate) synced: bool,
}

/// Checks the answer to `navigator.credentials.create`. Nothing rests on an attestation: none is
/// asked for, and one that comes all the same is not looked at.
pub(crate) fn made(answer: &MadeAnswer, challenge: &[u8], site: &Site) -> Result<Made, Fault> {
    client_data(&answer.client_data, "webauthn.create", challenge, site)?;
    let bytes = authenticator_of(&answer.attestation)?;
    let authenticator = Authenticator::read(&bytes)?;
    let (credential, public_key) = authenticator.attested.ok_or(Fault::Form)?;
    key(public_key)?;
    check_presence(authenticator.flags, authenticator.host, site)?;
    Ok(Made {
        credential: credential.to_vec(),
        public_key: public_key.to_vec(),
        counter: authenticator.counter,
        synced: authenticator.flags & SYNCED != 0,
    })
}

/// Checks the answer to `navigator.credentials.get`; gives the new counter.
pub(crate) fn shown(
    answer: &ShownAnswer,
    known: &Known<'_>,
    challenge: &[u8],
    site: &Site,
) -> Result<u32, Fault> {
    client_data(&answer.client_data, "webauthn.get", challenge, site)?;
    let authenticator = Authenticator::read(&answer.authenticator)?;
    if authenticator.attested.is_some() || (authenticator.flags & SYNCED != 0) != known.synced {
        return Err(Fault::Form);
    }
    let signed = [&answer.authenticator[..], &Sha256::digest(&answer.client_data)].concat();
    if !key(known.public_key)?.signed(&signed, &answer.signature) {
        return Err(Fault::Signature);
    }
    check_presence(authenticator.flags, authenticator.host, site)?;
    let counts = authenticator.counter != 0 || known.counter != 0;
    if counts && authenticator.counter <= known.counter {
        return Err(Fault::Counter);
    }
    Ok(authenticator.counter)
}

fn check_presence(flags: u8, host: &[u8], site: &Site) -> Result<(), Fault> {
    if !bool::from(host.ct_eq(&Sha256::digest(site.host.as_bytes()))) {
        return Err(Fault::Site);
    }
    match flags {
        flags if flags & PRESENT == 0 => Err(Fault::Presence),
        flags if flags & VERIFIED == 0 => Err(Fault::Verification),
        _ => Ok(()),
    }
}

#[derive(Deserialize)]
struct ClientData {
    #[serde(rename = "type")]
    kind: String,
    challenge: String,
    origin: String,
    #[serde(rename = "crossOrigin", default)]
    cross_origin: bool,
    #[serde(rename = "topOrigin")]
    top_origin: Option<String>,
}

/// What the browser says of where it was asked.
fn client_data(bytes: &[u8], kind: &str, challenge: &[u8], site: &Site) -> Result<(), Fault> {
    let said: ClientData = serde_json::from_slice(bytes).map_err(|_| Fault::Form)?;
    let given = URL_SAFE_NO_PAD.encode(challenge);
    if said.kind != kind {
        return Err(Fault::Kind);
    }
    if !bool::from(said.challenge.as_bytes().ct_eq(given.as_bytes())) {
        return Err(Fault::Challenge);
    }
    let is_own = said.origin == site.origin && !said.cross_origin && said.top_origin.is_none();
    if is_own { Ok(()) } else { Err(Fault::Origin) }
}

const PRESENT: u8 = 0x01;
const VERIFIED: u8 = 0x04;
/// It may be on several devices.
const SYNCED: u8 = 0x08;
/// It is on several devices.
const SYNCED_NOW: u8 = 0x10;
const ATTESTED: u8 = 0x40;
const EXTENDED: u8 = 0x80;

/// What the authenticator says, which its signature covers.
struct Authenticator<'a> {
    /// SHA-256 of the relying party's id.
    host: &'a [u8],
    flags: u8,
    counter: u32,
    /// A new credential's id and COSE key.
    attested: Option<(&'a [u8], &'a [u8])>,
}

impl Authenticator<'_> {
    fn read(bytes: &[u8]) -> Result<Authenticator<'_>, Fault> {
        let (host, rest) = part(bytes, 32)?;
        let (flags, rest) = part(rest, 1)?;
        let (counter, mut rest) = rest.split_first_chunk::<4>().ok_or(Fault::Form)?;
        let flags = flags[0];
        let is_odd = flags & SYNCED_NOW != 0 && flags & SYNCED == 0;
        let mut attested = None;
        if flags & ATTESTED != 0 {
            let (_, after) = part(rest, 16)?;
            let (length, after) = after.split_first_chunk::<2>().ok_or(Fault::Form)?;
            let (credential, after) = part(after, usize::from(u16::from_be_bytes(*length)))?;
            let (public_key, after) = first_value(after)?;
            attested = Some((credential, public_key));
            rest = after;
        }
        if flags & EXTENDED != 0 {
            rest = first_value(rest)?.1;
        }
        if is_odd || !rest.is_empty() {
            return Err(Fault::Form);
        }
        Ok(Authenticator { host, flags, counter: u32::from_be_bytes(*counter), attested })
    }
}

fn part(bytes: &[u8], length: usize) -> Result<(&[u8], &[u8]), Fault> {
    bytes.split_at_checked(length).ok_or(Fault::Form)
}

/// The bytes of the first CBOR value, and what follows.
fn first_value(bytes: &[u8]) -> Result<(&[u8], &[u8]), Fault> {
    let mut rest = bytes;
    cbor(&mut rest)?;
    part(bytes, bytes.len() - rest.len())
}

/// How deep values may stand in one another.
const DEPTH: usize = 8;

fn cbor(bytes: &mut &[u8]) -> Result<Value, Fault> {
    ciborium::de::from_reader_with_recursion_limit(bytes, DEPTH).map_err(|_| Fault::Form)
}

/// The authenticator's part of an attestation object.
fn authenticator_of(attestation: &[u8]) -> Result<Vec<u8>, Fault> {
    let mut rest = attestation;
    let Value::Map(pairs) = cbor(&mut rest)? else { return Err(Fault::Form) };
    let found = pairs.into_iter().filter(|(name, _)| name.as_text() == Some("authData"));
    let mut found = found.filter_map(|(_, value)| value.into_bytes().ok());
    match (found.next(), found.next()) {
        (Some(bytes), None) if rest.is_empty() => Ok(bytes),
        _ => Err(Fault::Form),
    }
}

/// Reads a COSE key; it holds what its algorithm needs and nothing else.
pub(crate) fn key(bytes: &[u8]) -> Result<PublicKey, Fault> {
    let mut rest = bytes;
    let Value::Map(pairs) = cbor(&mut rest)? else { return Err(Fault::Form) };
    let named = |label: i128| {
        let mut found = pairs.iter().filter(|(name, _)| integer(name) == Some(label));
        found.next().map(|(_, value)| value).filter(|_| found.next().is_none())
    };
    let number = |label| named(label).and_then(integer);
    let text = |label| named(label).and_then(Value::as_bytes).cloned().ok_or(Fault::Form);
    let key = match (number(1), number(3), number(-1), pairs.len()) {
        (Some(2), Some(-7), Some(1), 5) => {
            PublicKey::of_point(&text(-2)?, &text(-3)?).ok_or(Fault::Form)?
        }
        (Some(1), Some(-8), Some(6), 4) => PublicKey::Ed25519(text(-2)?),
        (Some(3), Some(-257), None, 4) => PublicKey::Rs256 { n: text(-1)?, e: text(-2)? },
        _ => return Err(Fault::Algorithm),
    };
    if rest.is_empty() { Ok(key) } else { Err(Fault::Form) }
}

fn integer(value: &Value) -> Option<i128> {
    value.as_integer().map(i128::from)
}

#[cfg(test)]
mod tests;
