//! What people and files may do with a case.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use crate::category::Category;
use crate::checklist::Tick;
use crate::contact::Contact;
use crate::denial::{Channel, NextActionKind, Owner, RootCause, Status};
use crate::ids::{AppealId, DenialId, DocumentId, PostingId, RemittanceId};
use crate::lifecycle::evidence::{Frequency, PayerAnswer, Receipt};
use crate::money::Money;
use crate::named;
use crate::person::Role;
use crate::posting::{Entry, WriteOffReason};

named! {
    /// The name of an act: the twelve that move the status, then the rest (house §18.13).
    Act {
        /// Somebody looks at a new case.
        Review = "review",
        /// A corrected claim was sent.
        Resubmit = "resubmit",
        /// An appeal was sent.
        Appeal = "appeal",
        /// The payer's receipt is proven.
        Acknowledge = "acknowledge",
        /// It never reached adjudication.
        Reject = "reject",
        /// The payer denied again.
        Uphold = "uphold",
        /// We take back what was sent.
        Withdraw = "withdraw",
        /// The payer gave way.
        Overturn = "overturn",
        /// Paid short, or not in time.
        Dispute = "dispute",
        /// Money is explained; the case is paid when nothing is left.
        Post = "post",
        /// What is left is given up.
        WriteOff = "write_off",
        /// A closed case opens again.
        Reopen = "reopen",
        /// A role or person gets the case.
        Assign = "assign",
        /// Somebody starts to work on it.
        Take = "take",
        /// Somebody stops to work on it.
        Release = "release",
        /// The reason is another than the payer's code says.
        Recategorize = "recategorize",
        /// What really happened.
        SetRootCause = "set_root_cause",
        /// The next action and its day.
        Plan = "plan",
        /// A word of the practice's own under the status.
        SetSubStatus = "set_sub_status",
        /// Out of the queue until a day.
        Snooze = "snooze",
        /// A contact with the payer.
        LogContact = "log_contact",
        /// A document is on file.
        AttachDocument = "attach_document",
        /// A question to a colleague.
        AskColleague = "ask_colleague",
        /// The answer to a question.
        Answer = "answer",
        /// Another role hears of it.
        Escalate = "escalate",
        /// A line goes another way than the case.
        SplitLine = "split_line",
        /// A corrective step is done, or not needed.
        Tick = "tick",
        /// Words for the timeline.
        Note = "note",
        /// A write-off that a second person has to approve.
        ProposeWriteOff = "propose_write_off",
        /// A second person agrees.
        Approve = "approve",
        /// A second person does not agree.
        Decline = "decline",
    }
}

