//! Steps of cases that somebody waits for, as the journal tells them.

use crate::contacts::Told;
use crate::sql::among;
use crate::{Error, Tx};

/// An entry of the journal about a case, without its body.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Step {
    /// The case.
    pub about: String,
    /// When.
    pub at: String,
    /// What happened.
    pub kind: String,
    /// Who did it.
    pub actor: String,
    /// Of an opening the role that owned the case; of what was taken back `untouched` where nobody
    /// had done anything with the case before it; empty for all else.
    pub fact: String,
}

impl Tx {
    /// What happened of some kinds since an instant, in the order of the chain, the newest `limit`
    /// of it.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn steps_since(
        &mut self,
        kinds: &[String],
        since: &str,
        limit: i64,
    ) -> Result<Vec<Step>, Error> {
        let mut rows = among!(
            self,
            Step,
            "select about, at, kind, actor,
               case when kind not in ('denial.opened', 'denial.undone') then ''
                 when body not like '{%' then ''
                 when kind = 'denial.opened'
                   then coalesce(json_extract(body, '$.change.denial.work.owner.role'), '')
                 when json_extract(body, '$.change.before.untouched') then 'untouched'
                 else '' end as fact
             from journal where practice = $1 and chain = 'work' and at >= $2
             and kind in (select value from json_each($4)) order by at desc, seq desc limit $3",
            "select about, at, kind, actor,
               case when kind not in ('denial.opened', 'denial.undone') then ''
                 when body not like '{%' then ''
                 when kind = 'denial.opened'
                   then coalesce(body::json #>> '{change,denial,work,owner,role}', '')
                 when body::json #>> '{change,before,untouched}' = 'true' then 'untouched'
                 else '' end as fact
             from journal where practice = $1 and chain = 'work' and at >= $2 and kind = any($4)
             order by at desc, seq desc limit $3",
            kinds,
            self.practice.as_str(),
            since,
            limit
        )?;
        rows.reverse();
        Ok(rows)
    }

    /// The same with what each says: the case, when, the event as JSON.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn steps_told_since(
        &mut self,
        kinds: &[String],
        since: &str,
        limit: i64,
    ) -> Result<Vec<Told>, Error> {
        let mut rows = among!(
            self,
            Told,
            "select about, at, body from journal
             where practice = $1 and chain = 'work' and at >= $2
             and kind in (select value from json_each($4)) order by at desc, seq desc limit $3",
            "select about, at, body from journal
             where practice = $1 and chain = 'work' and at >= $2 and kind = any($4)
             order by at desc, seq desc limit $3",
            kinds,
            self.practice.as_str(),
            since,
            limit
        )?;
        rows.reverse();
        Ok(rows)
    }
}
