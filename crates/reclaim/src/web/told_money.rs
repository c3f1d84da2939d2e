//! Money in the sentences of a timeline and of the journal: amounts, where they are from.

use denial::denial::Denial;
use denial::lifecycle::event::Deed;
use denial::lifecycle::{Change, Event};
use denial::posting::{Posting, PostingKind};

use crate::web::timeline::People;
use crate::web::words::{day, lower};

/// The case before a change and after it, where both are known.
#[derive(Clone, Copy, Default)]
pub(crate) struct Around<'a> {
    pub(super) before: Option<&'a Denial>,
    pub(super) after: Option<&'a Denial>,
}

/// The amount of the write-off that was proposed.
pub(super) fn proposed(around: Around<'_>) -> String {
    let proposal = around.before.and_then(|case| case.proposal.as_ref());
    proposal.map(|one| format!(" of {}", one.amount)).unwrap_or_default()
}

/// The amount that is won, where a payer told it, and of how much.
pub(super) fn won(around: Around<'_>) -> String {
    let case = around.after;
    let told = case.and_then(|case| Some((case.told()?, case.balance.denied)));
    told.map(|(told, denied)| format!(": {told} of {denied} denied")).unwrap_or_default()
}

/// What was recovered of what had been denied.
pub(super) fn recovered(around: Around<'_>) -> String {
    let balance = around.after.map(|case| case.balance);
    let paid = balance.map(|it| (it.recovered + it.other_payer, it.denied));
    paid.map(|(paid, of)| format!(", {paid} of {of} recovered")).unwrap_or_default()
}

/// One posted amount with its line, its day and the remittance behind it.
pub(super) fn posting_from(one: &Posting, people: &People) -> String {
    let trace = one.remittance.as_ref().and_then(|id| people.get(id.as_str()));
    let line = one.line.map(|line| format!("line {line}"));
    let from = [line, Some(day(one.on)), trace.cloned()];
    let from: Vec<String> = from.into_iter().flatten().collect();
    format!("{} ({}){}", amount_of(one), from.join(", "), noted(&one.why))
}

/// One posted amount in words.
pub(crate) fn posting(one: &Posting) -> String {
    format!("{}{}", amount_of(one), noted(&one.why))
}

/// The amount of one posting, and what it is.
fn amount_of(one: &Posting) -> String {
    let reversal = if one.reverses.is_some() { "reversal of " } else { "" };
    let reason = match one.kind {
        PostingKind::WriteOff(reason) => format!(" ({})", lower(reason.as_str())),
        PostingKind::PayerPayment
        | PostingKind::OtherPayerPayment
        | PostingKind::PatientResponsibility
        | PostingKind::Contractual
        | PostingKind::Sequestration
        | PostingKind::Recoupment
        | PostingKind::Interest => String::new(),
    };
    format!("{} {reversal}{}{reason}", one.amount, lower(one.kind.as_str()))
}

/// The amounts of an entry of the journal, without anybody's words.
pub(crate) fn amounts(body: &str) -> Option<String> {
    let event: Event = serde_json::from_str(body).ok()?;
    if let Change::Posted { postings } = &event.change {
        return Some(postings.iter().map(amount_of).collect::<Vec<_>>().join("; "));
    }
    if let Change::WriteOffProposed { proposal } = &event.change {
        return Some(proposal.amount.to_string());
    }
    let Change::Moved { deed, .. } = &event.change else { return None };
    if let Deed::Overturned { expected: Some(money), .. } = deed {
        return Some(format!("{money} expected"));
    }
    if let Deed::Disputed { missing: Some(money), .. } = deed {
        return Some(format!("{money} missing"));
    }
    None
}

/// A note after what it is about.
pub(super) fn noted(note: &str) -> String {
    if note.is_empty() { String::new() } else { format!(": {note}") }
}
