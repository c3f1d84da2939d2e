//! Rules that act by themselves: what each is for and does, what it did, whether it stopped itself;
//! tried on open and past cases before it is switched on.

use askama::Template;
use axum::extract::Query;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use denial::actions::{Mode, Rule};
use denial::rules::write;
use store::Tx;
use store::firings::{Fired, RuleStop};

use crate::acting::tried::{self, Sum, Tried};
use crate::acting::{self, FILE, version};
use crate::fields::Fields;
use crate::own_rules::Text;
use crate::practice::Office;
use crate::web::gate::Posted;
use crate::web::page::{Page, html_with};
use crate::web::rules_edit::{read_of, text_of};
use crate::web::rules_proposed;
use crate::web::session::Visitor;
use crate::web::timeline;
use crate::web::trouble::Trouble;
use crate::web::words;

#[derive(Template)]
#[template(path = "rule_actions.html")]
struct ActionsPage {
    page: Page,
    rows: Vec<Row>,
    tried: Option<TriedView>,
    refused: Option<String>,
    faults: Vec<String>,
    /// The newest version of the practice's own rules when the page was opened.
    read: i64,
    stops: Vec<String>,
}

/// One rule.
struct Row {
    name: String,
    version: String,
    why: String,
    mode: &'static str,
    /// Why it stopped itself, where it did.
    stopped: Option<String>,
    days: String,
    when: String,
    does: String,
    stops: String,
    did: Vec<String>,
}

