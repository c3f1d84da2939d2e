//! Rejections: what never reached adjudication. No denials; a queue of their own.

use std::collections::HashMap;

use askama::Template;
use axum::extract::Query;
use axum::response::{IntoResponse, Redirect, Response};
use denial::claim::Claim;
use denial::deadline;
use denial::person::{Access, allows};
use denial::rejection::{Acknowledgement, AnswerCode, Level};
use denial::rules::Rules;
use jiff::civil::Date;
use serde_json::json;
use store::Tx;
use store::acknowledgements::RejectionRow;
use store::claims::ClaimRow;
use store::instant;
use store::journal::Entry;

use crate::answers;
use crate::fields::Fields;
use crate::identity;
use crate::practice::Office;
use crate::web::gate::Posted;
use crate::web::narrow::Narrow;
use crate::web::page::{Page, html};
use crate::web::session::Visitor;
use crate::web::timeline::{self, People};
use crate::web::trouble::Trouble;
use crate::web::words::{self, Due};

/// Rejections of one page.
const ROWS: i64 = 100;
/// Rejections that are looked through for those that fit.
const LOOKED_THROUGH: i64 = 2_000;

#[derive(Template)]
#[template(path = "rejections.html")]
struct RejectionsPage {
    page: Page,
    rows: Vec<Row>,
    resolved: bool,
    open: i64,
    resolves: bool,
    /// There may be others.
    more: bool,
    narrow: Narrow,
}

struct Row {
    id: String,
    number: String,
    what: String,
    on: String,
    from: String,
    codes: Vec<(String, String)>,
    claims: Claims,
    /// The charge that was answered, where the answer says one.
    charge: String,
    done: Option<String>,
}

/// The claims that were refused with it, as far as they are known.
#[derive(Default)]
struct Claims {
    /// Address and number of each.
    links: Vec<(String, String)>,
    /// There are others in the same file.
    more: bool,
    /// Where the file is shown that they were sent in.
    file: Option<String>,
    /// By when the soonest of them has to be filed; none where no claim is known.
    left: Option<Due>,
}

impl Claims {
    /// The address of the one claim, where its number is the rejection's own.
    fn own(&self, number: &str) -> Option<&str> {
        let [(href, one)] = self.links.as_slice() else { return None };
        (one == number).then_some(href.as_str())
    }
}

/// Claims of a refused transaction that are named.
const NAMED: usize = 5;

/// `GET /rejections`.
pub(crate) async fn page(
    visitor: Visitor,
    Query(asked): Query<Fields>,
) -> Result<Response, Trouble> {
    shown(&visitor, &asked, Narrow::of(&Fields::new(), HINT, DAY).with_amounts()).await
}

/// `POST /rejections/narrow`: a claim's number is a patient's, so it stands in no address.
pub(crate) async fn narrowed(
    visitor: Visitor,
    Posted(fields): Posted,
) -> Result<Response, Trouble> {
    let narrow = Narrow::of(&fields, HINT, DAY).with_amounts();
    shown(&visitor, &fields, narrow).await
}

const HINT: &str = "Number, or from whom";
const DAY: &str = "Answered";

async fn shown(visitor: &Visitor, asked: &Fields, narrow: Narrow) -> Result<Response, Trouble> {
    let office = &visitor.office;
    let resolved = asked.get("show").is_some_and(|show| show == "resolved");
    let mut tx = office.read().await?;
    let looked = if narrow.is_set() { LOOKED_THROUGH } else { ROWS };
    let found = tx.rejections(if resolved { "resolved" } else { "open" }, looked).await?;
    let open = tx.open_rejections().await?;
    let mut more = i64::try_from(found.len()) == Ok(looked);
    let mut rows = fitting(&mut tx, office, &found, &narrow).await?;
    let most = usize::try_from(ROWS).unwrap_or(usize::MAX);
    more |= rows.len() > most;
    rows.truncate(most);
    for (one, row) in &mut rows {
        row.claims = claims(&mut tx, office, one).await?;
    }
    let rows = rows.into_iter().map(|(_, row)| row).collect();
    let mut page = Page::of(visitor, "Rejections", "/rejections");
    page.done = asked.get("done").map(|_| "Resolved; it stands under Resolved.".to_owned());
    let resolves = allows(office.who.role, Access::Matches);
    html(&RejectionsPage { page, rows, resolved, open, resolves, more, narrow })
}

/// Those that fit, each with its row.
async fn fitting<'a>(
    tx: &mut Tx,
    office: &Office,
    found: &'a [RejectionRow],
    narrow: &Narrow,
) -> Result<Vec<(&'a RejectionRow, Row)>, Trouble> {
    let people = timeline::people(tx).await?;
    let ids: Vec<String> = found.iter().map(|one| one.rejection.clone()).collect();
    let reasons = tx.facts_about("rejection.resolved", &ids).await?;
    let charge = narrow.money()?.map(|money| money.to_string());
    let mut rows = Vec::with_capacity(found.len());
    for one in found {
        let why = reasons.get(&one.rejection).map(|facts| why(facts)).unwrap_or_default();
        let mut row = row(one, &office.rules, &people, &office.clinic.zone)?;
        row.done = row.done.map(|done| format!("{done}{why}"));
        let day = one.on_day.as_deref().and_then(|day| day.parse().ok());
        if narrow.fits_text(&[&row.number, &row.from])
            && narrow.fits_day(day)
            && charge.as_ref().is_none_or(|charge| *charge == row.charge)
        {
            rows.push((one, row));
        }
    }
    Ok(rows)
}

