//! What happened to a case. The events of its journal, folded, are its state.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use crate::category::{AdjustmentKind, Category, Origin};
use crate::checklist::Ticked;
use crate::codes::LineControl;
use crate::contact::{Contact, Promise};
use crate::deadline::Deadline;
use crate::denial::{
    Appeal, Denial, DeniedLine, NextAction, NextActionKind, Owner, Proposal, Question, Recovery,
    RootCause, Status, Work,
};
use crate::ids::{DenialId, PersonId, RemittanceId, RequestId};
use crate::lifecycle::evidence::{Attached, PayerAnswer, Receipt, Submission};
use crate::lifecycle::opening::ClaimFacts;
use crate::money::Money;
use crate::person::Role;
use crate::posting::{Posting, WriteOffReason};
use crate::request::{OpenRequest, RequestState};

/// One change and the version that its decision leads to. All events of one decision carry the same
/// version, one above the case's: a version counts decisions, and folding alone restores it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// The case's version once the whole decision is applied.
    pub version: u32,
    /// What changed.
    pub change: Change,
}

/// One change of a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Change {
    /// The case begins.
    Opened {
        /// All of it.
        denial: Box<Denial>,
    },
    /// The status moved.
    Moved {
        /// From here.
        from: Status,
        /// The new status with owner, next action and date; or how it ended.
        work: Work,
        /// By what, with its evidence.
        deed: Deed,
    },
    /// Files said more about the lines.
    Refiled {
        /// What holds from now on.
        filing: Box<Filing>,
        /// What differs, for the timeline.
        changes: Vec<LineChange>,
    },
    /// The claim behind the case became known better.
    Joined {
        /// What holds from now on.
        facts: ClaimFacts,
    },
    /// The clocks run otherwise.
    Clocked {
        /// Every clock.
        deadlines: Vec<Deadline>,
    },
    /// Money was posted.
    Posted {
        /// Each amount.
        postings: Vec<Posting>,
    },
    /// The next action follows from what happened.
    Scheduled {
        /// What and when.
        next: NextAction,
        /// When silence becomes a matter for others.
        escalate_on: Date,
    },
    /// The next action was chosen.
    Planned {
        /// What and when.
        next: NextAction,
        /// When silence becomes a matter for others.
        escalate_on: Date,
        /// No person chose it: a rule that acts did, or a payer's answer.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        by_itself: bool,
    },
    /// The owner was chosen.
    Assigned {
        /// Who.
        owner: Owner,
        /// No person chose them: a rule that acts did.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        by_itself: bool,
    },
    /// The owner follows from what happened.
    Owned {
        /// Who.
        owner: Owner,
        /// They post what was won; whose it was has it again where the payer does not pay.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        posts: bool,
    },
    /// Somebody began to work on it.
    Taken {
        /// Who.
        by: PersonId,
        /// Until when they have it alone.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Timestamp>,
    },
    /// Nobody works on it now.
    Released,
    /// A person chose the category.
    Recategorized {
        /// Which.
        category: Category,
        /// Where it arises.
        origin: Origin,
        /// Why.
        reason: String,
    },
    /// The root cause was set.
    RootCauseSet {
        /// Which.
        cause: RootCause,
    },
    /// Where within its status it stands.
    SubStatusSet {
        /// Which; empty for none.
        sub_status: SmolStr,
    },
    /// Out of the queue.
    Snoozed {
        /// Until.
        until: Date,
        /// Why.
        reason: String,
    },
    /// The payer was contacted.
    Contacted {
        /// What was said.
        contact: Contact,
        /// When.
        at: Timestamp,
    },
    /// The payer promised something on a contact.
    Promised {
        /// What.
        promise: Promise,
    },
    /// The payer did what it had promised.
    PromiseKept {
        /// The day by which it had promised.
        by: Date,
        /// The day on which it was there.
        on: Date,
    },
    /// The day of a promise has passed and nothing came.
    PromiseBroken {
        /// The day by which it was promised.
        by: Date,
        /// The payer's reference number of the contact.
        reference: String,
        /// The day on which that was found.
        on: Date,
    },
    /// A letter of the payer came that is no denial.
    RequestCame {
        /// Which.
        request: OpenRequest,
        /// It wakes a case that sleeps; entries from before it did lack it.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        wakes: bool,
    },
    /// Such a letter waits no more.
    RequestEnded {
        /// Which.
        id: RequestId,
        /// How it ended.
        state: RequestState,
    },
    /// A document is on file.
    Attached {
        /// Which.
        attached: Attached,
        /// The day on which it was received, for a notice of denial.
        notice_on: Option<Date>,
    },
    /// A colleague was asked.
    Asked {
        /// What.
        question: Question,
    },
    /// A colleague answered.
    Answered {
        /// The question's number.
        question: u16,
        /// The answer.
        text: String,
        /// Who answered.
        by: PersonId,
    },
    /// Another role heard of it.
    Escalated {
        /// Who.
        to: Role,
        /// The lead of the team that owns the case, where they hear of it first.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        person: Option<PersonId>,
        /// When.
        on: Date,
        /// Why.
        reason: String,
    },
    /// A line was set aside.
    SetAside {
        /// Its place, from 1.
        position: usize,
        /// Why.
        reason: String,
    },
    /// A line is worked on again.
    BroughtBack {
        /// Its place, from 1.
        position: usize,
    },
    /// A line became a case of its own.
    Split {
        /// Its place, from 1.
        position: usize,
        /// The new case.
        into: DenialId,
    },
    /// A corrective step was ticked, or opened again.
    Ticked {
        /// Which, how, by whom.
        ticked: Ticked,
    },
    /// Words for the timeline.
    Noted {
        /// The words.
        text: String,
    },
    /// A write-off waits for a second person.
    WriteOffProposed {
        /// Which.
        proposal: Proposal,
    },
    /// A second person agreed.
    WriteOffApproved {
        /// Who.
        by: PersonId,
    },
    /// A second person did not agree.
    WriteOffDeclined {
        /// Who.
        by: PersonId,
        /// Why.
        reason: String,
    },
    /// What was done last was taken back.
    Undone {
        /// The version that it had led to.
        undone: u32,
        /// The case as it was before it, and is again.
        before: Box<Denial>,
    },
}

