//! How a case begins: from what payers said of a claim, or from a line that another case let go.

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use crate::adjudication::Findings;
use crate::claim::{PayerName, PlanType};
use crate::codes::{ClaimNumber, Npi};
use crate::denial::{Balance, Chosen, ClaimDays, Denial, NextAction, NextActionKind, Status, Work};
use crate::ids::{ClaimId, DenialId, PayerId};
use crate::lifecycle::Decided;
use crate::lifecycle::action::{Action, Road};
use crate::lifecycle::event::{Change, Event};
use crate::lifecycle::evidence::PayerAnswer;
use crate::money::Chance;
use crate::next_action::{self, Odds, Way};
use crate::owner::{self, Circumstance};
use crate::person::Moment;
use crate::remittance::Source;
use crate::rules::Rules;

/// What a case knows of its claim.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimFacts {
    /// The claim.
    pub claim: ClaimId,
    /// Its number.
    pub number: ClaimNumber,
    /// The payer.
    pub payer: PayerId,
    /// The payer as files name it, which selects its rules.
    pub payer_name: PayerName,
    /// The regime.
    pub plan: PlanType,
    /// Who rendered the service, or billed it where nobody is named.
    #[serde(default)]
    pub provider: Npi,
    /// Who billed it.
    #[serde(default, skip_serializing_if = "Npi::is_empty")]
    pub site: Npi,
    /// The days that clocks are counted from.
    pub days: ClaimDays,
}

/// What a new case is called and where it comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opening {
    /// Its id.
    pub id: DenialId,
    /// 1, or one more than the claim's cases at this payer so far.
    pub round: u8,
    /// Where the denial came from.
    pub source: Source,
    /// The claim.
    pub facts: ClaimFacts,
}

impl Denial {
    /// Opens a case: owned, dated, clocked. Where the files say already that every line was paid
    /// after all, it is overturned at once.
    #[must_use]
    pub fn open(found: &Findings, opening: Opening, at: &Moment, rules: &Rules) -> Decided {
        let by_prior = |_: &Denial, way, prior| next_action::by_prior(way, prior);
        Denial::open_by(found, opening, at, rules, by_prior)
    }

    /// The same where history says more of ways than the stated priors: the case is opened by
    /// these, so that the order of files does not matter, and follows history from there.
    #[must_use]
    pub fn open_by(
        found: &Findings,
        opening: Opening,
        at: &Moment,
        rules: &Rules,
        history: impl Fn(&Denial, Way, Option<Chance>) -> Odds,
    ) -> Decided {
        let mut denial = unplanned(found, opening, at, rules);
        denial.deadlines = denial.clocks(rules);
        let (kind, then) = next_action::planned_twice(&denial, at.today, rules, history);
        let next = denial.next_by_habit(kind, at.today, rules);
        denial.work = denial.open_work(Status::New, next, at.today, rules);
        let won = denial.won(at, rules);
        let opened = Change::Opened { denial: Box::new(denial.clone()) };
        let before = Denial { version: 0, ..denial };
        let changes = std::iter::once(opened).chain(won).collect();
        let mut events = before.as_events(changes, rules);
        let opened = events.iter().fold(before, Denial::apply);
        let followed = opened.replanned(then, at.today, rules);
        let after = followed.iter().fold(opened, Denial::apply);
        events.extend(followed);
        Decided { events, after, split: None }
    }

    /// The move to overturned, where files say that every line was paid after all.
    pub(crate) fn won(&self, at: &Moment, rules: &Rules) -> Option<Change> {
        let can_be = !self.status().is_closed() && self.status() != Status::Overturned;
        if !can_be || self.quarantined || !self.is_won() {
            return None;
        }
        let recoveries = self.lines.iter().filter_map(|line| line.recovered.as_ref());
        let last = recoveries.max_by_key(|one| (one.on, &one.remittance))?;
        let answer = PayerAnswer::remitted(last.on, last.remittance.clone());
        Some(self.overturned(answer, last.on, None, false, at.today, rules))
    }

