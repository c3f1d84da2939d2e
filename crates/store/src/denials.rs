//! Cases: opening them, saving what an act changed, reading them back.

use denial::deadline::Deadline;
use denial::denial::{Denial, Work};
use denial::ids::PersonId;
use denial::money::Money;
use denial::person::Moment;
use denial::waits::WaitsOn;
use denial::won::ToPost;
use jiff::civil::Date;

use crate::bulk::{Bulk, Cell};
use crate::journal::Entry;
use crate::sql::{among, run};
use crate::{Error, Practice, Tx, instant, parsed};

/// Where a case stands in the queue; computed by the rules, kept to sort and to find by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rank {
    /// Higher is sooner.
    pub priority: i64,
    /// The soonest open clock.
    pub due_on: Option<Date>,
    /// The leading code, where nobody has mapped it.
    pub unmapped: Option<String>,
    /// The leading adjustment: group and reason, such as `CO-16`.
    pub code: String,
    /// The leading remark; empty where there is none.
    pub remark: String,
    /// Procedure and modifiers of the line that leads; empty for a whole claim.
    pub service: String,
    /// The NPI of who rendered the service, or billed it.
    pub provider: String,
}

/// The day that stands for "no clock is configured": later than any.
pub const NO_CLOCK: &str = "9999-12-31";

pub(crate) const DENIAL: Bulk = Bulk {
    table: "denial",
    columns: &[
        "practice",
        "denial",
        "claim",
        "payer",
        "#round",
        "number",
        "state",
        "status",
        "role",
        "person",
        "category",
        "plan",
        "denied_on",
        "next_kind",
        "next_on",
        "due_on",
        "#denied",
        "#outstanding",
        "#priority",
        "quarantined",
        "snoozed_until",
        "brought_to",
        "no_rule",
        "unmapped",
        "#version",
        "changed_at",
        "changed_by",
        "body",
        "code",
        "remark",
        "service",
        "provider",
        "sub_status",
        "opened_on",
        "promised_by",
        "waits_on",
        "team",
        "#to_post",
    ],
};

/// The columns that a case's work gives: state, owner, next action and its day.
struct Columns<'a> {
    state: &'static str,
    role: &'static str,
    person: &'a str,
    team: &'a str,
    next_kind: &'static str,
    next_on: String,
    due_on: String,
    quarantined: &'static str,
    snoozed_until: Option<String>,
    brought_to: &'a str,
    no_rule: &'static str,
    promised_by: Option<String>,
    waits_on: &'static str,
    to_post: Option<i64>,
    body: String,
}

impl Columns<'_> {
    fn of<'a>(case: &'a Denial, rank: &Rank) -> Columns<'a> {
        let (state, role, next_kind, next_on) = match &case.work {
            Work::Open { owner, next, .. } => {
                ("open", owner.role.as_str(), next.kind.as_str(), next.on.to_string())
            }
            Work::Closed { on, .. } => ("closed", "", "", on.to_string()),
        };
        let owner = case.owner();
        let is_open = state == "open";
        let told = case.escalated.as_ref().filter(|_| is_open);
        let lead = told.and_then(|told| told.person.as_ref());
        let lacks = case.open_clocks().iter().any(Deadline::lacks_rule);
        Columns {
            state,
            role,
            person: owner.and_then(|owner| owner.person.as_ref()).map_or("", PersonId::as_str),
            team: owner.and_then(|owner| owner.team.as_deref()).unwrap_or_default(),
            next_kind,
            next_on,
            due_on: rank.due_on.map_or_else(|| NO_CLOCK.to_owned(), |day| day.to_string()),
            quarantined: if case.quarantined { "yes" } else { "no" },
            snoozed_until: case.snoozed_until.map(|day| day.to_string()),
            brought_to: lead
                .map_or_else(|| told.map_or("", |told| told.to.as_str()), PersonId::as_str),
            no_rule: if lacks { "yes" } else { "no" },
            promised_by: case.promised_by.map(|day| day.to_string()),
            waits_on: case.waits_on().map_or("", WaitsOn::as_str),
            to_post: case.to_post().and_then(ToPost::told).map(Money::cents),
            body: serde_json::to_string(case).expect("a case is JSON"),
        }
    }
}

