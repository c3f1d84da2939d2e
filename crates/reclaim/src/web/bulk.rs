//! One act on the cases that were chosen in the queue: a form that says how many, how much and what
//! is left out, then the act, then the way back.

use std::sync::Arc;

use crate::act;
use crate::bulk::{self, Came, Deed, Tally};
use crate::fields::{self, Fields};
use crate::web::App;
use crate::web::asked::Asked;
use crate::web::batch_new;
use crate::web::bulk_words::{REVERSED, hint, left_out, name, planned, what};
use crate::web::case_fields::{Field, Kind};
use crate::web::case_forms::Desk;
use crate::web::gate::Posted;
use crate::web::letters;
use crate::web::offers;
use crate::web::page::{Page, html_with};
use crate::web::queue;
use crate::web::saved;
use crate::web::session::Visitor;
use crate::web::timeline;
use crate::web::trouble::Trouble;
use crate::web::words;
use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use denial::denial::{Denial, NextActionKind};
use denial::ids::DenialId;
use denial::letter::LetterKind;
use denial::lifecycle::{Act, Action};
use denial::person::{Access, allows};
use denial::triage::Advice;

/// Above so many cases somebody types their number, so that nobody does it by a slip.
const TYPED: usize = 200;
/// Cases in one go.
const MOST: usize = 10_000;

#[derive(Template)]
#[template(path = "bulk.html")]
struct BulkPage {
    page: Page,
    form: Form,
}

#[derive(Template)]
#[template(path = "bulk_part.html")]
struct BulkPart {
    page: Page,
    form: Form,
}

/// The act as it is about to be done.
struct Form {
    title: String,
    hint: String,
    act: String,
    button: String,
    /// `12 cases · $3,400.00`.
    what: String,
    cases: usize,
    /// What is left out: how many, why.
    left_out: Vec<(String, String)>,
    fields: Vec<Field>,
    refused: Option<String>,
    /// The number is to be typed.
    types: bool,
    /// What was left out was shown.
    sure: bool,
    gives_up: bool,
    /// What the next step needs to know again.
    kept: Vec<(&'static str, String)>,
    /// The queue as it was.
    back: String,
}

#[derive(Template)]
#[template(path = "bulk_done.html")]
struct DonePage {
    page: Page,
    done: Done,
}

#[derive(Template)]
#[template(path = "bulk_done_part.html")]
struct DonePart {
    page: Page,
    done: Done,
}

/// What came of it.
struct Done {
    text: String,
    left_out: Vec<(String, String)>,
    /// What takes it back.
    batch: Option<String>,
    /// Where it goes on.
    goes: Option<(String, &'static str)>,
    query: String,
}

/// Which cases, and what is to be done with them.
struct Order {
    act: Act,
    playbook: bool,
    /// Letters are begun for them.
    letters: bool,
    /// It is no act: one change on the claims of these cases.
    corrects: bool,
    ids: Vec<String>,
    fields: Fields,
}

/// `POST /queue/bulk`.
pub(crate) async fn act(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    headers: HeaderMap,
    Posted(fields): Posted,
) -> Result<Response, Trouble> {
    let order = order(&app, &visitor, fields).await?;
    if order.ids.is_empty() {
        let text = "Choose cases first: tick them, or press x on a row.";
        return Err(Trouble::Unfit(text.to_owned()));
    }
    if order.corrects {
        let query = order.fields.get("query").cloned().unwrap_or_default();
        return batch_new::ask(&visitor, &order.ids, &query).await;
    }
    let is_part = headers.contains_key("x-part");
    if order.letters {
        return write_letters(&visitor, &order, is_part).await;
    }
    if order.fields.get("step").map(String::as_str) != Some("do") {
        return ask(&visitor, &order, None, is_part).await;
    }
    let deed = match deed(&order) {
        Ok(deed) => deed,
        Err(text) => return ask(&visitor, &order, Some(text), is_part).await,
    };
    let tally = bulk::preview(&visitor.office, &order.ids, order.act, Some(&deed)).await?;
    if let Some(unready) = order.unready(&tally) {
        return show(&visitor, &order, tally, unready, is_part).await;
    }
    // It goes on where the browser goes away.
    let (office, ids) = (visitor.office.clone(), order.ids.clone());
    let doing = tokio::spawn(async move { bulk::act_on_all(&office, &ids, &deed).await });
    let came = doing.await.map_err(|fault| Trouble::Broken(fault.into()))??;
    tell(&visitor, order.done(came), is_part)
}

impl Order {
    /// What is done, where each case says it itself and nothing is filled in.
    fn known(&self) -> Option<Deed> {
        match (self.playbook, self.act) {
            (true, _) => Some(Deed::Playbook),
            (false, Act::Post) => Some(Deed::Certain),
            (false, Act::Approve) => Some(Deed::Same(Box::new(Action::Approve))),
            (false, _) => None,
        }
    }