impl Change {
    /// True for what a rule or a payer's answer decided.
    pub(crate) const fn is_by_itself(&self) -> bool {
        if let Change::Planned { by_itself, .. } | Change::Assigned { by_itself, .. } = self {
            *by_itself
        } else {
            false
        }
    }
}

/// What moved a status, with its evidence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "deed", rename_all = "snake_case")]
pub enum Deed {
    /// Somebody looked at it.
    Reviewed,
    /// A correction was sent.
    Resubmitted {
        /// What and how.
        submission: Submission,
    },
    /// An appeal was sent.
    Appealed {
        /// What and how.
        appeal: Appeal,
        /// Why it was sent after the clock ran out.
        late: Option<String>,
        /// Why it was sent without a document that is asked for.
        without: Option<String>,
        /// Why it was sent although a remark allows no appeal.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        although: Option<String>,
    },
    /// The payer has it.
    Acknowledged {
        /// The proof.
        receipt: Receipt,
    },
    /// It never reached adjudication.
    Rejected {
        /// The codes.
        codes: Vec<SmolStr>,
        /// The day.
        on: Date,
    },
    /// Denied again, in whole or for the rest.
    Upheld {
        /// The payer's word.
        answer: PayerAnswer,
        /// The day.
        on: Date,
        /// It has paid a line after all, and keeps its view of the rest.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        partly: bool,
    },
    /// Taken back by us.
    Withdrawn {
        /// Why.
        reason: String,
        /// The day.
        on: Date,
    },
    /// The payer gave way.
    Overturned {
        /// The payer's word.
        answer: PayerAnswer,
        /// The day.
        on: Date,
        /// What it is expected to pay.
        expected: Option<Money>,
        /// True where it gave way in part only.
        partly: bool,
        /// True where the rest stays denied and its clocks run on; entries of before that was kept
        /// lack it.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        rest_denied: bool,
    },
    /// Paid short, not in time, or denied once more.
    Disputed {
        /// Why.
        reason: String,
        /// What is missing.
        missing: Option<Money>,
    },
    /// Every cent is explained and nothing given up.
    Settled,
    /// What was left is given up.
    WrittenOff {
        /// Why, as accounts know it.
        reason: WriteOffReason,
        /// Why, in words.
        note: String,
        /// The second person, where one was needed.
        approved_by: Option<PersonId>,
    },
    /// Open again.
    Reopened {
        /// Why.
        reason: String,
        /// The remittance with the takeback.
        remittance: Option<RemittanceId>,
    },
}