impl Tx {
    /// Opens cases, each with its journal entries.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn open_cases(
        &mut self,
        cases: &[(Denial, Rank)],
        entries: Vec<Entry>,
        moment: &Moment,
    ) -> Result<(), Error> {
        let at = instant(moment.now);
        let by = moment.who.person.as_str();
        let rows =
            cases.iter().map(|(case, rank)| row(&self.practice, case, rank, &at, by)).collect();
        let inserted = self.insert_all(&DENIAL, rows).await?;
        if usize::try_from(inserted) != Ok(cases.len()) {
            // The practice's turn is ours, so nobody can have opened them meanwhile.
            return Err(Error::Inconsistent {
                table: "denial",
                column: "round",
                id: cases.first().map_or_else(String::new, |(case, _)| case.id.to_string()),
            });
        }
        self.append(entries, moment).await
    }

    /// Saves what acts made of a case that was read at version `read`, with their journal entries.
    ///
    /// # Errors
    /// [`Error::Stale`] where somebody was faster, [`Error::Database`] for a move that does not
    /// exist.
    pub async fn save_case(
        &mut self,
        after: &Denial,
        read: u32,
        rank: &Rank,
        entries: Vec<Entry>,
        moment: &Moment,
    ) -> Result<(), Error> {
        let columns = Columns::of(after, rank);
        let changed = run!(
            self,
            execute,
            "update denial set state = $1, status = $2, role = $3, person = $4, category = $5,
             plan = $6, denied_on = $7, next_kind = $8, next_on = $9, due_on = $10, denied = $11,
             outstanding = $12, priority = $13, quarantined = $14, snoozed_until = $15,
             version = $16, changed_at = $17, changed_by = $18, body = $19,
             claim = $20, number = $21, payer = $22, brought_to = $23, no_rule = $24,
             unmapped = $25, code = $26, remark = $27, service = $28, provider = $29,
             sub_status = $30, opened_on = $31, promised_by = $32, waits_on = $33, team = $34,
             to_post = $35
             where practice = $36 and denial = $37 and version = $38",
            columns.state,
            after.status().as_str(),
            columns.role,
            columns.person,
            after.category.as_str(),
            after.plan.as_str(),
            after.denied_on.to_string(),
            columns.next_kind,
            columns.next_on,
            columns.due_on,
            after.balance.denied.cents(),
            after.balance.outstanding().cents(),
            rank.priority,
            columns.quarantined,
            columns.snoozed_until,
            i64::from(after.version),
            instant(moment.now),
            moment.who.person.as_str(),
            columns.body,
            after.claim.as_str(),
            after.number.as_str(),
            after.payer.as_str(),
            columns.brought_to,
            columns.no_rule,
            rank.unmapped.as_deref(),
            rank.code.as_str(),
            rank.remark.as_str(),
            rank.service.as_str(),
            rank.provider.as_str(),
            after.sub_status.as_str(),
            after.opened_on.to_string(),
            columns.promised_by,
            columns.waits_on,
            columns.team,
            columns.to_post,
            self.practice.as_str(),
            after.id.as_str(),
            i64::from(read)
        )?;
        if changed == 0 {
            return Err(self.who_was_faster(after.id.as_str()).await?);
        }
        self.save_questions(after).await?;
        self.append(entries, moment).await
    }

    /// Who saved a case last, as the error that tells it.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn who_was_faster(&mut self, denial: &str) -> Result<Error, Error> {
        let row = run!(
            self,
            optional as (String, String),
            "select changed_by, changed_at from denial where practice = $1 and denial = $2",
            self.practice.as_str(),
            denial
        )?;
        Ok(row.map_or(Error::Missing { what: "case" }, |(by, at)| Error::Stale { by, at }))
    }

    /// A case by its id.
    ///
    /// # Errors
    /// [`Error::Missing`], [`Error::Inconsistent`], [`Error::Database`].
    pub async fn case(&mut self, denial: &str) -> Result<Denial, Error> {
        let row = run!(
            self,
            optional as (String,),
            "select body from denial where practice = $1 and denial = $2",
            self.practice.as_str(),
            denial
        )?;
        let (body,) = row.ok_or(Error::Missing { what: "case" })?;
        parsed("denial", denial, &body)
    }

    /// Every case of some claims, whatever its round.
    ///
    /// # Errors
    /// [`Error::Inconsistent`], [`Error::Database`].
    pub async fn cases_of(&mut self, claims: &[String]) -> Result<Vec<Denial>, Error> {
        let rows = among!(
            self,
            (String, String),
            "select denial, body from denial
             where practice = $1 and claim in (select value from json_each($2)) order by round",
            "select denial, body from denial
             where practice = $1 and claim = any($2) order by round",
            claims,
            self.practice.as_str()
        )?;
        rows.iter().map(|(id, body)| parsed("denial", id, body)).collect()
    }
}

/// Every column of a case's row, in the order of [`DENIAL`].
pub(crate) fn row(
    practice: &Practice,
    case: &Denial,
    rank: &Rank,
    at: &str,
    by: &str,
) -> Vec<Cell> {
    let columns = Columns::of(case, rank);
    vec![
        Cell::Text(practice.as_str().to_owned()),
        Cell::Text(case.id.as_str().to_owned()),
        Cell::Text(case.claim.as_str().to_owned()),
        Cell::Text(case.payer.as_str().to_owned()),
        Cell::Int(i64::from(case.round)),
        Cell::Text(case.number.as_str().to_owned()),
        Cell::Text(columns.state.to_owned()),
        Cell::Text(case.status().as_str().to_owned()),
        Cell::Text(columns.role.to_owned()),
        Cell::Text(columns.person.to_owned()),
        Cell::Text(case.category.as_str().to_owned()),
        Cell::Text(case.plan.as_str().to_owned()),
        Cell::Text(case.denied_on.to_string()),
        Cell::Text(columns.next_kind.to_owned()),
        Cell::Text(columns.next_on),
        Cell::Text(columns.due_on),
        Cell::Int(case.balance.denied.cents()),
        Cell::Int(case.balance.outstanding().cents()),
        Cell::Int(rank.priority),
        Cell::Text(columns.quarantined.to_owned()),
        Cell::Maybe(columns.snoozed_until),
        Cell::Text(columns.brought_to.to_owned()),
        Cell::Text(columns.no_rule.to_owned()),
        Cell::Maybe(rank.unmapped.clone()),
        Cell::Int(i64::from(case.version)),
        Cell::Text(at.to_owned()),
        Cell::Text(by.to_owned()),
        Cell::Text(columns.body),
        Cell::Text(rank.code.clone()),
        Cell::Text(rank.remark.clone()),
        Cell::Text(rank.service.clone()),
        Cell::Text(rank.provider.clone()),
        Cell::Text(case.sub_status.to_string()),
        Cell::Text(case.opened_on.to_string()),
        Cell::Maybe(columns.promised_by),
        Cell::Text(columns.waits_on.to_owned()),
        Cell::Text(columns.team.to_owned()),
        Cell::MaybeInt(columns.to_post),
    ]
}
