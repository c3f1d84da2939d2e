//! Emergencies: a case that somebody's role does not reach, opened to read for an hour with a
//! reason (45 CFR 164.312(a)(2)(ii)). It is loud: in the case's timeline, in the journal, and
//! before those who lead until one of them has looked at it.

use std::collections::HashMap;

use askama::Template;
use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Redirect, Response};
use denial::denial::Denial;
use denial::masks;
use denial::person::supervises;
use jiff::SignedDuration;
use serde_json::json;
use store::journal::Entry;
use store::reveals::Reveal;
use store::{Tx, instant};

use crate::fields::Fields;
use crate::practice::Office;
use crate::web::gate::Posted;
use crate::web::names::{self, LONGEST_WHY};
use crate::web::page::{Page, html};
use crate::web::reach;
use crate::web::session::Visitor;
use crate::web::timeline::{self, People};
use crate::web::trouble::Trouble;
use crate::web::words;

/// So long a case stays open.
const OPEN: SignedDuration = SignedDuration::from_hours(1);
/// Emergencies of one page.
const ROWS: i64 = 200;

#[derive(Template)]
#[template(path = "emergency.html")]
struct EmergencyPage {
    page: Page,
    here: String,
    whose: String,
    longest: usize,
}

/// Until when somebody has a case open in an emergency.
///
/// # Errors
/// The database.
pub(crate) async fn open_until(
    tx: &mut Tx,
    office: &Office,
    id: &str,
) -> Result<Option<String>, Trouble> {
    let (me, now) = (office.who.person.as_str(), instant(office.clock.now()));
    // The role may have changed since.
    if !masks::may_break_glass(office.who.role) {
        return Ok(None);
    }
    Ok(tx.revealed_until(me, id, "emergency", &now).await?)
}

/// The case that somebody asks for, which they do not reach; else where it is open to them.
async fn beyond(tx: &mut Tx, office: &Office, id: &str) -> Result<Result<Denial, String>, Trouble> {
    let case = tx.case(id).await?;
    if office.sees(&case) || open_until(tx, office, id).await?.is_some() {
        return Ok(Err(format!("/cases/{id}")));
    }
    if masks::may_break_glass(office.who.role) {
        return Ok(Ok(case));
    }
    Err(Trouble::Denied(format!(
        "{} Your role opens none in an emergency.",
        reach::not_yours(&case)
    )))
}

/// `GET /cases/{id}/emergency`: what opening it means. It shows nothing of the case.
pub(crate) async fn form(visitor: Visitor, Path(id): Path<String>) -> Result<Response, Trouble> {
    let office = &visitor.office;
    let mut tx = office.read().await?;
    match beyond(&mut tx, office, &id).await? {
        Err(open) => Ok(Redirect::to(&open).into_response()),
        Ok(case) => html(&EmergencyPage {
            page: Page::of(&visitor, "Emergency", "/queue"),
            here: format!("/cases/{id}/emergency"),
            whose: reach::whose(&case),
            longest: LONGEST_WHY,
        }),
    }
}

/// `POST /cases/{id}/emergency`: on record before anything of the case is shown.
pub(crate) async fn open(
    visitor: Visitor,
    Path(id): Path<String>,
    Posted(fields): Posted,
) -> Result<Response, Trouble> {
    let office = &visitor.office;
    let why = names::why(fields.get("why"))?;
    let moment = office.moment();
    let until = instant(moment.now.checked_add(OPEN).unwrap_or(moment.now));
    let mut tx = office.write().await?;
    if let Err(open) = beyond(&mut tx, office, &id).await? {
        return Ok(Redirect::to(&open).into_response());
    }
    tx.reveal(&Reveal {
        person: moment.who.person.as_str().to_owned(),
        about: id.clone(),
        kind: "emergency".to_owned(),
        why: why.to_owned(),
        began_at: instant(moment.now),
        until_at: until.clone(),
        looked_by: None,
        looked_at: None,
    })
    .await?;
    let facts = json!({ "why": why, "until": until, "role": moment.who.role.as_str() });
    tx.append(vec![Entry::new(&id, "emergency.opened", &facts)], &moment).await?;
    tx.append_views(vec![Entry::new(&id, "emergency.opened", &facts)], &moment).await?;
    tx.commit().await?;
    tracing::warn!("{} opened {id} in an emergency", moment.who.person);
    Ok(Redirect::to(&format!("/cases/{id}")).into_response())
}

