//! Claims before the payer that comes next: how they stand, found anew whenever a payer speaks, a
//! bill names another payer, somebody tells one, or a claim leaves (features 12.01–12.03).

pub(crate) mod billing;
pub(crate) mod command;
mod standing;
pub(crate) mod told;

use std::collections::BTreeMap;

use anyhow::Context;
use denial::category::Category;
use denial::claim::PayerName;
use denial::denial::{Denial, NextAction, NextActionKind};
use denial::lifecycle::Action;
use denial::money::Money;
use denial::next_bill::{Next, State};
use denial::person::Moment;
use jiff::ToSpan;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use store::Tx;
use store::next_bills::NextBill;
use store::outgoing::OutgoingItem;
use store::unanswered::Unanswered;

use crate::act::{self, Failed};
use crate::practice::{Office, console_actor, is_of_database};
use crate::secondary::standing::standings;
pub(crate) use crate::secondary::standing::{Standing, standing};
use crate::ways::Covered;
use crate::{identity, unanswered};

/// Claims looked at in one transaction of the sweep.
const PAGE: i64 = 200;

/// What an item of the outbox says of a claim that goes to the next payer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct BillNext {
    /// Always `bill_next`.
    pub(crate) act: String,
    /// The payer that it goes to, as the claim names it.
    pub(crate) payer: PayerName,
    /// The same as its cover names it; which payer that is, the rules say on the day.
    pub(crate) next: PayerName,
    /// How many words of payers it was written from: another one makes it old.
    pub(crate) words: usize,
    /// Why it goes though the payer before it passed the claim on, or its denial is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) despite: Option<String>,
    /// Why it goes beside another that has no answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) again: Option<String>,
}

/// Finds anew how those of some claims stand that have another payer or were passed on.
///
/// # Errors
/// The database.
pub(crate) async fn follow(
    tx: &mut Tx,
    office: &Office,
    claims: &[String],
    passed: impl Iterator<Item = String>,
) -> anyhow::Result<()> {
    // A cover may stand under another name of the claim.
    let names = tx.names_of(claims).await?;
    let mut relevant = tx.covered_among(&names).await?;
    relevant.extend(passed);
    relevant.sort();
    relevant.dedup();
    look(tx, office, &relevant).await
}

/// A claim before its next payer, as it was found.
struct Found {
    standing: Standing,
    next: Next,
    row: NextBill,
}

/// Finds anew how some claims stand, and keeps it.
///
/// # Errors
/// The database.
pub(crate) async fn look(tx: &mut Tx, office: &Office, claims: &[String]) -> anyhow::Result<()> {
    found(tx, office, claims).await.map(drop)
}

/// The same; gives those that stand before a next payer.
async fn found(tx: &mut Tx, office: &Office, claims: &[String]) -> anyhow::Result<Vec<Found>> {
    if claims.is_empty() {
        return Ok(Vec::new());
    }
    let times = tx.answer_times().await?.into_iter().collect();
    let all = standings(tx, office, claims).await?;
    // What cannot be read stays on the list as it stands.
    let unread = |claim: &&String| all.iter().any(|one| one.is_unread && one.claim == **claim);
    let speakers = all.iter().map(|one| &one.claim).chain(claims);
    let speakers: Vec<String> = speakers.filter(|one| !unread(one)).cloned().collect();
    let found = all.into_iter().filter_map(|standing| {
        let next = standing.next(office)?;
        let row = row(&standing, &next, office, &times);
        Some(Found { standing, next, row })
    });
    let found: Vec<Found> = found.collect();
    let rows = found.iter().map(|one| one.row.clone()).collect();
    tx.keep_next_bills(&speakers, rows).await?;
    Ok(found)
}

/// Looks at every claim again that stands before a next payer: its case may have been closed, and
/// its payer's usual days changed. Gives those that were passed on and have no answer.
///
/// # Errors
/// The database.
pub(crate) async fn sweep(office: &Office) -> anyhow::Result<Vec<Unanswered>> {
    let (mut after, mut unheard) = (String::new(), Vec::new());
    loop {
        let claims = office.read().await?.next_billed(&after, PAGE).await?;
        let Some(last) = claims.last() else { return Ok(unheard) };
        after.clone_from(last);
        match again(office, &claims).await {
            Ok(found) => {
                unheard.extend(found);
                continue;
            }
            Err(fault) if is_of_database(&fault) => return Err(fault),
            Err(_) => {}
        }
        // One that cannot be read keeps no other from being looked at.
        for claim in &claims {
            match again(office, std::slice::from_ref(claim)).await {
                Ok(found) => unheard.extend(found),
                Err(fault) if is_of_database(&fault) => return Err(fault),
                Err(fault) => tracing::error!("claim {claim} is left out: {fault}"),
            }
        }
    }
}

