//! What leaves the house: what it is, where it stands, what its answers mean, when silence is odd.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use smol_str::SmolStr;

use crate::deadline::business_day;
use crate::denial::Channel;
use crate::lifecycle::evidence::Receipt;
use crate::named;
use crate::rejection::{Acknowledgement, AnswerCode, AnswerKind, Level, Outcome};
use crate::rules::Silence;

named! {
    /// What is to leave.
    Kind {
        /// Corrected claims: an 837.
        Claims = "claims",
        /// The packet of an appeal.
        Packet = "packet",
        /// A question where claims stand: a 276.
        StatusInquiry = "status_inquiry",
        /// Anything else.
        Other = "other",
    }
}

named! {
    /// Where it stands.
    State {
        /// It waits, and can be called back.
        Waiting = "waiting",
        /// Somebody called it back: it never left.
        CalledBack = "called_back",
        /// It is being handed over.
        Leaving = "leaving",
        /// It left.
        Sent = "sent",
        /// It did not leave, and does not try by itself any more.
        Failed = "failed",
        /// It left, and everything in it was answered.
        Answered = "answered",
    }
}

impl Kind {
    /// What its group holds (GS01), by which a 999 names it (AK101); none where it is no X12.
    #[must_use]
    pub const fn holds(self) -> Option<&'static str> {
        match self {
            Kind::Claims => Some("HC"),
            Kind::StatusInquiry => Some("HR"),
            Kind::Packet | Kind::Other => None,
        }
    }

    /// The kinds that an answer may be about: that of the group which it names, and each where it
    /// names none, as a TA1.
    #[must_use]
    pub fn answered(answer: &Acknowledgement) -> Vec<Kind> {
        let told = answer.answers.holds.as_str();
        let fits = |kind: &Kind| kind.holds().is_some_and(|own| told.is_empty() || own == told);
        Kind::ALL.iter().copied().filter(fits).collect()
    }
}

/// How long it waits before it leaves (house §18.14).
pub const WAITS: SignedDuration = SignedDuration::from_mins(10);

impl State {
    /// True where it may still be called back: not a byte of it has been handed over.
    #[must_use]
    pub const fn can_be_called_back(self) -> bool {
        matches!(self, State::Waiting | State::Failed)
    }

    /// True where it left.
    #[must_use]
    pub const fn has_left(self) -> bool {
        matches!(self, State::Sent | State::Answered)
    }
}

/// What an answer means for a case whose correction it answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// It goes on to adjudication: the receipt is proven.
    Received(Receipt),
    /// It never reached adjudication.
    Refused(Vec<SmolStr>),
    /// It is evidence, and moves nothing.
    Noted,
}

/// What one answer means for each case that it is about. A syntax check (999) that finds nothing
/// wrong moves no case: whether the claim goes on is told by the 277CA.
#[must_use]
pub fn meaning(answer: &Acknowledgement) -> Meaning {
    let is_refused = answer.outcome == Outcome::Rejected;
    let is_receipt =
        matches!(answer.outcome, Outcome::Accepted | Outcome::AcceptedWithErrors | Outcome::Split);
    match (answer.kind, answer.level) {
        (AnswerKind::Claims, Level::Claim) if is_refused => Meaning::Refused(codes(answer)),
        (AnswerKind::Claims, Level::Claim) if is_receipt => Meaning::Received(receipt(answer)),
        (AnswerKind::Interchange | AnswerKind::Syntax | AnswerKind::OldSyntax, _) if is_refused => {
            Meaning::Refused(codes(answer))
        }
        _ => Meaning::Noted,
    }
}

/// True where an answer is about everything in an interchange, group or transaction.
#[must_use]
pub const fn answers_all(answer: &Acknowledgement) -> bool {
    matches!(answer.kind, AnswerKind::Interchange | AnswerKind::Syntax | AnswerKind::OldSyntax)
}

