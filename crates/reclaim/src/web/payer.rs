//! One payer: its card with who changed it, what of its promises it kept, and what was said to us.

use std::collections::HashMap;

use askama::Template;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use denial::claim::PayerName;
use denial::denial::Denial;
use denial::ids::{PayerId, PersonId};
use denial::payer::Card;
use denial::person::{Access, allows};
use store::Tx;

use crate::calls::{self, Calls, Held, LOOKED_THROUGH, NotKept};
use crate::fields::Fields;
use crate::identity;
use crate::practice::Office;
use crate::web::gate::Posted;
use crate::web::names::Names;
use crate::web::page::{Page, html_with};
use crate::web::payers::{self, Told};
use crate::web::session::Visitor;
use crate::web::timeline::{self, People};
use crate::web::trouble::Trouble;
use crate::web::words;

/// Contacts that are shown.
const ROWS: usize = 100;

#[derive(Template)]
#[template(path = "payer.html")]
struct PayerPage {
    page: Page,
    payer: String,
    name: String,
    card: CardView,
    version: i64,
    /// The visitor may change the card.
    changes: bool,
    typed: Fields,
    holders: Vec<(String, String)>,
    history: Vec<(String, String, String)>,
    refused: Option<String>,
    /// What its promises come to, for who sees figures; none where nobody contacted it.
    told: Option<Told>,
    days: i64,
    spans: Vec<i64>,
    calls: Vec<CallRow>,
    /// More contacts are on cases that the visitor does not see, or beyond what is shown.
    beyond: usize,
    capped: Option<String>,
}

impl PayerPage {
    fn value(&self, name: &str) -> &str {
        self.typed.get(name).map_or("", String::as_str)
    }

    fn is(&self, name: &str, value: &str) -> bool {
        self.value(name) == value
    }
}

/// One contact.
struct CallRow {
    at: String,
    by: String,
    how: String,
    with: String,
    said: String,
    promised: String,
    minutes: String,
    href: String,
    number: String,
}

