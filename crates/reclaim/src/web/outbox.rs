//! Outbox: what waits to leave, what left, what was answered, and where an answer is missing.

use askama::Template;
use axum::extract::Query;
use axum::response::{IntoResponse, Redirect, Response};
use denial::lifecycle::Action;
use denial::lifecycle::evidence::Frequency;
use denial::outgoing::{Kind, State};
use denial::person::{Access, allows, supervises};
use store::Tx;
use store::burdens::Burden;
use store::outgoing::{Counts, Outgoing, OutgoingItem};

use crate::fields::Fields;
use crate::outbox::{self, NotChanged, command};
use crate::practice::Office;
use crate::secondary::BillNext;
use crate::web::gate::Posted;
use crate::web::home::tile;
use crate::web::page::{Page, html};
use crate::web::session::Visitor;
use crate::web::tiles::Section;
use crate::web::timeline::{self, People};
use crate::web::trouble::Trouble;
use crate::web::words;

/// How far back it is looked.
const LOOKED_THROUGH: i64 = 1_000;
/// Rows of one page.
const ROWS: usize = 100;
/// Cases of one row that are named.
const NAMED: i64 = 100;

#[derive(Template)]
#[template(path = "outbox.html")]
struct OutboxPage {
    page: Page,
    shown: Shown,
    rows: Vec<Row>,
    /// How many wait, and how many are to be looked at.
    waiting: usize,
    odd: usize,
    changes: bool,
    /// They may look at batches of corrected claims.
    corrects: bool,
    more: bool,
}

/// Which part is looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shown {
    Waiting,
    Odd,
    Left,
}

impl Shown {
    fn of(asked: &Fields) -> Shown {
        match asked.get("show").map(String::as_str) {
            Some("odd") => Shown::Odd,
            Some("left") => Shown::Left,
            _ => Shown::Waiting,
        }
    }
}

struct Row {
    id: String,
    name: String,
    what: String,
    payer: String,
    /// What is outstanding on its cases.
    money: String,
    route: String,
    made: String,
    state: String,
    /// No file answers it: the payer decides.
    is_packet: bool,
    /// What somebody should look at.
    odd: Vec<String>,
    /// What a TA1 or 999, and the 277CA, said of it.
    answers: Vec<String>,
    cases: Vec<(String, String, String)>,
    total: i64,
    /// There are more than those named.
    more: bool,
    can_be_called_back: bool,
    can_try_again: bool,
}

/// One thing of the outbox with what is odd about it.
struct Seen {
    one: Outgoing,
    counts: Counts,
    odd: Vec<String>,
}

impl Seen {
    fn is_in(&self, shown: Shown) -> bool {
        let waits = matches!(outbox::state(&self.one), Some(State::Waiting | State::Leaving));
        match shown {
            Shown::Waiting => waits,
            Shown::Odd => !self.odd.is_empty(),
            Shown::Left => outbox::state(&self.one).is_some_and(State::has_left),
        }
    }
}

async fn seen(tx: &mut Tx, office: &Office) -> Result<Vec<Seen>, Trouble> {
    let mut seen = Vec::new();
    let mut all = tx.all_outgoing(LOOKED_THROUGH).await?;
    all.retain(|one| outbox::state(one) != Some(State::CalledBack));
    let counted = tx.count_outgoing(&all).await?;
    for one in all {
        let counts = counted.get(&one.outgoing).copied().unwrap_or_default();
        let odd = command::odd(office, &one, counts);
        seen.push(Seen { one, counts, odd });
    }
    Ok(seen)
}