#[derive(Template)]
#[template(path = "emergencies.html")]
struct EmergenciesPage {
    page: Page,
    names: bool,
    rows: Vec<Row>,
    more: bool,
}

struct Row {
    who: String,
    href: String,
    about: String,
    at: String,
    until: String,
    why: String,
    /// Who has looked at it, and when.
    looked: String,
    /// What names it in a form, where the visitor may say that they have looked.
    form: Option<[String; 3]>,
}

/// `GET /emergencies`: what was opened and which names were shown, with the reasons.
pub(crate) async fn page(
    visitor: Visitor,
    Query(asked): Query<Fields>,
) -> Result<Response, Trouble> {
    let office = &visitor.office;
    let names = asked.get("show").is_some_and(|show| show == "names");
    let mut tx = office.read().await?;
    let found = tx.reveals(if names { "names" } else { "emergency" }, ROWS).await?;
    let people = timeline::people(&mut tx).await?;
    let more = i64::try_from(found.len()) == Ok(ROWS);
    let numbers = numbers(&mut tx, &found).await?;
    let rows = found.into_iter().map(|one| row(office, one, &people, &numbers)).collect();
    let mut page = Page::of(&visitor, "Emergencies", "/journal");
    page.done = asked.get("done").map(|_| "It is on record that you have looked at it.".to_owned());
    html(&EmergenciesPage { page, names, rows, more })
}

/// The numbers of the claims that reveals are about, by what they are about.
async fn numbers(tx: &mut Tx, found: &[Reveal]) -> Result<HashMap<String, String>, Trouble> {
    let mut about: Vec<String> = found.iter().map(|one| one.about.clone()).collect();
    about.sort();
    about.dedup();
    let claims = tx.claims(&about).await?;
    let cases = tx.cases_among(&about).await?;
    let cases = cases.into_iter().map(|case| (case.id.to_string(), case.number.to_string()));
    Ok(claims.into_iter().map(|(id, claim)| (id, claim.number)).chain(cases).collect())
}

fn row(office: &Office, one: Reveal, people: &People, numbers: &HashMap<String, String>) -> Row {
    let zone = &office.clinic.zone;
    let is_case = one.kind == "emergency";
    let me = office.who.person.as_str();
    let waits = is_case && one.looked_at.is_none();
    let looks = waits && supervises(office.who.role) && one.person != me;
    let looked = one.looked_by.as_deref().zip(one.looked_at.as_deref());
    Row {
        who: timeline::name(people, &one.person),
        href: format!("/{}/{}", if is_case { "cases" } else { "claims" }, one.about),
        at: words::instant(&one.began_at, zone),
        until: words::instant(&one.until_at, zone),
        looked: looked.map_or_else(String::new, |(by, at)| {
            format!("{}, {}", timeline::name(people, by), words::instant(at, zone))
        }),
        form: looks.then(|| [one.person.clone(), one.about.clone(), one.began_at.clone()]),
        why: one.why,
        about: numbers.get(&one.about).cloned().unwrap_or(one.about),
    }
}

/// `POST /emergencies`: somebody who leads has looked at one.
pub(crate) async fn look(visitor: Visitor, Posted(fields): Posted) -> Result<Response, Trouble> {
    let office = &visitor.office;
    let field = |name: &str| fields.get(name).map(String::as_str).unwrap_or_default();
    let moment = office.moment();
    let which = (field("person"), field("about"), field("began"));
    let mut tx = office.write().await?;
    let me = moment.who.person.as_str();
    if !tx.look_at_emergency(which, me, &instant(moment.now)).await? {
        return Err(Trouble::Nowhere);
    }
    let facts = json!({ "who": which.0 });
    tx.append(vec![Entry::new(which.1, "emergency.looked_at", &facts)], &moment).await?;
    tx.commit().await?;
    Ok(Redirect::to("/emergencies?done=1").into_response())
}
