//! Cases follow what payers said: whatever was taken in, in whatever order, the cases of a claim
//! come from everything that was said of it.

use std::collections::{BTreeMap, HashMap, HashSet};

use anyhow::Context;
use denial::adjudication::{self, Adjudication, Findings};
use denial::claim::{Claim, Patient, PayerName, PlanType};
use denial::codes::{ClaimNumber, TraceNumber};
use denial::denial::{ClaimDays, Denial};
use denial::ids::{ClaimId, DenialId, PayerId, RemittanceId};
use denial::lifecycle::hearing::hear_all;
use denial::lifecycle::opening::{ClaimFacts, Opening};
use denial::lifecycle::{Decided, Event};
use denial::matching;
use denial::payer::PayerRules;
use denial::person::Moment;
use denial::phi::Phi;
use denial::remittance::{ClaimPayment, RemittanceHead, Source};
use denial::rules::Rules;
use jiff::civil::Date;
use store::Tx;
use store::claims::ClaimRow;
use store::denials::Rank;
use store::journal::Entry;
use store::remittances::RemittanceRow;

mod kept;
mod marked;

pub(crate) use self::kept::{adjudication, payment, said, segment_texts};
pub(crate) use self::marked::marked;
use crate::parts::STEP;
use crate::practice::Office;
use crate::wording::Named;
use crate::{doubts, identity, outcomes, protecting, rank, resent, secondary, ways};

/// What remittances say that are being written: it need not be read back.
#[derive(Default)]
pub(crate) struct Fresh {
    said: Vec<(String, String, Adjudication)>,
    heads: HashMap<String, RemittanceHead>,
    /// Claims that nobody knew before.
    new: u64,
}

/// What one remittance says of its claims.
pub(crate) struct Said {
    pub(crate) payments: Vec<SaidPayment>,
    /// How many of the claims nobody knew before.
    pub(crate) new: u64,
}

/// One claim payment of it.
pub(crate) struct SaidPayment {
    pub(crate) claim: ClaimId,
    pub(crate) n: u64,
    pub(crate) quarantined: bool,
    pub(crate) payment: Box<ClaimPayment>,
}

impl Fresh {
    /// Claims of which nothing new is said, to be looked at again.
    pub(crate) fn nothing() -> Fresh {
        Fresh::default()
    }

    /// Adds a remittance; `doubtful` where its money does not count yet.
    pub(crate) fn add(
        &mut self,
        row: &RemittanceRow,
        doubtful: bool,
        said: Said,
    ) -> anyhow::Result<()> {
        let head = serde_json::from_str(&row.head).context("a head is JSON")?;
        self.heads.insert(row.remittance.clone(), head);
        self.new += said.new;
        let remittance = RemittanceId::parse(&row.remittance)?;
        let on = row.paid_on.as_deref().and_then(|day| day.parse().ok());
        for one in said.payments {
            let adjudication = Adjudication {
                remittance: remittance.clone(),
                on,
                trace: TraceNumber::new(&row.trace),
                number: one.n,
                quarantined: one.quarantined || doubtful,
                payment: *one.payment,
            };
            let claim = one.claim.as_str().to_owned();
            self.said.push((claim, row.payer.clone(), adjudication));
        }
        Ok(())
    }

    /// True where nothing but what is said here was ever said of any of the claims.
    fn is_all(&self, claims: &[String]) -> bool {
        u64::try_from(claims.len()) == Ok(self.new)
    }
}

/// Everything that is known of the claims of one step.
#[derive(Default)]
struct Known {
    /// What was said, by the claim that speaks for it and by payer.
    said: BTreeMap<(String, String), Vec<Adjudication>>,
    claims: HashMap<String, ClaimRow>,
    /// Claims as billed, where they were.
    billed: HashMap<String, Claim>,
    /// Which claim speaks for one that was joined to it.
    speaks: HashMap<String, String>,
    heads: HashMap<String, RemittanceHead>,
    cases: BTreeMap<(String, String), Vec<Denial>>,
}

/// What a step writes at its end.
#[derive(Default)]
struct Opened {
    cases: Vec<(Denial, Rank)>,
    entries: Vec<Entry>,
    /// What cases are looked for by.
    named: Named,
    payers: BTreeMap<String, (PayerId, String)>,
    /// Ids that the cases to open would have, and that cases of other claims have.
    taken: HashSet<DenialId>,
}

