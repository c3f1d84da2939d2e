//! A team shares a case: who sees it, who takes it, who hears that it waits.

use denial::denial::{Denial, Owner};
use denial::escalation::due;
use denial::ids::PersonId;
use denial::lifecycle::{Action, Refused};
use denial::owner::{Away, Cover, Member};
use denial::person::{Actor, Role, sees};
use denial::rules::Rules;
use denial::team::Team;

use crate::clinic::{action, day, found, line, moment, opening, person, rules};

fn member(role: Role) -> Member {
    Member { id: Some(person(role, false)), ..Member::of(role.as_str()) }
}

/// A specialist, somebody of the front desk and an outsourcer share the cases of a role; a coder
/// leads them.
fn shared(role: Role) -> (Rules, Denial) {
    let mut rules = rules();
    let members = [Role::BillingSpecialist, Role::FrontDesk, Role::Vendor].map(member);
    let (name, lead) = ("Desk".into(), member(Role::CertifiedCoder));
    rules.owners.teams = vec![Team { name, members: members.into(), lead }];
    for row in &mut rules.owners.rows {
        (row.role, row.team) = (role, Some("Desk".into()));
    }
    let at = moment(0, Role::BillingSupervisor);
    let case = Denial::open(&found(vec![line(1, 6_000)]), opening(), &at, &rules).after;
    (rules, case)
}

fn who(role: Role) -> Actor {
    moment(0, role).who
}

#[test]
fn its_people_see_what_it_owns_and_nobody_else_sees_more() {
    let (rules, case) = shared(Role::BillingSpecialist);
    assert_eq!(case.owner().and_then(|owner| owner.team.as_deref()), Some("Desk"));
    assert!(sees(&who(Role::FrontDesk), &case, &rules), "the team says so");
    assert!(sees(&who(Role::CertifiedCoder), &case, &rules), "who leads it is of it");
    assert!(!sees(&who(Role::Provider), &case, &rules));
    assert!(!sees(&who(Role::Vendor), &case, &rules), "nothing was placed");
    let other = Actor { person: PersonId::from_bits(99), role: Role::FrontDesk };
    assert!(!sees(&other, &case, &rules), "another one of that role");
    let mut gone = rules.clone();
    gone.owners.teams.clear();
    assert!(!sees(&who(Role::FrontDesk), &case, &gone), "the team is no more");
    let (rules, placed) = shared(Role::Vendor);
    assert!(sees(&who(Role::Vendor), &placed, &rules), "placed with a team of theirs");
    let other = Actor { person: PersonId::from_bits(99), role: Role::Vendor };
    assert!(!sees(&other, &placed, &rules));
}

#[test]
fn one_of_them_takes_it_and_it_stays_the_teams() {
    let (rules, case) = shared(Role::BillingSpecialist);
    let taken = case.act(&Action::Take, &moment(1, Role::FrontDesk), &rules).expect("theirs").after;
    let owner = taken.owner().expect("open");
    assert_eq!(owner.person, Some(person(Role::FrontDesk, false)));
    assert_eq!(owner.team.as_deref(), Some("Desk"));
    let stranger = case.act(&Action::Take, &moment(1, Role::AuthorizationStaff), &rules);
    assert_eq!(stranger.expect_err("not theirs"), Refused::NotYourCase(Role::AuthorizationStaff));
}

#[test]
fn a_supervisor_gives_it_to_a_team_or_to_one_of_it() {
    let (rules, case) = shared(Role::BillingSpecialist);
    let lead = moment(1, Role::BillingSupervisor);
    let give = |owner: Owner| case.act(&Action::Assign(owner), &lead, &rules);
    let team = |name: &str| Owner { team: Some(name.into()), ..Owner::of(Role::CertifiedCoder) };
    assert_eq!(give(team("Nobody")).expect_err("strange"), Refused::NoSuchTeam);
    let stranger = Owner { person: Some(person(Role::Manager, false)), ..team("Desk") };
    assert!(matches!(give(stranger), Err(Refused::Missing(_))));
    let json = r#"{"act":"assign","role":"certified_coder","team":"Desk"}"#;
    let given = case.act(&action(json), &lead, &rules).expect("given").after;
    assert_eq!(given.owner(), Some(&team("Desk")));
    let mut gone = rules.clone();
    gone.owners.teams.clear();
    for row in &mut gone.owners.rows {
        row.team = None;
    }
    let after = given.under(&gone, &lead).iter().fold(given.clone(), Denial::apply);
    assert_eq!(after.owner(), Some(&Owner::of(Role::BillingSpecialist)), "as the matrix has it");
    assert_eq!(given.under(&rules, &lead), [], "what was chosen stays while the team is there");
}

#[test]
fn while_somebody_is_away_their_team_has_their_new_cases() {
    let (mut rules, case) = shared(Role::BillingSpecialist);
    let (from, until, cover) = (day(0), day(4), Cover::Team("Desk".into()));
    rules.owners.away = vec![Away { person: member(Role::FrontDesk), from, until, cover }];
    let theirs =
        Owner { person: Some(person(Role::FrontDesk, false)), ..Owner::of(Role::FrontDesk) };
    let give = |on| {
        let at = moment(on, Role::BillingSupervisor);
        let given = case.act(&Action::Assign(theirs.clone()), &at, &rules).expect("given").after;
        given.owner().cloned()
    };
    let teams = Owner { team: Some("Desk".into()), ..Owner::of(Role::FrontDesk) };
    assert_eq!(give(4), Some(teams));
    assert_eq!(give(5), Some(theirs.clone()));
}

/// Who heard by a day, told once each night.
fn heard(rules: &Rules, mut case: Denial, until: i64) -> Vec<(i64, Role, Option<PersonId>)> {
    let mut told = Vec::new();
    for on in 1..=until {
        let Some(hears) = due(&case, day(on), rules) else { continue };
        told.push((on, hears.to, hears.person));
        case = case.brought(day(on), rules).iter().fold(case, Denial::apply);
    }
    told
}

#[test]
fn its_lead_hears_first_and_then_the_ladder() {
    let (mut rules, case) = shared(Role::BillingSpecialist);
    let lead = Some(person(Role::CertifiedCoder, false));
    // Nobody took it for the desk's days; the lead gave it to nobody for as many.
    let told = heard(&rules, case.clone(), 11);
    let first = (told[0].1, told[0].2.clone());
    assert_eq!(first, (Role::BillingSpecialist, lead.clone()), "{told:?}");
    assert_eq!(told.last().map(|one| one.1), Some(Role::Manager), "{told:?}");
    assert!(told.len() < 4, "{told:?}");
    let at = moment(1, Role::BillingSpecialist);
    let taken = case.act(&Action::Review, &at, &rules).expect("theirs").after;
    let told = heard(&rules, taken.clone(), 30);
    let roles: Vec<Role> = told.iter().map(|one| one.1).collect();
    assert_eq!(roles, [Role::BillingSpecialist, Role::BillingSupervisor, Role::Manager]);
    assert_eq!((told[0].2.clone(), told[1].2.clone()), (lead, None));
    let cover = Cover::Person(member(Role::Provider));
    let (person_away, from, until) = (member(Role::CertifiedCoder), day(0), day(30));
    rules.owners.away = vec![Away { person: person_away, from, until, cover }];
    let told = heard(&rules, taken, 30);
    assert_eq!(told[0].2, Some(person(Role::Provider, false)), "who covers the lead");
}
