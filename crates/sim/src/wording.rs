//! The codes in which payers say what they refuse.

use Category as C;

use crate::rule::Family;
use crate::truth::Category;

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
pub(crate) const VAGUE: [Wording; 5] = [
    vague("CO", "16", ""),
    vague("CO", "96", "N59"),
    vague("CO", "A1", "N59"),
    vague("CO", "96", ""),
    vague("PI", "A1", ""),
];

const ELIGIBILITY: [Wording; 5] = [
    says(C::Eligibility, "PR", "27", ""),
    says(C::Eligibility, "CO", "27", ""),
    says(C::Eligibility, "PR", "26", ""),
    says(C::Eligibility, "PR", "200", ""),
    says(C::Eligibility, "PR", "27", "N619"),
];

const IDENTITY: [Wording; 4] = [
    says(C::Eligibility, "CO", "31", ""),
    says(C::DemographicRegistration, "CO", "140", "MA36"),
    says(C::DemographicRegistration, "CO", "16", "N382"),
    says(C::Eligibility, "PR", "31", ""),
];

const OTHER_PAYER_FIRST: [Wording; 4] = [
    says(C::CoordinationOfBenefits, "OA", "22", "N598"),
    says(C::CoordinationOfBenefits, "CO", "22", "MA04"),
    says(C::CoordinationOfBenefits, "PR", "22", "N197"),
    says(C::CoordinationOfBenefits, "OA", "109", "N418"),
];

const AUTHORIZATION: [Wording; 7] = [
    says(C::PriorAuthorization, "CO", "197", ""),
    says(C::PriorAuthorization, "CO", "197", "N175"),
    says(C::PriorAuthorization, "CO", "198", ""),
    says(C::PriorAuthorization, "CO", "284", "N54"),
    says(C::PriorAuthorization, "CO", "302", ""),
    says(C::PriorAuthorization, "CO", "15", ""),
    says(C::PriorAuthorization, "PI", "197", ""),
];

const REFERRAL: [Wording; 3] = [
    says(C::PriorAuthorization, "CO", "243", ""),
    says(C::PriorAuthorization, "CO", "288", "N489"),
    says(C::PriorAuthorization, "CO", "38", ""),
];

const MODIFIER: [Wording; 3] = [
    says(C::CodingModifier, "CO", "4", ""),
    says(C::CodingModifier, "CO", "4", "N822"),
    says(C::CodingModifier, "CO", "4", "N519"),
];

const BUNDLING: [Wording; 5] = [
    says(C::Bundling, "CO", "97", "M15"),
    says(C::Bundling, "CO", "97", "N20"),
    says(C::Bundling, "CO", "236", ""),
    says(C::Bundling, "CO", "234", "M80"),
    says(C::Bundling, "CO", "97", ""),
];

const FREQUENCY: [Wording; 3] = [
    says(C::MedicalNecessity, "CO", "151", ""),
    says(C::BenefitMaximum, "PR", "119", "N640"),
    says(C::BenefitMaximum, "CO", "119", ""),
];

const DIAGNOSIS: [Wording; 4] = [
    says(C::CodingModifier, "CO", "11", "M81"),
    says(C::CodingModifier, "CO", "11", ""),
    says(C::MedicalNecessity, "CO", "50", "N115"),
    says(C::CodingModifier, "CO", "146", ""),
];

const NECESSITY: [Wording; 4] = [
    says(C::MedicalNecessity, "CO", "50", ""),
    says(C::MedicalNecessity, "CO", "50", "N386"),
    says(C::MedicalNecessity, "PR", "50", "N661"),
    says(C::MedicalNecessity, "CO", "272", ""),
];

const DOCUMENTATION: [Wording; 5] = [
    says(C::MissingDocumentation, "CO", "252", "N706"),
    says(C::MissingDocumentation, "CO", "252", "M127"),
    says(C::MissingDocumentation, "CO", "226", "N366"),
    says(C::MissingDocumentation, "PI", "252", "N393"),
    says(C::MissingDocumentation, "CO", "16", "M127"),
];

const MISSING_FIELD: [Wording; 7] = [
    says(C::CredentialingProvider, "CO", "16", "N290"),
    says(C::CredentialingProvider, "CO", "16", "N257"),
    says(C::CodingModifier, "CO", "16", "M77"),
    in_moa(says(C::DemographicRegistration, "CO", "16", "MA130")),
    says(C::CodingModifier, "CO", "16", "M51"),
    says(C::CredentialingProvider, "CO", "16", "MA120"),
    in_moa(says(C::CredentialingProvider, "CO", "16", "N286")),
];

const TIMELY: [Wording; 1] = [says(C::TimelyFiling, "CO", "29", "")];

const DUPLICATE: [Wording; 3] = [
    says(C::Duplicate, "OA", "18", ""),
    says(C::Duplicate, "OA", "18", "N702"),
    says(C::Duplicate, "OA", "18", "N111"),
];

const NOT_COVERED: [Wording; 4] = [
    says(C::NonCovered, "PR", "96", "N130"),
    says(C::NonCovered, "PR", "204", ""),
    says(C::NonCovered, "CO", "96", "N425"),
    says(C::NonCovered, "PR", "49", "N429"),
];

const ENROLMENT: [Wording; 4] = [
    says(C::CredentialingProvider, "CO", "B7", ""),
    says(C::CredentialingProvider, "CO", "B7", "N570"),
    says(C::CredentialingProvider, "CO", "185", ""),
    says(C::CredentialingProvider, "CO", "208", "N516"),
];

const NETWORK: [Wording; 2] = [
    says(C::CredentialingProvider, "PR", "242", ""),
    says(C::CredentialingProvider, "CO", "242", ""),
];

const ACCIDENT: [Wording; 2] = [
    says(C::WorkersCompLiability, "CO", "19", "N743"),
    says(C::WorkersCompLiability, "OA", "20", "N744"),
];

impl Family {
    /// The codes that payers use for it; the category is that of the codes (`carc.csv`, and for
    /// generic codes `rarc.csv`).
    pub(crate) const fn wordings(self) -> &'static [Wording] {
        match self {
            Family::Eligibility => &ELIGIBILITY,
            Family::Identity => &IDENTITY,
            Family::OtherPayerFirst => &OTHER_PAYER_FIRST,
            Family::Authorization => &AUTHORIZATION,
            Family::Referral => &REFERRAL,
            Family::Modifier => &MODIFIER,
            Family::Bundling => &BUNDLING,
            Family::Frequency => &FREQUENCY,
            Family::Diagnosis => &DIAGNOSIS,
            Family::Necessity => &NECESSITY,
            Family::Documentation => &DOCUMENTATION,
            Family::MissingField => &MISSING_FIELD,
            Family::Timely => &TIMELY,
            Family::Duplicate => &DUPLICATE,
            Family::NotCovered => &NOT_COVERED,
            Family::Enrolment => &ENROLMENT,
            Family::Network => &NETWORK,
            Family::Accident => &ACCIDENT,
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rule::FAMILIES;

    #[test]
    fn generic_codes_name_their_remark() {
        for wording in FAMILIES.iter().flat_map(|family| family.wordings()) {
            let generic = ["16", "96", "226", "234", "252"].contains(&wording.reason);
            assert!(!generic || !wording.remark.is_empty(), "{wording:?}");
        }
    }
}
