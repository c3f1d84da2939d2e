//! The acts that explain money, give it up, or take either back.

use jiff::civil::Date;

use crate::denial::{
    Balance, Denial, NextAction, NextActionKind, Proposal, Resolution, Status, Work,
};
use crate::ids::{PostingId, RemittanceId};
use crate::lifecycle::event::{Change, Deed};
use crate::lifecycle::moves::said;
use crate::lifecycle::refused::Refused;
use crate::money::Money;
use crate::person::{self, Moment};
use crate::posting::{self, Entry, Fault, Posting, PostingKind, WriteOffReason};
use crate::rules::Rules;

impl Denial {
    /// Posts, and closes the case as paid once nothing is outstanding and nothing given up.
    pub(crate) fn post(&self, entries: &[Entry], at: &Moment) -> Result<Vec<Change>, Refused> {
        self.check_quarantine(entries, at)?;
        let gives_up = |entry: &Entry| entry.kind.reason().is_some() && entry.reverses.is_none();
        if entries.iter().any(gives_up) {
            return Err(Fault::GivenUp.into());
        }
        let (postings, balance) = self.posted(entries, at)?;
        self.check_told(entries, &balance)?;
        let mut changes = Vec::with_capacity(2);
        if !postings.is_empty() {
            changes.push(Change::Posted { postings });
        }
        let is_settled = balance.outstanding().is_zero() && balance.written_off.is_zero();
        if !is_settled {
            return if entries.is_empty() { Err(unsettled(&balance)) } else { Ok(changes) };
        }
        if !matches!(self.status(), Status::InReview | Status::Overturned) {
            return Err(Refused::NotFrom(self.status()));
        }
        if let Some(by) = self.promised_by {
            changes.push(Change::PromiseKept { by, on: self.paid_on(entries, at) });
        }
        changes.push(self.closed(Status::Paid, &balance, Deed::Settled, at));
        Ok(changes)
    }

    /// The day on which all of it was there: that of the last remittance or payment.
    fn paid_on(&self, entries: &[Entry], at: &Moment) -> Date {
        let told = self.lines.iter().filter_map(|line| line.recovered.as_ref()).map(|one| one.on);
        let posted = entries.iter().filter_map(|entry| entry.on);
        told.chain(posted).max().unwrap_or(at.today)
    }

    /// A supervisor alone posts money of a remittance that does not add up, with a reason for each
    /// amount.
    fn check_quarantine(&self, entries: &[Entry], at: &Moment) -> Result<(), Refused> {
        let is_reasoned = entries.iter().all(|entry| !entry.why.trim().is_empty());
        let is_free = !self.quarantined || (is_reasoned && person::supervises(at.who.role));
        if is_free { Ok(()) } else { Err(Refused::Quarantined) }
    }

    /// A payment beyond what the remittances say of a case that was won has a reason. Of a win that
    /// no remittance told, nothing is known to be beyond.
    fn check_told(&self, entries: &[Entry], balance: &Balance) -> Result<(), Refused> {
        let Some(told) = self.paid_after_all() else { return Ok(()) };
        let is_unreasoned =
            |entry: &Entry| entry.kind == PostingKind::PayerPayment && entry.why.trim().is_empty();
        let is_beyond = self.is_won() && balance.recovered > told;
        if is_beyond && entries.iter().any(is_unreasoned) {
            return Err(Refused::MoreThanTold { told });
        }
        Ok(())
    }

    /// The rows to come and the balance with them, if that can be.
    fn posted(&self, entries: &[Entry], at: &Moment) -> Result<(Vec<Posting>, Balance), Refused> {
        posting::check(&self.postings, entries)?;
        let late = entries.iter().filter_map(|entry| entry.on).find(|on| *on > at.today);
        if let Some(on) = late {
            return Err(Refused::NotYet { on });
        }
        let rows: Vec<Posting> = entries.iter().map(|entry| self.row(entry, at)).collect();
        let mut all = self.postings.clone();
        all.extend_from_slice(&rows);
        let balance = Balance::of(&self.lines, &all);
        if balance.is_below_zero() {
            return Err(Fault::BelowZero.into());
        }
        let room = self.balance.denied;
        if balance.explained() + balance.written_off > room {
            return Err(Refused::MoreThanOutstanding { outstanding: self.balance.outstanding() });
        }
        Ok((rows, balance))
    }

    fn row(&self, entry: &Entry, at: &Moment) -> Posting {
        Posting {
            id: entry.id.clone(),
            claim: self.claim.clone(),
            denial: Some(self.id.clone()),
            line: entry.line,
            kind: entry.kind,
            amount: entry.amount,
            on: entry.on.unwrap_or(at.today),
            remittance: entry.remittance.clone(),
            reverses: entry.reverses.clone(),
            why: entry.why.clone(),
            by: at.who.person.clone(),
        }
    }

    fn closed(&self, status: Status, balance: &Balance, deed: Deed, at: &Moment) -> Change {
        let work = Work::Closed { status, on: at.today, resolution: resolution(balance) };
        Change::Moved { from: self.status(), work, deed }
    }

