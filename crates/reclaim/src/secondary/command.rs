//! `secondary`: claims before the payer that comes next, one of them, and sending it.

use std::process::ExitCode;

use clap::Args;
use denial::codes::ClaimNumber;
use denial::deadline::Due;
use denial::money::Money;
use denial::next_bill::State;
use serde_json::json;
use store::Tx;
use store::next_bills::NextBill;

use crate::practice::Office;
use crate::secondary::billing::{self, Bill, NotBilled, Said};
use crate::{access, identity, show};

/// What is looked at, or sent.
#[derive(Args)]
pub(crate) struct Wish {
    /// The claim's number (CLM01); without it those that stand in one way are listed
    claim: Option<String>,
    /// Which are listed
    #[arg(long, value_name = "STATE", default_value = "to_bill",
        value_parser = ["to_bill", "denied", "crossed", "late", "waiting"])]
    state: String,
    /// Queues the claim to the payer that comes next
    #[arg(long, requires = "claim")]
    send: bool,
    /// Why it goes though the payer passed it on, or its denial is open
    #[arg(long, value_name = "WHY", requires = "send")]
    despite: Option<String>,
    /// Why it goes after its last day for filing, for who supervises
    #[arg(long, value_name = "WHY", requires = "send")]
    late: Option<String>,
    /// Why the same goes once more
    #[arg(long, value_name = "WHY", requires = "send")]
    again: Option<String>,
    /// One JSON object a line, of a list
    #[arg(long)]
    json: bool,
}

/// The most that are listed.
const MOST: i64 = 1_000;

/// Runs the command; the exit code is 1 where something was refused.
///
/// # Errors
/// The database or a file.
pub(crate) async fn run(office: &Office, wish: &Wish) -> anyhow::Result<ExitCode> {
    let Some(number) = &wish.claim else { return list(office, wish).await };
    let claim = identity::claim(&ClaimNumber::new(number)).to_string();
    let mut tx = office.read().await?;
    let names = tx.names_of(std::slice::from_ref(&claim)).await?;
    if !tx.protected_among(&names).await?.is_empty() {
        drop(tx);
        access::note_refusal(office, &claim, "claim.refused", "secondary").await;
        return refused("the claim is specially protected: look at it and send it on its page");
    }
    drop(tx);
    if wish.send {
        return send(office, &claim, wish).await;
    }
    let mut tx = office.read().await?;
    let bill = billing::bill(&mut tx, office, &claim).await?;
    drop(tx);
    access::note(office, &claim, "claim.viewed", &json!({ "why": "secondary" })).await?;
    match bill {
        None => refused("nothing of this claim is to be billed to a next payer"),
        Some(bill) => show::print(told(&bill)),
    }
}

async fn list(office: &Office, wish: &Wish) -> anyhow::Result<ExitCode> {
    let mut tx = office.read().await?;
    let day = office.moment().today.to_string();
    let rows = listed(&mut tx, &wish.state, &day).await?;
    let lines = rows.iter().map(|row| if wish.json { as_json(row) } else { as_line(row) });
    show::print(lines.collect())
}

async fn listed(tx: &mut Tx, state: &str, day: &str) -> Result<Vec<NextBill>, store::Error> {
    if state != "late" {
        return tx.next_bills(state, None, MOST).await;
    }
    let mut rows = tx.next_bills(State::Crossed.as_str(), Some(day), MOST).await?;
    rows.extend(tx.next_bills(State::Waiting.as_str(), Some(day), MOST).await?);
    Ok(rows)
}

fn as_line(row: &NextBill) -> String {
    let money = Money::from_cents(row.share);
    let since = row.since.as_deref().unwrap_or("no day");
    let due = row.due_on.as_deref().map(|due| format!(", usually answered by {due}"));
    format!(
        "{}  {}  {} -> {}  {money}  since {since}{}  ({})",
        row.number,
        row.state,
        row.from_name,
        row.payer_name,
        due.unwrap_or_default(),
        row.why
    )
}

fn as_json(row: &NextBill) -> String {
    json!({ "claim": row.number, "state": row.state, "from": row.from_name,
        "payer": row.payer_name, "share": row.share, "since": row.since, "due": row.due_on,
        "usual": row.usual, "why": row.why })
    .to_string()
}

/// What would go, where it can: the segments that payers are told of, none of the patient.
fn told(bill: &Bill) -> Vec<String> {
    let next = &bill.next;
    let mut lines = vec![
        format!("{}: {} ({})", bill.standing.number, next.state.as_str(), next.why),
        format!("next payer: {}", next.payer.name),
        format!("left for it: {}", next.share),
        match &bill.limit {
            Due::NoRule => "file by: not configured".to_owned(),
            Due::On { date, .. } => format!("file by: {date}"),
        },
    ];
    match &bill.written {
        Err(why) => lines.push(format!("not written: {why}")),
        Ok(written) => {
            let of_payers = ["SBR", "CAS", "AMT", "SVD", "DTP*573"];
            let texts = written.draft.segments().map(String::from_utf8_lossy);
            let texts = texts.filter(|text| of_payers.iter().any(|id| text.starts_with(id)));
            lines.extend(texts.map(|text| text.into_owned()));
            lines.extend(written.faults.iter().map(|one| format!("fault: {}", one.expected)));
        }
    }
    lines
}

async fn send(office: &Office, claim: &str, wish: &Wish) -> anyhow::Result<ExitCode> {
    let said = Said {
        again: wish.again.clone(),
        despite: wish.despite.clone(),
        late: wish.late.clone(),
        seen: None,
    };
    match billing::send(office, claim, &said).await {
        Ok(one) => show::print(vec![format!(
            "{} leaves at {} as {}; call it back until then",
            one.outgoing, one.leaves_at, one.name
        )]),
        Err(NotBilled::Failed(fault)) => Err(fault),
        Err(why) => refused(&why.to_string()),
    }
}

fn refused(why: &str) -> anyhow::Result<ExitCode> {
    eprintln!("reclaim: refused: {why}");
    Ok(ExitCode::from(1))
}
