//! The morning digest: somebody's own, and that of the team for who leads.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use denial::person::{Access, Role, allows};
use form_urlencoded::Serializer;
use jiff::civil::Date;

use crate::digest::{self, Digest};
use crate::fields::Fields;
use crate::web::App;
use crate::web::page::{Page, html};
use crate::web::saved;
use crate::web::session::Visitor;
use crate::web::tiles::{Cell, Link, Listing, Section, Tile};
use crate::web::trouble::Trouble;
use crate::web::words;

/// Earlier days that are offered.
const DAYS: i64 = 31;

#[derive(Template)]
#[template(path = "digest.html")]
struct DigestPage {
    page: Page,
    team: bool,
    leads: bool,
    day: String,
    made_at: String,
    is_today: bool,
    sections: Vec<Section>,
    entries: String,
    hash: String,
    /// Earlier digests: day, as addresses and as people have it, whether it is this.
    days: Vec<(String, String, bool)>,
    /// There is none of the day that was asked for.
    none: bool,
}

/// `GET /digest`.
pub(crate) async fn own(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Query(asked): Query<Fields>,
) -> Result<Response, Trouble> {
    shown(&app, &visitor, &asked, false).await
}

/// `GET /digest/team`.
pub(crate) async fn team(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Query(asked): Query<Fields>,
) -> Result<Response, Trouble> {
    shown(&app, &visitor, &asked, true).await
}

async fn shown(
    app: &App,
    visitor: &Visitor,
    asked: &Fields,
    team: bool,
) -> Result<Response, Trouble> {
    let office = &visitor.office;
    let today = office.moment().today;
    let wanted = asked.get("day").and_then(|day| day.parse::<Date>().ok()).unwrap_or(today);
    let earlier = if wanted == today {
        None
    } else {
        let mut tx = office.read().await?;
        digest::of_day(&mut tx, office, wanted, team).await.map_err(Trouble::Broken)?
    };
    let none = wanted != today && earlier.is_none();
    // Today's is made and kept when somebody sees it, not when they look at another day's.
    let shown = match earlier {
        Some(earlier) => earlier,
        None => digest::of_today(office, &app.boards, team).await.map_err(Trouble::Broken)?,
    };
    let mut tx = office.read().await?;
    let days = tx.digest_days(&digest::whose(office, team), DAYS).await?;
    let zone = &office.clinic.zone;
    html(&DigestPage {
        page: Page::of(visitor, "Morning digest", "/"),
        team,
        leads: allows(office.who.role, Access::Team),
        day: shown.day.strftime("%A, %B %-d, %Y").to_string(),
        made_at: words::instant(&shown.made_at, zone),
        is_today: shown.day == today,
        entries: words::number(shown.head.entries),
        hash: shown.head.hash.clone(),
        sections: sections(&shown),
        days: days
            .into_iter()
            .map(|day| (day.clone(), words::day_of(&day), day == shown.day.to_string()))
            .collect(),
        none,
    })
}

fn sections(digest: &Digest) -> Vec<Section> {
    let mut sections = vec![counts(digest)];
    sections.extend(load(digest));
    sections.extend(money(digest));
    sections.extend(won(digest));
    sections
}

/// What is to do and what is new; what is urgent stands out.
fn counts(digest: &Digest) -> Section {
    let tile = |line: &digest::Line| {
        let label = match line.what.as_str() {
            "new" => format!("New since {}", words::day(digest.since)),
            what => digest::label(what).to_owned(),
        };
        let is_past = matches!(line.what.as_str(), "past_due" | "unplanned" | "requests");
        let is_soon = matches!(line.what.as_str(), "late" | "clocks" | "promises" | "approvals");
        let class = if is_past {
            "past"
        } else if is_soon {
            "soon"
        } else {
            ""
        };
        let link = Link { href: line.href.clone(), rows: line.rows };
        Tile {
            label,
            figure: crate::web::tiles::number(line.rows),
            note: line.cents.map(words::money).unwrap_or_default(),
            class: if line.rows > 0 { class } else { "" },
            link: (!line.href.is_empty()).then_some(link),
        }
    };
    Section {
        title: if digest.team { "The team's cases" } else { "For you" }.to_owned(),
        lead: lead(digest).to_owned(),
        tiles: digest.lines.iter().map(tile).collect(),
        ..Section::default()
    }
}

