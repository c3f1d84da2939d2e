//! Batches of corrected claims: each claim with what changes on it, those that are set aside, how
//! far it came, and the word that lets it leave.

use std::collections::HashMap;

use askama::Template;
use axum::extract::{Path, Query};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use denial::lifecycle::evidence::Frequency;
use denial::outgoing::State;
use denial::person::supervises;
use store::Tx;
use store::correction_batches::{CorrectionBatch, CorrectionCount};
use store::correction_standing::SentCorrections;

use crate::batch::{self, NotDone, Step, count};
use crate::correcting;
use crate::fields::Fields;
use crate::practice::Office;
use crate::web::batch_rows::{self, Row};
use crate::web::gate::{NoPatient, Posted};
use crate::web::home;
use crate::web::names::LONGEST_WHY;
use crate::web::page::{Page, html, html_with};
use crate::web::session::{UNASKED, Visitor};
use crate::web::timeline::{self, People};
use crate::web::trouble::Trouble;
use crate::web::words;

/// Batches on the list.
const LISTED: i64 = 50;
/// Claims on one page.
const ROWS: i64 = 100;
/// Seconds after which a page that tells progress renews itself.
const RENEWS: &str = "10";
/// The same where little is left to do.
const RENEWS_SOON: &str = "3";

#[derive(Template)]
#[template(path = "batches.html")]
struct ListPage {
    page: Page,
    rows: Vec<ListRow>,
}

struct ListRow {
    href: String,
    title: String,
    made: String,
    state: &'static str,
    class: &'static str,
    ready: String,
    /// They go after a coder's approval alone.
    needs_word: bool,
    aside: String,
    sent: String,
    /// When these leave or left.
    whens: Vec<String>,
}

#[derive(Template)]
#[template(path = "batch.html")]
struct BatchPage {
    page: Page,
    id: String,
    title: String,
    made: String,
    goes: &'static str,
    note: String,
    state: String,
    /// Why it stopped by itself.
    why: String,
    all: i64,
    done: i64,
    /// It tells progress and renews itself.
    renews: bool,
    /// What its links say where it does not renew itself.
    still: &'static str,
    is_running: bool,
    is_own: bool,
    ready: i64,
    aside: i64,
    sent: i64,
    money: String,
    payers: Vec<PayerRow>,
    coder: CoderView,
    /// Where those are that were sent, each in a sentence.
    whereabouts: Vec<String>,
    asides: Vec<(String, String)>,
    shown: &'static str,
    rows: Vec<Row>,
    /// Where further rows are.
    further: Option<i64>,
    from: i64,
    refused: Option<String>,
    /// Letters of a reason.
    longest: usize,
    /// What was typed for it, where it was not taken.
    typed: String,
}

/// The claims of one payer.
struct PayerRow {
    name: String,
    claims: String,
    money: String,
    /// What it takes again, as its file says it, and its source; empty where nothing is configured.
    terms: Vec<(&'static str, &'static str)>,
    source: String,
}

/// A coder's word on its codes.
struct CoderView {
    /// So many claims change codes.
    coded: i64,
    approved: Option<String>,
    /// Who did not agree and when, and why.
    declined: Option<(String, String)>,
    /// It leaves after a coder's approval alone.
    needs_word: bool,
    /// Who looks is a coder, whose word counts.
    is_coder: bool,
    /// Their word is waited for.
    may_decline: bool,
    is_asked: bool,
}

/// Works on what waits, beside everything else.
pub(crate) fn begin_work(office: &Office) {
    let office = office.clone();
    tokio::spawn(async move {
        if let Err(fault) = batch::sweep(&office).await {
            tracing::error!("a batch of corrected claims: {fault:#}");
        }
    });
}

/// `GET /batches`.
pub(crate) async fn list(
    visitor: Visitor,
    Query(asked): Query<Fields>,
) -> Result<Response, Trouble> {
    let office = &visitor.office;
    let mut tx = office.read().await?;
    let people = timeline::people(&mut tx).await?;
    let me = (!supervises(office.who.role)).then(|| office.who.person.as_str());
    let all = tx.correction_batches(me, correcting::is_coder(office.who.role), LISTED).await?;
    let ids: Vec<String> = all.iter().map(|one| one.batch.clone()).collect();
    let counts = tx.count_corrections(&ids).await?;
    let sent = tx.sent_corrections(&ids).await?;
    let rows = all.iter().map(|one| listed(office, &people, one, (&counts, &sent))).collect();
    let mut page = Page::of(&visitor, "Batches of corrected claims", "/outbox");
    page.done = asked.contains_key("done").then(|| {
        "The codes were declined: your reason is with who asked, and on the cases.".to_owned()
    });
    html(&ListPage { page, rows })
}