/// Looks at some claims again, in a turn of their own.
async fn again(office: &Office, claims: &[String]) -> anyhow::Result<Vec<Unanswered>> {
    let mut tx = office.write().await?;
    let found = found(&mut tx, office, claims).await?;
    raise(&mut tx, office, &found).await?;
    tx.commit().await?;
    Ok(found.iter().filter_map(|one| one.unheard(office)).collect())
}

impl Found {
    /// As it stands among claims without an answer, where a payer passed it on.
    fn unheard(&self, office: &Office) -> Option<Unanswered> {
        let sent_on = self.row.since.clone().filter(|_| self.next.state == State::Crossed)?;
        let said = &self.standing.heard.get(self.next.after?)?.said.payment;
        Some(Unanswered {
            claim: self.row.claim.clone(),
            kind: "crossover".to_owned(),
            number: self.row.number.clone(),
            payer: identity::payer(&self.next.payer, "", &office.rules).to_string(),
            payer_name: self.row.payer_name.clone(),
            sent_on,
            accepted_on: None,
            charge: (said.charge - said.paid).max(Money::ZERO).cents(),
            due_on: self.row.due_on.clone(),
            usual: self.row.usual.clone(),
            limit_on: None,
        })
    }
}

/// Where a crossover is late, a case of the claim that only waits has a next action again: to bill
/// the next payer, today. Once, since it does not wait any more then.
async fn raise(tx: &mut Tx, office: &Office, found: &[Found]) -> anyhow::Result<()> {
    let moment = office.moment_of(console_actor());
    let today = moment.today.to_string();
    let late = found.iter().filter(|one| is_late_crossover(&one.row, &today));
    let late: Vec<String> = late.map(|one| one.row.claim.clone()).collect();
    if late.is_empty() {
        return Ok(());
    }
    let names = tx.names_of(&late).await?;
    for case in tx.cases_of(&names).await? {
        // What somebody put off to a day rests until then.
        let is_due = |on: Date| case.follows_way() || on <= moment.today;
        let waits = |one: &NextAction| one.kind == NextActionKind::AwaitPayer && is_due(one.on);
        if case.next().is_some_and(waits) {
            plan(tx, office, &moment, &case, NextActionKind::CoordinateBenefits, moment.today)
                .await?;
        }
    }
    Ok(())
}

/// Plans on a case where that is allowed; where it is not, it stays as somebody left it. Nobody
/// chose it: it follows from how the claim stands with its payers.
async fn plan(
    tx: &mut Tx,
    office: &Office,
    moment: &Moment,
    case: &Denial,
    next: NextActionKind,
    on: Date,
) -> anyhow::Result<()> {
    match act::do_by_itself(tx, office, moment, case, &Action::Plan { next, on }).await {
        Ok(_) | Err(Failed::Refused(_)) => Ok(()),
        Err(other) => Err(other.into()),
    }
}

/// What waits with a claim that went to its next payer: cases of it wait for that answer.
///
/// # Errors
/// The database.
pub(crate) async fn wait(
    tx: &mut Tx,
    office: &Office,
    moment: &Moment,
    standing: &Standing,
) -> anyhow::Result<()> {
    let row = tx.next_bill(&standing.claim).await?;
    let due = row.and_then(|row| row.due_on).and_then(|day| day.parse::<Date>().ok());
    let days = i64::from(office.rules.desk.days_for(NextActionKind::AwaitPayer));
    let usual = moment.today.saturating_add(days.days());
    let on = due.filter(|due| *due > moment.today).unwrap_or(usual);
    for case in standing.cases.iter().filter(|case| !case.status().is_closed()) {
        if is_about_payers(case, office) && office.sees(case) {
            plan(tx, office, moment, case, NextActionKind::AwaitPayer, on).await?;
        }
    }
    Ok(())
}

/// What waited with a claim that did not go after all: its cases have the other payer before them
/// again, today; what a person planned stays.
///
/// # Errors
/// The database.
pub(crate) async fn resume(
    tx: &mut Tx,
    office: &Office,
    moment: &Moment,
    claims: &[String],
) -> anyhow::Result<()> {
    look(tx, office, claims).await?;
    let names = tx.names_of(claims).await?;
    for case in tx.cases_of(&names).await? {
        let waits = case.next().is_some_and(|one| one.kind == NextActionKind::AwaitPayer);
        let is_chosen = case.chosen.is_persons_next();
        if waits && !is_chosen && is_about_payers(&case, office) && office.sees(&case) {
            let next = NextActionKind::CoordinateBenefits;
            plan(tx, office, moment, &case, next, moment.today).await?;
        }
    }
    Ok(())
}