/// How a payer is reached, as far as somebody wrote it down.
pub(crate) struct CardView {
    /// Label and words.
    pub(crate) rows: Vec<(&'static str, String)>,
    /// The portal's address, where a browser may follow it.
    pub(crate) link: Option<String>,
}

/// The texts of a card with their labels, in the order in which they are shown.
const LABELS: [(&str, &str); 9] = [
    ("phone", "Telephone"),
    ("phone_tree", "Phone tree"),
    ("best_time", "Best time to call"),
    ("fax", "Fax"),
    ("portal", "Portal"),
    ("portal_steps", "Steps in the portal"),
    ("appeal_address", "Appeals by mail"),
    ("file_limits", "File limits"),
    ("notes", "Notes"),
];

impl CardView {
    pub(crate) fn of(card: &Card, people: &People) -> CardView {
        let texts: HashMap<&str, &str> = card.texts().into_iter().collect();
        let row = |(name, label): (&str, &'static str)| {
            let text = texts.get(name).map(|text| text.trim()).unwrap_or_default();
            (label, text.to_owned())
        };
        let mut rows: Vec<(&'static str, String)> = LABELS.into_iter().map(row).collect();
        if let Some(holder) = &card.login_holder {
            rows.push(("Holds the portal’s login", timeline::name(people, holder.as_str())));
        }
        rows.retain(|(_, text)| !text.is_empty());
        CardView { rows, link: card.link().map(str::to_owned) }
    }

    /// The card of a case's payer.
    ///
    /// # Errors
    /// The database.
    pub(crate) async fn of_case(
        tx: &mut Tx,
        office: &Office,
        case: &Denial,
        people: &People,
    ) -> Result<CardView, Trouble> {
        let ids = ids(office, &case.payer, &case.payer_name);
        Ok(CardView::of(&calls::card(tx, &ids).await?.card, people))
    }
}

/// The page of a case's payer, where the visitor may open it.
pub(crate) fn address(office: &Office, case: &Denial) -> Option<String> {
    allows(office.who.role, Access::Payers).then(|| format!("/payers/{}", case.payer))
}

/// A payer's id by today's rules, the one that it is called by here, and those that it had before
/// rules said that its spellings are one.
pub(super) fn ids(office: &Office, payer: &PayerId, name: &PayerName) -> Vec<String> {
    let now = identity::told_payer(name, &office.rules);
    let former = identity::former_payers(name, &office.rules);
    let all = now.iter().chain([payer]).chain(&former);
    let mut ids: Vec<String> = Vec::new();
    for id in all.map(ToString::to_string) {
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    ids
}

/// A payer that the practice has met: its id by today's rules, its name, and every id that it had.
async fn known(
    tx: &mut Tx,
    office: &Office,
    id: &str,
) -> Result<(PayerId, String, Vec<String>), Trouble> {
    let payer = PayerId::parse(id).map_err(|_| Trouble::Nowhere)?;
    let all = tx.payers().await?;
    let found = all.into_iter().find(|(one, _)| one == id);
    let (_, name) = found.ok_or(Trouble::Nowhere)?;
    let called = PayerName { name: name.as_str().into(), ..PayerName::default() };
    let ids = ids(office, &payer, &called);
    let now = identity::told_payer(&called, &office.rules);
    Ok((now.unwrap_or(payer), name, ids))
}

/// `GET /payers/{id}`.
pub(crate) async fn page(
    visitor: Visitor,
    Path(id): Path<String>,
    Query(asked): Query<Fields>,
) -> Result<Response, Trouble> {
    shown(&visitor, &id, &asked, None).await
}

async fn shown(
    visitor: &Visitor,
    id: &str,
    asked: &Fields,
    refused: Option<(String, Fields)>,
) -> Result<Response, Trouble> {
    let office = &visitor.office;
    let role = office.who.role;
    let mut tx = office.read().await?;
    let (_, name, ids) = known(&mut tx, office, id).await?;
    let people = timeline::people(&mut tx).await?;
    let held = calls::card(&mut tx, &ids).await?;
    let days = payers::days(asked);
    let since = payers::since(office, days);
    let found = Calls::since(&mut tx, office, since, &ids).await?;
    let measure = found.measure_of(&ids).filter(|_| allows(role, Access::Figures));
    let told = measure.as_ref().map(Told::of);
    let (calls, beyond) = rows(&mut tx, office, &found, &people).await?;
    drop(tx);
    let (refused, typed) = match refused {
        Some((text, typed)) => (Some(text), typed),
        None => (None, fields(&held.card)),
    };
    let mut page = Page::of(visitor, name.clone(), "/payers");
    page.done =
        asked.get("done").map(|_| "Saved: the card holds for everybody at once.".to_owned());
    let status = if refused.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let mut holders: Vec<(String, String)> = people.clone().into_iter().collect();
    holders.sort_by(|one, other| one.1.cmp(&other.1));
    let template = PayerPage {
        page,
        payer: id.to_owned(),
        name,
        card: CardView::of(&held.card, &people),
        version: held.version,
        changes: allows(role, Access::Rules),
        typed,
        holders,
        history: history(&held, &people, &office.clinic.zone)?,
        refused,
        told,
        days,
        spans: payers::spans(),
        calls,
        beyond,
        capped: found.is_capped.then(|| words::number(LOOKED_THROUGH)),
    };
    html_with(status, &template)
}

/// The contacts on cases that the visitor sees, and how many are not shown.
async fn rows(
    tx: &mut Tx,
    office: &Office,
    found: &Calls,
    people: &People,
) -> Result<(Vec<CallRow>, usize), Trouble> {
    let mut ids: Vec<String> = found.calls.iter().map(|one| one.case.clone()).collect();
    ids.sort();
    ids.dedup();
    let mut cases = HashMap::new();
    for part in ids.chunks(500) {
        let seen = tx.cases_among(part).await?.into_iter().filter(|case| office.sees(case));
        cases.extend(seen.map(|case| (case.id.to_string(), case)));
    }
    let claims: Vec<String> = cases.values().map(|case| case.claim.to_string()).collect();
    let names = Names::among(tx, &claims).await?;
    let shows = |case: &Denial| names.in_lists(office) && !names.guards(case.claim.as_str());
    let row = |one: &calls::Call| {
        let case = cases.get(&one.case)?;
        let contact = &one.contact;
        let with = [contact.representative.trim(), contact.reference.trim()];
        let with: Vec<&str> = with.into_iter().filter(|text| !text.is_empty()).collect();
        Some(CallRow {
            at: words::instant(&one.at, &office.clinic.zone),
            by: timeline::name(people, &one.by),
            how: words::label(contact.channel.as_str()),
            with: with.join(", "),
            said: if shows(case) { contact.said.clone() } else { "•••".to_owned() },
            promised: contact.promised_by.map(words::day).unwrap_or_default(),
            minutes: match contact.minutes {
                0 => String::new(),
                minutes => minutes.to_string(),
            },
            href: format!("/cases/{}", case.id),
            number: case.number.to_string(),
        })
    };
    let mut rows: Vec<CallRow> = found.calls.iter().filter_map(row).collect();
    rows.truncate(ROWS);
    let beyond = found.calls.len() - rows.len();
    Ok((rows, beyond))
}

/// What the form begins with.
fn fields(card: &Card) -> Fields {
    let texts = card.texts().into_iter().map(|(name, text)| (name.to_owned(), text.to_owned()));
    let holder = card.login_holder.as_ref().map(|one| ("login_holder".to_owned(), one.to_string()));
    texts.chain(holder).collect()
}

/// Each version: when and by whom, why, what it changed.
fn history(
    held: &Held,
    people: &People,
    zone: &str,
) -> Result<Vec<(String, String, String)>, Trouble> {
    let read = |body: &str| {
        serde_json::from_str::<Card>(body).map_err(|fault| Trouble::Broken(fault.into()))
    };
    let mut before = Card::default();
    let mut told = Vec::with_capacity(held.versions.len());
    for row in held.versions.iter().rev() {
        let card = read(&row.body)?;
        let changed = calls::changed(&before, &card).into_iter().map(label).collect::<Vec<_>>();
        let by = timeline::name(people, &row.saved_by);
        let at = format!("{}, by {by}", words::instant(&row.saved_at, zone));
        told.push((at, row.why.clone(), changed.join(", ")));
        before = card;
    }
    told.reverse();
    Ok(told)
}

fn label(name: &'static str) -> &'static str {
    let known = LABELS.into_iter().find(|(one, _)| *one == name);
    known.map_or("Holder of the login", |(_, label)| label)
}

/// `POST /payers/{id}`: a new version of its card.
pub(crate) async fn change(
    visitor: Visitor,
    Path(id): Path<String>,
    Posted(fields): Posted,
) -> Result<Response, Trouble> {
    let office = &visitor.office;
    let mut tx = office.read().await?;
    let (payer, _, ids) = known(&mut tx, office, &id).await?;
    let people = timeline::people(&mut tx).await?;
    drop(tx);
    let field = |name: &str| fields.get(name).map(|text| text.trim()).unwrap_or_default();
    let read = field("read").parse().map_err(|_| Trouble::Nowhere)?;
    let holder = PersonId::parse(field("login_holder")).ok();
    let text = |name: &str| field(name).to_owned();
    let card = Card {
        phone: text("phone"),
        phone_tree: text("phone_tree"),
        best_time: text("best_time"),
        fax: text("fax"),
        portal: text("portal"),
        portal_steps: text("portal_steps"),
        login_holder: holder.filter(|one| people.contains_key(one.as_str())),
        appeal_address: text("appeal_address"),
        file_limits: text("file_limits"),
        notes: text("notes"),
    };
    let why = field("why");
    match calls::keep(office, (&payer, &ids), (&card, why), read).await {
        Ok(()) => Ok(Redirect::to(&format!("/payers/{id}?done=card")).into_response()),
        Err(NotKept::Broken(fault)) => Err(fault.into()),
        Err(why) => {
            let text = words::sentence(&why.to_string());
            shown(&visitor, &id, &Fields::new(), Some((text, fields))).await
        }
    }
}
