//! The work queue: filtered, sorted, in jobs or case by case, wherever in it one scrolls.

use std::collections::HashMap;
use std::sync::Arc;

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use denial::denial::{Denial, Status};
use denial::ids::DenialId;
use denial::lifecycle::Act;
use denial::person::{Access, allows, supervises};
use insight::board::{Board, Facet, Places, Sort, Sum};
use jiff::civil::Date;
use serde_json::json;
use store::Tx;

use crate::web::App;
use crate::web::asked::{Asked, Column};
use crate::web::bulk_words;
use crate::web::case_clocks;
use crate::web::facets::{self, Chip};
use crate::web::gate::Posted;
use crate::web::groups::{self, Cut, GroupRow};
use crate::web::home_desk;
use crate::web::names;
use crate::web::offers::{self, Offer};
use crate::web::page::{Page, html};
use crate::web::protection;
use crate::web::queue_patients;
use crate::web::queue_row::{Proposed, Row};
use crate::web::queue_tiles;
use crate::web::queue_whose::{self, Whose};
use crate::web::saved::{self, Tab};
use crate::web::session::Visitor;
use crate::web::sheet;
use crate::web::tiles::Tile;
use crate::web::timeline;
use crate::web::trouble::Trouble;
use crate::web::won;
use crate::web::words;
use crate::{access, resent};

/// Rows of one page, and of one part of a long list.
const ROWS: usize = 50;
/// Cases of one spreadsheet.
const EXPORTED: usize = 20_000;

#[derive(Template)]
#[template(path = "queue.html")]
struct QueuePage {
    page: Page,
    asked: Asked,
    tabs: Vec<Tab>,
    tiles: Vec<Tile>,
    chips: Vec<Chip>,
    sorts: Vec<(&'static str, &'static str, bool)>,
    columns: Vec<(Column, bool)>,
    rows: Vec<Row>,
    groups: Vec<GroupRow>,
    /// Ways to cut the list into other jobs.
    cuts: Vec<Cut>,
    /// What is done with many cases.
    offers: Vec<Offer>,
    /// The last entry of the journal that the list knows of.
    seq: i64,
    /// How many, in words.
    count: String,
    sum: String,
    /// What of it is won and not posted; none where the list is not of such cases.
    won: Option<String>,
    total: usize,
    from: usize,
    /// What the visitor did last with many cases and can take back: in words, with its batch.
    last: Option<(String, String)>,
    /// The visitor may keep views for the team.
    leads: bool,
    before: Option<String>,
    after: Option<String>,
    /// Somebody may act on cases.
    acts: bool,
    exports: bool,
    /// They may take specially protected cases out too.
    cleared: bool,
    /// Whose cases they see, where it is not every one.
    whose: Option<Whose>,
}

#[derive(Template)]
#[template(path = "queue_rows.html")]
struct RowsPart {
    asked: Asked,
    rows: Vec<Row>,
    from: usize,
    acts: bool,
}

/// What was found for an address.
pub(crate) struct Found {
    pub(crate) total: usize,
    pub(crate) sum: Sum,
    pub(crate) rows: Vec<Row>,
    groups: Vec<GroupRow>,
}

/// `GET /queue`: what is asked for, or each one's own work where nothing is.
pub(crate) async fn page(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
) -> Result<Response, Trouble> {
    let query = query.or_else(|| home_desk::work(&visitor.office));
    let asked = Asked::of(query.as_deref().unwrap_or_default(), &visitor.office);
    let mut tx = visitor.office.read().await?;
    let found = found(&app, &mut tx, &visitor, &asked).await?;
    let kept = app.boards.of(&mut tx).await?;
    let today = visitor.office.moment().today;
    let tiles = queue_tiles::strip(&kept.board, &asked, today);
    let won = won(&kept.board, &asked, today);
    drop(kept);
    let tabs = saved::tabs(&mut tx, &visitor, &asked).await?;
    let chips = facets::chips(&mut tx, &asked).await?;
    let last = crate::bulk::last_of(&mut tx, &visitor.office).await?;
    let role = visitor.office.who.role;
    let place = |from: usize| {
        if from == 0 { asked.query() } else { asked.with("from", &from.to_string()) }
    };
    let step = found.rows.len().max(found.groups.len()).max(1);
    let next = asked.from.saturating_add(step);
    let template = QueuePage {
        page: Page::of(&visitor, "Queue", "/queue"),
        tabs,
        tiles,
        chips,
        sorts: sorts(asked.sort),
        columns: Column::ALL.map(|column| (column, asked.columns.contains(&column))).to_vec(),
        count: count(&asked, &found),
        sum: words::money(found.sum.outstanding),
        won,
        total: found.total,
        seq: tx.known().await?.seq,
        from: asked.from,
        last: last.map(|one| (bulk_words::last_in_words(&one), one.batch)),
        leads: supervises(role),
        before: (asked.from > 0).then(|| place(asked.from.saturating_sub(ROWS))),
        after: (next < found.total).then(|| place(next)),
        acts: may_act(role),
        exports: allows(role, Access::Export),
        cleared: denial::protected::may_clear(role),
        whose: queue_whose::whose(&visitor.office),
        rows: found.rows,
        groups: found.groups,
        cuts: groups::cuts(&asked),
        offers: offers::on(role, asked.wanted.closed, asked.lists_approvals()),
        asked,
    };
    html(&template)
}

