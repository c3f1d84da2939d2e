//! `reclaim packet`: the packet of a case's draft, as a file.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::Args;
use denial::appeal::Draft;
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::packet::{self, Dossier, Plan};
use crate::practice::Office;
use crate::{access, proof_sheet, show};

/// Which packet, and where to.
#[derive(Args)]
pub(crate) struct Wish {
    /// Its id, or the number of its claim
    id: String,
    /// The file to write
    #[arg(short, long, value_name = "FILE")]
    out: PathBuf,
    /// The proof of timely filing of its claim instead, as a sheet of its own
    #[arg(long)]
    filing: bool,
    /// Why the packet of a specially protected case is taken out
    #[arg(long)]
    why: Option<String>,
}

/// Writes what is wished for; nothing of the case changes.
pub(crate) async fn run(office: &Office, wish: &Wish) -> anyhow::Result<ExitCode> {
    let (id, out, why) = (wish.id.as_str(), wish.out.as_path(), wish.why.as_deref());
    if wish.filing { filing(office, id, out, why).await } else { draft(office, id, out, why).await }
}

/// Writes the packet of the newest open draft of a case.
async fn draft(
    office: &Office,
    id: &str,
    out: &Path,
    why: Option<&str>,
) -> anyhow::Result<ExitCode> {
    show::require_clearance(office, why).await?;
    let id = show::find(office, id).await?;
    let mut tx = office.read().await?;
    let case = tx.case(&id).await?;
    let drafts = tx.drafts_of(&id).await?;
    let draft = drafts.into_iter().find(|one| one.state.is_open());
    let Some(draft) = draft else {
        bail!("the case has no draft that is open; begin one on its page Appeal")
    };
    let dossier = Dossier::of(&mut tx, office, case, (draft.kind, draft.level)).await?;
    let dossier = dossier.with(&draft.content);
    if dossier.protected && why.is_none() {
        bail!("the case is specially protected; say --why for a role that is cleared")
    }
    drop(tx);
    let today = office.moment().today;
    let stops = dossier.stops(&draft, &office.rules, today);
    for stop in &stops {
        eprintln!("reclaim: not ready to be sent: {stop}");
    }
    let facts = json!({ "draft": draft.id, "why": why });
    access::note(office, &id, "packet.exported", &facts).await?;
    let documents = office.documents.clone();
    let plan = Plan::of(dossier, draft.content.clone(), |hash| documents.path(hash), today)?;
    let packet = packet::build(plan).await?;
    std::fs::write(out, &packet.pdf).context("cannot write the packet")?;
    show::print(vec![told(&draft, &packet, out)])
}

/// Writes the proof of timely filing of a case's claim.
async fn filing(
    office: &Office,
    id: &str,
    out: &Path,
    why: Option<&str>,
) -> anyhow::Result<ExitCode> {
    show::require_clearance(office, why).await?;
    let id = show::find(office, id).await?;
    let mut tx = office.read().await?;
    let case = tx.case(&id).await?;
    let claims = tx.names_of(&[case.claim.to_string()]).await?;
    if !tx.protected_among(&claims).await?.is_empty() && why.is_none() {
        bail!("the case is specially protected; say --why for a role that is cleared")
    }
    let sheet = proof_sheet::read(&mut tx, office, (case.number.as_str(), &claims)).await?;
    drop(tx);
    let facts = json!({ "what": proof_sheet::WHAT, "why": why });
    access::note(office, &id, "packet.exported", &facts).await?;
    let verdict = sheet.verdict();
    let pdf = sheet.pdf().await?;
    std::fs::write(out, &pdf).context("cannot write the sheet")?;
    let hash = hex::encode(Sha256::digest(&pdf));
    show::print(vec![verdict, format!("{}: sha-256 {hash}", out.display())])
}

fn told(draft: &Draft, packet: &press::Packet, out: &Path) -> String {
    let hash = hex::encode(Sha256::digest(&packet.pdf));
    let kind = draft.kind.as_str();
    format!("{}: {kind}, {} pages, sha-256 {hash}", out.display(), packet.pages)
}
