//! The practice for its administrator: what it is called, where it is, and under which numbers it
//! is paid.

use askama::Template;
use axum::extract::Query;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use denial::masks::Masks;
use denial::person::SecondFactor;
use store::practices::PayeeKind;

use crate::fields::Fields;
use crate::practices::{self, Refused, Wanted};
use crate::web::gate::Posted;
use crate::web::page::{Page, html, html_with};
use crate::web::session::Visitor;
use crate::web::trouble::Trouble;

#[derive(Template)]
#[template(path = "practice.html")]
struct PracticePage {
    page: Page,
    short: String,
    name: String,
    zone: String,
    letterhead: String,
    payees: Vec<(&'static str, String)>,
    /// Who must have a second factor: word, label, chosen.
    factors: Vec<(&'static str, &'static str, bool)>,
    /// Before whom names are masked: word, label, chosen.
    masks: Vec<(&'static str, &'static str, bool)>,
    refused: Option<String>,
    typed: Fields,
}

impl PracticePage {
    /// What was typed, where it was refused; otherwise what holds.
    fn value<'a>(&'a self, field: &str, holds: &'a str) -> &'a str {
        self.typed.get(field).map_or(holds, String::as_str)
    }
}

/// `GET /practice`.
pub(crate) async fn page(
    visitor: Visitor,
    Query(asked): Query<Fields>,
) -> Result<Response, Trouble> {
    let mut shown = shown(&visitor, Fields::new(), None).await?;
    shown.page.done = asked.get("done").map(|_| "The practice's settings were saved.".to_owned());
    html(&shown)
}

async fn shown(
    visitor: &Visitor,
    typed: Fields,
    refused: Option<String>,
) -> Result<PracticePage, Trouble> {
    let mut tx = visitor.office.read().await?;
    let clinic = tx.clinic().await?;
    let payee = |(kind, value): (PayeeKind, String)| match kind {
        PayeeKind::Npi => ("NPI", value),
        PayeeKind::TaxId => ("Tax id", value),
    };
    let wanted = tx.second_factor().await?;
    let masked = tx.masks().await?;
    let mask = |one: &Masks| (one.as_str(), mask_label(*one), one.as_str() == masked);
    let factor = |one: &SecondFactor| (one.as_str(), label(*one), one.as_str() == wanted);
    Ok(PracticePage {
        masks: Masks::ALL.iter().map(mask).collect(),
        factors: SecondFactor::ALL.iter().map(factor).collect(),
        page: Page::of(visitor, "Practice", "/practice"),
        short: clinic.practice.to_string(),
        name: clinic.name,
        zone: clinic.zone,
        letterhead: tx.letterhead().await?,
        payees: tx.payees().await?.into_iter().map(payee).collect(),
        refused,
        typed,
    })
}

/// `POST /practice`.
pub(crate) async fn change(visitor: Visitor, Posted(fields): Posted) -> Result<Response, Trouble> {
    if let Some(word) = fields.get("second_factor") {
        let wanted = SecondFactor::from_name(word);
        let wanted = wanted.ok_or_else(|| Trouble::Unfit("Choose who must have one.".into()))?;
        practices::require_factor(&visitor.office, wanted).await?;
        return Ok(Redirect::to("/practice?done=1").into_response());
    }
    if let Some(word) = fields.get("masks") {
        let wanted = Masks::from_name(word);
        let wanted = wanted.ok_or_else(|| Trouble::Unfit("Choose before whom.".into()))?;
        practices::mask(&visitor.office, wanted).await?;
        return Ok(Redirect::to("/practice?done=1").into_response());
    }
    let changed = match fields.get("letterhead") {
        Some(text) => practices::head_letters(&visitor.office, text).await,
        None => practices::change(&visitor.office, &wanted(&fields)).await,
    };
    match changed {
        Ok(()) => Ok(Redirect::to("/practice?done=1").into_response()),
        Err(Refused::Fault(fault)) => Err(fault.into()),
        Err(Refused::Unfit(text)) => {
            let page = shown(&visitor, fields, Some(format!("{text}."))).await?;
            html_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
    }
}

const fn mask_label(masks: Masks) -> &'static str {
    match masks {
        Masks::Nobody => "Nobody who may see patients",
        Masks::ByNeed => "Managers and auditors, whose work needs none",
        Masks::Lists => "Managers and auditors, and everybody in lists",
    }
}

const fn label(wanted: SecondFactor) -> &'static str {
    match wanted {
        SecondFactor::Nobody => "Nobody must, everybody may",
        SecondFactor::Leads => "Those who lead and administrators must",
        SecondFactor::Everybody => "Everybody must",
    }
}

/// What a form says of a practice; an empty field changes nothing.
pub(crate) fn wanted(fields: &Fields) -> Wanted {
    let field = |name: &str| fields.get(name).cloned().unwrap_or_default();
    Wanted {
        name: field("clinic"),
        zone: field("zone"),
        npis: vec![field("npi")],
        tax_ids: vec![field("tax_id")],
        gone: fields.get("remove").cloned().into_iter().collect(),
    }
}
