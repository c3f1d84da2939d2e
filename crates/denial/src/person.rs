//! Roles, who is acting, and when.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::ids::PersonId;
use crate::named;

named! {
    /// What a person does in the clinic; an unknown role may do nothing.
    Role {
        /// Registration, eligibility, check-in.
        FrontDesk = "front_desk",
        /// Prior authorisations and referrals.
        AuthorizationStaff = "authorization_staff",
        /// Codes and modifiers.
        CertifiedCoder = "certified_coder",
        /// Works denials all day.
        BillingSpecialist = "billing_specialist",
        /// Posts payments and reads remittances.
        Poster = "poster",
        /// Leads the specialists, approves write-offs.
        BillingSupervisor = "billing_supervisor",
        /// Runs the practice's business side.
        Manager = "manager",
        /// Treats patients, answers clinical questions.
        Provider = "provider",
        /// Reviews medical necessity.
        UtilizationReview = "utilization_review",
        /// Sees figures, never patient data.
        Executive = "executive",
        /// Users, rules, backups.
        Administrator = "administrator",
        /// Reads everything, changes nothing.
        Auditor = "auditor",
        /// An outsourcer: placed cases only.
        Vendor = "vendor",
    }
}

/// Who acts, in which role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// The person or service account.
    pub person: PersonId,
    /// The role in this practice.
    pub role: Role,
}

/// When something happens and who does it; every decision takes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    /// The instant.
    pub now: Timestamp,
    /// The civil date in the practice's time zone.
    pub today: Date,
    /// Who acts.
    pub who: Actor,
}
