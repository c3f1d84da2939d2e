//! Which claim a payment is about, where a person has to say: accepted, declined, looked at again.

use anyhow::Context;
use denial::codes::ClaimNumber;
use denial::denial::Denial;
use denial::ids::ClaimId;
use denial::lifecycle::opening::ClaimFacts;
use denial::lifecycle::{Change, Event};
use denial::person::Moment;
use serde_json::json;
use store::journal::Entry;
use store::matches::{Match, Said};
use store::remittances::ClaimPaymentRow;
use store::{Tx, instant};

use crate::identity;
use crate::practice::Office;
use crate::settle::{self, Fresh};

/// What somebody says of a claim known from a remittance.
#[derive(Clone, Debug)]
pub(crate) struct Decision {
    /// The claim known from a remittance.
    pub(crate) claim: ClaimId,
    /// The billed claim, which somebody may have chosen though nobody proposed it.
    pub(crate) candidate: ClaimId,
    /// What the pair is to be.
    pub(crate) state: Match,
    /// The claim that it is joined to now and is not, where it is to be another one.
    pub(crate) instead: Option<ClaimId>,
}

/// Why a match was not decided.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Undecided {
    /// The claim was joined to another one before.
    #[error(
        "This claim is joined to another one already. Open that match again first, or choose \
             another claim for it, under Accepted."
    )]
    Joined,
    /// A claim cannot be joined to itself.
    #[error("That is the same claim. Choose a claim that was billed.")]
    Same,
    /// Only what was billed can speak for a payment.
    #[error(
        "No 837 with that claim was taken in, so a payment cannot be joined to it. Take the \
             837 in first, or choose another claim."
    )]
    NotBilled,
    /// The other claim is spoken for by a third.
    #[error(
        "That claim is itself joined to another one. Choose the one that it is joined to, or \
             open that match again first."
    )]
    TargetJoined,
    /// The claim was billed meanwhile under its own number.
    #[error("This claim was billed under its own number meanwhile, so there is nothing to match.")]
    Billed,
    /// The database, or what is kept there.
    #[error(transparent)]
    Fault(#[from] anyhow::Error),
}

impl From<store::Error> for Undecided {
    fn from(error: store::Error) -> Undecided {
        Undecided::Fault(error.into())
    }
}

/// Decides a match, likely or chosen by hand, or opens it again; the cases of every claim in it
/// follow at once.
///
/// # Errors
/// [`Undecided`]; nothing has changed then.
pub(crate) async fn decide(office: &Office, decision: &Decision) -> Result<(), Undecided> {
    let moment = office.moment();
    let mut tx = office.write().await?;
    let Decision { claim, candidate, .. } = decision;
    let mut claims = vec![claim.to_string(), candidate.to_string()];
    if decision.state == Match::Accepted
        && let Some(before) = check(&mut tx, decision).await?
    {
        say(&mut tx, &moment, claim, &before, Match::Declined).await?;
        part(&mut tx, office, &moment, claim, &before).await?;
        claims.push(before.to_string());
    }
    let joined = tx.joined(&[claim.to_string()]).await?;
    let was_joined =
        joined.iter().any(|(one, into)| one == claim.as_str() && into == candidate.as_str());
    say(&mut tx, &moment, claim, candidate, decision.state).await?;
    if decision.state != Match::Accepted && was_joined {
        part(&mut tx, office, &moment, claim, candidate).await?;
    }
    settle::settle_claims(&mut tx, office, &moment, claims, Fresh::nothing()).await?;
    tx.commit().await?;
    Ok(())
}

