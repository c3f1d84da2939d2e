//! The rule files in the browser: which there are, what each decides, its text and its versions.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::Query;
use axum::response::Response;
use denial::rules::Rules;
use store::Tx;
use store::rule_versions::RuleVersion;

use crate::fields::Fields;
use crate::line_changes::{self, Line, Mark};
use crate::practice::Office;
use crate::rules_files;
use crate::web::gate::escaped;
use crate::web::page::{Page, html};
use crate::web::session::Visitor;
use crate::web::timeline::{self, People};
use crate::web::trouble::Trouble;
use crate::web::words;

/// A rule file in the list.
pub(crate) struct FileRow {
    pub(crate) path: String,
    pub(crate) href: String,
    pub(crate) decides: String,
    /// Which text of it holds, and since when.
    pub(crate) holds: String,
    pub(crate) own: bool,
}

#[derive(Template)]
#[template(path = "rule_file.html")]
struct FilePage {
    page: Page,
    path: String,
    query: String,
    decides: String,
    holds: String,
    own: bool,
    /// The text that is shown, line by line.
    lines: Vec<String>,
    /// What the version that is shown changed; none where it is the file that holds.
    changes: Option<Vec<Line>>,
    /// The version that is shown, where one was asked for.
    shown: Option<i64>,
    versions: Vec<VersionRow>,
    /// There is something that can be made to hold again.
    restores: bool,
    /// The program brings such a file.
    built_in: bool,
    /// The newest version of the practice's rules: what a form was made from.
    read: i64,
}

struct VersionRow {
    version: i64,
    at: String,
    by: String,
    why: String,
    gives_up: bool,
    is_newest: bool,
}

/// Every rule file that holds, those for all payers first.
pub(crate) async fn rows(tx: &mut Tx, office: &Office) -> Result<Vec<FileRow>, Trouble> {
    let own = tx.own_rules().await?;
    let people = timeline::people(tx).await?;
    let own: BTreeMap<&str, &RuleVersion> =
        own.iter().map(|one| (one.path.as_str(), one)).collect();
    let mut paths: Vec<&str> = office.rule_books.usual_paths().collect();
    paths.extend(own.keys());
    paths.sort_by_key(|path| (path.starts_with("payers/"), path.starts_with("codes/"), *path));
    paths.dedup();
    let row = |path: &str| FileRow {
        path: path.to_owned(),
        href: format!("/rules/file?path={}", escaped_path(path)),
        decides: decides(path, &office.rules),
        holds: holds(own.get(path).copied(), &people, office),
        own: own.get(path).is_some_and(|one| !one.text.is_empty()),
    };
    Ok(paths.into_iter().map(row).collect())
}

/// A path as an address carries it.
pub(crate) fn escaped_path(path: &str) -> String {
    path.bytes().map(escaped).collect()
}

fn holds(own: Option<&RuleVersion>, people: &People, office: &Office) -> String {
    let Some(one) = own else { return "Built in".to_owned() };
    let at = words::instant(&one.saved_at, &office.clinic.zone);
    let by = timeline::name(people, &one.saved_by);
    if one.text.is_empty() && office.rule_books.usual_text(&one.path).is_none() {
        format!("Given up since {at} ({by})")
    } else if one.text.is_empty() {
        format!("Built in again since {at} ({by})")
    } else {
        format!("Own, version {}: {at}, {by}", one.version)
    }
}

/// What a file decides, in words.
pub(crate) fn decides(path: &str, rules: &Rules) -> String {
    let text = match path {
        "playbook.toml" => "What each reason code (CARC) is, what to do first, how often it is won",
        "remarks.toml" => "What a remark code (RARC) adds to a reason",
        "owners.toml" => "Who owns a reason, whom they ask, who hears of it next",
        "desk.toml" => "Limits, days and costs of the desk",
        "actions.toml" => "Rules that act by themselves on cases, and when they stop",
        "status.toml" => "Where claims stand: when payers are asked, and what their answers mean",
        "protected.toml" => "Specially protected records: what marks a claim, and as what",
        letters if letters.starts_with("letters/") => {
            let own = rules.letters.iter().filter(|one| one.file == letters).count();
            let own = i64::try_from(own).unwrap_or(i64::MAX);
            return format!("Letters to payers: {}", words::counted(own, "template", "templates"));
        }
        "codes/carc.csv" => "Reason codes in words",
        "codes/rarc.csv" => "Remark codes in words",
        "codes/groups.csv" => "Adjustment groups in words",
        "codes/statuses.csv" => "Claim statuses and categories of a 277CA in words",
        "codes/claim_statuses.csv" => "What a 277CA finds at fault, in words",
        "codes/entities.csv" => "Whose fact a 277CA finds at fault, in words",
        "codes/syntax.csv" => "What a 999 or TA1 finds at fault, in words",
        _ => return of_payer(path, rules),
    };
    text.to_owned()
}

