//! Claims that only remittances know, and the search for the billed claim that each of them is.

use askama::Template;
use axum::response::Response;
use denial::codes::ClaimNumber;
use denial::ids::ClaimId;
use jiff::civil::Date;
use store::Tx;
use store::claims::ClaimRow;
use store::remittances::ClaimPaymentRow;

use crate::identity;
use crate::settle;
use crate::web::gate::Posted;
use crate::web::match_bar::Bar;
use crate::web::matches::{self, Side};
use crate::web::names::Names;
use crate::web::page::{Page, html};
use crate::web::session::Visitor;
use crate::web::trouble::Trouble;

/// The most claims that a search shows.
const FOUND: i64 = 20;

#[derive(Template)]
#[template(path = "unmatched.html")]
struct UnmatchedPage {
    page: Page,
    show: &'static str,
    rows: Vec<Alone>,
    next: Option<String>,
    further: bool,
    bar: Bar,
}

/// A claim that nobody has billed, and what to look for.
struct Alone {
    claim: String,
    paid: Side,
    sought: Sought,
}

/// What somebody looks for: a number of ours, or a patient and a day.
struct Sought {
    number: String,
    family: String,
    on: String,
}

impl Sought {
    /// What the payer says of it.
    fn of(row: Option<&ClaimPaymentRow>, shown: bool) -> Result<Sought, Trouble> {
        let payment = row.map(settle::payment).transpose()?.unwrap_or_default();
        let on = payment.first_service().map(|on| on.to_string()).unwrap_or_default();
        // Who sees no names looks by number.
        let family = payment.patient.reveal().family.clone();
        let family = if shown { family } else { Default::default() };
        Ok(Sought { number: String::new(), family, on })
    }
}

/// `GET /matches?show=unmatched`.
pub(super) async fn page(
    visitor: &Visitor,
    page: Page,
    bar: Bar,
    after: &str,
) -> Result<Response, Trouble> {
    let mut tx = visitor.office.read().await?;
    let mut found = tx.unmatched(after, bar.limit()).await?;
    let next = bar.last_of_page(&mut found);
    let next = next.map(|(claim, _)| format!("/matches?show=unmatched&after={claim}"));
    let ids: Vec<String> = found.iter().map(|(claim, _)| claim.clone()).collect();
    let payments = tx.said_of(&ids).await?;
    let said = matches::latest(&payments);
    let names = Names::among(&mut tx, &ids).await?;
    let before = (&names, &visitor.office);
    let shown = names.in_lists(before.1);
    let row = |(claim, number): (String, String)| {
        let row = said.get(claim.as_str()).copied();
        Ok(Alone {
            paid: matches::paid(&number, row, before)?,
            sought: Sought::of(row, shown && !names.guards(&claim))?,
            claim,
        })
    };
    let rows = found.into_iter().map(row).collect::<Result<Vec<_>, Trouble>>()?;
    let (bar, rows) = bar.left(rows, |row: &Alone| vec![&row.paid])?;
    html(&UnmatchedPage { page, show: "unmatched", rows, next, further: !after.is_empty(), bar })
}

#[derive(Template)]
#[template(path = "match_search.html")]
struct SearchPage {
    page: Page,
    claim: String,
    /// The claim that it is joined to now.
    instead: Option<String>,
    paid: Side,
    sought: Sought,
    searched: bool,
    found: Vec<Found>,
    /// There may be others.
    more: bool,
}

/// A billed claim that may be it.
struct Found {
    claim: String,
    billed: Side,
}

/// `POST /matches/search`: what is looked for is a patient's, so it stands in no address.
pub(crate) async fn search(visitor: Visitor, Posted(fields): Posted) -> Result<Response, Trouble> {
    let id = |name: &str| fields.get(name).and_then(|text| ClaimId::parse(text).ok());
    let field = |name: &str| fields.get(name).map(|text| text.trim()).unwrap_or_default();
    let Some(claim) = id("claim") else {
        return Err(Trouble::Unfit("Choose the claim to find a match for.".to_owned()));
    };
    let mut tx = visitor.office.read().await?;
    let own = [claim.to_string()];
    let known = tx.claims(&own).await?.remove(claim.as_str()).ok_or(Trouble::Nowhere)?;
    let payments = tx.said_of(&own).await?;
    let said = matches::latest(&payments).get(claim.as_str()).copied();
    let names = Names::among(&mut tx, &own).await?;
    let shown = names.in_lists(&visitor.office);
    let mut sought = Sought {
        number: field("number").to_owned(),
        family: if shown { field("family").to_owned() } else { String::new() },
        on: field("on").to_owned(),
    };
    let searched = !sought.number.is_empty() || !sought.family.is_empty();
    if !searched {
        sought = Sought::of(said, shown && !names.guards(claim.as_str()))?;
    }
    let (mut rows, more) =
        if searched { billed(&mut tx, &sought).await? } else { (Vec::new(), false) };
    let mut ids: Vec<String> = rows.iter().map(|row| row.claim.clone()).collect();
    ids.extend(own);
    let names = Names::among(&mut tx, &ids).await?;
    let before = (&names, &visitor.office);
    // A protected claim is found by its number alone.
    rows.retain(|row| row.number == sought.number || !names.guards(&row.claim));
    let rows = rows.into_iter().filter(|row| row.claim != claim.as_str());
    let row = |row: ClaimRow| {
        Ok(Found { billed: matches::billed(&row.number, Some(&row), before)?, claim: row.claim })
    };
    let template = SearchPage {
        page: Page::of(&visitor, "Find the claim", "/matches"),
        instead: id("instead").map(|one| one.to_string()),
        paid: matches::paid(&known.number, said, before)?,
        claim: claim.to_string(),
        found: rows.map(row).collect::<Result<Vec<_>, Trouble>>()?,
        sought,
        searched,
        more,
    };
    html(&template)
}

/// Billed claims with the number, or of the patient on that first day of service; and whether there
/// may be others, which what is withheld of these does not change.
async fn billed(tx: &mut Tx, sought: &Sought) -> Result<(Vec<ClaimRow>, bool), Trouble> {
    let mut ids = Vec::new();
    if !sought.number.is_empty() {
        ids.push(identity::claim(&ClaimNumber::new(&sought.number)).to_string());
    }
    let on: Option<Date> = sought.on.parse().ok();
    let mut more = false;
    if let Some(beginning) = identity::patient_on(&sought.family, on) {
        let like = tx.billed_like(&beginning, FOUND).await?;
        more = i64::try_from(like.len()) == Ok(FOUND);
        ids.extend(like);
    }
    let rows = tx.claims(&ids).await?;
    let mut rows: Vec<ClaimRow> = rows.into_values().filter(|row| row.body.is_some()).collect();
    rows.sort_by(|one, other| one.number.cmp(&other.number));
    Ok((rows, more))
}
