//! Service levels: how long each step may take, how often it was done in time, and who hears of one
//! that was missed.

use askama::Template;
use axum::extract::Query;
use axum::response::Response;
use denial::denial::NextActionKind;
use denial::levels::{ServiceLevel, ServiceStep, Within};
use denial::owner::Step;
use denial::person::{Access, Role, allows};
use denial::rules::Desk;
use jiff::ToSpan;

use crate::fields::Fields;
use crate::levels::{self, Count, LOOKED_THROUGH, Measured};
use crate::practice::Office;
use crate::web::page::{Page, html};
use crate::web::session::Visitor;
use crate::web::trouble::Trouble;
use crate::web::words;

/// Days that the page looks back, the first where nothing is said.
const SPANS: [i64; 2] = [30, 90];

#[derive(Template)]
#[template(path = "levels.html")]
struct LevelsPage {
    page: Page,
    rows: Vec<Row>,
    ladder: Vec<String>,
    days: i64,
    capped: Option<String>,
    /// The visitor may set the levels.
    sets: bool,
}

/// One step of one role.
struct Row {
    step: &'static str,
    role: String,
    level: String,
    is_set: bool,
    met: String,
    missed: String,
    waits: String,
    /// `8 of 10 in time`; empty where nothing was measured.
    share: String,
}

const fn step(step: ServiceStep) -> &'static str {
    match step {
        ServiceStep::FirstTouch => "First touch of a new case",
        ServiceStep::Reply => "Answer of a colleague",
        ServiceStep::PayerReply => "Answer of the payer",
    }
}

/// `GET /service`.
pub(crate) async fn page(
    visitor: Visitor,
    Query(asked): Query<Fields>,
) -> Result<Response, Trouble> {
    let office = &visitor.office;
    let days = asked.get("days").and_then(|text| text.parse().ok());
    let days = days.filter(|days| SPANS.contains(days)).unwrap_or(SPANS[0]);
    let since = office.moment().today.saturating_sub(days.days());
    let mut tx = office.read().await?;
    let measured = levels::measured(&mut tx, office, since).await?;
    drop(tx);
    html(&LevelsPage {
        page: Page::of(&visitor, "Service levels", "/"),
        rows: rows(office, &measured),
        ladder: office.rules.owners.ladder.iter().map(rung).collect(),
        days,
        capped: measured.is_capped.then(|| words::number(LOOKED_THROUGH)),
        sets: allows(office.who.role, Access::Rules),
    })
}

/// A step of the ladder in words.
fn rung(one: &Step) -> String {
    let after = match one.after_days {
        0 => "once its day has passed".to_owned(),
        days => format!("{} after its day", words::counted(days.into(), "day", "days")),
    };
    match one.to {
        Some(role) => format!("The {}, {after}.", words::lower(role.as_str())),
        None => format!("A reminder to whoever owns it, {after}."),
    }
}

/// What was measured, and the levels of which nothing was.
fn rows(office: &Office, measured: &Measured) -> Vec<Row> {
    let mut counts = measured.counts.clone();
    let set = |one: &&ServiceLevel| one.step != ServiceStep::FirstTouch || one.role.is_some();
    for one in office.rules.owners.services.iter().filter(set) {
        let is_general = one.step == ServiceStep::Reply && one.role.is_none();
        if !is_general {
            counts.entry((one.step, one.role)).or_default();
        }
    }
    for needed in [ServiceStep::FirstTouch, ServiceStep::Reply, ServiceStep::PayerReply] {
        if !counts.keys().any(|(step, _)| *step == needed) {
            counts.insert((needed, None), Count::default());
        }
    }
    counts.into_iter().map(|((step, role), count)| row(office, (step, role), count)).collect()
}

/// What holds where no level is set.
fn otherwise(step: ServiceStep, desk: &Desk) -> String {
    match step {
        ServiceStep::FirstTouch => "not configured".to_owned(),
        ServiceStep::Reply => {
            let usual = Within::Days(desk.colleague_days).in_words();
            format!("the day that was wanted, else {usual}")
        }
        ServiceStep::PayerReply => {
            let usual = Within::Days(desk.days_for(NextActionKind::AwaitPayer)).in_words();
            format!("the payer’s own usual days, else {usual}")
        }
    }
}

fn row(office: &Office, (of, role): (ServiceStep, Option<Role>), count: Count) -> Row {
    let level = office.rules.owners.level(of, role);
    let number = |count: u64| words::number(i64::try_from(count).unwrap_or(i64::MAX));
    let unless_none = |count: u64| if count == 0 { String::new() } else { number(count) };
    let n = count.met + count.missed;
    let share = match n {
        0 => String::new(),
        n => format!("{} of {} in time", number(count.met), number(n)),
    };
    Row {
        step: step(of),
        role: role.map(|role| words::label(role.as_str())).unwrap_or_default(),
        is_set: level.is_some() || of != ServiceStep::FirstTouch,
        level: level.map_or_else(|| otherwise(of, &office.rules.desk), Within::in_words),
        met: unless_none(count.met),
        missed: unless_none(count.missed),
        waits: unless_none(count.waits),
        share,
    }
}
