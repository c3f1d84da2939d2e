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
    /// Since when their password is one that somebody else set.
    pub provisional_since: Option<String>,
    /// Since when they have a second factor: a device's codes or a passkey.
    pub factor_since: Option<String>,
    /// Who of the practice must have one.
    pub second_factor: String,
    /// The number of the newest version of the practice's own rules.
    pub rules: i64,
    /// How the session was begun.
    pub how: String,
    /// How many tries to sign in as them failed in a row, which they have not been told.
    pub failed: Option<i64>,
    /// When the last of these was.
    pub failed_at: Option<String>,
}

/// Where a session was begun, as far as known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CameFrom {
    /// The address; empty where none is known.
    pub address: String,
    /// The browser in words.
    pub browser: String,
}

/// A session as its person looks at it.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct SessionLine {
    /// The hash of its token.
    pub token: String,
    /// In which practice it is.
    pub practice: String,
    /// Since when.
    pub made_at: String,
    /// Last seen.
    pub seen_at: String,
    /// The address that it was begun from.
    pub came_from: String,
    /// The browser that it was begun in.
    pub browser: String,
    /// How it was begun.
    pub how: String,
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
               as practices, s.made_at, s.seen_at, p.provisional_since,
             coalesce((select f.confirmed_at from factor f where f.person = s.person),
               (select min(k.made_at) from passkey k where k.person = s.person)) as factor_since,
             c.second_factor, c.rules, s.how, k.failed, k.last_at as failed_at
             from session s join person p on p.person = s.person
             join membership m on m.practice = s.practice and m.person = s.person
             join practice c on c.practice = s.practice
             left join streak k on k.person = s.person
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

    /// Ends every session of a person; gives how many.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn end_sessions_of(&mut self, person: &str, at: &str) -> Result<u64, Error> {
        self.end_other_sessions(person, "", at).await
    }

    /// Ends every session of a person but one, and what of theirs waits for a code; gives how many
    /// sessions.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn end_other_sessions(
        &mut self,
        person: &str,
        but: &str,
        at: &str,
    ) -> Result<u64, Error> {
        run!(self, execute, "delete from half_way where person = $1", person)?;
        run!(self, execute, "delete from ceremony where person = $1", person)?;
        let ended = run!(
            self,
            execute,
            "update session set ended_at = $1
             where person = $2 and ended_at is null and token <> $3",
            at,
            person,
            but
        )?;
        Ok(ended)
    }

    /// Ends one session of a person; false where it is not theirs or has ended.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn end_session_of(
        &mut self,
        person: &str,
        token: &str,
        at: &str,
    ) -> Result<bool, Error> {
        let ended = run!(
            self,
            execute,
            "update session set ended_at = $1
             where person = $2 and token = $3 and ended_at is null",
            at,
            person,
            token
        )?;
        Ok(ended > 0)
    }

    /// The sessions of a person that were not ended, the last seen first.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn sessions_of(&mut self, person: &str) -> Result<Vec<SessionLine>, Error> {
        let rows = run!(
            self,
            all as SessionLine,
            "select token, practice, made_at, seen_at, came_from, browser, how from session
             where person = $1 and ended_at is null order by seen_at desc, token",
            person
        )?;
        Ok(rows)
    }

    /// The last sessions of a person, ended or not, the newest first.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn last_sessions_of(
        &mut self,
        person: &str,
        limit: i64,
    ) -> Result<Vec<SessionLine>, Error> {
        let rows = run!(
            self,
            all as SessionLine,
            "select token, practice, made_at, seen_at, came_from, browser, how from session
             where person = $1 order by made_at desc, token limit $2",
            person,
            limit
        )?;
        Ok(rows)
    }

    /// Keeps the failures of somebody who came in after all, to be told, where there are so many.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn keep_streak(&mut self, person: &str, least: i64) -> Result<(), Error> {
        run!(
            self,
            execute,
            "insert into streak (person, failed, last_at)
             select subject, failed, last_at from attempt where subject = $1 and failed >= $2
             on conflict (person) do update
             set failed = streak.failed + excluded.failed, last_at = excluded.last_at",
            person,
            least
        )?;
        Ok(())
    }

    /// Forgets them: their person has been told.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn end_streak(&mut self, person: &str) -> Result<(), Error> {
        run!(self, execute, "delete from streak where person = $1", person)?;
        Ok(())
    }

    /// How often signing in failed in a row, and when it last did.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn failures(&mut self, subject: &str) -> Result<Option<(i64, String)>, Error> {
        let row = run!(
            self,
            optional as (i64, String),
            "select failed, last_at from attempt where subject = $1",
            subject
        )?;
        Ok(row)
    }

    /// Counts a failure of this subject; forgets all whose last one lies before `stale`.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn count_failure(
        &mut self,
        subject: &str,
        at: &str,
        stale: &str,
    ) -> Result<(), Error> {
        run!(self, execute, "delete from attempt where last_at < $1", stale)?;
        run!(
            self,
            execute,
            "insert into attempt (subject, failed, last_at) values ($1, 1, $2)
             on conflict (subject) do update
             set failed = attempt.failed + 1, last_at = excluded.last_at",
            subject,
            at
        )?;
        Ok(())
    }

    /// Forgets the failures of a subject.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn forget_failures(&mut self, subject: &str) -> Result<(), Error> {
        run!(self, execute, "delete from attempt where subject = $1", subject)?;
        Ok(())
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

    /// Gives a person another password, as argon2 made it; `provisional_since` where somebody else
    /// set it, so that they must change it.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Missing`].
    pub async fn set_secret(
        &mut self,
        person: &str,
        secret: &str,
        provisional_since: Option<&str>,
    ) -> Result<(), Error> {
        let changed = run!(
            self,
            execute,
            "update person set secret = $1, provisional_since = $2 where person = $3",
            secret,
            provisional_since,
            person
        )?;
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
