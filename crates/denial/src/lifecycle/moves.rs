//! The acts that move a status on what was sent and what came back.

use std::mem;

use jiff::civil::Date;
use smol_str::SmolStr;

use crate::appeal::no_appeal;
use crate::deadline::DeadlineKind;
use crate::denial::{Appeal, Denial, GaveWay, NextAction, NextActionKind, Outcome, Status, Work};
use crate::lifecycle::action::{AppealFiling, Resubmission};
use crate::lifecycle::event::{Change, Deed};
use crate::lifecycle::evidence::{Frequency, PayerAnswer, Receipt, Submission};
use crate::lifecycle::refused::Refused;
use crate::lifecycle::timing::workday;
use crate::money::Money;
use crate::owner;
use crate::person::{self, Moment};
use crate::rules::Rules;

/// The text itself, unless it says nothing.
pub(crate) fn said<'a>(text: &'a str, what: &'static str) -> Result<&'a str, Refused> {
    if text.trim().is_empty() { Err(Refused::Missing(what)) } else { Ok(text) }
}

/// The day of something that happened; today where it is not given.
pub(crate) fn past_day(on: Option<Date>, at: &Moment) -> Result<Date, Refused> {
    match on {
        Some(on) if on > at.today => Err(Refused::NotYet { on }),
        Some(on) => Ok(on),
        None => Ok(at.today),
    }
}

fn is_said(text: Option<&String>) -> bool {
    text.is_some_and(|text| !text.trim().is_empty())
}

impl Denial {
    pub(crate) fn review(&self, at: &Moment, rules: &Rules) -> Change {
        let next = match self.soonest_request() {
            Some(letter) => self.next_by_letter(letter, at.today, rules),
            None => self.next_by_way(at.today, rules),
        };
        let next = self.next().copied().filter(|_| self.chosen.next).unwrap_or(next);
        let mut work = self.open_work(Status::InReview, next, at.today, rules);
        if let Work::Open { owner, .. } = &mut work {
            owner.person.get_or_insert_with(|| at.who.person.clone());
        }
        Change::Moved { from: self.status(), work, deed: Deed::Reviewed }
    }

    pub(crate) fn resubmit(
        &self,
        sent: &Resubmission,
        at: &Moment,
        rules: &Rules,
    ) -> Result<Change, Refused> {
        let reference = said(&sent.reference, "our number of what was sent")?;
        let sent_on = past_day(sent.sent_on, at)?;
        let (clock, control) = match sent.frequency {
            Frequency::Original => (DeadlineKind::TimelyFiling, SmolStr::default()),
            Frequency::Replacement | Frequency::Void if self.control.is_empty() => {
                return Err(Refused::NoControlNumber);
            }
            Frequency::Replacement | Frequency::Void => {
                (DeadlineKind::CorrectedClaim, self.control.clone())
            }
        };
        self.check_in_time(clock, sent_on, sent.late.as_ref(), at)?;
        let before = self.submissions.iter().any(|one| one.reference == reference);
        if before && !is_said(sent.again.as_ref()) {
            return Err(Refused::AlreadySent);
        }
        let submission = Submission {
            frequency: sent.frequency,
            channel: sent.channel,
            reference: reference.to_owned(),
            confirmation: sent.confirmation.clone(),
            document: sent.document.clone(),
            control,
            sent_on,
            late: sent.late.clone(),
            again: sent.again.clone(),
            ended_on: None,
        };
        let next = self.next_by_payer(sent_on, at.today, rules);
        Ok(self.moved(Status::Corrected, next, Deed::Resubmitted { submission }, at.today, rules))
    }

    /// After the last day of a known clock only a supervisor's reason helps; an unknown clock stops
    /// nobody.
    fn check_in_time(
        &self,
        deadline: DeadlineKind,
        sent_on: Date,
        late: Option<&String>,
        at: &Moment,
    ) -> Result<(), Refused> {
        let is_excused = is_said(late) && person::supervises(at.who.role);
        match self.last_day(deadline) {
            Some(by) if sent_on > by && !is_excused => Err(Refused::Past { deadline, by }),
            Some(_) | None => Ok(()),
        }
    }

