//! Signing in: who comes with a session, what was tried before, and where a session ends.

use crate::sql::run;
use crate::{Error, Practice, Store, Tx};

/// Everything that a page has to know of who opens it, in one look.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct VisitorRow {
    /// Their id.
    pub person: String,
    /// The name they sign in with.
    pub login: String,
    /// Their name for people.
    pub name: String,
    /// Their role's name in the practice.
    pub role: String,
    /// The practice's short name.
    pub practice: String,
    /// The practice's name for people.
    pub clinic: String,
    /// Its time zone.
    pub zone: String,
    /// What made it, where it is no real practice.
    pub simulated: Option<String>,
    /// In how many practices they have a role.
    pub practices: i64,
    /// Since when the session lasts.
    pub made_at: String,
    /// Last seen.
    pub seen_at: String,
    /// The number of the newest version of the practice's own rules.
    pub rules: i64,
}

impl Store {
    /// Who comes with the session under the hash of a token, where it has not ended and the person
    /// still has a role in its practice.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn visitor(&self, token: &str) -> Result<Option<VisitorRow>, Error> {
        let mut tx = self.read_house().await?;
        let row = run!(
            tx,
            optional as VisitorRow,
            "select p.person, p.login, p.name, m.role, c.practice, c.name as clinic, c.zone,
             c.simulated, (select count(*) from membership o where o.person = s.person)
               as practices, s.made_at, s.seen_at,
             (select coalesce(max(r.version), 0) from rule_version r
               where r.practice = c.practice) as rules
             from session s join person p on p.person = s.person
             join membership m on m.practice = s.practice and m.person = s.person
             join practice c on c.practice = s.practice
             where s.token = $1 and s.ended_at is null and p.disabled_at is null",
            token
        )?;
        Ok(row)
    }

    /// A transaction that writes beside the practice's turn: sessions, sign-ins and views, which
    /// must not wait for files being taken in on PostgreSQL.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn write_aside(&self, practice: &Practice) -> Result<Tx, Error> {
        self.begin(practice).await
    }
}

impl Tx {
    /// Moves a session to this practice.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn move_session(&mut self, token: &str) -> Result<(), Error> {
        run!(
            self,
            execute,
            "update session set practice = $1 where token = $2 and ended_at is null",
            self.practice.as_str(),
            token
        )?;
        Ok(())
    }

    /// Ends every session of a person.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn end_sessions_of(&mut self, person: &str, at: &str) -> Result<(), Error> {
        run!(
            self,
            execute,
            "update session set ended_at = $1 where person = $2 and ended_at is null",
            at,
            person
        )?;
        Ok(())
    }

    /// The latest that the chain above practices says of a person, the newest first: instant and
    /// kind.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn house_entries(
        &mut self,
        about: &str,
        limit: i64,
    ) -> Result<Vec<(String, String)>, Error> {
        let rows = run!(
            self,
            all as (String, String),
            "select at, kind from journal
             where practice = $1 and about = $2 and chain = 'work' order by seq desc limit $3",
            Practice::house().as_str(),
            about,
            limit
        )?;
        Ok(rows)
    }

    /// True where somebody can sign in at all.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn has_people(&mut self) -> Result<bool, Error> {
        let (count,) = run!(
            self,
            one as (i64,),
            "select count(*) from person where secret is not null and disabled_at is null"
        )?;
        Ok(count > 0)
    }

    /// Gives a person another password, as argon2 made it.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Missing`].
    pub async fn set_secret(&mut self, person: &str, secret: &str) -> Result<(), Error> {
        let changed =
            run!(self, execute, "update person set secret = $1 where person = $2", secret, person)?;
        if changed == 0 { Err(Error::Missing { what: "person" }) } else { Ok(()) }
    }

    /// Shuts a person out since an instant, or lets them in again.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Missing`].
    pub async fn disable(&mut self, person: &str, since: Option<&str>) -> Result<(), Error> {
        let changed = run!(
            self,
            execute,
            "update person set disabled_at = $1 where person = $2",
            since,
            person
        )?;
        if changed == 0 { Err(Error::Missing { what: "person" }) } else { Ok(()) }
    }

    /// When people of this practice were last seen and since when some are shut out: person,
    /// instant, instant.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn seen(&mut self) -> Result<Vec<(String, Option<String>, Option<String>)>, Error> {
        let rows = run!(
            self,
            all as (String, Option<String>, Option<String>),
            "select m.person, max(s.seen_at), p.disabled_at from membership m
             join person p on p.person = m.person
             left join session s on s.person = m.person
             where m.practice = $1 group by m.person, p.disabled_at",
            self.practice.as_str()
        )?;
        Ok(rows)
    }
}
