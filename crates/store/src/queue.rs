//! The queue: open cases, ranked, filtered, page by page; and the counts of the home page.

use insight::board::Own;

use crate::sql::run;
use crate::{Error, Tx};

/// How the queue is sorted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    /// Highest priority first.
    #[default]
    Priority,
    /// Soonest clock first.
    Due,
    /// Most money first.
    Money,
}

impl Sort {
    /// Reads the word of a link.
    #[must_use]
    pub fn from_name(text: &str) -> Option<Sort> {
        match text {
            "priority" => Some(Sort::Priority),
            "due" => Some(Sort::Due),
            "money" => Some(Sort::Money),
            _ => None,
        }
    }

    /// The word in links.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Sort::Priority => "priority",
            Sort::Due => "due",
            Sort::Money => "money",
        }
    }
}

/// Which cases; what is `None` is not asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// `closed` instead of open ones.
    pub closed: bool,
    /// A role's name.
    pub role: Option<String>,
    /// A person's id; an empty one for cases that nobody has.
    pub person: Option<String>,
    /// A category's name.
    pub category: Option<String>,
    /// A status' name.
    pub status: Option<String>,
    /// A payer's id.
    pub payer: Option<String>,
    /// A claim's number, whole.
    pub number: Option<String>,
    /// Due on this day or before.
    pub due_by: Option<String>,
    /// Cases snoozed past this day are left out.
    pub awake_on: Option<String>,
    /// Due on this day or after.
    pub due_from: Option<String>,
    /// The next action is due on this day or before.
    pub next_by: Option<String>,
    /// Brought to this role.
    pub brought_to: Option<String>,
    /// One of its clocks is not configured.
    pub no_rule: bool,
    /// The leading code is this one, and nobody has mapped it.
    pub unmapped: Option<String>,
    /// Only cases within somebody's own reach.
    pub own: Option<Own>,
}

/// One row of the queue.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct QueueRow {
    /// The case.
    pub denial: String,
    /// The claim's number.
    pub number: String,
    /// The payer's id.
    pub payer: String,
    /// The payer's name.
    pub payer_name: String,
    /// Status.
    pub status: String,
    /// The owner's role.
    pub role: String,
    /// The owner; empty where nobody has it.
    pub person: String,
    /// Reason.
    pub category: String,
    /// Day of the denial.
    pub denied_on: String,
    /// What comes next.
    pub next_kind: String,
    /// By when.
    pub next_on: String,
    /// Soonest clock; [`crate::denials::NO_CLOCK`] where none is configured.
    pub due_on: String,
    /// Denied, in cents.
    pub denied: i64,
    /// Not explained yet, in cents.
    pub outstanding: i64,
    /// What it is sorted by.
    pub priority: i64,
    /// `yes` where the money does not add up.
    pub quarantined: String,
    /// Its version.
    pub version: i64,
}

/// The last row of a page, after which the next begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct After {
    /// Its value in the sorted column: a number, or a day.
    pub value: String,
    /// Its id.
    pub denial: String,
}

/// How many and how much.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Count {
    /// Of what: a status, a category, a role.
    pub name: String,
    /// Cases.
    pub cases: i64,
    /// Outstanding, in cents.
    pub outstanding: i64,
}

macro_rules! queue_text {
    ($after:literal, $order:literal) => {
        concat!(
            "select d.denial, d.number, d.payer, p.name as payer_name, d.status, d.role, d.person,
             d.category, d.denied_on, d.next_kind, d.next_on, d.due_on, d.denied, d.outstanding,
             d.priority, d.quarantined, d.version
             from denial d join payer p on p.practice = d.practice and p.payer = d.payer
             where d.practice = $1 and d.state = $2
             and (cast($3 as text) is null or d.role = $3)
             and (cast($4 as text) is null or d.person = $4)
             and (cast($5 as text) is null or d.category = $5)
             and (cast($6 as text) is null or d.status = $6)
             and (cast($7 as text) is null or d.payer = $7)
             and (cast($8 as text) is null or d.number = $8)
             and (cast($9 as text) is null or d.due_on <= $9)
             and (cast($10 as text) is null or d.snoozed_until is null or d.snoozed_until <= $10)
             and (cast($11 as text) is null or d.due_on >= $11)
             and (cast($12 as text) is null or d.next_on <= $12)
             and (cast($13 as text) is null or d.role = $13 or d.person = $14 or exists
               (select 1 from asked a where a.practice = d.practice and a.denial = d.denial
                and a.role = $13))
             and (cast($18 as text) is null or d.brought_to = $18)
             and (cast($19 as text) is null or d.no_rule = $19)
             and (cast($20 as text) is null or d.unmapped = $20) ",
            $after,
            " order by ",
            $order,
            " limit $17"
        )
    };
}

