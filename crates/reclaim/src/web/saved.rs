//! Saved views of the queue: one's own and the team's, as tabs above the list.

use std::collections::BTreeSet;

use axum::response::{IntoResponse, Redirect, Response};
use denial::ids::ViewId;
use denial::lifecycle::Act;
use denial::person::{may, supervises};
use store::journal::Entry;
use store::views::SavedView;
use store::{Tx, instant};

use crate::act;
use crate::web::asked::Asked;
use crate::web::gate::Posted;
use crate::web::home_desk;
use crate::web::session::Visitor;
use crate::web::trouble::Trouble;

/// A view above the list.
pub(crate) struct Tab {
    pub(crate) name: String,
    pub(crate) href: String,
    pub(crate) is_here: bool,
    /// Where the visitor may remove it: its id.
    pub(crate) own: Option<String>,
    pub(crate) is_team: bool,
}

/// Views that everybody has.
const USUAL: [(&str, &str); 5] = [
    ("All open", ""),
    ("Mine", "person=me"),
    ("No person", "person=none"),
    ("Due soon", "due=past,soon&sort=due"),
    ("To do today", "when=late,today&sort=next"),
];
/// The view of those who may approve.
pub(crate) const APPROVALS: &str = "waiting=approval&snoozed=show";
/// Letters of a view's name.
const NAME_LETTERS: usize = 40;

/// What is somebody's own is what their teams share too, where they are of one.
const fn own(query: &'static str, shares: bool) -> &'static str {
    if shares && matches!(query.as_bytes(), b"person=me") { "person=me,team" } else { query }
}

/// Every view, the usual ones first.
pub(crate) async fn tabs(
    tx: &mut Tx,
    visitor: &Visitor,
    asked: &Asked,
) -> Result<Vec<Tab>, Trouble> {
    let me = visitor.office.who.person.as_str();
    let here = asked.query();
    let work = home_desk::work(&visitor.office).filter(|work| !work.is_empty());
    let work = work.map(|query| ("My work", query));
    let shares = visitor.office.teams().next().is_some();
    let usual = USUAL.into_iter().map(|(name, query)| (name, own(query, shares).to_owned()));
    // Whose work is what they own has one name for it.
    let mine = work.clone().map(|(_, query)| query);
    let usual = usual.filter(|(_, query)| mine.as_ref() != Some(query));
    let approves = may(visitor.office.who.role, Act::Approve);
    let approvals = approves.then(|| ("Write-offs to approve", APPROVALS.to_owned()));
    let usual = work.into_iter().chain(usual).chain(approvals).map(|(name, query)| Tab {
        name: name.to_owned(),
        href: address(&query),
        is_here: here == query,
        own: None,
        is_team: false,
    });
    let leads = supervises(visitor.office.who.role);
    let saved = tx.saved_views(me).await?;
    let saved = saved.into_iter().map(|view| Tab {
        href: address(&view.query),
        is_here: here == view.query,
        own: (view.person == me || leads).then_some(view.view),
        is_team: view.person.is_empty(),
        name: view.name,
    });
    let mut tabs: Vec<Tab> = usual.chain(saved).collect();
    // The same cases in other columns, another order or as jobs are still that view.
    if !tabs.iter().any(|tab| tab.is_here) {
        let is_same = |tab: &&mut Tab| cases_of(&tab.href) == cases_of(&address(&here));
        if let Some(tab) = tabs.iter_mut().find(is_same) {
            tab.is_here = true;
        }
    }
    Ok(tabs)
}

/// What an address of the queue chooses among cases, without how it shows them.
fn cases_of(address: &str) -> BTreeSet<String> {
    let query = address.split_once('?').map_or("", |(_, query)| query);
    let shows =
        |part: &&str| !["sort=", "columns=", "by="].iter().any(|name| part.starts_with(name));
    query.split('&').filter(|part| !part.is_empty()).filter(shows).map(str::to_owned).collect()
}

/// The queue for a query, an empty one too: the bare address is each one's own work.
pub(crate) fn address(query: &str) -> String {
    format!("/queue?{query}")
}

/// `POST /queue/views`: saves the view that is shown, or forgets one.
pub(crate) async fn change(visitor: Visitor, Posted(fields): Posted) -> Result<Response, Trouble> {
    let text = |name: &str| fields.get(name).map(|text| text.trim()).unwrap_or_default();
    let asked = Asked::of(text("query"), &visitor.office);
    if text("forget").is_empty() {
        keep(&visitor, text("name"), &asked.query(), text("team") == "yes").await?;
    } else {
        forget(&visitor, text("forget")).await?;
    }
    Ok(Redirect::to(&address(&asked.query())).into_response())
}

async fn keep(visitor: &Visitor, name: &str, query: &str, team: bool) -> Result<(), Trouble> {
    let office = &visitor.office;
    let letters = name.chars().count();
    if letters == 0 || letters > NAME_LETTERS || name.chars().any(char::is_control) {
        let text = format!("A view's name has one to {NAME_LETTERS} letters.");
        return Err(Trouble::Unfit(text));
    }
    if team && !supervises(office.who.role) {
        let text = "A team's views are made by those who lead it. Save it for yourself.";
        return Err(Trouble::Denied(text.to_owned()));
    }
    let me = office.who.person.as_str().to_owned();
    let moment = office.moment();
    let view = SavedView {
        view: ViewId::from_bits(act::draw()).as_str().to_owned(),
        person: if team { String::new() } else { me.clone() },
        name: name.to_owned(),
        query: query.to_owned(),
        saved_at: instant(moment.now),
        saved_by: me,
    };
    let mut tx = office.write().await?;
    tx.save_view(&view).await?;
    let told = serde_json::json!({ "name": view.name, "query": view.query, "team": team });
    tx.append(vec![Entry::new(&view.view, "view.saved", &told)], &moment).await?;
    Ok(tx.commit().await?)
}

async fn forget(visitor: &Visitor, view: &str) -> Result<(), Trouble> {
    let office = &visitor.office;
    let moment = office.moment();
    let mut tx = office.write().await?;
    let mut gone = tx.forget_view(view, office.who.person.as_str()).await?;
    if !gone && supervises(office.who.role) {
        gone = tx.forget_view(view, "").await?;
    }
    if !gone {
        return Err(Trouble::Nowhere);
    }
    tx.append(vec![Entry::new(view, "view.forgotten", &serde_json::json!({}))], &moment).await?;
    Ok(tx.commit().await?)
}
