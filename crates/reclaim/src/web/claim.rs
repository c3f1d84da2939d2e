//! One claim: each version as it was billed, what payers and receivers said of it, its cases.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use denial::claim::{Claim, PayerOrder, ServiceLine};
use denial::codes::ClaimNumber;
use denial::person::{Access, allows};
use denial::timely::Filing;
use jiff::civil::Date;
use serde_json::json;
use store::Tx;
use store::claims::ClaimRow;

use crate::outbox::filing;
use crate::web::about::{About, AnswerView};
use crate::web::case_chain::Sibling;
use crate::web::case_requests::Letters;
use crate::web::case_view::{PatientView, Spoken};
use crate::web::page::{Page, html};
use crate::web::protection;
use crate::web::session::Visitor;
use crate::web::status::AskedView;
use crate::web::timeline;
use crate::web::trouble::Trouble;
use crate::web::words;
use crate::{access, identity};

#[derive(Template)]
#[template(path = "claim.html")]
struct ClaimPage {
    page: Page,
    number: String,
    patient: Option<PatientView>,
    /// Other names of it: claims that a person joined with it.
    joined: Vec<(String, String)>,
    versions: Vec<VersionView>,
    spoken: Vec<Spoken>,
    answers: Vec<AnswerView>,
    cases: Vec<Sibling>,
    /// Payers' letters about it that are no denials.
    letters: Letters,
    id: String,
    filing: FilingView,
    /// What its payer was asked and answered.
    asked: Vec<AskedView>,
    /// What its chip says where it is specially protected.
    protected: &'static str,
    /// Remittances and files may be opened.
    remittances: bool,
    /// Where it stands before the payer that comes next, for who may bill it.
    next_payer: Option<String>,
}

/// Whether it was filed in time, and what proves it.
struct FilingView {
    verdict: String,
    /// What was sent, and who had it: words, the file's address and its hash.
    sent: Vec<(String, String, String)>,
    proofs: Vec<(String, String, String)>,
}

impl FilingView {
    fn of(filing: &Filing) -> FilingView {
        let at = |words: String, file: &String| (words, format!("/files/{file}"), file.clone());
        let versions = filing.versions.iter();
        let proofs = filing.proofs.iter();
        FilingView {
            verdict: filing::in_words(filing),
            sent: versions.map(|one| at(filing::version(one), &one.file)).collect(),
            proofs: proofs.map(|one| at(filing::proof(one), &one.file)).collect(),
        }
    }
}

