//! Names by need: before whom patients' names and member ids stand, and how they look masked.

use crate::named;
use crate::person::{Access, Reach, Role, allows, reach};

named! {
    /// Before whom a practice masks names and member ids.
    Masks {
        /// Before nobody who may see patients: a small clinic where everybody knows them.
        Nobody = "nobody",
        /// Before those whose work needs no name: they lead or audit.
        ByNeed = "by_need",
        /// Before those, and in every list before everybody.
        Lists = "lists",
    }
}

/// Where a name stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Among others.
    List,
    /// On the page of the one patient's claim, case or question.
    Own,
}

/// True where somebody of a role sees names as they are.
#[must_use]
pub const fn shows(role: Role, masks: Masks, place: Place) -> bool {
    if !allows(role, Access::ReadPatients) {
        return false;
    }
    match (masks, place) {
        (Masks::Nobody, _) => true,
        (Masks::ByNeed, Place::List) => joins(role),
        (Masks::ByNeed | Masks::Lists, Place::Own) => works_with(role),
        (Masks::Lists, Place::List) => false,
    }
}

/// Finds which claim a payment is of, for which lists of names are made.
const fn joins(role: Role) -> bool {
    matches!(role, Role::BillingSpecialist | Role::BillingSupervisor | Role::Poster)
}

/// Calls payers, reads records, asks patients: needs to know who a case is about. Who leads the
/// business side or audits it does not, and shows a name with a reason where they do.
const fn works_with(role: Role) -> bool {
    !matches!(role, Role::Manager | Role::Auditor)
}

/// True where a role may open a case that it does not reach, in an emergency: people of the
/// practice who work with patients at all. An outsourcer is none of them.
#[must_use]
pub const fn may_break_glass(role: Role) -> bool {
    matches!(reach(role), Reach::Own)
}

/// A name with its first letters alone.
#[must_use]
pub fn name(text: &str) -> String {
    let masked = |part: &str| part.chars().next().map(|first| format!("{first}•••"));
    text.split_whitespace().filter_map(masked).collect::<Vec<_>>().join(" ")
}

/// A member id with its last three letters alone, where those tell little.
#[must_use]
pub fn member(text: &str) -> String {
    let count = text.chars().count();
    match count {
        0 => String::new(),
        1..8 => "•••".to_owned(),
        _ => format!("•••{}", text.chars().skip(count - 3).collect::<String>()),
    }
}

/// A segment as somebody sees it who sees no names: its id alone, unless it holds money, codes and
/// days and nothing else.
#[must_use]
pub fn segment(text: &str) -> String {
    const PLAIN: [&str; 10] = ["CLP", "CAS", "SVC", "DTM", "AMT", "QTY", "LQ", "MOA", "MIA", "LX"];
    let id: String = text.chars().take_while(char::is_ascii_alphanumeric).collect();
    if PLAIN.contains(&id.as_str()) { text.to_owned() } else { format!("{id} •••") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_role_sees_names_where_it_needs_them() {
        let mut text = String::new();
        for role in Role::ALL {
            let seen = |masks, place| if shows(*role, masks, place) { "x" } else { "-" };
            let row: Vec<&str> = Masks::ALL
                .iter()
                .flat_map(|masks| [seen(*masks, Place::List), seen(*masks, Place::Own)])
                .collect();
            text.push_str(&format!("{} {}\n", row.join(""), role.as_str()));
        }
        insta::assert_snapshot!(text, @r"
        xx-x-x front_desk
        xx-x-x authorization_staff
        xx-x-x certified_coder
        xxxx-x billing_specialist
        xxxx-x poster
        xxxx-x billing_supervisor
        xx---- manager
        xx-x-x provider
        xx-x-x utilization_review
        ------ executive
        ------ administrator
        xx---- auditor
        xx-x-x vendor
        ");
    }

    #[test]
    fn in_an_emergency_those_open_a_case_who_have_some_of_their_own() {
        let roles = Role::ALL.iter().filter(|role| may_break_glass(**role));
        let roles: Vec<&str> = roles.map(|role| role.as_str()).collect();
        let expected = [
            "front_desk",
            "authorization_staff",
            "certified_coder",
            "provider",
            "utilization_review",
        ];
        assert_eq!(roles, expected);
    }

    #[test]
    fn what_is_masked_tells_little() {
        assert_eq!(name("MADEUP, PAT"), "M••• P•••");
        assert_eq!(name("Éva"), "É•••");
        assert_eq!(name(""), "");
        assert_eq!(member("W123456789"), "•••789");
        assert_eq!(member("M1"), "•••");
        assert_eq!(segment("NM1*QC*1*MADEUP*PAT****MI*M1"), "NM1 •••");
        assert_eq!(segment("REF*SY*123456789"), "REF •••");
        assert_eq!(segment("CAS*CO*197*250"), "CAS*CO*197*250");
        assert_eq!(segment("\u{1}odd"), " •••");
    }
}
