//! What later files come to: lines denied again, paid after all, taken back; the case follows.
//!
//! What is heard is always everything that payers said of the claim so far, so that hearing it
//! twice changes nothing, and the order in which files came does not matter.

use std::collections::BTreeMap;

use smol_str::SmolStr;

use crate::adjudication::Findings;
use crate::denial::{Denial, DeniedLine, NextActionKind, Status};
use crate::lifecycle::event::{Change, Deed, Difference, Event, Filing, LineChange};
use crate::lifecycle::evidence::PayerAnswer;
use crate::lifecycle::opening::ClaimFacts;
use crate::next_action;
use crate::owner;
use crate::person::Moment;
use crate::rules::Rules;

/// What findings come to for all cases of one claim at one payer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hearing {
    /// The events of each case, in the order of the cases; none where nothing is new to it.
    pub events: Vec<Vec<Event>>,
    /// What no case holds and no open one takes: a case of the next round is to be opened on it.
    pub fresh: Option<Findings>,
}

/// Shares findings among the cases of one claim at one payer. Each line goes to the case that has
/// it; a new one to the latest open case that was not split off; else it begins a round.
#[must_use]
pub fn hear_all(cases: &[Denial], found: &Findings, at: &Moment, rules: &Rules) -> Hearing {
    let own: Vec<&DeniedLine> = cases.iter().flat_map(|case| &case.lines).collect();
    let holders: Vec<usize> = cases
        .iter()
        .enumerate()
        .flat_map(|(at, case)| case.lines.iter().map(move |_| at))
        .collect();
    let pairs = pair(&own, &found.lines);
    let open =
        cases.iter().rposition(|case| !case.status().is_closed() && case.split_from.is_none());
    let mut shares: BTreeMap<Option<usize>, Vec<usize>> = BTreeMap::new();
    for place in 0..found.lines.len() {
        let holder = pairs.iter().position(|found| *found == Some(place));
        let case = holder.and_then(|own| holders.get(own).copied()).or(open);
        shares.entry(case).or_default().push(place);
    }
    let share = |case: Option<usize>| found.only(shares.get(&case)?);
    let hear = |(place, case): (usize, &Denial)| {
        share(Some(place)).map_or_else(Vec::new, |found| case.hear(&found, at, rules))
    };
    let events = cases.iter().enumerate().map(hear).collect();
    // What was denied and paid while no case was open needs none, unless it is the first.
    let is_work = |fresh: &Findings| cases.is_empty() || !fresh.is_overturned();
    Hearing { events, fresh: share(None).filter(is_work) }
}

impl Denial {
    /// What findings come to for this case, all lines of which are its own; [`hear_all`] shares
    /// them where a claim has several cases.
    #[must_use]
    pub fn hear(&self, found: &Findings, at: &Moment, rules: &Rules) -> Vec<Event> {
        let pairs = pair(&self.lines.iter().collect::<Vec<_>>(), &found.lines);
        let filing = self.filing(found, &pairs);
        if filing == self.filed() {
            return Vec::new();
        }
        let changes = differences(&self.lines, &filing.lines, &pairs);
        let what: Vec<Difference> = changes.iter().map(|one| one.what.clone()).collect();
        let mut all = vec![Change::Refiled { filing: Box::new(filing), changes }];
        let mut after = all.iter().fold(self.clone(), Denial::changed);
        if after.owner().is_some_and(|owner| owner.person.is_none()) {
            all.extend(after.owner_anew(rules, at.today));
            after = all.iter().fold(self.clone(), Denial::changed);
        }
        all.extend(self.paid_as_promised(&after, &what));
        all.extend(self.follow(&after, &what, at, rules));
        all.extend(self.left_to_who_posts(&after, at, rules));
        self.as_events(all, rules)
    }

    /// What it comes to that nothing of the claim is a denial by today's rules: the lines go, and a
    /// person closes what is left. Money that was posted is theirs to take back first.
    #[must_use]
    pub fn cleared(&self, rules: &Rules) -> Vec<Event> {
        if self.status().is_closed() || self.lines.is_empty() || !self.postings.is_empty() {
            return Vec::new();
        }
        let gone = |line: &DeniedLine| change(line, Difference::Removed);
        let changes = self.lines.iter().map(gone).collect();
        let filing = Filing {
            lines: Vec::new(),
            quarantined: false,
            wanted: Vec::new(),
            first: NextActionKind::Review,
            ..self.filed()
        };
        self.as_events(vec![Change::Refiled { filing: Box::new(filing), changes }], rules)
    }

    /// What a better known claim comes to: its 837 has come, or was found not to be its own.
    #[must_use]
    pub fn join(&self, facts: &ClaimFacts, rules: &Rules) -> Vec<Event> {
        let change = Change::Joined { facts: facts.clone() };
        let after = self.clone().changed(&change);
        if after == *self { Vec::new() } else { self.as_events(vec![change], rules) }
    }

