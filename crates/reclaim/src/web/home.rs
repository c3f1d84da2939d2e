//! Home: for each role what it has to finish, each figure a link to the list that it counts.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use denial::lifecycle::Act;
use denial::person::{Access, Role, allows, may};
use store::Tx;
use store::reviews::Reviews;

use crate::fields::Fields;
use crate::practice::Office;
use crate::web::figures::{self, Chart};
use crate::web::gate::NoPatient;
use crate::web::letters::Ready;
use crate::web::page::{Page, html};
use crate::web::secondary;
use crate::web::session::Visitor;
use crate::web::tiles::{Counter, Link, Section, Tile};
use crate::web::trouble::Trouble;
use crate::web::{
    App, act_words, batch, home_ask, home_desk, home_lead, home_office, letters, outbox, questions,
    requests, rules_actions, saved, words,
};

#[derive(Template)]
#[template(path = "home.html")]
struct HomePage {
    page: Page,
    waiting: Vec<Waiting>,
    sections: Vec<Section>,
    charts: Vec<Chart>,
    /// Nothing was taken in yet.
    empty: bool,
    uploads: bool,
    /// They see figures or a queue at all.
    counts: bool,
    /// Nobody opened their digest of today yet.
    unread: bool,
    /// They have a sheet of their day.
    works: bool,
    /// They see figures, service levels among them.
    levels: bool,
}

/// Something that waits outside the queue.
struct Waiting {
    text: String,
    link: Link,
}

/// `GET /`.
pub(crate) async fn page(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Query(asked): Query<Fields>,
) -> Result<Response, Trouble> {
    let office = &visitor.office;
    let role = office.who.role;
    let opens = allows(role, Access::Queue);
    let counts = opens || allows(role, Access::Figures);
    let mut tx = office.read().await?;
    let today = office.moment().today.to_string();
    let mut waiting = waiting(&mut tx, &visitor).await?;
    let mut sections = home_office::sections(&mut tx, office).await?;
    sections.extend(outbox::section(&mut tx, office).await?);
    let mut charts = Vec::new();
    let mut is_empty = false;
    let mut missing = None;
    let mut lists = false;
    if counts {
        let people = home_lead::people(&mut tx, role).await?;
        let flow = figures::flow(&mut tx, office, &app.flows).await?;
        let kept = app.boards.of(&mut tx).await?;
        let counter = Counter::of(&kept.board, office, opens);
        waiting.extend(brought(&counter, opens));
        waiting.extend(to_approve(&counter, role));
        is_empty = counter.sum("snoozed=show").cases == 0;
        if !is_empty || role == Role::Provider {
            charts = if is_empty { Vec::new() } else { figures::charts(&counter, &flow) };
            let mut desk = home_desk::sections(&counter);
            desk.extend(home_lead::sections(&counter, &people));
            desk.append(&mut sections);
            sections = desk;
        }
        missing = home_ask::missing(&counter);
        let head = home_desk::head(&counter).filter(|_| !is_empty);
        drop(kept);
        if role == Role::Provider
            && let Some(first) = sections.first_mut()
        {
            first.tiles.insert(0, home_desk::questions(&mut tx, office).await?);
        }
        lists = head.as_ref().is_some_and(home_desk::Head::names_any);
        if let Some(head) = head {
            sections.insert(1, home_desk::next(&mut tx, office, head).await?);
        }
    }
    if let Some(missing) = missing {
        sections.insert(0, home_ask::section(&mut tx, office, missing).await?);
    }
    let mut page = Page::of(&visitor, "Home", "/");
    page.done = asked.get("done").and_then(|act| act_words::done(act));
    let template = HomePage {
        waiting,
        sections,
        charts,
        empty: is_empty && missing.is_none(),
        uploads: allows(role, Access::TakeFiles),
        counts,
        unread: tx.digest(&today, office.who.person.as_str()).await?.is_none(),
        works: opens,
        levels: allows(role, Access::Figures),
        page,
    };
    let mut response = html(&template)?;
    if !lists {
        response.extensions_mut().insert(NoPatient);
    }
    Ok(response)
}

/// What waits for who looks, outside the queue.
async fn waiting(tx: &mut Tx, visitor: &Visitor) -> Result<Vec<Waiting>, Trouble> {
    let office = &visitor.office;
    let role = office.who.role;
    let mut waiting = Vec::new();
    if allows(role, Access::Questions) {
        let (asked, answered) = questions::counts(tx, office).await?;
        waiting.extend(waits(asked, "question for you", "questions for you", "/questions#asked"));
        let href = "/questions#answered";
        waiting.extend(waits(answered, "answer for you", "answers for you", href));
    }
    waiting.extend(asked_by_payers(tx, office).await?);
    waiting.extend(ready(letters::ready(tx, office).await?));
    if allows(role, Access::Correct) {
        let (open, declined) = batch::waiting(tx, office).await?;
        let (one, many) = ("batch of corrected claims", "batches of corrected claims");
        waiting.extend(waits(open, one, many, "/batches"));
        let (one, many) =
            ("batch whose codes a coder declined", "batches whose codes a coder declined");
        waiting.extend(waits(declined, one, many, "/batches"));
    }
    // Coders correct claims, and who bills brings them to the next payer.
    if allows(role, Access::Correct) && allows(role, Access::Rejections) {
        let (to_bill, late) = secondary::counts(tx, office).await?;
        let (one, many) =
            ("claim to bill to its next payer", "claims to bill to their next payers");
        waiting.extend(waits(to_bill, one, many, "/secondary"));
        let (one, many) = ("late crossover", "late crossovers");
        waiting.extend(waits(late, one, many, "/secondary?show=late"));
    }
    if allows(role, Access::Rules) {
        let stopped = rules_actions::stopped(tx, office).await?;
        let (one, many) = ("rule that stopped itself", "rules that stopped themselves");
        waiting.extend(waits(stopped, one, many, "/rules/actions"));
        let codes = tx.unmapped_codes().await?.len() + tx.unruled_statuses().await?.len();
        let codes = codes as u64;
        let (one, many) = ("code that nobody mapped", "codes that nobody mapped");
        waiting.extend(waits(codes, one, many, "/rules#codes"));
    }
    // A poster has these as tiles.
    if allows(role, Access::Remittances) && role != Role::Poster {
        waiting.extend(to_review(tx.reviews().await?, role));
    }
    if allows(role, Access::Emergencies) {
        let opened = count(tx.unseen_emergencies().await?);
        let (one, many) = ("case opened in an emergency", "cases opened in an emergency");
        waiting.extend(waits(opened, one, many, "/emergencies"));
    }
    if allows(role, Access::Rejections) && role != Role::Poster {
        let open = count(tx.open_rejections().await?);
        waiting.extend(waits(open, "open rejection", "open rejections", "/rejections"));
        let late = count(tx.late_answers(&visitor.office.moment().today.to_string()).await?.0);
        let (one, many) =
            ("claim without its payer's answer", "claims without their payer's answer");
        waiting.extend(waits(late, one, many, "/unanswered"));
    }
    Ok(waiting)
}

