//! What payers answer to the question where a claim stands (277): what it means by `status.toml`,
//! what is done next, and when.

use jiff::ToSpan;
use jiff::civil::Date;
use smol_str::SmolStr;

use crate::claim::{Claim, Patient};
use crate::codes::ClaimNumber;
use crate::denial::{Denial, NextActionKind};
use crate::money::Money;
use crate::named;
use crate::rejection::{Acknowledgement, AnswerCode, AnswerKind};

named! {
    /// What an answer asks for.
    Step {
        /// The payer has it and works on it.
        LookAgain = "look_again",
        /// The payer waits for something from us.
        SendRecords = "send_records",
        /// The payer does not have it.
        Resend = "resend",
        /// It was judged and refused; the remittance says why.
        AwaitRemittance = "await_remittance",
        /// It was judged and is paid: the payment is to be found.
        FindPayment = "find_payment",
        /// Something of it is wrong: it is mended and sent again.
        Correct = "correct",
        /// The question was not answered: it is asked again.
        AskAgain = "ask_again",
        /// Somebody has to speak with the payer.
        Call = "call",
    }
}

/// `data/status.toml`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StatusRules {
    /// Claims that are late are asked about each night; without it people alone ask.
    pub asks_by_itself: bool,
    /// Days until the same is asked again; none is "not configured", and nothing is asked by
    /// itself.
    pub again_days: Option<u16>,
    /// What answers mean.
    pub answers: Vec<AnswerRule>,
}

/// What one answer means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnswerRule {
    /// Category, such as `P1`, or its first letter for all that no rule names.
    pub category: SmolStr,
    /// Only with one of these statuses; empty for every one.
    pub statuses: Vec<SmolStr>,
    /// What is done.
    pub step: Step,
    /// In so many days.
    pub days: u16,
    /// For people, in our own words.
    pub text: SmolStr,
}

/// What is to be done about an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ruled {
    /// What.
    pub step: Step,
    /// By when.
    pub on: Date,
    /// For people: what the answer means and what is done.
    pub text: String,
}

/// A code of an answer as people write it: `P1:3`.
#[must_use]
pub fn code(one: &AnswerCode) -> String {
    let parts = [&one.code, &one.status, &one.entity];
    let parts: Vec<&str> = parts.into_iter().map(SmolStr::as_str).collect();
    parts.join(":").trim_end_matches(':').to_owned()
}

impl StatusRules {
    /// The rule for a category and a status: one that names both before one that names the
    /// category, and that before one for all categories of its letter.
    #[must_use]
    pub fn rule(&self, category: &str, status: &str) -> Option<&AnswerRule> {
        let is_named = |one: &&AnswerRule| one.statuses.iter().any(|own| own == status);
        let letter = category.get(..1).unwrap_or_default();
        let own = |named: bool, category: &str| {
            let of = |one: &&AnswerRule| one.category == category;
            let fits = |one: &&AnswerRule| {
                if named { is_named(one) } else { one.statuses.is_empty() }
            };
            self.answers.iter().filter(of).find(fits)
        };
        own(true, category)
            .or_else(|| own(false, category))
            .or_else(|| own(true, letter))
            .or_else(|| own(false, letter))
    }

    /// What is to be done about an answer, by the first of its codes that has a rule and asks for
    /// most; none where no code has one. `limit` is the last day for filing, where it is known.
    #[must_use]
    pub fn ruled(
        &self,
        answer: &Acknowledgement,
        today: Date,
        limit: Option<Date>,
    ) -> Option<Ruled> {
        if answer.kind != AnswerKind::Status {
            return None;
        }
        let own = answer.codes.iter().filter(|one| one.line.is_none());
        let rules = own.filter_map(|one| self.rule(&one.code, &one.status));
        let rule = rules.max_by_key(|rule| rule.step.weight())?;
        let paid_on = answer.payment.as_ref().and_then(|one| one.paid_on);
        let from = match rule.step {
            Step::FindPayment => paid_on.map_or(today, |on| on.max(today)),
            Step::LookAgain
            | Step::SendRecords
            | Step::Resend
            | Step::AwaitRemittance
            | Step::Correct
            | Step::AskAgain
            | Step::Call => today,
        };
        let on = from.saturating_add(i64::from(rule.days).days());
        let on = match limit.filter(|limit| rule.step.goes_again() && *limit >= today) {
            Some(limit) => on.min(limit),
            None => on,
        };
        Some(Ruled { step: rule.step, on, text: rule.in_words(answer, on, limit) })
    }
}

