//! Whom to ask where a login is tied to nothing yet: a provider without their number, an outsourcer
//! with whom no case is placed.

use denial::person::Role;
use store::Tx;

use crate::practice::{CONSOLE, Office};
use crate::web::tiles::{Counter, Section};
use crate::web::words;

/// Names that are told at the most.
const NAMED: usize = 3;

/// What keeps the home of who looks empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Missing {
    /// Nobody has said which provider they are.
    Npi,
    /// No case is placed with them.
    Cases,
}

/// What is missing before there is anything for who looks.
pub(crate) fn missing(counter: &Counter<'_>) -> Option<Missing> {
    let who = &counter.office.who;
    match who.role {
        Role::Provider => {
            let mut npis = counter.office.rules.owners.npis_of(&who.person);
            npis.next().is_none().then_some(Missing::Npi)
        }
        Role::Vendor => {
            (counter.sum("person=me&snoozed=show").cases == 0).then_some(Missing::Cases)
        }
        Role::FrontDesk
        | Role::AuthorizationStaff
        | Role::CertifiedCoder
        | Role::BillingSpecialist
        | Role::Poster
        | Role::BillingSupervisor
        | Role::Manager
        | Role::UtilizationReview
        | Role::Executive
        | Role::Administrator
        | Role::Auditor => None,
    }
}

/// Says whom to ask, by name where somebody has the role, and for what.
///
/// # Errors
/// The database.
pub(crate) async fn section(
    tx: &mut Tx,
    office: &Office,
    missing: Missing,
) -> Result<Section, store::Error> {
    let own = tx.member(office.who.person.as_str()).await?;
    let login = own.map(|own| own.login).unwrap_or_default();
    let (title, lead) = match missing {
        Missing::Npi => {
            let ask = asked(Role::Administrator, &named(tx, Role::Administrator).await?);
            let lead = format!(
                "Your login, {login}, is tied to no provider number (NPI) yet, so no denial can be \
                 told to be of your services. Ask {ask} to tie it: under Rules, Owners, Who is \
                 which provider, with your name and your NPI. Questions to you come without it."
            );
            ("Your login has no NPI yet", lead)
        }
        Missing::Cases => {
            let ask = asked(Role::BillingSupervisor, &named(tx, Role::BillingSupervisor).await?);
            let lead = format!(
                "You see the cases that are placed with your login, {login}, by name, and none is. \
                 Ask {ask} to assign cases to you, on a case or in the queue for many at once."
            );
            ("No case is placed with you yet", lead)
        }
    };
    Ok(Section { title: title.to_owned(), lead, ..Section::default() })
}

/// People of a role who may sign in.
async fn named(tx: &mut Tx, role: Role) -> Result<Vec<String>, store::Error> {
    let mut names = Vec::new();
    let members = tx.members().await?.into_iter();
    for one in members.filter(|one| one.role == role.as_str() && one.login != CONSOLE) {
        if names.len() < NAMED && tx.member(&one.person).await?.is_some() {
            names.push(one.name);
        }
    }
    Ok(names)
}

fn asked(role: Role, names: &[String]) -> String {
    let role = words::lower(role.as_str());
    match names {
        [] => format!("your {role} (nobody has that role in this practice yet)"),
        [one] => format!("your {role}, {one},"),
        [first @ .., last] => format!("a {role} ({} or {last})", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_to_be_asked_is_named() {
        let names = ["Ann", "Bo", "Cy"].map(str::to_owned);
        let role = Role::BillingSupervisor;
        assert_eq!(
            asked(role, &[]),
            "your billing supervisor (nobody has that role in this practice yet)"
        );
        assert_eq!(asked(role, &names[..1]), "your billing supervisor, Ann,");
        assert_eq!(asked(role, &names), "a billing supervisor (Ann, Bo or Cy)");
    }
}
