//! The life of a claim: when it is sent, what payers answer, and what is true in the end.

use std::rc::Rc;

use jiff::civil::Date;

use crate::answer::{Answer, Channel, Debt, LineAnswer};
use crate::calendar;
use crate::catalogue::Trait;
use crate::chaos;
use crate::claim::Claim;
use crate::fault::Fault;
use crate::payer::{ERRING, Payer};
use crate::pricing::{self, Terms, Verdict};
use crate::recovery;
use crate::repricing;
use crate::rule::Family;
use crate::secondary;
use crate::shape::{self, Shape};
use crate::stream::{Purpose, Stream};
use crate::truth::Trap;
use crate::wording::Wording;
use crate::world::{Practice, World};

/// Everything that happens to a claim.
#[derive(Clone, Debug)]
pub(crate) struct Life {
    pub(crate) claim: Rc<Claim>,
    /// In the order of days.
    pub(crate) submissions: Vec<Submission>,
    pub(crate) answers: Vec<Answer>,
    pub(crate) debts: Vec<Debt>,
    /// Traps that are no single line's.
    pub(crate) traps: Vec<Trap>,
    /// Answers of this claim have so far had so many control numbers.
    versions: u32,
}

/// A claim on its way to a payer.
#[derive(Clone, Debug)]
pub(crate) struct Submission {
    pub(crate) claim: Rc<Claim>,
    pub(crate) payer: usize,
    pub(crate) on: Date,
    /// CLM05-3.
    pub(crate) frequency: char,
    /// REF*F8.
    pub(crate) replaces: Option<String>,
    /// REF*G1.
    pub(crate) authorization: Option<String>,
    /// A modifier that the first line has now.
    pub(crate) modifier: Option<&'static str>,
    /// The first payer's answer, where this goes to the second.
    pub(crate) prior: Option<Rc<Answer>>,
    /// The status in 277CA that rejects it.
    pub(crate) rejected: Option<&'static str>,
}

impl Life {
    /// Draws a claim and lives it to the end.
    pub(crate) fn live(world: &World, practice: &Practice, at: u64, served_on: Date) -> Life {
        let claim = Rc::new(Claim::draw(world, practice, at, served_on));
        let mut life = Life {
            claim,
            submissions: Vec::new(),
            answers: Vec::new(),
            debts: Vec::new(),
            traps: Vec::new(),
            versions: 0,
        };
        let sent_on = life.send_first(world);
        life.decide_first(world, sent_on);
        if world.preset.chaos {
            chaos::disturb(world, &mut life);
        }
        life
    }

    /// Sends the claim until nobody rejects it; gives the day of the accepted one.
    fn send_first(&mut self, world: &World) -> Date {
        let stream = &mut self.claim.stream(world.seed, Purpose::Submission);
        let mut first = self.submission(self.claim.submitted_on);
        let by_member = self.claim.fault == Some(Fault::MemberError) && stream.chance(60_000);
        if by_member || stream.chance(2_000) {
            let reasons = ["A7:164:IL", "A7:562:85", "A6:400", "A8:188", "A3:21"];
            let reason = if by_member { "A7:33:IL" } else { stream.pick(&reasons) };
            let again = calendar::after(first.on, stream.between(2, 10));
            let again = self.submission(calendar::working_from(again));
            first.rejected = Some(reason);
            self.submissions.push(first);
            first = again;
        }
        let on = first.on;
        self.submissions.push(first);
        on
    }

    pub(crate) fn submission(&self, on: Date) -> Submission {
        Submission {
            claim: Rc::clone(&self.claim),
            payer: self.claim.payer,
            on,
            frequency: '1',
            replaces: None,
            authorization: self.claim.authorization.clone(),
            modifier: None,
            prior: None,
            rejected: None,
        }
    }