impl AnswerRule {
    fn in_words(&self, answer: &Acknowledgement, on: Date, limit: Option<Date>) -> String {
        let day = |on: Date| on.strftime("%b %-d, %Y").to_string();
        let own = &self.text;
        match self.step {
            Step::LookAgain => format!("{own}; look again on {}", day(on)),
            Step::SendRecords => format!("{own}; send it by {}", day(on)),
            Step::Resend => match limit {
                Some(limit) => format!("{own}; send it again by {}, the filing limit", day(limit)),
                None => format!("{own}; send it again; the filing limit is not configured"),
            },
            Step::AwaitRemittance => format!("{own}; expect the 835 by {}", day(on)),
            Step::FindPayment => format!("{own}; {} by {}", payment(answer), day(on)),
            Step::Correct => format!("{own}; mend it by {}", day(on)),
            Step::AskAgain => format!("{own}; ask again on {}", day(on)),
            Step::Call => format!("{own}; call by {}", day(on)),
        }
    }
}

/// What is looked for.
fn payment(answer: &Acknowledgement) -> String {
    let told = answer.payment.as_deref();
    let amount = told.and_then(|one| one.amount).map(|amount| format!(" of {amount}"));
    let trace = told.filter(|one| !one.trace.is_empty()).map(|one| format!(" {}", one.trace));
    let on = told.and_then(|one| one.paid_on).map(|on| on.strftime(" of %b %-d, %Y").to_string());
    let parts = [amount, trace, on].map(Option::unwrap_or_default);
    format!("find the payment{}", parts.concat())
}

impl Step {
    /// What comes next on a case.
    #[must_use]
    pub const fn next(self) -> NextActionKind {
        match self {
            Step::LookAgain | Step::AwaitRemittance | Step::FindPayment | Step::AskAgain => {
                NextActionKind::AwaitPayer
            }
            Step::SendRecords => NextActionKind::SendRecords,
            Step::Resend => NextActionKind::Resubmit,
            Step::Correct => NextActionKind::Correct,
            Step::Call => NextActionKind::CallPayer,
        }
    }

    /// True where the claim has to go to the payer again, which a filing limit ends.
    #[must_use]
    pub const fn goes_again(self) -> bool {
        match self {
            Step::Resend | Step::Correct => true,
            Step::LookAgain
            | Step::SendRecords
            | Step::AwaitRemittance
            | Step::FindPayment
            | Step::AskAgain
            | Step::Call => false,
        }
    }

    /// True where a person has something to do; else the day alone is awaited.
    #[must_use]
    pub const fn is_ours(self) -> bool {
        match self {
            Step::SendRecords | Step::Resend | Step::Correct | Step::Call => true,
            Step::LookAgain | Step::AwaitRemittance | Step::FindPayment | Step::AskAgain => false,
        }
    }

    /// True where what an answer asks for takes the place of what comes next on a case. Where
    /// waiting alone is left, only waiting gives way, or a call about what lies with the payer;
    /// what is ours to do stays, and a payment that was won is posted whatever the payer says.
    #[must_use]
    pub fn replaces(self, case: &Denial) -> bool {
        let Some(next) = case.next() else { return false };
        match next.kind {
            NextActionKind::PostPayment => false,
            NextActionKind::AwaitPayer => self.is_ours() || !case.chosen.is_persons_next(),
            NextActionKind::CallPayer => {
                let waits = case.status().is_awaiting() && !case.chosen.is_persons_next();
                self.is_ours() || waits
            }
            NextActionKind::Review
            | NextActionKind::Correct
            | NextActionKind::Resubmit
            | NextActionKind::Appeal
            | NextActionKind::CoordinateBenefits
            | NextActionKind::SendRecords
            | NextActionKind::AskColleague
            | NextActionKind::BillPatient
            | NextActionKind::ProposeWriteOff
            | NextActionKind::BookWriteOff => self.is_ours(),
        }
    }

