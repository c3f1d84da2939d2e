//! A case as the database lists it, and what of it is reckoned with.

use denial::denial::Status;
use jiff::civil::Date;

use super::facet::TEXTS;

/// One case. Texts are the names and ids that the database keeps; none is a patient's.
#[derive(Clone, Copy, Debug)]
pub struct Listed<'a> {
    /// The bits of its id.
    pub id: u128,
    /// Open, not closed.
    pub is_open: bool,
    /// A status' name.
    pub status: &'a str,
    /// The category's name.
    pub reason: &'a str,
    /// The owner's role.
    pub role: &'a str,
    /// The owner: a person's id, or the [`denial::team::key`] of the team that shares it while
    /// nobody has it; empty for nobody.
    pub owner: &'a str,
    /// The team that shares it, whoever has it; empty for none.
    pub team: &'a str,
    /// A payer's id.
    pub payer: &'a str,
    /// The regime's name.
    pub plan: &'a str,
    /// The leading adjustment: group and reason code, such as `CO-16`.
    pub code: &'a str,
    /// The leading remark; empty where there is none.
    pub remark: &'a str,
    /// Procedure and modifiers of the line that most money was denied on; empty for a whole claim.
    pub service: &'a str,
    /// The NPI of who rendered the service, or billed it.
    pub provider: &'a str,
    /// The next action's name; empty where the case is closed.
    pub next: &'a str,
    /// Whom it waits on (`denial::waits`): `us`, `payer`, …; empty where the case is closed.
    pub waiting: &'a str,
    /// The leading code where nobody has mapped it; else empty.
    pub unmapped: &'a str,
    /// The role that must hear of it; empty where none must.
    pub brought_to: &'a str,
    /// Where within its status it stands, in a practice's own word; empty for none.
    pub sub_status: &'a str,
    /// The day on which it was opened, as rows have it; empty where they do not know.
    pub opened_on: &'a str,
    /// The soonest open clock.
    pub due_on: Option<Date>,
    /// The day of the denial.
    pub denied_on: Date,
    /// The day of the next action; that of closing where it is closed.
    pub next_on: Date,
    /// The day by which the payer promised an answer.
    pub promised_by: Option<Date>,
    /// Put off until this day.
    pub snoozed_until: Option<Date>,
    /// What nobody has explained yet, in cents.
    pub outstanding: i64,
    /// Won and not posted, as the payer told it, in cents; `None` where it told no amount.
    pub to_post: Option<i64>,
    /// What the queue sorts by.
    pub priority: i64,
    /// 1 for the claim's first case with the payer.
    pub round: u8,
    /// Roles whose answer it waits for: the [`super::bit`] of each.
    pub asked: u16,
    /// One of its open clocks has no rule.
    pub no_rule: bool,
    /// Its money does not add up.
    pub quarantined: bool,
}

impl Listed<'_> {
    /// In the order of the columns.
    pub(crate) const fn texts(&self) -> [&str; TEXTS] {
        [
            self.status,
            self.reason,
            self.role,
            self.owner,
            self.payer,
            self.plan,
            self.code,
            self.remark,
            self.service,
            self.provider,
            self.next,
            self.waiting,
            self.unmapped,
            self.brought_to,
            self.sub_status,
            self.opened_on,
            self.team,
        ]
    }

    /// True where an open case lacks what every save makes sure of: an owner's role, a next action.
    pub(crate) const fn lacks(&self) -> bool {
        self.is_open && (self.role.is_empty() || self.next.is_empty())
    }

    /// True while the payer owes its answer to what was sent.
    pub(crate) fn awaits(&self) -> bool {
        Status::from_name(self.status).is_some_and(Status::is_awaiting)
    }

    /// What makes cases one job. A case without a code is a job of its own.
    pub(crate) fn job(&self) -> String {
        if self.code.is_empty() {
            return format!("{:032x}", self.id);
        }
        [self.payer, self.code, self.remark, self.service, self.provider].join("|")
    }
}
