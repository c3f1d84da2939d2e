//! The ways forward from a case, for the page and the command line; what comes next by them.

use std::cell::OnceCell;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

use denial::adjudication::Findings;
use denial::claim::{Claim, PayerOrder};
use denial::denial::{Denial, NextAction};
use denial::lifecycle::opening::Opening;
use denial::lifecycle::{Decided, Event};
use denial::money::Chance;
use denial::next_action::{self, Known, Way, Ways};
use denial::person::Moment;
use denial::remittance::ClaimPayment;
use denial::resent::Resent;
use denial::rules::Rules;
use insight::odds::History;
use jiff::civil::Date;
use store::Tx;
use store::claims::ClaimRow;
use store::matches::group;
use store::next_bills::NextBill;
use store::remittances::ClaimPaymentRow;

use crate::outbox::filing;
use crate::practice::{Office, is_of_database};
use crate::{outcomes, rank, resent, secondary, settle};

/// What is known around a case when its ways are looked for.
#[derive(Clone, Copy, Default)]
pub(crate) struct Around<'a> {
    /// The claim as billed.
    pub(crate) claim: Option<&'a Claim>,
    /// What the payer said of it last.
    pub(crate) payment: Option<&'a ClaimPayment>,
    /// What went to the payer again and has no answer yet.
    pub(crate) resent: Option<&'a Resent>,
    /// Acknowledgements prove that the first claim came within the filing limit.
    pub(crate) in_time: bool,
    /// Other covers of the patient.
    pub(crate) covers: Covered,
}

/// What is on record of other covers of a claim's patient.
#[derive(Clone, Copy, Default)]
pub(crate) struct Covered {
    /// A payer comes next and has not answered.
    pub(crate) known: bool,
    /// A payer passed the claim on, and the next one's usual days are over without an answer.
    pub(crate) late_crossover: bool,
}

/// Every way from a case. Its chance is the stated prior, moved by what came of such ways.
pub(crate) fn of(
    case: &Denial,
    around: Around<'_>,
    (rules, history): (&Rules, &History),
    today: Date,
) -> Ways {
    let Around { claim, payment, resent, in_time, covers } = around;
    let ruling = case.leading(rules);
    let passed = payment.is_some_and(|one| one.crossover.is_some() || one.priority_payer.is_some());
    let behind = |one: &Claim| matches!(one.order, PayerOrder::Secondary | PayerOrder::Tertiary);
    let later = claim.is_some_and(behind);
    let other_cover = covers.known || passed || later || case.days.other_payer_on.is_some();
    let (ruling, late_crossover) = (ruling.as_ref(), covers.late_crossover);
    let known =
        Known { case, claim, ruling, rules, resent, other_cover, late_crossover, in_time, today };
    let code = rank::code(case, rules);
    let place = (case.payer.as_str(), code.as_str());
    next_action::ways(&known, |way, prior| history.odds(place, Some(way), prior))
}

/// A case that is opened, with what comes next by its ways as history has them: they are reckoned
/// once.
pub(crate) fn opened(
    found: &Findings,
    opening: Opening,
    at: &Moment,
    (rules, history): (&Rules, &History),
) -> Decided {
    let code = OnceCell::new();
    let odds = |case: &Denial, way: Way, prior: Option<Chance>| {
        let code = code.get_or_init(|| rank::code(case, rules));
        history.odds((case.payer.as_str(), code), Some(way), prior)
    };
    Denial::open_by(found, opening, at, rules, odds)
}

/// What a case calls its recommended way, planned by its usual day; why nothing is, in words.
pub(crate) type Planned = Result<NextAction, String>;

/// What each of some cases calls its recommended way, by their ids, read for all of them at once;
/// a case that cannot be read is a fault of its own.
///
/// # Errors
/// The database.
pub(crate) async fn recommended_among(
    tx: &mut Tx,
    office: &Office,
    cases: &[Denial],
) -> anyhow::Result<HashMap<String, anyhow::Result<Planned>>> {
    let read = Read::of(tx, office, cases).await?;
    let mut histories: HashMap<(String, String), History> = HashMap::new();
    let mut planned = HashMap::new();
    for case in cases {
        let like = (case.payer.to_string(), rank::code(case, &office.rules));
        let history = match histories.entry(like) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => place.insert(outcomes::like(tx, case, &office.rules).await?),
        };
        let claims = read.names_of(case);
        let in_time = match filing::in_time(tx, office, case, &claims).await {
            // The database itself keeps all of them from it.
            Err(fault) if is_of_database(&fault) => return Err(fault),
            other => other,
        };
        let plan =
            in_time.and_then(|in_time| read.recommended(office, case, (&claims, in_time), history));
        planned.insert(case.id.to_string(), plan);
    }
    Ok(planned)
}

/// What is known around some cases, read at once.
struct Read {
    joined: Vec<(String, String)>,
    claims: HashMap<String, ClaimRow>,
    said: Vec<ClaimPaymentRow>,
    resent: HashMap<String, Resent>,
    next: Vec<NextBill>,
}

impl Read {
    async fn of(tx: &mut Tx, office: &Office, cases: &[Denial]) -> Result<Read, store::Error> {
        let own: Vec<String> = cases.iter().map(|case| case.claim.to_string()).collect();
        let joined = tx.joined(&own).await?;
        let names: Vec<String> = tx.names_of(&own).await?;
        Ok(Read {
            joined,
            claims: tx.claims(&names).await?,
            said: settle::said(tx, &names).await?,
            resent: resent::of(tx, office, cases, None).await?,
            next: tx.next_bills_among(&names).await?,
        })
    }

    fn names_of(&self, case: &Denial) -> Vec<String> {
        group(case.claim.as_str(), &self.joined).into_iter().map(str::to_owned).collect()
    }

    fn recommended(
        &self,
        office: &Office,
        case: &Denial,
        (claims, in_time): (&[String], bool),
        history: &History,
    ) -> anyhow::Result<Planned> {
        let (rules, today) = (&*office.rules, office.moment().today);
        let mut rows = claims.iter().filter_map(|one| self.claims.get(one));
        let row = rows.find(|row| row.body.is_some());
        let claim = row.map(ClaimRow::billed).transpose()?.flatten();
        let said = self.said.iter().rfind(|one| claims.contains(&one.claim));
        let payment = said.map(settle::payment).transpose()?;
        let next = self.next.iter().filter(|one| claims.contains(&one.claim));
        let around = Around {
            claim: claim.as_ref(),
            payment: payment.as_ref(),
            resent: self.resent.get(case.id.as_str()),
            in_time,
            covers: secondary::covered_by(next, today),
        };
        let told = of(case, around, (rules, history), today).recommended;
        // What went again is waited for, or asked about once the payer's usual days are over.
        if let Some(next) = told.waits {
            return Ok(Ok(next));
        }
        Ok(match told.way.map(Way::action) {
            None => Err(format!("no way is recommended: {}", told.why)),
            Some(kind) => Ok(case.next_by_habit(kind, today, rules)),
        })
    }
}

/// What brings the next action of a case in line with its ways, as history has them; nothing where
/// it is, or where somebody chose it.
pub(crate) fn follow(case: &Denial, by: (&Rules, &History), today: Date) -> Vec<Event> {
    if !case.follows_way() {
        return Vec::new();
    }
    let kind = of(case, Around::default(), by, today).plan(case.first);
    case.replanned(kind, today, by.0)
}

/// The same with the case after it.
pub(crate) fn followed(case: Denial, by: (&Rules, &History), today: Date) -> (Denial, Vec<Event>) {
    let events = follow(&case, by, today);
    (events.iter().fold(case, Denial::apply), events)
}