    /// Where one answer says several things, the one that asks for most holds.
    const fn weight(self) -> u8 {
        match self {
            Step::LookAgain => 0,
            Step::AskAgain => 1,
            Step::AwaitRemittance => 2,
            Step::FindPayment => 3,
            Step::Call => 4,
            Step::SendRecords => 5,
            Step::Correct => 6,
            Step::Resend => 7,
        }
    }
}

/// True where an answer is about the claim that was asked about under a number of ours: it repeats
/// that number, or, where it leaves it out or shortens it, patient and charge of a version of the
/// claim.
#[must_use]
pub fn is_about(answer: &Acknowledgement, number: &ClaimNumber, versions: &[Claim]) -> bool {
    let told = answer.claim.as_ref().map_or("", ClaimNumber::as_str);
    let is_of = |claim: &Claim| is_of_patient(answer, (claim.patient.reveal(), claim.charge));
    let is_number = !told.is_empty() && told == number.as_str();
    is_number || number.as_str().starts_with(told) && versions.iter().any(is_of)
}

/// What an answer repeats of patient and charge is what the claim says, and something is told of
/// the patient. Payers correct names and member numbers: one of the two has to agree.
fn is_of_patient(answer: &Acknowledgement, (own, charge): (&Patient, Money)) -> bool {
    let told = answer.patient.reveal();
    let same = |told: &str, own: &str| {
        let told = told.trim();
        !told.is_empty() && told.eq_ignore_ascii_case(own.trim())
    };
    let is_charge = answer.charge.is_none_or(|told| told.is_zero() || told == charge);
    let is_given = told.given.trim().is_empty() || begins(&told.given, &own.given);
    is_charge && is_given && (same(&told.member, &own.member) || same(&told.family, &own.family))
}

/// True where two given names begin alike: one may be cut short.
fn begins(one: &str, other: &str) -> bool {
    let letters = |text: &str| text.trim().to_uppercase();
    let (one, other) = (letters(one), letters(other));
    one.starts_with(&other) || other.starts_with(&one)
}

/// The last question about a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The day on which it was asked.
    pub on: Date,
    /// When its answer said that it is to be asked again: the payer's system was not there.
    pub again_on: Option<Date>,
}

