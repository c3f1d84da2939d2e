//! The head of the queue, and cases of a claim's number, as commands list them.

use denial::person::Role;
use insight::board::Own;

use crate::sql::among;
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

/// Which cases; what is `None` is not asked. Whatever else the queue is filtered by is the board's
/// ([`insight::board`]).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// `closed` instead of open ones.
    pub closed: bool,
    /// A claim's number, whole.
    pub number: Option<String>,
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
    /// The team that shares it; empty where none does.
    pub team: String,
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
    ($order:literal, $teams:literal) => {
        concat!(
            "select d.denial, d.number, d.payer, p.name as payer_name, d.status, d.role, d.person,
             d.team, d.category, d.denied_on, d.next_kind, d.next_on, d.due_on, d.denied,
             d.outstanding, d.priority, d.quarantined, d.version
             from denial d join payer p on p.practice = d.practice and p.payer = d.payer
             where d.practice = $1 and d.state = $2
             and (cast($3 as text) is null or d.number = $3)
             and (cast($4 as text) is null or d.role = $4 or d.person = $5 or exists
               (select 1 from asked a where a.practice = d.practice and a.denial = d.denial
                and a.role = $4)
               or (($4 <> '' or d.role = 'vendor') and ",
            $teams,
            "))
             order by ",
            $order,
            " limit $6"
        )
    };
}

macro_rules! queue_texts {
    ($order:literal) => {
        [
            queue_text!($order, "d.team in (select value from json_each($7))"),
            queue_text!($order, "d.team = any($7)"),
        ]
    };
}

impl Tx {
    /// The head of the queue: at most so many rows.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn queue(
        &mut self,
        filter: &Filter,
        sort: Sort,
        limit: i64,
    ) -> Result<Vec<QueueRow>, Error> {
        let [sqlite, postgres] = match sort {
            Sort::Priority => queue_texts!("d.priority desc, d.denial"),
            Sort::Money => queue_texts!("d.outstanding desc, d.denial"),
            Sort::Due => queue_texts!("d.due_on, d.denial"),
        };
        let own = filter.own.as_ref();
        let teams = own.map(|own| own.teams.as_slice()).unwrap_or_default();
        let rows = among!(
            self,
            QueueRow,
            sqlite,
            postgres,
            teams,
            self.practice.as_str(),
            if filter.closed { "closed" } else { "open" },
            filter.number.as_deref(),
            own.map(|own| own.role.map_or("", Role::as_str)),
            own.map(|own| own.person.as_str()),
            limit
        )?;
        Ok(rows)
    }
}
