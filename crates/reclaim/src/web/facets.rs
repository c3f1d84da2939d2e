//! Filters: what is chosen, and what else could be, with how many cases and how much money.

use std::collections::HashMap;
use std::sync::Arc;

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use denial::ids::PersonId;
use denial::waits::WaitsOn;
use insight::board::{Alike, Facet, Sum};
use store::Tx;

use crate::web::App;
use crate::web::asked::Asked;
use crate::web::groups;
use crate::web::page::{Page, html};
use crate::web::session::Visitor;
use crate::web::timeline;
use crate::web::trouble::Trouble;
use crate::web::words;

/// A filter that is set.
pub(crate) struct Chip {
    pub(crate) label: &'static str,
    pub(crate) text: String,
    /// The queue without it.
    pub(crate) href: String,
}

#[derive(Template)]
#[template(path = "filters.html")]
struct FiltersPage {
    page: Page,
    facets: Vec<FacetView>,
    /// What stays as it is: name, value.
    kept: Vec<(&'static str, String)>,
    asleep: bool,
    only_asleep: bool,
    cleared: String,
}

/// One facet with its values.
struct FacetView {
    name: &'static str,
    label: &'static str,
    values: Vec<ValueView>,
    /// Further values, shown on demand.
    more: Vec<ValueView>,
}

struct ValueView {
    value: String,
    label: String,
    cases: String,
    outstanding: String,
    is_chosen: bool,
}

/// Values that are shown before one asks for more.
const SHOWN: usize = 8;
/// Values of one facet that are offered at all, those with most money.
const OFFERED: usize = 200;

/// `GET /queue/filters`.
pub(crate) async fn page(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
) -> Result<Response, Trouble> {
    let office = &visitor.office;
    let asked = Asked::of(query.as_deref().unwrap_or_default(), office);
    let mut tx = office.read().await?;
    let names = Names::of(&mut tx).await?;
    let kept = app.boards.of(&mut tx).await?;
    let counts = kept.board.counts(&asked.wanted, office.moment().today);
    drop(kept);
    let facets = counts
        .into_iter()
        .filter(|(facet, _)| !matches!(facet, Facet::Brought | Facet::Opened))
        .map(|(facet, values)| view(facet, values, &asked, &names))
        .filter(|facet| !facet.values.is_empty());
    let facets: Vec<FacetView> = facets.collect();
    let same = ["sort", "by", "columns", "job", "same"];
    let same = same.into_iter().filter_map(|name| Some((name, asked.value(name)?.to_owned())));
    let kept = same.chain(unseen(&asked, &facets)).collect();
    let template = FiltersPage {
        page: Page::of(&visitor, "Filters", "/queue"),
        facets,
        kept,
        asleep: asked.wanted.asleep,
        only_asleep: asked.wanted.only_asleep,
        cleared: asked.cleared(),
    };
    html(&template)
}

/// What is chosen and has no box, since no case has it now or too many others do: it stays chosen.
fn unseen(asked: &Asked, facets: &[FacetView]) -> Vec<(&'static str, String)> {
    let has_box = |name: &str, value: &str| {
        let facet = facets.iter().find(|facet| facet.name == name);
        facet.is_some_and(|facet| {
            let all = facet.values.iter().chain(&facet.more);
            all.into_iter().any(|one| one.is_chosen && one.value == value)
        })
    };
    let mut unseen = Vec::new();
    for name in Facet::ALL.map(Facet::as_str) {
        let chosen = asked.value(name).into_iter().flat_map(|text| text.split(','));
        let without = chosen.filter(|value| !has_box(name, value));
        unseen.extend(without.map(|value| (name, value.to_owned())));
    }
    unseen
}

/// The filters that are set, in words.
pub(crate) async fn chips(tx: &mut Tx, asked: &Asked) -> Result<Vec<Chip>, Trouble> {
    let names = Names::of(tx).await?;
    let mut chips: Vec<Chip> = Facet::ALL
        .into_iter()
        .filter_map(|facet| {
            let value = asked.value(facet.as_str())?;
            let texts: Vec<String> = value.split(',').map(|one| names.text(facet, one)).collect();
            let href = format!("/queue?{}", asked.with(facet.as_str(), ""));
            Some(Chip { label: label(facet), text: texts.join(" or "), href })
        })
        .collect();
    let alone = asked.wanted.only_asleep;
    let put_off = if alone { "these alone" } else { "shown too" };
    let (_, alike) = asked.wanted.job_of.unwrap_or((0, Alike::IDENTICAL));
    let alike = groups::in_words(alike);
    for (name, label, text) in [("snoozed", "Put off", put_off), ("job", "One job", alike.as_str())]
    {
        if asked.value(name).is_some() {
            let href = format!("/queue?{}", asked.with(name, ""));
            chips.push(Chip { label, text: text.to_owned(), href });
        }
    }
    Ok(chips)
}

/// Names of people and payers by their ids.
struct Names {
    people: HashMap<String, String>,
    payers: HashMap<String, String>,
}

impl Names {
    async fn of(tx: &mut Tx) -> Result<Names, Trouble> {
        let people = timeline::people(tx).await?;
        Ok(Names { people, payers: tx.payers().await?.into_iter().collect() })
    }

