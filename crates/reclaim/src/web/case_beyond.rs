//! What is beyond the payer's own appeals: peer-to-peer conversations, and the ways outside the
//! payer with the facts that open each.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use denial::beyond::{self, Peer, PeerOutcome, Review, Standing, Tested, Told};
use denial::denial::Denial;
use denial::lifecycle::Act;
use denial::person::Moment;
use jiff::civil::Date;
use serde_json::json;
use store::beyond::Saved;
use store::journal::Entry;
use store::{Tx, instant};

use crate::access;
use crate::fields::Fields;
use crate::practice::Office;
use crate::web::gate::Posted;
use crate::web::page::{Page, html_with};
use crate::web::reach;
use crate::web::session::Visitor;
use crate::web::timeline::{self, People};
use crate::web::trouble::Trouble;
use crate::web::words::{self, Due};

/// The longest text of a field, in letters.
const LONGEST: usize = 2_000;
/// The longest name.
const NAME: usize = 120;

#[derive(Template)]
#[template(path = "beyond.html")]
struct BeyondPage {
    page: Page,
    case: String,
    number: String,
    peers: Vec<PeerView>,
    ways: Vec<WayView>,
    /// The visitor may tell here.
    writes: bool,
    outcomes: Vec<(&'static str, String)>,
    today: String,
    refused: Option<String>,
    typed: Fields,
}

struct PeerView {
    n: i64,
    asked: String,
    window: String,
    window_day: String,
    provider: String,
    reviewer: String,
    held: String,
    held_day: String,
    said: String,
    outcome: String,
    is_open: bool,
    by: String,
    asked_day: String,
}

struct WayView {
    label: String,
    standing: &'static str,
    class: &'static str,
    by: Due,
    source: String,
    facts: Vec<FactView>,
}

struct FactView {
    name: String,
    words: String,
    standing: &'static str,
    class: &'static str,
    is_told: bool,
    dated: bool,
    by: String,
}

impl BeyondPage {
    fn typed(&self, name: &str) -> &str {
        self.typed.get(name).map(String::as_str).unwrap_or_default()
    }
}

/// `GET /cases/{id}/beyond`.
pub(crate) async fn page(visitor: Visitor, Path(id): Path<String>) -> Result<Response, Trouble> {
    shown(&visitor, &id, Fields::new(), None).await
}

async fn shown(
    visitor: &Visitor,
    id: &str,
    typed: Fields,
    refused: Option<String>,
) -> Result<Response, Trouble> {
    let office = &visitor.office;
    let mut tx = office.read().await?;
    let case = reach::seen(&mut tx, office, id).await?;
    let people = timeline::people(&mut tx).await?;
    let peers = tx.peers(id).await?;
    let facts = tx.review_facts(id).await?;
    drop(tx);
    access::note(office, id, "case.viewed", &json!({ "why": "beyond" })).await?;
    let moment = office.moment();
    let told: Vec<Told> = facts.iter().map(|one| one.body.clone()).collect();
    let reviews = &office.rules.reviews;
    let way = |one: &Review| {
        let found = beyond::way(one, reviews, (&case, &told), moment.today);
        way_view(one, &found, (&facts, &people, &office.clinic.zone), moment.today)
    };
    let status = refused.as_ref().map_or(StatusCode::OK, |_| StatusCode::UNPROCESSABLE_ENTITY);
    let page = BeyondPage {
        page: Page::of(visitor, format!("Beyond the payer, {}", case.number), "/queue"),
        case: id.to_owned(),
        number: case.number.to_string(),
        peers: peers.iter().map(|(n, one)| peer_view(*n, one, &people, &moment)).collect(),
        ways: reviews.reviews.iter().map(way).collect(),
        writes: may_write(&case, office, &moment),
        outcomes: PeerOutcome::ALL
            .iter()
            .map(|one| (one.as_str(), words::label(one.as_str())))
            .collect(),
        today: moment.today.to_string(),
        refused,
        typed,
    };
    html_with(status, &page)
}

/// Who may log a contact with the payer tells here too.
fn may_write(case: &Denial, office: &Office, moment: &Moment) -> bool {
    office.sees(case) && case.admit(Act::LogContact, moment, &office.rules).is_ok()
}

fn peer_view(n: i64, one: &Saved<Peer>, people: &People, moment: &Moment) -> PeerView {
    let peer = &one.body;
    let day = |on: Option<Date>| on.map(words::day).unwrap_or_default();
    let raw = |on: Option<Date>| on.map(|on| on.to_string()).unwrap_or_default();
    PeerView {
        n,
        asked: words::day(peer.asked_on),
        asked_day: peer.asked_on.to_string(),
        window: peer.window(moment.today),
        window_day: raw(peer.window_ends),
        provider: peer.provider.clone(),
        reviewer: peer.reviewer.clone(),
        held: day(peer.held_on),
        held_day: raw(peer.held_on),
        said: peer.said.clone(),
        outcome: words::label(peer.outcome.as_str()),
        is_open: peer.outcome == PeerOutcome::Open,
        by: timeline::name(people, &one.by_person),
    }
}

fn way_view(
    review: &Review,
    way: &beyond::Way,
    (facts, people, zone): (&[Saved<Told>], &People, &str),
    today: Date,
) -> WayView {
    let (standing, class) = match way.standing {
        Standing::Met => ("open", "here"),
        Standing::Unmet => ("not open", "bad"),
        Standing::Unknown => ("not known yet", "absent"),
    };
    let by = |fact: &Tested| {
        let told = facts.iter().find(|one| one.body.fact == fact.name);
        told.map(|one| {
            let since = one.body.on.map(|on| format!(", {}", words::day(on)));
            let who = timeline::name(people, &one.by_person);
            format!("{who}, {}{}", words::instant(&one.at, zone), since.unwrap_or_default())
        })
    };
    let fact = |one: &Tested| FactView {
        name: one.name.to_string(),
        words: one.words.clone(),
        standing: one.standing.as_str(),
        class: match one.standing {
            Standing::Met => "here",
            Standing::Unmet => "bad",
            Standing::Unknown => "absent",
        },
        is_told: one.is_told,
        dated: one.dated,
        by: by(one).unwrap_or_default(),
    };
    WayView {
        label: review.label.to_string(),
        standing,
        class,
        by: words::due(way.by, today),
        source: format!("{}, {}", review.source, review.as_of),
        facts: way.facts.iter().map(fact).collect(),
    }
}

/// `POST /cases/{id}/beyond`: a conversation or a fact is told.
pub(crate) async fn tell(
    visitor: Visitor,
    Path(id): Path<String>,
    Posted(fields): Posted,
) -> Result<Response, Trouble> {
    let office = &visitor.office;
    let mut tx = office.write().await?;
    let case = reach::own(&mut tx, office, &id).await?;
    let moment = office.moment();
    if !may_write(&case, office, &moment) {
        let text = "Your role logs no contacts with the payer on this case, or it is closed.";
        return Err(Trouble::Unfit(text.to_owned()));
    }
    let done = match fields.get("step").map(String::as_str) {
        Some("peer") => keep_peer(&mut tx, (&id, &fields), &moment).await?,
        Some("fact") => keep_fact(&mut tx, office, (&id, &fields), &moment).await?,
        Some(_) | None => return Err(Trouble::Unfit("Nothing was told.".to_owned())),
    };
    match done {
        Ok(()) => {
            tx.commit().await?;
            Ok(Redirect::to(&format!("/cases/{id}/beyond")).into_response())
        }
        Err(text) => {
            drop(tx);
            shown(&visitor, &id, fields, Some(text)).await
        }
    }
}

async fn keep_peer(
    tx: &mut Tx,
    (id, fields): (&str, &Fields),
    moment: &Moment,
) -> Result<Result<(), String>, Trouble> {
    let peer = match read_peer(fields, moment.today) {
        Ok(peer) => peer,
        Err(text) => return Ok(Err(text)),
    };
    let known = tx.peers(id).await?;
    let last = known.last().map_or(0, |(n, _)| *n);
    let n = fields.get("n").and_then(|text| text.parse().ok()).unwrap_or(last + 1);
    if n != last + 1 && !known.iter().any(|(one, _)| *one == n) {
        return Err(Trouble::Nowhere);
    }
    let facts = json!({ "n": n, "asked_on": peer.asked_on, "window_ends": peer.window_ends,
        "held_on": peer.held_on, "outcome": peer.outcome.as_str(), "said": peer.said,
        "provider": peer.provider, "reviewer": peer.reviewer });
    tx.keep_peer((id, n), &saved(peer, moment)).await?;
    tx.append(vec![Entry::new(id, "peer.told", &facts)], moment).await?;
    Ok(Ok(()))
}

fn saved<T>(body: T, moment: &Moment) -> Saved<T> {
    Saved { body, at: instant(moment.now), by_person: moment.who.person.to_string() }
}

fn read_peer(fields: &Fields, today: Date) -> Result<Peer, String> {
    let text = |name: &str| fields.get(name).map(|text| text.trim()).unwrap_or_default();
    let day = |name: &str| match text(name) {
        "" => Ok(None),
        day => day.parse::<Date>().map(Some).map_err(|_| "Write days as 2026-03-31.".to_owned()),
    };
    let asked_on = day("asked_on")?.ok_or("Say on which day it was asked for.")?;
    let (window_ends, held_on) = (day("window_ends")?, day("held_on")?);
    if asked_on > today || held_on.is_some_and(|on| on > today || on < asked_on) {
        return Err("It is asked for and held on days that have come, in this order.".to_owned());
    }
    let provider = text("provider");
    if provider.is_empty() {
        return Err("Say who speaks for us.".to_owned());
    }
    let is_long = |text: &str, most: usize| text.chars().count() > most;
    if is_long(provider, NAME) || is_long(text("reviewer"), NAME) || is_long(text("said"), LONGEST)
    {
        return Err(format!("Write names in {NAME} letters, and what was said in {LONGEST}."));
    }
    let outcome = PeerOutcome::from_name(text("outcome")).ok_or("Choose how it ended.")?;
    let was_held = matches!(outcome, PeerOutcome::Overturned | PeerOutcome::Upheld);
    if was_held && (held_on.is_none() || text("said").is_empty()) {
        return Err("Say when it was held and what was said.".to_owned());
    }
    Ok(Peer {
        asked_on,
        window_ends,
        provider: provider.to_owned(),
        reviewer: text("reviewer").to_owned(),
        held_on,
        said: text("said").to_owned(),
        outcome,
    })
}

async fn keep_fact(
    tx: &mut Tx,
    office: &Office,
    (id, fields): (&str, &Fields),
    moment: &Moment,
) -> Result<Result<(), String>, Trouble> {
    let text = |name: &str| fields.get(name).map(|text| text.trim()).unwrap_or_default();
    let known = office.rules.reviews.facts.iter().find(|one| one.name == text("fact"));
    let known = known.ok_or(Trouble::Nowhere)?;
    let holds = match text("holds") {
        "yes" => true,
        "no" => false,
        _ => return Ok(Err("Say yes or no.".to_owned())),
    };
    let on = match text("on") {
        "" => None,
        day => match day.parse::<Date>() {
            Ok(day) => Some(day),
            Err(_) => return Ok(Err("Write days as 2026-03-31.".to_owned())),
        },
    };
    if known.dated && holds && on.is_none() {
        return Ok(Err("Say since which day it holds: the last day counts from it.".to_owned()));
    }
    let told = Told { fact: known.name.clone(), holds, on: on.filter(|_| known.dated) };
    let facts = json!({ "fact": told.fact, "holds": told.holds, "on": told.on });
    tx.tell_review_fact(id, &saved(told, moment)).await?;
    tx.append(vec![Entry::new(id, "review.fact_told", &facts)], moment).await?;
    Ok(Ok(()))
}
