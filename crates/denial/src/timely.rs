//! Proof of timely filing: what was sent when, who had it when, against the filing limit.

use jiff::civil::Date;
use smol_str::SmolStr;

use crate::deadline::Due;
use crate::rejection::{Acknowledgement, AnswerKind, Answerer, Level};

/// One version of a claim as it was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// The day it was sent, as its file says.
    pub on: Date,
    /// The hash of its file.
    pub file: String,
    /// 1 original, 7 replacement, 8 void, as it was sent.
    pub frequency: SmolStr,
}

/// A proof that somebody had a version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// The day of the answer.
    pub on: Date,
    /// A1, A2 or A5.
    pub category: SmolStr,
    /// The payer's number of the claim, else the clearinghouse's; empty where none is given.
    pub number: SmolStr,
    /// True where the number is the payer's.
    pub is_numbered: bool,
    /// Who says so.
    pub answerer: Answerer,
    /// The answerer's name.
    pub from: SmolStr,
    /// The hash of the file that says so.
    pub file: String,
}

/// What the records prove.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// An acceptance of this day stands within the limit.
    Proven {
        /// The day of the first one.
        on: Date,
        /// The limit.
        by: Date,
    },
    /// It was sent within the limit, and no acceptance within it is on record.
    SentInTime {
        /// The first day on which it was sent.
        on: Date,
        /// The limit.
        by: Date,
    },
    /// The first that is on record is after the limit.
    TooLate {
        /// The first day on which it was sent, or somebody had it.
        on: Date,
        /// The limit.
        by: Date,
    },
    /// Nothing that was sent is on record.
    NothingSent,
    /// The payer's limit is not configured.
    NoLimit,
}

/// Everything on record of one claim's filing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filing {
    /// What was sent, the first first.
    pub versions: Vec<Version>,
    /// Who had it, the first first.
    pub proofs: Vec<Proof>,
    /// The limit.
    pub limit: Due,
    /// What that proves.
    pub verdict: Verdict,
}

impl Filing {
    /// Puts the records of one claim together: versions, answers with the hash of their files, and
    /// the filing limit.
    #[must_use]
    pub fn of(
        mut versions: Vec<Version>,
        answers: &[(String, Acknowledgement)],
        limit: Due,
    ) -> Filing {
        versions.sort_by(|one, other| (one.on, &one.file).cmp(&(other.on, &other.file)));
        let mut proofs: Vec<Proof> =
            answers.iter().filter_map(|(file, answer)| proof(file, answer)).collect();
        proofs.sort_by(|one, other| (one.on, &one.file).cmp(&(other.on, &other.file)));
        proofs.dedup();
        let verdict = verdict(&versions, &proofs, &limit);
        Filing { versions, proofs, limit, verdict }
    }
}

/// An A1, A2 or A5 of the claim itself; a 999 proves nothing of a single claim.
fn proof(file: &str, answer: &Acknowledgement) -> Option<Proof> {
    let is_of_claim = answer.kind == AnswerKind::Claims && answer.level == Level::Claim;
    let category = answer.codes.iter().map(|code| &code.code);
    let category = category.filter(|code| matches!(code.as_str(), "A1" | "A2" | "A5")).max()?;
    let control = answer.control.as_ref().map(|one| SmolStr::new(one.as_str()));
    Some(Proof {
        is_numbered: control.is_some(),
        on: answer.on.filter(|_| is_of_claim && !answer.outcome.asks_for_work() && !answer.test)?,
        category: category.clone(),
        number: control.or_else(|| answer.clearinghouse.clone()).unwrap_or_default(),
        answerer: answer.answerer,
        from: answer.from.name.clone(),
        file: file.to_owned(),
    })
}

impl Proof {
    /// True where it shows that the claim was accepted: A2, A5, or an A1 in which the payer itself
    /// gives its number. Any other A1 is a receipt: somebody had it and has not checked it yet
    /// (277CA, status categories of 005010X214).
    #[must_use]
    pub fn is_acceptance(&self) -> bool {
        self.category != "A1" || (self.answerer == Answerer::Payer && self.is_numbered)
    }
}

