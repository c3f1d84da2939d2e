//! Passkeys: made, shown at the door and taken away. What a browser answers is read in `webauthn`.

pub(crate) mod webauthn;

use jiff::Timestamp;
use serde_json::json;
use store::journal::Entry;
use store::passkeys::{Ceremony, Passkey};
use store::sessions::CameFrom;
use store::waits::{Room, Wait};
use store::{Store, Tx, instant};

use crate::clock::Patience;
use crate::factor;
use crate::passkey::webauthn::{Fault, Known, MadeAnswer, ShownAnswer, Site};
use crate::practice::Office;

/// So long a challenge waits for its answer.
const PATIENCE: Patience = Patience::minutes(5);
/// Letters of a passkey's name.
pub(crate) const LONGEST_NAME: usize = 40;
/// Passkeys of one person.
const MOST: usize = 20;

/// What somebody is asked to show a passkey for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose<'a> {
    /// To make one of this name for a person.
    Add { person: &'a str, name: &'a str },
    /// To come in; who it is, the passkey says.
    SignIn,
    /// To come in after the password of this person.
    Second { person: &'a str },
}

impl<'a> Purpose<'a> {
    const fn word(self) -> &'static str {
        match self {
            Purpose::Add { .. } => "add",
            Purpose::SignIn => "sign_in",
            Purpose::Second { .. } => "second",
        }
    }

    const fn person(self) -> Option<&'a str> {
        match self {
            Purpose::Add { person, .. } | Purpose::Second { person } => Some(person),
            Purpose::SignIn => None,
        }
    }
}

/// Draws a challenge and keeps it under the hash of a token.
pub(crate) async fn ask(
    office: &Office,
    (token, from): (&str, &CameFrom),
    purpose: Purpose<'_>,
) -> anyhow::Result<[u8; 32]> {
    let challenge: [u8; 32] = factor::drawn();
    let now = office.clock.now();
    let name = if let Purpose::Add { name, .. } = purpose { name } else { "" };
    let ceremony = Ceremony {
        challenge: hex::encode(challenge),
        purpose: purpose.word().to_owned(),
        person: purpose.person().map(str::to_owned),
        name: name.to_owned(),
        came_at: instant(now),
    };
    let stale = PATIENCE.stale(now);
    let mut tx = office.store.write_aside(office.practice()).await?;
    let wait = Wait { from: &from.address, stale: &stale, room: Room::default() };
    tx.begin_ceremony(token, &ceremony, &wait).await?;
    tx.commit().await?;
    Ok(challenge)
}

/// Takes out what was asked under the hash of a token, if it is not too long ago: an answer is
/// looked at once, right or wrong.
pub(crate) async fn asked(office: &Office, token: &str) -> anyhow::Result<Option<Ceremony>> {
    let mut tx = office.store.write_aside(office.practice()).await?;
    let ceremony = tx.take_ceremony(token).await?;
    tx.commit().await?;
    let now = office.clock.now();
    Ok(ceremony.filter(|one| PATIENCE.holds_since(&one.came_at, now)))
}

/// Adds the passkey that a browser made for who acts, and ends their other sessions. Gives recovery
/// codes where they had none; or why it is not taken, in words.
pub(crate) async fn add(
    office: &Office,
    session: &str,
    answer: &MadeAnswer,
    site: &Site,
) -> anyhow::Result<Result<Vec<String>, String>> {
    let moment = office.moment();
    let (person, at) = (moment.who.person.as_str(), instant(moment.now));
    let ceremony = asked(office, session).await?;
    let is_own = |one: &Ceremony| one.purpose == "add" && one.person.as_deref() == Some(person);
    let Some(ceremony) = ceremony.filter(is_own) else {
        return Ok(Err("That took too long, or was answered before. Begin again.".to_owned()));
    };
    let challenge = hex::decode(&ceremony.challenge)?;
    let made = webauthn::made(answer, &challenge, site);
    let mut tx = office.store.write_aside(office.practice()).await?;
    let made = match made {
        Ok(made) => made,
        Err(fault) => {
            let facts = json!({ "why": fault.to_string() });
            let entry = Entry::new(person, "person.passkey_refused", &facts);
            tx.append_house(vec![entry], &moment).await?;
            tx.commit().await?;
            return Ok(Err(format!("What your device made is not taken: {fault}.")));
        }
    };
    let passkey = Passkey {
        credential: hex::encode(&made.credential),
        person: person.to_owned(),
        name: ceremony.name,
        host: site.host.clone(),
        public_key: hex::encode(&made.public_key),
        counter: i64::from(made.counter),
        synced: i64::from(made.synced),
        made_at: at.clone(),
        used_at: None,
    };
    if tx.passkeys_of(person).await?.len() >= MOST {
        return Ok(Err(format!("You have {MOST} passkeys; remove one before.")));
    }
    if !tx.add_passkey(&passkey).await? {
        return Ok(Err("That passkey is here already.".to_owned()));
    }
    let mut codes = Vec::new();
    if tx.recovery_codes_left(person).await? == 0 {
        codes = factor::codes(&mut tx, person).await?;
    }
    tx.end_other_sessions(person, session, &at).await?;
    let facts = json!({ "name": passkey.name, "host": passkey.host });
    let entry = Entry::new(person, "person.passkey_added", &facts);
    tx.append_house(vec![entry], &moment).await?;
    tx.commit().await?;
    Ok(Ok(codes))
}