    /// Why it is not done yet, where something is to be seen or said before: in words, or nothing
    /// where the form itself says it.
    fn unready(&self, tally: &Tally) -> Option<Option<String>> {
        let field = |name: &str| self.fields.get(name).map(|text| text.trim().replace(',', ""));
        if tally.cases == 0 {
            return Some(None);
        }
        // Others work meanwhile: what was told is what is done.
        if field("told").is_some_and(|told| told != told_of(tally)) && field("sure").is_some() {
            return Some(Some("Other cases fit now than were told of: look again.".to_owned()));
        }
        if tally.left_out() > 0 && field("sure").is_none() {
            return Some(None);
        }
        let is_larger = |told: String| told.split(' ').next() != Some(&tally.cases.to_string());
        if field("told").is_some_and(is_larger) {
            let cases = words::number(i64::try_from(tally.cases).unwrap_or(i64::MAX));
            return Some(Some(format!("{cases} cases fit now: look again.")));
        }
        let wanted = tally.cases.to_string();
        if tally.cases > TYPED && field("count") != Some(wanted) {
            return Some(
                field("count")
                    .map(|_| format!("That is not their number: type {} to go on.", tally.cases)),
            );
        }
        None
    }

    /// Nothing was filled in yet.
    fn is_first(&self) -> bool {
        self.fields.get("step").map(String::as_str) != Some("do")
    }

    /// What the next step needs to know again.
    fn kept(&self, tally: &Tally) -> Vec<(&'static str, String)> {
        let query = self.fields.get("query").cloned().unwrap_or_default();
        let which = match self.fields.contains_key("all") {
            true => ("all", "yes".to_owned()),
            false => ("cases", self.ids.join(",")),
        };
        vec![("query", query), ("told", told_of(tally)), which]
    }

    /// Where the queue is as it was.
    fn back(&self) -> String {
        saved::address(self.fields.get("query").map(String::as_str).unwrap_or_default())
    }