/// Why a rejection was resolved, in the words of whoever did.
fn why(facts: &str) -> String {
    let facts: serde_json::Value = serde_json::from_str(facts).unwrap_or_default();
    facts["why"].as_str().map(|why| format!(": {why}")).unwrap_or_default()
}

fn row(one: &RejectionRow, rules: &Rules, people: &People, zone: &str) -> Result<Row, Trouble> {
    let answer: Acknowledgement =
        serde_json::from_str(&one.body).map_err(|fault| Trouble::Broken(fault.into()))?;
    let what = match answer.level {
        Level::Claim => "Claim",
        Level::Provider => "Provider's batch",
        Level::Transaction => "Transaction",
        Level::Group => "Group",
        Level::Interchange => "Whole file",
    };
    let done = one.resolved_by.as_ref().map(|by| {
        let at = one.resolved_at.as_deref().unwrap_or_default();
        format!("{} on {}", timeline::name(people, by), words::instant(at, zone))
    });
    Ok(Row {
        id: one.rejection.clone(),
        number: one.number.clone(),
        what: format!("{what}, by {}", answer.kind.as_str()),
        on: one.on_day.as_deref().map(words::day_of).unwrap_or_default(),
        from: answer.from.name.to_string(),
        codes: answer.codes.iter().map(|code| code_in_words(code, rules)).collect(),
        claims: Claims::default(),
        charge: answer.charge.map(|charge| charge.to_string()).unwrap_or_default(),
        done,
    })
}

/// The claims that an answer names; where it names none, those of the one file that was sent under
/// the numbers that it answers.
async fn claims(tx: &mut Tx, office: &Office, one: &RejectionRow) -> Result<Claims, Trouble> {
    let answer: Acknowledgement =
        serde_json::from_str(&one.body).map_err(|fault| Trouble::Broken(fault.into()))?;
    let named = answer.claim.iter().chain(answer.codes.iter().filter_map(|it| it.claim.as_ref()));
    let ids: Vec<String> = named.map(|number| identity::claim(number).to_string()).collect();
    let known = tx.claims(&ids).await?;
    let mut links: Vec<(String, String)> =
        known.values().map(|row| link(&row.claim, row.number.clone())).collect();
    links.sort();
    let batch = answers::batch(&answer).filter(|_| links.is_empty());
    let Some(batch) = batch else {
        return Ok(Claims { links, left: left(office, &known)?, ..Claims::default() });
    };
    let limit = i64::try_from(NAMED).unwrap_or(i64::MAX).saturating_add(1);
    let sent = tx.claims_of_batch(&batch, limit).await?;
    let Some((_, _, file)) = sent.first() else { return Ok(Claims::default()) };
    let ids: Vec<String> = sent.iter().take(NAMED).map(|(id, ..)| id.clone()).collect();
    Ok(Claims {
        more: sent.len() > NAMED,
        file: Some(format!("/files/{file}")),
        links: sent.iter().take(NAMED).map(|(id, number, _)| link(id, number.clone())).collect(),
        left: left(office, &tx.claims(&ids).await?)?,
    })
}

/// By when the soonest of some claims has to be filed; not configured where the rules of a payer
/// do not say it of any.
fn left(office: &Office, claims: &HashMap<String, ClaimRow>) -> Result<Option<Due>, Trouble> {
    let today = office.moment().today;
    let billed = claims.values().map(|row| row.billed()).collect::<Result<Vec<_>, _>>()?;
    let due = |claim: Claim| {
        let payer = office.rules.payer(&claim.payer, claim.plan);
        let from = claim.lines.iter().filter_map(|line| line.from).min();
        let to = claim.lines.iter().filter_map(|line| line.to.or(line.from)).max();
        match deadline::filing(payer, (from, to), today) {
            deadline::Due::On { date, .. } => Some(date),
            deadline::Due::NoRule => None,
        }
    };
    let dates: Vec<Option<Date>> = billed.into_iter().flatten().map(due).collect();
    let is_known = !dates.is_empty();
    let soonest = dates.into_iter().flatten().min();
    Ok(is_known.then(|| words::due(soonest, today)))
}

fn link(claim: &str, number: String) -> (String, String) {
    (format!("/claims/{claim}"), number)
}

fn code_in_words(one: &AnswerCode, rules: &Rules) -> (String, String) {
    let parts = [one.code.as_str(), one.status.as_str(), one.entity.as_str()];
    let code: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    let meaning = rules.wording.status(&one.code).map(|meaning| meaning.text.to_string());
    let place = one.place.as_ref().map(|place| {
        let element = if place.element.is_empty() {
            String::new()
        } else {
            format!(", element {}", place.element)
        };
        format!("at segment {}{element}", place.segment)
    });
    let words: Vec<String> = meaning.into_iter().chain(place).collect();
    (code.join(" · "), words.join(", "))
}

/// `POST /rejections`.
pub(crate) async fn resolve(visitor: Visitor, Posted(fields): Posted) -> Result<Response, Trouble> {
    let office = &visitor.office;
    let field = |name: &str| fields.get(name).map(|text| text.trim()).unwrap_or_default();
    let (id, why) = (field("rejection"), field("why"));
    if why.is_empty() {
        return Err(Trouble::Unfit("Say what was done about it, in a few words.".to_owned()));
    }
    let moment = office.moment();
    let mut tx = office.write().await?;
    tx.resolve_rejection(id, moment.who.person.as_str(), &instant(moment.now)).await?;
    let entry = Entry::new(id, "rejection.resolved", &json!({ "why": why }));
    tx.append(vec![entry], &moment).await?;
    tx.commit().await?;
    Ok(Redirect::to("/rejections?done=1").into_response())
}
