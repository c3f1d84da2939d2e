//! The search: for a claim by its numbers, for a patient by name or member id, for what somebody
//! wrote. What is looked for is often a patient's, so it stands in no address.

use askama::Template;
use axum::response::{IntoResponse, Redirect, Response};
use denial::codes::ClaimNumber;
use denial::denial::Denial;
use store::Tx;
use store::words::WordKind;

use crate::practice::Office;
use crate::web::asked::Column;
use crate::web::claim;
use crate::web::gate::Posted;
use crate::web::names::Names;
use crate::web::page::{Page, html};
use crate::web::protection::{self, Kept};
use crate::web::queue_patients;
use crate::web::queue_row::Row;
use crate::web::session::Visitor;
use crate::web::timeline;
use crate::web::trouble::Trouble;
use crate::{identity, resent, wording};

/// Rows that are shown.
const ROWS: usize = 50;
/// Cases with one of the words that are looked through.
const LOOKED_THROUGH: i64 = 5_000;

#[derive(Template)]
#[template(path = "found.html")]
struct FoundPage {
    page: Page,
    rows: Vec<Row>,
    columns: Vec<Column>,
    /// What was looked for.
    sought: String,
    /// More may fit than are shown.
    more: bool,
    /// The visitor may look for patients.
    patients: bool,
    /// Where the claim with that number is shown, where it is known.
    claim: Option<String>,
    /// Teams whose names have every word: name, where their cases are.
    teams: Vec<(String, String)>,
}

/// `POST /find`.
pub(crate) async fn find(visitor: Visitor, Posted(fields): Posted) -> Result<Response, Trouble> {
    let office = &visitor.office;
    let sought = fields.get("sought").map(|text| text.trim().to_owned()).unwrap_or_default();
    let mut tx = office.read().await?;
    // Who sees no names finds nobody by theirs.
    let patients = Names::of(&mut tx).await?.are_shown(office);
    let mut cases = numbered(&mut tx, &sought).await?;
    let mut is_cut = false;
    if cases.is_empty() {
        (cases, is_cut) = worded(&mut tx, &sought, patients).await?;
        if patients {
            only_numbered(&mut tx, &sought, &mut cases).await?;
        }
    }
    cases.retain(|case| office.sees(case));
    let teams = teams(office, &sought);
    if let ([case], false, true) = (cases.as_slice(), is_cut, teams.is_empty()) {
        return Ok(Redirect::to(&format!("/cases/{}", case.id)).into_response());
    }
    cases.sort_by_key(|case| (case.status().is_closed(), -case.balance.outstanding()));
    let more = is_cut || cases.len() > ROWS;
    cases.truncate(ROWS);
    let people = timeline::people(&mut tx).await?;
    let claim = claim::address(&mut tx, &visitor, &sought).await?;
    let today = office.moment().today;
    let history = office.histories.of(&mut tx, today).await?;
    let by = (&*office.rules, &*history);
    let waits = resent::of(&mut tx, office, &cases, None).await?;
    let at = (by, today);
    let row = |case: &Denial| Row::of(case, waits.get(case.id.as_str()), &people, at);
    let mut rows: Vec<Row> = cases.iter().map(row).collect();
    protection::mark(&mut tx, &cases, &mut rows).await?;
    let mut columns = Column::USUAL.to_vec();
    if patients {
        queue_patients::name(&mut tx, office, &cases, &mut rows).await?;
        columns.insert(0, Column::Patient);
    }
    let template = FoundPage {
        page: Page { sought: sought.clone(), ..Page::of(&visitor, "Search", "/queue") },
        rows,
        columns,
        sought,
        more,
        patients,
        claim,
        teams,
    };
    html(&template)
}

/// The teams whose names have every word that is looked for, or words that begin so.
fn teams(office: &Office, sought: &str) -> Vec<(String, String)> {
    let words = wording::sought(sought);
    let has = |name: &str| {
        let own = wording::words(name);
        !words.is_empty() && words.iter().all(|word| own.iter().any(|one| one.starts_with(word)))
    };
    let named = office.rules.owners.teams.iter().filter(|team| has(&team.name));
    let query = |name: &str| {
        let mut query = form_urlencoded::Serializer::for_suffix(String::from("/queue?"), 7);
        query.append_pair("team", name).append_pair("snoozed", "show");
        query.finish()
    };
    named.map(|team| (team.name.to_string(), query(&team.name))).collect()
}

/// Leaves of the protected cases those that a number finds: that a name is among them is nobody's
/// to learn from a search.
async fn only_numbered(tx: &mut Tx, sought: &str, cases: &mut Vec<Denial>) -> Result<(), Trouble> {
    let kept = Kept::among(tx, cases).await?;
    if !cases.iter().any(|case| kept.has(case)) {
        return Ok(());
    }
    let (numbered, _) = worded(tx, sought, false).await?;
    cases.retain(|case| !kept.has(case) || numbered.iter().any(|one| one.id == case.id));
    Ok(())
}

/// Cases by an id, or by a claim's number as we know it, with those joined to it.
pub(crate) async fn numbered(tx: &mut Tx, sought: &str) -> Result<Vec<Denial>, Trouble> {
    if sought.starts_with("den_") {
        return Ok(tx.cases_among(&[sought.to_owned()]).await?);
    }
    let mut claims = vec![identity::claim(&ClaimNumber::new(sought)).as_str().to_owned()];
    let joined = tx.joined(&claims).await?;
    claims.extend(joined.into_iter().flat_map(|(one, other)| [one, other]));
    Ok(tx.cases_of(&claims).await?)
}

/// Cases with every word, or with words that begin so; and whether more begin with them than were
/// looked through.
async fn worded(tx: &mut Tx, sought: &str, patients: bool) -> Result<(Vec<Denial>, bool), Trouble> {
    // A note may name a patient, so who sees none looks among numbers alone.
    let kind = (!patients).then_some(WordKind::Number);
    let mut words = wording::sought(sought);
    // The longest tells most.
    words.sort_by_key(|word| std::cmp::Reverse(word.chars().count()));
    let mut words = words.iter();
    let Some(first) = words.next() else { return Ok((Vec::new(), false)) };
    let mut found = tx.about_word(first, kind, LOOKED_THROUGH).await?;
    let is_cut = i64::try_from(found.len()) == Ok(LOOKED_THROUGH);
    for word in words {
        found = tx.about_word_among(word, kind, &found).await?;
    }
    let ids: Vec<String> = found.into_iter().collect();
    Ok((tx.cases_among(&ids).await?, is_cut))
}
