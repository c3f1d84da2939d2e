//! What pages ask for by themselves: whether the list has changed, whether the session still holds.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use denial::ids::DenialId;
use form_urlencoded::parse;
use insight::board::Wanted;
use serde_json::{Value, json};

use crate::web::App;
use crate::web::asked::Asked;
use crate::web::session::Visitor;
use crate::web::trouble::Trouble;

/// Changed cases that are named; where more are, the list is read anew.
const MOST: usize = 500;

/// `GET /queue/news`: what others did to a list since an entry of the journal. Numbers and ids
/// alone.
pub(crate) async fn page(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
) -> Result<Response, Trouble> {
    let query = query.unwrap_or_default();
    let asked = Asked::of(&query, &visitor.office);
    let since = parse(query.as_bytes()).find(|(name, _)| name == "seq");
    let since: Option<i64> = since.and_then(|(_, text)| text.parse().ok());
    let since = since.ok_or_else(|| Trouble::Unfit("Since when is not said.".to_owned()))?;
    let mut tx = visitor.office.read().await?;
    let seq = tx.known().await?.seq;
    let person = visitor.office.who.person.as_str();
    let most = u32::try_from(MOST + 1).unwrap_or(u32::MAX);
    let changed =
        if since < seq { tx.changed_since(since, person, most).await? } else { Vec::new() };
    if changed.is_empty() {
        return Ok(told(&json!({ "seq": seq, "new": 0, "changed": [] })));
    }
    let kept = app.boards.of(&mut tx).await?;
    let places = kept.board.find(&asked.wanted, visitor.office.moment().today);
    let fits = |id: &str| DenialId::parse(id).is_ok_and(|id| kept.board.has(&places, id.bits()));
    let new = changed.iter().filter(|one| one.is_new && fits(&one.denial)).count();
    let is_much = changed.len() > MOST;
    // Cases that somebody does not reach are no news to them, whatever the filters.
    let reached = asked.wanted.own.clone().map(|own| {
        let closed = asked.wanted.closed;
        let all = Wanted { closed, own: Some(own), asleep: true, ..Wanted::default() };
        kept.board.find(&all, visitor.office.moment().today)
    });
    let reaches = |id: &&str| {
        reached.as_ref().is_none_or(|places| {
            DenialId::parse(id).is_ok_and(|id| kept.board.has(places, id.bits()))
        })
    };
    let ids: Vec<&str> = changed.iter().map(|one| one.denial.as_str()).filter(reaches).collect();
    let all = json!({
        "seq": seq,
        "new": new,
        "changed": if is_much { &[] } else { ids.as_slice() },
        "much": is_much,
    });
    Ok(told(&all))
}

/// `GET /session`: how many seconds the session has left, whose it is, and the token of its forms.
pub(crate) async fn session(visitor: Visitor) -> Response {
    told(&json!({
        "left": visitor.left(),
        "login": visitor.login,
        "practice": visitor.office.practice().as_str(),
        "csrf": visitor.csrf,
    }))
}

fn told(value: &Value) -> Response {
    ([(CONTENT_TYPE, "application/json")], value.to_string()).into_response()
}
