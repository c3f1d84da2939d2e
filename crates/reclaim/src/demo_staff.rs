//! The people and teams of the simulated practice, so that work is shared there from its first day.
//! Nobody can sign in as one of them until an administrator sets a password.

use denial::category::Category;
use denial::owner::{Member, OwnerRow};
use denial::person::Role;
use denial::rules::write;
use denial::team::Team;
use serde_json::json;
use store::instant;
use store::journal::Entry;
use store::people::Person;

use crate::identity;
use crate::own_rules::{self, Text, text_of};
use crate::practice::Office;

/// Made-up people: login, name, role.
const PEOPLE: [(&str, &str, Role); 5] = [
    ("rosa.lima", "Rosa Lima", Role::BillingSpecialist),
    ("omar.haddad", "Omar Haddad", Role::BillingSpecialist),
    ("jun.park", "Jun Park", Role::BillingSpecialist),
    ("kate.olsen", "Kate Olsen", Role::CertifiedCoder),
    ("leo.marin", "Leo Marin", Role::CertifiedCoder),
];

/// A team: its name, its people with the lead first, and whose new cases it shares.
type Shared = (&'static str, &'static [&'static str], &'static [Category]);

const TEAMS: [Shared; 2] = [
    (
        "Follow-up desk",
        &["rosa.lima", "omar.haddad", "jun.park"],
        &[Category::NonCovered, Category::Duplicate, Category::TimelyFiling],
    ),
    (
        "Coding desk",
        &["kate.olsen", "leo.marin"],
        &[Category::CodingOrModifier, Category::Bundling],
    ),
];

/// Makes the people and the teams, where the practice has no rules of its own yet.
///
/// # Errors
/// The database.
pub(crate) async fn make(office: &Office) -> anyhow::Result<()> {
    if office.read().await?.newest_rules().await? > 0 {
        return Ok(());
    }
    for (login, name, role) in PEOPLE {
        person(office, login, name, role).await?;
    }
    let own = office.read().await?.own_rules().await?;
    let mut text = text_of(office, &own, "owners.toml");
    for (name, members, categories) in TEAMS {
        let members: Vec<Member> = members.iter().map(|login| Member::of(login)).collect();
        let Some(lead) = members.first().cloned() else { continue };
        text = write::teamed(&text, &Team { name: name.into(), members, lead });
        let rows = office.rules.owners.rows.iter();
        for row in rows.filter(|row| categories.contains(&row.category)) {
            text = write::owned(&text, &OwnerRow { team: Some(name.into()), ..row.clone() });
        }
    }
    let why = "The simulated practice shares its work in two teams";
    own_rules::save(office, &[Text::of("owners.toml", &text)], why, 0).await?;
    Ok(())
}

async fn person(office: &Office, login: &str, name: &str, role: Role) -> anyhow::Result<()> {
    let row = Person {
        person: identity::person(login).as_str().to_owned(),
        login: login.to_owned(),
        name: name.to_owned(),
        secret: None,
        disabled_at: None,
    };
    let moment = office.moment();
    let mut tx = office.write().await?;
    if tx.make_person(&row, &instant(moment.now)).await? {
        let made = Entry::new(&row.person, "person.made", &json!({ "login": login, "name": name }));
        let facts = json!({ "practice": office.practice().as_str(), "role": role.as_str() });
        let given = Entry::new(&row.person, "person.role_given", &facts);
        tx.give_role(&row.person, role).await?;
        tx.append_house(vec![made, given], &moment).await?;
        tx.commit().await?;
    }
    Ok(())
}
