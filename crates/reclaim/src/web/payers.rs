//! Payers: how each is reached, how often it was called, and what of its promises it kept.

use std::collections::HashSet;

use askama::Template;
use axum::extract::Query;
use axum::response::Response;
use denial::claim::PayerName;
use denial::ids::PayerId;
use denial::person::{Access, allows};
use jiff::ToSpan;
use jiff::civil::Date;

use crate::calls::{Calls, LOOKED_THROUGH, Measure};
use crate::fields::Fields;
use crate::practice::Office;
use crate::web::narrow::Narrow;
use crate::web::page::{Page, html};
use crate::web::payer;
use crate::web::session::Visitor;
use crate::web::trouble::Trouble;
use crate::web::words;

/// Days that the pages look back: the first where nothing is said.
pub(super) const SPANS: [i64; 3] = [90, 30, 365];

#[derive(Template)]
#[template(path = "payers.html")]
struct PayersPage {
    page: Page,
    rows: Vec<Row>,
    narrow: Narrow,
    /// Figures are shown to the visitor.
    measures: bool,
    days: i64,
    spans: Vec<i64>,
    /// How many contacts were looked through, where there are more.
    capped: Option<String>,
}

struct Row {
    href: String,
    name: String,
    has_card: bool,
    told: Told,
}

/// What a measure says, in words; empty where nothing was counted.
#[derive(Default)]
pub(super) struct Told {
    pub(super) contacts: String,
    pub(super) minutes: String,
    /// `3 of 5 kept by their day`.
    pub(super) kept: String,
    pub(super) late: String,
    pub(super) broken: String,
    pub(super) waits: String,
}

impl Told {
    pub(super) fn of(measure: &Measure) -> Told {
        let number = |count: u64| words::number(i64::try_from(count).unwrap_or(i64::MAX));
        let unless_none = |count: u64, text: String| if count == 0 { String::new() } else { text };
        let (due, late) = (measure.due(), measure.late.len() as u64);
        let delay = measure.usual_delay().map(|days| {
            format!(
                "{} late, usually by {}",
                number(late),
                words::counted(days.into(), "day", "days")
            )
        });
        Told {
            contacts: unless_none(measure.contacts, number(measure.contacts)),
            minutes: unless_none(measure.minutes, number(measure.minutes)),
            kept: unless_none(
                due,
                format!("{} of {} by their day", number(measure.in_time), number(due)),
            ),
            late: delay.unwrap_or_default(),
            broken: unless_none(measure.broken, number(measure.broken)),
            waits: unless_none(measure.waits, number(measure.waits)),
        }
    }
}

/// The days that a page is to look back.
pub(super) fn days(asked: &Fields) -> i64 {
    let days = asked.get("days").and_then(|text| text.parse().ok());
    days.filter(|days| SPANS.contains(days)).unwrap_or(SPANS[0])
}

/// The first of so many days that end today.
pub(super) fn since(office: &Office, days: i64) -> Date {
    office.moment().today.saturating_sub(days.days())
}

/// `GET /payers`.
pub(crate) async fn page(
    visitor: Visitor,
    Query(asked): Query<Fields>,
) -> Result<Response, Trouble> {
    let office = &visitor.office;
    let measures = allows(office.who.role, Access::Figures);
    let days = days(&asked);
    let mut tx = office.read().await?;
    let payers = tx.payers().await?;
    let cards: HashSet<String> = tx.payers_with_cards().await?.into_iter().collect();
    let measured = if measures {
        Some(Calls::since(&mut tx, office, since(office, days), &[]).await?)
    } else {
        None
    };
    let is_capped = measured.as_ref().is_some_and(|calls| calls.is_capped);
    let narrow = Narrow::of(&asked, "Payer", "");
    let told = |ids: &[String]| {
        let measure = measured.as_ref().and_then(|calls| calls.measure_of(ids));
        measure.as_ref().map(Told::of).unwrap_or_default()
    };
    let row = |(ids, name): (Vec<String>, String)| Row {
        href: format!("/payers/{}", ids[0]),
        has_card: ids.iter().any(|id| cards.contains(id)),
        told: told(&ids),
        name,
    };
    let mut rows: Vec<Row> = met(office, payers).into_iter().map(row).collect();
    rows.retain(|row| narrow.fits_text(&[&row.name]));
    html(&PayersPage {
        page: Page::of(&visitor, "Payers", "/payers"),
        rows,
        narrow,
        measures,
        days,
        spans: spans(),
        capped: is_capped.then(|| words::number(LOOKED_THROUGH)),
    })
}

/// Every payer with all its ids, the one by which it is met first, and its name. Where a spelling
/// is by now another payer that was met too, it stands there.
fn met(office: &Office, payers: Vec<(String, String)>) -> Vec<(Vec<String>, String)> {
    let listed: HashSet<String> = payers.iter().map(|(id, _)| id.clone()).collect();
    let known = payers.into_iter().filter_map(|(id, name)| {
        let called = PayerName { name: name.as_str().into(), ..PayerName::default() };
        let mut ids = payer::ids(office, &PayerId::parse(&id).ok()?, &called);
        let is_elsewhere = ids.first().is_some_and(|now| *now != id && listed.contains(now));
        ids.retain(|one| *one != id);
        ids.insert(0, id);
        (!is_elsewhere).then_some((ids, name))
    });
    known.collect()
}

/// The spans that are offered, the shortest first.
pub(super) fn spans() -> Vec<i64> {
    let mut spans = SPANS.to_vec();
    spans.sort_unstable();
    spans
}
