//! What payers refuse, and in which codes each of them says so.

use jiff::civil::Date;

use crate::calendar;
use crate::stream::Stream;
use crate::truth::Category;

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

/// How a refusal is written: group, reason, remark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Wording {
    pub(crate) group: &'static str,
    pub(crate) reason: &'static str,
    /// Empty for none.
    pub(crate) remark: &'static str,
    /// The remark stands in MOA, not beside the line.
    pub(crate) at_claim: bool,
    /// What the codes say; `None` where they say nothing.
    pub(crate) category: Option<Category>,
}

const fn says(
    category: Category,
    group: &'static str,
    reason: &'static str,
    remark: &'static str,
) -> Wording {
    Wording { group, reason, remark, at_claim: false, category: Some(category) }
}

const fn in_moa(wording: Wording) -> Wording {
    Wording { at_claim: true, ..wording }
}

const fn vague(group: &'static str, reason: &'static str, remark: &'static str) -> Wording {
    Wording { group, reason, remark, at_claim: false, category: None }
}

/// Codes that leave open what was wrong: no remark where one is due, or one that says nothing.
const VAGUE: [Wording; 5] = [
    vague("CO", "16", ""),
    vague("CO", "96", "N59"),
    vague("CO", "A1", "N59"),
    vague("CO", "96", ""),
    vague("PI", "A1", ""),
];

