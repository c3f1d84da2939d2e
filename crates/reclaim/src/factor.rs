//! Second factors: a code from a device of the person's, or one of ten for the day it is lost.

use jiff::Timestamp;
use serde_json::json;
use sha2::{Digest, Sha256};
use store::factors::Factor;
use store::journal::Entry;
use store::{Store, Tx, instant};
use totp_rs::{Builder, Secret, Totp};

use crate::people;
use crate::practice::Office;

/// Bytes of a secret: what RFC 4226 recommends.
const SECRET: usize = 20;
/// Recovery codes that are made at once.
const CODES: usize = 10;
/// Letters of each, five bits a letter: nobody tries so many, however fast a hash is made.
const LETTERS: usize = 25;

/// A secret that waits for its first code.
pub(crate) struct Offer {
    /// For typing: groups of four.
    pub(crate) text: String,
    /// For a camera.
    pub(crate) address: String,
}

/// What opened the door.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Spent {
    /// A code of the device.
    Code,
    /// A recovery code.
    Recovery,
}

impl Spent {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Spent::Code => "code",
            Spent::Recovery => "recovery code",
        }
    }
}

/// Draws a secret for who acts. False where they have a second factor already.
pub(crate) async fn begin(office: &Office) -> anyhow::Result<bool> {
    let person = office.who.person.as_str();
    let sealed = office.store.seal(person, drawn(), &drawn::<SECRET>());
    let mut tx = office.store.write_aside(office.practice()).await?;
    let begun = tx.begin_factor(person, &sealed, &instant(office.clock.now())).await?;
    tx.commit().await?;
    Ok(begun)
}

/// Bytes of the system's randomness.
pub(crate) fn drawn<const BYTES: usize>() -> [u8; BYTES] {
    let mut bytes = [0; BYTES];
    getrandom::fill(&mut bytes).expect("the system has randomness");
    bytes
}

/// The secret that waits for its first code, for the eyes of its person.
pub(crate) fn offer(office: &Office, login: &str, factor: &Factor) -> Option<Offer> {
    let person = office.who.person.as_str();
    let secret = base32(&office.store.unseal(person, &factor.sealed)?);
    let login = login.replace('@', "%40");
    let address = format!("otpauth://totp/Reclaim:{login}?secret={secret}&issuer=Reclaim");
    let letters: Vec<char> = secret.chars().collect();
    let groups: Vec<String> = letters.chunks(4).map(|group| group.iter().collect()).collect();
    Some(Offer { text: groups.join(" "), address })
}

/// Bytes in the letters of RFC 4648 that devices take; the length of a secret needs no filling up.
fn base32(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let bits: Vec<u8> =
        bytes.iter().flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1)).collect();
    let letter = |five: &[u8]| five.iter().fold(0, |value, bit| value * 2 + usize::from(*bit));
    bits.chunks(5).map(|five| char::from(LETTERS[letter(five)])).collect()
}

/// Codes of six digits, a new one each 30 seconds, taken one step early or late.
fn totp(secret: &[u8]) -> Option<Totp> {
    let secret: [u8; SECRET] = secret.try_into().ok()?;
    Builder::new().with_secret(Secret::new_stack(secret)).build().ok()
}

/// The step whose code this is.
fn step(store: &Store, person: &str, factor: &Factor, code: &str, now: Timestamp) -> Option<i64> {
    let totp = totp(&store.unseal(person, &factor.sealed)?)?;
    let seconds = u64::try_from(now.as_second()).ok()?;
    totp.check(code, seconds).and_then(|step| i64::try_from(step).ok())
}

/// Confirms the second factor of who acts by its first code, ends their other sessions and gives
/// their recovery codes; `None` where the code is not right.
pub(crate) async fn confirm(
    office: &Office,
    code: &str,
    session: &str,
) -> anyhow::Result<Option<Vec<String>>> {
    let moment = office.moment();
    let (person, at) = (moment.who.person.as_str(), instant(moment.now));
    let mut tx = office.store.write_aside(office.practice()).await?;
    let Some(factor) = tx.factor(person).await? else { return Ok(None) };
    let step = step(&office.store, person, &factor, &bare(code), moment.now);
    let Some(step) = step else { return Ok(None) };
    if !tx.confirm_factor(person, step, &at).await? {
        return Ok(None);
    }
    let codes = codes(&mut tx, person).await?;
    tx.end_other_sessions(person, session, &at).await?;
    tx.append_house(vec![Entry::new(person, "person.factor_set_up", &json!({}))], &moment).await?;
    tx.commit().await?;
    Ok(Some(codes))
}