    /// A claim payment that processes the claim as first payer.
    pub(crate) fn answer(
        &mut self,
        payer: &Payer,
        received_on: Date,
        pay_on: Date,
        lines: Vec<LineAnswer>,
    ) -> Answer {
        Answer {
            claim: Rc::clone(&self.claim),
            payer: payer.at,
            received_on,
            pay_on,
            channel: Channel::Payment,
            status: if payer.says_third { "3" } else { "1" },
            frequency: '1',
            control: self.next_control(received_on),
            replaces: None,
            lines,
            remarks: Vec::new(),
            forwarded_to: None,
            interest: 0,
            provider_level: Vec::new(),
            stands_behind: false,
            charge_error: 0,
            chaos: None,
        }
    }

    /// A payer's number of the claim, as payers make them: year, day, counter.
    fn next_control(&mut self, received_on: Date) -> String {
        self.versions += 1;
        let (year, day) = (received_on.year() % 100, received_on.day_of_year());
        let Claim { practice, at, .. } = *self.claim;
        format!("{year:02}{day:03}{:02}{:07}{}", practice + 1, at + 1, self.versions)
    }

    fn decide_first(&mut self, world: &World, sent_on: Date) {
        let claim = Rc::clone(&self.claim);
        let payer = world.payer(claim.payer);
        let dates = &mut claim.stream(world.seed, Purpose::Dates);
        let received_on = calendar::after(sent_on, dates.between(0, 1));
        let verdict = self.verdict(world, payer, sent_on);
        let (days, hangs) = payer.days_to_decide(verdict.is_some(), dates);
        let pay_on = payer.pay_day(calendar::after(received_on, days));
        let sent_twice = claim.fault == Some(Fault::SentTwice);
        match verdict {
            Some(verdict) if sent_twice => {
                self.answer_plainly(world, received_on, pay_on, hangs);
                self.refuse_copy(world, &verdict, sent_on);
            }
            Some(verdict) => self.refuse(world, &verdict, received_on, pay_on),
            None if is_mass_error(world, payer, pay_on) => {
                self.refuse_by_mass_error(world, received_on, pay_on);
            }
            None => self.answer_in_shape(world, received_on, pay_on, hangs),
        }
    }

    /// The rule that the claim's fault falls under, if it does.
    fn verdict(&self, world: &World, payer: &Payer, on: Date) -> Option<Verdict> {
        let fault = self.claim.fault?;
        if fault == Fault::MemberError && self.submissions.len() > 1 {
            return None;
        }
        let stream = &mut self.claim.stream(world.seed, Purpose::Fault);
        let is_error = fault == Fault::PayerError;
        let family = if is_error {
            stream.pick(&[Family::Eligibility, Family::Bundling, Family::Authorization])
        } else {
            fault.family()
        };
        let falls = is_error || payer.rules.refuses(family, on, stream);
        let wording = payer.rules.wording(family, on, stream);
        falls.then_some(Verdict { family, wording, is_error })
    }

    /// Refuses the claim or a line of it, and lets people and payer go on from there.
    fn refuse(&mut self, world: &World, verdict: &Verdict, received_on: Date, pay_on: Date) {
        let claim = Rc::clone(&self.claim);
        let payer = world.payer(claim.payer);
        let pricing = &mut claim.stream(world.seed, Purpose::Pricing);
        let terms = self.terms(world, payer);
        let lines = refused_lines(&claim, payer, verdict, terms, pricing);
        let mut answer = self.answer(payer, received_on, pay_on, lines);
        let is_unknown = verdict.family == Family::Identity && verdict.wording.reason == "31";
        let is_fourth = payer.misuses_denied && answer.lines.iter().all(|one| one.paid == 0);
        if is_fourth || is_unknown && pricing.chance(60_000) {
            answer.status = "4";
        }
        answer.remarks.extend(verdict.claim_remark());
        self.answers.push(answer.clone());
        recovery::work(world, self, &answer, verdict);
    }

    /// The practice sent the claim again; the payer refuses the copy alone.
    fn refuse_copy(&mut self, world: &World, verdict: &Verdict, sent_on: Date) {
        let claim = Rc::clone(&self.claim);
        let payer = world.payer(claim.payer);
        let stream = &mut claim.stream(world.seed, Purpose::Recovery);
        let again = calendar::working_from(calendar::after(sent_on, stream.between(5, 20)));
        self.submissions.push(self.submission(again));
        let received_on = calendar::after(again, 1);
        let (days, _) = payer.days_to_decide(true, stream);
        let first_on = self.answers.last().map_or(received_on, |first| first.pay_on);
        let decided_on = calendar::after(received_on, days).max(calendar::after(first_on, 1));
        let lines = claim.lines.iter();
        let lines = lines.map(|line| pricing::refuse(line, payer, verdict, stream)).collect();
        let copy = self.answer(payer, received_on, payer.pay_day(decided_on), lines);
        self.answers.push(copy);
    }