fn verdict(versions: &[Version], proofs: &[Proof], limit: &Due) -> Verdict {
    let sent = versions.first().map(|one| one.on);
    let had = proofs.iter().find(|one| one.is_acceptance()).map(|one| one.on);
    let Some(first) = sent.into_iter().chain(had).min() else { return Verdict::NothingSent };
    match (limit, sent, had) {
        (Due::NoRule, ..) => Verdict::NoLimit,
        (Due::On { date: by, .. }, _, Some(on)) if on <= *by => Verdict::Proven { on, by: *by },
        (Due::On { date: by, .. }, Some(on), _) if on <= *by => Verdict::SentInTime { on, by: *by },
        (Due::On { date: by, .. }, ..) => Verdict::TooLate { on: first, by: *by },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claim::{ControlNumbers, PayerName};
    use crate::codes::PayerControlNumber;
    use crate::deadline::RuleRef;
    use crate::phi::Phi;
    use crate::rejection::{AnswerCode, Outcome};
    use crate::remittance::Span;
    use jiff::civil::date;

    fn answer(kind: AnswerKind, code: &str, on: Date) -> Acknowledgement {
        let outcome = if code == "A7" { Outcome::Rejected } else { Outcome::Accepted };
        let code = AnswerCode { list: "STC".into(), code: code.into(), ..AnswerCode::default() };
        Acknowledgement {
            kind,
            level: Level::Claim,
            outcome,
            claim: None,
            control: Some(PayerControlNumber::new("P1")),
            clearinghouse: Some("CH1".into()),
            patient: Phi::default(),
            charge: None,
            question: SmolStr::default(),
            payment: None,
            codes: vec![code],
            on: Some(on),
            required_by: None,
            answers: ControlNumbers::default(),
            provider: SmolStr::default(),
            answerer: Answerer::Payer,
            from: PayerName { name: "SYNTHETIC PAYER".into(), ids: Vec::new() },
            test: false,
            span: Span::default(),
        }
    }

    fn version(on: Date) -> Version {
        Version { on, file: format!("file of {on}"), frequency: "1".into() }
    }

    fn limit(on: Date) -> Due {
        let rule = RuleRef {
            file: "payer.toml".to_owned(),
            window: "90 calendar days".to_owned(),
            anchor: "service".to_owned(),
            anchored_on: date(2026, 1, 1),
            source: String::new(),
        };
        Due::On { date: on, rule }
    }

    #[test]
    fn the_first_receipt_within_the_limit_proves_it() {
        let (by, day) = (date(2026, 4, 1), |day| date(2026, 3, day));
        let answers = [
            ("c".to_owned(), answer(AnswerKind::Claims, "A2", day(20))),
            ("b".to_owned(), answer(AnswerKind::Claims, "A1", day(12))),
            ("d".to_owned(), answer(AnswerKind::Syntax, "A1", day(11))),
            ("e".to_owned(), answer(AnswerKind::Claims, "A7", day(10))),
        ];
        let filing = Filing::of(vec![version(day(18)), version(day(10))], &answers, limit(by));
        assert_eq!(
            filing.versions.iter().map(|one| one.on).collect::<Vec<_>>(),
            [day(10), day(18)]
        );
        let proofs: Vec<_> = filing
            .proofs
            .iter()
            .map(|one| (one.on, one.category.as_str(), one.file.as_str()))
            .collect();
        assert_eq!(proofs, [(day(12), "A1", "b"), (day(20), "A2", "c")]);
        assert_eq!(filing.proofs[0].number, "P1");
        assert_eq!(filing.verdict, Verdict::Proven { on: day(12), by });
    }

    #[test]
    fn a_receipt_of_somebody_on_the_way_proves_nothing() {
        let (by, on) = (date(2026, 4, 1), date(2026, 3, 2));
        let passed = Acknowledgement { control: None, ..answer(AnswerKind::Claims, "A1", on) };
        let filing = |one| Filing::of(vec![version(on)], &[("a".to_owned(), one)], limit(by));
        let found = filing(passed);
        assert_eq!((found.proofs.len(), found.proofs[0].is_acceptance()), (1, false));
        assert_eq!(found.verdict, Verdict::SentInTime { on, by });
        let accepted = |code| filing(answer(AnswerKind::Claims, code, on)).verdict;
        for code in ["A1", "A2", "A5"] {
            assert_eq!(accepted(code), Verdict::Proven { on, by }, "{code}");
        }
    }

    #[test]
    fn each_lack_is_said() {
        let (by, late) = (date(2026, 4, 1), date(2026, 4, 2));
        let none = |versions, limit| Filing::of(versions, &[], limit).verdict;
        assert_eq!(none(Vec::new(), limit(by)), Verdict::NothingSent);
        assert_eq!(none(vec![version(by)], Due::NoRule), Verdict::NoLimit);
        assert_eq!(none(vec![version(by)], limit(by)), Verdict::SentInTime { on: by, by });
        assert_eq!(none(vec![version(late)], limit(by)), Verdict::TooLate { on: late, by });
        let answers = [("a".to_owned(), answer(AnswerKind::Claims, "A2", late))];
        let sent = Filing::of(vec![version(by)], &answers, limit(by));
        assert_eq!(sent.verdict, Verdict::SentInTime { on: by, by });
        let known = Filing::of(Vec::new(), &answers, limit(by));
        assert_eq!(known.verdict, Verdict::TooLate { on: late, by });
    }
}
