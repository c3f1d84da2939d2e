//! A hundred thousand random acts and hearings: the money law, the fold, the nineteen moves, and
//! both ends within reach from everywhere.

mod ends;

use std::collections::BTreeSet;

use denial::adjudication::Findings;
use denial::category::Category;
use denial::checklist::{Mark, Step, Tick};
use denial::claim::PlanType;
use denial::contact::Contact;
use denial::deadline::DeadlineKind;
use denial::denial::{
    Balance, Channel, Denial, DeniedLine, NextActionKind, Owner, RootCause, Status,
};
use denial::ids::{AppealId, DenialId, DocumentId, RemittanceId};
use denial::lifecycle::action::{AppealFiling, Resubmission, Road};
use denial::lifecycle::event::{Change, Deed};
use denial::lifecycle::evidence::{Frequency, PayerAnswer, Receipt};
use denial::lifecycle::{Act, Action, Event, MOVES};
use denial::money::Money;
use denial::payer::{Anchor, Counts, OnHoliday, PayerRules, Unit, Verification, Window};
use denial::person::{Actor, Moment, Role};
use denial::posting::{Entry, Posting, PostingKind, WriteOffReason};
use denial::rules::Rules;
use jiff::civil::Date;

use crate::clinic::{case, day, entry, found, line, moment, person, recovered, rules};

const ACTS: u64 = 100_000;
const ACTS_OF_A_CASE: u64 = 80;

/// Marsaglia's xorshift: small, seeded, the same on every machine.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % sides
    }

    fn one_of<T: Clone>(&mut self, all: &[T]) -> T {
        let place = self.roll(u64::try_from(all.len()).expect("few"));
        all[usize::try_from(place).expect("few")].clone()
    }

    fn chance(&mut self, percent: u64) -> bool {
        self.roll(100) < percent
    }

    fn maybe(&mut self, text: &str) -> Option<String> {
        self.chance(50).then(|| text.to_owned())
    }

    fn text(&mut self) -> String {
        if self.chance(95) { "so it is".to_owned() } else { String::new() }
    }

    fn cents(&mut self, most: Money) -> i64 {
        let most = u64::try_from(most.cents().max(1)).expect("above zero");
        if self.chance(30) {
            return i64::try_from(most).expect("small");
        }
        i64::try_from(self.roll(most + 200)).expect("small")
    }
}

/// One case with its world: what payers said, what day it is, the journal.
struct Run {
    dice: Dice,
    rules: Rules,
    case: Denial,
    journal: Vec<String>,
    lines: Vec<DeniedLine>,
    quarantined: bool,
    day: i64,
    number: u128,
    made: BTreeSet<(Status, Status)>,
    accepted: u64,
    seen: BTreeSet<&'static str>,
}

impl Run {
    fn new(seed: u64) -> Run {
        let mut run = Run {
            dice: Dice(seed),
            rules: with_clocks(rules()),
            case: case().after,
            journal: Vec::new(),
            lines: Vec::new(),
            quarantined: false,
            day: 0,
            number: 0,
            made: BTreeSet::new(),
            accepted: 0,
            seen: BTreeSet::new(),
        };
        run.begin();
        run
    }

    fn begin(&mut self) {
        let opened = case();
        self.lines = opened.after.lines.clone();
        self.case = opened.after;
        self.journal = opened.events.iter().map(json).collect();
        (self.quarantined, self.day) = (false, 0);
    }

    fn next_number(&mut self) -> u128 {
        self.number += 1;
        self.number
    }

    fn moment(&mut self) -> Moment {
        self.day += i64::try_from(self.dice.roll(3)).expect("small");
        let role = match self.dice.roll(8) {
            0..=2 => Role::Manager,
            3 => Role::BillingSupervisor,
            4 | 5 => Role::BillingSpecialist,
            6 => Role::Poster,
            _ => self.dice.one_of(Role::ALL),
        };
        let second = self.dice.chance(20);
        Moment { who: Actor { person: person(role, second), role }, ..moment(self.day, role) }
    }

    fn found(&self) -> Findings {
        Findings { quarantined: self.quarantined, ..found(self.lines.clone()) }
    }

    /// Files say something more.
    fn hear(&mut self) {
        self.say();
        let at = self.moment();
        let events = self.case.hear(&self.found(), &at, &self.rules);
        self.follow(&events);
        let again = self.case.hear(&self.found(), &at, &self.rules);
        assert_eq!(again, vec![], "hearing twice is hearing once");
    }