/// `GET /queue/rows`: a part of the list, for a page that is scrolled.
pub(crate) async fn rows(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
) -> Result<Response, Trouble> {
    let asked = Asked::of(query.as_deref().unwrap_or_default(), &visitor.office);
    let mut tx = visitor.office.read().await?;
    let found = match asked.ids() {
        Some(ids) => named(&mut tx, &visitor, &asked, &ids).await?,
        None => found(&app, &mut tx, &visitor, &asked).await?,
    };
    let acts = may_act(visitor.office.who.role);
    let from = asked.from;
    html(&RowsPart { asked, rows: found.rows, from, acts })
}

/// `GET /queue.csv`: every case that fits, but those that are specially protected.
pub(crate) async fn file(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
) -> Result<Response, Trouble> {
    exported(&app, &visitor, query, None).await
}

/// `POST /queue.csv`: those too, for who is cleared and says why.
pub(crate) async fn cleared_file(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
    Posted(fields): Posted,
) -> Result<Response, Trouble> {
    exported(&app, &visitor, query, Some(names::why(fields.get("why"))?)).await
}

/// Cases as a spreadsheet, on record before it leaves the house.
async fn exported(
    app: &App,
    visitor: &Visitor,
    query: Option<String>,
    why: Option<&str>,
) -> Result<Response, Trouble> {
    let office = &visitor.office;
    let asked = Asked::of(query.as_deref().unwrap_or_default(), office);
    let today = office.moment().today;
    let mut tx = office.read().await?;
    let kept = app.boards.of(&mut tx).await?;
    let places = kept.board.find(&asked.wanted, today);
    let ids = ids(&kept.board, &places, asked.sort, 0, EXPORTED + 1);
    drop(kept);
    if ids.len() > EXPORTED {
        let text = "More than 20,000 cases fit. Set more filters and export them in parts.";
        return Err(Trouble::Unfit(text.to_owned()));
    }
    let (mut cases, mut waits) = (Vec::with_capacity(ids.len()), HashMap::new());
    for part in ids.chunks(ROWS * 10) {
        let some = ordered(&mut tx, part).await?;
        waits.extend(resent::of(&mut tx, office, &some, None).await?);
        cases.extend(some);
    }
    let left = if why.is_none() { protection::withhold(&mut tx, &mut cases).await? } else { 0 };
    let facts =
        json!({ "cases": cases.len(), "query": asked.query(), "left_out": left, "why": why });
    access::note(office, "queue", "queue.exported", &facts).await?;
    let people = timeline::people(&mut tx).await?;
    let history = office.histories.of(&mut tx, today).await?;
    let by = (&*office.rules, &*history);
    let row = |case: &Denial| Row::of(case, waits.get(case.id.as_str()), &people, (by, today));
    let rows = cases.iter().map(|case| row(case).cells());
    let note = protection::left_out(left, "case", "cases");
    Ok(sheet::file("cases", Row::HEADING, rows, note))
}

/// Whether a role acts on many cases at all: auditors read.
pub(crate) fn may_act(role: denial::person::Role) -> bool {
    [Act::Plan, Act::Post].into_iter().any(|act| denial::person::may(role, act))
}

