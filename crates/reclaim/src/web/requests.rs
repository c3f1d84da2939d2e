//! Letters of payers that are no denials: those that wait by their last day, those that are done.

use std::collections::HashMap;

use askama::Template;
use axum::extract::Query;
use axum::response::Response;
use denial::denial::Denial;
use denial::person::{Access, Reach, allows, reach};
use denial::request::{DueBy, Request, RequestState};
use jiff::civil::Date;
use store::Tx;

use crate::fields::Fields;
use crate::practice::Office;
use crate::requests::NotDone;
use crate::web::home::count;
use crate::web::names::Names;
use crate::web::page::{Page, html};
use crate::web::session::Visitor;
use crate::web::trouble::Trouble;
use crate::web::words::{self, Due};

/// Letters that are looked through.
const LOOKED_THROUGH: i64 = 2_000;
/// Rows of the page.
const ROWS: usize = 200;

#[derive(Template)]
#[template(path = "requests.html")]
struct RequestsPage {
    page: Page,
    shown: RequestState,
    open: u64,
    missed: u64,
    rows: Vec<Row>,
    keeps: bool,
    more: bool,
}

/// One letter as a list shows it.
pub(crate) struct Row {
    pub(crate) href: String,
    pub(crate) kind: String,
    pub(crate) reference: String,
    pub(crate) number: String,
    /// Where its claim or case is shown, for who may see it.
    pub(crate) about: Option<String>,
    pub(crate) payer: String,
    pub(crate) asked: String,
    pub(crate) due: Due,
    /// Where the last day is from.
    pub(crate) from: String,
    pub(crate) role: String,
    pub(crate) amount: String,
    /// It was brought to this role.
    pub(crate) told: String,
    /// How it ended.
    pub(crate) end: String,
}

/// Where a letter's last day is from.
pub(crate) fn source(due: &DueBy) -> String {
    match due {
        DueBy::Printed { .. } => "printed on it".to_owned(),
        DueBy::Rule { rule, .. } => {
            format!("{} from the {} ({})", rule.window, rule.anchor, rule.file)
        }
        DueBy::NoRule => "nothing is printed, and no rule of the payer gives it".to_owned(),
    }
}

impl Row {
    /// `shows` says whether its words stand before the visitor: they may name the patient.
    pub(crate) fn of(one: &Request, shows: bool, today: Date) -> Row {
        let due = words::due(one.due.day(), today);
        let letter = &one.letter;
        Row {
            href: format!("/requests/{}", one.id),
            kind: words::label(letter.kind.as_str()),
            reference: letter.reference.clone(),
            number: one.subject.number.to_string(),
            about: None,
            payer: one.subject.payer_name.to_string(),
            asked: if shows { letter.asked.clone() } else { "•••".to_owned() },
            due: if one.state == RequestState::Open { due } else { Due { class: "later", ..due } },
            from: source(&one.due),
            role: words::label(letter.role.as_str()),
            amount: letter.amount.map(|amount| amount.to_string()).unwrap_or_default(),
            told: one
                .told
                .as_ref()
                .filter(|_| one.state == RequestState::Open)
                .map(|told| format!("{}, {}", words::lower(told.to.as_str()), words::day(told.on)))
                .unwrap_or_default(),
            end: end(one, shows),
        }
    }
}

/// How it ended; empty while it is open. `shows` says whether its words stand before the visitor.
fn end(one: &Request, shows: bool) -> String {
    match (&one.reply, &one.ended) {
        (Some(reply), _) => {
            let late = one.due.day().filter(|due| reply.on > *due);
            let late = late.map(|due| format!(", after its last day {}", words::day(due)));
            let (how, on) = (words::lower(reply.channel.as_str()), words::day(reply.on));
            format!("answered by {how} on {on}{}", late.unwrap_or_default())
        }
        (None, Some(ended)) => {
            let why = if shows { ended.reason.as_str() } else { "•••" };
            format!("closed on {}: {why}", words::day(ended.on))
        }
        (None, None) => String::new(),
    }
}