    /// A value in words.
    fn text(&self, facet: Facet, value: &str) -> String {
        match (facet, value) {
            (Facet::Owner, "me") => "me".to_owned(),
            (Facet::Owner, "team") => "my teams".to_owned(),
            (Facet::Owner, "none") => "no person".to_owned(),
            (Facet::Owner, "" | "nobody") => "no person or team".to_owned(),
            (Facet::Owner, id) => timeline::name(&self.people, id),
            (Facet::Payer, id) => self.payers.get(id).cloned().unwrap_or_else(|| id.to_owned()),
            (Facet::Brought, "me") => "me or my role".to_owned(),
            (Facet::Brought, id) if id.starts_with(PersonId::PREFIX) => {
                timeline::name(&self.people, id)
            }
            (Facet::Opened, day) => words::day_of(day),
            (_, "" | "none") if !matches!(facet, Facet::Clock) => "none".to_owned(),
            (
                Facet::Code
                | Facet::Remark
                | Facet::Service
                | Facet::Provider
                | Facet::SubStatus
                | Facet::Team
                | Facet::Unmapped,
                text,
            ) => text.to_owned(),
            (Facet::Clock | Facet::When | Facet::Amount | Facet::Age | Facet::Promise, band) => {
                band_in_words(facet, band).to_owned()
            }
            (Facet::Waiting, name) => {
                WaitsOn::from_name(name).map(WaitsOn::in_words).unwrap_or_default().to_owned()
            }
            (_, name) => words::label(name),
        }
    }
}

fn view(facet: Facet, values: Vec<(String, Sum)>, asked: &Asked, names: &Names) -> FacetView {
    let chosen: Vec<&str> =
        asked.value(facet.as_str()).map(|text| text.split(',').collect()).unwrap_or_default();
    let value = |(name, sum): (String, Sum)| {
        let value = spoken(facet, &name);
        ValueView {
            label: names.text(facet, &name),
            cases: words::number(i64::try_from(sum.cases).unwrap_or(i64::MAX)),
            outstanding: words::money(sum.outstanding),
            is_chosen: chosen.contains(&value.as_str()) || chosen.contains(&name.as_str()),
            value,
        }
    };
    // A closed case has no next action, and nobody looks for that, nor for what is as it should be.
    let is_usual = |name: &str| {
        (facet == Facet::Lacks && name == "no") || (facet == Facet::Promise && name == "none")
    };
    let is_blank = |name: &str| name.is_empty() && !matches!(facet, Facet::Owner | Facet::Remark);
    let empty = |name: &str| is_blank(name) || is_usual(name);
    let values = values.into_iter().filter(|(name, _)| !empty(name)).take(OFFERED);
    let mut values: Vec<ValueView> = values.map(value).collect();
    values.sort_by_key(|value| !value.is_chosen);
    let more = values.split_off(values.len().min(SHOWN));
    FacetView { name: facet.as_str(), label: label(facet), values, more }
}

/// A value as addresses have it.
fn spoken(facet: Facet, name: &str) -> String {
    match (facet, name) {
        (Facet::Owner, "") => "nobody".to_owned(),
        (_, "") => "none".to_owned(),
        (_, name) => name.to_owned(),
    }
}

const fn label(facet: Facet) -> &'static str {
    match facet {
        Facet::Status => "Status",
        Facet::Reason => "Reason",
        Facet::Role => "Role",
        Facet::Owner => "Owner",
        Facet::Team => "Team",
        Facet::Payer => "Payer",
        Facet::Plan => "Line of business",
        Facet::Code => "Code",
        Facet::Remark => "Remark",
        Facet::Service => "Service",
        Facet::Provider => "Provider",
        Facet::Next => "Next action",
        Facet::Waiting => "Waits on",
        Facet::Unmapped => "Unmapped code",
        Facet::Brought => "Brought to",
        Facet::SubStatus => "Sub-status",
        Facet::Clock => "Clock",
        Facet::When => "Next action due",
        Facet::Amount => "Outstanding",
        Facet::Age => "Denied",
        Facet::Repeat => "Denied again",
        Facet::NoRule => "A clock not configured",
        Facet::Quarantined => "Quarantined",
        Facet::Opened => "Opened",
        Facet::Promise => "Payer's promise",
        Facet::Lacks => "Lacks owner or action",
    }
}

fn band_in_words(facet: Facet, band: &str) -> &'static str {
    match (facet, band) {
        (Facet::Clock, "past") => "past due",
        (Facet::Clock, "soon") => "within 7 days",
        (Facet::Clock, "month") => "within 8 to 30 days",
        (Facet::Clock, "none") => "no clock has a day",
        (Facet::Clock, "payer") => "none has a day, the payer has it",
        (Facet::Clock, "over") => "met or closed",
        (Facet::When, "late") => "late",
        (Facet::When, "today") => "today",
        (Facet::When, "week") => "within 7 days",
        (Facet::Amount, "under_100") => "under $100",
        (Facet::Amount, "under_500") => "$100 to $500",
        (Facet::Amount, "under_2000") => "$500 to $2,000",
        (Facet::Amount, "under_10000") => "$2,000 to $10,000",
        (Facet::Amount, _) => "$10,000 and more",
        (Facet::Age, "30") => "within 30 days",
        (Facet::Age, "60") => "31 to 60 days ago",
        (Facet::Age, "90") => "61 to 90 days ago",
        (Facet::Age, "120") => "91 to 120 days ago",
        (Facet::Age, _) => "longer ago",
        (Facet::Promise, "broken") => "not kept",
        (Facet::Promise, "open") => "still to come",
        _ => "later",
    }
}