    fn say(&mut self) {
        let place = usize::try_from(self.dice.roll(3)).expect("small");
        let remittance = RemittanceId::from_bits(self.next_number() + 10);
        let today = self.day;
        let Some(one) = self.lines.get_mut(place) else {
            if self.dice.chance(20) {
                let added = line(3, 2_000);
                self.lines.push(DeniedLine { remittance, ..added });
            }
            return;
        };
        match self.dice.roll(6) {
            0 | 1 => *one = recovered(one.clone(), today),
            2 => one.recovered = None,
            3 | 4 => {
                let denied = Money::from_cents(self.dice.cents(one.charge).clamp(1, 9_000));
                let denied_on = Some(day(today));
                *one = DeniedLine { denied, denied_on, remittance, recovered: None, ..one.clone() };
            }
            _ => self.quarantined = !self.quarantined,
        }
    }

    fn act(&mut self) {
        let at = self.moment();
        let act = self.dice.one_of(Act::ALL);
        let action = self.action(act, &at);
        let Ok(decided) = self.case.act(&action, &at, &self.rules) else { return };
        assert!(!decided.events.is_empty(), "an act that is allowed is on record: {action:?}");
        self.accepted += 1;
        self.follow(&decided.events);
        assert_eq!(self.case, decided.after);
        if let Some(split) = decided.split {
            assert_laws(&split.after);
            assert_eq!(split.after.status(), Status::New);
            let left = self.case.lines.iter().map(|line| &line.control).collect::<Vec<_>>();
            self.lines.retain(|line| left.contains(&&line.control));
        }
    }

    fn follow(&mut self, events: &[Event]) {
        let before = self.case.clone();
        assert_second_person(&before, events, &self.rules);
        for event in events {
            assert_eq!(event.version, before.version + 1);
            self.seen.insert(event.kind());
            if let Some((from, to)) = event.statuses() {
                assert_eq!(from, self.case.status());
                assert!(MOVES.contains(&(from, to)), "{from:?} to {to:?}");
                self.made.insert((from, to));
            }
            assert_awake(&self.case, event, day(self.day));
            let status = self.case.status();
            self.case = self.case.clone().apply(event);
            if event.statuses().is_none() {
                assert_eq!(self.case.status(), status, "{} moves no status", event.kind());
            }
            self.journal.push(json(event));
        }
        assert_laws(&self.case);
    }

    fn fold(&self) {
        let read = |text: &String| serde_json::from_str::<Event>(text).expect("an event");
        let journal: Vec<Event> = self.journal.iter().map(read).collect();
        assert_eq!(Denial::fold(&journal).as_ref(), Some(&self.case));
    }

    fn entry(&mut self) -> Entry {
        let unreversed = standing(&self.case);
        if self.dice.chance(25) && !unreversed.is_empty() {
            let number = self.next_number();
            return back(number, &self.dice.one_of(&unreversed));
        }
        let kind = self.dice.one_of(&[
            PostingKind::PayerPayment,
            PostingKind::PayerPayment,
            PostingKind::OtherPayerPayment,
            PostingKind::PatientResponsibility,
            PostingKind::Contractual,
            PostingKind::Sequestration,
            PostingKind::Recoupment,
            PostingKind::Interest,
        ]);
        let cents = self.dice.cents(self.case.balance.outstanding());
        let line = self.dice.chance(20).then_some(1);
        Entry { line, ..entry(self.next_number(), kind, cents) }
    }

    fn entries(&mut self) -> Vec<Entry> {
        (0..self.dice.roll(3)).map(|_| self.entry()).collect()
    }

    fn action(&mut self, act: Act, at: &Moment) -> Action {
        let text = self.dice.text();
        let number = self.next_number();
        match act {
            Act::Review => Action::Review,
            Act::Resubmit => Action::Resubmit(self.resubmission()),
            Act::Appeal => Action::Appeal(self.filing(number)),
            Act::Acknowledge => {
                Action::Acknowledge(Receipt { channel: Channel::Fax, reference: text, on: None })
            }
            Act::Reject => Action::Reject { codes: vec!["A7".into()], on: None },
            Act::Uphold => Action::Uphold(answer(text)),
            Act::Withdraw => Action::Withdraw { reason: text },
            Act::Overturn => Action::Overturn { answer: answer(text), expected: None },
            Act::Dispute => Action::Dispute { reason: text, missing: None },
            Act::Post => Action::Post { entries: self.entries() },
            Act::WriteOff => Action::WriteOff {
                id: entry(number, PostingKind::Interest, 1).id,
                reason: WriteOffReason::SmallBalance,
                note: text,
            },
            Act::Reopen => {
                Action::Reopen { reason: text, entries: self.entries(), remittance: None }
            }
            Act::Assign => Action::Assign(Owner::of(self.dice.one_of(Role::ALL))),
            Act::SetSubStatus => Action::SetSubStatus {
                sub_status: self.dice.one_of(&["", "With the coder"]).into(),
            },
            Act::Take => Action::Take,
            Act::Release => Action::Release,
            Act::Recategorize => {
                Action::Recategorize { category: self.dice.one_of(Category::ALL), reason: text }
            }
            Act::SetRootCause => Action::SetRootCause(RootCause {
                step: text,
                team: Role::FrontDesk,
                preventable: true,
                recoverable: None,
                note: String::new(),
            }),
            Act::Plan | Act::Snooze | Act::LogContact | Act::AttachDocument => {
                self.desk_action(act, text, number, at)
            }
            Act::AskColleague => {
                Action::AskColleague { to: self.dice.one_of(Role::ALL), text, due: None }
            }
            Act::Answer => Action::Answer { question: self.question(), text },
            Act::Escalate => Action::Escalate { to: Role::Manager, reason: text },
            Act::SplitLine => self.split(number, text),
            Act::Tick => Action::Tick(Tick {
                step: self.dice.one_of(Step::ALL),
                mark: self.dice.one_of(Mark::ALL),
                note: text,
                document: None,
            }),
            Act::Note => Action::Note { text },
            Act::ProposeWriteOff => Action::ProposeWriteOff { reason: text },
            Act::Approve => Action::Approve,
            Act::Decline => Action::Decline { reason: text },
        }
    }

