//! Acts that are offered for many cases at once, and which of them a row allows.

use denial::denial::{Denial, NextActionKind, Status};
use denial::lifecycle::Act;
use denial::person::{self, Access, Moment, Role};
use denial::rules::Rules;

use crate::bulk;

/// One button of the queue's bar.
pub(crate) struct Offer {
    /// The act's name, or `playbook`.
    pub(crate) name: &'static str,
    pub(crate) label: &'static str,
    pub(crate) key: &'static str,
    act: Act,
    /// What it does, in a sentence.
    pub(crate) what: &'static str,
}

const fn offer(
    name: &'static str,
    label: &'static str,
    key: &'static str,
    act: Act,
    what: &'static str,
) -> Offer {
    Offer { name, label, key, act, what }
}

/// The button that plans a call to the payer about where cases stand.
pub(crate) const INQUIRY: &str = "inquiry";
/// The button that begins letters.
pub(crate) const LETTERS: &str = "letters";
/// One change on the claims, which pages of their own ask for.
pub(crate) const CORRECT: &str = "correct";

/// Every button.
const OFFERS: [Offer; 15] = [
    offer("plan", "Plan", "n", Act::Plan, "Plan the next action and its day"),
    offer("playbook", "Best way", "b", Act::Plan, "Plan on each case the way that is recommended"),
    offer(LETTERS, "Letters", "l", Act::Appeal, "Begin letters to the payer"),
    offer(
        INQUIRY,
        "Plan a call",
        "i",
        Act::Plan,
        "Plan a call to the payer about where they stand",
    ),
    offer("assign", "Assign", "a", Act::Assign, "Give them to a role, team or person"),
    offer(
        "ask_colleague",
        "Ask",
        "q",
        Act::AskColleague,
        "Ask a colleague, whose answer comes back to you",
    ),
    offer("snooze", "Put off", "z", Act::Snooze, "Put them off until a day, never past a clock"),
    offer("review", "Review", "s", Act::Review, "Start the review: they become yours"),
    offer("take", "Take", "t", Act::Take, "Keep others from working them for a while"),
    offer("note", "Note", "e", Act::Note, "Words for the timeline"),
    offer(CORRECT, "Correct", "m", Act::Resubmit, "Make one change on their claims"),
    offer("post", "Post money", "$", Act::Post, "Post what is certain where the payer gave way"),
    offer(
        "propose_write_off",
        "Write-off",
        "w",
        Act::ProposeWriteOff,
        "Propose to give up what is outstanding; a second person decides",
    ),
    offer("approve", "Approve write-off", "y", Act::Approve, "Agree that they are given up"),
    offer("decline", "Decline it", "D", Act::Decline, "Do not agree; they are worked on again"),
];

impl Offer {
    /// True where no case in a status allows it; a letter is written wherever a case is open. Money
    /// is posted on many only where a payer gave way: all else is posted on the case.
    fn is_past(&self, status: Status) -> bool {
        let is_lost = self.act == Act::Post && status != Status::Overturned;
        match self.name {
            LETTERS => status.is_closed(),
            _ => is_lost || !self.begins(status).is_from(status),
        }
    }

    pub(crate) fn gives_up(&self) -> bool {
        matches!(self.act, Act::ProposeWriteOff | Act::Approve)
    }

    /// A second person's word on a write-off: its button is there where a row waits for it.
    pub(crate) fn is_word(&self) -> bool {
        matches!(self.act, Act::Approve | Act::Decline)
    }

    /// What has to be possible on a case in a status. Who corrects a claim looks at its case first.
    fn begins(&self, status: Status) -> Act {
        if self.name == CORRECT && status == Status::New { Act::Review } else { self.act }
    }
}

/// The buttons for a role.
pub(crate) fn of(role: Role) -> Vec<Offer> {
    let corrects = person::allows(role, Access::Correct);
    let is_for =
        |offer: &Offer| person::may(role, offer.act) && (offer.name != CORRECT || corrects);
    OFFERS.into_iter().filter(is_for).collect()
}