/// Whether a claim can be joined; gives the claim that it is to leave for that.
async fn check(tx: &mut Tx, decision: &Decision) -> Result<Option<ClaimId>, Undecided> {
    let Decision { claim, candidate, instead, .. } = decision;
    if claim == candidate {
        return Err(Undecided::Same);
    }
    let both = [claim.to_string(), candidate.to_string()];
    let known = tx.claims(&both).await?;
    let row = known.get(claim.as_str()).ok_or(store::Error::Missing { what: "claim" })?;
    if row.body.is_some() {
        return Err(Undecided::Billed);
    }
    if known.get(candidate.as_str()).is_none_or(|row| row.body.is_none()) {
        return Err(Undecided::NotBilled);
    }
    let joined = tx.joined(&both).await?;
    let into = |claim: &ClaimId| {
        joined.iter().find(|(one, _)| one == claim.as_str()).map(|(_, into)| into.as_str())
    };
    if into(candidate).is_some() {
        return Err(Undecided::TargetJoined);
    }
    match into(claim) {
        None => Ok(None),
        Some(same) if same == candidate.as_str() => Ok(None),
        Some(other) if instead.as_ref().is_some_and(|one| one.as_str() == other) => {
            Ok(instead.clone())
        }
        Some(_) => Err(Undecided::Joined),
    }
}

/// Writes what becomes of a pair, with its entry. Only a match that is accepted may be one that
/// nobody proposed.
async fn say(
    tx: &mut Tx,
    moment: &Moment,
    claim: &ClaimId,
    candidate: &ClaimId,
    state: Match,
) -> Result<(), Undecided> {
    let (by, at) = (moment.who.person.as_str(), instant(moment.now));
    let (claim, candidate) = (claim.as_str(), candidate.as_str());
    let said = Said { claim, candidate, state, by, at: &at };
    let kind = match state {
        Match::Accepted => "match.accepted",
        Match::Declined => "match.declined",
        Match::Open => "match.opened_again",
    };
    if state == Match::Accepted {
        tx.put_match(&said).await?;
    } else {
        tx.decide_match(&said).await?;
    }
    let facts = json!({ "candidate": candidate });
    tx.append(vec![Entry::new(claim, kind, &facts)], moment).await?;
    Ok(())
}

/// Gives a claim the cases that came of what is said of it: those that it had before it was joined
/// to another, and those of which nothing is left there.
pub(crate) async fn part(
    tx: &mut Tx,
    office: &Office,
    moment: &Moment,
    claim: &ClaimId,
    from: &ClaimId,
) -> anyhow::Result<()> {
    let known = tx.claims(&[claim.to_string()]).await?;
    let number = known.get(claim.as_str()).map(|row| ClaimNumber::new(&row.number));
    let said = tx.said_of(&[claim.to_string()]).await?;
    let left = tx.said_of(&[from.to_string()]).await?;
    let held = tx.cases_of(&[claim.to_string()]).await?;
    for case in tx.cases_of(&[from.to_string()]).await? {
        let is_full = held.iter().any(|one| one.payer == case.payer && one.round == case.round);
        let is_own = began_on(tx, &case, claim).await?;
        let payer = identity::payer_of(&case, &office.rules);
        let names = |row: &ClaimPaymentRow| row.remittance == case.remittance.as_str();
        let came = said.iter().any(names) && !left.iter().any(names);
        let goes = is_own || (came && !settle::denies(tx, office, from, &payer).await?);
        if is_full || !goes {
            continue;
        }
        let facts = ClaimFacts {
            claim: claim.clone(),
            number: number.clone().unwrap_or_else(|| case.number.clone()),
            payer: case.payer.clone(),
            payer_name: case.payer_name.clone(),
            plan: case.plan,
            provider: case.provider.clone(),
            site: case.site.clone(),
            days: case.days,
        };
        let events = case.join(&facts, &office.rules);
        let after = events.iter().fold(case.clone(), Denial::apply);
        settle::save(tx, office, moment, &case, &after, &events).await?;
    }
    Ok(())
}

/// True where a case was opened on a claim, whatever claim and payer it has moved to since.
async fn began_on(tx: &mut Tx, case: &Denial, claim: &ClaimId) -> anyhow::Result<bool> {
    let timeline = tx.timeline(case.id.as_str()).await?;
    let Some(first) = timeline.first() else { return Ok(false) };
    let event: Event = serde_json::from_str(&first.body).context("an event is JSON")?;
    Ok(matches!(event.change, Change::Opened { denial } if denial.claim == *claim))
}
