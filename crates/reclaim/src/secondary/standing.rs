//! Everything that is known of a claim and its payers, read together: covers, versions, what payers
//! said, cases, refusals, what waits in the outbox.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use anyhow::Context;
use denial::adjudication::{self, Adjudication};
use denial::cover::Cover;
use denial::denial::Denial;
use denial::ids::PayerId;
use denial::next_bill::{self, Known, Next, Sent, Word};
use denial::remittance::RemittanceHead;
use jiff::civil::Date;
use store::Tx;
use store::matches::group;
use store::next_bills::CoverRow;
use store::remittances::ClaimPaymentRow;
use store::resent::Billed;

use crate::practice::Office;
use crate::secondary::{BillNext, is_about_payers};
use crate::{clock, identity, settle};

/// One word of a payer, with the remittance that says it.
pub(crate) struct Heard {
    pub(crate) payer: PayerId,
    pub(crate) head: RemittanceHead,
    pub(crate) said: Adjudication,
}

/// Everything that is known of a claim and its payers.
#[derive(Default)]
pub(crate) struct Standing {
    /// The claim that speaks for those joined to it.
    pub(crate) claim: String,
    pub(crate) number: String,
    pub(crate) covers: Vec<CoverRow>,
    pub(crate) heard: Vec<Heard>,
    pub(crate) versions: Vec<Billed>,
    pub(crate) cases: Vec<Denial>,
    /// What waits in the outbox for a next payer, or left: payer and day.
    pub(super) out: Vec<Sent>,
    refused: Vec<Date>,
    /// What a payer said of it cannot be read: nothing of it goes on until it is.
    pub(super) is_unread: bool,
}

/// What is known of one claim, by any of its names.
///
/// # Errors
/// The database.
pub(crate) async fn standing(
    tx: &mut Tx,
    office: &Office,
    claim: &str,
) -> anyhow::Result<Option<Standing>> {
    Ok(standings(tx, office, &[claim.to_owned()]).await?.pop())
}

/// What is gathered of some claims, each speaking for those that are joined to it.
struct Gathered {
    /// Which claim speaks for one that was joined to it.
    speaks: HashMap<String, String>,
    /// Every name of them.
    names: Vec<String>,
    all: BTreeMap<String, Standing>,
}

pub(super) async fn standings(
    tx: &mut Tx,
    office: &Office,
    claims: &[String],
) -> anyhow::Result<Vec<Standing>> {
    let joined = tx.joined(claims).await?;
    let mut gathered = Gathered::of(claims, &joined);
    gathered.fill(tx, office).await?;
    gathered.hear(tx, office).await?;
    Ok(gathered.all.into_values().collect())
}

impl Gathered {
    fn of(claims: &[String], joined: &[(String, String)]) -> Gathered {
        let speaks: HashMap<String, String> = joined.iter().cloned().collect();
        let (mut names, mut all) = (Vec::new(), BTreeMap::new());
        for claim in claims {
            let speaker = speaks.get(claim).unwrap_or(claim);
            names.extend(group(speaker, joined).into_iter().map(str::to_owned));
            let one = Standing { claim: speaker.clone(), ..Standing::default() };
            all.entry(speaker.clone()).or_insert(one);
        }
        names.sort();
        names.dedup();
        Gathered { speaks, names, all }
    }

    /// The claim that speaks for one of the names.
    fn at(&mut self, claim: &str) -> Option<&mut Standing> {
        let speaker = self.speaks.get(claim).map_or(claim, String::as_str);
        self.all.get_mut(speaker)
    }

    /// Covers, versions, cases, refusals and what waits in the outbox.
    async fn fill(&mut self, tx: &mut Tx, office: &Office) -> anyhow::Result<()> {
        let names = self.names.clone();
        for (claim, row) in tx.claims(&names).await? {
            if let Some(one) = self.all.get_mut(&claim) {
                one.number = row.number;
            }
        }
        for row in tx.covers_among(&names).await? {
            if let Some(one) = self.at(&row.claim.clone()) {
                one.covers.push(row);
            }
        }
        self.all.values_mut().for_each(Standing::settle_covers);
        for row in tx.versions_among(&names).await? {
            if let Some(one) = self.at(&row.claim.clone()) {
                one.versions.push(row);
            }
        }
        for case in tx.cases_of(&names).await? {
            if let Some(one) = self.at(case.claim.clone().as_str()) {
                one.cases.push(case);
            }
        }
        for (claim, answer) in tx.refusals_among(&names).await? {
            if let Some(one) = self.at(&claim) {
                one.refused.extend(answer.on);
            }
        }
        for (claim, act, leaves) in tx.bills_out(&names).await? {
            let bill: BillNext = serde_json::from_str(&act).context("a kept act is JSON")?;
            let on = clock::day_of(&office.clinic.zone, &leaves);
            if let Some(one) = self.at(&claim) {
                let payer = identity::payer(&bill.next, "", &office.rules);
                one.out.extend(on.map(|on| Sent { payer, on }));
            }
        }
        Ok(())
    }

