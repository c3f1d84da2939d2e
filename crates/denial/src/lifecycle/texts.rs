//! What people write with an act: how long it may be, and which signs can stand in it.

use super::action::{Action, Road};
use super::refused::Refused;

/// The most letters of one text.
pub const LONGEST: usize = 10_000;

/// True for a letter that a page, a sheet and both databases show as it is. Control letters are
/// none, tab and line ends apart; nor are marks that turn the direction of what follows, which let
/// one text look like another.
#[must_use]
pub fn is_plain(letter: char) -> bool {
    let turns = matches!(letter, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    !turns && (!letter.is_control() || matches!(letter, '\t' | '\n' | '\r'))
}

/// Refuses what is too long or holds a letter that is none.
///
/// # Errors
/// [`Refused`].
pub(super) fn check(action: &Action) -> Result<(), Refused> {
    for text in texts(action) {
        if text.chars().count() > LONGEST {
            return Err(Refused::TooLong);
        }
        if !text.chars().all(is_plain) {
            return Err(Refused::OddSign);
        }
    }
    Ok(())
}

/// Everything that somebody wrote.
fn texts(action: &Action) -> Vec<&str> {
    fn maybe(text: &Option<String>) -> &str {
        text.as_deref().unwrap_or_default()
    }
    match action {
        Action::Resubmit(sent) => {
            vec![&sent.reference, maybe(&sent.confirmation), maybe(&sent.late), maybe(&sent.again)]
        }
        Action::Appeal(filing) => {
            let excuses = [&filing.late, &filing.without, &filing.although].map(maybe);
            excuses.into_iter().chain([maybe(&filing.confirmation)]).collect()
        }
        Action::Acknowledge(receipt) => vec![&receipt.reference],
        Action::Reject { codes, .. } => codes.iter().map(|code| code.as_str()).collect(),
        Action::Uphold(answer) | Action::Overturn { answer, .. } => vec![&answer.note],
        Action::Withdraw { reason }
        | Action::Dispute { reason, .. }
        | Action::Recategorize { reason, .. }
        | Action::Snooze { reason, .. }
        | Action::Escalate { reason, .. }
        | Action::ProposeWriteOff { reason }
        | Action::Decline { reason }
        | Action::SplitLine { road: Road::Aside { reason }, .. } => vec![reason],
        Action::Post { entries } => entries.iter().map(|entry| entry.why.as_str()).collect(),
        Action::Reopen { reason, entries, .. } => {
            entries.iter().map(|entry| entry.why.as_str()).chain([reason.as_str()]).collect()
        }
        Action::WriteOff { note, .. } => vec![note],
        Action::SetRootCause(cause) => vec![&cause.step, &cause.note],
        Action::LogContact(contact) => {
            vec![&contact.representative, &contact.reference, &contact.said]
        }
        Action::AttachDocument { what, .. } => vec![what],
        Action::AskColleague { text, .. } | Action::Answer { text, .. } | Action::Note { text } => {
            vec![text]
        }
        Action::SetSubStatus { sub_status } => vec![sub_status],
        Action::Tick(tick) => vec![&tick.note],
        Action::Review
        | Action::Assign(_)
        | Action::Take
        | Action::Release
        | Action::Plan { .. }
        | Action::SplitLine { road: Road::Back | Road::OwnCase { .. }, .. }
        | Action::Approve => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(text: &str) -> Result<(), Refused> {
        check(&Action::Note { text: text.to_owned() })
    }

    #[test]
    fn a_text_has_an_end_and_letters_alone() {
        assert_eq!(note(&"é".repeat(LONGEST)), Ok(()));
        assert_eq!(note(&"e".repeat(LONGEST + 1)), Err(Refused::TooLong));
        assert_eq!(note("two\r\n\tlines, שלום, 👩‍⚕️"), Ok(()));
        for odd in ["\0", "\u{1b}[31m", "\u{9b}", "\u{202E}05.21$", "\u{2066}x\u{2069}"] {
            assert_eq!(note(odd), Err(Refused::OddSign), "{odd:?}");
        }
    }
}
