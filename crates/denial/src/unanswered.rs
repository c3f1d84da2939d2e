//! Claims that a payer has and has not answered: whether that is late, and what is to be done
//! (features 1.13).

use jiff::civil::Date;

use crate::named;
use crate::rules::Desk;

named! {
    /// What is to be done about a claim without an answer.
    Step {
        /// The payer's usual days are not over.
        Wait = "wait",
        /// Nothing says when the payer usually answers.
        Configure = "configure",
        /// Nobody proved that the payer has it.
        FindReceipt = "find_receipt",
        /// It is late: ask where it stands.
        AskStatus = "ask_status",
        /// It is late and the filing limit is near: ask today, and send it again where it is gone.
        AskToday = "ask_today",
        /// It is late and the limit is over: ask, with the proof of filing at hand.
        AskWithProof = "ask_with_proof",
        /// The first payer passed it on, and the next one does not answer: bill that one.
        BillNext = "bill_next",
    }
}

/// A claim that waits for a payer's answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Silent {
    /// Another payer passed it on.
    pub crossover: bool,
    /// An acceptance is on record.
    pub accepted: bool,
    /// The day by which the payer usually answers; `None` is not configured.
    pub due_on: Option<Date>,
    /// The last day on which it can be filed; `None` is not configured.
    pub limit_on: Option<Date>,
}

impl Silent {
    /// True where the payer's usual days are over.
    #[must_use]
    pub fn is_late(&self, today: Date) -> bool {
        self.due_on.is_some_and(|due| due < today)
    }

    /// What is to be done today.
    #[must_use]
    pub fn step(&self, desk: &Desk, today: Date) -> Step {
        let left = self.limit_on.and_then(|limit| today.until(limit).ok());
        let left = left.map(|span| span.get_days());
        match (self.due_on, left) {
            (None, _) => Step::Configure,
            (Some(due), _) if due >= today => Step::Wait,
            (Some(_), _) if self.crossover => Step::BillNext,
            (Some(_), Some(..0)) => Step::AskWithProof,
            (Some(_), Some(left)) if left <= i32::from(desk.near_days) => Step::AskToday,
            (Some(_), _) if !self.accepted => Step::FindReceipt,
            (Some(_), _) => Step::AskStatus,
        }
    }
}

impl Step {
    /// What somebody is told to do.
    #[must_use]
    pub const fn in_words(self) -> &'static str {
        match self {
            Step::Wait => "Wait: the payer's usual days are not over",
            Step::Configure => "Say in the payer's file in how many days it usually answers",
            Step::FindReceipt => "Find the receipt: no acceptance of it is on record",
            Step::AskStatus => "Ask the payer where it stands",
            Step::AskToday => {
                "Ask the payer today; where it does not have the claim, send it again in time"
            }
            Step::AskWithProof => "Ask the payer, with the proof of filing at hand",
            Step::BillNext => "Bill the next payer: what was passed on has not been answered",
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    const TODAY: Date = date(2026, 3, 10);

    fn step(due: Option<Date>, limit: Option<Date>, accepted: bool, crossover: bool) -> Step {
        let desk = Desk { near_days: 14, ..Desk::default() };
        Silent { crossover, accepted, due_on: due, limit_on: limit }.step(&desk, TODAY)
    }

    #[test]
    fn what_is_to_be_done_follows_from_days_and_proof() {
        let (late, far) = (Some(date(2026, 3, 9)), Some(date(2026, 9, 1)));
        assert_eq!(step(None, far, true, false), Step::Configure, "nothing is guessed");
        assert_eq!(step(Some(TODAY), far, true, false), Step::Wait, "its last usual day");
        assert_eq!(step(late, far, true, false), Step::AskStatus);
        assert_eq!(step(late, None, true, false), Step::AskStatus);
        assert_eq!(step(late, far, false, false), Step::FindReceipt);
        assert_eq!(step(late, Some(date(2026, 3, 24)), true, false), Step::AskToday);
        assert_eq!(step(late, Some(date(2026, 3, 24)), false, false), Step::AskToday);
        assert_eq!(step(late, Some(date(2026, 3, 9)), true, false), Step::AskWithProof);
        assert_eq!(step(late, far, true, true), Step::BillNext);
    }
}
