//! Matches to review: a claim known from a remittance beside the billed claim that it likely is.

use std::collections::HashMap;

use askama::Template;
use axum::extract::Query;
use axum::response::{IntoResponse, Redirect, Response};
use denial::ids::ClaimId;
use jiff::civil::Date;
use store::claims::ClaimRow;
use store::doubts::Doubt;
use store::matches::{LikelyMatch, Match};
use store::remittances::ClaimPaymentRow;

use crate::fields::Fields;
use crate::matches::{self, Decision, Undecided};
use crate::practice::Office;
use crate::settle;
use crate::web::alike::Alike;
use crate::web::case_view;
use crate::web::doubtful;
use crate::web::gate::Posted;
use crate::web::match_bar::Bar;
use crate::web::names::Names;
use crate::web::narrow::Narrow;
use crate::web::page::{Page, html};
use crate::web::session::Visitor;
use crate::web::trouble::Trouble;
use crate::web::unmatched;
use crate::web::words;

#[derive(Template)]
#[template(path = "matches.html")]
struct MatchesPage {
    page: Page,
    pairs: Vec<Pair>,
    show: &'static str,
    next: Option<String>,
    further: bool,
    bar: Bar,
}

/// Two claims that are likely one.
struct Pair {
    claim: String,
    candidate: String,
    paid: Side,
    billed: Side,
    /// Why somebody may think so.
    alike: Alike,
    state: &'static str,
}

/// One of the two.
pub(super) struct Side {
    pub(super) number: String,
    /// Where it is shown whole.
    pub(super) href: Option<String>,
    pub(super) patient: String,
    pub(super) on: String,
    pub(super) charge: String,
    /// What was paid on it, where somebody paid.
    pub(super) paid: String,
    /// The remittance: its day and trace.
    pub(super) sent: String,
    pub(super) services: String,
    pub(super) note: String,
    /// The first day of service.
    pub(super) day: Option<Date>,
    /// The payer.
    pub(super) payer: String,
}

impl Side {
    fn texts(&self) -> [&str; 3] {
        [&self.number, &self.note, &self.payer]
    }

    /// True where one of the sides has what is looked for, each thing on its own side or another.
    pub(super) fn fit(sides: &[&Side], narrow: &Narrow) -> Result<bool, Trouble> {
        let charge = narrow.money()?.map(|money| money.to_string());
        Ok(sides.iter().any(|one| narrow.fits_text(&one.texts()))
            && sides.iter().any(|one| narrow.fits_day(one.day))
            && charge.is_none_or(|charge| sides.iter().any(|one| one.charge == charge)))
    }
}

/// `GET /matches`.
pub(crate) async fn page(
    visitor: Visitor,
    Query(asked): Query<Fields>,
) -> Result<Response, Trouble> {
    shown(&visitor, &asked, Narrow::of(&Fields::new(), HINT, DAY).with_amounts()).await
}

/// `POST /matches/narrow`: a claim's number is a patient's, so it stands in no address.
pub(crate) async fn narrowed(
    visitor: Visitor,
    Posted(fields): Posted,
) -> Result<Response, Trouble> {
    let narrow = Narrow::of(&fields, HINT, DAY).with_amounts();
    narrow.money()?;
    shown(&visitor, &fields, narrow).await
}

const HINT: &str = "Number or payer";
const DAY: &str = "Service";

async fn shown(visitor: &Visitor, asked: &Fields, narrow: Narrow) -> Result<Response, Trouble> {
    let after = asked.get("after").map(String::as_str).unwrap_or_default();
    let show = asked.get("show").map(String::as_str).unwrap_or_default();
    let mut page = Page::of(visitor, "Matches", "/matches");
    page.done = asked.get("done").map(|_| "Saved; the cases have followed.".to_owned());
    let bar = Bar::of(visitor, narrow).await?;
    if show == "unmatched" {
        return unmatched::page(visitor, page, bar, after).await;
    }
    let doubt = [("doubtful", Doubt::Open), ("confirmed", Doubt::Confirmed)];
    if let Some((_, state)) = doubt.into_iter().find(|(name, _)| *name == show) {
        return doubtful::page(visitor, page, bar, (state, after)).await;
    }
    let state = Match::from_name(show).unwrap_or(Match::Open);
    pairs(visitor, page, bar, (state, after)).await
}

async fn pairs(
    visitor: &Visitor,
    page: Page,
    bar: Bar,
    (state, after): (Match, &str),
) -> Result<Response, Trouble> {
    let mut tx = visitor.office.read().await?;
    let from = after.split_once('.').unwrap_or_default();
    let mut found = tx.likely_matches(state, from, bar.limit()).await?;
    let next = bar.last_of_page(&mut found).map(|last| {
        format!("/matches?show={}&after={}.{}", state.as_str(), last.claim, last.candidate)
    });
    let mut ids: Vec<String> =
        found.iter().flat_map(|one| [one.claim.clone(), one.candidate.clone()]).collect();
    ids.sort();
    ids.dedup();
    let known = tx.claims(&ids).await?;
    let rows = tx.said_of(&ids).await?;
    let said = latest(&rows);
    let names = Names::among(&mut tx, &ids).await?;
    let spoken = Spoken { known: &known, said: &said, rows: &rows };
    let pair = |one: &LikelyMatch| pair(one, &spoken, (&names, &visitor.office));
    let pairs = found.iter().map(pair).collect::<Result<Vec<_>, _>>()?;
    let (bar, pairs) = bar.left(pairs, |pair| vec![&pair.paid, &pair.billed])?;
    let show = state.as_str();
    html(&MatchesPage { page, pairs, show, next, further: !after.is_empty(), bar })
}

