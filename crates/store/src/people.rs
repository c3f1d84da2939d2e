//! People, their roles in practices, and their sessions.

use denial::person::Role;

use crate::sessions::CameFrom;
use crate::sql::run;
use crate::{Error, Practice, Store, Tx};

/// Somebody who signs in, or a service account.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Person {
    /// Their id.
    pub person: String,
    /// The name they sign in with.
    pub login: String,
    /// Their name for people.
    pub name: String,
    /// argon2 of the password; none for a service account.
    pub secret: Option<String>,
    /// Since when they may not sign in.
    pub disabled_at: Option<String>,
}

/// A person's place in one practice.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Member {
    /// Their id.
    pub person: String,
    /// The name they sign in with.
    pub login: String,
    /// Their name for people.
    pub name: String,
    /// Their role's name.
    pub role: String,
}

impl Member {
    /// The role; `None` for a word that is none, which may do nothing.
    #[must_use]
    pub fn role(&self) -> Option<Role> {
        Role::from_name(&self.role)
    }
}

/// A session that holds.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct SessionRow {
    /// Whose.
    pub person: String,
    /// In which practice.
    pub practice: String,
    /// Since when.
    pub made_at: String,
    /// Last seen.
    pub seen_at: String,
}

impl Tx {
    /// Makes a person; false where the id or the login is taken.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn make_person(&mut self, person: &Person, made_at: &str) -> Result<bool, Error> {
        let inserted = run!(
            self,
            execute,
            "insert into person (person, login, name, secret, made_at) values ($1, $2, $3, $4, $5)
             on conflict do nothing",
            person.person.as_str(),
            person.login.as_str(),
            person.name.as_str(),
            person.secret.as_deref(),
            made_at
        )?;
        Ok(inserted > 0)
    }

    /// Gives a person a role in this practice, or another one.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn give_role(&mut self, person: &str, role: Role) -> Result<(), Error> {
        run!(
            self,
            execute,
            "insert into membership (practice, person, role) values ($1, $2, $3)
             on conflict (practice, person) do update set role = excluded.role",
            self.practice.as_str(),
            person,
            role.as_str()
        )?;
        Ok(())
    }

    /// The people of this practice.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn members(&mut self) -> Result<Vec<Member>, Error> {
        let rows = run!(
            self,
            all as Member,
            "select m.person, p.login, p.name, m.role from membership m
             join person p on p.person = m.person
             where m.practice = $1 order by p.name, m.person",
            self.practice.as_str()
        )?;
        Ok(rows)
    }

    /// One person's place in this practice.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn member(&mut self, person: &str) -> Result<Option<Member>, Error> {
        let row = run!(
            self,
            optional as Member,
            "select m.person, p.login, p.name, m.role from membership m
             join person p on p.person = m.person
             where m.practice = $1 and m.person = $2 and p.disabled_at is null",
            self.practice.as_str(),
            person
        )?;
        Ok(row)
    }

    /// A person by the name they sign in with, in whatever practice.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn person_by_login(&mut self, login: &str) -> Result<Option<Person>, Error> {
        let row = run!(
            self,
            optional as Person,
            "select person, login, name, secret, disabled_at from person where login = $1",
            login
        )?;
        Ok(row)
    }

    /// The practices of a person.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn practices_of(&mut self, person: &str) -> Result<Vec<Practice>, Error> {
        let rows = run!(
            self,
            all as (String,),
            "select practice from membership where person = $1 order by practice",
            person
        )?;
        Ok(rows.iter().filter_map(|(practice,)| Practice::parse(practice)).collect())
    }

    /// Begins a session under the hash of its token; `how` says how somebody signed in.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn begin_session(
        &mut self,
        token: &str,
        person: &str,
        (from, how): (&CameFrom, &str),
        at: &str,
    ) -> Result<(), Error> {
        run!(
            self,
            execute,
            "insert into session (token, person, practice, made_at, seen_at, came_from, browser,
             how) values ($1, $2, $3, $4, $4, $5, $6, $7)",
            token,
            person,
            self.practice.as_str(),
            at,
            from.address.as_str(),
            from.browser.as_str(),
            how
        )?;
        Ok(())
    }

    /// Ends a session.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn end_session(&mut self, token: &str, at: &str) -> Result<(), Error> {
        run!(
            self,
            execute,
            "update session set ended_at = $1 where token = $2 and ended_at is null",
            at,
            token
        )?;
        Ok(())
    }

    /// Notes that a session is in use.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn see_session(&mut self, token: &str, at: &str) -> Result<(), Error> {
        run!(self, execute, "update session set seen_at = $1 where token = $2", at, token)?;
        Ok(())
    }
}

impl Store {
    /// The session under the hash of a token, where it has not ended.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn session(&self, token: &str) -> Result<Option<SessionRow>, Error> {
        let mut tx = self.read(&Practice::house()).await?;
        let row = run!(
            tx,
            optional as SessionRow,
            "select person, practice, made_at, seen_at from session
             where token = $1 and ended_at is null",
            token
        )?;
        Ok(row)
    }

    /// A transaction that stands above practices, for signing in.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn read_house(&self) -> Result<Tx, Error> {
        self.read(&Practice::house()).await
    }
}