/// Brings the cases of the claims up to date of which something is said.
pub(crate) async fn settle(
    tx: &mut Tx,
    office: &Office,
    moment: &Moment,
    fresh: Fresh,
) -> anyhow::Result<()> {
    let claims = fresh.said.iter().map(|(claim, ..)| claim.clone()).collect();
    settle_claims(tx, office, moment, claims, fresh).await
}

/// Brings the cases of some claims up to date, by the rules that hold now: somebody may have saved
/// others since the office was opened.
pub(crate) async fn settle_claims(
    tx: &mut Tx,
    office: &Office,
    moment: &Moment,
    claims: Vec<String>,
    fresh: Fresh,
) -> anyhow::Result<()> {
    let office = office.in_step(tx).await?;
    settle_under(tx, &office, moment, claims, fresh).await
}

/// The same by the rules that the office has, whatever holds.
pub(crate) async fn settle_under(
    tx: &mut Tx,
    office: &Office,
    moment: &Moment,
    mut claims: Vec<String>,
    fresh: Fresh,
) -> anyhow::Result<()> {
    claims.sort();
    claims.dedup();
    if claims.is_empty() {
        return Ok(());
    }
    let (about, mut known) = (claims.clone(), known(tx, claims, fresh, &office.rules).await?);
    let passed = known.passed_on();
    doubts::look(tx, &known.said, &known.claims).await?;
    let mut terms = Terms::default();
    let named = Named::of(tx, known.cases.values().flatten()).await?;
    // Nothing was said before of claims that nobody knew.
    let before: Vec<String> = known.claims.keys().cloned().collect();
    let marked = known.kinds(&office.rules.protected);
    let mut opened = Opened { taken: taken(tx, &known).await?, named, ..Opened::default() };
    for ((claim, payer), mut said) in std::mem::take(&mut known.said) {
        adjudication::sort(&mut said);
        let key = (claim, payer);
        let cases = known.cases.remove(&key).unwrap_or_default();
        match hear(&known, &key.0, &key.1, &said, &office.rules, &mut terms)? {
            Some(heard) => follow(tx, office, moment, &cases, heard, &mut opened).await?,
            None => clear(tx, office, moment, &cases).await?,
        }
    }
    for case in known.cases.values().flatten() {
        // Nobody speaks of it any more; its clocks go on.
        save(tx, office, moment, case, case, &[]).await?;
    }
    let payers: Vec<(PayerId, String)> = opened.payers.into_values().collect();
    tx.know_payers(&payers).await?;
    tx.open_cases(&opened.cases, opened.entries, moment).await?;
    opened.named.write(tx).await?;
    protecting::keep(tx, marked, &before, moment).await?;
    secondary::follow(tx, office, &about, passed.into_iter()).await
}

/// Which of the ids that new cases would have are there already: their cases went to other claims.
async fn taken(tx: &mut Tx, known: &Known) -> anyhow::Result<HashSet<DenialId>> {
    if known.claims.is_empty() {
        return Ok(HashSet::new());
    }
    let mut ids = Vec::with_capacity(known.said.len());
    for key in known.said.keys() {
        let round = next_round(known.cases.get(key).map_or(&[], Vec::as_slice));
        let (claim, payer) = (ClaimId::parse(&key.0)?, PayerId::parse(&key.1)?);
        ids.push(identity::denial(&claim, &payer, round).to_string());
    }
    Ok(tx.cases_among(&ids).await?.into_iter().map(|case| case.id).collect())
}

async fn known(
    tx: &mut Tx,
    ids: Vec<String>,
    fresh: Fresh,
    rules: &Rules,
) -> anyhow::Result<Known> {
    let mut known = Known::default();
    if !fresh.is_all(&ids) {
        known.speaks = tx.joined(&ids).await?.into_iter().collect();
        load(tx, ids, &fresh.heads, rules, &mut known).await?;
    }
    known.heads.extend(fresh.heads);
    for (claim, payer, said) in fresh.said {
        let speaker = known.speaks.get(&claim).cloned().unwrap_or(claim);
        known.said.entry((speaker, payer)).or_default().push(said);
    }
    Ok(known)
}