/// The number of the receipt: the payer's of the claim, the clearinghouse's, or that of the batch.
fn receipt(answer: &Acknowledgement) -> Receipt {
    let control = answer.control.as_ref().map(|one| one.as_str().to_owned());
    let batch = || Some(answer.answers.batch.to_string());
    let numbers = [control, answer.clearinghouse.as_ref().map(SmolStr::to_string), batch()];
    let number = numbers.into_iter().flatten().find(|number| !number.is_empty());
    let kind = answer.kind.as_str();
    let reference = number.map_or_else(|| kind.to_owned(), |number| format!("{kind} {number}"));
    Receipt { channel: Channel::Edi, reference, on: answer.on }
}

/// Each reason as people write it: `A7:562:85`, `IK5:5`.
fn codes(answer: &Acknowledgement) -> Vec<SmolStr> {
    let mut codes: Vec<SmolStr> = answer.codes.iter().map(code).collect();
    codes.dedup();
    if codes.is_empty() {
        codes.push(format!("{}:rejected", answer.kind.as_str()).into());
    }
    codes
}

fn code(one: &AnswerCode) -> SmolStr {
    let list = if one.list == "STC" { "" } else { one.list.as_str() };
    let parts = [list, &one.code, &one.status, &one.entity];
    let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join(":").into()
}

/// What did not come by when it should have; both where the desk says when.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Late {
    /// No TA1, 999 or 277CA at all, since this instant.
    pub syntax: Option<Timestamp>,
    /// No 277CA of some claim, since the end of this day.
    pub claims: Option<Date>,
}

