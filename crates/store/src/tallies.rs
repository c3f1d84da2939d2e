//! The home page's counts: open cases and their money, cut every way in one pass.

use denial::person::Role;
use insight::board::Own;

use crate::queue::Count;
use crate::sql::run;
use crate::{Error, Tx};

/// Open cases that are alike in what the home page asks.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Tally {
    /// A status' name.
    pub status: String,
    /// A category's name.
    pub category: String,
    /// The owner's role.
    pub role: String,
    /// `yes` where a person has them.
    pub owned: String,
    /// `past`, `soon`, `later`, or `none` where no clock is configured.
    pub clock: String,
    /// `yes` where one of the clocks is not configured.
    pub no_rule: String,
    /// `yes` where the next action's day is over.
    pub late: String,
    /// Cases.
    pub cases: i64,
    /// Outstanding, in cents.
    pub outstanding: i64,
}

impl Tx {
    /// Open cases that are awake today, counted. `own` leaves only what somebody sees.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn tally(
        &mut self,
        own: Option<&Own>,
        today: &str,
        near: &str,
    ) -> Result<Vec<Tally>, Error> {
        let rows = run!(
            self,
            all as Tally,
            "select d.status, d.category, d.role,
             case when d.person = '' then 'no' else 'yes' end as owned,
             case when d.due_on < $1 then 'past' when d.due_on <= $2 then 'soon'
               when d.due_on = '9999-12-31' then 'none' else 'later' end as clock, d.no_rule,
             case when d.next_on < $1 then 'yes' else 'no' end as late,
             count(*) as cases, cast(coalesce(sum(d.outstanding), 0) as bigint) as outstanding
             from denial d where d.practice = $3 and d.state = 'open'
             and (d.snoozed_until is null or d.snoozed_until <= $1)
             and (cast($4 as text) is null or d.role = $4 or d.person = $5 or exists
               (select 1 from asked a where a.practice = d.practice and a.denial = d.denial
                and a.role = $4))
             group by 1, 2, 3, 4, 5, 6, 7",
            today,
            near,
            self.practice.as_str(),
            own.map(|own| own.role.map_or("", Role::as_str)),
            own.map(|own| own.person.as_str())
        )?;
        Ok(rows)
    }

    /// How many open cases were brought to a role, those that sleep among them.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn brought_to(&mut self, role: &str) -> Result<i64, Error> {
        let (cases,) = run!(
            self,
            one as (i64,),
            "select count(*) from denial
             where practice = $1 and brought_to <> '' and brought_to = $2 and state = 'open'",
            self.practice.as_str(),
            role
        )?;
        Ok(cases)
    }

    /// Open cases whose leading code nobody has mapped, and their money, by code.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn unmapped_codes(&mut self) -> Result<Vec<Count>, Error> {
        let rows = run!(
            self,
            all as Count,
            "select unmapped as name, count(*) as cases,
             cast(coalesce(sum(outstanding), 0) as bigint) as outstanding
             from denial where practice = $1 and unmapped is not null and state = 'open'
             group by unmapped order by 3 desc, 1",
            self.practice.as_str()
        )?;
        Ok(rows)
    }

    /// Open cases with a clock that is not configured, and their money, by payer: id, name, cases,
    /// cents.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn payers_without_rules(&mut self) -> Result<Vec<(String, String, i64, i64)>, Error> {
        let rows = run!(
            self,
            all as (String, String, i64, i64),
            "select d.payer, p.name, count(*), cast(coalesce(sum(d.outstanding), 0) as bigint)
             from denial d join payer p on p.practice = d.practice and p.payer = d.payer
             where d.practice = $1 and d.state = 'open' and d.no_rule = 'yes'
             group by d.payer, p.name order by 4 desc, 1",
            self.practice.as_str()
        )?;
        Ok(rows)
    }

    /// Open cases that sleep past a day: how many and how much.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn asleep(&mut self, today: &str) -> Result<(i64, i64), Error> {
        let row = run!(
            self,
            one as (i64, i64),
            "select count(*), cast(coalesce(sum(outstanding), 0) as bigint) from denial
             where practice = $1 and state = 'open' and snoozed_until > $2",
            self.practice.as_str(),
            today
        )?;
        Ok(row)
    }
}