/// One act with its evidence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub enum Action {
    /// New → in review.
    Review,
    /// In review → corrected and resubmitted.
    Resubmit(Resubmission),
    /// In review → appealed.
    Appeal(AppealFiling),
    /// Corrected or appealed → pending.
    Acknowledge(Receipt),
    /// Corrected or pending → in review: a 999 or 277CA refused it.
    Reject {
        /// The codes of the refusal.
        codes: Vec<SmolStr>,
        /// The day; today where absent.
        #[serde(default)]
        on: Option<Date>,
    },
    /// Corrected, appealed or pending → in review.
    Uphold(PayerAnswer),
    /// Corrected, appealed or pending → in review.
    Withdraw {
        /// Why.
        reason: String,
    },
    /// Any open status → overturned.
    Overturn {
        /// The letter or remittance.
        answer: PayerAnswer,
        /// What the payer is now expected to pay.
        #[serde(default)]
        expected: Option<Money>,
    },
    /// Overturned → in review.
    Dispute {
        /// How it differs from what was promised.
        reason: String,
        /// What is missing.
        #[serde(default)]
        missing: Option<Money>,
    },
    /// In review or overturned → paid, once nothing is outstanding; elsewhere money alone.
    Post {
        /// What is posted; nothing where an explained case only has to close.
        #[serde(default)]
        entries: Vec<Entry>,
    },
    /// In review → written off.
    WriteOff {
        /// The id of the posting to come.
        id: PostingId,
        /// Why, as accounts know it.
        reason: WriteOffReason,
        /// Why, in words.
        note: String,
    },
    /// Paid or written off → in review.
    Reopen {
        /// Why.
        reason: String,
        /// What takes the money back.
        entries: Vec<Entry>,
        /// The remittance with the takeback.
        #[serde(default)]
        remittance: Option<RemittanceId>,
    },
    /// Gives the case to a role or person.
    Assign(Owner),
    /// Starts to work on it.
    Take,
    /// Stops.
    Release,
    /// Another category.
    Recategorize {
        /// Which.
        category: Category,
        /// Why.
        reason: String,
    },
    /// Why it really happened.
    SetRootCause(RootCause),
    /// The next action.
    Plan {
        /// Which.
        next: NextActionKind,
        /// By when.
        on: Date,
    },
    /// Where within the status it stands.
    SetSubStatus {
        /// A word that the desk has for the status; none takes it away.
        #[serde(default)]
        sub_status: SmolStr,
    },
    /// Out of the queue.
    Snooze {
        /// Until this day.
        until: Date,
        /// Why.
        reason: String,
    },
    /// A contact with the payer.
    LogContact(Contact),
    /// A document.
    AttachDocument {
        /// Where it is kept.
        document: DocumentId,
        /// What it is, in the playbook's words.
        what: SmolStr,
        /// Where it is the notice of denial: the day on which it was received.
        #[serde(default)]
        notice_on: Option<Date>,
    },
    /// A question.
    AskColleague {
        /// To whom.
        to: Role,
        /// The question.
        text: String,
        /// By when; the desk's usual days where absent.
        #[serde(default)]
        due: Option<Date>,
    },
    /// An answer.
    Answer {
        /// The question's number within the case.
        question: u16,
        /// The answer.
        text: String,
    },
    /// Another role hears of it.
    Escalate {
        /// Who.
        to: Role,
        /// Why.
        reason: String,
    },
    /// A line goes another way.
    SplitLine {
        /// Its place in the case, from 1.
        position: usize,
        /// Where it goes.
        road: Road,
    },
    /// A corrective step.
    Tick(Tick),
    /// Words for the timeline.
    Note {
        /// The words.
        text: String,
    },
    /// Asks to give up what is outstanding.
    ProposeWriteOff {
        /// Why.
        reason: String,
    },
    /// A second person agrees.
    Approve,
    /// A second person does not.
    Decline {
        /// Why.
        reason: String,
    },
}

/// A corrected claim as it was sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resubmission {
    /// How the payer is to read it.
    pub frequency: Frequency,
    /// How it went.
    pub channel: Channel,
    /// Our number of what was sent.
    pub reference: String,
    /// The payer's confirmation.
    #[serde(default)]
    pub confirmation: Option<String>,
    /// A copy.
    #[serde(default)]
    pub document: Option<DocumentId>,
    /// The day it was sent; today where absent.
    #[serde(default)]
    pub sent_on: Option<Date>,
    /// A supervisor's reason for sending it after the clock ran out.
    #[serde(default)]
    pub late: Option<String>,
    /// The reason for sending the same again.
    #[serde(default)]
    pub again: Option<String>,
}

/// An appeal as it was sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppealFiling {
    /// Its id.
    pub id: AppealId,
    /// Its level, from 1.
    pub level: u8,
    /// How it went.
    pub channel: Channel,
    /// The payer's confirmation or tracking number.
    #[serde(default)]
    pub confirmation: Option<String>,
    /// What was sent.
    #[serde(default)]
    pub packet: Option<DocumentId>,
    /// The day it was sent; today where absent.
    #[serde(default)]
    pub sent_on: Option<Date>,
    /// A supervisor's reason for sending it after the clock ran out.
    #[serde(default)]
    pub late: Option<String>,
    /// A supervisor's reason for sending it without a document that is asked for.
    #[serde(default)]
    pub without: Option<String>,
    /// Why it is sent although a remark allows no appeal.
    #[serde(default)]
    pub although: Option<String>,
    /// The arguments that it makes, by their names in the letters.
    #[serde(default)]
    pub arguments: Vec<SmolStr>,
    /// The kinds of documents that go with it.
    #[serde(default)]
    pub exhibits: Vec<SmolStr>,
}

/// Where a line goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "road")]
pub enum Road {
    /// It is not worked on any more; the case goes on (features 2.02).
    Aside {
        /// Why.
        reason: String,
    },
    /// It is worked on again.
    Back,
    /// It becomes a case of its own.
    OwnCase {
        /// The id of the case to come.
        id: DenialId,
    },
}