/// Whose what is counted is.
fn lead(digest: &Digest) -> &'static str {
    if digest.lines.is_empty() {
        return "Your role has nothing to be told of.";
    }
    if digest.team || digest.role == Role::Executive {
        return "";
    }
    if digest.role == Role::BillingSpecialist {
        return "Your own cases; what is new is yours, or your role's and no person's.";
    }
    "Your own cases; what is new is everything that you may see."
}

fn load(digest: &Digest) -> Option<Section> {
    let row = |one: &digest::Load| {
        let who = if one.who.is_empty() { digest::NO_PERSON } else { &one.who };
        vec![
            Cell::of(who),
            listed(one, one.cases, ""),
            Cell::of(words::money(one.cents)),
            listed(one, one.late, "when=late"),
            listed(one, one.soon, "due=soon"),
        ]
    };
    let listing = Listing {
        caption: "Load by person".to_owned(),
        heads: vec![
            ("Person", false),
            ("Cases", true),
            ("Outstanding", true),
            ("Next action late", true),
            ("Due within 7 days", true),
        ],
        rows: digest.load.iter().map(row).collect(),
        none: "No open case.".to_owned(),
    };
    digest.team.then(|| Section {
        title: "Load".to_owned(),
        listing: Some(listing),
        ..Section::default()
    })
}

/// A count that opens the list of somebody's cases, where the digest knows whose they are.
fn listed(one: &digest::Load, rows: u64, more: &str) -> Cell {
    let mut query = Serializer::new(String::new());
    query.append_pair("person", &one.owner);
    let query = [query.finish().as_str(), more].join("&");
    let href = saved::address(query.trim_end_matches('&'));
    let link = (!one.owner.is_empty()).then_some(Link { href, rows });
    Cell { link, ..Cell::of(crate::web::tiles::number(rows)) }
}

/// Money of the days since.
fn money(digest: &Digest) -> Option<Section> {
    let moved = digest.money?;
    let tile = |label: &str, cents: i64, note: &str| Tile {
        label: label.to_owned(),
        figure: words::money(cents),
        note: note.to_owned(),
        class: "",
        link: None,
    };
    Some(Section {
        title: "Money".to_owned(),
        lead: format!("As posted from {} to yesterday.", words::day(digest.since)),
        tiles: vec![
            tile("Recovered", moved.recovered, "posted payments on denied lines, less takebacks"),
            tile("Given up", moved.given_up, "written off, less what was reversed"),
        ],
        ..Section::default()
    })
}

fn won(digest: &Digest) -> Option<Section> {
    let won = digest.won.as_ref()?;
    let row = |one: &digest::WonLine| {
        vec![
            Cell::of(words::label(&one.category)),
            Cell::of(one.payer.clone()),
            Cell::of(words::number(one.cases)),
            Cell::of(words::money(one.cents)),
            Cell::of(if one.who.is_empty() { "no person" } else { &one.who }),
        ]
    };
    let others = if digest.team { "" } else { "on cases of others, " };
    let lead = format!(
        "Payers gave way {others}since {}. The amount is what had been denied.",
        words::day(digest.since)
    );
    Some(Section {
        title: if digest.team { "What payers gave way on" } else { "What others won" }.to_owned(),
        lead,
        listing: Some(Listing {
            caption: "What payers gave way on".to_owned(),
            heads: vec![
                ("Reason", false),
                ("Payer", false),
                ("Cases", true),
                ("Denied", true),
                ("Whose", false),
            ],
            rows: won.iter().map(row).collect(),
            none: "Nothing since then.".to_owned(),
        }),
        ..Section::default()
    })
}