fn listed(
    office: &Office,
    people: &People,
    one: &CorrectionBatch,
    (counts, sent): (&[CorrectionCount], &[SentCorrections]),
) -> ListRow {
    let of: Vec<CorrectionCount> =
        counts.iter().filter(|count| count.batch == one.batch).cloned().collect();
    let number = |state: &str| words::number(count(&of, state));
    let sent: Vec<&SentCorrections> = sent.iter().filter(|it| it.batch == one.batch).collect();
    let whens = sent.iter().map(|it| {
        let when = batch_rows::when(it, &office.clinic.zone);
        if sent.len() == 1 { when } else { format!("{} {when}", it.claims) }
    });
    let whens = whens.collect();
    let all_left = sent.iter().all(|it| State::from_name(&it.state).is_some_and(State::has_left));
    let (state, class) = in_words(one, &of, all_left && !sent.is_empty());
    ListRow {
        href: format!("/batches/{}", one.batch),
        title: title(one),
        made: made(office, people, one),
        state,
        class,
        ready: number("ready"),
        needs_word: one.state == "ready" && batch::needs_word(one, &of),
        aside: number("aside"),
        sent: number("sent"),
        whens,
    }
}

fn in_words(
    one: &CorrectionBatch,
    counts: &[CorrectionCount],
    all_left: bool,
) -> (&'static str, &'static str) {
    let went = if all_left { ("left", "here") } else { ("in the outbox", "here") };
    let needs_word = batch::needs_word(one, counts);
    match one.state.as_str() {
        "preparing" => ("its claims are looked at", ""),
        "stopped" => ("stopped", "odd"),
        "ready" if needs_word && one.declined_at.is_some() => ("declined by a coder", "odd"),
        "ready" if needs_word && one.asked_at.is_some() => ("waits for a coder’s word", "odd"),
        "ready" if needs_word => ("needs a coder’s word: ask one", "odd"),
        "ready" if count(counts, "ready") == 0 && count(counts, "sent") > 0 => went,
        "ready" if count(counts, "ready") == 0 => ("nothing of it can go", "odd"),
        "ready" => ("can be sent", "odd"),
        "sending" => ("is being sent", ""),
        "sent" => went,
        _ => ("dropped", ""),
    }
}

fn title(one: &CorrectionBatch) -> String {
    let wish = batch::wish(one).map(|wish| words::sentence_case(&wish.in_words()));
    wish.unwrap_or_else(|_| "A change".to_owned())
}

fn made(office: &Office, people: &People, one: &CorrectionBatch) -> String {
    let at = words::instant(&one.made_at, &office.clinic.zone);
    format!("{at} by {}", timeline::name(people, &one.made_by))
}

async fn open(office: &Office, id: &str) -> Result<CorrectionBatch, Trouble> {
    let one = office.read().await?.correction_batch(id).await?.ok_or(Trouble::Nowhere)?;
    if !batch::may_look(office, &one) {
        let text = "It is somebody else’s batch: they or a supervisor look at it.";
        return Err(Trouble::Denied(text.to_owned()));
    }
    Ok(one)
}

/// `GET /batches/{id}`.
pub(crate) async fn page(
    visitor: Visitor,
    Path(id): Path<String>,
    Query(asked): Query<Fields>,
) -> Result<Response, Trouble> {
    let one = open(&visitor.office, &id).await?;
    shown(&visitor, one, &asked, None).await
}

async fn shown(
    visitor: &Visitor,
    one: CorrectionBatch,
    asked: &Fields,
    refused: Option<String>,
) -> Result<Response, Trouble> {
    let office = &visitor.office;
    let mut tx = office.read().await?;
    let people = timeline::people(&mut tx).await?;
    let counts = tx.count_corrections(std::slice::from_ref(&one.batch)).await?;
    let [waiting, ready, aside, sent] =
        ["waiting", "ready", "aside", "sent"].map(|state| count(&counts, state));
    let shown = shown_of(asked, ready, aside, sent);
    let from = place(asked);
    let items = tx.correction_items(&one.batch, shown, from, ROWS).await?;
    let asides = tx.correction_asides(&one.batch).await?;
    let payers = payers(&mut tx, office, &one, &counts).await?;
    let rows = batch_rows::rows(&mut tx, office, &one, &items).await?;
    let parts = tx.sent_corrections(std::slice::from_ref(&one.batch)).await?;
    drop(tx);
    let is_running = matches!(one.state.as_str(), "preparing" | "sending");
    let is_still = asked.contains_key("still");
    // What was refused stays to be read.
    let renews = is_running && !is_still && refused.is_none();
    let all = waiting + ready + aside + sent;
    let page = BatchPage {
        page: Page::of(visitor, title(&one), "/outbox"),
        id: one.batch.clone(),
        title: title(&one),
        made: made(office, &people, &one),
        goes: goes(&one),
        note: batch::wish(&one).map(|wish| wish.note).unwrap_or_default(),
        all,
        done: all - if one.state == "sending" { ready } else { waiting },
        renews,
        still: if is_still { "&still=yes" } else { "" },
        is_running,
        is_own: batch::is_own(office, &one),
        ready,
        aside,
        sent,
        money: words::money(
            counts.iter().filter(|one| one.state == "ready").map(|one| one.outstanding).sum(),
        ),
        payers,
        coder: coder(office, &people, &one, &counts),
        asides: asides
            .into_iter()
            .map(|(why, count)| (words::number(count), words::sentence(&why)))
            .collect(),
        shown,
        further: items.last().map(|last| last.n + 1).filter(|_| items.len() as i64 == ROWS),
        whereabouts: batch_rows::sent(&parts, &office.clinic.zone),
        rows,
        from,
        why: one.why.clone(),
        state: one.state,
        refused,
        longest: LONGEST_WHY,
        typed: asked.get("why").cloned().unwrap_or_default(),
    };
    answered(page)
}

