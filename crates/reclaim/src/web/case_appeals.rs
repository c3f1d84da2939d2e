//! The appeals of a case: what was sent and what came of it, and the level whose turn it is.

use std::collections::HashSet;

use denial::appeal::Draft;
use denial::deadline::{Deadline, DeadlineKind, Due as ClockDue};
use denial::denial::{Appeal, Denial, NextActionKind, Status};
use denial::proven::Prepared;
use jiff::civil::Date;

use crate::drafts;
use crate::web::appeal;
use crate::web::case_clocks;
use crate::web::words::{self, Due};

/// What is known of a case's appeals.
pub(crate) struct Appeals {
    pub(crate) filed: Vec<Filed>,
    /// Drafts that are open.
    pub(crate) drafts: Vec<DraftView>,
    /// The day on which the payer's answer is expected, while it is waited for.
    pub(crate) answer: Option<Due>,
    /// The level whose turn it is; none where the case is closed.
    pub(crate) next: Option<Level>,
    /// Levels that lie before it: reconsideration and external review, where a rule gives them.
    pub(crate) others: Vec<Level>,
}

/// A draft that is open.
pub(crate) struct DraftView {
    pub(crate) href: String,
    pub(crate) what: String,
    /// Where it stands.
    pub(crate) state: String,
    /// Its packet is in the outbox.
    pub(crate) waits: bool,
}

impl DraftView {
    fn of(draft: &Draft, case: &Denial, queued: &HashSet<String>) -> DraftView {
        let waits = drafts::waits(draft, queued);
        DraftView {
            href: appeal::address(case.id.as_str(), draft.id.as_str()),
            what: appeal::called(draft),
            state: standing(draft, case, waits),
            waits,
        }
    }
}

/// Where a draft stands, and which rule prepared it by what proof.
fn standing(draft: &Draft, case: &Denial, waits: bool) -> String {
    let state = appeal::standing(draft, case, waits);
    match &draft.prepared {
        None => state,
        Some(Prepared { rule, proof }) => {
            format!("{state}; prepared by the rule {rule}: {proof}")
        }
    }
}

/// An appeal that was sent.
pub(crate) struct Filed {
    pub(crate) level: u8,
    pub(crate) on: String,
    pub(crate) how: String,
    pub(crate) confirmation: String,
    /// Where its copy is.
    pub(crate) packet: Option<String>,
    pub(crate) outcome: String,
    /// What was asked, and what was won of it.
    pub(crate) money: String,
    /// What was said of how it ended.
    pub(crate) why: String,
    /// The arguments that it made and the kinds of exhibits.
    pub(crate) made: String,
    /// The days from filing to the decision.
    pub(crate) took: String,
}

/// A way that is open, or was.
pub(crate) struct Level {
    pub(crate) name: String,
    /// It was sent and waits for its answer.
    pub(crate) is_out: bool,
    /// The last day; not configured where no rule says.
    pub(crate) due: Due,
    /// How long it runs from what, and where that is written.
    pub(crate) rule: String,
    /// What has to happen before it can be sent.
    pub(crate) before: &'static str,
    /// Its letter can be written now.
    pub(crate) can_be_written: bool,
}

impl Appeals {
    /// What a case says today, with its drafts and the packets that are in the outbox.
    pub(crate) fn of(
        case: &Denial,
        (drafts, queued): (&[Draft], &HashSet<String>),
        today: Date,
    ) -> Appeals {
        let level = DeadlineKind::Appeal(case.next_level());
        let clock = |kind: DeadlineKind| case.deadlines.iter().find(|one| one.kind == kind);
        let next = (!case.status().is_closed()).then(|| {
            let (before, can_be_written) = before(case);
            let is_out = case.appeals.iter().any(|one| one.decided.is_none());
            let plain = named(case, level, clock(level), today);
            Level { before, can_be_written, is_out, ..plain }
        });
        let others = [DeadlineKind::Reconsideration, DeadlineKind::ExternalReview];
        let others = others.into_iter().filter_map(|kind| Some((kind, clock(kind)?)));
        Appeals {
            filed: case.appeals.iter().map(|one| filed(case, one)).collect(),
            drafts: drafts
                .iter()
                .filter(|one| one.state.is_open() && !drafts::was_sent(one, case))
                .map(|one| DraftView::of(one, case, queued))
                .collect(),
            answer: answer(case, today),
            next,
            others: others.map(|(kind, clock)| named(case, kind, Some(clock), today)).collect(),
        }
    }
}