    /// What is told of it.
    fn done(&self, came: Came) -> Done {
        let Came { batch, tally, stopped } = came;
        let mut text = format!("{}: {}", name(self.act, self.playbook), what(&tally));
        if !tally.planned.is_empty() {
            text.push_str(&format!(". {}", planned(&tally)));
        }
        if let Some(fault) = stopped {
            tracing::error!("an act on many cases stopped: {fault:#}");
            text.push_str(". It stopped there: the database did not go on. Do the rest again.");
        }
        // What moved the status goes on from there (house §18.14).
        let goes_on = matches!(self.act, Act::Review | Act::Post | Act::Approve | Act::Decline);
        let batch = (!goes_on && tally.cases > 0).then_some(batch);
        if self.act == Act::Post && tally.cases > 0 {
            text.push_str(". ");
            text.push_str(REVERSED);
        }
        let query = self.fields.get("query").cloned().unwrap_or_default();
        Done { text, left_out: left_out(&tally), batch, goes: None, query }
    }
}

/// Which cases a form tells of, to be compared: how many, and how many are left out.
fn told_of(tally: &Tally) -> String {
    format!("{} {}", tally.cases, tally.left_out())
}

/// Letters for many: what they are to ask, then a draft for each case that allows it.
async fn write_letters(
    visitor: &Visitor,
    order: &Order,
    is_part: bool,
) -> Result<Response, Trouble> {
    let office = &visitor.office;
    if !allows(office.who.role, Access::Letters) {
        return Err(Trouble::Denied("Your role writes no letters to payers.".to_owned()));
    }
    if order.ids.len() > letters::MOST {
        let text = format!("At most {} letters in one go: choose fewer cases.", letters::MOST);
        return Err(Trouble::Unfit(text));
    }
    let chosen = order.fields.get("kind").map(String::as_str);
    let is_project = chosen == Some(letters::PROJECT);
    let appeal = is_project.then_some(LetterKind::Appeal);
    let kind = appeal.or_else(|| chosen.and_then(LetterKind::from_name));
    let tally = letters::preview(office, &order.ids, kind).await?;
    let unready = order.unready(&tally);
    if is_project && !order.is_first() && unready.is_none() {
        let (project, tally) = letters::begin_project(office, &order.ids).await?;
        let text =
            format!("Project appeal begun: {}. It stands under Project appeals.", what(&tally));
        let goes = Some((project, "Write its letter"));
        let query = order.fields.get("query").cloned().unwrap_or_default();
        let done = Done { text, left_out: left_out(&tally), batch: None, goes, query };
        return tell(visitor, done, is_part);
    }
    if let (false, Some(kind), None) = (order.is_first(), kind, &unready) {
        let tally = letters::begin(office, &order.ids, kind).await?;
        let text = format!("Letters begun: {}. They stand under Letters.", what(&tally));
        let goes = Some(("/letters".to_owned(), "Go to the letters"));
        let query = order.fields.get("query").cloned().unwrap_or_default();
        let done = Done { text, left_out: left_out(&tally), batch: None, goes, query };
        return tell(visitor, done, is_part);
    }
    let form = Form {
        title: "Begin letters".to_owned(),
        hint: "Each case gets a draft from the narrowest template that fits it. Nothing is sent: \
               each is looked at, built and signed by itself."
            .to_owned(),
        act: offers::LETTERS.to_owned(),
        button: "Begin letters".to_owned(),
        what: what(&tally),
        cases: tally.cases,
        left_out: left_out(&tally),
        fields: vec![letters::choice(&order.fields)],
        refused: unready.flatten().filter(|_| !order.is_first()),
        types: false,
        sure: tally.left_out() > 0 && !order.is_first(),
        gives_up: false,
        kept: order.kept(&tally),
        back: order.back(),
    };
    form_page(visitor, form, order.is_first(), is_part)
}

/// `POST /queue/undo`.
pub(crate) async fn undo(
    visitor: Visitor,
    headers: HeaderMap,
    Posted(fields): Posted,
) -> Result<Response, Trouble> {
    let batch = fields.get("batch").cloned().unwrap_or_default();
    let mut tx = visitor.office.read().await?;
    let known = tx.batch(&batch).await?;
    drop(tx);
    if known.person != visitor.office.who.person.as_str() {
        let text = "Only who did it takes it back. Ask them, or do what puts it right.";
        return Err(Trouble::Denied(text.to_owned()));
    }
    if known.undone_at.is_some() {
        return Err(Trouble::Unfit("That was taken back already.".to_owned()));
    }
    let tally = bulk::undo(&visitor.office, &batch).await?;
    let text = format!("Taken back: {}", what(&tally));
    let query = fields.get("query").cloned().unwrap_or_default();
    let done = Done { text, left_out: left_out(&tally), batch: None, goes: None, query };
    tell(&visitor, done, headers.contains_key("x-part"))
}

async fn order(app: &App, visitor: &Visitor, mut fields: Fields) -> Result<Order, Trouble> {
    let name = fields.remove("act").unwrap_or_default();
    let corrects = name == offers::CORRECT;
    if corrects && !allows(visitor.office.who.role, Access::Correct) {
        let text = "Correcting claims is not for your role: ask who bills.";
        return Err(Trouble::Denied(text.to_owned()));
    }
    let Some((act, playbook)) = offers::act(&name) else {
        return Err(Trouble::Unfit("This is not done with many cases at once.".to_owned()));
    };
    let query = fields.get("query").cloned().unwrap_or_default();
    let ids = if fields.contains_key("all") {
        everything(app, visitor, &query).await?
    } else if let Some(like) = fields.remove("job") {
        let job = Asked::of(&query, &visitor.office).of_job(&like);
        let ids = everything(app, visitor, &job).await?;
        fields.insert("cases".to_owned(), ids.join(","));
        ids
    } else {
        let listed = fields.get("cases").map(String::as_str).unwrap_or_default();
        let ids = listed.split(',').filter(|id| DenialId::parse(id).is_ok());
        ids.map(str::to_owned).collect()
    };
    if ids.len() > MOST {
        let most = words::number(i64::try_from(MOST).unwrap_or(i64::MAX));
        return Err(Trouble::Unfit(format!("At most {most} cases in one go: set more filters.")));
    }
    if name == offers::INQUIRY {
        fields.insert("next".to_owned(), NextActionKind::CallPayer.as_str().to_owned());
    }
    Ok(Order { act, playbook, letters: name == offers::LETTERS, corrects, ids, fields })
}

/// Every case that the queue lists for a query.
async fn everything(app: &App, visitor: &Visitor, query: &str) -> Result<Vec<String>, Trouble> {
    let asked = Asked::of(query, &visitor.office);
    let mut tx = visitor.office.read().await?;
    let kept = app.boards.of(&mut tx).await?;
    let places = kept.board.find(&asked.wanted, visitor.office.moment().today);
    Ok(queue::ids(&kept.board, &places, asked.sort, 0, MOST + 1))
}

fn deed(order: &Order) -> Result<Deed, String> {
    if let Some(deed) = order.known() {
        return Ok(deed);
    }
    let of_queue = ["step", "cases", "all", "query", "sure", "count", "told"];
    let mut fields = order.fields.clone();
    fields.retain(|name, _| !of_queue.contains(&name.as_str()));
    let action = fields::action(order.act.as_str(), &fields, act::draw)?;
    Ok(Deed::Same(Box::new(action)))
}

/// The form, before anything is filled in.
async fn ask(
    visitor: &Visitor,
    order: &Order,
    refused: Option<String>,
    is_part: bool,
) -> Result<Response, Trouble> {
    let deed = order.known();
    let tally = bulk::preview(&visitor.office, &order.ids, order.act, deed.as_ref()).await?;
    show(visitor, order, tally, refused, is_part).await
}

async fn show(
    visitor: &Visitor,
    order: &Order,
    tally: Tally,
    refused: Option<String>,
    is_part: bool,
) -> Result<Response, Trouble> {
    let is_first = order.is_first();
    let people = timeline::people(&mut visitor.office.read().await?).await?;
    let fields = match &tally.first {
        Some(case) if order.known().is_none() => {
            let plans: Vec<NextActionKind> = tally.plans.iter().copied().collect();
            fields_for(visitor, order, (case, &plans), &people, is_first)
        }
        Some(_) | None => Vec::new(),
    };
    let form = Form {
        title: name(order.act, order.playbook),
        hint: hint((order.act, order.playbook), &tally, &people),
        act: if order.playbook { "playbook" } else { order.act.as_str() }.to_owned(),
        button: name(order.act, order.playbook),
        what: what(&tally),
        cases: tally.cases,
        left_out: left_out(&tally),
        fields,
        refused,
        types: tally.cases > TYPED,
        sure: tally.left_out() > 0 && !is_first,
        gives_up: matches!(order.act, Act::ProposeWriteOff | Act::Approve),
        kept: order.kept(&tally),
        back: order.back(),
    };
    form_page(visitor, form, is_first, is_part)
}

fn form_page(
    visitor: &Visitor,
    form: Form,
    is_first: bool,
    is_part: bool,
) -> Result<Response, Trouble> {
    let page = Page::of(visitor, "Many cases", "/queue");
    let status = if is_first { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    if is_part {
        html_with(status, &BulkPart { page, form })
    } else {
        html_with(status, &BulkPage { page, form })
    }
}

/// The act's fields, filled with what was typed, else with what the case that stands for all
/// suggests.
fn fields_for(
    visitor: &Visitor,
    order: &Order,
    (case, plans): (&Denial, &[NextActionKind]),
    people: &timeline::People,
    is_first: bool,
) -> Vec<Field> {
    let moment = visitor.office.moment();
    let mut typed = order.fields.clone();
    if is_first && order.act == Act::Plan {
        let next = case.next_to_plan(moment.today, &visitor.office.rules);
        typed.entry("next".to_owned()).or_insert_with(|| next.kind.as_str().to_owned());
        typed.insert("on".to_owned(), next.on.to_string());
    }
    let desk = Desk {
        case,
        moment: &moment,
        people,
        plans,
        advice: Advice::Rework,
        preventable: None,
        usual: &[],
        remitted: &[],
        resent: None,
        rules: &visitor.office.rules,
        typed: Some((order.act.as_str(), &typed)),
    };
    desk.fields(order.act)
}

fn tell(visitor: &Visitor, done: Done, is_part: bool) -> Result<Response, Trouble> {
    let page = Page::of(visitor, "Done", "/queue");
    if is_part {
        html_with(StatusCode::OK, &DonePart { page, done })
    } else {
        html_with(StatusCode::OK, &DonePage { page, done })
    }
}