/// The first day on which the same may be asked again; none where nothing says the payer's cadence.
#[must_use]
pub fn again_from(last: Asked, again_days: Option<u16>) -> Option<Date> {
    let days = again_days.map(|days| last.on.saturating_add(i64::from(days).days()));
    last.again_on.or(days)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::claim::{ControlNumbers, PayerName};
    use crate::phi::Phi;
    use crate::rejection::{Answerer, Level, Outcome, ToldPayment};
    use crate::remittance::Span;
    use crate::rules;

    const TODAY: Date = date(2026, 3, 10);

    fn answer(codes: &[(&str, &str)]) -> Acknowledgement {
        let code = |(code, status): &(&str, &str)| AnswerCode {
            list: "STC".into(),
            code: (*code).into(),
            status: (*status).into(),
            ..AnswerCode::default()
        };
        Acknowledgement {
            required_by: None,
            kind: AnswerKind::Status,
            level: Level::Claim,
            outcome: Outcome::Waiting,
            claim: None,
            control: None,
            clearinghouse: None,
            patient: Phi::default(),
            charge: None,
            question: "Q1-0".into(),
            payment: None,
            codes: codes.iter().map(code).collect(),
            on: None,
            answers: ControlNumbers::default(),
            provider: SmolStr::default(),
            answerer: Answerer::Payer,
            from: PayerName::default(),
            test: false,
            span: Span::default(),
        }
    }

    fn shipped() -> StatusRules {
        rules::read(&rules::tests::shipped()).expect("whole").status
    }

    #[test]
    fn every_category_of_an_answer_has_a_rule() {
        let told = [
            "A0", "A1", "A2", "A3", "A4", "A5", "A6", "A7", "A8", "P0", "P1", "P2", "P3", "P4",
            "P5", "F0", "F1", "F2", "F3", "F3F", "F3N", "F4", "R0", "R1", "R3", "R4", "R5", "D0",
            "E0", "E1", "E2", "E3", "E4",
        ];
        let rules = shipped();
        for code in told {
            assert!(rules.rule(code, "20").is_some(), "{code}");
        }
        assert!(rules.rule("ZZ", "1").is_none(), "no rule is guessed");
        assert!(rules.rule("", "").is_none());
    }

    #[test]
    fn an_answer_comes_to_a_step_and_a_day() {
        let rules = shipped();
        let limit = Some(date(2026, 3, 15));
        let of = |codes: &[(&str, &str)]| rules.ruled(&answer(codes), TODAY, limit);
        let step = |codes: &[(&str, &str)]| of(codes).map(|one| one.step);
        assert_eq!(step(&[("P1", "3")]), Some(Step::LookAgain));
        assert_eq!(step(&[("R4", "294")]), Some(Step::SendRecords));
        assert_eq!(step(&[("F2", "1")]), Some(Step::AwaitRemittance));
        assert_eq!(step(&[("P1", "3"), ("A4", "35")]), Some(Step::Resend), "the weightier holds");
        assert_eq!(step(&[("ZZ", "1")]), None);
        let resend = of(&[("D0", "35")]).expect("a rule");
        assert!(resend.on <= date(2026, 3, 15), "within the filing limit");
        assert!(resend.text.ends_with("send it again by Mar 15, 2026, the filing limit"));
    }

    #[test]
    fn a_payment_is_looked_for_by_what_was_told_of_it() {
        let mut paid = answer(&[("F1", "65")]);
        paid.payment = Some(Box::new(ToldPayment {
            amount: Some(Money::from_cents(9_050)),
            judged_on: None,
            paid_on: Some(date(2026, 3, 12)),
            trace: "CHK7".into(),
        }));
        let ruled = shipped().ruled(&paid, TODAY, None).expect("a rule");
        assert_eq!(ruled.step, Step::FindPayment);
        assert!(ruled.on > date(2026, 3, 12));
        let told = "find the payment of $90.50 CHK7 of Mar 12, 2026 by ";
        assert!(ruled.text.contains(told), "{}", ruled.text);
    }

    #[test]
    fn a_277ca_is_no_answer_to_a_question() {
        let mut claims = answer(&[("A2", "20")]);
        claims.kind = AnswerKind::Claims;
        assert_eq!(shipped().ruled(&claims, TODAY, None), None);
    }

    #[test]
    fn an_answer_is_about_the_claim_that_it_repeats() {
        let number = ClaimNumber::new("A-1");
        let mut told = answer(&[("P1", "3")]);
        assert!(!is_about(&told, &number, &[]), "it says of nobody whose claim it is");
        let own = Patient {
            family: "MADEUP".to_owned(),
            given: "PATRICIA".to_owned(),
            member: "M1".to_owned(),
            born: None,
        };
        let of = |patient: &Patient, charge: Option<i64>| {
            let (patient, charge) = (Phi::new(patient.clone()), charge.map(Money::from_cents));
            let told = Acknowledgement { patient, charge, ..answer(&[("P1", "3")]) };
            is_of_patient(&told, (&own, Money::from_cents(9_000)))
        };
        assert!(of(&own, Some(9_000)) && of(&own, None) && of(&own, Some(0)));
        assert!(!of(&own, Some(9_100)), "another charge");
        let cut = Patient { given: "PAT".to_owned(), member: "M-1".to_owned(), ..own.clone() };
        assert!(of(&cut, Some(9_000)), "the family name agrees");
        let sister = Patient { given: "ANNE".to_owned(), ..own.clone() };
        assert!(!of(&sister, Some(9_000)), "one number for the whole family");
        assert!(!of(&Patient::default(), Some(9_000)), "a charge alone is no patient");
        told.claim = Some(ClaimNumber::new("A-2"));
        assert!(!is_about(&told, &number, &[]), "it names another claim");
        told.claim = Some(number.clone());
        assert!(is_about(&told, &number, &[]));
    }

    #[test]
    fn the_same_is_not_asked_twice_within_the_cadence() {
        let asked = Asked { on: date(2026, 3, 1), again_on: None };
        assert_eq!(again_from(asked, Some(14)), Some(date(2026, 3, 15)));
        assert_eq!(again_from(asked, None), None, "not configured");
        let gone = Asked { again_on: Some(date(2026, 3, 3)), ..asked };
        assert_eq!(again_from(gone, Some(14)), Some(date(2026, 3, 3)), "it was not answered");
    }
}
