//! The house that signs people in for this one, whom it means, and browsers on their way there.

use crate::sql::run;
use crate::waits::Wait;
use crate::{Error, Tx};

/// The issuer of tokens, as it was named.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Issuer {
    /// Its address, as its tokens say it.
    pub issuer: String,
    /// What people call it.
    pub label: String,
    /// Who we are to it.
    pub client: String,
    /// Our secret, as [`crate::Store::seal`] made it.
    pub sealed: String,
    /// The claim that names a person to people.
    pub named_by: String,
    /// The `acr` or `amr` that counts as a second factor; empty where none does.
    pub strong: String,
    /// Since when it is so.
    pub set_at: String,
}

/// Whom an issuer means by a subject.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Tie {
    /// The issuer's word for them.
    pub subject: String,
    /// Who it is.
    pub person: String,
    /// As the issuer named them.
    pub named: String,
    /// Since when.
    pub tied_at: String,
    /// When they last came that way.
    pub used_at: Option<String>,
}

/// A browser that was sent to the issuer.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Errand {
    /// The hash of the state that it comes back with.
    pub state: String,
    /// What the token has to repeat.
    pub nonce: String,
    /// What only we know when the code is given in.
    pub verifier: String,
    /// Where somebody wants to go.
    pub next: String,
    /// Since when it is away.
    pub went_at: String,
}

/// Somebody who came back as a subject that is tied to nobody.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Newcomer {
    /// Who says so.
    pub issuer: String,
    /// Its word for them.
    pub subject: String,
    /// As it named them.
    pub named: String,
    /// Since when they wait.
    pub came_at: String,
}

