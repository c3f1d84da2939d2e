//! Letters to payers that may still be sent: whose they are, where each stands, by when it has to
//! go; and letters begun for many cases at once.

use std::collections::HashMap;

use askama::Template;
use axum::extract::Query;
use axum::response::Response;
use denial::appeal::{Draft, DraftState, may_sign};
use denial::denial::Denial;
use denial::letter::LetterKind;
use jiff::civil::Date;
use store::Tx;

use crate::bulk::Tally;
use crate::drafts::{self, Wish};
use crate::fields::Fields;
use crate::practice::Office;
use crate::web::appeal;
use crate::web::case_fields::{Choice, Field, Kind};
use crate::web::names::Names;
use crate::web::page::{Page, html};
use crate::web::session::Visitor;
use crate::web::trouble::Trouble;
use crate::web::words::{self, Due};

/// Drafts that are looked through.
const LOOKED_THROUGH: i64 = 2_000;
/// Rows of the page.
const ROWS: usize = 200;
/// Letters that are begun in one go.
pub(super) const MOST: usize = 200;

#[derive(Template)]
#[template(path = "drafts.html")]
struct LettersPage {
    page: Page,
    shown: Option<DraftState>,
    /// Each tab: its address, its words, the state that it shows, how many there are.
    tabs: Vec<(&'static str, &'static str, Option<DraftState>, usize)>,
    rows: Vec<Row>,
    more: bool,
}

struct Row {
    /// None where its patient is masked before the visitor: the case shows the name first.
    href: Option<String>,
    letter: String,
    case: String,
    number: String,
    payer: String,
    state: String,
    /// The last day of its way; none where it has no clock of its own.
    due: Option<Due>,
    outstanding: String,
}

/// Open drafts of the cases that the visitor may see.
async fn open(tx: &mut Tx, office: &Office) -> Result<Vec<(Draft, Denial)>, Trouble> {
    let drafts = tx.open_drafts(LOOKED_THROUGH).await?;
    let mut ids: Vec<String> = drafts.iter().map(|one| one.case.to_string()).collect();
    ids.sort();
    ids.dedup();
    let cases = tx.cases_among(&ids).await?;
    let seen = cases.into_iter().filter(|case| office.sees(case));
    let cases: HashMap<String, Denial> = seen.map(|case| (case.id.to_string(), case)).collect();
    let of = |draft: Draft| {
        let case = cases.get(draft.case.as_str())?;
        (!drafts::was_sent(&draft, case)).then(|| (draft, case.clone()))
    };
    Ok(drafts.into_iter().filter_map(of).collect())
}

/// How many letters wait for a sign-off of somebody in the visitor's role.
///
/// # Errors
/// The database.
pub(crate) async fn to_sign(tx: &mut Tx, office: &Office) -> Result<u64, Trouble> {
    if !may_sign(office.who.role) {
        return Ok(0);
    }
    let open = open(tx, office).await?;
    Ok(open.iter().filter(|(draft, _)| draft.state == DraftState::Ready).count() as u64)
}

/// `GET /letters`.
pub(crate) async fn page(
    visitor: Visitor,
    Query(asked): Query<Fields>,
) -> Result<Response, Trouble> {
    let office = &visitor.office;
    let today = office.moment().today;
    let shown = asked.get("show").and_then(|name| DraftState::from_name(name));
    let mut tx = office.read().await?;
    let mut open = open(&mut tx, office).await?;
    let count = |state: Option<DraftState>| {
        open.iter().filter(|(one, _)| state.is_none_or(|state| one.state == state)).count()
    };
    let tab = |href, label, state| (href, label, state, count(state));
    let tabs = vec![
        tab("/letters", "All open", None),
        tab("/letters?show=draft", "Being written", Some(DraftState::Draft)),
        tab("/letters?show=ready", "To sign", Some(DraftState::Ready)),
        tab("/letters?show=signed", "To send", Some(DraftState::Signed)),
    ];
    open.retain(|(one, _)| shown.is_none_or(|state| one.state == state));
    open.sort_by_key(|(draft, case)| last_day(draft, case).unwrap_or(Date::MAX));
    let claims: Vec<String> = open.iter().map(|(_, case)| case.claim.to_string()).collect();
    let are_shown = Names::of(&mut tx).await?.are_shown(office);
    let names = Names::among(&mut tx, &claims).await?;
    let opens = |case: &Denial| are_shown && !names.guards(case.claim.as_str());
    let rows = open.iter().take(ROWS);
    let rows = rows.map(|(draft, case)| row((draft, case), opens(case), today));
    html(&LettersPage {
        rows: rows.collect(),
        more: open.len() > ROWS,
        page: Page::of(&visitor, "Letters", "/letters"),
        shown,
        tabs,
    })
}