/// When an answer to what was sent is expected; the escalation counts from that day.
fn answer(case: &Denial, today: Date) -> Option<Due> {
    let waits = case.status().is_awaiting() && case.appeals.iter().any(|one| one.decided.is_none());
    let next = case.next().filter(|next| next.kind == NextActionKind::AwaitPayer);
    next.filter(|_| waits).map(|next| words::due(Some(next.on), today))
}

/// What has to happen before it can be sent, and whether its letter can be written now. An appeal
/// is sent from review.
fn before(case: &Denial) -> (&'static str, bool) {
    match case.status() {
        Status::InReview => ("", true),
        Status::New => ("It can be written now, and goes out once the review is started.", true),
        Status::Corrected | Status::Appealed | Status::Pending => {
            ("What was sent last waits for its answer.", false)
        }
        Status::Overturned => {
            ("The payer gave way: post its payment, or dispute what is short.", false)
        }
        Status::Paid | Status::WrittenOff => ("", false),
    }
}

fn named(case: &Denial, kind: DeadlineKind, clock: Option<&Deadline>, today: Date) -> Level {
    let rule = clock.and_then(|clock| match &clock.due {
        ClockDue::On { rule, .. } => Some(rule),
        ClockDue::NoRule => None,
    });
    let rule = rule.map(|rule| {
        let counted = format!(
            "{} after the {} of {}",
            rule.window,
            rule.anchor,
            words::day(rule.anchored_on)
        );
        if rule.source.is_empty() { counted } else { format!("{counted} · {}", rule.source) }
    });
    Level {
        name: words::sentence_case(&kind.in_words()),
        due: case_clocks::due(case, clock, today),
        rule: rule.unwrap_or_default(),
        is_out: false,
        before: "",
        can_be_written: false,
    }
}

fn money(appeal: &Appeal) -> String {
    let asked = appeal.asked.map(|asked| format!("{asked} asked"));
    let won = appeal.won.map(|won| format!("{won} granted"));
    asked.into_iter().chain(won).collect::<Vec<_>>().join(", ")
}

/// What wins are counted by.
fn made(appeal: &Appeal) -> String {
    let named = |all: &[smol_str::SmolStr]| {
        let words: Vec<String> = all.iter().map(|one| words::lower(one)).collect();
        words.join(", ")
    };
    let parts = [("Argued: ", named(&appeal.arguments)), ("with ", named(&appeal.exhibits))];
    let said = parts.into_iter().filter(|(_, text)| !text.is_empty());
    said.map(|(word, text)| format!("{word}{text}")).collect::<Vec<_>>().join("; ")
}

fn filed(case: &Denial, appeal: &Appeal) -> Filed {
    let outcome = match appeal.decided {
        Some((on, outcome)) => {
            format!("{} on {}", words::label(outcome.as_str()), words::day(on))
        }
        None => "No decision yet".to_owned(),
    };
    let took = appeal.decided.and_then(|(on, _)| appeal.filed_on.until(on).ok());
    Filed {
        level: appeal.level,
        on: words::day(appeal.filed_on),
        how: words::label(appeal.channel.as_str()),
        confirmation: appeal.confirmation.clone().unwrap_or_default(),
        packet: appeal.packet.as_ref().map(|id| format!("/cases/{}/documents/{id}", case.id)),
        outcome,
        money: money(appeal),
        why: appeal.why.clone(),
        made: made(appeal),
        took: took
            .map(|span| words::counted(i64::from(span.get_days()), "day", "days"))
            .unwrap_or_default(),
    }
}