/// The page, which renews itself while it tells progress.
fn answered(page: BatchPage) -> Result<Response, Trouble> {
    let status = page.refused.as_ref().map_or(StatusCode::OK, |_| StatusCode::UNPROCESSABLE_ENTITY);
    let mut answer = html_with(status, &page)?;
    if page.renews {
        let after = if page.all - page.done < ROWS { RENEWS_SOON } else { RENEWS };
        let (id, shown, from) = (&page.id, page.shown, page.from);
        let to = format!("{after}; url=/batches/{id}?show={shown}&from={from}&{UNASKED}=yes");
        let to = HeaderValue::try_from(to).map_err(|fault| Trouble::Broken(fault.into()))?;
        answer.headers_mut().insert(header::REFRESH, to);
    }
    if page.rows.is_empty() {
        answer.extensions_mut().insert(NoPatient);
    }
    Ok(answer)
}

fn shown_of(asked: &Fields, ready: i64, aside: i64, sent: i64) -> &'static str {
    match asked.get("show").map(String::as_str) {
        Some("ready") => "ready",
        Some("aside") => "aside",
        Some("sent") => "sent",
        _ if ready == 0 && sent > 0 => "sent",
        _ if ready == 0 && aside > 0 => "aside",
        _ => "ready",
    }
}

fn goes(one: &CorrectionBatch) -> &'static str {
    match batch::wish(one).ok().and_then(|wish| wish.frequency) {
        None => "as each payer takes it",
        Some(Frequency::Replacement) => "as replacements (frequency 7)",
        Some(Frequency::Original) => "as new claims (frequency 1)",
        Some(Frequency::Void) => "as voids (frequency 8)",
    }
}

/// What is to go, payer by payer, with what the payer takes again.
async fn payers(
    tx: &mut Tx,
    office: &Office,
    one: &CorrectionBatch,
    counts: &[CorrectionCount],
) -> Result<Vec<PayerRow>, store::Error> {
    if one.state != "ready" {
        return Ok(Vec::new());
    }
    let mut rows = Vec::new();
    let firsts: HashMap<String, String> =
        tx.first_corrected(&one.batch).await?.into_iter().collect();
    let cases = tx.cases_among(&firsts.values().cloned().collect::<Vec<_>>()).await?;
    for count in counts.iter().filter(|one| one.state == "ready") {
        let first = firsts.get(&count.payer);
        let case = cases.iter().find(|case| first.is_some_and(|id| id == case.id.as_str()));
        let said = case.and_then(|case| office.rules.resubmission(&case.payer_name, case.plan));
        let word = |said: Option<bool>| match said {
            Some(true) => "yes",
            Some(false) => "no",
            None => "not configured",
        };
        let terms = said.map(|said| said.answers().map(|(what, yes)| (what, word(yes))));
        rows.push(PayerRow {
            name: count.payer_name.clone(),
            claims: words::counted(count.claims, "claim", "claims"),
            money: words::money(count.outstanding),
            terms: terms.into_iter().flatten().collect(),
            source: said.map(|one| format!("{}, {}", one.source, one.as_of)).unwrap_or_default(),
        });
    }
    Ok(rows)
}

