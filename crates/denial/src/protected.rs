//! Specially protected records: which claims are marked, as what, and who may open, tag and untag
//! them. Substance use (42 CFR Part 2), HIV, and whatever else a practice names.

use smol_str::SmolStr;

use crate::claim::{Claim, PayerName};
use crate::denial::Denial;
use crate::payer;
use crate::person::{Access, Role, allows};
use crate::remittance::{ClaimPayment, LinePayment, RemittanceHead};

/// One kind of protected record, from `data/protected.toml`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kind {
    /// Its word in rows: `substance_use`.
    pub name: SmolStr,
    /// Before people.
    pub label: SmolStr,
    /// Beginnings of diagnoses, without their point.
    pub diagnoses: Vec<SmolStr>,
    /// Procedure codes.
    pub services: Vec<SmolStr>,
    /// Names or ids of payers.
    pub payers: Vec<SmolStr>,
    /// NPIs of who renders or bills.
    pub providers: Vec<SmolStr>,
}

/// Every kind, in the order of the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Protected {
    /// The kinds.
    pub kinds: Vec<Kind>,
}

/// What of a claim can mark it.
#[derive(Clone, Debug, Default)]
pub struct Marks<'a> {
    diagnoses: Vec<SmolStr>,
    services: Vec<&'a str>,
    payers: Vec<&'a PayerName>,
    providers: Vec<&'a str>,
}