/// Takes one of the passkeys of who acts away, and ends their other sessions; false where it is
/// not theirs.
pub(crate) async fn remove(
    office: &Office,
    credential: &str,
    session: &str,
) -> anyhow::Result<bool> {
    let moment = office.moment();
    let person = moment.who.person.as_str();
    let mut tx = office.store.write_aside(office.practice()).await?;
    let all = tx.passkeys_of(person).await?;
    let Some(passkey) = all.into_iter().find(|one| one.credential == credential) else {
        return Ok(false);
    };
    tx.remove_passkey(person, credential).await?;
    tx.end_other_sessions(person, session, &instant(moment.now)).await?;
    let facts = json!({ "name": passkey.name, "host": passkey.host });
    let entry = Entry::new(person, "person.passkey_removed", &facts);
    tx.append_house(vec![entry], &moment).await?;
    tx.commit().await?;
    Ok(true)
}

/// A passkey as a browser shows it.
pub(crate) struct Shown {
    pub(crate) credential: Vec<u8>,
    /// What the authenticator knows the person by, where it says.
    pub(crate) handle: Option<Vec<u8>>,
    pub(crate) answer: ShownAnswer,
}

/// Whose passkey opens the door; or the passkey, where it is known, and why it does not.
pub(crate) async fn check(
    store: &Store,
    tx: &mut Tx,
    (shown, ceremony): (&Shown, &Ceremony),
    site: &Site,
    now: Timestamp,
) -> Result<Result<Passkey, (Option<Passkey>, Fault)>, store::Error> {
    let known = tx.passkey(&hex::encode(&shown.credential)).await?;
    let Some(passkey) = known else { return Ok(Err((None, Fault::Credential))) };
    let checked = match verify(store, (shown, ceremony), &passkey, site) {
        // Another sign-in with it came between: then one of the two is not the device.
        Ok(counter) if !tx.use_passkey(&passkey, counter, &instant(now)).await? => {
            Err(Fault::Counter)
        }
        Ok(_) => Ok(()),
        Err(fault) => Err(fault),
    };
    Ok(match checked {
        Ok(()) => Ok(passkey),
        Err(fault) => Err((Some(passkey), fault)),
    })
}

fn verify(
    store: &Store,
    (shown, ceremony): (&Shown, &Ceremony),
    passkey: &Passkey,
    site: &Site,
) -> Result<i64, Fault> {
    let is_theirs = ceremony.person.as_ref().is_none_or(|person| *person == passkey.person);
    let handle = store.passkey_handle(&passkey.person);
    let is_named = match &shown.handle {
        Some(said) => *said == handle,
        // Who was asked by name needs no other; at the door the device has to say.
        None => ceremony.person.is_some(),
    };
    if !is_theirs || !is_named {
        return Err(Fault::Credential);
    }
    if passkey.host != site.host {
        return Err(Fault::Site);
    }
    let public_key = hex::decode(&passkey.public_key).map_err(|_| Fault::Form)?;
    let counter = u32::try_from(passkey.counter).map_err(|_| Fault::Form)?;
    let known = Known { public_key: &public_key, counter, synced: passkey.synced != 0 };
    let challenge = hex::decode(&ceremony.challenge).map_err(|_| Fault::Form)?;
    webauthn::shown(&shown.answer, &known, &challenge, site).map(i64::from)
}
