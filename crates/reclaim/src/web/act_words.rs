//! What acts are called on pages, when to do them, and the keys that open them.

use denial::lifecycle::Act;

/// An act's name for people, when to do it, and its key.
pub(crate) const fn of(act: Act) -> (&'static str, &'static str, &'static str) {
    match act {
        Act::Review => ("Start review", "You have looked at it; it becomes yours.", "s"),
        Act::Approve => ("Approve the write-off", "A second person agrees.", "y"),
        Act::Decline => ("Decline the write-off", "The case goes on.", ""),
        Act::Resubmit => ("Record a corrected claim", "You have sent it.", "c"),
        Act::Appeal => ("Record an appeal", "You have sent it.", "l"),
        Act::Acknowledge => ("Record the payer's receipt", "A 277CA, fax, portal or call.", "r"),
        Act::Uphold => ("Denied again", "The payer keeps its view.", ""),
        Act::Overturn => ("The payer gave way", "By letter, call or portal.", "o"),
        Act::Reject => ("Rejected before adjudication", "By a 999 or 277CA.", ""),
        Act::Withdraw => ("Withdraw what was sent", "It comes back to review.", ""),
        Act::Dispute => ("Dispute the payment", "Paid short, or not in time.", ""),
        Act::Post => ("Post money", "What explains the denied amount.", "m"),
        Act::WriteOff => ("Write off the rest", "What is outstanding is given up.", ""),
        Act::ProposeWriteOff => ("Propose a write-off", "A second person decides.", "w"),
        Act::Reopen => ("Open again", "Money was taken back.", ""),
        Act::Plan => ("Plan the next action", "What comes next, and by when.", "n"),
        Act::Tick => ("Tick a step", "A corrective step, with what shows it.", ""),
        Act::Note => ("Note", "Words for the timeline.", "e"),
        Act::LogContact => ("Log a contact", "Who said what, promised by when.", "p"),
        Act::AskColleague => ("Ask a colleague", "The answer comes back to the owner.", "q"),
        Act::Answer => ("Answer a question", "It goes back to the owner.", "q"),
        Act::AttachDocument => ("Attach a document", "It is kept with the case.", "d"),
        Act::Take => ("Take it", "Nobody else works on it meanwhile.", "t"),
        Act::Release => ("Release it", "Others may work on it.", "t"),
        Act::Assign => ("Give it to somebody", "A role, and a team or a person of it.", "a"),
        Act::SetSubStatus => ("Set a sub-status", "Where within its status it stands.", ""),
        Act::Snooze => ("Put it off", "Never past a clock.", "z"),
        Act::Recategorize => ("Set another reason", "Where the payer's code misleads.", ""),
        Act::SetRootCause => ("Set the root cause", "What really happened.", ""),
        Act::SplitLine => ("Move a line", "It goes another way than the case.", ""),
        Act::Escalate => ("Bring it to somebody", "Another role hears of it.", ""),
    }
}

/// What an act came to, said once.
pub(crate) fn done(act: &str) -> Option<String> {
    if act == "undo" {
        return Some("Taken back.".to_owned());
    }
    if act == "protection" {
        return Some("Saved: special protection.".to_owned());
    }
    if act == "hold" {
        return Some("Saved: legal hold.".to_owned());
    }
    let act = Act::from_name(act)?;
    Some(format!("Saved: {}.", of(act).0.to_lowercase()))
}