/// `GET /outbox`.
pub(crate) async fn page(
    visitor: Visitor,
    Query(asked): Query<Fields>,
) -> Result<Response, Trouble> {
    let office = &visitor.office;
    let shown = Shown::of(&asked);
    let mut tx = office.read().await?;
    let people = timeline::people(&mut tx).await?;
    let seen = seen(&mut tx, office).await?;
    let count = |shown| seen.iter().filter(|one| one.is_in(shown)).count();
    let [waiting, odd] = [Shown::Waiting, Shown::Odd].map(count);
    let mut rows = Vec::new();
    let fitting: Vec<&Seen> = seen.iter().filter(|one| one.is_in(shown)).collect();
    let ids: Vec<String> =
        fitting.iter().take(ROWS).map(|seen| seen.one.outgoing.clone()).collect();
    let burdens = tx.carried_by(&ids).await?;
    let items = tx.outgoing_items_of(&ids, NAMED).await?;
    let questions = tx.count_questions(&ids).await?;
    for one in fitting.iter().take(ROWS) {
        let burden = burdens.get(&one.one.outgoing).cloned().unwrap_or_default();
        let items = items.get(&one.one.outgoing).map(Vec::as_slice).unwrap_or_default();
        let mut row = row((office, &people), one, burden, items);
        if let Some((asked, answered)) = questions.get(&one.one.outgoing) {
            row.answers.push(format!(
                "{} of {} answered",
                words::number(*answered),
                words::counted(*asked, "question", "questions")
            ));
        }
        rows.push(row);
    }
    let mut page = Page::of(&visitor, "Outbox", "/outbox");
    page.done = asked.get("done").and_then(|done| match done.as_str() {
        "back" => Some("Called back: it never left, and its claims may be sent otherwise.".into()),
        "again" => Some("It tries again within a minute.".into()),
        _ => None,
    });
    let changes = allows(office.who.role, Access::Matches);
    let corrects = allows(office.who.role, Access::Correct);
    let more = fitting.len() > ROWS;
    html(&OutboxPage { page, shown, rows, waiting, odd, changes, corrects, more })
}

fn row(
    (office, people): (&Office, &People),
    seen: &Seen,
    burden: Burden,
    items: &[OutgoingItem],
) -> Row {
    let Seen { one, counts, odd } = seen;
    let zone = &office.clinic.zone;
    let state = outbox::state(one);
    let case = |item: &OutgoingItem| {
        let outcome = if item.outcome.is_empty() { &item.note } else { &item.outcome };
        let href = match &item.denial {
            Some(case) => format!("/cases/{case}"),
            None => format!("/secondary/{}", item.claim),
        };
        (href, item.number.clone(), words::lower(outcome))
    };
    let named = i64::try_from(items.len()).unwrap_or(i64::MAX);
    Row {
        id: one.outgoing.clone(),
        name: one.name.clone(),
        what: what(one, items),
        payer: match burden.payers {
            0 => onward(items),
            1 => burden.payer,
            more => format!("{} and {}", burden.payer, words::counted(more - 1, "other", "others")),
        },
        money: words::money(burden.outstanding),
        route: one.route.clone(),
        made: format!(
            "{} by {}",
            words::instant(&one.made_at, zone),
            timeline::name(people, &one.made_by)
        ),
        state: state_in_words(one, zone),
        is_packet: one.kind == Kind::Packet.as_str(),
        odd: odd.clone(),
        answers: answers(one, *counts, zone),
        cases: items.iter().map(case).collect(),
        total: counts.items,
        more: counts.items > named,
        can_be_called_back: outbox::can_be_called_back(one),
        can_try_again: state == Some(State::Failed),
    }
}

/// The payer that comes next, where a claim goes there without a case.
fn onward(items: &[OutgoingItem]) -> String {
    let bill = items.iter().find_map(|one| serde_json::from_str::<BillNext>(&one.act).ok());
    bill.map(|bill| bill.payer.name.to_string()).unwrap_or_default()
}

/// What it is; of claims also what they say they are: corrected (7), void (8), new (1).
fn what(one: &Outgoing, items: &[OutgoingItem]) -> String {
    let mut kinds: Vec<&str> = items
        .iter()
        .filter_map(|item| {
            let Ok(Action::Resubmit(sent)) = serde_json::from_str(&item.act) else { return None };
            Some(match sent.frequency {
                Frequency::Original => "new (1)",
                Frequency::Replacement => "corrected (7)",
                Frequency::Void => "void (8)",
            })
        })
        .collect();
    if items.iter().any(|item| item.denial.is_none()) {
        kinds.push("to the next payer");
    }
    kinds.sort_unstable();
    kinds.dedup();
    let kind = words::label(&one.kind);
    if kinds.is_empty() { kind } else { format!("{kind}: {}", kinds.join(", ")) }
}

