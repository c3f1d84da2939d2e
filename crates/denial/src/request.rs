//! Letters of payers that are no denials: a request for records, an audit, a recoupment notice, a
//! review before the claim. Each has a clock of its own, and the proof of what answered it.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use crate::category::Category;
use crate::deadline::{self, Anchors, DeadlineKind, Due, RuleRef};
use crate::denial::{Channel, Denial, NextAction, NextActionKind};
use crate::escalation::Escalated;
use crate::ids::{ClaimId, DenialId, DocumentId, PayerId, PersonId, RequestId};
use crate::lifecycle::texts as letters;
use crate::lifecycle::timing::later;
use crate::money::Money;
use crate::named;
use crate::payer::PayerRules;
use crate::person::{self, Access, Actor, Moment, Reach, Role};
use crate::rules::Rules;

named! {
    /// What a payer's letter is.
    RequestKind {
        /// It wants records: a letter, an additional documentation request, a 277 request.
        Records = "records_request",
        /// It looks at claims that it paid, and wants their records.
        Audit = "audit",
        /// It says that it takes money back.
        Recoupment = "recoupment_notice",
        /// It wants to look before the service is billed.
        PreClaimReview = "pre_claim_review",
    }
}

impl RequestKind {
    /// What is to be done about it.
    #[must_use]
    pub const fn next(self) -> NextActionKind {
        match self {
            RequestKind::Records | RequestKind::Audit | RequestKind::PreClaimReview => {
                NextActionKind::SendRecords
            }
            RequestKind::Recoupment => NextActionKind::Review,
        }
    }
}

named! {
    /// Where it stands.
    RequestState {
        /// The payer waits for us.
        Open = "open",
        /// It was answered, and the proof is on file.
        Answered = "answered",
        /// It needs no answer any more.
        Closed = "closed",
    }
}

/// What somebody reads off the letter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    /// What it is.
    pub kind: RequestKind,
    /// The payer's number of it.
    #[serde(default)]
    pub reference: String,
    /// How it came.
    pub channel: Channel,
    /// The day that stands on it.
    pub dated_on: Date,
    /// The day on which it came.
    pub received_on: Date,
    /// The last day that is printed on it.
    #[serde(default)]
    pub printed: Option<Date>,
    /// What the payer asks for, or says.
    pub asked: String,
    /// What it wants back, or holds back until it has its answer.
    #[serde(default)]
    pub amount: Option<Money>,
    /// Who answers it.
    pub role: Role,
    /// The letter itself.
    #[serde(default)]
    pub document: Option<DocumentId>,
}

/// What it is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// The case, where there is one.
    pub case: Option<DenialId>,
    /// The claim, where we know it.
    pub claim: Option<ClaimId>,
    /// The claim's number; empty where it names none of ours.
    #[serde(default)]
    pub number: SmolStr,
    /// The payer.
    pub payer: PayerId,
    /// Its name.
    pub payer_name: SmolStr,
}

/// By when it is to be answered. A rule that is missing is said, not guessed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "by")]
pub enum DueBy {
    /// The letter says it.
    Printed {
        /// The last day.
        on: Date,
    },
    /// The payer's rule for records says it.
    Rule {
        /// The last day.
        on: Date,
        /// The rule.
        rule: RuleRef,
    },
    /// Not configured.
    NoRule,
}

impl DueBy {
    /// The last day, where it is known.
    #[must_use]
    pub const fn day(&self) -> Option<Date> {
        match self {
            DueBy::Printed { on } | DueBy::Rule { on, .. } => Some(*on),
            DueBy::NoRule => None,
        }
    }
}

/// What answered it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    /// What was sent.
    pub what: String,
    /// How.
    pub channel: Channel,
    /// When.
    pub on: Date,
    /// The number that proves it: fax log, portal, tracking.
    #[serde(default)]
    pub confirmation: String,
    /// The document that proves it.
    pub proof: DocumentId,
    /// Who sent it.
    pub by: PersonId,
}

/// Why it needs no answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    /// Why.
    pub reason: String,
    /// When.
    pub on: Date,
    /// Who says so.
    pub by: PersonId,
}

/// One letter of a payer that is no denial.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// Its id.
    pub id: RequestId,
    /// What stands on it.
    pub letter: Letter,
    /// What it is about.
    pub subject: Subject,
    /// By when it is to be answered.
    pub due: DueBy,
    /// Where it stands.
    pub state: RequestState,
    /// What answered it.
    pub reply: Option<Reply>,
    /// Why it needs no answer.
    pub ended: Option<Ended>,
    /// Who heard last that its day has passed.
    pub told: Option<Escalated>,
    /// The day of the letter that asked the same last, where more than one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub again_on: Option<Date>,
    /// When it was keyed.
    pub kept_at: Timestamp,
    /// Who keyed it.
    pub kept_by: PersonId,
    /// Counts every change, from 1.
    pub version: u32,
}

/// The same as its case knows it, while it is open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenRequest {
    /// Which.
    pub id: RequestId,
    /// What it is.
    pub kind: RequestKind,
    /// The last day for the answer, where it is known.
    pub due: Option<Date>,
    /// Who answers it; letters from before it was kept here lack it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// What a person had planned when it came, and comes again once it has ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<NextAction>,
}