    fn desk_action(&mut self, act: Act, text: String, number: u128, at: &Moment) -> Action {
        let soon = day(self.day + i64::try_from(self.dice.roll(20)).expect("small") - 2);
        if act == Act::Plan {
            return Action::Plan { next: self.dice.one_of(NextActionKind::ALL), on: soon };
        }
        if act == Act::Snooze {
            return Action::Snooze { until: soon, reason: text };
        }
        if act == Act::LogContact {
            return Action::LogContact(Contact {
                channel: Channel::Phone,
                representative: "R".to_owned(),
                reference: "17".to_owned(),
                said: text,
                promised_by: self.dice.chance(50).then_some(soon),
                minutes: 9,
                kept: false,
            });
        }
        let document = DocumentId::from_bits(number);
        let notice_on = self.dice.chance(20).then_some(at.today);
        Action::AttachDocument { document, what: "medical_record".into(), notice_on }
    }

    fn question(&mut self) -> u16 {
        let waiting: Vec<u16> = self.case.questions.iter().map(|one| one.number).collect();
        if waiting.is_empty() { 1 } else { self.dice.one_of(&waiting) }
    }

    fn resubmission(&mut self) -> Resubmission {
        Resubmission {
            frequency: self.dice.one_of(Frequency::ALL),
            channel: Channel::Edi,
            reference: format!("S{}", self.dice.roll(9)),
            confirmation: None,
            document: None,
            sent_on: None,
            late: self.dice.maybe("lost"),
            again: self.dice.maybe("lost"),
        }
    }

    fn filing(&mut self, number: u128) -> AppealFiling {
        let level = if self.dice.chance(90) { self.case.next_level() } else { 1 };
        AppealFiling {
            id: AppealId::from_bits(number),
            level,
            channel: Channel::Mail,
            confirmation: self.dice.maybe("M1"),
            packet: None,
            sent_on: None,
            late: self.dice.maybe("lost"),
            without: self.dice.maybe("on file there"),
            although: None,
            arguments: Vec::new(),
            exhibits: Vec::new(),
        }
    }

    fn split(&mut self, number: u128, reason: String) -> Action {
        let road = match self.dice.roll(8) {
            0 => Road::OwnCase { id: DenialId::from_bits(number + 1) },
            1..=4 => Road::Aside { reason },
            _ => Road::Back,
        };
        let position = usize::try_from(self.dice.roll(4)).expect("small");
        Action::SplitLine { position, road }
    }
}

/// A payer whose windows run out while cases are worked.
fn with_clocks(mut rules: Rules) -> Rules {
    let window = |kind, count| Window {
        kind,
        count,
        unit: Unit::CalendarDays,
        from_event: Anchor::Remittance,
        presumed_days: 0,
        counts: Counts::Sent,
        on_holiday: OnHoliday::Stays,
        categories: Vec::new(),
        except: Vec::new(),
        from: None,
        to: None,
        source: "the clinic's contract".into(),
        as_of: "2026".into(),
        verification: Verification::Clinic,
    };
    let mut payer = PayerRules::default();
    payer.file = "payers/test.toml".into();
    payer.default_for = vec![PlanType::Commercial];
    payer.windows =
        vec![window(DeadlineKind::CorrectedClaim, 40), window(DeadlineKind::Appeal(1), 60)];
    payer.usual_answer_days = Some(14);
    rules.payers = vec![payer];
    rules
}

fn answer(note: String) -> PayerAnswer {
    PayerAnswer { on: None, remittance: None, letter: None, note, dismissed: false }
}

