//! The work queue: open cases, ranked, filtered, page by page; and the search for a claim.

use std::collections::HashMap;

use askama::Template;
use axum::extract::Query;
use axum::response::{IntoResponse, Redirect, Response};
use denial::category::Category;
use denial::codes::ClaimNumber;
use denial::denial::{Denial, Status};
use denial::money::Money;
use denial::person::{Role, sees};
use denial::rules::Rules;
use denial::triage::{Floor, Priority};
use jiff::ToSpan;
use jiff::civil::Date;
use store::denials::NO_CLOCK;
use store::queue::{After, Count, Filter, QueueRow, Sort};

use crate::fields::Fields;
use crate::practice::Office;
use crate::web::claim;
use crate::web::gate::Posted;
use crate::web::page::{Page, html};
use crate::web::reasons;
use crate::web::session::Visitor;
use crate::web::timeline;
use crate::web::trouble::Trouble;
use crate::web::words::{self, Due};
use crate::{identity, rank};

/// Rows of one page.
const ROWS: usize = 50;

#[derive(Template)]
#[template(path = "queue.html")]
struct QueuePage {
    page: Page,
    rows: Vec<Row>,
    choices: Vec<Choices>,
    /// Filters that are set.
    set: usize,
    /// The address of the next page.
    next: Option<String>,
    /// This is not the first page.
    further: bool,
    /// What was looked for.
    sought: Option<String>,
    /// Where the claim with that number is shown, where it is known.
    claim: Option<String>,
}

/// One case as a row.
pub(crate) struct Row {
    pub(crate) href: String,
    pub(crate) number: String,
    pub(crate) payer: String,
    pub(crate) category: String,
    pub(crate) codes: String,
    pub(crate) meanings: String,
    pub(crate) services: String,
    pub(crate) status: String,
    pub(crate) status_class: &'static str,
    pub(crate) role: String,
    /// Empty where nobody has it.
    pub(crate) owner: String,
    pub(crate) next: String,
    pub(crate) next_on: Due,
    pub(crate) clock: Due,
    pub(crate) denied_on: String,
    pub(crate) outstanding: String,
    pub(crate) denied: String,
    pub(crate) quarantined: bool,
    pub(crate) worth: Worth,
}

/// A priority with its parts.
pub(crate) struct Worth {
    pub(crate) sum: String,
    /// Where a clock lifts or drops it whatever the sum.
    pub(crate) floor: &'static str,
    pub(crate) parts: Vec<(String, String, String)>,
}

impl Worth {
    /// What the rules say of it.
    pub(crate) fn of(priority: &Priority) -> Worth {
        let sum: Money = priority.parts.iter().map(|part| part.amount).sum();
        let floor = match priority.floor {
            Floor::DueSoon => "first: a clock runs out within 7 days",
            Floor::PastDue => "last: its clocks have run out",
            Floor::Ordinary => "",
        };
        let parts = priority.parts.iter().map(|part| {
            (words::label(part.name.as_str()), part.amount.to_string(), part.why.clone())
        });
        Worth { sum: sum.to_string(), floor, parts: parts.collect() }
    }
}

/// One filter with what can be chosen.
struct Choices {
    name: &'static str,
    label: &'static str,
    options: Vec<Choice>,
}

struct Choice {
    value: String,
    label: String,
    is_chosen: bool,
}

/// `GET /queue`.
pub(crate) async fn page(
    visitor: Visitor,
    Query(asked): Query<Fields>,
) -> Result<Response, Trouble> {
    let office = &visitor.office;
    let today = office.moment().today;
    let filter = filter(&asked, office, today);
    let sort = asked.get("sort").and_then(|name| Sort::from_name(name)).unwrap_or_default();
    let after = asked.get("after").and_then(|text| after(text));
    let mut tx = office.read().await?;
    let limit = i64::try_from(ROWS + 1).unwrap_or(i64::MAX);
    let mut found = tx.queue(&filter, sort, after.as_ref(), limit).await?;
    let more = found.len() > ROWS;
    found.truncate(ROWS);
    let people = timeline::people(&mut tx).await?;
    let payers = tx.payers().await?;
    let codes = tx.unmapped_codes().await?;
    let rows = rows(&mut tx, office, &found, &people).await?;
    let next = found.last().filter(|_| more).map(|last| further(&asked, last, sort));
    let page = Page::of(&visitor, "Queue", "/queue");
    let set = FILTERS.iter().filter(|name| asked.get(**name).is_some_and(|one| !one.is_empty()));
    let template = QueuePage {
        page,
        rows,
        set: set.count(),
        choices: choices(&asked, &people, &payers, &codes),
        next,
        further: after.is_some(),
        sought: None,
        claim: None,
    };
    html(&template)
}