/// Why a letter is not kept, or not changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// Something that has to be said is empty.
    #[error("expected {0}; fill it in and send it again")]
    Missing(&'static str),
    /// A day of something that happened is ahead.
    #[error("{on} is still to come; enter the day on which it happened")]
    NotYet {
        /// The day.
        on: Date,
    },
    /// A day is before the letter's.
    #[error("{what} ({on}) is before the day of the letter; look at both days once more")]
    BeforeLetter {
        /// Which day.
        what: &'static str,
        /// The day.
        on: Date,
    },
    /// The letter names less than nothing.
    #[error("the amount {0} is below zero; enter what the letter names, without a sign")]
    BelowZero(Money),
    /// A text that is too long, or holds a sign that cannot be shown.
    #[error(
        "a text is too long or holds a sign that cannot be shown; shorten it, or type it again"
    )]
    OddText,
    /// It is not open.
    #[error("this letter is {} already", .0.as_str())]
    NotOpen(RequestState),
    /// The role does not answer payers.
    #[error("the role {} answers no letters of payers", .0.as_str().replace('_', " "))]
    NotYourRole(Role),
}

impl Letter {
    /// Refuses what cannot be so.
    fn check(&self, at: &Moment) -> Result<(), Unfit> {
        texts(&[&self.reference, &self.asked])?;
        if self.asked.trim().is_empty() {
            return Err(Unfit::Missing("what the payer asks for"));
        }
        let happened = [self.dated_on, self.received_on];
        if let Some(on) = happened.into_iter().find(|on| *on > at.today) {
            return Err(Unfit::NotYet { on });
        }
        if let Some(amount) = self.amount.filter(|amount| *amount < Money::ZERO) {
            return Err(Unfit::BelowZero(amount));
        }
        let later = [
            ("the day on which it was received", Some(self.received_on)),
            ("the last day printed on it", self.printed),
        ];
        let early = |(what, on): (&'static str, Option<Date>)| {
            Some(Unfit::BeforeLetter { what, on: on.filter(|on| *on < self.dated_on)? })
        };
        later.into_iter().find_map(early).map_or(Ok(()), Err)
    }

    /// The last day: what is printed, else what the payer's rule for records says. An audit, a
    /// recoupment or a review before the claim has none but its own.
    fn due(&self, payer: Option<&PayerRules>) -> DueBy {
        if let Some(on) = self.printed {
            return DueBy::Printed { on };
        }
        let anchors = Anchors {
            records_asked_on: Some(self.dated_on),
            notice_on: Some(self.received_on),
            ..Anchors::denied(self.dated_on)
        };
        let clocks = deadline::clocks(payer, Category::MissingDocumentation, &anchors);
        let own = clocks.into_iter().find(|one| one.kind == DeadlineKind::RecordsRequest);
        match own.map(|one| one.due).filter(|_| self.kind == RequestKind::Records) {
            Some(Due::On { date, rule }) => DueBy::Rule { on: date, rule },
            Some(Due::NoRule) | None => DueBy::NoRule,
        }
    }
}

impl Request {
    /// A letter that came. `payer` is what the rules hold of who sent it.
    ///
    /// # Errors
    /// [`Unfit`].
    pub fn keep(
        id: RequestId,
        letter: Letter,
        subject: Subject,
        payer: Option<&PayerRules>,
        at: &Moment,
    ) -> Result<Request, Unfit> {
        admit(at)?;
        letter.check(at)?;
        Ok(Request {
            id,
            due: letter.due(payer),
            letter,
            subject,
            state: RequestState::Open,
            reply: None,
            ended: None,
            told: None,
            again_on: None,
            kept_at: at.now,
            kept_by: at.who.person.clone(),
            version: 1,
        })
    }

    /// It was answered.
    ///
    /// # Errors
    /// [`Unfit`].
    pub fn answered(&self, reply: Reply, at: &Moment) -> Result<Request, Unfit> {
        self.admit(at)?;
        texts(&[&reply.what, &reply.confirmation])?;
        if reply.what.trim().is_empty() {
            return Err(Unfit::Missing("what was sent"));
        }
        if reply.on > at.today {
            return Err(Unfit::NotYet { on: reply.on });
        }
        if reply.on < self.letter.dated_on {
            let what = "the day on which it was sent";
            return Err(Unfit::BeforeLetter { what, on: reply.on });
        }
        Ok(Request { reply: Some(reply), ..self.moved(RequestState::Answered) })
    }

    /// It needs no answer.
    ///
    /// # Errors
    /// [`Unfit`].
    pub fn closed(&self, reason: &str, at: &Moment) -> Result<Request, Unfit> {
        self.admit(at)?;
        texts(&[reason])?;
        if reason.trim().is_empty() {
            return Err(Unfit::Missing("why it needs no answer"));
        }
        let (reason, by) = (reason.trim().to_owned(), at.who.person.clone());
        let ended = Some(Ended { reason, on: at.today, by });
        Ok(Request { ended, ..self.moved(RequestState::Closed) })
    }