    /// Drift D6: the payer's system refuses everything for some days, and heals by itself.
    fn refuse_by_mass_error(&mut self, world: &World, received_on: Date, pay_on: Date) {
        let claim = Rc::clone(&self.claim);
        let payer = world.payer(claim.payer);
        let wording =
            Wording { group: "CO", reason: "197", remark: "", at_claim: false, category: None };
        let verdict = Verdict { family: Family::Authorization, wording, is_error: true };
        let stream = &mut claim.stream(world.seed, Purpose::Recovery);
        let lines = claim.lines.iter();
        let lines = lines.map(|line| pricing::refuse(line, payer, &verdict, stream)).collect();
        let first = self.answer(payer, received_on, pay_on, lines);
        self.answers.push(first.clone());
        self.traps.push(Trap::MassError);
        let healed_on = payer.pay_day(calendar::after(pay_on, stream.between(20, 40)));
        let terms = &mut self.terms(world, payer);
        let lines = shape::paid(&claim.lines, payer, terms);
        self.replace(payer, &first, healed_on, lines, "MA67");
    }

    /// The patient's share of this claim, the same whenever it is asked for.
    pub(crate) fn terms(&self, world: &World, payer: &Payer) -> Terms {
        let stream = &mut self.claim.stream(world.seed, Purpose::Prices);
        Terms::draw(payer, self.claim.served_on, stream)
    }

    /// Takes an answer back and puts another in its place; gives the new one.
    pub(crate) fn replace(
        &mut self,
        payer: &Payer,
        first: &Answer,
        pay_on: Date,
        lines: Vec<LineAnswer>,
        remark: &'static str,
    ) -> Answer {
        let channel = if payer.adjusts_apart { Channel::Adjustment } else { Channel::Payment };
        let mut reversal = first.reversal(pay_on, channel);
        reversal.remarks.push(remark);
        let mut correction = self.answer(payer, first.received_on, pay_on, lines);
        correction.channel = channel;
        correction.replaces = Some(first.control.clone());
        self.answers.push(reversal);
        self.answers.push(correction.clone());
        correction
    }

    fn answer_plainly(&mut self, world: &World, received_on: Date, pay_on: Date, hangs: bool) {
        let claim = Rc::clone(&self.claim);
        let payer = world.payer(claim.payer);
        let lines = shape::paid(&claim.lines, payer, &mut self.terms(world, payer));
        let mut answer = self.answer(payer, received_on, pay_on, lines);
        self.add_interest(payer, &mut answer, hangs);
        self.answers.push(answer);
    }

    fn answer_in_shape(&mut self, world: &World, received_on: Date, pay_on: Date, hangs: bool) {
        let claim = Rc::clone(&self.claim);
        let payer = world.payer(claim.payer);
        let stream = &mut claim.stream(world.seed, Purpose::Shape);
        let shape = Shape::draw(&claim, payer, stream);
        let lines = shape.lines(&claim, payer, self.terms(world, payer));
        let mut answer = self.answer(payer, received_on, pay_on, lines);
        match shape {
            Shape::Estimate => {
                answer.status = "25";
                answer.channel = Channel::Estimate;
                self.answers.push(answer);
            }
            Shape::Forwarded => self.forward(world, answer, stream),
            Shape::EqualRepayment | Shape::Repriced => {
                self.answers.push(answer.clone());
                let terms = self.terms(world, payer);
                repricing::look_again(self, payer, &answer, shape, terms, stream);
            }
            Shape::Plain
            | Shape::Bundle
            | Shape::Split
            | Shape::Many
            | Shape::AboveCharge
            | Shape::Incentive
            | Shape::Capitated => {
                self.add_interest(payer, &mut answer, hangs);
                self.answers.push(answer);
                if shape == Shape::Plain && claim.patient.second.is_some() {
                    secondary::follow(world, self);
                }
            }
        }
    }

