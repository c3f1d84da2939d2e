//! The denial case: one claim at one payer in one round, with its lines, balance, work and clocks.

mod appealed;
mod standing;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use crate::category::{AdjustmentKind, Category, Origin};
use crate::checklist::Ticked;
use crate::claim::{PayerName, PlanType};
use crate::codes::{ClaimNumber, LineControl, Npi, Procedure};
use crate::contact::Promise;
use crate::deadline::Deadline;
use crate::escalation::Escalated;
use crate::ids::{ClaimId, DenialId, PayerId, PersonId, RemittanceId};
use crate::lifecycle::evidence::{Attached, Submission};
use crate::money::Money;
use crate::named;
use crate::person::Role;
use crate::posting::Posting;
use crate::remittance::{Adjustment, Remark, Source};
use crate::request::OpenRequest;

pub use appealed::{Appeal, Outcome};

named! {
    /// Where a case stands: the eight statuses of the field.
    Status {
        /// Found, not looked at.
        New = "new",
        /// Somebody works it.
        InReview = "in_review",
        /// A corrected claim was sent.
        Corrected = "corrected_and_resubmitted",
        /// An appeal was sent.
        Appealed = "appealed",
        /// The payer's receipt is proven; its answer is awaited.
        Pending = "pending_payer_response",
        /// The payer gave way; the money is not posted yet.
        Overturned = "overturned",
        /// Every cent is explained and nothing was given up.
        Paid = "paid",
        /// What was left was given up, with a reason and the needed approval.
        WrittenOff = "written_off",
    }
}

impl Status {
    /// True while something lies with the payer.
    #[must_use]
    pub const fn is_awaiting(self) -> bool {
        matches!(self, Status::Corrected | Status::Appealed | Status::Pending)
    }

    /// True for the two final statuses.
    #[must_use]
    pub const fn is_closed(self) -> bool {
        matches!(self, Status::Paid | Status::WrittenOff)
    }
}

named! {
    /// What is to be done next on an open case.
    NextActionKind {
        /// Look at it and choose a way.
        Review = "review",
        /// Correct the claim.
        Correct = "correct",
        /// Send the claim again.
        Resubmit = "resubmit",
        /// Appeal.
        Appeal = "appeal",
        /// Bill the other payer, or settle who pays first.
        CoordinateBenefits = "coordinate_benefits",
        /// Send the records asked for.
        SendRecords = "send_records",
        /// Call the payer.
        CallPayer = "call_payer",
        /// Ask a colleague.
        AskColleague = "ask_colleague",
        /// Wait for the payer's answer.
        AwaitPayer = "await_payer",
        /// Move it to the patient's bill.
        BillPatient = "bill_patient",
        /// Propose to give it up.
        ProposeWriteOff = "propose_write_off",
        /// Post the payment of a payer that gave way.
        PostPayment = "post_payment",
        /// Book the write-off that a second person approved.
        BookWriteOff = "book_write_off",
    }
}

/// What is to be done next, and by when.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NextAction {
    /// What.
    pub kind: NextActionKind,
    /// The day by which it is done.
    pub on: Date,
}

/// Who answers for a case: always a role, a team where one shares it, and a person once somebody
/// has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owner {
    /// The role that the matrix names, or that a supervisor chose.
    pub role: Role,
    /// The person; a case without one is unowned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<PersonId>,
    /// The team whose people share it, whoever of them has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<SmolStr>,
}

impl Owner {
    /// A role, and nobody of it yet.
    #[must_use]
    pub const fn of(role: Role) -> Owner {
        Owner { role, person: None, team: None }
    }
}

/// The work on a case. An open case cannot lack owner, next action or date.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum Work {
    /// Somebody owes the next step.
    Open {
        /// One of the six open statuses.
        status: Status,
        /// Who answers for it.
        owner: Owner,
        /// What comes next.
        next: NextAction,
        /// When silence becomes a matter for others.
        escalate_on: Date,
        /// How the payer gave way, while what it pays is not posted; cases from before that was
        /// kept lack it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        won: Option<Box<GaveWay>>,
    },
    /// Nothing is left to do.
    Closed {
        /// Paid or written off.
        status: Status,
        /// The day.
        on: Date,
        /// How it ended.
        resolution: Resolution,
    },
}

/// How a payer gave way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GaveWay {
    /// In part only: the rest stays denied.
    pub partly: bool,
    /// What it said that it pays, where it said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promised: Option<Money>,
    /// What was recovered before: no part of what was promised.
    #[serde(default)]
    pub recovered: Money,
    /// Whose the case was before it went to who posts, and is again where the payer does not pay.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub worked_by: Option<Owner>,
}

impl Work {
    /// How the payer gave way, where it did and the case is open.
    #[must_use]
    pub fn won(&self) -> Option<&GaveWay> {
        match self {
            Work::Open { won, .. } => won.as_deref(),
            Work::Closed { .. } => None,
        }
    }