/// Why a claim that waits in the outbox may not go to its next payer any more, where it may not.
///
/// # Errors
/// The database.
pub(crate) async fn stops(
    tx: &mut Tx,
    office: &Office,
    item: &OutgoingItem,
) -> anyhow::Result<Option<String>> {
    let bill: BillNext = serde_json::from_str(&item.act).context("a kept act is JSON")?;
    let Some(mut standing) = standing(tx, office, &item.claim).await? else {
        return Ok(Some("the claim is not known any more".to_owned()));
    };
    // The claim itself is the one that is looked at.
    standing.out.clear();
    if standing.is_unread {
        return Ok(Some("a payment of it cannot be read: run `reclaim verify`".to_owned()));
    }
    let Some(next) = standing.next(office) else {
        return Ok(Some("meanwhile nothing is left to bill to a next payer".to_owned()));
    };
    let payer = |name| identity::payer(name, "", &office.rules);
    if payer(&next.payer) != payer(&bill.next) {
        return Ok(Some(format!("meanwhile {} comes next", next.payer.name)));
    }
    let is_old = standing.heard.len() != bill.words;
    Ok(match next.state {
        State::Denied if bill.despite.is_none() => {
            Some("meanwhile a denial of the payer before it was opened".to_owned())
        }
        State::Crossed if bill.despite.is_none() => {
            Some(format!("meanwhile the payer passed it on: {}", next.why))
        }
        State::Waiting if bill.again.is_none() => {
            Some("meanwhile another claim went to that payer".to_owned())
        }
        State::ToBill | State::Denied | State::Crossed | State::Waiting => is_old.then(|| {
            "meanwhile a payer said more of it: call it back, look at it and send it anew"
                .to_owned()
        }),
    })
}

/// What is on record of other covers of a claim, by all of its names.
///
/// # Errors
/// The database.
pub(crate) async fn covered(
    tx: &mut Tx,
    office: &Office,
    names: &[String],
) -> Result<Covered, store::Error> {
    let rows = tx.next_bills_among(names).await?;
    Ok(covered_by(rows.iter(), office.moment().today))
}

/// The same by the rows of those names.
pub(crate) fn covered_by<'a>(rows: impl Iterator<Item = &'a NextBill>, today: Date) -> Covered {
    let (today, mut covered) = (today.to_string(), Covered::default());
    for row in rows {
        covered.known = true;
        covered.late_crossover |= is_late_crossover(row, &today);
    }
    covered
}

/// True where a claim was passed on, and the next payer's usual days are over.
fn is_late_crossover(row: &NextBill, today: &str) -> bool {
    row.state == State::Crossed.as_str() && row.due_on.as_deref().is_some_and(|due| due < today)
}

/// True where a case is about who pays first: nothing of it is worked before the other payer is
/// billed.
pub(crate) fn is_about_payers(case: &Denial, office: &Office) -> bool {
    let leading = case.leading(&office.rules);
    let next = leading.is_some_and(|one| one.next == NextActionKind::CoordinateBenefits);
    next || case.category == Category::CoordinationOfBenefits
}

/// The row of a claim that stands before a next payer.
fn row(
    one: &Standing,
    next: &Next,
    office: &Office,
    times: &BTreeMap<String, insight::usual::Usual>,
) -> NextBill {
    let waits = matches!(next.state, State::Crossed | State::Waiting);
    let payer = identity::payer(&next.payer, "", &office.rules);
    let (due_on, usual) = match next.since.filter(|_| waits) {
        Some(since) => unanswered::due_of(office, &next.payer, &payer, since, times),
        None => (None, String::new()),
    };
    let before = next.after.and_then(|at| one.heard.get(at));
    NextBill {
        claim: one.claim.clone(),
        number: one.number.clone(),
        state: next.state.as_str().to_owned(),
        payer_name: next.payer.name.to_string(),
        from_name: before.map(|one| one.head.payer.name.to_string()).unwrap_or_default(),
        share: next.share.cents(),
        since: next.since.map(|on| on.to_string()),
        due_on: due_on.map(|on| on.to_string()),
        usual,
        why: next.why.clone(),
    }
}
