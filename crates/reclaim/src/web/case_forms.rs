//! The acts that a case offers to somebody now, each as a form; what was typed stays in it.

use denial::appeal::{no_appeal, papers};
use denial::category::Category;
use denial::denial::{Denial, NextActionKind, Status};
use denial::ids::PersonId;
use denial::lifecycle::{Act, Action};
use denial::owner;
use denial::person::{Moment, Role, supervises};
use denial::posting::WriteOffReason;
use denial::remitted::Remitted;
use denial::resent::{Found, Resent};
use denial::rules::Rules;
use denial::triage::Advice;
use smol_str::SmolStr;
use store::causes::UsualCause;

use crate::fields::Fields;
use crate::web::act_words;
use crate::web::case_fields::{Field, Kind, answering, named, working};
use crate::web::case_posting::PostRow;
use crate::web::timeline::{self, People};
use crate::web::words;

/// One act as a form.
pub(crate) struct ActForm {
    pub(crate) act: &'static str,
    pub(crate) label: &'static str,
    /// When it is right to do it.
    pub(crate) hint: String,
    /// The key that opens it.
    pub(crate) key: &'static str,
    pub(crate) fields: Vec<Field>,
    /// What remittances say of each line, to be posted.
    pub(crate) rows: Vec<PostRow>,
    pub(crate) is_open: bool,
    /// It gives money up.
    pub(crate) gives_up: bool,
    /// It goes to an address of its own, with a file.
    pub(crate) with_file: bool,
}

/// What forms are filled from.
pub(crate) struct Desk<'a> {
    pub(crate) case: &'a Denial,
    pub(crate) moment: &'a Moment,
    pub(crate) people: &'a People,
    /// What may be planned as the next action.
    pub(crate) plans: &'a [NextActionKind],
    /// What the rules advise: to work it or to give it up.
    pub(crate) advice: Advice,
    /// Whether the rules say that the clinic could have prevented it.
    pub(crate) preventable: Option<bool>,
    /// Root causes that were set before for such a case, the most usual first.
    pub(crate) usual: &'a [UsualCause],
    /// What remittances say is to be posted.
    pub(crate) remitted: &'a [Remitted],
    /// What went to the payer again and has no answer yet.
    pub(crate) resent: Option<&'a Resent>,
    /// The practice's rules.
    pub(crate) rules: &'a Rules,
    /// The act that was tried and what was typed for it.
    pub(crate) typed: Option<(&'a str, &'a Fields)>,
}

/// The order in which acts are offered: what moves the case first. Steps are ticked on their list.
pub(super) const ORDER: [Act; 30] = [
    Act::Review,
    Act::Approve,
    Act::Decline,
    Act::Resubmit,
    Act::Appeal,
    Act::Acknowledge,
    Act::Uphold,
    Act::Overturn,
    Act::Reject,
    Act::Withdraw,
    Act::Dispute,
    Act::Post,
    Act::WriteOff,
    Act::ProposeWriteOff,
    Act::Reopen,
    Act::Plan,
    Act::Note,
    Act::LogContact,
    Act::Answer,
    Act::AskColleague,
    Act::AttachDocument,
    Act::Take,
    Act::Release,
    Act::Assign,
    Act::SetSubStatus,
    Act::Snooze,
    Act::Recategorize,
    Act::SetRootCause,
    Act::SplitLine,
    Act::Escalate,
];

/// How a payer says no.
const ANSWERS: [(&str, &str); 2] =
    [("no", "Denied again"), ("yes", "Did not look at it: late, incomplete, not allowed")];

/// True where what went again is recorded without a form: by the outbox when it leaves, or with the
/// note of the file that tells of it.
const fn is_recorded_elsewhere(resent: &Resent) -> bool {
    match resent.found {
        Found::InFile => true,
        Found::OnCase | Found::InOutbox(_) => resent.leaves(),
    }
}

