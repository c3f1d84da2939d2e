//! Letters to payers that may still be sent: whose they are, where each stands, by when it has to
//! go; and letters begun for many cases at once.

use std::collections::{HashMap, HashSet};

use askama::Template;
use axum::extract::Query;
use axum::response::Response;
use denial::appeal::{Draft, DraftState, Unsigned};
use denial::denial::Denial;
use denial::letter::LetterKind;
use denial::person::{Access, allows};
use jiff::civil::Date;
use store::Tx;

use crate::bulk::Tally;
use crate::drafts::{self, Wish};
use crate::fields::Fields;
use crate::practice::Office;
use crate::projects;
use crate::web::appeal;
use crate::web::case_fields::{Choice, Field, Kind};
use crate::web::names::Names;
use crate::web::page::{Page, html};
use crate::web::session::Visitor;
use crate::web::tiles;
use crate::web::trouble::Trouble;
use crate::web::words::{self, Due};

/// Drafts that are looked through.
pub(super) const LOOKED_THROUGH: usize = 2_000;
/// Rows of the page.
const ROWS: usize = 200;
/// Letters that are begun in one go.
pub(super) const MOST: usize = 200;

#[derive(Template)]
#[template(path = "drafts.html")]
struct LettersPage {
    page: Page,
    shown: Option<Stand>,
    /// Each tab: its address, its words, what it shows, how many there are.
    tabs: Vec<(&'static str, &'static str, Option<Stand>, usize)>,
    rows: Vec<Row>,
    more: bool,
    /// How many were looked through, where there are more.
    capped: Option<String>,
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

/// Where a letter stands that may still be sent.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stand {
    In(DraftState),
    /// It is ready, and nobody signs it before somebody says how it goes.
    NoChannel,
    Outbox,
}

impl Stand {
    fn from_name(name: &str) -> Option<Stand> {
        match name {
            "outbox" => Some(Stand::Outbox),
            "no_channel" => Some(Stand::NoChannel),
            state => DraftState::from_name(state).map(Self::In),
        }
    }

    fn of(draft: &Draft, queued: &HashSet<String>) -> Stand {
        if drafts::waits(draft, queued) {
            Stand::Outbox
        } else if lacks_channel(draft) {
            Stand::NoChannel
        } else {
            Stand::In(draft.state)
        }
    }
}

/// True where a letter waits for a sign-off that nobody can give before its channel is chosen.
fn lacks_channel(draft: &Draft) -> bool {
    draft.state == DraftState::Ready && draft.content.channel.is_none()
}

/// Letters that may still be sent, of the cases that the visitor may see.
pub(super) struct Open {
    pub(super) all: Vec<(Draft, Denial)>,
    /// There are more than were looked through.
    pub(super) is_capped: bool,
}

impl Open {
    /// Those of one state, or all; of the `most` that waited longest.
    ///
    /// # Errors
    /// The database.
    pub(super) async fn of(
        tx: &mut Tx,
        office: &Office,
        state: Option<DraftState>,
        most: usize,
    ) -> Result<Open, Trouble> {
        let limit = i64::try_from(most).unwrap_or(i64::MAX).saturating_add(1);
        let mut drafts = tx.open_drafts(state, limit).await?;
        let is_capped = drafts.len() > most;
        drafts.truncate(most);
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
        Ok(Open { all: drafts.into_iter().filter_map(of).collect(), is_capped })
    }
}

/// Letters that are ready, as they wait for who looks.
#[derive(Clone, Copy, Default)]
pub(crate) struct Ready {
    /// They may sign these.
    pub(crate) to_sign: u64,
    /// They may say how these go.
    pub(crate) no_channel: u64,
    /// More wait than were looked through.
    pub(crate) is_capped: bool,
}

/// How many letters the visitor may sign, and of how many they may say how they go.
///
/// # Errors
/// The database.
pub(crate) async fn ready(tx: &mut Tx, office: &Office) -> Result<Ready, Trouble> {
    if !allows(office.who.role, Access::Letters) {
        return Ok(Ready::default());
    }
    let open = Open::of(tx, office, Some(DraftState::Ready), LOOKED_THROUGH).await?;
    let may = |(draft, case): &&(Draft, Denial)| drafts::unsigned(office, case, draft).is_none();
    Ok(Ready {
        to_sign: open.all.iter().filter(may).count() as u64,
        no_channel: open.all.iter().filter(|(draft, _)| lacks_channel(draft)).count() as u64,
        is_capped: open.is_capped,
    })
}

/// `GET /letters`.
pub(crate) async fn page(
    visitor: Visitor,
    Query(asked): Query<Fields>,
) -> Result<Response, Trouble> {
    let office = &visitor.office;
    let today = office.moment().today;
    let shown = asked.get("show").and_then(|name| Stand::from_name(name));
    let mut tx = office.read().await?;
    let Open { all: mut open, is_capped } = Open::of(&mut tx, office, None, LOOKED_THROUGH).await?;
    let queued = drafts::queued_among(&mut tx, open.iter().map(|(_, case)| case)).await?;
    let tabs = tabs(&open, &queued);
    open.retain(|(one, _)| shown.is_none_or(|stand| Stand::of(one, &queued) == stand));
    open.sort_by_key(|(draft, case)| last_day(draft, case).unwrap_or(Date::MAX));
    let more = open.len() > ROWS;
    open.truncate(ROWS);
    let named = shown_of(&mut tx, office, open.iter().map(|(_, case)| case)).await?;
    let row = |(draft, case): &(Draft, Denial)| {
        let waits = drafts::waits(draft, &queued);
        row((draft, case), (waits, named.contains(case.claim.as_str())), office, today)
    };
    html(&LettersPage {
        rows: open.iter().map(row).collect(),
        more,
        page: Page::of(&visitor, "Letters", "/letters"),
        shown,
        tabs,
        capped: is_capped.then(|| tiles::number(LOOKED_THROUGH as u64)),
    })
}