impl<'a> Marks<'a> {
    /// What a claim says, as billed or as far as a remittance lets us know it.
    #[must_use]
    pub fn of_claim(claim: &'a Claim) -> Marks<'a> {
        Marks {
            diagnoses: claim.diagnoses.iter().map(|one| plain(one.as_str())).collect(),
            services: claim.lines.iter().map(|line| line.procedure.code.as_str()).collect(),
            payers: vec![&claim.payer],
            providers: vec![claim.billing.as_str(), claim.rendering.as_str()],
        }
    }

    /// Who pays whom, as a remittance says.
    #[must_use]
    pub fn of_head(head: &'a RemittanceHead) -> Marks<'a> {
        let providers = vec![head.payee.npi.as_str()];
        Marks { payers: vec![&head.payer], providers, ..Marks::default() }
    }

    /// What is known of a case: no diagnosis stands on it.
    #[must_use]
    pub fn of_case(case: &'a Denial) -> Marks<'a> {
        Marks {
            services: case.lines.iter().map(|line| line.procedure.code.as_str()).collect(),
            payers: vec![&case.payer_name],
            providers: vec![case.provider.as_str()],
            ..Marks::default()
        }
    }

    /// What a payer says of a claim: services as paid and as submitted, and who rendered them.
    #[must_use]
    pub fn of_payment(payment: &'a ClaimPayment) -> Marks<'a> {
        let of_line = |line: &'a LinePayment| [Some(&line.procedure), line.submitted.as_ref()];
        let services = payment.lines.iter().flat_map(of_line).flatten();
        Marks {
            services: services.map(|procedure| procedure.code.as_str()).collect(),
            providers: vec![payment.rendering.as_str()],
            ..Marks::default()
        }
    }

    /// The same, and what another source says of the claim.
    #[must_use]
    pub fn and(mut self, other: Marks<'a>) -> Marks<'a> {
        self.diagnoses.extend(other.diagnoses);
        self.services.extend(other.services);
        self.payers.extend(other.payers);
        self.providers.extend(other.providers);
        self
    }
}

impl Protected {
    /// The kinds that something is marked as, by name; empty where it is none.
    #[must_use]
    pub fn kinds_of(&self, marks: &Marks<'_>) -> Vec<SmolStr> {
        let kinds = self.kinds.iter().filter(|kind| kind.marks(marks));
        kinds.map(|kind| kind.name.clone()).collect()
    }

    /// The label of a kind; its word where the rules have it no more.
    #[must_use]
    pub fn label<'a>(&'a self, name: &'a str) -> &'a str {
        self.kinds.iter().find(|kind| kind.name == name).map_or(name, |kind| kind.label.as_str())
    }

    /// True where the rules have a kind.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.kinds.iter().any(|kind| kind.name == name)
    }
}

impl Kind {
    fn marks(&self, marks: &Marks<'_>) -> bool {
        let begins =
            |one: &SmolStr| self.diagnoses.iter().any(|start| one.starts_with(start.as_str()));
        let is_listed = |list: &[SmolStr], one: &&str| list.iter().any(|named| named == *one);
        marks.diagnoses.iter().any(begins)
            || marks.services.iter().any(|one| self.services.contains(&plain(one)))
            || marks.providers.iter().any(|one| is_listed(&self.providers, one))
            || (!self.payers.is_empty() && marks.payers.iter().any(|one| self.pays(one)))
    }

    fn pays(&self, name: &PayerName) -> bool {
        let own = payer::key(&name.name);
        let is =
            |one: &SmolStr| name.ids.contains(one) || (!own.is_empty() && payer::key(one) == own);
        self.payers.iter().any(is)
    }
}

/// A diagnosis in capitals without its point.
#[must_use]
pub fn plain(code: &str) -> SmolStr {
    code.chars().filter(char::is_ascii_alphanumeric).map(|one| one.to_ascii_uppercase()).collect()
}

/// True where a role may be cleared: it says why, and then sees the name and takes out what it may
/// take out. Those who work the record or carry it to the payer; nobody who only leads, audits,
/// posts, gathers facts or works for another house.
#[must_use]
pub const fn may_clear(role: Role) -> bool {
    matches!(
        role,
        Role::BillingSpecialist
            | Role::BillingSupervisor
            | Role::CertifiedCoder
            | Role::Provider
            | Role::UtilizationReview
    )
}

/// True where a role may tag a case that it sees: whoever works with patients, since a tag too many
/// costs a reason and one too few a breach.
#[must_use]
pub const fn may_tag(role: Role) -> bool {
    allows(role, Access::ReadPatients) && !matches!(role, Role::Auditor | Role::Vendor)
}

/// True where a role may say that a record is not protected.
#[must_use]
pub const fn may_untag(role: Role) -> bool {
    matches!(role, Role::BillingSupervisor)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codes::Diagnosis;

    fn protected() -> Protected {
        let texts = |list: &[&str]| list.iter().map(SmolStr::new).collect();
        let kind = |name: &str| Kind { name: name.into(), label: name.into(), ..Kind::default() };
        Protected {
            kinds: vec![
                Kind { diagnoses: texts(&["F10"]), services: texts(&["H0020"]), ..kind("use") },
                Kind {
                    payers: texts(&["Example Health", "X1"]),
                    providers: texts(&["1234567893"]),
                    ..kind("other")
                },
            ],
        }
    }

    #[test]
    fn a_claim_is_marked_by_what_the_rules_name() {
        let rules = protected();
        let marked = |marks: &Marks<'_>| rules.kinds_of(marks).join(" ");
        let diagnosed = |code: &str| {
            let code = Diagnosis::new(code);
            marked(&Marks { diagnoses: vec![plain(code.as_str())], ..Marks::default() })
        };
        assert_eq!(diagnosed("F10.20"), "use");
        assert_eq!(diagnosed("f1020"), "use");
        assert_eq!(diagnosed("F1"), "", "shorter than what is named");
        assert_eq!(diagnosed("M54.5"), "");
        let served = Marks { services: vec!["99213", "H0020"], ..Marks::default() };
        assert_eq!(marked(&served), "use");
        let small = Marks { services: vec!["h0020"], ..Marks::default() };
        assert_eq!(marked(&small), "use", "however the code is written");
        let by = Marks { providers: vec!["", "1234567893"], ..Marks::default() };
        assert_eq!(marked(&by), "other");
        assert_eq!(marked(&served.and(by)), "use other");
        for (name, id, is) in [("EXAMPLE  HEALTH", "", "other"), ("", "X1", "other"), ("", "", "")]
        {
            let payer = PayerName { name: name.into(), ids: vec![id.into()] };
            assert_eq!(marked(&Marks { payers: vec![&payer], ..Marks::default() }), is, "{name}");
        }
        assert_eq!(rules.label("gone"), "gone");
    }

    #[test]
    fn each_role_opens_tags_and_untags_what_it_must() {
        let roles = |may: fn(Role) -> bool| {
            let roles = Role::ALL.iter().filter(|role| may(**role));
            roles.map(|role| role.as_str()).collect::<Vec<_>>().join(" ")
        };
        let clears = "certified_coder billing_specialist billing_supervisor provider \
                      utilization_review";
        let tags = "front_desk authorization_staff certified_coder billing_specialist poster \
                    billing_supervisor manager provider utilization_review";
        assert_eq!(roles(may_clear), clears);
        assert_eq!(roles(may_tag), tags);
        assert_eq!(roles(may_untag), "billing_supervisor");
    }
}
