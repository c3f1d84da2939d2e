//! Second factors: what is kept of them, codes that are spent once, and sign-ins half way.

use crate::sql::run;
use crate::{Error, Store, Tx};

/// A person's second factor.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Factor {
    /// Its secret, as [`Store::seal`] made it.
    pub sealed: String,
    /// When it was begun.
    pub made_at: String,
    /// When its first code came; before that it opens nothing and is asked for nowhere.
    pub confirmed_at: Option<String>,
}

/// Somebody who gave the right password, or whom the issuer knows, and who still owes a code.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct HalfWay {
    /// Who.
    pub person: String,
    /// When the password came.
    pub came_at: String,
    /// Where they want to go.
    pub next: String,
    /// How they came so far.
    pub how: String,
}

impl Store {
    /// Seals bytes that belong to one id; the nonce is drawn anew each time.
    #[must_use]
    pub fn seal(&self, about: &str, nonce: [u8; 12], bytes: &[u8]) -> String {
        self.key.seal(about, nonce, bytes)
    }

    /// What was sealed for an id; `None` where it was sealed with another key or for another id, or
    /// was altered.
    #[must_use]
    pub fn unseal(&self, about: &str, sealed: &str) -> Option<Vec<u8>> {
        self.key.unseal(about, sealed)
    }
}

impl Tx {
    /// A person's second factor, confirmed or not.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn factor(&mut self, person: &str) -> Result<Option<Factor>, Error> {
        let row = run!(
            self,
            optional as Factor,
            "select sealed, made_at, confirmed_at from factor where person = $1",
            person
        )?;
        Ok(row)
    }

    /// The people of this practice who have a second factor: a device's codes or a passkey.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn with_factor(&mut self) -> Result<Vec<String>, Error> {
        let rows = run!(
            self,
            all as (String,),
            "select m.person from membership m where m.practice = $1 and (
               exists (select 1 from factor f
                 where f.person = m.person and f.confirmed_at is not null)
               or exists (select 1 from passkey k where k.person = m.person))
             order by m.person",
            self.practice.as_str()
        )?;
        Ok(rows.into_iter().map(|(person,)| person).collect())
    }

    /// Begins a second factor, or begins it again; false where there is one that is confirmed.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn begin_factor(
        &mut self,
        person: &str,
        sealed: &str,
        at: &str,
    ) -> Result<bool, Error> {
        let begun = run!(
            self,
            execute,
            "insert into factor (person, sealed, made_at, last_step) values ($1, $2, $3, 0)
             on conflict (person) do update set sealed = excluded.sealed,
               made_at = excluded.made_at where factor.confirmed_at is null",
            person,
            sealed,
            at
        )?;
        Ok(begun > 0)
    }

    /// Confirms a second factor by the step of its first code; false where none waits for that.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn confirm_factor(
        &mut self,
        person: &str,
        step: i64,
        at: &str,
    ) -> Result<bool, Error> {
        let confirmed = run!(
            self,
            execute,
            "update factor set confirmed_at = $1, last_step = $2
             where person = $3 and confirmed_at is null",
            at,
            step,
            person
        )?;
        Ok(confirmed > 0)
    }

    /// Spends the code of a step; false where that or a later one was spent before.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn spend_step(&mut self, person: &str, step: i64) -> Result<bool, Error> {
        let spent = run!(
            self,
            execute,
            "update factor set last_step = $1
             where person = $2 and last_step < $1 and confirmed_at is not null",
            step,
            person
        )?;
        Ok(spent > 0)
    }

    /// Takes a second factor away, with the recovery codes where no passkey is left either; false
    /// where there is none.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn remove_factor(&mut self, person: &str) -> Result<bool, Error> {
        let removed = run!(self, execute, "delete from factor where person = $1", person)?;
        self.drop_idle_codes(person).await?;
        Ok(removed > 0)
    }

    /// Recovery codes go with the last factor that they stand in for.
    pub(crate) async fn drop_idle_codes(&mut self, person: &str) -> Result<(), Error> {
        run!(
            self,
            execute,
            "delete from recovery_code where person = $1
             and not exists (select 1 from factor f where f.person = $1)
             and not exists (select 1 from passkey k where k.person = $1)",
            person
        )?;
        Ok(())
    }

    /// Keeps the hashes of recovery codes in place of those before.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn set_recovery_codes(
        &mut self,
        person: &str,
        hashes: &[String],
    ) -> Result<(), Error> {
        run!(self, execute, "delete from recovery_code where person = $1", person)?;
        for hash in hashes {
            run!(
                self,
                execute,
                "insert into recovery_code (person, code) values ($1, $2)",
                person,
                hash.as_str()
            )?;
        }
        Ok(())
    }

    /// Spends a recovery code; false where it is none or was spent before.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn spend_recovery_code(
        &mut self,
        person: &str,
        hash: &str,
        at: &str,
    ) -> Result<bool, Error> {
        let spent = run!(
            self,
            execute,
            "update recovery_code set used_at = $1
             where person = $2 and code = $3 and used_at is null",
            at,
            person,
            hash
        )?;
        Ok(spent > 0)
    }

    /// How many recovery codes are left.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn recovery_codes_left(&mut self, person: &str) -> Result<i64, Error> {
        let (left,) = run!(
            self,
            one as (i64,),
            "select count(*) from recovery_code where person = $1 and used_at is null",
            person
        )?;
        Ok(left)
    }

    /// Keeps who gave the right password and owes a code, under the hash of a token; forgets those
    /// who came before `stale`.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn begin_half_way(
        &mut self,
        token: &str,
        half: &HalfWay,
        stale: &str,
    ) -> Result<(), Error> {
        run!(self, execute, "delete from half_way where came_at < $1", stale)?;
        run!(
            self,
            execute,
            "insert into half_way (token, person, came_at, next, how) values ($1, $2, $3, $4, $5)",
            token,
            half.person.as_str(),
            half.came_at.as_str(),
            half.next.as_str(),
            half.how.as_str()
        )?;
        Ok(())
    }

    /// Who owes a code under the hash of a token.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn half_way(&mut self, token: &str) -> Result<Option<HalfWay>, Error> {
        let row = run!(
            self,
            optional as HalfWay,
            "select person, came_at, next, how from half_way where token = $1",
            token
        )?;
        Ok(row)
    }

    /// Ends it: the code came.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn end_half_way(&mut self, token: &str) -> Result<(), Error> {
        run!(self, execute, "delete from half_way where token = $1", token)?;
        Ok(())
    }

    /// Who of this practice must have a second factor, in the word of
    /// [`denial::person::SecondFactor`].
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Missing`].
    pub async fn second_factor(&mut self) -> Result<String, Error> {
        let row = run!(
            self,
            optional as (String,),
            "select second_factor from practice where practice = $1",
            self.practice.as_str()
        )?;
        row.map(|(word,)| word).ok_or(Error::Missing { what: "practice" })
    }

    /// Says who of this practice must have one.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn set_second_factor(&mut self, word: &str) -> Result<(), Error> {
        run!(
            self,
            execute,
            "update practice set second_factor = $1 where practice = $2",
            word,
            self.practice.as_str()
        )?;
        Ok(())
    }
}
