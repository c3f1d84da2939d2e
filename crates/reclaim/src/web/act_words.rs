//! What acts are called on pages, when to do them, and the keys that open them.

use denial::lifecycle::Act;

/// An act's name for people, when to do it, and its key.
pub(crate) const fn of(act: Act) -> (&'static str, &'static str, &'static str) {
    match act {
        Act::Review => ("Start review", "You have looked at it; it becomes yours.", "s"),
        Act::Approve => ("Approve the write-off", "A second person agrees.", "y"),
        Act::Decline => ("Decline the write-off", "The case goes on.", ""),
        Act::Resubmit => ("Record a corrected claim", "You have sent it.", "x"),
        Act::Appeal => ("Record an appeal", "You have sent it without a draft here.", ""),
        Act::Acknowledge => ("Record the payer's receipt", "A 277CA, fax, portal or call.", "r"),
        Act::Uphold => ("Denied again", "The payer keeps its view.", ""),
        Act::Overturn => ("The payer gave way", "By letter, call or portal.", "o"),
        Act::Reject => ("Rejected before adjudication", "By a 999 or 277CA.", ""),
        Act::Withdraw => ("Withdraw what was sent", "It comes back to review.", ""),
        Act::Dispute => ("Dispute the payment", "Paid short, or not in time.", ""),
        Act::Post => ("Post money", "What explains the denied amount.", "$"),
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
    let text = match act {
        "undo" => "What was done last was taken back.",
        "protection" => "What you said of its special protection was saved.",
        "hold" => "The legal hold was saved.",
        "status" => "The question waits in the outbox; until it leaves it can be called back.",
        "corrected" => {
            "The corrected claim waits in the outbox; until it leaves it can be called back."
        }
        act => sentence(Act::from_name(act)?),
    };
    Some(text.to_owned())
}

/// What an act came to, as a sentence.
const fn sentence(act: Act) -> &'static str {
    match act {
        Act::Review => "The review has started, and the case is yours.",
        Act::Approve => "The write-off was approved.",
        Act::Decline => "The write-off was declined; the case goes on.",
        Act::Resubmit => "The corrected claim was recorded as sent.",
        Act::Appeal => "The appeal was recorded as sent.",
        Act::Acknowledge => "The payer's receipt was recorded.",
        Act::Uphold => "It was recorded that the payer denied it again.",
        Act::Overturn => "It was recorded that the payer gave way.",
        Act::Reject => "The rejection before adjudication was recorded.",
        Act::Withdraw => "What was sent was withdrawn; the case is in review again.",
        Act::Dispute => "The payment was recorded as disputed.",
        Act::Post => "The money was posted.",
        Act::WriteOff => "What was outstanding was written off.",
        Act::ProposeWriteOff => "The write-off was proposed; a second person decides.",
        Act::Reopen => "The case is open again.",
        Act::Plan => "The next action was planned.",
        Act::Tick => "The step was saved.",
        Act::Note => "The note stands in the timeline.",
        Act::LogContact => "The contact was logged.",
        Act::AskColleague => "The question was sent; its answer comes back to the owner.",
        Act::Answer => "The answer was sent to the owner.",
        Act::AttachDocument => "The document was attached.",
        Act::Take => "You have the case.",
        Act::Release => "The case was released; others may work on it.",
        Act::Assign => "The case was given to its new owner.",
        Act::SetSubStatus => "The sub-status was set.",
        Act::Snooze => "The case was put off.",
        Act::Recategorize => "The other reason was set.",
        Act::SetRootCause => "The root cause was set.",
        Act::SplitLine => "The line was moved.",
        Act::Escalate => "The case was brought to the other role.",
    }
}