const FILTERS: [&str; 10] =
    ["due", "status", "category", "role", "person", "payer", "next", "snoozed", "brought", "code"];

fn filter(asked: &Fields, office: &Office, today: Date) -> Filter {
    let text = |name: &str| asked.get(name).filter(|text| !text.is_empty()).cloned();
    let day = |days: i64| today.saturating_add(days.days()).to_string();
    let (due_from, due_by) = match asked.get("due").map(String::as_str) {
        Some("past") => (None, Some(day(-1))),
        Some("soon") => (Some(day(0)), Some(day(i64::from(words::NEAR_DAYS)))),
        Some("month") => (Some(day(0)), Some(day(30))),
        Some("none") => (Some(NO_CLOCK.to_owned()), None),
        Some(_) | None => (None, None),
    };
    let person = match text("person").as_deref() {
        Some("me") => Some(office.who.person.as_str().to_owned()),
        Some("nobody") => Some(String::new()),
        Some(other) => Some(other.to_owned()),
        None => None,
    };
    Filter {
        closed: text("status").is_some_and(|status| is_closed(&status)),
        role: text("role"),
        person,
        category: text("category"),
        status: text("status").filter(|status| status != "closed"),
        payer: text("payer"),
        number: None,
        due_by,
        awake_on: (text("snoozed").is_none()).then(|| day(0)),
        due_from,
        next_by: text("next").map(|_| day(-1)),
        brought_to: text("brought").map(|_| office.who.role.as_str().to_owned()),
        no_rule: asked.get("due").is_some_and(|due| due == "unconfigured"),
        unmapped: text("code"),
        own: office.own(),
    }
}

fn is_closed(status: &str) -> bool {
    status == "closed" || Status::from_name(status).is_some_and(Status::is_closed)
}

fn after(text: &str) -> Option<After> {
    let (value, denial) = text.rsplit_once(':')?;
    Some(After { value: value.to_owned(), denial: denial.to_owned() })
}

/// The address of the page after a row.
fn further(asked: &Fields, last: &QueueRow, sort: Sort) -> String {
    let value = match sort {
        Sort::Priority => last.priority.to_string(),
        Sort::Money => last.outstanding.to_string(),
        Sort::Due => last.due_on.clone(),
    };
    let kept = asked.iter().filter(|(name, text)| *name != "after" && !text.is_empty());
    let word = |text: &str| -> String {
        text.chars().filter(|one| one.is_ascii_alphanumeric() || "_-".contains(*one)).collect()
    };
    let kept = kept.map(|(name, text)| format!("{}={}&", word(name), word(text)));
    format!("/queue?{}after={value}:{}", kept.collect::<String>(), last.denial)
}

/// Rows with what their cases say.
async fn rows(
    tx: &mut store::Tx,
    office: &Office,
    found: &[QueueRow],
    people: &HashMap<String, String>,
) -> Result<Vec<Row>, Trouble> {
    let ids: Vec<String> = found.iter().map(|row| row.denial.clone()).collect();
    let cases: HashMap<String, Denial> = tx
        .cases_among(&ids)
        .await?
        .into_iter()
        .map(|case| (case.id.as_str().to_owned(), case))
        .collect();
    let today = office.moment().today;
    let row = |one: &QueueRow| {
        let case = cases.get(&one.denial)?;
        Some(row(one, case, people, &office.rules, today))
    };
    Ok(found.iter().filter_map(row).collect())
}