    fn filed(&self) -> Filing {
        Filing {
            lines: self.lines.clone(),
            category: self.category,
            origin: self.origin,
            kind: self.kind,
            remittance: self.remittance.clone(),
            denied_on: self.denied_on,
            control: self.control.clone(),
            quarantined: self.quarantined,
            wanted: self.wanted.clone(),
            first: self.first,
        }
    }

    /// What files say, with what people said of lines and category.
    fn filing(&self, found: &Findings, pairs: &[Option<usize>]) -> Filing {
        let mut lines = found.lines.clone();
        for (own, place) in self.lines.iter().zip(pairs) {
            if let Some(line) = place.and_then(|place| lines.get_mut(place)) {
                line.set_aside.clone_from(&own.set_aside);
                line.expected = line.expected.or(own.expected);
            }
        }
        let (category, origin) = if self.chosen.category {
            (self.category, self.origin)
        } else {
            (found.category(), found.origin())
        };
        Filing {
            lines,
            category,
            origin,
            kind: found.leading.kind,
            remittance: found.remittance.clone(),
            denied_on: found.denied_on.unwrap_or(self.denied_on),
            control: SmolStr::new(found.control.as_str()),
            quarantined: found.quarantined,
            wanted: found.leading.documents.clone(),
            first: found.leading.next,
        }
    }

    /// How the status or the plan follows; `self` is the case before, `after` the case refiled.
    fn follow(
        &self,
        after: &Denial,
        what: &[Difference],
        at: &Moment,
        rules: &Rules,
    ) -> Option<Change> {
        let is_better = self.quarantined && !after.quarantined || what.iter().any(betters);
        match self.status() {
            Status::New => after.won(at, rules).or_else(|| after.planned_anew(self, at, rules)),
            Status::InReview => after.won(at, rules).filter(|_| is_better),
            Status::Corrected | Status::Appealed | Status::Pending => {
                let won = after.won(at, rules).filter(|_| is_better);
                won.or_else(|| after.denied_again(self, what, at, rules))
            }
            Status::Overturned => {
                let is_worse = what.iter().any(worsens) && !after.is_won();
                let is_there = after.is_won() && !self.is_won();
                match is_worse {
                    true => Some(after.disputed(at, rules)),
                    false => is_there.then(|| after.by_payment(at, rules)),
                }
            }
            Status::Paid | Status::WrittenOff => {
                after.is_back(what).then(|| after.reopened(at, rules))
            }
        }
    }

    /// What was won in part is won in full by a file: it goes to who posts, as what is won at once
    /// does.
    fn left_to_who_posts(&self, after: &Denial, at: &Moment, rules: &Rules) -> Option<Change> {
        let is_there = self.status() == Status::Overturned && after.is_won() && !self.is_won();
        let is_worked = after.work.won().is_some_and(|won| won.worked_by.is_none());
        let owner = owner::posting_owner(rules, at.today).filter(|_| is_there && is_worked)?;
        (after.owner() != Some(&owner)).then_some(Change::Owned { owner, posts: true })
    }

    /// A payment that the payer promised is there, on the day of its remittance. Where it gave way
    /// in part, what it paid is what it promised.
    fn paid_as_promised(&self, after: &Denial, what: &[Difference]) -> Option<Change> {
        let by = self.promised_by.filter(|_| self.status() == Status::Overturned)?;
        let paid = what.iter().filter_map(|one| match one {
            Difference::Recovered(recovery) => Some(recovery.on),
            Difference::Added
            | Difference::Removed
            | Difference::DeniedAgain
            | Difference::TakenBack
            | Difference::Changed => None,
        });
        let on = paid.max()?;
        let is_part = after.work.won().is_some_and(|won| won.partly);
        (is_part || after.is_won()).then_some(Change::PromiseKept { by, on })
    }

    /// The payment that was promised is there.
    fn by_payment(&self, at: &Moment, rules: &Rules) -> Change {
        let next = self.next_by_payment(at.today, at.today, rules);
        Change::Scheduled { next, escalate_on: self.escalate_on(next, at.today, rules) }
    }

    /// True where a closed case has money to settle again: more is denied than was explained, a
    /// payment was taken back, or more was paid than is posted.
    fn is_back(&self, what: &[Difference]) -> bool {
        let paid = self.paid_after_all().unwrap_or_default();
        let is_paid_more = what.iter().any(betters) && paid > self.balance.recovered;
        is_paid_more
            || what.contains(&Difference::TakenBack)
            || !self.balance.outstanding().is_zero()
    }

    /// Another first action, as long as nobody planned one.
    fn planned_anew(&self, before: &Denial, at: &Moment, rules: &Rules) -> Option<Change> {
        if self.first == before.first || self.chosen.next || !self.requests.is_empty() {
            return None;
        }
        let kind = next_action::planned(self, at.today, rules);
        let next = self.next_by_habit(kind, at.today, rules);
        Some(Change::Scheduled { next, escalate_on: self.escalate_on(next, at.today, rules) })
    }

