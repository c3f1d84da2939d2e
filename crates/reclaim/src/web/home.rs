//! Home: what is at stake and what waits, each figure a link to its rows.

use askama::Template;
use axum::extract::Query;
use axum::response::Response;
use denial::person::{Access, Role, allows};
use jiff::ToSpan;
use store::reviews::Reviews;
use store::tallies::Tally;

use crate::fields::Fields;
use crate::web::act_words;
use crate::web::chart::{Bar, bars};
use crate::web::page::{Page, html};
use crate::web::session::Visitor;
use crate::web::trouble::Trouble;
use crate::web::words;

#[derive(Template)]
#[template(path = "home.html")]
struct HomePage {
    page: Page,
    tiles: Vec<Tile>,
    charts: Vec<Chart>,
    waiting: Vec<Waiting>,
    /// Nothing was taken in yet.
    empty: bool,
    uploads: bool,
    /// They see figures or a queue at all.
    counts: bool,
}

/// One figure.
struct Tile {
    label: &'static str,
    figure: String,
    note: String,
    /// `past`, `soon`, or nothing.
    class: &'static str,
    href: Option<&'static str>,
}

/// Bars under a heading.
struct Chart {
    title: &'static str,
    svg: String,
}

/// Something that waits outside the queue.
struct Waiting {
    text: String,
    href: &'static str,
}

/// `GET /`.
pub(crate) async fn page(
    visitor: Visitor,
    Query(asked): Query<Fields>,
) -> Result<Response, Trouble> {
    let office = &visitor.office;
    let role = office.who.role;
    let opens = allows(role, Access::Queue);
    let counts = opens || allows(role, Access::Figures);
    let moment = office.moment();
    let near = moment.today.saturating_add(i64::from(words::NEAR_DAYS).days());
    let mut tx = office.read().await?;
    let own = if opens { office.own() } else { None };
    let tally = if counts {
        tx.tally(own.as_ref(), &moment.today.to_string(), &near.to_string()).await?
    } else {
        Vec::new()
    };
    let mut waiting = Vec::new();
    if opens {
        let brought = tx.brought_to(role.as_str()).await?;
        let href = "/queue?brought=me&snoozed=show";
        waiting.extend(waits(brought, "case brought to you", "cases brought to you", href));
    }
    if allows(role, Access::Questions) {
        let asked = tx.count_asked(role.as_str()).await?;
        let (one, many) = ("case with a question for you", "cases with a question for you");
        waiting.extend(waits(asked, one, many, "/questions"));
        let answered = tx.count_answers(office.who.person.as_str()).await?;
        waiting.extend(waits(answered, "answer for you", "answers for you", "/questions"));
    }
    if allows(role, Access::Rules) {
        let codes = i64::try_from(tx.unmapped_codes().await?.len()).unwrap_or(i64::MAX);
        waiting.extend(waits(
            codes,
            "code that nobody mapped",
            "codes that nobody mapped",
            "/rules",
        ));
    }
    if allows(role, Access::Remittances) {
        waiting.extend(to_review(tx.reviews().await?, role));
    }
    if allows(role, Access::Emergencies) {
        let opened = tx.unseen_emergencies().await?;
        let (one, many) = ("case opened in an emergency", "cases opened in an emergency");
        waiting.extend(waits(opened, one, many, "/emergencies"));
    }
    if allows(role, Access::Rejections) {
        let open = tx.open_rejections().await?;
        waiting.extend(waits(open, "open rejection", "open rejections", "/rejections"));
    }
    if opens && own.is_none() {
        let (asleep, _) = tx.asleep(&moment.today.to_string()).await?;
        waiting.extend(waits(asleep, "case put off", "cases put off", "/queue?snoozed=show"));
    }
    let mut page = Page::of(&visitor, "Home", "/");
    page.done = asked.get("done").and_then(|act| act_words::done(act));
    let template = HomePage {
        tiles: if counts { tiles(&tally, opens) } else { Vec::new() },
        charts: charts(&tally, opens),
        waiting,
        empty: tally.is_empty(),
        uploads: allows(role, Access::TakeFiles),
        counts,
        page,
    };
    html(&template)
}