fn row(
    row: &QueueRow,
    case: &Denial,
    people: &HashMap<String, String>,
    rules: &Rules,
    today: Date,
) -> Row {
    let reasons = reasons::leading(case, rules);
    let mut codes: Vec<String> = reasons.iter().take(2).map(|one| one.code.clone()).collect();
    let remarks = reasons::remarks_of(case, rules);
    codes.extend(remarks.iter().take(2).map(|one| one.code.clone()));
    let meanings = reasons.iter().map(|one| format!("{}: {}", one.code, one.meaning));
    let meanings =
        meanings.chain(remarks.iter().map(|one| format!("{}: {}", one.code, one.meaning)));
    let owner = people.get(&row.person).cloned().unwrap_or_default();
    Row {
        href: format!("/cases/{}", row.denial),
        number: row.number.clone(),
        payer: row.payer_name.clone(),
        category: words::label(&row.category),
        codes: codes.join(" · "),
        meanings: meanings.collect::<Vec<_>>().join("\n"),
        services: services(case),
        status: words::label(&row.status),
        status_class: words::status_class_of(&row.status),
        role: words::label(&row.role),
        owner,
        next: words::label(&row.next_kind),
        next_on: words::due(row.next_on.parse().ok(), today),
        clock: words::due_of(&row.due_on, today),
        denied_on: words::day_of(&row.denied_on),
        outstanding: words::money(row.outstanding),
        denied: words::money(row.denied),
        quarantined: row.quarantined == "yes",
        worth: Worth::of(&rank::priority(case, today, rules)),
    }
}

/// What was done, in short: the first procedures.
fn services(case: &Denial) -> String {
    let mut codes: Vec<String> = case
        .lines
        .iter()
        .map(|line| line.procedure.to_string())
        .filter(|code| !code.is_empty())
        .collect();
    codes.dedup();
    match codes.len() {
        0 => "Whole claim".to_owned(),
        1..=2 => codes.join(", "),
        more => format!("{} and {} more", codes.first().cloned().unwrap_or_default(), more - 1),
    }
}

fn choices(
    asked: &Fields,
    people: &HashMap<String, String>,
    payers: &[(String, String)],
    codes: &[Count],
) -> Vec<Choices> {
    let named = |name: &str| (name.to_owned(), words::label(name));
    let pair = |value: &str, label: &str| (value.to_owned(), label.to_owned());
    let statuses = Status::ALL
        .iter()
        .map(|one| named(one.as_str()))
        .chain([pair("closed", "Closed, either way")]);
    let mut staff: Vec<(String, String)> = people.clone().into_iter().collect();
    staff.sort_by(|one, other| one.1.cmp(&other.1));
    let persons = [pair("me", "Me"), pair("nobody", "Nobody yet")].into_iter().chain(staff);
    let dues = [
        pair("past", "Past due"),
        pair("soon", "Within 7 days"),
        pair("month", "Within 30 days"),
        pair("unconfigured", "One not configured"),
        pair("none", "None configured"),
    ];
    let sorts =
        [pair("priority", "Priority"), pair("due", "Soonest clock"), pair("money", "Money")];
    let all = |name, label, options: Vec<(String, String)>| choice(asked, name, label, options);
    vec![
        all("due", "Clock", dues.into()),
        all("status", "Status", statuses.collect()),
        all("category", "Reason", Category::ALL.iter().map(|one| named(one.as_str())).collect()),
        all("role", "Role", Role::ALL.iter().map(|one| named(one.as_str())).collect()),
        all("person", "Owner", persons.collect()),
        all("payer", "Payer", payers.to_vec()),
        all("next", "Next action", vec![pair("late", "Late")]),
        all("snoozed", "Put off", vec![pair("show", "Shown too")]),
        all("brought", "Brought", vec![pair("me", "To my role")]),
        all("code", "Unmapped code", codes.iter().map(|one| pair(&one.name, &one.name)).collect()),
        all("sort", "Sort", sorts.into()),
    ]
}

fn choice(
    asked: &Fields,
    name: &'static str,
    label: &'static str,
    options: Vec<(String, String)>,
) -> Choices {
    let chosen = asked.get(name).map(String::as_str).unwrap_or_default();
    let option =
        |(value, label): (String, String)| Choice { is_chosen: value == chosen, value, label };
    Choices { name, label, options: options.into_iter().map(option).collect() }
}

