//! Names that somebody had shown for a while, and cases that somebody opened in an emergency.

use std::collections::HashMap;

use crate::sql::run;
use crate::{Error, Tx};

/// Names shown, or a case opened, with its reason and its end.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Reveal {
    /// Who.
    pub person: String,
    /// The claim whose names are shown, or the case that is open.
    pub about: String,
    /// `names` or `emergency`.
    pub kind: String,
    /// Why, in their words.
    pub why: String,
    /// Since when.
    pub began_at: String,
    /// Until when.
    pub until_at: String,
    /// Who has looked at it since.
    pub looked_by: Option<String>,
    /// When.
    pub looked_at: Option<String>,
}

impl Tx {
    /// Before whom names are masked, as a word.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn masks(&mut self) -> Result<String, Error> {
        let (word,) = run!(
            self,
            one as (String,),
            "select masks from practice where practice = $1",
            self.practice.as_str()
        )?;
        Ok(word)
    }

    /// Says before whom.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn set_masks(&mut self, word: &str) -> Result<(), Error> {
        run!(
            self,
            execute,
            "update practice set masks = $1 where practice = $2",
            word,
            self.practice.as_str()
        )?;
        Ok(())
    }

    /// Keeps that somebody has something shown from now on. The same person's same thing at the
    /// same moment is one.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn reveal(&mut self, one: &Reveal) -> Result<(), Error> {
        run!(
            self,
            execute,
            "insert into reveal (practice, person, about, kind, why, began_at, until_at)
             values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing",
            self.practice.as_str(),
            one.person.as_str(),
            one.about.as_str(),
            one.kind.as_str(),
            one.why.as_str(),
            one.began_at.as_str(),
            one.until_at.as_str()
        )?;
        Ok(())
    }

    /// Until when somebody has something shown, where they have it now.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn revealed_until(
        &mut self,
        person: &str,
        about: &str,
        kind: &str,
        now: &str,
    ) -> Result<Option<String>, Error> {
        let (until,) = run!(
            self,
            one as (Option<String>,),
            "select max(until_at) from reveal where practice = $1 and person = $2
             and about = $3 and kind = $4 and until_at > $5",
            self.practice.as_str(),
            person,
            about,
            kind,
            now
        )?;
        Ok(until)
    }

    /// Everything of a kind that somebody has shown now, and until when.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn revealed_to(
        &mut self,
        person: &str,
        kind: &str,
        now: &str,
    ) -> Result<HashMap<String, String>, Error> {
        let rows = run!(
            self,
            all as (String, String),
            "select about, max(until_at) from reveal where practice = $1 and person = $2
             and kind = $3 and until_at > $4 group by about",
            self.practice.as_str(),
            person,
            kind,
            now
        )?;
        Ok(rows.into_iter().collect())
    }

    /// The latest of a kind, those first that nobody has looked at.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn reveals(&mut self, kind: &str, limit: i64) -> Result<Vec<Reveal>, Error> {
        let rows = run!(
            self,
            all as Reveal,
            "select person, about, kind, why, began_at, until_at, looked_by, looked_at from reveal
             where practice = $1 and kind = $2
             order by case when looked_at is null then 0 else 1 end, began_at desc, about limit $3",
            self.practice.as_str(),
            kind,
            limit
        )?;
        Ok(rows)
    }

    /// Emergencies that nobody has looked at.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn unseen_emergencies(&mut self) -> Result<i64, Error> {
        let (count,) = run!(
            self,
            one as (i64,),
            "select count(*) from reveal
             where practice = $1 and kind = 'emergency' and looked_at is null",
            self.practice.as_str()
        )?;
        Ok(count)
    }

    /// Notes that somebody else has looked at an emergency; false where there is none such that
    /// waits.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn look_at_emergency(
        &mut self,
        (person, about, began_at): (&str, &str, &str),
        by: &str,
        now: &str,
    ) -> Result<bool, Error> {
        let changed = run!(
            self,
            execute,
            "update reveal set looked_by = $1, looked_at = $2 where practice = $3 and person = $4
             and about = $5 and began_at = $6 and kind = 'emergency' and looked_at is null
             and person <> $1",
            by,
            now,
            self.practice.as_str(),
            person,
            about,
            began_at
        )?;
        Ok(changed > 0)
    }
}
