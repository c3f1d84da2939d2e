//! The form for a payer's letter that is no denial: a request for records, an audit, a recoupment
//! notice, a review before the claim. It is keyed from its case, from its claim, or by a number.

use std::collections::HashSet;

use askama::Template;
use axum::extract::Query;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use denial::claim::PayerName;
use denial::codes::ClaimNumber;
use denial::denial::{Channel, Denial};
use denial::ids::{ClaimId, PayerId};
use denial::money::Money;
use denial::person::{Access, Role, allows};
use denial::request::{Letter, RequestKind, Subject, usual_role};
use jiff::civil::Date;
use store::Tx;

use crate::fields::Fields;
use crate::practice::Office;
use crate::requests::{self, NotDone};
use crate::web::case_fields::named;
use crate::web::keyed::receive;
use crate::web::page::{Page, html_with};
use crate::web::reach;
use crate::web::sent::Sent;
use crate::web::session::Visitor;
use crate::web::trouble::Trouble;
use crate::web::words;
use crate::{identity, web::requests as list};

#[derive(Template)]
#[template(path = "request_new.html")]
struct NewPage {
    page: Page,
    /// What it is about, where the visitor came from there.
    about: Option<String>,
    kinds: Vec<(String, String)>,
    channels: Vec<(String, String)>,
    roles: Vec<(String, String)>,
    payers: Vec<String>,
    typed: Fields,
    refused: Option<String>,
}

impl NewPage {
    fn value(&self, name: &str) -> &str {
        self.typed.get(name).map_or("", String::as_str)
    }

    fn is(&self, name: &str, value: &str) -> bool {
        self.value(name) == value
    }
}

/// `GET /requests/new`.
pub(crate) async fn form(
    visitor: Visitor,
    Query(asked): Query<Fields>,
) -> Result<Response, Trouble> {
    let mut typed = Fields::new();
    for name in ["case", "claim"] {
        typed.extend(asked.get(name).map(|id| (name.to_owned(), id.clone())));
    }
    shown(&visitor, typed, None).await
}

async fn shown(
    visitor: &Visitor,
    mut typed: Fields,
    refused: Option<String>,
) -> Result<Response, Trouble> {
    let office = &visitor.office;
    let mut tx = office.read().await?;
    let about = about(&mut tx, office, &typed).await?;
    if about.is_none() {
        name_claim(&mut tx, &mut typed).await?;
    }
    let role = about.as_ref().and_then(|(_, case)| case.as_ref()?.owner().map(|owner| owner.role));
    let role = role.filter(|role| answering().contains(role));
    for (name, first) in [
        ("received_on", office.moment().today.to_string()),
        ("role", role.unwrap_or_else(|| usual_role(&office.rules)).as_str().to_owned()),
        ("channel", Channel::Mail.as_str().to_owned()),
    ] {
        typed.entry(name.to_owned()).or_insert(first);
    }
    let told = |(subject, _): &(Subject, Option<Denial>)| {
        format!("{} at {}", subject.number, subject.payer_name)
    };
    let status = if refused.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let page = NewPage {
        page: Page::of(visitor, "Key a payer's letter", "/requests"),
        about: about.as_ref().map(told),
        kinds: named(RequestKind::ALL, RequestKind::as_str),
        channels: named(Channel::ALL, Channel::as_str),
        roles: named(&answering(), Role::as_str),
        payers: tx.payers().await?.into_iter().map(|(_, name)| name).collect(),
        typed,
        refused,
    };
    html_with(status, &page)
}

/// Roles that answer payers.
fn answering() -> Vec<Role> {
    let answers = |role: &Role| allows(*role, Access::KeepRequests);
    Role::ALL.iter().copied().filter(answers).collect()
}

/// Whose cases are at more than one payer is keyed by its number and the payer.
async fn name_claim(tx: &mut Tx, typed: &mut Fields) -> Result<(), Trouble> {
    let Some(id) = typed.remove("claim").filter(|id| !id.is_empty()) else { return Ok(()) };
    let known = tx.claims(std::slice::from_ref(&id)).await?;
    let number = known.get(&id).map(|row| row.number.to_string());
    typed.extend(number.map(|number| ("number".to_owned(), number)));
    Ok(())
}

/// The case or claim that the visitor came from; none where cases of the claim are at more than one
/// payer.
async fn about(
    tx: &mut Tx,
    office: &Office,
    typed: &Fields,
) -> Result<Option<(Subject, Option<Denial>)>, Trouble> {
    let field = |name: &str| typed.get(name).filter(|text| !text.is_empty());
    if let Some(id) = field("case") {
        let case = reach::own(tx, office, id).await?;
        return Ok(Some((requests::of_case(&case), Some(case))));
    }
    let Some(id) = field("claim") else { return Ok(None) };
    if !allows(office.who.role, Access::Claims) {
        let text = "Your role opens no claims. Key the letter by the claim's number.";
        return Err(Trouble::Denied(text.to_owned()));
    }
    let claim = ClaimId::parse(id).map_err(|_| Trouble::Nowhere)?;
    if is_of_several(tx, office, &claim).await? {
        return Ok(None);
    }
    let found = of_claim(tx, office, &claim, None).await?;
    found.map(Some).ok_or(Trouble::Nowhere)
}

/// True where cases of a claim are at more than one payer: nobody guesses which of them wrote.
async fn is_of_several(tx: &mut Tx, office: &Office, claim: &ClaimId) -> Result<bool, Trouble> {
    let cases = tx.cases_of(&[claim.to_string()]).await?;
    let payers: HashSet<PayerId> =
        cases.iter().map(|case| identity::payer_of(case, &office.rules)).collect();
    Ok(payers.len() > 1)
}