/// Who asks to give up how much and why, and who agreed.
pub(crate) fn proposal_in_words(case: &Denial, people: &People) -> Option<String> {
    let proposal = case.proposal.as_ref()?;
    let name = |id: &PersonId| timeline::name(people, id.as_str());
    let (by, amount, why) = (name(&proposal.by), proposal.amount, &proposal.reason);
    Some(match &proposal.approved_by {
        Some(second) => format!("Approved by {}: {amount}, asked by {by}: {why}", name(second)),
        None => format!("{by} asks to give up {amount}: {why}"),
    })
}

impl Desk<'_> {
    /// Every act that is offered now.
    pub(crate) fn forms(&self) -> Vec<ActForm> {
        let is_admitted = |act: &Act| self.case.admit(*act, self.moment, self.rules).is_ok();
        let offered = ORDER.into_iter().filter(|act| is_admitted(act) && self.makes_sense(*act));
        let mut forms: Vec<ActForm> = offered
            .flat_map(|act| if act == Act::Post { self.posts() } else { vec![self.form(act)] })
            .collect();
        let next = self.likely().as_str();
        let open = self.typed.map_or(next, |(act, _)| act);
        let opens = |form: &ActForm| form.act == open && !self.is_other_post(form);
        for form in &mut forms {
            form.is_open = opens(form);
        }
        forms
    }

    /// The practice's own words within the case's status.
    fn sub_statuses(&self) -> &[SmolStr] {
        self.rules.desk.sub_statuses_of(self.case.status())
    }

    /// What the case itself tells beyond its status.
    fn makes_sense(&self, act: Act) -> bool {
        let case = self.case;
        let me = &self.moment.who.person;
        let waits = case.proposal.as_ref().filter(|one| one.approved_by.is_none());
        match act {
            Act::Approve | Act::Decline => waits.is_some_and(|one| one.by != *me),
            Act::ProposeWriteOff => {
                case.proposal.is_none() && !case.balance.outstanding().is_zero()
            }
            Act::WriteOff => {
                !case.balance.outstanding().is_zero() || !case.balance.written_off.is_zero()
            }
            // Who has it already is offered more time once half of theirs is over.
            Act::Take => case.act(&Action::Take, self.moment, self.rules).is_ok(),
            Act::Release => case.worked_on_by(self.moment.now).is_some(),
            Act::SetSubStatus => !self.sub_statuses().is_empty(),
            Act::Answer => self.answerable().next().is_some(),
            Act::Post => !matches!(case.status(), Status::New),
            Act::Resubmit => !self.resent.is_some_and(is_recorded_elsewhere),
            Act::Review
            | Act::Appeal
            | Act::Acknowledge
            | Act::Reject
            | Act::Uphold
            | Act::Withdraw
            | Act::Overturn
            | Act::Dispute
            | Act::Reopen
            | Act::Assign
            | Act::Recategorize
            | Act::SetRootCause
            | Act::Plan
            | Act::Snooze
            | Act::LogContact
            | Act::AttachDocument
            | Act::AskColleague
            | Act::Escalate
            | Act::SplitLine
            | Act::Tick
            | Act::Note => true,
        }
    }

    fn answerable(&self) -> impl Iterator<Item = &denial::denial::Question> {
        let role = self.moment.who.role;
        self.case.questions.iter().filter(move |one| one.to == role || supervises(role))
    }

    /// The act that the case waits for.
    fn likely(&self) -> Act {
        let case = self.case;
        let next = case.next().map(|next| next.kind);
        let waits = case.waits_for_approval();
        if case.questions.iter().any(|one| one.to == self.moment.who.role) {
            return Act::Answer;
        }
        match case.status() {
            Status::New => Act::Review,
            Status::InReview if waits => Act::Approve,
            Status::InReview if case.approved_write_off().is_some() => Act::WriteOff,
            Status::InReview if self.resent.is_some_and(Resent::waits) => Act::LogContact,
            Status::InReview => match next {
                Some(NextActionKind::Appeal) => Act::Appeal,
                Some(NextActionKind::CallPayer) => Act::LogContact,
                Some(NextActionKind::AskColleague) => Act::AskColleague,
                Some(NextActionKind::BillPatient | NextActionKind::PostPayment) => Act::Post,
                Some(NextActionKind::ProposeWriteOff) => Act::ProposeWriteOff,
                Some(NextActionKind::BookWriteOff) => Act::WriteOff,
                Some(NextActionKind::SendRecords) => Act::AttachDocument,
                Some(
                    NextActionKind::Review
                    | NextActionKind::Correct
                    | NextActionKind::Resubmit
                    | NextActionKind::CoordinateBenefits
                    | NextActionKind::AwaitPayer,
                )
                | None => Act::Resubmit,
            },
            Status::Corrected | Status::Appealed => Act::Acknowledge,
            Status::Pending => Act::Uphold,
            Status::Overturned => Act::Post,
            Status::Paid | Status::WrittenOff => Act::Note,
        }
    }

    pub(super) fn form(&self, act: Act) -> ActForm {
        let (label, hint, key) = act_words::of(act);
        let gives_up = matches!(act, Act::WriteOff | Act::ProposeWriteOff);
        let is_agreed = act == Act::WriteOff && self.case.approved_write_off().is_some();
        let hint = if act == Act::Approve || is_agreed {
            proposal_in_words(self.case, self.people).unwrap_or_else(|| hint.to_owned())
        } else if gives_up && self.advice == Advice::Rework {
            format!("{hint} The rules advise to work this case rather than give it up.")
        } else if let (Act::SetRootCause, Some(usual)) = (act, self.usual.first()) {
            let times = words::counted(usual.times, "case", "cases");
            format!("{hint} Usual for this reason: {} ({times}).", usual.step)
        } else {
            hint.to_owned()
        };
        ActForm {
            act: act.as_str(),
            label,
            hint,
            key,
            fields: self.fields(act),
            rows: Vec::new(),
            is_open: false,
            gives_up: matches!(act, Act::WriteOff | Act::ProposeWriteOff | Act::Approve),
            with_file: matches!(act, Act::AttachDocument),
        }
    }

    #[expect(clippy::too_many_lines, reason = "one arm for each act, and nothing else")]
    pub(crate) fn fields(&self, act: Act) -> Vec<Field> {
        match act {
            // Each step of the checklist has a form of its own.
            Act::Review | Act::Take | Act::Release | Act::Approve | Act::Tick => Vec::new(),
            Act::Resubmit => self.resubmit(),
            Act::Appeal => self.appeal(),
            Act::Acknowledge => vec![
                self.channel(act),
                self.text(act, "reference", "Number of the receipt", true),
                self.day(act, "on", "Received on", false),
            ],
            Act::Reject => vec![
                self.text(act, "codes", "Codes of the refusal", true),
                self.day(act, "on", "On", false),
            ],
            Act::Uphold => vec![
                self.chosen(act, "dismissed", "What it did", &ANSWERS, "no"),
                self.words(act, "note", "What the payer says", true),
                self.day(act, "on", "Decided on", false),
            ],
            Act::Withdraw | Act::Decline | Act::ProposeWriteOff => {
                vec![self.words(act, "reason", "Why", true)]
            }
            Act::Overturn => vec![
                self.words(act, "note", "How we know: letter, call, portal", true),
                self.money(act, "expected", "Amount expected", false),
                self.day(act, "on", "Decided on", false),
            ],
            Act::Dispute => vec![
                self.words(act, "reason", "How it differs from what was promised", true),
                self.money(act, "missing", "What is missing", false),
            ],
            Act::Post | Act::Reopen => self.posting(act),
            Act::WriteOff => vec![
                self.choice(
                    act,
                    "reason",
                    "Account",
                    named(WriteOffReason::ALL, |one| one.as_str()),
                ),
                self.words(act, "note", "Why", true),
            ],
            Act::Assign => self.assign(),
            Act::Recategorize => vec![
                self.choice(act, "category", "Reason", named(Category::ALL, |one| one.as_str())),
                self.words(act, "reason", "Why", true),
            ],
            Act::SetRootCause => self.root_cause(),
            Act::Plan => vec![
                self.choice(act, "next", "Next action", named(self.plans, |one| one.as_str())),
                self.day(act, "on", "By, within the clock it is to meet", true),
            ],
            Act::SetSubStatus => {
                let words =
                    self.sub_statuses().iter().map(|one| (one.to_string(), one.to_string()));
                let none = std::iter::once((String::new(), "None".to_owned()));
                vec![self.choice(act, "sub_status", "Sub-status", none.chain(words).collect())]
            }
            Act::Snooze => {
                vec![self.day(act, "until", "Until", true), self.words(act, "reason", "Why", true)]
            }
            Act::LogContact => self.contact(),
            Act::AttachDocument => self.document(),
            Act::AskColleague => vec![
                self.whom(act),
                self.words(act, "text", "Question", true),
                self.day(act, "due", "Answer wanted by", false),
            ],
            Act::Answer => self.answer(),
            Act::Escalate => vec![
                self.choice(act, "to", "To", named(&working(), |one| one.as_str())),
                self.words(act, "reason", "Why", true),
            ],
            Act::SplitLine => self.split(),
            Act::Note => vec![self.words(act, "text", "Note", true)],
        }
    }

    /// Whom a question goes to: at first who answers for the reason, or whom they ask.
    fn whom(&self, act: Act) -> Field {
        let mut field = self.choice(act, "to", "Whom", named(&answering(), |one| one.as_str()));
        let payer = self.case.payer_rules(self.rules);
        let row = owner::row_for(&self.case.circumstance(), payer, self.rules);
        let likely = row.map(|row| [Some(row.role), row.asks]).into_iter().flatten().flatten();
        let mut others = likely.filter(|role| *role != self.moment.who.role);
        if let Some(role) = others.find(|role| answering().contains(role)) {
            field.choose_if_none(role.as_str());
        }
        field
    }

    fn resubmit(&self) -> Vec<Field> {
        let act = Act::Resubmit;
        let frequencies =
            [("7", "7 · replaces the claim"), ("1", "1 · new claim"), ("8", "8 · voids the claim")];
        let first = if self.case.control.is_empty() { "1" } else { "7" };
        let mut fields = vec![
            self.chosen(act, "frequency", "Frequency", &frequencies, first),
            self.channel(act),
            self.text(act, "reference", "Our number of what was sent", true),
            self.text(act, "confirmation", "Payer's confirmation", false),
            self.day(act, "sent_on", "Sent on", false),
            self.text(act, "again", "Sent before? Why again", false),
        ];
        if supervises(self.moment.who.role) {
            fields.push(self.text(act, "late", "Clock has run out? Why late", false));
        }
        fields
    }

    fn appeal(&self) -> Vec<Field> {
        let act = Act::Appeal;
        let mut level = self.text(act, "level", "Level", true);
        level.kind = Kind::Number;
        if level.value.is_empty() {
            level.value = self.case.next_level().to_string();
        }
        let mut fields = vec![
            level,
            self.channel(act),
            self.text(act, "confirmation", "Confirmation or tracking number", true),
            self.day(act, "sent_on", "Sent on", false),
        ];
        if supervises(self.moment.who.role) {
            fields.push(self.text(act, "late", "Clock has run out? Why late", false));
            fields.push(self.text(act, "without", "Documents missing? Why without", false));
        }
        if no_appeal(self.case, self.rules).is_some() {
            fields.push(self.text(act, "although", "No appeal is open. Why it is sent", true));
        }
        fields
    }

    fn assign(&self) -> Vec<Field> {
        let act = Act::Assign;
        let mut people: Vec<(String, String)> = self.people.clone().into_iter().collect();
        people.sort_by(|one, other| one.1.cmp(&other.1));
        people.insert(0, (String::new(), "No person yet".to_owned()));
        let owner = self.case.owner();
        let role = owner.map_or("", |owner| owner.role.as_str());
        let mut roles = self.choice(act, "role", "Role", named(Role::ALL, |one| one.as_str()));
        roles.choose_if_none(role);
        let mut fields = vec![roles];
        let teams = &self.rules.owners.teams;
        if !teams.is_empty() {
            let mut names = vec![(String::new(), "No team".to_owned())];
            names.extend(teams.iter().map(|one| (one.name.to_string(), one.name.to_string())));
            let mut team = self.choice(act, "team", "Team", names);
            // Nothing typed yet: it stays with its team. Many cases have none in common.
            if self.typed.is_none_or(|(tried, _)| tried != act.as_str()) {
                team.choose(owner.and_then(|owner| owner.team.as_deref()).unwrap_or_default());
            }
            fields.push(team);
        }
        fields.push(self.choice(act, "person", "Person", people));
        fields
    }

    fn root_cause(&self) -> Vec<Field> {
        let act = Act::SetRootCause;
        let preventable = if self.preventable == Some(false) { "no" } else { "yes" };
        let likely = [("unknown", "Not judged"), ("yes", "Yes"), ("no", "No")];
        let mut step = self.text(act, "step", "Step of the work where it began", true);
        let mut steps: Vec<String> = self.usual.iter().map(|one| one.step.clone()).collect();
        steps.dedup();
        step.kind = Kind::Offered(steps);
        let mut team =
            self.choice(act, "team", "Team that can mend it", named(Role::ALL, |one| one.as_str()));
        if let Some(usual) = self.usual.first() {
            team.choose_if_none(&usual.team);
        }
        vec![
            step,
            team,
            self.chosen(
                act,
                "preventable",
                "Preventable",
                &[("yes", "Yes"), ("no", "No")],
                preventable,
            ),
            self.chosen(act, "recoverable", "Recoverable", &likely, "unknown"),
            self.words(act, "note", "What was found", true),
        ]
    }

    fn contact(&self) -> Vec<Field> {
        let act = Act::LogContact;
        let mut minutes = self.text(act, "minutes", "Minutes", false);
        minutes.kind = Kind::Number;
        let mut channel = self.channel(act);
        channel.choose_if_none("phone");
        let mut fields = vec![
            channel,
            self.text(act, "representative", "With whom", false),
            self.text(act, "reference", "Reference number", false),
            self.words(act, "said", "What was said", true),
            self.day(act, "promised_by", "Promised by", false),
            minutes,
        ];
        if self.case.promised_by.is_some() {
            let kept = [("no", "Not yet"), ("yes", "Yes, it is there")];
            fields.push(self.chosen(act, "kept", "Did it do what it had promised?", &kept, "no"));
        }
        fields
    }

    fn document(&self) -> Vec<Field> {
        let act = Act::AttachDocument;
        let on_file = |wanted: &str| self.case.documents.iter().any(|one| one.what == wanted);
        let papers = papers(self.rules, self.case, self.moment.today);
        let wanted = papers.iter().filter(|one| !on_file(one));
        let mut kinds: Vec<(String, String)> = wanted
            .map(|one| {
                let is_asked = self.case.wanted.contains(one);
                let why = if is_asked { "asked for" } else { "a letter of appeal wants it" };
                (one.to_string(), format!("{} ({why})", words::label(one)))
            })
            .collect();
        for one in
            ["denial_notice", "medical_record", "authorization_record", "payer_letter", "other"]
        {
            if !kinds.iter().any(|(value, _)| value == one) {
                kinds.push((one.to_owned(), words::label(one)));
            }
        }
        let mut file = self.text(act, "file", "File", true);
        file.kind = Kind::File;
        vec![
            self.choice(act, "what", "What it is", kinds),
            self.day(act, "notice_on", "For a notice of denial: received on", false),
            file,
        ]
    }

    fn answer(&self) -> Vec<Field> {
        let act = Act::Answer;
        let questions = self.answerable().map(|one| (one.number.to_string(), one.text.clone()));
        vec![
            self.choice(act, "question", "Question", questions.collect()),
            self.words(act, "text", "Answer", true),
        ]
    }

    fn split(&self) -> Vec<Field> {
        let act = Act::SplitLine;
        let lines = self.case.lines.iter().enumerate().map(|(at, line)| {
            let number = line.line.map_or("claim".to_owned(), |number| number.to_string());
            ((at + 1).to_string(), format!("{number} · {} · {}", line.procedure, line.denied))
        });
        let roads = [
            ("own_case", "Becomes a case of its own"),
            ("aside", "Is set aside"),
            ("back", "Is worked on again"),
        ];
        vec![
            self.choice(act, "position", "Line", lines.collect()),
            self.chosen(act, "road", "Where it goes", &roads, "own_case"),
            self.text(act, "reason", "Why, where it is set aside", false),
        ]
    }
}
