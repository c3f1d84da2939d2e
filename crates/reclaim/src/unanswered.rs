//! Claims that payers have and have not answered, found anew each day: by the days that each payer
//! usually takes, set in its file or learned from its answers.

use std::collections::BTreeMap;
use std::fmt;

use anyhow::Context;
use denial::claim::{Claim, PayerName, PlanType};
use denial::deadline::Due;
use denial::ids::PayerId;
use insight::usual::Usual;
use jiff::ToSpan;
use jiff::civil::Date;
use store::unanswered::Unanswered;
use store::{Tx, instant};

use crate::outbox::filing;
use crate::practice::{Office, is_of_database};
use crate::{identity, intake, rank, secondary};

/// The sweep's name among those that ran.
pub(crate) const SWEEP: &str = "unanswered";
/// Days from which answers are learned.
const LEARNED_DAYS: i64 = 365;
/// Claims looked at in one transaction.
const PAGE: i64 = 500;
/// Code of a claim that voids another: no answer to it is awaited.
const VOID: &str = "8";

/// What a sweep found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Waiting {
    /// Claims without an answer.
    pub(crate) all: usize,
    /// Those of them whose payer has usually answered by now.
    pub(crate) late: i64,
}

impl fmt::Display for Waiting {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} claims wait for an answer, {} of them late", self.all, self.late)
    }
}

/// Finds them anew where that was not done on this day of the practice; gives how many there are.
///
/// # Errors
/// The database.
pub(crate) async fn sweep(office: &Office) -> anyhow::Result<Option<Waiting>> {
    let ran = office.read().await?.sweeps().await?;
    let ran = ran.iter().find(|(name, ..)| name == SWEEP);
    if ran.is_some_and(|(_, at, _)| !rank::is_before_today(office, at)) {
        return Ok(None);
    }
    look(office).await.map(Some)
}

/// Finds them anew.
///
/// # Errors
/// The database.
pub(crate) async fn look(office: &Office) -> anyhow::Result<Waiting> {
    let since = office.moment().today.saturating_sub(LEARNED_DAYS.days()).to_string();
    let times = learned(&mut office.read().await?, &since).await?;
    let mut all = Vec::new();
    let mut after = String::new();
    loop {
        let mut tx = office.read().await?;
        let page = tx.silent_claims(&after, PAGE).await?;
        let Some((last, ..)) = page.last() else { break };
        after.clone_from(last);
        for (claim, number, body) in &page {
            match silent(&mut tx, office, (claim, number), body, &times).await {
                Ok(found) => all.extend(found),
                Err(fault) if is_of_database(&fault) => return Err(fault),
                Err(fault) => tracing::error!("claim {claim} is left out: {fault}"),
            }
        }
    }
    let times: Vec<(String, Usual)> = times.into_iter().collect();
    let mut tx = office.write().await?;
    tx.keep_answer_times(&times).await?;
    tx.commit().await?;
    // What was passed on is looked at by the days that are learned now.
    all.extend(secondary::sweep(office).await?);
    let count = all.len();
    let today = office.moment().today.to_string();
    let rhythms = intake::learned(&mut office.read().await?, office).await?;
    let mut tx = office.write().await?;
    tx.keep_unanswered(all).await?;
    tx.keep_rhythms(&rhythms).await?;
    let waiting = Waiting { all: count, late: tx.late_answers(&today).await?.0 };
    tx.note_sweep(SWEEP, &instant(office.clock.now()), &waiting.to_string()).await?;
    tx.commit().await?;
    Ok(waiting)
}

/// How long each payer took, where it answered often enough.
async fn learned(tx: &mut Tx, since: &str) -> anyhow::Result<BTreeMap<String, Usual>> {
    let mut days: BTreeMap<String, Vec<i32>> = BTreeMap::new();
    for (payer, sent, paid) in tx.first_answers(since).await? {
        let (Ok(sent), Ok(paid)) = (sent.parse::<Date>(), paid.parse::<Date>()) else { continue };
        if let Ok(span) = sent.until(paid)
            && span.get_days() >= 0
        {
            days.entry(payer).or_default().push(span.get_days());
        }
    }
    let usual = |(payer, days): (String, Vec<i32>)| Some((payer, Usual::of(&days)?));
    Ok(days.into_iter().filter_map(usual).collect())
}

/// The same of a payer whose line of business is not known.
pub(crate) fn due_of(
    office: &Office,
    name: &PayerName,
    payer: &PayerId,
    sent_on: Date,
    times: &BTreeMap<String, Usual>,
) -> (Option<Date>, String) {
    due(office, (name, PlanType::Unknown), payer, sent_on, times)
}

/// The day by which a payer usually has answered what it got on a day, and where that is from.
pub(crate) fn due(
    office: &Office,
    (name, plan): (&PayerName, PlanType),
    payer: &PayerId,
    sent_on: Date,
    times: &BTreeMap<String, Usual>,
) -> (Option<Date>, String) {
    let own = office.rules.own_file(name, plan);
    let set = own.and_then(|own| Some((own.usual_answer_days?, &own.file)));
    let learned = times.get(payer.as_str());
    let (days, usual) = match (set, learned) {
        (Some((days, file)), _) => (i64::from(days), format!("{days} days ({file})")),
        (None, Some(Usual { median, p90, n })) => {
            let text = format!("learned: half within {median} days, nine in ten within {p90}");
            (i64::from(*p90), format!("{text} (n = {n})"))
        }
        (None, None) => return (None, "not configured, and too few answers to learn from".into()),
    };
    (sent_on.checked_add(days.days()).ok(), usual)
}

/// A billed claim that nobody answered; none where nothing says when it was sent, or nothing is to
/// be answered.
async fn silent(
    tx: &mut Tx,
    office: &Office,
    (claim, number): (&str, &str),
    body: &str,
    times: &BTreeMap<String, Usual>,
) -> anyhow::Result<Option<Unanswered>> {
    let billed: Claim = serde_json::from_str(body).context("a kept claim is JSON")?;
    if billed.frequency == VOID {
        return Ok(None);
    }
    let filing = filing::filing(tx, office, &[claim.to_owned()]).await?;
    let Some(sent_on) = filing.versions.last().map(|one| one.on) else { return Ok(None) };
    let accepted = filing.proofs.iter().filter(|one| one.is_acceptance() && one.on >= sent_on);
    let payer = identity::payer(&billed.payer, "", &office.rules);
    let (due_on, usual) = due(office, (&billed.payer, billed.plan), &payer, sent_on, times);
    Ok(Some(Unanswered {
        claim: claim.to_owned(),
        kind: "claim".to_owned(),
        number: number.to_owned(),
        payer: payer.to_string(),
        payer_name: billed.payer.name.to_string(),
        sent_on: sent_on.to_string(),
        accepted_on: accepted.map(|one| one.on).min().map(|on| on.to_string()),
        charge: billed.charge.cents(),
        due_on: due_on.map(|on| on.to_string()),
        usual,
        limit_on: match filing.limit {
            Due::On { date, .. } => Some(date.to_string()),
            Due::NoRule => None,
        },
    }))
}