    /// Late payments bear interest, which is paid at the provider level.
    fn add_interest(&mut self, payer: &Payer, answer: &mut Answer, hangs: bool) {
        let days = calendar::days_between(answer.received_on, answer.pay_on) - 30;
        let interest = answer.paid() * days * 8 / 36_500;
        if hangs && days > 0 && interest > 0 && payer.at != crate::payer::MEDICAID {
            answer.interest = interest;
            answer.provider_level.push(crate::answer::ProviderLevel {
                code: "L6",
                reference: self.claim.number.clone(),
                amount: -interest,
            });
            self.traps.push(Trap::Interest);
        }
    }

    /// Not this payer's: it sends the claim on, and the next one decides.
    fn forward(&mut self, world: &World, first: Answer, stream: &mut Stream) {
        let claim = Rc::clone(&self.claim);
        let next = world.payer(first.payer + 1);
        let received_on = calendar::after(first.pay_on, stream.between(1, 3));
        let (days, _) = next.days_to_decide(false, stream);
        let pay_on = next.pay_day(calendar::after(received_on, days));
        self.answers.push(Answer { status: "23", forwarded_to: Some(next.at), ..first });
        let lines = shape::paid(&claim.lines, next, &mut self.terms(world, next));
        let second = self.answer(next, received_on, pay_on, lines);
        self.answers.push(second);
    }
}

/// Whether the payer's system errs on the day on which it pays.
fn is_mass_error(world: &World, payer: &Payer, pay_on: Date) -> bool {
    let days = calendar::days_between(world.starts_on, world.ends_on);
    let from = calendar::after(world.starts_on, days * 2 / 5);
    payer.at == ERRING && from <= pay_on && pay_on < calendar::after(from, 13)
}

/// The lines of a claim that a rule refuses wholly, or on one line, or in part of one line.
pub(crate) fn refused_lines(
    claim: &Claim,
    payer: &Payer,
    verdict: &Verdict,
    mut terms: Terms,
    stream: &mut Stream,
) -> Vec<LineAnswer> {
    if verdict.family.is_whole_claim() {
        let lines = claim.lines.iter();
        return lines.map(|line| pricing::refuse(line, payer, verdict, stream)).collect();
    }
    let refused = refused_line(claim, verdict.family, stream);
    let in_part = stream.chance(60_000);
    let mut answers = Vec::with_capacity(claim.lines.len());
    for (at, line) in claim.lines.iter().enumerate() {
        let allowed = pricing::allowed(line, payer);
        answers.push(if at != refused {
            pricing::pay(line, allowed, 0, &mut terms)
        } else if verdict.family == Family::Frequency && line.units > 1 && in_part {
            pricing::refuse_units(line, payer, verdict, &mut terms)
        } else if can_be_part(verdict.family) && in_part && stream.chance(25_000) {
            pricing::refuse_part(line, payer, verdict, &mut terms)
        } else {
            pricing::refuse(line, payer, verdict, stream)
        });
    }
    answers
}

fn can_be_part(family: Family) -> bool {
    matches!(family, Family::Necessity | Family::Documentation)
}

fn refused_line(claim: &Claim, family: Family, stream: &mut Stream) -> usize {
    let lines = &claim.lines;
    let fits = |line: &crate::claim::Line| match family {
        Family::Authorization => line.procedure.trait_ == Trait::Authorized,
        Family::Frequency => line.units > 1,
        Family::Bundling | Family::Modifier => line.number > 1,
        Family::Eligibility
        | Family::Identity
        | Family::OtherPayerFirst
        | Family::Referral
        | Family::Diagnosis
        | Family::Necessity
        | Family::Documentation
        | Family::MissingField
        | Family::Timely
        | Family::Duplicate
        | Family::NotCovered
        | Family::Enrolment
        | Family::Network
        | Family::Accident => false,
    };
    lines.iter().position(fits).unwrap_or_else(|| stream.index(lines.len()))
}
