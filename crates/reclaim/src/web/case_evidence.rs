//! Evidence that payers gave before the visit, on the case that it bears on.

use axum::extract::Path;
use axum::response::Response;
use denial::claim::Claim;
use denial::evidence::Weight;
use store::Tx;

use crate::evidence::{self, Found};
use crate::web::about::About;
use crate::web::case;
use crate::web::gate::Posted;
use crate::web::reach;
use crate::web::session::Visitor;
use crate::web::trouble::Trouble;
use crate::web::words;
use crate::{documents, identity};

/// One answer that bears on the case.
pub(crate) struct Proof {
    pub(crate) title: &'static str,
    pub(crate) payer: String,
    pub(crate) words: String,
    /// How much it proves: the chip's words and its class.
    pub(crate) weight: &'static str,
    pub(crate) class: &'static str,
    /// The file that said it, and where in it.
    pub(crate) file: String,
    pub(crate) n: i64,
}

/// Answers shown on a case; what proves most comes first.
const SHOWN: usize = 20;

/// What bears on a case's claim, as it was billed.
pub(crate) async fn proofs(tx: &mut Tx, billed: Option<&Claim>) -> Result<Vec<Proof>, Trouble> {
    let Some(claim) = billed else { return Ok(Vec::new()) };
    let found = evidence::found(tx, claim).await?;
    Ok(found.iter().take(SHOWN).map(proof).collect())
}

fn proof(one: &Found) -> Proof {
    let (weight, class) = match one.bearing.weight {
        Weight::Shows => ("shows it", "here"),
        Weight::Near => ("near it", "absent"),
        Weight::Against => ("against it", "bad"),
        Weight::Silent => ("no answer", "absent"),
    };
    Proof {
        title: evidence::title(one.evidence.kind),
        payer: one.evidence.payer.name.to_string(),
        words: words::sentence(&one.bearing.words),
        weight,
        class,
        file: one.file.clone(),
        n: one.n,
    }
}

/// `POST /cases/{id}/evidence`: a sheet of one answer is put beside the case.
pub(crate) async fn attach(
    visitor: Visitor,
    Path(id): Path<String>,
    Posted(mut fields): Posted,
) -> Result<Response, Trouble> {
    let office = &visitor.office;
    let version = case::version(&mut fields)?;
    let file = fields.remove("file").unwrap_or_default();
    let n = fields.remove("n").and_then(|n| n.parse().ok()).ok_or(Trouble::Nowhere)?;
    let mut tx = office.read().await?;
    let case = reach::own(&mut tx, office, &id).await?;
    let about = About::of(&mut tx, office, case.claim.as_str()).await?;
    let claim = about.billed.as_ref().ok_or(Trouble::Nowhere)?;
    let found = evidence::one(&mut tx, claim, (&file, n)).await?.ok_or(Trouble::Nowhere)?;
    let taken = tx.file(&file).await?.map(|file| file.taken_at).unwrap_or_default();
    drop(tx);
    let kind = found.evidence.kind;
    let (there, taken) = (office.clone(), words::instant(&taken, &office.clinic.zone));
    let sheet = tokio::task::spawn_blocking(move || evidence::sheet(&there, &found, &taken)).await;
    let sheet = sheet.map_err(|fault| Trouble::Broken(fault.into()))??.into_bytes();
    let name = format!("{}.txt", evidence::what(kind));
    let written = documents::written(office, &name, "text/plain", sheet).await?;
    let document = identity::document(&written.hash).ok_or(Trouble::Nowhere)?;
    let fields = [("document", document.to_string()), ("what", evidence::what(kind).to_owned())];
    let fields = fields.map(|(name, value)| (name.to_owned(), value)).into();
    case::done_with(&visitor, (&id, version), ("attach_document", &fields), Some(written)).await
}
