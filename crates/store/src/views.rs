//! Queues that people want to see again: their own and the team's.

use crate::sql::run;
use crate::{Error, Tx};

/// A saved view.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct SavedView {
    /// Its id.
    pub view: String,
    /// Whose; empty where the whole team has it.
    pub person: String,
    /// What they call it.
    pub name: String,
    /// Filters and order as the address carries them.
    pub query: String,
    /// When it was saved last.
    pub saved_at: String,
    /// By whom.
    pub saved_by: String,
}

impl Tx {
    /// The team's views and a person's own, by name.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn saved_views(&mut self, person: &str) -> Result<Vec<SavedView>, Error> {
        let rows = run!(
            self,
            all as SavedView,
            "select view, person, name, query, saved_at, saved_by from saved_view
             where practice = $1 and (person = '' or person = $2) order by person desc, name",
            self.practice.as_str(),
            person
        )?;
        Ok(rows)
    }

    /// Saves a view; one with the same name of the same person is replaced and keeps its id.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn save_view(&mut self, view: &SavedView) -> Result<(), Error> {
        run!(
            self,
            execute,
            "insert into saved_view (practice, view, person, name, query, saved_at, saved_by)
             values ($1, $2, $3, $4, $5, $6, $7)
             on conflict (practice, person, name) do update set query = excluded.query,
             saved_at = excluded.saved_at, saved_by = excluded.saved_by",
            self.practice.as_str(),
            view.view.as_str(),
            view.person.as_str(),
            view.name.as_str(),
            view.query.as_str(),
            view.saved_at.as_str(),
            view.saved_by.as_str()
        )?;
        Ok(())
    }

    /// Removes a view that is a person's own or, for who may, the team's; false where there is
    /// none such.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn forget_view(&mut self, view: &str, person: &str) -> Result<bool, Error> {
        let changed = run!(
            self,
            execute,
            "delete from saved_view where practice = $1 and view = $2 and person = $3",
            self.practice.as_str(),
            view,
            person
        )?;
        Ok(changed > 0)
    }
}