impl Action {
    /// The act's name.
    #[must_use]
    pub const fn act(&self) -> Act {
        match self {
            Action::Review => Act::Review,
            Action::Resubmit(_) => Act::Resubmit,
            Action::Appeal(_) => Act::Appeal,
            Action::Acknowledge(_) => Act::Acknowledge,
            Action::Reject { .. } => Act::Reject,
            Action::Uphold(_) => Act::Uphold,
            Action::Withdraw { .. } => Act::Withdraw,
            Action::Overturn { .. } => Act::Overturn,
            Action::Dispute { .. } => Act::Dispute,
            Action::Post { .. } => Act::Post,
            Action::WriteOff { .. } => Act::WriteOff,
            Action::Reopen { .. } => Act::Reopen,
            Action::Assign(_) => Act::Assign,
            Action::Take => Act::Take,
            Action::Release => Act::Release,
            Action::Recategorize { .. } => Act::Recategorize,
            Action::SetRootCause(_) => Act::SetRootCause,
            Action::Plan { .. } => Act::Plan,
            Action::SetSubStatus { .. } => Act::SetSubStatus,
            Action::Snooze { .. } => Act::Snooze,
            Action::LogContact(_) => Act::LogContact,
            Action::AttachDocument { .. } => Act::AttachDocument,
            Action::AskColleague { .. } => Act::AskColleague,
            Action::Answer { .. } => Act::Answer,
            Action::Escalate { .. } => Act::Escalate,
            Action::SplitLine { .. } => Act::SplitLine,
            Action::Tick(_) => Act::Tick,
            Action::Note { .. } => Act::Note,
            Action::ProposeWriteOff { .. } => Act::ProposeWriteOff,
            Action::Approve => Act::Approve,
            Action::Decline { .. } => Act::Decline,
        }
    }
}

impl Act {
    /// True where the act belongs to a case of this status; [`super::MOVES`] says where it leads.
    #[must_use]
    pub const fn is_from(self, status: Status) -> bool {
        match self {
            Act::Review => matches!(status, Status::New),
            Act::Resubmit | Act::Appeal | Act::WriteOff | Act::ProposeWriteOff => {
                matches!(status, Status::InReview)
            }
            Act::Acknowledge => matches!(status, Status::Corrected | Status::Appealed),
            Act::Reject => matches!(status, Status::Corrected | Status::Pending),
            Act::Uphold | Act::Withdraw => {
                matches!(status, Status::Corrected | Status::Appealed | Status::Pending)
            }
            Act::Overturn => !status.is_closed() && !matches!(status, Status::Overturned),
            Act::Dispute => matches!(status, Status::Overturned),
            Act::Reopen => status.is_closed(),
            Act::SplitLine => matches!(status, Status::New | Status::InReview),
            Act::Approve | Act::Decline => matches!(status, Status::InReview),
            Act::Post
            | Act::Assign
            | Act::Take
            | Act::Release
            | Act::Recategorize
            | Act::Plan
            | Act::SetSubStatus
            | Act::Snooze
            | Act::AskColleague
            | Act::Answer
            | Act::Tick
            | Act::Escalate => !status.is_closed(),
            Act::SetRootCause | Act::LogContact | Act::AttachDocument | Act::Note => true,
        }
    }

    /// True where two people must not do it side by side: it waits while another works on the case.
    #[must_use]
    pub const fn needs_the_case(self) -> bool {
        match self {
            Act::Review
            | Act::Resubmit
            | Act::Appeal
            | Act::Withdraw
            | Act::WriteOff
            | Act::ProposeWriteOff
            | Act::Recategorize
            | Act::Plan
            | Act::SetSubStatus
            | Act::Snooze
            | Act::SplitLine
            | Act::Take
            | Act::Release => true,
            Act::Acknowledge
            | Act::Reject
            | Act::Uphold
            | Act::Overturn
            | Act::Dispute
            | Act::Post
            | Act::Reopen
            | Act::Assign
            | Act::SetRootCause
            | Act::LogContact
            | Act::AttachDocument
            | Act::AskColleague
            | Act::Answer
            | Act::Escalate
            | Act::Tick
            | Act::Note
            | Act::Approve
            | Act::Decline => false,
        }
    }
}