/// The claim as one 837 bills it.
pub(super) struct VersionView {
    pub(super) file: String,
    pub(super) href: String,
    pub(super) on: String,
    /// The same day, to be put in order.
    pub(super) day: Option<Date>,
    pub(super) frequency: String,
    pub(super) payer: String,
    pub(super) charge: String,
    facts: Vec<(&'static str, String)>,
    lines: Vec<LineView>,
}

/// One line as billed.
struct LineView {
    number: u16,
    procedure: String,
    on: String,
    units: String,
    charge: String,
}

/// `GET /claims/{id}`: looking at a patient's claim is on record before it is shown.
pub(crate) async fn page(visitor: Visitor, Path(id): Path<String>) -> Result<Response, Trouble> {
    let office = &visitor.office;
    let mut tx = office.read().await?;
    let about = About::of(&mut tx, office, &id).await?;
    let number = about.known.get(&id).map(|row| row.number.clone()).ok_or(Trouble::Nowhere)?;
    let versions = versions(&mut tx, &about.claims, about.hides(office)).await?;
    let cases = tx.cases_of(&about.claims).await?;
    let cases = cases.iter().filter(|case| office.sees(case)).map(Sibling::of);
    let cases = cases.collect();
    let filing = filing::filing(&mut tx, office, &about.claims).await?;
    let shows = about.names_are_shown(office);
    let letters = Letters::about(&mut tx, office, &id, shows).await?;
    let protected = protection::chip_of(&mut tx, &about.claims).await?;
    let people = timeline::people(&mut tx).await?;
    let asked = crate::status::of_claim(&mut tx, &id).await?;
    drop(tx);
    access::note(office, &id, "claim.viewed", &json!({})).await?;
    let others = about.known.values().filter(|row| row.claim != id);
    let other = |row: &ClaimRow| (format!("/claims/{}", row.claim), row.number.clone());
    html(&ClaimPage {
        page: Page::of(&visitor, "Claim", "/queue"),
        patient: about.patient(office, &format!("/claims/{id}")),
        joined: others.map(other).collect(),
        remittances: allows(office.who.role, Access::Remittances),
        next_payer: allows(office.who.role, Access::Correct).then(|| format!("/secondary/{id}")),
        spoken: about.spoken,
        answers: about.answers,
        number,
        versions,
        cases,
        letters,
        id,
        filing: FilingView::of(&filing),
        asked: asked.iter().map(|one| AskedView::of(one, &people)).collect(),
        protected,
    })
}

/// Where the claim of a number is shown, where it is known and this visitor may see it.
pub(super) async fn address(
    tx: &mut Tx,
    visitor: &Visitor,
    number: &str,
) -> Result<Option<String>, Trouble> {
    if !allows(visitor.office.who.role, Access::Claims) {
        return Ok(None);
    }
    let id = identity::claim(&ClaimNumber::new(number)).to_string();
    let known = tx.claims(&[id]).await?;
    Ok(known.into_keys().next().map(|id| format!("/claims/{id}")))
}

/// Each version of some claims, the latest first.
///
/// Where `hides`, their diagnoses are masked: the claim is specially protected.
pub(super) async fn versions(
    tx: &mut Tx,
    claims: &[String],
    hides: bool,
) -> Result<Vec<VersionView>, Trouble> {
    let mut views = Vec::new();
    for claim in claims {
        for (hash, _, body) in tx.versions(claim).await? {
            let billed: Claim =
                serde_json::from_str(&body).map_err(|fault| Trouble::Broken(fault.into()))?;
            let file = tx.file(&hash).await?.map(|file| file.name).unwrap_or_default();
            views.push(version(&billed, &hash, file, hides));
        }
    }
    Ok(views)
}

fn version(claim: &Claim, hash: &str, file: String, hides: bool) -> VersionView {
    let text = |text: Option<String>| text.unwrap_or_default();
    let diagnoses: Vec<String> = claim.diagnoses.iter().map(ToString::to_string).collect();
    let facts = [
        ("Payer's order", order(claim.order).to_owned()),
        ("Plan", words::label(claim.plan.as_str())),
        ("Billing provider", claim.billing.to_string()),
        ("Rendering provider", claim.rendering.to_string()),
        ("Diagnoses", if hides { "•••".to_owned() } else { diagnoses.join(", ") }),
        ("Replaces the payer's number", text(claim.replaces.as_ref().map(ToString::to_string))),
        ("Authorization", text(claim.authorization.as_ref().map(ToString::to_string))),
        ("Referral", text(claim.referral.as_ref().map(ToString::to_string))),
    ];
    VersionView {
        file,
        href: format!("/files/{hash}"),
        on: claim.submitted_on.map(words::day).unwrap_or_default(),
        day: claim.submitted_on,
        frequency: frequency(&claim.frequency),
        payer: claim.payer.name.to_string(),
        charge: claim.charge.to_string(),
        facts: facts.into_iter().filter(|(_, text)| !text.is_empty()).collect(),
        lines: claim.lines.iter().map(line).collect(),
    }
}

const fn order(order: PayerOrder) -> &'static str {
    match order {
        PayerOrder::Primary => "first",
        PayerOrder::Secondary => "second",
        PayerOrder::Tertiary => "third or later",
        PayerOrder::Unknown => "",
    }
}

/// CLM05-3 with its meaning (NUBC frequency codes, as 837s use them).
fn frequency(code: &str) -> String {
    let meaning = match code {
        "1" => "original",
        "6" => "corrected",
        "7" => "replacement",
        "8" => "void",
        "" => return "frequency not said".to_owned(),
        _ => "see the payer's guide",
    };
    format!("{code} · {meaning}")
}

fn line(line: &ServiceLine) -> LineView {
    let code = line.procedure.to_string();
    let revenue = line.revenue.to_string();
    let parts = [revenue, code].into_iter().filter(|part| !part.is_empty());
    LineView {
        number: line.number,
        procedure: parts.collect::<Vec<_>>().join(" · "),
        on: match (line.from, line.to) {
            (Some(from), Some(to)) if from != to => {
                format!("{} – {}", words::day(from), words::day(to))
            }
            (Some(on), _) | (None, Some(on)) => words::day(on),
            (None, None) => String::new(),
        },
        units: line.units.to_string(),
        charge: line.charge.to_string(),
    }
}