    /// Where the case stands.
    #[must_use]
    pub const fn status(&self) -> Status {
        match self {
            Work::Open { status, .. } | Work::Closed { status, .. } => *status,
        }
    }
}

named! {
    /// How a closed case ended.
    Resolution {
        /// The payer paid what it had denied.
        PaidByPayer = "paid_by_payer",
        /// What was denied is properly owed by the patient or another payer, and was moved there.
        Transferred = "transferred",
        /// Part was paid, the rest was given up.
        PartlyWrittenOff = "partly_written_off",
        /// All of it was given up.
        WrittenOff = "written_off",
    }
}

/// The money of a case. What was denied is always the sum of its parts and what is outstanding.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Balance {
    /// Refused by the payer.
    pub denied: Money,
    /// Paid by that payer after all.
    pub recovered: Money,
    /// Paid by another payer.
    pub other_payer: Money,
    /// Moved to the patient.
    pub patient: Money,
    /// Found to be the contract's own reduction.
    pub contractual: Money,
    /// Kept back by law (sequestration).
    #[serde(default, skip_serializing_if = "is_zero")]
    pub sequestration: Money,
    /// Given up.
    pub written_off: Money,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
const fn is_zero(amount: &Money) -> bool {
    amount.is_zero()
}

impl Balance {
    /// What nobody has explained yet.
    #[must_use]
    pub fn outstanding(&self) -> Money {
        self.denied - self.explained() - self.written_off
    }

    /// What was paid or moved to where it belongs.
    #[must_use]
    pub fn explained(&self) -> Money {
        self.explained_parts().into_iter().sum()
    }

    pub(crate) const fn explained_parts(&self) -> [Money; 5] {
        [self.recovered, self.other_payer, self.patient, self.contractual, self.sequestration]
    }
}

/// One denied line of a case, or the whole claim.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeniedLine {
    /// Position on the claim, from 1; `None` for the whole claim.
    pub line: Option<u16>,
    /// Our control number of the line, where there is one.
    pub control: LineControl,
    /// What was done.
    pub procedure: Procedure,
    /// First day of service.
    pub from: Option<Date>,
    /// Charge of the line.
    pub charge: Money,
    /// Every adjustment of the line, denial or not.
    pub adjustments: Vec<Adjustment>,
    /// Every remark that stands with the line.
    pub remarks: Vec<Remark>,
    /// The part that denial reasons took.
    pub denied: Money,
    /// What the contract lets expect, where a contract is known.
    pub expected: Option<Money>,
    /// The reason's category.
    pub category: Category,
    /// True where nothing of the line was paid or left to the patient.
    pub full: bool,
    /// The day of its latest denial.
    pub denied_on: Option<Date>,
    /// The remittance of its latest denial.
    pub remittance: RemittanceId,
    /// A later remittance that paid it: when, how much.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recovered: Option<Recovery>,
    /// Set aside without closing the case (features 2.02).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub set_aside: Option<String>,
}

impl DeniedLine {
    /// True while the payer's last word on the line is no.
    #[must_use]
    pub const fn stays_denied(&self) -> bool {
        self.recovered.is_none()
    }
}

/// How a denied line was paid after all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recovery {
    /// Payment day.
    pub on: Date,
    /// Paid beyond what was paid before.
    pub amount: Money,
    /// Days from the denial.
    pub days: i32,
    /// The remittance that paid.
    pub remittance: RemittanceId,
}

/// Why it really happened, set by a person (features 3.03).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RootCause {
    /// The step of the clinic's work, in the clinic's words.
    pub step: String,
    /// The team that can mend it.
    pub team: Role,
    /// Whether it could have been prevented.
    pub preventable: bool,
    /// Whether the money can still be had, where somebody judged that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recoverable: Option<bool>,
    /// What was found.
    pub note: String,
}

named! {
    /// How something reached a payer or came from it.
    Channel {
        /// Electronic file.
        Edi = "edi",
        /// The payer's portal.
        Portal = "portal",
        /// Fax.
        Fax = "fax",
        /// Post.
        Mail = "mail",
        /// Telephone.
        Phone = "phone",
    }
}

/// A question to a colleague that waits for its answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// Number within the case, from 1.
    pub number: u16,
    /// Who is asked.
    pub to: Role,
    /// The question.
    pub text: String,
    /// The day by which the answer is wanted.
    pub due: Date,
    /// Who asked.
    pub asker: PersonId,
}

/// A write-off that waits for a second person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    /// How much is to be given up.
    pub amount: Money,
    /// Why.
    pub reason: String,
    /// Who asks; never the one who approves.
    pub by: PersonId,
    /// Since when it waits.
    pub at: Timestamp,
    /// Who approved it, once somebody has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approved_by: Option<PersonId>,
}