fn state_in_words(one: &Outgoing, zone: &str) -> String {
    let when = (one.leaves_at.as_str(), one.left_at.as_deref());
    standing((&one.state, one.tries), when, zone)
}

/// Where something of the outbox stands, by its state and how often it tried, and when it leaves or
/// left.
pub(crate) fn standing(
    (state, tries): (&str, i64),
    (leaves_at, left_at): (&str, Option<&str>),
    zone: &str,
) -> String {
    let at = |at: &str| words::instant(at, zone);
    match State::from_name(state) {
        Some(State::Waiting) if tries > 0 => format!("tries again {}", at(leaves_at)),
        Some(State::Waiting) => format!("leaves {}", at(leaves_at)),
        Some(State::Leaving) => "is leaving".to_owned(),
        Some(State::Sent | State::Answered) => format!("left {}", at(left_at.unwrap_or_default())),
        Some(State::Failed) => "did not leave".to_owned(),
        Some(State::CalledBack) | None => words::lower(state),
    }
}

fn answers(one: &Outgoing, counts: Counts, zone: &str) -> Vec<String> {
    let mut told = Vec::new();
    if let Some(at) = one.receipt_at.as_deref().filter(|_| !one.receipt.is_empty()) {
        let said = words::lower(&one.receipt);
        told.push(format!("TA1 or 999: {said}, heard {}", words::instant(at, zone)));
    }
    if counts.answered > 0 {
        let refused = match counts.refused {
            0 => String::new(),
            count => format!(", {} refused", words::number(count)),
        };
        told.push(format!("{} of {} answered{refused}", counts.answered, counts.items));
    }
    told
}

/// `POST /outbox`.
pub(crate) async fn change(visitor: Visitor, Posted(fields): Posted) -> Result<Response, Trouble> {
    let office = &visitor.office;
    let field = |name: &str| fields.get(name).map(|text| text.trim()).unwrap_or_default();
    let id = field("outgoing");
    let (changed, to) = match field("what") {
        "back" => (outbox::call_back(office, &office.who, id).await, "/outbox?done=back"),
        "again" => (outbox::try_again(office, &office.who, id).await, "/outbox?done=again"),
        _ => return Err(Trouble::Nowhere),
    };
    match changed {
        Ok(_) => Ok(Redirect::to(to).into_response()),
        Err(NotChanged::Missing) => Err(Trouble::Nowhere),
        Err(why @ NotChanged::Past { .. }) => Err(Trouble::Unfit(format!("{}.", cased(&why)))),
        Err(why @ NotChanged::NotYourRole(_)) => Err(Trouble::Denied(format!("{}.", cased(&why)))),
        Err(NotChanged::Store(fault)) => Err(fault.into()),
        Err(NotChanged::Failed(fault)) => Err(fault.into()),
    }
}

fn cased(why: &NotChanged) -> String {
    words::sentence_case(&why.to_string())
}

/// What of it is on Home, for who leads.
pub(crate) async fn section(tx: &mut Tx, office: &Office) -> Result<Option<Section>, Trouble> {
    if !supervises(office.who.role) {
        return Ok(None);
    }
    let seen = seen(tx, office).await?;
    if seen.is_empty() {
        return Ok(None);
    }
    let count = |shown| seen.iter().filter(|one| one.is_in(shown)).count().min(ROWS) as u64;
    let mut odd = tile(
        "Outbox to look at",
        count(Shown::Odd),
        "not left, or not answered in time",
        "/outbox?show=odd",
    );
    odd.class = if count(Shown::Odd) > 0 { "past" } else { "" };
    let waits = tile("Waits to leave", count(Shown::Waiting), "can be called back", "/outbox");
    Ok(Some(Section {
        title: "What leaves the house".to_owned(),
        lead: "Corrected claims and packets on their way, and answers that did not come."
            .to_owned(),
        tiles: vec![waits, odd],
        ..Section::default()
    }))
}