    pub(crate) fn appeal(
        &self,
        filing: &AppealFiling,
        at: &Moment,
        rules: &Rules,
    ) -> Result<Change, Refused> {
        let filed_on = past_day(filing.sent_on, at)?;
        let expected = self.next_level();
        if filing.level != expected {
            return Err(Refused::WrongLevel { expected });
        }
        if let Some(code) = no_appeal(self, rules).filter(|_| !is_said(filing.although.as_ref())) {
            return Err(Refused::NoAppeal(code));
        }
        self.check_in_time(DeadlineKind::Appeal(expected), filed_on, filing.late.as_ref(), at)?;
        let missing = self.missing_documents();
        let is_excused = is_said(filing.without.as_ref()) && person::supervises(at.who.role);
        if !missing.is_empty() && !is_excused {
            return Err(Refused::DocumentsMissing(missing));
        }
        if filing.packet.is_none() && !is_said(filing.confirmation.as_ref()) {
            return Err(Refused::Missing("what was sent or the payer's confirmation of it"));
        }
        let appeal = Appeal {
            id: filing.id.clone(),
            level: filing.level,
            filed_on,
            channel: filing.channel,
            confirmation: filing.confirmation.clone(),
            packet: filing.packet.clone(),
            decided: None,
            asked: Some(self.balance.outstanding()),
            arguments: filing.arguments.clone(),
            exhibits: filing.exhibits.clone(),
            won: None,
            why: String::new(),
        };
        let (late, without) = (filing.late.clone(), filing.without.clone());
        let next = self.next_by_payer(filed_on, at.today, rules);
        let although = filing.although.clone();
        let deed = Deed::Appealed { appeal, late, without, although };
        Ok(self.moved(Status::Appealed, next, deed, at.today, rules))
    }

    /// The level whose turn it is: one above the last that was decided on its merits.
    #[must_use]
    pub fn next_level(&self) -> u8 {
        let decided = self.appeals.iter().filter_map(|appeal| match appeal.decided {
            Some((_, Outcome::Dismissed | Outcome::Withdrawn)) | None => None,
            Some((_, Outcome::Upheld | Outcome::PartlyOverturned | Outcome::Overturned)) => {
                Some(appeal.level)
            }
        });
        decided.max().unwrap_or(0).saturating_add(1)
    }

    /// What is wanted and not on file, in the playbook's words.
    #[must_use]
    pub fn missing_documents(&self) -> Vec<SmolStr> {
        let is_missing = |what: &&SmolStr| !self.documents.iter().any(|one| one.what == **what);
        self.wanted.iter().filter(is_missing).cloned().collect()
    }

    pub(crate) fn acknowledge(
        &self,
        receipt: &Receipt,
        at: &Moment,
        rules: &Rules,
    ) -> Result<Change, Refused> {
        if receipt.reference.trim().is_empty() {
            return Err(Refused::NoReceipt);
        }
        let on = past_day(receipt.on, at)?;
        let next = self.next_by_payer(on, at.today, rules);
        let deed = Deed::Acknowledged { receipt: Receipt { on: Some(on), ..receipt.clone() } };
        Ok(self.moved(Status::Pending, next, deed, at.today, rules))
    }

    pub(crate) fn reject(
        &self,
        codes: &[SmolStr],
        on: Option<Date>,
        at: &Moment,
        rules: &Rules,
    ) -> Result<Change, Refused> {
        if codes.iter().all(|code| code.trim().is_empty()) {
            return Err(Refused::Missing("the codes of the 999 or 277CA"));
        }
        let deed = Deed::Rejected { codes: codes.to_vec(), on: past_day(on, at)? };
        Ok(self.back_to_review(NextActionKind::Correct, deed, at.today, rules))
    }

    pub(crate) fn uphold(
        &self,
        answer: &PayerAnswer,
        at: &Moment,
        rules: &Rules,
    ) -> Result<Change, Refused> {
        let deed = self.upheld(answer.clone(), proven(answer, at)?);
        Ok(self.back_to_review(NextActionKind::Review, deed, at.today, rules))
    }

