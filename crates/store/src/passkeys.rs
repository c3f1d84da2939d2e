//! Passkeys: what is kept of them, and challenges that wait for their answer.

use crate::sql::run;
use crate::waits::Wait;
use crate::{Error, Store, Tx};

/// A person's passkey.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Passkey {
    /// Its id, hexadecimal.
    pub credential: String,
    /// Whose.
    pub person: String,
    /// What its person calls it.
    pub name: String,
    /// The host name that it was made for.
    pub host: String,
    /// Its COSE key, hexadecimal.
    pub public_key: String,
    /// How many signatures it said it had made.
    pub counter: i64,
    /// 1 where it may be on several devices.
    pub synced: i64,
    /// Since when.
    pub made_at: String,
    /// When it last opened the door.
    pub used_at: Option<String>,
}

/// A challenge that waits for its answer.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Ceremony {
    /// The challenge, hexadecimal.
    pub challenge: String,
    /// `add`, `sign_in` or `second`.
    pub purpose: String,
    /// Whom it is about; nobody at the door.
    pub person: Option<String>,
    /// What the passkey to be made is called.
    pub name: String,
    /// Since when it waits.
    pub came_at: String,
}

impl Store {
    /// What authenticators know a person by: says nothing of them and is the same each time.
    #[must_use]
    pub fn passkey_handle(&self, person: &str) -> [u8; 32] {
        self.key.derived(&[b"\xffpasskeys of ", person.as_bytes()].concat())
    }
}

impl Tx {
    /// The passkeys of a person, the oldest first.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn passkeys_of(&mut self, person: &str) -> Result<Vec<Passkey>, Error> {
        let rows = run!(
            self,
            all as Passkey,
            "select credential, person, name, host, public_key, counter, synced, made_at, used_at
             from passkey where person = $1 order by made_at, credential",
            person
        )?;
        Ok(rows)
    }

    /// The passkey of an id, where its person is not shut out.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn passkey(&mut self, credential: &str) -> Result<Option<Passkey>, Error> {
        let row = run!(
            self,
            optional as Passkey,
            "select k.credential, k.person, k.name, k.host, k.public_key, k.counter, k.synced,
             k.made_at, k.used_at from passkey k join person p on p.person = k.person
             where k.credential = $1 and p.disabled_at is null",
            credential
        )?;
        Ok(row)
    }

    /// Keeps a new passkey; false where its id is known.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn add_passkey(&mut self, passkey: &Passkey) -> Result<bool, Error> {
        let added = run!(
            self,
            execute,
            "insert into passkey (credential, person, name, host, public_key, counter, synced,
             made_at) values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing",
            passkey.credential.as_str(),
            passkey.person.as_str(),
            passkey.name.as_str(),
            passkey.host.as_str(),
            passkey.public_key.as_str(),
            passkey.counter,
            passkey.synced,
            passkey.made_at.as_str()
        )?;
        Ok(added > 0)
    }

    /// Notes that a passkey opened the door and what its counter is now; false where the counter
    /// is not the one that was looked at, or the passkey is gone.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn use_passkey(
        &mut self,
        passkey: &Passkey,
        counter: i64,
        at: &str,
    ) -> Result<bool, Error> {
        let used = run!(
            self,
            execute,
            "update passkey set counter = $1, used_at = $2 where credential = $3 and counter = $4",
            counter,
            at,
            passkey.credential.as_str(),
            passkey.counter
        )?;
        Ok(used > 0)
    }

    /// Takes one passkey of a person away; false where it is not theirs.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn remove_passkey(&mut self, person: &str, credential: &str) -> Result<bool, Error> {
        let removed = run!(
            self,
            execute,
            "delete from passkey where person = $1 and credential = $2",
            person,
            credential
        )?;
        self.drop_idle_codes(person).await?;
        Ok(removed > 0)
    }

    /// Takes all passkeys of a person away; gives how many.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn remove_passkeys(&mut self, person: &str) -> Result<u64, Error> {
        let removed = run!(self, execute, "delete from passkey where person = $1", person)?;
        self.drop_idle_codes(person).await?;
        Ok(removed)
    }

    /// Keeps a challenge under the hash of a token, in place of the one before; forgets those that
    /// are stale and, where there is no more room for its purpose, the oldest.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn begin_ceremony(
        &mut self,
        token: &str,
        ceremony: &Ceremony,
        wait: &Wait<'_>,
    ) -> Result<(), Error> {
        let gone = "delete from ceremony where token = $1 or came_at < $2";
        run!(self, execute, gone, token, wait.stale)?;
        self.make_room_for_ceremony(&ceremony.purpose, wait).await?;
        run!(
            self,
            execute,
            "insert into ceremony (token, challenge, purpose, person, name, came_from, came_at)
             values ($1, $2, $3, $4, $5, $6, $7)",
            token,
            ceremony.challenge.as_str(),
            ceremony.purpose.as_str(),
            ceremony.person.as_deref(),
            ceremony.name.as_str(),
            wait.from,
            ceremony.came_at.as_str()
        )?;
        Ok(())
    }

    /// Who asks at the door pushes nobody out who gave a password or is in.
    async fn make_room_for_ceremony(
        &mut self,
        purpose: &str,
        wait: &Wait<'_>,
    ) -> Result<(), Error> {
        run!(
            self,
            execute,
            "delete from ceremony where token in (select token from ceremony
             where came_from = $1 and purpose = $2 order by came_at desc, token
             limit 1000000 offset $3)",
            wait.from,
            purpose,
            wait.room.of_place - 1
        )?;
        run!(
            self,
            execute,
            "delete from ceremony where token in (select token from ceremony where purpose = $1
             order by came_at desc, token limit 1000000 offset $2)",
            purpose,
            wait.room.in_all - 1
        )?;
        Ok(())
    }

    /// Takes the challenge under the hash of a token out: whoever asks again finds none.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn take_ceremony(&mut self, token: &str) -> Result<Option<Ceremony>, Error> {
        let row = run!(
            self,
            optional as Ceremony,
            "select challenge, purpose, person, name, came_at from ceremony where token = $1",
            token
        )?;
        let taken = run!(self, execute, "delete from ceremony where token = $1", token)?;
        Ok(row.filter(|_| taken > 0))
    }
}
