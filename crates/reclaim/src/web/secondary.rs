//! Claims before the payer that comes next: to bill, passed on by the payer before it, late there,
//! sent, or held by an open denial; each with its count and money.

use askama::Template;
use axum::extract::Query;
use axum::response::Response;
use denial::next_bill::State;
use denial::person::{Access, allows};
use jiff::civil::Date;
use store::Tx;
use store::next_bills::{NextBill, NextCount};

use crate::fields::Fields;
use crate::practice::Office;
use crate::web::page::{Page, html};
use crate::web::session::Visitor;
use crate::web::trouble::Trouble;
use crate::web::words::{self, Due};

/// Claims of one page.
const ROWS: i64 = 200;

#[derive(Template)]
#[template(path = "secondary.html")]
struct SecondaryPage {
    page: Page,
    tabs: Vec<Tab>,
    lead: &'static str,
    rows: Vec<Row>,
    money: String,
    count: i64,
    /// The visitor may look at one and send it.
    sends: bool,
    more: bool,
    waits: bool,
}

/// One way to stand, with its count.
struct Tab {
    href: String,
    label: &'static str,
    count: i64,
    is_here: bool,
}

struct Row {
    claim: String,
    number: String,
    from: String,
    to: String,
    share: String,
    since: String,
    due: Due,
    usual: String,
    why: String,
    step: &'static str,
}

/// Which claims are shown.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shown {
    ToBill,
    Late,
    Crossed,
    Waiting,
    Denied,
}

impl Shown {
    const ALL: [Shown; 5] =
        [Shown::ToBill, Shown::Late, Shown::Crossed, Shown::Waiting, Shown::Denied];

    const fn name(self) -> &'static str {
        match self {
            Shown::ToBill => "to_bill",
            Shown::Late => "late",
            Shown::Crossed => "crossed",
            Shown::Waiting => "waiting",
            Shown::Denied => "denied",
        }
    }

    const fn label(self) -> &'static str {
        match self {
            Shown::ToBill => "To bill",
            Shown::Late => "Late crossover",
            Shown::Crossed => "Crossed over",
            Shown::Waiting => "Sent",
            Shown::Denied => "Denied first",
        }
    }

    const fn lead(self) -> &'static str {
        match self {
            Shown::ToBill => {
                "The payer before has paid its part, another cover is known, and nothing went there \
                 yet. Other cover comes before the patient."
            }
            Shown::Late => {
                "The payer before said that it passed the claim on, and the next payer’s usual days \
                 are over. Ask whether it has the claim; where it does not, bill it."
            }
            Shown::Crossed => {
                "The payer before passed the claim on by itself. A claim of ours would be a \
                 duplicate: wait for the answer."
            }
            Shown::Waiting => "A claim to the next payer left or waits in the outbox.",
            Shown::Denied => {
                "The payer before refused something and that is worked first; then what is left \
                 goes to the next payer."
            }
        }
    }

    const fn state(self) -> State {
        match self {
            Shown::ToBill => State::ToBill,
            Shown::Late | Shown::Crossed => State::Crossed,
            Shown::Waiting => State::Waiting,
            Shown::Denied => State::Denied,
        }
    }

    const fn is_waited_for(self) -> bool {
        matches!(self, Shown::Late | Shown::Crossed | Shown::Waiting)
    }
}

/// `GET /secondary`.
pub(crate) async fn page(
    visitor: Visitor,
    Query(asked): Query<Fields>,
) -> Result<Response, Trouble> {
    let office = &visitor.office;
    let today = office.moment().today;
    let wanted = asked.get("show").map(String::as_str).unwrap_or_default();
    let shown = Shown::ALL.into_iter().find(|one| one.name() == wanted).unwrap_or(Shown::ToBill);
    let day = today.to_string();
    let mut tx = office.read().await?;
    let counts = tx.count_next_bills(&day).await?;
    let late = (shown == Shown::Late).then_some(day.as_str());
    let found = tx.next_bills(shown.state().as_str(), late, ROWS + 1).await?;
    drop(tx);
    let most = usize::try_from(ROWS).unwrap_or(usize::MAX);
    let (count, cents) = counted(&counts, shown);
    let mut page = Page::of(&visitor, "Next payer", "/secondary");
    page.done = asked.get("done").and_then(|done| match done.as_str() {
        "sent" => Some("It waits ten minutes in the outbox, where it can be called back.".into()),
        _ => None,
    });
    html(&SecondaryPage {
        page,
        tabs: Shown::ALL.map(|one| tab(&counts, one, shown)).into(),
        lead: shown.lead(),
        rows: found.iter().take(most).map(|one| row(one, today)).collect(),
        money: words::money(cents),
        count,
        sends: allows(office.who.role, Access::Correct),
        more: found.len() > most,
        waits: shown.is_waited_for(),
    })
}

fn counted(counts: &[NextCount], shown: Shown) -> (i64, i64) {
    let of = counts.iter().find(|one| one.state == shown.state().as_str());
    of.map_or((0, 0), |one| match shown {
        Shown::Late => (one.late, one.late_share),
        Shown::ToBill | Shown::Crossed | Shown::Waiting | Shown::Denied => (one.claims, one.share),
    })
}

fn tab(counts: &[NextCount], one: Shown, shown: Shown) -> Tab {
    Tab {
        href: format!("/secondary?show={}", one.name()),
        label: one.label(),
        count: counted(counts, one).0,
        is_here: one == shown,
    }
}

fn row(one: &NextBill, today: Date) -> Row {
    let day = |text: &Option<String>| text.as_deref().and_then(|day| day.parse::<Date>().ok());
    let due = day(&one.due_on);
    Row {
        claim: one.claim.clone(),
        number: one.number.clone(),
        from: one.from_name.clone(),
        to: if one.payer_name.is_empty() { "not named".into() } else { one.payer_name.clone() },
        share: words::money(one.share),
        since: one.since.as_deref().map(words::day_of).unwrap_or_default(),
        due: words::due(due, today),
        usual: one.usual.clone(),
        why: words::sentence(&one.why),
        step: State::from_name(&one.state).map(|state| step(state, due, today)).unwrap_or_default(),
    }
}

/// What is to be done about it.
pub(crate) fn step(state: State, due: Option<Date>, today: Date) -> &'static str {
    let is_late = due.is_some_and(|due| due < today);
    match (state, is_late) {
        (State::ToBill, _) => "Bill it",
        (State::Denied, _) => "Work the denial first",
        (State::Crossed, true) => "Late crossover: ask the next payer, bill it where it has none",
        (State::Crossed, false) => "Wait for the crossover",
        (State::Waiting, true) => "Late answer: ask the next payer where it stands",
        (State::Waiting, false) => "Wait for the answer",
    }
}

/// How many are to bill, and how many were passed on and not answered in time, for Home.
///
/// # Errors
/// The database.
pub(crate) async fn counts(tx: &mut Tx, office: &Office) -> Result<(u64, u64), Trouble> {
    let day = office.moment().today.to_string();
    let counts = tx.count_next_bills(&day).await?;
    let [to_bill, late] =
        [Shown::ToBill, Shown::Late].map(|shown| counted(&counts, shown).0.unsigned_abs());
    Ok((to_bill, late))
}
