//! Why an act was refused, in words that say what to do next.

use jiff::civil::Date;
use smol_str::SmolStr;

use crate::codes::Rarc;
use crate::deadline::DeadlineKind;
use crate::denial::Status;
use crate::ids::PersonId;
use crate::lifecycle::texts;
use crate::money::Money;
use crate::person::Role;
use crate::posting::Fault;

/// Why an act cannot be done on this case now. Its text holds no patient data.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The act does not belong to the status.
    #[error("a case that is {} cannot do this; {}", words(.0.as_str()), way_on(*.0))]
    NotFrom(Status),
    /// The role may not do the act.
    #[error("the role {} may not do this; ask a billing supervisor", words(.0.as_str()))]
    NotYourRole(Role),
    /// The role works on its own cases only, and this is none of them.
    #[error("the role {} neither owns this case nor was asked; see its owner", words(.0.as_str()))]
    NotYourCase(Role),
    /// Somebody else works on the case.
    #[error("{0} works on this case now; ask for its release or choose another")]
    TakenBy(PersonId),
    /// Nobody works on the case.
    #[error("nobody has taken this case; there is nothing to release")]
    NotTaken,
    /// A clock ran out.
    #[error(
        "the clock for {} ran out on {by}; a supervisor may send it late with a reason",
        deadline_words(*.deadline)
    )]
    Past {
        /// Which clock.
        deadline: DeadlineKind,
        /// Its last day.
        by: Date,
    },
    /// The case would sleep through a clock, or the next action would come after the one it is for.
    #[error("the clock for {} runs out on {by}; choose an earlier day", deadline_words(*.deadline))]
    PastClock {
        /// Which clock.
        deadline: DeadlineKind,
        /// Its last day.
        by: Date,
    },
    /// A replacement or void without the payer's number.
    #[error(
        "a replacement or void needs the payer's claim number, which no remittance gave; \
         send a new claim or ask the payer for the number"
    )]
    NoControlNumber,
    /// The same was sent before.
    #[error("this was sent already; to send it again give the reason")]
    AlreadySent,
    /// An appeal of another level is due.
    #[error("expected an appeal of level {expected}; choose that level")]
    WrongLevel {
        /// The level whose turn it is.
        expected: u8,
    },
    /// A remark leaves no appeal.
    #[error("{0} says that no appeal is open; say why it is sent all the same, or go another way")]
    NoAppeal(Rarc),
    /// Required documents are not on file.
    #[error("not on file yet: {}; attach them or let a supervisor give a reason", list(.0))]
    DocumentsMissing(Vec<SmolStr>),
    /// No proof that the payer has it.
    #[error("expected the number of a receipt: 277CA, fax, portal or call; log it first")]
    NoReceipt,
    /// Something that has to be said is empty.
    #[error("expected {0}; fill it in and send it again")]
    Missing(&'static str),
    /// More than a text may hold.
    #[error("a text has at most {} letters; attach the rest as a document", texts::LONGEST)]
    TooLong,
    /// A letter that is none.
    #[error(
        "a text holds a sign that cannot be shown, such as a control or direction mark; type it \
         again without it"
    )]
    OddSign,
    /// A day that is over.
    #[error("expected {first} or a later day, but {on} came")]
    NotAhead {
        /// What came.
        on: Date,
        /// The first day that can be chosen.
        first: Date,
    },
    /// A day that has not come yet.
    #[error("{on} has not come yet; record it on its day")]
    NotYet {
        /// What came.
        on: Date,
    },
    /// Above the limit for one person.
    #[error("{amount} is above what one person may write off; propose it to a second person")]
    NeedsSecondPerson {
        /// How much would be given up.
        amount: Money,
    },
    /// The asker cannot approve.
    #[error("who proposed a write-off cannot approve it; let another supervisor do so")]
    SamePerson,
    /// No write-off waits.
    #[error("no write-off waits for a decision; propose one first")]
    NoProposal,
    /// A write-off waits already.
    #[error("a write-off waits for its decision already; have it approved or declined first")]
    ProposalWaits,
    /// There is no money to give up, or to reopen for.
    #[error("nothing is outstanding; post what explains the money instead")]
    NothingOutstanding,
    /// Money is unexplained.
    #[error("{outstanding} is not explained yet; post it or give it up")]
    Unsettled {
        /// How much.
        outstanding: Money,
    },
    /// Money stands given up, so that the case cannot end as paid.
    #[error("{written_off} is given up; reverse that first, or write the case off")]
    StandsGivenUp {
        /// How much.
        written_off: Money,
    },
    /// More than the case can take.
    #[error("only {outstanding} is outstanding; post the rest elsewhere")]
    MoreThanOutstanding {
        /// How much could be posted.
        outstanding: Money,
    },
    /// More than the remittances say that the payer paid.
    #[error(
        "the remittances say that the payer paid {told}; post that, and what else they say as its \
         own amounts, or say why it is more"
    )]
    MoreThanTold {
        /// What they say.
        told: Money,
    },
    /// The remittance does not add up.
    #[error(
        "the remittance behind this case does not add up; a supervisor may post it by hand \
         with a reason for each amount"
    )]
    Quarantined,
    /// A posting that cannot be.
    #[error(transparent)]
    Posting(#[from] Fault),
    /// No such team.
    #[error("no team of that name; choose one that the page Owners lists")]
    NoSuchTeam,
    /// No such question.
    #[error("question {0} does not wait for an answer; open the case again")]
    NoSuchQuestion(u16),
    /// Somebody else was asked.
    #[error("this was asked of the role {}; let them answer", words(.0.as_str()))]
    NotAsked(Role),
    /// No such line.
    #[error("the case has no line at place {0}; open it again")]
    NoSuchLine(u16),
    /// A case keeps a line.
    #[error("a case keeps at least one line; work the case itself instead")]
    OnlyLine,
    /// The line has money that stays with the case.
    #[error("money was posted against this line; reverse it before splitting the line off")]
    LinePosted,
    /// A step that nobody ticked cannot be opened again.
    #[error("this step is open already; nothing changes")]
    StepOpen,
    /// Evidence that the case does not have.
    #[error("the document is not on this case; attach it first")]
    NotOnFile,
    /// What was done stays.
    #[error("this cannot be taken back: {0}; do what puts it right instead")]
    Undo(&'static str),
    /// It is so already.
    #[error("the line is {0} already; nothing changes")]
    Unchanged(&'static str),
}

impl Refused {
    /// True where it was refused for who asked; somebody else could have done it.
    #[must_use]
    pub const fn is_for_who_asked(&self) -> bool {
        matches!(
            self,
            Refused::NotYourRole(_)
                | Refused::NotYourCase(_)
                | Refused::NeedsSecondPerson { .. }
                | Refused::SamePerson
                | Refused::NotAsked(_)
        )
    }
}

fn words(name: &str) -> String {
    name.replace('_', " ")
}

fn list(documents: &[SmolStr]) -> String {
    let names: Vec<String> = documents.iter().map(|one| words(one)).collect();
    names.join(", ")
}

fn deadline_words(kind: DeadlineKind) -> String {
    match kind {
        DeadlineKind::TimelyFiling => "timely filing".to_owned(),
        DeadlineKind::CorrectedClaim => "a corrected claim".to_owned(),
        DeadlineKind::Reconsideration => "reconsideration".to_owned(),
        DeadlineKind::Appeal(level) => format!("an appeal of level {level}"),
        DeadlineKind::ExternalReview => "external review".to_owned(),
        DeadlineKind::RecordsRequest => "the records asked for".to_owned(),
        DeadlineKind::PayerAnswer => "the payer's answer".to_owned(),
    }
}

const fn way_on(status: Status) -> &'static str {
    match status {
        Status::New => "review it first",
        Status::InReview => "choose a way from here: correct, appeal, post or write off",
        Status::Corrected | Status::Appealed | Status::Pending => {
            "record the payer's answer or withdraw what was sent"
        }
        Status::Overturned => "post the payment, or dispute it",
        Status::Paid | Status::WrittenOff => "reopen it first",
    }
}
