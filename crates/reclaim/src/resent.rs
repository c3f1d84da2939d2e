//! Whether a case waits with something that was sent again: no further claim goes beside it unless
//! somebody says why (features 6.05).

use std::collections::HashMap;

use denial::claim::Claim;
use denial::denial::{Denial, NextAction};
use denial::ids::DocumentId;
use denial::lifecycle::action::Resubmission;
use denial::lifecycle::{Action, Refused};
use denial::outgoing::State;
use denial::resent::{self, Found, Resent, Version};
use jiff::Timestamp;
use jiff::civil::Date;
use store::Tx;
use store::matches::group;
use store::resent::OnItsWay;

use crate::clock::zone;
use crate::identity;
use crate::practice::Office;

/// What is known of each claim.
#[derive(Default)]
struct Known {
    versions: Vec<(String, Claim)>,
    outbox: Vec<OnItsWay>,
    refused: Vec<Date>,
}

/// What some cases wait with, by their ids; `beside` is something of the outbox that does not
/// count, since it is the one that is looked at.
pub(crate) async fn of(
    tx: &mut Tx,
    office: &Office,
    cases: &[Denial],
    beside: Option<&str>,
) -> Result<HashMap<String, Resent>, store::Error> {
    let mut claims: Vec<String> = cases.iter().map(|case| case.claim.to_string()).collect();
    let joined = tx.joined(&claims).await?;
    claims.extend(joined.iter().flat_map(|(one, other)| [one.clone(), other.clone()]));
    claims.sort();
    claims.dedup();
    let known = read(tx, &claims, beside).await?;
    let none = Known::default();
    let found = cases.iter().filter_map(|case| {
        let own = case.claim.as_str();
        let names = group(own, &joined).into_iter();
        let parts: Vec<&Known> = names.map(|name| known.get(name).unwrap_or(&none)).collect();
        Some((case.id.to_string(), awaited(case, &parts, office)?))
    });
    Ok(found.collect())
}

/// What comes next by what was sent again, on those of some cases where that leads.
pub(crate) async fn next(
    tx: &mut Tx,
    office: &Office,
    cases: &[Denial],
) -> Result<HashMap<String, NextAction>, store::Error> {
    let led = cases.iter().filter(|case| resent::leads(case));
    let ids: Vec<String> = led.map(|case| case.id.to_string()).collect();
    let sent = if ids.is_empty() { Vec::new() } else { tx.sent_since_denied(&ids).await? };
    if sent.is_empty() {
        return Ok(HashMap::new());
    }
    let is_sent = |case: &&Denial| sent.iter().any(|id| id == case.id.as_str());
    let cases: Vec<Denial> = cases.iter().filter(is_sent).cloned().collect();
    let (today, mut found) = (office.moment().today, readable(tx, office, &cases).await?);
    let next = |case: &Denial| {
        let id = case.id.to_string();
        let next = found.remove(&id)?.next(case, today, &office.rules)?;
        Some((id, next))
    };
    Ok(cases.iter().filter_map(next).collect())
}

/// What cases wait with, as far as their claims can be read: a rank waits for no claim that cannot.
async fn readable(
    tx: &mut Tx,
    office: &Office,
    cases: &[Denial],
) -> Result<HashMap<String, Resent>, store::Error> {
    match of(tx, office, cases, None).await {
        Err(store::Error::Inconsistent { .. }) => {}
        found => return found,
    }
    let mut all = HashMap::new();
    for case in cases {
        match of(tx, office, std::slice::from_ref(case), None).await {
            Err(fault @ store::Error::Inconsistent { .. }) => {
                tracing::error!("what case {} waits with cannot be read: {fault}", case.id);
            }
            found => all.extend(found?),
        }
    }
    Ok(all)
}

/// The same of one case.
pub(crate) async fn next_of(
    tx: &mut Tx,
    office: &Office,
    case: &Denial,
) -> Result<Option<NextAction>, store::Error> {
    let mut found = next(tx, office, std::slice::from_ref(case)).await?;
    Ok(found.remove(case.id.as_str()))
}

/// What one case waits with.
pub(crate) async fn of_one(
    tx: &mut Tx,
    office: &Office,
    case: &Denial,
) -> Result<Option<Resent>, store::Error> {
    let mut found = of(tx, office, std::slice::from_ref(case), None).await?;
    Ok(found.remove(case.id.as_str()))
}

/// Why an act would send a second claim beside one that waits, where it would and nobody said why.
/// To record what was sent on its own day sends nothing.
pub(crate) async fn refused(
    tx: &mut Tx,
    office: &Office,
    case: &Denial,
    action: &Action,
) -> Result<Option<Refused>, store::Error> {
    let Action::Resubmit(sent) = action else { return Ok(None) };
    if says_why(sent) {
        return Ok(None);
    }
    let waits = of_one(tx, office, case).await?;
    let is_other = |one: &Resent| !(one.found == Found::InFile && sent.sent_on == Some(one.on));
    Ok(waits.filter(is_other).map(|_| Refused::AlreadySent))
}

fn says_why(sent: &Resubmission) -> bool {
    sent.again.as_ref().is_some_and(|why| !why.trim().is_empty())
}

async fn read(
    tx: &mut Tx,
    claims: &[String],
    beside: Option<&str>,
) -> Result<HashMap<String, Known>, store::Error> {
    let mut known: HashMap<String, Known> = HashMap::new();
    for row in tx.versions_among(claims).await? {
        known.entry(row.claim).or_default().versions.push((row.file, row.body));
    }
    for one in tx.on_their_way(claims).await? {
        if beside != Some(one.outgoing.as_str()) {
            known.entry(one.claim.clone()).or_default().outbox.push(one);
        }
    }
    for (claim, answer) in tx.refusals_among(claims).await? {
        known.entry(claim).or_default().refused.extend(answer.on);
    }
    Ok(known)
}

fn awaited(case: &Denial, parts: &[&Known], office: &Office) -> Option<Resent> {
    let document = |file: &str| -> Option<DocumentId> { identity::document(file) };
    let submission = |file: &str| {
        let document = document(file);
        case.submissions.iter().find(|one| document.is_some() && one.document == document)
    };
    let versions: Vec<Version<'_>> = parts
        .iter()
        .flat_map(|part| &part.versions)
        .map(|(file, claim)| Version { file, claim, submission: submission(file) })
        .collect();
    let own = parts.iter().flat_map(|part| &part.outbox);
    let is_own =
        |one: &&OnItsWay| one.denial == case.id.as_str() || one.payer == case.payer.as_str();
    let outbox = own.filter(is_own);
    let outbox = outbox.filter_map(|one| on_its_way(one, office)).collect();
    let refused: Vec<Date> = parts.iter().flat_map(|part| part.refused.iter().copied()).collect();
    resent::awaited(case, outbox, &versions, &refused, &office.rules)
}

fn on_its_way(one: &OnItsWay, office: &Office) -> Option<Resent> {
    let Ok(Action::Resubmit(sent)) = serde_json::from_str(&one.act) else { return None };
    let leaves: Timestamp = one.leaves_at.parse().ok()?;
    Some(Resent {
        frequency: sent.frequency,
        on: zone(&office.clinic.zone).to_datetime(leaves).date(),
        found: Found::InOutbox(State::from_name(&one.state)?),
        source: one.outgoing.clone(),
    })
}