    /// The payer asks the same again by another day; `None` where that says nothing new. `payer`
    /// is what the rules hold of who sent it.
    #[must_use]
    pub fn again(&self, letter: &Letter, payer: Option<&PayerRules>) -> Option<Request> {
        let is_later = letter.dated_on >= self.again_on.unwrap_or(self.letter.dated_on);
        let is_other = letter.printed.is_some() && letter.printed != self.letter.printed;
        if self.state != RequestState::Open || !is_later || !is_other {
            return None;
        }
        let again_on = Some(letter.dated_on);
        let letter = Letter { printed: letter.printed, ..self.letter.clone() };
        let due = letter.due(payer);
        // Whoever heard that a day had passed hears anew of the other one.
        Some(Request { letter, due, told: None, again_on, ..self.moved(RequestState::Open) })
    }

    /// True where a payer that asks this says nothing new: it is open, or it was answered or closed
    /// on the day of that letter or later.
    #[must_use]
    pub fn covers(&self, letter: &Letter) -> bool {
        let is_there = match self.state {
            RequestState::Open => true,
            RequestState::Answered | RequestState::Closed => {
                self.ended_on().is_some_and(|on| on >= letter.dated_on)
            }
        };
        is_there && self.letter.asked == letter.asked
    }

    fn admit(&self, at: &Moment) -> Result<(), Unfit> {
        admit(at)?;
        if self.state == RequestState::Open { Ok(()) } else { Err(Unfit::NotOpen(self.state)) }
    }

    fn moved(&self, state: RequestState) -> Request {
        Request { state, version: self.version.saturating_add(1), ..self.clone() }
    }

    /// The same as its case knows it.
    #[must_use]
    pub fn on_case(&self) -> OpenRequest {
        OpenRequest {
            id: self.id.clone(),
            kind: self.letter.kind,
            due: self.due.day(),
            role: Some(self.letter.role),
            before: None,
        }
    }

    /// The day on which it was answered or closed.
    #[must_use]
    pub fn ended_on(&self) -> Option<Date> {
        let closed = || self.ended.as_ref().map(|ended| ended.on);
        self.reply.as_ref().map(|reply| reply.on).or_else(closed)
    }

    /// True where it is open and its last day has passed.
    #[must_use]
    pub fn is_missed(&self, today: Date) -> bool {
        self.state == RequestState::Open && self.due.day().is_some_and(|due| due < today)
    }

    /// Who must hear today that its day has passed, once for each step of the ladder: the reminder
    /// is of who answers it. Some are brought with their case ([`Denial::letters_brought`]).
    #[must_use]
    pub fn brought(&self, today: Date, rules: &Rules) -> Option<Request> {
        let due = self.due.day().filter(|_| self.is_missed(today))?;
        let ladder = &rules.owners.ladder;
        let reached = ladder.iter().rev().find(|step| later(due, step.after_days) <= today);
        let to = match reached {
            Some(step) => step.to.unwrap_or(self.letter.role),
            None if ladder.is_empty() => Role::BillingSupervisor,
            None => return None,
        };
        if self.told.as_ref().is_some_and(|told| told.to == to) {
            return None;
        }
        let told = Some(Escalated { to, person: None, on: today });
        Some(Request { told, ..self.moved(RequestState::Open) })
    }

    /// True where somebody may see it: who sees every case, who sees its case, and whose role
    /// answers it.
    #[must_use]
    pub fn is_seen_by(&self, who: &Actor, case: Option<&Denial>, rules: &Rules) -> bool {
        match person::reach(who.role) {
            Reach::Every => true,
            Reach::Own => {
                let is_theirs = self.letter.role == who.role;
                is_theirs || case.is_some_and(|case| person::sees(who, case, rules))
            }
            Reach::Placed | Reach::Nothing => false,
        }
    }
}

impl Denial {
    /// The open letters whose missed day is brought with the case: those that its owner answers.
    /// Any other letter is brought to who answers it.
    pub fn letters_brought(&self) -> impl Iterator<Item = &OpenRequest> {
        let role = self.owner().map(|owner| owner.role);
        self.requests.iter().filter(move |one| {
            role.is_some_and(|role| one.role.is_none_or(|answers| answers == role))
        })
    }
}

/// Who answers such letters, where nobody chose another: who answers for missing documents.
#[must_use]
pub fn usual_role(rules: &Rules) -> Role {
    let of_records = |row: &&crate::owner::OwnerRow| row.category == Category::MissingDocumentation;
    let row = rules.owners.rows.iter().rev().find(of_records);
    row.map_or(Role::BillingSupervisor, |row| row.role)
}

fn admit(at: &Moment) -> Result<(), Unfit> {
    let role = at.who.role;
    if person::allows(role, Access::KeepRequests) { Ok(()) } else { Err(Unfit::NotYourRole(role)) }
}

fn texts(texts: &[&str]) -> Result<(), Unfit> {
    let fits = |text: &&str| {
        text.chars().count() <= letters::LONGEST && text.chars().all(letters::is_plain)
    };
    if texts.iter().all(fits) { Ok(()) } else { Err(Unfit::OddText) }
}