/// Loads what was said before, of the claims and of those joined to them; `fresh` remittances are
/// at hand.
async fn load(
    tx: &mut Tx,
    ids: Vec<String>,
    fresh: &HashMap<String, RemittanceHead>,
    rules: &Rules,
    known: &mut Known,
) -> anyhow::Result<()> {
    let mut all = ids;
    let speaks = &known.speaks;
    all.extend(speaks.iter().flat_map(|(claim, into)| [claim.clone(), into.clone()]));
    all.sort();
    all.dedup();
    let mut rows = tx.said_of(&all).await?;
    rows.retain(|row| !fresh.contains_key(&row.remittance));
    let mut sources: Vec<String> = rows.iter().map(|row| row.remittance.clone()).collect();
    sources.sort();
    sources.dedup();
    // Whose word it is follows from today's rules, whatever they were when it was taken in.
    let mut payers = HashMap::new();
    for row in tx.remittances_among(&sources).await? {
        let head: RemittanceHead =
            serde_json::from_str(&row.head).context("a kept head is JSON")?;
        let payer = identity::payer(&head.payer, &head.payer_key, rules).to_string();
        payers.insert(row.remittance.clone(), payer);
        known.heads.insert(row.remittance, head);
    }
    for row in rows {
        let speaker = speaks.get(&row.claim).unwrap_or(&row.claim).clone();
        let payer = payers.get(&row.remittance).context("a claim payment has a remittance")?;
        known.said.entry((speaker, payer.clone())).or_default().push(adjudication(&row)?);
    }
    known.claims = tx.claims(&all).await?;
    for (claim, row) in &known.claims {
        known.billed.extend(row.billed()?.map(|body| (claim.clone(), body)));
    }
    for case in tx.cases_of(&all).await? {
        let claim = case.claim.as_str().to_owned();
        let payer = identity::payer_of(&case, rules).to_string();
        let key = (speaks.get(&claim).unwrap_or(&claim).clone(), payer);
        known.cases.entry(key).or_default().push(case);
    }
    Ok(())
}

/// The rules of a remittance's payer for a line of business: looked up once, not for each claim.
type Terms<'a> = HashMap<(String, PlanType), Option<&'a PayerRules>>;

/// What payers said of one claim comes to.
struct Heard {
    patient: Phi<Patient>,
    findings: Findings,
    facts: ClaimFacts,
    source: Source,
}

fn hear<'a>(
    known: &Known,
    claim: &str,
    payer: &str,
    said: &[Adjudication],
    rules: &'a Rules,
    terms: &mut Terms<'a>,
) -> anyhow::Result<Option<Heard>> {
    let first = said.first().context("a claim that was spoken of")?;
    let head = known.heads.get(first.remittance.as_str()).context("a remittance has a head")?;
    let billed = known.billed.get(claim);
    let plan = billed.map_or_else(|| matching::plan(&first.payment.filing), |it| it.plan);
    let key = (first.remittance.as_str().to_owned(), plan);
    let terms = *terms.entry(key).or_insert_with(|| rules.payer(&head.payer, plan));
    if !adjudication::may_deny(said, &rules.playbook, terms) {
        return Ok(None);
    }
    let told = billed.is_none().then(|| matching::known_from(&first.payment, head));
    let body = billed.or(told.as_ref()).expect("what is not billed is told of");
    let Some(findings) = adjudication::findings(body, said, &rules.playbook, terms) else {
        return Ok(None);
    };
    let facts = ClaimFacts {
        claim: ClaimId::parse(claim)?,
        number: ClaimNumber::new(number(known, claim, first)),
        payer: PayerId::parse(payer)?,
        payer_name: PayerName { name: head.payer.name.clone(), ids: head.payer.ids.clone() },
        plan: body.plan,
        provider: body.provider().clone(),
        site: body.billing.clone(),
        days: days(body, said),
    };
    Ok(Some(Heard { patient: body.patient.clone(), findings, facts, source: head.source }))
}

/// The number of the claim's row, which a claim that was joined to it shares.
fn number<'a>(known: &'a Known, claim: &str, first: &'a Adjudication) -> &'a str {
    let row = known.claims.get(claim).map(|row| row.number.as_str());
    row.unwrap_or_else(|| identity::number_of(&first.payment))
}

/// The days of service as billed; where the bill does not say, as every payment together has them,
/// so that it does not matter which of them came first.
fn days(claim: &Claim, said: &[Adjudication]) -> ClaimDays {
    let last = claim.lines.iter().filter_map(|line| line.to.or(line.from)).max();
    let (from, to) = paid_days(said);
    ClaimDays {
        service_on: claim.first_service().or(from),
        service_end_on: last.or(to),
        ..ClaimDays::default()
    }
}