/// The last day of the letter's way, where a rule says it.
fn last_day(draft: &Draft, case: &Denial) -> Option<Date> {
    case.last_day(draft.kind.clock(draft.level)?)
}

fn row((draft, case): (&Draft, &Denial), opens: bool, today: Date) -> Row {
    let clock = draft.kind.clock(draft.level);
    Row {
        href: opens.then(|| appeal::address(case.id.as_str(), draft.id.as_str())),
        letter: appeal::called(draft),
        case: format!("/cases/{}", case.id),
        number: case.number.to_string(),
        payer: case.payer_name.name.to_string(),
        state: appeal::standing(draft, case, false),
        due: clock.map(|_| words::due(last_day(draft, case), today)),
        outstanding: case.balance.outstanding().to_string(),
    }
}

/// The choice of what letters for many are to ask.
pub(super) fn choice(fields: &Fields) -> Field {
    let chosen = fields.get("kind").map_or(LetterKind::Appeal.as_str(), String::as_str);
    let one = |kind: &LetterKind| Choice {
        value: kind.as_str().to_owned(),
        label: words::label(kind.as_str()),
        is_chosen: kind.as_str() == chosen,
    };
    Field {
        name: "kind",
        label: "What the letters ask",
        kind: Kind::Choice(LetterKind::ALL.iter().map(one).collect()),
        value: String::new(),
        needed: true,
    }
}

/// For which of some cases a letter can be begun. Without its kind: for which any can.
///
/// # Errors
/// The database.
pub(super) async fn preview(
    office: &Office,
    ids: &[String],
    kind: Option<LetterKind>,
) -> Result<Tally, Trouble> {
    let mut tally = Tally::default();
    let mut tx = office.read().await?;
    for case in tx.cases_among(ids).await? {
        match hindered(&mut tx, office, &case, kind).await? {
            Some(why) => *tally.skipped.entry(why).or_default() += 1,
            None => tally.take(&case),
        }
    }
    Ok(tally)
}

/// Begins a letter for each case that allows it, from the narrowest template that fits.
///
/// # Errors
/// The database, before anything was begun.
pub(super) async fn begin(
    office: &Office,
    ids: &[String],
    kind: LetterKind,
) -> Result<Tally, Trouble> {
    let mut tally = Tally::default();
    let cases = office.read().await?.cases_among(ids).await?;
    for case in cases {
        let hindered = hindered(&mut office.read().await?, office, &case, Some(kind)).await?;
        let wish = Wish { kind, template: None, although: "" };
        let begun = match hindered {
            Some(why) => Err(why),
            None => drafts::begin(office, case.id.as_str(), &wish).await.map_err(|why| {
                if let drafts::NotDone::Failed(fault) = &why {
                    tracing::error!("a letter was not begun: {fault:#}");
                    return "the database did not take it: do it again".to_owned();
                }
                why.to_string()
            }),
        };
        match begun {
            Ok(_) => tally.take(&case),
            Err(why) => *tally.skipped.entry(why).or_default() += 1,
        }
    }
    Ok(tally)
}

/// Why no letter is begun for a case, in words.
async fn hindered(
    tx: &mut Tx,
    office: &Office,
    case: &Denial,
    kind: Option<LetterKind>,
) -> Result<Option<String>, Trouble> {
    if !office.sees(case) {
        return Ok(Some("they are somebody else's".to_owned()));
    }
    let names = Names::about(tx, office, &[case.claim.to_string()]).await?;
    if !names.are_shown(office) {
        return Ok(Some(
            "the patient is masked before you: show the name on the case first".into(),
        ));
    }
    Ok(match kind {
        None if case.status().is_closed() => Some("they are closed".to_owned()),
        None => None,
        Some(kind) => drafts::hindrance(office, case, kind),
    })
}
