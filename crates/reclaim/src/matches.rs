//! Which claim a payment is about, where a person has to say: accepted, declined, looked at again.

use anyhow::Context;
use denial::codes::ClaimNumber;
use denial::denial::Denial;
use denial::ids::ClaimId;
use denial::lifecycle::opening::ClaimFacts;
use denial::lifecycle::{Change, Event};
use denial::person::Moment;
use serde_json::json;
use store::claims::Match;
use store::journal::Entry;
use store::{Tx, instant};

use crate::practice::Office;
use crate::settle::{self, Fresh};

/// Why a match was not decided.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Undecided {
    /// The claim was joined to another one before.
    #[error("this claim is joined to another one already; open that match again first")]
    Joined,
    /// The database, or what is kept there.
    #[error(transparent)]
    Fault(#[from] anyhow::Error),
}

impl From<store::Error> for Undecided {
    fn from(error: store::Error) -> Undecided {
        Undecided::Fault(error.into())
    }
}

/// Decides a likely match, or opens it again; the cases of both claims follow at once.
///
/// # Errors
/// [`Undecided`]; nothing has changed then.
pub(crate) async fn decide(
    office: &Office,
    claim: &ClaimId,
    candidate: &ClaimId,
    state: Match,
) -> Result<(), Undecided> {
    let moment = office.moment();
    let mut tx = office.write().await?;
    if state == Match::Accepted {
        let joined = tx.joined(&[claim.as_str().to_owned()]).await?;
        let other =
            |(one, into): &(String, String)| one == claim.as_str() && into != candidate.as_str();
        if joined.iter().any(other) {
            return Err(Undecided::Joined);
        }
    }
    let (by, at) = (moment.who.person.as_str(), instant(moment.now));
    tx.decide_match(claim.as_str(), candidate.as_str(), state, by, &at).await?;
    let kind = match state {
        Match::Accepted => "match.accepted",
        Match::Declined => "match.declined",
        Match::Open => "match.opened_again",
    };
    let facts = json!({ "candidate": candidate });
    tx.append(vec![Entry::new(claim.as_str(), kind, &facts)], &moment).await?;
    if state != Match::Accepted {
        part(&mut tx, office, &moment, claim, candidate).await?;
    }
    let both = vec![claim.to_string(), candidate.to_string()];
    settle::settle_claims(&mut tx, office, &moment, both, Fresh::nothing()).await?;
    tx.commit().await?;
    Ok(())
}

/// Gives a claim back the cases that it had before it was joined to another.
async fn part(
    tx: &mut Tx,
    office: &Office,
    moment: &Moment,
    claim: &ClaimId,
    candidate: &ClaimId,
) -> Result<(), Undecided> {
    let cases = tx.cases_of(&[candidate.to_string()]).await?;
    let known = tx.claims(&[claim.to_string()]).await?;
    let number = known.get(claim.as_str()).map(|row| ClaimNumber::new(&row.number));
    for case in &cases {
        if !began_on(tx, case, claim).await? {
            continue;
        }
        let facts = ClaimFacts {
            claim: claim.clone(),
            number: number.clone().unwrap_or_else(|| case.number.clone()),
            payer: case.payer.clone(),
            payer_name: case.payer_name.clone(),
            plan: case.plan,
            days: case.days,
        };
        let events = case.join(&facts, &office.rules);
        let after = events.iter().fold(case.clone(), Denial::apply);
        settle::save(tx, office, moment, case, &after, &events).await?;
    }
    Ok(())
}

/// True where a case was opened on a claim, whatever claim and payer it has moved to since.
async fn began_on(tx: &mut Tx, case: &Denial, claim: &ClaimId) -> Result<bool, Undecided> {
    let timeline = tx.timeline(case.id.as_str()).await?;
    let Some(first) = timeline.first() else { return Ok(false) };
    let event: Event = serde_json::from_str(&first.body).context("an event is JSON")?;
    Ok(matches!(event.change, Change::Opened { denial } if denial.claim == *claim))
}