async fn found(app: &App, tx: &mut Tx, visitor: &Visitor, asked: &Asked) -> Result<Found, Trouble> {
    let office = &visitor.office;
    let today = office.moment().today;
    let kept = app.boards.of(tx).await?;
    let places = kept.board.find(&asked.wanted, today);
    let sum = kept.board.sum(&places);
    if let Some(alike) = asked.grouped {
        let groups = kept.board.groups(&places, alike);
        let total = groups.len();
        let shown = groups.into_iter().skip(asked.from).take(ROWS);
        let known = groups::known(&kept.board, shown);
        drop(kept);
        let groups = groups::rows(tx, visitor, (asked, alike), known).await?;
        return Ok(Found { total, sum, rows: Vec::new(), groups });
    }
    let ids = ids(&kept.board, &places, asked.sort, asked.from, ROWS);
    drop(kept);
    let cases = ordered(tx, &ids).await?;
    let rows = rows_of(tx, visitor, asked, &cases).await?;
    let total = usize::try_from(sum.cases).unwrap_or(usize::MAX);
    Ok(Found { total, sum, rows, groups: Vec::new() })
}

/// Cases by their ids, as they are now, whatever the filters.
async fn named(
    tx: &mut Tx,
    visitor: &Visitor,
    asked: &Asked,
    ids: &[String],
) -> Result<Found, Trouble> {
    let mut cases = ordered(tx, ids).await?;
    cases.retain(|case| visitor.office.sees(case));
    let rows = rows_of(tx, visitor, asked, &cases).await?;
    Ok(Found { total: rows.len(), sum: Sum::default(), rows, groups: Vec::new() })
}

/// Cases as rows; with their patients where that column is shown.
async fn rows_of(
    tx: &mut Tx,
    visitor: &Visitor,
    asked: &Asked,
    cases: &[Denial],
) -> Result<Vec<Row>, Trouble> {
    let office = &visitor.office;
    let moment = office.moment();
    let people = timeline::people(tx).await?;
    let history = office.histories.of(tx, moment.today).await?;
    let by = (&*office.rules, &*history);
    let waits = resent::of(tx, office, cases, None).await?;
    let at = (by, moment.today);
    let row = |case: &Denial| Row::of(case, waits.get(case.id.as_str()), &people, at);
    let mut rows: Vec<Row> = cases.iter().map(row).collect();
    for (row, case) in rows.iter_mut().zip(cases) {
        row.refuses = offers::refused_by(case, &moment, &office.rules);
        row.proposal = Proposed::of(case, &people, &office.clinic.zone);
        if asked.lists_lacks() {
            row.clock = case_clocks::shown_for_lack(case, moment.today);
        } else if asked.sort == Sort::Due {
            row.clock = case_clocks::shown(case, moment.today, true);
        }
    }
    protection::mark(tx, cases, &mut rows).await?;
    if asked.columns.contains(&Column::Patient) {
        queue_patients::name(tx, office, cases, &mut rows).await?;
    }
    Ok(rows)
}

/// Ids of some places, sorted.
pub(crate) fn ids(
    board: &Board,
    places: &Places,
    sort: Sort,
    from: usize,
    count: usize,
) -> Vec<String> {
    let bits = board.page(places, sort, from, count);
    bits.into_iter().map(|bits| DenialId::from_bits(bits).to_string()).collect()
}

/// Cases in the order of their ids.
pub(crate) async fn ordered(tx: &mut Tx, ids: &[String]) -> Result<Vec<Denial>, Trouble> {
    let mut cases = tx.cases_among(ids).await?;
    cases.sort_by_key(|case| ids.iter().position(|id| id == case.id.as_str()));
    Ok(cases)
}

fn count(asked: &Asked, found: &Found) -> String {
    let cases = i64::try_from(found.sum.cases).unwrap_or(i64::MAX);
    let cases = words::counted(cases, "case", "cases");
    if asked.grouped.is_none() {
        return cases;
    }
    let jobs = i64::try_from(found.total).unwrap_or(i64::MAX);
    format!("{} of {cases}", words::counted(jobs, "job", "jobs"))
}

/// What of a list of overturned cases is won and not posted, in words.
fn won(board: &Board, asked: &Asked, today: Date) -> Option<String> {
    let is_of_won = asked.value(Facet::Status.as_str()) == Some(Status::Overturned.as_str());
    let won = is_of_won.then(|| board.won(&board.find(&asked.wanted, today)))?;
    Some(format!("{}: {} on {}", won::WON, won::figure(won), won::note(won)))
}

/// Every order with its name, and whether it is the one.
fn sorts(chosen: Sort) -> Vec<(&'static str, &'static str, bool)> {
    let label = |sort| match sort {
        Sort::Priority => "Priority",
        Sort::Due => "Soonest clock",
        Sort::Money => "Most money",
        Sort::Next => "Next action",
        Sort::Age => "Oldest denial",
    };
    Sort::ALL.into_iter().map(|sort| (sort.as_str(), label(sort), sort == chosen)).collect()
}