    /// What payers said, the first first.
    async fn hear(&mut self, tx: &mut Tx, office: &Office) -> anyhow::Result<()> {
        let rows = tx.said_of(&self.names).await?;
        let heads = heads(tx, office, &rows).await?;
        for row in rows {
            let said = match settle::adjudication(&row) {
                Ok(said) => said,
                // One that cannot be read keeps its own claim from the next payer, no other.
                Err(fault) => {
                    tracing::error!("a payment of claim {} cannot be read: {fault}", row.claim);
                    if let Some(one) = self.at(&row.claim) {
                        one.is_unread = true;
                    }
                    continue;
                }
            };
            // Money that does not count yet says nothing that a next payer could be told.
            if said.quarantined {
                continue;
            }
            let (payer, head) = heads.get(&row.remittance).context("a payment has a remittance")?;
            let heard = Heard { payer: payer.clone(), head: head.clone(), said };
            if let Some(one) = self.at(&row.claim) {
                one.heard.push(heard);
            }
        }
        for one in self.all.values_mut() {
            one.heard.sort_by(|one, other| adjudication::compare(&one.said, &other.said));
        }
        Ok(())
    }
}

async fn heads(
    tx: &mut Tx,
    office: &Office,
    rows: &[ClaimPaymentRow],
) -> anyhow::Result<HashMap<String, (PayerId, RemittanceHead)>> {
    let mut sources: Vec<String> = rows.iter().map(|row| row.remittance.clone()).collect();
    sources.sort();
    sources.dedup();
    let mut heads = HashMap::new();
    for row in tx.remittances_among(&sources).await? {
        let head: RemittanceHead =
            serde_json::from_str(&row.head).context("a kept head is JSON")?;
        let payer = identity::payer(&head.payer, &head.payer_key, &office.rules);
        heads.insert(row.remittance, (payer, head));
    }
    Ok(heads)
}

impl Standing {
    /// The payer that comes next, where one does and has not answered; none while something that a
    /// payer said cannot be read.
    pub(crate) fn next(&self, office: &Office) -> Option<Next> {
        if self.is_unread {
            return None;
        }
        let covers: Vec<(PayerId, Cover)> = self.payers(office);
        let said = self.heard.iter().map(|one| Word {
            payer: &one.payer,
            on: one.said.on,
            payment: &one.said.payment,
        });
        let said: Vec<Word<'_>> = said.collect();
        next_bill::next(&Known {
            covers: &covers,
            said: &said,
            sent: &self.sent(office),
            refused: &self.refused,
            is_denied: self.is_denied(office),
            served_on: self.served_on(),
        })
    }

    /// One cover for each turn, of all that stand under the claim's names: what somebody told
    /// last, then what the claim's own bill names.
    fn settle_covers(&mut self) {
        let own = self.claim.clone();
        let place = |row: &CoverRow| (row.cover.turn, Reverse(row.at.clone()), row.claim != own);
        self.covers.sort_by_key(place);
        self.covers.dedup_by_key(|row| row.cover.turn);
    }

    fn payers(&self, office: &Office) -> Vec<(PayerId, Cover)> {
        let payer = |cover: &Cover| identity::payer(&cover.payer, "", &office.rules);
        self.covers.iter().map(|row| (payer(&row.cover), row.cover.clone())).collect()
    }

    /// The first day of service, as billed or else as paid.
    pub(crate) fn served_on(&self) -> Option<Date> {
        let billed = self.versions.iter().filter_map(|one| one.body.first_service()).min();
        let paid = || self.heard.iter().filter_map(|one| one.said.payment.first_service()).min();
        billed.or_else(paid)
    }

    /// What went to which payer: by the outbox, and by files that were taken in.
    fn sent(&self, office: &Office) -> Vec<Sent> {
        let version = |one: &Billed| {
            let on = one.body.submitted_on.filter(|_| one.body.frequency != "8")?;
            Some(Sent { payer: identity::payer(&one.body.payer, "", &office.rules), on })
        };
        self.versions.iter().filter_map(version).chain(self.out.iter().cloned()).collect()
    }

    /// A case of the payer that spoke last is worked on, and is not about who pays first.
    fn is_denied(&self, office: &Office) -> bool {
        let Some(last) = self.heard.last() else { return false };
        self.cases.iter().any(|case| {
            let is_its = identity::payer_of(case, &office.rules) == last.payer;
            is_its && !case.status().is_closed() && !is_about_payers(case, office)
        })
    }

    /// The newest claim that went to a payer and is no void.
    pub(crate) fn billed_to(&self, payer: &PayerId, office: &Office) -> Option<&Billed> {
        let fits = |one: &&Billed| {
            one.body.frequency != "8"
                && identity::payer(&one.body.payer, "", &office.rules) == *payer
        };
        let fits: Vec<&Billed> = self.versions.iter().filter(fits).collect();
        // Of one day the first, which the database ranks highest.
        fits.into_iter().rev().max_by_key(|one| one.body.submitted_on)
    }

    /// The newest claim that is no void, whoever it went to.
    pub(crate) fn billed_last(&self) -> Option<&Billed> {
        let fits: Vec<&Billed> =
            self.versions.iter().filter(|one| one.body.frequency != "8").collect();
        fits.into_iter().rev().max_by_key(|one| one.body.submitted_on)
    }
}