impl Tx {
    /// The issuer, where one was named.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn issuer(&mut self) -> Result<Option<Issuer>, Error> {
        let row = run!(
            self,
            optional as Issuer,
            "select issuer, label, client, sealed, named_by, strong, set_at from issuer"
        )?;
        Ok(row)
    }

    /// Names the issuer in place of the one before, or none.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn set_issuer(&mut self, issuer: Option<&Issuer>) -> Result<(), Error> {
        run!(self, execute, "delete from issuer")?;
        let Some(issuer) = issuer else { return Ok(()) };
        run!(
            self,
            execute,
            "insert into issuer (place, issuer, label, client, sealed, named_by, strong, set_at)
             values (1, $1, $2, $3, $4, $5, $6, $7)",
            issuer.issuer.as_str(),
            issuer.label.as_str(),
            issuer.client.as_str(),
            issuer.sealed.as_str(),
            issuer.named_by.as_str(),
            issuer.strong.as_str(),
            issuer.set_at.as_str()
        )?;
        Ok(())
    }

    /// Ends the sessions of everybody whom an issuer let in, and what is on its way there or back;
    /// gives how many sessions.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn end_sessions_by_issuer(&mut self, at: &str) -> Result<u64, Error> {
        run!(self, execute, "delete from errand")?;
        run!(self, execute, "delete from newcomer")?;
        run!(self, execute, "delete from half_way where how like 'issuer%'")?;
        let ended = run!(
            self,
            execute,
            "update session set ended_at = $1 where ended_at is null and how like 'issuer%'",
            at
        )?;
        Ok(ended)
    }

    /// Whom an issuer means by a subject, where they are not shut out.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn tie(&mut self, issuer: &str, subject: &str) -> Result<Option<Tie>, Error> {
        let row = run!(
            self,
            optional as Tie,
            "select t.subject, t.person, t.named, t.tied_at, t.used_at from tie t
             join person p on p.person = t.person
             where t.issuer = $1 and t.subject = $2 and p.disabled_at is null",
            issuer,
            subject
        )?;
        Ok(row)
    }

    /// By what subject an issuer means a person.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn tie_of(&mut self, issuer: &str, person: &str) -> Result<Option<Tie>, Error> {
        let row = run!(
            self,
            optional as Tie,
            "select subject, person, named, tied_at, used_at from tie
             where issuer = $1 and person = $2",
            issuer,
            person
        )?;
        Ok(row)
    }

    /// The ties of people of this practice.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn ties_here(&mut self, issuer: &str) -> Result<Vec<Tie>, Error> {
        let rows = run!(
            self,
            all as Tie,
            "select t.subject, t.person, t.named, t.tied_at, t.used_at from tie t
             join membership m on m.person = t.person
             where m.practice = $1 and t.issuer = $2 order by t.person",
            self.practice.as_str(),
            issuer
        )?;
        Ok(rows)
    }

    /// Ties a person to a subject; false where either is tied already.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn make_tie(&mut self, issuer: &str, tie: &Tie) -> Result<bool, Error> {
        let made = run!(
            self,
            execute,
            "insert into tie (issuer, subject, person, named, tied_at)
             values ($1, $2, $3, $4, $5) on conflict do nothing",
            issuer,
            tie.subject.as_str(),
            tie.person.as_str(),
            tie.named.as_str(),
            tie.tied_at.as_str()
        )?;
        Ok(made > 0)
    }

    /// Notes that somebody came by their tie.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn use_tie(&mut self, issuer: &str, subject: &str, at: &str) -> Result<(), Error> {
        run!(
            self,
            execute,
            "update tie set used_at = $1 where issuer = $2 and subject = $3",
            at,
            issuer,
            subject
        )?;
        Ok(())
    }

    /// Unties a person from whatever issuer; false where they were tied to none.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn untie(&mut self, person: &str) -> Result<bool, Error> {
        let gone = run!(self, execute, "delete from tie where person = $1", person)?;
        Ok(gone > 0)
    }

    /// Keeps that a browser was sent away, under the hash of a token; forgets those that are stale
    /// and, where there is no more room, the oldest.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn begin_errand(
        &mut self,
        token: &str,
        errand: &Errand,
        wait: &Wait<'_>,
    ) -> Result<(), Error> {
        run!(self, execute, "delete from errand where went_at < $1", wait.stale)?;
        run!(
            self,
            execute,
            "delete from errand where token in (select token from errand where went_from = $1
             order by went_at desc, token limit 1000000 offset $2)",
            wait.from,
            wait.room.of_place - 1
        )?;
        run!(
            self,
            execute,
            "delete from errand where token in (select token from errand
             order by went_at desc, token limit 1000000 offset $1)",
            wait.room.in_all - 1
        )?;
        run!(
            self,
            execute,
            "insert into errand (token, state, nonce, verifier, next, went_from, went_at)
             values ($1, $2, $3, $4, $5, $6, $7)",
            token,
            errand.state.as_str(),
            errand.nonce.as_str(),
            errand.verifier.as_str(),
            errand.next.as_str(),
            wait.from,
            errand.went_at.as_str()
        )?;
        Ok(())
    }

    /// Takes a browser's errand out: who comes back again finds none.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn take_errand(&mut self, token: &str) -> Result<Option<Errand>, Error> {
        let row = run!(
            self,
            optional as Errand,
            "select state, nonce, verifier, next, went_at from errand where token = $1",
            token
        )?;
        let taken = run!(self, execute, "delete from errand where token = $1", token)?;
        Ok(row.filter(|_| taken > 0))
    }

    /// Keeps a newcomer under the hash of a token, in place of the same subject before; forgets
    /// those who came before `stale`.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn keep_newcomer(
        &mut self,
        token: &str,
        newcomer: &Newcomer,
        stale: &str,
    ) -> Result<(), Error> {
        run!(
            self,
            execute,
            "delete from newcomer where came_at < $1 or (issuer = $2 and subject = $3)",
            stale,
            newcomer.issuer.as_str(),
            newcomer.subject.as_str()
        )?;
        run!(
            self,
            execute,
            "insert into newcomer (token, issuer, subject, named, came_at)
             values ($1, $2, $3, $4, $5)",
            token,
            newcomer.issuer.as_str(),
            newcomer.subject.as_str(),
            newcomer.named.as_str(),
            newcomer.came_at.as_str()
        )?;
        Ok(())
    }

    /// The newcomer under the hash of a token.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn newcomer(&mut self, token: &str) -> Result<Option<Newcomer>, Error> {
        let row = run!(
            self,
            optional as Newcomer,
            "select issuer, subject, named, came_at from newcomer where token = $1",
            token
        )?;
        Ok(row)
    }

    /// Takes the newcomer under the hash of a token away; false where somebody did so before.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn end_newcomer(&mut self, token: &str) -> Result<bool, Error> {
        let gone = run!(self, execute, "delete from newcomer where token = $1", token)?;
        Ok(gone > 0)
    }
}