fn of_payer(path: &str, rules: &Rules) -> String {
    let Some(payer) = rules.payers.iter().find(|payer| payer.file == path) else {
        return "A payer's names, ids and windows".to_owned();
    };
    let plans: Vec<String> =
        payer.plan_types.iter().map(|plan| words::lower(plan.as_str())).collect();
    let plans = if plans.is_empty() { "every plan".to_owned() } else { plans.join(", ") };
    let windows = i64::try_from(payer.windows.len()).unwrap_or(i64::MAX);
    format!("{}, {plans}: {}", payer.name, words::counted(windows, "window", "windows"))
}

/// The path that an address names, where rules are read from it.
pub(crate) fn path_of(asked: &Fields) -> Result<String, Trouble> {
    let path = asked.get("path").map(|path| path.trim()).unwrap_or_default();
    let fits = rules_files::is_rule_file(path) && path.len() <= 100;
    if fits { Ok(path.to_owned()) } else { Err(Trouble::Nowhere) }
}

/// `GET /rules/file`.
pub(crate) async fn file(
    visitor: Visitor,
    Query(asked): Query<Fields>,
) -> Result<Response, Trouble> {
    let office = &visitor.office;
    let path = path_of(&asked)?;
    let mut tx = office.read().await?;
    let versions = tx.rule_versions(&path).await?;
    let people = timeline::people(&mut tx).await?;
    let read = tx.newest_rules().await?;
    let usual = office.rule_books.usual_text(&path).unwrap_or_default();
    let shown = asked.get("version").and_then(|number| number.parse::<i64>().ok());
    let at = shown.map(|shown| versions.iter().position(|one| one.version == shown));
    let (text, changes) = match at {
        Some(None) => return Err(Trouble::Nowhere),
        Some(Some(at)) => {
            let text = said(&versions, at, usual);
            (text, Some(line_changes::between(said(&versions, at + 1, usual), text)))
        }
        None => (said(&versions, 0, usual), None),
    };
    if text.is_empty() && versions.is_empty() {
        return Err(Trouble::Nowhere);
    }
    let mut page = Page::of(&visitor, path.clone(), "/rules");
    page.done = asked.get("done").map(|_| {
        "Saved. The cases that wait follow it within seconds; the queue shows them.".to_owned()
    });
    let newest = versions.first();
    let own = newest.is_some_and(|one| !one.text.is_empty());
    html(&FilePage {
        page,
        query: escaped_path(&path),
        decides: decides(&path, &office.rules),
        holds: holds(newest, &people, office),
        built_in: office.rule_books.usual_text(&path).is_some(),
        restores: own || versions.iter().skip(1).any(|one| !one.text.is_empty()),
        own,
        lines: text.lines().map(str::to_owned).collect(),
        changes,
        shown,
        versions: versions.iter().map(|one| version(one, newest, &people, office)).collect(),
        read,
        path,
    })
}

/// What held at a version: its text, or the file that the program brings.
fn said<'a>(versions: &'a [RuleVersion], at: usize, usual: &'a str) -> &'a str {
    let own = versions.get(at).map(|one| one.text.as_str()).filter(|text| !text.is_empty());
    own.unwrap_or(usual)
}

fn version(
    one: &RuleVersion,
    newest: Option<&RuleVersion>,
    people: &People,
    office: &Office,
) -> VersionRow {
    VersionRow {
        version: one.version,
        at: words::instant(&one.saved_at, &office.clinic.zone),
        by: timeline::name(people, &one.saved_by),
        why: one.why.clone(),
        gives_up: one.text.is_empty(),
        is_newest: newest.is_some_and(|newest| newest.version == one.version),
    }
}