fn json(event: &Event) -> String {
    serde_json::to_string(event).expect("an event is plain")
}

/// Postings that nothing takes back and that take back nothing.
fn standing(case: &Denial) -> Vec<Entry> {
    let is_reversed = |id| case.postings.iter().any(|one| one.reverses.as_ref() == Some(id));
    let own = case.postings.iter().filter(|one| one.reverses.is_none() && !is_reversed(&one.id));
    own.map(|one| Entry { id: one.id.clone(), ..entry(0, one.kind, one.amount.cents()) }).collect()
}

fn back(number: u128, of: &Entry) -> Entry {
    Entry { reverses: Some(of.id.clone()), ..entry(number, of.kind, -of.amount.cents()) }
}

fn sum(case: &Denial, kinds: &[&str]) -> Money {
    let of = case.postings.iter().filter(|one| kinds.contains(&one.kind.as_str()));
    of.map(|one| one.amount).sum()
}

/// What holds of every state that can be reached.
fn assert_laws(case: &Denial) {
    let Balance {
        denied,
        recovered,
        other_payer,
        patient,
        contractual,
        sequestration,
        written_off,
    } = case.balance;
    let outstanding = case.balance.outstanding();
    let parts =
        [recovered, other_payer, patient, contractual, sequestration, written_off, outstanding];
    assert!(parts.iter().all(|part| *part >= Money::ZERO), "{:?}", case.balance);
    assert_eq!(denied, parts.into_iter().sum());
    assert_eq!(recovered, sum(case, &["payer_payment"]) - sum(case, &["recoupment"]));
    assert_eq!(written_off, sum(case, &["write_off"]));
    let moved = ["other_payer_payment", "patient_responsibility", "contractual", "sequestration"];
    assert_eq!(other_payer + patient + contractual + sequestration, sum(case, &moved));
    assert!(denied >= case.lines.iter().map(|line| line.denied).sum());
    let status = case.status();
    assert!(!status.is_closed() || outstanding.is_zero(), "closed means nothing outstanding");
    assert!(status != Status::Paid || written_off.is_zero(), "paid means nothing given up");
    assert_eq!(case.owner().is_some(), !status.is_closed());
    let has_same =
        |proposal: &denial::denial::Proposal| proposal.approved_by.as_ref() == Some(&proposal.by);
    assert!(!case.proposal.as_ref().is_some_and(has_same), "the asker never approves");
}

/// Above the limit money is given up only with a second person's word.
fn assert_second_person(before: &Denial, events: &[Event], rules: &Rules) {
    let mut given_up = Money::ZERO;
    for event in events {
        if let Change::Posted { postings } = &event.change {
            let gives_up = |one: &&Posting| one.kind.reason().is_some() && one.reverses.is_none();
            given_up += postings.iter().filter(gives_up).map(|one| one.amount).sum();
        }
        if let Change::Moved { deed: Deed::WrittenOff { approved_by, .. }, .. } = &event.change {
            let asker = before.proposal.as_ref().map(|proposal| &proposal.by);
            let agreed = before.proposal.as_ref().map_or(Money::ZERO, |proposal| proposal.amount);
            let has_second = approved_by.is_some() && approved_by.as_ref() != asker;
            let has_second = has_second && given_up <= agreed;
            assert!(given_up <= rules.desk.write_off_alone || has_second);
            given_up = Money::ZERO;
        }
    }
    assert!(given_up.is_zero(), "money is given up by the act of writing off alone");
}

/// Nothing sleeps through a clock that runs.
fn assert_awake(before: &Denial, event: &Event, today: Date) {
    let Change::Snoozed { until, .. } = event.change else { return };
    let unmet = before.open_clocks().iter().filter(|one| one.met_on.is_none());
    let last_days = unmet.filter_map(|one| before.last_day(one.kind));
    assert!(last_days.filter(|last| *last >= today).all(|last| until <= last));
}

#[test]
fn a_hundred_thousand_random_acts_keep_the_laws() {
    let mut run = Run::new(0x5EED);
    for step in 1..=ACTS {
        if run.dice.chance(15) {
            run.hear();
        }
        run.act();
        if step % 50 == 0 {
            ends::ends_are_in_reach(&run.case, run.day, &run.rules);
        }
        if step % ACTS_OF_A_CASE == 0 {
            run.fold();
            run.begin();
        }
    }
    assert_eq!(run.made, MOVES.into_iter().collect());
    assert!(run.accepted > ACTS / 5, "{} acts were allowed", run.accepted);
    println!("{} of {ACTS} acts were allowed; {} kinds of events", run.accepted, run.seen.len());
    assert!(run.seen.len() >= 36, "{:?}", run.seen);
}