impl Tx {
    /// One page of the queue.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn queue(
        &mut self,
        filter: &Filter,
        sort: Sort,
        after: Option<&After>,
        limit: i64,
    ) -> Result<Vec<QueueRow>, Error> {
        let last = after.map_or("", |after| after.denial.as_str());
        match sort {
            Sort::Priority => {
                let value = number_after(after);
                let text = queue_text!(
                    "and (d.priority < $15 or (d.priority = $15 and d.denial > $16))",
                    "d.priority desc, d.denial"
                );
                self.page(text, filter, value, last, limit).await
            }
            Sort::Money => {
                let value = number_after(after);
                let text = queue_text!(
                    "and (d.outstanding < $15 or (d.outstanding = $15 and d.denial > $16))",
                    "d.outstanding desc, d.denial"
                );
                self.page(text, filter, value, last, limit).await
            }
            Sort::Due => {
                let value = after.map_or(String::new(), |after| after.value.clone());
                let text = queue_text!(
                    "and (d.due_on > $15 or (d.due_on = $15 and d.denial > $16))",
                    "d.due_on, d.denial"
                );
                self.page(text, filter, value, last, limit).await
            }
        }
    }

    async fn page<V>(
        &mut self,
        text: &'static str,
        filter: &Filter,
        value: V,
        last: &str,
        limit: i64,
    ) -> Result<Vec<QueueRow>, Error>
    where
        V: for<'q> sqlx::Encode<'q, sqlx::Sqlite> + sqlx::Type<sqlx::Sqlite> + Send,
        V: for<'q> sqlx::Encode<'q, sqlx::Postgres> + sqlx::Type<sqlx::Postgres> + 'static,
    {
        let rows = run!(
            self,
            all as QueueRow,
            text,
            self.practice.as_str(),
            if filter.closed { "closed" } else { "open" },
            filter.role.as_deref(),
            filter.person.as_deref(),
            filter.category.as_deref(),
            filter.status.as_deref(),
            filter.payer.as_deref(),
            filter.number.as_deref(),
            filter.due_by.as_deref(),
            filter.awake_on.as_deref(),
            filter.due_from.as_deref(),
            filter.next_by.as_deref(),
            filter.own.as_ref().map(|own| own.role.as_str()),
            filter.own.as_ref().map(|own| own.person.as_str()),
            value,
            last,
            limit,
            filter.brought_to.as_deref(),
            filter.no_rule.then_some("yes"),
            filter.unmapped.as_deref()
        )?;
        Ok(rows)
    }

    /// Open cases and their money by status.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn counts_by_status(&mut self) -> Result<Vec<Count>, Error> {
        let rows = run!(
            self,
            all as Count,
            "select status as name, count(*) as cases,
             cast(coalesce(sum(outstanding), 0) as bigint) as outstanding
             from denial where practice = $1 and state = 'open' group by status order by status",
            self.practice.as_str()
        )?;
        Ok(rows)
    }

    /// Open cases and their money by category.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn counts_by_category(&mut self) -> Result<Vec<Count>, Error> {
        let rows = run!(
            self,
            all as Count,
            "select category as name, count(*) as cases,
             cast(coalesce(sum(outstanding), 0) as bigint) as outstanding
             from denial where practice = $1 and state = 'open' group by category
             order by 3 desc, category",
            self.practice.as_str()
        )?;
        Ok(rows)
    }

    /// Open cases and their money by the owner's role.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn counts_by_role(&mut self) -> Result<Vec<Count>, Error> {
        let rows = run!(
            self,
            all as Count,
            "select role as name, count(*) as cases,
             cast(coalesce(sum(outstanding), 0) as bigint) as outstanding
             from denial where practice = $1 and state = 'open' group by role order by role",
            self.practice.as_str()
        )?;
        Ok(rows)
    }

    /// Open cases with a clock that runs out on a day or before, and those that nobody has or
    /// whose next action is late: three counts with their money.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn counts_of_concern(
        &mut self,
        today: &str,
        near: &str,
    ) -> Result<Vec<Count>, Error> {
        let rows = run!(
            self,
            all as Count,
            "select case when due_on < $1 then 'past_due' when due_on <= $2 then 'due_soon'
               when due_on = '9999-12-31' then 'no_clock' else 'in_time' end as name,
             count(*) as cases, cast(coalesce(sum(outstanding), 0) as bigint) as outstanding
             from denial where practice = $3 and state = 'open' group by 1 order by 1",
            today,
            near,
            self.practice.as_str()
        )?;
        let mut counts = rows;
        let (cases, outstanding) = run!(
            self,
            one as (i64, i64),
            "select count(*), cast(coalesce(sum(outstanding), 0) as bigint) from denial
             where practice = $1 and state = 'open' and person = ''",
            self.practice.as_str()
        )?;
        counts.push(Count { name: "unowned".to_owned(), cases, outstanding });
        let (cases, outstanding) = run!(
            self,
            one as (i64, i64),
            "select count(*), cast(coalesce(sum(outstanding), 0) as bigint) from denial
             where practice = $1 and state = 'open' and next_on < $2",
            self.practice.as_str(),
            today
        )?;
        counts.push(Count { name: "late".to_owned(), cases, outstanding });
        Ok(counts)
    }
}

fn number_after(after: Option<&After>) -> i64 {
    after.and_then(|after| after.value.parse().ok()).unwrap_or(i64::MAX)
}