    /// Denied again; in part where the payer has paid a line after all meanwhile.
    pub(crate) fn upheld(&self, answer: PayerAnswer, on: Date) -> Deed {
        let partly = !answer.dismissed && self.is_paid_in_part();
        Deed::Upheld { answer, on, partly }
    }

    pub(crate) fn withdraw(
        &self,
        reason: &str,
        at: &Moment,
        rules: &Rules,
    ) -> Result<Change, Refused> {
        let reason = said(reason, "a reason for taking it back")?.to_owned();
        let deed = Deed::Withdrawn { reason, on: at.today };
        Ok(self.back_to_review(NextActionKind::Review, deed, at.today, rules))
    }

    pub(crate) fn overturn(
        &self,
        answer: &PayerAnswer,
        expected: Option<Money>,
        at: &Moment,
        rules: &Rules,
    ) -> Result<Change, Refused> {
        let on = proven(answer, at)?;
        let partly = expected.is_some_and(|expected| expected < self.balance.outstanding());
        Ok(self.overturned(answer.clone(), on, expected, partly, at.today, rules))
    }

    /// The payer gave way: its payment is to be posted, in the desk's days once it is there, else
    /// when it should have come.
    pub(crate) fn overturned(
        &self,
        answer: PayerAnswer,
        on: Date,
        expected: Option<Money>,
        partly: bool,
        today: Date,
        rules: &Rules,
    ) -> Change {
        let next = self.next_by_payment(on, today, rules);
        let mut work = self.open_work(Status::Overturned, next, today, rules);
        if let Work::Open { owner, won, .. } = &mut work {
            // What stays denied is worked on by who had it.
            let posts =
                owner::posting_owner(rules, today).filter(|posts| !partly && posts != owner);
            let worked_by = posts.map(|posts| mem::replace(owner, posts));
            let recovered = self.balance.recovered;
            *won = Some(Box::new(GaveWay { partly, promised: expected, recovered, worked_by }));
        }
        let deed = Deed::Overturned { answer, on, expected, partly, rest_denied: partly };
        Change::Moved { from: self.status(), work, deed }
    }

    /// The payment is posted in the desk's days once it is there, else on the day by which it
    /// should have come since the payer gave way.
    pub(crate) fn next_by_payment(&self, won_on: Date, today: Date, rules: &Rules) -> NextAction {
        let on = if self.is_won() {
            workday(today, rules.desk.days_for(NextActionKind::PostPayment))
        } else {
            workday(won_on, rules.desk.payment_days).max(today)
        };
        NextAction { kind: NextActionKind::PostPayment, on }
    }

    pub(crate) fn dispute(
        &self,
        reason: &str,
        missing: Option<Money>,
        at: &Moment,
        rules: &Rules,
    ) -> Result<Change, Refused> {
        let reason = said(reason, "how it differs from what was promised")?.to_owned();
        let deed = Deed::Disputed { reason, missing };
        Ok(self.back_to_review(NextActionKind::CallPayer, deed, at.today, rules))
    }

    pub(crate) fn back_to_review(
        &self,
        next: NextActionKind,
        deed: Deed,
        today: Date,
        rules: &Rules,
    ) -> Change {
        let next = self.next_by_habit(next, today, rules);
        let next = NextAction { on: self.before_letters(next.on, today, rules), ..next };
        self.moved(Status::InReview, next, deed, today, rules)
    }

    fn moved(
        &self,
        to: Status,
        next: NextAction,
        deed: Deed,
        today: Date,
        rules: &Rules,
    ) -> Change {
        Change::Moved { from: self.status(), work: self.open_work(to, next, today, rules), deed }
    }
}

fn proven(answer: &PayerAnswer, at: &Moment) -> Result<Date, Refused> {
    if !answer.is_proven() {
        return Err(Refused::Missing("the remittance, the letter or what the payer said"));
    }
    past_day(answer.on, at)
}