/// What a rule would do.
struct TriedView {
    name: String,
    mode: &'static str,
    acts: String,
    looked: String,
    has: Option<String>,
    refused: Vec<(String, String)>,
    /// Address, number, outstanding.
    examples: Vec<(String, String, String)>,
    past: String,
    past_looked: String,
    became: Vec<(&'static str, String)>,
}

/// `GET /rules/actions`.
pub(crate) async fn page(
    visitor: Visitor,
    Query(asked): Query<Fields>,
) -> Result<Response, Trouble> {
    let mut shown = shown(&visitor, None).await?;
    if let Some(name) = asked.get("try").filter(|name| !name.is_empty()) {
        let office = &visitor.office;
        let rule = office.rules.actions.iter().find(|rule| rule.name == name.as_str());
        let rule = rule.ok_or(Trouble::Nowhere)?;
        shown.tried = Some(told(rule, &tried::tried(office, rule).await?));
    }
    shown.page.done = asked.get("done").and_then(|done| match done.as_str() {
        "mode" => Some("Saved. It holds from now on.".to_owned()),
        "started" => Some("Started again; what went wrong before is not counted.".to_owned()),
        _ => None,
    });
    html_with(StatusCode::OK, &shown)
}

async fn shown(visitor: &Visitor, refused: Option<String>) -> Result<ActionsPage, Trouble> {
    let office = &visitor.office;
    let mut tx = office.read().await?;
    let counts = tx.count_firings().await?;
    let stops = tx.rule_stops().await?;
    let people = timeline::people(&mut tx).await?;
    let read = tx.newest_rules().await?;
    let zone = &office.clinic.zone;
    let mut rows = Vec::new();
    for rule in &office.rules.actions {
        let mut row = row(rule, (&counts, &stops), zone);
        row.did.extend(acting::came_of(&mut tx, rule).await?);
        rows.push(row);
    }
    let history = |one: &RuleStop| {
        let started = one.started_at.as_deref().map(|at| {
            let who = timeline::name(&people, one.started_by.as_deref().unwrap_or_default());
            format!("; started again by {who}, {}", words::instant(at, zone))
        });
        let started = started.unwrap_or_default();
        format!(
            "{} stopped itself {}: {}{started}",
            one.rule,
            words::instant(&one.at, zone),
            one.why
        )
    };
    Ok(ActionsPage {
        page: Page::of(visitor, "Rules that act", "/rules"),
        rows,
        tried: None,
        refused,
        faults: Vec::new(),
        read,
        stops: stops.iter().take(20).map(history).collect(),
    })
}

fn row(rule: &Rule, (counts, stops): (&[Fired], &[RuleStop]), zone: &str) -> Row {
    let version = version(rule);
    let is_own = |name: &str, other: &str| name == rule.name && other == version;
    let stop = stops.iter().find(|one| is_own(&one.rule, &one.version) && one.started_at.is_none());
    let own = counts.iter().filter(|one| is_own(&one.rule, &one.version));
    let did = |one: &Fired| {
        let cases = words::counted(one.cases, "case", "cases");
        let what = match one.outcome.as_str() {
            "done" => "acted on",
            "refused" => "refused by",
            _ => "would have acted on",
        };
        let money = words::money(one.outstanding);
        format!("{what} {cases}, {money}; last {}", words::instant(&one.last_at, zone))
    };
    Row {
        name: rule.name.to_string(),
        why: words::sentence_case(&rule.why),
        mode: rule.mode.as_str(),
        stopped: stop.map(|one| one.why.clone()),
        days: days(rule),
        when: words::sentence_case(&rule.when.to_string()),
        does: words::sentence_case(&rule.in_words()),
        stops: stops_in_words(rule),
        did: own.map(did).collect(),
        version,
    }
}

fn days(rule: &Rule) -> String {
    match (rule.from, rule.to) {
        (None, None) => String::new(),
        (Some(from), None) => format!("from {}", words::day(from)),
        (None, Some(to)) => format!("until {}", words::day(to)),
        (Some(from), Some(to)) => format!("{} to {}", words::day(from), words::day(to)),
    }
}

fn stops_in_words(rule: &Rule) -> String {
    let stops = rule.stops;
    let of = stops.of;
    let refused = stops.refused.map(|limit| format!("{limit} refused of its last {of}"));
    let again = stops.denied_again;
    let again = again.map(|limit| format!("{limit} denied again of its last {of} with an answer"));
    let limits: Vec<String> = [refused, again].into_iter().flatten().collect();
    limits.join(", or ")
}

fn told(rule: &Rule, found: &Tried) -> TriedView {
    let count = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    let sum =
        |sum: Sum| format!("{}, {}", words::counted(count(sum.cases), "case", "cases"), sum.money);
    let example = |case: &denial::denial::Denial| {
        let outstanding = case.balance.outstanding().to_string();
        (format!("/cases/{}", case.id), case.number.to_string(), outstanding)
    };
    TriedView {
        name: rule.name.to_string(),
        mode: rule.mode.as_str(),
        acts: sum(found.acts),
        looked: words::counted(count(found.looked), "open case", "open cases"),
        has: (found.has.cases > 0).then(|| sum(found.has)),
        refused: found.refused.iter().map(|(why, one)| (why.clone(), sum(*one))).collect(),
        examples: found.examples.iter().map(example).collect(),
        past: sum(found.past),
        past_looked: words::counted(count(found.past_looked), "case", "cases"),
        became: found.became.iter().map(|(what, one)| (*what, sum(*one))).collect(),
    }
}

/// `POST /rules/actions`: a rule is switched, or started again.
pub(crate) async fn change(visitor: Visitor, Posted(fields): Posted) -> Result<Response, Trouble> {
    let office = &visitor.office;
    let field = |name: &str| fields.get(name).map(|text| text.trim()).unwrap_or_default();
    let rule = office.rules.actions.iter().find(|rule| rule.name == field("rule"));
    let rule = rule.ok_or(Trouble::Nowhere)?;
    if field("what") == "start" {
        acting::start(office, rule).await?;
        return Ok(Redirect::to("/rules/actions?done=started").into_response());
    }
    let Some(mode) = Mode::from_name(field("what")) else { return Err(Trouble::Nowhere) };
    let own = office.read().await?.own_rules().await?;
    let text = text_of(office, &own, FILE);
    let Some(text) = write::moded(&text, &rule.name, mode) else {
        let why = "The file says this rule in a way that is not changed from here: edit its text.";
        return refused(&visitor, why.to_owned(), Vec::new()).await;
    };
    let why = format!("{} is {} from now on", rule.name, mode.as_str());
    let texts = [Text::of(FILE, &text)];
    match rules_proposed::save(&visitor, &texts, &why, read_of(&fields)).await? {
        None => Ok(Redirect::to("/rules/actions?done=mode").into_response()),
        Some(proposal) => {
            let faults = proposal.faults.iter().map(|fault| fault.message.clone()).collect();
            let why = proposal.refused.unwrap_or_else(|| "The rules have faults.".to_owned());
            refused(&visitor, why, faults).await
        }
    }
}

async fn refused(visitor: &Visitor, why: String, faults: Vec<String>) -> Result<Response, Trouble> {
    let page = ActionsPage { faults, ..shown(visitor, Some(why)).await? };
    html_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

/// How many rules that hold have stopped themselves.
pub(crate) async fn stopped(tx: &mut Tx, office: &Office) -> Result<u64, Trouble> {
    let stops = tx.rule_stops().await?;
    let is_stopped = |rule: &&Rule| {
        let version = version(rule);
        rule.mode == Mode::On
            && stops.iter().any(|one| {
                one.rule == rule.name.as_str() && one.version == version && one.started_at.is_none()
            })
    };
    Ok(office.rules.actions.iter().filter(is_stopped).count() as u64)
}