/// Letters that the visitor may see, of those that wait or of those that ended so.
async fn seen(
    tx: &mut Tx,
    office: &Office,
    state: RequestState,
) -> Result<Vec<Request>, store::Error> {
    let found = match state {
        RequestState::Open => tx.open_requests(LOOKED_THROUGH).await?,
        RequestState::Answered | RequestState::Closed => {
            tx.past_requests(state, LOOKED_THROUGH).await?
        }
    };
    let cases = cases(tx, &found).await?;
    let mut seen = found;
    seen.retain(|one| {
        let case = one.subject.case.as_ref().and_then(|id| cases.get(id.as_str()));
        one.is_seen_by(&office.who, case, &office.rules)
    });
    Ok(seen)
}

/// The cases that letters are about, by their ids.
async fn cases(tx: &mut Tx, of: &[Request]) -> Result<HashMap<String, Denial>, store::Error> {
    let ids = of.iter().filter_map(|one| one.subject.case.as_ref().map(ToString::to_string));
    let mut ids: Vec<String> = ids.collect();
    ids.sort();
    ids.dedup();
    let cases = tx.cases_among(&ids).await?;
    Ok(cases.into_iter().map(|case| (case.id.to_string(), case)).collect())
}

/// The page of a letter's claim; of its case for who opens no claims.
fn about(one: &Request, cases: &HashMap<String, Denial>, office: &Office) -> Option<String> {
    let claim = one.subject.claim.as_ref().filter(|_| allows(office.who.role, Access::Claims));
    let case = one.subject.case.as_ref().and_then(|id| cases.get(id.as_str()));
    let case = case.filter(|case| office.sees(case));
    let claim = claim.map(|id| format!("/claims/{id}"));
    claim.or_else(|| case.map(|case| format!("/cases/{}", case.id)))
}

/// How many wait that the visitor may see, and of how many the last day has passed.
pub(crate) async fn counts(tx: &mut Tx, office: &Office) -> Result<(u64, u64), store::Error> {
    let who = &office.who;
    let role = match reach(who.role) {
        Reach::Every => "",
        Reach::Own => who.role.as_str(),
        Reach::Placed | Reach::Nothing => return Ok((0, 0)),
    };
    let teams: Vec<String> = office.teams().map(|team| team.name.to_string()).collect();
    let today = office.moment().today.to_string();
    let (open, missed) =
        tx.count_open_requests(&today, (role, who.person.as_str()), &teams).await?;
    Ok((count(open), count(missed)))
}

/// `GET /requests`.
pub(crate) async fn page(
    visitor: Visitor,
    Query(asked): Query<Fields>,
) -> Result<Response, Trouble> {
    let office = &visitor.office;
    let today = office.moment().today;
    let state = asked.get("show").and_then(|name| RequestState::from_name(name));
    let state = state.unwrap_or(RequestState::Open);
    let mut tx = office.read().await?;
    let (open, missed) = counts(&mut tx, office).await?;
    let mut found = seen(&mut tx, office, state).await?;
    let more = found.len() > ROWS;
    found.truncate(ROWS);
    let claims: Vec<String> = found
        .iter()
        .filter_map(|one| one.subject.claim.as_ref().map(ToString::to_string))
        .collect();
    let names = Names::among(&mut tx, &claims).await?;
    let cases = cases(&mut tx, &found).await?;
    let about = |one: &Request| about(one, &cases, office);
    let shows = |one: &Request| {
        let guarded = one.subject.claim.as_ref().is_some_and(|id| names.guards(id.as_str()));
        names.in_lists(office) && !guarded
    };
    let mut page = Page::of(&visitor, "Payers' requests", "/requests");
    page.done = asked.get("done").and_then(|done| match done.as_str() {
        "kept" => Some("Kept. Its day runs, and it comes next on its case.".to_owned()),
        "answered" => Some("Answered, with its proof on file.".to_owned()),
        "closed" => Some("Closed; the reason stands with it.".to_owned()),
        _ => None,
    });
    html(&RequestsPage {
        page,
        shown: state,
        open,
        missed,
        rows: found
            .iter()
            .map(|one| Row { about: about(one), ..Row::of(one, shows(one), today) })
            .collect(),
        keeps: allows(office.who.role, Access::KeepRequests),
        more,
    })
}

/// What a page says where nothing was done.
pub(crate) fn trouble(why: NotDone) -> Trouble {
    match why {
        NotDone::Missing => Trouble::Nowhere,
        NotDone::Unfit(_) | NotDone::Stale => Trouble::Unfit(words::sentence(&why.to_string())),
        NotDone::Broken(fault) => fault.into(),
    }
}
