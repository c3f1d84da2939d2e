//! What comes next on a case, as long as nobody chose: the recommended way decides, and where it
//! says nothing, what the playbook does first.

use jiff::civil::Date;

use super::recommend::fits;
use super::{Known, Odds, Standing, Way, Ways, standing, ways};
use crate::adjudication::denies;
use crate::denial::{Denial, DeniedLine, NextAction, NextActionKind, Status, Work};
use crate::lifecycle::event::{Change, Event};
use crate::money::Chance;
use crate::payer::PayerRules;
use crate::playbook::Ruling;
use crate::remittance::Adjustment;
use crate::rules::Rules;

impl Ways {
    /// What comes next, where the playbook would begin with `first`. Looking at it, calling and
    /// waiting go before any way; another way than the recommended one does not.
    #[must_use]
    pub fn plan(&self, first: NextActionKind) -> NextActionKind {
        if let Some(next) = self.recommended.waits {
            return next.kind;
        }
        match self.recommended.way {
            Some(way) if leads(first) && !fits(first, way) => way.action(),
            None if self.closes(first) => NextActionKind::Review,
            Some(_) | None => first,
        }
    }

    /// True where every way that an action leads to is closed.
    fn closes(&self, action: NextActionKind) -> bool {
        let mut fitting = self.ways.iter().filter(|one| fits(action, one.way)).peekable();
        fitting.peek().is_some() && fitting.all(|one| !one.is_open())
    }
}

/// True where an action is a way, or waits in place of one.
pub(crate) const fn leads(kind: NextActionKind) -> bool {
    match kind {
        NextActionKind::Correct
        | NextActionKind::Resubmit
        | NextActionKind::Appeal
        | NextActionKind::CoordinateBenefits
        | NextActionKind::SendRecords
        | NextActionKind::AwaitPayer
        | NextActionKind::BillPatient
        | NextActionKind::ProposeWriteOff => true,
        NextActionKind::Review
        | NextActionKind::CallPayer
        | NextActionKind::AskColleague
        | NextActionKind::PostPayment
        | NextActionKind::BookWriteOff => false,
    }
}

/// What the case itself knows.
fn known<'a>(
    case: &'a Denial,
    ruling: Option<&'a Ruling>,
    today: Date,
    rules: &'a Rules,
) -> Known<'a> {
    Known {
        case,
        claim: None,
        ruling,
        rules,
        resent: None,
        other_cover: case.days.other_payer_on.is_some(),
        late_crossover: false,
        in_time: false,
        today,
    }
}

/// The odds of a way before there is any history.
pub(crate) fn by_prior(_: Way, prior: Option<Chance>) -> Odds {
    Odds { chance: prior, prior, ..Odds::default() }
}

/// What comes next by the stated priors, from what the case itself knows.
pub(crate) fn planned(case: &Denial, today: Date, rules: &Rules) -> NextActionKind {
    let ruling = case.leading(rules);
    ways(&known(case, ruling.as_ref(), today, rules), by_prior).plan(case.first)
}

/// What comes next by the stated priors, and what by history, of ways that are reckoned once.
pub(crate) fn planned_twice(
    case: &Denial,
    today: Date,
    rules: &Rules,
    history: impl Fn(&Denial, Way, Option<Chance>) -> Odds,
) -> (NextActionKind, NextActionKind) {
    let ruling = case.leading(rules);
    let known = known(case, ruling.as_ref(), today, rules);
    let standing = Standing::of(&known);
    let ways = standing.ways(by_prior);
    let stated = ways.plan(case.first);
    let ways = standing.by_odds(ways, |way, prior| history(case, way, prior));
    (stated, ways.plan(case.first))
}

impl Denial {
    /// What comes next by the recommended way, in the desk's usual days; what the playbook does
    /// first where it is not ours to act.
    #[must_use]
    pub fn next_by_way(&self, today: Date, rules: &Rules) -> NextAction {
        if !matches!(self.status(), Status::New | Status::InReview) {
            return self.next_by_habit(self.first, today, rules);
        }
        let now = self.next().map(|next| next.kind).filter(|_| self.follows_way());
        let kind = now.filter(|kind| *kind != NextActionKind::AwaitPayer && leads(*kind));
        let kind = kind.unwrap_or_else(|| planned(self, today, rules));
        self.next_by_habit(kind, today, rules)
    }

    /// True while the next action follows from the recommended way: it is ours to act, nobody chose
    /// the action, and nothing is awaited from a colleague, asked or promised by the payer. Where a
    /// write-off is proposed it follows no way, but that one which is approved is booked.
    #[must_use]
    pub fn follows_way(&self) -> bool {
        let next = self.next().map(|next| next.kind);
        let books = next == Some(NextActionKind::BookWriteOff);
        let by_rule = books || next.is_some_and(|kind| leads(kind) || kind == self.first);
        let is_told = self.proposal.is_some() && books == self.approved_write_off().is_some();
        self.is_ours_alone() && by_rule && !self.chosen.next && !is_told
    }

    /// True while a colleague or a letter of the payer is to be answered.
    #[must_use]
    pub fn is_asked(&self) -> bool {
        !self.questions.is_empty() || !self.requests.is_empty()
    }

    /// True while it is ours to act, and nothing is awaited from a colleague, asked or promised by
    /// the payer.
    #[must_use]
    pub fn is_ours_alone(&self) -> bool {
        let is_ours = matches!(self.status(), Status::New | Status::InReview);
        is_ours && !self.is_asked() && self.promised_by.is_none()
    }

    /// Brings the next action in line with what the ways say, where it follows from them. Its day
    /// is never later for it, nor is the day on which others hear of the case.
    #[must_use]
    pub fn replanned(&self, kind: NextActionKind, today: Date, rules: &Rules) -> Vec<Event> {
        let Work::Open { next: now, escalate_on, .. } = &self.work else { return Vec::new() };
        if now.kind == kind || !self.follows_way() {
            return Vec::new();
        }
        let next = self.next_by_habit(kind, today, rules);
        let next = NextAction { on: next.on.min(now.on).max(today), ..next };
        self.as_events(vec![Change::Scheduled { next, escalate_on: *escalate_on }], rules)
    }

    /// What the playbook says of the leading reason: the largest denial that stands.
    #[must_use]
    pub fn leading(&self, rules: &Rules) -> Option<Ruling> {
        let payer = self.payer_rules(rules);
        let denying = self.leading_line()?.denying(payer, rules);
        denying.max_by_key(|(one, _)| one.amount).map(|(_, ruling)| ruling)
    }

    /// The line that most money stays denied on.
    #[must_use]
    pub fn leading_line(&self) -> Option<&DeniedLine> {
        standing(self).max_by_key(|line| line.denied).or_else(|| self.lines.first())
    }
}

impl DeniedLine {
    /// Every denying adjustment with what the playbook says of it.
    pub fn denying<'a>(
        &'a self,
        payer: Option<&'a PayerRules>,
        rules: &'a Rules,
    ) -> impl Iterator<Item = (&'a Adjustment, Ruling)> {
        let rulings = self.adjustments.iter().map(move |one| {
            let ruling = rules.playbook.ruling(
                payer,
                &one.group,
                &one.reason,
                &self.remarks,
                self.denied_on,
            );
            (one, ruling)
        });
        rulings.filter(|(_, ruling)| denies(ruling))
    }
}