    /// The case that an act splits off, if it is such an act and its line is there.
    pub(crate) fn split_off(&self, action: &Action, at: &Moment, rules: &Rules) -> Option<Decided> {
        let Action::SplitLine { position, road: Road::OwnCase { id } } = action else {
            return None;
        };
        let line = self.line_at(*position).ok()?.clone();
        let mut denial = Denial {
            id: id.clone(),
            split_from: Some(self.id.clone()),
            round: self.round.saturating_add(1),
            opened_on: at.today,
            category: line.category,
            origin: line.category.origin(),
            denied_on: line.denied_on.unwrap_or(self.denied_on),
            remittance: line.remittance.clone(),
            balance: Balance::of(std::slice::from_ref(&line), &[]),
            lines: vec![line],
            submissions: Vec::new(),
            appeals: Vec::new(),
            postings: Vec::new(),
            questions: Vec::new(),
            asked: 0,
            steps: Vec::new(),
            attempts: 0,
            proposal: None,
            taken_by: None,
            taken_until: None,
            promised_by: None,
            promise: None,
            requests: Vec::new(),
            escalated: None,
            untouched: true,
            snoozed_until: None,
            sub_status: SmolStr::default(),
            rest_denied: false,
            chosen: Chosen::default(),
            version: 1,
            ..self.clone()
        };
        denial.deadlines = denial.clocks(rules);
        let next = denial.next_by_habit(NextActionKind::Review, at.today, rules);
        denial.work = denial.open_work(Status::New, next, at.today, rules);
        let change = Change::Opened { denial: Box::new(denial.clone()) };
        Some(Decided { events: vec![Event { version: 1, change }], after: denial, split: None })
    }
}

/// A new case before its clocks and its first action are known.
fn unplanned(found: &Findings, opening: Opening, at: &Moment, rules: &Rules) -> Denial {
    let facts = opening.facts;
    let payer = rules.payer(&facts.payer_name, facts.plan);
    let circumstance = Circumstance {
        category: found.category(),
        origin: found.origin(),
        provider: &facts.provider,
        site: &facts.site,
        denied: owner::denied(&found.lines),
    };
    let owner = owner::owner_for(&circumstance, payer, rules, at.today);
    let next = NextAction { kind: found.leading.next, on: at.today };
    Denial {
        id: opening.id,
        claim: facts.claim,
        number: facts.number,
        payer: facts.payer,
        payer_name: facts.payer_name,
        plan: facts.plan,
        provider: facts.provider,
        site: facts.site,
        round: opening.round,
        split_from: None,
        opened_on: at.today,
        remittance: found.remittance.clone(),
        source: opening.source,
        denied_on: found.denied_on.unwrap_or(at.today),
        days: facts.days,
        lines: found.lines.clone(),
        category: found.category(),
        origin: found.origin(),
        kind: found.leading.kind,
        root_cause: None,
        quarantined: found.quarantined,
        work: Work::Open { status: Status::New, owner, next, escalate_on: at.today, won: None },
        deadlines: Vec::new(),
        submissions: Vec::new(),
        appeals: Vec::new(),
        first: found.leading.next,
        wanted: found.leading.documents.clone(),
        documents: Vec::new(),
        postings: Vec::new(),
        balance: Balance::of(&found.lines, &[]),
        attempts: 0,
        asked: 0,
        questions: Vec::new(),
        steps: Vec::new(),
        proposal: None,
        control: SmolStr::new(found.control.as_str()),
        taken_by: None,
        taken_until: None,
        promised_by: None,
        promise: None,
        requests: Vec::new(),
        escalated: None,
        chosen: Chosen::default(),
        untouched: true,
        snoozed_until: None,
        sub_status: SmolStr::default(),
        rest_denied: false,
        version: 1,
    }
}