/// What was said last of each claim.
pub(super) fn latest(rows: &[ClaimPaymentRow]) -> HashMap<&str, &ClaimPaymentRow> {
    let mut latest: HashMap<&str, &ClaimPaymentRow> = HashMap::new();
    for row in rows {
        let kept = latest.entry(row.claim.as_str()).or_insert(row);
        if (&row.paid_on, &row.trace, row.n) > (&kept.paid_on, &kept.trace, kept.n) {
            *kept = row;
        }
    }
    latest
}

/// What is known of the claims of a page.
struct Spoken<'a> {
    known: &'a HashMap<String, ClaimRow>,
    said: &'a HashMap<&'a str, &'a ClaimPaymentRow>,
    rows: &'a [ClaimPaymentRow],
}

fn pair(
    one: &LikelyMatch,
    spoken: &Spoken<'_>,
    before: (&Names, &Office),
) -> Result<Pair, Trouble> {
    let state = Match::from_name(&one.state).map_or("open", Match::as_str);
    let row = spoken.said.get(one.claim.as_str()).copied();
    let claim = spoken.known.get(&one.candidate);
    let others = spoken.rows.iter().filter(|other| other.claim == one.candidate);
    Ok(Pair {
        claim: one.claim.clone(),
        candidate: one.candidate.clone(),
        paid: paid(&one.number, row, before)?,
        billed: billed(&one.candidate_number, claim, before)?,
        alike: Alike::of(claim, row, others)?,
        state,
    })
}

/// A claim as a payer describes it.
pub(super) fn paid(
    number: &str,
    row: Option<&ClaimPaymentRow>,
    (names, office): (&Names, &Office),
) -> Result<Side, Trouble> {
    let payment = row.map(settle::payment).transpose()?.unwrap_or_default();
    let codes = payment.lines.iter().map(|line| line.procedure.to_string());
    Ok(Side {
        number: number.to_owned(),
        href: row.map(|row| format!("/remittances/{}/claims/{}", row.remittance, row.n)),
        patient: names.listed(
            office,
            row.map_or("", |row| row.claim.as_str()),
            &case_view::patient(None, Some(&payment)).name,
        ),
        on: payment.first_service().map(words::day).unwrap_or_default(),
        charge: payment.charge.abs().to_string(),
        paid: row.map(|_| payment.paid.to_string()).unwrap_or_default(),
        sent: row.map(sent).unwrap_or_default(),
        services: codes.collect::<Vec<_>>().join(", "),
        note: match payment.control.as_str() {
            "" => String::new(),
            control if control == number => {
                "is the payer's number: it names none of ours".to_owned()
            }
            control => format!("payer's number {control}"),
        },
        day: payment.first_service(),
        payer: row.map(|row| row.payer_name.clone()).unwrap_or_default(),
    })
}

/// The remittance that a payment came with.
fn sent(row: &ClaimPaymentRow) -> String {
    let day = row.paid_on.as_deref().map(words::day_of).unwrap_or_default();
    if row.trace.is_empty() {
        format!("{day} · without trace")
    } else {
        format!("{day} · trace {}", row.trace)
    }
}

/// A claim as it was billed.
pub(super) fn billed(
    number: &str,
    row: Option<&ClaimRow>,
    (names, office): (&Names, &Office),
) -> Result<Side, Trouble> {
    let claim = row.map(ClaimRow::billed).transpose()?.flatten();
    let lines = claim.as_ref().map_or(&[][..], |claim| claim.lines.as_slice());
    let codes = lines.iter().map(|line| line.procedure.to_string());
    let submitted = claim.as_ref().and_then(|claim| claim.submitted_on);
    Ok(Side {
        number: number.to_owned(),
        href: row.map(|row| format!("/claims/{}", row.claim)),
        patient: names.listed(
            office,
            row.map_or("", |row| row.claim.as_str()),
            &case_view::patient(claim.as_ref(), None).name,
        ),
        on: lines.iter().filter_map(|line| line.from).min().map(words::day).unwrap_or_default(),
        day: lines.iter().filter_map(|line| line.from).min(),
        payer: claim.as_ref().map(|claim| claim.payer.name.to_string()).unwrap_or_default(),
        charge: claim.as_ref().map(|claim| claim.charge.to_string()).unwrap_or_default(),
        paid: String::new(),
        sent: String::new(),
        services: codes.collect::<Vec<_>>().join(", "),
        note: submitted.map(|on| format!("billed on {}", words::day(on))).unwrap_or_default(),
    })
}

/// `POST /matches`.
pub(crate) async fn decide(visitor: Visitor, Posted(fields): Posted) -> Result<Response, Trouble> {
    let id = |name: &str| fields.get(name).and_then(|text| ClaimId::parse(text).ok());
    let state = fields.get("decision").and_then(|text| Match::from_name(text));
    let (Some(claim), Some(candidate), Some(state)) = (id("claim"), id("candidate"), state) else {
        return Err(Trouble::Unfit("Choose what is to become of it.".to_owned()));
    };
    let decision = Decision { claim, candidate, state, instead: id("instead") };
    match matches::decide(&visitor.office, &decision).await {
        Ok(()) => Ok(Redirect::to("/matches?done=1").into_response()),
        Err(Undecided::Fault(fault)) => Err(fault.into()),
        Err(refused) => Err(Trouble::Unfit(refused.to_string())),
    }
}