/// `POST /find`: a claim's number is a patient's data, so it stands in no address.
pub(crate) async fn find(visitor: Visitor, Posted(fields): Posted) -> Result<Response, Trouble> {
    let office = &visitor.office;
    let sought = fields.get("number").map(|text| text.trim().to_owned()).unwrap_or_default();
    let mut tx = office.read().await?;
    let cases = found(&mut tx, &sought).await?;
    let cases: Vec<Denial> =
        cases.into_iter().filter(|case| sees(&office.who, case)).take(ROWS).collect();
    if let [case] = cases.as_slice() {
        return Ok(Redirect::to(&format!("/cases/{}", case.id)).into_response());
    }
    let people = timeline::people(&mut tx).await?;
    let claim = claim::address(&mut tx, &visitor, &sought).await?;
    let today = office.moment().today;
    let rows = cases.iter().map(|case| {
        let listed = listed(case, today);
        row(&listed, case, &people, &office.rules, today)
    });
    let template = QueuePage {
        rows: rows.collect(),
        choices: Vec::new(),
        set: 0,
        next: None,
        further: false,
        page: Page::of(&visitor, "Search", "/queue"),
        sought: Some(sought),
        claim,
    };
    html(&template)
}

/// Cases by an id, by a claim's number as we know it, or by the number that a payer gave.
async fn found(tx: &mut store::Tx, sought: &str) -> Result<Vec<Denial>, Trouble> {
    if sought.starts_with("den_") {
        return Ok(tx.cases_among(&[sought.to_owned()]).await?);
    }
    let mut claims = vec![identity::claim(&ClaimNumber::new(sought)).as_str().to_owned()];
    let joined = tx.joined(&claims).await?;
    claims.extend(joined.into_iter().flat_map(|(one, other)| [one, other]));
    let mut cases = tx.cases_of(&claims).await?;
    for closed in [false, true] {
        if cases.is_empty() {
            let number = Some(sought.to_owned());
            let filter = Filter { number, closed, ..Filter::default() };
            let rows = tx.queue(&filter, Sort::Priority, None, 50).await?;
            let ids: Vec<String> = rows.into_iter().map(|row| row.denial).collect();
            cases = tx.cases_among(&ids).await?;
        }
    }
    Ok(cases)
}

/// A case as a row of the queue would list it.
fn listed(case: &Denial, today: Date) -> QueueRow {
    let soonest = denial::deadline::soonest(&case.deadlines, today);
    let owner = case.owner();
    let next = case.next();
    QueueRow {
        denial: case.id.to_string(),
        number: case.number.to_string(),
        payer: case.payer.to_string(),
        payer_name: case.payer_name.name.to_string(),
        status: case.status().as_str().to_owned(),
        role: owner.map(|owner| owner.role.as_str().to_owned()).unwrap_or_default(),
        person: owner
            .and_then(|owner| owner.person.as_ref())
            .map(ToString::to_string)
            .unwrap_or_default(),
        category: case.category.as_str().to_owned(),
        denied_on: case.denied_on.to_string(),
        next_kind: next.map(|next| next.kind.as_str().to_owned()).unwrap_or_default(),
        next_on: next.map(|next| next.on.to_string()).unwrap_or_default(),
        due_on: soonest.map_or_else(|| NO_CLOCK.to_owned(), |(_, date)| date.to_string()),
        denied: case.balance.denied.cents(),
        outstanding: case.balance.outstanding().cents(),
        priority: 0,
        quarantined: if case.quarantined { "yes" } else { "no" }.to_owned(),
        version: i64::from(case.version),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_keeps_its_filters_and_nothing_odd() {
        let asked: Fields = [("status", "new"), ("after", "1:x"), ("role", "a\"&b")]
            .map(|(name, text)| (name.to_owned(), text.to_owned()))
            .into();
        let kept: Vec<&str> = vec!["role=ab&", "status=new&"];
        let last = After { value: "-5".to_owned(), denial: "den_1".to_owned() };
        assert_eq!(after("-5:den_1"), Some(last));
        assert_eq!(after("nothing"), None);
        let row = QueueRow {
            denial: "den_1".to_owned(),
            number: String::new(),
            payer: String::new(),
            payer_name: String::new(),
            status: String::new(),
            role: String::new(),
            person: String::new(),
            category: String::new(),
            denied_on: String::new(),
            next_kind: String::new(),
            next_on: String::new(),
            due_on: "2026-01-02".to_owned(),
            denied: 0,
            outstanding: 7,
            priority: -5,
            quarantined: String::new(),
            version: 1,
        };
        let address = further(&asked, &row, Sort::Priority);
        assert_eq!(address, format!("/queue?{}after=-5:den_1", kept.concat()));
        assert!(further(&asked, &row, Sort::Due).ends_with("after=2026-01-02:den_1"));
    }
}
