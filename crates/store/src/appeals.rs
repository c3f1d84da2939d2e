//! Drafts of appeals and other letters, each change with its entry in the journal.

use denial::appeal::{Draft, DraftState};
use denial::person::Moment;

use crate::journal::Entry;
use crate::sql::run;
use crate::{Error, Tx, instant, parsed};

impl Tx {
    /// Keeps a new draft; false where one of its case, kind and level is open already.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn add_draft(
        &mut self,
        draft: &Draft,
        entry: Entry,
        moment: &Moment,
    ) -> Result<bool, Error> {
        let added = run!(
            self,
            execute,
            "insert into appeal_draft (practice, draft, denial, kind, level, state, version,
             changed_at, changed_by, body) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
             on conflict do nothing",
            self.practice.as_str(),
            draft.id.as_str(),
            draft.case.as_str(),
            draft.kind.as_str(),
            i64::from(draft.level),
            draft.state.as_str(),
            i64::from(draft.version),
            instant(moment.now),
            moment.who.person.as_str(),
            body(draft)
        )?;
        if added > 0 {
            self.append(vec![entry], moment).await?;
        }
        Ok(added > 0)
    }

    /// Saves what became of a draft that was read at version `read`.
    ///
    /// # Errors
    /// [`Error::Stale`] where somebody was faster.
    pub async fn save_draft(
        &mut self,
        draft: &Draft,
        read: u32,
        entry: Entry,
        moment: &Moment,
    ) -> Result<(), Error> {
        let changed = run!(
            self,
            execute,
            "update appeal_draft set state = $1, version = $2, changed_at = $3, changed_by = $4,
             body = $5 where practice = $6 and draft = $7 and version = $8",
            draft.state.as_str(),
            i64::from(draft.version),
            instant(moment.now),
            moment.who.person.as_str(),
            body(draft),
            self.practice.as_str(),
            draft.id.as_str(),
            i64::from(read)
        )?;
        if changed == 0 {
            return Err(self.who_changed_draft(draft.id.as_str()).await?);
        }
        self.append(vec![entry], moment).await
    }

    /// Who saved a draft last, as the error that tells it.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn who_changed_draft(&mut self, draft: &str) -> Result<Error, Error> {
        let row = run!(
            self,
            optional as (String, String),
            "select changed_by, changed_at from appeal_draft where practice = $1 and draft = $2",
            self.practice.as_str(),
            draft
        )?;
        Ok(row.map_or(Error::Missing { what: "draft" }, |(by, at)| Error::Stale { by, at }))
    }

    /// A draft by its id.
    ///
    /// # Errors
    /// [`Error::Missing`], [`Error::Inconsistent`].
    pub async fn draft(&mut self, draft: &str) -> Result<Draft, Error> {
        let row = run!(
            self,
            optional as (String,),
            "select body from appeal_draft where practice = $1 and draft = $2",
            self.practice.as_str(),
            draft
        )?;
        let (body,) = row.ok_or(Error::Missing { what: "draft" })?;
        parsed("appeal_draft", draft, &body)
    }

    /// Drafts that may still be sent, all or those of one state, the longest waiting first.
    ///
    /// # Errors
    /// [`Error::Inconsistent`].
    pub async fn open_drafts(
        &mut self,
        state: Option<DraftState>,
        limit: i64,
    ) -> Result<Vec<Draft>, Error> {
        let rows = run!(
            self,
            all as (String, String),
            "select draft, body from appeal_draft
             where practice = $1 and state in ('draft', 'ready', 'signed')
             and ($2 = '' or state = $2) order by changed_at, draft limit $3",
            self.practice.as_str(),
            state.map_or("", DraftState::as_str),
            limit
        )?;
        rows.iter().map(|(id, body)| parsed("appeal_draft", id, body)).collect()
    }

    /// The drafts of a case, those that changed last first.
    ///
    /// # Errors
    /// [`Error::Inconsistent`].
    pub async fn drafts_of(&mut self, denial: &str) -> Result<Vec<Draft>, Error> {
        let rows = run!(
            self,
            all as (String, String),
            "select draft, body from appeal_draft where practice = $1 and denial = $2
             order by changed_at desc, draft",
            self.practice.as_str(),
            denial
        )?;
        rows.iter().map(|(id, body)| parsed("appeal_draft", id, body)).collect()
    }
}

fn body(draft: &Draft) -> String {
    serde_json::to_string(draft).expect("a draft is JSON")
}
