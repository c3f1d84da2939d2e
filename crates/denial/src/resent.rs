//! What went to the payer again since its last word on a case, and has no answer yet. A further
//! claim beside it would be a duplicate (features 6.05).

use std::collections::BTreeSet;
use std::fmt;

use jiff::civil::Date;

use crate::claim::{Claim, PayerName};
use crate::denial::{Denial, NextAction, NextActionKind, Status};
use crate::lifecycle::evidence::{Frequency, Submission};
use crate::next_action::leads as is_way;
use crate::outgoing::State;
use crate::payer;
use crate::rules::Rules;

/// Where it was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// On the case: somebody recorded it, or it left by the outbox.
    OnCase,
    /// In the outbox, which it has not left.
    InOutbox(State),
    /// In a file that was taken in and that no case tells of.
    InFile,
}

/// A claim that went to its payer again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resent {
    /// How the payer reads it.
    pub frequency: Frequency,
    /// The day it was sent; of what waits in the outbox the day it leaves.
    pub on: Date,
    /// Where it was found.
    pub found: Found,
    /// The file's hash, or the outbox's id; empty where only the case tells of it.
    pub source: String,
}

impl Resent {
    /// True where the case itself tells of it by its status.
    #[must_use]
    pub const fn is_on_case(&self) -> bool {
        matches!(self.found, Found::OnCase)
    }

    /// True where its answer is awaited, or that it leaves: not where it could not.
    #[must_use]
    pub const fn waits(&self) -> bool {
        match self.found {
            Found::InOutbox(State::Failed) => false,
            Found::OnCase
            | Found::InFile
            | Found::InOutbox(
                State::Waiting | State::Leaving | State::CalledBack | State::Sent | State::Answered,
            ) => true,
        }
    }

    /// True where it is in the outbox and leaves by itself.
    #[must_use]
    pub const fn leaves(&self) -> bool {
        matches!(self.found, Found::InOutbox(State::Waiting | State::Leaving))
    }

    /// What comes next by it: its answer is awaited, and asked about once the payer's usual days
    /// are over. None where it did not leave, or the case's status tells whose step it is.
    #[must_use]
    pub fn awaits(&self, case: &Denial, today: Date, rules: &Rules) -> Option<NextAction> {
        if !self.waits() || !matches!(case.status(), Status::New | Status::InReview) {
            return None;
        }
        let next = case.next_by_payer(self.on, today, rules);
        let kind = if next.on <= today { NextActionKind::CallPayer } else { next.kind };
        Some(NextAction { kind, ..next })
    }

    /// What is told as the next action of a case, in place of the one that it keeps.
    #[must_use]
    pub fn next(&self, case: &Denial, today: Date, rules: &Rules) -> Option<NextAction> {
        self.awaits(case, today, rules).filter(|_| leads(case))
    }

    /// What was sent.
    #[must_use]
    pub const fn what(&self) -> &'static str {
        match self.frequency {
            Frequency::Original => "new claim",
            Frequency::Replacement => "replacement",
            Frequency::Void => "void",
        }
    }
}

impl fmt::Display for Resent {
    /// `replacement sent Mar 2, 2026, waits for the payer`.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (what, on) = (self.what(), self.on.strftime("%b %-d, %Y"));
        match self.found {
            Found::InOutbox(State::Failed) => {
                write!(out, "{what} in the outbox did not leave on {on}")
            }
            Found::InOutbox(State::Waiting | State::Leaving | State::CalledBack) => {
                write!(out, "{what} in the outbox leaves on {on}")
            }
            Found::OnCase | Found::InFile | Found::InOutbox(State::Sent | State::Answered) => {
                write!(out, "{what} sent {on}, waits for the payer")
            }
        }
    }
}

/// True where what went again says what comes next on a case: it is ours to act, nothing else is
/// awaited or asked, and nobody chose to look, to call or to wait meanwhile.
#[must_use]
pub fn leads(case: &Denial) -> bool {
    let sends_nothing = |kind| kind == NextActionKind::AwaitPayer || !is_way(kind);
    let is_chosen = case.chosen.next && case.next().is_some_and(|next| sends_nothing(next.kind));
    case.is_ours_alone() && case.proposal.is_none() && !is_chosen
}

/// A version of the claim as a file bills it.
#[derive(Clone, Debug)]
pub struct Version<'a> {
    /// The file's hash.
    pub file: &'a str,
    /// As billed.
    pub claim: &'a Claim,
    /// The case's own submission that this file is the copy of, where one is.
    pub submission: Option<&'a Submission>,
}