fn paid_days(said: &[Adjudication]) -> (Option<Date>, Option<Date>) {
    let payments = || said.iter().map(|one| &one.payment);
    let lines =
        || payments().flat_map(|payment| payment.lines.iter().map(move |line| (payment, line)));
    let from = lines().filter_map(|(payment, line)| line.from.or(payment.from)).min();
    let to = lines().filter_map(|(payment, line)| line.to.or(line.from).or(payment.to)).max();
    let first = from.or_else(|| payments().filter_map(|payment| payment.from).min());
    (first, to.or_else(|| payments().filter_map(|payment| payment.to).max()))
}

/// Changes the cases that are there, and opens one on what none of them holds.
async fn follow(
    tx: &mut Tx,
    office: &Office,
    moment: &Moment,
    cases: &[Denial],
    heard: Heard,
    opened: &mut Opened,
) -> anyhow::Result<()> {
    let rules = &office.rules;
    let hearing = hear_all(cases, &heard.findings, moment, rules);
    let mut seats: Vec<_> = cases.iter().map(seat).collect();
    for (at, (case, events)) in cases.iter().zip(hearing.events).enumerate() {
        let mut after = events.iter().fold(case.clone(), Denial::apply);
        let mut all = events;
        let facts = joined_facts(&after, &heard.facts, at, &seats);
        let joined = after.join(&facts, rules);
        after = joined.iter().fold(after, Denial::apply);
        all.extend(joined);
        if after.claim != case.claim {
            let way = (case.claim.as_str(), after.claim.as_str());
            protecting::follow(tx, case.id.as_str(), way, moment).await?;
        }
        if after.payer != case.payer {
            let name = after.payer_name.name.to_string();
            tx.know_payers(&[(after.payer.clone(), name)]).await?;
        }
        if let Some(seat_now) = seats.get_mut(at) {
            *seat_now = seat(&after);
        }
        save(tx, office, moment, case, &after, &all).await?;
        opened.named.call(tx, &after, heard.patient.reveal()).await?;
    }
    let Some(fresh) = hearing.fresh else { return Ok(()) };
    let round = next_round(cases);
    let Heard { facts, source, patient, .. } = heard;
    let id = free(tx, &facts, round, opened).await?;
    let name = (facts.payer.clone(), facts.payer_name.name.to_string());
    opened.payers.insert(facts.payer.as_str().to_owned(), name);
    let history = office.histories.of(tx, moment.today).await?;
    let opening = Opening { id, round, source, facts };
    let Decided { events, after, .. } = ways::opened(&fresh, opening, moment, (rules, &history));
    opened.entries.extend(entries(&after, &events));
    opened.named.add(&after, patient.reveal());
    let rank = rank::rank(&after, None, moment.today, (rules, &history));
    opened.cases.push((after, rank));
    Ok(())
}

/// Nothing of the claim is a denial by today's rules.
async fn clear(
    tx: &mut Tx,
    office: &Office,
    moment: &Moment,
    cases: &[Denial],
) -> anyhow::Result<()> {
    for case in cases {
        let events = case.cleared(&office.rules);
        let after = events.iter().fold(case.clone(), Denial::apply);
        save(tx, office, moment, case, &after, &events).await?;
    }
    Ok(())
}

/// The round after the last one: cases that went to other claims leave gaps.
pub(crate) fn next_round(cases: &[Denial]) -> u8 {
    cases.iter().map(|case| case.round).max().unwrap_or(0).saturating_add(1)
}

/// The id of a case to open: another one where the case with it went to another claim, since
/// somebody said that what it came of is not of this one.
async fn free(
    tx: &mut Tx,
    facts: &ClaimFacts,
    round: u8,
    opened: &Opened,
) -> anyhow::Result<DenialId> {
    let mut id = identity::denial(&facts.claim, &facts.payer, round);
    let mut taken = 0;
    while opened.taken.contains(&id) || (taken > 0 && has_case(tx, &id).await?) {
        taken += 1;
        id = identity::denial_anew(&facts.claim, &facts.payer, round, taken);
    }
    Ok(id)
}

async fn has_case(tx: &mut Tx, id: &DenialId) -> anyhow::Result<bool> {
    Ok(!tx.cases_among(&[id.to_string()]).await?.is_empty())
}

