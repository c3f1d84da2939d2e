//! The reasons for denial, and whether a reason arises at the front desk or behind it.

/// Defines an enum whose every variant has the one text that files, rows and JSON carry.
#[macro_export]
macro_rules! named {
    ($(#[$doc:meta])* $name:ident {
        $($(#[$vdoc:meta])* $variant:ident = $text:literal),+ $(,)?
    }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[derive(serde::Serialize, serde::Deserialize)]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $text)] $variant),+ }

        impl $name {
            /// Every value, in the order of the definition.
            pub const ALL: &'static [$name] = &[$($name::$variant),+];

            /// The text in files, rows and JSON.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $($name::$variant => $text),+ }
            }

            /// Reads the text back; `None` for a word that is not in the list.
            #[must_use]
            pub fn from_name(text: &str) -> Option<$name> {
                match text { $($text => Some($name::$variant),)+ _ => None }
            }
        }
    };
}

named! {
    /// Why a payer denied: the ten classic reasons, then the further ones of real remittances.
    Category {
        /// Not covered on the date, or not found.
        Eligibility = "eligibility",
        /// Authorisation or referral absent, exceeded or not matching.
        Authorization = "authorization",
        /// The payer does not see the need.
        MedicalNecessity = "medical_necessity",
        /// Sent after the filing limit.
        TimelyFiling = "timely_filing",
        /// A code or modifier is wrong or missing.
        CodingOrModifier = "coding_or_modifier",
        /// Seen as sent before.
        Duplicate = "duplicate",
        /// Seen as part of another service.
        Bundling = "bundling",
        /// Another payer comes first.
        CoordinationOfBenefits = "coordination_of_benefits",
        /// Excluded from the benefits.
        NonCovered = "non_covered",
        /// Records were asked for or did not come.
        MissingDocumentation = "missing_documentation",
        /// The provider is not enrolled, certified or in the network.
        Credentialing = "credentialing",
        /// Data of the patient, the insured or the claim are wrong.
        Registration = "registration",
        /// A limit of visits, units or money is used up.
        BenefitMaximum = "benefit_maximum",
        /// Work or accident insurance owes it.
        OtherInsurer = "other_insurer",
        /// The reason is in no playbook yet.
        Unmapped = "unmapped",
    }
}

named! {
    /// Where in the clinic's work a reason arises.
    Origin {
        /// Scheduling, check-in, authorisation.
        FrontEnd = "front_end",
        /// Documentation, coding, billing, submission.
        BackEnd = "back_end",
    }
}

named! {
    /// What an adjustment is, whatever its group.
    AdjustmentKind {
        /// The payer refuses money that may be won back.
        Denial = "denial",
        /// The contract's own reduction.
        Contractual = "contractual",
        /// Deductible, coinsurance, copay.
        PatientShare = "patient_share",
        /// Withholding, interest, another payer's payment.
        PaymentAdjustment = "payment_adjustment",
        /// Bookkeeping without money at stake.
        Informational = "informational",
        /// Paid by the head, not by the service.
        Capitation = "capitation",
        /// In no playbook yet.
        Unmapped = "unmapped",
    }
}

impl Category {
    /// Where the reason arises by default; a rule may say otherwise for one reason code.
    #[must_use]
    pub const fn origin(self) -> Origin {
        match self {
            Category::Eligibility
            | Category::Authorization
            | Category::CoordinationOfBenefits
            | Category::Registration
            | Category::OtherInsurer => Origin::FrontEnd,
            Category::MedicalNecessity
            | Category::TimelyFiling
            | Category::CodingOrModifier
            | Category::Duplicate
            | Category::Bundling
            | Category::NonCovered
            | Category::MissingDocumentation
            | Category::Credentialing
            | Category::BenefitMaximum
            | Category::Unmapped => Origin::BackEnd,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back() {
        for category in Category::ALL {
            assert_eq!(Category::from_name(category.as_str()), Some(*category));
        }
        assert_eq!(Category::from_name("Eligibility"), None);
    }
}
