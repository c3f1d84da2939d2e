//! `reclaim outbox` and `reclaim sweep outbox`.

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, bail};
use comfy_table::{Table, presets};
use denial::billed::BilledClaim;
use denial::denial::{Channel, Denial, Status};
use denial::lifecycle::Action;
use denial::lifecycle::action::Resubmission;
use denial::lifecycle::evidence::Frequency;
use denial::outgoing::Kind;
use serde_json::{Value, json};
use store::Tx;
use store::outgoing::{Counts, Outgoing};

use crate::identity;
use crate::outbox::numbered::numbered;
use crate::outbox::{self, Carried, Parcel, hearing, leaving, reading};
use crate::practice::Office;
use crate::show;

/// How much is listed.
const ROWS: i64 = 200;

/// `reclaim outbox`: what waits, left and was answered, the newest first.
pub(crate) async fn list(office: &Office, json: bool) -> anyhow::Result<ExitCode> {
    let mut tx = office.read().await?;
    let (mut lines, mut table) = (Vec::new(), Table::new());
    table.load_style(presets::UTF8_HORIZONTAL_ONLY);
    table.set_header([
        "id",
        "name",
        "route",
        "state",
        "cases",
        "answered",
        "refused",
        "to look at",
    ]);
    let all = tx.all_outgoing(ROWS).await?;
    let counted = tx.count_outgoing(&all).await?;
    for one in all {
        let counts = counted.get(&one.outgoing).copied().unwrap_or_default();
        let odd = odd(office, &one, counts);
        if json {
            lines.push(in_json(&one, counts, &odd).to_string());
            continue;
        }
        let [items, answered, refused] =
            [counts.items, counts.answered, counts.refused].map(|count| count.to_string());
        let state = one.state.replace('_', " ");
        let cells = [one.outgoing, one.name, one.route, state, items, answered, refused];
        table.add_row(cells.into_iter().chain([odd.join("; ")]));
    }
    if !json {
        let nothing = "nothing was queued yet".to_owned();
        lines.push(if table.is_empty() { nothing } else { table.to_string() });
    }
    show::print(lines)
}

fn in_json(one: &Outgoing, counts: Counts, odd: &[String]) -> Value {
    json!({ "id": one.outgoing, "kind": one.kind, "name": one.name, "route": one.route,
        "hash": one.document, "bytes": one.bytes, "control": one.control, "state": one.state,
        "made_at": one.made_at, "made_by": one.made_by, "leaves_at": one.leaves_at,
        "left_at": one.left_at, "receipt": one.receipt, "cases": counts.items,
        "answered": counts.answered, "refused": counts.refused, "unmoved": counts.unmoved,
        "tries": one.tries, "look_at": odd })
}

/// What somebody should look at, in words.
pub(crate) fn odd(office: &Office, one: &Outgoing, counts: Counts) -> Vec<String> {
    let mut odd = Vec::new();
    if !one.why.is_empty() {
        odd.push(one.why.clone());
    }
    let late = hearing::late(office, one, counts);
    if late.syntax.is_some() {
        odd.push("no TA1, 999 or 277CA came in time".to_owned());
    }
    if late.claims.is_some() {
        odd.push(format!("no 277CA of {} came in time", counts.items - counts.answered));
    }
    if counts.unmoved > 0 {
        odd.push(format!("{} of its cases did not move", counts.unmoved));
    }
    odd
}

/// `reclaim outbox call-back ID`, `reclaim outbox again ID`.
pub(crate) async fn change(office: &Office, id: &str, is_back: bool) -> anyhow::Result<ExitCode> {
    let (changed, done) = if is_back {
        let back = outbox::call_back_and_wait(office, &office.who, id).await;
        (back, "called back; it never left")
    } else {
        (outbox::try_again(office, &office.who, id).await, "it tries again now")
    };
    match changed {
        Ok(one) if is_back && !one.why.is_empty() => {
            show::print(vec![format!("{}: {done}; {}", one.name, one.why)])
        }
        Ok(one) => show::print(vec![format!("{}: {done}", one.name)]),
        Err(why @ (outbox::NotChanged::Past { .. } | outbox::NotChanged::NotYourRole(_))) => {
            eprintln!("reclaim: refused: {why}");
            Ok(ExitCode::from(1))
        }
        Err(other) => Err(other.into()),
    }
}

/// `reclaim outbox queue FILE`: an 837 that was corrected elsewhere leaves here, once.
pub(crate) async fn queue(
    office: &Office,
    file: &Path,
    route: Option<String>,
    again: Option<String>,
) -> anyhow::Result<ExitCode> {
    let bytes = std::fs::read(file).context("cannot read the file")?;
    let mut tx = office.read().await?;
    let mut carries = Vec::new();
    for claim in reading::billed(&bytes).billed {
        carries.extend(carried(&mut tx, &claim, again.as_deref()).await?);
    }
    drop(tx);
    if carries.is_empty() {
        bail!("no claim of an 837 is in the file");
    }
    let parcel = Parcel { kind: Kind::Claims, route, carries, again };
    let write = |numbers: &outbox::Numbers| numbered(&bytes, numbers);
    match outbox::queue(office, &office.who, parcel, write).await {
        Ok(one) => show::print(vec![format!(
            "{} leaves at {} as {}; call it back until then",
            one.outgoing, one.leaves_at, one.name
        )]),
        Err(outbox::NotQueued::Failed(fault)) => Err(fault),
        Err(why) => {
            eprintln!("reclaim: refused: {why}");
            Ok(ExitCode::from(1))
        }
    }
}

/// The cases of a claim that are worked on, each with the act that follows; at least one of them.
async fn carried(
    tx: &mut Tx,
    billed: &BilledClaim,
    again: Option<&str>,
) -> anyhow::Result<Vec<Carried>> {
    let number = billed.claim.number.clone();
    let claims = [identity::claim(&number).to_string()];
    let cases: Vec<Denial> = tx.cases_of(&claims).await?;
    let worked = cases.iter().filter(|case| case.status() == Status::InReview);
    let worked: Vec<&Denial> = worked.collect();
    // Where none is in review, the act's refusal says so for the latest.
    let named: Vec<&Denial> =
        if worked.is_empty() { cases.last().into_iter().collect() } else { worked };
    if named.is_empty() {
        bail!("a claim in the file has no case here; send it as you send new claims");
    }
    let frequency = Frequency::from_name(&billed.claim.frequency)
        .context("a claim in the file is neither original (1), replacement (7) nor void (8)")?;
    let action = Action::Resubmit(Resubmission {
        frequency,
        channel: Channel::Edi,
        reference: String::new(),
        confirmation: None,
        document: None,
        sent_on: None,
        late: None,
        again: again.map(str::to_owned),
    });
    let carried = |case: &&Denial| Carried {
        case: case.id.clone(),
        number: number.clone(),
        content: String::new(),
        action: action.clone(),
    };
    Ok(named.iter().map(carried).collect())
}

/// `reclaim sweep outbox`.
pub(crate) async fn sweep(office: &Office) -> anyhow::Result<ExitCode> {
    let tally = leaving::sweep(office).await?;
    let failed = if tally.failed > 0 {
        format!(", {} could not; see `reclaim outbox`", tally.failed)
    } else {
        String::new()
    };
    show::print(vec![format!("{} left{failed}", tally.sent)])?;
    Ok(ExitCode::from(u8::from(tally.failed > 0)))
}