/// The days of a claim that clocks are counted from, as far as they are known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimDays {
    /// First day of service.
    pub service_on: Option<Date>,
    /// Last day of service, or discharge.
    pub service_end_on: Option<Date>,
    /// The day on which the notice of denial was received.
    pub notice_on: Option<Date>,
    /// The day of the payer's request for records.
    pub records_asked_on: Option<Date>,
    /// The day of the other payer's remittance.
    pub other_payer_on: Option<Date>,
}

/// What was chosen; later files leave it alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chosen {
    /// The category.
    pub category: bool,
    /// The owner.
    pub owner: bool,
    /// The next action, until the case moves.
    pub next: bool,
    /// No person chose the owner: a rule that acts did.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub owner_by_itself: bool,
    /// No person chose the next action: a rule that acts did, or a payer's answer.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub next_by_itself: bool,
}

/// One denial case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Denial {
    /// Its id.
    pub id: DenialId,
    /// The claim.
    pub claim: ClaimId,
    /// The claim's number, as people call it.
    pub number: ClaimNumber,
    /// The payer.
    pub payer: PayerId,
    /// The payer as files name it, which selects its rules.
    pub payer_name: PayerName,
    /// The regime that selects the rules.
    pub plan: PlanType,
    /// Who rendered the service, or billed it where nobody is named.
    #[serde(default)]
    pub provider: Npi,
    /// Who billed it: a site that bills under a number of its own is known by it, whoever rendered
    /// the service there.
    #[serde(default, skip_serializing_if = "Npi::is_empty")]
    pub site: Npi,
    /// 1 for the first denial of the claim by this payer, 2 after a closed one, and so on.
    pub round: u8,
    /// The case that it was split from, because a line needed another road.
    pub split_from: Option<DenialId>,
    /// The day on which the case was opened.
    pub opened_on: Date,
    /// The remittance of the latest denial.
    pub remittance: RemittanceId,
    /// Where that came from.
    pub source: Source,
    /// The day of the latest denial: the payment's effective date.
    pub denied_on: Date,
    /// The other days that clocks are counted from.
    pub days: ClaimDays,
    /// The denied lines.
    pub lines: Vec<DeniedLine>,
    /// The leading reason.
    pub category: Category,
    /// Front desk or behind it.
    pub origin: Origin,
    /// The kind of the leading adjustment: a denial, or not mapped yet.
    pub kind: AdjustmentKind,
    /// What really happened, once a person has said.
    pub root_cause: Option<RootCause>,
    /// The remittance did not add up: posting and automatic overturn wait (house §18.2).
    pub quarantined: bool,
    /// Owner, next action, date; or how it ended.
    pub work: Work,
    /// Every clock.
    pub deadlines: Vec<Deadline>,
    /// Every correction that was sent.
    pub submissions: Vec<Submission>,
    /// Every appeal.
    pub appeals: Vec<Appeal>,
    /// What the playbook does first about the leading reason.
    pub first: NextActionKind,
    /// What the payer or an appeal asks for, in the playbook's words.
    pub wanted: Vec<SmolStr>,
    /// What is on file.
    pub documents: Vec<Attached>,
    /// Every posting, in order; the balance is their sum.
    pub postings: Vec<Posting>,
    /// The money.
    pub balance: Balance,
    /// Corrections and appeals that the payer has answered with no.
    pub attempts: u8,
    /// How many questions were asked so far.
    pub asked: u16,
    /// Questions without an answer.
    pub questions: Vec<Question>,
    /// Corrective steps that were ticked, each once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<Ticked>,
    /// A write-off that waits for a second person.
    pub proposal: Option<Proposal>,
    /// The payer's own claim number, wanted on a replacement.
    pub control: SmolStr,
    /// Who took it last, and has not given it back (features 3.06); [`Denial::worked_on_by`] says
    /// whether that still holds.
    pub taken_by: Option<PersonId>,
    /// Until when they have it alone; without end where it was taken before that was kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taken_until: Option<Timestamp>,
    /// The day by which the payer promised an answer.
    pub promised_by: Option<Date>,
    /// What it promised then, until it is kept or another takes its place; none where it was
    /// promised before that was kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promise: Option<Promise>,
    /// Letters of the payer that are no denials, and wait for our answer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub requests: Vec<OpenRequest>,
    /// Who heard last that nothing moves, since the last move.
    pub escalated: Option<Escalated>,
    /// What was chosen, by people and by rules.
    pub chosen: Chosen,
    /// Nobody has done anything with it yet ([`crate::levels::TOUCHES`]); cases from before that
    /// was kept lack it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub untouched: bool,
    /// Out of the queue until this day.
    pub snoozed_until: Option<Date>,
    /// Where within its status it stands, in a word of the practice's own; empty for none. A move
    /// ends it.
    #[serde(default, skip_serializing_if = "SmolStr::is_empty")]
    pub sub_status: SmolStr,
    /// Overturned in part only: what the payer did not give way on stays denied.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub rest_denied: bool,
    /// Counts every saved decision, from 1, however many events it has.
    pub version: u32,
}
