//! Rejections: what never reached adjudication. No denials; a queue of their own.

use askama::Template;
use axum::extract::Query;
use axum::response::{IntoResponse, Redirect, Response};
use denial::person::{Access, allows};
use denial::rejection::{Acknowledgement, AnswerKind, Level};
use jiff::civil::Date;
use serde_json::json;
use store::Tx;
use store::acknowledgements::RejectionRow;
use store::instant;
use store::journal::Entry;

use crate::fields::Fields;
use crate::practice::Office;
use crate::web::answered::{self, Said};
use crate::web::gate::Posted;
use crate::web::narrow::Narrow;
use crate::web::page::{Page, html};
use crate::web::refused_claims::{self, Claims};
use crate::web::session::Visitor;
use crate::web::timeline::{self, People};
use crate::web::trouble::Trouble;
use crate::web::words;

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
    day: Option<Date>,
    on: String,
    from: String,
    codes: Vec<Said>,
    claims: Claims,
    /// The charge that was answered; where the answer says none, that of the one claim.
    charge: String,
    done: Option<String>,
}

impl Row {
    fn fits(&self, narrow: &Narrow, charge: Option<&str>) -> bool {
        narrow.fits_text(&[&self.number, &self.from, &self.claims.payer])
            && narrow.fits_day(self.day)
            && charge.is_none_or(|charge| charge == self.charge)
    }
}

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

const HINT: &str = "Number, payer, or from whom";
const DAY: &str = "Answered";

async fn shown(visitor: &Visitor, asked: &Fields, narrow: Narrow) -> Result<Response, Trouble> {
    let office = &visitor.office;
    let resolved = asked.get("show").is_some_and(|show| show == "resolved");
    let mut tx = office.read().await?;
    // The open ones are sorted by their clocks, so all are looked through.
    let looked = if narrow.is_set() || !resolved { LOOKED_THROUGH } else { ROWS };
    let found = tx.rejections(if resolved { "resolved" } else { "open" }, looked).await?;
    let open = tx.open_rejections().await?;
    let mut more = i64::try_from(found.len()) == Ok(looked);
    let mut rows = rows(&mut tx, office, found).await?;
    let charge = narrow.money()?.map(|money| money.to_string());
    rows.retain(|row| row.fits(&narrow, charge.as_deref()));
    if !resolved {
        rows.sort_by_key(|row| standing(&row.claims));
    }
    let most = usize::try_from(ROWS).unwrap_or(usize::MAX);
    more |= rows.len() > most;
    rows.truncate(most);
    let mut page = Page::of(visitor, "Rejections", "/rejections");
    page.done = asked.get("done").map(|_| "Resolved; it stands under Resolved.".to_owned());
    let resolves = allows(office.who.role, Access::Matches);
    html(&RejectionsPage { page, rows, resolved, open, resolves, more, narrow })
}

/// Where a rejection stands: as in the queue, first where no rule gives its claim a last day, then
/// by that day; those whose claim is not known follow, the newest first.
fn standing(claims: &Claims) -> Date {
    match (&claims.left, claims.soonest) {
        (_, Some(day)) => day,
        (Some(_), None) => Date::MIN,
        (None, None) => Date::MAX,
    }
}

/// Rejections with what is known around them.
async fn rows(tx: &mut Tx, office: &Office, found: Vec<RejectionRow>) -> Result<Vec<Row>, Trouble> {
    let people = timeline::people(tx).await?;
    let ids: Vec<String> = found.iter().map(|one| one.rejection.clone()).collect();
    let reasons = tx.facts_about("rejection.resolved", &ids).await?;
    let mut answers = Vec::with_capacity(found.len());
    for row in found {
        let answer: Acknowledgement =
            serde_json::from_str(&row.body).map_err(|fault| Trouble::Broken(fault.into()))?;
        answers.push((row, answer));
    }
    let claims = refused_claims::of(tx, office, answers.iter().map(|(_, one)| one)).await?;
    let rows = answers.iter().zip(claims).map(|((one, answer), claims)| {
        let why = reasons.get(&one.rejection).map(|facts| why(facts)).unwrap_or_default();
        let mut row = row(one, answer, claims, (office, &people));
        row.done = row.done.map(|done| format!("{done}{why}"));
        row
    });
    Ok(rows.collect())
}

/// Why a rejection was resolved, in the words of whoever did.
fn why(facts: &str) -> String {
    let facts: serde_json::Value = serde_json::from_str(facts).unwrap_or_default();
    facts["why"].as_str().map(|why| format!(": {why}")).unwrap_or_default()
}

fn row(
    one: &RejectionRow,
    answer: &Acknowledgement,
    claims: Claims,
    (office, people): (&Office, &People),
) -> Row {
    let what = match answer.level {
        Level::Claim => "Claim",
        Level::Provider if answer.kind == AnswerKind::Status => "All questions of a provider",
        Level::Provider => "Provider's batch",
        Level::Transaction => "Transaction",
        Level::Group => "Group",
        Level::Interchange => "Whole file",
    };
    let done = one.resolved_by.as_ref().map(|by| {
        let at = one.resolved_at.as_deref().unwrap_or_default();
        format!("{} on {}", timeline::name(people, by), words::instant(at, &office.clinic.zone))
    });
    let charge = answer.charge.or(claims.charge);
    Row {
        id: one.rejection.clone(),
        number: one.number.clone(),
        what: format!("{what}, by {}", answer.kind.as_str()),
        day: one.on_day.as_deref().and_then(|day| day.parse().ok()),
        on: one.on_day.as_deref().map(words::day_of).unwrap_or_default(),
        from: answer.from.name.to_string(),
        codes: answer.codes.iter().map(|code| answered::said(code, &office.rules)).collect(),
        charge: charge.map(|charge| charge.to_string()).unwrap_or_default(),
        claims,
        done,
    }
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