/// What has been silent for too long about claims that left then. `syntax` and `claims` say whether
/// there was any answer, and whether every claim has its own. What is not configured is never late.
#[must_use]
pub fn late(
    silence: Silence,
    left: (Timestamp, Date),
    (syntax, claims): (bool, bool),
    now: (Timestamp, Date),
) -> Late {
    let hours = silence.syntax_hours.map(|hours| SignedDuration::from_hours(i64::from(hours)));
    let by = hours.and_then(|hours| left.0.checked_add(hours).ok());
    let day = silence.claims_days.and_then(|days| business_day::add(left.1, days));
    Late {
        syntax: by.filter(|by| !syntax && now.0 > *by),
        claims: day.filter(|day| !claims && now.1 > *day),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claim::{ControlNumbers, PayerName};
    use crate::codes::PayerControlNumber;
    use crate::phi::Phi;
    use crate::rejection::Answerer;
    use crate::remittance::Span;
    use jiff::civil::date;

    fn answer(kind: AnswerKind, level: Level, outcome: Outcome) -> Acknowledgement {
        Acknowledgement {
            kind,
            level,
            outcome,
            claim: None,
            control: None,
            clearinghouse: None,
            patient: Phi::default(),
            charge: None,
            question: SmolStr::default(),
            payment: None,
            codes: Vec::new(),
            on: Some(date(2026, 3, 3)),
            required_by: None,
            answers: ControlNumbers { batch: "B1".into(), ..ControlNumbers::default() },
            provider: SmolStr::default(),
            answerer: Answerer::Payer,
            from: PayerName::default(),
            test: false,
            span: Span::default(),
        }
    }

    #[test]
    fn a_syntax_check_moves_a_case_only_where_it_refuses() {
        for kind in [AnswerKind::Interchange, AnswerKind::Syntax, AnswerKind::OldSyntax] {
            let of = |outcome| meaning(&answer(kind, Level::Transaction, outcome));
            assert_eq!(of(Outcome::Accepted), Meaning::Noted);
            assert_eq!(of(Outcome::AcceptedWithErrors), Meaning::Noted);
            assert_eq!(of(Outcome::PartlyAccepted), Meaning::Noted);
            let told = Meaning::Refused(vec![format!("{}:rejected", kind.as_str()).into()]);
            assert_eq!(of(Outcome::Rejected), told);
        }
    }

    #[test]
    fn a_claims_answer_is_a_receipt_a_refusal_or_evidence() {
        let of = |level, outcome| meaning(&answer(AnswerKind::Claims, level, outcome));
        let receipt = |reference: &str| {
            let (channel, on) = (Channel::Edi, Some(date(2026, 3, 3)));
            Meaning::Received(Receipt { channel, reference: reference.to_owned(), on })
        };
        assert_eq!(of(Level::Claim, Outcome::Accepted), receipt("277CA B1"));
        let mut told = answer(AnswerKind::Claims, Level::Claim, Outcome::Split);
        told.control = Some(PayerControlNumber::new("P77"));
        assert_eq!(meaning(&told), receipt("277CA P77"));
        // On its way, and what was said of a whole batch, moves nobody.
        assert_eq!(of(Level::Claim, Outcome::Waiting), Meaning::Noted);
        assert_eq!(of(Level::Transaction, Outcome::Accepted), Meaning::Noted);
        assert_eq!(of(Level::Provider, Outcome::Rejected), Meaning::Noted);
        let mut refused = answer(AnswerKind::Claims, Level::Claim, Outcome::Rejected);
        let code = AnswerCode {
            list: "STC".into(),
            code: "A7".into(),
            status: "562".into(),
            entity: "85".into(),
            ..AnswerCode::default()
        };
        refused.codes = vec![code.clone(), code];
        assert_eq!(meaning(&refused), Meaning::Refused(vec!["A7:562:85".into()]));
        assert_eq!(
            meaning(&answer(AnswerKind::Status, Level::Claim, Outcome::Accepted)),
            Meaning::Noted
        );
    }

    #[test]
    fn a_999_of_questions_is_none_of_claims() {
        let mut told = answer(AnswerKind::Syntax, Level::Transaction, Outcome::Accepted);
        let mut of = |holds: &str| {
            told.answers.holds = holds.into();
            Kind::answered(&told)
        };
        assert_eq!(of("HC"), [Kind::Claims]);
        assert_eq!(of("HR"), [Kind::StatusInquiry]);
        assert_eq!(of("HS"), [], "nothing of the kind leaves here");
        assert_eq!(of(""), [Kind::Claims, Kind::StatusInquiry], "a TA1 names no group");
    }

    #[test]
    fn silence_is_late_by_hours_and_business_days_and_never_where_not_configured() {
        let at = |text: &str| text.parse::<Timestamp>().expect("an instant");
        // A Thursday.
        let left = (at("2026-03-05T12:00:00Z"), date(2026, 3, 5));
        let silence = Silence { syntax_hours: Some(1), claims_days: Some(2) };
        let hour = (at("2026-03-05T13:00:00Z"), date(2026, 3, 5));
        assert_eq!(late(silence, left, (false, false), hour), Late::default());
        let past = (at("2026-03-05T13:00:01Z"), date(2026, 3, 5));
        let syntax = Some(at("2026-03-05T13:00:00Z"));
        assert_eq!(late(silence, left, (false, false), past), Late { syntax, claims: None });
        assert_eq!(late(silence, left, (true, false), past), Late::default());
        // Friday and Monday are the two business days.
        let monday = (at("2026-03-09T12:00:00Z"), date(2026, 3, 9));
        assert_eq!(late(silence, left, (true, false), monday), Late::default());
        let tuesday = (at("2026-03-10T12:00:00Z"), date(2026, 3, 10));
        let claims = Some(date(2026, 3, 9));
        assert_eq!(late(silence, left, (true, false), tuesday), Late { syntax: None, claims });
        assert_eq!(late(silence, left, (true, true), tuesday), Late::default());
        assert_eq!(late(Silence::default(), left, (false, false), tuesday), Late::default());
    }

    #[test]
    fn only_what_has_not_left_is_called_back() {
        let back: Vec<State> =
            State::ALL.iter().copied().filter(|state| state.can_be_called_back()).collect();
        assert_eq!(back, [State::Waiting, State::Failed]);
        let left: Vec<State> =
            State::ALL.iter().copied().filter(|state| state.has_left()).collect();
        assert_eq!(left, [State::Sent, State::Answered]);
    }
}