/// Remittances and matches that wait for a person.
fn to_review(reviews: Reviews, role: Role) -> impl Iterator<Item = Waiting> {
    let decides = allows(role, Access::Matches);
    let (matches, doubts) = if decides { (reviews.matches, reviews.doubts) } else { (0, 0) };
    let to_decide = "/remittances?show=review";
    let doubtful = "/matches?show=doubtful";
    waits(reviews.remittances, "remittance to decide", "remittances to decide", to_decide)
        .into_iter()
        .chain(waits(matches, "match to review", "matches to review", "/matches"))
        .chain(waits(doubts, "doubtful payment", "doubtful payments", doubtful))
}

fn waits(count: i64, one: &str, many: &str, href: &'static str) -> Option<Waiting> {
    (count > 0).then(|| Waiting { text: words::counted(count, one, many), href })
}

/// Cases and cents of what fits.
fn sum(tally: &[Tally], fits: impl Fn(&Tally) -> bool) -> (i64, i64) {
    let fitting = tally.iter().filter(|one| fits(one));
    fitting.fold((0, 0), |(cases, cents), one| (cases + one.cases, cents + one.outstanding))
}

fn tiles(tally: &[Tally], opens: bool) -> Vec<Tile> {
    type Fits = fn(&Tally) -> bool;
    const TILES: [(&str, &str, &str, Fits); 7] = [
        ("At risk", "/queue", "", |_| true),
        ("Due within 7 days", "/queue?due=soon", "soon", |one| one.clock == "soon"),
        ("Past due", "/queue?due=past", "past", |one| one.clock == "past"),
        ("A clock not configured", "/queue?no_rule=yes", "", |one| one.no_rule == "yes"),
        ("Nobody has it", "/queue?person=nobody", "", |one| one.owned == "no"),
        ("Next action late", "/queue?when=late", "soon", |one| one.late == "yes"),
        ("Won, not posted yet", "/queue?status=overturned", "", |one| one.status == "overturned"),
    ];
    let tile = |(label, href, class, fits): (&'static str, &'static str, &'static str, Fits)| {
        let (cases, cents) = sum(tally, fits);
        let is_money = label == "At risk" || label == "Won, not posted yet";
        let cases_in_words = words::counted(cases, "case", "cases");
        let (figure, note) = if is_money {
            (words::money(cents), cases_in_words)
        } else {
            (words::number(cases), words::money(cents))
        };
        let class = if cases > 0 { class } else { "" };
        Tile { label, figure, note, class, href: opens.then_some(href) }
    };
    TILES.into_iter().map(tile).collect()
}

fn charts(tally: &[Tally], opens: bool) -> Vec<Chart> {
    type Name = fn(&Tally) -> &str;
    const CHARTS: [(&str, &str, Name); 3] = [
        ("By reason", "category", |one| &one.category),
        ("By status", "status", |one| &one.status),
        ("By role that owns it", "role", |one| &one.role),
    ];
    let chart = |(title, filter, name): (&'static str, &str, Name)| {
        let mut names: Vec<&str> = tally.iter().map(name).collect();
        names.sort_unstable();
        names.dedup();
        let mut rows: Vec<Bar> = names
            .into_iter()
            .map(|value| {
                let (cases, cents) = sum(tally, |one| name(one) == value);
                Bar {
                    label: words::label(value),
                    href: opens.then(|| format!("/queue?{filter}={value}")),
                    value: cents,
                    figure: format!("{} · {}", words::money(cents), words::number(cases)),
                }
            })
            .collect();
        rows.sort_by_key(|bar| -bar.value);
        Chart { title, svg: bars(title, &rows) }
    };
    if tally.is_empty() { Vec::new() } else { CHARTS.into_iter().map(chart).collect() }
}