fn coder(
    office: &Office,
    people: &People,
    one: &CorrectionBatch,
    counts: &[CorrectionCount],
) -> CoderView {
    let ready = counts.iter().filter(|one| one.state == "ready");
    let declined = one.declined_by.as_deref().zip(one.declined_at.as_deref());
    let by = |(by, at): (&str, &str)| {
        format!("{}, {}", timeline::name(people, by), words::instant(at, &office.clinic.zone))
    };
    CoderView {
        coded: ready.map(|one| one.coded).sum(),
        approved: one.approved_by.as_ref().map(|by| timeline::name(people, by)),
        declined: declined.map(by).zip(one.declined_why.clone()),
        needs_word: batch::needs_word(one, counts),
        is_coder: correcting::is_coder(office.who.role),
        may_decline: batch::may_approve(office, one),
        is_asked: one.asked_at.is_some(),
    }
}

/// `POST /batches/{id}`.
pub(crate) async fn decide(
    visitor: Visitor,
    Path(id): Path<String>,
    Posted(fields): Posted,
) -> Result<Response, Trouble> {
    let office = &visitor.office;
    let one = open(office, &id).await?;
    let step = match step(&fields) {
        Ok(step) => step,
        Err(text) => return shown(&visitor, one, &fields, Some(text)).await,
    };
    match batch::turn(office, &id, &step).await {
        Ok(()) => {}
        Err(NotDone::Missing) => return Err(Trouble::Nowhere),
        Err(NotDone::Store(fault)) => return Err(fault.into()),
        Err(why @ NotDone::NotYours) => {
            return Err(Trouble::Denied(words::sentence(&why.to_string())));
        }
        Err(why @ (NotDone::Past | NotDone::NoCoder | NotDone::Unapproved | NotDone::Empty)) => {
            let now = open(office, &id).await?;
            let text = words::sentence(&why.to_string());
            return shown(&visitor, now, &fields, Some(text)).await;
        }
    }
    if matches!(step, Step::GoOn | Step::Send) {
        begin_work(office);
    }
    let to = match step {
        Step::LeaveOut(_) => format!("/batches/{id}?show=ready&from={}", place(&fields)),
        // It waits for no coder any more, and they see it no more.
        Step::Decline(_) => "/batches?done=declined".to_owned(),
        Step::Stop | Step::GoOn | Step::Drop | Step::Ask | Step::Approve | Step::Send => {
            format!("/batches/{id}")
        }
    };
    Ok(Redirect::to(&to).into_response())
}

/// The place of the first row that is asked for.
fn place(asked: &Fields) -> i64 {
    asked.get("from").and_then(|text| text.parse().ok()).unwrap_or(0)
}

/// What a form asks for, or what it lacks.
fn step(fields: &Fields) -> Result<Step, String> {
    let told = |text: &str| Err(text.to_owned());
    match fields.get("step").map(String::as_str) {
        Some("stop") => Ok(Step::Stop),
        Some("go_on") => Ok(Step::GoOn),
        Some("drop") => Ok(Step::Drop),
        Some("ask") => Ok(Step::Ask),
        Some("approve") => Ok(Step::Approve),
        Some("decline") => declines(fields.get("why").map(|why| why.trim()).unwrap_or_default()),
        Some("send") if fields.get("cases").is_some_and(|ticked| !ticked.is_empty()) => {
            told("Claims are ticked: leave them out first, or send without ticks.")
        }
        Some("send") if fields.contains_key("confirmed") => Ok(Step::Send),
        Some("send") => told("Confirm what the payers take: tick the box above Send."),
        Some("leave_out") => {
            let places = fields.get("cases").map(String::as_str).unwrap_or_default();
            let places: Vec<i64> = places.split(',').filter_map(|one| one.parse().ok()).collect();
            if places.is_empty() {
                return told("Tick the claims to leave out.");
            }
            Ok(Step::LeaveOut(places))
        }
        Some(_) | None => told("Nothing was asked for."),
    }
}

/// That a coder does not agree, with a reason of a length.
fn declines(why: &str) -> Result<Step, String> {
    // Browsers end lines as mail does.
    let why = why.replace("\r\n", "\n");
    match why.chars().count() {
        0 => Err("Say why, in a few words: who asked reads it, and so do the cases.".to_owned()),
        1..=LONGEST_WHY => Ok(Step::Decline(why)),
        _ => Err(format!("A reason has at most {LONGEST_WHY} letters.")),
    }
}

/// What of it is on Home: batches to approve for a coder, batches not sent yet for who made them,
/// and those of which a coder declined what they had asked.
pub(crate) async fn waiting(tx: &mut Tx, office: &Office) -> Result<(u64, u64), store::Error> {
    let is_coder = correcting::is_coder(office.who.role);
    let counts = tx.count_waiting_corrections(office.who.person.as_str(), is_coder).await?;
    let (waits, declined) = (home::count(counts.0), home::count(counts.1));
    Ok((waits.saturating_sub(declined), declined))
}