/// True where what is said of a claim by one payer denies something of it now.
pub(crate) async fn denies(
    tx: &mut Tx,
    office: &Office,
    claim: &ClaimId,
    payer: &PayerId,
) -> anyhow::Result<bool> {
    let mut known = known(tx, vec![claim.to_string()], Fresh::nothing(), &office.rules).await?;
    let key = (claim.to_string(), payer.to_string());
    let Some(mut said) = known.said.remove(&key) else { return Ok(false) };
    adjudication::sort(&mut said);
    let (rules, mut terms) = (&office.rules, Terms::default());
    Ok(hear(&known, claim.as_str(), payer.as_str(), &said, rules, &mut terms)?.is_some())
}

/// Claim, payer and round, which no two cases share.
type Seat = (ClaimId, PayerId, u8);

fn seat(case: &Denial) -> Seat {
    (case.claim.clone(), case.payer.clone(), case.round)
}

/// What is known of the claim now, with the days that people noted on the case. Where another case
/// has the round that it would move to, claims that were joined and payers that are one by now
/// keep their cases, and all are heard together all the same.
fn joined_facts(case: &Denial, facts: &ClaimFacts, at: usize, seats: &[Seat]) -> ClaimFacts {
    let ClaimDays { service_on, service_end_on, .. } = facts.days;
    let days = ClaimDays { service_on, service_end_on, ..case.days };
    let wanted = (facts.claim.clone(), facts.payer.clone(), case.round);
    let is_full = seats.iter().enumerate().any(|(other, seat)| other != at && *seat == wanted);
    let (claim, payer, _) = if is_full { seat(case) } else { wanted };
    ClaimFacts { days, claim, payer, ..facts.clone() }
}

/// The journal's entries for a case's events.
pub(crate) fn entries(case: &Denial, events: &[Event]) -> Vec<Entry> {
    let entry = |event: &Event| Entry {
        about: case.id.as_str().to_owned(),
        kind: event.kind().to_owned(),
        moved: event.statuses(),
        body: serde_json::to_string(event).expect("an event is JSON"),
    };
    events.iter().map(entry).collect()
}

/// Saves what was heard of a case, and its clocks where the rules that they came from changed.
pub(crate) async fn save(
    tx: &mut Tx,
    office: &Office,
    moment: &Moment,
    before: &Denial,
    after: &Denial,
    events: &[Event],
) -> anyhow::Result<()> {
    let ruled =
        if after.status().is_closed() { Vec::new() } else { after.under(&office.rules, moment) };
    let after = ruled.iter().fold(after.clone(), Denial::apply);
    let history = office.histories.of(tx, moment.today).await?;
    let (after, followed) = ways::followed(after, (&office.rules, &history), moment.today);
    let events: Vec<Event> = events.iter().cloned().chain(ruled).chain(followed).collect();
    if events.is_empty() {
        return Ok(());
    }
    let again = resent::next_of(tx, office, &after).await?;
    let rank = rank::rank(&after, again, moment.today, (&office.rules, &history));
    tx.save_case(&after, before.version, &rank, entries(&after, &events), moment).await?;
    outcomes::count(tx, office, before, &after, &events).await?;
    Ok(())
}

/// Settles a published remittance of many parts, some claims at a time. What a crash leaves undone
/// is done by whoever opens the practice next.
pub(crate) async fn settle_giant(office: &Office, remittance: &str) -> anyhow::Result<()> {
    loop {
        let mut tx = office.write().await?;
        let row = tx.remittance(remittance).await?.context("a published remittance")?;
        if row.settled >= row.claims {
            return Ok(());
        }
        let limit = i64::try_from(STEP).unwrap_or(i64::MAX);
        let payments = tx.claim_payments(remittance, row.settled, limit).await?;
        let claims: Vec<String> = payments.into_iter().map(|one| one.claim).collect();
        let count = i64::try_from(claims.len()).unwrap_or(i64::MAX);
        settle_claims(&mut tx, office, &office.moment(), claims, Fresh::nothing()).await?;
        let settled = if count == 0 { row.claims } else { row.settled + count };
        tx.settle_remittance(remittance, settled).await?;
        tx.commit().await?;
    }
}

/// Settles whatever was published and is not settled: after a crash, a conflict or a choice.
pub(crate) async fn catch_up(office: &Office) -> anyhow::Result<()> {
    let mut tx = office.read().await?;
    let waiting = tx.unsettled().await?;
    drop(tx);
    for row in waiting {
        settle_giant(office, &row.remittance).await?;
    }
    Ok(())
}