    /// A denial since what was sent is the payer's answer to it.
    fn denied_again(
        &self,
        before: &Denial,
        what: &[Difference],
        at: &Moment,
        rules: &Rules,
    ) -> Option<Change> {
        let sent_on = self.out_since();
        let is_answer = |line: &DeniedLine| {
            let is_known = |one: &DeniedLine| one.remittance == line.remittance;
            line.stays_denied()
                && !before.lines.iter().any(is_known)
                && line.denied_on.zip(sent_on).is_none_or(|(denied, sent)| denied >= sent)
        };
        let answer = self.lines.iter().find(|line| is_answer(line))?;
        if !what.iter().any(worsens) {
            return None;
        }
        let on = answer.denied_on.unwrap_or(at.today);
        let deed = self.upheld(PayerAnswer::remitted(on, answer.remittance.clone()), on);
        Some(self.back_to_review(NextActionKind::Review, deed, at.today, rules))
    }

    fn disputed(&self, at: &Moment, rules: &Rules) -> Change {
        let reason = "a later remittance denies it or takes the payment back".to_owned();
        let stays = self.lines.iter().filter(|line| line.stays_denied());
        let missing = Some(stays.map(|line| line.denied).sum());
        let deed = Deed::Disputed { reason, missing };
        self.back_to_review(NextActionKind::Review, deed, at.today, rules)
    }

    fn reopened(&self, at: &Moment, rules: &Rules) -> Change {
        let reason = "a later remittance pays, denies or takes back what was settled".to_owned();
        let remittance = Some(self.remittance.clone());
        let deed = Deed::Reopened { reason, remittance };
        self.back_to_review(NextActionKind::Review, deed, at.today, rules)
    }
}

const fn betters(difference: &Difference) -> bool {
    match difference {
        Difference::Recovered(_) | Difference::Removed => true,
        Difference::Added
        | Difference::DeniedAgain
        | Difference::TakenBack
        | Difference::Changed => false,
    }
}

const fn worsens(difference: &Difference) -> bool {
    match difference {
        Difference::Added | Difference::DeniedAgain | Difference::TakenBack => true,
        Difference::Recovered(_) | Difference::Removed | Difference::Changed => false,
    }
}

/// What became of each line, those that are gone last.
fn differences(
    own: &[DeniedLine],
    found: &[DeniedLine],
    pairs: &[Option<usize>],
) -> Vec<LineChange> {
    let before = |place: usize| {
        let at = pairs.iter().position(|pair| *pair == Some(place))?;
        own.get(at)
    };
    let heard = found.iter().enumerate().filter_map(|(place, line)| {
        let what = difference(before(place), line)?;
        Some(change(line, what))
    });
    let gone = own.iter().zip(pairs).filter(|(_, pair)| pair.is_none());
    heard.chain(gone.map(|(line, _)| change(line, Difference::Removed))).collect()
}

fn change(line: &DeniedLine, what: Difference) -> LineChange {
    LineChange { line: line.line, control: line.control.clone(), what }
}

fn difference(before: Option<&DeniedLine>, now: &DeniedLine) -> Option<Difference> {
    let Some(before) = before else {
        return Some(match &now.recovered {
            Some(recovery) => Difference::Recovered(recovery.clone()),
            None => Difference::Added,
        });
    };
    match (&before.recovered, &now.recovered) {
        (Some(_), None) => Some(Difference::TakenBack),
        (then, Some(recovery)) if then.as_ref() != Some(recovery) => {
            Some(Difference::Recovered(recovery.clone()))
        }
        (None, None) if before.remittance != now.remittance => Some(Difference::DeniedAgain),
        (None, None) | (Some(_), Some(_)) | (None, Some(_)) => {
            (before != now).then_some(Difference::Changed)
        }
    }
}

/// For each own line the place of the same line in findings: by our control number, else by what
/// was billed when, else by its number on the claim, which changes when an 837 comes.
fn pair(own: &[&DeniedLine], found: &[DeniedLine]) -> Vec<Option<usize>> {
    const TESTS: [fn(&DeniedLine, &DeniedLine) -> bool; 3] =
        [same_control, same_service, same_number];
    let mut pairs: Vec<Option<usize>> = vec![None; own.len()];
    for same in TESTS {
        for (at, line) in own.iter().enumerate() {
            if pairs.get(at).is_some_and(Option::is_some) {
                continue;
            }
            let fits = |place: &usize| {
                !pairs.contains(&Some(*place))
                    && found.get(*place).is_some_and(|other| same(line, other))
            };
            let place = (0..found.len()).find(fits);
            if let Some(pair) = pairs.get_mut(at) {
                *pair = place;
            }
        }
    }
    pairs
}

fn same_control(one: &DeniedLine, other: &DeniedLine) -> bool {
    !one.control.is_empty() && one.control == other.control
}

fn same_service(one: &DeniedLine, other: &DeniedLine) -> bool {
    let control = one.control.is_empty() && other.control.is_empty();
    control
        && one.line.is_some() == other.line.is_some()
        && (&one.procedure.code, one.from, one.charge)
            == (&other.procedure.code, other.from, other.charge)
}

fn same_number(one: &DeniedLine, other: &DeniedLine) -> bool {
    let control = one.control.is_empty() || other.control.is_empty();
    control && one.line == other.line
}

#[cfg(test)]
mod tests;