/// What the adjudications of a claim say of a case, as far as it is kept there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filing {
    /// The denied lines.
    pub lines: Vec<DeniedLine>,
    /// The leading reason, or the one that a person chose.
    pub category: Category,
    /// Where it arises.
    pub origin: Origin,
    /// The kind of the leading adjustment.
    pub kind: AdjustmentKind,
    /// The remittance of the latest denial.
    pub remittance: RemittanceId,
    /// Its day.
    pub denied_on: Date,
    /// The payer's number.
    pub control: SmolStr,
    /// A denial stands on money that does not add up.
    pub quarantined: bool,
    /// What the payer asks for.
    pub wanted: Vec<SmolStr>,
    /// What comes first by the playbook.
    pub first: NextActionKind,
}

/// How one line differs from what was known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineChange {
    /// Number on the claim.
    pub line: Option<u16>,
    /// Our control number.
    pub control: LineControl,
    /// What differs.
    pub what: Difference,
}

/// What became of a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Difference {
    /// It was not known as denied.
    Added,
    /// The payer denied it once more.
    DeniedAgain,
    /// It was paid after all.
    Recovered(Recovery),
    /// What had been paid was taken back or denied.
    TakenBack,
    /// Its codes, amounts or place became known better.
    Changed,
    /// It is not denied by today's rules.
    Removed,
}

impl Event {
    /// The event's name in the journal.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match &self.change {
            Change::Opened { .. } => "denial.opened",
            Change::Moved { deed, .. } => deed.kind(),
            Change::Refiled { .. } => "denial.refiled",
            Change::Joined { .. } => "denial.joined",
            Change::Clocked { .. } => "denial.clocked",
            Change::Posted { .. } => "denial.posted",
            Change::Scheduled { .. } => "denial.scheduled",
            Change::Planned { .. } => "denial.planned",
            Change::Assigned { .. } => "denial.assigned",
            Change::Owned { .. } => "denial.owned",
            Change::Taken { .. } => "denial.taken",
            Change::Released => "denial.released",
            Change::Recategorized { .. } => "denial.recategorized",
            Change::RootCauseSet { .. } => "denial.root_cause_set",
            Change::SubStatusSet { .. } => "denial.sub_status_set",
            Change::Snoozed { .. } => "denial.snoozed",
            Change::Contacted { .. } => "denial.contacted",
            Change::Promised { .. } => "denial.promised",
            Change::PromiseKept { .. } => "denial.promise_kept",
            Change::PromiseBroken { .. } => "denial.promise_broken",
            Change::RequestCame { .. } => "denial.request_came",
            Change::RequestEnded { .. } => "denial.request_ended",
            Change::Attached { .. } => "denial.attached",
            Change::Asked { .. } => "denial.asked",
            Change::Answered { .. } => "denial.answered",
            Change::Escalated { .. } => "denial.escalated",
            Change::SetAside { .. } => "denial.line_set_aside",
            Change::BroughtBack { .. } => "denial.line_brought_back",
            Change::Split { .. } => "denial.line_split",
            Change::Ticked { .. } => "denial.ticked",
            Change::Noted { .. } => "denial.noted",
            Change::WriteOffProposed { .. } => "denial.write_off_proposed",
            Change::WriteOffApproved { .. } => "denial.write_off_approved",
            Change::WriteOffDeclined { .. } => "denial.write_off_declined",
            Change::Undone { .. } => "denial.undone",
        }
    }

    /// The move, where the status moved.
    #[must_use]
    pub const fn statuses(&self) -> Option<(Status, Status)> {
        if let Change::Moved { from, work, .. } = &self.change {
            return Some((*from, work.status()));
        }
        None
    }
}

impl Deed {
    /// The deed's name in the journal.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Deed::Reviewed => "denial.reviewed",
            Deed::Resubmitted { .. } => "denial.resubmitted",
            Deed::Appealed { .. } => "denial.appealed",
            Deed::Acknowledged { .. } => "denial.acknowledged",
            Deed::Rejected { .. } => "denial.rejected",
            Deed::Upheld { .. } => "denial.upheld",
            Deed::Withdrawn { .. } => "denial.withdrawn",
            Deed::Overturned { .. } => "denial.overturned",
            Deed::Disputed { .. } => "denial.disputed",
            Deed::Settled => "denial.settled",
            Deed::WrittenOff { .. } => "denial.written_off",
            Deed::Reopened { .. } => "denial.reopened",
        }
    }
}