/// Letters that are ready: to be signed, or that nobody can sign before their channel is chosen.
fn ready(letters: Ready) -> impl Iterator<Item = Waiting> {
    let (one, many) = match letters.is_capped {
        true => ("letter to sign or more", "letters to sign or more"),
        false => ("letter to sign", "letters to sign"),
    };
    let to_sign = waits(letters.to_sign, one, many, "/letters?show=ready");
    let (one, many) = match letters.is_capped {
        true => ("letter without a channel, or more", "or more letters without a channel"),
        false => ("letter without a channel", "letters without a channel"),
    };
    let no_channel = waits(letters.no_channel, one, many, "/letters?show=no_channel");
    to_sign.into_iter().chain(no_channel)
}

/// Letters of payers that wait for an answer. Who leads or posts sees those that others answer.
async fn asked_by_payers(tx: &mut Tx, office: &Office) -> Result<Vec<Waiting>, store::Error> {
    let role = office.who.role;
    if !allows(role, Access::Requests) {
        return Ok(Vec::new());
    }
    let (open, missed) = requests::counts(tx, office).await?;
    let (one, many) = ("payer's request past its day", "payers' requests past their day");
    let late = waits(missed, one, many, "/requests");
    let (one, many) = match role {
        Role::Poster | Role::Manager | Role::BillingSupervisor | Role::Administrator => {
            ("open request of a payer", "open requests of payers")
        }
        Role::FrontDesk
        | Role::AuthorizationStaff
        | Role::CertifiedCoder
        | Role::BillingSpecialist
        | Role::UtilizationReview
        | Role::Provider
        | Role::Vendor
        | Role::Executive
        | Role::Auditor => ("payer's request to answer", "payers' requests to answer"),
    };
    let open = waits(open.saturating_sub(missed), one, many, "/requests");
    Ok(late.into_iter().chain(open).collect())
}

/// Cases that were brought to the role.
fn brought(counter: &Counter<'_>, opens: bool) -> Option<Waiting> {
    let query = "brought=me&snoozed=show";
    let cases = counter.sum(query).cases;
    let (one, many) = ("case brought to you", "cases brought to you");
    waits(cases, one, many, &format!("/queue?{query}")).filter(|_| opens)
}

/// Write-offs that wait for a second person, for who may be that.
fn to_approve(counter: &Counter<'_>, role: Role) -> Option<Waiting> {
    let cases = counter.sum(saved::APPROVALS).cases;
    let href = format!("/queue?{}", saved::APPROVALS);
    let waits = waits(cases, "write-off to approve", "write-offs to approve", &href);
    waits.filter(|_| may(role, Act::Approve))
}

/// Remittances and matches that wait for a person.
fn to_review(reviews: Reviews, role: Role) -> impl Iterator<Item = Waiting> {
    let decides = allows(role, Access::Matches);
    let (matches, doubts) = if decides { (reviews.matches, reviews.doubts) } else { (0, 0) };
    let remittances = count(reviews.remittances);
    let to_decide = "/remittances?show=review";
    let doubtful = "/matches?show=doubtful";
    waits(remittances, "remittance to decide", "remittances to decide", to_decide)
        .into_iter()
        .chain(waits(count(matches), "match to review", "matches to review", "/matches"))
        .chain(waits(count(doubts), "doubtful payment", "doubtful payments", doubtful))
}

fn waits(rows: u64, one: &str, many: &str, href: &str) -> Option<Waiting> {
    let text = words::counted(crate::web::tiles::signed(rows), one, many);
    (rows > 0).then(|| Waiting { text, link: Link { href: href.to_owned(), rows } })
}

/// A count of the database.
pub(crate) fn count(rows: i64) -> u64 {
    u64::try_from(rows).unwrap_or_default()
}

/// A list that is no queue, as a tile.
pub(crate) fn tile(label: &str, rows: u64, note: &str, href: &str) -> Tile {
    Tile {
        label: label.to_owned(),
        figure: crate::web::tiles::number(rows),
        note: note.to_owned(),
        class: "",
        link: Some(Link { href: href.to_owned(), rows }),
    }
}