/// The tabs of the page, each with how many letters stand there.
fn tabs(
    open: &[(Draft, Denial)],
    queued: &HashSet<String>,
) -> Vec<(&'static str, &'static str, Option<Stand>, usize)> {
    let tab = |href, label, stand: Option<Stand>| {
        let stands = open.iter().map(|(one, _)| Stand::of(one, queued));
        (href, label, stand, stands.filter(|one| stand.is_none_or(|stand| *one == stand)).count())
    };
    vec![
        tab("/letters", "All open", None),
        tab("/letters?show=draft", "Being written", Some(Stand::In(DraftState::Draft))),
        tab("/letters?show=no_channel", "No channel", Some(Stand::NoChannel)),
        tab("/letters?show=ready", "To sign", Some(Stand::In(DraftState::Ready))),
        tab("/letters?show=signed", "To send", Some(Stand::In(DraftState::Signed))),
        tab("/letters?show=outbox", "In the outbox", Some(Stand::Outbox)),
    ]
}

/// The claims of some cases whose own pages show their patient to the visitor.
async fn shown_of(
    tx: &mut Tx,
    office: &Office,
    cases: impl Iterator<Item = &Denial>,
) -> Result<HashSet<String>, Trouble> {
    let claims: Vec<String> = cases.map(|case| case.claim.to_string()).collect();
    Names::shown_among(tx, office, &claims).await
}

/// The last day of the letter's way, where a rule says it.
pub(crate) fn last_day(draft: &Draft, case: &Denial) -> Option<Date> {
    case.last_day(draft.kind.clock(draft.level)?)
}

fn row(
    (draft, case): (&Draft, &Denial),
    (waits, opens): (bool, bool),
    office: &Office,
    today: Date,
) -> Row {
    let is_own = draft.state == DraftState::Ready
        && matches!(drafts::unsigned(office, case, draft), Some(Unsigned::OwnText { .. }));
    let state = appeal::standing(draft, case, waits);
    let clock = draft.kind.clock(draft.level);
    Row {
        href: opens.then(|| appeal::address(case.id.as_str(), draft.id.as_str())),
        letter: appeal::called(draft),
        case: format!("/cases/{}", case.id),
        number: case.number.to_string(),
        payer: case.payer_name.name.to_string(),
        state: if lacks_channel(draft) {
            format!("{state}: say how it goes, then it can be signed")
        } else if is_own {
            format!("{state}: somebody else signs it")
        } else {
            state
        },
        due: clock.map(|_| words::due(last_day(draft, case), today)),
        outstanding: case.balance.outstanding().to_string(),
    }
}

/// One appeal for all of the cases, which is no letter of each.
pub(super) const PROJECT: &str = "project";

/// Begins one project appeal for the cases that allow an appeal; gives its address.
///
/// # Errors
/// The database; cases of several payers.
pub(super) async fn begin_project(
    office: &Office,
    ids: &[String],
) -> Result<(String, Tally), Trouble> {
    let mut tally = Tally::default();
    let mut tx = office.read().await?;
    let mut cases = tx.cases_among(ids).await?;
    // The list has them in the order in which they were chosen.
    cases.sort_by_cached_key(|case| ids.iter().position(|id| id == case.id.as_str()));
    let shown = shown_of(&mut tx, office, cases.iter()).await?;
    drop(tx);
    let mut going = Vec::new();
    for case in cases {
        match hindered(office, &case, Some(LetterKind::Appeal), &shown) {
            Some(why) => *tally.skipped.entry(why).or_default() += 1,
            None => {
                tally.take(&case);
                going.push(case);
            }
        }
    }
    match projects::begin(office, &going).await {
        Ok(id) => Ok((format!("/projects/{id}"), tally)),
        Err(projects::NotDone::Failed(fault)) => Err(fault.into()),
        Err(why) => Err(Trouble::Unfit(words::sentence(&why.to_string()))),
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
    let project = Choice {
        value: PROJECT.to_owned(),
        label: "Project appeal: one for all of them".to_owned(),
        is_chosen: chosen == PROJECT,
    };
    Field {
        name: "kind",
        label: "What the letters ask",
        kind: Kind::Choice(LetterKind::ALL.iter().map(one).chain([project]).collect()),
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
    let cases = tx.cases_among(ids).await?;
    let shown = shown_of(&mut tx, office, cases.iter()).await?;
    for case in cases {
        match hindered(office, &case, kind, &shown) {
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
    let mut tx = office.read().await?;
    let cases = tx.cases_among(ids).await?;
    let shown = shown_of(&mut tx, office, cases.iter()).await?;
    drop(tx);
    for case in cases {
        let hindered = hindered(office, &case, Some(kind), &shown);
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

/// Why no letter is begun for a case, in words; of the claims `shown` the visitor sees the names.
fn hindered(
    office: &Office,
    case: &Denial,
    kind: Option<LetterKind>,
    shown: &HashSet<String>,
) -> Option<String> {
    if !office.sees(case) {
        return Some("they are somebody else's".to_owned());
    }
    if !shown.contains(case.claim.as_str()) {
        return Some(
            "the patient is masked before you: show the name on the case first".to_owned(),
        );
    }
    match kind {
        None if case.status().is_closed() => Some("they are closed".to_owned()),
        None => None,
        Some(kind) => drafts::hindrance(office, case, kind),
    }
}