/// Makes new recovery codes for who acts; the ones before are good for nothing then.
pub(crate) async fn renew(office: &Office) -> anyhow::Result<Vec<String>> {
    let moment = office.moment();
    let person = moment.who.person.as_str();
    let mut tx = office.store.write_aside(office.practice()).await?;
    let codes = codes(&mut tx, person).await?;
    let entry = Entry::new(person, "person.recovery_codes_made", &json!({}));
    tx.append_house(vec![entry], &moment).await?;
    tx.commit().await?;
    Ok(codes)
}

/// Makes recovery codes in place of those before.
pub(crate) async fn codes(tx: &mut Tx, person: &str) -> anyhow::Result<Vec<String>> {
    let codes: Vec<String> = (0..CODES).map(|_| people::drawn_of::<LETTERS>()).collect();
    let hashes: Vec<String> = codes.iter().map(|code| hashed(&bare(code))).collect();
    tx.set_recovery_codes(person, &hashes).await?;
    Ok(codes)
}

/// Takes the codes of who acts away; their passkeys stay. Their sessions end but the one named.
pub(crate) async fn remove(office: &Office, session: &str) -> anyhow::Result<bool> {
    let moment = office.moment();
    let person = moment.who.person.as_str();
    let mut tx = office.store.write_aside(office.practice()).await?;
    if !tx.remove_factor(person).await? {
        return Ok(false);
    }
    tx.end_other_sessions(person, session, &instant(moment.now)).await?;
    tx.append_house(vec![Entry::new(person, "person.factor_removed", &json!({}))], &moment).await?;
    tx.commit().await?;
    Ok(true)
}

/// Takes every second factor of somebody away, whose devices and codes are lost, passkeys too;
/// their sessions end. False where they have none.
pub(crate) async fn forget(office: &Office, person: &str) -> anyhow::Result<bool> {
    let moment = office.moment();
    let mut tx = office.store.write_aside(office.practice()).await?;
    let passkeys = tx.remove_passkeys(person).await?;
    if !tx.remove_factor(person).await? && passkeys == 0 {
        return Ok(false);
    }
    tx.end_sessions_of(person, &instant(moment.now)).await?;
    let facts = json!({ "passkeys": passkeys });
    tx.append_house(vec![Entry::new(person, "person.factor_removed", &facts)], &moment).await?;
    tx.commit().await?;
    Ok(true)
}

/// Spends what somebody typed: a code of their device or a recovery code, each good once.
pub(crate) async fn spend(
    store: &Store,
    tx: &mut Tx,
    person: &str,
    typed: &str,
    now: Timestamp,
) -> Result<Option<Spent>, store::Error> {
    let typed = bare(typed);
    if typed.len() != 6 {
        let spent = tx.spend_recovery_code(person, &hashed(&typed), &instant(now)).await?;
        return Ok(spent.then_some(Spent::Recovery));
    }
    let factor = tx.factor(person).await?;
    let step = factor.and_then(|factor| step(store, person, &factor, &typed, now));
    let Some(step) = step else { return Ok(None) };
    Ok(tx.spend_step(person, step).await?.then_some(Spent::Code))
}

/// What was typed without what only makes it readable.
fn bare(typed: &str) -> String {
    let letters = typed.chars().filter(|letter| !letter.is_whitespace() && *letter != '-');
    letters.collect::<String>().to_lowercase()
}

/// What is kept of a word that was drawn and opens something: a token, a state, a recovery code.
pub(crate) fn hashed(word: &str) -> String {
    hex::encode(Sha256::digest(word.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B, SHA-1: the last six of its eight digits.
    #[test]
    fn codes_are_those_of_the_rfc() {
        let totp = totp(b"12345678901234567890").expect("a secret");
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
        ] {
            assert_eq!(totp.check(code, seconds), Some(seconds / 30));
            assert_eq!(totp.check(code, seconds + 30), Some(seconds / 30), "a step late");
            assert_eq!(totp.check(code, seconds + 60), None, "two steps late");
        }
    }

    #[test]
    fn a_secret_is_in_the_letters_that_devices_take() {
        assert_eq!(base32(b"12345678901234567890"), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    }

    #[test]
    fn a_recovery_code_is_the_same_however_it_is_typed() {
        let code = people::drawn();
        assert_eq!(bare(&code), bare(&code.replace('-', " ").to_uppercase()));
        assert_ne!(hashed(&bare(&code)), hashed(&bare(&people::drawn())));
    }
}