/// What still lies with the payer: the latest of what the case tells, what the outbox holds and
/// what files bill. `refused` are the days on which a version was refused before adjudication.
#[must_use]
pub fn awaited(
    case: &Denial,
    outbox: Vec<Resent>,
    versions: &[Version<'_>],
    refused: &[Date],
    rules: &Rules,
) -> Option<Resent> {
    if case.status().is_closed() {
        return None;
    }
    let waits = |one: &&Version<'_>| is_of(case, one.claim, rules) && waits(case, one, refused);
    let files = versions.iter().filter(waits).filter_map(|one| {
        let (frequency, on) = (frequency(one.claim)?, one.claim.submitted_on?);
        Some(Resent { frequency, on, found: Found::InFile, source: one.file.to_owned() })
    });
    // What could not leave hides nothing that waits. Of two of one day the outbox's speaks, then
    // the case's.
    files.chain(on_case(case)).chain(outbox).max_by_key(|one| (one.waits(), one.on))
}

/// A correction that the case itself waits with.
fn on_case(case: &Denial) -> Option<Resent> {
    let sent = case.submissions.last().filter(|one| one.ended_on.is_none())?;
    let is_with_payer = matches!(case.status(), Status::Corrected | Status::Pending);
    is_with_payer.then(|| Resent {
        frequency: sent.frequency,
        on: sent.sent_on,
        found: Found::OnCase,
        source: String::new(),
    })
}

/// CLM05-3, where it says that a claim goes as a whole again or anew. Others (2, 3, 4…) bill a part
/// of a stay.
fn frequency(claim: &Claim) -> Option<Frequency> {
    match claim.frequency.as_str() {
        "1" => Some(Frequency::Original),
        "6" | "7" => Some(Frequency::Replacement),
        "8" => Some(Frequency::Void),
        _ => None,
    }
}

/// True unless the version went to a payer that is known to be another.
#[must_use]
pub fn is_of(case: &Denial, claim: &Claim, rules: &Rules) -> bool {
    let names_it = |one: &str| !case.control.is_empty() && one == case.control;
    if claim.replaces.as_ref().is_some_and(|one| names_it(one.as_str())) {
        return true;
    }
    is_payer(&case.payer_name, &claim.payer, rules)
}

/// True where two names are one payer's: by the rules where these know both, else by the name or an
/// id that both have.
#[must_use]
pub fn is_payer(own: &PayerName, other: &PayerName, rules: &Rules) -> bool {
    match (rules.canonical(own), rules.canonical(other)) {
        (Some(own), Some(other)) => own.name == other.name,
        _ => {
            payer::key(&own.name) == payer::key(&other.name)
                || own.ids.iter().any(|id| other.ids.contains(id))
        }
    }
}

/// True where nothing answers it yet: it went after the payer's last word, nobody refused it since,
/// and the case's own record of it has not come to nothing.
fn waits(case: &Denial, version: &Version<'_>, refused: &[Date]) -> bool {
    let Some((frequency, on)) = frequency(version.claim).zip(version.claim.submitted_on) else {
        return false;
    };
    let is_after = match frequency {
        // The first filing of a claim may be of the day that the payer calls its payment's.
        Frequency::Original => on > case.denied_on,
        Frequency::Replacement | Frequency::Void => on >= case.denied_on,
    };
    let is_ended = |one: &Submission| one.ended_on.is_some();
    let of_its_day = || case.submissions.iter().filter(|one| one.sent_on == on);
    let came_to_nothing = version.submission.is_some_and(is_ended) || of_its_day().any(is_ended);
    is_after && !came_to_nothing && !refused.iter().any(|day| *day >= on)
}

/// The day of the first denial for the same reasons as the last one, where the claim was sent again
/// between them: a repeat denial (features 6.06). `said` are the days on which the payer spoke, in
/// their order, each with the reasons by which it denied.
#[must_use]
pub fn repeated(said: &[(Date, BTreeSet<String>)], sent: &[Date]) -> Option<Date> {
    let ((last, reasons), earlier) = said.split_last()?;
    let is_same = |one: &&(Date, BTreeSet<String>)| !reasons.is_empty() && one.1 == *reasons;
    let is_between = |first: Date| sent.iter().any(|on| first <= *on && on <= last);
    earlier.iter().filter(is_same).map(|one| one.0).find(|first| is_between(*first))
}
