//! The text of a rule file as a file: what holds, or a version of the practice's own.

use axum::extract::Query;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::access;
use crate::fields::Fields;
use crate::own_rules::text_of;
use crate::rules_folder;
use crate::web::rules::path_of;
use crate::web::session::Visitor;
use crate::web::trouble::Trouble;

/// `GET /rules/text`: going out is on record first. A code list of the practice's own may be
/// licensed to it alone, so it stays.
pub(crate) async fn file(
    visitor: Visitor,
    Query(asked): Query<Fields>,
) -> Result<Response, Trouble> {
    let path = path_of(&asked)?;
    if path.starts_with(rules_folder::CODES) {
        let text = "Code lists are not given out: they may be licensed to this practice alone.";
        return Err(Trouble::Unfit(text.to_owned()));
    }
    let office = &visitor.office;
    let version = asked.get("version").and_then(|number| number.parse::<i64>().ok());
    let mut tx = office.read().await?;
    let text = match version {
        Some(version) => {
            let all = tx.rule_versions(&path).await?;
            all.into_iter().find(|one| one.version == version).map(|one| one.text)
        }
        None => Some(text_of(office, &tx.own_rules().await?, &path)),
    };
    drop(tx);
    let text = text.filter(|text| !text.is_empty()).ok_or(Trouble::Nowhere)?;
    let told = json!({ "file": path, "version": version });
    access::note(office, "rules", "rules.exported", &told).await?;
    let name = path.rsplit('/').next().unwrap_or_default();
    let headers = [
        (CONTENT_TYPE, "text/plain; charset=utf-8".to_owned()),
        (CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
    ];
    Ok((headers, text).into_response())
}
