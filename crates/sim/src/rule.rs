//! What payers refuse, and in which codes each of them says so.

use jiff::civil::Date;

use crate::calendar;
use crate::stream::Stream;
use crate::wording::{VAGUE, Wording};

/// A family of payer rules (simulator §3.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Family {
    Eligibility,
    Identity,
    OtherPayerFirst,
    Authorization,
    Referral,
    Modifier,
    Bundling,
    Frequency,
    Diagnosis,
    Necessity,
    Documentation,
    MissingField,
    Timely,
    Duplicate,
    NotCovered,
    Enrolment,
    Network,
    Accident,
}

/// Every family.
pub(crate) const FAMILIES: [Family; 18] = [
    Family::Eligibility,
    Family::Identity,
    Family::OtherPayerFirst,
    Family::Authorization,
    Family::Referral,
    Family::Modifier,
    Family::Bundling,
    Family::Frequency,
    Family::Diagnosis,
    Family::Necessity,
    Family::Documentation,
    Family::MissingField,
    Family::Timely,
    Family::Duplicate,
    Family::NotCovered,
    Family::Enrolment,
    Family::Network,
    Family::Accident,
];

impl Family {
    /// The name in truth files.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Family::Eligibility => "eligibility",
            Family::Identity => "identity",
            Family::OtherPayerFirst => "other_payer_first",
            Family::Authorization => "authorization",
            Family::Referral => "referral",
            Family::Modifier => "modifier",
            Family::Bundling => "bundling",
            Family::Frequency => "frequency",
            Family::Diagnosis => "diagnosis",
            Family::Necessity => "necessity",
            Family::Documentation => "documentation",
            Family::MissingField => "missing_field",
            Family::Timely => "timely",
            Family::Duplicate => "duplicate",
            Family::NotCovered => "not_covered",
            Family::Enrolment => "enrolment",
            Family::Network => "network",
            Family::Accident => "accident",
        }
    }

    /// True where every line of the claim falls, not one.
    pub(crate) const fn is_whole_claim(self) -> bool {
        match self {
            Family::Eligibility
            | Family::Identity
            | Family::OtherPayerFirst
            | Family::Referral
            | Family::MissingField
            | Family::Timely
            | Family::Duplicate
            | Family::Enrolment
            | Family::Network
            | Family::Accident => true,
            Family::Authorization
            | Family::Modifier
            | Family::Bundling
            | Family::Frequency
            | Family::Diagnosis
            | Family::Necessity
            | Family::Documentation
            | Family::NotCovered => false,
        }
    }

    /// A second reason that payers add on the same line.
    pub(crate) const fn companions(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Family::Authorization | Family::Referral => &[("CO", "198"), ("CO", "243")],
            Family::Necessity | Family::Diagnosis => &[("CO", "151"), ("CO", "197")],
            Family::Eligibility | Family::Identity => &[("CO", "31"), ("CO", "109")],
            Family::Modifier | Family::Bundling => &[("CO", "4"), ("CO", "236")],
            Family::Documentation | Family::NotCovered => &[("CO", "50"), ("CO", "197")],
            Family::OtherPayerFirst
            | Family::Frequency
            | Family::MissingField
            | Family::Timely
            | Family::Duplicate
            | Family::Enrolment
            | Family::Network
            | Family::Accident => &[],
        }
    }
}

/// One payer's rule of one family.
#[derive(Clone, Copy, Debug)]
struct Rule {
    /// Of 100 faulty claims so many are refused.
    strict: u32,
    /// In force from this day, where it is new.
    from: Option<Date>,
    /// The wording that the payer prefers, and the one after its change of dialect.
    usual: [usize; 2],
}

/// All rules of a payer, and its way to say them.
#[derive(Clone, Debug)]
pub(crate) struct Rules {
    rules: Vec<Rule>,
    /// Of 100,000 refusals so many say nothing.
    vague: u32,
    /// The day from which it prefers other codes for the same rules.
    turns: Date,
}

impl Rules {
    /// Draws the rules of a payer for a world of these days.
    pub(crate) fn draw(stream: &mut Stream, starts_on: Date, days: i64) -> Rules {
        let rules = FAMILIES.iter().map(|family| {
            let wordings = family.wordings().len();
            let is_new = stream.chance(8_000);
            let from = calendar::after(starts_on, stream.between(days / 4, days / 2));
            Rule {
                strict: u32::try_from(stream.between(78, 100)).expect("a percentage"),
                from: is_new.then_some(from),
                usual: [stream.index(wordings), stream.index(wordings)],
            }
        });
        let rules = rules.collect();
        let vague = u32::try_from(stream.between(5_000, 12_000)).expect("small");
        Rules { rules, vague, turns: calendar::after(starts_on, stream.between(days / 3, days)) }
    }

    fn of(&self, family: Family) -> &Rule {
        &self.rules[family as usize]
    }

    /// Whether a fault of this family falls under a rule on that day.
    pub(crate) fn refuses(&self, family: Family, on: Date, stream: &mut Stream) -> bool {
        let rule = self.of(family);
        let strict = stream.chance(rule.strict * 1_000);
        strict && rule.from.is_none_or(|from| on >= from)
    }

    /// The codes in which this payer says it that day.
    pub(crate) fn wording(&self, family: Family, on: Date, stream: &mut Stream) -> Wording {
        if stream.chance(self.vague) {
            return stream.pick(&VAGUE);
        }
        let usual = self.of(family).usual[usize::from(on >= self.turns)];
        let wordings = family.wordings();
        if stream.chance(75_000) { wordings[usual] } else { stream.pick(wordings) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_stand_at_their_place() {
        for (at, family) in FAMILIES.iter().enumerate() {
            assert_eq!(*family as usize, at);
        }
    }
}