impl Family {
    /// The codes that payers use for it; the category is that of the codes (`carc.csv`, and for
    /// generic codes `rarc.csv`).
    const fn wordings(self) -> &'static [Wording] {
        use Category as C;
        match self {
            Family::Eligibility => {
                const {
                    &[
                        says(C::Eligibility, "PR", "27", ""),
                        says(C::Eligibility, "CO", "27", ""),
                        says(C::Eligibility, "PR", "26", ""),
                        says(C::Eligibility, "PR", "200", ""),
                        says(C::Eligibility, "PR", "27", "N619"),
                    ]
                }
            }
            Family::Identity => {
                const {
                    &[
                        says(C::Eligibility, "CO", "31", ""),
                        says(C::DemographicRegistration, "CO", "140", "MA36"),
                        says(C::DemographicRegistration, "CO", "16", "N382"),
                        says(C::Eligibility, "PR", "31", ""),
                    ]
                }
            }
            Family::OtherPayerFirst => {
                const {
                    &[
                        says(C::CoordinationOfBenefits, "OA", "22", "N598"),
                        says(C::CoordinationOfBenefits, "CO", "22", "MA04"),
                        says(C::CoordinationOfBenefits, "PR", "22", "N197"),
                        says(C::CoordinationOfBenefits, "OA", "109", "N418"),
                    ]
                }
            }
            Family::Authorization => {
                const {
                    &[
                        says(C::PriorAuthorization, "CO", "197", ""),
                        says(C::PriorAuthorization, "CO", "197", "N175"),
                        says(C::PriorAuthorization, "CO", "198", ""),
                        says(C::PriorAuthorization, "CO", "284", "N54"),
                        says(C::PriorAuthorization, "CO", "302", ""),
                        says(C::PriorAuthorization, "CO", "15", ""),
                        says(C::PriorAuthorization, "PI", "197", ""),
                    ]
                }
            }
            Family::Referral => {
                const {
                    &[
                        says(C::PriorAuthorization, "CO", "243", ""),
                        says(C::PriorAuthorization, "CO", "288", "N489"),
                        says(C::PriorAuthorization, "CO", "38", ""),
                    ]
                }
            }
            Family::Modifier => {
                const {
                    &[
                        says(C::CodingModifier, "CO", "4", ""),
                        says(C::CodingModifier, "CO", "4", "N822"),
                        says(C::CodingModifier, "CO", "4", "N519"),
                    ]
                }
            }
            Family::Bundling => {
                const {
                    &[
                        says(C::Bundling, "CO", "97", "M15"),
                        says(C::Bundling, "CO", "97", "N20"),
                        says(C::Bundling, "CO", "236", ""),
                        says(C::Bundling, "CO", "234", "M80"),
                        says(C::Bundling, "CO", "97", ""),
                    ]
                }
            }
            Family::Frequency => {
                const {
                    &[
                        says(C::MedicalNecessity, "CO", "151", ""),
                        says(C::BenefitMaximum, "PR", "119", "N640"),
                        says(C::BenefitMaximum, "CO", "119", ""),
                    ]
                }
            }
            Family::Diagnosis => {
                const {
                    &[
                        says(C::CodingModifier, "CO", "11", "M81"),
                        says(C::CodingModifier, "CO", "11", ""),
                        says(C::MedicalNecessity, "CO", "50", "N115"),
                        says(C::CodingModifier, "CO", "146", ""),
                    ]
                }
            }
            Family::Necessity => {
                const {
                    &[
                        says(C::MedicalNecessity, "CO", "50", ""),
                        says(C::MedicalNecessity, "CO", "50", "N386"),
                        says(C::MedicalNecessity, "PR", "50", "N661"),
                        says(C::MedicalNecessity, "CO", "272", ""),
                    ]
                }
            }
            Family::Documentation => {
                const {
                    &[
                        says(C::MissingDocumentation, "CO", "252", "N706"),
                        says(C::MissingDocumentation, "CO", "252", "M127"),
                        says(C::MissingDocumentation, "CO", "226", "N366"),
                        says(C::MissingDocumentation, "PI", "252", "N393"),
                        says(C::MissingDocumentation, "CO", "16", "M127"),
                    ]
                }
            }
            Family::MissingField => {
                const {
                    &[
                        says(C::CredentialingProvider, "CO", "16", "N290"),
                        says(C::CredentialingProvider, "CO", "16", "N257"),
                        says(C::CodingModifier, "CO", "16", "M77"),
                        in_moa(says(C::DemographicRegistration, "CO", "16", "MA130")),
                        says(C::CodingModifier, "CO", "16", "M51"),
                        says(C::CredentialingProvider, "CO", "16", "MA120"),
                        in_moa(says(C::CredentialingProvider, "CO", "16", "N286")),
                    ]
                }
            }
            Family::Timely => const { &[says(C::TimelyFiling, "CO", "29", "")] },
            Family::Duplicate => {
                const {
                    &[
                        says(C::Duplicate, "OA", "18", ""),
                        says(C::Duplicate, "OA", "18", "N702"),
                        says(C::Duplicate, "OA", "18", "N111"),
                    ]
                }
            }
            Family::NotCovered => {
                const {
                    &[
                        says(C::NonCovered, "PR", "96", "N130"),
                        says(C::NonCovered, "PR", "204", ""),
                        says(C::NonCovered, "CO", "96", "N425"),
                        says(C::NonCovered, "PR", "49", "N429"),
                    ]
                }
            }
            Family::Enrolment => {
                const {
                    &[
                        says(C::CredentialingProvider, "CO", "B7", ""),
                        says(C::CredentialingProvider, "CO", "B7", "N570"),
                        says(C::CredentialingProvider, "CO", "185", ""),
                        says(C::CredentialingProvider, "CO", "208", "N516"),
                    ]
                }
            }
            Family::Network => {
                const {
                    &[
                        says(C::CredentialingProvider, "PR", "242", ""),
                        says(C::CredentialingProvider, "CO", "242", ""),
                    ]
                }
            }
            Family::Accident => {
                const {
                    &[
                        says(C::WorkersCompLiability, "CO", "19", "N743"),
                        says(C::WorkersCompLiability, "OA", "20", "N744"),
                    ]
                }
            }
        }
    }

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

    #[test]
    fn generic_codes_name_their_remark() {
        for wording in FAMILIES.iter().flat_map(|family| family.wordings()) {
            let generic = ["16", "96", "226", "234", "252"].contains(&wording.reason);
            assert!(!generic || !wording.remark.is_empty(), "{wording:?}");
        }
    }
}
