//! Root causes that people set, counted by reason and payer.

use denial::denial::{Denial, RootCause};

use crate::sql::run;
use crate::{Error, Tx};

/// A root cause that was set before.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct UsualCause {
    /// The step of the clinic's work.
    pub step: String,
    /// The role that can mend it.
    pub team: String,
    /// How often it was set for this reason.
    pub times: i64,
    /// How often of these at this payer.
    pub here: i64,
}

impl Tx {
    /// Counts a root cause that somebody set on a case.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn count_root_cause(
        &mut self,
        case: &Denial,
        cause: &RootCause,
        at: &str,
    ) -> Result<(), Error> {
        run!(
            self,
            execute,
            "insert into root_cause (practice, category, payer, step, team, times, last_at)
             values ($1, $2, $3, $4, $5, 1, $6)
             on conflict (practice, category, payer, step, team)
             do update set times = root_cause.times + 1, last_at = excluded.last_at",
            self.practice.as_str(),
            case.category.as_str(),
            case.payer.as_str(),
            cause.step.trim(),
            cause.team.as_str(),
            at
        )?;
        Ok(())
    }

    /// What was usual for a case's reason, first at its payer.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn usual_root_causes(
        &mut self,
        case: &Denial,
        limit: i64,
    ) -> Result<Vec<UsualCause>, Error> {
        let rows = run!(
            self,
            all as UsualCause,
            "select step, team, cast(sum(times) as bigint) as times,
             cast(sum(case when payer = $3 then times else 0 end) as bigint) as here
             from root_cause where practice = $1 and category = $2
             group by step, team order by here desc, times desc, step, team limit $4",
            self.practice.as_str(),
            case.category.as_str(),
            case.payer.as_str(),
            limit
        )?;
        Ok(rows)
    }
}