    /// Gives up what is outstanding and closes the case.
    pub(crate) fn write_off(
        &self,
        id: &PostingId,
        reason: WriteOffReason,
        note: &str,
        at: &Moment,
        rules: &Rules,
    ) -> Result<Vec<Change>, Refused> {
        let note = said(note, "a reason for giving the money up")?.to_owned();
        let amount = self.balance.outstanding();
        if amount.is_zero() && self.balance.written_off.is_zero() {
            return Err(Refused::NothingOutstanding);
        }
        let approved_by = self.second_person(amount, rules)?;
        let entry = Entry {
            id: id.clone(),
            kind: PostingKind::WriteOff(reason),
            amount,
            on: None,
            line: None,
            remittance: None,
            reverses: None,
            why: note.clone(),
        };
        let entries = if amount.is_zero() { Vec::new() } else { vec![entry] };
        let (postings, balance) = self.posted(&entries, at)?;
        let deed = Deed::WrittenOff { reason, note, approved_by };
        let mut changes = Vec::with_capacity(2);
        if !postings.is_empty() {
            changes.push(Change::Posted { postings });
        }
        changes.push(self.closed(Status::WrittenOff, &balance, deed, at));
        Ok(changes)
    }

    /// Above the desk's limit somebody who did not ask has agreed to at least this amount
    /// (features 22.03).
    fn second_person(
        &self,
        amount: Money,
        rules: &Rules,
    ) -> Result<Option<crate::ids::PersonId>, Refused> {
        if amount <= rules.desk.write_off_alone {
            return Ok(None);
        }
        let proposal = self.proposal.as_ref().filter(|one| one.amount >= amount);
        let second = proposal.and_then(|one| one.approved_by.clone());
        second.map(Some).ok_or(Refused::NeedsSecondPerson { amount })
    }

    pub(crate) fn propose(&self, reason: &str, at: &Moment) -> Result<Change, Refused> {
        let reason = said(reason, "a reason for giving the money up")?.to_owned();
        if self.proposal.is_some() {
            return Err(Refused::ProposalWaits);
        }
        let amount = self.balance.outstanding();
        if amount.is_zero() {
            return Err(Refused::NothingOutstanding);
        }
        let by = at.who.person.clone();
        let proposal = Proposal { amount, reason, by, at: at.now, approved_by: None };
        Ok(Change::WriteOffProposed { proposal })
    }

    /// Agreed to, it is what comes next: to be booked.
    pub(crate) fn approve_proposal(
        &self,
        at: &Moment,
        rules: &Rules,
    ) -> Result<Vec<Change>, Refused> {
        let waiting = self.proposal.as_ref().filter(|one| one.approved_by.is_none());
        let proposal = waiting.ok_or(Refused::NoProposal)?;
        if proposal.by == at.who.person {
            return Err(Refused::SamePerson);
        }
        let approved = Change::WriteOffApproved { by: at.who.person.clone() };
        let after = self.clone().changed(&approved);
        // An open question or letter stays next until it is heard; more than was agreed to is not
        // booked.
        if self.is_asked() || !after.may_plan(NextActionKind::BookWriteOff) {
            return Ok(vec![approved]);
        }
        let next = self.next_by_habit(NextActionKind::BookWriteOff, at.today, rules);
        Ok(vec![approved, self.scheduled(next, at, rules)])
    }

    fn scheduled(&self, next: NextAction, at: &Moment, rules: &Rules) -> Change {
        Change::Scheduled { next, escalate_on: self.escalate_on(next, at.today, rules) }
    }

    /// What had been agreed to is not booked any more: the case goes on by its ways.
    pub(crate) fn decline_proposal(
        &self,
        reason: &str,
        at: &Moment,
        rules: &Rules,
    ) -> Result<Vec<Change>, Refused> {
        let reason = said(reason, "a reason for declining")?.to_owned();
        if self.proposal.is_none() {
            return Err(Refused::NoProposal);
        }
        let declined = Change::WriteOffDeclined { by: at.who.person.clone(), reason };
        if self.next().is_none_or(|next| next.kind != NextActionKind::BookWriteOff) {
            return Ok(vec![declined]);
        }
        let after = self.clone().changed(&declined);
        let next = if self.is_asked() {
            after.next_once_heard(at, rules)
        } else {
            after.next_by_way(at.today, rules)
        };
        Ok(vec![declined, self.scheduled(next, at, rules)])
    }

    pub(crate) fn reopen(
        &self,
        reason: &str,
        entries: &[Entry],
        remittance: Option<&RemittanceId>,
        at: &Moment,
        rules: &Rules,
    ) -> Result<Vec<Change>, Refused> {
        let reason = said(reason, "a reason for opening the case again")?.to_owned();
        if entries.is_empty() || !entries.iter().all(takes_back) {
            return Err(Fault::NotATakeback.into());
        }
        let (postings, balance) = self.posted(entries, at)?;
        if balance.outstanding().is_zero() {
            return Err(Refused::NothingOutstanding);
        }
        let deed = Deed::Reopened { reason, remittance: remittance.cloned() };
        let back = self.back_to_review(NextActionKind::Review, deed, at.today, rules);
        Ok(vec![Change::Posted { postings }, back])
    }
}

fn takes_back(entry: &Entry) -> bool {
    match entry.kind {
        PostingKind::Recoupment => entry.reverses.is_none(),
        PostingKind::PayerPayment
        | PostingKind::OtherPayerPayment
        | PostingKind::PatientResponsibility
        | PostingKind::Contractual
        | PostingKind::Sequestration
        | PostingKind::WriteOff(_)
        | PostingKind::Interest => entry.reverses.is_some(),
    }
}

fn unsettled(balance: &Balance) -> Refused {
    let outstanding = balance.outstanding();
    if outstanding.is_zero() {
        Refused::StandsGivenUp { written_off: balance.written_off }
    } else {
        Refused::Unsettled { outstanding }
    }
}

fn resolution(balance: &Balance) -> Resolution {
    if !balance.written_off.is_zero() {
        let is_all = balance.written_off == balance.denied;
        return if is_all { Resolution::WrittenOff } else { Resolution::PartlyWrittenOff };
    }
    if balance.recovered.is_zero() { Resolution::Transferred } else { Resolution::PaidByPayer }
}
