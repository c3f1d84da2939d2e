//! `reviews.toml`: ways beyond the payer's own appeals, and the facts that open them.

use smol_str::SmolStr;

use super::Draft;
use super::entry::{Entry, Page};
use crate::beyond::{Fact, Review, ReviewWindow, Reviews};

/// Facts that are read from the case.
const READ: [&str; 2] = ["medical_judgement", "appealed"];

impl Draft {
    pub(super) fn read_reviews(&mut self, file: &str, text: &str) {
        let (reviews, faults) = Page::new(file, text).read(reviews);
        self.rules.reviews = reviews;
        self.faults.extend(faults);
    }
}

fn reviews(page: &Entry<'_>) -> Reviews {
    let facts: Vec<Fact> = page.entries("fact").iter().filter_map(fact).collect();
    let mut reviews: Vec<Review> = Vec::new();
    for row in page.entries("review") {
        let Some(review) = review(&row) else { continue };
        if reviews.iter().any(|one| one.name == review.name) {
            let message = format!("the way {} is there twice", review.name);
            row.fault_at("name", message, "give each its own name");
        }
        check(&row, &review, &facts);
        reviews.push(review);
    }
    Reviews { reviews, facts }
}

fn fact(row: &Entry<'_>) -> Option<Fact> {
    let name = row.required("name", row.text("name"));
    let words = row.required("words", row.text("words"));
    let dated = row.flag("dated").unwrap_or(false);
    row.finish();
    Some(Fact { name: name?.into(), words: words?.into(), dated })
}

fn review(row: &Entry<'_>) -> Option<Review> {
    let name = row.required("name", row.text("name"));
    let label = row.required("label", row.text("label"));
    let plans = row.named_list("plans");
    let facts = row.list("facts").into_iter().map(SmolStr::new).collect();
    let clock = row.text("clock");
    if clock.is_some_and(|clock| clock != "external_review") {
        let message = "no clock of this name belongs to a way".to_owned();
        row.fault_at("clock", message, "write external_review, or a [review.window]");
    }
    let window = row.table("window").and_then(|table| window(&table));
    let source = row.text("source").unwrap_or_default();
    let as_of = row.text("as_of").unwrap_or_default();
    row.finish();
    Some(Review {
        name: name?.into(),
        label: label?.into(),
        plans,
        facts,
        by_clock: clock.is_some(),
        window,
        source: source.into(),
        as_of: as_of.into(),
    })
}

fn window(table: &Entry<'_>) -> Option<ReviewWindow> {
    let count = table.required("count", table.number("count"));
    let unit = table.required("unit", table.named("unit"));
    let from = table.required("from", table.text("from"));
    table.finish();
    Some(ReviewWindow { count: count?, unit: unit?, from: from?.into() })
}

fn check(row: &Entry<'_>, review: &Review, facts: &[Fact]) {
    let is_known =
        |name: &SmolStr| READ.contains(&name.as_str()) || facts.iter().any(|one| one.name == *name);
    if let Some(odd) = review.facts.iter().find(|name| !is_known(name)) {
        let message = format!("no fact is called `{odd}`");
        row.fault_at("facts", message, "add a [[fact]] of this name, or write one that is there");
    }
    let from = review.window.as_ref().map(|window| &window.from);
    let is_dated = |name: &SmolStr| facts.iter().any(|one| one.name == *name && one.dated);
    if from.is_some_and(|name| !is_dated(name) || !review.facts.contains(name)) {
        let message = "a window counts from a fact of its way that has a day".to_owned();
        row.fault_at("window", message, "name a [[fact]] with dated = true among its facts");
    }
}
