//! Rework or write off: what a round of work costs in each category, how often it wins, and the
//! amount from which it pays.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use denial::category::Category;
use denial::codes::{Carc, Group};
use denial::money::Money;
use denial::next_action::{Odds, Tally};
use denial::person::{Access, allows};
use denial::rules::{Desk, Rules};
use denial::triage;
use insight::board::{Board, Facet, Wanted};
use insight::odds::{self, Counted};
use jiff::civil::Date;

use crate::web::App;
use crate::web::page::{Page, html};
use crate::web::session::Visitor;
use crate::web::trouble::Trouble;
use crate::web::words;

#[derive(Template)]
#[template(path = "rule_worth.html")]
struct WorthPage {
    page: Page,
    rows: Vec<WorthRow>,
    small: String,
    alone: String,
    opens: bool,
}

/// One category.
struct WorthRow {
    category: String,
    minutes: String,
    cost: String,
    chance: String,
    behind: String,
    /// From where a round of work pays.
    from: String,
    /// The same where the reason is usually, and where it is seldom won.
    range: String,
    /// Open cases below it.
    cases: String,
    money: String,
    href: String,
}

/// `GET /rules/worth`.
pub(crate) async fn page(
    State(app): State<Arc<App>>,
    visitor: Visitor,
) -> Result<Response, Trouble> {
    let office = &visitor.office;
    let today = office.moment().today;
    let mut tx = office.read().await?;
    let counted = tx.tallies().await?;
    let kept = app.boards.of(&mut tx).await?;
    let rules = &*office.rules;
    let row = |category: &Category| row(*category, rules, &counted, (&kept.board, today));
    html(&WorthPage {
        page: Page::of(&visitor, "Rework or write off", "/rules"),
        rows: Category::ALL.iter().map(row).collect(),
        small: rules.desk.small_balance.to_string(),
        alone: rules.desk.write_off_alone.to_string(),
        opens: allows(office.who.role, Access::Queue),
    })
}

fn row(
    category: Category,
    rules: &Rules,
    counted: &[Counted],
    (board, today): (&Board, Date),
) -> WorthRow {
    let desk = &rules.desk;
    let odds = of_category(category, rules, counted);
    let from = odds.chance.and_then(|chance| triage::break_even(desk.cost_of(category), chance));
    let most = from.map_or(desk.small_balance, |from| from.max(desk.small_balance));
    let chosen = vec![(Facet::Reason, vec![category.as_str().to_owned()])];
    let places = board.find(&Wanted { chosen, asleep: true, ..Wanted::default() }, today);
    let below = board.sum_to(&places, most.cents());
    WorthRow {
        category: words::label(category.as_str()),
        minutes: minutes(desk, category),
        cost: cost(desk, category).map_or_else(unknown, |cost| cost.to_string()),
        chance: odds.chance.map_or_else(unknown, |chance| chance.to_string()),
        behind: words::sentence(&odds.behind()),
        from: from.map_or_else(unknown, |from| from.to_string()),
        range: range(category, rules),
        cases: words::number(i64::try_from(below.cases).unwrap_or(i64::MAX)),
        money: words::money(below.outstanding),
        href: format!("/queue?category={}&snoozed=show", category.as_str()),
    }
}

fn unknown() -> String {
    "not configured".to_owned()
}

fn minutes(desk: &Desk, category: Category) -> String {
    desk.work_minutes.get(&category).map_or_else(unknown, ToString::to_string)
}

fn cost(desk: &Desk, category: Category) -> Option<Money> {
    desk.work_cost.get(&category).copied()
}

/// The odds of a category's middle reason, moved by what came of all its codes at all payers. The
/// chance of a category that nobody mapped is nobody's to state.
fn of_category(category: Category, rules: &Rules, counted: &[Counted]) -> Odds {
    let stated = rules.playbook.chances(category).filter(|_| category != Category::Unmapped);
    let prior = stated.map(|[_, medium, _]| medium);
    let mut here = Tally::default();
    for one in counted.iter().filter(|one| category_of(&one.code, rules) == Some(category)) {
        here.decided = here.decided.saturating_add(one.tally.decided);
        here.won = here.won.saturating_add(one.tally.won);
        here.part = here.part.saturating_add(one.tally.part);
    }
    odds::odds(prior, here, Tally::default(), Tally::default())
}

/// The category of a group and reason, whoever says them and whatever stands beside them.
fn category_of(code: &str, rules: &Rules) -> Option<Category> {
    let (group, reason) = code.split_once('-')?;
    let (group, reason) = (Group::new(group), Carc::new(reason));
    Some(rules.playbook.ruling(None, &group, &reason, &[], None).category)
}

fn range(category: Category, rules: &Rules) -> String {
    let stated = rules.playbook.chances(category).filter(|_| category != Category::Unmapped);
    let Some([high, _, low]) = stated else { return String::new() };
    let cost = rules.desk.cost_of(category);
    let from = |chance| {
        let amount = triage::break_even(cost, chance);
        amount.map_or_else(|| "no amount".to_owned(), |amount| amount.to_string())
    };
    format!("{} where usually won, {} where seldom", from(high), from(low))
}