/// The buttons for a list of open cases, or of closed ones: what no case of the list allows is not
/// offered on it. On a list of write-offs to approve the word on them comes first.
pub(crate) fn on(role: Role, closed: bool, approves: bool) -> Vec<Offer> {
    let of_list = |status: &&Status| status.is_closed() == closed;
    let is_past = |offer: &Offer| Status::ALL.iter().filter(of_list).all(|one| offer.is_past(*one));
    let offered = of(role).into_iter().filter(|offer| !is_past(offer));
    let (mut first, rest): (Vec<Offer>, Vec<Offer>) =
        offered.partition(|offer| approves && offer.is_word());
    first.extend(rest);
    first
}

/// The act of a button, and whether each case gets its own recommended way.
pub(crate) fn act(name: &str) -> Option<(Act, bool)> {
    let offer = OFFERS.into_iter().find(|offer| offer.name == name)?;
    Some((offer.act, offer.name == "playbook"))
}

/// The buttons that no case in one of some statuses allows, as a row tells them.
pub(crate) fn refused(role: Role, statuses: &[Status]) -> String {
    let refuses = |offer: &Offer| statuses.iter().all(|status| offer.is_past(*status));
    names(role, refuses)
}

/// The buttons that a case does not allow whoever looks.
pub(crate) fn refused_by(case: &Denial, at: &Moment, rules: &Rules) -> String {
    let refuses = |offer: &Offer| {
        if offer.name == LETTERS {
            return offer.is_past(case.status());
        }
        // A way is recommended while it is ours to act; where none is, the form says why.
        let is_ours = matches!(case.status(), Status::New | Status::InReview);
        let is_idle = offer.name == "playbook" && !is_ours;
        let is_silent = offer.name == INQUIRY && !case.may_plan(NextActionKind::CallPayer);
        let is_lost = offer.act == Act::Post && offer.is_past(case.status());
        let begins = offer.begins(case.status());
        let is_unasked = bulk::unasked(offer.act, case, at).is_some();
        is_unasked || is_idle || is_silent || is_lost || case.admit(begins, at, rules).is_err()
    };
    names(at.who.role, refuses)
}

fn names(role: Role, refuses: impl Fn(&Offer) -> bool) -> String {
    let names: Vec<&str> = of(role).iter().filter(|one| refuses(one)).map(|one| one.name).collect();
    names.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_refuses_what_none_of_its_cases_allows() {
        let told = |statuses: &[Status]| refused(Role::BillingSupervisor, statuses);
        let word = "approve decline";
        assert_eq!(told(&[Status::New]), format!("post propose_write_off {word}"));
        let sent = told(&[Status::Appealed]);
        assert_eq!(sent, format!("review correct post propose_write_off {word}"));
        assert_eq!(told(&[Status::Appealed, Status::New, Status::InReview]), "post");
        let won = told(&[Status::Overturned]);
        assert_eq!(won, format!("review correct propose_write_off {word}"));
    }

    #[test]
    fn closed_cases_are_offered_nothing_that_gives_up_or_moves_them() {
        let names = |closed: bool| -> Vec<&str> {
            on(Role::BillingSupervisor, closed, false).iter().map(|offer| offer.name).collect()
        };
        assert_eq!(names(true), ["note"]);
        assert_eq!(names(false).len(), OFFERS.len());
        let first: Vec<&str> =
            on(Role::Manager, false, true).iter().take(3).map(|offer| offer.name).collect();
        assert_eq!(first, ["approve", "decline", "plan"]);
    }

    #[test]
    fn who_reads_alone_is_offered_nothing() {
        assert!(of(Role::Auditor).is_empty());
        assert_eq!(of(Role::BillingSupervisor).len(), OFFERS.len());
        assert_eq!(act("playbook"), Some((Act::Plan, true)));
        assert_eq!(act("write_off"), None);
    }
}