/// What is known of a claim: its case with the payer, the open one first; else the claim itself.
async fn of_claim(
    tx: &mut Tx,
    office: &Office,
    claim: &ClaimId,
    payer: Option<&PayerId>,
) -> Result<Option<(Subject, Option<Denial>)>, Trouble> {
    let cases = tx.cases_of(&[claim.to_string()]).await?;
    let is_of = |case: &Denial, payer: &PayerId| identity::payer_of(case, &office.rules) == *payer;
    let fits = |case: &&Denial| payer.is_none_or(|payer| is_of(case, payer));
    let last = cases.iter().filter(fits).max_by_key(|one| (!one.status().is_closed(), one.round));
    if let Some(case) = last {
        return Ok(Some((requests::of_case(case), Some(case.clone()))));
    }
    let subject = requests::of_claim(tx, office, claim).await?;
    let subject = subject.filter(|one| payer.is_none_or(|payer| one.payer == *payer));
    Ok(subject.map(|subject| (subject, None)))
}

/// What a letter is about that was keyed by a number and a payer.
async fn by_number(tx: &mut Tx, office: &Office, typed: &Fields) -> Result<Subject, Refusal> {
    let field = |name: &str| typed.get(name).map(|text| text.trim()).unwrap_or_default();
    let (number, name) = (field("number"), field("payer"));
    let payer_name = PayerName { name: name.into(), ..PayerName::default() };
    let payer = identity::payer(&payer_name, "", &office.rules);
    let claim = identity::claim(&ClaimNumber::new(number));
    let is_known = !number.is_empty() && !tx.claims(&[claim.to_string()]).await?.is_empty();
    if is_known {
        let wanted = Some(&payer).filter(|_| !name.is_empty());
        if wanted.is_none() && is_of_several(tx, office, &claim).await? {
            let text = "Say which payer sent it: cases of this claim are at more than one.";
            return Err(Refusal::Told(text.to_owned()));
        }
        if let Some((subject, _)) = of_claim(tx, office, &claim, wanted).await? {
            return Ok(subject);
        }
    }
    if denial::payer::key(name).is_empty() {
        let text = "Say which payer sent it: no claim of ours that tells it has this number.";
        return Err(Refusal::Told(text.to_owned()));
    }
    let known = office.rules.canonical(&payer_name).map(|known| known.name.clone());
    Ok(Subject {
        case: None,
        claim: is_known.then_some(claim),
        number: number.into(),
        payer,
        payer_name: known.unwrap_or_else(|| name.into()),
    })
}

/// Why a form comes back.
enum Refusal {
    Told(String),
    Trouble(Trouble),
}

impl From<Trouble> for Refusal {
    fn from(trouble: Trouble) -> Refusal {
        Refusal::Trouble(trouble)
    }
}

impl From<store::Error> for Refusal {
    fn from(error: store::Error) -> Refusal {
        Refusal::Trouble(error.into())
    }
}

/// `POST /requests`.
pub(crate) async fn keep(visitor: Visitor, mut sent: Sent) -> Result<Response, Trouble> {
    let office = &visitor.office;
    let read = letter(&sent.fields);
    let letter = match read {
        Ok(letter) => letter,
        Err(text) => return shown(&visitor, sent.fields, Some(text)).await,
    };
    let mut tx = office.read().await?;
    let subject = match about(&mut tx, office, &sent.fields).await? {
        Some((subject, _)) => Ok(subject),
        None => by_number(&mut tx, office, &sent.fields).await,
    };
    drop(tx);
    let subject = match subject {
        Ok(subject) => subject,
        Err(Refusal::Told(text)) => return shown(&visitor, sent.fields, Some(text)).await,
        Err(Refusal::Trouble(trouble)) => return Err(trouble),
    };
    let scan = match sent.files.pop() {
        Some(file) => Some(receive(office, file).await?),
        None => None,
    };
    match requests::keep(office, letter, subject, scan).await {
        Ok(_) => Ok(Redirect::to("/requests?done=kept").into_response()),
        Err(NotDone::Unfit(why)) => {
            shown(&visitor, sent.fields, Some(words::sentence(&why.to_string()))).await
        }
        Err(other) => Err(list::trouble(other)),
    }
}

/// What somebody read off the letter.
fn letter(fields: &Fields) -> Result<Letter, String> {
    let field = |name: &str| fields.get(name).map(|text| text.trim()).unwrap_or_default();
    let day = |name: &str, label: &str| {
        let day = field(name).parse::<Date>();
        day.map_err(|_| format!("{label}: expected a day such as 2026-03-31."))
    };
    let chosen = |label: &str| format!("{label}: choose one of the list.");
    let printed = match field("printed") {
        "" => None,
        _ => Some(day("printed", "Last day printed on it")?),
    };
    let amount = match field("amount") {
        "" => None,
        text => Some(
            Money::parse(text)
                .map_err(|_| "Amount: expected an amount such as 120.50.".to_owned())?,
        ),
    };
    let role = Role::from_name(field("role")).filter(|role| answering().contains(role));
    Ok(Letter {
        kind: RequestKind::from_name(field("kind")).ok_or_else(|| chosen("What it is"))?,
        reference: field("reference").to_owned(),
        channel: Channel::from_name(field("channel")).ok_or_else(|| chosen("How it came"))?,
        dated_on: day("dated_on", "Day on the letter")?,
        received_on: day("received_on", "Received on")?,
        printed,
        asked: field("asked").to_owned(),
        amount,
        role: role.ok_or_else(|| chosen("Who answers it"))?,
        document: None,
    })
}
